/* A circuit built for a target period.
 *
 * Words, which pipelining cuts, enter and leave with their latest bit (timing.h).
 * Area = lean area (1 + k share (Tmin / T)^p) per operator class (tech.h), Tmin being the longest stage.  Stages have
 * equal length; a cut pays one flip-flop per bit of every word that crosses it, inside an operator what its cut_bits
 * column says.  A loop through a register cannot be cut: it bounds the period, and what follows its entry stays in one
 * stage. So the flip-flops and Tmin of a number of stages do not depend on the clock, and each number is priced in
 * closed form; see qy_pipeline_for for the choice.
 */
#include "timing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Does input k of node i come from the loop the node lies on? */
static bool from_loop(const qy_circuit *c, const bool *on_loop, size_t i, int k)
{
  const node *n = &c->node[i];
  return on_loop[i] && on_loop[n->in[k]];
}

/* Where a word is last needed: the latest time a reader takes it; outputs, registers and loops need it at the end. */
static void last_needed(const qy_circuit *c, const arrivals *at, double end, const bool *on_loop, double *needed)
{
  for (size_t i = 0; i < c->count; i++)
    needed[i] = 0;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    for (int k = 0; k < n->count; k++) {
      if (n->state >= 0 && !on_loop[i]) continue; /* a register between two stretches of logic: not crossed */
      double when = on_loop[i] ? end : at->leave[i] - arrivals_path(c, i, k, at);
      needed[n->in[k]] = fmax(needed[n->in[k]], when);
    }
  }
  for (int i = 0; i < c->output_count; i++)
    needed[c->output[i].net] = end;
}

/* Flip-flops of a cut at time t.  Registers and loops belong to the last stage, constants need no flip-flop. */
static double cut_cost(const qy_circuit *c, const arrivals *at, const double *needed, const bool *on_loop, double t)
{
  double bits = 0;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    bool cut = !node_is_start(n) && at->enter[i] < t && at->leave[i] > t;
    /* Of a loop only a merged accumulator can lie across a cut: its rows are before, its adder behind. */
    if (cut && (!on_loop[i] || operator_of(n)->late_last))
      bits += operator_of(n)->cut_bits(n, (t - at->enter[i]) / (at->leave[i] - at->enter[i]));
    else if (!on_loop[i] && !node_is_constant(n) && at->leave[i] <= t && needed[i] >= t)
      bits += n->shape.width;
  }
  return bits;
}

/* The latest time at which a word from outside enters a loop: behind it no cut is possible.  end when there is none. */
static double loop_entry(const qy_circuit *c, const arrivals *at, const bool *on_loop, double end)
{
  double entry = -1;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    if (!on_loop[i] || n->state >= 0) continue;
    double inside = 0; /* from the loop's own input to the output */
    for (int k = 0; k < n->count; k++)
      if (from_loop(c, on_loop, i, k)) inside = fmax(inside, arrivals_path(c, i, k, at));
    for (int k = 0; k < n->count; k++)
      if (!from_loop(c, on_loop, i, k)) entry = fmax(entry, at->leave[n->in[k]] + arrivals_path(c, i, k, at) - inside);
  }
  return entry < 0 ? end : entry;
}

/* ---- pipelining */

enum { STAGES_MAX = 64 };

/* A circuit in a library, as cutting and pricing need it. */
typedef struct cutter {
  const qy_circuit *c;
  const qy_tech *tech;
  arrivals at;
  double *needed; /* [nodes] */
  bool *on_loop, *reached;
  bool can_cut;                                         /* needed and entry are known */
  double start, end, entry;                             /* of the logic; of the loop */
  double overhead, loop;                                /* flip-flop delay and set-up; the loop with it */
  double period[STAGES_MAX + 1], flops[STAGES_MAX + 1]; /* by cuts, as they are asked for; NAN: not yet */
  qy_effort_law law;
  double effort_share[QY_CLASS_COUNT];
} cutter;

