/* Small quantized models in their own codes: outputs and noise worked out by hand from the operators' definitions
 * (onnx.ai/onnx/operators; ONNX Runtime's ContribOperators.md), and what is refused. */
#include "quarry/onnx_signal.h"

#include "onnx_memory.h"

static qy_arena *arena;

enum { INPUTS = 4, VALUES = 64 };

typedef struct row {
  const char *what, *model, *inputs; /* "1 2 | 3": of each input */
  const char *outputs;               /* "y: 1 2", of several "; z: 3"; behind a layer " [a w8 a8]"; or the error */
  const char *real;                  /* the first output less its zero in real numbers; NULL: not looked at */
  double zero;
} row;

static size_t numbers_of(double *to, const char *text)
{
  size_t count = 0;
  char *end = NULL;
  for (const char *p = text; *p && *p != '|'; p = end) {
    to[count] = strtod(p, &end);
    if (end == p) break;
    count++;
  }
  return count;
}

static size_t inputs_of(qy_onnx_values *input, double value[INPUTS][VALUES], const char *text)
{
  size_t count = 0;
  for (const char *p = text; p && count < INPUTS; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL, count++)
    input[count] = (qy_onnx_values){.count = numbers_of(value[count], p), .value = value[count]};
  return count;
}

static const char *described(const qy_onnx_signals *s)
{
  static char text[2048];
  size_t at = 0;
  for (size_t i = 0; i < s->output_count; i++) {
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%s:", i ? "; " : "", s->output[i].name);
    for (size_t k = 0; s->output[i].value && k < s->output[i].count; k++)
      at += (size_t)snprintf(text + at, sizeof text - at, " %.6g", s->output[i].value[k] + 0.0);
  }
  for (size_t i = 0; i < s->count; i++)
    at += (size_t)snprintf(text + at, sizeof text - at, " [%s w%d a%d]", s->layer[i].layer, s->layer[i].weight_bits,
                           s->layer[i].activation_bits);
  return text;
}

/* 10 log10 of the squares of x over those of x - q. */
static double noise_db(const double *x, const double *q, size_t count, double zero)
{
  double signal = 0, noise = 0;
  for (size_t i = 0; i < count; i++) {
    signal += x[i] * x[i];
    noise += (x[i] - (q[i] - zero)) * (x[i] - (q[i] - zero));
  }
  return noise > 0 ? 10 * log10(signal / noise) : INFINITY;
}

static memory_tally memory;

static qy_status again(const void *row_of, const qy_onnx *onnx, double *answer, qy_arena *a, qy_error *err)
{
  static const qy_onnx_limits limits = {1, 1};
  const row *r = row_of;
  double value[INPUTS][VALUES];
  qy_onnx_values input[INPUTS];
  qy_onnx_signals s = {0};
  const size_t inputs = inputs_of(input, value, r->inputs);
  const qy_status status = qy_onnx_run(&s, onnx, input, inputs, &limits, a, err);
  for (size_t i = 0; !status && i < s.output_count; i++)
    *answer = onnx_memory_sum(*answer, s.output[i].value, s.output[i].count);
  if (!status && isfinite(s.output_db)) *answer += s.output_db;
  return status;
}

static void check(const row *r)
{
  static const qy_onnx_options options = {.batch = 1};
  static const qy_onnx_limits limits = {1, 1};
  double value[INPUTS][VALUES], real[VALUES];
  qy_onnx_values input[INPUTS];
  qy_onnx_signals s = {0};
  qy_error err = {0};
  qy_arena_reset(arena);
  const size_t inputs = inputs_of(input, value, r->inputs);
  qy_onnx *onnx = onnx_text_read("made.onnx", r->model, &options, arena, &err);
  const bool good = onnx && qy_onnx_run(&s, onnx, input, inputs, &limits, arena, &err) == QY_OK;
  is_text(good ? described(&s) : onnx_text_said(&err, "made.onnx"), r->outputs, r->what);
  if (good && s.count == 1 && s.output_count == 1 && strstr(r->model, "\ny = ") && strstr(r->model, "Integer ")) {
    const double layer_db = s.layer[0].output_db, output_db = s.output_db;
    ok(isinf(output_db) ? isinf(layer_db) : layer_db == output_db, "the layer's noise is that of the model: %.4f dB",
       layer_db);
  }
  if (good && r->real) {
    const size_t count = numbers_of(real, r->real);
    const double db = noise_db(real, s.output[0].value, count, r->zero);
    ok(count == s.output[0].count && (isinf(db) ? isinf(s.output_db) : fabs(s.output_db - db) < 1e-3),
       "its noise: %.4f dB, expected %.4f", s.output_db, db);
  }
  qy_onnx_free(onnx);
  if (good) onnx_memory_try(&memory, "made.onnx", r->model, again, r);
}

