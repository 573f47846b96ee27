/* SCALE-Sim's files: what its users have, damaged or not.
 *
 * Expected: M, N and K that SCALE-Sim v2 and v3 themselves printed (tests/data/scalesim_cycles.csv), sizes of the
 * published networks worked out by hand, and that nothing crashes on damaged text. */
#include "quarry/scalesim.h"

#include "quarry/csv.h"
#include "quarry/yaml.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

static qy_scalesim_topology *read_text(const char *text, qy_scalesim_input input, qy_error *err)
{
  qy_scalesim_topology *t;
  qy_error_clear(err);
  qy_status status = qy_scalesim_topology_text(&t, "dir/net.csv", text, strlen(text), input, arena, err);
  return status == QY_OK ? t : NULL;
}

static int warned(const qy_scalesim_warnings *w, int line, const char *part)
{
  for (size_t i = 0; i < w->count; i++)
    if (w->warning[i].line == line && strstr(w->warning[i].text, part)) return 1;
  printf("# no warning '%s' at line %d\n", part, line);
  return 0;
}

static int layer_is(const qy_layer *l, const char *name, int64_t in_h, int64_t in_w, int64_t in_c, int64_t out_c,
                    int64_t kernel_h, int64_t kernel_w, int64_t stride, int64_t out_h, int64_t out_w)
{
  return strcmp(l->name, name) == 0 && l->in_h == in_h && l->in_w == in_w && l->in_c == in_c && l->out_c == out_c &&
         l->kernel_h == kernel_h && l->kernel_w == kernel_w && l->stride_h == stride && l->out_h == out_h &&
         l->out_w == out_w;
}

#define HEAD "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"

