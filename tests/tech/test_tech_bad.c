/* Broken technology libraries: exact message, and the position where the edit was made.
 *
 * Each row replaces the first occurrence of a text in a sound library.  A '~' in the replacement marks where the report
 * must point; it is taken out before reading.
 */
#include "quarry/tech.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;
static char file[64];

/* A sound library with easy numbers. */
static char *sound_library(void)
{
  static const char *const fields[] = {"area", "in_cap", "delay", "energy", "leakage"};
  static const char *const units[] = {" um2", " fF", " ps", " fJ", " nW"};
  static const char constant[] = "{value: %s%s, low: %s%s, high: %s%s, status: read, source: none}\n";
  char *text = malloc(65536), *t = text;
  if (!text) return NULL;
  t += sprintf(t, "name: toy\ntitle: a toy\nlicense: free\nnode: 28 nm\nvoltage: 1 V\ntemperature: 25 C\n");
  t += sprintf(t, "flavour: plain\nnand2:\n");
  for (int f = 0; f < 5; f++) {
    t += sprintf(t, "  %s: ", fields[f]);
    t += sprintf(t, constant, "0.5", units[f], "0.4", units[f], "0.6", units[f]);
  }
  t += sprintf(t, "cells:\n");
  for (int c = 0; c < QY_CELL_COUNT; c++) {
    if (c == QY_NAND2) continue;
    t += sprintf(t, "  %s:\n", qy_cell_name((qy_cell)c));
    for (int f = 0; f < 5; f++) {
      t += sprintf(t, "    %s: ", fields[f]);
      t += sprintf(t, constant, "2", "", "1", "", "3", "");
    }
  }
  static const char *const rest[] = {
      "full_adder:\n  carry: ",  "flip_flop:\n  clock_energy: ", "  setup: ", "load:\n  fanout: ", "effort:\n  p: ",
      "placement:\n  density: ", "clock_tree:\n  energy: "};
  for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++) {
    bool density = strstr(rest[i], "density") != NULL;
    t += sprintf(t, "%s", rest[i]);
    t += sprintf(t, constant, density ? "0.8" : "2", "", density ? "0.7" : "1", "", density ? "0.9" : "3", "");
    if (strstr(rest[i], "fanout")) {
      t += sprintf(t, "  wire_cap: ");
      t += sprintf(t, constant, "0", " fF", "0", " fF", "0", " fF");
    }
    for (int g = 0; strstr(rest[i], "effort") && g < QY_CLASS_COUNT; g++) {
      t += sprintf(t, "%s    %s: ", g ? "" : "  k:\n", qy_operator_class_name((qy_operator_class)g));
      t += sprintf(t, constant, "0.5", "", "0.4", "", "0.6", "");
    }
  }
  t += sprintf(t, "glitch:\n");
  for (int g = 0; g < 2 * QY_CLASS_COUNT; g++) {
    if (g % QY_CLASS_COUNT == 0) t += sprintf(t, "  %s:\n", g ? "fast" : "lean");
    t += sprintf(t, "    %s: ", qy_operator_class_name((qy_operator_class)(g % QY_CLASS_COUNT)));
    t += sprintf(t, constant, "1.1", "", "1", "", "1.5", "");
  }
  sprintf(t, "sram: {node: 28}\n");
  return text;
}

