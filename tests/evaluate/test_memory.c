/* Designs with a memory: the bill of a network of two layers by hand, and what a point, its parts, its layers, its
 * intervals and its indices say of it. */
#include "evaluate_test.h"

#include "../../src/evaluate/draws_roles.h"
#include "../../src/evaluate/schedules.h"

#include "quarry/dram.h"
#include "quarry/sram.h"

static qy_arena *arena;

/* 8 x 8 pixels, 16 -> 32 -> 8 channels: maps of 1024, 2048 and 512 entries, 512 and 256 weights. */
static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,out_c\n"
                                   "one,pwconv,-,8,8,16,32\n"
                                   "two,pwconv,one,,,,8\n";

static const char design_text[] = "name: two\n"
                                  "technology: fdsoi28\n"
                                  "network: %s\n"
                                  "designs:\n"
                                  "  - name: whole\n"
                                  "    accelerator: dot\n"
                                  "    pe: {kind: mul, bits: 8}\n"
                                  "    engines: 16\n"
                                  "    lanes: 16\n"
                                  "    memory: {device: ddr3_1600_4gb_x8, buffer: 64KiB, fusion: %s%s}\n"
                                  "  - name: chip\n"
                                  "    accelerator: dot\n"
                                  "    pe: {kind: mul, bits: 8}\n"
                                  "    engines: 16\n"
                                  "    lanes: 16\n"
                                  "precision: 8\n"
                                  "clock_mhz: 200\n"
                                  "objectives: {minimize: [energy_uj]}\n"
                                  "uncertainty: {draws: 64}\n";
enum { WHOLE, CHIP };

static char network_file[] = "/tmp/quarry-memory-XXXXXX.csv";

static int write_network(const char *text)
{
  FILE *out = fopen(network_file, "w");
  if (!out) return 0;
  fputs(text, out);
  return fclose(out) == 0;
}

/* A model of both points. */
static qy_model *model_of(qy_plan **plan, const char *fusion, const char *more)
{
  char text[2048];
  static const int64_t points[] = {WHOLE, CHIP};
  qy_model *model = NULL;
  snprintf(text, sizeof text, design_text, network_file, fusion, more);
  *plan = plan_of(text, arena);
  if (*plan && model_made(&model, *plan, points, 2, &err)) ok(0, "a model: %s", err.diagnostic[0].text);
  return model;
}

/* ---- what is visited ---- */

typedef struct item_sums {
  int wrong_member;
  double count[QY_ITEM_COUNT], uj[QY_ITEM_COUNT], area_um2, leakage_mw, energy_uj;
} item_sums;

static qy_status see_item(void *ctx, const qy_model_item *i, qy_error *e)
{
  item_sums *s = ctx;
  (void)e;
  const bool of_memory = i->member && strcmp(i->member, "memory") == 0;
  s->wrong_member += of_memory != (qy_item_table()[i->item].uses == QY_USES_MEMORY);
  s->count[i->item] += i->count;
  s->uj[i->item] += i->energy_uj;
  s->area_um2 += i->area_um2;
  s->leakage_mw += i->leakage_mw;
  s->energy_uj += i->energy_uj;
  return QY_OK;
}

typedef struct layers {
  int count, wrong_bits, wrong_use;
  double cycles[8], traffic[8], metric[QY_METRIC_COUNT];
  bool idle[8]; /* no member runs it */
  const char *bound[8];
} layers;

