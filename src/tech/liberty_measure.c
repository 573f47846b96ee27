/* Figures of one Liberty cell at the common load and slew, and of kinds put together from others: see liberty.h. */
#include "liberty_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

void lib_add(lib_gather *g, double value)
{
  if (g->count == 0 || value < g->low) g->low = value;
  if (g->count == 0 || value > g->high) g->high = value;
  g->sum += value;
  g->count++;
}

lib_range lib_range_of(const lib_gather *g)
{
  return (lib_range){g->sum / g->count, g->low, g->high};
}

static void add_range(lib_range *to, lib_range part, double times)
{
  to->value += times * part.value;
  to->low += times * part.low;
  to->high += times * part.high;
}

qy_status lib_lacks(const lib_model *m, const lib_cell *cell, const char *what)
{
  return qy_liberty_fail(cell->library->source, cell->name.at, m->err, "cell %s: expected %s, found none",
                         piece_text(cell->name, m->arena), what);
}

qy_status lib_number(const lib_model *m, const lib_cell *cell, qy_piece piece, double *value)
{
  assert(m && cell && value);
  if (piece_number(piece, value)) return QY_OK;
  return qy_liberty_fail(cell->library->source, piece.at, m->err, "cell %s: expected a number, found \"%s\"",
                         piece_text(cell->name, m->arena), piece_text(piece, m->arena));
}

qy_status lib_area(double *area_um2, const lib_model *m, const lib_cell *cell)
{
  assert(area_um2 && m && cell);
  if (cell->area.length == 0) return lib_lacks(m, cell, "an area");
  qy_status status = lib_number(m, cell, cell->area, area_um2);
  if (status == QY_OK && !(*area_um2 > 0))
    return qy_liberty_fail(cell->library->source, cell->area.at, m->err, "cell %s: expected an area above 0, found %g",
                           piece_text(cell->name, m->arena), *area_um2);
  return status;
}

