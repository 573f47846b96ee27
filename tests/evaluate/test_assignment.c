/* Assignments of precisions to layers against all combinations, each evaluated as a map of layers of its own; sums over
 * layers against points; runs that were stopped, or go on several threads. */
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

static void remove_network(void)
{
  unlink(network_file);
}

static bool network_made(void)
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

static char *copy_of(const char *text)
{
  return text ? strdup(text) : NULL;
}

static qy_status take(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *error)
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

static void points_free(all_points *all)
{
  for (size_t i = 0; i < all->count; i++) {
    free(all->reason[i]);
    free(all->assignment[i]);
  }
  free(all->metric), free(all->label), free(all->design), free(all->reason), free(all->assignment), free(all->bits);
}

/* All points of an experiment. */
static bool evaluate_all(all_points *all, const qy_plan *plan, int threads, int64_t batch)
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

static void digits_of(int digit[LAYERS], int combination)
{
  for (int i = 0; i < LAYERS; i++, combination /= OPTIONS)
    digit[i] = combination % OPTIONS;
}

/* Every combination as a map of its own, after what else the axis has. */
static void put_maps(FILE *out)
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
static qy_plan *plan_with(const char *designs, const char *assign, const char *more, bool maps, qy_arena *arena)
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

static bool allowed(const question *q, int combination)
{
  int d[LAYERS];
  digits_of(d, combination);
  if (q->tied && (d[0] != d[3] || d[4] != d[5])) return false;
  return q->fixed[0] < 0 || d[q->fixed[0]] == q->fixed[1];
}

/* Combination c of a design is point c of its axis. */
static double metric_at(const all_points *all, size_t first, int c, int metric)
{
  return all->metric[first + (size_t)c][metric];
}

static double limit_of(const question *q, const all_points *all, size_t first, int l)
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
static bool is_pipelined(const char *design)
{
  return strcmp(design, "pipe") == 0 || strcmp(design, "pair") == 0;
}

/* A number of the text of an assignment. */
static double said(const char *assignment, const char *key)
{
  const char *at = strstr(assignment, key);
  return at ? strtod(at + strlen(key) + 2, NULL) : NAN;
}

static bool is_optimal(const char *assignment)
{
  return strstr(assignment, "\"optimal\": true") != NULL;
}

/* Of one objective the text says a bound that the value is (1 + epsilon) times as large as, of several none. */
static bool bound_said(const question *q, const char *assignment, double value)
{
  if (q->objectives > 1) return !strstr(assignment, "\"bound\"");
  const double bound = said(assignment, "\"bound\""), epsilon = said(assignment, "\"epsilon\"");
  return fabs(bound * (1 + epsilon) - value) <= 1e-5 * value && (!is_optimal(assignment) || epsilon == 0);
}

/* a is at least as good as b everywhere, up to rounding, and better once. */
static bool beats(const question *q, const double *a, const double *b)
{
  bool better = false;
  for (int k = 0; k < q->objectives; k++) {
    const double x = a[q->objective[k]], y = b[q->objective[k]];
    if (x > y * (1 + close_to)) return false;
    better |= x < y * (1 - close_to);
  }
  return better;
}

static bool same_costs(const question *q, const double *a, const double *b)
{
  for (int k = 0; k < q->objectives; k++)
    if (fabs(a[q->objective[k]] - b[q->objective[k]]) > close_to * fabs(b[q->objective[k]])) return false;
  return true;
}

/* Of the combinations that equal an optimum the one taken has the least latency, of these the least energy (where that
 * is a sum over layers), of these the least noise.  kept[0..count): within the limits. */
static void check_preferred(const question *q, const all_points *all, size_t first, size_t axis, int *kept, int count)
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
static void check_front(const question *q, const all_points *all, size_t first, size_t axis)
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
static void check_sums(const all_points *all, size_t first)
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
static void check_sqnr(const all_points *all, size_t first)
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

/* ---- pipelines: energy is no sum ---- */

