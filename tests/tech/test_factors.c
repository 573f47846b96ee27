/* The factors that hold in every library: read, refused when damaged, carried along.  The damaged files are the shipped
 * one with one thing changed; where the mistake is, is marked by '~'. */
#include "quarry/draws.h"
#include "quarry/tech.h"

#include "../files.h"
#include "library.h"
#include "tap.h"

#include <math.h>
#include <sys/stat.h>

static qy_arena *arena;
static char directory[] = "/tmp/quarry-factors-XXXXXX", file[120];

static const char good[] = "name,value,low,high,unit,status,source\n"
                           "lean_select_data,1.25,1,1.5,ratio,calibrated,fit\n"
                           "lean_select_line,1,1,1,ratio,derived,fit\n"
                           "half_carry,1,1,1,ratio,derived,fit\n"
                           "lean_full_data,1,1,1,ratio,derived,fit\n"
                           "lean_full_carry,1,1,1,ratio,derived,fit\n"
                           "lean_leading_one,1,1,1,ratio,derived,fit\n"
                           "fast_loads,3,3,3,ratio,recalled,fit\n"
                           "fast_gate,1,1,1,ratio,derived,fit\n"
                           "fast_xor,1,1,1,ratio,derived,fit\n"
                           "fast_select_data,1,1,1,ratio,derived,fit\n"
                           "fast_select_line,1,1,1,ratio,derived,fit\n"
                           "fast_carry,1,1,1,ratio,derived,fit\n"
                           "line_gates,16,16,16,ratio,read,fit\n"
                           "line_loads,24,24,24,ratio,read,fit\n"
                           "addend_share,0.5,0.5,0.5,ratio,derived,fit\n"
                           "effort_bits_none,5,5,5,ratio,derived,fit\n"
                           "effort_bits_full,8,8,8,ratio,derived,fit\n";

static qy_status read_with(qy_tech **tech, const char *text, qy_error *err)
{
  if (!write_file(file, text)) return QY_SYSTEM;
  return qy_tech_read(tech, directory, "db/tech/fdsoi28.yaml", arena, err);
}

static void sound(void)
{
  qy_error err = {0};
  qy_tech *tech = NULL, *copy = NULL, *shared = NULL, *moved = NULL;
  if (!ok(read_with(&tech, good, &err) == QY_OK, "a library with factors is read")) return;
  const qy_constant *c = qy_tech_constant(tech, "circuit.lean_select_data");
  ok(c && c->value == 1.25 && c->low == 1 && c->high == 1.5 && c->status == QY_CALIBRATED, "a factor is a constant");
  ok(tech->factor[QY_LEAN_SELECT_DATA] == 1.25 && tech->factor[QY_FAST_LOADS] == 3 &&
         tech->factor[QY_LINE_GATES] == 16 && tech->factor[QY_ADDEND_SHARE] == 0.5,
     "each row goes where its name says");
  ok(!qy_tech_copy(&copy, tech, arena, &err) && !qy_tech_render(copy, arena, &err) &&
         !strstr(copy->text, "lean_select_data"),
     "no library is written with factors");
  ok(!qy_tech_read_text(&shared, "x.yaml", copy->text, strlen(copy->text), arena, &err) &&
         !qy_tech_constant(shared, "circuit.fast_gate") && !qy_tech_share(shared, tech, arena, &err) &&
         shared->factor[QY_LEAN_SELECT_DATA] == 1.25 && shared->entry_count == tech->entry_count,
     "text has none, and takes those of another library");
  ok(!qy_tech_at_voltage(&moved, tech, 0.9, arena, &err) && moved->factor[QY_LEAN_SELECT_DATA] == 1.25,
     "another supply keeps them");
  qy_draws *one = NULL, *two = NULL;
  if (!ok(!qy_draws_new(&one, tech, 256, 1, 0, arena, &err) && !qy_draws_new(&two, tech, 256, 1, 1, arena, &err),
          "draws"))
    return;
  double sum = 0;
  int same = 0, fixed = 0;
  for (int k = 0; k < 256; k++) {
    sum += log(one->draw[k].factor[QY_LEAN_SELECT_DATA] / 1.25) / 256;
    same += one->draw[k].factor[QY_LEAN_SELECT_DATA] == two->draw[k].factor[QY_LEAN_SELECT_DATA];
    fixed += one->draw[k].factor[QY_LEAN_SELECT_LINE] == 1;
  }
  /* halves of a lognormal: ln 1.25 and ln 1.2 at 1.645 standard deviations, mean of a half 0.798 of one */
  near_abs(sum, 0.5 * 0.798 / 1.645 * (log(1.2) - log(1.25)), 0.002, "an uncertain factor is drawn from its interval");
  is_int(same, 256, "in all libraries alike");
  is_int(fixed, 256, "one without an interval is not");
}

