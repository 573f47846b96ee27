/* Buffers from the SRAM table: see buffer.h. */
#include "quarry/buffer.h"
#include "quarry/decimal.h"
#include "quarry/integer.h"

#include "quarry/text.h"
#include "rows.h"

#include "quarry/fpga_tech.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double um2_per_mm2 = 1e6;

enum { BITS_PER_BYTE = 8 };

/* Names of the parameters, where the item's is that of the operand. */
static const char *const names[QY_BUFFER_ROLES] = {"input", "output", "weight"};

enum { SIZE_TEXT = 32 };

static const char *size_text(char text[SIZE_TEXT], double bytes)
{
  static const double kib = 1024;
  const bool mega = bytes >= kib * kib, kilo = bytes >= kib;
  qy_print(text, SIZE_TEXT, "%.6g %s", bytes / (mega ? kib * kib : kilo ? kib : 1), mega ? "MiB" : kilo ? "KiB" : "B");
  return text;
}

/* Why a buffer cannot be, behind its name. */
__attribute__((format(printf, 3, 4))) static const char *because(char why[QY_BUFFER_WHY], const char *name,
                                                                 const char *format, ...)
{
  va_list list;
  const size_t used = qy_append(why, QY_BUFFER_WHY, 0, "%s buffer", name);
  va_start(list, format);
  qy_vprint(why + used, QY_BUFFER_WHY - used, format, list);
  va_end(list);
  return why;
}

static const char *outside(char why[QY_BUFFER_WHY], const char *name, const qy_sram_table *table,
                           const qy_sram_query *query)
{
  qy_error err = {0};
  qy_sram macro;
  double bytes;
  qy_sram_built(&macro, &bytes, table, query, false, &err);
  return because(why, name, " outside the SRAM table: %.180s", err.count ? err.diagnostic[0].text : "no such macro");
}

/* What all such reasons have in common comes before the colon, so that they can be counted together. */
static const char *too_slow(char why[QY_BUFFER_WHY], const char *name, const qy_buffer *b, bool automatic,
                            double period_ns)
{
  char size[SIZE_TEXT], macros[SIZE_TEXT] = "";
  if (b->count > 1) snprintf(macros, sizeof macros, "%d macros with ", b->count);
  return because(why, name,
                 " slower than the clock: %s in %s%d bank%s of %d-bit words has a cycle time of %.4g ns, the period is "
                 "%.4g ns%s",
                 size_text(size, b->bytes), macros, b->banks, b->banks == 1 ? "" : "s", b->word_bits, b->macro.cycle_ns,
                 period_ns, automatic ? " (other numbers of banks are no faster)" : "");
}

static const char *check_banks(char why[QY_BUFFER_WHY], const char *name, const qy_buffer_need *q,
                               const qy_sram_table *table)
{
  const int asked = qy_sram_bank_count(q->of_banks), most = qy_sram_most_banks(table);
  if (q->banks > most)
    return because(why, name, " with too few banks: it moves %lld words a cycle, the SRAM table has up to %d banks",
                   (long long)q->banks, most);
  if (asked && asked < q->banks)
    return because(why, name, " with too few banks: it moves %lld words a cycle, %d bank%s asked for",
                   (long long)q->banks, asked, asked == 1 ? " is" : "s are");
  return NULL;
}

