/* Boxes, steps, first and last tiles of stages on a DRAM, worked out by hand from the rules of schedule_dram.h. */
#include "quarry/schedule_dram.h"

#include "files.h"
#include "tap.h"

static qy_arena *arena;

/* Activations of 8 bits, weights of 4, partial sums of 16. */
static const qy_units units = {8, 4, 16};

typedef struct row {
  const char *what, *network; /* layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad,groups */
  size_t first, last;         /* ops of the stage */
  qy_nest nest;               /* its layers: HEAD.. below, 0-based op of the stage, -1: none */
  int head, middle, tail;
  qy_tiling tiling;
  const char *held;          /* maps in the buffer before or after */
  qy_rows rows;              /* tile_h > 0: a rows stage; all its maps kept, all weights resident but `streamed` */
  unsigned streamed, reread; /* ops of the stage, by bit */
  bool again;                /* what its ops make for each other is made again where windows overlap */
  const char *expected;
} row;

static const qy_graph *graph_of(const char *rows)
{
  char path[] = "/tmp/quarry_accesses_XXXXXX.csv", text[2048];
  qy_network *n = NULL;
  qy_graph *g = NULL;
  qy_error err = {0};
  snprintf(text, sizeof text, "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad,groups\n%s", rows);
  if (!write_new_file(path, 4, text) || qy_network_read(&n, "db", path, arena, &err) ||
      qy_graph_new(&g, n, arena, &err))
    printf("# %s\n", err.count > 0 ? err.diagnostic[0].text : "no file");
  unlink(path);
  return g;
}

static bool is_held(const row *r, const char *name)
{
  return r->held && strstr(r->held, name);
}

static const qy_layer *role(const qy_graph *g, const row *r, int op)
{
  return op < 0 ? NULL : g->op[r->first + (size_t)op].layer;
}

static void add_map(qy_rows *to, const qy_graph *g, const row *r, size_t map, const qy_place *place)
{
  const qy_map *m = &g->map[map];
  const bool made = m->maker != QY_NO_INDEX && m->maker >= r->first;
  const bool later = m->wanted || (m->last_use != QY_NO_INDEX && m->last_use > r->last);
  for (size_t k = 0; k < to->map_count; k++)
    if (to->map[k].map == map) return;
  to->map[to->map_count++] = (qy_rows_map){map, made && !later ? QY_PLACE_INSIDE : place[map],
                                           !(made && !later && r->again), made && g->op[m->maker].whole};
}

static void fill_rows(qy_stage *stage, const qy_graph *g, const row *r, const qy_place *place)
{
  enum { MAPS = 16 };
  qy_rows *to = &stage->rows;
  *to = r->rows;
  to->map = qy_arena_alloc(arena, MAPS, sizeof *to->map);
  to->op = qy_arena_alloc(arena, r->last - r->first + 1, sizeof *to->op);
  for (size_t o = r->first; o <= r->last; o++) {
    const qy_graph_op *op = &g->op[o];
    for (size_t k = 0; k < op->input_count; k++)
      add_map(to, g, r, op->input[k], place);
    for (size_t k = 0; k < op->addend_count; k++)
      add_map(to, g, r, op->addend[k], place);
    if (op->gate != QY_NO_INDEX) add_map(to, g, r, op->gate, place);
    add_map(to, g, r, op->output, place);
    to->op[o - r->first] = (qy_rows_op){!(r->streamed >> (o - r->first) & 1), (r->reread >> (o - r->first) & 1) != 0};
  }
}

/* Each access as [w]MAP bytes:rows x columns x channels ("f": flat), "#": weights, "%": partial sums; then steps, bytes
 * of the first and the last tile, and what is computed over what is needed where that is another. */
