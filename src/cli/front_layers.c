/* The precision of each layer of the points of a front: see front_layers.h. */
#include "front_layers.h"

#include "cli.h"

#include "quarry/precision.h"

#include <inttypes.h>
#include <stdio.h>

/* Keys with a column each; the supply is said by the technology. */
enum { FIXED_KEYS = QY_KEY_VOLTAGE };

typedef struct layer_rows {
  table *t;
  const qy_points *points;
  uint32_t point; /* place in points */
} layer_rows;

static void put_point(const layer_rows *to)
{
  table_integer(to->t, (int64_t)to->points->point[to->point]);
  for (int k = 0; k < FIXED_KEYS; k++)
    table_text(to->t, to->points->label[k][to->points->key[k][to->point]]);
}

/* Columns: layer, weight_bits, activation_bits, member. */
static int put_layer(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  const layer_rows *to = ctx;
  (void)columns, (void)names, (void)types;
  put_point(to);
  table_row(to->t, TEXT(value[0]), DIGITS(value[1]), DIGITS(value[2]), TEXT(value[3]));
  return 0;
}

static qy_status put_layers(layer_rows *to, qy_store *store, int64_t id, qy_error *err)
{
  char sql[160];
  qy_precision all;
  const qy_points *points = to->points;
  if (qy_precision_parse(&all, points->label[QY_KEY_PRECISION][points->key[QY_KEY_PRECISION][to->point]])) {
    put_point(to);
    table_row(to->t, TEXT("all"), INTEGER(all.weights), INTEGER(all.activations), TEXT(NULL));
    return QY_OK;
  }
  snprintf(sql, sizeof sql,
           "SELECT layer, weight_bits, activation_bits, member FROM layer_precision_all WHERE point_id = %" PRId64,
           id << 40 | (int64_t)points->point[to->point]);
  return qy_store_query(store, sql, put_layer, to, err);
}

qy_status front_layers_print(const qy_points *points, const qy_groups *groups, const uint8_t *on_front, qy_store *store,
                             int64_t id, int format, qy_error *err)
{
  enum { LAYER_COLUMNS = 4 };
  const char *names[1 + FIXED_KEYS + LAYER_COLUMNS] = {"point"};
  int columns = 1;
  for (int k = 0; k < FIXED_KEYS; k++)
    names[columns++] = qy_key_name((qy_key)k, &points->parameters);
  names[columns++] = "layer";
  names[columns++] = "weight_bits";
  names[columns++] = "activation_bits";
  names[columns++] = "member";
  layer_rows to = {.t = table_new(format, columns, names), .points = points};
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < groups->first[groups->count]; i++) {
    to.point = groups->member[i];
    if (on_front[to.point]) status = put_layers(&to, store, id, err);
  }
  table_print(to.t);
  return status;
}
