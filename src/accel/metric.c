/* The table of metrics and what follows from what: see metric.def.
 *
 * Each rule becomes a row of the table, for whoever asks how a metric follows (draws, help), and a small function, for
 * values: a function calls those of the metrics it follows from, the compiler sees through all of them.
 */
#include "quarry/bill.h"
#include "quarry/point_lanes.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define METRIC(id, name, unit, label, sense, where, rule, help)                                                        \
  _Static_assert((int)(id) >= 0 && (int)(id) < (int)QY_METRIC_COUNT, "metrics come before quantities");
#define QUANTITY(id) _Static_assert((int)(id) >= (int)QY_METRIC_COUNT, "quantities follow the metrics");
#include "quarry/metric.def"
#undef QUANTITY
#undef METRIC

#define SMALLER        (-1)
#define LARGER         1
#define NEITHER        0
#define AT_ELEMENT     QY_AT_ELEMENT
#define AT_ACCELERATOR QY_AT_ACCELERATOR
#define AT_SYSTEM      QY_AT_SYSTEM
#define AT_MEMORY      QY_AT_MEMORY
#define EVERYWHERE     (QY_AT_ELEMENT | QY_AT_ACCELERATOR | QY_AT_SYSTEM)
#define ON_CELLS       QY_ON_CELLS
#define ON_FPGA        QY_ON_FPGA

/* A row that names no fabric is of both. */
#define WITH_FABRICS(where) ((((unsigned)(where)) & QY_ON_FABRICS) ? (where) : ((where) | QY_ON_FABRICS))
/* Where nothing is said of the fabric it is cells. */
#define SAID(where)        (((where)&QY_ON_FABRICS) ? (where) : (where) | QY_ON_CELLS)
#define APPLIES(at, where) (((at) & (where)&QY_AT_PLACES) && !((where)&QY_ON_FABRICS & ~(at)))

/* ---- rules as data ---- */

#define RULE(kind, terms, scale, ...)                                                                                  \
  kind, terms, scale,                                                                                                  \
  {                                                                                                                    \
    __VA_ARGS__                                                                                                        \
  }
#define GIVEN             RULE(QY_RULE_GIVEN, 0, 1, 0)
#define ITEMS             RULE(QY_RULE_ITEMS, 0, 1, 0)
#define SUM(a, b, c, d)   RULE(QY_RULE_SUM, 4, 1, a, b, c, d)
#define BOTH(a, b)        RULE(QY_RULE_SUM, 2, 1, a, b)
#define PRODUCT(s, a, b)  RULE(QY_RULE_PRODUCT, 2, s, a, b)
#define QUOTIENT(s, a, b) RULE(QY_RULE_QUOTIENT, 2, s, a, b)

#define METRIC(id, name, unit, label, sense, where, rule, help)                                                        \
  [id] = {name, unit, label, help, sense, WITH_FABRICS(where), rule},
#define QUANTITY(id)
static const qy_metric_info table[QY_METRIC_COUNT] = {
#include "quarry/metric.def"
};
#include "metric_rules_end.h"

/* ---- fabrics ---- */

/* A metric is of those fabrics that all it follows from is of. */
#define METRIC(id, name, unit, label, sense, where, rule, help) static inline unsigned fabrics_of_##id(void);
#define QUANTITY(id)                                                                                                   \
  static inline unsigned fabrics_of_##id(void)                                                                         \
  {                                                                                                                    \
    return QY_ON_FABRICS;                                                                                              \
  }
#include "quarry/metric.def"
#undef METRIC
#undef QUANTITY

#define GIVEN             QY_ON_FABRICS
#define ITEMS             QY_ON_FABRICS
#define SUM(a, b, c, d)   (fabrics_of_##a() & fabrics_of_##b() & fabrics_of_##c() & fabrics_of_##d())
#define BOTH(a, b)        (fabrics_of_##a() & fabrics_of_##b())
#define PRODUCT(s, a, b)  (fabrics_of_##a() & fabrics_of_##b())
#define QUOTIENT(s, a, b) (fabrics_of_##a() & fabrics_of_##b())
#define METRIC(id, name, unit, label, sense, where, rule, help)                                                        \
  static inline unsigned fabrics_of_##id(void)                                                                         \
  {                                                                                                                    \
    return (WITH_FABRICS(where)) & (rule);                                                                             \
  }
