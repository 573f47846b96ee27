/* Tables of sensitivities: reading, and looking up; see layer_noise.h. */
#include "layer_noise_int.h"

#include "quarry/csv.h"
#include "quarry/decimal.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_MAX = 32, NAMES_MAX = 256 /* that are listed or compared with a misspelt one */ };
static const double cost_most = 1e30, db_most = 300;

/* Columns that say what a row is of; all others may hold costs. */
typedef enum key {
  KEY_NETWORK,
  KEY_LAYER,
  KEY_NAME,
  KEY_OPTION,
  KEY_WEIGHT_BITS,
  KEY_ACTIVATION_BITS,
  KEY_WHAT,
  KEY_BITS,
  KEY_GRANULARITY,
  KEY_COUNT
} key;
static const char *const key_names[KEY_COUNT] = {"network",         "layer", "name", "option",     "weight_bits",
                                                 "activation_bits", "what",  "bits", "granularity"};
static const char trace_times_wide[] = "hessian_trace_per_param x dw2";
static const char trace_name[] = "hessian_trace_per_param", wide_name[] = "dw2", wide_ending[] = "_int",
                  db_ending[] = "_sqnr_db";

typedef struct entry {
  const char *network, *layer; /* network "": the table has no such column */
  int weights, activations;    /* 0: says nothing of it */
  int coarse;                  /* among entries that are alike but for this the least holds */
  bool alias;                  /* by the second of two names */
  int line, column;            /* where the option, and the width of a wide column, stands */
  double cost;
} entry;

struct noise_table {
  const char *file, *column;
  int head_line;
  noise_form form;
  bool ratios;
  entry *entry; /* [count], sorted */
  size_t count;
};

/* A column of costs and the width that its name says; 0: a row says it. */
typedef struct cost_column {
  int at, bits;
} cost_column;

typedef struct reader {
  noise_table *table;
  qy_csv csv;
  int at[KEY_COUNT];
  int trace; /* column that costs are multiplied by, or -1 */
  cost_column cost[BITS_MAX];
  int costs;
  entry *entry;
  size_t count, capacity;
} reader;

noise_form noise_table_form(const noise_table *table)
{
  return table->form;
}

bool noise_table_of_ratios(const noise_table *table)
{
  return table->ratios;
}

const char *noise_table_file(const noise_table *table)
{
  return table->file;
}

const char *noise_table_column(const noise_table *table)
{
  return table->column;
}

/* ---- the head line ---- */

static bool ends_in(const char *text, const char *ending)
{
  const size_t length = strlen(text), tail = strlen(ending);
  return length > tail && strcmp(text + length - tail, ending) == 0;
}

/* Width in a column's name NAME_intB; 0: it is no such column of NAME. */
static int wide_bits(const char *column, const char *name)
{
  const size_t length = strlen(name), ending = strlen(wide_ending);
  if (strncmp(column, name, length) != 0 || strncmp(column + length, wide_ending, ending) != 0) return 0;
  const char *digits = column + length + ending;
  const size_t count = strspn(digits, "0123456789");
  const int bits = count >= 1 && count <= 2 && digits[count] == '\0' && *digits != '0' ? atoi(digits) : 0;
  return bits <= BITS_MAX ? bits : 0;
}

/* Columns NAME_intB of the head line. */
static int find_wide(reader *r, const char *name)
{
  r->costs = 0;
  for (int i = 0; i < r->csv.count && r->costs < BITS_MAX; i++) {
    const int bits = wide_bits(r->csv.name[i], name);
    if (bits > 0) r->cost[r->costs++] = (cost_column){i, bits};
  }
  return r->costs;
}

/* A column NAME_int... that is of no width. */
static const char *bad_wide(const reader *r, const char *name)
{
  const size_t length = strlen(name), ending = strlen(wide_ending);
  for (int i = 0; i < r->csv.count; i++) {
    const char *column = r->csv.name[i];
    const bool like = strncmp(column, name, length) == 0 && strncmp(column + length, wide_ending, ending) == 0;
    if (like && wide_bits(column, name) == 0) return column;
  }
  return NULL;
}

static bool is_key(const reader *r, int column)
{
  for (int k = 0; k < KEY_COUNT; k++)
    if (r->at[k] == column) return true;
  return column == r->trace;
}

static bool is_number(const char *text)
{
  char *end;
  qy_decimal(text, &end);
  return end != text && *end == '\0';
}

