/* Sources of the noise of layers: tables in each of their forms, given weights, tensors, and what is wrong with a file;
 * HAWQ-V3's published assignments of ResNet-18 from the shipped sensitivities and network. */
#include "quarry/assign.h"
#include "quarry/csv.h"
#include "quarry/layer_noise.h"

#include "files.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>

static qy_arena *arena;

static const char *file_of(const char *text)
{
  char *name = qy_arena_format(arena, "/tmp/quarry_noise_XXXXXX");
  return write_new_file(name, 0, text) ? name : "";
}

static qy_layer layer_of(const char *name)
{
  return (qy_layer){.name = name, .type = QY_LAYER_CONV, .out_c = 2, .weights = 6};
}

static const qy_pe_noise element = {.weights = 0.25, .activations = 0.5, .products = 0.125};

static double noise_of(const qy_layer_noise *source, const char *network, const char *name, int w, int a)
{
  double noise = NAN;
  qy_error err = {0};
  const qy_layer layer = layer_of(name);
  return qy_layer_noise_at(&noise, source, network, &layer, &element, (qy_precision){w, a}, &err) ? NAN : noise;
}

static qy_layer_noise *table_of(const char *text, const char *cost)
{
  qy_error err = {0};
  qy_layer_noise *source = NULL;
  const char *file = file_of(text);
  const qy_status status = qy_layer_noise_read(&source, file, cost, arena, &err);
  if (status) printf("# %s\n", err.diagnostic[0].text);
  remove(file);
  return status ? NULL : source;
}

static void test_forms(void)
{
  const qy_layer_noise *s = table_of("option,layer,cost\n8,a,1.5\nw4a8,a,2\n4,a,3\n\"16 bit\",a,0\n", NULL);
  ok(s && noise_of(s, NULL, "a", 8, 8) == 1.5 && noise_of(s, "x", "a", 4, 8) == 2 && noise_of(s, NULL, "a", 4, 4) == 3,
     "options: each precision its own cost, nothing added, whatever the network");
  s = table_of("network,name,weight_bits,activation_bits,kl,mse\nx,a,4,8,1,10\ny,a,4,8,2,20\n", "mse");
  ok(s && noise_of(s, "x", "a", 4, 8) == 10 && noise_of(s, "y", "a", 4, 8) == 20,
     "pairs, a cost by name, two networks");
  s = table_of("layer,weight_bits,cost,source\na,4,7,somewhere\n", NULL);
  ok(s && noise_of(s, NULL, "a", 4, 8) == 7 && noise_of(s, NULL, "a", 4, 4) == 7,
     "weights alone: whatever activations");
  ok(s && strstr(qy_layer_noise_text(s, arena), "activations not counted"), "and it is said that they are not counted");
  s = table_of("layer,bits,cost\na,4,7\n", NULL);
  ok(s && noise_of(s, NULL, "a", 4, 4) == 7 && isnan(noise_of(s, NULL, "a", 4, 8)), "bits of both");
  s = table_of("layer,what,bits,granularity,my_sqnr_db\na,weight,4,tensor,0\na,weight,4,channel,10\n"
               "a,activation,8,tensor,20\n",
               NULL);
  ok(s && fabs(noise_of(s, NULL, "a", 4, 8) - 0.11) < 1e-12, "weights and activations add up, in dB; channel scales");
  s = table_of("layer,bits,my_sqnr_db\na,4,300\na,8,-300\n", NULL);
  ok(s && noise_of(s, NULL, "a", 4, 4) == pow(10, -30) && noise_of(s, NULL, "a", 8, 8) == pow(10, 30),
     "from -300 to 300 dB");
  s = table_of("layer,bits,my_sqnr_db_of_all\na,4,10\n", NULL);
  ok(s && noise_of(s, NULL, "a", 4, 4) == 10, "dB only at the end of a column's name");
  s = table_of("layer,bits,_sqnr_db\na,4,10\n", NULL);
  ok(s && noise_of(s, NULL, "a", 4, 4) == 10, "behind a name");
  s = table_of("layer,name,hessian_trace_per_param,dw2_int8,dw2_int4,ms_int4\n0,a,2,0.5,3,9\n1,b,2,0.5,,9\n", NULL);
  ok(s && noise_of(s, NULL, "a", 8, 8) == 1 && noise_of(s, NULL, "0", 4, 4) == 6, "wide: trace x change; either name");
  ok(s && strstr(qy_layer_noise_text(s, arena), "column hessian_trace_per_param x dw2"), "and what it is");
  ok(s && isnan(noise_of(s, NULL, "b", 4, 4)) && noise_of(s, NULL, "b", 8, 8) == 1, "an empty cell is no option");
  s = table_of("layer,name,hessian_trace_per_param,dw2_int8,dw2_int4,ms_int4\n0,a,2,0.5,3,9\n", "ms");
  ok(s && noise_of(s, NULL, "a", 4, 4) == 9, "wide, another cost by name");
}

