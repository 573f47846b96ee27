/* quarry describe: what something is made of and what it costs. */
#include "cli.h"
#include "design_report.h"
#include "dram_report.h"
#include "fpga_report.h"
#include "packing_option.h"
#include "pe_option.h"
#include "pe_sensitivity.h"
#include "schedule_report.h"
#include "style_option.h"

#include "quarry/fpga.h"
#include "quarry/metric.h"
#include "quarry/network.h"
#include "quarry/pe.h"
#include "quarry/quality.h"
#include "quarry/store_schema.h"
#include "quarry/tech.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { SCHEMA_TABLES_MAX = 200 };

typedef struct describe_options {
  places where;
  const char *tech;
  double clock_mhz;
  const char *params; /* of a pe */
  int activity, sensitivity, format_help, format, pipeline_for;
  const char *over, *tornado, *fpga;
  int64_t samples;
  design_request design;
  schedule_request schedule;
  packing_request packing;
  style_options style;
} describe_options;

static int unknown(const char *what, const char *name, const char *const *names, size_t count, const char *list)
{
  const char *nearest = qy_nearest(name, names, count);
  say("quarry describe: expected a %s that `quarry list %s` shows, found \"%s\"%s%s%s\n", what, list, name,
      nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return EXIT_INPUT;
}

/* Of a tornado. */
static qy_status look_of(qy_plot_look *look, const describe_options *o, qy_error *err)
{
  qy_status status = style_check(&o->style, err);
  return status ? status : style_look(look, &o->style, NULL, err);
}

/* ---- processing elements ---- */

static void print_operators(const qy_circuit *c, const qy_tech *tech, int format)
{
  static const char *const names[] = {"operator",       "label",      "bits",       "area_um2",
                                      "area_share_pct", "leakage_nw", "delay_ps",   "full_adders",
                                      "half_adders",    "flip_flops", "other_cells"};
  table *t = table_new(format, 11, names);
  double total = 0;
  qy_op_report r;
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_circuit_op_report(c, i, tech, &r);
    total += r.area_um2;
  }
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    double cells[QY_CELL_COUNT] = {0}, other = 0;
    qy_circuit_op_report(c, i, tech, &r);
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int k = 0; k < QY_CELL_COUNT; k++)
        cells[k] += r.census.cells[g][k];
    for (int k = 0; k < QY_CELL_COUNT; k++)
      if (k != QY_FA && k != QY_HA && k != QY_DFF) other += cells[k];
    table_row(t, TEXT(r.op), TEXT(r.label), INTEGER(r.width), NUMBER(r.area_um2),
              NUMBER(total > 0 ? 100 * r.area_um2 / total : 0), NUMBER(r.leakage_nw), NUMBER(r.delay_ps),
              NUMBER(cells[QY_FA]), NUMBER(cells[QY_HA]), NUMBER(cells[QY_DFF]), NUMBER(other));
  }
  table_print(t);
}

/* Where operands of a narrower mode stand, what the other side takes, and how many products a sum may have. */
static void print_side(const qy_pe *pe, int mode, const qy_pe_cost *cost)
{
  const qy_pe_side side = cost->side[mode], other = side == QY_PE_AT_LEFT ? QY_PE_AT_RIGHT : QY_PE_AT_LEFT;
  if (!qy_pe_row_of(pe->params.kind)->either_side || mode == 0) return;
  printf(", operands at the %s (", qy_pe_side_name(side));
  if (cost->other_fj[mode] > 0) printf("at the %s %.5g fJ; ", qy_pe_side_name(other), cost->other_fj[mode]);
  printf("sums of 2^%d products fit)", qy_pe_headroom_bits(pe, mode, side));
}

