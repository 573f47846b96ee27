/* The data of plots and table: a header in JSON and columns of numbers, deflated (RFC 1950) and in base64.
 *
 * Layout, whole numbers from the lowest byte on: length of the header (4 bytes); the header; then, of all points in the
 * order of their number:
 *   step from the number of the point before, 7 bits a byte, the lowest first, all but the last with bit 7 set
 *   flags: 1 on its front, 2 has a row in the table
 *   where the header says so, the front probability in steps of 1/250
 *   of each key its label: where there are more than 256, all high bytes, then all low ones
 *   of each metric the high bytes of its codes, then the middle ones
 * and of the rows of the table, of each metric: the low bytes, then of uncertain ones high and middle bytes of p05's
 * codes, high and middle bytes of p95's.
 * A code is the place of a value between the least and the greatest of its metric, 0 to CODE_MOST, logarithmic where
 * all are above zero; high and middle byte 255: none.  Bytes of one kind lie together because that is what deflates.
 */
#include "report_int.h"
#include "words.h"

#include "quarry/axes.h"
#include "quarry/decimal.h"

#include <inttypes.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { BINS = 12, CODE_MOST = 0xfffeff, CODE_NONE = 0xffffff, PROBABILITY_STEPS = 250 };

/* An axis beside the fixed keys, as the models resolved it: its label for each point. */
typedef struct axis_labels {
  const qy_axis_column *axis;
  char **label;
  size_t label_capacity;
  qy_text_index known; /* the labels */
  uint32_t *of;        /* [count]: 1 + label, 0: the point has it not */
  bool words;          /* one of its values is no number */
} axis_labels;

typedef struct scale {
  double low, high;
  bool logarithmic, uncertain;
} scale;

typedef struct data {
  const experiment *e;
  size_t count, rows;
  uint32_t *point;     /* [count]: index into e->points */
  uint8_t *flags;      /* [count] */
  axis_labels *column; /* [column_count] */
  size_t *place;       /* [column_count]: of its axis among those of the experiment */
  size_t column_count, reading;
  bool failed; /* out of memory */
  scale scale[METRICS_MAX];
  qy_axes axes;
  qy_text bytes;
} data;

static void data_free(data *d)
{
  for (size_t c = 0; d->column && c < d->column_count; c++) {
    for (size_t l = 0; l < d->column[c].known.count; l++)
      free(d->column[c].label[l]);
    free(d->column[c].label);
    free(d->column[c].of);
    qy_text_index_free(&d->column[c].known);
  }
  free(d->column);
  free(d->place);
  free(d->point);
  free(d->flags);
  qy_text_free(&d->bytes);
}

/* ---- which points ---- */

/* Is the i-th of n one of m taken evenly? */
static bool taken(size_t i, size_t n, size_t m)
{
  return m >= n || (i + 1) * m / n > i * m / n;
}

static qy_status choose(data *d, share limit, qy_error *err)
{
  const experiment *e = d->e;
  const size_t all = e->points.count, front = e->front_count, others = all - front;
  const size_t room = all < limit.points ? all : limit.points, half = room / 2;
  const size_t of_front = front <= half ? front : others <= room - half ? room - others : half;
  const size_t of_others = room - of_front;
  size_t fronts = 0, rest = 0, kept_fronts = 0;
  d->point = qy_alloc(all, sizeof *d->point);
  d->flags = qy_alloc(all, 1);
  if (!d->point || !d->flags) return qy_no_memory(err);
  for (size_t i = 0; i < all; i++) {
    const bool on = e->on_front[i];
    if (!(on ? taken(fronts++, front, of_front) : taken(rest++, others, of_others))) continue;
    const bool row = on && taken(kept_fronts, of_front, limit.rows);
    kept_fronts += on;
    d->rows += row;
    d->flags[d->count] = (uint8_t)(on | row << 1);
    d->point[d->count++] = (uint32_t)i;
  }
  return QY_OK;
}

/* ---- what tells points apart beside the fixed keys ---- */

static bool is_fixed_key(const char *axis)
{
  for (int k = 0; k < QY_KEY_PARAMETER; k++)
    if (strcmp(axis, qy_key_name((qy_key)k, NULL)) == 0) return true;
  return false;
}

