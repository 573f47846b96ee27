/* Switching activity and what it costs.
 *
 * Settled toggles come from the bits in every cycle (lanes.h), glitches from the same bits in time (waves.h) in up to
 * SAMPLES batches spread over the run, all at once: a class's glitches are scaled by its settled toggles in the whole
 * run over those in the sample.  Cells that are counted as a whole toggle at the mean rate of their operator's column
 * and glitch as its inputs do.
 * Energy per toggle grows with area: the open synthesis study (2026) finds settled energy per um2 of a multiplier equal
 * within 2 to 17 % in its lean, mid and fast flows, that is, larger cells cost energy in proportion.
 */
#include "waves.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 3 };
_Static_assert((int)SAMPLES <= (int)WAVE_BATCHES, "they are run together");

/* Everything activity needs while it runs. */
typedef struct run {
  const qy_circuit *c;
  uint64_t *inputs, *state, *word, *word_before;
  lanes lanes;
  wave_batches sample;
  waves waves;
  int64_t *settled, *sampled, *timed[QY_LAYOUT_COUNT]; /* [2 cells] toggles: all, in the sample, in time */
  double *block;                                       /* [nodes]: sum over batches of the mean toggles of a cell */
  int64_t moves, words_changed;
} run;

static int run_open(run *r, const qy_circuit *c)
{
  size_t signals = 2 * c->bits->count;
  *r = (run){.c = c};
  int failed = lanes_open(&r->lanes, c) | wave_batches_open(&r->sample, c) | waves_open(&r->waves, c);
  for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
    r->timed[k] = qy_alloc(signals, sizeof *r->timed[k]);
    if (!r->timed[k]) failed = -1;
  }
  r->inputs = qy_alloc((size_t)c->input_count, sizeof *r->inputs);
  r->state = qy_alloc((size_t)c->state_words, sizeof *r->state);
  r->word = qy_alloc(c->count, sizeof *r->word);
  r->word_before = qy_alloc(c->count, sizeof *r->word);
  r->settled = qy_alloc(signals, sizeof *r->settled);
  r->sampled = qy_alloc(signals, sizeof *r->sampled);
  r->block = qy_alloc(c->count, sizeof *r->block);
  if (!r->inputs || !r->state || !r->word || !r->word_before || !r->settled || !r->sampled || !r->block) failed = -1;
  return failed;
}

static void run_close(run *r)
{
  lanes_close(&r->lanes);
  wave_batches_close(&r->sample);
  waves_close(&r->waves);
  for (int k = 0; k < QY_LAYOUT_COUNT; k++)
    free(r->timed[k]);
  free(r->inputs);
  free(r->state);
  free(r->word);
  free(r->word_before);
  free(r->settled);
  free(r->sampled);
  free(r->block);
}

/* ---- counting */

static void add_toggles(const run *r, uint64_t moves, int64_t *toggles)
{
  const bit_net *net = r->c->bits;
  const uint64_t *value = r->lanes.value;
  for (size_t i = 1; i < net->count; i++)
    for (size_t s = 2 * i; s < 2 * i + 2; s++)
      if (net->cell[i].used >> (s & 1) & 1) toggles[s] += qy_ones((value[s] ^ value[s] >> 1) & moves);
}

static void add_blocks(run *r, uint64_t moves)
{
  const qy_circuit *c = r->c;
  const bit_net *net = c->bits;
  uint64_t lane[MUX_MAX + 1][WORD_BITS], out[WORD_BITS];
  const uint64_t *in[MUX_MAX + 1];
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    const operator_row *row = operator_of(n);
    if (!row->block_toggles) continue;
    for (int k = 0; k < n->count; k++) {
      for (int j = 0; j < n->in_width[k]; j++)
        lane[k][j] = r->lanes.value[net->out[n->in[k]][j]];
      in[k] = lane[k];
    }
    for (int j = 0; j < n->shape.width; j++)
      out[j] = r->lanes.value[net->out[i][j]];
    r->block[i] += row->block_toggles(n, in, out, moves);
  }
}

static void finish_batch(run *r, bool in_sample)
{
  uint64_t moves = lanes_moves(&r->lanes);
  lanes_settle(&r->lanes);
  add_toggles(r, moves, r->settled);
  add_blocks(r, moves);
  if (in_sample) {
    add_toggles(r, moves, r->sampled);
    wave_batches_take(&r->sample, &r->lanes);
  }
  lanes_next(&r->lanes);
}

