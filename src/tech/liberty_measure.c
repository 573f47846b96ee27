/* Figures of one Liberty cell at the common load and slew, and of kinds put together from others: see liberty.h. */
#include "liberty_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Mean with range. */
typedef struct gather {
  double sum, low, high;
  int count;
} gather;

static void add(gather *g, double value)
{
  if (g->count == 0 || value < g->low) g->low = value;
  if (g->count == 0 || value > g->high) g->high = value;
  g->sum += value;
  g->count++;
}

static lib_range range_of(const gather *g)
{
  return (lib_range){g->sum / g->count, g->low, g->high};
}

static qy_status lacks(const lib_model *m, const lib_cell *cell, const char *what)
{
  return qy_liberty_fail(cell->library->source, cell->name.at, m->err, "cell %s: expected %s, found none",
                         piece_text(cell->name, m->arena), what);
}

static qy_status want(const lib_model *m, const lib_cell *cell, qy_piece piece, double *value)
{
  if (piece_number(piece, value)) return QY_OK;
  return qy_liberty_fail(cell->library->source, piece.at, m->err, "cell %s: expected a number, found \"%s\"",
                         piece_text(cell->name, m->arena), piece_text(piece, m->arena));
}

qy_status lib_area(double *area_um2, const lib_model *m, const lib_cell *cell)
{
  assert(area_um2 && m && cell);
  return cell->area.length ? want(m, cell, cell->area, area_um2) : lacks(m, cell, "an area");
}

/* Tables for the ground pin repeat those for the supply. */
static bool is_ground(qy_piece supply)
{
  return piece_is(supply, "VSS") || piece_is(supply, "VGND") || piece_is(supply, "GND");
}

qy_status lib_leakage(lib_range *leakage_nw, const lib_model *m, const lib_cell *cell)
{
  assert(leakage_nw && m && cell);
  gather states = {0};
  double value, stated = 0;
  bool has_stated = cell->leakage.length > 0;
  qy_status status = has_stated ? want(m, cell, cell->leakage, &stated) : QY_OK;
  for (const lib_state_power *s = cell->state_power; s && status == QY_OK; s = s->next) {
    if (s->value.length == 0 || is_ground(s->supply)) continue;
    if ((status = want(m, cell, s->value, &value))) break;
    if (s->has_when) {
      add(&states, value);
    } else if (!has_stated) {
      stated = value;
      has_stated = true;
    }
  }
  if (status == QY_OK && !has_stated && states.count == 0 && cell->library->default_leakage.length > 0) {
    has_stated = true;
    status = want(m, cell, cell->library->default_leakage, &stated);
  }
  if (status != QY_OK) return status;
  if (!has_stated && states.count == 0) return lacks(m, cell, "a leakage power");
  if (!(cell->library->leakage_nw > 0)) return lacks(m, cell, "a leakage_power_unit in its library");
  double unit = cell->library->leakage_nw, mean = has_stated ? stated : states.sum / states.count;
  *leakage_nw = (lib_range){mean * unit, mean * unit, mean * unit};
  if (states.count > 0) {
    leakage_nw->low = fmin(mean, states.low) * unit;
    leakage_nw->high = fmax(mean, states.high) * unit;
  }
  return QY_OK;
}

static qy_status pin_cap(double *cap_ff, const lib_model *m, const lib_cell *cell, const lib_pin *pin)
{
  double rise = 0, fall = 0;
  qy_status status;
  if (!(cell->library->cap_ff > 0)) return lacks(m, cell, "a capacitive_load_unit in its library");
  if (pin->capacitance.length > 0) {
    status = want(m, cell, pin->capacitance, &rise);
    fall = rise;
  } else if (pin->rise_capacitance.length > 0 && pin->fall_capacitance.length > 0) {
    status = want(m, cell, pin->rise_capacitance, &rise);
    if (status == QY_OK) status = want(m, cell, pin->fall_capacitance, &fall);
  } else if (cell->library->default_input_cap.length > 0) {
    status = want(m, cell, cell->library->default_input_cap, &rise);
    fall = rise;
  } else {
    return lacks(m, cell, "a capacitance of each input pin");
  }
  *cap_ff = (rise + fall) / 2 * cell->library->cap_ff;
  return status;
}

