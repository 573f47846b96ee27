/* The table of known activities: what is one circuit and what is another, whole files and damaged ones, threads and
 * processes.  A register of W bits whose inputs all change in every cycle is the known answer: W toggles a cycle. */
#include "files.h"
#include "quarry/activities.h"
#include "quarry/alloc.h"
#include "tap.h"

#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CYCLES = 65, WIDTH = 8, THREADS = 8, WIDTHS = 24, PATH = 400 };

static qy_arena *arena;
static char folder[] = "/tmp/quarry-activities-XXXXXX";

/* A register behind an input. */
static qy_circuit *delay(const char *name, const char *label, int width)
{
  qy_circuit *c = qy_circuit_new(name, arena);
  const qy_net in = qy_input(c, "in", width), reg = qy_register(c, label, width, -1);
  qy_register_connect(c, reg, in);
  qy_output(c, "out", reg);
  if (qy_circuit_finish(c, NULL)) exit(1);
  return c;
}

static void flip_all(void *ctx, int64_t cycle, uint64_t *inputs)
{
  (void)ctx;
  inputs[0] = cycle % 2 ? ~UINT64_C(0) : 0;
}

static qy_activity_key key_of(const qy_circuit *c, double number)
{
  return qy_activity_key_of(c, "test", &number, 1);
}

/* As a caller does it. */
static void look_up(qy_activity *a, qy_activities *known, const qy_circuit *c)
{
  const qy_activity_key key = key_of(c, 1);
  memset(a, 0, sizeof *a);
  if (qy_activities_take(a, known, &key)) return;
  if (qy_circuit_activity(c, flip_all, NULL, CYCLES, a, NULL)) exit(1);
  qy_activities_give(known, &key, a);
}

/* Toggles of the flip-flops a cycle: all bits in all moves but the first, when the register still holds zeros. */
static bool is_right(const qy_activity *a, int width)
{
  const double toggles = a->settled[QY_CLASS_REGISTER].output.cells[QY_DFF];
  return fabs(toggles - width * (CYCLES - 2.0) / (CYCLES - 1.0)) < 1e-12 && a->ff_count == width;
}

static void keys(void)
{
  const qy_circuit *c = delay("one", "a", WIDTH), *same = delay("another", "b", WIDTH), *wide = delay("one", "a", 9);
  const double numbers[2] = {1, 0};
  const qy_activity_key k = key_of(c, 1), s = key_of(same, 1), w = key_of(wide, 1), t = key_of(c, 1.5);
  const qy_activity_key kind = qy_activity_key_of(c, "tests", numbers, 1),
                        more = qy_activity_key_of(c, "test", numbers, 2);
  ok(memcmp(&k, &s, sizeof k) == 0, "names and labels are not what a circuit is");
  ok(memcmp(&k, &w, sizeof k) != 0, "widths are");
  ok(memcmp(&k, &t, sizeof k) != 0 && memcmp(&k, &kind, sizeof k) != 0 && memcmp(&k, &more, sizeof k) != 0,
     "other stimuli are other activities");
  qy_circuit *unread = qy_circuit_new("one", arena), *read = qy_circuit_new("one", arena);
  qy_circuit *of[] = {unread, read};
  for (int i = 0; i < 2; i++) {
    const qy_net a = qy_input(of[i], "a", WIDTH), b = qy_input(of[i], "b", WIDTH);
    const qy_net sum = qy_add(of[i], a, b, WIDTH, false), both = qy_bitwise(of[i], QY_OP_AND, a, b);
    qy_output(of[i], "y", i ? sum : both);
    if (qy_circuit_finish(of[i], NULL)) exit(1);
  }
  const qy_activity_key u = key_of(unread, 1), r = key_of(read, 1);
  ok(memcmp(&u, &r, sizeof u) != 0, "which words are outputs is");
}

static void in_memory(void)
{
  const qy_circuit *c = delay("one", "a", WIDTH);
  const qy_activity_key k = key_of(c, 1);
  qy_activities *known = qy_activities_new(NULL);
  qy_activity first, again;
  ok(!qy_activities_take(&first, NULL, &k), "without a table nothing is known");
  qy_activities_give(NULL, &k, NULL);
  look_up(&first, known, c);
  look_up(&again, known, delay("two", "x", WIDTH));
  ok(is_right(&first, WIDTH) && memcmp(&first, &again, sizeof first) == 0, "the same bytes");
  is_int((int64_t)qy_activities_counted(known).simulated, 1, "simulated once");
  qy_activity other;
  const qy_activity_key lost = key_of(c, 2);
  ok(!qy_activities_take(&other, known, &lost), "one that fails");
  qy_activities_give(known, &lost, NULL);
  ok(!qy_activities_take(&other, known, &lost), "is not known");
  qy_activities_give(known, &lost, &first);
  ok(qy_activities_take(&other, known, &lost), "until it is handed over");
  qy_activities_free(known);
}

