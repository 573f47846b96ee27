/* Our own elements against synthesis of their Verilog: see validate.h. */
#include "libraries.h"
#include "quarry/csv.h"
#include "quarry/discrepancy.h"
#include "quarry/pe.h"
#include "statistics.h"
#include "structure_fit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CIRCUIT_FIRST = 1 << 24 }; /* numbers of circuits: other than those of components */
enum { COLUMN_KIND, COLUMN_PARAMS, COLUMN_LIBRARY, COLUMN_FLOW, COLUMN_AREA, COLUMN_PERIOD, COLUMN_COUNT };

typedef struct run {
  qy_validate_options options;
  qy_arena *arena;
  table_libraries libraries;
  const double *effort; /* of the flows, for fit rows; NULL: none wanted */
  fit_row *fit;
  size_t fit_count, fit_capacity;
  tally kinds, families; /* the same comparisons under the name of the kind and of its family */
} run;

/* "bits=8,weight_bits=4" into parameters; text is used up.  False: not parameters of this kind. */
static bool read_params(qy_pe_params *params, char *text)
{
  qy_error local = {0};
  for (char *next, *key = text; key && *key; key = next) {
    next = strchr(key, ',');
    if (next) *next++ = '\0';
    char *value = strchr(key, '=');
    if (!value) return false;
    *value++ = '\0';
    if (qy_pe_set(params, key, value, &local) != QY_OK) return false;
  }
  return true;
}

typedef struct price {
  double area_um2, period_ns, effort;
} price;

/* Lean: no effort and the ripples' period.  Fast: the shortest period and its effort. */
static qy_status price_of(price *out, const qy_circuit *c, const qy_tech *tech, bool fast, qy_error *err)
{
  enum { RELAXED = 1000 }; /* periods that count as no effort at all */
  qy_timing timing;
  qy_build build;
  qy_status status = qy_circuit_timing(c, tech, &timing, err);
  double period_ps = fast ? timing.fast_ps * (1 + 1e-9) : RELAXED * timing.lean_ps;
  if (status == QY_OK) status = qy_circuit_build(c, tech, period_ps, &build, err);
  if (status != QY_OK) return status;
  *out = (price){build.area_um2, (fast ? timing.fast_ps : timing.lean_ps) / 1000, qy_build_effort(&build, tech)};
  return QY_OK;
}

/* Areas, then periods in all draws of the library; NULL: none. */
static qy_status price_draws(double **out, const qy_circuit *c, const table_library *l, bool fast, double effort,
                             qy_arena *arena, qy_error *err)
{
  const qy_draws *draws = l->draws;
  qy_discrepancy *d = NULL;
  *out = NULL;
  if (!draws) return QY_OK;
  double *value = qy_arena_alloc(arena, 2 * draws->count, sizeof *value);
  qy_status status = value ? qy_discrepancy_new(&d, c, draws, arena, err) : qy_no_memory(err);
  for (size_t k = 0; k < draws->count && !status; k++) {
    price one = {0};
    status = price_of(&one, c, &draws->draw[k], fast, err);
    value[k] = one.area_um2 * qy_discrepancy_factor(d, QY_STRUCTURE_AREA, effort, k);
    value[draws->count + k] = one.period_ns * qy_discrepancy_factor(d, QY_STRUCTURE_DELAY, effort, k);
  }
  *out = value;
  return status;
}

/* A comparison for the estimate of discrepancies. */
static qy_status add_fit_row(run *r, const qy_validate_row *row, qy_structure_quantity quantity,
                             const qy_circuit *circuit, const qy_tech *tech, qy_error *err)
{
  if (qy_grow((void **)&r->fit, &r->fit_capacity, r->fit_count + 1, sizeof *r->fit) != 0) return qy_no_memory(err);
  return fit_row_make(&r->fit[r->fit_count++], row, quantity, circuit, tech, r->effort, r->arena, err);
}