static qy_status see_layer(void *ctx, const qy_model_layer *l, qy_error *e)
{
  layers *s = ctx;
  (void)e;
  s->cycles[s->count] = l->metric[QY_CYCLES];
  s->traffic[s->count] = l->metric[QY_TRAFFIC_BYTES];
  s->idle[s->count] = l->member && strcmp(l->member, QY_MEMORY_NAME) == 0;
  s->bound[s->count++] = l->bound_by;
  if (l->member == NULL || strcmp(l->member, QY_MEMORY_NAME) != 0) { /* sums of n products: sum_bits.h */
    const double n = (double)(l->layer->kernel_h * l->layer->kernel_w * l->layer->in_c / l->layer->groups);
    s->wrong_bits += l->bits.sum != l->precision.weights + l->precision.activations + (int)floor(log2(n));
  }
  const double use = l->metric[QY_UTILIZATION_FRAC];
  s->wrong_use += !s->idle[s->count - 1] && !(use > 0 && use <= 1);
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    s->metric[m] += l->metric[m];
  return QY_OK;
}

/* ---- by hand ---- */

static double value(const qy_dram_device *d, qy_dram_constant c)
{
  return d->constant[c].value;
}

/* Reads, writes and time of a layer whose maps and weights each move once, as one run each. */
static void move(qy_dram_events *e, const qy_dram_system *system, double input, double output, double weights)
{
  const qy_dram_stream stream[] = {
      {.bytes = input, .run_bytes = input}, {.bytes = output, .run_bytes = output, .write = true}, {.bytes = weights}};
  const qy_dram_traffic traffic = {.stream = stream, .count = 3, .load = 1};
  qy_dram_events_of(e, system, &traffic);
}

