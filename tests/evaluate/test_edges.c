/* Answers at their edges: bounds that are a point's own value, spaces whose first precision is a map, what an element
 * has filled in, metrics of 0 among ranges, draws that would not fit into memory. */
#include "evaluate_test.h"
#include "quarry/kept.h"

static const char head[] = "name: e\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
                           "objectives: {minimize: [area_um2, latency_us]}\n";
static const char modules[] =
    "designs:\n  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, "
    "2], multipliers: [1, 3]}\n";

static qy_plan *plan_with(const char *more, qy_arena *arena)
{
  char text[4096];
  snprintf(text, sizeof text, "%s%s", head, more);
  return plan_of(text, arena);
}

/* How many of the points can be, each evaluated by itself or in lanes. */
static int feasible(const char *more, int way, qy_arena *arena)
{
  static seen s;
  qy_model *model = NULL;
  const qy_plan *plan = plan_with(more, arena);
  int count = 0;
  if (!plan) return -1;
  s = (seen){.points = qy_plan_get(plan)->points};
  const qy_model_run run = {.threads = 1, .batch_points = 50, .ctx = &s, .sink = sink};
  const qy_model_how how = {.known = shared_known(), .way = way};
  if (qy_model_make(&model, plan, NULL, 0, &how, &err) || qy_model_sweep(model, &run, &err)) return -1;
  qy_model_free(model);
  for (int64_t i = 0; i < s.points; i++)
    count += !s.reason[i];
  return count;
}

/* A bound that is the value itself is kept; the next number is not. */
static void bounds(qy_arena *arena)
{
  static const int metrics[] = {QY_AREA_UM2, QY_GOPS, QY_ENERGY_UJ};
  static seen s;
  char more[1024];
  snprintf(more, sizeof more, "%sprecision: 16\nclock_mhz: 100\n", modules);
  const qy_plan *plan = plan_with(more, arena);
  if (!plan || !sweep(&s, plan, 1, 0)) return;
  for (size_t m = 0; m < sizeof metrics / sizeof *metrics; m++)
    for (int upper = 0; upper < 2; upper++)
      for (int way = 0; way < 2; way++) {
        const double bound = s.metric[1][metrics[m]];
        int at = 0, got[2];
        for (int64_t i = 0; i < s.points; i++)
          at += upper ? s.metric[i][metrics[m]] <= bound : s.metric[i][metrics[m]] >= bound;
        int same = 0; /* points of just this value */
        for (int64_t i = 0; i < s.points; i++)
          same += s.metric[i][metrics[m]] == bound;
        for (int beyond = 0; beyond < 2; beyond++) {
          const double value = beyond ? nextafter(bound, upper ? 0 : INFINITY) : bound;
          snprintf(more, sizeof more, "%sprecision: 16\nclock_mhz: 100\nconstraints: {%s: {%s: %.17g}}\n", modules,
                   qy_metric_table()[metrics[m]].name, upper ? "max" : "min", value);
          got[beyond] = feasible(more, way ? QY_IN_LANES : QY_ONE_BY_ONE, arena);
        }
        ok(got[0] == at && got[1] == at - same && same > 0, "%s %s: %d of %d, %d without its own",
           qy_metric_table()[metrics[m]].name, upper ? "at most" : "at least", got[0], (int)s.points, got[1]);
      }
}

