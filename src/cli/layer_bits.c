/* A heat map of bits: see layer_bits.h. */
#include "layer_bits.h"

#include "pictures.h"

#include "quarry/alloc.h"
#include "quarry/decimal.h"
#include "quarry/heatmap.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAMES_MAX = 200 };

typedef struct names {
  const char *name[NAMES_MAX];
  size_t count;
} names;

typedef struct bits {
  qy_arena *arena;
  names layer, precision;
  double value[NAMES_MAX][NAMES_MAX]; /* [precision][layer], NaN: none */
  bool full;
} bits;

/* Its place, new or known; NAMES_MAX: there is no room. */
static size_t place_of(names *all, const char *name, qy_arena *arena)
{
  for (size_t i = 0; i < all->count; i++)
    if (strcmp(all->name[i], name) == 0) return i;
  if (all->count == NAMES_MAX || !(all->name[all->count] = qy_arena_text(arena, name, strlen(name)))) return NAMES_MAX;
  return all->count++;
}

/* Columns: precision, layer, bits of its weights. */
static int put_row(void *ctx, int columns, const char *const *column, const char *const *value, const int *types)
{
  bits *b = ctx;
  (void)columns, (void)column, (void)types;
  if (!value[0] || !value[1] || !value[2]) return 0;
  const size_t p = place_of(&b->precision, value[0], b->arena), l = place_of(&b->layer, value[1], b->arena);
  b->full |= p == NAMES_MAX || l == NAMES_MAX;
  if (!b->full) b->value[p][l] = qy_decimal(value[2], NULL);
  return b->full;
}

static qy_status read_bits(bits *b, qy_store *store, int64_t id, int64_t point, qy_error *err)
{
  char sql[900];
  for (size_t p = 0; p < NAMES_MAX; p++)
    for (size_t l = 0; l < NAMES_MAX; l++)
      b->value[p][l] = NAN;
  snprintf(sql, sizeof sql,
           "WITH alike AS (SELECT r.id, r.precision FROM result r, result o WHERE o.id = %" PRId64
           " AND r.id >= %" PRId64 " AND r.id < %" PRId64
           " AND r.design = o.design AND r.technology = o.technology AND r.network = o.network"
           " AND r.clock_mhz = o.clock_mhz)"
           " SELECT l.precision, l.layer, l.weight_bits FROM alike a JOIN layer_precision_all l ON l.point_id = a.id"
           " AND l.experiment_id = %" PRId64
           " WHERE (SELECT count(*) FROM alike c WHERE c.precision = a.precision) = 1 ORDER BY a.id",
           id << 40 | point, id << 40, (id + 1) << 40, id);
  qy_status status = qy_store_query(store, sql, put_row, b, err);
  if (!status && b->full)
    status =
        qy_fail(err, QY_BAD_INPUT, "layers: expected at most %d layers and precisions to draw, found more", NAMES_MAX);
  if (!status && b->precision.count == 0)
    status =
        qy_fail(err, QY_BAD_INPUT, "layers: expected precisions whose layers differ, with one point each, found none");
  return status;
}

static qy_status draw_file(void *ctx, const qy_plot_look *look, qy_plot_format format, const char *stem,
                           const char *gnuplot, char **text, qy_error *err)
{
  qy_heatmap *map = ctx;
  map->look = look;
  return qy_plot_heatmap(map, format, stem, gnuplot, text, err);
}

static qy_status draw(const bits *b, const qy_plan_info *info, const qy_plot_look *look, const char *stem,
                      const char *gnuplot, qy_error *err)
{
  const size_t rows = b->precision.count, columns = b->layer.count;
  double *value = qy_arena_alloc(b->arena, rows * columns, sizeof *value);
  const char **name = qy_arena_alloc(b->arena, rows, sizeof *name);
  const char *caption = qy_arena_format(
      b->arena, "%s: bits of the weights of each layer; precisions with several points are left out.", info->name);
  if (!value || !name || !caption) return qy_no_memory(err);
  for (size_t r = 0; r < rows; r++) { /* the first on top */
    name[r] = b->precision.name[rows - 1 - r];
    memcpy(value + r * columns, b->value[rows - 1 - r], columns * sizeof *value);
  }
  qy_heatmap map = {.title = info->question,
                    .caption = caption,
                    .colour_label = "Weights (bit)",
                    .x = {.label = "Layer", .count = columns, .name = b->layer.name},
                    .y = {.label = "Precision", .count = rows, .name = name},
                    .panel_count = 1,
                    .value = value};
  return draw_pictures(look, stem, gnuplot, draw_file, &map, err);
}

qy_status draw_layer_bits(const qy_plan_info *info, qy_store *store, int64_t id, int64_t point,
                          const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err)
{
  qy_arena *arena = qy_arena_new();
  bits *b = arena ? qy_arena_alloc(arena, 1, sizeof *b) : NULL;
  if (b) b->arena = arena;
  qy_status status = b ? read_bits(b, store, id, point, err) : qy_no_memory(err);
  if (!status) status = draw(b, info, look, stem, gnuplot, err);
  qy_arena_free(arena);
  return status;
}
