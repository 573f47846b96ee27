/* DRAM devices in tables: see dram_report.h. */
#include "dram_report.h"

#include "quarry/dram.h"

#include <stdio.h>

const char *const dram_columns[DRAM_COLUMNS] = {"device",      "title",           "peak_gb_per_s", "burst_bytes",
                                                "activate_nj", "read_pj_per_bit", "license"};

/* 95 % quantile of a normal: what low and high of a constant are. */
#define Z_95 1.6448536269514722

static double bits_of_burst(const qy_dram_device *d)
{
  return 8 * qy_dram_burst_bytes(d);
}

qy_status dram_row(table *t, const char *name, const char *db_dir, qy_arena *arena, qy_error *err)
{
  qy_dram_device *d;
  qy_dram_prices p;
  qy_status status = qy_dram_device_read(&d, db_dir, name, arena, err);
  if (status) return status;
  qy_dram_prices_at(&p, d, 0);
  const qy_dram_system system = {.device = d, .channels = 1};
  table_row(t, TEXT(name), TEXT(d->title), NUMBER(qy_dram_peak_gb_per_s(&system)), NUMBER(qy_dram_burst_bytes(d)),
            NUMBER(p.pj[QY_DRAM_ACTIVATE] / 1000), NUMBER(p.pj[QY_DRAM_READ] / bits_of_burst(d)), TEXT(d->license));
  return QY_OK;
}

typedef struct interval {
  double low, value, high;
} interval;

static void print_row(table *t, const char *name, const char *unit, interval v, const char *status, const char *source)
{
  table_row(t, TEXT(name), TEXT(unit), NUMBER(v.value), NUMBER(v.low), NUMBER(v.high), TEXT(status), TEXT(source));
}

/* Prices with the currents low, as they are, and high. */
static void prices_of(qy_dram_prices p[3], const qy_dram_device *d)
{
  for (int i = 0; i < 3; i++)
    qy_dram_prices_at(&p[i], d, (i - 1) * Z_95);
}

static void print_prices(table *t, const qy_dram_device *d)
{
  qy_dram_prices p[3];
  prices_of(p, d);
  for (int event = 0; event < QY_DRAM_EVENT_COUNT; event++) {
    const interval v = {p[0].pj[event], p[1].pj[event], p[2].pj[event]};
    print_row(t, qy_dram_event_name((qy_dram_event)event), qy_dram_event_unit((qy_dram_event)event), v, "derived",
              "of a rank, from the currents below");
  }
}

/* Energy a bit and bandwidth of traffic that saturates the memory. */
static void print_traffic(table *t, const qy_dram_system *system, const char *name, const qy_dram_stream *stream,
                          qy_arena *arena)
{
  qy_dram_prices p[3];
  qy_dram_events e;
  const qy_dram_traffic traffic = {.stream = stream, .count = 1, .load = 1};
  prices_of(p, system->device);
  qy_dram_events_of(&e, system, &traffic);
  const double bits = 8 * e.bytes, speed = e.bytes / e.busy_ns;
  const interval energy = {qy_dram_energy_pj(&e, &p[0]) / bits, qy_dram_energy_pj(&e, &p[1]) / bits,
                           qy_dram_energy_pj(&e, &p[2]) / bits};
  const char *energy_name = qy_arena_format(arena, "%s_energy", name);
  const char *speed_name = qy_arena_format(arena, "%s_bandwidth", name);
  const char *source = qy_arena_format(arena, "controller %s, row hits %.3g", system->controller->name, e.row_hit_rate);
  print_row(t, energy_name ? energy_name : name, "pJ/bit", energy, "derived", source);
  print_row(t, speed_name ? speed_name : name, "GB/s", (interval){speed, speed, speed}, "derived", source);
}

static void print_constants(table *t, const qy_dram_device *d)
{
  for (int i = 0; i < QY_DRAM_CONSTANT_COUNT; i++) {
    const qy_constant *c = &d->constant[i];
    if (d->line[i])
      print_row(t, qy_dram_constant_key((qy_dram_constant)i), "-", (interval){c->low, c->value, c->high},
                qy_origin_name(c->status), c->source);
  }
}

int describe_dram_device(const char *name, const char *db_dir, int format, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"what", "unit", "value", "low", "high", "status", "source"};
  const qy_dram_controller *list = NULL;
  size_t count = 0;
  qy_dram_device *d = NULL;
  qy_status status = qy_dram_device_read(&d, db_dir, name, arena, err);
  if (!status) status = qy_dram_controllers_read(&list, &count, db_dir, arena, err);
  if (status) return report(status, err);
  table *t = table_new(format, sizeof names / sizeof *names, names);
  print_prices(t, d);
  if (count) {
    const qy_dram_system system = {.device = d, .controller = &list[0], .channels = 1};
    const double burst = qy_dram_burst_bytes(d), bytes = burst * QY_DRAM_PLAYED, peak = qy_dram_peak_gb_per_s(&system);
    const qy_dram_stream read = {.bytes = bytes}, write = {.bytes = bytes, .write = true};
    const qy_dram_stream random = {.bytes = bytes, .place = QY_DRAM_RANDOM, .run_bytes = burst};
    print_row(t, "peak_bandwidth", "GB/s", (interval){peak, peak, peak}, "derived", "two transfers a cycle of tCK");
    print_traffic(t, &system, "stream_read", &read, arena);
    print_traffic(t, &system, "stream_write", &write, arena);
    print_traffic(t, &system, "random_read", &random, arena);
  }
  print_constants(t, d);
  if (format == FORMAT_TABLE) printf("%s: %s\n\n", d->name, d->title);
  table_print(t);
  return EXIT_DONE;
}
