/* Timing, and a circuit built for a target period.
 *
 * Static timing bit by bit (bits.h): inputs and registers start at clock to Q, registers and outputs end with set-up
 * time.  Words, which pipelining cuts, enter and leave with their latest bit.
 * Period >= fast path: area = lean area (1 + k (Tmin / T)^p) per operator class (tech.h).  Below it the circuit is cut
 * into stages of equal length; a cut pays one flip-flop per bit of every word that crosses it, inside an operator what
 * its cut_bits column says.  A loop through a register cannot be cut: it bounds the period, and what follows its entry
 * stays in one stage.  After cutting, Tmin is the longest stage.
 */
#include "graph.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Arrival times: when a node's inputs are settled and when its output is; at: those of single bits. */
typedef struct arrivals {
  double *enter, *leave; /* [nodes], ps */
  float *at, *scratch;   /* [2 cells]; scratch: for paths between two places */
  bit_delays delays;
} arrivals;

static bool is_start(const node *n)
{
  return n->state >= 0 || n->count == 0;
}

static bool is_constant(const node *n)
{
  return n->count == 0 && n->state < 0 && operator_of(n)->evaluate;
}

/* The latest bit of a word; never: that of a constant. */
static double latest_bit(const qy_circuit *c, size_t i, const float *at)
{
  float end = -INFINITY;
  for (int k = 0; k < c->node[i].shape.width; k++)
    end = fmaxf(end, at[c->bits->out[i][k]]);
  return end;
}

/* Arrival of all bits. */
static void arrive_bits(const qy_circuit *c, const qy_tech *tech, bit_form form, arrivals *at)
{
  const bit_net *net = c->bits;
  bit_delays_of(&at->delays, net, tech, form);
  bit_start(net, &at->delays, at->at);
  bit_arrive(c, net, &at->delays, 1, net->count, at->at);
}

/* And of words. */
static void arrive_words(const qy_circuit *c, arrivals *at)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    at->leave[i] = fmax(latest_bit(c, i, at->at), 0);
    at->enter[i] = is_start(n) ? at->leave[i] : 0;
    for (int k = 0; k < n->count && !is_start(n); k++)
      at->enter[i] = fmax(at->enter[i], at->leave[n->in[k]]);
    at->leave[i] = fmax(at->leave[i], at->enter[i]);
  }
}

/* Through one node: from input k alone (k < 0: from all), whose bits are there at 0, to the last bit of its output. */
static double path_alone(const qy_circuit *c, size_t i, int k, const bit_delays *d, float *scratch)
{
  const bit_net *net = c->bits;
  const node *n = &c->node[i];
  for (size_t s = 0; s < 2 * net->count; s++)
    scratch[s] = -INFINITY;
  for (int j = 0; j < n->count; j++)
    for (int bit = 0; bit < n->in_width[j] && (k < 0 || j == k); bit++)
      if (net->out[n->in[j]][bit] > BIT_ONE) scratch[net->out[n->in[j]][bit]] = 0;
  bit_arrive(c, net, d, (size_t)net->first[i], (size_t)net->first[i + 1], scratch);
  return fmax(latest_bit(c, i, scratch), 0);
}

/* Delay from input k of a node to its output as it arrives in the circuit. */
static double path_from(const qy_circuit *c, size_t i, int k, const arrivals *at)
{
  const node *n = &c->node[i];
  if (operator_of(n)->late_last && k == n->count - 1) return path_alone(c, i, k, &at->delays, at->scratch);
  return at->leave[i] - at->enter[i];
}

/* Latest arrival at a register or an output. */
static double latest(const qy_circuit *c, const float *at)
{
  const bit_net *net = c->bits;
  double end = 0;
  for (size_t i = 0; i < net->flops; i++)
    if (net->cell[net->flop[i]].used) end = fmax(end, at[net->next[i]]);
  for (int i = 0; i < c->output_count; i++)
    end = fmax(end, latest_bit(c, (size_t)c->output[i].net, at));
  return end;
}

/* Marks what register r reaches without passing another; does it reach itself? */
static bool reach(const qy_circuit *c, size_t r, bool *reached)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    reached[i] = i == r;
    for (int k = 0; k < n->count && !reached[i] && !is_start(n); k++)
      reached[i] = reached[n->in[k]];
  }
  for (int k = 0; k < c->node[r].count; k++)
    if (reached[c->node[r].in[k]]) return true;
  return false;
}

/* Bits of register r, and what they take, among the flip-flops: from *first, so many as it is wide. */
static size_t first_flop(const qy_circuit *c, size_t r)
{
  size_t first = 0;
  for (size_t i = 0; i < r; i++)
    if (c->node[i].state >= 0) first += (size_t)c->node[i].shape.width;
  return first;
}

