/* libyaml's events as a tree with positions: see yaml.h.  Typed access to the nodes is in yaml_value.c.
 *
 * The tree is built with an explicit stack of at most QY_YAML_DEPTH_MAX open lists and maps, so hostile files can
 * neither exhaust the C stack nor, by the caps on nodes and key length, the memory.  Lines end where libyaml ends them:
 * LF, CR, CR LF, and the Unicode breaks U+0085, U+2028, U+2029; columns count characters.
 */
#include "quarry/yaml.h"

#include "quarry/file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { KEY_LENGTH_MAX = 256, PATH_LENGTH_MAX = 240 };

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
  qy_yaml *root;
  bool document_seen;
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

/* The dotted path of the next child.  The start of a very long path is dropped: a million deep nodes stay small. */
static const char *child_path(reader *r, const level *parent)
{
  const char *base = parent->node->path, *path;
  if (parent->key) {
    path = qy_arena_format(r->arena, "%s%s%s", base, base[0] ? "." : "", parent->key);
  } else {
    path = qy_arena_format(r->arena, "%s[%zu]", base, parent->node->count);
  }
  size_t length = path ? strlen(path) : 0;
  if (length <= PATH_LENGTH_MAX) return path;
  const char *tail = path + length - PATH_LENGTH_MAX;
  while (((unsigned char)*tail & 0xC0) == 0x80)
    tail++;
  return qy_arena_format(r->arena, "...%s", tail);
}

/* A new node under the open list or map, or as the root. */
static qy_status add_node(reader *r, qy_yaml_kind kind, yaml_mark_t mark, qy_yaml **out)
{
  if (++r->nodes > QY_YAML_NODES_MAX) {
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark),
                      "expected at most %d values in a file, found more", QY_YAML_NODES_MAX);
  }
  qy_yaml *node = qy_arena_alloc(r->arena, 1, sizeof *node);
  if (!node) return no_memory(r);
  node->kind = kind;
  node->file = r->file;
  node->line = line_of(mark);
  node->column = column_of(mark);
  node->path = "";
  *out = node;
  if (r->depth == 0) {
    r->root = node;
    return QY_OK;
  }
  level *parent = &r->stack[r->depth - 1];
  void *children = parent->child;
  if (qy_grow(&children, &parent->capacity, parent->node->count + 1, sizeof(qy_yaml *)) != 0) return no_memory(r);
  parent->child = children;
  node->path = child_path(r, parent);
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

static qy_status plain_only(reader *r, yaml_mark_t mark, const yaml_char_t *anchor, const yaml_char_t *tag)
{
  if (!anchor && !tag) return QY_OK;
  return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(mark), column_of(mark),
                    "expected a plain value, found the %s \"%s%.60s\": anchors, aliases and tags are not allowed",
                    anchor ? "anchor" : "tag", anchor ? "&" : "", (const char *)(anchor ? anchor : tag));
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

static qy_status close_level(reader *r)
{
  level *l = &r->stack[--r->depth];
  qy_status status = l->node->kind == QY_YAML_MAP ? check_duplicates(r, l->child, l->node->count) : QY_OK;
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
  const char *copy = qy_arena_text(r->arena, value, length);
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
  node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
  return QY_OK;
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
  case YAML_ALIAS_EVENT:
    return qy_fail_at(r->err, QY_BAD_INPUT, r->file, line_of(event->start_mark), column_of(event->start_mark),
                      "expected a plain value, found the alias \"*%.40s\": anchors, aliases and tags are not allowed",
                      (const char *)event->data.alias.anchor);
  case YAML_SCALAR_EVENT:
    status = plain_only(r, event->start_mark, event->data.scalar.anchor, event->data.scalar.tag);
    return status != QY_OK ? status : add_scalar(r, event);
  case YAML_SEQUENCE_START_EVENT:
    status = plain_only(r, event->start_mark, event->data.sequence_start.anchor, event->data.sequence_start.tag);
    return status != QY_OK ? status : open_level(r, QY_YAML_LIST, event);
  case YAML_MAPPING_START_EVENT:
    status = plain_only(r, event->start_mark, event->data.mapping_start.anchor, event->data.mapping_start.tag);
    return status != QY_OK ? status : open_level(r, QY_YAML_MAP, event);
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
