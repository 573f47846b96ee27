/* Published assignments: HAWQ-V3's nine of ResNet-18, also by brute force, and HAQ's strategy of MobileNetV2.
 *
 * HAWQ-V3: cost of a layer at b bits = average Hessian trace per parameter * ||W - Q_b(W)||^2; size = parameters * b;
 * bit operations = MACs * b^2; latency as measured; limit = v4 + f (v8 - v4), f = 0.25, 0.5, 0.75.  A shortcut has the
 * bits of the first convolution of its unit, which reads the same tensor: 16 groups.
 */
#include "quarry/assign.h"
#include "quarry/csv.h"

#include "assign_haq.h"
#include "tap.h"

#include <stdlib.h>

enum { LAYERS = 19, GROUPS = 16, LIMITS = 9, COSTS = 4, SENSITIVITY = 0 };

typedef struct resnet {
  size_t group_of[LAYERS];
  double cost[COSTS][2 * GROUPS]; /* option 0: 4 bits, 1: 8 bits */
  int64_t bits[LIMITS][LAYERS];   /* published */
  const char *limit_name[LIMITS];
} resnet;

static qy_status number(const qy_csv *csv, const char *name, double *value, qy_error *err)
{
  const int at = qy_csv_column(csv, name);
  return at < 0 ? QY_BAD_INPUT : qy_csv_number(csv, at, 0, 1e12, value, err);
}

static void read_layer(resnet *r, const qy_csv *csv, size_t layer, size_t *groups, qy_error *err)
{
  static const char *const dw2[] = {"dw2_int4", "dw2_int8"};
  static const char *const ms[] = {"t4_latency_ms_int4", "t4_latency_ms_int8"};
  const char *name = csv->field[qy_csv_column(csv, "name")];
  const bool shortcut = strstr(name, "identity_conv") != NULL;
  double params, macs, trace, change, latency;
  r->group_of[layer] = shortcut ? r->group_of[layer - 2] : (*groups)++;
  number(csv, "params", &params, err);
  number(csv, "macs", &macs, err);
  number(csv, "hessian_trace_per_param", &trace, err);
  for (int o = 0; o < 2; o++) {
    const size_t at = 2 * r->group_of[layer] + (size_t)o;
    const double bits = o ? 8 : 4;
    number(csv, dw2[o], &change, err);
    number(csv, ms[o], &latency, err);
    r->cost[SENSITIVITY][at] += trace * change;
    r->cost[1][at] += params * bits;
    r->cost[2][at] += macs * bits * bits;
    r->cost[3][at] += latency;
  }
  for (int i = 0; i < LIMITS; i++)
    qy_csv_integer(csv, csv->count - LIMITS + i, 4, 8, &r->bits[i][layer], err);
}

static bool read_resnet(resnet *r, qy_arena *arena)
{
  qy_csv csv;
  qy_error err = {0};
  bool more = true;
  size_t layer = 0, groups = 0;
  *r = (resnet){0};
  qy_status status = qy_csv_open(&csv, "tests/data/hawqv3_resnet18.csv", arena, &err);
  for (int i = 0; !status && i < LIMITS; i++)
    r->limit_name[i] = csv.name[csv.count - LIMITS + i];
  while (!status && (status = qy_csv_next(&csv, &more, &err)) == QY_OK && more && layer < LAYERS)
    read_layer(r, &csv, layer++, &groups, &err);
  return !status && err.count == 0 && layer == LAYERS && groups == GROUPS;
}

/* Options of the published assignment as bits of a number; -1: a shortcut differs from its convolution. */
static int published(const resnet *r, int limit)
{
  int mask = 0;
  for (size_t l = 0; l < LAYERS; l++)
    mask |= (r->bits[limit][l] == 8) << r->group_of[l];
  for (size_t l = 0; l < LAYERS; l++)
    if ((r->bits[limit][l] == 8) != (mask >> r->group_of[l] & 1)) return -1;
  return mask;
}

static double total_of(const resnet *r, int cost, int mask)
{
  double sum = 0;
  for (int g = 0; g < GROUPS; g++)
    sum += r->cost[cost][2 * g + (mask >> g & 1)];
  return sum;
}

static int brute_force(const resnet *r, int cost, double limit)
{
  int best = -1;
  double least = INFINITY;
  for (int mask = 0; mask < 1 << GROUPS; mask++) {
    if (total_of(r, cost, mask) > limit) continue;
    const double s = total_of(r, SENSITIVITY, mask);
    if (s >= least) continue;
    least = s;
    best = mask;
  }
  return best;
}

static void test_hawq(void)
{
  static resnet r;
  size_t first[GROUPS + 1];
  const double *column[COSTS];
  qy_arena *arena = qy_arena_new();
  if (!ok(read_resnet(&r, arena), "ResNet-18 of HAWQ-V3 is read")) return;
  for (size_t g = 0; g <= GROUPS; g++)
    first[g] = 2 * g;
  for (int k = 0; k < COSTS; k++)
    column[k] = r.cost[k];
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = COSTS, .cost = column};
  for (int i = 0; i < LIMITS; i++) {
    const int cost = 1 + i / 3;
    const double share = strtod(strrchr(r.limit_name[i], '_') + 1, NULL);
    const double v4 = total_of(&r, cost, 0), v8 = total_of(&r, cost, (1 << GROUPS) - 1);
    const qy_assign_limit limit = {cost, v4 + share * (v8 - v4)};
    qy_assign_optimum out;
    qy_error err = {0};
    int mask = 0;
    const qy_status status = qy_assign_minimize(&out, &p, SENSITIVITY, &limit, 1, 0, arena, &err);
    for (int g = 0; !status && g < GROUPS; g++)
      mask |= out.choice[g] << g;
    ok(!status && out.optimal && mask == published(&r, i), "%s: as published", r.limit_name[i]);
    is_int(brute_force(&r, cost, limit.most), mask, "and as all 65,536 say");
  }
  qy_arena_free(arena);
}

