/* Libraries of cells and FPGAs on one axis: each point has the metrics of its own fabric and no others, what is on
 * cells is what it is without the FPGA beside it, intervals reach from one toolchain to the other; keys that are of
 * cells alone are refused. */
#include "../../src/evaluate/model_int.h"
#include "evaluate_test.h"

#include "quarry/fpga_tech.h"

static const char body[] =
    "designs:\n"
    "  - name: MAC\n    accelerator: element\n    pe: {kind: mac, bits: [4, 8]}\n"
    "  - name: SP2\n    accelerator: element\n    pe: {kind: sp2, bits: 8}\n"
    "  - {name: said, accelerator: element, pe: {kind: mac, bits: 8, weight_bits: 8, accumulator_bits: 24}}\n"
    "precision: [4, 8]\nclock_mhz: [100, 200]\nobjectives: {maximize: [gops], minimize: [power_mw]}\n"
    "uncertainty: {draws: 64}\n";
enum { SAID = 3 }; /* the design that leaves nothing open */

/* ---- points ---- */

static int swept(seen *s, const char *technologies, qy_arena *arena)
{
  char text[2000];
  snprintf(text, sizeof text, "name: x\ntechnology: [%s]\n%s", technologies, body);
  const qy_plan *plan = plan_of(text, arena);
  return plan && sweep(s, plan, 1, 0);
}

static void check_metrics(const seen *s)
{
  int wrong = 0, both[2] = {0};
  for (int64_t i = 0; i < s->points; i++) {
    const double *m = s->metric[i];
    const int fpga = s->technology[i] > 0;
    if (s->reason[i]) continue;
    both[fpga]++;
    wrong += isnan(m[QY_AREA_UM2]) != fpga || isnan(m[QY_AREA_REGISTER_UM2]) != fpga;
    wrong += isnan(m[QY_LUT]) == fpga || isnan(m[QY_LUT_PCT]) == fpga || isnan(m[QY_FF]) == fpga;
    wrong += !(m[QY_GOPS] > 0) || !(m[QY_POWER_MW] > 0) || !isnan(m[QY_FPS]) || !isnan(m[QY_BRAM]);
    /* stages are of cells alone; of what is all said nothing was left open */
    wrong += (strstr(s->resolved[i], "\"pe_stages\"") != NULL) == fpga;
    wrong += (s->design[i] == SAID && fpga) != (s->resolved[i][0] == '\0');
    wrong += fpga && fabs(m[QY_LUT_PCT] / (100 * m[QY_LUT] / 53200) - 1) > 1e-12;
  }
  ok(both[0] > 0 && both[1] > 0 && wrong == 0, "%d points on cells and %d on an FPGA have the metrics of their own",
     both[0], both[1]);
}

/* Points on cells, in their order, beside those of a run without the FPGA: equal to the last bit. */
static void check_cells(const seen *with, const seen *without)
{
  int wrong = 0;
  int64_t at = 0;
  for (int64_t i = 0; i < with->points; i++) {
    if (with->technology[i] > 0) continue;
    wrong += !with->reason[i] != !without->reason[at] || with->design[i] != without->design[at];
    wrong += memcmp(with->metric[i], without->metric[at], sizeof with->metric[i]) != 0;
    wrong += memcmp(with->interval[i], without->interval[at], sizeof with->interval[i]) != 0;
    at++;
  }
  ok(at == without->points && wrong == 0, "%lld points on cells are the same without an FPGA beside them",
     (long long)at);
}

typedef struct fabric_items {
  int count, with_area;
  double resources[QY_ITEM_COUNT];
} fabric_items;

static qy_status see_item(void *ctx, const qy_model_item *item, qy_error *e)
{
  fabric_items *f = ctx;
  (void)e;
  f->count++;
  f->with_area += item->area_um2 != 0 || item->leakage_mw != 0;
  f->resources[item->item] += item->count;
  return QY_OK;
}

