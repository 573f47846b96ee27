/* Discrepancies from residuals: see structure_fit.h.
 *
 * What a row needs is the smallest deviation at which its residual lies in the middle 90 % of constants and discrepancy
 * together, the mean over the draws of the constants of a normal law around each.  The deviation of a family is
 * the 0.9 quantile of what its rows need: tails heavier or lighter than normal ones are met where intervals end.
 * Shares are found by bisection: the more two circuits share, the less their ratio varies, so that the share of pairs
 * that have what they need falls as library_share or kind_share rises.
 */
#include "structure_fit.h"

#include "quarry/decimal.h"
#include "quarry/random.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double level = 0.9; /* of coverage */

/* Classes that are estimated together, because there are few rows of single ones. */
enum { FAMILIES = 6, ROWS_MIN = 8, PAIRS_MIN = 20, PAIRS_MAX = 1500 };
static const unsigned family_classes[FAMILIES] = {
    1u << QY_CLASS_MULTIPLIER | 1u << QY_CLASS_BOOTH | 1u << QY_CLASS_MAC,
    1u << QY_CLASS_ADDER,
    1u << QY_CLASS_SHIFTER,
    1u << QY_CLASS_MUX,
    1u << QY_CLASS_COMPARE | 1u << QY_CLASS_LOGIC | 1u << QY_CLASS_ENCODER,
    1u << QY_CLASS_REGISTER,
};

/* One flow's numbers in one list: sigmas by family, then the others. */
enum { COMPOSITION = FAMILIES, LIBRARY_SHARE, FAMILY_SHARE, KIND_SHARE, NUMBERS, LIBRARIES_MAX = 64 };

qy_status fit_row_make(fit_row *out, const qy_validate_row *row, qy_structure_quantity quantity,
                       const qy_circuit *circuit, const qy_tech *tech, const double effort[QY_STRUCTURE_FLOWS],
                       qy_arena *arena, qy_error *err)
{
  assert(out && row && row->draw && circuit && tech && effort && arena);
  qy_operator_share *share = NULL;
  double *draw = qy_arena_alloc(arena, row->draws, sizeof *draw);
  int flow = 0;
  if (!draw) return qy_no_memory(err);
  for (int f = 1; f < QY_STRUCTURE_FLOWS; f++)
    if (fabs(effort[f] - row->effort) < fabs(effort[flow] - row->effort)) flow = f;
  for (size_t k = 0; k < row->draws; k++)
    draw[k] = log(row->draw[k] / row->model);
  *out = (fit_row){.quantity = quantity,
                   .flow = flow,
                   .library = row->library,
                   .flow_name = row->flow,
                   .circuit = row->circuit,
                   .residual = log(row->measured / row->model),
                   .draw = draw};
  qy_status status = qy_operator_shares(&share, &out->share_count, circuit, tech, arena, err);
  out->share = share;
  return status;
}

/* ---- what a residual needs ---- */

/* Draws of a row, or of the ratio of two. */
typedef struct spread {
  double residual;
  const double *draw, *less; /* less: subtracted, NULL: nothing */
  size_t draws;
} spread;

static bool is_covered(const spread *s, double deviation)
{
  double below = 0;
  for (size_t k = 0; k < s->draws; k++) {
    const double rest = s->residual - s->draw[k] + (s->less ? s->less[k] : 0);
    below += deviation > 0 ? gsl_cdf_ugaussian_P(rest / deviation) : rest > 0;
  }
  const double tail = (1 - level) / 2, share = below / (double)s->draws;
  return share >= tail && share <= 1 - tail;
}

static double needed(const spread *s)
{
  enum { STEPS = 24 };
  double low = 0, high = QY_STRUCTURE_LOG_SIGMA_MAX;
  if (is_covered(s, 0)) return 0;
  for (int i = 0; i < STEPS; i++) {
    const double middle = (low + high) / 2;
    *(is_covered(s, middle) ? &high : &low) = middle;
  }
  return high;
}

/* ---- one quantity and flow ---- */

/* What the two of a pair mostly are. */
typedef enum sort { SORT_ACROSS, SORT_FAMILY, SORT_KIND, SORTS } sort; /* one family; one kind */

typedef struct pair {
  const fit_row *a, *b;
  double need;
  sort sort;
} pair;

typedef struct sample {
  const fit_row **row;
  double *need;
  size_t count;
  pair *pair;
  size_t pair_count;
} sample;