static qy_status cutter_open(cutter *k, const qy_circuit *c, const qy_tech *tech, qy_error *err)
{
  qy_census census;
  *k = (cutter){.c = c, .tech = tech};
  for (int i = 0; i <= STAGES_MAX; i++)
    k->period[i] = k->flops[i] = NAN;
  k->needed = qy_alloc(c->count, sizeof *k->needed);
  k->on_loop = qy_alloc(c->count, sizeof *k->on_loop);
  k->reached = qy_alloc(c->count, sizeof *k->reached);
  if (arrivals_alloc(&k->at, c) || !k->needed || !k->on_loop || !k->reached)
    return qy_fail(err, QY_NO_MEMORY, "out of memory while building circuit %s", c->name);
  arrivals_bits(c, tech, BIT_FAST, &k->at);
  arrivals_words(c, &k->at);
  k->start = k->at.delays.a[BIT_FLOP][0];
  k->overhead = k->start + tech->dff_setup_ps;
  k->end = fmax(arrivals_latest(c, k->at.at), k->start);
  k->loop = arrivals_loop(c, &k->at, k->reached, k->on_loop);
  arrivals_mark_behind(c, k->on_loop);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    bit_cells_of_class(c->bits, (qy_operator_class)g, tech, census.cells[g]);
  qy_effort_law_of(&k->law, &census, tech);
  bit_effort_shares(c->bits, tech, k->effort_share);
  return QY_OK;
}

static void cutter_close(cutter *k)
{
  free(k->needed);
  free(k->on_loop);
  free(k->reached);
  arrivals_free(&k->at);
}

/* What only cuts need. */
static void prepare_cuts(cutter *k)
{
  if (k->can_cut) return;
  k->entry = loop_entry(k->c, &k->at, k->on_loop, k->end);
  last_needed(k->c, &k->at, k->end, k->on_loop, k->needed);
  k->can_cut = true;
}

/* Distance of so many cuts.  When the last one would fall into the loop, it is at the loop's entry and the others are
 * spaced before it. */
static double spacing_of(const cutter *k, int cuts)
{
  assert(cuts == 0 || k->can_cut);
  double even = (k->end - k->start) / (cuts + 1);
  return cuts > 0 && k->start + cuts * even > k->entry ? (k->entry - k->start) / cuts : even;
}

/* Shortest period of the circuit with so many cuts. */
static double period_of(cutter *k, int cuts)
{
  if (!isnan(k->period[cuts])) return k->period[cuts];
  double spacing = spacing_of(k, cuts), last = k->end - k->start - cuts * spacing;
  double logic = cuts == 0 ? k->end + k->tech->dff_setup_ps : fmax(spacing, last) + k->overhead;
  return k->period[cuts] = fmax(logic, k->loop);
}

/* Flip-flops of so many cuts. */
static double flops_of(cutter *k, int cuts)
{
  if (!isnan(k->flops[cuts])) return k->flops[cuts];
  double spacing = spacing_of(k, cuts), bits = 0;
  for (int i = 1; i <= cuts; i++)
    bits += cut_cost(k->c, &k->at, k->needed, k->on_loop, k->start + i * spacing);
  return k->flops[cuts] = bits;
}

/* Exclusive ors are sized until they are no slower than two NAND2 in a row, when four gates follow either: area over
 * lean area. */
static double fast_xor(const qy_tech *tech)
{
  enum { LOADS = 4 };
  const double pin_ff = qy_path_pin(tech), load_ff = LOADS * pin_ff;
  const double gates_ps = qy_path_cell(tech, QY_NAND2, pin_ff) + qy_path_cell(tech, QY_NAND2, load_ff);
  return gates_ps > 0 ? fmax(1, qy_path_cell(tech, QY_XOR2, load_ff) / gates_ps) : 1;
}

