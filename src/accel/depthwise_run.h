/* The equations of a run of the depthwise module (depthwise.h has the schedule and what is counted), for one point or
 * for one in each lane of a vector: see scalars.h and vectors.h, one of which is included before.  No guard.
 *
 * SHAPE is a layer with its numbers as integers or as doubles.
 * BILL is where a run is put: COUNT(bill, item), TIME(bill, field) are its places, MODE_COUNT(bill, mode, x) sets the
 * products of the mode that the elements run in.
 */

/* How a kind of operand lies in buffers and goes through the port. */
typedef struct FN(slots) {
  INT bits;
  SHIFT shift; /* log2 of Ns */
} FN(slots);

/* The module in one mode of its elements, ready for the inner loop, and what its events are made from. */
typedef struct FN(mode) {
  INT count, block; /* P, P Nc */
  DIVISOR by_block, by_taps, by_port;
  INT interval;                   /* II: cycles of a step */
  SHIFT channel_shift, tap_shift; /* log2 of Nc, Nt */
  FN(slots) map, weight;
  INT constant_bits;  /* of a channel: its correction; 0: none */
  INT constant_words; /* that those of a lane take */
  INT fill;
  REAL multipliers, results;            /* M, Nc */
  REAL bits, used_bits, sum_bits, lane; /* of a word, of those that change, of a sum; width of a lane */
  REAL products;                        /* of a step of an element */
  REAL macros[QY_BUFFER_ROLES], read_pj[QY_BUFFER_ROLES], write_pj[QY_BUFFER_ROLES];
} FN(mode);

/* A layer on the lanes. */
typedef struct FN(blocks) {
  INT full;  /* blocks of all lanes */
  INT rest;  /* channels of the last block, [1..block] */
  INT used;  /* lanes with a channel, summed over the blocks */
  INT steps; /* of one output */
  INT words; /* register words of window or kernel in use per lane */
} FN(blocks);

typedef struct FN(cycles) {
  INT compute, load, store, first, last, total;
} FN(cycles);

CODE FN(blocks) FN(split)(const SHAPE *s, const FN(mode) * p)
{
  FN(blocks) g;
  g.full = FN(ceil_div)(WIDE(s->channels), p->by_block) - 1;
  g.rest = s->channels - g.full * p->block;
  g.used = g.full * p->count + FN(ceil_shift)(g.rest, p->channel_shift);
  g.steps = FN(ceil_div)(WIDE(s->taps), p->by_taps);
  g.words = FN(ceil_shift)(WIDE(s->taps), p->tap_shift);
  return g;
}

CODE void FN(count_cycles)(FN(cycles) * c, const SHAPE *s, const FN(mode) * p, const FN(blocks) * g)
{
  const INT block = FN(select)(g->full > 0, p->block, g->rest); /* of the first block */
  const INT block_bits = block * p->map.bits, rest_bits = g->rest * p->map.bits;
  const INT kernel_bits = s->taps * p->weight.bits + p->constant_bits;
  const INT row = FN(ceil_div)(s->in_w * block_bits, p->by_port);
  const INT row_rest = FN(ceil_div)(s->in_w * rest_bits, p->by_port);
  const INT kernel = FN(ceil_div)(block * kernel_bits, p->by_port);
  const INT kernel_rest = FN(ceil_div)(g->rest * kernel_bits, p->by_port);
  const INT out = FN(ceil_div)(s->out_w * block_bits, p->by_port);
  const INT out_rest = FN(ceil_div)(s->out_w * rest_bits, p->by_port);
  c->compute = (g->full + 1) * s->pixels * g->steps * p->interval;
  c->load = g->full * (kernel + s->in_h * row) + kernel_rest + s->in_h * row_rest;
  c->store = s->out_h * (g->full * out + out_rest);
  c->first = kernel + s->first_rows * row;
  c->last = out_rest;
  c->total = FN(largest)(c->first + c->compute + p->fill + c->last, c->load + c->store);
}

/* Sums over layers of what the bill is made from. */
typedef struct FN(counts) {
  INT cycles, compute, transfer;
  INT input_reads, input_writes, weights, outputs; /* buffer words; weights, outputs: as many reads as writes */
  REAL results;                                    /* of lanes; one gives 2^channel_shift at once */
  REAL kernels;                                    /* of lanes: once a block */
  REAL products, choices;                          /* of one multiplier of a lane; words it passed over */
  REAL words;                                      /* register words written */
} FN(counts);