static int family_of(const fit_row *r)
{
  double weight[FAMILIES] = {0};
  int most = 0;
  for (size_t i = 0; i < r->share_count; i++)
    for (int f = 0; f < FAMILIES; f++)
      if (family_classes[f] & 1u << r->share[i].class) weight[f] += r->share[i].weight;
  for (int f = 1; f < FAMILIES; f++)
    if (weight[f] > weight[most]) most = f;
  return most;
}

/* The kind that most of the circuit is. */
static const char *kind_of(const fit_row *r)
{
  const char *most = "";
  double highest = 0;
  for (size_t i = 0; i < r->share_count; i++) {
    double weight = 0;
    for (size_t j = 0; j < r->share_count; j++)
      if (strcmp(r->share[i].kind, r->share[j].kind) == 0) weight += r->share[j].weight;
    if (weight <= highest) continue;
    highest = weight;
    most = r->share[i].kind;
  }
  return most;
}

static bool is_pair(const fit_row *a, const fit_row *b)
{
  return a->circuit != b->circuit && strcmp(a->library, b->library) == 0 && strcmp(a->flow_name, b->flow_name) == 0;
}

static sort sort_of(const fit_row *a, const fit_row *b)
{
  if (strcmp(kind_of(a), kind_of(b)) == 0) return SORT_KIND;
  return family_of(a) == family_of(b) ? SORT_FAMILY : SORT_ACROSS;
}

/* All pairs, or about PAIRS_MAX of a sort. */
static qy_status make_pairs(sample *s, size_t draws, qy_error *err)
{
  size_t all[SORTS] = {0}, most = 0;
  for (size_t i = 0; i < s->count; i++)
    for (size_t j = 0; j < i; j++)
      if (is_pair(s->row[i], s->row[j])) all[sort_of(s->row[i], s->row[j])]++, most++;
  s->pair = qy_alloc(most, sizeof *s->pair);
  if (!s->pair) return qy_no_memory(err);
  for (size_t i = 0; i < s->count; i++)
    for (size_t j = 0; j < i; j++) {
      const fit_row *a = s->row[i], *b = s->row[j];
      if (!is_pair(a, b)) continue;
      const sort of = sort_of(a, b);
      if (qy_random_open(qy_random_mix((uint64_t)i << 32 | j)) * (double)all[of] > PAIRS_MAX) continue;
      const spread ratio = {a->residual - b->residual, a->draw, b->draw, draws};
      s->pair[s->pair_count++] = (pair){a, b, needed(&ratio), of};
    }
  return QY_OK;
}

static void sample_free(sample *s)
{
  free(s->row);
  free(s->need);
  free(s->pair);
}

static qy_status sample_make(sample *s, const fit_row *row, size_t rows, size_t draws, int quantity, int flow,
                             qy_error *err)
{
  *s = (sample){.row = qy_alloc(rows, sizeof(fit_row *)), .need = qy_alloc(rows, sizeof *s->need)};
  if (!s->row || !s->need) return qy_no_memory(err);
  for (size_t i = 0; i < rows; i++) {
    if ((int)row[i].quantity != quantity || row[i].flow != flow) continue;
    const spread one = {row[i].residual, row[i].draw, NULL, draws};
    s->need[s->count] = needed(&one);
    s->row[s->count++] = &row[i];
  }
  return make_pairs(s, draws, err);
}

static bool uses(const fit_row *r, const char *without)
{
  return !without || strcmp(r->library, without) != 0;
}

/* Of several kinds of operators, none of which is nearly all of it? */
static bool is_composed(const fit_row *r)
{
  const double mixed = 0.2; /* one kind of 90 % and another of 10 % give 0.18 */
  return qy_operator_mixture(r->share, r->share_count) >= mixed;
}

/* The deviation of one family (-1: of all rows); *count gets its rows. */
static double family_sigma(const sample *s, int family, const char *without, double *scratch, size_t *count)
{
  *count = 0;
  for (size_t i = 0; i < s->count; i++)
    if ((family < 0 || family_of(s->row[i]) == family) && uses(s->row[i], without) && !is_composed(s->row[i]))
      scratch[(*count)++] = s->need[i];
  return *count ? qy_quantile(scratch, *count, level) : 0;
}

