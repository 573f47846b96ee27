/* What each key of an experiment file may be: every rule on both sides, in files that differ in one or two keys. */
#include "files.h"
#include "quarry/plan.h"
#include "tap.h"

#include <stdbool.h>

typedef struct case_row {
  const char *key, *value;    /* instead of that of the good file, or added */
  const char *other, *second; /* likewise; NULL: none */
  const char *refusal;        /* NULL: fine */
} case_row;

static const struct {
  const char *key, *value;
} good[] = {
    {"name", "t"},
    {"technology", "fdsoi28"},
    {"network", "mobilenet_v1_1.0_224"},
    {"layers", "{type: dwconv}"},
    {"designs", "[{name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4]}, "
                "{name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, reduction: taps, channels: [1, 4]}]"},
    {"precision", "[16, 8]"},
    {"clock_mhz", "[200, 400]"},
    {"objectives", "{minimize: [area_um2, latency_us]}"},
};
enum { GOOD = sizeof good / sizeof *good };

static qy_plan *last_plan; /* of read_case */

static qy_status read_case(const qy_plan_info **info, const case_row *row, qy_arena *arena, qy_error *err)
{
  char text[8192];
  size_t used = 0;
  bool had[2] = {false, row->other == NULL};
  for (int i = 0; i < GOOD; i++) {
    const bool first = strcmp(good[i].key, row->key) == 0, second = row->other && strcmp(good[i].key, row->other) == 0;
    const char *value = first ? row->value : second ? row->second : good[i].value;
    had[0] |= first, had[1] |= second;
    if (value[0]) used += (size_t)snprintf(text + used, sizeof text - used, "%s: %s\n", good[i].key, value);
  }
  if (!had[0]) used += (size_t)snprintf(text + used, sizeof text - used, "%s: %s\n", row->key, row->value);
  if (!had[1]) used += (size_t)snprintf(text + used, sizeof text - used, "%s: %s\n", row->other, row->second);
  qy_plan *plan = last_plan = NULL;
  const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, used, "db", arena, err);
  last_plan = plan;
  *info = status ? NULL : qy_plan_get(plan);
  return status;
}

static void check_rows(const case_row *row, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    qy_arena *arena = qy_arena_new();
    qy_error err = {0};
    const qy_plan_info *info;
    const qy_status status = read_case(&info, &row[i], arena, &err);
    const char *said = err.diagnostic[0].text;
    ok(row[i].refusal ? status == QY_BAD_INPUT && strstr(said, row[i].refusal) : status == QY_OK, "%s: %.*s%s%s%s%s",
       row[i].key, (int)strcspn(row[i].value, "\n"), row[i].value, row[i].other ? " beside " : "",
       row[i].other ? row[i].other : "", row[i].refusal ? " refused" : "", status == QY_OK ? "" : said);
    qy_arena_free(arena);
  }
}

#define ROWS(rows) check_rows((rows), sizeof(rows) / sizeof *(rows))
#define DRAWN      "uncertainty", "{draws: 16}"

#define ARRAY_OF(rest) "[{name: A, accelerator: depthwise, channels: 1, " rest "}]"

static void heads(void)
{
  static const case_row row[] = {
      {"name", "a.B_c-9", .refusal = NULL},
      {"name", "a/b", .refusal = "a name of letters, digits"},
      {"name", "'a b'", .refusal = "a name of letters, digits"},
      {"name", "[a]", .refusal = "name: expected text"},
      {"pipeline_for", "energy", .refusal = NULL},
      {"pipeline_for", "speed", .refusal = "speed"},
      {"clock_mhz", "0.001", .refusal = NULL},
      {"clock_mhz", "100000", .refusal = NULL},
      {"clock_mhz", "0.000999", .refusal = "0.001 to 100000"},
      {"clock_mhz", "100001", .refusal = "0.001 to 100000"},
      {"voltage_v", "0.09", .refusal = "0.1 to 5"},
      {"voltage_v", "5.01", .refusal = "0.1 to 5"},
      {"voltage_v", "[auto, 0.9]", .refusal = NULL},
      {"sram_voltage", "follow", .refusal = NULL},
      {"sram_voltage", "lead", .refusal = "nominal, follow"},
      {"technology", "[]", .refusal = "at least one technology"},
      {"technology", "[fdsoi28, fdsoi28]", .refusal = "once"},
      {"technology", "[fdsoi28, lp55]", .refusal = NULL},
      {"network", "[]", .refusal = "at least one network"},
      {"designs", "[]", .refusal = "a list of at least one design"},
      {"designs", "[{name: A, accelerator: depthwse, pe: {kind: mac, bits: 16}, channels: 1}]", .refusal = "depthwise"},
      {"designs", "[{name: A, pe: {kind: mac, bits: 16}, channels: 1}]", .refusal = "a key `accelerator`"},
      {"designs", ARRAY_OF("pe: mac"), .refusal = "a mapping"},
      {"designs", ARRAY_OF("pe: {kind: mac, bits: 16, bit: 3}"), .refusal = "did you mean \"bits\""},
      {"designs", ARRAY_OF("pe: {kind: mac, bits: 16}, buffers: 3"), .refusal = "a mapping"},
      {"designs", ARRAY_OF("pe: {kind: mac, bits: 16}, buffers: {inputs: 1 KiB}"), .refusal = "did you mean \"input\""},
      {"precision", "[{default: 8, label: [a]}]", .refusal = "found a list"},
      {"precision", "[{default: 99}]", .refusal = "1 to 32"},
      {"precision", "[{label: a}]", .refusal = "default"},
      {"precision", "[]", .refusal = "at least one value"},
      {"designs", "{}", .refusal = "a list of at least one design"},
      {"objectives", "{}", .refusal = "a mapping with `minimize` or `maximize`"},
      {"objectives", "[area_um2]", .refusal = "a mapping with `minimize` or `maximize`"},
      {"objectives", "{minimize: []}", .refusal = "at least one metric"},
      {"objectives", "{minimize: [area_um2], maximize: []}", .refusal = "at least one metric"},
      {"objectives", "{minimize: area_um2}", .refusal = NULL},
      {"objectives", "{maximize: gops}", .refusal = NULL},
      {"objectives", "{maximize: area_um2}", .refusal = "a metric to maximize (this one is better when smaller)"},
      {"objectives", "{minimize: gops}", .refusal = "a metric to minimize (this one is better when larger)"},
      {"objectives", "{minimize: [area_um2, latency_us, area_um2]}", .refusal = "each metric once"},
      {"objectives", "{minimize: [area_um2, latency_us], maximize: gops}", .refusal = NULL},
      {"uncertainty", "{draws: 16}", .refusal = NULL},
      {"uncertainty", "{draws: 15}", .refusal = "16 to 65536"},
      {"uncertainty", "{draws: 65536}", .refusal = NULL},
      {"uncertainty", "{draws: 65537}", .refusal = "16 to 65536"},
      {"uncertainty", "{seed: 1}", .refusal = "a key `draws`"},
      {"uncertainty", "16", .refusal = "a mapping {draws, seed}"},
      {"uncertainty", "{draws: 16, seed: 0}", .refusal = NULL},
      {"uncertainty", "{draws: 16, seed: -1}", .refusal = "seed"},
      {"seed", "0", .refusal = NULL},
      {"seed", "9223372036854775807", .refusal = NULL},
      {"seed", "-1", .refusal = "seed"},
      {"seed", "one", DRAWN, "seed"},
  };
  ROWS(row);
}

