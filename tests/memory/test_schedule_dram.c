/* Schedules on a DRAM: accesses against the traffic of the schedule, runs by hand, times against a pipeline that is
 * stepped through, wider tiles against the counts. */
#include "quarry/schedule_dram.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;
static qy_error err;

/* ---- runs ---- */

/* A map of 6 x 10 pixels with 8 channels, entries of 8 bits: a pixel has 8 bytes, a row 80 or 10, a plane 60. */
static void run_tests(void)
{
  static const qy_map map = {.h = 6, .w = 10, .c = 8};
  static const struct {
    const char *what;
    int64_t rows, columns, channels;
    bool flat;
    qy_map_layout layout;
    double run, pitch; /* pitch 0: a stream */
  } row[] = {
      {"pixels: two whole rows", 2, 10, 8, false, QY_MAP_PIXELS, 160, 0},
      {"pixels: four columns of two rows", 2, 4, 8, false, QY_MAP_PIXELS, 32, 80},
      {"pixels: four columns of one row go on in the next tile", 1, 4, 8, false, QY_MAP_PIXELS, 32, 0},
      {"pixels: three channels", 2, 4, 3, false, QY_MAP_PIXELS, 3, 8},
      {"pixels: 25 in a run", 1, 25, 8, true, QY_MAP_PIXELS, 200, 0},
      {"pixels: 25, three channels", 1, 25, 3, true, QY_MAP_PIXELS, 3, 8},
      {"planes: two whole rows", 2, 10, 8, false, QY_MAP_PLANES, 20, 60},
      {"planes: two whole rows of one channel go on", 2, 10, 1, false, QY_MAP_PLANES, 20, 0},
      {"planes: three whole planes", 6, 10, 3, false, QY_MAP_PLANES, 180, 0},
      {"planes: four columns of two rows", 2, 4, 8, false, QY_MAP_PLANES, 4, 10},
      {"planes: 25 in a run", 1, 25, 8, true, QY_MAP_PLANES, 25, 60},
      {"planes: all pixels in a run", 1, 60, 4, true, QY_MAP_PLANES, 240, 0},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_access a = {.bytes = 480,
                         .bits = 8,
                         .rows = row[i].rows,
                         .columns = row[i].columns,
                         .channels = row[i].channels,
                         .flat = row[i].flat};
    const qy_dram_stream s = qy_access_stream(&a, &map, row[i].layout);
    const bool pitch = row[i].pitch > 0;
    ok(s.run_bytes == row[i].run && s.place == (pitch ? QY_DRAM_PITCH : QY_DRAM_STREAM) &&
           (!pitch || s.pitch_bytes == row[i].pitch) && s.bytes == 480,
       "%s: %g bytes, pitch %g", row[i].what, s.run_bytes, s.place == QY_DRAM_PITCH ? s.pitch_bytes : 0);
  }
  const qy_access narrow = {.bytes = 240, .bits = 4, .rows = 2, .columns = 4, .channels = 8};
  near_abs(qy_access_stream(&narrow, &map, QY_MAP_PIXELS).run_bytes, 16, 0, "entries of 4 bits: half of it");
}

/* ---- accesses ---- */

typedef struct sums {
  double weights, read, written; /* bytes */
} sums;

static sums sums_of(const qy_stage_accesses *a)
{
  sums s = {0, 0, 0};
  for (size_t i = 0; i < a->count; i++)
    *(a->access[i].write                    ? &s.written
      : qy_access_of_weights(&a->access[i]) ? &s.weights
                                            : &s.read) += a->access[i].bytes;
  return s;
}

static int same(double got, double expected)
{
  return fabs(got - expected) <= 1e-9 * fmax(1, fabs(expected));
}

/* Everything that a stage is said to move is in its accesses, and all it computes in its shares. */
static int accounts(const qy_schedule *s, size_t i)
{
  const qy_stage *stage = &s->stage[i];
  const qy_traffic *t = &stage->traffic;
  const qy_units u = s->options.units;
  qy_stage_accesses a;
  if (qy_schedule_accesses(&a, s, i, arena, &err)) return 0;
  const sums moved = sums_of(&a);
  double macs = 0;
  for (size_t o = stage->first; o <= stage->last; o++)
    macs += a.share[o - stage->first] * (double)s->graph->op[o].layer->macs;
  const double read = (double)((t->input + t->addends + t->gate) * u.activation + t->sum_reads * u.sum) / 8;
  const double written = (double)((t->output + t->pooled) * u.activation + t->sum_writes * u.sum) / 8;
  const int good = same(moved.weights, (double)(t->weights * u.weight) / 8) && same(moved.read, read) &&
                   same(moved.written, written) && same(macs, (double)t->macs) && a.tiles >= 1 &&
                   a.first_bytes <= moved.weights + moved.read + 1e-9 && a.last_bytes <= moved.written + 1e-9;
  if (!good)
    printf(
        "# stage %zu, from %s: weights %g of %g, read %g of %g, written %g of %g, macs %g of %g, first %g, last %g\n",
        i, s->graph->op[stage->first].layer->name, moved.weights, (double)(t->weights * u.weight) / 8, moved.read, read,
        moved.written, written, macs, (double)t->macs, a.first_bytes, a.last_bytes);
  return good;
}