/* What each cell grows by in the fast layout: exclusive ors, and adder cells, whose places gates take. */
static void growth_of_cells(const qy_tech *tech, double growth_um2[QY_CELL_COUNT])
{
  const double *area = tech->area_um2, sized = fast_xor(tech) - 1, extra_um2 = sized * area[QY_XOR2];
  memset(growth_um2, 0, QY_CELL_COUNT * sizeof *growth_um2);
  growth_um2[QY_XOR2] = extra_um2;
  growth_um2[QY_XNOR2] = sized * area[QY_XNOR2];
  growth_um2[QY_FA] = fmax(0, qy_tech_gates_um2(tech, QY_FA) + 2 * extra_um2 - area[QY_FA]);
  growth_um2[QY_HA] = fmax(0, qy_tech_gates_um2(tech, QY_HA) + extra_um2 - area[QY_HA]);
}

void qy_effort_law_of(qy_effort_law *law, const qy_census *census, const qy_tech *tech)
{
  assert(law && census && tech);
  double growth_um2[QY_CELL_COUNT];
  growth_of_cells(tech, growth_um2);
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    double area = 0, leak = 0, grown = 0;
    for (int k = 0; k < QY_CELL_COUNT; k++) {
      area += census->cells[g][k] * tech->area_um2[k];
      leak += census->cells[g][k] * tech->leakage_nw[k];
      grown += census->cells[g][k] * growth_um2[k];
    }
    const double s = area > 0 ? grown / area : 0;
    law->area_um2[g] = area;
    law->leakage_nw[g] = leak;
    law->full[g] = fmax(1, (1 + s) * (1 + tech->effort_k[g])); /* nothing costs less at a faster clock */
  }
  law->register_um2 = tech->area_um2[QY_DFF];
  law->register_nw = tech->leakage_nw[QY_DFF];
}

void qy_build_take_effort(qy_build *build, double power, const qy_effort_law *law)
{
  assert(build && power >= 0 && power <= 1 && law);
  build->fast_share = power;
  build->area_um2 = build->leakage_nw = 0;
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    build->effort[g] = 1 + (law->full[g] - 1) * build->effort_share[g] * power;
    build->area_um2 += law->area_um2[g] * build->effort[g];
    build->leakage_nw += law->leakage_nw[g] * build->effort[g];
  }
  const double registers = build->pipeline_bits * build->effort[QY_CLASS_REGISTER];
  build->area_um2 += registers * law->register_um2;
  build->leakage_nw += registers * law->register_nw;
}

/* Effort and what it costs, of stages that are cut already. */
static void take_effort(qy_build *build, const cutter *k, double period_ps)
{
  const double ratio = fmin(1, build->min_period_ps / period_ps);
  build->period_ps = period_ps;
  qy_build_take_effort(build, pow(ratio, k->tech->effort_p), &k->law);
}

static qy_build build_of(cutter *k, int cuts, double period_ps)
{
  qy_build build = {.feasible = true, .stages = cuts};
  build.min_period_ps = period_of(k, cuts);
  build.pipeline_bits = flops_of(k, cuts);
  memcpy(build.effort_share, k->effort_share, sizeof build.effort_share);
  take_effort(&build, k, period_ps);
  return build;
}

/* ---- the number of stages */

const char *const qy_pipeline_for_names[QY_PIPELINE_FOR_COUNT + 1] = {
    [QY_PIPELINE_FOR_BOTH] = "both",       [QY_PIPELINE_FOR_AREA] = "area",   [QY_PIPELINE_FOR_ENERGY] = "energy",
    [QY_PIPELINE_FOR_PRODUCT] = "product", [QY_PIPELINE_FOR_CLOCK] = "clock",
};

/* Costs that are weighed: area, leakage, energies. */
enum { COST_AREA, COST_LEAKAGE, COST_ENERGY, COSTS = COST_ENERGY + QY_PIPELINE_ACTIVITIES_MAX };
typedef struct costs {
  double cost[COSTS];
} costs;