#define UNIT   "k f32 = 1\n"
#define HALF   "h f32 = 0.5\n"
#define ZERO   "z u8 = 0\n"
#define SIGNED "n i8 = 0\n"

static const row quantizers[] = {
    {"halves to even, saturated", "in x 5\n" UNIT "t u8 = 10\ny = QuantizeLinear x k t", "-1 0.5 1.5 2.5 300",
     "y: 9 10 12 12 255", "-1 0.5 1.5 2.5 300", 10},
    {"without a zero point: unsigned", "in x 3\n" HALF "y = QuantizeLinear x h", "-1 1 127.5", "y: 0 2 255", "0 2 255",
     0},
    {"a zero at the low end is a Relu", "in x 3\n" UNIT "t i8 = -128\ny = QuantizeLinear x k t", "-3 2.25 300",
     "y: -128 -126 127", "0 2.25 300", -128},
    {"one above is none", "in x 3\n" UNIT "t i8 = -127\ny = QuantizeLinear x k t", "-3 2.25 300", "y: -128 -125 127",
     "-3 2.25 300", -127},
    {"codes from the least to the most", "in x u8 2\n" UNIT "y = DequantizeLinear x k", "0 255", "y: 0 255", NULL, 0},
    {"codes above them", "in x u8 2\n" UNIT "y = DequantizeLinear x k", "0 256",
     "input 'x': expected whole numbers of 0 to 255, found 256 at index 1", NULL, 0},
    {"below them", "in x i8 2\n" UNIT "y = DequantizeLinear x k", "-129 127",
     "input 'x': expected whole numbers of -128 to 127, found -129 at index 0", NULL, 0},
    {"between them", "in x i16 2\n" UNIT "y = DequantizeLinear x k", "1 2.5",
     "input 'x': expected whole numbers of -32768 to 32767, found 2.5 at index 1", NULL, 0},
    {"of the second input", "in w 2\nin x u16 2\n" UNIT "y = DequantizeLinear x k", "1 2 | -1 2",
     "input 'x': expected whole numbers of 0 to 65535, found -1 at index 0", NULL, 0},
    {"no input", "in x 2\n" UNIT "y = QuantizeLinear _ k\ninfo y 2", "1 2", "QuantizeLinear 'y': expected an input",
     NULL, 0},
    {"a mean of codes is none",
     "in x u8 1,1,2,2\n" UNIT "d = DequantizeLinear x k\ny = AveragePool d : kernel_shape=[2,2]", "1 2 3 5", "y: 2.75",
     NULL, 0},
    {"to int8", "in x 3\n" UNIT SIGNED "y = QuantizeLinear x k n", "-200 3 200", "y: -128 3 127", NULL, 0},
    {"to int16", "in x 3\n" UNIT "t i16 = 0\ny = QuantizeLinear x k t", "-40000 3 40000", "y: -32768 3 32767", NULL, 0},
    {"to uint16", "in x 3\n" UNIT "t u16 = 1\ny = QuantizeLinear x k t", "-40000 3 70000", "y: 0 4 65535", NULL, 0},
    {"a scale per channel", "in x 1,2,2\ns f32 2 = 1 10\nt u8 2 = 1 2\ny = QuantizeLinear x s t", "1 2 30 40",
     "y: 2 3 5 6", NULL, 0},
    {"of the last axis", "in x 1,2,2\ns f32 2 = 1 10\nt u8 2 = 1 2\ny = QuantizeLinear x s t : axis=-1", "1 20 3 40",
     "y: 2 4 4 6", NULL, 0},
    {"of the first axis", "in x 2,2\ns f32 2 = 1 10\nt u8 2 = 1 2\ny = QuantizeLinear x s t : axis=0", "1 2 30 40",
     "y: 2 3 5 6", NULL, 0},
    {"an axis before the first", "in x 2,2\ns f32 2 = 1\ny = QuantizeLinear x s : axis=-3", "1",
     "QuantizeLinear 'y': expected one scale and zero point, or as many as channels", NULL, 0},
    {"back to numbers", "in x u8 3\n" HALF "t u8 = 4\ny = DequantizeLinear x h t", "0 4 255", "y: -2 0 125.5",
     "-2 0 125.5", 0},
    {"of 32 bits", "in x i32 2\n" HALF "y = DequantizeLinear x h", "-100000 7", "y: -50000 3.5", NULL, 0},
    {"of channels", "in x i8 1,2,2\ns f32 2 = 1 10\nt i8 2 = 1 2\ny = DequantizeLinear x s t", "1 2 3 4",
     "y: 0 1 10 20", NULL, 0},
    {"a scale in codes", "in x 3\nc u8 = 4\n" HALF "k = DequantizeLinear c h\ny = QuantizeLinear x k", "2 5 510",
     "y: 1 2 255", "1 2.5 255", 0},
    {"no codes", "in x u8 2\n" UNIT "y = DequantizeLinear _ k\ninfo y 2", "1 2",
     "DequantizeLinear 'y': expected an input of known size", NULL, 0},
    {"and again", "in x 4\n" UNIT SIGNED "q = QuantizeLinear x k n\ny = DequantizeLinear q k n", "0.25 1.5 -3 200",
     "y: 0 2 -3 127", "0.25 1.5 -3 200", 0},
    /* The example of the operator's definition. */
    {"steps found in a run", "in x 6\ny s t = DynamicQuantizeLinear x", "0 2 -3 -2.5 1.34 0.5",
     "y: 153 255 0 26 221 179; s: 0.0196078; t: 153", NULL, 0},
    {"of numbers above 0", "in x 3\ny s t = DynamicQuantizeLinear x", "1 2 5.1", "y: 50 100 255; s: 0.02; t: 0", NULL,
     0},
    {"of numbers below 0", "in x 3\ny s t = DynamicQuantizeLinear x", "-1 -2 -5.1", "y: 205 155 0; s: 0.02; t: 255",
     NULL, 0},
    {"of a zero between", "in x 3\ny s t = DynamicQuantizeLinear x", "-55 200 1.25", "y: 0 255 56; s: 1; t: 55",
     "-55 200 1.25", 55},
    {"of zeros", "in x 2\ny s t = DynamicQuantizeLinear x", "0 0", "y: 0 0; s: 1; t: 0", NULL, 0},
    {"of codes in steps", "in x u8 3\n" HALF "d = DequantizeLinear x h\ny s t = DynamicQuantizeLinear d", "0 2 255",
     "y: 0 2 255; s: 0.5; t: 0", NULL, 0},
    {"a scale of 0", "in x 2\ns f32 = 0\ny = QuantizeLinear x s", "1 2", "QuantizeLinear 'y': expected scales above 0",
     NULL, 0},
    {"one of several", "in x 1,2\ns f32 2 = 1 -1\ny = QuantizeLinear x s", "1 2",
     "QuantizeLinear 'y': expected scales above 0", NULL, 0},
    {"zeros of another count", "in x 1,2\ns f32 2 = 1\nt u8 3 = 1\ny = QuantizeLinear x s t", "1 2",
     "QuantizeLinear 'y': expected one scale and zero point, or as many as channels", NULL, 0},
    {"zeros of the axis, scales of another count", "in x 1,2\ns f32 3 = 1\nt u8 2 = 1\ny = QuantizeLinear x s t", "1 2",
     "QuantizeLinear 'y': expected as many zero points as scales", NULL, 0},
    {"scales of another axis", "in x 1,2,3\ns f32 3 = 1\ny = QuantizeLinear x s", "1",
     "QuantizeLinear 'y': expected one scale and zero point, or as many as channels", NULL, 0},
    {"an axis beyond the last", "in x 1,2\ns f32 2 = 1\ny = QuantizeLinear x s : axis=2", "1",
     "QuantizeLinear 'y': expected one scale and zero point, or as many as channels", NULL, 0},
    {"blocks", "in x 1,2\n" UNIT "y = QuantizeLinear x k : block_size=1", "1",
     "QuantizeLinear 'y': expected no blocks along an axis", NULL, 0},
    {"of codes", "in x u8 1,2\n" UNIT "y = DequantizeLinear x k : block_size=1", "1",
     "DequantizeLinear 'y': expected no blocks along an axis", NULL, 0},
    {"codes of 32 bits", "in x 2\n" UNIT "t i32 = 0\ny = QuantizeLinear x k t", "1 2",
     "QuantizeLinear 'y': expected codes of 8 or 16 bits", NULL, 0},
    {"numbers that are no codes", "in x 2\n" UNIT "y = DequantizeLinear x k", "1 2",
     "DequantizeLinear 'y': expected codes of an integer type", NULL, 0},
    {"steps that are no numbers", "in x 2\ns f32 = nan\ny = QuantizeLinear x s", "1 2",
     "QuantizeLinear 'y': expected finite numbers in the file", NULL, 0},
};

