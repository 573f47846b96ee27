/* Leakage and internal energy of a Liberty cell: what its rails take in one state adds up, its states are averaged. */
#include "liberty_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* ---- states ---- */

/* The truth table of a condition over all pins of logic of a cell; false: it is not understood. */
static bool state_table(uint64_t *table, const lib_cell *cell, qy_piece when)
{
  qy_piece name[LIB_INPUTS_MAX];
  int count = 0;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_RAIL) continue;
    if (count == LIB_INPUTS_MAX) return false;
    name[count++] = p->name;
  }
  return lib_function(table, when, name, count, (qy_piece){0});
}

bool lib_same_state(const lib_cell *cell, qy_piece a, qy_piece b)
{
  assert(cell);
  uint64_t left, right;
  if (piece_same(a, b)) return true;
  if (a.length == 0 || b.length == 0) return false;
  return state_table(&left, cell, a) && state_table(&right, cell, b) && left == right;
}

/* ---- leakage ---- */

static bool counts(const lib_cell *cell, const lib_state_power *s)
{
  return s->value.length > 0 && !lib_is_ground(cell, s->supply);
}

/* The first entry of a rail for a state; an empty `when`: for no state in particular. */
static const lib_state_power *find_state(const lib_cell *cell, qy_piece supply, qy_piece when)
{
  for (const lib_state_power *s = cell->state_power; s; s = s->next) {
    if (counts(cell, s) && piece_same(s->supply, supply) && lib_same_state(cell, s->when, when)) return s;
  }
  return NULL;
}

static bool first_of_rail(const lib_cell *cell, const lib_state_power *entry)
{
  for (const lib_state_power *s = cell->state_power; s != entry; s = s->next) {
    if (counts(cell, s) && piece_same(s->supply, entry->supply)) return false;
  }
  return counts(cell, entry);
}

static bool first_of_state(const lib_cell *cell, const lib_state_power *entry)
{
  for (const lib_state_power *s = cell->state_power; s != entry; s = s->next) {
    if (counts(cell, s) && lib_same_state(cell, s->when, entry->when)) return false;
  }
  return counts(cell, entry);
}

/* All rails in one state: of a rail without an entry for it what it takes in any; *whole: every rail had one. */
static qy_status state_sum(double *sum, bool *whole, const lib_model *m, const lib_cell *cell, qy_piece when)
{
  *sum = 0;
  *whole = true;
  for (const lib_state_power *rail = cell->state_power; rail; rail = rail->next) {
    double value = 0;
    if (!first_of_rail(cell, rail)) continue;
    const lib_state_power *s = find_state(cell, rail->supply, when);
    if (!s && when.length > 0) s = find_state(cell, rail->supply, (qy_piece){0});
    *whole &= s != NULL;
    if (!s) continue;
    qy_status status = lib_number(m, cell, s->value, &value);
    if (status != QY_OK) return status;
    *sum += value;
  }
  return QY_OK;
}

/* What the leakage_power groups say: states one by one, and one figure for all, when each rail has one. */
static qy_status gather_states(lib_gather *states, lib_stated *any, const lib_model *m, const lib_cell *cell)
{
  for (const lib_state_power *s = cell->state_power; s; s = s->next) {
    double sum = 0;
    bool whole = false;
    if (!first_of_state(cell, s)) continue;
    qy_status status = state_sum(&sum, &whole, m, cell, s->when);
    if (status != QY_OK) return status;
    if (s->when.length > 0)
      lib_add(states, sum);
    else if (whole)
      *any = (lib_stated){true, sum};
  }
  return QY_OK;
}

/* The pins that states are about, and the words of them that can be: an output is what its function makes of them. */
static bool possible_words(uint64_t *words, int *count, const lib_cell *cell)
{
  qy_piece name[LIB_INPUTS_MAX];
  *count = 0;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_RAIL) continue;
    if (*count == LIB_INPUTS_MAX) return false;
    name[(*count)++] = p->name;
  }
  *words = *count == LIB_INPUTS_MAX ? UINT64_MAX : (UINT64_C(1) << (1u << *count)) - 1;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    uint64_t made, own;
    if (p->direction == LIB_OUTPUT && lib_function(&made, p->function, name, *count, (qy_piece){0}) &&
        lib_function(&own, p->name, name, *count, (qy_piece){0}))
      *words &= ~(made ^ own);
  }
  return *count > 0;
}

