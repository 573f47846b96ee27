/* Every allocation of a command fails once, by tests/fail_alloc.c: those of libraries too.  The command then does what
 * it would have done, or ends with exit code 3 and a message; it crashes never, holds no block longer than it does
 * otherwise, writes nothing by half, and leaves a database that the same command completes.  Calls that come from one
 * place, told by the addresses on the stack, fail once.
 *
 * A few calls of each command; EVERY=1: all; DEPTH=12: places told apart by more addresses; ONLY=run: these commands;
 * KEEP=1: end at the first that is wrong, and leave its folder. */
#include "../files.h"
#include "../tap.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH = 200, WORDS = 16, PLACES = 20000, CALLS_A_COMMAND = 4, DEPTH = 7, CODE_MEMORY = 3, BYTES = 1 << 20 };

static char folder[] = "/tmp/quarry-allocations-XXXXXX", program[2 * PATH], shim[2 * PATH], db[2 * PATH];

static const char body[] =
    "technology: [fdsoi28]\nnetwork: small\nlayers: {type: dwconv}\ndesigns:\n"
    "  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 4], multipliers: 3}\n"
    "  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: 4, reduction: taps}\n"
    "precision: [8, {default: 4, first: 8, label: first 8}]\nclock_mhz: 200\n"
    "objectives: {minimize: [area_um2, latency_us, energy_uj]}\n"
    "uncertainty: {draws: 16, seed: 1}\n";

static const char compared[] = "compare: {to: SDM, metrics: [energy_uj], at: {area_um2: [8000]}}\n"; /* needs fronts */

typedef struct trial {
  const char *name, *words; /* blanks between; @ stands for the folder of databases that are read */
  const char *output;       /* a file that it writes, whole or not at all; NULL: none */
  const char *points;       /* an experiment that it stores in `new`; NULL: none */
} trial;

static const trial trials[] = {
    {"run all", "run all.yaml -q -d new --no-plots -t 1", NULL, "all"},
    {"run columns", "run columns.yaml -q -d new --no-plots -t 1", NULL, "columns"},
    {"run front", "run front.yaml -q -d new --no-plots -t 1", NULL, "front"},
    {"run summary", "run summary.yaml -q -d new --no-plots -t 1", NULL, NULL},
    {"query", "query SELECT_*_FROM_point -d base", NULL, NULL},
    {"front", "front all -d base", NULL, NULL},
    {"check", "check base", NULL, NULL},
    {"export", "export all -d base -o out.csv", "out.csv", NULL},
    {"export columns", "export columns -d base --front -f json -o out.json", "out.json", NULL},
    {"diff", "diff all columns -d base", NULL, NULL},
    {"merge", "merge -q -d new part.1 part.2", NULL, "all"},
    {"report", "report all -d base --no-validation -o out.html", "out.html", NULL},
    {"plot", "plot all -d base --x area_um2 --y energy_uj -o out --format svg", "out.svg", NULL},
    {"import onnx", "import onnx model.onnx -o out.csv", "out.csv", NULL},
    {"import scalesim", "import scalesim plain.cfg renamed.csv -o out", "out.yaml", NULL},
    {"tech import", "tech import good.lib --name mine --node-nm 130 -o out.yaml", "out.yaml", NULL},
    {"quantize", "quantize brslog --bits 5 --weights f4.npy", NULL, NULL},
    {"quantize onnx", "quantize pot --bits 4 --onnx model.onnx", NULL, NULL},
    {"rtl", "rtl mac --param bits=4 -o out.v", "out.v", NULL},
    {"describe", "describe design all.yaml --point 1 --layers", NULL, NULL},
    {"assign", "assign options.csv --minimize latency --limit size=3", NULL, NULL},
    {"validate", "validate sram cacti.csv", NULL, NULL}};
enum { TRIALS = sizeof trials / sizeof *trials };

/* ---- running ---- */

static long number_of(const char *name, long fallback)
{
  const char *text = getenv(name);
  return text ? strtol(text, NULL, 10) : fallback;
}

/* Run words in the folder; call `at` fails (0: none, -1: none, and list places of `depth`).  Exit code, 128 +
 * signal. */
