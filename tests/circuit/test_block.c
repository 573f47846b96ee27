/* Toggles of operators that are counted as a whole, beside their cells written out one cycle after the other; the
 * written cells must compute what the operator is for.
 */
#include "../../src/circuit/operators.h"
#include "random.h"
#include "tap.h"
#include "words.h"

enum { CYCLES = 64, CELLS_MAX = 2048 };

static uint64_t state = 17;

/* What the cells give in one cycle. */
typedef struct cells {
  int bit[CELLS_MAX], count;
} cells;

static int cell(cells *c, int value)
{
  return c->bit[c->count++] = value;
}

static int bit_of(uint64_t word, int j, int width, bool is_signed)
{
  return j < width ? (int)(word >> j & 1) : is_signed ? (int)(word >> (width - 1) & 1) : 0;
}

/* a - b bit by bit; returns whether a >= b. */
static int less_cells(cells *c, const node *n, uint64_t a, uint64_t b)
{
  const int wa = n->in_width[0], wb = n->in_width[1], wide = wa > wb ? wa : wb;
  const bool s = n->shape.is_signed;
  int carry = 1;
  for (int j = 0; j < wide; j++) {
    int x = bit_of(a, j, wa, s), y = bit_of(b, j, wb, s);
    if (s && j == wide - 1) { /* the sign weighs the other way */
      const int t = x;
      x = y;
      y = t;
    }
    const int inverse = cell(c, !y), both = cell(c, x & inverse), passed = cell(c, (x | inverse) & carry);
    carry = cell(c, both | passed);
  }
  return carry;
}

/* Neighbours meet pair by pair: is there a one, and in which of them; returns the place. */
static int leading_cells(cells *c, uint64_t word, int width)
{
  int any[64], place[64];
  for (int i = 0; i < width; i++)
    any[i] = (int)(word >> i & 1), place[i] = 0;
  for (int level = 0, count = width; count > 1; level++) {
    int made = 0;
    for (int i = 0; i + 1 < count; i += 2, made++) {
      int here = any[i + 1] << level;
      for (int k = 0; k < level; k++)
        here |= cell(c, (any[i + 1] ? place[i + 1] : place[i]) >> k & 1) << k;
      any[made] = cell(c, any[i] | any[i + 1]);
      place[made] = here;
    }
    if (count % 2) any[made] = any[count - 1], place[made] = place[count - 1], made++;
    count = made;
  }
  return place[0];
}

/* A tree of selections above constants; equal halves of a table need none.  Returns bit k of the entry. */
static int table_cells(cells *c, const uint64_t *table, int bits, int k, uint64_t address)
{
  if (bits == 1) return (int)(table[address & 1] >> k & 1);
  const int half = 1 << (bits - 1);
  bool same = true;
  for (int i = 0; i < half; i++)
    same = same && (table[i] >> k & 1) == (table[half + i] >> k & 1);
  const int low_half = table_cells(c, table, bits - 1, k, address);
  const int high_half = table_cells(c, table + half, bits - 1, k, address);
  return same ? low_half : cell(c, (address >> (bits - 1) & 1) ? high_half : low_half);
}

/* The bit that decides is added to what is kept, then every bit of the result passes two gates. */
static void round_cells(cells *c, const node *n, uint64_t a, uint64_t result)
{
  const int drop = n->shape.drop, kept = n->shape.a - drop;
  int carry = drop > 0 ? (int)(a >> (drop - 1) & 1) : 0;
  for (int j = 0; j < kept && drop > 0; j++) {
    const int x = (int)(a >> (drop + j) & 1);
    cell(c, x ^ carry);
    carry = cell(c, x & carry);
  }
  for (int k = 0; k < n->shape.width; k++) {
    cell(c, (int)(result >> k & 1));
    cell(c, (int)(result >> k & 1));
  }
}

static void lanes_of(uint64_t lane[64], const uint64_t *word)
{
  for (int j = 0; j < 64; j++) {
    lane[j] = 0;
    for (int t = 0; t < CYCLES; t++)
      lane[j] |= (word[t] >> j & 1) << t;
  }
}

/* Toggles a cell in the first `moves` cycles; weight: outputs that the operator counts as one cell. */
static double toggles_of(const cells *c, int moves, double count)
{
  long toggles = 0;
  for (int t = 0; t < moves; t++)
    for (int i = 0; i < c[t].count; i++)
      toggles += c[t].bit[i] != c[t + 1].bit[i];
  return count > 0 ? (double)toggles / count : 0;
}

typedef double block_of(const node *n, const uint64_t *const *in, const uint64_t *out, uint64_t moves);

/* A node's words in all cycles; what is expected with all moves, and with a few. */
static void compare(block_of *block, const node *n, const cells *c, double count, uint64_t in[2][CYCLES],
                    const uint64_t *out, const char *what)
{
  uint64_t lane[3][64];
  lanes_of(lane[0], in[0]);
  lanes_of(lane[1], in[1]);
  lanes_of(lane[2], out);
  const uint64_t *const lanes[] = {lane[0], lane[1]};
  for (int moves = 63; moves > 0; moves -= 31)
    near_abs(block(n, lanes, lane[2], low(~UINT64_C(0), moves)), toggles_of(c, moves, count), 1e-9, what);
}

