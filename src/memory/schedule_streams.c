/* Accesses and streams of the stages of a schedule, and layouts of maps: see schedule_dram.h. */
#include "quarry/schedule_dram.h"

#include "rows_walk.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>

enum { BITS_PER_BYTE = 8 };

/* ---- accesses ---- */

typedef struct builder {
  const qy_schedule *schedule;
  const qy_stage *stage;
  const qy_graph *graph;
  qy_units bits;
  qy_stage_accesses *out;
  size_t room;
} builder;

typedef struct box {
  int64_t rows, columns, channels;
  bool flat;
} box;

static double bytes_of(double entries, int64_t bits)
{
  return entries * (double)bits / BITS_PER_BYTE;
}

static void add_access(builder *b, size_t map, size_t op, bool write, double entries, int64_t bits, box x)
{
  if (!(entries > 0)) return;
  assert(b->out->count < b->room);
  b->out->access[b->out->count++] = (qy_access){.map = map,
                                                .op = op,
                                                .write = write,
                                                .bytes = bytes_of(entries, bits),
                                                .bits = (int)bits,
                                                .rows = x.rows,
                                                .columns = x.columns,
                                                .channels = x.channels,
                                                .flat = x.flat};
}

/* A map that is read or written once from end to end. */
static void add_whole(builder *b, size_t map, size_t op, bool write, double entries)
{
  const qy_map *m = &b->graph->map[map];
  add_access(b, map, op, write, entries, b->bits.activation, (box){m->h, m->w, m->c, false});
}

/* Weights of the stage, or the second operand in their place: each op's by itself. */
static void add_weights(builder *b, double entries, int64_t bits)
{
  double all = 0;
  for (size_t o = b->stage->first; o <= b->stage->last; o++)
    all += (double)qy_layer_operands(b->graph->op[o].layer);
  for (size_t o = b->stage->first; o <= b->stage->last && all > 0; o++)
    add_access(b, QY_NO_INDEX, o, false, entries * (double)qy_layer_operands(b->graph->op[o].layer) / all, bits,
               (box){0});
}

/* ---- accesses of a nest ---- */

static int64_t window(int64_t outputs, int64_t stride, int64_t reach, int64_t size)
{
  return qy_min64(size, (outputs - 1) * stride + reach);
}

static int64_t window_rows(const qy_layer *l, int64_t outputs)
{
  return window(outputs, l->stride_h, qy_layer_reach(l->kernel_h, l->dilation_h), l->in_h);
}

static int64_t window_columns(const qy_layer *l, int64_t outputs)
{
  return window(outputs, l->stride_w, qy_layer_reach(l->kernel_w, l->dilation_w), l->in_w);
}

/* What an inner window brings that the one before had not. */
static int64_t new_lines(int64_t lines, int64_t outputs, int64_t stride)
{
  return qy_min64(lines, outputs * stride);
}

/* The layer whose outputs are cut into tiles, and the one that reads the input. */
static const qy_layer *tiled_layer(const qy_nest *n)
{
  return n->middle ? n->middle : n->head ? n->head : n->tail;
}

static const qy_layer *first_layer(const qy_nest *n)
{
  return n->head ? n->head : n->middle ? n->middle : n->tail;
}

static const qy_layer *last_layer(const qy_nest *n)
{
  return n->tail ? n->tail : n->middle ? n->middle : n->head;
}