static void topology_tests(void)
{
  qy_error err = {0};
  const qy_scalesim_topology *t =
      read_text(HEAD "Conv1, 227, 227, 11, 11, 3, 96, 4,\nFC6, 1, 1, 1, 1, 9216, 4096, 1,\n", QY_SCALESIM_DETECT, &err);
  ok(t && t->network.layer_count == 2 && layer_is(&t->network.layer[0], "Conv1", 227, 227, 3, 96, 11, 11, 4, 55, 55) &&
         t->network.layer[0].macs == INT64_C(105415200) && t->network.layer[1].type == QY_LAYER_FC &&
         strcmp(t->network.name, "net") == 0,
     "AlexNet's first layer: 55 x 55 outputs, 105,415,200 products; a fully connected one");
  ok(t && t->warnings.count == 1 && warned(&t->warnings, 2, "no padding"), "a clean row: only the note on padding");
  t = read_text(
      HEAD "Conv1\t224\t224\t7\t7\t3\t64\t2\nA, 8, 8, 3, 3, 4, 4, 1\nB, 8, 8, 3, 3, 4, 4, 1,,,\n\n,,,,\n"
           "C, 8,, 8, 3, 3, 4, 4, 1,\nD, 8, 8, 3, 3, 4, 4\n E , 8, 8, 3, 3, 4, 4, 1, 1:1,\nF,8,8,3,3,4,4,1,1,abc,\n",
      QY_SCALESIM_DETECT, &err);
  int same = 0;
  for (size_t i = 1; t && i < t->network.layer_count; i++)
    same += layer_is(&t->network.layer[i], (const char *[]){"", "A", "B", "C", "D", "E", "F"}[i < 7 ? i : 0], 8, 8, 4,
                     4, 3, 3, 1, 6, 6);
  ok(t && t->network.layer_count == 7 && same == 6,
     "ragged rows, tabs, blank and further columns, no stride: all read");
  ok(t && warned(&t->warnings, 2, "tabs") && warned(&t->warnings, 3, "no comma") && warned(&t->warnings, 6, "empty") &&
         warned(&t->warnings, 7, "blank") && warned(&t->warnings, 8, "no stride") &&
         warned(&t->warnings, 9, "sparsity") && warned(&t->warnings, 10, "abc"),
     "each with a warning at its line");
  /* 224 + 0 padding, 7 x 7 with stride 2: ceil((224 - 7 + 2) / 2) = 110, grown to 109 * 2 + 7 = 225; 112 when padded.
   */
  ok(t && layer_is(&t->network.layer[0], "Conv1", 225, 225, 3, 64, 7, 7, 2, 110, 110) && t->note[0].unpadded &&
         t->note[0].grown && t->note[0].in_h == 224 && warned(&t->warnings, 2, "112x112") &&
         warned(&t->warnings, 2, "225x225") && t->unpadded_count == 7,
     "ResNet18 conv1 without padding: 110 x 110 instead of 112 x 112, reported");
  t = read_text(HEAD "Conv3_DP, 58, 58, 3, 3, 144, 1, 1,\nConv_dp, 58, 58, 3, 3, 144, 1, 1,\n", QY_SCALESIM_DETECT,
                &err);
  ok(t && t->by_name_count == 1 && t->network.layer[0].type == QY_LAYER_DWCONV && t->network.layer[0].groups == 144 &&
         t->network.layer[0].out_c == 144 && t->network.layer[0].macs == INT64_C(56) * 56 * 9 * 144 &&
         t->network.layer[1].type == QY_LAYER_CONV && t->network.layer[1].macs == t->network.layer[0].macs &&
         warned(&t->warnings, 2, "DP"),
     "DP in a name makes it depthwise, dp does not");
  t = read_text(HEAD "X, 20, 12, 5, 3, 3, 33, 2, 3,\nX, 9, 9, 3, 3, 3, 3, 2, 2,\n", QY_SCALESIM_DETECT, &err);
  /* ceil((20 - 5 + 2) / 2) = 9 rows, grown to 8 x 2 + 5 = 21; ceil((12 - 3 + 3) / 3) = 4 columns, 3 x 3 + 3 = 12. */
  ok(t && layer_is(&t->network.layer[0], "X", 21, 12, 3, 33, 5, 3, 2, 9, 4) && t->network.layer[0].stride_w == 3 &&
         t->network.layer[0].macs == INT64_C(36) * 45 * 33 && warned(&t->warnings, 2, "21x12"),
     "two strides: down and across");
  ok(t && strcmp(t->network.layer[1].name, "X@3") == 0 && warned(&t->warnings, 3, "used before"), "a name used twice");
  t = read_text("Layer, M, N, K,\nQ, 128, 64, 512,\nR, 1, 1000, 2048\n", QY_SCALESIM_DETECT, &err);
  ok(t && t->network.layer_count == 2 && t->network.layer[0].out_h * t->network.layer[0].out_w == 128 &&
         t->network.layer[0].out_c == 64 && t->network.layer[0].in_c == 512 &&
         t->network.layer[1].type == QY_LAYER_FC && warned(&t->warnings, 3, "no comma"),
     "products by their head line");
  t = read_text("Conv1, 8, 8, 3, 3, 4, 4, 1,\r\nConv2, 8, 8, 3, 3, 4, 4, 1,\rConv3, 8, 8, 3, 3, 4, 4, 1,",
                QY_SCALESIM_DETECT, &err);
  ok(t && t->network.layer_count == 3 && warned(&t->warnings, 1, "no head line"), "no head line; any line ends");
}

static void error_tests(void)
{
  static const struct {
    const char *text;
    int line, column;
    const char *part;
  } row[] = {{HEAD "A, 8, 8, 3, 3,\n", 2, 0, "found 4"},
             {HEAD "A, 8, 8, 3, 3, 4, 4, 1,\nB, 8, x8, 3, 3, 4, 4, 1,\n", 3, 6, "IFMAP width"},
             {HEAD "A, 0, 8, 3, 3, 4, 4, 1,\n", 2, 3, "IFMAP height"},
             {HEAD "A, -8, 8, 3, 3, 4, 4, 1,\n", 2, 3, "-8"},
             {HEAD "A, 8.5, 8, 3, 3, 4, 4, 1,\n", 2, 3, "8.5"},
             {HEAD "A, 99999999999999999999, 8, 3, 3, 4, 4, 1,\n", 2, 3, "1 to"},
             {HEAD "A, 8, 8, 9, 3, 4, 4, 1,\n", 2, 0, "at most the input"},
             {HEAD "A, 9999999, 9999999, 3, 3, 9999999, 9999999, 1,\n", 2, 0, "64 bits"},
             {HEAD, 0, 0, "at least one layer"},
             {"", 0, 0, "at least one layer"},
             {"Layer, M, N, K,\nA, 1, 2,\n", 2, 0, "3 numbers"}};
  int good = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    const qy_scalesim_topology *t = read_text(row[i].text, QY_SCALESIM_DETECT, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    const int fits =
        !t && err.count == 1 && d->line == row[i].line && d->column == row[i].column && strstr(d->text, row[i].part);
    if (!fits) printf("# %zu: %d:%d %s\n", i, d->line, d->column, d->text);
    good += fits;
  }
  is_int(good, sizeof row / sizeof *row, "wrong rows are refused at line and column");
  qy_error err = {0};
  qy_scalesim_topology *t;
  ok(qy_scalesim_topology_text(&t, "x", "a\0b", 3, QY_SCALESIM_DETECT, arena, &err) == QY_BAD_INPUT,
     "so is a NUL byte");
  ok(qy_scalesim_topology_read(&t, "tests/data/none.csv", QY_SCALESIM_DETECT, arena, &err) == QY_BAD_INPUT && !t,
     "and a missing file");
}

