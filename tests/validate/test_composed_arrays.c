/* Precision-scalable arrays against their synthesis: the reader, what is skipped and why, statistics.
 *
 * Oracles: flip-flops counted by hand from the benchmark's interface (words of 8 bits in front of the array, result
 * registers), so that errors of own rows are known; ratios of a row with itself; two published areas (KU Leuven,
 * github.com/KULeuven-MICAS/PSMA-benchmark, arXiv:2108.04773, 28 nm, 200 MHz: BITFUSION 180674 um2, BITBLADE 110421).
 */
#include "../../src/validate/array_serial.h"
#include "files.h"
#include "quarry/random.h"
#include "quarry/tech.h"
#include "quarry/validate.h"
#include "tap.h"

#include <math.h>
#include <unistd.h>

static qy_arena *arena;

static qy_status run_text(const char *text, const qy_validate_options *options, qy_validate_report **r, qy_error *err)
{
  char file[] = "/tmp/quarry-arrays-XXXXXX";
  *err = (qy_error){0};
  *r = NULL;
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  char *name = qy_arena_text(arena, file, strlen(file));
  qy_status status = qy_validate_arrays(r, name, options, arena, err);
  unlink(file);
  return status;
}

static const qy_validate_stratum *stratum_of(const qy_validate_report *r, const char *quantity, const char *kind,
                                             const char *flow)
{
  static const qy_validate_stratum none = {.mean_pct = INFINITY, .bias_pct = INFINITY};
  const qy_validate_stratum *g = qy_validate_find(r, quantity, kind, "all", flow);
  return g ? g : &none;
}

static double flip_flop_area(const char *library)
{
  qy_tech *tech;
  return qy_tech_read(&tech, "db", library, arena, NULL) ? 0 : tech->area_um2[QY_DFF];
}

/* ---- flip-flops: input words of 8 bits (4 or 16 of each operand a level, 1 or 4 in a unit), and results */

static const struct {
  const char *array;
  int unrolling, words, results, result_bits;
} counted[] = {
    {"BITFUSION", 0, 4 * 16 * 4 + 4 * 16 * 4, 16, 16 + 4 + 4},
    {"BITBLADE", 0, 4 * 16 * 4 + 4 * 16 * 4, 16, 16 + 4 + 4},
    {"BG_L2_L4_00_L3_00_L2_00_DVAFS_0", 0, 4 * 4 + 4 * 4, 256, 16 * (4 + 4)},
    {"BG_L2_L4_00_L3_00_L2_10_DVAFS_0", 0, 4 * 4 * 4 + 4 * 4, 256, 4 * (4 + 2 + 4)},
    {"BG_L2_L4_10_L3_10_L2_11_DVAFS_0", 0, 16 * 16 * 4 + 4 * 4 * 4, 16, 16 + 4 + 4},
    {"BG_L2_L4_00_L3_10_L2_00_DVAFS_1", 1, 4 * 16 + 4 * 4, 64, 4 * (4 + 2 + 4)},
    {"BG_L2_L4_00_L3_11_L2_11_DVAFS_1", 1, 4 * 16 + 4 * 16, 16, 16 + 4 + 4},
    {"LOOM", 0, 4 * 4 * 4 + 4 * 4 * 4, 256, 14 + 18 + 20},
    {"BG_BS_L4_10_L3_10_L2_11_DVAFS_0", 0, 16 * 16 * 4 + 4 * 4 * 4, 16, 16 * (14 + 18) + 24},
    {"BG_L3_L4_00_L3_00_L2_11_DVAFS_0", 0, 4 * 4 * 4 + 4 * 4 * 4, 16, 16 * (4 + 4 + 4)},
    {"BG_L3_L4_10_L3_00_L2_10_DVAFS_0", 0, 16 * 4 * 4 + 4 * 4, 16, 16 * (4 + 2 + 2 + 4)},
};

static void flip_flops(void)
{
  static const char *const names[] = {"FU", "SWU"};
  const double area = flip_flop_area("fdsoi28");
  for (size_t i = 0; i < sizeof counted / sizeof *counted; i++) {
    char text[512];
    qy_validate_report *r;
    qy_error err;
    const qy_validate_options options = {.cycles = 2};
    const int bits = 8 * counted[i].words + counted[i].results * counted[i].result_bits;
    snprintf(text, sizeof text, "array,unrolling,clock_mhz,area_sequential_um2\n%s,%s,100,%.12g\n", counted[i].array,
             names[counted[i].unrolling], bits * area / 1.1);
    const qy_status status = run_text(text, &options, &r, &err);
    ok(status == QY_OK && fabs(stratum_of(r, "area_sequential_um2", "all", "all")->bias_pct - 10) < 1e-6,
       "%s: %d flip-flops", counted[i].array, bits);
  }
}

