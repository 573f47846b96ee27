/* What the models chose where a design leaves it open: see qy_point.resolved. */
#include "model_int.h"

#include "quarry/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_text(qy_text *out, const char *text)
{
  qy_text_put(out, text, strlen(text));
}

/* A key with '_' for '.', behind what separates it from the one before. */
static void put_key(qy_text *out, const char *of, const char *key)
{
  put_text(out, out->length ? ",\"" : "{\"");
  if (of) {
    put_text(out, of);
    put_text(out, "_");
  }
  for (const char *dot; (dot = strchr(key, '.')); key = dot + 1) {
    qy_text_put(out, key, (size_t)(dot - key));
    put_text(out, "_");
  }
  put_text(out, key);
  put_text(out, "\":");
}

/* Most are small integers, for which printf takes most of the time of a point. */
static void put_number(qy_text *out, const char *of, const char *key, double value)
{
  enum { DIGITS = 9 };
  static const double small = 1e9;
  char digit[DIGITS];
  int first = DIGITS;
  if (isnan(value)) return;
  put_key(out, of, key);
  if (!(value >= 0 && value < small && value == floor(value)) || signbit(value)) {
    qy_text_add(out, "%.17g", value);
    return;
  }
  unsigned rest = (unsigned)value;
  do {
    digit[--first] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  qy_text_put(out, digit + first, (size_t)(DIGITS - first));
}

/* Is it left open? */
static bool is_open(const qy_parameter *row, double value)
{
  if (row->automatic) return value == 0;
  return row->type == QY_PARAMETER_CHOICE && strcmp(row->names[(size_t)value], "auto") == 0;
}

/* Parameters that are left open.  An element has its own filled in; 0 or less there: it has no such thing. */
static void put_parameters(qy_text *out, const design_entry *g, int m, const struct held *h, const size_t *index)
{
  const member *one = &g->member[m];
  const char *before = g->system ? one->name : NULL;
  for (size_t i = one->first; i < one->first + one->count; i++) {
    const param *p = &g->params[i];
    if (!is_open(p->row, g->param[i].value[index[i]])) continue;
    const char *key = g->system ? p->key + strlen(before) + 1 : p->key;
    if (p->owner == OWNER_ELEMENT) {
      const double value = qy_parameter_get(&h->design.pe->params, p->row);
      if (value > 0) put_number(out, before, key, value);
    } else if (p->owner == OWNER_ACCELERATOR && one->type->chosen) {
      put_number(out, before, key, one->type->chosen(h->design.self, key));
    }
  }
}

/* Where operands of the narrower modes stand, where the model had the choice: "left", "left right". */
static void put_sides(qy_text *out, const char *of, const qy_pe *pe, const qy_prices *prices)
{
  if (!qy_pe_row_of(pe->params.kind)->either_side || pe->params.operands_at != QY_PE_AT_BEST || pe->mode_count < 2)
    return;
  put_key(out, of, "pe.operands_at");
  for (int mode = 1; mode < pe->mode_count; mode++)
    put_text(out, mode > 1 ? " " : "\""), put_text(out, qy_pe_side_name(prices->side[mode]));
  put_text(out, "\"");
}

qy_status resolved_of(const char **text, worker *w, const qy_model *model, int entry, const struct held *held,
                      const size_t *index, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[entry];
  const bool cells = !plan->technology[index[g->param_count + AXIS_TECHNOLOGY]]->fpga;
  qy_text out = {0};
  for (int m = 0; m < g->member_count; m++) {
    const struct held *h = &held[m];
    const char *name = g->system ? g->member[m].name : NULL;
    if (cells) put_number(&out, name, "pe.stages", qy_prices_stages(h->design.prices, QY_ROLE_ELEMENT));
    if (cells) put_sides(&out, name, h->design.pe, h->design.prices);
    put_parameters(&out, g, m, h, index);
  }
  *text = NULL;
  if (out.length) put_text(&out, "}");
  const bool failed = out.failed || (out.length && !(*text = texts_keep(&w->reasons, out.data)));
  qy_text_free(&out);
  return failed ? qy_no_memory(err) : QY_OK;
}

qy_status resolved_take(const char **text, worker *w, const qy_model *model, qy_error *err)
{
  *text = w->resolved;
  if (w->resolved_at == w->moves && w->moves) return QY_OK;
  const qy_status status = resolved_of(&w->resolved, w, model, w->entry, w->member, w->index, err);
  if (status) return status;
  w->resolved_at = w->moves;
  *text = w->resolved;
  return QY_OK;
}