static qy_status find_columns(data *d, qy_error *err)
{
  d->column = qy_alloc(d->axes.count, sizeof *d->column);
  d->place = qy_alloc(d->axes.count, sizeof *d->place);
  if (!d->column || !d->place) return qy_no_memory(err);
  for (size_t i = 0; i < d->axes.count; i++) {
    const qy_axis_column *axis = &d->axes.axis[i];
    if (!axis->varies || is_fixed_key(axis->key)) continue;
    axis_labels *c = &d->column[d->column_count];
    *c = (axis_labels){.axis = axis, .of = qy_alloc(d->count, sizeof *c->of)};
    d->place[d->column_count++] = i;
    if (!c->of) return qy_no_memory(err);
  }
  return QY_OK;
}

static bool put_label(axis_labels *c, size_t point, const char *text)
{
  size_t l = qy_text_index_find(&c->known, text);
  if (l == SIZE_MAX) {
    void *grown = c->label;
    l = c->known.count;
    if (qy_grow(&grown, &c->label_capacity, l + 1, sizeof *c->label)) return false;
    c->label = grown;
    if (!(c->label[l] = strdup(text))) return false;
    if (qy_text_index_add(&c->known, c->label[l]) == SIZE_MAX) {
      free(c->label[l]);
      return false;
    }
  }
  c->of[point] = (uint32_t)l + 1;
  return true;
}

/* Columns: point, then those of the data; rising by point. */
static int column_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)names;
  data *d = ctx;
  const double *number = d->e->points.point, point = qy_decimal(value[0], NULL);
  while (d->reading < d->count && number[d->point[d->reading]] < point)
    d->reading++;
  if (d->reading == d->count || number[d->point[d->reading]] != point) return 0;
  for (int i = 1; i < columns && !d->failed; i++) {
    if (!value[i]) continue;
    axis_labels *c = &d->column[i - 1];
    c->words |= types[i] != SQLITE_INTEGER && types[i] != SQLITE_FLOAT;
    d->failed = !put_label(c, d->reading, value[i]);
  }
  return d->failed;
}

static qy_status read_columns(data *d, qy_error *err)
{
  qy_status status = find_columns(d, err);
  if (status || d->column_count == 0) return status;
  qy_text sql = {0};
  const char *select = qy_store_axis_select(&d->axes, d->place, d->column_count, d->e->arena);
  if (select) qy_text_add(&sql, "SELECT * FROM (%s) WHERE point IN (", select);
  for (size_t i = 0; i < d->count; i++)
    qy_text_add(&sql, "%s%.0f", i ? "," : "", d->e->points.point[d->point[i]]);
  qy_text_add(&sql, ") ORDER BY point");
  status = !select || sql.failed ? qy_no_memory(err) : qy_store_query(d->e->store, sql.data, column_row, d, err);
  qy_text_free(&sql);
  return !status && d->failed ? qy_no_memory(err) : status;
}

/* Does it tell points apart? */
static bool varies(const data *d, const axis_labels *c)
{
  for (size_t i = 1; i < d->count; i++)
    if (c->of[i] != c->of[0]) return true;
  return false;
}

/* ---- codes ---- */

/* NaN changes nothing. */
static void stretch(scale *s, double value)
{
  s->low = fmin(s->low, value);
  s->high = fmax(s->high, value);
}

static scale scale_of(const data *d, int metric)
{
  const qy_points *p = &d->e->points;
  scale s = {INFINITY, -INFINITY, false, p->low[metric] != NULL};
  for (size_t i = 0; i < d->count; i++) {
    const uint32_t at = d->point[i];
    stretch(&s, p->metric[metric][at]);
    if (!s.uncertain || !(d->flags[i] & 2)) continue;
    stretch(&s, p->low[metric][at]);
    stretch(&s, p->high[metric][at]);
  }
  if (s.low > s.high) s.low = s.high = 0;
  s.logarithmic = s.low > 0;
  return s;
}

static uint32_t code_of(const scale *s, double value)
{
  if (!isfinite(value)) return CODE_NONE;
  if (s->high <= s->low) return 0;
  const double place =
      s->logarithmic ? log(value / s->low) / log(s->high / s->low) : (value - s->low) / (s->high - s->low);
  return (uint32_t)lround(CODE_MOST * fmin(fmax(place, 0), 1));
}

static void put_byte(data *d, uint32_t value)
{
  const char byte = (char)(unsigned char)value;
  qy_text_put(&d->bytes, &byte, 1);
}

/* The bytes at `shift` of the codes of one column. */
static void put_plane(data *d, int m, const double *values, int shift, bool rows_only)
{
  for (size_t i = 0; i < d->count; i++)
    if (!rows_only || d->flags[i] & 2) put_byte(d, code_of(&d->scale[m], values[d->point[i]]) >> shift);
}