/* ---- bit-serial lanes: sums of products of whole operands, put in two bits at a time */

static void serial_lanes(int lanes, int mode, int x_parts, int w_parts)
{
  enum { LANES_MAX = 4, PRODUCTS = 16, WORDS = 200, FIRST = 4 };
  static uint64_t scratch[8192], state[64];
  uint64_t in[FIRST + 2 * LANES_MAX], out[1], rng = 7;
  int64_t sum = 0, before = 0;
  qy_circuit *c;
  qy_error err = {0};
  int wrong = 0;
  if (!ok(array_serial_build(&c, lanes, arena, &err) == QY_OK, "%d lanes", lanes)) return;
  memset(state, 0, sizeof state);
  for (int word = 0; word < WORDS; word++) {
    int x[LANES_MAX][PRODUCTS], w[LANES_MAX][PRODUCTS];
    int64_t want = 0;
    for (int lane = 0; lane < lanes; lane++)
      for (int k = 0; k < PRODUCTS; k++) {
        rng = rng * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        x[lane][k] = (int)(rng >> 33) & ((1 << 2 * x_parts) - 1),
        w[lane][k] = (int)(rng >> 50) & ((1 << 2 * w_parts) - 1);
        want += x[lane][k] * w[lane][k];
      }
    for (int step = 0; step < x_parts * w_parts; step++) {
      in[0] = (uint64_t)mode, in[1] = step % x_parts == 0, in[2] = step == 0, in[3] = word % 3 == 1;
      for (int lane = 0; lane < lanes; lane++) {
        uint64_t a = 0, b = 0;
        for (int k = 0; k < PRODUCTS; k++) {
          a |= (uint64_t)(x[lane][k] >> 2 * (step % x_parts) & 3) << 2 * k;
          b |= (uint64_t)(w[lane][k] >> 2 * (step / x_parts) & 3) << 2 * k;
        }
        in[FIRST + 2 * lane] = a, in[FIRST + 2 * lane + 1] = b;
      }
      qy_simulate(c, in, state, out, scratch);
      /* In its first step the word before is accumulated; one step later that shows. */
      const bool one_step = x_parts * w_parts == 1;
      const uint64_t mask = (UINT64_C(1) << qy_circuit_output_width(c, 0)) - 1;
      if ((one_step || step == 1) && word > 2) wrong += out[0] != ((uint64_t)(one_step ? before : sum) & mask);
    }
    before = sum;
    sum = ((word + 1) % 3 == 1 ? 0 : sum) + want;
  }
  ok(wrong == 0, "%d bit-serial lanes, %d x %d bits", lanes, 2 * x_parts, 2 * w_parts);
  if (wrong) printf("# %d wrong\n", wrong);
}

/* ---- a table of own rows */

static const char own[] = "power_8x4_mw,array,unrolling,clock_mhz,area_um2,area_sequential_um2,power_8x8_mw\n"
                          "20,BITFUSION,FU,100,200000,10000,30\n"
                          ",BITBLADE,FU,100,100000,10000,\n"
                          "10,BITBLADE,FU,100,50000,,15\n"
                          "5,BG_L2_L4_00_L3_11_L2_11_DVAFS_1,SWU,100,100000,4000,20\n"
                          ",LOOM,FU,300,200000,50000,40\n"
                          ",BG_BS_L4_10_L3_00_L2_00_DVAFS_0,FU,100,200000,50000,40\n"
                          ",BG_L2_L4_01_L3_00_L2_11_DVAFS_0,FU,100,200000,50000,40\n"
                          ",BG_L2_L4_00_L3_00_L2_11_DVAFS_0,SWU,100,200000,50000,40\n"
                          ",BG_L3_L4_00_L3_00_L2_11_DVAFS_1,SWU,100,200000,50000,40\n"
                          ",something,FU,100,200000,50000,40\n";

static size_t skipped(const qy_validate_report *r, const char *part)
{
  for (size_t i = 0; i < r->skip_count; i++)
    if (strstr(r->skip[i].reason, part)) return r->skip[i].count;
  return 0;
}