static void print_cost(const qy_pe *pe, const qy_pe_cost *cost, const double *error, const qy_tech *tech)
{
  const qy_build *b = &cost->build;
  printf("\n%s, %.4g MHz: ", tech->title, 1e6 / b->period_ps);
  if (!b->feasible) {
    printf("infeasible: %s\n", b->reason);
    return;
  }
  printf("area %.5g um2 (cells), leakage %.4g nW, shortest period %.4g ps, %d pipeline stage%s added\n", b->area_um2,
         b->leakage_nw, b->min_period_ps, b->stages, b->stages == 1 ? "" : "s");
  for (int m = 0; m < pe->mode_count; m++) {
    printf("mode %d: %d product%s of up to %d bits a cycle, %.5g fJ a cycle", m, pe->mode[m].products,
           pe->mode[m].products == 1 ? "" : "s", pe->mode[m].bits, cost->energy_fj[m]);
    print_side(pe, m, cost);
    if (error[m] > 0) printf(", products with an error of %.4g dB", 10 * log10(error[m]));
    putchar('\n');
  }
  printf("idle: %.5g fJ a cycle\n", cost->idle_fj);
}

/* What toggles where, of one class: settled, and glitches of either layout over it. */
static void put_activity(table *t, int mode, const qy_activity *activity, qy_operator_class class, const qy_tech *tech)
{
  static const double share[][2] = {{0, 0}, {1, 0}, {0, 1}};
  double toggles = 0, energy_fj[3] = {0};
  for (int s = 0; s < 3; s++) {
    double output[QY_CELL_COUNT], input[QY_CELL_COUNT];
    qy_activity_cells(activity, class, tech, share[s][0], share[s][1], output, input);
    energy_fj[s] = qy_toggles_energy(tech, output, input);
    for (int k = 0; k < QY_CELL_COUNT && s == 0; k++)
      toggles += output[k];
  }
  if (toggles == 0) return;
  table_row(t, INTEGER(mode), TEXT(qy_operator_class_name(class)), NUMBER(toggles), NUMBER(energy_fj[0]),
            NUMBER(energy_fj[1] / energy_fj[0] - 1), NUMBER(energy_fj[2] / energy_fj[0] - 1));
}

/* By operator class, in each mode. */
static void print_activity(const qy_pe *pe, const qy_pe_cost *cost, const qy_pe_toggles *toggles, const qy_tech *tech,
                           int format)
{
  static const char *const names[] = {"mode",        "group",      "toggles_per_cycle", "settled_energy_fj",
                                      "lean_glitch", "fast_glitch"};
  table *t = table_new(format, 6, names);
  for (int m = 0; m < pe->mode_count; m++)
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      put_activity(t, m, qy_pe_toggles_at(toggles, m, cost->side[m]), (qy_operator_class)g, tech);
  if (format == FORMAT_TABLE) putchar('\n');
  table_print(t);
}

/* On an FPGA: nothing of a cell library is asked. */
static int describe_on_fpga(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  qy_pe pe, beside;
  const qy_pe *const all[] = {&pe, &beside};
  qy_status status = pe_option_build(&pe, name, o->params, arena, err);
  if (!status && o->over) status = pe_option_build_beside(&beside, o->over, o->params, arena, err);
  if (status) return report(status, err);
  return describe_fpga_elements(all, o->over ? 2 : 1, o->fpga, o->where.db_dir, o->format, arena, err);
}

static int describe_element(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  if (o->fpga) return describe_on_fpga(o, name, arena, err);
  qy_pe pe;
  qy_pe_cost cost;
  qy_pe_toggles toggles;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  qy_tech *tech;
  qy_status status = qy_tech_read(&tech, o->where.db_dir, o->tech, arena, err);
  if (!status) status = pe_option_build(&pe, name, o->params, arena, err);
  if (!status) status = qy_pe_activities(&toggles, &pe, &stimulus, err);
  if (!status)
    status = qy_pe_price_activities(&cost, &pe, tech, 1e6 / o->clock_mhz,
                                    (qy_pipelining){.aim = (qy_pipeline_for)o->pipeline_for}, &toggles, err);
  qy_pe base;
  if (!status && o->sensitivity && o->over) status = pe_option_build_beside(&base, o->over, o->params, arena, err);
  qy_plot_look look;
  if (!status) status = look_of(&look, o, err);
  if (status) return report(status, err);
  if (o->sensitivity)
    return print_sensitivity(&pe, o->over ? &base : NULL, tech, o->clock_mhz, (qy_pipeline_for)o->pipeline_for,
                             o->samples, o->tornado, &look, o->format);
  if (o->activity && o->format != FORMAT_TABLE) {
    print_activity(&pe, &cost, &toggles, tech, o->format);
    return EXIT_DONE;
  }
  print_operators(pe.circuit, tech, o->format);
  if (o->activity) print_activity(&pe, &cost, &toggles, tech, o->format);
  if (o->format != FORMAT_TABLE) return EXIT_DONE;
  double error[QY_PE_MODES_MAX] = {0};
  for (int m = 0; m < pe.mode_count && !status; m++)
    status = qy_pe_product_error(&error[m], &pe, m, NULL, NULL, err);
  if (status && status != QY_INFEASIBLE) return report(status, err);
  print_cost(&pe, &cost, error, tech);
  return EXIT_DONE;
}

