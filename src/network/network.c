/* Reading a network, and choosing layers of it: see network.h.  A line is read in row.c, its edges in graph.c. */
#include "network_int.h"

#include "quarry/integer.h"

#include "quarry/constants.h"
#include "quarry/file.h"
#include "quarry/text.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TYPE_TEXT = 200 };

const char *const network_type_names[QY_LAYER_TYPE_COUNT] = {
    [QY_LAYER_CONV] = "conv", [QY_LAYER_DWCONV] = "dwconv", [QY_LAYER_PWCONV] = "pwconv", [QY_LAYER_FC] = "fc",
    [QY_LAYER_POOL] = "pool", [QY_LAYER_ADD] = "add",       [QY_LAYER_CONCAT] = "concat", [QY_LAYER_COL2IM] = "col2im",
};

const char *qy_layer_type_name(qy_layer_type type)
{
  return (unsigned)type < QY_LAYER_TYPE_COUNT ? network_type_names[type] : "?";
}

bool qy_layer_multiplies(qy_layer_type type)
{
  return type != QY_LAYER_POOL && type != QY_LAYER_ADD && type != QY_LAYER_CONCAT && type != QY_LAYER_COL2IM;
}

/* Upper bound of the layers in a text, no more than is accepted. */
static size_t layer_bound(const char *text)
{
  size_t lines = 1;
  for (; lines < QY_NETWORK_LAYERS_MAX && (text = strchr(text, '\n')) != NULL; text++)
    lines++;
  return lines;
}

/* Name without directory and ending. */
static char *stem(const char *path, qy_arena *arena)
{
  const char *slash = strrchr(path, '/'), *from = slash ? slash + 1 : path;
  size_t length = strlen(from);
  if (length > 4 && strcmp(from + length - 4, ".csv") == 0) length -= 4;
  return qy_arena_text(arena, from, length);
}

static int is_path(const char *name)
{
  size_t length = strlen(name);
  return strchr(name, '/') != NULL || (length > 4 && strcmp(name + length - 4, ".csv") == 0);
}

static qy_status no_memory(const char *file, qy_error *err)
{
  return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory");
}

/* A name that no file of db/networks has: the nearest, or all. */
static qy_status unknown_network(const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  const char *const *names = NULL;
  size_t count = 0;
  qy_text list = {0};
  const char *folder = qy_arena_format(arena, "%s/networks", db_dir);
  qy_status status =
      folder ? qy_folder_names_ending(&names, &count, folder, ".csv", "networks", arena, err) : qy_no_memory(err);
  if (status) return status;
  const char *nearest = qy_nearest(name, names, count);
  for (size_t i = 0; i < count && !nearest; i++)
    qy_text_add(&list, "%s%s", i ? ", " : "", names[i]);
  status = qy_fail(err, QY_BAD_INPUT, "expected a network of %s or a file (./FILE.csv), found \"%.80s\"; %s%s%s",
                   folder, name, nearest ? "did you mean \"" : "there are: ",
                   nearest     ? nearest
                   : list.data ? list.data
                               : "none",
                   nearest ? "\"?" : "");
  qy_text_free(&list);
  return status;
}

/* Places of the columns; any but name and type may be left out, none may be unknown. */
static qy_status find_columns(int at[COLUMNS], const qy_csv *csv, qy_error *err)
{
  size_t count;
  const qy_network_column *column = qy_network_columns(&count);
  const char *names[COLUMNS];
  assert(count == COLUMNS);
  for (int i = 0; i < COLUMNS; i++) {
    names[i] = column[i].name;
    at[i] = qy_csv_column(csv, names[i]);
  }
  qy_status status = qy_csv_columns(csv, names, TYPE + 1, at, err);
  for (int k = 0; k < csv->count; k++) {
    bool known = false;
    for (int i = 0; i < COLUMNS && !known; i++)
      known = at[i] == k;
    if (known) continue;
    const char *nearest = qy_nearest(csv->name[k], names, COLUMNS);
    status = qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, csv->column[k],
                        "expected a column of a network (quarry describe network --format-help), found '%.40s'%s%s%s",
                        csv->name[k], nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
  }
  return status;
}

static qy_status read_layers(qy_network *n, qy_csv *csv, const int *at, qy_arena *arena, qy_error *err)
{
  const network_row row = {.csv = csv, .at = at, .before = n, .arena = arena, .err = err};
  bool more;
  qy_status status;
  while (!(status = qy_csv_next(csv, &more, err)) && more) {
    if (n->layer_count == QY_NETWORK_LAYERS_MAX)
      return qy_fail_at(err, QY_BAD_INPUT, n->file, csv->line, 0, "expected at most %d layers, found more",
                        QY_NETWORK_LAYERS_MAX);
    qy_layer *l = &n->layer[n->layer_count];
    if ((status = network_read_row(l, &row))) return status;
    for (size_t i = 0; i < n->layer_count; i++)
      if (strcmp(n->layer[i].name, l->name) == 0) return network_expected(&row, NAME, "a name not used before");
    n->layer_count++;
  }
  if (!status && n->layer_count == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, n->file, 0, 0, "expected at least one layer, found none");
  return status;
}