CODE void FN(add_layer)(FN(counts) * n, const SHAPE *s, const FN(mode) * p)
{
  FN(cycles) c;
  const FN(blocks) g = FN(split)(s, p);
  FN(count_cycles)(&c, s, p, &g);
  const INT block_count = s->count * (g.full + 1), row_words = FN(ceil_shift)(WIDE(s->in_w), p->map.shift);
  const REAL kernels = TO_REAL(s->count * g.used), results = TO_REAL(s->count * s->pixels * g.used);
  const REAL products = results * TO_REAL(g.steps);
  n->cycles += s->count * c.total;
  n->compute += s->count * c.compute;
  n->transfer += s->count * (c.load + c.store);
  n->results += results;
  n->kernels += kernels;
  n->products += products;
  n->choices += products * TO_REAL(g.steps - 1);
  n->words += (results + kernels) * TO_REAL(g.words);
  n->input_reads += block_count * s->row_reads * row_words;
  n->input_writes += block_count * s->in_h * row_words;
  n->weights += block_count * (FN(ceil_shift)(WIDE(s->taps), p->weight.shift) + p->constant_words);
  n->outputs += block_count * s->out_h * FN(ceil_shift)(WIDE(s->out_w), p->map.shift);
}

CODE void FN(put_accesses)(BILL *bill, const FN(mode) * p, int role, INT reads, INT writes)
{
  COUNT(bill, QY_EVENT_SRAM_READ + role) = ACCESSES_UJ(p->macros[role] * TO_REAL(reads), p->read_pj[role]);
  COUNT(bill, QY_EVENT_SRAM_WRITE + role) = ACCESSES_UJ(p->macros[role] * TO_REAL(writes), p->write_pj[role]);
}

/* Words go from the buffers to the lane's registers, a lane's width, and from there to the multipliers, half of it;
 * products to an adder beside them; sums half a lane to the requantizer, results another one to the buffer. */
CODE void FN(put_wires)(BILL *bill, const FN(mode) * p, const FN(counts) * n)
{
  const REAL taken = n->products * p->multipliers * SOURCES;
  COUNT(bill, QY_EVENT_OPERAND_WIRE) = p->lane * p->used_bits * (n->words + taken / 2);
  COUNT(bill, QY_EVENT_SUM_WIRE) = COUNT(bill, QY_EVENT_ADD) * p->sum_bits +
                                   COUNT(bill, QY_EVENT_REQUANTIZE) * p->lane * (p->sum_bits / 2 + p->bits);
}

/* modes: that the elements run in.  all: what goes through the port. */
CODE void FN(put_run)(BILL *bill, const FN(mode) * p, MODES modes, const FN(counts) * n, const moved *all)
{
  const REAL cycles = TO_REAL(n->cycles), interval = TO_REAL(p->interval), constant = TO_REAL(p->constant_bits);
  const REAL elements = TO_REAL(p->count) * p->multipliers;
  const REAL values = n->results * p->results, kernels = n->kernels * p->results;
  const REAL none = WIDE(0.0);
  MODE_COUNT(bill, modes, n->products * p->multipliers * interval);
  COUNT(bill, QY_EVENT_CLOCK) = cycles * elements;
  COUNT(bill, QY_EVENT_OPERAND_MUX) = n->choices * p->multipliers * SOURCES * p->used_bits;
  COUNT(bill, QY_EVENT_OPERAND_WRITE) = n->words * p->used_bits + kernels * constant;
  COUNT(bill, QY_EVENT_ADD) = n->results * (p->multipliers - 1) + FN(select)(constant > 0, values, none);
  COUNT(bill, QY_EVENT_REQUANTIZE) = values;
  COUNT(bill, QY_EVENT_CONTROL) = cycles;
  FN(put_wires)(bill, p, n);
  FN(put_accesses)(bill, p, QY_BUFFER_INPUT, n->input_reads, n->input_writes);
  FN(put_accesses)(bill, p, QY_BUFFER_WEIGHTS, n->weights, n->weights);
  FN(put_accesses)(bill, p, QY_BUFFER_OUTPUT, n->outputs, n->outputs);
  TIME(bill, cycles) = cycles;
  TIME(bill, compute_cycles) = TO_REAL(n->compute);
  TIME(bill, transfer_cycles) = TO_REAL(n->transfer);
  TIME(bill, products) = WIDE(all->macs);
  TIME(bill, slots) = cycles * elements * p->products / interval;
  TIME(bill, loaded_bits) =
      all->maps * TO_REAL(p->map.bits) + all->weights * TO_REAL(p->weight.bits) + all->channels * constant;
  TIME(bill, stored_bits) = all->results * TO_REAL(p->map.bits);
}
