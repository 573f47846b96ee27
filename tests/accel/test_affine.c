/* Affine activations (accelerator.h): the corrected sums of integers equal those of the values that they stand for, in
 * plain integers and in the circuits of an element and of the adder behind it. */
#include "../../src/accel/circuits.h"

#include "layer.h"
#include "tap.h"

enum { BITS = 8, ACCUMULATOR_BITS = 24, SIDE = 7, CHANNELS = 3, TAPS_MAX = 3 };

static uint32_t seed = 2031;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

/* A layer's map, and its weights [output][channel][row][column]. */
typedef struct data {
  int q[CHANNELS][SIDE][SIDE], w[CHANNELS][CHANNELS][TAPS_MAX][TAPS_MAX];
} data;

static void fill(data *d)
{
  for (int c = 0; c < CHANNELS; c++)
    for (int y = 0; y < SIDE; y++)
      for (int x = 0; x < SIDE; x++)
        d->q[c][y][x] = (int)random_in(-128, 127);
  for (int o = 0; o < CHANNELS; o++)
    for (int c = 0; c < CHANNELS; c++)
      for (int y = 0; y < TAPS_MAX; y++)
        for (int x = 0; x < TAPS_MAX; x++)
          d->w[o][c][y][x] = (int)random_in(-127, 127);
}

/* One result: the products' sum of what `value` makes of each integer; outside the map there is `outside`. */
static int64_t sum_at(const data *d, const qy_layer *l, int output, int64_t row, int64_t column, int zero, int outside)
{
  int64_t sum = 0;
  for (int c = 0; c < CHANNELS; c++)
    for (int64_t i = 0; i < l->kernel_h; i++)
      for (int64_t j = 0; j < l->kernel_w; j++) {
        const int64_t y = row * l->stride_h + i * l->dilation_h - l->pad_top,
                      x = column * l->stride_w + j * l->dilation_w - l->pad_left;
        const int inside = y >= 0 && y < l->in_h && x >= 0 && x < l->in_w;
        sum += (int64_t)d->w[output][c][i][j] * ((inside ? d->q[c][y][x] : outside) - zero);
      }
  return sum;
}

static int64_t weight_sum(const data *d, const qy_layer *l, int output)
{
  int64_t sum = 0;
  for (int c = 0; c < CHANNELS; c++)
    for (int64_t i = 0; i < l->kernel_h; i++)
      for (int64_t j = 0; j < l->kernel_w; j++)
        sum += d->w[output][c][i][j];
  return sum;
}

/* All zero points of 8 bits on random windows: padding by the zero point, whose value is 0, and one correction for all
 * results of a channel.  Padding by the integer 0 would be wrong at the edges. */
static void window_tests(void)
{
  enum { LAYERS = 40 };
  int wrong = 0, edges = 0, padded = 0;
  for (int k = 0; k < LAYERS; k++) {
    static data d;
    fill(&d);
    qy_layer l = make_layer(SIDE, SIDE, CHANNELS, CHANNELS, random_in(1, TAPS_MAX), random_in(1, TAPS_MAX), 1, 0, 1);
    vary_window(&l, random_in);
    padded += l.pad_top > 0 || l.pad_left > 0;
    for (int zero = -128; zero <= 127; zero++)
      for (int o = 0; o < CHANNELS; o++) {
        const int64_t correction = -zero * weight_sum(&d, &l, o);
        for (int64_t y = 0; y < l.out_h; y++)
          for (int64_t x = 0; x < l.out_w; x++) {
            const int64_t real = sum_at(&d, &l, o, y, x, zero, zero);
            wrong += sum_at(&d, &l, o, y, x, 0, zero) + correction != real;
            edges += sum_at(&d, &l, o, y, x, 0, 0) + correction != real;
          }
      }
  }
  is_int(wrong, 0, "sum w q - z sum w is sum w (q - z), padded by z, for all z");
  ok(padded > 0 && edges > 0, "padding by 0 is not (%d results)", edges);
}

/* ---- circuits ---- */

enum { WORDS_MAX = 4096, PORTS_MAX = 16 };

