/* Shares of an experiment: see run.h. */
#include "run.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Shares; numbers of tasks of an array, of which Slurm has 4,000,001 at most. */
enum { SHARES_MOST = 1000000, TASK_MOST = 1 << 30 };

/* A whole number from the environment. */
static qy_status variable(int64_t *out, const char *who, const char *name, const char *fallback, qy_error *err)
{
  const char *text = getenv(name);
  char *end;
  if (!text) text = fallback;
  if (!text) return qy_fail(err, QY_BAD_INPUT, "--shard %s: expected the variable %s, found none", who, name);
  errno = 0;
  *out = strtoll(text, &end, 10);
  if (errno || end == text || *end)
    return qy_fail(err, QY_BAD_INPUT, "--shard %s: expected a whole number in %s, found \"%s\"", who, name, text);
  return QY_OK;
}

/* The shares are numbered by the tasks of the array as it was submitted: where some were left out, as when others are
 * submitted again, they would be other shares. */
static qy_status of_slurm(int64_t *share, int64_t *shares, qy_error *err)
{
  static const char who[] = "slurm";
  int64_t task = 0, least = 0, most = 0, step = 1;
  qy_status status = variable(&task, who, "SLURM_ARRAY_TASK_ID", NULL, err);
  if (!status) status = variable(shares, who, "SLURM_ARRAY_TASK_COUNT", NULL, err);
  if (!status) status = variable(&least, who, "SLURM_ARRAY_TASK_MIN", "1", err);
  if (!status) status = variable(&step, who, "SLURM_ARRAY_TASK_STEP", "1", err);
  if (status) return status;
  const bool small = *shares >= 1 && *shares <= SHARES_MOST && step >= 1 && step <= TASK_MOST && least >= 0 &&
                     least <= TASK_MOST && task >= 0 && task <= TASK_MOST;
  if (small) most = least + (*shares - 1) * step;
  if (small && getenv("SLURM_ARRAY_TASK_MAX")) status = variable(&most, who, "SLURM_ARRAY_TASK_MAX", NULL, err);
  if (status) return status;
  if (!small || most != least + (*shares - 1) * step || task < least || task > most || (task - least) % step)
    return qy_fail(err, QY_BAD_INPUT,
                   "--shard slurm: expected a task of an array that has all tasks from its first to its last in equal "
                   "steps, found task %" PRId64 " of %" PRId64 " from %" PRId64 " to %" PRId64 " in steps of %" PRId64
                   "; --shard I/N says which share it is",
                   task, *shares, least, most, step);
  *share = (task - least) / step + 1;
  return QY_OK;
}

/* What started this process as one of many: Open MPI, MPICH and others with PMI, srun. */
static qy_status of_mpi(int64_t *share, int64_t *shares, qy_error *err)
{
  static const char *const name[][2] = {
      {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"}, {"SLURM_PROCID", "SLURM_NTASKS"}};
  static const char who[] = "mpi";
  for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
    int64_t rank = 0;
    if (!getenv(name[i][0])) continue;
    qy_status status = variable(&rank, who, name[i][0], NULL, err);
    if (!status) status = variable(shares, who, name[i][1], NULL, err);
    if (!status && (rank < 0 || rank >= *shares || *shares > SHARES_MOST))
      status = qy_fail(err, QY_BAD_INPUT, "--shard mpi: expected a rank from 0 to %" PRId64 ", found %" PRId64,
                       *shares - 1, rank);
    *share = rank + 1;
    return status;
  }
  return qy_fail(err, QY_BAD_INPUT, "--shard mpi: expected to be started by mpirun or srun, found neither %s nor %s",
                 name[0][0], name[2][0]);
}

qy_status shard_parse(int64_t *share, int64_t *shares, const char *text, qy_error *err)
{
  int end = 0;
  if (strcmp(text, "slurm") == 0) return of_slurm(share, shares, err);
  if (strcmp(text, "mpi") == 0) return of_mpi(share, shares, err);
  const bool digits = text[0] >= '0' && text[0] <= '9' && strlen(text) < 16;
  if (digits && sscanf(text, "%" SCNd64 "/%" SCNd64 "%n", share, shares, &end) == 2 && !text[end] && *share >= 1 &&
      *share <= *shares && *shares <= SHARES_MOST)
    return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "--shard: expected I/N, from 1/N to N/N and N at most %d, slurm or mpi, found \"%s\"", SHARES_MOST,
                 text);
}

qy_status shard_check(const qy_plan_info *info, qy_error *err)
{
  if (info->search)
    return qy_fail_at(err, QY_BAD_INPUT, info->file, 0, 0,
                      "expected an experiment of all points to be run in parts, found `search`");
  return QY_OK;
}

void shard_range(int64_t *first, int64_t *end, int64_t points, int64_t share, int64_t shares)
{
  const int64_t each = points / shares, more = points % shares; /* one more in each of the first ones */
  *first = (share - 1) * each + (share - 1 < more ? share - 1 : more);
  *end = *first + each + (share - 1 < more);
}

int64_t shard_missing(qy_text *out, const qy_store *store, int64_t count)
{
  int64_t missing = 0;
  for (int64_t b = 0; b < count; b++) {
    if (qy_store_has_batch(store, b)) continue;
    int64_t last = b;
    while (last + 1 < count && !qy_store_has_batch(store, last + 1))
      last++;
    qy_text_add(out, "%s%" PRId64, missing ? ", " : "", b);
    if (last > b) qy_text_add(out, "-%" PRId64, last);
    missing += last - b + 1;
    b = last;
  }
  return missing;
}
