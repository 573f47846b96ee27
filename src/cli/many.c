/* One experiment on several processes that mpirun has started: see run.h.
 *
 * Rank 0 has a number for each batch, 0 while nobody has taken it; a rank that comes to a batch asks for it.  Rows
 * do not go over MPI: each rank writes them to a database of its own, which outlives it.  Where few points are stored
 * (store: front, summary) each has a range of the points instead, and stores what it keeps of them.
 */
#include "run.h"

#ifdef QUARRY_MPI

#include "quarry/alloc.h"

#include <errno.h>
#include <inttypes.h>
#include <mpi.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { UNKNOWN, MINE, OTHERS, HOST_SIZE = 64, ASK = 1, ANSWER, END };

typedef struct home {
  char host[HOST_SIZE];
  int64_t pid;
} home;

typedef struct many {
  int rank, size;
  int64_t batches;
  pthread_mutex_t lock;
  bool over;            /* nobody asks any more */
  int64_t *taken;       /* of rank 0: [batches] rank + 1, then [size] ended */
  bool *gone;           /* of rank 0: [size] ended without saying so */
  unsigned char *state; /* [batches] */
} many;

bool many_wanted(const run_options *o)
{
  const char *size = getenv("OMPI_COMM_WORLD_SIZE");
  if (!size) size = getenv("PMI_SIZE");
  return !o->shard && size && strtol(size, NULL, 10) > 1;
}

/* At rank 0: put `value` where there is 0; returns what there was. */
static int64_t put_here(many *m, int64_t place, int64_t value)
{
  pthread_mutex_lock(&m->lock);
  const int64_t before = m->taken[place];
  if (before == 0) m->taken[place] = value;
  pthread_mutex_unlock(&m->lock);
  return before;
}