/* Columns that may hold costs: numbers in the current row (any: all but keys), as a list. */
static int candidates(const reader *r, bool any, int *last, char *list, size_t size)
{
  int count = 0;
  size_t used = 0;
  for (int i = 0; i < r->csv.count; i++) {
    if (is_key(r, i) || (!any && !is_number(r->csv.field[i]))) continue;
    used = qy_append(list, size, used, "%s%s", count++ ? ", " : "", r->csv.name[i]);
    *last = i;
  }
  if (count == 0) qy_append(list, size, used, "none");
  return count;
}

static qy_status fail_head(const reader *r, qy_error *err, const char *expected, const char *found)
{
  return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, r->table->head_line, 0, "expected %s, found %s", expected, found);
}

/* Does a column say the option of a row? */
static bool has_option(const reader *r)
{
  return r->at[KEY_OPTION] >= 0 || r->at[KEY_WEIGHT_BITS] >= 0 || r->at[KEY_BITS] >= 0;
}

static qy_status find_keys(reader *r, qy_error *err)
{
  for (int k = 0; k < KEY_COUNT; k++)
    r->at[k] = qy_csv_column(&r->csv, key_names[k]);
  if (r->at[KEY_LAYER] < 0 && r->at[KEY_NAME] < 0) return fail_head(r, err, "a column `layer` or `name`", "neither");
  r->table->form = r->at[KEY_WHAT] >= 0                                            ? NOISE_OF_PARTS
                   : r->at[KEY_WEIGHT_BITS] >= 0 && r->at[KEY_ACTIVATION_BITS] < 0 ? NOISE_OF_WEIGHTS
                                                                                   : NOISE_OF_PAIRS;
  if (r->at[KEY_WHAT] >= 0 && r->at[KEY_BITS] < 0) return fail_head(r, err, "a column `bits` beside `what`", "none");
  const int said = (r->at[KEY_OPTION] >= 0) + (r->at[KEY_WEIGHT_BITS] >= 0) + (r->at[KEY_BITS] >= 0);
  if (said > 1) return fail_head(r, err, "one of `option`, `weight_bits` and `bits`", "several");
  if (r->at[KEY_ACTIVATION_BITS] >= 0 && r->at[KEY_WEIGHT_BITS] < 0)
    return fail_head(r, err, "a column `weight_bits` beside `activation_bits`", "none");
  return QY_OK;
}

/* A table without options: a row for each layer, and its widths in columns of their own. */
static qy_status find_wide_costs(reader *r, const char *cost, qy_error *err)
{
  char list[320];
  int last;
  r->table->form = NOISE_OF_WEIGHTS;
  r->trace = cost ? -1 : qy_csv_column(&r->csv, trace_name);
  r->table->column = cost ? cost : wide_name;
  if ((cost || r->trace >= 0) && find_wide(r, r->table->column) > 0) {
    const char *bad = bad_wide(r, r->table->column);
    if (bad)
      return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, r->table->head_line, 0,
                        "expected columns %s_int1 to %s_int%d, found %s", r->table->column, r->table->column,
                        (int)BITS_MAX, bad);
    if (!cost) r->table->column = trace_times_wide;
    return QY_OK;
  }
  candidates(r, true, &last, list, sizeof list);
  return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, r->table->head_line, 0,
                    "expected a column `option`, `weight_bits`, or `what` and `bits`, or columns %s%s_intB, found %s",
                    cost ? "" : "hessian_trace_per_param and ", r->table->column, list);
}

/* The column of costs; where none was said, the only one with a number in the first row. */
static qy_status find_cost(reader *r, const char *cost, qy_error *err)
{
  char list[320];
  int at = -1;
  r->trace = -1;
  if (!has_option(r)) return find_wide_costs(r, cost, err);
  if (cost) {
    int last;
    at = qy_csv_column(&r->csv, cost);
    if (at < 0 || is_key(r, at)) {
      candidates(r, true, &last, list, sizeof list);
      return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, r->table->head_line, 0,
                        "expected a column of costs named `%s`, found %s", cost, list);
    }
  } else if (candidates(r, false, &at, list, sizeof list) != 1) {
    return fail_head(r, err, "one column of costs, or to be told which", list);
  }
  r->cost[0] = (cost_column){at, 0};
  r->costs = 1;
  r->table->column = r->csv.name[at];
  r->table->ratios = ends_in(r->csv.name[at], db_ending);
  return QY_OK;
}