/* Columns may stand in any order: each in turn is the first one. */
static void test_order_of_columns(void)
{
  enum { MOST = 8 };
  static const struct {
    const char *head[MOST], *row[3][MOST];
    double noise; /* of layer "u" of network "n" at w4a8 */
  } table[] = {{{"network", "layer", "name", "weight_bits", "activation_bits", "x"},
                {{"n", "0", "u", "4", "8", "2.5"}, {"n", "0", "u", "4", "4", "7"}, {"m", "0", "u", "4", "8", "9"}},
                2.5},
               {{"network", "layer", "name", "option", "x"},
                {{"n", "0", "u", "w4a8", "2.5"}, {"n", "0", "u", "4", "7"}, {"n", "1", "v", "w4a8", "9"}},
                2.5},
               {{"layer", "what", "bits", "granularity", "x"},
                {{"u", "weight", "4", "channel", "2"},
                 {"u", "weight", "4", "tensor", "7"},
                 {"u", "activation", "8", "tensor", "3"}},
                5},
               {{"layer", "what", "bits", "granularity", "x"},
                {{"u", "activation", "8", "tensor", "3"},
                 {"u", "weight", "4", "tensor", "7"},
                 {"u", "weight", "4", "channel", "2"}},
                5},
               {{"name", "hessian_trace_per_param", "dw2_int8", "dw2_int4", "dw2_int32", "dw2_int1"},
                {{"u", "2", "7", "1.5", "8", "9"}, {"v", "3", "7", "1.5", "8", "9"}, {"w", "3", "7", "1.5", "8", "9"}},
                3},
               {{"name", "weight_bits", "x"}, {{"u", "4", "2"}, {"u", "8", "3"}, {"v", "4", "7"}}, 2}};
  for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
    size_t columns = 0;
    bool good = true;
    while (columns < MOST && table[t].head[columns])
      columns++;
    for (size_t from = 0; from < columns; from++) {
      char text[400] = "";
      for (int line = 0; line < 4; line++)
        for (size_t c = 0; c < columns; c++) {
          const size_t at = (from + c) % columns;
          strcat(text, line ? table[t].row[line - 1][at] : table[t].head[at]);
          strcat(text, c + 1 < columns ? "," : "\n");
        }
      const qy_layer_noise *s = table_of(text, NULL);
      good = good && s && noise_of(s, "n", "u", 4, 8) == table[t].noise;
    }
    ok(good, "%s, %s, ...: the same whichever of %zu columns is the first", table[t].head[0], table[t].head[1],
       columns);
  }
}

/* The file HAWQ's table is part of, as it is: other columns and networks do not matter. */
static void test_whole_table(void)
{
  const qy_layer_noise *s =
      table_of("network,layer,name,params,hessian_trace_per_param,dw2_int8,dw2_int4,bits_0.5,source\n"
               "r,0,u.c,36864,0.06857826,0.0235,6.743,8,\"Z, b\"\nq,0,u.c,4096,0.5,0.1,0.2,,\"Z, b\"\n",
               NULL);
  near_rel(s ? noise_of(s, "r", "u.c", 4, 4) : NAN, 0.06857826 * 6.743, 1e-15, "HAWQ's columns, a layer by its name");
  near_rel(s ? noise_of(s, "q", "0", 8, 8) : NAN, 0.05, 1e-15, "another network, a layer by its number");
}

static void reads_badly(const char *text, const char *cost, int line, const char *expected)
{
  qy_error err = {0};
  qy_layer_noise *source;
  const char *file = file_of(text);
  const qy_status status = qy_layer_noise_read(&source, file, cost, arena, &err);
  ok(status == QY_BAD_INPUT && err.diagnostic[0].line == line, "line %d of a bad table is named", line);
  is_text(err.diagnostic[0].text, expected, "and what is wrong");
  if (line == 1) is_int(err.diagnostic[0].column, 0, "of the whole line");
  is_int((int64_t)err.count, 1, "which is said once");
  remove(file);
}

