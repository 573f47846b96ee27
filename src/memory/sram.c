/* The SRAM table and its interpolation: see sram.h.
 *
 * A line holds the rows of one node, flavour, banks and word width, sorted by capacity, as logarithms beside the values
 * themselves: a query on a row returns the value untouched, one between two rows costs a logarithm and six
 * exponentials.  Lines are found by direct index, rows in a line by binary search.  Each row is held twice: as the
 * table has it, and as buffers are built from it, where no figure falls with the capacity.
 */
#include "quarry/sram.h"

#include "quarry/csv.h"
#include "quarry/text.h"
#include "sram_int.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUANTITIES = 6, AXIS_MAX = 32, WORD_BITS_MAX = 65536, BANKS_MAX = 4096, DIRECT = 1024, RANGE_TEXT = 240 };
static const double capacity_max_bytes = 1e15, value_max = 1e12;

_Static_assert(sizeof(qy_sram) == QUANTITIES * sizeof(double), "qy_sram is six doubles");
enum { CYCLE = QUANTITIES - 1 }; /* place of cycle_ns */

typedef struct figures {
  double value[QUANTITIES], log_value[QUANTITIES];
} figures;

/* A row as the table has it, and as buffers are built from it. */
enum { READ, BUILT, VIEWS };

typedef struct point {
  double bytes, log_bytes;
  figures of[VIEWS];
} point;

typedef struct line {
  size_t first, count; /* into point[]; count 0: no such macro */
} line;

/* Sorted distinct values, and for small numbers the place of the last value <= x directly. */
typedef struct axis {
  int count;
  int value[AXIS_MAX];
  int8_t floor[DIRECT];
} axis;

enum { NODE, WORD, BANKS, AXES };

struct qy_sram_table {
  const char *file;
  double temperature_k;
  axis axis[AXES];
  line *line; /* [node][flavour][banks][word] */
  point *point;
  const qy_sram_law *law; /* [node][flavour]; NULL: no supply but the table's own */
};

enum { C_NODE, C_FLAVOUR, C_TEMPERATURE, C_CAPACITY, C_WORD, C_BANKS, C_VALUE, COLUMNS = C_VALUE + QUANTITIES };
static const char *const column_names[COLUMNS] = {"node_nm",    "flavour",  "temperature_k", "capacity_bytes",
                                                  "word_bits",  "banks",    "read_pj",       "write_pj",
                                                  "leakage_mw", "area_mm2", "access_ns",     "cycle_ns"};
static const char *const flavour_names[QY_SRAM_FLAVOUR_COUNT] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};

/* One row as read, before it is sorted into a line. */
typedef struct row {
  int key[AXES], flavour, line;
  double bytes, value[QUANTITIES];
} row;

const char *qy_sram_flavour_name(qy_sram_flavour flavour)
{
  return (unsigned)flavour < QY_SRAM_FLAVOUR_COUNT ? flavour_names[flavour] : "?";
}

int qy_sram_bank_count(qy_sram_banks banks)
{
  return banks == QY_SRAM_BANKS_AUTO ? 0 : 1 << (banks - QY_SRAM_BANKS_1);
}

double qy_sram_table_temperature_k(const qy_sram_table *table)
{
  assert(table);
  return table->temperature_k;
}

void qy_sram_word_range(const qy_sram_table *table, int *low_bits, int *high_bits)
{
  assert(table && low_bits && high_bits);
  const axis *words = &table->axis[WORD];
  *low_bits = words->value[0];
  *high_bits = words->value[words->count - 1];
}

int sram_table_nodes(const qy_sram_table *table, const int **nodes)
{
  assert(table && nodes);
  *nodes = table->axis[NODE].value;
  return table->axis[NODE].count;
}

void sram_table_set_laws(qy_sram_table *table, const qy_sram_law *law)
{
  assert(table && law);
  table->law = law;
}

/* Place of the last value <= x, -1 when x is below the first. */
static int axis_search(const axis *a, int x)
{
  int low = 0, high = a->count;
  while (low < high) {
    int middle = (low + high) / 2;
    if (a->value[middle] <= x)
      low = middle + 1;
    else
      high = middle;
  }
  return low - 1;
}

static int axis_floor(const axis *a, int x)
{
  return x >= 0 && x < DIRECT ? a->floor[x] : axis_search(a, x);
}