static const char *const networks[] = {"mobilenet_v2_1.0_224", "mobilenet_v3_small", "squeezenet1_1", "resnet18"};

static void account_tests(void)
{
  for (size_t n = 0; n < sizeof networks / sizeof *networks; n++) {
    qy_network *network;
    qy_graph *graph;
    int stages = 0, good = 0, wider = 0, shrunk = 0;
    if (qy_network_read(&network, "db", networks[n], arena, &err) || qy_graph_new(&graph, network, arena, &err)) {
      ok(0, "%s: %s", networks[n], err.diagnostic[0].text);
      continue;
    }
    for (int k = 0; k < 8; k++) { /* fusion none and block, both rules, two buffers; free once */
      const qy_schedule_options o = {.capacity = (k & 1 ? 65536 : 8192) * 8,
                                     .units = {8, k & 2 ? 4 : 8, 24},
                                     .rule = k & 2 ? QY_CAPACITY_DOUBLE_BUFFERED : QY_CAPACITY_STRICT,
                                     .fusion = k == 7  ? QY_FUSION_FREE
                                               : k & 4 ? QY_FUSION_BLOCK
                                                       : QY_FUSION_NONE,
                                     .orders = QY_ORDERS_BEST};
      qy_schedule *s;
      qy_least_capacity smallest;
      if (qy_schedule_find(&s, &smallest, graph, &o, arena, &err)) continue;
      for (size_t i = 0; i < s->stage_count; i++, stages++)
        good += accounts(s, i);
      const int64_t traffic = s->total.input + s->total.output;
      qy_schedule_widen(s);
      for (size_t i = 0; i < s->stage_count; i++) {
        wider += accounts(s, i);
        shrunk += s->stage[i].traffic.peak + s->stage[i].waiting > o.capacity;
      }
      int64_t after = 0;
      for (size_t i = 0; i < s->stage_count; i++)
        after += s->stage[i].traffic.input + s->stage[i].traffic.output;
      shrunk += after != traffic;
    }
    const qy_schedule_options large = {
        .capacity = INT64_C(1) << 40, .units = {8, 8, 24}, .fusion = QY_FUSION_NONE, .orders = QY_ORDERS_BEST};
    qy_schedule *s = NULL;
    qy_least_capacity smallest;
    int whole = qy_schedule_find(&s, &smallest, graph, &large, arena, &err) == QY_OK;
    int64_t peak = 0;
    for (size_t i = 0; s && i < s->stage_count; i++) {
      const qy_tiling all = qy_nest_whole(&s->stage[i].nest), *t = &s->stage[i].tiling;
      const bool flat = qy_nest_is_flat(&s->stage[i].nest), dense = s->stage[i].nest.kind == QY_NEST_DENSE;
      whole = whole && s->stage[i].is_nest && (flat ? t->m == all.m : t->h == all.h && t->w == all.w) &&
              t->n == all.n && (!dense || t->k == all.k);
      peak = s->stage[i].traffic.peak > peak ? s->stage[i].traffic.peak : peak;
    }
    ok(whole && s->total.peak == peak, "%s: one tile each where there is room", networks[n]);
    is_int(good, stages, networks[n]);
    is_int(wider, stages, "with wider tiles too");
    is_int(shrunk, 0, "wider tiles fit and move the same maps");
  }
}

/* ---- streams ---- */

