/* SCALE-Sim's files row by row: layers, and every warning with its place, by the rules of scalesim.h; the experiment
 * that is written, line by line. */
#include "quarry/scalesim.h"

#include "tap.h"

static qy_arena *arena;

typedef struct row {
  const char *what, *text;
  qy_scalesim_input input;
  const char *layers, *warnings; /* a line each, see below; or LINE:COLUMN and the error */
} row;

typedef struct text {
  char data[4096];
  size_t length;
} text;

__attribute__((format(printf, 2, 3))) static void put(text *t, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const int n = vsnprintf(t->data + t->length, sizeof t->data - t->length, format, args);
  va_end(args);
  if (n > 0) t->length += (size_t)n;
  if (t->length >= sizeof t->data) t->length = sizeof t->data - 1;
}

/* NAME TYPE H,W,C>H,W,C, kernel, stride; "6x7" where the file says another input; 2:4: sparse; its line. */
static void put_layer(text *t, const qy_layer *l, const qy_scalesim_note *n)
{
  put(t, "%s %s %d,%d,%d>%d,%d,%d k%dx%d s%dx%d", l->name, qy_layer_type_name(l->type), (int)l->in_h, (int)l->in_w,
      (int)l->in_c, (int)l->out_h, (int)l->out_w, (int)l->out_c, (int)l->kernel_h, (int)l->kernel_w, (int)l->stride_h,
      (int)l->stride_w);
  if (n->grown) put(t, " of %dx%d", (int)n->in_h, (int)n->in_w);
  if (n->unpadded) put(t, " unpadded");
  if (n->block) put(t, " %d:%d", (int)n->kept, (int)n->block);
  put(t, " line %d\n", n->line);
}

static void check(const row *r)
{
  qy_scalesim_topology *t = NULL;
  qy_error err = {0};
  text layers = {.length = 0}, warnings = {.length = 0};
  size_t unpadded = 0, by_name = 0;
  qy_arena_reset(arena);
  const qy_status status =
      qy_scalesim_topology_text(&t, "dir/net.csv", r->text, strlen(r->text), r->input, arena, &err);
  if (status) put(&layers, "%d:%d %s", err.diagnostic[0].line, err.diagnostic[0].column, err.diagnostic[0].text);
  for (size_t i = 0; !status && i < t->network.layer_count; i++) {
    put_layer(&layers, &t->network.layer[i], &t->note[i]);
    unpadded += t->note[i].unpadded;
    by_name += t->note[i].by_name;
  }
  for (size_t i = 0; !status && i < t->warnings.count; i++)
    put(&warnings, "%d:%d %s\n", t->warnings.warning[i].line, t->warnings.warning[i].column,
        t->warnings.warning[i].text);
  is_text(layers.data, r->layers, r->what);
  if (r->warnings) is_text(warnings.data, r->warnings, "with its warnings");
  if (!status)
    ok(t->unpadded_count == unpadded && t->by_name_count == by_name && strcmp(t->network.file, "dir/net.csv") == 0,
       "and their counts");
}

#define HEAD  "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"
#define A     "A, 9, 9, 1, 1, 4, 5, 1,\n"
#define A2    "A pwconv 9,9,4>9,9,5 k1x1 s1x1 line 2\n"
#define A1    "A pwconv 9,9,4>9,9,5 k1x1 s1x1 line 1\n"
#define ORDER "1:0 no head line: SCALE-Sim would leave out this layer\n"