/* Two codes of two channels, in units of 1/2 and 10. */
#define CODES "in x i8 1,2,2\ns f32 2 = 0.5 10\nd = DequantizeLinear x s\n"
#define DATA  "1 2 3 4"

static const row elements[] = {
    {"their values", CODES "y = Identity d", DATA, "y: 0.5 1 30 40", "0.5 1 30 40", 0},
    {"a sum", CODES "c f32 1,2,1 = 1 2\ny = Add d c", DATA, "y: 1.5 2 32 42", "1.5 2 32 42", 0},
    {"a difference", CODES "c f32 2 = 1 2\ny = Sub c d", DATA, "y: 0.5 1 -29 -38", NULL, 0},
    {"a product", CODES "y = Mul d d", DATA, "y: 0.25 1 900 1600", "0.25 1 900 1600", 0},
    {"a quotient", CODES "c f32 = 4\ny = Div d c", DATA, "y: 0.125 0.25 7.5 10", NULL, 0},
    {"by 0", CODES "c f32 = 0\ny = Div d c", DATA, "Div 'y': expected finite results", NULL, 0},
    {"by what is 0 in codes alone",
     "in x 2\n" UNIT SIGNED "q = QuantizeLinear x k n\nd = DequantizeLinear q k n\ny = Div x d", "0.25 1",
     "Div 'y': expected finite results", NULL, 0},
    {"of integers", "in x i8 2\nin w i8 2\ny = Add x w", "100 -100 | 27 -28", "y: 127 -128", NULL, 0},
    {"beyond their type", "in x i8 2\nin w i8 2\ny = Add x w", "100 1 | 28 1",
     "Add 'y': expected results within its type", NULL, 0},
    {"below it", "in x u8 2\nin w u8 2\ny = Sub x w", "5 1 | 5 2", "Sub 'y': expected results within its type", NULL,
     0},
    {"quotients of integers", "in x i8 2\nin w i8 2\ny = Div x w", "4 1 | 2 1", "Div 'y': expected floating point",
     NULL, 0},
    {"Relu", CODES "y = Relu d", "-1 2 3 -4", "y: 0 1 30 0", "0 1 30 0", 0},
    {"Clip, by attributes", CODES "y = Clip d : min=~0.75 max=~35", DATA, "y: 0.75 1 30 35", "0.75 1 30 35", 0},
    {"by constants", CODES "a f32 = 0.75\nb f32 = 35\ny = Clip d a b", DATA, "y: 0.75 1 30 35", "0.75 1 30 35", 0},
    {"above alone", CODES "b f32 = 35\ny = Clip d _ b", "-1 2 3 4", "y: -0.5 1 30 35", NULL, 0},
    {"limits of several numbers", CODES "b f32 2 = 35\ny = Clip d b", DATA,
     "Clip 'y': expected limits of one number each", NULL, 0},
    {"turned", CODES "y = Transpose d : perm=[0,2,1]", DATA, "y: 0.5 30 1 40", "0.5 30 1 40", 0},
    {"all axes", CODES "y = Transpose d", DATA, "y: 0.5 30 1 40", NULL, 0},
    {"channels that stay", CODES "y = Transpose d : perm=[1,0,2]", DATA, "y: 0.5 1 30 40", NULL, 0},
    {"turned, then added", CODES "t = Transpose d : perm=[0,2,1]\nc f32 2 = 1 2\ny = Add t c", DATA, "y: 1.5 32 2 42",
     NULL, 0},
    {"no permutation", CODES "y = Transpose d : perm=[0,2,2]\ninfo y 1,2,2", DATA,
     "Transpose 'y': expected a permutation", NULL, 0},
    {"in another shape", CODES "n i64 2 = 4 1\nr = Reshape d n\ny = Transpose r", DATA, "y: 0.5 1 30 40", "0.5 1 30 40",
     0},
    {"cast to numbers", "in x u8 2\ny = Cast x : to=1", "3 4", "y: 3 4", "3 4", 0},
    {"to double", "in x u8 2\ny = Cast x : to=11", "3 4", "y: 3 4", NULL, 0},
    {"to half", "in x u8 2\ny = Cast x : to=10", "3 4", "Cast 'y': expected one to floating point of 32 bits or more",
     NULL, 0},
    {"together", CODES "c f32 1,2,1 = 7 8\ny = Concat c d c : axis=-1", DATA, "y: 7 0.5 1 7 8 30 40 8",
     "7 0.5 1 7 8 30 40 8", 0},
    {"along the first", CODES "y = Concat d d : axis=0", DATA, "y: 0.5 1 30 40 0.5 1 30 40", NULL, 0},
    {"along none", CODES "y = Concat d d : axis=3\ninfo y 1,2,4", DATA, "Concat 'y': expected an axis of the output",
     NULL, 0},
    {"more than the output", CODES "y = Concat d d d : axis=2\ninfo y 1,2,4", DATA,
     "y: 0.5 1 0.5 1 0.5 1 30 40 30 40 30 40", NULL, 0},
    {"codes together", "in x u8 2\nin w u8 3\ny = Concat x w : axis=0", "1 2 | 3 4 5", "y: 1 2 3 4 5", "1 2 3 4 5", 0},
    {"the largest", CODES "y = MaxPool d : kernel_shape=[2]", DATA, "y: 1 40", "1 40", 0},
    {"the mean", CODES "y = AveragePool d : kernel_shape=[2]", DATA, "y: 0.75 35", "0.75 35", 0},
    {"of padding too", CODES "y = AveragePool d : kernel_shape=[2] pads=[1,0] count_include_pad=1", DATA,
     "y: 0.25 0.75 15 35", NULL, 0},
    {"but not here", CODES "y = AveragePool d : kernel_shape=[2] pads=[1,0]", DATA, "y: 0.5 0.75 30 35", NULL, 0},
    {"of padding and rounded up",
     CODES "y = AveragePool d : kernel_shape=[2] pads=[1,0] count_include_pad=1 ceil_mode=1", DATA,
     "AveragePool 'y': expected sizes rounded down", NULL, 0},
    {"of all", CODES "y = GlobalAveragePool d", DATA, "y: 0.75 35", NULL, 0},
    {"of codes", "in x i8 1,1,4\ny = MaxPool x : kernel_shape=[2] strides=[2]", "-3 -4 5 6", "y: -3 6", "-3 6", 0},
    {"a distribution at the end", CODES "y = Softmax d", DATA, "y: 0.5 1 30 40", NULL, 0},
    {"before it", CODES "p = Softmax d\ny = Relu p", DATA, "Softmax 'p': expected it at the end of the network", NULL,
     0},
    {"an operator that is not run", CODES "y = Tanh d", DATA,
     "Tanh 'y': an operator that is not run in the codes of a file", NULL, 0},
    {"of another domain", CODES "y = own/Relu d\ninfo y 1,2,2", DATA,
     "Relu 'y': an operator that is not run in the codes of a file", NULL, 0},
    {"two outputs", CODES "y = Relu d\nt = Identity d\nout y t", "-1 2 3 4", "y: 0 1 30 40; t: -0.5 1 30 40", NULL, 0},
    {"an output that is an input", CODES "y = Relu d\nout x y", DATA, "x: 1 2 3 4; y: 0.5 1 30 40", NULL, 0},
    {"one that nothing makes", CODES "y = Relu d\nout w y", DATA, "expected an output that the network computes", NULL,
     0},
    {"two inputs for one", CODES "y = Relu d", "1 2 3 4 | 5", "expected a model with 2 inputs, found 1", NULL, 0},
    {"one for two", "in x 2\nin w 2\ny = Add x w", "1 2", "expected a model with 1 input, found 2", NULL, 0},
    {"of unknown size", "in x 1,?\ny = Relu x", "1 2", "expected inputs of known size, each once", NULL, 0},
    {"fewer values: from the start", "in x 5\ny = Relu x", "1 2", "y: 1 2 1 2 1", NULL, 0},
};

