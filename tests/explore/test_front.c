/* qy_front_pick against all subsets and closed forms, qy_front_distance_of against its definitions. */
#include "quarry/front.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { MOST = QY_HYPERVOLUME_OBJECTIVES_MAX, POINTS = 11 };

typedef struct front {
  double value[MOST][POINTS];
  const double *column[MOST];
  size_t count;
} front;

static void make(front *f, uint64_t *seed, int objectives, size_t count, int grid)
{
  f->count = count;
  for (int d = 0; d < objectives; d++) {
    f->column[d] = f->value[d];
    for (size_t i = 0; i < count; i++)
      f->value[d][i] = grid ? (double)random_below(seed, 6) - 3 : random_unit(seed) * (d == 1 ? 1e9 : 1e-3) - 4e-4;
  }
  if (random_below(seed, 2)) /* near the diagonal: many points on the front */
    for (size_t i = 0; i < count; i++)
      f->value[1][i] = (grid ? 1 : -1e12) * f->value[0][i] * (grid ? -1 : 1);
}

/* Bits of the points that no other one dominates, equal ones once. */
static unsigned on_front(const front *f, int objectives)
{
  unsigned front_bits = 0;
  for (size_t i = 0; i < f->count; i++) {
    int beaten = 0;
    for (size_t j = 0; j < f->count && !beaten; j++) {
      int no_worse = 1, better = 0;
      for (int d = 0; d < objectives; d++) {
        no_worse &= f->value[d][j] <= f->value[d][i];
        better |= f->value[d][j] < f->value[d][i];
      }
      beaten = no_worse && (better || j < i);
    }
    if (!beaten) front_bits |= 1u << i;
  }
  return front_bits;
}

/* What the points of the front span in an objective. */
static void extent(double *low, double *high, const front *f, int d, unsigned bits)
{
  *low = INFINITY, *high = -INFINITY;
  for (size_t i = 0; i < f->count; i++)
    if (bits >> i & 1) {
      *low = fmin(*low, f->value[d][i]);
      *high = fmax(*high, f->value[d][i]);
    }
}

/* The points of the front in ranges, [d * POINTS + i]; objectives without range become 0 and count as 1. */
static void ranges(double *unit, double *depth, const front *f, int objectives, unsigned bits)
{
  for (int d = 0; d < objectives; d++) {
    double low, high;
    extent(&low, &high, f, d, bits);
    depth[d] = high > low ? 1 + QY_FRONT_MARGIN : 1;
    for (size_t i = 0; i < f->count; i++)
      unit[d * POINTS + (int)i] = high > low ? (f->value[d][i] - low) / (high - low) : 0;
  }
}

/* Union of the boxes of the points in `bits`, by inclusion and exclusion. */
static double volume_of(const double *unit, const double *depth, int objectives, unsigned bits)
{
  double volume = 0;
  for (unsigned subset = bits; subset; subset = (subset - 1) & bits) {
    double box = 1;
    for (int d = 0; d < objectives; d++) {
      double corner = 0;
      for (int i = 0; i < POINTS; i++)
        if (subset >> i & 1) corner = fmax(corner, unit[d * POINTS + i]);
      box *= depth[d] - corner;
    }
    volume += __builtin_popcount(subset) % 2 ? box : -box;
  }
  return volume;
}

static unsigned pick(qy_front_choice *choice, const front *f, int objectives, size_t k)
{
  uint8_t picked[POINTS];
  unsigned bits = 0;
  if (qy_front_pick(picked, choice, f->column, objectives, f->count, k, NULL)) return 0;
  for (size_t i = 0; i < f->count; i++)
    if (picked[i] > 1) return 0;
  for (size_t i = 0; i < f->count; i++)
    bits |= (unsigned)picked[i] << i;
  return bits;
}

static double best_of(const double *volume, unsigned bits, int k)
{
  double best = 0;
  for (unsigned subset = bits; subset; subset = (subset - 1) & bits)
    if (__builtin_popcount(subset) == k) best = fmax(best, volume[subset]);
  return best;
}

