/* Random assignment problems small enough to enumerate, and what all their assignments say.
 *
 * Each cost is of a kind: small integers (many ties), large integers, decimals of three places, doubles over twelve
 * decades, or those with zeros among them.  Integers and decimals are summed by the oracle as integers, so that its
 * comparisons are exact; doubles are compared within 1e-12.
 */
#ifndef QUARRY_TESTS_ASSIGN_ORACLE_H
#define QUARRY_TESTS_ASSIGN_ORACLE_H

#include "quarry/assign.h"

#include "random.h"

#include <math.h>
#include <stdlib.h>

enum { ORACLE_GROUPS = 8, ORACLE_OPTIONS = 4, ORACLE_COSTS = 5, ORACLE_ALL = 1 << 16 };

typedef struct oracle {
  size_t first[ORACLE_GROUPS + 1];
  double cost[ORACLE_COSTS][ORACLE_GROUPS * ORACLE_OPTIONS];    /* what the engine gets */
  double counted[ORACLE_COSTS][ORACLE_GROUPS * ORACLE_OPTIONS]; /* the same as integers where there is a unit */
  double unit[ORACLE_COSTS];                                    /* counted = cost * unit */
  bool whole[ORACLE_COSTS];
  const double *column[ORACLE_COSTS];
  qy_assign_problem problem;
  size_t count; /* assignments */
  double *total[ORACLE_COSTS];
} oracle;

static inline double oracle_draw(uint64_t *seed, int kind)
{
  switch (kind) {
  case 0: return (double)random_below(seed, 10);
  case 1: return (double)random_below(seed, 1000000000);
  case 2: return (double)random_below(seed, 5000);
  case 3: return pow(10, -12 * random_unit(seed));
  default: return random_below(seed, 3) ? random_unit(seed) : 0;
  }
}

/* Total of cost k of assignment i, whose digits in the mixed base of the options are the choices. */
static inline double oracle_total(const oracle *o, int k, size_t i)
{
  double sum = 0;
  for (size_t g = 0; g < o->problem.groups; g++) {
    const size_t options = o->first[g + 1] - o->first[g];
    sum += o->counted[k][o->first[g] + i % options];
    i /= options;
  }
  return sum;
}

static inline void oracle_new(oracle *o, uint64_t *seed, int costs, size_t most)
{
  *o = (oracle){.count = 1};
  const size_t groups = 1 + random_below(seed, ORACLE_GROUPS);
  for (size_t g = 0; g < groups; g++) {
    size_t options = 1 + random_below(seed, ORACLE_OPTIONS);
    if (o->count * options > most) options = 1;
    if (most == ORACLE_ALL) options = ORACLE_OPTIONS;
    o->count *= options;
    o->first[g + 1] = o->first[g] + options;
  }
  for (int k = 0; k < costs; k++) {
    const int kind = (int)random_below(seed, 5);
    o->whole[k] = kind <= 2;
    o->unit[k] = kind == 2 ? 1000 : 1;
    for (size_t i = 0; i < o->first[groups]; i++) {
      o->counted[k][i] = oracle_draw(seed, kind);
      o->cost[k][i] = o->counted[k][i] / o->unit[k];
    }
    o->column[k] = o->cost[k];
  }
  o->problem = (qy_assign_problem){.groups = groups, .first = o->first, .costs = costs, .cost = o->column};
  for (int k = 0; k < costs; k++) {
    o->total[k] = malloc(o->count * sizeof(double));
    if (!o->total[k]) abort();
    for (size_t i = 0; i < o->count; i++)
      o->total[k][i] = oracle_total(o, k, i);
  }
}

static inline void oracle_free(oracle *o)
{
  for (int k = 0; k < o->problem.costs; k++)
    free(o->total[k]);
}

static inline double oracle_slack(const oracle *o, int k)
{
  return o->whole[k] ? 0 : 1e-12;
}

/* Does assignment i meet the limits?  Those of doubles are never as near as the slack (oracle_limit). */
static inline bool oracle_meets(const oracle *o, size_t i, const qy_assign_limit *limit, int limits)
{
  for (int l = 0; l < limits; l++) {
    const int k = limit[l].cost;
    const double most = o->whole[k] ? nearbyint(limit[l].most * o->unit[k]) : limit[l].most * (1 + 1e-13);
    if (o->total[k][i] > most) return false;
  }
  return true;
}

/* The total of an assignment drawn at random, so that limits are often met exactly; now and then impossible. */
static inline qy_assign_limit oracle_limit(const oracle *o, uint64_t *seed, int k)
{
  const double total = o->total[k][random_below(seed, o->count)];
  const double factor = random_below(seed, 20) ? 1 : 0;
  return (qy_assign_limit){k, factor * total / o->unit[k]};
}

/* Number of the assignment of a choice. */
static inline size_t oracle_number(const oracle *o, const uint16_t *choice)
{
  size_t i = 0;
  for (size_t g = o->problem.groups; g-- > 0;)
    i = i * (o->first[g + 1] - o->first[g]) + choice[g];
  return i;
}

#endif
