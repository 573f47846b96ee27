/* Price lists from circuits: see prices.h. */
#include "circuits.h"
#include "scalars.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pitches.h"

/* Random data: a bit changes every second time it is written. */
static const double toggle_share = 0.5;
static const double fj_per_uj = 1e9, nw_per_mw = 1e6;

/* ---- simulated once ---- */

enum { TASKS_MAX = 3 * 2 * QY_PE_MODES_MAX + QY_ROLE_COUNT };

/* One activity to simulate. */
typedef struct task {
  qy_circuit_role role;
  const qy_pe *pe; /* of an element's mode; NULL: of the role's own stimulus */
  int mode;
  qy_pe_stimulus stimulus;
  qy_activity *to;
} task;

struct qy_components {
  const qy_pe *pe;
  unsigned uses;
  qy_pe maker;                              /* of shared multiples */
  const qy_circuit *circuit[QY_ROLE_COUNT]; /* NULL: not used */
  int mode_count;                           /* of the element */
  qy_pe_toggles element;
  qy_activity activity[QY_ROLE_COUNT]; /* of the others */
  qy_pe_toggles *fresh, *held;         /* what holding an operand saves; NULL without QY_USES_HELD */
  task task[TASKS_MAX];
  size_t task_count;
};

/* All modes of an element, at each side that their operands may stand at. */
static void add_tasks(qy_components *c, qy_pe_toggles *to, const qy_pe_stimulus *stimulus)
{
  for (int k = 0; k < c->mode_count; k++)
    for (int left = 1; left >= 0; left--) {
      if (qy_pe_sides(c->pe, k) == (left ? QY_PE_AT_RIGHT : QY_PE_AT_LEFT)) continue;
      assert(c->task_count < TASKS_MAX);
      task *t = &c->task[c->task_count++];
      *t = (task){.role = QY_ROLE_ELEMENT, .pe = c->pe, .mode = k, .stimulus = *stimulus};
      t->stimulus.left = left;
      t->to = left ? &to->left[k] : &to->right[k];
    }
}

/* Weights that stay while activations stream past, and the same number of products with new weights each. */
static qy_status add_held(qy_components *c, qy_arena *arena, qy_error *err)
{
  enum { HOLD = 64, HOLDS = 64 };
  c->fresh = qy_arena_alloc(arena, 1, sizeof *c->fresh);
  c->held = qy_arena_alloc(arena, 1, sizeof *c->held);
  if (!c->fresh || !c->held) return qy_no_memory(err);
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = (int64_t)HOLD * HOLDS;
  add_tasks(c, c->fresh, &stimulus);
  stimulus.hold = HOLD;
  add_tasks(c, c->held, &stimulus);
  return QY_OK;
}

static qy_status make_multiples(qy_components *c, qy_arena *arena, qy_error *err)
{
  const qy_pe_params *p = &c->pe->params;
  const qy_pe_params params = {.kind = QY_PE_MULTIPLES, .bits = p->bits, .m_bits = p->m_bits, .m_odd = p->m_odd};
  const qy_status status = qy_pe_build(&c->maker, &params, arena, err);
  if (status) return status;
  c->circuit[QY_ROLE_MULTIPLES] = c->maker.circuit;
  c->task[c->task_count++] = (task){.role = QY_ROLE_MULTIPLES,
                                    .pe = &c->maker,
                                    .stimulus = qy_pe_stimulus_default(),
                                    .to = &c->activity[QY_ROLE_MULTIPLES]};
  return QY_OK;
}

qy_status qy_components_make(qy_components **out, const qy_pe *pe, const qy_pe_stimulus *stimulus, unsigned uses,
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
  qy_status status = QY_OK;
  add_tasks(c, &c->element, stimulus);
  for (int r = QY_ROLE_ADDER; r < QY_ROLE_MULTIPLES && !status; r++) {
    qy_circuit *circuit = NULL;
    if (!(uses & use_of[r])) continue;
    status = circuit_of_role(&circuit, (qy_circuit_role)r, pe, arena, err);
    c->circuit[r] = circuit;
    c->task[c->task_count++] = (task){.role = (qy_circuit_role)r, .to = &c->activity[r]};
  }
  if (!status && (uses & QY_USES_MULTIPLES) && pe->params.shared) status = make_multiples(c, arena, err);
  if (!status && (uses & QY_USES_HELD)) status = add_held(c, arena, err);
  if (!status) *out = c;
  return status;
}