static int64_t put(many *m, int64_t place, int64_t value)
{
  if (m->rank == 0) return put_here(m, place, value);
  int64_t before = 0, asked[] = {place, value};
  MPI_Sendrecv(asked, 2, MPI_INT64_T, 0, ASK, &before, 1, MPI_INT64_T, 0, ANSWER, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  return before;
}

static bool is_over(many *m)
{
  pthread_mutex_lock(&m->lock);
  const bool over = m->over;
  pthread_mutex_unlock(&m->lock);
  return over;
}

/* A thread of rank 0 answers the others.  It sleeps between looks: MPI's own waiting takes a whole core. */
static void *serve(void *ctx)
{
  const struct timespec pause = {.tv_nsec = 200000};
  many *m = ctx;
  while (!is_over(m)) {
    int any = 0;
    MPI_Status from;
    int64_t asked[2];
    MPI_Iprobe(MPI_ANY_SOURCE, ASK, MPI_COMM_WORLD, &any, &from);
    if (!any) {
      nanosleep(&pause, NULL);
      continue;
    }
    MPI_Recv(asked, 2, MPI_INT64_T, from.MPI_SOURCE, ASK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    const int64_t before = put_here(m, asked[0], asked[1]);
    MPI_Send(&before, 1, MPI_INT64_T, from.MPI_SOURCE, ANSWER, MPI_COMM_WORLD);
  }
  return NULL;
}

static int is_outside(void *ctx, int64_t batch)
{
  many *m = ctx;
  if (m->state[batch] == UNKNOWN) {
    const int64_t before = put(m, batch, m->rank + 1);
    m->state[batch] = before == 0 || before == m->rank + 1 ? MINE : OTHERS;
  }
  return m->state[batch] != MINE;
}

/* Where few points are stored each rank has a range of them (shard_range), not batches. */
static bool in_ranges(const qy_plan *plan)
{
  return qy_stored_partly(qy_plan_get(plan)->stored);
}

static const char *part_name(const run_options *o, int rank, qy_arena *arena)
{
  return qy_arena_format(arena, "%s.rank%d", o->where.database, rank);
}

/* Ranks of an earlier run with more of them may have left parts too. */
static int parts_left(const run_options *o, int size, qy_arena *arena)
{
  int count = size;
  for (const char *name; (name = part_name(o, count, arena)) && access(name, F_OK) == 0;)
    count++;
  return count;
}

/* Take what a database has; in the name of its rank. */
static qy_status take_stored(many *m, int *complete, const qy_plan *plan, const char *database, const char *line,
                             int64_t rank, qy_arena *arena, qy_error *err)
{
  unsigned char *has = qy_arena_alloc(arena, (size_t)m->batches, 1);
  qy_status status = has ? run_stored(has, complete, plan, database, line, arena, err) : qy_no_memory(err);
  for (int64_t b = 0; !status && b < m->batches; b++)
    if (has[b]) put(m, b, rank + 1);
  return status;
}

/* A rank of this host whose process is no more. */
static bool is_gone(const home *homes, int rank)
{
  return strcmp(homes[rank].host, homes[0].host) == 0 && kill((pid_t)homes[rank].pid, 0) != 0 && errno == ESRCH;
}

/* Ends of the others; a rank of this host whose process is gone has ended too.  Returns how many of these. */
static int wait_for_others(many *m, const home *homes)
{
  const struct timespec pause = {.tv_nsec = 20000000};
  int lost = 0;
  for (int r = 0; r < m->size; r++)
    for (;;) {
      if (put_here(m, m->batches + r, 0)) break;
      if (is_gone(homes, r)) {
        put_here(m, m->batches + r, 1);
        m->gone[r] = true;
        say("rank %d is gone; what it had not stored is computed again\n", r);
        lost++;
        break;
      }
      nanosleep(&pause, NULL);
    }
  return lost;
}

static void remove_parts(const run_options *o, int count, qy_arena *arena)
{
  static const char *const endings[] = {"", "-wal", "-shm"};
  for (int r = 0; r < count; r++)
    for (size_t e = 0; e < sizeof endings / sizeof *endings; e++) {
      const char *part = part_name(o, r, arena), *name = part ? qy_arena_format(arena, "%s%s", part, endings[e]) : NULL;
      if (name) unlink(name);
    }
}

static int merge(const many *m, const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena)
{
  qy_error err = {0};
  qy_parts *parts = NULL;
  const int left = parts_left(o, m->size, arena), most = in_ranges(plan) ? m->size : left;
  const char **files = qy_arena_alloc(arena, (size_t)most, sizeof *files);
  int count = 0;
  for (int r = 0; r < most && files; r++) {
    files[count] = part_name(o, r, arena);
    count += files[count] && access(files[count], F_OK) == 0;
  }
  qy_status status = files ? qy_parts_open(&parts, files, count, &err) : qy_no_memory(&err);
  run_options own = *o;
  own.parts = parts;
  own.go_on = true;
  const int code = status ? report(status, &err) : run_plan(plan, &own, line, arena);
  if (code == EXIT_DONE) remove_parts(o, left, arena);
  qy_parts_free(parts);
  return code;
}

/* What a rank computes, into a database of its own: batches as they come, or a range of points. */
static run_options of_rank(many *m, int rank, const qy_plan *plan, const run_options *o, qy_arena *arena)
{
  run_options own = *o;
  own.is_rank = true;
  own.quiet |= rank > 0;
  own.where.database = part_name(o, rank, arena);
  if (in_ranges(plan)) {
    own.share = rank + 1;
    own.shares = m->size;
  } else {
    own.outside = is_outside;
    own.outside_ctx = m;
  }
  return own;
}

/* Ranges of ranks that are gone: what they have stored is gone on from. */
static int run_gone(many *m, const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena)
{
  int code = EXIT_DONE;
  for (int r = 1; r < m->size && code == EXIT_DONE && in_ranges(plan); r++) {
    const run_options its = of_rank(m, r, plan, o, arena);
    if (m->gone[r]) code = its.where.database ? run_plan(plan, &its, line, arena) : EXIT_SYSTEM;
  }
  return code;
}

/* Which batches this database and those of earlier runs have. */
static qy_status take_parts(many *m, const qy_plan *plan, const run_options *o, const char *own, qy_arena *arena,
                            qy_error *err)
{
  int unused = 0;
  qy_status status = QY_OK;
  for (int r = m->size; !status && m->rank == 0 && r < parts_left(o, m->size, arena); r++)
    status = take_stored(m, &unused, plan, part_name(o, r, arena), o->stored_line, m->size, arena, err);
  return status ? status : take_stored(m, &unused, plan, own, o->stored_line, m->rank, arena, err);
}

/* What each rank does; *lost: ranks that are gone, to rank 0. */
static int run_rank(many *m, int *lost, const home *homes, const qy_plan *plan, const run_options *o, const char *line,
                    qy_arena *arena)
{
  qy_error err = {0};
  int complete = 0, failed;
  const run_options own = of_rank(m, m->rank, plan, o, arena);
  qy_status status = own.where.database ? shard_check(qy_plan_get(plan), &err) : qy_no_memory(&err);
  if (!status && m->rank == 0)
    status = take_stored(m, &complete, plan, o->where.database, o->stored_line, m->size, arena, &err);
  MPI_Bcast(&complete, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (complete) return m->rank ? EXIT_DONE : run_plan(plan, o, line, arena);
  if (!status && !in_ranges(plan)) status = take_parts(m, plan, o, own.where.database, arena, &err);
  const int bad = status != QY_OK;
  MPI_Allreduce(&bad, &failed, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (status) return m->rank ? EXIT_INPUT : report(status, &err);
  if (failed) return EXIT_SYSTEM;
  const int code = run_plan(plan, &own, line, arena);
  if (m->rank > 0 || code == EXIT_INTERRUPT) return code;
  put_here(m, m->batches, 1);
  *lost = wait_for_others(m, homes);
  const int again = run_gone(m, plan, o, line, arena);
  return again == EXIT_DONE ? merge(m, plan, o, line, arena) : again;
}

/* Rank 0 tells those that are left that it has ended, and whether ranks were lost. */
static void end_together(many *m, int *lost, const home *homes)
{
  const struct timespec pause = {.tv_nsec = 20000000};
  for (int r = 1; r < m->size && m->rank == 0; r++)
    if (!*lost || !is_gone(homes, r)) MPI_Send(lost, 1, MPI_INT, r, END, MPI_COMM_WORLD);
  for (int any = 0; m->rank > 0 && !any;) {
    MPI_Iprobe(0, END, MPI_COMM_WORLD, &any, MPI_STATUS_IGNORE);
    if (any)
      MPI_Recv(lost, 1, MPI_INT, 0, END, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    else
      nanosleep(&pause, NULL);
  }
}

/* The thread that serves goes on until nobody asks. */
static int run_served(many *m, int *lost, const home *homes, const qy_plan *plan, const run_options *o,
                      const char *line, qy_arena *arena)
{
  pthread_t server = 0;
  if (m->rank == 0 && pthread_create(&server, NULL, serve, m) != 0) MPI_Abort(MPI_COMM_WORLD, EXIT_SYSTEM);
  const int code = run_rank(m, lost, homes, plan, o, line, arena);
  put(m, m->batches + m->rank, 1);
  if (m->rank == 0) *lost += wait_for_others(m, homes); /* they may still ask */
  end_together(m, lost, homes);
  if (m->rank) return code;
  pthread_mutex_lock(&m->lock);
  m->over = true;
  pthread_mutex_unlock(&m->lock);
  pthread_join(server, NULL);
  return code;
}

int many_run(const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena)
{
  many m = {.batches = run_batches(plan), .lock = PTHREAD_MUTEX_INITIALIZER};
  home own = {.pid = getpid()};
  int given, lost = 0;
  MPI_Init_thread(NULL, NULL, MPI_THREAD_MULTIPLE, &given);
  MPI_Comm_rank(MPI_COMM_WORLD, &m.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &m.size);
  gethostname(own.host, sizeof own.host - 1);
  home *homes = qy_alloc((size_t)m.size, sizeof *homes);
  m.state = qy_alloc((size_t)m.batches, 1);
  m.taken = qy_alloc((size_t)m.batches + (size_t)m.size, sizeof *m.taken);
  m.gone = qy_alloc((size_t)m.size, sizeof *m.gone);
  if (!homes || !m.state || !m.taken || !m.gone || given < MPI_THREAD_MULTIPLE) MPI_Abort(MPI_COMM_WORLD, EXIT_SYSTEM);
  MPI_Allgather(&own, (int)sizeof own, MPI_BYTE, homes, (int)sizeof own, MPI_BYTE, MPI_COMM_WORLD);
  const int code = run_served(&m, &lost, homes, plan, o, line, arena);
  if (lost) { /* MPI would wait for them */
    fflush(stdout);
    _exit(code);
  }
  MPI_Finalize();
  free(homes);
  free(m.state);
  free(m.taken);
  free(m.gone);
  return code;
}

#else

bool many_wanted(const run_options *o)
{
  (void)o;
  return false;
}

int many_run(const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena)
{
  return run_plan(plan, o, line, arena);
}

#endif