/* What the greedy choice reaches, by its definition. */
static double greedy_of(const double *volume, unsigned bits, int k)
{
  unsigned taken = 0;
  for (int j = 0; j < k; j++) {
    unsigned best = 0;
    for (unsigned i = 0; i < POINTS; i++)
      if ((bits & ~taken) >> i & 1 && (!best || volume[taken | 1u << i] > volume[taken | best] + 1e-12)) best = 1u << i;
    taken |= best;
  }
  return volume[taken];
}

/* The reference lies a tenth of the front's range beyond it. */
static int reference_right(const double *reference, const front *f, int objectives, unsigned bits)
{
  int right = 1;
  for (int d = 0; d < objectives; d++) {
    double low, high;
    extent(&low, &high, f, d, bits);
    right &= fabs(reference[d] - high - 0.1 * (high - low)) <= 1e-12 * (fabs(high) + fabs(low));
  }
  return right;
}

/* All k of one random front: 0, or what was wrong. */
static int check_front(const front *f, int objectives, const double *volume, unsigned bits)
{
  const int size = __builtin_popcount(bits);
  for (int k = 1; k <= size + 2; k++) {
    qy_front_choice choice;
    const unsigned picked = pick(&choice, f, objectives, (size_t)k);
    const int expected = k < size ? k : size;
    const double best = best_of(volume, bits, expected);
    if ((picked & ~bits) || __builtin_popcount(picked) != expected || (int)choice.count != expected) return 1;
    if ((int)choice.front != size || fabs(choice.whole - volume[bits]) > 1e-9) return 2;
    if (fabs(choice.volume - volume[picked]) > 1e-9 || choice.volume < choice.guarantee * best - 1e-9) return 3;
    if (!reference_right(choice.reference, f, objectives, bits)) return 6;
    if (objectives <= 2 && choice.guarantee != 1) return 4;
    if (objectives > 2 && choice.guarantee < 1 && choice.volume < greedy_of(volume, bits, expected) - 1e-9) return 5;
  }
  return 0;
}

static void subsets(void)
{
  static double volume[1u << POINTS];
  static const int rounds[MOST + 1] = {[1] = 100, [2] = 400, [3] = 150, [4] = 80, [5] = 40, [MOST] = 8};
  uint64_t seed = 11;
  for (int objectives = 1; objectives <= MOST; objectives++) {
    int wrong = 0;
    if (!rounds[objectives]) continue;
    for (int r = 0; r < rounds[objectives]; r++) {
      front f;
      double unit[MOST * POINTS] = {0}, depth[MOST];
      make(&f, &seed, objectives < 2 ? 2 : objectives, 1 + random_below(&seed, r % 8 ? 9 : POINTS), r % 2);
      const unsigned bits = on_front(&f, objectives);
      ranges(unit, depth, &f, objectives, bits);
      for (unsigned subset = bits; subset; subset = (subset - 1) & bits)
        volume[subset] = volume_of(unit, depth, objectives, subset);
      const int fault = check_front(&f, objectives, volume, bits);
      if (fault && !wrong++) printf("# round %d: fault %d\n", r, fault);
    }
    ok(!wrong, "%d fronts of %d objectives, all k: %s", rounds[objectives], objectives,
       objectives > 2 ? "as good as the greedy choice by its definition, within the bound of the best subset"
                      : "the best of all subsets");
  }
}

/* The best points on the line x + y = 1 divide what lies between the two reference lines, from -0.1 to 1.1, evenly. */
static void line(void)
{
  enum { N = 1001 };
  static double x[N], y[N];
  static uint8_t picked[N];
  const double *column[2] = {x, y};
  for (int i = 0; i < N; i++) {
    x[i] = 3e5 * i;
    y[i] = -7e-4 * i;
  }
  for (int k = 1; k <= 11; k += k == 1 ? 1 : k == 2 ? 1 : k == 3 ? 2 : 6) { /* 1, 2, 3, 5, 11: on the grid */
    qy_front_choice choice;
    qy_status status = qy_front_pick(picked, &choice, column, 2, N, (size_t)k, NULL);
    int right = 0;
    for (int j = 1; j <= k; j++)
      right += picked[-100 + 1200 * j / (k + 1)];
    ok(!status && right == k, "a straight front of %d points: the %d picked divide it evenly", N, k);
    const double gap = 1.2 / (k + 1);
    near_rel(choice.volume, 1.2 * 1.2 / 2 - (k + 1) * gap * gap / 2, 1e-12, "with the volume of that");
  }
}

