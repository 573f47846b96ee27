/* Which of several cells a Liberty import takes: by strength, area and leakage, whatever their order; what is said of
 * the others.  Cells are those of liberty_text.h: an input of `cap` fF, an output that may drive 1000 / delay fF. */
#include "quarry/liberty.h"

#include "liberty_text.h"
#include "tap.h"

static qy_arena *arena;
static qy_tech *base;
static qy_liberty_report report;
static qy_error err;

static qy_tech *import(const char *text, const char *const *skip, size_t skip_count)
{
  const qy_liberty_source source = {"x.lib", text, strlen(text)};
  const qy_liberty_options options = {.name = "x", .base = base, .skip = skip, .skip_count = skip_count};
  qy_tech *t = NULL;
  qy_error_clear(&err);
  if (qy_liberty_import(&t, &report, &source, 1, &options, arena, &err)) return NULL;
  return t;
}

/* The NAND2 of 4 um2, 2 nW, 2.5 fF and 6 ps beside another one, which is before it or behind it. */
static void pairs(void)
{
  static const struct {
    const char *what;
    double area, leakage, cap, delay;
    bool taken;
    const char *note, *skip;
    size_t candidates;
  } row[] = {
      {"smaller", 3.9, 3, 2.5, 6, true, NULL, NULL, 2},
      {"larger", 4.1, 1, 2.4, 6, false, NULL, NULL, 2},
      {"of equal area, leaks less", 4, 1.9, 2.5, 6, true, NULL, NULL, 2},
      {"of equal area, leaks more", 4, 2.1, 2.5, 6, false, NULL, NULL, 2},
      {"of equal area, weaker", 4, 3, 2.4, 6, true, NULL, NULL, 2},
      {"of equal area, stronger", 4, 1, 2.6, 6, false, NULL, NULL, 2},
      {"of equal area, drives less", 4, 3, 2.5, 6.1, true, NULL, NULL, 2},
      /* strength goes with the root of load times drive: 1.3 is the limit */
      {"smaller, 1.296 times as strong by its load", 3.5, 2, 2.5 * 1.68, 6, true, NULL, NULL, 2},
      {"smaller, 1.304 times as strong by its load", 3.5, 2, 2.5 * 1.70, 6, false, "X is smaller, but stronger", NULL,
       2},
      {"smaller, 1.296 times as strong by its drive", 3.5, 2, 2.5, 6 / 1.68, true, NULL, NULL, 2},
      {"smaller, 1.304 times as strong by its drive", 3.5, 2, 2.5, 6 / 1.70, false, "X is smaller, but stronger", NULL,
       2},
      {"larger and stronger", 4.5, 2, 5, 6, false, NULL, NULL, 2},
      {"smaller, but not wanted", 3, 1, 2.5, 6, false, NULL, "X*", 1},
      {"smaller, where others are not wanted", 3, 1, 2.5, 6, true, NULL, "Y*", 2},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int before = 0; before < 2; before++) {
      char *text = NULL;
      size_t length;
      FILE *out = open_memstream(&text, &length);
      made_begin(out, &picos, "");
      MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
      if (before) MADE_CELL("X", row[i].area, row[i].leakage, "P Q", row[i].cap, row[i].delay, 2, "!(P Q)");
      MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
      if (!before) MADE_CELL("X", row[i].area, row[i].leakage, "P Q", row[i].cap, row[i].delay, 2, "!(P Q)");
      made_flip_flop("F1", 26, "W", "T", "", "S");
      made_end();
      fclose(out);
      const char *const skip[] = {"NONE", row[i].skip};
      qy_tech *t = import(text, skip, row[i].skip ? 2 : 0);
      const struct qy_liberty_choice *c = &report.choice[QY_NAND2];
      if (ok(t != NULL, "a cell that is %s", row[i].what)) {
        is_text(c->from, row[i].taken ? "X of x.lib" : "K3 of x.lib", "is taken or not");
        ok(c->note && row[i].note ? strcmp(c->note, row[i].note) == 0 : !c->note && !row[i].note, "with the note %s",
           c->note ? c->note : "-");
        ok(c->candidates == row[i].candidates && report.warning_count == (row[i].note != NULL), "and a warning");
      }
      free(text);
    }
}

/* The text of three good cells with others before them. */
static const char *with(const char *before)
{
  char *text = NULL;
  size_t length;
  FILE *out = open_memstream(&text, &length);
  made_begin(out, &picos, "");
  fputs(before, made);
  MADE_CELL("K1", 3, 1, "P", 2, 5, 1, "!P");
  MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
  made_flip_flop("F1", 26, "W", "T", "", "S");
  made_end();
  fclose(out);
  const char *kept = qy_arena_text(arena, text, length);
  free(text);
  return kept;
}

