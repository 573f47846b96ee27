/* What SQLite asks of the virtual tables over all results, and which rows of packed columns answer: see results.h.
 *
 * A plan is a number, of the ends of ids, and a text: the columns that are read in hexadecimal, then "@" where the
 * experiment is given, "%" where a list of them is, then ":column,operator" for each filter.  Values come in this
 * order. At the end is ";column,1" for each name that rows come in the order of, 1 where downwards, else 0.
 */
#include "results.h"

#include "seal.h"
#include "store_int.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Ends of a stretch of ids; beside the last two: without the end itself. */
enum { HAS_EQUAL = 1, HAS_LOW = 2, HAS_HIGH = 4, IS_ABOVE = 8, IS_BELOW = 16 };

static results_source source_of(const results_table *t, int column)
{
  return column < 0 ? FROM_ID : t->column[column].source;
}

/* Which of the ends a constraint is; 0: none. */
static int end_of(const results_table *t, const struct sqlite3_index_constraint *c)
{
  if (!c->usable || source_of(t, c->iColumn) != FROM_ID) return 0;
  switch (c->op) {
  case SQLITE_INDEX_CONSTRAINT_EQ: return HAS_EQUAL;
  case SQLITE_INDEX_CONSTRAINT_GT: return HAS_LOW | IS_ABOVE;
  case SQLITE_INDEX_CONSTRAINT_GE: return HAS_LOW;
  case SQLITE_INDEX_CONSTRAINT_LT: return HAS_HIGH | IS_BELOW;
  case SQLITE_INDEX_CONSTRAINT_LE: return HAS_HIGH;
  default: return 0;
  }
}

static bool asks_for_null(int op)
{
  return op == SQLITE_INDEX_CONSTRAINT_ISNULL || op == SQLITE_INDEX_CONSTRAINT_ISNOTNULL;
}

/* Can packed rows be told apart by it?  Keys of designs are not packed as they are. */
static bool is_filter(const results_table *t, sqlite3_index_info *info, int i)
{
  const struct sqlite3_index_constraint *c = &info->aConstraint[i];
  if (!c->usable || c->iColumn < 0) return false;
  const results_column *column = &t->column[c->iColumn];
  const bool reason = column->source == FROM_NAME && column->place == NAMES_REASON;
  const bool number = column->source == FROM_RAW && column->place != CHUNK_DESIGN;
  if (asks_for_null(c->op)) return reason || number;
  if (column->source == FROM_NAME && column->place != NAMES_EXPERIMENT)
    return c->op == SQLITE_INDEX_CONSTRAINT_EQ && strcmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
  return number && (c->op == SQLITE_INDEX_CONSTRAINT_EQ || c->op == SQLITE_INDEX_CONSTRAINT_GT ||
                    c->op == SQLITE_INDEX_CONSTRAINT_GE || c->op == SQLITE_INDEX_CONSTRAINT_LT ||
                    c->op == SQLITE_INDEX_CONSTRAINT_LE);
}