static int axis_find(const axis *a, int x)
{
  int i = axis_floor(a, x);
  return i >= 0 && a->value[i] == x ? i : -1;
}

int qy_sram_fit_banks(const qy_sram_table *table, int64_t banks)
{
  assert(table);
  const axis *a = &table->axis[BANKS];
  if (banks > a->value[a->count - 1]) return 0;
  const int i = banks > 0 ? axis_floor(a, (int)banks) : 0;
  return i >= 0 && a->value[i] >= banks ? a->value[i] : a->value[i + 1];
}

int qy_sram_most_banks(const qy_sram_table *table)
{
  assert(table);
  return table->axis[BANKS].value[table->axis[BANKS].count - 1];
}

/* Insert into a sorted axis; -1 when it is full. */
static int axis_add(axis *a, int x)
{
  int i = axis_search(a, x) + 1;
  if (i > 0 && a->value[i - 1] == x) return 0;
  if (a->count == AXIS_MAX) return -1;
  memmove(a->value + i + 1, a->value + i, (size_t)(a->count - i) * sizeof *a->value);
  a->value[i] = x;
  a->count++;
  return 0;
}

static void axis_finish(axis *a)
{
  for (int x = 0; x < DIRECT; x++)
    a->floor[x] = (int8_t)axis_search(a, x);
}

bool qy_sram_table_has_node(const qy_sram_table *table, int node_nm)
{
  assert(table);
  return axis_find(&table->axis[NODE], node_nm) >= 0;
}

const qy_sram_law *qy_sram_supply_law(const qy_sram_table *table, int node_nm, qy_sram_flavour flavour)
{
  assert(table);
  const int node = axis_find(&table->axis[NODE], node_nm);
  if (node < 0 || !table->law || (unsigned)flavour >= QY_SRAM_FLAVOUR_COUNT) return NULL;
  return &table->law[node * QY_SRAM_FLAVOUR_COUNT + (int)flavour];
}

static size_t line_index(const qy_sram_table *t, int node, int flavour, int banks, int word)
{
  const size_t bank_count = (size_t)t->axis[BANKS].count, word_count = (size_t)t->axis[WORD].count;
  return (((size_t)node * QY_SRAM_FLAVOUR_COUNT + (size_t)flavour) * bank_count + (size_t)banks) * word_count +
         (size_t)word;
}

