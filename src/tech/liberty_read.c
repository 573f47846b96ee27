/* From Liberty statements to the model of liberty_int.h.
 *
 * Each open group has a handler for what stands in it; groups that are not used have none, nor have those inside them.
 * Tables stay text until they are looked up: of tens of thousands of tables an import needs about a hundred.
 */
#include "liberty_int.h"
#include "quarry/decimal.h"

#include <assert.h>
#include <math.h>
#include <string.h>
#include <strings.h>

bool piece_same(qy_piece a, qy_piece b)
{
  return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

bool piece_is(qy_piece piece, const char *text)
{
  assert(text);
  return piece_same(piece, (qy_piece){.at = text, .length = strlen(text)});
}

const char *piece_text(qy_piece piece, qy_arena *arena)
{
  assert(arena);
  enum { SHOWN_MAX = 80 };
  char *text = qy_arena_text(arena, piece.at ? piece.at : "", piece.length < SHOWN_MAX ? piece.length : SHOWN_MAX);
  for (char *c = text; c && *c; c++) {
    if (*c < 0x20 || *c > 0x7e) *c = '?';
  }
  return text ? text : "?";
}

bool piece_number(qy_piece piece, double *value)
{
  assert(value);
  char text[64], *end;
  while (piece.length > 0 && (*piece.at == ' ' || *piece.at == '\t')) {
    piece.at++;
    piece.length--;
  }
  while (piece.length > 0 && (piece.at[piece.length - 1] == ' ' || piece.at[piece.length - 1] == '\t'))
    piece.length--;
  if (piece.length == 0 || piece.length >= sizeof text) return false;
  memcpy(text, piece.at, piece.length);
  text[piece.length] = '\0';
  *value = qy_decimal(text, &end);
  return *end == '\0' && isfinite(*value);
}

qy_piece piece_trimmed(qy_piece piece)
{
  static const char around[] = " \t\r\n\"\\";
  while (piece.length > 0 && strchr(around, *piece.at)) {
    piece.at++;
    piece.length--;
  }
  while (piece.length > 0 && strchr(around, piece.at[piece.length - 1]))
    piece.length--;
  return piece;
}

/* The same word in any case. */
static bool piece_word(qy_piece piece, const char *word)
{
  piece = piece_trimmed(piece);
  return piece.length == strlen(word) && strncasecmp(piece.at, word, piece.length) == 0;
}

static bool piece_false(qy_piece piece)
{
  return piece_word(piece, "false") || piece_word(piece, "0");
}

typedef enum group_kind {
  GROUP_OTHER, /* and everything inside it: skipped */
  GROUP_LIBRARY,
  GROUP_TEMPLATE,
  GROUP_CELL,
  GROUP_STATE_POWER,
  GROUP_SUPPLY,
  GROUP_CONDITIONS,
  GROUP_FLIP_FLOP,
  GROUP_PIN,
  GROUP_ARC,
  GROUP_TABLE
} group_kind;

typedef struct builder {
  lib_model *m;
  const qy_liberty_source *source;
  group_kind group[QY_LIBERTY_DEPTH_MAX + 1]; /* [depth]: the group that statements at this depth stand in */
  lib_library *library;
  lib_cell *cell, **next_cell;
  lib_pin *pin;
  lib_arc *arc;
  lib_table *table;
  lib_template *template;
  lib_state_power *state;
  lib_supply *supply;
  lib_conditions *conditions;
  qy_piece more_pins, more_rails; /* of pin (A, B) {...}: what follows the first name */
} builder;

static void *make(builder *b, size_t size)
{
  void *memory = qy_arena_alloc(b->m->arena, 1, size);
  if (!memory) qy_fail(b->m->err, QY_NO_MEMORY, "out of memory");
  return memory;
}

/* The first name between the parentheses of a group, without quotes. */
static qy_piece first_name(qy_piece value)
{
  size_t start = 0;
  while (start < value.length && strchr(" \t\r\n\"\\,", value.at[start]))
    start++;
  size_t stop = start;
  while (stop < value.length && !strchr(" \t\r\n\"\\,", value.at[stop]))
    stop++;
  return (qy_piece){value.at + start, stop - start};
}

static qy_piece rest_after(qy_piece value, qy_piece part)
{
  size_t used = (size_t)(part.at - value.at) + part.length;
  return (qy_piece){value.at + used, value.length - used};
}

/* "10ps", "1nW": number, prefix, unit letter; `unit` is the factor of the bare unit letter in our unit. */
static bool scaled_unit(qy_piece value, const char *letters, double unit, double *factor)
{
  static const struct {
    char letter;
    double factor;
  } prefixes[] = {{'f', 1e-15}, {'p', 1e-12}, {'n', 1e-9}, {'u', 1e-6}, {'m', 1e-3}, {'k', 1e3}};
  value = piece_trimmed(value);
  qy_piece number = value;
  size_t tail = 0;
  while (tail < value.length && strchr("+-.0123456789", value.at[tail]))
    tail++;
  if (tail > 0 && tail + 1 < value.length && (value.at[tail] | 0x20) == 'e' &&
      strchr("+-0123456789", value.at[tail + 1]))
    for (tail++; tail < value.length && strchr("+-0123456789", value.at[tail]);)
      tail++;
  number.length = tail;
  while (tail < value.length && strchr(" ,\"\t\r\n\\", value.at[tail]))
    tail++;
  const char *text = value.at + tail;
  const size_t length = value.length - tail;
  if (!piece_number(number, factor) || !(*factor > 0) || length < 1 || length > 2) return false;
  if (!strchr(letters, text[length - 1])) return false;
  double prefix = 1;
  if (length == 2) {
    size_t i = 0, count = sizeof prefixes / sizeof *prefixes;
    while (i < count && prefixes[i].letter != (text[0] | 0x20))
      i++;
    if (i == count) return false;
    prefix = prefixes[i].factor;
  }
  *factor *= prefix * unit;
  return true;
}

static qy_status bad_unit(const builder *b, const qy_liberty_event *e, const char *example)
{
  return qy_liberty_fail(b->source, e->value.at, b->m->err, "%s: expected a unit such as %s, found \"%s\"",
                         piece_text(e->name, b->m->arena), example, piece_text(e->value, b->m->arena));
}

static qy_status want_number(const builder *b, const qy_liberty_event *e, double *value)
{
  if (piece_number(e->value, value)) return QY_OK;
  return qy_liberty_fail(b->source, e->value.at, b->m->err, "%s: expected a number, found \"%s\"",
                         piece_text(e->name, b->m->arena), piece_text(e->value, b->m->arena));
}

/* ---- attributes, by the group they stand in ---- */

/* voltage_map (name, volts) */
static qy_status in_voltage_map(builder *b, const qy_liberty_event *e)
{
  lib_rail_voltage *rail = make(b, sizeof *rail);
  if (!rail) return QY_NO_MEMORY;
  rail->name = first_name(e->value);
  if (!piece_number(first_name(rest_after(e->value, rail->name)), &rail->voltage_v)) return QY_OK;
  rail->next = b->library->rail;
  b->library->rail = rail;
  return QY_OK;
}

static qy_status in_library(builder *b, const qy_liberty_event *e)
{
  static const char *const nominal[LIB_CONDITIONS] = {
      [LIB_VOLTAGE] = "nom_voltage", [LIB_TEMPERATURE] = "nom_temperature", [LIB_PROCESS] = "nom_process"};
  lib_library *l = b->library;
  if (piece_is(e->name, "time_unit"))
    return scaled_unit(e->value, "sS", 1e12, &l->time_ps) ? QY_OK : bad_unit(b, e, "1ns");
  if (piece_is(e->name, "capacitive_load_unit"))
    return scaled_unit(e->value, "fF", 1e15, &l->cap_ff) ? QY_OK : bad_unit(b, e, "(1, pf)");
  if (piece_is(e->name, "leakage_power_unit"))
    return scaled_unit(e->value, "wW", 1e9, &l->leakage_nw) ? QY_OK : bad_unit(b, e, "1nW");
  if (piece_is(e->name, "voltage_unit"))
    return scaled_unit(e->value, "vV", 1, &l->volt_v) ? QY_OK : bad_unit(b, e, "1V");
  if (piece_is(e->name, "default_operating_conditions")) l->default_conditions = piece_trimmed(e->value);
  if (piece_is(e->name, "default_cell_leakage_power")) l->default_leakage = e->value;
  if (piece_is(e->name, "default_input_pin_cap")) l->default_input_cap = e->value;
  if (piece_is(e->name, "voltage_map")) return in_voltage_map(b, e);
  if (piece_is(e->name, "include_file")) l->include = e->name.at;
  for (int k = 0; k < LIB_CONDITIONS; k++) {
    if (!piece_is(e->name, nominal[k])) continue;
    l->nominal[k].known = true;
    return want_number(b, e, &l->nominal[k].value);
  }
  return QY_OK;
}

static qy_status in_template(builder *b, const qy_liberty_event *e)
{
  static const char *const variables[] = {"variable_1", "variable_2", "variable_3"};
  static const char *const indices[] = {"index_1", "index_2", "index_3"};
  for (int i = 0; i < LIB_AXES; i++) {
    if (piece_is(e->name, variables[i])) b->template->variable[i] = e->value;
    if (piece_is(e->name, indices[i])) b->template->index[i] = e->value;
  }
  return QY_OK;
}

static qy_status in_cell(builder *b, const qy_liberty_event *e)
{
  /* Attributes that keep a cell out of plain logic unless they are false, and what to say of it. */
  static const struct {
    const char *name, *why;
  } odd[] = {{"dont_use", "is marked dont_use"},           {"clock_gating_integrated_cell", "is a clock gate"},
             {"is_level_shifter", "is a level shifter"},   {"is_isolation_cell", "is an isolation cell"},
             {"always_on", "is an always_on cell"},        {"pad_cell", "is a pad_cell"},
             {"interface_timing", "has interface_timing"}, {"is_macro_cell", "is a macro cell"},
             {"retention_cell", "is a retention cell"}};
  if (piece_is(e->name, "area")) {
    b->cell->area = e->value;
  } else if (piece_is(e->name, "cell_leakage_power")) {
    b->cell->leakage = e->value;
  } else {
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
      if (piece_is(e->name, odd[i].name) && !piece_false(e->value)) b->cell->odd = odd[i].why;
    }
  }
  return QY_OK;
}

