/* `quarry query where`: points and feasible ones at each value of what was varied, why the others are infeasible.  The
 * points are read once: a query that groups them sorts the texts of each axis. */
#include "questions_int.h"

#include "query_rows.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KINDS = 3 }; /* texts, whole numbers, real numbers; none of these: NULL */
static const int type_of[KINDS] = {SQLITE_TEXT, SQLITE_INTEGER, SQLITE_FLOAT};

/* Points with one value of an axis. */
typedef struct share {
  const char *value; /* the arena's; NULL: SQL NULL */
  int type;
  int64_t points, feasible;
  double first; /* least number of a point */
} share;

/* A column: an axis, or the reasons. */
typedef struct column {
  const char *name;
  qy_text_index known[KINDS];
  size_t *of[KINDS], room[KINDS]; /* [known]: its share */
  size_t none;                    /* share of NULL, plus 1; 0: none yet */
  share *shares;
  size_t count, capacity;
  qy_store_value last; /* value of the point before, at the share `same`, where count > 0 */
  size_t same;
} column;

typedef struct tally {
  const asking *a;
  column *columns;
  size_t axes; /* columns but the last: reasons */
  bool failed;
} tally;

static bool is_null(const qy_store_value *v)
{
  return !v->text && isnan(v->number);
}

static int kind_of(const qy_store_value *v)
{
  return !v->text ? 2 : isnan(v->number) ? 0 : 1;
}

/* The number of the share of a value, SIZE_MAX: out of memory.  Real numbers are known by their bits, -0 as 0. */
static size_t share_of(column *c, const qy_store_value *v, qy_arena *arena)
{
  char bits[2 * sizeof v->number + 1], exact[QY_NUMBER_EXACT];
  void *shares = c->shares;
  size_t *to = &c->none, known = 0;
  if (!is_null(v)) {
    const int kind = kind_of(v);
    const char *key = v->text;
    const double number = v->number + 0.0;
    uint64_t word;
    memcpy(&word, &number, sizeof word);
    if (!key) snprintf(bits, sizeof bits, "%016" PRIx64, word);
    known = qy_text_index_find(&c->known[kind], key ? key : bits);
    if (known == SIZE_MAX) {
      void *of = c->of[kind];
      const char *own = qy_arena_text(arena, key ? key : bits, strlen(key ? key : bits));
      known = own ? qy_text_index_add(&c->known[kind], own) : SIZE_MAX;
      if (known == SIZE_MAX || qy_grow(&of, &c->room[kind], known + 1, sizeof *c->of[kind])) return SIZE_MAX;
      c->of[kind] = of;
      c->of[kind][known] = 0;
    }
    to = &c->of[kind][known];
  }
  if (*to) return *to - 1;
  if (qy_grow(&shares, &c->capacity, c->count + 1, sizeof *c->shares)) return SIZE_MAX;
  c->shares = shares;
  share *s = &c->shares[c->count];
  *s = (share){.type = is_null(v) ? SQLITE_NULL : type_of[kind_of(v)], .first = INFINITY};
  if (!is_null(v)) {
    const char *said = v->text ? v->text : qy_number_exact(exact, v->number);
    s->value = qy_arena_text(arena, said, strlen(said));
    if (!s->value) return SIZE_MAX;
  }
  *to = ++c->count;
  return c->count - 1;
}

/* Points beside each other differ in few axes; a real number only may be as the one before without a text. */
static bool is_last(const column *c, const qy_store_value *v)
{
  const double before = c->last.number;
  return c->count > 0 && !v->text && !c->last.text && (v->number == before || (isnan(v->number) && isnan(before)));
}

