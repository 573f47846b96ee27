/* A schedule on a DRAM: where its maps lie, the streams of bytes that its stages cause, and their time.
 *
 * Layouts.  A map lies in DRAM in one of two ways, and all of its stages meet it there:
 *   pixels   row by row, the channels of a pixel together
 *   planes   one channel after another, each row by row
 * Weights lie in the order in which they are used, one stream a stage.  Partial sums that are spilled lie tile by tile.
 *
 * Accesses.  A stage reads or writes a map in boxes of rows x columns x channels, one a tile: those of traffic.h and
 * the windows of a rows stage; of windows that keep rows or columns, what is new (on the average, where tiles differ).
 * The entries are exact.  A box that is whole in the directions that lie together in DRAM continues where the one
 * before ended; any other is cut into runs, a pitch apart:
 *   pixels   all channels, whole rows: a stream.  All channels: runs of the columns, a row apart.  Else runs of the
 *            channels, a pixel apart
 *   planes   whole planes: a stream.  Whole rows: runs of the rows, a plane apart.  Else runs of the columns, a row
 *            apart
 * The layout of a map is the one with the least energy of bursts and activations over its writer and its readers, each
 * by itself, activations in closed form (pixels where they are equal).
 *
 * Time of a stage.  strict: nothing overlaps, as there is room for one tile only: transfer and compute add up.
 * double_buffered: while a tile is computed, the next one is read and the one before written.  N equal tiles, C of
 * compute, R of reads (F of them before the first tile), W of writes (L of them after the last):
 *   N = 1   R + C + W
 *   N > 1   F + max(c, r) + (N - 2) max(c, r + w) + max(c, w) + L,
 *           c = C / N, r = (R - F) / (N - 1), w = (W - L) / (N - 1)
 * The stages follow each other.
 *
 * Units as in the names; ns and pJ.  Ownership: what is returned lives in the arena given.
 */
#ifndef QUARRY_SCHEDULE_DRAM_H
#define QUARRY_SCHEDULE_DRAM_H

#include "quarry/dram.h"
#include "quarry/schedule.h"

typedef enum qy_map_layout { QY_MAP_PIXELS, QY_MAP_PLANES, QY_MAP_LAYOUT_COUNT } qy_map_layout;

/* What one stage does to one map, or to its weights. */
typedef struct qy_access {
  size_t map; /* of the graph; QY_NO_INDEX: weights, or partial sums */
  size_t op;  /* on whose behalf */
  bool write;
  double bytes;
  int bits;                        /* of an entry */
  int64_t rows, columns, channels; /* of a box; map QY_NO_INDEX: rows of bytes that follow each other */
  bool flat;                       /* the box is `columns` pixels that follow each other, over the ends of rows */
} qy_access;

typedef struct qy_stage_accesses {
  size_t count;
  qy_access *access;  /* [count] */
  double *share;      /* [ops of the stage] MACs carried out over those needed, 1 where nothing is computed again */
  double tiles;       /* steps that follow each other */
  double first_bytes; /* read before the first of them */
  double last_bytes;  /* written after the last */
} qy_stage_accesses;

/* Of stage i of a schedule that was found (or is a valid one). */
qy_status qy_schedule_accesses(qy_stage_accesses *out, const qy_schedule *schedule, size_t stage, qy_arena *arena,
                               qy_error *err);

bool qy_access_of_weights(const qy_access *access); /* not of a map, nor of partial sums */
/* The stream of an access to its map (NULL: it has none) in that layout. */
qy_dram_stream qy_access_stream(const qy_access *access, const qy_map *map, qy_map_layout layout);

/* The streams of a stage with maps in layout[map of the graph], at most QY_DRAM_STREAMS_MAX: of more accesses those
 * beyond are one stream each way, at the end.  Returns how many. */
size_t qy_schedule_streams(qy_dram_stream stream[QY_DRAM_STREAMS_MAX], const qy_stage_accesses *accesses,
                           const qy_graph *graph, const qy_map_layout *layout);

/* Events of the DRAM model that were asked for before, for whoever schedules the same layers many times.  For one
 * thread.  NULL in place of one: nothing is remembered. */
typedef struct qy_dram_memo qy_dram_memo;
qy_dram_memo *qy_dram_memo_new(void); /* NULL: out of memory */
void qy_dram_memo_free(qy_dram_memo *memo);
/* qy_dram_events_of at load 1 without a least time. */
void qy_dram_memo_events(qy_dram_events *events, qy_dram_memo *memo, const qy_dram_system *system,
                         const qy_dram_traffic *traffic);

/* Layouts of least energy: layout[map of the graph]; accesses[stage]. */
void qy_schedule_layouts(qy_map_layout *layout, const qy_schedule *schedule, const qy_stage_accesses *accesses,
                         const qy_dram_system *system, const qy_dram_prices *prices);

/* A schedule with its device. */
typedef struct qy_schedule_stage_dram {
  qy_stage_accesses accesses;
  qy_dram_events busy; /* with nothing to wait for */
  double read_bytes, write_bytes;
} qy_schedule_stage_dram;

typedef struct qy_schedule_dram {
  const qy_schedule *schedule;
  const qy_dram_system *system;
  double idle[QY_DRAM_EVENT_COUNT]; /* of each, for each ns without transfers */
  qy_map_layout *layout;            /* [map of the graph] */
  qy_schedule_stage_dram *stage;    /* [schedule->stage_count] */
} qy_schedule_dram;

qy_status qy_schedule_dram_new(qy_schedule_dram **out, const qy_schedule *schedule, const qy_dram_system *system,
                               qy_dram_memo *memo, qy_arena *arena, qy_error *err);

/* Time of stage i with compute_ns of compute, recomputed MACs included. */
double qy_schedule_stage_ns(const qy_schedule_dram *dram, size_t stage, double compute_ns);
/* Events of a stage that takes time_ns, at least as long as its transfers. */
void qy_schedule_stage_events(double count[QY_DRAM_EVENT_COUNT], const qy_schedule_dram *dram, size_t stage,
                              double time_ns);

#endif
