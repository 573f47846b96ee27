/* What tests of assignments share: a network of six layers, all combinations of their precisions evaluated as maps of
 * layers of their own, and what a question asks of them. */
#ifndef QUARRY_TESTS_ASSIGNMENT_POINTS_H
#define QUARRY_TESTS_ASSIGNMENT_POINTS_H

#include "evaluate_test.h"
#include "quarry/front.h"
#include "quarry/text.h"

enum { LAYERS = 6, OPTIONS = 3, COMBINATIONS = 729, POINTS_TOP = 40000, METRICS = 5, DESIGNS = 5 };

/* stem and proj are added, skip and head (through a pool) read that sum. */
static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                                   "stem,conv,-,12,12,3,8,3,1,1\n"
                                   "exp,pwconv,stem,,,,24,,,\n"
                                   "dw,dwconv,exp,,,,,3,1,1\n"
                                   "proj,pwconv,dw,,,,8,,,\n"
                                   "sum,add,proj+stem,,,,,,,\n"
                                   "skip,pwconv,sum,,,,20,,,\n"
                                   "pool,pool,sum,,,,,2,2,0\n"
                                   "head,pwconv,pool,,,,40,,,\n";
static const char *const layer_name[LAYERS] = {"stem", "exp", "dw", "proj", "skip", "head"};
static const char *const option_name[OPTIONS] = {"8", "4", "w4a8"};
static const int metrics[METRICS] = {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE, QY_WEIGHT_BYTES, QY_BIT_OPERATIONS};

static char network_file[] = "/tmp/quarry-network-XXXXXX.csv";

static inline void remove_network(void)
{
  unlink(network_file);
}

static inline bool network_made(void)
{
  int fd = mkstemps(network_file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out) return false;
  atexit(remove_network);
  fputs(network_text, out);
  return fclose(out) == 0;
}

/* ---- points of a plan ---- */

typedef struct all_points {
  size_t count;
  double (*metric)[QY_METRIC_COUNT];
  char (*label)[48];
  char (*design)[16];
  char **reason, **assignment;
  int *bits;
  const qy_plan *plan;
} all_points;

static inline char *copy_of(const char *text)
{
  return text ? strdup(text) : NULL;
}

static inline qy_status take(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
{
  all_points *all = ctx;
  (void)batch, (void)error;
  for (int64_t i = 0; i < count; i++) {
    const qy_point *p = &points[i];
    char json[8192];
    if (!p->reason) memcpy(all->metric[p->index], p->metric, sizeof p->metric);
    snprintf(all->label[p->index], sizeof all->label[0], "%s", all->plan->info.precision[p->precision].label);
    snprintf(all->design[p->index], sizeof all->design[0], "%s",
             qy_plan_design(all->plan, p->design, json, sizeof json));
    all->reason[p->index] = copy_of(p->reason);
    all->assignment[p->index] = copy_of(p->assignment);
    all->bits[p->index] = p->precision_bits;
  }
  return QY_OK;
}

static inline void points_free(all_points *all)
{
  for (size_t i = 0; i < all->count; i++) {
    free(all->reason[i]);
    free(all->assignment[i]);
  }
  free(all->metric), free(all->label), free(all->design), free(all->reason), free(all->assignment), free(all->bits);
}

/* All points of an experiment. */
static inline bool evaluate_all(all_points *all, const qy_plan *plan, int threads, int64_t batch)
{
  qy_model *model = NULL;
  const size_t count = (size_t)plan->info.points;
  *all = (all_points){.count = count, .plan = plan};
  all->metric = qy_alloc(count, sizeof *all->metric);
  all->label = qy_alloc(count, sizeof *all->label);
  all->design = qy_alloc(count, sizeof *all->design);
  all->reason = qy_alloc(count, sizeof *all->reason);
  all->assignment = qy_alloc(count, sizeof *all->assignment);
  all->bits = qy_alloc(count, sizeof *all->bits);
  const qy_model_run run = {.threads = threads, .batch_points = batch, .ctx = all, .sink = take};
  qy_error_clear(&err);
  qy_status status = model_made(&model, plan, NULL, 0, &err);
  if (!status) status = qy_model_sweep(model, &run, &err);
  qy_model_free(model);
  if (status) ok(0, "a sweep: %s", err.diagnostic[0].text);
  return !status;
}

/* ---- combinations ---- */

static inline void digits_of(int digit[LAYERS], int combination)
{
  for (int i = 0; i < LAYERS; i++, combination /= OPTIONS)
    digit[i] = combination % OPTIONS;
}

/* Every combination as a map of its own, after what else the axis has. */
static inline void put_maps(FILE *out)
{
  for (int c = 0; c < COMBINATIONS; c++) {
    int digit[LAYERS];
    digits_of(digit, c);
    fprintf(out, "  - {default: 8, label: c%d", c);
    for (int i = 0; i < LAYERS; i++)
      fprintf(out, ", %s: %s", layer_name[i], option_name[digit[i]]);
    fputs("}\n", out);
  }
}

static double clock_mhz = 100;

/* A plan of these designs with all maps and these assignments. */
static inline qy_plan *plan_with(const char *designs, const char *assign, const char *more, bool maps, qy_arena *arena)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  fprintf(out, "name: t\ntechnology: fdsoi28\nnetwork: %s\n%sdesigns:\n%s%s", network_file, more, designs,
          maps ? "precision:\n" : "");
  if (maps) put_maps(out);
  fprintf(out, "assign:\n%sclock_mhz: %g\nobjectives: {minimize: [latency_us, energy_uj, noise]}\n", assign, clock_mhz);
  fclose(out);
  qy_plan *plan = plan_of(text, arena);
  free(text);
  return plan;
}

