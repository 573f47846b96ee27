/* Loops, paths and cuts of random circuits of exclusive ors and registers against brute force over their words.
 *
 * Every gate takes D ps and flip-flops no time but their set-up, so that a word leaves D behind the latest word that
 * its gate reads.  A cut at t takes one flip-flop for every bit of a word that is there at t and needed at t or later;
 * a gate that it falls into holds the rest of its operands and what it has of its result.
 */
#include "quarry/circuit.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { NODES = 24, BITS = 4, CIRCUITS = 500, FEW = 3 };
static const double setup_ps = 5;
static qy_arena *arena;
static uint64_t state = 11;

/* kind: 'i' input, 'r' register, 'x' gate.  leave, needed: in gates. */
typedef struct word {
  char kind;
  int in[2];
  int leave, needed, readers;
  bool put_out, held, behind; /* held: a register on a loop of its own; behind: it or what depends on it */
} word;

typedef struct net {
  word word[NODES];
  int count, end, loop, entry; /* in gates; entry: the latest at which a loop takes a word from outside, -1: none */
} net;

static qy_tech plain(void)
{
  qy_tech t = {.fa_carry_ps = 100, .dff_clock_fj = 1, .dff_setup_ps = setup_ps, .effort_p = 4};
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1, t.delay_ps[k] = 100, t.energy_fj[k] = t.internal_fj[k] = 1;
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1;
  t.delay_ps[QY_DFF] = 0;
  return t;
}

static int more(int a, int b)
{
  return a > b ? a : b;
}

/* Gates of the longest way from word `from` to word `to` that passes no register between; -1: there is none. */
static int way(const net *n, int from, int to)
{
  if (to == from) return 0;
  if (n->word[to].kind != 'x') return -1;
  const int a = way(n, from, n->word[to].in[0]), b = way(n, from, n->word[to].in[1]);
  return more(a, b) < 0 ? -1 : more(a, b) + 1;
}

/* One of the first n, the late ones more often: ways are longer. */
static int near_end(int n)
{
  return more((int)random_below(&state, (size_t)n), (int)random_below(&state, (size_t)n));
}

static void draw(net *n, qy_circuit *c)
{
  qy_net made[NODES];
  char name[NODES][16];
  *n = (net){.count = 6 + (int)random_below(&state, NODES - 6), .entry = -1};
  for (int i = 0; i < n->count; i++) {
    word *w = &n->word[i];
    w->kind = i < 2 ? 'i' : "irxxxxx"[random_below(&state, 7)];
    snprintf(name[i], sizeof name[i], "n%d", i);
    if (w->kind == 'i') made[i] = qy_input(c, name[i], BITS);
    if (w->kind == 'r') made[i] = qy_register(c, name[i], BITS, -1);
    if (w->kind != 'x') continue;
    /* Equal gates are made once, so that what reads two of them would be none; lines to many gates have buffers. */
    bool known;
    int tries = 0;
    do {
      w->in[0] = near_end(i);
      w->in[1] = near_end(i);
      known = w->in[0] == w->in[1] || n->word[w->in[0]].readers == FEW || n->word[w->in[1]].readers == FEW;
      for (int k = 0; k < i; k++)
        known |= n->word[k].kind == 'x' && ((n->word[k].in[0] == w->in[0] && n->word[k].in[1] == w->in[1]) ||
                                            (n->word[k].in[0] == w->in[1] && n->word[k].in[1] == w->in[0]));
    } while (known && ++tries < 100);
    if (known) {
      w->kind = 'i';
      made[i] = qy_input(c, name[i], BITS);
      continue;
    }
    for (int k = 0; k < 2; k++)
      n->word[w->in[k]].readers++;
    made[i] = qy_bitwise(c, QY_OP_XOR, made[w->in[0]], made[w->in[1]]);
  }
  for (int i = 0; i < n->count; i++) {
    if (n->word[i].kind != 'r') continue;
    n->word[i].in[0] = near_end(n->count);
    qy_register_connect(c, made[i], made[n->word[i].in[0]]);
    n->word[n->word[i].in[0]].readers++;
  }
  for (int i = 0; i < n->count; i++)
    if (n->word[i].readers == 0 || n->word[i].kind == 'r') {
      snprintf(name[i], sizeof name[i], "y%d", i);
      qy_output(c, name[i], made[i]);
      n->word[i].put_out = true;
    }
}

