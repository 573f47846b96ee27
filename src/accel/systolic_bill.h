/* The bill of a run from its sums (systolic_run.h), for one point or for one in each lane of a vector: see scalars.h
 * and vectors.h, one of which is included before.  No guard.
 *
 * OF(list, row) is what the array has in a row of systolic_lanes.h; COUNT(bill, item) and TIME(bill, field) are the
 * places of what is set, EVENT_COUNT(bill, event, value) that of an event whose number is `event`.
 */

/* In the table's picojoules, as ACCESSES_UJ. */
CODE void FN(put_accesses)(BILL *bill, LIST list, int role, REAL reads, REAL writes)
{
  COUNT(bill, QY_EVENT_SRAM_READ + role) = OVER_MILLION(reads * OF(list, ROW_READ_PJ + role));
  COUNT(bill, QY_EVENT_SRAM_WRITE + role) = OVER_MILLION(writes * OF(list, ROW_WRITE_PJ + role));
}

CODE void FN(put_buffers)(BILL *bill, LIST list, const FN(sums) * n)
{
  const REAL input = OF(list, ROW_INPUT_SHARE), weight = OF(list, ROW_WEIGHT_SHARE);
  const REAL constant = OF(list, ROW_CONSTANT_SHARE), bit = OF(list, ROW_BIT_SHARE);
  const REAL sum_bits = OF(list, ROW_SUM_BITS), results = n->results * OF(list, ROW_RESULT_BITS);
  FN(put_accesses)(bill, list, QY_BUFFER_INPUT, input * n->input_reads, input * n->input_loads);
  FN(put_accesses)
  (bill, list, QY_BUFFER_WEIGHTS, weight * n->weight_reads + constant * n->constant_reads,
   weight * n->weight_loads + constant * n->constant_loads);
  FN(put_accesses)
  (bill, list, QY_BUFFER_OUTPUT, bit * (results + n->sum_reads * sum_bits), bit * (results + n->sum_writes * sum_bits));
}

/* Operands go from the edge to the first element and from one to the next, or along a bus; sums from one to the next,
 * or, os with overlapped drain, along a bus per column. */
CODE void FN(put_wires)(BILL *bill, LIST list, const systolic_kind *kind, const FN(sums) * n)
{
  const bool drain_bus = kind->flow == QY_FLOW_OS && !kind->serial;
  const REAL row = EITHER(kind->bus, n->row_entries * OF(list, ROW_BUS_BITS) * OF(list, ROW_BUS_LENGTH),
                          n->row_writes * (OF(list, ROW_WORD_BITS) + OF(list, ROW_MULTIPLE_BITS)));
  const REAL moves = EITHER(drain_bus, (n->results + n->sum_writes) * OF(list, ROW_ROWS), n->sum_hops);
  COUNT(bill, QY_EVENT_OPERAND_WIRE) = OF(list, ROW_PITCH) * (row + n->column_writes * OF(list, ROW_COLUMN_BITS));
  COUNT(bill, QY_EVENT_SUM_WIRE) = OF(list, ROW_PITCH) * moves * OF(list, ROW_SUM_BITS);
}

CODE void FN(put_times)(BILL *bill, LIST list, const FN(sums) * n, REAL elements, double macs)
{
  TIME(bill, cycles) = n->total;
  TIME(bill, compute_cycles) = n->compute;
  TIME(bill, transfer_cycles) = n->transfer;
  TIME(bill, products) = macs * OF(list, ROW_BATCH);
  TIME(bill, slots) = n->total * elements * OF(list, ROW_PRODUCTS);
  TIME(bill, loaded_bits) = (n->input_loads + n->second_loads) * OF(list, ROW_INPUT_BITS) +
                            (n->weight_loads - n->second_loads) * OF(list, ROW_WEIGHT_BITS) +
                            n->constant_loads * OF(list, ROW_CONSTANT_BITS);
  TIME(bill, stored_bits) = n->stores * OF(list, ROW_RESULT_BITS);
}

/* All layers, with `macs` useful products an image. */
CODE void FN(put_run)(BILL *bill, LIST list, const systolic_kind *kind, const FN(sums) * n, double macs)
{
  const REAL none = WIDE(0.0), elements = OF(list, ROW_ROWS) * OF(list, ROW_COLUMNS);
  const REAL row_skew_bits = n->row_skew * OF(list, ROW_WORD_BITS);
  const REAL sum_skew_bits = n->sum_skew * OF(list, ROW_SUM_BITS);
  const REAL bus = n->row_entries * OF(list, ROW_BUS_BITS);
  EVENT_COUNT(bill, OF(list, ROW_EVENT), n->active);
  COUNT(bill, QY_EVENT_CLOCK) = n->total * elements;
  COUNT(bill, QY_EVENT_DRAIN) =
      EITHER(kind->serial, n->sum_hops, n->results + n->sum_writes) * OF(list, ROW_DRAIN_BITS);
  COUNT(bill, QY_EVENT_OPERAND_WRITE) = n->row_writes * OF(list, ROW_WORD_WRITE) +
                                        n->column_writes * OF(list, ROW_COLUMN_WRITE) +
                                        n->constant_reads * OF(list, ROW_CONSTANT_BITS);
  COUNT(bill, QY_EVENT_SKEW_WRITE) = row_skew_bits + n->column_skew * OF(list, ROW_COLUMN_BITS) + sum_skew_bits;
  COUNT(bill, QY_EVENT_SKEW_MUX) =
      EITHER(!kind->full && kind->flow != QY_FLOW_OS, row_skew_bits, none) + EITHER(!kind->full, sum_skew_bits, none);
  COUNT(bill, QY_EVENT_BUS) = bus * OF(list, ROW_COLUMNS);
  COUNT(bill, QY_EVENT_BUS_BUFFER) = bus * OF(list, ROW_BUS_BUFFERS);
  COUNT(bill, QY_EVENT_MULTIPLES) = FN(select)(OF(list, ROW_MULTIPLES) > 0, n->row_entries, none);
  COUNT(bill, QY_EVENT_ADD) = n->sum_reads + EITHER(kind->affine, n->results, none);
  COUNT(bill, QY_EVENT_REQUANTIZE) = n->results;
  COUNT(bill, QY_EVENT_CONTROL) = n->total;
  FN(put_wires)(bill, list, kind, n);
  FN(put_buffers)(bill, list, n);
  FN(put_times)(bill, list, n, elements, macs);
}