static void test_bad_tables(void)
{
  reads_badly("a,b\n1,2\n", NULL, 1, "expected a column `layer` or `name`, found neither");
  reads_badly("layer,option,x,y\na,8,1,2\n", NULL, 1, "expected one column of costs, or to be told which, found x, y");
  reads_badly("layer,option,x\na,8,none\n", NULL, 1, "expected one column of costs, or to be told which, found none");
  reads_badly("layer,option,x,y\na,8,1,2\n", "z", 1, "expected a column of costs named `z`, found x, y");
  reads_badly("layer,option,x\n\na,8,1\na,\"8 bit\",2\n", NULL, 4,
              "expected layer 'a' at 8 bit once (first in line 3), found it again");
  reads_badly("layer,option,x\na,8,1\na,w4,2\n", NULL, 3,
              "option: expected a precision, as \"8\" or \"w4a8\", found 'w4'");
  reads_badly("layer,weight_bits,x\na,8,1\na,33,2\n", NULL, 3, "weight_bits: expected 1 to 32, found '33'");
  reads_badly("layer,option,x\na,8,-1\n", NULL, 2, "x: expected 0 to 1e+30, found '-1'");
  reads_badly("layer,option,x\na,8,1\n,8,1\n", NULL, 3, "layer: expected the name of a layer, found ''");
  reads_badly("layer,option,x\n", NULL, 1, "expected rows of layers below the head line, found none");
  for (int i = 0; i < 6; i++) {
    static const char *const bad[] = {"dw2_int99", "dw2_intx", "dw2_int", "dw2_int0", "dw2_int08", "dw2_int8x"};
    const char *head = qy_arena_format(arena, "layer,hessian_trace_per_param,dw2_int8,%s\na,1,2,3\n", bad[i]);
    reads_badly(head, NULL, 1, qy_arena_format(arena, "expected columns dw2_int1 to dw2_int32, found %s", bad[i]));
  }
  reads_badly("layer,what,x\na,weight,1\n", NULL, 1, "expected a column `bits` beside `what`, found none");
  reads_badly("layer,option,bits,x\na,8,8,1\n", NULL, 1,
              "expected one of `option`, `weight_bits` and `bits`, found several");
  reads_badly("weight_bits,bits,layer,x\n8,8,a,1\n", NULL, 1,
              "expected one of `option`, `weight_bits` and `bits`, found several");
  reads_badly("bits,weight_bits,layer,x\n8,8,a,1\n", NULL, 1,
              "expected one of `option`, `weight_bits` and `bits`, found several");
  reads_badly("option,bits,layer,x\n8,8,a,1\n", NULL, 1,
              "expected one of `option`, `weight_bits` and `bits`, found several");
  reads_badly("layer,activation_bits,x\na,8,1\n", NULL, 1,
              "expected a column `weight_bits` beside `activation_bits`, found none");
  reads_badly("layer,x,y\na,8,1\n", NULL, 1,
              "expected a column `option`, `weight_bits`, or `what` and `bits`, or columns hessian_trace_per_param and "
              "dw2_intB, found x, y");
  reads_badly("layer,hessian_trace_per_param\na,8\n", NULL, 1,
              "expected a column `option`, `weight_bits`, or `what` and `bits`, or columns hessian_trace_per_param and "
              "dw2_intB, found none");
  reads_badly("layer,dw2_int4\na,8\n", "ms", 1,
              "expected a column `option`, `weight_bits`, or `what` and `bits`, or columns ms_intB, found dw2_int4");
  reads_badly("layer,option,x\na,8,1\n", "option", 1, "expected a column of costs named `option`, found x");
  reads_badly("layer,hessian_trace_per_param,dw2_int33\na,1,2\n", NULL, 1,
              "expected a column `option`, `weight_bits`, or `what` and `bits`, or columns hessian_trace_per_param and "
              "dw2_intB, found dw2_int33");
  reads_badly("option,name,x\n8,a,1\n8,,1\n", NULL, 3, "name: expected the name of a layer, found ''");
  reads_badly("layer,weight_bits,activation_bits,x\na,4,float,1\na,4,,1\n", NULL, 3,
              "expected layer 'a' at w4 once (first in line 2), found it again");
  reads_badly("layer,option,x_sqnr_db\na,8,-301\n", NULL, 2, "x_sqnr_db: expected -300 to 300, found '-301'");
}

/* Random tables, their rows in any order: each cost is found, layers come as they first stand there, and a row that
 * stands there twice is named. */
