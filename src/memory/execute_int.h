/* Execution of schedules from the inside: DRAM, the buffer with its occupancy, and the arithmetic on one pixel.
 *
 * DRAM holds a map as pixels, row by row, each with its channels one after another, and weights as [output channel]
 * [tap][input channel of the group].  Computing code reads what is in the buffer: patches (windows of tiles), stores
 * (maps, pixel by pixel) and arrays of weights; only functions that load and store touch DRAM, and they count.
 */
#ifndef QUARRY_EXECUTE_INT_H
#define QUARRY_EXECUTE_INT_H

#include "quarry/schedule.h"

/* What both runs start from. */
typedef struct run_data {
  const qy_network *network;
  int8_t **weight; /* [layer]; NULL: none */
  uint64_t seed;
} run_data;

qy_status run_data_new(run_data *data, const qy_network *network, uint64_t seed, qy_arena *arena, qy_error *err);
/* Word i of an input of the network: that of `layer`, its first or (`other`: of an add) its second. */
uint32_t run_input(const run_data *data, size_t layer, bool other, int64_t i);

/* Layer by layer over the network itself: (*output)[layer], as DRAM holds maps. */
qy_status run_plain(uint32_t ***output, const run_data *data, qy_arena *arena, qy_error *err);

/* A map in DRAM. */
typedef struct exec_dram {
  uint32_t *value;
  int64_t entries, written;
} exec_dram;

/* A map in the buffer, pixel by pixel: slot[p] is the place of pixel p in `value`, -1 where it is not there. */
typedef struct exec_store {
  uint32_t *value; /* [slots][c] */
  int32_t *slot;   /* [pixels] */
  int32_t *vacant; /* [vacant_count] */
  int64_t pixels, c, slots, vacant_count;
  int64_t made; /* words written to it in all */
} exec_store;

typedef struct exec {
  const qy_graph *graph;
  const run_data *data;
  exec_dram *dram;   /* [map] */
  exec_store **held; /* [map]; NULL: not in the buffer */
  qy_units units;
  bool twice;         /* rule double_buffered */
  int64_t live, peak; /* units in the buffer, without the maps that wait */
  qy_traffic counted;
  const char *fault;      /* what stopped it; NULL: nothing */
  const char *difference; /* the first count that is another */
  bool no_memory;
  uint32_t *pixel;           /* scratch: the operands of one pixel */
  qy_arena *arena, *scratch; /* of the run, of a stage */
  const qy_stage *stage;
} exec;

/* Both return false.  The first fault stays. */
bool exec_no_memory(exec *x);
bool exec_fault(exec *x, const char *format, ...) __attribute__((format(printf, 2, 3)));
void *exec_room(exec *x, int64_t count, size_t size); /* of the stage; NULL with a fault */
/* Units that come into or leave the buffer. */
void exec_occupy(exec *x, int64_t units);

/* The run of one stage each; false: fault. */
bool exec_nest(exec *x, const qy_stage *stage);
bool exec_rows(exec *x, const qy_stage *stage);

/* ---- stores ---- */

exec_store *exec_store_new(exec *x, qy_arena *arena, const qy_map *map, bool whole);
uint32_t *exec_store_take(exec *x, exec_store *s, int64_t p); /* zeroed room of pixel p, which is not there yet */
void exec_store_drop(exec_store *s, int64_t p);               /* poisoned */
static inline const uint32_t *exec_store_pixel(const exec_store *s, int64_t p)
{
  return s->slot[p] < 0 ? NULL : &s->value[s->slot[p] * s->c];
}

/* ---- DRAM ---- */

/* Channels [c0, c1) of a pixel of map m; counts; false: they were never written. */
bool exec_load(exec *x, uint32_t *to, size_t m, int64_t p, int64_t c0, int64_t c1, int64_t *count);
void exec_write(exec *x, size_t m, int64_t p, int64_t c0, int64_t c1, const uint32_t *from, int64_t *count);
const int8_t *exec_dram_weights(const exec *x, const qy_graph_op *op); /* load with the two below only */

/* ---- ops ---- */

/* An op as a window operation on pixels.  An fc is a kernel over its whole map, or (flat) one pixel of all entries;
 * flat layers of 1 x 1 and stride 1 are one row of pixels. */
typedef struct exec_shape {
  bool multiplies;
  int64_t in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
  int64_t pad_top, pad_left, groups, taps;
} exec_shape;

exec_shape exec_shape_of(const qy_graph *graph, const qy_graph_op *op, bool flat);
static inline int64_t exec_group_in(const exec_shape *s)
{
  return s->in_c / s->groups;
}

/* Weights in the buffer: out channels from o0, of each `taps` taps, of each input channels [k0, k0 + k) of a group. */
typedef struct exec_weights {
  const uint32_t *value;
  int64_t o0, k0, k;
} exec_weights;

/* acc[o - o0] += what input channels [c0, c1) at `pixel` give output channels [o0, o1) through a tap; a layer that does
 * not multiply adds the channels up. */
void exec_tap(uint32_t *acc, int64_t o0, int64_t o1, const exec_shape *s, const uint32_t *pixel, int64_t c0, int64_t c1,
              const exec_weights *w, int64_t tap);
/* Weights [o0, o1) x taps x [k0, k1) from DRAM; counts. */
void exec_load_weights(exec *x, uint32_t *to, const qy_graph_op *op, const exec_shape *s, int64_t o0, int64_t o1,
                       int64_t k0, int64_t k1);
/* The input (row, column) of a tap; false: padding. */
static inline bool exec_tap_at(const exec_shape *s, int64_t y, int64_t x, int64_t tap, int64_t *row, int64_t *column)
{
  *row = y * s->stride_h - s->pad_top + tap / s->kernel_w * s->dilation_h;
  *column = x * s->stride_w - s->pad_left + tap % s->kernel_w * s->dilation_w;
  return *row >= 0 && *row < s->in_h && *column >= 0 && *column < s->in_w;
}

#endif