/* M, N and K in any order; convolutions by other names; what contradicts itself is refused. */
static void head_tests(void)
{
  static const char *const product[] = {"Layer,M,K,N,\nG,196,384,192,\n",
                                        "Layer,N,K,M,\nG,192,384,196,\n",
                                        "K,Layer name,N,M\n384,G,192,196\n",
                                        "layer, k, m, n, sparsity\nG,384,196,192,1\n",
                                        "M,N,K\n196,192,384\n",
                                        "Layer\tK\tN\tM\nG\t384\t192\t196\n"};
  qy_error err = {0};
  int good = 0;
  for (size_t i = 0; i < sizeof product / sizeof *product; i++) {
    const qy_scalesim_topology *t = read_text(product[i], QY_SCALESIM_DETECT, &err);
    const int fits = t && t->network.layer_count == 1 && t->network.layer[0].in_h == 196 &&
                     t->network.layer[0].in_c == 384 && t->network.layer[0].out_c == 192;
    if (!fits) printf("# head %zu: %s\n", i, err.count ? err.diagnostic[0].text : "other sizes");
    good += fits;
  }
  is_int(good, sizeof product / sizeof *product, "the head line says which number is M, N and K");
  const qy_scalesim_topology *t =
      read_text("Num Filters,Stride,Channels,Layer,Filter H,Filter W,IFMAP H,IFMAP W,Stride Width\n"
                "64,2,3,c,7,5,229,100,3\n",
                QY_SCALESIM_DETECT, &err);
  ok(t && layer_is(&t->network.layer[0], "c", 229, 101, 3, 64, 7, 5, 2, 112, 33) && t->network.layer[0].stride_w == 3,
     "and which is what of a convolution");
  t = read_text("my network\nA, 8, 8, 3, 3, 4, 4, 1,\n", QY_SCALESIM_DETECT, &err);
  ok(t && t->network.layer_count == 1 && t->warnings.count == 1, "a title is no head line: SCALE-Sim's order");
  t = read_text("a,b,c,d\nG,196,192,384,\n", QY_SCALESIM_DETECT, &err);
  ok(t && t->network.layer[0].in_c == 384 && warned(&t->warnings, 1, "no column"), "nor are unknown words: warned");
  t = read_text("L,M,N,K,Batch Size,Sparsity\nG,196,192,384,4,2:4,\n", QY_SCALESIM_DETECT, &err);
  ok(t && warned(&t->warnings, 2, "batch '4'") && warned(&t->warnings, 2, "sparsity '2:4'"),
     "columns that are not used are warned of");
  ok(t && t->note[0].kept == 2 && t->note[0].block == 4, "a sparsity is kept");
  t = read_text(HEAD "AlexNet,\n# a comment\nA, 8, 8, 3, 3, 4, 4, 1,\n", QY_SCALESIM_DETECT, &err);
  ok(t && t->network.layer_count == 1 && warned(&t->warnings, 2, "name without numbers"), "headings between layers");
}