static qy_status pin_cap(double *cap_ff, const lib_model *m, const lib_cell *cell, const lib_pin *pin)
{
  double rise = 0, fall = 0;
  qy_status status;
  if (pin->capacitance.length > 0) {
    status = lib_number(m, cell, pin->capacitance, &rise);
    fall = rise;
  } else if (pin->rise_capacitance.length > 0 && pin->fall_capacitance.length > 0) {
    status = lib_number(m, cell, pin->rise_capacitance, &rise);
    if (status == QY_OK) status = lib_number(m, cell, pin->fall_capacitance, &fall);
  } else if (cell->library->default_input_cap.length > 0) {
    status = lib_number(m, cell, cell->library->default_input_cap, &rise);
    fall = rise;
  } else {
    return lib_lacks(m, cell, "a capacitance of each input pin");
  }
  *cap_ff = (rise + fall) / 2 * cell->library->cap_ff;
  if (status == QY_OK && !(*cap_ff > 0))
    return qy_liberty_fail(cell->library->source, pin->name.at, m->err,
                           "cell %s: expected a pin capacitance above 0, found %g fF", piece_text(cell->name, m->arena),
                           *cap_ff);
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

bool lib_is_combinational(const lib_arc *arc)
{
  assert(arc);
  return !arc->power && (arc->type.length == 0 || piece_is(arc->type, "combinational") ||
                         piece_is(arc->type, "combinational_rise") || piece_is(arc->type, "combinational_fall"));
}

bool lib_names_pin(qy_piece list, qy_piece name)
{
  static const char between[] = " ,\t\r\n\"\\";
  if (list.length == 0) return true;
  for (size_t i = 0; i + name.length <= list.length; i++) {
    bool starts = i == 0 || strchr(between, list.at[i - 1]);
    bool ends = i + name.length == list.length || strchr(between, list.at[i + name.length]);
    if (starts && ends && memcmp(list.at + i, name.at, name.length) == 0) return true;
  }
  return false;
}

static bool is_clocked(const lib_arc *arc)
{
  return !arc->power && (piece_is(arc->type, "rising_edge") || piece_is(arc->type, "falling_edge"));
}

/* Delays from the clock to an output: each edge of each arc. */
static qy_status gather_clocked(lib_gather *g, const lib_model *m, const lib_cell *cell, const lib_pin *out,
                                lib_condition at)
{
  double unit = cell->library->time_ps, pair[2];
  for (const lib_arc *arc = out->arc; arc; arc = arc->next) {
    bool found;
    if (!is_clocked(arc)) continue;
    qy_status status = look_pair(m, cell, arc, LIB_CELL_RISE, LIB_CELL_FALL, at, pair, &found);
    if (status != QY_OK) return status;
    if (!found) continue;
    lib_add(g, pair[0] * unit);
    lib_add(g, pair[1] * unit);
  }
  return QY_OK;
}

/* Delay over load of each edge of the arcs of an output, between two loads and at a step of the input. */
static qy_status gather_slopes(lib_gather *g, const lib_model *m, const lib_cell *cell, const lib_pin *out,
                               double load_ff)
{
  for (const lib_arc *arc = out->arc; arc; arc = arc->next) {
    double few[2], many[2];
    bool found;
    if (!lib_is_combinational(arc) && !is_clocked(arc)) continue;
    const lib_condition near_by = {load_ff, 0}, far = {4 * load_ff, 0};
    qy_status status = look_pair(m, cell, arc, LIB_CELL_RISE, LIB_CELL_FALL, near_by, few, &found);
    if (status == QY_OK && found) status = look_pair(m, cell, arc, LIB_CELL_RISE, LIB_CELL_FALL, far, many, &found);
    if (status != QY_OK) return status;
    for (int edge = 0; edge < 2 && found; edge++)
      lib_add(g, (many[edge] - few[edge]) * cell->library->time_ps / (3 * load_ff));
  }
  return QY_OK;
}

qy_status lib_measure_strength(lib_strength *s, const lib_model *m, const lib_cell *cell, qy_cell kind)
{
  assert(s && m && cell);
  lib_gather loads = {0}, drives = {0}, slopes = {0};
  const lib_pin *clock = kind == QY_DFF ? lib_clock_pin(cell) : NULL,
                *data = kind == QY_DFF ? lib_data_pin(cell) : NULL;
  bool stated = true;
  *s = (lib_strength){0};
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    double value;
    if (p->direction == LIB_OUTPUT) {
      stated = stated && piece_number(p->max_capacitance, &value) && value > 0;
      if (stated) lib_add(&drives, value * cell->library->cap_ff);
    }
    if (p->direction != LIB_INPUT || (kind == QY_DFF && p != clock && p != data)) continue;
    qy_status status = pin_cap(&value, m, cell, p);
    if (status != QY_OK) return status;
    lib_add(&loads, value);
  }
  if (loads.count == 0) return lib_lacks(m, cell, "an input");
  s->load_ff = loads.sum / loads.count;
  s->drive_ff = stated && drives.count > 0 ? drives.sum / drives.count : 0;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    qy_status status = p->direction == LIB_OUTPUT ? gather_slopes(&slopes, m, cell, p, s->load_ff) : QY_OK;
    if (status != QY_OK) return status;
  }
  s->slope_ps_per_ff = slopes.count > 0 ? fmax(slopes.sum / slopes.count, 0) : 0;
  return QY_OK;
}

static const lib_pin *first_pin(const lib_cell *cell, lib_direction direction)
{
  const lib_pin *pin = cell->pin;
  while (pin && pin->direction != direction)
    pin = pin->next;
  return pin;
}

qy_status lib_fan_out_condition(lib_condition *point, const lib_model *m, const lib_cell *inverter)
{
  assert(point && m && inverter);
  lib_chain c;
  double cap_ff = 0;
  lib_stage stage = {inverter, first_pin(inverter, LIB_INPUT), first_pin(inverter, LIB_OUTPUT), 0};
  if (!stage.in || !stage.out) return lib_lacks(m, inverter, "an input and an output");
  qy_status status = pin_cap(&cap_ff, m, inverter, stage.in);
  if (status != QY_OK) return status;
  stage.load_ff = 4 * cap_ff;
  status = lib_chain_settle(&c, m, &stage, 1, (lib_slew){0, false});
  if (status != QY_OK) return status;
  if (!c.found) return lib_lacks(m, inverter, "delay tables of each output");
  *point = (lib_condition){stage.load_ff, c.slew_ps};
  return QY_OK;
}