static const char *described(const qy_stage_accesses *a, const qy_graph *g, size_t ops)
{
  static char text[1024];
  int at = 0;
  for (size_t i = 0; i < a->count; i++) {
    const qy_access *x = &a->access[i];
    at += snprintf(text + at, sizeof text - (size_t)at, "%s%s %g", x->write ? "w" : "",
                   qy_access_of_weights(x) ? "#"
                   : x->map == QY_NO_INDEX ? "%"
                                           : g->map[x->map].name,
                   x->bytes);
    if (qy_access_of_weights(x))
      at += snprintf(text + at, sizeof text - (size_t)at, " of %s at %d", g->op[x->op].layer->name, x->bits);
    else
      at += snprintf(text + at, sizeof text - (size_t)at, ":%dx%dx%d%s", (int)x->rows, (int)x->columns,
                     (int)x->channels, x->flat ? "f" : "");
    at += snprintf(text + at, sizeof text - (size_t)at, ", ");
  }
  at += snprintf(text + at, sizeof text - (size_t)at, "%g steps, %g first, %g last", a->tiles, a->first_bytes,
                 a->last_bytes);
  for (size_t o = 0; o < ops; o++)
    if (a->share[o] != 1) at += snprintf(text + at, sizeof text - (size_t)at, ", op %zu %g times", o, a->share[o]);
  return text;
}

static void check(const row *r)
{
  qy_arena_reset(arena);
  const qy_graph *g = graph_of(r->network);
  if (!ok(g && g->op_count > r->last, "%s: a network", r->what)) return;
  qy_place *place = qy_arena_alloc(arena, g->map_count, sizeof *place);
  for (size_t i = 0; i < g->map_count; i++)
    place[i] = is_held(r, g->map[i].name) ? QY_PLACE_HELD : QY_PLACE_DRAM;
  qy_stage stage = {.first = r->first, .last = r->last, .is_nest = r->rows.tile_h == 0, .nest = r->nest};
  qy_schedule s = {.graph = g, .place = place, .stage_count = 1, .stage = &stage};
  s.options = (qy_schedule_options){.capacity = INT64_MAX, .units = units};
  qy_status status = QY_OK;
  if (stage.is_nest) {
    stage.nest.head = role(g, r, r->head);
    stage.nest.middle = role(g, r, r->middle);
    stage.nest.tail = role(g, r, r->tail);
    stage.tiling = r->tiling;
    status = qy_nest_check(&stage.nest, NULL);
    if (!status) qy_traffic_count(&stage.traffic, &stage.nest, &stage.tiling, units, QY_CAPACITY_STRICT);
  } else {
    fill_rows(&stage, g, r, place);
    status = qy_rows_count(&stage.traffic, g, r->first, r->last, &stage.rows, units, QY_CAPACITY_STRICT, NULL);
  }
  qy_stage_accesses a;
  if (!status) status = qy_schedule_accesses(&a, &s, 0, arena, NULL);
  int others = 0; /* accesses that are not said to be of an op that makes or uses the map */
  for (size_t i = 0; !status && i < a.count; i++) {
    const qy_access *x = &a.access[i];
    others += x->op < r->first || x->op > r->last;
    if (x->map == QY_NO_INDEX || x->op < r->first || x->op > r->last) continue;
    const qy_graph_op *op = &g->op[x->op];
    bool uses = op->gate == x->map || op->second == x->map;
    for (size_t k = 0; k < op->input_count; k++)
      uses |= op->input[k] == x->map;
    for (size_t k = 0; k < op->addend_count; k++)
      uses |= op->addend[k] == x->map;
    others += x->write ? op->output != x->map : !uses;
  }
  is_int(others, 0, "accesses are those of the ops that make and use the maps");
  is_text(status ? "refused" : described(&a, g, r->last - r->first + 1), r->expected, r->what);
}

#define MATRIX    "a,pwconv,-,4,6,8,5,1,,,\n"
#define WINDOWS   "a,conv,-,9,11,4,6,3,2,1,"
#define PLANES    "a,dwconv,-,8,10,6,,3,,1,\n"
#define ADDED     "x,pwconv,-,6,4,2,2,1,,,\na,pwconv,-,6,4,2,2,1,,,\nb,conv,a,,,,2,3,,1,\ns,add,b+x,,,,,,,,\n"
#define PAIR      "a,conv,-,8,6,2,3,3,,1,\nb,conv,a,,,,2,3,,1,\n"
#define DENSE(at) .nest = {.kind = QY_NEST_DENSE}, .head = at, .middle = -1, .tail = -1
#define PLANEWISE .nest = {.kind = QY_NEST_CHANNELWISE}, .head = -1, .middle = 0, .tail = -1