/* ---- what an assignment must be ---- */

/* A question in the words of the test. */
typedef struct question {
  const char *label;
  int objective[METRICS], objectives;
  bool tied;    /* stem with proj, skip with head */
  int fixed[2]; /* layer, option; layer -1: none */
  int limit[2]; /* metrics, -1: none */
  double share[2];
  int uniform[2]; /* option that the limit is the total of; -1: a share */
} question;

static inline bool allowed(const question *q, int combination)
{
  int d[LAYERS];
  digits_of(d, combination);
  if (q->tied && (d[0] != d[3] || d[4] != d[5])) return false;
  return q->fixed[0] < 0 || d[q->fixed[0]] == q->fixed[1];
}

/* Combination c of a design is point c of its axis. */
static inline double metric_at(const all_points *all, size_t first, int c, int metric)
{
  return all->metric[first + (size_t)c][metric];
}

static inline double limit_of(const question *q, const all_points *all, size_t first, int l)
{
  double least = INFINITY, greatest = 0;
  int same = 0;
  for (int c = 0, place = 1; c < LAYERS; c++, place *= OPTIONS)
    same += place * q->uniform[l];
  if (q->uniform[l] >= 0) return metric_at(all, first, same, q->limit[l]);
  for (int c = 0; c < COMBINATIONS; c++)
    if (allowed(q, c)) {
      least = fmin(least, metric_at(all, first, c, q->limit[l]));
      greatest = fmax(greatest, metric_at(all, first, c, q->limit[l]));
    }
  return least + q->share[l] * (greatest - least);
}

static const double close_to = 1e-9;

/* Its energy is no sum over layers. */
static inline bool is_pipelined(const char *design)
{
  return strcmp(design, "pipe") == 0 || strcmp(design, "pair") == 0;
}

/* A number of the text of an assignment. */
static inline double said(const char *assignment, const char *key)
{
  const char *at = strstr(assignment, key);
  return at ? strtod(at + strlen(key) + 2, NULL) : NAN;
}

static inline bool is_optimal(const char *assignment)
{
  return strstr(assignment, "\"optimal\": true") != NULL;
}

/* Of one objective the text says a bound that the value is (1 + epsilon) times as large as, of several none. */
static inline bool bound_said(const question *q, const char *assignment, double value)
{
  if (q->objectives > 1) return !strstr(assignment, "\"bound\"");
  const double bound = said(assignment, "\"bound\""), epsilon = said(assignment, "\"epsilon\"");
  return fabs(bound * (1 + epsilon) - value) <= 1e-5 * value && (!is_optimal(assignment) || epsilon == 0);
}

