/* What kind a metric is, by its name and unit: what is uncertain, of parts, of a layer, of a memory; of what sums are
 * made; buffers by key and in block RAMs, accesses of shared ones. */
#include "quarry/accelerator.h"
#include "quarry/buffer.h"
#include "quarry/metric.h"

#include "tap.h"

static bool has(const char *text, const char *part)
{
  return strstr(text, part) != NULL;
}

static bool begins(const char *text, const char *part)
{
  return strncmp(text, part, strlen(part)) == 0;
}

static bool is_one_of(const char *name, const char *const *list)
{
  for (; *list; list++)
    if (strcmp(name, *list) == 0) return true;
  return false;
}

/* How it is made, not what runs on it. */
static bool is_made(const char *name)
{
  static const char *const list[] = {"leakage_mw", "lut", "ff", "dsp", "bram", NULL};
  return begins(name, "area_") || is_one_of(name, list);
}

static void kinds(void)
{
  static const char *const of_memory[] = {"energy_dram_uj", "traffic_bytes", "traffic_floor_bytes",
                                          "shared_buffer_bytes", NULL};
  static const char *const with_dram[] = {"energy_uj", "power_mw", "edp_uj_us", "tops_per_w", NULL};
  static const char *const fpga[] = {"lut", "ff", "dsp", "bram", "lut_pct", "dsp_pct", NULL};
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const qy_metric_info *row = &qy_metric_table()[m];
    const char *name = row->name;
    const bool priced = is_made(name) || has(name, "energy") || begins(name, "power") || begins(name, "edp") ||
                        has(name, "per_w") || has(name, "_pct");
    const bool arranged = begins(name, "banks_") || begins(name, "rows_") || has(name, "_pct") ||
                          strcmp(name, "traffic_floor_bytes") == 0 || strcmp(name, "shared_buffer_bytes") == 0;
    const bool of_element = strcmp(name, "energy_per_product_fj") == 0;
    ok(qy_metric_uncertain(m) == priced && qy_metric_is_level(m) == has(name, "_db") &&
           qy_metric_of_parts(m) == is_made(name) && qy_metric_of_memory(m) == is_one_of(name, of_memory) &&
           qy_metric_with_dram(m) == is_one_of(name, with_dram) && qy_metric_of_member(m) == !of_element &&
           qy_metric_of_layer(m) == !(is_made(name) || arranged || of_element),
       "%s: uncertain, a level, of parts, of a memory, with the DRAM, of a member, of a layer", name);
    is_text(qy_metric_scope(m, true), is_one_of(name, with_dram) ? "on chip" : "", "confined where there is no memory");
    is_text(qy_metric_scope(m, false), "", "not where there is one");
    is_int(qy_metric_find(name), m, "found by its name");
    const bool cells_alone = has(name, "area_") && strcmp(name, "area_um2") != 0;
    const unsigned fabrics = qy_metric_where(m) & QY_ON_FABRICS;
    if (is_one_of(name, fpga) || begins(name, "rows_")) is_int(fabrics, QY_ON_FPGA, "on FPGAs alone");
    if (cells_alone || begins(name, "area_um2") || begins(name, "banks_"))
      is_int(fabrics, QY_ON_CELLS, "of cells alone");
    ok(qy_metric_applies(m, QY_AT_ACCELERATOR | QY_ON_CELLS) ==
           (!of_element && !is_one_of(name, of_memory) && fabrics != QY_ON_FPGA),
       "of an accelerator of cells");
  }
  static bool (*const question[])(int) = {qy_metric_uncertain, qy_metric_is_level, qy_metric_of_parts,
                                          qy_metric_of_member, qy_metric_of_layer, qy_metric_with_dram};
  for (size_t q = 0; q < sizeof question / sizeof *question; q++)
    ok(!question[q](-1) && !question[q](QY_METRIC_COUNT), "of what is no metric nothing is so");
  ok(qy_metric_find("area") == -1 && qy_metric_find("") == -1 && qy_metric_find(NULL) == -1, "names of none");
  char advice[QY_DID_YOU_MEAN];
  ok(has(qy_metric_advice(advice, "area_um"), "\"area_um2\""), "the nearest is said");
  is_text(qy_metric_advice(advice, "xyzzy"), "", "or nothing");
}

