/* Values of some metrics for the lanes of a vector, by the functions of metric_rules.h, which is included before.  No
 * guard. */
CODE_APART bool FN(derive_some)(VALUES v, unsigned where, qy_metric_set wanted)
{
  REAL sum = WIDE(0.0);
  where = SAID(where);
  for (; wanted; wanted &= wanted - 1) {
    const int which = __builtin_ctzll(wanted);
    REAL value = WIDE((double)NAN);
    switch (which) {
#define QUANTITY(id)
#define METRIC(id, name, unit, label, sense, at, rule, help)                                                           \
  case id:                                                                                                             \
    if (!APPLIES(((unsigned)(at)&QY_AT_PLACES) | fabrics_of_##id(), where)) break;                                     \
    value = FN(of_##id)(v);                                                                                            \
    sum += value - value;                                                                                              \
    break;
#include "quarry/metric.def"
#undef METRIC
#undef QUANTITY
    }
    OUT(v, which) = value;
  }
  return ALL_ZERO(sum);
}