enum { LIMITS = 4, EPSILONS = 3, KINDS = 4, QUESTIONS = 48 };
static const double epsilons[EPSILONS] = {0, 0.05, 1};

/* For each limit and epsilon: an optimum and a front under a limit of energy, the least energy under one of noise, and
 * a front of energy; label kind-limit-epsilon. */
static char *pipeline_questions(const double *energy, const double *noise)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (int l = 0; l < LIMITS; l++)
    for (int e = 0; e < EPSILONS; e++) {
      const char *head = "  - {options: [8, 4, w4a8], ties: none";
      fprintf(out, "%s, label: 0-%d-%d, epsilon: %g, minimize: noise, limit: {energy_uj: %.17g}}\n", head, l, e,
              epsilons[e], energy[l]);
      fprintf(out,
              "%s, label: 1-%d-%d, epsilon: %g, points: 800, minimize: [latency_us, noise], "
              "limit: {energy_uj: %.17g}}\n",
              head, l, e, epsilons[e], energy[l]);
      fprintf(out, "%s, label: 2-%d-%d, epsilon: %g, minimize: energy_uj, limit: {noise: %.17g}}\n", head, l, e,
              epsilons[e], noise[l]);
      fprintf(out,
              "%s, label: 3-%d-%d, epsilon: %g, points: 800, minimize: [energy_uj, noise], "
              "limit: {noise: %.17g}}\n",
              head, l, e, epsilons[e], noise[l]);
    }
  fclose(out);
  return text;
}

/* The points of one label, [first, end), against all combinations [0, COMBINATIONS) within the limit. */
static bool pipeline_good(const all_points *all, size_t first, size_t end, int kind, double most)
{
  static const question q[KINDS] = {{.objective = {QY_NOISE}, .objectives = 1},
                                    {.objective = {QY_LATENCY_US, QY_NOISE}, .objectives = 2},
                                    {.objective = {QY_ENERGY_UJ}, .objectives = 1},
                                    {.objective = {QY_ENERGY_UJ, QY_NOISE}, .objectives = 2}};
  const int limited = kind < 2 ? QY_ENERGY_UJ : QY_NOISE, objectives = q[kind].objectives;
  bool good = true;
  int within = 0;
  for (size_t c = 0; c < COMBINATIONS; c++) {
    bool covered = false;
    if (all->metric[c][limited] > most) continue;
    within++;
    for (size_t i = first; i < end; i++) {
      if (all->reason[i]) continue;
      bool near = true;
      const double factor = (1 + said(all->assignment[i], "\"epsilon\"")) * (1 + close_to);
      for (int k = 0; k < objectives; k++)
        near &= all->metric[i][q[kind].objective[k]] <= factor * all->metric[c][q[kind].objective[k]];
      covered |= near;
      if (objectives == 1)
        good &= said(all->assignment[i], "\"bound\"") <= all->metric[c][q[kind].objective[0]] * (1 + close_to);
      if (is_optimal(all->assignment[i])) good &= !beats(&q[kind], all->metric[c], all->metric[i]);
    }
    good &= covered;
  }
  for (size_t i = first; i < end; i++) {
    if (i > first && !all->reason[i])
      good &= all->metric[i][q[kind].objective[0]] >= all->metric[i - 1][q[kind].objective[0]] * (1 - close_to);
    if (!all->reason[i])
      good &= is_optimal(all->assignment[i]) == (said(all->assignment[i], "\"epsilon\"") == 0) &&
              bound_said(&q[kind], all->assignment[i], all->metric[i][q[kind].objective[0]]);
    if (!all->reason[i]) good &= within > 0 && all->metric[i][limited] <= most * (1 + close_to);
    if (!within)
      good &= all->reason[i] && strstr(all->reason[i], kind < 2 ? "no assignment meets the limit of energy_uj"
                                                                : "no assignment meets the limit of noise");
    if (kind == 0 && !all->reason[i]) good &= is_optimal(all->assignment[i]);
  }
  return good;
}