/* a = (x - 1) / 2, b = w - 2: QLinear operators with steps of 1/2 and 1 for them. */
#define PAIR  "in x u8 1,2\nin w u8 1,2\nha f32 = 0.5\nza u8 = 1\nhb f32 = 1\nzb u8 = 2\n"
#define STEPS "hy f32 = 2\nzy i8 = 3\n"

static const row linear[] = {
    /* 2 + 1 = 3: 1.5 steps to even, 2; 3 + 6 = 9: 4.5 to 4. */
    {"a sum", PAIR STEPS "y = QLinearAdd x ha za w hb zb hy zy", "5 7 | 3 8", "y: 5 7", "1.5 4.5", 3},
    {"without zeros", PAIR STEPS "y = QLinearAdd x ha _ w hb _ hy _", "5 7 | 3 8", "y: 3 6", "2.75 5.75", 0},
    {"a product", PAIR STEPS "y = QLinearMul x ha za w hb zb hy zy", "5 7 | 3 8", "y: 4 12", "1 9", 3},
    {"saturated", PAIR "hy f32 = 0.05\nzy i8 = 3\ny = QLinearMul x ha za w hb zb hy zy", "5 7 | 3 8", "y: 43 127",
     "40 360", 3},
    {"together", PAIR STEPS "y = QLinearConcat hy zy x ha za w hb zb : axis=1", "5 7 | 3 8", "y: 4 5 3 6",
     "1 1.5 0.5 3", 3},
    {"the mean",
     "in x u8 1,2,1,2\nha f32 = 0.5\nza u8 = 1\n" STEPS "y = com.microsoft/QLinearGlobalAveragePool x ha za hy zy",
     "5 8 9 1", "y: 4 4", "1.375 1", 3},
    {"the mean of a scale of 0",
     "in x u8 1,2,1,2\nha f32 = 0\nza u8 = 1\n" STEPS "y = com.microsoft/QLinearGlobalAveragePool x ha za hy zy",
     "5 8 9 1", "QLinearGlobalAveragePool 'y': expected scales above 0", NULL, 0},
    {"means",
     "in x u8 1,1,1,3\nha f32 = 0.5\nza u8 = 1\n" STEPS
     "y = com.microsoft/QLinearAveragePool x ha za hy zy : kernel_shape=[1,2]",
     "5 8 19", "y: 4 6", "1.375 3.125", 3},
    /* Sums 4 * 3 + 6 * 5 and twice that, of 1/2 * 0.1 and 1/2 * 1, in steps of 2. */
    {"a product of matrices",
     "in x u8 1,2\nha f32 = 0.5\nza u8 = 1\nm i8 2,2 = 3 6 5 10\nsm f32 2 = 0.1 1\n" STEPS
     "n i8 = 0\ny = QLinearMatMul x ha za m sm n hy zy",
     "5 7", "y: 4 24 [y w8 a8]", "1.05 21", 3},
    {"both computed",
     "in x u8 1,2\nin w u8 2,1\nha f32 = 0.5\nza u8 = 1\n" STEPS "y = QLinearMatMul x ha za w ha za hy zy", "5 7 | 4 6",
     "y: 8 [y w8 a8]", "5.25", 3},
    /* 4 * 3 + 6 * 5 + 8 = 50; 4 * -1 + 6 * 2 - 8 = 0: in steps of 1/2 * 0.1 and 1/2 * 1. */
    {"a convolution with biases",
     "in x u8 1,2,1,1\nha f32 = 0.5\nza u8 = 1\nm i8 2,2,1,1 = 3 5 -1 2\nsm f32 2 = 0.1 1\nb i32 2 = 8 -8\n" STEPS
     "n i8 = 0\ny = QLinearConv x ha za m sm n hy zy b",
     "5 7", "y: 4 3 [y w8 a8]", "1.25 0", 3},
    {"zeros of channels", "in x u8 1,1,1,2\nza u8 = 1\nm u8 2,1,1,1 = 3 5\nzm u8 2 = 1 2\ny = ConvInteger x m za zm",
     "5 7", "y: 8 12 12 18 [y w8 a8]", "8 12 12 18", 0},
    {"integers", "in x u8 2,2\nza u8 = 1\nm u8 2,1 = 3 5\nzm u8 = 1\ny = MatMulInteger x m za zm", "1 2 3 4",
     "y: 4 16 [y w8 a8]", "4 16", 0},
    {"numbers alone", "in x u8\nin w u8\ny = MatMulInteger x w\ninfo y 1", "1 | 2",
     "MatMulInteger 'y': expected two matrices of known size", NULL, 0},
    {"several by several others", "in x u8 2,1,2\nin w u8 3,2,1\ny = MatMulInteger x w\ninfo y 3,1,1", "1 | 2",
     "MatMulInteger 'y': expected matrices whose sizes fit", NULL, 0},
    {"more than 32 bits", "in x u16 1,2\nm u16 2,1 = 65535\ny = MatMulInteger x m", "65535 65535",
     "MatMulInteger 'y': expected sums of codes within 32 bits", NULL, 0},
    {"padded by a whole kernel", "in x u8 1,1,2,2\nm u8 1,1,1,1 = 1\ny = ConvInteger x m : pads=[1,0,0,0]", "1",
     "ConvInteger 'y': expected a layer over one whole tensor", NULL, 0},
    {"weights in steps of 0",
     "in x u8 1,1,1,1\nk f32 = 1\nz u8 = 0\ns f32 = 0\nm u8 1,1,1,1 = 1\n"
     "y = QLinearConv x k z m s z k z",
     "1", "QLinearConv 'y': expected scales above 0", NULL, 0},
    {"an input of an operator without biases in steps of channels it has not",
     "in x u8 1,2\nz u8 3 = 1\nm u8 2,1 = 3 5\ny = MatMulInteger x m z", "1 2",
     "MatMulInteger 'y': expected one scale and zero point, or as many as channels", NULL, 0},
    {"weights of an operator without biases",
     "in x u8 1,2\nz u8 = 1\nt u8 3 = 1\nm u8 2,1 = 3 5\ny = MatMulInteger x m z t", "1 2",
     "MatMulInteger 'y': expected one scale and zero point, or as many as channels", NULL, 0},
    {"biases of other channels",
     "in x u8 1,1,1,1\nk f32 = 1\nz u8 = 0\nm u8 2,1,1,1 = 1\nb i32 3 = 1\n"
     "y = QLinearConv x k z m k z k z b",
     "1", "QLinearConv 'y': expected one bias per channel", NULL, 0},
};

