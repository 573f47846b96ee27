/* Small models run in real numbers and in codes of 3 bits, by hand from onnx_signal.h.  Weights are 0 and one other
 * size, which every format has; inputs say how they are rounded: without sign to 0..7 steps of a seventh of the
 * largest, with one to -3..3 of a third. */
#include "quarry/onnx_signal.h"

#include "onnx_memory.h"

static qy_arena *arena;

enum { VALUES = 64, BITS = 3 };

typedef struct row {
  const char *what, *model, *input;
  const char *output; /* of the network of codes; or the error */
  const char *real;   /* in real numbers */
  const char *layers; /* those with weights */
} row;

static size_t numbers_of(double *to, const char *text)
{
  size_t count = 0;
  char *end = NULL;
  for (const char *p = text; *p; p = end, count++) {
    to[count] = strtod(p, &end);
    if (end == p) break;
  }
  return count;
}

static double noise_db(const double *x, const double *q, size_t count)
{
  double signal = 0, noise = 0;
  for (size_t i = 0; i < count; i++) {
    signal += x[i] * x[i];
    noise += (x[i] - q[i]) * (x[i] - q[i]);
  }
  return noise > 0 ? 10 * log10(signal / noise) : INFINITY;
}

static bool near_all(const double *got, const double *expected, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (!(fabs(got[i] - expected[i]) <= 1e-5 * fmax(1, fabs(expected[i])))) return false;
  return true;
}

static memory_tally memory;

static qy_status again(const void *row_of, const qy_onnx *onnx, double *answer, qy_arena *a, qy_error *err)
{
  static const qy_onnx_limits limits = {1, 1};
  const row *r = row_of;
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, 4);
  double input[VALUES];
  qy_onnx_signals s = {0};
  const qy_status status =
      qy_onnx_measure(&s, onnx, input, numbers_of(input, r->input), &number, BITS, &limits, a, err);
  for (size_t i = 0; !status && i < s.output_count; i++)
    *answer = onnx_memory_sum(*answer, s.output[i].value, s.output[i].count);
  for (size_t i = 0; !status && i < s.count; i++)
    if (isfinite(s.layer[i].output_db)) *answer += s.layer[i].output_db;
  return status;
}

static void check(const row *r)
{
  static const qy_onnx_options options = {.batch = 1};
  static const qy_onnx_limits limits = {1, 1};
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, 4);
  double input[VALUES], output[VALUES], real[VALUES];
  char layers[200] = "";
  qy_onnx_signals s = {0};
  qy_error err = {0};
  qy_arena_reset(arena);
  const size_t count = numbers_of(input, r->input);
  qy_onnx *onnx = onnx_text_read("made.onnx", r->model, &options, arena, &err);
  const bool good = onnx && qy_onnx_measure(&s, onnx, input, count, &number, BITS, &limits, arena, &err) == QY_OK;
  if (!r->real) {
    is_text(good ? "measured" : onnx_text_said(&err, "made.onnx"), r->output, r->what);
    qy_onnx_free(onnx);
    return;
  }
  const size_t outputs = numbers_of(output, r->output);
  const double db = good ? noise_db(real, output, numbers_of(real, r->real)) : 0;
  const bool same = good && s.output[0].count == outputs && near_all(s.output[0].value, output, outputs);
  ok(same && (isinf(db) ? s.output_db > 100 : fabs(s.output_db - db) < 0.01), "%s: %g dB, expected %g", r->what,
     s.output_db, db);
  for (size_t i = 0; good && !same && i < s.output[0].count; i++)
    printf("# %.7g\n", s.output[0].value[i]);
  if (!good) printf("# %s\n", err.count > 0 ? err.diagnostic[0].text : "no model");
  for (size_t i = 0; good && i < s.count; i++)
    snprintf(layers + strlen(layers), sizeof layers - strlen(layers), "%s%s%s", i ? " " : "", s.layer[i].layer,
             s.layer[i].weight_db > 100 ? "" : "!");
  if (r->layers) is_text(layers, r->layers, "its layers, no noise in their weights");
  qy_onnx_free(onnx);
  if (good) onnx_memory_try(&memory, "made.onnx", r->model, again, r);
}

#define ROW "in x 1,4\n"
#define TO  "w f32 4,2 = 1 0 1 0 0 1 0 1\n"
#define MAP "in x 1,1,2,3\n"
#define ONE "w f32 1,1,1,1 = 1\na = Conv x w\n"

