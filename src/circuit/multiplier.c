/* Row-level multipliers: see multiplier.h. */
#include "multiplier.h"

#include <stddef.h>

static uint64_t bit(int i)
{
  return UINT64_C(1) << i;
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
static void plan_array(multiplier_plan *p, int k, uint64_t mask)
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
    /* 2^(rows-1) + 2^(columns-1) - 2^(rows+columns-1), placed where no cell is added for them. */
    mode->first = bit(p->columns - 1);
    mode->last = bit(p->rows - 1);
    mode->result_flip = 0;
    int top = p->rows + p->columns - 1;
    if (p->width == top + 1)
      mode->result_flip = bit(top);
    else
      mode->last |= span(top, p->width);
    return;
  }
  /* N blocks, each 2^s - 2^(2s-1) at its own weight. */
  if (p->join == JOIN_TOGETHER) {
    int weight = k + p->columns;
    if (!force_one(mode, p->rows, p->columns, weight)) mode->first |= bit(weight);
    mode->result_flip = bit(k + p->columns + sc - 1);
  } else {
    for (int j = 0; j < words; j++) {
      int weight = sc + 2 * sc * j;
      if (!force_one(mode, p->rows, p->columns, weight)) mode->first |= bit(weight);
      mode->result_flip |= bit(2 * sc * (j + 1) - 1);
    }
  }
  mode->first &= mask;
}

/* Mode k of a Booth multiplier: row i weighs 4^i and sees multiplicand bits [low, high).  Sum-together rows stay in one
 * sum; sum-apart rows are confined to their lane, and only the top lane needs constants for its signs. */
static void plan_booth(multiplier_plan *p, int k, uint64_t mask)
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
    if (2 * i + n + 1 < 64) row->flip |= bit(2 * i + n + 1) & mask; /* the constant one above the sign */
    if (p->join == JOIN_APART && words > 1) {
      uint64_t lane = span(2 * s * block, 2 * s * (block + 1));
      row->negate_at = 2 * i + row->low;
      row->keep &= lane & span(row->negate_at, 64);
      if (block < words - 1) row->flip = 0;
      row->flip &= lane;
    }
  }
  int top_word = p->join == JOIN_APART ? words - 1 : 0;
  mode->last = bit(n + 2 * top_word * rows_per_word) & mask;
  if (n + 2 * p->rows < p->width) mode->last |= span(n + 2 * p->rows, p->width);
  if (p->join == JOIN_APART)
    for (int j = 1; j < words; j++)
      mode->cut |= bit(2 * s * j);
}

const multiplier_plan *multiplier_plan_new(qy_multiplier kind, multiplier_join join, bool is_signed, int wa, int wb,
                                           int width, qy_arena *arena)
{
  int modes = join == JOIN_PLAIN ? 1 : multiplier_modes(wa);
  multiplier_plan *p = qy_arena_alloc(arena, 1, sizeof *p + (size_t)modes * sizeof p->mode[0]);
  if (!p) return NULL;
  p->kind = kind;
  p->join = join;
  p->is_signed = is_signed;
  p->width = width;
  p->modes = modes;
  bool booth = kind == QY_MULTIPLIER_BOOTH;
  /* Fewer columns in an array; fewer rows in a Booth multiplier. */
  p->swapped = booth ? wa < wb : wa > wb;
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
    p->first_live |= mode->first;
    p->last_live |= mode->last;
  }
  return p;
}

/* The enables of the sub-word masks: per block distance d, the row operand gated for the column block d further on.
 * They are what the mode costs: one AND2 per row and distance. */
static void trace_masks(const multiplier_plan *p, int k, uint64_t rows_word, trace *t)
{
  int blocks = 1 << (p->modes - 1), size = p->lines / blocks, words = 1 << k, per_word = blocks / words;
  for (int d = 1; d < blocks; d++) {
    uint64_t open = 0;
    for (int rb = 0; rb < blocks; rb++) {
      int own = p->join == JOIN_TOGETHER ? blocks - 1 - rb : rb, cb = (own + d) % blocks;
      int row_word = rb / per_word, column_word = cb / per_word;
      bool kept = p->join == JOIN_TOGETHER ? row_word + column_word == words - 1 : row_word == column_word;
      if (kept) open |= span(rb * size, (rb + 1) * size);
    }
    trace_add(t, QY_AND2, rows_word & open);
  }
}

/* The running carry-save sum. */
typedef struct tree {
  sum_word sum, carry;
  uint64_t mask, cut;
  trace *t;
} tree;

static void tree_add(tree *r, const sum_word *row)
{
  carrysave(&r->sum, &r->carry, row, r->mask, r->cut, &r->sum, &r->carry, r->t);
}

