/* Results databases with other bytes, and the command line with other words. */
#include "fuzz.h"

#include "../files.h"

#include "quarry/metric.h"
#include "quarry/points.h"
#include "quarry/store.h"
#include "quarry/store_verify.h"

#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int quarry_main(int argc, char **argv);

enum { PATH = 300, ARGUMENTS = 40, NOBODY = 65534, CPU_S = 3, MEMORY_KB = 256 * 1024 };

static const char experiment[] =
    "name: one\ntechnology: [fdsoi28]\nnetwork: small\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 4], multipliers: 3}\n"
    "precision: [8, {default: 4, first: 8, label: first 8}]\nclock_mhz: 200\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nuncertainty: {draws: 16, seed: 1}\n"
    "plots:\n"
    "  - {kind: pareto, x: area_um2, y: energy_uj, panel: technology, group: [design, precision]}\n";

/* Run the program's main in a child, in `folder`, with nothing that it could start; status of wait4. */
static int run_program(const char *folder, char **argv, int out, int error, struct rusage *used)
{
  int status = 0, argc = 0;
  while (argv[argc])
    argc++;
  fflush(NULL);
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit cpu = {CPU_S, CPU_S + 1}, core = {0, 0}, file = {64 << 20, 64 << 20};
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_CORE, &core);
    setrlimit(RLIMIT_FSIZE, &file);
    dup2(null, STDIN_FILENO);
    dup2(out < 0 ? null : out, STDOUT_FILENO);
    dup2(error < 0 ? null : error, STDERR_FILENO);
    clearenv();
    setenv("PATH", "/nowhere", 1);
    setenv("HOME", "/nowhere", 1);
    /* Where it may write, and nothing beside it. */
    if (chdir(folder) || (getuid() == 0 && (setgid(NOBODY) || setuid(NOBODY)))) _exit(126);
    const int code = quarry_main(argc, argv);
#ifdef QUARRY_LIBFUZZER /* whose handler takes any end by exit() for its own */
    fflush(NULL);
    _exit(code);
#endif
    exit(code);
  }
  if (child < 0 || wait4(child, &status, 0, used) != child) abort();
  return status;
}

static void folder_path(char out[PATH], const char *name)
{
  snprintf(out, PATH, "%s/%s", fuzz_folder(), name);
}

static char *file_bytes(const char *path, size_t *length)
{
  FILE *in = fopen(path, "rb");
  struct stat is;
  if (!in || fstat(fileno(in), &is) != 0) return NULL;
  char *bytes = malloc((size_t)is.st_size + 1);
  *length = bytes ? fread(bytes, 1, (size_t)is.st_size, in) : 0;
  fclose(in);
  return bytes;
}

/* A folder for the program with all the small files that its commands take; db is a copy. */
static const char *program_folder(void)
{
  static char folder[PATH];
  if (folder[0]) return folder;
  char command[12 * PATH];
  folder_path(folder, "work");
  snprintf(command, sizeof command,
           "mkdir -p %s && cp -r tests/data/models/db %s/db && cp tests/data/scalesim/plain.cfg "
           "tests/data/scalesim/gemm.csv tests/data/liberty/good.lib tests/fuzz/corpus/weights/f4.npy "
           "tests/fuzz/corpus/layer_tables/options.csv %s && "
           "cp /usr/share/libonnx-testdata/data/node/test_basic_conv_with_padding/model.onnx %s 2>/dev/null; "
           "chmod 755 %s %s; [ $(id -u) != 0 ] || chown nobody %s",
           folder, folder, folder, folder, fuzz_folder(), folder, folder);
  if (system(command) == -1) abort();
  char path[PATH + 20];
  snprintf(path, sizeof path, "%s/one.yaml", folder);
  if (!write_file(path, experiment)) abort();
  return folder;
}

/* ---- databases ---- */

typedef struct image {
  char *bytes;
  size_t length;
  size_t *used; /* where bytes are not 0 */
  size_t used_count;
} image;

static void read_image(image *i, const char *path)
{
  i->bytes = file_bytes(path, &i->length);
  if (!i->bytes || i->length == 0 || !(i->used = malloc(i->length * sizeof *i->used))) abort();
  for (size_t at = 0; at < i->length; at++)
    if (i->bytes[at]) i->used[i->used_count++] = at;
}

static image database_file, database_log; /* made once */