/* f_j(i) by trying all i and l, on a front of many points. */
static void quadratic(void)
{
  enum { N = 400, K = 23 };
  static double x[N], y[N], best[K][N];
  static uint8_t picked[N];
  const double *column[2] = {x, y};
  uint64_t seed = 4;
  for (int i = 0; i < N; i++) {
    x[i] = i == 0 ? 0 : i == 1 ? 1 : pow(random_unit(&seed), 3);
    y[i] = 1 - sqrt(x[i]);
  }
  for (int i = 0; i < N; i++) /* in order of x: insertion */
    for (int j = i; j > 0 && x[j] < x[j - 1]; j--) {
      double a = x[j], b = y[j];
      x[j] = x[j - 1];
      y[j] = y[j - 1];
      x[j - 1] = a;
      y[j - 1] = b;
    }
  double greatest = 0;
  for (int j = 0; j < K; j++)
    for (int i = 0; i < N; i++) {
      best[j][i] = j ? 0 : (1.1 - x[i]) * (1.1 - y[i]);
      for (int l = 0; j && l < i; l++)
        best[j][i] = fmax(best[j][i], best[j - 1][l] + (1.1 - x[i]) * (y[l] - y[i]));
      if (j == K - 1) greatest = fmax(greatest, best[j][i]);
    }
  qy_front_choice choice;
  qy_front_pick(picked, &choice, column, 2, N, K, NULL);
  near_rel(choice.volume, greatest, 1e-13, "23 of 400 points: the volume of the recurrence tried in full");
}

static void distances(void)
{
  static const double x[] = {1, 2, 4, 9}, y[] = {8, 4, 2, 1}, one[] = {1, 1};
  double moved_x[4], moved_y[4], twice_x[4], twice_y[4], down_x[4], down_y[4], less_x[4], less_y[4];
  for (int i = 0; i < 4; i++) {
    moved_x[i] = x[i] + 0.5;
    moved_y[i] = y[i] + 0.25;
    twice_x[i] = 2 * x[i];
    twice_y[i] = 2 * y[i];
    down_x[i] = -x[i];
    down_y[i] = y[i];
    less_x[i] = -x[3 - i] / 3;
    less_y[i] = y[3 - i];
  }
  const double *a[] = {x, y}, *moved[] = {moved_x, moved_y}, *twice[] = {twice_x, twice_y};
  const double *down[] = {down_x, down_y}, *less[] = {less_x, less_y}, *part[] = {x + 1, y + 1};
  qy_front_distance d;
  qy_front_distance_of(&d, a, 4, a, 4, 2, NULL, NULL);
  ok(d.igd_plus == 0 && d.epsilon == 0 && d.epsilon_factor == 1 && d.volume_ratio == 1, "a front and itself");
  qy_front_distance_of(&d, moved, 4, a, 4, 2, one, NULL);
  near_rel(d.epsilon, 0.5, 1e-15, "a front moved by (0.5, 0.25): additive epsilon 0.5");
  near_rel(d.igd_plus, sqrt(0.25 + 0.0625), 1e-15, "IGD+ the length of the move");
  ok(d.volume_ratio < 1, "and less volume");
  qy_front_distance_of(&d, a, 4, moved, 4, 2, one, NULL);
  near_rel(d.epsilon, -0.25, 1e-15, "the other way it has 0.25 left");
  ok(d.igd_plus == 0 && d.volume_ratio > 1, "covers it and has more volume");
  qy_front_distance_of(&d, twice, 4, a, 4, 2, NULL, NULL);
  near_rel(d.epsilon_factor, 2, 1e-15, "twice everything: a factor of 2");
  qy_front_distance_of(&d, less, 4, down, 4, 2, NULL, NULL);
  near_rel(d.epsilon_factor, 3, 1e-15, "a maximised objective a third: a factor of 3");
  qy_front_distance_of(&d, part, 2, a, 4, 2, NULL, NULL);
  near_rel(d.igd_plus, (1.0 / 8 + 1.0 / 7) / 4, 1e-15, "the two middle ones: IGD+ in ranges, mean over all four");
  near_rel(d.epsilon, 1.0 / 7, 1e-15, "epsilon in ranges");
  /* in ranges: (0, 1) (1/8, 3/7) (3/8, 1/7) (1, 0) up to 1.1, against the two in the middle */
  const double two = (1.1 - 1. / 8) * (1.1 - 3. / 7) + (1.1 - 3. / 8) * (3. / 7 - 1. / 7);
  near_rel(d.volume_ratio, two / (two + 0.1 / 8 + 0.1 / 7), 1e-14, "volume ratio");
  const double *mixed[] = {down_x, x};
  qy_front_distance_of(&d, mixed, 4, a, 4, 2, NULL, NULL);
  ok(isnan(d.epsilon_factor), "an objective of both signs has no factor");
  /* An objective of one value has no range: it counts in its own units, and as a factor of 1. */
  static const double same[] = {7, 7, 7, 7}, least[] = {1}, worse[] = {3}, seven[] = {7};
  const double *flat[] = {x, same}, *best[] = {least, seven}, *late[] = {worse, seven};
  qy_front_distance_of(&d, flat, 4, best, 1, 2, NULL, NULL);
  ok(d.igd_plus == 0 && d.epsilon == 0 && d.volume_ratio == 1, "one value in an objective: the least of the other");
  qy_front_distance_of(&d, late, 1, best, 1, 2, NULL, NULL);
  ok(d.igd_plus == 1 && d.epsilon == 1, "and a range more");
  qy_front_distance_of(&d, best, 1, late, 1, 2, NULL, NULL);
  ok(d.igd_plus == 0 && d.epsilon == 0 && d.epsilon_factor == 1,
     "the other way nothing is left where both are the same");
}

