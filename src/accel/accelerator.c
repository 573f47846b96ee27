/* The table of accelerators, and designs that answer questions: see accelerator.h. */
#include "quarry/accelerator.h"

#include "zero.h"

#include "quarry/point_lanes.h"
#include "quarry/sram_supply.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <string.h>

const qy_accelerator *const *qy_accelerator_table(size_t *count)
{
#define ACCELERATOR(name) &qy_accelerator_##name,
  static const qy_accelerator *const table[] = {
#include "quarry/accelerator.def"
  };
#undef ACCELERATOR
  *count = sizeof table / sizeof *table;
  return table;
}

const qy_accelerator *qy_accelerator_find(const char *name)
{
  size_t count;
  const qy_accelerator *const *table = qy_accelerator_table(&count);
  for (size_t i = 0; i < count; i++)
    if (strcmp(table[i]->name, name) == 0) return table[i];
  return NULL;
}

bool qy_accelerator_on(const qy_accelerator *accelerator, const qy_tech *tech)
{
  const unsigned fabrics = accelerator->fabrics ? accelerator->fabrics : QY_ON_CELLS;
  return fabrics & qy_tech_fabric(tech);
}

unsigned qy_accelerator_uses(const qy_accelerator *accelerator, const qy_tech *tech)
{
  return tech->fpga ? QY_USES_FPGA : accelerator->uses;
}

void qy_accelerator_defaults(const qy_accelerator *accelerator, void *params)
{
  memset(params, 0, accelerator->params_bytes);
  for (size_t i = 0; i < accelerator->parameter_count; i++)
    qy_parameter_set(params, &accelerator->parameter[i], accelerator->parameter[i].fallback);
}

qy_status qy_accelerator_check(const qy_accelerator *accelerator, const void *params, qy_error *err)
{
  for (size_t i = 0; i < accelerator->parameter_count; i++) {
    const qy_parameter *p = &accelerator->parameter[i];
    const double value = qy_parameter_get(params, p);
    const bool choice = p->type == QY_PARAMETER_CHOICE;
    const double low = choice ? 0 : p->low, high = choice ? (double)p->name_count - 1 : p->high;
    if ((p->automatic && value == 0) || (value >= low && value <= high)) continue;
    return qy_fail(err, QY_BAD_INPUT, "%s: expected %.10g to %.10g%s%s, found %.10g", p->key, low, high,
                   p->unit ? " " : "", p->unit ? p->unit : "", value);
  }
  return QY_OK;
}

/* ---- elements ---- */

static bool each_cycle(const qy_pe *pe)
{
  for (int k = 0; k < pe->mode_count; k++)
    if (pe->mode[k].cycles > 1) return false;
  return true;
}

static bool one_product(const qy_pe *pe)
{
  for (int k = 0; k < pe->mode_count; k++)
    if (pe->mode[k].products > 1) return false;
  return pe->params.accumulator_bits == 0;
}

/* Multiples that an element takes in have to be made by what surrounds it; alone it is judged as it is. */
static bool makes_multiples(const qy_accelerator *accelerator, const qy_pe *pe)
{
  return !pe->params.shared || !accelerator->runs_layers || (accelerator->uses & QY_USES_MULTIPLES);
}

qy_status qy_accelerator_takes(const qy_accelerator *accelerator, const qy_pe *pe, qy_error *err)
{
  const qy_pe_row *row = qy_pe_row_of(pe->params.kind);
  const struct {
    unsigned need;
    bool met;
    const char *what;
  } check[] = {
      {QY_NEEDS_PRODUCT, row->multiplies, "an element that makes products"},
      {QY_NEEDS_ACCUMULATOR, pe->params.accumulator_bits > 0, "an element with an accumulator"},
      {QY_NEEDS_EACH_CYCLE, each_cycle(pe), "an element that makes a product every cycle"},
      {QY_NEEDS_ONE_SUM, !qy_pe_apart(pe), "an element that sums its products (these are kept apart)"},
      {QY_NEEDS_BARE_PRODUCT, one_product(pe), "an element that gives one product a cycle, without an accumulator"},
  };
  for (size_t i = 0; i < sizeof check / sizeof *check; i++)
    if ((accelerator->needs & check[i].need) && !check[i].met)
      return qy_fail(err, QY_BAD_INPUT, "expected %s for %s, found %s", check[i].what, accelerator->name, row->name);
  if (accelerator->runs_layers && qy_pe_shares_operands(pe))
    return qy_fail(err, QY_BAD_INPUT, "expected products with operands of their own for %s, found %s with shared ones",
                   accelerator->name, row->name);
  if (!makes_multiples(accelerator, pe))
    return qy_fail(err, QY_BAD_INPUT, "expected an element that makes its multiples for %s, found %s with shared ones",
                   accelerator->name, row->name);
  return QY_OK;
}

