/* The keys of experiment files, for people: `quarry list keys`. */
#include "plan_int.h"

#include "quarry/plot_kinds.h"

#include <stdio.h>
#include <string.h>

/* What is no axis: the skeleton of a file, in the order it is written. */
static const qy_key_info skeleton[] = {
    {"file", "name", "letters, digits, '.', '_', '-'", "required", "what to call the experiment"},
    {"file", "question", "text", "the name", "what it answers: title of its plots"},
    {"file", "technology", "NAME | [NAME, ...]", "required", "libraries of db/tech, or FPGAs of db/fpga"},
    {"file", "network", "NAME | [NAME, ...]", "none", "networks of db/networks; only elements do without"},
    {"file", "layers", "{type: TYPES, name: PATTERN}", "all", "the layers that are run"},
    {"file", "designs", "[design, ...]", "required", "what is compared"},
    {"file", "objectives", "{minimize: METRICS, maximize: METRICS}", "required", "what a front is over"},
    {"file", "front", "{within: KEYS}", "technology, network", "points with other values of these do not compete"},
    {"file", "constraints", "{METRIC: {min: N, max: N}}", "none", "points beyond are infeasible"},
    {"file", "compare", "{to: DESIGN, metrics: METRICS, at: {METRIC: N}}", "the first design",
     "gains of every design over one: at the same axes (where `to` says which), and within equal budgets; at: budgets, "
     "with units or as % of the common range; a second metric: a bound beside"},
    {"file", "uncertainty", "{draws: 16 .. 65536, seed: N}", "none",
     "draws of all libraries: intervals, probabilities"},
    {"file", "precision", "1 .. 32 | w4a8 | {weights, activations} | {default, ...} | own", "of `assign`",
     "bits of operands, of a map for each layer; a list or a range of them"},
    {"file", "assign", "{options, minimize, ...} | [...]", "none", "a precision for each layer: the best ones"},
    {"file", "noise", "{file, cost} | {weights} | {tensors}", "1/SQNR, equal weights", "what metric noise is made of"},
    {"file", "seed", "0 ..", "1", "of the draws"},
    {"file", "search", "{method, points: N, seconds: N, seed: N}", "all points",
     "evaluate some points: nsga2, sobol, lhs or random, at most N of them or N s"},
    {"file", "store", "all | columns | front | summary | {points, layers: front | all, members: front | all}", "all",
     "which points: all, or all as packed columns; those of fronts, in memory that does not grow with their number; or "
     "the best ones alone; "
     "beside "
     "their metrics those of layers or members, of points on a front or of all stored: views layer, member"},
    {"file", "plots", "[plot, ...]", "none", "pictures to draw"},
    {"file", "plots_style", "{preset, size, ...}", "none", "how all of them look; a plot has the same keys for itself"},
    {"design", "name", "text", "required", "what to call it"},
    {"design", "accelerator", "", "required", "its model; the keys it takes are below"},
    {"design", "system", "sequential | pipelined", "none", "several accelerators instead of one; may be a list"},
    {"design", "members", "[member, ...]", "of a system", "1 to 4; the first that takes a layer gets it"},
    {"design", "memory", "{device, buffer, ...}", "none", "DRAM and a buffer before it; its keys are below"},
    {"member", "name", "small letters, digits, '_'", "required", "its keys are axes called NAME.key"},
    {"member", "accelerator", "", "required", "its model; the keys it takes are below"},
    {"member", "layers", "{type: TYPES, name: PATTERN}", "what is left", "the layers it takes"},
    {"precision", "default", "8 | w4a8 | {weights, activations} | own", "required",
     "of a map: all layers not named; own: what the network states (weight_bits, activation_bits)"},
    {"precision", "first, last", "8 | w4a8 | {...}", "default",
     "the first and last layer of the network that multiplies"},
    {"precision", "type TYPE", "8 | w4a8 | {...}", "default", "layers of this type: conv, dwconv, pwconv, fc"},
    {"precision", "LAYER", "8 | w4a8 | {...}", "default",
     "a layer, before patterns (b*_dw), before first and last, before types; one called first: [f]irst"},
    {"precision", "label", "text", "mixed", "its name in tables and plots"},
    {"assign", "options", "[8, w4a8, ...]", "required", "what each layer may have; those it cannot run are left out"},
    {"assign", "minimize", "METRICS", "required",
     "latency_us, energy_uj, noise, weight_bytes, bit_operations: the front, of one the optimum (of equal ones that of "
     "least latency, then energy, then noise)"},
    {"assign", "limit", "{METRIC: N | P% | 8 bit}", "none",
     "at most N, P% of the way from the least to the greatest total, or the total at this precision"},
    {"assign", "ties", "graph | inputs | adds | none | [[LAYER, ...], ...]", "graph",
     "layers that share a precision: readers of one map, results that are added; graph: both"},
    {"assign", "fix", "{first: 8, LAYER: 8, type TYPE: 8}", "none", "options of some layers"},
    {"assign", "members", "true | false", "false", "of a system: any member that can run a layer is an option too"},
    {"assign", "points", "1 .. 10000", "16; 1 of an optimum", "points of the front: those of most hypervolume"},
    {"assign", "epsilon", "0 .. 1", "0", "a front within this, where the exact one is too large"},
    {"assign", "label", "text", "assigned", "its name in tables and plots"},
    {"noise", "file", "NAME | FILE.csv", "none",
     "table of layer, option, cost (or layer, what, bits, cost), or a row a layer with hessian_trace_per_param, "
     "dw2_intB; NAME: of db/sensitivity"},
    {"noise", "cost", "COLUMN", "the only one", "of that file"},
    {"noise", "weights", "{first: N, LAYER: N, type TYPE: N, default: N}", "none",
     "factors on 1/SQNR of the layers; keys as of a precision for each layer"},
    {"noise", "tensors", "FOLDER", "none", "weights of each layer, LAYER.csv, .f32 or .bin: 1/SQNR is measured"},
    {"noise", "scale", "layer | channel", "layer", "of tensors: one scale a layer, or one an output channel"},
    {"plot", "kind", "pareto | lines | bars | heatmap | parallel | tornado | layers", "required",
     "pareto: points of two metrics and their front; lines: y over x, a line a series; bars: the parts of y, of the "
     "point of best x in each series; tornado: a bar a constant; layers: a bar a layer"},
    {"plot", "x", "METRIC | KEY", "required", "technology, clock_mhz, a parameter ...: by its values"},
    {"plot", "y", "METRIC | KEY", "required", "as x; of bars a metric, of pareto and lines where x is one"},
    {"plot", "points", "best | median | all", "best",
     "of those that agree in groups and key; all: of pareto and lines"},
    {"plot", "group", "KEYS", "design", "a series each"},
    {"plot", "panel", "KEY", "technology", "a panel each"},
    {"plot", "where", "{" QY_AXIS_LIST ", " QY_AXIS_BITS_LIST ", a parameter of the designs}", "all",
     "only these points"},
    {"plot", "floor", "METRIC", "none", "of lines: a dashed level line in each panel at the least of it"},
    {"plot", "bands", "true | false", "false", "of pareto: areas that 5 % to 95 % of the draws reach, no intervals"},
    {"plot", "over", "DESIGN", "none",
     "of pareto (x and y), lines, bars (y), heatmap (colour): as a ratio to this design"},
    {"plot", "name", "letters, digits, '.', '_', '-'", "of its axes", "name of the file"},
    {"heatmap", "kind", "heatmap", "required", "a colour for each pair of values of x and y"},
    {"heatmap", "name", "letters, digits, '.', '_', '-'", "of its axes", "name of the file"},
    {"heatmap", "x", "METRIC | KEY", "required", "a metric: in bins"},
    {"heatmap", "y", "METRIC | KEY", "required", "as x"},
    {"heatmap", "colour", "METRIC", "required", "of the points of a cell the best, or that in the middle"},
    {"heatmap", "colour_scale", "auto | linear | log", "auto", ""},
    {"heatmap", "bins", "2 .. 100", "12", "of an axis that is a metric"},
    {"heatmap", "points", "best | median", "best", "which of the points of a cell"},
    {"heatmap", "panel", "KEY", "technology", "a panel each"},
    {"heatmap", "where", "{KEY: VALUE, ...}", "all", "only these points"},
    {"heatmap", "over", "DESIGN", "none", "as a ratio to this design"},
    {"parallel", "kind", "parallel", "required", "upright axes side by side, a line a point"},
    {"parallel", "name", "letters, digits, '.', '_', '-'", "parallel", "name of the file"},
    {"parallel", "axes", "[METRIC | KEY, ...]", "required", "2 to 12; coloured: the front over the metrics among them"},
    {"parallel", "group", "KEYS", "design", "a colour each; technology is added where there are several"},
    {"parallel", "where", "{KEY: VALUE, ...}", "all", "only these points"},
    {"tornado", "metric", "METRIC", "required", "whose variance is explained"},
    {"tornado", "design", "DESIGN", "required", "of this design"},
    {"tornado", "over", "DESIGN", "none", "as a ratio to this design at the same axes"},
    {"tornado", "at", "{AXIS: VALUE, ..., assignment: K}", "none",
     "values of the axes that have several; assignment: of the points of an `assign`, the K-th"},
    {"layers", "metric", "METRIC", "required",
     "a bar of it for each layer: energy_uj, energy_onchip_uj, energy_dram_uj, traffic_bytes or latency_us; or "
     "weight_bits: "
     "the bits of each layer's weights, a row for each precision of one point whose layers differ"},
    {"layers", "design", "DESIGN", "required", "of this design"},
    {"layers", "at", "{AXIS: VALUE, ..., assignment: K}", "none", "as of a tornado"},
};
enum { SKELETON = sizeof skeleton / sizeof skeleton[0], OF_FILE = 4 };