/* More keys than lists, some of them alike in their first half: each has its own activity. */
static void many_keys(void)
{
  enum { KEYS = 3000 };
  qy_activities *known = qy_activities_new(NULL);
  static qy_activity a;
  int wrong = 0;
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < KEYS; i++) {
      const qy_activity_key key = {{(uint64_t)(i / 3 * 4096), (uint64_t)(i % 3)}};
      const bool there = qy_activities_take(&a, known, &key);
      wrong += there != (pass == 1) || (there && a.ff_count != i);
      a.ff_count = i;
      if (!there) qy_activities_give(known, &key, &a);
    }
  is_int(wrong, 0, "3000 keys in few lists");
  is_int((int64_t)qy_activities_counted(known).simulated, KEYS, "each made once");
  qy_activities_free(known);
}

/* ---- the folder */

/* The only file in it; false: there is not one. */
static bool only_file(char path[PATH])
{
  DIR *d = opendir(folder);
  int count = 0;
  for (struct dirent *e; d && (e = readdir(d));)
    if (e->d_name[0] != '.') {
      snprintf(path, PATH, "%s/%s", folder, e->d_name);
      count++;
    }
  if (d) closedir(d);
  return count == 1;
}

/* Look the register up with a new table; how often was it simulated? */
static int64_t simulated(bool *right, const qy_circuit *c)
{
  qy_activity a;
  qy_activities *known = qy_activities_new(folder);
  look_up(&a, known, c);
  const qy_activities_count count = qy_activities_counted(known);
  *right = is_right(&a, WIDTH) && count.simulated + count.read == 1;
  qy_activities_free(known);
  return (int64_t)count.simulated;
}

/* The file with this is left out of account and written anew. */
static void damaged(const char *what, const char *path, const char *bytes, size_t length, const qy_circuit *c)
{
  bool first = false, second = false;
  const bool written = write_bytes(path, bytes, length);
  const int64_t again = simulated(&first, c), then = simulated(&second, c);
  ok(written && first && second && again == 1 && then == 0, "%s: simulated and written anew", what);
}

static void kept(void)
{
  const qy_circuit *c = delay("one", "a", WIDTH);
  char path[PATH], other[PATH + 8];
  bool right = false;
  is_int(simulated(&right, c), 1, "nothing is kept yet");
  ok(only_file(path), "one file");
  is_int(simulated(&right, delay("two", "b", WIDTH)), 0, "another program finds it");
  ok(right, "and what it says is right");
  static char bytes[1 << 17], changed[1 << 17];
  FILE *f = fopen(path, "rb");
  const size_t length = f ? fread(bytes, 1, sizeof bytes - 1, f) : 0;
  if (f) fclose(f);
  ok(length > 0 && length < sizeof bytes - 1, "read as it is");
  int missed = 0;
  for (size_t at = 0; at < length; at += length / 40 + 1) { /* one bit, all over the file */
    memcpy(changed, bytes, length);
    changed[at] ^= 1;
    bool good = false;
    missed += !write_bytes(path, changed, length) || simulated(&good, c) != 1 || !good;
  }
  is_int(missed, 0, "one wrong bit, wherever it is");
  damaged("an empty file", path, bytes, 0, c);
  damaged("a file cut short", path, bytes, length - 1, c);
  damaged("a file with a byte too many", path, bytes, length + 1, c);
  damaged("a text", path, "not an activity", 15, c);
  snprintf(other, sizeof other, "%s.other", path);
  bool wrong = false;
  simulated(&wrong, delay("three", "c", 9)); /* a second file: of another circuit */
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));)
    if (e->d_name[0] != '.' && strcmp(e->d_name, path + strlen(folder) + 1))
      snprintf(other, sizeof other, "%s/%.300s", folder, e->d_name);
  if (d) closedir(d);
  ok(rename(other, path) == 0 && simulated(&right, c) == 1 && right, "another circuit's file under this name");
  unlink(path);
  ok(mkdir(path, 0700) == 0 && simulated(&right, c) == 1 && right, "a directory of this name is no failure");
  rmdir(path);
  ok(mkfifo(path, 0600) == 0 && simulated(&right, c) == 1 && right, "nor a pipe");
  unlink(path);
}

static void no_folder(void)
{
  qy_activity a;
  qy_activities *known = qy_activities_new("/proc/no/such/folder");
  look_up(&a, known, delay("one", "a", WIDTH));
  ok(is_right(&a, WIDTH), "a folder that cannot be made is no failure");
  qy_activities_free(known);
  char deep[PATH];
  snprintf(deep, sizeof deep, "%s/a/b/c", folder);
  known = qy_activities_new(deep);
  look_up(&a, known, delay("one", "a", WIDTH));
  qy_activities_free(known);
  struct stat is;
  ok(stat(deep, &is) == 0 && S_ISDIR(is.st_mode), "folders are made");
}