static qy_status in_state_power(builder *b, const qy_liberty_event *e)
{
  if (piece_is(e->name, "value")) b->state->value = e->value;
  if (piece_is(e->name, "when")) b->state->when = e->value;
  if (piece_is(e->name, "related_pg_pin")) b->state->supply = piece_trimmed(e->value);
  return QY_OK;
}

/* primary_, backup_, internal_ground; pwell, deeppwell; all else is power: primary_power, nwell ... */
static lib_rail_type rail_type(qy_piece value)
{
  static const char ground[] = "ground", well[] = "pwell";
  value = piece_trimmed(value);
  const size_t g = sizeof ground - 1, w = sizeof well - 1;
  if (value.length == 0) return LIB_UNTYPED;
  if (value.length >= g && strncasecmp(value.at + value.length - g, ground, g) == 0) return LIB_GROUND;
  if (value.length >= w && strncasecmp(value.at + value.length - w, well, w) == 0) return LIB_GROUND_WELL;
  return LIB_SUPPLY;
}

static qy_status begin_supply(builder *b, const qy_liberty_event *e)
{
  if (!(b->supply = make(b, sizeof *b->supply))) return QY_NO_MEMORY;
  *b->supply = (lib_supply){.name = first_name(e->value), .next = b->cell->supply};
  b->cell->supply = b->supply;
  b->more_rails = rest_after(e->value, b->supply->name);
  return QY_OK;
}