static const row rows[] = {
    {"a layer", HEAD A, QY_SCALESIM_DETECT, A2, ""},
    {"the smallest", HEAD "A, 1, 1, 1, 1, 1, 1, 1,\n", QY_SCALESIM_DETECT, "A fc 1,1,1>1,1,1 k1x1 s1x1 line 2\n", ""},
    {"a row is no product with a pixel more", HEAD "A, 1, 2, 1, 1, 3, 4, 1,\n", QY_SCALESIM_DETECT,
     "A pwconv 1,2,3>1,2,4 k1x1 s1x1 line 2\n", ""},
    {"a filter as large as its input", HEAD "A, 5, 7, 5, 7, 3, 2, 1,\n", QY_SCALESIM_DETECT,
     "A conv 5,7,3>1,1,2 k5x7 s1x1 unpadded line 2\n", NULL},
    {"one row larger", HEAD "A, 5, 7, 6, 7, 3, 2, 1,\n", QY_SCALESIM_DETECT,
     "2:0 expected a filter of at most the input's 5x7, found 6x7", NULL},
    {"one column larger", HEAD "A, 5, 7, 5, 8, 3, 2, 1,\n", QY_SCALESIM_DETECT,
     "2:0 expected a filter of at most the input's 5x7, found 5x8", NULL},
    /* (9 - 3) / 2 + 1 = 4 of ceil(9 / 2) = 5. */
    {"no padding", HEAD "A, 9, 9, 3, 1, 4, 5, 2,\n", QY_SCALESIM_DETECT,
     "A conv 9,9,4>4,5,5 k3x1 s2x2 unpadded line 2\n",
     "2:0 no padding, as in SCALE-Sim: 4x5 outputs (with padding that keeps the size it would be 5x5)\n"},
    /* ceil((9 - 2) / 2) + 1 = 5 of 5: none is lost; 5 x 2 + 2 = 10. */
    {"a stride that does not divide", HEAD "A, 9, 9, 2, 1, 4, 5, 2,\n", QY_SCALESIM_DETECT,
     "A conv 10,9,4>5,5,5 k2x1 s2x2 of 9x9 line 2\n",
     "2:0 stride 2x2 does not divide: 9x9 input read as 10x9 for the 5x5 outputs that SCALE-Sim counts\n"},
    {"across alone", HEAD "A, 9, 9, 1, 2, 4, 5, 2,\n", QY_SCALESIM_DETECT,
     "A conv 9,10,4>5,5,5 k1x2 s2x2 of 9x9 line 2\n",
     "2:0 stride 2x2 does not divide: 9x9 input read as 9x10 for the 5x5 outputs that SCALE-Sim counts\n"},
    {"depthwise by name", HEAD "aDPb, 9, 9, 1, 1, 4, 1, 1,\n", QY_SCALESIM_DETECT,
     "aDPb dwconv 9,9,4>9,9,4 k1x1 s1x1 line 2\n",
     "2:1 name holds \"DP\": one layer of one channel and one filter for each of 4 channels\n"},
    {"two strides", HEAD "A, 9, 9, 1, 1, 4, 5, 1, 2,\n", QY_SCALESIM_DETECT, "A pwconv 9,9,4>9,5,5 k1x1 s1x2 line 2\n",
     ""},
    {"a second stride by its column",
     "Layer,Stride H,Stride W,Filter H,Filter W,In H,In W,Channels,Filters\nA,2,4,1,1,9,9,4,5,\n", QY_SCALESIM_DETECT,
     "A pwconv 9,9,4>5,3,5 k1x1 s2x4 line 2\n", ""},
    {"in the first column",
     "Stride W,Layer,Stride H,Filter H,Filter W,In H,In W,Channels,Filters\n4,A,2,1,1,9,9,4,5,\n", QY_SCALESIM_DETECT,
     "A pwconv 9,9,4>5,3,5 k1x1 s2x4 line 2\n", ""},
    {"a name like a sparsity", HEAD "2:4, 9, 9, 1, 1, 4, 5, 1,\n", QY_SCALESIM_DETECT,
     "2:4 pwconv 9,9,4>9,9,5 k1x1 s1x1 line 2\n", ""},
    {"sparse", HEAD "A, 9, 9, 1, 1, 4, 5, 1, 2:4,\n", QY_SCALESIM_DETECT, "A pwconv 9,9,4>9,9,5 k1x1 s1x1 2:4 line 2\n",
     "2:24 sparsity '2:4' left out: all products are made, SCALE-Sim leaves some out if its configuration says so\n"},
    {"with blanks", HEAD "A, 9, 9, 1, 1, 4, 5, 1, 2 : 4 ,\n", QY_SCALESIM_DETECT,
     "A pwconv 9,9,4>9,9,5 k1x1 s1x1 2:4 line 2\n", NULL},
    {"a sparsity of other digits", HEAD "A, 9, 9, 1, 1, 4, 5, 1, 12:16,\n", QY_SCALESIM_DETECT,
     "A pwconv 9,9,4>9,9,5 k1x1 s1x1 12:16 line 2\n", NULL},
    {"no sparsity", HEAD "A, 9, 9, 1, 1, 4, 5, 1, 2:x,\n", QY_SCALESIM_DETECT, A2,
     "2:24 extra column '2:x' left out\n"},
    {"text behind", HEAD "A, 9, 9, 1, 1, 4, 5, 1, first,\n", QY_SCALESIM_DETECT, A2,
     "2:24 extra column 'first' left out\n"},
    {"more numbers", HEAD "A, 9, 9, 1, 1, 4, 5, 1, 1, 3,\n", QY_SCALESIM_DETECT,
     "2:27 expected 8 columns as in the head line, found more numbers: '3' (a layout file, or another form?)", NULL},
    {"a head line without names",
     "IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n9, 8, 1, 1, 4, 5, 1,\n9, "
     "8, 1, 1, 4, 5, 1,\n",
     QY_SCALESIM_DETECT, "layer2 pwconv 9,8,4>9,8,5 k1x1 s1x1 line 2\nlayer3 pwconv 9,8,4>9,8,5 k1x1 s1x1 line 3\n",
     "2:1 no name: called 'layer2'\n3:1 no name: called 'layer3'\n"},
    {"without a head line", "A, 9, 9, 1, 1, 4, 5, 1, 1, 3,\n", QY_SCALESIM_DETECT,
     "1:27 expected 8 columns, found more numbers: '3' (a layout file, or another form?)", NULL},
    {"no head line", A "B, 9, 9, 1, 1, 4, 5, 1,\n", QY_SCALESIM_DETECT, A1 "B pwconv 9,9,4>9,9,5 k1x1 s1x1 line 2\n",
     ORDER},
    {"products without one", "A, 81, 5, 4,\n", QY_SCALESIM_DETECT, "A pwconv 81,1,4>81,1,5 k1x1 s1x1 line 1\n", ORDER},
    {"with a sparsity", "A, 81, 5, 4, 1:4,\n", QY_SCALESIM_DETECT, "A pwconv 81,1,4>81,1,5 k1x1 s1x1 1:4 line 1\n",
     NULL},
    {"products that must be", "A, 81, 5, 4, 3,\n", QY_SCALESIM_GEMM,
     "1:13 expected 4 columns, found more numbers: '3' (a layout file, or another form?)", NULL},
    {"convolutions that must be", "A, 81, 5, 4,\n", QY_SCALESIM_CONV, "1:0 expected a name and 7 numbers, found 3",
     NULL},
    {"a head line of the other form", "Layer,M,N,K,\nA,1,2,3,\n", QY_SCALESIM_CONV,
     "1:0 expected the head line of convolutions, found that of products", NULL},
    {"or of the other", HEAD A, QY_SCALESIM_GEMM, "1:0 expected the head line of products, found that of convolutions",
     NULL},
    {"of the same", HEAD A, QY_SCALESIM_CONV, A2, ""},
    {"of products", "Layer,M,N,K,\nA,81,5,4,\n", QY_SCALESIM_GEMM, "A pwconv 81,1,4>81,1,5 k1x1 s1x1 line 2\n", ""},
    {"no stride, no comma", HEAD "A, 9, 9, 1, 1, 4, 5\n", QY_SCALESIM_DETECT, A2,
     "2:0 no stride: taken as 1\n2:0 no comma at the end of the row\n"},
    {"two numbers missing", HEAD "A, 9, 9, 1, 1, 4,\n", QY_SCALESIM_DETECT,
     "2:0 expected a name and 7 numbers, found 5", NULL},
    {"one missing of a product", "Layer,M,N,K,\nA,81,5,\n", QY_SCALESIM_DETECT,
     "2:0 expected a name and 3 numbers, found 2", NULL},
    {"blank columns", HEAD "A, 9,, 9, 1, 1, 4, 5, 1,\n", QY_SCALESIM_DETECT, A2, "2:6 blank column left out\n"},
    {"a name that is blank", HEAD ", 9, 9, 1, 1, 4, 5, 1,\n", QY_SCALESIM_DETECT,
     "layer2 pwconv 9,9,4>9,9,5 k1x1 s1x1 line 2\n", "2:1 no name: called 'layer2'\n"},
    {"a blank row, empty columns, remarks", HEAD "\n  \n,,,\n# a remark, of words\n#\n" A, QY_SCALESIM_DETECT,
     "A pwconv 9,9,4>9,9,5 k1x1 s1x1 line 7\n", "4:0 row of empty columns left out\n"},
    {"a layer whose name begins so", HEAD "#1, 9, 9, 1, 1, 4, 5, 1,\n", QY_SCALESIM_DETECT,
     "#1 pwconv 9,9,4>9,9,5 k1x1 s1x1 line 2\n", ""},
    {"tabs, said once", "Layer\tM\tN\tK\nA\t81\t5\t4\nB\t1\t1\t1\n", QY_SCALESIM_DETECT,
     "A pwconv 81,1,4>81,1,5 k1x1 s1x1 line 2\nB fc 1,1,1>1,1,1 k1x1 s1x1 line 3\n",
     "1:0 columns separated by tabs\n2:0 no comma at the end of the row\n3:0 no comma at the end of the row\n"},
    {"semicolons", "Layer;M;N;K;\nA,b;81;5;4;\n", QY_SCALESIM_DETECT, "A,b pwconv 81,1,4>81,1,5 k1x1 s1x1 line 2\n",
     "1:0 columns separated by semicolons\n"},
    {"batches", "L,M,N,K,Batch\nA,81,5,4,1,\nB,81,5,4,2,\nC,81,5,4,,\n", QY_SCALESIM_DETECT,
     "A pwconv 81,1,4>81,1,5 k1x1 s1x1 line 2\nB pwconv 81,1,4>81,1,5 k1x1 s1x1 line 3\n"
     "C pwconv 81,1,4>81,1,5 k1x1 s1x1 line 4\n",
     "3:10 batch '2' left out: one image\n"},
    {"a name without numbers", HEAD "block 1,\n" A, QY_SCALESIM_DETECT, "A pwconv 9,9,4>9,9,5 k1x1 s1x1 line 3\n",
     "2:0 'block 1': a name without numbers left out\n"},
    {"a name used twice", HEAD A A "A@3, 9, 9, 1, 1, 4, 5, 1,\n", QY_SCALESIM_DETECT,
     A2 "A@3.2 pwconv 9,9,4>9,9,5 k1x1 s1x1 line 3\nA@3 pwconv 9,9,4>9,9,5 k1x1 s1x1 line 4\n",
     "3:1 name 'A' used before: called 'A@3.2'\n"},
    {"lines that end in three ways", "\xEF\xBB\xBF" HEAD "A, 9, 9, 1, 1, 4, 5, 1,\r\n\rB, 9, 9, 1, 1, 4, 5, 1,",
     QY_SCALESIM_DETECT, A2 "B pwconv 9,9,4>9,9,5 k1x1 s1x1 line 4\n", ""},
    {"as large as sizes are", HEAD "A, 16777216, 1, 1, 1, 16777216, 1, 1,\n", QY_SCALESIM_DETECT,
     "A pwconv 16777216,1,16777216>16777216,1,1 k1x1 s1x1 line 2\n", ""},
    {"and as wide", HEAD "A, 1, 16777216, 1, 1, 1, 16777216, 1,\n", QY_SCALESIM_DETECT,
     "A pwconv 1,16777216,1>1,16777216,16777216 k1x1 s1x1 line 2\n", ""},
    {"one more", HEAD "A, 16777217, 1, 1, 1, 1, 1, 1,\n", QY_SCALESIM_DETECT,
     "2:3 IFMAP height: expected 1 to 16777216, found '16777217'", NULL},
    {"as many columns as there may be", HEAD "A,9,9,1,1,4,5,1,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x\n",
     QY_SCALESIM_DETECT, A2, NULL},
    {"and one more", HEAD "A,9,9,1,1,4,5,1,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x,x\n", QY_SCALESIM_DETECT,
     "2:65 expected at most 32 columns", NULL},
    {"a long word with a part of another file's at its end",
     "Layer, MmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmCycle, N, K,\n", QY_SCALESIM_DETECT,
     "1:7 expected a topology (layer name, IFMAP height, ..., or layer, M, N, K), found the column "
     "'Mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm': a report of SCALE-Sim",
     NULL},
    {"a last column that is missing",
     "Layer, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Strides, Channels, Num Filter,\n"
     "A, 9, 9, 1, 1, 1, 4,\n",
     QY_SCALESIM_DETECT, "2:0 number of filters: expected 1 to 16777216, found nothing", NULL},
    {"no layer", HEAD, QY_SCALESIM_DETECT, "0:0 expected at least one layer, found none", NULL},
};