/* Two experiments, and a log with pages of theirs. */
static void make_database(void)
{
  static char quarry[] = "quarry", run[] = "run", quiet[] = "-q", plots[] = "--no-plots", d[] = "-d", base[] = "base",
              one[] = "one.yaml", two[] = "two.yaml";
  char *first[] = {quarry, run, quiet, plots, d, base, one, NULL},
       *second[] = {quarry, run, quiet, plots, d, base, two, NULL};
  const char *folder = program_folder();
  char path[2 * PATH];
  struct rusage used;
  sqlite3 *db = NULL;
  snprintf(path, sizeof path, "%s/two.yaml", folder);
  FILE *out = fopen(path, "w");
  if (!out || fprintf(out, "store: columns\n%s", experiment) < 0 || fclose(out) != 0) abort();
  if (run_program(folder, first, -1, -1, &used) || run_program(folder, second, -1, -1, &used)) abort();
  snprintf(path, sizeof path, "%s/base", folder);
  if (sqlite3_open(path, &db) != SQLITE_OK ||
      sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0; VACUUM", NULL, NULL, NULL) !=
          SQLITE_OK)
    abort();
  read_image(&database_file, path);
  snprintf(path, sizeof path, "%s/base-wal", folder);
  read_image(&database_log, path);
  sqlite3_close(db);
}

/* Edits of six bytes: which, where (four bytes), value. */
static void write_damaged(const char *path, const char *edit, size_t length)
{
  static char *copy[2];
  image *of[2] = {&database_file, &database_log};
  size_t left[2] = {database_file.length, database_log.length};
  char log[PATH + 10], shared[PATH + 10];
  for (int i = 0; i < 2; i++) {
    if (!copy[i] && !(copy[i] = malloc(of[i]->length))) abort();
    memcpy(copy[i], of[i]->bytes, of[i]->length);
  }
  for (size_t at = 0; at + 6 <= length; at += 6) {
    const unsigned char *e = (const unsigned char *)edit + at;
    const size_t where = e[1] | (size_t)e[2] << 8 | (size_t)e[3] << 16 | (size_t)e[4] << 24;
    const int which = e[0] & 1;
    const image *im = of[which];
    if (e[0] >= 250)
      left[which] = where % im->length;
    else if (e[0] & 2)
      copy[which][where % im->length] = (char)e[5];
    else
      copy[which][im->used[where % im->used_count]] = (char)e[5];
  }
  snprintf(log, sizeof log, "%s-wal", path);
  snprintf(shared, sizeof shared, "%s-shm", path);
  unlink(shared);
  if (!write_bytes(path, copy[0], left[0]) || !write_bytes(log, copy[1], left[1])) abort();
}

static int count_row(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  (void)columns, (void)names, (void)values, (void)types;
  ++*(size_t *)ctx;
  return 0;
}

static int count_finding(void *ctx, bool wrong, const char *text)
{
  *(size_t *)ctx += wrong + strlen(text);
  return 0;
}

typedef struct names {
  char name[200][100];
  size_t count;
} names;

static int keep_name(void *ctx, int columns, const char *const *names_of, const char *const *values, const int *types)
{
  names *n = ctx;
  (void)columns, (void)names_of, (void)types;
  if (!values[0]) return 0;
  snprintf(n->name[n->count++], sizeof n->name[0], "%s", values[0]);
  return n->count == sizeof n->name / sizeof n->name[0];
}

static void read_points(qy_store *store, int64_t id)
{
  static const int metrics[] = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ};
  qy_points points;
  qy_error err = {0};
  if (qy_points_read(&points, store, id, metrics, 3, NULL, &err) == QY_OK) {
    qy_points_unsure(&points, store, id, metrics, 3, &err);
    qy_points_free(&points);
  }
}

static uint64_t database(const char *bytes, size_t length)
{
  static const qy_store_limits limits = {.seconds = 0.2};
  static names views;
  qy_error err = {0};
  qy_store *store = NULL;
  size_t seen = 0;
  char path[PATH];
  if (!database_file.bytes) make_database();
  folder_path(path, "damaged");
  write_damaged(path, bytes, length);
  qy_status status = qy_store_open(&store, path, QY_STORE_READ, &err);
  if (status == QY_OK) {
    qy_error_clear(&err);
    qy_store_limit(store, &limits);
    views.count = 0;
    qy_store_query(store, "SELECT name FROM sqlite_schema WHERE type IN ('view', 'table')", keep_name, &views, NULL);
    for (size_t i = 0; i < views.count; i++) {
      char sql[200];
      snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", views.name[i]);
      qy_store_query(store, sql, count_row, &seen, NULL);
    }
    read_points(store, 1);
    read_points(store, 2);
    status = qy_store_verify(store, count_finding, &seen, &err);
  }
  qy_store_close(store);
  const uint64_t outcome = fuzz_outcome(status, &err);
  qy_error_clear(&err);
  if (qy_store_open(&store, path, QY_STORE_WRITE, &err) == QY_OK) qy_store_close(store);
  return outcome ^ seen;
}

