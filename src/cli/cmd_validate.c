/* quarry validate: the models beside published figures and tables of measurements. */
#include "cli.h"
#include "figures.h"
#include "mixed_report.h"

#include "quarry/draws.h"
#include "quarry/file.h"
#include "quarry/validate.h"
#include "quarry/yaml.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct validate_options {
  places where;
  const char *library, *flow, *structure, *elements;
  int64_t worst, draws, seed;
  int all, leave_out, no_cache, format;
} validate_options;

typedef qy_status validate_table(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                                 qy_error *err);

/* A library may be named (rows of that name only) or be a file (prices the rows of its name). */
static qy_validate_options table_options(const validate_options *o)
{
  const bool is_file = o->library && (strchr(o->library, '/') || strstr(o->library, ".yaml"));
  return (qy_validate_options){.db_dir = o->where.db_dir,
                               .library = is_file ? NULL : o->library,
                               .library_file = is_file ? o->library : NULL,
                               .flow = o->flow,
                               .worst_count = (int)o->worst,
                               .leave_out = o->leave_out >= 0,
                               .draws = (size_t)o->draws,
                               .draw_seed = (uint64_t)o->seed};
}

/* The model's discrepancies from the table, into a file. */
static qy_status write_structure(const char *file, const qy_validate_options *options, const validate_options *o,
                                 qy_arena *arena, qy_error *err)
{
  qy_text csv = {0};
  qy_status status = qy_validate_structure(&csv, file, o->elements, options, arena, err);
  if (!status) status = qy_file_write(o->structure, csv.data, csv.length, err);
  if (!status) say("written: %s; coverage below is that of the table in use\n", o->structure);
  qy_text_free(&csv);
  return status;
}

static qy_status synthesis(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                           qy_error *err)
{
  const qy_validate_options options = table_options(o);
  qy_status status = o->structure ? write_structure(file, &options, o, arena, err) : QY_OK;
  return status ? status : qy_validate_synthesis(out, file, &options, arena, err);
}

static qy_status elements(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                          qy_error *err)
{
  const qy_validate_options options = table_options(o);
  return qy_validate_elements(out, file, &options, arena, err);
}

static qy_status arrays(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                        qy_error *err)
{
  qy_validate_options options = {
      .db_dir = o->where.db_dir, .library = o->library, .flow = o->flow, .worst_count = (int)o->worst};
  return qy_validate_arrays(out, file, &options, arena, err);
}

static qy_status sram(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                      qy_error *err)
{
  return qy_validate_sram(out, file, o->where.db_dir, (int)o->worst, arena, err);
}

static qy_status dram(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                      qy_error *err)
{
  const qy_validate_options common = table_options(o);
  const qy_validate_dram_options options = {.db_dir = o->where.db_dir,
                                            .device = common.library,
                                            .device_files = common.library_file,
                                            .worst_count = (int)o->worst};
  return qy_validate_dram(out, file, &options, arena, err);
}

static qy_status fpga(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                      qy_error *err)
{
  qy_validate_options options = table_options(o);
  options.show_progress = true;
  return qy_validate_fpga(out, file, &options, arena, err);
}

static qy_status cycles(qy_validate_report **out, const char *file, const validate_options *o, qy_arena *arena,
                        qy_error *err)
{
  return qy_validate_cycles(out, file, (int)o->worst, arena, err);
}

/* Options that not all take. */
enum { TAKES_LIBRARY = 1, TAKES_FLOW = 2, TAKES_DRAWS = 4, TAKES_LEAVE_OUT = 8, TAKES_STRUCTURE = 16 };
enum { DRAWS = 128, SEED = 1 };

static const struct {
  const char *name;
  validate_table *run;
  unsigned takes;
} tables[] = {{"synthesis", synthesis, TAKES_LIBRARY | TAKES_FLOW | TAKES_DRAWS | TAKES_LEAVE_OUT | TAKES_STRUCTURE},
              {"elements", elements, TAKES_LIBRARY | TAKES_FLOW | TAKES_DRAWS},
              {"arrays", arrays, TAKES_LIBRARY | TAKES_FLOW},
              {"sram", sram, 0},
              {"dram", dram, TAKES_LIBRARY},
              {"fpga", fpga, TAKES_LIBRARY | TAKES_FLOW},
              {"cycles", cycles, 0}};

