/* quarry import onnx: see import_onnx.h.  Everything is read and checked before the first file is written. */
#include "import_onnx.h"

#include "quarry/csv.h"
#include "quarry/file.h"
#include "quarry/network.h"
#include "quarry/onnx.h"
#include "quarry/sha256.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char index_name[] = "weights.csv";
static const char index_head[] = "layer,file,rows,columns,sha256\n";

typedef struct import {
  const onnx_request *request;
  const char *file, *list;  /* the network's; that of the weights */
  const char *const *input; /* [inputs] what is read */
  size_t inputs;
  struct listed *listed; /* [listed_count] by an earlier import */
  size_t listed_count;
  qy_files *files;
  qy_onnx *onnx;
  qy_arena *arena;
  qy_error *err;
} import;

/* ---- what was said ---- */

/* A text of the model: control characters as '?'. */
static void print_text(const char *text)
{
  for (; *text; text++)
    fputc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, stderr);
}

static void print_notes(const char *model, const qy_onnx *onnx)
{
  size_t count;
  const qy_onnx_note *note = qy_onnx_notes(&count, onnx);
  for (size_t i = 0; i < count; i++) {
    say("%s: ", model);
    print_text(note[i].op);
    if (note[i].count > 1) say(" (%zu, first '", note[i].count);
    if (note[i].count == 1) fputs(" '", stderr);
    print_text(note[i].node);
    fputs(note[i].count > 1 ? "'): " : "': ", stderr);
    print_text(note[i].text);
    fputs("\n", stderr);
  }
}

static void print_shapes(const qy_onnx *onnx)
{
  for (size_t i = 0; i < qy_onnx_tensor_count(onnx); i++) {
    const qy_onnx_shape s = qy_onnx_tensor(onnx, i);
    for (const char *c = s.name; *c; c++)
      putchar((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c);
    fputs("\t", stdout);
    if (s.rank < 0) fputs("not known", stdout);
    for (int k = 0; k < s.rank; k++)
      if (s.dim[k] < 0)
        printf("%s?", k ? " x " : "");
      else
        printf("%s%" PRId64, k ? " x " : "", s.dim[k]);
    fputs("\n", stdout);
  }
}

/* ---- weights ---- */

/* Of the list beside the weights: the name of a layer's file, and the SHA-256 that tells it from another's. */
typedef struct listed {
  const char *file, *sum;
} listed;

/* What an earlier import listed; nothing where there is no list of one. */
static qy_status read_list(import *m, const char *list)
{
  static const char *const names[] = {"file", "sha256"};
  enum { NAMES = sizeof names / sizeof *names };
  int at[NAMES];
  bool more = true;
  qy_csv csv;
  struct stat is;
  if (stat(list, &is) != 0 || is.st_size == 0) return QY_OK;
  qy_status status = qy_import_check(list, NULL, 0, m->input, m->inputs, m->err);
  if (!status) status = qy_csv_open(&csv, list, m->arena, m->err);
  if (!status) status = qy_csv_columns(&csv, names, NAMES, at, m->err);
  m->listed = qy_arena_alloc(m->arena, QY_NETWORK_LAYERS_MAX, sizeof *m->listed);
  if (!m->listed) return qy_no_memory(m->err);
  while (!status && !(status = qy_csv_next(&csv, &more, m->err)) && more && m->listed_count < QY_NETWORK_LAYERS_MAX)
    m->listed[m->listed_count++] = (listed){csv.field[at[0]], csv.field[at[1]]};
  return status;
}

/* A directory, new or not: each file in it is checked by itself. */
static qy_status check_directory(import *m, const char *directory)
{
  struct stat is;
  m->list = qy_arena_format(m->arena, "%s/%s", directory, index_name);
  if (!m->list) return qy_no_memory(m->err);
  if (stat(directory, &is) != 0) return QY_OK;
  if (!S_ISDIR(is.st_mode))
    return qy_fail_at(m->err, QY_BAD_INPUT, directory, 0, 0, "expected a directory, found a file");
  return read_list(m, m->list);
}

/* May the file of a layer be written?  Also where it holds these weights already: an import that was cut short. */
static qy_status check_weights(const import *m, const char *directory, const qy_onnx_weights *w, qy_text *list)
{
  if (!w->value) return QY_OK;
  enum { SUMS = 2, HEX = 65 };
  char *file = NULL, hex[HEX];
  const char *sum[SUMS] = {hex};
  size_t sums = 1;
  if (asprintf(&file, "%s/%s.f32", directory, w->layer) < 0) return qy_no_memory(m->err);
  qy_sha256_text(hex, w->value, w->rows * w->columns * sizeof *w->value);
  for (size_t i = 0; i < m->listed_count && sums < SUMS; i++)
    if (strcmp(m->listed[i].file, strrchr(file, '/') + 1) == 0) sum[sums++] = m->listed[i].sum;
  qy_text_add(list, "%s,%s.f32,%zu,%zu,%s\n", w->layer, w->layer, w->rows, w->columns, hex);
  qy_status status = qy_import_check(file, sum, sums, m->input, m->inputs, m->err);
  free(file);
  return status;
}

static qy_status add_weights(const import *m, const char *directory, const qy_onnx_weights *w)
{
  if (!w->value) return QY_OK;
  char *file = NULL;
  if (asprintf(&file, "%s/%s.f32", directory, w->layer) < 0) return qy_no_memory(m->err);
  const size_t bytes = w->rows * w->columns * sizeof *w->value;
  qy_status status = qy_files_add(m->files, file, (const char *)w->value, bytes, m->err);
  free(file);
  return status;
}

static void say_weights(const qy_onnx_weights *w, const char *model)
{
  if (w->integers)
    say("%s: warning: weights of '%s' are stored as floating point and hold only integers: is a scale missing?\n",
        model, w->layer);
  if (w->unscaled)
    say("%s: note: weights of '%s' are stored as integers, and the file has no scale for them: written as these whole "
        "numbers less their zero point, if any\n",
        model, w->layer);
  if (w->absent && strcmp(w->absent, "no products") != 0)
    say("%s: no weights of '%s': %s\n", model, w->layer, w->absent);
}

/* All layers once to check them, which makes the list, once more to write them: one at a time, as they may be large. */
static qy_status each_layer(const import *m, const char *directory, const char *model, qy_text *list)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < qy_onnx_layer_count(m->onnx); i++) {
    qy_onnx_weights w;
    qy_arena *scratch = qy_arena_new();
    status = scratch ? qy_onnx_layer_weights(&w, m->onnx, i, scratch, m->err) : qy_no_memory(m->err);
    if (!status && list) say_weights(&w, model);
    if (!status) status = list ? check_weights(m, directory, &w, list) : add_weights(m, directory, &w);
    qy_arena_free(scratch);
  }
  return status;
}

