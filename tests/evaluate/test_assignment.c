/* Assignments of precisions to layers against all combinations, each evaluated as a map of layers of its own; sums over
 * layers against points; runs that were stopped, or go on several threads. */
#include "assignment_points.h"

static const char assign[] =
    "  - {label: free, options: [8, 4, w4a8], ties: none, minimize: [latency_us, noise], points: 800}\n"
    "  - {label: three, options: [8, 4, w4a8], ties: none, minimize: [latency_us, energy_uj, noise], points: 800}\n"
    "  - {label: tied, options: [8, 4, w4a8], minimize: [energy_uj, noise], points: 100}\n"
    "  - {label: fixed, options: [8, 4, w4a8], fix: {first: 8}, minimize: [weight_bytes, noise], points: 100}\n"
    "  - {label: limited, options: [8, 4, w4a8], ties: none, minimize: [latency_us, noise], points: 800,\n"
    "     limit: {weight_bytes: 60%, bit_operations: 50%}}\n"
    "  - {label: quick, options: [8, 4, w4a8], ties: none, minimize: latency_us, limit: {noise: 30%}}\n"
    "  - {label: lean, options: [8, 4, w4a8], minimize: energy_uj, limit: {noise: 40%, latency_us: 8 bit}}\n"
    "  - {label: small, options: [w4a8, 8, 4], ties: none, minimize: weight_bytes, limit: {noise: 95%}}\n"
    "  - {label: slim, options: [w4a8, 4, 8], minimize: weight_bytes, limit: {noise: 90%, energy_uj: w4a8}}\n"
    "  - {label: few, options: [8, 4, w4a8], ties: none, minimize: bit_operations, limit: {weight_bytes: 60%}}\n"
    "  - {label: clear, options: [8, 4, w4a8], ties: none, minimize: noise, limit: {weight_bytes: 50%}}\n"
    "  - {label: cool, options: [8, 4, w4a8], ties: none, minimize: [latency_us, noise], points: 800,\n"
    "     limit: {energy_uj: w4a8}}\n"
    "  - {label: own, options: [8, 4, w4a8], ties: none, minimize: [latency_us, noise], points: 800,\n"
    "     limit: {latency_us: w4a8, noise: 70%}}\n"
    "  - {label: calm, options: [4, w4a8, 8], ties: none, minimize: energy_uj}\n"
    "  - {label: five, options: [8, 4, w4a8], minimize: [latency_us, energy_uj, noise, weight_bytes, bit_operations],\n"
    "     points: 100}\n";

static const question questions[] = {
    {"free", {QY_LATENCY_US, QY_NOISE}, 2, false, {-1, 0}, {-1, -1}, {0}, {-1, -1}},
    {"three", {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE}, 3, false, {-1, 0}, {-1, -1}, {0}, {-1, -1}},
    {"tied", {QY_ENERGY_UJ, QY_NOISE}, 2, true, {-1, 0}, {-1, -1}, {0}, {-1, -1}},
    {"fixed", {QY_WEIGHT_BYTES, QY_NOISE}, 2, true, {0, 0}, {-1, -1}, {0}, {-1, -1}},
    {"limited",
     {QY_LATENCY_US, QY_NOISE},
     2,
     false,
     {-1, 0},
     {QY_WEIGHT_BYTES, QY_BIT_OPERATIONS},
     {0.6, 0.5},
     {-1, -1}},
    {"quick", {QY_LATENCY_US}, 1, false, {-1, 0}, {QY_NOISE, -1}, {0.3, 0}, {-1, -1}},
    {"lean", {QY_ENERGY_UJ}, 1, true, {-1, 0}, {QY_NOISE, QY_LATENCY_US}, {0.4, 0}, {-1, 0}},
    {"small", {QY_WEIGHT_BYTES}, 1, false, {-1, 0}, {QY_NOISE, -1}, {0.95, 0}, {-1, -1}},
    {"slim", {QY_WEIGHT_BYTES}, 1, true, {-1, 0}, {QY_NOISE, QY_ENERGY_UJ}, {0.9, 0}, {-1, 2}},
    {"few", {QY_BIT_OPERATIONS}, 1, false, {-1, 0}, {QY_WEIGHT_BYTES, -1}, {0.6, 0}, {-1, -1}},
    {"clear", {QY_NOISE}, 1, false, {-1, 0}, {QY_WEIGHT_BYTES, -1}, {0.5, 0}, {-1, -1}},
    {"cool", {QY_LATENCY_US, QY_NOISE}, 2, false, {-1, 0}, {QY_ENERGY_UJ, -1}, {0}, {2, -1}},
    {"own", {QY_LATENCY_US, QY_NOISE}, 2, false, {-1, 0}, {QY_LATENCY_US, QY_NOISE}, {0, 0.7}, {2, -1}},
    {"calm", {QY_ENERGY_UJ}, 1, false, {-1, 0}, {-1, -1}, {0}, {-1, -1}},
    {"five",
     {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE, QY_WEIGHT_BYTES, QY_BIT_OPERATIONS},
     5,
     true,
     {-1, 0},
     {-1, -1},
     {0},
     {-1, -1}},
};