static void test_any_table(void)
{
  enum { NETWORKS = 3, LAYERS = 5, WIDTHS = 4, ALL = NETWORKS * LAYERS * WIDTHS * WIDTHS, CASES = 60 };
  uint64_t seed = 71;
  int wrong = 0, unnamed = 0;
  for (int c = 0; c < CASES; c++) {
    int row[ALL + 1], rows = 0;
    for (int i = 0; i < ALL; i++)
      if (random_below(&seed, 5) == 0) row[rows++] = i;
    if (rows < 2) continue;
    if (c % 2) row[rows] = row[random_below(&seed, (size_t)rows)]; /* one of them again */
    rows += c % 2;
    for (int i = rows; i > 1; i--) { /* shuffle */
      const size_t at = random_below(&seed, (size_t)i);
      const int was = row[i - 1];
      row[i - 1] = row[at];
      row[at] = was;
    }
    char text[ALL * 24] = "network,layer,weight_bits,activation_bits,x\n";
    size_t used = strlen(text);
    for (int i = 0; i < rows; i++) {
      const int n = row[i] % NETWORKS, l = row[i] / NETWORKS % LAYERS, w = row[i] / NETWORKS / LAYERS % WIDTHS;
      used += (size_t)snprintf(text + used, sizeof text - used, "n%d,l%d,%d,%d,%d\n", n, l, w + 1,
                               row[i] / NETWORKS / LAYERS / WIDTHS + 1, row[i]);
    }
    qy_error err = {0};
    qy_layer_noise *s = NULL;
    const char *file = file_of(text);
    const qy_status status = qy_layer_noise_read(&s, file, NULL, arena, &err);
    remove(file);
    if (c % 2) {
      int first = 0, again;
      for (again = 1; again < rows; again++) {
        for (first = 0; first < again && row[first] != row[again];)
          first++;
        if (first < again) break;
      }
      unnamed += status != QY_BAD_INPUT || err.diagnostic[0].line != again + 2 ||
                 !strstr(err.diagnostic[0].text, qy_arena_format(arena, " once (first in line %d), found", first + 2));
      continue;
    }
    wrong += status != QY_OK;
    for (int i = 0; !status && i < ALL; i++) {
      bool there = false;
      for (int k = 0; k < rows; k++)
        there = there || row[k] == i;
      const char *network = qy_arena_format(arena, "n%d", i % NETWORKS),
                 *layer = qy_arena_format(arena, "l%d", i / NETWORKS % LAYERS);
      const double noise =
          noise_of(s, network, layer, i / NETWORKS / LAYERS % WIDTHS + 1, i / NETWORKS / LAYERS / WIDTHS + 1);
      wrong += there ? noise != i : !isnan(noise);
    }
    for (int n = 0; !status && n < NETWORKS; n++) {
      const char **layer;
      size_t count, at = 0;
      wrong += qy_layer_noise_layers(&layer, &count, s, qy_arena_format(arena, "n%d", n), arena, &err) != QY_OK;
      bool known[LAYERS] = {0};
      for (int i = 0; i < rows; i++) {
        const int l = row[i] / NETWORKS % LAYERS;
        if (row[i] % NETWORKS != n || known[l]) continue;
        known[l] = true;
        wrong += at >= count || atoi(layer[at++] + 1) != l;
      }
      wrong += at != count;
    }
  }
  is_int(wrong, 0, "rows in any order: each cost, and the layers of each network in order");
  is_int(unnamed, 0, "and what stands there twice is named with both lines");
}

static void asks_badly(const qy_layer_noise *s, const char *network, const char *name, int bits, const char *expected)
{
  double noise;
  qy_error err = {0};
  const qy_layer layer = layer_of(name);
  const qy_status status = qy_layer_noise_at(&noise, s, network, &layer, &element, qy_precision_of(bits), &err);
  ok(status == QY_BAD_INPUT && err.count == 1 && !err.diagnostic[0].column, "%s of %s at %d: not there", name, network,
     bits);
  is_text(err.diagnostic[0].text, expected, "and what there is");
}

static void test_missing(void)
{
  const qy_layer_noise *s = table_of("network,layer,option,x\nnet,conv1,8,1\nnet,conv1,w4a8,1\nnet,conv2,8,1\n", NULL);
  asks_badly(s, "nest", "conv1", 8, "expected rows of network 'nest', found those of net; did you mean 'net'?");
  asks_badly(s, "net", "conv3", 8,
             "expected rows of layer 'conv3', found those of conv1, conv2; did you mean 'conv1'?");
  asks_badly(s, "net", "conv1", 4, "layer 'conv1': expected a row of 4 bit, found those of w4a8, 8 bit");
  s = table_of("layer,what,bits,x\na,weight,4,1\na,activation,4,1\na,activation,8,2\n", NULL);
  asks_badly(
      s, NULL, "a", 8,
      "layer 'a': expected a row of weights of 8 bit, found those of activations of 4 bit, activations of 8 bit, "
      "weights of 4 bit");
  s = table_of("layer,what,bits,x\na,weight,4,1\na,weight,8,1\na,activation,8,2\n", NULL);
  asks_badly(
      s, NULL, "a", 4,
      "layer 'a': expected a row of activations of 4 bit, found those of activations of 8 bit, weights of 4 bit, "
      "weights of 8 bit");
  s = table_of("layer,weight_bits,activation_bits,x\na,4,8,1\na,4,float,2\na,2,,3\n", NULL);
  asks_badly(s, NULL, "a", 8, "layer 'a': expected a row of 8 bit, found those of w2, w4, w4a8");
  ok(s && noise_of(s, NULL, "a", 4, 0) == 2 && noise_of(s, NULL, "a", 2, 0) == 3, "activations that are not quantized");
  s = table_of("layer,weight_bits,x\na,4,1\na,2,1\n", NULL);
  asks_badly(s, NULL, "a", 8,
             "layer 'a': expected a row of weights of 8 bit, found those of weights of 2 bit, weights of 4 bit");
  /* As many layers as there is room for, then that there are more, once. */
  char text[4000] = "layer,option,x\n", expected[400] = "expected rows of layer 'zz', found those of ";
  for (int i = 0; i < 100; i++) {
    char row[64];
    snprintf(row, sizeof row, "a_long_name_of_a_layer_%02d,8,1\n", i);
    strcat(text, row);
    snprintf(row, sizeof row, "%sa_long_name_of_a_layer_%02d", i ? ", " : "", i);
    if (i < 8) strcat(expected, row);
  }
  strcat(expected, ", ...");
  s = table_of(text, NULL);
  asks_badly(s, NULL, "zz", 8, expected);
}