static int sum_of(const char *name, const char *begin, const char *but)
{
  int parts[QY_METRIC_COUNT], wrong = 0;
  const int count = qy_metric_parts(qy_metric_find(name), parts);
  for (int i = 0; i < count; i++) {
    const char *part = qy_metric_table()[parts[i]].name;
    wrong += !begins(part, begin) || strcmp(part, name) == 0 || strcmp(part, but) == 0;
    for (int j = 0; j < i; j++)
      wrong += parts[j] == parts[i];
  }
  return wrong ? -1 : count;
}

static void sums(void)
{
  int parts[QY_METRIC_COUNT];
  is_int(sum_of("area_um2", "area_", ""), 4, "area: datapath, registers, control, SRAM");
  is_int(sum_of("energy_uj", "energy_", "energy_onchip_uj"), 5, "energy: datapath, registers, SRAM, leakage, DRAM");
  is_int(sum_of("energy_onchip_uj", "energy_", "energy_dram_uj"), 4, "on chip without the DRAM");
  ok(qy_metric_parts(QY_CYCLES, parts) == 0 && qy_metric_parts(QY_POWER_MW, parts) == 0 &&
         qy_metric_parts(QY_ENERGY_SRAM_UJ, parts) == 0 && qy_metric_parts(-1, parts) == 0 &&
         qy_metric_parts(QY_METRIC_COUNT, parts) == 0,
     "others are no sums");
}

/* ---- buffers ---- */

