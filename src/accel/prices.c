/* Price lists from circuits: see prices.h. */
#include "circuits.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Random data: a bit changes every second time it is written. */
static const double toggle_share = 0.5;
static const double fj_per_uj = 1e9, nw_per_mw = 1e6;

/* ---- simulated once ---- */

struct qy_components {
  const qy_pe *pe;
  unsigned uses;
  qy_pe maker;                              /* of shared multiples */
  const qy_circuit *circuit[QY_ROLE_COUNT]; /* NULL: not used */
  int mode_count;                           /* of the element; the others have one */
  qy_activity activity[QY_ROLE_COUNT][QY_PE_MODES_MAX];
  qy_activity fresh[QY_PE_MODES_MAX], held[QY_PE_MODES_MAX]; /* what holding an operand saves; QY_USES_HELD */
};

/* Weights that stay while activations stream past, and the same number of products with new weights each. */
static qy_status held_activities(qy_components *c, qy_error *err)
{
  enum { HOLD = 64, HOLDS = 64 };
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = (int64_t)HOLD * HOLDS;
  qy_status status = qy_pe_activities(c->fresh, c->pe, &stimulus, err);
  stimulus.hold = HOLD;
  return status ? status : qy_pe_activities(c->held, c->pe, &stimulus, err);
}

static qy_status make_multiples(qy_components *c, qy_arena *arena, qy_error *err)
{
  const qy_pe_params *p = &c->pe->params;
  const qy_pe_params params = {.kind = QY_PE_MULTIPLES, .bits = p->bits, .m_bits = p->m_bits, .m_odd = p->m_odd};
  const qy_pe_stimulus words = qy_pe_stimulus_default();
  qy_status status = qy_pe_build(&c->maker, &params, arena, err);
  if (!status) status = qy_pe_activities(c->activity[QY_ROLE_MULTIPLES], &c->maker, &words, err);
  c->circuit[QY_ROLE_MULTIPLES] = c->maker.circuit;
  return status;
}

qy_status qy_components_new(qy_components **out, const qy_pe *pe, const qy_pe_stimulus *stimulus, unsigned uses,
                            qy_arena *arena, qy_error *err)
{
  static const unsigned use_of[QY_ROLE_COUNT] = {[QY_ROLE_ADDER] = QY_USES_ADDER,
                                                 [QY_ROLE_REQUANTIZER] = QY_USES_REQUANTIZER,
                                                 [QY_ROLE_CONTROLLER] = QY_USES_CONTROLLER};
  assert(out && pe && pe->circuit && stimulus && arena);
  qy_components *c = qy_arena_alloc(arena, 1, sizeof *c);
  *out = NULL;
  if (!c) return qy_no_memory(err);
  c->pe = pe;
  c->uses = uses;
  c->circuit[QY_ROLE_ELEMENT] = pe->circuit;
  c->mode_count = pe->mode_count;
  qy_status status = qy_pe_activities(c->activity[QY_ROLE_ELEMENT], pe, stimulus, err);
  for (int r = QY_ROLE_ADDER; r < QY_ROLE_MULTIPLES && !status; r++) {
    qy_circuit *circuit = NULL;
    if (!(uses & use_of[r])) continue;
    status = circuit_of_role(&circuit, (qy_circuit_role)r, pe, arena, err);
    if (!status) status = circuit_role_activity(&c->activity[r][0], circuit, (qy_circuit_role)r, pe, err);
    c->circuit[r] = circuit;
  }
  if (!status && (uses & QY_USES_MULTIPLES) && pe->params.shared) status = make_multiples(c, arena, err);
  if (!status && (uses & QY_USES_HELD)) status = held_activities(c, err);
  if (!status) *out = c;
  return status;
}

/* ---- taken apart once in each library ---- */

typedef struct dissected { /* one circuit */
  qy_census census;        /* as synthesis picks cells by their areas in the nominal library */
  double flip_flops;
  double *path_ratio;                /* [draws]: longest path over the nominal one */
  const qy_discrepancy *discrepancy; /* NULL: none */
} dissected;

struct qy_pricing {
  const qy_components *components;
  const qy_tech *tech;
  const qy_draws *draws; /* NULL: none */
  int64_t own_draw;      /* whose discrepancies the nominal prices have: qy_pricing_in_draw; < 0: none */
  dissected circuit[QY_ROLE_COUNT];
};

/* The path that sets the shortest period: from register to register, or round a loop. */
static qy_status longest_path(double *path_ps, const qy_circuit *circuit, const qy_tech *tech, qy_error *err)
{
  qy_timing timing = {0};
  qy_status status = qy_circuit_timing(circuit, tech, &timing, err);
  *path_ps = fmax(timing.fast_ps, timing.loop_ps);
  return status;
}

