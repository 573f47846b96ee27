/* Accelerators and arrays that run layers as subjects of published figures: one quantity by others, layers alone and
 * together, draws, and what is refused. */
#include "measure_one.h"
#include "quarry/published.h"
#include "quarry/sort.h"

static const char *const layer[] = {
    "a,conv,8,8,4,6,3,3,1,1", "b,dwconv,8,8,6,6,3,3,1,1", "c,pwconv,8,8,6,12,1,1,1,0",  "d,conv,8,8,4,1,3,3,1,1",
    "e,conv,8,8,1,1,3,3,1,1", "f,dwconv,8,8,4,4,3,3,1,1", "g,pwconv,4,4,32,16,1,1,1,0", "h,dwconv,16,16,2,2,3,3,1,1"};
enum { LAYERS = sizeof layer / sizeof *layer };

/* A network NAME.csv of these layers. */
static void network(const char *name, const char *layers)
{
  char text[1000] = "layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad\n", file[200];
  for (const char *p = layers; *p; p++) {
    strcat(text, layer[*p - 'a']);
    strcat(text, "\n");
  }
  snprintf(file, sizeof file, "%s/%s.csv", folder, name);
  if (!write_file(file, text)) printf("# %s is not written\n", file);
}

#define PE     "element: {pe: mac, bits: 8}"
#define MODULE "accelerator: depthwise, channels: 4, multipliers: 9, port_bits: 64, "
#define GEMM                                                                                                           \
  "accelerator: gemm, bat: 2, blk_in: 16, arrays: lut, blk_lut: 16, element: {pe: mul, bits: 5, weight_bits: 4}, "     \
  "precision: 5, network: ./c.csv"

static double of(const char *format, const char *more, const char *quantity)
{
  char subject[800];
  snprintf(subject, sizeof subject, "%s%s", format, more);
  return value(subject, quantity);
}

static double in_library(const char *subject, const char *quantity, const char *technology)
{
  measure_result r = {.value = NAN};
  const qy_status status = one(&r, subject, quantity, technology);
  return ok(!status, "%s of {%s}%s%s", quantity, subject, status ? ": " : "", status ? err.diagnostic[0].text : "")
             ? r.value
             : (double)NAN;
}

/* One metric by others. */
static void accelerators(void)
{
  const double latency = of(MODULE PE, ", network: ./f.csv", "latency_us");
  const double area = of(MODULE PE, ", network: ./f.csv", "area_um2"),
               gops = of(MODULE PE, ", network: ./f.csv", "gops");
  near_rel(gops, 2.0 * 8 * 8 * 4 * 9 / latency / 1e3, 1e-9, "two operations for each of 2304 products");
  near_rel(of(MODULE PE, ", network: ./f.csv", "gops_per_mm2"), gops / area * 1e6, 1e-9, "of an area in mm2");
  near_rel(of(MODULE PE, ", network: ./f.csv", "latency_us"), of(MODULE PE, ", network: ./f.csv", "cycles") / 100, 1e-9,
           "cycles at 100 MHz");
  near_rel(of(MODULE PE, ", network: ./f.csv", "power_mw"),
           of(MODULE PE, ", network: ./f.csv", "energy_uj") / latency * 1e3, 1e-9, "power is energy over time");
  near_rel(of(MODULE PE, ", network: ./bf.csv", "cycles"),
           of(MODULE PE, ", network: ./b.csv", "cycles") + of(MODULE PE, ", network: ./f.csv", "cycles"), 1e-9,
           "layers one after the other");
  near_rel(of(MODULE PE, ", network: ./abf.csv, type: dwconv", "cycles"),
           of(MODULE PE, ", network: ./bf.csv", "cycles"), 0, "those of one type");
  ok(of("accelerator: depthwise, channels: 8, multipliers: 9, port_bits: 64, " PE, ", network: ./f.csv", "area_um2") >
         area,
     "more channels, more area");
  ok(isnan(of(MODULE PE, ", network: ./f.csv", "peak_gops")), "only gemm has a peak");
  near_rel(in_library(GEMM, "peak_gops", "xc7z020"), 2e-3 * 16 * 2 * 16 * 100, 1e-12, "its rows, every cycle");
}

/* Elements take registers where the period is short, and none beyond where it is long. */
static void clocks(void)
{
  static const double mhz[] = {1, 10, 100, 400};
  double area[4];
  for (int i = 0; i < 4; i++) {
    clock_mhz = mhz[i];
    area[i] = of("accelerator: depthwise, channels: 4, multipliers: 9, port_bits: 64, element: {pe: mac, bits: 16}",
                 ", network: ./f.csv", "area_um2");
  }
  clock_mhz = 100;
  near_rel(area[1], area[0], 1e-6, "areas at 1 and at 10 MHz");
  ok(area[3] > area[0], "%g um2 at 400 MHz", area[3]);
}

