/* Static timing bit by bit: see timing.h. */
#include "timing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The latest bit of a word; never: that of a constant. */
static double latest_bit(const qy_circuit *c, size_t i, const float *at)
{
  float end = -INFINITY;
  for (int k = 0; k < c->node[i].shape.width; k++)
    end = fmaxf(end, at[c->bits->out[i][k]]);
  return end;
}

/* Arrival of all bits at the delays that are set. */
static void walk(const qy_circuit *c, arrivals *at)
{
  bit_start(c->bits, &at->delays, at->at);
  bit_arrive(c->bits, &at->delays, 1, c->bits->count, at->at);
}

void arrivals_bits(const qy_circuit *c, const qy_tech *tech, bit_form form, arrivals *at)
{
  bit_delays_of(&at->delays, c, tech, form);
  walk(c, at);
}

void arrivals_words(const qy_circuit *c, arrivals *at)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    at->leave[i] = fmax(latest_bit(c, i, at->at), 0);
    at->enter[i] = node_is_start(n) ? at->leave[i] : 0;
    for (int k = 0; k < n->count && !node_is_start(n); k++)
      at->enter[i] = fmax(at->enter[i], at->leave[n->in[k]]);
    at->leave[i] = fmax(at->leave[i], at->enter[i]);
  }
}

double arrivals_alone(const qy_circuit *c, size_t i, int k, const bit_delays *d, float *scratch)
{
  const bit_net *net = c->bits;
  const node *n = &c->node[i];
  for (size_t s = 0; s < 2 * net->count; s++)
    scratch[s] = -INFINITY;
  for (int j = 0; j < n->count; j++)
    for (int bit = 0; bit < n->in_width[j] && (k < 0 || j == k); bit++)
      if (net->out[n->in[j]][bit] > BIT_ONE) scratch[net->out[n->in[j]][bit]] = 0;
  bit_arrive(net, d, (size_t)net->first[i], (size_t)net->first[i + 1], scratch);
  return fmax(latest_bit(c, i, scratch), 0);
}

double arrivals_path(const qy_circuit *c, size_t i, int k, const arrivals *at)
{
  const node *n = &c->node[i];
  if (operator_of(n)->late_last && k == n->count - 1) return arrivals_alone(c, i, k, &at->delays, at->scratch);
  return at->leave[i] - at->enter[i];
}

double arrivals_latest(const qy_circuit *c, const float *at)
{
  const bit_net *net = c->bits;
  double end = 0;
  for (size_t i = 0; i < net->flops; i++)
    if (net->cell[net->flop[i]].used) end = fmax(end, at[net->next[i]]);
  for (int i = 0; i < c->output_count; i++)
    end = fmax(end, latest_bit(c, (size_t)c->output[i].net, at));
  return end;
}

/* Marks what register r reaches without passing another; does it reach itself? */
static bool reach(const qy_circuit *c, size_t r, bool *reached)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    reached[i] = i == r;
    for (int k = 0; k < n->count && !reached[i] && !node_is_start(n); k++)
      reached[i] = reached[n->in[k]];
  }
  for (int k = 0; k < c->node[r].count; k++)
    if (reached[c->node[r].in[k]]) return true;
  return false;
}

/* Bits of register r, and what they take, among the flip-flops: from *first, so many as it is wide. */
static size_t first_flop(const qy_circuit *c, size_t r)
{
  size_t first = 0;
  for (size_t i = 0; i < r; i++)
    if (c->node[i].state >= 0) first += (size_t)c->node[i].shape.width;
  return first;
}

/* Longest path from register r back to itself, clock to Q included. */
static double loop_of(const qy_circuit *c, size_t r, const arrivals *at, const bool *reached)
{
  const bit_net *net = c->bits;
  float *dist = at->scratch;
  for (size_t s = 0; s < 2 * net->count; s++)
    dist[s] = -INFINITY;
  for (int k = 0; k < c->node[r].shape.width; k++)
    dist[net->out[r][k]] = at->at[net->out[r][k]];
  for (size_t i = 0; i < c->count; i++)
    if (reached[i] && i != r) bit_arrive(net, &at->delays, (size_t)net->first[i], (size_t)net->first[i + 1], dist);
  bit_arrive(net, &at->delays, (size_t)net->first[c->count], net->count, dist);
  double loop = 0;
  size_t first = first_flop(c, r);
  for (int k = 0; k < c->node[r].shape.width; k++)
    loop = fmax(loop, dist[net->next[first + (size_t)k]]);
  return loop;
}

