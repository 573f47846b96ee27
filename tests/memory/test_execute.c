/* Random schedules of random small networks, executed: every value is that of the run layer by layer, every tensor
 * moves as often as the closed forms say, and what is in the buffer is at most what they say.  Nothing is searched
 * here but the schedule of one network of full size. */
#include "quarry/schedule.h"

#include "small_networks.h"
#include "tap.h"

static qy_arena *arena;

typedef struct tally {
  int graphs, stages, nests, rows, kinds[3], wrong;
} tally;

static int64_t random_size(uint64_t *s, int64_t whole)
{
  return 1 + (int64_t)random_below(s, (size_t)whole);
}

static qy_tiling random_tiling(const qy_nest *nest, uint64_t *s)
{
  qy_tiling t = qy_nest_whole(nest);
  t.order = (qy_nest_order)random_below(s, QY_ORDER_COUNT);
  t.scan = random_below(s, 2);
  t.keep = random_below(s, 2);
  t.columns_inner = random_below(s, 2);
  t.channels_inner = random_below(s, 2);
  t.m = random_size(s, t.m);
  t.h = random_size(s, t.h);
  t.w = random_size(s, t.w);
  t.n = random_size(s, t.n);
  t.k = random_size(s, t.k);
  return t;
}

static void list_map(qy_rows *r, const qy_graph *g, size_t map, size_t first, size_t last, const qy_place *place,
                     uint64_t *s)
{
  const size_t maker = g->map[map].maker;
  const bool made = maker != QY_NO_INDEX && maker >= first;
  for (size_t k = 0; k < r->map_count; k++)
    if (r->map[k].map == map) return;
  r->map[r->map_count++] = (qy_rows_map){map, !made || small_needed(g, map, last) ? place[map] : QY_PLACE_INSIDE,
                                         random_below(s, 3) > 0, made && g->op[maker].whole};
}

/* A rows stage at random; the last op that is no pool over a whole map decides how large tiles can be. */
static qy_rows random_rows(const qy_graph *g, size_t first, size_t last, const qy_place *place, uint64_t *s)
{
  enum { MAPS = 4 * SMALL_LAYERS * SMALL_LAYERS };
  qy_rows r = {.tile_h = 1, .tile_w = 1};
  r.map = qy_arena_alloc(arena, MAPS, sizeof *r.map);
  r.op = qy_arena_alloc(arena, last - first + 1, sizeof *r.op);
  for (size_t o = first; o <= last; o++) {
    const qy_graph_op *op = &g->op[o];
    for (size_t k = 0; k < op->input_count; k++)
      list_map(&r, g, op->input[k], first, last, place, s);
    for (size_t k = 0; k < op->addend_count; k++)
      list_map(&r, g, op->addend[k], first, last, place, s);
    if (op->gate != QY_NO_INDEX) list_map(&r, g, op->gate, first, last, place, s);
    list_map(&r, g, op->output, first, last, place, s);
    r.op[o - first] = (qy_rows_op){random_below(s, 2), random_below(s, 2)};
    if (op->whole) continue;
    r.tile_h = random_size(s, g->map[op->output].h);
    r.tile_w = random_size(s, g->map[op->output].w);
  }
  return r;
}

/* One way to run the ops; false: there is none. */
static bool random_stage(qy_stage *stage, const qy_schedule *schedule, const qy_place *place, uint64_t *s)
{
  const qy_graph *g = schedule->graph;
  qy_nest nest[SMALL_NESTS];
  const int nests = small_nests(nest, g, stage->first, stage->last, place);
  const qy_schedule_options *o = &schedule->options;
  stage->rows = random_rows(g, stage->first, stage->last, place, s);
  const bool can =
      qy_rows_count(&stage->traffic, g, stage->first, stage->last, &stage->rows, o->units, o->rule, NULL) == QY_OK;
  stage->is_nest = nests > 0 && (!can || random_below(s, 2));
  if (!stage->is_nest) return can;
  stage->nest = nest[random_below(s, (size_t)nests)];
  stage->tiling = random_tiling(&stage->nest, s);
  qy_traffic_count(&stage->traffic, &stage->nest, &stage->tiling, o->units, o->rule);
  return true;
}