/* ---- experiments ---- */

typedef struct config_row {
  const char *what, *config;
  const char *lines[4]; /* of the experiment */
} config_row;

#define ARRAY "ArrayHeight: 8\nArrayWidth: 4\nDataflow: os\n"
#define USER  ARRAY "InterfaceBandwidth: USER\n"

/* Layers of 9 x 9 x 4 to 5 maps by 1 x 1, and 3 x 3 of 8 channels by themselves. */
static const config_row configs[] = {
    {"no buffers: as large as the layers, twice",
     ARRAY,
     {"    rows: 8\n    columns: 4\n    dataflow: \"os\"\n", "tile: ideal # compute_cycles are SCALE-Sim's\n",
      "    buffers: {input: 648 B, weight: 40 B, output: 3240 B}\n",
      "    port_bits: auto # CALC: transfers take no time\n"}},
    {"one buffer",
     ARRAY "FilterSramSzkB: 0.5\n",
     {"buffers: {input: 648 B, weight: 512 B, output: 3240 B}\n",
      "tile: auto # compute_cycles are SCALE-Sim's where nothing is tiled; ideal: everywhere\n"}},
    {"all",
     ARRAY "IfmapSramSz: 1\nFilterSramSz: 2\nOfmapSramSz: 3\n",
     {"buffers: {input: 1024 B, weight: 2048 B, output: 3072 B}\n", "tile: auto"}},
    {"a port", USER "Bandwidth: 10\n", {"    port_bits: 80\n"}},
    {"of several: the first", USER "Bandwidth: 3, 5\n", {"    port_bits: 24\n"}},
    {"of whole bits", USER "Bandwidth: 1.45\n", {"    port_bits: 12 # whole bits\n"}},
    {"the largest", USER "Bandwidth: 8192\n", {"    port_bits: 65536\n"}},
    {"larger", USER "Bandwidth: 8193\n", {"    port_bits: 65536 # the most there is\n"}},
    {"the smallest", USER "Bandwidth: 1\n", {"    port_bits: 8\n"}},
    {"smaller", USER "Bandwidth: 0.5\n", {"    port_bits: 8 # the least there is\n"}},
    {"not limited", ARRAY "Bandwidth: 10\n", {"    port_bits: auto"}},
    {"a name", ARRAY "[general]\nrun_name: 'my run'\n", {"name: \"my_run\"\n", "network: \"a\\\"b\\\\c\\x07.csv\"\n"}},
    {"none",
     ARRAY,
     {"name: \"net\"\n", "# From SCALE-Sim: 2 layers, 1 depthwise by name, 0 with sizes without padding.\n"}},
};

