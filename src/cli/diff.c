/* Matching the points of two experiments: see diff.h.
 *
 * What tells points apart is text (a design's parameters, sorted and without the nesting that older databases do not
 * have) or a number (the clock).  Each kind is ranked over both sides, so that points are then compared by a few
 * integers; both sides are sorted by them and merged: O(n log n) for n points.
 */
#include "diff.h"

#include "quarry/decimal.h"
#include "quarry/sort.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POINT, TECHNOLOGY, NETWORK, DESIGN, PRECISION, ASSIGNMENT, CLOCK, FEASIBLE, COLUMNS };
enum { KEYS = 6 }; /* TECHNOLOGY to CLOCK */

static const char *const key_name[] = {
    [TECHNOLOGY] = "technology", [NETWORK] = "network", [PRECISION] = "precision", [CLOCK] = "clock_mhz"};

/* The text behind each key of a kind, on both sides. */
typedef struct texts {
  size_t count, capacity;
  struct text {
    int64_t id;
    int side;
    uint32_t rank;
    char *text;
  } * row;
  int side;
  bool failed;
} texts;

static int text_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  texts *t = ctx;
  void *rows = t->row;
  if (qy_grow(&rows, &t->capacity, t->count + 1, sizeof *t->row)) return t->failed = true;
  t->row = rows;
  char *text = strdup(values[1] ? values[1] : "");
  if (!text) return t->failed = true;
  t->row[t->count++] = (struct text){.id = strtoll(values[0], NULL, 10), .side = t->side, .text = text};
  return 0;
}

static int by_text(const void *p, const void *q)
{
  const struct text *a = p, *b = q;
  return strcmp(a->text, b->text);
}

static int by_id(const void *p, const void *q)
{
  const struct text *a = p, *b = q;
  return a->side != b->side ? a->side - b->side : (a->id > b->id) - (a->id < b->id);
}

static const char *const text_sql[] = {
    [TECHNOLOGY] = "SELECT id, name FROM technology",
    [NETWORK] = "SELECT id, name FROM network",
    [DESIGN] = "SELECT d.id, d.name || char(10) || coalesce((SELECT group_concat(k || '=' || v, char(10)) FROM (SELECT "
               "replace(j.fullkey, '\"', '') AS k, j.atom AS v FROM json_tree(d.parameters) j WHERE j.type NOT IN "
               "('object', 'array') ORDER BY 1)), '') FROM design d WHERE d.id >= %" PRId64
               " << 40 AND d.id < (%" PRId64 " + 1) << 40",
    [PRECISION] = "SELECT id, label FROM precision",
    [ASSIGNMENT] =
        "SELECT point & 0xffffffffff, coalesce(assignment -> '$.layers', '') || coalesce(assignment -> "
        "'$.members', '') FROM assignment WHERE point >= %" PRId64 " << 40 AND point < (%" PRId64 " + 1) << 40",
};

/* Designs without the parameters that have one value in each side, other ones in the two. */
static qy_status cut_designs(const texts *t, diff_axes *axes, qy_error *err)
{
  diff_design *design = qy_alloc(t->count, sizeof *design);
  if (!design) return qy_no_memory(err);
  for (size_t i = 0; i < t->count; i++)
    design[i] = (diff_design){t->row[i].text, t->row[i].side};
  const qy_status status = diff_axes_cut(axes, design, t->count, err);
  free(design);
  return status;
}

static uint32_t rank_of(const texts *t, int side, int64_t id)
{
  const struct text wanted = {.id = id, .side = side};
  const struct text *found = t->count ? bsearch(&wanted, t->row, t->count, sizeof *t->row, by_id) : NULL;
  return found ? found->rank : 0;
}

static uint32_t *rank_at(const diff_side *side, size_t point, int kind)
{
  return &side->rank[point * KEYS + (size_t)(kind - TECHNOLOGY)];
}

/* Have all points of each side one rank of this kind, and is it another one? */
static bool is_constant(const diff_side side[2], int kind)
{
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < side[s].count; i++)
      if (*rank_at(&side[s], i, kind) != *rank_at(&side[s], 0, kind)) return false;
  return side[0].count && side[1].count && *rank_at(&side[0], 0, kind) != *rank_at(&side[1], 0, kind);
}