/* Maps first come first; weights are one stream, and of the accesses that are too many one stream each way. */
static void stream_tests(void)
{
  enum { MAPS = QY_DRAM_STREAMS_MAX, KEPT = QY_DRAM_STREAMS_MAX - 3 };
  static qy_map map = {.h = 2, .w = 2, .c = 4};
  static const qy_map_layout layout[1] = {QY_MAP_PIXELS};
  const qy_graph graph = {.map_count = 1, .map = &map};
  qy_access access[MAPS + 2];
  qy_dram_stream stream[QY_DRAM_STREAMS_MAX];
  for (int maps = KEPT - 1; maps <= MAPS; maps++) {
    size_t n = 0;
    access[n++] = (qy_access){.map = QY_NO_INDEX, .bytes = 100};
    for (int k = 0; k < maps; k++)
      access[n++] = (qy_access){.write = k & 1, .bytes = 1 << k, .bits = 8, .rows = 2, .columns = 2, .channels = 4};
    access[n++] = (qy_access){.map = QY_NO_INDEX, .bytes = 7};
    const qy_stage_accesses all = {.count = n, .access = access};
    const size_t count = qy_schedule_streams(stream, &all, &graph, layout);
    double bytes[2] = {0, 0}, kept = 0;
    bool first = true, ways = true;
    for (size_t i = 0; i < count; i++) {
      bytes[stream[i].write] += stream[i].bytes;
      if (i < KEPT && (int)i < maps) {
        first = first && stream[i].bytes == 1 << i && stream[i].run_bytes == fmin(16, 1 << i);
        ways = ways && stream[i].write == (i & 1);
        kept += stream[i].bytes;
      }
    }
    double read = 107, written = 0, more[2] = {0, 0};
    for (int k = 0; k < maps; k++) {
      *(k & 1 ? &written : &read) += 1 << k;
      if (k >= KEPT) more[k & 1] += 1 << k;
    }
    const size_t expected = (size_t)(maps < KEPT ? maps : KEPT) + 1 + (more[0] > 0) + (more[1] > 0);
    is_int((int64_t)count, (int64_t)expected, "so many streams");
    ok(first && ways && bytes[0] == read && bytes[1] == written, "%d maps: those kept in order, all bytes each way",
       maps);
    ok(count == expected && stream[expected - 1 - (more[0] > 0) - (more[1] > 0)].bytes == 107 &&
           (more[0] == 0 || stream[expected - 1 - (more[1] > 0)].bytes == more[0]) &&
           (more[1] == 0 || (stream[expected - 1].bytes == more[1] && stream[expected - 1].write)),
       "weights, then the rest");
  }
  for (int k = 0; k < 3; k++) { /* weights of no bytes, of some bits, of a byte */
    access[0] = (qy_access){.map = QY_NO_INDEX, .bytes = k * 0.5};
    const qy_stage_accesses all = {.count = 1, .access = access};
    const size_t count = qy_schedule_streams(stream, &all, &graph, layout);
    ok(count == (k > 0) && (k == 0 || stream[0].bytes == k * 0.5), "%g bytes are %zu streams", k * 0.5, count);
  }
}

/* ---- times ---- */

/* Tiles through a reader, a computer and a writer; reads and writes of a step share the bus, after each other. */
static double stepped(int tiles, double compute, double first, double reads, double writes, double last)
{
  double now = first; /* the first tile is there */
  for (int t = 1; t <= tiles; t++) {
    const double moved = (t < tiles ? reads : 0) + (t > 1 ? writes : 0);
    now += fmax(compute, moved);
  }
  return now + last;
}

static void time_tests(void)
{
  int wrong = 0, serial = 0;
  uint32_t seed = 11;
  for (int i = 0; i < 2000; i++) {
    double x[5];
    for (int k = 0; k < 5; k++) {
      seed = seed * 1664525u + 1013904223u;
      x[k] = (double)(seed >> 16) / 65536;
    }
    const int tiles = 1 + (int)(x[0] * 30);
    const double read = 1000 * x[1], written = 1000 * x[2], byte_ns = 0.1, compute = 400 * x[3];
    const double first = tiles > 1 ? read * x[4] : read, last = tiles > 1 ? written / (tiles + 1) : written;
    qy_schedule_stage_dram stage = {.accesses = {.tiles = tiles, .first_bytes = first, .last_bytes = last},
                                    .busy = {.busy_ns = (read + written) * byte_ns},
                                    .read_bytes = read,
                                    .write_bytes = written};
    qy_schedule s = {.options = {.rule = QY_CAPACITY_DOUBLE_BUFFERED}};
    const qy_schedule_dram d = {.schedule = &s, .stage = &stage};
    const double gaps = tiles > 1 ? tiles - 1 : 1;
    const double expected = stepped(tiles, compute / tiles, first * byte_ns, (read - first) / gaps * byte_ns,
                                    (written - last) / gaps * byte_ns, last * byte_ns);
    const double got = qy_schedule_stage_ns(&d, 0, compute);
    wrong += !same(got, expected) || got + 1e-9 < fmax(compute, (read + written) * byte_ns);
    s.options.rule = QY_CAPACITY_STRICT;
    serial += !same(qy_schedule_stage_ns(&d, 0, compute), compute + (read + written) * byte_ns);
  }
  is_int(wrong, 0, "double buffered: the time of a pipeline of tiles, never below compute or transfer");
  is_int(serial, 0, "strict: one after the other");
}