/* Windows of a nest's input, through the layers between it and the tile. */
static box input_box(const qy_nest *n, const qy_tiling *t)
{
  const qy_layer *first = first_layer(n), *tiled = tiled_layer(n);
  if (qy_nest_is_flat(n)) return (box){1, t->m, t->k, true};
  int64_t rows = t->h, columns = t->w, new_rows = t->h, new_columns = t->w;
  for (int pass = 0; pass < 2; pass++) {
    const qy_layer *l = pass == 0 ? tiled : first;
    if (pass == 1 && first == tiled) break;
    new_rows = new_lines(window_rows(l, rows), new_rows, l->stride_h);
    new_columns = new_lines(window_columns(l, columns), new_columns, l->stride_w);
    rows = window_rows(l, rows);
    columns = window_columns(l, columns);
  }
  const int64_t channels = n->kind == QY_NEST_DENSE ? t->k : n->kind == QY_NEST_BLOCK && n->head ? first->in_c : t->n;
  const bool may_keep = n->kind == QY_NEST_CHANNELWISE || (n->kind == QY_NEST_BLOCK && (n->head || n->read_halo_kept));
  const bool keep = t->keep && may_keep;
  return (box){keep && !t->columns_inner ? new_rows : rows, keep && t->columns_inner ? new_columns : columns, channels,
               false};
}

static box output_box(const qy_nest *n, const qy_tiling *t)
{
  const int64_t channels = n->kind == QY_NEST_BLOCK && n->tail ? n->tail->out_c : t->n;
  if (qy_nest_is_flat(n)) return (box){1, t->m, channels, true};
  return (box){t->h, t->w, channels, false};
}

static double steps_of(const qy_nest *n, const qy_tiling *t)
{
  const qy_layer *l = tiled_layer(n);
  const int64_t spatial = qy_nest_is_flat(n) ? qy_ceil_div(l->out_h * l->out_w, t->m)
                                             : qy_ceil_div(l->out_h, t->h) * qy_ceil_div(l->out_w, t->w);
  if (n->kind == QY_NEST_DENSE)
    return (double)(spatial * l->groups * qy_ceil_div(l->out_c / l->groups, t->n) *
                    qy_ceil_div(l->in_c / l->groups, t->k));
  const int64_t channels = n->head ? n->head->out_c : n->middle ? n->middle->in_c : n->tail->in_c;
  return (double)(spatial * qy_ceil_div(channels, t->n));
}

/* Entries of the weights that one tile works with. */
static double weight_tile(const qy_nest *n, const qy_tiling *t)
{
  const qy_layer *l = tiled_layer(n);
  if (n->kind == QY_NEST_DENSE) return (double)(l->kernel_h * l->kernel_w * t->k * t->n);
  double weights = 0; /* of all layers of a group of channels */
  const qy_layer *const layer[] = {n->head, n->middle, n->tail};
  for (size_t i = 0; i < sizeof layer / sizeof *layer; i++)
    if (layer[i]) weights += (double)qy_layer_operands(layer[i]);
  const int64_t channels = n->head ? n->head->out_c : n->middle ? n->middle->in_c : n->tail->in_c;
  return weights * (double)t->n / (double)channels;
}

static void add_inputs(builder *b, const qy_nest *n, const qy_tiling *t)
{
  const qy_graph_op *op = &b->graph->op[b->stage->first];
  const box whole = input_box(n, t);
  double channels = 0;
  for (size_t i = 0; i < op->input_count; i++)
    channels += (double)b->graph->map[op->input[i]].c;
  for (size_t i = 0; i < op->input_count; i++) {
    const qy_map *m = &b->graph->map[op->input[i]];
    box x = whole;
    x.channels = qy_min64(x.channels, m->c);
    if (op->layer->type == QY_LAYER_FC) x = (box){m->h, m->w, m->c, false}; /* flattened, as it lies */
    add_access(b, op->input[i], b->stage->first, false, (double)b->stage->traffic.input * (double)m->c / channels,
               b->bits.activation, x);
  }
}

/* Addends that lie in DRAM; the nest's own input comes as that. */
static void add_addends(builder *b, const qy_nest *n, box x)
{
  for (size_t o = b->stage->first; o <= b->stage->last && n->addends_read > 0; o++) {
    const qy_graph_op *op = &b->graph->op[o];
    for (size_t i = 0; i < op->addend_count; i++) {
      const bool own = n->adds_input && op->addend[i] == b->graph->op[b->stage->first].input[0];
      if (b->schedule->place[op->addend[i]] == QY_PLACE_DRAM && !own)
        add_access(b, op->addend[i], o, false, (double)b->stage->traffic.addends / (double)n->addends_read,
                   b->bits.activation, x);
    }
  }
}

