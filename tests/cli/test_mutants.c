/* Results databases with wrong bytes and wrong values: every command that reads one ends by itself, with an exit code,
 * within 1.5 s of processor time and 256 MB.  CASES=100000 SEED=7: as many as that, each with all commands, drawn
 * otherwise; a case that fails is kept in the folder that is named. */
#include "../random.h"
#include "../tap.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CASES = 120, COMMANDS_A_CASE = 2, WORDS = 12, PATH = 200, MEMORY_KB = 256 * 1024, HANG_S = 10 };

static char folder[] = "/tmp/quarry-mutants-XXXXXX", program[PATH + 20];
static uint64_t state = 1;

static const char experiment[] =
    "technology: [fdsoi28]\nvoltage_v: [auto, 0.8]\nnetwork: small\nlayers: {type: dwconv}\n"
    "designs:\n"
    "  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 4], multipliers: [1, 3]}\n"
    "  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 4, reduction: taps, storage: "
    "slots}\n"
    "precision: [8, w4a8, {default: 4, first: 8, label: first 8}]\nclock_mhz: [200, 700]\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\nuncertainty: {draws: 64, seed: 1}\n"
    "compare: {to: SDM, metrics: [energy_uj], at: {area_um2: [8000]}}\n"
    "plots:\n"
    "  - {kind: pareto, x: area_um2, y: energy_uj, panel: technology, group: [design, precision]}\n"
    "  - {kind: heatmap, x: channels, y: clock_mhz, colour: energy_uj, where: {design: SDM}}\n";

/* Run by argv; standard output and error go nowhere.  Exit code, 128 + signal. */
static int run(char *const *argv, struct rusage *used)
{
  int status = 0;
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit cpu = {HANG_S, HANG_S}, core = {0, 0};
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setrlimit(RLIMIT_CPU, &cpu);
    setrlimit(RLIMIT_CORE, &core);
    for (int fd = 0; fd < 3; fd++)
      dup2(null, fd);
    alarm(6 * HANG_S);
    execv(argv[0], argv);
    _exit(127);
  }
  wait4(child, &status, 0, used);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static char file[PATH], output[PATH], json[PATH], page[PATH];
/* What reads a database; NULL ends each. */
static char *const commands[][WORDS] = {
    {program, "list", "experiments", "-d", file, NULL},
    {program, "front", "one", "-d", file, NULL},
    {program, "query", "SELECT * FROM point", "-d", file, NULL},
    {program, "query", "best", "-d", file, NULL},
    {program, "query", "compare", "SDM", "RDM", "one", "-d", file, NULL},
    {program, "query", "SELECT * FROM front_point, best, layer_precision LIMIT 99", "-d", file, "--timeout", "1", NULL},
    {program, "plot", "one", "-d", file, "-p", folder, NULL},
    {program, "plot", "packed", "-d", file, "-p", folder, "--format", "dumb", NULL},
    {program, "export", "one", "-d", file, "-o", output, NULL},
    {program, "export", "packed", "--front", "-d", file, "-o", json, "-f", "json", NULL},
    {program, "diff", "one", "packed", "-d", file, NULL},
    {program, "report", "one", "-d", file, "--no-validation", "-o", page, NULL},
    {program, "report", "packed", "-d", file, "--no-validation", "-o", page, NULL},
    {program, "front", "packed", "-d", file, "--assignments", NULL},
    {program, "check", file, NULL},
    {program, "rm", "one", "-d", file, NULL}};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void write_bytes(const char *to, const unsigned char *bytes, size_t size)
{
  FILE *out = fopen(to, "wb");
  if (!out || fwrite(bytes, 1, size, out) != size || fclose(out) != 0) ok(0, "cannot write %s", to);
}

static unsigned char *read_bytes(const char *from, size_t *size)
{
  FILE *in = fopen(from, "rb");
  *size = 0;
  if (!in) return NULL;
  fseek(in, 0, SEEK_END);
  *size = (size_t)ftell(in);
  rewind(in);
  unsigned char *bytes = malloc(*size + 1);
  if (bytes && fread(bytes, 1, *size, in) != *size) *size = 0;
  fclose(in);
  return bytes;
}

/* A few bytes that are in use, a stretch, or the end. */
static size_t change_bytes(unsigned char *bytes, size_t size)
{
  const size_t kind = random_below(&state, 10), count = 1 + random_below(&state, 8);
  if (kind == 0) return random_below(&state, size);
  for (size_t i = 0; i < count; i++) {
    size_t at = random_below(&state, size);
    for (int t = 0; t < 10000 && !bytes[at]; t++)
      at = random_below(&state, size);
    static const unsigned char edge[] = {0, 1, 0x7f, 0x80, 0xff};
    const uint64_t other = kind < 5   ? random_bits(&state)
                           : kind < 8 ? edge[random_below(&state, sizeof edge)]
                                      : bytes[at] ^ 1U << random_below(&state, 8);
    bytes[at] = (unsigned char)other;
  }
  return size;
}

static const char *random_text(sqlite3 *db, const char *sql, char out[PATH])
{
  sqlite3_stmt *row = NULL;
  out[0] = '\0';
  if (sqlite3_prepare_v2(db, sql, -1, &row, NULL) != SQLITE_OK) return out;
  int rows = 0;
  while (sqlite3_step(row) == SQLITE_ROW)
    if (random_below(&state, (size_t)++rows) == 0) snprintf(out, PATH, "%s", sqlite3_column_text(row, 0));
  sqlite3_finalize(row);
  return out;
}