static void fronts(qy_arena *arena)
{
  all_points all;
  qy_plan *plan = plan_with(designs, assign, "", true, arena);
  if (!plan || !evaluate_all(&all, plan, 2, 500)) return;
  const size_t axis = plan->precision.count;
  for (size_t first = 0; first < all.count; first += axis) {
    for (size_t q = 0; q < sizeof questions / sizeof *questions; q++)
      check_front(&questions[q], &all, first, axis);
    check_sqnr(&all, first);
    check_sums(&all, first);
  }
  points_free(&all);
}

/* ---- a few points of a front ---- */

enum { FEW = 3 };

/* What three points have below them, of the square that the front spans and a tenth more. */
static double volume_of(double x[FEW], double y[FEW])
{
  double sum = 0, top = 1 + QY_FRONT_MARGIN;
  for (int i = 0; i < FEW; i++) {
    int at = -1;
    for (int k = 0; k < FEW; k++)
      if (y[k] < top && (at < 0 || x[k] < x[at])) at = k;
    if (at < 0) break;
    sum += (1 + QY_FRONT_MARGIN - x[at]) * (top - y[at]);
    top = y[at];
  }
  return sum;
}

/* A cost on its way from the least to the greatest one of the front, in logarithms where all are above 0. */
static double way_of(double x, double least, double greatest)
{
  return least > 0 ? log(x / least) / log(greatest / least) : (x - least) / (greatest - least);
}

/* Of a front of weights and noise the three points with most volume, against all threes. */
static void check_few(const char *name, const char *label, const all_points *all)
{
  static double x[COMBINATIONS], y[COMBINATIONS];
  double low[2] = {INFINITY, INFINITY}, high[2] = {0}, own[2][FEW], most = 0, volume = 0;
  static const int metric[2] = {QY_WEIGHT_BYTES, QY_NOISE};
  int count = 0, few = 0, unsorted = 0;
  for (size_t i = 0; i < all->count; i++)
    for (int k = 0; k < 2 && !all->reason[i]; k++) {
      low[k] = fmin(low[k], all->metric[i][metric[k]]);
      high[k] = fmax(high[k], all->metric[i][metric[k]]);
    }
  for (size_t i = 0; i < all->count; i++) {
    if (all->reason[i]) continue;
    const double w = way_of(all->metric[i][metric[0]], low[0], high[0]);
    const double n = way_of(all->metric[i][metric[1]], low[1], high[1]);
    if (strcmp(all->label[i], "all") == 0) {
      unsorted += count && w < x[count - 1];
      x[count] = w, y[count++] = n;
    } else if (few < FEW && strcmp(all->label[i], label) == 0) {
      unsorted += few && (strcmp(label, "few") ? n < own[1][few - 1] : w < own[0][few - 1]);
      own[0][few] = w, own[1][few++] = n;
    }
  }
  for (int a = 0; a < count; a++)
    for (int b = a + 1; b < count; b++)
      for (int c = b + 1; c < count; c++)
        most = fmax(most, volume_of((double[FEW]){x[a], x[b], x[c]}, (double[FEW]){y[a], y[b], y[c]}));
  if (few == FEW) volume = volume_of(own[0], own[1]);
  ok(count > 2 * FEW && few == FEW && fabs(volume - most) < 1e-9, "%s: three points of %d with most volume, %.6f", name,
     count, most);
  is_int(unsorted, 0, "in the order of the first cost");
}