/* Do the states together hold in every possible word? */
static bool states_complete(const lib_cell *cell)
{
  uint64_t words, seen = 0;
  int count;
  if (!possible_words(&words, &count, cell)) return false;
  for (const lib_state_power *s = cell->state_power; s; s = s->next) {
    uint64_t table;
    if (counts(cell, s) && s->when.length > 0 && state_table(&table, cell, s->when)) seen |= table;
  }
  return (words & ~seen) == 0;
}

/* One figure for any state: of the cell, of its groups, or the library's default. */
static qy_status stated_leakage(lib_stated *stated, const lib_stated *any, const lib_gather *states, const lib_model *m,
                                const lib_cell *cell)
{
  const lib_library *l = cell->library;
  qy_status status = QY_OK;
  *stated = (lib_stated){0};
  if (cell->leakage.length > 0) {
    stated->known = true;
    status = lib_number(m, cell, cell->leakage, &stated->value);
  }
  /* a zero beside states that leak is a place holder */
  const bool holds = stated->value == 0 && (states->sum > 0 || any->value > 0);
  if (!stated->known || holds) *stated = *any;
  if (status == QY_OK && !stated->known && states->count == 0 && l->default_leakage.length > 0) {
    stated->known = true;
    status = lib_number(m, cell, l->default_leakage, &stated->value);
  }
  return status;
}

qy_status lib_leakage(lib_range *leakage_nw, bool *known, bool *partial, const lib_model *m, const lib_cell *cell)
{
  assert(leakage_nw && known && partial && m && cell);
  lib_gather states = {0};
  lib_stated stated = {0}, any = {0};
  const lib_library *l = cell->library;
  *known = *partial = false;
  *leakage_nw = (lib_range){0};
  qy_status status = gather_states(&states, &any, m, cell);
  if (status == QY_OK) status = stated_leakage(&stated, &any, &states, m, cell);
  if (status != QY_OK || (!stated.known && states.count == 0) || !(l->leakage_nw > 0)) return status;
  const bool complete = states.sum > 0 && states_complete(cell);
  const double mean = stated.known && !complete ? stated.value : states.sum / states.count;
  *known = true;
  *partial = states.count > 0 && states.sum > 0 && !complete;
  *leakage_nw = (lib_range){mean * l->leakage_nw, mean * l->leakage_nw, mean * l->leakage_nw};
  if (states.count > 0) {
    leakage_nw->low = fmin(mean, states.low) * l->leakage_nw;
    leakage_nw->high = fmax(mean, states.high) * l->leakage_nw;
  }
  return QY_OK;
}

/* ---- internal energy ---- */

static bool takes_power(const lib_cell *cell, const lib_arc *arc)
{
  return arc->power && !lib_is_ground(cell, arc->supply) &&
         (lib_find_table(arc, LIB_RISE_POWER) || lib_find_table(arc, LIB_FALL_POWER) || lib_find_table(arc, LIB_POWER));
}

bool lib_has_power(const lib_cell *cell)
{
  assert(cell);
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    for (const lib_arc *arc = p->arc; arc; arc = arc->next) {
      if (takes_power(cell, arc)) return true;
    }
  }
  return false;
}

/* Mean of rise and fall. Liberty's unit of internal power is capacitive_load_unit * voltage_unit^2. */
static qy_status arc_energy(double *energy_fj, const lib_model *m, const lib_cell *cell, const lib_arc *arc,
                            lib_condition at)
{
  const lib_library *l = cell->library;
  const lib_table *rise = lib_find_table(arc, LIB_RISE_POWER), *fall = lib_find_table(arc, LIB_FALL_POWER);
  const lib_table *both = lib_find_table(arc, LIB_POWER);
  double up = 0, down = 0;
  if (!rise && !fall) rise = fall = both;
  qy_status status = lib_lookup(m, cell, rise ? rise : fall, at.load_ff, at.slew_ps, &up);
  if (status == QY_OK) status = lib_lookup(m, cell, fall ? fall : rise, at.load_ff, at.slew_ps, &down);
  if (status == QY_OK) *energy_fj = (up + down) / 2 * (l->cap_ff * l->volt_v * l->volt_v);
  return status;
}

