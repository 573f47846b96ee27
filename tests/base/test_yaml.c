/* The YAML reader: malformed texts by exact message and position, positions against a writer that knows where it put
 * things, typed access. */
#include "quarry/text.h"
#include "quarry/yaml.h"

#include "tap.h"

#include <float.h>
#include <stdlib.h>

static qy_arena *arena;

/* All diagnostics of reading `text`, one per line. */
static const char *messages(const char *text, size_t length)
{
  static char out[8192];
  char one[900];
  qy_error err = {0};
  qy_yaml *root = NULL;
  qy_status status = qy_yaml_read_text(&root, "f", text, length, arena, &err);
  out[0] = '\0';
  if (status == QY_OK) return "(accepted)";
  if (root) return "(a tree in spite of an error)";
  for (int i = 0; i < err.count; i++) {
    qy_diagnostic_format(&err, i, one, sizeof one);
    snprintf(out + strlen(out), sizeof out - strlen(out), "%s%s", i ? "\n" : "", one);
  }
  return out;
}

#define PLAIN ": tags are not allowed"
static const struct {
  const char *text, *message;
} malformed[] = {
    {"", "f:1:1: error: expected a YAML value, found an empty file"},
    {"# only a comment\n", "f:1:1: error: expected a YAML value, found an empty file"},
    {"a: 1\na: 2\n", "f:2:1: error: a: duplicate key, first given at 1:1"},
    {"m: {x: 1, y: 2, x: 3}\n", "f:1:17: error: m.x: duplicate key, first given at 1:5"},
    {"a: 1\nb: 1\na: 2\nb: 2\na: 3\n",
     "f:3:1: error: a: duplicate key, first given at 1:1\nf:5:1: error: a: duplicate key, first given at 1:1\n"
     "f:4:1: error: b: duplicate key, first given at 2:1"},
    {"\"a\": 1\na: 2\n", "f:2:1: error: a: duplicate key, first given at 1:1"},
    {"a: *x\n", "f:1:4: error: expected the name of an anchor before it, found \"*x\""},
    {"a: &base 1\nb: *bas\n",
     "f:2:4: error: expected the name of an anchor before it, found \"*bas\"; did you mean \"*base\"?"},
    {"a: *x\nb: &x 1\n", "f:1:4: error: expected the name of an anchor before it, found \"*x\""},
    {"a: &x [1, *x]\n", "f:1:11: error: expected an alias of what is complete, found \"*x\" inside it"},
    {"a: &x {b: {<<: *x}}\n", "f:1:16: error: expected an alias of what is complete, found \"*x\" inside it"},
    {"&x a: 1\n", "f:1:1: error: expected a plain word as key, found an anchor before it"},
    {"a: &x b\n*x : 1\n", "f:2:1: error: expected a plain word as key, found an alias"},
    {"a: &x 1\nb: {<<: *x}\n", "f:2:9: error: <<: expected a mapping to merge, or a list of mappings"},
    {"b: {<<: [2, {c: 1}]}\n", "f:1:9: error: <<: expected a mapping to merge, or a list of mappings"},
    {"b: {<<: [{c: 1}, 2]}\n", "f:1:9: error: <<: expected a mapping to merge, or a list of mappings"},
    {"b: {<<: {c: 1}, <<: {d: 1}}\n", "f:1:17: error: b: duplicate key, first given at 1:5"},
    {"b: {<<: {c: 1}, d: 1, d: 2}\n", "f:1:23: error: b.d: duplicate key, first given at 1:17"},
    {"a: !thing 1\n", "f:1:4: error: expected a plain value, found the tag \"!thing\"" PLAIN},
    {"a: !!str 1\n", "f:1:4: error: expected a plain value, found the tag \"tag:yaml.org,2002:str\"" PLAIN},
    {"a: ! x\n", "f:1:4: error: expected a plain value, found the tag \"!\"" PLAIN},
    {"%TAG !e! tag:e.org,2000:\n---\na: 1\n", "f:1:1: error: tag directives are not allowed"},
    {"a: 1\n---\nb: 2\n", "f:2:1: error: expected one document, found the start of a second"},
    {"? [a, b]\n: 1\n", "f:1:3: error: expected a plain word as key, found a list"},
    {"{{a: 1}: 2}\n", "f:1:2: error: expected a plain word as key, found a mapping"},
    {"a: [1, 2\n",
     "f:2:1: error: YAML syntax: did not find expected ',' or ']' (while parsing a flow sequence that starts at 1:4)"},
    {"a: {b: 1\nc: 2}\n",
     "f:2:2: error: YAML syntax: did not find expected ',' or '}' (while parsing a flow mapping that starts at 1:4)"},
    {"a: b: c\n", "f:1:5: error: YAML syntax: mapping values are not allowed in this context"},
    {"a:\n\t- b\n",
     "f:2:1: error: YAML syntax: found character that cannot start any token while scanning for the next token"},
    {"a: 'open\n",
     "f:2:1: error: YAML syntax: found unexpected end of stream (while scanning a quoted scalar that starts at 1:4)"},
    {"a: \"open",
     "f:1:9: error: YAML syntax: found unexpected end of stream (while scanning a quoted scalar that starts at 1:4)"},
    {"a: \"\\q\"\n",
     "f:1:5: error: YAML syntax: found unknown escape character (while parsing a quoted scalar that starts at 1:4)"},
    {"a: @home\n",
     "f:1:4: error: YAML syntax: found character that cannot start any token while scanning for the next token"},
    {"a: `x`\n",
     "f:1:4: error: YAML syntax: found character that cannot start any token while scanning for the next token"},
    {"a: 1\n  b: 2\n", "f:2:4: error: YAML syntax: mapping values are not allowed in this context"},
    {"a:\n    b: 1\n  c: 2\n",
     "f:3:3: error: YAML syntax: did not find expected key (while parsing a block mapping that starts at 1:1)"},
    {"- a\nb: 1\n",
     "f:2:1: error: YAML syntax: did not find expected '-' indicator (while parsing a block collection that starts at "
     "1:1)"},
    {"a: 1\nb\n", "f:3:1: error: YAML syntax: could not find expected ':' (while scanning a simple key that starts at "
                  "2:1)"},
    {"a: ]\n", "f:1:4: error: YAML syntax: did not find expected node content while parsing a block node"},
    {"%YAML 9.9\n---\na: 1\n", "f:1:1: error: YAML syntax: found incompatible YAML document"},
    {"a: \xff\n", "f:1:4: error: expected UTF-8 text: invalid leading UTF-8 octet"},
    /* the colon stands where the second octet should */
    {"a: 1\nb\xc3: 2\n", "f:2:3: error: expected UTF-8 text: invalid trailing UTF-8 octet"},
    {"a: 1\nb: \xc3\xa4 \xc0\x80\n", "f:2:6: error: expected UTF-8 text: invalid length of a UTF-8 sequence"},
    {"a: x\xe2\x82", "f:1:5: error: expected UTF-8 text: incomplete UTF-8 octet sequence"},
    {"a: \xed\xa0\x80\n", "f:1:4: error: expected UTF-8 text: invalid Unicode character"},
    {"a: 1\nb: x\x01\n", "f:2:5: error: expected printable text, found the control character 0x01"},
    {"a: x\x1b[31m\n", "f:1:5: error: expected printable text, found the control character 0x1B"},
    {"a: \"x\\0y\"\n", "f:1:4: error: expected text, found an escaped NUL character in it"},
};

