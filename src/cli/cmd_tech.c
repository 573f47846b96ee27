/* quarry tech: list, show, compare, check and import technology libraries. */
#include "cli.h"

#include "quarry/decimal.h"
#include "quarry/file.h"
#include "quarry/liberty.h"
#include "quarry/sram_supply.h"
#include "quarry/tech.h"
#include "quarry/text.h"
#include "quarry/yaml.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct tech_options {
  places where;
  int format, cells;
  double voltage_v, node_nm; /* 0: not given */
  int64_t sram_node_nm;      /* 0: not given */
  const char *name, *output, *base, *skip, *title, *license;
  int operands;
  char **operand;
  qy_arena *arena;
  qy_error *err;
} tech_options;

static const double celsius_zero_k = 273.15;

static int expected(const char *action, const char *what)
{
  say("quarry tech %s: expected %s (quarry tech --help)\n", action, what);
  return EXIT_INPUT;
}

/* A library as asked for: at another voltage when --voltage says so. */
static qy_status read_library(qy_tech **tech, const tech_options *o, const char *name)
{
  qy_status status = qy_tech_read(tech, o->where.db_dir, name, o->arena, o->err);
  if (status || !(o->voltage_v > 0)) return status;
  return qy_tech_at_voltage(tech, *tech, o->voltage_v, o->arena, o->err);
}

static int is_library(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

/* Constants of the library's own, which come before the factors that all share. */
static size_t own_count(const qy_tech *t)
{
  size_t count = 0;
  while (count < t->entry_count && !t->entry[count].is_factor)
    count++;
  return count;
}

static size_t count_status(const qy_tech *t, qy_origin status)
{
  size_t count = 0;
  for (size_t i = 0; i < own_count(t); i++)
    count += t->entry[i].constant.status == status;
  return count;
}

/* ---- list ---- */

static int list(const tech_options *o)
{
  static const char *const names[] = {"library",       "node_nm",   "voltage_v",    "range_v",
                                      "temperature_c", "nand2_um2", "sram_node_nm", "recalled",
                                      "calibrated",    "constants", "title"};
  struct dirent **entry = NULL;
  const char *directory = qy_arena_format(o->arena, "%s/tech", o->where.db_dir);
  int count = directory ? scandir(directory, &entry, is_library, alphasort) : -1;
  qy_status status = QY_OK;
  if (count < 0) {
    say("quarry tech list: expected a directory of libraries, found none at %s/tech\n", o->where.db_dir);
    return EXIT_INPUT;
  }
  table *t = table_new(o->format, 11, names);
  for (int i = 0; i < count; i++) {
    qy_tech *tech;
    char range[40];
    const char *file = qy_arena_format(o->arena, "%s/%s", directory, entry[i]->d_name);
    free(entry[i]);
    qy_status one = file ? qy_tech_read(&tech, o->where.db_dir, file, o->arena, o->err) : QY_NO_MEMORY;
    if (one) {
      status = one;
      continue;
    }
    qy_print(range, sizeof range, "%g..%g", tech->voltage_low_v, tech->voltage_high_v);
    table_row(t, TEXT(tech->name), NUMBER(tech->node_nm), NUMBER(tech->voltage_v),
              TEXT(tech->voltage_high_v > 0 ? range : NULL), NUMBER(tech->temperature_c),
              NUMBER(tech->area_um2[QY_NAND2]), TEXT(tech->sram_node),
              INTEGER((int64_t)count_status(tech, QY_RECALLED)), INTEGER((int64_t)count_status(tech, QY_CALIBRATED)),
              INTEGER((int64_t)own_count(tech)), TEXT(tech->title));
  }
  free(entry);
  table_print(t);
  return status ? report(status, o->err) : EXIT_DONE;
}

/* ---- show ---- */

/* Where and at what supply the SRAM is; the table's own supplies are told when it can be read. */
static void print_sram(const tech_options *o, const qy_tech *t)
{
  if (!t->sram_node) {
    puts("SRAM: none; designs with buffers cannot use this library (sram: {node: \"28\"} in its file names one)");
    return;
  }
  printf("SRAM: table of %s nm", t->sram_node);
  qy_sram_table *macros = NULL;
  qy_error quiet = {0};
  const char *file = qy_arena_format(o->arena, "%s/memory/sram.csv", o->where.db_dir);
  const char *laws = qy_arena_format(o->arena, "%s/memory/sram_supply.csv", o->where.db_dir);
  bool known = file && laws && qy_sram_table_read(&macros, file, o->arena, &quiet) == QY_OK &&
               qy_sram_supply_read(macros, laws, o->arena, &quiet) == QY_OK;
  if (known) printf(" at %g C", qy_sram_table_temperature_k(macros) - celsius_zero_k);
  if (t->sram_voltage_v > 0) {
    printf(", supply %g V", t->sram_voltage_v);
  } else {
    printf(", a supply of its own, whatever the logic's");
    for (int f = 0; known && f < QY_SRAM_FLAVOUR_COUNT; f++) {
      const qy_sram_law *law = qy_sram_supply_law(macros, atoi(t->sram_node), (qy_sram_flavour)f);
      if (law)
        printf("%s %s %g V (%g to %g V)", f ? "," : ":", qy_sram_flavour_name((qy_sram_flavour)f), law->voltage_v,
               law->voltage_low_v, law->voltage_high_v);
    }
  }
  putchar('\n');
  if (fabs(qy_decimal(t->sram_node, NULL) - t->node_nm) > 0)
    printf("note: the SRAM is of another node than the library (%g nm), by its file's choice\n", t->node_nm);
}

static void print_head(const tech_options *o, const qy_tech *t)
{
  printf("%s: %s\nnode %g nm; supply %g V; temperature %g C; %s\nlicence: %s\n", t->name, t->title, t->node_nm,
         t->voltage_v, t->temperature_c, t->flavour, t->license);
  if (t->voltage_high_v > 0)
    printf("voltage law from %g to %g V: threshold %g V, alpha %g, leakage slope %g V, energy exponent %g\n",
           t->voltage_low_v, t->voltage_high_v, t->threshold_v, t->alpha, t->leakage_slope_v, t->energy_exponent);
  else
    printf("voltage law: none; only at %g V\n", t->voltage_v);
  print_sram(o, t);
  if (t->covariance.count > 0) printf("calibrated: covariance of %zu constants\n", t->covariance.count);
  putchar('\n');
}

static void print_cells(const qy_tech *tech, int format)
{
  static const char *const names[] = {"cell",        "area_um2",   "in_cap_ff",       "delay_ps",   "energy_fj",
                                      "internal_fj", "leakage_nw", "slope_ps_per_ff", "lone_cap_ff"};
  table *t = table_new(format, 9, names);
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    table_row(t, TEXT(qy_cell_name((qy_cell)k)), NUMBER(tech->area_um2[k]), NUMBER(tech->in_cap_ff[k]),
              NUMBER(tech->delay_ps[k]), NUMBER(tech->energy_fj[k]), NUMBER(tech->internal_fj[k]),
              NUMBER(tech->leakage_nw[k]), NUMBER(tech->load_slope_ps_per_ff[k]), NUMBER(tech->lone_cap_ff[k]));
  }
  table_print(t);
}

