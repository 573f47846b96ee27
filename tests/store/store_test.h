/* What the tests of the store share: a scratch directory, a small experiment, and a second pair of eyes: SQLite itself,
 * asked without the code under test.
 */
#ifndef QUARRY_STORE_TEST_H
#define QUARRY_STORE_TEST_H

#include "quarry/sha256.h"
#include "quarry/store.h"
#include "tap.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

static char scratch[64];

static UNUSED void scratch_make(void)
{
  strcpy(scratch, "/tmp/quarry-test-XXXXXX");
  if (!mkdtemp(scratch)) {
    perror("mkdtemp");
    exit(1);
  }
}

static UNUSED const char *scratch_file(const char *name)
{
  static char path[4][128];
  static int turn;
  turn = (turn + 1) % 4;
  snprintf(path[turn], sizeof path[turn], "%s/%s", scratch, name);
  return path[turn];
}

/* The same, to the end of the program. */
static UNUSED const char *scratch_file_kept(const char *name)
{
  static char path[256][128];
  static int files;
  if (files == 256) abort();
  snprintf(path[files], sizeof path[files], "%s", scratch_file(name));
  return path[files++];
}

/* Number of files in a directory. */
static UNUSED int count_files(const char *directory)
{
  int count = 0;
  DIR *d = opendir(directory);
  for (struct dirent *e; d && (e = readdir(d)) != NULL;)
    count += e->d_name[0] != '.';
  if (d) closedir(d);
  return count;
}

static UNUSED void scratch_remove(void)
{
  DIR *d = opendir(scratch);
  for (struct dirent *e; d && (e = readdir(d)) != NULL;) {
    char path[400];
    snprintf(path, sizeof path, "%s/%s", scratch, e->d_name);
    if (e->d_name[0] != '.') unlink(path);
  }
  if (d) closedir(d);
  rmdir(scratch);
}

/* First value of the first row of `sql`, read by a connection of its own, as text in a static buffer. */
static UNUSED const char *ask(const char *file, const char *sql)
{
  static char answer[8][1024];
  static int turn;
  char *out = answer[turn = (turn + 1) % 8];
  sqlite3 *db = NULL;
  sqlite3_stmt *s = NULL;
  strcpy(out, "(no row)");
  if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
      sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) {
    snprintf(out, sizeof answer[0], "error: %s", sqlite3_errmsg(db));
  } else {
    sqlite3_busy_timeout(db, 5000);
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
      const unsigned char *text = sqlite3_column_text(s, 0);
      snprintf(out, sizeof answer[0], "%s", text ? (const char *)text : "NULL");
    } else if (code != SQLITE_DONE) {
      snprintf(out, sizeof answer[0], "error: %s", sqlite3_errmsg(db));
    }
  }
  sqlite3_finalize(s);
  sqlite3_close(db);
  return out;
}

static UNUSED int64_t ask_number(const char *file, const char *sql)
{
  return strtoll(ask(file, sql), NULL, 10);
}

/* The version that the first line of db/schema.sql names, "(none)" where it names none. */
static UNUSED const char *said_version(void)
{
  static char version[8] = "(none)";
  FILE *in = fopen("db/schema.sql", "r");
  if (in && fscanf(in, "-- The results database of quarry, schema version %7[0-9]", version) != 1) printf("# none\n");
  if (in) fclose(in);
  return version;
}

/* An experiment of `points` points in two technologies and one network. */
typedef struct fixture {
  char hash[3][65];
  qy_store_input technology[2], network[1], noise[2];
  qy_store_precision precision[8];
  qy_store_experiment e;
} fixture;

static UNUSED void fixture_make(fixture *f, const char *text, int64_t points, int64_t batch_points)
{
  static const char *const input[3] = {"nand2: 1.0\n", "nand2: 2.5 # \"quoted\" 'µ'\n", "layer,dw1,112\n"};
  for (int i = 0; i < 3; i++)
    qy_sha256_text(f->hash[i], input[i], strlen(input[i]));
  f->technology[0] = (qy_store_input){"fdsoi28", f->hash[0], input[0]};
  f->technology[1] = (qy_store_input){"lp55", f->hash[1], input[1]};
  f->network[0] = (qy_store_input){"mobilenet", f->hash[2], input[2]};
  f->precision[0] = (qy_store_precision){"16 bit", 16, 16};
  f->precision[1] = (qy_store_precision){"8 bit", 8, 8};
  f->precision[2] = (qy_store_precision){"w4a8", 4, 8};
  f->precision[3] = (qy_store_precision){"mixed", 0, 0};
  static char text_hash[4][65];
  static int turn;
  char *hash = text_hash[turn = (turn + 1) % 4];
  qy_sha256_text(hash, text, strlen(text));
  f->e = (qy_store_experiment){.name = "small",
                               .question = "Which is best?",
                               .file = "experiments/small.yaml",
                               .text = text,
                               .sha256 = hash,
                               .command_line = "quarry run experiments/small.yaml",
                               .seed = "7",
                               .points = points,
                               .batch_points = batch_points,
                               .technology = f->technology,
                               .technology_count = 2,
                               .network = f->network,
                               .network_count = 1,
                               .precision = f->precision,
                               .precision_count = 4,
                               .objectives = "[\"area_um2\", \"latency_us\"]",
                               .definition = "{\"front_within\": [\"technology\"]}"};
}

