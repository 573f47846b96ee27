/* The dot engine's schedule and bill (dot.h), for one point or for one in each lane of a vector: see scalars.h and
 * vectors.h, one of which is included before.  No guard.
 *
 * SHAPE is a layer with its numbers as integers or as doubles, COUNTS the cycles of a layer; COUNT(bill, item) and
 * TIME(bill, field) are the places of what is set, MODE_COUNT(bill, modes, value) that of products in the modes.
 */

/* Engines as the inner loop takes them. */
typedef struct FN(engines) {
  INT count, lanes, x_bits, w_bits, y_bits, constant_bits, constant_words, fill;
  DIVISOR by_count, by_lanes, by_port;
  REAL sum_bits, pitch, x_share, w_share, y_share; /* of a macro's width */
  REAL read_pj[QY_BUFFER_ROLES], write_pj[QY_BUFFER_ROLES];
  bool registers; /* for operands, outside the elements */
} FN(engines);

/* Tiles of outputs, and steps of products of a result. */
typedef struct FN(cut) {
  INT tiles, steps;
} FN(cut);

CODE FN(cut) FN(cut_layer)(const SHAPE *s, const FN(engines) * e)
{
  return (FN(cut)){FN(ceil_div)(WIDE(s->outputs), e->by_count), FN(ceil_div)(WIDE(s->products), e->by_lanes)};
}

/* Bits at the port of what stands where weights do. */
CODE INT FN(other_bits)(const SHAPE *s, const FN(engines) * e)
{
  return EITHER(s->computed, e->x_bits, e->w_bits);
}

CODE void FN(count_cycles)(COUNTS *c, const SHAPE *s, const FN(engines) * e, const FN(cut) * cut)
{
  const INT tiles = cut->tiles, rest = s->outputs - (tiles - 1) * e->count;
  const INT most = FN(smallest)(WIDE(s->outputs), e->count); /* of a tile */
  const INT row = FN(ceil_div)(s->in_w * s->channels * e->x_bits, e->by_port);
  const INT output_bits = s->products * FN(other_bits)(s, e) + e->constant_bits;
  const INT weights = FN(ceil_div)(most * output_bits, e->by_port);
  const INT weights_rest = FN(ceil_div)(rest * output_bits, e->by_port);
  const INT out = FN(ceil_div)(most * s->out_w * e->y_bits, e->by_port);
  const INT out_rest = FN(ceil_div)(rest * s->out_w * e->y_bits, e->by_port);
  c->compute = s->groups * tiles * s->pixels * cut->steps;
  c->load = s->groups * ((tiles - 1) * weights + weights_rest + tiles * s->in_h * row);
  c->store = s->groups * s->out_h * ((tiles - 1) * out + out_rest);
  c->first = weights + s->first_rows * row;
  c->last = out_rest;
  c->total = FN(largest)(c->first + c->compute + e->fill + c->last, c->load + c->store);
}

/* Sums over layers, in the units of the bill. */
typedef struct FN(sums) {
  REAL clock, add, requantize, operand_write, operand_wire, sum_wire;
  REAL reads[QY_BUFFER_ROLES], writes[QY_BUFFER_ROLES];
  REAL cycles, compute, transfer, slots, loaded, stored;
} FN(sums);

/* In the table's picojoules, as ACCESSES_UJ. */
CODE void FN(add_accesses)(FN(sums) * n, const FN(engines) * e, int role, REAL reads, REAL writes)
{
  n->reads[role] += OVER_MILLION(reads * e->read_pj[role]);
  n->writes[role] += OVER_MILLION(writes * e->write_pj[role]);
}

CODE void FN(add_layer)(FN(sums) * n, const SHAPE *s, const FN(engines) * e)
{
  COUNTS c;
  const FN(cut) cut = FN(cut_layer)(s, e);
  FN(count_cycles)(&c, s, e, &cut);
  const double images = (double)s->images, groups = images * (double)s->groups;
  const REAL lanes = TO_REAL(e->lanes), elements = TO_REAL(e->count) * lanes;
  const REAL x_bits = TO_REAL(e->x_bits), w_bits = TO_REAL(e->w_bits), y_bits = TO_REAL(e->y_bits);
  const double results = groups * (double)(s->pixels * s->outputs);
  const REAL total = images * TO_REAL(c.total), compute = images * TO_REAL(c.compute);
  const REAL vectors = results * TO_REAL(cut.steps); /* V products and their sum */
  const REAL inputs = groups * TO_REAL(cut.tiles) * (double)(s->in_h * s->in_w * s->channels);
  const double weights = groups * (double)(s->outputs * s->products), channels = groups * (double)s->outputs;
  const REAL constants = channels * TO_REAL(e->constant_bits), words = channels * TO_REAL(e->constant_words);
  n->clock += total * elements;
  n->add += vectors * lanes + FN(select)(constants > 0, WIDE(results), WIDE(0.0));
  n->requantize += results;
  n->operand_write += constants;
  if (e->registers) n->operand_write += compute * lanes * x_bits + vectors * lanes * w_bits;
  /* An engine is a square of its elements: inputs go past all engines, weights and results across one, sums from one
   * element to the next. */
  const REAL across = e->pitch * ROOT(lanes);
  n->operand_wire += across * (compute * lanes * x_bits * TO_REAL(e->count) + vectors * lanes * w_bits + constants);
  n->sum_wire += e->pitch * vectors * lanes * e->sum_bits + across * results * y_bits;
  FN(add_accesses)(n, e, QY_BUFFER_INPUT, e->x_share * compute * lanes, e->x_share * inputs);
  FN(add_accesses)
  (n, e, QY_BUFFER_WEIGHTS, e->w_share * vectors * lanes + e->w_share * words,
   e->w_share * weights + e->w_share * words);
  FN(add_accesses)(n, e, QY_BUFFER_OUTPUT, e->y_share * results, e->y_share * results);
  n->cycles += total;
  n->compute += compute;
  n->transfer += images * TO_REAL(c.load + c.store);
  n->slots += total * elements;
  n->loaded += inputs * x_bits + weights * TO_REAL(FN(other_bits)(s, e)) + constants;
  n->stored += results * y_bits;
}

/* macs: of all layers. */
CODE void FN(put_run)(BILL *bill, MODES modes, const FN(sums) * n, double macs)
{
  const REAL none = WIDE(0.0);
  MODE_COUNT(bill, modes, macs + none);
  COUNT(bill, QY_EVENT_CLOCK) = n->clock;
  COUNT(bill, QY_EVENT_ADD) = n->add;
  COUNT(bill, QY_EVENT_REQUANTIZE) = n->requantize;
  COUNT(bill, QY_EVENT_CONTROL) = n->cycles;
  COUNT(bill, QY_EVENT_OPERAND_WRITE) = n->operand_write;
  COUNT(bill, QY_EVENT_OPERAND_WIRE) = n->operand_wire;
  COUNT(bill, QY_EVENT_SUM_WIRE) = n->sum_wire;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    COUNT(bill, QY_EVENT_SRAM_READ + role) = n->reads[role];
    COUNT(bill, QY_EVENT_SRAM_WRITE + role) = n->writes[role];
  }
  TIME(bill, cycles) = n->cycles;
  TIME(bill, compute_cycles) = n->compute;
  TIME(bill, transfer_cycles) = n->transfer;
  TIME(bill, products) = WIDE(macs);
  TIME(bill, slots) = n->slots;
  TIME(bill, loaded_bits) = n->loaded;
  TIME(bill, stored_bits) = n->stored;
}
