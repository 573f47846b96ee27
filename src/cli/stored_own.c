/* Own files of a stored experiment: see stored_own.h. */
#include "stored_own.h"

#include "stored_files.h"

#include "quarry/text.h"
#include "quarry/yaml.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A path in the text that is written anew. */
typedef struct edit {
  size_t at, length;
  const char *path;
} edit;

typedef struct laying {
  const char *folder, *text;
  qy_store *store;
  int64_t id;
  edit *edits;
  size_t edit_count, edit_room;
  qy_arena *arena;
  qy_error *err;
} laying;

/* Texts of inputs, in the order of the experiment. */
typedef struct texts {
  const char **text;
  size_t count, room;
  qy_arena *arena;
} texts;

static int text_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  texts *t = ctx;
  (void)columns, (void)names, (void)types;
  if (t->count == t->room) {
    const size_t room = 2 * t->room + 8;
    const char **more = qy_arena_alloc(t->arena, room, sizeof *more);
    if (!more) return 1;
    if (t->count) memcpy(more, t->text, t->count * sizeof *more);
    t->text = more;
    t->room = room;
  }
  const char *text = value[0] ? value[0] : "";
  t->text[t->count++] = qy_arena_text(t->arena, text, strlen(text));
  return 0;
}

static qy_status read_texts(texts *t, const laying *l, const char *table)
{
  char sql[200];
  *t = (texts){.arena = l->arena};
  snprintf(sql, sizeof sql,
           "SELECT t.text FROM experiment_%s x JOIN %s t ON t.id = x.%s WHERE x.experiment = %" PRId64
           " ORDER BY x.position",
           table, table, table, l->id);
  return qy_store_query(l->store, sql, text_row, t, l->err);
}

/* Where a value stands in the text, quotes left out; NULL: it is not written there as it reads. */
static const char *place_of(const char *text, const qy_yaml *node)
{
  for (int line = 1; text && line < node->line; line++)
    text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
  for (int column = 1; text && column < node->column; column++)
    text = *text && *text != '\n' ? text + 1 : NULL;
  if (text && (*text == '"' || *text == '\'')) text++;
  return text && strncmp(text, node->text, strlen(node->text)) == 0 ? text : NULL;
}

/* Where in the folder a file of that path goes.  Files that lie elsewhere get a folder each: two may have one name. */
static const char *place_in_folder(const laying *l, const char *path)
{
  const char *slash = strrchr(path, '/');
  if (stored_stays_below(path)) return path;
  return qy_arena_format(l->arena, "own%zu/%s", l->edit_count + 1, slash ? slash + 1 : path);
}

/* The node, which names its file by path, is to name the one in the folder. */
static qy_status name_anew(laying *l, const qy_yaml *node, const char *place)
{
  const char *at = place_of(l->text, node);
  if (strcmp(place, node->text) == 0) return QY_OK;
  if (!at) return qy_fail(l->err, QY_BAD_INPUT, "expected a path of plain text for \"%s\"", node->text);
  if (l->edit_count == l->edit_room) {
    const size_t room = 2 * l->edit_room + 8;
    edit *more = qy_arena_alloc(l->arena, room, sizeof *more);
    if (!more) return qy_no_memory(l->err);
    if (l->edit_count) memcpy(more, l->edits, l->edit_count * sizeof *more);
    l->edits = more;
    l->edit_room = room;
  }
  l->edits[l->edit_count++] = (edit){(size_t)(at - l->text), strlen(node->text), place};
  return QY_OK;
}

/* One that the node names by path. */
static qy_status lay_out(laying *l, const qy_yaml *node, const char *text)
{
  if (!*text)
    return qy_fail(l->err, QY_BAD_INPUT,
                   "the database keeps the hash of \"%s\" alone; --db-dir DIR takes the files of DIR instead",
                   node->text);
  const char *place = place_in_folder(l, node->text);
  if (!place) return qy_no_memory(l->err);
  const qy_status status = name_anew(l, node, place);
  return status ? status : stored_write_below(l->folder, place, text, l->arena, l->err);
}

static bool is_path(const qy_yaml *node)
{
  return node && node->kind == QY_YAML_SCALAR && qy_yaml_is_path(node->text);
}

/* Inputs of a key, one or a list; each may stand for several, which have its text (a library at its supplies). */
static qy_status lay_out_key(laying *l, const qy_yaml *node, const char *table)
{
  const size_t count = !node ? 0 : node->kind == QY_YAML_LIST ? node->count : 1;
  texts t;
  qy_status status = count ? read_texts(&t, l, table) : QY_OK;
  for (size_t i = 0; !status && i < count; i++) {
    const qy_yaml *one = node->kind == QY_YAML_LIST ? node->child[i] : node;
    const size_t at = i * (t.count / count);
    if (!is_path(one) || at >= t.count) continue;
    status = t.text[at] ? lay_out(l, one, t.text[at]) : qy_no_memory(l->err);
  }
  return status;
}

