/* Schedules of a network on a buffer as subjects of published figures; see measure.h.
 *
 *   schedule: NETWORK
 *   buffer_entries: N
 *   fusion: none | block | free       free
 *   order: raster | scan | best       best
 *   rule: strict | double_buffered    strict
 *   device: NAME, bits: N             DRAM and width of an entry (8), for what is asked of energy and time
 *   controller: NAME, mapping: NAME   of the DRAM: the first of dram_controllers.yaml, column
 *   chunk_bytes: N                    what is moved of one map or of the weights before another has its turn, 4096
 *   macs_per_ns: NUMBER               compute takes at least so long; without: as fast as the memory moves
 * Quantities: traffic_entries, floor_entries, lower_bound_entries, peak_entries, macs, dram_energy_uj, dram_us.
 */
#include "measure_subjects.h"

#include "quarry/dram.h"
#include "quarry/network.h"
#include "quarry/published.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>

qy_status measure_graph(qy_graph **graph, const qy_yaml *node, const char *key, const measure_conditions *at,
                        qy_error *err)
{
  qy_network *network;
  qy_status status = measure_network_read(&network, node, key, at, err);
  return status ? status : qy_graph_new(graph, network, at->arena, err);
}

qy_status measure_count(int64_t *out, const qy_yaml *map, const char *key, int64_t high, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, key);
  return node ? qy_yaml_integer(node, 1, high, out, err) : QY_OK;
}

static const int64_t most_entries = INT64_C(1) << 50;

/* ---- found ---- */

typedef enum found_quantity {
  TRAFFIC,
  FLOOR,
  LOWER_BOUND,
  PEAK,
  MACS,
  DRAM_ENERGY,
  DRAM_TIME,
  FOUND_COUNT
} found_quantity;

static qy_status find_schedule(qy_schedule **s, const qy_yaml *node, const measure_conditions *at, qy_error *err)
{
  static const char *const fusions[] = {"none", "block", "free"}, *const orders[] = {"raster", "scan", "best"},
                           *const rules[] = {"strict", "double_buffered"};
  const qy_units entries = {1, 1, 1};
  int fusion = QY_FUSION_FREE, order = QY_ORDERS_BEST, rule = QY_CAPACITY_STRICT;
  qy_schedule_options o = {.capacity = 0, .units = entries, .price_traffic = 1};
  qy_least_capacity smallest = {0};
  qy_graph *graph;
  if (!qy_yaml_get(node, "buffer_entries")) return qy_yaml_expected(node, err, "a key `buffer_entries`");
  qy_status status = measure_graph(&graph, node, "schedule", at, err);
  if (!status) status = measure_count(&o.capacity, node, "buffer_entries", most_entries, err);
  if (!status) status = measure_choice(&fusion, node, "fusion", fusions, 3, err);
  if (!status) status = measure_choice(&order, node, "order", orders, 3, err);
  if (!status) status = measure_choice(&rule, node, "rule", rules, 2, err);
  if (status) return status;
  o.fusion = (qy_fusion)fusion;
  o.orders = (qy_orders)order;
  o.rule = (qy_capacity_rule)rule;
  status = qy_schedule_find(s, &smallest, graph, &o, at->arena, err);
  if (status == QY_INFEASIBLE)
    return qy_yaml_expected(qy_yaml_get(node, "buffer_entries"), err, "at least %lld", (long long)smallest.units);
  return status;
}

/* Events of a schedule on a device: each stage's streams, in chunks. */
static void dram_events(qy_dram_events *sum, const qy_schedule *s, const qy_dram_system *system, double entry_bytes,
                        double chunk_bytes, double least_ns)
{
  const qy_traffic *t = &s->total;
  const double bytes[] = {(double)t->weights, (double)(t->input + t->addends + t->gate + t->sum_reads),
                          (double)(t->output + t->pooled + t->sum_writes)};
  qy_dram_stream stream[3];
  size_t count = 0;
  for (int i = 0; i < 3; i++)
    if (bytes[i] > 0)
      stream[count++] = (qy_dram_stream){.bytes = bytes[i] * entry_bytes,
                                         .write = i == 2,
                                         .place = QY_DRAM_STREAM,
                                         .run_bytes = fmin(chunk_bytes, bytes[i] * entry_bytes)};
  const qy_dram_traffic traffic = {.stream = stream, .count = count, .load = 1, .least_ns = least_ns};
  qy_dram_events_of(sum, system, &traffic);
}

