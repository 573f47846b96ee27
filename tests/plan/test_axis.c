/* The values of an axis, against values written out by hand, and the messages for what is no axis. */
#include "tap.h"

#include "../../src/plan/plan_int.h"

#include <stdlib.h>

static const char *const colours[] = {"red", "green", "blue"};
static const qy_parameter count_param = {
    .key = "count", .type = QY_PARAMETER_INTEGER, .low = 1, .high = 4096, .help = "a count"};
static const qy_parameter real_param = {
    .key = "real", .type = QY_PARAMETER_NUMBER, .low = 0.5, .high = 1000, .help = "a number"};
static const qy_parameter size_param = {.key = "size",
                                        .type = QY_PARAMETER_SIZE,
                                        .low = 256,
                                        .high = 4194304,
                                        .unit = "B",
                                        .automatic = true,
                                        .help = "a size"};
static const qy_parameter colour_param = {
    .key = "colour", .type = QY_PARAMETER_CHOICE, .names = colours, .name_count = 3, .help = "a colour"};

static const qy_parameter width_param = {
    .key = "width", .type = QY_PARAMETER_INTEGER, .low = 8, .high = 4096, .unit = "bit", .help = "a width"};

typedef struct good_row {
  const qy_parameter *p;
  const char *text;
  size_t count;
  double value[8];
} good_row;

static const good_row good[] = {
    {&count_param, "7", 1, {7}},
    {&count_param, "[4, 1, 2]", 3, {4, 1, 2}},
    {&count_param, "{from: 1, to: 16, step: 5}", 4, {1, 6, 11, 16}},
    {&count_param, "{from: 1, to: 15, step: 5}", 3, {1, 6, 11}},
    {&count_param, "{from: 1, to: 8, points: 4, scale: log}", 4, {1, 2, 4, 8}},
    {&count_param, "{from: 1, to: 3, points: 5}", 3, {1, 2, 3}}, /* 1, 1.5, 2, 2.5, 3 rounded: each once */
    {&real_param, "{from: 100, to: 1000, points: 2}", 2, {100, 1000}},
    {&real_param, "{from: 1, to: 100, points: 3, scale: log}", 3, {1, 10, 100}},
    {&real_param, "{from: 0.5, to: 1.1, step: 0.1}", 7, {0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1}},
    {&real_param, "{from: 2, to: 2, points: 1}", 1, {2}},
    {&size_param, "[auto, 1 KiB, 32KiB]", 3, {0, 1024, 32768}},
    {&colour_param, "[blue, red]", 2, {2, 0}},
    {&clock_parameter, "[200, 1 GHz, 1.5GHz, 300000 kHz, 250 MHz]", 5, {200, 1000, 1500, 300, 250}},
    {&clock_parameter, "{from: 100 MHz, to: 1 GHz, step: 300 MHz}", 4, {100, 400, 700, 1000}},
    {&voltage_parameter, "[0.8, 900 mV, auto]", 3, {0.8, 0.9, 0}},
    {&width_param, "[64, 256 bit, 64 B, 0.5 kB]", 4, {64, 256, 512, 4000}},
};

typedef struct bad_row {
  const qy_parameter *p;
  const char *text, *message;
} bad_row;

static const bad_row bad[] = {
    {&count_param, "[]", "at least one value"},
    {&count_param, "[1, 2, 1]", "each value once"},
    {&count_param, "[5, 3, 4, 3, 5]", "axis[3]: expected each value once, found \"3\""},
    {&count_param, "[1, 2, 1, 0]", "each value once"},
    {&count_param, "[1, 2, 0, 1]", "from 1 to 4096"},
    {&count_param, "0", "from 1 to 4096"},
    {&count_param, "1.5", "whole number"},
    {&count_param, "{from: 1, to: 3}", "a range {from, to, points} or {from, to, step}"},
    {&count_param, "{from: 1, to: 3, points: 2, step: 1}", "a range {from, to, points} or {from, to, step}"},
    {&count_param, "{from: 3, to: 1, points: 2}", "a value not below `from`"},
    {&count_param, "{from: 1, to: 3, points: 1}", "at least 2 points between different ends"},
    {&count_param, "{from: 1, to: 3, step: 0}", "a step above 0"},
    {&count_param, "{from: 1, to: 3, point: 2}", "points"},
    {&count_param, "{from: 1, to: 3, points: 3, point: 2}", "point"},
    {&count_param, "{from: 0, to: 3, points: 3}", "from 1 to 4096"},
    {&count_param, "{from: 1, to: 4097, points: 3}", "from 1 to 4096"},
    {&count_param, "{from: 1, to: 3, points: 3, scale: lg}", "linear"},
    {&real_param, "{from: 1, to: 3, points: 0}", "points"},
    {&size_param, "{from: auto, to: 1 KiB, points: 2, scale: log}", "`from` above 0 for a log scale"},
    {&real_param, "{from: 1, to: 3, step: 1, scale: log}", "no `step` beside a log scale"},
    {&size_param, "32", "unit"},
    {&clock_parameter, "1 V", "a frequency"},
    {&clock_parameter, "1 Ghz", "did you mean \"GHz\"?"},
    {&clock_parameter, "1 THz", "unknown unit"},
    {&clock_parameter, "1000 GHz", "from 0.001 to 100000 MHz"},
    {&clock_parameter, "fast", "a number from 0.001 to 100000"},
    {&width_param, "2.3 B", "a whole number"},
    {&width_param, "8.5", "a whole number"},
    {&width_param, "1 KiB", "4096 bit"},
    {&count_param, "3 bit", "a whole number"},
    {&width_param, "[[64]]", "found a list"},
    {&width_param, "[{a: 64}]", "found a mapping"},
    {&width_param, "{from: [8], to: 16, points: 2}", "found a list"},
    {&clock_parameter, "[[64]]", "found a list"},
    {&colour_param, "[[red]]", "found a list"},
    {&size_param, "[[auto]]", "found a list"},
    {&count_param, "[[1]]", "found a list"},
    {&colour_param, "gren", "green"},
    {&colour_param, "{from: red, to: blue, points: 2}", "a name or a list of names"},
};

