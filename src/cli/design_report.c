/* quarry describe design FILE: see design_report.h. */
#include "design_report_int.h"

#include "cli.h"

#include "quarry/decimal.h"
#include "quarry/model.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void no_parameter(void *ctx, const char *key, const char *text, bool number)
{
  (void)ctx, (void)key, (void)text, (void)number;
}

const char *design_name(const qy_plan *plan, const qy_point *p)
{
  return qy_plan_design_parameters(plan, p->design, no_parameter, NULL);
}

void design_point_text(char out[DESIGN_TEXT], char name[DESIGN_TEXT], const qy_plan *plan, const qy_point *p)
{
  snprintf(name, DESIGN_TEXT, "%s", design_name(plan, p));
  qy_print(out, DESIGN_TEXT, "%.300s, %.60s, %.6g MHz (point %" PRId64 ")", name,
           qy_plan_get(plan)->precision[p->precision].label, p->clock_mhz, p->index);
}

bool design_has_memory(const qy_point *p)
{
  return !isnan(p->metric[QY_TRAFFIC_BYTES]);
}

static qy_status find_points(chosen *c, const design_request *q, qy_arena *arena, qy_error *err)
{
  if ((q->point >= 0) == (q->design != NULL))
    return qy_fail(err, QY_BAD_INPUT, "describe design: expected --point N, or --design NAME with --at, found %s",
                   q->design ? "both" : "neither");
  if (q->at && !q->design) return qy_fail(err, QY_BAD_INPUT, "describe design: expected --design beside --at");
  c->over = -1;
  c->point = q->point;
  const char *file = place_experiment(q->file, arena, err);
  qy_status status = file ? qy_plan_read(&c->plan, file, q->db_dir, arena, err) : err->status;
  if (!status && q->design) status = qy_plan_find_point(&c->point, c->plan, q->design, q->at, err);
  if (status || !q->over) return status;
  char *end;
  errno = 0;
  const long long number = strtoll(q->over, &end, 10);
  if (*q->over && !*end && !errno) {
    c->over = number;
    return number >= 0 ? QY_OK
                       : qy_fail(err, QY_BAD_INPUT, "--over: expected a point or a design, found \"%s\"", q->over);
  }
  return qy_model_find_partner(&c->over, c->plan, c->point, q->over, err);
}

/* Everything that is asked is asked of one model: each point is made ready and evaluated once. */
static qy_status choose(chosen *c, const design_request *q, qy_arena *arena, qy_error *err)
{
  qy_status status = find_points(c, q, arena, err);
  const int64_t points[] = {c->point, c->over};
  return status ? status : qy_model_new(&c->model, c->plan, points, c->over >= 0 ? 2 : 1, err);
}

static void put_row(table *t, const char *what, const char *text, double number, const char *unit)
{
  table_text(t, what);
  if (text)
    table_text(t, text);
  else
    table_number(t, number);
  table_text(t, unit);
  for (int k = 0; k < 3; k++)
    table_number(t, NAN);
}

static void put_parameter(void *ctx, const char *key, const char *text, bool number)
{
  (void)number;
  put_row(ctx, key, text, 0, "");
}

static void put_parameters(table *t, const chosen *c, const qy_point *p)
{
  const qy_plan_info *info = qy_plan_get(c->plan);
  put_row(t, "point", NULL, (double)p->index, "");
  put_row(t, "design", design_name(c->plan, p), 0, "");
  put_row(t, "technology", info->technology[p->technology]->name, 0, "");
  put_row(t, "network", info->network[p->network]->name, 0, "");
  const qy_plan_precision *precision = &info->precision[p->precision];
  const bool alike = precision->uniform && precision->all.weights == precision->all.activations;
  put_row(t, "precision", alike ? NULL : precision->label, precision->all.weights, alike ? "bit" : "");
  if (p->weight_bits > 0) put_row(t, "weight_bits", NULL, p->weight_bits, "bit");
  put_row(t, "clock_mhz", NULL, p->clock_mhz, "MHz");
  qy_plan_design_parameters(c->plan, p->design, put_parameter, t);
}

/* The sum that a metric is a term of, or -1. */
static int sum_with(int metric)
{
  const qy_metric_info *all = qy_metric_table();
  for (int total = 0; total < QY_METRIC_COUNT; total++)
    for (int i = 0; all[total].rule == QY_RULE_SUM && i < all[total].terms; i++)
      if (all[total].of[i] == metric) return total;
  return -1;
}