/* One table keeps what it is given one after the other, for the next one. */
static void one_after_another(void)
{
  char below[PATH];
  snprintf(below, sizeof below, "%s/several", folder);
  for (int pass = 0; pass < 2; pass++) {
    qy_activities *known = qy_activities_new(below);
    int wrong = 0;
    for (int width = 1; width <= 5; width++) {
      qy_activity a;
      look_up(&a, known, delay("one", "a", width));
      wrong += !is_right(&a, width);
    }
    const qy_activities_count count = qy_activities_counted(known);
    ok(wrong == 0 && count.simulated == (pass ? 0 : 5) && count.read == (pass ? 5 : 0), "%s",
       pass ? "all are read by the next table" : "five are simulated");
    qy_activities_free(known);
  }
}

/* ---- numbers */

enum { NUMBERS = 3 };

/* Given to one table, asked of another one. */
static bool recall(double found[NUMBERS], size_t count, const char *below, const qy_activity_key *key)
{
  qy_activities *known = qy_activities_new(below);
  const bool there = qy_numbers_take(found, count, known, key);
  qy_activities_free(known);
  return there;
}

static void give(const char *below, const qy_activity_key *key, const double number[NUMBERS])
{
  qy_activities *known = qy_activities_new(below);
  qy_numbers_give(known, key, number, NUMBERS);
  qy_activities_free(known);
}

static void numbers(void)
{
  static const double asked[] = {3, 0.5}, other_asked[] = {3, 0.25}, made[NUMBERS] = {1.0 / 3, -0.0, 1e308};
  const qy_activity_key key = qy_numbers_key_of("test", asked, 2), other = qy_numbers_key_of("test", other_asked, 2),
                        kind = qy_numbers_key_of("tests", asked, 2), fewer = qy_numbers_key_of("test", asked, 1);
  char below[PATH], path[PATH + 60], other_path[PATH + 60];
  double found[NUMBERS + 1] = {0};
  snprintf(below, sizeof below, "%s/numbers", folder);
  ok(memcmp(&key, &other, sizeof key) && memcmp(&key, &kind, sizeof key) && memcmp(&key, &fewer, sizeof key),
     "what is asked for is the key");
  ok(!qy_numbers_take(found, NUMBERS, NULL, &key), "without a table no numbers are known");
  qy_numbers_give(NULL, &key, made, NUMBERS);
  ok(!recall(found, NUMBERS, below, &key), "nor before they are given");
  give(below, &key, made);
  ok(recall(found, NUMBERS, below, &key) && memcmp(found, made, sizeof made) == 0, "then the same bytes");
  ok(!recall(found, NUMBERS, below, &other), "others are not known");
  ok(!recall(found, NUMBERS - 1, below, &key) && !recall(found, NUMBERS + 1, below, &key), "nor fewer or more of them");
  snprintf(path, sizeof path, "%s/%016" PRIx64 "%016" PRIx64 ".numbers", below, key.word[0], key.word[1]);
  snprintf(other_path, sizeof other_path, "%s/%016" PRIx64 "%016" PRIx64 ".numbers", below, other.word[0],
           other.word[1]);
  unsigned char bytes[1 << 10], changed[1 << 10];
  FILE *f = fopen(path, "rb");
  const size_t length = f ? fread(bytes, 1, sizeof bytes, f) : 0;
  if (f) fclose(f);
  int missed = length < sizeof made;
  for (size_t bit = 0; bit < 8 * length; bit++) {
    memcpy(changed, bytes, length);
    changed[bit / 8] ^= (unsigned char)(1 << bit % 8);
    missed += !write_bytes(path, (const char *)changed, length) || recall(found, NUMBERS, below, &key);
  }
  is_int(missed, 0, "one wrong bit, wherever it is, and the numbers are not known");
  missed = !write_bytes(path, (const char *)bytes, length - 1) || recall(found, NUMBERS, below, &key);
  ok(!missed && write_bytes(path, "", 0) && !recall(found, NUMBERS, below, &key), "nor of a file cut short");
  give(below, &key, made);
  ok(recall(found, NUMBERS, below, &key) && memcmp(found, made, sizeof made) == 0, "they are written anew");
  ok(rename(path, other_path) == 0 && !recall(found, NUMBERS, below, &other), "another key's file under this name");
}

/* ---- several at once */

typedef struct asker {
  qy_activities *known;
  const qy_circuit *c;
  qy_activity a;
  bool there;
} asker;

/* Waits for one that another thread has taken; whether it is there then. */
static void *wait_for_it(void *argument)
{
  asker *s = argument;
  const qy_activity_key key = key_of(s->c, 1);
  s->there = qy_activities_take(&s->a, s->known, &key);
  return NULL;
}