static void fronts(void)
{
  static const case_row row[] = {
      {"front", "within", .refusal = "a mapping with `within`"},
      {"front", "{}", .refusal = "a key `within`"},
      {"front", "{within: precision}", .refusal = NULL},
      {"front", "{within: []}", .refusal = NULL},
      {"front", "{within: [precision, precision]}", .refusal = "each name once"},
      {"front", "{within: [channels, precision]}", .refusal = NULL},
      {"front", "{within: [rows]}", .refusal = "front.within[0]: expected technology"},
      {"front", "{within: [technology, network, design, clock_mhz, precision, voltage_v, channels, reduction]}",
       .refusal = NULL},
      {"front",
       "{within: [technology, network, design, clock_mhz, precision, voltage_v, channels, reduction, pe.bits]}",
       .refusal = "at most 8 names"},
      {"constraints", "[area_um2]", .refusal = "a mapping from metric to {min, max}"},
      {"constraints", "{area_um2: {}}", .refusal = "a mapping with `min` or `max`"},
      {"constraints", "{area_um2: 5}", .refusal = "a mapping with `min` or `max`"},
      {"constraints", "{area_um2: {min: 5, max: 5}}", .refusal = NULL},
      {"constraints", "{area_um2: {min: 5, max: 4.99}}", .refusal = "`max` not below `min`"},
      {"constraints", "{area_um2: {min: 5}}", .refusal = NULL},
      {"constraints", "{area_um2: {max: 1 mm2}}", .refusal = NULL},
      {"constraints", "{area_um2: {max: 1 us}}", .refusal = "area_um2"},
      {"constraints", "{area: {max: 1}}", .refusal = "area"},
      {"constraints", "{area_um2: {least: 1}}", .refusal = "least"},
      {"store", "all", .refusal = NULL},
      {"store", "fronts", .refusal = "did you mean \"front\""},
      {"store", "[all]", .refusal = "all, columns, front or summary, or a mapping"},
      {"store", "{}", .refusal = "all, columns, front or summary, or a mapping"},
      {"store", "{layers: front, members: all}", .refusal = NULL},
      {"store", "{layers: none}", .refusal = NULL},
      {"store", "{points: summary, layers: front}", .refusal = "no layers or members beside `points: summary`"},
      {"store", "{points: summary, members: front}", .refusal = "no layers or members beside `points: summary`"},
      {"store", "{points: summary}", .refusal = NULL},
      {"store", "{points: some, layers: front, members: front}", .refusal = "store.points: expected one of all"},
      {"store", "{points: all, layers: some, members: front}", .refusal = "store.layers: expected one of"},
      {"store", "{points: all, layers: front, members: some}", .refusal = "store.members"},
      {"store", "{points: columns, layers: front, members: front}", .refusal = NULL},
      {"store", "{points: columns, layers: all}", .refusal = "of fronts beside `points: columns`"},
      {"store", "{points: columns, members: all}", .refusal = "of fronts beside `points: columns`"},
      {"store", "columns", "search", "{points: 10}", "no `search` beside `store: columns`"},
      {"store", "front", "search", "{points: 10}", "no `search` beside `store: front`"},
      {"store", "all", "search", "{points: 10}", NULL},
      {"store", "front", "plots", "[{kind: pareto, x: area_um2, y: latency_us}]", NULL},
      {"store", "front", "plots", "[{kind: lines, x: area_um2, y: latency_us}]", "a plot of kind pareto"},
      {"store", "front", "plots", "[{kind: pareto, x: clock_mhz, y: latency_us}]", "a plot of kind pareto"},
      {"store", "summary", "plots", "[{kind: pareto, x: area_um2, y: latency_us}]", "a plot of kind tornado or layers"},
      {"store", "columns", "plots", "[{kind: lines, x: area_um2, y: latency_us}]", NULL},
      {"store", "summary", "compare", "{to: A, metrics: area_um2}", "no `compare` beside `store: summary`"},
      {"store", "front", "compare", "{to: A, metrics: area_um2}", NULL},
  };
  ROWS(row);
}