/* Is NAME.f32 one of the list of this model? */
static bool is_listed(const char *list, const char *name)
{
  const size_t length = strlen(name);
  for (const char *line = list; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
    const char *file = strchr(line, ',');
    if (file && strncmp(file + 1, name, length) == 0 && file[1 + length] == ',') return true;
  }
  return false;
}

/* Weights in the directory that are not of this model: they would be taken for it. */
static void say_stale(const char *directory, const char *list)
{
  enum { SHOWN = 3 };
  const char *ending = ".f32";
  DIR *d = opendir(directory);
  size_t count = 0;
  for (const struct dirent *e; d && (e = readdir(d));) {
    const size_t length = strlen(e->d_name), tail = strlen(ending);
    if (length <= tail || strcmp(e->d_name + length - tail, ending) != 0 || is_listed(list, e->d_name)) continue;
    if (count++ < SHOWN) {
      say("%s/%s: warning: weights that are not of this model: they are left as they are\n", directory, e->d_name);
    }
  }
  if (count > SHOWN) say("%s: warning: %zu more files of weights of another model\n", directory, count - SHOWN);
  if (d) closedir(d);
}

/* All or nothing: weights and list into the directory, made where it is new, and the network. */
static qy_status write_together(import *m, const char *directory, const char *model, const qy_import_file *out)
{
  const bool made = directory && mkdir(directory, 0755) == 0;
  if (directory && !made && errno != EEXIST)
    return qy_fail_at(m->err, errno == ENOENT || errno == ENOTDIR ? QY_BAD_INPUT : QY_SYSTEM, directory, 0, 0,
                      "cannot be made: %s", strerror(errno));
  m->files = qy_files_new();
  qy_status status = m->files ? QY_OK : qy_no_memory(m->err);
  if (!status && directory) status = each_layer(m, directory, model, NULL);
  if (!status) status = qy_import_add(m->files, out, directory ? 2 : 1, m->input, m->inputs, m->err);
  if (!status) status = qy_files_commit(m->files, m->err);
  qy_files_free(m->files);
  m->files = NULL;
  if (status && made) rmdir(directory);
  return status;
}

/* ---- all of it ---- */