static void foreign_tests(void)
{
  static const struct {
    const char *text;
    int line, column;
    const char *part;
  } row[] = {
      {"Layer name, IFMAP Height Intraline Factor,\nC,8,64,\n", 1, 12, "layout file"},
      {"LayerID, Total Cycles, Stall Cycles,\n0, 1.0, 2,\n", 1, 9, "report"},
      {"LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW,\n0, 29.3, 0.31,\n", 1, 9, "report"},
      {"LayerID, SRAM IFMAP Start Cycle,\n0, 33.0,\n", 1, 9, "report"},
      {"LayerID, Sparsity Representation, Original Filter Storage,\n0, csr, 3,\n", 1, 9, "report"},
      {"Layer, Sparsity\nC1, 2:4\n", 1, 7, "sparse file"},
      {"C1, 2:4,\nC2, 1:4,\n", 1, 4, "sparse file"},
      {"Layer,M,N,\nG,1,2,\n", 1, 0, "called K"},
      {"Layer,M,N,Depth,\nG,1,2,3,\n", 1, 0, "called K"},
      {"Layer,M,M,K,\nG,1,2,3,\n", 1, 9, "M again"},
      {"Layer,M,N,K,Channels\nG,1,2,3,4\n", 1, 0, "of both"},
      {"Layer name, IFMAP Height, IFMAP Width, Filter Height, Channels, Num Filter, Strides,\nA,8,8,3,4,4,1,\n", 1, 0,
       "called filter width"},
      {HEAD "G,196,192,384,\n", 2, 0, "7 numbers, found 3"},
      {"Layer,M,N,K,\nA, 8, 8, 3, 3, 4, 4, 1,\n", 2, 12, "more numbers"},
      {HEAD "C1,8,64,1,3,2,8,1,2,0,4,5,\n", 2, 23, "more numbers"},
      {HEAD "A, 8, , 3, 3, 4, 4, 1,\n", 2, 6, "IFMAP width"},
      {"M,N,K\nG,196,192,384\n", 2, 1, "M: expected"},
  };
  int good = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    const qy_scalesim_topology *t = read_text(row[i].text, QY_SCALESIM_DETECT, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    const int fits =
        !t && err.count == 1 && d->line == row[i].line && d->column == row[i].column && strstr(d->text, row[i].part);
    if (!fits) printf("# %zu: %d:%d %s\n", i, d->line, d->column, d->text);
    good += fits;
  }
  is_int(good, sizeof row / sizeof *row,
         "layouts, reports, heads that contradict themselves or their rows are refused");
}

/* Every name once, whatever the others are. */
static void twin_tests(void)
{
  qy_error err = {0};
  const qy_scalesim_topology *t = read_text("Layer,M,N,K,\nL,1,2,3,\nL,1,2,3,\nL@3,4,4,4,\nL@3,4,4,4,\nL@3.2,1,1,1\nL,"
                                            "1,1,1,\nL@5,1,1,1,\n,1,1,1,\nlayer9,1,1,1,\n",
                                            QY_SCALESIM_DETECT, &err);
  int same = 0;
  for (size_t i = 0; t && i < t->network.layer_count; i++)
    for (size_t k = 0; k < i; k++)
      same += strcmp(t->network.layer[i].name, t->network.layer[k].name) == 0;
  ok(t && t->network.layer_count == 9 && same == 0 && strcmp(t->network.layer[0].name, "L") == 0 &&
         strcmp(t->network.layer[2].name, "L@3") == 0,
     "names used twice become distinct, also from those that look like the new ones");
}

