/* Each design by itself: see summary.h. */
#include "summary.h"

#include "cli.h"
#include "session.h"

#include "quarry/alloc.h"
#include "quarry/store_kept.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int summary_keys(const qy_plan_info *info, qy_key *keys)
{
  int count = 0;
  for (int k = 0; k < info->front_within_count; k++) {
    const qy_key key = plan_key(info->front_within[k], info);
    if (key != QY_KEY_DESIGN) keys[count++] = key;
  }
  keys[count++] = QY_KEY_DESIGN;
  return count;
}

/* ---- counting ---- */

/* Least or greatest; NaN: there is none. */
static double best_of(const double *value, const uint32_t *member, size_t count, bool greatest)
{
  double best = greatest ? -INFINITY : INFINITY;
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    const double x = value[member[i]];
    any |= !isnan(x);
    if (greatest)
      best = x > best ? x : best;
    else
      best = x < best ? x : best;
  }
  return any ? best : NAN;
}

static void count_group(summary *s, size_t g)
{
  const size_t first = s->groups.first[g], count = s->groups.first[g + 1] - first;
  const uint32_t *member = s->groups.member + first;
  summary_row *row = &s->row[g];
  row->count = count;
  for (size_t i = 0; i < count && s->on_front; i++)
    row->on_front += s->on_front[member[i]];
  for (size_t i = 0; i < count && s->points->chance; i++)
    row->robust += s->points->chance[member[i]] >= QY_ROBUST_SHARE;
  for (int m = 0; m < s->info->objective_count; m++) {
    const int metric = (int)s->info->objective[m];
    s->best[g * (size_t)s->info->objective_count + (size_t)m] =
        s->points->metric[metric]
            ? best_of(s->points->metric[metric], member, count, qy_metric_table()[metric].sense > 0)
            : NAN;
  }
}

static void *count_all(void *ctx)
{
  summary *s = ctx;
  s->status = qy_groups_make(&s->groups, s->points, s->key, s->key_count, &s->err);
  if (!s->status) {
    s->row = qy_alloc(s->groups.count, sizeof *s->row);
    s->best = qy_alloc(s->groups.count * (size_t)s->info->objective_count, sizeof *s->best);
    if (!s->row || !s->best) s->status = qy_no_memory(&s->err);
  }
  for (size_t g = 0; g < s->groups.count && !s->status; g++)
    count_group(s, g);
  return NULL;
}

void summary_start(summary *s, const qy_plan_info *info, const qy_points *points, const uint8_t *on_front,
                   bool threaded)
{
  *s = (summary){.info = info, .points = points, .on_front = on_front};
  s->key_count = summary_keys(info, s->key);
  s->runs = threaded && pthread_create(&s->thread, NULL, count_all, s) == 0;
  if (!s->runs) count_all(s);
}

static void wait_for(summary *s)
{
  if (s->runs) pthread_join(s->thread, NULL);
  s->runs = false;
}

void summary_free(summary *s)
{
  wait_for(s);
  qy_groups_free(&s->groups);
  free(s->row);
  free(s->best);
  *s = (summary){.info = NULL};
}

/* ---- the table ---- */

/* Feasible points of each group, where not all are stored: each count goes with a point of its group. */
static qy_status count_feasible(const summary *s, qy_store *store, int64_t id, qy_error *err)
{
  const qy_groups *groups = &s->groups;
  const qy_points *points = s->points;
  int64_t all = 0;
  qy_store_tally *tally = NULL;
  size_t count = 0, *place = qy_alloc(points->count, sizeof *place);
  qy_status status = place ? qy_store_feasible(&all, &tally, &count, store, id, err) : qy_no_memory(err);
  for (size_t g = 0; g < groups->count && place; g++) {
    s->row[g].count = 0;
    for (size_t i = groups->first[g]; i < groups->first[g + 1]; i++)
      place[groups->member[i]] = g;
  }
  for (size_t t = 0, i = 0; t < count && !status; t++) { /* both rise by the number of the point */
    while (i < points->count && (int64_t)points->point[i] < tally[t].point)
      i++;
    if (i < points->count && (int64_t)points->point[i] == tally[t].point)
      s->row[place[i]].count += (size_t)tally[t].feasible;
  }
  free(place);
  free(tally);
  return status;
}

/* A share of robust points among N draws is an estimate, so the column says of how many. */
static void add_rows(table *t, const summary *s)
{
  const int objectives = s->info->objective_count;
  for (size_t g = 0; g < s->groups.count; g++) {
    for (int k = 0; k < s->key_count; k++)
      table_text(t, s->points->label[s->key[k]][qy_groups_index(&s->groups, s->points, g, s->key[k])]);
    table_integer(t, (int64_t)s->row[g].count);
    if (s->info->stored != QY_STORED_SUMMARY) table_integer(t, (int64_t)s->row[g].on_front);
    if (s->points->chance) table_integer(t, (int64_t)s->row[g].robust);
    for (int m = 0; m < objectives; m++)
      table_number(t, s->best[g * (size_t)objectives + (size_t)m]);
  }
}

int summary_print(summary *s, qy_store *store, int64_t id, int format)
{
  const qy_plan_info *info = s->info;
  const char *names[QY_KEY_COUNT + 3 + 16];
  char text[16][80];
  int columns = 0;
  qy_error err = {0};
  wait_for(s);
  for (int k = 0; k < s->key_count; k++)
    names[columns++] = qy_key_name(s->key[k], &s->points->parameters);
  names[columns++] = "points";
  if (info->stored != QY_STORED_SUMMARY) names[columns++] = "on_front";
  if (s->points->chance) names[columns++] = "on_front_robust";
  for (int m = 0; m < info->objective_count; m++) {
    snprintf(text[m], sizeof *text, "best_%s", qy_metric_table()[info->objective[m]].name);
    names[columns++] = text[m];
  }
  table *t = table_new(format, columns, names);
  qy_status status = s->status;
  if (!status && qy_stored_partly(info->stored)) status = count_feasible(s, store, id, &err);
  if (!status && s->points->count) add_rows(t, s);
  table_print(t);
  return status ? report(status, s->status ? &s->err : &err) : EXIT_DONE;
}