/* Sum of w_o s_o. */
static double weighted_sigma(const fit_row *r, const struct qy_structure_flow *f)
{
  double sum = 0;
  for (size_t i = 0; i < r->share_count; i++)
    sum += r->share[i].weight * f->log_sigma[r->share[i].class];
  return sum;
}

static double scale_of(const fit_row *r, const struct qy_structure_flow *f)
{
  return 1 + f->composition * qy_operator_mixture(r->share, r->share_count);
}

/* Deviation of a row without what composition adds. */
static double plain_sigma(const fit_row *r, const struct qy_structure_flow *f)
{
  struct qy_structure_flow plain = *f;
  plain.composition = plain.family_share = plain.kind_share = 0;
  const double common = weighted_sigma(r, f);
  const double own = qy_operator_distance(r->share, r->share_count, NULL, 0, &plain);
  return sqrt(f->library_share * common * common + (1 - f->library_share) * own * own);
}

/* What composed rows ask for beyond that. */
static double find_composition(const sample *s, const struct qy_structure_flow *f, const char *without, double *scratch,
                               size_t *count)
{
  *count = 0;
  for (size_t i = 0; i < s->count; i++) {
    const fit_row *r = s->row[i];
    const double sigma = plain_sigma(r, f);
    if (!is_composed(r) || !uses(r, without) || !(sigma > 0)) continue;
    scratch[(*count)++] = (s->need[i] / sigma - 1) / qy_operator_mixture(r->share, r->share_count);
  }
  return *count >= ROWS_MIN ? fmin(fmax(0, qy_quantile(scratch, *count, level)), QY_STRUCTURE_COMPOSITION_MAX) : 0;
}

/* Share of the pairs of a sort that have what they need. */
static double pairs_covered(const sample *s, const struct qy_structure_flow *f, sort of, const char *without)
{
  size_t count = 0, covered = 0;
  for (size_t i = 0; i < s->pair_count; i++) {
    const pair *p = &s->pair[i];
    if (p->sort != of || !uses(p->a, without)) continue;
    const double common = scale_of(p->a, f) * weighted_sigma(p->a, f) - scale_of(p->b, f) * weighted_sigma(p->b, f);
    const double own = qy_operator_distance(p->a->share, p->a->share_count, p->b->share, p->b->share_count, f);
    const double variance = f->library_share * common * common + (1 - f->library_share) * own * own;
    count++;
    covered += p->need <= 0 || p->need * p->need <= variance;
  }
  return count ? (double)covered / (double)count : 1;
}

static size_t pairs_of(const sample *s, sort of, const char *without)
{
  size_t count = 0;
  for (size_t i = 0; i < s->pair_count; i++)
    count += s->pair[i].sort == of && uses(s->pair[i].a, without);
  return count;
}

/* The share of a sort of pairs: library for those across families. */
static double *share_of(struct qy_structure_flow *f, sort of)
{
  return of == SORT_ACROSS ? &f->library_share : of == SORT_FAMILY ? &f->family_share : &f->kind_share;
}

static double share_else(const struct qy_structure_flow *f, sort of)
{
  struct qy_structure_flow copy = *f;
  return *share_of(&copy, of);
}

/* Set it to the largest value at which enough pairs are covered; to 0 where too few are at any. */
static void find_share(struct qy_structure_flow *f, const sample *s, sort of, const char *without)
{
  enum { STEPS = 10 };
  const double all = 0.95; /* circuits of one library, family or kind are not off by one and the same factor */
  double *share = share_of(f, of), low = 0, high = of == SORT_KIND ? fmax(0, all - f->family_share) : all;
  if (of == SORT_FAMILY) f->kind_share = 0; /* what is left is the kind's */
  *share = high;
  if (pairs_covered(s, f, of, without) >= level) return;
  for (int i = 0; i < STEPS; i++) {
    *share = (low + high) / 2;
    *(pairs_covered(s, f, of, without) >= level ? &low : &high) = *share;
  }
  *share = low;
}

/* What to add to all deviations, in quadrature, so that enough ratios across families are covered though nothing is
 * shared: constants may be wide enough for every row and yet cancel in ratios. */
static void widen(struct qy_structure_flow *f, const sample *s, const char *without)
{
  enum { STEPS = 16 };
  const struct qy_structure_flow base = *f;
  double low = 0, high = 1;
  if (pairs_covered(s, f, SORT_ACROSS, without) >= level) return;
  for (int i = 0; i < STEPS; i++) {
    const double more = (low + high) / 2;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      f->log_sigma[g] = fmin(hypot(base.log_sigma[g], more), QY_STRUCTURE_LOG_SIGMA_MAX);
    *(pairs_covered(s, f, SORT_ACROSS, without) >= level ? &high : &low) = more;
  }
}

