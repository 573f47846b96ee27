/* Models against a table of synthesis results: see validate.h. */
#include "component.h"
#include "quarry/csv.h"
#include "quarry/tech.h"
#include "statistics.h"
#include "stimulus.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A library named by the table; tech NULL: it cannot be priced, for this reason. */
typedef struct library {
  const char *name;
  const qy_tech *tech;
  const qy_tech *bare; /* the same without wires and clock tree */
  const char *reason;
} library;

/* A component of the table, made once, with its timing left to the row. */
typedef struct part {
  const char *kind, *params;
  component made;
  const char *reason; /* NULL: built */
} part;

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
  library *library;
  part **part;
  activity **activity;
  size_t library_count, library_capacity, part_count, part_capacity, activity_count, activity_capacity;
  const qy_tech *own; /* from options.library_file */
  bool own_is_named;  /* the table has rows of a library with its name */
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

static qy_status find_library(run *r, const char *name, library **found, qy_error *err)
{
  for (size_t i = 0; i < r->library_count; i++)
    if (strcmp(r->library[i].name, name) == 0) {
      *found = &r->library[i];
      return QY_OK;
    }
  if (qy_grow((void **)&r->library, &r->library_capacity, r->library_count + 1, sizeof *r->library) != 0)
    return qy_fail(err, QY_NO_MEMORY, "out of memory for a library");
  library *l = &r->library[r->library_count++];
  *l = (library){.name = name};
  *found = l;
  if (r->own && (r->own_is_named ? strcmp(r->own->name, name) == 0 : false)) {
    l->tech = r->own;
    return QY_OK;
  }
  /* A path in a table is a name that no file of db/tech has. */
  qy_error local = {0};
  qy_tech *tech = NULL;
  qy_status status = strchr(name, '/') || strstr(name, ".yaml")
                         ? QY_BAD_INPUT
                         : qy_tech_read(&tech, r->options.db_dir, name, r->arena, &local);
  if (status == QY_OK)
    l->tech = tech;
  else if (status != QY_BAD_INPUT)
    return qy_fail(err, status, "%s", qy_status_text(status));
  else if (local.count > 0 && local.diagnostic[0].file[0]) { /* it is there, but damaged, or the factors are */
    if (err) *err = local;
    return status;
  } else if (r->own && !r->own_is_named)
    l->tech = r->own;
  else
    l->reason = qy_arena_format(r->arena, "no library file for '%s'", name);
  return l->tech || l->reason ? QY_OK : qy_fail(err, QY_NO_MEMORY, "out of memory for a library");
}

static qy_status library_of(run *r, const char *name, const library **found, qy_error *err)
{
  library *l = NULL;
  qy_status status = find_library(r, name, &l, err);
  *found = l;
  if (status != QY_OK || !l || !l->tech || l->bare) return status;
  qy_tech *bare = NULL;
  status = qy_tech_unplaced(&bare, l->tech, r->arena, err);
  l->bare = bare;
  return status;
}

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

/* ---- prices */

typedef struct price {
  double area_um2, delay_ns, energy_pj;
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
  out->area_um2 = build.area_um2;
  double path = fmin(f == FLOW_MID && mid_effort <= 0 ? timing.rows_ps : period, timing.lean_ps);
  out->delay_ns = (path - tech->dff_setup_ps) / 1000;
  out->energy_pj = (energy.comb_fj + energy.register_fj + energy.clock_fj) / 1000;
  return QY_OK;
}

/* ---- rows */

