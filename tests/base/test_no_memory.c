/* Memory that runs out while files are read and written and tables are made: it is said, nothing stays behind, and of
 * several files that are written together all are there or none. */
#include "no_memory.h"

#include "quarry/csv.h"
#include "quarry/file.h"
#include "quarry/table.h"
#include "quarry/text.h"
#include "quarry/yaml.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The pad moves the places where the caller's arena is full. */
typedef struct context {
  size_t pad;
  char folder[32], first[64], second[64];
  qy_table_format format;
} context;

static double count(const qy_yaml *node)
{
  double sum = node->line + 64.0 * node->column;
  for (size_t i = 0; i < node->count; i++)
    sum = sum / 2 + count(node->child[i]);
  return sum;
}

static qy_status yaml(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_yaml *root = NULL;
  const char *text = NULL;
  char sha256[65];
  qy_arena *a = memory_arena(c->pad);
  qy_status status =
      a ? qy_yaml_read_kept(&root, &text, sha256, "db/memory/dram/ddr3_1600_4gb_x8.yaml", "a DRAM device", a, err)
        : qy_no_memory(err);
  *answer = status ? 0 : count(root) + (double)strlen(text) + sha256[0];
  qy_arena_free(a);
  return status;
}

static qy_status csv(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_csv file;
  bool more = true;
  qy_arena *a = memory_arena(c->pad);
  *answer = 0;
  qy_status status = a ? qy_csv_open(&file, "db/structure.csv", a, err) : qy_no_memory(err);
  while (!status && more && !(status = qy_csv_next(&file, &more, err)) && more)
    *answer = *answer / 2 + (double)strlen(file.field[0]) + file.line;
  qy_arena_free(a);
  return status;
}

/* Without memory of its own. */
static bool has(const char *file, const char *text)
{
  char line[16] = "";
  const int in = open(file, O_RDONLY | O_CLOEXEC);
  const ssize_t got = in < 0 ? -1 : read(in, line, sizeof line - 1);
  if (in >= 0) close(in);
  return got >= 0 && strcmp(line, text) == 0;
}

static void put(const char *file, const char *text)
{
  const int out = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (out < 0 || write(out, text, strlen(text)) < 0) printf("# %s cannot be written\n", file);
  if (out >= 0) close(out);
}

static qy_status written(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_files *files = qy_files_new();
  FILE *out = NULL;
  unlink(c->first);
  put(c->second, "old");
  qy_status status = files ? qy_files_add(files, c->first, "one", 3, err) : qy_no_memory(err);
  if (!status) status = qy_files_open(&out, files, c->second, err);
  if (!status) fputs("two", out);
  if (!status) status = qy_files_commit(files, err);
  qy_files_free(files);
  const bool all = has(c->first, "one") && has(c->second, "two"),
             none = access(c->first, F_OK) != 0 && has(c->second, "old");
  *answer = status ? 0 : all ? 1 : -1;
  if (status == QY_NO_MEMORY && !none) status = qy_fail(err, QY_INTERNAL, "some of the files were written");
  if (!status) status = qy_file_write(c->first, "three", 5, err);
  if (!status && !has(c->first, "three")) *answer = -1;
  return status;
}

static qy_status folder(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  const char *path = NULL;
  struct stat is;
  qy_arena *a = memory_arena(c->pad);
  qy_status status = a ? qy_folder_temporary(&path, "memory", a, err) : qy_no_memory(err);
  *answer = path && stat(path, &is) == 0 && S_ISDIR(is.st_mode);
  if (path) qy_folder_remove(path);
  qy_arena_free(a);
  return status;
}

static qy_status table(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  static const char *const names[] = {"name", "area_um2", "low", "high", "count"};
  enum { COLUMNS = sizeof names / sizeof *names, ROWS = 9 };
  qy_text out = {0};
  qy_table *t = qy_table_new(COLUMNS, names);
  if (!t) return qy_no_memory(err);
  qy_table_interval(t, 1, 2, 3);
  qy_table_unit(t, 1, "um2");
  for (int i = 0; i < ROWS; i++) {
    char name[32];
    snprintf(name, sizeof name, "row number %d", i * i);
    qy_table_text(t, name);
    for (int k = 0; k < 3; k++)
      qy_table_number(t, 12.5 * (i + 1) + (k == 1 ? -1 : k));
    qy_table_integer(t, i);
  }
  qy_status status = qy_table_columns(t, "name,a*,count", err);
  if (!status) status = qy_table_render(t, c->format, &out, err);
  if (!status && out.failed) status = qy_no_memory(err);
  *answer = 0;
  for (size_t i = 0; !status && i < out.length; i++)
    *answer += (double)(unsigned char)out.data[i] * (double)(i % 61);
  qy_text_free(&out);
  qy_table_free(t);
  return status;
}

int main(void)
{
  context c = {.folder = "/tmp/quarry_memory_XXXXXX"};
  memory_tally yamls = {0}, csvs = {0}, files = {0}, folders = {0}, tables = {0};
  if (!ok(mkdtemp(c.folder) != NULL, "a folder")) return done();
  snprintf(c.first, sizeof c.first, "%s/first", c.folder);
  snprintf(c.second, sizeof c.second, "%s/second", c.folder);
  for (c.pad = 60; c.pad < 4096; c.pad += 640) {
    memory_try(&yamls, yaml, &c, 1 + (long)c.pad % 23, 23);
    memory_try(&csvs, csv, &c, 1, 1);
    memory_try(&folders, folder, &c, 1, 1);
  }
  memory_try(&files, written, &c, 1, 1);
  for (int format = 0; format < QY_TABLE_FORMATS; format++) {
    c.format = (qy_table_format)format;
    memory_try(&tables, table, &c, 1, 1);
  }
  memory_said(&yamls, "YAML");
  memory_said(&csvs, "CSV");
  memory_said(&files, "files written");
  memory_said(&folders, "folders");
  memory_said(&tables, "tables");
  qy_folder_remove(c.folder);
  return done();
}
