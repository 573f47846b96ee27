/* Precisions of an experiment file: which layer gets what, which layers share an option, values by name, and the
 * messages for what is wrong. */
#include "tap.h"

#include "../../src/plan/plan_int.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* proj is added to stem; skip, and head through a pool, read the sum; gate scales what wide reads. */
static const char network[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                              "stem,conv,-,8,8,3,8,3,1,1\n"
                              "b1_dw,dwconv,stem,,,,,3,1,1\n"
                              "proj,pwconv,b1_dw,,,,8,,,\n"
                              "sum,add,proj+stem,,,,,,,\n"
                              "b2_dw,dwconv,sum,,,,,3,1,1\n"
                              "proj2,pwconv,b2_dw,,,,8,,,\n"
                              "sum2,add,proj2+sum,,,,,,,\n"
                              "skip,pwconv,sum2,,,,20,,,\n"
                              "pool,pool,sum2,,,,,2,2,0\n"
                              "head,pwconv,pool,,,,40,,,\n"
                              "all,pool,head,,,,,4,4,0\n"
                              "fc,fc,all,,,,10,,,\n";
enum { LAYERS = 8 };
static const char *const layers[LAYERS] = {"stem", "b1_dw", "proj", "b2_dw", "proj2", "skip", "head", "fc"};

static char network_file[] = "/tmp/quarry-network-XXXXXX.csv", plan_yaml[] = "/tmp/quarry-plan-XXXXXX.yaml";
static qy_error err;

static void drop_files(void)
{
  unlink(network_file);
  unlink(plan_yaml);
}

static bool write_text(const char *file, const char *format, const char *a, const char *b, const char *c)
{
  FILE *out = fopen(file, "w");
  if (!out) return false;
  fprintf(out, format, a, b, c);
  return fclose(out) == 0;
}

/* The lines of `text` begin at line 4, column 1. */
static qy_status read_plan(qy_plan **plan, const char *text, const char *design, qy_arena *arena)
{
  static const char format[] = "name: t\ntechnology: fdsoi28\nnetwork: %s\n%s\nclock_mhz: 100\n"
                               "objectives: {minimize: latency_us}\ndesigns:\n%s";
  qy_error_clear(&err);
  if (!write_text(plan_yaml, format, network_file, text, design)) return QY_INTERNAL;
  return qy_plan_read(plan, plan_yaml, "db", arena, &err);
}

static const char array[] = "  - {name: a, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: 4}\n";
static const char with_memory[] = "  - {name: a, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4,\n"
                                  "     memory: {device: ddr3_1600_4gb_x8, buffer: 64 KiB}}\n";
static const char element[] = "  - {name: a, accelerator: element, pe: {kind: mac_st, bits: 16}}\n";
static const char pipeline[] =
    "  - name: a\n    system: pipelined\n    members:\n"
    "      - {name: m, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 1}\n"
    "      - {name: n, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: 4}\n";

/* ---- maps ---- */

static void map_says(const char *map, const char *const expected[LAYERS], qy_arena *arena)
{
  char text[400], got[QY_PRECISION_TEXT];
  qy_plan *plan;
  bool same = true;
  snprintf(text, sizeof text, "precision: %s", map);
  if (read_plan(&plan, text, array, arena)) {
    ok(0, "%s: %s", map, err.diagnostic[0].text);
    return;
  }
  for (size_t i = 0; i < LAYERS; i++) {
    const char *one = plan_option_text(got, plan->option[plan->precision.value[0].map[0][i]]);
    same &= strcmp(plan->layers[0][i]->name, layers[i]) == 0 && strcmp(one, expected[i]) == 0;
    if (strcmp(one, expected[i])) printf("# %s: %s, expected %s\n", layers[i], one, expected[i]);
  }
  ok(same, "%s", map);
  for (int o = 0; o < plan->option_count; o++) {
    bool has = false;
    for (size_t i = 0; i < LAYERS; i++)
      has = has || plan->precision.value[0].map[0][i] == o;
    if (plan_asks_option(plan, 0, o) != has) ok(0, "%s: options of some layer, no others", map);
  }
  for (int i = 0; i < plan->option_count; i++)
    for (int k = 0; k < i; k++)
      if (qy_precision_equal(plan->option[i], plan->option[k])) ok(0, "%s: each option once", map);
}

static void maps(qy_arena *arena)
{
  map_says("{default: 8}", (const char *const[]){"8", "8", "8", "8", "8", "8", "8", "8"}, arena);
  map_says("{type dwconv: 4, first: 16, last: w4a8, default: 8}",
           (const char *const[]){"16", "4", "8", "4", "8", "8", "8", "w4a8"}, arena);
  map_says("{default: 8, stem: 4, first: 16, type conv: 2, type pwconv: {weights: 2, activations: 3}}",
           (const char *const[]){"4", "8", "w2a3", "8", "w2a3", "w2a3", "w2a3", "8"}, arena);
  map_says("{default: 8, b2_dw: 16, \"b*_dw\": 4, \"?c\": 2, last: 16}",
           (const char *const[]){"8", "4", "8", "16", "8", "8", "8", "2"}, arena);
  map_says("{b1_dw: 2, \"b?_dw\": 16, \"b*_dw\": 4, default: 8}",
           (const char *const[]){"8", "2", "8", "4", "8", "8", "8", "8"}, arena);
  map_says("{default: 8, \"b*_dw\": 4, b2_dw: 16}", (const char *const[]){"8", "4", "8", "16", "8", "8", "8", "8"},
           arena);
}

/* The factors on 1/SQNR, which is 1 here. */
static void weights_are(const char *weights, const double expected[LAYERS], qy_arena *arena)
{
  static const qy_pe_noise one = {.weights = 1};
  char text[400];
  qy_plan *plan;
  bool same = true;
  snprintf(text, sizeof text, "precision: 8\nnoise: {weights: %s}", weights);
  if (read_plan(&plan, text, array, arena)) {
    ok(0, "%s: %s", weights, err.diagnostic[0].text);
    return;
  }
  for (size_t i = 0; i < LAYERS; i++) {
    double noise = -1;
    const qy_status status = qy_layer_noise_at(&noise, plan->noise, plan->network[0]->name, plan->layers[0][i], &one,
                                               qy_precision_of(8), &err);
    same &= !status && noise == expected[i];
    if (noise != expected[i]) printf("# %s: %g, expected %g\n", layers[i], noise, expected[i]);
  }
  ok(same, "weights of noise: %s", weights);
}

static void noise_weights(qy_arena *arena)
{
  weights_are("{first: 10, last: 3, type dwconv: 2, default: 1}", (const double[]){10, 2, 1, 2, 1, 1, 1, 3}, arena);
  weights_are("{default: 8, stem: 4, first: 16, type conv: 2, type pwconv: 0}",
              (const double[]){4, 8, 0, 8, 0, 0, 0, 8}, arena);
  weights_are("{default: 8, b2_dw: 16, \"b*_dw\": 4, \"?c\": 2, last: 16}", (const double[]){8, 4, 8, 16, 8, 8, 8, 2},
              arena);
  weights_are("{\"*\": 5, fc: 7, last: 3}", (const double[]){5, 5, 5, 5, 5, 5, 5, 7}, arena);
}

/* ---- ties ---- */

/* "stem proj|b1_dw|..." */
static void ties_are(const char *ties, const char *expected, qy_arena *arena)
{
  char text[400], got[400] = "";
  qy_plan *plan;
  size_t at = 0;
  snprintf(text, sizeof text, "assign: {options: [16, 8], minimize: [latency_us, noise]%s%s}", *ties ? ", ties: " : "",
           ties);
  if (read_plan(&plan, text, array, arena)) {
    ok(0, "%s: %s", ties, err.diagnostic[0].text);
    return;
  }
  const assign_groups *g = &plan->assign[0].groups[0];
  for (size_t i = 0; i < g->count; i++)
    for (size_t k = g->first[i]; k < g->first[i + 1]; k++)
      at += (size_t)snprintf(got + at, sizeof got - at, "%s%s",
                             k > g->first[i] ? " "
                             : i             ? "|"
                                             : "",
                             plan->layers[0][g->layer[k]]->name);
  is_text(got, expected, *ties ? ties : "no `ties`");
  is_int((int64_t)plan->info.points, 16, "16 points of a front where nothing is said");
}

static void ties(qy_arena *arena)
{
  ties_are("none", "stem|b1_dw|proj|b2_dw|proj2|skip|head|fc", arena);
  ties_are("adds", "stem proj proj2|b1_dw|b2_dw|skip|head|fc", arena);
  ties_are("inputs", "stem|b1_dw|proj|b2_dw|proj2|skip head|fc", arena);
  ties_are("graph", "stem proj proj2|b1_dw|b2_dw|skip head|fc", arena);
  ties_are("", "stem proj proj2|b1_dw|b2_dw|skip head|fc", arena);
  ties_are("[[stem, fc]]", "stem fc|b1_dw|proj|b2_dw|proj2|skip|head", arena);
  ties_are("[[fc, proj], [\"b*_dw\"], [proj, skip]]", "stem|b1_dw b2_dw|proj skip fc|proj2|head", arena);
}

/* What is added through a pool or a concat is tied; what such a layer reads is not read by itself. */
static void ties_through(qy_arena *arena)
{
  static const char text[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                             "a,pwconv,-,8,8,3,8,,,\n"
                             "b,pwconv,a,,,,8,,,\n"
                             "small,pool,b,,,,,1,1,0\n"
                             "c,pwconv,a,,,,4,,,\n"
                             "d,pwconv,a,,,,4,,,\n"
                             "both,concat,c+d,,,,,,,\n"
                             "sum,add,small+both,,,,,,,\n"
                             "e,pwconv,both,,,,8,,,\n"
                             "f,pwconv,sum,,,,8,,,\n";
  if (!write_text(network_file, "%s%s%s", text, "", "")) exit(1);
  ties_are("none", "a|b|c|d|e|f", arena);
  ties_are("adds", "a|b c d|e|f", arena);
  ties_are("inputs", "a|b c d|e|f", arena);
  if (!write_text(network_file, "%s%s%s", network, "", "")) exit(1);
}

/* ---- values by name ---- */

static void finds(const qy_plan *plan, const char *at, int64_t expected, const char *message)
{
  int64_t point = -1;
  qy_error_clear(&err);
  const qy_status status = qy_plan_find_point(&point, plan, "a", at, &err);
  if (message)
    ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, message), "%s: %s", at, err.diagnostic[0].text);
  else
    is_int(status ? -1 : point, expected, at);
}