/* Values as version 1 writes them, in quotes, and the sections of version 3. */
static void version_tests(void)
{
  static const char text[] =
      "[general]\nrun_name = \"edge array\"\n[architecture_presets]\nArrayHeight: '8'\nArrayWidth: 8\nDataflow: "
      "\"is\"\n"
      "IfmapSramSz: 2\n[layout]\nIfmapCustomLayout: True\nFilterCustomLayout: False\nIfmapSRAMBankNum: 10\n"
      "[sparsity]\nSparsitySupport: true\nSparseRep: csr\nOptimizedMapping: false\n[run_presets]\n"
      "InterfaceBandwidth: CALC\nUseRamulatorTrace: False\n";
  qy_scalesim_config *c;
  qy_error err = {0};
  ok(qy_scalesim_config_text(&c, "a.cfg", text, sizeof text - 1, arena, &err) == QY_OK &&
         strcmp(c->run_name, "edge_array") == 0 && c->rows == 8 && strcmp(c->dataflow, "is") == 0 &&
         c->input_kib == 2 && c->warnings.count == 3 && warned(&c->warnings, 2, "edge_array") &&
         warned(&c->warnings, 9, "conflicts") && warned(&c->warnings, 13, "leaves products out"),
     "quotes are dropped; parts of version 3 are warned of where they are on");
  ok(c && c->sparse && qy_scalesim_may_be_sparse(c, &(qy_scalesim_note){.kept = 2, .block = 4}) &&
         qy_scalesim_may_be_sparse(c, &(qy_scalesim_note){.block = 0}) &&
         !qy_scalesim_may_be_sparse(c, &(qy_scalesim_note){.kept = 4, .block = 4}),
     "a sparse configuration leaves products out where a layer is not stated as dense");
  const qy_scalesim_topology *t = read_text(HEAD "A, 10, 12, 3, 3, 4, 5, 1,\n", QY_SCALESIM_DETECT, &err);
  if (!t || !c) return;
  const qy_scalesim_buffers b = qy_scalesim_buffers_of(c, t);
  ok(b.bytes[QY_SCALESIM_INPUT] == 2048 && b.stated[QY_SCALESIM_INPUT] && !b.stated[QY_SCALESIM_FILTER] && !b.ideal &&
         b.bytes[QY_SCALESIM_FILTER] == 2 * 3 * 3 * 4 * 5 && b.bytes[QY_SCALESIM_OUTPUT] == 2 * 8 * 10 * 5 * 4,
     "a size that is not stated holds the largest layer twice");
}

/* The rows that SCALE-Sim ran, written as a topology: M, N and K are what it printed. */
static void scalesim_rows(void)
{
  static const char *const name[] = {"ifmap_h", "ifmap_w", "filt_h", "filt_w", "channels",  "num_filters",
                                     "stride",  "M",       "N",      "K",      "input_type"};
  enum { COLUMNS = sizeof name / sizeof *name };
  qy_csv csv;
  int at[COLUMNS], rows = 0, good = 0;
  bool more;
  if (qy_csv_open(&csv, "tests/data/scalesim_cycles.csv", arena, NULL) ||
      qy_csv_columns(&csv, name, COLUMNS, at, NULL)) {
    ok(0, "tests/data/scalesim_cycles.csv can be read");
    return;
  }
  while (qy_csv_next(&csv, &more, NULL) == QY_OK && more) {
    qy_text text = {0};
    qy_error err = {0};
    int64_t v[COLUMNS] = {0};
    for (int i = 0; i < COLUMNS - 1; i++)
      qy_csv_integer(&csv, at[i], 0, INT64_MAX, &v[i], NULL);
    const int gemm = strcmp(csv.field[at[10]], "gemm") == 0;
    if (gemm)
      qy_text_add(&text, "Layer, M, N, K,\nA, %lld, %lld, %lld,\n", (long long)v[7], (long long)v[8], (long long)v[9]);
    else
      qy_text_add(&text, HEAD "A, %lld, %lld, %lld, %lld, %lld, %lld, %lld,\n", (long long)v[0], (long long)v[1],
                  (long long)v[2], (long long)v[3], (long long)v[4], (long long)v[5], (long long)v[6]);
    const qy_scalesim_topology *t = read_text(text.data, QY_SCALESIM_DETECT, &err);
    rows++;
    if (t) {
      const qy_layer *l = &t->network.layer[0];
      good += l->out_h * l->out_w == v[7] && l->out_c == v[8] && l->kernel_h * l->kernel_w * l->in_c == v[9] &&
              (l->in_h - l->kernel_h) / l->stride_h + 1 == l->out_h &&
              (l->in_w - l->kernel_w) / l->stride_w + 1 == l->out_w;
    }
    qy_text_free(&text);
  }
  ok(rows > 150 && good == rows, "all %d rows that SCALE-Sim ran give its M, N and K (%d)", rows, good);
}

static const char config_text[] =
    "[general]\nrun_name = \"scale\"\n\n[architecture_presets]\nArrayHeight:    16\nArrayWidth=64\n"
    "ifmapsramszkB:  64\nFilterSramSzkB: 32\nOfmapSramSzkB:  8\nIfmapOffset:    0\nDataflow : WS\nBandwidth : 10\n"
    "MemoryBanks:   1\n# comment\n; another\n[run_presets]\nInterfaceBandwidth: USER\n[cooling]\nAnything: 3\n";

