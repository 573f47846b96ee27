/* DRAM beside a table of simulator runs.
 *
 * Columns: simulator, device, mapping, pattern, run_bytes, pitch_bytes, write_frac, offered_load, req_bytes, read_cmds,
 * write_cmds, cycles, row_hit_rate, E_total_nJ (others are ignored).  A row is a run: streams of reads and of writes,
 * each in a part of the memory of its own, in runs of run_bytes that lie pitch_bytes apart or (pattern seq...) one
 * behind the other or (patterns tile_rnd, random) at random places.
 * Groups: quantity; kind = pattern, library = device, flow = simulator and mapping.  row_hits: errors in points of 100.
 */
#include "quarry/validate.h"

#include "statistics.h"

#include "quarry/csv.h"
#include "quarry/dram.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
  SIMULATOR,
  DEVICE,
  MAPPING,
  PATTERN,
  RUN,
  PITCH,
  WRITE_FRAC,
  LOAD,
  BURST,
  READS,
  WRITES,
  CYCLES,
  HITS,
  ENERGY,
  COLUMNS
};

static const char *const column_names[COLUMNS] = {"simulator",   "device",     "mapping",      "pattern",   "run_bytes",
                                                  "pitch_bytes", "write_frac", "offered_load", "req_bytes", "read_cmds",
                                                  "write_cmds",  "cycles",     "row_hit_rate", "E_total_nJ"};

typedef struct run {
  const char *simulator, *device, *mapping, *pattern;
  double run_bytes, pitch_bytes, write_frac, load, burst_bytes, reads, writes, cycles, hits, energy_nj;
} run;

typedef struct context {
  const qy_validate_dram_options *options;
  const qy_dram_controller *controllers;
  size_t controller_count;
  qy_dram_device **device; /* given as files, then those of db/ as they were asked for */
  size_t count, capacity;
  qy_arena *arena;
} context;

/* ---- reading a row ---- */

/* An empty field is 0. */
static qy_status optional(const qy_csv *csv, int i, double high, double *value, qy_error *err)
{
  *value = 0;
  return *csv->field[i] ? qy_csv_number(csv, i, 0, high, value, err) : QY_OK;
}

static qy_status read_row(const qy_csv *csv, const int at[COLUMNS], run *r, qy_error *err)
{
  const double most = 1e15;
  *r = (run){.simulator = csv->field[at[SIMULATOR]],
             .device = csv->field[at[DEVICE]],
             .mapping = csv->field[at[MAPPING]],
             .pattern = csv->field[at[PATTERN]]};
  qy_status status = optional(csv, at[RUN], most, &r->run_bytes, err);
  if (!status) status = optional(csv, at[PITCH], most, &r->pitch_bytes, err);
  if (!status) status = qy_csv_number(csv, at[WRITE_FRAC], 0, 1, &r->write_frac, err);
  if (!status) status = qy_csv_number(csv, at[LOAD], 1e-6, 1, &r->load, err);
  if (!status) status = qy_csv_number(csv, at[BURST], 1, 1e6, &r->burst_bytes, err);
  if (!status) status = qy_csv_number(csv, at[READS], 0, most, &r->reads, err);
  if (!status) status = qy_csv_number(csv, at[WRITES], 0, most, &r->writes, err);
  if (!status) status = qy_csv_number(csv, at[CYCLES], 1, most, &r->cycles, err);
  if (!status) status = qy_csv_number(csv, at[HITS], -1, 1, &r->hits, err);
  if (!status) status = qy_csv_number(csv, at[ENERGY], 1e-9, most, &r->energy_nj, err);
  return status;
}

/* ---- what a row names ---- */

static bool starts(const char *text, const char *begin)
{
  return strncmp(text, begin, strlen(begin)) == 0;
}

/* Order of address fields, highest first: DRAMsim3's pairs of letters, or the names in brackets of DRAMSim2.
 * -1: one that is not modelled. */
