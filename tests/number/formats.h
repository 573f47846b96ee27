/* The formats the number tests run over, and their values enumerated without the library's sorting. */
#ifndef QUARRY_TEST_FORMATS_H
#define QUARRY_TEST_FORMATS_H

#include "quarry/number.h"

#include <stdio.h>

/* Every kind at every width up to `bits_high` code bits, with the variants its parameters allow. */
__attribute__((unused)) static size_t all_formats(qy_number *out, size_t room, int bits_high)
{
  size_t count = 0;
  for (int kind = 0; kind < QY_NUMBER_KIND_COUNT; kind++) {
    const qy_number_parameter *width = qy_number_table(NULL)[kind].parameter;
    for (int bits = width->low; bits <= width->high; bits++) {
      for (int variant = 0; variant < 64; variant++) {
        qy_number n = qy_number_default((qy_number_kind)kind, bits);
        switch (n.kind) {
        case QY_NUMBER_UNIFORM:
          if (variant > 2) continue;
          n.midrise = variant == 1;
          n.bias = variant == 2;
          break;
        case QY_NUMBER_AFFINE:
          if (variant > 3) continue;
          n.full_range = variant & 1;
          n.bias = variant >> 1;
          n.zero_point = (variant * 5 - 7) % (1 << (bits - 1));
          break;
        case QY_NUMBER_POT:
        case QY_NUMBER_DEEPSHIFT:
          if (variant > 1) continue;
          n.log_rounding = variant;
          break;
        case QY_NUMBER_SEGLOG:
        case QY_NUMBER_BRSLOG:
          n.split = variant % 8 * (1 << (bits - 1)) / 8 / 2 * 2;
          n.root = variant / 8 % QY_ROOT_COUNT;
          n.log_rounding = variant / 40;
          break;
        case QY_NUMBER_LIGHTPE:
          if (variant > 1) continue;
          n.terms = variant + 1;
          break;
        case QY_NUMBER_CODEBOOK:
          if (variant > 5) continue;
          n.m_bits = 2 + variant % 3;
          n.m_odd = variant / 3;
          break;
        default:
          if (variant > 0) continue;
        }
        if (qy_number_check(&n, NULL) != QY_OK || qy_number_code_bits(&n) > bits_high || count == room) continue;
        out[count++] = n;
      }
    }
  }
  return count;
}

__attribute__((unused)) static const char *describe(const qy_number *n, char *text, size_t size)
{
  const qy_number_info *info = &qy_number_table(NULL)[n->kind];
  size_t used = (size_t)snprintf(text, size, "%s", info->name);
  for (int i = 0; i < QY_NUMBER_PARAMETERS_MAX && info->parameter[i].name && used < size; i++)
    used += (size_t)snprintf(text + used, size - used, " %s=%d", info->parameter[i].name,
                             *(const int *)((const char *)n + info->parameter[i].offset));
  return text;
}

#endif
