/* Databases that hold parts of one experiment, each run by a process of its own, put together into one.
 *
 * A part is what a run leaves that was given a share of the batches, or was stopped.  All rows are written again as a
 * single run would have written them, in the order of the batches, so that the tables are the same.
 * Ownership: parts are freed by their maker; what they return lives as long.
 */
#ifndef QUARRY_STORE_MERGE_H
#define QUARRY_STORE_MERGE_H

#include "quarry/store_kept.h"

#include <stdbool.h>

typedef struct qy_parts qy_parts;

/* Look at the parts: each has one experiment, the same in all of them, and no batch is in two.  QY_BAD_INPUT, with the
 * name of the file: it cannot be read, is damaged, has no or several experiments, another experiment, inputs, seed or
 * version of the models than the first, a batch or point that another has too; of an experiment that does not store all
 * points, also that a share has not ended or that points are in none.  files live as long as the parts. */
qy_status qy_parts_open(qy_parts **parts, const char *const *files, int count, qy_error *err);
void qy_parts_free(qy_parts *parts); /* NULL is allowed */

int qy_parts_count(const qy_parts *parts);
const char *qy_parts_name(const qy_parts *parts, int part); /* of its file */

/* Name of the experiment's file and its text, as the parts have them. */
const char *qy_parts_file(const qy_parts *parts);
const char *qy_parts_text(const qy_parts *parts);

/* qy_store_begin, and into the experiment begun all batches of the parts that it lacks: one transaction.
 * QY_BAD_INPUT, and nothing is written, where the experiment is not that of the parts or one of them is damaged. */
qy_status qy_parts_merge(const qy_parts *parts, qy_store *store, const qy_store_experiment *e, int64_t *id,
                         int *complete, qy_error *err);

/* ---- shares ---- */

/* Note in the experiment begun that the front probabilities are those among the batches that it has now. */
qy_status qy_store_share(qy_store *store, qy_error *err);

/* Of an experiment that does not store all points: note that [first, end) were gone through, whose state stays. */
qy_status qy_store_share_range(qy_store *store, int64_t first, int64_t end, qy_error *err);
/* That range of a part, and its state (store_kept.h); QY_BAD_INPUT with its name.  qy_parts_open has seen to it that
 * parts of such an experiment have each point once. */
void qy_parts_range(const qy_parts *parts, int part, int64_t *first, int64_t *end);
qy_status qy_parts_state(const qy_parts *parts, int part, qy_store_part_visit *visit, void *ctx, qy_error *err);

/* Points, rising, that are on a front of their part in any draw (malloc): no others are on a front of the whole.
 * *known false: a part does not know them or has none, or batches are in no part. */
qy_status qy_parts_drawn(bool *known, int64_t **points, size_t *count, const qy_parts *parts, qy_error *err);

#endif
