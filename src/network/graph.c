/* Edges of a network: names in the inputs column, sizes along them, and who reads what. */
#include "network_int.h"

#include "quarry/decimal.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 40 }; /* bytes of a name that go into a message */

static qy_status no_memory(const network_row *r)
{
  return qy_fail_at(r->err, QY_NO_MEMORY, r->csv->file, 0, 0, "out of memory");
}

/* Latest first: most inputs are a few lines above.  layer_count: none. */
static size_t find(const qy_network *n, const char *name, size_t length)
{
  for (size_t i = n->layer_count; i-- > 0;)
    if (strncmp(n->layer[i].name, name, length) == 0 && n->layer[i].name[length] == '\0') return i;
  return n->layer_count;
}

/* The later line that has this name, 0: none.  Reads on to the end of the file: only for a message. */
static int later_line(const network_row *r, const char *name)
{
  qy_csv rest = *r->csv;
  bool more;
  if (strcmp(rest.field[r->at[NAME]], name) == 0) return rest.line;
  while (qy_csv_next(&rest, &more, NULL) == QY_OK && more)
    if (strcmp(rest.field[r->at[NAME]], name) == 0) return rest.line;
  return 0;
}

/* Line and column of a part of the inputs cell. */
static qy_status bad_input(const network_row *r, const char *part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static qy_status bad_input(const network_row *r, const char *part, const char *format, ...)
{
  const int cell = r->at[INPUTS];
  char text[QY_DIAGNOSTIC_TEXT];
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  return qy_fail_at(r->err, QY_BAD_INPUT, r->csv->file, r->csv->line,
                    r->csv->column[cell] + (int)(part - r->csv->field[cell]), "inputs: %s", text);
}

static qy_status unknown_name(const network_row *r, const char *part, size_t length)
{
  const qy_network *n = r->before;
  char *name = qy_arena_text(r->arena, part, length);
  const char **names = qy_arena_alloc(r->arena, n->layer_count, sizeof *names);
  if (!name || !names) return no_memory(r);
  const int line = length > 0 ? later_line(r, name) : 0;
  if (line == r->csv->line)
    return bad_input(r, part, "expected a layer of an earlier line, found '%.*s', the layer itself", SHOWN, name);
  if (line > 0)
    return bad_input(r, part, "expected a layer of an earlier line, found '%.*s' of line %d", SHOWN, name, line);
  for (size_t i = 0; i < n->layer_count; i++)
    names[i] = n->layer[i].name;
  const char *nearest = qy_nearest(name, names, n->layer_count);
  return bad_input(r, part, "expected a layer of an earlier line, found '%.*s'%s%s%s", SHOWN, name,
                   nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* The names of a cell, one after another. */
static qy_status read_names(qy_layer *l, size_t *edge, const network_row *r)
{
  const char *cell = r->csv->field[r->at[INPUTS]], *part = cell;
  const bool alone = find(r->before, cell, strlen(cell)) < r->before->layer_count; /* may hold + or * */
  for (;;) {
    const size_t length = alone ? strlen(part) : strcspn(part, "+*@"), i = find(r->before, part, length);
    if (i == r->before->layer_count) return unknown_name(r, part, length);
    for (size_t k = 0; k < l->input_count; k++)
      if (edge[k] == i)
        return bad_input(r, part, "expected each layer once, found '%.*s' again", SHOWN, r->before->layer[i].name);
    edge[l->input_count++] = i;
    if (part[length] == '\0') return QY_OK;
    if (l->gated || l->paired)
      return bad_input(r, part + length, "expected nothing after the layer that %s, found '%c'",
                       l->gated ? "scales" : "is the second operand", part[length]);
    l->gated = part[length] == '*';
    l->computed = part[length] == '@';
    part += length + 1;
    if (l->computed && strcmp(part, "-") == 0) return QY_OK; /* of a layer that is not known */
    l->paired = l->computed;
  }
}

static size_t count_names(const char *cell)
{
  size_t count = 1;
  for (; (cell = strpbrk(cell, "+*@")) != NULL; cell++)
    count++;
  return count;
}

/* Add layer i to what the layers before it make together. */
static qy_status join(network_map *map, const qy_layer *l, size_t i, const network_row *r)
{
  const qy_layer *a = &r->before->layer[i], *first = &r->before->layer[l->input[0]];
  const bool sum = l->type == QY_LAYER_ADD;
  if (map->c == 0) {
    *map = (network_map){a->batch, a->out_h, a->out_w, a->out_c};
    return QY_OK;
  }
  if (a->out_h != map->h || a->out_w != map->w || (sum && a->out_c != map->c))
    return network_expected(r, INPUTS,
                            "outputs of one size: %" PRId64 "x%" PRId64 "x%" PRId64 " of %.*s is not %" PRId64
                            "x%" PRId64 "x%" PRId64 " of %.*s",
                            a->out_h, a->out_w, a->out_c, SHOWN, a->name, first->out_h, first->out_w, first->out_c,
                            SHOWN, first->name);
  if (!sum) map->c += a->out_c; /* at most 10,000 times 2^24 */
  return QY_OK;
}

qy_status network_check_second(const qy_layer *l, const network_row *r)
{
  const qy_layer *b = &r->before->layer[l->input[l->input_count - 1]];
  const int64_t size[] = {b->out_h, b->out_w, b->out_c, b->batch};
  int64_t values = 1;
  for (size_t i = 0; i < sizeof size / sizeof *size; i++)
    if (__builtin_mul_overflow(values, size[i], &values)) values = INT64_MAX / NETWORK_SIZE_MAX; /* more than fit */
  if (values == qy_layer_operands(l)) return QY_OK;
  return network_expected(r, INPUTS, "%" PRId64 " values after '@', as many as weights, but %.*s makes %" PRId64,
                          qy_layer_operands(l), SHOWN, b->name, values);
}

/* The layer that scales: one value a channel. */
static qy_status check_gate(const network_map *map, const qy_layer *l, const network_row *r)
{
  const qy_layer *g = &r->before->layer[l->input[l->input_count - 1]];
  if (l->type == QY_LAYER_ADD || l->type == QY_LAYER_CONCAT)
    return network_expected(r, INPUTS, "no '*' in a %s", network_type_names[l->type]);
  if (g->out_h == 1 && g->out_w == 1 && g->out_c == map->c) return QY_OK;
  return network_expected(r, INPUTS, "1x1x%" PRId64 " after '*', but %.*s makes %" PRId64 "x%" PRId64 "x%" PRId64,
                          map->c, SHOWN, g->name, g->out_h, g->out_w, g->out_c);
}

/* Height x width x channels in a row; what does not fit is larger than any size. */
static void flatten(network_map *map)
{
  int64_t all;
  if (__builtin_mul_overflow(map->h, map->w, &all) || __builtin_mul_overflow(all, map->c, &all)) all = INT64_MAX;
  map->c = all;
  map->h = map->w = 1;
}

qy_status network_inputs(qy_layer *l, network_map *map, const network_row *r)
{
  const bool says = network_given(r, INPUTS);
  const char *cell = says ? r->csv->field[r->at[INPUTS]] : "";
  size_t *edge = qy_arena_alloc(r->arena, count_names(cell), sizeof *edge);
  qy_status status = QY_OK;
  *map = (network_map){.batch = 1};
  if (!edge) return no_memory(r);
  l->input = edge;
  if (!says && r->before->layer_count > 0)
    edge[l->input_count++] = r->before->layer_count - 1;
  else if (says && strcmp(cell, "-@-") == 0)
    l->computed = true;
  else if (says && strcmp(cell, "-") != 0)
    status = read_names(l, edge, r);
  const bool joins = l->type == QY_LAYER_CONCAT || (l->type == QY_LAYER_ADD && r->at[INPUTS] >= 0);
  if (!status && joins && l->input_count < 2)
    status = network_expected(r, INPUTS, "two layers or more in a%s %s", l->type == QY_LAYER_ADD ? "n" : "",
                              network_type_names[l->type]);
  const size_t maps = qy_layer_maps(l);
  for (size_t i = 0; !status && i < l->input_count; i++) {
    if (!(l->paired && i == maps) && r->before->layer[edge[i]].batch != r->before->layer[edge[0]].batch)
      status = network_expected(r, INPUTS, "layers of one batch");
    if (!status && i < maps) status = join(map, l, edge[i], r);
  }
  if (!status && l->gated) status = check_gate(map, l, r);
  if (!status && l->computed && !qy_layer_multiplies(l->type))
    status = network_expected(r, INPUTS, "no '@' in a%s %s", l->type == QY_LAYER_ADD ? "n" : "",
                              network_type_names[l->type]);
  if (!status && l->type == QY_LAYER_FC && map->c > 0) flatten(map);
  return status;
}

qy_status network_fit(qy_layer *l, const network_map *map, const network_row *r)
{
  if (l->input_count == 0) return QY_OK;
  const struct {
    int column;
    int64_t is, wanted;
    const char *what;
  } size[] = {{BATCH, l->batch, map->batch, "batch"},
              {IN_H, l->in_h, map->h, "height"},
              {IN_W, l->in_w, map->w, "width"},
              {IN_C, l->in_c, map->c, l->type == QY_LAYER_FC ? "elements" : "channels"}};
  for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
    if (size[i].is == size[i].wanted) continue;
    if (r->at[INPUTS] < 0) { /* a list of layers: this one does not follow the line before */
      l->input_count = 0;
      return QY_OK;
    }
    return network_expected(r, size[i].column, "%" PRId64 ", the %s that %.*s%s", size[i].wanted, size[i].what, SHOWN,
                            r->before->layer[l->input[0]].name,
                            qy_layer_maps(l) > 1 ? " and its other inputs have" : " has");
  }
  return QY_OK;
}

qy_status network_consumers(qy_network *n, qy_arena *arena, qy_error *err)
{
  size_t edges = 0;
  for (size_t i = 0; i < n->layer_count; i++)
    for (size_t k = 0; k < n->layer[i].input_count; k++, edges++)
      n->layer[n->layer[i].input[k]].consumer_count++;
  size_t *all = qy_arena_alloc(arena, edges, sizeof *all), *next = qy_arena_alloc(arena, n->layer_count, sizeof *next);
  if (!all || !next) return qy_fail_at(err, QY_NO_MEMORY, n->file, 0, 0, "out of memory");
  for (size_t i = 0, at = 0; i < n->layer_count; at += n->layer[i++].consumer_count) {
    next[i] = at;
    if (n->layer[i].consumer_count > 0) n->layer[i].consumer = &all[at];
  }
  for (size_t i = 0; i < n->layer_count; i++)
    for (size_t k = 0; k < n->layer[i].input_count; k++)
      all[next[n->layer[i].input[k]]++] = i;
  return QY_OK;
}

const size_t *qy_network_edges(size_t *count, const qy_network *network, size_t i, qy_layer_side side)
{
  assert(i < network->layer_count);
  const qy_layer *l = &network->layer[i];
  *count = side == QY_SIDE_INPUTS ? l->input_count : l->consumer_count;
  return *count == 0 ? NULL : side == QY_SIDE_INPUTS ? l->input : l->consumer;
}