/* else_: for what there are too few rows of; NULL: what all rows give, no composition. */
static void fit_flow(struct qy_structure_flow *f, size_t counts[NUMBERS], const sample *s, const char *without,
                     const struct qy_structure_flow *else_, double *scratch)
{
  enum { ROUNDS = 2 };
  size_t all;
  const double any = family_sigma(s, -1, without, scratch, &all);
  struct qy_structure_flow base = {0};
  for (int family = 0; family < FAMILIES; family++) {
    const double sigma = family_sigma(s, family, without, scratch, &counts[family]);
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      if (family_classes[family] & 1u << g) {
        base.log_sigma[g] = counts[family] >= ROWS_MIN ? sigma : else_ ? else_->log_sigma[g] : any;
        base.family[g] = family;
      }
  }
  for (int round = 0; round < ROUNDS; round++) {
    base.composition = round ? f->composition : 0;
    *f = base;
    widen(f, s, without);
    f->composition = find_composition(s, f, without, scratch, &counts[COMPOSITION]);
    if (counts[COMPOSITION] < ROWS_MIN) f->composition = else_ ? else_->composition : 0;
  }
  for (int of = 0; of < SORTS; of++)
    *share_of(f, (sort)of) = else_ && pairs_of(s, (sort)of, without) < PAIRS_MIN ? share_else(else_, (sort)of) : 0;
  for (int round = 0; round < ROUNDS; round++)
    for (int of = 0; of < SORTS; of++)
      if (pairs_of(s, (sort)of, without) >= PAIRS_MIN) find_share(f, s, (sort)of, without);
}

/* ---- the table ---- */

static void numbers_of(double number[NUMBERS], const struct qy_structure_flow *f)
{
  for (int family = 0; family < FAMILIES; family++)
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      if (family_classes[family] & 1u << g) number[family] = f->log_sigma[g];
  number[COMPOSITION] = f->composition;
  number[LIBRARY_SHARE] = f->library_share;
  number[FAMILY_SHARE] = f->family_share;
  number[KIND_SHARE] = f->kind_share;
}

static void family_name(qy_text *out, int family)
{
  bool first = true;
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    if (!(family_classes[family] & 1u << g)) continue;
    qy_text_add(out, "%s%s", first ? "" : "+", qy_operator_class_name((qy_operator_class)g));
    first = false;
  }
}

static void print_number(qy_text *out, int number, const double value[3], size_t rows, const char *table)
{
  static const char *const parameters[] = {"log_sigma", "composition", "library_share", "family_share", "kind_share"};
  static const char *const methods[] = {
      "90 % of the rows mostly of these operators inside; fewer than 8: as all, mid: between lean and fast",
      "the same of rows of several kinds of operators; elements among them",
      "the same of ratios of circuits of different families in one library and flow; rows: pairs",
      "the same of ratios of circuits of different kinds of one family; rows: pairs",
      "the same of ratios of circuits of one kind; rows: pairs"};
  const int which = number < FAMILIES ? 0 : number - FAMILIES + 1;
  if (number < FAMILIES)
    family_name(out, number);
  else
    qy_text_add(out, "all");
  qy_text_add(out, ",%s,%.4g,%.4g,%.4g,ratio,%zu,calibrated,\"%s\",\"%s\"\n", parameters[which], value[0], value[1],
              value[2], rows, methods[which], table);
}

/* The libraries of the rows. */
static size_t libraries_of(const char *name[LIBRARIES_MAX], const sample *s)
{
  size_t count = 0;
  for (size_t i = 0; i < s->count && count < LIBRARIES_MAX; i++) {
    size_t j = 0;
    while (j < count && strcmp(name[j], s->row[i]->library) != 0)
      j++;
    if (j == count) name[count++] = s->row[i]->library;
  }
  return count;
}