static void by_hand(const qy_model *model, const qy_plan *plan)
{
  static const double input[] = {1024, 2048}, output[] = {2048, 512}, weights[] = {512, 256};
  const qy_dram_device *device = plan->device[0];
  const qy_dram_system system = {.device = device, .controller = plan->controller, .channels = 1};
  qy_point whole, chip;
  item_sums s = {.area_um2 = 0}, bare = {.area_um2 = 0};
  layers alone = {.count = 0}, beside = {.count = 0};
  qy_status status = qy_model_point(&whole, model, WHOLE, &err);
  if (!status) status = qy_model_point(&chip, model, CHIP, &err);
  if (!status) status = qy_model_items(model, WHOLE, see_item, &s, &err);
  if (!status) status = qy_model_items(model, CHIP, see_item, &bare, &err);
  if (!status) status = qy_model_layers(model, CHIP, see_layer, &alone, &err);
  if (!status) status = qy_model_layers(model, WHOLE, see_layer, &beside, &err);
  if (!ok(!status && !whole.reason && !chip.reason && alone.count == 2, "two points")) return;

  double cycles = 0, activations = 0;
  for (int i = 0; i < 2; i++) {
    qy_dram_events e;
    move(&e, &system, input[i], output[i], weights[i]);
    cycles += ceil(e.busy_ns * 0.2) + alone.cycles[i]; /* strict: in turn; 200 MHz */
    activations += e.count[QY_DRAM_ACTIVATE];
    is_text(beside.bound[i], e.busy_ns * 0.2 > alone.cycles[i] ? "memory" : "compute", "what takes longer binds");
  }
  near_abs(whole.metric[QY_CYCLES], cycles, 1.0001, "cycles: transfers, then compute, layer by layer");
  near_rel(whole.metric[QY_COMPUTE_CYCLES], chip.metric[QY_COMPUTE_CYCLES], 1e-12, "compute is that of the chip alone");
  near_rel(whole.metric[QY_TRANSFER_CYCLES], chip.metric[QY_TRANSFER_CYCLES], 1e-12,
           "and so are transfers at the port");
  near_abs(whole.metric[QY_SHARED_BUFFER_BYTES], 65536, 0, "64 KiB of buffer");
  near_abs(whole.metric[QY_TRAFFIC_BYTES], 6400, 0, "1024 + 512 + 2048, 2048 + 256 + 512 bytes");

  /* Bursts of 64 bytes; prices from the data sheet: V n tCK [...]. */
  const double ns = whole.metric[QY_CYCLES] * 5, watts = value(device, QY_DRAM_VDD) * 8,
               tck = value(device, QY_DRAM_TCK);
  const double idle = value(device, QY_DRAM_IDD3N);
  near_abs(s.count[QY_EVENT_DRAM + QY_DRAM_READ], 60, 1e-9, "16 + 8 + 32 + 4 bursts read");
  near_abs(s.count[QY_EVENT_DRAM + QY_DRAM_WRITE], 40, 1e-9, "32 + 8 written");
  near_rel(s.uj[QY_EVENT_DRAM + QY_DRAM_READ], 60 * watts * tck * 4 * (value(device, QY_DRAM_IDD4R) - idle) / 1e6,
           1e-12, "a read burst: 4 cycles of IDD4R - IDD3N in 8 chips");
  near_rel(s.uj[QY_EVENT_DRAM + QY_DRAM_WRITE], 40 * watts * tck * 4 * (value(device, QY_DRAM_IDD4W) - idle) / 1e6,
           1e-12, "a write burst: IDD4W - IDD3N");
  near_rel(s.count[QY_EVENT_DRAM + QY_DRAM_ACTIVATE], activations, 1e-9, "activations of the two transfers");
  near_rel(s.count[QY_EVENT_DRAM + QY_DRAM_REFRESH], ns / (value(device, QY_DRAM_TREFI) * tck), 1e-9,
           "a refresh every tREFI of the whole run");
  near_rel(s.count[QY_EVENT_DRAM + QY_DRAM_OPEN] + s.count[QY_EVENT_DRAM + QY_DRAM_CLOSED], ns, 1e-9,
           "background over the whole run");

  /* Ports: 32 output channels are two tiles of 16 engines, so the first input is loaded twice. */
  qy_sram_choice c;
  const qy_sram_wish wish = {.query = {.node_nm = 28, .capacity_bytes = 65536, .word_bits = 256, .banks = 2},
                             .most_banks = qy_sram_most_banks(plan->sram),
                             .cycle_ns = 5};
  ok(qy_sram_choose(&c, plan->sram, &wish, &err) == QY_OK, "a macro of 64 KiB for words of 256 bits");
  const double loads = 2 * 1024 + 512 + 2048 + 256, stores = 2048 + 512, in = 1024 + 512 + 2048 + 256, out = 2048 + 512;
  near_rel(s.uj[QY_EVENT_SHARED_READ], (loads + out) * 8 / 256 * c.macro.read_pj / 1e6, 1e-12,
           "the shared buffer is read by the port and for the DRAM");
  near_rel(s.uj[QY_EVENT_SHARED_WRITE], (stores + in) * 8 / 256 * c.macro.write_pj / 1e6, 1e-12,
           "and written likewise");
  near_rel(whole.metric[QY_AREA_SRAM_UM2] - chip.metric[QY_AREA_SRAM_UM2], c.macro.area_mm2 * 1e6, 1e-9, "its area");
  near_rel(whole.metric[QY_LEAKAGE_MW] - chip.metric[QY_LEAKAGE_MW], c.macro.leakage_mw, 1e-9, "its leakage");

  near_abs(s.count[QY_EVENT_PRODUCT], 64 * (16 * 32 + 32 * 8), 1e-9, "each product once");
  ok(bare.count[QY_EVENT_CONTROL] > 0, "control works in every cycle of the chip alone");
  near_rel(s.count[QY_EVENT_CONTROL] / whole.metric[QY_CYCLES], bare.count[QY_EVENT_CONTROL] / chip.metric[QY_CYCLES],
           1e-12, "and as often while it waits");
  near_rel(s.count[QY_EVENT_CLOCK], whole.metric[QY_CYCLES] * 256, 1e-9, "256 elements are clocked all the time");
  near_rel(whole.metric[QY_UTILIZATION_FRAC], 49152 / (whole.metric[QY_CYCLES] * 256), 1e-12,
           "and are used in those cycles that have a product, waiting counted");
  near_rel(whole.metric[QY_ENERGY_LEAKAGE_UJ], whole.metric[QY_LEAKAGE_MW] * ns / 1e6, 1e-12, "and leak");
  near_rel(whole.metric[QY_ENERGY_UJ], whole.metric[QY_ENERGY_ONCHIP_UJ] + whole.metric[QY_ENERGY_DRAM_UJ], 1e-15,
           "energy: on chip and DRAM");
  near_rel(whole.metric[QY_ENERGY_ONCHIP_UJ],
           whole.metric[QY_ENERGY_DATAPATH_UJ] + whole.metric[QY_ENERGY_REGISTER_UJ] + whole.metric[QY_ENERGY_SRAM_UJ] +
               whole.metric[QY_ENERGY_LEAKAGE_UJ],
           1e-12, "on chip: its four parts");
  near_rel(s.energy_uj, whole.metric[QY_ENERGY_UJ] - whole.metric[QY_ENERGY_LEAKAGE_UJ], 1e-12,
           "energies of the parts add up");
  near_rel(s.area_um2, whole.metric[QY_AREA_UM2], 1e-12, "areas too");
  near_rel(s.leakage_mw, whole.metric[QY_LEAKAGE_MW], 1e-12, "leakages too");
  is_int(s.wrong_member, 0, "what only a memory has is the memory's");
  ok(isnan(chip.metric[QY_ENERGY_DRAM_UJ]) && isnan(chip.metric[QY_TRAFFIC_BYTES]) &&
         chip.metric[QY_ENERGY_UJ] == chip.metric[QY_ENERGY_ONCHIP_UJ],
     "the chip alone has no DRAM, and its energy is that on chip");
}