/* ---- designs ---- */

qy_status qy_design_make(qy_design *d, const qy_accelerator *accelerator, void *self, const qy_columns *columns,
                         const qy_design_input *input, qy_error *err)
{
  assert(d && accelerator && self && columns && input && input->pe && input->prices && input->tech);
  accel_zero(&d->bill, sizeof d->bill);
  accel_zero(d->in, sizeof d->in);
  d->accelerator = accelerator;
  d->self = self;
  d->pe = input->pe;
  d->columns = columns;
  d->prices = input->prices;
  d->price = input->prices->price;
  d->clock_mhz = input->clock_mhz;
  d->reason = NULL;
  if (!(input->clock_mhz > 0) || !isfinite(input->clock_mhz))
    return qy_fail(err, QY_BAD_INPUT, "clock: expected more than 0 MHz, found %g", input->clock_mhz);
  if (input->tech->fpga) {
    d->in[QY_DEVICE_LUTS] = input->tech->fpga_value[QY_FPGA_LUTS];
    d->in[QY_DEVICE_DSPS] = input->tech->fpga_value[QY_FPGA_DSPS];
  }
  if ((d->reason = input->prices->reason)) return QY_OK;
  const bool counts_buffers = (accelerator->uses & QY_USES_SRAM) && input->sram;
  qy_status status = counts_buffers ? qy_sram_supply_check(input->sram, input->tech, err) : QY_OK;
  if (!status && accelerator->mistake && (d->reason = accelerator->mistake(input->params, input->pe))) return QY_OK;
  if (!status) status = accelerator->design(self, &d->bill, input, &d->reason, err);
  if (status == QY_INFEASIBLE) return QY_OK;
  if (!status) qy_bill_sum_parts(d->in, columns, d->price, &d->bill);
  return status;
}

qy_status qy_design_make_again(qy_design *d, const qy_design_input *input, qy_error *err)
{
  assert(d && d->prices && !d->reason && input && input->prices);
  if (!d->accelerator->again || input->tech->fpga)
    return qy_design_make(d, d->accelerator, d->self, d->columns, input, err);
  d->prices = input->prices;
  d->price = input->prices->price;
  d->clock_mhz = input->clock_mhz;
  d->reason = input->prices->reason;
  if (!d->reason) d->reason = d->accelerator->again(d->self, &d->bill, input);
  if (!d->reason) qy_bill_sum_parts(d->in, d->columns, d->price, &d->bill);
  return QY_OK;
}

int qy_element_weight_bits(const qy_pe *pe, int bits)
{
  const int port = qy_element_port_bits(pe, "w");
  return pe->has_number ? port : qy_min_int(bits, port);
}

bool qy_element_modes(qy_modes *modes, const qy_pe *pe, qy_precision precision)
{
  const int activations = precision.activations;
  /* Codes are as wide as they are in every mode: it is the map that says which one runs. */
  const int weights = pe->has_number ? activations : qy_element_weight_bits(pe, precision.weights);
  if (activations < 1 || weights < 1) return false;
  modes->weights = qy_pe_mode_for(pe, weights);
  modes->activations = weights == activations ? modes->weights : qy_pe_mode_for(pe, activations);
  modes->run = weights > activations ? modes->weights : modes->activations;
  return modes->run >= 0;
}

/* Can it have maps of this precision, whatever the modes of the element? */
static bool takes_maps(const qy_accelerator *accelerator, const qy_pe *pe, qy_precision precision)
{
  return !accelerator->one_precision || precision.activations == qy_element_port_bits(pe, "x");
}

