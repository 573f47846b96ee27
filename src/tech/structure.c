/* The table of the model's discrepancies: see structure.h. */
#include "quarry/structure.h"

#include "quarry/csv.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

static const char *const quantity_names[QY_STRUCTURE_QUANTITIES] = {"area", "delay", "energy"};
static const char *const flow_names[QY_STRUCTURE_FLOWS] = {"lean", "mid", "fast"};

enum { LOG_SIGMA, COMPOSITION, LIBRARY_SHARE, FAMILY_SHARE, KIND_SHARE, PARAMETERS };
static const char *const parameter_names[PARAMETERS] = {"log_sigma", "composition", "library_share", "family_share",
                                                        "kind_share"};

static const double value_max[PARAMETERS] = {QY_STRUCTURE_LOG_SIGMA_MAX, QY_STRUCTURE_COMPOSITION_MAX, 1, 1, 1};

enum { QUANTITY, FLOW, EFFORT, FAMILY, PARAMETER, VALUE, COLUMNS };
static const char *const column_names[COLUMNS] = {"quantity", "flow", "effort", "family", "parameter", "value"};

typedef struct reader {
  qy_csv csv;
  int at[COLUMNS];
  qy_structure *out;
  bool known[QY_STRUCTURE_FLOWS]; /* efforts */
  bool sigma[QY_STRUCTURE_QUANTITIES][QY_STRUCTURE_FLOWS][QY_CLASS_COUNT];
  bool other[QY_STRUCTURE_QUANTITIES][QY_STRUCTURE_FLOWS][PARAMETERS];
} reader;

const char *qy_structure_quantity_name(qy_structure_quantity quantity)
{
  assert((unsigned)quantity < QY_STRUCTURE_QUANTITIES);
  return quantity_names[quantity];
}

const char *qy_structure_flow_name(int flow)
{
  assert(flow >= 0 && flow < QY_STRUCTURE_FLOWS);
  return flow_names[flow];
}

/* The class whose name the first `length` bytes are; QY_CLASS_COUNT: none. */
static int class_of(const char *name, size_t length)
{
  int g = 0;
  for (; g < QY_CLASS_COUNT; g++) {
    const char *one = qy_operator_class_name((qy_operator_class)g);
    if (strlen(one) == length && strncmp(one, name, length) == 0) break;
  }
  return g;
}

static qy_status set_sigma(reader *r, int quantity, int flow, double value, qy_error *err)
{
  size_t length;
  int first = -1;
  for (const char *p = r->csv.field[r->at[FAMILY]];; p += length + 1) {
    length = strcspn(p, "+");
    const int class = class_of(p, length);
    if (class == QY_CLASS_COUNT) return qy_csv_expected(&r->csv, r->at[FAMILY], err, "operator classes joined by '+'");
    if (r->sigma[quantity][flow][class])
      return qy_csv_expected(&r->csv, r->at[FAMILY], err, "each class once a quantity and flow");
    r->sigma[quantity][flow][class] = true;
    if (first < 0) first = class;
    r->out->flow[quantity][flow].log_sigma[class] = value;
    r->out->flow[quantity][flow].family[class] = first;
    if (!p[length]) return QY_OK;
  }
}

static qy_status set_other(reader *r, int quantity, int flow, int parameter, double value, qy_error *err)
{
  struct qy_structure_flow *f = &r->out->flow[quantity][flow];
  if (strcmp(r->csv.field[r->at[FAMILY]], "all") != 0)
    return qy_csv_expected(&r->csv, r->at[FAMILY], err, "\"all\" beside %s", parameter_names[parameter]);
  if (r->other[quantity][flow][parameter])
    return qy_csv_expected(&r->csv, r->at[PARAMETER], err, "each parameter once a quantity and flow");
  r->other[quantity][flow][parameter] = true;
  switch (parameter) {
  case COMPOSITION: f->composition = value; break;
  case LIBRARY_SHARE: f->library_share = value; break;
  case FAMILY_SHARE: f->family_share = value; break;
  default: f->kind_share = value;
  }
  return QY_OK;
}