/* Layers in the order of the file, of the network asked for; costs by name of layer, a width of 0 not counted. */
static void test_look_up(void)
{
  qy_error err = {0};
  const char **layer = NULL;
  size_t count = 9;
  double cost = NAN;
  const qy_layer_noise *s =
      table_of("network,layer,option,x\nn,conv2,8,1\nm,b,8,1\nn,conv1,8,2\nn,conv2,4,3\nm,a,8,1\n", NULL);
  if (!ok(s != NULL, "a table of two networks")) return;
  ok(!qy_layer_noise_layers(&layer, &count, s, "n", arena, &err) && count == 2 && strcmp(layer[0], "conv2") == 0 &&
         strcmp(layer[1], "conv1") == 0,
     "its layers, each once, in the order of the file");
  ok(!qy_layer_noise_layers(&layer, &count, s, "m", arena, &err) && count == 2 && strcmp(layer[0], "b") == 0 &&
         strcmp(layer[1], "a") == 0,
     "those of the other network");
  ok(!qy_layer_noise_layers(&layer, &count, s, "k", arena, &err) && count == 0, "none of a third");
  const qy_layer_noise *two = table_of("layer,name,weight_bits,x\n7,b,4,1\n3,a,4,2\n,c,4,3\n", NULL);
  ok(two && !qy_layer_noise_layers(&layer, &count, two, NULL, arena, &err) && count == 3 &&
         strcmp(layer[0], "7") == 0 && strcmp(layer[1], "3") == 0 && strcmp(layer[2], "c") == 0,
     "of two names of a layer the first is listed");
  ok(!qy_layer_noise_look_up(&cost, s, "n", "conv2", qy_precision_of(4), &err) && cost == 3, "a cost by name");
  ok(qy_layer_noise_look_up(&cost, s, "n", "b", qy_precision_of(8), &err) == QY_BAD_INPUT, "of another network: none");
  qy_error_clear(&err);
  ok(!qy_layer_noise_check(s, &(qy_layer){.name = "b"}, &err) && !qy_layer_noise_check(NULL, NULL, &err),
     "only tensors can be looked at before");
  is_text(qy_layer_noise_worth(s), "not compared with measured noise; not an accuracy", "what it is worth");
  s = table_of("layer,what,bits,my_sqnr_db\na,weight,4,0\na,activation,8,20\n", NULL);
  const qy_precision weights = {4, 0}, activations = {0, 8}, none = {0, 0}, both = {4, 8};
  ok(s && !qy_layer_noise_look_up(&cost, s, NULL, "a", weights, &err) && cost == 1, "weights alone");
  ok(s && !qy_layer_noise_look_up(&cost, s, NULL, "a", activations, &err) && fabs(cost - 0.01) < 1e-15,
     "activations alone");
  ok(s && !qy_layer_noise_look_up(&cost, s, NULL, "a", both, &err) && fabs(cost - 1.01) < 1e-15, "both");
  ok(s && !qy_layer_noise_look_up(&cost, s, NULL, "a", none, &err) && cost == 0, "neither");
  ok(s && strstr(qy_layer_noise_worth(s), "rank correlation") && strstr(qy_layer_noise_worth(s), "not an accuracy"),
     "ratios of weights and activations were compared with measured ones");
  s = table_of("layer,option,my_sqnr_db\na,8,20\n", NULL);
  is_text(s ? qy_layer_noise_worth(s) : NULL, "not compared with measured noise; not an accuracy",
          "not those of pairs");
  s = table_of("layer,what,bits,x\na,weight,4,1\n", NULL);
  is_text(s ? qy_layer_noise_worth(s) : NULL, "not compared with measured noise; not an accuracy",
          "nor what is no ratio");
}

