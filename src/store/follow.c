/* Columns that follow from others: see follow.h.
 *
 * Layout of a chunk: the byte PACK_RULE, a byte for the kind, the scale, then a byte for the length of a name and the
 * name, for each column that the rule takes.  The order of operations is that of metric_rules.h: the scale first.
 */
#include "follow.h"

#include <math.h>
#include <string.h>

enum {
  LEAST = 64,  /* points from which on a rule is shorter than any column that is not one number */
  BLOCK = 512, /* points after each of which it is asked whether a rule still fits */
  KINDS_END = FOLLOW_OVER + 1
};

static inline int terms_of(follow_kind kind)
{
  switch (kind) {
  case FOLLOW_PRODUCT:
  case FOLLOW_QUOTIENT: return 2;
  case FOLLOW_TIMES:
  case FOLLOW_OVER: return 3;
  default: return 1;
  }
}

int follow_terms(const follow *f)
{
  return terms_of(f->kind);
}

/* ---- numbers ---- */

/* As wide as every machine has them. */
typedef double two __attribute__((vector_size(2 * sizeof(double))));
typedef int64_t two_words __attribute__((vector_size(2 * sizeof(int64_t))));
enum { TWO = 2 };

static two load(const double *at)
{
  two x;
  memcpy(&x, at, sizeof x);
  return x;
}

static inline __attribute__((always_inline)) two apply(follow_kind kind, two scale, two a, two b, two c)
{
  switch (kind) {
  case FOLLOW_PRODUCT: return scale * a * b;
  case FOLLOW_QUOTIENT: return scale * a / b;
  case FOLLOW_INVERSE: return scale / a;
  case FOLLOW_TIMES: return a / b * c;
  case FOLLOW_OVER: return a * b / c;
  default: return a;
  }
}

/* `kind` is known where it is compiled. */
static inline __attribute__((always_inline)) void run(double *restrict value, follow_kind kind, double scale,
                                                      const double *const term[FOLLOW_TERMS], size_t count)
{
  const two wide = {scale, scale};
  const int terms = terms_of(kind);
  size_t i = 0;
  for (; i + TWO <= count; i += TWO) {
    const two a = load(term[0] + i), b = terms > 1 ? load(term[1] + i) : a, c = terms > 2 ? load(term[2] + i) : a;
    const two x = apply(kind, wide, a, b, c);
    memcpy(value + i, &x, sizeof x);
  }
  if (i == count) return;
  two last[FOLLOW_TERMS] = {{0}};
  for (int k = 0; k < terms; k++)
    last[k] = (two){term[k][i], term[k][i]};
  value[i] = apply(kind, wide, last[0], last[1], last[2])[0];
}

void follow_values(double *restrict value, const follow *f, const double *const term[FOLLOW_TERMS], size_t count)
{
  switch (f->kind) {
  case FOLLOW_SAME: run(value, FOLLOW_SAME, f->scale, term, count); break;
  case FOLLOW_PRODUCT: run(value, FOLLOW_PRODUCT, f->scale, term, count); break;
  case FOLLOW_QUOTIENT: run(value, FOLLOW_QUOTIENT, f->scale, term, count); break;
  case FOLLOW_INVERSE: run(value, FOLLOW_INVERSE, f->scale, term, count); break;
  case FOLLOW_TIMES: run(value, FOLLOW_TIMES, f->scale, term, count); break;
  case FOLLOW_OVER: run(value, FOLLOW_OVER, f->scale, term, count); break;
  }
}

/* Are two lists of numbers the same bits, but for NaN, of which there is one? */
static bool same(const double *a, const double *b, size_t count)
{
  two_words differ = {0};
  size_t i = 0;
  for (; i + TWO <= count; i += TWO) {
    const two x = load(a + i), y = load(b + i);
    differ |= ((two_words)x != (two_words)y) & ((x == x) | (y == y));
  }
  const two x = {i < count ? a[i] : 0, 0}, y = {i < count ? b[i] : 0, 0};
  differ |= ((two_words)x != (two_words)y) & ((x == x) | (y == y));
  return !(differ[0] | differ[1]);
}

static bool fits(const follow *f, const double *column, const double *const value[CHUNK_COLUMNS], size_t count)
{
  double own[BLOCK];
  bool good = true;
  for (size_t i = 0; i < count && good; i += BLOCK) {
    const size_t n = count - i < BLOCK ? count - i : BLOCK;
    const double *term[FOLLOW_TERMS] = {NULL};
    for (int t = 0; t < follow_terms(f); t++)
      term[t] = value[f->term[t]] + i;
    follow_values(own, f, term, n);
    good = same(own, column + i, n);
  }
  return good;
}

/* ---- rules ---- */

/* The column of what a metric follows from; -1: none is. */
static int column_of(int quantity)
{
  switch (quantity) {
  case QY_CLOCK_MHZ: return CHUNK_CLOCK;
  case QY_INTERVAL_US: return CHUNK_METRIC + QY_LATENCY_US; /* of one result after another, where they are the same */
  default: return quantity < QY_METRIC_COUNT ? CHUNK_METRIC + quantity : -1;
  }
}

/* What a column over another is constant times: of numbers near the one that the first point has. */
static bool find_scale(follow *f, const double *column, const double *const value[CHUNK_COLUMNS], size_t count)
{
  static const int steps = 2;
  const double *by = value[f->term[0]];
  size_t first = 0;
  while (first < count && isnan(column[first]))
    first++;
  if (first == count) return false;
  double scale = column[first] * by[first];
  for (int i = 0; i < steps; i++)
    scale = nextafter(scale, -INFINITY);
  for (int i = -steps; i <= steps; i++, scale = nextafter(scale, INFINITY)) {
    f->scale = scale;
    if (isfinite(scale) && fits(f, column, value, count < LEAST ? count : LEAST) && fits(f, column, value, count))
      return true;
  }
  return false;
}