static qy_status read_row(reader *r, qy_error *err)
{
  int quantity, flow, parameter;
  double effort, value;
  qy_status status;
  if ((status = qy_csv_choice(&r->csv, r->at[QUANTITY], quantity_names, QY_STRUCTURE_QUANTITIES, &quantity, err)) ||
      (status = qy_csv_choice(&r->csv, r->at[FLOW], flow_names, QY_STRUCTURE_FLOWS, &flow, err)) ||
      (status = qy_csv_choice(&r->csv, r->at[PARAMETER], parameter_names, PARAMETERS, &parameter, err)) ||
      (status = qy_csv_number(&r->csv, r->at[EFFORT], 0, 1, &effort, err)) ||
      (status = qy_csv_number(&r->csv, r->at[VALUE], 0, value_max[parameter], &value, err)))
    return status;
  if (r->known[flow] && r->out->effort[flow] != effort)
    return qy_csv_expected(&r->csv, r->at[EFFORT], err, "the same effort in all rows of a flow");
  r->known[flow] = true;
  r->out->effort[flow] = effort;
  return parameter == LOG_SIGMA ? set_sigma(r, quantity, flow, value, err)
                                : set_other(r, quantity, flow, parameter, value, err);
}

static qy_status lacks(const reader *r, int quantity, int flow, const char *what, qy_error *err)
{
  return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, 0, 0, "expected a row for %s of %s, flow %s, found none", what,
                    quantity_names[quantity], flow_names[flow]);
}

static qy_status check_complete(const reader *r, qy_error *err)
{
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++)
    for (int f = 0; f < QY_STRUCTURE_FLOWS; f++) {
      for (int g = 0; g < QY_CLASS_COUNT; g++)
        if (!r->sigma[q][f][g]) return lacks(r, q, f, qy_operator_class_name((qy_operator_class)g), err);
      for (int p = COMPOSITION; p < PARAMETERS; p++)
        if (!r->other[q][f][p]) return lacks(r, q, f, parameter_names[p], err);
      const struct qy_structure_flow *one = &r->out->flow[q][f];
      if (one->family_share + one->kind_share > 1)
        return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, 0, 0,
                          "expected family_share and kind_share of %s, flow %s, of at most 1 together, found %g",
                          quantity_names[q], flow_names[f], one->family_share + one->kind_share);
    }
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++)
    for (int f = 1; f < QY_STRUCTURE_FLOWS; f++)
      if (memcmp(r->out->flow[q][f].family, r->out->flow[q][0].family, sizeof r->out->flow[q][f].family) != 0)
        return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, 0, 0,
                          "expected the same families, in the same order of classes, in all flows of %s",
                          quantity_names[q]);
  for (int f = 1; f < QY_STRUCTURE_FLOWS; f++)
    if (!(r->out->effort[f - 1] < r->out->effort[f]))
      return qy_fail_at(err, QY_BAD_INPUT, r->csv.file, 0, 0,
                        "expected efforts that rise from lean to fast, found %g %s", r->out->effort[f], flow_names[f]);
  return QY_OK;
}

qy_status qy_structure_read(qy_structure **out, const char *file, qy_arena *arena, qy_error *err)
{
  assert(out && file && arena);
  reader r = {.out = qy_arena_alloc(arena, 1, sizeof *r.out)};
  bool more;
  *out = NULL;
  if (!r.out) return qy_no_memory(err);
  qy_status status = qy_csv_open(&r.csv, file, arena, err);
  if (!status) status = qy_csv_columns(&r.csv, column_names, COLUMNS, r.at, err);
  while (!status && !(status = qy_csv_next(&r.csv, &more, err)) && more)
    status = read_row(&r, err);
  if (!status) status = check_complete(&r, err);
  if (!status) *out = r.out;
  return status;
}

void qy_structure_weights(double weight[QY_STRUCTURE_FLOWS], const qy_structure *s, double effort)
{
  assert(weight && s);
  int above = 0;
  while (above < QY_STRUCTURE_FLOWS && s->effort[above] < effort)
    above++;
  for (int f = 0; f < QY_STRUCTURE_FLOWS; f++)
    weight[f] = 0;
  if (above == 0 || above == QY_STRUCTURE_FLOWS) {
    weight[above ? QY_STRUCTURE_FLOWS - 1 : 0] = 1;
    return;
  }
  const double low = s->effort[above - 1], high = s->effort[above];
  weight[above] = (effort - low) / (high - low);
  weight[above - 1] = 1 - weight[above];
}
