/* The metrics of a design point: one table (metric.def) from which database columns, CSV headers, help, axis labels,
 * values and intervals come.
 *
 * A new metric is a new row of metric.def; nothing else names them all.
 * Ownership: all text is static.
 */
#ifndef QUARRY_METRIC_H
#define QUARRY_METRIC_H

#include "quarry/yaml.h"

#include <stdbool.h>
#include <stddef.h>

/* Metrics, then the quantities that metrics follow from and that are none themselves. */
typedef enum qy_metric {
#define METRIC(id, name, unit, label, sense, where, rule, help) id,
#define QUANTITY(id)
#include "quarry/metric.def"
#undef QUANTITY
  QY_METRIC_COUNT,
  QY_METRIC_LAST = QY_METRIC_COUNT - 1, /* so that the quantities start at QY_METRIC_COUNT */
#undef METRIC
#define METRIC(id, name, unit, label, sense, where, rule, help)
#define QUANTITY(id) id,
#include "quarry/metric.def"
#undef QUANTITY
#undef METRIC
  QY_QUANTITY_COUNT
} qy_metric;

/* What a point is of: where a metric applies. */
enum {
  QY_AT_ELEMENT = 1,
  QY_AT_ACCELERATOR = 2,
  QY_AT_SYSTEM = 4,
  QY_AT_MEMORY = 8, /* besides one of the two before */
  /* on what the point is built: one of these besides, none means cells.  A metric whose row names neither applies on
   * both. */
  QY_ON_CELLS = 16,
  QY_ON_FPGA = 32,
  QY_AT_PLACES = QY_AT_ELEMENT | QY_AT_ACCELERATOR | QY_AT_SYSTEM | QY_AT_MEMORY,
  QY_ON_FABRICS = QY_ON_CELLS | QY_ON_FPGA
};

typedef enum qy_rule { QY_RULE_GIVEN, QY_RULE_ITEMS, QY_RULE_SUM, QY_RULE_PRODUCT, QY_RULE_QUOTIENT } qy_rule;

enum { QY_RULE_TERMS = 4 };

typedef struct qy_metric_info {
  const char *name;  /* column and key, [a-z0-9_], unit as suffix */
  const char *unit;  /* for axes, UTF-8: "µm²"; "" for a pure count */
  const char *label; /* "Area" */
  const char *help;  /* one sentence */
  int sense;         /* -1: smaller is better, +1: larger is better, 0: neither */
  unsigned where;    /* QY_AT_* and QY_ON_*, at least one of each */
  qy_rule rule;
  int terms;
  double scale;          /* of a product or quotient */
  int of[QY_RULE_TERMS]; /* [terms] what it follows from, metrics or quantities; of products and quotients two */
} qy_metric_info;

const qy_metric_info *qy_metric_table(void); /* QY_METRIC_COUNT rows, in the order of the enum */
/* Does the metric depend on constants that are not known exactly, so that results have an interval of it?  Times and
 * counts at a fixed clock do not. */
bool qy_metric_uncertain(int metric);
/* Is it a level in dB?  Being the logarithm of a ratio, one is compared with another by their difference. */
bool qy_metric_is_level(int metric);
/* Does it depend on the parts of a design alone (areas, leakage), whatever runs on it? */
bool qy_metric_of_parts(int metric);
/* Does a layer have a value of its own?  What only says how the design is made, banks say, is none. */
bool qy_metric_of_layer(int metric);
/* Does a member of a system or a design that runs layers have one? */
bool qy_metric_of_member(int metric);
/* QY_AT_* and QY_ON_* of a metric: its fabrics are those that all it follows from has, too. */
unsigned qy_metric_where(int metric);
/* Does it apply at `where`: at one of its places, and on each of its fabrics? */
bool qy_metric_applies(int metric, unsigned where);
/* Is it of a memory alone: without one there is nothing of it? */
bool qy_metric_of_memory(int metric);
/* index in [0..QY_METRIC_COUNT), or -1; NULL gives -1 */
int qy_metric_find(const char *name);
/* "; did you mean "area_um2"?", or "": the end of a message about a name that no metric has (yaml.h). */
const char *qy_metric_advice(char out[QY_DID_YOU_MEAN], const char *name);

/* The metrics without parts that a sum is made of, into parts[QY_METRIC_COUNT]; returns how many: 0 of all others. */
int qy_metric_parts(int total, int *parts);
/* Does the metric hold the DRAM where there is one, and only what is on the chip where there is none? */
bool qy_metric_with_dram(int metric);
/* What a value of the metric is confined to: "on chip" for such a metric where no design has a memory, else "". */
const char *qy_metric_scope(int metric, bool on_chip);

/* Metrics and quantities by the rules: in[QY_QUANTITY_COUNT] has what is given and the sums over items (the rest is not
 * read), out[QY_METRIC_COUNT] gets all metrics; those that do not apply at `where` (QY_AT_*, QY_ON_*) are NaN. */
void qy_metric_derive(double *restrict out, const double *restrict in, unsigned where);

#endif