static int by_line_and_capacity(const void *a, const void *b)
{
  const row *x = a, *y = b;
  if (x->line != y->line) return x->line < y->line ? -1 : 1;
  return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

static qy_status read_row(const qy_csv *csv, const int *at, row *r, double *temperature_k, qy_error *err)
{
  int64_t number[AXES];
  const int column[AXES] = {[NODE] = C_NODE, [WORD] = C_WORD, [BANKS] = C_BANKS};
  const int limit[AXES] = {[NODE] = 1000, [WORD] = WORD_BITS_MAX, [BANKS] = BANKS_MAX};
  for (int i = 0; i < AXES; i++) {
    qy_status status = qy_csv_integer(csv, at[column[i]], 1, limit[i], &number[i], err);
    if (status) return status;
    r->key[i] = (int)number[i];
  }
  qy_status status = qy_csv_choice(csv, at[C_FLAVOUR], flavour_names, QY_SRAM_FLAVOUR_COUNT, &r->flavour, err);
  if (!status) status = qy_csv_number(csv, at[C_TEMPERATURE], 1, 1000, temperature_k, err);
  if (!status) status = qy_csv_number(csv, at[C_CAPACITY], 1, capacity_max_bytes, &r->bytes, err);
  for (int i = 0; !status && i < QUANTITIES; i++)
    status = qy_csv_number(csv, at[C_VALUE + i], DBL_MIN, value_max, &r->value[i], err);
  return status;
}

static void set_figure(figures *f, int quantity, double value, double log_value)
{
  f->value[quantity] = value;
  f->log_value[quantity] = log_value;
}

/* Least squares of the logarithms under the condition that none falls: neighbours that do are pooled to their mean
 * (Ayer et al., Annals of Mathematical Statistics 26, 1955).  Figures in order stay untouched. */
static void pool(point *p, size_t count, int quantity)
{
  for (size_t i = 1; i < count; i++) {
    double sum = p[i].of[READ].log_value[quantity], mean = sum;
    size_t first = i;
    /* The block that ends at `first` is the run of equal figures before it: taken in as a whole. */
    while (first > 0 && p[first - 1].of[BUILT].log_value[quantity] > mean) {
      const double level = p[first - 1].of[BUILT].log_value[quantity];
      while (first > 0 && p[first - 1].of[BUILT].log_value[quantity] == level)
        sum += p[--first].of[READ].log_value[quantity];
      mean = sum / (double)(i - first + 1);
    }
    if (first == i) continue;
    for (size_t k = first; k <= i; k++)
      set_figure(&p[k].of[BUILT], quantity, exp(mean), mean);
  }
}

/* Cycle times jump by up to 2.5 between neighbours, because nothing in CACTI's search holds them down: a macro is never
 * taken to be faster than a smaller one. */
static void hold_cycle(point *p, size_t count)
{
  for (size_t i = 1; i < count; i++)
    if (p[i].of[BUILT].log_value[CYCLE] < p[i - 1].of[BUILT].log_value[CYCLE])
      set_figure(&p[i].of[BUILT], CYCLE, p[i - 1].of[BUILT].value[CYCLE], p[i - 1].of[BUILT].log_value[CYCLE]);
}

static void make_built(point *p, size_t count)
{
  for (size_t i = 0; i < count; i++)
    p[i].of[BUILT] = p[i].of[READ];
  for (int q = 0; q < CYCLE; q++)
    pool(p, count, q);
  hold_cycle(p, count);
}

/* Sort the rows into lines. */
static qy_status build(qy_sram_table *t, row *rows, size_t count, qy_arena *arena, qy_error *err)
{
  for (int i = 0; i < AXES; i++)
    axis_finish(&t->axis[i]);
  size_t lines = line_index(t, t->axis[NODE].count, 0, 0, 0);
  t->line = qy_arena_alloc(arena, lines, sizeof *t->line);
  t->point = qy_arena_alloc(arena, count, sizeof *t->point);
  if (!t->line || !t->point) return qy_fail_at(err, QY_NO_MEMORY, t->file, 0, 0, "out of memory");
  for (size_t i = 0; i < count; i++)
    rows[i].line =
        (int)line_index(t, axis_find(&t->axis[NODE], rows[i].key[NODE]), rows[i].flavour,
                        axis_find(&t->axis[BANKS], rows[i].key[BANKS]), axis_find(&t->axis[WORD], rows[i].key[WORD]));
  qsort(rows, count, sizeof *rows, by_line_and_capacity);
  for (size_t i = 0; i < count; i++) {
    const row *r = &rows[i];
    line *l = &t->line[r->line];
    point *p = &t->point[i];
    if (l->count > 0 && p[-1].bytes == r->bytes)
      return qy_fail_at(err, QY_BAD_INPUT, t->file, 0, 0,
                        "expected one row per macro, found two for %d nm %s, %.0f bytes, %d-bit words, %d banks",
                        r->key[NODE], flavour_names[r->flavour], r->bytes, r->key[WORD], r->key[BANKS]);
    if (l->count++ == 0) l->first = i;
    p->bytes = r->bytes;
    p->log_bytes = log(r->bytes);
    for (int q = 0; q < QUANTITIES; q++)
      set_figure(&p->of[READ], q, r->value[q], log(r->value[q]));
  }
  for (size_t i = 0; i < lines; i++)
    make_built(t->point + t->line[i].first, t->line[i].count);
  return QY_OK;
}

qy_status qy_sram_table_read(qy_sram_table **table, const char *file, qy_arena *arena, qy_error *err)
{
  assert(table && file && arena);
  qy_csv csv;
  int at[COLUMNS];
  bool more;
  void *rows = NULL;
  size_t capacity = 0, count = 0;
  *table = NULL;
  qy_sram_table *t = qy_arena_alloc(arena, 1, sizeof *t);
  if (!t || !(t->file = qy_arena_text(arena, file, strlen(file))))
    return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory");
  qy_status status = qy_csv_open(&csv, t->file, arena, err);
  if (!status) status = qy_csv_columns(&csv, column_names, COLUMNS, at, err);
  if (status) return status;
  while (!(status = qy_csv_next(&csv, &more, err)) && more) {
    double temperature_k;
    if (qy_grow(&rows, &capacity, count + 1, sizeof(row)) != 0) {
      status = qy_fail_at(err, QY_NO_MEMORY, file, csv.line, 0, "out of memory");
      goto out;
    }
    row *r = (row *)rows + count;
    if ((status = read_row(&csv, at, r, &temperature_k, err))) goto out;
    if (count++ == 0) t->temperature_k = temperature_k;
    if (temperature_k != t->temperature_k) {
      status = qy_csv_expected(&csv, at[C_TEMPERATURE], err, "%g as in the first row", t->temperature_k);
      goto out;
    }
    for (int i = 0; i < AXES; i++)
      if ((count == 1 || r->key[i] != r[-1].key[i]) && axis_add(&t->axis[i], r->key[i]) != 0) {
        status = qy_fail_at(err, QY_BAD_INPUT, file, csv.line, 0,
                            "expected at most %d different values of node, "
                            "word_bits and banks each, found more",
                            AXIS_MAX);
        goto out;
      }
  }
  if (status) goto out;
  if (count == 0) {
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at least one row, found none");
    goto out;
  }
  status = build(t, rows, count, arena, err);
  if (!status) *table = t;

out:
  free(rows);
  return status;
}

static void list_axis(const axis *a, char *out)
{
  size_t used = 0;
  out[0] = '\0';
  for (int i = 0; i < a->count && used < RANGE_TEXT - 12; i++)
    used = qy_append(out, RANGE_TEXT, used, "%s%d", i ? ", " : "", a->value[i]);
}

static qy_status outside_axis(const qy_sram_table *t, int which, int found, qy_error *err)
{
  static const char *const what[AXES] = {[NODE] = "node", [WORD] = "word width", [BANKS] = "number of banks"};
  static const char *const unit[AXES] = {[NODE] = " nm", [WORD] = " bits", [BANKS] = ""};
  const axis *a = &t->axis[which];
  char list[RANGE_TEXT];
  if (!err) return QY_BAD_INPUT;
  if (which == WORD)
    snprintf(list, sizeof list, "%d to %d", a->value[0], a->value[a->count - 1]);
  else
    list_axis(a, list);
  qy_fail(err, QY_BAD_INPUT, "SRAM %s: expected %s%s, found %d", what[which], list, unit[which], found);
  return QY_BAD_INPUT;
}

/* The one or two lines a query falls on; pair[0] == pair[1] when the word width is the table's own. */
static qy_status find_lines(const line *pair[2], double *share, const qy_sram_table *t, const qy_sram_query *q,
                            qy_error *err)
{
  int node = axis_find(&t->axis[NODE], q->node_nm), banks = axis_find(&t->axis[BANKS], q->banks);
  int word = axis_floor(&t->axis[WORD], q->word_bits);
  if (node < 0) return outside_axis(t, NODE, q->node_nm, err);
  if ((unsigned)q->flavour >= QY_SRAM_FLAVOUR_COUNT) {
    qy_fail(err, QY_BAD_INPUT, "SRAM flavour: expected lstp or hp, found number %d", (int)q->flavour);
    return QY_BAD_INPUT;
  }
  if (banks < 0) return outside_axis(t, BANKS, q->banks, err);
  const int *width = t->axis[WORD].value;
  if (word < 0 || (word == t->axis[WORD].count - 1 && width[word] != q->word_bits))
    return outside_axis(t, WORD, q->word_bits, err);
  pair[0] = pair[1] = &t->line[line_index(t, node, (int)q->flavour, banks, word)];
  *share = 0;
  if (width[word] != q->word_bits) {
    pair[1] = pair[0] + 1;
    *share = log((double)q->word_bits / width[word]) / log((double)width[word + 1] / width[word]);
  }
  return QY_OK;
}

/* Capacities both lines cover; low > high when there are none. */
static void common_range(const qy_sram_table *t, const line *const pair[2], double *low, double *high)
{
  *low = DBL_MAX;
  *high = 0;
  for (int i = 0; i < 2; i++) {
    if (pair[i]->count == 0) {
      *low = DBL_MAX;
      *high = 0;
      return;
    }
    const double first = t->point[pair[i]->first].bytes, last = t->point[pair[i]->first + pair[i]->count - 1].bytes;
    if (i == 0 || first > *low) *low = first;
    if (i == 0 || last < *high) *high = last;
    if (pair[0] == pair[1]) return;
  }
}

static qy_status outside_range(const qy_sram_query *q, double low, double high, qy_error *err)
{
  if (low > high)
    return qy_fail(err, QY_BAD_INPUT,
                   "SRAM: expected a macro of the table, found none at %d nm %s, %d-bit words, %d "
                   "banks",
                   q->node_nm, flavour_names[q->flavour], q->word_bits, q->banks);
  return qy_fail(err, QY_BAD_INPUT,
                 "SRAM capacity at %d nm %s, %d-bit words, %d banks: expected %.0f to %.0f bytes, "
                 "found %.10g",
                 q->node_nm, flavour_names[q->flavour], q->word_bits, q->banks, low, high, q->capacity_bytes);
}

/* The point at or just below `bytes`, which is inside the line's range. */
static const point *point_floor(const qy_sram_table *t, const line *l, double bytes)
{
  size_t low = l->first + 1, high = l->first + l->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (t->point[middle].bytes <= bytes)
      low = middle + 1;
    else
      high = middle;
  }
  return &t->point[low - 1];
}

