/* Memory that runs out at a call of the store or of SQLite: it is said, nothing is changed, and the next try does it;
 * what is read is read in full or not at all. */
#include "no_memory.h"

#include "quarry/reads.h"
#include "quarry/store_merge.h"
#include "quarry/store_verify.h"

#include "store_steps.h"

static double sum_of(const qy_text *text)
{
  double sum = 0;
  for (size_t i = 0; i < text->length; i++)
    sum = fmod(sum * 31 + (double)(unsigned char)text->data[i], 1e9 + 7);
  return sum;
}

/* ---- readers ---- */

typedef struct reading {
  qy_store *store;
  const char *file;
  int reader;
} reading;

static qy_status read_one(void *ctx, double *answer, qy_error *err)
{
  const reading *r = ctx;
  qy_text text = {0};
  qy_status status = reader[r->reader](&text, r->store, 1, err);
  if (!status && text.failed) status = qy_no_memory(err); /* the test's own */
  *answer = sum_of(&text);
  qy_text_free(&text);
  return status;
}

static int note(void *ctx, bool wrong, const char *text)
{
  qy_text_add(ctx, "%d %s|", wrong, text);
  return 0;
}

static qy_status verify(void *ctx, double *answer, qy_error *err)
{
  const reading *r = ctx;
  qy_text text = {0};
  qy_status status = qy_store_verify(r->store, note, &text, err);
  if (!status && text.failed) status = qy_no_memory(err);
  *answer = sum_of(&text);
  qy_text_free(&text);
  return status;
}

static qy_status open_and_close(void *ctx, double *answer, qy_error *err)
{
  const reading *r = ctx;
  qy_store *store = NULL;
  const qy_status status = qy_store_open(&store, r->file, QY_STORE_READ, err);
  *answer = store != NULL;
  qy_store_close(store);
  return status;
}

static void readers(const char *file, const char *policy)
{
  memory_tally one = {.keeps = true}, opened = {0}, verified = {.keeps = true};
  reading r = {.file = file};
  qy_error err = {0};
  memory_try(&opened, open_and_close, &r, 0, 0);
  for (r.reader = 0; r.reader < READERS; r.reader++) {
    const long held = memory_held;
    is_status(qy_store_open(&r.store, file, QY_STORE_READ, &err), QY_OK, &err, reader_name[r.reader]);
    memory_try(&one, read_one, &r, 0, 0);
    qy_store_close(r.store);
    one.wrong += memory_held > held;
  }
  is_status(qy_store_open(&r.store, file, QY_STORE_READ, &err), QY_OK, &err, "verified");
  memory_try(&verified, verify, &r, 0, 0);
  qy_store_close(r.store);
  memory_said(&opened, "a database opened and closed");
  memory_said(&one, policy ? "readers of columns" : "readers of rows");
  memory_said(&verified, "verified");
}

/* ---- writers ---- */

/* Places of the calls of each step, by the numbers of the calls. */
enum { PLACES_MOST = 100 };
typedef struct places {
  long call[STEPS][PLACES_MOST], count[STEPS];
} places;

/* A run of which each step fails once, at its `turn`th place, before it is done; its database is that of a run that
 * never failed.  Turn -1: the places are listed.  Batches that are held are undone together, for good. */
