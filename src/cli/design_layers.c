/* A point as bars, one a layer: see design_report.h. */
#include "design_report_int.h"

#include "cli.h"
#include "pictures.h"
#include "quarry/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
  char label[DESIGN_TEXT];
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
  char title[3 * DESIGN_TEXT], caption[3 * DESIGN_TEXT], one[DESIGN_TEXT], design[DESIGN_TEXT];
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
    design_point_text(one, design, plan, &p);
    snprintf(title, sizeof title, "%s of %s, layer by layer", info->label, design);
    qy_print(caption, sizeof caption, "%s, %s: %s. All layers: %.4g %s.",
             qy_plan_get(plan)->technology[p.technology]->name, qy_plan_get(plan)->network[p.network]->name, one,
             p.metric[metric], info->unit);
    status = qy_model_layers(model, point, put_bar, b, err);
  }
  if (!status)
    status = draw_layer_bars(b, name, qy_metric_scope(metric, !design_has_memory(&p)), title, caption, look, stem,
                             gnuplot, err);
  qy_arena_free(arena);
  return status;
}
