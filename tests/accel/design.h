/* What the tests of accelerators share: designs, with prices in round numbers said by hand or with real circuits
 * (components -> pricing -> prices -> design), and the metrics of their runs. */
#ifndef TESTS_ACCEL_DESIGN_H
#define TESTS_ACCEL_DESIGN_H

#include "quarry/accelerator.h"
#include "quarry/activities.h"

#include <string.h>

/* A design with what it is made from.  It points into itself: never copied. */
typedef struct made {
  qy_columns columns;
  qy_components *components; /* of real circuits only, as pricing */
  qy_pricing *pricing;
  qy_prices prices;
  void *work;
  qy_design design;
} made;

/* ---- prices by hand ---- */

/* A circuit beside the elements; the register at its end counts as a stage. */
typedef struct part_price {
  double logic_um2, register_um2, leakage_nw, logic_fj, register_fj;
  int stages;
} part_price;

typedef struct hand_prices {
  double area_um2, register_um2, leakage_nw; /* of an element; its registers within area_um2 */
  double cycle_fj[QY_PE_MODES_MAX];          /* a cycle with a product, clock included */
  double clock_fj;                           /* a cycle without */
  double held_frac;                          /* of a product's switching where an operand is held */
  int stages;
  double min_period_ps, period_ps;
  const char *reason; /* why a circuit misses the clock, NULL: none does */
  part_price adder, requantizer, controller;
} hand_prices;

/* Prices where none of them matters: all meet any clock. */
__attribute__((unused)) static const hand_prices any_prices = {.area_um2 = 900,
                                                               .stages = 1,
                                                               .min_period_ps = 1,
                                                               .period_ps = 1e5,
                                                               .adder.stages = 1,
                                                               .requantizer.stages = 1,
                                                               .controller.stages = 1};

/* Column of a price, -1: the accelerator has no such item. */
static inline int column_of(const qy_columns *c, int item, int feed)
{
  for (int j = 0; j < c->count; j++)
    if (c->item[j] == item && c->feed[j] == feed) return j;
  return -1;
}

static inline void set_price(qy_prices *prices, const qy_columns *c, int item, int feed, double value)
{
  const int j = column_of(c, item, feed);
  if (j >= 0) prices->price[j] = value;
}

static inline double price_of(const qy_columns *c, const double *price, size_t stride, int item, int feed)
{
  const int j = column_of(c, item, feed);
  return j >= 0 ? price[(size_t)j * stride] : 0;
}

static inline void set_part(made *m, int item, double logic_um2, double register_um2, double leakage_nw,
                            double density_frac)
{
  set_price(&m->prices, &m->columns, item, 0, logic_um2 / density_frac);
  set_price(&m->prices, &m->columns, item, 1, register_um2 / density_frac);
  set_price(&m->prices, &m->columns, item, 2, leakage_nw / 1e6);
}

static inline void set_event(made *m, int item, double logic_fj, double register_fj)
{
  set_price(&m->prices, &m->columns, item, 0, logic_fj / 1e9);
  set_price(&m->prices, &m->columns, item, 1, register_fj / 1e9);
}

static inline void set_circuit(made *m, qy_circuit_role role, int part, int event, const part_price *p,
                               const qy_tech *tech)
{
  m->prices.build[role].stages = p->stages - 1;
  set_part(m, part, p->logic_um2, p->register_um2, p->leakage_nw, tech->density_frac);
  set_event(m, event, p->logic_fj, p->register_fj);
}

/* Single cells of a library in round numbers.  A register bit that is written costs its clock and, every second time, a
 * change of its value, and what brings the clock; a multiplexer or a net changes every second time. */
