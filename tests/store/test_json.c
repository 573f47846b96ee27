/* JSON in the constraints of the schema: the same verdicts as SQLite's json_valid, on texts chosen and drawn.  No
 * string of the drawn ones has a NUL, which SQLite ends a text at. */
#include "../../src/store/json_text.h"

#include "tap.h"

#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {"",
                                    " ",
                                    "{}",
                                    "[]",
                                    "null",
                                    "nul",
                                    "true",
                                    "false ",
                                    "True",
                                    "0",
                                    "-0",
                                    "01",
                                    "-",
                                    "1.",
                                    ".5",
                                    "1.5e3",
                                    "1e",
                                    "1e+",
                                    "1E-07",
                                    "+1",
                                    "NaN",
                                    "\"a\"",
                                    "\"a",
                                    "\"\\u12ab\"",
                                    "\"\\u12g4\"",
                                    "\"\\x\"",
                                    "\"\n\"",
                                    "{\"a\":1}",
                                    "{\"a\" : [1, 2,{}] , \"b\":null}\n",
                                    "{a:1}",
                                    "{\"a\":1,}",
                                    "[1,]",
                                    "[,]",
                                    "[1 2]",
                                    "[1]]",
                                    "1 2",
                                    "'a'"};

/* Of SQLite, -1: an error. */
static int theirs(sqlite3_stmt *statement, const char *text)
{
  sqlite3_reset(statement);
  sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
  return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;
}

/* Texts that end early, in blocks that end there too; and with a NUL in the place of any byte: JSON has none. */
static void cut(sqlite3_stmt *own)
{
  int differ = 0, nul = 0;
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    const size_t whole = strlen(texts[i]);
    for (size_t length = 0; length <= whole; length++) {
      char *text = malloc(length + !length), terminated[64] = "";
      if (!text) abort();
      memcpy(text, texts[i], length);
      memcpy(terminated, texts[i], length);
      differ += theirs(own, terminated) != json_text_valid(text, length);
      for (size_t at = 0; at < length; at++) {
        const char before = text[at];
        text[at] = '\0';
        nul += json_text_valid(text, length);
        text[at] = before;
      }
      free(text);
    }
  }
  ok(differ == 0, "%d texts that end early differ", differ);
  ok(nul == 0, "%d texts with a NUL are JSON", nul);
}

/* What a statement says of these two, -1 and -2 being NULL and a number: its type and text, or the error. */
static void answer(char *said, size_t size, sqlite3_stmt *statement, const char *json, const char *path)
{
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (json && *json) sqlite3_bind_text(statement, 1, json, -1, SQLITE_STATIC);
  if (json && !*json) sqlite3_bind_int(statement, 1, 7);
  if (path) sqlite3_bind_text(statement, 2, path, -1, SQLITE_STATIC);
  if (sqlite3_step(statement) == SQLITE_ROW)
    snprintf(said, size, "%d %s", sqlite3_column_type(statement, 0), (const char *)sqlite3_column_text(statement, 0));
  else
    snprintf(said, size, "%s", sqlite3_errmsg(sqlite3_db_handle(statement)));
}

/* The functions that are registered answer as SQLite's, whatever they were asked before: of texts that differ in one
 * byte, and of those of one path. */
static void asked(void)
{
  static const char *const jsons[] = {"{\"a\":6,\"b\":[1,\"x\"]}",
                                      "{\"a\":7,\"b\":[1,\"x\"]}",
                                      "{\"a\":8,\"b\":[1,\"y\"]}",
                                      "{\"a\":null}",
                                      "{\"a\":1.5}",
                                      "[3,4]",
                                      "{a",
                                      "",
                                      NULL};
  static const char *const paths[] = {"$.a", "$.b", "$.b[1]", "$.c", "$[0]", "$", "a", "$.", NULL};
  static const char *const questions[] = {"SELECT json_extract(?1, ?2)", "SELECT ?1 -> ?2", "SELECT ?1 ->> ?2"};
  enum { ASKED = 4000, SAID = 200 };
  sqlite3 *db[2] = {NULL, NULL};
  for (int k = 0; k < 2; k++)
    sqlite3_open(":memory:", &db[k]);
  ok(json_text_register(db[0]) == SQLITE_OK, "registered");
  for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
    sqlite3_stmt *statement[2] = {NULL, NULL};
    int differ = 0;
    for (int k = 0; k < 2; k++)
      sqlite3_prepare_v2(db[k], questions[q], -1, &statement[k], NULL);
    srand(11);
    for (int i = 0; i < ASKED; i++) {
      const char *json = jsons[(size_t)rand() % (sizeof jsons / sizeof *jsons)];
      const char *path = paths[(size_t)rand() % (sizeof paths / sizeof *paths)];
      char said[2][SAID];
      for (int k = 0; k < 2; k++)
        answer(said[k], SAID, statement[k], json, path);
      if (strcmp(said[0], said[1]) != 0 && differ++ == 0)
        printf("# %s, %s: %s, not %s\n", json ? json : "NULL", path ? path : "NULL", said[0], said[1]);
    }
    ok(differ == 0, "%s: %d of %d differ", questions[q], differ, ASKED);
    for (int k = 0; k < 2; k++)
      sqlite3_finalize(statement[k]);
  }
  for (int k = 0; k < 2; k++)
    sqlite3_close(db[k]);
}

int main(void)
{
  enum { DRAWN = 200000, LENGTH = 12 };
  static const char *const piece[] = {"{", "}", "[", "]", ",", ":",    "\"",     "a",
                                      "1", "-", ".", "e", " ", "null", "\"k\":", "\\u00e9"};
  sqlite3 *db = NULL;
  sqlite3_stmt *own = NULL;
  int valid = 0, differ = 0;
  sqlite3_open(":memory:", &db);
  sqlite3_prepare_v2(db, "SELECT json_valid(?1)", -1, &own, NULL);
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
    ok(theirs(own, texts[i]) == json_text_valid(texts[i], strlen(texts[i])), "\"%s\"",
       texts[i][0] == '"' ? "a string"
       : i == 28          ? "an object"
                          : texts[i]);
  cut(own);
  srand(7);
  for (int i = 0; i < DRAWN; i++) {
    char text[LENGTH * 8] = "";
    for (int n = rand() % LENGTH; n >= 0; n--)
      strcat(text, piece[(size_t)rand() % (sizeof piece / sizeof *piece)]);
    const bool good = json_text_valid(text, strlen(text));
    valid += good;
    if (theirs(own, text) != good && differ++ == 0) printf("# %s\n", text);
  }
  ok(valid > DRAWN / 1000, "%d of the drawn texts are JSON", valid);
  ok(differ == 0, "%d of %d differ", differ, DRAWN);
  sqlite3_finalize(own);
  sqlite3_close(db);
  asked();
  return done();
}