/* What an FPGA has is counted and takes no area; flip-flops are those of the point. */
static void check_items(qy_arena *arena)
{
  char text[2000];
  const int64_t point = 0;
  qy_model *model = NULL;
  qy_point p = {.reason = NULL};
  fabric_items f = {.count = 0};
  snprintf(text, sizeof text, "name: x\ntechnology: xc7z020\n%s", body);
  const qy_plan *plan = plan_of(text, arena);
  ok(plan && !model_made(&model, plan, &point, 1, &err) && !qy_model_point(&p, model, point, &err) && !p.reason &&
         !qy_model_items(model, point, see_item, &f, &err),
     "items on an FPGA");
  ok(f.count > 2 && f.with_area == 0, "%d items, %d of them with an area or leakage", f.count, f.with_area);
  ok(f.resources[QY_PART_FF] > 0 && f.resources[QY_PART_FF] == p.metric[QY_FF], "flip-flops are counted");
  qy_model_free(model);
}

static void check_intervals(const seen *s)
{
  int wrong = 0;
  for (int64_t i = 0; i < s->points; i++) {
    const double *m = s->metric[i];
    if (s->technology[i] == 0 || s->reason[i]) continue;
    const double *lut = s->interval[i][QY_LUT], *ff = s->interval[i][QY_FF], *power = s->interval[i][QY_POWER_MW];
    wrong += !(lut[0] <= m[QY_LUT] && m[QY_LUT] <= lut[1] && ff[0] == m[QY_FF] && ff[1] == m[QY_FF]);
    wrong += !(power[0] < m[QY_POWER_MW] && m[QY_POWER_MW] < power[1]);
  }
  is_int(wrong, 0, "flip-flops are exact, LUTs and power have intervals about the value");
}

/* ---- the toolchains ---- */

/* LUTs of two toolchains as price times count: 0 to 1 of the difference, at the 5 and 95 % ends. */
static void check_toolchains(qy_arena *arena)
{
  qy_tech *tech;
  qy_draws *draws;
  enum { DRAWS = 256 };
  qy_columns columns;
  qy_columns_make(&columns, QY_USES_FPGA);
  double *basis = qy_arena_alloc(arena, (size_t)columns.count * DRAWS, sizeof *basis), lut[DRAWS];
  if (!basis || qy_tech_read_fpga(&tech, "db", "xc7z045", arena, &err) ||
      qy_draws_new(&draws, tech, DRAWS, 1, 0, arena, &err)) {
    ok(0, "draws of a device: %s", err.diagnostic[0].text);
    return;
  }
  qy_fabric_draws(basis, draws, &columns);
  for (int k = 0; k < DRAWS; k++) { /* 100 LUTs by one toolchain, 180 by the other */
    lut[k] = 0;
    for (int c = 0; c < columns.count; c++) {
      const double count = columns.item[c] == QY_PART_LUT ? 100 : columns.item[c] == QY_PART_LUT_OTHER ? 80 : 0;
      lut[k] += count * basis[c * DRAWS + k];
    }
  }
  const double low = qy_quantile(lut, DRAWS, 0.05), high = qy_quantile(lut, DRAWS, 0.95);
  ok(low == 100 && fabs(high - 180) < 4, "LUTs reach from one toolchain to the other: %.1f to %.1f", low, high);
}

/* ---- memories ---- */

/* A port of 72 bits is two half blocks wide: a buffer of 64 KiB takes 2 ceil(524288 / 36864) = 30 of them, 512 KiB 228,
 * which is too much beside the arrays, 1 MiB 456 of the 280 that there are. */
