/* quarry import scalesim: see import_scalesim.h.
 *
 * What is written is tried first, as files in a directory of its own: read as `run` would, its point evaluated.
 */
#include "import_scalesim.h"
#include "cli.h"

#include "quarry/decimal.h"
#include "quarry/file.h"
#include "quarry/model.h"
#include "quarry/scalesim.h"
#include "quarry/systolic.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct job {
  const scalesim_request *q;
  qy_scalesim_config *config;
  qy_scalesim_topology *topology;
  qy_scalesim_buffers buffers;
  double low_bytes, high_bytes; /* of the parameters of the array */
  const char *csv_name;         /* of the network, beside the experiment */
  qy_text csv, yaml;
  qy_arena *arena;
  qy_error *err;
} job;

static const struct {
  const char *key, *name; /* of the configuration; of the design */
} buffer_names[QY_SCALESIM_BUFFERS] = {[QY_SCALESIM_INPUT] = {"IfmapSramSzkB", "input"},
                                       [QY_SCALESIM_FILTER] = {"FilterSramSzkB", "weight"},
                                       [QY_SCALESIM_OUTPUT] = {"OfmapSramSzkB", "output"}};

/* ---- what is said ---- */

static void print_warnings(const qy_scalesim_warnings *w)
{
  for (size_t i = 0; i < w->count; i++) {
    const qy_scalesim_warning *one = &w->warning[i];
    if (one->line)
      say("%s:%d: warning: %s\n", one->file, one->line, one->text);
    else
      say("%s: warning: %s\n", one->file, one->text);
  }
}

/* What SCALE-Sim decides silently. */
static void print_notes(const qy_scalesim_topology *t)
{
  say("%zu layers", t->network.layer_count);
  if (t->by_name_count) say("; %zu depthwise because their names hold \"DP\"", t->by_name_count);
  if (t->unpadded_count) say("; %zu without padding, as SCALE-Sim counts them", t->unpadded_count);
  fputs("\n", stderr);
}

static const char *size_text(char text[32], double bytes)
{
  static const double kib = 1024;
  if (bytes >= kib)
    qy_print(text, 32, "%.6g KiB", bytes / kib);
  else
    qy_print(text, 32, "%.6g B", bytes);
  return text;
}

/* Buffers that are not what the configuration says. */
static void print_buffers(const job *j)
{
  char had[32], has[32];
  const qy_scalesim_buffers asked = qy_scalesim_buffers_of(j->config, j->topology);
  for (int b = 0; b < QY_SCALESIM_BUFFERS; b++) {
    size_text(has, j->buffers.bytes[b]);
    if (!asked.stated[b])
      say("%s: note: %s is 0 or missing: a buffer of %s\n", j->q->config, buffer_names[b].key, has);
    else if (asked.bytes[b] != j->buffers.bytes[b])
      say("%s: warning: %s: %s instead of %s, the nearest size that runs\n", j->q->config, buffer_names[b].key, has,
          size_text(had, asked.bytes[b]));
  }
}

/* ---- trying it ---- */

static qy_status render(job *j)
{
  qy_text_free(&j->csv);
  qy_text_free(&j->yaml);
  qy_scalesim_network_csv(&j->csv, j->topology);
  qy_scalesim_experiment_yaml(&j->yaml, j->config, j->topology, &j->buffers, j->csv_name);
  return j->csv.failed || j->yaml.failed ? qy_no_memory(j->err) : QY_OK;
}

/* What is wrong with the experiment, said of the configuration: the file that it was found in is gone. */
static qy_status would_not_run(const job *j, qy_status status, const qy_error *inner)
{
  if (status != QY_BAD_INPUT && status != QY_INFEASIBLE) {
    *j->err = *inner;
    return status;
  }
  return qy_fail_at(j->err, QY_BAD_INPUT, j->q->config, 0, 0, "expected an array that can be run, found: %s",
                    inner->count ? inner->diagnostic[0].text : qy_status_text(status));
}

/* The plan of the experiment as files in `dir`. */
static qy_status read_plan(qy_plan **plan, const job *j, const char *dir, qy_arena *arena, qy_error *err)
{
  const char *csv = qy_arena_format(arena, "%s/%s", dir, j->csv_name);
  const char *yaml = qy_arena_format(arena, "%s/experiment.yaml", dir);
  if (!csv || !yaml) return qy_no_memory(err);
  qy_status status = qy_file_write(csv, j->csv.data, j->csv.length, err);
  if (!status) status = qy_file_write(yaml, j->yaml.data, j->yaml.length, err);
  if (!status) status = qy_plan_read(plan, yaml, j->q->db_dir, arena, err);
  return status;
}

