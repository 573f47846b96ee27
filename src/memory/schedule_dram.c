/* A schedule on a DRAM: events and times of its stages; see schedule_dram.h. */
#include "quarry/schedule_dram.h"

#include <assert.h>
#include <math.h>

static double sum_bytes(const qy_stage_accesses *a, bool write)
{
  double bytes = 0;
  for (size_t i = 0; i < a->count; i++)
    if (a->access[i].write == write) bytes += a->access[i].bytes;
  return bytes;
}

/* Events of a stage with nothing to wait for. */
static void count_events(qy_schedule_stage_dram *s, const qy_schedule_dram *dram, qy_dram_memo *memo)
{
  qy_dram_stream stream[QY_DRAM_STREAMS_MAX];
  qy_dram_traffic traffic = {.stream = stream, .load = 1};
  traffic.count = qy_schedule_streams(stream, &s->accesses, dram->schedule->graph, dram->layout);
  qy_dram_memo_events(&s->busy, memo, dram->system, &traffic);
}

/* Time without transfers adds the same to each event for each ns, whatever was moved. */
static void count_idle(qy_schedule_dram *dram)
{
  static const double long_ns = 1e9;
  const qy_dram_traffic nothing = {.load = 1, .least_ns = long_ns};
  qy_dram_events idle;
  qy_dram_events_of(&idle, dram->system, &nothing);
  for (int e = 0; e < QY_DRAM_EVENT_COUNT; e++)
    dram->idle[e] = idle.count[e] / long_ns;
}

qy_status qy_schedule_dram_new(qy_schedule_dram **out, const qy_schedule *schedule, const qy_dram_system *system,
                               qy_dram_memo *memo, qy_arena *arena, qy_error *err)
{
  assert(out && schedule && system);
  qy_dram_prices prices;
  qy_status status = QY_OK;
  qy_schedule_dram *d = qy_arena_alloc(arena, 1, sizeof *d);
  qy_stage_accesses *accesses = qy_arena_alloc(arena, schedule->stage_count, sizeof *accesses);
  *out = NULL;
  if (!d || !accesses) return qy_no_memory(err);
  *d = (qy_schedule_dram){.schedule = schedule, .system = system};
  d->stage = qy_arena_alloc(arena, schedule->stage_count, sizeof *d->stage);
  d->layout = qy_arena_alloc(arena, schedule->graph->map_count, sizeof *d->layout);
  if (!d->stage || !d->layout) return qy_no_memory(err);
  for (size_t i = 0; !status && i < schedule->stage_count; i++)
    status = qy_schedule_accesses(&accesses[i], schedule, i, arena, err);
  if (status) return status;
  qy_dram_prices_at(&prices, system->device, 0);
  qy_schedule_layouts(d->layout, schedule, accesses, system, &prices);
  count_idle(d);
  for (size_t i = 0; i < schedule->stage_count; i++) {
    qy_schedule_stage_dram *s = &d->stage[i];
    s->accesses = accesses[i];
    s->read_bytes = sum_bytes(&accesses[i], false);
    s->write_bytes = sum_bytes(&accesses[i], true);
    count_events(s, d, memo);
  }
  *out = d;
  return QY_OK;
}

double qy_schedule_stage_ns(const qy_schedule_dram *dram, size_t stage, double compute_ns)
{
  const qy_schedule_stage_dram *s = &dram->stage[stage];
  const double tiles = s->accesses.tiles, bytes = s->read_bytes + s->write_bytes;
  if (dram->schedule->options.rule == QY_CAPACITY_STRICT || tiles < 2 || !(bytes > 0))
    return s->busy.busy_ns + compute_ns;
  const double byte_ns = s->busy.busy_ns / bytes;
  const double first = fmin(s->accesses.first_bytes, s->read_bytes) * byte_ns;
  const double last = fmin(s->accesses.last_bytes, s->write_bytes) * byte_ns;
  const double compute = compute_ns / tiles, reads = (s->read_bytes * byte_ns - first) / (tiles - 1);
  const double writes = (s->write_bytes * byte_ns - last) / (tiles - 1);
  return first + fmax(compute, reads) + (tiles - 2) * fmax(compute, reads + writes) + fmax(compute, writes) + last;
}

void qy_schedule_stage_events(double count[QY_DRAM_EVENT_COUNT], const qy_schedule_dram *dram, size_t stage,
                              double time_ns)
{
  const qy_schedule_stage_dram *s = &dram->stage[stage];
  const double more_ns = fmax(0, time_ns - s->busy.time_ns);
  for (int e = 0; e < QY_DRAM_EVENT_COUNT; e++)
    count[e] = s->busy.count[e] + dram->idle[e] * more_ns;
}
