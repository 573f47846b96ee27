/* Signal quality at the precisions of a plan: a weight format is fitted once, whatever elements and precisions use
 * it. */
#include "quarry/quality.h"

#include "model_int.h"

#include <math.h>

struct known_format {
  const qy_pe *pe; /* the first to use it */
  int precision_bits;
  qy_signal_kind kind;
  qy_pe_fit fit;
  known_format *next;
};

static qy_status known_fit(const qy_pe_fit **out, const qy_model *model, const qy_pe *pe, int precision_bits,
                           const qy_signal *signal, qy_error *err)
{
  known_format *f = *model->formats;
  while (f && !(f->kind == signal->kind && qy_pe_fit_shared(f->pe, f->precision_bits, pe, precision_bits)))
    f = f->next;
  if (!f) {
    if (!(f = qy_arena_alloc(model->arena, 1, sizeof *f))) return qy_no_memory(err);
    *f = (known_format){.pe = pe, .precision_bits = precision_bits, .kind = signal->kind, .next = *model->formats};
    const qy_status status = qy_pe_fit_weights(&f->fit, pe, precision_bits, signal, err);
    if (status) return status;
    *model->formats = f;
  }
  *out = &f->fit;
  return QY_OK;
}

qy_status quality_of(double *sqnr_db, const qy_model *model, const qy_pe *pe, int precision_bits, qy_signal_kind kind,
                     qy_error *err)
{
  qy_signal signal;
  const qy_pe_fit *fit = NULL;
  *sqnr_db = NAN;
  if (qy_pe_mode_for(pe, precision_bits) < 0) return QY_OK;
  qy_status status = qy_signal_make(&signal, kind, QY_ELEMENT_SHAPE, err);
  if (!status) status = known_fit(&fit, model, pe, precision_bits, &signal, err);
  return status ? status : qy_pe_sqnr_db(sqnr_db, pe, precision_bits, &signal, fit, NULL, err);
}
