/* JSON in a schema that is not trusted: see json_text.h.  Characters of UTF-8 are not looked at: SQLite has them as
 * they are. */
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

typedef struct reader {
  const char *at, *end;
  int depth;
} reader;

static void skip_space(reader *r)
{
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r'))
    r->at++;
}

static bool take(reader *r, char c)
{
  if (r->at == r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static bool is_digit(const reader *r)
{
  return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool digits(reader *r)
{
  if (!is_digit(r)) return false;
  while (is_digit(r))
    r->at++;
  return true;
}

static bool number(reader *r)
{
  take(r, '-');
  if (!take(r, '0') && !digits(r)) return false;
  if (take(r, '.') && !digits(r)) return false;
  if (!take(r, 'e') && !take(r, 'E')) return true;
  if (!take(r, '+')) take(r, '-');
  return digits(r);
}

static bool escape(reader *r)
{
  enum { HEX = 4 };
  if (r->at == r->end) return false;
  const char c = *r->at++;
  if (c != 'u') return c && strchr("\"\\/bfnrt", c);
  for (int i = 0; i < HEX; i++, r->at++)
    if (r->at == r->end || !*r->at || !strchr("0123456789abcdefABCDEF", *r->at)) return false;
  return true;
}

static bool string(reader *r)
{
  if (!take(r, '"')) return false;
  while (r->at < r->end && *r->at != '"') {
    const unsigned char c = (unsigned char)*r->at++;
    if (c < ' ' || (c == '\\' && !escape(r))) return false;
  }
  return take(r, '"');
}

static bool word(reader *r, const char *text)
{
  const size_t length = strlen(text);
  if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length) != 0) return false;
  r->at += length;
  return true;
}

static bool value(reader *r);

/* What stands between brackets, from behind the first. */
static bool list(reader *r, char close, bool keys)
{
  bool good = true;
  skip_space(r);
  if (take(r, close)) return true;
  do {
    skip_space(r);
    if (keys) {
      good = string(r);
      skip_space(r);
      good = good && take(r, ':');
    }
    good = good && value(r);
  } while (good && take(r, ','));
  return good && take(r, close);
}

/* With the space around it. */
static bool value(reader *r)
{
  bool good = r->depth++ < JSON_NESTED_MOST;
  skip_space(r);
  if (!good || r->at == r->end) return false;
  switch (*r->at) {
  case '{': r->at++, good = list(r, '}', true); break;
  case '[': r->at++, good = list(r, ']', false); break;
  case '"': good = string(r); break;
  case 't': good = word(r, "true"); break;
  case 'f': good = word(r, "false"); break;
  case 'n': good = word(r, "null"); break;
  default: good = number(r); break;
  }
  skip_space(r);
  r->depth--;
  return good;
}

bool json_text_valid(const char *text, size_t length)
{
  reader r = {text, text + length, 0};
  return value(&r) && r.at == r.end;
}

static void valid(sqlite3_context *context, int count, sqlite3_value **argument)
{
  (void)count;
  if (sqlite3_value_type(argument[0]) == SQLITE_NULL) return; /* NULL, as SQLite's */
  const char *text = (const char *)sqlite3_value_text(argument[0]);
  if (!text)
    sqlite3_result_error_nomem(context);
  else
    sqlite3_result_int(context, json_text_valid(text, (size_t)sqlite3_value_bytes(argument[0])));
}

/* ---- what SQLite knows, as functions that a schema may use ---- */

/* A result, kept: rows one after another mostly have the same text. */
typedef struct kept_result {
  sqlite3_value *json, *path, *result;
} kept_result;

enum { RESULTS = 64 };

/* Asks a database of its own. */
typedef struct asker {
  sqlite3 *db;
  sqlite3_stmt *question; /* of two arguments */
  kept_result kept[RESULTS];
} asker;

static void drop_result(kept_result *k)
{
  sqlite3_value_free(k->json);
  sqlite3_value_free(k->path);
  sqlite3_value_free(k->result);
  *k = (kept_result){NULL, NULL, NULL};
}

static void drop_asker(void *ctx)
{
  asker *a = ctx;
  for (size_t i = 0; i < RESULTS; i++)
    drop_result(&a->kept[i]);
  sqlite3_finalize(a->question);
  sqlite3_close(a->db);
  free(a);
}

static bool same_text(sqlite3_value *a, sqlite3_value *b)
{
  if (!a || sqlite3_value_type(a) != SQLITE_TEXT || sqlite3_value_type(b) != SQLITE_TEXT) return false;
  const int bytes = sqlite3_value_bytes(a);
  return bytes == sqlite3_value_bytes(b) && memcmp(sqlite3_value_text(a), sqlite3_value_text(b), (size_t)bytes) == 0;
}

static kept_result *place_of(asker *a, sqlite3_value *path)
{
  size_t hash = 0;
  const unsigned char *text = sqlite3_value_text(path);
  for (int i = sqlite3_value_bytes(path); text && i-- > 0;)
    hash = hash * 31 + text[i];
  return &a->kept[hash % RESULTS];
}

static void ask(sqlite3_context *context, int count, sqlite3_value **argument)
{
  asker *a = sqlite3_user_data(context);
  kept_result *k = place_of(a, argument[1]);
  (void)count;
  if (!k->result || !same_text(k->path, argument[1]) || !same_text(k->json, argument[0])) {
    drop_result(k);
    sqlite3_reset(a->question);
    int code = sqlite3_bind_value(a->question, 1, argument[0]);
    if (!code) code = sqlite3_bind_value(a->question, 2, argument[1]);
    if (!code) code = sqlite3_step(a->question);
    if (code == SQLITE_NOMEM) {
      sqlite3_result_error_nomem(context);
      return;
    }
    if (code != SQLITE_ROW) {
      sqlite3_result_error(context, sqlite3_errmsg(a->db), -1);
      return;
    }
    k->json = sqlite3_value_dup(argument[0]);
    k->path = sqlite3_value_dup(argument[1]);
    k->result = sqlite3_value_dup(sqlite3_column_value(a->question, 0));
  }
  if (k->json && k->path && k->result)
    sqlite3_result_value(context, k->result);
  else
    sqlite3_result_error_nomem(context);
}

static int register_asker(sqlite3 *db, const char *name, const char *question)
{
  asker *a = calloc(1, sizeof *a);
  if (!a) return SQLITE_NOMEM;
  int code = sqlite3_open_v2(":memory:", &a->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (!code) code = sqlite3_prepare_v3(a->db, question, -1, SQLITE_PREPARE_PERSISTENT, &a->question, NULL);
  if (code) {
    drop_asker(a);
    return code;
  }
  return sqlite3_create_function_v2(db, name, 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, a, ask, NULL,
                                    NULL, drop_asker);
}

int json_text_register(sqlite3 *db)
{
  enum { INNOCUOUS_SINCE = 3041000 };
  if (sqlite3_libversion_number() >= INNOCUOUS_SINCE) return SQLITE_OK;
  int code = sqlite3_create_function_v2(db, "json_valid", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS,
                                        NULL, valid, NULL, NULL, NULL);
  if (!code) code = register_asker(db, "json_extract", "SELECT json_extract(?1, ?2)");
  if (!code) code = register_asker(db, "->", "SELECT ?1 -> ?2");
  if (!code) code = register_asker(db, "->>", "SELECT ?1 ->> ?2");
  return code;
}