/* ---- layers ---- */

static void layer_tests(const qy_model *model, const char *what)
{
  static const int sums[] = {QY_LATENCY_US,
                             QY_CYCLES,
                             QY_COMPUTE_CYCLES,
                             QY_TRANSFER_CYCLES,
                             QY_ENERGY_UJ,
                             QY_ENERGY_DRAM_UJ,
                             QY_ENERGY_SRAM_UJ,
                             QY_ENERGY_REGISTER_UJ,
                             QY_ENERGY_LEAKAGE_UJ,
                             QY_TRAFFIC_BYTES,
                             QY_WEIGHT_BYTES,
                             QY_BIT_OPERATIONS,
                             QY_NOISE,
                             QY_ENERGY_ONCHIP_UJ,
                             QY_ENERGY_DATAPATH_UJ};
  layers l = {.count = 0};
  qy_point p;
  qy_status status = qy_model_point(&p, model, WHOLE, &err);
  if (!status) status = qy_model_layers(model, WHOLE, see_layer, &l, &err);
  int wrong = 0, unbound = 0;
  for (size_t i = 0; !status && i < sizeof sums / sizeof *sums; i++)
    wrong += !(fabs(l.metric[sums[i]] / p.metric[sums[i]] - 1) < 1e-9);
  for (int i = 0; i < l.count; i++)
    unbound += !l.bound[i];
  is_int(l.wrong_use, 0, "layers use a part of their slots");
  is_int(l.wrong_bits, 0, "sums of n products of w and a bits have w + a + floor(log2 n)");
  ok(!status && l.count == 2 && wrong + unbound == 0, "%s: layers add up and say what binds them", what);
}

/* Maps that are added and pooled, which no member runs: they are visited too, take no cycle of the elements, and only
 * with them the layers add up. */
