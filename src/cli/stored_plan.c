/* The plan of a stored experiment: see stored_plan.h. */
#include "stored_plan.h"

#include "stored_own.h"

#include "quarry/dram.h"
#include "quarry/file.h"
#include "quarry/version.h"

#include <assert.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct stored_text {
  const char *file, *text, *model_version;
  qy_arena *arena;
} stored_text;

static int text_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  stored_text *s = ctx;
  if (!value[0] || !value[1] || !value[2]) return 1;
  s->file = qy_arena_text(s->arena, value[0], strlen(value[0]));
  s->text = qy_arena_text(s->arena, value[1], strlen(value[1]));
  s->model_version = qy_arena_text(s->arena, value[2], strlen(value[2]));
  return 1;
}

/* An input of the plan as it is read now. */
typedef struct input {
  const char *name, *sha256;
} input;

typedef struct input_check {
  const input *input;
  int count, at;
  const char *changed; /* name of one that is another now; NULL: none */
  qy_arena *arena;
} input_check;

/* Columns: name, SHA-256. */
static int input_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  input_check *c = ctx;
  const input *now = c->at < c->count ? &c->input[c->at] : NULL;
  c->at++;
  if (now && value[0] && value[1] && strcmp(now->name, value[0]) == 0 && strcmp(now->sha256, value[1]) == 0) return 0;
  c->changed = qy_arena_text(c->arena, value[0] ? value[0] : "", value[0] ? strlen(value[0]) : 0);
  return 1;
}

/* table: "technology", "network", "device", "noise_file" or "table_file"; what: the word for it. */
static qy_status check_inputs(const char **why, qy_store *store, int64_t id, const char *table, const char *what,
                              const input *inputs, int count, qy_arena *arena, qy_error *err)
{
  char sql[240];
  input_check c = {.input = inputs, .count = count, .arena = arena};
  snprintf(sql, sizeof sql,
           "SELECT t.name, t.sha256 FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE x.experiment = %" PRId64
           " ORDER BY x.position",
           table, table, table, id);
  qy_status status = *why ? QY_OK : qy_store_query(store, sql, input_row, &c, err);
  if (status || *why || (!c.changed && c.at == count)) return status;
  *why =
      qy_arena_format(arena, "the %s \"%s\" in --db-dir is another", what, c.changed ? c.changed : inputs[c.at].name);
  return *why ? QY_OK : qy_no_memory(err);
}

static qy_status check_all(const char **why, qy_store *store, int64_t id, const qy_plan_info *info, qy_arena *arena,
                           qy_error *err)
{
  const int most =
      info->technology_count + info->network_count + info->device_count + info->noise_file_count + info->table_count;
  input *inputs = qy_arena_alloc(arena, (size_t)most + 1, sizeof *inputs);
  if (!inputs) return qy_no_memory(err);
  for (int i = 0; i < info->technology_count; i++)
    inputs[i] = (input){info->technology[i]->name, info->technology[i]->sha256};
  qy_status status =
      check_inputs(why, store, id, "technology", "technology", inputs, info->technology_count, arena, err);
  for (int i = 0; i < info->network_count; i++)
    inputs[i] = (input){info->network[i]->name, info->network[i]->sha256};
  if (!status) status = check_inputs(why, store, id, "network", "network", inputs, info->network_count, arena, err);
  for (int i = 0; i < info->device_count; i++)
    inputs[i] = (input){info->device[i]->name, info->device[i]->sha256};
  if (!status) status = check_inputs(why, store, id, "device", "device", inputs, info->device_count, arena, err);
  for (int i = 0; i < info->noise_file_count; i++)
    inputs[i] = (input){info->noise_file[i].name, info->noise_file[i].sha256};
  if (!status)
    status = check_inputs(why, store, id, "noise_file", "noise file", inputs, info->noise_file_count, arena, err);
  for (int i = 0; i < info->table_count; i++)
    inputs[i] = (input){info->table[i].name, info->table[i].sha256};
  return status ? status : check_inputs(why, store, id, "table_file", "table", inputs, info->table_count, arena, err);
}

/* From the text alone, with the files that it names by path as they are stored. */
static qy_status read_from_store(qy_plan **plan, const stored_text *s, qy_store *store, int64_t id, const char *db_dir,
                                 qy_error *err)
{
  const char *text = s->text, *folder;
  qy_status status = qy_folder_temporary(&folder, "stored", s->arena, err);
  if (!status) status = stored_own_write(&text, folder, store, id, s->arena, err);
  const char *file = status ? NULL : qy_arena_format(s->arena, "%s/stored.yaml", folder);
  if (!status)
    status = file ? qy_plan_read_text(plan, file, text, strlen(text), db_dir, s->arena, err) : qy_no_memory(err);
  qy_folder_remove(folder);
  return status;
}

/* As the files are; where one is not there any more, as it was stored. */
static qy_status read_plan(qy_plan **plan, const stored_text *s, qy_store *store, int64_t id, const char *db_dir,
                           qy_error *err)
{
  qy_error first = {0}, ignored = {0};
  qy_status status = qy_plan_read_text(plan, s->file, s->text, strlen(s->text), db_dir, s->arena, &first);
  if (status == QY_BAD_INPUT && read_from_store(plan, s, store, id, db_dir, &ignored) == QY_OK) return QY_OK;
  if (status) *err = first;
  return status;
}

qy_status stored_plan(qy_plan **plan, const char **why, qy_store *store, int64_t id, const char *db_dir,
                      qy_arena *arena, qy_error *err)
{
  assert(plan && why && store && arena);
  char sql[100];
  stored_text s = {.arena = arena};
  *why = NULL;
  snprintf(sql, sizeof sql, "SELECT file, text, model_version FROM experiment WHERE id = %" PRId64, id);
  qy_status status = qy_store_query(store, sql, text_row, &s, err);
  if (!status && (!s.file || !s.text || !s.model_version)) status = qy_no_memory(err);
  if (!status) status = read_plan(plan, &s, store, id, db_dir, err);
  if (status) return status;
  if (strtoll(s.model_version, NULL, 10) != QY_MODEL_VERSION) {
    *why = qy_arena_format(arena, "it was computed by version %s of the models, this is %d", s.model_version,
                           QY_MODEL_VERSION);
    return *why ? QY_OK : qy_no_memory(err);
  }
  return check_all(why, store, id, qy_plan_get(*plan), arena, err);
}
