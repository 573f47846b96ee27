/* The table of elements, their parameters by name, and the way from parameters to a circuit. */
#include "pe_int.h"

#include "quarry/decimal.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const qy_pe_row *const table[QY_PE_KIND_COUNT] = {
#define ELEMENT(NAME, name) [QY_PE_##NAME] = &qy_pe_##name##_row,
#include "quarry/pe.def"
#undef ELEMENT
};

const qy_pe_row *qy_pe_row_of(qy_pe_kind kind)
{
  assert((unsigned)kind < QY_PE_KIND_COUNT);
  return table[kind];
}

int qy_pe_find(const char *name)
{
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    if (strcmp(table[kind]->name, name) == 0) return kind;
  return -1;
}

/* ---- parameters */

static bool takes(const qy_pe_row *row, const qy_parameter *parameter)
{
  for (size_t i = 0; row->parameter[i]; i++)
    if (row->parameter[i] == parameter) return true;
  return false;
}

qy_pe_params qy_pe_default(qy_pe_kind kind)
{
  size_t count;
  const qy_parameter *const *all = qy_pe_parameters(&count);
  qy_pe_params params;
  memset(&params, 0, sizeof params);
  for (size_t i = 0; i < count; i++)
    qy_parameter_set(&params, all[i], all[i]->fallback);
  params.kind = kind;
  return params;
}

/* What is allowed, for messages. */
static void add_allowed(qy_text *text, const qy_parameter *p)
{
  if (p->automatic) qy_text_add(text, "auto or ");
  for (size_t i = 0; i < p->name_count; i++)
    qy_text_add(text, "%s%s", i == 0 ? "" : i + 1 < p->name_count ? ", " : " or ", p->names[i]);
  if (p->name_count == 0) qy_text_add(text, "%.10g to %.10g", p->low, p->high);
}

static qy_status refuse(const qy_pe_row *row, const qy_parameter *p, const char *found, qy_error *err)
{
  qy_text allowed = {0};
  char advice[QY_DID_YOU_MEAN];
  add_allowed(&allowed, p);
  qy_status status = qy_fail(err, QY_BAD_INPUT, "pe %s: %s: expected %s, found %s%s", row->name, p->key,
                             allowed.data ? allowed.data : "another value", found,
                             qy_did_you_mean(advice, found, p->names, p->name_count));
  qy_text_free(&allowed);
  return status;
}

static qy_status unknown(const qy_pe_row *row, const char *name, qy_error *err)
{
  enum { SUGGESTED = 64 };
  qy_text known = {0};
  const char *names[SUGGESTED];
  char advice[QY_DID_YOU_MEAN];
  size_t count = 0;
  for (size_t i = 0; row->parameter[i]; i++) {
    qy_text_add(&known, "%s%s", i > 0 ? ", " : "", row->parameter[i]->key);
    if (count < SUGGESTED) names[count++] = row->parameter[i]->key;
  }
  qy_status status = qy_fail(err, QY_BAD_INPUT, "pe %s: expected a parameter of %s, found %s%s", row->name,
                             known.data ? known.data : "the list", name, qy_did_you_mean(advice, name, names, count));
  qy_text_free(&known);
  return status;
}

static bool allowed(const qy_parameter *p, double value)
{
  if (p->automatic && value == 0) return true;
  if (p->type == QY_PARAMETER_CHOICE) return value >= 0 && value < (double)p->name_count;
  return value >= p->low && value <= p->high;
}

/* A value as written; false: not one. */
static bool read_value(double *value, const qy_parameter *p, const char *text)
{
  for (size_t i = 0; i < p->name_count; i++)
    if (strcmp(p->names[i], text) == 0) {
      *value = (double)i;
      return true;
    }
  if (p->automatic && strcmp(text, "auto") == 0) {
    *value = 0;
    return true;
  }
  char *end;
  const long long number = strtoll(text, &end, 10);
  *value = (double)number;
  return end != text && *end == '\0';
}

qy_status qy_pe_set(qy_pe_params *params, const char *name, const char *value, qy_error *err)
{
  const qy_pe_row *row = qy_pe_row_of(params->kind);
  for (size_t i = 0; row->parameter[i]; i++) {
    const qy_parameter *p = row->parameter[i];
    double number;
    if (strcmp(p->key, name)) continue;
    if (!read_value(&number, p, value) || !allowed(p, number)) return refuse(row, p, value, err);
    qy_parameter_set(params, p, number);
    return QY_OK;
  }
  return unknown(row, name, err);
}