static costs costs_of(const qy_build *build, const qy_pipelining *how, const qy_tech *tech)
{
  costs s = {.cost = {[COST_AREA] = build->area_um2, [COST_LEAKAGE] = build->leakage_nw}};
  for (int i = 0; i < how->activity_count; i++) {
    qy_energy e;
    qy_circuit_energy(build, how->activity[i], tech, &e);
    s.cost[COST_ENERGY + i] = e.comb_fj + e.register_fj + e.clock_fj;
  }
  return s;
}

/* With so many stages: what it costs at the clock, and at one so slow that no effort is left. */
typedef struct option {
  qy_build build;
  costs now, slow;
} option;

static option option_of(cutter *k, int cuts, double period_ps, const qy_pipelining *how)
{
  option o = {.build = build_of(k, cuts, period_ps)};
  qy_build slow = o.build;
  take_effort(&slow, k, INFINITY);
  o.now = costs_of(&o.build, how, k->tech);
  o.slow = costs_of(&slow, how, k->tech);
  return o;
}

/* Does o cost noticeably less than `than` in anything, at this clock or at a slower one?  Costs are linear in the power
 * of the period that effort takes, so the ends say it for all clocks between. */
static bool saves(const option *o, const option *than, const qy_pipelining *how)
{
  const double worth = 1 - QY_PIPELINE_WORTH_FRAC;
  for (int i = 0; i < COST_ENERGY + how->activity_count; i++)
    if (o->now.cost[i] < worth * than->now.cost[i] || o->slow.cost[i] < worth * than->slow.cost[i]) return true;
  return false;
}

/* The fewest stages with which no more stages save anything.  Then nothing costs noticeably less at a faster clock: its
 * stages are as many, at more effort, or more, which do not save anything here and cost more there. */
static size_t choose_both(const option *o, size_t count, const qy_pipelining *how)
{
  for (size_t i = 0; i < count; i++) {
    bool enough = true;
    for (size_t j = i + 1; j < count && enough; j++)
      enough = !saves(&o[j], &o[i], how);
    if (enough) return i;
  }
  return count - 1;
}

/* The least of one number. */
static size_t choose_least(const option *o, size_t count, const qy_pipelining *how)
{
  size_t best = 0;
  double least = INFINITY;
  for (size_t i = 0; i < count; i++) {
    double energy = 0, cost = o[i].now.cost[COST_AREA];
    for (int e = 0; e < how->activity_count; e++)
      energy += o[i].now.cost[COST_ENERGY + e];
    if (how->aim == QY_PIPELINE_FOR_ENERGY) cost = energy;
    if (how->aim == QY_PIPELINE_FOR_PRODUCT) cost *= energy;
    if (cost < least) best = i, least = cost;
  }
  return best;
}

/* The fewest stages that meet the clock; -1 and the reason when none do. */
static int fewest(cutter *k, double period_ps, const char **reason)
{
  *reason = NULL;
  if (period_of(k, 0) <= period_ps) return 0;
  prepare_cuts(k);
  for (int cuts = 1; cuts <= STAGES_MAX; cuts++)
    if (period_of(k, cuts) <= period_ps) return cuts;
  if (k->loop > period_ps)
    *reason = "the accumulator's loop is longer than the clock period";
  else if (k->overhead >= period_ps)
    *reason = "the clock period is shorter than a flip-flop's own delay and set-up time";
  else if (k->overhead + k->end - k->entry > period_ps)
    *reason = "what follows the accumulator's entry is longer than the clock period";
  else
    *reason = "more than 64 pipeline stages would be needed";
  return -1;
}

/* How many are weighed when the clock needs so many: flip-flops soon cost more than all that is left to save. */
static int most_weighed(int fewest)
{
  enum { MORE = 8 };
  int most = 2 * fewest + MORE;
  return most < STAGES_MAX ? most : STAGES_MAX;
}