static const row rows[] = {
    {"without sign", ROW TO "y = MatMul x w", "0.4 1.6 2.5 7", "2 9", "2 9.5", "y"},
    {"halves to even", ROW TO "y = MatMul x w", "0.5 1.5 2.5 7", "2 9", "2 9.5", "y"},
    {"with a sign", ROW TO "y = MatMul x w", "-3 1.4 1.6 -0.6", "-2 1", "-1.6 1", "y"},
    {"steps of another size", ROW TO "y = MatMul x w", "0 1.1 0.7 14", "2 14", "1.1 14.7", "y"},
    {"nothing but 0", ROW TO "y = MatMul x w", "0", "0 0", "0 0", "y"},
    {"half of all weights", ROW "w f32 4,2 = 0.5 0 0.5 0 0 -0.5 0 -0.5\ny = MatMul x w", "0.4 1.6 2.5 7", "1 -4.5",
     "1 -4.75", "y"},
    {"no weight but 0", ROW "w f32 4,2 = 0\nc f32 2 = 3 4\ny = Gemm x w c", "1 2 3 7", "3 4", "3 4", "y"},
    {"rows of weights", ROW "w f32 2,4 = 1 1 0 0 0 0 1 1\ny = Gemm x w : transB=1", "0.4 1.6 2.5 7", "2 9", "2 9.5",
     "y"},
    {"a bias", ROW TO "c f32 2 = 3 -4\ny = Gemm x w c", "0.4 1.6 2.5 7", "5 5", "5 5.5", "y"},
    {"one for all, with factors", ROW TO "c f32 = 3\ny = Gemm x w c : alpha=~2 beta=~2", "0.4 1.6 2.5 7", "10 24",
     "10 25", "y"},
    {"a bias of each row", "in x 2,2\nw f32 2,2 = 1 0 0 1\nc f32 2,1 = 1 2\ny = Gemm x w c", "0.4 1.6 2.6 7", "1 3 5 9",
     "1.4 2.6 4.6 9", "y"},
    {"a bias by itself", ROW TO "c f32 2 = 3 -4\na = MatMul x w\ny = Add a c", "0.4 1.6 2.5 7", "5 5", "5 5.5", "a"},
    {"one number", ROW TO "c f32 = 3\na = MatMul x w\ny = Add a c", "0.4 1.6 2.5 7", "5 12", "5 12.5", "a"},
    {"from the left", ROW TO "c f32 1,2 = 3 -4\na = MatMul x w\ny = Add c a", "0.4 1.6 2.5 7", "5 5", "5 5.5", "a"},
    {"an input turned", "in x 4,1\n" TO "y = Gemm x w : transA=1", "0.4 1.6 2.5 7", "2 9", "2 9.5", "y"},
    {"of two rows", "in x 2,2\nw f32 2,1 = 1 1\ny = Gemm x w : transA=1", "0.4 1.6 2.6 7", "3 9", "3 8.6", "y"},
    {"weights on the left", "in x 4,2\nw f32 2,4 = 1 1 0 0 0 0 1 1\ny = MatMul w x", "0 0.4 1.6 2.6 7 1 0 1", "2 3 7 2",
     "1.6 3 7 2", "y"},
    {"of two matrices", "in x 2,2,1\nw f32 1,2 = 1 1\ny = MatMul w x", "0.4 1.6 2.6 7", "2 10", "2 9.6", "y"},
    {"of a vector", "in x 4\nw f32 2,4 = 1 1 0 0 0 0 1 1\ny = MatMul w x", "0.4 1.6 2.5 7", "2 9", "2 9.5", "y"},
    {"a convolution", MAP "w f32 2,1,1,2 = 1 1 0 1\nc f32 2 = 1 -1\ny = Conv x w c", "0.4 1.6 2.6 7 1 0",
     "3 6 9 2 1 2 0 -1", "3 5.2 9 2 0.6 1.6 0 -1", "y"},
    {"one bias for all", MAP "w f32 2,1,1,2 = 1 1 0 1\nc f32 1 = 3\ny = Conv x w c", "0.4 1.6 2.6 7 1 0",
     "5 8 11 4 5 6 4 3", "5 7.2 11 4 4.6 5.6 4 3", "y"},
    {"of groups, strides and padding",
     "in x 1,2,1,3\nw f32 2,1,1,2 = 1 0 0 1\ny = Conv x w : group=2 strides=[1,2] pads=[0,1,0,0]", "0.4 1.6 2.6 7 1 0",
     "0 2 7 0", "0 1.6 7 0", "y"},
    {"dilated", "in x 1,1,3,1\nw f32 1,1,2,1 = 1 1\ny = Conv x w : dilations=[2,1]", "0.4 1.6 7", "7", "7.4", "y"},
    {"of a line, two images", "in x 2,1,3\nw f32 1,1,2 = 1 1\ny = Conv x w", "0.4 1.6 2.6 7 1 0", "2 5 8 1",
     "2 4.2 8 1", "y"},
    /* a = 4 / sqrt(3 + 1) = 2: (x + 1 - 2) 2 + 6 */
    {"a normalization behind it",
     MAP "w f32 1,1,1,1 = 1\nb f32 1 = 1\ns f32 1 = 4\no f32 1 = 6\nm f32 1 = 2\nv f32 1 = 3\n"
         "a = Conv x w b\ny = BatchNormalization a s o m v : epsilon=~1",
     "0.4 1.6 2.6 7 1 0", "4 8 10 18 6 4", "4.8 7.2 9.2 18 6 4", "a"},
    /* a = 4 / sqrt(3 + 1) = 8 / sqrt(15 + 1) = 2: (x + 1 - 2) 2 + 6, (x + 1 - 3) 2 + 10 */
    {"of two channels",
     "in x 1,1,1,2\nw f32 2,1,1,1 = 1\nb f32 2 = 1\ns f32 2 = 4 8\no f32 2 = 6 10\nm f32 2 = 2 3\nv f32 2 = 3 15\n"
     "a = Conv x w b\ny = BatchNormalization a s o m v : epsilon=~1",
     "7 2", "18 8 20 10", "18 8 20 10", "a"},
    {"of its usual epsilon",
     MAP "w f32 1,1,1,1 = 1\ns f32 1 = 4\no f32 1 = 0\nm f32 1 = 0\nv f32 1 = 0\n"
         "a = Conv x w\ny = BatchNormalization a s o m v",
     "7 0", "8854.377 0 8854.377 0 8854.377 0", "8854.377 0 8854.377 0 8854.377 0", "a"},
    {"Relu", MAP "w f32 1,1,1,1 = 1\nb f32 1 = -2\na = Conv x w b\ny = Relu a", "0.4 1.6 2.6 7 1 0", "0 0 1 5 0 0",
     "0 0 0.6 5 0 0", "a"},
    {"Clip", MAP "lo f32 = 1\nhi f32 = 6\n" ONE "y = Clip a lo hi", "0.4 1.6 2.6 7 1 0", "1 2 3 6 1 1",
     "1 1.6 2.6 6 1 1", "a"},
    {"the largest", MAP ONE "y = MaxPool a : kernel_shape=[2,2]", "0.4 1.6 2.6 7 1 0", "7 3", "7 2.6", "a"},
    {"means, of codes again", MAP ONE "y = AveragePool a : kernel_shape=[1,3]", "0.4 1.6 2.6 7 1 0",
     "1.6666667 2.6666667", "1.5333333 2.6666667", "a"},
    {"of all, in steps twice as large", MAP ONE "y = GlobalAveragePool a", "0.8 3.2 5.2 14 2 0", "4.3333333", "4.2",
     "a"},
    {"of all", MAP ONE "y = GlobalAveragePool a", "0.4 1.6 2.6 7 1 0", "2.1666667", "2.1", "a"},
    /* Steps of the real sums, whose largest is 14: of 2. */
    {"a sum of maps", MAP ONE "b = Conv x w\nc = Add a b\nv f32 1,1,1,1 = 1\ny = Conv c v", "0.4 1.6 2.6 7 1 0",
     "0 4 6 14 2 0", "0.8 3.2 5.2 14 2 0", "a b y"},
    {"another shape", MAP ONE "n i64 2 = 1 6\nr = Reshape a n\nf = Flatten r\nd = Dropout f\ny = Identity d",
     "0.4 1.6 2.6 7 1 0", "0 2 3 7 1 0", "0.4 1.6 2.6 7 1 0", "a"},
    {"a distribution at the end", ROW TO "a = MatMul x w\ny = Softmax a", "0.4 1.6 2.5 7", "2 9", "2 9.5", "a"},
    {"before it", ROW TO "a = MatMul x w\np = Softmax a\ny = Relu p", "1",
     "Softmax 'p': expected it at the end of the network", NULL, NULL},
    {"an operator that is not run", ROW TO "a = MatMul x w\ny = Tanh a", "1",
     "Tanh 'y': an operator that is not run in codes", NULL, NULL},
    {"weights that are computed", "in x 1,2\nv f32 2,2 = 1\nw = Exp v\ny = MatMul x w", "1",
     "MatMul 'y': expected weights in the file", NULL, NULL},
    {"two computed operands", "in x 2,2\ny = MatMul x x", "1",
     "MatMul 'y': expected an input times a matrix of weights", NULL, NULL},
    {"a matrix for each", "in x 2,1,2\nw f32 2,2,1 = 1\ny = MatMul x w", "1",
     "MatMul 'y': expected an input times a matrix of weights", NULL, NULL},
    {"a volume", "in x 1,1,2,2,2\nw f32 1,1,1,1,1 = 1\ny = Conv x w", "1", "Conv 'y': expected one or two dimensions",
     NULL, NULL},
    {"a layer that was left out", "in x 1,1,2,2\nw f32 1,1,3,1 = 1\ny = Conv x w\ninfo y 1,1,1,1", "1",
     "Conv 'y': left out: a kernel that covers 3 on an input of 2 with padding of 0 and 0", NULL, NULL},
    {"biases that are computed", "in x 1,1,1,1\nw f32 1,1,1,1 = 1\nv f32 1 = 1\nb = Exp v\ny = Conv x w b", "1",
     "Conv 'y': expected biases and statistics in the file", NULL, NULL},
    {"a matrix whose biases are computed", ROW TO "v f32 2 = 1\nb = Exp v\ny = Gemm x w b", "1",
     "Gemm 'y': expected biases and statistics in the file", NULL, NULL},
    {"biases without contents", ROW TO "b f32 2 = none\ny = Gemm x w b", "1",
     "Gemm 'y': expected biases and statistics in the file", NULL, NULL},
    {"biases of other channels", "in x 1,1,1,1\nw f32 3,1,1,1 = 1\nb f32 2 = 1\ny = Conv x w b", "1",
     "Conv 'y': expected one bias or statistic per channel", NULL, NULL},
    {"that do not stretch", ROW TO "c f32 3 = 1\ny = Gemm x w c", "1",
     "Gemm 'y': expected biases whose shape stretches to the output's", NULL, NULL},
    {"a constant that does not fit", ROW TO "c f32 3 = 1\na = MatMul x w\ny = Add a c\ninfo y 1,2", "1",
     "Add 'y': expected a constant that fits the map", NULL, NULL},
    {"a constant larger than the map", ROW TO "c f32 2,2 = 1\na = MatMul x w\ny = Add a c", "1",
     "Add 'y': expected a constant no larger than the map", NULL, NULL},
    {"maps of two sizes", MAP ONE "g = GlobalAveragePool a\ny = Add a g", "1",
     "Add 'y': expected two computed maps of one size", NULL, NULL},
    {"a row and a column", "in x 1,2\nw f32 2,2 = 1 0 0 1\na = MatMul x w\nn i64 2 = 2 1\nb = Reshape a n\ny = Add a b",
     "1", "Add 'y': expected two computed maps of one size", NULL, NULL},
    {"two inputs", "in x 1,2\nin z 1,2\ny = Add x z", "1", "expected a model with 1 input, found 2", NULL, NULL},
    {"an output of unknown size", "in x 1,2\ny = Own x", "1", "Own 'y': an operator that is not run in codes", NULL,
     NULL},
};