/* An option that is given and says nothing here; NULL: none. */
static const char *idle_option(const validate_options *o, unsigned takes)
{
  if (o->library && !(takes & TAKES_LIBRARY)) return "library";
  if (o->flow && !(takes & TAKES_FLOW)) return "flow";
  if (o->draws != DRAWS && !(takes & TAKES_DRAWS)) return "draws";
  if (o->seed != SEED && !(takes & TAKES_DRAWS)) return "seed";
  if (o->leave_out >= 0 && !(takes & TAKES_LEAVE_OUT)) return "leave-out";
  if (o->structure && !(takes & TAKES_STRUCTURE)) return "structure";
  return o->elements && (!(takes & TAKES_STRUCTURE) || !o->structure) ? "elements" : NULL;
}

static int refuse_option(const char *what, const char *option)
{
  say("quarry validate: expected no --%s for %s%s (quarry validate --help)\n", option, what,
      strcmp(option, "elements") == 0 && strcmp(what, "synthesis") == 0 ? " without --structure" : "");
  return EXIT_INPUT;
}

/* ---- printing ---- */

static void json_key(const char *key, const char *value)
{
  printf("\"%s\": ", key);
  print_json_text(value);
  fputs(", ", stdout);
}

static void print_reasons(const char *key, const qy_validate_skip *list, size_t count)
{
  printf("\"%s\": [", key);
  for (size_t i = 0; i < count; i++) {
    fputs(i ? ", {" : "{", stdout);
    json_key("reason", list[i].reason);
    printf("\"count\": %zu}", list[i].count);
  }
  fputs("], ", stdout);
}

/* What was not looked at is null. */
static void json_share(const char *key, double share)
{
  if (isnan(share))
    printf(", \"%s\": null", key);
  else
    printf(", \"%s\": %.17g", key, share);
}

static void print_json(const qy_validate_report *r)
{
  printf("{\"rows\": %zu, \"compared\": %zu, \"skipped\": %zu, ", r->rows, r->compared, r->skipped);
  if (r->mismatches >= 0) printf("\"mismatches\": %lld, ", (long long)r->mismatches);
  if (r->with_wires + r->without_wires)
    printf("\"energies\": {\"with_wires\": %zu, \"without_wires\": %zu}, ", r->with_wires, r->without_wires);
  print_reasons("skip_reasons", r->skip, r->skip_count);
  if (r->omit_count) print_reasons("left_out", r->omit, r->omit_count);
  if (r->zeros) printf("\"zeros_in_table\": %zu, ", r->zeros);
  fputs("\n\"groups\": [", stdout);
  for (size_t i = 0; i < r->stratum_count; i++) {
    const qy_validate_stratum *g = &r->stratum[i];
    fputs(i ? ",\n {" : "\n {", stdout);
    json_key("quantity", g->quantity);
    json_key("kind", g->kind);
    json_key("library", g->library);
    json_key("flow", g->flow);
    if (g->dsp_allowed) json_key("dsp_allowed", g->dsp_allowed);
    printf("\"count\": %zu, \"mean_pct\": %.17g, \"median_pct\": %.17g, \"p95_pct\": %.17g, \"max_pct\": %.17g, "
           "\"bias_pct\": %.17g",
           g->count, g->mean_pct, g->median_pct, g->p95_pct, g->max_pct, g->bias_pct);
    json_share("coverage", g->coverage);
    json_share("ratio_coverage", g->ratio_coverage);
    putchar('}');
  }
  fputs("],\n\"worst\": [", stdout);
  for (size_t i = 0; i < r->worst_count; i++) {
    const qy_validate_row *w = &r->worst[i];
    fputs(i ? ",\n {" : "\n {", stdout);
    json_key("quantity", w->quantity);
    json_key("kind", w->kind);
    json_key("params", w->params);
    json_key("library", w->library);
    json_key("flow", w->flow);
    if (w->dsp_allowed) json_key("dsp_allowed", w->dsp_allowed);
    printf("\"line\": %d, \"measured\": %.17g, \"model\": %.17g, \"error_pct\": %.17g}", w->line, w->measured, w->model,
           w->error_pct);
  }
  puts("]}");
}

