/* Readers of experiments, libraries, models, published figures, tables of measurements and styles of plots. */
#include "fuzz.h"

#include "quarry/calibrate.h"
#include "quarry/liberty.h"
#include "quarry/network.h"
#include "quarry/onnx.h"
#include "quarry/plan.h"
#include "quarry/plot_style.h"
#include "quarry/precision.h"
#include "quarry/published.h"
#include "quarry/tech.h"
#include "quarry/units.h"
#include "quarry/validate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A plan that was taken has points that it can name. */
static uint64_t experiment(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_plan *plan = NULL;
  const qy_status status =
      qy_plan_read_text(&plan, "fuzz.yaml", bytes, length, "tests/data/models/db", fuzz_arena(), &err);
  if (status == QY_OK && (qy_plan_get(plan)->points < 1 || qy_plan_design_bytes(plan) < 1)) abort();
  return fuzz_outcome(status, &err);
}

static uint64_t technology(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_tech *t = NULL;
  const qy_status status = qy_tech_read_text(&t, "fuzz.yaml", bytes, length, fuzz_arena(), &err);
  if (status == QY_OK && (!(t->area_um2[QY_FA] > 0) || !(t->delay_ps[QY_DFF] > 0))) abort();
  return fuzz_outcome(status, &err);
}

/* A library that its own text gives again. */
static uint64_t liberty(const char *bytes, size_t length)
{
  static qy_arena *kept;
  static qy_tech *base;
  qy_error err = {0};
  if (!kept) {
    kept = qy_arena_new();
    if (qy_tech_read(&base, "db", "fdsoi28", kept, &err)) abort();
  }
  const qy_liberty_source source = {"fuzz.lib", bytes, length};
  const qy_liberty_options options = {.name = "fuzz", .base = base};
  qy_liberty_report report;
  qy_tech *t = NULL;
  const qy_status status = qy_liberty_import(&t, &report, &source, 1, &options, fuzz_arena(), &err);
  if (status == QY_OK) {
    qy_tech *again = NULL;
    qy_error why = {0};
    if (!t || !(t->area_um2[QY_FA] > 0) || !(t->delay_ps[QY_DFF] > 0)) abort();
    if (qy_tech_read_text(&again, "again", t->text, strlen(t->text), fuzz_arena(), &why)) abort();
    if (memcmp(again->energy_fj, t->energy_fj, sizeof t->energy_fj) != 0) abort();
  }
  return fuzz_outcome(status, &err);
}

/* A network that the reader of networks takes. */
static uint64_t onnx(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_onnx *model = NULL;
  const qy_onnx_options options = {.batch = 1};
  qy_status status = qy_onnx_bytes(&model, "/nowhere/model.onnx", bytes, length, &options, &err);
  if (status == QY_OK && (status = qy_onnx_check_layers(model, &err)) == QY_OK) {
    qy_text csv = {0};
    qy_network *n = NULL;
    qy_error why = {0};
    qy_onnx_network_csv(&csv, model);
    if (qy_network_text(&n, "model.csv", csv.data, csv.length, fuzz_arena(), &why)) abort();
    for (size_t i = 0; i < qy_onnx_layer_count(model); i++) {
      qy_onnx_weights w;
      qy_onnx_layer_weights(&w, model, i, fuzz_arena(), NULL);
    }
    qy_text_free(&csv);
  }
  qy_onnx_free(model);
  return fuzz_outcome(status, &err);
}

/* ---- figures and measurements ---- */

static uint64_t published(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_published *p = NULL;
  const char *file = fuzz_file(bytes, length);
  return fuzz_outcome(qy_published_evaluate(&p, "tests/data/models/db", file, NULL, false, fuzz_arena(), &err), &err);
}

static uint64_t calibration(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_calibration *c = NULL;
  return fuzz_outcome(qy_calibrate(&c, "db", fuzz_file(bytes, length), fuzz_arena(), &err), &err);
}

/* Every row is compared, or skipped with a reason. */
static uint64_t compared(qy_status status, const qy_validate_report *r, const qy_error *err)
{
  if (status == QY_OK && (r->compared + r->skipped != r->rows || (r->skipped > 0 && r->skip_count < 1))) abort();
  return fuzz_outcome(status, err) ^ (status == QY_OK ? r->skip_count : 0);
}

typedef qy_status validate_fn(qy_validate_report **, const char *, const qy_validate_options *, qy_arena *, qy_error *);

static uint64_t validate(validate_fn *with, const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_validate_report *r = NULL;
  const qy_validate_options options = {.db_dir = "db", .cycles = 16};
  const qy_status status = with(&r, fuzz_file(bytes, length), &options, fuzz_arena(), &err);
  return compared(status, r, &err);
}