static void own_rows(void)
{
  qy_validate_report *r;
  qy_error err;
  qy_validate_options options = {.cycles = 16};
  is_int(run_text(own, &options, &r, &err), QY_OK, "own rows are read");
  if (!r) return;
  ok(r->rows == 10 && r->compared == 5 && r->skipped == 5, "ten rows, five compared");
  ok(skipped(r, "bit-serial") == 1 && skipped(r, "no structure") == 2 && skipped(r, "contradicts") == 1 &&
         skipped(r, "outside their unit") == 1,
     "the others with their reasons");
  ok(r->omit_count == 1 && r->omit[0].count == 1, "8 x 4 bits with sub-words is left out");
  is_int((int64_t)stratum_of(r, "area_um2", "FU", "fitted")->count, 1, "BITFUSION was fitted");
  is_int((int64_t)stratum_of(r, "area_um2", "all", "held_out")->count, 4, "the others were not");
  ok(stratum_of(r, "area_sequential_um2", "all", "fitted")->count == 4 &&
         stratum_of(r, "area_sequential_um2", "all", "held_out")->count == 0,
     "the flip-flop's area was, for all rows");
  is_int((int64_t)stratum_of(r, "energy_8x8_fj", "FU", "held_out")->count, 2, "a blank is no figure");
  /* Pairs of FU rows: two with BITFUSION; BITBLADE with itself has the ratio 1, measured 2. */
  is_int((int64_t)stratum_of(r, "ratio_area_um2", "FU", "fitted")->count, 2, "ratios with a fitted row are fitted");
  near_abs(stratum_of(r, "ratio_area_um2", "FU", "held_out")->bias_pct, -50, 1e-9, "a row over itself");
  is_int((int64_t)stratum_of(r, "ratio_area_um2", "SWU", "all")->count, 0, "one row makes no ratio");
  options.flow = "held_out";
  is_int(run_text(own, &options, &r, &err), QY_OK, "rows held out only");
  ok(r && stratum_of(r, "area_um2", "all", "all")->count == 4, "four of them");
}

/* A power of 1 mW at 100 MHz is 10 pJ a cycle, 256 products of 8 x 8 bits or 1024 of 4 x 4. */
static void energies(void)
{
  qy_validate_report *r;
  qy_error err;
  const qy_validate_options options = {.cycles = 16};
  run_text("array,unrolling,clock_mhz,power_8x8_mw,power_4x4_mw\nBITBLADE,FU,100,1,1\n", &options, &r, &err);
  double wide = 0, narrow = 0;
  for (size_t i = 0; r && i < r->worst_count; i++) {
    if (strcmp(r->worst[i].quantity, "energy_8x8_fj") == 0) wide = r->worst[i].measured;
    if (strcmp(r->worst[i].quantity, "energy_4x4_fj") == 0) narrow = r->worst[i].measured;
  }
  near_rel(wide, 1e4 / 256, 1e-12, "energy of a product of 8 x 8 bits");
  near_rel(narrow, 1e4 / 1024, 1e-12, "and of 4 x 4");
}

/* Two bits of each operand a cycle, the shorter one inside the other. */
static void steps(void)
{
  static const int bits[ARRAY_SERIAL_MODES][2] = {{8, 8}, {4, 4}, {2, 2}, {8, 4}, {8, 2}};
  for (int k = 0; k < ARRAY_SERIAL_MODES; k++) {
    const int parts[2] = {bits[k][0] / 2, bits[k][1] / 2};
    ok(array_serial_steps_of[k].inner == parts[1] && array_serial_steps_of[k].outer == parts[0] * parts[1],
       "%d x %d bits: %d steps, %d together", bits[k][0], bits[k][1], parts[1], parts[0] * parts[1]);
  }
}

static double model_of(const qy_validate_report *r, const char *quantity, int line)
{
  for (size_t i = 0; r && i < r->worst_count; i++)
    if (strcmp(r->worst[i].quantity, quantity) == 0 && r->worst[i].line == line) return r->worst[i].model;
  return NAN;
}

