/* Cells as people read them: units by column, digits by interval.  See table_int.h.
 *
 * The digits are those that table.h says.
 */
#include "table_int.h"

#include "quarry/decimal.h"
#include "quarry/sort.h"
#include "quarry/units.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 5, PLAIN_DIGITS = 4, PLAIN_DIGITS_MOST = 10, INTERVAL_DIGITS = 2, PLACES_MAX = 15, WHOLE = 0 };
static const double whole_most = 1e15; /* exact in a double, and short */
static const double plain_most = 1e9, plain_least = 1e-4;

/* A cell's number, where it has one. */
static bool number_of(double *out, const cell *c)
{
  switch (c->type) {
  case CELL_NULL:
  case CELL_BYTES:
  case CELL_TEXT: return false;
  case CELL_DIGITS: return qy_number_parse(c->as.text, out);
  case CELL_NUMBER: *out = c->as.number; return isfinite(c->as.number);
  case CELL_INTEGER: *out = (double)c->as.integer; return true;
  }
  return false;
}

static bool is_whole(double value)
{
  return fabs(value) < whole_most && value == floor(value);
}

/* ---- digits ---- */

/* The power of ten of the first digit. */
static int first_place(double value)
{
  return (int)floor(log10(fabs(value)));
}

/* Rounded at 10^place; with `zeros` those behind the point that the place has stay. */
static void put_rounded(char out[NUMBER_BYTES], double value, int place, bool zeros)
{
  if (place > 0) { /* correct rounding is printf's: through the digits of an exponent */
    char digits[NUMBER_BYTES];
    const int count = value == 0 ? 0 : first_place(value) - place;
    qy_print(digits, sizeof digits, "%.*e", count < 0 ? 0 : count, value);
    value = count < 0 ? rint(value / pow(10, place)) * pow(10, place) : qy_decimal(digits, NULL);
    place = 0;
  }
  qy_print(out, NUMBER_BYTES, "%.*f", -place, value == 0 ? 0.0 : value);
  if (zeros || !strchr(out, '.')) return;
  size_t end = strlen(out);
  while (out[end - 1] == '0')
    end--;
  if (out[end - 1] == '.') end--;
  out[end] = '\0';
}

/* So many digits, whole numbers whole. */
static void put_plain(char out[NUMBER_BYTES], double value, int digits)
{
  if (is_whole(value))
    qy_print(out, NUMBER_BYTES, "%.0f", value == 0 ? 0.0 : value);
  else if (fabs(value) < plain_least || fabs(value) >= plain_most)
    qy_print(out, NUMBER_BYTES, "%.*g", digits, value);
  else
    put_rounded(out, value, first_place(value) - digits + 1, false);
}

/* The place at which a number with these bounds is rounded; false: they have no width, or are of no use. */
static bool place_of(int *place, double value, double low, double high)
{
  const double half = (high - low) / 2;
  if (!(half > 0) || !isfinite(half)) return false;
  if (is_whole(value) && is_whole(low) && is_whole(high)) {
    *place = WHOLE;
    return true;
  }
  *place = first_place(half) - INTERVAL_DIGITS + 1;
  return *place >= -PLACES_MAX && fabs(value) < whole_most && fabs(low) < whole_most && fabs(high) < whole_most;
}

bool qy_table_bound(char out[QY_TABLE_NUMBER], double bound, double value, double low, double high)
{
  assert(out);
  int place;
  if (!isfinite(bound) || !place_of(&place, value, low, high)) return false;
  put_rounded(out, bound, place, true);
  return true;
}

/* ---- units ---- */

/* Median size of the numbers of a column that are not 0; 0: there are none.  -1: out of memory.  *whole: all are. */
static double median_of(const qy_table *t, size_t column, bool *whole)
{
  const size_t rows = qy_table_rows(t);
  double *size = qy_alloc(rows + 1, sizeof *size), value;
  size_t count = 0;
  *whole = true;
  if (!size) return -1;
  for (size_t r = 0; r < rows; r++) {
    if (!number_of(&value, &t->cell[r * t->columns + column]) || value == 0) continue;
    size[count++] = fabs(value);
    *whole = *whole && is_whole(value);
  }
  qsort(size, count, sizeof *size, qy_by_value);
  const double middle = count ? size[(count - 1) / 2] : 0;
  free(size);
  return middle;
}