static void values_by_name(qy_arena *arena)
{
  qy_plan *plan;
  if (read_plan(&plan,
                "precision: [16, {weights: 4, activations: 8}, {default: 8, first: 16}, {default: 4, label: small}]\n"
                "assign: [{options: [16, 8], minimize: [latency_us, noise], points: 3},\n"
                "  {options: [16, 8], minimize: noise, limit: {latency_us: 50%}}]",
                array, arena)) {
    ok(0, "a plan: %s", err.diagnostic[0].text);
    return;
  }
  const qy_plan_info *info = qy_plan_get(plan);
  static const char *const label[] = {"16 bit", "w4a8", "mixed", "small", "assigned", "assigned 2"};
  bool same = info->precision_count == 6;
  for (int i = 0; same && i < 6; i++)
    same = strcmp(info->precision[i].label, label[i]) == 0 && info->precision[i].uniform == (i < 2) &&
           info->precision[i].assigned == (i > 3);
  ok(same && info->points == 8, "labels of an axis of 8 values");
  finds(plan, "precision: 16", 0, NULL);
  finds(plan, "precision: 16 bit", 0, NULL);
  finds(plan, "precision: w4a8", 1, NULL);
  finds(plan, "precision: {weights: 4, activations: 8}", 1, NULL);
  finds(plan, "precision: mixed", 2, NULL);
  finds(plan, "precision: small", 3, NULL);
  finds(plan, "precision: assigned, assignment: 1", 4, NULL);
  finds(plan, "assignment: 3, precision: assigned", 6, NULL);
  finds(plan, "precision: assigned 2", 7, NULL);
  finds(plan, "", 0, "it has 16, w4a8, mixed, small, assigned, assigned 2");
  finds(plan, "precision: 8", 0, "a value that the axis `precision` has (16, w4a8,");
  finds(plan, "precision: assigned", 0, "a key `assignment`, 1 to 3");
  finds(plan, "precision: assigned, assignment: 4", 0, "assignment");
  finds(plan, "precision: mixed, assignment: 1", 0, "no `assignment` but beside the label of one");
  char many[1000] = "precision: [1, 2, 3, 4, 5, 6, 7, 8]\nassign: [";
  for (int i = 0; i < 8; i++)
    snprintf(many + strlen(many), sizeof many - strlen(many), "%s{options: [16, 8], minimize: noise, label: a%d}",
             i ? ", " : "", i);
  strcat(many, "]");
  ok(!read_plan(&plan, many, array, arena) && qy_plan_get(plan)->precision_count == 16,
     "as many values as assignments");
  finds(plan, "precision: a7", 15, NULL);
  finds(plan, "precision: 8", 7, NULL);
  if (!read_plan(&plan, "precision: [16, 8]", array, arena)) {
    finds(plan, "", 0, "it has 16, 8");
    finds(plan, "precision: 8", 1, NULL);
  }
  if (!read_plan(&plan, "precision: [{default: 8, label: small}, 16]", array, arena)) {
    finds(plan, "precision: small", 0, NULL);
    finds(plan, "precision: 16", 1, NULL);
    finds(plan, "precision: 4", 0, "has (small, 16)");
  }
  if (!read_plan(&plan, "precision: {from: 1, to: 12, step: 1}", array, arena))
    finds(plan, "", 0, "it has 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12");
  if (!read_plan(&plan, "precision: {from: 1, to: 13, step: 1}", array, arena))
    finds(plan, "", 0, "it has 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, ...");
  static const char tornado[] = "precision: 16\nassign: {options: [16, 8], minimize: [latency_us, noise], points: 2}\n"
                                "plots: [{kind: tornado, metric: energy_uj, design: a, over: %s, at: {precision: "
                                "assigned, assignment: 1}}]";
  char own[400], other[400];
  snprintf(own, sizeof own, tornado, "a");
  snprintf(other, sizeof other, tornado, "b");
  ok(!read_plan(&plan, own, array, arena), "an assignment over itself%s%s", err.count ? ": " : "",
     err.count ? err.diagnostic[0].text : "");
  ok(read_plan(&plan, other,
               "  - {name: a, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: 4}\n"
               "  - {name: b, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: 8}\n",
               arena) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "no `over` at one of several assignments"),
     "over another design: %s", err.count ? err.diagnostic[0].text : "read");
  if (!read_plan(&plan, "assign: {options: [16, 8], minimize: [latency_us, noise], points: 3}", array, arena)) {
    finds(plan, "assignment: 2", 1, NULL);
    finds(plan, "", 0, "1 .. 3");
  }
  if (!read_plan(&plan, "precision: 16\nassign: {options: [16, 8], minimize: [latency_us, noise], points: 2}", array,
                 arena)) {
    finds(plan, "precision: assigned", 0, "a key `assignment`, 1 to 2");
    finds(plan, "precision: assigned, assignment: 2", 2, NULL);
    finds(plan, "precision: assigned, assignment: 3", 0, "assignment");
  }
}