/* ---- rows ---- */

/* The width in a column; `float`, or nothing: not quantized. */
static qy_status read_bits(int *bits, const reader *r, key k, bool may_be_float, qy_error *err)
{
  int64_t value = 0;
  const char *text = r->csv.field[r->at[k]];
  const bool none = may_be_float && (!*text || strcmp(text, "float") == 0);
  const qy_status status = none ? QY_OK : qy_csv_integer(&r->csv, r->at[k], 1, BITS_MAX, &value, err);
  *bits = (int)value;
  return status;
}

/* Widths of an entry, by its columns. */
static qy_status read_option(entry *e, const reader *r, qy_error *err)
{
  static const char *const parts[] = {"weight", "activation"}, *const grains[] = {"channel", "tensor"};
  qy_precision p = {0, 0};
  int part = 0;
  qy_status status = QY_OK;
  if (r->at[KEY_OPTION] >= 0) {
    if (!qy_precision_parse(&p, r->csv.field[r->at[KEY_OPTION]]))
      return qy_csv_expected(&r->csv, r->at[KEY_OPTION], err, "a precision, as \"8\" or \"w4a8\"");
  } else if (r->at[KEY_WEIGHT_BITS] >= 0) {
    status = read_bits(&p.weights, r, KEY_WEIGHT_BITS, false, err);
    if (!status && r->at[KEY_ACTIVATION_BITS] >= 0)
      status = read_bits(&p.activations, r, KEY_ACTIVATION_BITS, true, err);
  } else if (r->at[KEY_BITS] >= 0) {
    status = read_bits(&p.weights, r, KEY_BITS, false, err);
    p.activations = p.weights;
  }
  if (!status && r->at[KEY_WHAT] >= 0) {
    status = qy_csv_choice(&r->csv, r->at[KEY_WHAT], parts, 2, &part, err);
    *(part ? &p.weights : &p.activations) = 0;
  }
  if (!status && r->at[KEY_GRANULARITY] >= 0)
    status = qy_csv_choice(&r->csv, r->at[KEY_GRANULARITY], grains, 2, &e->coarse, err);
  e->weights = p.weights;
  e->activations = p.activations;
  return status;
}

static qy_status read_cost(double *cost, const reader *r, int at, qy_error *err)
{
  double db = 0;
  if (!r->table->ratios) return qy_csv_number(&r->csv, at, 0, cost_most, cost, err);
  const qy_status status = qy_csv_number(&r->csv, at, -db_most, db_most, &db, err);
  *cost = pow(10, -db / 10);
  return status;
}

static qy_status keep(reader *r, entry e, const char *layer, qy_error *err)
{
  void *grown = r->entry;
  if (qy_grow(&grown, &r->capacity, r->count + 1, sizeof *r->entry)) return qy_no_memory(err);
  r->entry = grown;
  e.layer = layer;
  r->entry[r->count++] = e;
  return QY_OK;
}

/* One entry for each name of the layer. */
static qy_status keep_names(reader *r, const entry *e, qy_error *err)
{
  const char *layer = r->at[KEY_LAYER] >= 0 ? r->csv.field[r->at[KEY_LAYER]] : "";
  const char *name = r->at[KEY_NAME] >= 0 ? r->csv.field[r->at[KEY_NAME]] : "";
  if (!*layer && !*name)
    return qy_csv_expected(&r->csv, r->at[KEY_LAYER] >= 0 ? r->at[KEY_LAYER] : r->at[KEY_NAME], err,
                           "the name of a layer");
  qy_status status = *layer ? keep(r, *e, layer, err) : QY_OK;
  entry other = *e;
  other.alias = *layer != '\0';
  if (!status && *name && strcmp(name, layer) != 0) status = keep(r, other, name, err);
  return status;
}

static qy_status read_row(reader *r, qy_error *err)
{
  entry e = {.network = r->at[KEY_NETWORK] >= 0 ? r->csv.field[r->at[KEY_NETWORK]] : "", .line = r->csv.line};
  double trace = 1;
  qy_status status = read_option(&e, r, err);
  if (!status && r->trace >= 0) status = qy_csv_number(&r->csv, r->trace, 0, cost_most, &trace, err);
  for (int i = 0; i < r->costs && !status; i++) {
    const cost_column c = r->cost[i];
    if (!*r->csv.field[c.at]) continue;
    if (c.bits) e.weights = c.bits;
    e.column = r->csv.column[c.at];
    status = read_cost(&e.cost, r, c.at, err);
    e.cost *= trace;
    if (!status) status = keep_names(r, &e, err);
  }
  return status;
}