static void searches(void)
{
  static const case_row row[] = {
      {"search", "10", .refusal = "a mapping {method, points, seconds, seed}"},
      {"search", "{method: nsga2}", .refusal = "a budget: points, seconds or both"},
      {"search", "{points: 0}", .refusal = "1 to"},
      {"search", "{points: 1}", .refusal = NULL},
      {"search", "{points: 2147483646}", .refusal = NULL},
      {"search", "{points: 2147483647}", .refusal = "1 to"},
      {"search", "{seconds: 0.001}", .refusal = NULL},
      {"search", "{seconds: 0.0009}", .refusal = "0.001 to 2592000"},
      {"search", "{seconds: 2592000}", .refusal = NULL},
      {"search", "{seconds: 2592001}", .refusal = "0.001 to 2592000"},
      {"search", "{method: lhs, points: 5, seconds: 1, seed: 0}", .refusal = NULL},
      {"search", "{method: sobol, points: 5, seed: -1}", .refusal = "seed"},
      {"search", "{method: hill, points: 5}", .refusal = "one of nsga2, sobol"},
  };
  ROWS(row);
  static const char *const method[] = {"nsga2", "sobol", "lhs", "random"};
  for (int i = 0; i < 4; i++) {
    char text[80];
    qy_arena *arena = qy_arena_new();
    qy_error err = {0};
    const qy_plan_info *info;
    snprintf(text, sizeof text, "{method: %s, points: 7, seconds: 3, seed: 5}", method[i]);
    const case_row one = {"search", text, .refusal = NULL};
    if (ok(read_case(&info, &one, arena, &err) == QY_OK, "method %s", method[i]))
      ok(strcmp(info->search->name, method[i]) == 0 && info->search_budget.points == 7 &&
             info->search_budget.seconds == 3 && info->search_budget.seed == 5,
         "is what was asked for");
    qy_arena_free(arena);
  }
}

static void comparisons(void)
{
  static const case_row row[] = {
      {"designs", "[{name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, reduction: channels, channels: 1}]",
       .refusal = "values that can be built together (a sum-together element adds its products"},
      {"designs",
       "[{name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, reduction: [channels, taps], channels: 1}]",
       .refusal = NULL},
      {"compare", "A", .refusal = "a mapping {to, metrics, at}"},
      {"compare", "{}", .refusal = "a key `to`"},
      {"compare", "{metrics: area_um2}", .refusal = "a key `to`"},
      {"compare", "{to: A}", .refusal = "a key `metrics`"},
      {"compare", "{to: C, metrics: area_um2}", .refusal = "compare.to: expected one of A, B"},
      {"compare", "{to: A, metrics: []}", .refusal = "1 to 8 metrics"},
      {"compare", "{to: A, metrics: [area_um2, area_um2]}", .refusal = "each metric once"},
      {"compare",
       "{to: A, metrics: [area_um2, latency_us, energy_uj, power_mw, energy_datapath_uj, energy_sram_uj, "
       "energy_register_uj, energy_leakage_uj]}",
       .refusal = NULL},
      {"compare",
       "{to: A, metrics: [area_um2, latency_us, energy_uj, power_mw, energy_datapath_uj, energy_sram_uj, "
       "energy_register_uj, energy_leakage_uj, area_sram_um2]}",
       .refusal = "1 to 8 metrics"},
      {"compare", "{to: A, metrics: gops}", .refusal = "better when smaller"},
      {"compare", "{to: B, metrics: [area_um2, energy_uj]}", .refusal = NULL},
      {"compare", "{at: {area_um2: 12000}}", .refusal = NULL},
      {"compare", "{at: {}}", .refusal = "a mapping from a metric to budgets"},
      {"compare", "{at: area_um2}", .refusal = "a mapping from a metric to budgets"},
      {"compare", "{at: {area_um2: []}}", .refusal = "1 to 16 budgets"},
      {"compare", "{at: {area_um2: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}}", .refusal = NULL},
      {"compare", "{at: {area_um2: [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}}", .refusal = "1 to 16 budgets"},
      {"compare", "{at: {area_um2: 0 %}}", .refusal = NULL},
      {"compare", "{at: {area_um2: 100 %}}", .refusal = NULL},
      {"compare", "{at: {area_um2: 100.1%}}", .refusal = "0 to 100 %"},
      {"compare", "{at: {area_um2: -1%}}", .refusal = "0 to 100 %"},
      {"compare", "{at: {area_um2: 0x1%}}", .refusal = "0 to 100 %"},
      {"compare", "{at: {area_um2: 5x%}}", .refusal = "0 to 100 %"},
      {"compare", "{at: {area_um2: ' %'}}", .refusal = "0 to 100 %"},
      {"compare", "{at: {area_um2: -1}}", .refusal = "area_um2"},
      {"compare", "{at: {banks_input: 4}}", .refusal = "better when smaller or larger"},
      {"compare", "{at: {gops: 4}}", .refusal = NULL},
      {"compare", "{at: {area_um2: 9000, energy_uj: 5}}", .refusal = NULL},
      {"compare", "{at: {area_um2: 9000, energy_uj: [5, 6]}}", .refusal = "one bound"},
      {"compare", "{at: {area_um2: 9000, energy_uj: 5 %}}", .refusal = "a bound in the metric's unit"},
      {"compare", "{to: A, metrics: area_um2}", "designs",
       "[{name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}, "
       "{name: B, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: [4, 8]}]",
       NULL},
      {"compare", "{to: A, metrics: area_um2}", "designs",
       "[{name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2]}, "
       "{name: B, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4}]",
       "has no `channels`"},
  };
  ROWS(row);
}