static bool has_numbers(const double *column, size_t count)
{
  size_t i = 0;
  while (column && i < count && isnan(column[i]))
    i++;
  return column && i < count;
}

/* The only one of its terms that has numbers; end: of its interval, -1: of the metric itself. */
static bool find_same(follow *f, const qy_metric_info *m, int end, const double *const value[CHUNK_COLUMNS],
                      size_t count)
{
  int found = 0;
  for (int i = 0; i < m->terms; i++) {
    const int term = end < 0 ? column_of(m->of[i]) : chunk_interval(m->of[i], end);
    if (term >= 0 && !has_numbers(value[term], count)) continue;
    f->term[0] = term;
    found++;
  }
  return found == 1 && f->term[0] >= 0;
}

/* The end of an interval: that of the one uncertain metric it follows from, by what both are to each other. */
static bool find_end(follow *f, int column, const double *const value[CHUNK_COLUMNS], size_t count)
{
  const int metric = (column - CHUNK_RESULT) / 2, end = (column - CHUNK_RESULT) % 2;
  const qy_metric_info *m = &qy_metric_table()[metric];
  int of = -1, found = 0;
  if (m->rule == QY_RULE_SUM) {
    *f = (follow){.kind = FOLLOW_SAME};
    return find_same(f, m, end, value, count) && fits(f, value[column], value, count);
  }
  for (int t = 0; t < m->terms; t++) {
    if (m->of[t] >= QY_METRIC_COUNT || !qy_metric_uncertain(m->of[t])) continue;
    of = t;
    found++;
  }
  if (found != 1) return false;
  const bool falls = m->rule == QY_RULE_QUOTIENT && of == 1;
  *f = (follow){
      .kind = falls ? FOLLOW_OVER : FOLLOW_TIMES,
      .term = {CHUNK_METRIC + metric, CHUNK_METRIC + m->of[of], chunk_interval(m->of[of], falls ? !end : end)}};
  for (int t = 0; t < FOLLOW_TERMS; t++)
    if (!value[f->term[t]]) return false;
  return fits(f, value[column], value, count);
}

static bool find(follow *f, int column, const double *const value[CHUNK_COLUMNS], size_t count)
{
  if (column < CHUNK_METRIC || count < LEAST) return false;
  if (column >= CHUNK_RESULT) return find_end(f, column, value, count);
  const qy_metric_info *m = &qy_metric_table()[column - CHUNK_METRIC];
  const int a = m->terms > 0 ? column_of(m->of[0]) : -1, b = m->terms > 1 ? column_of(m->of[1]) : -1;
  *f = (follow){.scale = m->scale, .term = {a, b}};
  switch (m->rule) {
  case QY_RULE_SUM:
    f->kind = FOLLOW_SAME;
    return find_same(f, m, -1, value, count) && fits(f, value[column], value, count);
  case QY_RULE_PRODUCT:
  case QY_RULE_QUOTIENT:
    f->kind = m->rule == QY_RULE_PRODUCT ? FOLLOW_PRODUCT : FOLLOW_QUOTIENT;
    if (a >= 0 && b >= 0) return value[a] && value[b] && fits(f, value[column], value, count);
    if (m->rule == QY_RULE_PRODUCT || b < 0 || !value[b]) return false;
    f->kind = FOLLOW_INVERSE;
    f->term[0] = b;
    return find_scale(f, value[column], value, count);
  default: return false;
  }
}

/* ---- chunks ---- */

int follow_pack(qy_text *out, packer *room, int column, const double *const value[CHUNK_COLUMNS], size_t count)
{
  follow f;
  if (pack_is_constant(value[column], count) || !find(&f, column, value, count))
    return pack_column(out, room, value[column], count);
  qy_text_put(out, (const char[]){PACK_RULE, (char)f.kind}, 2);
  qy_text_put(out, (const char *)&f.scale, sizeof f.scale);
  for (int i = 0; i < follow_terms(&f); i++) {
    const char *name = chunk_name(f.term[i]);
    qy_text_put(out, (const char[]){(char)strlen(name)}, 1);
    qy_text_put(out, name, strlen(name));
  }
  return out->failed ? -1 : 0;
}

bool follow_is(const void *bytes, size_t size)
{
  return size > 0 && *(const char *)bytes == PACK_RULE;
}

bool follow_read(follow *f, const void *bytes, size_t size)
{
  enum { HEAD = 2 + sizeof f->scale, NAME_MOST = 255 };
  const unsigned char *at = bytes, *const end = at + size;
  if (size < HEAD || at[0] != PACK_RULE || at[1] < FOLLOW_SAME || at[1] >= KINDS_END) return false;
  f->kind = (follow_kind)at[1];
  memcpy(&f->scale, at + 2, sizeof f->scale);
  at += HEAD;
  for (int i = 0; i < follow_terms(f); i++) {
    char name[NAME_MOST + 1] = "";
    const size_t length = at < end ? *at++ : 0;
    if (length > (size_t)(end - at)) return false;
    memcpy(name, at, length);
    at += length;
    f->term[i] = chunk_find(name);
    if (f->term[i] < 0) return false;
  }
  return at == end;
}