/* Rise and fall table of an arc at a point, in the file's unit; *found is false when it has neither. */
static qy_status look_pair(const lib_model *m, const lib_cell *cell, const lib_arc *arc, lib_table_kind rise,
                           lib_table_kind fall, lib_condition at, double pair[2], bool *found)
{
  const lib_table *tables[2] = {lib_find_table(arc, rise), lib_find_table(arc, fall)};
  qy_status status = QY_OK;
  *found = tables[0] || tables[1];
  for (int i = 0; i < 2 && *found && status == QY_OK; i++) {
    const lib_table *t = tables[i] ? tables[i] : tables[1 - i];
    status = lib_lookup(m, cell, t, at.load_ff, at.slew_ps, &pair[i]);
  }
  return status;
}

static bool is_combinational(const lib_arc *arc)
{
  return !arc->power && (arc->type.length == 0 || piece_is(arc->type, "combinational") ||
                         piece_is(arc->type, "combinational_rise") || piece_is(arc->type, "combinational_fall"));
}

static bool names_pin(qy_piece list, qy_piece name)
{
  for (size_t i = 0; i + name.length <= list.length; i++) {
    bool starts = i == 0 || list.at[i - 1] == ' ';
    bool ends = i + name.length == list.length || list.at[i + name.length] == ' ';
    if (starts && ends && memcmp(list.at + i, name.at, name.length) == 0) return true;
  }
  return false;
}

/* Delay or transition arcs of an output: each edge of each arc. `from` NULL: all of them. */
static qy_status gather_timing(gather *g, const lib_model *m, const lib_cell *cell, const lib_pin *out,
                               const lib_pin *from, bool clocked, bool transition, lib_condition at)
{
  double unit = cell->library->time_ps, pair[2];
  for (const lib_arc *arc = out->arc; arc; arc = arc->next) {
    bool edge = !arc->power && (piece_is(arc->type, "rising_edge") || piece_is(arc->type, "falling_edge")), found;
    if (clocked ? !edge : !is_combinational(arc)) continue;
    if (from && !names_pin(arc->related, from->name)) continue;
    qy_status status = look_pair(m, cell, arc, transition ? LIB_RISE_TRANSITION : LIB_CELL_RISE,
                                 transition ? LIB_FALL_TRANSITION : LIB_CELL_FALL, at, pair, &found);
    if (status != QY_OK) return status;
    if (!found) continue;
    add(g, pair[0] * unit);
    add(g, pair[1] * unit);
  }
  return QY_OK;
}

/* Internal energy per toggle of the arcs of a pin, rise and fall averaged. */
static qy_status gather_power(gather *g, const lib_model *m, const lib_cell *cell, const lib_pin *pin, lib_condition at)
{
  const lib_library *l = cell->library;
  double unit = l->cap_ff * l->volt_v * l->volt_v, pair[2];
  for (const lib_arc *arc = pin->arc; arc; arc = arc->next) {
    bool found;
    if (!arc->power || is_ground(arc->supply)) continue;
    qy_status status = look_pair(m, cell, arc, LIB_RISE_POWER, LIB_FALL_POWER, at, pair, &found);
    if (status == QY_OK && !found) status = look_pair(m, cell, arc, LIB_POWER, LIB_POWER, at, pair, &found);
    if (status != QY_OK) return status;
    if (found) add(g, (pair[0] + pair[1]) / 2 * unit);
  }
  return QY_OK;
}

static const lib_pin *first_output(const lib_cell *cell)
{
  const lib_pin *pin = cell->pin;
  while (pin && pin->direction != LIB_OUTPUT)
    pin = pin->next;
  return pin;
}

/* The slew that comes out when a slew goes in: its fixed point is the slew inside a chain of such stages. */
static qy_status settle(lib_condition *point, gather *delay, const lib_model *m, const lib_cell *cell,
                        const lib_pin *out, const lib_pin *from)
{
  enum { ROUNDS_MAX = 100 };
  for (int round = 0; round < ROUNDS_MAX; round++) {
    gather slew = {0};
    qy_status status = gather_timing(&slew, m, cell, out, from, false, true, *point);
    if (status != QY_OK) return status;
    if (slew.count == 0) return lacks(m, cell, "rise_transition and fall_transition tables");
    double next = slew.sum / slew.count, change = fabs(next - point->slew_ps);
    if (!(next > 0) || next > 1e9) return lacks(m, cell, "a transition time above zero");
    point->slew_ps = next;
    if (change <= 1e-9 * next) break;
  }
  *delay = (gather){0};
  return gather_timing(delay, m, cell, out, from, false, false, *point);
}