static void put_metrics(data *d)
{
  const qy_points *p = &d->e->points;
  for (int m = 0; m < d->e->metric_count; m++) {
    put_plane(d, m, p->metric[d->e->metric[m]], 16, false);
    put_plane(d, m, p->metric[d->e->metric[m]], 8, false);
  }
  for (int m = 0; m < d->e->metric_count; m++) {
    const int metric = d->e->metric[m];
    put_plane(d, m, p->metric[metric], 0, true);
    for (int k = 0; d->scale[m].uncertain && k < 4; k++)
      put_plane(d, m, k < 2 ? p->low[metric] : p->high[metric], k % 2 ? 8 : 16, true);
  }
}

static void put_points(data *d)
{
  const qy_points *p = &d->e->points;
  double before = 0;
  for (size_t i = 0; i < d->count; i++) {
    uint64_t step = (uint64_t)(p->point[d->point[i]] - before);
    before = p->point[d->point[i]];
    for (; step > 127; step >>= 7)
      put_byte(d, (uint32_t)(step & 127) | 128);
    put_byte(d, (uint32_t)step);
  }
  qy_text_put(&d->bytes, (const char *)d->flags, d->count);
  for (size_t i = 0; p->chance && i < d->count; i++)
    put_byte(d, (uint32_t)lround(PROBABILITY_STEPS * fmin(fmax(p->chance[d->point[i]], 0), 1)));
}

static bool has_key(const experiment *e, int key)
{
  return key == QY_KEY_DESIGN || e->points.label_count[key] > 1;
}

static void put_keys(data *d)
{
  const qy_points *p = &d->e->points;
  for (int k = 0; k < QY_KEY_PARAMETER; k++)
    for (int shift = p->label_count[k] > 256 ? 8 : 0; has_key(d->e, k) && shift >= 0; shift -= 8)
      for (size_t i = 0; i < d->count; i++)
        put_byte(d, p->key[k][d->point[i]] >> shift);
  for (size_t c = 0; c < d->column_count; c++) {
    const axis_labels *own = &d->column[c];
    for (int shift = own->known.count > 255 ? 8 : 0; varies(d, own) && shift >= 0; shift -= 8)
      for (size_t i = 0; i < d->count; i++)
        put_byte(d, own->of[i] >> shift);
  }
}

/* ---- header ---- */

/* unit: of axes; "": none, NULL: what the name ends in.  numbers: labels are, a unit may stand behind. */
static void head_list(qy_text *out, const char *name, const char *unit, bool numbers, char *const *label, size_t count,
                      const char *first)
{
  char title[QY_KEY_TITLE];
  qy_text_add(out, "{\"name\":");
  words_json(out, name);
  qy_text_add(out, ",\"title\":");
  words_json(out, qy_axis_title(title, name, numbers ? unit : ""));
  qy_text_add(out, ",\"number\":%s,\"labels\":[", numbers ? "true" : "false");
  if (first) words_json(out, first);
  for (size_t l = 0; l < count; l++) {
    qy_text_add(out, "%s", l || first ? "," : "");
    words_json(out, label[l]);
  }
  qy_text_add(out, "]}");
}

static void head_keys(const data *d, qy_text *out)
{
  const qy_points *p = &d->e->points;
  const char *gap = "";
  qy_text_add(out, ",\"keys\":[");
  for (int k = 0; k < QY_KEY_PARAMETER; k++) {
    if (!has_key(d->e, k)) continue;
    qy_text_add(out, "%s", gap);
    head_list(out, qy_key_name((qy_key)k, &p->parameters), p->unit[k], p->number[k] != NULL, p->label[k],
              p->label_count[k], NULL);
    gap = ",";
  }
  for (size_t i = 0; i < d->column_count; i++) {
    const axis_labels *c = &d->column[i];
    if (!varies(d, c)) continue;
    qy_text_add(out, "%s", gap);
    head_list(out, c->axis->key, c->axis->unit, !c->words, c->label, c->known.count, "–");
    gap = ",";
  }
  qy_text_add(out, "]");
}

static void head_metrics(const data *d, qy_text *out)
{
  const experiment *e = d->e;
  qy_text_add(out, ",\"metrics\":[");
  for (int m = 0; m < e->metric_count; m++) {
    const qy_metric_info *info = &qy_metric_table()[e->metric[m]];
    const char *scope = qy_metric_scope(e->metric[m], e->points.on_chip);
    char label[160];
    snprintf(label, sizeof label, "%s%s%s", info->label, *scope ? " " : "", scope);
    qy_text_add(out, "%s{\"name\":\"%s\",\"sense\":%d,\"low\":%.9g,\"high\":%.9g,\"log\":%s,\"uncertain\":%s,\"unit\":",
                m ? "," : "", info->name, info->sense, d->scale[m].low, d->scale[m].high,
                d->scale[m].logarithmic ? "true" : "false", d->scale[m].uncertain ? "true" : "false");
    words_json(out, info->unit);
    qy_text_add(out, ",\"label\":");
    words_json(out, label);
    qy_text_add(out, ",\"help\":");
    words_json(out, info->help);
    qy_text_add(out, "}");
  }
  qy_text_add(out, "]");
}

