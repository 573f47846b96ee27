/* Designs of databases before schema version 5 have keys with dots: {"pe.bits": 16} becomes {"pe": {"bits": 16}}.
 *
 * Values are copied as they stand, so that no digit is lost.
 */
#include "nest.h"

#include "quarry/alloc.h"
#include "quarry/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ITEMS_MAX = 1024 };

typedef struct span {
  const char *at;
  size_t length;
} span;

typedef struct flat {
  size_t count;
  span key[ITEMS_MAX], value[ITEMS_MAX]; /* keys without their quotes */
  bool put[ITEMS_MAX];
} flat;

static const char *skip_space(const char *at)
{
  while (isspace((unsigned char)*at))
    at++;
  return at;
}

/* Behind the string that begins at `at`; NULL: it has no end. */
static const char *skip_string(const char *at)
{
  for (at++; *at && *at != '"'; at++)
    if (*at == '\\' && at[1]) at++;
  return *at ? at + 1 : NULL;
}

/* Behind the value that begins at `at`: at the comma or brace after it. */
static const char *skip_value(const char *at)
{
  for (int depth = 0; *at;) {
    if (*at == '"') {
      if (!(at = skip_string(at))) return NULL;
      continue;
    }
    if (depth == 0 && (*at == ',' || *at == '}')) return at;
    depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    at++;
  }
  return NULL;
}

/* The items of an object; false: it is none, or has too many. */
static bool read_items(flat *f, const char *json)
{
  const char *at = skip_space(json);
  if (*at++ != '{') return false;
  for (at = skip_space(at); *at == '"';) {
    const char *key = at + 1, *end = skip_string(at);
    if (!end || f->count == ITEMS_MAX) return false;
    f->key[f->count] = (span){key, (size_t)(end - 1 - key)};
    at = skip_space(end);
    if (*at++ != ':') return false;
    at = skip_space(at);
    if (!(end = skip_value(at))) return false;
    f->value[f->count++] = (span){at, (size_t)(end - at)};
    at = skip_space(*end == ',' ? end + 1 : end);
  }
  return *at == '}';
}

static bool begins(span key, span prefix)
{
  return key.length > prefix.length && strncmp(key.at, prefix.at, prefix.length) == 0;
}

static bool is_key(const flat *f, const char *at, size_t length)
{
  for (size_t i = 0; i < f->count; i++)
    if (f->key[i].length == length && strncmp(f->key[i].at, at, length) == 0) return true;
  return false;
}

/* All items whose keys begin with the prefix, its dot included, as an object.  A key that is an item and has items
 * below gets a '_' for the latter. */
static void put_object(qy_text *out, flat *f, span prefix) // NOLINT(misc-no-recursion)
{
  const char *gap = "{";
  for (size_t i = 0; i < f->count; i++) {
    if (f->put[i] || !begins(f->key[i], prefix)) continue;
    const char *rest = f->key[i].at + prefix.length;
    const size_t left = f->key[i].length - prefix.length;
    const char *dot = memchr(rest, '.', left);
    const size_t name = dot ? (size_t)(dot - rest) : left;
    qy_text_add(out, "%s\"%.*s", gap, (int)name, rest);
    gap = ",";
    if (dot) {
      const span inner = {f->key[i].at, prefix.length + name + 1};
      qy_text_add(out, is_key(f, inner.at, inner.length - 1) ? "_\":" : "\":");
      put_object(out, f, inner);
    } else {
      f->put[i] = true;
      qy_text_add(out, "\":");
      qy_text_put(out, f->value[i].at, f->value[i].length);
    }
  }
  qy_text_add(out, *gap == '{' ? "{}" : "}");
}

/* quarry_nest(text) */
static void nest(sqlite3_context *context, int argc, sqlite3_value **argv)
{
  (void)argc;
  const char *json = (const char *)sqlite3_value_text(argv[0]);
  flat *f = json ? qy_alloc(1, sizeof *f) : NULL;
  qy_text out = {0};
  if (json && !f) {
    sqlite3_result_error_nomem(context);
    return;
  }
  if (!json || !read_items(f, json)) {
    sqlite3_result_value(context, argv[0]);
  } else {
    put_object(&out, f, (span){"", 0});
    if (out.failed)
      sqlite3_result_error_nomem(context);
    else
      sqlite3_result_text64(context, out.data, out.length, SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  qy_text_free(&out);
  free(f);
}

int store_nest_register(sqlite3 *db)
{
  return sqlite3_create_function_v2(db, "quarry_nest", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL,
                                    nest, NULL, NULL, NULL);
}