static void simulate(run *r, qy_stimulus *next, void *ctx, int64_t cycles)
{
  const qy_circuit *c = r->c;
  int64_t batches = (cycles - 1 + LANES - 2) / (LANES - 1), stride = (batches + SAMPLES - 1) / SAMPLES, batch = 0;
  for (int64_t cycle = 0; cycle < cycles; cycle++) {
    next(ctx, cycle, r->inputs);
    circuit_settle(c, r->inputs, r->state, r->word);
    lanes_put(&r->lanes, r->word);
    for (size_t i = 0; i < c->count && cycle > 0; i++)
      r->words_changed += qy_ones(r->word[i] ^ r->word_before[i]);
    circuit_clock(c, r->word, r->state);
    memcpy(r->word_before, r->word, c->count * sizeof *r->word);
    if (r->lanes.cycles < LANES && cycle < cycles - 1) continue;
    finish_batch(r, batch % stride == stride / 2);
    batch++;
  }
  r->moves = cycles - 1;
  for (int k = 0; k < QY_LAYOUT_COUNT; k++)
    waves_run(&r->waves, (qy_layout)k, &r->sample, r->timed[k]);
}

/* ---- sums */

/* Mean toggles of what node i makes beside its bits. */
static double block_rate(const run *r, size_t i)
{
  const bit_net *net = r->c->bits;
  if (operator_of(&r->c->node[i])->block_toggles) return r->block[i];
  double toggles = 0, cells = 0; /* masks and alignment */
  for (size_t k = (size_t)net->first[i]; k < (size_t)net->first[i + 1]; k++) {
    int kind = net->cell[k].kind;
    if (!net->cell[k].used || kind < BIT_MASK || kind > BIT_ALIGN_TWICE) continue;
    toggles += (double)r->settled[2 * k];
    cells++;
  }
  return cells > 0 ? toggles / cells : 0;
}

/* Settled toggles of the bits a node reads, and those in time. */
static double input_glitch(const run *r, const int64_t *timed, size_t i)
{
  const node *n = &r->c->node[i];
  int64_t settled = 0, all = 0;
  for (int k = 0; k < n->count; k++)
    for (int j = 0; j < n->in_width[k]; j++) {
      bit_signal s = r->c->bits->out[n->in[k]][j];
      settled += r->sampled[s];
      all += timed[s];
    }
  return settled > 0 ? (double)all / (double)settled - 1 : 0;
}

static void scale_census(bit_census *n, double factor)
{
  double *value = (double *)n;
  for (size_t k = 0; k < sizeof *n / sizeof *value; k++)
    value[k] *= factor;
}

static void scale_toggles(qy_toggles *t, double factor)
{
  scale_census(&t->output, factor);
  scale_census(&t->input, factor);
}

static void add_toggles_of(qy_toggles *to, const qy_toggles *t)
{
  bit_add_census(&to->output, &t->output);
  bit_add_census(&to->input, &t->input);
}

static double sum_census(const bit_census *n)
{
  double sum = n->select + n->gate + n->product + n->operand;
  for (int k = 0; k < QY_CELL_COUNT; k++)
    sum += n->cells[k];
  return sum;
}

/* Who drives the pins of readers in this class: behind a line's buffers and a product's inverters the class itself. */
static qy_operator_class driver_of(const run *r, const bit_cell *reader, bit_signal s)
{
  const bit_net *net = r->c->bits;
  const bit_cell *cell = &net->cell[s >> 1];
  bool own = bit_buffered_gates(net, s) > 0 || reader->kind == BIT_PRODUCT || reader->kind == BIT_NOT_PRODUCT;
  return node_class(&r->c->node[own ? reader->node : cell->node]);
}

static void sum_pins(const run *r, const int64_t *toggles, const bit_cell *cell, qy_toggles *class)
{
  int pins = 0;
  for (int k = 0; k < BIT_INPUTS; k++)
    pins += cell->in[k] > BIT_ONE;
  for (int k = 0; k < BIT_INPUTS; k++)
    if (cell->in[k] > BIT_ONE)
      bit_add_cell(&class[driver_of(r, cell, cell->in[k])].input, cell, (double)toggles[cell->in[k]] / pins);
}

