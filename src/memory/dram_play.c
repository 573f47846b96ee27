/* The first bursts of some traffic, ordered by a controller under a device's timings: see dram.h.
 *
 * Time goes from one command, dispatch or arrival to the next; units are cycles of tCK.  The commands of a bank:
 *   closed   activate for the oldest request in its queue, tRP after the precharge
 *   open     the oldest request to the open row; or a precharge when the oldest request wants another row and no other
 *            wants this one, or enough hits were served meanwhile
 * and of all banks the command that can be sent first is, one a cycle.  Limits between commands: tRCD, tRP, tRAS, tRRD,
 * tFAW, tCCD, tRTP, tWR, tWTR, and CL + BL/2 - CWL + tRPRE + tRTRS from a read to a write (JEDEC JESD79-4; as in
 * timing.cc of DRAMsim3).  Ties: the banks in turn (a queue for each bank), or the oldest request (one queue).
 * Writes that are saved up are sent in one go; reads then wait outside the banks' queues.
 */
#include "dram_int.h"

#include "quarry/random.h"

#include <assert.h>
#include <float.h>
#include <math.h>

enum { QUEUE_MAX = 64, GROUPS_MAX = 8, WARM_SHARE = 4, FOUR = 4 };
#define LONG_AGO (-1e6)

typedef struct request {
  int64_t row, age;
  double since; /* when it can be served */
  int bank, group;
  bool write, holds_activation; /* its activation still has a place in the one queue */
} request;

typedef struct queue {
  request at[QUEUE_MAX];
  int count;
} queue;

/* Addresses of the streams, run by run. */
typedef struct source {
  const qy_dram_system *system;
  const qy_dram_traffic *traffic;
  double share[QY_DRAM_STREAMS_MAX];                             /* of the runs */
  int64_t run[QY_DRAM_STREAMS_MAX], bursts[QY_DRAM_STREAMS_MAX]; /* next run; its bursts */
  int64_t burst_bytes, row_bursts, age;
  size_t stream;    /* the run at hand */
  int64_t left, at; /* bursts of it to come; number of its next burst */
  bool random;      /* the streams' turns are, as the places */
} source;

typedef struct bank {
  queue waiting;
  int64_t row;
  double activated, closed, may_close;
  int hits; /* bursts since the activation */
  int next; /* of an open bank: the oldest request to its row; -1: none */
  bool open;
} bank;

typedef enum command { SEND, ACTIVATE, CLOSE } command;

typedef struct choice {
  double time;
  int64_t age;
  int bank, index;
  command command;
} choice;

typedef struct player {
  const double *t; /* [QY_DRAM_CONSTANT_COUNT] of the device */
  double cwl, burst, ccd_s, ccd_l, turn, gap;
  const qy_dram_controller *controller;
  int banks, bank_queue, command_queue, write_batch, row_limit, turn_limit;
  source source;
  request next; /* not yet taken; arrived at `due` */
  double due;
  bank bank[QY_DRAM_BANKS_MAX];
  queue reads, writes;                                          /* outside the banks' queues */
  int draining;                                                 /* writes of the batch still to enter a bank's queue */
  int places;                                                   /* taken in the one queue */
  double now, last_command, last_dispatch, last_arrival, space; /* space: when a place was last freed */
  double last[2], group_last[2][GROUPS_MAX];                    /* read, write bursts */
  double last_activation, group_activation[GROUPS_MAX], window[FOUR];
  int window_at, turn_of, open_rows;
  double open_since, open_time;
  int64_t activations, served;
  choice best; /* the next command and ... */
  int out;     /* ... the next request to enter a bank's queue, where nothing has changed since they were found */
  bool best_known, out_known;
} player;

/* Inline: fmax is a call, for the sake of NaN. */
static inline double later(double a, double b)
{
  return a > b ? a : b;
}

/* ---- addresses ---- */

