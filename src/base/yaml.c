/* libyaml's events as a tree with positions: see yaml.h.  Typed access to the nodes is in yaml_value.c.
 *
 * The tree is built with an explicit stack of at most QY_YAML_DEPTH_MAX open lists and maps, so hostile files can
 * neither exhaust the C stack nor, by the caps on nodes and key length, the memory.  Lines end where libyaml ends them:
 * LF, CR, CR LF, and the Unicode breaks U+0085, U+2028, U+2029; columns count characters.
 */
#include "quarry/yaml.h"

#include "quarry/decimal.h"
#include "quarry/file.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { KEY_LENGTH_MAX = 256, PATH_LENGTH_MAX = 240, ANCHORS_MAX = 1000, COPIES_MAX = 100000 };

/* The key of what is merged into a map, where it is not in quotes: told from others by its address. */
static const char merge_key[] = "<<";

/* A list or map whose end has not come yet. */
typedef struct level {
  qy_yaml *node;
  qy_yaml **child; /* malloc'd while growing, copied to the arena when the node is complete */
  size_t capacity;
  const char *key; /* of a map: read, its value still to come */
  int key_line, key_column;
} level;

typedef struct reader {
  yaml_parser_t parser;
  const char *file;
  const char *text;
  size_t length;
  qy_arena *arena;
  qy_error *err;
  level stack[QY_YAML_DEPTH_MAX];
  size_t depth, nodes;
  qy_yaml *root, *added; /* added: the latest node */
  bool document_seen;
  const char **anchor; /* [anchor_count] names, and what they stand for; a later one of the name hides the earlier */
  qy_yaml **anchored;
  size_t anchor_count, copies; /* copies: nodes that aliases made */
} reader;

static int line_of(yaml_mark_t mark)
{
  return (int)(mark.line < INT32_MAX ? mark.line + 1 : INT32_MAX);
}

static int column_of(yaml_mark_t mark)
{
  return (int)(mark.column < INT32_MAX ? mark.column + 1 : INT32_MAX);
}

static qy_status no_memory(reader *r)
{
  return qy_fail_at(r->err, QY_NO_MEMORY, r->file, 0, 0, "out of memory");
}

/* Line and column of a byte: libyaml gives only the offset for text that is not UTF-8. */
static void locate(const reader *r, size_t offset, int *line, int *column)
{
  const unsigned char *p = (const unsigned char *)r->text;
  *line = *column = 1;
  for (size_t i = 0; i < offset && i < r->length; i++) {
    size_t left = r->length - i;
    bool unicode_break = (p[i] == 0xC2 && left > 1 && p[i + 1] == 0x85) ||
                         (p[i] == 0xE2 && left > 2 && p[i + 1] == 0x80 && (p[i + 2] | 1) == 0xA9);
    if (unicode_break) i += p[i] == 0xC2 ? 1 : 2;
    if (unicode_break || p[i] == '\n' || (p[i] == '\r' && !(left > 1 && p[i + 1] == '\n'))) {
      (*line)++;
      *column = 1;
    } else if ((p[i] & 0xC0) != 0x80) { /* continuation bytes belong to the character before */
      (*column)++;
    }
  }
}

static qy_status parser_error(reader *r)
{
  const yaml_parser_t *p = &r->parser;
  if (p->error == YAML_MEMORY_ERROR) return no_memory(r);
  if (p->error == YAML_READER_ERROR) {
    int line, column;
    locate(r, p->problem_offset, &line, &column);
    if (p->problem_value >= 0 && strstr(p->problem, "control")) {
      return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line, column,
                        "expected printable text, found the control character 0x%02X", (unsigned)p->problem_value);
    }
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line, column, "expected UTF-8 text: %s", p->problem);
  }
  const char *problem = p->problem ? p->problem : "not valid YAML";
  int line = line_of(p->problem_mark), column = column_of(p->problem_mark), end_line, end_column;
  locate(r, r->length, &end_line, &end_column);
  if (line > end_line) { /* libyaml ends a last line without line feed by itself */
    line = end_line;
    column = end_column;
  }
  bool elsewhere = p->context_mark.line != p->problem_mark.line || p->context_mark.column != p->problem_mark.column;
  if (p->context && elsewhere) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line, column, "YAML syntax: %s (%s that starts at %d:%d)", problem,
                      p->context, line_of(p->context_mark), column_of(p->context_mark));
  }
  return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line, column, "YAML syntax: %s%s%s", problem, p->context ? " " : "",
                    p->context ? p->context : "");
}