static void damaged(void)
{
  static const struct {
    const char *find, *replace, *message;
  } rows[] = {
      {"half_carry,1,1,1,ratio,derived,fit\n", "", ": error: expected a row for half_carry, found none"},
      {"half_carry", "half_carrot",
       ":4:1: error: name: expected one of lean_select_data, lean_select_line, half_carry, "},
      {"half_carry", "fast_gate", NULL},
      {"lean_select_line", "lean_select_data",
       ":3:1: error: name: expected each factor once, found 'lean_select_data'"},
      {"1.25,1,1.5", "1.25,1.3,1.5", ":2:23: error: low: expected 0.1 to 1.25, found '1.3'"},
      {"1.25,1,1.5", "1.25,1,1.2", ":2:25: error: high: expected 1.25 to 10, found '1.2'"},
      {"1.25,1,1.5", "x,1,1.5", ":2:18: error: value: expected a number, found 'x'"},
      {"1.25,1,1.5", "1.25e3,1,1.5", ":2:18: error: value: expected 0.1 to 10, found '1.25e3'"},
      {"ratio,calibrated", "ps,calibrated", ":2:29: error: unit: expected ratio, found 'ps'"},
      {"calibrated,fit", "guessed,fit",
       ":2:35: error: status: expected one of read, derived, recalled, calibrated, found 'guessed'"},
      {"calibrated,fit", "calibrated,", ":2:46: error: source: expected where the number is from, found ''"},
      {"name,value", "name,worth", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[sizeof good + 200], got[900], expected[1000];
    qy_error err = {0};
    qy_tech *tech = NULL;
    const char *at = strstr(good, rows[i].find);
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, rows[i].replace, at + strlen(rows[i].find));
    const qy_status status = read_with(&tech, text, &err);
    qy_diagnostic_format(&err, 0, got, sizeof got);
    snprintf(expected, sizeof expected, "%s%s", file, rows[i].message ? rows[i].message : "");
    ok(status == QY_BAD_INPUT && !tech && err.count == 1 && strncmp(got, expected, strlen(expected)) == 0,
       "damage %zu is refused: %s", i, got);
  }
  qy_error err = {0};
  qy_tech *tech = NULL;
  char got[900], expected[200];
  unlink(file);
  snprintf(expected, sizeof expected, "%s: error: expected a readable file: no such file", file);
  ok(qy_tech_read(&tech, directory, "db/tech/fdsoi28.yaml", arena, &err) == QY_BAD_INPUT, "no file of factors");
  is_text(qy_diagnostic_format(&err, 0, got, sizeof got), expected, "is named");
}

/* Every factor at both ends of its range, and just beyond. */
static void ends(void)
{
  static const struct {
    const char *name;
    double low, high;
  } own[] = {{"line_gates", 2, 1000},
             {"line_loads", 2, 1000},
             {"addend_share", 0, 2},
             {"effort_bits_none", 0, 7},
             {"effort_bits_full", 7.5, 64}};
  int factors = 0, wrong = 0;
  for (const char *line = strchr(good, '\n') + 1, *next; *line; line = next + 1, factors++) {
    const char *name = qy_arena_text(arena, line, strcspn(line, ","));
    double low = 0.1, high = 10; /* ratios of circuits that are built alike */
    next = strchr(line, '\n');
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
      if (strcmp(own[i].name, name) == 0) low = own[i].low, high = own[i].high;
    const double value[] = {low, high, low - 0.001, high + 0.001};
    for (int k = 0; k < 4; k++) {
      qy_error err = {0};
      qy_tech *tech = NULL;
      const double v = value[k];
      const qy_status status = read_with(
          &tech,
          qy_arena_format(arena, "%.*s%s,%.9g,%.9g,%.9g,ratio,read,x%s", (int)(line - good), good, name, v, v, v, next),
          &err);
      const bool refused = status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "value: expected ");
      if (k < 2 ? status != QY_OK : !refused) {
        wrong++;
        printf("# %s of %g: %s\n", name, v, err.count ? err.diagnostic[0].text : "taken");
      }
    }
  }
  ok(factors == QY_FACTOR_COUNT && wrong == 0, "%d factors at both ends of their ranges, %d wrong", factors, wrong);
}

int main(void)
{
  char name[60];
  arena = qy_arena_new();
  if (!arena || !mkdtemp(directory)) return 1;
  snprintf(name, sizeof name, "%s/circuit", directory);
  snprintf(file, sizeof file, "%s/factors.csv", name);
  mkdir(name, 0700);
  sound();
  ends();
  damaged();
  rmdir(name);
  rmdir(directory);
  qy_arena_free(arena);
  return done();
}
