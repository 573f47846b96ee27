/* quarry verify: elements of the model beside their own synthesis on the user's Liberty file. */
#include "cli.h"
#include "pe_option.h"
#include "verify_points.h"

#include "quarry/verify.h"
#include "quarry/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FLOW_BOTH = QY_VERIFY_FLOWS };

typedef struct verify_options {
  places where;
  const char *params, *liberty, *tech, *base, *skip, *yosys, *sta;
  points_request points;
  int flow, format;
  qy_arena *arena;
  qy_error *err;
} verify_options;

/* ---- libraries ---- */

typedef struct libraries {
  qy_liberty_source source;
  qy_liberty_report report;
  qy_verify_setup setup;
} libraries;

static qy_status read_libraries(libraries *l, const verify_options *o)
{
  enum { PATTERNS_MAX = 32 };
  const char *pattern[PATTERNS_MAX];
  qy_liberty_options options = {.name = "verify", .skip = pattern};
  const char *slash = strrchr(o->liberty, '/');
  options.title = qy_arena_format(o->arena, "imported from %s", slash ? slash + 1 : o->liberty);
  if (!options.title) return qy_no_memory(o->err);
  qy_tech *base, *imported, *tech = NULL;
  for (const char *at = o->skip; at && *at && options.skip_count < PATTERNS_MAX;) {
    const size_t length = strcspn(at, ",");
    if (!(pattern[options.skip_count] = qy_arena_text(o->arena, at, length))) return qy_no_memory(o->err);
    if (length > 0) options.skip_count++;
    at += length + (at[length] == ',');
  }
  qy_status status = qy_tech_read(&base, o->where.db_dir, o->base, o->arena, o->err);
  options.base = status ? NULL : base;
  if (!status) status = qy_liberty_load(&l->source, o->liberty, o->arena, o->err);
  if (!status) status = qy_liberty_import(&imported, &l->report, &l->source, 1, &options, o->arena, o->err);
  if (!status && o->tech) status = qy_tech_read(&tech, o->where.db_dir, o->tech, o->arena, o->err);
  if (status) return status;
  l->setup = (qy_verify_setup){&l->source, &l->report, tech ? tech : imported, o->yosys, o->sta};
  return QY_OK;
}

/* ---- elements ---- */

static bool has_parameter(qy_pe_kind kind, const char *key)
{
  const qy_parameter *const *own = qy_pe_row_of(kind)->parameter;
  while (own && *own && strcmp((*own)->key, key))
    own++;
  return own && *own;
}

/* Registers at the ports, where the element has them as parameters and the user does not say otherwise: a path from a
 * port is timed as one from a register. */
static const char *with_registers(const verify_options *o, qy_pe_kind kind)
{
  static const char *const keys[] = {"input_registers", "output_registers"};
  const char *text = o->params ? o->params : "";
  for (size_t i = 0; i < sizeof keys / sizeof *keys && text; i++) {
    if (has_parameter(kind, keys[i]) && !strstr(text, keys[i]))
      text = qy_arena_format(o->arena, "%s%s%s=1", text, *text ? "," : "", keys[i]);
  }
  return text;
}

/* Of several elements each takes the parameters that it has; of one, all must be its own. */
static qy_status build(qy_pe *pe, const char *name, bool alone, const verify_options *o)
{
  const int kind = qy_pe_find(name);
  const char *params = kind < 0 ? o->params : with_registers(o, (qy_pe_kind)kind);
  if (kind >= 0 && !params) return qy_no_memory(o->err);
  return alone ? pe_option_build(pe, name, params, o->arena, o->err)
               : pe_option_build_beside(pe, name, params, o->arena, o->err);
}

/* Every parameter given must be one of some element that is asked for. */
typedef struct asked {
  const char *const *name;
  int names;
} asked;

static qy_status check_parameter(void *ctx, const char *key, const char *value, qy_error *err)
{
  const asked *a = ctx;
  (void)value;
  for (int i = 0; i < a->names; i++) {
    const int kind = qy_pe_find(a->name[i]);
    /* an unknown element is reported as such, an element alone says what it has */
    if (kind < 0 || a->names == 1 || has_parameter((qy_pe_kind)kind, key)) return QY_OK;
  }
  return qy_fail(err, QY_BAD_INPUT, "--param: expected parameters that one of the elements has, found \"%s\"", key);
}

/* ---- output ---- */

static double error_pct(double model, double synthesis)
{
  return 100 * (model / synthesis - 1);
}