double arrivals_loop(const qy_circuit *c, const arrivals *at, bool *reached, bool *on_loop)
{
  double loop = 0;
  for (size_t i = 0; i < c->count; i++) {
    if (c->node[i].state < 0 || !reach(c, i, reached)) continue;
    loop = fmax(loop, loop_of(c, i, at, reached) + at->delays.tech->dff_setup_ps);
    if (on_loop) on_loop[i] = true;
  }
  return loop;
}

void arrivals_mark_behind(const qy_circuit *c, bool *on_loop)
{
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    for (int k = 0; k < n->count && n->state < 0; k++)
      if (on_loop[n->in[k]]) on_loop[i] = true;
  }
}

int arrivals_alloc(arrivals *at, const qy_circuit *c)
{
  at->enter = qy_alloc(c->count, sizeof *at->enter);
  at->leave = qy_alloc(c->count, sizeof *at->leave);
  at->at = qy_alloc(2 * c->bits->count, sizeof *at->at);
  at->scratch = qy_alloc(2 * c->bits->count, sizeof *at->scratch);
  int status = bit_delays_alloc(&at->delays, c->bits);
  return at->enter && at->leave && at->at && at->scratch ? status : -1;
}

void arrivals_free(arrivals *at)
{
  free(at->enter);
  free(at->leave);
  free(at->at);
  free(at->scratch);
  bit_delays_free(&at->delays);
}

qy_status qy_circuit_timing(const qy_circuit *c, const qy_tech *tech, qy_timing *timing, qy_error *err)
{
  assert(c && c->bits && tech && timing);
  arrivals at = {0};
  qy_status status = QY_OK;
  bool *reached = qy_alloc(c->count, sizeof *reached);
  *timing = (qy_timing){0};
  if (arrivals_alloc(&at, c) == 0 && reached) {
    arrivals_bits(c, tech, BIT_LEAN, &at);
    double lean = arrivals_latest(c, at.at) + tech->dff_setup_ps;
    arrivals_bits(c, tech, BIT_ROWS, &at);
    double rows = arrivals_latest(c, at.at) + tech->dff_setup_ps;
    arrivals_bits(c, tech, BIT_FAST, &at);
    timing->fast_ps = arrivals_latest(c, at.at) + tech->dff_setup_ps;
    /* Small cells can be as fast as sized ones, not faster. */
    timing->rows_ps = fmax(rows, timing->fast_ps);
    timing->lean_ps = fmax(lean, timing->rows_ps);
    timing->loop_ps = arrivals_loop(c, &at, reached, NULL);
  } else {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory for the paths of circuit %s", c->name);
  }
  arrivals_free(&at);
  free(reached);
  return status;
}

struct qy_timer {
  const qy_circuit *c;
  arrivals at;
  bool *reached; /* [nodes] */
  /* Of the first library: others often have the same delays. */
  struct bit_arc_ps *first; /* [arcs] */
  double setup_ps, shortest_ps;
  bool known;
};

qy_status qy_timer_new(qy_timer **out, const qy_circuit *c, qy_error *err)
{
  assert(out && c && c->bits);
  qy_timer *t = qy_alloc(1, sizeof *t);
  *out = NULL;
  if (t) {
    t->c = c;
    t->reached = qy_alloc(c->count, sizeof *t->reached);
    t->first = qy_alloc(c->bits->arc_count, sizeof *t->first);
    if (arrivals_alloc(&t->at, c) == 0 && t->reached && t->first) {
      *out = t;
      return QY_OK;
    }
  }
  qy_timer_free(t);
  return qy_fail(err, QY_NO_MEMORY, "out of memory for the paths of circuit %s", c->name);
}

void qy_timer_free(qy_timer *timer)
{
  if (!timer) return;
  arrivals_free(&timer->at);
  free(timer->first);
  free(timer->reached);
  free(timer);
}

double qy_timer_shortest(qy_timer *timer, const qy_tech *tech)
{
  assert(timer && tech);
  const qy_circuit *c = timer->c;
  arrivals *at = &timer->at;
  const size_t bytes = c->bits->arc_count * sizeof *timer->first;
  bit_delays_of(&at->delays, c, tech, BIT_FAST);
  /* Arrivals follow from the delays of the arcs alone, the first of which is none. */
  if (timer->known && timer->setup_ps == tech->dff_setup_ps && memcmp(timer->first, at->delays.arc, bytes) == 0)
    return timer->shortest_ps;
  walk(c, at);
  const double fast_ps = arrivals_latest(c, at->at) + tech->dff_setup_ps;
  const double shortest_ps = fmax(fast_ps, arrivals_loop(c, at, timer->reached, NULL));
  if (!timer->known) {
    memcpy(timer->first, at->delays.arc, bytes);
    timer->setup_ps = tech->dff_setup_ps;
    timer->shortest_ps = shortest_ps;
    timer->known = true;
  }
  return shortest_ps;
}