/* Time to read maps without a label grows as their number does, not as its square: 8000 would take minutes. */
static void many_maps(qy_arena *arena)
{
  enum { MAPS = 8000, ROW = 120, BITS = 16, MOST = 5 };
  qy_plan *plan;
  char *text = malloc((size_t)MAPS * ROW);
  size_t at = 0;
  if (!text) return;
  at += (size_t)snprintf(text, ROW, "precision:\n");
  for (int i = 0; i < MAPS; i++)
    at += (size_t)snprintf(text + at, ROW, "  - {default: 8, stem: %d, b1_dw: %d, proj: %d, b2_dw: %d}\n", 1 + i % BITS,
                           1 + i / BITS % BITS, 1 + i / BITS / BITS % BITS, 1 + i / BITS / BITS / BITS % BITS);
  const clock_t start = clock();
  const qy_status status = read_plan(&plan, text, array, arena);
  const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
  ok(status == QY_OK && qy_plan_get(plan)->precision_count == MAPS, "%d maps", MAPS);
  ok(!status && strcmp(qy_plan_get(plan)->precision[MAPS - 1].label, "mixed 8000") == 0, "each with a label");
  ok(seconds < MOST, "in %.2f s", seconds);
  free(text);
}

/* ---- what is wrong ---- */

typedef struct bad_row {
  const char *design, *text;
  int line, column; /* of the file; text begins at line 4 */
  const char *message;
} bad_row;

