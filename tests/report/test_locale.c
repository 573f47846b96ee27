/* The library in a program whose locale has decimal commas: numbers that are read and written keep their point.  What
 * it makes of files and texts is the same, byte for byte, as in the C locale; simple ones are as expected here. */
#include "quarry/decimal.h"
#include "quarry/liberty.h"
#include "quarry/model.h"
#include "quarry/sqnr.h"
#include "quarry/table.h"
#include "quarry/units.h"

#include "../files.h"
#include "../tap.h"

#include <locale.h>

static qy_error err;

static const char plan_text[] =
    "name: e\ntechnology: lp55\nvoltage_v: [1.15, 1.2]\nnetwork: ds_cnn_s\n"
    "designs:\n  - {name: A, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: 4}\n"
    "  - {name: B, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8, columns: 8}\n"
    "precision: [8, 4]\nclock_mhz: [66.5, 123.456]\nconstraints: {area_um2: {max: 40000.5}}\n"
    "objectives: {minimize: [area_um2, energy_uj]}\nuncertainty: {draws: 16}\n";

/* What a reader or a check says of a text that is wrong. */
static void add_message(qy_text *out, qy_status status, qy_status expected)
{
  char line[900] = "";
  if (err.count > 0) qy_diagnostic_format(&err, 0, line, sizeof line);
  ok(status == expected, "%s", status ? line : "read");
  if (status) qy_text_add(out, "%s\n", line);
  qy_error_clear(&err);
}

static void add_texts(qy_text *out, qy_arena *arena)
{
  char exact[QY_NUMBER_EXACT], short_text[32], *end;
  double value = 0;
  const char *formatted = qy_arena_format(arena, "%.2f", 3.25);
  is_text(qy_number_exact(exact, 0.1), "0.1", "a number as text");
  is_text(formatted, "3.25", "a formatted text");
  ok(qy_decimal("2.5e-3,", &end) == 2.5e-3 && *end == ',', "a number from text");
  ok(qy_number_parse("400.00010000000000000001", &value) && value == 400.0001, "and from a file");
  ok(!qy_number_parse("400,5", &value), "with a comma it is none");
  qy_print(short_text, sizeof short_text, "%g", 1.5);
  is_text(short_text, "1.5", "a text of fixed size");
  add_message(out, qy_fail(&err, QY_BAD_INPUT, "expected %g V", 0.75), QY_BAD_INPUT);
  starts(out->data, "error: expected 0.75 V", "a message");
  qy_table *t = qy_table_new(1, (const char *const[]){"x"});
  if (!ok(t != NULL, "a table")) return;
  qy_table_number(t, 0.125);
  qy_text csv = {0};
  ok(!qy_table_render(t, QY_TABLE_CSV, &csv, &err), "rendered");
  is_text(csv.data, "x\n0.125\n", "as CSV");
  qy_text_free(&csv);
  qy_table_free(t);
}

static void add_libraries(qy_text *out, qy_arena *arena)
{
  qy_tech *base = NULL, *copy = NULL, *mine = NULL;
  qy_liberty_source source;
  qy_liberty_report report;
  add_message(out, qy_tech_read(&base, "db", "lp55", arena, &err), QY_OK);
  if (base) add_message(out, qy_tech_copy(&copy, base, arena, &err), QY_OK);
  if (!copy) return;
  copy->entry[0].constant.value *= 1.001;
  copy->entry[0].constant.high *= 1.001;
  add_message(out, qy_tech_render(copy, arena, &err), QY_OK);
  qy_text_add(out, "%s\n", copy->text);
  const qy_liberty_options options = {.name = "mine", .base = base, .node_nm = 130};
  add_message(out, qy_liberty_load(&source, "tests/data/liberty/good.lib", arena, &err), QY_OK);
  add_message(out, qy_liberty_import(&mine, &report, &source, 1, &options, arena, &err), QY_OK);
  if (mine) qy_text_add(out, "%s\n", mine->text);
}

static void add_weights(qy_text *out, qy_arena *arena)
{
  char file[] = "/tmp/quarry-locale-XXXXXX.txt";
  double *weight = NULL;
  size_t count = 0;
  ok(write_new_file(file, 4, "0.5, -1.25e-2\n3.0625\n"), "a file of weights");
  add_message(out, qy_weights_read(&weight, &count, file, arena, &err), QY_OK);
  ok(count == 3 && weight && weight[0] == 0.5 && weight[1] == -1.25e-2 && weight[2] == 3.0625, "three weights");
  unlink(file);
}

static void add_points(qy_text *out, qy_arena *arena)
{
  qy_plan *plan = NULL;
  qy_model *model = NULL;
  int64_t index[64];
  qy_point p;
  char refused[sizeof plan_text];
  memcpy(refused, plan_text, sizeof refused);
  memcpy(strstr(refused, "1.15"), "0.15", 4);
  add_message(out, qy_plan_read_text(&plan, "e.yaml", refused, strlen(refused), "db", arena, &err), QY_BAD_INPUT);
  add_message(out, qy_plan_read_text(&plan, "e.yaml", plan_text, strlen(plan_text), "db", arena, &err), QY_OK);
  if (!plan) return;
  const size_t count = (size_t)qy_plan_get(plan)->points;
  is_int((int64_t)count, 16, "two designs, supplies, precisions and clocks");
  for (size_t i = 0; i < count; i++)
    index[i] = (int64_t)i;
  add_message(out, qy_model_new(&model, plan, index, count, &err), QY_OK);
  for (size_t i = 0; model && i < count; i++) {
    if (!ok(!qy_model_point(&p, model, index[i], &err), "a point")) continue;
    qy_text_add(out, "%s %s", p.reason ? p.reason : "-", p.resolved ? p.resolved : "-");
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      qy_text_add(out, " %a", p.metric[m]);
    qy_text_add(out, "\n");
  }
  qy_model_free(model);
}

static void produce(qy_text *out)
{
  qy_arena *arena = qy_arena_new();
  if (!ok(arena != NULL, "memory")) return;
  add_texts(out, arena);
  add_libraries(out, arena);
  add_weights(out, arena);
  add_points(out, arena);
  ok(!out->failed, "all of it");
  qy_arena_free(arena);
}

/* Make the locale and set it. */
static bool set_comma(const char *folder)
{
  char command[300], shown[16];
  snprintf(command, sizeof command,
           "localedef -c -i tests/data/comma.locale -f ANSI_X3.4-1968 %s/comma >/dev/null 2>&1", folder);
  if (system(command) == -1 || setenv("LOCPATH", folder, 1) != 0 || !setlocale(LC_ALL, "comma")) return false;
  snprintf(shown, sizeof shown, "%g", 1.5);
  return strcmp(shown, "1,5") == 0;
}

int main(void)
{
  char folder[] = "/tmp/quarry-locale-XXXXXX", command[100];
  qy_text plain = {0}, comma = {0};
  if (!ok(mkdtemp(folder) != NULL, "a folder")) return done();
  produce(&plain);
  if (set_comma(folder)) {
    produce(&comma);
    ok(comma.length == plain.length && memcmp(comma.data, plain.data, plain.length) == 0,
       "the same with decimal commas");
  } else {
    printf("# NOT CHECKED: no locale with decimal commas can be made here (localedef of Debian's package locales)\n");
  }
  setlocale(LC_ALL, "C");
  snprintf(command, sizeof command, "rm -rf %s", folder);
  is_int(system(command), 0, "nothing is left");
  qy_text_free(&plain);
  qy_text_free(&comma);
  return done();
}
