/* Components: products and sums of products. */
#include "component_int.h"
#include "quarry/integer.h"

static void multiplier(component_maker *m, qy_multiplier kind, bool is_signed)
{
  int n = component_param(m, "n", 2, 32), k = component_param(m, "m", 2, 32);
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", k, ROLE_WEIGHT);
  component_out(m, "y", "ry", qy_multiply(m->c, kind, a, b, is_signed));
}

void component_mul_u(component_maker *m)
{
  multiplier(m, QY_MULTIPLIER_ARRAY, false);
}

void component_mul_s(component_maker *m)
{
  multiplier(m, QY_MULTIPLIER_ARRAY, true);
}

void component_mul_booth(component_maker *m)
{
  multiplier(m, QY_MULTIPLIER_BOOTH, true);
}

void component_mul_sb(component_maker *m)
{
  component_refuse(m, "product of sign-extended words: not a form that is built here (9 to 28 % larger than mul_s)");
}

/* Unsigned times signed. */
static qy_net product_us(component_maker *m, qy_net a, qy_net b)
{
  const int n = qy_net_width(m->c, a), k = qy_net_width(m->c, b);
  qy_net product = qy_multiply(m->c, QY_MULTIPLIER_ARRAY, qy_extend(m->c, a, n + 1, false), b, true);
  return qy_slice(m->c, product, 0, n + k);
}

void component_mul_us(component_maker *m)
{
  int n = component_param(m, "n", 1, 31), k = component_param(m, "m", 2, 32);
  if (m->reason) return;
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", k, ROLE_WEIGHT);
  component_out(m, "y", "ry", product_us(m, a, b));
}

/* By a constant, unsigned. */
void component_cmul(component_maker *m)
{
  int n = component_param(m, "n", 2, 32), c = component_param(m, "c", 1, INT32_MAX);
  int bits = qy_log2_ceil((int64_t)c + 1), least = bits < 2 ? 2 : bits; /* operands have two bits */
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = qy_constant_word(m->c, (uint64_t)c, least);
  qy_net product = qy_multiply(m->c, QY_MULTIPLIER_ARRAY, a, b, false);
  component_out(m, "y", "ry", qy_slice(m->c, product, 0, n + bits));
}

/* A signed word times an unsigned factor, low bits dropped, clamped. */
void component_rescale(component_maker *m)
{
  int n = component_param(m, "n", 2, 32), k = component_param(m, "m", 1, 31);
  int drop = component_param(m, "drop", 0, 62), w = component_param(m, "w", 2, 64);
  if (w > n + k - drop) component_refuse(m, "a result that is never clamped");
  if (m->reason) return;
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", k, ROLE_WEIGHT);
  qy_net kept = qy_slice(m->c, product_us(m, b, a), drop, n + k - drop);
  component_out(m, "y", "ry", qy_round_saturate(m->c, kept, 0, w, true));
}

static void mac(component_maker *m, bool is_signed)
{
  int n = component_param(m, "n", 2, 32), k = component_param(m, "m", 2, 32),
      width = component_param(m, "acc", n + k, 64);
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", k, ROLE_WEIGHT), gated;
  qy_net acc = component_accumulator(m, width, &gated);
  component_accumulate(m, acc, qy_multiply_add(m->c, QY_MULTIPLIER_ARRAY, a, b, gated, width, is_signed));
}

void component_mac_u(component_maker *m)
{
  mac(m, false);
}

void component_mac_s(component_maker *m)
{
  mac(m, true);
}

static const char no_modes[] = "a width other than 4, 8 and 16";

static bool has_modes(int width)
{
  return width == 4 || width == 8 || width == 16;
}

void component_sa(component_maker *m)
{
  int n = component_param(m, "N", 4, 16);
  if (!has_modes(n)) component_refuse(m, no_modes);
  if (m->reason) return;
  m->made->modes = 3;
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", n, ROLE_WEIGHT),
         mode = component_in(m, "mode", 2, ROLE_MODE);
  component_out(m, "y", "ry", qy_multiply_sa(m->c, QY_MULTIPLIER_ARRAY, a, b, mode, false));
}

void component_macst(component_maker *m)
{
  int n = component_param(m, "N", 4, 16), width = component_param(m, "acc", 2 * n, 64);
  if (!has_modes(n)) component_refuse(m, no_modes);
  if (m->reason) return;
  m->made->modes = 3;
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", n, ROLE_WEIGHT),
         mode = component_in(m, "mode", 2, ROLE_MODE), gated;
  qy_net acc = component_accumulator(m, width, &gated);
  qy_net product = qy_multiply_st(m->c, QY_MULTIPLIER_ARRAY, a, b, mode, false);
  component_accumulate(m, acc, qy_add(m->c, gated, product, width, false));
}

/* Built like sa. */
void component_st(component_maker *m)
{
  component_sa(m);
}

/* Signed products of the words' parts, each part with the one at its place, and their sum. */
static qy_net parts_product(component_maker *m, qy_net a, qy_net b, int parts, int width)
{
  const int part = qy_net_width(m->c, a) / parts;
  qy_net product[4];
  for (int i = 0; i < parts; i++)
    product[i] = qy_multiply(m->c, QY_MULTIPLIER_ARRAY, qy_slice(m->c, a, i * part, part),
                             qy_slice(m->c, b, i * part, part), true);
  return qy_extend(m->c, component_sum(m, product, parts, true, width), width, true);
}

void component_st_plain(component_maker *m)
{
  int n = component_param(m, "N", 8, 32);
  if (n % 4) component_refuse(m, "a width that is no multiple of 4");
  if (m->reason) return;
  m->made->modes = 3;
  qy_net a = component_in(m, "a", n, ROLE_DATA), b = component_in(m, "b", n, ROLE_WEIGHT);
  qy_net mode = component_in(m, "mode", 2, ROLE_MODE), sum[3];
  for (int k = 0; k < 3; k++)
    sum[k] = parts_product(m, a, b, 1 << k, 2 * n);
  component_out(m, "y", "ry", qy_mux(m->c, mode, sum, 3));
}

void component_dot(component_maker *m)
{
  int k = component_param(m, "k", 1, COMPONENT_INPUTS_MAX / 2), n = component_param(m, "n", 2, 32);
  int w = component_param(m, "m", 2, 32), width = component_param(m, "acc", n + w, 64);
  qy_net product[COMPONENT_INPUTS_MAX / 2], gated;
  for (int i = 0; i < k; i++) {
    qy_net a = component_in_numbered(m, "a", i, n, ROLE_DATA), b = component_in_numbered(m, "b", i, w, ROLE_WEIGHT);
    product[i] = qy_multiply(m->c, QY_MULTIPLIER_ARRAY, a, b, true);
  }
  qy_net acc = component_accumulator(m, width, &gated);
  component_accumulate(m, acc, qy_add(m->c, gated, component_sum(m, product, k, true, width), width, true));
}