#define QUANTITY(id)
#include "quarry/metric.def"

#include "metric_rules_end.h"

/* ---- rules as functions ---- */

#include "scalars.h"
typedef struct values {
  const double *restrict in;
  double *restrict out;
} values;
#define VALUES          values
#define IN(values, id)  ((values).in[id])
#define OUT(values, id) ((values).out[id])
#include "metric_rules.h"

#include "scalars_end.h"
#undef VALUES
#undef IN
#undef OUT

void qy_metric_derive(double *restrict out, const double *restrict in, unsigned where)
{
  assert(out && in);
  one_derive((values){in, out}, where);
}

/* A row of QY_LANES for each quantity and metric. */
typedef struct value_rows {
  const double (*in)[QY_LANES];
  double (*out)[QY_LANES];
  int at; /* first lane of a vector */
} value_rows;
#define VALUES          value_rows
#define IN(values, id)  LANES_AT((values).in[id], (values).at)
#define OUT(values, id) (*(REAL *)&(values).out[id][(values).at])
#include "lane_plain.h"

#include "metric_rules.h"
#include "metric_vector.h"

#include "vectors_end.h"
#ifdef __x86_64__
#include "lane_avx2.h"

#include "metric_rules.h"
#include "metric_vector.h"

#include "vectors_end.h"

#include "lane_avx512.h"

#include "metric_rules.h"
#include "metric_vector.h"

#include "vectors_end.h"
#endif

static bool each_vector(bool (*derive)(value_rows, unsigned), bool (*derive_some)(value_rows, unsigned, qy_metric_set),
                        int step, value_rows rows, unsigned where, qy_metric_set wanted)
{
  bool finite = true;
  for (rows.at = 0; rows.at < QY_LANES; rows.at += step)
    finite &= wanted == QY_METRICS_ALL ? derive(rows, where) : derive_some(rows, where, wanted);
  return finite;
}

bool qy_metric_derive_lanes_for(double (*metric)[QY_LANES], const double (*in)[QY_LANES], unsigned where,
                                qy_lane_set set, qy_metric_set wanted)
{
  static const qy_metric_set metrics = QY_METRIC_BIT(QY_METRIC_COUNT) - 1;
  const value_rows rows = {in, metric, 0};
  if (wanted != QY_METRICS_ALL) wanted &= metrics;
  switch (set) {
#ifdef __x86_64__
  case QY_LANE_SET_AVX512: return each_vector(derive_avx512, derive_some_avx512, step_avx512, rows, where, wanted);
  case QY_LANE_SET_AVX2: return each_vector(derive_avx2, derive_some_avx2, step_avx2, rows, where, wanted);
#endif
  default: return each_vector(derive_plain, derive_some_plain, step_plain, rows, where, wanted);
  }
}

bool qy_metric_derive_lanes(double (*metric)[QY_LANES], const double (*in)[QY_LANES], unsigned where, qy_lane_set set)
{
  return qy_metric_derive_lanes_for(metric, in, where, set, QY_METRICS_ALL);
}

qy_metric_set qy_metric_needs(qy_metric_set wanted)
{
  qy_metric_set needs = wanted, looked_at = 0;
  while (needs & ~looked_at) {
    const int which = __builtin_ctzll(needs & ~looked_at);
    looked_at |= QY_METRIC_BIT(which);
    for (int i = 0; which < QY_METRIC_COUNT && i < table[which].terms; i++)
      needs |= QY_METRIC_BIT(table[which].of[i]);
  }
  return needs;
}

/* ---- questions ---- */

const qy_metric_info *qy_metric_table(void)
{
  return table;
}

bool qy_metric_uncertain(int metric)
{
  if (metric < 0 || metric >= QY_METRIC_COUNT) return false;
  const qy_metric_info *m = &table[metric];
  switch (m->rule) {
  case QY_RULE_GIVEN: return false;
  case QY_RULE_ITEMS:
  case QY_RULE_SUM: return true;
  case QY_RULE_PRODUCT:
  case QY_RULE_QUOTIENT: break;
  }
  return qy_metric_uncertain(m->of[0]) || qy_metric_uncertain(m->of[1]);
}