static void config_tests(void)
{
  qy_scalesim_config *c;
  qy_error err = {0};
  ok(qy_scalesim_config_text(&c, "a.cfg", config_text, sizeof config_text - 1, arena, &err) == QY_OK && c->rows == 16 &&
         c->columns == 64 && strcmp(c->dataflow, "ws") == 0 && c->input_kib == 64 && c->filter_kib == 32 &&
         c->output_kib == 8 && c->bandwidth_words == 10 && c->warnings.count == 1 &&
         warned(&c->warnings, 18, "cooling") && strcmp(c->run_name, "scale") == 0,
     "an architecture file; keys in any case; a foreign section is warned of");
  static const struct {
    const char *text;
    int line;
    const char *part;
  } row[] = {
      {"[architecture_presets]\nArrayHeight: 8\nDataflow: os\n", 0, "ArrayWidth"},
      {"[architecture_presets]\nArrayHeigth: 8\nArrayWidth: 8\nDataflow: os\n", 2, "did you mean \"ArrayHeight\""},
      {"ArrayHeight: 8\nArrayWidth: 0\n", 2, "ArrayWidth"},
      {"ArrayHeight: 8\nArrayWidth: 8\nDataflow: rs\n", 3, "os, ws or is"},
      {"ArrayHeight 8\n", 1, "KEY: VALUE"},
      {"[general\n", 1, "bracket"},
      {"IfmapSramSzkB: many\n", 1, "number"},
      {"IfmapSramSzkB: 99999999999\n", 1, "a number of at most 1073741824"},
      {"ArrayHeight: 8\nArrayWidth: 8\narrayheight: 16\n", 3, "ArrayHeight once, found it in line 1"},
      {"[a]\n[general]\nrun_name: a\n[run_presets]\nrun_name: b\n", 5, "line 3"},
      {"OfmapSramSz: 8\n\nOfmapSramSzkB: 8\n", 3, "line 1 as well (OfmapSramSz)"},
      {"MemoryBanks: 1\nMemoryBanks: 1\n", 2, "line 1"},
      {"", 0, "ArrayHeight"}};
  int good = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error_clear(&err);
    const int bad = qy_scalesim_config_text(&c, "a.cfg", row[i].text, strlen(row[i].text), arena, &err) == QY_BAD_INPUT;
    const int fits = bad && !c && err.diagnostic[0].line == row[i].line && strstr(err.diagnostic[0].text, row[i].part);
    if (!fits) printf("# %zu: %d %s\n", i, err.diagnostic[0].line, err.diagnostic[0].text);
    good += fits;
  }
  is_int(good, sizeof row / sizeof *row, "wrong ones are refused with the line");
  char name[] = "/tmp/quarry_config_XXXXXX";
  qy_error_clear(&err);
  ok(write_new_file(name, 0, config_text) && !qy_scalesim_config_read(&c, name, arena, &err) && c->rows == 16 &&
         c->columns == 64,
     "the same from a file");
  remove(name);
  ok(qy_scalesim_config_read(&c, name, arena, &err) == QY_BAD_INPUT && !c, "which is not there any more");
}

