/* Timing, and a circuit built for a target period.
 *
 * Word-level static timing: arrival at a net = latest input + path of the operator; inputs and registers start at clock
 * to Q, registers and outputs end with set-up time.
 * Period >= fast path: area = lean area (1 + k (Tmin / T)^p) per operator class (tech.h).  Below it the circuit is cut
 * into stages of equal length; a cut pays one flip-flop per bit of every word that crosses it, inside an operator what
 * its cut_bits column says.  A loop through a register cannot be cut: it bounds the period, and what follows its entry
 * stays in one stage.  After cutting, Tmin is the longest stage.
 * Energy per toggle grows with area: the open synthesis study (2026) finds settled energy per um2 of a multiplier equal
 * within 2 to 17 % in its lean, mid and fast flows, that is, larger cells cost energy in proportion.
 * Glitches fall with depth, so a pipelined circuit's depth is divided by its number of stages.
 */
#include "graph.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Arrival times: when a node's inputs are settled and when its output is. */
typedef struct arrivals {
  double *enter, *leave; /* [count], ps */
} arrivals;

/* Delay from input k of a node to its output.  A short ripple can be faster than a tree: fast means the faster one. */
static double path_from(const node *n, int k, const qy_tech *tech, bool fast)
{
  const operator_row *row = operator_of(n);
  qy_path_function *path = row->late_path && k == n->count - 1 ? row->late_path : row->path;
  double lean = path(&n->shape, tech, false);
  return fast ? fmin(lean, path(&n->shape, tech, true)) : lean;
}

static double start_time(const node *n, const qy_tech *tech, bool fast)
{
  return n->state >= 0 ? operator_of(n)->path(&n->shape, tech, fast) : tech->delay_ps[QY_DFF];
}

static bool is_start(const node *n)
{
  return n->state >= 0 || n->count == 0;
}

static bool is_constant(const node *n)
{
  return n->count == 0 && n->state < 0 && operator_of(n)->evaluate;
}

static void arrive(const qy_circuit *c, const qy_tech *tech, bool fast, arrivals *at)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    if (is_start(n)) {
      at->enter[i] = at->leave[i] = start_time(n, tech, fast);
      continue;
    }
    at->enter[i] = at->leave[i] = 0;
    for (int k = 0; k < n->count; k++) {
      double in = at->leave[n->in[k]], out = in + path_from(n, k, tech, fast);
      if (in > at->enter[i]) at->enter[i] = in;
      if (out > at->leave[i]) at->leave[i] = out;
    }
  }
}

/* Lean: chained ripples overlap, so each word has an arrival of its lowest and of its highest bit (first, leave).  A
 * slice takes its share of the time between. */
static void arrive_lean(const qy_circuit *c, const qy_tech *tech, arrivals *at, double *first)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    const operator_row *row = operator_of(n);
    double low = 0, high = 0, path = is_start(n) ? start_time(n, tech, false) : 0;
    for (int k = 0; k < n->count && n->state < 0; k++) {
      double begin = first[n->in[k]], end = at->leave[n->in[k]], span = end - begin;
      double below = row->is_slice ? (double)n->amount / n->in_width[k] : 0;
      low = fmax(low, begin + span * below);
      double above = row->is_slice ? below + (double)n->shape.width / n->in_width[k] : 1;
      high = fmax(high, begin + span * above);
      path = fmax(path, path_from(n, k, tech, false));
    }
    double lead = row->lead ? row->lead(n, tech) : 0;
    at->enter[i] = high;
    at->leave[i] = row->rising ? fmax(low + path, high + path - lead) : high + path;
    first[i] = row->rising ? low + path - lead : at->leave[i] - lead;
  }
}

/* Latest arrival at a register or an output. */
static double latest(const qy_circuit *c, const arrivals *at)
{
  double end = 0;
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state >= 0)
      for (int k = 0; k < c->node[i].count; k++)
        end = fmax(end, at->leave[c->node[i].in[k]]);
  for (int i = 0; i < c->output_count; i++)
    end = fmax(end, at->leave[c->output[i].net]);
  return end;
}