void print_library_constants(const qy_tech *tech, int format)
{
  static const char *const names[] = {"constant", "value", "low", "high", "unit", "status", "source"};
  table *t = table_new(format, 7, names);
  for (size_t i = 0; i < tech->entry_count; i++) {
    const qy_constant *c = &tech->entry[i].constant;
    table_row(t, TEXT(tech->entry[i].path), NUMBER(c->value), NUMBER(c->low), NUMBER(c->high),
              TEXT(tech->entry[i].unit), TEXT(qy_origin_name(c->status)), TEXT(c->source));
  }
  table_print(t);
}

static int show(const tech_options *o)
{
  qy_tech *tech;
  qy_status status = read_library(&tech, o, o->operand[0]);
  if (status) return report(status, o->err);
  if (o->format == FORMAT_TABLE) print_head(o, tech);
  if (o->cells)
    print_cells(tech, o->format);
  else
    print_library_constants(tech, o->format);
  return EXIT_DONE;
}

/* ---- compare ---- */

static void compare_conditions(const char *label, const qy_tech *t)
{
  printf("%s: %s, node %g nm, supply %g V, temperature %g C, %s; SRAM %s%s\n", label, t->name, t->node_nm, t->voltage_v,
         t->temperature_c, t->flavour, t->sram_node ? t->sram_node : "none", t->sram_node ? " nm" : "");
}