static void test_weights(void)
{
  qy_error err = {0};
  qy_layer_noise *s = NULL;
  const qy_layer same[3] = {layer_of("b1"), layer_of("b1"), layer_of("c")}; /* two of one name: of two networks */
  const qy_layer_weight weight[] = {{&same[0], 3}, {&same[1], 0.5}};
  const qy_precision p = {4, 4};
  const double all = 0.25 + 0.5 + 0.125;
  double first = NAN, second = NAN, third = NAN;
  ok(!qy_layer_noise_given(&s, NULL, 0, arena, &err) &&
         qy_layer_noise_at(&first, s, NULL, &same[0], &element, p, &err) == QY_BAD_INPUT,
     "no weights: none of a layer");
  qy_error_clear(&err);
  qy_layer_noise_given(&s, weight, 2, arena, &err);
  ok(!qy_layer_noise_at(&first, s, NULL, &same[0], &element, p, &err) && first == 3 * all &&
         !qy_layer_noise_at(&second, s, NULL, &same[1], &element, p, &err) && second == 0.5 * all,
     "given weights: a factor of each layer");
  ok(qy_layer_noise_at(&third, s, NULL, &same[2], &element, p, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "layer 'c': expected a weight of its noise, found none"),
     "a layer without one is refused");
  ok(noise_of(NULL, NULL, "c", 4, 4) == all, "no source: weights, activations and products, alike for all layers");
  is_text(qy_layer_noise_text(NULL, arena), "1/SQNR, equal weights", "named as such");
  is_text(qy_layer_noise_text(s, arena), "1/SQNR, given weights", "and so are given ones");
  ok(strstr(qy_layer_noise_worth(NULL), "rank correlation") && !strstr(qy_layer_noise_worth(s), "rank correlation"),
     "of which only equal ones were compared");
  if (qy_layer_noise_read(&s, "db/sensitivity/hawqv3_resnet18.csv", NULL, arena, &err)) ok(0, "the table of HAWQ-V3");
  is_text(qy_layer_noise_text(s, arena),
          "sensitivities of hawqv3_resnet18.csv, column hessian_trace_per_param x dw2; activations not counted",
          "a file by its name");
}

/* Two channels that are multiples of codes: a scale each makes them exact.  With one scale for both, by hand: weights 1
 * and 100 at 2 bits (-1, 0, 1) have their best scale at the large ones, and the small ones are lost. */
static void test_tensors(void)
{
  qy_error err = {0};
  qy_layer_noise *s = NULL;
  char *folder = qy_arena_format(arena, "/tmp/quarry_tensors_XXXXXX");
  if (!ok(mkdtemp(folder) != NULL, "a folder")) return;
  const char *file = qy_arena_format(arena, "%s/a.csv", folder),
             *short_file = qy_arena_format(arena, "%s/b.txt", folder);
  write_file(file, "1,-1,0\n100,-100,0\n");
  write_file(short_file, "1 2 3\n");
  qy_pe_noise two_bits = element;
  two_bits.weight_format = qy_number_default(QY_NUMBER_UNIFORM, 2);
  const qy_layer a = layer_of("a"), b = layer_of("b"), c = layer_of("c");
  const double rest = 0.5 + 0.125;
  double noise = NAN;
  qy_layer_noise_tensors(&s, folder, true, arena, &err);
  ok(strstr(qy_layer_noise_text(s, arena), "1/SQNR of the weights in quarry_tensors_") &&
         strstr(qy_layer_noise_text(s, arena), ", a scale per channel"),
     "named by the folder");
  const char *const named[][2] = {{qy_arena_format(arena, "%s/", folder), strrchr(folder, '/') + 1},
                                  {qy_arena_format(arena, "%s///", folder), strrchr(folder, '/') + 1},
                                  {"/", "/"},
                                  {".", "."},
                                  {"./", "."},
                                  {"/tmp", "tmp"}};
  for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
    qy_layer_noise_tensors(&s, named[i][0], true, arena, &err);
    is_text(qy_layer_noise_text(s, arena),
            qy_arena_format(arena, "1/SQNR of the weights in %s, a scale per channel", named[i][1]), named[i][0]);
  }
  qy_layer_noise_tensors(&s, folder, true, arena, &err);
  ok(!qy_layer_noise_check(s, &a, &err), "six weights are there");
  ok(qy_layer_noise_check(s, &b, &err) == QY_BAD_INPUT && qy_layer_noise_check(s, &c, &err) == QY_BAD_INPUT,
     "too few, and none, are found before");
  ok(err.count == 2 && !err.diagnostic[0].line && !err.diagnostic[0].column && !err.diagnostic[1].line &&
         !err.diagnostic[1].column,
     "said of the file and of the folder as a whole");
  qy_error_clear(&err);
  ok(strstr(qy_layer_noise_worth(s), "rank correlation") != NULL, "compared with measured noise");
  qy_layer_noise_at(&noise, s, NULL, &a, &two_bits, qy_precision_of(2), &err);
  near_abs(noise, rest, 1e-9, "a scale for each channel: exact, and activations and products remain");
  ok(qy_layer_noise_at(&noise, s, NULL, &b, &two_bits, qy_precision_of(2), &err) == QY_BAD_INPUT, "too few weights");
  is_text(err.diagnostic[0].text, "layer 'b': expected its 6 weights, found 3 numbers", "and how many");
  qy_error_clear(&err);
  ok(qy_layer_noise_at(&noise, s, NULL, &c, &two_bits, qy_precision_of(2), &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "weights of layer 'c' in c.f32") != NULL,
     "no tensor of a layer: which files are looked for");
  qy_error_clear(&err);
  qy_layer_noise_tensors(&s, folder, false, arena, &err);
  qy_layer_noise_at(&noise, s, NULL, &a, &two_bits, qy_precision_of(2), &err);
  ok(strstr(qy_layer_noise_text(s, arena), ", a scale per layer") != NULL, "and so said");
  near_abs(noise - rest, 2.0 / 20002, 1e-6, "one scale: the small channel is lost");
  is_text(qy_layer_noise_file(s, &a, arena), file, "the file is known");
  ok(qy_layer_noise_tensors(&s, "/no/such/folder", true, arena, &err) == QY_BAD_INPUT && err.count == 1 &&
         !err.diagnostic[0].line && !err.diagnostic[0].column,
     "no folder");
  remove(file);
  remove(short_file);
  rmdir(folder);
}

