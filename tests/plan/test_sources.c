/* What an experiment file takes from elsewhere: noise of layers from tables and tensors, widths that a network states,
 * libraries and devices by their names; what assignments ask for; and the list of keys. */
#include "files.h"
#include "tap.h"

#include "../../src/plan/plan_int.h"

#include <sys/stat.h>

static char folder[] = "/tmp/quarry-sources-XXXXXX";
static qy_error err;

static const char *in_folder(char out[200], const char *name)
{
  snprintf(out, 200, "%s/%s", folder, name);
  return out;
}

static bool put(const char *name, const char *text)
{
  char file[200];
  return write_file(in_folder(file, name), text);
}

#define ARRAY  "  - {name: a, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: 4}\n"
#define DEPTH  "{name: m, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 1}"
#define REST   "{name: n, accelerator: systolic, pe: {kind: mac_st, bits: 16}, rows: 4}"
#define PIPES  "  - name: p\n    system: pipelined\n    members: [" DEPTH ", " REST "]\n"
#define SYSTEM "  - name: s\n    system: sequential\n    members: [" DEPTH ", " REST "]\n"
#define EIGHT  "precision: 8\n"

/* The status of a file with these lines; rest may name the technology and the network. */
static qy_status read_file(qy_plan **plan, const char *rest, const char *designs, qy_arena *arena)
{
  char text[4000], file[200];
  const bool technology = strstr(rest, "technology:") != NULL;
  qy_error_clear(&err);
  snprintf(text, sizeof text,
           "name: t\n%snetwork: ./net.csv\nclock_mhz: 100\nobjectives: {minimize: area_um2}\n%sdesigns:\n%s",
           technology ? "" : "technology: fdsoi28\n", rest, designs);
  put("plan.yaml", text);
  char *kept = qy_arena_text(arena, in_folder(file, "plan.yaml"), strlen(in_folder(file, "plan.yaml")));
  return qy_plan_read(plan, kept, "db", arena, &err);
}

static void refused(const char *rest, const char *designs, const char *said, qy_arena *arena)
{
  qy_plan *plan;
  const qy_status status = read_file(&plan, rest, designs, arena);
  bool found = false;
  for (int i = 0; i < err.count; i++)
    found |= strstr(err.diagnostic[i].text, said) != NULL;
  ok(status == QY_BAD_INPUT && found, "%.*s: %s", (int)strcspn(rest, "\n"), rest,
     err.count ? err.diagnostic[0].text : "fine");
}

static const qy_plan *taken(const char *rest, const char *designs, qy_arena *arena)
{
  qy_plan *plan = NULL;
  const qy_status status = read_file(&plan, rest, designs, arena);
  return ok(!status, "%.*s: %s", (int)strcspn(rest, "\n"), rest, status ? err.diagnostic[0].text : "fine") ? plan
                                                                                                           : NULL;
}