static void plots(void)
{
  static const case_row row[] = {
      {"plots", "pareto", .refusal = "a list of at most 16 plots"},
      {"plots", "[]", .refusal = NULL},
      {"plots", "[pareto]", .refusal = "a mapping that describes a plot"},
      {"plots", "[{x: area_um2, y: latency_us}]", .refusal = "a key `kind`"},
      {"plots", "[{kind: pie}]", .refusal = "one of pareto, lines"},
      {"plots", "[{kind: pareto, y: latency_us}]", .refusal = "a key `x`"},
      {"plots", "[{kind: pareto, x: latency_us}]", .refusal = "a key `y`"},
      {"plots", "[{kind: pareto, x: area_um2, y: area_um2}]", .refusal = "each axis once"},
      {"plots", "[{kind: pareto, x: clock_mhz, y: channels}]", .refusal = "a metric, as x is the key clock_mhz"},
      {"plots", "[{kind: bars, x: clock_mhz, y: energy_uj}]", .refusal = NULL},
      {"plots", "[{kind: bars, x: energy_uj, y: clock_mhz}]", .refusal = "a metric, whose bars they are"},
      {"plots", "[{kind: lines, x: energy_uj, y: clock_mhz}]", .refusal = NULL},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us}, {kind: pareto, x: area_um2, y: latency_us}]",
       .refusal = "a `name` that no other plot has"},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us}, {kind: pareto, x: area_um2, y: latency_us, name: b}]",
       .refusal = NULL},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, name: a/b}]", .refusal = "a file name of letters"},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, points: best}]", .refusal = "no `points` but where"},
      {"plots", "[{kind: pareto, x: clock_mhz, y: latency_us, points: all}]", .refusal = NULL},
      {"plots", "[{kind: bars, x: clock_mhz, y: latency_us, points: all}]", .refusal = "points"},
      {"plots", "[{kind: bars, x: clock_mhz, y: latency_us, points: median}]", .refusal = NULL},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, points: all, over: A}]", DRAWN,
       "best or median beside `over`"},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, points: best, over: A}]", DRAWN, NULL},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, over: A}]", .refusal = "an experiment with `uncertainty"},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, over: C}]", DRAWN, "C"},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, bands: true}]", DRAWN, NULL},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, bands: false}]", .refusal = NULL},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, bands: true}]", .refusal = "an experiment with `uncert"},
      {"plots", "[{kind: pareto, x: clock_mhz, y: latency_us, bands: true}]", DRAWN, "no `bands` where an axis"},
      {"plots", "[{kind: lines, x: area_um2, y: latency_us, floor: latency_us}]", .refusal = NULL},
      {"plots", "[{kind: lines, x: area_um2, y: latency_us, floor: area_um2}]", .refusal = ", as y is"},
      {"plots", "[{kind: lines, x: area_um2, y: latency_us, floor: watts}]",
       .refusal = "floor: expected one of area_um2"},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, over: [A]}]", DRAWN, "found a list"},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, bands: maybe}]", DRAWN, "maybe"},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, floor: latency_us}]", .refusal = "no `floor` where"},
      {"plots", "[{kind: lines, x: area_um2, y: latency_us, floor: latency_us, over: A}]", DRAWN,
       "no `over` beside `floor`"},
      {"plots", "[{kind: heatmap, x: clock_mhz, y: channels}]", .refusal = "a key `colour`"},
      {"plots", "[{kind: heatmap, x: clock_mhz, y: channels, colour: energy_uj}]", .refusal = NULL},
      {"plots", "[{kind: heatmap, x: clock_mhz, y: clock_mhz, colour: energy_uj}]", .refusal = "each axis once"},
      {"plots", "[{kind: heatmap, x: clock_mhz, y: channels, colour: energy_uj, bins: 5}]", .refusal = "no `bins`"},
      {"plots", "[{kind: heatmap, x: area_um2, y: channels, colour: energy_uj, bins: 2}]", .refusal = NULL},
      {"plots", "[{kind: heatmap, x: area_um2, y: channels, colour: energy_uj, bins: 100}]", .refusal = NULL},
      {"plots", "[{kind: heatmap, x: area_um2, y: channels, colour: energy_uj, bins: 1}]", .refusal = "2 to 100"},
      {"plots", "[{kind: heatmap, x: area_um2, y: channels, colour: energy_uj, bins: 101}]", .refusal = "2 to 100"},
      {"plots", "[{kind: heatmap, x: clock_mhz, y: channels, colour: energy_uj, x_scale: log}]",
       .refusal = "no `x_scale` of a key"},
      {"plots", "[{kind: lines, x: design, y: energy_uj, x_scale: log}]", .refusal = "whose values are words"},
      {"plots", "[{kind: lines, x: clock_mhz, y: energy_uj, x_scale: log}]", .refusal = NULL},
      {"plots", "[{kind: lines, x: clock_mhz, y: energy_uj, x_range: [100, 1 GHz]}]", .refusal = NULL},
      {"plots", "[{kind: lines, x: clock_mhz, y: energy_uj, x_range: [100, 1 V]}]", .refusal = "in MHz"},
      {"plots", "[{kind: parallel, axes: [area_um2]}]", .refusal = "a list of 2 to 12"},
      {"plots", "[{kind: parallel, axes: [channels, clock_mhz]}]", .refusal = "a metric to minimize or maximize"},
      {"plots", "[{kind: parallel, axes: [channels, area_um2]}]", .refusal = NULL},
      {"plots", "[{kind: parallel, axes: [channels, area_um2, channels]}]",
       .refusal = "axes[2]: expected each axis once"},
      {"plots", "[{kind: parallel}]", .refusal = "a key `axes`"},
      {"plots", "[{kind: pareto, x: area_um2, y: latency_us, panel: [design]}]", .refusal = "one name"},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, panel: clock_mhz}]", .refusal = "another key than that"},
      {"plots", "[{kind: lines, x: clock_mhz, y: latency_us, group: [design, precision, channels, technology]}]",
       .refusal = NULL},
      {"plots",
       "[{kind: lines, x: clock_mhz, y: latency_us, group: [design, precision, channels, technology, network]}]",
       .refusal = "at most 4 names"},
      {"plots", "[{kind: tornado, metric: energy_uj, design: A, at: {channels: 2, precision: 8, clock_mhz: 200}}]",
       .refusal = NULL},
      {"plots", "[{kind: tornado, metric: energy_uj, at: {channels: 2}}]", .refusal = "a key `design`"},
      {"plots", "[{kind: tornado, metric: energy_uj, design: A, at: {channels: 3}}]", .refusal = "at.channels"},
      {"plots", "[{kind: layers, metric: energy_uj, design: A, at: {channels: 3}}]", .refusal = "at.channels"},
      {"network", "", .refusal = "a key `network`"},
      {"plots", "[{kind: tornado, design: A}]", .refusal = "a key `metric`"},
      {"plots", "[{kind: tornado, metric: latency_us, design: A, at: {channels: 2, precision: 8, clock_mhz: 200}}]",
       .refusal = "depends on the library's constants"},
      {"plots", "[{kind: tornado, metric: energy_uj, design: C, at: {channels: 2, precision: 8, clock_mhz: 200}}]",
       .refusal = "C"},
      {"plots",
       "[{kind: tornado, metric: energy_uj, design: A, over: C, at: {channels: 2, precision: 8, clock_mhz: 200}}]",
       .refusal = "C"},
      {"plots",
       "[{kind: tornado, metric: energy_uj, design: A, over: B, at: {channels: 4, precision: 8, clock_mhz: 200}}]",
       .refusal = NULL},
      {"plots",
       "[{kind: tornado, metric: energy_uj, design: A, over: B, at: {channels: 2, precision: 8, clock_mhz: 200}}]",
       .refusal = "a design with a point at the same axes"},
      {"plots", "[{kind: layers, metric: energy_uj, design: B, at: {channels: 4, precision: 8, clock_mhz: 400}}]",
       .refusal = NULL},
      {"plots", "[{kind: layers, metric: area_um2, design: B, at: {channels: 4, precision: 8, clock_mhz: 400}}]",
       .refusal = "area_um2"},
      {"plots", "[{kind: layers, metric: energy_uj, design: C, at: {channels: 4, precision: 8, clock_mhz: 400}}]",
       .refusal = "found \"C\""},
      {"plots", "[{kind: layers, metric: energy_uj, design: B, at: {channels: 3, precision: 8, clock_mhz: 400}}]",
       .refusal = "channels"},
  };
  ROWS(row);
}

