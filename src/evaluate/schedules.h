/* Schedules of designs with a memory: points ask for them, they are found on threads, points look them up. */
#ifndef QUARRY_SCHEDULES_H
#define QUARRY_SCHEDULES_H

#include "model_int.h"

/* The shared buffer at these places of the axes; returns NULL, or why there is none: text in `why`. */
const char *memory_buffer(qy_buffer *buffer, char why[QY_BUFFER_WHY], const qy_plan *plan, const design_entry *g,
                          const size_t *index);

/* What the schedule at these places of the axes follows from; false: the element has no mode, or no such buffer: there
 * is none.  The elements there must be ready. */
bool schedule_key_at(schedule_key *key, const qy_model *model, int entry, const size_t *index, const qy_buffer *buffer);
bool schedule_same_key(const schedule_key *a, const schedule_key *b);
/* NULL: it was not asked for. */
const known_schedule *schedule_known(const qy_model *model, const schedule_key *key);

/* Schedules that all points of an entry ask for, at most. */
double schedules_most(const qy_plan *plan, int entry);
/* Do these places of the axes ask for a schedule that none before asked for?  They count as asked for then. */
qy_status schedule_asked(bool *is_new, qy_model *model, int entry, const size_t *index, qy_error *err);
/* Note the schedule that is asked for there; the elements there must be ready. */
qy_status schedule_want(qy_model *model, int entry, const size_t *index, qy_error *err);
/* Find all that were noted since the last time, on the threads of the model. */
qy_status schedules_find(qy_model *model, qy_error *err);
void schedules_drop(qy_model *model);

#endif