static qy_status compare(run *r, const qy_csv *csv, int column, double model, qy_validate_row row, const qy_pe *pe,
                         const qy_tech *tech, qy_error *err)
{
  qy_status status = qy_csv_number(csv, column, 1e-12, 1e12, &row.measured, err);
  if (status != QY_OK) return status;
  row.model = model;
  const qy_structure_quantity quantity = strcmp(row.quantity, "area_um2") == 0 ? QY_STRUCTURE_AREA : QY_STRUCTURE_DELAY;
  if (r->effort) return add_fit_row(r, &row, quantity, pe->circuit, tech, err);
  if (tally_add(&r->kinds, row) != 0) return qy_no_memory(err);
  row.kind = pe->has_number ? "coded" : "fixed_point";
  return tally_add(&r->families, row) == 0 ? QY_OK : qy_no_memory(err);
}

static qy_status skip(run *r, const char *reason, qy_error *err)
{
  return tally_skip(&r->kinds, reason) == 0 ? QY_OK : qy_no_memory(err);
}

static qy_status compare_row(run *r, const qy_csv *csv, const int *at, qy_arena *scratch, qy_error *err)
{
  const char *kind = csv->field[at[COLUMN_KIND]], *params_text = csv->field[at[COLUMN_PARAMS]];
  const char *library_name = csv->field[at[COLUMN_LIBRARY]], *flow = csv->field[at[COLUMN_FLOW]];
  if (r->options.library && strcmp(r->options.library, library_name) != 0) return QY_OK;
  if (r->options.flow && strcmp(r->options.flow, flow) != 0) return QY_OK;
  r->kinds.rows++;
  const table_library *l = table_library_of(&r->libraries, library_name);
  if (!l || l->reason) return skip(r, l ? l->reason : "a library that the other table does not have", err);
  bool fast = strcmp(flow, "fast") == 0;
  if (!fast && strcmp(flow, "lean") != 0) return skip(r, "a flow other than lean and fast", err);
  int found = qy_pe_find(kind);
  if (found < 0) return skip(r, "no element of that kind", err);
  qy_pe_params params = qy_pe_default((qy_pe_kind)found);
  char *copy = qy_arena_text(scratch, params_text, strlen(params_text));
  if (!copy) return qy_no_memory(err);
  qy_error local = {0};
  qy_pe pe;
  if (!read_params(&params, copy)) return skip(r, "parameters that the element does not have", err);
  qy_status status = qy_pe_build(&pe, &params, scratch, &local);
  if (status == QY_NO_MEMORY) return qy_no_memory(err);
  if (status != QY_OK) return skip(r, "an element that cannot be built", err);
  price cost;
  double *draw = NULL;
  status = price_of(&cost, pe.circuit, l->tech, fast, err);
  if (status == QY_OK) status = price_draws(&draw, pe.circuit, l, fast, cost.effort, r->arena, err);
  if (status != QY_OK) return status;
  qy_validate_row row = {.kind = kind, .params = params_text, .library = library_name, .flow = flow, .line = csv->line};
  row.draws = l->draws ? l->draws->count : 0;
  row.effort = cost.effort;
  row.circuit = CIRCUIT_FIRST + csv->line; /* a flow has each element once */
  row.quantity = "area_um2";
  row.draw = draw;
  status = compare(r, csv, at[COLUMN_AREA], cost.area_um2, row, &pe, l->tech, err);
  row.quantity = "min_period_ns";
  row.draw = draw ? draw + row.draws : NULL;
  if (status == QY_OK) status = compare(r, csv, at[COLUMN_PERIOD], cost.period_ns, row, &pe, l->tech, err);
  if (status == QY_OK) r->kinds.compared++;
  return status;
}

static const qy_validate_stratum *family_of(const qy_validate_report *families, const qy_validate_stratum *like,
                                            const char *family)
{
  return qy_validate_find(families, like->quantity, family, "all", like->flow);
}

