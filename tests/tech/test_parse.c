/* Statements of Liberty texts: what is read of each, and what is said of texts that are none. */
#include "quarry/liberty.h"

#include "files.h"
#include "tap.h"

#include "quarry/alloc.h"

#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

typedef struct record {
  char text[600];
  size_t used;
} record;

/* "0 library(x){" and so on, each statement with the groups around it. */
static qy_status note(void *ctx, const qy_liberty_event *e)
{
  static const char *const sign[] = {"(%.*s){", "}", ":%.*s;", "(%.*s);"};
  record *r = ctx;
  char value[200];
  if (e->kind == QY_LIBERTY_END)
    snprintf(value, sizeof value, "}");
  else
    snprintf(value, sizeof value, sign[e->kind], (int)e->value.length, e->value.at);
  r->used += (size_t)snprintf(r->text + r->used, sizeof r->text - r->used, "%s%d %.*s%s", r->used ? " " : "", e->depth,
                              (int)e->name.length, e->name.at, value);
  return e->name.length == 4 && memcmp(e->name.at, "stop", 4) == 0 ? QY_INTERRUPTED : QY_OK;
}

static qy_status parse(record *r, const char *text, qy_error *err)
{
  const qy_liberty_source source = {"x.lib", text, strlen(text)};
  *r = (record){.used = 0};
  *err = (qy_error){0};
  return qy_liberty_parse(&source, note, r, err);
}

