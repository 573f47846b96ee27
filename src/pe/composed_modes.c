/* The composed element with adders of their own for each mode behind the units: what a case over the modes says, each
 * branch with its sums, when synthesis does not merge them.  Units are summed once for all modes whose results start at
 * the same places; every mode has its accumulating adders.  All of them see the units' results in every mode. */
#include "composed.h"

#include "quarry/integer.h"

#include <stdio.h>

/* A case: its results, as wide as the widest of its modes. */
typedef struct mode_case {
  unsigned starts; /* bit: place */
  int unit_width, width;
} mode_case;

typedef struct cases {
  int count, of_select[COMPOSED_MODES]; /* the case for each value of the select word */
  int select_count;
  mode_case of[COMPOSED_MODES];
} cases;

typedef composed_word results[COMPOSED_MODES][COMPOSED_SLOTS_MAX]; /* by case and place */

static unsigned starts_of(const composed *s, int mode)
{
  unsigned starts = 0;
  for (int i = 0; i < s->parts; i++)
    for (int j = 0; j < s->parts; j++)
      if (composed_starts(s, mode, i, j)) starts |= 1U << composed_place_of(s, i, j);
  return starts;
}

static int log2_of(int n)
{
  int log = 0;
  while (1 << log < n)
    log++;
  return log;
}

/* merged: modes whose results start at the same places are one case; else each is its own. */
static cases cases_of(const composed *s, bool merged)
{
  cases all = {.count = 0};
  for (int mode = 0; mode < s->modes; mode++) {
    composed_mode m;
    int k = mode > 0 ? all.of_select[mode - 1] : 0; /* a mode that it does not have */
    if (composed_mode_of(&m, s, mode)) {
      const unsigned starts = starts_of(s, mode);
      for (k = 0; k < all.count && !(merged && all.of[k].starts == starts); k++)
        ;
      if (k == all.count) all.of[all.count++] = (mode_case){.starts = starts};
      const int unit = s->bits / m.x_words + s->bits / m.w_words + log2_of(m.summed / s->units);
      all.of[k].width = qy_max_int(all.of[k].width, m.width);
      all.of[k].unit_width = qy_max_int(all.of[k].unit_width, unit);
    }
    all.of_select[mode] = k;
  }
  all.select_count = s->modes;
  return all;
}

/* The word that selects among merged cases.  Hybrid sharing has a case for each cut of x, whatever w is. */
static qy_net select_word(const composed *s, cases *all, qy_net mode)
{
  if (s->sharing != QY_PE_SHARE_HYBRID) return mode;
  all->select_count = all->count;
  for (int k = 0; k < all->count; k++)
    all->of_select[k] = k;
  return s->levels > 1 ? qy_concat(s->c, s->x_cut, 2) : s->x_cut[0];
}

/* What a case has at a place: its own result or the upper bits of the one that starts nearest before; `piece` bits. */
static qy_net piece_of(const composed *s, unsigned starts, const qy_net *result, int result_width, int place,
                       int piece_width)
{
  int from = place;
  while (from > 0 && !(starts >> from & 1)) /* there is one: results start at place 0 in every mode */
    from--;
  const int at = (place - from) * piece_width;
  if (at >= result_width) return qy_constant_word(s->c, 0, piece_width);
  const qy_net piece = qy_slice(s->c, result[from], at, qy_min_int(result_width - at, piece_width));
  return composed_fitted(s, piece, piece_width);
}

/* The results of the case that is selected, in places. */
static void select_case(const composed *s, const cases *all, qy_net select,
                        qy_net result[COMPOSED_MODES][COMPOSED_SLOTS_MAX], const int *width, composed_places at,
                        qy_net *place)
{
  for (int p = 0; p < at.count; p++) {
    qy_net of_case[COMPOSED_MODES] = {0}, data[COMPOSED_MODES] = {0};
    for (int k = 0; k < all->count; k++)
      of_case[k] = piece_of(s, all->of[k].starts, result[k], width[k], p, at.width);
    for (int k = 0; k < all->select_count; k++)
      data[k] = of_case[all->of_select[k]];
    place[p] = all->count > 1 ? qy_mux(s->c, select, data, all->select_count) : data[0];
  }
}

/* So many bits from a place on. */
static qy_net seen_from(const composed *s, const qy_net *place, composed_places at, int first, int width)
{
  qy_net part[COMPOSED_SLOTS_MAX] = {place[first]};
  int count = 0;
  for (int bits = 0; bits < width; bits += at.width)
    part[count] = place[first + count], count++;
  return composed_fitted(s, count > 1 ? qy_concat(s->c, part, count) : part[0], width);
}