/* Values in place of others in one to three columns, past all constraints. */
static void change_values(const char *path)
{
  static const char *const value[] = {"NULL",
                                      "''",
                                      "0",
                                      "-1",
                                      "1 << 23",
                                      "1 << 40",
                                      "9223372036854775807",
                                      "1e308",
                                      "x'00ff'",
                                      "'../../x'",
                                      "'[null]'",
                                      "'{}'",
                                      "'[{}]'",
                                      "zeroblob(100000)",
                                      "'{\"plots\":[{}],\"within\":[null,1]}'",
                                      "id + 1",
                                      "hex(zeroblob(5000))",
                                      "-0.5"};
  sqlite3 *db = NULL;
  char table[PATH], column[PATH], sql[3 * PATH];
  sqlite3_open(path, &db);
  sqlite3_exec(db, "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF", NULL, NULL, NULL);
  for (size_t i = 0, count = 1 + random_below(&state, 3); i < count; i++) {
    random_text(db, "SELECT name FROM sqlite_schema WHERE type = 'table'", table);
    snprintf(sql, sizeof sql, "SELECT name FROM pragma_table_info('%s')", table);
    random_text(db, sql, column);
    snprintf(sql, sizeof sql, "UPDATE OR IGNORE \"%s\" SET \"%s\" = %s%s", table, column,
             value[random_below(&state, sizeof value / sizeof *value)],
             random_below(&state, 2) ? "" : " WHERE abs(random()) % 3 = 0");
    sqlite3_exec(db, sql, NULL, NULL, NULL);
  }
  sqlite3_close(db);
}

static bool make(char *name, const char *head, const char *base)
{
  char yaml[PATH];
  struct rusage used;
  snprintf(yaml, sizeof yaml, "%s/%s.yaml", folder, name);
  FILE *out = fopen(yaml, "w");
  fprintf(out, "name: %s\n%s%s", name, head, experiment);
  fclose(out);
  char *const argv[] = {program, "run",        "--quiet", "--no-plots", "--db-dir", "tests/data/models/db",
                        "-d",    (char *)base, yaml,      NULL};
  return run(argv, &used) == 0;
}

/* The commands on the file at hand; *bad counts. */
static void try_all(long number, size_t first, size_t count, int *bad)
{
  const char *build = getenv("BUILD");
  const bool sanitized = build && strstr(build, "san");
  for (size_t c = 0; c < count; c++) {
    struct rusage used;
    const size_t which = (first + c) % COMMANDS;
    const int code = run(commands[which], &used);
    const double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                       1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    if (code < 4 && (sanitized || (cpu < 1.5 && used.ru_maxrss < MEMORY_KB))) continue;
    ++*bad;
    printf("# case %ld, %s %s: exit code %d, %.2f s, %ld kB\n", number, commands[which][1], commands[which][2], code,
           cpu, used.ru_maxrss);
  }
}

int main(void)
{
  const char *build = getenv("BUILD"), *cases = getenv("CASES"), *seed = getenv("SEED");
  const long count = cases ? strtol(cases, NULL, 10) : CASES;
  char base[PATH], loose[PATH], keep[PATH + 40];
  if (!mkdtemp(folder)) return 1;
  state = 88172645463325252ULL + (seed ? strtoull(seed, NULL, 10) : 0);
  snprintf(program, sizeof program, "%s/quarry", build ? build : "build");
  snprintf(base, sizeof base, "%s/base", folder);
  snprintf(loose, sizeof loose, "%s/loose", folder);
  snprintf(file, sizeof file, "%s/file", folder);
  snprintf(output, sizeof output, "%s/out.csv", folder);
  snprintf(json, sizeof json, "%s/out.json", folder);
  snprintf(page, sizeof page, "%s/out.html", folder);
  ok(make("one", "store: {points: all, layers: all}\n", base), "a database");
  ok(make("packed", "store: columns\n", base), "with packed columns too");
  size_t size = 0, loose_size = 0;
  unsigned char *bytes = read_bytes(base, &size), *copy = malloc(size + 1);
  write_bytes(loose, bytes, size);
  sqlite3 *db = NULL;
  sqlite3_open(loose, &db);
  sqlite3_exec(db,
               "PRAGMA journal_mode = DELETE; PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = "
               "replace(replace(sql, ' NOT NULL', ''), ' STRICT', '') WHERE type = 'table'",
               NULL, NULL, NULL);
  sqlite3_close(db);
  unsigned char *without = read_bytes(loose, &loose_size);
  int bad = 0;
  for (size_t c = 0; c < COMMANDS; c++) { /* they do what they are for */
    struct rusage used;
    write_bytes(file, bytes, size);
    is_int(run(commands[c], &used), 0, commands[c][1]);
  }
  for (long i = 0; i < count; i++) {
    const int before = bad;
    if (i % 2) {
      memcpy(copy, bytes, size);
      const size_t left = change_bytes(copy, size);
      write_bytes(file, copy, left);
    } else {
      write_bytes(file, without, loose_size);
      change_values(file);
    }
    snprintf(keep, sizeof keep, "%s/bad.%ld", folder, i);
    size_t kept = 0;
    unsigned char *now = read_bytes(file, &kept);
    try_all(i, (size_t)i * COMMANDS_A_CASE, cases ? COMMANDS : COMMANDS_A_CASE, &bad);
    if (bad > before) write_bytes(keep, now, kept);
    free(now);
  }
  is_int(bad, 0, "no crash, no hang, no hunger");
  free(bytes);
  free(copy);
  free(without);
  if (bad) {
    printf("# kept in %s\n", folder);
  } else {
    char *const argv[] = {"/bin/rm", "-r", folder, NULL};
    struct rusage used;
    run(argv, &used);
  }
  return done();
}
