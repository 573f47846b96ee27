/* Reading a network and checking every number in it: see network.h.
 *
 * Products are formed with overflow checks in 64 bits, so a damaged file cannot wrap around into a plausible sum.
 */
#include "quarry/network.h"

#include "quarry/csv.h"
#include "quarry/file.h"
#include "quarry/sha256.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SIZE_MAX_ELEMENTS = 1 << 24, TYPE_TEXT = 200 };

static const char *const type_names[QY_LAYER_TYPE_COUNT] = {
    [QY_LAYER_CONV] = "conv", [QY_LAYER_DWCONV] = "dwconv", [QY_LAYER_PWCONV] = "pwconv",
    [QY_LAYER_FC] = "fc",     [QY_LAYER_POOL] = "pool",     [QY_LAYER_ADD] = "add",
};

enum { NAME, TYPE, IN_H, IN_W, IN_C, OUT_C, KERNEL_H, KERNEL_W, STRIDE, PAD, GROUPS, MACS, PARAMS, COLUMNS };

static const char *const column_names[COLUMNS] = {"layer",    "type",   "in_h", "in_w",   "in_c", "out_c", "kernel_h",
                                                  "kernel_w", "stride", "pad",  "groups", "macs", "params"};

const char *qy_layer_type_name(qy_layer_type type)
{
  return (unsigned)type < QY_LAYER_TYPE_COUNT ? type_names[type] : "?";
}

static int multiplies(qy_layer_type type)
{
  return type != QY_LAYER_POOL && type != QY_LAYER_ADD;
}

/* Product of n factors; 0 when it does not fit 64 bits (factors are positive). */
static int64_t product(const int64_t *factor, int n)
{
  int64_t result = 1;
  for (int i = 0; i < n; i++)
    if (__builtin_mul_overflow(result, factor[i], &result)) return 0;
  return result;
}

/* What the type says about the sizes. */
static qy_status check_type(const qy_csv *csv, const int *at, qy_layer *l, qy_error *err)
{
  switch (l->type) {
  case QY_LAYER_DWCONV:
    if (l->groups != l->in_c)
      return qy_csv_expected(csv, at[GROUPS], err, "one group per input channel (%" PRId64 ") in a dwconv", l->in_c);
    break;
  case QY_LAYER_FC:
  case QY_LAYER_PWCONV:
    if (l->type == QY_LAYER_FC && l->in_h != 1) return qy_csv_expected(csv, at[IN_H], err, "1 in an fc");
    if (l->type == QY_LAYER_FC && l->in_w != 1) return qy_csv_expected(csv, at[IN_W], err, "1 in an fc");
    if (l->kernel_h != 1) return qy_csv_expected(csv, at[KERNEL_H], err, "1 in a %s", type_names[l->type]);
    if (l->kernel_w != 1) return qy_csv_expected(csv, at[KERNEL_W], err, "1 in a %s", type_names[l->type]);
    if (l->groups != 1) return qy_csv_expected(csv, at[GROUPS], err, "1 in a %s", type_names[l->type]);
    break;
  case QY_LAYER_POOL:
  case QY_LAYER_ADD:
    if (l->out_c != l->in_c)
      return qy_csv_expected(csv, at[OUT_C], err, "%" PRId64 " as in_c in a %s", l->in_c, type_names[l->type]);
    break;
  default:
    if (l->kernel_h == 1 && l->kernel_w == 1 && l->groups == 1) l->type = QY_LAYER_PWCONV;
  }
  return QY_OK;
}

static qy_status check_sizes(const qy_csv *csv, const int *at, qy_layer *l, qy_error *err)
{
  if (l->in_c % l->groups) return qy_csv_expected(csv, at[GROUPS], err, "a divisor of in_c (%" PRId64 ")", l->in_c);
  if (l->out_c % l->groups) return qy_csv_expected(csv, at[GROUPS], err, "a divisor of out_c (%" PRId64 ")", l->out_c);
  if (l->pad >= l->kernel_h || l->pad >= l->kernel_w)
    return qy_csv_expected(csv, at[PAD], err, "less than the kernel (%" PRId64 "x%" PRId64 ")", l->kernel_h,
                           l->kernel_w);
  if (l->kernel_h > l->in_h + 2 * l->pad)
    return qy_csv_expected(csv, at[KERNEL_H], err, "at most the padded input (%" PRId64 ")", l->in_h + 2 * l->pad);
  if (l->kernel_w > l->in_w + 2 * l->pad)
    return qy_csv_expected(csv, at[KERNEL_W], err, "at most the padded input (%" PRId64 ")", l->in_w + 2 * l->pad);
  l->out_h = (l->in_h + 2 * l->pad - l->kernel_h) / l->stride + 1;
  l->out_w = (l->in_w + 2 * l->pad - l->kernel_w) / l->stride + 1;
  return check_type(csv, at, l, err);
}

/* macs and params of the file against our own. */
static qy_status check_sums(const qy_csv *csv, const int *at, qy_layer *l, qy_error *err)
{
  int64_t macs, params;
  qy_status status = qy_csv_integer(csv, at[MACS], 0, INT64_MAX, &macs, err);
  if (!status) status = qy_csv_integer(csv, at[PARAMS], 0, INT64_MAX, &params, err);
  if (status) return status;
  if (multiplies(l->type)) {
    l->weights = product((int64_t[]){l->out_c, l->in_c / l->groups, l->kernel_h, l->kernel_w}, 4);
    l->macs = l->weights ? product((int64_t[]){l->weights, l->out_h, l->out_w}, 3) : 0;
    if (!l->macs) return qy_csv_expected(csv, at[MACS], err, "a layer whose multiply-accumulates fit 64 bits");
  }
  if (macs != l->macs) return qy_csv_expected(csv, at[MACS], err, "%" PRId64 " from the sizes", l->macs);
  if (params != l->weights) return qy_csv_expected(csv, at[PARAMS], err, "%" PRId64 " from the sizes", l->weights);
  return QY_OK;
}

