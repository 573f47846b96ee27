/* Predicted beside measured noise of mixed assignments; see mixed.h. */
#include "quarry/mixed.h"

#include "quarry/csv.h"
#include "quarry/integer.h"
#include "quarry/layer_noise.h"
#include "quarry/quality.h"
#include "quarry/text.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_MAX = QY_PRECISION_BITS_MAX, WEIGHT_BITS_MAX = 16, NOTES_MAX = 64 };

const char *const qy_mixed_widths_names[QY_MIXED_WIDTHS_COUNT] = {"weights", "with activations", "all"};
const char *const qy_mixed_source_names[QY_MIXED_SOURCE_COUNT] = {"measured layers", "tensors", "equal weights"};

enum { NETWORK, WEIGHTS, ACTIVATIONS, MEASURED, COLUMNS };
static const char *const column_names[COLUMNS] = {"network", "weight_bits", "activation_bits", "measured_db"};

/* One row of the assignments that was predicted. */
typedef struct prediction {
  size_t network;
  qy_mixed_widths widths; /* weights, or both */
  double measured_db, predicted_db[QY_MIXED_SOURCE_COUNT];
} prediction;

typedef struct network_layers {
  const char *name, **layer;
  size_t count;
  bool numbered; /* layers are called by their places, from 0: those without sensitivities may be missing */
  size_t widths; /* of a row, places of missing layers among them; 0: not known yet */
} network_layers;

typedef struct comparison {
  qy_mixed_report *report;
  qy_arena *arena;
  qy_layer_noise *noise[QY_MIXED_SOURCE_COUNT]; /* tables; NULL: none */
  double weights[BITS_MAX + 1];                 /* equal weights: 1/SQNR at each width; 0: not known yet */
  qy_csv csv;
  int at[COLUMNS];
  network_layers *network;
  size_t networks, networks_room;
  prediction *row;
  size_t rows, rows_room;
} comparison;

static qy_status note(comparison *c, const char *reason, size_t count, qy_error *err)
{
  qy_mixed_report *r = c->report;
  for (size_t i = 0; i < r->note_count; i++)
    if (strcmp(r->note[i].reason, reason) == 0) {
      r->note[i].count += count;
      return QY_OK;
    }
  if (r->note_count == NOTES_MAX) return QY_OK;
  const char *kept = qy_arena_text(c->arena, reason, strlen(reason));
  if (!kept) return qy_no_memory(err);
  r->note[r->note_count++] = (qy_mixed_note){kept, count};
  return QY_OK;
}

/* ---- one row ---- */

/* The number that a name is; -1: none. */
static long number_of(const char *name)
{
  char *end;
  if (*name < '0' || *name > '9') return -1;
  const long number = strtol(name, &end, 10);
  return *end ? -1 : number;
}

/* Layers that are all numbered stand by their numbers, in whatever order the rows come. */
static void sort_numbered(network_layers *n)
{
  for (size_t l = 0; l < n->count; l++)
    if (number_of(n->layer[l]) < 0) return;
  n->numbered = true;
  for (size_t l = 1; l < n->count; l++) {
    const char *one = n->layer[l];
    size_t at = l;
    for (; at > 0 && number_of(n->layer[at - 1]) > number_of(one); at--)
      n->layer[at] = n->layer[at - 1];
    n->layer[at] = one;
  }
}

static qy_status network_of(size_t *index, comparison *c, qy_error *err)
{
  const char *name = c->csv.field[c->at[NETWORK]];
  for (*index = 0; *index < c->networks; ++*index)
    if (strcmp(c->network[*index].name, name) == 0) return QY_OK;
  void *grown = c->network;
  if (qy_grow(&grown, &c->networks_room, c->networks + 1, sizeof *c->network)) return qy_no_memory(err);
  c->network = grown;
  network_layers *n = &c->network[c->networks++];
  *n = (network_layers){.name = name};
  const qy_status status = qy_layer_noise_layers(&n->layer, &n->count, c->noise[QY_MIXED_LAYERS], name, c->arena, err);
  if (!status) sort_numbered(n);
  return status;
}

