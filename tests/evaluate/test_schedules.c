/* What schedules of least energy weigh against each other: the energy of a product, as the items of the point have it,
 * and that of a bit that moves, as a long stream from the DRAM has it. */
#include "evaluate_test.h"

#include "../../src/evaluate/schedules.h"
#include "quarry/dram.h"

static qy_arena *arena;

static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,kernel_h,kernel_w,stride,pad\n"
                                   "one,dwconv,-,8,8,16,3,3,1,1\n"
                                   "two,dwconv,one,,,,3,3,1,1\n";
static char network_file[] = "/tmp/quarry-schedules-XXXXXX.csv";

typedef struct sums {
  double count[QY_ITEM_COUNT], uj[QY_ITEM_COUNT];
} sums;

static qy_status see_item(void *ctx, const qy_model_item *i, qy_error *e)
{
  sums *s = ctx;
  (void)e;
  s->count[i->item] += i->count;
  s->uj[i->item] += i->energy_uj;
  return QY_OK;
}

/* pJ of one of an item; 0: none happened. */
static double each_pj(const sums *s, int item)
{
  return s->count[item] > 0 ? 1e6 * s->uj[item] / s->count[item] : 0;
}

/* A stream of 2^26 bytes, read once: its bursts and activations, and an access of the buffer for each word. */
static double moved_pj(const qy_model *model, const qy_plan *plan, const qy_buffer *buffer)
{
  const double bytes = 67108864;
  const qy_dram_device *device = plan->device[0];
  const qy_dram_system system = {.device = device, .controller = plan->controller, .channels = 1};
  const qy_dram_stream stream = {.bytes = bytes};
  const qy_dram_traffic traffic = {.stream = &stream, .count = 1, .load = 1};
  const qy_dram_prices *price = &model->memory[0].dram[0];
  qy_dram_events e;
  qy_dram_events_of(&e, &system, &traffic);
  const double words = bytes * 8 / (buffer->count * buffer->word_bits);
  return (e.count[QY_DRAM_READ] * price->pj[QY_DRAM_READ] + e.count[QY_DRAM_ACTIVATE] * price->pj[QY_DRAM_ACTIVATE] +
          words * buffer->count * (buffer->macro.read_pj + buffer->macro.write_pj) / 2) /
         (bytes * 8);
}

/* An element at 4 bits: which of its modes runs, and how many products it makes in how many cycles. */
static void prices(const char *element, int mode, double products, double cycles)
{
  char text[1024];
  const int64_t point = 0;
  qy_model *model = NULL;
  snprintf(text, sizeof text,
           "name: s\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
           "  - {name: D, accelerator: depthwise, pe: {kind: %s, bits: 8}, channels: 2, memory: {device: "
           "ddr3_1600_4gb_x8, buffer: 64KiB, objective: %%s}}\n"
           "precision: 4\nclock_mhz: 200\nobjectives: {minimize: [energy_uj]}\n",
           network_file, element);
  for (int energy = 0; energy < 2; energy++) {
    char whole[1100];
    snprintf(whole, sizeof whole, text, energy ? "energy" : "traffic"); // NOLINT(clang-diagnostic-format-nonliteral)
    qy_plan *plan = plan_of(whole, arena);
    if (!plan || model_made(&model, plan, &point, 1, &err)) {
      ok(0, "%s: %s", element, err.count ? err.diagnostic[0].text : "no plan");
      return;
    }
    sums s = {.uj = {0}};
    qy_model_items(model, point, see_item, &s, &err);
    const schedule_key *key = &model->schedules[0]->key;
    if (energy) {
      qy_buffer buffer;
      char why[QY_BUFFER_WHY];
      const size_t *index = model->single[0].worker->index;
      const double wanted = (each_pj(&s, QY_EVENT_PRODUCT + mode) + each_pj(&s, QY_EVENT_CLOCK)) * cycles / products;
      ok(s.count[QY_EVENT_PRODUCT + mode] > 0 && s.uj[QY_EVENT_CLOCK] > 0, "%s: products in mode %d", element, mode);
      near_rel(key->of.price_mac, wanted, 1e-9, "a product: its element's energy, clock included");
      ok(memory_buffer(&buffer, why, plan, &plan->entries[0], index) == NULL, "a buffer");
      near_rel(key->of.price_traffic, moved_pj(model, plan, &buffer), 1e-3, "a bit: of a stream, and an access");
    } else {
      ok(key->of.price_mac == 0 && key->of.price_traffic == 0, "least traffic has no prices");
    }
    qy_model_free(model);
    model = NULL;
  }
}

/* Which schedules a plan asks for, by looking at each of its points. */
typedef struct asked {
  schedule_key key;
  bool own; /* none before asks for the same but for its device */
} asked;