/* The dotted path of a child; key NULL: of a list.  What is merged has the path of its map.  The start of a very long
 * path is dropped: a million deep nodes stay small. */
static const char *child_path(reader *r, const qy_yaml *parent, const char *key, size_t index)
{
  const char *base = parent->path;
  char place[24];
  if (key == merge_key || (!key && parent->key == merge_key)) return base;
  if (!key) snprintf(place, sizeof place, "[%zu]", index);
  const char *dot = key && base[0] ? "." : "", *name = key ? key : place;
  const size_t lengths[] = {strlen(base), strlen(dot), strlen(name)}, length = lengths[0] + lengths[1] + lengths[2];
  char *path = qy_arena_alloc(r->arena, length + 1, 1); /* one for every node: not by a format */
  if (!path) return NULL;
  memcpy(path, base, lengths[0]);
  memcpy(path + lengths[0], dot, lengths[1]);
  memcpy(path + lengths[0] + lengths[1], name, lengths[2]);
  if (length <= PATH_LENGTH_MAX) return path;
  const char *tail = path + length - PATH_LENGTH_MAX;
  while (((unsigned char)*tail & 0xC0) == 0x80)
    tail++;
  return qy_arena_format(r->arena, "...%s", tail);
}

static qy_status bad(reader *r, yaml_mark_t mark, const char *format, ...) __attribute__((format(printf, 3, 4)));
static qy_status bad(reader *r, yaml_mark_t mark, const char *format, ...)
{
  char text[QY_DIAGNOSTIC_TEXT];
  va_list args;
  va_start(args, format);
  qy_vprint(text, sizeof text, format, args);
  va_end(args);
  return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark), "%s", text);
}

/* Room for one more node. */
static qy_status count_node(reader *r, yaml_mark_t mark)
{
  if (++r->nodes <= QY_YAML_NODES_MAX) return QY_OK;
  return bad(r, mark, "expected at most %d values in a file, found more", QY_YAML_NODES_MAX);
}

/* A new node under the open list or map, or as the root. */
static qy_status add_node(reader *r, qy_yaml_kind kind, yaml_mark_t mark, qy_yaml **out)
{
  qy_status status = count_node(r, mark);
  if (status) return status;
  qy_yaml *node = qy_arena_alloc(r->arena, 1, sizeof *node);
  if (!node) return no_memory(r);
  node->kind = kind;
  node->file = r->file;
  node->line = line_of(mark);
  node->column = column_of(mark);
  node->path = "";
  *out = r->added = node;
  if (r->depth == 0) {
    r->root = node;
    return QY_OK;
  }
  level *parent = &r->stack[r->depth - 1];
  void *children = parent->child;
  if (qy_grow(&children, &parent->capacity, parent->node->count + 1, sizeof(qy_yaml *)) != 0) return no_memory(r);
  parent->child = children;
  node->path = child_path(r, parent->node, parent->key, parent->node->count);
  if (!node->path) return no_memory(r);
  node->key = parent->key;
  node->key_line = parent->key ? parent->key_line : 0;
  node->key_column = parent->key ? parent->key_column : 0;
  parent->key = NULL;
  parent->child[parent->node->count++] = node;
  return QY_OK;
}

static bool wants_key(const reader *r)
{
  return r->depth > 0 && r->stack[r->depth - 1].node->kind == QY_YAML_MAP && !r->stack[r->depth - 1].key;
}