/* Modes that an array of sub-words does not have are left out, one by one. */
static void omitted(void)
{
  static const char text[] =
      "array,unrolling,clock_mhz,power_8x8_mw,power_8x4_mw,power_8x2_mw,power_4x4_mw,power_2x2_mw\n"
      "BG_L2_L4_00_L3_11_L2_11_DVAFS_1,SWU,100,1,1,1,1,1\nBITBLADE,FU,100,1,1,1,1,1\n";
  const qy_validate_options options = {.cycles = 64, .worst_count = 1000};
  qy_validate_report *r;
  qy_error err;
  if (!is_int(run_text(text, &options, &r, &err), QY_OK, "two rows with all modes")) return;
  ok(r->omit_count == 1 && r->omit[0].count == 2 && strstr(r->omit[0].reason, "a mode that sub-words do not have"),
     "8 x 4 and 8 x 2 bits of the array of sub-words are left out");
  is_int((int64_t)stratum_of(r, "energy_8x4_fj", "all", "all")->count, 1, "the other one has 8 x 4 bits");
  is_int((int64_t)stratum_of(r, "energy_8x2_fj", "all", "all")->count, 1, "and 8 x 2");
  is_int((int64_t)stratum_of(r, "energy_4x4_fj", "all", "all")->count, 2, "both have 4 x 4");
}

static void any_words(void *ctx, int64_t cycle, uint64_t *inputs)
{
  (void)cycle;
  for (int i = 0; i < 2; i++)
    inputs[i] = qy_random_word(ctx) & 255;
}

/* A product of an array takes a few times what a multiplier alone takes: its operands are words of any value, also
 * where it is serial. */
static void beside_a_multiplier(void)
{
  static const char text[] = "array,unrolling,clock_mhz,power_8x8_mw\nBITBLADE,FU,100,1\nLOOM,FU,100,1\n";
  const qy_validate_options options = {.cycles = 256, .worst_count = 1000};
  qy_validate_report *r;
  qy_error err;
  qy_tech *tech;
  qy_build build;
  qy_activity activity;
  qy_energy e;
  uint64_t state = 9;
  qy_circuit *c = qy_circuit_new("m", arena);
  qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_input(c, "a", 8), qy_input(c, "b", 8), true));
  if (!ok(!qy_circuit_finish(c, NULL) && !qy_tech_read(&tech, "db", "fdsoi28", arena, NULL) &&
              !qy_circuit_build(c, tech, 1e4, &build, NULL) &&
              !qy_circuit_activity(c, any_words, &state, 256, &activity, NULL) && !run_text(text, &options, &r, &err),
          "a multiplier and two arrays"))
    return;
  qy_circuit_energy(&build, &activity, tech, &e);
  for (int line = 2; line <= 3; line++) {
    const double ratio = model_of(r, "energy_8x8_fj", line) / e.comb_fj;
    ok(ratio > 1.5 && ratio < 4, "line %d: %.2f times the energy of a multiplier", line, ratio);
  }
}

