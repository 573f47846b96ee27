/* The best tilings: against plain exhaustion over all sizes of tiles and all orders, on small random nests (CASES). */
#include "quarry/traffic.h"

#include "tap.h"
#include "traffic_nests.h"

#include <stdlib.h>
#include <string.h>

/* ---- exhaustion ---- */

typedef struct exhaustion {
  const qy_nest *nest;
  const qy_traffic_query *query;
  qy_tiling_choice best[256]; /* in no order */
  size_t count;
  int64_t smallest;
} exhaustion;

static bool no_worse(const qy_tiling_choice *a, const qy_tiling_choice *b)
{
  if (a->units > b->units || a->traffic.macs > b->traffic.macs) return false;
  return a->units < b->units || a->traffic.macs < b->traffic.macs || a->traffic.peak <= b->traffic.peak;
}

static void look_at(exhaustion *x, const qy_tiling *t)
{
  qy_tiling_choice c = {.tiling = *t};
  qy_traffic_count(&c.traffic, x->nest, t, x->query->units, x->query->rule);
  c.units = qy_traffic_units(&c.traffic, x->query->units);
  if (c.traffic.peak < x->smallest) x->smallest = c.traffic.peak;
  if (c.traffic.peak > x->query->capacity) return;
  for (size_t i = 0; i < x->count; i++)
    if (no_worse(&x->best[i], &c)) return;
  size_t kept = 0;
  for (size_t i = 0; i < x->count; i++)
    if (!no_worse(&c, &x->best[i])) x->best[kept++] = x->best[i];
  x->best[kept] = c;
  x->count = kept + 1;
}

/* All loops and modes with given sizes. */
static void look_at_orders(exhaustion *x, qy_tiling t)
{
  const qy_orders orders = x->query->orders;
  const bool dense = x->nest->kind == QY_NEST_DENSE;
  for (int mode = 0; mode < 16; mode++) {
    t.scan = mode & 1;
    t.keep = mode & 2;
    t.columns_inner = mode & 4;
    t.channels_inner = mode & 8;
    if (orders == QY_ORDERS_RASTER && (t.scan || t.keep)) continue;
    if (orders == QY_ORDERS_SCAN && !(t.scan && t.keep)) continue;
    if (t.channels_inner && x->nest->kind != QY_NEST_CHANNELWISE) continue;
    if (dense && t.columns_inner) continue;
    for (int order = 0; order < (dense ? QY_ORDER_COUNT : 1); order++) {
      t.order = (qy_nest_order)order;
      look_at(x, &t);
    }
  }
}

static void exhaust(exhaustion *x)
{
  const qy_tiling whole = qy_nest_whole(x->nest);
  const bool flat = qy_nest_is_flat(x->nest);
  qy_tiling t;
  for (t.m = 1; t.m <= (flat ? whole.m : 1); t.m++)
    for (t.h = 1; t.h <= (flat ? 1 : whole.h); t.h++)
      for (t.w = 1; t.w <= whole.w; t.w++)
        for (t.n = 1; t.n <= whole.n; t.n++)
          for (t.k = 1; t.k <= whole.k; t.k++)
            look_at_orders(x, t);
}

/* ---- comparison ---- */

static bool same_front(const qy_tiling_front *got, const exhaustion *x)
{
  if (got->count != x->count || got->smallest != x->smallest) return false;
  for (size_t i = 0; i < got->count; i++) {
    const qy_tiling_choice *c = &got->choice[i];
    if (i > 0 && (c->units <= c[-1].units || c->traffic.macs >= c[-1].traffic.macs)) return false;
    qy_traffic again; /* the choice says what its tiling costs */
    qy_traffic_count(&again, x->nest, &c->tiling, x->query->units, x->query->rule);
    if (memcmp(&again, &c->traffic, sizeof again) != 0) return false;
    bool found = false;
    for (size_t j = 0; j < x->count; j++)
      found |= c->units == x->best[j].units && c->traffic.macs == x->best[j].traffic.macs &&
               c->traffic.peak == x->best[j].traffic.peak;
    if (!found) return false;
  }
  return true;
}