/* Outputs, partial sums, pooled sums and gates. */
static void add_results(builder *b, const qy_nest *n, const qy_tiling *t)
{
  const qy_traffic *moved = &b->stage->traffic;
  const box x = output_box(n, t);
  const qy_layer *last = last_layer(n);
  for (size_t o = b->stage->first; o <= b->stage->last; o++) {
    const qy_graph_op *op = &b->graph->op[o];
    const bool pool = op->whole && op->layer != last;
    if (op->gate != QY_NO_INDEX && n->gate == QY_GATE_READ) add_whole(b, op->gate, o, false, (double)moved->gate);
    if (pool || (op->whole && n->pooled)) add_whole(b, op->output, o, true, (double)moved->pooled);
    if (op->layer != last) continue;
    const double tile = (double)(x.rows * x.columns * x.channels);
    const box run = {1, (int64_t)ceil(bytes_of(tile, b->bits.sum)), 1, false};
    add_access(b, op->output, o, true, (double)moved->output, b->bits.activation, x);
    add_access(b, QY_NO_INDEX, o, true, (double)moved->sum_writes, b->bits.sum, run);
    add_access(b, QY_NO_INDEX, o, false, (double)moved->sum_reads, b->bits.sum, run);
  }
}

/* Only what a block makes for its middle is made more than once. */
static void share_of_nest(builder *b, const qy_nest *n)
{
  double others = 0, head = 0;
  for (size_t o = b->stage->first; o <= b->stage->last; o++) {
    const qy_layer *l = b->graph->op[o].layer;
    *(n->kind == QY_NEST_BLOCK && l == n->head ? &head : &others) += (double)l->macs;
  }
  for (size_t o = b->stage->first; o <= b->stage->last; o++)
    if (head > 0 && b->graph->op[o].layer == n->head)
      b->out->share[o - b->stage->first] = ((double)b->stage->traffic.macs - others) / head;
}

static void add_nest(builder *b)
{
  const qy_nest *n = &b->stage->nest;
  const qy_tiling *t = &b->stage->tiling;
  const qy_traffic *moved = &b->stage->traffic;
  const box in = input_box(n, t), out = output_box(n, t);
  const double steps = steps_of(n, t);
  if (!n->input_held) add_inputs(b, n, t);
  add_weights(b, (double)moved->weights, b->bits.weight);
  add_weights(b, (double)moved->second, b->bits.activation);
  add_addends(b, n, out);
  add_results(b, n, t);
  share_of_nest(b, n);
  const double first = (double)(in.rows * in.columns * in.channels),
               last = (double)(out.rows * out.columns * out.channels);
  b->out->tiles = steps;
  b->out->first_bytes = bytes_of(fmin(first, (double)moved->input), b->bits.activation) +
                        bytes_of(fmin(weight_tile(n, t), (double)moved->weights), b->bits.weight) +
                        bytes_of(fmin(weight_tile(n, t), (double)moved->second), b->bits.activation);
  b->out->last_bytes = bytes_of(fmin(last, (double)moved->output), b->bits.activation);
}

/* ---- accesses of a rows stage ---- */

enum { ROWS, COLUMNS };

/* Lines of a map that are new in a tile, on the average over the tiles that bring any. */
static int64_t mean_lines(const rows_walk *w, int direction, int m)
{
  const rows_span *s = &w->span[direction][m];
  int64_t lines = 0, tiles = 0;
  for (int t = 0; t < w->side[direction].count; t++) {
    lines += s->end[t] - s->made[t];
    tiles += s->end[t] > s->made[t];
  }
  return tiles > 0 ? qy_max64(1, (lines + tiles / 2) / tiles) : 1;
}

