/* Driver of the fuzz targets.
 *
 *   fuzz READER|all [runs=N] [seconds=S] [seed=K] [corpus=FOLDER]
 *
 * Built with QUARRY_LIBFUZZER, libFuzzer draws the inputs; else they are seeds of the tree damaged by mutate.h, and
 * inputs that were taken otherwise than those before them become seeds too.  A crash, an execution of more than 1 s
 * of processor time and more than 256 MB (four times that under a sanitizer) are findings: the input is left in a
 * file that is named, and the exit code is 1. */
#include "fuzz.h"

#include "mutate.h"

#include "../files.h"

#include <ftw.h>
#include <glob.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#ifdef QUARRY_LIBFUZZER
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
enum { MEMORY_MB = 1024 };
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
  return "quarantine_size_mb=16:detect_leaks=1:allocator_may_return_null=1";
}
#else
enum { MEMORY_MB = 256 };
#endif

enum { INPUT_MAX = 1 << 18, MOST = 1 << 14, POOL_MAX = 1000, PATH = 300, HANG = 40, HUNGER = 41, TICKS = 5 };

/* What the parent needs of a child that is gone. */
typedef struct shared {
  volatile uint64_t runs, taken; /* taken: those that were what the reader is for */
  volatile size_t length;
  double seconds;
  size_t kept;
  char bytes[INPUT_MAX];
} shared;

static shared *now;
static const fuzz_reader *reader;
static qy_arena *arena;

/* ---- what readers use ---- */

qy_arena *fuzz_arena(void)
{
  if (!arena) arena = qy_arena_new();
  return arena;
}

/* FNV-1a; texts in quotes and numbers are left out. */
uint64_t fuzz_outcome(qy_status status, const qy_error *err)
{
  uint64_t hash = 14695981039346656037u ^ (uint64_t)status;
  if ((status == QY_BAD_INPUT || status == QY_SYSTEM) && (err->count < 1 || !err->diagnostic[0].text[0])) abort();
  if (status == QY_INTERNAL || status == QY_NO_MEMORY) abort();
  now->taken += status == QY_OK;
  for (int i = 0; i < err->count; i++) {
    bool quoted = false;
    for (const char *c = err->diagnostic[i].text; *c; c++) {
      if (*c == '"' || *c == '\'' || *c == '`') quoted = !quoted;
      if (!quoted && (*c < '0' || *c > '9')) hash = (hash ^ (unsigned char)*c) * 1099511628211u;
    }
  }
  return hash;
}

static pid_t owner;

const char *fuzz_folder(void)
{
  static char folder[PATH];
  if (folder[0]) return folder;
  snprintf(folder, sizeof folder, "%s/quarry-fuzz-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
  if (!mkdtemp(folder)) abort();
  owner = getpid();
  return folder;
}

static int remove_one(const char *path, const struct stat *is, int kind, struct FTW *at)
{
  (void)is, (void)kind, (void)at;
  return remove(path);
}

static void remove_folder(void)
{
  if (owner == getpid()) nftw(fuzz_folder(), remove_one, 16, FTW_PHYS | FTW_DEPTH);
}

static int file_at(char path[PATH])
{
  static char own[PATH];
  static int fd = -1;
  if (fd < 0) {
    fd = memfd_create("fuzz", MFD_CLOEXEC);
    snprintf(own, sizeof own, "/proc/self/fd/%d", fd);
  }
  if (fd < 0) abort();
  snprintf(path, PATH, "%s", own);
  return fd;
}

const char *fuzz_file(const char *bytes, size_t length)
{
  static char path[PATH];
  const int fd = file_at(path);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, length, 0) != (ssize_t)length) abort();
  return path;
}

/* Links to what is in db, but for one. */
const char *fuzz_db(const char *inside)
{
  static char made[PATH + 10], of[PATH];
  if (made[0] && strcmp(of, inside) == 0) return made;
  char command[8 * PATH], file[PATH];
  file_at(file);
  snprintf(of, sizeof of, "%s", inside);
  snprintf(made, sizeof made, "%s/db", fuzz_folder());
  snprintf(command, sizeof command, "rm -rf %s && cp -rs \"$PWD/db\" %s && ln -sf %s %s/%s", made, made, file, made,
           inside);
  if (system(command) != 0) abort();
  return made;
}