/* A unit's results in places, seen by every case. */
static void unit_results(const composed *s, const cases *all, qy_net select, const qy_net *x, const qy_net *w,
                         composed_places at, results out)
{
  const composed_block block = composed_unit(s, x, w);
  qy_net result[COMPOSED_MODES][COMPOSED_SLOTS_MAX], place[COMPOSED_SLOTS_MAX];
  int width[COMPOSED_MODES] = {0}, narrowest = all->of[0].unit_width;
  for (int k = 0; k < all->count; k++) {
    width[k] = all->of[k].unit_width;
    narrowest = qy_min_int(narrowest, width[k]);
    for (int i = 0; i < s->parts; i++)
      for (int j = 0; j < s->parts; j++)
        if (block.slot[i][j].net >= 0)
          result[k][composed_place_of(s, i, j)] = composed_fitted(s, block.slot[i][j].net, width[k]);
  }
  at.width = narrowest;
  select_case(s, all, select, result, width, at, place);
  for (int k = 0; k < all->count; k++)
    for (int p = 0; p < at.count; p++)
      if (all->of[k].starts >> p & 1) {
        const int64_t top = INT64_C(1) << (width[k] - s->is_signed);
        out[k][p] = (composed_word){seen_from(s, place, at, p, width[k]), s->is_signed ? -top : 0, top - 1};
      }
}

static void sum_units(const composed *s, const cases *all, qy_net select, const qy_net *x, const qy_net *w, int units,
                      composed_places at, results out)
{
  if (units == 1) {
    unit_results(s, all, select, x, w, at, out);
    return;
  }
  results high;
  const int half = units / 2, first = half * s->group;
  sum_units(s, all, select, x, w, half, at, out);
  sum_units(s, all, select, x + first, w + first, units - half, at, high);
  for (int k = 0; k < all->count; k++)
    for (int p = 0; p < at.count; p++)
      if (all->of[k].starts >> p & 1) out[k][p] = composed_add(s, out[k][p], high[k][p]);
}

/* Each mode adds its results, taken from the sums of its merged case, to what is kept. */
static void accumulate(const composed *s, const cases *merged, const cases *each, results sum, composed_places at,
                       const qy_net *kept, qy_net next[COMPOSED_MODES][COMPOSED_SLOTS_MAX])
{
  for (int k = 0; k < each->count; k++) {
    int from = 0;
    while (merged->of[from].starts != each->of[k].starts)
      from++;
    for (int p = 0; p < at.count; p++) {
      const int width = each->of[k].width + at.headroom;
      if (!(each->of[k].starts >> p & 1)) continue;
      const qy_net data = composed_fitted(s, sum[from][p].net, width);
      next[k][p] = qy_add(s->c, seen_from(s, kept, at, p, width), data, width, s->is_signed);
    }
  }
}

/* Of the widest result that starts there. */
static int widest_at(const cases *each, int place, int headroom)
{
  int width = 0;
  for (int k = 0; k < each->count; k++)
    if (each->of[k].starts >> place & 1) width = qy_max_int(width, each->of[k].width + headroom);
  return width;
}

void composed_separate(qy_pe *pe, const composed *s, const qy_net *x, const qy_net *w, qy_net mode, qy_net keep)
{
  const composed_places at = composed_places_of(s, pe->params.accumulator_bits);
  cases merged = cases_of(s, true);
  const cases each = cases_of(s, false);
  const qy_net select = select_word(s, &merged, mode);
  results sum;
  sum_units(s, &merged, select, x, w, s->units, at, sum);
  qy_net reg[COMPOSED_SLOTS_MAX], kept[COMPOSED_SLOTS_MAX], next[COMPOSED_MODES][COMPOSED_SLOTS_MAX],
      place[COMPOSED_SLOTS_MAX];
  int width[COMPOSED_MODES] = {0};
  char name[16];
  for (int p = 0; p < at.count; p++) {
    snprintf(name, sizeof name, "acc%d", p);
    reg[p] = qy_register(s->c, name, at.width, -1);
    kept[p] = pe_gate(s->c, reg[p], keep);
  }
  accumulate(s, &merged, &each, sum, at, kept, next);
  for (int k = 0; k < each.count; k++)
    width[k] = each.of[k].width + at.headroom;
  select_case(s, &each, mode, next, width, at, place);
  for (int p = 0; p < at.count; p++) {
    qy_register_connect(s->c, reg[p], place[p]);
    snprintf(name, sizeof name, at.count > 1 ? "sum%d" : "sum", p);
    qy_output(s->c, name, seen_from(s, reg, at, p, widest_at(&each, p, at.headroom)));
  }
}