static int64_t first_lines(const rows_walk *w, int direction, int m)
{
  return w->span[direction][m].end[0] - w->span[direction][m].made[0];
}

static void add_rows_maps(builder *b, const rows_walk *w)
{
  const rows_stage *s = w->stage;
  for (int m = 0; m < s->map_count; m++) {
    const rows_map *map = &s->map[m];
    const box x = {mean_lines(w, ROWS, m), mean_lines(w, COLUMNS, m), map->c, false};
    const double entries = (double)(map->c * rows_walk_made(w, m)), all = (double)(map->h * map->w * map->c);
    if (map->place != QY_PLACE_DRAM) continue;
    if (map->whole || (map->maker >= 0 && map->w * map->h == 1)) {
      add_whole(b, map->map, s->first + (size_t)map->maker, true, all);
    } else if (map->maker >= 0) {
      add_access(b, map->map, s->first + (size_t)map->maker, true, all, b->bits.activation, x);
    } else if (map->first_use <= map->last_use) {
      add_access(b, map->map, s->first + (size_t)map->first_use, false, entries, b->bits.activation, x);
      b->out->first_bytes +=
          bytes_of((double)(map->c * first_lines(w, ROWS, m) * first_lines(w, COLUMNS, m)), b->bits.activation);
    }
    if (map->maker >= 0 && !map->whole)
      b->out->last_bytes += bytes_of(fmin(all, (double)(x.rows * x.columns * x.channels)), b->bits.activation);
  }
}

static void add_rows_ops(builder *b, const rows_walk *w)
{
  const rows_stage *s = w->stage;
  for (int o = 0; o < s->op_count; o++) {
    const rows_op *r = &s->op[o];
    const size_t at = s->first + (size_t)o;
    const bool resident = b->stage->rows.op[o].resident;
    if (r->op->whole) continue;
    const double made = (double)rows_walk_made(w, r->output);
    const double weights = (double)(r->weights * (resident ? 1 : rows_walk_tiles_made(w, r->output)));
    b->out->share[o] = made / (double)(s->map[r->output].h * s->map[r->output].w);
    add_access(b, QY_NO_INDEX, at, false, weights, b->bits.weight, (box){0});
    if (resident) b->out->first_bytes += bytes_of(weights, b->bits.weight);
    if (r->gate >= 0 && s->map[r->gate].place == QY_PLACE_DRAM)
      add_whole(b, s->map[r->gate].map, at, false, (double)s->map[r->gate].c);
    for (int i = 0; i < r->addend_count && w->reread[o]; i++) {
      const rows_map *map = &s->map[r->addend[i]];
      const box x = {mean_lines(w, ROWS, r->output), mean_lines(w, COLUMNS, r->output), map->c, false};
      if (map->place == QY_PLACE_DRAM && map->maker < 0)
        add_access(b, map->map, at, false, (double)map->c * made, b->bits.activation, x);
    }
  }
}

static qy_status add_rows(builder *b, qy_arena *arena, qy_error *err)
{
  const qy_rows *rows = &b->stage->rows;
  rows_stage *stage = NULL;
  rows_walk walk;
  qy_status status = rows_stage_new(&stage, b->graph, b->stage->first, b->stage->last, b->schedule->place, b->bits,
                                    b->schedule->options.rule, arena, err);
  if (status) return status;
  const rows_map *driven = &stage->map[stage->op[stage->driver].output];
  status = rows_walk_new(&walk, (size_t)stage->map_count, (size_t)stage->op_count, driven->h, driven->w, arena, err);
  if (status) return status;
  rows_walk_set(&walk, stage);
  rows_walk_tiles(&walk, rows->tile_h, rows->tile_w);
  rows_walk_given(&walk, rows);
  b->out->tiles = (double)walk.side[ROWS].count * walk.side[COLUMNS].count;
  add_rows_ops(b, &walk);
  add_rows_maps(b, &walk);
  return QY_OK;
}