/* a is at least as good as b everywhere, up to rounding, and better once. */
static inline bool beats(const question *q, const double *a, const double *b)
{
  bool better = false;
  for (int k = 0; k < q->objectives; k++) {
    const double x = a[q->objective[k]], y = b[q->objective[k]];
    if (x > y * (1 + close_to)) return false;
    better |= x < y * (1 - close_to);
  }
  return better;
}

static inline bool same_costs(const question *q, const double *a, const double *b)
{
  for (int k = 0; k < q->objectives; k++)
    if (fabs(a[q->objective[k]] - b[q->objective[k]]) > close_to * fabs(b[q->objective[k]])) return false;
  return true;
}

/* Of the combinations that equal an optimum the one taken has the least latency, of these the least energy (where that
 * is a sum over layers), of these the least noise.  kept[0..count): within the limits. */
static inline void check_preferred(const question *q, const all_points *all, size_t first, size_t axis, int *kept,
                                   int count)
{
  static const double equal = 1e-12;
  const int order[4] = {q->objective[0], QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE};
  size_t i = first;
  bool least = true;
  int different = 0;
  while (i < first + axis && (strcmp(all->label[i], q->label) || all->reason[i]))
    i++;
  if (i == first + axis) {
    ok(0, "%s, %s: an optimum", all->design[first], q->label);
    return;
  }
  for (int k = 0; k < 4; k++) {
    double best = INFINITY;
    int left = 0;
    if (order[k] == QY_ENERGY_UJ && k > 0 && is_pipelined(all->design[first])) continue;
    for (int c = 0; c < count; c++)
      best = fmin(best, metric_at(all, first, kept[c], order[k]));
    for (int c = 0; c < count; c++)
      if (metric_at(all, first, kept[c], order[k]) <= best * (1 + equal)) kept[left++] = kept[c];
    count = left;
    least &= all->metric[i][order[k]] <= best * (1 + equal);
    if (k == 0) different = count;
  }
  ok(least, "%s, %s: of %d equal optima the least in latency, energy and noise", all->design[first], q->label,
     different);
}

/* The assigned points of one design are the front of its combinations: each is one of them and none beats it, and each
 * combination is equalled or beaten. */
static inline void check_front(const question *q, const all_points *all, size_t first, size_t axis)
{
  static int within[COMBINATIONS];
  int count = 0, found = 0, assigned = 0, beaten = 0, covered = 0, unsorted = 0, unsaid = 0;
  const char *design = all->design[first];
  double most[2] = {INFINITY, INFINITY}, before = 0;
  for (int l = 0; l < 2; l++)
    if (q->limit[l] >= 0) most[l] = limit_of(q, all, first, l) * (1 + close_to);
  for (int c = 0; c < COMBINATIONS; c++) {
    bool good = allowed(q, c);
    for (int l = 0; l < 2 && good; l++)
      if (q->limit[l] >= 0) good = metric_at(all, first, c, q->limit[l]) <= most[l];
    if (good) within[count++] = c;
  }
  for (size_t i = first; i < first + axis; i++) {
    if (strcmp(all->label[i], q->label) || all->reason[i]) continue;
    bool own = false, worse = false;
    if (assigned++) unsorted += all->metric[i][q->objective[0]] < before * (1 - close_to);
    before = all->metric[i][q->objective[0]];
    unsaid += !bound_said(q, all->assignment[i], before) || !is_optimal(all->assignment[i]) ||
              said(all->assignment[i], "\"epsilon\"") != 0;
    for (int k = 0; k < count; k++) {
      own |= same_costs(q, all->metric[i], all->metric[first + (size_t)within[k]]);
      worse |= beats(q, all->metric[first + (size_t)within[k]], all->metric[i]);
    }
    found += own;
    beaten += worse;
  }
  for (int k = 0; k < count; k++) {
    bool good = false;
    for (size_t i = first; i < first + axis && !good; i++)
      good = strcmp(all->label[i], q->label) == 0 && !all->reason[i] &&
             (same_costs(q, all->metric[i], all->metric[first + (size_t)within[k]]) ||
              beats(q, all->metric[i], all->metric[first + (size_t)within[k]]));
    covered += good;
  }
  ok(assigned > 0 && found == assigned && beaten == 0 && covered == count,
     "%s, %s: %d points are the front of %d combinations", design, q->label, assigned, count);
  if (found != assigned || beaten || covered != count)
    printf("# %d of %d are combinations, %d are beaten; %d of %d combinations covered\n", found, assigned, beaten,
           covered, count);
  ok(unsorted == 0, "%s, %s: in the order of the first cost", design, q->label);
  ok(unsaid == 0, "%s, %s: said to be optimal, with a bound where there is one objective", design, q->label);
  if (q->objectives == 1) check_preferred(q, all, first, axis, within, count);
}