/* What the model's figures have to do with each other, and with what it says of a part alone. */
static void parts_of_arrays(void)
{
  static const char text[] =
      "array,unrolling,clock_mhz,area_um2,area_sequential_um2,area_combinational_um2,"
      "area_2bit_multipliers_um2,power_8x8_mw,power_8x4_mw,power_8x2_mw,power_4x4_mw,power_2x2_mw\n"
      "BITBLADE,FU,100,1,1,1,1,1,1,1,1,1\nBITBLADE,FU,20,1,1,1,1,1,1,1,1,1\n"
      "BG_L2_L4_00_L3_11_L2_11_DVAFS_1,SWU,100,1,1,1,1,1,,,1,1\nLOOM,FU,100,1,1,1,1,1,1,1,1,1\n"
      "BG_L2_L4_00_L3_11_L2_11_DVAFS_1,SWU,20,1,1,1,1,1,,,1,1\n";
  enum { MULTIPLIERS = 4096 }; /* of 2 x 2 bits: 256 products of 8 x 8 */
  qy_validate_report *r;
  qy_error err;
  qy_tech *shipped, *tech;
  qy_build build;
  const qy_validate_options options = {.cycles = 64, .worst_count = 1000};
  if (!is_int(run_text(text, &options, &r, &err), QY_OK, "all figures of five rows")) return;
  for (int line = 2; line <= 5; line++)
    near_rel(model_of(r, "area_sequential_um2", line) + model_of(r, "area_combinational_um2", line),
             model_of(r, "area_um2", line), 1e-9, "flip-flops and the rest are all");
  qy_circuit *c = qy_circuit_new("m", arena);
  qy_output(c, "y", qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_input(c, "a", 2), qy_input(c, "b", 2), false));
  if (!ok(!qy_circuit_finish(c, NULL) && !qy_tech_read(&shipped, "db", "fdsoi28", arena, NULL) &&
              !qy_tech_copy(&tech, shipped, arena, NULL) && !qy_circuit_build(c, tech, 1e4, &build, NULL),
          "a multiplier alone"))
    return;
  near_rel(model_of(r, "area_2bit_multipliers_um2", 2), MULTIPLIERS * build.area_um2, 1e-9, "all multipliers");
  /* a cycle's energy is spent on 1, 2, 4, 4 and 16 times 256 products; the bits that a mode needs do not differ much */
  static const char *const energy[] = {"energy_8x8_fj", "energy_8x4_fj", "energy_8x2_fj", "energy_4x4_fj",
                                       "energy_2x2_fj"};
  static const double products[] = {1, 2, 4, 4, 16};
  for (int k = 1; k < 5; k++) {
    const double cycle = model_of(r, energy[k], 2) * products[k] / model_of(r, energy[0], 2);
    ok(cycle > 0.5 && cycle < 1.1, "%s: a cycle takes %.2f of that of 8 x 8 bits", energy[k], cycle);
  }
  for (int k = 1; k < 5; k++)
    for (int other = 0; other < k; other++) {
      const double cycle = model_of(r, energy[k], 2) * products[k];
      ok(fabs(model_of(r, energy[other], 2) * products[other] / cycle - 1) > 1e-6, "%s and %s are modes of their own",
         energy[k], energy[other]);
    }
  const double pj[2] = {model_of(r, energy[0], 2), model_of(r, energy[0], 3)};
  /* What leaks in a cycle does so whatever the mode: per product it tells how many there are. */
  for (int k = 1; k < 5; k++)
    near_rel((model_of(r, energy[k], 3) - model_of(r, energy[k], 2)) * products[k], pj[1] - pj[0], 1e-4, energy[k]);
  static const double subwords[] = {1, 0, 0, 2, 4};
  const double leaks = model_of(r, energy[0], 6) - model_of(r, energy[0], 4);
  for (int k = 3; k < 5; k++)
    near_rel((model_of(r, energy[k], 6) - model_of(r, energy[k], 4)) * subwords[k], leaks, 1e-4, energy[k]);
  ok(pj[1] > pj[0], "five times slower it leaks five times longer: %g, %g fJ", pj[0], pj[1]);
  ok(pj[0] > 5 * (pj[1] - pj[0]) / 4, "at 100 MHz little of it is leakage");
  /* per product 1e6 / clock ps of the leakage, over 256 products: what leaks does so all the time */
  qy_validate_report *third;
  const double slow_ps = 1e6 / 20, fast_ps = 1e6 / 100;
  if (run_text("array,unrolling,clock_mhz,power_8x8_mw\nBITBLADE,FU,10,1\nBITBLADE,FU,20,1\n", &options, &third, &err))
    return;
  const double more = model_of(third, energy[0], 2) - model_of(third, energy[0], 3);
  near_rel(more / (pj[1] - pj[0]), (1e6 / 10 - slow_ps) / (slow_ps - fast_ps), 0.02, "in proportion to the period");
}

/* Flip-flops that leak a hundred times as much: what a product takes more at a slower clock is more by theirs, of the
 * words in front of the array as of those within. */
static void leaking_flip_flops(void)
{
  static const char rows[] = "array,unrolling,clock_mhz,area_sequential_um2,power_8x8_mw\n"
                             "BITBLADE,FU,20,1,1\nBITBLADE,FU,100,1,1\n";
  enum { ROOM = 1 << 17, PRODUCTS = 256 };
  static char text[ROOM];
  char name[] = "/tmp/quarry-leak-XXXXXX.yaml";
  FILE *f = fopen("db/tech/fdsoi28.yaml", "r");
  const size_t length = f ? fread(text, 1, ROOM - 1, f) : 0;
  if (f) fclose(f);
  text[length] = '\0';
  char *dff = strstr(text, "\n  dff:"), *value = dff ? strstr(dff, "leakage: {value: ") : NULL;
  if (!ok(value != NULL, "the leakage of a flip-flop")) return;
  value += strlen("leakage: {value: ");
  static const char more[] = "99.9, low: 0.1, high: 999, status: recalled, source: \"t\"} #";
  memcpy(value, more, sizeof more - 1);
  qy_error err;
  qy_tech *tech[2];
  qy_validate_report *r[2];
  double slower[2];
  if (!ok(write_new_file(name, 5, text), "a library of its own")) return;
  const char *file = qy_arena_text(arena, name, strlen(name));
  for (int leaky = 0; leaky < 2; leaky++) {
    const qy_validate_options options = {.cycles = 16, .worst_count = 100, .library_file = leaky ? file : NULL};
    if (!ok(!qy_tech_read(&tech[leaky], "db", leaky ? file : "fdsoi28", arena, &err) &&
                !run_text(rows, &options, &r[leaky], &err),
            "an array in library %d", leaky))
      return;
    slower[leaky] = model_of(r[leaky], "energy_8x8_fj", 2) - model_of(r[leaky], "energy_8x8_fj", 3);
  }
  unlink(file);
  const double flip_flops = model_of(r[0], "area_sequential_um2", 2) / tech[0]->area_um2[QY_DFF],
               more_nw = tech[1]->leakage_nw[QY_DFF] - tech[0]->leakage_nw[QY_DFF];
  ok(more_nw > 10 * tech[0]->leakage_nw[QY_DFF], "%g nW more", more_nw);
  near_rel(slower[1] - slower[0], flip_flops * more_nw * (1 / 20.0 - 1 / 100.0) / PRODUCTS, 1e-3,
           "their leakage over the time that a product takes longer");
}

