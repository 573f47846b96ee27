/* What is kept, as bytes: to be stored after each round and to go on from.  See kept.h.
 *
 * Numbers stand as the machine has them, eight bytes each: a state is gone on from where it was made, and never when
 * the sweep is complete.  The order is that of the groups, of point numbers within, so equal states are equal bytes.
 */
#include "kept_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* At the head of part 0: changes with the layout of any part. */
static const int64_t LAYOUT = INT64_C(0x51727279) << 32 | 4;

void kept_put(qy_text *out, int64_t number)
{
  qy_text_put(out, (const char *)&number, sizeof number);
}

void kept_get_many(void *to, kept_bytes *in, size_t count, size_t size)
{
  in->failed |= count > in->left / size;
  if (in->failed || count == 0) return;
  memcpy(to, in->at, count * size);
  in->at += count * size;
  in->left -= count * size;
}

int64_t kept_get(kept_bytes *in)
{
  int64_t number = 0;
  kept_get_many(&number, in, 1, sizeof number);
  return number;
}

/* FNV-1a over words of eight bytes. */
static uint64_t hash_of(const qy_text *text)
{
  uint64_t hash = UINT64_C(14695981039346656037), word;
  size_t at = 0;
  for (; at + sizeof word <= text->length; at += sizeof word) {
    memcpy(&word, text->data + at, sizeof word);
    hash = (hash ^ word) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
  }
  for (; at < text->length; at++)
    hash = (hash ^ (unsigned char)text->data[at]) * UINT64_C(1099511628211);
  return hash | 1; /* 0: never written */
}

/* ---- part 0: counts and best points ---- */

static qy_status put_reason(void *ctx, int technology, const char *reason, int64_t points, qy_error *err)
{
  qy_text *out = ctx;
  (void)err;
  kept_put(out, technology);
  kept_put(out, points);
  kept_put(out, (int64_t)strlen(reason));
  qy_text_put(out, reason, strlen(reason));
  return QY_OK;
}

static qy_status write_counts(qy_kept *k, qy_text *out, qy_error *err)
{
  const kept_plan *p = &k->plan;
  kept_put(out, LAYOUT);
  kept_put(out, QY_METRIC_COUNT);
  kept_put(out, (int64_t)qy_kept_parts(k));
  kept_put(out, k->first);
  kept_put(out, k->end);
  kept_put(out, k->done);
  kept_put(out, k->drawn);
  for (size_t i = 0; i < kept_best_places(p); i++) {
    kept_put(out, k->all.best[i] != NULL);
    if (k->all.best[i]) qy_text_put(out, (const char *)k->all.best[i], sizeof *k->all.best[i]);
  }
  for (size_t f = 0; f < p->fronts; f++)
    if (k->all.feasible[f])
      qy_text_put(out, (const char *)k->all.feasible[f], p->grouping[p->of[f]].groups * sizeof(int64_t));
  if (p->bins) kept_bins_write(out, &k->all, p);
  kept_put(out, (int64_t)k->all.reasons.count);
  return qy_kept_reasons(k, put_reason, out, err);
}

static qy_status read_reason(qy_kept *k, kept_bytes *in, qy_error *err)
{
  const int technology = (int)kept_get(in);
  const int64_t points = kept_get(in);
  const size_t length = (size_t)kept_get(in);
  in->failed |= length > in->left;
  char *text = in->failed ? NULL : qy_arena_text(k->arena, in->at, length);
  if (in->failed) return QY_OK; /* said at the end */
  if (!text) return qy_no_memory(err);
  in->at += length;
  in->left -= length;
  return kept_reason_merge(&k->all, text, technology, points, err);
}

static qy_status read_counts(qy_kept *k, kept_bytes *in, qy_error *err)
{
  const kept_plan *p = &k->plan;
  qy_status status = QY_OK;
  in->failed |= kept_get(in) != LAYOUT;
  in->failed |= kept_get(in) != QY_METRIC_COUNT;
  in->failed |= kept_get(in) != (int64_t)qy_kept_parts(k);
  in->failed |= kept_get(in) != k->first; /* of another share */
  in->failed |= kept_get(in) != k->end;
  k->done = kept_get(in);
  k->drawn = kept_get(in);
  in->failed |= k->done < k->first || k->done > k->end || k->drawn < k->first || k->drawn > k->end;
  for (size_t i = 0; i < kept_best_places(p) && !in->failed; i++) {
    if (!kept_get(in)) continue;
    kept_best *b = kept_best_at(&k->all, i);
    if (!b) return qy_no_memory(err);
    kept_get_many(b, in, 1, sizeof *b);
  }
  for (size_t f = 0; f < p->fronts && !in->failed; f++)
    if (k->all.feasible[f]) kept_get_many(k->all.feasible[f], in, p->grouping[p->of[f]].groups, sizeof(int64_t));
  if (p->bins) status = kept_bins_read(&k->all, p, in, err);
  for (int64_t n = status ? 0 : kept_get(in); n > 0 && !in->failed && !status; n--)
    status = read_reason(k, in, err);
  return status;
}

