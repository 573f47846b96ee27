/* Prices as functions of normal inputs: see price_response.h. */
#include "price_response.h"

#include <math.h>
#include <string.h>

/* Where a price is looked at: about p11, p89 and p1, p99 of an input. */
static const double node[RESPONSE_NODES] = {-2.4, -1.2, 1.2, 2.4};
/* Rounding: logarithms of prices that are the same. */
static const double nothing = 1e-13;

static bool allocate(price_response *r, qy_arena *arena)
{
  const size_t in = r->inputs, all = r->columns * r->samples, nodes = 1 + RESPONSE_NODES * in;
  r->nominal = qy_arena_alloc(arena, r->columns, sizeof *r->nominal);
  r->bend = qy_arena_alloc(arena, in * r->columns, sizeof *r->bend);
  r->moves = qy_arena_alloc(arena, in * r->columns, sizeof *r->moves);
  r->price = qy_arena_alloc(arena, all, sizeof *r->price);
  r->own = qy_arena_alloc(arena, all, sizeof *r->own);
  r->last = qy_arena_alloc(arena, all, sizeof *r->last);
  r->kept = qy_arena_alloc(arena, all, sizeof *r->kept);
  r->z = qy_arena_alloc(arena, in * (nodes > r->samples ? nodes : r->samples), sizeof *r->z);
  r->change = qy_arena_alloc(arena, r->samples, sizeof *r->change);
  return r->change && r->nominal && r->bend && r->moves && r->price && r->own && r->last && r->kept && r->z;
}

/* Slope and curvature of the parabola through 0 at 0, `near` at x and `far` at 2 x. */
static void bend_of(double out[2], double x, double near, double far)
{
  out[1] = (far - 2 * near) / (2 * x * x);
  out[0] = near / x - out[1] * x;
}

static bool fit(price_response *r, size_t input, const double *price, size_t nodes)
{
  for (size_t c = 0; c < r->columns; c++) {
    const double *at = price + c * nodes + 1 + RESPONSE_NODES * input, nominal = price[c * nodes];
    double change[RESPONSE_NODES];
    bool moves = false;
    if (nominal == 0) continue; /* a column that does not apply */
    for (int n = 0; n < RESPONSE_NODES; n++) {
      change[n] = log(at[n] / nominal);
      if (!isfinite(change[n])) return false;
      moves |= fabs(change[n]) > nothing;
    }
    r->moves[input * r->columns + c] = moves;
    bend_of(&r->bend[input * r->columns + c][0], node[1], change[1], change[0]);
    bend_of(&r->bend[input * r->columns + c][2], node[2], change[2], change[3]);
  }
  return true;
}

/* Signs of samples are random: the side is an index, not a branch. */
static double change_at(const double bend[4], double z)
{
  const double *side = &bend[z < 0 ? 0 : 2];
  return z * (side[0] + z * side[1]);
}

/* ---- pairs ---- */

static double share_of(const price_response *r, size_t column)
{
  double all = 0;
  for (size_t c = 0; c < r->columns; c++)
    if (r->sum[c] == r->sum[column]) all += r->count[c] * r->nominal[c];
  return all > 0 ? r->count[column] * r->nominal[column] / all : 0;
}

/* Keep a pair among those that matter most, by falling score. */
static void keep_pair(price_response *r, size_t i, size_t j, double score)
{
  if (r->pairs == RESPONSE_PAIRS && score <= r->pair[RESPONSE_PAIRS - 1].score) return;
  size_t at = r->pairs < RESPONSE_PAIRS ? r->pairs++ : RESPONSE_PAIRS - 1;
  for (; at > 0 && r->pair[at - 1].score < score; at--)
    r->pair[at] = r->pair[at - 1];
  r->pair[at] = (response_pair){.of = {i, j}, .score = score};
}