static qy_status no_tag(reader *r, yaml_mark_t mark, const yaml_char_t *tag)
{
  return tag ? bad(r, mark, "expected a plain value, found the tag \"%.60s\": tags are not allowed", (const char *)tag)
             : QY_OK;
}

/* ---- anchors and aliases ---- */

/* Remember the latest node under a name; NULL: it has none. */
static qy_status remember(reader *r, yaml_mark_t mark, const yaml_char_t *name)
{
  if (!name) return QY_OK;
  if (!r->anchor) {
    r->anchor = qy_arena_alloc(r->arena, ANCHORS_MAX, sizeof *r->anchor);
    r->anchored = qy_arena_alloc(r->arena, ANCHORS_MAX, sizeof *r->anchored);
    if (!r->anchor || !r->anchored) return no_memory(r);
  }
  if (r->anchor_count == ANCHORS_MAX) return bad(r, mark, "expected at most %d anchors, found more", ANCHORS_MAX);
  const char *copy = qy_arena_text(r->arena, (const char *)name, strlen((const char *)name));
  if (!copy) return no_memory(r);
  r->anchor[r->anchor_count] = copy;
  r->anchored[r->anchor_count++] = r->added;
  return QY_OK;
}

/* The value of `from` below `to`, whose place is set; its nodes keep the positions of their text. */
static qy_status copy_value(reader *r, qy_yaml *to, const qy_yaml *from, size_t depth, yaml_mark_t mark)
{
  qy_status status = QY_OK;
  to->kind = from->kind;
  to->text = from->text;
  to->quoted = from->quoted;
  if (from->kind == QY_YAML_SCALAR) return QY_OK;
  if (depth >= QY_YAML_DEPTH_MAX)
    return bad(r, mark, "expected at most %d nested levels, found more", QY_YAML_DEPTH_MAX);
  to->child = qy_arena_alloc(r->arena, from->count, sizeof(qy_yaml *));
  if (!to->child) return no_memory(r);
  for (size_t i = 0; i < from->count && !status; i++) {
    const qy_yaml *child = from->child[i];
    if (++r->copies > COPIES_MAX) return bad(r, mark, "expected aliases of at most %d values, found more", COPIES_MAX);
    if ((status = count_node(r, mark))) break;
    qy_yaml *copy = qy_arena_alloc(r->arena, 1, sizeof *copy);
    if (!copy) return no_memory(r);
    *copy = *child;
    copy->path = child_path(r, to, child->key, i);
    copy->count = 0;
    if (!copy->path) return no_memory(r);
    to->child[to->count++] = copy;
    status = copy_value(r, copy, child, depth + 1, mark);
  }
  return status;
}

static qy_status add_alias(reader *r, const yaml_event_t *event)
{
  const yaml_mark_t mark = event->start_mark;
  const char *name = (const char *)event->data.alias.anchor;
  if (wants_key(r)) return bad(r, mark, "expected a plain word as key, found an alias");
  size_t i = r->anchor_count;
  while (i > 0 && strcmp(r->anchor[i - 1], name) != 0)
    i--;
  if (i == 0) {
    const char *nearest = qy_nearest(name, r->anchor, r->anchor_count);
    return bad(r, mark, "expected the name of an anchor before it, found \"*%.40s\"%s%s%s", name,
               nearest ? "; did you mean \"*" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  const qy_yaml *from = r->anchored[i - 1];
  for (size_t k = 0; k < r->depth; k++)
    if (r->stack[k].node == from)
      return bad(r, mark, "expected an alias of what is complete, found \"*%.40s\" inside it", name);
  qy_yaml *node = NULL;
  qy_status status = add_node(r, from->kind, mark, &node);
  return status || !node ? status : copy_value(r, node, from, r->depth, mark);
}

static qy_status open_level(reader *r, qy_yaml_kind kind, const yaml_event_t *event)
{
  const char *what = kind == QY_YAML_MAP ? "mapping" : "list";
  yaml_mark_t mark = event->start_mark;
  if (wants_key(r)) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark),
                      "expected a plain word as key, found a %s", what);
  }
  if (r->depth == QY_YAML_DEPTH_MAX) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark),
                      "expected at most %d nested levels, found more", QY_YAML_DEPTH_MAX);
  }
  qy_yaml *node = NULL;
  qy_status status = add_node(r, kind, mark, &node);
  if (status == QY_OK && node) r->stack[r->depth++] = (level){.node = node};
  return status;
}

