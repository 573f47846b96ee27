/* Row-level multipliers: see multiplier.h. */
#include "multiplier.h"

#include <stddef.h>

/* Nothing outside a word. */
static uint64_t bit(int i)
{
  return i < 0 || i > 63 ? 0 : UINT64_C(1) << i;
}

/* Bits [low, high), high <= 64. */
static uint64_t span(int low, int high)
{
  if (high <= low) return 0;
  uint64_t upto = high >= 64 ? ~UINT64_C(0) : bit(high) - 1;
  return upto & ~(low >= 64 ? ~UINT64_C(0) : bit(low) - 1);
}

int multiplier_modes(int w)
{
  int modes = 1;
  while (modes < MULTIPLIER_MODES_MAX && w >> modes >= 2)
    modes++;
  return modes;
}

/* Force one unused partial product of weight 2^weight to one; false when every such product is in use. */
static bool force_one(multiplier_mode *mode, int rows, int columns, int weight)
{
  for (int r = 0; r < rows; r++) {
    int c = weight - r;
    if (c < 0 || c >= columns || (mode->row[r].keep & bit(weight)) || (mode->row[r].flip & bit(weight))) continue;
    mode->row[r].flip |= bit(weight);
    return true;
  }
  return false;
}

/* Mode k of an array: which products are kept, which are inverted, and the constants that complete the signs. */
static void plan_array(multiplier_layout *p, int k, uint64_t mask)
{
  multiplier_mode *mode = &p->mode[k];
  int words = 1 << k, sc = p->columns >> k, sr = p->lines >> k;
  for (int r = 0; r < p->rows; r++) {
    int block = r / sr, column_block = p->join == JOIN_TOGETHER ? words - 1 - block : block;
    int low = column_block * sc;
    mode->row[r].keep = span(r + low, r + low + sc);
    if (!p->is_signed) continue;
    bool top_row = r % sr == sr - 1;
    uint64_t top = bit(r + low + sc - 1);
    mode->row[r].flip = top_row ? mode->row[r].keep & ~top : top;
  }
  if (!p->is_signed) return;
  if (k == 0) {
    /* 2^(rows-1) + 2^(columns-1) - 2^(rows+columns-1) */
    mode->constant = bit(p->columns - 1) + bit(p->rows - 1) + span(p->rows + p->columns - 1, p->width);
    return;
  }
  /* N blocks, each 2^s - 2^(2s-1) at its own weight. */
  if (p->join == JOIN_TOGETHER) {
    int weight = k + p->columns;
    if (!force_one(mode, p->rows, p->columns, weight)) mode->constant |= bit(weight);
    mode->result_flip = bit(k + p->columns + sc - 1);
  } else {
    for (int j = 0; j < words; j++) {
      int weight = sc + 2 * sc * j;
      if (!force_one(mode, p->rows, p->columns, weight)) mode->constant |= bit(weight);
      mode->result_flip |= bit(2 * sc * (j + 1) - 1);
    }
  }
  mode->constant &= mask;
}

/* Mode k of a Booth multiplier: row i weighs 4^i and sees multiplicand bits [low, high).  Sum-together rows stay in one
 * sum; sum-apart rows are confined to their lane, and only the top lane needs constants for its signs. */
static void plan_booth(multiplier_layout *p, int k, uint64_t mask)
{
  multiplier_mode *mode = &p->mode[k];
  int words = 1 << k, s = p->columns >> k, rows_per_word = p->rows / words, n = p->columns;
  for (int i = 0; i < p->rows; i++) {
    multiplier_row *row = &mode->row[i];
    int block = i / rows_per_word;
    int multiplicand = p->join == JOIN_TOGETHER ? words - 1 - block : block;
    row->low = multiplicand * s;
    row->high = row->low + s;
    row->border = i % rows_per_word == 0;
    row->negate_at = 2 * i;
    row->keep = span(2 * i, 2 * i + n + 1) & mask;
    row->flip = bit(2 * i + n) & mask;
    row->flip |= bit(2 * i + n + 1) & mask; /* the constant one above the sign */
    if (p->join == JOIN_APART && words > 1) {
      uint64_t lane = span(2 * s * block, 2 * s * (block + 1));
      row->negate_at = 2 * i + row->low;
      row->keep &= lane & span(row->negate_at, 64);
      if (block < words - 1) row->flip = 0;
      row->flip &= lane;
    }
  }
  int top_word = p->join == JOIN_APART ? words - 1 : 0;
  mode->constant = bit(n + 2 * top_word * rows_per_word) & mask;
  if (n + 2 * p->rows < p->width) mode->constant += span(n + 2 * p->rows, p->width);
  if (p->join == JOIN_APART)
    for (int j = 1; j < words; j++)
      mode->carry_stop |= bit(2 * s * j);
}