/* The total that a metric without parts of its own is a part of, or -1. */
static int total_of(int metric)
{
  int total = qy_metric_table()[metric].rule == QY_RULE_SUM ? -1 : sum_with(metric);
  while (total >= 0 && sum_with(total) >= 0)
    total = sum_with(total);
  return total;
}

/* Parameters, metrics with intervals, shares of the parts in their totals. */
static qy_status print_point(const chosen *c, int format, qy_error *err)
{
  static const char *const names[] = {"what", "value", "unit", "p05", "p95", "share_pct"};
  qy_interval row[QY_METRIC_COUNT];
  int metrics[QY_METRIC_COUNT];
  qy_point point;
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    metrics[m] = m;
  qy_status status = qy_model_point(&point, c->model, c->point, err);
  if (!status) status = qy_model_intervals(row, c->model, c->point, c->over, metrics, QY_METRIC_COUNT, err);
  if (status) return status;
  table *t = table_new(format, 6, names);
  table_interval(t, 1, 3, 4);
  table_row_unit(t, 2, 0);
  if (c->over < 0) {
    put_parameters(t, c, &point);
  } else {
    const int64_t number[] = {c->point, c->over};
    for (int i = 0; i < 2; i++) {
      table_row(t, TEXT(i ? "over point" : "point"), INTEGER(number[i]), TEXT(""));
      for (int k = 0; k < 3; k++)
        table_number(t, NAN);
    }
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const qy_metric_info *info = &qy_metric_table()[m];
    if (isnan(row[m].value) || (c->over >= 0 && qy_metric_is_level(m))) continue;
    char text[80];
    const int total = c->over < 0 ? total_of(m) : -1;
    snprintf(text, sizeof text, "%s%s", info->name, c->over >= 0 ? " ratio" : "");
    table_row(t, TEXT(text), NUMBER(row[m].value), TEXT(c->over >= 0 ? "" : info->unit), NUMBER(row[m].low),
              NUMBER(row[m].high), NUMBER(total >= 0 ? 100 * row[m].value / row[total].value : NAN));
  }
  table_print(t);
  return status;
}

/* ---- layers ---- */

enum { NARROW_NAMED = 5, LAYER_BITS = 5 /* columns */ };

typedef struct layer_table {
  table *t;
  const qy_point *point;
  double leakage_uj; /* of all layers so far */
  char narrow[240];  /* layers whose sums are wider than the accumulator */
  size_t narrow_at;
  int narrow_count;
} layer_table;

/* NAN: there is none. */
static double width(int bits)
{
  return bits > 0 ? (double)bits : (double)NAN;
}

/* A sum that the accumulator may not hold. */
static void add_narrow(layer_table *to, const qy_model_layer *l)
{
  const int missing = l->bits.accumulator > 0 ? l->bits.sum - l->bits.accumulator : 0;
  if (missing <= 0) return;
  if (++to->narrow_count <= NARROW_NAMED)
    to->narrow_at = qy_append(to->narrow, sizeof to->narrow, to->narrow_at, "%s%.30s by %d",
                              to->narrow_count > 1 ? ", " : "", l->layer->name, missing);
}

static void print_narrow(const layer_table *to)
{
  if (!to->narrow_count) return;
  say("note: sums of %d layer%s may be wider than the accumulator, in bits: %s%s\n", to->narrow_count,
      to->narrow_count > 1 ? "s" : "", to->narrow, to->narrow_count > NARROW_NAMED ? ", ..." : "");
}

static qy_status put_layer(void *ctx, const qy_model_layer *l, qy_error *err)
{
  layer_table *to = ctx;
  (void)err;
  add_narrow(to, l);
  to->leakage_uj += l->metric[QY_ENERGY_LEAKAGE_UJ];
  table_row(to->t, TEXT(l->layer->name), TEXT(qy_layer_type_name(l->layer->type)), TEXT(l->member));
  if (design_has_memory(to->point)) table_text(to->t, l->bound_by);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (qy_metric_of_layer(m) && !isnan(to->point->metric[m])) table_number(to->t, l->metric[m]);
  table_row(to->t, INTEGER(l->precision.weights), INTEGER(l->precision.activations), NUMBER(width(l->bits.sum)),
            NUMBER(width(l->bits.bias)), NUMBER(width(l->bits.accumulator)));
  return QY_OK;
}

