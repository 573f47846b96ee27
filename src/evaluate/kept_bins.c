/* How many points have values in each range, of every metric and technology: see kept_int.h. */
#include "kept_int.h"

#include <math.h>
#include <string.h>

size_t kept_bin_places(const kept_plan *p)
{
  return (size_t)p->plan->info.technology_count * QY_METRIC_COUNT;
}

int64_t *kept_bins_at(kept_set *set, size_t place)
{
  if (!set->bin[place]) set->bin[place] = qy_alloc(KEPT_BINS, sizeof **set->bin);
  return set->bin[place];
}

qy_status kept_bins_take(kept_set *set, int technology, const double *metric, size_t stride, qy_error *err)
{
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const double value = metric[(size_t)m * stride] + 0.0; /* no zero below zero */
    uint64_t bits;
    if (isnan(value)) continue;
    int64_t *bin = kept_bins_at(set, (size_t)technology * QY_METRIC_COUNT + (size_t)m);
    if (!bin) return qy_no_memory(err);
    memcpy(&bits, &value, sizeof bits);
    bin[bits >> KEPT_BIN_SHIFT]++;
  }
  return QY_OK;
}

qy_status kept_bins_merge(kept_set *into, const kept_set *from, const kept_plan *p, qy_error *err)
{
  for (size_t i = 0; i < kept_bin_places(p); i++) {
    if (!from->bin[i]) continue;
    int64_t *bin = kept_bins_at(into, i);
    if (!bin) return qy_no_memory(err);
    for (size_t b = 0; b < KEPT_BINS; b++)
      bin[b] += from->bin[i][b];
    memset(from->bin[i], 0, KEPT_BINS * sizeof *bin);
  }
  return QY_OK;
}

/* Of each place that has points how many ranges do, then these. */
void kept_bins_write(qy_text *out, const kept_set *set, const kept_plan *p)
{
  for (size_t i = 0; i < kept_bin_places(p); i++) {
    int64_t used = 0;
    for (size_t b = 0; set->bin[i] && b < KEPT_BINS; b++)
      used += set->bin[i][b] > 0;
    kept_put(out, used);
    for (size_t b = 0; used && b < KEPT_BINS; b++) {
      if (!set->bin[i][b]) continue;
      kept_put(out, (int64_t)b);
      kept_put(out, set->bin[i][b]);
    }
  }
}

qy_status kept_bins_read(kept_set *set, const kept_plan *p, kept_bytes *in, qy_error *err)
{
  for (size_t i = 0; i < kept_bin_places(p); i++)
    for (int64_t used = kept_get(in); used > 0 && !in->failed; used--) {
      const int64_t b = kept_get(in), points = kept_get(in);
      in->failed |= b < 0 || b >= KEPT_BINS;
      int64_t *bin = in->failed ? NULL : kept_bins_at(set, i);
      if (!in->failed && !bin) return qy_no_memory(err);
      if (bin) bin[b] = points;
    }
  return QY_OK;
}

static double bound(size_t bin)
{
  const uint64_t bits = (uint64_t)bin << KEPT_BIN_SHIFT;
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

qy_status qy_kept_bins(const qy_kept *k, qy_kept_bin_visit *visit, void *ctx, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; k->plan.bins && i < kept_bin_places(&k->plan); i++)
    for (size_t b = 0; k->all.bin[i] && b < KEPT_BINS && !status; b++) {
      const size_t size = b & (KEPT_BINS / 2 - 1); /* without the sign */
      const double near = bound(size), far = bound(size + 1);
      if (!k->all.bin[i][b]) continue;
      status = visit(ctx, (int)(i / QY_METRIC_COUNT), (int)(i % QY_METRIC_COUNT), size == b ? near : -far,
                     size == b ? far : -near, k->all.bin[i][b], err);
    }
  return status;
}
