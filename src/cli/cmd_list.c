/* quarry list: what there is to use and what has been run. */
#include "cli.h"
#include "dram_report.h"
#include "fpga_report.h"

#include "quarry/accelerator.h"
#include "quarry/number.h"
#include "quarry/pe.h"
#include "quarry/plan.h"
#include "quarry/store.h"
#include "quarry/yaml.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct list_options {
  places where;
  int format;
  bool database_said;
} list_options;

/* Names in DIR that end in `suffix`, without it, sorted. Returns how many, or -1 when DIR cannot be read. */
static int names_in(struct dirent ***entries, const char *directory)
{
  return scandir(directory, entries, NULL, alphasort);
}

static int stem_of(char *out, size_t size, const char *name, const char *suffix)
{
  size_t length = strlen(name), end = strlen(suffix);
  if (length <= end || strcmp(name + length - end, suffix)) return 0;
  snprintf(out, size, "%.*s", (int)(length - end), name);
  return 1;
}

typedef qy_status list_row(table *t, const char *name, const list_options *o, qy_arena *arena, qy_error *err);

/* One row per file; a file that cannot be read is reported and the list goes on. */
static int list_files(const char *folder, const char *suffix, int columns, const char *const *names, list_row *row,
                      const list_options *o)
{
  char directory[2 * PATH_MAX], stem[256];
  struct dirent **entries;
  snprintf(directory, sizeof directory, "%s/%s", o->where.db_dir, folder);
  int count = names_in(&entries, directory), code = EXIT_DONE;
  if (count < 0) {
    qy_error err = {0};
    return report(
        qy_fail_at(&err, QY_BAD_INPUT, directory, 0, 0, "expected a directory with %s files (--db-dir)", suffix), &err);
  }
  table *t = table_new(o->format, columns, names);
  for (int i = 0; i < count; i++) {
    qy_error err = {0};
    qy_arena *arena = qy_arena_new();
    qy_status status = QY_OK;
    if (stem_of(stem, sizeof stem, entries[i]->d_name, suffix)) status = row(t, stem, o, arena, &err);
    if (status) code = report(status, &err);
    qy_arena_free(arena);
    free(entries[i]);
  }
  free(entries);
  table_print(t);
  return code;
}

static qy_status tech_row(table *t, const char *name, const list_options *o, qy_arena *arena, qy_error *err)
{
  qy_tech *tech;
  qy_status status = qy_tech_read(&tech, o->where.db_dir, name, arena, err);
  if (status) return status;
  table_row(t, TEXT(name), TEXT(tech->title), NUMBER(tech->node_nm), NUMBER(tech->voltage_v),
            NUMBER(tech->area_um2[QY_NAND2]), TEXT(tech->license));
  return QY_OK;
}

static int list_technologies(const list_options *o)
{
  static const char *const names[] = {"technology", "title", "node_nm", "voltage_v", "nand2_um2", "license"};
  return list_files("tech", ".yaml", 6, names, tech_row, o);
}

static qy_status network_row(table *t, const char *name, const list_options *o, qy_arena *arena, qy_error *err)
{
  qy_network *network;
  qy_status status = qy_network_read(&network, o->where.db_dir, name, arena, err);
  if (status) return status;
  int64_t macs = 0, weights = 0, depthwise = 0;
  for (size_t i = 0; i < network->layer_count; i++) {
    macs += network->layer[i].macs;
    weights += network->layer[i].weights;
    if (network->layer[i].type == QY_LAYER_DWCONV) depthwise += network->layer[i].macs;
  }
  table_row(t, TEXT(name), INTEGER((int64_t)network->layer_count), INTEGER(macs), INTEGER(depthwise), INTEGER(weights));
  return QY_OK;
}

static int list_networks(const list_options *o)
{
  static const char *const names[] = {"network", "layers", "macs", "depthwise_macs", "weights"};
  return list_files("networks", ".csv", 5, names, network_row, o);
}

static qy_status device_row(table *t, const char *name, const list_options *o, qy_arena *arena, qy_error *err)
{
  return dram_row(t, name, o->where.db_dir, arena, err);
}