static qy_status dissect(dissected *d, const qy_circuit *circuit, const qy_tech *tech, const qy_draws *draws,
                         qy_arena *arena, qy_error *err)
{
  for (size_t i = 0; i < qy_circuit_op_count(circuit); i++) {
    qy_op_report r;
    qy_circuit_op_report(circuit, i, tech, &r);
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int k = 0; k < QY_CELL_COUNT; k++)
        d->census.cells[g][k] += r.census.cells[g][k];
  }
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    d->flip_flops += d->census.cells[g][QY_DFF];
  if (!draws) return QY_OK;
  d->path_ratio = qy_arena_alloc(arena, draws->count, sizeof *d->path_ratio);
  if (!d->path_ratio) return qy_no_memory(err);
  double nominal_ps = 0;
  qy_discrepancy *discrepancy = NULL;
  qy_status status = longest_path(&nominal_ps, circuit, tech, err);
  if (!status) status = qy_discrepancy_new(&discrepancy, circuit, draws, arena, err);
  d->discrepancy = discrepancy;
  for (size_t k = 0; k < draws->count && !status; k++) {
    double path_ps = 0;
    status = longest_path(&path_ps, circuit, &draws->draw[k], err);
    d->path_ratio[k] = path_ps / nominal_ps;
  }
  return status;
}

qy_status qy_pricing_new(qy_pricing **out, const qy_components *components, const qy_tech *tech, const qy_draws *draws,
                         qy_arena *arena, qy_error *err)
{
  assert(out && components && tech && arena && (!draws || draws->nominal == tech));
  qy_pricing *p = qy_arena_alloc(arena, 1, sizeof *p);
  *out = NULL;
  if (!p) return qy_no_memory(err);
  p->components = components;
  p->tech = tech;
  p->draws = draws;
  p->own_draw = -1;
  qy_status status = QY_OK;
  for (int r = 0; r < QY_ROLE_COUNT && !status; r++)
    if (components->circuit[r]) status = dissect(&p->circuit[r], components->circuit[r], tech, draws, arena, err);
  if (!status) *out = p;
  return status;
}

qy_status qy_components_discrepancy(qy_discrepancy *of[QY_ROLE_COUNT], const qy_components *components,
                                    const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  assert(of && components && draws && arena);
  qy_status status = QY_OK;
  for (int r = 0; r < QY_ROLE_COUNT; r++)
    of[r] = NULL;
  for (int r = 0; r < QY_ROLE_COUNT && !status; r++)
    if (components->circuit[r]) status = qy_discrepancy_new(&of[r], components->circuit[r], draws, arena, err);
  return status;
}

void qy_pricing_in_draw(qy_pricing *pricing, qy_discrepancy *const of[QY_ROLE_COUNT], size_t k)
{
  assert(pricing && !pricing->draws && of);
  pricing->own_draw = (int64_t)k;
  for (int r = 0; r < QY_ROLE_COUNT; r++)
    pricing->circuit[r].discrepancy = of[r];
}

/* ---- priced for each clock and draw ---- */

/* What the model's own discrepancy multiplies a circuit's figures by. */
typedef struct factors {
  double of[QY_STRUCTURE_QUANTITIES];
} factors;

/* Those of draw k, or, k < 0, of the draw that the pricing stands for. */
static factors factors_of(const qy_pricing *p, const dissected *d, const qy_build *build, int64_t k)
{
  factors f = {{1, 1, 1}};
  const int64_t draw = k < 0 ? p->own_draw : k;
  const double effort = qy_build_effort(build, p->tech);
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES && draw >= 0; q++)
    f.of[q] = qy_discrepancy_factor(d->discrepancy, (qy_structure_quantity)q, effort, (size_t)draw);
  return f;
}

typedef struct circuit_price {
  double area_um2, register_um2; /* all cells; the flip-flops among them */
  double leakage_nw;
} circuit_price;

/* A circuit built as `build` with the constants of `tech`, whose longest path is path_ratio nominal ones; build gets
 * the effort of that. */