static void check_config(const config_row *r)
{
  static const char layers[] = HEAD A "B_DP, 3, 3, 1, 1, 8, 1, 1,\n";
  qy_scalesim_topology *t = NULL;
  qy_scalesim_config *c = NULL;
  qy_text yaml = {0};
  qy_error err = {0};
  qy_arena_reset(arena);
  qy_status status =
      qy_scalesim_topology_text(&t, "dir/net.csv", layers, sizeof layers - 1, QY_SCALESIM_DETECT, arena, &err);
  if (!status) status = qy_scalesim_config_text(&c, "a.cfg", r->config, strlen(r->config), arena, &err);
  if (!status) {
    const qy_scalesim_buffers b = qy_scalesim_buffers_of(c, t);
    qy_scalesim_experiment_yaml(&yaml, c, t, &b, "a\"b\\c\a.csv");
  }
  for (size_t i = 0; i < sizeof r->lines / sizeof *r->lines && r->lines[i]; i++)
    if (!ok(yaml.data && strstr(yaml.data, r->lines[i]), "%s: line %zu", r->what, i))
      printf("# %s\n", yaml.data ? yaml.data : err.diagnostic[0].text);
  qy_text_free(&yaml);
}

/* Both lists of what a configuration is warned of. */
static void test_config_warnings(void)
{
  static const struct {
    const char *config, *warnings;
  } said[] = {
      {ARRAY, ""},
      {"ArrayHeight: 8\t\nArrayWidth: \t4 \t \nDataflow:os\t\t\n", ""},
      {ARRAY "MemoryBanks: 2\nIfmapOffset: 0\n", ""},
      {ARRAY "InterfaceBandwidth: USER\n", "4:InterfaceBandwidth is USER but no Bandwidth is given: no limit\n"},
      {ARRAY "InterfaceBandwidth: some\n",
       "4:InterfaceBandwidth: expected CALC or USER, found 'some': taken as CALC\n"},
      {ARRAY "Bandwidth: 3,4\n", "4:several bandwidths: the first is taken\n"},
      {ARRAY "Bandwidth: 0\n", "Bandwidth: expected a number above 0, found '0'"},
      {ARRAY "Bandwidth: 1e-9\n", ""},
      {ARRAY "run_name: a b\n", "4:run_name 'a b': called 'a_b'\n"},
      {ARRAY "run_name: .a\n", "4:run_name '.a': called '_a'\n"},
      {ARRAY "run_name: \"\n", "4:run_name '\"': called '_'\n"},
      {ARRAY "run_name: ''\n", ""},
      {ARRAY "[cooling]\nFan: 1\n[general]\nFun: 1\n", "4:section 'cooling' left out\n7:key 'Fun' left out\n"},
      {ARRAY "Datafow: ws\n", "4:key 'Datafow' left out; did you mean \"Dataflow\"?\n"},
      {ARRAY "UseRamulatorTrace: yes\n",
       "4:UseRamulatorTrace is on: SCALE-Sim waits for its DRAM; cycles here are those without it\n"},
      {ARRAY "UseRamulatorTrace: 0\n", ""},
      {ARRAY "SparsitySupport: on # sparse\n",
       "4:SparsitySupport is on: SCALE-Sim leaves products out; cycles here are those without it\n"},
      {"ArrayHeight = \"8\"\nArrayWidth : '4' ; columns\nDataflow: 'OS'\n", ""},
  };
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    qy_scalesim_config *c = NULL;
    qy_error err = {0};
    text got = {.length = 0};
    qy_arena_reset(arena);
    const qy_status status = qy_scalesim_config_text(&c, "a.cfg", said[i].config, strlen(said[i].config), arena, &err);
    for (size_t k = 0; !status && k < c->warnings.count; k++)
      put(&got, "%d:%s\n", c->warnings.warning[k].line, c->warnings.warning[k].text);
    is_text(status ? err.diagnostic[0].text : got.data, said[i].warnings, "what a configuration is warned of");
    int columns = 0;
    for (size_t k = 0; !status && k < c->warnings.count; k++)
      columns += c->warnings.warning[k].column != 0;
    is_int(columns, 0, "none of it has columns");
    if (!status) ok(c->rows == 8 && c->columns == 4 && strcmp(c->dataflow, "os") == 0, "and its array");
  }
}

int main(void)
{
  arena = qy_arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check(&rows[i]);
  for (size_t i = 0; i < sizeof configs / sizeof *configs; i++)
    check_config(&configs[i]);
  test_config_warnings();
  qy_arena_free(arena);
  return done();
}