size_t qy_components_tasks(const qy_components *components)
{
  assert(components);
  return components->task_count;
}

qy_status qy_components_simulate(qy_components *components, size_t task_number, qy_activities *known, qy_error *err)
{
  assert(components && task_number < components->task_count);
  const task *t = &components->task[task_number];
  if (t->pe) return qy_pe_activity_known(t->to, t->pe, t->mode, &t->stimulus, known, err);
  return circuit_role_activity(t->to, components->circuit[t->role], t->role, components->pe, known, err);
}

qy_status qy_components_new(qy_components **out, const qy_pe *pe, const qy_pe_stimulus *stimulus, unsigned uses,
                            qy_arena *arena, qy_error *err)
{
  qy_components *c;
  qy_status status = qy_components_make(&c, pe, stimulus, uses, arena, err);
  for (size_t i = 0; !status && i < c->task_count; i++)
    status = qy_components_simulate(c, i, NULL, err);
  *out = status ? NULL : c;
  return status;
}

/* ---- taken apart once in each library ---- */

typedef struct dissected { /* one circuit */
  qy_census census;        /* as synthesis picks cells by their areas in the nominal library */
  qy_effort_law law;       /* of that library */
  double flip_flops;
  double *path_ratio;                /* [draws]: longest path over the nominal one */
  const qy_discrepancy *discrepancy; /* NULL: none */
} dissected;

struct qy_pricing {
  const qy_components *components;
  const qy_tech *tech;
  const qy_draws *draws; /* NULL: none */
  bool *repeats;         /* [draws]: the constants are those of the draw before */
  qy_pricing_stop stop;
  int64_t own_draw; /* whose discrepancies the nominal prices have: qy_pricing_in_draw; < 0: none */
  dissected circuit[QY_ROLE_COUNT];
};

/* After so many draws: is the work to end? */
static qy_status go_on(const qy_pricing_stop *stop, size_t done, qy_error *err)
{
  enum { EVERY = 128 };
  if (done % EVERY != 0 || !stop->ask || !stop->ask(stop->ctx)) return QY_OK;
  return qy_fail(err, QY_INTERRUPTED, "%s", qy_status_text(QY_INTERRUPTED));
}

/* Longest paths, from register to register or round a loop, of all draws over the nominal one. */
static qy_status path_ratios(double *ratio, const qy_circuit *circuit, const qy_tech *tech, const qy_draws *draws,
                             const bool *repeats, const qy_pricing_stop *stop, qy_error *err)
{
  qy_timer *timer;
  qy_status status = qy_timer_new(&timer, circuit, err);
  if (status) return status;
  const double nominal_ps = qy_timer_shortest(timer, tech);
  for (size_t k = 0; k < draws->count && !(status = go_on(stop, k, err)); k++)
    ratio[k] = repeats[k] ? ratio[k - 1] : qy_timer_shortest(timer, &draws->draw[k]) / nominal_ps;
  qy_timer_free(timer);
  return status;
}

static qy_status dissect(dissected *d, const qy_circuit *circuit, const qy_tech *tech, const qy_draws *draws,
                         const bool *repeats, const qy_pricing_stop *stop, qy_arena *arena, qy_error *err)
{
  qy_circuit_census_in(circuit, tech, &d->census);
  qy_effort_law_of(&d->law, &d->census, tech);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    d->flip_flops += d->census.cells[g][QY_DFF];
  if (!draws) return QY_OK;
  d->path_ratio = qy_arena_alloc(arena, draws->count, sizeof *d->path_ratio);
  if (!d->path_ratio) return qy_no_memory(err);
  qy_discrepancy *discrepancy = NULL;
  qy_status status = go_on(stop, 0, err);
  if (!status) status = qy_discrepancy_new(&discrepancy, circuit, draws, arena, err);
  d->discrepancy = discrepancy;
  return status ? status : path_ratios(d->path_ratio, circuit, tech, draws, repeats, stop, err);
}

/* Samples of an analysis often differ in nothing but their discrepancies. */
static qy_status find_repeats(bool **out, const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  *out = qy_arena_alloc(arena, draws->count, sizeof **out);
  if (!*out) return qy_no_memory(err);
  for (size_t k = 1; k < draws->count; k++)
    /* Padding that differs would cost time alone.  NOLINTNEXTLINE(bugprone-suspicious-memory-comparison) */
    (*out)[k] = memcmp(&draws->draw[k], &draws->draw[k - 1], sizeof *draws->draw) == 0;
  return QY_OK;
}

