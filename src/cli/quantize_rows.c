/* Mixed rows in a table: see quantize_rows.h. */
#include "quantize_rows.h"

#include <math.h>

typedef struct mixed {
  const rows_request *q;
  qy_number number[QY_ROW_PARTS];
  double scheme_share, high_share;
} mixed;

rows_request rows_request_default(void)
{
  return (rows_request){.mix = NAN, .high = NAN, .spread = QY_ROW_SPREAD, .high_bits = 8};
}

bool rows_request_asks(const rows_request *q)
{
  return !isnan(q->mix) || !isnan(q->high) || q->rows || q->layers;
}

/* Shares and formats; all rows but those of high precision are in FORMAT where nothing else is said. */
static qy_status prepare(mixed *m, const rows_request *q, const qy_number *number, qy_error *err)
{
  const bool fixed = number->kind == QY_NUMBER_UNIFORM;
  *m = (mixed){.q = q, .high_share = isnan(q->high) ? 0 : q->high};
  m->scheme_share = !isnan(q->mix) ? q->mix : fixed ? 0 : 1 - m->high_share;
  if (m->scheme_share + m->high_share > 1 + 1e-12)
    return qy_fail(err, QY_BAD_INPUT, "quantize: found --mix %g and --high %g, expected at most 1 together", q->mix,
                   m->high_share);
  if (q->weights && !q->rows)
    return qy_fail(err, QY_BAD_INPUT, "quantize: --weights %s in mixed rows: expected --rows N", q->weights);
  if (!q->weights && q->rows)
    return qy_fail(err, QY_BAD_INPUT, "quantize: found --rows without --weights, expected both");
  m->number[QY_ROWS_SCHEME] = *number;
  m->number[QY_ROWS_LOW] = fixed ? *number : qy_number_default(QY_NUMBER_UNIFORM, number->bits);
  m->number[QY_ROWS_HIGH] = qy_number_default(QY_NUMBER_UNIFORM, (int)q->high_bits);
  qy_status status = QY_OK;
  for (int i = 0; !status && i < QY_ROW_PARTS; i++)
    status = qy_number_check(&m->number[i], err);
  return status;
}

static void head(table *t, const qy_signal *signal)
{
  table_row(t, TEXT(qy_signal_name(signal->kind)),
            NUMBER(signal->kind == QY_SIGNAL_GENERALIZED ? signal->shape : (double)NAN));
}

static void print_result(table *t, const mixed *m, const qy_signal *signal, double spread, const qy_row_result *r)
{
  for (int i = 0; i < QY_ROW_PARTS; i++) {
    if (!(r->part[i].rows > 0)) continue;
    head(t, signal);
    table_row(t, NUMBER(spread), TEXT(qy_row_part_names[i]), TEXT(qy_number_table(NULL)[m->number[i].kind].name),
              INTEGER(m->number[i].bits), NUMBER(r->part[i].rows), NUMBER(r->part[i].power), NUMBER(r->part[i].noise),
              NUMBER(r->part[i].scale), NUMBER(r->part[i].sqnr_db));
  }
  head(t, signal);
  table_row(t, NUMBER(spread), TEXT("all"), TEXT(NULL), NUMBER((double)NAN), NUMBER(1), NUMBER(1), NUMBER(1),
            NUMBER((double)NAN), NUMBER(r->sqnr_db));
}

static void print_plan(table *t, const qy_signal *signal, double spread, const char *plan, double db)
{
  head(t, signal);
  table_row(t, NUMBER(spread), TEXT(plan), TEXT(NULL), NUMBER((double)NAN), NUMBER((double)NAN), NUMBER((double)NAN),
            NUMBER((double)NAN), NUMBER((double)NAN), NUMBER(db));
}