qy_status onnx_read_dims(qy_onnx_dim *dim, const option_list *list, qy_arena *arena, qy_error *err)
{
  static const long long most = 1 << 24;
  for (int i = 0; i < list->count; i++) {
    const char *equals = strrchr(list->at[i], '=');
    char *end = NULL;
    const long long size = equals && equals[1] >= '0' && equals[1] <= '9' ? strtoll(equals + 1, &end, 10) : 0;
    if (!end || *end || size < 1 || size > most || equals == list->at[i])
      return qy_fail(err, QY_BAD_INPUT, "--dim: expected NAME=N with N of 1 to 2^24, found \"%s\"", list->at[i]);
    dim[i].name = qy_arena_text(arena, list->at[i], (size_t)(equals - list->at[i]));
    dim[i].size = size;
    if (!dim[i].name) return qy_no_memory(err);
    for (int k = 0; k < i; k++)
      if (strcmp(dim[k].name, dim[i].name) == 0 && dim[k].size != dim[i].size)
        return qy_fail(err, QY_BAD_INPUT, "--dim: expected one size for '%.60s', found %" PRId64 " and %" PRId64,
                       dim[i].name, dim[k].size, dim[i].size);
  }
  return QY_OK;
}

/* Named as the model, in the current directory; an ending .csv where there is none. */
static const char *output_name(const char *model, const char *asked, qy_arena *arena)
{
  const char *from = asked ? asked : strrchr(model, '/') ? strrchr(model, '/') + 1 : model;
  const char *ending = asked ? ".csv" : ".onnx";
  const size_t length = strlen(from), tail = strlen(ending);
  const bool ends = length > tail && strcmp(from + length - tail, ending) == 0;
  if (asked && qy_file_is_stream(asked)) return asked;
  return qy_arena_format(arena, "%.*s.csv", (int)(ends ? length - tail : length), from);
}

static void say_written(const import *m, const qy_network *network)
{
  const char *directory = m->request->weights;
  double macs = 0, weights = 0; /* exact below 2^53 */
  size_t layers = 0, stated = 0;
  for (size_t i = 0; i < network->layer_count; i++) {
    macs += (double)network->layer[i].macs * (double)network->layer[i].batch;
    weights += (double)network->layer[i].weights;
    layers += qy_layer_multiplies(network->layer[i].type);
    stated += network->layer[i].weight_bits > 0 && network->layer[i].activation_bits > 0;
  }
  say("wrote %s: %zu layers, %.0f multiply-accumulates, %.0f weights%s%s\n", m->file, network->layer_count, macs,
      weights, directory ? "; their values are in " : "", directory ? directory : "");
  if (stated)
    say("%s: bits of the codes of %zu layers of %zu with products are in it: `precision: own` takes them\n", m->file,
        stated, layers);
}

static qy_status write_all(import *m, const char *model)
{
  qy_text csv = {0}, list = {0};
  qy_network *network = NULL;
  const char *directory = m->request->weights;
  qy_onnx_network_csv(&csv, m->onnx);
  qy_text_add(&list, "%s", index_head);
  qy_status status = csv.failed ? qy_no_memory(m->err) : QY_OK;
  if (!status) status = qy_onnx_files(&m->input, &m->inputs, m->onnx, m->arena, m->err);
  if (!status) status = qy_import_check(m->file, NULL, 0, m->input, m->inputs, m->err);
  if (!status) status = qy_network_text(&network, m->file, csv.data, csv.length, m->arena, m->err);
  if (!status && directory) status = check_directory(m, directory);
  if (!status && directory) status = each_layer(m, directory, model, &list);
  if (!status && list.failed) status = qy_no_memory(m->err);
  const qy_import_file out[] = {{.file = m->file, .text = csv.data, .length = csv.length},
                                {.file = m->list, .text = list.data, .length = list.length}};
  if (!status) status = write_together(m, directory, model, out);
  if (!status && directory) say_stale(directory, list.data);
  if (!status && network) say_written(m, network);
  qy_text_free(&csv);
  qy_text_free(&list);
  return status;
}

static qy_status import_model(import *m, const char *model)
{
  qy_onnx_dim *dim = qy_arena_alloc(m->arena, OPTION_LIST_MAX, sizeof *dim);
  m->file = output_name(model, m->request->output, m->arena);
  if (!dim || !m->file) return qy_no_memory(m->err);
  qy_status status = onnx_read_dims(dim, &m->request->dims, m->arena, m->err);
  const qy_onnx_options options = {m->request->batch, dim, (size_t)m->request->dims.count};
  if (!status) status = qy_onnx_read(&m->onnx, model, &options, m->err);
  if (status) return status;
  if (m->request->shapes) {
    print_shapes(m->onnx);
    return QY_OK;
  }
  print_notes(model, m->onnx);
  status = qy_onnx_check_layers(m->onnx, m->err);
  return status ? status : write_all(m, model);
}

int import_onnx(const char *model, const onnx_request *request)
{
  qy_error err = {0};
  struct import m = {.request = request, .arena = qy_arena_new(), .err = &err};
  const qy_status status = m.arena ? import_model(&m, model) : qy_no_memory(&err);
  qy_onnx_free(m.onnx);
  qy_arena_free(m.arena);
  return status ? report(status, &err) : EXIT_DONE;
}
