/* Which columns of a batch become rules, of every length near the edges: those whose numbers are, each bit, what the
 * metric table says of the others, worked out here once more.  One number that is another makes them numbers.  Either
 * way the same bits come back. */
#include "../../src/store/follow.h"
#include "quarry/metric.h"
#include "random.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 1100, LEAST = 64 };

static double column[CHUNK_COLUMNS][MOST], packed[MOST];
static const double *value[CHUNK_COLUMNS];
static packer *room;

typedef struct derived {
  int column;
  const char *what;
} derived;

static int metric(int m)
{
  return CHUNK_METRIC + m;
}

/* Cycles, energies and their ends at random, a share of the points without; the rest follows.  All energy is on the
 * chip. */
static void fill(uint64_t *state, size_t count)
{
  const double scale = 1e3 * (1 + random_unit(state));
  const size_t none = random_below(state, 3); /* of eight points so many have no numbers */
  memset(value, 0, sizeof value);
  for (size_t i = 0; i < count; i++) {
    const bool there = i + 2 < count ? random_below(state, 8) >= none : true;
    const double energy = there ? 1 + random_unit(state) : NAN, time = there ? 1 + 9 * random_unit(state) : NAN,
                 clock = 100 + random_unit(state), products = 1 + random_unit(state);
    double end[2];
    for (int e = 0; e < 2; e++) {
      end[e] = energy * (e ? 1 + random_unit(state) : random_unit(state));
      column[chunk_interval(QY_ENERGY_ONCHIP_UJ, e)][i] = column[chunk_interval(QY_ENERGY_UJ, e)][i] = end[e];
    }
    const double efficiency = products / energy;
    column[CHUNK_CLOCK][i] = clock;
    column[metric(QY_CYCLES)][i] = time * clock;
    column[metric(QY_LATENCY_US)][i] = column[metric(QY_CYCLES)][i] / clock;
    const double latency = column[metric(QY_LATENCY_US)][i];
    column[metric(QY_ENERGY_ONCHIP_UJ)][i] = column[metric(QY_ENERGY_UJ)][i] = energy;
    column[metric(QY_POWER_MW)][i] = 1e3 * energy / latency;
    column[metric(QY_EDP_UJ_US)][i] = energy * latency;
    column[metric(QY_GOPS)][i] = scale / latency;
    column[metric(QY_TOPS_PER_W)][i] = efficiency;
    for (int e = 0; e < 2; e++) {
      column[chunk_interval(QY_POWER_MW, e)][i] = column[metric(QY_POWER_MW)][i] / energy * end[e];
      column[chunk_interval(QY_TOPS_PER_W, e)][i] = efficiency * energy / end[!e];
    }
  }
  static const int there[] = {QY_CYCLES,    QY_LATENCY_US, QY_ENERGY_ONCHIP_UJ, QY_ENERGY_UJ, QY_POWER_MW,
                              QY_EDP_UJ_US, QY_GOPS,       QY_TOPS_PER_W};
  value[CHUNK_CLOCK] = column[CHUNK_CLOCK];
  for (size_t k = 0; k < sizeof there / sizeof *there; k++)
    value[metric(there[k])] = column[metric(there[k])];
  static const int unsure[] = {QY_ENERGY_ONCHIP_UJ, QY_ENERGY_UJ, QY_POWER_MW, QY_TOPS_PER_W};
  for (size_t k = 0; k < sizeof unsure / sizeof *unsure; k++)
    for (int e = 0; e < 2; e++)
      value[chunk_interval(unsure[k], e)] = column[chunk_interval(unsure[k], e)];
}