/* ---- the rest ---- */

static int describe_design(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  (void)arena;
  design_request q = o->design;
  qy_plot_look look;
  const qy_status status = look_of(&look, o, err);
  if (status) return report(status, err);
  q.look = &look;
  q.file = name;
  q.db_dir = o->where.db_dir;
  q.over = o->over;
  q.sensitivity = o->sensitivity;
  q.samples = o->samples;
  q.tornado = o->tornado;
  q.format = o->format;
  return print_design(&q);
}

static int describe_schedule(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  (void)arena;
  (void)err;
  schedule_request q = o->schedule;
  q.network = name;
  q.format = o->format;
  q.choice.db_dir = o->where.db_dir;
  q.choice.tech = o->tech;
  q.choice.clock_mhz = o->clock_mhz;
  return print_schedule(&q);
}

static int describe_technology(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  qy_tech *tech;
  qy_status status = qy_tech_read(&tech, o->where.db_dir, name, arena, err);
  if (status) return report(status, err);
  if (o->format == FORMAT_TABLE)
    printf("%s: %s\n%g nm, %g V, %g C, %s; %s\n\n", tech->name, tech->title, tech->node_nm, tech->voltage_v,
           tech->temperature_c, tech->flavour, tech->license);
  print_library_constants(tech, o->format);
  return EXIT_DONE;
}

/* "a+b*g", "a@b" as in the file; "-": the network's input, or not known. */
static const char *inputs_text(const qy_network *network, size_t i, qy_arena *arena)
{
  size_t count;
  const size_t *input = qy_network_edges(&count, network, i, QY_SIDE_INPUTS);
  const char *text = count > 0 ? network->layer[input[0]].name : "-";
  for (size_t k = 1; k < count && text; k++) {
    const bool map = k < qy_layer_maps(&network->layer[i]);
    const char *joint = map ? "+" : network->layer[i].gated ? "*" : "@";
    text = qy_arena_format(arena, "%s%s%s", text, joint, network->layer[input[k]].name);
  }
  if (text && network->layer[i].computed && !network->layer[i].paired) text = qy_arena_format(arena, "%s@-", text);
  return text;
}

/* "2" when both are alike, else "2x1": down, across. */
static const char *pair_text(int64_t h, int64_t w, qy_arena *arena)
{
  return h == w ? qy_arena_format(arena, "%lld", (long long)h)
                : qy_arena_format(arena, "%lldx%lld", (long long)h, (long long)w);
}

/* "1" when all are alike, else "0/1/0/1": top, bottom, left, right. */
static const char *pads_text(const qy_layer *l, qy_arena *arena)
{
  if (l->pad_top == l->pad_bottom && l->pad_left == l->pad_right && l->pad_top == l->pad_left)
    return qy_arena_format(arena, "%lld", (long long)l->pad_top);
  return qy_arena_format(arena, "%lld/%lld/%lld/%lld", (long long)l->pad_top, (long long)l->pad_bottom,
                         (long long)l->pad_left, (long long)l->pad_right);
}