/* The one point of the experiment made ready; *reason: why it cannot be, as long as the model lives. */
static qy_status try(qy_model **model, const char **reason, const job *j, qy_arena *arena)
{
  const char *dir;
  const int64_t point = 0;
  qy_error inner = {0};
  qy_plan *plan = NULL;
  qy_point p;
  *model = NULL;
  *reason = NULL;
  qy_status status = qy_folder_temporary(&dir, "import", arena, j->err);
  if (status) return status;
  status = read_plan(&plan, j, dir, arena, &inner);
  qy_folder_remove(dir);
  if (!status) status = qy_model_new(model, plan, &point, 1, &inner);
  if (!status) status = qy_model_point(&p, *model, point, &inner);
  if (status) return would_not_run(j, status, &inner);
  *reason = p.reason;
  return QY_OK;
}

/* Move the buffer that is at fault by a factor of 2, towards what runs.  False: none is, or it went both ways. */
static bool move_buffer(job *j, int moved[QY_SCALESIM_BUFFERS], const char *reason)
{
  static const double middle_bytes = 65536;
  for (int b = 0; b < QY_SCALESIM_BUFFERS; b++) {
    const char *name = buffer_names[b].name;
    if (strncmp(reason, name, strlen(name)) != 0 || reason[strlen(name)] != ' ') continue;
    double *bytes = &j->buffers.bytes[b];
    const bool grow = strstr(reason, "too small") || (strstr(reason, "outside") && *bytes < middle_bytes);
    const double next = grow ? exp2(floor(log2(*bytes)) + 1) : exp2(ceil(log2(*bytes)) - 1);
    const int way = grow ? 1 : -1;
    if (moved[b] == -way || next < j->low_bytes || next > j->high_bytes) return false;
    moved[b] = way;
    *bytes = next;
    return true;
  }
  return false;
}

/* Buffers that run, and the model of them. */
static qy_status fit(job *j, qy_model **model, qy_arena *arena)
{
  int moved[QY_SCALESIM_BUFFERS] = {0};
  const char *reason = NULL;
  qy_error why = {0};
  for (;;) {
    qy_status status = render(j);
    if (!status) status = try(model, &reason, j, arena);
    if (status || !reason) return status;
    if (!move_buffer(j, moved, reason)) break;
    qy_model_free(*model);
    *model = NULL;
  }
  qy_fail(&why, QY_BAD_INPUT, "%s", reason);
  return would_not_run(j, QY_BAD_INPUT, &why);
}

/* ---- against SCALE-Sim ---- */

typedef struct comparison {
  const job *j;
  qy_systolic_params array; /* as SCALE-Sim has it */
  double ours, theirs;
  size_t differ, unknown; /* layers; unknown: theirs is sparse */
} comparison;

/* The note on a layer; names are each there once. */
static const qy_scalesim_note *note_of(const qy_scalesim_topology *t, const char *name)
{
  size_t i = 0;
  while (i + 1 < t->network.layer_count && strcmp(t->network.layer[i].name, name) != 0)
    i++;
  return &t->note[i];
}

/* Products that SCALE-Sim leaves out are made here: its cycles are not known, and in no sum. */
static bool skip_sparse(comparison *c, const qy_layer *layer, double ours)
{
  const qy_scalesim_note *note = note_of(c->j->topology, layer->name);
  char stated[64] = "sparse";
  if (!qy_scalesim_may_be_sparse(c->j->config, note)) return false;
  if (note->block) snprintf(stated, sizeof stated, "%" PRId64 ":%" PRId64 " sparse", note->kept, note->block);
  say("%s: layer %s: %.0f compute cycles with all products; %s in SCALE-Sim, whose cycles are not known here\n",
      c->j->q->topology, layer->name, ours, stated);
  c->unknown++;
  return true;
}

static qy_status compare_layer(void *ctx, const qy_model_layer *layer, qy_error *err)
{
  comparison *c = ctx;
  qy_systolic_counts counts;
  qy_status status = qy_systolic_layer_counts(&counts, &c->array, layer->layer, err);
  if (status) return status;
  const double ours = layer->bill.compute_cycles, theirs = (double)counts.compute;
  if (skip_sparse(c, layer->layer, ours)) return QY_OK;
  c->ours += ours;
  c->theirs += theirs;
  if (ours == theirs) return QY_OK;
  c->differ++;
  say("%s: layer %s: %.0f compute cycles, %.0f in SCALE-Sim (%+.1f %%): tiles, to fit the buffers\n", c->j->q->topology,
      layer->layer->name, ours, theirs, 100 * (ours / theirs - 1));
  return QY_OK;
}

static qy_dataflow flow_of(const char *name)
{
  return strcmp(name, "os") == 0 ? QY_FLOW_OS : strcmp(name, "ws") == 0 ? QY_FLOW_WS : QY_FLOW_IS;
}