/* The value that this share of the combinations is below. */
static double quantile(const all_points *all, int metric, double share)
{
  double value[COMBINATIONS];
  for (int c = 0; c < COMBINATIONS; c++)
    value[c] = all->metric[c][metric];
  for (int i = 1; i < COMBINATIONS; i++)
    for (int j = i; j > 0 && value[j] < value[j - 1]; j--) {
      const double other = value[j];
      value[j] = value[j - 1], value[j - 1] = other;
    }
  return value[(int)(share * (COMBINATIONS - 1))];
}

static void pipelines(qy_arena *arena)
{
  static const double share[LIMITS] = {0, 0.001, 0.1, 0.6};
  double energy[LIMITS], noise[LIMITS];
  all_points all;
  /* Now one member takes longer, now the other, and at this clock they leak as much as they work. */
  static const char pipe[] =
      "  - name: pipe\n    system: pipelined\n    members:\n"
      "      - {name: a, layers: {name: '[sdh]*'}, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4, "
      "columns: "
      "4}\n"
      "      - {name: b, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 2, columns: 4}\n";
  clock_mhz = 1;
  qy_plan *plan = plan_with(pipe, "  - {label: one, options: [8], minimize: noise}\n", "", true, arena);
  if (!plan || !evaluate_all(&all, plan, 1, 500)) return;
  for (int l = 0; l < LIMITS; l++) {
    energy[l] = quantile(&all, QY_ENERGY_UJ, share[l]) * (l == 0 ? 1 - 1e-6 : 1 + 1e-6);
    noise[l] = quantile(&all, QY_NOISE, share[l]) * (l == 0 ? 1 - 1e-6 : 1 + 1e-6);
  }
  points_free(&all);
  char *text = pipeline_questions(energy, noise);
  plan = plan_with(pipe, text, "", true, arena);
  free(text);
  if (!plan || !evaluate_all(&all, plan, 2, 500)) return;
  int wrong = 0, asked = 0;
  for (size_t i = COMBINATIONS, end; i < all.count; i = end) {
    int kind = 0, l = 0, e = 0;
    for (end = i; end < all.count && strcmp(all.label[i], all.label[end]) == 0;)
      end++;
    if (sscanf(all.label[i], "%d-%d-%d", &kind, &l, &e) != 3) continue;
    const bool good = pipeline_good(&all, i, end, kind, kind < 2 ? energy[l] : noise[l]);
    if (!good) printf("# %s: %s\n", all.label[i], all.reason[i] ? all.reason[i] : all.assignment[i]);
    wrong += !good;
    asked++;
  }
  is_int(asked, QUESTIONS, "questions of a pipeline");
  is_int(wrong, 0, "pipelines: limits and covers against all combinations");
  clock_mhz = 100;
  points_free(&all);
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

/* ---- members ---- */

/* A system for each way to spread the layers over two members, one layer at least on each. */
static char *spread_designs(void)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (int i = 0; i < 2; i++)
    for (int mask = 1; mask < 7; mask++) {
      fprintf(out, "  - name: %s%d\n    system: %s\n    members:\n      - {name: a, layers: {name: '[", i ? "p" : "s",
              mask, i ? "pipelined" : "sequential");
      for (int l = 0; l < 3; l++)
        if ((mask >> l) & 1) fputc("xyz"[l], out);
      fputs("]'}, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4, "
            "buffers: {input: 8 KiB, output: 8 KiB, weight: 8 KiB}}\n"
            "      - {name: b, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 2, columns: 4, "
            "buffers: {input: 8 KiB, output: 8 KiB, weight: 8 KiB}}\n",
            out);
    }
  fclose(out);
  return text;
}

/* The points of a label of one system, [first, first + axis), against the maps of all systems of its kind, `kind`
 * points from `start` on: within the energy of eight bits where it is at home, in order, no better map, all covered. */