/* Each layer by itself at two precisions. */
static void medians(void)
{
  static const char *const names[] = {"b", "f", "h"};
  double ratio[3];
#define TWO                                                                                                            \
  "accelerator: depthwise, channels: 4, multipliers: 9, port_bits: 32, element: {pe: mac_st, bits: 8, multiplier: "    \
  "booth}"
  for (int i = 0; i < 3; i++) {
    char at[2][100];
    snprintf(at[0], sizeof at[0], ", network: ./%s.csv, precision: 4", names[i]);
    snprintf(at[1], sizeof at[1], ", network: ./%s.csv, precision: 8", names[i]);
    ratio[i] = of(TWO, at[0], "latency_us") / of(TWO, at[1], "latency_us");
    snprintf(at[0], sizeof at[0], ", network: ./%s.csv, precision: 4, against: 8", names[i]);
    near_rel(of(TWO, at[0], "layer_median_latency_us"), ratio[i], 1e-9, "of one layer its own ratio");
  }
  near_rel(of(TWO, ", network: ./bf.csv, precision: 4, against: 8", "layer_median_latency_us"),
           (ratio[0] + ratio[1]) / 2, 1e-9, "of two their mean");
  qsort(ratio, 3, sizeof *ratio, qy_by_value);
  near_rel(of(TWO, ", network: ./bfh.csv, precision: 4, against: 8", "layer_median_latency_us"), ratio[1], 1e-9,
           "of three the middle one");
  near_rel(of(TWO, ", network: ./bfh.csv, precision: 8, against: 8", "layer_median_energy_uj"), 1, 1e-12,
           "of one precision over itself 1");
}

static void arrays(void)
{
#define ROWS "array: os, rows: 4, columns: 4, network: "
  near_rel(of(ROWS, "./f.csv, depthwise: summed", "cycles"), of(ROWS, "./d.csv", "cycles"), 0,
           "depthwise as a dense layer of one output");
  near_rel(of(ROWS, "./f.csv, depthwise: single", "cycles"), of(ROWS, "./e.csv", "cycles"), 0, "or of one channel");
  near_rel(of(ROWS, "./f.csv, depthwise: groups", "cycles"), of(ROWS, "./f.csv", "cycles"), 0, "as it is");
  ok(of(ROWS, "./f.csv", "cycles") > of(ROWS, "./e.csv", "cycles"), "which is four channels");
  near_rel(of(ROWS, "./ac.csv, depthwise: single", "cycles"), of(ROWS, "./ac.csv", "cycles"), 0,
           "others are not changed");
  near_rel(of(ROWS, "./ac.csv", "cycles"), of(ROWS, "./a.csv", "cycles") + of(ROWS, "./c.csv", "cycles"), 0,
           "layers add");
  near_rel(of(ROWS, "./ac.csv, type: pwconv", "cycles"), of(ROWS, "./c.csv", "cycles"), 0, "those of a type alone");
  near_rel(of(ROWS, "./c.csv", "cycles"), of("array: os, rows: 4, columns: 4, m: 64, n: 12, k: 6", "", "cycles"), 0,
           "a pointwise layer is a product");
  const double one_us = of(ROWS, "./c.csv, " PE, "energy_uj") / of(ROWS, "./c.csv, " PE, "power_mw");
  near_rel(of(ROWS, "./gc.csv, " PE, "energy_uj") / of(ROWS, "./gc.csv, " PE, "power_mw"),
           one_us + of(ROWS, "./g.csv, " PE, "energy_uj") / of(ROWS, "./g.csv, " PE, "power_mw"), 1e-9, "times add");
}