/* Longest path from register r back to itself, clock to Q included. */
static double loop_of(const qy_circuit *c, size_t r, const arrivals *at, const bool *reached)
{
  const bit_net *net = c->bits;
  float *dist = at->scratch;
  for (size_t s = 0; s < 2 * net->count; s++)
    dist[s] = -INFINITY;
  for (int k = 0; k < c->node[r].shape.width; k++)
    dist[net->out[r][k]] = at->at[net->out[r][k]];
  for (size_t i = 0; i < c->count; i++)
    if (reached[i] && i != r) bit_arrive(c, net, &at->delays, (size_t)net->first[i], (size_t)net->first[i + 1], dist);
  bit_arrive(c, net, &at->delays, (size_t)net->first[c->count], net->count, dist);
  double loop = 0;
  size_t first = first_flop(c, r);
  for (int k = 0; k < c->node[r].shape.width; k++)
    loop = fmax(loop, dist[net->next[first + (size_t)k]]);
  return loop;
}

/* Marks the nodes that lie on any path from register r to itself: backwards from its inputs, through nodes it
 * reaches. */
static void mark_loop(const qy_circuit *c, size_t r, const bool *reached, bool *on_loop)
{
  const node *reg = &c->node[r];
  on_loop[r] = true;
  /* Marks of other registers may be present: they belong to loops as well, so following them is right. */
  for (int k = 0; k < reg->count; k++)
    if (reached[reg->in[k]] && !is_start(&c->node[reg->in[k]])) on_loop[reg->in[k]] = true;
  for (size_t i = c->count; i-- > 0;) {
    const node *n = &c->node[i];
    if (!on_loop[i] || is_start(n)) continue;
    for (int k = 0; k < n->count; k++)
      if (reached[n->in[k]] && !is_start(&c->node[n->in[k]])) on_loop[n->in[k]] = true;
  }
}

/* on_loop: NULL or, cleared, the marks of all loops.  A counter's increment is inside the operator: no loop of
 * words. */
static double longest_loop(const qy_circuit *c, const arrivals *at, bool *reached, bool *on_loop)
{
  double loop = 0;
  for (size_t i = 0; i < c->count; i++) {
    if (c->node[i].state < 0 || !reach(c, i, reached)) continue;
    loop = fmax(loop, loop_of(c, i, at, reached) + at->delays.tech->dff_setup_ps);
    if (on_loop) mark_loop(c, i, reached, on_loop);
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
  at->at = qy_alloc(2 * c->bits->count, sizeof *at->at);
  at->scratch = qy_alloc(2 * c->bits->count, sizeof *at->scratch);
  return at->enter && at->leave && at->at && at->scratch ? 0 : -1;
}

static void arrivals_free(arrivals *at)
{
  free(at->enter);
  free(at->leave);
  free(at->at);
  free(at->scratch);
}

qy_status qy_circuit_timing(const qy_circuit *c, const qy_tech *tech, qy_timing *timing, qy_error *err)
{
  assert(c && c->bits && tech && timing);
  arrivals at = {0};
  qy_status status = QY_OK;
  bool *reached = qy_alloc(c->count, sizeof *reached);
  *timing = (qy_timing){0};
  if (arrivals_alloc(&at, c) == 0 && reached) {
    arrive_bits(c, tech, BIT_LEAN, &at);
    double lean = latest(c, at.at) + tech->dff_setup_ps;
    arrive_bits(c, tech, BIT_ROWS, &at);
    double rows = latest(c, at.at) + tech->dff_setup_ps;
    arrive_bits(c, tech, BIT_FAST, &at);
    timing->fast_ps = latest(c, at.at) + tech->dff_setup_ps;
    /* Small cells can be as fast as sized ones, not faster. */
    timing->rows_ps = fmax(rows, timing->fast_ps);
    timing->lean_ps = fmax(lean, timing->rows_ps);
    timing->loop_ps = longest_loop(c, &at, reached, NULL);
  } else {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for the paths of circuit %s", c->name);
  }
  arrivals_free(&at);
  free(reached);
  return status;
}

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
      double when = on_loop[i] ? end : at->leave[i] - path_from(c, i, k, at);
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
    if (cut && (!on_loop[i] || operator_of(n)->late_last))
      bits += operator_of(n)->cut_bits(n, (t - at->enter[i]) / (at->leave[i] - at->enter[i]));
    else if (!on_loop[i] && !is_constant(n) && at->leave[i] <= t && needed[i] >= t)
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
      if (from_loop(c, on_loop, i, k)) inside = fmax(inside, path_from(c, i, k, at));
    for (int k = 0; k < n->count; k++)
      if (!from_loop(c, on_loop, i, k)) entry = fmax(entry, at->leave[n->in[k]] + path_from(c, i, k, at) - inside);
  }
  return entry < 0 ? end : entry;
}