/* Chains of a cell with its like through each of its inputs, at the slew or settled: mean over the inputs; range: over
 * the inputs, and down to the mean of the edges, for cells among others that invert. */
static qy_status measure_chains(lib_range *delay_ps, const lib_model *m, const lib_cell *cell, const lib_pin *out,
                                lib_condition at, bool held)
{
  lib_gather mean = {0}, range = {0};
  for (const lib_pin *in = cell->pin; in; in = in->next) {
    lib_chain c;
    if (in->direction != LIB_INPUT) continue;
    qy_status status =
        lib_chain_settle(&c, m, &(lib_stage){cell, in, out, at.load_ff}, 1, (lib_slew){at.slew_ps, held});
    if (status != QY_OK) return status;
    if (!c.found) continue;
    lib_add(&mean, c.delay_ps);
    lib_add(&range, c.delay_ps);
    lib_add(&range, (c.edge_low_ps + c.edge_high_ps) / 2);
  }
  if (mean.count == 0) return lib_lacks(m, cell, "delay tables of each output");
  *delay_ps = (lib_range){mean.sum / mean.count, range.low, range.high};
  return QY_OK;
}

static qy_status measure_output(lib_range *delay_ps, const lib_model *m, const lib_subject *s, const lib_pin *out,
                                lib_condition at, bool held)
{
  if (s->kind != QY_DFF) return measure_chains(delay_ps, m, s->cell, out, at, held);
  lib_gather delay = {0};
  qy_status status = gather_clocked(&delay, m, s->cell, out, at);
  if (status != QY_OK) return status;
  if (delay.count == 0) return lib_lacks(m, s->cell, "delay tables of each output");
  *delay_ps = lib_range_of(&delay);
  return QY_OK;
}

/* Delay of the slowest output, and what more load adds to it in a settled chain: from one to four cells of the kind. */
static qy_status measure_delay(lib_values *f, const lib_model *m, const lib_subject *s, lib_condition point)
{
  const lib_pin *slowest = NULL;
  const double in_ff = f->in_cap_ff.value;
  lib_range few = {0}, many = {0};
  for (const lib_pin *out = s->cell->pin; out; out = out->next) {
    lib_range d = {0};
    if (out->direction != LIB_OUTPUT) continue;
    qy_status status = measure_output(&d, m, s, out, point, true);
    if (status != QY_OK) return status;
    if (slowest && d.value <= f->delay_ps.value) continue;
    f->delay_ps = d;
    slowest = out;
  }
  if (!slowest) return lib_lacks(m, s->cell, "an output");
  if (!(f->delay_ps.value > 0))
    return qy_liberty_fail(s->cell->library->source, slowest->name.at, m->err,
                           "cell %s: expected a delay above 0 at %.4g fF and a slew of %.4g ps, found %.4g ps",
                           piece_text(s->cell->name, m->arena), point.load_ff, point.slew_ps, f->delay_ps.value);
  qy_status status = measure_output(&few, m, s, slowest, (lib_condition){in_ff, point.slew_ps}, false);
  if (status == QY_OK) status = measure_output(&many, m, s, slowest, (lib_condition){4 * in_ff, point.slew_ps}, false);
  if (status != QY_OK) return status;
  const double slope[] = {(many.value - few.value) / (3 * in_ff), (many.low - few.low) / (3 * in_ff),
                          (many.high - few.high) / (3 * in_ff)};
  f->slope_ps_per_ff =
      (lib_range){slope[0], fmin(slope[0], fmin(slope[1], slope[2])), fmax(slope[0], fmax(slope[1], slope[2]))};
  return QY_OK;
}