/* text: split while reading. */
static qy_status read_text(qy_network **network, const char *file, char *text, size_t length, qy_arena *arena,
                           qy_error *err)
{
  qy_csv csv;
  int at[COLUMNS];
  qy_network *n = qy_arena_alloc(arena, 1, sizeof *n);
  if (!n) return no_memory(file, err);
  n->file = file;
  n->name = stem(file, arena);
  n->text = qy_arena_text(arena, text, length); /* reading splits the other copy */
  n->layer = qy_arena_alloc(arena, layer_bound(text), sizeof *n->layer);
  if (!n->name || !n->text || !n->layer) return no_memory(file, err);
  qy_file_sha256(n->sha256, text, length, arena);
  qy_status status = qy_csv_start(&csv, file, text, length, err);
  if (!status) status = find_columns(at, &csv, err);
  if (!status) status = read_layers(n, &csv, at, arena, err);
  if (!status) status = network_consumers(n, arena, err);
  if (!status) *network = n;
  return status;
}

qy_status qy_network_read(qy_network **network, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  char *text;
  size_t length;
  *network = NULL;
  const char *file = is_path(name) ? qy_arena_text(arena, name, strlen(name))
                                   : qy_arena_format(arena, "%s/networks/%s.csv", db_dir, name);
  if (!file) return no_memory(name, err);
  if (!is_path(name) && access(file, F_OK) != 0) return unknown_network(db_dir, name, arena, err);
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  return status ? status : read_text(network, file, text, length, arena, err);
}

qy_status qy_network_text(qy_network **network, const char *file, const char *text, size_t length, qy_arena *arena,
                          qy_error *err)
{
  *network = NULL;
  char *copy = qy_arena_text(arena, text, length), *name = qy_arena_text(arena, file, strlen(file));
  return copy && name ? read_text(network, name, copy, length, arena, err) : no_memory(file, err);
}

int64_t qy_layer_touched(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t dilation, int64_t pad)
{
  int64_t sum = 0;
  for (int64_t k = 0; k < kernel; k++) {
    const int64_t below = pad - k * dilation; /* input of output 0: -below */
    const int64_t first = below > 0 ? (below + stride - 1) / stride : 0, room = in - 1 + below;
    const int64_t last = room < 0 ? -1 : qy_min64(room / stride, out - 1);
    sum += qy_max64(0, last - first + 1);
  }
  return sum;
}

bool qy_layer_matches(const qy_layer *l, const qy_layer_filter *filter)
{
  unsigned bits = 1u << l->type;
  if (l->type == QY_LAYER_PWCONV) bits |= 1u << QY_LAYER_CONV;
  if (filter->types ? !(filter->types & bits) : !qy_layer_multiplies(l->type)) return 0;
  return !filter->name || fnmatch(filter->name, l->name, 0) == 0;
}

/* "dwconv or fc", "3 conv, 1 fc". */
static void list_types(char *out, const size_t *counts, unsigned types)
{
  size_t used = 0;
  out[0] = '\0';
  for (int t = 0; t < QY_LAYER_TYPE_COUNT; t++) {
    if (counts && counts[t])
      used += (size_t)snprintf(out + used, TYPE_TEXT - used, "%s%zu %s", used ? ", " : "", counts[t],
                               network_type_names[t]);
    else if (!counts && (types >> t & 1u))
      used += (size_t)snprintf(out + used, TYPE_TEXT - used, "%s%s", used ? " or " : "", network_type_names[t]);
  }
}

qy_status qy_network_select(const qy_layer ***layers, size_t *count, const qy_network *network,
                            const qy_layer_filter *filter, qy_arena *arena, qy_error *err)
{
  *count = 0;
  *layers = qy_arena_alloc(arena, network->layer_count, sizeof(const qy_layer *));
  if (!*layers) return no_memory(network->file, err);
  for (size_t i = 0; i < network->layer_count; i++)
    if (qy_layer_matches(&network->layer[i], filter)) (*layers)[(*count)++] = &network->layer[i];
  if (*count > 0) return QY_OK;
  char wanted[TYPE_TEXT], present[TYPE_TEXT];
  size_t counts[QY_LAYER_TYPE_COUNT] = {0};
  for (size_t i = 0; i < network->layer_count; i++)
    counts[network->layer[i].type]++;
  list_types(wanted, NULL, filter->types);
  list_types(present, counts, 0);
  return qy_fail_at(err, QY_BAD_INPUT, network->file, 0, 0, "expected %s layers%s%s%s, found none among %s",
                    *wanted ? wanted : "some", filter->name ? " named '" : "", filter->name ? filter->name : "",
                    filter->name ? "'" : "", present);
}

qy_layer qy_layer_product(const char *name, int64_t m, int64_t n, int64_t k)
{
  return (qy_layer){.name = name,
                    .type = QY_LAYER_PWCONV,
                    .in_h = m,
                    .in_w = 1,
                    .in_c = k,
                    .out_c = n,
                    .kernel_h = 1,
                    .kernel_w = 1,
                    .batch = 1,
                    .stride_h = 1,
                    .stride_w = 1,
                    .dilation_h = 1,
                    .dilation_w = 1,
                    .groups = 1,
                    .out_h = m,
                    .out_w = 1};
}
