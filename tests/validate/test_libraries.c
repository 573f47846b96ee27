/* The libraries that a table names: which are read, what an own one stands in for, each left out, drawn. */
#include "../../src/validate/libraries.h"
#include "files.h"
#include "tap.h"

#include <string.h>
#include <unistd.h>

static qy_arena *arena;
static const char *const study[] = {"sky130hd", "asap7", "osu018", "sg13g2"};
enum { STUDY = sizeof study / sizeof *study };

static bool read_names(table_libraries *l, const char *rows, const qy_validate_options *o, qy_error *err)
{
  char file[] = "/tmp/quarry-libraries-XXXXXX";
  if (!write_new_file(file, 0, rows)) return false;
  const qy_status status = table_libraries_read(l, qy_arena_text(arena, file, strlen(file)), o, true, arena, err);
  unlink(file);
  return status == QY_OK;
}

/* Each name once, in the order of the table; those that no file has stay, with the reason. */
static void names(void)
{
  static const char rows[] = "flow,library\na,sky130hd\na,vapour\nb,sky130hd\na,dir/asap7\na,asap7.yaml\na,asap7\n";
  static const char *const expected[] = {"sky130hd", "vapour", "dir/asap7", "asap7.yaml", "asap7"};
  static const bool known[] = {true, false, false, false, true};
  const qy_validate_options o = {.db_dir = "db"};
  table_libraries l;
  qy_error err = {0};
  if (!ok(read_names(&l, rows, &o, &err) && l.count == 5, "a table of five libraries")) return;
  for (size_t i = 0; i < l.count; i++) {
    is_text(l.library[i].name, expected[i], "its name");
    ok((l.library[i].tech != NULL) == known[i] && (l.library[i].placed != NULL) == known[i] && !l.library[i].draws,
       "%s is %sread", expected[i], known[i] ? "" : "not ");
    if (known[i])
      ok(!l.library[i].reason, "without a reason");
    else
      is_text(l.library[i].reason, qy_arena_format(arena, "no library file for '%s'", expected[i]), "and why");
    ok(table_library_of(&l, expected[i]) == &l.library[i], "it is found by its name");
  }
  ok(table_library_of(&l, "lp55") == NULL, "one that the table has not is not");
  ok(!read_names(&l, "flow\na\n", &o, &err) && err.count == 1, "a table without names");
}

/* A library from a file: for its own name when the table has it, else for each name without a file. */
static void own(void)
{
  const qy_validate_options o = {.db_dir = "db", .library_file = "lp55"};
  table_libraries l;
  qy_error err = {0};
  if (ok(read_names(&l, "library\nvapour\nsky130hd\nsteam\n", &o, &err), "a table that does not name it")) {
    for (size_t i = 0; i < l.count; i++)
      is_text(l.library[i].tech ? l.library[i].tech->name : "-", i == 1 ? "sky130hd" : "lp55", l.library[i].name);
  }
  if (ok(read_names(&l, "library\nvapour\nsky130hd\nlp55\n", &o, &err), "a table that names it")) {
    ok(!l.library[0].tech && l.library[0].reason, "what has no file is not priced then");
    is_text(l.library[1].tech ? l.library[1].tech->name : "-", "sky130hd", "others are their own");
    is_text(l.library[2].tech ? l.library[2].tech->name : "-", "lp55", "it is its own");
  }
  const qy_validate_options none = {.db_dir = "db", .library_file = "/no/such.yaml"};
  ok(!read_names(&l, "library\nsky130hd\n", &none, &err) && err.count > 0, "a file that is not there");
}

/* What a constant is worth by the others of the study: the mean of logarithms of those that state it, of plain values
 * where one is not above 0; of growth by effort 1 more is taken. */
static double by_others(const qy_tech *const *tech, size_t count, size_t without, const char *path, double low_high[2])
{
  const qy_constant *own_one = qy_tech_constant(tech[without], path);
  const double shift = strncmp(path, "effort.k.", 9) == 0 ? 1 : 0;
  double sum = 0, logs = 0, low = INFINITY, high = -INFINITY, n = 0;
  bool positive = true;
  for (size_t i = 0; i < count; i++) {
    const qy_constant *c = i == without ? NULL : qy_tech_constant(tech[i], path);
    if (!c) continue;
    sum += c->value, n++;
    positive = positive && c->value + shift > 0;
    if (positive) logs += log(c->value + shift);
    low = fmin(low, c->value), high = fmax(high, c->value);
  }
  if (n == 0 || (low == high && low == own_one->value)) {
    low_high[0] = own_one->low, low_high[1] = own_one->high;
    return own_one->value;
  }
  const double value = positive ? exp(logs / n) - shift : sum / n;
  low_high[0] = fmin(low, value), low_high[1] = fmax(high, value);
  return value;
}

static void left_out(void)
{
  const qy_tech *plain[STUDY];
  const char *rows = "library\nvapour\n";
  table_libraries l;
  qy_error err = {0};
  int wrong = 0, changed = 0, kept = 0;
  for (size_t i = 0; i < STUDY; i++) {
    qy_tech *t;
    if (!ok(!qy_tech_read(&t, "db", study[i], arena, &err), "%s", study[i])) return;
    plain[i] = t;
    rows = qy_arena_format(arena, "%s%s\n", rows, study[i]);
  }
  const qy_validate_options o = {.db_dir = "db", .leave_out = true, .draws = 16, .draw_seed = 3};
  if (!ok(read_names(&l, rows, &o, &err) && l.count == STUDY + 1 && !l.library[0].tech, "each left out")) return;
  for (size_t i = 0; i < STUDY; i++) { /* of draws of constants alone, discrepancies are left out */
    ok(!l.library[i + 1].draws->nominal->structure && !l.library[i + 1].placed->draws->nominal->structure &&
           l.library[i + 1].tech->structure,
       "%s: constants alone are drawn", study[i]);
  }
  for (size_t i = 0; i < STUDY; i++) {
    const table_library *one = &l.library[i + 1];
    if (!ok(one->draws && one->placed && one->placed->draws && one->draws->count == 16, "and drawn")) continue;
    for (size_t e = 0; e < plain[i]->entry_count; e++) {
      const struct qy_tech_entry *entry = &plain[i]->entry[e];
      const qy_constant *got = qy_tech_constant(one->placed->tech, entry->path), *was = &entry->constant;
      double ends[2] = {was->low, was->high}, value = was->value;
      if (was->status == QY_CALIBRATED) value = by_others(plain, STUDY, i, entry->path, ends);
      changed += value != was->value;
      kept += value == was->value;
      if (fabs(got->value - value) <= 1e-12 * fabs(value) && fabs(got->low - ends[0]) <= 1e-12 * fabs(ends[0]) &&
          fabs(got->high - ends[1]) <= 1e-12 * fabs(ends[1]))
        continue;
      if (wrong++ < 5) printf("# %s, %s: %g, expected %g\n", study[i], entry->path, got->value, value);
    }
  }
  ok(wrong == 0 && changed > 20 && kept > 20, "%d constants are those of the others, %d one's own", changed, kept);
}

int main(void)
{
  arena = qy_arena_new();
  names();
  own();
  left_out();
  qy_arena_free(arena);
  return done();
}