const multiplier_layout *multiplier_layout_new(qy_multiplier kind, multiplier_join join, bool is_signed, int wa, int wb,
                                               int width, qy_arena *arena)
{
  int modes = join == JOIN_PLAIN ? 1 : multiplier_modes(wa);
  multiplier_layout *p = qy_arena_alloc(arena, 1, sizeof *p + (size_t)modes * sizeof p->mode[0]);
  if (!p) return NULL;
  p->kind = kind;
  p->join = join;
  p->is_signed = is_signed;
  p->width = width;
  p->modes = modes;
  bool booth = kind == QY_MULTIPLIER_BOOTH;
  p->swapped = wa < wb; /* fewer rows */
  p->columns = p->swapped ? wb : wa;
  p->lines = p->swapped ? wa : wb;
  p->rows = booth ? (p->lines + 1) / 2 : p->lines;
  uint64_t mask = span(0, width);
  for (int k = 0; k < modes; k++) {
    if (booth)
      plan_booth(p, k, mask);
    else
      plan_array(p, k, mask);
    multiplier_mode *mode = &p->mode[k];
    int s = wa >> k;
    mode->field_low = join == JOIN_TOGETHER ? wa - s : 0;
    mode->field_width = join == JOIN_TOGETHER ? 2 * s + k : width;
    p->constant_live |= mode->constant;
  }
  return p;
}

/* The enables of the sub-word masks: per block distance d, the row operand gated for the column block d further on. */
static void trace_masks(const multiplier_layout *p, int k, uint64_t lines, trace *t)
{
  static const qy_cell gate[] = {QY_NAND2, QY_NOR2, QY_INV};
  int blocks = 1 << (p->modes - 1), size = p->lines / blocks, words = 1 << k, per_word = blocks / words;
  for (int d = 1; d < blocks; d++) {
    uint64_t open = 0;
    for (int rb = 0; rb < blocks; rb++) {
      int own = p->join == JOIN_TOGETHER ? blocks - 1 - rb : rb, cb = (own + d) % blocks;
      int row_word = rb / per_word, column_word = cb / per_word;
      bool kept = p->join == JOIN_TOGETHER ? row_word + column_word == words - 1 : row_word == column_word;
      if (kept) open |= span(rb * size, (rb + 1) * size);
    }
    trace_add(t, gate[d - 1], lines & open);
  }
}

/* A constant of one mode is fixed, one of several modes is driven by the mode. */
static sum_word constant_word(const multiplier_layout *p, const multiplier_mode *mode)
{
  bool modal = p->modes > 1;
  return (sum_word){mode->constant, modal ? p->constant_live : 0, modal ? 0 : p->constant_live};
}

/* Partial products: NORs of inverted operand bits, NANDs where Baugh and Wooley want the product inverted. */
static int array_words(const multiplier_layout *p, uint64_t columns, uint64_t lines, const multiplier_mode *mode,
                       sum_word *word, trace *t)
{
  trace_add(t, QY_INV, columns);
  trace_add(t, QY_INV, lines);
  for (int i = 0; i < p->rows; i++) {
    const multiplier_row *row = &mode->row[i];
    uint64_t product = lines >> i & 1 ? columns << i : 0, inverted = p->mode[0].row[i].flip;
    word[i] = (sum_word){(product & row->keep) ^ row->flip, span(i, i + p->columns), 0};
    trace_add(t, QY_NOR2, word[i].value & ~inverted);
    trace_add(t, QY_NAND2, word[i].value & inverted);
  }
  return p->rows;
}

/* One recoded digit in -2..2. */
typedef struct digit {
  bool negate, one, two;
} digit;

static digit recode(uint64_t lines, int i, bool border)
{
  unsigned pair = (unsigned)(lines >> (2 * i)) & 3, behind = 0;
  if (i > 0 && !border) behind = (unsigned)(lines >> (2 * i - 1)) & 1;
  digit d = {.negate = pair >> 1, .one = (pair & 1) != behind};
  d.two = !d.one && (pair >> 1) != behind;
  return d;
}