int dram_interleaved(const qy_dram_device *device, qy_dram_mapping mapping)
{
  return mapping == QY_DRAM_MAP_COLUMN ? 1 : mapping == QY_DRAM_MAP_GROUP ? device->bank_groups : device->banks;
}

/* Banks are numbered group by group.  Bits of a burst's number, lowest first: banks gone round, column, other banks
 * (their group below the rest), row. */
static void locate(request *r, const source *s, int64_t burst)
{
  const qy_dram_device *d = s->system->device;
  const int round = dram_interleaved(d, s->system->mapping), others = d->banks / round,
            per_group = d->banks / d->bank_groups;
  const int low = (int)(burst % round);
  const int64_t rest = burst / round / s->row_bursts;
  const int number = (int)(rest % others) * round + low; /* group below the rest: number % groups */
  r->row = rest / others;
  r->group = number % d->bank_groups;
  r->bank = r->group * per_group + number / d->bank_groups;
}

/* Regions of streams start at the same bank and never meet. */
#define REGION_BITS 36

static void source_start(source *s, const qy_dram_system *system, const qy_dram_traffic *traffic)
{
  const qy_dram_device *d = system->device;
  *s = (source){.system = system, .traffic = traffic, .burst_bytes = (int64_t)qy_dram_burst_bytes(d)};
  s->row_bursts = (int64_t)qy_dram_row_bytes(d) / s->burst_bytes;
  double sum = 0;
  for (size_t i = 0; i < traffic->count; i++) {
    const qy_dram_stream *stream = &traffic->stream[i];
    const double run = stream->run_bytes > 0 ? stream->run_bytes : qy_dram_row_bytes(d);
    s->bursts[i] = (int64_t)ceil(run / (double)s->burst_bytes);
    s->share[i] = stream->bytes / run;
    sum += s->share[i];
    s->random = s->random || stream->place == QY_DRAM_RANDOM;
  }
  for (size_t i = 0; i < traffic->count; i++)
    s->share[i] /= sum;
}

/* Which stream has the next run: the one whose next is due first when the runs of each are spread evenly; at random
 * where places are. */
static size_t take_turn(const source *s)
{
  size_t best = 0;
  double point = qy_random_open(qy_random_mix((uint64_t)s->age * 2)), first = DBL_MAX;
  for (size_t i = 0; i < s->traffic->count; i++) {
    if (s->share[i] <= 0) continue;
    const double due = (double)(s->run[i] + 1) / s->share[i];
    if (s->random ? point > 0 : due < first * (1 - DBL_EPSILON * 8)) {
      best = i;
      first = due;
    }
    point -= s->share[i];
  }
  return best;
}

static void start_run(source *s)
{
  s->stream = take_turn(s);
  const qy_dram_stream *stream = &s->traffic->stream[s->stream];
  const int64_t run = s->run[s->stream]++, bursts = s->bursts[s->stream];
  int64_t first = run * bursts;
  if (stream->place == QY_DRAM_PITCH) first = (int64_t)((double)run * stream->pitch_bytes / (double)s->burst_bytes);
  if (stream->place == QY_DRAM_RANDOM) {
    const int64_t runs = ((int64_t)1 << (REGION_BITS - 6)) / bursts;
    first = (int64_t)(qy_random_open(qy_random_mix((uint64_t)s->age * 2 + 1)) * (double)runs) * bursts;
  }
  s->left = bursts;
  s->at = ((int64_t)s->stream << REGION_BITS) + first;
}

static void next_request(player *p)
{
  source *s = &p->source;
  if (s->left == 0) start_run(s);
  p->next = (request){.write = s->traffic->stream[s->stream].write, .age = s->age, .holds_activation = true};
  locate(&p->next, s, s->at++);
  s->left--;
  p->due = p->gap * (double)s->age++;
}

/* ---- queues ---- */