static table *new_table(int format)
{
  static const char *const names[] = {"element",         "flow",
                                      "area_model_um2",  "area_synth_um2",
                                      "area_error_pct",  "period_model_ps",
                                      "period_synth_ps", "period_error_pct",
                                      "cells_model",     "cells_synth",
                                      "timed_by"};
  return table_new(format, sizeof names / sizeof *names, names);
}

static void put_row(table *t, const char *element, qy_verify_flow flow, const qy_verify_result *r)
{
  table_text(t, element);
  table_text(t, qy_verify_flow_names[flow]);
  table_number(t, r->model.area_um2);
  table_number(t, r->synthesis.area_um2);
  table_number(t, error_pct(r->model.area_um2, r->synthesis.area_um2));
  table_number(t, r->model.period_ps);
  table_number(t, r->synthesis.period_ps);
  table_number(t, error_pct(r->model.period_ps, r->synthesis.period_ps));
  table_number(t, r->model.cells);
  table_number(t, r->synthesis.cells);
  table_text(t, r->timed_by);
}

/* Mean of the absolute errors. */
typedef struct tally {
  double area_pct, period_pct;
  int areas, periods;
} tally;

static void count(tally *s, const qy_verify_result *r)
{
  const double area = error_pct(r->model.area_um2, r->synthesis.area_um2);
  const double period = error_pct(r->model.period_ps, r->synthesis.period_ps);
  if (isfinite(area)) {
    s->area_pct += fabs(area);
    s->areas++;
  }
  if (isfinite(period)) {
    s->period_pct += fabs(period);
    s->periods++;
  }
}

static void print_summary(const tally *s, const char *version, const libraries *l)
{
  printf("\n%s; model: %s\n", version, l->setup.tech->title);
  if (s->areas) printf("area: mean absolute error %.3g %% of %d\n", s->area_pct / s->areas, s->areas);
  if (s->periods)
    printf("period: mean absolute error %.3g %% of %d\n", s->period_pct / s->periods, s->periods);
  else
    puts("period: not known; OpenSTA (package opensta) is needed for it");
}

/* ---- the command ---- */

/* The elements asked for, by name or by the points of an experiment, with what each is called. */
typedef struct elements {
  qy_pe *pe;
  const char **name;
  size_t count;
} elements;

static qy_status named_elements(elements *all, const char *const *name, int names, const verify_options *o)
{
  all->pe = qy_arena_alloc(o->arena, (size_t)names, sizeof *all->pe);
  all->name = qy_arena_alloc(o->arena, (size_t)names, sizeof *all->name);
  if (!all->pe || !all->name) return qy_no_memory(o->err);
  qy_status status = params_parse(o->params, check_parameter, &(asked){name, names}, o->err);
  for (int i = 0; i < names && !status; i++) {
    all->name[i] = name[i];
    status = build(&all->pe[i], name[i], names == 1, o);
  }
  all->count = (size_t)names;
  return status;
}

static qy_status elements_of_points(elements *all, const char *file, const verify_options *o)
{
  const point_element *element;
  points_request request = o->points;
  request.file = file;
  qy_status status = points_elements(&element, &all->count, &request, &o->where, o->arena, o->err);
  if (status) return status;
  all->pe = qy_arena_alloc(o->arena, all->count, sizeof *all->pe);
  all->name = qy_arena_alloc(o->arena, all->count, sizeof *all->name);
  if (!all->pe || !all->name) return qy_no_memory(o->err);
  for (size_t i = 0; i < all->count && !status; i++) {
    all->name[i] = element[i].name;
    status = qy_pe_build(&all->pe[i], &element[i].params, o->arena, o->err);
  }
  return status;
}

static qy_status verify(const elements *all, const verify_options *o)
{
  libraries l = {0};
  tally sums = {0};
  const char *version = NULL;
  qy_status status = read_libraries(&l, o);
  if (!status) status = qy_verify_version(&version, o->yosys, o->arena, o->err);
  if (status) return status;
  table *t = new_table(o->format);
  for (size_t i = 0; i < all->count && !status; i++) {
    for (int flow = 0; flow < QY_VERIFY_FLOWS && !status; flow++) {
      qy_verify_result r;
      if (o->flow != FLOW_BOTH && o->flow != flow) continue;
      status = qy_verify(&r, &all->pe[i], (qy_verify_flow)flow, &l.setup, o->arena, o->err);
      if (status) break;
      put_row(t, all->name[i], (qy_verify_flow)flow, &r);
      count(&sums, &r);
    }
  }
  table_print(t);
  if (!status && o->format == FORMAT_TABLE) print_summary(&sums, version, &l);
  return status;
}

static int expected(const char *what)
{
  say("quarry verify: expected %s (quarry verify --help)\n", what);
  return EXIT_INPUT;
}