qy_status qy_pricing_new(qy_pricing **out, const qy_components *components, const qy_tech *tech, const qy_draws *draws,
                         qy_pricing_stop stop, qy_arena *arena, qy_error *err)
{
  assert(out && components && tech && arena && (!draws || draws->nominal == tech));
  qy_pricing *p = qy_arena_alloc(arena, 1, sizeof *p);
  *out = NULL;
  if (!p) return qy_no_memory(err);
  p->components = components;
  p->tech = tech;
  p->draws = draws;
  p->stop = stop;
  p->own_draw = -1;
  qy_status status = draws ? find_repeats(&p->repeats, draws, arena, err) : QY_OK;
  for (int r = 0; r < QY_ROLE_COUNT && !status; r++)
    if (components->circuit[r])
      status = dissect(&p->circuit[r], components->circuit[r], tech, draws, p->repeats, &p->stop, arena, err);
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

static const int part_of[QY_ROLE_COUNT] = {QY_PART_ELEMENT, QY_PART_ADDER, QY_PART_REQUANTIZER, QY_PART_CONTROLLER,
                                           QY_PART_MULTIPLES};
const int circuit_event[QY_ROLE_COUNT] = {QY_EVENT_CLOCK, QY_EVENT_ADD, QY_EVENT_REQUANTIZE, QY_EVENT_CONTROL,
                                          QY_EVENT_MULTIPLES};

/* What the model's own discrepancy multiplies a circuit's figures by. */
typedef struct factors {
  double of[QY_STRUCTURE_QUANTITIES];
} factors;

/* Those of draw k, or, k < 0, of the draw that the pricing stands for; effort: of the build in the nominal library. */
static factors factors_of(const qy_pricing *p, const dissected *d, double effort, int64_t k)
{
  factors f = {{1, 1, 1}};
  const int64_t draw = k < 0 ? p->own_draw : k;
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES && draw >= 0; q++)
    f.of[q] = qy_discrepancy_factor(d->discrepancy, (qy_structure_quantity)q, effort, (size_t)draw);
  return f;
}

typedef struct circuit_price {
  double area_um2, register_um2; /* all cells; the flip-flops among them */
  double leakage_nw;
} circuit_price;

/* A circuit built as `build` with the constants of `tech`, whose longest path is path_ratio nominal ones; build gets
 * the effort of that.  law: that of `tech`. */
