/* Supply laws of the SRAM table: see sram_supply.h. */
#include "quarry/sram_supply.h"

#include "quarry/csv.h"
#include "quarry/text.h"
#include "sram_int.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows of the file; each with its unit, what is plausible, and its place in qy_sram_law: a number or a constant. */
enum { VOLTAGE, VOLTAGE_LOW, VOLTAGE_HIGH, ENERGY_EXPONENT, THRESHOLD, ALPHA, LEAKAGE_SLOPE, CONSTANTS };
static const char *const constant_names[CONSTANTS] = {"voltage",   "voltage_low", "voltage_high", "energy_exponent",
                                                      "threshold", "alpha",       "leakage_slope"};
static const struct {
  const char *unit;
  double low, high;
} constant_range[CONSTANTS] = {{"V", 0.1, 10}, {"V", 0.1, 10},    {"V", 0.1, 10}, {"ratio", 0.5, 3},
                               {"V", 0.01, 5}, {"ratio", 0.5, 3}, {"V", 0.01, 10}};

static const char *const status_names[] = {
    [QY_READ] = "read", [QY_DERIVED] = "derived", [QY_RECALLED] = "recalled", [QY_CALIBRATED] = "calibrated"};
enum { STATUSES = sizeof status_names / sizeof *status_names };

static void place(qy_sram_law *law, int which, const qy_constant *c)
{
  switch (which) {
  case VOLTAGE: law->voltage_v = c->value; break;
  case VOLTAGE_LOW: law->voltage_low_v = c->value; break;
  case VOLTAGE_HIGH: law->voltage_high_v = c->value; break;
  case ENERGY_EXPONENT: law->energy_exponent = *c; break;
  case THRESHOLD: law->threshold_v = *c; break;
  case ALPHA: law->alpha = *c; break;
  case LEAKAGE_SLOPE: law->leakage_slope_v = *c; break;
  default: break;
  }
}

enum { C_NODE, C_FLAVOUR, C_CONSTANT, C_UNIT, C_VALUE, C_LOW, C_HIGH, C_STATUS, C_SOURCE, COLUMNS };

static qy_status read_row(const qy_csv *csv, const int at[COLUMNS], int *node_nm, int *flavour, int *which,
                          qy_constant *c, qy_error *err)
{
  const char *flavours[QY_SRAM_FLAVOUR_COUNT];
  int64_t node;
  int status_index;
  for (int f = 0; f < QY_SRAM_FLAVOUR_COUNT; f++)
    flavours[f] = qy_sram_flavour_name((qy_sram_flavour)f);
  qy_status status = qy_csv_integer(csv, at[C_NODE], 1, 1000, &node, err);
  if (!status) status = qy_csv_choice(csv, at[C_FLAVOUR], flavours, QY_SRAM_FLAVOUR_COUNT, flavour, err);
  if (!status) status = qy_csv_choice(csv, at[C_CONSTANT], constant_names, CONSTANTS, which, err);
  if (status) return status;
  const double low = constant_range[*which].low, high = constant_range[*which].high;
  if (strcmp(csv->field[at[C_UNIT]], constant_range[*which].unit) != 0)
    return qy_csv_expected(csv, at[C_UNIT], err, "the unit %s", constant_range[*which].unit);
  if ((status = qy_csv_number(csv, at[C_VALUE], low, high, &c->value, err)) ||
      (status = qy_csv_number(csv, at[C_LOW], low, high, &c->low, err)) ||
      (status = qy_csv_number(csv, at[C_HIGH], low, high, &c->high, err)) ||
      (status = qy_csv_choice(csv, at[C_STATUS], status_names, STATUSES, &status_index, err)))
    return status;
  if (c->low > c->value) return qy_csv_expected(csv, at[C_LOW], err, "at most the value %g", c->value);
  if (c->high < c->value) return qy_csv_expected(csv, at[C_HIGH], err, "at least the value %g", c->value);
  *node_nm = (int)node;
  c->status = (qy_origin)status_index;
  c->source = csv->field[at[C_SOURCE]];
  return QY_OK;
}