typedef struct bench {
  const qy_circuit *circuit;
  uint64_t in[PORTS_MAX], out[PORTS_MAX], state[WORDS_MAX], scratch[WORDS_MAX];
} bench;

static int begin(bench *b, const qy_circuit *c)
{
  memset(b, 0, sizeof *b);
  b->circuit = c;
  return qy_circuit_inputs(c) <= PORTS_MAX && qy_circuit_outputs(c) <= PORTS_MAX &&
         qy_circuit_state_words(c) <= WORDS_MAX && qy_circuit_scratch_words(c) <= WORDS_MAX;
}

static void set(bench *b, const char *name, int64_t value)
{
  for (int i = 0; i < qy_circuit_inputs(b->circuit); i++)
    if (strcmp(qy_circuit_input_name(b->circuit, i), name) == 0) b->in[i] = (uint64_t)value;
}

static void clock_edge(bench *b)
{
  qy_simulate(b->circuit, b->in, b->state, b->out, b->scratch);
}

static int64_t output(const bench *b)
{
  const uint64_t sign = UINT64_C(1) << (ACCUMULATOR_BITS - 1), word = b->out[0] & (2 * sign - 1);
  return (int64_t)(word ^ sign) - (int64_t)sign;
}

/* An element adds up w q, the adder takes in bias - z sum w: it shows sum w (q - z) + bias. */
static void circuit_tests(qy_arena *arena)
{
  enum { SUMS = 400, TAPS = 9, MIDDLE = 5000 };
  static bench mac, adder;
  const qy_pe_params asked = {.kind = QY_PE_MAC, .bits = BITS, .accumulator_bits = ACCUMULATOR_BITS};
  qy_pe pe;
  qy_circuit *c = NULL;
  if (!ok(!qy_pe_build(&pe, &asked, arena, NULL) && !circuit_of_role(&c, QY_ROLE_ADDER, &pe, arena, NULL) &&
              begin(&mac, pe.circuit) && begin(&adder, c),
          "an element and the adder behind it"))
    return;
  int wrong = 0;
  for (int k = 0; k < SUMS; k++) {
    const int zero = k < 2 ? (k ? 127 : -128) : (int)random_in(-128, 127), bias = (int)random_in(-MIDDLE, MIDDLE);
    int64_t real = bias, weights = 0;
    for (int t = 0; t < TAPS; t++) {
      const int q = k < 2 ? (k ? -128 : 127) : (int)random_in(-128, 127), w = (int)random_in(-127, 127);
      real += (int64_t)w * (q - zero);
      weights += w;
      set(&mac, "x", q);
      set(&mac, "w", w);
      set(&mac, "clear", t == 0);
      clock_edge(&mac);
    }
    set(&mac, "x", 0);
    set(&mac, "clear", 0);
    for (int t = 0; t < pe.latency; t++)
      clock_edge(&mac);
    set(&adder, "a", output(&mac));
    set(&adder, "b", bias - zero * weights);
    clock_edge(&adder);
    clock_edge(&adder);
    wrong += output(&adder) != real;
  }
  is_int(wrong, 0, "400 sums through the circuits: bias and correction in one addition");
}

/* Requantization floor((m s + 2^(n-1)) / 2^n) + z of a sum s, m and n the scale: z is added before the shift. */
static void output_tests(void)
{
  enum { SHIFT = 15, SUM = 1 << 20 };
  int wrong = 0;
  for (int k = 0; k < SUM / 64; k++) {
    const int64_t s = random_in(-SUM, SUM), m = random_in(1, 32767), zero = random_in(-128, 127);
    const int64_t half = INT64_C(1) << (SHIFT - 1), folded = half + zero * (INT64_C(1) << SHIFT);
    const int64_t apart = (int64_t)floor((double)(m * s + half) / (1 << SHIFT)) + zero;
    wrong += (int64_t)floor((double)(m * s + folded) / (1 << SHIFT)) != apart;
  }
  is_int(wrong, 0, "the output's zero point folds into the constant that the requantizer rounds with");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  window_tests();
  output_tests();
  if (arena) circuit_tests(arena);
  qy_arena_free(arena);
  return done();
}
