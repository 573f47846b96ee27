/* Allocation of units to resources: against all integer splits, the closed form of FILM-QNN (Sun et al., FPGA 2022,
 * eq. 10) and the tiles that the paper chose (Table 4).
 */
#include "quarry/allocation.h"
#include "quarry/constants.h"
#include "quarry/fpga.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>

/* FILM-QNN Fig. 3, read off the vector drawing: hundredths of a LUT that a product takes, and LUTs of a design without
 * products; slices take four products of 4 x 5 bits or two of 8 x 5.  Kinds in the order of `places`. */
enum { LOW_DSP, LOW_LUT, HIGH_DSP, HIGH_LUT, PLACES };
static const int64_t slope[PLACES] = {1357, 3858, 629, 5956};
static const double intercept[PLACES] = {15190, 15740, 22800, 20830};
static const int64_t per_slice[PLACES] = {4, 0, 2, 0};

/* Most units of the last kind that fit beside the others, -1 where none does: all limits are linear in it. */
static int64_t most_of_last(const qy_allocation *p, const int64_t *units)
{
  const int last = p->unit_count - 1;
  int64_t least = 0, most = p->unit[last].most, high = 0, all = 0;
  for (int r = 0; r < p->resource_count; r++) {
    int64_t left = p->budget[r];
    for (int i = 0; i < last; i++)
      left -= units[i] * p->unit[i].cost[r];
    if (left < 0) return -1;
    if (p->unit[last].cost[r] > 0 && left / p->unit[last].cost[r] < most) most = left / p->unit[last].cost[r];
  }
  for (int i = 0; i < last; i++) {
    all += units[i] * p->unit[i].products;
    high += p->unit[i].high ? units[i] * p->unit[i].products : 0;
  }
  /* high * whole >= all * part, with u units more: spare + u * each >= 0 */
  const int64_t spare = high * p->share_whole - all * p->share_part;
  const int64_t each = p->unit[last].products * ((p->unit[last].high ? p->share_whole : 0) - p->share_part);
  if (each < 0) {
    if (spare < 0) return -1;
    if (spare / -each < most) most = spare / -each;
  } else if (spare < 0) {
    if (each == 0) return -1;
    least = (-spare + each - 1) / each;
  }
  return most >= least ? most : -1;
}

/* All integer splits of the kinds but the last. */
static int64_t best_of_all(const qy_allocation *p, int kind, int64_t *units)
{
  if (kind == p->unit_count - 1) {
    const int64_t u = most_of_last(p, units);
    if (u < 0) return -1;
    int64_t products = u * p->unit[kind].products;
    for (int i = 0; i < kind; i++)
      products += units[i] * p->unit[i].products;
    return products;
  }
  int64_t most = p->unit[kind].most, best = -1;
  for (int r = 0; r < p->resource_count; r++)
    if (p->unit[kind].cost[r] > 0 && p->budget[r] / p->unit[kind].cost[r] < most)
      most = p->budget[r] / p->unit[kind].cost[r];
  for (units[kind] = 0; units[kind] <= most; units[kind]++) {
    const int64_t products = best_of_all(p, kind + 1, units);
    if (products > best) best = products;
  }
  return best;
}

static bool kept(const qy_allocation *p, const qy_split *s)
{
  int64_t products = 0, high = 0;
  for (int i = 0; i < p->unit_count; i++) {
    if (s->units[i] < 0 || s->units[i] > p->unit[i].most) return false;
    products += s->units[i] * p->unit[i].products;
    high += p->unit[i].high ? s->units[i] * p->unit[i].products : 0;
  }
  for (int r = 0; r < p->resource_count; r++) {
    int64_t used = 0;
    for (int i = 0; i < p->unit_count; i++)
      used += s->units[i] * p->unit[i].cost[r];
    if (used > p->budget[r] || used != s->used[r]) return false;
  }
  return products == s->products && high * p->share_whole >= products * p->share_part &&
         s->bound >= (double)products * (1 - 1e-9);
}