const char *qy_buffer_choose(qy_buffer *b, char why[QY_BUFFER_WHY], const char *name, const qy_buffer_need *q,
                             const qy_buffer_input *in)
{
  const int width = q->lanes * q->slot_bits, asked = qy_sram_bank_count(q->of_banks);
  const double need_bytes = q->slots * q->slot_bits / BITS_PER_BYTE, period_ns = 1e3 / in->clock_mhz;
  char have[SIZE_TEXT], needed[SIZE_TEXT];
  int low, high;
  assert(width > 0);
  qy_sram_word_range(in->table, &low, &high);
  *b = (qy_buffer){.count = (width + high - 1) / high};
  b->word_bits = qy_max_int((width + b->count - 1) / b->count, low);
  if (q->asked_bytes > 0 && q->asked_bytes < need_bytes)
    return because(why, name, " too small for the layers: they need %s, it has %s", size_text(needed, need_bytes),
                   size_text(have, q->asked_bytes));
  const char *reason = check_banks(why, name, q, in->table);
  if (reason) return reason;
  const qy_sram_wish wish = {.query = {.node_nm = atoi(in->tech->sram_node),
                                       .flavour = in->flavour,
                                       .word_bits = b->word_bits,
                                       .banks = asked ? asked : qy_sram_fit_banks(in->table, q->banks),
                                       .voltage_v = in->tech->sram_voltage_v,
                                       .capacity_bytes = (q->asked_bytes > 0 ? q->asked_bytes : need_bytes) / b->count},
                             .most_banks = asked ? asked : qy_sram_most_banks(in->table),
                             .of_table = !(q->asked_bytes > 0),
                             .cycle_ns = period_ns};
  qy_sram_choice c;
  const qy_status status = in->known ? qy_sram_choose_again(&c, in->known, in->table, &wish, NULL)
                                     : qy_sram_choose(&c, in->table, &wish, NULL);
  if (status && status != QY_INFEASIBLE) return outside(why, name, in->table, &wish.query);
  b->bytes = q->asked_bytes > 0 ? q->asked_bytes : c.bytes * b->count;
  b->banks = c.banks;
  b->macro = c.macro;
  b->low_ns = c.low_ns;
  b->high_ns = c.high_ns;
  return status ? too_slow(why, name, b, !asked, period_ns) : NULL;
}

const char *qy_buffer_of_blocks(qy_buffer *b, char why[QY_BUFFER_WHY], const char *name, const qy_buffer_need *q,
                                const qy_tech *tech)
{
  const double bits = q->asked_bytes * BITS_PER_BYTE, has = tech->fpga_value[QY_FPGA_BRAM18S];
  const int width = q->lanes * q->slot_bits, wide = (width + QY_BLOCK_WIDTH - 1) / QY_BLOCK_WIDTH;
  const double count = wide * fmax(1, ceil(bits / ((double)wide * QY_BLOCK_BITS)));
  if (count > has) return because(why, name, " larger than the block RAMs: %.0f of %.0f", count, has);
  *b = (qy_buffer){.bytes = q->asked_bytes, .count = (int)count, .word_bits = width};
  b->macro.read_pj = b->macro.write_pj = wide * tech->fpga_value[QY_FPGA_BRAM18_PJ];
  return NULL;
}

/* A buffer that is not counted. */
static qy_buffer unlimited(const qy_buffer_need *q)
{
  static const double unlimited_bytes = 1e12; /* so that no layer is cut into tiles */
  return (qy_buffer){.bytes = unlimited_bytes, .word_bits = q->lanes * q->slot_bits, .high_ns = INFINITY};
}

static const char *choose_role(qy_buffer buffer[QY_BUFFER_ROLES], char why[QY_BUFFER_WHY], int role,
                               const qy_buffer_need need[QY_BUFFER_ROLES], const qy_buffer_input *input)
{
  qy_buffer_input one = *input;
  if (one.known) one.known += role;
  return qy_buffer_choose(&buffer[role], why, names[role], &need[role], &one);
}

const char *qy_buffers_choose(qy_buffer buffer[QY_BUFFER_ROLES], char why[QY_BUFFER_WHY],
                              const qy_buffer_need need[QY_BUFFER_ROLES], const qy_buffer_input *input)
{
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    if (!input->table) {
      buffer[role] = unlimited(&need[role]);
      continue;
    }
    const char *reason = choose_role(buffer, why, role, need, input);
    if (reason) return reason;
  }
  return NULL;
}

bool qy_buffers_stay(const qy_buffer buffer[QY_BUFFER_ROLES], double least_ns, double most_ns)
{
  bool same = true;
  for (int role = 0; role < QY_BUFFER_ROLES; role++)
    same = same && least_ns >= buffer[role].low_ns && most_ns < buffer[role].high_ns;
  return same;
}

const char *qy_buffers_choose_again(qy_buffer buffer[QY_BUFFER_ROLES], char why[QY_BUFFER_WHY],
                                    const qy_buffer_need need[QY_BUFFER_ROLES], const qy_buffer_input *input)
{
  const double period_ns = 1e3 / input->clock_mhz;
  const char *reason = NULL;
  for (int role = 0; role < QY_BUFFER_ROLES && !reason; role++)
    if (!(period_ns >= buffer[role].low_ns && period_ns < buffer[role].high_ns))
      reason = choose_role(buffer, why, role, need, input);
  return reason;
}