/* Interpolate between the lines of `pair`, both of which cover `bytes`. */
static void interpolate(qy_sram *macro, const qy_sram_table *t, const line *const pair[2], double share, double bytes,
                        int view)
{
  double log_value[2][QUANTITIES], value[QUANTITIES], log_bytes = 0;
  const int lines = pair[0] == pair[1] ? 1 : 2;
  for (int i = 0; i < lines; i++) {
    const point *p = point_floor(t, pair[i], bytes);
    if (p->bytes == bytes && lines == 1) {
      memcpy(macro, p->of[view].value, sizeof *macro);
      return;
    }
    const double *here = p->of[view].log_value;
    if (p->bytes == bytes) {
      memcpy(log_value[i], here, sizeof log_value[i]);
      continue;
    }
    const double *next = p[1].of[view].log_value;
    if (log_bytes == 0) log_bytes = log(bytes);
    double x = (log_bytes - p[0].log_bytes) / (p[1].log_bytes - p[0].log_bytes);
    for (int k = 0; k < QUANTITIES; k++)
      log_value[i][k] = here[k] + x * (next[k] - here[k]);
  }
  const double *last = log_value[lines - 1];
  for (int k = 0; k < QUANTITIES; k++)
    value[k] = exp(log_value[0][k] + share * (last[k] - log_value[0][k]));
  memcpy(macro, value, sizeof *macro);
}