static void put(queue *q, const request *r, double since)
{
  assert(q->count < QUEUE_MAX);
  q->at[q->count] = *r;
  q->at[q->count++].since = since;
}

static void take(queue *q, int i)
{
  q->count--;
  for (; i < q->count; i++)
    q->at[i] = q->at[i + 1];
}

/* Into a bank's queue. */
static void enter(bank *b, const request *r, double since)
{
  if (b->next < 0 && r->row == b->row) b->next = b->waiting.count;
  put(&b->waiting, r, since);
}

static bool all_idle(const player *p)
{
  for (int b = 0; b < p->banks; b++)
    if (p->bank[b].waiting.count) return false;
  return true;
}

/* When the next request can arrive; DBL_MAX: not before a place is free. */
static double arrival(const player *p)
{
  const qy_dram_controller *c = p->controller;
  bool room = p->places + 2 <= p->command_queue;
  if (p->bank_queue)
    room = p->next.write ? p->writes.count < p->write_batch : p->reads.count < (int)c->queued_reads.value;
  return room ? later(later(p->last_arrival + 1, p->due), p->space) : DBL_MAX;
}

static void arrive(player *p, double time)
{
  p->last_arrival = later(time, p->now);
  if (!p->bank_queue) {
    enter(&p->bank[p->next.bank], &p->next, p->last_arrival + 1);
    p->places += 2;
  } else {
    put(p->next.write ? &p->writes : &p->reads, &p->next, p->last_arrival + 1);
  }
  next_request(p);
}

static queue *outside(player *p)
{
  return p->draining ? &p->writes : &p->reads;
}

/* The first request outside that its bank's queue has room for; -1: none. */
static int dispatchable(player *p)
{
  if (!p->bank_queue) return -1;
  if (!p->draining && (p->writes.count >= p->write_batch ||
                       (p->writes.count > (int)p->controller->write_idle.value && !p->reads.count && all_idle(p))))
    p->draining = p->writes.count;
  const queue *q = outside(p);
  for (int i = 0; i < q->count; i++)
    if (p->bank[q->at[i].bank].waiting.count < p->bank_queue) return i;
  return -1;
}

static void dispatch(player *p, int i, double time)
{
  queue *q = outside(p);
  const request r = q->at[i];
  p->last_dispatch = later(time, p->now);
  enter(&p->bank[r.bank], &r, p->last_dispatch + 1);
  take(q, i);
  if (p->draining) p->draining--;
  p->space = later(p->space, p->last_dispatch);
}

/* ---- commands ---- */

/* Earliest time of a burst to an open row. */
static double send_time(const player *p, const bank *b, const request *r)
{
  const double *t = p->t;
  double time = later(later(b->activated + t[QY_DRAM_TRCD], r->since), p->last_command + 1);
  const int same = r->write, other = !r->write;
  time = later(time, later(p->last[same] + p->ccd_s, p->group_last[same][r->group] + p->ccd_l));
  if (r->write) return later(time, p->last[other] + p->turn);
  const double end = p->cwl + p->burst;
  return later(
      time, later(p->last[other] + end + t[QY_DRAM_TWTR_S], p->group_last[other][r->group] + end + t[QY_DRAM_TWTR_L]));
}

static double activate_time(const player *p, const bank *b, const request *r)
{
  const double *t = p->t;
  double time = later(later(b->closed + t[QY_DRAM_TRP], r->since), p->last_command + 1);
  time = later(time, later(p->last_activation + t[QY_DRAM_TRRD_S], p->group_activation[r->group] + t[QY_DRAM_TRRD_L]));
  return later(time, p->window[p->window_at] + t[QY_DRAM_TFAW]);
}

/* Keep the better of two commands: the earlier; of two at a time the one whose bank's turn it is (they come in that
 * order), or, from one queue, the older, a precharge last. */