static const row rows[] = {
    /* 4 x 6 pixels in runs of 5, all 8 inputs at once, 5 outputs in twos: 5 x 3 steps; weights once a run. */
    {.what = "a matrix",
     .network = MATRIX,
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .m = 5, .n = 2, .k = 8},
     .expected = "a 192:1x5x8f, # 100 of a at 4, wa 120:1x5x2f, 15 steps, 48 first, 10 last"},
    /* Sums of 3, 3 and 2 inputs: written twice and read twice, tile by tile of 10 sums of two bytes. */
    {.what = "with partial sums",
     .network = MATRIX,
     DENSE(0),
     .tiling = {.order = QY_ORDER_KMN, .m = 5, .n = 2, .k = 3},
     .expected =
         "a 192:1x5x3f, # 100 of a at 4, wa 120:1x5x2f, w% 480:1x20x1, % 480:1x20x1, 45 steps, 18 first, 10 last"},
    {.what = "its input held",
     .network = "z,pwconv,-,4,6,8,8,1,,,\na,pwconv,z,,,,5,1,,,\n",
     .first = 1,
     .last = 1,
     .nest = {.kind = QY_NEST_DENSE, .input_held = true},
     .middle = -1,
     .tail = -1,
     .held = "z",
     .tiling = {.order = QY_ORDER_MNK, .m = 5, .n = 2, .k = 8},
     .expected = "# 100 of a at 4, wa 120:1x5x2f, 15 steps, 8 first, 10 last"},
    {.what = "its output held",
     .network = "a,pwconv,-,4,6,8,5,1,,,\nz,pwconv,a,,,,8,1,,,\n",
     .nest = {.kind = QY_NEST_DENSE, .output_held = true},
     .middle = -1,
     .tail = -1,
     .held = "a",
     .tiling = {.order = QY_ORDER_MNK, .m = 5, .n = 2, .k = 8},
     .expected = "a 192:1x5x8f, # 100 of a at 4, 15 steps, 48 first, 0 last"},
    /* Rows 0-3, 3-7, 7-8 and columns 0-5, 5-10: 11 x 12; what a window has where no border cuts it: 5 x 7. */
    {.what = "windows",
     .network = WINDOWS "\n",
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .h = 2, .w = 3, .n = 6, .k = 4},
     .expected = "a 528:5x7x4, # 108 of a at 4, wa 180:2x3x6, 6 steps, 248 first, 36 last"},
    {.what = "keep says nothing of them",
     .network = WINDOWS "\n",
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .keep = true, .h = 2, .w = 3, .n = 6, .k = 4},
     .expected = "a 528:5x7x4, # 108 of a at 4, wa 180:2x3x6, 6 steps, 248 first, 36 last"},
    {.what = "one window, no larger than the map",
     .network = WINDOWS "\n",
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .h = 5, .w = 6, .n = 4, .k = 4},
     .expected = "a 396:9x11x4, # 108 of a at 4, wa 180:5x6x4, 2 steps, 468 first, 120 last"},
    {.what = "groups",
     .network = WINDOWS "2\n",
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .h = 5, .w = 6, .n = 2, .k = 2},
     .expected = "a 396:9x11x2, # 54 of a at 4, wa 180:5x6x2, 4 steps, 216 first, 60 last"},
    /* Columns 0-4, 3-8, 7-9 of all rows. */
    {.what = "rows kept",
     .network = PLANES,
     PLANEWISE,
     .tiling = {.keep = true, .h = 3, .w = 4, .n = 4},
     .expected = "a 672:3x6x4, # 27 of a at 4, wa 480:3x4x4, 18 steps, 90 first, 48 last"},
    {.what = "columns kept",
     .network = PLANES,
     PLANEWISE,
     .tiling = {.keep = true, .columns_inner = true, .h = 3, .w = 4, .n = 4},
     .expected = "a 720:5x4x4, # 27 of a at 4, wa 480:3x4x4, 18 steps, 98 first, 48 last"},
    {.what = "nothing kept",
     .network = PLANES,
     PLANEWISE,
     .tiling = {.h = 3, .w = 4, .n = 4},
     .expected = "a 1008:5x6x4, # 27 of a at 4, wa 480:3x4x4, 18 steps, 138 first, 48 last"},
    /* Lines 0-1, 3-4, 6-7 of 9: two windows of a tile span 5 lines, no line of which is in the tile before. */
    {.what = "windows apart",
     .network = "a,pool,-,9,9,4,,2,3,,\n",
     PLANEWISE,
     .tiling = {.keep = true, .h = 2, .w = 1, .n = 4},
     .expected = "a 144:5x2x4, wa 36:2x1x4, 6 steps, 40 first, 8 last"},
    /* Rows 0-7 once, columns 0-3 and 3-7, less the pixel at (3, 3) that the window before has; all 24 + 54 + 30 weights
     * for each tile; 9 x 9 of 8 x 8 pixels are made. */
    {.what = "a block",
     .network = "a,pwconv,-,8,8,4,6,1,,,\nb,dwconv,a,,,,,3,2,1,\nc,pwconv,b,,,,5,1,,,\n",
     .last = 2,
     .nest = {.kind = QY_NEST_BLOCK},
     .middle = 1,
     .tail = 2,
     .tiling = {.keep = true, .h = 2, .w = 2, .n = 3},
     .expected =
         "a 284:4x5x4, # 48 of a at 4, # 108 of b at 4, # 60 of c at 4, wc 80:2x2x5, 8 steps, 107 first, 20 last, "
         "op 0 1.26562 times"},
    /* Two rows of the middle need four of the head, nine of the input, four of them new; 17 rows of 9 are made. */
    {.what = "a window of windows",
     .network = "a,conv,-,17,17,2,6,3,2,1,\nb,dwconv,a,,,,,3,,1,\n",
     .last = 1,
     .nest = {.kind = QY_NEST_BLOCK},
     .middle = 1,
     .tail = -1,
     .tiling = {.keep = true, .h = 2, .w = 9, .n = 6},
     .expected = "a 578:4x17x2, # 54 of a at 4, # 27 of b at 4, wb 486:2x9x6, 5 steps, 217 first, 108 last, "
                 "op 0 1.88889 times"},
    {.what = "a block without a head",
     .network = "b,dwconv,-,8,8,6,,3,,1,\nc,pwconv,b,,,,5,1,,,\n",
     .last = 1,
     .nest = {.kind = QY_NEST_BLOCK, .read_halo_kept = true},
     .head = -1,
     .middle = 0,
     .tail = 1,
     .tiling = {.keep = true, .h = 2, .w = 8, .n = 6},
     .expected = "b 384:2x8x6, # 27 of b at 4, # 15 of c at 4, wc 320:2x8x5, 4 steps, 138 first, 80 last"},
    {.what = "which reads rows again",
     .network = "b,dwconv,-,8,8,6,,3,,1,\nc,pwconv,b,,,,5,1,,,\n",
     .last = 1,
     .nest = {.kind = QY_NEST_BLOCK},
     .head = -1,
     .middle = 0,
     .tail = 1,
     .tiling = {.keep = true, .h = 2, .w = 8, .n = 6},
     .expected = "b 672:4x8x6, # 27 of b at 4, # 15 of c at 4, wc 320:2x8x5, 4 steps, 234 first, 80 last"},
    {.what = "a pool takes all",
     .network = MATRIX "p,pool,a,,,,,,,,\n",
     .last = 1,
     .nest = {.kind = QY_NEST_DENSE, .pooled = true, .output_unused = true},
     .middle = -1,
     .tail = -1,
     .tiling = {.order = QY_ORDER_MNK, .m = 24, .n = 2, .k = 8},
     .expected = "a 192:1x24x8f, # 20 of a at 4, wp 5:1x1x5, 3 steps, 200 first, 0 last"},
    {.what = "a gate and an addend",
     .first = 2,
     .last = 2,
     .network = "x,pwconv,-,1,1,3,4,1,,,\na,pwconv,-,4,6,3,4,1,,,\nb,pwconv,a*x,,,,4,1,,,\ns,add,b+a,,,,,,,,\n",
     .nest = {.kind = QY_NEST_DENSE, .gate = QY_GATE_READ, .addends_read = 1},
     .middle = -1,
     .tail = -1,
     .tiling = {.order = QY_ORDER_MNK, .m = 6, .n = 4, .k = 4},
     .expected = "a 96:1x6x4f, # 8 of b at 4, a 96:1x6x4f, x 4:1x1x4, ws 96:1x6x4f, 4 steps, 32 first, 24 last"},
    {.what = "its own input and another are added",
     .first = 2,
     .last = 2,
     .network = "x,pwconv,-,6,6,3,3,1,,,\na,pwconv,-,6,6,3,3,1,,,\nb,dwconv,a,,,,,3,,1,\ns,add,b+a+x,,,,,,,,\n",
     .nest = {.kind = QY_NEST_CHANNELWISE, .adds_input = true, .addends_read = 1},
     .head = -1,
     .middle = 0,
     .tail = -1,
     .tiling = {.h = 6, .w = 6, .n = 3},
     .expected = "a 108:6x6x3, # 13.5 of b at 4, x 108:6x6x3, ws 108:6x6x3, 1 steps, 121.5 first, 108 last"},
    {.what = "two maps joined",
     .first = 2,
     .last = 2,
     .network = "a,pwconv,-,4,6,3,3,1,,,\nb,pwconv,-,4,6,3,5,1,,,\nc,pwconv,a+b,,,,2,1,,,\n",
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .m = 24, .n = 2, .k = 4},
     .expected = "a 72:1x24x3f, b 120:1x24x4f, # 8 of c at 4, wc 48:1x24x2f, 2 steps, 100 first, 48 last"},
    {.what = "a map flattened",
     .network = "a,pwconv,-,2,3,4,4,1,,,\nf,fc,a,,,,5,,,,\n",
     .first = 1,
     .last = 1,
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .m = 1, .n = 5, .k = 10},
     .expected = "a 24:2x3x4, # 60 of f at 4, wf 5:1x1x5f, 3 steps, 35 first, 5 last"},
    /* The second operand has 5 x 6 activations. */
    {.what = "two activations",
     .network = "q,pwconv,-,1,4,6,6,1,,,\nk,pwconv,-,1,5,6,6,1,,,\ns,conv,q@k,,,,5,1,,,\n",
     .first = 2,
     .last = 2,
     DENSE(0),
     .tiling = {.order = QY_ORDER_MNK, .m = 4, .n = 5, .k = 6},
     .expected = "q 24:1x4x6f, # 30 of s at 8, ws 20:1x4x5f, 1 steps, 54 first, 20 last"},
    /* Outputs 0-2, 3-5, 6-7 need 0-3, 2-6, 5-7 of a, 0-4 and then 5-7 of the input: 4 new rows on the average. */
    {.what = "rows",
     .network = PAIR,
     .last = 1,
     .rows = {.tile_h = 3, .tile_w = 6},
     .expected = "# 27 of a at 4, # 27 of b at 4, a 96:4x6x2, wb 96:3x6x2, 3 steps, 114 first, 36 last"},
    {.what = "weights streamed",
     .network = PAIR,
     .last = 1,
     .rows = {.tile_h = 3, .tile_w = 6},
     .streamed = 2,
     .expected = "# 27 of a at 4, # 81 of b at 4, a 96:4x6x2, wb 96:3x6x2, 3 steps, 87 first, 36 last"},
    {.what = "rows made again",
     .network = PAIR,
     .last = 1,
     .rows = {.tile_h = 3, .tile_w = 6},
     .again = true,
     .expected =
         "# 27 of a at 4, # 27 of b at 4, a 96:4x6x2, wb 96:3x6x2, 3 steps, 114 first, 36 last, op 0 1.5 times"},
    /* Two rows and one: 1.5 on the average. */
    {.what = "a half is rounded up",
     .network = "a,pwconv,-,3,4,2,2,1,,,\n",
     .rows = {.tile_h = 2, .tile_w = 4},
     .expected = "# 2 of a at 4, a 24:2x4x2, wa 24:2x4x2, 2 steps, 18 first, 16 last"},
    {.what = "single rows",
     .network = "a,pwconv,-,3,4,2,2,1,,,\n",
     .rows = {.tile_h = 1, .tile_w = 4},
     .expected = "# 2 of a at 4, a 24:1x4x2, wa 24:1x4x2, 3 steps, 10 first, 8 last"},
    /* Columns 0-1, 2-3, 4-5 of b: 0-2, 3-4, 5 of a, and 0-3, 4-5 of the input. */
    {.what = "columns",
     .network = PAIR,
     .last = 1,
     .rows = {.tile_h = 8, .tile_w = 2},
     .expected = "# 27 of a at 4, # 27 of b at 4, a 96:8x3x2, wb 96:8x2x2, 3 steps, 118 first, 32 last"},
    {.what = "an addend for its lag",
     .network = ADDED,
     .first = 1,
     .last = 2,
     .rows = {.tile_h = 2, .tile_w = 4},
     .expected = "# 2 of a at 4, # 18 of b at 4, a 48:2x4x2, x 48:2x4x2, ws 48:2x4x2, 3 steps, 60 first, 16 last"},
    {.what = "an addend read again",
     .network = ADDED,
     .first = 1,
     .last = 2,
     .rows = {.tile_h = 2, .tile_w = 4},
     .reread = 2,
     .expected = "# 2 of a at 4, # 18 of b at 4, x 48:2x4x2, a 48:2x4x2, ws 48:2x4x2, 3 steps, 44 first, 16 last"},
    {.what = "an addend held",
     .network = ADDED,
     .first = 1,
     .last = 2,
     .rows = {.tile_h = 2, .tile_w = 4},
     .held = "x",
     .reread = 2,
     .expected = "# 2 of a at 4, # 18 of b at 4, a 48:2x4x2, ws 48:2x4x2, 3 steps, 44 first, 16 last"},
    {.what = "a pool behind rows",
     .network = "a,conv,-,8,6,2,3,3,,1,\np,pool,a,,,,,,,,\n",
     .last = 1,
     .rows = {.tile_h = 4, .tile_w = 6},
     .expected = "# 27 of a at 4, a 96:4x6x2, wp 3:1x1x3, 2 steps, 87 first, 0 last"},
    {.what = "a gate of rows",
     .first = 1,
     .last = 2,
     .rows = {.tile_h = 6, .tile_w = 4},
     .network = "x,pwconv,-,1,1,2,2,1,,,\na,pwconv,-,6,4,2,2,1,,,\nb,conv,a*x,,,,2,3,,1,\n",
     .expected = "# 2 of a at 4, # 18 of b at 4, x 2:1x1x2, a 48:6x4x2, wb 48:6x4x2, 1 steps, 68 first, 48 last"},
    {.what = "one pixel",
     .network = "a,conv,-,4,4,2,3,3,,1,\nf,fc,a,,,,5,,,,\n",
     .last = 1,
     .rows = {.tile_h = 1, .tile_w = 1},
     .expected = "# 27 of a at 4, # 120 of f at 4, a 32:4x4x2, wf 5:1x1x5, 1 steps, 179 first, 5 last"},
};

int main(void)
{
  arena = qy_arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check(&rows[i]);
  qy_arena_free(arena);
  return done();
}
