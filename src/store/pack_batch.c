/* Batches packed ahead: see pack_batch.h. */
#include "pack_batch.h"

#include "pack_lanes.h"
#include "quarry/alloc.h"
#include "seal.h"
#include "store_int.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_MAX = 64 };

size_t qy_store_packed_bytes(const qy_store *store, int64_t count)
{
  return sizeof(packed_batch) + best_columns_room(&store->best, count) * sizeof(best_found) +
         2 * (size_t)count * sizeof(const char *) + CHUNK_RESULT * seal_bytes((size_t)count);
}

static best_found *bests_of(packed_batch *p)
{
  return (best_found *)(p + 1);
}

static const char **texts_of(packed_batch *p)
{
  return (const char **)(bests_of(p) + p->best_room);
}

static char *bytes_of(packed_batch *p)
{
  return (char *)(texts_of(p) + 2 * p->count);
}

const best_found *packed_bests(const packed_batch *p)
{
  return (const best_found *)(p + 1);
}

const char *const *packed_reasons(const packed_batch *p)
{
  return (const char *const *)(packed_bests(p) + p->best_room);
}

const char *const *packed_resolved(const packed_batch *p)
{
  return packed_reasons(p) + p->count;
}

const void *packed_chunk(size_t *size, const packed_batch *p, int column)
{
  const size_t from = column ? p->end[column - 1] : 0;
  *size = p->end[column] - from;
  return *size ? (const char *)(packed_resolved(p) + p->count) + from : NULL;
}

/* ---- checks ---- */

typedef struct span {
  const char *name;
  double low, high;
} span;

/* Integers of a column in [low, high]. */
static qy_status check_span(const double *value, int64_t first, int64_t count, span s, qy_error *err)
{
  for (int64_t i = 0; i < count; i++)
    if (!(value[i] >= s.low && value[i] <= s.high))
      return qy_fail(err, QY_INTERNAL, "point %" PRId64 ": expected a %s from %g to %g, found %g", first + i, s.name,
                     s.low, s.high, value[i]);
  return QY_OK;
}

/* What none of the values may be, of which these were seen. */
static qy_status check_seen(unsigned seen, unsigned wrong, const double *value, const qy_point_columns *c,
                            const char *name, qy_error *err)
{
  int64_t i = 0;
  if (!(seen & wrong)) return QY_OK;
  while (!(wrong & PACK_INFINITE && isinf(value[i])) && !(wrong & PACK_NONE && isnan(value[i])))
    i++;
  return qy_fail(err, QY_INTERNAL, "point %" PRId64 ": expected finite numbers, found %s = %g", c->first + i, name,
                 value[i]);
}

static qy_status check(const qy_store *store, const qy_point_columns *c, qy_error *err)
{
  const span spans[] = {[QY_COLUMN_DESIGN] = {"design", 0, (double)((INT64_C(1) << STORE_KEY_SHIFT) - 1)},
                        [QY_COLUMN_TECHNOLOGY] = {"technology", 0, store->technology_count - 1},
                        [QY_COLUMN_NETWORK] = {"network", 0, store->network_count - 1},
                        [QY_COLUMN_PRECISION] = {"precision", 0, store->precision_count - 1},
                        [QY_COLUMN_BITS] = {"precision in bits", 0, BITS_MAX},
                        [QY_COLUMN_WEIGHT_BITS] = {"width of weights", -1, BITS_MAX}};
  const double *design = c->column[QY_COLUMN_DESIGN];
  qy_status status = QY_OK;
  for (int k = 0; k < QY_COLUMN_CLOCK && !status; k++)
    status = check_span(c->column[k], c->first, c->count, spans[k], err);
  for (int64_t i = 1; i < c->count && !status; i++)
    if (design[i] != design[i - 1] && design[i] != design[i - 1] + 1)
      status = qy_fail(err, QY_INTERNAL, "point %" PRId64 ": expected design %.0f or the next one, found %.0f",
                       c->first + i, design[i - 1], design[i]);
  return status;
}

/* ---- best points ---- */

static qy_status make_places(best_columns *o, packed_batch *p, const qy_store *store, const qy_point_columns *c,
                             qy_error *err)
{
  const double *technology = c->column[QY_COLUMN_TECHNOLOGY], *network = c->column[QY_COLUMN_NETWORK],
               *precision = c->column[QY_COLUMN_PRECISION];
  if (best_columns_new(o, &store->best, c->first, c->count, bests_of(p))) return qy_no_memory(err);
  for (int64_t i = 0; i < c->count; i++)
    o->place[i] =
        c->reason[i] ? -1 : (int)store_best_place(&store->best, (int)technology[i], (int)network[i], (int)precision[i]);
  if (best_columns_sort(o, &store->best)) return qy_no_memory(err);
  p->bests = o->bests;
  return QY_OK;
}

/* ---- columns ---- */

static void put_keys(double *to, const double *index, int64_t count, const int64_t *key)
{
  for (int64_t i = 0; i < count; i++)
    to[i] = (double)key[(size_t)index[i]];
}