/* "{a: 1, b: [x, y]}": the tree as one line. */
static void flat(const qy_yaml *node, char *out, size_t size)
{
  size_t used = strlen(out);
  if (node->kind == QY_YAML_SCALAR) {
    snprintf(out + used, size - used, "%s", node->text);
    return;
  }
  const bool map = node->kind == QY_YAML_MAP;
  snprintf(out + used, size - used, "%c", map ? '{' : '[');
  for (size_t i = 0; i < node->count; i++) {
    used = strlen(out);
    snprintf(out + used, size - used, "%s%s%s", i ? ", " : "", map ? node->child[i]->key : "", map ? ": " : "");
    flat(node->child[i], out, size);
  }
  used = strlen(out);
  snprintf(out + used, size - used, "%c", map ? '}' : ']');
}

/* What aliases and merges come to; expected by the rules of yaml.org/type/merge.html. */
static const struct {
  const char *text, *tree;
} aliased[] = {
    {"a: &x 1\nb: *x\n", "{a: 1, b: 1}"},
    {"a: &x [1, {c: 2}]\nb: *x\n", "{a: [1, {c: 2}], b: [1, {c: 2}]}"},
    {"a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"},
    {"a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3, m: 4}\n", "{a: {k: 1, l: 2}, b: {k: 1, l: 3, m: 4}}"},
    {"a: &x {k: 1, l: 2}\nb: {l: 3, <<: *x}\n", "{a: {k: 1, l: 2}, b: {l: 3, k: 1}}"},
    {"a: &x {k: 1}\nb: &y {k: 2, l: 2}\nc: {<<: [*x, *y], m: 3}\n",
     "{a: {k: 1}, b: {k: 2, l: 2}, c: {k: 1, l: 2, m: 3}}"},
    {"a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n", "{a: {k: 1}, b: {k: 1, l: 2}, c: {k: 1, l: 2}}"},
    {"- &x {p: {q: 1}}\n- {<<: *x, p: {r: 2}}\n", "[{p: {q: 1}}, {p: {r: 2}}]"},
    {"a: {\"<<\": 1}\n", "{a: {<<: 1}}"},
    {"a: {<<: {k: 1}}\n", "{a: {k: 1}}"},
    {"a: {<<: {}}\n", "{a: {}}"},
    {"&r\na: 1\n", "{a: 1}"},
};