static void comparisons(void)
{
  static cells c[CYCLES];
  for (int wa = 1; wa <= 9; wa += 4)
    for (int wb = 1; wb <= 9; wb += 4)
      for (int s = 0; s <= 1; s++) {
        int width[] = {wa, wb}, wrong = 0;
        uint64_t in[2][CYCLES], out[CYCLES] = {0};
        const node n = {.in_width = width, .shape = {.a = wa, .b = wb, .is_signed = s}};
        for (int t = 0; t < CYCLES; t++) {
          in[0][t] = low(random_bits(&state), wa);
          in[1][t] = low(random_bits(&state), wb);
          c[t].count = 0;
          const int64_t a = (int64_t)word_extend(in[0][t], wa, s), b = (int64_t)word_extend(in[1][t], wb, s);
          wrong += less_cells(&c[t], &n, in[0][t], in[1][t]) != (a >= b);
        }
        is_int(wrong, 0, "the carry says whether a < b");
        compare(block_less, &n, c, 4 * (wa > wb ? wa : wb), in, out, "less");
      }
}

static void encoders(void)
{
  static cells c[CYCLES];
  static const int widths[] = {1, 2, 3, 5, 8, 11, 33, 64};
  for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
    int width[] = {widths[w]}, wrong = 0;
    uint64_t in[2][CYCLES] = {{0}}, out[CYCLES] = {0};
    const node n = {.in_width = width, .shape = {.a = widths[w]}};
    for (int t = 0; t < CYCLES; t++) {
      in[0][t] = low(random_bits(&state), widths[w]) >> random_below(&state, (size_t)widths[w]);
      c[t].count = 0;
      wrong += leading_cells(&c[t], in[0][t], widths[w]) != (in[0][t] ? 63 - __builtin_clzll(in[0][t]) : 0);
    }
    is_int(wrong, 0, "the place of the highest one");
    compare(block_leading_one, &n, c, c[0].count, in, out, "leading one");
  }
}

static void truth_tables(void)
{
  static cells c[CYCLES];
  for (int bits = 1; bits <= 5; bits++)
    for (int width = 1; width <= 7; width += 3) {
      uint64_t table[64], in[2][CYCLES] = {{0}}, out[CYCLES] = {0};
      int in_width[] = {bits}, wrong = 0;
      for (int i = 0; i < 64; i++) /* beyond the table stands something else */
        table[i] = low(random_bits(&state) | (i & 4 ? 1 : 0), width);
      const node n = {.in_width = in_width, .shape = {.a = bits, .width = width, .table = table}};
      for (int t = 0; t < CYCLES; t++) {
        in[0][t] = t < 32 ? low((uint64_t)t, bits) : low(random_bits(&state), bits); /* every address */
        c[t].count = 0;
        for (int k = 0; k < width; k++)
          wrong += table_cells(&c[t], table, bits, k, in[0][t]) != (int)(table[in[0][t]] >> k & 1);
      }
      is_int(wrong, 0, "the tree of selections gives the entry");
      compare(block_truth_table, &n, c, c[0].count, in, out, "truth table");
    }
}

static void roundings(void)
{
  static cells c[CYCLES];
  static const struct {
    int a, drop, width;
  } row[] = {{12, 4, 6}, {12, 4, 8}, {8, 0, 5}, {9, 8, 1}, {20, 1, 9}};
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    int width[] = {row[r].a};
    uint64_t in[2][CYCLES] = {{0}}, out[CYCLES];
    const node n = {.in_width = width, .shape = {.a = row[r].a, .drop = row[r].drop, .width = row[r].width}};
    for (int t = 0; t < CYCLES; t++) {
      in[0][t] = low(random_bits(&state), row[r].a);
      out[t] = low(random_bits(&state), row[r].width);
      c[t].count = 0;
      round_cells(&c[t], &n, in[0][t], out[t]);
    }
    /* sum and carry are one cell */
    const int adders = row[r].drop > 0 ? row[r].a - row[r].drop : 0;
    compare(block_round_saturate, &n, c, 2 * row[r].width + adders, in, out, "rounding");
  }
}

/* Above the product, the bits of the result. */
static void sums(void)
{
  static cells c[CYCLES];
  for (int width = 8; width <= 14; width += 3) {
    int in_width[] = {4, 4, width};
    uint64_t in[2][CYCLES] = {{0}}, out[CYCLES];
    const node n = {.in_width = in_width, .shape = {.a = 4, .b = 4, .c = width, .width = width}};
    for (int t = 0; t < CYCLES; t++) {
      out[t] = low(random_bits(&state), width);
      c[t].count = 0;
      for (int j = 8; j < width; j++)
        cell(&c[t], (int)(out[t] >> j & 1));
    }
    compare(block_multiply_add, &n, c, width - 8, in, out, "multiply and add");
  }
}

int main(void)
{
  comparisons();
  encoders();
  truth_tables();
  roundings();
  sums();
  return done();
}