static bool tells_dsp(const qy_validate_report *r)
{
  return r->stratum_count && r->stratum[0].dsp_allowed;
}

static void print_strata(const qy_validate_report *r, int format, int all)
{
  static const char *const names[] = {"quantity", "kind",           "library",    "flow",    "count",
                                      "mean_pct", "median_pct",     "p95_pct",    "max_pct", "bias_pct",
                                      "coverage", "ratio_coverage", "dsp_allowed"};
  const bool dsp = tells_dsp(r);
  table *t = table_new(format, 12 + dsp, names);
  for (size_t i = 0; i < r->stratum_count; i++) {
    const qy_validate_stratum *g = &r->stratum[i];
    int fine = strcmp(g->kind, "all") && strcmp(g->library, "all");
    if (format == FORMAT_TABLE && fine && !all) continue;
    table_row(t, TEXT(g->quantity), TEXT(g->kind), TEXT(g->library), TEXT(g->flow), INTEGER((int64_t)g->count),
              NUMBER(g->mean_pct), NUMBER(g->median_pct), NUMBER(g->p95_pct), NUMBER(g->max_pct), NUMBER(g->bias_pct),
              NUMBER(g->coverage), NUMBER(g->ratio_coverage));
    if (dsp) table_text(t, g->dsp_allowed);
  }
  table_print(t);
}

static void print_worst(const qy_validate_report *r)
{
  static const char *const names[] = {"worst", "kind",     "params", "library",   "flow",
                                      "line",  "measured", "model",  "error_pct", "dsp_allowed"};
  const bool dsp = tells_dsp(r);
  table *t = table_new(FORMAT_TABLE, 9 + dsp, names);
  for (size_t i = 0; i < r->worst_count; i++) {
    const qy_validate_row *w = &r->worst[i];
    table_row(t, TEXT(w->quantity), TEXT(w->kind), TEXT(w->params), TEXT(w->library), TEXT(w->flow), INTEGER(w->line),
              NUMBER(w->measured), NUMBER(w->model), NUMBER(w->error_pct));
    if (dsp) table_text(t, w->dsp_allowed);
  }
  putchar('\n');
  table_print(t);
}

static void print_report(const qy_validate_report *r, int format, int all)
{
  if (format == FORMAT_JSON) {
    print_json(r);
    return;
  }
  if (format == FORMAT_TABLE) {
    printf("%s: %zu rows, %zu compared, %zu skipped", r->source, r->rows, r->compared, r->skipped);
    if (r->mismatches >= 0) printf(", %lld mismatches", (long long)r->mismatches);
    puts("");
    if (r->without_wires)
      printf("  energies of %zu rows: model and row without wires and clock tree\n", r->without_wires);
    if (r->with_wires) printf("  energies of %zu rows: model and row with wires and clock tree\n", r->with_wires);
    for (size_t i = 0; i < r->skip_count; i++)
      printf("  skipped %zu: %s\n", r->skip[i].count, r->skip[i].reason);
    for (size_t i = 0; i < r->omit_count; i++)
      printf("  left out %zu: %s\n", r->omit[i].count, r->omit[i].reason);
    if (r->zeros) printf("  0 in the table and not in the model %zu: error in per cent of one unit\n", r->zeros);
    puts("");
  }
  print_strata(r, format, all);
  if (format == FORMAT_TABLE && r->worst_count) print_worst(r);
}

/* ---- published figures ---- */

static int validate_published(const validate_options *o, const char *file)
{
  qy_error err = {0};
  qy_published *figures = NULL;
  qy_arena *arena = qy_arena_new();
  if (arena && file) file = place_file(file, arena, &err);
  qy_status status = arena && !err.count ? qy_published_evaluate(&figures, o->where.db_dir, file,
                                                                 o->no_cache ? NULL : o->where.cache, true, arena, &err)
                                         : qy_no_memory(&err);
  int code = status ? report(status, &err) : print_figures(figures, o->format, o->all);
  qy_arena_free(arena);
  return finish_output(code);
}