static const struct {
  const char *find, *replace, *message;
} broken[] = {
    /* keys */
    {"nand2:", "~nadn2:", "unknown key \"nadn2\"; did you mean \"nand2\"?"},
    {"  inv:", "  ~invv:", "cells: unknown key \"invv\"; did you mean \"inv\"?"},
    {"  inv:", "  ~nand2: {}\n  inv:", "cells: unknown key \"nand2\"; did you mean \"and2\"?"},
    {"  area:", "  ~aera:", "nand2: unknown key \"aera\"; did you mean \"area\"?"},
    {"value: 0.5 um2", "~valeu: 0.5 um2", "nand2.area: unknown key \"valeu\"; did you mean \"value\"?"},
    {"source: none}", "source: none, ~comment: x}",
     "nand2.area: unknown key \"comment\"; known keys: value, low, high, status, source"},
    {"sram: {node: 28}", "sram: {~nodes: 28}", "sram: unknown key \"nodes\"; did you mean \"node\"?"},
    {"name: toy\n", "~", "missing key \"name\""},
    {"license: free\n", "", "missing key \"license\""},
    {"voltage: 1 V\n", "", "missing key \"voltage\""},
    {"placement:\n  density: {value: 0.8, low: 0.7, high: 0.9, status: read, source: none}\n", "",
     "missing key \"placement\""},
    {"value: 0.5 um2, ", "", "nand2.area: missing key \"value\""},
    {"low: 0.4 um2, ", "", "nand2.area: missing key \"low\""},
    {", source: none", "", "nand2.area: missing key \"source\""},
    {"title: a toy", "title: a toy\n~name: again", "name: duplicate key, first given at 1:1"},
    {"low: 0.4 um2", "low: 0.4 um2, ~low: 0.4 um2", "nand2.area.low: duplicate key, first given at 9:26"},
    /* units and numbers */
    {"value: 0.5 um2", "value: ~0.5",
     "nand2.area.value: expected an area with unit (um2, mm2) such as \"0.5 um2\", found \"0.5\" without unit"},
    {"value: 0.5 um2", "value: ~0.5 um",
     "nand2.area.value: expected an area with unit (um2, mm2), found \"0.5 um\", which is a length"},
    {"value: 0.5 ps", "value: ~0.5 psec",
     "nand2.delay.value: expected a time with unit (ps, ns, us, ms, s, min, h), found \"0.5 psec\" with unknown unit "
     "\"psec\""},
    {"value: 0.5 fJ", "value: ~0.5 fj",
     "nand2.energy.value: expected an energy with unit (fJ, pJ, nJ, uJ, mJ, J), found \"0.5 fj\" with unknown unit "
     "\"fj\"; did you mean \"fJ\"?"},
    {"value: 0.5 nW", "value: ~0.5 nW 3",
     "nand2.leakage.value: expected a power with unit (pW, nW, uW, mW, W), found \"0.5 nW 3\" with unknown unit "
     "\"nW 3\""},
    {"value: 2,", "value: ~2 um2,",
     "cells.inv.area.value: expected a fraction (%, ratio), found \"2 um2\", which is an area"},
    {"value: 2,", "value: ~2x,",
     "cells.inv.area.value: expected a fraction (%, ratio), found \"2x\" with unknown unit \"x\""},
    {"value: 2,", "value: ~.nan,", "cells.inv.area.value: expected a fraction (%, ratio), found \".nan\""},
    {"value: 2,", "value: ~1e999,",
     "cells.inv.area.value: expected a fraction (%, ratio), found \"1e999\", which is too large"},
    {"value: 2,", "value: ~-2,", "cells.inv.area.value: expected a value from 0.1 to 100, found \"-2\""},
    {"value: 2,", "value: ~,", "cells.inv.area.value: expected a fraction (%, ratio), found \"\""},
    {"value: 2,", "value: ~[2],", "cells.inv.area.value: expected a number, found a list of 1 value"},
    {"value: 0.8", "value: ~80", "placement.density.value: expected a value from 0.05 to 1, found \"80\""},
    {"node: 28 nm", "node: ~28",
     "node: expected a length with unit (nm, um, mm) such as \"28 nm\", found \"28\" without unit"},
    {"voltage: 1 V", "voltage: ~1000 V", "voltage: expected a value from 0.1 to 10 V, found \"1000 V\""},
    {"temperature: 25 C", "temperature: ~25 K",
     "temperature: expected a temperature with unit (C), found \"25 K\" with unknown unit \"K\""},
    /* intervals */
    {"low: 0.4 um2", "low: ~0.55 um2", "nand2.area.low: expected at most the value 0.5 um2, found \"0.55 um2\""},
    {"high: 0.6 um2", "high: ~0.45 um2", "nand2.area.high: expected at least the value 0.5 um2, found \"0.45 um2\""},
    {"high: 3,", "high: ~1.9,", "cells.inv.area.high: expected at least the value 2, found \"1.9\""},
    /* words and shapes */
    {"status: read", "status: ~raed",
     "nand2.area.status: expected one of read, derived, recalled, calibrated, found \"raed\"; did you mean \"read\"?"},
    {"status: read", "status: ~guessed",
     "nand2.area.status: expected one of read, derived, recalled, calibrated, found \"guessed\""},
    {"source: none", "source: ~''", "nand2.area.source: expected text, found empty text"},
    {"name: toy", "name: ~[toy]", "name: expected text, found a list of 1 value"},
    {"{value: 0.5 um2, low: 0.4 um2, high: 0.6 um2, status: read, source: none}", "~0.5 um2",
     "nand2.area: expected a mapping {value, low, high, status, source}, found \"0.5 um2\""},
    {"sram: {node: 28}", "sram: ~28", "sram: expected a mapping, found \"28\""},
    {"sram: {node: 28}", "sram: ~{}", "sram: missing key \"node\""},
    {"sram: {node: 28}", "sram: {node: ~28 nm}",
     "sram.node: expected a node of the SRAM table in nm, \"28\" say, found \"28 nm\""},
    {"title: a toy", "title: ~!t toy", "expected a plain value, found the tag \"!t\": tags are not allowed"},
    {"title: a toy", "title: a~: toy", "YAML syntax: mapping values are not allowed in this context"},
};

