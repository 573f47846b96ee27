/* From an array's name to its element: see array_shape.h. */
#include "array_shape.h"

#include <stdio.h>
#include <string.h>

enum { HEADROOM_BITS = 4, LEVEL_SIZE = 16 };

/* The sharing of a level; -1: another digit pair. */
static int sharing_of(const char *digits)
{
  static const char *const names[QY_PE_SHARING_COUNT] = {
      [QY_PE_SHARE_OUTPUTS] = "11", [QY_PE_SHARE_HYBRID] = "10", [QY_PE_SHARE_INPUTS] = "00"};
  for (int k = 0; k < QY_PE_SHARING_COUNT; k++)
    if (strcmp(digits, names[k]) == 0) return k;
  return -1;
}

/* Members of a level whose results are summed. */
static int summed(int sharing)
{
  return sharing == QY_PE_SHARE_OUTPUTS ? LEVEL_SIZE : sharing == QY_PE_SHARE_HYBRID ? LEVEL_SIZE / 4 : 1;
}

/* Words of 8 bits in front of the array, of both operands: a level of 4 x 4 members reads 4 of each where it shares
 * them, 16 where it does not; the level of multipliers one, or four that it does not share. */
static int input_words(int l4, int l3, int l2, bool subword)
{
  int words = 0;
  for (int operand = 0; operand < 2; operand++) { /* 0: its inputs stay apart in the output and hybrid forms */
    const int apart = operand == 0 ? QY_PE_SHARE_HYBRID : QY_PE_SHARE_OUTPUTS;
    words += (l4 <= apart ? 16 : 4) * (l3 <= apart ? 16 : 4) * (!subword && l2 <= apart ? 4 : 1);
  }
  return words;
}

static int log2_of(int n)
{
  int log = 0;
  while (1 << log < n)
    log++;
  return log;
}

/* Names of the literature stand for parameters of the benchmark (its design_cfg.py). */
static const char *spelled_out(const char *name)
{
  static const char *const known[][2] = {{"BITFUSION", "BG_L2_L4_00_L3_11_L2_11_DVAFS_0"},
                                         {"BITBLADE", "BG_L3_L4_00_L3_11_L2_11_DVAFS_0"},
                                         {"LOOM", "BG_BS_L4_00_L3_00_L2_11_DVAFS_0"}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(name, known[i][0]) == 0) return known[i][1];
  return name;
}

const char *array_shape_read(array_shape *out, const char *name, bool subword)
{
  char shifts[4], digits[3][4], unrolling[4];
  int used = 0;
  const char *text = spelled_out(name);
  if (sscanf(text, "BG_%2[LBS23]_L4_%2[01]_L3_%2[01]_L2_%2[01]_DVAFS_%1[01]%n", shifts, digits[0], digits[1], digits[2],
             unrolling, &used) != 5 ||
      text[used] != '\0')
    return "a name that says no structure";
  const int l4 = sharing_of(digits[0]), l3 = sharing_of(digits[1]), l2 = sharing_of(digits[2]);
  const bool in_groups = strcmp(shifts, "L3") == 0;
  if (l4 < 0 || l3 < 0 || l2 < 0) return "a name that says no structure";
  if ((unrolling[0] == '1') != subword) return "a name that contradicts its unrolling";
  const bool serial = strcmp(shifts, "BS") == 0;
  if (serial && (subword || l2 != QY_PE_SHARE_OUTPUTS)) return "bit-serial, but not with sums in every unit";
  if (!in_groups && !serial && strcmp(shifts, "L2") != 0) return "a name that says no structure";
  if (subword && in_groups) return "sub-words whose shifts lie outside their unit";
  if (subword && l2 == QY_PE_SHARE_HYBRID) return "sub-words with hybrid sharing";
  *out = (array_shape){.element = {.kind = QY_PE_COMPOSED,
                                   .bits = ARRAY_BITS,
                                   .unsigned_operands = true,
                                   .separate_sums = true,
                                   .subword = subword,
                                   .sharing = (qy_pe_sharing)(in_groups ? l3 : l2),
                                   .group = in_groups ? summed(l2) : 1,
                                   .units = in_groups ? summed(l4) : summed(l4) * summed(l3)}};
  const int lanes = out->lanes = out->element.group * out->element.units;
  out->serial = serial;
  out->element.accumulator_bits = 2 * ARRAY_BITS + log2_of(lanes) + HEADROOM_BITS;
  out->elements = ARRAY_PRODUCTS / lanes;
  out->input_bits = ARRAY_BITS * input_words(l4, l3, l2, subword);
  return NULL;
}