/* Weights m = 1, 2, 3, 4 by rows in steps of 1/2 and 10 for its columns or rows. */
#define WEIGHTS(axis)                                                                                                  \
  "in x i8 1,2\nh f32 = 0.5\nd = DequantizeLinear x h\nq i8 2,2 = 1 2 3 4\ns f32 2 = 0.5 10\nm = DequantizeLinear q "  \
  "s : axis=" axis "\n"

static const row layers[] = {
    {"codes side by side", "in x u8 1,1\nin w u8 1,1\nc = Concat x w : axis=1\nm u8 2,1 = 3 5\ny = MatMulInteger c m",
     "4 | 10", "y: 62 [y w8 a8]", "62", 0},
    {"codes of other steps side by side",
     "in x u8 1,1\nin w u8 1,1\nha f32 = 0.5\nhb f32 = 0.25\nd = DequantizeLinear x ha\ne = DequantizeLinear w hb\nc = "
     "Concat d e : axis=1\nq i8 2,1 = 3 5\nk f32 = 1\nm = DequantizeLinear q k\ny = MatMul c m",
     "4 | 10", "y: 18.5 [y w8 a8]", "18.5", 0},
    {"numbers beside codes are none",
     "in x 1,1\nin w u8 1,1\nk f32 = 1\ne = DequantizeLinear w k\nc = Concat e x : axis=1\nq i8 2,1 = 3 5\nm = "
     "DequantizeLinear q k\ny = MatMul c m",
     "4000000000 | 10", "y: 2e+10 [y w8 a0]", "20000000030", 0},
    {"nor are codes beside numbers",
     "in x 1,1\nin w u8 1,1\nk f32 = 1\ne = DequantizeLinear w k\nc = Concat x e : axis=1\nq i8 2,1 = 3 5\nm = "
     "DequantizeLinear q k\ny = MatMul c m",
     "4000000000 | 10", "y: 1.2e+10 [y w8 a0]", "12000000050", 0},
    {"codes of 16 bits beside those of 8",
     "in x u16 1,1\nin w u8 1,1\nk f32 = 1\nd = DequantizeLinear x k\ne = DequantizeLinear w k\nc = Concat d e : "
     "axis=1\nq i8 2,1 = 3 5\nm = DequantizeLinear q k\ny = MatMul c m",
     "400 | 10", "y: 1250 [y w8 a16]", "1250", 0},
    {"the largest of codes",
     "in x u8 1,1,1,2\nk f32 = 1\nd = DequantizeLinear x k\np = MaxPool d : kernel_shape=[1,2]\nq i8 2,1,1,1 = 3 5\nm "
     "= DequantizeLinear q k\ny = Conv p m",
     "4 10", "y: 30 50 [y w8 a8]", "30 50", 0},
    {"their mean",
     "in x u8 1,1,1,2\nk f32 = 1\nd = DequantizeLinear x k\np = AveragePool d : kernel_shape=[1,2]\nq i8 2,1,1,1 = 3 "
     "5\nm = DequantizeLinear q k\ny = Conv p m",
     "4 10", "y: 21 35 [y w8 a0]", "21 35", 0},
    {"columns in steps of their own", WEIGHTS("1") "y = MatMul d m", "4 6", "y: 5.5 160 [y w8 a8]", "5.5 160", 0},
    {"rows in steps of their own: real numbers", WEIGHTS("0") "y = MatMul d m", "4 6", "y: 91 122 [y w8 a8]", "91 122",
     0},
    {"turned", WEIGHTS("0") "y = Gemm d m : transB=1", "4 6", "y: 4 180 [y w8 a8]", "4 180", 0},
    {"with factors and a bias", WEIGHTS("1") "c f32 2 = 1 2\ny = Gemm d m c : alpha=~2 beta=~0.5", "4 6",
     "y: 11.5 321 [y w8 a8]", "11.5 321", 0},
    {"a bias of rows and columns",
     "in x i8 2,1\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 1,2 = 1 3\nc f32 2,1 = 10 20\n"
     "y = Gemm d m c",
     "4 6", "y: 12 16 23 29 [y w0 a8]", NULL, 0},
    {"an input turned",
     "in x i8 2,1\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 2,2 = 1 3 5 7\ny = Gemm d m : transA=1", "4 6",
     "y: 17 27 [y w0 a8]", "17 27", 0},
    {"a bias that does not stretch", WEIGHTS("1") "c f32 3 = 1\ny = Gemm d m c", "4 6",
     "Gemm 'y': expected biases whose shape stretches to the output's", NULL, 0},
    {"several matrices by one", "in x i8 2,1,2\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 2,1 = 1 3\ny = MatMul d m",
     "4 6 2 8", "y: 11 13 [y w0 a8]", "11 13", 0},
    {"each by its own", "in x i8 2,1,2\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 2,2,1 = 1 3 5 7\ny = MatMul d m",
     "4 6 2 8", "y: 11 33 [y w0 a8]", "11 33", 0},
    /* Outputs (2, 3) and (3, 4) in halves by weights of steps 1/2 and 10, biases of those of the sums. */
    {"a convolution, its bias in codes",
     "in x i8 1,1,1,3\nh f32 = 0.5\nd = DequantizeLinear x h\nq i8 2,1,1,2 = 1 2 3 4\n"
     "s f32 2 = 0.5 10\nm = DequantizeLinear q s : axis=0\nb i32 2 = 4 1\nt f32 2 = 0.25 5\n"
     "c = DequantizeLinear b t : axis=0\ny = Conv d m c",
     "2 3 4", "y: 3 3.75 95 130 [y w8 a8]", "3 3.75 95 130", 0},
    {"its bias in numbers",
     "in x i8 1,1,1,3\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 2,1,1,2 = 1 2 3 4\nc f32 2 = 0.25 0.5\n"
     "y = Conv d m c",
     "2 3 4", "y: 4.25 5.75 9.5 13 [y w0 a8]", "4.25 5.75 9.5 13", 0},
    {"of groups, strides, padding",
     "in x i8 1,2,1,3\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 2,1,1,2 = 1 2 3 4\n"
     "y = Conv d m : group=2 strides=[1,2] pads=[0,1,0,0]",
     "2 4 6 8 2 4", "y: 2 8 16 11 [y w0 a8]", NULL, 0},
    {"dilated, of two images",
     "in x i8 2,1,1,3\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 1,1,1,2 = 1 2\n"
     "y = Conv d m : dilations=[1,2]",
     "2 4 6 8 2 4", "y: 7 8 [y w0 a8]", NULL, 0},
    {"rows dilated",
     "in x i8 1,1,3,1\nh f32 = 0.5\nd = DequantizeLinear x h\nm f32 1,1,2,1 = 1 2\ny = Conv d m : dilations=[2,1] "
     "pads=[1,0,1,0]",
     "2 4 6", "y: 4 7 2 [y w0 a8]", NULL, 0},
    {"quantized behind it",
     "in x i8 1,2\nh f32 = 0.5\nn i8 = 0\nd = DequantizeLinear x h\nm f32 2,1 = 1 3\na = MatMul d m\n"
     "q = QuantizeLinear a h n\ny = DequantizeLinear q h n",
     "4 30", "y: 47 [a w0 a8]", "47", 0},
    {"of a line and a volume", "in x 1,1,2,2,2\nm f32 1,1,1,1,1 = 1\ny = Conv x m", "1",
     "Conv 'y': expected one or two dimensions", NULL, 0},
};

int main(void)
{
  static const struct {
    const row *row;
    size_t count;
  } tables[] = {{quantizers, sizeof quantizers / sizeof *quantizers},
                {elements, sizeof elements / sizeof *elements},
                {linear, sizeof linear / sizeof *linear},
                {layers, sizeof layers / sizeof *layers}};
  arena = qy_arena_new();
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (size_t i = 0; i < tables[t].count; i++)
      check(&tables[t].row[i]);
  memory_said(&memory, "runs");
  qy_arena_free(arena);
  return done();
}