/* pg_pin (A, B) {...}: the others are like the first. */
static qy_status end_supply(builder *b)
{
  const lib_supply *like = b->supply;
  for (qy_piece name; (name = first_name(b->more_rails)).length > 0; b->more_rails = rest_after(b->more_rails, name)) {
    lib_supply *supply = make(b, sizeof *supply);
    if (!supply) return QY_NO_MEMORY;
    *supply = *like;
    supply->name = name;
    supply->next = b->cell->supply;
    b->cell->supply = supply;
  }
  return QY_OK;
}

static qy_status in_supply(builder *b, const qy_liberty_event *e)
{
  if (piece_is(e->name, "pg_type")) b->supply->type = rail_type(e->value);
  if (piece_is(e->name, "voltage_name")) b->supply->voltage_name = piece_trimmed(e->value);
  return QY_OK;
}

static qy_status in_conditions(builder *b, const qy_liberty_event *e)
{
  static const char *const names[LIB_CONDITIONS] = {
      [LIB_VOLTAGE] = "voltage", [LIB_TEMPERATURE] = "temperature", [LIB_PROCESS] = "process"};
  for (int k = 0; k < LIB_CONDITIONS; k++) {
    if (!piece_is(e->name, names[k])) continue;
    b->conditions->stated[k].known = true;
    return want_number(b, e, &b->conditions->stated[k].value);
  }
  return QY_OK;
}