static bool same_number(double a, double b)
{
  return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

/* Is it packed as a rule, or not, and do the numbers come back? */
static bool packs(int of, size_t count, bool as_rule)
{
  qy_text bytes = {0};
  bool good = follow_pack(&bytes, room, of, value, count) == 0;
  good = good && bytes.length <= pack_bytes(count) && follow_is(bytes.data, bytes.length) == as_rule;
  if (good && as_rule) {
    follow f;
    const double *term[FOLLOW_TERMS] = {NULL};
    good = follow_read(&f, bytes.data, bytes.length);
    for (int t = 0; good && t < follow_terms(&f); t++)
      term[t] = value[f.term[t]];
    packed[count] = 7;
    if (good) follow_values(packed, &f, term, count);
    good = good && packed[count] == 7;
  } else if (good) {
    good = unpack_column(packed, count, bytes.data, bytes.length) == QY_OK;
  }
  for (size_t i = 0; i < count && good; i++)
    good = same_number(packed[i], value[of][i]);
  qy_text_free(&bytes);
  return good;
}

/* Another number, at a place where it matters which. */
static void change(uint64_t *state, double *at)
{
  const double was = *at;
  switch (random_below(state, 4)) {
  case 0: *at = nextafter(was, INFINITY); break;
  case 1: *at = nextafter(was, 0); break;
  case 2: *at = -was; break;
  default: *at = NAN; break;
  }
  if (isnan(was)) *at = 1.5;
}

static void lengths(void)
{
  static const size_t special[] = {1,   2,   3,   62,  63,  64,  65,   66,   67,  127,
                                   128, 511, 512, 513, 514, 515, 1023, 1024, 1025};
  enum { SPECIAL = sizeof special / sizeof *special };
  const derived of[] = {{metric(QY_LATENCY_US), "a quotient"},
                        {metric(QY_POWER_MW), "a quotient with a scale"},
                        {metric(QY_EDP_UJ_US), "a product"},
                        {metric(QY_GOPS), "an unknown constant over a column"},
                        {metric(QY_ENERGY_UJ), "a sum of which one term is there"},
                        {chunk_interval(QY_ENERGY_UJ, 0), "its lower end"},
                        {chunk_interval(QY_ENERGY_UJ, 1), "its upper end"},
                        {chunk_interval(QY_POWER_MW, 0), "a lower end"},
                        {chunk_interval(QY_POWER_MW, 1), "an upper end"},
                        {chunk_interval(QY_TOPS_PER_W, 0), "a lower end of what falls"},
                        {chunk_interval(QY_TOPS_PER_W, 1), "an upper end of what falls"}};
  uint64_t state = 41;
  for (size_t d = 0; d < sizeof of / sizeof *of; d++) {
    size_t wrong = 0, missed = 0, tried = 0;
    for (size_t s = 0; s < 2 * SPECIAL; s++) {
      const size_t count = s < SPECIAL ? special[s] : 1 + random_below(&state, MOST - 1);
      double *own = column[of[d].column];
      fill(&state, count);
      wrong += !packs(of[d].column, count, count >= LEAST);
      for (int times = 0; times < 6; times++) {
        static const size_t block = 512;
        const size_t edges = count / block, at = times == 0                ? count - 1
                                                 : times == 1 && count > 1 ? count - 2
                                                 : times == 2 && edges > 0
                                                     ? block * (1 + random_below(&state, edges)) - 1
                                                 : times == 3 ? 0
                                                              : random_below(&state, count);
        const double was = own[at];
        change(&state, &own[at]);
        missed += !packs(of[d].column, count, false);
        own[at] = was;
        tried++;
      }
    }
    is_int((int64_t)wrong, 0, of[d].what);
    ok(missed == 0 && tried > 200, "%s: not where one point is another", of[d].what);
  }
}

/* A sum is another column only where no other term has numbers, were they zeros. */
static void sums(void)
{
  enum { COUNT = 100 };
  uint64_t state = 43;
  fill(&state, COUNT);
  const int total = metric(QY_ENERGY_UJ), dram = metric(QY_ENERGY_DRAM_UJ), onchip = metric(QY_ENERGY_ONCHIP_UJ);
  ok(packs(total, COUNT, true), "one term is there: a rule");
  for (int i = 0; i < COUNT; i++)
    column[dram][i] = NAN;
  value[dram] = column[dram];
  ok(packs(total, COUNT, true), "the other one is NaN everywhere: a rule");
  column[dram][COUNT - 1] = 0;
  ok(packs(total, COUNT, false), "but in the last point: numbers");
  column[dram][COUNT - 1] = NAN;
  column[dram][0] = 0;
  ok(packs(total, COUNT, false), "but in the first point: numbers");
  value[onchip] = NULL;
  ok(packs(total, COUNT, false), "another column than the one term that is there: numbers");
  memcpy(column[dram], column[total], sizeof column[dram]);
  ok(packs(total, COUNT, true), "the second term is there alone: a rule");
  value[dram] = NULL;
  ok(packs(total, COUNT, false), "neither is there: numbers");
  ok(packs(metric(QY_POWER_MW), COUNT, true), "what follows from the sum is a rule");
  value[total] = NULL;
  ok(packs(metric(QY_POWER_MW), COUNT, false), "without it: numbers");
  ok(packs(chunk_interval(QY_POWER_MW, 1), COUNT, false), "and so are ends that follow from it");
  ok(packs(metric(QY_CYCLES), COUNT, false) && packs(CHUNK_CLOCK, COUNT, false), "what is given is numbers");
  fill(&state, COUNT);
  value[chunk_interval(QY_ENERGY_UJ, 1)] = NULL;
  ok(packs(chunk_interval(QY_POWER_MW, 1), COUNT, false) && packs(chunk_interval(QY_POWER_MW, 0), COUNT, true),
     "an end follows from that end");
  ok(packs(chunk_interval(QY_TOPS_PER_W, 0), COUNT, false) && packs(chunk_interval(QY_TOPS_PER_W, 1), COUNT, true),
     "or from the other one of what falls");
  value[metric(QY_POWER_MW)] = NULL;
  ok(packs(chunk_interval(QY_POWER_MW, 0), COUNT, false), "or is numbers where its metric is not there");
  for (int i = 0; i < COUNT; i++)
    column[metric(QY_GOPS)][i] = NAN;
  ok(packs(metric(QY_GOPS), COUNT, false), "a column without numbers is a constant");
}

/* The metric that stands first, and its ends: an area of which one part is there. */
static void first_metric(void)
{
  enum { COUNT = 70 };
  uint64_t state = 47;
  memset(value, 0, sizeof value);
  for (int i = 0; i < COUNT; i++) {
    column[metric(QY_AREA_UM2)][i] = column[metric(QY_AREA_SRAM_UM2)][i] = random_unit(&state);
    for (int e = 0; e < 2; e++)
      column[chunk_interval(QY_AREA_UM2, e)][i] = column[chunk_interval(QY_AREA_SRAM_UM2, e)][i] = random_unit(&state);
  }
  static const int of[] = {QY_AREA_UM2, QY_AREA_SRAM_UM2};
  for (int k = 0; k < 2; k++) {
    value[metric(of[k])] = column[metric(of[k])];
    for (int e = 0; e < 2; e++)
      value[chunk_interval(of[k], e)] = column[chunk_interval(of[k], e)];
  }
  ok(packs(metric(QY_AREA_UM2), COUNT, true), "an area of one part is that part");
  ok(packs(chunk_interval(QY_AREA_UM2, 0), COUNT, true) && packs(chunk_interval(QY_AREA_UM2, 1), COUNT, true),
     "and so are its ends");
}

/* The only number of a column stands anywhere in it. */
static void single_number(void)
{
  enum { COUNT = 70 };
  int wrong = 0;
  for (int at = 0; at < COUNT; at++) {
    memset(value, 0, sizeof value);
    for (int i = 0; i < COUNT; i++) {
      column[metric(QY_LATENCY_US)][i] = i == at ? 3 : NAN;
      column[metric(QY_GOPS)][i] = i == at ? 7.0 / 3 : NAN;
    }
    value[metric(QY_LATENCY_US)] = column[metric(QY_LATENCY_US)];
    value[metric(QY_GOPS)] = column[metric(QY_GOPS)];
    wrong += !packs(metric(QY_GOPS), COUNT, true);
    value[metric(QY_LATENCY_US)] = NULL;
    wrong += !packs(metric(QY_GOPS), COUNT, false);
  }
  is_int(wrong, 0, "a constant over a column that has one number, wherever it is");
}

int main(void)
{
  room = packer_new();
  lengths();
  sums();
  first_metric();
  single_number();
  packer_free(room);
  return done();
}