qy_status qy_schedule_accesses(qy_stage_accesses *out, const qy_schedule *schedule, size_t stage, qy_arena *arena,
                               qy_error *err)
{
  assert(out && schedule && stage < schedule->stage_count);
  builder b = {.schedule = schedule,
               .stage = &schedule->stage[stage],
               .graph = schedule->graph,
               .bits = schedule->options.units,
               .out = out};
  const size_t ops = b.stage->last - b.stage->first + 1;
  *out = (qy_stage_accesses){.tiles = 1};
  for (size_t o = b.stage->first; o <= b.stage->last; o++) /* inputs, addends; output, sums, weights, gate, pool */
    b.room += b.graph->op[o].input_count + 2 * b.graph->op[o].addend_count + 6;
  out->access = qy_arena_alloc(arena, b.room, sizeof *out->access);
  out->share = qy_arena_alloc(arena, ops, sizeof *out->share);
  if (!out->access || !out->share) return qy_no_memory(err);
  for (size_t o = 0; o < ops; o++)
    out->share[o] = 1;
  if (!b.stage->is_nest) return add_rows(&b, arena, err);
  add_nest(&b);
  return QY_OK;
}

bool qy_access_of_weights(const qy_access *access)
{
  return access->map == QY_NO_INDEX && access->columns == 0;
}

/* ---- streams ---- */

/* Entries that lie together, and from the start of such a run to the next; pitch 0: they follow each other. */
typedef struct run {
  int64_t entries, pitch;
} run;

static run run_in_pixels(const qy_access *a, const qy_map *m)
{
  const bool down = a->columns == 1 && a->rows > 1; /* one pixel a row */
  if (a->channels < m->c && m->h * m->w > 1) return (run){a->channels, down && !a->flat ? m->w * m->c : m->c};
  if (a->flat || a->columns >= m->w) return (run){a->rows * a->columns * a->channels, 0};
  return (run){a->columns * m->c, a->rows > 1 ? m->w * m->c : 0};
}

static run run_in_planes(const qy_access *a, const qy_map *m)
{
  const int64_t plane = m->h * m->w, area = a->rows * a->columns;
  if (area >= plane) return (run){plane * a->channels, 0};
  if (a->flat || a->columns >= m->w) return (run){area, a->channels > 1 ? plane : 0};
  if (a->rows > 1) return (run){a->columns, m->w};
  return (run){a->columns, a->channels > 1 ? plane : 0};
}

qy_dram_stream qy_access_stream(const qy_access *a, const qy_map *map, qy_map_layout layout)
{
  qy_dram_stream s = {.bytes = a->bytes, .write = a->write, .place = QY_DRAM_STREAM};
  if (!map) {
    s.run_bytes = (double)a->columns;
    return s;
  }
  const run r = layout == QY_MAP_PIXELS ? run_in_pixels(a, map) : run_in_planes(a, map);
  s.run_bytes = fmin(bytes_of((double)r.entries, a->bits), a->bytes);
  s.pitch_bytes = bytes_of((double)r.pitch, a->bits);
  if (r.pitch > 0 && s.pitch_bytes > s.run_bytes) s.place = QY_DRAM_PITCH;
  return s;
}

static qy_dram_stream stream_of(const qy_access *a, const qy_graph *graph, const qy_map_layout *layout)
{
  const bool on_map = a->map != QY_NO_INDEX;
  return qy_access_stream(a, on_map ? &graph->map[a->map] : NULL, on_map ? layout[a->map] : QY_MAP_PIXELS);
}

size_t qy_schedule_streams(qy_dram_stream stream[QY_DRAM_STREAMS_MAX], const qy_stage_accesses *accesses,
                           const qy_graph *graph, const qy_map_layout *layout)
{
  enum { KEPT = QY_DRAM_STREAMS_MAX - 3 };
  size_t count = 0;
  qy_dram_stream weights = {.place = QY_DRAM_STREAM}, rest[2] = {weights, weights};
  rest[1].write = true;
  for (size_t i = 0; i < accesses->count; i++) {
    const qy_access *a = &accesses->access[i];
    if (qy_access_of_weights(a)) /* of all ops, in the order of their use */
      weights.bytes += a->bytes;
    else if (count < KEPT)
      stream[count++] = stream_of(a, graph, layout);
    else
      rest[a->write].bytes += a->bytes;
  }
  const qy_dram_stream *others[] = {&weights, &rest[0], &rest[1]};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++)
    if (others[i]->bytes > 0) stream[count++] = *others[i];
  return count;
}

