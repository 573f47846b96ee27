/* Many entries of `designs:`: what they share is found once, what is each one's own is not. */
#include "tap.h"

#include "quarry/axis.h"

#include "../../src/plan/plan_int.h"

#include <stdlib.h>
#include <unistd.h>

static char file[] = "/tmp/quarry-designs-XXXXXX.yaml";

static const char head[] = "name: t\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
                           "precision: 8\nclock_mhz: 100\nobjectives: {minimize: latency_us}\ndesigns:\n";

static qy_status read_designs(qy_plan **plan, const char *designs, qy_arena *arena, qy_error *err)
{
  FILE *out = fopen(file, "w");
  if (!out) return QY_INTERNAL;
  fprintf(out, "%s%s", head, designs);
  if (fclose(out)) return QY_INTERNAL;
  return qy_plan_read(plan, file, "db", arena, err);
}

/* The first two and the fourth have the same keys; the others have more, or other ones. */
static const char mixed[] = "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 3}\n"
                            "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [5, 7]}\n"
                            "  - {name: C, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4}\n"
                            "  - {name: D, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 2}\n"
                            "  - name: E\n    system: sequential\n    members:\n"
                            "      - {name: one, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 8}\n"
                            "  - {name: F, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}\n";

static const struct {
  const char *name, *has[4], *lacks;
} expected[] = {
    {"A", {"\"accelerator\":\"depthwise\"", "\"channels\":3,", "\"kind\":\"mac\"", "\"bits\":16"}, "\"rows\""},
    {"B", {"\"accelerator\":\"depthwise\"", "\"channels\":5,", "\"kind\":\"mac_st\"", "\"bits\":16"}, "\"rows\""},
    {"B", {"\"accelerator\":\"depthwise\"", "\"channels\":7,", "\"kind\":\"mac_st\"", "\"bits\":16"}, "\"rows\""},
    {"C", {"\"accelerator\":\"systolic\"", "\"rows\":4,", "\"kind\":\"mac\"", "\"bits\":16"}, "\"channels\""},
    {"D", {"\"accelerator\":\"depthwise\"", "\"channels\":2,", "\"kind\":\"mac\"", "\"bits\":8"}, "\"rows\""},
    {"E",
     {"\"system\":\"sequential\"", "\"one\":{\"accelerator\":\"systolic\"", "\"rows\":8,", "\"bits\":16"},
     "\"channels\""},
    {"F", {"\"accelerator\":\"depthwise\"", "\"channels\":1,", "\"kind\":\"mac\"", "\"bits\":16"}, "\"rows\""}};
enum { DESIGNS = sizeof expected / sizeof *expected };

static void texts_of(const qy_plan *plan)
{
  const size_t bytes = qy_plan_design_bytes(plan);
  char *json = malloc(bytes);
  for (int d = 0; json && d < DESIGNS; d++) {
    is_text(qy_plan_design(plan, d, json, bytes), expected[d].name, "the design of a number");
    for (int k = 0; k < 4; k++)
      ok(strstr(json, expected[d].has[k]) != NULL, "%s: %s in %s", expected[d].name, expected[d].has[k], json);
    ok(!strstr(json, expected[d].lacks), "%s: no %s", expected[d].name, expected[d].lacks);
    ok(strlen(json) < bytes, "%s: within its room", expected[d].name);
  }
  free(json);
}

static void put_parameter(void *ctx, const char *key, const char *value, bool number)
{
  char *text = ctx;
  snprintf(text + strlen(text), 4000 - strlen(text), " %s=%s%s;", key, value, number ? "#" : "");
}

/* One by one: each has its accelerator, in a system each member's. */
static void visits_of(const qy_plan *plan)
{
  static const struct {
    int design;
    const char *has[3], *lacks;
  } row[] = {
      {0, {" accelerator=depthwise;", " channels=3#;", " pe.kind=mac;"}, " rows="},
      {2, {" accelerator=depthwise;", " channels=7#;", " pe.kind=mac_st;"}, ".accelerator="},
      {3, {" accelerator=systolic;", " rows=4#;", " pe.bits=16#;"}, " channels="},
      {5, {" accelerator=system;", " one.accelerator=systolic;", " one.rows=8#;"}, " channels="},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char text[4000] = "";
    const char *name = qy_plan_design_parameters(plan, row[i].design, put_parameter, text);
    is_text(name, expected[row[i].design].name, "its name");
    for (int k = 0; k < 3; k++)
      ok(strstr(text, row[i].has[k]) != NULL, "%s:%s in%s", name, row[i].has[k], text);
    ok(!strstr(text, row[i].lacks), "%s: no%s", name, row[i].lacks);
  }
}