bool qy_metric_is_level(int metric)
{
  return metric >= 0 && metric < QY_METRIC_COUNT && strcmp(table[metric].unit, "dB") == 0;
}

bool qy_metric_of_parts(int metric)
{
  if (metric < 0 || metric >= QY_METRIC_COUNT) return false;
  const qy_metric_info *m = &table[metric];
  if (m->rule == QY_RULE_ITEMS) return qy_metric_from_parts(metric);
  if (m->rule != QY_RULE_SUM) return false;
  for (int i = 0; i < m->terms; i++)
    if (!qy_metric_of_parts(m->of[i])) return false;
  return true;
}

bool qy_metric_of_member(int metric)
{
  return metric >= 0 && metric < QY_METRIC_COUNT && (table[metric].where & QY_AT_PLACES) != QY_AT_ELEMENT;
}

/* Does it follow from what runs? */
static bool of_run(int quantity)
{
  if (quantity >= QY_METRIC_COUNT) return quantity == QY_INTERVAL_US || quantity == QY_PRODUCTS || quantity == QY_SLOTS;
  const qy_metric_info *m = &table[quantity];
  if (m->rule == QY_RULE_GIVEN) return m->sense != 0;
  if (m->rule == QY_RULE_ITEMS) return !qy_metric_from_parts(quantity);
  for (int i = 0; i < m->terms; i++)
    if (of_run(m->of[i])) return true;
  return false;
}

bool qy_metric_of_layer(int metric)
{
  return qy_metric_of_member(metric) && of_run(metric);
}

int qy_metric_parts(int total, int *parts)
{
  int count = 0;
  if (total < 0 || total >= QY_METRIC_COUNT || table[total].rule != QY_RULE_SUM) return 0;
  for (int i = 0; i < table[total].terms; i++) {
    const int own = qy_metric_parts(table[total].of[i], parts + count);
    if (own == 0) parts[count] = table[total].of[i];
    count += own ? own : 1;
  }
  return count;
}

unsigned qy_metric_where(int metric)
{
  assert(metric >= 0 && metric < QY_METRIC_COUNT);
  static const unsigned fabrics = QY_ON_FABRICS;
  const qy_metric_info *m = &table[metric];
  unsigned where = m->where;
  for (int i = 0; i < m->terms; i++)
    if (m->of[i] < QY_METRIC_COUNT) where &= ~fabrics | qy_metric_where(m->of[i]);
  return where;
}

bool qy_metric_applies(int metric, unsigned where)
{
  return APPLIES(qy_metric_where(metric), SAID(where));
}

bool qy_metric_of_memory(int metric)
{
  return metric < QY_METRIC_COUNT && (table[metric].where & QY_AT_PLACES) == QY_AT_MEMORY;
}

bool qy_metric_with_dram(int metric)
{
  if (metric < 0 || metric >= QY_METRIC_COUNT || qy_metric_of_memory(metric)) return false;
  if ((table[metric].where & QY_AT_PLACES) == QY_AT_ELEMENT) return false;
  for (int i = 0; i < table[metric].terms; i++)
    if (qy_metric_of_memory(table[metric].of[i]) || qy_metric_with_dram(table[metric].of[i])) return true;
  return false;
}

const char *qy_metric_scope(int metric, bool on_chip)
{
  return on_chip && qy_metric_with_dram(metric) ? "on chip" : "";
}

int qy_metric_find(const char *name)
{
  if (!name) return -1;
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    if (strcmp(table[i].name, name) == 0) return i;
  return -1;
}

const char *qy_metric_advice(char out[QY_DID_YOU_MEAN], const char *name)
{
  const char *names[QY_METRIC_COUNT];
  for (int i = 0; i < QY_METRIC_COUNT; i++)
    names[i] = table[i].name;
  return qy_did_you_mean(out, name, names, QY_METRIC_COUNT);
}