/* ---- DRAM devices: named anywhere in the designs, and stored in the order in which they are first named ---- */

/* Names so far, and where each file is. */
typedef struct devices {
  const char **asked, **place; /* as many as are stored */
  size_t count;
  texts stored;
} devices;

static qy_status lay_out_device(laying *l, devices *d, const qy_yaml *node)
{
  size_t i = 0;
  while (i < d->count && strcmp(d->asked[i], node->text) != 0)
    i++;
  if (i == d->stored.count) return QY_OK; /* none is stored: the run will say what lacks */
  if (i == d->count) {
    d->asked[d->count++] = node->text;
    d->place[i] = is_path(node) ? place_in_folder(l, node->text) : node->text;
    if (!d->place[i] || !d->stored.text[i]) return qy_no_memory(l->err);
    if (is_path(node)) {
      const qy_status status = stored_write_below(l->folder, d->place[i], d->stored.text[i], l->arena, l->err);
      if (status) return status;
    }
  }
  return is_path(node) ? name_anew(l, node, d->place[i]) : QY_OK;
}

static qy_status lay_out_below(laying *l, devices *d, const qy_yaml *node)
{
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    const qy_yaml *named = child->key && strcmp(child->key, "memory") == 0 ? qy_yaml_get(child, "device") : NULL;
    if (named && named->kind == QY_YAML_SCALAR) status = lay_out_device(l, d, named);
    for (size_t k = 0; !status && named && named->kind == QY_YAML_LIST && k < named->count; k++)
      if (named->child[k]->kind == QY_YAML_SCALAR) status = lay_out_device(l, d, named->child[k]);
    if (!status && !named && child->kind != QY_YAML_SCALAR) status = lay_out_below(l, d, child);
  }
  return status;
}

static qy_status lay_out_devices(laying *l, const qy_yaml *designs)
{
  devices d = {.count = 0};
  qy_status status = read_texts(&d.stored, l, "device");
  if (status || d.stored.count == 0) return status;
  d.asked = qy_arena_alloc(l->arena, d.stored.count, sizeof *d.asked);
  d.place = qy_arena_alloc(l->arena, d.stored.count, sizeof *d.place);
  return d.asked && d.place ? lay_out_below(l, &d, designs) : qy_no_memory(l->err);
}

static int by_place(const void *a, const void *b)
{
  const edit *p = a, *q = b;
  return (p->at > q->at) - (p->at < q->at);
}

static qy_status apply(const char **text, laying *l)
{
  qy_text out = {0};
  size_t at = 0;
  *text = l->text;
  if (l->edit_count == 0) return QY_OK;
  qsort(l->edits, l->edit_count, sizeof *l->edits, by_place);
  for (size_t i = 0; i < l->edit_count; i++) {
    const edit *e = &l->edits[i];
    qy_text_put(&out, l->text + at, e->at - at);
    qy_text_put(&out, e->path, strlen(e->path));
    at = e->at + e->length;
  }
  qy_text_put(&out, l->text + at, strlen(l->text + at));
  *text = out.failed ? NULL : qy_arena_text(l->arena, out.data, out.length);
  qy_text_free(&out);
  return *text ? QY_OK : qy_no_memory(l->err);
}

qy_status stored_own_write(const char **text, const char *folder, qy_store *store, int64_t id, qy_arena *arena,
                           qy_error *err)
{
  static const char *const keys[] = {"network", "technology"};
  laying l = {.folder = folder, .text = *text, .store = store, .id = id, .arena = arena, .err = err};
  qy_yaml *root = NULL;
  qy_status status = qy_yaml_read_text(&root, "", *text, strlen(*text), arena, err);
  for (size_t k = 0; !status && k < sizeof keys / sizeof *keys; k++)
    status = lay_out_key(&l, qy_yaml_get(root, keys[k]), keys[k]);
  const qy_yaml *noise = status ? NULL : qy_yaml_get(root, "noise");
  if (noise) status = lay_out_key(&l, qy_yaml_get(noise, "file"), "noise_file");
  const qy_yaml *designs = status ? NULL : qy_yaml_get(root, "designs");
  if (designs) status = lay_out_devices(&l, designs);
  return status ? status : apply(text, &l);
}