static int by_key_then_order(const void *a, const void *b)
{
  const qy_yaml *x = *(qy_yaml *const *)a, *y = *(qy_yaml *const *)b;
  int order = strcmp(x->key, y->key);
  if (order != 0) return order;
  return x->key_line != y->key_line ? (x->key_line > y->key_line) - (x->key_line < y->key_line)
                                    : (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

static int by_position(const void *a, const void *b)
{
  const qy_yaml *x = *(qy_yaml *const *)a, *y = *(qy_yaml *const *)b;
  return x->key_line != y->key_line ? (x->key_line > y->key_line) - (x->key_line < y->key_line)
                                    : (x->key_column > y->key_column) - (x->key_column < y->key_column);
}

/* Report each key that stood in the map before.  Sorting keeps maps of a million keys quick; children of a map are in
 * file order, which is also the order of their positions, so a second sort restores it. */
static qy_status check_duplicates(reader *r, qy_yaml **child, size_t count)
{
  qy_status status = QY_OK;
  if (count < 2) return QY_OK;
  qsort(child, count, sizeof(qy_yaml *), by_key_then_order);
  for (size_t i = 1, first = 0; i < count; i++) {
    if (strcmp(child[i]->key, child[first]->key) != 0) {
      first = i;
      continue;
    }
    status = qy_fail_at(r->err, QY_BAD_INPUT, r->file, child[i]->key_line, child[i]->key_column,
                        "%s: duplicate key, first given at %d:%d", child[i]->path, child[first]->key_line,
                        child[first]->key_column);
  }
  qsort(child, count, sizeof(qy_yaml *), by_position);
  return status;
}

/* ---- merged maps ---- */

/* An entry of a map that others are merged into. */
typedef struct entry {
  qy_yaml *node;
  size_t order; /* in the map as it will be */
  size_t rank;  /* 0: its own; else the place of the map that it comes from */
} entry;

static int by_key_then_rank(const void *a, const void *b)
{
  const entry *x = a, *y = b;
  const int order = strcmp(x->node->key, y->node->key);
  return order ? order : (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_order(const void *a, const void *b)
{
  const entry *x = a, *y = b;
  return (x->order > y->order) - (x->order < y->order);
}

static qy_status check_merged(reader *r, const qy_yaml *value)
{
  bool maps = value->kind == QY_YAML_MAP || (value->kind == QY_YAML_LIST && value->count > 0);
  for (size_t i = 0; value->kind == QY_YAML_LIST && i < value->count; i++)
    maps &= value->child[i]->kind == QY_YAML_MAP;
  if (maps) return QY_OK;
  return qy_fail_at(r->err, QY_BAD_INPUT, value->file, value->line, value->column,
                    "<<: expected a mapping to merge, or a list of mappings");
}

static size_t add_entries(entry *all, size_t count, qy_yaml *const *node, size_t nodes, size_t rank)
{
  for (size_t i = 0; i < nodes; i++, count++)
    all[count] = (entry){node[i], count, rank};
  return count;
}

/* All entries of a level, those of merged maps in place of the key. */
static size_t all_entries(entry *all, const level *l, const qy_yaml *merged)
{
  size_t count = 0;
  for (size_t i = 0; i < l->node->count; i++) {
    if (l->child[i] != merged)
      count = add_entries(all, count, &l->child[i], 1, 0);
    else if (merged->kind == QY_YAML_MAP)
      count = add_entries(all, count, merged->child, merged->count, 1);
    else
      for (size_t k = 0; k < merged->count; k++)
        count = add_entries(all, count, merged->child[k]->child, merged->child[k]->count, k + 1);
  }
  return count;
}

/* Entries of the maps under `<<` become the level's own, where it has none of the key; of several maps the first that
 * has it gives it.  Sorting keeps large maps quick. */
static qy_status merge_maps(reader *r, level *l)
{
  const qy_yaml *merged = NULL;
  for (size_t i = 0; i < l->node->count && !merged; i++)
    if (l->child[i]->key == merge_key) merged = l->child[i];
  if (!merged) return QY_OK;
  qy_status status = check_merged(r, merged);
  if (status) return status;
  size_t count = l->node->count + merged->count, kept = 0;
  for (size_t k = 0; merged->kind == QY_YAML_LIST && k < merged->count; k++)
    count += merged->child[k]->count;
  entry *all = qy_alloc(count, sizeof *all);
  void *children = l->child;
  if (!all || qy_grow(&children, &l->capacity, count, sizeof(qy_yaml *)) != 0) {
    free(all);
    return no_memory(r);
  }
  l->child = children;
  count = all_entries(all, l, merged);
  qsort(all, count, sizeof *all, by_key_then_rank);
  for (size_t i = 0; i < count; i++)
    if (kept == 0 || strcmp(all[i].node->key, all[kept - 1].node->key) != 0) all[kept++] = all[i];
  qsort(all, kept, sizeof *all, by_order);
  for (size_t i = 0; i < kept; i++)
    l->child[i] = all[i].node;
  l->node->count = kept;
  free(all);
  return QY_OK;
}

static qy_status close_level(reader *r)
{
  level *l = &r->stack[--r->depth];
  qy_status status = l->node->kind == QY_YAML_MAP ? check_duplicates(r, l->child, l->node->count) : QY_OK;
  if (!status && l->node->kind == QY_YAML_MAP) status = merge_maps(r, l);
  l->node->child = qy_arena_alloc(r->arena, l->node->count, sizeof(qy_yaml *));
  if (!l->node->child)
    status = no_memory(r);
  else if (l->node->count > 0)
    memcpy(l->node->child, l->child, l->node->count * sizeof(qy_yaml *));
  free(l->child);
  l->child = NULL;
  return status;
}

static qy_status add_scalar(reader *r, const yaml_event_t *event)
{
  yaml_mark_t mark = event->start_mark;
  const char *value = (const char *)event->data.scalar.value;
  size_t length = event->data.scalar.length;
  if (memchr(value, '\0', length)) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark),
                      "expected text, found an escaped NUL character in it");
  }
  bool key = wants_key(r);
  if (key && length > KEY_LENGTH_MAX) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark),
                      "expected a key of at most %d bytes, found %zu", KEY_LENGTH_MAX, length);
  }
  const bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
  if (key && event->data.scalar.anchor) return bad(r, mark, "expected a plain word as key, found an anchor before it");
  const char *copy = key && plain && strcmp(value, merge_key) == 0 ? merge_key : qy_arena_text(r->arena, value, length);
  if (!copy) return no_memory(r);
  if (key) {
    level *parent = &r->stack[r->depth - 1];
    parent->key = copy;
    parent->key_line = line_of(mark);
    parent->key_column = column_of(mark);
    return QY_OK;
  }
  qy_yaml *node = NULL;
  qy_status status = add_node(r, QY_YAML_SCALAR, mark, &node);
  if (status != QY_OK || !node) return status;
  node->text = copy;
  node->quoted = !plain;
  return remember(r, mark, event->data.scalar.anchor);
}