/* What members of a pipeline leak while they wait for the slowest one: no layer's. */
static double waiting_uj(const layer_table *to)
{
  const double idle_uj = to->point->metric[QY_ENERGY_LEAKAGE_UJ] - to->leakage_uj;
  return idle_uj > 1e-9 * to->leakage_uj ? idle_uj : 0;
}

/* A last row of the point itself; above it what no layer takes.  In tables for people only: elsewhere each row is a
 * layer, and sums over them count nothing twice. */
static void put_total(const layer_table *to)
{
  const double idle_uj = waiting_uj(to);
  for (int total = idle_uj > 0 ? 0 : 1; total < 2; total++) {
    table_row(to->t, TEXT(total ? "total" : "waiting"), TEXT(NULL), TEXT(NULL));
    if (design_has_memory(to->point)) table_text(to->t, NULL);
    for (int m = 0; m < QY_METRIC_COUNT; m++) {
      if (!qy_metric_of_layer(m) || isnan(to->point->metric[m])) continue;
      const bool leaks = m == QY_ENERGY_UJ || m == QY_ENERGY_ONCHIP_UJ || m == QY_ENERGY_LEAKAGE_UJ;
      table_number(to->t, total ? to->point->metric[m] : leaks ? idle_uj : (double)NAN);
    }
    for (int k = 0; k < LAYER_BITS; k++)
      table_number(to->t, NAN);
  }
}

/* A row a layer: what a run of it takes and costs. */
static qy_status print_layers(const chosen *c, int format, qy_error *err)
{
  const char *names[9 + QY_METRIC_COUNT] = {"layer", "type", "member"};
  int columns = 3;
  qy_point point;
  qy_status status = qy_model_point(&point, c->model, c->point, err);
  if (status) return status;
  if (point.reason) return qy_fail(err, QY_BAD_INPUT, "expected a feasible point, found: %s", point.reason);
  if (design_has_memory(&point)) names[columns++] = "bound_by";
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (qy_metric_of_layer(m) && !isnan(point.metric[m])) names[columns++] = qy_metric_table()[m].name;
  names[columns++] = "weight_bits";
  names[columns++] = "activation_bits";
  names[columns++] = "sum_bits";
  names[columns++] = "bias_bits";
  names[columns++] = "accumulator_bits";
  layer_table to = {.t = table_new(format, columns, names), .point = &point};
  if (isnan(point.metric[QY_CYCLES]))
    return qy_fail(err, QY_BAD_INPUT, "describe design: expected a design that runs layers, found a single element");
  status = qy_model_layers(c->model, c->point, put_layer, &to, err);
  if (!status && format == FORMAT_TABLE) put_total(&to);
  table_finish(to.t, status);
  if (!status && format != FORMAT_TABLE && waiting_uj(&to) > 0)
    say("note: in no row are %.6g uJ that members leak while they wait for the slowest one\n", waiting_uj(&to));
  if (!status) print_narrow(&to);
  return status;
}

/* ---- members ---- */

typedef struct member_table {
  table *t;
  const qy_point *point;
  size_t layers;
} member_table;

static bool of_members(const qy_point *point, int metric)
{
  return !isnan(point->metric[metric]) && qy_metric_of_member(metric);
}

static qy_status put_member(void *ctx, const qy_model_member *m, qy_error *err)
{
  member_table *to = ctx;
  (void)err;
  to->layers += m->layers;
  table_row(to->t, TEXT(m->name), TEXT(m->accelerator), INTEGER((int64_t)m->layers));
  for (int k = 0; k < QY_METRIC_COUNT; k++)
    if (of_members(to->point, k)) table_number(to->t, m->metric[k]);
  return QY_OK;
}

/* A row a member, in a table for people a last one of the point itself. */
static qy_status print_members(const chosen *c, int format, qy_error *err)
{
  const char *names[3 + QY_METRIC_COUNT] = {"member", "accelerator", "layers"};
  int columns = 3;
  qy_point point;
  qy_status status = qy_model_point(&point, c->model, c->point, err);
  if (status) return status;
  if (point.reason) return qy_fail(err, QY_BAD_INPUT, "expected a feasible point, found: %s", point.reason);
  if (isnan(point.metric[QY_CYCLES]))
    return qy_fail(err, QY_BAD_INPUT, "describe design: expected a design that runs layers, found a single element");
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    if (of_members(&point, m)) names[columns++] = qy_metric_table()[m].name;
  member_table to = {.t = table_new(format, columns, names), .point = &point};
  status = qy_model_members(c->model, c->point, put_member, &to, err);
  if (!status && format == FORMAT_TABLE) {
    table_row(to.t, TEXT("total"), TEXT(NULL), INTEGER((int64_t)to.layers));
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      if (of_members(&point, m)) table_number(to.t, point.metric[m]);
  }
  table_finish(to.t, status);
  return status;
}