static void axes_of(const qy_plan *plan, qy_arena *arena)
{
  static const struct {
    const char *key;
    bool varies;
  } row[] = {{"design", true},   {"accelerator", true}, {"pe.kind", true},   {"pe.bits", true},
             {"channels", true}, {"rows", false},       {"one.rows", false}, {"signal", false}};
  qy_axis_list list;
  if (!ok(qy_plan_axes(&list, plan, arena, NULL) == QY_OK, "axes")) return;
  static const char *const fixed[] = {"technology", "voltage_v",   "network",        "precision",
                                      "clock_mhz",  "weight_bits", "activation_bits"};
  for (size_t k = 0; k < sizeof fixed / sizeof *fixed; k++) {
    size_t found = 0;
    for (size_t i = 0; i < list.count; i++)
      found += strcmp(list.axis[i].key, fixed[k]) == 0;
    is_int((int64_t)found, 0, "what all points have alike is no axis");
  }
  for (size_t r = 0; r < sizeof row / sizeof *row; r++) {
    size_t found = 0, at = 0;
    for (size_t i = 0; i < list.count; i++)
      if (strcmp(list.axis[i].key, row[r].key) == 0) found++, at = i;
    if (ok(found == 1, "axis %s once", row[r].key))
      ok(list.axis[at].varies == row[r].varies, "axis %s: %s", row[r].key, row[r].varies ? "varies" : "one value");
  }
}

/* Fixed axes of files whose points differ in them, and in nothing else. */
static void fixed_axes(qy_arena *arena)
{
  static const struct {
    const char *technology, *precision, *clock, *axes;
  } rows[] = {{"fdsoi28", "8", "[100, 200]", "clock_mhz MHz real,"},
              {"fdsoi28", "[8, 4]", "100", "precision  text,weight_bits bit integer,activation_bits bit integer,"},
              {"fdsoi28", "[8, w4a8]", "100", "precision  text,weight_bits bit integer,"},
              {"fdsoi28", "[8, w8a4]", "100", "precision  text,activation_bits bit integer,"},
              {"[fdsoi28, lp55]", "8", "100", "technology  text,voltage_v V real,"},
              {"[osu018, sky130hd]", "8", "100", "technology  text,"},
              {"fdsoi28", "8", "100", ""}};
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    char text[1000], got[400] = "";
    qy_plan *plan;
    qy_axis_list list;
    qy_error err = {0};
    snprintf(text, sizeof text,
             "name: t\ntechnology: %s\nprecision: %s\nclock_mhz: %s\nobjectives: {minimize: area_um2}\n"
             "designs: [{name: E, accelerator: element, pe: {kind: mac_st, bits: 16}}]\n",
             rows[r].technology, rows[r].precision, rows[r].clock);
    if (!ok(!qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err) &&
                !qy_plan_axes(&list, plan, arena, &err),
            "%s %s %s%s", rows[r].technology, rows[r].precision, rows[r].clock,
            err.count ? err.diagnostic[0].text : ""))
      continue;
    for (size_t i = 0; i < list.count && list.axis[i].varies; i++)
      snprintf(got + strlen(got), sizeof got - strlen(got), "%s %s %s,", list.axis[i].key, list.axis[i].unit,
               qy_axis_type_name(list.axis[i].type));
    is_text(got, rows[r].axes, "axes with their units and types");
  }
}