/* Elasticities: those of resources that bind, a percent of all at most together; of others nothing, roundings too. */
static bool elastic(const qy_allocation *p, const qy_split *s)
{
  double sum = 0, largest = 0;
  for (int r = 0; r < p->resource_count; r++) {
    if (s->elasticity[r] != 0 && s->elasticity[r] < 1e-6) return false;
    sum += s->elasticity[r];
    largest = fmax(largest, s->elasticity[r]);
  }
  return sum <= 1 + 1e-3 && (largest > 0 ? s->binding >= 0 && s->elasticity[s->binding] == largest : s->binding == -1);
}

static int64_t below(uint64_t *rng, int64_t low, int64_t high)
{
  return low + (int64_t)random_below(rng, (size_t)(high - low + 1));
}

/* Random costs, grains, shares and limits, few units of each kind. */
static void test_random(void)
{
  uint64_t rng = 11;
  int wrong = 0, broken = 0, some = 0, odd = 0;
  for (int round = 0; round < 3000; round++) {
    qy_allocation p = {.unit_count = (int)below(&rng, 1, 4), .resource_count = (int)below(&rng, 1, 4)};
    for (int i = 0; i < p.unit_count; i++) {
      p.unit[i].products = below(&rng, 1, round % 2 ? 1 : 9);
      p.unit[i].high = below(&rng, 0, 1);
      p.unit[i].most = below(&rng, 0, 14);
      for (int r = 0; r < p.resource_count; r++)
        p.unit[i].cost[r] = below(&rng, 0, 3) ? below(&rng, 1, 200) : 0;
    }
    for (int r = 0; r < p.resource_count; r++)
      p.budget[r] = below(&rng, 0, 2500);
    p.share_whole = below(&rng, 1, 100);
    p.share_part = below(&rng, 0, 3) ? below(&rng, 0, p.share_whole) : 0;
    int64_t units[PLACES] = {0};
    const int64_t expected = best_of_all(&p, 0, units);
    qy_split s;
    qy_allocate(&s, &p);
    if (!s.proven || s.products != expected) wrong++;
    if (!kept(&p, &s)) broken++;
    odd += !elastic(&p, &s);
    if (s.products > 0) some++;
  }
  ok(wrong == 0, "3000 random problems: the best of all integer splits in all but %d (%d of them not empty)", wrong,
     some);
  ok(broken == 0, "... and every split keeps its limits: %d do not", broken);
  is_int(odd, 0, "... a percent more of all resources makes a percent more products at most");
}

/* As many kinds as there may be, very few units of each. */
static void test_many_kinds(void)
{
  uint64_t rng = 17;
  int wrong = 0, some = 0;
  for (int round = 0; round < 200; round++) {
    qy_allocation p = {.unit_count = (int)below(&rng, 5, QY_ALLOCATION_UNITS_MAX),
                       .resource_count = (int)below(&rng, 1, QY_ALLOCATION_RESOURCES_MAX),
                       .share_whole = 10};
    for (int i = 0; i < p.unit_count; i++) {
      p.unit[i].products = below(&rng, 1, 9);
      p.unit[i].high = below(&rng, 0, 1);
      p.unit[i].most = below(&rng, 0, 3);
      for (int r = 0; r < p.resource_count; r++)
        p.unit[i].cost[r] = below(&rng, 0, 3) ? below(&rng, 1, 200) : 0;
    }
    for (int r = 0; r < p.resource_count; r++)
      p.budget[r] = below(&rng, 0, 1500);
    p.share_part = below(&rng, 0, 2) ? below(&rng, 0, 10) : 0;
    int64_t units[QY_ALLOCATION_UNITS_MAX] = {0};
    const int64_t expected = best_of_all(&p, 0, units);
    qy_split s;
    qy_allocate(&s, &p);
    wrong += !s.proven || s.products != expected || !kept(&p, &s);
    some += s.products > 0;
  }
  ok(wrong == 0 && some > 100, "five and six kinds: the best of all integer splits in all but %d", wrong);
}

/* Costs that are a whole part of a large budget, or one more or less: in double precision what breaks a limit by one
 * looks as if it kept it. */