/* Longest path from register r back to itself, clock to Q included; -1: none.  on_loop, when given, marks the nodes
 * that lie on any such path. */
static double loop_of(const qy_circuit *c, size_t r, const qy_tech *tech, double *dist, bool *on_loop)
{
  const node *reg = &c->node[r];
  for (size_t i = 0; i < c->count; i++)
    dist[i] = -1;
  dist[r] = start_time(reg, tech, true);
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    if (is_start(n)) continue;
    for (int k = 0; k < n->count; k++)
      if (dist[n->in[k]] >= 0) dist[i] = fmax(dist[i], dist[n->in[k]] + path_from(n, k, tech, true));
  }
  double loop = -1;
  for (int k = 0; k < reg->count; k++)
    loop = fmax(loop, dist[reg->in[k]]);
  if (loop < 0 || !on_loop) return loop;
  on_loop[r] = true;
  /* Backwards from the register's inputs, through nodes the register reaches.  Marks of other registers may be present:
   * they belong to loops as well, so following them is right. */
  for (int k = 0; k < reg->count; k++)
    if (dist[reg->in[k]] >= 0 && !is_start(&c->node[reg->in[k]])) on_loop[reg->in[k]] = true;
  for (size_t i = c->count; i-- > 0;) {
    const node *n = &c->node[i];
    if (!on_loop[i] || is_start(n)) continue;
    for (int k = 0; k < n->count; k++)
      if (dist[n->in[k]] >= 0 && !is_start(&c->node[n->in[k]])) on_loop[n->in[k]] = true;
  }
  return loop;
}

/* A counter's increment is inside the operator. */
static double longest_loop(const qy_circuit *c, const qy_tech *tech, double *dist, bool *on_loop)
{
  double loop = 0;
  for (size_t i = 0; i < c->count; i++)
    if (c->node[i].state >= 0) {
      double own = loop_of(c, i, tech, dist, on_loop);
      if (own > 0) loop = fmax(loop, own + tech->dff_setup_ps);
    }
  return loop;
}

/* What depends on a loop's word belongs to the loop's stage: extend the marks forward, up to the next registers. */
static void mark_behind(const qy_circuit *c, bool *on_loop)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    for (int k = 0; k < n->count && n->state < 0; k++)
      if (on_loop[n->in[k]]) on_loop[i] = true;
  }
}

static int arrivals_alloc(arrivals *at, const qy_circuit *c)
{
  at->enter = qy_alloc(c->count, sizeof *at->enter);
  at->leave = qy_alloc(c->count, sizeof *at->leave);
  return at->enter && at->leave ? 0 : -1;
}

static void arrivals_free(arrivals *at)
{
  free(at->enter);
  free(at->leave);
}

qy_status qy_circuit_timing(const qy_circuit *c, const qy_tech *tech, qy_timing *timing, qy_error *err)
{
  assert(c && tech && timing);
  arrivals at = {0};
  qy_status status = QY_OK;
  double *first = qy_alloc(c->count, sizeof *first);
  *timing = (qy_timing){0};
  if (arrivals_alloc(&at, c) == 0 && first) {
    arrive_lean(c, tech, &at, first);
    timing->lean_ps = latest(c, &at) + tech->dff_setup_ps;
    arrive(c, tech, true, &at);
    timing->fast_ps = fmin(latest(c, &at) + tech->dff_setup_ps, timing->lean_ps);
    timing->loop_ps = longest_loop(c, tech, at.enter, NULL);
  } else {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for the paths of circuit %s", c->name);
  }
  arrivals_free(&at);
  free(first);
  return status;
}

/* Does input k of node i come from the loop the node lies on? */
static bool from_loop(const qy_circuit *c, const bool *on_loop, size_t i, int k)
{
  const node *n = &c->node[i];
  return on_loop[i] && on_loop[n->in[k]];
}