/* Every parameter within its range, and none that the kind does not have. */
static qy_status check_parameters(const qy_pe_params *params, const qy_pe_row *row, qy_error *err)
{
  size_t count;
  const qy_parameter *const *all = qy_pe_parameters(&count);
  for (size_t i = 0; i < count; i++) {
    const qy_parameter *p = all[i];
    const double value = qy_parameter_get(params, p);
    if (p == &qy_pe_kind_parameter) continue;
    if (p == &qy_pe_accumulator_bits_parameter && value == QY_PE_ACCUMULATOR_NEEDED) {
      if (row->accumulates != QY_PE_SUMS_NEVER) continue;
      return qy_fail(err, QY_BAD_INPUT, "pe %s: an accumulator is needed, and this element has none", row->name);
    }
    if (!takes(row, p)) {
      if (value != 0 && value != p->fallback) return unknown(row, p->key, err);
    } else if (!allowed(p, value)) {
      char found[32];
      qy_print(found, sizeof found, "%.10g", value);
      return refuse(row, p, found, err);
    }
  }
  return QY_OK;
}

/* ---- building */

/* The parameters in words, for reports and the head of the Verilog module. */
static void note_parameters(qy_pe *pe)
{
  char text[256] = "";
  size_t used = 0;
  const qy_pe_row *row = qy_pe_row_of(pe->params.kind);
  for (size_t i = 0; row->parameter[i]; i++) {
    const qy_parameter *p = row->parameter[i];
    const double value = qy_parameter_get(&pe->params, p);
    used = qy_append(text, sizeof text, used, "%s%s ", i > 0 ? ", " : "", p->key);
    if (p->type == QY_PARAMETER_CHOICE)
      used = qy_append(text, sizeof text, used, "%s", p->names[(int)value]);
    else
      used = qy_append(text, sizeof text, used, "%.10g", value);
  }
  qy_circuit_note(pe->circuit, text);
}

qy_status qy_pe_build(qy_pe *pe, const qy_pe_params *params, qy_arena *arena, qy_error *err)
{
  memset(pe, 0, sizeof *pe);
  if ((int)params->kind < 0 || params->kind >= QY_PE_KIND_COUNT)
    return qy_fail(err, QY_BAD_INPUT, "pe: expected a kind from `list elements`, found number %d", (int)params->kind);
  const qy_pe_row *row = table[params->kind];
  pe->params = *params;
  qy_status status = check_parameters(&pe->params, row, err);
  if (status) return status;
  const char *wrong = row->check(&pe->params);
  if (wrong)
    return qy_fail(err, QY_BAD_INPUT, "pe %s: %s; found bits %d, weight_bits %d, accumulator_bits %d, output_bits %d",
                   row->name, wrong, params->bits, params->weight_bits, params->accumulator_bits, params->output_bits);
  if (row->number_kind != QY_PE_INTEGERS) {
    assert(row->number_kind != QY_NUMBER_UNIFORM); /* those are integers */
    pe->has_number = row->multiplies;
    pe->number = qy_number_default((qy_number_kind)row->number_kind, pe->params.weight_bits);
    if (row->format) row->format(&pe->params, &pe->number);
    status = qy_number_check(&pe->number, err);
    if (status) return status;
  }
  pe->circuit = qy_circuit_new(row->name, arena);
  row->build(pe);
  note_parameters(pe);
  return qy_circuit_finish(pe->circuit, err);
}

/* ---- products ---- */

int qy_pe_lanes(const qy_pe *pe)
{
  const qy_pe_params *p = &pe->params;
  return (p->group > 1 ? p->group : 1) * (p->units > 1 ? p->units : 1);
}

qy_pe_product qy_pe_product_of(const qy_pe *pe, int mode, int k)
{
  assert(mode >= 0 && mode < pe->mode_count && k >= 0);
  const qy_pe_row *row = qy_pe_row_of(pe->params.kind);
  const int last = pe->mode[mode].products / qy_pe_lanes(pe) - 1;
  assert(k <= last);
  if (row->product) return row->product(pe, mode, k);
  return row->apart ? (qy_pe_product){k, k, k, 0} : (qy_pe_product){k, last - k, 0, 0};
}

bool qy_pe_apart(const qy_pe *pe)
{
  return qy_pe_row_of(pe->params.kind)->apart || pe->params.sharing != QY_PE_SHARE_OUTPUTS;
}

bool qy_pe_shares_operands(const qy_pe *pe)
{
  return pe->params.sharing != QY_PE_SHARE_OUTPUTS && !pe->params.subword;
}

int qy_pe_mode_for(const qy_pe *pe, int bits)
{
  int best = -1;
  for (int k = 0; k < pe->mode_count; k++) {
    const qy_pe_mode *m = &pe->mode[k];
    if (m->bits < bits) continue;
    int gain = best < 0 ? 1 : m->products * pe->mode[best].cycles - pe->mode[best].products * m->cycles;
    if (gain > 0 || (gain == 0 && m->bits < pe->mode[best].bits)) best = k;
  }
  return best;
}