/* The macro at the supply asked for: the one place where a macro leaves the table's own. */
static qy_status at_supply(qy_sram *macro, const qy_sram_table *table, const qy_sram_query *query, qy_error *err)
{
  qy_sram_scale s;
  if (query->voltage_v == 0) return QY_OK;
  const qy_sram_law *law = qy_sram_supply_law(table, query->node_nm, query->flavour);
  if (!law)
    return qy_fail(err, QY_BAD_INPUT, "SRAM supply at %d nm %s: expected the table's own, found %g V", query->node_nm,
                   flavour_names[query->flavour], query->voltage_v);
  if (!(query->voltage_v >= law->voltage_low_v && query->voltage_v <= law->voltage_high_v))
    return qy_fail(err, QY_BAD_INPUT, "SRAM supply at %d nm %s: expected %g to %g V, found %g V", query->node_nm,
                   flavour_names[query->flavour], law->voltage_low_v, law->voltage_high_v, query->voltage_v);
  qy_sram_supply_scale(&s, law, query->voltage_v);
  macro->read_pj *= s.energy;
  macro->write_pj *= s.energy;
  macro->leakage_mw *= s.leakage;
  macro->access_ns *= s.delay;
  macro->cycle_ns *= s.delay;
  return QY_OK;
}

qy_status qy_sram_lookup(qy_sram *macro, const qy_sram_table *table, const qy_sram_query *query, qy_error *err)
{
  assert(macro && table && query);
  const line *pair[2];
  double share, low, high;
  qy_status status = find_lines(pair, &share, table, query, err);
  if (status) return status;
  common_range(table, pair, &low, &high);
  if (!(query->capacity_bytes >= low && query->capacity_bytes <= high)) return outside_range(query, low, high, err);
  interpolate(macro, table, pair, share, query->capacity_bytes, READ);
  return at_supply(macro, table, query, err);
}