static void run_array(const multiplier_plan *p, uint64_t a, uint64_t b, const multiplier_mode *mode, tree *r)
{
  bool fixed_first = p->modes == 1;
  sum_word first = {mode->first, fixed_first ? 0 : p->first_live, fixed_first ? p->first_live : 0};
  for (int i = 0; i < p->rows; i++) {
    const multiplier_row *row = &mode->row[i];
    uint64_t product = b >> i & 1 ? a << i : 0;
    sum_word word = {(product & row->keep) ^ row->flip, span(i, i + p->columns), 0};
    trace_add(r->t, QY_AND2, word.value);
    if (i == 0)
      r->sum = word, r->carry = first;
    else
      tree_add(r, &word);
  }
}

static void run_booth(const multiplier_plan *p, uint64_t a, uint64_t b, const multiplier_mode *mode, tree *r)
{
  int n = p->columns;
  /* An odd number of lines is made even by its sign. */
  uint64_t lines = b | (b >> (p->lines - 1) & 1 ? bit(p->lines) : 0);
  uint64_t ones = 0, twos = 0, negate_before = 0, before_live = 0;
  bool modal = p->modes > 1;
  for (int i = 0; i < p->rows; i++) {
    const multiplier_row *row = &mode->row[i];
    unsigned digit = (unsigned)(lines >> (2 * i)) & 3, behind = 0;
    if (i > 0 && !row->border) behind = (unsigned)(lines >> (2 * i - 1)) & 1;
    bool negate = digit >> 1, one = (digit & 1) != behind, two = !one && (digit >> 1) != behind;
    ones |= one ? bit(i) : 0;
    twos |= two ? bit(i) : 0;
    /* The multiplicand's part, its low side cleared, extended by its sign to n + 1 bits. */
    uint64_t x = a & span(row->low, row->high);
    if (x & bit(row->high - 1)) x |= span(row->high, n + 1);
    uint64_t single = one ? x : 0, twice = two ? (x << 1) & span(0, n + 1) : 0;
    uint64_t chosen = (single | twice) ^ (negate ? span(0, n + 1) : 0);
    trace_add(r->t, QY_AND2, single);
    trace_add(r->t, QY_AND2, twice);
    trace_add(r->t, QY_OR2, single | twice);
    trace_add(r->t, QY_XOR2, chosen);
    uint64_t value = (chosen << (2 * i) & row->keep) ^ row->flip;
    uint64_t live = span(2 * i, 2 * i + n + 1) & r->mask, fixed = 0;
    if (2 * i + n + 1 < 64) *(modal ? &live : &fixed) |= bit(2 * i + n + 1) & r->mask;
    sum_word word = {value | negate_before, live | before_live, fixed};
    if (i == 0)
      r->sum = word, r->carry = (sum_word){0};
    else
      tree_add(r, &word);
    negate_before = negate ? bit(row->negate_at) & r->mask : 0;
    before_live = bit(2 * i) & r->mask;
  }
  trace_add(r->t, QY_XOR2, ones);
  trace_add(r->t, QY_AOI21, twos);
  sum_word rest = {negate_before, before_live, 0};
  uint64_t constant = mode->last;
  if (modal)
    rest.live |= p->last_live;
  else
    rest.fixed |= constant;
  rest.value |= constant;
  tree_add(r, &rest);
}

uint64_t multiplier_run(const multiplier_plan *p, uint64_t a, uint64_t b, uint64_t mode_word, uint64_t addend,
                        bool has_addend, trace *t)
{
  int k = mode_word >= (uint64_t)p->modes ? p->modes - 1 : (int)mode_word;
  const multiplier_mode *mode = &p->mode[k];
  uint64_t x = p->swapped ? b : a, y = p->swapped ? a : b;
  tree r = {.mask = span(0, p->width), .cut = mode->cut, .t = t};
  if (t && p->modes > 1) trace_masks(p, k, y, t);
  bool booth = p->kind == QY_MULTIPLIER_BOOTH;
  if (booth)
    run_booth(p, x, y, mode, &r);
  else
    run_array(p, x, y, mode, &r);
  if (!booth) {
    /* These constants fall into gaps of the carry word. */
    bool modal = p->modes > 1;
    r.carry.value |= mode->last;
    *(modal ? &r.carry.live : &r.carry.fixed) |= p->last_live;
  }
  if (has_addend) {
    sum_word extra = {addend & r.mask, r.mask, 0};
    tree_add(&r, &extra);
  }
  uint64_t sum = carrysave_finish(&r.sum, &r.carry, r.mask, r.cut, t) ^ mode->result_flip;
  if (p->join != JOIN_TOGETHER) return sum;
  uint64_t field = sum >> mode->field_low & span(0, mode->field_width);
  if (p->is_signed && (field & bit(mode->field_width - 1))) field |= span(mode->field_width, p->width);
  /* The alignment multiplexers: the last mode's field against the middle one's, then against the full product. */
  for (int i = p->modes - 1; t && i > 0; i--) {
    const multiplier_mode *middle = &p->mode[i > 1 ? 1 : 0];
    bool chosen = k >= i || i == 1;
    uint64_t word = chosen ? field : sum >> middle->field_low;
    trace_add(t, QY_MUX2, word & span(0, middle->field_width));
  }
  return field;
}