/* The output of a full adder that is its carry or the carry's complement. */
static const lib_pin *carry_output(const lib_cell *cell, bool *inverted)
{
  qy_piece input[LIB_INPUTS_MAX];
  int count = 0;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_INPUT && count < LIB_INPUTS_MAX) input[count++] = p->name;
  }
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    uint64_t table;
    if (p->direction != LIB_OUTPUT || !lib_function(&table, p->function, input, count, (qy_piece){0})) continue;
    *inverted = table == 0x17;
    if (table == 0xE8 || table == 0x17) return p;
  }
  return NULL;
}

/* An endless ripple chain: each carry output drives the carry input of the next cell, behind an inverter where the
 * cell gives the complement.  The carry input is the one through which that is fastest. */
static qy_status measure_carry(lib_values *f, const lib_model *m, const lib_subject *s, lib_condition point)
{
  bool inverted = false, found = false;
  const lib_pin *carry = carry_output(s->cell, &inverted);
  if (!carry) return lib_lacks(m, s->cell, "a carry output");
  for (const lib_pin *in = s->cell->pin; in; in = in->next) {
    double in_ff = 0;
    lib_chain c;
    lib_stage stage[2] = {{s->cell, in, carry, 0},
                          {s->inverter, first_pin(s->inverter, LIB_INPUT), first_pin(s->inverter, LIB_OUTPUT), 0}};
    if (in->direction != LIB_INPUT) continue;
    qy_status status = pin_cap(&in_ff, m, s->cell, in);
    if (status == QY_OK && inverted) status = pin_cap(&stage[0].load_ff, m, s->inverter, stage[1].in);
    stage[inverted ? 1 : 0].load_ff = in_ff;
    if (status == QY_OK) status = lib_chain_settle(&c, m, stage, inverted ? 2 : 1, (lib_slew){point.slew_ps, false});
    if (status != QY_OK) return status;
    if (!c.found || (found && c.delay_ps >= f->carry_ps)) continue;
    found = true;
    f->carry_ps = c.delay_ps;
    f->lone_cap_ff = in_ff;
  }
  return found ? QY_OK : lib_lacks(m, s->cell, "delay tables of the carry");
}

static qy_status measure_flip_flop(lib_values *f, const lib_model *m, const lib_cell *cell, lib_condition point)
{
  const lib_pin *clock = lib_clock_pin(cell), *data = lib_data_pin(cell);
  lib_gather setup = {0};
  lib_range clock_power, data_power;
  bool clock_known, data_known;
  lib_condition unloaded = {0, point.slew_ps};
  double cap_ff = 0, pair[2], volt = cell->library->supply_v;
  if (!clock || !data) return lib_lacks(m, cell, "a clock and a data pin");
  qy_status status = pin_cap(&cap_ff, m, cell, clock);
  if (status == QY_OK) status = lib_pin_energy(&clock_power, &clock_known, m, cell, clock, unloaded);
  if (status == QY_OK) status = lib_pin_energy(&data_power, &data_known, m, cell, data, unloaded);
  if (status != QY_OK) return status;
  for (const lib_arc *arc = data->arc; arc; arc = arc->next) {
    bool found;
    if (arc->power || (!piece_is(arc->type, "setup_rising") && !piece_is(arc->type, "setup_falling"))) continue;
    status = look_pair(m, cell, arc, LIB_RISE_CONSTRAINT, LIB_FALL_CONSTRAINT, unloaded, pair, &found);
    if (status != QY_OK) return status;
    if (!found) continue;
    lib_add(&setup, pair[0] * cell->library->time_ps);
    lib_add(&setup, pair[1] * cell->library->time_ps);
  }
  if (setup.count == 0) return lib_lacks(m, cell, "setup tables");
  /* a cycle has a rising and a falling edge of the clock; gathered is the mean of both */
  double switched = cap_ff * volt * volt;
  f->clock_fj = (lib_range){switched, switched, switched};
  f->has_clock = clock_known;
  if (clock_known) add_range(&f->clock_fj, clock_power, 2);
  f->setup_ps = (lib_range){fmax(setup.high, 0), fmax(setup.low, 0), fmax(setup.high, 0)};
  if (data_known) add_range(&f->energy_fj, data_power, 1);
  f->has_energy |= data_known;
  return QY_OK;
}