static void aliases(void)
{
  for (size_t i = 0; i < sizeof aliased / sizeof *aliased; i++) {
    char tree[400] = "";
    qy_yaml *root = NULL;
    if (qy_yaml_read_text(&root, "f", aliased[i].text, strlen(aliased[i].text), arena, NULL) == QY_OK && root)
      flat(root, tree, sizeof tree);
    is_text(tree, aliased[i].tree, aliased[i].tree);
  }
  /* Many keys from each of several maps: of i above 2 the odd ones are in the first, multiples of k in map k. */
  enum { KEYS = 4000, MAPS = 5 };
  qy_text long_text = {0};
  qy_yaml *root = NULL;
  for (int k = 1; k <= MAPS; k++) {
    qy_text_add(&long_text, "m%d: &m%d {", k, k);
    for (int i = 2 * k; i < KEYS; i += k)
      if (k > 1 || i % 2) qy_text_add(&long_text, "k%d: %d, ", i, k);
    qy_text_add(&long_text, "e%d: 0}\n", k);
  }
  qy_text_add(&long_text, "all: {<<: [*m1, *m2, *m3, *m4, *m5]}\n");
  int wrong = 1;
  if (qy_yaml_read_text(&root, "f", long_text.data, long_text.length, arena, NULL) == QY_OK && root) {
    const qy_yaml *all = root->child[MAPS];
    wrong = all->count != KEYS - 3 + MAPS;
    for (int i = 3; i < KEYS; i++) {
      char key[16], from[2] = {i % 2 ? '1' : '2', '\0'};
      snprintf(key, sizeof key, "k%d", i);
      const qy_yaml *one = qy_yaml_get(all, key);
      wrong += !one || strcmp(one->text, from) != 0;
    }
  }
  qy_text_free(&long_text);
  is_int(wrong, 0, "thousands of keys from five maps, each from the first that has it");
  /* Where a value of an alias is wrong: the path is that of the alias, the position that of the text. */
  static const char text[] = "base: &b\n  pe: {bits: x}\ndesigns:\n  - <<: *b\n";
  qy_error err = {0};
  char line[400];
  int64_t value;
  if (qy_yaml_read_text(&root, "f", text, sizeof text - 1, arena, &err) == QY_OK && root)
    qy_yaml_integer(qy_yaml_get(qy_yaml_get(root->child[1]->child[0], "pe"), "bits"), 0, 9, &value, &err);
  is_text(qy_diagnostic_format(&err, 0, line, sizeof line),
          "f:2:14: error: designs[0].pe.bits: expected a whole number from 0 to 9, found \"x\"",
          "positions of aliases");
  /* Nine levels of nine aliases each would be 387 million values. */
  char bomb[2000] = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 9; i++) {
    char one[200];
    const int b = i - 1;
    snprintf(one, sizeof one, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, b, b, b, b, b,
             b, b, b, b);
    strcat(bomb, one);
  }
  ok(strstr(messages(bomb, strlen(bomb)), "expected aliases of at most") != NULL, "aliases that multiply are refused");
  char deep[400] = "";
  for (int i = 0; i < 40; i++)
    strcat(deep, "[");
  char nested[1000];
  snprintf(nested, sizeof nested, "- &d %s%.40s\n- %s*d%.40s\n", deep, "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", deep,
           "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]");
  ok(strstr(messages(nested, strlen(nested)), "nested levels") != NULL, "and so are those that nest too deeply");
}