static void refused(void)
{
  const double x[] = {1, NAN}, y[] = {INFINITY, 2}, z[] = {1, 2};
  const double *bad[] = {x, z}, *beyond[] = {z, y}, *good[] = {z, z};
  const double *many[MOST + 1] = {z, z, z, z, z, z, z, z, z};
  uint8_t picked[2];
  qy_front_choice choice;
  qy_error err = {0};
  is_int(qy_front_pick(picked, &choice, good, 2, 2, 0, &err), QY_BAD_INPUT, "no point asked for");
  is_int(qy_front_pick(picked, &choice, good, 2, 0, 1, &err), QY_BAD_INPUT, "no point given");
  qy_error_clear(&err);
  is_int(qy_front_pick(picked, &choice, bad, 2, 2, 1, &err), QY_BAD_INPUT, "NaN");
  is_text(err.diagnostic[0].text, "expected a finite number for objective 1 of point 1, found nan", "where");
  qy_error_clear(&err);
  is_int(qy_front_pick(picked, &choice, beyond, 2, 2, 1, &err), QY_BAD_INPUT, "infinity");
  is_text(err.diagnostic[0].text, "expected a finite number for objective 2 of point 0, found inf", "where");
  is_int(qy_front_pick(picked, &choice, many, MOST + 1, 2, 1, &err), QY_BAD_INPUT, "too many objectives");
  qy_front_distance d;
  is_int(qy_front_distance_of(&d, good, 2, bad, 2, 2, NULL, &err), QY_BAD_INPUT, "NaN in the other front");
  is_int(qy_front_distance_of(&d, good, 2, good, 0, 2, NULL, &err), QY_BAD_INPUT, "an empty one");
  is_int(qy_front_pick(picked, &choice, good, 2, 2, 5, &err), QY_OK, "more asked for than there are");
  ok(choice.count == 1 && choice.front == 1 && choice.volume == 1 && choice.whole == 1 && picked[0] && !picked[1],
     "a front of one point has volume 1");
  const double huge[] = {-1.7e308, 1.7e308}, low[] = {1.7e308, -1.7e308};
  const double *ends[] = {huge, low};
  is_int(qy_front_pick(picked, &choice, ends, 2, 2, 2, &err), QY_OK, "the ends of all numbers");
  near_rel(choice.volume, 1.1 * 1.1 - 1, 1e-12, "have two strips of volume");
}

int main(void)
{
  subsets();
  line();
  quadratic();
  distances();
  refused();
  return done();
}