static bool reads_or_makes(const qy_graph_op *op, size_t map)
{
  for (size_t k = 0; k < op->input_count; k++)
    if (op->input[k] == map) return true;
  for (size_t k = 0; k < op->addend_count; k++)
    if (op->addend[k] == map) return true;
  return op->gate == map || op->output == map;
}

static int64_t waiting(const qy_schedule *schedule, const qy_stage *stage, const qy_place *place)
{
  const qy_graph *g = schedule->graph;
  int64_t units = 0;
  for (size_t i = 0; i < g->map_count; i++) {
    const qy_map *m = &g->map[i];
    bool waits = place[i] == QY_PLACE_HELD && m->maker < stage->first && m->last_use > stage->last;
    for (size_t o = stage->first; o <= stage->last; o++)
      waits = waits && !reads_or_makes(&g->op[o], i);
    if (waits) units += m->h * m->w * m->c * schedule->options.units.activation;
  }
  return units;
}

static bool random_schedule(qy_schedule *s, const qy_graph *g, uint64_t *state)
{
  qy_place *place = qy_arena_alloc(arena, g->map_count, sizeof *place);
  *s = (qy_schedule){.graph = g};
  s->options = (qy_schedule_options){.capacity = INT64_MAX, .units = {1, 1, 1}};
  if (random_below(state, 2)) s->options.units = (qy_units){8, 3, 20};
  s->options.rule = random_below(state, 2) ? QY_CAPACITY_STRICT : QY_CAPACITY_DOUBLE_BUFFERED;
  s->stage = qy_arena_alloc(arena, g->op_count, sizeof *s->stage);
  for (size_t i = 0; i < g->map_count; i++) {
    const bool may = g->map[i].maker != QY_NO_INDEX && !g->map[i].wanted;
    place[i] = may && random_below(state, 2) ? QY_PLACE_HELD : QY_PLACE_DRAM;
  }
  for (size_t o = 0; o < g->op_count; s->stage_count++) {
    qy_stage *stage = &s->stage[s->stage_count];
    bool found = false;
    for (size_t ops = 1 + random_below(state, g->op_count - o); ops > 0 && !found; ops--) {
      *stage = (qy_stage){.first = o, .last = o + ops - 1};
      found = random_stage(stage, s, place, state);
    }
    if (!found) return false;
    stage->waiting = waiting(s, stage, place);
    o = stage->last + 1;
  }
  return true;
}

/* What a stage takes at least of the room that it says without a second buffer; -1: not known.  Nests take all of it,
 * but a held map that a nest reads twice (input, addend, gate) counts for each, and dense nests may take less for a
 * pool.  Rows of one tile take all of it but for the streamed weight, which need not be there when the maps are the
 * most. */
static int64_t taken_at_least(const qy_schedule *s, const qy_stage *stage)
{
  const qy_nest *n = &stage->nest;
  if (s->options.rule != QY_CAPACITY_STRICT) return -1;
  if (stage->is_nest) {
    const bool twice = n->gate == QY_GATE_HELD || (n->addends_held > 0 && n->input_held);
    return twice || (n->kind == QY_NEST_DENSE && n->pooled) ? -1 : stage->traffic.peak;
  }
  size_t cut = stage->last; /* the op whose output is cut into tiles: the last one that is no pool over a whole map */
  while (s->graph->op[cut].whole && cut > stage->first)
    cut--;
  const qy_map *driver = &s->graph->map[s->graph->op[cut].output];
  if (stage->rows.tile_h < driver->h || stage->rows.tile_w < driver->w) return -1;
  bool streamed = false;
  for (size_t o = stage->first; o <= stage->last; o++)
    streamed = streamed || (!stage->rows.op[o - stage->first].resident && s->graph->op[o].layer->weights > 0);
  return stage->traffic.peak - (streamed ? s->options.units.weight : 0);
}

/* With a unit less in one of its stages the run is not within. */
static bool exact(const qy_schedule *s, uint64_t *state)
{
  qy_execution e;
  const size_t first = random_below(state, s->stage_count);
  for (size_t k = 0; k < s->stage_count; k++) {
    qy_stage *stage = &s->stage[(first + k) % s->stage_count];
    const int64_t taken = taken_at_least(s, stage), says = stage->traffic.peak;
    if (taken <= 0) continue;
    stage->traffic.peak = taken - 1;
    const bool found = qy_schedule_execute(&e, s, *state, arena, NULL) == QY_OK && e.equal && !e.within;
    stage->traffic.peak = says;
    return found;
  }
  return true;
}