/* Weights that have no scale. */
static void test_no_scale(void)
{
  static const char *const text[] = {"0,0,0\n0,0,0\n", "1,1e200,1\n1,1,1\n"}, *const found[] = {"zeros",
                                                                                                "too large ones"};
  qy_layer_noise *s = NULL;
  char *folder = qy_arena_format(arena, "/tmp/quarry_tensors_XXXXXX");
  if (!ok(mkdtemp(folder) != NULL, "a folder")) return;
  const char *file = qy_arena_format(arena, "%s/a.csv", folder);
  const qy_layer a = layer_of("a");
  for (int i = 0; i < 2; i++) {
    qy_error err = {0};
    write_file(file, text[i]);
    qy_layer_noise_tensors(&s, folder, true, arena, &err);
    is_int(qy_layer_noise_check(s, &a, &err), QY_BAD_INPUT, found[i]);
    ok(!err.diagnostic[0].line && !err.diagnostic[0].column, "in the whole file");
    is_text(err.diagnostic[0].text,
            qy_arena_format(
                arena, "layer 'a': expected weights that are not all 0 and whose squares are no overflow, found %s",
                found[i]),
            "are refused");
  }
  remove(file);
  rmdir(folder);
}

/* Noise over power of all channels is that of each, weighed by its own power; one of zeros has neither. */
static void test_channels(void)
{
  enum { CHANNELS = 5 };
  static const char *const row[CHANNELS] = {"0,0,0,0\n", "1,0.3,-0.2,0.05\n", "7,-5,3,2.5\n", "-0.1,0.1,0.07,0.02\n",
                                            "0.6,-0.35,0.11,0\n"};
  static const double weight[CHANNELS][4] = {
      {0}, {1, 0.3, -0.2, 0.05}, {7, -5, 3, 2.5}, {-0.1, 0.1, 0.07, 0.02}, {0.6, -0.35, 0.11, 0}};
  qy_error err = {0};
  qy_layer_noise *s = NULL;
  char *folder = qy_arena_format(arena, "/tmp/quarry_tensors_XXXXXX"), all[100] = "";
  if (!ok(mkdtemp(folder) != NULL, "a folder")) return;
  qy_pe_noise three_bits = {0};
  three_bits.weight_format = qy_number_default(QY_NUMBER_UNIFORM, 3);
  qy_layer_noise_tensors(&s, folder, true, arena, &err);
  double sum = 0, power = 0, noise = NAN;
  for (int c = 0; c < CHANNELS; c++) {
    const char *name = qy_arena_format(arena, "c%d", c), *file = qy_arena_format(arena, "%s/%s.csv", folder, name);
    const qy_layer one = {.name = name, .type = QY_LAYER_CONV, .out_c = 1, .weights = 4};
    double own = 0;
    strcat(all, row[c]);
    for (int i = 0; i < 4; i++)
      own += weight[c][i] * weight[c][i];
    if (own == 0) continue; /* alone it is refused */
    write_file(file, row[c]);
    qy_layer_noise_at(&noise, s, NULL, &one, &three_bits, qy_precision_of(3), &err);
    sum += noise * own;
    power += own;
    remove(file);
  }
  const char *file = qy_arena_format(arena, "%s/all.csv", folder);
  const qy_layer layer = {.name = "all", .type = QY_LAYER_CONV, .out_c = CHANNELS, .weights = 4 * CHANNELS};
  write_file(file, all);
  qy_layer_noise_at(&noise, s, NULL, &layer, &three_bits, qy_precision_of(3), &err);
  near_rel(noise, sum / power, 1e-12, "channels of different noise, one of zeros among them: each by its power");
  remove(file);
  rmdir(folder);
}

/* ---- HAWQ-V3 ---- */

enum { LAYERS = 21, HAWQ_LAYERS = 19, LIMITS = 6, NOISE = 0, BYTES, OPERATIONS, COSTS };