/* What is summed over layers: a combination differs from the first by what each of its layers alone makes differ. */
static inline void check_sums(const all_points *all, size_t first)
{
  static const int sums[] = {QY_COMPUTE_CYCLES, QY_TRANSFER_CYCLES, QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ,
                             QY_ENERGY_SRAM_UJ, QY_WEIGHT_BYTES,    QY_BIT_OPERATIONS};
  int wrong = 0, vary = 0;
  if (strcmp(all->design[first], "dot") != 0 && strcmp(all->design[first], "array") != 0) return;
  for (size_t k = 0; k < sizeof sums / sizeof *sums; k++) {
    const double base = metric_at(all, first, 0, sums[k]);
    if (isnan(base)) continue;
    for (int c = 1; c < COMBINATIONS; c++) {
      int digit[LAYERS];
      double expected = base;
      digits_of(digit, c);
      for (int i = 0, place = 1; i < LAYERS; i++, place *= OPTIONS)
        if (digit[i]) expected += metric_at(all, first, place * digit[i], sums[k]) - base;
      const double got = metric_at(all, first, c, sums[k]);
      wrong += !(fabs(got - expected) <= close_to * fabs(base));
      vary += got != base;
    }
  }
  ok(vary > 0 && !wrong, "%s: cycles, products and energies are sums over layers", all->design[first]);
}

/* Noise of operands is the mean over layers: that of a combination follows from the options' own. */
static inline void check_sqnr(const all_points *all, size_t first)
{
  double noise[OPTIONS];
  int wrong = 0, vary = 0;
  if (strcmp(all->design[first], "dot") != 0 && strcmp(all->design[first], "array") != 0) return;
  for (int o = 0, place = 0; o < OPTIONS; o++) {
    for (int i = place = 0; i < LAYERS; i++)
      place = place * OPTIONS + o;
    noise[o] = pow(10, -metric_at(all, first, place, QY_SQNR_DB) / 10);
  }
  for (int c = 0; c < COMBINATIONS; c++) {
    int digit[LAYERS];
    double sum = 0;
    digits_of(digit, c);
    for (int i = 0; i < LAYERS; i++)
      sum += noise[digit[i]];
    const double got = metric_at(all, first, c, QY_SQNR_DB);
    wrong += !(fabs(got + 10 * log10(sum / LAYERS)) <= 1e-9 * fabs(got));
    vary += got != metric_at(all, first, 0, QY_SQNR_DB);
  }
  ok(vary > 0 && !wrong, "%s: the noise of operands is a mean over layers", all->design[first]);
}

static const char designs[] =
    "  - {name: dot, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n"
    "  - {name: array, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4, columns: 4}\n"
    "  - name: seq\n    system: sequential\n    members:\n"
    "      - {name: rdm, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 2}\n"
    "      - {name: array, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4, columns: 4}\n"
    "  - name: pipe\n    system: pipelined\n    members:\n"
    "      - {name: rdm, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: 2}\n"
    "      - {name: array, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4, columns: 4}\n"
    /* which take as long and as much at all options, so that many optima are equal */
    "  - name: pair\n    system: pipelined\n    members:\n"
    "      - {name: a, layers: {type: dwconv}, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n"
    "      - {name: b, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4}\n";

#endif