/* Capacity of the macro that stands for `wanted` bytes on these lines; 0: none is large enough. */
static double built_bytes(const qy_sram_table *table, const line *const pair[2], double wanted, bool of_table)
{
  double low, high;
  common_range(table, pair, &low, &high);
  if (wanted < low) wanted = low;
  if (!(wanted <= high)) return 0;
  if (!of_table) return wanted;
  const point *p = point_floor(table, pair[0], wanted);
  const double bytes = p->bytes >= wanted ? p->bytes : p[1].bytes;
  return bytes > high ? high : bytes;
}

qy_status qy_sram_built(qy_sram *macro, double *bytes, const qy_sram_table *table, const qy_sram_query *query,
                        bool of_table, qy_error *err)
{
  assert(macro && bytes && table && query);
  const line *pair[2];
  double share, low, high;
  qy_status status = find_lines(pair, &share, table, query, err);
  if (status) return status;
  *bytes = built_bytes(table, pair, query->capacity_bytes, of_table);
  if (!(*bytes > 0)) {
    common_range(table, pair, &low, &high);
    return outside_range(query, low, high, err);
  }
  interpolate(macro, table, pair, share, *bytes, BUILT);
  return at_supply(macro, table, query, err);
}

double qy_sram_access_pj(const qy_sram *macro)
{
  return (macro->read_pj + macro->write_pj) / 2;
}

qy_status qy_sram_choose(qy_sram_choice *choice, const qy_sram_table *table, const qy_sram_wish *wish, qy_error *err)
{
  assert(choice && table && wish && wish->query.banks >= 1 && wish->most_banks >= wish->query.banks);
  const axis *a = &table->axis[BANKS];
  const line *first[2];
  double share;
  bool found = false, fast = false;
  double low_ns = 0, high_ns = INFINITY;
  *choice = (qy_sram_choice){.banks = 0};
  qy_status status = find_lines(first, &share, table, &wish->query, err);
  if (status) return status;
  /* Lines of the next number of banks follow those of this one. */
  size_t step = 0;
  for (int i = axis_find(a, wish->query.banks); i < a->count && a->value[i] <= wish->most_banks; i++) {
    const line *const pair[2] = {first[0] + step, first[1] + step};
    qy_sram_choice c = {.banks = a->value[i],
                        .bytes = built_bytes(table, pair, wish->query.capacity_bytes, wish->of_table)};
    step += (size_t)table->axis[WORD].count;
    if (!(c.bytes > 0)) continue;
    interpolate(&c.macro, table, pair, share, c.bytes, BUILT);
    if ((status = at_supply(&c.macro, table, &wish->query, err))) return status;
    const bool meets = c.macro.cycle_ns <= wish->cycle_ns;
    const bool better = meets ? qy_sram_access_pj(&c.macro) < qy_sram_access_pj(&choice->macro)
                              : c.macro.cycle_ns < choice->macro.cycle_ns;
    if (!found || (meets && !fast) || (meets == fast && better)) *choice = c;
    found = true;
    fast = fast || meets;
    if (meets)
      low_ns = fmax(low_ns, c.macro.cycle_ns);
    else
      high_ns = fmin(high_ns, c.macro.cycle_ns);
  }
  choice->low_ns = low_ns;
  choice->high_ns = high_ns;
  if (fast) return QY_OK;
  if (found) return QY_INFEASIBLE;
  double low, high;
  common_range(table, first, &low, &high);
  return outside_range(&wish->query, low, high, err);
}

static bool same_query(const qy_sram_query *a, const qy_sram_query *b)
{
  return a->node_nm == b->node_nm && a->flavour == b->flavour && a->capacity_bytes == b->capacity_bytes &&
         a->word_bits == b->word_bits && a->banks == b->banks && a->voltage_v == b->voltage_v;
}

qy_status qy_sram_choose_again(qy_sram_choice *choice, qy_sram_known *known, const qy_sram_table *table,
                               const qy_sram_wish *wish, qy_error *err)
{
  assert(choice && known && table && wish);
  const qy_sram_wish *last = &known->wish;
  if (known->table != table || last->most_banks != wish->most_banks || last->of_table != wish->of_table ||
      !same_query(&last->query, &wish->query) ||
      !(wish->cycle_ns >= known->choice.low_ns && wish->cycle_ns < known->choice.high_ns)) {
    known->status = qy_sram_choose(&known->choice, table, wish, err);
    known->wish = *wish;
    known->table = known->status == QY_OK || known->status == QY_INFEASIBLE ? table : NULL;
  }
  *choice = known->choice;
  return known->status;
}