/* One row; y or x NULL: the library has it not. */
static void compare_row(table *t, const char *path, const char *unit, const qy_constant *x, const qy_constant *y)
{
  const double none = (double)NAN;
  const double digits = 1 + 1e-4; /* two files may round one figure differently */
  const bool overlap = x && y && x->low <= y->high * digits && y->low <= x->high * digits;
  table_row(t, TEXT(path), TEXT(unit), NUMBER(x ? x->value : none), NUMBER(x ? x->low : none),
            NUMBER(x ? x->high : none), NUMBER(y ? y->value : none), NUMBER(y ? y->low : none),
            NUMBER(y ? y->high : none), NUMBER(x && y && x->value != 0 ? y->value / x->value : none),
            TEXT(!x || !y  ? NULL
                 : overlap ? "overlap"
                           : "apart"));
}

static int compare(const tech_options *o)
{
  static const char *const names[] = {"constant", "unit",  "a",      "a_low",    "a_high",
                                      "b",        "b_low", "b_high", "b_over_a", "intervals"};
  qy_tech *a, *b;
  qy_status status = read_library(&a, o, o->operand[0]);
  if (!status) status = read_library(&b, o, o->operand[1]);
  if (status) return report(status, o->err);
  if (o->format == FORMAT_TABLE) {
    compare_conditions("a", a);
    compare_conditions("b", b);
    if (a->voltage_v != b->voltage_v || a->temperature_c != b->temperature_c)
      puts("note: the conditions differ; the ratios hold them as well as the process");
    putchar('\n');
  }
  table *t = table_new(o->format, 10, names);
  size_t differ = 0;
  for (size_t i = 0; i < a->entry_count; i++) {
    const qy_constant *y = qy_tech_constant(b, a->entry[i].path);
    differ += !y || fabs(y->value - a->entry[i].constant.value) > 1e-4 * fabs(y->value);
    compare_row(t, a->entry[i].path, a->entry[i].unit, &a->entry[i].constant, y);
  }
  for (size_t i = 0; i < b->entry_count; i++)
    if (!qy_tech_constant(a, b->entry[i].path)) {
      compare_row(t, b->entry[i].path, b->entry[i].unit, NULL, &b->entry[i].constant);
      differ++;
    }
  table_print(t);
  if (o->format == FORMAT_TABLE) printf("\nConstants that differ: %zu\n", differ);
  return EXIT_DONE;
}

/* ---- check ---- */

static int check(const tech_options *o)
{
  static const char *const names[] = {"status", "constants", "median_high_over_low"};
  static const qy_origin origins[] = {QY_READ, QY_DERIVED, QY_RECALLED, QY_CALIBRATED};
  qy_tech *tech;
  /* a path, even without a slash: the operand is a file */
  const char *file = qy_arena_format(o->arena, "%s%s", strchr(o->operand[0], '/') ? "" : "./", o->operand[0]);
  qy_status status = file ? qy_tech_read(&tech, o->where.db_dir, file, o->arena, o->err) : QY_NO_MEMORY;
  if (status) return report(status, o->err);
  if (o->format == FORMAT_TABLE) {
    printf("%s: a library, \"%s\", %zu constants\n", o->operand[0], tech->name, own_count(tech));
    printf("node %g nm; supply %g V; temperature %g C; %s\n", tech->node_nm, tech->voltage_v, tech->temperature_c,
           tech->flavour);
    print_sram(o, tech);
    putchar('\n');
  }
  table *t = table_new(o->format, 3, names);
  for (size_t k = 0; k < sizeof origins / sizeof *origins; k++) {
    size_t total = count_status(tech, origins[k]), below = 0;
    double median = (double)NAN, last = 0;
    /* the smallest ratio that half of the constants do not exceed; zero intervals (0..0) count as exact */
    while (total > 0 && 2 * below < total) {
      double next = INFINITY;
      for (size_t i = 0; i < own_count(tech); i++) {
        const qy_constant *c = &tech->entry[i].constant;
        double ratio = c->low > 0 ? c->high / c->low : c->high > 0 ? INFINITY : 1;
        if (c->status == origins[k] && ratio > last && ratio < next) next = ratio;
      }
      below = 0;
      for (size_t i = 0; i < own_count(tech); i++) {
        const qy_constant *c = &tech->entry[i].constant;
        double ratio = c->low > 0 ? c->high / c->low : c->high > 0 ? INFINITY : 1;
        below += c->status == origins[k] && ratio <= next;
      }
      median = last = next;
    }
    table_row(t, TEXT(qy_origin_name(origins[k])), INTEGER((int64_t)total), NUMBER(median));
  }
  table_print(t);
  return EXIT_DONE;
}