qy_status lib_fan_out_condition(lib_condition *point, const lib_model *m, const lib_cell *inverter)
{
  assert(point && m && inverter);
  gather delay;
  double cap_ff = 0;
  const lib_pin *in = inverter->pin;
  while (in && in->direction != LIB_INPUT)
    in = in->next;
  if (!in) return lacks(m, inverter, "an input");
  qy_status status = pin_cap(&cap_ff, m, inverter, in);
  if (status != QY_OK) return status;
  *point = (lib_condition){4 * cap_ff, inverter->library->time_ps / 10};
  return settle(point, &delay, m, inverter, first_output(inverter), NULL);
}

/* An endless ripple chain: each carry output drives the carry input of the next cell. */
static qy_status measure_carry(lib_values *f, const lib_model *m, const lib_cell *cell, lib_condition point)
{
  qy_piece input[LIB_INPUTS_MAX];
  const lib_pin *inputs[LIB_INPUTS_MAX], *carry = NULL;
  int count = 0;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction != LIB_INPUT || count == LIB_INPUTS_MAX) continue;
    inputs[count] = p;
    input[count++] = p->name;
  }
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    uint64_t table;
    if (p->direction == LIB_OUTPUT && lib_function(&table, p->function, input, count, (qy_piece){0}) &&
        (table == 0xE8 || table == 0x17))
      carry = p;
  }
  if (!carry) return lacks(m, cell, "a carry output");
  f->carry_ps = 0;
  for (int i = 0; i < count; i++) {
    lib_condition at = {0, point.slew_ps};
    gather delay = {0};
    qy_status status = pin_cap(&at.load_ff, m, cell, inputs[i]);
    if (status == QY_OK) status = settle(&at, &delay, m, cell, carry, inputs[i]);
    if (status != QY_OK) return status;
    if (delay.count == 0) return lacks(m, cell, "delay tables of the carry");
    double mean = delay.sum / delay.count;
    if (i == 0 || mean < f->carry_ps) f->carry_ps = mean;
  }
  return QY_OK;
}

static qy_status measure_flip_flop(lib_values *f, const lib_model *m, const lib_cell *cell, lib_condition point)
{
  const lib_pin *clock = lib_clock_pin(cell), *data = lib_data_pin(cell);
  gather clock_power = {0}, data_power = {0}, setup = {0};
  lib_condition unloaded = {0, point.slew_ps};
  double cap_ff = 0, pair[2], volt = cell->library->nominal_v * cell->library->volt_v;
  if (!clock || !data) return lacks(m, cell, "a clock and a data pin");
  qy_status status = pin_cap(&cap_ff, m, cell, clock);
  if (status == QY_OK) status = gather_power(&clock_power, m, cell, clock, unloaded);
  if (status == QY_OK) status = gather_power(&data_power, m, cell, data, unloaded);
  if (status != QY_OK) return status;
  for (const lib_arc *arc = data->arc; arc; arc = arc->next) {
    bool found;
    if (arc->power || (!piece_is(arc->type, "setup_rising") && !piece_is(arc->type, "setup_falling"))) continue;
    status = look_pair(m, cell, arc, LIB_RISE_CONSTRAINT, LIB_FALL_CONSTRAINT, unloaded, pair, &found);
    if (status != QY_OK) return status;
    if (!found) continue;
    add(&setup, pair[0] * cell->library->time_ps);
    add(&setup, pair[1] * cell->library->time_ps);
  }
  if (setup.count == 0) return lacks(m, cell, "setup tables");
  /* a cycle has a rising and a falling edge of the clock; gathered is the mean of both */
  double switched = cap_ff * volt * volt;
  f->clock_fj = (lib_range){switched, switched, switched};
  if (clock_power.count > 0) {
    lib_range inside = range_of(&clock_power);
    f->clock_fj = (lib_range){switched + 2 * inside.value, switched + 2 * inside.low, switched + 2 * inside.high};
  }
  f->setup_ps = (lib_range){fmax(setup.high, 0), fmax(setup.low, 0), fmax(setup.high, 0)};
  if (data_power.count > 0) {
    lib_range inside = range_of(&data_power);
    f->energy_fj.value += inside.value;
    f->energy_fj.low += inside.low;
    f->energy_fj.high += inside.high;
  }
  return QY_OK;
}