/* Stages that the caller chose, whether they meet the clock or not. */
static qy_build take_given(cutter *k, double period_ps, int stages)
{
  if (stages > 0) prepare_cuts(k);
  qy_build build = build_of(k, stages, period_ps);
  build.feasible = build.min_period_ps <= period_ps;
  build.reason = build.feasible ? NULL : "the stages are longer than the clock period";
  return build;
}

static qy_build choose(cutter *k, double period_ps, const qy_pipelining *how)
{
  option o[STAGES_MAX + 1];
  const char *reason;
  int least = fewest(k, period_ps, &reason);
  if (least < 0 || how->aim == QY_PIPELINE_FOR_CLOCK) {
    qy_build build = build_of(k, least < 0 ? 0 : least, period_ps);
    build.feasible = least >= 0;
    build.reason = reason;
    return build;
  }
  size_t count = 0;
  prepare_cuts(k);
  for (int cuts = least; cuts <= most_weighed(least); cuts++)
    o[count++] = option_of(k, cuts, period_ps, how);
  return o[how->aim == QY_PIPELINE_FOR_BOTH ? choose_both(o, count, how) : choose_least(o, count, how)].build;
}

static qy_build build_at(cutter *k, double period_ps, const qy_pipelining *how)
{
  return how->aim == QY_PIPELINE_GIVEN ? take_given(k, period_ps, how->stages) : choose(k, period_ps, how);
}

static void check_how(const qy_pipelining *how)
{
  assert(how->activity_count >= 0 && how->activity_count <= QY_PIPELINE_ACTIVITIES_MAX);
  assert(how->stages >= 0 && how->stages <= STAGES_MAX);
  assert(how->activity_count > 0 || (how->aim != QY_PIPELINE_FOR_ENERGY && how->aim != QY_PIPELINE_FOR_PRODUCT));
  (void)how;
}

static qy_status check_period(const qy_circuit *c, double period_ps, qy_error *err)
{
  if (period_ps > 0 && isfinite(period_ps)) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT, "build of circuit %s: expected a period above 0 ps, found %g", c->name, period_ps);
}

qy_status qy_circuit_build_for(const qy_circuit *c, const qy_tech *tech, double period_ps, const qy_pipelining *how,
                               qy_build *build, qy_error *err)
{
  assert(c && c->bits && tech && how && build);
  check_how(how);
  *build = (qy_build){0};
  cutter k = {0};
  qy_status status = check_period(c, period_ps, err);
  if (status) return status;
  status = cutter_open(&k, c, tech, err);
  if (status == QY_OK) *build = build_at(&k, period_ps, how);
  cutter_close(&k);
  return status;
}

/* ---- many clocks ---- */

/* Costs of a number of stages by the power of the period that effort takes (see saves): energies are products of two
 * linear terms in it, the others are linear. */
typedef struct curve {
  bool holds; /* checked against a fourth point */
  costs slow;
  double a[COSTS][3]; /* a[0] + a[1] power + a[2] power^2 */
} curve;

/* Options to choose from, by their curves. */
typedef struct weighed {
  const curve *curve[STAGES_MAX + 1];
  costs now[STAGES_MAX + 1];
  int count;
} weighed;

struct qy_builder {
  cutter k;
  qy_pipelining how;
  curve *by_cuts[STAGES_MAX + 1]; /* NULL: not asked for yet */
  weighed weighed;                /* at the last clock */
};

qy_status qy_builder_new(qy_builder **out, const qy_circuit *c, const qy_tech *tech, const qy_pipelining *how,
                         qy_error *err)
{
  assert(out && c && c->bits && tech && how);
  check_how(how);
  qy_builder *b = qy_alloc(1, sizeof *b);
  *out = NULL;
  if (!b) return qy_no_memory(err);
  b->how = *how;
  const qy_status status = cutter_open(&b->k, c, tech, err);
  if (status)
    qy_builder_free(b);
  else
    *out = b;
  return status;
}

