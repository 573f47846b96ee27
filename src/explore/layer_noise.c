/* Where the noise of layers comes from; see layer_noise.h.  A source is a row of a const table. */
#include "layer_noise_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

typedef struct question {
  const char *network;
  const qy_layer *layer;
  const qy_pe_noise *element;
  qy_precision precision;
} question;

typedef struct noise_kind {
  qy_status (*at)(double *noise, const qy_layer_noise *source, const question *q, qy_error *err);
  const char *(*text)(const qy_layer_noise *source, qy_arena *arena);
  const char *(*worth)(const qy_layer_noise *source);
} noise_kind;

struct qy_layer_noise {
  const noise_kind *kind;
  const noise_table *table;      /* of a file */
  const qy_layer_weight *weight; /* [count] given */
  size_t count;
  const char *folder; /* of tensors */
  bool per_channel;
};

/* Spearman, as `quarry validate mixed` prints it of db/sensitivity/mlperf_tiny_mixed.csv; the test of it holds these.
 */
#define WORTH(weights, both)                                                                                           \
  "rank correlation with measured noise of 120 mixed assignments of two networks: " weights " of weights alone, " both \
  " with activations; not an accuracy"
static const char worth_layers[] = WORTH("0.89 to 0.97", "0.58 to 0.93"),
                  worth_tensors[] = WORTH("0.87 to 0.89", "0.56 to 0.90"),
                  worth_equal[] = WORTH("0.90", "0.58 to 0.91"),
                  worth_unknown[] = "not compared with measured noise; not an accuracy";

/* Of a path the last name: the text stands beside axes and in lines. */
static const char *last_name(const char *path, qy_arena *arena)
{
  size_t end = strlen(path), first;
  while (end > 1 && path[end - 1] == '/')
    end--;
  for (first = end; first > 0 && path[first - 1] != '/';)
    first--;
  return first < end ? qy_arena_text(arena, path + first, end - first) : path;
}

static double total(const qy_pe_noise *element)
{
  return element->weights + element->activations + element->products;
}

/* ---- a file ---- */

static qy_status file_at(double *noise, const qy_layer_noise *source, const question *q, qy_error *err)
{
  return noise_table_cost(noise, source->table, q->network, q->layer->name, q->precision, err);
}

static const char *file_text(const qy_layer_noise *source, qy_arena *arena)
{
  const noise_table *t = source->table;
  const char *name = last_name(noise_table_file(t), arena);
  if (!name) return NULL;
  return qy_arena_format(arena, "sensitivities of %s, column %s%s", name, noise_table_column(t),
                         noise_table_form(t) == NOISE_OF_WEIGHTS ? "; activations not counted" : "");
}

static const char *file_worth(const qy_layer_noise *source)
{
  const noise_table *t = source->table;
  return noise_table_of_ratios(t) && noise_table_form(t) == NOISE_OF_PARTS ? worth_layers : worth_unknown;
}

/* ---- given weights ---- */

static qy_status given_at(double *noise, const qy_layer_noise *source, const question *q, qy_error *err)
{
  size_t i = 0;
  while (i < source->count && source->weight[i].layer != q->layer)
    i++;
  if (i == source->count)
    return qy_fail(err, QY_BAD_INPUT, "layer '%s': expected a weight of its noise, found none", q->layer->name);
  *noise = source->weight[i].factor * total(q->element);
  return QY_OK;
}

static const char *given_text(const qy_layer_noise *source, qy_arena *arena)
{
  (void)source;
  return qy_arena_format(arena, "1/SQNR, given weights");
}

static const char *unknown_worth(const qy_layer_noise *source)
{
  (void)source;
  return worth_unknown;
}

/* ---- tensors ---- */

static qy_status tensor_at(double *noise, const qy_layer_noise *source, const question *q, qy_error *err)
{
  const qy_status status =
      noise_tensor_measure(noise, source->folder, source->per_channel, q->layer, &q->element->weight_format, err);
  *noise += q->element->activations + q->element->products;
  return status;
}

static const char *tensor_text(const qy_layer_noise *source, qy_arena *arena)
{
  const char *name = last_name(source->folder, arena);
  if (!name) return NULL;
  return qy_arena_format(arena, "1/SQNR of the weights in %s, a scale per %s", name,
                         source->per_channel ? "channel" : "layer");
}

static const char *tensor_worth(const qy_layer_noise *source)
{
  (void)source;
  return worth_tensors;
}

/* ---- equal weights ---- */

