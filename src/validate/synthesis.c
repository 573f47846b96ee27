/* Models against a table of synthesis results: see validate.h. */
#include "component.h"
#include "libraries.h"
#include "quarry/csv.h"
#include "quarry/discrepancy.h"
#include "quarry/tech.h"
#include "statistics.h"
#include "stimulus.h"
#include "structure_fit.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A component of the table, made once, with its timing left to the row. */
typedef struct part {
  const char *kind, *params;
  component made;
  const char *reason; /* NULL: built */
  int number;
} part;

/* What the discrepancies of a component are in the draws of a library. */
typedef struct drawn {
  const part *part;
  const table_library *library;
  qy_discrepancy *discrepancy;
} drawn;

/* One component under one stimulus. */
typedef struct activity {
  const part *part;
  const char *stimulus;
  const char *reason; /* NULL: simulated */
  qy_activity value;
} activity;

typedef struct run {
  qy_validate_options options;
  qy_arena *arena;
  table_libraries libraries;
  part **part;
  activity **activity;
  drawn *drawn;
  size_t part_count, part_capacity, activity_count, activity_capacity, drawn_count, drawn_capacity;
  size_t with_wires, without_wires;
  tally tally;
} run;

enum { CYCLES_DEFAULT = 2048 };

/* ---- columns */

enum { COLUMN_KIND, COLUMN_PARAMS, COLUMN_LIBRARY, COLUMN_FLOW, COLUMN_STIMULUS, COLUMN_NEEDED };

typedef struct columns {
  int needed[COLUMN_NEEDED];
  int area, delay, energy, wires; /* -1: the table has none */
} columns;

static qy_status find_columns(const qy_csv *csv, columns *at, qy_error *err)
{
  static const char *const needed[] = {"kind", "params", "library", "flow", "stimulus"};
  qy_status status = qy_csv_columns(csv, needed, COLUMN_NEEDED, at->needed, err);
  if (status != QY_OK) return status;
  at->area = at->delay = -1;
  at->wires = qy_csv_column(csv, "wires");
  at->energy = qy_csv_column(csv, "energy_pj_per_cycle");
  if (at->energy >= 0) return QY_OK;
  static const char *const measured[] = {"area_um2", "energy_pj_per_op"};
  int place[2];
  status = qy_csv_columns(csv, measured, 2, place, err);
  if (status != QY_OK) return status;
  at->area = place[0];
  at->energy = place[1];
  at->delay = qy_csv_column(csv, "delay_own_sta_ns");
  if (at->delay < 0) at->delay = qy_csv_column(csv, "delay_ns");
  if (at->delay < 0)
    return qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, 0,
                      "expected a column 'delay_own_sta_ns' or 'delay_ns', found neither");
  return QY_OK;
}

/* Whether the row's energy has wires and a clock tree in it; the tables of the study have not. */
static qy_status wires_of(const qy_csv *csv, const columns *at, bool *with, qy_error *err)
{
  const char *text = at->wires >= 0 ? csv->field[at->wires] : "without";
  *with = strcmp(text, "with") == 0;
  if (*with || strcmp(text, "without") == 0) return QY_OK;
  return qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, 0, "wires: expected 'with' or 'without', found '%s'",
                    text);
}

/* ---- what the rows name */

static qy_status part_of(run *r, const char *kind, const char *params, const part **found, qy_error *err)
{
  for (size_t i = 0; i < r->part_count; i++)
    if (strcmp(r->part[i]->kind, kind) == 0 && strcmp(r->part[i]->params, params) == 0) {
      *found = r->part[i];
      return QY_OK;
    }
  part *p = qy_arena_alloc(r->arena, 1, sizeof *p);
  if (!p || qy_grow((void **)&r->part, &r->part_capacity, r->part_count + 1, sizeof(part *)) != 0)
    return qy_fail(err, QY_NO_MEMORY, "out of memory for a component");
  p->number = (int)r->part_count;
  r->part[r->part_count++] = p;
  *found = p;
  p->kind = kind;
  p->params = params;
  const char *reason;
  qy_error local = {0};
  qy_status status = component_build(&p->made, kind, params, &reason, r->arena, &local);
  if (status == QY_OK) return QY_OK;
  if (status == QY_NO_MEMORY) return qy_fail(err, status, "out of memory for component %s %s", kind, params);
  if (!reason && local.count > 0) reason = local.diagnostic[0].text;
  p->reason = qy_arena_format(r->arena, "%s: %s", kind, reason ? reason : qy_status_text(status));
  return p->reason ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for a reason");
}