static void refusals(void)
{
  char what[100];
  for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
    const char *text = malformed[i].text;
    snprintf(what, sizeof what, "malformed %zu", i);
    is_text(messages(text, strlen(text)), malformed[i].message, what);
  }
  is_text(messages("a: \0b", 5), "f:1:4: error: expected printable text, found the control character 0x00", "NUL byte");
  is_text(messages("\xff\xfe"
                   "a\0:\0",
                   6),
          "f:1:1: error: expected UTF-8 text: invalid leading UTF-8 octet", "UTF-16 is refused");

  char deep[300];
  memset(deep, '[', 65);
  deep[65] = '\0';
  is_text(messages(deep, 65), "f:1:65: error: expected at most 64 nested levels, found more", "65 levels");
  memset(deep + 64, ']', 64);
  is_text(messages(deep, 128), "(accepted)", "64 levels");

  char key[400];
  memset(key, 'k', 257);
  memcpy(key + 257, ": 1", 4);
  is_text(messages(key, strlen(key)), "f:1:1: error: expected a key of at most 256 bytes, found 257", "257-byte key");

  size_t many = (size_t)QY_YAML_NODES_MAX, used = 0; /* the list itself is a node too */
  char *list = malloc(2 * many + 3);
  if (!list) return;
  list[used++] = '[';
  for (size_t i = 0; i < many; i++)
    list[used++] = '1', list[used++] = ',';
  list[used++] = ']';
  is_text(messages(list, used), "f:1:2000000: error: expected at most 1000000 values in a file, found more",
          "a million and one values");
  free(list);
  qy_arena_reset(arena);
  is_int(qy_yaml_read_text(&(qy_yaml *){0}, NULL, "a: [", 4, arena, NULL), QY_BAD_INPUT, "no report wanted");
}

/* ---- positions: a random tree is written, noting where each key and value went --------------------------------- */

typedef struct place {
  const char *path;
  int line, column, key_line, key_column;
  qy_yaml_kind kind;
  char text[32];
} place;

typedef struct writer {
  char text[65536];
  size_t length;
  int line, column;
  place place[4096];
  size_t count;
  uint64_t seed;
} writer;

static unsigned dice(writer *w, unsigned sides)
{
  w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
  return (unsigned)(w->seed >> 33) % sides;
}

static void emit(writer *w, const char *text)
{
  for (; *text; text++) {
    w->text[w->length++] = *text;
    if (*text == '\n') {
      w->line++;
      w->column = 1;
    } else if (((unsigned char)*text & 0xC0) != 0x80) {
      w->column++;
    }
  }
}

static void indent(writer *w, int depth)
{
  for (int i = 0; i < depth; i++)
    emit(w, "  ");
}

static place *note(writer *w, const char *path, qy_yaml_kind kind)
{
  place *p = &w->place[w->count++];
  *p = (place){.path = path, .line = w->line, .column = w->column, .kind = kind};
  return p;
}