static int list_dram(const list_options *o)
{
  return list_files("memory/dram", ".yaml", DRAM_COLUMNS, dram_columns, device_row, o);
}

static qy_status part_row(table *t, const char *name, const list_options *o, qy_arena *arena, qy_error *err)
{
  return fpga_row(t, name, o->where.db_dir, arena, err);
}

static int list_fpga(const list_options *o)
{
  return list_files("fpga", ".yaml", FPGA_COLUMNS, fpga_columns, part_row, o);
}

static int list_elements(const list_options *o)
{
  static const char *const names[] = {"element", "what"};
  table *t = table_new(o->format, 2, names);
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    table_row(t, TEXT(qy_pe_row_of((qy_pe_kind)kind)->name), TEXT(qy_pe_row_of((qy_pe_kind)kind)->help));
  }
  table_print(t);
  return EXIT_DONE;
}

static int list_accelerators(const list_options *o)
{
  static const char *const names[] = {"accelerator", "layers", "what"};
  size_t count;
  const qy_accelerator *const *row = qy_accelerator_table(&count);
  table *t = table_new(o->format, 3, names);
  for (size_t i = 0; i < count; i++) {
    table_row(t, TEXT(row[i]->name), TEXT(qy_no_yes[row[i]->runs_layers]), TEXT(row[i]->help));
  }
  table_print(t);
  return EXIT_DONE;
}

static int list_metrics(const list_options *o)
{
  static const char *const names[] = {"metric", "unit", "better", "what"};
  static const char *const sense[] = {"smaller", "-", "larger"};
  table *t = table_new(o->format, 4, names);
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const qy_metric_info *info = &qy_metric_table()[m];
    table_row(t, TEXT(info->name), TEXT(info->unit), TEXT(sense[info->sense + 1]), TEXT(info->help));
  }
  table_print(t);
  return EXIT_DONE;
}

static int list_formats(const list_options *o)
{
  static const char *const names[] = {"format", "parameter", "low", "high", "default", "what"};
  size_t count;
  const qy_number_info *info = qy_number_table(&count);
  table *t = table_new(o->format, 6, names);
  for (size_t i = 0; i < count; i++) {
    table_text(t, info[i].name);
    for (int k = 0; k < 4; k++)
      table_text(t, NULL);
    table_text(t, info[i].help);
    for (int p = 0; p < QY_NUMBER_PARAMETERS_MAX && info[i].parameter[p].name; p++) {
      const qy_number_parameter *q = &info[i].parameter[p];
      table_row(t, TEXT(info[i].name), TEXT(q->name), INTEGER(q->low), INTEGER(q->high), INTEGER(q->standard),
                TEXT(q->help));
    }
  }
  table_print(t);
  return EXIT_DONE;
}

static int list_keys(const list_options *o)
{
  static const char *const names[] = {"where", "key", "values", "default", "what"};
  size_t count = 0;
  const qy_key_info *key;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = qy_plan_keys(&key, &count, arena, &err);
  table *t = table_new(o->format, 5, names);
  for (size_t i = 0; !status && i < count; i++) {
    table_row(t, TEXT(key[i].where), TEXT(key[i].key), TEXT(key[i].values), TEXT(key[i].fallback), TEXT(key[i].help));
  }
  table_finish(t, status);
  qy_arena_free(arena);
  return status ? report(status, &err) : EXIT_DONE;
}

/* Experiments in the database, and the shipped ones that are not among them. */
typedef struct experiments {
  table *rows;
  const char *const *shipped;
  bool *stored; /* [shipped] */
  size_t count;
} experiments;

static int experiment_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  experiments *e = ctx;
  (void)names;
  (void)types;
  for (int c = 0; c < columns; c++)
    (c == 0 || c == 3 || c == 4 ? table_digits : table_text)(e->rows, value[c]);
  for (size_t i = 0; i < e->count; i++)
    e->stored[i] = e->stored[i] || (value[1] && strcmp(e->shipped[i], value[1]) == 0);
  return 0;
}

