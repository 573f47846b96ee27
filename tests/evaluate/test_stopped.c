/* The stop of a model: wherever it is heard, what was asked for ends with QY_INTERRUPTED and leaves nothing behind, and
 * where it is asked but never says so nothing is different. */
#include "evaluate_test.h"
#include "quarry/kept.h"

/* Says so when it is asked for the at-th time, and from then on; 0: never. */
typedef struct stopper {
  int asked, at;
} stopper;

static int stop(void *ctx)
{
  stopper *s = ctx;
  s->asked++;
  return s->at && s->asked >= s->at;
}

typedef struct took {
  int64_t points, feasible;
  double sum;
} took;

static qy_status take(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  took *t = ctx;
  (void)batch, (void)error;
  for (int64_t i = 0; i < count; i++) {
    t->points++;
    t->feasible += !points[i].reason;
    t->sum += points[i].reason ? 0 : points[i].metric[QY_LATENCY_US];
  }
  return QY_OK;
}

/* ---- what is asked for ---- */

enum { MAKE, SWEEP, SWEEP_BY_PARTS, KEEP_BY_PARTS, ESTIMATE, ONE_POINT, ACTIONS };
static const char *const action_name[ACTIONS] = {"made",          "swept",     "swept by parts",
                                                 "kept by parts", "estimated", "one point"};

static qy_status keep(qy_model *model, took *t, qy_error *error)
{
  static const qy_kept_front front = {.metric_count = 2, .metric = {QY_AREA_UM2, QY_LATENCY_US}};
  const qy_kept_run run = {.threads = 1, .seconds = 0};
  qy_kept *kept = NULL;
  int64_t *points = NULL;
  size_t count = 0;
  qy_status status = qy_kept_new(&kept, model, &front, 1, 0, error);
  if (!status) status = qy_kept_sweep(kept, &run, error);
  if (!status) status = qy_kept_points(kept, &points, &count, error);
  t->points = (int64_t)count;
  for (size_t i = 0; i < count; i++)
    t->sum += (double)points[i];
  free(points);
  qy_kept_free(kept);
  return status;
}

static qy_status act(took *t, int action, const qy_plan *plan, stopper *s, int threads)
{
  qy_model *model = NULL;
  qy_model_seconds seconds;
  const int64_t last = qy_plan_get(plan)->points - 1;
  const qy_model_how how = {.threads = threads,
                            .known = shared_known(),
                            .stop = stop,
                            .stop_ctx = s,
                            .by_parts = action == SWEEP_BY_PARTS || action == KEEP_BY_PARTS};
  const qy_model_run run = {.threads = threads, .batch_points = 7, .ctx = t, .sink = take};
  *t = (took){.points = 0};
  qy_error_clear(&err);
  if (action == ESTIMATE) return qy_model_estimate(&seconds, plan, &how, &err);
  const bool one = action == ONE_POINT;
  qy_status status = qy_model_make(&model, plan, one ? &last : NULL, one, &how, &err);
  if (status && model) ok(0, "no model is left where it was not made");
  if (!status && (action == SWEEP || action == SWEEP_BY_PARTS)) status = qy_model_sweep(model, &run, &err);
  if (!status && action == KEEP_BY_PARTS) status = keep(model, t, &err);
  qy_model_free(model);
  return status;
}

/* ---- plans ---- */