static qy_status read_row(const qy_csv *csv, const int *at, qy_layer *l, qy_error *err)
{
  int type;
  struct {
    int column;
    int64_t low, *value;
  } size[] = {{IN_H, 1, &l->in_h},     {IN_W, 1, &l->in_w},         {IN_C, 1, &l->in_c},
              {OUT_C, 1, &l->out_c},   {KERNEL_H, 1, &l->kernel_h}, {KERNEL_W, 1, &l->kernel_w},
              {STRIDE, 1, &l->stride}, {PAD, 0, &l->pad},           {GROUPS, 1, &l->groups}};
  *l = (qy_layer){.name = csv->field[at[NAME]]};
  if (!*l->name) return qy_csv_expected(csv, at[NAME], err, "a name");
  qy_status status = qy_csv_choice(csv, at[TYPE], type_names, QY_LAYER_TYPE_COUNT, &type, err);
  l->type = (qy_layer_type)type;
  for (size_t i = 0; !status && i < sizeof size / sizeof *size; i++)
    status = qy_csv_integer(csv, at[size[i].column], size[i].low, SIZE_MAX_ELEMENTS, size[i].value, err);
  if (!status) status = check_sizes(csv, at, l, err);
  if (!status) status = check_sums(csv, at, l, err);
  return status;
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

qy_status qy_network_read(qy_network **network, const char *db_dir, const char *name, qy_arena *arena, qy_error *err)
{
  qy_csv csv;
  int at[COLUMNS];
  char *text;
  size_t length;
  bool more;
  *network = NULL;
  qy_network *n = qy_arena_alloc(arena, 1, sizeof *n);
  const char *file = is_path(name) ? qy_arena_text(arena, name, strlen(name))
                                   : qy_arena_format(arena, "%s/networks/%s.csv", db_dir, name);
  if (!n || !file) return no_memory(name, err);
  n->file = file;
  n->name = stem(file, arena);
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  if (status) return status;
  n->text = qy_arena_text(arena, text, length); /* reading cuts the other copy up */
  n->layer = qy_arena_alloc(arena, layer_bound(text), sizeof *n->layer);
  if (!n->name || !n->text || !n->layer) return no_memory(file, err);
  qy_sha256_text(n->sha256, text, length);
  if ((status = qy_csv_start(&csv, file, text, length, err))) return status;
  if ((status = qy_csv_columns(&csv, column_names, COLUMNS, at, err))) return status;
  while (!(status = qy_csv_next(&csv, &more, err)) && more) {
    if (n->layer_count == QY_NETWORK_LAYERS_MAX)
      return qy_fail_at(err, QY_BAD_INPUT, file, csv.line, 0, "expected at most %d layers, found more",
                        QY_NETWORK_LAYERS_MAX);
    qy_layer *l = &n->layer[n->layer_count];
    if ((status = read_row(&csv, at, l, err))) return status;
    for (size_t i = 0; i < n->layer_count; i++)
      if (strcmp(n->layer[i].name, l->name) == 0) return qy_csv_expected(&csv, at[NAME], err, "a name not used before");
    n->layer_count++;
  }
  if (status) return status;
  if (n->layer_count == 0) return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at least one layer, found none");
  *network = n;
  return QY_OK;
}

static int matches(const qy_layer *l, const qy_layer_filter *filter)
{
  unsigned bits = 1u << l->type;
  if (l->type == QY_LAYER_PWCONV) bits |= 1u << QY_LAYER_CONV;
  if (filter->types ? !(filter->types & bits) : !multiplies(l->type)) return 0;
  return !filter->name || fnmatch(filter->name, l->name, 0) == 0;
}

/* "dwconv or fc", "3 conv, 1 fc". */
static void list_types(char *out, const size_t *counts, unsigned types)
{
  size_t used = 0;
  out[0] = '\0';
  for (int t = 0; t < QY_LAYER_TYPE_COUNT; t++) {
    if (counts && counts[t])
      used += (size_t)snprintf(out + used, TYPE_TEXT - used, "%s%zu %s", used ? ", " : "", counts[t], type_names[t]);
    else if (!counts && (types >> t & 1u))
      used += (size_t)snprintf(out + used, TYPE_TEXT - used, "%s%s", used ? " or " : "", type_names[t]);
  }
}

qy_status qy_network_select(const qy_layer ***layers, size_t *count, const qy_network *network,
                            const qy_layer_filter *filter, qy_arena *arena, qy_error *err)
{
  *count = 0;
  *layers = qy_arena_alloc(arena, network->layer_count, sizeof(const qy_layer *));
  if (!*layers) return no_memory(network->file, err);
  for (size_t i = 0; i < network->layer_count; i++)
    if (matches(&network->layer[i], filter)) (*layers)[(*count)++] = &network->layer[i];
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
                    .stride = 1,
                    .groups = 1,
                    .out_h = m,
                    .out_w = 1};
}