static qy_status activity_of(run *r, const part *p, const char *name, const activity **found, qy_error *err)
{
  for (size_t i = 0; i < r->activity_count; i++)
    if (r->activity[i]->part == p && strcmp(r->activity[i]->stimulus, name) == 0) {
      *found = r->activity[i];
      return QY_OK;
    }
  activity *a = qy_arena_alloc(r->arena, 1, sizeof *a);
  if (!a || qy_grow((void **)&r->activity, &r->activity_capacity, r->activity_count + 1, sizeof(activity *)) != 0)
    return qy_fail(err, QY_NO_MEMORY, "out of memory for an activity");
  r->activity[r->activity_count++] = a;
  *found = a;
  a->part = p;
  a->stimulus = name;
  stimulus s;
  if (stimulus_start(&s, &p->made, name, r->options.seed) != 0) {
    a->reason = qy_arena_format(r->arena, "unknown stimulus '%s'", name);
    return a->reason ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for a reason");
  }
  return qy_circuit_activity(p->made.circuit, stimulus_next, &s, r->options.cycles, &a->value, err);
}

static qy_status drawn_of(run *r, const part *p, const table_library *l, const qy_discrepancy **found, qy_error *err)
{
  for (size_t i = 0; i < r->drawn_count; i++)
    if (r->drawn[i].part == p && r->drawn[i].library == l) {
      *found = r->drawn[i].discrepancy;
      return QY_OK;
    }
  if (qy_grow((void **)&r->drawn, &r->drawn_capacity, r->drawn_count + 1, sizeof *r->drawn) != 0)
    return qy_no_memory(err);
  drawn *d = &r->drawn[r->drawn_count++];
  *d = (drawn){.part = p, .library = l};
  qy_status status = qy_discrepancy_new(&d->discrepancy, p->made.circuit, l->draws, r->arena, err);
  *found = d->discrepancy;
  return status;
}

/* ---- prices */

/* Area in um2, delay in ns, energy in pJ. */
typedef struct price {
  double of[QY_STRUCTURE_QUANTITIES];
  double effort; /* of the build */
} price;

typedef enum flow { FLOW_LEAN, FLOW_MID, FLOW_FAST, FLOW_COUNT } flow;

static flow flow_of(const char *name)
{
  static const char *const names[FLOW_COUNT] = {"lean", "mid", "fast"};
  int i = 0;
  while (i < FLOW_COUNT && strcmp(name, names[i]) != 0)
    i++;
  return (flow)i;
}

/* The period that a flow aims at.  Mid: where carry-save rows stay adder cells, part of the effort (Tmin / T)^p; the
 * flow makes no difference to circuits without rows. */
static double period_of(flow f, const qy_timing *timing, const qy_tech *tech, double mid_effort)
{
  const double same = 1.005; /* rows or no rows: equal within the rounding of periods */
  enum { RELAXED = 1000 };   /* periods of Tmin that count as no effort at all */
  double shortest = timing->fast_ps * (1 + 1e-9);
  if (f == FLOW_LEAN) return RELAXED * fmax(shortest, timing->lean_ps);
  if (f == FLOW_FAST) return shortest;
  if (mid_effort <= 0 && timing->rows_ps <= same * timing->fast_ps) return shortest;
  return shortest * pow(mid_effort > 0 ? mid_effort : QY_VALIDATE_MID_EFFORT, -1 / tech->effort_p);
}

static qy_status price_of(price *out, const component *c, const qy_activity *toggles, const qy_tech *tech, flow f,
                          double mid_effort, qy_error *err)
{
  qy_timing timing;
  qy_status status = qy_circuit_timing(c->circuit, tech, &timing, err);
  if (status != QY_OK) return status;
  double period = period_of(f, &timing, tech, mid_effort);
  qy_build build;
  status = qy_circuit_build(c->circuit, tech, period, &build, err);
  if (status != QY_OK) return status;
  qy_energy energy;
  qy_circuit_energy(&build, toggles, tech, &energy);
  out->effort = qy_build_effort(&build, tech);
  out->of[QY_STRUCTURE_AREA] = build.area_um2;
  double path = fmin(f == FLOW_MID && mid_effort <= 0 ? timing.rows_ps : period, timing.lean_ps);
  out->of[QY_STRUCTURE_DELAY] = (path - tech->dff_setup_ps) / 1000;
  out->of[QY_STRUCTURE_ENERGY] = (energy.comb_fj + energy.register_fj + energy.clock_fj) / 1000;
  return QY_OK;
}