static void waiting(void)
{
  for (int fails = 0; fails < 2; fails++) {
    qy_activities *known = qy_activities_new(NULL);
    const qy_circuit *c = delay("one", "a", WIDTH);
    const qy_activity_key key = key_of(c, 1);
    static qy_activity made;
    static asker waits;
    pthread_t thread;
    waits = (asker){.known = known, .c = c};
    ok(!qy_activities_take(&made, known, &key), "one thread makes it");
    if (pthread_create(&thread, NULL, wait_for_it, &waits)) exit(1);
    usleep(20000);
    made.ff_count = 77;
    qy_activities_give(known, &key, fails ? NULL : &made);
    pthread_join(thread, NULL);
    ok(waits.there == !fails && (fails || waits.a.ff_count == 77), "another one waits, %s",
       fails ? "and is to make it when that fails" : "and gets it");
    qy_activities_free(known);
  }
}

static void *ask(void *argument)
{
  asker *s = argument;
  look_up(&s->a, s->known, s->c);
  return NULL;
}

static void threads(void)
{
  static asker all[THREADS];
  pthread_t thread[THREADS];
  qy_activities *known = qy_activities_new(NULL);
  const qy_circuit *c = delay("one", "a", 64);
  int wrong = 0;
  for (int i = 0; i < THREADS; i++) {
    all[i] = (asker){.known = known, .c = c};
    if (pthread_create(&thread[i], NULL, ask, &all[i])) exit(1);
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(thread[i], NULL);
    wrong += !is_right(&all[i].a, 64) || memcmp(&all[i].a, &all[0].a, sizeof all[0].a) != 0;
  }
  is_int(wrong, 0, "all threads get the same");
  is_int((int64_t)qy_activities_counted(known).simulated, 1, "which one of them simulated");
  qy_activities_free(known);
}

/* Registers of many widths, each with a table of its own; 0: all were right. */
static int one_process(void)
{
  int wrong = 0;
  for (int width = 1; width <= WIDTHS; width++) {
    qy_activity a;
    qy_activities *known = qy_activities_new(folder);
    look_up(&a, known, delay("one", "a", width));
    wrong += !is_right(&a, width);
    qy_activities_free(known);
  }
  return wrong;
}

static void processes(void)
{
  int wrong = 0, files = 0;
  for (int i = 0; i < 4; i++) {
    const pid_t child = fork();
    if (child < 0) exit(1);
    if (child == 0) _exit(one_process() != 0);
  }
  for (int i = 0, status; i < 4; i++)
    wrong += wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status);
  is_int(wrong, 0, "four processes on one folder");
  qy_activities_count count = {0};
  for (int width = 1; width <= WIDTHS; width++) {
    qy_activity a;
    qy_activities *known = qy_activities_new(folder);
    look_up(&a, known, delay("one", "a", width));
    count.read += qy_activities_counted(known).read;
    qy_activities_free(known);
  }
  is_int((int64_t)count.read, WIDTHS, "leave a whole file of each");
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));)
    files += e->d_name[0] != '.';
  if (d) closedir(d);
  is_int(files, WIDTHS, "and nothing else");
}

/* Any activity comes back from the folder to the byte: words that are zero, and those that are not, the first and the
 * last among them. */
static void whole_records(void)
{
  enum { RECORDS = 12 };
  int wrong = 0;
  for (int i = 0; i < RECORDS; i++) {
    uint64_t word[sizeof(qy_activity) / sizeof(uint64_t)];
    const size_t words = sizeof word / sizeof *word;
    for (size_t k = 0; k < words; k++)
      word[k] = i == 0 || k % (size_t)i == 0 || (i == RECORDS - 1 && k + 1 == words) ? 0x0101010101010101 : 0;
    qy_activity made, read;
    memcpy(&made, word, sizeof made);
    const qy_activity_key key = {{1000 + (uint64_t)i, 7}};
    for (int turn = 0; turn < 2; turn++) { /* by one table into the folder, by another out of it */
      qy_activities *known = qy_activities_new(folder);
      const bool there = qy_activities_take(&read, known, &key);
      wrong += there != (turn == 1);
      if (there)
        wrong += memcmp(&made, &read, sizeof made) != 0;
      else
        qy_activities_give(known, &key, &made);
      qy_activities_free(known);
    }
  }
  ok(wrong == 0, "of %d records %d are not what was kept", RECORDS, wrong);
}

int main(void)
{
  char command[PATH];
  arena = qy_arena_new();
  if (!mkdtemp(folder)) return 1;
  keys();
  in_memory();
  many_keys();
  kept();
  processes();
  threads();
  waiting();
  one_after_another();
  numbers();
  whole_records();
  no_folder();
  qy_arena_free(arena);
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command) ? 1 : done();
}