/* A whole law holds together: its own supply in the range, the range above the threshold. */
static qy_status check_law(const qy_sram_law *law, unsigned seen, int node_nm, int flavour, const char *file,
                           qy_error *err)
{
  const char *name = qy_sram_flavour_name((qy_sram_flavour)flavour);
  for (int k = 0; k < CONSTANTS; k++)
    if (!(seen >> k & 1))
      return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a row for %s at %d nm %s, found none",
                        constant_names[k], node_nm, name);
  if (!(law->voltage_v >= law->voltage_low_v && law->voltage_v <= law->voltage_high_v))
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                      "%d nm %s: expected the table's supply between voltage_low %g and voltage_high %g V, found %g V",
                      node_nm, name, law->voltage_low_v, law->voltage_high_v, law->voltage_v);
  if (!(law->voltage_low_v > law->threshold_v.high))
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                      "%d nm %s: expected voltage_low above the threshold's high end %g V, found %g V", node_nm, name,
                      law->threshold_v.high, law->voltage_low_v);
  return QY_OK;
}

qy_status qy_sram_supply_read(qy_sram_table *table, const char *file, qy_arena *arena, qy_error *err)
{
  assert(table && file && arena);
  static const char *const names[COLUMNS] = {"node_nm", "flavour", "constant", "unit",  "value",
                                             "low",     "high",    "status",   "source"};
  const int *nodes, count = sram_table_nodes(table, &nodes);
  const size_t laws = (size_t)count * QY_SRAM_FLAVOUR_COUNT;
  int at[COLUMNS];
  bool more;
  qy_csv csv;
  qy_sram_law *law = qy_arena_alloc(arena, laws, sizeof *law);
  unsigned *seen = qy_arena_alloc(arena, laws, sizeof *seen);
  if (!law || !seen) return qy_no_memory(err);
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, names, COLUMNS, at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    int node_nm = 0, flavour = 0, which = 0, n = 0;
    qy_constant c = {0};
    if ((status = read_row(&csv, at, &node_nm, &flavour, &which, &c, err))) break;
    while (n < count && nodes[n] != node_nm)
      n++;
    if (n == count) {
      status = qy_csv_expected(&csv, at[C_NODE], err, "a node of the SRAM table");
      break;
    }
    const size_t i = (size_t)n * QY_SRAM_FLAVOUR_COUNT + (size_t)flavour;
    if (seen[i] >> which & 1) {
      status = qy_csv_expected(&csv, at[C_CONSTANT], err, "each constant once for a node and flavour");
      break;
    }
    seen[i] |= 1u << which;
    place(&law[i], which, &c);
  }
  for (size_t i = 0; !status && i < laws; i++)
    status = check_law(&law[i], seen[i], nodes[i / QY_SRAM_FLAVOUR_COUNT], (int)(i % QY_SRAM_FLAVOUR_COUNT), file, err);
  if (!status) sram_table_set_laws(table, law);
  return status;
}

static double log_energy(const qy_sram_law *law, double voltage_v, double exponent)
{
  return exponent * log(voltage_v / law->voltage_v);
}

static double log_delay(const qy_sram_law *law, double voltage_v, double threshold_v, double alpha)
{
  return log(voltage_v / law->voltage_v) + alpha * log((law->voltage_v - threshold_v) / (voltage_v - threshold_v));
}

static double log_leakage(const qy_sram_law *law, double voltage_v, double slope_v)
{
  return log(voltage_v / law->voltage_v) + (voltage_v - law->voltage_v) / slope_v;
}

/* The larger change when a constant goes to the ends of its interval, as a standard deviation. */
static double deviation(double at_low, double value, double at_high)
{
  return fmax(fabs(at_low - value), fabs(at_high - value)) / gsl_cdf_ugaussian_Pinv(0.95);
}