static qy_status start_document(reader *r, const yaml_event_t *event)
{
  if (r->document_seen) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(event->start_mark), column_of(event->start_mark),
                      "expected one document, found the start of a second");
  }
  if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(event->start_mark), column_of(event->start_mark),
                      "tag directives are not allowed");
  }
  r->document_seen = true;
  return QY_OK;
}

static qy_status take_event(reader *r, const yaml_event_t *event)
{
  qy_status status;
  switch (event->type) {
  case YAML_DOCUMENT_START_EVENT: return start_document(r, event);
  case YAML_ALIAS_EVENT: return add_alias(r, event);
  case YAML_SCALAR_EVENT:
    status = no_tag(r, event->start_mark, event->data.scalar.tag);
    return status ? status : add_scalar(r, event);
  case YAML_SEQUENCE_START_EVENT:
    status = no_tag(r, event->start_mark, event->data.sequence_start.tag);
    if (!status) status = open_level(r, QY_YAML_LIST, event);
    return status ? status : remember(r, event->start_mark, event->data.sequence_start.anchor);
  case YAML_MAPPING_START_EVENT:
    status = no_tag(r, event->start_mark, event->data.mapping_start.tag);
    if (!status) status = open_level(r, QY_YAML_MAP, event);
    return status ? status : remember(r, event->start_mark, event->data.mapping_start.anchor);
  case YAML_SEQUENCE_END_EVENT:
  case YAML_MAPPING_END_EVENT: return close_level(r);
  default: return QY_OK;
  }
}