static void scalar(writer *w, place *p)
{
  static const char *const words[] = {"x", "12.5", "\xC3\xA4\xC3\xB6", "two words", "\xE2\x82\xAC 5", "-3", "0.49 um2"};
  static const char *const quotes[] = {"", "'", "\""};
  const char *quote = quotes[dice(w, 3)], *word = words[dice(w, 7)];
  snprintf(p->text, sizeof p->text, "%s", word);
  emit(w, quote);
  emit(w, word);
  emit(w, quote);
}

static void flow(writer *w, const char *path, int depth);

static void flow_child(writer *w, const char *base, bool map, unsigned i, int depth)
{
  char key[32];
  snprintf(key, sizeof key, "%s%u", dice(w, 2) ? "\xC3\xA9" : "k", i);
  int line = w->line, column = w->column;
  if (map) {
    emit(w, key);
    emit(w, dice(w, 2) ? ": " : ":  ");
  }
  const char *path =
      map ? qy_arena_format(arena, "%s%s%s", base, base[0] ? "." : "", key) : qy_arena_format(arena, "%s[%u]", base, i);
  size_t at = w->count;
  flow(w, path, depth);
  w->place[at].key_line = map ? line : 0;
  w->place[at].key_column = map ? column : 0;
}

static void flow(writer *w, const char *path, int depth)
{
  unsigned kind = depth > 4 ? 0 : dice(w, 4);
  if (kind < 2) {
    scalar(w, note(w, path, QY_YAML_SCALAR));
    return;
  }
  bool map = kind == 2;
  note(w, path, map ? QY_YAML_MAP : QY_YAML_LIST);
  emit(w, map ? "{" : "[");
  unsigned count = dice(w, 4);
  for (unsigned i = 0; i < count; i++) {
    if (i > 0) emit(w, dice(w, 4) ? ", " : ",\n        ");
    flow_child(w, path, map, i, depth + 1);
  }
  emit(w, map ? "}" : "]");
}

/* A block mapping at this indent, cursor at line start. */
static void block(writer *w, const char *path, int depth, place *own)
{
  unsigned count = 1 + dice(w, 4);
  for (unsigned i = 0; i < count; i++) {
    char key[16];
    snprintf(key, sizeof key, "%s%u", dice(w, 2) ? "key" : "\xC3\xBC", i);
    if (dice(w, 5) == 0) emit(w, "# \xE2\x82\xAC comment\n");
    if (dice(w, 5) == 0) emit(w, "\n");
    indent(w, depth);
    int line = w->line, column = w->column;
    if (i == 0) { /* a block mapping starts where its first key does */
      own->line = line;
      own->column = column;
    }
    emit(w, key);
    emit(w, ":");
    const char *child = qy_arena_format(arena, "%s%s%s", path, path[0] ? "." : "", key);
    size_t at = w->count;
    if (depth < 4 && dice(w, 3) == 0) {
      emit(w, "\n");
      block(w, child, depth + 1, note(w, child, QY_YAML_MAP));
    } else {
      emit(w, dice(w, 3) ? " " : "   ");
      flow(w, child, depth);
      emit(w, dice(w, 4) ? "\n" : " # tail\n");
    }
    w->place[at].key_line = line;
    w->place[at].key_column = column;
  }
}

