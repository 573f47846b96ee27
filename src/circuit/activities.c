/* Activities that are known, in memory and in a folder: see activities.h.
 *
 * A file is a row of native words: format, key, size in memory; the content; the digest of all before.  The content of
 * an activity: which of its words are not zero, a bit each, and those words.  Most are zero: few operator classes are
 * in a circuit.  That of numbers: the numbers.
 */
#include "quarry/activities.h"

#include "digest.h"
#include "quarry/file.h"
#include "quarry/version.h"
#include "sources.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUCKETS = 1024, FORMAT = 1, WORD = sizeof(uint64_t), MASK_BITS = 64 };

/* Words of a record: of the activity as it is in memory, of each part, of all at most. */
enum {
  WORDS = sizeof(qy_activity) / WORD,
  KEY = 1,
  SIZE = KEY + 2,
  CONTENT = SIZE + 1,
  MASK = CONTENT,
  VALUES = MASK + (WORDS + MASK_BITS - 1) / MASK_BITS,
  SUM_WORDS = 2,
  MOST = VALUES + WORDS + SUM_WORDS
};
_Static_assert(sizeof(qy_activity) % WORD == 0, "an activity is a whole number of words");
_Static_assert(sizeof(double) == WORD, "a number is a word");

/* What names of files end in. */
static const char of_activity[] = "activity", of_numbers[] = "numbers";

typedef struct entry {
  struct entry *next;
  digest key;
  bool made; /* false: somebody is simulating it */
  qy_activity activity;
} entry;

struct qy_activities {
  pthread_mutex_t lock;   /* guards all below; an entry that is made never changes */
  pthread_cond_t changed; /* an entry was made or taken out */
  entry *bucket[BUCKETS];
  qy_activities_count count;
  char *folder; /* NULL: none, or it cannot be written */
};

qy_activities *qy_activities_new(const char *folder)
{
  qy_activities *known = qy_alloc(1, sizeof *known);
  if (!known) return NULL;
  if (folder && !(known->folder = strdup(folder))) {
    free(known);
    return NULL;
  }
  pthread_mutex_init(&known->lock, NULL);
  pthread_cond_init(&known->changed, NULL);
  return known;
}

void qy_activities_free(qy_activities *known)
{
  if (!known) return;
  for (size_t b = 0; b < BUCKETS; b++)
    for (entry *e = known->bucket[b], *next; e; e = next) {
      next = e->next;
      free(e);
    }
  pthread_mutex_destroy(&known->lock);
  pthread_cond_destroy(&known->changed);
  free(known->folder);
  free(known);
}

/* ---- keys */

/* The version of the program and how it keeps numbers: part of every key. */
static void digest_program(digest *d)
{
  const uint64_t order = UINT64_C(0x0102030405060708);
  const double number = 1.5;
  digest_bytes(d, circuit_sources, strlen(circuit_sources));
  digest_bytes(d, &order, sizeof order);
  digest_bytes(d, &number, sizeof number);
  digest_word(d, sizeof(qy_activity));
}

qy_activity_key qy_activity_key_of(const qy_circuit *c, const char *kind, const double *number, size_t count)
{
  assert(c && kind && (number || count == 0));
  digest d = circuit_digest(c);
  digest_program(&d);
  digest_bytes(&d, kind, strlen(kind));
  digest_bytes(&d, number, count * sizeof *number);
  return d;
}

qy_activity_key qy_numbers_key_of(const char *kind, const double *number, size_t count)
{
  assert(kind && (number || count == 0));
  char platform[QY_PLATFORM];
  digest d = {{0}};
  digest_program(&d);
  qy_platform(platform);
  digest_bytes(&d, platform, strlen(platform));
  digest_bytes(&d, kind, strlen(kind));
  digest_bytes(&d, number, count * sizeof *number);
  return d;
}

