/* Words for a stage of a schedule: what it runs, in which way, what is kept where. */
#ifndef QUARRY_CLI_SCHEDULE_WORDS_H
#define QUARRY_CLI_SCHEDULE_WORDS_H

#include "quarry/schedule.h"

#include <stddef.h>

typedef struct schedule_names {
  const char **name;
  size_t count;
} schedule_names;

typedef struct schedule_words {
  const char *first, *last;          /* layers, in file order */
  int64_t layers;                    /* merged adds among them */
  const char *way;                   /* "whole planes" */
  const char *tile;                  /* "14 x 14", "784 pixels x 24 x 144" */
  schedule_names kept;               /* maps of which rows (and columns) stay from tile to tile */
  schedule_names again;              /* maps computed, or read, again where windows overlap */
  schedule_names resident, streamed; /* layers with such weights; streamed: read again for each tile */
  schedule_names held;               /* maps that are whole in the buffer before, after or during the stage */
} schedule_words;

qy_status schedule_words_of(schedule_words *words, const qy_schedule *schedule, size_t stage, qy_arena *arena,
                            qy_error *err);

/* The last layer of an op: the add that is merged into it, if there is one. */
const char *schedule_op_name(const qy_graph_op *op);

/* Names with commas between; more than `most` of them: their number.  "-" for none. */
const char *schedule_names_text(const schedule_names *names, size_t most, qy_arena *arena);

#endif
