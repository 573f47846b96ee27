/* DRAM devices, prices and events: energies against what simulators billed for the same counts, limits that follow from
 * the data sheet alone, broken files against their messages.
 */
#include "quarry/dram.h"

#include "quarry/csv.h"
#include "quarry/file.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

static qy_arena *arena;
static const qy_dram_controller *controllers;
static size_t controller_count;

static qy_dram_device *device(const char *name)
{
  qy_error err = {0};
  qy_dram_device *d = NULL;
  if (qy_dram_device_read(&d, "db", name, arena, &err) != QY_OK) printf("# %s\n", err.diagnostic[0].text);
  return d;
}

static qy_dram_system system_of(const char *name, const char *controller)
{
  return (qy_dram_system){.device = device(name),
                          .controller = qy_dram_controller_find(controllers, controller_count, controller),
                          .channels = 1};
}

static qy_dram_events events_of(const qy_dram_system *system, const qy_dram_stream *stream, size_t count, double load,
                                double least_ns)
{
  qy_dram_events e;
  qy_dram_events_of(&e, system, &(qy_dram_traffic){stream, count, load, least_ns});
  return e;
}

/* The energy equation fed with a simulator's own counts, open share and time gives its energies. */
static void test_identity(void)
{
  static const char *const columns[] = {"simulator",    "device",          "read_cmds",   "write_cmds", "act_cmds",
                                        "ref_cmds",     "time_us",         "E_actpre_nJ", "E_read_nJ",  "E_write_nJ",
                                        "E_refresh_nJ", "E_background_nJ", "active_frac", "E_total_nJ"};
  enum {
    SIMULATOR,
    DEVICE,
    READS,
    WRITES,
    ACTS,
    REFS,
    TIME,
    E_ACT,
    E_READ,
    E_WRITE,
    E_REF,
    E_BACK,
    OPEN,
    TOTAL,
    COLUMNS
  };
  qy_csv csv;
  qy_error err = {0};
  int at[COLUMNS], rows = 0;
  double worst = 0, worst_event = 0;
  bool more = true;
  qy_status status = qy_csv_open(&csv, "tests/data/dram_sim.csv", arena, &err);
  if (!status) status = qy_csv_columns(&csv, columns, COLUMNS, at, &err);
  while (!status && !(status = qy_csv_next(&csv, &more, &err)) && more) {
    if (strcmp(csv.field[at[SIMULATOR]], "DRAMsim3") != 0) continue; /* the other does not print the share */
    double v[COLUMNS] = {0};
    for (int i = READS; i < COLUMNS; i++)
      v[i] = atof(csv.field[at[i]]);
    qy_dram_prices p;
    qy_dram_prices_at(&p, device(csv.field[at[DEVICE]]), 0);
    const double ns = v[TIME] * 1000;
    const qy_dram_events e = {.count = {v[ACTS], v[READS], v[WRITES], v[REFS], v[OPEN] * ns, (1 - v[OPEN]) * ns}};
    worst = fmax(worst, fabs(qy_dram_energy_pj(&e, &p) / 1000 / v[TOTAL] - 1));
    const double each[] = {v[E_ACT], v[E_READ], v[E_WRITE], v[E_REF]};
    for (int i = 0; i < 4; i++)
      if (e.count[i] > 0) worst_event = fmax(worst_event, fabs(e.count[i] * p.pj[i] / 1000 / each[i] - 1));
    rows++;
  }
  ok(!status && rows > 300, "rows with all counts: %d", rows);
  ok(worst < 1e-4, "energy of the simulator's own counts: %.2g relative at most", worst);
  ok(worst_event < 1e-6, "and of each event: %.2g", worst_event);
}