static void print_layers(const qy_network *network, int format, qy_arena *arena)
{
  enum { ALWAYS = 15, WINDOW = 17, COLUMNS = 19 };
  static const char *const names[COLUMNS] = {
      "layer",  "type", "inputs", "in_h", "in_w",    "in_c",     "out_h", "out_w",       "out_c",          "kernel",
      "stride", "pad",  "groups", "macs", "weights", "dilation", "batch", "weight_bits", "activation_bits"};
  const bool all = format != FORMAT_TABLE; /* in a table only where some layer needs them */
  bool more = all, widths = all;
  for (size_t i = 0; i < network->layer_count; i++) {
    const qy_layer *l = &network->layer[i];
    widths = widths || l->weight_bits > 0 || l->activation_bits > 0;
    more = more || widths || l->dilation_h > 1 || l->dilation_w > 1 || l->batch > 1;
  }
  table *t = table_new(format, widths ? COLUMNS : more ? WINDOW : ALWAYS, names);
  for (size_t i = 0; i < network->layer_count; i++) {
    const qy_layer *l = &network->layer[i];
    table_row(t, TEXT(l->name), TEXT(qy_layer_type_name(l->type)), TEXT(inputs_text(network, i, arena)),
              INTEGER(l->in_h), INTEGER(l->in_w), INTEGER(l->in_c), INTEGER(l->out_h), INTEGER(l->out_w),
              INTEGER(l->out_c),
              TEXT(qy_arena_format(arena, "%lldx%lld", (long long)l->kernel_h, (long long)l->kernel_w)),
              TEXT(pair_text(l->stride_h, l->stride_w, arena)), TEXT(pads_text(l, arena)), INTEGER(l->groups),
              INTEGER(l->macs), INTEGER(l->weights));
    if (!more) continue;
    table_row(t, TEXT(pair_text(l->dilation_h, l->dilation_w, arena)), INTEGER(l->batch));
    if (!widths) continue;
    table_bits(t, l->weight_bits);
    table_bits(t, l->activation_bits);
  }
  table_print(t);
}

static int describe_network(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  qy_network *network;
  qy_status status = qy_network_read(&network, o->where.db_dir, name, arena, err);
  if (status) return report(status, err);
  print_layers(network, o->format, arena);
  return EXIT_DONE;
}

static int print_network_format(int format)
{
  static const char *const names[] = {"column", "default", "what"};
  size_t count;
  const qy_network_column *column = qy_network_columns(&count);
  table *t = table_new(format, 3, names);
  for (size_t i = 0; i < count; i++) {
    table_row(t, TEXT(column[i].name), TEXT(*column[i].otherwise ? column[i].otherwise : "-"), TEXT(column[i].help));
  }
  table_print(t);
  if (format == FORMAT_TABLE) printf("\n%s", qy_network_format());
  return EXIT_DONE;
}

static int describe_metric(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  const qy_metric_info *info = qy_metric_table();
  const char *all[QY_METRIC_COUNT];
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    all[m] = info[m].name;
  int m = qy_metric_find(name);
  if (m < 0) return unknown("metric", name, all, QY_METRIC_COUNT, "metrics");
  static const char *const names[] = {"metric", "label", "unit", "what"};
  const char *scope = qy_metric_scope(m, true);
  const char *what =
      *scope ? qy_arena_format(arena, "%s  Of a design without a memory: %s.", info[m].help, scope) : info[m].help;
  if (!what) return report(qy_no_memory(err), err);
  table *t = table_new(o->format, 4, names);
  table_row(t, TEXT(info[m].name), TEXT(info[m].label), TEXT(info[m].unit), TEXT(what));
  table_print(t);
  return EXIT_DONE;
}

static int describe_dram(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  return describe_dram_device(name, o->where.db_dir, o->format, arena, err);
}

static int describe_fpga(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  return describe_fpga_device(name, o->where.db_dir, o->format, arena, err);
}

/* Products in a slice: of the device where one is named. */
static int describe_packed(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  packing_request request = o->packing;
  qy_fpga_device *device = NULL;
  (void)name;
  qy_status status = o->fpga ? qy_fpga_read(&device, o->where.db_dir, o->fpga, arena, err) : QY_OK;
  if (status) return report(status, err);
  if (device) request.slice = (int)device->slice;
  return describe_packing(&request, o->format, arena, err);
}

