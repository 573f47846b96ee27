/* Things of one name, told apart by where they come from; a thing that a list has twice. */
#include "plan_int.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const size_t NONE = SIZE_MAX;

/* A thing and its place in the list. */
typedef struct listed {
  const char *name, *text; /* text: what it is, or where */
  size_t at;
} listed;

static int by_text(const void *p, const void *q)
{
  const listed *a = p, *b = q;
  int order = strcmp(a->name, b->name);
  if (!order) order = strcmp(a->text, b->text);
  return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* The place of the first of them that stands before it too; NONE: none does. */
static size_t first_again(listed *list, size_t count)
{
  size_t again = NONE;
  qsort(list, count, sizeof *list, by_text);
  for (size_t i = 1; i < count; i++)
    if (strcmp(list[i].name, list[i - 1].name) == 0 && strcmp(list[i].text, list[i - 1].text) == 0 &&
        list[i].at < again)
      again = list[i].at;
  return again;
}

qy_status plan_check_once(const plan_thing *thing, size_t count, const char *what, const qy_yaml *const *node,
                          qy_error *err)
{
  listed *list = qy_alloc(count, sizeof *list);
  if (!list) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    list[i] = (listed){thing[i].name, thing[i].sha256, i};
  const size_t again = first_again(list, count);
  free(list);
  return again != NONE ? qy_yaml_expected(node[again], err, "each %s once", what) : QY_OK;
}

/* The last `parts` parts of a path, without the ending of the file. */
static const char *end_of_path(const char *file, int parts, qy_arena *arena)
{
  const char *from = file + strlen(file);
  while (from > file && (from[-1] != '/' || --parts > 0))
    from--;
  const char *slash = strrchr(from, '/'), *dot = strrchr(slash ? slash : from, '.');
  return qy_arena_text(arena, from, dot && dot > from ? (size_t)(dot - from) : strlen(from));
}

/* Names of list[count], which have one, by as many parts of their paths as it takes. */
static qy_status name_by_path(const char **name, const plan_thing *thing, listed *list, size_t count, qy_arena *arena,
                              qy_error *err)
{
  enum { FOLDERS_MAX = 64 };
  for (int parts = 1; parts <= FOLDERS_MAX; parts++) {
    for (size_t i = 0; i < count; i++) {
      const char *file = thing[list[i].at].file, *own = list[i].name, *stem = end_of_path(file, 1, arena);
      const char *path = end_of_path(file, parts, arena);
      if (!stem || !path) return qy_no_memory(err);
      list[i].text = strcmp(stem, own) == 0 ? path : qy_arena_format(arena, "%s (%s)", own, path);
      if (!list[i].text) return qy_no_memory(err);
    }
    if (first_again(list, count) == NONE) break;
  }
  for (size_t i = 0; i < count; i++)
    name[list[i].at] = list[i].text;
  return QY_OK;
}

qy_status plan_tell_apart(const char **name, const plan_thing *thing, size_t count, qy_arena *arena, qy_error *err)
{
  listed *list = qy_alloc(count, sizeof *list);
  qy_status status = list ? QY_OK : qy_no_memory(err);
  for (size_t i = 0; !status && i < count; i++) {
    list[i] = (listed){thing[i].name, thing[i].file, i};
    name[i] = thing[i].name;
  }
  if (!status) qsort(list, count, sizeof *list, by_text);
  for (size_t first = 0, end; !status && first < count; first = end) {
    for (end = first + 1; end < count && strcmp(list[end].name, list[first].name) == 0;)
      end++;
    if (end > first + 1) status = name_by_path(name, thing, list + first, end - first, arena, err);
  }
  free(list);
  return status;
}