/* nJ from the currents, as DRAMSim2's documentation of its parts and its runs give them. */
static void test_published_prices(void)
{
  static const struct {
    const char *name;
    double activate, read, write;
  } rows[] = {{"ddr3_1333_2gb_x8", 28.08, 11.88, 15.12},
              {"ddr3_1600_1gb_x4", 31.77, 21.96, 21.96},
              {"ddr3_1333_2gb_x16", 14.42, 4.97, 5.69},
              {"ddr3_1333_1gb_x16", 14.85, 8.28, 10.62},
              {"ddr2_667_1gb_x8", 25.92, 6.91, 6.91}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_dram_prices p;
    qy_dram_prices_at(&p, device(rows[i].name), 0);
    ok(fabs(p.pj[QY_DRAM_ACTIVATE] / 1000 - rows[i].activate) < 0.006 &&
           fabs(p.pj[QY_DRAM_READ] / 1000 - rows[i].read) < 0.006 &&
           fabs(p.pj[QY_DRAM_WRITE] / 1000 - rows[i].write) < 0.006,
       "%s: %.3f, %.3f, %.3f nJ", rows[i].name, p.pj[QY_DRAM_ACTIVATE] / 1000, p.pj[QY_DRAM_READ] / 1000,
       p.pj[QY_DRAM_WRITE] / 1000);
  }
}

/* Prices are linear in the currents and follow one z. */
static void test_draws(void)
{
  const qy_dram_device *d = device("ddr4_2400_4gb_x8");
  double value[QY_DRAM_CONSTANT_COUNT], twice[QY_DRAM_CONSTANT_COUNT];
  for (int i = 0; i < QY_DRAM_CONSTANT_COUNT; i++) {
    value[i] = d->constant[i].value;
    twice[i] = value[i] * (i >= QY_DRAM_IDD0 && i <= QY_DRAM_IDD5 ? 2 : 1);
  }
  qy_dram_prices one, two, low, mid, high;
  qy_dram_prices_of(&one, d, value);
  qy_dram_prices_of(&two, d, twice);
  qy_dram_prices_at(&low, d, -1.6448536269514722);
  qy_dram_prices_at(&mid, d, 0);
  qy_dram_prices_at(&high, d, 1.6448536269514722);
  bool linear = true, ordered = true;
  for (int i = 0; i < QY_DRAM_EVENT_COUNT; i++) {
    linear = linear && fabs(two.pj[i] - 2 * one.pj[i]) < 1e-9 * one.pj[i] && mid.pj[i] == one.pj[i];
    ordered = ordered && low.pj[i] < mid.pj[i] && mid.pj[i] < high.pj[i];
  }
  ok(linear, "twice the currents, twice each price");
  ok(ordered, "prices grow with z");
  near_rel(low.pj[QY_DRAM_READ] / mid.pj[QY_DRAM_READ], 0.5, 1e-6, "5 % are below the low currents");
}

/* Times and counts that the data sheet gives without any model of a controller. */
static void test_limits(void)
{
  const qy_dram_system s = system_of("ddr3_1600_4gb_x8", "dramsim3");
  const double refresh = (208 + 11 + 11 + 6) / 6240.0, bytes = 64e6;
  qy_dram_events e = events_of(&s, &(qy_dram_stream){.bytes = bytes}, 1, 1, 0);
  near_rel(e.busy_cycles, bytes / 64 * 4 / (1 - refresh), 1e-3, "a stream: the bus is busy but for refreshes");
  near_abs(e.row_hit_rate, 1 - 1.0 / 128, 1e-3, "... and opens each row once");
  near_rel(e.count[QY_DRAM_REFRESH], e.busy_cycles / 6240, 1e-12, "... with a refresh each tREFI");
  near_rel(qy_dram_peak_gb_per_s(&s), 12.8, 1e-12, "peak of 64 bits at 1600 MT/s");
  const qy_dram_stream bank = {.bytes = bytes, .place = QY_DRAM_PITCH, .run_bytes = 64, .pitch_bytes = 65536};
  e = events_of(&s, &bank, 1, 1, 0);
  near_rel(e.busy_cycles, bytes / 64 * (28 + 11) / (1 - refresh), 0.02, "one bank, one burst a row: tRC each");
  near_abs(e.row_hit_rate, 0, 1e-9, "... and no hits");
  near_rel(e.count[QY_DRAM_OPEN] / e.time_ns, (1 - 11 / 39.0) * (1 - 208 / 6240.0), 0.03, "... closed for tRP each");
  const qy_dram_stream any = {.bytes = bytes, .place = QY_DRAM_RANDOM, .run_bytes = 64};
  e = events_of(&s, &any, 1, 1, 0);
  ok(e.busy_cycles > bytes / 64 * 24 / 4 / (1 - refresh) * 0.999, "random places: four activations in tFAW at most");
  near_abs(e.row_hit_rate, 0, 0.01, "... and hardly a hit");
  e = events_of(&s, &(qy_dram_stream){.bytes = bytes}, 1, 0.25, 0);
  near_rel(e.busy_cycles, bytes / 64 * 16, 1e-3, "a quarter of the peak takes four times as long");
}