static uint64_t synthesis(const char *bytes, size_t length)
{
  return validate(qy_validate_synthesis, bytes, length);
}

static uint64_t elements(const char *bytes, size_t length)
{
  return validate(qy_validate_elements, bytes, length);
}

static uint64_t arrays(const char *bytes, size_t length)
{
  return validate(qy_validate_arrays, bytes, length);
}

static uint64_t fpga_runs(const char *bytes, size_t length)
{
  return validate(qy_validate_fpga, bytes, length);
}

static uint64_t dram_runs(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_validate_report *r = NULL;
  const qy_validate_dram_options options = {.db_dir = "db"};
  const qy_status status = qy_validate_dram(&r, fuzz_file(bytes, length), &options, fuzz_arena(), &err);
  return compared(status, r, &err);
}

static uint64_t cycles(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_validate_report *r = NULL;
  const qy_status status = qy_validate_cycles(&r, fuzz_file(bytes, length), 0, fuzz_arena(), &err);
  return compared(status, r, &err);
}

/* ---- styles: lines of option=value, as on the command line; each value also as a quantity and a precision ---- */

static void style_line(qy_plot_style *style, const char *line)
{
  static const char *const units[] = {"um2", "us", "MHz", "KiB", "V", "pJ"};
  const qy_style_info *table = qy_style_table();
  const char *value = strchr(line, '=');
  double number;
  qy_precision precision;
  if (!value) return;
  value++;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (qy_unit_parse(value, units[i], &number, NULL) == QY_OK && !isfinite(number)) abort();
  if (qy_precision_parse(&precision, value) && (precision.weights < 1 || precision.activations > QY_PRECISION_BITS_MAX))
    abort();
  for (int o = 0; o < QY_STYLE_COUNT; o++) {
    char advice[QY_DID_YOU_MEAN];
    const size_t size = strlen(table[o].key);
    if (strncmp(line, table[o].key, size) != 0 || line[size] != '=') continue;
    if (qy_style_valid((qy_style_option)o, value))
      style->said[o] = value;
    else
      qy_style_advice(advice, (qy_style_option)o, value);
  }
}

static uint64_t style(const char *bytes, size_t length)
{
  static const char *const unit[2] = {"us", "um2"};
  qy_plot_style said = {0};
  qy_plot_look look;
  qy_error err = {0};
  qy_style_option which;
  char *text = qy_arena_text(fuzz_arena(), bytes, length), *rest = NULL;
  for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
    style_line(&said, line);
  const qy_status status = qy_style_ranges(&said, &which, unit, fuzz_arena(), &err);
  if (status == QY_OK && !qy_style_conflict(&which, &said)) {
    qy_style_look(&look, &said);
    if (!(look.width_in > 0) || !(look.dpi > 0) || look.format_count < 1) abort();
  }
  uint64_t options = 0;
  for (int o = 0; o < QY_STYLE_COUNT; o++)
    options = 31 * options + (said.said[o] ? strlen(said.said[o]) : 0);
  return fuzz_outcome(status, &err) ^ options;
}

#define YAML_TELLING ":-[]{},#&*!|>'\"\n "
static const char *const plan_words[] = {"technology",
                                         "[fdsoi28, zu3eg]",
                                         "{from: 1, to: 1000, points: 10, scale: log}",
                                         "{from: 1, to: 4, step: 1}",
                                         "network: small\n",
                                         "layers: {type: dwconv}\n",
                                         "accelerator: systolic",
                                         "pe: {kind: mac, bits: 8}",
                                         "members: [",
                                         "precision: ",
                                         "{default: 4, first: 8}",
                                         "w4a8",
                                         "uncertainty: {draws: 64}",
                                         "store: columns\n",
                                         "store: {points: all, layers: all}\n",
                                         "search: {evaluations: 100}\n",
                                         "sample: {method: sobol, points: 9}\n",
                                         "memory: {buffer: 64KiB}",
                                         "&a ",
                                         "*a",
                                         "1000000",
                                         "KiB",
                                         "plots: [{kind: pareto, x: area_um2, y: energy_uj}]\n",
                                         "compare: {to: SDM}\n",
                                         "where: {design: SDM}",
                                         "- ",
                                         ": ",
                                         "[]",
                                         "{}",
                                         NULL};
static const char *const tech_words[] = {"{value: 1, low: 0.5, high: 2}",
                                         "nand2",
                                         "cells:\n",
                                         "voltage_law",
                                         "&a ",
                                         "*a",
                                         "- ",
                                         ": ",
                                         "[]",
                                         "{}",
                                         "um2",
                                         "fF",
                                         "covariance:\n",
                                         "null",
                                         NULL};