/* ---- one execution ---- */

static double clock_s(clockid_t which)
{
  struct timespec t;
  clock_gettime(which, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Exactly as many bytes as there are, and the closing NUL, so that a sanitizer sees reads beyond it. */
static uint64_t execute(const char *data, size_t size)
{
  char *text = malloc(size + 1);
  if (!text) abort();
  if (size) memcpy(text, data, size);
  text[size] = '\0';
  const uint64_t outcome = reader->one(text, size);
  free(text);
  if (arena) qy_arena_reset(arena);
  return outcome;
}

static uint64_t last_run;
static int still;

/* Each second of processor time: is it the same execution as before? */
static void tick(int signal_number)
{
  (void)signal_number;
  still = now->runs == last_run ? still + 1 : 0;
  last_run = now->runs;
  if (still >= TICKS) _exit(HANG);
}

/* Time by the wall first, which costs little; what took long is run again by the processor's. */
static uint64_t watched(const char *data, size_t size)
{
  struct rusage used;
  const double start = clock_s(CLOCK_MONOTONIC);
  const uint64_t outcome = execute(data, size);
  if (clock_s(CLOCK_MONOTONIC) - start > 1) {
    const double again = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    execute(data, size);
    if (clock_s(CLOCK_PROCESS_CPUTIME_ID) - again > 1) _exit(HANG);
  }
  getrusage(RUSAGE_SELF, &used);
  if (used.ru_maxrss / 1024 > MEMORY_MB) _exit(HUNGER);
  return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  watched((const char *)data, size);
  return 0;
}

/* ---- seeds ---- */

typedef struct input {
  char *bytes;
  size_t length;
} input;

typedef struct pool {
  input at[POOL_MAX];
  size_t count, seeds;
  uint64_t outcome[POOL_MAX];
  size_t outcomes;
} pool;

static void keep(pool *p, const char *bytes, size_t length)
{
  const size_t most = reader->bytes_most ? reader->bytes_most : MOST;
  const size_t at = p->count < POOL_MAX ? p->count++ : p->seeds + p->outcomes % (POOL_MAX - p->seeds);
  free(p->at[at].bytes);
  p->at[at].length = length < most ? length : most;
  p->at[at].bytes = malloc(p->at[at].length + 1);
  if (!p->at[at].bytes) abort();
  memcpy(p->at[at].bytes, bytes, p->at[at].length);
  p->at[at].bytes[p->at[at].length] = '\0';
}

static void keep_file(pool *p, const char *path)
{
  static char bytes[INPUT_MAX];
  FILE *in = fopen(path, "rb");
  const size_t length = in ? fread(bytes, 1, sizeof bytes - 1, in) : 0;
  if (in) fclose(in);
  bytes[length] = '\0';
  if (length == 0 || p->count >= POOL_MAX / 2) return;
  if (!reader->lines) keep(p, bytes, length);
  char *rest = NULL;
  for (char *line = reader->lines ? strtok_r(bytes, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest))
    keep(p, line, strlen(line));
}

static void read_seeds(pool *p)
{
  char *patterns = strdup(reader->seeds), *rest = NULL;
  for (char *pattern = patterns ? strtok_r(patterns, " ", &rest) : NULL; pattern;
       pattern = strtok_r(NULL, " ", &rest)) {
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0) continue;
    for (size_t i = 0; i < found.gl_pathc; i++)
      keep_file(p, found.gl_pathv[i]);
    globfree(&found);
  }
  free(patterns);
  p->seeds = p->count;
}

/* ---- without libFuzzer ---- */

typedef struct limits {
  uint64_t runs; /* 0: any */
  double seconds;
  uint64_t seed;
  const char *corpus; /* NULL: none */
} limits;

/* A new outcome?  The first POOL_MAX are told apart. */
static bool is_new(pool *p, uint64_t outcome)
{
  for (size_t i = 0; i < p->outcomes; i++)
    if (p->outcome[i] == outcome) return false;
  if (p->outcomes == POOL_MAX) return false;
  p->outcome[p->outcomes++] = outcome;
  return true;
}

static void one_input(pool *p, const char *bytes, size_t length)
{
  now->length = length;
  memcpy(now->bytes, bytes, length);
  if (is_new(p, watched(bytes, length)) && now->runs >= p->seeds) keep(p, bytes, length);
  now->runs++;
}

static void draw(pool *p, const limits *l)
{
  static char bytes[2 * MOST + INPUT_MAX];
  uint64_t state = 88172645463325252u + l->seed * 2654435761u;
  const size_t most = reader->bytes_most ? reader->bytes_most : MOST;
  const double start = clock_s(CLOCK_MONOTONIC);
  for (size_t i = 0; i < p->seeds; i++)
    one_input(p, p->at[i].bytes, p->at[i].length);
  while ((l->runs == 0 || now->runs < l->runs) && p->count > 0) {
    const input *from = &p->at[random_below(&state, p->count)], *other = &p->at[random_below(&state, p->count)];
    const mutation how = {.telling = reader->telling,
                          .tellings = strlen(reader->telling),
                          .word = reader->word,
                          .other = other->bytes,
                          .other_length = other->length,
                          .in_place = reader->in_place};
    memcpy(bytes, from->bytes, from->length);
    one_input(p, bytes, mutate(&state, bytes, from->length, most, &how));
    if ((now->runs & 15) == 0 && l->seconds > 0 && clock_s(CLOCK_MONOTONIC) - start > l->seconds) break;
  }
  now->seconds = clock_s(CLOCK_MONOTONIC) - start;
  now->kept = p->outcomes;
}

static void child(const limits *l)
{
  static pool p;
  const struct itimerval second = {{1, 0}, {1, 0}};
  struct sigaction act = {.sa_handler = tick, .sa_flags = SA_RESTART};
  sigaction(SIGPROF, &act, NULL);
  setitimer(ITIMER_PROF, &second, NULL);
  read_seeds(&p);
  draw(&p, l);
  for (size_t i = 0; i < p.count; i++)
    free(p.at[i].bytes);
  qy_arena_free(arena);
  arena = NULL;
  remove_folder();
  exit(0);
}

#ifdef QUARRY_LIBFUZZER
static int run_libfuzzer(const limits *l);
#endif

static bool with_libfuzzer(void)
{
#ifdef QUARRY_LIBFUZZER
  return strcmp(reader->name, "program") != 0; /* which runs in a child of its own, where nothing is watched */
#else
  return false;
#endif
}

/* 0: nothing was found. */
static int run_reader(const limits *l)
{
  char found[PATH];
  int status = 0;
  memset(now, 0, sizeof *now);
  fflush(NULL);
  const pid_t pid = fork();
#ifdef QUARRY_LIBFUZZER
  if (pid == 0 && with_libfuzzer()) exit(run_libfuzzer(l));
#endif
  if (pid == 0) child(l);
  if (pid < 0 || waitpid(pid, &status, 0) != pid) return 1;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    if (!with_libfuzzer())
      printf("%s: %llu executions, %llu taken, %.0f a second, %zu outcomes\n", reader->name,
             (unsigned long long)now->runs, (unsigned long long)now->taken,
             (double)now->runs / (now->seconds > 0 ? now->seconds : 1), now->kept);
    fflush(stdout);
    return 0;
  }
  if (with_libfuzzer()) return 1; /* it says what it found */
  snprintf(found, sizeof found, "/tmp/quarry-found-%s-%ld", reader->name, (long)pid);
  const bool left = write_bytes(found, now->bytes, now->length);
  const char *what = !WIFEXITED(status)              ? strsignal(WTERMSIG(status))
                     : WEXITSTATUS(status) == HANG   ? "more than 1 s"
                     : WEXITSTATUS(status) == HUNGER ? "too much memory"
                                                     : "ended early";
  printf("%s: FOUND after %llu executions: %s; input in %s\n", reader->name, (unsigned long long)now->runs, what,
         left ? found : "no file");
  fflush(stdout);
  return 1;
}

