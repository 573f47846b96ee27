/* The equations of a run of the depthwise module (depthwise.h has the schedule and what is counted), for one point or
 * for one in each lane of a vector: see scalars.h and vectors.h, one of which is included before.  No guard.
 *
 * SHAPE is a layer with its numbers as integers or as doubles, in the order of the work.
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
  INT count, block, block_bits; /* P, P Nc, bits of a value of each of its channels */
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

/* Channels of a layer on the lanes. */
typedef struct FN(blocks) {
  INT count;  /* blocks, all but the last one of all lanes */
  INT used;   /* lanes with a channel, summed over the blocks */
  bool whole; /* the last one is of all lanes, too */
} FN(blocks);

/* A kernel of so many taps. */
typedef struct FN(kernel) {
  INT steps, cycles; /* of one output */
  INT words;         /* register words of window or kernel in use per lane */
  INT weights;       /* buffer words of a block */
  INT bits;          /* of a channel */
  INT load;          /* cycles of a block of all lanes; no more than a number where no layer has such a block */
} FN(kernel);

/* A row of a map. */
typedef struct FN(row) {
  INT words; /* of the buffer */
  INT move;  /* cycles of a block of all lanes */
} FN(row);

/* What layers that follow one another mostly share. */
typedef struct FN(parts) {
  FN(blocks) blocks;
  FN(kernel) kernel;
  FN(row) in, out;
} FN(parts);

typedef struct FN(cycles) {
  INT compute, load, store, first, last, total;
} FN(cycles);

CODE FN(blocks) FN(blocks_of)(INT channels, const FN(mode) * p)
{
  const INT count = FN(ceil_div)(channels, p->by_block);
  return (FN(blocks)){count, FN(ceil_shift)(channels, p->channel_shift), ALL_SAME(count * p->block, channels)};
}

CODE FN(kernel) FN(kernel_of)(INT taps, const FN(mode) * p)
{
  FN(kernel) k;
  k.steps = FN(ceil_div)(taps, p->by_taps);
  k.cycles = k.steps * p->interval;
  k.words = FN(ceil_shift)(taps, p->tap_shift);
  k.weights = FN(ceil_shift)(taps, p->weight.shift) + p->constant_words;
  k.bits = taps * p->weight.bits + p->constant_bits;
  k.load = FN(ceil_div)(ANY_PRODUCT(p->block, k.bits), p->by_port);
  return k;
}

CODE FN(row) FN(row_of)(INT values, const FN(mode) * p)
{
  return (FN(row)){FN(ceil_shift)(values, p->map.shift), FN(ceil_div)(values * p->block_bits, p->by_port)};
}

/* To the parts of a layer from those of the one before, as far as they differ. */
CODE void FN(find_parts)(FN(parts) * t, const SHAPE *s, const FN(mode) * p)
{
  const unsigned fresh = s->fresh;
  if (fresh & FRESH_CHANNELS) t->blocks = FN(blocks_of)(WIDE(s->channels), p);
  if (fresh & FRESH_TAPS) t->kernel = FN(kernel_of)(WIDE(s->taps), p);
  if (fresh & FRESH_IN) t->in = FN(row_of)(WIDE(s->in_w), p);
  if (fresh & IN_AS_OUT) t->in = t->out;
  if (fresh & FRESH_OUT) t->out = FN(row_of)(WIDE(s->out_w), p);
  if (fresh & OUT_AS_IN) t->out = t->in;
}

CODE void FN(count_cycles)(FN(cycles) * c, const SHAPE *s, const FN(mode) * p, const FN(parts) * t)
{
  const FN(blocks) *g = &t->blocks;
  const INT block = t->kernel.load + s->in_h * t->in.move; /* of all lanes */
  c->compute = g->count * s->pixels * t->kernel.cycles;
  c->first = t->kernel.load + s->first_rows * t->in.move;
  if (g->whole) {
    c->load = g->count * block;
    c->store = g->count * s->out_h * t->out.move;
    c->last = t->out.move;
  } else {
    const INT full = g->count - 1, rest = s->channels - full * p->block; /* channels of the last block */
    const INT bits = rest * p->map.bits;
    const INT kernel = FN(ceil_div)(rest * t->kernel.bits, p->by_port);
    const INT row = FN(ceil_div)(s->in_w * bits, p->by_port), out = FN(ceil_div)(s->out_w * bits, p->by_port);
    c->load = full * block + kernel + s->in_h * row;
    c->store = s->out_h * (full * t->out.move + out);
    c->first = FN(select)(full > 0, c->first, kernel + s->first_rows * row);
    c->last = out;
  }
  c->total = FN(largest)(c->first + c->compute + p->fill + c->last, c->load + c->store);
}