/* ---- parts ---- */

typedef struct item_table {
  table *t;
  const qy_point *point;
} item_table;

/* Share of the total that a figure is a part of; NAN: none. */
static double share_pct(double part, double total)
{
  return part > 0 && total > 0 ? 100 * part / total : NAN;
}

static qy_status put_item(void *ctx, const qy_model_item *i, qy_error *err)
{
  const item_table *to = ctx;
  const qy_item_info *info = &qy_item_table()[i->item];
  const double *all = to->point->metric;
  (void)err;
  const double area_um2 = info->uses & QY_USES_FPGA ? NAN : i->area_um2;
  table_row(to->t, TEXT(info->name), TEXT(i->member), NUMBER(i->count), TEXT(info->unit), NUMBER(area_um2),
            NUMBER(share_pct(i->area_um2, all[QY_AREA_UM2])), NUMBER(i->leakage_mw), NUMBER(i->energy_uj),
            NUMBER(share_pct(i->energy_uj, all[QY_ENERGY_UJ])), TEXT(info->help));
  return QY_OK;
}

/* What all parts leak while the design works: the energy that no event takes. */
static void put_leakage(table *t, const double *all)
{
  const double uj = all[QY_ENERGY_LEAKAGE_UJ];
  table_row(t, TEXT("leakage"), TEXT(NULL), NUMBER(NAN), TEXT(NULL), NUMBER(NAN), NUMBER(NAN), NUMBER(NAN), NUMBER(uj),
            NUMBER(share_pct(uj, all[QY_ENERGY_UJ])), TEXT("of all parts, as long as it takes"));
}

/* A row a part or event: how many, what they take and cost; and what leaks. */
static qy_status print_parts(const chosen *c, int format, qy_error *err)
{
  static const char *const names[] = {"item",     "member",     "count",     "unit",       "area_um2",
                                      "area_pct", "leakage_mw", "energy_uj", "energy_pct", "what"};
  qy_point point;
  qy_status status = qy_model_point(&point, c->model, c->point, err);
  if (status) return status;
  if (point.reason) return qy_fail(err, QY_BAD_INPUT, "expected a feasible point, found: %s", point.reason);
  if (isnan(point.metric[QY_CYCLES]))
    return qy_fail(err, QY_BAD_INPUT, "describe design: expected a design that runs layers, found a single element");
  item_table to = {.t = table_new(format, sizeof names / sizeof *names, names), .point = &point};
  status = qy_model_items(c->model, c->point, put_item, &to, err);
  if (!status) put_leakage(to.t, point.metric);
  table_finish(to.t, status);
  return status;
}

/* One question at a time; they stand in the order in which the message names them. */
static qy_status check_request(const design_request *q, qy_error *err)
{
  const struct {
    bool asked;
    const char *name;
  } question[] = {{q->layers, "layers"},
                  {q->members, "members"},
                  {q->parts, "parts"},
                  {q->sensitivity, "sensitivity"},
                  {q->over, "over"}};
  enum { QUESTIONS = sizeof question / sizeof *question, ALONE = 3 };
  if ((q->metric || q->tornado) && !q->sensitivity)
    return qy_fail(err, QY_BAD_INPUT, "describe design: expected --sensitivity beside --%s",
                   q->tornado ? "tornado" : "metric");
  for (int i = 0; i < ALONE; i++)
    for (int k = i + 1; question[i].asked && k < QUESTIONS; k++)
      if (question[k].asked)
        return qy_fail(err, QY_BAD_INPUT, "describe design: expected --%s alone, found it beside --%s",
                       question[i].name, question[k].name);
  return QY_OK;
}

int print_design(const design_request *q)
{
  chosen c = {0};
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? check_request(q, &err) : qy_no_memory(&err);
  if (!status) status = choose(&c, q, arena, &err);
  if (!status)
    status = q->sensitivity ? design_print_sensitivity(&c, q, arena, &err)
             : q->layers    ? print_layers(&c, q->format, &err)
             : q->members   ? print_members(&c, q->format, &err)
             : q->parts     ? print_parts(&c, q->format, &err)
                            : print_point(&c, q->format, &err);
  qy_model_free(c.model);
  qy_arena_free(arena);
  return status ? report(status, &err) : EXIT_DONE;
}
