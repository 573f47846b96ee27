/* Buffers from the SRAM table: see buffer.h. */
#include "quarry/buffer.h"

#include "rows.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const double um2_per_mm2 = 1e6, pj_per_uj = 1e6;

enum { BITS_PER_BYTE = 8 };

const char *qy_buffer_choose(qy_buffer *b, const qy_buffer_request *q, const qy_sram_table *table, const qy_tech *tech)
{
  static const char *const too_small[QY_BUFFER_ROLES] = {"input buffer too small for the layers",
                                                         "output buffer too small for the layers",
                                                         "weight buffer too small for the layers"};
  static const char *const outside[QY_BUFFER_ROLES] = {"input buffer outside the SRAM table",
                                                       "output buffer outside the SRAM table",
                                                       "weight buffer outside the SRAM table"};
  int low, high;
  assert(q->role >= 0 && q->role < QY_BUFFER_ROLES && q->width_bits > 0);
  qy_sram_word_range(table, &low, &high);
  *b = (qy_buffer){.count = (q->width_bits + high - 1) / high, .banks = qy_sram_fit_banks(table, q->banks)};
  b->word_bits = (q->width_bits + b->count - 1) / b->count;
  if (b->word_bits < low) b->word_bits = low;
  if (b->banks == 0) return outside[q->role];
  if (q->asked_bytes > 0 && q->asked_bytes < q->need_bytes) return too_small[q->role];
  qy_sram_query query = {.node_nm = atoi(tech->sram_node),
                         .flavour = q->flavour,
                         .word_bits = b->word_bits,
                         .banks = b->banks,
                         .voltage_v = tech->sram_voltage_v,
                         .capacity_bytes = (q->asked_bytes > 0 ? q->asked_bytes : q->need_bytes) / b->count};
  qy_status status = q->asked_bytes > 0 ? qy_sram_lookup(&b->macro, table, &query, NULL)
                                        : qy_sram_fit(&b->macro, &query.capacity_bytes, table, &query, NULL);
  if (status) return outside[q->role];
  b->bytes = query.capacity_bytes * b->count;
  return NULL;
}

const char *qy_buffers_follow(const qy_buffer *const *buffers, size_t count, double clock_mhz)
{
  const double period_ns = 1e3 / clock_mhz;
  for (size_t i = 0; i < count; i++)
    if (buffers[i]->macro.cycle_ns > period_ns) return "SRAM slower than the clock";
  return NULL;
}

void qy_bill_buffer(qy_bill *bill, int role, const qy_buffer *b)
{
  bill->count[QY_PART_SRAM + role] = b->count * b->macro.area_mm2 * um2_per_mm2;
  bill->count[QY_PART_SRAM_LEAKAGE + role] = b->count * b->macro.leakage_mw;
}

void qy_bill_accesses(qy_bill *bill, int role, const qy_buffer *b, double reads, double writes)
{
  bill->count[QY_EVENT_SRAM_READ + role] += reads * b->macro.read_pj / pj_per_uj;
  bill->count[QY_EVENT_SRAM_WRITE + role] += writes * b->macro.write_pj / pj_per_uj;
}

const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};