/* Points are no longer told apart by this kind; a, b: its value in the sides. */
static qy_status drop_kind(const diff_side side[2], diff_axes *axes, int kind, const char *a, const char *b,
                           qy_error *err)
{
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < side[s].count; i++)
      *rank_at(&side[s], i, kind) = 0;
  const char *first = qy_arena_text(axes->arena, a, strlen(a)), *second = qy_arena_text(axes->arena, b, strlen(b));
  return first && second ? diff_axes_add(axes, key_name[kind], first, second, err) : qy_no_memory(err);
}

static const char *text_of(const texts *t, const diff_side side[2], int s, int kind)
{
  const struct text wanted = {.id = (int64_t)side[s].column[kind][0], .side = s};
  const struct text *found = t->count ? bsearch(&wanted, t->row, t->count, sizeof *t->row, by_id) : NULL;
  return found ? found->text : "";
}

/* Ranks of one kind of text, from 1 on; 0: none. */
static qy_status rank_texts(diff_side side[2], int kind, diff_axes *axes, qy_error *err)
{
  texts t = {0};
  qy_status status = QY_OK;
  for (t.side = 0; t.side < 2 && !status; t.side++) {
    char sql[640];
    const int64_t id = side[t.side].id;
    /* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): a row of the table above */
    snprintf(sql, sizeof sql, text_sql[kind], id, id);
    status = qy_store_query(side[t.side].store, sql, text_row, &t, err);
    if (!status && t.failed) status = qy_no_memory(err);
  }
  if (!status && kind == DESIGN) status = cut_designs(&t, axes, err);
  if (!status && t.count) qsort(t.row, t.count, sizeof *t.row, by_text);
  for (size_t i = 0; i < t.count; i++)
    t.row[i].rank = i == 0 ? 1 : t.row[i - 1].rank + (strcmp(t.row[i].text, t.row[i - 1].text) != 0);
  if (t.count) qsort(t.row, t.count, sizeof *t.row, by_id);
  for (int s = 0; s < 2 && !status; s++)
    for (size_t i = 0; i < side[s].count; i++) {
      const double id = side[s].column[kind == ASSIGNMENT ? POINT : kind][i];
      *rank_at(&side[s], i, kind) = rank_of(&t, s, (int64_t)id);
    }
  if (!status && kind != ASSIGNMENT && kind != DESIGN && is_constant(side, kind))
    status = drop_kind(side, axes, kind, text_of(&t, side, 0, kind), text_of(&t, side, 1, kind), err);
  for (size_t i = 0; i < t.count; i++)
    free(t.row[i].text);
  free(t.row);
  return status;
}

static qy_status rank_clocks(diff_side side[2], diff_axes *axes, qy_error *err)
{
  const size_t all = side[0].count + side[1].count;
  double *value = qy_alloc(all, sizeof *value);
  size_t distinct = 0;
  if (!value) return qy_no_memory(err);
  for (int s = 0; s < 2; s++)
    if (side[s].count) memcpy(value + (s ? side[0].count : 0), side[s].column[CLOCK], side[s].count * sizeof *value);
  if (all) qsort(value, all, sizeof *value, qy_by_value);
  for (size_t i = 0; i < all; i++)
    if (distinct == 0 || value[i] != value[distinct - 1]) value[distinct++] = value[i];
  for (int s = 0; s < 2; s++)
    for (size_t i = 0; i < side[s].count; i++) {
      const double *at = bsearch(&side[s].column[CLOCK][i], value, distinct, sizeof *value, qy_by_value);
      *rank_at(&side[s], i, CLOCK) = at ? (uint32_t)(at - value) : 0;
    }
  free(value);
  if (!is_constant(side, CLOCK)) return QY_OK;
  char text[2][32];
  for (int s = 0; s < 2; s++)
    qy_print(text[s], sizeof text[s], "%.10g", side[s].column[CLOCK][0]);
  return drop_kind(side, axes, CLOCK, text[0], text[1], err);
}

