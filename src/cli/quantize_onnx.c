/* quarry quantize --onnx: see quantize_onnx.h. */
#include "quantize_onnx.h"
#include "import_onnx.h"

#include "quarry/onnx_signal.h"
#include "quarry/random.h"
#include "quarry/sqnr.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* 10^9 products that may be run for every GiB that may be held: some ten seconds. */
static const double products_gib = 25;

enum { INPUT_BYTES = 3 * sizeof(double) }; /* of a value of the input: drawn, real, in codes */

/* Of one seed, so that every format sees the same: uniform over the range of the codes that a model has for its input,
 * or normal deviates. */
static qy_status draw(double **input, size_t count, const qy_onnx_range *range, qy_arena *arena, qy_error *err)
{
  uint64_t state = 1;
  *input = qy_arena_alloc(arena, count, sizeof **input);
  if (!*input) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    const double u = qy_random_open(qy_random_word(&state));
    (*input)[i] = range->low == range->high ? gsl_cdf_ugaussian_Pinv(u)
                  : range->whole            ? range->low + floor(u * (range->high - range->low + 1))
                                            : range->low + u * (range->high - range->low);
  }
  return QY_OK;
}

static qy_status check_quantized(const network_request *q, const qy_onnx *onnx, bool own, qy_error *err)
{
  if (own && !qy_onnx_is_quantized(onnx))
    return qy_fail_at(err, QY_BAD_INPUT, q->model, 0, 0,
                      "expected a model with codes of its own (QuantizeLinear, QLinear operators), found real numbers: "
                      "a FORMAT runs it");
  if (!own && qy_onnx_is_quantized(onnx))
    return qy_fail_at(err, QY_BAD_INPUT, q->model, 0, 0,
                      "expected a model of real numbers, found one that has codes of its own: `quarry quantize own` "
                      "runs it");
  return QY_OK;
}

static qy_status measure(qy_onnx_signals *s, const network_request *q, const qy_number *number, const qy_onnx *onnx,
                         qy_arena *arena, qy_error *err)
{
  double *input = NULL;
  const size_t wanted = qy_onnx_input_count(onnx);
  size_t count = wanted;
  const qy_onnx_limits limits = {(double)q->limit, products_gib * (double)q->limit};
  qy_onnx_range range = {0};
  if (!number) range = qy_onnx_input_range(onnx);
  qy_status status = check_quantized(q, onnx, !number, err);
  if (status) return status;
  if (wanted == 0) return qy_fail_at(err, QY_BAD_INPUT, q->model, 0, 0, "expected an input of known size");
  const double gib = (double)wanted * INPUT_BYTES / (1024.0 * 1024 * 1024);
  if (gib > limits.gib)
    return qy_fail_at(err, QY_BAD_INPUT, q->model, 0, 0,
                      "expected an input that takes at most %g GiB (--limit), found %.3g GiB", limits.gib, gib);
  status = q->input ? qy_weights_read(&input, &count, q->input, arena, err) : draw(&input, count, &range, arena, err);
  if (status) return status;
  if (count != wanted)
    return qy_fail_at(err, QY_BAD_INPUT, q->input, 0, 0, "expected %zu values for the model's input, found %zu", wanted,
                      count);
  if (number) return qy_onnx_measure(s, onnx, input, count, number, (int)q->bits, &limits, arena, err);
  return qy_onnx_run(s, onnx, &(qy_onnx_values){.count = count, .value = input}, 1, &limits, arena, err);
}

static void print_signals(const qy_onnx_signals *s, int format)
{
  static const char *const names[] = {"layer", "weight_sqnr_db", "output_sqnr_db"};
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < s->count; i++)
    table_row(t, TEXT(s->layer[i].layer), NUMBER(s->layer[i].weight_db), NUMBER(s->layer[i].output_db));
  table_row(t, TEXT("output"), TEXT(NULL), NUMBER(s->output_db));
  table_print(t);
}

/* In codes of its own there are widths, and the weights are what the codes stand for. */
static void print_codes(const qy_onnx_signals *s, int format)
{
  static const char *const names[] = {"layer", "weight_bits", "activation_bits", "output_sqnr_db"};
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < s->count; i++) {
    table_text(t, s->layer[i].layer);
    table_bits(t, s->layer[i].weight_bits);
    table_bits(t, s->layer[i].activation_bits);
    table_number(t, s->layer[i].output_db);
  }
  table_row(t, TEXT("output"), TEXT(NULL), TEXT(NULL), NUMBER(s->output_db));
  table_print(t);
}

int quantize_network(const network_request *q, const qy_number *number, int format, qy_arena *arena, qy_error *err)
{
  qy_onnx_dim *dim = qy_arena_alloc(arena, OPTION_LIST_MAX, sizeof *dim);
  const qy_onnx_options options = {q->images, dim, (size_t)q->dims.count};
  qy_onnx *onnx = NULL;
  qy_onnx_signals s = {0};
  qy_status status = dim ? onnx_read_dims(dim, &q->dims, arena, err) : qy_no_memory(err);
  if (!status) status = qy_onnx_read(&onnx, q->model, &options, err);
  if (!status) status = measure(&s, q, number, onnx, arena, err);
  if (!status && number) print_signals(&s, format);
  if (!status && !number) print_codes(&s, format);
  qy_onnx_free(onnx);
  return status ? report(status, err) : EXIT_DONE;
}