static void better(const player *p, choice *best, choice c)
{
  const bool tie = !p->bank_queue && c.time == best->time &&
                   (best->command == CLOSE ? c.command != CLOSE : c.command != CLOSE && c.age < best->age);
  if (c.time < best->time || tie) *best = c;
}

static int first_hit(const bank *b)
{
  for (int i = 0; i < b->waiting.count; i++)
    if (b->waiting.at[i].row == b->row) return i;
  return -1;
}

/* Commands that an open bank could be sent. */
static void consider_open(const player *p, int number, choice *best)
{
  const bank *b = &p->bank[number];
  const int hit = b->next;
  const bool full = p->row_limit && b->hits > p->row_limit;
  if (hit >= 0 && !full)
    better(p, best, (choice){send_time(p, b, &b->waiting.at[hit]), b->waiting.at[hit].age, number, hit, SEND});
  bool close = hit < 0 || full;
  if (!p->controller->closes_idle_rows)
    close = b->waiting.count && (close || (hit > 0 && p->turn_limit && b->hits > p->turn_limit));
  if (!close) return;
  double time = later(later(b->may_close, p->now), p->last_command + 1);
  if (!p->controller->closes_idle_rows) time = later(time, b->waiting.at[0].since);
  better(p, best, (choice){time, INT64_MAX, number, 0, CLOSE});
}

static choice best_command(const player *p)
{
  choice best = {.time = DBL_MAX, .bank = -1};
  for (int i = 1; i <= p->banks; i++) {
    const int number = (p->turn_of + i) % p->banks;
    const bank *b = &p->bank[number];
    if (b->open) {
      consider_open(p, number, &best);
    } else if (b->waiting.count) {
      const request *r = &b->waiting.at[0];
      better(p, &best, (choice){activate_time(p, b, r), r->age, number, 0, ACTIVATE});
    }
  }
  return best;
}

static void activate(player *p, bank *b)
{
  request *r = &b->waiting.at[0];
  b->open = true;
  b->row = r->row;
  b->hits = 0;
  b->next = 0;
  b->activated = p->now;
  b->may_close = p->now + p->t[QY_DRAM_TRAS];
  p->last_activation = p->group_activation[r->group] = p->window[p->window_at] = p->now;
  p->window_at = (p->window_at + 1) % FOUR;
  p->activations++;
  r->holds_activation = false;
  p->places--;
  p->space = p->now;
  if (p->open_rows++ == 0) p->open_since = p->now;
}

static void close_row(player *p, bank *b)
{
  b->open = false;
  b->closed = p->now;
  if (--p->open_rows == 0) p->open_time += p->now - p->open_since;
}

static void send(player *p, bank *b, int i)
{
  assert(i >= 0 && i < b->waiting.count);
  const request r = b->waiting.at[i];
  b->hits++;
  p->served++;
  take(&b->waiting, i);
  b->next = first_hit(b);
  p->places -= 1 + r.holds_activation;
  p->space = p->now;
  p->last[r.write] = p->group_last[r.write][r.group] = p->now;
  const double recover = r.write ? p->cwl + p->burst + p->t[QY_DRAM_TWR] : p->t[QY_DRAM_TRTP];
  b->may_close = later(b->may_close, p->now + recover);
}

/* ---- the play ---- */