static bool fails_once(places *p, long turn, memory_tally *t, const char *policy, const qy_text *sound)
{
  const char *file = scratch_file("writers.sqlite");
  const long held = memory_held;
  bool any = false, ended = true;
  run r;
  qy_text after = {0};
  qy_error err = {0};
  unlink(file);
  qy_status status = open_run(&r, file, policy, &err);
  for (int s = 0; s < STEPS && !status; s++) {
    qy_status tried = QY_NO_MEMORY;
    if (turn >= 0 && turn < p->count[s] && step[s] != other_batches) {
      any = true;
      memory_calls = 0;
      memory_fails_at = p->call[s][turn];
      tried = step[s](&r, &err);
      memory_fails_at = 0;
      t->calls++;
      t->said += tried == QY_NO_MEMORY;
      t->same += tried == QY_OK;
      if (tried && (tried != QY_NO_MEMORY || err.status != tried)) {
        printf("# %s, call %ld: %d, %s\n", step_name[s], p->call[s][turn], (int)tried, err.diagnostic[0].text);
        t->wrong++;
      }
      qy_error_clear(&err);
    }
    if (step[s] == first_batch && qy_store_has_batch(r.store, 0) && tried) {
      ended = false; /* it is stored, but not what is the best of it */
      break;
    }
    if (turn < 0) memory_list(false);
    if (tried) status = step[s](&r, &err);
    memory_places.frames = 0;
    if (turn >= 0) continue;
    p->count[s] = memory_places.count < PLACES_MOST ? memory_places.count : PLACES_MOST;
    memcpy(p->call[s], memory_places.call, (size_t)p->count[s] * sizeof(long));
  }
  qy_store_close(r.store);
  if (ended && turn % 8 == 0) dump(&after, file);
  if (status || memory_held - held > (long)(after.length > 0) || (after.length > 0 && !same_text(&after, sound))) {
    printf("# turn %ld: %d, %ld blocks held, other rows or %s\n", turn, (int)status, memory_held - held,
           err.count ? err.diagnostic[0].text : "none");
    t->wrong++;
  }
  qy_text_free(&after);
  return any;
}

static void writers(const char *policy, const qy_text *sound)
{
  static places p;
  memory_tally t = {0};
  fails_once(&p, -1, &t, policy, sound);
  for (long turn = 0; fails_once(&p, turn, &t, policy, sound);)
    turn++;
  memory_said(&t, policy ? "steps of a run in columns" : "steps of a run in rows");
}

/* ---- parts ---- */

/* One process's share of the batches. */
static const char *part(const char *name, const char *policy, int64_t first, int64_t end)
{
  run r;
  qy_error err = {0};
  const char *file = scratch_file_kept(name);
  qy_status status = open_run(&r, file, policy, &err);
  if (!status) status = begin(&r, &err);
  for (int64_t b = first; b < end && !status; b++)
    status = put_points(r.store, b, !policy, &err);
  qy_store_close(r.store);
  is_status(status, QY_OK, &err, name);
  return file;
}

typedef struct merging {
  const char *const *files;
  const char *policy;
} merging;

static qy_status merge(void *ctx, double *answer, qy_error *err)
{
  const merging *m = ctx;
  const char *file = scratch_file("merged.sqlite");
  qy_parts *parts = NULL;
  run r = {0};
  int complete = 0;
  unlink(file);
  qy_status status = qy_parts_open(&parts, m->files, 2, err);
  if (!status) status = open_run(&r, file, m->policy, err);
  if (!status) status = qy_parts_merge(parts, r.store, &r.f.e, &r.id, &complete, err);
  *answer = (double)complete;
  for (int64_t b = 0; b * BATCH < POINTS && !status; b++)
    *answer += 10 * qy_store_has_batch(r.store, b);
  qy_store_close(r.store);
  qy_parts_free(parts);
  return status;
}

static void merges(const char *policy)
{
  const char *const files[] = {part(policy ? "one.sqlite" : "one.rows", policy, 0, 1),
                               part(policy ? "two.sqlite" : "two.rows", policy, 1, POINTS / BATCH)};
  memory_tally t = {0};
  memory_try(&t, merge, &(merging){files, policy}, 0, 0);
  memory_said(&t, "two parts as one");
}

int main(void)
{
  static const char *const policy[] = {NULL, "columns"};
  scratch_make();
  for (int p = 0; p < 2; p++) {
    qy_text sound = {0};
    const char *file = make(p ? "columns" : "rows", policy[p]);
    dump(&sound, file);
    readers(file, policy[p]);
    writers(policy[p], &sound);
    merges(policy[p]);
    qy_text_free(&sound);
  }
  scratch_remove();
  return done();
}