static const char *values_text(const qy_parameter *p, qy_arena *arena)
{
  if (p->type != QY_PARAMETER_CHOICE)
    return qy_arena_format(arena, "%s%.10g .. %.10g%s%s", p->automatic ? "auto | " : "", p->low, p->high,
                           p->unit ? " " : "", p->unit ? p->unit : "");
  const char *text = "";
  for (size_t i = 0; text && i < p->name_count; i++)
    text = qy_arena_format(arena, "%s%s%s", text, i ? " | " : "", p->names[i]);
  return text;
}

static const char *default_text(const qy_parameter *p, qy_arena *arena)
{
  if (p->required) return "required";
  if (p->automatic && p->fallback == 0) return "auto";
  if (p->type == QY_PARAMETER_CHOICE) return p->names[(size_t)p->fallback];
  return qy_arena_format(arena, "%.10g", p->fallback);
}

static qy_status key_add(qy_key_info *out, const char *where, const char *key, const qy_parameter *p, qy_arena *arena,
                         qy_error *err)
{
  *out = (qy_key_info){where, key, values_text(p, arena), default_text(p, arena), p->help};
  return out->values && out->fallback ? QY_OK : qy_no_memory(err);
}

/* "", of those that run layers or of all. */
static const char *accelerator_names(bool layers_only, qy_arena *arena)
{
  size_t count;
  const qy_accelerator *const *table = qy_accelerator_table(&count);
  const char *text = "";
  for (size_t i = 0; text && i < count; i++)
    if (table[i]->runs_layers || !layers_only)
      text = qy_arena_format(arena, "%s%s%s", text, *text ? " | " : "", table[i]->name);
  return text;
}

