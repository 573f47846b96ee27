/* Counts and times of layers on the systolic array (systolic.h has the schedule and what is counted), for one point or
 * for one in each lane of a vector: see scalars.h and vectors.h, one of which is included before.  No guard.
 *
 * SHAPE is a layer with its numbers as integers or as doubles, ARRAY an array in a mode, COUNTS what is counted of a
 * layer; HALF(x) halves an even number, TRANSFER(bits, by) is the cycles that bits take through a port.
 */

/* One direction, summed over its tiles and, within them, folds of `array` PEs, `s` in use. */
typedef struct FN(direction) {
  INT tiles, size, folds;
  INT lower; /* 0 + 1 + ... + s-1 */
} FN(direction);

/* Words through the port for one layer. */
typedef struct FN(words) {
  INT inputs, weights, results;
} FN(words);

/* A layer in the terms of an array. */
typedef struct FN(gemm) {
  INT channels, window, pixels; /* words of n channels; K; M */
} FN(gemm);

CODE INT FN(below)(INT n)
{
  return HALF(n * (n - 1));
}

/* All of `total` in one tile: over PEs, or over time. */
CODE FN(direction) FN(over_array)(INT total, INT array, DIVISOR by_array)
{
  const INT folds = FN(ceil_div)(total, by_array), last = total - (folds - 1) * array;
  return (FN(direction)){WIDE(1), total, folds, (folds - 1) * FN(below)(array) + FN(below)(last)};
}

CODE FN(direction) FN(over_time)(INT total)
{
  return (FN(direction)){WIDE(1), total, total, WIDE(0)};
}

CODE FN(gemm) FN(layer_of)(const SHAPE *s, const ARRAY *p)
{
  FN(gemm) l;
  l.channels = FN(ceil_shift)(WIDE(s->channels), p->word_shift);
  l.window = s->taps * l.channels;
  l.pixels = p->batch * s->pixels;
  return l;
}

/* Cycles and moves of the folds of one group. */
CODE void FN(count_folds)(COUNTS *c, const ARRAY *p, const FN(direction) * row, const FN(direction) * column,
                          const FN(direction) * time)
{
  const INT folds = row->folds * column->folds, pes = row->size * column->size, all = folds * time->tiles;
  const INT length_a = EITHER(p->full, row->folds * p->rows, row->size) * column->folds * time->tiles;
  const INT length_b =
      EITHER(p->bus, all, EITHER(p->full, column->folds * p->columns, column->size) * row->folds * time->tiles);
  const INT row_chain = EITHER(p->full, row->size * (p->rows - 1) - row->lower, row->lower);
  const INT column_chain = EITHER(p->full, column->size * (p->columns - 1) - column->lower, column->lower);
  const INT entries = time->size * row->size * column->folds, none = WIDE(0);
  const INT along = EITHER(p->bus, none, time->size * pes - entries); /* hops along the rows */
  const INT upright = time->size * (pes - column->size * row->folds); /* along the columns, streaming */
  const INT vertical = column->size * row->lower * time->tiles;       /* once per fold and PE */
  c->folds = all;
  c->stream = folds * time->size;
  c->active = pes * time->size;
  c->fold_pes = pes * time->tiles;
  c->row_entries = entries;
  c->row_writes = entries + along;
  if (p->dataflow == QY_FLOW_OS) {
    c->fill = length_a + length_b - 2 * all;
    c->drain = EITHER(p->serial, length_a, none);
    c->operand_hops = along + upright;
    c->operand_writes = c->row_writes + c->active;
    c->sum_hops = EITHER(p->serial, vertical, none);
    c->row_skew = time->size * column->folds * row->lower;
    c->operand_skew = c->row_skew + EITHER(p->bus, none, time->size * row->folds * column->lower);
    c->sum_skew = EITHER(p->serial || p->bus, none, time->tiles * row->size * column_chain);
  } else {
    c->fill = 2 * length_a + length_b - 2 * all;
    c->drain = none;
    c->operand_hops = along + vertical;
    c->operand_writes = c->row_writes + vertical + c->fold_pes;
    c->sum_hops = upright;
    c->row_skew = c->operand_skew = time->size * column->folds * row_chain;
    c->sum_skew = EITHER(p->bus, none, time->size * row->folds * column_chain);
  }
}

/* Those of all groups, one after another. */
CODE void FN(scale)(COUNTS *c, INT groups)
{
  c->folds *= groups;
  c->stream *= groups;
  c->active *= groups;
  c->fold_pes *= groups;
  c->row_entries *= groups;
  c->row_writes *= groups;
  c->fill *= groups;
  c->drain *= groups;
  c->operand_hops *= groups;
  c->operand_writes *= groups;
  c->sum_hops *= groups;
  c->row_skew *= groups;
  c->operand_skew *= groups;
  c->sum_skew *= groups;
}

/* What is read and written, and the sum of the cycles, of all groups. */
CODE void FN(count_words)(COUNTS *c, const SHAPE *s, const ARRAY *p, const FN(gemm) * l, const FN(direction) * row,
                          const FN(direction) * column, const FN(direction) * time)
{
  const INT real = s->groups * p->batch * s->real * l->channels, weights = s->groups * l->window * s->outputs;
  const bool os = p->dataflow == QY_FLOW_OS, is = p->dataflow == QY_FLOW_IS;
  const INT adds = EITHER(os, time->tiles, row->folds); /* folds that add to an output */
  c->compute = c->fill + c->stream + c->drain;
  c->input_reads = real * EITHER(is, time->tiles, column->folds);
  c->weight_reads = weights * EITHER(os, row->folds, EITHER(is, column->folds, time->tiles));
  c->output_writes = s->groups * l->pixels * s->outputs;
  c->sum_writes = c->sum_reads = c->output_writes * (adds - 1);
}