static void head_text(qy_text *out, const char *name, const char *text)
{
  qy_text_add(out, ",\"%s\":", name);
  words_json(out, text ? text : "");
}

static void head_plots(const experiment *e, qy_text *out)
{
  qy_text_add(out, ",\"plots\":[");
  for (int i = 0; i < e->plot_count; i++) {
    const report_plot *p = &e->plot[i];
    qy_text_add(out, "%s{\"xlog\":%d,\"ylog\":%d,\"clog\":%d,\"bins\":%d", i ? "," : "", p->x_log, p->y_log,
                p->colour_log, p->bins ? p->bins : BINS);
    head_text(out, "kind", p->kind);
    head_text(out, "name", p->name);
    head_text(out, "x", p->x);
    head_text(out, "y", p->y);
    head_text(out, "colour", p->colour);
    head_text(out, "axes", p->axes);
    head_text(out, "which", p->which);
    head_text(out, "panel", p->panel);
    head_text(out, "group", p->group);
    head_text(out, "where", p->where ? p->where : "{}"); /* JSON within JSON: the script parses it again */
    qy_text_add(out, "}");
  }
  qy_text_add(out, "]");
}

/* What fronts are taken within, by the names of keys. */
static void head_within(const experiment *e, qy_text *out)
{
  qy_text_add(out, ",\"within\":[");
  for (int k = 0; k < e->within_count; k++) {
    qy_text_add(out, "%s", k ? "," : "");
    words_json(out, qy_key_name(e->within[k], &e->parameters));
  }
  qy_text_add(out, "]");
}

static void put_head(data *d)
{
  const experiment *e = d->e;
  qy_text head = {0};
  const int objectives = e->objective_count < METRICS_MAX ? e->objective_count : METRICS_MAX;
  qy_text_add(&head,
              "{\"points\":%zu,\"rows\":%zu,\"feasible\":%zu,\"front\":%zu,\"objectives\":%d,\"chance\":%s,"
              "\"code_most\":%d,\"probability_steps\":%d",
              d->count, d->rows, e->points.count, e->front_count, objectives, e->points.chance ? "true" : "false",
              CODE_MOST, PROBABILITY_STEPS);
  qy_text_add(&head, ",\"name\":");
  words_json(&head, e->name);
  head_keys(d, &head);
  head_metrics(d, &head);
  head_plots(e, &head);
  head_within(e, &head);
  qy_text_add(&head, "}");
  for (int shift = 0; shift < 32; shift += 8)
    put_byte(d, (uint32_t)head.length >> shift);
  if (!head.failed) qy_text_put(&d->bytes, head.data, head.length);
  d->failed |= head.failed;
  qy_text_free(&head);
}

static qy_status put_deflated(qy_text *out, const data *d, qy_error *err)
{
  uLongf length = compressBound(d->bytes.length);
  unsigned char *bytes = qy_alloc(length, 1);
  if (!bytes) return qy_no_memory(err);
  const int code = compress2(bytes, &length, (const Bytef *)d->bytes.data, d->bytes.length, Z_BEST_COMPRESSION);
  if (code == Z_OK) words_base64(out, bytes, length);
  free(bytes);
  return code == Z_OK ? QY_OK : qy_no_memory(err);
}

qy_status data_write(qy_text *out, const experiment *e, share limit, share *kept, qy_error *err)
{
  data d = {.e = e};
  qy_status status = choose(&d, limit, err);
  if (!status) status = qy_store_axes(&d.axes, e->store, e->id, e->arena, err);
  if (!status) status = read_columns(&d, err);
  if (!status) {
    for (int m = 0; m < e->metric_count; m++)
      d.scale[m] = scale_of(&d, e->metric[m]);
    put_head(&d);
    put_points(&d);
    put_keys(&d);
    put_metrics(&d);
    status = d.failed || d.bytes.failed ? qy_no_memory(err) : put_deflated(out, &d, err);
  }
  *kept = (share){d.count, d.rows};
  data_free(&d);
  return status;
}