static qy_status find_pairs(price_response *r, size_t shaped, qy_arena *arena, qy_error *err)
{
  double *share = qy_arena_alloc(arena, r->columns, sizeof *share);
  double *width = qy_arena_alloc(arena, shaped * r->columns, sizeof *width);
  if (!share || !width) return qy_no_memory(err);
  for (size_t c = 0; c < r->columns; c++) {
    share[c] = share_of(r, c);
    for (size_t i = 0; i < shaped; i++) {
      const double *bend = r->bend[i * r->columns + c];
      width[i * r->columns + c] = fabs(change_at(bend, 1)) + fabs(change_at(bend, -1));
    }
  }
  for (size_t i = 0; i < shaped; i++)
    for (size_t j = i + 1; j < shaped; j++) {
      double score = 0;
      for (size_t c = 0; c < r->columns; c++)
        score = fmax(score, share[c] * width[i * r->columns + c] * width[j * r->columns + c]);
      if (score > 0) keep_pair(r, i, j, score);
    }
  return QY_OK;
}

static double corner(size_t quadrant, int of)
{
  const double at = 1.5;
  return (of ? quadrant & 1 : quadrant >> 1) ? at : -at;
}

/* What is missing at the corners. */
static bool fit_pair(price_response *r, response_pair *p, const double *price, size_t nodes)
{
  for (size_t c = 0; c < r->columns; c++)
    for (size_t q = 0; q < 4; q++) {
      const double x = corner(q, 0), y = corner(q, 1);
      if (!r->moves[p->of[0] * r->columns + c] || !r->moves[p->of[1] * r->columns + c]) continue;
      const double rest = log(price[c * nodes + q] / r->nominal[c]) - change_at(r->bend[p->of[0] * r->columns + c], x) -
                          change_at(r->bend[p->of[1] * r->columns + c], y);
      if (!isfinite(rest)) return false;
      p->bend[c][q] = rest / (x * y);
    }
  return true;
}

static qy_status make_pairs(price_response *r, bool *fits, size_t shaped, qy_arena *arena, qy_error *err)
{
  qy_status status = find_pairs(r, shaped, arena, err);
  const size_t nodes = 4 * r->pairs;
  if (status || !nodes) return status;
  double *z = qy_arena_alloc(arena, r->inputs * nodes, sizeof *z);
  double *price = qy_arena_alloc(arena, r->columns * nodes, sizeof *price);
  if (!z || !price) return qy_no_memory(err);
  for (size_t p = 0; p < r->pairs; p++)
    for (size_t q = 0; q < 4; q++)
      for (int of = 0; of < 2; of++)
        z[r->pair[p].of[of] * nodes + 4 * p + q] = corner(q, of);
  status = r->source(r->ctx, z, nodes, price, err);
  for (size_t p = 0; p < r->pairs && !status && *fits; p++) {
    r->pair[p].bend = qy_arena_alloc(arena, r->columns, sizeof *r->pair[p].bend);
    if (!r->pair[p].bend) return qy_no_memory(err);
    *fits = fit_pair(r, &r->pair[p], price + 4 * p, nodes);
  }
  return status;
}

static double pair_at(const double bend[4], double x, double y)
{
  return bend[2 * (x >= 0) + (y >= 0)] * x * y;
}

qy_status price_response_make(price_response *r, bool *fits, qy_arena *arena, qy_error *err)
{
  const size_t shaped = r->inputs - r->group, nodes = 1 + RESPONSE_NODES * r->inputs;
  double *price = qy_arena_alloc(arena, r->columns * nodes, sizeof *price);
  if (!price || !allocate(r, arena)) return qy_no_memory(err);
  for (size_t i = 0; i < shaped; i++)
    memcpy(r->z + i * nodes + 1 + RESPONSE_NODES * i, node, sizeof node);
  qy_status status = r->source(r->ctx, r->z, nodes, price, err);
  if (status) return status;
  *fits = true;
  for (size_t c = 0; c < r->columns; c++)
    r->nominal[c] = price[c * nodes];
  for (size_t i = 0; i < shaped && *fits; i++)
    *fits = fit(r, i, price, nodes);
  for (size_t c = 0; r->group && c < r->columns; c++)
    r->moves[shaped * r->columns + c] = r->nominal[c] != 0;
  return *fits ? make_pairs(r, fits, shaped, arena, err) : QY_OK;
}