/* Where a word is last needed: the latest time a reader takes it; outputs, registers and loops need it at the end. */
static void last_needed(const qy_circuit *c, const qy_tech *tech, const arrivals *at, double end, const bool *on_loop,
                        double *needed)
{
  for (size_t i = 0; i < c->count; i++)
    needed[i] = 0;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    for (int k = 0; k < n->count; k++) {
      if (n->state >= 0 && !on_loop[i]) continue; /* a register between two stretches of logic: not crossed */
      double when = on_loop[i] ? end : at->leave[i] - path_from(n, k, tech, true);
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
    bool cut = !is_start(n) && at->enter[i] < t && at->leave[i] > t;
    /* Of a loop only a merged accumulator can lie across a cut: its rows are before, its adder behind. */
    if (cut && (!on_loop[i] || operator_of(n)->late_path))
      bits += operator_of(n)->cut_bits(n, (t - at->enter[i]) / (at->leave[i] - at->enter[i]));
    else if (!on_loop[i] && !is_constant(n) && at->leave[i] <= t && needed[i] >= t)
      bits += n->shape.width;
  }
  return bits;
}

/* The latest time at which a word from outside enters a loop: behind it no cut is possible.  end when there is none. */
static double loop_entry(const qy_circuit *c, const qy_tech *tech, const arrivals *at, const bool *on_loop, double end)
{
  double entry = -1;
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    if (!on_loop[i] || n->state >= 0) continue;
    double inside = 0; /* from the loop's own input to the output */
    for (int k = 0; k < n->count; k++)
      if (from_loop(c, on_loop, i, k)) inside = fmax(inside, path_from(n, k, tech, true));
    for (int k = 0; k < n->count; k++)
      if (!from_loop(c, on_loop, i, k)) entry = fmax(entry, at->leave[n->in[k]] + path_from(n, k, tech, true) - inside);
  }
  return entry < 0 ? end : entry;
}

/* Area of each class without effort. */
static void lean_areas(const qy_circuit *c, const qy_tech *tech, double area[QY_CLASS_COUNT],
                       double leak[QY_CLASS_COUNT])
{
  qy_census census;
  circuit_cells(c, tech, &census);
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    area[g] = leak[g] = 0;
    for (int k = 0; k < QY_CELL_COUNT; k++) {
      area[g] += census.cells[g][k] * tech->area_um2[k];
      leak[g] += census.cells[g][k] * tech->leakage_nw[k];
    }
  }
}

/* What pipelining needs to know. */
typedef struct pipelining {
  double start, end, entry; /* of the logic; of the loop */
  double budget;            /* logic that fits into one period */
} pipelining;

/* Cut the circuit into stages that fit; sets stages and pipeline_bits, returns the longest stage. */
static double pipeline(const qy_circuit *c, const qy_tech *tech, const arrivals *at, const pipelining *p,
                       const bool *on_loop, double *needed, qy_build *build)
{
  double length = p->end - p->start;
  int cuts = (int)fmax(1, ceil(length / p->budget) - 1);
  double spacing = length / (cuts + 1);
  if (p->start + cuts * spacing > p->entry) {
    /* The last cut would fall into the loop: put it at the loop's entry and space the others before it. */
    cuts = (int)fmax(1, ceil((p->entry - p->start) / p->budget));
    spacing = (p->entry - p->start) / cuts;
  }
  last_needed(c, tech, at, p->end, on_loop, needed);
  build->stages = cuts;
  for (int k = 1; k <= cuts; k++)
    build->pipeline_bits += cut_cost(c, at, needed, on_loop, p->start + k * spacing);
  return fmax(spacing, length - cuts * spacing);
}