/* Toggles of all bits, by class; buffers toggle as their line, products' inverters as the operand. */
static void sum_bits(const run *r, const int64_t *toggles, qy_toggles *class)
{
  const qy_circuit *c = r->c;
  const bit_net *net = c->bits;
  for (size_t i = 1; i < net->count; i++) {
    const bit_cell *cell = &net->cell[i];
    if (!cell->used) continue;
    qy_toggles *t = &class[node_class(&c->node[cell->node])];
    bit_add_cell(&t->output, cell, (double)toggles[2 * i] + (double)toggles[2 * i + 1]);
    if (cell->kind != BIT_FLOP) sum_pins(r, toggles, cell, class);
  }
  for (size_t k = 0; k < net->flops; k++)
    if (net->cell[net->flop[k]].used)
      class[node_class(&c->node[net->cell[net->next[k] >> 1].node])].input.cells[QY_DFF] +=
          (double)toggles[net->next[k]];
  for (size_t i = 0; i < c->count; i++) {
    qy_toggles *t = &class[node_class(&c->node[i])];
    bit_add_operands(&t->output, c, net, i, toggles);
    bit_add_operands(&t->input, c, net, i, toggles);
  }
  const waves *w = &r->waves;
  for (size_t s = 2; s < 2 * net->count; s++) {
    const double gates = net->cell[s >> 1].used ? bit_buffered_gates(net, (bit_signal)s) : 0;
    if (gates == 0 || w->first_reader[s] == w->first_reader[s + 1]) continue;
    const bit_cell *reader = &net->cell[w->reader[w->first_reader[s + 1] - 1] >> 1];
    qy_toggles *t = &class[node_class(&c->node[reader->node])];
    t->output.line_gates += gates * (double)toggles[s];
    t->input.line_gates += gates * (double)toggles[s];
  }
}

static void sum_blocks(const run *r, qy_activity *a)
{
  const qy_circuit *c = r->c;
  for (size_t i = 0; i < c->count; i++) {
    qy_toggles block = {0};
    qy_operator_class class = node_class(&c->node[i]);
    bit_add_block(&block.output, c->bits, i);
    block.input = block.output;
    scale_toggles(&block, block_rate(r, i) / (double)r->moves);
    add_toggles_of(&a->settled[class], &block);
    for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
      qy_toggles glitch = block;
      scale_toggles(&glitch, input_glitch(r, r->timed[k], i));
      add_toggles_of(&a->glitch[k][class], &glitch);
    }
  }
}

static void summarize(const run *r, qy_activity *a)
{
  qy_toggles sampled[QY_CLASS_COUNT] = {0};
  sum_bits(r, r->settled, a->settled);
  sum_bits(r, r->sampled, sampled);
  for (int k = 0; k < QY_LAYOUT_COUNT; k++) {
    sum_bits(r, r->timed[k], a->glitch[k]);
    for (int g = 0; g < QY_CLASS_COUNT; g++) {
      double sample = sum_census(&sampled[g].output), all = sum_census(&a->settled[g].output);
      qy_toggles minus = sampled[g];
      scale_toggles(&minus, -1);
      add_toggles_of(&a->glitch[k][g], &minus);
      scale_toggles(&a->glitch[k][g], sample > 0 ? all / sample / (double)r->moves : 0);
    }
  }
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    scale_toggles(&a->settled[g], 1 / (double)r->moves);
    a->census[g] = r->c->bits->class[g];
  }
  sum_blocks(r, a);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    a->quiet[g] = sum_census(&a->settled[g].output) + sum_census(&a->settled[g].input) == 0;
}

qy_status qy_circuit_activity(const qy_circuit *c, qy_stimulus *next, void *ctx, int64_t cycles, qy_activity *activity,
                              qy_error *err)
{
  assert(c && c->bits && next && activity);
  run r = {0};
  qy_status status = QY_OK;
  memset(activity, 0, sizeof *activity);
  if (cycles < 2)
    return qy_fail(err, QY_BAD_INPUT, "activity: expected at least 2 cycles, found %lld", (long long)cycles);
  if (run_open(&r, c)) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for the activity of circuit %s", c->name);
  } else {
    double bits = 0;
    simulate(&r, next, ctx, cycles);
    summarize(&r, activity);
    for (size_t i = 0; i < c->count; i++)
      bits += c->node[i].shape.width;
    if (bits > 0) activity->bit_rate = (double)r.words_changed / (double)r.moves / bits;
    activity->ff_count = bit_flops(c->bits);
  }
  run_close(&r);
  return status;
}

