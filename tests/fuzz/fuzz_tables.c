/* Readers of networks, memory, devices, factors and numbers. */
#include "fuzz.h"

#include "../../src/tech/schema.h"

#include "quarry/assign_table.h"
#include "quarry/dram.h"
#include "quarry/fpga.h"
#include "quarry/fpga_tech.h"
#include "quarry/layer_noise.h"
#include "quarry/network.h"
#include "quarry/scalesim.h"
#include "quarry/sqnr.h"
#include "quarry/sram.h"
#include "quarry/sram_error.h"
#include "quarry/sram_supply.h"
#include "quarry/structure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static uint64_t network(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_network *n = NULL;
  const qy_status status = qy_network_text(&n, "fuzz.csv", bytes, length, fuzz_arena(), &err);
  for (size_t i = 0; status == QY_OK && i < n->layer_count; i++)
    if (n->layer[i].macs < 0 || n->layer[i].out_h < 1 || n->layer[i].out_w < 1) abort();
  return fuzz_outcome(status, &err);
}

/* What is written of a topology can be read. */
static uint64_t topology(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_scalesim_topology *t = NULL;
  const qy_status status =
      qy_scalesim_topology_text(&t, "fuzz.csv", bytes, length, QY_SCALESIM_DETECT, fuzz_arena(), &err);
  if (status == QY_OK) {
    qy_text csv = {0};
    qy_network *n = NULL;
    qy_error why = {0};
    qy_scalesim_network_csv(&csv, t);
    if (qy_network_text(&n, "again.csv", csv.data, csv.length, fuzz_arena(), &why)) abort();
    if (n->layer_count != t->network.layer_count) abort();
    qy_text_free(&csv);
  }
  return fuzz_outcome(status, &err) ^ (status == QY_OK ? t->warnings.count : 0);
}

static uint64_t config(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_scalesim_config *c = NULL;
  const qy_status status = qy_scalesim_config_text(&c, "fuzz.cfg", bytes, length, fuzz_arena(), &err);
  if (status == QY_OK && (c->rows < 1 || c->columns < 1 || !c->dataflow)) abort();
  return fuzz_outcome(status, &err) ^ (status == QY_OK ? c->warnings.count : 0);
}

/* ---- memory ---- */

/* Any macro of the table's range can be built. */
static uint64_t sram(const char *bytes, size_t length)
{
  qy_error err = {0}, outside = {0};
  qy_sram_table *t = NULL;
  const qy_status status = qy_sram_table_read(&t, fuzz_file(bytes, length), fuzz_arena(), &err);
  for (int i = 0; status == QY_OK && i < 8; i++) {
    const qy_sram_query query = {i & 1 ? 28 : 55, i & 2 ? QY_SRAM_HP : QY_SRAM_LSTP, i & 4 ? 3000 : 1 << 20, 32, 1, 0};
    const qy_sram_wish wish = {query, 8, i & 4, 3};
    qy_sram_choice choice;
    if (qy_sram_choose(&choice, t, &wish, &outside) == QY_OK && !(qy_sram_access_pj(&choice.macro) > 0)) abort();
  }
  return fuzz_outcome(status, &err);
}

/* A small table, for what is read beside one. */
static const char small_table[] = "tests/fuzz/corpus/sram/some.csv";

static uint64_t sram_supply(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_sram_table *t = NULL;
  if (qy_sram_table_read(&t, small_table, fuzz_arena(), &err)) abort();
  const qy_status status = qy_sram_supply_read(t, fuzz_file(bytes, length), fuzz_arena(), &err);
  const qy_sram_law *law = status == QY_OK ? qy_sram_supply_law(t, 28, QY_SRAM_LSTP) : NULL;
  if (law) {
    qy_sram_scale scale;
    qy_sram_supply_scale(&scale, law, law->voltage_low_v);
    if (!(scale.energy > 0) || !(scale.energy_sd >= 0)) abort();
  }
  return fuzz_outcome(status, &err);
}

static uint64_t sram_error(const char *bytes, size_t length)
{
  qy_error err = {0}, silicon = {0};
  double p95[QY_SRAM_QUANTITY_COUNT];
  qy_constant of[QY_SRAM_SILICON_COUNT];
  const char *file = fuzz_file(bytes, length);
  const qy_status first = qy_sram_error_read(p95, file, 28, fuzz_arena(), &err);
  const qy_status second = qy_sram_silicon_read(of, file, 28, fuzz_arena(), &silicon);
  return fuzz_outcome(first, &err) + 3 * fuzz_outcome(second, &silicon);
}