static int run(const char *words, long at, long depth)
{
  char text[PATH * 2], *argv[WORDS] = {program}, *rest = NULL, number[30];
  int argc = 1, status = 0;
  snprintf(text, sizeof text, "%s", words);
  for (char *word = strtok_r(text, " ", &rest); word && argc < WORDS - 1; word = strtok_r(NULL, " ", &rest)) {
    for (char *c = word; strncmp(word, "SELECT", 6) == 0 && *c; c++)
      if (*c == '_') *c = ' ';
    argv[argc++] = word;
  }
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const struct rlimit core = {0, 0};
    if (chdir(folder)) _exit(126);
    setrlimit(RLIMIT_CORE, &core);
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(open("stdout", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    dup2(open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    setenv("QUARRY_DB_DIR", db, 1);
    setenv("XDG_CACHE_HOME", "cache", 1);
    snprintf(number, sizeof number, "%ld", at < 0 ? depth : at);
    if (at) {
      setenv(at < 0 ? "FAIL_PLACES" : "FAIL_AT", number, 1);
      setenv("FAIL_LOG", "log", 1);
      setenv("LD_PRELOAD", shim, 1);
    }
    alarm(60);
    execv(program, argv);
    _exit(127);
  }
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* What a file of the folder holds, "" when there is none; in the caller's BYTES + 1. */
static const char *contents(char *bytes, const char *name)
{
  char path[PATH * 2];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *in = fopen(path, "rb");
  const size_t length = in ? fread(bytes, 1, BYTES, in) : 0;
  if (in) fclose(in);
  bytes[length] = '\0';
  return bytes;
}

static int shell(const char *command)
{
  return system(command);
}

static void tidy(const trial *t)
{
  static const char *const made[] = {"new", "new-wal", "new-shm", "log", "stdout", "stderr", "out.json", "out.csv"};
  char path[PATH * 2];
  for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
    snprintf(path, sizeof path, "%s/%s", folder, made[i]);
    unlink(path);
  }
  if (!t->output) return;
  snprintf(path, sizeof path, "%s/%s", folder, t->output);
  unlink(path);
}

/* ---- one command ---- */

static char good_out[BYTES + 1], good_file[BYTES + 1], good_points[BYTES + 1], now[BYTES + 1];
static const char points_sql[] = "query SELECT_*_FROM_%s_points -d new -f csv";

static const char *points_of(char *bytes, const trial *t)
{
  char words[PATH];
  snprintf(words, sizeof words, points_sql, t->points);
  bytes[0] = '\0';
  return run(words, 0, 0) == 0 ? contents(bytes, "stdout") : bytes;
}

/* Temporary files that nobody removed. */
static int litter(void)
{
  char command[PATH * 2];
  snprintf(command, sizeof command, "ls -A %s | grep -q '^\\.'", folder);
  return shell(command) == 0;
}

/* What is wrong after call `at` failed; NULL: nothing. */
static const char *fault(const trial *t, long at, long held)
{
  long calls = 0, failed = 0, live = 0;
  tidy(t);
  const int code = run(t->words, at, 0);
  if (sscanf(contents(now, "log"), "%ld %ld %ld", &calls, &failed, &live) != 3)
    return code > 127 ? "a crash" : "no log";
  if (failed != 1) return NULL; /* a run that took another way */
  if (code != 0 && code != CODE_MEMORY) return "another exit code";
  if (live > held) {
    printf("# %ld more than %ld\n", live - held, held);
    return "blocks are held";
  }
  if (code == CODE_MEMORY && !contents(now, "stderr")[0]) return "no message";
  if (code == 0 && strcmp(contents(now, "stdout"), good_out) != 0) return "another result";
  if (t->output && contents(now, t->output)[0] ? strcmp(now, good_file) != 0 : t->output && code == 0)
    return "half an output";
  if (litter()) return "a temporary file";
  if (!t->points || strcmp(points_of(now, t), good_points) == 0) return NULL;
  if (code == 0) return "other points stored";
  if (run(t->words, 0, 0) != 0) return "cannot be completed";
  return strcmp(points_of(now, t), good_points) == 0 ? NULL : "completed otherwise";
}

/* The calls that stand for all, into call[]; how many. */
static size_t places_of(long call[PLACES], long *held, const trial *t)
{
  static char log[BYTES + 1];
  long calls = 0, failed = 0;
  size_t count = 0;
  int used = 0;
  tidy(t);
  *held = -1;
  const int code = run(t->words, -1, number_of("DEPTH", DEPTH));
  if (code != 0) printf("# exit code %d: %s\n", code, contents(now, "stderr"));
  if (code != 0 || sscanf(contents(log, "log"), "%ld %ld %ld%n", &calls, &failed, held, &used) != 3) return 0;
  for (const char *at = log + used; count < PLACES && sscanf(at, "%ld%n", &call[count], &used) == 1; at += used)
    count++;
  contents(good_out, "stdout");
  if (t->output) contents(good_file, t->output);
  ++*held; /* the buffer of standard error, once something is printed there */
  if (t->points) points_of(good_points, t);
  return count;
}

static void try_all(const trial *t)
{
  static long call[PLACES];
  long held;
  const char *every = getenv("EVERY");
  const size_t count = places_of(call, &held, t);
  const size_t step = every ? (size_t)strtol(every, NULL, 10) : count / CALLS_A_COMMAND + 1;
  int wrong = 0, tried = 0;
  for (size_t i = every ? 0 : step / 2; i < count; i += step, tried++) {
    const char *what = fault(t, call[i], held);
    if (what && wrong++ < 10) printf("# call %ld: %s: %.200s\n", call[i], what, contents(now, "stderr"));
    if (what && getenv("KEEP")) {
      printf("# kept in %s\n", folder);
      exit(1);
    }
  }
  tidy(t);
  ok(count > 5 && wrong == 0, "%s: %d of %zu places, %d wrong", t->name, tried, count, wrong);
}

/* ---- what the commands read ---- */

static void make_experiment(const char *name)
{
  char path[PATH * 2];
  snprintf(path, sizeof path, "%s/%s.yaml", folder, name);
  FILE *out = fopen(path, "w");
  if (out) fprintf(out, "name: %s\nstore: %s\n%s%s", name, name, body, strcmp(name, "summary") == 0 ? "" : compared);
  if (out) fclose(out);
}

static bool make_inputs(void)
{
  static const char *const stored[] = {"all", "columns", "front", "summary"};
  char command[10 * PATH];
  for (size_t i = 0; i < sizeof stored / sizeof *stored; i++)
    make_experiment(stored[i]);
  snprintf(command, sizeof command,
           "cp tests/data/scalesim/plain.cfg tests/data/scalesim/renamed.csv tests/data/liberty/good.lib "
           "tests/fuzz/corpus/weights/f4.npy tests/fuzz/corpus/layer_tables/options.csv %s && "
           "cp tests/fuzz/corpus/sram_measured/some.csv %s/cacti.csv && "
           "cp /usr/share/libonnx-testdata/data/pytorch-converted/test_Conv2d/model.onnx %s",
           folder, folder, folder);
  return shell(command) == 0 && run("run all.yaml -q -d base --no-plots", 0, 0) == 0 &&
         run("run columns.yaml -q -d base --no-plots", 0, 0) == 0 &&
         run("run all.yaml -q -d part.1 --no-plots --shard 1/2", 0, 0) == 0 &&
         run("run all.yaml -q -d part.2 --no-plots --shard 2/2", 0, 0) == 0;
}

int main(void)
{
  const char *build = getenv("BUILD"), *only = getenv("ONLY");
  char *root = realpath(build ? build : "build", NULL), *data = realpath("tests/data/models/db", NULL), command[PATH];
  if (!root || !data || !mkdtemp(folder)) return 1;
  snprintf(program, sizeof program, "%s/quarry", root);
  snprintf(shim, sizeof shim, "%s/tests/fail_alloc.so", root);
  snprintf(db, sizeof db, "%s", data);
  free(root);
  free(data);
  if (strstr(program, "san/quarry")) { /* a sanitizer has the same functions */
    ok(rmdir(folder) == 0, "not with a sanitizer");
    return done();
  }
  if (!ok(make_inputs(), "what the commands read")) printf("# %s\n", contents(now, "stderr"));
  for (size_t i = 0; i < TRIALS; i++)
    if (!only || strncmp(trials[i].name, only, strlen(only)) == 0) try_all(&trials[i]);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  shell(command);
  return done();
}