static void wheres(void)
{
#define WHERE(where) "[{kind: pareto, x: area_um2, y: latency_us, where: " where "}]"
  static const case_row row[] = {
      {"plots", WHERE("{channels: 4}"), .refusal = NULL},
      {"plots", WHERE("{channels: 3}"), .refusal = "a value of channels that a design has"},
      {"plots", WHERE("{design: A}"), .refusal = NULL},
      {"plots", WHERE("{design: C}"), .refusal = "where.design: expected one of A, B"},
      {"plots", WHERE("{precision: 8}"), .refusal = NULL},
      {"plots", WHERE("{precision: w8a8}"), .refusal = NULL},
      {"plots", WHERE("{precision: 4}"), .refusal = "a precision of this experiment (16, 8)"},
      {"plots", WHERE("{clock_mhz: 200}"), .refusal = NULL},
      {"plots", WHERE("{clock_mhz: 0.2 GHz}"), .refusal = NULL},
      {"plots", WHERE("{clock_mhz: 300}"), .refusal = "a clock_mhz of this experiment (200, 400)"},
      {"plots", WHERE("{technology: fdsoi28}"), .refusal = NULL},
      {"plots", WHERE("{technology: lp55}"), .refusal = "a technology of this experiment (fdsoi28)"},
      {"plots", WHERE("{network: mobilenet_v1_1.0_224}"), .refusal = NULL},
      {"plots", WHERE("{network: resnet18}"), .refusal = "a network of this experiment (mobilenet"},
      {"plots", WHERE("{reduction: taps}"), .refusal = NULL},
      {"plots", WHERE("{rows: 4}"), .refusal = "where: unknown key \"rows\""},
      {"plots", WHERE("[channels]"), .refusal = "where: expected a mapping {"},
  };
  ROWS(row);
}