/* Tables and views of the database; one of them. */
static int describe_schema(const describe_options *o, const char *name, qy_arena *arena, qy_error *err)
{
  static const char *const columns[] = {"table", "kind", "column", "type", "unit", "meaning"};
  const char *known[SCHEMA_TABLES_MAX];
  const qy_schema_row *row;
  size_t count = 0, tables = 0, shown = 0;
  const qy_status status = qy_store_schema_rows(&row, &count, arena, err);
  if (status) return report(status, err);
  table *t = table_new(o->format, 6, columns);
  for (size_t i = 0; i < count; i++) {
    if (!row[i].column && tables < SCHEMA_TABLES_MAX) known[tables++] = row[i].table;
    if (name && strcmp(name, row[i].table) != 0) continue;
    table_row(t, TEXT(row[i].table), TEXT(row[i].kind), TEXT(row[i].column), TEXT(row[i].type), TEXT(row[i].unit),
              TEXT(row[i].meaning));
    shown++;
  }
  if (shown) {
    table_print(t);
    return EXIT_DONE;
  }
  char advice[QY_DID_YOU_MEAN];
  table_drop(t);
  say("quarry describe schema: expected a table or view that `quarry describe schema` shows, found \"%s\"%s\n",
      name ? name : "", qy_did_you_mean(advice, name ? name : "", known, tables));
  return EXIT_INPUT;
}

typedef struct describe_kind {
  const char *name;
  int (*run)(const describe_options *, const char *, qy_arena *, qy_error *);
  bool nameless; /* KIND without NAME */
  bool either;   /* with or without */
} describe_kind;