/* Factors of the group at z, over prices with all other inputs at 0. */
static qy_status group_factors(price_response *r, const double *z, qy_error *err)
{
  double *keep = r->last;
  const size_t n = r->samples, last = (r->inputs - 1) * n;
  r->last = r->own;
  r->own = keep;
  memset(r->z, 0, r->inputs * n * sizeof *r->z);
  memcpy(r->z + last, z + last, n * sizeof *r->z);
  qy_status status = r->source(r->ctx, r->z, n, r->own, err);
  for (size_t c = 0; c < r->columns && !status; c++)
    for (size_t k = 0; k < n; k++)
      r->own[c * n + k] = r->nominal[c] != 0 ? r->own[c * n + k] / r->nominal[c] : 1;
  return status;
}

qy_status price_response_set(price_response *r, const double *z, qy_error *err)
{
  const size_t n = r->samples, shaped = r->inputs - r->group;
  qy_status status = r->group ? group_factors(r, z, err) : QY_OK;
  for (size_t c = 0; c < r->columns && !status; c++) {
    double *price = r->price + c * n;
    memset(price, 0, n * sizeof *price);
    for (size_t i = 0; i < shaped; i++) {
      if (!r->moves[i * r->columns + c]) continue;
      const double *bend = r->bend[i * r->columns + c];
      for (size_t k = 0; k < n; k++)
        price[k] += change_at(bend, z[i * n + k]);
    }
    for (const response_pair *p = r->pair; p < r->pair + r->pairs; p++)
      for (size_t k = 0; r->moves[p->of[0] * r->columns + c] && r->moves[p->of[1] * r->columns + c] && k < n; k++)
        price[k] += pair_at(p->bend[c], z[p->of[0] * n + k], z[p->of[1] * n + k]);
    for (size_t k = 0; k < n; k++)
      price[k] = r->nominal[c] * exp(price[k]) * (r->group ? r->own[c * n + k] : 1);
  }
  return status;
}

/* Change of the logarithm of a price as one input goes from z to other, in r->change. */
static void change_of(price_response *r, const double *z, const double *other, size_t input, size_t c)
{
  const size_t n = r->samples;
  const double *bend = r->bend[input * r->columns + c], *from = z + input * n, *to = other + input * n;
  for (size_t k = 0; k < n; k++)
    r->change[k] = change_at(bend, to[k]) - change_at(bend, from[k]);
  for (const response_pair *p = r->pair; p < r->pair + r->pairs; p++) {
    const bool first = p->of[0] == input;
    const size_t partner = p->of[first ? 1 : 0];
    if ((!first && p->of[1] != input) || !r->moves[partner * r->columns + c]) continue;
    const double *at = z + partner * n;
    for (size_t k = 0; k < n; k++)
      r->change[k] += first ? pair_at(p->bend[c], to[k], at[k]) - pair_at(p->bend[c], from[k], at[k])
                            : pair_at(p->bend[c], at[k], to[k]) - pair_at(p->bend[c], at[k], from[k]);
  }
}

bool price_response_replace(price_response *r, const double *z, const double *other, size_t input)
{
  const size_t n = r->samples;
  const bool is_group = r->group && input + 1 == r->inputs;
  bool any = false;
  for (size_t c = 0; c < r->columns; c++) {
    double *price = r->price + c * n;
    if (!r->moves[input * r->columns + c]) continue;
    any = true;
    memcpy(r->kept + c * n, price, n * sizeof *price);
    if (!is_group) change_of(r, z, other, input, c);
    for (size_t k = 0; k < n; k++)
      price[k] = is_group ? price[k] / r->own[c * n + k] * r->last[c * n + k] : price[k] * exp(r->change[k]);
  }
  return any;
}

void price_response_restore(price_response *r, size_t input)
{
  const size_t n = r->samples;
  for (size_t c = 0; c < r->columns; c++)
    if (r->moves[input * r->columns + c]) memcpy(r->price + c * n, r->kept + c * n, n * sizeof *r->price);
}
