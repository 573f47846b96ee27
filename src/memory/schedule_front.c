/* Traffic against MACs: schedules that are the best at some price of a MAC, by halving the range of prices. */
#include "quarry/schedule.h"

#include <assert.h>
#include <math.h>

enum { FRONT_MAX = 64 };

typedef struct front_finder {
  const qy_graph *graph;
  const qy_schedule_options *options;
  qy_least_capacity *smallest;
  qy_schedule **list;
  size_t count;
  qy_arena *arena;
  qy_error *err;
} front_finder;

static qy_status find_at(qy_schedule **s, const front_finder *f, double price_traffic, double price_mac)
{
  qy_schedule_options o = *f->options;
  o.objective = price_mac > 0 ? QY_LEAST_ENERGY : QY_LEAST_TRAFFIC;
  o.price_traffic = price_traffic;
  o.price_mac = price_mac;
  return qy_schedule_find(s, f->smallest, f->graph, &o, f->arena, f->err);
}

/* Those between two, which are in the list already or go there afterwards: below the line through both. */
static qy_status between(front_finder *f, const qy_schedule *a, const qy_schedule *b)
{
  const double traffic = (double)(b->traffic - a->traffic), macs = (double)(a->total.macs - b->total.macs);
  if (traffic <= 0 || macs <= 0 || f->count == FRONT_MAX) return QY_OK;
  qy_schedule *s;
  qy_status status = find_at(&s, f, macs / traffic, 1);
  if (status) return status;
  const double line = macs / traffic * (double)a->traffic + (double)a->total.macs;
  const double cost = macs / traffic * (double)s->traffic + (double)s->total.macs;
  if (cost >= line * (1 - 1e-12)) return QY_OK; /* a and b among them */
  if ((status = between(f, a, s))) return status;
  if (f->count < FRONT_MAX) f->list[f->count++] = s;
  return between(f, s, b);
}

qy_status qy_schedule_front(qy_schedule *const **front, size_t *count, qy_least_capacity *smallest,
                            const qy_graph *graph, const qy_schedule_options *options, qy_arena *arena, qy_error *err)
{
  assert(front && count && smallest && graph && options);
  front_finder f = {graph, options, smallest, qy_arena_alloc(arena, FRONT_MAX + 1, sizeof *f.list), 0, arena, err};
  qy_schedule *least_traffic, *least_macs;
  if (!f.list) return qy_no_memory(err);
  qy_status status = find_at(&least_traffic, &f, 1, 0);
  if (!status) status = find_at(&least_macs, &f, 1, QY_MAC_PRICE_MOST);
  if (status) return status;
  f.list[f.count++] = least_traffic;
  status = between(&f, least_traffic, least_macs);
  if (!status && least_macs->total.macs < least_traffic->total.macs) f.list[f.count++] = least_macs;
  *front = f.list;
  *count = f.count;
  return status;
}