/* ---- the command line ---- */

/* Words with blanks between, single quotes around those that hold any; what leads out of the folder is left out. */
static size_t split_words(char *text, char **argv)
{
  size_t count = 0;
  for (char *at = text; *at && count < ARGUMENTS - 1;) {
    at += strspn(at, " \n");
    const bool quoted = *at == '\'';
    if (!*at) break;
    char *word = at += quoted;
    at += strcspn(at, quoted ? "'" : " \n");
    if (*at) *at++ = '\0';
    if (strstr(word, "..") || strstr(word, "=/") || *word == '/' || *word == '~') continue;
    argv[count++] = word;
  }
  argv[count] = NULL;
  return count;
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *at)
{
  (void)is, (void)kind;
  if (at->level == 1 && strcmp(path + at->base, "db") == 0) return FTW_SKIP_SUBTREE;
  if (at->level > 0) remove(path);
  return FTW_CONTINUE;
}

static void restore_folder(const char *folder)
{
  static struct kept {
    const char *name;
    char *bytes;
    size_t length;
  } kept[] = {{"one.yaml", 0, 0}, {"base", 0, 0},   {"plain.cfg", 0, 0},   {"gemm.csv", 0, 0},
              {"good.lib", 0, 0}, {"f4.npy", 0, 0}, {"options.csv", 0, 0}, {"model.onnx", 0, 0}};
  char path[2 * PATH];
  const bool first = !kept[0].bytes;
  if (!first) nftw(folder, remove_one, 16, FTW_PHYS | FTW_DEPTH | FTW_ACTIONRETVAL);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, kept[i].name);
    if (first) kept[i].bytes = file_bytes(path, &kept[i].length);
    if (!first && kept[i].bytes && !write_bytes(path, kept[i].bytes, kept[i].length)) abort();
    if (kept[i].bytes) chmod(path, 0666);
  }
}

static uint64_t program(const char *bytes, size_t length)
{
  static char name[] = "quarry";
  static int said = -1;
  char *argv[ARGUMENTS + 1] = {name}, text[4096], message[400] = "";
  struct rusage used;
  (void)length;
  if (said < 0) {
    if (!database_file.bytes) make_database();
    said = memfd_create("said", MFD_CLOEXEC);
  }
  snprintf(text, sizeof text, "%s", bytes);
  split_words(text, argv + 1);
  const char *folder = program_folder();
  restore_folder(folder);
  if (said < 0 || ftruncate(said, 0) != 0 || lseek(said, 0, SEEK_SET) != 0) abort();
  const int status = run_program(folder, argv, -1, said, &used);
  const ssize_t got = pread(said, message, sizeof message - 1, 0);
  if (!WIFEXITED(status) || got < 0) {
    fprintf(stderr, "%.*s\n", (int)sizeof message, message);
    abort();
  }
  const int code = WEXITSTATUS(status);
#ifndef __SANITIZE_ADDRESS__
  if (used.ru_maxrss > MEMORY_KB) abort();
#endif
  if (code > 3 || (code >= 2 && got == 0)) abort();
  qy_error err = {0};
  if (code >= 2) qy_fail(&err, QY_BAD_INPUT, "%s", message);
  return fuzz_outcome(code >= 2 ? QY_BAD_INPUT : QY_OK, &err) ^ (uint64_t)code;
}

static const char *const words[] = {" -d base",
                                    " --db-dir db",
                                    " -f json",
                                    " --format csv",
                                    " -o out",
                                    " --help",
                                    " one",
                                    " --columns '*'",
                                    " --width 0",
                                    " one.yaml",
                                    " --param bits=8",
                                    " --draws 4",
                                    " --seed 1",
                                    " --points",
                                    " --layers",
                                    " -",
                                    " --",
                                    " ''",
                                    " =",
                                    " -p out",
                                    " -q",
                                    " --threads 2",
                                    " --dry-run",
                                    " --yes",
                                    " fdsoi28",
                                    " small",
                                    " mac",
                                    " area_um2",
                                    " 'SELECT 1'",
                                    " --limit 1",
                                    " --vertical",
                                    ",",
                                    NULL};

const fuzz_reader fuzz_results[] = {
    {"database", database, "tests/fuzz/corpus/database/*", "\x01\x02\x7f\x80\xff\xfa\xfb", NULL, 5, 300, 0},
    {"program", program, "tests/fuzz/corpus/program/*", "=- ,'.:@", words, 0, 400, 1},
    {0}};