/* What is inside the cell per output toggle: tables of the outputs, and of a gate's inputs, where these take part. */
static qy_status measure_energy(lib_values *f, const lib_model *m, const lib_subject *s, lib_condition point)
{
  const lib_cell *cell = s->cell;
  lib_gather outputs = {0};
  lib_range range = {0};
  qy_status status = QY_OK;
  bool known = false;
  double low = 0, high = 0;
  for (const lib_pin *p = cell->pin; p && status == QY_OK; p = p->next) {
    if (p->direction != LIB_OUTPUT) continue;
    status = lib_pin_energy(&range, &known, m, cell, p, point);
    if (!known) continue;
    low = outputs.count == 0 ? range.low : fmin(low, range.low);
    high = outputs.count == 0 ? range.high : fmax(high, range.high);
    lib_add(&outputs, range.value);
  }
  if (status != QY_OK) return status;
  f->has_energy = outputs.count > 0;
  /* the outputs of a flip-flop, Q and perhaps its inverse, change together */
  const double together = s->kind == QY_DFF && outputs.count > 0 ? outputs.count : 1;
  if (f->has_energy) add_range(&f->energy_fj, (lib_range){outputs.sum / outputs.count, low, high}, together);
  if (s->kind == QY_DFF) return measure_flip_flop(f, m, cell, point);
  status = lib_input_energy(&range, &known, m, cell, (lib_condition){0, point.slew_ps});
  if (status != QY_OK || !known) return status;
  f->has_energy = true;
  add_range(&f->energy_fj, range, 1);
  return QY_OK;
}

qy_status lib_measure(lib_values *f, const lib_model *m, const lib_subject *s, lib_condition point)
{
  assert(f && m && s && s->cell && s->inverter && s->match && (unsigned)s->kind < QY_CELL_COUNT);
  const lib_cell *cell = s->cell;
  lib_gather caps = {0};
  *f = (lib_values){.known = true};
  const lib_pin *clock = s->kind == QY_DFF ? lib_clock_pin(cell) : NULL,
                *data = s->kind == QY_DFF ? lib_data_pin(cell) : NULL;
  qy_status status = lib_area(&f->area_um2, m, cell);
  f->area_high_um2 = f->area_um2;
  if (status == QY_OK) status = lib_leakage(&f->leakage_nw, &f->has_leakage, &f->leaks_in_some, m, cell);
  for (const lib_pin *p = cell->pin; p && status == QY_OK; p = p->next) {
    double cap_ff = 0;
    if (p->direction != LIB_INPUT || p == clock || (data && p != data)) continue;
    status = pin_cap(&cap_ff, m, cell, p);
    if (status == QY_OK) lib_add(&caps, cap_ff);
    if (p == s->match->lone) f->lone_cap_ff = cap_ff;
  }
  if (status != QY_OK) return status;
  if (caps.count == 0) return lib_lacks(m, cell, "an input");
  f->in_cap_ff = lib_range_of(&caps);
  status = measure_delay(f, m, s, point);
  if (status == QY_OK) status = measure_energy(f, m, s, point);
  if (status == QY_OK && s->kind == QY_FA) status = measure_carry(f, m, s, point);
  return status;
}

/* ---- kinds that no cell implements ---- */

void lib_add_inverters(lib_values *f, const lib_values *inverter, double volt, int count, int outputs)
{
  assert(f && inverter && count >= 0);
  if (count == 0) return;
  f->has_energy &= inverter->has_energy;
  f->has_leakage &= inverter->has_leakage;
  f->area_um2 += count * inverter->area_um2;
  f->area_high_um2 += count * inverter->area_um2;
  add_range(&f->leakage_nw, inverter->leakage_nw, count);
  add_range(&f->delay_ps, inverter->delay_ps, 1);
  f->slope_ps_per_ff = inverter->slope_ps_per_ff;
  add_range(&f->energy_fj, inverter->energy_fj, (double)count / outputs);
  add_range(&f->energy_fj, inverter->in_cap_ff, 0.5 * volt * volt * count / outputs);
}

