/* Events of traffic and prices of events: see dram.h. */
#include "dram_int.h"

#include "quarry/draws.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct {
  const char *name, *unit;
} events_table[QY_DRAM_EVENT_COUNT] = {
    [QY_DRAM_ACTIVATE] = {"activate", "pJ"}, [QY_DRAM_READ] = {"read", "pJ"}, [QY_DRAM_WRITE] = {"write", "pJ"},
    [QY_DRAM_REFRESH] = {"refresh", "pJ"},   [QY_DRAM_OPEN] = {"open", "mW"}, [QY_DRAM_CLOSED] = {"closed", "mW"}};

const char *qy_dram_event_name(qy_dram_event event)
{
  return (size_t)event < QY_DRAM_EVENT_COUNT ? events_table[event].name : "unknown";
}

const char *qy_dram_event_unit(qy_dram_event event)
{
  return (size_t)event < QY_DRAM_EVENT_COUNT ? events_table[event].unit : "unknown";
}

/* ---- prices ---- */

void qy_dram_prices_of(qy_dram_prices *prices, const qy_dram_device *device, const double value[QY_DRAM_CONSTANT_COUNT])
{
  assert(prices && device && value);
  const double idle = value[QY_DRAM_IDD3N], tck = value[QY_DRAM_TCK], half = device->burst_length / 2.0;
  const double watts = value[QY_DRAM_VDD] * device->chips; /* mW of 1 mA */
  double *pj = prices->pj;
  const double cycle = value[QY_DRAM_IDD0] * (value[QY_DRAM_TRAS] + value[QY_DRAM_TRP]);
  pj[QY_DRAM_ACTIVATE] = watts * tck * (cycle - idle * value[QY_DRAM_TRAS] - value[QY_DRAM_IDD2N] * value[QY_DRAM_TRP]);
  pj[QY_DRAM_READ] = watts * tck * half * (value[QY_DRAM_IDD4R] - idle);
  pj[QY_DRAM_WRITE] = watts * tck * half * (value[QY_DRAM_IDD4W] - idle);
  pj[QY_DRAM_REFRESH] = watts * tck * value[QY_DRAM_TRFC] * (value[QY_DRAM_IDD5] - idle);
  pj[QY_DRAM_OPEN] = watts * idle;
  pj[QY_DRAM_CLOSED] = watts * value[QY_DRAM_IDD2N];
}

void qy_dram_prices_at(qy_dram_prices *prices, const qy_dram_device *device, double z)
{
  assert(prices && device);
  double value[QY_DRAM_CONSTANT_COUNT];
  for (int i = 0; i < QY_DRAM_CONSTANT_COUNT; i++) {
    const bool current = i >= QY_DRAM_IDD0 && i <= QY_DRAM_IDD5;
    value[i] = current ? qy_constant_at(&device->constant[i], z) : device->constant[i].value;
  }
  qy_dram_prices_of(prices, device, value);
}

double qy_dram_energy_pj(const qy_dram_events *events, const qy_dram_prices *prices)
{
  assert(events && prices);
  double sum = 0;
  for (int i = 0; i < QY_DRAM_EVENT_COUNT; i++)
    sum += events->count[i] * prices->pj[i];
  return sum;
}

/* ---- geometry ---- */

double qy_dram_burst_bytes(const qy_dram_device *device)
{
  assert(device);
  return device->bus_bits / 8.0 * device->burst_length;
}

double qy_dram_row_bytes(const qy_dram_device *device)
{
  assert(device);
  return device->bus_bits / 8.0 * device->columns;
}

/* Two transfers a cycle; bytes per ns are GB/s. */
double qy_dram_peak_gb_per_s(const qy_dram_system *system)
{
  assert(system);
  return system->channels * system->device->bus_bits / 8.0 * 2 / system->device->constant[QY_DRAM_TCK].value;
}

/* ---- events ---- */

static void check(const qy_dram_system *system, const qy_dram_traffic *traffic)
{
  (void)system; /* without assertions */
  assert(system && system->device && system->controller && traffic && traffic->count <= QY_DRAM_STREAMS_MAX);
  assert(system->channels >= 1 && system->channels <= QY_DRAM_CHANNELS_MAX && system->row_limit >= 0);
  assert(traffic->load > 0 && traffic->load <= 1 && traffic->least_ns >= 0);
  for (size_t i = 0; i < traffic->count; i++) {
    const qy_dram_stream *s = &traffic->stream[i];
    assert(s->bytes >= 0 && isfinite(s->bytes) && s->run_bytes >= 0);
    assert(s->run_bytes > 0 || s->place == QY_DRAM_STREAM);
    assert(s->place != QY_DRAM_PITCH || s->pitch_bytes >= s->run_bytes);
    (void)s;
  }
}

