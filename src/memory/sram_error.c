/* Errors of the SRAM table: see sram_error.h. */
#include "quarry/sram_error.h"

#include "quarry/csv.h"
#include "quarry/sram.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

static const char *const quantity_names[QY_SRAM_QUANTITY_COUNT] = {"read", "write", "leakage", "area"};

const char *qy_sram_quantity_name(qy_sram_quantity quantity)
{
  assert((unsigned)quantity < QY_SRAM_QUANTITY_COUNT);
  return quantity_names[quantity];
}

qy_status qy_sram_error_read(double p95_frac[QY_SRAM_QUANTITY_COUNT], const char *file, int node_nm, qy_arena *arena,
                             qy_error *err)
{
  assert(p95_frac && file && arena);
  enum { NODE, FLAVOUR, QUANTITY, P95, COLUMNS };
  static const char *const names[COLUMNS] = {"node_nm", "flavour", "quantity", "p95_pct"};
  const char *flavours[QY_SRAM_FLAVOUR_COUNT];
  int at[COLUMNS], found = 0;
  bool more;
  qy_csv csv;
  for (int f = 0; f < QY_SRAM_FLAVOUR_COUNT; f++)
    flavours[f] = qy_sram_flavour_name((qy_sram_flavour)f);
  for (int q = 0; q < QY_SRAM_QUANTITY_COUNT; q++)
    p95_frac[q] = 0;
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, names, COLUMNS, at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    int64_t node;
    int flavour, quantity;
    double p95;
    if ((status = qy_csv_integer(&csv, at[NODE], 1, 1000, &node, err)) ||
        (status = qy_csv_choice(&csv, at[FLAVOUR], flavours, QY_SRAM_FLAVOUR_COUNT, &flavour, err)) ||
        (status = qy_csv_choice(&csv, at[QUANTITY], quantity_names, QY_SRAM_QUANTITY_COUNT, &quantity, err)) ||
        (status = qy_csv_number(&csv, at[P95], 0, 100, &p95, err)))
      break;
    if (node != node_nm) continue;
    p95_frac[quantity] = fmax(p95_frac[quantity], p95 / 100);
    found |= 1 << quantity;
  }
  for (int q = 0; !status && q < QY_SRAM_QUANTITY_COUNT; q++)
    if (!(found & 1 << q))
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a row for %s at %d nm, found none",
                          quantity_names[q], node_nm);
  return status;
}

double qy_sram_error_factor(double p95_frac, double z)
{
  assert(p95_frac >= 0);
  const double two_sided = gsl_cdf_ugaussian_Pinv(0.975);
  return exp(z * log1p(p95_frac) / two_sided);
}

/* ---- silicon ---- */

static const char *const silicon_names[QY_SRAM_SILICON_COUNT] = {"energy", "leakage", "area"};

const char *qy_sram_silicon_name(qy_sram_silicon kind)
{
  assert((unsigned)kind < QY_SRAM_SILICON_COUNT);
  return silicon_names[kind];
}

qy_sram_silicon qy_sram_silicon_of(qy_sram_quantity quantity)
{
  return quantity == QY_SRAM_AREA      ? QY_SILICON_AREA
         : quantity == QY_SRAM_LEAKAGE ? QY_SILICON_LEAKAGE
                                       : QY_SILICON_ENERGY;
}

enum { S_NODE, S_QUANTITY, S_UNIT, S_LOW, S_HIGH, S_STATUS, S_SOURCE, S_COLUMNS };

static qy_status read_silicon(const qy_csv *csv, const int at[S_COLUMNS], int64_t *node_nm, int *kind, qy_constant *c,
                              qy_error *err)
{
  static const char *const origins[] = {
      [QY_READ] = "read", [QY_DERIVED] = "derived", [QY_RECALLED] = "recalled", [QY_CALIBRATED] = "calibrated"};
  static const double most = 1e4;
  int origin = 0;
  qy_status status = qy_csv_integer(csv, at[S_NODE], 1, 1000, node_nm, err);
  if (!status) status = qy_csv_choice(csv, at[S_QUANTITY], silicon_names, QY_SRAM_SILICON_COUNT, kind, err);
  if (!status && strcmp(csv->field[at[S_UNIT]], "ratio") != 0)
    status = qy_csv_expected(csv, at[S_UNIT], err, "the unit ratio");
  if (!status) status = qy_csv_number(csv, at[S_LOW], 1 / most, 1, &c->low, err);
  if (!status) status = qy_csv_number(csv, at[S_HIGH], 1, most, &c->high, err);
  if (!status) status = qy_csv_choice(csv, at[S_STATUS], origins, sizeof origins / sizeof *origins, &origin, err);
  c->value = 1;
  c->status = (qy_origin)origin;
  return status;
}

qy_status qy_sram_silicon_read(qy_constant of[QY_SRAM_SILICON_COUNT], const char *file, int node_nm, qy_arena *arena,
                               qy_error *err)
{
  assert(of && file && arena);
  static const char *const names[S_COLUMNS] = {"node_nm", "quantity", "unit", "low", "high", "status", "source"};
  int at[S_COLUMNS];
  unsigned found = 0;
  bool more;
  qy_csv csv;
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, names, S_COLUMNS, at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    int64_t node;
    int kind;
    qy_constant c = {0};
    if ((status = read_silicon(&csv, at, &node, &kind, &c, err))) break;
    if (node != node_nm) continue;
    if (found >> kind & 1) {
      status = qy_csv_expected(&csv, at[S_QUANTITY], err, "each quantity once for a node");
      break;
    }
    c.source = csv.field[at[S_SOURCE]];
    of[kind] = c;
    found |= 1u << kind;
  }
  for (int k = 0; !status && k < QY_SRAM_SILICON_COUNT; k++)
    if (!(found >> k & 1))
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a row for %s at %d nm, found none", silicon_names[k],
                          node_nm);
  return status;
}