/* Waiting for something else costs background and refreshes only. */
static void test_waiting(void)
{
  const qy_dram_system s = system_of("ddr4_2400_4gb_x8", "dramsim3");
  const qy_dram_stream stream = {.bytes = 1e6, .write = true};
  qy_dram_prices p;
  qy_dram_prices_at(&p, s.device, 0);
  const qy_dram_events a = events_of(&s, &stream, 1, 1, 0), b = events_of(&s, &stream, 1, 1, a.busy_ns + 1e6);
  near_rel(b.time_ns, a.busy_ns + 1e6, 1e-12, "a longer run time is kept");
  near_rel(b.count[QY_DRAM_WRITE], a.count[QY_DRAM_WRITE], 1e-12, "... with the same bursts");
  const double share = 312 / 9360.0;
  const double more =
      1e6 * ((1 - share) * p.pj[QY_DRAM_OPEN] + share * p.pj[QY_DRAM_CLOSED] + p.pj[QY_DRAM_REFRESH] / (9360 * 0.83));
  near_rel(qy_dram_energy_pj(&b, &p) - qy_dram_energy_pj(&a, &p), more, 1e-6, "... and background for the rest");
  const qy_dram_events none = events_of(&s, &stream, 0, 1, 500);
  ok(none.busy_ns == 0 && none.time_ns == 500 && none.bytes == 0, "no traffic takes no time");
}

/* Where idle rows are closed waiting adds none with a row open; where they stay open all but refreshes. */
static void test_idle_rows(void)
{
  const qy_dram_stream stream = {.bytes = 1e6, .place = QY_DRAM_PITCH, .run_bytes = 256, .pitch_bytes = 65536};
  int closing = 0;
  for (size_t i = 0; i < controller_count; i++) {
    const qy_dram_system s = {device("ddr3_1600_4gb_x8"), &controllers[i], .channels = 1};
    const qy_dram_events busy = events_of(&s, &stream, 1, 1, 0), waits = events_of(&s, &stream, 1, 1, 5 * busy.busy_ns);
    const double more = waits.time_ns - busy.time_ns, refresh = 208 / 6240.0;
    const double open = (controllers[i].closes_idle_rows ? 0 : (1 - refresh) * more) +
                        (controllers[i].refresh_counts_open ? refresh * more : 0);
    near_abs(waits.count[QY_DRAM_OPEN] - busy.count[QY_DRAM_OPEN], open, 1e-6 * more, controllers[i].name);
    near_abs(waits.count[QY_DRAM_OPEN] + waits.count[QY_DRAM_CLOSED], waits.time_ns, 1e-6 * more,
             "rows are open or closed");
    closing += controllers[i].closes_idle_rows;
  }
  ok(closing > 0 && closing < (int)controller_count, "%d of %zu controllers close idle rows", closing,
     controller_count);
}

/* Does the text have a line of this key with the value, quoted or not? */
static bool has_line(const char *text, const char *key, const char *value)
{
  char line[2][300];
  if (!value) return false;
  snprintf(line[0], sizeof line[0], "%s: %s\n", key, value);
  snprintf(line[1], sizeof line[1], "%s: \"%s\"\n", key, value);
  return strstr(text, line[0]) || strstr(text, line[1]);
}

/* What a file says of itself. */
static void test_heads(void)
{
  const char *const *names;
  size_t count = 0;
  int wrong = qy_dram_device_names(&names, &count, "db", arena, NULL) != QY_OK;
  for (size_t i = 0; i < count; i++) {
    const qy_dram_device *d = device(names[i]);
    wrong += !d || !has_line(d->text, "name", d->name) || !has_line(d->text, "title", d->title) ||
             !has_line(d->text, "license", d->license) || strcmp(d->name, names[i]) != 0;
  }
  ok(wrong == 0 && count > 10, "names, titles and licences of %zu devices are those of their files", count);
}