/* Place of layer l of those with sensitivities among the widths of a row. */
static size_t place_of(const network_layers *n, size_t l)
{
  return n->numbered ? (size_t)number_of(n->layer[l]) : l;
}

/* As many widths as the network has layers: those of the sensitivities, where layers are numbered with gaps between and
 * others behind, whose number the first row says. */
static qy_status check_count(network_layers *n, const comparison *c, int column, size_t count, qy_error *err)
{
  const size_t least = place_of(n, n->count - 1) + 1;
  if (count < least || (count > least && !n->numbered))
    return qy_csv_expected(&c->csv, c->at[column], err, "a width for each of the %zu layers of the sensitivities",
                           least);
  if (n->widths && count != n->widths)
    return qy_csv_expected(&c->csv, c->at[column], err, "%zu widths, as rows above have of %s", n->widths, n->name);
  n->widths = count;
  return QY_OK;
}

/* Widths of a cell: bits[l] of layer l of the sensitivities, 0 where it is `float`. */
static qy_status read_widths(int *bits, network_layers *n, const comparison *c, int column, qy_arena *scratch,
                             qy_error *err)
{
  const char *text = c->csv.field[c->at[column]];
  size_t count = 0;
  int *all = qy_arena_alloc(scratch, strlen(text) + 1, sizeof *all);
  if (!all) return qy_no_memory(err);
  if (strcmp(text, "float") == 0) return QY_OK;
  for (const char *p = text + strspn(text, " "); *p; p += strspn(p, " ")) {
    const size_t length = strcspn(p, " ");
    int value = 0;
    const bool none = length == strlen("float") && strncmp(p, "float", length) == 0;
    for (size_t i = 0; i < length && !none && value >= 0; i++)
      value = p[i] >= '0' && p[i] <= '9' && value <= BITS_MAX ? 10 * value + p[i] - '0' : -1;
    if (!none && (value < 1 || value > BITS_MAX))
      return qy_csv_expected(&c->csv, c->at[column], err, "widths of 1 to %d bits, blanks between, or float",
                             (int)BITS_MAX);
    all[count++] = value;
    p += length;
  }
  const qy_status status = check_count(n, c, column, count, err);
  for (size_t l = 0; !status && l < n->count; l++)
    bits[l] = all[place_of(n, l)];
  return status;
}

static qy_status equal_noise(double *noise, comparison *c, qy_precision p, qy_error *err)
{
  double *known = &c->weights[qy_min_int(p.weights, WEIGHT_BITS_MAX)];
  *noise = p.activations ? qy_activation_noise(p.activations) : 0;
  if (!p.weights) return QY_OK;
  if (*known == 0) {
    qy_signal signal;
    qy_best best;
    const qy_number number =
        qy_number_default(QY_NUMBER_UNIFORM, qy_max_int(qy_min_int(p.weights, WEIGHT_BITS_MAX), 2));
    qy_status status = qy_signal_make(&signal, QY_SIGNAL_GENERALIZED, QY_ELEMENT_SHAPE, err);
    if (!status) status = qy_best_format(&best, &number, &signal, err);
    if (status) return status;
    *known = pow(10, -best.sqnr_db / 10);
  }
  *noise += *known;
  return QY_OK;
}

/* Sum over the layers.  QY_INFEASIBLE: a width that the table does not have. */
static qy_status predict(double *db, comparison *c, qy_mixed_source source, const network_layers *n, const int *weights,
                         const int *activations, qy_error *err)
{
  double sum = 0, one = 0;
  for (size_t l = 0; l < n->count; l++) {
    const qy_precision p = {weights[l], activations[l]};
    qy_error missing = {0};
    qy_status status = source == QY_MIXED_EQUAL
                           ? equal_noise(&one, c, p, err)
                           : qy_layer_noise_look_up(&one, c->noise[source], n->name, n->layer[l], p, &missing);
    if (status) return status == QY_BAD_INPUT ? QY_INFEASIBLE : status;
    sum += one;
  }
  *db = sum > 0 ? -10 * log10(sum) : INFINITY;
  return isfinite(*db) ? QY_OK : QY_INFEASIBLE;
}