/* A word among numbers of an axis that varies already, behind others that vary. */
static void types_of(qy_arena *arena)
{
  static const char designs[] =
      "  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, columns: 4, signal: uniform}\n"
      "  - {name: B, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4, columns: 4, signal: gaussian}\n"
      "  - {name: C, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 8, columns: [8, auto]}\n";
  static const struct {
    const char *key;
    qy_axis_type type;
    bool varies;
  } row[] = {{"columns", QY_AXIS_TEXT, true},
             {"rows", QY_AXIS_INTEGER, true},
             {"signal", QY_AXIS_TEXT, true},
             {"pe.bits", QY_AXIS_INTEGER, false}};
  qy_axis_list list;
  qy_plan *plan;
  qy_error err = {0};
  if (!ok(!read_designs(&plan, designs, arena, &err) && !qy_plan_axes(&list, plan, arena, &err), "three arrays%s%s",
          err.count ? ": " : "", err.count ? err.diagnostic[0].text : ""))
    return;
  for (size_t r = 0; r < sizeof row / sizeof *row; r++)
    for (size_t i = 0; i < list.count; i++)
      if (strcmp(list.axis[i].key, row[r].key) == 0)
        ok(list.axis[i].type == row[r].type && list.axis[i].varies == row[r].varies, "%s: %s", row[r].key,
           qy_axis_type_name(list.axis[i].type));
}

/* Designs of one entry: the first parameter is the slowest, the last the fastest. */
static void order_of(qy_arena *arena)
{
  static const char designs[] = "  - {name: A, accelerator: depthwise, pe: {kind: [mac, mac_st], bits: [16, 8]},\n"
                                "     reduction: [taps, channels], channels: [2, 4]}\n";
  static const char *const words[4][2] = {{"\"kind\":\"mac\"", "\"kind\":\"mac_st\""},
                                          {"\"bits\":16", "\"bits\":8"},
                                          {"\"reduction\":\"taps\"", "\"reduction\":\"channels\""},
                                          {"\"channels\":2", "\"channels\":4"}};
  qy_plan *plan;
  qy_error err = {0};
  if (!ok(!read_designs(&plan, designs, arena, &err), "sixteen designs%s%s", err.count ? ": " : "",
          err.count ? err.diagnostic[0].text : ""))
    return;
  const size_t bytes = qy_plan_design_bytes(plan);
  char *json = malloc(bytes);
  unsigned seen = 0;
  for (int d = 0; json && d < 16; d++) {
    unsigned which = 0;
    if (!qy_plan_design(plan, d, json, bytes)) continue;
    for (int k = 0; k < 4; k++)
      which |= (unsigned)(strstr(json, words[k][1]) != NULL) << k;
    seen |= 1U << which;
  }
  is_int(seen, 0xffff, "each of them once");
  free(json);
}

static void named_twice(qy_arena *arena)
{
  qy_plan *plan;
  qy_error err = {0};
  const char *designs = "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}\n"
                        "  - {name: B, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}\n"
                        "  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: 4}\n"
                        "  - {name: C, accelerator: depthwise, pe: {kind: mac, bits: 16}, channel: 1}\n";
  ok(read_designs(&plan, designs, arena, &err) == QY_BAD_INPUT, "a name twice");
  ok(strstr(err.diagnostic[0].text, "designs[2].name: expected a name that no other design has, found \"A\"") != NULL,
     "the later one is said: %s", err.diagnostic[0].text);
}

#define MAC    "pe: {kind: mac, bits: 16}"
#define ARRAY  "accelerator: systolic, " MAC ", rows: 4"
#define SYSTEM "  - {name: S, system: sequential, members: ["