static const bad_row bad[] = {
    {array, "precision: 33", 4, 12, "1 to 32 bits"},
    {array, "precision: w4", 4, 12, "1 to 32 bits"},
    {array, "precision: [8, 8]", 4, 16, "each value once"},
    {array, "precision: [8, {weights: 8, activations: 8}]", 4, 16, "each value once"},
    {array, "precision: {weights: 8}", 4, 12, "a key `activations`"},
    {array, "precision: {first: 8}", 4, 12, "a map of layers with `default`"},
    {array, "precision: {default: 8, b1_wd: 4}", 4, 25, "found \"b1_wd\"; did you mean \"b1_dw\"?"},
    {array, "precision: {default: 8, \"c*\": 4}", 4, 25, "found \"c*\""},
    {array, "precision: {default: 8, type dwcnv: 4}", 4, 25, "did you mean \"dwconv\"?"},
    {array, "precision: {default: 8, type pool: 4}", 4, 25, "conv, dwconv, pwconv or fc"},
    {array, "precision: {default: 8, fc: 0}", 4, 29, "1 to 32 bits"},
    {array, "precision: {weights: 4, activations: 0}", 4, 38, "activations"},
    {array, "precision: {weights: 0, activations: 4}", 4, 22, "weights"},
    {array, "assign: {options: [8, 16], minimize: [latency_us, noise], points: 0}", 4, 67, "points"},
    {array, "precision: {default: 8, fc: 17}", 4, 12, "none has one for 17 bit"},
    {array, "precision: {default: 8, label: w4a8}", 4, 32, "which is no precision"},
    {array, "precision: {default: 8, label: \"a,b\"}", 4, 32, "a label of 1 to 40"},
    {array, "precision: [{default: 8, label: a}, {default: 4, label: a}]", 4, 57,
     "a label that no other precision has"},
    {array, "precision: [{default: 8, fc: 4}, {default: 8, fc: 16}, {last: 4, default: 8}]", 4, 56, "each map once"},
    {with_memory, "precision: [8, {default: 8}]", 4, 16, "beside a design with a `memory`"},
    {with_memory, "assign: {options: [8], minimize: noise}", 4, 9, "beside a design with a `memory`"},
    {element, "assign: {options: [8], minimize: noise}", 4, 9, "beside a design that runs no layers"},
    {array, "precision: own", 4, 12, "lacks them at stem"},
    {array, "precision: {default: own, stem: 8}", 4, 22, "lacks them at b1_dw"},
    {array, "precision: owm", 4, 12, "or own, found \"owm\""},
    {element, "precision: own", 4, 12, "lacks them at stem"},
    {array, "seed: 1", 1, 1, "a key `precision`"},
    {array, "assign: {minimize: noise}", 4, 9, "a key `options`"},
    {array, "assign: {options: [8, 16]}", 4, 9, "a key `minimize`"},
    {array, "assign: []", 4, 9, "a list of 1 to"},
    {array, "assign: {options: [8, 16, 8], minimize: noise}", 4, 27, "each option once"},
    {array, "assign: {options: [8, 17], minimize: noise}", 4, 23, "none has one for 17 bit"},
    {array, "assign: {options: [8, 16], minimize: area_um2}", 4, 38, "latency_us"},
    {array, "assign: {options: [8, 16], minimize: [noise, noise]}", 4, 46, "each cost once"},
    {array, "assign: {options: [8, 16], minimize: noise, points: 2}", 4, 53, "one point, the optimum"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {fps: 2}}", 4, 53, "weight_bytes"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {latency_us: 101%}}", 4, 65, "0% to 100%"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {latency_us: fast}}", 4, 65, "a share (50%)"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {latency_us: -1}}", 4, 65, "a decimal number from 0"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {noise: 17 bit}}", 4, 60, "none has one for 17 bit"},
    {array, "assign: {options: [8, 16], minimize: noise, fix: {stem: 4}}", 4, 57, "one of the options (8, 16)"},
    {array, "assign: {options: [8, 16], minimize: noise, fix: {default: 8}}", 4, 60, "no `default`"},
    {array, "assign: {options: [8, 16], minimize: noise, fix: {stm: 8}}", 4, 51, "did you mean \"stem\"?"},
    {array, "layers: {type: pwconv}\nassign: {options: [8, 16], minimize: noise, fix: {first: 8}}", 5, 51,
     "layers that are run (`layers` leaves out others), found \"first\""},
    {array, "layers: {type: pwconv}\nassign: {options: [8, 16], minimize: noise, fix: {type dwconv: 8}}", 5, 51,
     "found \"type dwconv\""},
    {array, "assign: {options: [8, 16], minimize: noise, fix: {stem: 8, proj2: 16}}", 4, 67,
     "the same option for layers stem and proj2"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: some}", 4, 51, "graph"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: input}", 4, 51, "did you mean \"inputs\""},
    {array, "assign: {options: [8, 16], minimize: noise, ties: nothing}", 4, 51, "adds, none, found"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: [[stem, nose]]}", 4, 59, "a layer that is run"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: [stem]}", 4, 52, "a list of layers"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {latency_us: 0x100}}", 4, 65, "a decimal number"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {latency_us: 1e-400}}", 4, 65, "a decimal number"},
    {array, "assign: {options: [8, 16], minimize: noise, limit: {latency_us: 0x10%}}", 4, 65, "0% to 100%"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: []}", 4, 51, "or `none`"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: [[]]}", 4, 52, "at least two layers"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: [[fc, stem], [stem]]}", 4, 64, "at least two layers"},
    {array, "assign: {options: [8, 16], minimize: noise, ties: [[stem, stem]]}", 4, 52, "at least two layers"},
    {array, "assign: {options: [8, 16], minimize: noise, epsilon: 0.1}", 4, 54, "no `epsilon` of one cost"},
    {array, "assign: {options: [8, 16], minimize: noise, label: \" \"}", 4, 52, "spaces inside"},
    {array, "assign: {options: [8, 16], minimize: noise, label: \"a \"}", 4, 52, "spaces inside"},
    {array, "assign: {options: [8, 16], minimize: noise, members: true}", 4, 54, "no `members`"},
    {array, "assign: {options: [8, 16], minimize: noise, epsilon: 2}", 4, 54, "epsilon"},
    {pipeline, "assign: {options: [8, 16], minimize: noise, limit: {energy_uj: 50%}}", 4, 64, "no share of the energy"},
    {array, "precision: 8\nuncertainty: {draws: 16}\nplots: [{kind: pareto, x: energy_uj, y: sqnr_db, over: a}]", 6, 56,
     "no `over` of a metric in dB"},
    {array, "precision: 8\nnoise: {}", 5, 8, "file, weights or tensors"},
    {array, "precision: 8\nnoise: {weights: {stem: 1}}", 5, 18, "a weight for layer b1_dw"},
    {array, "precision: 8\nnoise: {weights: {stm: 1, default: 1}}", 5, 19, "did you mean \"stem\"?"},
    {array, "precision: 8\nnoise: {weights: {default: -1}}", 5, 28, "-1"},
    {array, "precision: 8\nnoise: {weights: {type pol: 1, default: 1}}", 5, 19, "conv, dwconv, pwconv or fc"},
    {array, "precision: 8\nnoise: {weights: {lst: 1, default: 1}}", 5, 19,
     "`first`, `last`, `type TYPE` or `default`, found \"lst\"; did you mean \"last\"?"},
    {array, "precision: {default: 8, type: 4}", 4, 25, "`type TYPE` or `default`, found \"type\"\n"},
    {array, "precision: 8\nnoise: {weights: {label: 1, default: 1}}", 5, 19, "or `default`, found \"label\"\n"},
    {array, "precision: 8\nnoise: {tensors: /nowhere/at/all}", 5, 18, "folder"},
};

