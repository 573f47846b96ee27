/* Typed access to YAML nodes, with messages that name the path, what was expected and what was found: see yaml.h. */
#include "quarry/units.h"

#include "quarry/decimal.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MESSAGE = QY_DIAGNOSTIC_TEXT, LISTING = 280, SHOWN = 40 };

/* What the node is, for the "found" part of a message. */
static const char *describe(const qy_yaml *node, char *out, size_t size)
{
  if (node->kind == QY_YAML_MAP) {
    snprintf(out, size, "a mapping of %zu %s", node->count, node->count == 1 ? "key" : "keys");
  } else if (node->kind == QY_YAML_LIST) {
    snprintf(out, size, "a list of %zu %s", node->count, node->count == 1 ? "value" : "values");
  } else if (node->text[0] == '\0') {
    snprintf(out, size, "%s", node->quoted ? "empty text" : "nothing");
  } else {
    size_t length = strlen(node->text), cut = length > SHOWN ? SHOWN : length;
    while (cut > 0 && ((unsigned char)node->text[cut] & 0xC0) == 0x80)
      cut--; /* not inside a character */
    snprintf(out, size, "%s\"%.*s%s\"", node->quoted ? "the text " : "", (int)cut, node->text,
             cut < length ? "..." : "");
  }
  return out;
}

static const char *separator(const qy_yaml *node)
{
  return node->path[0] ? ": " : "";
}

static qy_status expected(const qy_yaml *node, qy_error *err, const char *what, const char *advice)
{
  char found[128];
  return qy_fail_at(err, QY_BAD_INPUT, node->file, node->line, node->column, "%s%sexpected %s, found %s%s", node->path,
                    separator(node), what, describe(node, found, sizeof found), advice);
}

qy_status qy_yaml_expected(const qy_yaml *node, qy_error *err, const char *format, ...)
{
  assert(node && format);
  char what[MESSAGE];
  va_list args;
  va_start(args, format);
  qy_vprint(what, sizeof what, format, args);
  va_end(args);
  return expected(node, err, what, "");
}

const qy_yaml *qy_yaml_get(const qy_yaml *map, const char *key)
{
  assert(key);
  if (!map || map->kind != QY_YAML_MAP) return NULL;
  for (size_t i = 0; i < map->count; i++) {
    if (strcmp(map->child[i]->key, key) == 0) return map->child[i];
  }
  return NULL;
}

/* "a, b, c", cut with "..." when it would be long. */
static const char *listing(const char *const *names, size_t count, char *out, size_t size)
{
  size_t used = 0;
  out[0] = '\0';
  for (size_t i = 0; i < count; i++) {
    int wrote = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", names[i]);
    if (wrote < 0 || used + (size_t)wrote + 6 > size) {
      snprintf(out + used, size - used, "%s", ", ...");
      break;
    }
    used += (size_t)wrote;
  }
  return out;
}

qy_status qy_yaml_check_keys(const qy_yaml *map, const char *const *keys, qy_error *err)
{
  assert(map && keys);
  if (map->kind != QY_YAML_MAP) return expected(map, err, "a mapping", "");
  qy_status status = QY_OK;
  size_t count = 0;
  while (keys[count])
    count++;
  for (size_t i = 0; i < map->count; i++) {
    const qy_yaml *child = map->child[i];
    size_t k = 0;
    while (k < count && strcmp(keys[k], child->key) != 0)
      k++;
    if (k < count || (!map->path[0] && strncmp(child->key, "x-", 2) == 0)) continue;
    const char *nearest = qy_nearest(child->key, keys, count);
    char known[LISTING];
    if (nearest) {
      status =
          qy_fail_at(err, QY_BAD_INPUT, child->file, child->key_line, child->key_column,
                     "%s%sunknown key \"%.80s\"; did you mean \"%s\"?", map->path, separator(map), child->key, nearest);
    } else {
      status = qy_fail_at(err, QY_BAD_INPUT, child->file, child->key_line, child->key_column,
                          "%s%sunknown key \"%.80s\"; known keys: %s", map->path, separator(map), child->key,
                          listing(keys, count, known, sizeof known));
    }
  }
  return status;
}

/* "a number from 1 to 16", "a number above 0", "a number of at least 1 ns". */
static const char *range_text(const char *what, double low, double high, const char *unit, char *out, size_t size)
{
  const char *space = unit[0] ? " " : "";
  bool positive = low > 0 && low <= DBL_MIN; /* the smallest number stands for "not zero" */
  bool no_high = high >= DBL_MAX;
  if (positive && no_high) {
    snprintf(out, size, "%s above 0", what);
  } else if (positive) {
    qy_print(out, size, "%s above 0 and at most %.10g%s%s", what, high, space, unit);
  } else if (low <= -DBL_MAX && no_high) {
    snprintf(out, size, "%s", what);
  } else if (no_high) {
    qy_print(out, size, "%s of at least %.10g%s%s", what, low, space, unit);
  } else if (low <= -DBL_MAX) {
    qy_print(out, size, "%s of at most %.10g%s%s", what, high, space, unit);
  } else {
    qy_print(out, size, "%s from %.10g to %.10g%s%s", what, low, high, space, unit);
  }
  return out;
}

qy_status qy_yaml_number(const qy_yaml *node, double low, double high, double *value, qy_error *err)
{
  assert(node && low <= high && value);
  char what[MESSAGE];
  double number = 0;
  bool good = node->kind == QY_YAML_SCALAR && !node->quoted && qy_number_parse(node->text, &number);
  if (!good || number < low || number > high) {
    return expected(node, err, range_text("a number", low, high, "", what, sizeof what), "");
  }
  *value = number;
  return QY_OK;
}

