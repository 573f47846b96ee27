/* Tables of layers and options: reading, ties, fixed layers (include/quarry/assign_table.h). */
#include "quarry/assign_table.h"

#include "quarry/csv.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 4096 /* layers that a misspelt name is compared with */ };

/* One row as it stands in the file. */
typedef struct row {
  size_t layer, before; /* before: the row of the same layer before it, SIZE_MAX: none */
  int line;
  const char *option;
  double cost[QY_ASSIGN_COSTS_MAX];
} row;

typedef struct reader {
  qy_assign_table *table;
  qy_csv csv;
  int layer_at, option_at, cost_at[QY_ASSIGN_COSTS_MAX];
  row *rows;
  size_t count, capacity;
  size_t *last; /* [layers]: its last row */
  size_t layers_room, lines_room, last_room;
} reader;

static qy_status read_head(reader *r, qy_error *err)
{
  static const char *const names[] = {"layer", "option"};
  int at[2];
  qy_status status = qy_csv_columns(&r->csv, names, 2, at, err);
  if (status) return status;
  r->layer_at = at[0];
  r->option_at = at[1];
  qy_assign_table *t = r->table;
  for (int i = 0; i < r->csv.count; i++) {
    if (i == at[0] || i == at[1]) continue;
    if (t->costs == QY_ASSIGN_COSTS_MAX)
      return qy_fail_at(err, QY_BAD_INPUT, t->file, r->csv.line, r->csv.column[i],
                        "expected at most %d columns of costs, found '%s' too", (int)QY_ASSIGN_COSTS_MAX,
                        r->csv.name[i]);
    r->cost_at[t->costs] = i;
    t->cost_name[t->costs++] = r->csv.name[i];
  }
  return t->costs ? QY_OK
                  : qy_fail_at(err, QY_BAD_INPUT, t->file, r->csv.line, 0,
                               "expected a column of costs beside 'layer' and 'option', found none");
}

/* Layer of this name, a new one if need be; rows of a layer usually stand together, so the last one is tried first. */
static qy_status find_layer(size_t *layer, reader *r, const char *name, qy_error *err)
{
  qy_assign_table *t = r->table;
  for (size_t l = t->layers; l-- > 0;)
    if (strcmp(t->layer[l], name) == 0) {
      *layer = l;
      return QY_OK;
    }
  void *names = t->layer, *lines = t->line, *last = r->last;
  const bool full = qy_grow(&names, &r->layers_room, t->layers + 1, sizeof *t->layer) ||
                    qy_grow(&lines, &r->lines_room, t->layers + 1, sizeof *t->line) ||
                    qy_grow(&last, &r->last_room, t->layers + 1, sizeof *r->last);
  t->layer = names;
  t->line = lines;
  r->last = last;
  if (full) return qy_no_memory(err);
  t->layer[t->layers] = name;
  t->line[t->layers] = r->csv.line;
  r->last[t->layers] = SIZE_MAX;
  *layer = t->layers++;
  return QY_OK;
}

/* An option may stand once in a layer. */
static qy_status check_option(const reader *r, const row *new, qy_error *err)
{
  size_t options = 0;
  for (size_t i = new->before; i != SIZE_MAX; i = r->rows[i].before, options++)
    if (strcmp(r->rows[i].option, new->option) == 0)
      return qy_csv_expected(&r->csv, r->option_at, err, "each option of layer '%s' once (first in line %d)",
                             r->table->layer[new->layer], r->rows[i].line);
  if (options < QY_ASSIGN_OPTIONS_MAX) return QY_OK;
  return qy_csv_expected(&r->csv, r->option_at, err, "at most %d options of a layer", (int)QY_ASSIGN_OPTIONS_MAX);
}

static qy_status read_row(reader *r, qy_error *err)
{
  row new = {.line = r->csv.line, .option = r->csv.field[r->option_at]};
  const char *name = r->csv.field[r->layer_at];
  if (!*name) return qy_csv_expected(&r->csv, r->layer_at, err, "the name of a layer");
  if (!*new.option) return qy_csv_expected(&r->csv, r->option_at, err, "the name of an option");
  qy_status status = find_layer(&new.layer, r, name, err);
  if (status) return status;
  new.before = r->last[new.layer];
  status = check_option(r, &new, err);
  for (int k = 0; !status && k < r->table->costs; k++)
    status = qy_csv_number(&r->csv, r->cost_at[k], 0, QY_ASSIGN_COST_MOST, &new.cost[k], err);
  void *rows = r->rows;
  if (!status && qy_grow(&rows, &r->capacity, r->count + 1, sizeof *r->rows)) status = qy_no_memory(err);
  r->rows = rows;
  if (status) return status;
  r->last[new.layer] = r->count;
  r->rows[r->count++] = new;
  return QY_OK;
}