static qy_status read_system(qy_dram_system *system, const qy_yaml *node, const measure_conditions *at, qy_error *err)
{
  const qy_yaml *device = qy_yaml_get(node, "device"), *controller = qy_yaml_get(node, "controller");
  const char *name = "", *wanted = "", *mappings[QY_DRAM_MAPPING_COUNT];
  int mapping = QY_DRAM_MAP_COLUMN;
  qy_dram_device *read;
  const qy_dram_controller *list;
  size_t count;
  if (!device) return qy_yaml_expected(node, err, "a key `device`");
  for (int i = 0; i < QY_DRAM_MAPPING_COUNT; i++)
    mappings[i] = qy_dram_mapping_name((qy_dram_mapping)i);
  qy_status status = qy_yaml_text(device, &name, err);
  if (!status) status = measure_choice(&mapping, node, "mapping", mappings, QY_DRAM_MAPPING_COUNT, err);
  if (!status && controller) status = qy_yaml_text(controller, &wanted, err);
  if (!status) status = qy_dram_device_read(&read, at->db_dir, name, at->arena, err);
  if (!status) status = qy_dram_controllers_read(&list, &count, at->db_dir, at->arena, err);
  if (status) return status;
  *system = (qy_dram_system){.device = read,
                             .controller = controller ? qy_dram_controller_find(list, count, wanted) : &list[0],
                             .mapping = (qy_dram_mapping)mapping,
                             .channels = 1};
  return system->controller ? QY_OK : qy_yaml_expected(controller, err, "a controller of dram_controllers.yaml");
}

/* Energy now, and with the device's currents drawn: even quantiles, alike on both sides of a ratio. */
static qy_status price_events(measure_subject *m, const qy_dram_events *events, const qy_dram_device *device,
                              const measure_conditions *at, qy_error *err)
{
  static const double pj_per_uj = 1e6;
  qy_dram_prices prices;
  qy_dram_prices_at(&prices, device, 0);
  m->exact = qy_dram_energy_pj(events, &prices) / pj_per_uj;
  double *draw = qy_arena_alloc(at->arena, QY_PUBLISHED_DRAWS, sizeof *draw);
  if (!draw) return qy_no_memory(err);
  for (int k = 0; k < QY_PUBLISHED_DRAWS; k++) {
    qy_dram_prices_at(&prices, device, gsl_cdf_ugaussian_Pinv((k + 0.5) / QY_PUBLISHED_DRAWS));
    draw[k] = qy_dram_energy_pj(events, &prices) / pj_per_uj;
  }
  m->drawn = draw;
  return QY_OK;
}

static qy_status measure_dram(measure_subject *m, const qy_schedule *s, const qy_yaml *node,
                              const measure_conditions *at, qy_error *err)
{
  static const double ns_per_us = 1e3, bits_per_byte = 8;
  int64_t bits = 8, chunk_bytes = 4096;
  double macs_per_ns = INFINITY;
  qy_dram_system system = {.device = NULL};
  qy_dram_events events;
  const qy_yaml *rate = qy_yaml_get(node, "macs_per_ns");
  qy_status status = measure_count(&bits, node, "bits", 64, err);
  if (!status) status = measure_count(&chunk_bytes, node, "chunk_bytes", 1 << 30, err);
  if (!status && rate) status = qy_yaml_number(rate, 1e-3, 1e9, &macs_per_ns, err);
  if (!status) status = read_system(&system, node, at, err);
  if (status) return status;
  dram_events(&events, s, &system, (double)bits / bits_per_byte, (double)chunk_bytes,
              (double)s->total.macs / macs_per_ns);
  if (m->quantity == DRAM_ENERGY) return price_events(m, &events, system.device, at, err);
  m->exact = events.time_ns / ns_per_us;
  return QY_OK;
}

qy_status measure_schedule(measure_subject *m, const qy_yaml *node, const char *quantity, const measure_conditions *at,
                           qy_error *err)
{
  assert(m && node && quantity && at);
  static const char *const keys[] = {"schedule", "buffer_entries", "fusion",  "order",       "rule",        "device",
                                     "bits",     "controller",     "mapping", "chunk_bytes", "macs_per_ns", NULL};
  static const char *const quantities[FOUND_COUNT] = {
      [TRAFFIC] = "traffic_entries", [FLOOR] = "floor_entries", [LOWER_BOUND] = "lower_bound_entries",
      [PEAK] = "peak_entries",       [MACS] = "macs",           [DRAM_ENERGY] = "dram_energy_uj",
      [DRAM_TIME] = "dram_us"};
  qy_schedule *s = NULL;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = measure_quantity(&m->quantity, node, quantity, quantities, FOUND_COUNT, err);
  if (!status) status = find_schedule(&s, node, at, err);
  if (status || !s) return status;
  const double exact[DRAM_ENERGY] = {[TRAFFIC] = (double)s->traffic,
                                     [FLOOR] = (double)s->floor,
                                     [LOWER_BOUND] = ceil(s->lower_bound),
                                     [PEAK] = (double)s->total.peak,
                                     [MACS] = (double)s->total.macs};
  if (m->quantity >= DRAM_ENERGY) return measure_dram(m, s, node, at, err);
  m->exact = exact[m->quantity];
  return QY_OK;
}
