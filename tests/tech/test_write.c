/* Writer of libraries: read(write(t)) == t for every shipped library, odd texts and a covariance; damaged covariance
 * and voltage sections are refused with their place. */
#include "quarry/tech.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

static int same_text(const char *a, const char *b)
{
  return a == b || (a && b && strcmp(a, b) == 0);
}

/* Everything a library says, field by field; text, hash and lines belong to the file, not to the library. */
static int same(const qy_tech *a, const qy_tech *b)
{
  int equal = same_text(a->name, b->name) && same_text(a->title, b->title) && same_text(a->license, b->license) &&
              same_text(a->flavour, b->flavour) && same_text(a->sram_node, b->sram_node) && a->node_nm == b->node_nm &&
              a->voltage_v == b->voltage_v && a->temperature_c == b->temperature_c &&
              a->voltage_low_v == b->voltage_low_v && a->voltage_high_v == b->voltage_high_v &&
              a->entry_count == b->entry_count && a->covariance.count == b->covariance.count;
  equal = equal && memcmp(a->energy_fj, b->energy_fj, sizeof a->energy_fj) == 0 &&
          memcmp(a->delay_ps, b->delay_ps, sizeof a->delay_ps) == 0 && a->dff_clock_fj == b->dff_clock_fj;
  for (size_t i = 0; equal && i < a->entry_count; i++) {
    const qy_constant *x = &a->entry[i].constant, *y = &b->entry[i].constant;
    equal = same_text(a->entry[i].path, b->entry[i].path) && same_text(a->entry[i].unit, b->entry[i].unit) &&
            x->value == y->value && x->low == y->low && x->high == y->high && x->status == y->status &&
            same_text(x->source, y->source);
  }
  for (size_t i = 0; equal && i < a->covariance.count; i++) {
    equal = same_text(a->covariance.path[i], b->covariance.path[i]);
    for (size_t j = 0; j < a->covariance.count; j++)
      equal = equal &&
              a->covariance.matrix[i * a->covariance.count + j] == b->covariance.matrix[i * a->covariance.count + j];
  }
  return equal;
}

static qy_tech *read_back(const qy_tech *t, const char *file)
{
  qy_error err = {0};
  qy_tech *back = NULL;
  char line[900];
  if (qy_tech_write(t, file, &err) || qy_tech_read(&back, "db", file, arena, &err))
    printf("# %s\n", qy_diagnostic_format(&err, 0, line, sizeof line));
  return back;
}

static void shipped(const char *file)
{
  static const char *const names[] = {"fdsoi28", "lp55", "asap7", "sky130hd", "sg13g2", "osu018"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    qy_error err = {0};
    qy_tech *t = NULL, *back = NULL;
    if (!qy_tech_read(&t, "db", names[i], arena, &err) && !qy_tech_render(t, arena, &err)) back = read_back(t, file);
    ok(back && same(t, back), "%s: read(write(t)) == t", names[i]);
    ok(back && strcmp(t->sha256, back->sha256) == 0, "%s: the hash is that of the file", names[i]);
    ok(t && strstr(t->text, "\nnand2:\n  area: {") && strstr(t->text, "\ncells:\n  ") && strstr(t->text, "  fa:\n    "),
       "%s: two blanks for each level", names[i]);
    ok(t && strstr(t->text, "value: ") && !strstr(t->text, " ratio,"), "%s: ratios are written without unit", names[i]);
  }
}

static void odd(const char *file)
{
  static const char *paths[] = {"nand2.area", "cells.fa.area", "nand2.energy"};
  double matrix[] = {0.04, -1.0 / 3, 0.007, -1.0 / 3, 5, 0.125, 0.007, 0.125, 0.5};
  qy_error err = {0};
  qy_tech *t, *copy, *back = NULL;
  if (qy_tech_read(&t, "db", "fdsoi28", arena, &err) || qy_tech_copy(&copy, t, arena, &err)) return;
  copy->title = "quotes \" and \\ and: # {x} 'y'\ttab\nline, \xc3\xa9";
  copy->flavour = " leading blank, yes, 010, ~";
  copy->entry[0].constant = (qy_constant){0.1 + 0.2, 1.0 / 3 - 0.1, 2.0 / 3, QY_CALIBRATED, "- [a, b]: \"c\" #d"};
  copy->covariance = (struct qy_tech_covariance){3, paths, matrix};
  qy_tech_resolve(copy);
  if (!qy_tech_render(copy, arena, &err)) back = read_back(copy, file);
  ok(back && same(copy, back), "odd texts, numbers of 17 digits and a covariance come back");
  ok(back && !same(t, back), "and differ from the library before");
  is_text(t->entry[0].constant.source, qy_tech_constant(t, "nand2.area")->source, "the copy left the original alone");
  near_rel(back ? back->area_um2[QY_INV] : 0, (0.1 + 0.2) * 0.75, 1e-15, "resolved from the changed constant");
}

static int said_in_all; /* of the last library refused */