static qy_status in_flip_flop(builder *b, const qy_liberty_event *e)
{
  if (piece_is(e->name, "next_state")) b->cell->next_state = e->value;
  if (piece_is(e->name, "clocked_on")) b->cell->clocked_on = e->value;
  if (piece_is(e->name, "clocked_on_also")) b->cell->sequential = true;
  if (piece_is(e->name, "clear")) b->cell->clear = e->value;
  if (piece_is(e->name, "preset")) b->cell->preset = e->value;
  return QY_OK;
}

static qy_status in_pin(builder *b, const qy_liberty_event *e)
{
  lib_pin *p = b->pin;
  if (piece_is(e->name, "direction")) {
    p->direction = piece_word(e->value, "input") ? LIB_INPUT : piece_word(e->value, "output") ? LIB_OUTPUT : LIB_OTHER;
  } else if (piece_is(e->name, "capacitance")) {
    p->capacitance = e->value;
  } else if (piece_is(e->name, "max_capacitance")) {
    p->max_capacitance = e->value;
  } else if (piece_is(e->name, "rise_capacitance")) {
    p->rise_capacitance = e->value;
  } else if (piece_is(e->name, "fall_capacitance")) {
    p->fall_capacitance = e->value;
  } else if (piece_is(e->name, "function")) {
    p->function = e->value;
  } else if (piece_is(e->name, "clock")) {
    p->clock = !piece_false(e->value);
  } else if (piece_is(e->name, "three_state")) {
    if (!piece_false(e->value)) p->three_state = e->value;
  } else if (piece_is(e->name, "pg_type")) {
    p->is_rail = true;
    return begin_supply(b, &(qy_liberty_event){.value = p->name}) || in_supply(b, e) ? QY_NO_MEMORY : QY_OK;
  }
  return QY_OK;
}

static qy_status in_arc(builder *b, const qy_liberty_event *e)
{
  if (piece_is(e->name, "related_pin")) b->arc->related = e->value;
  if (piece_is(e->name, "timing_type")) b->arc->type = e->value;
  if (piece_is(e->name, "timing_sense")) b->arc->sense = e->value;
  if (piece_is(e->name, "related_pg_pin")) b->arc->supply = piece_trimmed(e->value);
  if (piece_is(e->name, "when")) b->arc->when = e->value;
  return QY_OK;
}