static void few_points(qy_arena *arena)
{
  static const char head[] = "{options: [8, 4, w4a8], ties: none, minimize: [weight_bytes, noise], ";
  static const char turned[] = "{options: [8, 4, w4a8], ties: none, minimize: [noise, weight_bytes], ";
  char asked[600], table[] = "/tmp/quarry-noise-XXXXXX.csv", given[100];
  all_points all;
  snprintf(asked, sizeof asked,
           "  - %slabel: all, points: 729}\n  - %slabel: few, points: %d}\n  - %slabel: turned, points: %d}\n", head,
           head, FEW, turned, FEW);
  int fd = mkstemps(table, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!ok(out != NULL, "a table of noise")) return;
  fputs("layer,option,noise\n", out);
  for (int l = 0; l < LAYERS; l++)
    fprintf(out, "%s,8,0\n%s,4,%d\n%s,w4a8,%d\n", layer_name[l], layer_name[l], 3 + l * l, layer_name[l], 1 + l);
  fclose(out);
  snprintf(given, sizeof given, "noise: {file: %s}\n", table);
  for (int from_table = 0; from_table < 2; from_table++) {
    qy_plan *plan = plan_with("  - {name: dot, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n",
                              asked, from_table ? given : "", false, arena);
    if (!plan || !evaluate_all(&all, plan, 1, 500)) continue;
    check_few(from_table ? "noise of which some is 0" : "noise above 0", "few", &all);
    check_few(from_table ? "some is 0, by noise" : "by noise above 0", "turned", &all);
    points_free(&all);
  }
  unlink(table);
}

/* A limit that is what all layers take at one option, which some cannot be run at: the layer and the option are said.
 */
static void limit_of_none(qy_arena *arena)
{
  static const char wide[] = "  - {name: narrow, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n"
                             "  - {name: wide, accelerator: dot, pe: {kind: mul, bits: 16}, engines: 2, lanes: 4}\n";
  all_points all;
  qy_plan *plan =
      plan_with(wide, "  - {options: [8, 4], minimize: noise, limit: {latency_us: 16 bit}}\n", "", false, arena);
  if (!plan || !evaluate_all(&all, plan, 1, 100)) return;
  int said = 0, met = 0;
  for (size_t i = 0; i < all.count; i++) {
    const bool narrow = strcmp(all.design[i], "narrow") == 0;
    const char *reason = all.reason[i] ? all.reason[i] : "";
    said += narrow && strstr(reason, "the limit of latency_us: layer stem cannot be run at 16") == reason;
    met += !narrow && !*reason;
    if (*reason) printf("# %s: %s\n", all.design[i], reason);
  }
  ok(said == 1 && met == 1, "a limit at 16 bits is none for 8 bits, and one for 16");
  points_free(&all);
}

/* ---- sums, and runs in pieces ---- */

typedef struct sums {
  double metric[METRICS];
  int layers;
  char text[2000];
  size_t at;
} sums;

static qy_status add_layer(void *ctx, const qy_model_layer *layer, qy_error *error)
{
  sums *s = ctx;
  char bits[QY_PRECISION_TEXT];
  (void)error;
  for (int k = 0; k < METRICS; k++)
    s->metric[k] += layer->metric[metrics[k]];
  s->at = qy_append(s->text, sizeof s->text, s->at, "\"%s\": \"%s\";", layer->layer->name,
                    plan_option_text(bits, layer->precision));
  s->layers++;
  return QY_OK;
}

/* Each layer of the visit is in the point's assignment. */
static bool layers_said(const char *visited, const char *assignment)
{
  char one[200];
  for (const char *end; (end = strchr(visited, ';')); visited = end + 1) {
    snprintf(one, sizeof one, "%.*s", (int)(end - visited), visited);
    if (!strstr(assignment, one)) return false;
  }
  return true;
}