/* Area of each class without effort. */
static void lean_areas(const qy_circuit *c, const qy_tech *tech, double area[QY_CLASS_COUNT],
                       double leak[QY_CLASS_COUNT])
{
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    double cells[QY_CELL_COUNT];
    bit_cells_of_class(c->bits, (qy_operator_class)g, tech, cells);
    area[g] = leak[g] = 0;
    for (int k = 0; k < QY_CELL_COUNT; k++) {
      area[g] += cells[k] * tech->area_um2[k];
      leak[g] += cells[k] * tech->leakage_nw[k];
    }
  }
}

/* What pipelining needs to know. */
typedef struct pipelining {
  double start, end, entry; /* of the logic; of the loop */
  double budget;            /* logic that fits into one period */
} pipelining;

/* Cut the circuit into stages that fit; sets stages and pipeline_bits, returns the longest stage. */
static double pipeline(const qy_circuit *c, const arrivals *at, const pipelining *p, const bool *on_loop,
                       double *needed, qy_build *build)
{
  double length = p->end - p->start;
  int cuts = (int)fmax(1, ceil(length / p->budget) - 1);
  double spacing = length / (cuts + 1);
  if (p->start + cuts * spacing > p->entry) {
    /* The last cut would fall into the loop: put it at the loop's entry and space the others before it. */
    cuts = (int)fmax(1, ceil((p->entry - p->start) / p->budget));
    spacing = (p->entry - p->start) / cuts;
  }
  last_needed(c, at, p->end, on_loop, needed);
  build->stages = cuts;
  for (int k = 1; k <= cuts; k++)
    build->pipeline_bits += cut_cost(c, at, needed, on_loop, p->start + k * spacing);
  return fmax(spacing, length - cuts * spacing);
}

qy_status qy_circuit_build(const qy_circuit *c, const qy_tech *tech, double period_ps, qy_build *build, qy_error *err)
{
  assert(c && c->bits && tech && build);
  memset(build, 0, sizeof *build);
  if (!(period_ps > 0) || !isfinite(period_ps))
    return qy_fail(err, QY_BAD_INPUT, "build of circuit %s: expected a period above 0 ps, found %g", c->name,
                   period_ps);
  arrivals at = {0};
  qy_status status = QY_OK;
  double *needed = qy_alloc(c->count, sizeof *needed);
  bool *on_loop = qy_alloc(c->count, sizeof *on_loop), *reached = qy_alloc(c->count, sizeof *reached);
  if (arrivals_alloc(&at, c) || !needed || !on_loop || !reached) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory while building circuit %s", c->name);
    goto out;
  }
  build->period_ps = period_ps;
  build->feasible = true;
  arrive_bits(c, tech, BIT_FAST, &at);
  arrive_words(c, &at);
  double start = at.delays.a[BIT_FLOP][0], overhead = start + tech->dff_setup_ps;
  double end = latest(c, at.at), loop = longest_loop(c, &at, reached, on_loop);
  mark_behind(c, on_loop);
  double longest = end - start;
  if (period_ps < end + tech->dff_setup_ps) {
    if (loop > period_ps) {
      build->feasible = false;
      build->reason = "the accumulator's loop is longer than the clock period";
    } else if (period_ps <= overhead) {
      build->feasible = false;
      build->reason = "the clock period is shorter than a flip-flop's own delay and set-up time";
    } else {
      pipelining p = {start, end, loop_entry(c, &at, on_loop, end), period_ps - overhead};
      longest = pipeline(c, &at, &p, on_loop, needed, build);
    }
  }
  build->min_period_ps = fmax(fmax(longest, 0) + overhead, loop);
  if (build->min_period_ps > period_ps && build->feasible) {
    build->feasible = false;
    build->reason = "what follows the accumulator's entry is longer than the clock period";
  }
  double ratio = fmin(1, build->min_period_ps / period_ps);
  double area[QY_CLASS_COUNT], leak[QY_CLASS_COUNT];
  build->fast_share = pow(ratio, tech->effort_p);
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
  free(needed);
  free(on_loop);
  free(reached);
  arrivals_free(&at);
  return status;
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
  float *scratch = is_start(n) ? NULL : qy_alloc(2 * c->bits->count, sizeof *scratch);
  if (!scratch) return;
  bit_delays delays;
  bit_delays_of(&delays, c->bits, tech, BIT_LEAN);
  report->delay_ps = path_alone(c, i, -1, &delays, scratch);
  free(scratch);
}