qy_status qy_circuit_build(const qy_circuit *c, const qy_tech *tech, double period_ps, qy_build *build, qy_error *err)
{
  assert(c && tech && build);
  memset(build, 0, sizeof *build);
  if (!(period_ps > 0) || !isfinite(period_ps))
    return qy_fail(err, QY_BAD_INPUT, "build of circuit %s: expected a period above 0 ps, found %g", c->name,
                   period_ps);
  arrivals at = {0};
  qy_status status = QY_OK;
  double *scratch = qy_alloc(c->count, sizeof *scratch);
  bool *on_loop = qy_alloc(c->count, sizeof *on_loop);
  if (arrivals_alloc(&at, c) || !scratch || !on_loop) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory while building circuit %s", c->name);
    goto out;
  }
  build->period_ps = period_ps;
  build->feasible = true;
  arrive_lean(c, tech, &at, scratch);
  double lean = latest(c, &at);
  arrive(c, tech, true, &at);
  double overhead = tech->delay_ps[QY_DFF] + tech->dff_setup_ps, start = tech->delay_ps[QY_DFF];
  double end = latest(c, &at), loop = longest_loop(c, tech, scratch, on_loop);
  mark_behind(c, on_loop);
  double whole = fmin(end, lean), longest = whole - start; /* overlapping ripples can beat trees */
  if (period_ps < whole + tech->dff_setup_ps) {
    if (loop > period_ps) {
      build->feasible = false;
      build->reason = "the accumulator's loop is longer than the clock period";
    } else if (period_ps <= overhead) {
      build->feasible = false;
      build->reason = "the clock period is shorter than a flip-flop's own delay and set-up time";
    } else {
      pipelining p = {start, end, loop_entry(c, tech, &at, on_loop, end), period_ps - overhead};
      longest = pipeline(c, tech, &at, &p, on_loop, scratch, build);
    }
  }
  build->min_period_ps = fmax(fmax(longest, 0) + overhead, loop);
  if (build->min_period_ps > period_ps && build->feasible) {
    build->feasible = false;
    build->reason = "what follows the accumulator's entry is longer than the clock period";
  }
  double ratio = fmin(1, build->min_period_ps / period_ps);
  double area[QY_CLASS_COUNT], leak[QY_CLASS_COUNT];
  lean_areas(c, tech, area, leak);
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    build->effort[g] = 1 + tech->effort_k[g] * pow(ratio, tech->effort_p);
    build->area_um2 += area[g] * build->effort[g];
    build->leakage_nw += leak[g] * build->effort[g];
  }
  double effort = build->effort[QY_CLASS_REGISTER];
  build->area_um2 += build->pipeline_bits * tech->area_um2[QY_DFF] * effort;
  build->leakage_nw += build->pipeline_bits * tech->leakage_nw[QY_DFF] * effort;

out:
  free(scratch);
  free(on_loop);
  arrivals_free(&at);
  return status;
}

void qy_circuit_energy(const qy_build *build, const qy_activity *activity, const qy_tech *tech, qy_energy *energy)
{
  assert(build && activity && tech && energy);
  *energy = (qy_energy){0};
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    double depth = activity->glitch_depth[g] / (build->stages + 1);
    double glitch = tech->glitch_base[g] + tech->glitch_slope[g] * depth;
    /* Sums per class: those of different classes do not wait for each other. */
    double comb = 0;
    for (int k = 0; k < QY_CELL_COUNT; k++)
      comb += k == QY_DFF ? 0 : activity->toggles[g][k] * tech->energy_fj[k];
    energy->comb_fj += comb * build->effort[g] * glitch;
    energy->register_fj += activity->toggles[g][QY_DFF] * tech->energy_fj[QY_DFF] * build->effort[g];
  }
  energy->register_fj += build->pipeline_bits * activity->bit_rate * tech->energy_fj[QY_DFF];
  energy->clock_fj = (activity->ff_count + build->pipeline_bits) * tech->dff_clock_fj * (1 + tech->clock_tree_frac);
}

void qy_circuit_op_report(const qy_circuit *c, size_t i, const qy_tech *tech, qy_op_report *report)
{
  assert(c && i < c->count && tech && report);
  const node *n = &c->node[i];
  const operator_row *row = operator_of(n);
  qy_operator_class class = node_class(n);
  *report = (qy_op_report){.op = row->name, .label = n->label ? n->label : "", .width = n->shape.width};
  double *cells = report->census.cells[class];
  node_cells(n, tech, cells);
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    report->area_um2 += cells[k] * tech->area_um2[k];
    report->leakage_nw += cells[k] * tech->leakage_nw[k];
  }
  report->delay_ps = row->path(&n->shape, tech, false);
}