static int point_row(void *ctx, const qy_store_value *value)
{
  tally *t = ctx;
  const qy_store_value *reason = &value[t->axes], *point = &value[t->axes + 1];
  const bool feasible = is_null(reason);
  for (size_t i = 0; i <= t->axes; i++) {
    column *c = &t->columns[i];
    if (i == t->axes && feasible) break;
    if (!is_last(c, &value[i])) c->same = share_of(c, &value[i], t->a->arena);
    t->failed = c->same == SIZE_MAX;
    if (t->failed) return 1;
    c->last = (qy_store_value){.text = value[i].text ? "" : NULL, .number = value[i].number};
    share *s = &c->shares[c->same];
    s->points++;
    s->feasible += feasible;
    if (point->number < s->first) s->first = point->number;
  }
  return 0;
}

static int by_first(const void *a, const void *b)
{
  const share *x = a, *y = b;
  return (x->first > y->first) - (x->first < y->first);
}

static int by_name(const void *a, const void *b)
{
  const column *x = a, *y = b;
  return strcmp(x->name, y->name);
}

static void print_columns(const tally *t, query_rows *out)
{
  static const char *const names[] = {"axis", "value", "points", "feasible"};
  query_rows_head(out, 4, names);
  for (size_t i = 0; i <= t->axes; i++) {
    column *c = &t->columns[i];
    if (c->count) qsort(c->shares, c->count, sizeof *c->shares, by_first);
    for (const share *s = c->shares; s < c->shares + c->count; s++) {
      char points[24], feasible[24];
      snprintf(points, sizeof points, "%" PRId64, s->points);
      snprintf(feasible, sizeof feasible, "%" PRId64, s->feasible);
      const char *const value[] = {c->name, s->value, points, feasible};
      const size_t length[] = {strlen(c->name), s->value ? strlen(s->value) : 0, strlen(points), strlen(feasible)};
      const int type[] = {SQLITE_TEXT, s->type, SQLITE_INTEGER, SQLITE_INTEGER};
      if (query_rows_values(out, 4, names, value, length, type)) return;
    }
  }
}

/* The axes, those that follow from others behind them in order of their names, the reasons. */
static qy_status columns_make(tally *t, qy_text *sql, qy_error *err)
{
  const asking *a = t->a;
  const size_t following = question_following(NULL, a);
  t->columns = qy_arena_alloc(a->arena, a->axes + following + 1, sizeof *t->columns);
  const char **name = qy_arena_alloc(a->arena, following + 1, sizeof *name);
  if (!t->columns || !name) return qy_no_memory(err);
  for (size_t i = 0; i < a->axes; i++)
    t->columns[i] = (column){.name = a->axis[i].name};
  question_following(name, a);
  for (size_t i = 0; i < following; i++)
    t->columns[a->axes + i] = (column){.name = name[i]};
  t->axes = a->axes + following;
  if (following) qsort(t->columns + a->axes, following, sizeof *t->columns, by_name);
  t->columns[t->axes] = (column){.name = "infeasible"};
  for (size_t i = 0; i <= t->axes; i++)
    qy_text_add(sql, "%s\"%s\"", i ? ", " : "SELECT ", t->columns[i].name);
  qy_text_add(sql, ", point FROM (%s)", a->points);
  return sql->failed ? qy_no_memory(err) : QY_OK;
}

qy_status question_where(asking *a, char **operand, qy_error *err)
{
  (void)operand;
  tally t = {.a = a};
  query_rows out = {.format = a->format};
  qy_text sql = {0};
  qy_status status = columns_make(&t, &sql, err);
  if (!status) status = query_rows_units(&out, a->store, err);
  if (!status) status = qy_store_query_values(a->store, sql.data, point_row, &t, err);
  if (!status && t.failed) status = qy_no_memory(err);
  if (!status) {
    print_columns(&t, &out);
    query_rows_end(&out, true);
  }
  for (size_t i = 0; t.columns && i <= t.axes; i++) {
    column *c = &t.columns[i];
    for (int k = 0; k < KINDS; k++) {
      qy_text_index_free(&c->known[k]);
      free(c->of[k]);
    }
    free(c->shares);
  }
  qy_text_free(&sql);
  return status;
}