/* Whether `arc` is the first of a pin's arcs that its rail feeds. */
static bool first_arc_of_rail(const lib_cell *cell, const lib_pin *pin, const lib_arc *arc)
{
  for (const lib_arc *a = pin->arc; a != arc; a = a->next) {
    if (takes_power(cell, a) && piece_same(a->supply, arc->supply)) return false;
  }
  return takes_power(cell, arc);
}

/* What one rail takes at a change of an input in a state: arcs of this state before those of none.  *known is false
 * where it has neither; *any: it has arcs of this input at all. */
static qy_status rail_energy(double *energy_fj, bool *known, bool *any, const lib_model *m, const lib_cell *cell,
                             const lib_pin *in, const lib_arc *rail, qy_piece when, lib_condition at)
{
  lib_gather same = {0}, none = {0};
  *any = false;
  for (const lib_arc *arc = rail; arc; arc = arc->next) {
    double value = 0;
    if (!takes_power(cell, arc) || !piece_same(arc->supply, rail->supply)) continue;
    if (!lib_names_pin(arc->related, in->name)) continue;
    *any = true;
    const bool here = lib_same_state(cell, arc->when, when);
    if (!here && arc->when.length > 0) continue;
    qy_status status = arc_energy(&value, m, cell, arc, at);
    if (status != QY_OK) return status;
    lib_add(here ? &same : &none, value);
  }
  const lib_gather *g = same.count > 0 ? &same : &none;
  *known = g->count > 0;
  *energy_fj = g->count > 0 ? g->sum / g->count : 0;
  return QY_OK;
}

/* All rails at a change of an input in the state of an arc; *whole: every rail that knows this input has a figure. */
static qy_status event_energy(double *energy_fj, bool *whole, const lib_model *m, const lib_cell *cell,
                              const lib_pin *pin, const lib_pin *in, qy_piece when, lib_condition at)
{
  *energy_fj = 0;
  *whole = true;
  for (const lib_arc *rail = pin->arc; rail; rail = rail->next) {
    double share = 0;
    bool known = false, any = false;
    if (!first_arc_of_rail(cell, pin, rail)) continue;
    qy_status status = rail_energy(&share, &known, &any, m, cell, in, rail, when, at);
    if (status != QY_OK) return status;
    *whole &= known || !any;
    *energy_fj += share;
  }
  return QY_OK;
}

/* Whether an arc is the first of a pin that knows an input in its state. */
static bool first_of_event(const lib_cell *cell, const lib_pin *pin, const lib_pin *in, const lib_arc *arc)
{
  if (!takes_power(cell, arc) || !lib_names_pin(arc->related, in->name)) return false;
  for (const lib_arc *a = pin->arc; a != arc; a = a->next) {
    if (takes_power(cell, a) && lib_names_pin(a->related, in->name) && lib_same_state(cell, a->when, arc->when))
      return false;
  }
  return true;
}

/* Several rails: input by input, state by state.  A figure for no state in particular is a state of its own only when
 * no rail tells states apart, or each has one besides. */
static qy_status gather_events(lib_gather *g, const lib_model *m, const lib_cell *cell, const lib_pin *pin,
                               lib_condition at)
{
  for (const lib_pin *in = cell->pin; in; in = in->next) {
    if (in->direction != LIB_INPUT) continue;
    for (const lib_arc *arc = pin->arc; arc; arc = arc->next) {
      double value = 0;
      bool whole = false;
      if (!first_of_event(cell, pin, in, arc)) continue;
      qy_status status = event_energy(&value, &whole, m, cell, pin, in, arc->when, at);
      if (status != QY_OK) return status;
      if (arc->when.length > 0 || whole) lib_add(g, value);
    }
  }
  return QY_OK;
}