/* Does every number of the column stay whole? */
static bool stays_whole(const qy_table *t, size_t column, double factor)
{
  double value;
  for (size_t r = 0; r < qy_table_rows(t); r++)
    if (number_of(&value, &t->cell[r * t->columns + column]) && !is_whole(value * factor)) return false;
  return true;
}

/* The column whose values this one bounds, or itself. */
static size_t bounded_by(const qy_table *t, size_t column)
{
  for (size_t c = 0; c < t->columns; c++)
    if (t->low[c] == (int)column || t->high[c] == (int)column) return c;
  return column;
}

static bool has_numbers(const qy_table *t, size_t column)
{
  double value;
  for (size_t r = 0; r < qy_table_rows(t); r++)
    if (number_of(&value, &t->cell[r * t->columns + column])) return true;
  return false;
}

/* Would the values of another shown column be called as these are, without their units? */
static bool is_ambiguous(const qy_table *t, size_t values)
{
  char unit[QY_UNIT_TEXT], head[256], other[256];
  qy_unit_of_name(unit, head, sizeof head, t->name[values]);
  for (size_t s = 0; s < table_shown_columns(t); s++) {
    const size_t c = bounded_by(t, table_column(t, s));
    if (c == values) continue;
    qy_unit_of_name(unit, other, sizeof other, t->name[c]);
    if (strcmp(head, other) == 0) return true;
  }
  return false;
}

/* Name, unit and factor of a column. */
static bool choose_unit(shown_column *out, double *factor, const qy_table *t, qy_arena *arena)
{
  char own[QY_UNIT_TEXT], read[QY_UNIT_TEXT], head[256];
  const char *name = table_safe_text(t, t->name[out->source], "");
  *factor = 1;
  out->unit = "";
  out->name = name;
  bool whole;
  if (!name) return false;
  if (t->unit[out->source]) out->unit = t->unit[out->source];
  if (strlen(name) >= sizeof head || !qy_unit_of_name(own, head, sizeof head, name)) return true;
  const size_t values = bounded_by(t, out->source);
  if (!has_numbers(t, values) || is_ambiguous(t, values)) return true;
  const double middle = median_of(t, values, &whole);
  if (middle < 0) return false;
  *factor = qy_unit_for_reading(read, own, middle);
  /* Bytes are counts: in a larger unit only where they stay exact. */
  if (strcmp(own, "B") == 0 && whole && !stays_whole(t, values, *factor)) {
    *factor = 1;
    snprintf(read, sizeof read, "%s", own);
  }
  out->unit = qy_arena_text(arena, read, strlen(read));
  /* "weight" would not say that it is their size. */
  if (strcmp(own, "B") != 0) out->name = qy_arena_text(arena, head, strlen(head));
  return out->unit && out->name;
}

/* ---- the grid ---- */

typedef struct maker {
  shown_grid *g;
  const qy_table *t;
  double *factor; /* [t->columns] */
  int *place;     /* [t->columns] at which values with an interval are rounded at the latest; NO_PLACE */
  int digits;     /* of numbers without an interval */
} maker;

enum { NO_PLACE = 1000 }; /* coarser than any */

static double factor_of_row(const maker *m, size_t row, char unit[QY_UNIT_TEXT])
{
  const qy_table *t = m->t;
  double value;
  unit[0] = '\0';
  if (t->row_unit < 0) return 1;
  const cell *said = &t->cell[row * t->columns + (size_t)t->row_unit];
  if (said->type != CELL_TEXT) return 1;
  for (size_t c = 0; c < t->columns; c++)
    if (t->low[c] >= 0 && number_of(&value, &t->cell[row * t->columns + c]))
      return qy_unit_for_reading(unit, said->as.text,
                                 is_whole(value) && strcmp(said->as.text, "B") == 0 ? 0 : fabs(value));
  return 1;
}

/* Values and their bounds are in the unit of the row. */
static double factor_of_cell(const maker *m, size_t column, double of_row)
{
  const size_t values = bounded_by(m->t, column);
  return m->t->row_unit >= 0 && m->t->low[values] >= 0 ? of_row : m->factor[column];
}