void qy_sram_supply_scale(qy_sram_scale *scale, const qy_sram_law *law, double v)
{
  assert(scale && law && v > 0);
  const qy_constant *n = &law->energy_exponent, *t = &law->threshold_v, *a = &law->alpha, *s = &law->leakage_slope_v;
  const double energy = log_energy(law, v, n->value), delay = log_delay(law, v, t->value, a->value),
               leakage = log_leakage(law, v, s->value);
  *scale = (qy_sram_scale){
      .energy = exp(energy),
      .delay = exp(delay),
      .leakage = exp(leakage),
      .energy_sd = deviation(log_energy(law, v, n->low), energy, log_energy(law, v, n->high)),
      .delay_sd = hypot(deviation(log_delay(law, v, t->low, a->value), delay, log_delay(law, v, t->high, a->value)),
                        deviation(log_delay(law, v, t->value, a->low), delay, log_delay(law, v, t->value, a->high))),
      .leakage_sd = deviation(log_leakage(law, v, s->low), leakage, log_leakage(law, v, s->high))};
}

qy_status qy_sram_supply_check(const qy_sram_table *table, const qy_tech *tech, qy_error *err)
{
  assert(table && tech);
  if (!tech->sram_node)
    return qy_fail(
        err, QY_BAD_INPUT,
        "library %s: expected an SRAM node for the buffers (sram: {node: \"28\"} in its file, say), found none",
        tech->name);
  const int node_nm = atoi(tech->sram_node);
  if (!qy_sram_table_has_node(table, node_nm)) {
    const int *nodes, count = sram_table_nodes(table, &nodes);
    char list[120] = "";
    size_t used = 0;
    for (int i = 0; i < count && used < sizeof list - 16; i++)
      used = qy_append(list, sizeof list, used, "%s%d", i ? ", " : "", nodes[i]);
    return qy_fail(err, QY_BAD_INPUT, "library %s: expected an SRAM node of the table (%s nm), found \"%s\"",
                   tech->name, list, tech->sram_node);
  }
  if (!(tech->sram_voltage_v > 0)) return QY_OK;
  for (int f = 0; f < QY_SRAM_FLAVOUR_COUNT; f++) {
    const char *name = qy_sram_flavour_name((qy_sram_flavour)f);
    const qy_sram_law *law = qy_sram_supply_law(table, node_nm, (qy_sram_flavour)f);
    if (!law)
      return qy_fail(err, QY_BAD_INPUT, "library %s: expected a supply law for SRAM at %d nm %s, found none",
                     tech->name, node_nm, name);
    if (!(tech->sram_voltage_v >= law->voltage_low_v && tech->sram_voltage_v <= law->voltage_high_v))
      return qy_fail(err, QY_BAD_INPUT,
                     "library %s: expected an SRAM supply from %g to %g V (%d nm %s), found %g V; at its own %g V: "
                     "sram_voltage: nominal",
                     tech->name, law->voltage_low_v, law->voltage_high_v, node_nm, name, tech->sram_voltage_v,
                     law->voltage_v);
  }
  return QY_OK;
}

void qy_sram_supply_widen(double p95_frac[QY_SRAM_QUANTITY_COUNT], const qy_sram_table *table, const qy_tech *tech)
{
  assert(p95_frac && table && tech);
  const double two_sided = gsl_cdf_ugaussian_Pinv(0.975);
  double energy_sd = 0, leakage_sd = 0;
  if (!(tech->sram_voltage_v > 0) || !tech->sram_node) return;
  for (int f = 0; f < QY_SRAM_FLAVOUR_COUNT; f++) {
    qy_sram_scale s;
    const qy_sram_law *law = qy_sram_supply_law(table, atoi(tech->sram_node), (qy_sram_flavour)f);
    if (!law) continue;
    qy_sram_supply_scale(&s, law, tech->sram_voltage_v);
    energy_sd = fmax(energy_sd, s.energy_sd);
    leakage_sd = fmax(leakage_sd, s.leakage_sd);
  }
  const double sd[QY_SRAM_QUANTITY_COUNT] = {
      [QY_SRAM_READ] = energy_sd, [QY_SRAM_WRITE] = energy_sd, [QY_SRAM_LEAKAGE] = leakage_sd};
  for (int q = 0; q < QY_SRAM_QUANTITY_COUNT; q++)
    if (sd[q] > 0) p95_frac[q] = expm1(hypot(log1p(p95_frac[q]), two_sided * sd[q]));
}