static qy_status in_table(builder *b, const qy_liberty_event *e)
{
  static const char *const indices[] = {"index_1", "index_2", "index_3"};
  if (piece_is(e->name, "values")) b->table->values = e->value;
  for (int i = 0; i < LIB_AXES; i++) {
    if (piece_is(e->name, indices[i])) b->table->index[i] = e->value;
  }
  return QY_OK;
}

/* ---- groups ---- */

static qy_status begin_library(builder *b, const qy_liberty_event *e)
{
  b->library = make(b, sizeof *b->library);
  if (!b->library) return QY_NO_MEMORY;
  /* Liberty's defaults; capacitance and leakage have none. */
  *b->library = (lib_library){.source = b->source, .name = first_name(e->value), .time_ps = 1e3, .volt_v = 1};
  lib_library **end = &b->m->first;
  while (*end)
    end = &(*end)->next;
  *end = b->library;
  return QY_OK;
}

static qy_status begin_template(builder *b, const qy_liberty_event *e)
{
  if (!(b->template = make(b, sizeof *b->template))) return QY_NO_MEMORY;
  b->template->name = first_name(e->value);
  b->template->next = b->library->template;
  b->library->template = b->template;
  return QY_OK;
}

static qy_status begin_cell(builder *b, const qy_liberty_event *e)
{
  if (!(b->cell = make(b, sizeof *b->cell))) return QY_NO_MEMORY;
  b->cell->library = b->library;
  b->cell->name = first_name(e->value);
  *b->next_cell = b->cell;
  b->next_cell = &b->cell->next;
  b->m->cell_count++;
  b->library->cells++;
  return QY_OK;
}

static qy_status begin_state_power(builder *b, const qy_liberty_event *e)
{
  (void)e;
  if (!(b->state = make(b, sizeof *b->state))) return QY_NO_MEMORY;
  b->state->next = b->cell->state_power;
  b->cell->state_power = b->state;
  return QY_OK;
}

static qy_status begin_flip_flop(builder *b, const qy_liberty_event *e)
{
  b->cell->flip_flops++;
  b->cell->state = first_name(e->value);
  b->cell->inverse_state = first_name(rest_after(e->value, b->cell->state));
  return QY_OK;
}

static qy_status begin_pin(builder *b, const qy_liberty_event *e)
{
  if (!(b->pin = make(b, sizeof *b->pin))) return QY_NO_MEMORY;
  *b->pin = (lib_pin){.name = first_name(e->value), .direction = LIB_OTHER, .next = b->cell->pin};
  b->cell->pin = b->pin;
  b->more_pins = rest_after(e->value, b->pin->name);
  return QY_OK;
}

/* pin (A, B) {...}: the others are like the first. */
static qy_status end_pin(builder *b)
{
  const lib_pin *like = b->pin;
  for (qy_piece name; (name = first_name(b->more_pins)).length > 0; b->more_pins = rest_after(b->more_pins, name)) {
    lib_pin *pin = make(b, sizeof *pin);
    if (!pin) return QY_NO_MEMORY;
    *pin = *like;
    pin->name = name;
    pin->next = b->cell->pin;
    b->cell->pin = pin;
  }
  return QY_OK;
}

static qy_status begin_conditions(builder *b, const qy_liberty_event *e)
{
  if (!(b->conditions = make(b, sizeof *b->conditions))) return QY_NO_MEMORY;
  *b->conditions = (lib_conditions){.name = first_name(e->value), .next = b->library->conditions};
  b->library->conditions = b->conditions;
  return QY_OK;
}

static qy_status begin_arc(builder *b, const qy_liberty_event *e)
{
  if (!(b->arc = make(b, sizeof *b->arc))) return QY_NO_MEMORY;
  b->arc->power = piece_is(e->name, "internal_power");
  b->arc->next = b->pin->arc;
  b->pin->arc = b->arc;
  return QY_OK;
}