static inline void set_cells(made *m, const qy_tech *t)
{
  const double *area = t->area_um2, *leak = t->leakage_nw, density = t->density_frac;
  const double write_fj = t->dff_clock_fj + 0.5 * t->energy_fj[QY_DFF];
  const double pin_fj = 0.5 * t->voltage_v * t->voltage_v * (t->in_cap_ff[QY_BUF] + t->load_wire_ff);
  set_part(m, QY_PART_OPERAND_BIT, 0, area[QY_DFF], leak[QY_DFF], density);
  set_part(m, QY_PART_SKEW_BIT, 0, area[QY_DFF], leak[QY_DFF], density);
  set_part(m, QY_PART_OPERAND_MUX, area[QY_MUX2], 0, leak[QY_MUX2], density);
  set_part(m, QY_PART_SKEW_MUX, area[QY_MUX2], 0, leak[QY_MUX2], density);
  set_part(m, QY_PART_DRAIN_MUX, area[QY_MUX2], 0, leak[QY_MUX2], density);
  set_part(m, QY_PART_BUS_BUFFER, area[QY_BUF], 0, leak[QY_BUF], density);
  set_event(m, QY_EVENT_CLOCK_TREE, 0, t->dff_clock_fj * t->clock_tree_frac);
  set_event(m, QY_EVENT_OPERAND_WRITE, 0, write_fj);
  set_event(m, QY_EVENT_SKEW_WRITE, 0, write_fj);
  set_event(m, QY_EVENT_OPERAND_MUX, 0.5 * t->energy_fj[QY_MUX2], 0);
  set_price(&m->prices, &m->columns, QY_EVENT_SKEW_MUX, 1, 0.5 * t->energy_fj[QY_MUX2] / 1e9);
  set_event(m, QY_EVENT_DRAIN, 0.5 * (t->energy_fj[QY_DFF] + t->energy_fj[QY_MUX2]), 0);
  set_event(m, QY_EVENT_BUS, 0.5 * (t->energy_fj[QY_BUF] - t->internal_fj[QY_BUF]), 0);
  set_event(m, QY_EVENT_BUS_BUFFER, 0.5 * (t->internal_fj[QY_BUF] + pin_fj), 0);
}

static inline void set_hand_prices(made *m, const hand_prices *h, const qy_tech *tech)
{
  m->prices = (qy_prices){.period_ps = h->period_ps, .reason = h->reason};
  m->prices.build[QY_ROLE_ELEMENT] =
      (qy_build){.feasible = true, .stages = h->stages, .period_ps = h->period_ps, .min_period_ps = h->min_period_ps};
  m->prices.placed_um2[QY_ROLE_ELEMENT] = h->area_um2 / tech->density_frac;
  set_part(m, QY_PART_ELEMENT, h->area_um2 - h->register_um2, h->register_um2, h->leakage_nw, tech->density_frac);
  for (int k = 0; k < QY_PE_MODES_MAX; k++) {
    set_event(m, QY_EVENT_PRODUCT + k, h->cycle_fj[k] - h->clock_fj, 0);
    set_event(m, QY_EVENT_HELD + k, (h->cycle_fj[k] - h->clock_fj) * h->held_frac, 0);
  }
  set_price(&m->prices, &m->columns, QY_EVENT_CLOCK, 1, h->clock_fj / 1e9);
  set_circuit(m, QY_ROLE_ADDER, QY_PART_ADDER, QY_EVENT_ADD, &h->adder, tech);
  set_circuit(m, QY_ROLE_REQUANTIZER, QY_PART_REQUANTIZER, QY_EVENT_REQUANTIZE, &h->requantizer, tech);
  set_circuit(m, QY_ROLE_CONTROLLER, QY_PART_CONTROLLER, QY_EVENT_CONTROL, &h->controller, tech);
  set_cells(m, tech);
  for (int role = 0; role < QY_BUFFER_ROLES; role++) { /* counted in prices */
    set_price(&m->prices, &m->columns, QY_PART_SRAM + role, 0, 1);
    set_price(&m->prices, &m->columns, QY_PART_SRAM_LEAKAGE + role, 0, 1);
    set_price(&m->prices, &m->columns, QY_EVENT_SRAM_READ + role, 0, 1);
    set_price(&m->prices, &m->columns, QY_EVENT_SRAM_WRITE + role, 0, 1);
  }
}

/* ---- designs ---- */

/* What a design is made from.  layers or work: what it runs (both NULL: none). */
typedef struct request {
  const qy_accelerator *accelerator;
  const void *params;
  const qy_pe *pe;
  const qy_tech *tech;
  const qy_sram_table *sram;
  double clock_mhz;
  const qy_layer *const *layers;
  size_t layer_count;
  void *work;
  const hand_prices *hand;        /* NULL: circuits are built and priced, what follows is for these */
  const qy_pe_stimulus *stimulus; /* NULL: random words */
  const qy_draws *draws;
  qy_pipeline_for aim;
  bool unchecked; /* parameters outside their ranges go on to the design */
} request;

static inline qy_status make_design_of(made *m, const request *r, qy_arena *arena, qy_error *err)
{
  const qy_design_input input = {.params = r->params,
                                 .pe = r->pe,
                                 .prices = &m->prices,
                                 .tech = r->tech,
                                 .sram = r->sram,
                                 .clock_mhz = r->clock_mhz,
                                 .work = m->work};
  void *self = qy_arena_alloc(arena, 1, r->accelerator->design_bytes);
  return self ? qy_design_make(&m->design, r->accelerator, self, &m->columns, &input, err) : QY_NO_MEMORY;
}