static circuit_price price_circuit(qy_build *build, const dissected *d, const qy_effort_law *law, const qy_tech *tech,
                                   double path_ratio, const factors *f)
{
  const double shortest_ps = build->min_period_ps * path_ratio * f->of[QY_STRUCTURE_DELAY];
  const double power = pow(fmin(1, shortest_ps / build->period_ps), tech->effort_p);
  qy_build_take_effort(build, power, law);
  circuit_price p = {.area_um2 = build->area_um2, .leakage_nw = build->leakage_nw};
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

static double switching_fj(const qy_energy *e)
{
  return e->comb_fj + e->register_fj;
}

/* Of the flip-flops' clock pins alone: the tree is an item of its own. */
static double pins_fj(const qy_energy *e, const qy_tech *tech)
{
  return e->clock_fj / (1 + tech->clock_tree_frac);
}

static qy_energy energy_at(const qy_pe_toggles *toggles, const qy_build *build, int mode, qy_pe_side side,
                           const qy_tech *tech)
{
  qy_energy e;
  qy_circuit_energy(build, qy_pe_toggles_at(toggles, mode, side), tech, &e);
  return e;
}

/* Energy of a product with one operand held, over that of one with new operands. */
static double held_share(const qy_components *c, const qy_build *build, int mode, qy_pe_side side, const qy_tech *tech)
{
  const qy_energy fresh = energy_at(c->fresh, build, mode, side, tech);
  const qy_energy held = energy_at(c->held, build, mode, side, tech);
  const double all = switching_fj(&fresh), rest = switching_fj(&held);
  return all > 0 && rest < all ? rest / all : 1;
}

/* Energies of the products of a mode at the sides that were chosen. */
typedef struct chosen {
  bool has_run, has_held;
  qy_energy run;
  double held_fj;
} chosen;

/* A side where products cost least with new operands; with one held. */
static void choose_run(qy_prices *prices, chosen *found, const qy_components *c, int m, const qy_tech *tech)
{
  const qy_build *build = &prices->build[QY_ROLE_ELEMENT];
  const qy_energy left = energy_at(&c->element, build, m, QY_PE_AT_LEFT, tech);
  const qy_energy right = energy_at(&c->element, build, m, QY_PE_AT_RIGHT, tech);
  const bool at_left = switching_fj(&left) < switching_fj(&right);
  prices->side[m] = at_left ? QY_PE_AT_LEFT : QY_PE_AT_RIGHT;
  *found = (chosen){.has_run = true, .run = at_left ? left : right};
  if (!(c->uses & QY_USES_HELD)) return;
  const double left_fj = switching_fj(&left) * held_share(c, build, m, QY_PE_AT_LEFT, tech);
  const double right_fj = switching_fj(&right) * held_share(c, build, m, QY_PE_AT_RIGHT, tech);
  prices->held_side[m] = left_fj < right_fj ? QY_PE_AT_LEFT : QY_PE_AT_RIGHT;
  found->has_held = true;
  found->held_fj = left_fj < right_fj ? left_fj : right_fj;
}

/* What is kept of the nominal library. */
static void choose_sides(qy_prices *prices, chosen found[QY_PE_MODES_MAX], const qy_components *c, const qy_tech *tech)
{
  for (int m = 0; m < c->mode_count; m++) {
    const qy_pe_side sides = qy_pe_sides(c->pe, m);
    prices->side[m] = prices->held_side[m] = sides;
    found[m] = (chosen){.has_run = false};
    if (sides == QY_PE_AT_BEST) choose_run(prices, &found[m], c, m, tech);
  }
}

/* found: NULL or what is known for such a build. */
static void price_element(item_prices price, const qy_components *c, const qy_prices *built, const qy_build *build,
                          const chosen *found, const qy_tech *tech, double factor)
{
  for (int m = 0; m < c->mode_count; m++) {
    const qy_energy e =
        found && found[m].has_run ? found[m].run : energy_at(&c->element, build, m, built->side[m], tech);
    price_event(price, QY_EVENT_PRODUCT + m, factor * switching_fj(&e), 0);
    price_event(price, QY_EVENT_CLOCK, 0, factor * pins_fj(&e, tech)); /* the same in all modes */
    if (!(c->uses & QY_USES_HELD)) continue;
    double held_fj = found && found[m].has_held ? found[m].held_fj : 0;
    if (!found || !found[m].has_held) {
      const qy_energy fresh = energy_at(&c->element, build, m, built->held_side[m], tech);
      held_fj = switching_fj(&fresh) * held_share(c, build, m, built->held_side[m], tech);
    }
    price_event(price, QY_EVENT_HELD + m, factor * held_fj, 0);
  }
}

/* Single cells: registers, multiplexers, buses. */
static void price_cells(item_prices price, const qy_tech *tech)
{
  static const int registers[] = {QY_PART_OPERAND_BIT, QY_PART_SKEW_BIT};
  static const int muxes[] = {QY_PART_OPERAND_MUX, QY_PART_SKEW_MUX, QY_PART_DRAIN_MUX};
  const double flip_fj = tech->energy_fj[QY_DFF], mux_fj = tech->energy_fj[QY_MUX2];
  const double write_fj = tech->dff_clock_fj + toggle_share * flip_fj;
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

/* Wires as long as an element of this placed area is wide. */
static void price_wires(item_prices price, double element_um2, const qy_tech *tech)
{
  const double wire_ff = tech->wire_ff_per_um * sqrt(element_um2);
  const double bit_fj = toggle_share * 0.5 * tech->voltage_v * tech->voltage_v * wire_ff;
  price_event(price, QY_EVENT_OPERAND_WIRE, bit_fj, 0);
  price_event(price, QY_EVENT_SUM_WIRE, bit_fj, 0);
}

static void price_sram(item_prices price, const double *sram, size_t draws, int64_t k)
{
  static const int first[] = {QY_EVENT_SRAM_READ, QY_EVENT_SRAM_WRITE, QY_PART_SRAM_LEAKAGE, QY_PART_SRAM};
  for (int f = 0; f < QY_SRAM_FACTORS; f++)
    price[first[f / QY_BUFFER_ROLES] + f % QY_BUFFER_ROLES][0] =
        sram && k >= 0 ? sram[(size_t)f * draws + (size_t)k] : 1;
}

/* What draws have in common: efforts in the nominal library; effort laws, while the constants repeat.  Of the nominal
 * library also the energies that sides were chosen by. */
typedef struct common {
  const chosen *found;
  double effort[QY_ROLE_COUNT];
  qy_effort_law law[QY_ROLE_COUNT];
} common;

static void common_of(common *out, const qy_pricing *p, const qy_prices *built, const chosen *found)
{
  out->found = found;
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    if (!p->components->circuit[r]) continue;
    out->effort[r] = qy_build_effort(&built->build[r], p->tech);
    out->law[r] = p->circuit[r].law;
  }
}

/* Energies follow from the efforts. */
static const chosen *known_of(const common *same, const qy_build *build, const qy_build *built)
{
  bool alike = build->fast_share == built->fast_share;
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    alike &= build->effort[g] == built->effort[g];
  return alike ? same->found : NULL;
}

/* For draw k, those before it done. */
static void common_in_draw(common *c, const qy_pricing *p, size_t k)
{
  for (int r = 0; r < QY_ROLE_COUNT && !p->repeats[k]; r++)
    if (p->components->circuit[r]) qy_effort_law_of(&c->law[r], &p->circuit[r].census, &p->draws->draw[k]);
}

/* All prices of draw k, or, k < 0, of the nominal library. */
static void price_all(item_prices price, const qy_pricing *p, const qy_prices *built, const common *same,
                      const double *sram, int64_t k)
{
  const qy_components *c = p->components;
  const qy_tech *tech = k < 0 ? p->tech : &p->draws->draw[k];
  memset(price, 0, sizeof(item_prices));
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    if (!c->circuit[r]) continue;
    qy_build build = built->build[r];
    const double path_ratio = k < 0 ? 1 : p->circuit[r].path_ratio[k];
    const factors f = factors_of(p, &p->circuit[r], same->effort[r], k);
    const double energy = f.of[QY_STRUCTURE_ENERGY];
    const circuit_price q = price_circuit(&build, &p->circuit[r], &same->law[r], tech, path_ratio, &f);
    price_part(price, part_of[r], q.area_um2 - q.register_um2, q.register_um2, q.leakage_nw, tech);
    if (r == QY_ROLE_ELEMENT) {
      price_wires(price, q.area_um2 / tech->density_frac, tech);
      price_element(price, c, built, &build, known_of(same, &build, &built->build[r]), tech, energy);
      continue;
    }
    qy_energy e;
    qy_circuit_energy(&build, &c->activity[r], tech, &e);
    if (r == QY_ROLE_MULTIPLES) /* logic without registers of its own */
      price_event(price, circuit_event[r], energy * (e.comb_fj + e.register_fj + pins_fj(&e, tech)), 0);
    else
      price_event(price, circuit_event[r], energy * e.comb_fj, energy * (e.register_fj + pins_fj(&e, tech)));
  }
  price_event(price, QY_EVENT_CLOCK_TREE, 0, tech->dff_clock_fj * tech->clock_tree_frac);
  if (c->uses & (QY_USES_REGISTERS | QY_USES_CHAINS)) price_cells(price, tech);
  price_sram(price, sram, p->draws ? p->draws->count : 0, k);
}

