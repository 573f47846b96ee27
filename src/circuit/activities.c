/* Activities that are known, in memory and in a folder: see activities.h.
 *
 * A file is a row of native words: format, key, size in memory; which words of the activity are not zero, a bit each;
 * those words; the digest of all before.  Most are zero: few operator classes are in a circuit.
 */
#include "quarry/activities.h"

#include "digest.h"
#include "quarry/file.h"
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
  MASK = SIZE + 1,
  VALUES = MASK + (WORDS + MASK_BITS - 1) / MASK_BITS,
  SUM_WORDS = 2,
  MOST = VALUES + WORDS + SUM_WORDS
};
_Static_assert(sizeof(qy_activity) % WORD == 0, "an activity is a whole number of words");

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

static bool same_key(const digest *a, const digest *b)
{
  return a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

/* ---- the folder */

static char *path_of(const qy_activities *known, const digest *key)
{
  char *path = NULL;
  if (!known->folder) return NULL;
  if (asprintf(&path, "%s/%016" PRIx64 "%016" PRIx64 ".activity", known->folder, key->word[0], key->word[1]) < 0)
    return NULL;
  return path;
}

static digest sum_of(const uint64_t *record, size_t words)
{
  digest sum = {{0}};
  digest_bytes(&sum, record, words * WORD);
  return sum;
}

/* Into record[MOST]; returns how many words. */
static size_t pack(uint64_t *record, const digest *key, const qy_activity *activity)
{
  uint64_t word[WORDS];
  size_t count = VALUES;
  memcpy(word, activity, sizeof word);
  memset(record, 0, (size_t)VALUES * WORD);
  record[0] = FORMAT;
  memcpy(&record[KEY], key->word, sizeof key->word);
  record[SIZE] = sizeof *activity;
  for (size_t i = 0; i < WORDS; i++) {
    if (!word[i]) continue;
    record[MASK + i / MASK_BITS] |= UINT64_C(1) << i % MASK_BITS;
    record[count++] = word[i];
  }
  const digest sum = sum_of(record, count);
  memcpy(&record[count], sum.word, sizeof sum.word);
  return count + SUM_WORDS;
}

/* False: it is not a whole record of this key. */
static bool unpack(qy_activity *activity, const uint64_t *record, size_t count, const digest *key)
{
  uint64_t word[WORDS] = {0};
  digest sum, own;
  size_t at = VALUES;
  if (count < VALUES + SUM_WORDS) return false;
  memcpy(sum.word, &record[count - SUM_WORDS], sizeof sum.word);
  memcpy(own.word, &record[KEY], sizeof own.word);
  const digest found = sum_of(record, count - SUM_WORDS);
  if (!same_key(&sum, &found) || !same_key(&own, key) || record[0] != FORMAT || record[SIZE] != sizeof *activity)
    return false;
  for (size_t i = 0; i < WORDS; i++) {
    if (!(record[MASK + i / MASK_BITS] >> i % MASK_BITS & 1)) continue;
    if (at == count - SUM_WORDS) return false;
    word[i] = record[at++];
  }
  memcpy(activity, word, sizeof word);
  return at == count - SUM_WORDS;
}

static bool read_kept(qy_activity *activity, const char *path, const digest *key)
{
  uint64_t record[MOST + 1]; /* room to see that there is too much */
  struct stat is;
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return false;
  const ssize_t got = fstat(fd, &is) == 0 && S_ISREG(is.st_mode) ? read(fd, record, sizeof record) : -1;
  close(fd);
  return got > 0 && (size_t)got % WORD == 0 && (size_t)got <= (size_t)MOST * WORD &&
         unpack(activity, record, (size_t)got / WORD, key);
}

/* False: the folder cannot be written. */
static bool write_kept(const char *folder, const char *path, const digest *key, const qy_activity *activity)
{
  uint64_t record[MOST];
  struct stat is;
  if (stat(path, &is) != 0 ? !qy_folder_make(folder) : !S_ISREG(is.st_mode)) return false;
  return qy_file_write(path, (const char *)record, pack(record, key, activity) * WORD, NULL) == QY_OK;
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
  char *path = mine ? path_of(known, key) : NULL;
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
  pthread_mutex_lock(&known->lock);
  char *path = path_of(known, key), *folder = path ? strdup(known->folder) : NULL;
  pthread_mutex_unlock(&known->lock);
  if (folder && !write_kept(folder, path, key, made)) { /* nor will the next one be */
    pthread_mutex_lock(&known->lock);
    free(known->folder);
    known->folder = NULL;
    pthread_mutex_unlock(&known->lock);
  }
  free(path);
  free(folder);
}

qy_activities_count qy_activities_counted(qy_activities *known)
{
  assert(known);
  pthread_mutex_lock(&known->lock);
  const qy_activities_count count = known->count;
  pthread_mutex_unlock(&known->lock);
  return count;
}