static qy_status begin_table(builder *b, const qy_liberty_event *e)
{
  static const char *const names[LIB_TABLE_KINDS] = {
      [LIB_CELL_RISE] = "cell_rise",
      [LIB_CELL_FALL] = "cell_fall",
      [LIB_RISE_TRANSITION] = "rise_transition",
      [LIB_FALL_TRANSITION] = "fall_transition",
      [LIB_RISE_CONSTRAINT] = "rise_constraint",
      [LIB_FALL_CONSTRAINT] = "fall_constraint",
      [LIB_RISE_POWER] = "rise_power",
      [LIB_FALL_POWER] = "fall_power",
      [LIB_POWER] = "power",
  };
  int kind = 0;
  while (kind < LIB_TABLE_KINDS && !piece_is(e->name, names[kind]))
    kind++;
  b->table = NULL;
  if (kind == LIB_TABLE_KINDS) return QY_OK;
  if (!(b->table = make(b, sizeof *b->table))) return QY_NO_MEMORY;
  *b->table = (lib_table){.kind = (lib_table_kind)kind, .template = first_name(e->value), .next = b->arc->table};
  b->arc->table = b->table;
  return QY_OK;
}

static qy_status odd_cell(builder *b, const qy_liberty_event *e)
{
  b->cell->odd = piece_is(e->name, "test_cell") ? "has a test_cell" : "has a bus or bundle";
  return QY_OK;
}

static qy_status sequential_cell(builder *b, const qy_liberty_event *e)
{
  (void)e;
  b->cell->sequential = true;
  return QY_OK;
}

static const struct {
  const char *name; /* NULL: any */
  qy_status (*begin)(builder *, const qy_liberty_event *);
  group_kind within, kind;
} groups[] = {
    {"cell", begin_cell, GROUP_LIBRARY, GROUP_CELL},
    {"lu_table_template", begin_template, GROUP_LIBRARY, GROUP_TEMPLATE},
    {"power_lut_template", begin_template, GROUP_LIBRARY, GROUP_TEMPLATE},
    {"pin", begin_pin, GROUP_CELL, GROUP_PIN},
    {"operating_conditions", begin_conditions, GROUP_LIBRARY, GROUP_CONDITIONS},
    {"pg_pin", begin_supply, GROUP_CELL, GROUP_SUPPLY},
    {"leakage_power", begin_state_power, GROUP_CELL, GROUP_STATE_POWER},
    {"ff", begin_flip_flop, GROUP_CELL, GROUP_FLIP_FLOP},
    {"ff_bank", sequential_cell, GROUP_CELL, GROUP_OTHER},
    {"latch", sequential_cell, GROUP_CELL, GROUP_OTHER},
    {"latch_bank", sequential_cell, GROUP_CELL, GROUP_OTHER},
    {"statetable", sequential_cell, GROUP_CELL, GROUP_OTHER},
    {"test_cell", odd_cell, GROUP_CELL, GROUP_OTHER},
    {"bus", odd_cell, GROUP_CELL, GROUP_OTHER},
    {"bundle", odd_cell, GROUP_CELL, GROUP_OTHER},
    {"timing", begin_arc, GROUP_PIN, GROUP_ARC},
    {"internal_power", begin_arc, GROUP_PIN, GROUP_ARC},
    {NULL, begin_table, GROUP_ARC, GROUP_TABLE},
};

static qy_status begin(builder *b, const qy_liberty_event *e)
{
  group_kind within = b->group[e->depth];
  group_kind *opened = &b->group[e->depth + 1];
  *opened = GROUP_OTHER;
  if (e->depth == 0) {
    if (!piece_is(e->name, "library"))
      return qy_liberty_fail(b->source, e->name.at, b->m->err, "expected a library group, found \"%s\"",
                             piece_text(e->name, b->m->arena));
    *opened = GROUP_LIBRARY;
    return begin_library(b, e);
  }
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    if (groups[i].within != within || (groups[i].name && !piece_is(e->name, groups[i].name))) continue;
    *opened = groups[i].kind;
    qy_status status = groups[i].begin(b, e);
    if (groups[i].kind == GROUP_TABLE && !b->table) *opened = GROUP_OTHER;
    return status;
  }
  return QY_OK;
}