static void show_difference(const qy_tiling_front *got, const exhaustion *x)
{
  const qy_nest *n = x->nest;
  const qy_layer *const layer[] = {n->head, n->middle, n->tail};
  printf("# kind %d, pooled %d, held %d %d; orders %d, rule %d, capacity %lld of %lld (found %lld)\n", n->kind,
         n->pooled, n->input_held, n->output_held, x->query->orders, x->query->rule, (long long)x->query->capacity,
         (long long)x->smallest, (long long)got->smallest);
  for (int i = 0; i < 3; i++)
    if (layer[i])
      printf("#   %d: %lldx%lldx%lld to %lldx%lldx%lld, kernel %lldx%lld, groups %lld\n", i, (long long)layer[i]->in_h,
             (long long)layer[i]->in_w, (long long)layer[i]->in_c, (long long)layer[i]->out_h,
             (long long)layer[i]->out_w, (long long)layer[i]->out_c, (long long)layer[i]->kernel_h,
             (long long)layer[i]->kernel_w, (long long)layer[i]->groups);
  for (size_t i = 0; i < got->count; i++)
    printf("# got %lld units, %lld MACs, peak %lld\n", (long long)got->choice[i].units,
           (long long)got->choice[i].traffic.macs, (long long)got->choice[i].traffic.peak);
  for (size_t i = 0; i < x->count; i++) {
    const qy_tiling *t = &x->best[i].tiling;
    printf(
        "# expected %lld units, %lld MACs, peak %lld: %s scan %d keep %d columns %d channels %d, m %lld, %lldx%lld, n "
        "%lld, k %lld\n",
        (long long)x->best[i].units, (long long)x->best[i].traffic.macs, (long long)x->best[i].traffic.peak,
        qy_nest_order_name(t->order), t->scan, t->keep, t->columns_inner, t->channels_inner, (long long)t->m,
        (long long)t->h, (long long)t->w, (long long)t->n, (long long)t->k);
  }
}

/* Some capacity from just too little to plenty, small ones more often. */
static int64_t random_capacity(uint64_t *state, const qy_nest *nest, const qy_traffic_query *q, qy_arena *arena)
{
  qy_tiling_front front;
  qy_traffic whole;
  qy_traffic_query none = *q;
  none.capacity = 0;
  const qy_tiling all = qy_nest_whole(nest);
  qy_traffic_count(&whole, nest, &all, q->units, q->rule);
  if (qy_traffic_best(&front, nest, &none, arena, NULL) != QY_OK) return 0;
  const int64_t room = qy_max64(1, whole.peak - front.smallest + 2), part = random_between(state, 1, 4);
  return front.smallest - 1 + random_between(state, 0, (room - 1) / part);
}

/* What is asked of nest i: units, orders, rule, capacity. */
static qy_traffic_query random_query(uint64_t *state, const qy_nest *nest, qy_arena *arena)
{
  qy_traffic_query q = {.orders = (qy_orders)random_between(state, 0, 2), .units = {1, 1, 1}};
  if (random_between(state, 0, 1))
    q.units = (qy_units){random_between(state, 1, 3), random_between(state, 1, 3), random_between(state, 1, 4)};
  q.rule = random_between(state, 0, 1) ? QY_CAPACITY_DOUBLE_BUFFERED : QY_CAPACITY_STRICT;
  q.capacity = random_capacity(state, nest, &q, arena);
  return q;
}

/* Products of matrices, larger: many sizes make one number of tiles. */
static void random_product(qy_nest *nest, qy_layer *layer, uint64_t *state)
{
  *layer = qy_layer_product("product", random_between(state, 1, 40), random_between(state, 1, 24),
                            random_between(state, 1, 24));
  *nest = (qy_nest){.kind = QY_NEST_DENSE, .head = layer, .pooled = !random_between(state, 0, 3)};
}

/* A product reaches the compulsory traffic where one operand fits whole and the others by single rows or columns: at
 * least min(K N + K + N, M K + M + K, M N + M + N) entries (a derivation on paper, for one tile size of each loop). */
static void test_least_buffer(qy_arena *arena)
{
  uint64_t state = 54;
  int wrong = 0;
  enum { PRODUCTS = 60 };
  for (int i = 0; i < PRODUCTS; i++) {
    const int64_t m = random_between(&state, 2, 60), n = random_between(&state, 2, 40),
                  k = random_between(&state, 2, 40);
    qy_layer l = qy_layer_product("product", m, n, k);
    const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l};
    const int64_t least = qy_min64(k * n + k + n, qy_min64(m * k + m + k, m * n + m + n));
    for (int64_t capacity = least - 1; capacity <= least; capacity++) {
      const qy_traffic_query q = {capacity, {1, 1, 1}, QY_ORDERS_BEST, QY_CAPACITY_STRICT};
      qy_tiling_front front;
      qy_arena_reset(arena);
      if (qy_traffic_best(&front, &nest, &q, arena, NULL) != QY_OK || front.count == 0) wrong++;
      if (front.count > 0) wrong += (front.choice[0].units == m * k + k * n + m * n) != (capacity == least);
    }
  }
  ok(wrong == 0, "products reach the compulsory traffic from the derived buffer on, not below: %d wrong of %d", wrong,
     PRODUCTS);
}

/* Products whose sizes make the same numbers of tiles in groups, in buffers that the larger sizes of a group do not fit:
 * in scan what stays at the turns depends on the sizes themselves. */