/* Ends are exact, and so is whether there is a value; what else a filter leaves, SQLite looks at again. */
int results_best_index(sqlite3_vtab *table, sqlite3_index_info *info)
{
  const results_table *t = (const results_table *)table;
  int place = 0, filters = 0;
  bool whose = false, ordered = false;
  sqlite3_str *plan = sqlite3_str_new(t->db);
  sqlite3_str_appendf(plan, "%llx", (unsigned long long)info->colUsed);
  for (int wanted = HAS_EQUAL; wanted <= HAS_HIGH; wanted *= 2)
    for (int i = 0; i < info->nConstraint; i++) {
      const int end = end_of(t, &info->aConstraint[i]);
      if (!(end & wanted) || (info->idxNum & (wanted | HAS_EQUAL))) continue;
      info->aConstraintUsage[i].argvIndex = ++place;
      info->aConstraintUsage[i].omit = 1;
      info->idxNum |= end;
    }
  ordered = !(info->idxNum & HAS_EQUAL) && results_order_fits(t, info);
  for (int i = 0; i < info->nConstraint && !whose; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    whose = c->usable && source_of(t, c->iColumn) == FROM_EXPERIMENT && c->op == SQLITE_INDEX_CONSTRAINT_EQ;
    if (!whose) continue;
    info->aConstraintUsage[i].argvIndex = ++place;
    info->aConstraintUsage[i].omit = 1;
    /* A list as one value: rows of one experiment after another would not be in order. */
    sqlite3_str_appendchar(plan, 1, ordered && sqlite3_vtab_in(info, i, 1) ? '%' : '@');
  }
  for (int i = 0; i < info->nConstraint && filters < FILTERS_MOST; i++) {
    const struct sqlite3_index_constraint *c = &info->aConstraint[i];
    if (!is_filter(t, info, i) || (ordered && sqlite3_vtab_in(info, i, -1))) continue;
    filters++;
    info->aConstraintUsage[i].argvIndex = ++place;
    info->aConstraintUsage[i].omit = asks_for_null(c->op);
    sqlite3_str_appendf(plan, ":%d,%d", c->iColumn, c->op);
  }
  const double all = 1e6, part = 1e5, one = 10, left = 0.9;
  info->estimatedCost = info->idxNum & HAS_EQUAL ? one : info->idxNum || whose ? part : all;
  info->estimatedRows = info->idxNum & HAS_EQUAL ? 1 : (sqlite3_int64)info->estimatedCost;
  if (filters) info->estimatedCost *= left;
  if (info->idxNum & HAS_EQUAL) info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
  for (int i = 0; i < info->nOrderBy && ordered; i++)
    sqlite3_str_appendf(plan, ";%d,%d", info->aOrderBy[i].iColumn, info->aOrderBy[i].desc != 0);
  info->orderByConsumed =
      ordered || (info->nOrderBy == 1 && !info->aOrderBy[0].desc && source_of(t, info->aOrderBy[0].iColumn) == FROM_ID);
  info->idxStr = sqlite3_str_finish(plan);
  info->needToFreeIdxStr = 1;
  return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

/* ---- a plan with its values ---- */

static const results_range no_ids = {1, 0}, all_ids = {0, INT64_MAX};

/* Ids between which those stand that compare with a number so; a number is below every text. */
static results_range ids_of(sqlite3_value *value, int end, bool strict)
{
  const int type = sqlite3_value_numeric_type(value);
  if (type == SQLITE_NULL) return no_ids; /* nothing compares with it */
  if (type != SQLITE_INTEGER && type != SQLITE_FLOAT) return end == HAS_HIGH ? all_ids : no_ids;
  int64_t id = sqlite3_value_int64(value);
  bool whole = true;
  if (type == SQLITE_FLOAT) {
    const double x = sqlite3_value_double(value), above = 0x1p63;
    if (x >= above) return end == HAS_HIGH ? all_ids : no_ids;
    if (x < 0) return end == HAS_LOW ? all_ids : no_ids;
    id = (int64_t)x;
    whole = (double)id == x;
  }
  if (end == HAS_EQUAL) return whole ? (results_range){id, id} : no_ids;
  if (end == HAS_LOW && (strict || !whole)) return id == INT64_MAX ? no_ids : (results_range){id + 1, INT64_MAX};
  if (end == HAS_LOW) return (results_range){id, INT64_MAX};
  if (strict && whole) return id <= 0 ? no_ids : (results_range){0, id - 1};
  return (results_range){0, id};
}

results_range results_ids_of_experiment(sqlite3_value *value)
{
  const results_range id = ids_of(value, HAS_EQUAL, false);
  if (id.low > id.high || id.low < 0 || id.low > INT64_MAX >> STORE_KEY_SHIFT) return no_ids;
  const int64_t first = id.low << STORE_KEY_SHIFT;
  return (results_range){first, first + ((int64_t)1 << STORE_KEY_SHIFT) - 1};
}

void results_narrow(results_range *range, results_range by)
{
  if (by.low > range->low) range->low = by.low;
  if (by.high < range->high) range->high = by.high;
}

/* Numbers beyond which not every whole one is a double are left to SQLite, as other kinds than that of the column
 * are. */
static void set_filter(results_filter *f, const results_table *t, int column, int op, sqlite3_value *value)
{
  const int64_t exact = (int64_t)1 << 53;
  const int type = sqlite3_value_type(value);
  *f = (results_filter){.column = column, .op = op};
  if (asks_for_null(op)) return;
  if (t->column[column].source == FROM_NAME) {
    f->text = type == SQLITE_TEXT ? sqlite3_mprintf("%s", sqlite3_value_text(value)) : NULL;
    f->idle = !f->text;
    return;
  }
  f->number = sqlite3_value_double(value);
  const int64_t whole = type == SQLITE_INTEGER ? sqlite3_value_int64(value) : 0;
  f->idle = (type != SQLITE_INTEGER && type != SQLITE_FLOAT) || whole > exact || whole < -exact;
}

void results_filters_free(results_cursor *c)
{
  for (int f = 0; f < c->filters; f++)
    sqlite3_free(c->filter[f].text);
  c->filters = 0;
}

results_range results_plan_read(sqlite3_value **experiments, results_cursor *c, int plan, const char *text,
                                sqlite3_value **value)
{
  const results_table *t = (const results_table *)c->base.pVtab;
  results_range range = all_ids;
  char *at;
  for (int end = HAS_EQUAL; end <= HAS_HIGH; end *= 2) {
    if (!(plan & end)) continue;
    const bool strict = plan & (end == HAS_LOW ? IS_ABOVE : end == HAS_HIGH ? IS_BELOW : 0);
    results_narrow(&range, ids_of(*value++, end, strict));
  }
  c->used = strtoull(text, &at, 16);
  *experiments = *at == '%' ? *value : NULL;
  if (*at == '@') results_narrow(&range, results_ids_of_experiment(*value));
  if (*at == '@' || *at == '%') {
    value++;
    at++;
  }
  results_filters_free(c);
  while (*at == ':') {
    const int column = (int)strtol(at + 1, &at, 10), op = (int)strtol(at + 1, &at, 10);
    set_filter(&c->filter[c->filters++], t, column, op, *value++);
  }
  for (c->terms = 0; *at == ';'; c->terms++) {
    c->term[c->terms].column = (int)strtol(at + 1, &at, 10);
    c->term[c->terms].down = strtol(at + 1, &at, 10) != 0;
  }
  return range;
}

/* ---- rows that are left ---- */

static bool passes(double value, int op, double number)
{
  switch (op) {
  case SQLITE_INDEX_CONSTRAINT_ISNULL: return isnan(value);
  case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: return !isnan(value);
  case SQLITE_INDEX_CONSTRAINT_EQ: return value == number;
  case SQLITE_INDEX_CONSTRAINT_GT: return value > number;
  case SQLITE_INDEX_CONSTRAINT_GE: return value >= number;
  case SQLITE_INDEX_CONSTRAINT_LT: return value < number;
  default: return value <= number;
  }
}

/* Which rows of a column with these ends pass, without looking at them. */
typedef enum settled { SOME_PASS, NONE_PASSES, ALL_PASS } settled;
static settled settle(const results_filter *f, const column_range *r)
{
  if (!r->known || f->text) return SOME_PASS;
  if (asks_for_null(f->op) && r->none) return SOME_PASS;
  if (asks_for_null(f->op)) return f->op == SQLITE_INDEX_CONSTRAINT_ISNULL ? NONE_PASSES : ALL_PASS;
  const bool low = passes(r->low, f->op, f->number), high = passes(r->high, f->op, f->number);
  if (low && high && !r->none) return ALL_PASS; /* and with both ends all between them */
  const bool between = f->op == SQLITE_INDEX_CONSTRAINT_EQ && r->low < f->number && f->number < r->high;
  return low || high || between ? SOME_PASS : NONE_PASSES;
}

/* Keys mostly follow one another, so that the last answer is tried first. */
static int pick_by_name(results_cursor *c, const results_filter *f, int names, const double *values, int64_t base)
{
  results_table *t = (results_table *)c->base.pVtab;
  int64_t left = 0;
  double last = NAN;
  bool keep = false;
  for (int64_t i = 0; i < c->picked_count; i++) {
    const uint32_t row = c->picked[i];
    if (isnan(values[row])) continue;
    if (values[row] != last) {
      const results_name *name;
      const int code = results_name_find(&name, t, names, base + (int64_t)values[row]);
      if (code != SQLITE_OK) return code;
      keep = name && name->text && strcmp(name->text, f->text) == 0;
      last = values[row];
    }
    c->picked[left] = row;
    left += keep;
  }
  c->picked_count = left;
  return SQLITE_OK;
}

int results_pick(results_cursor *c)
{
  const results_table *t = (const results_table *)c->base.pVtab;
  const int64_t rows = chunk_rows(&c->reader, c->batch), base = c->reader.experiment << STORE_KEY_SHIFT;
  for (int64_t i = 0; i < rows; i++)
    c->picked[i] = (uint32_t)i;
  c->picked_count = rows;
  for (int f = 0; f < c->filters && c->picked_count; f++) {
    const results_filter *filter = &c->filter[f];
    const results_column *column = &t->column[filter->column];
    const double *values;
    column_range range;
    int place[2], code;
    if (filter->idle) continue;
    results_places(place, column);
    chunk_range(&range, &c->reader, c->batch, place[0]);
    const settled rest = settle(filter, &range);
    if (rest == NONE_PASSES) c->picked_count = 0;
    if (rest != SOME_PASS) continue;
    code = results_unpacked(&values, c, place[0]);
    if (code == SQLITE_OK && filter->text)
      code = pick_by_name(c, filter, column->place, values, place[0] == CHUNK_DESIGN ? base : 0);
    if (code != SQLITE_OK) return code;
    int64_t left = 0;
    for (int64_t i = 0; i < c->picked_count && !filter->text; i++) {
      const uint32_t row = c->picked[i];
      c->picked[left] = row;
      left += passes(values[row], filter->op, filter->number);
    }
    if (!filter->text) c->picked_count = left;
  }
  return SQLITE_OK;
}

bool results_row_passes(const results_cursor *c)
{
  const results_table *t = (const results_table *)c->base.pVtab;
  for (int f = 0; f < c->filters; f++) {
    int place[2];
    if (!asks_for_null(c->filter[f].op)) continue;
    results_places(place, &t->column[c->filter[f].column]);
    const bool is_null = sqlite3_column_type(c->rows, c->row_at[place[0]]) == SQLITE_NULL;
    if (is_null != (c->filter[f].op == SQLITE_INDEX_CONSTRAINT_ISNULL)) return false;
  }
  return true;
}