static void print_flow(qy_text *out, struct qy_structure_flow *f, const sample *s,
                       const struct qy_structure_flow *else_, const char *head, const char *table, double *scratch)
{
  const char *library[LIBRARIES_MAX];
  const size_t libraries = libraries_of(library, s);
  size_t counts[NUMBERS] = {0}, other[NUMBERS];
  double value[NUMBERS][3], one[NUMBERS];
  struct qy_structure_flow less;
  fit_flow(f, counts, s, NULL, else_, scratch);
  numbers_of(one, f);
  for (int n = 0; n < NUMBERS; n++)
    value[n][0] = value[n][1] = value[n][2] = one[n];
  for (size_t l = 0; l < libraries && libraries > 1; l++) {
    fit_flow(&less, other, s, library[l], else_, scratch);
    numbers_of(one, &less);
    for (int n = 0; n < NUMBERS; n++) {
      value[n][1] = fmin(value[n][1], one[n]);
      value[n][2] = fmax(value[n][2], one[n]);
    }
  }
  for (size_t i = 0; i < s->pair_count; i++)
    counts[LIBRARY_SHARE + (int)s->pair[i].sort]++;
  for (int n = 0; n < NUMBERS; n++) {
    qy_text_add(out, "%s,", head);
    print_number(out, n, value[n], counts[n], table);
  }
}

/* Numbers between two flows, for what a flow between them has too few rows of. */
static struct qy_structure_flow between(const struct qy_structure_flow *a, const struct qy_structure_flow *b,
                                        double weight)
{
  struct qy_structure_flow f = *a;
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    f.log_sigma[g] = (1 - weight) * a->log_sigma[g] + weight * b->log_sigma[g];
  f.composition = (1 - weight) * a->composition + weight * b->composition;
  f.library_share = (1 - weight) * a->library_share + weight * b->library_share;
  f.family_share = (1 - weight) * a->family_share + weight * b->family_share;
  f.kind_share = (1 - weight) * a->kind_share + weight * b->kind_share;
  return f;
}

typedef struct source {
  const fit_row *row;
  size_t rows, draws;
  const double *effort;
  const char *table;
} source;

static qy_status add_flow(qy_text *out, struct qy_structure_flow flows[QY_STRUCTURE_FLOWS], const source *from,
                          int quantity, int flow, qy_error *err)
{
  enum { HEAD_MAX = 64 };
  char head[HEAD_MAX];
  sample s;
  double *scratch = qy_alloc(from->rows, sizeof *scratch);
  qy_status status = sample_make(&s, from->row, from->rows, from->draws, quantity, flow, err);
  const char *name = qy_structure_quantity_name((qy_structure_quantity)quantity);
  const double *effort = from->effort;
  const bool inner = flow > 0 && flow + 1 < QY_STRUCTURE_FLOWS;
  if (!status && !scratch) status = qy_no_memory(err);
  if (!status && s.count < ROWS_MIN)
    status = qy_fail(err, QY_BAD_INPUT,
                     "%s: expected at least %d rows with %s whose effort is nearest to that of %s, "
                     "found %zu",
                     from->table, ROWS_MIN, name, qy_structure_flow_name(flow), s.count);
  struct qy_structure_flow else_ = {0};
  if (inner)
    else_ = between(&flows[flow - 1], &flows[flow + 1],
                    (effort[flow] - effort[flow - 1]) / (effort[flow + 1] - effort[flow - 1]));
  qy_print(head, sizeof head, "%s,%s,%g", name, qy_structure_flow_name(flow), effort[flow]);
  if (!status) print_flow(out, &flows[flow], &s, inner ? &else_ : NULL, head, from->table, scratch);
  sample_free(&s);
  free(scratch);
  return status;
}

qy_status fit_text(qy_text *csv, const double effort[QY_STRUCTURE_FLOWS], const fit_row *row, size_t rows, size_t draws,
                   const char *table, qy_error *err)
{
  assert(csv && effort && (row || rows == 0) && draws && table);
  qy_status status = QY_OK;
  qy_text_add(csv, "quantity,flow,effort,family,parameter,value,low,high,unit,rows,status,method,source\n");
  static const int order[QY_STRUCTURE_FLOWS] = {0, 2, 1}; /* the ends first */
  const source from = {row, rows, draws, effort, table};
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES && !status; q++) {
    struct qy_structure_flow flows[QY_STRUCTURE_FLOWS];
    for (int f = 0; f < QY_STRUCTURE_FLOWS && !status; f++)
      status = add_flow(csv, flows, &from, q, order[f], err);
  }
  return status == QY_OK && csv->failed ? qy_no_memory(err) : status;
}