static bool same_key(const digest *a, const digest *b)
{
  return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

/* ---- the folder */

static char *path_of(const char *folder, const digest *key, const char *what)
{
  char *path = NULL;
  if (!folder) return NULL;
  if (asprintf(&path, "%s/%016" PRIx64 "%016" PRIx64 ".%s", folder, key->word[0], key->word[1], what) < 0) return NULL;
  return path;
}

static digest sum_of(const uint64_t *record, size_t words)
{
  digest sum = {{0}};
  digest_bytes(&sum, record, words * WORD);
  return sum;
}

/* What stands before the content. */
static void begin_record(uint64_t *record, const digest *key, size_t size)
{
  record[0] = FORMAT;
  memcpy(&record[KEY], key->word, sizeof key->word);
  record[SIZE] = size;
}

/* What stands behind it; returns how many words there are then. */
static size_t end_record(uint64_t *record, size_t count)
{
  const digest sum = sum_of(record, count);
  memcpy(&record[count], sum.word, sizeof sum.word);
  return count + SUM_WORDS;
}

/* A whole record of this key, of at most room - 1 words; *count: of its words those before the digest. */
static bool read_record(uint64_t *record, size_t *count, size_t room, const char *path, const digest *key, size_t size)
{
  struct stat is;
  digest sum, own;
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  const ssize_t got = fstat(fd, &is) == 0 && S_ISREG(is.st_mode) ? read(fd, record, room * WORD) : -1;
  close(fd);
  if (got < (ssize_t)(CONTENT + SUM_WORDS) * WORD || (size_t)got % WORD || (size_t)got >= room * WORD) return false;
  *count = (size_t)got / WORD - SUM_WORDS;
  memcpy(sum.word, &record[*count], sizeof sum.word);
  memcpy(own.word, &record[KEY], sizeof own.word);
  const digest found = sum_of(record, *count);
  return same_key(&sum, &found) && same_key(&own, key) && record[0] == FORMAT && record[SIZE] == size;
}

/* Into record[MOST]; returns how many words. */
static size_t pack(uint64_t *record, const digest *key, const qy_activity *activity)
{
  uint64_t word[WORDS];
  size_t count = VALUES;
  memcpy(word, activity, sizeof word);
  memset(record, 0, (size_t)VALUES * WORD);
  begin_record(record, key, sizeof *activity);
  for (size_t i = 0; i < WORDS; i++) {
    if (!word[i]) continue;
    record[MASK + i / MASK_BITS] |= UINT64_C(1) << i % MASK_BITS;
    record[count++] = word[i];
  }
  return end_record(record, count);
}

/* False: there is no whole record of this key. */
static bool read_kept(qy_activity *activity, const char *path, const digest *key)
{
  uint64_t record[MOST + 1], word[WORDS] = {0}; /* room to see that there is too much */
  size_t count, at = VALUES;
  if (!read_record(record, &count, MOST + 1, path, key, sizeof *activity) || count < VALUES) return false;
  for (size_t i = 0; i < WORDS; i++) {
    if (!(record[MASK + i / MASK_BITS] >> i % MASK_BITS & 1)) continue;
    if (at == count) return false;
    word[i] = record[at++];
  }
  memcpy(activity, word, sizeof word);
  return at == count;
}

/* False: the folder cannot be written. */
static bool write_record(const char *folder, const char *path, const uint64_t *record, size_t count)
{
  struct stat is;
  if (stat(path, &is) != 0 ? !qy_folder_make(folder) : !S_ISREG(is.st_mode)) return false;
  return qy_file_write(path, (const char *)record, count * WORD, NULL) == QY_OK;
}

/* The folder as it is now, to be freed; NULL: none. */
static char *folder_of(qy_activities *known)
{
  pthread_mutex_lock(&known->lock);
  char *folder = known->folder ? strdup(known->folder) : NULL;
  pthread_mutex_unlock(&known->lock);
  return folder;
}

static void keep_record(qy_activities *known, const digest *key, const char *what, const uint64_t *record, size_t count)
{
  char *folder = folder_of(known), *path = path_of(folder, key, what);
  if (path && !write_record(folder, path, record, count)) { /* nor will the next one be */
    pthread_mutex_lock(&known->lock);
    free(known->folder);
    known->folder = NULL;
    pthread_mutex_unlock(&known->lock);
  }
  free(path);
  free(folder);
}

/* ---- the table */

static entry **place_of(qy_activities *known, const digest *key)
{
  entry **at = &known->bucket[key->word[0] % BUCKETS];
  while (*at && !same_key(&(*at)->key, key))
    at = &(*at)->next;
  return at;
}

static void finish(qy_activities *known, const digest *key, const qy_activity *made, size_t *counter)
{
  pthread_mutex_lock(&known->lock);
  entry **at = place_of(known, key), *e = *at;
  if (e && !e->made && made) {
    e->activity = *made;
    e->made = true;
    ++*counter;
  } else if (e && !e->made) { /* whoever waits tries it for himself */
    *at = e->next;
    free(e);
  }
  pthread_cond_broadcast(&known->changed);
  pthread_mutex_unlock(&known->lock);
}

bool qy_activities_take(qy_activity *activity, qy_activities *known, const qy_activity_key *key)
{
  assert(activity && key);
  if (!known) return false;
  pthread_mutex_lock(&known->lock);
  entry *e = *place_of(known, key);
  while (e && !e->made) {
    pthread_cond_wait(&known->changed, &known->lock);
    e = *place_of(known, key);
  }
  if (e) *activity = e->activity;
  entry *mine = e ? NULL : qy_alloc(1, sizeof *mine);
  if (mine) {
    mine->key = *key;
    mine->next = known->bucket[key->word[0] % BUCKETS];
    known->bucket[key->word[0] % BUCKETS] = mine;
  }
  char *path = mine ? path_of(known->folder, key, of_activity) : NULL;
  pthread_mutex_unlock(&known->lock);
  if (e) return true;
  const bool kept = path && read_kept(activity, path, key);
  free(path);
  if (kept) finish(known, key, activity, &known->count.read);
  return kept;
}

void qy_activities_give(qy_activities *known, const qy_activity_key *key, const qy_activity *made)
{
  assert(key);
  if (!known) return;
  finish(known, key, made, &known->count.simulated);
  if (!made) return;
  uint64_t record[MOST];
  keep_record(known, key, of_activity, record, pack(record, key, made));
}

bool qy_numbers_take(double *found, size_t count, qy_activities *known, const qy_activity_key *key)
{
  assert(found && count <= QY_NUMBERS_MAX && key);
  uint64_t record[CONTENT + QY_NUMBERS_MAX + SUM_WORDS + 1];
  size_t words = 0;
  char *folder = known ? folder_of(known) : NULL, *path = path_of(folder, key, of_numbers);
  const bool kept =
      path && read_record(record, &words, sizeof record / WORD, path, key, count * WORD) && words == CONTENT + count;
  if (kept) memcpy(found, &record[CONTENT], count * sizeof *found);
  free(path);
  free(folder);
  return kept;
}

void qy_numbers_give(qy_activities *known, const qy_activity_key *key, const double *made, size_t count)
{
  assert(key && made && count <= QY_NUMBERS_MAX);
  uint64_t record[CONTENT + QY_NUMBERS_MAX + SUM_WORDS];
  if (!known) return;
  begin_record(record, key, count * WORD);
  memcpy(&record[CONTENT], made, count * sizeof *made);
  keep_record(known, key, of_numbers, record, end_record(record, CONTENT + count));
}

qy_activities_count qy_activities_counted(qy_activities *known)
{
  assert(known);
  pthread_mutex_lock(&known->lock);
  const qy_activities_count count = known->count;
  pthread_mutex_unlock(&known->lock);
  return count;
}
