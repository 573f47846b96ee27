/* Options of schedules: see schedule_option.h. */
#include "schedule_option.h"

#include "quarry/pe.h"
#include "quarry/sram.h"
#include "quarry/tech.h"
#include "quarry/units.h"

#include <assert.h>
#include <stdlib.h>

enum { HEADROOM_BITS = 8, BITS_PER_BYTE = 8 };

static const double largest_buffer = 9007199254740992.0; /* 2^53 units: what a double counts exactly */

const char *const schedule_fusion_names[] = {"none", "block", "free", NULL};
const char *const schedule_order_names[] = {"raster", "scan", "best", NULL};
const char *const schedule_objective_names[] = {"traffic", "energy", NULL};
const char *const schedule_rule_names[] = {"strict", "double-buffered", "double_buffered", NULL}; /* or as in files */

bool schedule_has_bits(const schedule_choice *c)
{
  assert(c);
  return c->buffer || c->bits || c->weight_bits || c->activation_bits;
}

qy_units schedule_bits(const schedule_choice *c)
{
  assert(c);
  const int64_t both = c->bits ? c->bits : SCHEDULE_BITS;
  qy_units bits = {.activation = c->activation_bits ? c->activation_bits : both,
                   .weight = c->weight_bits ? c->weight_bits : both};
  bits.sum = bits.activation + bits.weight + HEADROOM_BITS;
  if (bits.sum > 64) bits.sum = 64;
  return bits;
}

/* ---- prices ---- */

/* A bit into or out of the buffer, half reads, half writes. */
static qy_status sram_pj_per_bit(double *pj, const qy_tech *tech, const schedule_choice *c, double bytes,
                                 qy_arena *arena, qy_error *err)
{
  enum { WORD_BITS = 64 };
  qy_sram_table *table;
  qy_sram_choice macro;
  if (!tech->sram_node)
    return qy_fail(err, QY_BAD_INPUT, "--tech: expected a technology with SRAM, found \"%s\"", c->tech);
  const char *file = qy_arena_format(arena, "%s/memory/sram.csv", c->db_dir);
  qy_status status = file ? qy_sram_table_read(&table, file, arena, err) : qy_no_memory(err);
  if (status) return status;
  const qy_sram_wish wish = {.query = {.node_nm = atoi(tech->sram_node),
                                       .flavour = QY_SRAM_LSTP,
                                       .capacity_bytes = bytes,
                                       .word_bits = WORD_BITS,
                                       .banks = 1},
                             .most_banks = qy_sram_most_banks(table),
                             .of_table = true,
                             .cycle_ns = 1e3 / c->clock_mhz};
  status = qy_sram_choose(&macro, table, &wish, err);
  if (status == QY_INFEASIBLE) status = QY_OK; /* the fastest that there is: its energy is what is asked */
  if (!status) *pj = qy_sram_access_pj(&macro.macro) / WORD_BITS; /* a word that is read here is written there */
  return status;
}

qy_status schedule_system_of(qy_dram_system *system, const schedule_choice *c, qy_arena *arena, qy_error *err)
{
  assert(system && c && c->device && arena);
  qy_dram_device *device;
  const qy_dram_controller *list;
  size_t count;
  qy_status status = qy_dram_device_read(&device, c->db_dir, c->device, arena, err);
  if (!status) status = qy_dram_controllers_read(&list, &count, c->db_dir, arena, err);
  if (status) return status;
  *system = (qy_dram_system){
      .device = device, .controller = &list[0], .mapping = QY_DRAM_MAP_COLUMN, .channels = (int)c->channels};
  return QY_OK;
}

/* A bit of a long stream, half read and half written. */
static qy_status dram_pj_per_bit(double *pj, const schedule_choice *c, qy_arena *arena, qy_error *err)
{
  static const double stream_bytes = 1 << 20;
  qy_dram_system system;
  qy_status status = schedule_system_of(&system, c, arena, err);
  if (status) return status;
  qy_dram_stream stream = {.bytes = stream_bytes, .place = QY_DRAM_STREAM};
  qy_dram_events read, write;
  qy_dram_prices prices;
  qy_dram_prices_at(&prices, system.device, 0);
  const qy_dram_traffic traffic = {.stream = &stream, .count = 1, .load = 1};
  qy_dram_events_of(&read, &system, &traffic);
  stream.write = true;
  qy_dram_events_of(&write, &system, &traffic);
  *pj = (qy_dram_energy_pj(&read, &prices) + qy_dram_energy_pj(&write, &prices)) / (2 * BITS_PER_BYTE * stream_bytes);
  return QY_OK;
}

