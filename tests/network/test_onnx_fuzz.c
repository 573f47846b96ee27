/* Damaged ONNX models never crash the reader, and whatever network it makes of them is one that the reader of network
 * files takes.  Seeds: the models of Debian's libonnx-testdata.  CASES and SEED in the environment.  TAP. */
#include "fuzz/mutate.h"
#include "quarry/network.h"
#include "quarry/onnx.h"
#include "quarry/onnx_signal.h"
#include "tap.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MODELS_MAX = 2000, BYTES_MAX = 1 << 16 };

typedef struct model {
  unsigned char *bytes;
  size_t length;
} model;

static size_t read_models(model *m)
{
  glob_t found;
  size_t count = 0;
  if (glob("/usr/share/libonnx-testdata/data/*/*/model.onnx", 0, NULL, &found) != 0) return 0;
  for (size_t i = 0; i < found.gl_pathc && count < MODELS_MAX; i++) {
    unsigned char *bytes = malloc(BYTES_MAX);
    FILE *in = fopen(found.gl_pathv[i], "rb");
    const size_t length = in && bytes ? fread(bytes, 1, BYTES_MAX, in) : 0;
    if (in) fclose(in);
    if (length > 0 && length < BYTES_MAX)
      m[count++] = (model){bytes, length};
    else
      free(bytes);
  }
  globfree(&found);
  return count;
}

static uint64_t state;

static size_t below(size_t n)
{
  return random_below(&state, n);
}

/* In place most often: lengths stay right. */
static size_t damage(unsigned char *to, const model *from, const model *other)
{
  static const mutation how = {
      .telling = "\x01\x02\x7f\x80\xff\x0a\x12\x3a\x08", .tellings = 9, .in_place = 7, .edits = 3};
  mutation m = how;
  m.other = (const char *)other->bytes;
  m.other_length = other->length;
  memcpy(to, from->bytes, from->length);
  return mutate(&state, (char *)to, from->length, BYTES_MAX, &m);
}

/* Run it in codes, where that is little work. */
static void run_small(const qy_onnx *onnx, const qy_network *network, qy_arena *arena)
{
  static const double input[] = {1, -0.5, 0.25, 3};
  static const int64_t most = 100000;
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, 4);
  const qy_onnx_limits limits = {1, 1};
  qy_onnx_signals signals;
  for (size_t i = 0; i < network->layer_count; i++) {
    const qy_layer *l = &network->layer[i];
    if (l->batch > most || l->macs > most / l->batch || l->in_h * l->in_w > most || l->out_h * l->out_w > most) return;
    if (l->kernel_h * l->kernel_w > most || l->in_c > most || l->out_c > most) return;
    if ((double)l->out_h * (double)l->out_w * (double)l->out_c * (double)l->batch * (double)l->kernel_h *
            (double)l->kernel_w >
        (double)most)
      return;
  }
  if (qy_onnx_input_count(onnx) < (size_t)most)
    qy_onnx_measure(&signals, onnx, input, sizeof input / sizeof *input, &number, 8, &limits, arena, NULL);
}

/* Run it in its own codes, with as many inputs as it has. */
static void run_own(const qy_onnx *onnx, qy_arena *arena)
{
  enum { INPUTS = 9 };
  static const double value[] = {1, 0, 3, 2};
  static const qy_onnx_limits limits = {0.01, 0.001};
  qy_onnx_values input[INPUTS];
  qy_onnx_signals signals;
  for (size_t i = 0; i < INPUTS; i++)
    input[i] = (qy_onnx_values){.count = sizeof value / sizeof *value, .value = value};
  qy_onnx_is_quantized(onnx);
  qy_onnx_input_range(onnx);
  for (size_t inputs = 1; inputs <= INPUTS; inputs++)
    qy_onnx_run(&signals, onnx, input, inputs, &limits, arena, NULL);
}

/* 0: refused; 1: a network; -1: a network that its reader refuses. */
static int take(const unsigned char *bytes, size_t length)
{
  qy_onnx *onnx;
  qy_error err = {0};
  const qy_onnx_options options = {.batch = 1};
  if (qy_onnx_bytes(&onnx, "/nowhere/model.onnx", bytes, length, &options, &err)) return 0;
  int result = 0;
  qy_arena *own = qy_arena_new();
  run_own(onnx, own);
  qy_arena_free(own);
  if (qy_onnx_check_layers(onnx, &err) == QY_OK) {
    qy_text csv = {0};
    qy_network *network;
    qy_arena *arena = qy_arena_new();
    qy_onnx_network_csv(&csv, onnx);
    qy_error why = {0};
    result = qy_network_text(&network, "model.csv", csv.data, csv.length, arena, &why) == QY_OK ? 1 : -1;
    if (result < 0) printf("# %s\n# %s\n", why.diagnostic[0].text, csv.data);
    for (size_t i = 0; i < qy_onnx_layer_count(onnx); i++) {
      qy_onnx_weights w;
      qy_onnx_layer_weights(&w, onnx, i, arena, NULL);
    }
    if (result > 0) run_small(onnx, network, arena);
    qy_arena_free(arena);
    qy_text_free(&csv);
  }
  qy_onnx_free(onnx);
  return result;
}

int main(void)
{
  static model models[MODELS_MAX];
  static unsigned char bytes[BYTES_MAX];
  const char *cases_text = getenv("CASES"), *seed = getenv("SEED");
  const long cases = cases_text ? atol(cases_text) : 100000;
  const size_t count = read_models(models);
  long networks = 0, wrong = 0;
  state = seed ? strtoull(seed, NULL, 10) : 1;
  ok(count > 1000, "the models of libonnx-testdata are there: %zu", count);
  for (long i = 0; i < cases && count > 0 && wrong < 3; i++) {
    const model *from = &models[below(count)];
    const size_t length = damage(bytes, from, &models[below(count)]);
    unsigned char *exact = malloc(length ? length : 1); /* so that a read beyond the end is seen */
    if (!exact) break;
    memcpy(exact, bytes, length);
    const int result = take(exact, length);
    free(exact);
    networks += result > 0;
    wrong += result < 0;
  }
  ok(wrong == 0, "networks of damaged models are read");
  ok(networks > cases / 200, "and %ld of %ld are networks", networks, cases);
  for (size_t i = 0; i < count; i++)
    free(models[i].bytes);
  return done();
}
