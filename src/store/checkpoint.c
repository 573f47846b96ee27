/* Copying the write-ahead log into the database while it is being written: see checkpoint.h. */
#include "checkpoint.h"

#include "quarry/alloc.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

struct checkpointer {
  sqlite3 *db; /* that writes */
  int first_pages, step_pages, alone_pages, most_pages;
  const char *path;

  bool tried, runs; /* the thread; of the writer */
  pthread_t thread;

  pthread_mutex_t lock;
  pthread_cond_t change;
  int pages;   /* in the log */
  int offered; /* of them, to the thread: copied, but for those that a reader keeps from it */
  bool waited; /* the writer waits until all of it was tried */
  bool over;   /* it has written the last */
  bool ended;  /* the thread copies no more */
};

/* A connection of the thread's own, which knows that there is a log: reading the first page opens it. */
static sqlite3 *connect(const char *path)
{
  sqlite3 *db = NULL;
  if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) == SQLITE_OK &&
      sqlite3_exec(db, "PRAGMA schema_version", NULL, NULL, NULL) == SQLITE_OK)
    return db;
  sqlite3_close(db);
  return NULL;
}

/* What fails here, or waits for a reader, is tried again after the next step: the log loses nothing. */
static void *copy_all(void *ctx)
{
  checkpointer *c = ctx;
  sqlite3 *db = connect(c->path);
  pthread_mutex_lock(&c->lock);
  while (db && !c->over) {
    const bool waited = c->waited;
    if (!waited && c->pages - c->offered < c->step_pages) {
      pthread_cond_wait(&c->change, &c->lock);
      continue;
    }
    c->offered = c->pages;
    pthread_mutex_unlock(&c->lock);
    sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    pthread_mutex_lock(&c->lock);
    if (waited) c->waited = false;
    pthread_cond_broadcast(&c->change);
  }
  c->ended = true;
  pthread_cond_broadcast(&c->change);
  pthread_mutex_unlock(&c->lock);
  sqlite3_close(db);
  return NULL;
}

static void start_thread(checkpointer *c)
{
  int moved = 0;
  sigset_t all, before;
  c->tried = true;
  /* Under the name there may be another file by now. */
  if (sqlite3_file_control(c->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved) return;
  c->path = sqlite3_db_filename(c->db, "main");
  sigfillset(&all); /* signals are the writer's, who hears them */
  pthread_sigmask(SIG_SETMASK, &all, &before);
  c->runs = pthread_create(&c->thread, NULL, copy_all, c) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* After each commit of the writer. */
static int committed(void *ctx, sqlite3 *db, const char *name, int pages)
{
  checkpointer *c = ctx;
  if (pages >= c->first_pages && !c->tried) start_thread(c);
  pthread_mutex_lock(&c->lock);
  const bool alone = !c->runs || c->ended;
  if (pages < c->offered) c->offered = 0; /* the log has begun anew */
  c->pages = pages;
  c->waited = !alone && pages >= c->most_pages;
  if (!alone && (c->waited || pages - c->offered >= c->step_pages)) pthread_cond_broadcast(&c->change);
  while (c->waited && !c->ended)
    pthread_cond_wait(&c->change, &c->lock);
  pthread_mutex_unlock(&c->lock);
  /* As SQLite does it: a copy that fails fails no commit. */
  if (alone && pages >= c->alone_pages) sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
  return SQLITE_OK;
}

checkpointer *checkpoint_start(sqlite3 *db, int64_t page_bytes)
{
  checkpointer *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  c->db = db;
  c->first_pages = (int)(CHECKPOINT_FIRST_BYTES / page_bytes);
  c->step_pages = (int)(CHECKPOINT_STEP_BYTES / page_bytes);
  c->alone_pages = (int)(CHECKPOINT_ALONE_BYTES / page_bytes);
  c->most_pages = (int)(CHECKPOINT_MOST_BYTES / page_bytes);
  pthread_mutex_init(&c->lock, NULL);
  pthread_cond_init(&c->change, NULL);
  sqlite3_wal_hook(db, committed, c);
  return c;
}

void checkpoint_stop(checkpointer *c)
{
  if (!c) return;
  sqlite3_wal_hook(c->db, NULL, NULL);
  if (c->runs) {
    pthread_mutex_lock(&c->lock);
    c->over = true;
    pthread_cond_broadcast(&c->change);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->thread, NULL);
  }
  pthread_mutex_destroy(&c->lock);
  pthread_cond_destroy(&c->change);
  free(c);
}
