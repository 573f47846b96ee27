/* quarry import: files of other tools as a network and an experiment of ours. */
#include "cli.h"

#include "quarry/file.h"
#include "quarry/scalesim.h"

#include <stdio.h>
#include <string.h>

static void print_warnings(const qy_scalesim_warnings *w)
{
  for (size_t i = 0; i < w->count; i++) {
    const qy_scalesim_warning *one = &w->warning[i];
    if (one->line)
      fprintf(stderr, "%s:%d: warning: %s\n", one->file, one->line, one->text);
    else
      fprintf(stderr, "%s: warning: %s\n", one->file, one->text);
  }
}

/* What SCALE-Sim decides silently. */
static void print_notes(const qy_scalesim_topology *t)
{
  fprintf(stderr, "%zu layers", t->network.layer_count);
  if (t->by_name_count) fprintf(stderr, "; %zu depthwise because their names hold \"DP\"", t->by_name_count);
  if (t->unpadded_count)
    fprintf(stderr, "; %zu with sizes that leave no room for padding, run as they are", t->unpadded_count);
  fputs("\n", stderr);
}

static qy_status import(const char *config_file, const char *topology_file, const char *stem, qy_arena *arena,
                        qy_error *err)
{
  qy_scalesim_config *config = NULL;
  qy_scalesim_topology *topology = NULL;
  qy_text csv = {0}, yaml = {0};
  const char *csv_file = qy_arena_format(arena, "%s.csv", stem), *yaml_file = qy_arena_format(arena, "%s.yaml", stem);
  qy_status status = csv_file && yaml_file ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_scalesim_config_read(&config, config_file, arena, err);
  if (!status) status = qy_scalesim_topology_read(&topology, topology_file, QY_SCALESIM_DETECT, arena, err);
  if (!status && config && topology) {
    print_warnings(&config->warnings);
    print_warnings(&topology->warnings);
    print_notes(topology);
    qy_scalesim_network_csv(&csv, topology);
    qy_scalesim_experiment_yaml(&yaml, config, topology, csv_file);
    status = csv.failed || yaml.failed ? qy_no_memory(err) : qy_file_write(csv_file, csv.data, csv.length, err);
    if (!status) status = qy_file_write(yaml_file, yaml.data, yaml.length, err);
    if (!status) fprintf(stderr, "wrote %s and %s; next: quarry run %s\n", csv_file, yaml_file, yaml_file);
  }
  qy_text_free(&csv);
  qy_text_free(&yaml);
  return status;
}

int cmd_import(int argc, char **argv)
{
  const char *stem = NULL;
  const option_row rows[] = {
      {"output", 'o', OPTION_TEXT, &stem, "STEM", "write STEM.csv and STEM.yaml (default: scalesim)", 0, 0, NULL},
  };
  static const usage help = {
      "import",
      "scalesim CONFIG.cfg TOPOLOGY.csv",
      "Turn a SCALE-Sim configuration and topology into a network and an experiment file.\n"
      "What SCALE-Sim decides silently (depthwise by name, no padding) is said on standard error.",
      "  quarry import scalesim scale.cfg mobilenet.csv -o mobilenet_32x32\n"
      "  quarry run mobilenet_32x32.yaml\n",
      3,
      3};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  if (strcmp(argv[first], "scalesim")) {
    fprintf(stderr, "quarry import: expected scalesim, found \"%s\"\n", argv[first]);
    return EXIT_INPUT;
  }
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status =
      arena ? import(argv[first + 1], argv[first + 2], stem ? stem : "scalesim", arena, &err) : qy_no_memory(&err);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_arena_free(arena);
  return finish_output(code);
}