/* In every draw of the library; both sides of a ratio in the same one. */
static void draws(void)
{
  static const char *const subject[] = {"pe: mac, bits: 8", "array: os, rows: 4, columns: 4, m: 8, n: 8, k: 8, " PE,
                                        MODULE PE ", network: ./f.csv", "cell: nand2", "component: add, params: n=8"};
  drawn = true;
  for (size_t i = 0; i < sizeof subject / sizeof *subject; i++) {
    measure_result r = {.value = 0}, again = {.value = 0};
    const char *quantity = i == 3 ? "area_um2" : i == 1 || i == 2 ? "energy_uj" : "energy_fj";
    const qy_status status =
        one(&r, subject[i], quantity, "lp55") ? QY_INTERNAL : one(&again, subject[i], quantity, "lp55");
    if (!ok(!status && r.draw && again.draw, "draws of {%s}%s%s", subject[i], status ? ": " : "",
            status ? err.diagnostic[0].text : ""))
      continue;
    int below = 0, other = 0;
    double least = INFINITY, most = 0;
    for (int k = 0; k < QY_PUBLISHED_DRAWS; k++) {
      below += r.draw[k] < r.value;
      other += r.draw[k] != again.draw[k];
      least = fmin(least, r.draw[k]), most = fmax(most, r.draw[k]);
    }
    ok(other == 0, "the same again");
    ok(least > 0 && least < r.value && most > r.value && below > QY_PUBLISHED_DRAWS / 5 &&
           below < 4 * QY_PUBLISHED_DRAWS / 5,
       "around the central value: %d of %d below", below, (int)QY_PUBLISHED_DRAWS);
  }
  measure_result r = {.value = 0};
  ok(!one(&r, "network: ./f.csv", "macs", "lp55") && !r.draw, "counts have none");
  drawn = false;
}

static void refusals(void)
{
  static const struct {
    const char *subject, *quantity, *technology, *said;
  } rows[] = {
      {"accelerator: depthwse", "area_um2", "lp55", "an accelerator that runs layers"},
      {"accelerator: element", "area_um2", "lp55", "an accelerator that runs layers"},
      {MODULE PE ", network: ./f.csv, chanels: 3", "area_um2", "lp55", "chanels"},
      {"accelerator: depthwise, multipliers: 9, port_bits: 64, channels: 0, " PE ", network: ./f.csv", "area_um2",
       "lp55", "1 to"},
      {"accelerator: depthwise, channels: 4.5, " PE ", network: ./f.csv", "area_um2", "lp55", "4.5"},
      {"accelerator: depthwise, channels: 4, reduction: none, " PE ", network: ./f.csv", "area_um2", "lp55", "taps"},
      {MODULE PE, "area_um2", "lp55", "a key `network`, or `m`, `n` and `k`"},
      {MODULE "network: ./f.csv", "area_um2", "lp55", "a key `element`: a mapping with `pe`"},
      {MODULE PE ", network: ./c.csv", "area_um2", "lp55",
       "layers that the accelerator runs: layer c: expected dwconv for a depthwise module, found pwconv"},
      {MODULE PE ", network: ./f.csv", "beauty", "lp55", "something with the quantity beauty"},
      {MODULE PE ", network: ./f.csv", "layer_median_beauty", "lp55",
       "something with the quantity layer_median_beauty"},
      {MODULE PE ", network: ./f.csv", "layer_median_area_um2", "lp55", "a key `against` with layer_median_"},
      {MODULE PE ", network: ./f.csv, against: 4", "area_um2", "lp55", "a key `against` with layer_median_"},
      {MODULE PE ", network: ./f.csv, against: eight", "layer_median_area_um2", "lp55", "a precision, as 8 or w4a8"},
      {MODULE PE ", network: ./f.csv, precision: 8w", "area_um2", "lp55", "a precision, as 8 or w4a8"},
      {MODULE PE ", network: ./f.csv, precision: [8]", "area_um2", "lp55", "found a list"},
      {MODULE PE ", network: ./f.csv, against: [8]", "layer_median_area_um2", "lp55", "found a list"},
      {MODULE PE ", network: ./f.csv", "area_um2", "", "a key `technology`"},
      {MODULE PE ", network: ./f.csv", "area_um2", "xc7z020", "an accelerator"},
      {GEMM, "peak_gops", "lp55", "a key `technology` with an FPGA"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    measure_result r;
    const qy_status status = one(&r, rows[i].subject, rows[i].quantity, rows[i].technology);
    ok(status == QY_BAD_INPUT && err.count && strstr(err.diagnostic[0].text, rows[i].said) &&
           err.diagnostic[0].line > 0,
       "%s: %s", rows[i].quantity, err.count ? err.diagnostic[0].text : "fine");
  }
}

int main(void)
{
  static const char *const networks[] = {"a", "b", "c", "d", "e", "f", "g", "bf", "abf", "ac", "gc", "h", "bfh"};
  char command[200];
  arena = qy_arena_new();
  if (!arena || !mkdtemp(folder)) return 1;
  for (size_t i = 0; i < sizeof networks / sizeof *networks; i++)
    network(networks[i], networks[i]);
  accelerators();
  clocks();
  medians();
  arrays();
  draws();
  refusals();
  snprintf(command, sizeof command, "rm -r %s", folder);
  if (system(command)) printf("# %s is left\n", folder);
  qy_arena_free(arena);
  return done();
}