/* ---- events ---- */

/* A stage that takes longer than its transfers: what the DRAM model says of that run time. */
static void event_tests(void)
{
  qy_network *network;
  qy_graph *graph;
  qy_dram_device *device;
  const qy_dram_controller *controller;
  qy_schedule *s;
  qy_schedule_dram *d = NULL, *again = NULL, *fresh = NULL;
  qy_dram_memo *memo = qy_dram_memo_new();
  size_t count;
  qy_least_capacity smallest;
  const qy_schedule_options o = {.capacity = 65536 * 8, .units = {8, 8, 24}, .orders = QY_ORDERS_BEST};
  qy_status status = qy_network_read(&network, "db", networks[0], arena, &err);
  if (!status) status = qy_graph_new(&graph, network, arena, &err);
  if (!status) status = qy_dram_device_read(&device, "db", "lpddr4_2400_8gb_x16", arena, &err);
  if (!status) status = qy_dram_controllers_read(&controller, &count, "db", arena, &err);
  if (!status) status = qy_schedule_find(&s, &smallest, graph, &o, arena, &err);
  const qy_dram_system system = {.device = device, .controller = controller, .channels = 2};
  if (!status) status = qy_schedule_dram_new(&d, s, &system, memo, arena, &err);
  if (!status) status = qy_schedule_dram_new(&again, s, &system, memo, arena, &err);
  if (!status) status = qy_schedule_dram_new(&fresh, s, &system, NULL, arena, &err);
  qy_dram_memo_free(memo);
  if (!ok(!status && d && again && fresh, "MobileNetV2 on two channels of LPDDR4")) return;
  int other = 0;
  for (size_t i = 0; i < s->stage_count; i++)
    for (int k = 0; k < QY_DRAM_EVENT_COUNT; k++)
      other += d->stage[i].busy.count[k] != again->stage[i].busy.count[k] ||
               d->stage[i].busy.count[k] != fresh->stage[i].busy.count[k];
  is_int(other, 0, "what is remembered is what would be found again");
  int bytes = 0;
  for (size_t i = 0; i < s->stage_count; i++) {
    const sums moved = sums_of(&d->stage[i].accesses);
    bytes += !same(d->stage[i].read_bytes, moved.weights + moved.read) || !same(d->stage[i].write_bytes, moved.written);
  }
  is_int(bytes, 0, "bytes each way");
  int wrong = 0, costly = 0;
  qy_dram_prices prices;
  qy_dram_prices_at(&prices, device, 0);
  for (size_t i = 0; i < s->stage_count && i < 6; i++) {
    qy_dram_stream stream[QY_DRAM_STREAMS_MAX];
    qy_dram_traffic traffic = {.stream = stream, .load = 1};
    qy_dram_events e;
    double counts[QY_DRAM_EVENT_COUNT];
    traffic.count = qy_schedule_streams(stream, &d->stage[i].accesses, graph, d->layout);
    qy_dram_events_of(&e, &system, &traffic);
    const double ns = 3 * e.busy_ns + 1e5;
    traffic.least_ns = ns;
    qy_dram_events_of(&e, &system, &traffic);
    qy_schedule_stage_events(counts, d, i, ns);
    for (int k = 0; k < QY_DRAM_EVENT_COUNT; k++)
      wrong += !(fabs(counts[k] - e.count[k]) <= 1e-9 * fabs(e.count[k]));
    /* The whole with the one map that it writes laid out the other way. */
    qy_map_layout *turned = malloc(graph->map_count * sizeof *turned);
    memcpy(turned, d->layout, graph->map_count * sizeof *turned);
    const size_t map = graph->op[s->stage[i].last].output;
    double pj[2] = {0, 0};
    for (int flipped = 0; flipped < 2; flipped++, turned[map] = turned[map] ? QY_MAP_PIXELS : QY_MAP_PLANES)
      for (size_t k = 0; k < s->stage_count; k++)
        for (size_t j = 0; j < d->stage[k].accesses.count; j++) {
          const qy_access *a = &d->stage[k].accesses.access[j];
          if (a->map != map) continue;
          stream[0] = qy_access_stream(a, &graph->map[map], turned[map]);
          const qy_dram_traffic alone = {.stream = stream, .count = 1, .load = 1};
          qy_dram_events_of(&e, &system, &alone);
          pj[flipped] += qy_dram_energy_pj(&e, &prices);
        }
    costly += pj[0] > 1.02 * pj[1]; /* found on samples */
    free(turned);
  }
  is_int(wrong, 0, "events of a longer run are those of the DRAM model at that run time");
  is_int(costly, 0, "no map takes less energy laid out the other way");
}