static circuit_price price_circuit(qy_build *build, const dissected *d, const qy_tech *tech, double path_ratio,
                                   const factors *f)
{
  circuit_price p = {0, 0, 0};
  const double shortest_ps = build->min_period_ps * path_ratio * f->of[QY_STRUCTURE_DELAY];
  const double power = pow(fmin(1, shortest_ps / build->period_ps), tech->effort_p);
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    const double *cells = d->census.cells[g];
    double area = 0, leak = 0;
    build->effort[g] = 1 + tech->effort_k[g] * power;
    for (int k = 0; k < QY_CELL_COUNT; k++) {
      area += cells[k] * tech->area_um2[k];
      leak += cells[k] * tech->leakage_nw[k];
    }
    p.area_um2 += area * build->effort[g];
    p.leakage_nw += leak * build->effort[g];
  }
  const double registers = build->pipeline_bits * build->effort[QY_CLASS_REGISTER];
  p.area_um2 += registers * tech->area_um2[QY_DFF];
  p.leakage_nw += registers * tech->leakage_nw[QY_DFF];
  p.register_um2 = fmin(p.area_um2, (d->flip_flops + build->pipeline_bits) * tech->area_um2[QY_DFF]);
  p.area_um2 *= f->of[QY_STRUCTURE_AREA];
  p.register_um2 *= f->of[QY_STRUCTURE_AREA];
  p.leakage_nw *= f->of[QY_STRUCTURE_AREA];
  return p;
}

typedef double item_prices[QY_ITEM_COUNT][QY_ITEM_FEEDS];

static void price_part(item_prices price, int part, double logic_um2, double register_um2, double leakage_nw,
                       const qy_tech *tech)
{
  price[part][0] = logic_um2 / tech->density_frac;
  price[part][1] = register_um2 / tech->density_frac;
  price[part][2] = leakage_nw / nw_per_mw;
}

static void price_event(item_prices price, int event, double logic_fj, double register_fj)
{
  price[event][0] = logic_fj / fj_per_uj;
  price[event][1] = register_fj / fj_per_uj;
}

static double switching_fj(const qy_build *build, const qy_activity *activity, const qy_tech *tech)
{
  qy_energy e;
  qy_circuit_energy(build, activity, tech, &e);
  return e.comb_fj + e.register_fj;
}

static void price_element(item_prices price, const qy_components *c, const qy_build *build, const qy_tech *tech,
                          double factor)
{
  for (int m = 0; m < c->mode_count; m++) {
    qy_energy e;
    qy_circuit_energy(build, &c->activity[QY_ROLE_ELEMENT][m], tech, &e);
    const double product_fj = factor * (e.comb_fj + e.register_fj);
    price_event(price, QY_EVENT_PRODUCT + m, product_fj, 0);
    price_event(price, QY_EVENT_CLOCK, 0, factor * e.clock_fj); /* the same in all modes */
    if (!(c->uses & QY_USES_HELD)) continue;
    const double all = switching_fj(build, &c->fresh[m], tech), rest = switching_fj(build, &c->held[m], tech);
    price_event(price, QY_EVENT_HELD + m, product_fj * (all > 0 && rest < all ? rest / all : 1), 0);
  }
}

/* Single cells: registers, multiplexers, buses. */
static void price_cells(item_prices price, const qy_tech *tech)
{
  static const int registers[] = {QY_PART_OPERAND_BIT, QY_PART_SKEW_BIT};
  static const int muxes[] = {QY_PART_OPERAND_MUX, QY_PART_SKEW_MUX, QY_PART_DRAIN_MUX};
  const double flip_fj = tech->energy_fj[QY_DFF], mux_fj = tech->energy_fj[QY_MUX2];
  const double write_fj = tech->dff_clock_fj * (1 + tech->clock_tree_frac) + toggle_share * flip_fj;
  for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
    price_part(price, registers[i], 0, tech->area_um2[QY_DFF], tech->leakage_nw[QY_DFF], tech);
  for (size_t i = 0; i < sizeof muxes / sizeof *muxes; i++)
    price_part(price, muxes[i], tech->area_um2[QY_MUX2], 0, tech->leakage_nw[QY_MUX2], tech);
  price_part(price, QY_PART_BUS_BUFFER, tech->area_um2[QY_BUF], 0, tech->leakage_nw[QY_BUF], tech);
  price_event(price, QY_EVENT_OPERAND_WRITE, 0, write_fj);
  price_event(price, QY_EVENT_SKEW_WRITE, 0, write_fj);
  price_event(price, QY_EVENT_OPERAND_MUX, toggle_share * mux_fj, 0);
  price_event(price, QY_EVENT_SKEW_MUX, 0, toggle_share * mux_fj);
  price_event(price, QY_EVENT_DRAIN, toggle_share * (flip_fj + mux_fj), 0);
  /* At an element: its driven pin and the wire to it; at a buffer: its own energy, pin and wire. */
  const double pin_fj = 0.5 * tech->voltage_v * tech->voltage_v * (tech->in_cap_ff[QY_BUF] + tech->load_wire_ff);
  price_event(price, QY_EVENT_BUS, toggle_share * (tech->energy_fj[QY_BUF] - tech->internal_fj[QY_BUF]), 0);
  price_event(price, QY_EVENT_BUS_BUFFER, toggle_share * (tech->internal_fj[QY_BUF] + pin_fj), 0);
}