/* ---- libFuzzer ---- */

#ifdef QUARRY_LIBFUZZER
static int run_libfuzzer(const limits *l)
{
  static char name[] = "fuzz";
  static char option[8][PATH], folder[PATH], seeds[PATH];
  static pool p;
  read_seeds(&p);
  snprintf(seeds, sizeof seeds, "%s/seeds", fuzz_folder());
  if (mkdir(seeds, 0700) != 0) return 1;
  for (size_t i = 0; i < p.count; i++) {
    snprintf(folder, sizeof folder, "%.200s/%zu", seeds, i);
    if (!write_bytes(folder, p.at[i].bytes, p.at[i].length)) return 1;
    free(p.at[i].bytes);
  }
  snprintf(option[0], PATH, "-runs=%lld", l->runs ? (long long)l->runs : -1LL);
  snprintf(option[1], PATH, "-max_total_time=%.0f", l->seconds);
  snprintf(option[2], PATH, "-seed=%llu", (unsigned long long)(l->seed + 1));
  snprintf(option[3], PATH, "-max_len=%zu", reader->bytes_most ? reader->bytes_most : MOST);
  snprintf(option[4], PATH, "-rss_limit_mb=%d", MEMORY_MB);
  snprintf(option[5], PATH, "-artifact_prefix=/tmp/quarry-found-%s-", reader->name);
  char timeout[] = "-timeout=10", quiet[] = "-verbosity=0", final[] = "-print_final_stats=1",
       cmin[] = "-reduce_inputs=0";
  char *argv[] = {name,
                  option[0],
                  option[1],
                  option[2],
                  option[3],
                  option[4],
                  option[5],
                  timeout,
                  quiet,
                  final,
                  cmin,
                  (char *)(l->corpus ? l->corpus : seeds),
                  l->corpus ? seeds : NULL,
                  NULL};
  int argc = l->corpus ? 13 : 12;
  char **arguments = argv;
  atexit(remove_folder);
  return LLVMFuzzerRunDriver(&argc, &arguments, LLVMFuzzerTestOneInput);
}
#endif

