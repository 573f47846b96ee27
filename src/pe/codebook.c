/* Codebook weights 2^s (2^n M + 1) and the odd multiples of x they need, made in each element or once per row (Kalali &
 * van Leuken, DSD 2021). */
#include "pe_int.h"

#include <stdio.h>

const char *pe_codebook_check(qy_pe_params *p)
{
  const char *wrong = pe_check_code(p, 4, 10, 8);
  if (wrong) return wrong;
  if (p->m_bits == 0) p->m_bits = 2;
  return pe_check_code_product(p, p->bits + p->weight_bits);
}

void pe_codebook_format(const qy_pe_params *p, qy_number *number)
{
  number->m_bits = p->m_bits;
  number->m_odd = p->m_odd;
}

int pe_multiple_max(const qy_pe *pe)
{
  return qy_codebook_m(&pe->number, (1 << pe->params.m_bits) - 1);
}

int pe_multiple_width(const qy_pe *pe, int k)
{
  return pe->params.bits + pe_bits_for(k) - (k > 0 && (k & (k - 1)) == 0 ? 1 : 0);
}

/* k * x for an odd k >= 3, from a power of two and a smaller multiple. */
static qy_net odd_multiple(const qy_pe *pe, const qy_net *multiple, int k)
{
  qy_circuit *c = pe->circuit;
  int power_bits = pe_bits_for(k) - 1, width = pe_multiple_width(pe, k);
  if (k > 3 && (2 << power_bits) - k == 1)
    return qy_subtract(c, pe_shifted(c, multiple[1], power_bits + 1, width), multiple[1], width, true);
  /* The lower bits of the smaller multiple pass; where it reaches the power's place, an adder begins. */
  return pe_add_above(c, multiple[k - (1 << power_bits)], multiple[1], power_bits, width, false);
}

void pe_odd_multiples(qy_pe *pe, qy_net x, bool from_outside, qy_net *multiple)
{
  multiple[1] = x;
  for (int k = 3; k <= pe_multiple_max(pe); k += 2) {
    char name[16];
    snprintf(name, sizeof name, "x%d", k);
    multiple[k] = from_outside ? pe_input(pe, name, pe_multiple_width(pe, k)) : odd_multiple(pe, multiple, k);
    if (!from_outside) qy_label(pe->circuit, multiple[k], name);
  }
}