static bool bound_number(double *out, const maker *m, size_t row, int column)
{
  return column >= 0 && number_of(out, &m->t->cell[row * m->t->columns + (size_t)column]);
}

/* The interval of the values that this cell's number belongs to; *half: of its width, 0 where the value is not in the
 * middle third. */
static bool interval_of(int *place, double *half, const maker *m, size_t row, size_t column, double of_row)
{
  const qy_table *t = m->t;
  const size_t values = bounded_by(t, column);
  double value, low, high;
  if (t->low[values] < 0 || !bound_number(&value, m, row, (int)values) || !bound_number(&low, m, row, t->low[values]) ||
      !bound_number(&high, m, row, t->high[values]))
    return false;
  const double factor = factor_of_cell(m, values, of_row);
  *half = fabs(value - (low + high) / 2) <= (high - low) / 6 ? factor * (high - low) / 2 : 0;
  return place_of(place, factor * value, factor * low, factor * high);
}

/* ---- digits of a column ---- */

/* At 10^place: as many different numbers as at 10^finest?  value[count] ascends, so neighbours tell. */
static bool tells_apart(const double *value, size_t count, int place, int finest)
{
  char a[2][NUMBER_BYTES], b[2][NUMBER_BYTES];
  for (size_t i = 0; i + 1 < count; i++) {
    if (value[i] == value[i + 1]) continue;
    put_rounded(a[0], value[i], finest, true);
    put_rounded(a[1], value[i + 1], finest, true);
    put_rounded(b[0], value[i], place, true);
    put_rounded(b[1], value[i + 1], place, true);
    if (strcmp(a[0], a[1]) != 0 && strcmp(b[0], b[1]) == 0) return false;
  }
  return true;
}

/* The coarsest place of the column's intervals, or a finer one that tells rows apart; not beyond five digits of the
 * largest value.  False: out of memory. */
static bool place_of_column(int *out, const maker *m, size_t column)
{
  const size_t rows = qy_table_rows(m->t);
  double *value = qy_alloc(rows + 1, sizeof *value), half;
  size_t count = 0;
  int place, coarsest = -PLACES_MAX;
  *out = NO_PLACE;
  if (!value) return false;
  for (size_t r = 0; r < rows; r++) {
    if (!interval_of(&place, &half, m, r, column, 1) || !bound_number(&value[count], m, r, (int)column)) continue;
    value[count++] *= m->factor[column];
    if (place > coarsest) coarsest = place;
  }
  qsort(value, count, sizeof *value, qy_by_value);
  const double most = count ? fmax(fabs(value[0]), fabs(value[count - 1])) : 0;
  if (most > 0) {
    const int last = first_place(most) - DIGITS + 1;
    *out = coarsest > last ? coarsest : last;
    while (*out > last && !tells_apart(value, count, *out, last))
      --*out;
  }
  free(value);
  return true;
}

static const char *cell_text(const maker *m, size_t row, size_t column, double of_row, const char **half_text)
{
  const cell *c = &m->t->cell[row * m->t->columns + column];
  char room[NUMBER_BYTES];
  double value = 0, half = 0;
  int place = 0;
  if (c->type == CELL_NULL) return "-";
  if (c->type == CELL_TEXT || c->type == CELL_BYTES) return table_safe_text(m->t, c->as.text, "");
  const double factor = factor_of_cell(m, column, of_row);
  if (!number_of(&value, c)) return c->type == CELL_DIGITS ? c->as.text : value > 0 ? "inf" : "-inf";
  if (interval_of(&place, &half, m, row, column, of_row)) {
    const bool finer = m->t->low[column] >= 0 && m->place[column] < place;
    put_rounded(room, factor * value, finer ? m->place[column] : place, true);
    if (m->t->low[column] >= 0 && half > 0) {
      char text[NUMBER_BYTES];
      put_rounded(text, half, place, true);
      if (!(*half_text = qy_arena_text(m->g->arena, text, strlen(text)))) return NULL;
    }
  } else if (factor == 1 && c->type == CELL_DIGITS) {
    return c->as.text;
  } else if (factor == 1 && c->type == CELL_INTEGER) {
    snprintf(room, sizeof room, "%" PRId64, c->as.integer);
  } else {
    put_plain(room, factor * value, m->digits);
  }
  return qy_arena_text(m->g->arena, room, strlen(room));
}