static void test_random(int graphs, uint64_t state, const small_kind *kind, const char *what)
{
  tally t = {0};
  while (t.graphs < graphs) {
    char text[SMALL_TEXT];
    qy_schedule s;
    qy_execution e;
    const uint64_t seed = state;
    qy_arena_reset(arena);
    const qy_graph *g = small_graph(text, kind, &state, arena);
    if (!g || !random_schedule(&s, g, &state)) continue;
    t.graphs++;
    const qy_status status = qy_schedule_execute(&e, &s, state, arena, NULL);
    for (size_t i = 0; i < s.stage_count; i++, t.stages++)
      if (s.stage[i].is_nest)
        t.kinds[s.stage[i].nest.kind]++;
      else
        t.rows++;
    int64_t most = 0; /* in the buffer at some time, at least and at most */
    bool taken = true;
    for (size_t i = 0; i < s.stage_count; i++) {
      taken = taken && e.counted.peak >= taken_at_least(&s, &s.stage[i]) + s.stage[i].waiting;
      most = s.stage[i].traffic.peak + s.stage[i].waiting > most ? s.stage[i].traffic.peak + s.stage[i].waiting : most;
    }
    taken = taken && e.counted.peak > 0 && e.counted.peak <= most;
    if (status == QY_OK && e.equal && e.counts_equal && e.within && !e.fault && taken && exact(&s, &state)) continue;
    if (t.wrong++ < 3)
      printf("# seed %llu: status %d, equal %d, counts %d, within %d: %s\n%s", (unsigned long long)seed, (int)status,
             e.equal, e.counts_equal, e.within, e.fault ? e.fault : "", text);
  }
  ok(t.wrong == 0, "%s: %d networks, %d stages (%d dense, %d channelwise, %d blocks, %d rows), %d wrong", what,
     t.graphs, t.stages, t.kinds[QY_NEST_DENSE], t.kinds[QY_NEST_CHANNELWISE], t.kinds[QY_NEST_BLOCK], t.rows, t.wrong);
}

/* ---- what must be found out ---- */

/* A conv and a pointwise layer that adds the conv's output, as two stages: rows, then a nest. */
static qy_schedule two_stages(const qy_graph *g, qy_place between)
{
  static qy_rows_map map[2];
  static qy_rows_op op[1];
  qy_schedule s = {.graph = g, .stage_count = 2};
  s.options = (qy_schedule_options){.capacity = 1000, .units = {1, 1, 1}};
  s.stage = qy_arena_alloc(arena, 2, sizeof *s.stage);
  map[0] = (qy_rows_map){g->op[0].input[0], QY_PLACE_DRAM, true, false};
  map[1] = (qy_rows_map){g->op[0].output, between, true, false};
  op[0] = (qy_rows_op){true, false};
  s.stage[0] = (qy_stage){.first = 0, .last = 0, .rows = {2, 4, 2, map, op}};
  s.stage[1] = (qy_stage){.first = 1, .last = 1, .is_nest = true};
  s.stage[1].nest = (qy_nest){.kind = QY_NEST_DENSE, .head = g->op[1].layer};
  const bool held = between == QY_PLACE_HELD;
  s.stage[1].nest.input_held = held;
  *(held ? &s.stage[1].nest.addends_held : &s.stage[1].nest.addends_read) = 1;
  s.stage[1].tiling = qy_nest_whole(&s.stage[1].nest);
  s.stage[1].tiling.m = 5;
  qy_rows_count(&s.stage[0].traffic, g, 0, 0, &s.stage[0].rows, s.options.units, s.options.rule, NULL);
  qy_traffic_count(&s.stage[1].traffic, &s.stage[1].nest, &s.stage[1].tiling, s.options.units, s.options.rule);
  return s;
}

static void expect(const qy_schedule *s, bool equal, bool counts, bool within, const char *fault, const char *what)
{
  qy_execution e;
  const qy_status status = qy_schedule_execute(&e, s, 7, arena, NULL);
  const bool said = fault ? e.fault && strncmp(e.fault, fault, strlen(fault)) == 0 : !e.fault;
  if (!ok(status == QY_OK && e.equal == equal && e.counts_equal == counts && e.within == within && said, "%s", what))
    printf("# equal %d, counts %d, within %d: %s\n", e.equal, e.counts_equal, e.within, e.fault ? e.fault : "");
}