int cmd_verify(int argc, char **argv)
{
  static const char *const flows[] = {"lean", "fast", "both", NULL};
  verify_options o = {.base = "fdsoi28", .flow = FLOW_BOTH, .points = {.point = -1}};
  places_default(&o.where);
  const option_row rows[] = {
      PE_OPTION(o.params),
      {"point", 0, OPTION_INTEGER, &o.points.point, "N", "design: this point", 0, 1e12, NULL},
      {"design", 0, OPTION_TEXT, &o.points.design, "NAME", "design: by name instead, with --at", 0, 0, NULL},
      {"at", 0, OPTION_TEXT, &o.points.at, "MAP", "design: its values, as 'clock_mhz: 100, precision: 8'", 0, 0, NULL},
      {"front", 0, OPTION_FLAG, &o.points.front, NULL, "design: all points on the stored front", 0, 0, NULL},
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database of --front", 0, 0, NULL},
      {"liberty", 'l', OPTION_TEXT, &o.liberty, "FILE.lib", "cells to map to, plain or compressed with gzip", 0, 0,
       NULL},
      {"tech", 't', OPTION_TEXT, &o.tech, "NAME", "library of the model (default: imported from the Liberty file)", 0,
       0, NULL},
      {"flow", 0, OPTION_CHOICE, &o.flow, "FLOW", "lean (least area), fast (shortest period) or both (default)", 0, 0,
       flows},
      {"base", 0, OPTION_TEXT, &o.base, "NAME", "gives what Liberty does not state (default fdsoi28)", 0, 0, NULL},
      {"skip", 0, OPTION_TEXT, &o.skip, "PATTERN,...", "cells that the import leaves out, shell patterns", 0, 0, NULL},
      {"yosys", 0, OPTION_TEXT, &o.yosys, "PROGRAM", "Yosys (default: yosys in PATH)", 0, 0, NULL},
      {"sta", 0, OPTION_TEXT, &o.sta, "PROGRAM", "OpenSTA (default: sta in PATH; may be missing)", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries are looked up", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "verify",
      "pe ELEMENT...|all, design FILE.yaml",
      "Synthesize processing elements with Yosys on a Liberty file of yours and print the model beside the result:\n"
      "area, period (OpenSTA, no wires) and cells.  Elements get registers at their ports where they can have them.\n"
      "Several elements each take those of the parameters that they have.\n"
      "`design FILE.yaml` takes the elements of an experiment's points, each different one once.",
      "  quarry verify pe mac --param bits=8 --liberty /usr/share/qflow/tech/osu018/osu018_stdcells.lib\n"
      "  quarry verify pe mac brslog --param bits=8 --liberty typ.lib.gz --flow lean --format csv\n"
      "  quarry verify pe all --liberty typ.lib --tech mylib\n"
      "  quarry verify design rdm_vs_sdm --front --liberty typ.lib\n",
      2,
      64};
  static const char *const kinds[] = {"pe", "design"};
  print_words(argc, argv, kinds, sizeof kinds / sizeof *kinds, sizeof *kinds);
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  const bool is_design = strcmp(argv[first], "design") == 0;
  if (!is_design && strcmp(argv[first], "pe")) {
    char advice[QY_DID_YOU_MEAN];
    say("quarry verify: expected pe or design, found \"%s\"%s\n", argv[first],
        qy_did_you_mean(advice, argv[first], kinds, 2));
    return EXIT_INPUT;
  }
  if (!o.liberty) return expected("--liberty FILE.lib");
  if (is_design && argc - first != 2) return expected("one experiment file behind design");
  if (is_design && o.params) return expected("no --param beside design: its points say what elements are");
  if (!is_design && points_asked(&o.points)) return expected("--point, --design, --at and --front beside design only");
  const char *name[QY_PE_KIND_COUNT + 64];
  int names = 0;
  for (int i = first + 1; i < argc; i++)
    name[names++] = argv[i];
  if (!is_design && names == 1 && strcmp(name[0], "all") == 0) {
    for (names = 0; names < QY_PE_KIND_COUNT; names++)
      name[names] = qy_pe_row_of((qy_pe_kind)names)->name;
  }
  qy_error err = {0};
  elements all = {0};
  o.err = &err;
  o.arena = qy_arena_new();
  qy_status status = !o.arena    ? qy_no_memory(&err)
                     : is_design ? elements_of_points(&all, argv[first + 1], &o)
                                 : named_elements(&all, name, names, &o);
  if (!status) status = verify(&all, &o);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_arena_free(o.arena);
  return finish_output(code);
}