void qy_bill_buffers(qy_bill *bill, const qy_buffer buffer[QY_BUFFER_ROLES])
{
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    const qy_buffer *b = &buffer[role];
    bill->count[QY_PART_SRAM + role] = b->count * b->macro.area_mm2 * um2_per_mm2;
    bill->count[QY_PART_SRAM_LEAKAGE + role] = b->count * b->macro.leakage_mw;
    bill->banks[role] = b->banks;
  }
}

void qy_bill_accesses(qy_bill *bill, int role, const qy_buffer *b, double reads, double writes)
{
  bill->count[QY_EVENT_SRAM_READ + role] += ACCESSES_UJ(reads, b->macro.read_pj);
  bill->count[QY_EVENT_SRAM_WRITE + role] += ACCESSES_UJ(writes, b->macro.write_pj);
}

void qy_bill_shared(qy_bill *bill, const qy_buffer *b)
{
  bill->count[QY_PART_SHARED] = b->count * b->macro.area_mm2 * um2_per_mm2;
  bill->count[QY_PART_SHARED_LEAKAGE] = b->count * b->macro.leakage_mw;
}

void qy_bill_shared_bits(qy_bill *bill, const qy_buffer *b, double read_bits, double written_bits)
{
  bill->count[QY_EVENT_SHARED_READ] += ACCESSES_UJ(read_bits / b->word_bits, b->macro.read_pj);
  bill->count[QY_EVENT_SHARED_WRITE] += ACCESSES_UJ(written_bits / b->word_bits, b->macro.write_pj);
}

const char *const sram_banks[QY_SRAM_BANKS_COUNT] = {[QY_SRAM_BANKS_AUTO] = "auto",
                                                     [QY_SRAM_BANKS_1] = "1",
                                                     [QY_SRAM_BANKS_2] = "2",
                                                     [QY_SRAM_BANKS_4] = "4",
                                                     [QY_SRAM_BANKS_8] = "8"};

const char *const activation_kinds[QY_ACTIVATIONS_COUNT] = {
    [QY_ACTIVATIONS_SYMMETRIC] = "symmetric", [QY_ACTIVATIONS_AFFINE] = "affine"};
const char *const sram_flavours[QY_SRAM_FLAVOUR_COUNT] = {[QY_SRAM_LSTP] = "lstp", [QY_SRAM_HP] = "hp"};

const char *few_banks(qy_sram_banks input, qy_sram_banks output, qy_sram_banks weight, bool sums)
{
  const struct {
    qy_sram_banks asked;
    int least;
    const char *text;
  } buffer[] = {
      {input, HALF_BANKS, "input buffer with too few banks: its two halves need 2"},
      {output, HALF_BANKS, "output buffer with too few banks: its two halves need 2"},
      {weight, HALF_BANKS, "weight buffer with too few banks: its two halves need 2"},
      {output, sums ? SUM_BANKS : 0, "output buffer with too few banks: partial sums read and written in it need 4"}};
  for (size_t i = 0; i < sizeof buffer / sizeof *buffer; i++)
    if (buffer[i].asked && qy_sram_bank_count(buffer[i].asked) < buffer[i].least) return buffer[i].text;
  return NULL;
}

int qy_element_port_bits(const qy_pe *pe, const char *name)
{
  for (int i = 0; pe->circuit && i < qy_circuit_inputs(pe->circuit); i++)
    if (strcmp(qy_circuit_input_name(pe->circuit, i), name) == 0) return qy_circuit_input_width(pe->circuit, i);
  return pe->params.bits;
}

double qy_buffer_chosen(const qy_buffer buffer[QY_BUFFER_ROLES], const char *key)
{
  static const char before[] = "buffers.";
  if (strncmp(key, before, sizeof before - 1) != 0) return NAN;
  key += sizeof before - 1;
  for (int r = 0; r < QY_BUFFER_ROLES; r++) {
    if (*key != *names[r]) continue;
    const size_t length = strlen(names[r]);
    if (strncmp(key, names[r], length) != 0) continue;
    if (!key[length]) return buffer[r].bytes;
    if (strcmp(key + length, "_banks") == 0) return buffer[r].banks;
  }
  return NAN;
}
