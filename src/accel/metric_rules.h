/* Values of metrics by the rules of metric.def, for one point or for one in each lane of a vector: see scalars.h and
 * vectors.h, one of which is included before.  A function calls those of the metrics it follows from, the compiler sees
 * through all of them.  No guard.
 *
 * VALUES is what is given and what gets values, IN(values, id) and OUT(values, id) their places.
 */
#define METRIC(id, name, unit, label, sense, where, rule, help) CODE REAL FN(of_##id)(VALUES v);
#define QUANTITY(id)                                                                                                   \
  CODE REAL FN(of_##id)(VALUES v)                                                                                      \
  {                                                                                                                    \
    return IN(v, id);                                                                                                  \
  }
#include "quarry/metric.def"
#undef METRIC
#undef QUANTITY

#define GIVEN             IN(v, own)
#define ITEMS             IN(v, own)
#define SUM(a, b, c, d)   (FN(of_##a)(v) + FN(of_##b)(v) + FN(of_##c)(v) + FN(of_##d)(v))
#define BOTH(a, b)        (FN(of_##a)(v) + FN(of_##b)(v))
#define PRODUCT(s, a, b)  ((s)*FN(of_##a)(v) * FN(of_##b)(v))
#define QUOTIENT(s, a, b) ((s)*FN(of_##a)(v) / FN(of_##b)(v))
#define METRIC(id, name, unit, label, sense, where, rule, help)                                                        \
  CODE REAL FN(of_##id)(VALUES v)                                                                                      \
  {                                                                                                                    \
    enum { own = (id) };                                                                                               \
    (void)own;                                                                                                         \
    return rule;                                                                                                       \
  }
#define QUANTITY(id)
#include "quarry/metric.def"

#include "metric_rules_end.h"

/* Are all values that apply finite?  x - x is 0 where x is, else NaN. */
CODE_APART bool FN(derive)(VALUES v, unsigned where)
{
  REAL sum[4] = {WIDE(0.0), WIDE(0.0), WIDE(0.0), WIDE(0.0)}; /* not one after another */
  where = SAID(where);
#define QUANTITY(id)
#define METRIC(id, name, unit, label, sense, at, rule, help)                                                           \
  if (APPLIES(((unsigned)(at)&QY_AT_PLACES) | fabrics_of_##id(), where)) {                                             \
    const REAL value = FN(of_##id)(v);                                                                                 \
    OUT(v, id) = value;                                                                                                \
    sum[(id) % 4] += value - value;                                                                                    \
  } else {                                                                                                             \
    OUT(v, id) = WIDE((double)NAN);                                                                                    \
  }
#include "quarry/metric.def"
#undef METRIC
#undef QUANTITY
  return ALL_ZERO((sum[0] + sum[1]) + (sum[2] + sum[3]));
}