qy_status lib_measure(lib_values *f, const lib_model *m, const lib_cell *cell, qy_cell kind, lib_condition point)
{
  assert(f && m && cell && (unsigned)kind < QY_CELL_COUNT);
  gather caps = {0}, power = {0};
  *f = (lib_values){.known = true};
  const lib_pin *clock = kind == QY_DFF ? lib_clock_pin(cell) : NULL,
                *data = kind == QY_DFF ? lib_data_pin(cell) : NULL;
  qy_status status = lib_area(&f->area_um2, m, cell);
  f->area_high_um2 = f->area_um2;
  if (status == QY_OK) status = lib_leakage(&f->leakage_nw, m, cell);
  for (const lib_pin *p = cell->pin; p && status == QY_OK; p = p->next) {
    double cap_ff = 0;
    if (p->direction != LIB_INPUT || p == clock || (data && p != data)) continue;
    status = pin_cap(&cap_ff, m, cell, p);
    if (status == QY_OK) add(&caps, cap_ff);
  }
  for (const lib_pin *p = cell->pin; p && status == QY_OK; p = p->next) {
    gather delay = {0};
    if (p->direction != LIB_OUTPUT) continue;
    status = gather_timing(&delay, m, cell, p, NULL, kind == QY_DFF, false, point);
    if (status == QY_OK) status = gather_power(&power, m, cell, p, point);
    if (status != QY_OK) break;
    if (delay.count == 0) return lacks(m, cell, "delay tables of each output");
    lib_range d = range_of(&delay);
    if (d.value > f->delay_ps.value) f->delay_ps = d;
  }
  if (status != QY_OK) return status;
  if (caps.count == 0) return lacks(m, cell, "an input");
  if (power.count == 0) return lacks(m, cell, "internal_power tables of its outputs");
  f->in_cap_ff = range_of(&caps);
  f->energy_fj = range_of(&power);
  if (kind == QY_DFF) status = measure_flip_flop(f, m, cell, point);
  if (kind == QY_FA) status = measure_carry(f, m, cell, point);
  return status;
}

/* ---- kinds that no cell implements ---- */

static void add_range(lib_range *to, lib_range part, double times)
{
  to->value += times * part.value;
  to->low += times * part.low;
  to->high += times * part.high;
}

void lib_add_inverters(lib_values *f, const lib_values *inverter, int count, int outputs)
{
  assert(f && inverter && count >= 0);
  if (count == 0) return;
  f->area_um2 += count * inverter->area_um2;
  f->area_high_um2 += count * inverter->area_um2;
  add_range(&f->leakage_nw, inverter->leakage_nw, count);
  add_range(&f->delay_ps, inverter->delay_ps, 1);
  if (f->carry_ps > 0) f->carry_ps += inverter->delay_ps.value;
  add_range(&f->energy_fj, inverter->energy_fj, (double)count / outputs);
}

enum { PARTS_MAX = 3, PATH_MAX = 4, NO_CELL = QY_CELL_COUNT };

/* Parts and how often; the slowest path through them; which pins all inputs together drive. */
typedef struct recipe {
  qy_cell kind;
  const char *text;
  struct {
    int cell, count;
  } part[PARTS_MAX], pin[PARTS_MAX];
  int path[PATH_MAX];
} recipe;

