/* What two stored experiments were made of: see diff_inputs.h. */
#include "diff_inputs.h"

#include "line_diff.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An input of one side. */
typedef struct input {
  const char *name, *value;
  const char *text; /* NULL: it is a value */
} input;

typedef struct inputs {
  qy_arena *arena;
  void *at;
  size_t count, capacity;
  bool failed;
} inputs;

static const input *input_at(const inputs *in, size_t i)
{
  return (const input *)in->at + i;
}

static const char *keep(inputs *in, const char *text)
{
  const char *kept = text ? qy_arena_text(in->arena, text, strlen(text)) : NULL;
  in->failed |= text && !kept;
  return kept;
}

/* Columns: name, value, text. */
static int input_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)types;
  inputs *in = ctx;
  if (qy_grow(&in->at, &in->capacity, in->count + 1, sizeof(input))) return in->failed = true;
  ((input *)in->at)[in->count++] =
      (input){keep(in, values[0]), keep(in, values[1] ? values[1] : ""), keep(in, values[2])};
  return in->failed;
}

static int by_name(const void *p, const void *q)
{
  return strcmp(((const input *)p)->name, ((const input *)q)->name);
}

static qy_status read_inputs(inputs *in, const diff_side *side, qy_error *err)
{
  static const char *const list[] = {"technology", "network", "device", "noise_file", "table_file"};
  char sql[640];
  const int64_t id = side->id;
  snprintf(sql, sizeof sql,
           "SELECT 'text of the experiment', substr(sha256, 1, 16), text FROM experiment WHERE id = %" PRId64
           " UNION ALL SELECT 'model version', model_version, NULL FROM experiment WHERE id = %" PRId64
           " UNION ALL SELECT 'seed', seed, NULL FROM experiment WHERE id = %" PRId64
           " UNION ALL SELECT 'points planned', points, NULL FROM experiment WHERE id = %" PRId64,
           id, id, id, id);
  qy_status status = qy_store_query(side->store, sql, input_row, in, err);
  for (size_t i = 0; i < sizeof list / sizeof *list && !status; i++) {
    snprintf(sql, sizeof sql,
             "SELECT '%s ' || t.name, substr(t.sha256, 1, 16), t.text FROM experiment_%s x JOIN %s t ON t.id = x.%s "
             "WHERE x.experiment = %" PRId64,
             list[i], list[i], list[i], list[i], id);
    qy_error ignored = {0}; /* databases of before there were such inputs */
    status = qy_store_query(side->store, sql, input_row, in, i < 2 ? err : &ignored);
    if (i >= 2 && status == QY_BAD_INPUT) status = QY_OK;
  }
  if (!status && in->failed) status = qy_no_memory(err);
  if (!status) qsort(in->at, in->count, sizeof(input), by_name);
  return status;
}

static const input *find(const inputs *in, const char *name)
{
  const input wanted = {.name = name};
  return in->count ? bsearch(&wanted, in->at, in->count, sizeof wanted, by_name) : NULL;
}

/* ---- what differs ---- */

typedef struct found {
  void *at;
  size_t count, capacity;
} found;

static qy_status put(found *f, const char *name, const char *a, const char *b, qy_error *err)
{
  if (!name || qy_grow(&f->at, &f->capacity, f->count + 1, sizeof(diff_input))) return qy_no_memory(err);
  ((diff_input *)f->at)[f->count++] = (diff_input){name, a, b};
  return QY_OK;
}

static qy_status put_lines(found *f, const input *a, const input *b, size_t most, qy_arena *arena, qy_error *err)
{
  line_change *change;
  size_t count;
  qy_status status = line_diff(&change, &count, a->text, b->text, arena, err);
  for (size_t i = 0; i < count && i < most && !status; i++) {
    const line_change *c = &change[i];
    status = put(f, qy_arena_format(arena, "%s, line %zu", a->name, c->line[c->line[0] ? 0 : 1]), c->text[0],
                 c->text[1], err);
  }
  if (!status && count > most)
    status = put(f, qy_arena_format(arena, "%s, %zu more lines", a->name, count - most), NULL, NULL, err);
  return status;
}

qy_status diff_inputs(diff_input **list, size_t *count, const diff_side side[2], size_t most, qy_arena *arena,
                      qy_error *err)
{
  inputs of[2] = {{.arena = arena}, {.arena = arena}};
  found f = {0};
  qy_status status = read_inputs(&of[0], &side[0], err);
  if (!status) status = read_inputs(&of[1], &side[1], err);
  for (int s = 0; s < 2 && !status; s++)
    for (size_t i = 0; i < of[s].count && !status; i++) {
      const input *own = input_at(&of[s], i), *other = find(&of[!s], own->name);
      const input *a = s ? other : own, *b = s ? own : other;
      if (other && (s == 1 || strcmp(own->value, other->value) == 0)) continue;
      status = put(&f, own->name, a ? a->value : NULL, b ? b->value : NULL, err);
      if (!status && other && a->text && b->text) status = put_lines(&f, a, b, most, arena, err);
    }
  *count = f.count;
  *list = status ? NULL : qy_arena_alloc(arena, f.count + 1, sizeof **list);
  if (!status && !*list) status = qy_no_memory(err);
  if (!status && f.count) memcpy(*list, f.at, f.count * sizeof **list);
  free(f.at);
  free(of[0].at);
  free(of[1].at);
  return status;
}