/* ---- import ---- */

static void print_report(const tech_options *o, const qy_liberty_report *r)
{
  static const char *const names[] = {"cell", "from", "candidates", "note"};
  table *t = table_new(o->format, 4, names);
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    const struct qy_liberty_choice *c = &r->choice[k];
    const char *note = !c->composed ? c->note
                       : c->note    ? qy_arena_format(o->arena, "composed: no such cell; %s", c->note)
                                    : "composed: no such cell";
    table_row(t, TEXT(qy_cell_name((qy_cell)k)), TEXT(c->from), INTEGER((int64_t)c->candidates), TEXT(note));
  }
  table_print(t);
}

/* Shell patterns separated by commas. */
static size_t split(const tech_options *o, const char **pattern, size_t max)
{
  size_t count = 0;
  for (const char *at = o->skip; at && *at && count < max;) {
    size_t length = strcspn(at, ",");
    pattern[count] = qy_arena_text(o->arena, at, length);
    if (length > 0 && pattern[count]) count++;
    at += length + (at[length] == ',');
  }
  return count;
}

/* A node asked for must be one of the table's. */
static qy_status check_sram_node(const tech_options *o, const qy_tech *tech)
{
  qy_sram_table *macros;
  const char *file = qy_arena_format(o->arena, "%s/memory/sram.csv", o->where.db_dir);
  if (!file) return qy_no_memory(o->err);
  qy_status status = qy_sram_table_read(&macros, file, o->arena, o->err);
  return status ? status : qy_sram_supply_check(macros, tech, o->err);
}

/* How the figures came about and what the file did not give. */
static void print_remarks(const tech_options *o, const qy_liberty_report *r, const char *base)
{
  if (o->format != FORMAT_TABLE) return;
  printf("\n%zu cells read; delays at %.4g fF and a slew of %.4g ps\n", r->cells, r->load_ff, r->slew_ps);
  if (r->node_estimated)
    printf("node: %g nm, estimated from the NAND2 area and %s; --node-nm sets it\n", r->node_nm, base);
  if (r->energy_guessed)
    printf("no usable internal power of %s: energies from C V^2 and %s, with wide intervals\n", r->energy_guessed,
           base);
  if (r->leakage_guessed)
    printf("no usable leakage of %s: from C V and %s, with wide intervals\n", r->leakage_guessed, base);
  if (r->clamped) printf("beyond what the format holds, set to its end: %s\n", r->clamped);
}

static qy_status write_library(const tech_options *o, const qy_tech *tech)
{
  const qy_import_file out = {.file = o->output, .text = tech->text, .length = strlen(tech->text)};
  return qy_import_write(&out, 1, (const char *const *)o->operand, (size_t)o->operands, o->err);
}

static int import(const tech_options *o)
{
  enum { PATTERNS_MAX = 32 };
  const char *pattern[PATTERNS_MAX];
  qy_liberty_options options = {
      .name = o->name, .title = o->title, .license = o->license, .node_nm = o->node_nm, .skip = pattern};
  qy_liberty_report r = {0};
  qy_tech *base, *tech;
  if (!o->name || !*o->name) return expected("import", "--name NAME");
  if (!o->output) return expected("import", "--output FILE");
  options.skip_count = split(o, pattern, PATTERNS_MAX);
  qy_liberty_source *source = qy_arena_alloc(o->arena, (size_t)o->operands, sizeof *source);
  qy_status status = source ? qy_tech_read(&base, o->where.db_dir, o->base, o->arena, o->err) : QY_NO_MEMORY;
  for (int i = 0; i < o->operands && !status; i++)
    status = qy_liberty_load(&source[i], o->operand[i], o->arena, o->err);
  options.base = status ? NULL : base;
  if (!status) status = qy_liberty_import(&tech, &r, source, (size_t)o->operands, &options, o->arena, o->err);
  if (!status && o->sram_node_nm > 0) {
    tech->sram_node = qy_arena_format(o->arena, "%" PRId64, o->sram_node_nm);
    status = tech->sram_node ? check_sram_node(o, tech) : qy_no_memory(o->err);
    if (!status) status = qy_tech_render(tech, o->arena, o->err);
  }
  if (!status) status = write_library(o, tech);
  for (size_t i = 0; i < r.warning_count; i++)
    say("warning: %s\n", r.warning[i]);
  if (status) return report(status, o->err);
  print_report(o, &r);
  print_remarks(o, &r, base->name);
  if (o->format != FORMAT_TABLE) return EXIT_DONE;
  print_sram(o, tech);
  printf("effort, glitches, load, placement and clock tree are those of %s\nwritten: %s\n", base->name, o->output);
  return EXIT_DONE;
}