qy_status qy_yaml_read_text(qy_yaml **root, const char *file, const char *text, size_t length, qy_arena *arena,
                            qy_error *err)
{
  assert(root && (text || length == 0));
  qy_status status = QY_OK;
  bool finished = false;
  reader r = {.text = text, .length = length, .arena = arena, .err = err};
  *root = NULL;
  r.file = qy_arena_text(arena, file ? file : "", file ? strlen(file) : 0);
  if (!r.file) return no_memory(&r);
  if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark is no column */
    r.text += 3;
    r.length -= 3;
  }
  if (!yaml_parser_initialize(&r.parser)) return no_memory(&r);
  yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING); /* else libyaml would also take UTF-16 */
  yaml_parser_set_input_string(&r.parser, (const unsigned char *)r.text, r.length);

  while (!finished) {
    yaml_event_t event;
    if (!yaml_parser_parse(&r.parser, &event)) {
      status = parser_error(&r);
      break;
    }
    finished = event.type == YAML_STREAM_END_EVENT;
    qy_status found = take_event(&r, &event);
    if (found != QY_OK) status = found;
    bool closing = event.type == YAML_MAPPING_END_EVENT;
    yaml_event_delete(&event);
    if (found != QY_OK && !(closing && found == QY_BAD_INPUT)) break; /* after duplicates the rest is still readable */
  }
  if (status == QY_OK && !r.root) {
    status = qy_fail_at(err, QY_BAD_INPUT, r.file, 1, 1, "expected a YAML value, found an empty file");
  }
  while (r.depth > 0)
    free(r.stack[--r.depth].child);
  yaml_parser_delete(&r.parser);
  if (status == QY_OK) *root = r.root;
  return status;
}

qy_status qy_yaml_read_file(qy_yaml **root, const char *file, qy_arena *arena, qy_error *err)
{
  assert(root && file);
  char *text = NULL;
  size_t length = 0;
  *root = NULL;
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  return status != QY_OK ? status : qy_yaml_read_text(root, file, text, length, arena, err);
}

qy_status qy_yaml_read_kept(qy_yaml **root, const char **text, char sha256[65], const char *file, const char *kind,
                            qy_arena *arena, qy_error *err)
{
  assert(root && text && sha256 && file && kind && arena);
  char *read = NULL;
  size_t length = 0;
  *root = NULL;
  qy_status status = qy_file_read(&read, &length, file, arena, err);
  if (!status) status = qy_yaml_read_text(root, file, read, length, arena, err);
  if (status) return status;
  assert(*root);
  *text = read;
  qy_file_sha256(sha256, read, length, arena);
  return (*root)->kind == QY_YAML_MAP ? QY_OK : qy_yaml_expected(*root, err, "a mapping with the keys of %s", kind);
}