static qy_status compare(run *r, const qy_csv *csv, int column, const char *quantity, double model, qy_validate_row row,
                         bool *any, qy_error *err)
{
  if (column < 0 || csv->field[column][0] == '\0') return QY_OK;
  double measured;
  qy_status status = qy_csv_number(csv, column, 1e-12, 1e12, &measured, err);
  if (status != QY_OK) return status;
  row.quantity = quantity;
  row.measured = measured;
  row.model = model;
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
  const library *l = NULL;
  const part *p = NULL;
  const activity *a = NULL;
  qy_status status = library_of(r, library_name, &l, err);
  if (status != QY_OK || !l) return status;
  if (l->reason) return skip(r, l->reason, err);
  flow f = flow_of(flow_name);
  if (f == FLOW_COUNT) return skip(r, "a flow other than lean, mid and fast", err);
  status = part_of(r, kind, params, &p, err);
  if (status != QY_OK || !p) return status;
  if (p->reason) return skip(r, p->reason, err);
  status = activity_of(r, p, stimulus_name, &a, err);
  if (status != QY_OK || !a) return status;
  if (a->reason) return skip(r, a->reason, err);
  bool with_wires = false;
  status = wires_of(csv, at, &with_wires, err);
  if (status != QY_OK) return status;
  price cost;
  status = price_of(&cost, &p->made, &a->value, with_wires ? l->tech : l->bare, f, r->options.mid_effort, err);
  if (status != QY_OK) return status;

  /* The stimulus tells rows of the energy table apart. */
  bool is_random = strcmp(stimulus_name, "random") == 0, any = false;
  const char *apart = is_random ? params : qy_arena_format(r->arena, "%s; %s", params, stimulus_name);
  if (!apart) return qy_fail(err, QY_NO_MEMORY, "out of memory for a row");
  qy_validate_row row = {.kind = kind, .params = apart, .library = library_name, .flow = flow_name, .line = csv->line};
  status = compare(r, csv, at->area, "area_um2", cost.area_um2, row, &any, err);
  if (status == QY_OK) status = compare(r, csv, at->delay, "delay_ns", cost.delay_ns, row, &any, err);
  if (status == QY_OK) status = compare(r, csv, at->energy, "energy_pj", cost.energy_pj, row, &any, err);
  if (status != QY_OK) return status;
  if (!any) return skip(r, "no measured value in the row", err);
  if (csv->field[at->energy][0]) ++*(with_wires ? &r->with_wires : &r->without_wires);
  r->tally.compared++;
  return QY_OK;
}

/* Does the table name the library that was given as a file? */
static qy_status look_for_own(run *r, const char *file, qy_error *err)
{
  qy_csv csv = {0};
  qy_status status = qy_csv_open(&csv, file, r->arena, err);
  int column = status == QY_OK ? qy_csv_column(&csv, "library") : -1;
  for (bool more = true; status == QY_OK && column >= 0;) {
    status = qy_csv_next(&csv, &more, err);
    if (!more || status != QY_OK) break;
    if (strcmp(csv.field[column], r->own->name) == 0) r->own_is_named = true;
  }
  return status;
}

qy_status qy_validate_synthesis(qy_validate_report **report, const char *file, const qy_validate_options *options,
                                qy_arena *arena, qy_error *err)
{
  assert(report && file && arena);
  run r = {.options = options ? *options : (qy_validate_options){0}, .arena = arena, .tally = {.mismatches = -1}};
  qy_csv csv = {0};
  columns at;
  qy_tech *own = NULL;
  if (!r.options.db_dir) r.options.db_dir = "db";
  if (r.options.cycles <= 0) r.options.cycles = CYCLES_DEFAULT;
  qy_status status = QY_OK;
  if (r.options.library_file) {
    status = qy_tech_read(&own, r.options.db_dir, r.options.library_file, arena, err);
    r.own = own;
    if (status == QY_OK) status = look_for_own(&r, file, err);
  }
  if (status == QY_OK) status = qy_csv_open(&csv, file, arena, err);
  if (status == QY_OK) status = find_columns(&csv, &at, err);
  for (bool more = true; status == QY_OK;) {
    status = qy_csv_next(&csv, &more, err);
    if (status != QY_OK || !more) break;
    status = compare_row(&r, &csv, &at, err);
  }
  if (status == QY_OK) status = tally_report(&r.tally, report, file, r.options.worst_count, arena, err);
  if (status == QY_OK) {
    (*report)->with_wires = r.with_wires;
    (*report)->without_wires = r.without_wires;
  }
  tally_free(&r.tally);
  free(r.library);
  free(r.part);
  free(r.activity);
  return status;
}

const char *const *qy_validate_kinds(void)
{
  return component_kinds();
}