static const fuzz_reader *const lists[] = {fuzz_tables, fuzz_descriptions, fuzz_results};

/* Run those of this name; how many. */
static int for_each(const char *name, int (*run)(const limits *l), const limits *l, int *found)
{
  int count = 0;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    for (reader = lists[i]; reader->name; reader++) {
      if (strcmp(name, "all") != 0 && strcmp(name, reader->name) != 0) continue;
      count++;
      if (run) *found += run(l);
    }
  return count;
}

int main(int argc, char **argv)
{
  limits l = {.seconds = 0};
  int found = 0;
  for (int i = 2; i < argc; i++) {
    const char *value = strchr(argv[i], '=');
    if (!value || !value[1]) continue;
    if (strncmp(argv[i], "runs=", 5) == 0) l.runs = strtoull(value + 1, NULL, 10);
    if (strncmp(argv[i], "seconds=", 8) == 0) l.seconds = strtod(value + 1, NULL);
    if (strncmp(argv[i], "seed=", 5) == 0) l.seed = strtoull(value + 1, NULL, 10);
    if (strncmp(argv[i], "corpus=", 7) == 0) l.corpus = value + 1;
  }
  const int count = argc > 1 ? for_each(argv[1], NULL, NULL, NULL) : 0;
  if (count == 0) {
    printf("usage: fuzz READER|all [runs=N] [seconds=S] [seed=K] [corpus=FOLDER]\nreaders:");
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
      for (const fuzz_reader *r = lists[i]; r->name; r++)
        printf(" %s", r->name);
    printf("\n");
    return 2;
  }
  l.seconds /= count;
  if (l.runs == 0 && !(l.seconds > 0)) l.runs = 10000;
  gsl_set_error_handler_off();
  signal(SIGPIPE, SIG_IGN);
  now = mmap(NULL, sizeof *now, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (now == MAP_FAILED) return 1;
  for_each(argv[1], run_reader, &l, &found);
  return found > 0;
}