/* Sums over layers of what the bill is made from. */
typedef struct FN(counts) {
  INT cycles, compute, transfer;
  INT input_reads, input_writes, weights, outputs; /* buffer words; weights, outputs: as many reads as writes */
  INT results;                                     /* of lanes; one gives 2^channel_shift at once */
  INT kernels;                                     /* of lanes: once a block */
  REAL products, choices;                          /* of one multiplier of a lane; words it passed over */
  REAL words;                                      /* register words written */
} FN(counts);

/* Of layers with one kernel. */
typedef struct FN(alike) {
  INT blocks, results, kernels;
} FN(alike);

CODE void FN(add_alike)(FN(counts) * n, const FN(alike) * a, const FN(kernel) * k)
{
  const REAL products = TO_REAL(a->results) * TO_REAL(k->steps);
  n->results += a->results;
  n->kernels += a->kernels;
  n->weights += a->blocks * k->weights;
  n->products += products;
  n->choices += products * TO_REAL(k->steps - 1);
  n->words += TO_REAL(a->results + a->kernels) * TO_REAL(k->words);
}

CODE void FN(add_layers)(FN(counts) * n, const SHAPE *s, size_t count, const FN(mode) * p)
{
  const INT none = WIDE(0);
  FN(parts) t = {{none, none, false}, {none, none, none, none, none, none}, {none, none}, {none, none}};
  FN(alike) a = {none, none, none};
  for (const SHAPE *const end = s + count; s < end; s++) {
    FN(cycles) c;
    FN(find_parts)(&t, s, p);
    FN(count_cycles)(&c, s, p, &t);
    const INT in_words = t.blocks.count * t.in.words;
    n->cycles += s->count * c.total;
    n->compute += s->count * c.compute;
    n->transfer += s->count * (c.load + c.store);
    n->input_reads += s->all_reads * in_words;
    n->input_writes += s->all_in_h * in_words;
    n->outputs += s->all_out_h * t.blocks.count * t.out.words;
    a.blocks += s->count * t.blocks.count;
    a.results += s->all_pixels * t.blocks.used;
    a.kernels += s->count * t.blocks.used;
    if (!(s->fresh & LAST_ALIKE)) continue;
    FN(add_alike)(n, &a, &t.kernel);
    a = (FN(alike)){none, none, none};
  }
}

/* In the table's picojoules, as ACCESSES_UJ. */
CODE void FN(put_accesses)(BILL *bill, const FN(mode) * p, int role, INT reads, INT writes)
{
  COUNT(bill, QY_EVENT_SRAM_READ + role) = OVER_MILLION(p->macros[role] * TO_REAL(reads) * p->read_pj[role]);
  COUNT(bill, QY_EVENT_SRAM_WRITE + role) = OVER_MILLION(p->macros[role] * TO_REAL(writes) * p->write_pj[role]);
}

/* Area of all lanes with what is in them: single cells, and the circuits of LANE_CIRCUITS. */
CODE REAL FN(lanes_um2)(double cells_um2, const double count[LANE_CIRCUITS], const REAL placed_um2[LANE_CIRCUITS])
{
  REAL um2 = WIDE(cells_um2);
  for (int i = 0; i < LANE_CIRCUITS; i++)
    um2 += count[i] * placed_um2[i];
  return um2;
}

/* Cycles from the first word of the input buffer to the first result, of these stages. */
CODE REAL FN(fill_of)(double access_ns, REAL clock_mhz, const REAL stages[LANE_CIRCUITS], const fill_depth *d)
{
  return ROUNDED_UP(access_ns * clock_mhz / 1e3) + stages[QY_ROLE_ELEMENT] + d->registers +
         d->adders * stages[QY_ROLE_ADDER] + stages[QY_ROLE_REQUANTIZER];
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
  const REAL results = TO_REAL(n->results), values = results * p->results;
  const REAL kernels = TO_REAL(n->kernels) * p->results;
  const REAL none = WIDE(0.0);
  MODE_COUNT(bill, modes, n->products * p->multipliers * interval);
  COUNT(bill, QY_EVENT_CLOCK) = cycles * elements;
  COUNT(bill, QY_EVENT_OPERAND_MUX) = n->choices * p->multipliers * SOURCES * p->used_bits;
  COUNT(bill, QY_EVENT_OPERAND_WRITE) = n->words * p->used_bits + kernels * constant;
  COUNT(bill, QY_EVENT_ADD) = results * (p->multipliers - 1) + FN(select)(constant > 0, values, none);
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
