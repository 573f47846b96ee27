/* Parameters of designs, of which an older version stored the paths as keys, as objects within objects: against what
 * SQLite's json_set makes of the same paths. */
#include "../../src/store/nest.h"
#include "random.h"
#include "store_test.h"

enum { KEYS_MOST = 9, TEXT = 4096 };

static sqlite3 *db;

/* The one value of a statement with up to two texts. */
static void ask_text(char out[TEXT], const char *sql, const char *a, const char *b)
{
  sqlite3_stmt *s = NULL;
  sqlite3_prepare_v2(db, sql, -1, &s, NULL);
  sqlite3_bind_text(s, 1, a, -1, SQLITE_TRANSIENT);
  if (b) sqlite3_bind_text(s, 2, b, -1, SQLITE_TRANSIENT);
  if (sqlite3_step(s) == SQLITE_ROW)
    snprintf(out, TEXT, "%s", sqlite3_column_text(s, 0) ? (const char *)sqlite3_column_text(s, 0) : "NULL");
  else
    snprintf(out, TEXT, "error: %s", sqlite3_errmsg(db));
  sqlite3_finalize(s);
}

static bool is_key(char key[KEYS_MOST][64], int count, const char *text, size_t length)
{
  for (int k = 0; k < count; k++)
    if (strlen(key[k]) == length && strncmp(key[k], text, length) == 0) return true;
  return false;
}

/* '$."a"."b_"."c"' of a.b.c where a.b is a key too. */
static void path_of(char out[160], char key[KEYS_MOST][64], int count, const char *text)
{
  strcpy(out, "$");
  for (const char *at = text; *at; at += *at == '.') {
    const size_t length = strcspn(at, ".");
    const bool below = at[length] == '.';
    snprintf(out + strlen(out), 160 - strlen(out), ".\"%.*s%s\"", (int)length, at,
             below && is_key(key, count, text, (size_t)(at - text) + length) ? "_" : "");
    at += length;
  }
}

/* Before a name, behind one, and so on. */
static const char *blank(uint64_t *seed)
{
  static const char *const blanks[] = {"", "", "", " ", "\n ", "\t"};
  return blanks[random_below(seed, 6)];
}

static void random_objects(void)
{
  static const char *const name[] = {"a", "b", "ab", "pe", "bits"}, *const value[] = {"1",
                                                                                      "-2.5e3",
                                                                                      "\"text\"",
                                                                                      "\"}, {\\\"x\\\":[\\\\\"",
                                                                                      "true",
                                                                                      "[1,[2]]",
                                                                                      "{\"u\":{\"v\":\"}\"}}",
                                                                                      "null",
                                                                                      "\"\"",
                                                                                      "[\"]\",{}]"};
  enum { TRIES = 1500 };
  uint64_t seed = 12;
  int wrong = 0, nested = 0, both = 0;
  for (int i = 0; i < TRIES; i++) {
    char key[KEYS_MOST][64], json[TEXT] = "", expected[TEXT] = "{}", got[TEXT], path[160];
    int count = 0;
    const int wanted = (int)random_below(&seed, KEYS_MOST + 1);
    for (int tries = 0; count < wanted && tries < 50; tries++) {
      char *k = key[count];
      *k = '\0';
      for (size_t part = random_below(&seed, 4) + 1; part > 0; part--)
        snprintf(k + strlen(k), 64 - strlen(k), "%s%s", name[random_below(&seed, 5)], part > 1 ? "." : "");
      count += !is_key(key, count, k, strlen(k));
    }
    size_t used = (size_t)snprintf(json, TEXT, "%s{", blank(&seed));
    for (int k = 0; k < count; k++) {
      const char *of = value[random_below(&seed, sizeof value / sizeof *value)];
      char update[TEXT], sql[TEXT];
      used += (size_t)snprintf(json + used, TEXT - used, "%s%s\"%s\"%s:%s%s%s", k ? "," : "", blank(&seed), key[k],
                               blank(&seed), blank(&seed), of, blank(&seed));
      path_of(path, key, count, key[k]);
      nested += strchr(key[k], '.') != NULL;
      both += strstr(path, "_\"") != NULL;
      snprintf(sql, sizeof sql, "SELECT json_set(?1, '%s', json(?2))", path);
      ask_text(update, sql, expected, of);
      strcpy(expected, update);
    }
    snprintf(json + used, TEXT - used, "%s}", blank(&seed));
    ask_text(got, "SELECT json(quarry_nest(?1))", json, NULL);
    if (strcmp(got, expected) != 0 && wrong++ < 3) printf("# %s\n# got %s\n# expected %s\n", json, got, expected);
  }
  ok(wrong == 0 && nested > TRIES && both > TRIES / 10, "%d paths, %d of them below another", nested, both);
}

/* What is no object of so many stays as it is. */
static void others(void)
{
  static const char *const text[] = {
      "",         "text",        "[1, 2]",      "{",           "{\"a",    "{\"a\"",    "{\"a\"}",      "{\"a\" 1}",
      "{\"a\":1", "{\"a.b\":[}", "{\"a.b\":\"", "{\"a.b\":1,", "{a.b:1}", "\"a.b\":1", "{\"a.b\":1 x", "{\"a.b\":\"\\"};
  char got[TEXT];
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    ask_text(got, "SELECT quarry_nest(?1)", text[i], NULL);
    is_text(got, text[i], "what is no object stays as it is");
  }
  ask_text(got, "SELECT quarry_nest(NULL)", "", NULL);
  is_text(got, "NULL", "and so does nothing");
}

/* Up to 1024 items; more stay as they are. */
static void many(void)
{
  for (int count = 1024; count <= 1025; count++) {
    char *json = NULL, got[TEXT];
    size_t size = 0;
    FILE *out = open_memstream(&json, &size);
    for (int i = 0; i < count; i++)
      fprintf(out, "%s\"k.%d\":%d", i ? "," : "{", i, i);
    fputs("}", out);
    fclose(out);
    ask_text(got, "SELECT count(*) || ' ' || total(value) FROM json_each(quarry_nest(?1), '$.k')", json, NULL);
    is_text(got, count == 1024 ? "1024 523776.0" : "0 0.0", "items of one object");
    ask_text(got, "SELECT quarry_nest(?1) = ?1", json, NULL);
    is_text(got, count == 1024 ? "0" : "1", "or as they are");
    free(json);
  }
}

int main(void)
{
  sqlite3_open(":memory:", &db);
  is_int(store_nest_register(db), SQLITE_OK, "a function of SQLite");
  random_objects();
  others();
  many();
  sqlite3_close(db);
  return done();
}