static bool members_within(const all_points *all, const question *q, size_t first, size_t axis, size_t start,
                           size_t kind, bool limited)
{
  double most = INFINITY, before = 0;
  bool good = true;
  size_t points = 0;
  for (size_t k = first; limited && k < first + axis; k++)
    if (strcmp(all->label[k], "c0") == 0) most = all->metric[k][QY_ENERGY_UJ] * (1 + close_to);
  for (size_t i = first; i < first + axis; i++) {
    if (strcmp(all->label[i], q->label) != 0 || all->reason[i]) continue;
    const double value = all->metric[i][q->objective[0]];
    good &= all->metric[i][QY_ENERGY_UJ] <= most && value >= before * (1 - close_to);
    before = value;
    points++;
  }
  for (size_t k = start; k < start + kind; k++) {
    if (all->label[k][0] != 'c' || all->metric[k][QY_ENERGY_UJ] > most) continue;
    bool covered = false;
    for (size_t i = first; i < first + axis; i++) {
      if (strcmp(all->label[i], q->label) != 0 || all->reason[i]) continue;
      good &= !beats(q, all->metric[k], all->metric[i]);
      covered |= same_costs(q, all->metric[i], all->metric[k]) || beats(q, all->metric[i], all->metric[k]);
    }
    good &= covered;
  }
  return good && points > 0;
}

