/* 100,000 random mutations of YAML texts: never a crash; either a sound tree or a diagnostic that lies in the text. */
#include "quarry/yaml.h"

#include "fuzz/mutate.h"
#include "tap.h"

#include <stdlib.h>

static const char *const samples[] = {
    "name: a\nnode: 28 nm\ncells:\n  inv: {area: 0.75, in_cap: 0.9} # c\n  fa:\n    area: {value: 1, low: 0.5}\n",
    "- [1, 2, {a: b, 'c': \"d\\n\\x41\\u00e9\"}]\n- - x\n  - y\n-\n  k: |\n    block\n    text\n  f: >-\n    folded\n",
    "{a: [b, [c, [d, [e]]]], \"q\": 'it''s', n: -1.5e3, t: true, u: \xC3\xA4\xE2\x82\xAC}\n",
    "%YAML 1.1\n---\n? key\n: value\nlist:\n- a\n- b: 1\n  c: 2\n...\n",
    "a: &x 1\nb: *x\nc: !!int 3\n<<: {d: 1}\n\xEF\xBB\xBF"
    "e: 2\r\nf: 3\rg: \xC2\x85h: 1\n"};

static uint64_t state = 1;

static size_t below(size_t limit)
{
  return random_below(&state, limit);
}

static size_t damage(char *text, size_t length, size_t capacity)
{
  static const char telling[] = ":-[]{},#&*!|>'\"%@`?\n\r\t \\\x00\xFF\x80\xC3\xE2";
  static const mutation how = {.telling = telling, .tellings = sizeof telling - 1};
  return mutate(&state, text, length, capacity, &how);
}

/* Every node has sensible fields and stands where the text has room for it. */
static int sound(const qy_yaml *node, int lines, int depth)
{
  if (depth > QY_YAML_DEPTH_MAX + 1 || !node->path || node->line < 1 || node->line > lines || node->column < 1)
    return 0;
  if ((node->kind == QY_YAML_SCALAR) != (node->text != NULL)) return 0;
  for (size_t i = 0; i < node->count; i++) {
    if ((node->kind == QY_YAML_MAP) != (node->child[i]->key != NULL)) return 0;
    if (!sound(node->child[i], lines, depth + 1)) return 0;
  }
  return 1;
}

/* What is wrong with a text that ends too soon stands within it, or right behind its last character. */
static void cut_short(void)
{
  static const char whole[] = "a: [1, {b: 'c', d: \"e\"}]\nf: &x {g: 1}\nh: *x\ni:\n  - !!map {j: |\n";
  qy_arena *arena = qy_arena_new();
  int wrong = 0, refused = 0;
  for (size_t length = 0; length < sizeof whole; length++) {
    qy_yaml *root;
    qy_error err = {0};
    int line = 1, column = 1;
    for (size_t i = 0; i < length; i++) {
      column = whole[i] == '\n' ? 1 : column + 1;
      line += whole[i] == '\n';
    }
    if (!qy_yaml_read_text(&root, "f", whole, length, arena, &err)) continue;
    const qy_diagnostic *d = &err.diagnostic[0];
    const bool within = d->line < line || (d->line == line && d->column <= column);
    if (!within) printf("# %zu bytes: %d:%d is behind %d:%d, %s\n", length, d->line, d->column, line, column, d->text);
    wrong += !within;
    refused++;
  }
  ok(wrong == 0 && refused > 20, "of %d texts that end too soon %d are said to be wrong behind their end", refused,
     wrong);
  qy_arena_free(arena);
}

int main(void)
{
  cut_short();
  enum { ROUNDS = 100000, CAPACITY = 1024 };
  static const char *const keys[] = {"name", "area", "value", NULL};
  qy_arena *arena = qy_arena_new();
  char *text = malloc(CAPACITY); /* on the heap, so that a read past the end is seen */
  int accepted = 0, refused = 0, wrong = 0;
  if (!arena || !text) return 1;
  for (int i = 0; i < ROUNDS; i++) {
    const char *sample = samples[below(sizeof samples / sizeof samples[0])];
    size_t length = strlen(sample);
    memcpy(text, sample, length);
    length = damage(text, length, CAPACITY);
    /* At least as many as libyaml can count: a value that is missing at the end of the text stands on the next line. */
    int lines = 2;
    for (size_t k = 0; k < length; k++) {
      lines += text[k] == '\n' || text[k] == '\r' || text[k] == '\x85' || text[k] == '\xA8' || text[k] == '\xA9';
    }
    char *exact = malloc(length ? length : 1);
    if (!exact) return 1;
    memcpy(exact, text, length);
    qy_yaml *root = NULL;
    qy_error err;
    qy_error_clear(&err);
    qy_status status = qy_yaml_read_text(&root, "fuzz", exact, length, arena, &err);
    free(exact);
    if (status == QY_OK) {
      double number;
      accepted++;
      wrong += !root || err.count != 0 || !sound(root, lines, 0);
      if (root) qy_yaml_check_keys(root, keys, &err);
      if (root && root->kind != QY_YAML_SCALAR && root->count > 0) {
        qy_yaml_quantity(root->child[0], "nm", 1, 10, &number, &err);
        qy_yaml_number(root->child[0], 1, 10, &number, &err);
      }
    } else {
      refused++;
      const qy_diagnostic *d = &err.diagnostic[0];
      wrong += status != QY_BAD_INPUT || root || err.count < 1 || d->line < 1 || d->line > lines || d->column < 1;
    }
    if (wrong) {
      printf("# round %d, status %d, %d:%d of %d lines, %s\n", i, status, err.diagnostic[0].line,
             err.diagnostic[0].column, lines, err.diagnostic[0].text);
      break;
    }
    qy_arena_reset(arena);
  }
  ok(!wrong, "each of %d mutated texts gives a sound tree or a positioned error", ROUNDS);
  ok(accepted > 1000 && refused > 1000, "both happen often (%d accepted, %d refused)", accepted, refused);
  free(text);
  qy_arena_free(arena);
  return done();
}