/* A product of a fixed-point element of these widths, accumulated. */
static qy_status mac_pj(double *pj, const qy_tech *tech, const schedule_choice *c, qy_units bits, qy_arena *arena,
                        qy_error *err)
{
  static const double fj_per_pj = 1e3, ps_per_us = 1e6;
  const int64_t widest = bits.weight > bits.activation ? bits.weight : bits.activation;
  qy_pe pe;
  qy_pe_cost cost;
  qy_pe_params params = qy_pe_default(QY_PE_MAC);
  params.bits = widest < 2 ? 2 : (int)widest; /* the narrowest there is */
  qy_status status = qy_pe_build(&pe, &params, arena, err);
  if (!status) status = qy_pe_price(&cost, &pe, tech, ps_per_us / c->clock_mhz, err);
  if (!status && !cost.build.feasible)
    return qy_fail(err, QY_BAD_INPUT, "--clock-mhz: expected one that a multiplier keeps in %s: %s", tech->name,
                   cost.build.reason);
  if (!status) *pj = cost.energy_fj[0] / fj_per_pj;
  return status;
}

/* Energy of a unit that is moved, off chip and into or out of the buffer, and of a MAC. */
static qy_status set_prices(qy_schedule_options *options, const schedule_choice *c, qy_arena *arena, qy_error *err)
{
  const qy_units bits = schedule_bits(c);
  qy_tech *tech;
  double sram_pj = 0, dram_pj = 0;
  if (!schedule_has_bits(c) || !c->device)
    return qy_fail(err, QY_BAD_INPUT, "--objective energy: expected %s, found none",
                   c->device ? "--bits beside it" : "--device beside it, the DRAM that prices what is moved");
  qy_status status = qy_tech_read(&tech, c->db_dir, c->tech, arena, err);
  if (!status) status = dram_pj_per_bit(&dram_pj, c, arena, err);
  const double unit_bits = c->buffer ? 1 : (double)bits.activation;
  if (!status)
    status = sram_pj_per_bit(&sram_pj, tech, c, (double)options->capacity * unit_bits / BITS_PER_BYTE, arena, err);
  if (!status) status = mac_pj(&options->price_mac, tech, c, bits, arena, err);
  options->price_traffic = (dram_pj + sram_pj) * unit_bits;
  return status;
}

static qy_status set_capacity(qy_schedule_options *options, const schedule_choice *c, qy_error *err)
{
  double bits = 0;
  if (!c->buffer == !c->buffer_entries)
    return qy_fail(err, QY_BAD_INPUT, "expected --buffer-entries N or --buffer BYTES, found %s",
                   c->buffer ? "both" : "neither");
  options->capacity = c->buffer_entries;
  if (!c->buffer) return QY_OK;
  qy_error inner = {0};
  if (qy_unit_parse(c->buffer, "bit", &bits, &inner) || !(bits >= 1) || bits > largest_buffer)
    return qy_fail(err, QY_BAD_INPUT, "--buffer: expected a size above 0 with its unit, as 64 KiB, found \"%s\"",
                   c->buffer);
  options->capacity = (int64_t)bits;
  return QY_OK;
}

qy_status schedule_options_of(qy_schedule_options *options, const schedule_choice *c, qy_arena *arena, qy_error *err)
{
  assert(options && c && arena);
  *options = (qy_schedule_options){.units = c->buffer ? schedule_bits(c) : (qy_units){1, 1, 1},
                                   .rule = c->rule ? QY_CAPACITY_DOUBLE_BUFFERED : QY_CAPACITY_STRICT,
                                   .fusion = (qy_fusion)c->fusion,
                                   .orders = (qy_orders)c->order,
                                   .objective = (qy_schedule_objective)c->objective,
                                   .price_traffic = 1};
  qy_status status = set_capacity(options, c, err);
  return status || c->objective != QY_LEAST_ENERGY ? status : set_prices(options, c, arena, err);
}
