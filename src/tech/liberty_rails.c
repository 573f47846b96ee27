/* Rails of Liberty cells: which pins are power pins, which rails are ground.  By type and by use, never by name. */
#include "liberty_int.h"

#include <assert.h>
#include <string.h>

static bool in_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '[' || c == ']';
}

/* Whether a text of names and operators holds a name. */
static bool mentions(qy_piece text, qy_piece name)
{
  for (size_t i = 0; i < text.length;) {
    size_t start = i;
    while (i < text.length && in_name(text.at[i]))
      i++;
    if (i == start)
      i++;
    else if (piece_same((qy_piece){text.at + start, i - start}, name))
      return true;
  }
  return false;
}

static bool is_supply(const lib_cell *cell, qy_piece name)
{
  for (const lib_supply *s = cell->supply; s; s = s->next) {
    if (piece_same(s->name, name)) return true;
  }
  return false;
}

/* Whether the logic of a cell knows a pin: functions, state, or an arc from or to it. */
static bool is_logic(const lib_cell *cell, const lib_pin *pin)
{
  if (mentions(cell->next_state, pin->name) || mentions(cell->clocked_on, pin->name) || cell->sequential) return true;
  for (const lib_arc *arc = pin->arc; arc; arc = arc->next) {
    if (!arc->power) return true;
  }
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (mentions(p->function, pin->name) || mentions(p->three_state, pin->name)) return true;
    for (const lib_arc *arc = p->arc; arc; arc = arc->next) {
      if (!arc->power && arc->related.length > 0 && lib_names_pin(arc->related, pin->name)) return true;
    }
  }
  return mentions(cell->clear, pin->name) || mentions(cell->preset, pin->name);
}

void lib_mark_rails(lib_cell *cell)
{
  assert(cell);
  for (lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_OUTPUT && !p->is_rail) continue;
    if (p->is_rail || is_supply(cell, p->name) || !is_logic(cell, p)) p->direction = LIB_RAIL;
  }
}

/* What the library says of the voltage of a rail; false: nothing. */
static bool rail_voltage(double *voltage_v, const lib_library *l, qy_piece name)
{
  for (const lib_rail_voltage *r = l->rail; r && name.length > 0; r = r->next) {
    if (!piece_same(r->name, name)) continue;
    *voltage_v = r->voltage_v;
    return true;
  }
  return false;
}

/* Ground, supply or not stated. */
static lib_rail_type type_of(const lib_cell *cell, qy_piece rail)
{
  const lib_supply *s = cell->supply;
  double voltage_v;
  while (s && !piece_same(s->name, rail))
    s = s->next;
  const lib_rail_type type = s ? s->type : LIB_UNTYPED;
  if (type == LIB_SUPPLY || type == LIB_GROUND) return type;
  const qy_piece by = s && s->voltage_name.length > 0 ? s->voltage_name : rail;
  if (rail_voltage(&voltage_v, cell->library, by)) return voltage_v > 0 ? LIB_SUPPLY : LIB_GROUND;
  return type == LIB_GROUND_WELL ? LIB_GROUND : LIB_UNTYPED;
}

bool lib_is_ground(const lib_cell *cell, qy_piece rail)
{
  assert(cell);
  return rail.length > 0 && type_of(cell, rail) == LIB_GROUND;
}

/* One more rail of tables: `untyped` becomes it when nothing tells its type; true: there was another. */
static bool see_rail(qy_piece *first, qy_piece *untyped, const lib_cell *cell, qy_piece rail)
{
  const lib_rail_type type = type_of(cell, rail);
  if (type == LIB_GROUND) return false;
  if (type == LIB_UNTYPED) *untyped = rail; /* lists run against the order of the file */
  if (!first->at) *first = rail;
  return !piece_same(*first, rail);
}

qy_piece lib_untyped_rail(const lib_cell *cell)
{
  assert(cell);
  qy_piece first = {0}, untyped = {0};
  bool several = false;
  for (const lib_state_power *s = cell->state_power; s; s = s->next) {
    if (s->supply.length > 0) several |= see_rail(&first, &untyped, cell, s->supply);
  }
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    for (const lib_arc *arc = p->arc; arc; arc = arc->next) {
      if (arc->power && arc->supply.length > 0) several |= see_rail(&first, &untyped, cell, arc->supply);
    }
  }
  return several ? untyped : (qy_piece){0};
}
