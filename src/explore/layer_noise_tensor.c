/* Noise of quantized weights, measured on a layer's own; see layer_noise.h. */
#include "layer_noise_int.h"

#include "quarry/sqnr.h"

#include <math.h>
#include <unistd.h>

const char *noise_tensor_file(const char *folder, const qy_layer *layer, qy_arena *arena)
{
  static const char *const endings[] = {"f32", "bin", "raw", "csv", "txt"};
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    const char *file = qy_arena_format(arena, "%s/%s.%s", folder, layer->name, endings[i]);
    if (!file || access(file, F_OK) == 0) return file;
  }
  return NULL;
}

/* Noise power of x[0..count) at its best scale, times count; zeros alone have none. */
static qy_status noise_of(double *sum, const double *x, size_t count, const qy_number *format, qy_error *err)
{
  qy_signal signal;
  qy_best best;
  bool zero = true;
  for (size_t i = 0; i < count && zero; i++)
    zero = x[i] == 0;
  *sum = 0;
  if (zero) return QY_OK;
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? qy_signal_from_array(&signal, x, count, arena, err) : qy_no_memory(err);
  if (!status) status = qy_best_format(&best, format, &signal, err);
  if (!status) *sum = signal.samples->power * pow(10, -best.sqnr_db / 10) * (double)count;
  qy_arena_free(arena);
  return status;
}

/* The weights of a layer and the sum of their squares, checked. */
static qy_status read_weights(double **x, size_t *count, double *power, const char *folder, const qy_layer *layer,
                              qy_arena *arena, qy_error *err)
{
  const char *file = noise_tensor_file(folder, layer, arena);
  if (!file)
    return qy_fail_at(err, QY_BAD_INPUT, folder, 0, 0,
                      "expected the weights of layer '%s' in %s.f32, .bin, .raw, .csv or .txt, found no such file",
                      layer->name, layer->name);
  const qy_status status = qy_weights_read(x, count, file, arena, err);
  if (status) return status;
  if ((int64_t)*count != layer->weights)
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "layer '%s': expected its %lld weights, found %zu numbers",
                      layer->name, (long long)layer->weights, *count);
  *power = 0;
  for (size_t i = 0; i < *count; i++)
    *power += (*x)[i] * (*x)[i];
  if (*power > 0 && isfinite(*power)) return QY_OK;
  return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                    "layer '%s': expected weights that are not all 0 and whose squares are no overflow, found %s",
                    layer->name, *power > 0 ? "too large ones" : "zeros");
}

qy_status noise_tensor_check(const char *folder, const qy_layer *layer, qy_error *err)
{
  double *x, power;
  size_t count;
  qy_arena *arena = qy_arena_new();
  const qy_status status = arena ? read_weights(&x, &count, &power, folder, layer, arena, err) : qy_no_memory(err);
  qy_arena_free(arena);
  return status;
}

qy_status noise_tensor_measure(double *noise, const char *folder, bool per_channel, const qy_layer *layer,
                               const qy_number *format, qy_error *err)
{
  double *x = NULL, power = 0, sum = 0;
  size_t count = 0;
  const size_t channels = per_channel ? (size_t)layer->out_c : 1;
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? read_weights(&x, &count, &power, folder, layer, arena, err) : qy_no_memory(err);
  *noise = 0;
  for (size_t c = 0; !status && c < channels; c++) {
    const size_t each = count / channels;
    status = noise_of(&sum, x + c * each, each, format, err);
    if (!status) *noise += sum / power;
  }
  qy_arena_free(arena);
  return status;
}