/* Points have columns where all precisions are uniform, wherever in the list one is that is not. */
static void columns(qy_arena *arena)
{
  static const struct {
    const char *list;
    bool uniform;
  } row[] = {{"[16, 8]", true},
             {"[{default: 16, label: m, first: 8}, 8]", false},
             {"[8, {default: 16, label: m, first: 8}]", false},
             {"[{default: 16, label: m, first: 8}]", false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char more[1024];
    qy_model *model = NULL;
    snprintf(more, sizeof more, "%sclock_mhz: 100\nprecision: %s\n", modules, row[i].list);
    const qy_plan *plan = plan_with(more, arena);
    ok(plan && !model_made(&model, plan, NULL, 0, &err) && qy_model_has_columns(model) == row[i].uniform,
       "precisions %s: %s", row[i].list, row[i].uniform ? "columns" : "no columns");
    qy_model_free(model);
  }
}

/* What is left open and an element fills in is said of its points; what it has not is not. */
static void filled_in(qy_arena *arena)
{
  static const struct {
    const char *pe, *said, *not_said;
  } row[] = {{"{kind: mac, bits: 8}", "\"pe_accumulator_bits\":24", ""},
             {"{kind: mac, bits: 8, accumulator_bits: 24}", "", "accumulator"},
             {"{kind: mul, bits: 8}", "", "accumulator"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    static seen s;
    char more[1024];
    snprintf(more, sizeof more, "precision: 8\nclock_mhz: 100\ndesigns:\n  - {name: S, accelerator: %s, pe: %s}\n",
             strstr(row[i].pe, "kind: mul") ? "dot, engines: 2, lanes: 2" : "depthwise, channels: 2", row[i].pe);
    const qy_plan *plan = plan_with(more, arena);
    const bool swept = plan && sweep(&s, plan, 1, 0) && !s.reason[0];
    ok(swept && strstr(s.resolved[0], row[i].said) && (!*row[i].not_said || !strstr(s.resolved[0], row[i].not_said)),
       "%s: %s", row[i].pe, swept ? s.resolved[0] : "");
  }
}

/* Keys of a text {"key":value,...} with a name before them, behind what `out` has; returns its length. */
static size_t put_named(char *out, size_t used, size_t size, const char *name, const char *text)
{
  for (const char *at = text; *at && *at != '}'; at++)
    if (*at == '{' || (*at == ',' && at[1] == '"'))
      used += (size_t)snprintf(out + used, size - used, "%s\"%s_", used ? "," : "{", name), at++;
    else
      used += (size_t)snprintf(out + used, size - used, "%c", *at);
  return used;
}

/* What members leave open is said of each as where it is alone with its layers. */
static void filled_in_members(qy_arena *arena)
{
  static const char common[] = "name: r\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nprecision: 8\n"
                               "clock_mhz: 100\nobjectives: {minimize: [area_um2, latency_us]}\n";
  static const struct {
    const char *name, *layers, *design;
  } row[] = {{"d", "{type: dwconv}", "accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 2"},
             {"a", "{type: [conv, pwconv, fc]}", "accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4"}};
  static seen s;
  char text[2000], expected[640], systems[1200];
  size_t used = 0;
  snprintf(systems, sizeof systems, "%sdesigns:\n  - name: S\n    system: [sequential, pipelined]\n    members:\n",
           common);
  for (int m = 0; m < 2; m++) {
    snprintf(text, sizeof text, "%slayers: %s\ndesigns:\n  - {name: X, %s}\n", common, row[m].layers, row[m].design);
    const qy_plan *alone = plan_of(text, arena);
    if (!alone || !sweep(&s, alone, 1, 0) || !ok(!s.reason[0] && s.resolved[0][0] == '{', "%s", s.resolved[0])) return;
    used = put_named(expected, used, sizeof expected, row[m].name, s.resolved[0]);
    const size_t length = strlen(systems);
    snprintf(systems + length, sizeof systems - length, "      - {name: %s, layers: %s, %s}\n", row[m].name,
             row[m].layers, row[m].design);
  }
  snprintf(expected + used, sizeof expected - used, "}");
  const qy_plan *plan = plan_of(systems, arena);
  if (!plan || !sweep(&s, plan, 1, 0)) return;
  for (int i = 0; i < 2; i++)
    is_text(s.resolved[i], expected, i ? "of a pipelined system's members" : "of a sequential system's members");
}

typedef struct ranges {
  int64_t points[QY_METRIC_COUNT], at_zero;
} ranges;

static qy_status see_range(void *ctx, int technology, int metric, double low, double high, int64_t points, qy_error *e)
{
  ranges *r = ctx;
  (void)technology, (void)e, (void)high;
  r->points[metric] += points;
  if (low == 0) r->at_zero += points;
  return QY_OK;
}

/* Elements alone, of which some hold nothing in registers: values of 0 have a range too, on any number of threads. */
static void zeros(qy_arena *arena)
{
  static const qy_kept_front front = {.metric_count = 1, .metric = {QY_AREA_UM2}};
  static seen s;
  const qy_plan *plan =
      plan_of("name: e\ntechnology: fdsoi28\nprecision: [8, 4]\nclock_mhz: {from: 50, to: 500, points: "
              "40}\nobjectives: {minimize: area_um2}\ndesigns:\n"
              "  - {name: E, accelerator: element, pe: {kind: mul, bits: [8, 9]}}\n"
              "  - {name: M, accelerator: element, pe: {kind: mac, bits: 8}}\n",
              arena);
  if (!plan || !sweep(&s, plan, 1, 0)) return;
  int64_t numbers[QY_METRIC_COUNT] = {0}, none = 0;
  for (int64_t i = 0; i < s.points; i++)
    for (int m = 0; m < QY_METRIC_COUNT && !s.reason[i]; m++) {
      numbers[m] += !isnan(s.metric[i][m]);
      none += s.metric[i][m] == 0;
    }
  for (int threads = 1; threads <= 2; threads++) {
    qy_model *model = NULL;
    qy_kept *kept = NULL;
    ranges r = {.at_zero = 0};
    const qy_kept_run run = {.threads = threads};
    qy_status status = model_made(&model, plan, NULL, 0, &err);
    if (!status) status = qy_kept_new(&kept, model, &front, 1, QY_KEPT_BINS, &err);
    if (!status) status = qy_kept_sweep(kept, &run, &err);
    if (!status) status = qy_kept_bins(kept, see_range, &r, &err);
    int wrong = 0;
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      wrong += r.points[m] != numbers[m];
    ok(!status && wrong == 0 && none > 0 && r.at_zero == none, "%lld values of 0 in a range from 0: %lld",
       (long long)none, (long long)r.at_zero);
    qy_kept_free(kept);
    qy_model_free(model);
  }
}

/* Parts of so many clocks under so many draws would take more than there may be: said before any is made. */
static void too_many_draws(qy_arena *arena)
{
  char more[1024];
  qy_model *model = NULL;
  snprintf(more, sizeof more,
           "%sprecision: 16\nclock_mhz: {from: 100, to: 900, points: 60000}\nuncertainty: {draws: 2000}\n", modules);
  const qy_plan *plan = plan_with(more, arena);
  qy_error_clear(&err);
  const qy_status status = plan ? qy_model_make(&model, plan, NULL, 0, &(qy_model_how){.threads = 1}, &err) : QY_OK;
  ok(status == QY_BAD_INPUT && err.count && strstr(err.diagnostic[0].text, "under 2000 draws fit into 2 GB"), "%s",
     err.count ? err.diagnostic[0].text : "too many draws");
  qy_error_clear(&err);
  qy_model_free(model);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  bounds(arena);
  columns(arena);
  filled_in(arena);
  filled_in_members(arena);
  zeros(arena);
  too_many_draws(arena);
  qy_arena_free(arena);
  return done();
}