/* What the file of an experiment asks; NULL: nothing, or it cannot be read. */
static const char *question_of(const char *name, qy_arena *arena)
{
  qy_error ignored = {0};
  qy_yaml *root = NULL;
  const char *file = place_experiment(name, arena, &ignored), *question = NULL;
  if (!file || qy_yaml_read_file(&root, file, arena, &ignored)) return NULL;
  const qy_yaml *node = qy_yaml_get(root, "question");
  return node && !qy_yaml_text(node, &question, &ignored) ? question : NULL;
}

/* Without a database there is nothing stored yet, unless one was named. */
static qy_status list_stored(experiments *e, const list_options *o, qy_error *err)
{
  qy_store *store = NULL;
  if (!o->database_said && access(o->where.database, F_OK) != 0) return QY_OK;
  qy_status status = qy_store_open(&store, o->where.database, QY_STORE_READ, err);
  if (!status)
    status = qy_store_query(
        store, "SELECT experiment_id, experiment, status, points, stored, started_utc, question FROM summary_all",
        experiment_row, e, err);
  qy_store_close(store);
  return status;
}

static int list_experiments(const list_options *o)
{
  static const char *const names[] = {"id", "experiment", "status", "points", "stored", "started_utc", "question"};
  qy_error err = {0};
  experiments e = {.count = 0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? place_names(&e.shipped, &e.count, arena, &err) : qy_no_memory(&err);
  if (!status && !(e.stored = qy_arena_alloc(arena, e.count + 1, sizeof *e.stored))) status = qy_no_memory(&err);
  e.rows = table_new(o->format, 7, names);
  if (!status) status = list_stored(&e, o, &err);
  for (size_t i = 0; !status && i < e.count; i++)
    if (!e.stored[i])
      table_row(e.rows, TEXT(NULL), TEXT(e.shipped[i]), TEXT("shipped"), TEXT(NULL), TEXT(NULL), TEXT(NULL),
                TEXT(question_of(e.shipped[i], arena)));
  table_finish(e.rows, status);
  qy_arena_free(arena);
  return status ? report(status, &err) : EXIT_DONE;
}

typedef struct list_kind {
  const char *name;
  int (*list)(const list_options *o);
} list_kind;

static const list_kind kinds[] = {
    {"experiments", list_experiments},
    {"technologies", list_technologies},
    {"networks", list_networks},
    {"dram", list_dram},
    {"fpga", list_fpga},
    {"elements", list_elements},
    {"accelerators", list_accelerators},
    {"metrics", list_metrics},
    {"keys", list_keys},
    {"formats", list_formats},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

static int unknown_kind(const char *found)
{
  const char *names[KINDS];
  char advice[QY_DID_YOU_MEAN];
  fputs("quarry list: expected ", stderr);
  for (int i = 0; i < KINDS; i++)
    names[i] = kinds[i].name;
  for (int i = 0; i < KINDS; i++)
    say("%s%s", i == 0 ? "" : i + 1 < KINDS ? ", " : " or ", kinds[i].name);
  say(", found \"%s\"%s\n", found, qy_did_you_mean(advice, found, names, KINDS));
  return EXIT_INPUT;
}

int cmd_list(int argc, char **argv)
{
  list_options o = {.format = FORMAT_TABLE};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where libraries and networks are looked up", 0, 0, NULL},
      FORMAT_OPTION(&o.format),
  };
  static const usage help = {
      "list",
      "WHAT",
      "List what there is: experiments (in the database, and those shipped for `run`), technologies, networks, dram\n"
      "and fpga (devices), elements, accelerators, metrics, keys (of experiment files), formats (of numbers).",
      "  quarry list experiments\n  quarry list networks --format csv\n",
      1,
      1};
  PRINT_WORDS(argc, argv, kinds);
  uint64_t given;
  int first, code = options_parse_given(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first, &given);
  if (code != PARSED) return code;
  o.database_said = given & 1; /* the first row */
  for (int i = 0; i < KINDS; i++)
    if (strcmp(kinds[i].name, argv[first]) == 0) return finish_output(kinds[i].list(&o));
  return unknown_kind(argv[first]);
}
