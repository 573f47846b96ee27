/* The JSON that an experiment leaves in the database: objectives, front groups, plots.  See session.h. */
#include "session.h"

#include "session_plots.h"

#include "quarry/text.h"

#include <stdio.h>
#include <string.h>

static const char *metric_name(int metric)
{
  return qy_metric_table()[metric].name;
}

/* Names are letters, digits, '.', '_' and '-' (the reader checks), so no JSON escapes are needed. */
static const char *json_list(const char *const *names, int count, qy_arena *arena)
{
  const char *text = "[";
  for (int i = 0; text && i < count; i++)
    text = qy_arena_format(arena, "%s%s\"%s\"", text, i ? "," : "", names[i]);
  return text ? qy_arena_format(arena, "%s]", text) : NULL;
}

/* A JSON string, quotes and escapes included. */
static const char *json_text(const char *text, qy_arena *arena)
{
  qy_text json = {0};
  qy_text_json(&json, text);
  const char *out = json.failed ? NULL : qy_arena_text(arena, json.data, json.length);
  qy_text_free(&json);
  return out;
}

const char *plan_objectives_json(const qy_plan_info *info, qy_arena *arena)
{
  const char *names[16];
  for (int i = 0; i < info->objective_count; i++)
    names[i] = metric_name((int)info->objective[i]);
  return json_list(names, info->objective_count, arena);
}

static const char *axis_name(int metric, const char *key)
{
  return key ? key : metric_name(metric);
}

/* What some kinds of plots have beside the others. */
static const char *kind_json(const qy_plot_request *p, qy_arena *arena)
{
  const char *text = p->points ? qy_arena_format(arena, ",\"points\":\"%s\"", p->points) : "";
  if (text && strcmp(p->kind, "heatmap") == 0)
    text = qy_arena_format(arena, "%s,\"colour\":\"%s\",\"colour_log\":%d,\"bins\":%d", text, metric_name(p->colour),
                           p->colour_log, p->bins);
  if (text && p->axis_count) {
    const char *names[QY_PLOT_AXES_MAX];
    for (int a = 0; a < p->axis_count; a++)
      names[a] = axis_name(p->axis[a], p->axis_key[a]);
    const char *axes = json_list(names, p->axis_count, arena);
    text = axes ? qy_arena_format(arena, "%s,\"axes\":%s", text, axes) : NULL;
  }
  return text;
}

/* "title":"none",... */
static const char *style_json(const qy_plot_style *style, qy_arena *arena)
{
  const char *json = "";
  for (int o = 0; json && o < QY_STYLE_COUNT; o++) {
    if (!style->said[o]) continue;
    const char *text = json_text(style->said[o], arena);
    json = text ? qy_arena_format(arena, "%s%s\"%s\":%s", json, *json ? "," : "", qy_style_table()[o].key, text) : NULL;
  }
  return json;
}

/* Plots that are drawn with the model and not from results alone, so that `quarry plot` can say which it leaves out. */
static const char *of_model_json(const qy_plan_info *info, qy_arena *arena)
{
  const char **names = qy_arena_alloc(arena, (size_t)info->plot_count + 1, sizeof *names);
  int count = 0;
  for (int i = 0; names && i < info->plot_count; i++)
    if (session_is_of_point(&info->plot[i]) || session_is_of_draws(&info->plot[i])) names[count++] = info->plot[i].name;
  return names ? json_list(names, count, arena) : NULL;
}

const char *plan_definition_json(const qy_plan_info *info, qy_arena *arena)
{
  const char *within = json_list(info->front_within, info->front_within_count, arena), *plots = "";
  for (int i = 0; plots && i < info->plot_count; i++) {
    const qy_plot_request *p = &info->plot[i];
    if (session_is_of_point(p) || session_is_of_draws(p))
      continue; /* they need a model: `quarry plot` has the results alone */
    const char *group = json_list(p->group, p->group_count, arena);
    const char *where = "";
    for (int w = 0; where && w < p->where_count; w++)
      where = qy_arena_format(arena, "%s%s\"%s\":\"%s\"", where, w ? "," : "", p->where_key[w], p->where_label[w]);
    const char *style = style_json(&p->style, arena);
    const char *more = kind_json(p, arena);
    if (!group || !where || !style || !more) return NULL;
    plots =
        qy_arena_format(arena,
                        "%s%s{\"name\":\"%s\",\"kind\":\"%s\",\"x\":\"%s\",\"y\":\"%s\",\"group\":%s,"
                        "\"x_log\":%d,\"y_log\":%d,\"panel\":%s%s%s,\"floor\":%s%s%s,\"where\":{%s},\"style\":{%s}%s}",
                        plots, *plots ? "," : "", p->name, p->kind, axis_name(p->x, p->x_key),
                        axis_name(p->y, p->y_key), group, p->x_log, p->y_log, p->panel ? "\"" : "",
                        p->panel ? p->panel : "null", p->panel ? "\"" : "", p->has_floor ? "\"" : "",
                        p->has_floor ? metric_name(p->floor) : "null", p->has_floor ? "\"" : "", where, style, more);
  }
  /* Read back by qy_points_read. */
  const char *on_chip = info->on_chip ? ",\"on_chip\":true" : "";
  const char *noise = info->noise_source ? json_text(info->noise_source, arena) : "null";
  const char *of_model = of_model_json(info, arena);
  return within && plots && noise && of_model
             ? qy_arena_format(arena,
                               "{\"within\":%s,\"plots\":[%s]%s,\"of_model\":%s,\"noise\":%s,\"noise_sha256\":\"%s\"}",
                               within, plots, on_chip, of_model, noise, info->noise_sha256)
             : NULL;
}