static void price_sram(item_prices price, const double *sram, size_t draws, int64_t k)
{
  static const int first[] = {QY_EVENT_SRAM_READ, QY_EVENT_SRAM_WRITE, QY_PART_SRAM_LEAKAGE, QY_PART_SRAM};
  for (int f = 0; f < QY_SRAM_FACTORS; f++)
    price[first[f / QY_BUFFER_ROLES] + f % QY_BUFFER_ROLES][0] =
        sram && k >= 0 ? sram[(size_t)f * draws + (size_t)k] : 1;
}

/* All prices of draw k, or, k < 0, of the nominal library. */
static void price_all(item_prices price, const qy_pricing *p, const qy_prices *built, const double *sram, int64_t k)
{
  static const int part[QY_ROLE_COUNT] = {QY_PART_ELEMENT, QY_PART_ADDER, QY_PART_REQUANTIZER, QY_PART_CONTROLLER,
                                          QY_PART_MULTIPLES};
  static const int event[QY_ROLE_COUNT] = {0, QY_EVENT_ADD, QY_EVENT_REQUANTIZE, QY_EVENT_CONTROL, QY_EVENT_MULTIPLES};
  const qy_components *c = p->components;
  const qy_tech *tech = k < 0 ? p->tech : &p->draws->draw[k];
  memset(price, 0, sizeof(item_prices));
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    if (!c->circuit[r]) continue;
    qy_build build = built->build[r];
    const double path_ratio = k < 0 ? 1 : p->circuit[r].path_ratio[k];
    const factors f = factors_of(p, &p->circuit[r], &build, k);
    const double energy = f.of[QY_STRUCTURE_ENERGY];
    const circuit_price q = price_circuit(&build, &p->circuit[r], tech, path_ratio, &f);
    price_part(price, part[r], q.area_um2 - q.register_um2, q.register_um2, q.leakage_nw, tech);
    if (r == QY_ROLE_ELEMENT) {
      price_element(price, c, &build, tech, energy);
      continue;
    }
    qy_energy e;
    qy_circuit_energy(&build, &c->activity[r][0], tech, &e);
    if (r == QY_ROLE_MULTIPLES) /* logic without registers of its own */
      price_event(price, event[r], energy * (e.comb_fj + e.register_fj + e.clock_fj), 0);
    else
      price_event(price, event[r], energy * e.comb_fj, energy * (e.register_fj + e.clock_fj));
  }
  if (c->uses & (QY_USES_REGISTERS | QY_USES_CHAINS)) price_cells(price, tech);
  price_sram(price, sram, p->draws ? p->draws->count : 0, k);
}

static void put_columns(double *out, size_t stride, const qy_columns *columns, item_prices price)
{
  for (int j = 0; j < columns->count; j++)
    out[(size_t)j * stride] = price[columns->item[j]][columns->feed[j]];
}

qy_status qy_prices_at(qy_prices *prices, const qy_pricing *pricing, const qy_columns *columns, double period_ps,
                       qy_error *err)
{
  static const char *const misses[QY_ROLE_COUNT] = {
      "the element misses the clock", "an adder misses the clock", "the requantizer misses the clock",
      "the controller misses the clock", "what makes the multiples misses the clock"};
  assert(prices && pricing && columns && period_ps > 0);
  *prices = (qy_prices){.period_ps = period_ps};
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    if (!pricing->components->circuit[r]) continue;
    qy_build *b = &prices->build[r];
    qy_status status = qy_circuit_build(pricing->components->circuit[r], pricing->tech, period_ps, b, err);
    if (status) return status;
    if (!b->feasible && !prices->reason) prices->reason = r == QY_ROLE_ELEMENT && b->reason ? b->reason : misses[r];
  }
  if (prices->reason) return QY_OK;
  item_prices price;
  price_all(price, pricing, prices, NULL, -1);
  put_columns(prices->price, 1, columns, price);
  return QY_OK;
}

int qy_prices_stages(const qy_prices *prices, qy_circuit_role role)
{
  const bool registered = role == QY_ROLE_ADDER || role == QY_ROLE_REQUANTIZER || role == QY_ROLE_CONTROLLER;
  return prices->build[role].stages + registered;
}

void qy_prices_draws(double *basis, const qy_prices *prices, const qy_pricing *pricing, const qy_columns *columns,
                     const double *sram)
{
  assert(basis && prices && !prices->reason && pricing && pricing->draws && columns);
  const size_t draws = pricing->draws->count;
  for (size_t k = 0; k < draws; k++) {
    item_prices price;
    price_all(price, pricing, prices, sram, (int64_t)k);
    put_columns(basis + k, draws, columns, price);
  }
}