/* The families' strata behind those of the kinds, then the difference of their mean signed errors. */
static qy_status append_families(qy_validate_report *report, const qy_validate_report *families, qy_arena *arena,
                                 qy_error *err)
{
  size_t most = report->stratum_count + 2 * families->stratum_count;
  qy_validate_stratum *stratum = qy_arena_alloc(arena, most, sizeof *stratum);
  if (!stratum) return qy_no_memory(err);
  memcpy(stratum, report->stratum, report->stratum_count * sizeof *stratum);
  report->stratum = stratum;
  for (size_t i = 0; i < families->stratum_count; i++)
    if (strcmp(families->stratum[i].kind, "all") != 0 && strcmp(families->stratum[i].library, "all") == 0)
      stratum[report->stratum_count++] = families->stratum[i];
  for (size_t i = 0; i < families->stratum_count; i++) {
    const qy_validate_stratum *all = &families->stratum[i];
    if (strcmp(all->kind, "all") != 0 || strcmp(all->library, "all") != 0) continue;
    const qy_validate_stratum *coded = family_of(families, all, "coded"),
                              *fixed = family_of(families, all, "fixed_point");
    if (!coded || !fixed) continue;
    double difference = coded->bias_pct - fixed->bias_pct, size = fabs(difference);
    stratum[report->stratum_count++] =
        (qy_validate_stratum){all->quantity, "coded_less_fixed", "all", all->flow, all->count, size, size, size,
                              size,          difference,         NAN,   NAN,       NULL};
  }
  return QY_OK;
}

static qy_status read_rows(run *r, const char *file, qy_error *err)
{
  static const char *const names[COLUMN_COUNT] = {"kind", "params", "library", "flow", "area_um2", "min_period_ns"};
  qy_csv csv = {0};
  int at[COLUMN_COUNT];
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? qy_csv_open(&csv, file, r->arena, err) : qy_no_memory(err);
  if (status == QY_OK) status = qy_csv_columns(&csv, names, COLUMN_COUNT, at, err);
  for (bool more = true; status == QY_OK;) {
    status = qy_csv_next(&csv, &more, err);
    if (status != QY_OK || !more) break;
    status = compare_row(r, &csv, at, scratch, err);
    qy_arena_reset(scratch);
  }
  qy_arena_free(scratch);
  return status;
}

qy_status qy_validate_elements(qy_validate_report **report, const char *file, const qy_validate_options *options,
                               qy_arena *arena, qy_error *err)
{
  assert(report && file && options && arena);
  run r = {.options = *options, .arena = arena, .kinds = {.mismatches = -1}, .families = {.mismatches = -1}};
  qy_validate_report *families = NULL;
  if (!r.options.db_dir) r.options.db_dir = "db";
  qy_status status = table_libraries_read(&r.libraries, file, &r.options, false, arena, err);
  if (status == QY_OK) status = read_rows(&r, file, err);
  if (status == QY_OK) status = tally_report(&r.kinds, report, file, options->worst_count, arena, err);
  if (status == QY_OK) status = tally_report(&r.families, &families, file, 1, arena, err);
  if (status == QY_OK) status = append_families(*report, families, arena, err);
  tally_free(&r.kinds);
  tally_free(&r.families);
  return status;
}

qy_status element_fit_rows(fit_row **rows, size_t *count, const char *file, const table_libraries *libraries,
                           const double effort[QY_STRUCTURE_FLOWS], qy_arena *arena, qy_error *err)
{
  assert(rows && count && file && libraries && effort && arena);
  run r = {.arena = arena, .libraries = *libraries, .effort = effort};
  qy_status status = read_rows(&r, file, err);
  fit_row *all = status == QY_OK ? qy_arena_alloc(arena, *count + r.fit_count + 1, sizeof *all) : NULL;
  if (status == QY_OK && !all) status = qy_no_memory(err);
  if (status == QY_OK) {
    if (*count) memcpy(all, *rows, *count * sizeof *all);
    if (r.fit_count) memcpy(all + *count, r.fit, r.fit_count * sizeof *all);
    *rows = all;
    *count += r.fit_count;
  }
  tally_free(&r.kinds);
  free(r.fit);
  return status;
}
