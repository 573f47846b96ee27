/* The files that a stored experiment follows from: see stored_files.h. */
#include "stored_files.h"

#include "quarry/file.h"
#include "quarry/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Tables of the database, and where their files lie in db: %s is the name. */
static const struct {
  const char *table, *path;
} kinds[] = {{"technology", "tech/%s.yaml"},
             {"network", "networks/%s.csv"},
             {"device", "memory/dram/%s.yaml"},
             {"noise_file", "%s"},
             {"table_file", "%s"}};
enum { KINDS = sizeof kinds / sizeof *kinds, TECHNOLOGY = 0, NETWORK = 1, NOISE = 3, FOLDER_MODE = 0700 };

typedef struct writing {
  const char *folder;
  size_t kind;
  qy_arena *arena;
  qy_error *err;
  qy_status status;
} writing;

/* A path below the folder that it is put in. */
bool stored_stays_below(const char *path)
{
  if (!*path || *path == '/') return false;
  for (const char *part = path; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
    if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || !part[2])) return false;
  return true;
}

qy_status stored_write_below(const char *folder, const char *name, const char *text, qy_arena *arena, qy_error *err)
{
  char *path = qy_arena_format(arena, "%s/%s", folder, name);
  if (!path) return qy_no_memory(err);
  for (char *at = path + strlen(folder) + 1; (at = strchr(at, '/')); at++) {
    *at = '\0';
    if (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST)
      return qy_fail(err, QY_SYSTEM, "%s: cannot be made: %s", path, strerror(errno));
    *at = '/';
  }
  return qy_file_write(path, text, strlen(text), err);
}

/* Is it the text of an FPGA, whose files lie in a folder of their own? */
static bool is_fpga(const char *text)
{
  return strncmp(text, "slice:", sizeof "slice:" - 1) == 0 || strstr(text, "\nslice:");
}

/* Columns: name, text. */
static int write_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  writing *w = ctx;
  (void)columns, (void)names, (void)types;
  const char *name = value[0] ? value[0] : "", *text = value[1] ? value[1] : "";
  if (w->kind == TECHNOLOGY) /* "fdsoi28@0.8V": that of the library */
    name = qy_arena_text(w->arena, name, strcspn(name, "@"));
  if (w->kind == NETWORK && !*text) return 0; /* designs that are elements alone have none */
  if (!name)
    w->status = qy_no_memory(w->err);
  else if (!*text)
    w->status =
        qy_fail(w->err, QY_BAD_INPUT,
                "the database keeps the hash of \"%s\" alone; --db-dir DIR takes the files of DIR instead", name);
  else if (w->kind < NOISE && !qy_plain_file_name(name))
    return 0; /* only a path leads to it: stored_own.h lays it out */
  else if (w->kind >= NOISE && !stored_stays_below(name))
    w->status = qy_fail(w->err, QY_BAD_INPUT, "expected the name of a %s, found \"%s\"", kinds[w->kind].table, name);
  if (w->status) return 1;
  const char *path = w->kind == TECHNOLOGY && is_fpga(text) ? "fpga/%s.yaml" : kinds[w->kind].path;
  const char *at = strstr(path, "%s");
  path = qy_arena_format(w->arena, "%.*s%s%s", (int)(at - path), path, name, at + 2);
  w->status = path ? stored_write_below(w->folder, path, text, w->arena, w->err) : qy_no_memory(w->err);
  return w->status != QY_OK;
}

qy_status stored_files_write(const char *folder, qy_store *store, int64_t id, qy_arena *arena, qy_error *err)
{
  writing w = {.folder = folder, .arena = arena, .err = err};
  qy_status status = QY_OK;
  for (w.kind = 0; w.kind < KINDS && !status; w.kind++) {
    char sql[240];
    const char *table = kinds[w.kind].table;
    snprintf(sql, sizeof sql,
             "SELECT t.name, t.text FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE x.experiment = %" PRId64
             " ORDER BY x.position",
             table, table, table, id);
    qy_error own = {0};
    status = qy_store_query(store, sql, write_row, &w, &own);
    if (w.status)
      status = w.status;
    else if (status)
      *err = own;
  }
  return status;
}