/* A circuit is simulated once, whatever the clocks and sizes of the designs that have it. */
static inline qy_status make_components(made *m, const request *r, qy_arena *arena, qy_error *err)
{
  static qy_activities *known;
  const qy_pe_stimulus words = qy_pe_stimulus_default();
  if (!known) known = qy_activities_new(NULL); /* held to the end of the program */
  qy_status status =
      qy_components_make(&m->components, r->pe, r->stimulus ? r->stimulus : &words, r->accelerator->uses, arena, err);
  for (size_t k = 0; !status && k < qy_components_tasks(m->components); k++)
    status = qy_components_simulate(m->components, k, known, err);
  return status;
}

static inline qy_status make_prices(made *m, const request *r, qy_arena *arena, qy_error *err)
{
  if (r->hand) {
    set_hand_prices(m, r->hand, r->tech);
    return QY_OK;
  }
  qy_status status = qy_accelerator_takes(r->accelerator, r->pe, err);
  if (!status) status = make_components(m, r, arena, err);
  if (!status)
    status = qy_pricing_new(&m->pricing, m->components, r->tech, r->draws, (qy_pricing_stop){NULL, NULL}, arena, err);
  if (!status) status = qy_prices_at(&m->prices, m->pricing, &m->columns, 1e6 / r->clock_mhz, r->aim, err);
  return status;
}

/* QY_OK also where the design cannot be: then m->design.reason says why. */
static inline qy_status make_design(made *m, const request *r, qy_arena *arena, qy_error *err)
{
  memset(m, 0, sizeof *m);
  m->work = r->work;
  qy_columns_make(&m->columns, r->accelerator->uses);
  qy_status status = r->unchecked ? QY_OK : qy_accelerator_check(r->accelerator, r->params, err);
  if (!status && r->layers) status = r->accelerator->work(&m->work, r->layers, r->layer_count, arena, err);
  if (!status) status = make_prices(m, r, arena, err);
  return status ? status : make_design_of(m, r, arena, err);
}

/* NULL, or why it cannot be: the status's word when it is no reason of the design. */
static inline const char *why_not(made *m, const request *r, qy_arena *arena)
{
  return make_design(m, r, arena, NULL) ? (m->design.reason = "refused") : m->design.reason;
}

static inline const char *run_metrics_of(double v[QY_METRIC_COUNT], made *m, qy_precision precision)
{
  const char *reason = qy_design_run(&m->design, m->work, precision);
  if (!reason)
    qy_metric_derive(v, m->design.in, m->design.accelerator->runs_layers ? QY_AT_ACCELERATOR : QY_AT_ELEMENT);
  return reason;
}

static inline const char *run_metrics(double v[QY_METRIC_COUNT], made *m, int precision_bits)
{
  return run_metrics_of(v, m, qy_precision_of(precision_bits));
}

/* What an item of a bill costs in all metrics it feeds together: energy of an event in µJ, of a part area and leakage
 * (feed by feed, in the metrics' units). */
static inline double item_uj(const made *m, const qy_bill *bill, int item)
{
  double sum = 0;
  for (int f = 0; f < QY_ITEM_FEEDS; f++)
    sum += bill->count[item] * price_of(&m->columns, m->design.price, 1, item, f);
  return sum;
}

static inline double item_feed(const made *m, const qy_bill *bill, int item, int feed)
{
  return bill->count[item] * price_of(&m->columns, m->design.price, 1, item, feed);
}

/* An element of a kind as an experiment makes it: what every parameter falls back to, and an accumulator where the
 * accelerator needs one. */
static inline qy_status make_element(qy_pe *pe, qy_pe_kind kind, const qy_accelerator *accelerator, qy_arena *arena,
                                     qy_error *err)
{
  const qy_pe_row *row = qy_pe_row_of(kind);
  qy_pe_params params = {.kind = kind};
  for (size_t i = 0; row->parameter && row->parameter[i]; i++)
    qy_parameter_set(&params, row->parameter[i], row->parameter[i]->fallback);
  if ((accelerator->needs & QY_NEEDS_ACCUMULATOR) && params.accumulator_bits == 0)
    params.accumulator_bits = QY_PE_ACCUMULATOR_NEEDED;
  return qy_pe_build(pe, &params, arena, err);
}

/* Parameters of an accelerator, all at their defaults, those that have none at `size`; aligned for any type. */
static inline void *make_params(const qy_accelerator *accelerator, double size, qy_arena *arena)
{
  void *params = qy_arena_alloc(arena, 1, accelerator->params_bytes ? accelerator->params_bytes : 1);
  if (!params) return NULL;
  qy_accelerator_defaults(accelerator, params);
  for (size_t i = 0; i < accelerator->parameter_count; i++)
    if (accelerator->parameter[i].required) qy_parameter_set(params, &accelerator->parameter[i], size);
  return params;
}

#endif