/* Where the keys of a style stand. */
static const char *const styled[] = {"plots_style", "plot", "heatmap", "parallel", "tornado", "layers"};
enum { STYLED = sizeof styled / sizeof styled[0] };

/* "plot": of any of the kinds that are described together. */
static bool is_styled(const char *where, const qy_style_info *style)
{
  static const char *const together[] = {"pareto", "lines", "bars"};
  bool any = !style->axes || strcmp(where, "plots_style") == 0 || qy_plot_takes(where, style->key);
  for (size_t k = 0; strcmp(where, "plot") == 0 && k < sizeof together / sizeof *together; k++)
    any = any || qy_plot_takes(together[k], style->key);
  return any;
}

/* Into out (room for STYLED * QY_STYLE_COUNT); returns how many. */
static size_t add_styles(qy_key_info *out)
{
  const qy_style_info *table = qy_style_table();
  size_t count = 0;
  for (size_t w = 0; w < STYLED; w++)
    for (int o = 0; o < QY_STYLE_COUNT; o++)
      if (is_styled(styled[w], &table[o]))
        out[count++] = (qy_key_info){styled[w], table[o].key, table[o].values, table[o].fallback, table[o].help};
  return count;
}

qy_status qy_plan_keys(const qy_key_info **keys, size_t *count, qy_arena *arena, qy_error *err)
{
  static const qy_parameter *const of_file[OF_FILE] = {&clock_parameter, &voltage_parameter, &sram_voltage_parameter,
                                                       &qy_pipeline_parameter};
  size_t accelerators, total = SKELETON + OF_FILE + (size_t)STYLED * QY_STYLE_COUNT, at = 0, n;
  const qy_accelerator *const *table = qy_accelerator_table(&accelerators);
  qy_status status = QY_OK;
  size_t of_memory;
  const qy_parameter *memory = memory_rows(&of_memory);
  total += of_memory;
  for (size_t i = 0; !status && i < accelerators; i++) {
    status = member_params(NULL, &n, table[i], NULL, arena, err);
    total += n;
  }
  qy_key_info *out = qy_arena_alloc(arena, total, sizeof *out);
  param *params = qy_arena_alloc(arena, total, sizeof *params);
  const char *all = accelerator_names(false, arena), *layers_only = accelerator_names(true, arena);
  if (!out || !params || !all || !layers_only) return qy_no_memory(err);
  for (size_t i = 0; !status && i < OF_FILE; i++)
    status = key_add(&out[at++], "file", of_file[i]->key, of_file[i], arena, err);
  memcpy(out + at, skeleton, sizeof skeleton);
  for (size_t i = at; i < at + SKELETON; i++)
    if (strcmp(out[i].key, "accelerator") == 0) out[i].values = strcmp(out[i].where, "member") == 0 ? layers_only : all;
  at += SKELETON;
  at += add_styles(out + at);
  for (size_t i = 0; !status && i < of_memory; i++) {
    status = key_add(&out[at], "memory", memory_key(&memory[i]), &memory[i], arena, err);
    if (memory[i].type == QY_PARAMETER_CHOICE && !memory[i].name_count) out[at].values = "NAME | FILE";
    at++;
  }
  for (size_t i = 0; !status && i < accelerators; i++) {
    status = member_params(params, &n, table[i], NULL, arena, err);
    for (size_t j = 0; !status && j < n; j++)
      status = key_add(&out[at++], table[i]->name, params[j].key, params[j].row, arena, err);
  }
  *keys = out;
  *count = at;
  return status;
}