static void test_near_whole(void)
{
  uint64_t rng = 23;
  int wrong = 0, full = 0;
  for (int round = 0; round < 600; round++) {
    const int64_t share = below(&rng, 0, 2) ? 0 : QY_ALLOCATION_NUMBER_MAX / below(&rng, 1, 4);
    qy_allocation p = {.unit_count = (int)below(&rng, 1, 3),
                       .resource_count = (int)below(&rng, 1, 2),
                       .share_part = share,
                       .share_whole = QY_ALLOCATION_NUMBER_MAX};
    for (int r = 0; r < p.resource_count; r++)
      p.budget[r] = QY_ALLOCATION_NUMBER_MAX - below(&rng, 1, 40);
    for (int i = 0; i < p.unit_count; i++) {
      p.unit[i].products = below(&rng, 1, 3);
      p.unit[i].high = below(&rng, 0, 1);
      p.unit[i].most = below(&rng, 1, 9);
      for (int r = 0; r < p.resource_count; r++)
        p.unit[i].cost[r] = p.budget[r] / below(&rng, 1, 9) + below(&rng, -1, 1);
    }
    int64_t units[PLACES] = {0};
    const int64_t expected = best_of_all(&p, 0, units);
    qy_split s;
    qy_allocate(&s, &p);
    wrong += !s.proven || s.products != expected || !kept(&p, &s);
    for (int r = 0; r < p.resource_count; r++)
      full += p.budget[r] - s.used[r] < 20;
  }
  ok(wrong == 0 && full > 50, "near whole parts of a budget: wrong in %d of 600, %d budgets are used up", wrong, full);
}

/* One resource: over real numbers the kinds are taken by their products for what they cost, the last one in part; a
 * percent more of the resource gives so much more of that one. */
static void test_one_resource(void)
{
  uint64_t rng = 29;
  int wrong = 0, bound = 0, slack = 0;
  for (int round = 0; round < 1200; round++) {
    qy_allocation p = {.unit_count = (int)below(&rng, 1, 4), .resource_count = 1, .share_whole = 1};
    bool used[QY_ALLOCATION_UNITS_MAX] = {false};
    for (int i = 0; i < p.unit_count; i++) {
      p.unit[i].products = below(&rng, 1, 50);
      p.unit[i].most = below(&rng, 0, 40);
      p.unit[i].cost[0] = below(&rng, 0, 9) ? below(&rng, 1, 100) : 0;
    }
    p.budget[0] = below(&rng, 1, 9000);
    double left = (double)p.budget[0], products = 0, rate = 0;
    for (int n = 0; n < p.unit_count; n++) {
      int best = -1;
      for (int i = 0; i < p.unit_count; i++)
        if (!used[i] &&
            (best < 0 || p.unit[i].products * p.unit[best].cost[0] > p.unit[best].products * p.unit[i].cost[0]))
          best = i;
      used[best] = true;
      const double cost = (double)p.unit[best].cost[0], most = (double)p.unit[best].most;
      const double taken = cost > 0 ? fmin(most, left / cost) : most;
      products += taken * (double)p.unit[best].products;
      left -= taken * cost;
      if (taken < most && rate == 0) rate = (double)p.unit[best].products / cost; /* the one that is broken */
    }
    qy_split s;
    qy_allocate(&s, &p);
    wrong += fabs(s.bound - products) > 1e-9 * products;
    if (rate > 0 && left < 1e-9) {
      const double expected = rate * (double)p.budget[0] / products;
      wrong += fabs(s.elasticity[0] - expected) > 1e-3 * expected && s.elasticity[0] > 0.99 * expected;
      wrong += s.elasticity[0] > expected * (1 + 1e-3);
      bound += s.binding == 0;
    } else if (left > 1e-4 * (double)p.budget[0]) {
      wrong += s.elasticity[0] != 0 || s.binding != -1;
      slack++;
    }
  }
  ok(wrong == 0 && bound > 200 && slack > 200, "one resource as a sack: %d wrong, %d bind, %d do not", wrong, bound,
     slack);
}

/* FILM-QNN's four kinds on a device: `grain` products a unit, LUTs in hundredths, slices in quarters. */
static qy_allocation problem_of(double luts, double dsps, int64_t grain, int64_t percent)
{
  qy_allocation p = {.unit_count = PLACES,
                     .resource_count = 2,
                     .budget = {(int64_t)(100 * luts), (int64_t)(4 * dsps)},
                     .share_part = percent,
                     .share_whole = 100};
  for (int i = 0; i < PLACES; i++) {
    p.unit[i].products = grain;
    p.unit[i].high = i >= HIGH_DSP;
    p.unit[i].most = QY_ALLOCATION_NUMBER_MAX;
    p.unit[i].cost[0] = slope[i] * grain;
    p.unit[i].cost[1] = per_slice[i] ? 4 * grain / per_slice[i] : 0;
  }
  return p;
}