static const char few_assign[] =
    "  - {label: three, options: [8, 4, w4a8], minimize: [latency_us, energy_uj, noise], points: 5}\n"
    "  - {options: [8, 4], minimize: energy_uj, limit: {noise: 50%}}\n"
    "  - {options: [8, 4], minimize: energy_uj, limit: {noise: 0}}\n"
    "  - {options: [8, 4], minimize: latency_us, limit: {weight_bytes: 0%, noise: 0%}}\n"
    "  - {options: [8, 4], minimize: [latency_us, noise], points: 1, limit: {weight_bytes: 0%, noise: 0%}}\n";
static const char few_maps[] = "precision: [8, 4, {weights: 4, activations: 8}, {default: 8, label: all 8}, {default: "
                               "8, last: 4, type dwconv: 4}]\n"
                               "uncertainty: {draws: 16, seed: 3}\nlayers: {type: [conv, dwconv]}\n";

static void sums_of_layers(const qy_plan *plan, const all_points *all)
{
  int wrong = 0, mixed = 0, alike = 0;
  for (int64_t i = 0; i < (int64_t)all->count; i++) {
    qy_model *model = NULL;
    sums s = {.layers = 0};
    qy_point p;
    qy_status status = model_made(&model, plan, &i, 1, &err);
    if (!status) status = qy_model_point(&p, model, i, &err);
    const bool same = !status && (p.reason ? all->reason[i] && strcmp(p.reason, all->reason[i]) == 0
                                           : !all->reason[i] && memcmp(p.metric, all->metric[i], sizeof p.metric) == 0);
    if (!status && !p.reason) status = qy_model_layers(model, i, add_layer, &s, &err);
    bool good = !status && same;
    const bool pipelined = is_pipelined(all->design[i]);
    for (int k = 0; k < METRICS && good && !p.reason; k++)
      if (!(pipelined && metrics[k] == QY_ENERGY_UJ)) /* members leak while they wait */
        good = fabs(s.metric[k] - p.metric[metrics[k]]) <= close_to * p.metric[metrics[k]];
    if (good && !p.reason && p.assignment) {
      mixed++;
      good = layers_said(s.text, p.assignment) && strcmp(p.assignment, all->assignment[i]) == 0 && s.layers == LAYERS;
    }
    wrong += !good;
    if (!good) printf("# point %lld (%s, %s)\n", (long long)i, all->design[i], all->label[i]);
    qy_model_free(model);
  }
  for (size_t i = 0; i < all->count; i++)
    for (size_t k = 0; k < all->count; k++)
      if (strcmp(all->label[i], "8 bit") == 0 && strcmp(all->label[k], "all 8") == 0 &&
          strcmp(all->design[i], all->design[k]) == 0)
        for (int m = 0; m < QY_METRIC_COUNT; m++)
          alike += isnan(all->metric[i][m])
                       ? isnan(all->metric[k][m])
                       : fabs(all->metric[i][m] - all->metric[k][m]) <= close_to * fabs(all->metric[i][m]);
  ok(wrong == 0 && mixed > 0, "points alone are as in the sweep, and the sums of their layers; %d with an assignment",
     mixed);
  is_int(alike, DESIGNS * QY_METRIC_COUNT, "a map of one precision is that precision");
}

static qy_status same_as_swept(void *ctx, const qy_point *p, qy_error *error)
{
  const all_points *all = ctx;
  (void)error;
  const char *text = all->assignment[p->index];
  if (memcmp(p->metric, all->metric[p->index], sizeof p->metric) != 0) return QY_INTERNAL;
  return (p->assignment && text ? strcmp(p->assignment, text) == 0 : !p->assignment && !text) ? QY_OK : QY_INTERNAL;
}

/* Points of several assignments, to and fro. */
static void any_order(const qy_plan *plan, all_points *all, qy_arena *arena)
{
  qy_model *model = NULL;
  const size_t asked = 3 * all->count;
  int64_t *point = qy_arena_alloc(arena, asked, sizeof *point);
  for (size_t i = 0; i < asked; i++) /* neighbours, each twice, with others of the same design between them */
    point[i] = (int64_t)((i / 3 + (i % 3 == 1 ? 7 : 0)) % all->count);
  qy_status status = model_made(&model, plan, NULL, 0, &err);
  if (!status) status = qy_model_details(model, point, asked, same_as_swept, NULL, all, &err);
  is_int(status, QY_OK, "points asked for to and fro are as in the sweep");
  qy_model_free(model);
}