/* ---- layouts ---- */

typedef struct costing {
  const qy_dram_system *system;
  const qy_dram_prices *prices;
} costing;

/* Banks that consecutive bursts go round. */
static double banks_in_turn(const qy_dram_system *system)
{
  switch (system->mapping) {
  case QY_DRAM_MAP_GROUP: return system->device->bank_groups;
  case QY_DRAM_MAP_BANK: return system->device->banks;
  default: return 1;
  }
}

/* Activations of a burst, in closed form (no queue, no refresh): a row for each run, or for all that a row holds. */
static double activations_of(const qy_dram_system *system, const qy_dram_stream *s, double bursts_a_run)
{
  const double burst = qy_dram_burst_bytes(system->device), turn = banks_in_turn(system);
  const double rows = qy_dram_row_bytes(system->device) * turn; /* bytes of the rows that are open in turn */
  const double opened = fmin(turn, bursts_a_run), bytes = bursts_a_run * burst;
  if (s->place == QY_DRAM_STREAM) return burst * turn / rows;
  if (s->pitch_bytes < rows) return fmin(1, s->pitch_bytes / rows * opened / bursts_a_run);
  const int64_t step = (int64_t)fmax(1, s->pitch_bytes), shared = qy_common_divisor(step, (int64_t)rows);
  return fmin(1, opened * (1 + fmax(0, bytes - (double)shared) / rows) / bursts_a_run);
}

/* Energy of bursts and activations of a byte of a stream. */
static double byte_pj(const costing *c, const qy_dram_stream *s)
{
  const double burst = qy_dram_burst_bytes(c->system->device);
  const bool runs = s->place != QY_DRAM_STREAM && s->run_bytes > 0;
  const double bursts = runs ? ceil(s->run_bytes / burst) : 1, bytes = runs ? s->run_bytes : burst;
  const double pj = c->prices->pj[s->write ? QY_DRAM_WRITE : QY_DRAM_READ] +
                    activations_of(c->system, s, bursts) * c->prices->pj[QY_DRAM_ACTIVATE];
  return bursts * pj / bytes;
}

/* What planes cost more than pixels, of one access. */
static double planes_more_pj(const costing *c, const qy_access *a, const qy_map *map)
{
  const qy_dram_stream pixels = qy_access_stream(a, map, QY_MAP_PIXELS);
  const qy_dram_stream planes = qy_access_stream(a, map, QY_MAP_PLANES);
  const bool same =
      pixels.place == planes.place && pixels.run_bytes == planes.run_bytes && pixels.pitch_bytes == planes.pitch_bytes;
  return same ? 0 : a->bytes * (byte_pj(c, &planes) - byte_pj(c, &pixels));
}

void qy_schedule_layouts(qy_map_layout *layout, const qy_schedule *schedule, const qy_stage_accesses *accesses,
                         const qy_dram_system *system, const qy_dram_prices *prices)
{
  const qy_graph *graph = schedule->graph;
  const costing c = {system, prices};
  for (size_t m = 0; m < graph->map_count; m++) {
    double more_pj = 0;
    for (size_t s = 0; s < schedule->stage_count; s++)
      for (size_t i = 0; i < accesses[s].count; i++)
        if (accesses[s].access[i].map == m) more_pj += planes_more_pj(&c, &accesses[s].access[i], &graph->map[m]);
    layout[m] = more_pj < 0 ? QY_MAP_PLANES : QY_MAP_PIXELS;
  }
}
