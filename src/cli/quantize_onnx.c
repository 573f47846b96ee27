/* quarry quantize --onnx: see quantize_onnx.h. */
#include "quantize_onnx.h"
#include "import_onnx.h"

#include "quarry/onnx_signal.h"
#include "quarry/random.h"
#include "quarry/sqnr.h"

#include <gsl/gsl_cdf.h>

/* 10^9 products that may be run for every GiB that may be held: some ten seconds. */
static const double products_gib = 25;

/* Normal deviates of one seed: every format sees the same. */
static qy_status draw(double **input, size_t count, qy_arena *arena, qy_error *err)
{
  uint64_t state = 1;
  *input = qy_arena_alloc(arena, count, sizeof **input);
  if (!*input) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    (*input)[i] = gsl_cdf_ugaussian_Pinv(qy_random_open(qy_random_word(&state)));
  return QY_OK;
}

static qy_status measure(qy_onnx_signals *s, const network_request *q, const qy_number *number, qy_onnx *onnx,
                         qy_arena *arena, qy_error *err)
{
  double *input = NULL;
  const size_t wanted = qy_onnx_input_count(onnx);
  size_t count = wanted;
  const qy_onnx_limits limits = {(double)q->limit, products_gib * (double)q->limit};
  if (wanted == 0) return qy_fail_at(err, QY_BAD_INPUT, q->model, 0, 0, "expected an input of known size");
  qy_status status = q->input ? qy_weights_read(&input, &count, q->input, arena, err) : draw(&input, count, arena, err);
  if (status) return status;
  if (count != wanted)
    return qy_fail_at(err, QY_BAD_INPUT, q->input, 0, 0, "expected %zu values for the model's input, found %zu", wanted,
                      count);
  return qy_onnx_measure(s, onnx, input, count, number, (int)q->bits, &limits, arena, err);
}

int quantize_network(const network_request *q, const qy_number *number, int format, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"layer", "weight_sqnr_db", "output_sqnr_db"};
  qy_onnx_dim *dim = qy_arena_alloc(arena, OPTION_LIST_MAX, sizeof *dim);
  const qy_onnx_options options = {q->images, dim, (size_t)q->dims.count};
  qy_onnx *onnx = NULL;
  qy_onnx_signals s = {0};
  qy_status status = dim ? onnx_read_dims(dim, &q->dims, arena, err) : qy_no_memory(err);
  if (!status) status = qy_onnx_read(&onnx, q->model, &options, err);
  if (!status) status = measure(&s, q, number, onnx, arena, err);
  if (!status) {
    table *t = table_new(format, sizeof names / sizeof *names, names);
    for (size_t i = 0; i < s.count; i++)
      table_row(t, TEXT(s.layer[i].layer), NUMBER(s.layer[i].weight_db), NUMBER(s.layer[i].output_db));
    table_row(t, TEXT("output"), TEXT(NULL), NUMBER(s.output_db));
    table_print(t);
  }
  qy_onnx_free(onnx);
  return status ? report(status, err) : EXIT_DONE;
}
