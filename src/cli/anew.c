/* Why an experiment that was stored before is computed again: see anew.h. */
#include "anew.h"

#include "cli.h"
#include "diff_inputs.h"

#include "quarry/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EARLIER_MOST = 8, SHOWN = 4 };

/* The latest ones of the same name and text. */
typedef struct earlier {
  int64_t id[EARLIER_MOST];
  int count;
  const char *name;
  qy_arena *arena;
} earlier;

static int earlier_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  (void)columns, (void)names, (void)types;
  earlier *e = ctx;
  e->id[e->count++] = strtoll(value[0], NULL, 10);
  if (!e->name) e->name = qy_arena_text(e->arena, value[1], strlen(value[1]));
  return e->count == EARLIER_MOST;
}

/* Inputs that differ, the lines behind a text aside. */
static size_t list_names(qy_text *list, const diff_input *input, size_t count)
{
  size_t differ = 0;
  for (size_t i = 0; i < count; i++) {
    if (!input[i].a && !input[i].b) continue;
    if (differ++ < SHOWN) qy_text_add(list, "%s%s", differ > 1 ? ", " : "", input[i].name);
  }
  return differ;
}

qy_status say_anew(qy_store *store, int64_t id, const char *database, qy_arena *arena, qy_error *err)
{
  char sql[400];
  earlier e = {.arena = arena};
  qy_text best = {0};
  size_t least = 0;
  int64_t nearest = 0;
  snprintf(sql, sizeof sql,
           "SELECT e.id, e.name FROM experiment n JOIN experiment e ON e.name = n.name AND e.sha256 = n.sha256 AND "
           "e.id < n.id WHERE n.id = %" PRId64 " AND n.runs = 1 ORDER BY e.id DESC",
           id);
  qy_status status = qy_store_query(store, sql, earlier_row, &e, err);
  for (int i = 0; i < e.count && !status; i++) { /* that with the fewest */
    const diff_side side[2] = {{.store = store, .id = e.id[i]}, {.store = store, .id = id}};
    diff_input *input;
    size_t count;
    status = diff_inputs(&input, &count, side, 0, arena, err);
    if (status) break;
    qy_text list = {0};
    const size_t differ = list_names(&list, input, count);
    if (!nearest || differ < least) {
      qy_text swap = best;
      best = list;
      list = swap;
      least = differ;
      nearest = e.id[i];
    }
    qy_text_free(&list);
  }
  if (!status && (best.failed || (e.count && !e.name))) status = qy_no_memory(err);
  if (!status && least)
    say("%s: \"%s\" is computed again: %s%s changed since it was stored (experiment %" PRId64 ")\n", database, e.name,
        best.data, least > SHOWN ? " and others" : "", nearest);
  qy_text_free(&best);
  return status;
}
