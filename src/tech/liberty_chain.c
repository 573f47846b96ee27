/* Delay of cells in an endless chain, as a timing tool would see it.
 *
 * Arrival time and slew are carried through stage after stage, rise and fall apart: an arc goes from an edge of its
 * input to the same edge of its output (positive unate), to the other one (negative unate) or to either.  Later
 * arrival and slower slew win.  Once the slews have settled, the latest arrival grows by the same time in every two
 * periods: inverting cells alternate the edges, so that this is the mean of both; others repeat the slower one.
 */
#include "liberty_int.h"

#include <assert.h>
#include <math.h>

enum { RISE, FALL, EDGES };

typedef struct wave {
  double at_ps[EDGES]; /* -INFINITY: this edge does not get here */
  double slew_ps[EDGES];
} wave;

/* Whether an output rises or falls with its input by its function; both, when that is not understood. */
static void senses_of(bool *positive, bool *negative, const lib_cell *cell, const lib_pin *in, const lib_pin *out)
{
  qy_piece input[LIB_INPUTS_MAX];
  int count = 0, k = -1;
  uint64_t table;
  *positive = *negative = true;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction != LIB_INPUT) continue;
    if (count == LIB_INPUTS_MAX) return;
    if (p == in) k = count;
    input[count++] = p->name;
  }
  if (k < 0 || !lib_function(&table, out->function, input, count, (qy_piece){0})) return;
  bool rises = false, falls = false;
  for (unsigned word = 0; word < 1u << count; word++) {
    if (word >> k & 1u) continue;
    unsigned low = (unsigned)(table >> word & 1), high = (unsigned)(table >> (word | 1u << k) & 1);
    rises |= high > low;
    falls |= high < low;
  }
  if (rises || falls) {
    *positive = rises;
    *negative = falls;
  }
}

static void senses(bool *positive, bool *negative, const lib_arc *arc, const lib_stage *s)
{
  if (arc->sense.length == 0) {
    senses_of(positive, negative, s->cell, s->in, s->out);
    return;
  }
  *positive = !piece_is(arc->sense, "negative_unate");
  *negative = !piece_is(arc->sense, "positive_unate");
}

/* The table of an output edge; arcs with one table use it for both edges, unless their type names one. */
static const lib_table *edge_table(const lib_arc *arc, int edge, bool transition)
{
  static const lib_table_kind kinds[2][EDGES] = {{LIB_CELL_RISE, LIB_CELL_FALL},
                                                 {LIB_RISE_TRANSITION, LIB_FALL_TRANSITION}};
  if (piece_is(arc->type, edge == RISE ? "combinational_fall" : "combinational_rise")) return NULL;
  const lib_table *t = lib_find_table(arc, kinds[transition][edge]);
  return t ? t : lib_find_table(arc, kinds[transition][1 - edge]);
}

/* One arc: what comes in at the edges of `from` goes out in `to`. */
static qy_status pass_arc(wave *to, lib_chain *c, const lib_model *m, const lib_stage *s, const lib_arc *arc,
                          const wave *from)
{
  bool positive, negative;
  senses(&positive, &negative, arc, s);
  for (int in = RISE; in < EDGES; in++) {
    for (int out = RISE; out < EDGES; out++) {
      const lib_table *delay = edge_table(arc, out, false);
      const lib_table *transition = c->start.held ? NULL : edge_table(arc, out, true);
      double taken, slew = 0;
      if (!(in == out ? positive : negative) || !delay || isinf(from->at_ps[in])) continue;
      if (!transition && !(c->start.ps > 0)) return lib_lacks(m, s->cell, "rise_transition and fall_transition tables");
      qy_status status = lib_lookup(m, s->cell, delay, s->load_ff, from->slew_ps[in], &taken);
      if (!status && transition) status = lib_lookup(m, s->cell, transition, s->load_ff, from->slew_ps[in], &slew);
      if (status) return status;
      taken *= s->cell->library->time_ps;
      slew = transition ? slew * s->cell->library->time_ps : c->start.ps;
      if (!(slew > 0) || slew > 1e9) return lib_lacks(m, s->cell, "a transition time above zero");
      to->at_ps[out] = fmax(to->at_ps[out], from->at_ps[in] + taken);
      to->slew_ps[out] = fmax(to->slew_ps[out], slew);
      c->edge_low_ps = fmin(c->edge_low_ps, taken);
      c->edge_high_ps = fmax(c->edge_high_ps, taken);
    }
  }
  return QY_OK;
}

static qy_status pass_stage(wave *w, lib_chain *c, const lib_model *m, const lib_stage *s)
{
  wave to = {{-INFINITY, -INFINITY}, {0, 0}};
  qy_status status = QY_OK;
  for (const lib_arc *arc = s->out->arc; arc && !status; arc = arc->next) {
    if (!lib_is_combinational(arc) || !lib_names_pin(arc->related, s->in->name)) continue;
    status = pass_arc(&to, c, m, s, arc, w);
  }
  *w = to;
  return status;
}

/* Two periods, after which alternating edges are back where they were; *grown: by how much the latest arrival. */
static qy_status pass_two_periods(wave *w, double *grown, lib_chain *c, const lib_model *m, const lib_stage *stage,
                                  int stages)
{
  qy_status status = QY_OK;
  c->edge_low_ps = INFINITY;
  c->edge_high_ps = -INFINITY;
  for (int i = 0; i < 2 * stages && !status; i++)
    status = pass_stage(w, c, m, &stage[i % stages]);
  *grown = fmax(w->at_ps[RISE], w->at_ps[FALL]);
  w->at_ps[RISE] -= *grown;
  w->at_ps[FALL] -= *grown;
  return status;
}

qy_status lib_chain_settle(lib_chain *c, const lib_model *m, const lib_stage *stage, int stages, lib_slew start)
{
  assert(c && m && stage && stages > 0 && start.ps >= 0);
  enum { ROUNDS_MAX = 100 };
  const double slew_ps = start.ps > 0 ? start.ps : stage[0].cell->library->time_ps / 10;
  wave w = {{0, 0}, {slew_ps, slew_ps}};
  double last = 0;
  *c = (lib_chain){.start = start};
  for (int round = 0; round < ROUNDS_MAX; round++) {
    double grown;
    const wave before = w;
    qy_status status = pass_two_periods(&w, &grown, c, m, stage, stages);
    if (status) return status;
    if (!isfinite(grown)) return QY_OK; /* no arcs from this pin */
    double change = fabs(grown - last);
    for (int edge = RISE; edge < EDGES; edge++)
      change = fmax(change, fabs(w.slew_ps[edge] - before.slew_ps[edge]));
    last = grown;
    if (round > 0 && change <= 1e-9 * fabs(grown)) break;
  }
  const bool both = w.slew_ps[RISE] > 0 && w.slew_ps[FALL] > 0;
  c->found = true;
  c->delay_ps = last / 2;
  c->slew_ps = both ? (w.slew_ps[RISE] + w.slew_ps[FALL]) / 2 : fmax(w.slew_ps[RISE], w.slew_ps[FALL]);
  return QY_OK;
}