static qy_status compare(const job *j, const qy_model *model)
{
  comparison c = {.j = j,
                  .array = {.rows = j->config->rows,
                            .columns = j->config->columns,
                            .dataflow = flow_of(j->config->dataflow),
                            .drain = QY_DRAIN_OVERLAPPED,
                            .edge = QY_EDGE_FULL}};
  qy_status status = qy_model_layers(model, 0, compare_layer, &c, j->err);
  if (status) return status;
  const size_t layers = j->topology->network.layer_count, known = layers - c.unknown;
  if (c.unknown)
    say("%zu of %zu layers are sparse in SCALE-Sim: whether and by how much its cycles differ is not known\n",
        c.unknown, layers);
  if (c.differ)
    fprintf(
        stderr,
        "%zu of %zu %slayers differ: %.0f compute cycles, %.0f in SCALE-Sim (%+.1f %%); --buffers ideal (tile: ideal) "
        "gives its cycles\n",
        c.differ, known, c.unknown ? "other " : "", c.ours, c.theirs, 100 * (c.ours / c.theirs - 1));
  else if (known)
    say("compute cycles%s: %.0f, as SCALE-Sim\n", c.unknown ? " of the other layers" : "", c.ours);
  return QY_OK;
}

/* ---- all of it ---- */

/* The sizes that a buffer of the array may have, and the buffers within them. */
static void within_range(job *j)
{
  const qy_accelerator *array = qy_accelerator_find("systolic");
  for (size_t i = 0; array && i < array->parameter_count; i++)
    if (strcmp(array->parameter[i].key, "buffers.input") == 0) {
      j->low_bytes = array->parameter[i].low;
      j->high_bytes = array->parameter[i].high;
    }
  for (int b = 0; b < QY_SCALESIM_BUFFERS; b++)
    j->buffers.bytes[b] = fmin(fmax(round(j->buffers.bytes[b]), j->low_bytes), j->high_bytes);
}

static qy_status check(job *j)
{
  const char *sram = qy_arena_format(j->arena, "%s/memory/sram.csv", j->q->db_dir);
  if (!sram) return qy_no_memory(j->err);
  if (access(sram, F_OK) != 0) {
    say("%s: warning: no such directory of data: not tried whether it runs (--db-dir DIR)\n", j->q->db_dir);
    return render(j);
  }
  qy_model *model = NULL;
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? fit(j, &model, arena) : qy_no_memory(j->err);
  if (!status) print_buffers(j);
  if (!status) status = compare(j, model);
  qy_model_free(model);
  qy_arena_free(arena);
  return status;
}

static qy_status write_files(const job *j)
{
  const char *csv = qy_arena_format(j->arena, "%s.csv", j->q->stem);
  const char *yaml = qy_arena_format(j->arena, "%s.yaml", j->q->stem);
  if (!csv || !yaml) return qy_no_memory(j->err);
  const qy_import_file out[] = {{.file = csv, .text = j->csv.data, .length = j->csv.length},
                                {.file = yaml, .text = j->yaml.data, .length = j->yaml.length}};
  const char *const input[] = {j->q->config, j->q->topology};
  qy_status status = qy_import_write(out, 2, input, 2, j->err);
  const char *word = shell_word(yaml, j->arena);
  if (!word) return qy_no_memory(j->err);
  if (!status) say("wrote %s and %s; next: quarry run %s\n", csv, yaml, word);
  return status;
}

qy_status import_scalesim(const scalesim_request *q, qy_arena *arena, qy_error *err)
{
  const char *slash = strrchr(q->stem, '/'), *name = slash ? slash + 1 : q->stem;
  job j = {.q = q, .arena = arena, .err = err};
  if (!*name)
    return qy_fail(err, QY_BAD_INPUT, "--output: expected the beginning of a file name, found \"%s\"", q->stem);
  qy_status status = qy_scalesim_config_read(&j.config, q->config, arena, err);
  if (!status) status = qy_scalesim_topology_read(&j.topology, q->topology, QY_SCALESIM_DETECT, arena, err);
  if (status || !j.config || !j.topology) return status;
  print_warnings(&j.config->warnings);
  print_warnings(&j.topology->warnings);
  print_notes(j.topology);
  j.csv_name = qy_arena_format(arena, "%s.csv", name);
  if (!j.csv_name) return qy_no_memory(err);
  j.buffers = qy_scalesim_buffers_of(j.config, j.topology);
  j.buffers.ideal |= q->ideal;
  within_range(&j);
  status = check(&j);
  if (!status) status = write_files(&j);
  qy_text_free(&j.csv);
  qy_text_free(&j.yaml);
  return status;
}
