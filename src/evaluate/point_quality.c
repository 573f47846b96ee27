/* Signal quality at the precisions of a plan: weight formats are judged once, whatever elements use them. */
#include "model_int.h"

#include "quarry/quality.h"

#include <math.h>
#include <string.h>

static qy_status format_quality(const known_format **out, const qy_model *model, const qy_number *number,
                                qy_signal_kind kind, const qy_signal *signal, qy_error *err)
{
  qy_best best = {.sqnr_db = 0};
  for (const known_format *f = *model->formats; f; f = f->next)
    if (f->signal == kind && memcmp(&f->number, number, sizeof *number) == 0) {
      *out = f;
      return QY_OK;
    }
  known_format *f = qy_arena_alloc(model->arena, 1, sizeof *f);
  if (!f) return qy_no_memory(err);
  qy_status status = qy_best_format(&best, number, signal, err);
  if (status) return status;
  *f = (known_format){.number = *number, .signal = kind, .sqnr_db = best.sqnr_db, .next = *model->formats};
  *model->formats = f;
  *out = f;
  return QY_OK;
}

qy_status quality_of(double *sqnr_db, const qy_model *model, const qy_pe *pe, int precision_bits, qy_signal_kind kind,
                     qy_error *err)
{
  const int mode = qy_pe_mode_for(pe, precision_bits);
  qy_signal signal;
  *sqnr_db = NAN;
  if (mode < 0) return QY_OK;
  const qy_number number = qy_pe_weight_format(pe, precision_bits);
  const known_format *weights = NULL;
  double error = 0; /* power of the arithmetic's error over that of the products */
  qy_status status = qy_signal_make(&signal, kind, QY_ELEMENT_SHAPE, err);
  if (!status) status = format_quality(&weights, model, &number, kind, &signal, err);
  if (!status) status = qy_pe_product_error(&error, pe, mode, &signal, NULL, err);
  if (status) return status;
  *sqnr_db = error > 0 ? -10 * log10(pow(10, -weights->sqnr_db / 10) + error) : weights->sqnr_db;
  return QY_OK;
}