/* What a row's numbers are, without the unit that the row states. */
static const char *name_of_row(const maker *m, const cell *name, const cell *said)
{
  char own[QY_UNIT_TEXT], head[256];
  const char *text = table_safe_text(m->t, name->as.text, "");
  if (!text || said->type != CELL_TEXT || strlen(text) >= sizeof head ||
      !qy_unit_of_name(own, head, sizeof head, text) || strcmp(own, said->as.text) != 0)
    return text;
  return qy_arena_text(m->g->arena, head, strlen(head));
}

static bool fill_row(const maker *m, size_t row)
{
  shown_grid *g = m->g;
  const qy_table *t = m->t;
  const cell *cells = &t->cell[row * t->columns];
  char unit[QY_UNIT_TEXT];
  const double of_row = factor_of_row(m, row, unit);
  for (size_t s = 0; s < g->columns; s++) {
    const size_t at = row * g->columns + s, column = g->column[s].source;
    g->number[at] = cells[column].type > CELL_BYTES;
    if ((int)column == t->row_unit && unit[0])
      g->text[at] = qy_arena_text(g->arena, unit, strlen(unit));
    else if ((int)column == t->row_name && cells[column].type == CELL_TEXT)
      g->text[at] = name_of_row(m, &cells[column], &cells[t->row_unit]);
    else
      g->text[at] = cell_text(m, row, column, of_row, &g->half[at]);
    if (!g->text[at]) return false;
    g->column[s].right |= g->number[at];
  }
  return true;
}

/* Bounds that stand behind each other can be shown beside their value. */
static void find_bounds(shown_grid *g, const qy_table *t)
{
  for (size_t s = 0; s < g->columns; s++) {
    shown_column *value = &g->column[s];
    value->bounds = NO_COLUMN;
    for (size_t b = 0; b + 1 < g->columns && t->low[value->source] >= 0; b++)
      if ((int)g->column[b].source == t->low[value->source] && (int)g->column[b + 1].source == t->high[value->source])
        value->bounds = (int)b;
  }
  for (size_t s = 0; s < g->columns; s++)
    if (g->column[s].bounds >= 0)
      g->column[g->column[s].bounds].bound = g->column[g->column[s].bounds + 1].bound = true;
}

/* ---- rows that read alike ---- */

typedef struct row_hash {
  uint64_t hash;
  size_t row;
} row_hash;

static int by_hash(const void *left, const void *right)
{
  const row_hash *a = left, *b = right;
  if (a->hash != b->hash) return a->hash < b->hash ? -1 : 1;
  return (a->row > b->row) - (a->row < b->row);
}