/* Block lists, literals and odd spacing, counted by hand. */
static void positions_by_hand(void)
{
  static const char text[] = "l:\n"
                             "- a\n"
                             "-   b: 1\n"
                             "    c: |\n"
                             "      text\n"
                             "- - 'x'\n"
                             "  -\n"
                             "    y\n"
                             "\"q k\" : >-\n"
                             "  fold\n"
                             "  ed\n"
                             "e:\n"
                             "? z\n"
                             ": v\r\n"
                             "w: \"a\\\n"
                             "  b\"\n"
                             "end: {}\n";
  static const place expected[] = {{"", 1, 1, 0, 0, QY_YAML_MAP, ""},
                                   {"l", 2, 1, 1, 1, QY_YAML_LIST, ""},
                                   {"l[0]", 2, 3, 0, 0, QY_YAML_SCALAR, "a"},
                                   {"l[1]", 3, 5, 0, 0, QY_YAML_MAP, ""},
                                   {"l[1].b", 3, 8, 3, 5, QY_YAML_SCALAR, "1"},
                                   {"l[1].c", 4, 8, 4, 5, QY_YAML_SCALAR, "text\n"},
                                   {"l[2]", 6, 3, 0, 0, QY_YAML_LIST, ""},
                                   {"l[2][0]", 6, 5, 0, 0, QY_YAML_SCALAR, "x"},
                                   {"l[2][1]", 8, 5, 0, 0, QY_YAML_SCALAR, "y"},
                                   {"q k", 9, 9, 9, 1, QY_YAML_SCALAR, "fold ed"},
                                   {"e", 12, 3, 12, 1, QY_YAML_SCALAR, ""},
                                   {"z", 14, 3, 13, 3, QY_YAML_SCALAR, "v"},
                                   {"w", 15, 4, 15, 1, QY_YAML_SCALAR, "ab"},
                                   {"end", 17, 6, 17, 1, QY_YAML_MAP, ""}};
  qy_yaml *root = NULL, *node[16], *todo[16];
  qy_error err = {0};
  size_t count = 0, left = 0;
  if (qy_yaml_read_text(&root, "f", text, strlen(text), arena, &err) == QY_OK) todo[left++] = root;
  while (left > 0 && count < 16) { /* depth first, in file order */
    qy_yaml *next = todo[--left];
    node[count++] = next;
    for (size_t i = next->count; i-- > 0;)
      todo[left++] = next->child[i];
  }
  is_int((int64_t)count, sizeof expected / sizeof expected[0], "values of the block sample");
  for (size_t i = 0; i < count && i < sizeof expected / sizeof expected[0]; i++) {
    const place *p = &expected[i];
    int same = strcmp(node[i]->path, p->path) == 0 && node[i]->line == p->line && node[i]->column == p->column &&
               node[i]->key_line == p->key_line && node[i]->key_column == p->key_column && node[i]->kind == p->kind &&
               (p->kind != QY_YAML_SCALAR || strcmp(node[i]->text, p->text) == 0);
    ok(same, "\"%s\" stands at %d:%d", p->path, p->line, p->column);
    if (!same)
      printf("# got \"%s\" at %d:%d, key %d:%d, [%s]\n", node[i]->path, node[i]->line, node[i]->column,
             node[i]->key_line, node[i]->key_column, node[i]->text ? node[i]->text : "-");
  }
}

static size_t compare_places(const qy_yaml *node, const writer *w, size_t *at)
{
  const place *p = &w->place[(*at)++];
  size_t wrong = *at > w->count || strcmp(node->path, p->path) != 0 || node->kind != p->kind || node->line != p->line ||
                 node->column != p->column || node->key_line != p->key_line || node->key_column != p->key_column ||
                 (p->kind == QY_YAML_SCALAR && strcmp(node->text, p->text) != 0);
  for (size_t i = 0; i < node->count && !wrong; i++)
    wrong += compare_places(node->child[i], w, at);
  return wrong;
}

static void positions(void)
{
  writer *w = malloc(sizeof *w);
  size_t nodes = 0;
  int wrong = 0;
  if (!w) return;
  for (uint64_t seed = 1; seed <= 2000 && !wrong; seed++) {
    *w = (writer){.line = 1, .column = 1, .seed = seed};
    if (dice(w, 4) == 0) w->length = (size_t)snprintf(w->text, 4, "\xEF\xBB\xBF"); /* a byte order mark is no column */
    block(w, "", 0, note(w, "", QY_YAML_MAP));
    qy_yaml *root = NULL;
    qy_error err = {0};
    size_t at = 0;
    qy_status status = qy_yaml_read_text(&root, "f", w->text, w->length, arena, &err);
    wrong = status != QY_OK || compare_places(root, w, &at) != 0 || at != w->count;
    nodes += at;
    if (wrong)
      printf("# seed %llu at node %zu: %s\n%.*s\n", (unsigned long long)seed, at, err.diagnostic[0].text,
             (int)w->length, w->text);
    qy_arena_reset(arena);
  }
  ok(!wrong && nodes > 10000, "line, column and path of %zu values in 2000 random files are where they were put",
     nodes);
  free(w);
}