static const struct {
  const char *name, *text;
  int action[4];
  int actions;
} plans[] = {
    {"many elements",
     "network: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\nprecision: [8, 4]\nclock_mhz: [200, 700]\ndesigns:\n"
     "  - {name: W, accelerator: depthwise, channels: 1, pe: {kind: mac, bits: {from: 8, to: 16, step: 1}, "
     "accumulator_bits: {from: 39, to: 46, step: 1}}}\nuncertainty: {draws: 16, seed: 1}\n",
     {SWEEP_BY_PARTS, ESTIMATE},
     2},
    {"schedules",
     "network: %s\nprecision: [8, 4]\nclock_mhz: [100, 200]\ndesigns:\n  - name: S\n    system: sequential\n"
     "    members: [{name: a, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 8]}]\n"
     "    memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 8KiB, to: 64KiB, points: 5}, fusion: [none, block]}\n",
     {KEEP_BY_PARTS, SWEEP_BY_PARTS},
     2},
    {"few schedules",
     "network: %s\nprecision: 8\nclock_mhz: 100\ndesigns:\n  - {name: S, accelerator: systolic, pe: {kind: mac, "
     "bits: 8}, rows: 4, memory: {device: lpddr4_2400_8gb_x16, buffer: [8KiB, 32KiB]}}\n",
     {ESTIMATE, ONE_POINT, MAKE},
     3},
    {"many schedules",
     "network: %s\nprecision: 8\nclock_mhz: 100\ndesigns:\n  - {name: S, accelerator: systolic, pe: {kind: mac, "
     "bits: 8}, rows: 4, memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 2KiB, to: 32KiB, points: 40}}}\n",
     {ESTIMATE},
     1},
    {"assignments",
     "network: %s\nclock_mhz: 100\ndesigns:\n"
     "  - {name: one, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4}\n"
     "  - name: two\n    system: pipelined\n    members:\n"
     "      - {name: rdm, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 2}\n"
     "      - {name: rest, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4}\n"
     "assign:\n"
     "  - {options: [8, 4, w4a8], minimize: latency_us, limit: {noise: 30%%}}\n"
     "  - {label: energy, options: [8, 4, w4a8], minimize: energy_uj, limit: {noise: 40%%}}\n"
     "  - {label: front, options: [8, 4, w4a8], minimize: [latency_us, noise], points: 4}\n"
     "  - {label: none, options: [8, 4], minimize: [latency_us, noise], limit: {noise: 0, weight_bytes: 10%%}}\n",
     {SWEEP, KEEP_BY_PARTS, ONE_POINT},
     3},
};

/* Stopped at some of the places where it is asked: the first, the last, and some between. */
static void everywhere(const char *name, const qy_plan *plan, int action)
{
  enum { FIRST = 2, BETWEEN = 2, PLACES = 2 * FIRST + BETWEEN };
  stopper never = {.at = 0};
  took whole, again;
  const qy_status status = act(&whole, action, plan, &never, 1);
  const int asked = never.asked;
  int wrong = 0;
  ok(!status && asked > 0, "%s, %s: asked %d times", name, action_name[action], asked);
  for (int k = 0; k < PLACES; k++) {
    const int between = FIRST + (asked - FIRST) * (k - FIRST + 1) / (BETWEEN + 1);
    stopper s = {.at = k < FIRST ? 1 + k : k < FIRST + BETWEEN ? between : asked + k - PLACES + 1};
    if (s.at < 1 || s.at > asked || (action == ESTIMATE && k > FIRST)) continue; /* which takes its time */
    const qy_status ended = act(&again, action, plan, &s, 1);
    const bool heard = s.asked >= s.at; /* an estimate takes as much as there is time for */
    wrong += heard ? ended != QY_INTERRUPTED : action != ESTIMATE || ended != QY_OK;
    if (heard && ended != QY_INTERRUPTED) printf("# stopped at %d of %d: %d\n", s.at, asked, (int)ended);
  }
  is_int(wrong, 0, "wherever it is stopped");
  if (action == ESTIMATE || asked > 1000) return; /* long ones take as long again */
  stopper late = {.at = asked + 1};
  ok(act(&again, action, plan, &late, 1) == status && memcmp(&again, &whole, sizeof whole) == 0 && late.asked == asked,
     "and never where it is not asked again");
}

static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                                   "one,conv,-,8,8,16,32,3,1,1\ndw,dwconv,one,,,,,3,1,1\ntwo,pwconv,dw,,,,8,,,\n";

int main(void)
{
  char network[] = "/tmp/quarry-stopped-XXXXXX.csv";
  qy_arena *arena = qy_arena_new();
  const int fd = mkstemps(network, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (out) fputs(network_text, out), fclose(out);
  for (size_t i = 0; out && i < sizeof plans / sizeof *plans; i++) {
    char body[2000], text[2200];
    snprintf(body, sizeof body, plans[i].text, network);
    snprintf(text, sizeof text, "name: t\ntechnology: fdsoi28\n%sobjectives: {minimize: [area_um2, latency_us]}\n",
             body);
    const qy_plan *plan = plan_of(text, arena);
    for (int k = 0; plan && k < plans[i].actions; k++)
      everywhere(plans[i].name, plan, plans[i].action[k]);
  }
  ok(out != NULL, "a network");
  unlink(network);
  qy_arena_free(arena);
  return done();
}
