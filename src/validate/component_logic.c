/* Components: shifters, selectors, compares, memories. */
#include "component_int.h"
#include "quarry/integer.h"
#include "quarry/random.h"

#include <stddef.h>
#include <stdio.h>

/* Left with zero fill, arithmetic right, left with a growing signed result. */
static void shifter(component_maker *m, qy_op op, bool grows, bool is_signed)
{
  int w = component_param(m, "w", 2, 64), s = component_param(m, "s", 1, 6), width = w + (grows ? (1 << s) - 1 : 0);
  if (width > 64) component_refuse(m, "a word of more than 64 bits");
  if (m->reason) return;
  qy_net a = component_in(m, "a", w, ROLE_DATA), b = component_in(m, "s", s, ROLE_WEIGHT);
  component_out(m, "y", "ry", qy_shift(m->c, op, a, b, width, is_signed));
}

void component_bshl(component_maker *m)
{
  shifter(m, QY_OP_SHIFT_LEFT, false, false);
}

void component_bsra(component_maker *m)
{
  shifter(m, QY_OP_SHIFT_RIGHT_SIGNED, false, true);
}

void component_bshx(component_maker *m)
{
  shifter(m, QY_OP_SHIFT_LEFT, true, true);
}

/* Rotate left: what a shift to the left loses, a shift to the right by the rest of the word brings back. */
void component_brot(component_maker *m)
{
  int w = component_param(m, "w", 2, 63), s = component_param(m, "s", 1, 5);
  int bits = qy_log2_ceil(w + 1) > s ? qy_log2_ceil(w + 1) : s + 1;
  qy_net a = component_in(m, "a", w, ROLE_DATA), b = component_in(m, "s", s, ROLE_WEIGHT);
  qy_net rest = qy_subtract(m->c, qy_constant_word(m->c, (uint64_t)w, bits), b, bits, false);
  qy_net left = qy_shift(m->c, QY_OP_SHIFT_LEFT, a, b, w, false);
  qy_net right = qy_shift(m->c, QY_OP_SHIFT_RIGHT, a, rest, w, false);
  component_out(m, "y", "ry", qy_bitwise(m->c, QY_OP_OR, left, right));
}

/* By a constant, no bit lost. */
void component_cshl(component_maker *m)
{
  int w = component_param(m, "w", 1, 64), s = component_param(m, "s", 0, 63);
  if (w + s > 64) component_refuse(m, "a word of more than 64 bits");
  if (m->reason) return;
  qy_net a = component_in(m, "a", w, ROLE_DATA);
  component_out(m, "y", "ry", qy_shift_constant(m->c, a, s, w + s));
}

/* One of count words, a power of two; an operator takes no more than 16. */
static qy_net select_word(component_maker *m, qy_net select, qy_net *data, int count)
{
  enum { MOST = 16, MOST_BITS = 4 };
  if (count <= MOST) return qy_mux(m->c, select, data, count);
  const int bits = qy_net_width(m->c, select), groups = count / MOST;
  const qy_net low = qy_slice(m->c, select, 0, MOST_BITS);
  for (int g = 0; g < groups; g++)
    data[g] = qy_mux(m->c, low, data + (ptrdiff_t)g * MOST, MOST);
  return select_word(m, qy_slice(m->c, select, MOST_BITS, bits - MOST_BITS), data, groups);
}

static void selector(component_maker *m, int count)
{
  enum { MOST = 32 };
  int w = component_param(m, "w", 1, 64);
  qy_net data[MOST];
  for (int i = 0; i < count; i++)
    data[i] = component_in_numbered(m, "d", i, w, ROLE_DATA);
  qy_net select = component_in(m, "s", qy_log2_ceil(count), ROLE_CONTROL);
  component_out(m, "y", "ry", select_word(m, select, data, count));
}

void component_mux2(component_maker *m)
{
  selector(m, 2);
}

void component_mux4(component_maker *m)
{
  selector(m, 4);
}

void component_mux8(component_maker *m)
{
  selector(m, 8);
}

void component_mux16(component_maker *m)
{
  selector(m, 16);
}

void component_mux32(component_maker *m)
{
  selector(m, 32);
}

void component_reg2(component_maker *m)
{
  component_out(m, "y", "ry", component_in(m, "a", component_param(m, "w", 1, 64), ROLE_DATA));
}

/* d registers between those of input and output. */
void component_delay(component_maker *m)
{
  int w = component_param(m, "w", 1, 64), d = component_param(m, "d", 0, 1024);
  qy_net word = component_in(m, "d", w, ROLE_DATA);
  for (int i = 0; i < d; i++) {
    char name[16];
    snprintf(name, sizeof name, "q%d", i);
    qy_net reg = qy_register(m->c, name, w, -1);
    qy_register_connect(m->c, reg, word);
    word = reg;
  }
  component_out(m, "y", "ry", word);
}