/* The position of '~' in text, and the text without it; 1:1 where there is none. */
static void take_marker(char *text, int *line, int *column)
{
  char *mark = strchr(text, '~');
  *line = *column = 1;
  if (!mark) return;
  for (const char *p = text; p < mark; p++) {
    *column = *p == '\n' ? 1 : *column + 1;
    *line += *p == '\n';
  }
  memmove(mark, mark + 1, strlen(mark));
}

static qy_status read_library(const char *text, size_t length, qy_tech **tech, qy_error *err)
{
  FILE *f = fopen(file, "w");
  if (!f) return QY_SYSTEM;
  fwrite(text, 1, length, f);
  fclose(f);
  return qy_tech_read(tech, "db", file, arena, err);
}

static void refused(const char *base, size_t i)
{
  char *text = malloc(strlen(base) + strlen(broken[i].replace) + 1), got[900], expected[900], what[100];
  const char *at = strstr(base, broken[i].find);
  if (!text || !at) {
    ok(0, "\"%s\" is in the library", broken[i].find);
    free(text);
    return;
  }
  int line, column;
  sprintf(text, "%.*s%s%s", (int)(at - base), base, broken[i].replace, at + strlen(broken[i].find));
  bool marked = strchr(text, '~') != NULL;
  take_marker(text, &line, &column);
  qy_tech *tech = NULL;
  qy_error err = {0};
  qy_status status = read_library(text, strlen(text), &tech, &err);
  if (marked || strncmp(broken[i].message, "missing", 7) == 0) {
    snprintf(expected, sizeof expected, "%s:%d:%d: error: %s", file, line, column, broken[i].message);
  } else { /* a key missing in the mapping of NAND2's area, which stands on line 9, column 9 */
    snprintf(expected, sizeof expected, "%s:9:9: error: %s", file, broken[i].message);
  }
  snprintf(what, sizeof what, "%s", broken[i].message);
  is_text(status == QY_BAD_INPUT && !tech ? qy_diagnostic_format(&err, 0, got, sizeof got) : "(accepted)", expected,
          what);
  free(text);
  qy_arena_reset(arena);
}