/* Is a design refused because this parameter's value is out of its range?  key: "rows" or "buffers.input". */
static bool out_of_range(const char *accelerator, const char *beside, const char *key, double value, const char *unit)
{
  char text[1024], entry[200];
  const char *dot = strchr(key, '.');
  if (dot)
    snprintf(entry, sizeof entry, "%.*s: {%s: %.10g%s}", (int)(dot - key), key, dot + 1, value, unit);
  else
    snprintf(entry, sizeof entry, "%s: %.10g%s", key, value, unit);
  snprintf(text, sizeof text, "[{name: A, accelerator: %s, pe: {kind: mac, bits: 16}, %s%s}]", accelerator, beside,
           entry);
  const bool device = strcmp(accelerator, "gemm") == 0;
  const case_row row = {"designs", text, device ? "technology" : NULL, "xc7z045", NULL};
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  const qy_plan_info *info;
  const qy_status status = read_case(&info, &row, arena, &err);
  const bool out = status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, dot ? dot + 1 : key) &&
                   strstr(err.diagnostic[0].text, " from ") && strstr(err.diagnostic[0].text, " to ");
  qy_arena_free(arena);
  return out;
}

static void parameters(void)
{
  static const struct {
    const char *accelerator, *beside, *key, *unit;
    double low, high, step;
  } row[] = {
      {"depthwise", "", "channels", "", 1, 4096, 1},
      {"depthwise", "channels: 1, ", "multipliers", "", 1, 64, 1},
      {"depthwise", "channels: 1, ", "port_bits", "", 8, 4096, 1},
      {"depthwise", "channels: 1, ", "buffers.input", " B", 256, 4194304, 1},
      {"depthwise", "channels: 1, ", "buffers.weight", " B", 256, 4194304, 1},
      {"depthwise", "channels: 1, ", "buffers.output", " B", 256, 4194304, 1},
      {"systolic", "", "rows", "", 1, 256, 1},
      {"systolic", "rows: 4, ", "columns", "", 1, 256, 1},
      {"systolic", "rows: 4, ", "batch", "", 1, 65536, 1},
      {"systolic", "rows: 4, ", "port_bits", "", 8, 65536, 1},
      {"systolic", "rows: 4, ", "buffers.input", " B", 256, 4194304, 1},
      {"dot", "lanes: 4, ", "engines", "", 1, 256, 1},
      {"dot", "engines: 4, ", "lanes", "", 1, 256, 1},
      {"dot", "engines: 4, lanes: 4, ", "port_bits", "", 8, 65536, 1},
      {"gemm", "", "blk_in", "", 1, 1024, 1},
      {"gemm", "blk_in: 16, ", "bat", "", 1, 64, 1},
      {"gemm", "blk_in: 16, ", "blk_dsp", "", 1, 65536, 1},
      {"gemm", "blk_in: 16, ", "blk_lut", "", 1, 65536, 1},
      {"gemm", "blk_in: 16, ", "blk_dsp_high", "", 1, 65536, 1},
      {"gemm", "blk_in: 16, ", "blk_lut_high", "", 1, 65536, 1},
      {"gemm", "blk_in: 16, ", "high_bits", "", 2, 8, 1},
      {"gemm", "blk_in: 16, ", "weight_bits", "", 2, 8, 1},
      {"gemm", "blk_in: 16, ", "high_share", "", 0, 1, 0.001},
      {"gemm", "blk_in: 16, ", "bram_limit", "", 0.01, 1, 0.001},
      {"gemm", "blk_in: 16, ", "dsp_limit", "", 0.01, 1, 0.001},
      {"gemm", "blk_in: 16, ", "lut_limit", "", 0.01, 1, 0.001},
      {"gemm", "blk_in: 16, ", "port_bits", "", 8, 65536, 1},
      {"systolic", "rows: 4, memory: {device: ddr3_1600_4gb_x8, buffer: 64 KiB, ", "channels", "}", 1, 8, 1},
      {"systolic", "rows: 4, memory: {device: ddr3_1600_4gb_x8, ", "buffer", " B}", 1, 4194304, 1},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double value[] = {row[i].low, row[i].high, row[i].low - row[i].step, row[i].high + row[i].step};
    bool out[4];
    for (int k = 0; k < 4; k++)
      out[k] = out_of_range(row[i].accelerator, row[i].beside, row[i].key, value[k], row[i].unit);
    ok(!out[0] && !out[1] && out[2] && out[3], "%s %s: %g to %g (%d %d %d %d)", row[i].accelerator, row[i].key,
       row[i].low, row[i].high, out[0], out[1], out[2], out[3]);
  }
}

/* Numbers of entries of lists, at the most and one beyond. */
static void lengths(void)
{
  for (int beyond = 0; beyond < 2; beyond++) {
    char text[4096];
    size_t used = (size_t)snprintf(text, sizeof text, "[");
    for (int i = 0; i < 16 + beyond; i++)
      used += (size_t)snprintf(text + used, sizeof text - used,
                               "{kind: pareto, x: area_um2, y: latency_us, name: p%d},", i);
    snprintf(text + used, sizeof text - used, "]");
    const case_row row = {"plots", text, .refusal = beyond ? "at most 16 plots" : NULL};
    check_rows(&row, 1);
    snprintf(text, sizeof text,
             "[{kind: parallel, axes: [area_um2, latency_us, energy_uj, channels, "
             "clock_mhz, precision, design, technology, network, voltage_v, "
             "reduction, pe.bits%s]}]",
             beyond ? ", pe.multiplier" : "");
    const case_row axes = {"plots", text, .refusal = beyond ? "a list of 2 to 12" : NULL};
    check_rows(&axes, 1);
  }
}