/* An inverter that leaks less than 1 nW leaks so; of one that states 0, and of one that states none, the ratio to the
 * NAND2 is that of the base. */
static void little_leakage(void)
{
  static const double said[] = {0.5, 1, 1.5, 0};
  for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    made_begin(out, &picos, "");
    MADE_CELL("K1", 3, said[i], "P", 2, 5, 1, "!P");
    MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
    fputs("cell (N) { area : 1; pin (P) { direction : input; capacitance : 1; }\n"
          "pin (Z) { direction : output; function : \"P & !P\"; } }\n",
          made);
    made_flip_flop("F1", 26, "W", "T", "", "S");
    made_end();
    fclose(out);
    const qy_tech *t = import(text, NULL, 0);
    const double ratio = base->leakage_nw[QY_INV] / base->leakage_nw[QY_NAND2];
    if (ok(t != NULL, "an inverter that leaks %g nW", said[i])) {
      near_rel(t->leakage_nw[QY_INV], said[i] > 0 ? said[i] : 2 * ratio, 1e-9, "is that, or as the base's");
      is_text(report.choice[QY_INV].from, "K1 of x.lib", "and not what gives the same always");
      const char *note = report.choice[QY_INV].note;
      ok(!note || !strstr(note, "N left out"), "which is none: %s", note ? note : "-");
    }
    free(text);
  }
}

/* Ten cells that were left out are named, and how many more. */
static void many_left_out(void)
{
  for (int count = 9; count <= 12; count++) {
    char stubs[2000] = "", note[800] = "";
    for (int i = 0; i < count; i++) {
      snprintf(stubs + strlen(stubs), sizeof stubs - strlen(stubs),
               "cell (S%d) { area : 1; pin (P) { direction : input; capacitance : 1; }\n"
               "pin (Z) { direction : output; function : \"!P\"; } }\n",
               i);
      if (i < 10)
        snprintf(note + strlen(note), sizeof note - strlen(note), "%sS%d left out: it has no delay tables",
                 i ? "; " : "", i);
    }
    if (count > 10) snprintf(note + strlen(note), sizeof note - strlen(note), "; and %d more", count - 10);
    if (ok(import(with(stubs), NULL, 0) != NULL, "%d cells without data", count))
      is_text(report.choice[QY_INV].note, note, "the first ten are named");
    is_int((int64_t)report.choice[QY_INV].candidates, 1, "one is a candidate");
  }
}

/* Where there is none of a kind that is needed it is said why, with the place of the first that might have been. */
static void none(void)
{
  static const struct {
    const char *cells, *said;
  } row[] = {
      {"", "x.lib: error: expected a cell that is an inverter, found none among 2 cells (none has its function)"},
      {"cell (A) { area : 1; pin (P) { direction : input; } }\ncell (B) { area : 1; pin (Z) { direction : output; } "
       "}\n",
       "x.lib: error: expected a cell that is an inverter, found none among 4 cells (none has its function; 2 state "
       "none)"},
      {"cell (A) { area : 1; dont_use : true; pin (P) { direction : input; capacitance : 1; }\n"
       "pin (Z) { direction : output; function : \"!P\"; } }\n",
       "x.lib:16:7: error: expected a cell that is an inverter, found none among 3 cells (A: it is marked dont_use)"},
      {"cell (A) { area : 1;\n pin (P) { direction : input; capacitance : 1; }\n"
       "pin (Z) { direction : output; function : \"!P\"; timing () { cell_rise (scalar) { values (\"x\"); } } } }\n",
       "x.lib:18:89: error: expected a cell that is an inverter, found none among 3 cells (A left out: line 18: "},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *text = NULL, line[900] = "";
    size_t length;
    FILE *out = open_memstream(&text, &length);
    made_begin(out, &picos, "");
    fputs(row[i].cells, made);
    MADE_CELL("K3", 4, 2, "P Q", 2.5, 6, 2, "!(P Q)");
    made_flip_flop("F1", 26, "W", "T", "", "S");
    made_end();
    fclose(out);
    ok(import(text, NULL, 0) == NULL, "no inverter");
    qy_diagnostic_format(&err, 0, line, sizeof line);
    ok(strncmp(line, row[i].said, strlen(row[i].said)) == 0, "%s", line);
    free(text);
  }
}

int main(void)
{
  arena = qy_arena_new();
  if (!ok(qy_tech_read(&base, "db", "fdsoi28", arena, &err) == QY_OK, "base library")) return done();
  pairs();
  little_leakage();
  many_left_out();
  none();
  qy_arena_free(arena);
  return done();
}