/* Macros measured elsewhere, beside a table. */
static uint64_t sram_measured(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_sram_table *t = NULL;
  qy_sram_csv *csv = NULL;
  qy_sram_csv_row row;
  bool more = true;
  if (qy_sram_table_read(&t, small_table, fuzz_arena(), &err)) abort();
  qy_status status = qy_sram_csv_open(&csv, fuzz_file(bytes, length), fuzz_arena(), &err);
  while (status == QY_OK && more)
    status = qy_sram_csv_next(csv, t, &row, &more, &err);
  return fuzz_outcome(status, &err);
}

static uint64_t dram(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_dram_device *device = NULL;
  const qy_status status = qy_dram_device_read(&device, "db", fuzz_file(bytes, length), fuzz_arena(), &err);
  if (status == QY_OK && !(qy_dram_burst_bytes(device) > 0)) abort();
  return fuzz_outcome(status, &err);
}

static uint64_t dram_controllers(const char *bytes, size_t length)
{
  qy_error err = {0};
  const qy_dram_controller *list = NULL;
  size_t count = 0;
  const char *db = fuzz_db("memory/dram_controllers.yaml");
  fuzz_file(bytes, length);
  return fuzz_outcome(qy_dram_controllers_read(&list, &count, db, fuzz_arena(), &err), &err);
}

/* ---- devices and factors ---- */

static uint64_t fpga(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_fpga_device *device = NULL;
  return fuzz_outcome(qy_fpga_read(&device, "db", fuzz_file(bytes, length), fuzz_arena(), &err), &err);
}

static uint64_t fpga_factors(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_tech *t = NULL;
  const char *db = fuzz_db("circuit/fpga.csv");
  fuzz_file(bytes, length);
  return fuzz_outcome(qy_tech_read_fpga(&t, db, "zu3eg", fuzz_arena(), &err), &err);
}

static uint64_t factors(const char *bytes, size_t length)
{
  qy_error err = {0};
  static qy_arena *arena; /* of the library, read once: it takes ten times as long as the factors */
  static qy_tech *library;
  if (!arena && (!(arena = qy_arena_new()) || qy_tech_read(&library, "db", "fdsoi28", arena, &err))) abort();
  qy_tech with = *library;
  return fuzz_outcome(tech_read_factors(&with, fuzz_file(bytes, length), fuzz_arena(), &err), &err);
}

static uint64_t structure(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_structure *s = NULL;
  const qy_status status = qy_structure_read(&s, fuzz_file(bytes, length), fuzz_arena(), &err);
  if (status == QY_OK) {
    double weight[QY_STRUCTURE_FLOWS];
    qy_structure_weights(weight, s, 0.5);
    if (!(weight[0] >= 0) || !(weight[0] <= 1)) abort();
  }
  return fuzz_outcome(status, &err);
}

/* ---- numbers ---- */

static uint64_t weights(const char *bytes, size_t length)
{
  qy_error err = {0};
  qy_signal signal;
  return fuzz_outcome(qy_signal_read(&signal, fuzz_file(bytes, length), fuzz_arena(), &err), &err);
}

/* Tables of sensitivities and of options with costs. */
static uint64_t layer_tables(const char *bytes, size_t length)
{
  qy_error err = {0}, other = {0};
  qy_layer_noise *noise = NULL;
  qy_assign_table table;
  const char *file = fuzz_file(bytes, length);
  const qy_status first = qy_layer_noise_read(&noise, file, NULL, fuzz_arena(), &err);
  const qy_status second = qy_assign_table_read(&table, file, fuzz_arena(), &other);
  for (size_t l = 0; second == QY_OK && l < table.layers; l++)
    if (table.first[l + 1] <= table.first[l]) abort();
  return fuzz_outcome(first, &err) + 3 * fuzz_outcome(second, &other);
}

static const char *const layer_words[] = {"conv",
                                          "dwconv",
                                          "pwconv",
                                          "fc",
                                          "gemm",
                                          "add",
                                          "pool",
                                          "-",
                                          "0:0",
                                          "16777216",
                                          "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad,groups\n",
                                          "3x5",
                                          "\"",
                                          NULL};
static const char *const topology_words[] = {"DP", "2:4", "1:4",      "Layer name, M, N, K,\n",
                                             ",,", "\t",  "16777216", NULL};