static void test_faults(void)
{
  qy_network *n = NULL;
  qy_graph *g = NULL;
  char path[] = "/tmp/quarry_execute_XXXXXX.csv";
  qy_arena_reset(arena);
  write_new_file(path, 4,
                 "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad\na,conv,-,6,4,2,3,3,1\nb,pwconv,a,,,,3,,\n"
                 "s,add,b+a,,,,,,\n");
  if (qy_network_read(&n, "db", path, arena, NULL) == QY_OK) qy_graph_new(&g, n, arena, NULL);
  unlink(path);
  if (!ok(g && g->op_count == 2, "a network of two ops")) return;
  qy_schedule s = two_stages(g, QY_PLACE_DRAM);
  expect(&s, true, true, true, NULL, "through DRAM");
  s.stage[0].traffic.input++;
  expect(&s, true, false, true, "a to a: 48 input entries, the schedule says 49", "a count that is another");
  s.stage[0].traffic.input--;
  s.stage[1].traffic.macs--;
  expect(&s, true, false, true, "b to b: 216 multiply-accumulates, the schedule says 215", "other MACs");
  s = two_stages(g, QY_PLACE_DRAM);
  s.options.capacity = s.stage[0].traffic.peak - 1;
  expect(&s, true, true, false, "a to a: ", "more than the buffer holds");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[0].traffic.peak--;
  expect(&s, true, true, false, "a to a: ", "more than the schedule says");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[0].waiting = 1;
  expect(&s, true, false, true, "a to a: maps of 0 units wait, the schedule says 1", "maps that do not wait");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[1].nest.input_held = true;
  expect(&s, false, false, false, "map a is not held where b reads it", "a map that is not in the buffer");
  s = two_stages(g, QY_PLACE_HELD);
  expect(&s, true, true, true, NULL, "held between the stages");
  s.stage[1].nest.input_held = false;
  expect(&s, false, false, false, "map a is read from DRAM, where it is not", "a map that is not in DRAM");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage_count = 1;
  expect(&s, false, false, false, "stages leave out ops", "an op that is left out");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[1].first = 0;
  expect(&s, false, false, false, "stages do not follow each other", "an op in two stages");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[1].nest.head = g->op[0].layer;
  expect(&s, false, false, false, "op b has no place in its nest", "a nest of another layer");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[1].nest.tail = g->op[0].layer;
  expect(&s, false, false, false, "layer a of a nest is no op of its stage", "a nest of one layer more");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[1].nest.pooled = true;
  expect(&s, false, false, false, "a nest without its ops", "a nest that pools nothing");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[1].nest.output_held = true;
  qy_traffic_count(&s.stage[1].traffic, &s.stage[1].nest, &s.stage[1].tiling, s.options.units, s.options.rule);
  expect(&s, false, true, true, "s, an output of the network, is not in DRAM", "an output that stays in the buffer");
  s = two_stages(g, QY_PLACE_DRAM);
  s.stage[0].rows.map_count = 1;
  expect(&s, false, false, false, "a rows stage does not say where a is", "a map without a place");
  s = two_stages(g, QY_PLACE_HELD);
  s.stage[0].rows.map[0].place = QY_PLACE_HELD;
  expect(&s, false, false, false, "a is not held where a stage reads it", "an input that is not in the buffer");
  s = two_stages(g, QY_PLACE_INSIDE);
  expect(&s, false, false, false, "map a is read from DRAM, where it is not", "a map that is gone");
  char pooled[] = "/tmp/quarry_execute_XXXXXX.csv";
  write_new_file(pooled, 4,
                 "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,pad\na,conv,-,6,4,2,3,3,1\np,pool,a,,,,,6x4,0\n");
  g = NULL;
  if (qy_network_read(&n, "db", pooled, arena, NULL) == QY_OK) qy_graph_new(&g, n, arena, NULL);
  unlink(pooled);
  if (!ok(g && g->op_count == 2 && g->op[1].whole, "a pool over a whole map")) return;
  s = two_stages(g, QY_PLACE_DRAM);
  static qy_rows_map map[2];
  map[0] = (qy_rows_map){g->op[1].input[0], QY_PLACE_DRAM, true, false};
  map[1] = (qy_rows_map){g->op[1].output, QY_PLACE_DRAM, true, true};
  s.stage[1] = (qy_stage){.first = 1, .last = 1, .rows = {1, 1, 2, map, &(qy_rows_op){false, false}}};
  expect(&s, false, false, false, "a rows stage of pools alone", "pools that nothing drives");
}