static qy_status keep(comparison *c, prediction p, qy_error *err)
{
  void *grown = c->row;
  if (qy_grow(&grown, &c->rows_room, c->rows + 1, sizeof *c->row)) return qy_no_memory(err);
  c->row = grown;
  c->row[c->rows++] = p;
  return QY_OK;
}

static qy_status predict_row(comparison *c, size_t network, qy_arena *scratch, qy_error *err)
{
  network_layers *n = &c->network[network];
  prediction p = {.network = network};
  int *weights = qy_arena_alloc(scratch, n->count, sizeof *weights);
  int *activations = qy_arena_alloc(scratch, n->count, sizeof *activations);
  if (!weights || !activations) return qy_no_memory(err);
  qy_status status = read_widths(weights, n, c, WEIGHTS, scratch, err);
  if (!status) status = read_widths(activations, n, c, ACTIVATIONS, scratch, err);
  if (!status) status = qy_csv_number(&c->csv, c->at[MEASURED], -1000, 1000, &p.measured_db, err);
  for (int s = 0; s < QY_MIXED_SOURCE_COUNT && !status; s++)
    if (c->noise[s] || s == QY_MIXED_EQUAL)
      status = predict(&p.predicted_db[s], c, (qy_mixed_source)s, n, weights, activations, err);
  if (status == QY_INFEASIBLE) return note(c, "rows not compared: a width that was not measured", 1, err);
  for (size_t l = 0; l < n->count; l++)
    if (activations[l]) p.widths = QY_MIXED_BOTH;
  const size_t missing = n->widths > n->count ? n->widths - n->count : 0;
  if (!status && missing) {
    char text[200];
    qy_append(text, sizeof text, 0, "rows of which %zu layer%s not in the sensitivities of %s and left out", missing,
              missing > 1 ? "s are" : " is", n->name);
    status = note(c, text, 1, err);
  }
  return status ? status : keep(c, p, err);
}

static qy_status read_row(comparison *c, qy_error *err)
{
  size_t network;
  qy_status status = network_of(&network, c, err);
  if (status) return status;
  if (c->network[network].count == 0) return note(c, "rows not compared: a network that was not measured", 1, err);
  qy_arena *scratch = qy_arena_new();
  status = predict_row(c, network, scratch, err);
  qy_arena_free(scratch);
  return status;
}

/* ---- statistics ---- */

typedef struct ranked {
  double value;
  size_t at;
} ranked;

static int by_value(const void *left, const void *right)
{
  const ranked *a = left, *b = right;
  return (a->value > b->value) - (a->value < b->value);
}

/* Ranks of x, those of equal values their mean, less the mean of all. */
static void rank(double *out, ranked *order, const double *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    order[i] = (ranked){x[i], i};
  qsort(order, n, sizeof *order, by_value);
  for (size_t i = 0, j; i < n; i = j) {
    for (j = i; j < n && order[j].value == order[i].value; j++)
      ;
    for (size_t k = i; k < j; k++)
      out[order[k].at] = ((double)i + (double)j - (double)n) / 2;
  }
}