/* What was read, layer by layer, into the arena. */
static qy_status settle(reader *r, qy_error *err)
{
  qy_assign_table *t = r->table;
  const char **layer = qy_arena_alloc(t->arena, t->layers, sizeof *layer);
  int *line = qy_arena_alloc(t->arena, t->layers, sizeof *line);
  t->first = qy_arena_alloc(t->arena, t->layers + 1, sizeof *t->first);
  t->option = qy_arena_alloc(t->arena, r->count, sizeof *t->option);
  t->leader = qy_arena_alloc(t->arena, t->layers, sizeof *t->leader);
  t->fixed = qy_arena_alloc(t->arena, t->layers, sizeof *t->fixed);
  size_t *next = qy_arena_alloc(t->arena, t->layers, sizeof *next);
  bool good = layer && line && t->first && t->option && t->leader && t->fixed && next;
  for (int k = 0; k < t->costs; k++)
    good = (t->cost[k] = qy_arena_alloc(t->arena, r->count, sizeof(double))) && good;
  if (!good) return qy_no_memory(err);
  for (size_t i = 0; i < r->count; i++)
    t->first[r->rows[i].layer + 1]++;
  for (size_t l = 0; l < t->layers; l++) {
    layer[l] = t->layer[l];
    line[l] = t->line[l];
    next[l] = t->first[l];
    t->first[l + 1] += t->first[l];
    t->leader[l] = l;
    t->fixed[l] = SIZE_MAX;
  }
  for (size_t i = 0; i < r->count; i++) {
    const size_t at = next[r->rows[i].layer]++;
    t->option[at] = r->rows[i].option;
    for (int k = 0; k < t->costs; k++)
      t->cost[k][at] = r->rows[i].cost[k];
  }
  free(t->layer);
  free(t->line);
  t->layer = layer;
  t->line = line;
  return QY_OK;
}

qy_status qy_assign_table_read(qy_assign_table *table, const char *file, qy_arena *arena, qy_error *err)
{
  assert(table && file);
  *table = (qy_assign_table){.file = file, .arena = arena};
  reader r = {.table = table};
  bool more = true;
  qy_status status = qy_csv_open(&r.csv, file, arena, err);
  if (!status) status = read_head(&r, err);
  while (!status && (status = qy_csv_next(&r.csv, &more, err)) == QY_OK && more)
    status = read_row(&r, err);
  if (!status && r.count == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, file, r.csv.line, 0, "expected rows of layers and options, found none");
  if (!status) status = settle(&r, err);
  if (status) { /* else these lie in the arena */
    free(table->layer);
    free(table->line);
    table->layers = 0;
  }
  free(r.rows);
  free(r.last);
  return status;
}