static void ops_of_none(void)
{
  static const char text[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                             "one,pwconv,-,8,8,16,16,,,\ntwo,pwconv,one,,,,16,,,\nside,pwconv,two,,,,8,,,\n"
                             "sum,add,one+two,,,,,,,\n"
                             "pool,pool,sum,,,,,2,2,0\nlast,pwconv,pool,,,,32,,,\n";
  static const int sums[] = {QY_LATENCY_US,    QY_CYCLES,       QY_ENERGY_UJ,      QY_ENERGY_DRAM_UJ,
                             QY_TRAFFIC_BYTES, QY_WEIGHT_BYTES, QY_BIT_OPERATIONS, QY_NOISE};
  qy_plan *plan;
  qy_point p;
  layers l = {.count = 0};
  qy_model *model = write_network(text) ? model_of(&plan, "none", "") : NULL;
  qy_status status = model ? qy_model_point(&p, model, WHOLE, &err) : QY_INTERNAL;
  if (!status) status = qy_model_layers(model, WHOLE, see_layer, &l, &err);
  for (size_t i = 0; !status && i < sizeof sums / sizeof *sums; i++)
    near_rel(l.metric[sums[i]], p.metric[sums[i]], 1e-9, qy_metric_table()[sums[i]].name);
  int of_memory = 0;
  double traffic = 0, idle_cycles = 0, busy_ns = 0;
  for (int i = 0; i < l.count; i++) {
    if (l.idle[i]) is_text(l.bound[i], "memory", "nothing else binds what no member runs");
    of_memory += l.idle[i];
    traffic += l.idle[i] ? l.traffic[i] : 0;
    idle_cycles += l.idle[i] ? l.cycles[i] : 0;
  }
  if (!status) { /* two maps in and one out, one in and one out; none waits for an element */
    const qy_dram_system system = {.device = plan->device[0], .controller = plan->controller, .channels = 1};
    const qy_dram_stream stream[] = {{.bytes = 1024, .run_bytes = 1024, .write = true},
                                     {.bytes = 1024, .run_bytes = 1024},
                                     {.bytes = 1024, .run_bytes = 1024},
                                     {.bytes = 256, .run_bytes = 256, .write = true}};
    for (int pool = 0; pool < 2; pool++) {
      qy_dram_events e;
      qy_dram_events_of(&e, &system,
                        &(qy_dram_traffic){.stream = stream + (pool ? 2 : 0), .count = pool ? 2 : 3, .load = 1});
      busy_ns += e.busy_ns;
    }
  }
  near_abs(idle_cycles, busy_ns * 0.2, 2.0001, "those take as long as they move maps, at 200 MHz");
  ok(!status && l.count == 6 && of_memory == 2, "4 layers and 2 ops of the memory alone are visited");
  near_abs(traffic, 3 * 1024 + 1024 + 256, 0,
           "the sum reads two maps and writes one, of 1024 bytes; the pool 1024, 256");
  qy_model_free(model);
}

typedef struct places {
  const qy_network *network;
  int count, wrong;
} places;

static qy_status see_place(void *ctx, const qy_model_layer *l, qy_error *e)
{
  places *s = ctx;
  (void)e;
  s->count++;
  s->wrong += l->place >= s->network->layer_count || strcmp(s->network->layer[l->place].name, l->layer->name) != 0;
  return QY_OK;
}

/* Of a concatenation that is copied, because an add reads it, the place in the network is that of its layer. */
static void copied_layers(void)
{
  static const char text[] = "layer,type,inputs,in_h,in_w,in_c,out_c\n"
                             "a,pwconv,-,4,4,16,16\nb,pwconv,a,,,,16\nc,concat,a+b,,,,\n"
                             "d,pwconv,c,,,,32\ns,add,d+c,,,,\nlast,pwconv,s,,,,16\n";
  qy_plan *plan;
  places p = {.count = 0};
  qy_model *model = write_network(text) ? model_of(&plan, "none", "") : NULL;
  if (model) p.network = plan->network[0];
  const qy_status status = model ? qy_model_layers(model, WHOLE, see_place, &p, &err) : QY_INTERNAL;
  ok(!status && p.count > 4 && p.wrong == 0, "%d ops stand where their layers do, %d elsewhere", p.count, p.wrong);
  qy_model_free(model);
}

/* A layer of one cycle: while it waits for the memory its elements are clocked. */
static void one_cycle(void)
{
  qy_plan *plan;
  qy_point p;
  item_sums s = {.area_um2 = 0};
  qy_model *model = write_network("layer,type,inputs,in_h,in_w,in_c,out_c\none,pwconv,-,1,1,16,16\n")
                        ? model_of(&plan, "none", "")
                        : NULL;
  qy_status status = model ? qy_model_point(&p, model, CHIP, &err) : QY_INTERNAL;
  const double alone = status ? 0 : p.metric[QY_COMPUTE_CYCLES];
  if (!status) status = qy_model_point(&p, model, WHOLE, &err);
  if (!status) status = qy_model_items(model, WHOLE, see_item, &s, &err);
  ok(!status && p.metric[QY_CYCLES] > alone, "it waits (%g cycles of %g)", alone, p.metric[QY_CYCLES]);
  near_rel(s.count[QY_EVENT_CLOCK], p.metric[QY_CYCLES] * 256, 1e-12, "256 elements are clocked in all cycles");
  qy_model_free(model);
}

/* ---- uncertainty ---- */

static void uncertainty_tests(const qy_model *model)
{
  static const int metric[] = {QY_ENERGY_UJ, QY_ENERGY_ONCHIP_UJ, QY_ENERGY_DRAM_UJ, QY_TRAFFIC_BYTES,
                               QY_AREA_SRAM_UM2};
  qy_interval row[2][5];
  qy_status status = qy_model_intervals(row[0], model, WHOLE, -1, metric, 5, &err);
  if (!status) status = qy_model_intervals(row[1], model, CHIP, -1, metric, 5, &err);
  ok(!status && row[0][2].low < row[0][2].value && row[0][2].value < row[0][2].high, "DRAM energy has an interval");
  ok(!status && row[0][4].low < row[0][4].value && row[0][4].value < row[0][4].high, "and so has the buffer's area");
  ok(!status && isnan(row[0][3].low) && row[0][3].value == 6400, "traffic has none");
  ok(!status && row[0][0].high > row[0][2].high && isnan(row[1][2].value), "that of all holds it");
  ok(!status && row[1][0].low == row[1][1].low && row[1][0].high == row[1][1].high,
     "of the chip alone both are the same");

  qy_indices f[2];
  double share[2] = {0, 0};
  int found[2] = {0, 0};
  status = QY_OK;
  for (int p = 0; !status && p < 2; p++) {
    status = qy_model_sensitivity(&f[p], model, p ? CHIP : WHOLE, -1, metric, 1, 64, 1, 2, arena, &err);
    for (size_t i = 0; !status && i < f[p].inputs; i++)
      if (strcmp(f[p].name[i], "dram.currents") == 0) {
        found[p]++;
        share[p] = f[p].index[i].total;
      }
  }
  ok(!status && found[0] == 1 && share[0] > 0.5, "the currents of the DRAM move the energy most (%.2g)", share[0]);
  ok(!status && found[1] == 0 && f[0].inputs == f[1].inputs + 5, "the chip alone depends on none of a memory's inputs");
}

/* A sweep stores what the points say, and their intervals in draws. */
typedef struct swept {
  double energy_uj, dram_uj, low, high;
} swept;

static qy_status keep(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  swept *s = ctx;
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++)
    if (points[i].index == WHOLE)
      *s = (swept){points[i].metric[QY_ENERGY_UJ], points[i].metric[QY_ENERGY_DRAM_UJ],
                   points[i].interval[QY_ENERGY_DRAM_UJ][0], points[i].interval[QY_ENERGY_DRAM_UJ][1]};
  return QY_OK;
}