static bool same_but_for_device(const schedule_key *a, const schedule_key *b)
{
  return a->of.graph == b->of.graph && a->of.fusion == b->of.fusion && a->of.orders == b->of.orders &&
         a->of.rule == b->of.rule && a->of.objective == b->of.objective && a->of.capacity == b->of.capacity &&
         a->of.units.activation == b->of.units.activation && a->of.units.weight == b->of.units.weight &&
         a->of.units.sum == b->of.units.sum && a->of.price_traffic == b->of.price_traffic &&
         a->of.price_mac == b->of.price_mac;
}

static void which(const char *objective, const char *memory, const char *more, double most, int64_t each)
{
  enum { KEYS_MAX = 600 };
  static asked list[KEYS_MAX];
  char text[1024];
  size_t count = 0, found = 0, shared = 0, wrong = 0, points = 0;
  snprintf(text, sizeof text,
           "name: s\nnetwork: %s\ndesigns:\n"
           "  - {name: D, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [1, 2], port_bits: [32, 64], "
           "memory: {device: "
           "[ddr3_1600_4gb_x8, ddr4_2400_4gb_x8], buffer: [2KiB, 64KiB], objective: %s%s}}\n%s"
           "objectives: {minimize: [energy_uj]}\n",
           network_file, objective, memory, more);
  qy_plan *plan = plan_of(text, arena);
  qy_model *model = NULL;
  if (!plan || model_made(&model, plan, NULL, 0, &err)) {
    ok(0, "%s: %s", memory, err.count ? err.diagnostic[0].text : "no plan");
    return;
  }
  near_rel(schedules_most(plan, 0), most, 0, "so many schedules at most");
  for (int64_t i = 0; i < plan->space.count && count < KEYS_MAX; i++) {
    int entry;
    size_t index[QY_AXES_MAX], k = 0;
    qy_buffer buffer;
    char why[QY_BUFFER_WHY];
    asked one = {.own = true};
    qy_space_decode(&plan->space, i, &entry, index);
    if (memory_buffer(&buffer, why, plan, &plan->entries[entry], index) ||
        !schedule_key_at(&one.key, model, entry, index, &buffer))
      continue;
    points++;
    while (k < count && !(same_but_for_device(&list[k].key, &one.key) && list[k].key.device == one.key.device &&
                          list[k].key.channels == one.key.channels && list[k].key.mapping == one.key.mapping))
      one.own &= !same_but_for_device(&list[k++].key, &one.key);
    const known_schedule *known = schedule_known(model, &one.key);
    found += known && schedule_same_key(&known->key, &one.key) && (known->schedule || known->reason) &&
             !known->dram == !known->schedule;
    if (known && known->same)
      wrong += !same_but_for_device(&known->same->key, &one.key) || known->schedule != known->same->schedule ||
               known->same->same != NULL;
    if (k == count) list[count++] = one;
  }
  ok(points > 0 && found == points, "%s%s: %zu points have their schedules, of %zu", objective, memory, found, points);
  is_int((int64_t)model->schedule_count, (int64_t)count, "each of them once");
  for (size_t i = 0; i < model->schedule_count; i++)
    shared += model->schedules[i]->same != NULL;
  for (size_t i = 0; i < count; i++)
    shared -= !list[i].own;
  ok(shared == 0 && wrong == 0, "those that differ in the device alone are found once: %zu wrong", wrong);
  /* asked again from the start, each combination is new once */
  size_t fresh = 0;
  model->memory[0].asked_axes = false;
  for (int64_t i = 0; i < 2 * plan->space.count; i++) {
    int entry;
    bool is_new;
    size_t index[QY_AXES_MAX];
    qy_space_decode(&plan->space, i % plan->space.count, &entry, index);
    if (schedule_asked(&is_new, model, entry, index, &err)) wrong++;
    fresh += is_new;
  }
  is_int((int64_t)fresh, each, "combinations that have a buffer are new once when all is asked twice");
  ok(wrong == 0, "and asking fails nowhere");
  qy_model_free(model);
}

int main(void)
{
  const int fd = mkstemps(network_file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  arena = qy_arena_new();
  if (ok(out && fputs(network_text, out) >= 0 && fclose(out) == 0, "a network")) {
    prices("mac", 1, 1, 1);
    prices("mac_st", 1, 2, 1);
    prices("serial", 1, 1, 4);
    /* two devices, two buffers, and what else is said; of least energy also two ports, libraries and clocks */
    which("traffic", "", "technology: fdsoi28\nprecision: [8, 4]\nclock_mhz: [100, 200]\n", 8, 8);
    which("traffic", ", fusion: [none, free], channels: [1, 2], mapping: [column, bank]",
          "technology: [fdsoi28, lp55]\nprecision: [8, 4]\nclock_mhz: [100, 200]\n", 64, 64);
    which("[traffic, energy]", ", rule: [strict, double_buffered]",
          "technology: [fdsoi28, lp55]\nprecision: 8\nclock_mhz: [100, 200]\n", 128, 128);
    which("energy", ", order: [raster, best]",
          "technology: [fdsoi28, lp55]\nprecision: [8, w4a8]\nclock_mhz: [100, 5000]\n", 128, 64);
  }
  unlink(network_file);
  qy_arena_free(arena);
  return done();
}