/* ---- typed access ----------------------------------------------------------------------------------------------- */

static const char *const kinds[] = {"mac", "mac_st", "mac_sa"};

/* One call per letter on the value of "v"; returns the message or the value as text. */
static const char *typed(char call, const char *text)
{
  static char out[900];
  static const char *const known[] = {"kind", "bits", "multiplier", NULL};
  qy_error err = {0};
  qy_yaml *root = NULL;
  if (qy_yaml_read_text(&root, "f", text, strlen(text), arena, &err) != QY_OK) return "(does not parse)";
  const qy_yaml *v = qy_yaml_get(root, "v");
  double number = -99;
  int64_t integer = -99;
  int truth = -99;
  size_t choice = 99;
  const char *word = NULL;
  qy_status status = QY_OK;
  switch (call) {
  case 'n': status = qy_yaml_number(v, 0, 10, &number, &err); break;
  case 'N': status = qy_yaml_number(v, -DBL_MAX, DBL_MAX, &number, &err); break;
  case 'p': status = qy_yaml_number(v, DBL_TRUE_MIN, DBL_MAX, &number, &err); break;
  case 'i': status = qy_yaml_integer(v, 1, 64, &integer, &err); break;
  case 'I': status = qy_yaml_integer(v, INT64_MIN, INT64_MAX, &integer, &err); break;
  case 'b': status = qy_yaml_boolean(v, &truth, &err); break;
  case 't': status = qy_yaml_text(v, &word, &err); break;
  case 'c': status = qy_yaml_choice(v, kinds, 3, &choice, &err); break;
  case 'q': status = qy_yaml_quantity(v, "B", 1, 1e9, &number, &err); break;
  case 'r': status = qy_yaml_quantity(v, "ratio", 0, 1, &number, &err); break;
  case 'k': status = qy_yaml_check_keys(v, known, &err); break;
  default: return "(no such call)";
  }
  if (status != QY_OK) return qy_diagnostic_format(&err, 0, out, sizeof out);
  if (number != -99)
    snprintf(out, sizeof out, "%.17g", number);
  else if (integer != -99)
    snprintf(out, sizeof out, "%lld", (long long)integer);
  else if (truth != -99)
    snprintf(out, sizeof out, "%s", truth ? "true" : "false");
  else if (choice != 99)
    snprintf(out, sizeof out, "#%zu", choice);
  else
    snprintf(out, sizeof out, "%s", word ? word : "good");
  return out;
}