static void sweep_tests(const qy_model *model, const qy_plan *plan)
{
  static const int metric[] = {QY_ENERGY_UJ, QY_ENERGY_DRAM_UJ};
  qy_model *all = NULL;
  qy_interval row[2];
  swept s = {0, 0, 0, 0};
  const qy_model_run run = {.threads = 2, .batch_points = 1, .ctx = &s, .sink = keep};
  qy_status status = model_made(&all, plan, NULL, 0, &err);
  if (!status) status = qy_model_sweep(all, &run, &err);
  if (!status) status = qy_model_intervals(row, model, WHOLE, -1, metric, 2, &err);
  ok(!status && s.energy_uj == row[0].value && s.dram_uj == row[1].value, "a sweep gives the same values");
  ok(!status && fabs(s.low / row[1].low - 1) < 1e-9 && fabs(s.high / row[1].high - 1) < 1e-9, "and intervals");
  qy_model_free(all);
}

/* ---- a visit that ends ---- */

typedef struct visits {
  int most, made;
} visits;

static qy_status end_item(void *ctx, const qy_model_item *i, qy_error *e)
{
  visits *v = ctx;
  (void)i, (void)e;
  return ++v->made < v->most ? QY_OK : QY_INTERRUPTED;
}

static qy_status end_layer(void *ctx, const qy_model_layer *l, qy_error *e)
{
  visits *v = ctx;
  (void)l, (void)e;
  return ++v->made < v->most ? QY_OK : QY_INTERRUPTED;
}