bool qy_accelerator_serves(const qy_accelerator *accelerator, const qy_pe *pe, qy_precision precision)
{
  qy_modes modes;
  return qy_element_modes(&modes, pe, precision) && takes_maps(accelerator, pe, precision);
}

static const char no_mode[] = "the element has no mode for this precision";

/* Why it cannot run at this precision; NULL: it can, in *modes. */
static const char *find_modes(qy_modes *modes, const qy_design *d, qy_precision precision)
{
  if (!qy_element_modes(modes, d->pe, precision)) return no_mode;
  return takes_maps(d->accelerator, d->pe, precision) ? NULL : d->accelerator->one_precision(d->self);
}

bool qy_design_modes(qy_modes *modes, const qy_design *design, qy_precision precision)
{
  return !find_modes(modes, design, precision);
}

static void fill_in(double *in, const qy_design *d, const qy_bill *bill)
{
  qy_bill_sum_events(in, d->columns, d->price, bill);
  qy_bill_times(in, bill, d->clock_mhz);
}

void qy_design_sum(qy_design *d)
{
  if (d->prices) d->bill.count[QY_EVENT_CLOCK_TREE] = qy_prices_clocked(d->prices, &d->bill);
  fill_in(d->in, d, &d->bill);
}

const char *qy_design_run(qy_design *d, const void *work, qy_precision precision)
{
  qy_modes modes;
  const char *reason = d->reason ? d->reason : find_modes(&modes, d, precision);
  if (reason) return reason;
  qy_bill_clear_run(&d->bill);
  reason = d->accelerator->run(&d->bill, d->self, work, modes);
  if (!reason) qy_design_sum(d);
  return reason;
}

qy_status qy_design_layer(qy_bill *bill, double *in, const char **reason, const qy_design *d, const qy_layer *layer,
                          qy_precision precision, qy_error *err)
{
  assert(d->accelerator->layer);
  qy_modes modes;
  *reason = d->reason ? d->reason : find_modes(&modes, d, qy_layer_precision(layer, precision));
  if (*reason) return QY_INFEASIBLE;
  *bill = d->bill;
  memcpy(in, d->in, sizeof d->in);
  qy_bill_clear_run(bill);
  qy_status status = d->accelerator->layer(bill, reason, d->self, layer, modes, err);
  bill->count[QY_EVENT_CLOCK_TREE] = qy_prices_clocked(d->prices, bill);
  if (!status) fill_in(in, d, bill);
  return status;
}

void qy_system_add(double *in, const double *const *members, size_t count, bool pipelined)
{
  static const int added[] = {QY_CYCLES,
                              QY_COMPUTE_CYCLES,
                              QY_TRANSFER_CYCLES,
                              QY_PRODUCTS,
                              QY_TRAFFIC_BYTES,
                              QY_TRAFFIC_FLOOR_BYTES,
                              QY_SHARED_BUFFER_BYTES,
                              QY_WEIGHT_BYTES,
                              QY_BIT_OPERATIONS,
                              QY_NOISE};
  static const int common[] = {QY_CLOCK_MHZ, QY_INFERENCES, QY_DEVICE_LUTS, QY_DEVICE_DSPS};
  const qy_metric_info *table = qy_metric_table();
  double slots_per_us = 0, longest_us = 0, sum_us = 0;
  assert(count > 0);
  memset(in, 0, QY_QUANTITY_COUNT * sizeof *in);
  for (size_t i = 0; i < sizeof common / sizeof *common; i++)
    in[common[i]] = members[0][common[i]];
  for (size_t k = 0; k < count; k++) {
    const double *m = members[k];
    for (int i = 0; i < QY_METRIC_COUNT; i++)
      if (table[i].rule == QY_RULE_ITEMS) in[i] += m[i];
    for (size_t i = 0; i < sizeof added / sizeof *added; i++)
      in[added[i]] += m[added[i]];
    if (m[QY_INTERVAL_US] > 0) slots_per_us += m[QY_SLOTS] / m[QY_INTERVAL_US];
    sum_us += m[QY_INTERVAL_US];
    longest_us = fmax(longest_us, m[QY_INTERVAL_US]);
  }
  in[QY_INTERVAL_US] = pipelined ? longest_us : sum_us;
  in[QY_SLOTS] = slots_per_us * in[QY_INTERVAL_US];
}