/* ---- layouts ---- */

/* Energy of an access in the layout, its runs walked burst by burst through banks that each hold one row open: bursts
 * that follow each other go round `turn` banks. */
static double walked_pj(const qy_dram_stream *s, const qy_dram_system *system, const qy_dram_prices *prices, int turn)
{
  enum { BANKS = 64 };
  const double burst = qy_dram_burst_bytes(system->device), row = qy_dram_row_bytes(system->device) * turn;
  double open[BANKS], activated = 0, bursts = 0;
  for (int b = 0; b < BANKS; b++)
    open[b] = -1;
  const double run = s->place == QY_DRAM_PITCH ? s->run_bytes : s->bytes;
  for (double done = 0, at = 0; done < s->bytes; done += run, at += s->pitch_bytes)
    for (double b = 0; b < run; b += burst, bursts++) {
      const double address = at + b, place = floor(address / burst);
      const int bank = (int)fmod(place, turn);
      const double in_row = floor(address / row);
      activated += open[bank] != in_row;
      open[bank] = in_row;
    }
  return bursts * prices->pj[s->write ? QY_DRAM_WRITE : QY_DRAM_READ] + activated * prices->pj[QY_DRAM_ACTIVATE];
}

/* Of one access to one map the layout that takes less, wherever they differ by more than half. */
static void layout_tests(void)
{
  qy_dram_device *device;
  const qy_dram_controller *controller;
  size_t count;
  if (!ok(!qy_dram_device_read(&device, "db", "ddr4_2400_4gb_x8", arena, &err) &&
              !qy_dram_controllers_read(&controller, &count, "db", arena, &err),
          "a device"))
    return;
  const struct {
    qy_dram_mapping mapping;
    int turn;
  } of[] = {{QY_DRAM_MAP_COLUMN, 1}, {QY_DRAM_MAP_GROUP, device->bank_groups}, {QY_DRAM_MAP_BANK, device->banks}};
  const qy_dram_prices prices = {.pj = {[QY_DRAM_ACTIVATE] = 1000, [QY_DRAM_READ] = 300, [QY_DRAM_WRITE] = 350}};
  uint64_t seed = 8;
  for (size_t m = 0; m < sizeof of / sizeof *of; m++) {
    const qy_dram_system system = {.device = device, .controller = controller, .channels = 1, .mapping = of[m].mapping};
    int wrong = 0, told = 0;
    for (int i = 0; i < 3000; i++) {
      qy_map map = {.h = 1 + (int64_t)random_below(&seed, 60),
                    .w = 1 + (int64_t)random_below(&seed, 60),
                    .c = 1 + (int64_t)random_below(&seed, 300)};
      qy_access a = {.bits = 8,
                     .write = i % 2,
                     .rows = 1 + (int64_t)random_below(&seed, (size_t)map.h),
                     .columns = 1 + (int64_t)random_below(&seed, (size_t)map.w),
                     .channels = 1 + (int64_t)random_below(&seed, (size_t)map.c)};
      a.bytes = (double)(a.rows * a.columns * a.channels);
      if (a.bytes < 4096) continue; /* so few that where the first row begins counts */
      const qy_graph graph = {.map_count = 1, .map = &map};
      const qy_schedule schedule = {.graph = &graph, .stage_count = 1};
      const qy_stage_accesses accesses = {.count = 1, .access = &a};
      qy_map_layout layout = QY_MAP_LAYOUT_COUNT;
      qy_schedule_layouts(&layout, &schedule, &accesses, &system, &prices);
      double pj[2];
      for (int l = 0; l < 2; l++) {
        const qy_dram_stream s = qy_access_stream(&a, &map, (qy_map_layout)l);
        pj[l] = walked_pj(&s, &system, &prices, of[m].turn);
      }
      const double apart = pj[QY_MAP_PLANES] / pj[QY_MAP_PIXELS];
      if (apart < 1.5 && apart > 0.67) continue;
      told++;
      wrong += layout != (apart < 1 ? QY_MAP_PLANES : QY_MAP_PIXELS);
    }
    ok(told > 500 && wrong == 0, "layouts of %d maps take less energy, bursts round %d banks; of %d they do not", told,
       of[m].turn, wrong);
  }
}

int main(void)
{
  arena = qy_arena_new();
  run_tests();
  account_tests();
  stream_tests();
  time_tests();
  event_tests();
  layout_tests();
  qy_arena_free(arena);
  return done();
}