static void good(void)
{
  static const struct {
    const char *text, *events;
  } row[] = {
      {"", ""},
      {"//", ""},
      {"/**/", ""},
      {"/***/", ""},
      {"/*/ a:1; */ b:2;", "0 b:2;"},
      {"/* a * / b */ // c", ""},
      {" \t\r\n\f\v;;", ""},
      {"\xef\xbb\xbf"
       "a : 1;",
       "0 a:1;"},
      {"a : 1;", "0 a:1;"},
      {"a:1", "0 a:1;"},
      {"a : 1 \n b : 2", "0 a:1; 0 b:2;"},
      {"a : \"1; }\" ;", "0 a:1; };"},
      {"a : \"b\\\"c\";", "0 a:b\\\"c;"},
      {"a : x /* y */ ;", "0 a:x;"},
      {"a : x / y ;", "0 a:x / y;"},
      {"a : x // y\n;b:z", "0 a:x; 0 b:z;"},
      {"a : \\\n 5;", "0 a:5;"},
      {"a : \\ \t\r\n 5;", "0 a:5;"},
      {"a : ;", "0 a:;"},
      {"a ( b , \"c)\" ) ;", "0 a( b , \"c)\" );"},
      {"a ( /* ) */ b )", "0 a( /* ) */ b );"},
      {"\"a b\" : 1;", "0 a b:1;"},
      {"a_1.b-c[2] : 1;", "0 a_1.b-c[2]:1;"},
      {"g (x) { a : 1; h () { b : 2 } } c : 3;", "0 g(x){ 1 a:1; 1 h(){ 2 b:2; 1 h} 0 g} 0 c:3;"},
      {"g (x) {a:1}", "0 g(x){ 1 a:1; 0 g}"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    record r;
    qy_error err;
    ok(parse(&r, row[i].text, &err) == QY_OK && strcmp(r.text, row[i].events) == 0, "text %zu: %s", i, r.text);
  }
}

static void bad(void)
{
  static const struct {
    const char *text;
    int line, column;
    const char *message;
  } row[] = {
      {"/*", 1, 1, "expected the end of this comment"},
      {"/* *", 1, 1, "expected the end of this comment"},
      {"a:1;\n /*/", 2, 2, "expected the end of this comment"},
      {"a: /*", 1, 4, "expected the end of this comment"},
      {"a: b /*", 1, 6, "expected the end of this comment"},
      {"a /*", 1, 3, "expected the end of this comment"},
      {"a (b) /*", 1, 7, "expected the end of this comment"},
      {"/", 1, 1, "expected an attribute, a group or '}', found '/'"},
      {"a:1;}", 1, 5, "found '}' without its '{'"},
      {"g(){", 1, 1, "expected the '}' of group \"g\""},
      {"g(){h(){}", 1, 1, "expected the '}' of group \"g\""},
      {"g(){\nh(){", 2, 1, "expected the '}' of group \"h\""},
      {"a", 1, 2, "expected ':' or '(' after \"a\", found the end of the file"},
      {"a b", 1, 3, "expected ':' or '(' after \"a\", found 'b'"},
      {"a {", 1, 3, "found '{'"},
      {"\xef\xbb\xbf a ?", 1, 4, "found '?'"},
      {"\xef\xbb\xbf?", 1, 1, "found '?'"},
      {"a \x01", 1, 3, "found byte 0x01"},
      {"a \x1f", 1, 3, "found byte 0x1f"},
      {"a \x7f", 1, 3, "found byte 0x7f"},
      {"a ~", 1, 3, "found '~'"},
      {"a \xc3\xa4", 1, 3, "found byte 0xc3"},
      {"a : \"b", 1, 5, "expected the closing quote"},
      {"\"a", 1, 1, "expected the closing quote"},
      {"a (\"b", 1, 4, "expected the closing quote"},
      {"a (b", 1, 3, "expected the closing parenthesis of this one, found the end"},
      {"a (b { c )", 1, 3, "expected the closing parenthesis of this one, found '{'"},
      {"a (b } c )", 1, 3, "expected the closing parenthesis of this one, found '}'"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    record r;
    qy_error err;
    const qy_status status = parse(&r, row[i].text, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    ok(status == QY_BAD_INPUT && err.count == 1 && d->line == row[i].line && d->column == row[i].column &&
           strstr(d->text, row[i].message),
       "refused text %zu, %d:%d: %s", i, d->line, d->column, d->text);
  }
}

/* Groups in each other: 32, not 33; an event that ends the parse. */
static void depths(void)
{
  for (int depth = QY_LIBERTY_DEPTH_MAX; depth <= QY_LIBERTY_DEPTH_MAX + 1; depth++) {
    char text[400] = "";
    record r;
    qy_error err;
    for (int i = 0; i < depth; i++)
      strcat(text, "g(){");
    for (int i = 0; i < depth; i++)
      strcat(text, "}");
    ok(parse(&r, text, &err) == (depth == 32 ? QY_OK : QY_BAD_INPUT), "%d groups in each other", depth);
  }
  record r;
  qy_error err;
  ok(parse(&r, "a:1; stop:2; b:3;", &err) == QY_INTERRUPTED && strcmp(r.text, "0 a:1; 0 stop:2;") == 0,
     "whoever listens may end it");
}

/* Of long names a message shows sixty bytes. */
static void long_names(void)
{
  for (int length = 58; length <= 64; length++) {
    char text[80], expected[120];
    record r;
    qy_error err;
    memset(text, 'n', sizeof text);
    snprintf(text + length, sizeof text - (size_t)length, ";");
    snprintf(expected, sizeof expected, "expected ':' or '(' after \"%.*s\", found ", length < 60 ? length : 60, text);
    ok(parse(&r, text, &err) == QY_BAD_INPUT && strncmp(err.diagnostic[0].text, expected, strlen(expected)) == 0,
       "a name of %d bytes", length);
    snprintf(text + length, sizeof text - (size_t)length, " () {");
    snprintf(expected, sizeof expected, "expected the '}' of group \"%.*s\", found ", length < 60 ? length : 60, text);
    ok(parse(&r, text, &err) == QY_BAD_INPUT && strncmp(err.diagnostic[0].text, expected, strlen(expected)) == 0,
       "a group's name of %d bytes", length);
  }
}

/* Files that hold no text, each with all that is said: no line, no column. */
static void files(void)
{
  enum { GOOD, HOLE, CUT, HOLE_IN_GZIP, FOLDER, NONE };
  static const char *const said[] = {NULL,
                                     "expected text, found a zero byte",
                                     "expected a whole gzip file, found one that is cut short",
                                     "expected text, found a zero byte",
                                     "expected a text or gzip file: Is a directory",
                                     "expected a readable file: No such file or directory"};
  char folder[] = "/tmp/quarry_parse_XXXXXX", path[64], expected[200];
  if (!ok(mkdtemp(folder) != NULL, "a folder")) return;
  snprintf(path, sizeof path, "%s/x.lib", folder);
  for (int kind = GOOD; kind <= NONE; kind++) {
    qy_error err = {0};
    qy_liberty_source source;
    qy_arena *arena = qy_arena_new();
    const char *file = kind == FOLDER ? folder : path;
    if (kind <= HOLE) write_bytes(path, kind == HOLE ? "a\0b" : "a:1;", kind == HOLE ? 3 : 4);
    if (kind == CUT || kind == HOLE_IN_GZIP) {
      gzFile out = gzopen(path, "wb");
      gzwrite(out, kind == CUT ? "library (a) { b : 1; }" : "a\0b", kind == CUT ? 22 : 3);
      gzclose(out);
      struct stat is;
      ok(stat(path, &is) == 0 && (kind != CUT || truncate(path, is.st_size - 6) == 0), "a gzip file");
    }
    const qy_status status = qy_liberty_load(&source, file, arena, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    snprintf(expected, sizeof expected, "%s", said[kind] ? said[kind] : "");
    ok(status == (said[kind] ? QY_BAD_INPUT : QY_OK) && err.count == (said[kind] != NULL) && !d->line && !d->column,
       "file %d: one reason, of no line", kind);
    is_text(err.count ? d->text : "", expected, "what is said");
    is_text(err.count ? d->file : file, file, "of which file");
    qy_arena_free(arena);
    if (kind == HOLE_IN_GZIP) unlink(path);
  }
  rmdir(folder);
}

int main(void)
{
  files();
  good();
  bad();
  long_names();
  depths();
  return done();
}