static void members(qy_arena *arena)
{
  static const char network[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                                "x,conv,-,12,12,3,8,3,1,1\ny,pwconv,x,,,,24,,,\nz,pwconv,y,,,,12,,,\n";
  static const char *const option[2] = {"8", "4"};
  char file[] = "/tmp/quarry-network-XXXXXX.csv", *text = NULL, *spread = spread_designs();
  size_t size;
  all_points all;
  int fd = mkstemps(file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out || !spread) {
    ok(0, "a network");
    return;
  }
  fputs(network, out);
  fclose(out);
  out = open_memstream(&text, &size);
  fprintf(out, "name: t\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n%sprecision:\n", file, spread);
  for (int c = 0; c < 8; c++)
    fprintf(out, "  - {default: 8, x: %s, y: %s, z: %s, label: c%d}\n", option[c & 1], option[(c >> 1) & 1],
            option[c >> 2], c);
  fputs("assign:\n  - {options: [8, 4], members: true, ties: none, minimize: [latency_us, energy_uj, noise], points: "
        "200}\n  - {label: small, options: [8, 4], members: true, ties: none, minimize: weight_bytes}\n"
        "  - {label: fast, options: [4], members: true, ties: none, minimize: latency_us}\n"
        "  - {label: lean, options: [8, 4], members: true, ties: none, minimize: [energy_uj, noise], points: 200}\n"
        "  - {label: within, options: [8, 4], members: true, ties: none, minimize: [latency_us, noise], points: 200,\n"
        "     limit: {energy_uj: 8 bit}}\n"
        "clock_mhz: 100\nobjectives: {minimize: [latency_us, energy_uj, noise]}\n",
        out);
  fclose(out);
  qy_plan *plan = plan_of(text, arena);
  unlink(file);
  free(text);
  free(spread);
  if (!plan || !evaluate_all(&all, plan, 1, 100)) return;
  const question q = {"assigned", {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE}, 3, false, {-1, 0}, {-1, -1}, {0}, {-1, -1}};
  const size_t axis = plan->precision.count, kind = 6 * axis; /* points of the sequential systems, then as many */
  for (size_t s = 0; s < 2; s++) {
    int assigned = 0, known = 0, alone = 0, beaten = 0, open = 0;
    for (size_t i = s * kind; i < (s + 1) * kind; i++) { /* each system has the same choice */
      if (strcmp(all.label[i], "assigned") || all.reason[i]) continue;
      bool own = false, worse = false;
      for (size_t k = s * kind; k < (s + 1) * kind; k++) {
        own |= all.label[k][0] == 'c' && same_costs(&q, all.metric[i], all.metric[k]);
        worse |= all.label[k][0] == 'c' && beats(&q, all.metric[k], all.metric[i]);
      }
      const char *list = strstr(all.assignment[i], "\"members\"");
      const bool one = list && (!strstr(list, ": \"a\"") || !strstr(list, ": \"b\"")); /* which no system above is */
      assigned++;
      known += own;
      alone += !own && one;
      beaten += worse;
    }
    for (size_t k = s * kind; k < (s + 1) * kind; k++) {
      bool good = all.label[k][0] != 'c';
      for (size_t i = s * kind; i < s * kind + axis && !good; i++)
        good = strcmp(all.label[i], "assigned") == 0 && !all.reason[i] &&
               (same_costs(&q, all.metric[i], all.metric[k]) || beats(&q, all.metric[i], all.metric[k]));
      open += !good;
    }
    ok(assigned > 0 && known > 0 && known + alone == assigned && beaten == 0 && open == 0,
       "members of a %s system: %d points against all ways to spread layers", s ? "pipelined" : "sequential", assigned);
    if (known + alone != assigned || beaten || open)
      printf("# %d known, %d on one member, %d beaten, %d open\n", known, alone, beaten, open);
  }
  static const question asked[2] = {{.label = "lean", .objective = {QY_ENERGY_UJ, QY_NOISE}, .objectives = 2},
                                    {.label = "within", .objective = {QY_LATENCY_US, QY_NOISE}, .objectives = 2}};
  int wrong = 0;
  for (size_t first = 0; first < all.count; first += axis)
    for (int l = 0; l < 2; l++)
      wrong += !members_within(&all, &asked[l], first, axis, first / kind * kind, kind, l);
  is_int(wrong, 0, "members: energies in order, and limits of energy, against all ways to spread layers");
  /* All spreads have the same weights: of them the fastest is taken. */
  int slower = 0, optima = 0;
  for (size_t first = 0; first < all.count; first += axis) {
    double latency[2] = {NAN, NAN};
    for (size_t i = first; i < first + axis; i++)
      if (!all.reason[i] && (!strcmp(all.label[i], "small") || !strcmp(all.label[i], "fast")))
        latency[!strcmp(all.label[i], "fast")] = all.metric[i][QY_LATENCY_US], optima++;
    slower += !(fabs(latency[0] - latency[1]) <= close_to * latency[1]);
  }
  ok(slower == 0 && optima == 24, "of members with which the weights are least the fastest run the layers");
  points_free(&all);
}

/* A member that cannot run a layer, whatever the precision, is not given it: what multiplies over channels stays on the
 * array. */
static void members_that_cannot(qy_arena *arena)
{
  const char *systems = strstr(designs, "  - name: seq"), *end = strstr(designs, "  - name: pair");
  char text[2000];
  all_points all;
  snprintf(text, sizeof text, "%.*s", (int)(end - systems), systems);
  qy_plan *plan = plan_with(text, "  - {options: [8, 4], members: true, minimize: [latency_us, noise], points: 4}\n",
                            "", false, arena);
  if (!plan || !evaluate_all(&all, plan, 1, 100)) return;
  int wrong = 0, found = 0, moved = 0;
  for (size_t i = 0; i < all.count; i++) {
    const char *list = all.reason[i] ? NULL : strstr(all.assignment[i], "\"members\"");
    found += list != NULL;
    for (int l = 0; list && l < LAYERS; l++) {
      char on_array[60], on_module[60];
      snprintf(on_array, sizeof on_array, "\"%s\": \"array\"", layer_name[l]);
      snprintf(on_module, sizeof on_module, "\"%s\": \"rdm\"", layer_name[l]);
      if (strcmp(layer_name[l], "dw") == 0)
        moved += strstr(list, on_module) != NULL || strstr(list, on_array) != NULL;
      else
        wrong += !strstr(list, on_array) || strstr(list, on_module);
    }
  }
  ok(found >= 2 && moved == found && wrong == 0, "%d points: layers stay where they can be", found);
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
  pipelines(arena);
  limit_of_none(arena);
  members(arena);
  members_that_cannot(arena);
  pieces(arena);
  alike(arena);
  qy_arena_free(arena);
  return done();
}