/* Where a design or a member of one is not as it may be. */
static void refused(qy_arena *arena)
{
  static const struct {
    const char *designs, *said; /* NULL: fine */
  } rows[] = {
      {"  - {name: A, " ARRAY "}\n", NULL},
      {"  - {" ARRAY "}\n", "designs[0]: expected a key `name`"},
      {"  - A\n", "designs[0]: expected a mapping that describes a design"},
      {"  - {name: [A], " ARRAY "}\n", "designs[0].name: expected"},
      {"  - {name: A, accelerator: [systolic], " MAC ", rows: 4}\n", "designs[0].accelerator"},
      {"  - {name: A, " ARRAY ", row: 4}\n", "unknown key \"row\"; did you mean \"rows\"?"},
      {"  - {name: A, " ARRAY ", members: []}\n", "unknown key \"members\""},
      {"  - {name: A, accelerator: systolic, " MAC "}\n", "a key `rows`"},
      {"  - {name: A, accelerator: systolic, rows: 4}\n", "pe"},
      {"  - {name: A, accelerator: systolic, pe: {bits: 8}, rows: 4}\n", "kind"},
      {"  - {name: A, accelerator: systolic, pe: {kind: mac}, rows: 4}\n", NULL},
      {"  - {name: A, accelerator: systolic, pe: [mac], rows: 4}\n", "designs[0].pe: expected a mapping"},
      {"  - {name: A, accelerator: systolic, " MAC ", rows: 0}\n", "designs[0].rows: expected"},
      {"  - {name: A, accelerator: systolic, pe: {kind: mul, bits: 8}, rows: 4}\n", "an element with an accumulator"},
      {"  - {name: A, accelerator: gemm, pe: {kind: mul, bits: 8}, bat: 1, blk_in: 8}\n",
       "an accelerator that can be built on fdsoi28, a library of cells (gemm is made of what FPGAs have)"},
      {SYSTEM "{name: a, " ARRAY "}]}\n", NULL},
      {SYSTEM "{name: a, " ARRAY "}], rows: 4}\n", "unknown key \"rows\""},
      {"  - {name: S, system: parallel, members: [{name: a, " ARRAY "}]}\n", "sequential"},
      {"  - {name: S, system: sequential}\n", "a key `members`"},
      {SYSTEM "]}\n", "a list of 1 to 4 members"},
      {"  - {name: S, system: sequential, members: {name: a, " ARRAY "}}\n", "a list of 1 to 4 members"},
      {SYSTEM "a]}\n", "members[0]: expected a mapping that describes a member"},
      {SYSTEM "{" ARRAY "}]}\n", "members[0]: expected a key `name`"},
      {SYSTEM "{name: [a], " ARRAY "}]}\n", "members[0].name"},
      {SYSTEM "{name: A, " ARRAY "}]}\n", "at most 24 small letters"},
      {SYSTEM "{name: '', " ARRAY "}]}\n", "found empty text"},
      {SYSTEM "{name: system, " ARRAY "}]}\n", "at most 24 small letters"},
      {SYSTEM "{name: accelerator, " ARRAY "}]}\n", "at most 24 small letters"},
      {SYSTEM "{name: memory, " ARRAY "}]}\n", "at most 24 small letters"},
      {SYSTEM "{name: abcdefghijklmnopqrstuvw_, " ARRAY "}]}\n", NULL},
      {SYSTEM "{name: abcdefghijklmnopqrstuvw_9, " ARRAY "}]}\n", "at most 24 small letters"},
      {SYSTEM "{name: a, layers: {name: dw1}, " ARRAY "}, {name: a, " ARRAY "}]}\n", "a name that no other member has"},
      {SYSTEM "{name: a, " ARRAY "}, {name: b, " ARRAY "}]}\n",
       "members[1]: expected a member that gets at least one layer of network mobilenet_v1_1.0_224 (the members "
       "before"},
      {SYSTEM "{name: a, " ARRAY "}, {name: b, layers: {type: dwconv}, " ARRAY "}]}\n",
       "members[1].layers: expected a member that gets at least one layer"},
      {SYSTEM "{name: a, layers: {type: fc}, " ARRAY "}]}\n", "members: expected a member that takes layer "},
      {SYSTEM "{name: a, layers: {type: fcc}, " ARRAY "}]}\n", "fc"},
      {SYSTEM "{name: a, layers: {kind: fc}, " ARRAY "}]}\n", "kind"},
      {SYSTEM "{name: a, accelerator: element, " MAC "}]}\n",
       "members[0].accelerator: expected an accelerator that runs layers"},
      {SYSTEM "{name: a, accelerator: gemm, pe: {kind: mul, bits: 8}, bat: 1, blk_in: 8}]}\n",
       "an accelerator that can be built on fdsoi28"},
      {SYSTEM "{name: a, layers: {name: dw1}, accelerator: systolic, " MAC ", rows: 0}, {name: b, " ARRAY "}]}\n",
       "members[0].rows"},
      {SYSTEM "{name: a, layers: {name: dw1}, " ARRAY "}, {name: b, accelerator: systolic, " MAC ", rows: 0}]}\n",
       "members[1].rows"},
      {SYSTEM "{name: a, layers: {name: dw1}, " ARRAY
              "}, {name: b, accelerator: systolic, pe: {kind: mul, bits: 8}, rows: 4}]}\n",
       "members[1].pe: expected an element with an accumulator"},
      {SYSTEM "{name: a, accelerator: depthwise, " MAC ", channels: 1}], memory: {buffer: 64KiB}}\n", "a key `device`"},
      {"  - {name: A, " ARRAY ", memory: {buffer: 64KiB}}\n", "a key `device`"},
      {"  - {name: A, " ARRAY ", memory: 64KiB}\n", "designs[0].memory: expected"},
      {"  - {name: A, " ARRAY ", memory: {device: ddr3_1600_4gb_x8, buffer: 64KiB, bufer: 1}}\n",
       "did you mean \"buffer\""},
      {"  - {name: A, " ARRAY ", memory: {device: ddr9, buffer: 64KiB}}\n", "ddr9"},
      {"  - {name: A, " ARRAY ", memory: {device: ddr3_1600_4gb_x8, fusion: none, buffer: [64KiB, 10 B, 32KiB]}}\n",
       "memory.buffer[1]: expected at least"},
      {"  - {name: A, " ARRAY ", memory: {device: ddr3_1600_4gb_x8, fusion: none, buffer: [10 B, 64KiB, 32KiB]}}\n",
       "memory.buffer[0]: expected at least"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_plan *plan;
    qy_error err = {0};
    const qy_status status = read_designs(&plan, rows[i].designs, arena, &err);
    bool found = false;
    for (int k = 0; k < err.count; k++)
      found |= rows[i].said && strstr(err.diagnostic[k].text, rows[i].said);
    ok(rows[i].said ? status == QY_BAD_INPUT && found : status == QY_OK, "%.*s: %s",
       (int)strcspn(rows[i].designs, "\n"), rows[i].designs, err.count ? err.diagnostic[0].text : "fine");
  }
}

/* Layers go to the first member that takes them, those that do not multiply to none. */
static void mapped(qy_arena *arena)
{
  static const char none[] =
      "name: t\ntechnology: fdsoi28\nnetwork: mobilenet_v1_1.0_224\nprecision: 8\nclock_mhz: 100\n"
      "objectives: {minimize: latency_us}\ndesigns:\n"
      "  - {name: A, accelerator: depthwise, " MAC ", channels: 2}\n";
  qy_error no = {0};
  qy_plan *not_read;
  ok(qy_plan_read_text(&not_read, "t.yaml", none, strlen(none), "db", arena, &no) == QY_BAD_INPUT &&
         no.diagnostic[0].line == 8 && strstr(no.diagnostic[0].text, "designs[0]: network mobilenet_v1_1.0_224: "),
     "layers that an accelerator cannot run: %s", no.diagnostic[0].text);
  static const char members[] =
      SYSTEM "{name: a, layers: {type: dwconv}, accelerator: depthwise, " MAC ", channels: 2},\n"
             "     {name: b, layers: {type: [pwconv, dwconv]}, " ARRAY "}, {name: c, " ARRAY "}]}\n";
  qy_plan *plan;
  qy_error err = {0};
  char text[2000];
  snprintf(text, sizeof text,
           "name: t\ntechnology: fdsoi28\nnetwork: [mobilenet_v2_1.0_224, mobilenet_v1_1.0_224]\nprecision: "
           "8\nclock_mhz: 100\n"
           "objectives: {minimize: latency_us}\ndesigns:\n%s",
           members);
  if (!ok(!qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err), "three members: %s",
          err.count ? err.diagnostic[0].text : "read"))
    return;
  const design_entry *e = &plan->entries[0];
  for (int n = 0; n < 2; n++) {
    size_t at[3] = {0};
    int wrong = 0;
    for (size_t i = 0; i < plan->network[n]->layer_count; i++) {
      const qy_layer *l = &plan->network[n]->layer[i];
      if (l->type == QY_LAYER_POOL || l->type == QY_LAYER_ADD) continue;
      const int m = l->type == QY_LAYER_DWCONV ? 0 : l->type == QY_LAYER_PWCONV ? 1 : 2;
      wrong += at[m] >= e->member[m].layer_count[n] || strcmp(e->member[m].layers[n][at[m]++]->name, l->name) != 0;
    }
    for (int m = 0; m < 3; m++)
      wrong += at[m] != e->member[m].layer_count[n] || at[m] == 0;
    is_int(wrong, 0, "layers of the members, in order");
  }
}