/* A million values are read (these are equal, which is said), one more are not. */
static void longest(qy_arena *arena)
{
  enum { MOST = 1000000 };
  static qy_yaml node = {.kind = QY_YAML_SCALAR, .file = "a.yaml", .path = "axis", .text = "7"};
  qy_yaml **child = qy_arena_alloc(arena, MOST + 1, sizeof *child);
  for (size_t i = 0; child && i <= MOST; i++)
    child[i] = &node;
  for (size_t count = MOST; child && count <= MOST + 1; count++) {
    qy_error err = {0};
    values v;
    const qy_yaml list = {.kind = QY_YAML_LIST, .file = "a.yaml", .path = "axis", .child = child, .count = count};
    ok(values_read(&v, &count_param, &list, arena, &err) == QY_BAD_INPUT &&
           strstr(err.diagnostic[0].text, count == MOST ? "each value once" : "at most 1000000 values"),
       "%zu values: %s", count, err.diagnostic[0].text);
  }
  static const struct {
    const char *text;
    size_t count;
  } row[] = {{"{from: 0.5, to: 999.5, points: 1000000}", 1000000},
             {"{from: 0.5, to: 999.5, points: 1000001}", 0},
             {"{from: 0.5, to: 1000, step: 0.001}", 999501},
             {"{from: 0.5, to: 1000.4990, step: 0.0005}", 0},
             {"{from: 0.5, to: 1000, step: 0.00099}", 0}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_yaml *root;
    values v = {0};
    char text[200];
    snprintf(text, sizeof text, "axis: %s\n", row[i].text);
    qy_status status = qy_yaml_read_text(&root, "a.yaml", text, strlen(text), arena, &err);
    if (!status) status = values_read(&v, &real_param, root->child[0], arena, &err);
    ok(row[i].count ? !status && v.count == row[i].count : status == QY_BAD_INPUT, "%s: %zu values", row[i].text,
       row[i].count);
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  longest(arena);
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    qy_error err = {0};
    qy_yaml *root;
    values v = {0};
    char text[200];
    snprintf(text, sizeof text, "axis: %s\n", good[i].text);
    qy_status status = qy_yaml_read_text(&root, "a.yaml", text, strlen(text), arena, &err);
    if (!status) status = values_read(&v, good[i].p, root->child[0], arena, &err);
    int same = !status && v.count == good[i].count;
    for (size_t k = 0; same && k < v.count; k++)
      same = fabs(v.value[k] - good[i].value[k]) < 1e-12 * good[i].value[k] + 1e-15;
    ok(same, "%s", good[i].text);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_error err = {0};
    qy_yaml *root;
    values v;
    char text[200];
    snprintf(text, sizeof text, "axis: %s\n", bad[i].text);
    qy_status status = qy_yaml_read_text(&root, "a.yaml", text, strlen(text), arena, &err);
    if (!status) status = values_read(&v, bad[i].p, root->child[0], arena, &err);
    int said = status == QY_BAD_INPUT && err.count > 0 && strstr(err.diagnostic[0].text, bad[i].message) &&
               err.diagnostic[0].line == 1;
    if (!ok(said, "%s is refused", bad[i].text) && err.count) printf("# said: %s\n", err.diagnostic[0].text);
  }
  /* The largest design there can be: a system of as many members as are allowed, all with the most keys. */
  size_t accelerators, keys, most = 0;
  const qy_accelerator *const *table = qy_accelerator_table(&accelerators);
  qy_error err = {0};
  for (size_t a = 0; a < accelerators; a++) {
    is_int(member_params(NULL, &keys, table[a], NULL, arena, &err), QY_OK, table[a]->name);
    if (keys > most) most = keys;
  }
  ok(1 + MEMBERS_MAX * most + COMMON_AXES <= QY_AXES_MAX, "a space has room for the axes of any system");
  qy_arena_free(arena);
  return done();
}