/* The multiplicand's part of a row, its low side cleared, extended by its sign to n + 1 bits. */
static uint64_t multiplicand(const multiplier_row *row, uint64_t a, int n)
{
  uint64_t x = a & span(row->low, row->high);
  return x & bit(row->high - 1) ? x | span(row->high, n + 1) : x;
}

static int booth_words(const multiplier_layout *p, uint64_t a, uint64_t b, const multiplier_mode *mode, sum_word *word,
                       trace *t)
{
  int n = p->columns;
  uint64_t mask = span(0, p->width), ones = 0, twos = 0, negates = 0;
  /* An odd number of lines is made even by its sign. */
  uint64_t lines = b | (b >> (p->lines - 1) & 1 ? bit(p->lines) : 0);
  sum_word last = constant_word(p, mode);
  for (int i = 0; i < p->rows; i++) {
    const multiplier_row *row = &mode->row[i];
    digit d = recode(lines, i, row->border);
    ones |= d.one ? bit(i) : 0;
    twos |= d.two ? bit(i) : 0;
    negates |= d.negate ? bit(i) : 0;
    uint64_t x = multiplicand(row, a, n), all = span(0, n + 1);
    uint64_t selected = (d.one ? x : 0) | (d.two ? (x << 1) & all : 0), chosen = selected ^ (d.negate ? all : 0);
    trace_add(t, QY_AOI21, selected & ~UINT64_C(1));
    trace_add(t, QY_NAND2, selected & 1);
    trace_add(t, QY_XOR2, chosen);
    uint64_t above = bit(2 * i + n + 1) & mask; /* the constant one above the sign */
    word[i] = (sum_word){(chosen << (2 * i) & row->keep) ^ row->flip, span(2 * i, 2 * i + n + 1) & mask, 0};
    *(p->modes > 1 ? &word[i].live : &word[i].fixed) |= above;
    if (d.negate) last.value += bit(row->negate_at) & mask;
    uint64_t at = bit(2 * i) & mask;
    if (last.fixed & at) { /* the constant's place is taken: it goes into the last row's gap */
      last.fixed &= ~at;
      last.value -= at;
      word[i].fixed |= at;
    }
    last.live |= at;
  }
  trace_add(t, QY_XOR2, ones);
  trace_add(t, QY_NAND3, twos);
  trace_add(t, QY_NAND3, twos & negates);
  trace_add(t, QY_NAND2, twos & ~negates);
  trace_add(t, QY_INV, negates);
  trace_add(t, QY_INV, a);
  word[p->rows] = last;
  return p->rows + 1;
}

/* The alignment multiplexers: the last mode's field against the middle one's, then against the full product. */
static void trace_alignment(const multiplier_layout *p, int k, uint64_t sum, uint64_t field, trace *t)
{
  for (int i = p->modes - 1; i > 0; i--) {
    const multiplier_mode *other = &p->mode[i > 1 ? 1 : 0];
    uint64_t word = k >= i || i == 1 ? field : sum >> other->field_low;
    trace_add(t, QY_MUX2, word & span(0, other->field_width));
  }
}

uint64_t multiplier_run(const multiplier_layout *p, uint64_t a, uint64_t b, uint64_t mode_word, uint64_t addend,
                        bool has_addend, trace *t)
{
  int k = mode_word >= (uint64_t)p->modes ? p->modes - 1 : (int)mode_word, count;
  const multiplier_mode *mode = &p->mode[k];
  uint64_t columns = p->swapped ? b : a, lines = p->swapped ? a : b, mask = span(0, p->width);
  sum_word word[SUM_WORDS_MAX];
  if (t && p->modes > 1) trace_masks(p, k, lines, t);
  bool booth = p->kind == QY_MULTIPLIER_BOOTH;
  count = booth ? booth_words(p, columns, lines, mode, word, t) : array_words(p, columns, lines, mode, word, t);
  if (has_addend) word[count++] = (sum_word){addend & mask, mask, 0};
  if (!booth && p->constant_live) word[count++] = constant_word(p, mode);
  uint64_t sum = carrysave_sum(word, count, p->width, mode->carry_stop, t) ^ mode->result_flip;
  if (p->join != JOIN_TOGETHER) return sum;
  uint64_t field = sum >> mode->field_low & span(0, mode->field_width);
  if (p->is_signed && (field & bit(mode->field_width - 1))) field |= span(mode->field_width, p->width);
  if (t) trace_alignment(p, k, sum, field, t);
  return field;
}