qy_status lib_pin_energy(lib_range *energy_fj, bool *known, const lib_model *m, const lib_cell *cell,
                         const lib_pin *pin, lib_condition at)
{
  assert(energy_fj && known && m && cell && pin);
  lib_gather g = {0};
  int rails = 0;
  qy_status status = QY_OK;
  for (const lib_arc *arc = pin->arc; arc; arc = arc->next)
    rails += first_arc_of_rail(cell, pin, arc);
  if (rails > 1) status = gather_events(&g, m, cell, pin, at);
  for (const lib_arc *arc = pin->arc; arc && rails == 1 && status == QY_OK; arc = arc->next) {
    double value = 0;
    if (!takes_power(cell, arc)) continue;
    status = arc_energy(&value, m, cell, arc, at);
    lib_add(&g, value);
  }
  *known = g.count > 0;
  *energy_fj = g.count > 0 ? (lib_range){g.sum / g.count, g.low, g.high} : (lib_range){0};
  return status;
}

/* Whether a condition of an input's table holds while that input changes: inputs as a word, the change between two. */
static bool holds(qy_piece when, const qy_piece *input, int inputs, unsigned word, int changes)
{
  uint64_t table;
  if (!lib_function(&table, when, input, inputs, (qy_piece){0})) return false;
  return (table >> word & 1) || (table >> (word | 1u << changes) & 1);
}

/* What one input takes at a change in one state: entries for the state before those for any, rails summed. */
static qy_status change_energy(double *energy_fj, const lib_model *m, const lib_cell *cell, const lib_pin *pin,
                               const qy_piece *input, int inputs, unsigned word, int changes, lib_condition at)
{
  *energy_fj = 0;
  for (const lib_arc *rail = pin->arc; rail; rail = rail->next) {
    lib_gather here = {0}, any = {0};
    if (!first_arc_of_rail(cell, pin, rail)) continue;
    for (const lib_arc *arc = rail; arc; arc = arc->next) {
      double value = 0;
      if (!takes_power(cell, arc) || !piece_same(arc->supply, rail->supply)) continue;
      if (arc->when.length > 0 && !holds(arc->when, input, inputs, word, changes)) continue;
      qy_status status = arc_energy(&value, m, cell, arc, at);
      if (status != QY_OK) return status;
      lib_add(arc->when.length > 0 ? &here : &any, value);
    }
    const lib_gather *g = here.count > 0 ? &here : &any;
    if (g->count > 0) *energy_fj += g->sum / g->count;
  }
  return QY_OK;
}

qy_status lib_input_energy(lib_range *energy_fj, bool *known, const lib_model *m, const lib_cell *cell,
                           lib_condition at)
{
  assert(energy_fj && known && m && cell);
  enum { OUTPUTS_MAX = 2 };
  qy_piece input[LIB_INPUTS_MAX];
  const lib_pin *pin[LIB_INPUTS_MAX];
  uint64_t output[OUTPUTS_MAX];
  int inputs = 0, outputs = 0, toggles = 0;
  lib_gather changes = {0};
  bool any = false;
  *known = false;
  *energy_fj = (lib_range){0};
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction != LIB_INPUT || inputs == LIB_INPUTS_MAX) continue;
    for (const lib_arc *arc = p->arc; arc; arc = arc->next)
      any |= takes_power(cell, arc);
    pin[inputs] = p;
    input[inputs++] = p->name;
  }
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_OUTPUT && outputs < OUTPUTS_MAX)
      outputs += lib_function(&output[outputs], p->function, input, inputs, (qy_piece){0});
  }
  for (int i = 0; i < inputs && any; i++) {
    for (unsigned word = 0; word < 1u << inputs; word++) {
      int follow = 0;
      double value = 0;
      if (word >> i & 1u) continue;
      for (int o = 0; o < outputs; o++)
        follow += (output[o] >> word & 1) != (output[o] >> (word | 1u << i) & 1);
      if (follow == 0) continue;
      qy_status status = change_energy(&value, m, cell, pin[i], input, inputs, word, i, at);
      if (status != QY_OK) return status;
      lib_add(&changes, value);
      toggles += follow;
    }
  }
  if (toggles == 0) return QY_OK;
  const double per_toggle = (double)changes.count / toggles;
  *known = changes.low != 0 || changes.high != 0;
  *energy_fj = (lib_range){changes.sum / toggles, changes.low * per_toggle, changes.high * per_toggle};
  return QY_OK;
}
