/* Row-level multipliers: see multiplier.h. */
#include "multiplier.h"

#include "graph.h"

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
  }
  return p;
}

/* Products, inverted where Baugh and Wooley want it, forced to one where a mode needs constants. */
static int array_words(const multiplier_layout *p, uint64_t columns, uint64_t lines, const multiplier_mode *mode,
                       uint64_t *word)
{
  for (int i = 0; i < p->rows; i++) {
    uint64_t product = lines >> i & 1 ? columns << i : 0;
    word[i] = (product & mode->row[i].keep) ^ mode->row[i].flip;
  }
  word[p->rows] = mode->constant;
  return p->rows + 1;
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

static int booth_words(const multiplier_layout *p, uint64_t a, uint64_t b, const multiplier_mode *mode, uint64_t *word,
                       uint64_t *selected)
{
  int n = p->columns;
  uint64_t mask = span(0, p->width), all = span(0, n + 1);
  /* An odd number of lines is made even by its sign. */
  uint64_t lines = b | (b >> (p->lines - 1) & 1 ? bit(p->lines) : 0), last = mode->constant;
  for (int i = 0; i < p->rows; i++) {
    const multiplier_row *row = &mode->row[i];
    digit d = recode(lines, i, row->border);
    uint64_t x = multiplicand(row, a, n);
    uint64_t chosen = (d.one ? x : 0) | (d.two ? (x << 1) & all : 0);
    if (selected) selected[i] = chosen << (2 * i) & mask;
    word[i] = ((chosen ^ (d.negate ? all : 0)) << (2 * i) & row->keep) ^ row->flip;
    if (d.negate) last += bit(row->negate_at) & mask;
  }
  word[p->rows] = last;
  return p->rows + 1;
}

static const multiplier_mode *mode_of(const multiplier_layout *p, uint64_t mode_word)
{
  return &p->mode[mode_word >= (uint64_t)p->modes ? p->modes - 1 : (int)mode_word];
}

int multiplier_rows(const multiplier_layout *p, uint64_t a, uint64_t b, uint64_t mode_word, uint64_t *word,
                    uint64_t *selected)
{
  const multiplier_mode *mode = mode_of(p, mode_word);
  uint64_t columns = p->swapped ? b : a, lines = p->swapped ? a : b;
  if (p->kind == QY_MULTIPLIER_BOOTH) return booth_words(p, columns, lines, mode, word, selected);
  return array_words(p, columns, lines, mode, word);
}

/* Sum in lanes: no carry goes into the positions of `stop`. */
static uint64_t sum_of(const uint64_t *word, int count, uint64_t stop)
{
  uint64_t sum = 0, top = stop >> 1;
  for (int i = 0; i < count; i++) /* the lanes without their top bits, then those without carry */
    sum = ((sum & ~top) + (word[i] & ~top)) ^ ((sum ^ word[i]) & top);
  return sum;
}

/* Rows of one product add up to it, and the product is known without them; Booth's operands are signed. */
static uint64_t plain_product(const multiplier_layout *p, uint64_t a, uint64_t b)
{
  const bool is_signed = p->is_signed || p->kind == QY_MULTIPLIER_BOOTH;
  return word_extend(a, p->swapped ? p->lines : p->columns, is_signed) *
         word_extend(b, p->swapped ? p->columns : p->lines, is_signed);
}

uint64_t multiplier_run(const multiplier_layout *p, uint64_t a, uint64_t b, uint64_t mode_word, uint64_t addend)
{
  const multiplier_mode *mode = mode_of(p, mode_word);
  uint64_t mask = span(0, p->width), word[ROWS_MAX + 2];
  if (p->join == JOIN_PLAIN) return (plain_product(p, a, b) + addend) & mask;
  int count = multiplier_rows(p, a, b, mode_word, word, NULL);
  word[count++] = addend;
  uint64_t sum = (sum_of(word, count, mode->carry_stop) & mask) ^ mode->result_flip;
  if (p->join != JOIN_TOGETHER) return sum;
  uint64_t field = sum >> mode->field_low & span(0, mode->field_width);
  if (p->is_signed && (field & bit(mode->field_width - 1))) field |= span(mode->field_width, p->width);
  return field;
}