static int unknown_kind(const char *found)
{
  enum { KINDS = sizeof tables / sizeof *tables };
  const char *names[KINDS + 2] = {"published", "mixed"};
  char advice[QY_DID_YOU_MEAN];
  fputs("quarry validate: expected published, ", stderr);
  for (size_t i = 0; i < KINDS; i++) {
    names[i + 2] = tables[i].name;
    say("%s%s", tables[i].name, i + 1 < KINDS ? ", " : " or mixed");
  }
  say(", found \"%s\"%s\n", found, qy_did_you_mean(advice, found, names, KINDS + 2));
  return EXIT_INPUT;
}

int cmd_validate(int argc, char **argv)
{
  static const char *const parts[] = {"library", NULL};
  validate_options o = {.worst = 5, .draws = DRAWS, .seed = SEED, .format = FORMAT_TABLE, .leave_out = -1};
  places_default(&o.where);
  const option_row rows[] = {
      {"library", 'l', OPTION_TEXT, &o.library, "NAME|FILE",
       "only rows of this library, or a library file to price with; dram: a device, or files of devices, commas "
       "between; fpga: a family",
       0, 0, NULL},
      {"flow", 0, OPTION_TEXT, &o.flow, "FLOW",
       "only rows of this synthesis flow: lean, mid or fast; arrays: fitted or held_out; fpga: abc9_nowide, abc or "
       "vivado",
       0, 0, NULL},
      {"worst", 'w', OPTION_INTEGER, &o.worst, "N", "worst rows listed per quantity (default 5)", 1, 100000, NULL},
      {"leave-out", 0, OPTION_CHOICE, &o.leave_out, "WHAT",
       "synthesis: library: each library's calibrated constants from the others of the table", 0, 0, parts},
      {"all", 'a', OPTION_FLAG, &o.all, NULL,
       "every stratum, down to kind, library and flow; of published figures, every variant", 0, 0, NULL},
      {"structure", 0, OPTION_TEXT, &o.structure, "OUT.csv",
       "synthesis: estimate the model's discrepancies from the table, for db/structure.csv", 0, 0, NULL},
      {"elements", 0, OPTION_TEXT, &o.elements, "FILE.csv", "with --structure: a table of elements, too", 0, 0, NULL},
      {"draws", 0, OPTION_INTEGER, &o.draws, "N",
       "synthesis, elements: draws for coverage, at least 16, or 0: none (default 128)", 0, QY_DRAWS_MAX, NULL},
      {"seed", 0, OPTION_INTEGER, &o.seed, "N", "of the draws (default 1)", 0, 1e9, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and tables are looked up", 0, 0, NULL},
      CACHE_OPTIONS(&o.where.cache, &o.no_cache),
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "validate",
      "[WHAT FILE [FILE]]",
      "Without operands: every published figure of db/published beside ours, and the targets of its calibrations, "
      "what\n"
      "was fitted apart from what was held out. Verdict: within the figure's tolerance. Inside: the published figure "
      "lies\n"
      "in p05..p95 of ours over draws of the library. Figures of a paper share one configuration, which is scored; "
      "variants:\n"
      "how many answers to what the paper leaves open come within the tolerance too, never scored. Exact figures "
      "(counts\n"
      "and formats) and hardware figures are counted apart. Exit code 1 when one that was reproduced before is off.\n"
      "With `published FILE.yaml`: those of one file. With `synthesis FILE.csv` (area, delay, energy of components;\n"
      "energies without wires and clock tree, unless a column `wires` says `with`),\n"
      "`elements FILE.csv` (area and period of the elements' own Verilog, and how the bias differs between coded and\n"
      "fixed-point ones), `arrays FILE.csv` (precision-scalable arrays in one library, by default fdsoi28, and the\n"
      "ratios of any two; what a calibration has seen is set apart), `sram FILE.csv` (macros),\n"
      "`dram FILE.csv` (energy, cycles and row hits of DRAM simulators),\n"
      "`fpga FILE.csv` (LUTs, flip-flops, carries and DSP slices of components and elements in FPGAs: as yosys maps\n"
      "them, columns kind, params, family, flow, dsp_allowed, lut, ff, carry4, carry8, dsp; or exact multipliers and\n"
      "adders in Vivado, columns name, family, mae, luts; where a table counts 0, errors are per cent of one) or "
      "`cycles FILE.csv`\n"
      "(SCALE-Sim's cycles, reads and writes of systolic arrays): a table of measurements; errors are absolute, in\n"
      "per cent, and what cannot be compared is counted with the reason.  Coverage: the share of rows whose measured\n"
      "value lies in p05..p95 of the model over draws of the library and of the model's own discrepancy; "
      "ratio_coverage:\n"
      "of the ratios of two circuits of one library and flow.  Both should be near 0.9.  --structure estimates the\n"
      "discrepancies anew.\n"
      "With `mixed SENSITIVITIES.csv ASSIGNMENTS.csv`: the noise of networks whose layers have widths of their own,\n"
      "added up from layers that were measured alone, from their tensors, and with equal weights, beside measured "
      "noise:\n"
      "rank correlation and errors (columns network, layer, what, bits, network_sqnr_db, tensor_sqnr_db; and network,\n"
      "weight_bits, activation_bits, measured_db).",
      "  quarry validate\n  quarry validate sram macros.csv\n  quarry validate cycles scalesim.csv --worst 3\n"
      "  quarry validate dram runs.csv --library my_ddr5.yaml\n"
      "  quarry validate mixed db/sensitivity/mlperf_tiny.csv db/sensitivity/mlperf_tiny_mixed.csv\n"
      "  quarry validate synthesis tests/data/synth_sample.csv --library asap7 --flow lean\n"
      "  quarry validate synthesis rows.csv --library my55.yaml --format json\n"
      "  quarry validate elements elements.csv --flow fast\n"
      "  quarry validate arrays psma.csv --library asap7\n"
      "  quarry validate synthesis rows.csv --leave-out library --structure db/structure.csv --elements elements.csv\n",
      0,
      3};
  static const char *const others[] = {"published", "mixed"};
  PRINT_WORDS(argc, argv, tables);
  print_words(argc, argv, others, sizeof others / sizeof *others, sizeof *others);
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  const char *idle = idle_option(&o, 0);
  if (idle && (first == argc || strcmp(argv[first], "published") == 0)) return refuse_option("published figures", idle);
  if (first == argc) return validate_published(&o, NULL);
  if (first + 1 == argc) {
    say("quarry validate: expected a FILE after \"%s\" (quarry validate --help)\n", argv[first]);
    return EXIT_INPUT;
  }
  const bool mixed = strcmp(argv[first], "mixed") == 0;
  if (mixed && idle) return refuse_option("mixed", idle);
  if (argc - first != (mixed ? 3 : 2)) {
    say("quarry validate: expected %s after \"%s\" (quarry validate --help)\n",
        mixed ? "SENSITIVITIES.csv and ASSIGNMENTS.csv" : "one FILE", argv[first]);
    return EXIT_INPUT;
  }
  if (mixed) return validate_mixed(argv[first + 1], argv[first + 2], o.format);
  if (strcmp(argv[first], "published") == 0) return validate_published(&o, argv[first + 1]);
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
    if (strcmp(tables[i].name, argv[first])) continue;
    if ((idle = idle_option(&o, tables[i].takes))) return refuse_option(argv[first], idle);
    qy_error err = {0};
    qy_validate_report *out = NULL;
    qy_arena *arena = qy_arena_new();
    qy_status status = arena ? tables[i].run(&out, argv[first + 1], &o, arena, &err) : qy_no_memory(&err);
    code = status ? report(status, &err) : out->mismatches > 0 ? EXIT_OFF : EXIT_DONE;
    if (!status) print_report(out, o.format, o.all);
    if (!status && out->compared == 0) say("note: %s: no row was compared\n", argv[first + 1]);
    qy_arena_free(arena);
    return finish_output(code);
  }
  return unknown_kind(argv[first]);
}