/* Every device, columns so large that some 60 of the largest kind fit: all splits can be tried. */
static void test_devices(void)
{
  qy_arena *arena = qy_arena_new();
  const char *const *names = NULL;
  size_t count = 0;
  qy_error err = {0};
  if (qy_folder_names(&names, &count, "db/fpga", "FPGA devices", arena, &err)) return;
  for (size_t i = 0; i < count; i++) {
    qy_fpga_device *d = NULL;
    if (qy_fpga_read(&d, "db", names[i], arena, &err)) return;
    const double luts = 0.8 * d->constant[QY_FPGA_LUTS].value, dsps = 0.9 * d->constant[QY_FPGA_DSPS].value;
    const int64_t grain = 4 * (int64_t)ceil(fmax(dsps * 4, luts / 13.57) / (4 * 60));
    bool good = true;
    char said[128] = "";
    for (int64_t percent = 0; percent <= 100; percent += percent ? 45 : 5) {
      const qy_allocation p = problem_of(luts, dsps, grain, percent);
      int64_t units[PLACES] = {0};
      qy_split s;
      qy_allocate(&s, &p);
      good = good && s.proven && s.products == best_of_all(&p, 0, units) && kept(&p, &s);
      snprintf(said + strlen(said), sizeof said - strlen(said), " %lld", (long long)s.products);
    }
    ok(good, "%s: equal to brute force at 0, 5, 50 and 95 %% of 8 bits:%s products a cycle", names[i], said);
  }
  qy_arena_free(arena);
}

/* Eq. 10: 8 bits on LUTs only, all of the slices for 4 bits, wherever the paper says that it holds. */
static void test_closed_form(void)
{
  uint64_t rng = 5;
  int held = 0;
  double worst = 0;
  for (int round = 0; round < 2000; round++) {
    const int64_t percent = below(&rng, 1, 50);
    qy_allocation p = problem_of((double)below(&rng, 10000, 300000), (double)below(&rng, 20, 3000), 1, percent);
    for (int i = 0; i < PLACES; i++)
      p.unit[i].cost[0] = below(&rng, 300, 8000);
    const double q = (100.0 - (double)percent) / (double)percent;
    const double c4l = (double)p.unit[LOW_LUT].cost[0], c8l = (double)p.unit[HIGH_LUT].cost[0];
    const double c4x = (double)p.unit[LOW_DSP].cost[0], c8x = (double)p.unit[HIGH_DSP].cost[0];
    const double c4d = (double)p.unit[LOW_DSP].cost[1], c8d = (double)p.unit[HIGH_DSP].cost[1];
    const double slices = (double)p.budget[1], luts = (double)p.budget[0];
    if (c8l < c4l || c4l <= c4x || c8l <= c8x) continue;
    if (c4d / c8d > (c4l - c4x) / (c8l - c8x) || slices / (q * luts) > c4d / (q * c4x + c8l)) continue;
    const double n4d = slices / c4d, below_line = c4d * (q * c4l + c8l);
    const double n8l = ((c4l - c4x) * slices + c4d * luts) / below_line;
    const double n4l = (q * c4d * luts - (q * c4x + c8l) * slices) / below_line;
    qy_split s;
    qy_allocate(&s, &p);
    held++;
    worst = fmax(worst, fabs(s.bound / (n4d + n8l + n4l) - 1));
  }
  ok(held > 50 && worst < 1e-6, "eq. 10 in %d random cases: products equal within %.1e", held, worst);
}