/* Of a layer that is not divided: each word once. */
CODE FN(words) FN(words_of)(const SHAPE *s, const ARRAY *p, const FN(gemm) * l)
{
  FN(words) w;
  w.inputs = s->groups * p->batch * s->rows_used * s->in_w * l->channels;
  w.weights = s->groups * l->window * s->outputs;
  w.results = s->groups * l->pixels * s->outputs;
  return w;
}

/* ---- times ---- */

typedef struct FN(rate) {
  INT fold_latency, layer_latency; /* cycles */
  DIVISOR by_port;
  bool timed; /* transfers take time */
  bool affine;
  INT input_bits, weight_bits, result_bits, constant_bits;
} FN(rate);

/* Everything about one layer. */
typedef struct FN(outcome) {
  COUNTS c;
  FN(words) port;
  INT latency, load, store, first, last, total;
} FN(outcome);

/* Bits at the port of what stands where weights do. */
CODE INT FN(other_bits)(const SHAPE *s, const FN(rate) * r)
{
  return EITHER(s->computed, r->input_bits, r->weight_bits);
}

/* o->c and o->port are known; rows, columns, held: of the first fold; window: words of an output channel's kernel, so
 * that weights over this are channels. */
CODE void FN(time_layer)(FN(outcome) * o, const SHAPE *s, const FN(rate) * r, qy_dataflow flow, INT rows, INT columns,
                         INT held, INT window)
{
  o->latency = o->c.folds * r->fold_latency + r->layer_latency;
  o->total = o->c.compute + o->latency;
  o->load = o->store = o->first = o->last = WIDE(0);
  if (!r->timed) return;
  const bool held_inputs = flow == QY_FLOW_IS;
  const INT weight_bits = FN(other_bits)(s, r);
  const INT row_bits = EITHER(held_inputs, weight_bits, r->input_bits);
  const INT other_bits = EITHER(held_inputs, r->input_bits, weight_bits);
  INT bits = o->port.inputs * r->input_bits + o->port.weights * weight_bits;
  if (r->affine) bits += o->port.weights / window * r->constant_bits;
  o->load = TRANSFER(bits, r->by_port);
  o->store = TRANSFER(o->port.results * r->result_bits, r->by_port);
  o->first = TRANSFER(rows * row_bits + EITHER(flow == QY_FLOW_OS, columns, held) * other_bits, r->by_port);
  o->last = TRANSFER(columns * r->result_bits, r->by_port);
  o->total = FN(largest)(o->first + o->total + o->last, o->load + o->store);
}

/* Sums over layers of what events are made from: integers, exact as far as doubles are. */
typedef struct FN(sums) {
  REAL total, compute, transfer; /* cycles */
  REAL active, row_entries, sum_hops;
  REAL row_writes, column_writes, row_skew, column_skew, sum_skew;
  REAL input_reads, weight_reads, input_loads, weight_loads;
  REAL second_loads; /* of weight_loads those of activations that stand where weights do */
  REAL results, sum_writes, sum_reads;
  REAL stores;                         /* results through the port */
  REAL constant_reads, constant_loads; /* corrections of output channels: once for each kernel that comes */
} FN(sums);

CODE void FN(add_layer)(FN(sums) * n, const FN(outcome) * o, const SHAPE *s, bool affine, INT window, double times)
{
  const COUNTS *c = &o->c;
  if (affine) {
    n->constant_reads += times * TO_REAL(c->weight_reads) / TO_REAL(window);
    n->constant_loads += times * TO_REAL(o->port.weights) / TO_REAL(window);
  }
  n->total += times * TO_REAL(o->total);
  n->compute += times * TO_REAL(c->compute);
  n->transfer += times * TO_REAL(o->load + o->store);
  n->active += times * TO_REAL(c->active);
  n->row_entries += times * TO_REAL(c->row_entries);
  n->sum_hops += times * TO_REAL(c->sum_hops);
  n->row_writes += times * TO_REAL(c->row_writes);
  n->column_writes += times * TO_REAL(c->operand_writes - c->row_writes);
  n->row_skew += times * TO_REAL(c->row_skew);
  n->column_skew += times * TO_REAL(c->operand_skew - c->row_skew);
  n->sum_skew += times * TO_REAL(c->sum_skew);
  n->input_reads += times * TO_REAL(c->input_reads);
  n->weight_reads += times * TO_REAL(c->weight_reads);
  n->input_loads += times * TO_REAL(o->port.inputs);
  n->weight_loads += times * TO_REAL(o->port.weights);
  if (s->computed) n->second_loads += times * TO_REAL(o->port.weights);
  n->results += times * TO_REAL(c->output_writes);
  n->sum_writes += times * TO_REAL(c->sum_writes);
  n->sum_reads += times * TO_REAL(c->sum_reads);
  n->stores += times * TO_REAL(o->port.results);
}