static void check_memory(qy_arena *arena)
{
  static const char text[] =
      "name: x\ntechnology: xc7z020\nnetwork: squeezenet1_1\ndesigns:\n"
      "  - name: bare\n    accelerator: gemm\n    pe: {kind: sp2, bits: 5, weight_bits: 4}\n    blk_in: 32\n"
      "    bat: 4\n    blk_dsp: 4\n    blk_lut: 4\n    port_bits: 72\n"
      "  - name: whole\n    accelerator: gemm\n    pe: {kind: sp2, bits: 5, weight_bits: 4}\n    blk_in: 32\n"
      "    bat: 4\n    blk_dsp: 4\n    blk_lut: 4\n    port_bits: 72\n"
      "    memory: {device: ddr3_1600_4gb_x8, buffer: [64 KiB, 512 KiB, 1 MiB], fusion: none}\n"
      "precision: 5\nclock_mhz: 100\nobjectives: {maximize: [fps]}\nuncertainty: {draws: 64}\n";
  static seen s;
  const qy_plan *plan = plan_of(text, arena);
  if (!plan || !sweep(&s, plan, 1, 0)) return;
  const double *bare = s.metric[0], *whole = s.metric[1];
  ok(!s.reason[0] && !s.reason[1] && whole[QY_BRAM] - bare[QY_BRAM] == 30, "64 KiB take 30 half blocks of RAM");
  ok(fabs(whole[QY_ENERGY_UJ] / (whole[QY_ENERGY_ONCHIP_UJ] + whole[QY_ENERGY_DRAM_UJ]) - 1) < 1e-12 &&
         isnan(bare[QY_ENERGY_DRAM_UJ]) && whole[QY_FPS] < bare[QY_FPS],
     "DRAM takes energy and time");
  ok(s.interval[1][QY_ENERGY_DRAM_UJ][0] < s.interval[1][QY_ENERGY_DRAM_UJ][1], "its currents are uncertain");
  char expected[80];
  snprintf(expected, sizeof expected, "block RAMs of 18 Kibit: %.0f of 280", bare[QY_BRAM] + 228);
  is_text(s.reason[2], expected, "arrays and buffer together");
  is_text(s.reason[3], "shared buffer larger than the block RAMs: 456 of 280", "the buffer alone");
  enum { DRAWS = 64 };
  double *factor = NULL;
  int off = 0, moved = 0;
  const qy_status status = sram_factors(&factor, plan, plan->technology[0], DRAWS, 3, arena, &err);
  for (int f = 0; !status && factor && f < ALL_FACTORS; f++)
    for (int k = 0; k < DRAWS; k++)
      *(f == CURRENTS_FACTOR ? &moved : &off) += factor[f * DRAWS + k] != 1;
  ok(!status && off == 0 && moved == DRAWS, "and nothing else of a memory whose RAMs are the device's");
  qy_plan without = *plan;
  without.device_count = 0;
  ok(!sram_factors(&factor, &without, plan->technology[0], DRAWS, 3, arena, &err) && !factor,
     "without one there is nothing to vary");
}

/* ---- quality ---- */

/* Arrays of approximate elements are no better than the element; rows of high precision and edges make them better. */
static void check_quality(qy_arena *arena)
{
  static const char element[] = "name: x\ntechnology: xc7z020\ndesigns:\n"
                                "  - {name: one, accelerator: element, pe: {kind: mitchell, bits: 8}}\n"
                                "precision: 8\nclock_mhz: 100\nobjectives: {maximize: [sqnr_db]}\n";
  static const char arrays[] =
      "name: x\ntechnology: xc7z020\nnetwork: resnet18\ndesigns:\n"
      "  - {name: m, accelerator: gemm, pe: {kind: mitchell, bits: 8}, blk_in: 4, arrays: lut}\n"
      "precision: 8\nclock_mhz: 100\nobjectives: {maximize: [sqnr_db]}\n";
  static const char shared[] = "name: x\ntechnology: xc7z020\nnetwork: resnet18\ndesigns:\n"
                               "  - {name: m, accelerator: gemm, pe: {kind: sp2, bits: 5, weight_bits: 4}, blk_in: 4,\n"
                               "     blk_dsp: 70, blk_lut: 1, blk_lut_high: 1, high_share: [0, 0.1, 0.5],\n"
                               "     edges: [same, high]}\n"
                               "precision: 5\nclock_mhz: 100\nobjectives: {maximize: [sqnr_db]}\n";
  static seen alone, filled, s;
  const qy_plan *plan = plan_of(element, arena);
  if (!plan || !sweep(&alone, plan, 1, 0) || !(plan = plan_of(arrays, arena)) || !sweep(&filled, plan, 1, 0)) return;
  ok(fabs(alone.metric[0][QY_SQNR_DB] - filled.metric[0][QY_SQNR_DB]) < 0.1,
     "arrays of Mitchell's multipliers have its error: %.2f dB, alone %.2f dB", filled.metric[0][QY_SQNR_DB],
     alone.metric[0][QY_SQNR_DB]);
  if (!(plan = plan_of(shared, arena)) || !sweep(&s, plan, 1, 0)) return;
  int wrong = 0;
  for (int k = 0; k < 6; k++) { /* share the slower, edges the faster axis */
    wrong += s.reason[k] != NULL;
    if (k >= 2) wrong += s.metric[k][QY_SQNR_DB] <= s.metric[k - 2][QY_SQNR_DB] + 0.1;
    if (k % 2) wrong += s.metric[k][QY_SQNR_DB] <= s.metric[k - 1][QY_SQNR_DB] + 0.1;
  }
  is_int(wrong, 0, "SQNR rises with the share of high precision, and with such edges");
}