/* ---- the whole ---- */

/* By what an entry is of. */
static int by_key(const void *left, const void *right)
{
  const entry *a = left, *b = right;
  int order = strcmp(a->network, b->network);
  if (!order) order = strcmp(a->layer, b->layer);
  if (!order) order = (a->weights > b->weights) - (a->weights < b->weights);
  return order ? order : (a->activations > b->activations) - (a->activations < b->activations);
}

static int by_all(const void *left, const void *right)
{
  const entry *a = left, *b = right;
  int order = by_key(left, right);
  if (!order) order = a->coarse - b->coarse;
  return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void option_text(char *text, size_t size, noise_form form, int weights, int activations)
{
  char pair[QY_PRECISION_TEXT];
  if (form == NOISE_OF_PARTS)
    snprintf(text, size, "%s of %d bit", weights ? "weights" : "activations", weights ? weights : activations);
  else if (form == NOISE_OF_WEIGHTS)
    snprintf(text, size, "weights of %d bit", weights);
  else if (!activations)
    snprintf(text, size, "w%d", weights);
  else
    snprintf(text, size, "%s", qy_precision_text(pair, (qy_precision){weights, activations}));
}

/* Sorted, one entry for each option of a layer, into the arena. */
static qy_status settle(reader *r, qy_arena *arena, qy_error *err)
{
  noise_table *t = r->table;
  if (r->count == 0) return fail_head(r, err, "rows of layers with a cost below the head line", "none");
  qsort(r->entry, r->count, sizeof *r->entry, by_all);
  if (!(t->entry = qy_arena_alloc(arena, r->count, sizeof *t->entry))) return qy_no_memory(err);
  for (size_t i = 0; i < r->count; i++) {
    const entry *e = &r->entry[i], *before = i ? e - 1 : NULL;
    if (!before || by_key(before, e) != 0) {
      t->entry[t->count++] = *e;
    } else if (before->coarse == e->coarse) {
      char option[48];
      option_text(option, sizeof option, t->form, e->weights, e->activations);
      return qy_fail_at(err, QY_BAD_INPUT, t->file, e->line, e->column,
                        "expected layer '%s' at %s once (first in line %d), found it again", e->layer, option,
                        before->line);
    }
  }
  return QY_OK;
}

qy_status noise_table_read(noise_table **table, const char *file, const char *cost, qy_arena *arena, qy_error *err)
{
  noise_table *t = qy_arena_alloc(arena, 1, sizeof *t);
  bool more = true;
  if (!t) return qy_no_memory(err);
  reader r = {.table = t};
  t->file = qy_arena_text(arena, file, strlen(file));
  if (cost) cost = qy_arena_text(arena, cost, strlen(cost));
  if (!t->file) return qy_no_memory(err);
  qy_status status = qy_csv_open(&r.csv, t->file, arena, err);
  t->head_line = r.csv.line;
  if (!status) status = find_keys(&r, err);
  if (!status) status = qy_csv_next(&r.csv, &more, err);
  if (!status && !more) status = fail_head(&r, err, "rows of layers below the head line", "none");
  if (!status) status = find_cost(&r, cost, err);
  while (!status && more)
    if ((status = read_row(&r, err)) == QY_OK) status = qy_csv_next(&r.csv, &more, err);
  if (!status) status = settle(&r, arena, err);
  free(r.entry);
  *table = t;
  return status;
}

/* ---- looking up ---- */

/* Entries [*from, *to) of the network, or of one of its layers; layer NULL: all.  False: none. */
static bool range_of(size_t *from, size_t *to, const noise_table *t, const char *network, const char *layer)
{
  size_t low = 0, high = t->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    int order = strcmp(t->entry[middle].network, network);
    if (!order) order = layer ? strcmp(t->entry[middle].layer, layer) : 0;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *from = *to = low;
  while (*to < t->count && strcmp(t->entry[*to].network, network) == 0 &&
         (!layer || strcmp(t->entry[*to].layer, layer) == 0))
    ++*to;
  return *to > *from;
}

/* The distinct networks of the table, or layers of entries [from, to), as a list and for a guess at a misspelt one. */
static qy_status fail_unknown(const noise_table *t, bool of_layers, const char *found, size_t from, size_t to,
                              qy_error *err)
{
  const char *name[NAMES_MAX], *last = NULL;
  char list[240];
  size_t names = 0, used = 0;
  bool full = false;
  for (size_t i = from; i < to && names < NAMES_MAX; i++) {
    const char *this = of_layers ? t->entry[i].layer : t->entry[i].network;
    if (last && strcmp(last, this) == 0) continue;
    if (!full && used + strlen(this) + 8 < sizeof list) {
      used = qy_append(list, sizeof list, used, "%s%s", names ? ", " : "", this);
    } else if (!full) {
      used = qy_append(list, sizeof list, used, ", ...");
      full = true;
    }
    name[names++] = last = this;
  }
  const char *nearest = qy_nearest(found, name, names);
  return qy_fail_at(err, QY_BAD_INPUT, t->file, t->head_line, 0, "expected rows of %s '%s', found those of %s%s%s%s",
                    of_layers ? "layer" : "network", found, list, nearest ? "; did you mean '" : "",
                    nearest ? nearest : "", nearest ? "'?" : "");
}

/* The cost of a layer, entries [from, to), at one pair of widths. */
static qy_status find_option(double *cost, const noise_table *t, size_t from, size_t to, int weights, int activations,
                             qy_error *err)
{
  char asked[48], one[48], list[240];
  size_t used = 0;
  for (size_t i = from; i < to; i++)
    if (t->entry[i].weights == weights && t->entry[i].activations == activations) {
      *cost += t->entry[i].cost;
      return QY_OK;
    }
  option_text(asked, sizeof asked, t->form, weights, activations);
  for (size_t i = from; i < to; i++) {
    option_text(one, sizeof one, t->form, t->entry[i].weights, t->entry[i].activations);
    used = qy_append(list, sizeof list, used, "%s%s", i > from ? ", " : "", one);
  }
  return qy_fail_at(err, QY_BAD_INPUT, t->file, t->entry[from].line, 0,
                    "layer '%s': expected a row of %s, found those of %s", t->entry[from].layer, asked, list);
}

qy_status noise_table_cost(double *cost, const noise_table *t, const char *network, const char *layer,
                           qy_precision precision, qy_error *err)
{
  size_t from, to, first, last;
  const bool by_network = *t->entry[t->count - 1].network != '\0'; /* sorted: "" comes first */
  const char *of = by_network && network ? network : "";
  *cost = 0;
  if (!range_of(&first, &last, t, of, NULL)) return fail_unknown(t, false, network ? network : "", 0, t->count, err);
  if (!range_of(&from, &to, t, of, layer)) return fail_unknown(t, true, layer, first, last, err);
  const int w = precision.weights, a = precision.activations;
  if (t->form == NOISE_OF_WEIGHTS) return find_option(cost, t, from, to, w, 0, err);
  if (t->form == NOISE_OF_PAIRS) return find_option(cost, t, from, to, w, a, err);
  qy_status status = w ? find_option(cost, t, from, to, w, 0, err) : QY_OK;
  return status || !a ? status : find_option(cost, t, from, to, 0, a, err);
}

/* ---- layers in order ---- */

typedef struct place {
  const char *layer;
  int line;
} place;

static int by_line(const void *left, const void *right)
{
  const place *a = left, *b = right;
  return (a->line > b->line) - (a->line < b->line);
}

qy_status noise_table_layers(const char ***layer, size_t *count, const noise_table *t, const char *network,
                             qy_arena *arena, qy_error *err)
{
  size_t from, to;
  const bool by_network = *t->entry[t->count - 1].network != '\0';
  *count = 0;
  if (!range_of(&from, &to, t, by_network && network ? network : "", NULL)) return QY_OK;
  place *first = qy_arena_alloc(arena, to - from, sizeof *first);
  *layer = qy_arena_alloc(arena, to - from, sizeof **layer);
  if (!first || !*layer) return qy_no_memory(err);
  for (size_t i = from; i < to; i++) {
    const entry *e = &t->entry[i];
    if (e->alias) continue;
    if (*count == 0 || strcmp(first[*count - 1].layer, e->layer) != 0) first[(*count)++] = (place){e->layer, e->line};
    place *known = &first[*count - 1];
    if (e->line < known->line) known->line = e->line;
  }
  qsort(first, *count, sizeof *first, by_line);
  for (size_t i = 0; i < *count; i++)
    (*layer)[i] = first[i].layer;
  return QY_OK;
}