static const struct {
  char call;
  const char *text, *expected;
} typed_rows[] = {
    {'n', "v: 2.5", "2.5"},
    {'n', "v: 1e1", "10"},
    {'n', "v: 10.1", "f:1:4: error: v: expected a number from 0 to 10, found \"10.1\""},
    {'n', "v: 3x", "f:1:4: error: v: expected a number from 0 to 10, found \"3x\""},
    {'n', "v: 32 KiB", "f:1:4: error: v: expected a number from 0 to 10, found \"32 KiB\""},
    {'n', "v: '3'", "f:1:4: error: v: expected a number from 0 to 10, found the text \"3\""},
    {'n', "v: [3]", "f:1:4: error: v: expected a number from 0 to 10, found a list of 1 value"},
    {'n', "v: {a: 1, b: 2}", "f:1:4: error: v: expected a number from 0 to 10, found a mapping of 2 keys"},
    {'n', "v:", "f:1:3: error: v: expected a number from 0 to 10, found nothing"},
    {'n', "v: ''", "f:1:4: error: v: expected a number from 0 to 10, found empty text"},
    {'N', "v: 1e400", "f:1:4: error: v: expected a number, found \"1e400\""},
    {'N', "v: .inf", "f:1:4: error: v: expected a number, found \".inf\""},
    {'N', "v: .nan", "f:1:4: error: v: expected a number, found \".nan\""},
    {'N', "v: 0x1F", "f:1:4: error: v: expected a number, found \"0x1F\""},
    {'N', "v: 1_000", "f:1:4: error: v: expected a number, found \"1_000\""},
    {'N', "v: -1.7976931348623157e308", "-1.7976931348623157e+308"},
    {'p', "v: 0", "f:1:4: error: v: expected a number above 0, found \"0\""},
    {'i', "v: 16", "16"},
    {'i', "v: 65", "f:1:4: error: v: expected a whole number from 1 to 64, found \"65\""},
    {'i', "v: 16.0", "f:1:4: error: v: expected a whole number from 1 to 64, found \"16.0\""},
    {'i', "v: 016", "f:1:4: error: v: expected a whole number from 1 to 64, found \"016\""},
    {'I', "v: 9223372036854775807", "9223372036854775807"},
    {'I', "v: 9223372036854775808", "f:1:4: error: v: expected a whole number, found \"9223372036854775808\""},
    {'b', "v: true", "true"},
    {'b', "v: false", "false"},
    {'b', "v: yes", "f:1:4: error: v: expected true or false, found \"yes\""},
    {'b', "v: 'true'", "f:1:4: error: v: expected true or false, found the text \"true\""},
    {'t', "v: a b", "a b"},
    {'t', "v: ", "f:1:3: error: v: expected text, found nothing"},
    {'c', "v: mac_sa", "#2"},
    {'c', "v: mac_ts",
     "f:1:4: error: v: expected one of mac, mac_st, mac_sa, found \"mac_ts\"; did you mean \"mac_st\"?"},
    {'c', "v: zzz", "f:1:4: error: v: expected one of mac, mac_st, mac_sa, found \"zzz\""},
    {'q', "v: 32 KiB", "32768"},
    {'q', "v: \"32 KiB\"", "32768"},
    {'q', "v: 32",
     "f:1:4: error: v: expected a size with unit (bit, B, kB, KiB, MB, MiB, GB, GiB) such as \"32 B\", found "
     "\"32\" without unit"},
    {'q', "v: 2 GB", "f:1:4: error: v: expected a value from 1 to 1000000000 B, found \"2 GB\""},
    {'q', "v: [1 B]", "f:1:4: error: v: expected a number with unit, such as \"1 B\", found a list of 1 value"},
    {'r', "v: 40 %", "0.40000000000000002"},
    {'r', "v: 1.5", "f:1:4: error: v: expected a value from 0 to 1, found \"1.5\""},
    {'k', "v: {kind: 1, bits: 2}", "good"},
    {'k', "v: {kind: 1,\n  bist: 2}", "f:2:3: error: v: unknown key \"bist\"; did you mean \"bits\"?"},
    {'k', "v: {qqqqq: 1}", "f:1:5: error: v: unknown key \"qqqqq\"; known keys: kind, bits, multiplier"},
    {'k', "v: 3", "f:1:4: error: v: expected a mapping, found \"3\""},
};

int main(void)
{
  char what[100];
  arena = qy_arena_new();
  if (!arena) return 1;
  refusals();
  aliases();
  positions_by_hand();
  positions();
  for (size_t i = 0; i < sizeof typed_rows / sizeof typed_rows[0]; i++) {
    snprintf(what, sizeof what, "%c of %.60s", typed_rows[i].call, typed_rows[i].text);
    for (char *p = what; *p; p++)
      *p = *p == '\n' ? ' ' : *p;
    is_text(typed(typed_rows[i].call, typed_rows[i].text), typed_rows[i].expected, what);
  }
  qy_yaml *root = NULL;
  qy_error err = {0};
  const char *text = "designs:\n  - {}\n  - pe: {bits: 16}\n";
  qy_yaml_read_text(&root, "f", text, strlen(text), arena, &err);
  const qy_yaml *pe = root ? qy_yaml_get(qy_yaml_get(root, "designs")->child[1], "pe") : NULL;
  is_text(pe ? qy_yaml_get(pe, "bits")->path : NULL, "designs[1].pe.bits", "path as in the header's example");
  ok(pe && !qy_yaml_get(pe, "none") && !qy_yaml_get(NULL, "x") && !qy_yaml_get(qy_yaml_get(pe, "bits"), "x"),
     "a key that is not there gives NULL");
  qy_arena_free(arena);
  return done();
}