/* What does not change under draws. */
static void put_structure(qy_prices *prices, const qy_components *c, item_prices price)
{
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    if (!c->circuit[r]) continue;
    const qy_activity *a = r == QY_ROLE_ELEMENT ? qy_pe_toggles_at(&c->element, 0, prices->side[0]) : &c->activity[r];
    prices->placed_um2[r] = price[part_of[r]][0] + price[part_of[r]][1];
    prices->flip_flops[r] = a->ff_count + prices->build[r].pipeline_bits;
  }
}

double qy_prices_pitches(const qy_prices *prices, double um2)
{
  return one_pitches(prices->placed_um2[QY_ROLE_ELEMENT], um2);
}

static void put_columns(double *out, size_t stride, const qy_columns *columns, item_prices price)
{
  for (int j = 0; j < columns->count; j++)
    out[(size_t)j * stride] = price[columns->item[j]][columns->feed[j]];
}

/* What the stages of circuit r are weighed by. */
static qy_pipelining pipelining_of(const qy_components *c, int r, qy_pipeline_for aim)
{
  qy_pipelining how = {.aim = aim};
  if (r != QY_ROLE_ELEMENT) {
    how.activity[how.activity_count++] = &c->activity[r];
    return how;
  }
  qy_pe_weigh(&how, c->pe, &c->element);
  if (c->uses & QY_USES_HELD) {
    qy_pe_weigh(&how, c->pe, c->fresh);
    qy_pe_weigh(&how, c->pe, c->held);
  }
  return how;
}