double qy_spearman(const double *a, const double *b, size_t n)
{
  assert(a && b && n >= 2);
  double xy = 0, xx = 0, yy = 0;
  double *x = qy_alloc(n, sizeof *x), *y = qy_alloc(n, sizeof *y);
  ranked *order = qy_alloc(n, sizeof *order);
  if (x && y && order) {
    rank(x, order, a, n);
    rank(y, order, b, n);
    for (size_t i = 0; i < n; i++) {
      xy += x[i] * y[i];
      xx += x[i] * x[i];
      yy += y[i] * y[i];
    }
  }
  free(x);
  free(y);
  free(order);
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

static qy_status fill_group(qy_mixed_group *g, const comparison *c, size_t network, qy_error *err)
{
  enum { LEAST = 4 };
  static const double two_sided_95 = 1.959963984540054, rank_variance = 1.06;
  double *predicted = qy_alloc(c->rows, sizeof *predicted), *measured = qy_alloc(c->rows, sizeof *measured);
  const bool good = predicted && measured;
  for (size_t i = 0; i < c->rows && good; i++) {
    const prediction *p = &c->row[i];
    if (p->network != network || (g->widths != QY_MIXED_ALL && p->widths != g->widths)) continue;
    const double error = p->predicted_db[g->source] - p->measured_db;
    predicted[g->cases] = p->predicted_db[g->source];
    measured[g->cases++] = p->measured_db;
    g->mean_error_db += error;
    g->mean_absolute_error_db += fabs(error);
  }
  const double n = (double)g->cases;
  g->mean_error_db /= n;
  g->mean_absolute_error_db /= n;
  g->spearman = g->low = g->high = NAN;
  if (good && g->cases >= LEAST) {
    const double wide = two_sided_95 * sqrt(rank_variance / (n - 3));
    g->spearman = qy_spearman(predicted, measured, g->cases);
    g->low = tanh(atanh(g->spearman) - wide);
    g->high = tanh(atanh(g->spearman) + wide);
  }
  free(predicted);
  free(measured);
  return good ? QY_OK : qy_no_memory(err);
}

static qy_status fill_groups(comparison *c, qy_error *err)
{
  qy_mixed_report *r = c->report;
  r->group = qy_arena_alloc(c->arena, c->networks * QY_MIXED_WIDTHS_COUNT * QY_MIXED_SOURCE_COUNT, sizeof *r->group);
  if (!r->group) return qy_no_memory(err);
  for (size_t n = 0; n < c->networks; n++)
    for (int w = 0; w < QY_MIXED_WIDTHS_COUNT; w++)
      for (int s = 0; s < QY_MIXED_SOURCE_COUNT; s++) {
        qy_mixed_group *g = &r->group[r->group_count];
        if (!c->noise[s] && s != QY_MIXED_EQUAL) continue;
        *g =
            (qy_mixed_group){.network = c->network[n].name, .widths = (qy_mixed_widths)w, .source = (qy_mixed_source)s};
        const qy_status status = fill_group(g, c, n, err);
        if (status) return status;
        if (g->cases) r->group_count++;
      }
  return QY_OK;
}

/* ---- the whole ---- */

static bool has_column(const char *file, const char *name, qy_arena *arena)
{
  qy_csv csv;
  qy_error err = {0};
  return qy_csv_open(&csv, file, arena, &err) == QY_OK && qy_csv_column(&csv, name) >= 0;
}

static qy_status open_tables(comparison *c, qy_error *err)
{
  static const char tensor_column[] = "tensor_sqnr_db";
  const char *file = c->report->sensitivities;
  qy_status status = qy_layer_noise_read(&c->noise[QY_MIXED_LAYERS], file, "network_sqnr_db", c->arena, err);
  if (!status && has_column(file, tensor_column, c->arena))
    status = qy_layer_noise_read(&c->noise[QY_MIXED_TENSORS], file, tensor_column, c->arena, err);
  if (!status) status = qy_csv_open(&c->csv, c->report->assignments, c->arena, err);
  return status ? status : qy_csv_columns(&c->csv, column_names, COLUMNS, c->at, err);
}

qy_status qy_mixed_compare(qy_mixed_report **report, const char *sensitivities, const char *assignments,
                           qy_arena *arena, qy_error *err)
{
  assert(report && sensitivities && assignments);
  bool more = true;
  qy_mixed_report *r = qy_arena_alloc(arena, 1, sizeof *r);
  comparison c = {.report = r, .arena = arena};
  if (!r || !(r->note = qy_arena_alloc(arena, NOTES_MAX, sizeof *r->note))) return qy_no_memory(err);
  r->sensitivities = sensitivities;
  r->assignments = assignments;
  qy_status status = open_tables(&c, err);
  while (!status && (status = qy_csv_next(&c.csv, &more, err)) == QY_OK && more) {
    r->rows++;
    status = read_row(&c, err);
  }
  r->compared = c.rows;
  if (!status) status = fill_groups(&c, err);
  free(c.network);
  free(c.row);
  *report = r;
  return status;
}

const qy_mixed_group *qy_mixed_find(const qy_mixed_report *report, const char *network, qy_mixed_widths widths,
                                    qy_mixed_source source)
{
  for (size_t i = 0; i < report->group_count; i++) {
    const qy_mixed_group *g = &report->group[i];
    if (g->widths == widths && g->source == source && strcmp(g->network, network) == 0) return g;
  }
  return NULL;
}
