/* Rows of packed columns by their names, for queries that group or order by these: see results.h.
 *
 * SQLite would copy each row with its texts into a sorter.  Here the rows that the plan leaves are listed, texts become
 * their ranks, and the list is sorted by counting, last name first, so that equal ones stay in the order of their ids.
 * Columns that are asked for are unpacked once, for all of the rows.
 */
#include "results.h"

#include "store_int.h"
#include "watch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct results_order {
  int64_t *id; /* of the rows, rising within an experiment */
  size_t count, room;
  uint32_t *row; /* which stands where */
  size_t at;
  double *value[CHUNK_COLUMNS]; /* of the rows; NULL: not asked for yet */
};

void results_order_free(results_cursor *c)
{
  results_order *o = c->order;
  if (!o) return;
  for (int p = 0; p < CHUNK_COLUMNS; p++)
    free(o->value[p]);
  free(o->id);
  free(o->row);
  free(o);
  c->order = NULL;
}

/* ---- columns ---- */

static int fill(double *out, results_cursor *c, int place)
{
  const results_order *o = c->order;
  chunk_reader *r = &c->reader;
  for (size_t i = 0; i < o->count;) {
    const int64_t experiment = o->id[i] >> STORE_KEY_SHIFT, base = experiment << STORE_KEY_SHIFT;
    const double *value;
    qy_error err = {0};
    const int code = results_open_reader(c, experiment);
    if (code != SQLITE_OK) return code;
    const int64_t batch = (o->id[i] - base) / r->batch_points, first = base + batch * r->batch_points;
    if (chunk_column(&value, r, batch, place, &err)) return results_fail(c->base.pVtab, &err);
    for (; i < o->count && o->id[i] >= first && o->id[i] - first < r->batch_points; i++)
      out[i] = value[o->id[i] - first];
  }
  return SQLITE_OK;
}

int results_order_values(const double **values, results_cursor *c, int place)
{
  double **own = &c->order->value[place];
  int code = SQLITE_OK;
  if (!*own) {
    *own = watch_new_column(c->order->count + 1);
    code = *own ? fill(*own, c, place) : SQLITE_NOMEM;
  }
  *values = *own;
  return code;
}

/* ---- ranks ---- */

/* Codes of names by their places in a list, so that not every row looks a text up. */
typedef struct codes {
  uint32_t *of;       /* 0: not known yet */
  size_t count;       /* of the list */
  int64_t experiment; /* of designs: whose list it is */
} codes;

/* Of a name: one above the number of its text; 0: it has none. */
static int code_of(uint32_t *code, codes *known, results_cursor *c, int names, int64_t key)
{
  results_table *t = (results_table *)c->base.pVtab;
  const results_name *name;
  const int found = results_name_find(&name, t, names, key);
  const results_names *n = &t->names[names];
  *code = 0;
  if (found != SQLITE_OK || !name || !name->text) return found;
  if (!known->of || known->count != n->count || known->experiment != n->experiment) {
    free(known->of);
    *known = (codes){qy_alloc(n->count + 1, sizeof *known->of), n->count, n->experiment};
    if (!known->of) return SQLITE_NOMEM;
  }
  uint32_t *at = &known->of[name - n->name];
  if (!*at) *at = (uint32_t)qy_text_index_find(&t->texts, name->text) + 1;
  *code = *at;
  return SQLITE_OK;
}

static int find_codes(uint32_t *code, results_cursor *c, int column)
{
  const results_order *o = c->order;
  const results_column *of = &((results_table *)c->base.pVtab)->column[column];
  const double *value = NULL;
  codes known = {NULL, 0, 0};
  int place[2], found = SQLITE_OK;
  int64_t last = -1;
  uint32_t last_code = 0;
  const bool whose = !results_places(place, of);
  if (!whose) found = results_order_values(&value, c, place[0]);
  for (size_t i = 0; i < o->count && found == SQLITE_OK; i++) {
    const int64_t experiment = o->id[i] >> STORE_KEY_SHIFT;
    code[i] = 0;
    if (!whose && isnan(value[i])) continue;
    int64_t key = whose ? experiment : (int64_t)value[i];
    if (!whose && place[0] == CHUNK_DESIGN) key += experiment << STORE_KEY_SHIFT;
    if (key != last) found = code_of(&last_code, &known, c, of->place, key);
    last = key;
    code[i] = last_code;
  }
  free(known.of);
  return found;
}

static int by_text(const void *p, const void *q, void *texts)
{
  const char *const *text = texts;
  return strcmp(text[*(const uint32_t *)p], text[*(const uint32_t *)q]);
}

/* Ranks by codes: 0 has no name and comes first, others as their bytes compare, downwards the other way round. */
static uint32_t *ranks_of(const qy_text_index *texts, bool down)
{
  const size_t count = texts->count;
  uint32_t *rank = malloc((count + 1) * sizeof *rank), *order = malloc((count + 1) * sizeof *order);
  for (size_t i = 0; i < count && order; i++)
    order[i] = (uint32_t)i;
  if (order && count) qsort_r(order, count, sizeof *order, by_text, texts->text);
  for (size_t i = 0; i < count && order && rank; i++)
    rank[order[i] + 1] = (uint32_t)(down ? count - 1 - i : i + 1);
  if (rank) rank[0] = down ? (uint32_t)count : 0;
  if (!order) {
    free(rank);
    rank = NULL;
  }
  free(order);
  return rank;
}