/* Two resources in closed form: who binds. */
static void test_binding(void)
{
  qy_allocation p = {.unit_count = 2, .resource_count = 2, .budget = {100, 10}, .share_whole = 1};
  p.unit[0].products = p.unit[1].products = 1;
  p.unit[0].most = p.unit[1].most = 1000;
  p.unit[0].cost[1] = 1;
  p.unit[1].cost[0] = 2;
  qy_split s;
  qy_allocate(&s, &p);
  is_int(s.products, 60, "ten of one kind on slices, fifty of one on LUTs");
  is_int(s.binding, 0, "... LUTs bind");
  ok(fabs(s.elasticity[0] - 5.0 / 6) < 1e-4 && fabs(s.elasticity[1] - 1.0 / 6) < 1e-4,
     "... a percent more of them gives 5/6 %%: %g, of slices 1/6 %%: %g", s.elasticity[0], s.elasticity[1]);
  p.unit[1].most = 52; /* a few percent more, and LUTs bind no more */
  qy_allocate(&s, &p);
  ok(fabs(s.elasticity[0] - 5.0 / 6) < 1e-4, "at this budget, not at a larger one: %g", s.elasticity[0]);
  p.unit[1].most = 1000;
  p.budget[0] = 20;
  qy_allocate(&s, &p);
  ok(s.products == 20 && s.binding == 0 && s.elasticity[0] == s.elasticity[1], "of two that bind alike the first");
  p.budget[0] = 16;
  qy_allocate(&s, &p);
  is_int(s.binding, 1, "of 8 and 10 products the slices' ten bind more");
  p.unit[0].most = p.unit[1].most = 3;
  qy_allocate(&s, &p);
  ok(s.products == 6 && s.binding == -1, "no resource binds where the limits do");
  qy_allocation half = {.unit_count = 1, .resource_count = 1, .budget = {5}, .share_whole = 1};
  half.unit[0].products = 1;
  half.unit[0].most = 8;
  for (half.unit[0].cost[0] = 5; half.unit[0].cost[0] <= 10; half.unit[0].cost[0] += 5) {
    qy_allocate(&s, &half);
    ok(fabs(s.bound - 5 / (double)half.unit[0].cost[0]) < 1e-9 && fabs(s.elasticity[0] - 1) < 1e-3 && s.binding == 0,
       "a budget for %g of a unit binds", s.bound);
  }
  p.budget[0] = p.budget[1] = 0;
  qy_allocate(&s, &p);
  ok(s.proven && s.products == 0, "no budget, no products");
}

/* Table 4 of the paper, products a cycle (operations / 2) of the designs on both resources, per cent of LUTs printed.
 * */
static void test_published(void)
{
  static const struct {
    const char *what;
    double luts, dsps, lut_pct;
    int64_t units[PLACES];
    int64_t percent;
  } row[] = {
      {"ZCU102, 4 bits", 274080, 2520, 68, {7680, 1024, 0, 0}, 0},
      {"ZCU102, 8 bits", 274080, 2520, 65, {0, 0, 4096, 1536}, 100},
      {"ZCU102, 5 % of 8 bits", 274080, 2520, 66, {8192, 0, 0, 512}, 5},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    double luts = 0, slices = 0, base = 0;
    int64_t published = 0;
    for (int k = 0; k < PLACES; k++) {
      published += row[i].units[k];
      luts += (double)(slope[k] * row[i].units[k]) / 100;
      slices += per_slice[k] ? (double)row[i].units[k] / (double)per_slice[k] : 0;
      if (row[i].units[k]) base += intercept[k]; /* two arrays, what surrounds each */
    }
    const double printed = row[i].lut_pct / 100 * row[i].luts;
    ok(fabs((luts + base) / printed - 1) <= 0.13, "%s: %.0f LUTs by Fig. 3, %.0f printed", row[i].what, luts + base,
       printed);
    /* one product a unit: the paper's budget, nothing of its tiles */
    const qy_allocation p = problem_of(luts, slices, 1, row[i].percent);
    qy_split s;
    qy_allocate(&s, &p);
    ok(s.proven && kept(&p, &s) && s.products >= published && (double)s.products < 1.07 * (double)published,
       "... %lld products a cycle in its LUTs and slices, the paper's tiles make %lld", (long long)s.products,
       (long long)published);
  }
}

int main(void)
{
  test_binding();
  test_random();
  test_many_kinds();
  test_near_whole();
  test_one_resource();
  test_devices();
  test_closed_form();
  test_published();
  return done();
}