int cmd_tech(int argc, char **argv)
{
  static const struct {
    const char *name;
    int operands_min, operands_max;
    const char *operands;
    int (*run)(const tech_options *);
  } actions[] = {{"list", 0, 0, "no operand", list},
                 {"show", 1, 1, "one library", show},
                 {"compare", 2, 2, "two libraries", compare},
                 {"check", 1, 1, "one file", check},
                 {"import", 1, 1000, "at least one Liberty file", import}};
  enum { ACTIONS = sizeof actions / sizeof *actions };
  tech_options o = {.base = "fdsoi28"};
  places_default(&o.where);
  const option_row rows[] = {
      {"cells", 0, OPTION_FLAG, &o.cells, NULL, "show: figures per cell instead of constants", 0, 0, NULL},
      {"voltage", 0, OPTION_NUMBER, &o.voltage_v, "V", "show, compare: scaled to this supply, within the stated range",
       0.1, 10, NULL},
      {"name", 0, OPTION_TEXT, &o.name, "NAME", "import: name of the new library", 0, 0, NULL},
      {"output", 'o', OPTION_TEXT, &o.output, "FILE", "import: file to write; none that import did not write", 0, 0,
       NULL},
      {"base", 0, OPTION_TEXT, &o.base, "NAME", "import: gives what Liberty does not state (default fdsoi28)", 0, 0,
       NULL},
      {"node-nm", 0, OPTION_NUMBER, &o.node_nm, "NM", "import: the node (default: estimated from the NAND2 area)", 1,
       1000, NULL},
      {"sram-node", 0, OPTION_INTEGER, &o.sram_node_nm, "NM",
       "import: node of the SRAM table for designs with buffers (default: none)", 1, 1000, NULL},
      {"skip", 0, OPTION_TEXT, &o.skip, "PATTERN,...", "import: cells to leave out (weak drives), shell patterns", 0, 0,
       NULL},
      {"title", 0, OPTION_TEXT, &o.title, "TEXT", "import: title of the new library", 0, 0, NULL},
      {"license", 0, OPTION_TEXT, &o.license, "TEXT", "import: licence of the file", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries are looked up", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "tech",
      "ACTION [OPERAND]...",
      "Technology libraries: list | show NAME | compare A B | check FILE | import FILE.lib...\n"
      "A library's NAME is that of a file in DB/tech, or a path.",
      "  quarry tech list\n  quarry tech show fdsoi28 --cells --voltage 0.8\n  quarry tech compare fdsoi28 lp55\n"
      "  quarry tech import typ.lib.gz --name mylib --node-nm 130 -o db/tech/mylib.yaml\n"
      "  quarry tech import typ.lib --name my40 --node-nm 40 --sram-node 55 -o db/tech/my40.yaml\n",
      1,
      1001};
  PRINT_WORDS(argc, argv, actions);
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  const char *names[ACTIONS];
  for (size_t i = 0; i < ACTIONS; i++) {
    names[i] = actions[i].name;
    if (strcmp(actions[i].name, argv[first])) continue;
    qy_error err = {0};
    o.operands = argc - first - 1;
    o.operand = argv + first + 1;
    if (o.operands < actions[i].operands_min || o.operands > actions[i].operands_max)
      return expected(actions[i].name, actions[i].operands);
    o.err = &err;
    o.arena = qy_arena_new();
    code = o.arena ? actions[i].run(&o) : report(qy_no_memory(&err), &err);
    qy_arena_free(o.arena);
    return finish_output(code);
  }
  const char *nearest = qy_nearest(argv[first], names, ACTIONS);
  say("quarry tech: expected list, show, compare, check or import, found \"%s\"%s%s%s\n", argv[first],
      nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return EXIT_INPUT;
}