static void pieces(qy_arena *arena)
{
  static seen one, other;
  all_points all;
  qy_plan *plan = plan_with(designs, few_assign, few_maps, false, arena);
  if (!plan || !evaluate_all(&all, plan, 1, 1000)) return;
  sums_of_layers(plan, &all);
  any_order(plan, &all, arena);
  int last = 0, small = 0, none = 0, beside = 0;
  for (size_t i = 0; i < all.count; i++) {
    none += all.reason[i] && strcmp(all.reason[i], "no assignment meets the limit of noise") == 0;
    beside +=
        all.reason[i] && strcmp(all.reason[i], "no assignment meets the limit of noise beside those before it") == 0;
    small += all.bits[i] == 4;
    last += all.bits[i] == 8;
  }
  is_int(none, DESIGNS, "a limit that cannot be met is named");
  is_int(beside, 2 * DESIGNS, "and one that cannot be beside another");
  ok(small >= 4 && last >= 16 && small + last == (int)all.count, "bits are those of the widest operand");
  points_free(&all);
  if (!sweep(&one, plan, 1, 0)) return;
  for (int threads = 2; threads <= 3; threads++) {
    if (!sweep(&other, plan, threads, 0)) return;
    ok(memcmp(one.metric, other.metric, sizeof one.metric) == 0 &&
           memcmp(one.interval, other.interval, sizeof one.interval) == 0 &&
           memcmp(one.chance, other.chance, sizeof one.chance) == 0 && one.chances == other.chances && one.chances > 0,
       "the same on %d threads", threads);
  }
  if (!sweep(&other, plan, 2, 3)) return; /* 15 points, one within the points of an assignment, were delivered before */
  bool same = other.chances == one.chances && memcmp(one.chance, other.chance, sizeof one.chance) == 0;
  for (int64_t i = 0; i < one.points; i++)
    same &= i < 15 ? !other.delivered[i]
                   : other.delivered[i] == 1 && memcmp(one.metric[i], other.metric[i], sizeof one.metric[i]) == 0;
  ok(same, "a run that goes on is one that never stopped");
}

/* ---- layers that are all alike ---- */

/* A precision for all layers, maps and assignments that come to the same: one point, to the last bit, so that none is
 * on a front without the others. */
static void alike(qy_arena *arena)
{
  enum { AXIS = 7 };
  static const int twin[AXIS] = {0, 1, 2, 0, 1, 2, 1};
  static seen s;
  char text[2000];
  snprintf(text, sizeof text,
           "name: t\ntechnology: fdsoi28\nnetwork: mobilenet_v2_1.0_224\nclock_mhz: 100\ndesigns:\n%s"
           "precision: [8, 4, w4a8, {default: 8, label: m8}, {default: 8, \"*\": 4, label: m4}]\n"
           "assign:\n  - {label: pair, options: [w4a8], minimize: [latency_us, noise], points: 1}\n"
           "  - {label: least, options: [8, 4], ties: none, minimize: weight_bytes, limit: {noise: 100%%}}\n"
           "uncertainty: {draws: 64, seed: 3}\nobjectives: {minimize: [latency_us, energy_uj, noise]}\n",
           designs);
  qy_plan *plan = plan_of(text, arena);
  if (!plan || !sweep(&s, plan, 2, 0)) return;
  is_int(s.points, AXIS * DESIGNS, "designs at seven precisions");
  for (int d = 0; d < DESIGNS; d++) {
    int same = 0, chances = 0;
    for (int i = 0; i < AXIS; i++) {
      const int one = d * AXIS + i, other = d * AXIS + twin[i];
      same += !s.reason[one] && memcmp(s.metric[one], s.metric[other], sizeof s.metric[one]) == 0 &&
              memcmp(s.interval[one], s.interval[other], sizeof s.interval[one]) == 0;
      chances += s.chance[one] == s.chance[other];
    }
    is_int(same, AXIS, "layers that are all alike: the metrics and intervals of that precision");
    is_int(chances, AXIS, "and its front probability");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  if (!network_made()) return 1;
  fronts(arena);
  few_points(arena);
  limit_of_none(arena);
  pieces(arena);
  alike(arena);
  qy_arena_free(arena);
  return done();
}