/* What a run takes, to the byte and the product: two products of each of 2 x 3 x 4, one for each network; two doubles
 * for each value that is held at once. */
static void test_limits(void)
{
  enum { HELD = 2 * 8 };
  static const qy_onnx_options options = {.batch = 1};
  static const double input[] = {1};
  static const struct {
    const char *model;
    double bytes, products;
    int64_t inputs;
  } run[] = {
      /* The input and the sums; the sums before rounding, codes of the input, six doubles a weight; both transposed. */
      {"in x 2,4\nw f32 4,3 = 1\ny = MatMul x w", HELD * (8 + 6) + HELD * 6 + 8 * 8 + 6 * 8 * 12 + HELD * (8 + 6), 48,
       8},
      /* Three maps of which two are there at once, with what is made and the codes of what is read beside them. */
      {"in x 1,4\na = Relu x\nb = Relu a\ny = Relu b", HELD * (4 + 4) + HELD * 4 + 8 * 4, 0, 4},
      /* One that is read once more stays. */
      {"in x 1,4\na = Relu x\nb = Relu a\ny = Add b x", HELD * (4 + 4 + 4) + HELD * 4 + 8 * 8, 0, 4},
  };
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, 4);
  for (size_t i = 0; i < sizeof run / sizeof *run; i++)
    for (int k = 0; k < 4; k++) {
      const double gib = run[i].bytes / (1024.0 * 1024 * 1024), products = run[i].products * 1e-9;
      const qy_onnx_limits limits = {k == 1 ? gib * 0.9995 : gib, k == 2 ? products * 0.999 : products};
      const bool enough = k != 1 && (k != 2 || run[i].products == 0);
      qy_onnx_signals s;
      qy_error err = {0};
      qy_arena_reset(arena);
      qy_onnx *onnx = onnx_text_read("made.onnx", run[i].model, &options, arena, &err);
      const qy_status status =
          onnx ? qy_onnx_measure(&s, onnx, input, 1, &number, BITS, &limits, arena, &err) : QY_SYSTEM;
      ok(status == (enough ? QY_OK : QY_BAD_INPUT), "limits of %g GiB and %g * 10^9: %s", limits.gib,
         limits.giga_products, err.count ? err.diagnostic[0].text : "enough");
      char said[200];
      snprintf(said, sizeof said,
               "expected a run of at most %g GiB and %g * 10^9 products (--limit), found %.3g GiB and %.3g * 10^9",
               limits.gib, limits.giga_products, gib, products);
      if (!enough) is_text(onnx_text_said(&err, "made.onnx"), said, "the file, not a line of it, is named");
      is_int((int64_t)(onnx ? qy_onnx_input_count(onnx) : 0), run[i].inputs, "values of the input");
      qy_onnx_free(onnx);
    }
}