static void visit_tests(const qy_model *model)
{
  for (int most = 1; most <= 2; most++) {
    visits items = {most, 0}, shown = {most, 0};
    ok(qy_model_items(model, WHOLE, end_item, &items, &err) == QY_INTERRUPTED && items.made == most,
       "of items no more are shown than the visit takes: %d", most);
    ok(qy_model_layers(model, WHOLE, end_layer, &shown, &err) == QY_INTERRUPTED && shown.made == most, "nor of layers");
  }
}

/* ---- fusion ---- */

static void fusion_tests(const qy_model *unfused)
{
  qy_plan *plan;
  qy_model *fused = model_of(&plan, "free", ", rule: double_buffered");
  qy_point p, q;
  if (!fused) return;
  ok(!qy_model_point(&p, unfused, WHOLE, &err) && !qy_model_point(&q, fused, WHOLE, &err) && !p.reason && !q.reason,
     "fused, double buffered");
  near_abs(q.metric[QY_TRAFFIC_BYTES], 1024 + 512 + 256 + 512, 0, "only what is compulsory moves");
  ok(q.metric[QY_LATENCY_US] < p.metric[QY_LATENCY_US], "it takes less time");
  ok(q.metric[QY_ENERGY_DRAM_UJ] < p.metric[QY_ENERGY_DRAM_UJ], "and less energy");
  item_sums s = {.area_um2 = 0};
  ok(!qy_model_items(fused, WHOLE, see_item, &s, &err) && s.count[QY_EVENT_PRODUCT] == 49152,
     "nothing is computed again");
  layer_tests(fused, "fused");
  visit_tests(fused);
  qy_model_free(fused);
}

/* The words of the keys are those of the modules that the values go to. */
static void word_tests(void)
{
  size_t count;
  const qy_parameter *row = memory_rows(&count);
  int wrong = 0, found = 0;
  for (size_t i = 0; i < count; i++) {
    const bool fusion = strcmp(row[i].key, "memory.fusion") == 0, mapping = strcmp(row[i].key, "memory.mapping") == 0;
    const bool sram = strcmp(row[i].key, "memory.sram") == 0;
    found += fusion + mapping + sram;
    for (size_t v = 0; (fusion || mapping || sram) && v < row[i].name_count; v++)
      wrong += strcmp(row[i].names[v], fusion    ? qy_fusion_name((qy_fusion)v)
                                       : mapping ? qy_dram_mapping_name((qy_dram_mapping)v)
                                                 : qy_sram_flavour_name((qy_sram_flavour)v)) != 0;
  }
  ok(found == 3 && wrong == 0, "fusions, mappings and flavours have their own names");
}

