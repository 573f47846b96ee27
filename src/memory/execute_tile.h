/* Nests being executed: tiles in the buffer, and what both ways of running them share. */
#ifndef QUARRY_EXECUTE_TILE_H
#define QUARRY_EXECUTE_TILE_H

#include "execute_int.h"

#include "quarry/integer.h"

/* Rows or columns of a window: at[y - begin] is the place of line y in a patch, -1: left out. */
typedef struct lines {
  int64_t begin, end, count;
  int64_t *at;
} lines;

/* A window in the buffer: [rows][columns][channels c0..c1). */
typedef struct patch {
  uint32_t *value;
  lines row, column;
  int64_t c0, c1;
  bool there;
} patch;

/* Units of a tile, and of the one before it while that still counts (double_buffered). */
typedef struct tile_room {
  int64_t now, before;
} tile_room;

enum { HEAD, MIDDLE, TAIL, POOL, ROLES };

typedef struct nest_run {
  exec *x;
  const qy_stage *stage;
  const qy_nest *nest;
  const qy_tiling *tiling;
  const qy_graph_op *op[ROLES];
  const qy_graph_op *first, *last, *gated; /* reads the input, makes the output; has the gate (NULL: none) */
  exec_shape shape[ROLES];
  uint32_t *gate;     /* factors, NULL: none */
  exec_store *output; /* held; NULL: not */
  uint32_t *pooled;   /* sums of channels; NULL: no pool */
  exec_store *pool;   /* where they are held; NULL: not */
  uint32_t *addend;   /* scratch: a word that passes */
} nest_run;

bool nest_start(nest_run *r, exec *x, const qy_stage *stage);
bool nest_dense(nest_run *r);
bool nest_block(nest_run *r); /* CHANNELWISE, BLOCK */

/* A tile comes into its place; twice: the one before stays as long. */
void tile_enter(exec *x, tile_room *room, int64_t units, bool twice);

/* Inputs that outputs [o0, o1) read in one direction, in `at` (room for all of them). */
void lines_of(lines *l, int64_t o0, int64_t o1, int64_t stride, int64_t pad, int64_t reach, int64_t all);
void lines_all(lines *l, int64_t begin, int64_t end); /* without a gap */
static inline uint32_t *patch_pixel(const patch *p, int64_t y, int64_t x)
{
  if (y < p->row.begin || y >= p->row.end || x < p->column.begin || x >= p->column.end) return NULL;
  const int64_t row = p->row.at[y - p->row.begin], column = p->column.at[x - p->column.begin];
  return row < 0 || column < 0 ? NULL : &p->value[(row * p->column.count + column) * (p->c1 - p->c0)];
}
static inline int64_t patch_entries(const patch *p)
{
  return p->row.count * p->column.count * (p->c1 - p->c0);
}
bool patch_new(exec *x, patch *p, int64_t rows, int64_t columns, int64_t entries);
/* Load the lines of `p` of the nest's input; what `old` (NULL: nothing) has too is taken from it. */
bool nest_load(nest_run *r, patch *p, const patch *old);

/* A finished output pixel, channels [c0, c1), goes into the sums of the pool, if there is one; these are finished. */
void nest_pool(nest_run *r, const uint32_t *pixel, int64_t c0, int64_t c1);
void nest_pool_done(nest_run *r, int64_t c0, int64_t c1);

/* Adds to acc what one output pixel of an op is: through all taps, from input channels [c0, c1) in `from` (NULL: the
 * held input). */
bool nest_window(nest_run *r, int role, uint32_t *acc, int64_t o0, int64_t o1, int64_t y, int64_t x, const patch *from,
                 int64_t c0, int64_t c1, const exec_weights *w);
/* Start sums of the output's channels [c0, c1) at pixel (y, x): the addends.  `own`: window of the nest's own input. */
bool nest_begin_sums(nest_run *r, uint32_t *acc, int64_t y, int64_t x, int64_t c0, int64_t c1, const patch *own);

#endif