/* The front of all four costs against the Pareto filter over all assignments. */
static void test_hawq_front(void)
{
  enum { ALL = 1 << GROUPS };
  static resnet r;
  static double all[COSTS][ALL];
  static uint8_t on_front[ALL];
  static const int objective[] = {0, 1, 2, 3};
  size_t first[GROUPS + 1], count = 0;
  const double *column[COSTS], *filtered[COSTS];
  qy_arena *arena = qy_arena_new();
  read_resnet(&r, arena);
  for (size_t g = 0; g <= GROUPS; g++)
    first[g] = 2 * g;
  for (int k = 0; k < COSTS; k++) {
    column[k] = r.cost[k];
    filtered[k] = all[k];
    for (int mask = 0; mask < ALL; mask++)
      all[k][mask] = total_of(&r, k, mask);
  }
  const qy_assign_problem p = {.groups = GROUPS, .first = first, .costs = COSTS, .cost = column};
  qy_error err = {0};
  for (int costs = 2; costs <= COSTS; costs++) {
    const qy_assign_question q = {.objectives = costs, .objective = objective};
    qy_assign_front *front;
    qy_pareto(on_front, &count, filtered, costs, ALL, &err);
    ok(qy_assign_front_find(&front, &p, &q, &err) == QY_OK && qy_assign_front_count(front) == count,
       "%d costs: the %zu points of the filter over all", costs, count);
    qy_assign_front_free(front);
  }
  qy_arena_free(arena);
}

/* Weight and activation bits published for a limit of 0.60: README.md of mit-han-lab/haq@7141586 (MIT). The activations
 * of the first layer are the image, which has 8 bits (-1 there). */
static const int strategy[HAQ_LAYERS][2] = {
    {8, 8}, {7, 7}, {5, 6}, {4, 6}, {5, 6}, {5, 7}, {5, 6}, {7, 4}, {4, 6}, {4, 6}, {7, 7}, {5, 6}, {4, 6}, {7, 3},
    {5, 7}, {4, 7}, {7, 3}, {5, 7}, {4, 7}, {7, 7}, {4, 7}, {4, 7}, {6, 4}, {6, 7}, {4, 7}, {7, 4}, {6, 7}, {5, 7},
    {7, 4}, {6, 7}, {5, 7}, {7, 4}, {6, 7}, {6, 7}, {6, 4}, {5, 7}, {6, 7}, {6, 4}, {5, 7}, {6, 7}, {7, 7}, {4, 7},
    {7, 7}, {7, 7}, {4, 7}, {7, 7}, {7, 7}, {4, 7}, {7, 7}, {7, 7}, {4, 7}, {7, 7}, {8, 8}};

/* Greatest of min (noise + price latency) - price limit over many prices: no assignment within the limit is below. */
static double dual(const haq_problem *p, double limit)
{
  double best = 0;
  for (double price = 1e-13; price < 1e-5; price *= 1.001) {
    double sum = -price * limit;
    for (size_t g = 0; g < HAQ_LAYERS; g++) {
      double low = INFINITY;
      for (size_t o = p->first[g]; o < p->first[g + 1]; o++)
        low = fmin(low, p->noise[o] + price * p->latency[o]);
      sum += low;
    }
    best = fmax(best, sum);
  }
  return best;
}

/* Noise is the equal-weight one, a last resort: HAQ's own search maximised accuracy, so this says what its table and
 * limit allow, not that its strategy is worse. */
static void test_haq(void)
{
  static haq_latency latency;
  static haq_problem p;
  double all_8 = 0, cost = 0, noise = 0;
  if (!ok(haq_read(latency), "HAQ's table is read")) return;
  for (size_t l = 0; l < HAQ_LAYERS; l++) {
    all_8 += latency[l][8][8];
    cost += latency[l][strategy[l][0]][strategy[l][1]];
    noise += haq_noise(strategy[l][0], strategy[l][1]);
  }
  near_abs(cost / all_8, 0.596, 5e-4, "its strategy takes 0.596 of the latency at 8 bits");
  haq_fill(&p, latency, HAQ_LAYERS, 2, true);
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_assign_optimum out;
  const qy_assign_limit limit = {0, 0.6 * all_8}, as_quiet = {1, noise};
  ok(qy_assign_minimize(&out, &p.problem, 1, &limit, 1, 0, arena, &err) == QY_OK && out.optimal,
     "the optimum at 0.60 is proved");
  ok(out.total[0] <= 0.6 * all_8 && out.total[1] < noise, "noise %.4g, of the strategy %.4g: %.2f dB less",
     out.total[1], noise, 10 * log10(noise / out.total[1]));
  const double bound = dual(&p, limit.most);
  ok(bound <= out.total[1] && out.total[1] <= 1.001 * bound, "between the Lagrangian bound and 0.1 %% above it");
  const qy_status status = qy_assign_minimize(&out, &p.problem, 0, &as_quiet, 1, 0, arena, &err);
  ok(status == QY_OK && out.optimal && out.total[0] < cost,
     "at the noise of the strategy %.4f of 8 bit instead of %.4f", out.total[0] / all_8, cost / all_8);
  qy_arena_free(arena);
}

int main(void)
{
  test_hawq();
  test_hawq_front();
  test_haq();
  return done();
}
