/* Carry-save trees as counts: see cells_tree.h. */
#include "cells_tree.h"

#include "quarry/integer.h"

#include <stdbool.h>
#include <string.h>

tree_word tree_bits(int low, int n)
{
  if (n <= 0 || low < 0 || low > 63) return (tree_word){0, 0};
  return (tree_word){qy_word_mask(n) << low, 0};
}

static int bits(uint64_t x)
{
  return __builtin_popcountll(x);
}

static uint64_t majority(uint64_t x, uint64_t y, uint64_t z)
{
  return (x & y) | (z & (x | y));
}

/* Cells of columns with three (`all`), two and, beside a constant one, one varying bit; top: the highest column. */
static void count_columns(tree_count *t, uint64_t all, uint64_t two, uint64_t inverted, uint64_t top)
{
  t->full += bits(all & ~top);
  t->lone_xor += 2 * bits(all & top) + bits(two & top);
  t->half += bits(two & ~top);
  t->inverter += bits(inverted);
}

static void three_to_two(tree_count *t, const tree_word in[3], int width, tree_word *sum, tree_word *carry)
{
  uint64_t mask = qy_word_mask(width), top = UINT64_C(1) << (width - 1);
  uint64_t x = in[0].live & mask, y = in[1].live & mask, z = in[2].live & mask;
  uint64_t all = x & y & z, two = majority(x, y, z) & ~all, one = (x ^ y ^ z) & ~all, none = mask & ~(x | y | z);
  uint64_t ones_odd = in[0].one ^ in[1].one ^ in[2].one;
  uint64_t ones_two = majority(in[0].one, in[1].one, in[2].one);
  uint64_t inverted = one & ones_odd;
  count_columns(t, all, two, inverted, top);
  sum->live = all | two | one;
  sum->one = none & ones_odd;
  carry->live = ((all | two | inverted) << 1) & mask;
  carry->one = (((one | none) & ones_two) << 1) & mask;
}

/* The final ripple adder: a carry that cannot be there costs nothing. */
static void finish(tree_count *t, tree_word x, tree_word y, int width)
{
  bool live = false, one = false; /* the carry into this column */
  t->final_first = -1;
  for (int i = 0; i < width; i++) {
    uint64_t bit = UINT64_C(1) << i, top = i == width - 1 ? bit : 0;
    int varying = ((x.live & bit) != 0) + ((y.live & bit) != 0) + live;
    int ones = ((x.one & bit) != 0) + ((y.one & bit) != 0) + one;
    bool inverted = varying == 1 && ones == 1;
    count_columns(t, varying == 3 ? bit : 0, varying == 2 ? bit : 0, inverted ? bit : 0, top);
    live = varying >= 2 || inverted;
    one = !live && ones >= 2;
    if (live) {
      if (t->final_first < 0) t->final_first = i;
      t->final_last = i + 1 < width ? i + 1 : i;
    }
  }
}

tree_count tree_of(const tree_word *word, int count, int width)
{
  tree_count t = {0};
  tree_word now[TREE_WORDS_MAX] = {{0, 0}}, next[TREE_WORDS_MAX];
  memcpy(now, word, (size_t)count * sizeof *word);
  for (; count > 2; t.levels++) {
    int made = 0, i = 0;
    for (; i + 2 < count; i += 3, made += 2)
      three_to_two(&t, now + i, width, &next[made], &next[made + 1]);
    for (; i < count; i++)
      next[made++] = now[i];
    memcpy(now, next, (size_t)made * sizeof *now);
    count = made;
  }
  finish(&t, now[0], now[1], width);
  return t;
}