/* A decimal whole number, all of the text, no leading zeros. */
static bool parse_integer(const char *text, int64_t *value)
{
  const char *digit = text + (text[0] == '+' || text[0] == '-');
  size_t count = strspn(digit, "0123456789");
  if (count == 0 || digit[count] != '\0' || (count > 1 && digit[0] == '0')) return false;
  errno = 0;
  long long number = strtoll(text, NULL, 10);
  *value = number;
  return errno == 0;
}

qy_status qy_yaml_integer(const qy_yaml *node, int64_t low, int64_t high, int64_t *value, qy_error *err)
{
  assert(node && low <= high && value);
  char what[MESSAGE];
  int64_t number = 0;
  bool good = node->kind == QY_YAML_SCALAR && !node->quoted && parse_integer(node->text, &number);
  if (!good || number < low || number > high) {
    if (low == INT64_MIN && high == INT64_MAX) {
      snprintf(what, sizeof what, "a whole number");
    } else if (high == INT64_MAX) {
      snprintf(what, sizeof what, "a whole number of at least %" PRId64, low);
    } else if (low == INT64_MIN) {
      snprintf(what, sizeof what, "a whole number of at most %" PRId64, high);
    } else {
      snprintf(what, sizeof what, "a whole number from %" PRId64 " to %" PRId64, low, high);
    }
    return expected(node, err, what, "");
  }
  *value = number;
  return QY_OK;
}

qy_status qy_yaml_boolean(const qy_yaml *node, int *value, qy_error *err)
{
  assert(node && value);
  bool plain = node->kind == QY_YAML_SCALAR && !node->quoted;
  if (plain && strcmp(node->text, "true") == 0) {
    *value = 1;
  } else if (plain && strcmp(node->text, "false") == 0) {
    *value = 0;
  } else {
    return expected(node, err, "true or false", "");
  }
  return QY_OK;
}

qy_status qy_yaml_text(const qy_yaml *node, const char **value, qy_error *err)
{
  assert(node && value);
  if (node->kind != QY_YAML_SCALAR || node->text[0] == '\0') return expected(node, err, "text", "");
  *value = node->text;
  return QY_OK;
}

qy_status qy_yaml_choice(const qy_yaml *node, const char *const *names, size_t count, size_t *index, qy_error *err)
{
  assert(node && names && index);
  const char *text = node->kind == QY_YAML_SCALAR ? node->text : "";
  for (size_t i = 0; i < count; i++) {
    if (strcmp(text, names[i]) != 0) continue;
    *index = i;
    return QY_OK;
  }
  char what[MESSAGE], known[LISTING], advice[128] = "";
  snprintf(what, sizeof what, "%s%s", count > 1 ? "one of " : "", listing(names, count, known, sizeof known));
  const char *nearest = count > 1 ? qy_nearest(text, names, count) : NULL;
  if (nearest) snprintf(advice, sizeof advice, "; did you mean \"%s\"?", nearest);
  return expected(node, err, what, advice);
}

qy_status qy_yaml_quantity(const qy_yaml *node, const char *unit, double low, double high, double *value, qy_error *err)
{
  assert(node && unit && low <= high && value);
  char what[MESSAGE];
  double number = 0;
  if (node->kind != QY_YAML_SCALAR) {
    bool bare = strcmp(unit, "ratio") == 0;
    snprintf(what, sizeof what, "a number%s%s%s", bare ? "" : " with unit, such as \"1 ", bare ? "" : unit,
             bare ? "" : "\"");
    return expected(node, err, what, "");
  }
  qy_error reason;
  qy_error_clear(&reason);
  qy_status status = qy_unit_parse(node->text, unit, &number, &reason);
  if (status != QY_OK) {
    return qy_fail_at(err, status, node->file, node->line, node->column, "%s%s%s", node->path, separator(node),
                      reason.diagnostic[0].text);
  }
  if (number < low || number > high) {
    const char *shown = strcmp(unit, "ratio") == 0 ? "" : unit;
    return expected(node, err, range_text("a value", low, high, shown, what, sizeof what), "");
  }
  *value = number;
  return QY_OK;
}

qy_status qy_yaml_measure(const qy_yaml *node, const char *unit, double low, double high, double *value, qy_error *err)
{
  assert(node && unit && low <= high && value);
  const char *text = node->kind == QY_YAML_SCALAR ? node->text : "";
  /* Text that begins with no number is told about as one that should be. */
  const bool other = strspn(text, "+-.0123456789") > 0 && text[strspn(text, "+-.0123456789eE")];
  if (other && qy_unit_known(unit)) return qy_yaml_quantity(node, unit, low, high, value, err);
  return qy_yaml_number(node, low, high, value, err);
}

/* ---- files ---- */

/* Is the text a path, and no name to be looked up?  As the readers of networks, libraries and devices have it. */
bool qy_yaml_is_path(const char *text)
{
  static const char *const endings[] = {".csv", ".yaml"};
  const size_t length = strlen(text);
  bool path = strchr(text, '/') != NULL;
  for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
    const size_t end = strlen(endings[i]);
    path |= length > end && strcmp(text + length - end, endings[i]) == 0;
  }
  return path;
}

qy_status qy_yaml_file(const char **file, const qy_yaml *node, const char *text, qy_arena *arena, qy_error *err)
{
  const char *slash = strrchr(node->file, '/');
  *file = text;
  if (!slash || *text == '/' || !qy_yaml_is_path(text)) return QY_OK;
  const char *beside = qy_arena_format(arena, "%.*s/%s", (int)(slash - node->file), node->file, text);
  if (!beside) return qy_no_memory(err);
  if (access(beside, F_OK) == 0 || access(text, F_OK) != 0) *file = beside;
  return QY_OK;
}