/* ---- what is refused ---- */

static void refuse(const char *text, const char *expected)
{
  char file[] = "/tmp/quarry-evaluate-XXXXXX.yaml";
  qy_arena *arena = qy_arena_new();
  qy_plan *plan;
  qy_error_clear(&err);
  if (!arena || !written(file, text)) return;
  const qy_status status = qy_plan_read(&plan, file, "db", arena, &err);
  unlink(file);
  ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, expected), "%s", expected);
  if (status != QY_BAD_INPUT) printf("# %s\n", err.count ? err.diagnostic[0].text : "taken");
  qy_arena_free(arena);
}

static void check_refusals(void)
{
  char text[2000];
  snprintf(text, sizeof text, "name: x\ntechnology: [fdsoi28, xc7z020]\nvoltage_v: 0.9\n%s", body);
  refuse(text, "supply voltages for libraries of cells only (xc7z020 is an FPGA)");
  snprintf(text, sizeof text, "name: x\ntechnology: xc7z020\nsram_voltage: follow\n%s", body);
  refuse(text, "a supply of the SRAM for libraries of cells only (xc7z020 is an FPGA)");
  snprintf(text, sizeof text, "name: x\ntechnology: xc7z020\n%sconstraints: {area_um2: {max: 3}}\n", body);
  refuse(text, "a metric that every technology has (an FPGA has it not)");
  snprintf(text, sizeof text, "name: x\ntechnology: fdsoi28\n%splots: [{kind: pareto, x: lut, y: gops}]\n", body);
  refuse(text, "a metric that every technology has (a library of cells has it not)");
  strcpy(text, "name: x\ntechnology: xc7z020\n");
  strcat(text, "designs:\n  - name: MAC\n    accelerator: element\n    pe: {kind: mac, bits: 8}\n"
               "precision: 8\nclock_mhz: 100\nobjectives: {minimize: [area_um2]}\n");
  refuse(text, "a metric that every design has (the design \"MAC\" has it not on an FPGA)");
}

/* Fixed-point words of more than 16 bits are judged as of 16 (quality.h), in an array as alone, up to the widest. */
static void check_wide(qy_arena *arena)
{
  static seen s;
  const qy_plan *plan =
      plan_of("name: x\ntechnology: [xc7z020]\nnetwork: resnet18\ndesigns:\n"
              "  - name: G\n    accelerator: gemm\n    pe: {kind: mul, bits: [16, 17, 24, 32]}\n    bat: 1\n"
              "    blk_in: 4\n    arrays: lut\nprecision: [16, 17, 24, 32]\nclock_mhz: [100]\n"
              "objectives: {maximize: [fps, sqnr_db]}\nuncertainty: {draws: 16}\n",
              arena);
  if (!plan || !sweep(&s, plan, 1, 0)) return;
  int made = 0, alike = 0; /* each width at the precision of its own */
  double sqnr_db = 0;
  for (int64_t i = 0; i < s.points; i++) {
    if (s.reason[i]) continue;
    if (made++ == 0) sqnr_db = s.metric[i][QY_SQNR_DB];
    alike += s.metric[i][QY_LUT] > 0 && s.metric[i][QY_SQNR_DB] == sqnr_db;
  }
  ok(made == 4 && alike == 4, "words of 17, 24 and 32 bits have the quality of 16 (%g dB)", sqnr_db);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  static seen both, cells;
  if (!arena) return 1;
  if (swept(&both, "fdsoi28, xc7z020", arena) && swept(&cells, "fdsoi28", arena)) {
    check_metrics(&both);
    check_cells(&both, &cells);
    check_intervals(&both);
  }
  check_items(arena);
  check_toolchains(arena);
  check_memory(arena);
  check_quality(arena);
  check_refusals();
  check_wide(arena);
  qy_arena_free(arena);
  return done();
}