static void names(void)
{
  static const struct {
    const char *directory, *name, *message;
  } rows[] = {
      {"db", "fdsoi82", "error: no technology library \"fdsoi82\" in db/tech; did you mean \"fdsoi28\"?"},
      {"none", "fdsoi28", "error: no technology library \"fdsoi28\": no directory none/tech"},
      {"db", "none.yaml", "none.yaml: error: expected a readable file: no such file"},
      {"db", "./none", "./none: error: expected a readable file: no such file"},
      {"db", "db/", "db/: error: expected a file, found a directory"},
  };
  char got[900];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    qy_tech *tech = NULL;
    qy_error err = {0};
    qy_tech_read(&tech, rows[i].directory, rows[i].name, arena, &err);
    is_text(qy_diagnostic_format(&err, 0, got, sizeof got), rows[i].message, rows[i].name);
  }
  qy_tech *tech = NULL;
  qy_error err = {0};
  ok(qy_tech_read(&tech, "db", "qqqqqqqqqq", arena, &err) == QY_BAD_INPUT && !tech, "a name that is like none");
  starts(qy_diagnostic_format(&err, 0, got, sizeof got),
         "error: no technology library \"qqqqqqqqqq\" in db/tech; there are: ", "gets all");
  ok(strstr(got, " asap7, ") && strstr(got, ", fdsoi28, ") && strstr(got, "lp55"), "%s", got);
}

/* Random bytes, printable ones in every other round, changed in a sound file: a library with ordered intervals, or a
 * diagnostic. */
static void mutations(const char *base)
{
  enum { ROUNDS = 3000 };
  size_t length = strlen(base);
  uint64_t seed = 12345;
  int accepted = 0, wrong = 0;
  char *text = malloc(length + 1);
  if (!text) return;
  for (int i = 0; i < ROUNDS && !wrong; i++) {
    memcpy(text, base, length + 1);
    for (int k = 0; k < 1 + i % 3; k++) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      text[(size_t)(seed >> 33) % length] = (char)(i % 2 ? seed >> 20 : ' ' + (seed >> 20) % 95);
    }
    qy_tech *tech = NULL;
    qy_error err;
    qy_error_clear(&err);
    qy_status status = read_library(text, length, &tech, &err);
    accepted += status == QY_OK;
    wrong += status == QY_OK ? !tech || err.count > 0 : tech || status != QY_BAD_INPUT || err.count < 1;
    for (size_t e = 0; tech && e < tech->entry_count; e++) {
      const qy_constant *c = &tech->entry[e].constant;
      wrong += !(isfinite(c->value) && c->low <= c->value && c->value <= c->high && c->source[0]);
    }
    qy_arena_reset(arena);
  }
  ok(!wrong, "each of %d mutated libraries is sound or refused with a reason", ROUNDS);
  ok(accepted > 20 && accepted < ROUNDS - 20, "both happen (%d accepted)", accepted);
  free(text);
}

int main(void)
{
  char *base = sound_library();
  arena = qy_arena_new();
  snprintf(file, sizeof file, "/tmp/quarry-tech-%ld.yaml", (long)getpid());
  if (!base || !arena) return 1;
  qy_tech *tech = NULL;
  qy_error err = {0};
  char message[900];
  is_int(read_library(base, strlen(base), &tech, &err), QY_OK, "the unbroken library is accepted");
  for (int i = 0; i < err.count; i++)
    printf("# %s\n", qy_diagnostic_format(&err, i, message, sizeof message));
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++)
    refused(base, i);
  names();
  mutations(base);
  qy_error_clear(&err);
  is_int(read_library("", 0, &tech, &err), QY_BAD_INPUT, "an empty file");
  is_int(read_library("- 1\n", 4, &tech, &err), QY_BAD_INPUT, "a list");
  is_text(err.diagnostic[1].text, "expected a mapping, found a list of 1 value", "a list is named");
  is_int(err.count, 2, "and nothing else is said of it");
  qy_error_clear(&err);
  is_int(read_library("name: x\n", 8, &tech, &err), QY_BAD_INPUT, "nearly nothing");
  /* 6 head keys and 9 sections are missing */
  is_int(err.count + err.dropped, 15, "each missing key of the top level is reported once");
  unlink(file);
  free(base);
  qy_arena_free(arena);
  return done();
}