/* *p is all zero. */
static void start(player *p, const qy_dram_system *system, const qy_dram_traffic *traffic, double value[])
{
  const qy_dram_device *d = system->device;
  const qy_dram_controller *c = system->controller;
  for (int i = 0; i < QY_DRAM_CONSTANT_COUNT; i++)
    value[i] = d->constant[i].value;
  p->t = value;
  p->controller = c;
  p->banks = d->banks;
  p->bank_queue = (int)c->bank_queue.value;
  p->command_queue = (int)c->command_queue.value;
  p->write_batch = (int)c->write_batch.value;
  p->row_limit = system->row_limit ? system->row_limit : (int)c->row_limit.value;
  p->turn_limit = (int)c->turn_limit.value;
  p->burst = d->burst_length / 2.0;
  p->cwl = c->write_latency_below.value > 0 ? value[QY_DRAM_CL] - c->write_latency_below.value : value[QY_DRAM_CWL];
  p->ccd_s = later(value[QY_DRAM_TCCD_S], p->burst);
  p->ccd_l = d->bank_groups > 1 ? later(value[QY_DRAM_TCCD_L], p->burst) : p->ccd_s;
  p->turn = value[QY_DRAM_CL] + p->burst - p->cwl + value[QY_DRAM_TRPRE] + value[QY_DRAM_TRTRS];
  p->gap = traffic->load < 1 ? p->burst / traffic->load : 0;
  /* A saturated memory starts as after a refresh: queues full, rows closed. */
  p->last_command = traffic->load < 1 ? -1 : value[QY_DRAM_TRFC];
  p->last_dispatch = p->last_arrival = -1;
  p->last_activation = p->last[0] = p->last[1] = LONG_AGO;
  for (int i = 0; i < GROUPS_MAX; i++)
    p->group_last[0][i] = p->group_last[1][i] = p->group_activation[i] = LONG_AGO;
  for (int i = 0; i < FOUR; i++)
    p->window[i] = LONG_AGO;
  for (int b = 0; b < p->banks; b++)
    p->bank[b].closed = p->bank[b].activated = p->bank[b].may_close = LONG_AGO;
  source_start(&p->source, system, traffic);
  next_request(p);
}

static double open_until_now(const player *p)
{
  return p->open_time + (p->open_rows ? p->now - p->open_since : 0);
}

/* What comes next, found anew only after what may change it. */
static void look(player *p)
{
  if (!p->best_known) p->best = best_command(p);
  if (!p->out_known) p->out = dispatchable(p);
  p->best_known = p->out_known = true;
}

/* One command, dispatch or arrival. */
static void step(player *p)
{
  look(p);
  const choice c = p->best;
  const int out = p->out;
  const double leaves = out >= 0 ? later(p->last_dispatch + 1, outside(p)->at[out].since) : DBL_MAX;
  const double comes = arrival(p);
  assert(c.bank >= 0 || out >= 0 || comes < DBL_MAX);
  if (leaves < c.time && leaves <= comes) {
    dispatch(p, out, leaves);
    p->best_known = p->out_known = false;
  } else if (comes < c.time) {
    p->best_known = p->bank_queue > 0;         /* outside the banks' queues */
    p->out_known = out >= 0 && !p->next.write; /* behind the one that enters next */
    arrive(p, comes);
  } else {
    p->best_known = p->out_known = false;
    bank *b = &p->bank[c.bank];
    p->now = p->last_command = c.time;
    p->turn_of = c.bank;
    if (c.command == ACTIVATE) activate(p, b);
    if (c.command == CLOSE) close_row(p, b);
    if (c.command == SEND) send(p, b, c.index);
  }
}

void dram_play(dram_rates *rates, const qy_dram_system *system, const qy_dram_traffic *traffic)
{
  assert(rates && system && traffic);
  double value[QY_DRAM_CONSTANT_COUNT];
  player p = {0};
  start(&p, system, traffic, value);
  const int64_t warm = QY_DRAM_PLAYED / WARM_SHARE;
  while (p.served < warm)
    step(&p);
  const double from = p.now, open_from = open_until_now(&p);
  const int64_t activations = p.activations;
  while (p.served < QY_DRAM_PLAYED)
    step(&p);
  const double bursts = (double)(QY_DRAM_PLAYED - warm);
  *rates = (dram_rates){.cycles = (p.now - from) / bursts,
                        .activations = fmin(1, (double)(p.activations - activations) / bursts),
                        .open = (open_until_now(&p) - open_from) / (p.now - from),
                        .rows = dram_interleaved(system->device, system->mapping)};
}