/* A value for a metric of a point, with all digits in use. */
static UNUSED double value_of(int64_t point, int metric)
{
  return 1.0 / 3.0 + (double)point * 1.1 + (double)metric * 1e-3;
}

/* Every fifth point has layers that differ, in one of two ways. */
static UNUSED qy_store_row row_of(int64_t point)
{
  static const char *const assignment[] = {
      "{\"layers\": {\"conv1\": \"8\", \"it's \\\"dw\\\"\": \"w4a16\"}, \"epsilon\": 0, \"optimal\": true}",
      "{\"layers\": {\"conv1\": \"16\", \"/b1/dw.1\": \"w2a4\"}, \"members\": {\"/b1/dw.1\": \"array\"}}"};
  qy_store_row row = {.point = point,
                      .design = point / 10,
                      .technology = (int)(point % 2),
                      .network = 0,
                      .precision = point % 5 == 4  ? 3
                                   : point % 4 < 2 ? 1
                                                   : 0,
                      .assignment = point % 5 == 4 ? assignment[point / 5 % 2] : NULL,
                      .precision_bits = point % 4 < 2 ? 8 : 16,
                      .clock_mhz = 100.5 + (double)(point % 3),
                      .reason = point % 7 == 3   ? "clock too fast for the multiplier"
                                : point % 7 == 5 ? "buffer too large for the SRAM table"
                                                 : NULL};
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    row.metric[m] = value_of(point, m);
  return row;
}

/* Store one batch of an experiment made by fixture_make. */
static UNUSED qy_status put_batch(qy_store *store, const qy_store_experiment *e, int64_t batch, qy_error *err)
{
  int64_t first = batch * e->batch_points, count = e->points - first;
  if (count > e->batch_points) count = e->batch_points;
  qy_store_row *rows = calloc((size_t)count, sizeof *rows);
  qy_store_design *designs = calloc((size_t)count, sizeof *designs);
  int64_t designs_count = 0;
  for (int64_t i = 0; i < count; i++) {
    rows[i] = row_of(first + i);
    if (i == 0 || rows[i].design != rows[i - 1].design)
      designs[designs_count++] = (qy_store_design){rows[i].design, rows[i].design % 2 ? "RDM" : "SDM", "{\"p\": 4}"};
  }
  qy_status status = qy_store_batch(store, batch, rows, count, designs, designs_count, err);
  free(rows);
  free(designs);
  return status;
}

/* Open, begin, store what is missing, finish. */
static UNUSED qy_status run_all(const char *file, const qy_store_experiment *e, int64_t *id, int *complete,
                                qy_error *err)
{
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, err);
  if (status == QY_OK) status = qy_store_begin(store, e, id, complete, err);
  for (int64_t b = 0; status == QY_OK && b * e->batch_points < e->points; b++)
    if (!qy_store_has_batch(store, b)) status = put_batch(store, e, b, err);
  static const int64_t on_front[] = {0, 2};
  const qy_store_front front = {"all", on_front, 2};
  if (status == QY_OK) status = qy_store_finish(store, &front, 1, err);
  qy_store_close(store);
  return status;
}

/* A database of schema version 3, from the dump in tests/data. */
static UNUSED const char *make_version_3(const char *name)
{
  char *text = NULL;
  size_t size = 0;
  sqlite3 *db = NULL;
  const char *file = scratch_file(name);
  FILE *in = fopen("tests/data/store_version3.sql", "r"), *out = open_memstream(&text, &size);
  for (int c; in && (c = getc(in)) != EOF;)
    putc(c, out);
  if (in) fclose(in);
  fclose(out);
  sqlite3_open(file, &db);
  ok(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK, "a database of version 3");
  sqlite3_close(db);
  free(text);
  return file;
}

static UNUSED int is_status(qy_status got, qy_status expected, const qy_error *err, const char *what)
{
  int pass = is_int(got, expected, what);
  if (!pass && err->count) printf("# %s\n", err->diagnostic[0].text);
  return pass;
}

/* Does the first message hold this text? */
static UNUSED int says(const qy_error *err, const char *text, const char *what)
{
  const char *got = err->count ? err->diagnostic[0].text : "(none)";
  int pass = ok(strstr(got, text) != NULL, "%s", what);
  if (!pass) printf("# got:      %s\n# expected: ... %s ...\n", got, text);
  return pass;
}

#endif