/* The range of a model's input: that of its type, or of the codes that it is quantized to; 0 to 0: not known. */
static void test_ranges(void)
{
  static const qy_onnx_options options = {.batch = 1};
  static const struct {
    const char *model;
    double low, high;
    bool whole, quantized;
  } rows_of[] = {
      {"in x i8 2\ny = Relu x", -128, 127, true, false},
      {"in x u16 2\ny = Relu x", 0, 65535, true, false},
      {"in x 2\nk f32 = 0.5\nz u8 = 10\ny = QuantizeLinear x k z", -5, 122.5, false, true},
      {"in x 2\nk f32 = 0.5\nz i8 = 10\ny = QuantizeLinear x k z", -69, 58.5, false, true},
      {"in x 2\nk f32 = 2\ny = QuantizeLinear x k", 0, 510, false, true},
      {"in x 2\nr = Relu x\nk f32 = 2\ny = QuantizeLinear r k", 0, 0, false, true},
      {"in x 1,2\nk f32 2 = 2\ny = QuantizeLinear x k", 0, 0, false, true},
      {"in x 2\nk f32 = 2\nz i32 = 0\ny = QuantizeLinear x k z", 0, 0, false, true},
      {"in x 2\ny = Relu x", 0, 0, false, false},
      {"in x u8 1,2\nw i8 2,1 = 1\ny = MatMulInteger x w", 0, 255, true, true},
      {"in x 1,2\nw f32 2,1 = 1\ny = MatMul x w", 0, 0, false, false},
      {"in x 2\ny = own/QuantizeLinear x", 0, 0, false, false},
  };
  for (size_t i = 0; i < sizeof rows_of / sizeof *rows_of; i++) {
    qy_error err = {0};
    qy_arena_reset(arena);
    qy_onnx *onnx = onnx_text_read("made.onnx", rows_of[i].model, &options, arena, &err);
    const qy_onnx_range range = onnx ? qy_onnx_input_range(onnx) : (qy_onnx_range){-1, -1, false};
    ok(range.low == rows_of[i].low && range.high == rows_of[i].high && range.whole == rows_of[i].whole && onnx &&
           qy_onnx_is_quantized(onnx) == rows_of[i].quantized,
       "range %zu: %g to %g", i, range.low, range.high);
    qy_onnx_free(onnx);
  }
}

int main(void)
{
  arena = qy_arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check(&rows[i]);
  memory_said(&memory, "measures");
  test_limits();
  test_ranges();
  qy_arena_free(arena);
  return done();
}