/* Things of one name by as many parts of their paths as it takes; the first that a list has again. */
static void apart(qy_arena *arena)
{
  static const struct {
    plan_thing thing[4];
    const char *name[4];
    int again; /* the place; -1: none */
  } rows[] = {
      {{{"a", "/x/a.yaml", "1"}, {"b", "/x/b.yaml", "1"}}, {"a", "b"}, -1},
      {{{"a", "/x/a.yaml", "1"}, {"a", "/y/a.yaml", "2"}}, {"x/a", "y/a"}, -1},
      {{{"a", "/p/x/a.yaml", "1"}, {"a", "/q/x/a.yaml", "2"}, {"a", "/q/y/a.yaml", "3"}},
       {"p/x/a", "q/x/a", "q/y/a"},
       -1},
      {{{"lib", "db/tech/lib.yaml", "1"}, {"other", "db/o.yaml", "5"}, {"lib", "/h/mine.yaml", "2"}},
       {"lib", "other", "lib (mine)"},
       -1},
      {{{"a", "/x/a.yaml", "1"}, {"b", "/x/b.yaml", "2"}, {"b", "/x/b.yaml", "2"}, {"a", "/x/a.yaml", "1"}}, {NULL}, 2},
      {{{"a", "/x/a.yaml", "1"}, {"b", "/x/b.yaml", "2"}, {"c", "/x/c.yaml", "2"}, {"a", "/x/a.yaml", "1"}}, {NULL}, 3},
      {{{"a", "/x/a.yaml", "1"}, {"a", "/y/a.yaml", "1"}}, {NULL}, 1},
      {{{"z", "/x/a.yaml", "1"}, {"z", "/y/a.yaml", "1"}, {"a", "/x/a.yaml", "9"}}, {NULL}, 1},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *name[4];
    size_t count = 0;
    qy_yaml node[4];
    const qy_yaml *at[4];
    qy_error err = {0};
    while (count < 4 && rows[i].thing[count].name) {
      node[count] = (qy_yaml){.kind = QY_YAML_SCALAR, .text = "x", .path = "p", .file = "f", .line = 10 + (int)count};
      at[count] = &node[count];
      count++;
    }
    const qy_status status = plan_check_once(rows[i].thing, count, "thing", at, &err);
    ok(rows[i].again < 0 ? !status : status == QY_BAD_INPUT && err.diagnostic[0].line == 10 + rows[i].again,
       "each once, or which is not: %s", err.count ? err.diagnostic[0].text : "each");
    if (rows[i].again >= 0) continue;
    is_int(plan_tell_apart(name, rows[i].thing, count, arena, &err), QY_OK, "told apart");
    for (size_t k = 0; k < count; k++)
      is_text(name[k], rows[i].name[k], "its name");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  qy_plan *plan;
  qy_error err = {0};
  const int made = mkstemps(file, 5);
  if (made < 0 || !arena) return 1;
  close(made);
  if (ok(read_designs(&plan, mixed, arena, &err) == QY_OK, "read: %s", err.count ? err.diagnostic[0].text : "")) {
    texts_of(plan);
    visits_of(plan);
    axes_of(plan, arena);
  }
  fixed_axes(arena);
  types_of(arena);
  order_of(arena);
  named_twice(arena);
  refused(arena);
  mapped(arena);
  apart(arena);
  unlink(file);
  qy_arena_free(arena);
  return done();
}