static const char *const liberty_words[] = {"unknown_group (a, b) { x : 1; deep () { y (1, 2); } }",
                                            "ff (A, B) { }",
                                            "pin (P) { direction : output; }",
                                            "cell (Z) { area : 1; }",
                                            "timing () { related_pin : \"A\"; }",
                                            "/*",
                                            "\\\n",
                                            "\"",
                                            NULL};
static const char *const figure_words[] = {"relation: ratio",
                                           "quantity: ",
                                           "published: 1\n",
                                           "tolerance: ",
                                           "subjects: {",
                                           "technology: lp55",
                                           "clock_mhz: 1000",
                                           "expect: off",
                                           "{pe: mac, bits: 8}",
                                           "accelerator: systolic",
                                           "network: small",
                                           "open:\n",
                                           "&a ",
                                           "*a",
                                           "- ",
                                           NULL};
static const char *const target_words[] = {"area: 1 um2",
                                           "power: 1 mW",
                                           "energy: 1 fJ",
                                           "held_out: true",
                                           "sigma: 1e-9",
                                           "{count: 1, cell: nand2}",
                                           "{count: 1, pe: mac, bits: 8}",
                                           "structure: ",
                                           "{count: 1, op: add, bits: 8}",
                                           "constants: [nand2.area, nand2.delay]",
                                           "- ",
                                           NULL};
static const char *const measured_words[] = {"mul_u", "n=8 m=8",  "add", "acc", "lean",      "fast",
                                             "mid",   "sky130hd", "xc7", "abc", "n=64 m=64", "bits=8,multiplier=0",
                                             "\"",    ",,",       "ws",  "os",  "-1",        "n=8 m=8 n=8",
                                             NULL};
static const char *const style_words[] = {"mm2",  "in",  "cm",       "auto",          "paper", "slides",     "none",
                                          ", ",   " x ", "x_range=", "y_scale=log\n", "size=", "font_size=", "formats=",
                                          "dpi=", "µm²", NULL};

const fuzz_reader fuzz_descriptions[] = {
    {"experiment", experiment,
     "tests/data/models/*.yaml db/skeleton.yaml tests/recipes/experiment.yaml "
     "experiments/rdm_vs_sdm.yaml experiments/mobilenet_system.yaml "
     "experiments/heterogeneous_quantization.yaml tests/fuzz/corpus/experiment/*",
     YAML_TELLING, plan_words, 0, 0, 0},
    {"technology", technology, "db/tech/lp55.yaml db/tech/osu018.yaml tests/fuzz/corpus/technology/*", YAML_TELLING,
     tech_words, 0, 40000, 0},
    {"liberty", liberty, "tests/fuzz/corpus/liberty/* tests/data/liberty/*.lib", "{}();:\"\\/*,.!'^+|& \n01-e#",
     liberty_words, 0, 0, 0},
    {"onnx", onnx,
     "/usr/share/libonnx-testdata/data/simple/*/model.onnx /usr/share/libonnx-testdata/data/node/*/model.onnx "
     "tests/fuzz/corpus/onnx/*",
     "\x01\x02\x7f\x80\xff\x0a\x12\x3a\x08", NULL, 7, 0, 0},
    {"published", published, "tests/fuzz/corpus/published/* db/published/locality.yaml", YAML_TELLING, figure_words, 0,
     0, 0},
    {"calibration", calibration, "tests/fuzz/corpus/calibration/*", YAML_TELLING, target_words, 0, 0, 0},
    {"synthesis", synthesis, "tests/fuzz/corpus/synthesis/*", ",\"\n.-e# =", measured_words, 0, 0, 0},
    {"elements", elements, "tests/fuzz/corpus/elements/*", ",\"\n.-e# =", measured_words, 0, 0, 0},
    {"arrays", arrays, "tests/fuzz/corpus/arrays/*", ",\"\n.-e# =_", measured_words, 0, 0, 0},
    {"fpga_runs", fpga_runs, "tests/fuzz/corpus/fpga_runs/*", ",\"\n.-e# =", measured_words, 0, 0, 0},
    {"dram_runs", dram_runs, "tests/fuzz/corpus/dram_runs/*", ",\"\n.-e# =:;()", measured_words, 0, 0, 0},
    {"cycles", cycles, "tests/fuzz/corpus/cycles/*", ",\"\n.-e# =", measured_words, 0, 0, 0},
    {"style", style, "tests/fuzz/corpus/style/*", "=,. x\n-e", style_words, 0, 0, 0},
    {0}};
