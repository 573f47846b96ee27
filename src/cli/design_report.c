/* quarry describe design FILE: see design_report.h. */
#include "design_report.h"

#include "cli.h"
#include "indices.h"
#include "pictures.h"

#include "quarry/model.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { METRICS_MAX = 2, SEED = 1, TEXT = 400 };

static int threads(void)
{
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count < 1 ? 1 : count > QY_THREADS_MAX ? QY_THREADS_MAX : (int)count;
}

typedef struct chosen { /* what the request comes to */
  qy_plan *plan;
  qy_model *model;     /* of these points */
  int64_t point, over; /* over -1: none */
} chosen;

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

static void no_parameter(void *ctx, const char *key, const char *text, bool number)
{
  (void)ctx, (void)key, (void)text, (void)number;
}

static void put_parameters(table *t, const chosen *c, const qy_point *p)
{
  const qy_plan_info *info = qy_plan_get(c->plan);
  put_row(t, "point", NULL, (double)p->index, "");
  put_row(t, "design", qy_plan_design_parameters(c->plan, p->design, no_parameter, NULL), 0, "");
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
    const bool level = strcmp(info->unit, "dB") == 0; /* a ratio itself */
    if (isnan(row[m].value) || (c->over >= 0 && level)) continue;
    char text[80];
    const int total = c->over < 0 ? total_of(m) : -1;
    snprintf(text, sizeof text, "%s%s", info->name, c->over >= 0 ? " ratio" : "");
    table_row(t, TEXT(text), NUMBER(row[m].value), TEXT(c->over >= 0 ? "" : info->unit), NUMBER(row[m].low),
              NUMBER(row[m].high), NUMBER(total >= 0 ? 100 * row[m].value / row[total].value : NAN));
  }
  table_print(t);
  return status;
}

/* ---- indices ---- */

/* For people; `output` gets the names of the metrics. */
static indices indices_of(const qy_indices *f, const int *metric, int count, const char *output[METRICS_MAX])
{
  for (int m = 0; m < count; m++)
    output[m] = qy_metric_table()[metric[m]].name;
  return (indices){
      .inputs = f->inputs, .outputs = (size_t)count, .input = f->name, .output = output, .index = f->index};
}

/* "RDM, 8 bit, 100 MHz (point 7)", "RDM, assigned, 100 MHz (point 9)", and the design's name alone */
static void point_text(char out[TEXT], char name[TEXT], const qy_plan *plan, const qy_point *p)
{
  snprintf(name, TEXT, "%s", qy_plan_design_parameters(plan, p->design, no_parameter, NULL));
  snprintf(out, TEXT, "%.300s, %.60s, %.6g MHz (point %" PRId64 ")", name,
           qy_plan_get(plan)->precision[p->precision].label, p->clock_mhz, p->index);
}

/* Bars of the output that is this metric. */
static qy_status draw_bars(const qy_plan *plan, const qy_model *model, int64_t point, int64_t over, const indices *f,
                           size_t output, int metric, const qy_plot_look *look, const char *stem, const char *gnuplot,
                           qy_error *err)
{
  char title[3 * TEXT], caption[3 * TEXT], one[TEXT], two[TEXT] = "", name_one[TEXT], name_two[TEXT] = "";
  qy_interval row;
  qy_point p, base = {0};
  const qy_metric_info *info = &qy_metric_table()[metric];
  qy_status status = qy_model_point(&p, model, point, err);
  if (!status && over >= 0) status = qy_model_point(&base, model, over, err);
  if (!status) status = qy_model_intervals(&row, model, point, over, &metric, 1, err);
  if (status) return status;
  point_text(one, name_one, plan, &p);
  if (over >= 0) point_text(two, name_two, plan, &base);
  snprintf(title, sizeof title, "%s of %s%s%s: what moves it?", info->label, name_one, over >= 0 ? " over " : "",
           name_two);
  snprintf(caption, sizeof caption,
           "%s: %s%s%s. %s%s %.4g%s%s, 90 %% between %.4g and %.4g. The %zu strongest of %zu constants and factors.",
           qy_plan_get(plan)->technology[p.technology]->name, one, over >= 0 ? " over " : "", two, info->label,
           over >= 0 ? " ratio" : "", row.value, over >= 0 || !info->unit[0] ? "" : " ", over >= 0 ? "" : info->unit,
           row.low, row.high, indices_shown(f, output), f->inputs);
  return indices_draw(f, output, title, caption, look, stem, gnuplot, err);
}

