/* Signal quality at the precisions of a plan: a weight format is fitted once, whatever elements and precisions use
 * it. */
#include "quarry/quality.h"

#include "model_int.h"

#include "quarry/integer.h"

#include <math.h>
#include <string.h>

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
    const qy_status status = qy_pe_fit_weights(&f->fit, pe, precision_bits, signal, model->known, err);
    if (status) return status;
    *model->formats = f;
  }
  *out = &f->fit;
  return QY_OK;
}

static double ratio_of(double db)
{
  return pow(10, -db / 10);
}

qy_status quality_of(double *sqnr_db, qy_pe_noise *noise, const qy_model *model, const qy_pe *pe,
                     qy_precision precision, qy_signal_kind kind, qy_error *err)
{
  qy_signal signal;
  qy_modes modes;
  const qy_pe_fit *fit = NULL;
  *sqnr_db = NAN;
  *noise = (qy_pe_noise){.weights = NAN, .activations = NAN, .products = NAN};
  if (!qy_element_modes(&modes, pe, precision)) return QY_OK;
  qy_status status = qy_signal_make(&signal, kind, QY_ELEMENT_SHAPE, err);
  if (!status) status = known_fit(&fit, model, pe, precision.weights, &signal, err);
  if (status) return status;
  if (precision.weights != precision.activations) {
    status = qy_pe_noise_at(noise, pe, precision, &signal, fit, err);
    *sqnr_db = -10 * log10(noise->weights + noise->products);
    return status;
  }
  /* One measurement of the products does for both. */
  status = qy_pe_sqnr_db(sqnr_db, pe, precision.weights, &signal, fit, NULL, err);
  noise->weights = ratio_of(fit->best.sqnr_db);
  noise->products = fmax(ratio_of(*sqnr_db) - noise->weights, 0);
  noise->activations = qy_activation_noise(qy_min_int(precision.activations, pe->params.bits));
  noise->weight_format = fit->best.number;
  return status;
}

/* ---- rows in several formats ---- */

/* pe: whose products may be wrong, which is noise as well; NULL: exact ones.  Rows are scaled each to its least noise,
 * so that the table over scales is not looked at. */
static qy_status make_noise(const qy_format_noise **out, const qy_model *model, const qy_number *number,
                            const qy_pe *pe, qy_signal_kind kind, qy_error *err)
{
  const int mode = pe ? qy_pe_mode_for(pe, qy_element_port_bits(pe, "x")) : -1;
  double wrong = 0;
  qy_signal signal;
  qy_format_noise *noise = qy_arena_alloc(model->arena, 1, sizeof *noise);
  if (!noise) return qy_no_memory(err);
  qy_status status = qy_signal_make(&signal, kind, QY_ELEMENT_SHAPE, err);
  if (!status) status = qy_format_noise_make(noise, number, &signal, model->arena, err);
  if (!status && mode >= 0) status = qy_pe_product_error(&wrong, pe, mode, &signal, NULL, err);
  noise->noise += wrong;
  if (!status) *out = noise;
  return status;
}

qy_status quality_prepare_rows(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                               qy_signal_kind kind, qy_error *err)
{
  const qy_accelerator *type = g->member[m].type;
  const qy_pe *pe = &out->element[e]->pe;
  const size_t signal = (size_t)kind;
  const qy_number number_of_scheme = qy_pe_weight_format(pe, qy_element_port_bits(pe, "w"));
  const qy_format_noise **scheme = &out->scheme_noise[e * QY_SIGNAL_SAMPLES + signal];
  qy_status status = QY_OK;
  void *params = qy_arena_alloc(model->arena, 1, type->params_bytes);
  if (!params) return qy_no_memory(err);
  if (!*scheme) status = make_noise(scheme, model, &number_of_scheme, pe, kind, err);
  const unsigned widths = member_formats(params, g, m, pe);
  for (int bits = 1; !status && bits <= FORMAT_BITS_MAX; bits++) {
    const qy_format_noise **fixed = &model->fixed_noise[(size_t)bits * QY_SIGNAL_SAMPLES + signal];
    const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits);
    if (!((widths >> bits) & 1) || *fixed) continue;
    status = make_noise(fixed, model, &number, NULL, kind, err);
  }
  return status;
}

double quality_of_rows(const worker *w, const ready_member *ready)
{
  const qy_design *d = &w->member[0].design;
  const size_t signal = (size_t)w->member[0].signal, e = w->member[0].number;
  double share[QY_ROW_PARTS];
  int bits[QY_ROW_PARTS];
  d->accelerator->shares(share, bits, d->self);
  qy_row_mix mix = {.scheme_share = share[QY_ROWS_SCHEME],
                    .high_share = share[QY_ROWS_HIGH],
                    .spread = QY_ROW_SPREAD,
                    .scale = QY_ROW_SCALE_ROW};
  mix.format[QY_ROWS_SCHEME] = ready->scheme_noise[e * QY_SIGNAL_SAMPLES + signal];
  mix.format[QY_ROWS_LOW] = ready->fixed_noise[(size_t)bits[QY_ROWS_LOW] * QY_SIGNAL_SAMPLES + signal];
  mix.format[QY_ROWS_HIGH] = ready->fixed_noise[(size_t)bits[QY_ROWS_HIGH] * QY_SIGNAL_SAMPLES + signal];
  return qy_row_mix_sqnr_db(&mix);
}