/* Plots whose metrics one design alone has, the first or the last; elements run no layers. */
static void few_have(void)
{
#define ARRAY      "{name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}"
#define ELEMENT    "{name: E, accelerator: element, pe: {kind: mac, bits: 16}}"
#define PLOT(plot) "{minimize: area_um2}\nplots: [{" plot "}]"
  static const case_row row[] = {
      {"objectives", PLOT("kind: parallel, axes: [area_um2, area_sram_um2]"), "designs", "[" ARRAY ", " ELEMENT "]",
       NULL},
      {"objectives", PLOT("kind: parallel, axes: [area_um2, area_sram_um2]"), "designs", "[" ELEMENT ", " ARRAY "]",
       NULL},
      {"objectives", PLOT("kind: pareto, x: area_um2, y: area_sram_um2"), "designs", "[" ARRAY ", " ELEMENT "]", NULL},
      {"objectives", PLOT("kind: pareto, x: area_um2, y: area_sram_um2"), "designs", "[" ELEMENT ", " ARRAY "]", NULL},
      {"objectives", PLOT("kind: heatmap, x: clock_mhz, y: design, colour: area_sram_um2"), "designs",
       "[" ELEMENT ", " ARRAY "]", NULL},
      {"objectives", PLOT("kind: pareto, x: area_um2, y: area_sram_um2"), "designs", "[" ELEMENT "]",
       "a metric that one of the designs has"},
      {"objectives", PLOT("kind: parallel, axes: [area_um2, area_sram_um2]"), "designs", "[" ELEMENT "]",
       "a metric that one of the designs has"},
      {"objectives", PLOT("kind: layers, metric: energy_uj, design: O, at: {columns: 5, clock_mhz: 200, precision: 8}"),
       "designs", "[{name: O, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, columns: [8, auto]}]",
       "a value that the axis `columns` has (8, auto), found \"5\""},
      {"objectives",
       PLOT("kind: layers, metric: energy_uj, design: O, at: {columns: auto, clock_mhz: 200, precision: 8}"), "designs",
       "[{name: O, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, columns: [auto, 8]}]", NULL},
      {"objectives", PLOT("kind: layers, metric: energy_uj, design: E, at: {clock_mhz: 200, precision: 8}"), "designs",
       "[" ELEMENT ", " ARRAY "]", "a design that runs layers"},
      {"objectives",
       "{minimize: [area_um2, latency_us, energy_uj, power_mw, edp_uj_us, cycles, compute_cycles, transfer_cycles, "
       "leakage_mw, "
       "area_datapath_um2, area_register_um2, area_sram_um2, energy_datapath_uj, energy_register_uj, energy_sram_uj, "
       "energy_leakage_uj]}",
       NULL, NULL, NULL},
      {"objectives",
       "{minimize: [area_um2, latency_us, energy_uj, power_mw, edp_uj_us, cycles, compute_cycles, transfer_cycles, "
       "leakage_mw, "
       "area_datapath_um2, area_register_um2, area_sram_um2, energy_datapath_uj, energy_register_uj, energy_sram_uj, "
       "energy_leakage_uj, weight_bytes]}",
       NULL, NULL, "at most 16 objectives"},
      {"constraints", "{lut: {max: 5}}", NULL, NULL,
       "a metric that every technology has (a library of cells has it not)"},
      {"compare", "{to: E, metrics: area_sram_um2}", "designs", "[" ARRAY ", " ELEMENT "]",
       "a metric that every design has (\"E\" has it not)"},
      {"objectives", "{minimize: [area_um2, area_sram_um2]}", "designs", "[" ARRAY ", " ELEMENT "]",
       "a metric that every design has (the design \"E\" has it not)"},
  };
  ROWS(row);
}

/* Supplies and devices of one file are told apart. */
static void told_apart(void)
{
#define AT(device)                                                                                                     \
  "[{name: A, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, memory: {device: " device ", buffer: 64 "     \
  "KiB}}]"
  static const case_row row[] = {
      {"designs", AT("ddr3_1600_4gb_x8"), "layers", "{name: '*'}", NULL},
      {"designs", AT("[ddr3_1600_4gb_x8, ddr4_2400_4gb_x8]"), "layers", "{name: '*'}", NULL},
      {"designs", AT("[ddr3_1600_4gb_x8, ddr3_1600_4gb_x8]"), "layers", "{name: '*'}", "each device once"},
      {"designs", AT("[ddr3_1600_4gb_x8, ./db/memory/dram/ddr3_1600_4gb_x8.yaml]"), "layers", "{name: '*'}",
       "a device with a name that no other has"},
      {"designs", AT("ddr3_1600_4gb_x9"), "layers", "{name: '*'}", "did you mean"},
      {"designs", AT("ddr3_1600_4gb_x8, bufer: 1 KiB"), "layers", "{name: '*'}", "bufer"}, /* a key that is not read */
      {"voltage_v", "[0.9, 0.8]", "plots", "[{kind: lines, x: voltage_v, y: energy_uj, where: {technology: fdsoi28}}]",
       NULL},
      {"voltage_v", "[0.9, 0.8]", "plots", "[{kind: lines, x: clock_mhz, y: energy_uj, where: {technology: fdsoi28}}]",
       "technology"},
      {"voltage_v", "[0.9, 0.8]", "plots", "[{kind: lines, x: clock_mhz, y: energy_uj, where: {voltage_v: 0.9}}]",
       NULL},
      {"voltage_v", "[0.9, 0.8]", "plots", "[{kind: lines, x: clock_mhz, y: energy_uj, where: {voltage_v: 1}}]",
       "voltage_v"},
      {"voltage_v", "[0.9, 0.9]", .refusal = "each value once"},
  };
  ROWS(row);
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  const qy_plan_info *info;
  const case_row close = {"voltage_v", "[0.8, 1, 0.9, 0.80000001, auto, 0.85]", .refusal = NULL};
  if (ok(read_case(&info, &close, arena, &err) == QY_OK, "close supplies, one of them the library's own")) {
    int same = 0;
    for (int i = 0; i < info->technology_count; i++)
      for (int j = 0; j < i; j++)
        same += strcmp(info->technology[i]->name, info->technology[j]->name) == 0;
    ok(info->technology_count == 5 && same == 0, "%d libraries, each with a name of its own", info->technology_count);
  }
  qy_arena_free(arena);
}

