/* The members of design entries: their parameters, and the structs that a combination of values fills. */
#include "plan_int.h"
#include "quarry/decimal.h"

#include <assert.h>
#include <string.h>

bool entry_has(const design_entry *e, int metric)
{
  return qy_metric_applies(metric, e->where);
}

unsigned entry_where(const design_entry *e, const qy_tech *tech)
{
  return (e->where & QY_AT_PLACES) | qy_tech_fabric(tech);
}

static const char *const signals[QY_SIGNAL_SAMPLES] = {[QY_SIGNAL_GAUSSIAN] = "gaussian",
                                                       [QY_SIGNAL_LAPLACIAN] = "laplacian",
                                                       [QY_SIGNAL_GENERALIZED] = "generalized",
                                                       [QY_SIGNAL_UNIFORM] = "uniform"};
static const qy_parameter signal_parameter = {.key = "signal",
                                              .type = QY_PARAMETER_CHOICE,
                                              QY_NAMES(signals),
                                              .help = "weight distribution for the signal to quantization noise"};

static qy_status add_param(param *out, size_t *count, const qy_parameter *row, owner who, const char *prefix,
                           qy_arena *arena, qy_error *err)
{
  const size_t at = (*count)++;
  if (!out) return QY_OK;
  const bool of_element = who == OWNER_ELEMENT || who == OWNER_OPERANDS;
  out[at] = (param){.row = row, .owner = who, .key = row->key};
  if (prefix)
    out[at].key = qy_arena_format(arena, "%s.%s%s", prefix, of_element ? "pe." : "", row->key);
  else if (of_element)
    out[at].key = qy_arena_format(arena, "pe.%s", row->key);
  return out[at].key ? QY_OK : qy_no_memory(err);
}

qy_status member_params(param *out, size_t *count, const qy_accelerator *type, const char *prefix, qy_arena *arena,
                        qy_error *err)
{
  size_t elements;
  const qy_parameter *const *element = qy_pe_parameters(&elements);
  qy_status status = QY_OK;
  *count = 0;
  for (size_t i = 0; !status && i < elements; i++)
    status = add_param(out, count, element[i], OWNER_ELEMENT, prefix, arena, err);
  if (!status) status = add_param(out, count, &qy_pe_operands_parameter, OWNER_OPERANDS, prefix, arena, err);
  for (size_t i = 0; !status && i < type->parameter_count; i++)
    status = add_param(out, count, &type->parameter[i], OWNER_ACCELERATOR, prefix, arena, err);
  if (!status) status = add_param(out, count, &signal_parameter, OWNER_SIGNAL, prefix, arena, err);
  return status;
}

/* ---- elements ---- */

static bool of_element(const param *p)
{
  return p->owner == OWNER_ELEMENT || p->owner == OWNER_OPERANDS;
}

size_t member_element_count(const design_entry *g, int m)
{
  const member *one = &g->member[m];
  size_t count = 1;
  for (size_t i = one->first; i < one->first + one->count; i++)
    if (of_element(&g->params[i])) count *= g->param[i].count;
  return count;
}

size_t member_element_of(const design_entry *g, int m, const size_t *index)
{
  const member *one = &g->member[m];
  size_t element = 0;
  for (size_t i = one->first; i < one->first + one->count; i++)
    if (of_element(&g->params[i])) element = element * g->param[i].count + index[i];
  return element;
}

void member_element(qy_pe_params *pe, qy_pe_stimulus *operands, const design_entry *g, int m, size_t element)
{
  const member *one = &g->member[m];
  int which = 0;
  *pe = (qy_pe_params){0};
  for (size_t i = one->first + one->count; i-- > one->first;) {
    const param *p = &g->params[i];
    if (!of_element(p)) continue;
    const double value = g->param[i].value[element % g->param[i].count];
    element /= g->param[i].count;
    if (p->owner == OWNER_OPERANDS)
      which = (int)value;
    else
      qy_parameter_set(pe, p->row, value);
  }
  if ((one->type->needs & QY_NEEDS_ACCUMULATOR) && pe->accumulator_bits == 0)
    pe->accumulator_bits = QY_PE_ACCUMULATOR_NEEDED;
  *operands = qy_pe_stimulus_of(which);
}

static bool same_element(const qy_pe_params *a, const qy_pe_params *b)
{
  size_t count;
  const qy_parameter *const *parameter = qy_pe_parameters(&count);
  bool same = true;
  for (size_t i = 0; same && i < count; i++)
    same = qy_parameter_get(a, parameter[i]) == qy_parameter_get(b, parameter[i]);
  return same;
}

const qy_pe *plan_built(const qy_plan *plan, const qy_pe_params *params)
{
  for (size_t i = 0; i < plan->built_count; i++)
    if (same_element(&plan->built[i].params, params)) return &plan->built[i].pe;
  return NULL;
}

void member_accelerator(void *params, const design_entry *g, int m, const size_t *index)
{
  const member *one = &g->member[m];
  for (size_t i = one->first; i < one->first + one->count; i++)
    if (g->params[i].owner == OWNER_ACCELERATOR)
      qy_parameter_set(params, g->params[i].row, g->param[i].value[index[i]]);
}

bool member_next(size_t *index, const design_entry *g, int m)
{
  const member *one = &g->member[m];
  for (size_t i = one->first; i < one->first + one->count; i++) {
    if (g->params[i].owner == OWNER_ACCELERATOR && ++index[i] < g->param[i].count) return true;
    index[i] = 0;
  }
  return false;
}

unsigned member_circuits(void *params, const design_entry *g, int m, const qy_pe *pe)
{
  size_t index[QY_AXES_MAX] = {0};
  unsigned circuits = 0;
  if (!g->member[m].type->circuits) return 0;
  do {
    member_accelerator(params, g, m, index);
    circuits |= g->member[m].type->circuits(params, pe);
  } while (member_next(index, g, m));
  return circuits;
}

unsigned member_formats(void *params, const design_entry *g, int m, const qy_pe *pe)
{
  size_t index[QY_AXES_MAX] = {0};
  unsigned widths = 0;
  if (!g->member[m].type->formats) return 0;
  do {
    member_accelerator(params, g, m, index);
    widths |= g->member[m].type->formats(params, pe);
  } while (member_next(index, g, m));
  return widths;
}

qy_signal_kind member_signal(const design_entry *g, int m, const size_t *index)
{
  const size_t last = g->member[m].first + g->member[m].count - 1;
  assert(g->params[last].owner == OWNER_SIGNAL);
  return (qy_signal_kind)g->param[last].value[index[last]];
}

const char *value_text(char text[VALUE_TEXT], const qy_parameter *row, double value)
{
  if (row->type == QY_PARAMETER_CHOICE) return row->names[(size_t)value];
  if (row->automatic && value == 0) return "auto";
  for (int digits = 15; digits <= 17; digits++) { /* as few as say it exactly */
    qy_print(text, VALUE_TEXT, "%.*g", digits, value);
    if (qy_decimal(text, NULL) == value) break;
  }
  return text;
}