enum { PARTS_MAX = 3, PATH_MAX = 4, LONE_MAX = 2, NO_CELL = QY_CELL_COUNT };

/* Parts and how often; the slowest path through them; which pins all inputs together drive. */
typedef struct recipe {
  qy_cell kind;
  const char *text;
  struct {
    int cell, count;
  } part[PARTS_MAX], pin[PARTS_MAX];
  int path[PATH_MAX];
  int lone[LONE_MAX]; /* cells that the lone input drives; none: there is no such input */
} recipe;

#define END NO_CELL
static const recipe recipes[] = {
    {QY_BUF, "2 INV", {{QY_INV, 2}, {END, 0}}, {{QY_INV, 1}, {END, 0}}, {QY_INV, QY_INV, END}, {END}},
    {QY_AND2,
     "NAND2 + INV",
     {{QY_NAND2, 1}, {QY_INV, 1}, {END, 0}},
     {{QY_NAND2, 2}, {END, 0}},
     {QY_NAND2, QY_INV, END},
     {END}},
    {QY_NOR2, "OR2 + INV", {{QY_OR2, 1}, {QY_INV, 1}, {END, 0}}, {{QY_OR2, 2}, {END, 0}}, {QY_OR2, QY_INV, END}, {END}},
    {QY_NOR2,
     "NAND2 + 3 INV",
     {{QY_NAND2, 1}, {QY_INV, 3}, {END, 0}},
     {{QY_INV, 2}, {END, 0}},
     {QY_INV, QY_NAND2, QY_INV, END},
     {END}},
    {QY_OR2,
     "NOR2 + INV",
     {{QY_NOR2, 1}, {QY_INV, 1}, {END, 0}},
     {{QY_NOR2, 2}, {END, 0}},
     {QY_NOR2, QY_INV, END},
     {END}},
    {QY_NAND3,
     "AND2 + NAND2",
     {{QY_AND2, 1}, {QY_NAND2, 1}, {END, 0}},
     {{QY_AND2, 2}, {QY_NAND2, 1}, {END, 0}},
     {QY_AND2, QY_NAND2, END},
     {END}},
    {QY_AOI21,
     "AND2 + NOR2",
     {{QY_AND2, 1}, {QY_NOR2, 1}, {END, 0}},
     {{QY_AND2, 2}, {QY_NOR2, 1}, {END, 0}},
     {QY_AND2, QY_NOR2, END},
     {QY_NOR2, END}},
    {QY_OAI21,
     "OR2 + NAND2",
     {{QY_OR2, 1}, {QY_NAND2, 1}, {END, 0}},
     {{QY_OR2, 2}, {QY_NAND2, 1}, {END, 0}},
     {QY_OR2, QY_NAND2, END},
     {QY_NAND2, END}},
    {QY_XOR2,
     "4 NAND2",
     {{QY_NAND2, 4}, {END, 0}},
     {{QY_NAND2, 4}, {END, 0}},
     {QY_NAND2, QY_NAND2, QY_NAND2, END},
     {END}},
    {QY_XNOR2,
     "XOR2 + INV",
     {{QY_XOR2, 1}, {QY_INV, 1}, {END, 0}},
     {{QY_XOR2, 2}, {END, 0}},
     {QY_XOR2, QY_INV, END},
     {END}},
    {QY_MUX2,
     "3 NAND2 + INV",
     {{QY_NAND2, 3}, {QY_INV, 1}, {END, 0}},
     {{QY_NAND2, 3}, {QY_INV, 1}, {END, 0}},
     {QY_INV, QY_NAND2, QY_NAND2, END},
     {QY_NAND2, QY_INV}},
    {QY_HA,
     "XOR2 + AND2",
     {{QY_XOR2, 1}, {QY_AND2, 1}, {END, 0}},
     {{QY_XOR2, 2}, {QY_AND2, 2}, {END, 0}},
     {QY_XOR2, END},
     {END}},
    {QY_FA,
     "2 XOR2 + 3 NAND2",
     {{QY_XOR2, 2}, {QY_NAND2, 3}, {END, 0}},
     {{QY_XOR2, 3}, {QY_NAND2, 3}, {END, 0}},
     {QY_XOR2, QY_XOR2, END},
     {QY_XOR2, QY_NAND2}},
};