static int by_rank(const void *p, const void *q, void *ctx)
{
  const diff_side *side = ctx;
  const uint32_t a = *(const uint32_t *)p, b = *(const uint32_t *)q;
  const uint32_t *ra = side->rank + (size_t)a * KEYS, *rb = side->rank + (size_t)b * KEYS;
  for (size_t k = 0; k < KEYS; k++)
    if (ra[k] != rb[k]) return ra[k] < rb[k] ? -1 : 1;
  return (a > b) - (a < b);
}

static qy_status read_side(diff_side *side, qy_error *err)
{
  char sql[400];
  snprintf(
      sql, sizeof sql,
      "SELECT id & 0xffffffffff, technology, network, design, coalesce(precision, 0), 0, clock_mhz, reason IS NULL "
      "FROM result WHERE id >= %" PRId64 " << 40 AND id < (%" PRId64 " + 1) << 40",
      side->id, side->id);
  qy_status status = qy_store_columns(side->store, sql, COLUMNS, side->column, &side->count, err);
  if (status) return status;
  side->rank = qy_alloc(side->count * KEYS, sizeof *side->rank);
  side->order = qy_alloc(side->count, sizeof *side->order);
  return side->rank && side->order ? QY_OK : qy_no_memory(err);
}

static void sort_side(diff_side *side)
{
  for (size_t i = 0; i < side->count; i++)
    side->order[i] = (uint32_t)i;
  if (side->count) qsort_r(side->order, side->count, sizeof *side->order, by_rank, side);
}

static int compare_points(const diff_side side[2], uint32_t a, uint32_t b)
{
  const uint32_t *ra = side[0].rank + (size_t)a * KEYS, *rb = side[1].rank + (size_t)b * KEYS;
  for (size_t k = 0; k < KEYS; k++)
    if (ra[k] != rb[k]) return ra[k] < rb[k] ? -1 : 1;
  return 0;
}

qy_status diff_match(diff_side side[2], diff_pairs *pairs, qy_error *err)
{
  *pairs = (diff_pairs){.axes = {.arena = qy_arena_new()}};
  qy_status status = pairs->axes.arena ? read_side(&side[0], err) : qy_no_memory(err);
  if (!status) status = read_side(&side[1], err);
  for (int kind = TECHNOLOGY; kind < CLOCK && !status; kind++)
    status = rank_texts(side, kind, &pairs->axes, err);
  if (!status) status = rank_clocks(side, &pairs->axes, err);
  if (status) return status;
  const size_t least = side[0].count < side[1].count ? side[0].count : side[1].count;
  pairs->pair = qy_alloc(least, sizeof *pairs->pair);
  for (int s = 0; s < 2; s++) {
    sort_side(&side[s]);
    pairs->only[s] = qy_alloc(side[s].count, sizeof *pairs->only[s]);
  }
  if (!pairs->pair || !pairs->only[0] || !pairs->only[1]) return qy_no_memory(err);
  for (size_t i = 0, j = 0; i < side[0].count || j < side[1].count;) {
    const int c = i == side[0].count   ? 1
                  : j == side[1].count ? -1
                                       : compare_points(side, side[0].order[i], side[1].order[j]);
    if (c < 0) {
      pairs->only[0][pairs->only_count[0]++] = side[0].order[i++];
    } else if (c > 0) {
      pairs->only[1][pairs->only_count[1]++] = side[1].order[j++];
    } else {
      pairs->pair[pairs->count][0] = side[0].order[i++];
      pairs->pair[pairs->count++][1] = side[1].order[j++];
    }
  }
  return QY_OK;
}

void diff_free(diff_side side[2], diff_pairs *pairs)
{
  for (int s = 0; s < 2; s++) {
    for (int c = 0; c < COLUMNS; c++)
      free(side[s].column[c]);
    free(side[s].rank);
    free(side[s].order);
    free(pairs->only[s]);
  }
  free(pairs->pair);
  free(pairs->axes.at);
  qy_arena_free(pairs->axes.arena);
}

int64_t diff_point(const diff_side *side, size_t place)
{
  return (int64_t)side->column[POINT][place];
}

bool diff_feasible(const diff_side *side, size_t place)
{
  return side->column[FEASIBLE][place] > 0;
}
