/* Groups of points, their labels and fronts: see points.h. */
#include "quarry/points.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"
#include "quarry/pareto.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

qy_status qy_groups_make(qy_groups *groups, const qy_points *points, const qy_key *keys, int key_count, qy_error *err)
{
  assert(groups && points && (keys || key_count == 0) && key_count >= 0 && key_count <= QY_KEY_COUNT);
  *groups = (qy_groups){.count = 1, .key_count = key_count};
  for (int k = 0; k < key_count; k++) {
    groups->key[k] = keys[k];
    groups->count *= points->label_count[keys[k]] ? points->label_count[keys[k]] : 1;
  }
  groups->first = qy_alloc(groups->count + 2, sizeof *groups->first);
  groups->member = qy_alloc(points->count, sizeof *groups->member);
  if (!groups->first || !groups->member) {
    qy_groups_free(groups);
    return qy_no_memory(err);
  }
  /* Counting sort; the counts sit two places up so that first[] is in place after the second pass. */
  for (int pass = 0; pass < 2; pass++) {
    for (size_t i = 0; i < points->count; i++) {
      size_t g = 0;
      for (int k = 0; k < key_count; k++)
        g = g * points->label_count[keys[k]] + points->key[keys[k]][i];
      if (pass == 0)
        groups->first[g + 2]++;
      else
        groups->member[groups->first[g + 1]++] = (uint32_t)i;
    }
    for (size_t g = 2; pass == 0 && g < groups->count + 2; g++)
      groups->first[g] += groups->first[g - 1];
  }
  return QY_OK;
}

void qy_groups_free(qy_groups *groups)
{
  assert(groups);
  free(groups->first);
  free(groups->member);
  *groups = (qy_groups){0};
}

size_t qy_groups_index(const qy_groups *groups, const qy_points *points, size_t g, qy_key key)
{
  assert(groups && points && g < groups->count);
  for (int k = groups->key_count; k-- > 0;) {
    size_t labels = points->label_count[groups->key[k]];
    if (labels == 0) return 0;
    if (groups->key[k] == key) return g % labels;
    g /= labels;
  }
  return 0;
}

enum { AMOUNT = 48 }; /* of a number with its unit */

/* A number of a parameter as people read it: sizes in KiB or MiB where they are whole ones, others with their unit
 * unless the name says it ("bits"). */
static const char *amount(char out[AMOUNT], const qy_points *points, qy_key key, size_t label)
{
  static const double kib = 1024;
  const char *text = points->label[key][label], *unit = points->unit[key];
  const double number = points->number[key][label];
  if (!unit || isnan(number)) return text;
  if (strcmp(unit, "B") == 0) {
    const bool large = number >= kib && fmod(number, kib) == 0,
               larger = number >= kib * kib && fmod(number, kib * kib) == 0;
    qy_print(out, AMOUNT, "%.17g %s",
             larger  ? number / (kib * kib)
             : large ? number / kib
                     : number,
             larger  ? "MiB"
             : large ? "KiB"
                     : unit);
    return out;
  }
  const char *name = qy_key_name(key, &points->parameters), *last = strstr(name, unit);
  if (last && strcmp(last + strlen(unit), "s") == 0) return text;
  snprintf(out, AMOUNT, "%.24s %s", text, unit);
  return out;
}

const char *qy_groups_label(char *out, size_t size, const qy_groups *groups, const qy_points *points, size_t g)
{
  assert(out && size > 0 && groups && points && g < groups->count);
  size_t at = 0;
  out[0] = '\0';
  for (int all = 0; all < 2 && at == 0; all++)
    for (int k = 0; k < groups->key_count; k++) {
      qy_key key = groups->key[k];
      if (points->label_count[key] < (all ? 1 : 2)) continue;
      const size_t label = qy_groups_index(groups, points, g, key);
      char number[AMOUNT];
      /* A value alone does not say of what. */
      const bool named = key >= QY_KEY_PARAMETER && groups->key_count > 1 && points->number[key];
      const char *text = named ? amount(number, points, key, label) : points->label[key][label];
      at = qy_append(out, size, at, "%s%s%s%s", at ? ", " : "", named ? qy_key_name(key, &points->parameters) : "",
                     named ? " " : "", text);
    }
  return out;
}

char *qy_groups_label_whole(const qy_groups *groups, const qy_points *points, size_t g)
{
  size_t size = 1;
  for (int k = 0; k < groups->key_count; k++) {
    const qy_key key = groups->key[k];
    if (points->label_count[key] == 0) continue;
    size += strlen(points->label[key][qy_groups_index(groups, points, g, key)]) + sizeof ",  " + AMOUNT;
    if (key >= QY_KEY_PARAMETER) size += strlen(qy_key_name(key, &points->parameters));
  }
  char *label = qy_alloc(size, 1);
  if (label) qy_groups_label(label, size, groups, points, g);
  return label;
}

/* ---- fronts ---- */

qy_status qy_points_front(uint8_t **on_front, const qy_points *points, const qy_groups *groups, const int *metrics,
                          int metric_count, qy_error *err)
{
  assert(on_front && points && groups && metrics && metric_count >= 1);
  size_t largest = 0;
  for (size_t g = 0; g < groups->count; g++)
    if (groups->first[g + 1] - groups->first[g] > largest) largest = groups->first[g + 1] - groups->first[g];
  uint8_t *flags = qy_alloc(points->count, 1), *part = qy_alloc(largest, 1);
  double *values = qy_alloc(largest * (size_t)metric_count, sizeof *values);
  const double *column[QY_OBJECTIVES_MAX];
  qy_status status = flags && part && values ? QY_OK : qy_no_memory(err);
  for (size_t g = 0; !status && g < groups->count; g++) {
    const uint32_t *member = groups->member + groups->first[g];
    size_t n = groups->first[g + 1] - groups->first[g], kept;
    for (int m = 0; m < metric_count; m++) {
      double sign = qy_metric_table()[metrics[m]].sense > 0 ? -1 : 1;
      double *to = values + (size_t)m * n;
      for (size_t i = 0; i < n; i++)
        to[i] = sign * points->metric[metrics[m]][member[i]];
      column[m] = to;
    }
    status = qy_pareto(part, &kept, column, metric_count, n, err);
    for (size_t i = 0; !status && i < n; i++)
      flags[member[i]] = part[i];
  }
  free(part);
  free(values);
  if (status) {
    free(flags);
    flags = NULL;
  }
  *on_front = flags;
  return status;
}