#define END NO_CELL
static const recipe recipes[] = {
    {QY_BUF, "2 INV", {{QY_INV, 2}, {END, 0}}, {{QY_INV, 1}, {END, 0}}, {QY_INV, QY_INV, END}},
    {QY_AND2,
     "NAND2 + INV",
     {{QY_NAND2, 1}, {QY_INV, 1}, {END, 0}},
     {{QY_NAND2, 2}, {END, 0}},
     {QY_NAND2, QY_INV, END}},
    {QY_NOR2, "OR2 + INV", {{QY_OR2, 1}, {QY_INV, 1}, {END, 0}}, {{QY_OR2, 2}, {END, 0}}, {QY_OR2, QY_INV, END}},
    {QY_NOR2,
     "NAND2 + 3 INV",
     {{QY_NAND2, 1}, {QY_INV, 3}, {END, 0}},
     {{QY_INV, 2}, {END, 0}},
     {QY_INV, QY_NAND2, QY_INV, END}},
    {QY_OR2, "NOR2 + INV", {{QY_NOR2, 1}, {QY_INV, 1}, {END, 0}}, {{QY_NOR2, 2}, {END, 0}}, {QY_NOR2, QY_INV, END}},
    {QY_NAND3,
     "AND2 + NAND2",
     {{QY_AND2, 1}, {QY_NAND2, 1}, {END, 0}},
     {{QY_AND2, 2}, {QY_NAND2, 1}, {END, 0}},
     {QY_AND2, QY_NAND2, END}},
    {QY_AOI21,
     "AND2 + NOR2",
     {{QY_AND2, 1}, {QY_NOR2, 1}, {END, 0}},
     {{QY_AND2, 2}, {QY_NOR2, 1}, {END, 0}},
     {QY_AND2, QY_NOR2, END}},
    {QY_OAI21,
     "OR2 + NAND2",
     {{QY_OR2, 1}, {QY_NAND2, 1}, {END, 0}},
     {{QY_OR2, 2}, {QY_NAND2, 1}, {END, 0}},
     {QY_OR2, QY_NAND2, END}},
    {QY_XOR2, "4 NAND2", {{QY_NAND2, 4}, {END, 0}}, {{QY_NAND2, 4}, {END, 0}}, {QY_NAND2, QY_NAND2, QY_NAND2, END}},
    {QY_XNOR2, "XOR2 + INV", {{QY_XOR2, 1}, {QY_INV, 1}, {END, 0}}, {{QY_XOR2, 2}, {END, 0}}, {QY_XOR2, QY_INV, END}},
    {QY_MUX2,
     "3 NAND2 + INV",
     {{QY_NAND2, 3}, {QY_INV, 1}, {END, 0}},
     {{QY_NAND2, 3}, {QY_INV, 1}, {END, 0}},
     {QY_INV, QY_NAND2, QY_NAND2, END}},
    {QY_HA,
     "XOR2 + AND2",
     {{QY_XOR2, 1}, {QY_AND2, 1}, {END, 0}},
     {{QY_XOR2, 2}, {QY_AND2, 2}, {END, 0}},
     {QY_XOR2, END}},
    {QY_FA,
     "2 XOR2 + 3 NAND2",
     {{QY_XOR2, 2}, {QY_NAND2, 3}, {END, 0}},
     {{QY_XOR2, 3}, {QY_NAND2, 3}, {END, 0}},
     {QY_XOR2, QY_XOR2, END}},
};

static bool parts_known(const recipe *r, const lib_values *values)
{
  for (int i = 0; i < PARTS_MAX && r->part[i].cell != END; i++) {
    if (!values[r->part[i].cell].known) return false;
  }
  return true;
}

void lib_compose(lib_values values[QY_CELL_COUNT], const char *recipe_text[QY_CELL_COUNT])
{
  assert(values && recipe_text);
  for (size_t k = 0; k < sizeof recipes / sizeof *recipes; k++) {
    const recipe *r = &recipes[k];
    lib_values *f = &values[r->kind];
    if (f->known || !parts_known(r, values)) continue;
    *f = (lib_values){.known = true};
    for (int i = 0; i < PARTS_MAX && r->part[i].cell != END; i++) {
      const lib_values *part = &values[r->part[i].cell];
      f->area_um2 += r->part[i].count * part->area_um2;
      f->area_high_um2 += r->part[i].count * part->area_high_um2;
      add_range(&f->leakage_nw, part->leakage_nw, r->part[i].count);
      add_range(&f->energy_fj, part->energy_fj, (double)r->part[i].count / qy_cell_outputs(r->kind));
    }
    for (int i = 0; i < PARTS_MAX && r->pin[i].cell != END; i++)
      add_range(&f->in_cap_ff, values[r->pin[i].cell].in_cap_ff, (double)r->pin[i].count / qy_cell_inputs(r->kind));
    for (int i = 0; i < PATH_MAX && r->path[i] != END; i++)
      add_range(&f->delay_ps, values[r->path[i]].delay_ps, 1);
    /* carry-in to carry-out of the gates above: two NAND2 */
    if (r->kind == QY_FA) f->carry_ps = 2 * values[QY_NAND2].delay_ps.value;
    recipe_text[r->kind] = r->text;
  }
}