static void test_groups(int products, uint64_t state, qy_arena *arena)
{
  int wrong = 0, some = 0;
  for (int i = 0; i < products; i++) {
    qy_layer l = qy_layer_product("product", random_between(&state, 1, 20), random_between(&state, 1, 13),
                                  random_between(&state, 1, 13));
    const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l, .output_held = !random_between(&state, 0, 4)};
    qy_traffic_query q = random_query(&state, &nest, arena);
    q.orders = QY_ORDERS_SCAN;
    exhaustion x = {.nest = &nest, .query = &q, .smallest = INT64_MAX};
    qy_tiling_front front;
    qy_arena_reset(arena);
    exhaust(&x);
    const qy_status status = qy_traffic_best(&front, &nest, &q, arena, NULL);
    some += front.count > 0;
    if (status == QY_OK && same_front(&front, &x)) continue;
    if (wrong++ < 3) show_difference(&front, &x);
  }
  ok(wrong == 0 && some > products / 2, "products in scan: %d mismatches in %d, %d of which fit", wrong, products,
     some);
}

/* Windows whose first is shorter than their last, as they are padded above alone, under weights so heavy that the loops
 * of m are innermost: what stays at the turns is then the last window, and the best is by one or two entries. */
static void test_last_windows(qy_arena *arena)
{
  static const struct {
    int64_t in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, stride_h, stride_w;
    qy_units units;
    int64_t capacity;
  } row[] = {{11, 5, 5, 6, 3, 4, 2, 1, 2, 2, {1, 17, 3}, 52},
             {10, 3, 3, 10, 2, 4, 4, 2, 1, 1, {1, 10, 3}, 153},
             {12, 2, 3, 6, 2, 10, 2, 1, 2, 1, {3, 64, 3}, 197},
             {7, 11, 7, 4, 6, 9, 2, 1, 2, 2, {6, 10, 2}, 97}};
  int wrong = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_layer l = {.name = "above",
                        .type = QY_LAYER_CONV,
                        .batch = 1,
                        .groups = 1,
                        .in_h = row[i].in_h,
                        .in_w = row[i].in_w,
                        .in_c = row[i].in_c,
                        .out_h = row[i].out_h,
                        .out_w = row[i].out_w,
                        .out_c = row[i].out_c,
                        .kernel_h = row[i].kernel_h,
                        .kernel_w = row[i].kernel_w,
                        .stride_h = row[i].stride_h,
                        .stride_w = row[i].stride_w,
                        .dilation_h = 1,
                        .dilation_w = 1,
                        .pad_top = row[i].kernel_h - 1};
    const qy_nest nest = {.kind = QY_NEST_DENSE, .head = &l};
    const qy_traffic_query q = {row[i].capacity, row[i].units, QY_ORDERS_SCAN, QY_CAPACITY_STRICT};
    exhaustion x = {.nest = &nest, .query = &q, .smallest = INT64_MAX};
    qy_tiling_front front;
    qy_arena_reset(arena);
    exhaust(&x);
    const qy_status status = qy_traffic_best(&front, &nest, &q, arena, NULL);
    if (status == QY_OK && same_front(&front, &x)) continue;
    wrong++;
    show_difference(&front, &x);
  }
  ok(wrong == 0, "windows padded above alone: %d mismatches", wrong);
}

int main(void)
{
  const char *cases = getenv("CASES");
  const long count = cases ? strtol(cases, NULL, 10) : 4000;
  uint64_t state = 65536;
  qy_arena *arena = qy_arena_new();
  long wrong = 0, infeasible = 0, points = 0;
  for (long i = 0; i < count; i++) {
    qy_layer layer[3];
    qy_nest nest;
    qy_arena_reset(arena);
    const bool wide = i % 2;
    if (i % 50 == 0)
      random_product(&nest, layer, &state);
    else
      random_nest(&nest, layer, &state, wide ? 8 : 4, wide ? 4 : 8);
    const qy_traffic_query q = random_query(&state, &nest, arena);
    exhaustion x = {.nest = &nest, .query = &q, .smallest = INT64_MAX};
    exhaust(&x);
    qy_tiling_front front;
    const qy_status status = qy_traffic_best(&front, &nest, &q, arena, NULL);
    infeasible += front.count == 0;
    points += (long)front.count;
    if (status == QY_OK && same_front(&front, &x)) continue;
    if (wrong++ < 3) show_difference(&front, &x);
  }
  ok(wrong == 0, "best tilings equal exhaustion: %ld mismatches in %ld nests (%ld points, %ld times nothing fits)",
     wrong, count, points, infeasible);
  test_groups(200, 7, arena);
  test_least_buffer(arena);
  test_last_windows(arena);
  qy_arena_free(arena);
  return done();
}