static qy_status unknown(const char *what, const char *expected, const char *found, size_t length,
                         const char *const *names, size_t count, qy_error *err)
{
  char name[128];
  const size_t shown = length < sizeof name ? length : sizeof name - 1;
  memcpy(name, found, shown);
  name[shown] = '\0';
  const char *nearest = qy_nearest(name, names, count < NAMES_MAX ? count : NAMES_MAX);
  return qy_fail(err, QY_BAD_INPUT, "%s: expected %s, found \"%s\"%s%s%s", what, expected, name,
                 nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

/* Layer whose name is name[0..length), or `layers`. */
static size_t layer_named(const qy_assign_table *t, const char *name, size_t length)
{
  size_t l = 0;
  while (l < t->layers && (strlen(t->layer[l]) != length || memcmp(t->layer[l], name, length) != 0))
    l++;
  return l;
}

/* Row of a layer whose option has this name, or SIZE_MAX. */
static size_t row_named(const qy_assign_table *t, size_t layer, const char *option)
{
  for (size_t i = t->first[layer]; i < t->first[layer + 1]; i++)
    if (strcmp(t->option[i], option) == 0) return i;
  return SIZE_MAX;
}

/* Options of both have the same names? */
static qy_status check_same(const qy_assign_table *t, size_t a, size_t b, qy_error *err)
{
  for (int turn = 0; turn < 2; turn++) {
    const size_t from = turn ? b : a, to = turn ? a : b;
    for (size_t i = t->first[from]; i < t->first[from + 1]; i++)
      if (row_named(t, to, t->option[i]) == SIZE_MAX)
        return qy_fail_at(err, QY_BAD_INPUT, t->file, t->line[b], 1,
                          "layer '%s': expected the options of '%s', with which it is tied, found %s '%s'", t->layer[b],
                          t->layer[a], turn ? "also" : "no", t->option[i]);
  }
  return QY_OK;
}

static void join(qy_assign_table *t, size_t a, size_t b)
{
  const size_t one = t->leader[a], other = t->leader[b], low = one < other ? one : other;
  for (size_t l = 0; l < t->layers; l++)
    if (t->leader[l] == one || t->leader[l] == other) t->leader[l] = low;
}

qy_status qy_assign_table_tie(qy_assign_table *table, const char *layers, qy_error *err)
{
  assert(table && layers);
  size_t before = SIZE_MAX, count = 0;
  for (const char *at = layers;; at++) {
    const size_t length = strcspn(at, ","), l = layer_named(table, at, length);
    if (l == table->layers) return unknown("--tie", "a layer of the table", at, length, table->layer, l, err);
    if (count++ > 0) {
      const qy_status status = check_same(table, before, l, err);
      if (status) return status;
      join(table, before, l);
    }
    before = l;
    at += length;
    if (*at == '\0') break;
  }
  if (count > 1) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "--tie: expected two layers or more with commas between, found \"%s\"", layers);
}

qy_status qy_assign_table_fix(qy_assign_table *table, const char *text, qy_error *err)
{
  assert(table && text);
  const char *equals = strchr(text, '=');
  if (!equals) return qy_fail(err, QY_BAD_INPUT, "--fix: expected LAYER=OPTION, found \"%s\"", text);
  size_t l = table->layers;
  for (const char *at = equals; at && l == table->layers; at = strchr(at + 1, '=')) { /* names may hold '=' too */
    l = layer_named(table, text, (size_t)(at - text));
    if (l < table->layers) equals = at;
  }
  if (l == table->layers)
    return unknown("--fix", "a layer of the table", text, (size_t)(equals - text), table->layer, table->layers, err);
  const size_t at = row_named(table, l, equals + 1);
  if (at == SIZE_MAX)
    return unknown("--fix", "an option of the layer", equals + 1, strlen(equals + 1), table->option + table->first[l],
                   table->first[l + 1] - table->first[l], err);
  if (table->fixed[l] != SIZE_MAX && table->fixed[l] != at)
    return qy_fail(err, QY_BAD_INPUT, "--fix: expected one option for layer \"%s\", found \"%s\" after \"%s\"",
                   table->layer[l], table->option[at], table->option[table->fixed[l]]);
  table->fixed[l] = at;
  return QY_OK;
}

int qy_assign_table_cost(const qy_assign_table *table, const char *what, const char *name, qy_error *err)
{
  assert(table && what && name);
  for (int k = 0; k < table->costs; k++)
    if (strcmp(table->cost_name[k], name) == 0) return k;
  unknown(what, "a cost of the table", name, strlen(name), table->cost_name, (size_t)table->costs, err);
  return -1;
}

/* Option of the first layer of a group to which one of its layers is fixed, as a row; SIZE_MAX: none. */
static qy_status fixed_row(size_t *at, const qy_assign_table *t, size_t leader, qy_error *err)
{
  *at = SIZE_MAX;
  for (size_t l = leader; l < t->layers; l++) {
    if (t->leader[l] != leader || t->fixed[l] == SIZE_MAX) continue;
    const size_t same = row_named(t, leader, t->option[t->fixed[l]]);
    if (*at != SIZE_MAX && *at != same)
      return qy_fail(err, QY_BAD_INPUT,
                     "--fix: expected one option for the layers tied with \"%s\", found \"%s\" and \"%s\"",
                     t->layer[leader], t->option[*at], t->option[same]);
    *at = same;
  }
  return QY_OK;
}

/* Costs of a row of the first layer with those of the layers tied to it. */
static void add_up(double **cost, size_t at, const qy_assign_table *t, size_t leader, size_t from)
{
  for (size_t l = leader; l < t->layers; l++)
    if (t->leader[l] == leader)
      for (int k = 0; k < t->costs; k++)
        cost[k][at] += t->cost[k][row_named(t, l, t->option[from])];
}

qy_status qy_assign_table_groups(qy_assign_groups *groups, const qy_assign_table *table, qy_error *err)
{
  assert(groups && table);
  const size_t rows = table->first[table->layers];
  size_t *first = qy_arena_alloc(table->arena, table->layers + 1, sizeof *first), count = 0, used = 0;
  size_t *from = qy_arena_alloc(table->arena, rows, sizeof *from);
  size_t *group_of = qy_arena_alloc(table->arena, table->layers, sizeof *group_of);
  double **cost = qy_arena_alloc(table->arena, (size_t)table->costs, sizeof *cost);
  bool good = first && from && group_of && cost;
  for (int k = 0; good && k < table->costs; k++)
    good = (cost[k] = qy_arena_alloc(table->arena, rows, sizeof(double))) != NULL;
  if (!good) return qy_no_memory(err);
  for (size_t l = 0; l < table->layers; l++) {
    group_of[l] = table->leader[l] == l ? count : group_of[table->leader[l]];
    if (table->leader[l] != l) continue;
    size_t only;
    const qy_status status = fixed_row(&only, table, l, err);
    if (status) return status;
    for (size_t i = table->first[l]; i < table->first[l + 1]; i++) {
      if (only != SIZE_MAX && i != only) continue;
      from[used] = i;
      add_up(cost, used++, table, l, i);
    }
    first[++count] = used;
  }
  *groups = (qy_assign_groups){
      {.groups = count, .first = first, .costs = table->costs, .cost = (const double *const *)cost}, group_of, from};
  return QY_OK;
}

const char *qy_assign_table_chosen(const qy_assign_table *table, const qy_assign_groups *groups, const uint16_t *choice,
                                   size_t layer)
{
  const size_t g = groups->group_of[layer];
  return table->option[groups->rows[groups->problem.first[g] + choice[g]]];
}