/* ---- fronts ---- */

static qy_status write_front(qy_kept *k, size_t f, qy_text *out, qy_error *err)
{
  const kept_plan *p = &k->plan;
  qy_status status = QY_OK;
  for (size_t g = 0; g < p->grouping[p->of[f]].groups && !status; g++) {
    const int64_t *ids = NULL;
    const double *rows = NULL;
    size_t count = 0;
    if (!k->all.cell[f][g]) continue;
    status = kept_front_of(k->all.cell[f][g], &p->front[f], &count, &ids, &rows, err);
    if (status || !count) continue;
    kept_put(out, (int64_t)g);
    kept_put(out, (int64_t)count);
    qy_text_put(out, (const char *)ids, count * sizeof *ids);
    qy_text_put(out, (const char *)rows, count * (size_t)p->front[f].metric_count * sizeof *rows);
  }
  return status;
}

static qy_status read_cell(kept_cell *c, const qy_kept_front *f, kept_bytes *in, int64_t count, qy_error *err)
{
  double row[QY_OBJECTIVES_MAX] = {0};
  const size_t metrics = (size_t)f->metric_count;
  kept_bytes ids = *in, rows = *in;
  in->failed |= (size_t)count > in->left / ((1 + metrics) * sizeof *row) || (kept_single(f) && count != 1);
  if (in->failed) return QY_OK;
  rows.at += (size_t)count * sizeof(int64_t);
  rows.left -= (size_t)count * sizeof(int64_t);
  if (!kept_single(f) && !(c->archive = qy_archive_new(f->metric_count))) return qy_no_memory(err);
  qy_status status = QY_OK;
  for (int64_t i = 0; i < count && !status; i++) {
    const int64_t id = kept_get(&ids);
    kept_get_many(row, &rows, metrics, sizeof *row);
    if (!kept_single(f)) {
      status = qy_archive_put(c->archive, row, id, err);
    } else {
      c->first = id;
      c->best = row[0];
    }
  }
  *in = rows;
  return status;
}

static qy_status read_front(qy_kept *k, size_t f, kept_bytes *in, qy_error *err)
{
  const kept_plan *p = &k->plan;
  qy_status status = QY_OK;
  while (in->left && !in->failed && !status) {
    const int64_t g = kept_get(in), count = kept_get(in);
    in->failed |= g < 0 || (size_t)g >= p->grouping[p->of[f]].groups || count < 0;
    if (in->failed) break;
    kept_cell *c = kept_cell_of(&k->all, p, f, (size_t)g);
    status = c ? read_cell(c, &p->front[f], in, count, err) : qy_no_memory(err);
  }
  return status;
}

/* ---- all parts ---- */

size_t qy_kept_parts(const qy_kept *k)
{
  return 1 + k->plan.fronts + (k->fronts ? 1 : 0);
}

qy_status qy_kept_write(qy_kept *k, size_t part, qy_text *out, bool *changed, qy_error *err)
{
  assert(k && part < qy_kept_parts(k) && out->length == 0);
  qy_status status = part == 0                ? write_counts(k, out, err)
                     : part <= k->plan.fronts ? write_front(k, part - 1, out, err)
                                              : chance_write(k->fronts, out, err);
  if (!status && out->failed) status = qy_no_memory(err);
  if (status) return status;
  const uint64_t hash = hash_of(out);
  *changed = hash != k->saved[part];
  k->saved[part] = hash;
  return QY_OK;
}

qy_status qy_kept_restore(qy_kept *k, size_t part, const void *bytes, size_t size, qy_error *err)
{
  assert(k && part < qy_kept_parts(k) && (bytes || !size));
  kept_bytes in = {bytes, size, false};
  qy_status status = part == 0                ? read_counts(k, &in, err)
                     : part <= k->plan.fronts ? read_front(k, part - 1, &in, err)
                                              : chance_read(k->fronts, &in, err);
  if (!status && (in.failed || in.left))
    status = qy_fail(err, QY_BAD_INPUT, "expected part %zu of a sweep as this program leaves it, found another", part);
  return status;
}
