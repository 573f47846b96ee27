/* Libraries of a table: see libraries.h. */
#include "libraries.h"

#include "leave_out.h"
#include "quarry/csv.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const table_library *table_library_of(const table_libraries *l, const char *name)
{
  assert(l && name);
  for (size_t i = 0; i < l->count; i++)
    if (strcmp(l->library[i].name, name) == 0) return &l->library[i];
  return NULL;
}

/* The distinct names in the table, in its order. */
static qy_status read_names(table_libraries *l, const char *file, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"library"};
  qy_csv csv = {0};
  int at;
  bool more = true;
  void *list = NULL;
  size_t capacity = 0;
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, names, 1, &at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    if (table_library_of(l, csv.field[at])) continue;
    if (qy_grow(&list, &capacity, l->count + 1, sizeof *l->library) != 0) status = qy_no_memory(err);
    l->library = list;
    if (!status) l->library[l->count++] = (table_library){.name = csv.field[at]};
  }
  l->library = status ? NULL : qy_arena_alloc(arena, l->count + 1, sizeof *l->library);
  if (!status && !l->library) status = qy_no_memory(err);
  if (!status && list) memcpy(l->library, list, l->count * sizeof *l->library);
  free(list);
  return status;
}

/* own: from a file, NULL: none; own_is_named: the table has rows of a library with its name. */
static qy_status read_one(table_library *l, const qy_tech *own, bool own_is_named, const qy_validate_options *o,
                          qy_arena *arena, qy_error *err)
{
  if (own && own_is_named && strcmp(own->name, l->name) == 0) {
    l->tech = own;
    return QY_OK;
  }
  struct stat info;
  qy_tech *tech = NULL;
  const char *file = qy_arena_format(arena, "%s/tech/%s.yaml", o->db_dir, l->name);
  if (!file) return qy_no_memory(err);
  /* A path in a table is a name that no file of db/tech has. */
  if (!strchr(l->name, '/') && !strstr(l->name, ".yaml") && stat(file, &info) == 0) {
    qy_status status = qy_tech_read(&tech, o->db_dir, l->name, arena, err);
    l->tech = tech;
    return status;
  }
  if (own && !own_is_named)
    l->tech = own;
  else
    l->reason = qy_arena_format(arena, "no library file for '%s'", l->name);
  return l->tech || l->reason ? QY_OK : qy_no_memory(err);
}

/* Each as if it had not been in the study. */
static qy_status leave_each_out(table_libraries *l, qy_arena *arena, qy_error *err)
{
  qy_status status = QY_OK;
  size_t n = 0;
  const qy_tech **study = qy_arena_alloc(arena, l->count + 1, sizeof *study);
  if (!study) return qy_no_memory(err);
  for (size_t i = 0; i < l->count; i++)
    if (l->library[i].tech) study[n++] = l->library[i].tech;
  for (size_t i = 0; i < l->count && !status; i++) {
    qy_tech *copy;
    if (!l->library[i].tech) continue;
    status = leave_out(&copy, l->library[i].tech, study, n, arena, err);
    if (!status) l->library[i].tech = copy;
  }
  return status;
}

static qy_status draw_library(table_library *l, const qy_validate_options *o, bool constants_only, int stream,
                              qy_arena *arena, qy_error *err)
{
  qy_draws *draws;
  qy_tech *copy;
  if (!o->draws) return QY_OK;
  qy_status status = qy_tech_copy(&copy, l->tech, arena, err);
  if (status) return status;
  if (constants_only) copy->structure = NULL;
  status = qy_draws_new(&draws, copy, o->draws, o->draw_seed, stream, arena, err);
  if (!status) l->draws = draws;
  return status;
}

/* As read it is placed; what netlists are compared with has no wires. */
static qy_status take_off_wires(table_library *l, const qy_validate_options *o, bool constants_only, int stream,
                                qy_arena *arena, qy_error *err)
{
  table_library *placed = qy_arena_alloc(arena, 1, sizeof *placed);
  qy_tech *bare;
  if (!placed) return qy_no_memory(err);
  *placed = *l;
  qy_status status = qy_tech_unplaced(&bare, l->tech, arena, err);
  if (status) return status;
  l->tech = bare;
  l->placed = placed;
  status = draw_library(placed, o, constants_only, stream, arena, err);
  return status ? status : draw_library(l, o, constants_only, stream, arena, err);
}

qy_status table_libraries_read(table_libraries *l, const char *file, const qy_validate_options *o, bool constants_only,
                               qy_arena *arena, qy_error *err)
{
  assert(l && file && o && o->db_dir && arena);
  qy_tech *own = NULL;
  *l = (table_libraries){0};
  qy_status status = o->library_file ? qy_tech_read(&own, o->db_dir, o->library_file, arena, err) : QY_OK;
  if (!status) status = read_names(l, file, arena, err);
  const bool own_is_named = !status && own && table_library_of(l, own->name);
  for (size_t i = 0; i < l->count && !status; i++)
    status = read_one(&l->library[i], own, own_is_named, o, arena, err);
  if (!status && o->leave_out) status = leave_each_out(l, arena, err);
  for (size_t i = 0; i < l->count && !status; i++)
    if (l->library[i].tech) status = take_off_wires(&l->library[i], o, constants_only, (int)i, arena, err);
  return status;
}