void qy_builder_free(qy_builder *builder)
{
  if (!builder) return;
  cutter_close(&builder->k);
  for (int cuts = 0; cuts <= STAGES_MAX; cuts++)
    free(builder->by_cuts[cuts]);
  free(builder);
}

static costs costs_at_power(const qy_builder *b, qy_build build, double power)
{
  qy_build_take_effort(&build, power, &b->k.law);
  return costs_of(&build, &b->how, b->k.tech);
}

static double value_of(const curve *c, int cost, double power)
{
  return c->a[cost][0] + power * (c->a[cost][1] + power * c->a[cost][2]);
}

static const double same_frac = 1e-9; /* costs nearer than this are told apart by the plain sums alone */

/* NULL: out of memory, and plain sums must do. */
static const curve *curve_of(qy_builder *b, int cuts)
{
  curve *c = b->by_cuts[cuts];
  if (c || !(c = b->by_cuts[cuts] = qy_alloc(1, sizeof *c))) return c;
  const double check = 0.3;
  qy_build build = build_of(&b->k, cuts, INFINITY);
  const costs none = costs_at_power(b, build, 0), half = costs_at_power(b, build, 0.5);
  const costs full = costs_at_power(b, build, 1), between = costs_at_power(b, build, check);
  c->holds = true;
  c->slow = costs_of(&build, &b->how, b->k.tech);
  for (int i = 0; i < COST_ENERGY + b->how.activity_count; i++) {
    double *a = c->a[i];
    a[0] = none.cost[i];
    a[2] = 2 * (full.cost[i] - 2 * half.cost[i] + none.cost[i]);
    a[1] = full.cost[i] - none.cost[i] - a[2];
    if (!(fabs(value_of(c, i, check) - between.cost[i]) <= same_frac / 1000 * fabs(between.cost[i]))) c->holds = false;
  }
  return c;
}

static bool weigh(weighed *w, qy_builder *b, int least, double period_ps)
{
  w->count = 0;
  for (int cuts = least; cuts <= most_weighed(least); cuts++) {
    const curve *c = w->curve[w->count] = curve_of(b, cuts);
    if (!c) return false;
    const double power = pow(fmin(1, period_of(&b->k, cuts) / period_ps), b->k.tech->effort_p);
    if (!c->holds) return false;
    for (int i = 0; i < COST_ENERGY + b->how.activity_count; i++)
      w->now[w->count].cost[i] = value_of(c, i, power);
    w->count++;
  }
  return true;
}

/* As saves; unsure: too near to tell. */
static bool saves_weighed(const weighed *w, int o, int than, const qy_pipelining *how, bool *unsure)
{
  const double worth = 1 - QY_PIPELINE_WORTH_FRAC;
  bool yes = false;
  for (int i = 0; i < COST_ENERGY + how->activity_count; i++) {
    const double left = w->now[o].cost[i], right = worth * w->now[than].cost[i];
    yes |= left < right || w->curve[o]->slow.cost[i] < worth * w->curve[than]->slow.cost[i];
    *unsure |= fabs(left - right) <= same_frac * fabs(right);
  }
  return yes;
}

static int both_weighed(const weighed *w, const qy_pipelining *how, bool *unsure)
{
  for (int i = 0; i < w->count; i++) {
    bool enough = true;
    for (int j = i + 1; j < w->count && enough; j++)
      enough = !saves_weighed(w, j, i, how, unsure);
    if (enough) return i;
  }
  return w->count - 1;
}

