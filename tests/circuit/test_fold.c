/* Makers of bits by brute force: every function of constants, three bits and their inverses, over all values of the
 * bits; what is known beforehand costs no cells; the same cell is made once. */
#include "bit_values.h"
#include "tap.h"

#include <stdlib.h>

enum { SIGNALS = 8, SOURCES = 3 };

typedef struct bench {
  bit_net net;
  bit_maker maker;
  bit_signal signal[SIGNALS]; /* 0, 1, x, y, z, not x, not y, not z */
} bench;

static void start(bench *t)
{
  const bit_signal none[BIT_INPUTS] = {0};
  memset(t, 0, sizeof *t);
  t->maker.net = &t->net;
  bit_raw(&t->maker, BIT_CONSTANT, none);
  t->signal[1] = BIT_ONE;
  for (int i = 0; i < SOURCES; i++)
    t->signal[2 + i] = bit_raw(&t->maker, BIT_SOURCE, none);
  for (int i = 0; i < SOURCES; i++)
    t->signal[2 + SOURCES + i] = bit_not(&t->maker, t->signal[2 + i]);
}

static void stop(bench *t)
{
  free(t->net.cell);
  free(t->maker.slot);
}

/* The value of every signal where x, y, z are the bits of `word`. */
static void evaluate_all(const bench *t, int word, int *value)
{
  value[BIT_ZERO] = 0;
  value[BIT_ONE] = 1;
  for (size_t i = 1; i < t->net.count; i++) {
    if (t->net.cell[i].kind == BIT_SOURCE)
      value[2 * i] = word >> (i - 1) & 1, value[2 * i + 1] = 0;
    else
      bit_evaluate(&t->net.cell[i], value, &value[2 * i]);
  }
}

/* Bit `word` of it: the value of the signal where x, y, z are the bits of word. */
static unsigned table_of(const bench *t, bit_signal s)
{
  unsigned table = 0;
  int *value = malloc(2 * t->net.count * sizeof *value);
  for (int word = 0; word < 8; word++) {
    evaluate_all(t, word, value);
    table |= (unsigned)value[s] << word;
  }
  free(value);
  return table;
}

static bool is_constant(unsigned table)
{
  return table == 0 || table == 0xFF;
}

static unsigned complement(unsigned table)
{
  return ~table & 0xFF;
}

/* Does the function need a cell beyond those that stand: is it none of the signals? */
static bool is_known(const bench *t, unsigned table)
{
  for (int i = 0; i < SIGNALS; i++)
    if (table_of(t, t->signal[i]) == table) return true;
  return false;
}

static void gates(void)
{
  static const bit_kind kind[] = {BIT_AND,     BIT_TREE_AND, BIT_PRODUCT,     BIT_GATE, BIT_NOT_PRODUCT, BIT_OR,
                                  BIT_GATE_OR, BIT_GATE_NOT, BIT_GATE_OR_NOT, BIT_XOR,  BIT_XNOR};
  int wrong = 0, needless = 0, twice = 0, tried = 0;
  for (size_t k = 0; k < sizeof kind / sizeof *kind; k++)
    for (int i = 0; i < SIGNALS; i++)
      for (int j = 0; j < SIGNALS; j++, tried++) {
        bench t;
        start(&t);
        const unsigned a = table_of(&t, t.signal[i]), b = table_of(&t, t.signal[j]);
        unsigned want = a & b;
        if (kind[k] == BIT_NOT_PRODUCT) want = complement(a & b);
        if (kind[k] == BIT_OR || kind[k] == BIT_GATE_OR) want = a | b;
        if (kind[k] == BIT_GATE_NOT) want = a & complement(b);
        if (kind[k] == BIT_GATE_OR_NOT) want = a | complement(b);
        if (kind[k] == BIT_XOR) want = a ^ b;
        if (kind[k] == BIT_XNOR) want = complement(a ^ b);
        const size_t before = t.net.count;
        const bool known = is_known(&t, want);
        const bit_signal s = bit_gate(&t.maker, kind[k], t.signal[i], t.signal[j]);
        const size_t after = t.net.count;
        wrong += table_of(&t, s) != want;
        needless += after > before + (known ? 0 : 1);
        twice += bit_gate(&t.maker, kind[k], t.signal[i], t.signal[j]) != s || t.net.count != after;
        stop(&t);
      }
  ok(wrong == 0, "%d gates do what they are called (%d wrong)", tried, wrong);
  is_int(needless, 0, "none is made where the result is there");
  is_int(twice, 0, "the same gate is made once");
}