/* Where a library states no nominal condition: that of the operating conditions which it names as the default, else the
 * one in which all it has agree.  A supply may last come from the voltage_map, when it has one voltage above zero. */
static void default_condition(lib_library *l, lib_condition_kind kind)
{
  lib_stated *nominal = &l->nominal[kind], all = {0};
  bool agree = true;
  if (nominal->known) return;
  for (const lib_conditions *c = l->conditions; c; c = c->next) {
    const lib_stated *one = &c->stated[kind];
    if (l->default_conditions.length > 0 && piece_same(c->name, l->default_conditions) && one->known) {
      *nominal = *one;
      return;
    }
    if (!one->known) continue;
    agree = agree && (!all.known || all.value == one->value);
    all = *one;
  }
  for (const lib_rail_voltage *r = l->rail; r && kind == LIB_VOLTAGE && !l->conditions; r = r->next) {
    if (!(r->voltage_v > 0)) continue;
    agree = agree && (!all.known || all.value == r->voltage_v);
    all = (lib_stated){true, r->voltage_v};
  }
  if (agree) *nominal = all;
}

static void end_library(lib_library *l)
{
  if (l->nominal[LIB_VOLTAGE].known && !(l->nominal[LIB_VOLTAGE].value > 0)) l->nominal[LIB_VOLTAGE].known = false;
  for (int k = 0; k < LIB_CONDITIONS; k++)
    default_condition(l, (lib_condition_kind)k);
}

static qy_status statement(void *ctx, const qy_liberty_event *e)
{
  static qy_status (*const in[])(builder *, const qy_liberty_event *) = {[GROUP_OTHER] = NULL,
                                                                         [GROUP_LIBRARY] = in_library,
                                                                         [GROUP_TEMPLATE] = in_template,
                                                                         [GROUP_CELL] = in_cell,
                                                                         [GROUP_STATE_POWER] = in_state_power,
                                                                         [GROUP_SUPPLY] = in_supply,
                                                                         [GROUP_CONDITIONS] = in_conditions,
                                                                         [GROUP_FLIP_FLOP] = in_flip_flop,
                                                                         [GROUP_PIN] = in_pin,
                                                                         [GROUP_ARC] = in_arc,
                                                                         [GROUP_TABLE] = in_table};
  builder *b = ctx;
  if (e->kind == QY_LIBERTY_END) {
    const group_kind closed = b->group[e->depth + 1];
    if (closed == GROUP_LIBRARY) end_library(b->library);
    if (closed == GROUP_CELL) lib_mark_rails(b->cell);
    return closed == GROUP_PIN ? end_pin(b) : closed == GROUP_SUPPLY ? end_supply(b) : QY_OK;
  }
  if (e->kind == QY_LIBERTY_BEGIN) return begin(b, e);
  if (e->depth == 0)
    return qy_liberty_fail(b->source, e->name.at, b->m->err, "expected a library group, found the attribute \"%s\"",
                           piece_text(e->name, b->m->arena));
  group_kind group = b->group[e->depth];
  return in[group] ? in[group](b, e) : QY_OK;
}

qy_status lib_read(lib_model *m, const qy_liberty_source *source)
{
  assert(m && source);
  builder b = {.m = m, .source = source, .next_cell = &m->cell};
  while (*b.next_cell)
    b.next_cell = &(*b.next_cell)->next;
  qy_status status = qy_liberty_parse(source, statement, &b, m->err);
  if (status == QY_OK && !b.library)
    status = qy_liberty_fail(source, source->text, m->err, "expected a library group, found none");
  return status;
}