static int least_weighed(const weighed *w, const qy_pipelining *how, bool *unsure)
{
  double cost[STAGES_MAX + 1] = {0};
  int best = 0;
  for (int i = 0; i < w->count; i++) {
    double energy = 0;
    for (int e = 0; e < how->activity_count; e++)
      energy += w->now[i].cost[COST_ENERGY + e];
    cost[i] = how->aim == QY_PIPELINE_FOR_ENERGY ? energy : w->now[i].cost[COST_AREA];
    if (how->aim == QY_PIPELINE_FOR_PRODUCT) cost[i] *= energy;
    if (cost[i] < cost[best]) best = i;
  }
  for (int i = 0; i < w->count; i++)
    *unsure |= i != best && fabs(cost[i] - cost[best]) <= same_frac * fabs(cost[best]);
  return best;
}

/* The stages that choose() takes; -1: found by it alone. */
static int choose_weighed(qy_builder *b, double period_ps)
{
  const char *reason;
  weighed *w = &b->weighed;
  bool unsure = false;
  if (b->how.aim == QY_PIPELINE_GIVEN || b->how.aim == QY_PIPELINE_FOR_CLOCK) return -1;
  const int least = fewest(&b->k, period_ps, &reason);
  if (least < 0) return -1;
  prepare_cuts(&b->k);
  if (!weigh(w, b, least, period_ps)) return -1;
  const int chosen =
      b->how.aim == QY_PIPELINE_FOR_BOTH ? both_weighed(w, &b->how, &unsure) : least_weighed(w, &b->how, &unsure);
  return unsure ? -1 : least + chosen;
}

qy_status qy_builder_at(qy_builder *builder, double period_ps, qy_build *build, qy_error *err)
{
  assert(builder && build);
  *build = (qy_build){0};
  const qy_status status = check_period(builder->k.c, period_ps, err);
  if (status) return status;
  const int cuts = choose_weighed(builder, period_ps);
  *build = cuts < 0 ? build_at(&builder->k, period_ps, &builder->how) : build_of(&builder->k, cuts, period_ps);
  return QY_OK;
}

qy_status qy_circuit_build(const qy_circuit *c, const qy_tech *tech, double period_ps, qy_build *build, qy_error *err)
{
  static const qy_pipelining fewest_stages = {.aim = QY_PIPELINE_FOR_CLOCK};
  return qy_circuit_build_for(c, tech, period_ps, &fewest_stages, build, err);
}

void qy_circuit_census_in(const qy_circuit *c, const qy_tech *tech, qy_census *census)
{
  assert(c && c->bits && tech && census);
  *census = (qy_census){0};
  for (size_t i = 0; i < c->count; i++) {
    double cells[QY_CELL_COUNT];
    bit_cells_of_node(c, i, tech, cells);
    for (int k = 0; k < QY_CELL_COUNT; k++)
      census->cells[node_class(&c->node[i])][k] += cells[k];
  }
}

void qy_circuit_op_report(const qy_circuit *c, size_t i, const qy_tech *tech, qy_op_report *report)
{
  assert(c && c->bits && i < c->count && tech && report);
  const node *n = &c->node[i];
  const operator_row *row = operator_of(n);
  qy_operator_class class = node_class(n);
  *report = (qy_op_report){.op = row->name, .label = n->label ? n->label : "", .width = n->shape.width};
  double *cells = report->census.cells[class];
  bit_cells_of_node(c, i, tech, cells);
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    report->area_um2 += cells[k] * tech->area_um2[k];
    report->leakage_nw += cells[k] * tech->leakage_nw[k];
  }
  report->delay_ps = n->state >= 0 ? tech->delay_ps[QY_DFF] : 0;
  float *scratch = node_is_start(n) ? NULL : qy_alloc(2 * c->bits->count, sizeof *scratch);
  if (!scratch) return;
  bit_delays delays = {0};
  if (bit_delays_alloc(&delays, c->bits) == 0) {
    bit_delays_of(&delays, c, tech, BIT_LEAN);
    report->delay_ps = arrivals_alone(c, i, -1, &delays, scratch);
  }
  bit_delays_free(&delays);
  free(scratch);
}