static const char *const config_words[] = {"[architecture_presets]\n",
                                           "ArrayHeight: 8\n",
                                           "Dataflow : os\n",
                                           "CALC",
                                           "USER",
                                           "IfmapSramSzkB = 64\n",
                                           "\"",
                                           "[sparsity]\nSparsitySupport : true\n",
                                           NULL};
static const char *const yaml_words[] = {"{value: 1, low: 0.5, high: 2}",
                                         "&a",
                                         "*a",
                                         "<<: ",
                                         "[]",
                                         "{}",
                                         "null",
                                         "| \n",
                                         "\"\\x00\"",
                                         "- ",
                                         ": ",
                                         "!!int ",
                                         "\n...\n---\n",
                                         NULL};
static const char *const table_words[] = {"\"", "\"a,b\"", ",,", "\r\n", "#",   "28",
                                          "55", "lstp",    "hp", "read", "NAN", NULL};
static const char *const number_words[] = {"\x93NUMPY\x01\x00",
                                           "'descr': '<f4'",
                                           "'>i2'",
                                           "'fortran_order': True",
                                           "(1, 2)",
                                           "(4294967296, 4294967296)",
                                           "1e-3",
                                           "PK\x03\x04",
                                           ";",
                                           "#",
                                           NULL};

const fuzz_reader fuzz_tables[] = {
    {"network", network,
     "db/networks/ds_cnn_s.csv db/networks/squeezenet1_1.csv db/networks/mobilenet_v3_small.csv "
     "tests/data/models/db/networks/small.csv tests/fuzz/corpus/network/*",
     ",-x:\"#\n 0", layer_words, 0, 0, 0},
    {"topology", topology,
     "tests/data/scalesim/*.csv tests/data/scalesim_layout.csv tests/data/scalesim_report.csv "
     "tests/fuzz/corpus/topology/*",
     ",:\"\n\t 0", topology_words, 0, 0, 0},
    {"config", config, "tests/data/scalesim/*.cfg tests/fuzz/corpus/config/*", "[]:=\"\n,# ", config_words, 0, 0, 0},
    {"sram", sram, "tests/fuzz/corpus/sram/*", ",\"\n.-e#", table_words, 0, 0, 0},
    {"sram_supply", sram_supply,
     "db/memory/sram_supply.csv tests/data/models/db/memory/sram_supply.csv "
     "tests/fuzz/corpus/sram_supply/*",
     ",\"\n.-e#", table_words, 0, 0, 0},
    {"sram_error", sram_error,
     "db/memory/sram_error.csv db/memory/sram_silicon.csv "
     "tests/data/models/db/memory/sram_silicon.csv tests/fuzz/corpus/sram_error/*",
     ",\"\n.-e#", table_words, 0, 0, 0},
    {"sram_measured", sram_measured, "tests/fuzz/corpus/sram_measured/*", ",\"\n.-e#", table_words, 0, 0, 0},
    {"dram", dram,
     "db/memory/dram/ddr3_1600_4gb_x8.yaml db/memory/dram/lpddr4_2400_8gb_x16.yaml tests/fuzz/corpus/dram/*",
     ":-[]{},#&*!|>'\"\n ", yaml_words, 0, 0, 0},
    {"dram_controllers", dram_controllers, "db/memory/dram_controllers.yaml tests/fuzz/corpus/dram_controllers/*",
     ":-[]{},#&*!|>'\"\n ", yaml_words, 0, 0, 0},
    {"fpga", fpga, "db/fpga/zu3eg.yaml db/fpga/xc7z020.yaml db/fpga/u250.yaml tests/fuzz/corpus/fpga/*",
     ":-[]{},#&*!|>'\"\n ", yaml_words, 0, 0, 0},
    {"fpga_factors", fpga_factors, "db/circuit/fpga.csv tests/fuzz/corpus/fpga_factors/*", ",\"\n.-e#", table_words, 0,
     0, 0},
    {"factors", factors, "db/circuit/factors.csv tests/fuzz/corpus/factors/*", ",\"\n.-e#", table_words, 0, 0, 0},
    {"structure", structure, "db/structure.csv tests/fuzz/corpus/structure/*", ",\"\n.-e#", table_words, 0, 32768, 0},
    {"weights", weights, "tests/fuzz/corpus/weights/*", ",;\n.-e# \t", number_words, 0, 0, 0},
    {"layer_tables", layer_tables,
     "db/sensitivity/hawqv3_resnet18.csv tests/data/hawqv3_resnet18.csv "
     "tests/fuzz/corpus/layer_tables/*",
     ",\"\n.-e#", table_words, 0, 0, 0},
    {0}};