/* Bursts of a stream: whole ones for each run. */
static double bursts_of(const qy_dram_system *system, const qy_dram_stream *s)
{
  const double burst = qy_dram_burst_bytes(system->device);
  if (s->place == QY_DRAM_STREAM || s->run_bytes <= 0) return ceil(s->bytes / burst);
  return s->bytes / s->run_bytes * ceil(s->run_bytes / burst);
}

static double refresh_interval(const qy_dram_system *system)
{
  return system->device->constant[system->simulated ? QY_DRAM_TREFI_SIMULATED : QY_DRAM_TREFI].value;
}

/* Share of a busy time that refreshes take: from the first precharge for one until the first burst behind it. */
static double refresh_share(const qy_dram_system *system)
{
  const qy_constant *c = system->device->constant;
  return (c[QY_DRAM_TRFC].value + c[QY_DRAM_TRP].value + c[QY_DRAM_TRCD].value + c[QY_DRAM_TRTP].value) /
         refresh_interval(system);
}

/* Cycles that `bursts` of one channel take.  Paced requests leave room for refreshes unless they wait. */
static double busy_cycles(const qy_dram_system *system, const qy_dram_traffic *traffic, const dram_rates *rates,
                          double bursts)
{
  const double half = system->device->burst_length / 2.0, paced = half / traffic->load, slack = 1.01;
  if (traffic->load < 1 && rates->cycles < paced * slack) return bursts * fmax(rates->cycles, paced);
  return bursts * rates->cycles / (1 - refresh_share(system));
}

/* Time with a row open.  A refresh closes all rows; where they are left open they are while nothing is moved. */
static double open_ns(const qy_dram_system *system, const qy_dram_events *e, const dram_rates *rates)
{
  const double refresh = system->device->constant[QY_DRAM_TRFC].value / refresh_interval(system);
  const double idle = e->time_ns - e->busy_ns, left_open = system->controller->closes_idle_rows ? 0 : 1;
  const double open = (1 - refresh) * (rates->open * e->busy_ns + left_open * idle);
  return open + (system->controller->refresh_counts_open ? refresh * e->time_ns : 0);
}

static void count_events(qy_dram_events *e, const qy_dram_system *system, const qy_dram_traffic *traffic,
                         const dram_rates *rates)
{
  const double tck = system->device->constant[QY_DRAM_TCK].value;
  const double channels = system->channels, bursts = e->count[QY_DRAM_READ] + e->count[QY_DRAM_WRITE];
  e->busy_cycles = bursts > 0 ? busy_cycles(system, traffic, rates, bursts / channels) : 0;
  e->busy_ns = e->busy_cycles * tck;
  e->time_ns = fmax(e->busy_ns, traffic->least_ns);
  const double open = open_ns(system, e, rates);
  e->count[QY_DRAM_OPEN] = channels * open;
  e->count[QY_DRAM_CLOSED] = channels * (e->time_ns - open);
  e->count[QY_DRAM_REFRESH] = channels * e->time_ns / (refresh_interval(system) * tck);
  if (bursts <= 0) return;
  /* A row whose visit a refresh cuts in two is opened again. */
  const double busy_refreshes = channels * e->busy_cycles / refresh_interval(system);
  const double again =
      system->controller->closes_idle_rows ? 0 : busy_refreshes * rates->rows * (1 - rates->activations);
  e->count[QY_DRAM_ACTIVATE] = fmin(bursts, bursts * rates->activations + again);
  e->row_hit_rate = 1 - e->count[QY_DRAM_ACTIVATE] / bursts;
}

void qy_dram_events_of(qy_dram_events *events, const qy_dram_system *system, const qy_dram_traffic *traffic)
{
  assert(events);
  check(system, traffic);
  *events = (qy_dram_events){0};
  for (size_t i = 0; i < traffic->count; i++) {
    const double bursts = bursts_of(system, &traffic->stream[i]);
    events->count[traffic->stream[i].write ? QY_DRAM_WRITE : QY_DRAM_READ] += bursts;
    events->bytes += bursts * qy_dram_burst_bytes(system->device);
  }
  dram_rates rates = {.open = 0};
  if (events->bytes > 0) dram_play(&rates, system, traffic);
  count_events(events, system, traffic, &rates);
}

void qy_dram_events_add(qy_dram_events *sum, const qy_dram_events *more)
{
  assert(sum && more);
  for (int i = 0; i < QY_DRAM_EVENT_COUNT; i++)
    sum->count[i] += more->count[i];
  sum->bytes += more->bytes;
  sum->busy_ns += more->busy_ns;
  sum->time_ns += more->time_ns;
  sum->busy_cycles += more->busy_cycles;
  const double bursts = sum->count[QY_DRAM_READ] + sum->count[QY_DRAM_WRITE];
  sum->row_hit_rate = bursts > 0 ? 1 - sum->count[QY_DRAM_ACTIVATE] / bursts : 0;
}
