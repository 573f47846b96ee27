/* Buffers from the SRAM table: see buffer.h. */
#include "quarry/buffer.h"
#include "quarry/integer.h"

#include "rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const double um2_per_mm2 = 1e6, pj_per_uj = 1e6;

enum { BITS_PER_BYTE = 8 };

static const char *choose(qy_buffer *b, int role, const qy_buffer_need *q, qy_sram_flavour flavour,
                          const qy_sram_table *table, const qy_tech *tech)
{
  static const char *const too_small[QY_BUFFER_ROLES] = {"input buffer too small for the layers",
                                                         "output buffer too small for the layers",
                                                         "weight buffer too small for the layers"};
  static const char *const outside[QY_BUFFER_ROLES] = {"input buffer outside the SRAM table",
                                                       "output buffer outside the SRAM table",
                                                       "weight buffer outside the SRAM table"};
  const int width = q->lanes * q->slot_bits;
  const double need_bytes = q->slots * q->slot_bits / BITS_PER_BYTE;
  int low, high;
  assert(width > 0);
  qy_sram_word_range(table, &low, &high);
  *b = (qy_buffer){.count = (width + high - 1) / high, .banks = qy_sram_fit_banks(table, q->banks)};
  b->word_bits = qy_max_int((width + b->count - 1) / b->count, low);
  if (b->banks == 0) return outside[role];
  if (q->asked_bytes > 0 && q->asked_bytes < need_bytes) return too_small[role];
  qy_sram_query query = {.node_nm = atoi(tech->sram_node),
                         .flavour = flavour,
                         .word_bits = b->word_bits,
                         .banks = b->banks,
                         .voltage_v = tech->sram_voltage_v,
                         .capacity_bytes = (q->asked_bytes > 0 ? q->asked_bytes : need_bytes) / b->count};
  qy_status status = q->asked_bytes > 0 ? qy_sram_lookup(&b->macro, table, &query, NULL)
                                        : qy_sram_fit(&b->macro, &query.capacity_bytes, table, &query, NULL);
  if (status) return outside[role];
  b->bytes = query.capacity_bytes * b->count;
  return NULL;
}

const char *qy_buffers_choose(qy_buffer buffer[QY_BUFFER_ROLES], const qy_buffer_need need[QY_BUFFER_ROLES],
                              qy_sram_flavour flavour, const qy_sram_table *table, const qy_tech *tech,
                              double clock_mhz)
{
  const double period_ns = 1e3 / clock_mhz;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    const char *why = choose(&buffer[role], role, &need[role], flavour, table, tech);
    if (why) return why;
  }
  for (int role = 0; role < QY_BUFFER_ROLES; role++)
    if (buffer[role].macro.cycle_ns > period_ns) return "SRAM slower than the clock";
  return NULL;
}

void qy_bill_buffers(qy_bill *bill, const qy_buffer buffer[QY_BUFFER_ROLES])
{
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    const qy_buffer *b = &buffer[role];
    bill->count[QY_PART_SRAM + role] = b->count * b->macro.area_mm2 * um2_per_mm2;
    bill->count[QY_PART_SRAM_LEAKAGE + role] = b->count * b->macro.leakage_mw;
  }
}

void qy_bill_accesses(qy_bill *bill, int role, const qy_buffer *b, double reads, double writes)
{
  bill->count[QY_EVENT_SRAM_READ + role] += reads * b->macro.read_pj / pj_per_uj;
  bill->count[QY_EVENT_SRAM_WRITE + role] += writes * b->macro.write_pj / pj_per_uj;
}

const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};

int element_port_bits(const qy_pe *pe, const char *name)
{
  for (int i = 0; pe->circuit && i < qy_circuit_inputs(pe->circuit); i++)
    if (strcmp(qy_circuit_input_name(pe->circuit, i), name) == 0) return qy_circuit_input_width(pe->circuit, i);
  return pe->params.bits;
}