static void test_scaling(void)
{
  qy_dram_system s = system_of("lpddr3_1600_8gb_x32", "dramsim3");
  qy_dram_stream stream[] = {
      {.bytes = 3e6, .place = QY_DRAM_PITCH, .run_bytes = 256, .pitch_bytes = 14336},
      {.bytes = 1e6, .write = true, .place = QY_DRAM_PITCH, .run_bytes = 256, .pitch_bytes = 14336}};
  const qy_dram_events one = events_of(&s, stream, 2, 1, 0);
  stream[0].bytes *= 7;
  stream[1].bytes *= 7;
  const qy_dram_events seven = events_of(&s, stream, 2, 1, 0);
  near_rel(seven.busy_ns, 7 * one.busy_ns, 1e-9, "time is proportional to the bytes");
  near_rel(seven.count[QY_DRAM_ACTIVATE], 7 * one.count[QY_DRAM_ACTIVATE], 1e-9, "and so are activations");
  s.channels = 4;
  const qy_dram_events four = events_of(&s, stream, 2, 1, 0);
  near_rel(four.busy_ns, seven.busy_ns / 4, 1e-9, "four channels take a quarter of the time");
  near_rel(four.count[QY_DRAM_READ], seven.count[QY_DRAM_READ], 1e-12, "... for the same bursts");
  near_rel(four.count[QY_DRAM_OPEN], seven.count[QY_DRAM_OPEN], 1e-9, "... with four backgrounds");
  qy_dram_events sum = one;
  qy_dram_events_add(&sum, &one);
  near_rel(sum.count[QY_DRAM_READ] + sum.time_ns, 2 * (one.count[QY_DRAM_READ] + one.time_ns), 1e-12, "phases add up");
  near_rel(sum.row_hit_rate, one.row_hit_rate, 1e-12, "... and keep the row hits");
  const qy_dram_events odd =
      events_of(&s, &(qy_dram_stream){.bytes = 1000 * 65, .place = QY_DRAM_RANDOM, .run_bytes = 65}, 1, 1, 0);
  near_rel(odd.bytes, 1000 * 128, 1e-12, "a run moves whole bursts");
}

/* A file with one line changed, and what is said of it. */
static void broken(const char *key, const char *line, const char *place, const char *expected)
{
  char *text, name[] = "/tmp/dramXXXXXX.yaml", where[64];
  size_t length;
  qy_error err = {0};
  qy_dram_device *d = NULL;
  if (qy_file_read(&text, &length, "db/memory/dram/ddr3_1600_4gb_x8.yaml", arena, &err)) exit(1);
  char *at = strstr(text, key), *end = at ? strchr(at, '\n') : NULL;
  if (!at || !end) exit(1);
  char *made = qy_arena_format(arena, "%.*s%s%s", (int)(at - text), text, line, end);
  if (!made || !write_new_file(name, 5, made)) exit(1);
  const qy_status status = qy_dram_device_read(&d, "db", name, arena, &err);
  snprintf(where, sizeof where, "%d:%d", err.diagnostic[0].line, err.diagnostic[0].column);
  ok(status == QY_BAD_INPUT && !d && strstr(err.diagnostic[0].text, expected), "%s: %s", line[0] ? line : key,
     err.diagnostic[0].text);
  if (place) is_text(where, place, "... at its place");
  unlink(name);
}

