/* Sensitivity indices for people: see indices.h. */
#include "indices.h"

#include "cli.h"
#include "pictures.h"

#include "quarry/alloc.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WORTH_SHOWING 0.01

/* Total index of an input in outputs [first, first + count): the largest. */
static double strongest(const indices *f, size_t input, size_t first, size_t count)
{
  double most = 0;
  for (size_t o = first; o < first + count; o++)
    most = fmax(most, f->index[input * f->outputs + o].total);
  return most;
}

/* Inputs by falling strength; free() it.  NULL: out of memory. */
static size_t *rank(const indices *f, size_t first, size_t count)
{
  size_t *order = qy_alloc(f->inputs, sizeof *order);
  for (size_t i = 0; order && i < f->inputs; i++) {
    size_t j = i;
    const double own = strongest(f, i, first, count);
    for (; j > 0 && strongest(f, order[j - 1], first, count) < own; j--)
      order[j] = order[j - 1];
    order[j] = i;
  }
  return order;
}

static double rounded(double x)
{
  return 0.001 * round(1000 * x);
}

qy_status indices_print(const indices *f, int format, qy_error *err)
{
  enum { TEXT = 64 };
  const size_t columns = 1 + 2 * f->outputs;
  const char **names = qy_alloc(columns, sizeof *names);
  char(*text)[TEXT] = qy_alloc(columns, sizeof *text);
  size_t *order = rank(f, 0, f->outputs);
  qy_status status = names && text && order ? QY_OK : qy_no_memory(err);
  for (size_t c = 0; !status && c < columns; c++) {
    snprintf(text[c], TEXT, c ? "%.50s_%s" : "constant", c ? f->output[(c - 1) / 2] : "", c % 2 ? "first" : "total");
    names[c] = text[c];
  }
  table *t = status ? NULL : table_new(format, (int)columns, names);
  for (size_t r = 0; t && r < f->inputs; r++) {
    const qy_sensitivity_index *row = &f->index[order[r] * f->outputs];
    if (format == FORMAT_TABLE && strongest(f, order[r], 0, f->outputs) < WORTH_SHOWING) break;
    table_text(t, f->input[order[r]]);
    for (size_t o = 0; o < f->outputs; o++) {
      table_row(t, NUMBER(format == FORMAT_TABLE ? rounded(row[o].first) : row[o].first),
                NUMBER(format == FORMAT_TABLE ? rounded(row[o].total) : row[o].total));
    }
  }
  if (t) table_print(t);
  free(names);
  free(text);
  free(order);
  return status;
}

size_t indices_shown(const indices *f, size_t output)
{
  size_t worth = 0;
  for (size_t i = 0; i < f->inputs; i++)
    worth += f->index[i * f->outputs + output].total >= WORTH_SHOWING / 2;
  return worth < 1 ? 1 : worth < INDICES_BARS_MAX ? worth : INDICES_BARS_MAX;
}

qy_status indices_draw(const indices *f, size_t output, const char *title, const char *caption,
                       const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err)
{
  const char *name[INDICES_BARS_MAX];
  double total[INDICES_BARS_MAX], part[INDICES_BARS_MAX];
  size_t *order = rank(f, output, 1), bars = indices_shown(f, output);
  if (!order) return qy_no_memory(err);
  if (bars > f->inputs) bars = f->inputs;
  for (size_t b = 0; b < bars; b++) {
    const qy_sensitivity_index *x = &f->index[order[b] * f->outputs + output];
    name[b] = f->input[order[b]];
    total[b] = x->total;
    part[b] = fmin(x->first, x->total); /* never more but for sampling error */
  }
  free(order);
  const qy_tornado tornado = {.title = title,
                              .caption = caption,
                              .x_label = "share of the variance (Sobol index)",
                              .total_label = "total",
                              .part_label = "alone",
                              .count = bars,
                              .name = name,
                              .total = total,
                              .part = part};
  return draw_tornado(&tornado, look, stem, gnuplot, err);
}