static bool parts_known(const recipe *r, const lib_values *values)
{
  for (int i = 0; i < PARTS_MAX && r->part[i].cell != END; i++) {
    if (!values[r->part[i].cell].known) return false;
  }
  return true;
}

/* Delay of a NAND2 into another load than that of four inverters. */
static double nand2_into(const lib_values *values, double load_ff)
{
  const lib_values *nand = &values[QY_NAND2];
  return nand->delay_ps.value + nand->slope_ps_per_ff.value * (load_ff - 4 * values[QY_INV].in_cap_ff.value);
}

/* Carry-in to carry-out of the gates above: two NAND2, of which the second drives the next carry-in. */
static double composed_carry(const lib_values *values)
{
  const double nand_ff = values[QY_NAND2].in_cap_ff.value, next_ff = values[QY_XOR2].in_cap_ff.value + nand_ff;
  return nand2_into(values, nand_ff) + nand2_into(values, next_ff);
}

/* Energy of the pins between the parts of a cell, per output toggle: all pins but those that are the cell's own. */
static double inner_pins_fj(const recipe *r, const lib_values *values, double volt)
{
  double inner_ff = 0;
  for (int i = 0; i < PARTS_MAX && r->part[i].cell != END; i++)
    inner_ff += r->part[i].count * qy_cell_inputs((qy_cell)r->part[i].cell) * values[r->part[i].cell].in_cap_ff.value;
  for (int i = 0; i < PARTS_MAX && r->pin[i].cell != END; i++)
    inner_ff -= r->pin[i].count * values[r->pin[i].cell].in_cap_ff.value;
  return 0.5 * volt * volt * fmax(inner_ff, 0) / qy_cell_outputs(r->kind);
}

void lib_compose(lib_values values[QY_CELL_COUNT], double volt, const char *recipe_text[QY_CELL_COUNT])
{
  assert(values && recipe_text);
  for (size_t k = 0; k < sizeof recipes / sizeof *recipes; k++) {
    const recipe *r = &recipes[k];
    lib_values *f = &values[r->kind];
    if (f->known || !parts_known(r, values)) continue;
    *f = (lib_values){.known = true, .has_energy = true, .has_leakage = true};
    for (int i = 0; i < PARTS_MAX && r->part[i].cell != END; i++) {
      const lib_values *part = &values[r->part[i].cell];
      f->area_um2 += r->part[i].count * part->area_um2;
      f->area_high_um2 += r->part[i].count * part->area_high_um2;
      add_range(&f->leakage_nw, part->leakage_nw, r->part[i].count);
      f->has_energy &= part->has_energy;
      f->has_leakage &= part->has_leakage;
      add_range(&f->energy_fj, part->energy_fj, (double)r->part[i].count / qy_cell_outputs(r->kind));
    }
    const double inner_fj = inner_pins_fj(r, values, volt);
    add_range(&f->energy_fj, (lib_range){inner_fj, inner_fj, inner_fj}, 1);
    for (int i = 0; i < PARTS_MAX && r->pin[i].cell != END; i++)
      add_range(&f->in_cap_ff, values[r->pin[i].cell].in_cap_ff, (double)r->pin[i].count / qy_cell_inputs(r->kind));
    for (int i = 0; i < PATH_MAX && r->path[i] != END; i++) {
      add_range(&f->delay_ps, values[r->path[i]].delay_ps, 1);
      f->slope_ps_per_ff = values[r->path[i]].slope_ps_per_ff; /* of the last cell: it drives the load */
    }
    for (int i = 0; i < LONE_MAX && r->lone[i] != END; i++)
      f->lone_cap_ff += values[r->lone[i]].in_cap_ff.value;
    if (r->kind == QY_FA) f->carry_ps = composed_carry(values);
    recipe_text[r->kind] = r->text;
  }
}