/* Cells of three and more inputs. */
static bool is_large(int kind)
{
  return kind == BIT_SELECT || kind == BIT_SELECT_ONE || kind == BIT_EDGE || kind == BIT_EDGE_NOT ||
         kind == BIT_DIGIT_TWO || kind == BIT_BOOTH;
}

static void three_inputs(void)
{
  int wrong[5] = {0}, needless[5] = {0}, large[5] = {0};
  for (int i = 0; i < SIGNALS; i++)
    for (int j = 0; j < SIGNALS; j++)
      for (int k = 0; k < SIGNALS; k++)
        for (int what = 0; what < 5; what++) {
          bench t;
          start(&t);
          const bit_signal x = t.signal[i], y = t.signal[j], z = t.signal[k];
          const unsigned a = table_of(&t, x), b = table_of(&t, y), c = table_of(&t, z);
          const unsigned selected = (c & b) | (complement(c) & a);
          unsigned want = what == 0   ? selected
                          : what == 1 ? (a ^ b) & (a ^ c) /* differs from both */
                          : what == 2 ? selected
                          : what == 3 ? (complement(c) & b) | (c & a)
                                      : (a & c) | (b & complement(c));
          const size_t before = t.net.count;
          bit_signal s = BIT_ZERO;
          if (what == 0) s = bit_select(&t.maker, x, y, z);
          if (what == 1) s = bit_digit_two(&t.maker, x, y, z);
          if (what == 2) s = bit_edge(&t.maker, BIT_EDGE, x, y, z);
          if (what == 3) s = bit_edge(&t.maker, BIT_EDGE_NOT, x, y, z);
          if (what == 4) s = bit_booth(&t.maker, x, y, z, bit_not(&t.maker, z));
          wrong[what] += table_of(&t, s) != want;
          needless[what] +=
              is_constant(want) && is_constant(a) + is_constant(b) + is_constant(c) > 1 && t.net.count > before;
          /* with a constant among them a smaller cell does; Booth's digits are never one */
          const bool plain = what == 4   ? a == 0 || b == 0
                             : what == 1 ? a == 0 || is_constant(b) || is_constant(c)
                                         : is_constant(a) || is_constant(b) || is_constant(c);
          for (size_t n = before; n < t.net.count && plain; n++)
            large[what] += is_large(t.net.cell[n].kind);
          large[what] += is_known(&t, want) && t.net.count > before + 1;
          stop(&t);
        }
  static const char *const name[] = {"selection", "second digit", "edge", "edge not", "Booth row"};
  for (int what = 0; what < 5; what++)
    ok(wrong[what] == 0 && needless[what] == 0 && large[what] == 0, "%s: %d wrong, %d needless, %d too large",
       name[what], wrong[what], needless[what], large[what]);
}

/* Full adders: sum and carry, and the smallest cell that is left of them. */
static void adders(void)
{
  int wrong = 0, large = 0;
  for (int chain = 0; chain < 2; chain++)
    for (int i = 0; i < SIGNALS; i++)
      for (int j = 0; j < SIGNALS; j++)
        for (int k = 0; k < SIGNALS; k++) {
          bench t;
          start(&t);
          const bit_signal x = t.signal[i], y = t.signal[j], z = t.signal[k];
          const unsigned a = table_of(&t, x), b = table_of(&t, y), c = table_of(&t, z);
          const size_t before = t.net.count;
          bit_signal carry = BIT_ZERO;
          const bit_signal sum = bit_full(&t.maker, x, y, z, chain, &carry);
          wrong += table_of(&t, sum) != (a ^ b ^ c) || table_of(&t, carry) != ((a & b) | (a & c) | (b & c));
          /* Three different bits: a full adder.  Two and a constant: a half adder.  Else nothing but an inverter. */
          const int constants = is_constant(a) + is_constant(b) + is_constant(c);
          const bool apart = a != b && a != c && b != c && (a ^ b) != 0xFF && (a ^ c) != 0xFF && (b ^ c) != 0xFF;
          int full = 0, half = 0;
          for (size_t n = before; n < t.net.count; n++) {
            const int kind = t.net.cell[n].kind;
            full += kind == (chain ? BIT_CHAIN : BIT_FULL);
            half += chain ? kind == BIT_CHAIN_HALF || kind == BIT_CHAIN_ONE : kind == BIT_HALF || kind == BIT_HALF_ONE;
          }
          const bool two = constants == 1 && apart;
          large += full != (constants == 0 && apart) || half != two || (int)(t.net.count - before) > full + half + 1;
          stop(&t);
        }
  ok(wrong == 0, "sums and carries (%d wrong)", wrong);
  ok(large == 0, "of the smallest cells (%d are not)", large);
}