/* Itself the output register. */
void component_counter(component_maker *m)
{
  int w = component_param(m, "w", 1, 64);
  qy_output(m->c, "y", qy_counter(m->c, "count", w, component_in(m, "en", 1, ROLE_CONTROL)));
}

void component_rom(component_maker *m)
{
  enum { ADDRESS_MOST = 10, SEED = 1 };
  int a = component_param(m, "a", 1, ADDRESS_MOST), w = component_param(m, "w", 1, 64);
  uint64_t entry[1 << ADDRESS_MOST], state = SEED;
  for (int i = 0; i < 1 << a; i++)
    entry[i] = qy_random_word(&state) & qy_word_mask(w);
  component_out(m, "y", "ry", qy_truth_table(m->c, component_in(m, "a", a, ROLE_DATA), entry, w));
}

void component_lt(component_maker *m)
{
  int w = component_param(m, "w", 1, 64);
  qy_net a = component_in(m, "a", w, ROLE_DATA);
  component_out(m, "y", "ry", qy_less(m->c, a, component_in(m, "b", w, ROLE_WEIGHT), false));
}

void component_eq(component_maker *m)
{
  int w = component_param(m, "w", 1, 64);
  qy_net a = component_in(m, "a", w, ROLE_DATA);
  component_out(m, "y", "ry", qy_equal(m->c, a, component_in(m, "b", w, ROLE_WEIGHT)));
}

void component_max(component_maker *m)
{
  int w = component_param(m, "w", 1, 64);
  qy_net a = component_in(m, "a", w, ROLE_DATA);
  component_out(m, "y", "ry", qy_max(m->c, a, component_in(m, "b", w, ROLE_WEIGHT), false));
}

/* There is a one if the leading one is not at bit 0, or bit 0 is one. */
static qy_net any_one(component_maker *m, qy_net a, qy_net position)
{
  qy_net any = qy_slice(m->c, a, 0, 1);
  for (int i = 0; i < qy_net_width(m->c, position); i++)
    any = qy_bitwise(m->c, QY_OP_OR, any, qy_slice(m->c, position, i, 1));
  return any;
}

void component_lod(component_maker *m)
{
  int w = component_param(m, "w", 2, 64);
  qy_net a = component_in(m, "a", w, ROLE_DATA), position = qy_leading_one(m->c, a);
  component_out(m, "y", "ry", position);
  component_out(m, "valid", "rv", m->every_gate ? any_one(m, a, position) : qy_slice(m->c, a, w - 1, 1));
}

/* One enable per word: the write bit, gated by one address bit after another. */
static void decode(component_maker *m, qy_net write, qy_net enable, int bits, qy_net *line)
{
  line[0] = enable;
  for (int k = bits - 1; k >= 0; k--) {
    qy_net set = qy_slice(m->c, write, k, 1), clear = qy_bitwise(m->c, QY_OP_NOT, set, -1);
    for (int i = (1 << (bits - 1 - k)) - 1; i >= 0; i--) {
      qy_net above = line[i];
      size_t to = 2 * (size_t)i;
      line[to] = qy_bitwise(m->c, QY_OP_AND, above, clear);
      line[to + 1] = qy_bitwise(m->c, QY_OP_AND, above, set);
    }
  }
}

/* Words of a register file as registers with enable, a decoder and a tree of multiplexers. */
void component_rf(component_maker *m)
{
  int d = component_param(m, "d", 2, 64), w = component_param(m, "w", 1, 64), s = qy_log2_ceil(d);
  if (m->reason) return;
  qy_net data = component_in(m, "d", w, ROLE_DATA), write = component_in(m, "wa", s, ROLE_CONTROL),
         read = component_in(m, "ra", s, ROLE_CONTROL);
  qy_net enable = component_in(m, "we", 1, ROLE_CONTROL), word[64] = {0}, line[64] = {0};
  decode(m, write, enable, s, line);
  for (int i = 0; i < d; i++) {
    char name[8] = {'w', (char)('0' + i / 10), (char)('0' + i % 10)};
    word[i] = qy_register(m->c, name, w, line[i]);
    qy_register_connect(m->c, word[i], data);
  }
  /* Read tree: multiplexers of up to 16 words. */
  int low = s < 4 ? s : 4, count = d;
  for (int from = 0; from < s; from += low, low = s - from < 4 ? s - from : 4) {
    qy_net select = qy_slice(m->c, read, from, low);
    int groups = (count + (1 << low) - 1) >> low;
    for (int g = 0; g < groups; g++) {
      int here = count - (g << low) < 1 << low ? count - (g << low) : 1 << low;
      int bits = qy_log2_ceil(here); /* the last ones may be few, of which fewer bits tell */
      if (here == 1)
        word[g] = word[g << low];
      else
        word[g] = qy_mux(m->c, bits < low ? qy_slice(m->c, read, from, bits) : select, word + (g << low), here);
    }
    count = groups;
  }
  component_out(m, "y", "ry", word[0]);
}