/* What a good file says is what the plan has. */
static void taken(void)
{
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  const qy_plan_info *info;
  const case_row row = {"uncertainty", "{draws: 32, seed: 7}", "front", "{within: [precision, channels]}", NULL};
  if (ok(read_case(&info, &row, arena, &err) == QY_OK, "a good file")) {
    is_int(info->draws, 32, "draws");
    is_int((int64_t)info->draw_seed, 7, "their seed");
    ok(info->front_within_count == 2 && strcmp(info->front_within[0], "precision") == 0 &&
           strcmp(info->front_within[1], "channels") == 0,
       "fronts within precision and channels");
    ok(info->objective_count == 2 && info->objective[0] == QY_AREA_UM2 && info->objective[1] == QY_LATENCY_US,
       "two objectives");
    ok(info->base == -1 && strcmp(info->base_name, "A") == 0, "no comparison: over the first design");
    ok(info->precision_count == 2 && info->precision[0].all.weights == 16 && info->precision[1].all.activations == 8,
       "two precisions");
    is_text(info->question, "t", "the question is the name");
    is_int((int64_t)qy_plan_layers_most(last_plan), 13, "13 depthwise layers");
    near_rel(qy_plan_layers_mean(last_plan), 13, 1e-12, "at every point");
    near_rel(qy_plan_members_mean(last_plan), 1, 1e-12, "of one accelerator each");
  }
  const case_row seeds = {"uncertainty", "{draws: 16}", "seed", "9", NULL};
  const case_row bound = {"compare", "{at: {area_um2: [9000, 50 %], energy_uj: 5}}", .refusal = NULL};
  ok(read_case(&info, &bound, arena, &err) == QY_OK && info->budget_metric == QY_AREA_UM2 && info->budget_count == 2 &&
         info->budget[0].value == 9000 && !info->budget[0].is_share && info->budget[1].value == 0.5 &&
         info->budget[1].is_share && info->limit_count == 1 && info->limit[0].metric == QY_ENERGY_UJ &&
         info->limit[0].value == 5,
     "budgets of the first metric, a bound on the other");
  ok(read_case(&info, &seeds, arena, &err) == QY_OK && info->draw_seed == 9, "the file's seed is that of the draws");
  const case_row plain = {"question", "Why?", .refusal = NULL};
  ok(read_case(&info, &plain, arena, &err) == QY_OK && info->draws == 0 && info->front_within_count == 2 &&
         strcmp(info->front_within[0], "technology") == 0 && strcmp(info->front_within[1], "network") == 0 &&
         strcmp(info->question, "Why?") == 0,
     "fronts are within technology and network, a question is kept");
  qy_arena_free(arena);
}

/* On an FPGA there is no area in um2; which fabric lacks a metric is said. */
static void on_devices(void)
{
  static const char text[] =
      "name: t\ntechnology: xc7z020\nnetwork: resnet18\ndesigns: [{name: G, accelerator: gemm, pe: {kind: sp2, bits: "
      "5, "
      "weight_bits: 4}, blk_in: 4, blk_dsp: 8, blk_lut: 1, blk_lut_high: 1, high_share: 0.1, edges: same}]\n"
      "precision: 5\nclock_mhz: 100\nobjectives: {minimize: %s}\n";
  static const struct {
    const char *metric, *refusal;
  } row[] = {
      {"latency_us", NULL},
      {"area_um2", "a metric that every design has (the design \"G\" has it not on an FPGA), found \"area_um2\""}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char whole[1000];
    qy_arena *arena = qy_arena_new();
    qy_plan *plan;
    qy_error err = {0};
    snprintf(whole, sizeof whole, text, row[i].metric);
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", whole, strlen(whole), "db", arena, &err);
    ok(row[i].refusal ? status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].refusal) : !status,
       "on an FPGA, %s: %s", row[i].metric, err.count ? err.diagnostic[0].text : "taken");
    qy_arena_free(arena);
  }
}

/* What is no mapping is no experiment. */
static void no_mapping(void)
{
  static const char *const text[] = {"- name: t\n", "t\n", "[1, 2]\n"};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    qy_arena *arena = qy_arena_new();
    qy_plan *plan;
    qy_error err = {0};
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", text[i], strlen(text[i]), "db", arena, &err);
    ok(status == QY_BAD_INPUT && err.count == 1 &&
           strstr(err.diagnostic[0].text, "a mapping with name, technology, network, designs"),
       "%.*s: no mapping", (int)strcspn(text[i], "\n"), text[i]);
    qy_arena_free(arena);
  }
}

int main(void)
{
  on_devices();
  no_mapping();
  heads();
  fronts();
  searches();
  comparisons();
  plots();
  wheres();
  parameters();
  lengths();
  few_have();
  told_apart();
  taken();
  return done();
}