static qy_status equal_at(double *noise, const qy_layer_noise *source, const question *q, qy_error *err)
{
  (void)source, (void)err;
  *noise = total(q->element);
  return QY_OK;
}

static const char *equal_text(const qy_layer_noise *source, qy_arena *arena)
{
  (void)source;
  return qy_arena_format(arena, "1/SQNR, equal weights");
}

static const char *equal_worth(const qy_layer_noise *source)
{
  (void)source;
  return worth_equal;
}

static const noise_kind of_file = {file_at, file_text, file_worth}, of_weights = {given_at, given_text, unknown_worth},
                        of_tensors = {tensor_at, tensor_text, tensor_worth},
                        of_nothing = {equal_at, equal_text, equal_worth};

static const noise_kind *kind_of(const qy_layer_noise *source)
{
  return source ? source->kind : &of_nothing;
}

/* ---- making one ---- */

qy_status qy_layer_noise_read(qy_layer_noise **source, const char *file, const char *cost, qy_arena *arena,
                              qy_error *err)
{
  assert(source && file);
  noise_table *table;
  qy_layer_noise *s = qy_arena_alloc(arena, 1, sizeof *s);
  if (!s) return qy_no_memory(err);
  const qy_status status = noise_table_read(&table, file, cost, arena, err);
  if (status) return status;
  *s = (qy_layer_noise){.kind = &of_file, .table = table};
  *source = s;
  return QY_OK;
}

qy_status qy_layer_noise_given(qy_layer_noise **source, const qy_layer_weight *weight, size_t count, qy_arena *arena,
                               qy_error *err)
{
  assert(source && (weight || count == 0));
  qy_layer_noise *s = qy_arena_alloc(arena, 1, sizeof *s);
  qy_layer_weight *copy = qy_arena_alloc(arena, count, sizeof *copy);
  if (!s || !copy) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    assert(weight[i].factor >= 0 && isfinite(weight[i].factor));
    copy[i] = weight[i];
  }
  *s = (qy_layer_noise){.kind = &of_weights, .weight = copy, .count = count};
  *source = s;
  return QY_OK;
}

qy_status qy_layer_noise_tensors(qy_layer_noise **source, const char *folder, bool per_channel, qy_arena *arena,
                                 qy_error *err)
{
  assert(source && folder);
  struct stat is;
  if (stat(folder, &is) != 0 || !S_ISDIR(is.st_mode))
    return qy_fail_at(err, QY_BAD_INPUT, folder, 0, 0, "expected a folder of weights, found none");
  qy_layer_noise *s = qy_arena_alloc(arena, 1, sizeof *s);
  const char *copy = qy_arena_text(arena, folder, strlen(folder));
  if (!s || !copy) return qy_no_memory(err);
  *s = (qy_layer_noise){.kind = &of_tensors, .folder = copy, .per_channel = per_channel};
  *source = s;
  return QY_OK;
}

/* ---- asking it ---- */

qy_status qy_layer_noise_at(double *noise, const qy_layer_noise *source, const char *network, const qy_layer *layer,
                            const qy_pe_noise *element, qy_precision precision, qy_error *err)
{
  assert(noise && layer && element);
  const question q = {network, layer, element, precision};
  return kind_of(source)->at(noise, source, &q, err);
}

qy_status qy_layer_noise_look_up(double *cost, const qy_layer_noise *source, const char *network, const char *layer,
                                 qy_precision precision, qy_error *err)
{
  assert(cost && source && source->table && layer);
  return noise_table_cost(cost, source->table, network, layer, precision, err);
}

qy_status qy_layer_noise_layers(const char ***layer, size_t *count, const qy_layer_noise *source, const char *network,
                                qy_arena *arena, qy_error *err)
{
  assert(layer && count && source && source->table);
  return noise_table_layers(layer, count, source->table, network, arena, err);
}

qy_status qy_layer_noise_check(const qy_layer_noise *source, const qy_layer *layer, qy_error *err)
{
  return source && source->folder ? noise_tensor_check(source->folder, layer, err) : QY_OK;
}

const char *qy_layer_noise_text(const qy_layer_noise *source, qy_arena *arena)
{
  return kind_of(source)->text(source, arena);
}

const char *qy_layer_noise_worth(const qy_layer_noise *source)
{
  return kind_of(source)->worth(source);
}

const char *qy_layer_noise_file(const qy_layer_noise *source, const qy_layer *layer, qy_arena *arena)
{
  if (source && source->table) return noise_table_file(source->table);
  return source && source->folder ? noise_tensor_file(source->folder, layer, arena) : NULL;
}