/* Two layers of 4 and 2 * 4 weights; the names of `b` are those of a file of its own. */
static void files(void)
{
  char file[200];
  put("net.csv", "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                 "a,pwconv,-,4,4,2,2,,,\nb,pwconv,a,,,,4,,,\nd,dwconv,b,,,,,3,1,1\n");
  put("own.csv", "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad,weight_bits,activation_bits\n"
                 "a,pwconv,-,4,4,2,2,,,,4,8\nb,pwconv,a,,,,4,,,,8,8\nd,dwconv,b,,,,,3,1,1,2,4\n");
  put("half.csv", "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad,weight_bits,activation_bits\n"
                  "a,pwconv,-,4,4,2,2,,,,4,8\nb,pwconv,a,,,,4,,,,,8\nd,dwconv,b,,,,,3,1,1,2,\n");
  mkdir(in_folder(file, "w"), 0700);
  put("w/a.csv", "1\n-2\n3\n0.5\n");
  put("w/b.csv", "1\n-2\n3\n0.5\n1\n2\n3\n4\n");
  put("w/d.csv",
      "1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n5\n6\n7\n8\n9\n1\n2\n3\n4\n5\n6\n7\n8\n9\n");
  mkdir(in_folder(file, "short"), 0700);
  put("short/a.csv", "1\n-2\n3\n");
  put("s.csv", "layer,weight_bits,activation_bits,cost,more\na,8,8,1,2\nb,8,8,2,4\nd,8,8,4,8\n");
  put("s2.csv", "layer,weight_bits,activation_bits,cost\na,8,8,1\nb,8,8,2\nd,8,8,4\na,4,4,1\nb,4,4,2\n");
}

static void noise(qy_arena *arena)
{
  char first[65];
  const qy_plan *plan = taken(EIGHT, ARRAY, arena);
  if (plan) {
    is_text(plan->info.noise_source, "1/SQNR, equal weights", "without the key");
    is_int(plan->info.noise_file_count, 0, "no files");
  }
  plan = taken(EIGHT "noise: {tensors: w}\n", ARRAY, arena);
  if (plan) {
    ok(strstr(plan->info.noise_source, "weights in w") && !strstr(plan->info.noise_source, "channel"), "%s",
       plan->info.noise_source);
    is_int(plan->info.noise_file_count, 3, "a file a layer");
    ok(strcmp(plan->info.noise_file[0].name, "a.csv") == 0 && strcmp(plan->info.noise_file[2].name, "d.csv") == 0 &&
           !plan->info.noise_file[0].text && strlen(plan->info.noise_file[0].sha256) == 64,
       "by their last names, without their texts: %s", plan->info.noise_file[0].name);
    snprintf(first, sizeof first, "%s", plan->info.noise_sha256);
  }
  plan = taken(EIGHT "noise: {tensors: w, scale: channel}\n", ARRAY, arena);
  if (plan)
    ok(strstr(plan->info.noise_source, "a scale per channel") && strcmp(plan->info.noise_sha256, first) == 0,
       "%s: of the same files", plan->info.noise_source);
  plan = taken(EIGHT "noise: {tensors: w, scale: layer}\nlayers: {name: a}\n", ARRAY, arena);
  if (plan)
    ok(plan->info.noise_file_count == 1 && strcmp(plan->info.noise_sha256, first) != 0,
       "files of the layers that are run");
  refused(EIGHT "noise: {tensors: w, scale: row}\n", ARRAY, "layer, channel", arena);
  refused(EIGHT "noise: {tensors: w, cost: row}\n", ARRAY, "cost", arena);
  refused(EIGHT "noise: {scale: layer}\n", ARRAY, "file, weights or tensors", arena);
  refused(EIGHT "noise: {scal: layer}\n", ARRAY, "scale", arena);
  refused(EIGHT "noise: {tensors: short}\n", ARRAY, "layer a of network net: ", arena);
  refused(EIGHT "noise: {tensors: none}\n", ARRAY, "none", arena);
  refused(EIGHT "noise: w\n", ARRAY, "a mapping with file, weights or tensors", arena);
  plan = taken(EIGHT "noise: {file: s.csv, cost: more}\n", ARRAY, arena);
  if (plan) {
    is_text(plan->info.noise_source, "sensitivities of s.csv, column more", "a table beside the file");
    ok(plan->info.noise_file_count == 1 && strcmp(plan->info.noise_file[0].name, "s.csv") == 0 &&
           starts(plan->info.noise_file[0].text, "layer,weight_bits", "its text is kept"),
       "one file, once");
    if (plan)
      for (int i = 0; i < plan->info.table_count; i++)
        ok(strcmp(plan->info.table[i].sha256, plan->info.noise_file[0].sha256) != 0, "%s is another table",
           plan->info.table[i].name);
  }
  plan = taken(EIGHT "noise: {file: ./s2.csv}\n", ARRAY, arena);
  if (plan) ok(strstr(plan->info.noise_source, "column cost") != NULL, "%s", plan->info.noise_source);
  refused(EIGHT "noise: {file: s.csv}\n", ARRAY, "cannot be used", arena);
  refused(EIGHT "noise: {file: s, cost: more}\n", ARRAY, "sensitivities \"s\" cannot be used", arena);
  refused(EIGHT "noise: {file: .csv, cost: more}\n", ARRAY, "sensitivities \".csv\" cannot be used", arena);
  refused(EIGHT "noise: {file: s.csv, scale: more}\n", ARRAY, "scale", arena);
  refused("precision: [8, 4]\nnoise: {file: s2.csv}\n", ARRAY, "sensitivities of every layer at every precision",
          arena);
  taken("precision: [8, 4]\nnoise: {file: s2.csv}\nlayers: {type: pwconv}\n", ARRAY, arena);
  taken(EIGHT "noise: {weights: {default: 1000000000}}\n", ARRAY, arena);
  refused(EIGHT "noise: {weights: {default: 1000000001}}\n", ARRAY, "0 to 1000000000", arena);
  taken(EIGHT "noise: {weights: {default: 0}}\n", ARRAY, arena);
  refused(EIGHT "noise: {weights: [1]}\n", ARRAY, "a mapping from layers to weights", arena);
}

/* Widths that the network states, each layer its own; a rule of the map comes first. */
static void own_widths(qy_arena *arena)
{
  static const struct {
    const char *precision, *expected[3];
  } rows[] = {{"precision: own\n", {"w4a8", "8", "w2a4"}},
              {"precision: {default: own, b: 4}\n", {"w4a8", "4", "w2a4"}},
              {"precision: {default: 16, b: 4}\n", {"16", "4", "16"}}};
  for (size_t i = 0; i < 3; i++) {
    char rest[200];
    snprintf(rest, sizeof rest, "technology: fdsoi28\n#\n%s", rows[i].precision);
    char text[2000], file[200];
    qy_plan *plan;
    qy_error_clear(&err);
    snprintf(text, sizeof text,
             "name: t\n%snetwork: ./own.csv\nclock_mhz: 100\nobjectives: {minimize: area_um2}\ndesigns:\n"
             "  - {name: a, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4}\n",
             rest);
    const qy_status status = qy_plan_read_text(&plan, in_folder(file, "x.yaml"), text, strlen(text), "db", arena, &err);
    if (!ok(!status, "%s%s", rows[i].precision, status ? err.diagnostic[0].text : "")) continue;
    for (size_t l = 0; l < 3; l++) {
      char got[QY_PRECISION_TEXT];
      const precision_value *v = &plan->precision.value[0];
      is_text(plan_option_text(got, plan->option[v->map[0][l]]), rows[i].expected[l], "of a layer");
    }
    is_int(plan->precision.value[0].widest[0], i == 2 ? 16 : 8, "the widest");
  }
  refused("#\nprecision: own\n", ARRAY, "lacks them at a", arena);
}

/* A file is shown by its name, one of the tables by its place among them. */
static void shown_names(qy_arena *arena)
{
  static const struct {
    const char *file, *shown;
  } row[] = {{"db/tech/lp55.yaml", "tech/lp55.yaml"},
             {"db/x.csv", "x.csv"},
             {"ab/sub/x.csv", "x.csv"},
             {"dbx/sub/x.csv", "x.csv"},
             {"./db/sub/x.csv", "x.csv"},
             {"/tmp/db/x.csv", "x.csv"},
             {"x.csv", "x.csv"},
             {"db", "db"}};
  const qy_plan *plan = taken("precision: 8\n", ARRAY, arena);
  for (size_t i = 0; plan && i < sizeof row / sizeof *row; i++)
    is_text(plan_shown_name(plan, row[i].file), row[i].shown, row[i].file);
}

/* Options of `assign`: those it lists and those of uniform limits; of a layer that is fixed, that one. */
static void asked(qy_arena *arena)
{
  const qy_plan *plan = taken("precision: 2\nassign: {options: [8, 4], minimize: [latency_us, noise], fix: {b: 4}, "
                              "limit: {weight_bytes: 16 bit, energy_uj: 50%}, points: 3}\n",
                              ARRAY, arena);
  if (plan) {
    static const struct {
      int bits;
      bool any, a, b;
    } rows[] = {{8, true, true, false}, {4, true, true, true}, {16, true, true, true}, {2, false, false, false}};
    const assign_request *r = &plan->assign[0];
    for (size_t i = 0; i < 4; i++) {
      int option = 0;
      while (option < plan->option_count && plan->option[option].weights != rows[i].bits)
        option++;
      if (!ok(option < plan->option_count, "%d bit is an option", rows[i].bits)) continue;
      ok(plan_assign_asks(r, option) == rows[i].any && plan_assign_asks_of_layer(r, 0, 0, option) == rows[i].a &&
             plan_assign_asks_of_layer(r, 0, 1, option) == rows[i].b,
         "%d bit: asked for, of a free layer, of a fixed one", rows[i].bits);
      ok(plan_asks_option(plan, 1, option) == rows[i].any && plan_asks_option(plan, 0, option) == (rows[i].bits == 2),
         "at values of the axis");
    }
    ok(r->limit_count == 2 && r->limit[0].kind == ASSIGN_UNIFORM && r->limit[1].kind == ASSIGN_SHARE &&
           r->limit[1].value == 0.5 && r->points == 3 && !r->members,
       "its limits");
  }
#define ONE "assign: {options: [8, 4], minimize: "
  taken(ONE "energy_uj, epsilon: 0.1}\n", PIPES, arena);
  taken(ONE "noise, limit: {energy_uj: 5}, epsilon: 0.1}\n", PIPES, arena);
  refused(ONE "noise, epsilon: 0.1}\n", PIPES, "no `epsilon` of one cost", arena);
  refused(ONE "energy_uj, epsilon: 0.1}\n", SYSTEM, "no `epsilon` of one cost", arena);
  taken(ONE "[energy_uj, noise], epsilon: 1}\n", SYSTEM, arena);
  refused(ONE "[energy_uj, noise], epsilon: 1.1}\n", SYSTEM, "epsilon", arena);
  taken(ONE "noise, limit: {energy_uj: 50%}}\n", SYSTEM, arena);
  refused(ONE "noise, limit: {energy_uj: 50%}}\n", PIPES, "no share of the energy", arena);
  taken(ONE "noise, limit: {latency_us: 50%}}\n", PIPES, arena);
  taken(ONE "noise, members: true}\n", SYSTEM, arena);
  taken(ONE "noise, members: false}\n", ARRAY, arena);
  refused(ONE "noise, members: true}\n", ARRAY, "no `members` where no design is a system", arena);
  refused(ONE "noise, members: maybe}\n", SYSTEM, "maybe", arena);
  refused(ONE "noise, points: 0}\n", ARRAY, "points", arena);
  refused(ONE "noise, limits: {latency_us: 5}}\n", ARRAY, "did you mean \"limit\"", arena);
  refused(ONE "noise, limit: [latency_us]}\n", ARRAY, "a mapping from costs to limits", arena);
  refused("assign: 8\n", ARRAY, "a mapping with `options` and `minimize`", arena);
}

static void designs(qy_arena *arena)
{
  refused("precision: 8\n#\n", "  - {name: p, system: pipeline, members: [" DEPTH ", " REST "]}\n", "pipelined", arena);
  refused("precision: 8\n#\n", "  - {name: p, system: pipelined, members: []}\n", "a list of 1 to 4 members", arena);
  refused("precision: 8\n#\n", "  - {name: p, system: pipelined, members: [" DEPTH "]}\n",
          "a member that takes layer a (pwconv)", arena);
  refused("precision: 8\n#\n", "  - {name: p, system: pipelined, members: [" REST ", " DEPTH "]}\n",
          "at least one layer of network net", arena);
  refused("precision: 8\n#\n", "  - {name: p, system: pipelined, members: [" DEPTH ", " DEPTH "]}\n",
          "a name that no other member has", arena);
  refused("precision: 8\n#\n", "  - {name: p, system: pipelined, members: [" DEPTH ", {name: N}]}\n",
          "24 small letters", arena);
  refused("precision: 8\n#\n", "  - {name: p, system: pipelined, members: [" DEPTH ", [n]]}\n", "describes a member",
          arena);
  refused("precision: 8\n#\n",
          "  - {name: p, system: pipelined, members: [" DEPTH
          ", {name: n, accelerator: systolic, pe: {kind: mac_st, bits: 16}, "
          "rows: 0}]}\n",
          "members[1].rows", arena);
  refused("precision: 8\n#\n",
          "  - {name: p, system: pipelined, members: [{name: n, accelerator: element, pe: {kind: mac, bits: 8}}]}\n",
          "an accelerator that runs layers", arena);
  refused("precision: 8\n#\n", "  - {name: a, accelerator: systolic, pe: {kind: mac_st, bits: 12}, rows: 4}\n",
          "designs[0].pe: pe mac_st: bits", arena);
  refused("precision: 8\n#\n", "  - a\n", "a mapping that describes a design", arena);
  refused("precision: 8\n#\n", "  - {name: a, accelerator: systolic, rows: 4}\n", "kind", arena);
#define MEMORY(rest) "  - {name: a, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, memory: {" rest "}}\n"
  refused("precision: 8\n#\n", MEMORY("device: ddr3_1600_4gb_x8, buffer: 1 B"), "at least ", arena);
  refused("precision: 8\n#\n", MEMORY("device: [], buffer: 64 KiB"), "at least one device", arena);
  refused("precision: 8\n#\n", MEMORY("device: {a: 1}, buffer: 64 KiB"), "a name or a list of names", arena);
  refused("precision: 8\n#\n", MEMORY("device: ddr3_1600_4gb_x8"), "a key `buffer`", arena);
  refused("precision: 8\n#\n", MEMORY("buffer: 64 KiB"), "a key `device`", arena);
  refused("precision: 8\nlayers: {type: pwconv}\n", MEMORY("device: ddr3_1600_4gb_x8, buffer: 64 KiB"),
          "`fusion: none`", arena);
  refused("precision: 8\nlayers: {type: pwconv}\n",
          MEMORY("device: ddr3_1600_4gb_x8, buffer: 64 KiB, fusion: [none, free]"), "`fusion: none`", arena);
  refused("precision: 8\n#\n",
          "  - {name: p, system: pipelined, members: [" DEPTH ", " REST
          "], memory: {device: ddr3_1600_4gb_x8, buffer: 64 KiB}}\n",
          "`sequential` members", arena);
  refused("precision: 8\n#\n",
          "  - {name: a, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, batch: [1, 2], "
          "memory: {device: ddr3_1600_4gb_x8, buffer: 64 KiB}}\n",
          "`batch` 1 beside `memory`", arena);
  refused("precision: 8\n#\n",
          "  - {name: a, accelerator: element, pe: {kind: mac, bits: 16}, memory: {device: "
          "ddr3_1600_4gb_x8, buffer: 64 KiB}}\n",
          "not for \"element\"", arena);
  const qy_plan *plan = taken(
      "precision: [8, 16]\n#\n",
      MEMORY("device: [ddr3_1600_4gb_x8, ddr4_2400_4gb_x8], buffer: [64 KiB, 128 KiB], channels: 2") "  - {name: b, "
                                                                                                     "accelerator: "
                                                                                                     "systolic, pe: "
                                                                                                     "{kind: mac, "
                                                                                                     "bits: 16}, rows: "
                                                                                                     "[4, 8]}\n",
      arena);
  if (plan) {
    ok(plan->info.device_count == 2 && plan->info.partly_on_chip && !plan->info.on_chip,
       "two devices, one design has none");
    memory_params m;
    size_t index[QY_AXES_MAX] = {0};
    for (size_t i = 0; i < plan->entries[0].param_count; i++)
      index[i] = plan->entries[0].param[i].count - 1;
    memory_params_at(&m, &plan->entries[0], index);
    ok(m.device == 1 && m.channels == 2 && m.buffer_bytes == 131072 && m.fusion == QY_FUSION_FREE &&
           m.order == QY_ORDERS_BEST && m.rule == QY_CAPACITY_STRICT && m.objective == QY_LEAST_TRAFFIC,
       "the last of its values, the others as they are usual");
    /* 3 operations of the graph at 8 points of the first design, 3 layers at 4 of the other; parts: 2 and 1 */
    is_int(plan->info.points, 12, "points");
    near_rel(qy_plan_members_mean(plan), (8 * 2 + 4 * 1) / 12.0, 1e-12, "rows of members");
    near_rel(qy_plan_layers_mean(plan), 3, 1e-12, "rows of layers");
  }
}

static void library_text(char text[65536], const char *file)
{
  FILE *f = fopen(file, "r");
  if (!f) exit(1);
  text[fread(text, 1, 65000, f)] = '\0';
  fclose(f);
}

/* A library without SRAM is said where it is named, also behind others that are run at more supplies: auto is that of 1 V
 * in fdsoi28, and one more in lp55. */
static void without_sram(qy_arena *arena)
{
  char text[65536];
  library_text(text, "db/tech/lp55.yaml");
  strcat(text, "# again\n");
  put("again.yaml", text);
  library_text(text, "db/tech/fdsoi28.yaml");
  char *sram = strstr(text, "\nsram:\n");
  if (!ok(sram != NULL, "a library with SRAM")) return;
  sram[1] = '\0';
  put("bare.yaml", text);
  refused("technology: [lp55, ./again.yaml, ./bare.yaml]\nvoltage_v: [auto, 1]\nprecision: 8\n", ARRAY,
          "technology[2]: design \"a\": library fdsoi28", arena);
  refused("technology: [./bare.yaml, lp55, ./again.yaml]\nvoltage_v: [auto, 1]\nprecision: 8\n", ARRAY,
          "technology[0]: design \"a\": library fdsoi28", arena);
}

/* Two libraries that call themselves alike are told apart by their files. */
static void namesakes(qy_arena *arena)
{
  char text[65536], more[66000];
  library_text(text, "db/tech/lp55.yaml");
  snprintf(more, sizeof more, "%s# another\n", text);
  put("other.yaml", more);
  const qy_plan *plan = taken("technology: [lp55, fdsoi28, ./other.yaml]\nprecision: 8\n", ARRAY, arena);
  if (!plan) return;
  is_text(plan->technology[0]->name, "lp55", "the file of that name");
  is_text(plan->technology[1]->name, "fdsoi28", "another name");
  is_text(plan->technology[2]->name, "lp55 (other)", "the other of that name");
}

/* What draws of SRAM need is read, once a node. */
static void doubts(qy_arena *arena)
{
  static const struct {
    const char *rest;
    size_t count;
  } row[] = {{"technology: fdsoi28\n", 0},
             {"technology: fdsoi28\nuncertainty: {draws: 16}\n", 1},
             {"technology: [fdsoi28, lp55]\nuncertainty: {draws: 16}\n", 2},
             {"technology: fdsoi28\nvoltage_v: [0.9, 1]\nuncertainty: {draws: 16}\n", 1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char rest[200];
    snprintf(rest, sizeof rest, "%s" EIGHT, row[i].rest);
    const qy_plan *plan = taken(rest, ARRAY, arena);
    if (!plan || !ok(plan->doubt_count == row[i].count, "%zu nodes", plan->doubt_count)) continue;
    for (size_t d = 0; d < plan->doubt_count; d++) {
      double p95[QY_SRAM_QUANTITY_COUNT];
      qy_constant silicon[QY_SRAM_SILICON_COUNT];
      const node_doubt *got = &plan->doubt[d];
      if (qy_sram_error_read(p95, "db/memory/sram_error.csv", got->node_nm, arena, NULL) ||
          qy_sram_silicon_read(silicon, "db/memory/sram_silicon.csv", got->node_nm, arena, NULL))
        continue;
      bool same = memcmp(p95, got->p95, sizeof p95) == 0;
      for (int s = 0; s < QY_SRAM_SILICON_COUNT; s++)
        same = same && silicon[s].value == got->silicon[s].value && silicon[s].high == got->silicon[s].high;
      ok(same && atoi(plan->technology[d]->sram_node) == got->node_nm, "of %d nm", got->node_nm);
    }
  }
}

/* Names of libraries and devices that there are not, and what is advised. */
static void technologies(qy_arena *arena)
{
  refused("technology: fdsoi82\nprecision: 8\n", ARRAY, "library \"fdsoi82\" cannot be used", arena);
  refused("technology: xc7z054\nprecision: 8\n", ARRAY, "found \"xc7z054\"; did you mean \"xc7z0", arena);
  refused("technology: nothing_like_it\nprecision: 8\n", ARRAY, "FPGAs are: u250, u50, xc7vx690t, ", arena);
  refused("technology: ./none.yaml\nprecision: 8\n", ARRAY, "library \"", arena);
  refused("technology: xc7z020\nvoltage_v: 0.9\nprecision: 8\n", ARRAY,
          "supply voltages for libraries of cells only (xc7z020 is an FPGA)", arena);
  refused("technology: [fdsoi28, xc7z020]\nsram_voltage: follow\nprecision: 8\n", ARRAY,
          "a supply of the SRAM for libraries", arena);
  refused("technology: fdsoi28\nvoltage_v: 0.5\nprecision: 8\n", ARRAY, "0.7", arena);
  refused("technology: [fdsoi28, 7]\nprecision: 8\n", ARRAY, "technology[1]", arena);
  const qy_plan *plan = taken("technology: [fdsoi28, lp55]\nvoltage_v: [1.1, auto, 1]\nprecision: 8\n", ARRAY, arena);
  if (plan) {
    /* fdsoi28 has 1 V of its own, so that auto and 1 are one supply; lp55 has 1.2 V */
    static const char *const name[] = {"fdsoi28@1.1V", "fdsoi28", "lp55@1.1V", "lp55", "lp55@1V"};
    bool same = plan->info.technology_count == 5;
    for (int i = 0; same && i < 5; i++)
      same = strcmp(plan->info.technology[i]->name, name[i]) == 0;
    ok(same, "%d libraries at supplies", plan->info.technology_count);
  }
}

/* The list of keys: each once in its place, with a text each; keys of files are those that readers take. */
static void keys(qy_arena *arena)
{
  const qy_key_info *list;
  size_t count = 0, twice = 0, empty = 0;
  if (!ok(qy_plan_keys(&list, &count, arena, &err) == QY_OK, "the list of keys")) return;
  for (size_t i = 0; i < count; i++) {
    empty += !list[i].where[0] || !list[i].key[0] || !list[i].values[0] || !list[i].fallback[0];
    for (size_t k = 0; k < i; k++)
      twice += strcmp(list[i].where, list[k].where) == 0 && strcmp(list[i].key, list[k].key) == 0;
  }
  ok(twice == 0 && empty == 0 && count > 200, "%zu keys, %zu twice, %zu without a text", count, twice, empty);
  static const struct {
    const char *where, *key, *values, *fallback;
  } rows[] = {{"file", "clock_mhz", "0.001 .. 100000 MHz", "required"},
              {"file", "voltage_v", "auto | 0.1 .. 5 V", "auto"},
              {"file", "sram_voltage", "nominal | follow", "nominal"},
              {"systolic", "rows", "1 .. 256", "required"},
              {"depthwise", "buffers.input", "256 .. 4194304 B", NULL},
              {"depthwise", "pe.bits", "2 .. 32 bit", "16"},
              {"memory", "device", "NAME | FILE", "required"},
              {"memory", "buffer", "1 .. 4194304 B", "required"},
              {"memory", "fusion", "none | block | free", "free"},
              {"memory", "channels", NULL, "1"},
              {"plots_style", "dpi", "36 .. 1200", NULL},
              {"plot", "x_range", NULL, NULL},
              {"plot", "per_x", "auto | all | best | median", "auto"},
              {"heatmap", "x_scale", NULL, NULL},
              {"tornado", "dpi", NULL, NULL},
              {"layers", "size", NULL, NULL}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    const qy_key_info *k = NULL;
    for (size_t i = 0; i < count && !k; i++)
      if (strcmp(list[i].where, rows[r].where) == 0 && strcmp(list[i].key, rows[r].key) == 0) k = &list[i];
    if (!ok(k != NULL, "%s: %s", rows[r].where, rows[r].key)) continue;
    ok((!rows[r].values || strstr(k->values, rows[r].values)) &&
           (!rows[r].fallback || strcmp(k->fallback, rows[r].fallback) == 0),
       "%s, else %s", k->values, k->fallback);
  }
  static const char *const none[][2] = {
      {"tornado", "x_range"}, {"heatmap", "x_range"}, {"parallel", "per_x"}, {"layers", "y_scale"}};
  for (size_t r = 0; r < sizeof none / sizeof *none; r++) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
      found += strcmp(list[i].where, none[r][0]) == 0 && strcmp(list[i].key, none[r][1]) == 0;
    is_int((int64_t)found, 0, none[r][1]);
  }
  const char *element = NULL, *member_of = NULL;
  for (size_t i = 0; i < count; i++)
    if (strcmp(list[i].key, "accelerator") == 0)
      *(strcmp(list[i].where, "member") == 0 ? &member_of : &element) = list[i].values;
  ok(element && member_of && strstr(element, "element") && !strstr(member_of, "element") &&
         strstr(member_of, "systolic"),
     "accelerators of designs, and those of members, which run layers");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  if (!arena || !mkdtemp(folder)) return 1;
  files();
  noise(arena);
  own_widths(arena);
  shown_names(arena);
  asked(arena);
  designs(arena);
  technologies(arena);
  namesakes(arena);
  without_sram(arena);
  doubts(arena);
  keys(arena);
  qy_arena_free(arena);
  char command[300];
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command) ? 1 : done();
}