static void mistakes(qy_arena *arena)
{
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    const bad_row *b = &bad[i];
    qy_plan *plan;
    const qy_status status = read_plan(&plan, b->text, b->design, arena);
    const int last = err.count > 0 ? err.count - 1 : 0;
    bool found = false, place = false;
    for (int k = 0; k <= last && status == QY_BAD_INPUT; k++) {
      char line[sizeof err.diagnostic[k].text + 1]; /* a message that ends in \n is the end of the text */
      snprintf(line, sizeof line, "%s\n", err.diagnostic[k].text);
      found |= strstr(line, b->message) != NULL;
      place |= err.diagnostic[k].line == b->line && err.diagnostic[k].column == b->column;
    }
    ok(found && place, "%d:%d: %s", b->line, b->column, b->message);
    if (!found || !place)
      printf("# %d: %d:%d: %s; expected %d:%d, %s\n", (int)status, err.diagnostic[0].line, err.diagnostic[0].column,
             err.count ? err.diagnostic[0].text : "-", b->line, b->column, b->message);
  }
}

/* A range is the list of its values. */
static void ranges(qy_arena *arena)
{
  static const struct {
    const char *range;
    int count, width[16];
  } rows[] = {
      {"{from: 4, to: 16, step: 4}", 4, {4, 8, 12, 16}},
      {"{from: 5, to: 8, step: 1}", 4, {5, 6, 7, 8}},
      {"{from: 4, to: 15, step: 4}", 3, {4, 8, 12}},
      {"{from: 8, to: 8, step: 1}", 1, {8}},
      {"{from: 4, to: 16, points: 3, scale: log}", 3, {4, 8, 16}},
      {"[16, 4, 8]", 3, {16, 4, 8}},
      {"[w4a8, 8]", 2, {8, 8}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[100];
    qy_plan *plan;
    snprintf(text, sizeof text, "precision: %s", rows[i].range);
    const qy_status status = read_plan(&plan, text, array, arena);
    if (!ok(!status, "%s: %s", text, status ? err.diagnostic[0].text : "read")) continue;
    const qy_plan_info *info = qy_plan_get(plan);
    int wrong = 0;
    for (int k = 0; k < rows[i].count && k < info->precision_count; k++) {
      char label[16];
      snprintf(label, sizeof label, "%d bit", rows[i].width[k]);
      const qy_precision p = plan->option[plan->precision.value[k].option];
      const bool own = rows[i].range[1] == 'w' && k == 0;
      wrong += strcmp(info->precision[k].label, own ? "w4a8" : label) != 0 || !info->precision[k].uniform ||
               p.activations != rows[i].width[k] || p.weights != (own ? 4 : rows[i].width[k]) ||
               info->precision[k].all.weights != p.weights || info->precision[k].all.activations != p.activations;
    }
    ok(wrong == 0 && info->precision_count == rows[i].count && plan->precision.count == (size_t)rows[i].count &&
           info->points == rows[i].count,
       "%d values of it, %lld points, %d wrong", info->precision_count, (long long)info->points, wrong);
  }
  static const struct {
    const char *text, *said;
  } none[] = {{"precision: {from: 0, to: 8, step: 1}", "1 to 32"},
              {"precision: {from: 8, to: 33, step: 1}", "1 to 32"},
              {"precision: {from: 8, to: 4, step: 1}", "from"},
              {"precision: {from: 4, step: 1}", "to"},
              {"precision: {to: 4, step: 1}", "from"},
              {"precision: {from: 4, to: 8, steps: 1}", "step"},
              {"precision: {from: 4.5, to: 8, step: 1}", "a whole number"},
              {"precision: [8, 8]", "once"},
              {"network2: a", "did you mean \"network\""},
              {"precision: [8, w8a8]", "once"},
              {"assign: {options: [16, 99], minimize: noise}", "assign.options[1]"},
              {"assign: {options: [16, 16], minimize: noise}", "each option once"},
              {"assign: {options: [], minimize: noise}", "options"},
              {"assign: {minimize: noise}", "a key `options`"}};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    qy_plan *plan;
    const qy_status status = read_plan(&plan, none[i].text, array, arena);
    bool found = false;
    for (int k = 0; k < err.count; k++)
      found |= strstr(err.diagnostic[k].text, none[i].said) != NULL;
    ok(status == QY_BAD_INPUT && found && err.diagnostic[0].line == 4, "%s: %s", none[i].text,
       err.count ? err.diagnostic[0].text : "read");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  int a = mkstemps(network_file, 4), b = mkstemps(plan_yaml, 5);
  if (a < 0 || b < 0 || !write_text(network_file, "%s%s%s", network, "", "")) return 1;
  close(a);
  close(b);
  atexit(drop_files);
  maps(arena);
  noise_weights(arena);
  ties(arena);
  ties_through(arena);
  values_by_name(arena);
  many_maps(arena);
  mistakes(arena);
  ranges(arena);
  qy_arena_free(arena);
  return done();
}