/* Written as a network file it is read back by the strict reader. */
static void writing_tests(void)
{
  qy_error err = {0};
  qy_text text = {0}, yaml = {0};
  const qy_scalesim_topology *t =
      read_text(HEAD "Conv1, 224, 224, 7, 7, 3, 64, 2,\nA \"b\" #1, 8, 8, 1, 1, 4, 4, 1,\nDP, 57, 57, 3, 3, 32, 1, 2,\n"
                     "FC, 1, 1, 1, 1, 64, 10, 1,\nS, 20, 12, 5, 3, 3, 33, 2, 3,\nS, 20, 12, 20, 12, 3, 33, 2,\n",
                QY_SCALESIM_DETECT, &err);
  char file[] = "/tmp/quarry-scalesim-XXXXXX.csv";
  const int fd = mkstemps(file, 4);
  qy_network *n = NULL;
  int same = 0;
  if (t && fd >= 0) {
    qy_scalesim_network_csv(&text, t);
    ok(!text.failed && write(fd, text.data, text.length) == (ssize_t)text.length, "network written");
    qy_error_clear(&err);
    if (qy_network_read(&n, "db", file, arena, &err)) printf("# %s\n", err.diagnostic[0].text);
    for (size_t i = 0; n && i < n->layer_count && n->layer_count == t->network.layer_count; i++) {
      const qy_layer *a = &n->layer[i], *b = &t->network.layer[i];
      same += a->type == b->type &&
              layer_is(a, b->name, b->in_h, b->in_w, b->in_c, b->out_c, b->kernel_h, b->kernel_w, b->stride_h, b->out_h,
                       b->out_w) &&
              a->stride_w == b->stride_w && a->groups == b->groups && a->macs == b->macs && a->weights == b->weights;
    }
  }
  is_int(same, 6, "and read back by the strict reader, layer by layer");
  qy_scalesim_config *c;
  if (t && qy_scalesim_config_text(&c, "a.cfg", config_text, sizeof config_text - 1, arena, &err) == QY_OK) {
    qy_yaml *root = NULL;
    const qy_scalesim_buffers b = qy_scalesim_buffers_of(c, t);
    qy_scalesim_experiment_yaml(&yaml, c, t, &b, file);
    ok(!yaml.failed && qy_yaml_read_text(&root, "x.yaml", yaml.data, yaml.length, arena, &err) == QY_OK && root &&
           strstr(yaml.data, "rows: 16") && strstr(yaml.data, "port_bits: 80") && strstr(yaml.data, "dataflow: \"ws\""),
       "an experiment is YAML");
  }
  if (fd >= 0) close(fd), unlink(file);
  qy_text_free(&text);
  qy_text_free(&yaml);
}

/* Damaged texts: any status, no crash, and what is read is sound. */
static void damage_tests(void)
{
  static const char base[] =
      HEAD "Conv1, 224, 224, 7, 7, 3, 64, 2,\nDP2\t58\t58\t3\t3\t144\t1\t1\nC, 8, 8, 3, 3, 4, 4, 1, 2,\n";
  static const char bytes[] = ",,\t\n\r 0123456789-.:DPMNK\"#;[]=\xff";
  uint32_t seed = 7;
  int sound = 0, reads = 0;
  enum { RUNS = 20000 };
  for (int i = 0; i < RUNS; i++) {
    char text[sizeof base + 8], config[sizeof config_text + 8];
    size_t length = sizeof base - 1, config_length = sizeof config_text - 1;
    memcpy(text, base, length);
    memcpy(config, config_text, config_length);
    for (int k = 0; k <= i % 9; k++) {
      seed = seed * 1664525u + 1013904223u;
      text[(seed >> 8) % length] = config[(seed >> 7) % config_length] = bytes[(seed >> 20) % (sizeof bytes - 1)];
    }
    seed = seed * 1664525u + 1013904223u;
    if (i % 3 == 0) length = (seed >> 8) % (length + 1), config_length = (seed >> 9) % (config_length + 1);
    qy_scalesim_topology *t;
    qy_scalesim_config *c;
    qy_arena *scratch = qy_arena_new();
    qy_error err = {0};
    int good = 1;
    if (qy_scalesim_topology_text(&t, "x", text, length, (qy_scalesim_input)(i % 3), scratch, &err) == QY_OK) {
      reads++;
      for (size_t k = 0; k < t->network.layer_count; k++) {
        const qy_layer *l = &t->network.layer[k];
        good &= l->macs > 0 && l->out_h > 0 && l->out_w > 0 && (l->in_h - l->kernel_h) / l->stride_h + 1 == l->out_h;
      }
    } else {
      good &= err.count > 0 && !t;
    }
    qy_error_clear(&err);
    if (qy_scalesim_config_text(&c, "x", config, config_length, scratch, &err) == QY_OK)
      good &= c->rows > 0 && c->columns > 0 && c->dataflow;
    else
      good &= err.count > 0 && !c;
    sound += good;
    qy_arena_free(scratch);
  }
  ok(sound == RUNS && reads > RUNS / 80, "%d damaged files: read soundly (%d) or refused with a reason", RUNS, reads);
}

int main(void)
{
  arena = qy_arena_new();
  topology_tests();
  error_tests();
  head_tests();
  foreign_tests();
  twin_tests();
  version_tests();
  scalesim_rows();
  config_tests();
  writing_tests();
  damage_tests();
  qy_arena_free(arena);
  return done();
}