/* FNV-1a over the texts of a row, their ends included. */
static uint64_t hash_of(const shown_grid *g, size_t row)
{
  uint64_t hash = UINT64_C(14695981039346656037);
  for (size_t c = 0; c < g->columns; c++) {
    const char *text = g->text[row * g->columns + c];
    do
      hash = (hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    while (*text++);
  }
  return hash;
}

/* Do two rows of the same texts have different numbers? */
static bool differ(const maker *m, size_t a, size_t b)
{
  const size_t columns = m->t->columns;
  for (size_t s = 0; s < m->g->columns; s++) {
    const size_t column = m->g->column[s].source;
    double one = 0, other = 0;
    if (m->t->low[bounded_by(m->t, column)] >= 0) continue; /* of their digits the interval decides */
    if (number_of(&one, &m->t->cell[a * columns + column]) && number_of(&other, &m->t->cell[b * columns + column]) &&
        one != other)
      return true;
  }
  return false;
}

/* False: out of memory. */
static bool find_alike(bool *alike, const maker *m)
{
  const size_t rows = m->g->rows;
  row_hash *row = qy_alloc(rows + 1, sizeof *row);
  *alike = false;
  if (!row) return false;
  for (size_t r = 0; r < rows; r++)
    row[r] = (row_hash){hash_of(m->g, r), r};
  qsort(row, rows, sizeof *row, by_hash);
  for (size_t r = 1; r < rows && !*alike; r++)
    *alike = row[r].hash == row[r - 1].hash && differ(m, row[r].row, row[r - 1].row);
  free(row);
  return true;
}

/* All rows, with more digits where rows that differ would read alike; with the least where more do not help. */
static bool fill_rows(maker *m)
{
  bool alike = true, whole = true;
  for (m->digits = PLAIN_DIGITS; alike && whole; m->digits++) {
    const bool last = m->digits > PLAIN_DIGITS_MOST;
    if (last) m->digits = PLAIN_DIGITS;
    for (size_t r = 0; r < m->g->rows && whole; r++)
      whole = fill_row(m, r);
    if (last) break;
    if (whole) whole = find_alike(&alike, m);
  }
  return whole;
}

static bool fill(maker *m)
{
  shown_grid *g = m->g;
  const qy_table *t = m->t;
  for (size_t s = 0; s < g->columns; s++) {
    g->column[s].source = table_column(t, s);
    if (!choose_unit(&g->column[s], &m->factor[g->column[s].source], t, g->arena)) return false;
  }
  /* A value that is not shown itself still says in which unit its bounds are. */
  for (size_t c = 0; c < t->columns; c++) {
    shown_column hidden = {.source = c};
    if (t->low[c] >= 0 && !choose_unit(&hidden, &m->factor[c], t, g->arena)) return false;
  }
  for (size_t c = 0; c < t->columns; c++) {
    m->place[c] = NO_PLACE;
    if (t->low[c] >= 0 && t->row_unit < 0 && !place_of_column(&m->place[c], m, c)) return false;
  }
  find_bounds(g, t);
  return fill_rows(m);
}

const char *shown_with_bounds(const shown_grid *g, size_t row, size_t column)
{
  const char **text = &g->text[row * g->columns];
  const int bounds = g->column[column].bounds;
  if (bounds < 0 || strcmp(text[bounds], "-") == 0 || strcmp(text[bounds + 1], "-") == 0) return text[column];
  return qy_arena_format(g->arena, "%s [%s, %s]", text[column], text[bounds], text[bounds + 1]);
}

/* Bounds beside their values; their own columns go. */
static bool fold_bounds(shown_grid *g)
{
  size_t kept = 0, columns = 0;
  const char **folded = qy_arena_alloc(g->arena, g->columns * g->rows + 1, sizeof *folded);
  if (!folded) return false;
  for (size_t i = 0; i < g->rows * g->columns; i++) {
    const size_t row = i / g->columns, column = i % g->columns;
    if (g->column[column].bound) continue;
    const char *text = shown_with_bounds(g, row, column);
    if (!text) return false;
    folded[kept] = text;
    g->number[kept++] = g->number[i];
  }
  for (size_t c = 0; c < g->columns; c++) {
    if (g->column[c].bound) continue;
    g->column[columns] = g->column[c];
    g->column[columns++].bounds = NO_COLUMN;
  }
  memset(g->half, 0, g->rows * g->columns * sizeof *g->half);
  g->text = folded;
  g->columns = columns;
  return true;
}

bool shown_make(shown_grid *g, const qy_table *t)
{
  *g = (shown_grid){.columns = table_shown_columns(t), .rows = qy_table_rows(t), .arena = qy_arena_new()};
  if (!g->arena) return false;
  const size_t cells = g->columns * g->rows + 1;
  maker m = {.g = g, .t = t, .factor = qy_arena_alloc(g->arena, t->columns, sizeof *m.factor)};
  m.place = qy_arena_alloc(g->arena, t->columns, sizeof *m.place);
  g->column = qy_arena_alloc(g->arena, g->columns, sizeof *g->column);
  g->text = qy_arena_alloc(g->arena, cells, sizeof *g->text);
  g->half = qy_arena_alloc(g->arena, cells, sizeof *g->half);
  g->number = qy_arena_alloc(g->arena, cells, sizeof *g->number);
  return m.factor && m.place && g->column && g->text && g->half && g->number && fill(&m) &&
         (!t->fold || fold_bounds(g));
}

void shown_free(shown_grid *g)
{
  qy_arena_free(g->arena);
  *g = (shown_grid){0};
}

const char *shown_head(const shown_grid *g, size_t column)
{
  const shown_column *c = &g->column[column];
  return c->unit[0] ? qy_arena_format(g->arena, "%s (%s)", c->name, c->unit) : c->name;
}