typedef struct resnet {
  const qy_layer *layer[LAYERS];
  size_t group_of[LAYERS], groups;
  double cost[COSTS][2 * LAYERS]; /* option 0: 4 bits, 1: 8 bits; of a group that keeps 8 bits both alike */
} resnet;

/* Layers that read the same map share their width: what a map is read in. */
static size_t group_of(const resnet *r, size_t l)
{
  for (size_t k = 0; k < l; k++) {
    const qy_layer *a = r->layer[k], *b = r->layer[l];
    if (a->input_count && b->input_count && a->input[0] == b->input[0]) return r->group_of[k];
  }
  return r->groups;
}

static bool fill(resnet *r, const qy_network *network, const qy_layer_noise *source)
{
  size_t l = 0;
  bool good = true;
  *r = (resnet){.groups = 0};
  for (size_t i = 0; i < network->layer_count; i++) {
    const qy_layer *layer = &network->layer[i];
    if (!qy_layer_multiplies(layer->type)) continue;
    if (l == LAYERS) return false;
    r->layer[l] = layer;
    r->group_of[l] = group_of(r, l);
    if (r->group_of[l] == r->groups) r->groups++;
    const bool end = l == 0 || l == LAYERS - 1;
    for (int o = 0; o < 2; o++) {
      const int bits = o || end ? 8 : 4;
      const size_t at = 2 * r->group_of[l] + (size_t)o;
      const double noise = noise_of(source, "resnet18", layer->name, bits, bits);
      good = good && isfinite(noise);
      r->cost[NOISE][at] += noise;
      r->cost[BYTES][at] += (double)layer->weights * bits / 8;
      r->cost[OPERATIONS][at] += (double)layer->macs * bits * bits;
    }
    l++;
  }
  return good && l == LAYERS;
}

/* Published widths of the layers but the first and the last, in order. */
static bool read_published(int64_t bits[LIMITS][LAYERS])
{
  static const char *const columns[LIMITS] = {"modelsize_0.75", "modelsize_0.5", "modelsize_0.25",
                                              "bops_0.75",      "bops_0.5",      "bops_0.25"};
  qy_csv csv;
  qy_error err = {0};
  int at[LIMITS];
  bool more = true;
  size_t l = 1;
  qy_status status = qy_csv_open(&csv, "tests/data/hawqv3_resnet18.csv", arena, &err);
  if (!status) status = qy_csv_columns(&csv, columns, LIMITS, at, &err);
  for (; !status && (status = qy_csv_next(&csv, &more, &err)) == QY_OK && more && l < LAYERS - 1; l++)
    for (int i = 0; i < LIMITS; i++)
      qy_csv_integer(&csv, at[i], 4, 8, &bits[i][l], &err);
  return !status && l == LAYERS - 1;
}

static void test_hawq(void)
{
  static resnet r;
  static int64_t bits[LIMITS][LAYERS];
  static const double shares[] = {0.75, 0.5, 0.25};
  qy_error err = {0};
  qy_network *network = NULL;
  qy_layer_noise *source = NULL;
  size_t first[LAYERS + 1];
  const double *cost[COSTS];
  qy_network_read(&network, "db", "resnet18", arena, &err);
  qy_layer_noise_read(&source, "db/sensitivity/hawqv3_resnet18.csv", NULL, arena, &err);
  if (!ok(err.count == 0 && fill(&r, network, source), "a cost for each layer of resnet18")) return;
  if (!ok(read_published(bits), "published assignments")) return;
  for (size_t g = 0; g <= r.groups; g++)
    first[g] = 2 * g;
  for (int k = 0; k < COSTS; k++)
    cost[k] = r.cost[k];
  const qy_assign_problem problem = {.groups = r.groups, .first = first, .costs = COSTS, .cost = cost};
  for (int i = 0; i < LIMITS; i++) {
    const int of = i < 3 ? BYTES : OPERATIONS;
    double least, greatest;
    qy_assign_optimum best;
    qy_assign_range(&least, &greatest, &problem, of);
    const qy_assign_limit limit = {of, least + shares[i % 3] * (greatest - least)};
    const qy_status status = qy_assign_minimize(&best, &problem, NOISE, &limit, 1, 0, arena, &err);
    int wrong = 0;
    for (size_t l = 1; !status && l < LAYERS - 1; l++)
      wrong += (best.choice[r.group_of[l]] ? 8 : 4) != bits[i][l];
    ok(!status && best.optimal && wrong == 0, "%s, %.0f %%: the optimum is the published assignment",
       of == BYTES ? "model size" : "bit operations", 100 * shares[i % 3]);
  }
}

int main(void)
{
  arena = qy_arena_new();
  test_forms();
  test_order_of_columns();
  test_whole_table();
  test_bad_tables();
  test_missing();
  test_look_up();
  test_weights();
  test_any_table();
  test_tensors();
  test_channels();
  test_no_scale();
  test_hawq();
  qy_arena_free(arena);
  return done();
}