static int mapping_of(const char *text)
{
  static const struct {
    const char *begin;
    qy_dram_mapping mapping;
  } known[] = {
      {"rochrababgco", QY_DRAM_MAP_COLUMN}, {"rorabgbachco", QY_DRAM_MAP_COLUMN}, {"rochrabacobg", QY_DRAM_MAP_GROUP},
      {"scheme6(", QY_DRAM_MAP_COLUMN},     {"scheme2(", QY_DRAM_MAP_BANK},       {"scheme5(", QY_DRAM_MAP_BANK},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (starts(text, known[i].begin)) return (int)known[i].mapping;
  return -1;
}

enum { ROW_LIMIT_MAX = 1 << 20 };

/* "... row limit 4 ..."; 0: it does not say; -1: no limit that can be. */
static int row_limit_of(const char *text)
{
  const char *found = strstr(text, "row limit ");
  const long limit = found ? strtol(found + strlen("row limit "), NULL, 10) : 0;
  return limit >= 0 && limit <= ROW_LIMIT_MAX ? (int)limit : -1;
}

/* The device of that name; NULL: there is none. */
static qy_status find_device(context *c, const char *name, const qy_dram_device **device, qy_error *err)
{
  *device = NULL;
  for (size_t i = 0; i < c->count; i++)
    if (strcasecmp(c->device[i]->name, name) == 0) {
      *device = c->device[i];
      return QY_OK;
    }
  const char *const *names;
  size_t count;
  qy_status status = qy_dram_device_names(&names, &count, c->options->db_dir, c->arena, err);
  for (size_t i = 0; !status && i < count; i++) {
    if (strcasecmp(names[i], name) != 0) continue;
    if (qy_grow((void **)&c->device, &c->capacity, c->count + 1, sizeof *c->device) != 0) return qy_no_memory(err);
    status = qy_dram_device_read(&c->device[c->count], c->options->db_dir, names[i], c->arena, err);
    if (!status) *device = c->device[c->count++];
    return status;
  }
  return status;
}

/* Streams of the pattern; NULL or the reason why it is not modelled. */
static const char *streams_of(const run *r, qy_dram_stream stream[2])
{
  qy_dram_stream one = {.run_bytes = r->run_bytes, .pitch_bytes = r->pitch_bytes};
  if (r->pitch_bytes > 0) {
    if (r->run_bytes <= 0 || r->pitch_bytes < r->run_bytes) return "runs that are longer than their pitch";
    one.place = QY_DRAM_PITCH;
  } else if (starts(r->pattern, "seq")) {
    one.place = QY_DRAM_STREAM;
  } else if (starts(r->pattern, "random") || starts(r->pattern, "tile_rnd")) {
    one.place = QY_DRAM_RANDOM;
    if (one.run_bytes <= 0 || starts(r->pattern, "random")) one.run_bytes = r->burst_bytes;
  } else {
    return "a pattern that is not known";
  }
  stream[0] = stream[1] = one;
  stream[0].bytes = r->reads * r->burst_bytes;
  stream[1].bytes = r->writes * r->burst_bytes;
  stream[1].write = true;
  return NULL;
}

/* ---- comparing ---- */

static qy_status add(tally *t, const context *c, const run *r, int line, const qy_dram_events *e, double energy_pj,
                     qy_error *err)
{
  const char *flow = qy_arena_format(c->arena, "%s %s", r->simulator, r->mapping);
  const char *params = qy_arena_format(c->arena, "runs of %g B, pitch %g B, %g written, load %g", r->run_bytes,
                                       r->pitch_bytes, r->write_frac, r->load);
  if (!flow || !params) return qy_no_memory(err);
  qy_validate_row row = {.kind = r->pattern, .params = params, .library = r->device, .flow = flow, .line = line};
  const double pj_in_nj = 1000;
  row.quantity = "energy_nj";
  row.measured = r->energy_nj;
  row.model = energy_pj / pj_in_nj;
  int failed = tally_add(t, row);
  row.quantity = "cycles";
  row.measured = r->cycles;
  row.model = e->busy_cycles;
  failed = failed || tally_add(t, row);
  row.quantity = "row_hits";
  row.measured = 100 * r->hits;
  row.model = 100 * e->row_hit_rate;
  failed = failed || tally_add_points(t, row);
  t->compared++;
  return failed ? qy_no_memory(err) : QY_OK;
}

/* The system of a row, or the reason why there is none. */
static qy_status system_of(context *c, const run *r, qy_dram_system *system, const char **skip, qy_error *err)
{
  const int mapping = mapping_of(r->mapping);
  *skip = NULL;
  *system = (qy_dram_system){.channels = 1, .row_limit = row_limit_of(r->mapping)};
  system->controller = qy_dram_controller_find(c->controllers, c->controller_count, r->simulator);
  if (!system->controller) {
    *skip = "a simulator whose controller is not in db/memory/dram_controllers.yaml";
    return QY_OK;
  }
  if (mapping < 0) {
    *skip = "an address mapping that is not modelled";
    return QY_OK;
  }
  if (system->row_limit < 0) {
    *skip = "a row limit that is no whole number from 0 to 1048576";
    return QY_OK;
  }
  system->mapping = (qy_dram_mapping)mapping;
  system->simulated = system->controller->simulated_refresh;
  qy_status status = find_device(c, r->device, &system->device, err);
  if (!status && !system->device) *skip = "a device that is not in db/memory/dram (give its file with --library)";
  if (!status && system->device && qy_dram_burst_bytes(system->device) != r->burst_bytes)
    *skip = "requests that are no burst of the device";
  return status;
}

static qy_status compare(tally *t, context *c, const run *r, int line, qy_error *err)
{
  qy_dram_stream stream[2];
  qy_dram_system system;
  const char *skip;
  qy_status status = system_of(c, r, &system, &skip, err);
  if (status) return status;
  if (!skip) skip = streams_of(r, stream);
  if (!skip && r->reads + r->writes <= 0) skip = "nothing read or written";
  if (skip) return tally_skip(t, skip) ? qy_no_memory(err) : QY_OK;
  const qy_dram_traffic traffic = {.stream = r->reads > 0 ? stream : stream + 1,
                                   .count = (size_t)(r->reads > 0) + (size_t)(r->writes > 0),
                                   .load = r->load};
  qy_dram_events events;
  qy_dram_prices prices;
  qy_dram_events_of(&events, &system, &traffic);
  qy_dram_prices_at(&prices, system.device, 0);
  return add(t, c, r, line, &events, qy_dram_energy_pj(&events, &prices), err);
}

/* Devices given as files, with commas between. */
static qy_status read_files(context *c, qy_error *err)
{
  qy_status status = QY_OK;
  const char *rest = c->options->device_files;
  while (!status && rest && *rest) {
    const size_t length = strcspn(rest, ",");
    const char *file = qy_arena_text(c->arena, rest, length);
    if (!file || qy_grow((void **)&c->device, &c->capacity, c->count + 1, sizeof *c->device) != 0)
      return qy_no_memory(err);
    status = qy_dram_device_read(&c->device[c->count], c->options->db_dir, file, c->arena, err);
    if (!status) c->count++;
    rest += length + (rest[length] == ',');
  }
  return status;
}

static qy_status compare_all(tally *t, context *c, const char *file, qy_error *err)
{
  qy_csv csv;
  int at[COLUMNS];
  bool more = true;
  qy_status status = qy_csv_open(&csv, file, c->arena, err);
  if (!status) status = qy_csv_columns(&csv, column_names, COLUMNS, at, err);
  while (!status) {
    run r;
    status = qy_csv_next(&csv, &more, err);
    if (status || !more) break;
    status = read_row(&csv, at, &r, err);
    if (status || (c->options->device && strcasecmp(c->options->device, r.device) != 0)) continue;
    t->rows++;
    status = compare(t, c, &r, csv.line, err);
  }
  return status;
}

qy_status qy_validate_dram(qy_validate_report **report, const char *file, const qy_validate_dram_options *options,
                           qy_arena *arena, qy_error *err)
{
  assert(report && file && options && options->db_dir && arena);
  tally t = {.mismatches = -1};
  context c = {.options = options, .arena = arena};
  qy_status status = qy_dram_controllers_read(&c.controllers, &c.controller_count, options->db_dir, arena, err);
  if (!status) status = read_files(&c, err);
  if (!status) status = compare_all(&t, &c, file, err);
  if (!status) status = tally_report(&t, report, file, options->worst_count, arena, err);
  tally_free(&t);
  free(c.device);
  return status;
}