static qy_status mix_signal(table *t, const mixed *m, const qy_signal *signal, qy_arena *arena, qy_error *err)
{
  qy_format_noise noise[QY_ROW_PARTS];
  qy_row_result result;
  qy_row_mix mix = {.scheme_share = m->scheme_share,
                    .high_share = m->high_share,
                    .spread = m->q->spread,
                    .scale = (qy_row_scale)m->q->scale};
  qy_status status = QY_OK;
  for (int i = 0; !status && i < QY_ROW_PARTS; i++) {
    status = qy_format_noise_make(&noise[i], &m->number[i], signal, arena, err);
    mix.format[i] = &noise[i];
  }
  if (status) return status;
  qy_row_mix_find(&result, &mix);
  print_result(t, m, signal, m->q->spread, &result);
  if (m->q->layers) {
    qy_row_plans plans;
    qy_row_mix_plans(&plans, &mix, (size_t)m->q->layers);
    print_plan(t, signal, m->q->spread, "intra_layer", plans.intra_db);
    print_plan(t, signal, m->q->spread, "inter_layer", plans.inter_db);
  }
  return QY_OK;
}

static qy_status mix_distributions(table *t, const mixed *m, qy_arena *arena, qy_error *err)
{
  static const qy_signal_kind kinds[] = {QY_SIGNAL_GAUSSIAN, QY_SIGNAL_LAPLACIAN, QY_SIGNAL_UNIFORM};
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < sizeof kinds / sizeof *kinds; i++) {
    qy_signal signal;
    status = qy_signal_make(&signal, kinds[i], 0, err);
    if (!status) status = mix_signal(t, m, &signal, arena, err);
  }
  return status;
}

static qy_status mix_weights(table *t, const mixed *m, qy_arena *arena, qy_error *err)
{
  double *weight = NULL;
  size_t count = 0;
  const size_t rows = (size_t)m->q->rows;
  qy_status status = qy_weights_read(&weight, &count, m->q->weights, arena, err);
  if (status) return status;
  if (count % rows)
    return qy_fail_at(err, QY_BAD_INPUT, m->q->weights, 0, 0, "found %zu weights, expected a multiple of --rows %zu",
                      count, rows);
  bool zero = true;
  for (size_t i = 0; i < count; i++)
    zero = zero && weight[i] == 0;
  if (zero) return qy_fail_at(err, QY_BAD_INPUT, m->q->weights, 0, 0, "found only zeros, expected weights");
  qy_row_task task = {.weight = weight,
                      .rows = rows,
                      .columns = count / rows,
                      .scheme_share = m->scheme_share,
                      .high_share = m->high_share,
                      .scale = (qy_row_scale)m->q->scale};
  for (int i = 0; i < QY_ROW_PARTS; i++)
    task.format[i] = m->number[i];
  qy_row_choice *choice = qy_arena_alloc(arena, rows, sizeof *choice);
  if (!choice) return qy_no_memory(err);
  qy_row_result result;
  status = qy_row_assign(&result, choice, &task, err);
  if (status) return status;
  const qy_signal signal = {.kind = QY_SIGNAL_SAMPLES};
  print_result(t, m, &signal, qy_row_spread(weight, rows, task.columns), &result);
  return QY_OK;
}

int quantize_rows(const rows_request *q, const qy_number *number, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"signal", "shape", "spread", "part",  "format", "bits",
                                      "rows",   "power", "noise",  "scale", "sqnr_db"};
  mixed m;
  qy_status status = prepare(&m, q, number, err);
  if (!status && q->weights && q->layers)
    status = qy_fail(err, QY_BAD_INPUT, "quantize: found --layers with --weights of one layer, expected one of them");
  if (status) return report(status, err);
  table *t = table_new(q->format, sizeof names / sizeof *names, names);
  status = q->weights ? mix_weights(t, &m, arena, err) : mix_distributions(t, &m, arena, err);
  if (status) {
    table_drop(t);
    return report(status, err);
  }
  table_print(t);
  return EXIT_DONE;
}