/* ---- libraries and published figures */

static void libraries(void)
{
  static const char *const names[] = {"osu018", "sky130hd", "lp55"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    qy_validate_report *r;
    qy_error err;
    const qy_validate_options options = {.library = names[i], .cycles = 16};
    const qy_status status = run_text(own, &options, &r, &err);
    ok(status == QY_OK && r->compared == 5 && stratum_of(r, "area_um2", "all", "held_out")->count == 5,
       "%s prices them, no SRAM needed; its constants have not seen these rows", names[i]);
  }
}

static void published(void)
{
  static const char text[] = "array,unrolling,clock_mhz,area_um2\n"
                             "BITBLADE,FU,200,110421\n"
                             "BITFUSION,FU,200,180674\n";
  qy_validate_report *r;
  qy_error err;
  const qy_validate_options options = {.cycles = 2};
  is_int(run_text(text, &options, &r, &err), QY_OK, "two published areas");
  if (!r) return;
  ok(stratum_of(r, "area_um2", "all", "held_out")->mean_pct < 15, "BITBLADE: %.1f %%",
     stratum_of(r, "area_um2", "all", "held_out")->bias_pct);
  ok(stratum_of(r, "ratio_area_um2", "all", "all")->mean_pct < 20, "shared shifts over shifts in every unit: %.1f %%",
     stratum_of(r, "ratio_area_um2", "all", "all")->bias_pct);
}

/* ---- what is refused */

static void refused(void)
{
  static const struct {
    const char *text, *part;
    int line, column;
  } row[] = {
      {"array,unrolling,clock_mhz,area_um\nBITBLADE,FU,100,1\n", "found a column 'area_um'", 1, 27},
      {"array,unrolling,clock_mhz\nBITBLADE,FU,100\n", "expected a column of figures", 1, 0},
      {"array,clock_mhz,area_um2\nBITBLADE,100,1\n", "'unrolling'", 1, 0},
      {"array,unrolling,clock_mhz,area_um2\nBITBLADE,full,100,1\n", "found 'full'", 2, 10},
      {"array,unrolling,clock_mhz,area_um2\nBITBLADE,FU,fast,1\n", "found 'fast'", 2, 13},
      {"array,unrolling,clock_mhz,area_um2\n\nBITBLADE,FU,100,-1\n", "found '-1'", 3, 17},
      {"array,unrolling,clock_mhz,area_um2\n,FU,100,1\n", "an array's name", 2, 1},
  };
  const qy_validate_options options = {.cycles = 2};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_validate_report *r;
    qy_error err;
    const qy_status status = run_text(row[i].text, &options, &r, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    ok(status == QY_BAD_INPUT && strstr(d->text, row[i].part) && d->line == row[i].line && d->column == row[i].column,
       "%d:%d: %s", d->line, d->column, d->text);
  }
  qy_validate_report *r;
  qy_error err;
  const qy_validate_options unknown = {.library = "nothing"};
  ok(run_text(own, &unknown, &r, &err) == QY_BAD_INPUT, "no such library: %s", err.diagnostic[0].text);
}

int main(void)
{
  arena = qy_arena_new();
  flip_flops();
  serial_lanes(1, 0, 4, 4);
  serial_lanes(4, 0, 4, 4);
  serial_lanes(2, 1, 2, 2);
  serial_lanes(4, 2, 1, 1);
  serial_lanes(1, 3, 2, 4);
  serial_lanes(2, 4, 1, 4);
  own_rows();
  energies();
  steps();
  omitted();
  beside_a_multiplier();
  parts_of_arrays();
  leaking_flip_flops();
  libraries();
  published();
  refused();
  qy_arena_free(arena);
  return done();
}