static const describe_kind kinds[] = {
    {"pe", describe_element, false, false},      {"design", describe_design, false, false},
    {"tech", describe_technology, false, false}, {"network", describe_network, false, false},
    {"dram", describe_dram, false, false},       {"fpga", describe_fpga, false, false},
    {"metric", describe_metric, false, false},   {"schedule", describe_schedule, false, false},
    {"packing", describe_packed, true, false},   {"schema", describe_schema, false, true},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Which options say something of what. */
#define COMMON "db-dir " TABLE_OPTION_NAMES
#define PRICED COMMON " tech clock-mhz"
#define OF_PE  PRICED " pipeline-for param"
static const option_form forms[] = {
    {"pe", "fpga", COMMON " param fpga over"},
    {"pe", "sensitivity", OF_PE " sensitivity over samples tornado " STYLE_NAMES},
    {"pe", NULL, OF_PE " activity"},
    {"design", "sensitivity",
     COMMON " point design at over layers members parts sensitivity metric samples tornado " STYLE_NAMES},
    {"design", NULL, COMMON " point design at over layers members parts metric tornado"},
    {"tech", NULL, COMMON},
    {"network", NULL, COMMON " format-help"},
    {"dram", NULL, COMMON},
    {"fpga", NULL, COMMON},
    {"metric", NULL, COMMON},
    {"schema", NULL, "format"},
    {"schedule", NULL,
     PRICED " buffer-entries buffer fusion order rule bits weight-bits activation-bits objective device channels "
            "macs-per-cycle execute front seed"},
    {"packing", "fpga", COMMON " fpga " PACKING_NAMES},
    {"packing", NULL, COMMON " " PACKING_SLICE_NAME " " PACKING_NAMES},
};

static int unknown_kind(const char *name)
{
  const char *names[KINDS];
  char advice[QY_DID_YOU_MEAN];
  fputs("quarry describe: expected ", stderr);
  for (size_t i = 0; i < KINDS; i++)
    names[i] = kinds[i].name;
  for (size_t i = 0; i < KINDS; i++)
    say("%s%s", i == 0 ? "" : i + 1 < KINDS ? ", " : " or ", kinds[i].name);
  say(", found \"%s\"%s\n", name, qy_did_you_mean(advice, name, names, KINDS));
  return EXIT_INPUT;
}

/* Run a kind on argv[0..count), its own name first. */
static int run_kind(const describe_kind *kind, const describe_options *o, char **operand, int count)
{
  if (kind->nameless && count > 1) {
    say("quarry describe: expected no NAME after %s, found \"%s\"\n", kind->name, operand[1]);
    return EXIT_INPUT;
  }
  if (!kind->nameless && !kind->either && count < 2) {
    say("quarry describe: expected KIND NAME, found 1 operand (quarry describe --help)\n");
    return EXIT_INPUT;
  }
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  const int code = arena ? kind->run(o, operand[1], arena, &err) : report(qy_no_memory(&err), &err);
  qy_arena_free(arena);
  return finish_output(code);
}

int cmd_describe(int argc, char **argv)
{
  describe_options o = {
      .tech = "fdsoi28",
      .clock_mhz = 200,
      .samples = 1024,
      .pipeline_for = QY_PIPELINE_FOR_BOTH,
      .design = {.point = -1},
      .schedule = {.seed = 1, .choice = {.fusion = QY_FUSION_FREE, .order = QY_ORDERS_BEST, .channels = 1}},
      .packing = packing_request_default()};
  places_default(&o.where);
  enum { OPTIONS_MAX = 64 };
  option_row rows[OPTIONS_MAX] = {
      {"tech", 0, OPTION_TEXT, &o.tech, "NAME", "technology that prices an element (default fdsoi28)", 0, 0, NULL},
      {"clock-mhz", 0, OPTION_NUMBER, &o.clock_mhz, "MHZ", "target clock (default 200)", 1e-3, 1e5, NULL},
      {"pipeline-for", 0, OPTION_CHOICE, &o.pipeline_for, "WHAT",
       "pe: stages for the least area, energy, product; clock: the fewest; both (default): see `list keys`", 0, 0,
       qy_pipeline_for_names},
      PE_OPTION(o.params),
      {"fpga", 0, OPTION_TEXT, &o.fpga, "DEVICE",
       "pe: on a device that `quarry list fpga` shows: LUTs, flip-flops, carries, slices, how many fit; packing: in a "
       "slice of it",
       0, 0, NULL},
      {"activity", 0, OPTION_FLAG, &o.activity, NULL, "toggles and their energy, by operator class and mode", 0, 0,
       NULL},
      {"sensitivity", 's', OPTION_FLAG, &o.sensitivity, NULL, "pe, design: which constants move its cost (Sobol)", 0, 0,
       NULL},
      {"over", 0, OPTION_TEXT, &o.over, "WHAT",
       "of the ratio to this pe, or point or design of the file; with --fpga: this pe beside it", 0, 0, NULL},
      {"point", 0, OPTION_INTEGER, &o.design.point, "N", "design: the point, as `quarry front` numbers them", 0, 9e15,
       NULL},
      {"design", 0, OPTION_TEXT, &o.design.design, "NAME", "design: by name instead, with --at", 0, 0, NULL},
      {"layers", 0, OPTION_FLAG, &o.design.layers, NULL, "design: what each layer takes and costs", 0, 0, NULL},
      {"members", 0, OPTION_FLAG, &o.design.members, NULL, "design: what each member and the memory takes and costs", 0,
       0, NULL},
      {"parts", 0, OPTION_FLAG, &o.design.parts, NULL, "design: how many of each part and event, and what they cost", 0,
       0, NULL},
      {"at", 0, OPTION_TEXT, &o.design.at, "AXES", "\"channels: 4, precision: 8\": every axis with several values", 0,
       0, NULL},
      {"metric", 0, OPTION_TEXT, &o.design.metric, "METRIC", "design, with --sensitivity (default area and energy)", 0,
       0, NULL},
      {"samples", 0, OPTION_INTEGER, &o.samples, "N", "with --sensitivity (default 1024)", 16, 1000000, NULL},
      {"tornado", 0, OPTION_TEXT, &o.tornado, "STEM", "with --sensitivity: draw the indices (of the energy)", 0, 0,
       NULL},
      {"format-help", 0, OPTION_FLAG, &o.format_help, NULL, "network, without NAME: the format of a network file", 0, 0,
       NULL},
      {"buffer-entries", 0, OPTION_INTEGER, &o.schedule.choice.buffer_entries, "N",
       "schedule: size of the buffer; an entry is an activation, weight or partial sum", 1, 9007199254740992.0, NULL},
      {"buffer", 0, OPTION_TEXT, &o.schedule.choice.buffer, "BYTES", "schedule: size of the buffer instead: \"64 KiB\"",
       0, 0, NULL},
      SCHEDULE_FUSION_OPTION(o.schedule.choice, "schedule: "),
      SCHEDULE_ORDER_OPTION(o.schedule.choice, "schedule: "),
      SCHEDULE_RULE_OPTION(o.schedule.choice, "schedule: "),
      SCHEDULE_BITS_OPTION(o.schedule.choice, "schedule: "),
      SCHEDULE_WEIGHT_BITS_OPTION(o.schedule.choice, "schedule: "),
      SCHEDULE_ACTIVATION_BITS_OPTION(o.schedule.choice, "schedule: "),
      {"objective", 0, OPTION_CHOICE, &o.schedule.choice.objective, "WHAT",
       "schedule: least traffic (default) or energy, with --device and --tech", 0, 0, schedule_objective_names},
      {"device", 0, OPTION_TEXT, &o.schedule.choice.device, "NAME",
       "schedule: DRAM that `quarry list dram` shows: times and energy", 0, 0, NULL},
      {"channels", 0, OPTION_INTEGER, &o.schedule.choice.channels, "N", "schedule: of it (default 1)", 1,
       QY_DRAM_CHANNELS_MAX, NULL},
      {"macs-per-cycle", 0, OPTION_INTEGER, &o.schedule.choice.macs_per_cycle, "N",
       "schedule: how fast is computed at --clock-mhz: which side binds", 1, 1e9, NULL},
      {"execute", 0, OPTION_FLAG, &o.schedule.execute, NULL, "schedule: run it with integer data and check", 0, 0,
       NULL},
      {"front", 0, OPTION_FLAG, &o.schedule.front, NULL,
       "schedule: least traffic against MACs, from as much computed again as pays to none", 0, 0, NULL},
      {"seed", 0, OPTION_INTEGER, &o.schedule.seed, "N", "schedule: of these data (default 1)", 0, 9e15, NULL},
      PACKING_OPTIONS(o.packing, "packing: "),
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  size_t row_count = 0;
  while (rows[row_count].name)
    row_count++;
  assert(row_count + QY_STYLE_X_SCALE <= OPTIONS_MAX);
  row_count = style_rows_of_page(rows, row_count, &o.style);
  static const usage help = {
      "describe",
      "KIND NAME",
      "Explain a pe (processing element), design (one point of an experiment file), tech, network, dram or fpga\n"
      "(device), metric, schema (of the database: tables,\n"
      "views, columns), schedule (of a network on a buffer) or packing (of products in a DSP slice, without NAME):\n"
      "operators with area and delay, metrics with intervals, constants with\n"
      "interval and source, layers with shapes, energy of DRAM events and of simple traffic, segments with what they\n"
      "move, keep and read again.",
      "  quarry describe pe mac_st --tech lp55 --clock-mhz 500 --activity\n"
      "  quarry describe pe brslog --param weight_bits=5,splits=4\n"
      "  quarry describe pe mac_st --sensitivity --over mac --tornado plots/mac_st --preset paper\n"
      "  quarry describe design rdm_vs_sdm --point 60\n"
      "  quarry describe design rdm_vs_sdm --design RDM --over SDM --sensitivity \\\n"
      "    --at 'technology: fdsoi28, pe.multiplier: booth, channels: 4, precision: 8, clock_mhz: 100'\n"
      "  quarry describe tech fdsoi28\n  quarry describe network mobilenet_v1_1.0_224 --format csv\n"
      "  quarry describe network --format-help\n  quarry describe dram ddr4_2400_4gb_x8\n"
      "  quarry describe pe sp2 --fpga xc7z020 --over mac\n  quarry describe fpga zu9eg\n"
      "  quarry describe schedule mobilenet_v2_1.0_224 --buffer-entries 65536 --execute\n"
      "  quarry describe schedule efficientnet_b0 --buffer '64 KiB' --fusion block --format json\n"
      "  quarry describe schema point\n"
      "  quarry describe packing --weights 4 --activations 5 --slice dsp48e1\n",
      1,
      2};
  PRINT_WORDS(argc, argv, kinds);
  uint64_t given;
  int first, code = options_parse_given(&help, rows, row_count, argc, argv, &first, &given);
  if (code != PARSED) return code;
  const char *what = argv[first];
  code = options_apply(&help, rows, row_count, given, what, forms, sizeof forms / sizeof *forms);
  if (code != PARSED) return code;
  if (o.format_help) return finish_output(print_network_format(o.format));
  for (size_t i = 0; i < KINDS; i++)
    if (strcmp(kinds[i].name, what) == 0) return run_kind(&kinds[i], &o, &argv[first], argc - first);
  return unknown_kind(what);
}