static void buffers(void)
{
  const qy_buffer b[QY_BUFFER_ROLES] = {[QY_BUFFER_INPUT] = {.bytes = 1024, .banks = 2},
                                        [QY_BUFFER_OUTPUT] = {.bytes = 2048, .banks = 4},
                                        [QY_BUFFER_WEIGHTS] = {.bytes = 512, .banks = 8}};
  ok(qy_buffer_chosen(b, "buffers.input") == 1024 && qy_buffer_chosen(b, "buffers.output") == 2048 &&
         qy_buffer_chosen(b, "buffers.weight") == 512,
     "bytes by key");
  ok(qy_buffer_chosen(b, "buffers.input_banks") == 2 && qy_buffer_chosen(b, "buffers.output_banks") == 4 &&
         qy_buffer_chosen(b, "buffers.weight_banks") == 8,
     "banks by key");
  static const char *const none[] = {"buffers",        "buffers.", "buffers.in",
                                     "buffers.inputs", "input",    "buffers.input_bank"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    ok(isnan(qy_buffer_chosen(b, none[i])), "%s: none", none[i]);
  ok(!qy_buffer_role_name(-1) && !qy_buffer_role_name(QY_BUFFER_ROLES), "no such role");
  is_text(qy_buffer_role_name(QY_BUFFER_INPUT), "input", "a role");
  is_text(qy_buffer_role_name(QY_BUFFER_WEIGHTS), "weights", "the last");
}

static void shared(void)
{
  qy_bill bill = {.cycles = 0};
  const qy_buffer b = {
      .count = 3, .word_bits = 64, .macro = {.area_mm2 = 0.25, .leakage_mw = 2, .read_pj = 10, .write_pj = 12}};
  qy_bill_shared(&bill, &b);
  near_rel(bill.count[QY_PART_SHARED], 3 * 0.25e6, 1e-15, "area of three macros in um2");
  near_rel(bill.count[QY_PART_SHARED_LEAKAGE], 6, 1e-15, "their leakage");
  for (int twice = 1; twice <= 2; twice++) {
    qy_bill_shared_bits(&bill, &b, 6400, 640);
    near_rel(bill.count[QY_EVENT_SHARED_READ], twice * 100 * 10e-6, 1e-12, "100 words read, 10 pJ each, in uJ");
    near_rel(bill.count[QY_EVENT_SHARED_WRITE], twice * 10 * 12e-6, 1e-12, "10 written, 12 pJ each");
  }
}

/* Half blocks of 18 Kibit, 36 bits wide: as many as hold the bytes and are as wide as the words. */
static void blocks(void)
{
  static const struct {
    double bytes;
    int lanes, slot_bits, count, wide;
  } row[] = {{1, 1, 8, 1, 1}, {2304, 1, 8, 1, 1}, {2305, 1, 8, 2, 1}, {1, 1, 36, 1, 1},    {1, 1, 37, 2, 2},
             {1, 9, 8, 2, 2}, {4608, 9, 8, 2, 2}, {4609, 9, 8, 4, 2}, {23040, 1, 8, 10, 1}};
  char why[QY_BUFFER_WHY];
  qy_tech tech = {.fpga_value = {[QY_FPGA_BRAM18S] = 10, [QY_FPGA_BRAM18_PJ] = 5}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_buffer b;
    const qy_buffer_need need = {.asked_bytes = row[i].bytes, .lanes = row[i].lanes, .slot_bits = row[i].slot_bits};
    const char *reason = qy_buffer_of_blocks(&b, why, "input", &need, &tech);
    ok(!reason && b.count == row[i].count && b.bytes == row[i].bytes && b.word_bits == row[i].lanes * row[i].slot_bits,
       "%g bytes, %d times %d bits: %d", row[i].bytes, row[i].lanes, row[i].slot_bits, row[i].count);
    near_rel(b.macro.read_pj, 5 * row[i].wide, 1e-15, "those side by side are read");
    near_rel(b.macro.write_pj, 5 * row[i].wide, 1e-15, "and written");
  }
  qy_buffer b;
  const qy_buffer_need large = {.asked_bytes = 23041, .lanes = 1, .slot_bits = 8};
  const char *reason = qy_buffer_of_blocks(&b, why, "input", &large, &tech);
  ok(reason && has(reason, "larger than the block RAMs: 11 of 10"), "one more than there are: %s",
     reason ? reason : "");
}

static void accelerators(void)
{
  size_t count;
  const qy_accelerator *const *table = qy_accelerator_table(&count);
  for (size_t i = 0; i < count; i++)
    ok(qy_accelerator_find(table[i]->name) == table[i], "%s is found", table[i]->name);
  const qy_tech cells = {.fpga = NULL}, device = {.fpga = (void *)&cells};
  for (size_t i = 0; i < count; i++)
    ok(qy_accelerator_uses(table[i], &cells) == table[i]->uses &&
           qy_accelerator_uses(table[i], &device) == QY_USES_FPGA,
       "%s: items of cells, and those of an FPGA", table[i]->name);
  ok(!qy_accelerator_find("") && !qy_accelerator_find("systolics"), "others are not");
  int none = 0, rows = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < table[i]->parameter_count; k++) {
      const qy_parameter *row = &table[i]->parameter[k];
      if (row->type != QY_PARAMETER_INTEGER) continue;
      none += !(row->low >= 1 && row->high > row->low);
      rows++;
    }
  ok(rows > 10 && none == 0, "%d numbers of things: at least one each, %d may be none", rows, none);
}

/* Eight bits more than a product has, at most 64; its own where it has one. */
static void accumulators(void)
{
  static const struct {
    qy_pe_params params;
    int bits;
  } row[] = {{{.kind = QY_PE_MUL, .bits = 8, .weight_bits = 8}, 24},
             {{.kind = QY_PE_MUL, .bits = 8, .weight_bits = 4}, 20},
             {{.kind = QY_PE_MUL, .bits = 16, .weight_bits = 2}, 26},
             {{.kind = QY_PE_MUL, .bits = 32, .weight_bits = 32}, 64},
             {{.kind = QY_PE_MAC, .bits = 8, .weight_bits = 8, .accumulator_bits = 21}, 21}};
  qy_arena *arena = qy_arena_new();
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe;
    ok(!qy_pe_build(&pe, &row[i].params, arena, NULL) && qy_accumulator_bits(&pe) == row[i].bits,
       "an accumulator of %d bits", row[i].bits);
  }
  qy_arena_free(arena);
}

int main(void)
{
  kinds();
  sums();
  buffers();
  shared();
  blocks();
  accelerators();
  accumulators();
  return done();
}