qy_status draw_design_tornado(const qy_plan *plan, const qy_model *model, int64_t point, int64_t over, int metric,
                              size_t samples, const qy_plot_look *look, const char *stem, const char *gnuplot,
                              qy_error *err)
{
  qy_indices f;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_status status = qy_model_sensitivity(&f, model, point, over, &metric, 1, samples, SEED, threads(), arena, err);
  if (!status) {
    const char *output[METRICS_MAX];
    const indices shown = indices_of(&f, &metric, 1, output);
    status = draw_bars(plan, model, point, over, &shown, 0, metric, look, stem, gnuplot, err);
  }
  qy_arena_free(arena);
  return status;
}

/* The metric asked for, or area and energy. */
static qy_status metrics_of(int metric[METRICS_MAX], int *count, const chosen *c, const design_request *q,
                            qy_error *err)
{
  qy_point p;
  *count = 1;
  if (q->metric) {
    const char *all[QY_METRIC_COUNT];
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      all[m] = qy_metric_table()[m].name;
    if ((metric[0] = qy_metric_find(q->metric)) >= 0) return QY_OK;
    const char *nearest = qy_nearest(q->metric, all, QY_METRIC_COUNT);
    return qy_fail(err, QY_BAD_INPUT,
                   "--metric: expected a metric that `quarry list metrics` shows, found \"%s\"%s%s%s", q->metric,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  qy_status status = qy_model_point(&p, c->model, c->point, err);
  if (status) return status;
  *count = 2;
  metric[0] = QY_AREA_UM2;
  metric[1] = isnan(p.metric[QY_ENERGY_UJ]) ? QY_ENERGY_PER_PRODUCT_FJ : QY_ENERGY_UJ;
  return QY_OK;
}

static qy_status print_sensitivity(const chosen *c, const design_request *q, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"result", "value", "p05", "p95"};
  int metric[METRICS_MAX], count;
  qy_indices f;
  qy_interval row[METRICS_MAX];
  qy_status status = metrics_of(metric, &count, c, q, err);
  if (!status)
    status = qy_model_sensitivity(&f, c->model, c->point, c->over, metric, count, (size_t)q->samples, SEED, threads(),
                                  arena, err);
  if (!status) status = qy_model_intervals(row, c->model, c->point, c->over, metric, count, err);
  if (status) return status;
  const char *output[METRICS_MAX];
  const indices shown = indices_of(&f, metric, count, output);
  if (q->format == FORMAT_TABLE) {
    table *t = table_new(q->format, 4, names);
    table_interval(t, 1, 2, 3);
    for (int m = 0; m < count; m++) {
      char text[80];
      snprintf(text, sizeof text, "%s%s", qy_metric_table()[metric[m]].name, c->over >= 0 ? " ratio" : "");
      table_row(t, TEXT(text), NUMBER(row[m].value), NUMBER(row[m].low), NUMBER(row[m].high));
    }
    table_print(t);
    putchar('\n');
  }
  if ((status = indices_print(&shown, q->format, err)) || !q->tornado) return status;
  return draw_bars(c->plan, c->model, c->point, c->over, &shown, (size_t)count - 1, metric[count - 1], q->look,
                   q->tornado, NULL, err);
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

static bool has_memory(const qy_point *p)
{
  return !isnan(p->metric[QY_TRAFFIC_BYTES]);
}

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
  if (has_memory(to->point)) table_text(to->t, l->bound_by);
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
    if (has_memory(to->point)) table_text(to->t, NULL);
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
  if (has_memory(&point)) names[columns++] = "bound_by";
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
  table_print(to.t);
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
  table_print(to.t);
  return status;
}

/* ---- bars of layers ---- */

enum { BARS_MAX = 200 };

typedef struct layer_bars {
  const qy_network *network;
  qy_arena *arena;                          /* of names with precisions, where layers differ; NULL: they do not */
  int metric, part[QY_METRIC_COUNT], parts; /* parts 0: the metric alone */
  const char *bar[BARS_MAX];
  double value[BARS_MAX][QY_METRIC_COUNT];
  size_t place[BARS_MAX]; /* of the layer in the network: the order of the bars */
  size_t count;
} layer_bars;

static size_t place_of(const qy_network *network, const char *layer)
{
  size_t i = 0;
  while (i < network->layer_count && strcmp(network->layer[i].name, layer) != 0)
    i++;
  return i;
}

/* "dw1", "dw1, w4a8" */
static const char *bar_name(const layer_bars *b, const qy_model_layer *l)
{
  char text[QY_PRECISION_TEXT];
  return b->arena ? qy_arena_format(b->arena, "%s, %s", l->layer->name, qy_precision_text(text, l->precision))
                  : l->layer->name;
}

static qy_status put_bar(void *ctx, const qy_model_layer *l, qy_error *err)
{
  layer_bars *b = ctx;
  if (b->count == BARS_MAX)
    return qy_fail(err, QY_BAD_INPUT, "layers: expected at most %d layers to draw, found more", BARS_MAX);
  const size_t place = place_of(b->network, l->layer->name);
  size_t at = b->count++;
  for (; at > 0 && b->place[at - 1] > place; at--) {
    b->bar[at] = b->bar[at - 1];
    b->place[at] = b->place[at - 1];
    memcpy(b->value[at], b->value[at - 1], sizeof b->value[at]);
  }
  double *value = b->value[at];
  if (!(b->bar[at] = bar_name(b, l))) return qy_no_memory(err);
  b->place[at] = place;
  if (b->metric == QY_TRAFFIC_BYTES)
    memcpy(value, l->moved_bytes, sizeof l->moved_bytes);
  else
    for (int p = 0; p < b->parts; p++)
      value[p] = l->metric[b->part[p]];
  return QY_OK;
}

/* What the bars are made of, and what each part is called. */
static void choose_parts(layer_bars *b, const char *name[QY_METRIC_COUNT], const qy_point *p)
{
  const int all = qy_metric_parts(b->metric, b->part);
  for (int i = 0; i < all; i++)
    if (!isnan(p->metric[b->part[i]])) b->part[b->parts++] = b->part[i];
  if (all == 0) b->part[b->parts++] = b->metric;
  for (int i = 0; i < b->parts; i++)
    name[i] = qy_metric_table()[b->part[i]].label;
  if (b->metric != QY_TRAFFIC_BYTES) return;
  b->parts = QY_MOVED_COUNT;
  for (int i = 0; i < b->parts; i++)
    name[i] = qy_moved_name(i);
}

static qy_status draw_layer_file(void *ctx, const qy_plot_look *look, qy_plot_format format, const char *stem,
                                 const char *gnuplot, char **text, qy_error *err)
{
  qy_bars *bars = ctx;
  bars->look = look;
  return qy_plot_bars(bars, format, stem, gnuplot, text, err);
}

static qy_status draw_layer_bars(const layer_bars *b, const char *const *name, const char *scope, const char *title,
                                 const char *caption, const qy_plot_look *look, const char *stem, const char *gnuplot,
                                 qy_error *err)
{
  const qy_metric_info *info = &qy_metric_table()[b->metric];
  double *values = qy_alloc((size_t)b->parts * b->count, sizeof *values);
  char label[TEXT];
  if (!values) return qy_no_memory(err);
  for (int p = 0; p < b->parts; p++)
    for (size_t i = 0; i < b->count; i++)
      values[(size_t)p * b->count + i] = b->value[i][p];
  snprintf(label, sizeof label, "%s%s%s (%s)", info->label, *scope ? " " : "", scope, info->unit);
  qy_bars bars = {.title = title,
                  .caption = caption,
                  .y_label = label,
                  .bar_count = b->count,
                  .part_count = (size_t)b->parts,
                  .bar = b->bar,
                  .part = name,
                  .values = values};
  qy_status status = draw_pictures(look, stem, gnuplot, draw_layer_file, &bars, err);
  free(values);
  return status;
}

qy_status draw_design_layers(const qy_plan *plan, const qy_model *model, int64_t point, int metric,
                             const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err)
{
  char title[3 * TEXT], caption[3 * TEXT], one[TEXT], design[TEXT];
  const char *name[QY_METRIC_COUNT];
  const qy_metric_info *info = &qy_metric_table()[metric];
  qy_point p;
  qy_arena *arena = qy_arena_new();
  layer_bars *b = arena ? qy_arena_alloc(arena, 1, sizeof *b) : NULL;
  qy_status status = b ? qy_model_point(&p, model, point, err) : qy_no_memory(err);
  if (!status) {
    b->metric = metric;
    b->network = qy_plan_get(plan)->network[p.network];
    b->arena = p.assignment ? arena : NULL;
    choose_parts(b, name, &p);
    point_text(one, design, plan, &p);
    snprintf(title, sizeof title, "%s of %s, layer by layer", info->label, design);
    snprintf(caption, sizeof caption, "%s, %s: %s. All layers: %.4g %s.",
             qy_plan_get(plan)->technology[p.technology]->name, qy_plan_get(plan)->network[p.network]->name, one,
             p.metric[metric], info->unit);
    status = qy_model_layers(model, point, put_bar, b, err);
  }
  if (!status)
    status =
        draw_layer_bars(b, name, qy_metric_scope(metric, !has_memory(&p)), title, caption, look, stem, gnuplot, err);
  qy_arena_free(arena);
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
  table_print(to.t);
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
    status = q->sensitivity ? print_sensitivity(&c, q, arena, &err)
             : q->layers    ? print_layers(&c, q->format, &err)
             : q->members   ? print_members(&c, q->format, &err)
             : q->parts     ? print_parts(&c, q->format, &err)
                            : print_point(&c, q->format, &err);
  qy_model_free(c.model);
  qy_arena_free(arena);
  return status ? report(status, &err) : EXIT_DONE;
}