struct qy_pricer {
  const qy_pricing *pricing;
  const qy_columns *columns;
  qy_builder *builder[QY_ROLE_COUNT]; /* NULL: not used */
};

qy_status qy_pricer_new(qy_pricer **out, const qy_pricing *pricing, const qy_columns *columns, qy_pipeline_for aim,
                        qy_error *err)
{
  assert(out && pricing && columns);
  qy_pricer *p = qy_alloc(1, sizeof *p);
  qy_status status = p ? QY_OK : qy_no_memory(err);
  *out = NULL;
  if (status) return status;
  *p = (qy_pricer){.pricing = pricing, .columns = columns};
  for (int r = 0; r < QY_ROLE_COUNT && !status; r++) {
    const qy_circuit *circuit = pricing->components->circuit[r];
    if (!circuit) continue;
    const qy_pipelining how = pipelining_of(pricing->components, r, aim);
    status = qy_builder_new(&p->builder[r], circuit, pricing->tech, &how, err);
  }
  if (status)
    qy_pricer_free(p);
  else
    *out = p;
  return status;
}

void qy_pricer_free(qy_pricer *pricer)
{
  for (int r = 0; pricer && r < QY_ROLE_COUNT; r++)
    qy_builder_free(pricer->builder[r]);
  free(pricer);
}

qy_status qy_pricer_at(qy_pricer *pricer, qy_prices *prices, double period_ps, qy_error *err)
{
  static const char *const misses[QY_ROLE_COUNT] = {
      "the element misses the clock", "an adder misses the clock", "the requantizer misses the clock",
      "the controller misses the clock", "what makes the multiples misses the clock"};
  assert(pricer && prices && period_ps > 0);
  const qy_pricing *pricing = pricer->pricing;
  *prices = (qy_prices){.period_ps = period_ps};
  for (int r = 0; r < QY_ROLE_COUNT; r++) {
    if (!pricer->builder[r]) continue;
    qy_build *b = &prices->build[r];
    const qy_status status = qy_builder_at(pricer->builder[r], period_ps, b, err);
    if (status) return status;
    if (!b->feasible && !prices->reason) prices->reason = r == QY_ROLE_ELEMENT && b->reason ? b->reason : misses[r];
  }
  if (prices->reason) return QY_OK;
  item_prices price;
  chosen found[QY_PE_MODES_MAX];
  choose_sides(prices, found, pricing->components, pricing->tech);
  common same;
  common_of(&same, pricing, prices, found);
  price_all(price, pricing, prices, &same, NULL, -1);
  put_structure(prices, pricing->components, price);
  put_columns(prices->price, 1, pricer->columns, price);
  return QY_OK;
}

qy_status qy_prices_at(qy_prices *prices, const qy_pricing *pricing, const qy_columns *columns, double period_ps,
                       qy_pipeline_for aim, qy_error *err)
{
  qy_pricer *pricer;
  qy_status status = qy_pricer_new(&pricer, pricing, columns, aim, err);
  if (!status) status = qy_pricer_at(pricer, prices, period_ps, err);
  qy_pricer_free(pricer);
  return status;
}

int qy_prices_stages(const qy_prices *prices, qy_circuit_role role)
{
  const bool registered = role == QY_ROLE_ADDER || role == QY_ROLE_REQUANTIZER || role == QY_ROLE_CONTROLLER;
  return prices->build[role].stages + registered;
}

qy_status qy_prices_draws(double *basis, const qy_prices *prices, const qy_pricing *pricing, const qy_columns *columns,
                          const double *sram, qy_error *err)
{
  assert(basis && prices && !prices->reason && pricing && pricing->draws && columns);
  const size_t draws = pricing->draws->count;
  qy_status status = QY_OK;
  common same;
  common_of(&same, pricing, prices, NULL);
  for (size_t k = 0; k < draws && !(status = go_on(&pricing->stop, k, err)); k++) {
    item_prices price;
    common_in_draw(&same, pricing, k);
    price_all(price, pricing, prices, &same, sram, (int64_t)k);
    put_columns(basis + k, draws, columns, price);
  }
  return status;
}