/* Sums of taps are no part of a schedule: what they read is written, what they make is read, and both are said. */
static void test_apart(void)
{
  enum { A = 4 * 4 * 12, SUMS = 8 * 8 * 3 };
  static const char text[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                             "a,conv,-,4,4,5,12,1,1,0\nt,col2im,a,,,,,2,2,\nb,conv,t,,,,2,3,1,1\n"
                             "p,conv,b,,,,3,1,1,0\ns,add,p+t,,,,,,,\nlast,conv,-,4,4,5,12,1,1,0\n"
                             "out,col2im,last,,,,,2,2,\n";
  char path[] = "/tmp/quarry_execute_XXXXXX.csv";
  qy_network *n = NULL;
  qy_graph *g = NULL;
  qy_arena_reset(arena);
  write_new_file(path, 4, text);
  if (qy_network_read(&n, "db", path, arena, NULL) == QY_OK) qy_graph_new(&g, n, arena, NULL);
  unlink(path);
  if (!ok(g && g->op_count == 4 && g->apart == 2 * (A + SUMS), "col2im are no ops: %lld entries apart",
          g ? (long long)g->apart : -1))
    return;
  for (int fusion = 0; fusion < QY_FUSION_COUNT; fusion++) {
    qy_schedule *s = NULL;
    qy_least_capacity smallest;
    qy_execution e = {0};
    const qy_schedule_options o = {
        .capacity = 1024, .units = {1, 1, 1}, .fusion = (qy_fusion)fusion, .orders = QY_ORDERS_BEST};
    const bool ran = qy_schedule_find(&s, &smallest, g, &o, arena, NULL) == QY_OK &&
                     qy_schedule_execute(&e, s, 1, arena, NULL) == QY_OK;
    ok(ran && e.equal && e.counts_equal && e.within, "%s: executed as planned%s%s", qy_fusion_name((qy_fusion)fusion),
       e.fault ? ": " : "", e.fault ? e.fault : "");
    /* Inputs and weights of a, last; what they write; the sums, once or twice; b and p with their weights. */
    const int64_t least = 2 * (4 * 4 * 5 + 5 * 12 + A) + SUMS + 3 * 2 * 9 + 2 * 3 + SUMS;
    ok(ran && qy_schedule_floor(g, (qy_units){1, 1, 1}) == least && qy_traffic_entries(&e.counted) >= least,
       "at least %lld entries move: %lld", (long long)least, ran ? (long long)qy_traffic_entries(&e.counted) : -1);
  }
}

/* Products of two activations, as of queries with keys and of what comes out with values, are stages of their own,
 * whatever may be fused: executed as planned in any room that they fit into. */
static void test_products(void)
{
  static const char text[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                             "q,conv,-,6,1,5,4,1,1,0\nk,conv,-,6,1,5,4,1,1,0\nv,conv,-,6,1,5,3,1,1,0\n"
                             "s,conv,q@k,,,,6,1,1,0\no,conv,s@v,,,,3,1,1,0\nlast,conv,o,,,,2,1,1,0\n";
  char path[] = "/tmp/quarry_execute_XXXXXX.csv";
  qy_network *n = NULL;
  qy_graph *g = NULL;
  int planned = 0, wrong = 0, fused = 0, refused = 0;
  qy_arena_reset(arena);
  write_new_file(path, 4, text);
  if (qy_network_read(&n, "db", path, arena, NULL) == QY_OK) qy_graph_new(&g, n, arena, NULL);
  unlink(path);
  if (!ok(g && g->op_count == 6, "a network with products of two activations")) return;
  for (int fusion = 0; fusion < QY_FUSION_COUNT; fusion++)
    for (int64_t capacity = 4; capacity <= 512; capacity = capacity * 4 / 3 + 1)
      for (int rule = 0; rule < 2; rule++) {
        qy_schedule *s = NULL;
        qy_least_capacity smallest;
        qy_execution e = {0};
        const qy_schedule_options o = {.capacity = capacity,
                                       .units = {1, 1, 1},
                                       .fusion = (qy_fusion)fusion,
                                       .orders = QY_ORDERS_BEST,
                                       .rule = rule ? QY_CAPACITY_STRICT : QY_CAPACITY_DOUBLE_BUFFERED};
        if (qy_schedule_find(&s, &smallest, g, &o, arena, NULL)) continue;
        planned++;
        wrong += qy_schedule_execute(&e, s, 1, arena, NULL) || !e.equal || !e.counts_equal || !e.within;
        wrong += qy_traffic_entries(&e.counted) != s->traffic || e.counted.peak > capacity;
        for (size_t i = 0; i < s->stage_count; i++) {
          const qy_stage *stage = &s->stage[i];
          bool product = false;
          for (size_t op = stage->first; op <= stage->last; op++)
            product |= g->op[op].layer->computed;
          wrong += product && (stage->first != stage->last || !stage->is_nest);
          fused += stage->first != stage->last;
        }
      }
  ok(planned > 60 && wrong == 0 && fused > 0, "%d plans, %d stages of several layers: %d are not as planned", planned,
     fused, wrong);
  for (size_t first = 0; first < g->op_count; first++)
    for (size_t last = first; last < g->op_count; last++) {
      bool product = false;
      for (size_t op = first; op <= last; op++)
        product |= g->op[op].layer->computed;
      if (!product) continue;
      qy_traffic traffic;
      qy_error err = {0};
      uint64_t state = 5;
      qy_place place[16] = {0};
      const qy_rows rows = random_rows(g, first, last, place, &state);
      refused += qy_rows_count(&traffic, g, first, last, &rows, (qy_units){1, 1, 1}, QY_CAPACITY_STRICT, &err) ==
                     QY_INFEASIBLE &&
                 strstr(err.diagnostic[0].text, "a product of two activations");
      refused -= 1;
      qy_error_clear(&err);
    }
  is_int(refused, 0, "no rows stage has one");
}

/* A network of full size: fused, tiles of pixels and planes. */
static void test_mobilenet(void)
{
  qy_network *n = NULL;
  qy_graph *g = NULL;
  qy_schedule *s = NULL;
  qy_least_capacity smallest;
  qy_execution e = {0};
  const qy_schedule_options o = {
      .capacity = 16384, .units = {1, 1, 1}, .fusion = QY_FUSION_FREE, .orders = QY_ORDERS_BEST};
  qy_arena_reset(arena);
  const bool ran = qy_network_read(&n, "db", "mobilenet_v2_1.0_224", arena, NULL) == QY_OK &&
                   qy_graph_new(&g, n, arena, NULL) == QY_OK &&
                   qy_schedule_find(&s, &smallest, g, &o, arena, NULL) == QY_OK &&
                   qy_schedule_execute(&e, s, 1, arena, NULL) == QY_OK;
  ok(ran && e.equal && e.counts_equal && e.within, "MobileNetV2 in 16,384 entries: %s",
     e.fault ? e.fault : "as planned");
  ok(ran && s->traffic <= 6077290 && qy_traffic_entries(&e.counted) == s->traffic && e.counted.peak <= 16384,
     "%lld words moved, %lld in the buffer", (long long)qy_traffic_entries(&e.counted), (long long)e.counted.peak);
}

/* CASES: chains; twice as many graphs. */
int main(void)
{
  const char *cases = getenv("CASES"), *seeds = getenv("SEED");
  const int n = cases ? atoi(cases) : 1600;
  const uint64_t seed = seeds ? strtoull(seeds, NULL, 10) : 1;
  arena = qy_arena_new();
  test_random(n, seed, &(small_kind){6, 8, 4, true}, "chains");
  test_random(2 * n, seed + 1, &(small_kind){6, 8, 4, false}, "graphs");
  test_random(n / 4, seed + 2, &(small_kind){4, 14, 6, false}, "larger maps");
  test_faults();
  test_apart();
  test_products();
  test_mobilenet();
  qy_arena_free(arena);
  return done();
}