static void test_bad_files(void)
{
  const char *rest = "low: 1, high: 99, status: read, source: x}";
  qy_error err = {0};
  qy_dram_device *d = NULL;
  broken("idd0_ma:", "", NULL, "missing key \"idd0_ma\"");
  broken("trcd_ck:", "trcc_ck: 3", NULL, "trcd_ck");
  broken("banks:", "banks: 0", "7:8", "found \"0\"");
  broken("width_bits:", "width_bits: 24", NULL, "a multiple of width_bits 24");
  broken("idd0_ma:", qy_arena_format(arena, "idd0_ma: {value: 100, %s", rest), NULL, "at least the value 100");
  broken("idd4r_ma:", "idd4r_ma: {value: 20, low: 20, high: 20, status: read, source: x}", NULL,
         "make the energy of read");
  broken("trefi_ck:", "trefi_ck: {value: 200, low: 200, high: 200, status: read, source: x}", NULL,
         "that a refresh takes");
  broken("tck_ns:", "tck_ns: {value: 1.25, low: 1.25, high: 1.25, status: guessed, source: x}", NULL, "guessed");
  broken("tck_ns:", "tck_ns: 1.25", NULL, "a mapping {value, low, high, status, source}");
  ok(qy_dram_device_read(&d, "db", "ddr3_1600_4gb_x9", arena, &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "did you mean \"ddr3_1600_4gb_x8\";") &&
         strstr(err.diagnostic[0].text, "lpddr3"),
     "an unknown device: %s", err.diagnostic[0].text);
  ok(device("DDR3_1600_4Gb_x8") != NULL, "capitals do not matter");
}

/* Traffic of one direction on every device, mapping and controller: never faster than its bus or its activations. */
static int bound_breaks(const qy_dram_system *s)
{
  const qy_constant *c = s->device->constant;
  const qy_dram_stream streams[] = {
      {.bytes = 1e6},
      {.bytes = 1e6, .write = true, .place = QY_DRAM_PITCH, .run_bytes = 100, .pitch_bytes = 1000},
      {.bytes = 1e6, .place = QY_DRAM_PITCH, .run_bytes = 4096, .pitch_bytes = 1 << 20},
      {.bytes = 1e6, .write = true, .place = QY_DRAM_RANDOM, .run_bytes = 300},
  };
  int breaks = 0;
  for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
    const qy_dram_events e = events_of(s, &streams[i], 1, 1, 0);
    const double bursts = e.count[QY_DRAM_READ] + e.count[QY_DRAM_WRITE], open = e.count[QY_DRAM_OPEN];
    const double least =
        fmax(bursts * s->device->burst_length / 2, e.count[QY_DRAM_ACTIVATE] * c[QY_DRAM_TFAW].value / 4);
    breaks += !(e.busy_cycles >= 0.999 * least && e.row_hit_rate >= 0 && e.row_hit_rate < 1 && open > 0 &&
                open <= e.time_ns * 1.0001);
  }
  return breaks;
}

static void test_bounds(void)
{
  const char *const *names = NULL;
  size_t count = 0;
  int breaks = 0, systems = 0;
  qy_error err = {0};
  if (qy_dram_device_names(&names, &count, "db", arena, &err) != QY_OK) count = 0;
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < controller_count; k++)
      for (int m = 0; m < QY_DRAM_MAPPING_COUNT; m++, systems++) {
        const qy_dram_system s = {
            .device = device(names[i]), .controller = &controllers[k], .mapping = (qy_dram_mapping)m, .channels = 1};
        breaks += bound_breaks(&s);
      }
  ok(breaks == 0 && systems >= 48, "%d systems: no traffic beats the bus or tFAW: %d do", systems, breaks);
}

static void test_all_devices(void)
{
  const char *const *names = NULL;
  size_t count = 0, good = 0;
  qy_error err = {0};
  const qy_status status = qy_dram_device_names(&names, &count, "db", arena, &err);
  ok(status == QY_OK && count >= 8, "devices: %zu", count);
  for (size_t i = 0; i < count; i++) {
    const qy_dram_device *d = device(names[i]);
    good += d && strcmp(d->name, names[i]) == 0 && d->constant[QY_DRAM_IDD0].low < d->constant[QY_DRAM_IDD0].value;
  }
  is_int((int64_t)good, (int64_t)count, "each is read, is called as its file and has intervals");
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (!ok(qy_dram_controllers_read(&controllers, &controller_count, "db", arena, &err) == QY_OK, "controllers"))
    return done();
  test_identity();
  test_published_prices();
  test_draws();
  test_limits();
  test_waiting();
  test_idle_rows();
  test_heads();
  test_scaling();
  test_bounds();
  test_bad_files();
  test_all_devices();
  qy_arena_free(arena);
  return done();
}