/* Columns of a memory: parts come first; what varies is there. */
static void column_tests(const qy_model *model)
{
  const qy_columns *c = &model->memory[0].columns;
  int wrong = 0, parts = 0, of_memory = 0;
  for (int i = 0; i < c->count; i++) {
    parts += c->item[i] < QY_EVENT_FIRST;
    wrong += (c->item[i] < QY_EVENT_FIRST) != (i < c->part_count);
  }
  ok(wrong == 0 && parts == c->part_count && parts > 0 && parts < c->count, "%d parts of %d columns come first", parts,
     c->count);
  roles with, without;
  roles_make(&with, true, QY_ON_CELLS);
  roles_make(&without, false, QY_ON_CELLS);
  wrong = 0;
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const bool varies = qy_metric_uncertain(m) && (qy_metric_where(m) & QY_ON_CELLS), of = qy_metric_of_memory(m);
    wrong += (with.of[m].kind != KIND_CERTAIN) != varies;
    wrong += (without.of[m].kind != KIND_CERTAIN) != (varies && !of);
    of_memory += varies && of;
  }
  ok(wrong == 0 && of_memory > 0, "%d metrics vary where there is a memory alone, %d wrong", of_memory, wrong);
}

/* Prices of a memory's columns in draws: of the buffer the factors of its quantities, of the DRAM at its currents'. */
static void basis_tests(const qy_model *model, const qy_plan *plan)
{
  enum { DRAWS = 5 };
  const qy_columns *c = &model->memory[0].columns;
  double factor[ALL_FACTORS * DRAWS], *basis = qy_arena_alloc(arena, (size_t)c->count * DRAWS, sizeof *basis);
  int wrong = 0, shared = 0;
  for (int f = 0; f < ALL_FACTORS; f++)
    for (int k = 0; k < DRAWS; k++)
      factor[f * DRAWS + k] = f == CURRENTS_FACTOR ? 0.3 * (k - 2) : 1 + f + 0.01 * k;
  memory_basis(basis, c, plan->device[0], factor, DRAWS);
  for (int i = 0; i < c->count; i++)
    for (int k = 0; k < DRAWS; k++) {
      qy_dram_prices dram;
      qy_dram_prices_at(&dram, plan->device[0], factor[CURRENTS_FACTOR * DRAWS + k]);
      const int item = c->item[i], quantity = item == QY_PART_SHARED           ? QY_SRAM_AREA
                                              : item == QY_PART_SHARED_LEAKAGE ? QY_SRAM_LEAKAGE
                                              : item == QY_EVENT_SHARED_READ   ? QY_SRAM_READ
                                              : item == QY_EVENT_SHARED_WRITE  ? QY_SRAM_WRITE
                                                                               : -1;
      const double expected = quantity >= 0           ? 1 + QY_SRAM_FACTORS + quantity + 0.01 * k
                              : item >= QY_EVENT_DRAM ? dram.pj[item - QY_EVENT_DRAM] / 1e6
                                                      : 1;
      shared += quantity >= 0;
      wrong += fabs(basis[i * DRAWS + k] / expected - 1) > 1e-12;
    }
  ok(wrong == 0 && shared == 4 * DRAWS, "prices of %d columns in draws", c->count);
}

int main(void)
{
  qy_plan *plan;
  arena = qy_arena_new();
  const int fd = mkstemps(network_file, 4);
  if (fd >= 0) close(fd);
  word_tests();
  qy_model *model = write_network(network_text) ? model_of(&plan, "none", "") : NULL;
  if (model) {
    column_tests(model);
    basis_tests(model, plan);
    by_hand(model, plan);
    layer_tests(model, "one after the other");
    uncertainty_tests(model);
    sweep_tests(model, plan);
    fusion_tests(model);
  }
  ops_of_none();
  copied_layers();
  one_cycle();
  unlink(network_file);
  qy_model_free(model);
  qy_arena_free(arena);
  return done();
}