/* The numbers of all columns as they are stored, NULL: it has none, or none yet; room: [KEYS][count] for those that are
 * keys. */
enum { KEYS = 4 };
static void store_numbers(const double *out[CHUNK_RESULT], double *room, const qy_store *store,
                          const qy_point_columns *c)
{
  const double *bits = c->column[QY_COLUMN_WEIGHT_BITS];
  double *const technology = room, *const network = room + c->count, *const precision = room + 2 * c->count,
                *const weights = room + 3 * c->count;
  put_keys(technology, c->column[QY_COLUMN_TECHNOLOGY], c->count, store->technology);
  put_keys(network, c->column[QY_COLUMN_NETWORK], c->count, store->network);
  put_keys(precision, c->column[QY_COLUMN_PRECISION], c->count, store->precision);
  for (int64_t i = 0; i < c->count; i++)
    weights[i] = chunk_weight_bits(bits[i]);
  const double *const fixed[CHUNK_METRIC] = {[CHUNK_DESIGN] = c->column[QY_COLUMN_DESIGN],
                                             [CHUNK_TECHNOLOGY] = technology,
                                             [CHUNK_NETWORK] = network,
                                             [CHUNK_PRECISION] = precision,
                                             [CHUNK_BITS] = c->column[QY_COLUMN_BITS],
                                             [CHUNK_WEIGHT_BITS] = weights,
                                             [CHUNK_CLOCK] = c->column[QY_COLUMN_CLOCK]};
  for (int k = 0; k < CHUNK_RESULT; k++)
    out[k] = k < CHUNK_METRIC ? fixed[k] : c->column[QY_COLUMN_METRIC + k - CHUNK_METRIC];
}

/* One column, while it is near: what it has, its best points, its bytes.  One without a number has no chunk. */
static qy_status pack_one(qy_text *bytes, packer *room, int k, best_columns *o,
                          const double *const value[CHUNK_COLUMNS], const qy_point_columns *c, qy_error *err)
{
  qy_status status = QY_OK;
  bytes->length = 0;
  if (!value[k]) return QY_OK;
  const column_range range = pack_range(value[k], (size_t)c->count, qy_lane_set_best());
  const unsigned seen = pack_seen(&range);
  if (k == CHUNK_CLOCK || k >= CHUNK_METRIC)
    status = check_seen(seen, PACK_INFINITE | (k == CHUNK_CLOCK ? PACK_NONE : 0), value[k], c, chunk_name(k), err);
  if (status || !(seen & PACK_SOME)) return status;
  /* cppcheck-suppress arrayIndexOutOfBoundsCond ; it does not know how many metrics there are */
  if (k >= CHUNK_METRIC) best_columns_take(o, k - CHUNK_METRIC, value[k]);
  return seal_pack(bytes, room, k, value, (size_t)c->count, &range) ? qy_no_memory(err) : QY_OK;
}

static qy_status pack_columns(packed_batch *p, const qy_store *store, const qy_point_columns *c, qy_error *err)
{
  double *room = malloc(((size_t)c->count + 1) * KEYS * sizeof *room);
  packer *own = packer_new();
  best_columns of = {.place = NULL};
  const double *value[CHUNK_COLUMNS] = {NULL}; /* without intervals */
  qy_text bytes = {0};
  qy_status status = room && own ? make_places(&of, p, store, c, err) : qy_no_memory(err);
  size_t end = 0;
  if (!status) store_numbers(value, room, store, c);
  if (!status) watch_take(store, c, value);
  for (int k = 0; k < CHUNK_RESULT && !status; k++) {
    status = pack_one(&bytes, own, k, &of, value, c, err);
    if (!status && bytes.length) memcpy(bytes_of(p) + end, bytes.data, bytes.length);
    end += bytes.length;
    p->end[k] = end;
  }
  best_columns_free(&of);
  qy_text_free(&bytes);
  packer_free(own);
  free(room);
  return status;
}

static bool put_texts(const char **to, const char *const *text, int64_t count)
{
  bool any = false;
  for (int64_t i = 0; i < count; i++) {
    to[i] = text[i];
    any |= text[i] != NULL;
  }
  return any;
}

qy_status qy_store_pack(void *packed, const qy_store *store, const qy_point_columns *columns, qy_error *err)
{
  assert(packed && store && columns && columns->count > 0);
  packed_batch *p = packed;
  const double *design = columns->column[QY_COLUMN_DESIGN];
  *p = (packed_batch){.first = columns->first,
                      .count = columns->count,
                      .first_design = (int64_t)design[0],
                      .last_design = (int64_t)design[columns->count - 1],
                      .best_room = best_columns_room(&store->best, columns->count)};
  const qy_status status = check(store, columns, err);
  if (status) return status;
  p->has_reason = put_texts(texts_of(p), columns->reason, columns->count);
  p->has_resolved = put_texts(texts_of(p) + columns->count, columns->resolved, columns->count);
  return pack_columns(p, store, columns, err);
}

void qy_store_packed_designs(int64_t *first, int64_t *last, const void *packed)
{
  const packed_batch *p = packed;
  *first = p->first_design;
  *last = p->last_design;
}