/* Replace `from` in the text of fdsoi28 by `to`, read it, expect one message. */
static void refused(const char *from, const char *to, const char *message, const char *what)
{
  qy_error err = {0};
  qy_tech *t, *bad = NULL;
  if (qy_tech_read(&t, "db", "fdsoi28", arena, &err)) return;
  const char *at = strstr(t->text, from);
  char *text =
      qy_arena_format(arena, "%.*s%s%s", at ? (int)(at - t->text) : 0, t->text, to, at ? at + strlen(from) : "");
  qy_status status = qy_tech_read_text(&bad, "x.yaml", text, strlen(text), arena, &err);
  char line[900] = "";
  int found = 0;
  for (int i = 0; i < err.count; i++)
    found |= strstr(qy_diagnostic_format(&err, i, line, sizeof line), message) != NULL;
  ok(at && status == QY_BAD_INPUT && !bad && found, "%s", what);
  said_in_all = err.count;
  if (!found) printf("# said: %s\n", line);
}

static void damaged(void)
{
  refused("voltage_range: {low: 0.7 V, high: 1.1 V}", "", "missing key \"voltage_range\"", "a law without a range");
  refused("voltage_law:", "voltage_lax:", "unknown key \"voltage_lax\"", "a range without a law");
  refused("{low: 0.7 V", "{low: 0.45 V", "expected more than the threshold's high end 0.5 V", "range below threshold");
  refused("high: 1.1 V}", "high: 0.9 V}", "expected at least the library's voltage 1 V", "range below the voltage");
  refused("{low: 0.7 V", "{low: 1.05 V", "expected at most the library's voltage 1 V", "range above the voltage");
  refused("{low: 0.7 V", "{low: 0.7", "voltage_range.low", "range without a unit");
  refused("{low: 0.7 V", "{low: 0.5 V", "expected more than the threshold's high end 0.5 V", "range at the threshold");
  refused("{low: 0.7 V, high", "{high", "missing key \"low\"", "range without an end below");
  refused("0.7 V, high: 1.1 V}", "0.7 V}", "missing key \"high\"", "range without an end above");
  refused("0.7 V, high: 1.1 V}", "0.7 V, hihg: 1.1 V}", "unknown key \"hihg\"", "range with an unknown end");
  is_int(said_in_all, 1, "of which nothing else is said");
  refused("\nsram:", "\ncovariance: {constants: [nand2.aera], log: [[1]]}\nsram:", "expected the path of a constant",
          "covariance of an unknown constant");
  refused("\nsram:", "\ncovariance: {constants: [], log: []}\nsram:", "expected a list of constants",
          "covariance of nothing");
  refused("\nsram:", "\ncovariance: {constants: nand2.area, log: [[1]]}\nsram:", "expected a list of constants",
          "covariance of no list");
  refused("\nsram:", "\ncovariance: {constants: [nand2.area, nand2.delay], log: [[1, 0]]}\nsram:",
          "expected one row for each of the 2 constants", "covariance with few rows");
  refused("\nsram:", "\ncovariance: {constants: [nand2.area], log: 1}\nsram:",
          "expected one row for each of the 1 constants", "covariance without rows");
  refused("\nsram:", "\ncovariance: {constants: [nand2.area], log: [1]}\nsram:", "expected a list of 1 numbers",
          "covariance whose row is a number");
  refused("\nsram:", "\ncovariance: {constants: [nand2.area], log: [[1, 2]]}\nsram:", "expected a list of 1 numbers",
          "covariance with a long row");
  refused("\nsram:", "\ncovariance: {constants: [nand2.area, nand2.delay], log: [[1, 0], [0.1, 1]]}\nsram:",
          "expected a symmetric matrix", "covariance not symmetric");
  refused("\nsram:",
          "\ncovariance: {constants: [nand2.area, nand2.delay, nand2.energy], log: [[1, 0, 0.2], [0, 1, 0.1], [0.2, "
          "0.3, 1]]}\nsram:",
          "covariance.log[2][1]", "covariance not symmetric further down");
  refused("\nsram:", "\ncovariance: {constants: [nand2.area], log: [[-1]]}\nsram:", "covariance.log[0][0]",
          "negative variance");
}

/* Covariances of logarithms at both ends of what is taken, and beyond. */
static void far_covariances(void)
{
  static const double value[] = {1000, -1000, 1000.5, -1000.5, 999.5};
  for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
    qy_error err = {0};
    qy_tech *t, *read = NULL;
    if (qy_tech_read(&t, "db", "fdsoi28", arena, &err)) return;
    const char *at = strstr(t->text, "\nsram:");
    const char *text = qy_arena_format(
        arena, "%.*s\ncovariance: {constants: [nand2.area, nand2.delay], log: [[1000, %g], [%g, 1000]]}%s",
        (int)(at - t->text), t->text, value[i], value[i], at);
    const qy_status status = qy_tech_read_text(&read, "x.yaml", text, strlen(text), arena, &err);
    if (fabs(value[i]) > 1000)
      ok(status == QY_BAD_INPUT && err.count > 0, "a covariance of %g is refused", value[i]);
    else
      ok(status == QY_OK && read->covariance.count == 2 && read->covariance.matrix[1] == value[i], "one of %g is not",
         value[i]);
  }
}

int main(void)
{
  char file[] = "/tmp/quarry_write_XXXXXX.yaml";
  int fd = mkstemps(file, 5);
  if (fd >= 0) close(fd);
  arena = qy_arena_new();
  shipped(file);
  odd(file);
  damaged();
  far_covariances();
  qy_error err = {0};
  qy_tech *t;
  if (!qy_tech_read(&t, "db", "osu018", arena, &err))
    is_int(qy_tech_write(t, "/nonexistent/x.yaml", &err), QY_BAD_INPUT, "a directory that is not there");
  unlink(file);
  qy_arena_free(arena);
  return done();
}