/* The prices in all draws of the library: draw[quantity * draws + k]. */
static qy_status price_draws(double **out, run *r, const part *p, const qy_activity *toggles, const table_library *l,
                             flow f, double effort, qy_error *err)
{
  const qy_draws *draws = l->draws;
  const qy_discrepancy *d = NULL;
  *out = NULL;
  if (!draws) return QY_OK;
  double *value = qy_arena_alloc(r->arena, QY_STRUCTURE_QUANTITIES * draws->count, sizeof *value);
  qy_status status = value ? drawn_of(r, p, l, &d, err) : qy_no_memory(err);
  for (size_t k = 0; k < draws->count && !status; k++) {
    price one = {0};
    status = price_of(&one, &p->made, toggles, &draws->draw[k], f, r->options.mid_effort, err);
    for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++)
      value[(size_t)q * draws->count + k] = one.of[q] * qy_discrepancy_factor(d, (qy_structure_quantity)q, effort, k);
  }
  *out = value;
  return status;
}

/* ---- rows */

/* What is compared in a row: its column in the table, its name in reports. */
static int column_of(const columns *at, int quantity)
{
  return quantity == QY_STRUCTURE_AREA ? at->area : quantity == QY_STRUCTURE_DELAY ? at->delay : at->energy;
}

static const char *const quantity_names[QY_STRUCTURE_QUANTITIES] = {"area_um2", "delay_ns", "energy_pj"};

/* Add the comparison of a quantity if the row has it. */
static qy_status compare(run *r, const qy_csv *csv, const columns *at, int quantity, const price *cost,
                         const double *draw, qy_validate_row row, bool *any, qy_error *err)
{
  const int column = column_of(at, quantity);
  if (column < 0 || csv->field[column][0] == '\0') return QY_OK;
  qy_status status = qy_csv_number(csv, column, 1e-12, 1e12, &row.measured, err);
  if (status != QY_OK) return status;
  row.quantity = quantity_names[quantity];
  row.model = cost->of[quantity];
  row.draw = draw ? draw + (size_t)quantity * row.draws : NULL;
  *any = true;
  return tally_add(&r->tally, row) == 0 ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for a comparison");
}

static qy_status skip(run *r, const char *reason, qy_error *err)
{
  return tally_skip(&r->tally, reason) == 0 ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for a reason");
}

static qy_status compare_row(run *r, const qy_csv *csv, const columns *at, qy_error *err)
{
  const char *kind = csv->field[at->needed[COLUMN_KIND]], *params = csv->field[at->needed[COLUMN_PARAMS]];
  const char *library_name = csv->field[at->needed[COLUMN_LIBRARY]], *flow_name = csv->field[at->needed[COLUMN_FLOW]];
  const char *stimulus_name = csv->field[at->needed[COLUMN_STIMULUS]];
  if (r->options.library && strcmp(r->options.library, library_name) != 0) return QY_OK;
  if (r->options.flow && strcmp(r->options.flow, flow_name) != 0) return QY_OK;
  r->tally.rows++;
  const table_library *l = table_library_of(&r->libraries, library_name);
  const part *p = NULL;
  const activity *a = NULL;
  if (!l) return qy_fail(err, QY_INTERNAL, "library %s was not read", library_name);
  if (l->reason) return skip(r, l->reason, err);
  flow f = flow_of(flow_name);
  if (f == FLOW_COUNT) return skip(r, "a flow other than lean, mid and fast", err);
  qy_status status = part_of(r, kind, params, &p, err);
  if (status != QY_OK || !p) return status;
  if (p->reason) return skip(r, p->reason, err);
  status = activity_of(r, p, stimulus_name, &a, err);
  if (status != QY_OK || !a) return status;
  if (a->reason) return skip(r, a->reason, err);
  bool with_wires = false;
  status = wires_of(csv, at, &with_wires, err);
  if (status != QY_OK) return status;
  price cost;
  double *draw = NULL;
  if (with_wires) l = l->placed;
  status = price_of(&cost, &p->made, &a->value, l->tech, f, r->options.mid_effort, err);
  if (status == QY_OK) status = price_draws(&draw, r, p, &a->value, l, f, cost.effort, err);
  if (status != QY_OK) return status;

  /* The stimulus tells rows of the energy table apart. */
  bool is_random = strcmp(stimulus_name, "random") == 0, any = false;
  const char *apart = is_random ? params : qy_arena_format(r->arena, "%s; %s", params, stimulus_name);
  if (!apart) return qy_fail(err, QY_NO_MEMORY, "out of memory for a row");
  qy_validate_row row = {.kind = kind, .params = apart, .library = library_name, .flow = flow_name, .line = csv->line};
  row.circuit = p->number;
  row.effort = cost.effort;
  row.draws = l->draws ? l->draws->count : 0;
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES && status == QY_OK; q++)
    status = compare(r, csv, at, q, &cost, draw, row, &any, err);
  if (status != QY_OK) return status;
  if (!any) return skip(r, "no measured value in the row", err);
  if (csv->field[at->energy][0]) ++*(with_wires ? &r->with_wires : &r->without_wires);
  r->tally.compared++;
  return QY_OK;
}