static void solve(net *n)
{
  for (int i = 0; i < n->count; i++) {
    word *w = &n->word[i];
    if (w->kind == 'x') w->leave = 1 + more(n->word[w->in[0]].leave, n->word[w->in[1]].leave);
    n->end = more(n->end, w->leave); /* every word is read on the way to an output or a register */
    if (w->kind != 'r') continue;
    const int round = way(n, i, w->in[0]);
    w->held = round >= 0;
    n->loop = more(n->loop, round);
  }
  for (int i = 0; i < n->count; i++)
    for (int r = 0; r < n->count; r++)
      n->word[i].behind |= n->word[r].held && way(n, r, i) >= 0;
  for (int i = 0; i < n->count; i++) {
    const word *w = &n->word[i];
    for (int k = 0; k < (w->kind == 'x' ? 2 : w->held ? 1 : 0); k++) {
      word *from = &n->word[w->in[k]];
      from->needed = more(from->needed, w->behind ? n->end : w->leave - 1);
      if (w->kind == 'x' && w->behind && !from->behind) n->entry = more(n->entry, from->leave);
    }
  }
  for (int i = 0; i < n->count; i++)
    if (n->word[i].put_out) n->word[i].needed = n->end;
}

/* Flip-flops of a cut at t gates. */
static double cut(const net *n, double t)
{
  double words = 0;
  for (int i = 0; i < n->count; i++) {
    const word *w = &n->word[i];
    if (w->behind) continue;
    if (w->kind == 'x' && w->leave - 1 < t && w->leave > t)
      words += 2 * (w->leave - t) + (t - (w->leave - 1));
    else
      words += w->leave <= t && w->needed >= t;
  }
  return BITS * words;
}

/* Evenly, or up to where a loop is entered; false: a cut is so near to where words change that rounding decides. */
static bool cuts_of(const net *n, int cuts, double *longest, double *bits)
{
  const double even = n->end / (cuts + 1.0), entry = n->entry < 0 ? n->end : n->entry;
  const double spacing = cuts * even > entry ? entry / cuts : even;
  *longest = fmax(spacing, n->end - cuts * spacing);
  *bits = 0;
  for (int i = 1; i <= cuts; i++) {
    const double t = i * spacing;
    if (fabs(t - round(t)) < 1e-4 && cuts > 1) return false;
    *bits += cut(n, t);
  }
  return true;
}

static void check_cuts(const net *n, const qy_circuit *c, const qy_tech *t, double one_ps, int *wrong, int *seen)
{
  for (int cuts = 1; cuts <= 5; cuts++) {
    double longest, bits;
    if (n->end == 0 || !cuts_of(n, cuts, &longest, &bits)) continue;
    const double limit_ps = fmax(longest, n->loop) * one_ps + setup_ps;
    const qy_pipelining how = {.aim = QY_PIPELINE_GIVEN, .stages = cuts};
    qy_build b;
    const int failed = qy_circuit_build_for(c, t, 1.001 * limit_ps, &how, &b, NULL);
    *wrong += failed || !b.feasible || b.stages != cuts || fabs(b.min_period_ps - limit_ps) > 1e-3 ||
              fabs(b.pipeline_bits - bits) > 1e-4 * (1 + bits);
    *seen += 1;
  }
}

int main(void)
{
  arena = qy_arena_new();
  const qy_tech t = plain();
  int wrong_end = 0, wrong_loop = 0, wrong_shortest = 0, loops = 0, failed = 0;
  int wrong_cuts = 0, cuts = 0;
  double one_ps = 0;
  for (int i = 0; i < CIRCUITS; i++) {
    net n;
    qy_circuit *c = qy_circuit_new("c", arena);
    qy_timing timing;
    qy_timer *timer;
    draw(&n, c);
    solve(&n);
    if (qy_circuit_finish(c, NULL) || qy_circuit_timing(c, &t, &timing, NULL) || qy_timer_new(&timer, c, NULL)) {
      failed++;
      continue;
    }
    if (n.end > 0 && one_ps == 0) one_ps = (timing.fast_ps - setup_ps) / n.end;
    loops += n.loop > 0;
    bool held = false;
    for (int k = 0; k < n.count; k++)
      held |= n.word[k].held;
    const double loop_ps = held ? n.loop * one_ps + setup_ps : 0;
    wrong_end += fabs(timing.fast_ps - (n.end * one_ps + setup_ps)) > 1e-3;
    wrong_loop += fabs(timing.loop_ps - loop_ps) > 1e-3;
    for (int again = 0; again < 2; again++)
      wrong_shortest += fabs(qy_timer_shortest(timer, &t) - fmax(timing.fast_ps, timing.loop_ps)) > 1e-3;
    qy_timer_free(timer);
    check_cuts(&n, c, &t, one_ps, &wrong_cuts, &cuts);
  }
  qy_timer_free(NULL); /* which is allowed */
  is_int(failed, 0, "random circuits of exclusive ors and registers");
  is_int(wrong_end, 0, "their longest paths have as many gates as the longest way has");
  is_int(wrong_loop, 0, "their longest loop is the longest way of a register to itself");
  ok(loops > CIRCUITS / 4 && loops < CIRCUITS, "%d of %d have one with gates", loops, CIRCUITS);
  is_int(wrong_shortest, 0, "no period is shorter than the two");
  ok(wrong_cuts == 0 && cuts > CIRCUITS,
     "cuts take the flip-flops and leave the periods of the words at them: %d of %d", cuts - wrong_cuts, cuts);
  qy_arena_free(arena);
  return done();
}
