/* Running a plan, whole or in parts: shared by `run` and `merge`. */
#ifndef QUARRY_CLI_RUN_H
#define QUARRY_CLI_RUN_H

#include "cli.h"
#include "style_option.h"

#include "quarry/model.h"
#include "quarry/plan.h"
#include "quarry/store_merge.h"
#include "quarry/text.h"

typedef struct run_options {
  places where;
  int64_t threads;
  int dry_run, yes, no_plots, no_cache, quiet, format;
  qy_model_how how; /* models are made */
  const char *gnuplot;
  const char *stored_line; /* the command, for the record in the database */
  style_options style;
  const char *shard;                        /* as it was given; NULL: all batches */
  int64_t share, shares;                    /* of that [1..shares]; 0: all */
  int (*outside)(void *ctx, int64_t batch); /* leave this batch to another process; NULL: none */
  void *outside_ctx;
  bool is_rank;          /* of several, whose parts rank 0 merges */
  bool go_on;            /* with parts: compute what is in none of them */
  const qy_parts *parts; /* whose batches are taken over; NULL: none */
} run_options;

/* "2/8"; "slurm": the task of a Slurm array; "mpi": the rank of a process that mpirun or srun started. 
 * QY_BAD_INPUT. */
qy_status shard_parse(int64_t *share, int64_t *shares, const char *text, qy_error *err);
/* May the plan be run in parts?  QY_BAD_INPUT: a search, whose steps depend on one another. */
qy_status shard_check(const qy_plan_info *info, qy_error *err);
/* Points [first, end) of a share, where few points are stored: archives are put together, so any range will do. */
void shard_range(int64_t *first, int64_t *end, int64_t points, int64_t share, int64_t shares);
/* Which batches of `count` the store has not, "0-3, 7"; returns how many. */
int64_t shard_missing(qy_text *out, const qy_store *store, int64_t count);

/* Everything after the plan is known: evaluate what is not stored, or take it over from the parts, then fronts, summary
 * and pictures; an interrupt ends it.  line: the command, to say how to go on.  Returns an exit code. */
int run_plan(const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena);
/* Which batches of the plan a database has (which is made when missing); *complete: all of it is done.  Returns
 * QY_SYSTEM where another process runs it. */
qy_status run_stored(unsigned char *has, int *complete, const qy_plan *plan, const char *database, const char *line,
                     qy_arena *arena, qy_error *err);
int64_t run_batches(const qy_plan *plan);

/* The same by several processes that mpirun has started (make MPI=1): ranks take batches as they come to them, each
 * into a database of its own beside that of rank 0, which merges them and computes again what a lost rank has left. */
int many_run(const qy_plan *plan, const run_options *o, const char *line, qy_arena *arena);
bool many_wanted(const run_options *o);

/* The command line as it was given, and as it is stored: without the folders of absolute paths, which name users and
 * projects; malloc, NULL: out of memory. */
char *command_line(int argc, char **argv);
char *command_line_stored(int argc, char **argv);

#endif