/* ---- energy */

/* Settled toggles and shares of the glitches of either layout. */
static void mix_census(bit_census *n, const bit_census *settled, const bit_census *lean, double lean_share,
                       const bit_census *fast, double fast_share)
{
  double *to = (double *)n;
  const double *from[] = {(const double *)settled, (const double *)lean, (const double *)fast};
  for (size_t k = 0; k < sizeof *n / sizeof *to; k++)
    to[k] = from[0][k] + lean_share * from[1][k] + fast_share * from[2][k];
}

void qy_activity_cells(const qy_activity *activity, qy_operator_class class, const qy_tech *tech, double lean,
                       double fast, double output[QY_CELL_COUNT], double input[QY_CELL_COUNT])
{
  assert(activity && class < QY_CLASS_COUNT);
  const qy_toggles *settled = &activity->settled[class], *l = &activity->glitch[QY_LAYOUT_LEAN][class],
                   *f = &activity->glitch[QY_LAYOUT_FAST][class];
  bit_census n;
  mix_census(&n, &settled->output, &l->output, lean, &f->output, fast);
  bit_cells_of(&n, &activity->census[class], tech, output);
  mix_census(&n, &settled->input, &l->input, lean, &f->input, fast);
  bit_cells_of(&n, &activity->census[class], tech, input);
}

/* What all energies in one library have in common. */
typedef struct cell_loads {
  double inputs[QY_CELL_COUNT], pin_ff[QY_CELL_COUNT]; /* pins of a cell; of one pin with its wire */
} cell_loads;

static void find_loads(cell_loads *loads, const qy_tech *tech)
{
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    loads->inputs[k] = qy_cell_inputs((qy_cell)k);
    loads->pin_ff[k] = tech->in_cap_ff[k] + tech->load_wire_ff;
  }
}

static double toggles_energy(const qy_tech *tech, const cell_loads *loads, const double output[QY_CELL_COUNT],
                             const double input[QY_CELL_COUNT])
{
  double inside_fj = 0, load_ff = 0;
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    inside_fj += output[k] * tech->internal_fj[k];
    load_ff += input[k] * loads->inputs[k] * loads->pin_ff[k];
  }
  return inside_fj + 0.5 * tech->voltage_v * tech->voltage_v * load_ff;
}

double qy_toggles_energy(const qy_tech *tech, const double output[QY_CELL_COUNT], const double input[QY_CELL_COUNT])
{
  assert(tech && output && input);
  cell_loads loads;
  find_loads(&loads, tech);
  return toggles_energy(tech, &loads, output, input);
}

/* A library without adder cells, or with such as are no smaller than gates, makes adders of gates in every flow: its
 * glitches are those of the fast layout. */
static bool adders_are_gates(const qy_tech *tech)
{
  const double same = 0.999;
  return tech->area_um2[QY_FA] >= same * qy_tech_gates_um2(tech, QY_FA);
}

void qy_circuit_energy(const qy_build *build, const qy_activity *activity, const qy_tech *tech, qy_energy *energy)
{
  assert(build && activity && tech && energy);
  *energy = (qy_energy){0};
  cell_loads loads;
  find_loads(&loads, tech);
  const bool are_gates = adders_are_gates(tech);
  /* Glitches grow with the length of paths: a pipeline leaves a stage's share of them. */
  const double stages = build->stages + 1, fast = build->fast_share, lean = 1 - fast;
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    if (activity->quiet[g]) continue;
    /* Both layouts at once: energies are sums over them. */
    const double factor = lean * tech->glitch_lean[g] + fast * tech->glitch_fast[g];
    const double gates = are_gates ? 1 : fast * tech->glitch_fast[g] / factor;
    double output[QY_CELL_COUNT], input[QY_CELL_COUNT];
    qy_activity_cells(activity, (qy_operator_class)g, tech, (1 - gates) / stages, gates / stages, output, input);
    double fj = toggles_energy(tech, &loads, output, input) * build->effort[g] * factor;
    *(g == QY_CLASS_REGISTER ? &energy->register_fj : &energy->comb_fj) += fj;
  }
  energy->register_fj += build->pipeline_bits * activity->bit_rate * tech->energy_fj[QY_DFF];
  energy->clock_fj = (activity->ff_count + build->pipeline_bits) * tech->dff_clock_fj * (1 + tech->clock_tree_frac);
}