/* ---- sorting ---- */

/* Rows by rising ranks of their codes, equal ones as they were. */
static int sort_by(uint32_t *to, const uint32_t *from, size_t count, const uint32_t *code, const uint32_t *rank,
                   size_t ranks)
{
  size_t *next = qy_alloc(ranks + 1, sizeof *next);
  if (!next) return SQLITE_NOMEM;
  for (size_t i = 0; i < count; i++)
    next[rank[code[i]] + 1]++;
  for (size_t k = 0; k < ranks; k++)
    next[k + 1] += next[k];
  for (size_t i = 0; i < count; i++)
    to[next[rank[code[from[i]]]]++] = from[i];
  free(next);
  return SQLITE_OK;
}

static int sort_term(uint32_t *to, uint32_t *code, results_cursor *c, const results_term *term)
{
  const qy_text_index *texts = &((results_table *)c->base.pVtab)->texts;
  int found = find_codes(code, c, term->column);
  uint32_t *rank = found == SQLITE_OK ? ranks_of(texts, term->down) : NULL;
  if (found == SQLITE_OK && !rank) found = SQLITE_NOMEM;
  if (found == SQLITE_OK) found = sort_by(to, c->order->row, c->order->count, code, rank, texts->count + 1);
  free(rank);
  return found;
}

static int sort_rows(results_cursor *c)
{
  results_order *o = c->order;
  uint32_t *to = malloc((o->count + 1) * sizeof *to), *code = malloc((o->count + 1) * sizeof *code);
  o->row = malloc((o->count + 1) * sizeof *o->row);
  int found = to && code && o->row ? SQLITE_OK : SQLITE_NOMEM;
  for (size_t i = 0; i < o->count && o->row; i++)
    o->row[i] = (uint32_t)i;
  for (int t = c->terms; t-- > 0 && found == SQLITE_OK;) {
    found = sort_term(to, code, c, &c->term[t]);
    uint32_t *swap = o->row;
    o->row = to;
    to = swap;
  }
  free(to);
  free(code);
  return found;
}

static void stand(results_cursor *c)
{
  const results_order *o = c->order;
  if (o->at == o->count) return;
  c->row = o->row[o->at];
  c->id = o->id[c->row];
}

void results_order_next(results_cursor *c)
{
  c->order->at++;
  stand(c);
}

bool results_order_ended(const results_cursor *c)
{
  return c->order->at >= c->order->count;
}

int results_order_make(results_cursor *c, int (*step)(results_cursor *c))
{
  int code = SQLITE_OK;
  results_order *o = qy_alloc(1, sizeof *o);
  if (!o) return SQLITE_NOMEM;
  while (c->at < c->stretches && code == SQLITE_OK) {
    void *grown = o->id;
    if (!c->stretch[c->at].experiment)
      code = SQLITE_SCHEMA; /* rows since the plan was made: SQLite makes another */
    else if (o->count == UINT32_MAX || qy_grow(&grown, &o->room, o->count + 1, sizeof *o->id))
      code = SQLITE_NOMEM;
    o->id = grown;
    if (code != SQLITE_OK) break;
    o->id[o->count++] = c->id;
    code = step(c);
  }
  c->order = o; /* from here on the rows are those listed */
  if (code == SQLITE_OK) code = sort_rows(c);
  if (code == SQLITE_OK) stand(c);
  return code;
}

/* Without experiments that are stored as rows, and of so many points that the list is soon made: limits of a query are
 * not looked at meanwhile. */
static bool has_only_columns(sqlite3 *db)
{
  sqlite3_stmt *read = NULL;
  int code = sqlite3_prepare_v2(db,
                                "SELECT count(*) = total(store = 'columns') AND total(points) < 2e7 FROM "
                                "main.experiment",
                                -1, &read, NULL);
  if (code == SQLITE_OK) code = sqlite3_step(read);
  const bool only = code == SQLITE_ROW && sqlite3_column_int(read, 0);
  sqlite3_finalize(read);
  return only;
}

bool results_order_fits(const results_table *t, sqlite3_index_info *info)
{
  enum { BY_ORDER, BY_GROUP }; /* what SQLite wants it for; different rows it finds as fast in any order */
  bool fits =
      t->points && info->nOrderBy > 0 && info->nOrderBy <= TERMS_MOST && sqlite3_vtab_distinct(info) <= BY_GROUP;
  for (int i = 0; i < info->nOrderBy && fits; i++) {
    const int column = info->aOrderBy[i].iColumn;
    fits = column >= 0 && t->column[column].source == FROM_NAME;
  }
  return fits && has_only_columns(t->db);
}