/* So many different cells that the table of those made grows: each is still made once. */
static void many(void)
{
  enum { MANY = 3000 };
  bench t;
  start(&t);
  static bit_signal first[MANY];
  int again = 0;
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < MANY; i++) {
      const bit_signal in = i < 2 ? t.signal[3 + i] : first[i - 1];
      const bit_signal s = bit_gate(&t.maker, BIT_AND, i % 2 ? in : t.signal[2], i % 2 ? t.signal[2] : in);
      if (round == 0) first[i] = s;
      again += s != first[i];
    }
  ok(again == 0 && !t.maker.failed, "%zu cells, each made once", t.net.count);
  stop(&t);
}

/* What a bit is gated by implies it, and excludes its inverse, through three gates and no more: an exclusive or of the two
 * is then a gate. */
static void deep(void)
{
  enum { MOST = 3 };
  static const bit_kind via[] = {BIT_AND, BIT_GATE, BIT_GATE_NOT, BIT_PRODUCT};
  const bit_signal none[BIT_INPUTS] = {0};
  for (size_t k = 0; k < sizeof via / sizeof *via; k++)
    for (int gates = 1; gates <= MOST + 2; gates++) {
      bench t;
      start(&t);
      const bit_signal x = t.signal[2], not_x = t.signal[2 + SOURCES];
      bit_signal gated = x, behind = not_x;
      for (int g = 0; g < gates; g++) {
        const bit_signal by = bit_raw(&t.maker, BIT_SOURCE, none);
        /* the bit is on either side of gates that have no lines */
        gated =
            via[k] == BIT_AND && g % 2 ? bit_gate(&t.maker, via[k], by, gated) : bit_gate(&t.maker, via[k], gated, by);
        behind = bit_gate(&t.maker, via[k], behind, by);
      }
      const bool is_near = gates <= MOST;
      const bit_signal differs = bit_gate(&t.maker, BIT_XOR, gated, x), swapped = bit_gate(&t.maker, BIT_XOR, x, gated),
                       either = bit_gate(&t.maker, BIT_XOR, behind, x), other = bit_gate(&t.maker, BIT_XOR, x, behind),
                       inverse = bit_gate(&t.maker, BIT_XNOR, gated, x);
      const bit_cell *cell = t.net.cell;
      const bit_kind kind[] = {(bit_kind)cell[differs >> 1].kind, (bit_kind)cell[swapped >> 1].kind,
                               (bit_kind)cell[either >> 1].kind, (bit_kind)cell[other >> 1].kind,
                               (bit_kind)cell[inverse >> 1].kind};
      const bit_kind implied = is_near ? BIT_GATE_NOT : BIT_XOR, excluded = is_near ? BIT_OR : BIT_XOR;
      ok(kind[0] == implied && kind[1] == implied && kind[2] == excluded && kind[3] == excluded &&
             kind[4] == (is_near ? BIT_INV : BIT_XNOR),
         "through %d gates: %d %d %d %d %d", gates, kind[0], kind[1], kind[2], kind[3], kind[4]);
      stop(&t);
    }
  /* y and not x, which x excludes through the line as well */
  for (int gates = 0; gates <= MOST; gates++) {
    bench t;
    start(&t);
    const bit_signal x = t.signal[2];
    bit_signal implies_x = x;
    for (int g = 0; g < gates; g++)
      implies_x = bit_gate(&t.maker, BIT_AND, implies_x, bit_raw(&t.maker, BIT_SOURCE, none));
    const bit_signal away = bit_gate(&t.maker, BIT_GATE_NOT, t.signal[3], x),
                     both = bit_gate(&t.maker, BIT_XOR, away, implies_x);
    const bool is_near = gates <= MOST - 1; /* the line's gate is one of them */
    ok(t.net.cell[both >> 1].kind == (is_near ? BIT_OR : BIT_XOR), "behind a line, %d gates: %d", gates,
       t.net.cell[both >> 1].kind);
    stop(&t);
  }
}

int main(void)
{
  gates();
  three_inputs();
  adders();
  many();
  deep();
  return done();
}
