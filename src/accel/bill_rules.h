/* Sums over the items of a bill, for one point or for one in each lane of a vector: see scalars.h and vectors.h, one of
 * which is included before.  No guard.
 *
 * COUNT(bill, item), TIME(bill, field), PRICE(prices, column), FLIP_FLOPS(prices, role) and IN(values, id) are the
 * places of what is read and set.
 */

/* The metrics of columns->range[from..to). */
CODE void FN(sum)(VALUES v, const qy_columns *c, PRICES prices, const BILL *bill, int from, int to)
{
  for (int r = from; r < to; r++) {
    const struct qy_column_range *range = &c->range[r];
    REAL total = WIDE(0.0);
    for (int k = range->first; k < range->first + range->count; k++)
      total += COUNT(bill, c->item[k]) * PRICE(prices, k);
    IN(v, range->metric) = total;
  }
}

/* What runs at a clock. */
CODE void FN(times)(VALUES v, const BILL *bill, REAL clock_mhz)
{
  IN(v, QY_CLOCK_MHZ) = clock_mhz;
  IN(v, QY_CYCLES) = TIME(bill, cycles);
  IN(v, QY_COMPUTE_CYCLES) = TIME(bill, compute_cycles);
  IN(v, QY_TRANSFER_CYCLES) = TIME(bill, transfer_cycles);
  IN(v, QY_INTERVAL_US) = TIME(bill, cycles) / clock_mhz;
  IN(v, QY_PRODUCTS) = TIME(bill, products);
  IN(v, QY_SLOTS) = TIME(bill, slots);
  IN(v, QY_INFERENCES) = WIDE(1.0);
}

/* Flip-flops clocked by all events. */
CODE REAL FN(clocked)(PRICES prices, const BILL *bill)
{
  REAL sum = COUNT(bill, QY_EVENT_OPERAND_WRITE) + COUNT(bill, QY_EVENT_SKEW_WRITE);
  for (int r = 0; r < QY_ROLE_COUNT; r++)
    sum += COUNT(bill, circuit_event[r]) * FLIP_FLOPS(prices, r);
  return sum;
}