/* Compare all rows of the table. */
static qy_status read_rows(run *r, const char *file, qy_error *err)
{
  qy_csv csv = {0};
  columns at;
  qy_status status = qy_csv_open(&csv, file, r->arena, err);
  if (status == QY_OK) status = find_columns(&csv, &at, err);
  for (bool more = true; status == QY_OK;) {
    status = qy_csv_next(&csv, &more, err);
    if (status != QY_OK || !more) break;
    status = compare_row(r, &csv, &at, err);
  }
  return status;
}

static run run_start(const qy_validate_options *options, qy_arena *arena)
{
  run r = {.options = options ? *options : (qy_validate_options){0}, .arena = arena, .tally = {.mismatches = -1}};
  if (!r.options.db_dir) r.options.db_dir = "db";
  if (r.options.cycles <= 0) r.options.cycles = CYCLES_DEFAULT;
  return r;
}

static void run_free(run *r)
{
  tally_free(&r->tally);
  free(r->part);
  free(r->activity);
  free(r->drawn);
}

qy_status qy_validate_synthesis(qy_validate_report **report, const char *file, const qy_validate_options *options,
                                qy_arena *arena, qy_error *err)
{
  assert(report && file && arena);
  run r = run_start(options, arena);
  qy_status status = table_libraries_read(&r.libraries, file, &r.options, false, arena, err);
  if (status == QY_OK) status = read_rows(&r, file, err);
  if (status == QY_OK) status = tally_report(&r.tally, report, file, r.options.worst_count, arena, err);
  if (status == QY_OK) {
    (*report)->with_wires = r.with_wires;
    (*report)->without_wires = r.without_wires;
  }
  run_free(&r);
  return status;
}

/* ---- discrepancies */

static const char *base_name(const char *file)
{
  const char *slash = strrchr(file, '/');
  return slash ? slash + 1 : file;
}

static int quantity_of(const char *name)
{
  int quantity = 0;
  while (quantity + 1 < QY_STRUCTURE_QUANTITIES && strcmp(quantity_names[quantity], name) != 0)
    quantity++;
  return quantity;
}

qy_status qy_validate_structure(qy_text *csv, const char *file, const char *elements,
                                const qy_validate_options *options, qy_arena *arena, qy_error *err)
{
  enum { DRAWS_DEFAULT = 256 };
  assert(csv && file && arena);
  run r = run_start(options, arena);
  if (!r.options.draws) r.options.draws = DRAWS_DEFAULT;
  const double mid = r.options.mid_effort > 0 ? r.options.mid_effort : QY_VALIDATE_MID_EFFORT;
  const double effort[QY_STRUCTURE_FLOWS] = {0, mid, 1};
  qy_status status = table_libraries_read(&r.libraries, file, &r.options, true, arena, err);
  if (status == QY_OK) status = read_rows(&r, file, err);
  size_t count = 0;
  fit_row *row = status == QY_OK ? qy_arena_alloc(arena, r.tally.count + 1, sizeof *row) : NULL;
  if (status == QY_OK && !row) status = qy_no_memory(err);
  for (; count < r.tally.count && status == QY_OK; count++) {
    const qy_validate_row *one = &r.tally.row[count];
    status = fit_row_make(&row[count], one, (qy_structure_quantity)quantity_of(one->quantity),
                          r.part[one->circuit]->made.circuit, table_library_of(&r.libraries, one->library)->tech,
                          effort, arena, err);
  }
  if (status == QY_OK && elements) status = element_fit_rows(&row, &count, elements, &r.libraries, effort, arena, err);
  const char *table = qy_arena_format(arena, "residuals of %s%s%s", base_name(file), elements ? " and " : "",
                                      elements ? base_name(elements) : "");
  if (status == QY_OK && !table) status = qy_no_memory(err);
  qy_text_add(csv,
              "# Discrepancies of the circuit model, see include/quarry/structure.h.  Made by\n"
              "#   quarry validate synthesis %s%s%s%s --structure OUT.csv\n"
              "# low..high: the same without the rows of one library at a time.\n",
              base_name(file), r.options.leave_out ? " --leave-out library" : "", elements ? " --elements " : "",
              elements ? base_name(elements) : "");
  if (status == QY_OK) status = fit_text(csv, effort, row, count, r.options.draws, table, err);
  run_free(&r);
  return status;
}
