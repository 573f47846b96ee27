/* A Liberty library in memory: what the reader keeps of it, in the file's own units, and the questions put to it. */
#ifndef QUARRY_TECH_LIBERTY_INT_H
#define QUARRY_TECH_LIBERTY_INT_H

#include "quarry/liberty.h"

#include <stdint.h>

typedef enum lib_table_kind {
  LIB_CELL_RISE,
  LIB_CELL_FALL,
  LIB_RISE_TRANSITION,
  LIB_FALL_TRANSITION,
  LIB_RISE_CONSTRAINT,
  LIB_FALL_CONSTRAINT,
  LIB_RISE_POWER,
  LIB_FALL_POWER,
  LIB_POWER,
  LIB_TABLE_KINDS
} lib_table_kind;

enum { LIB_AXES = 3 };

typedef struct lib_table {
  struct lib_table *next;
  lib_table_kind kind;
  qy_piece template;
  qy_piece index[LIB_AXES]; /* raw: quotes, commas and continuations included */
  qy_piece values;
} lib_table;

/* timing() or internal_power() of a pin */
typedef struct lib_arc {
  struct lib_arc *next;
  bool power;
  qy_piece related, type, sense, supply, when;
  lib_table *table;
} lib_arc;

/* LIB_RAIL: a power pin given as a pin, or one that no function, arc or state of its cell knows. */
typedef enum lib_direction { LIB_INPUT, LIB_OUTPUT, LIB_OTHER, LIB_RAIL } lib_direction;

typedef struct lib_pin {
  struct lib_pin *next;
  qy_piece name;
  lib_direction direction;
  qy_piece capacitance, rise_capacitance, fall_capacitance, max_capacitance, function;
  qy_piece three_state; /* when it floats; empty: never */
  bool clock, is_rail;  /* is_rail: it has a pg_type */
  lib_arc *arc;
} lib_pin;

typedef struct lib_state_power {
  struct lib_state_power *next;
  qy_piece value, supply, when;
} lib_state_power;

/* pg_pin of a cell, or a pin with a pg_type */
typedef enum lib_rail_type { LIB_UNTYPED, LIB_SUPPLY, LIB_GROUND, LIB_GROUND_WELL } lib_rail_type;
typedef struct lib_supply {
  struct lib_supply *next;
  qy_piece name, voltage_name;
  lib_rail_type type;
} lib_supply;

/* voltage_map of a library */
typedef struct lib_rail_voltage {
  struct lib_rail_voltage *next;
  qy_piece name;
  double voltage_v; /* in the file's unit */
} lib_rail_voltage;

/* What a library is characterised at, in the file's units.  One row each in the table of conditions. */
typedef enum lib_condition_kind { LIB_VOLTAGE, LIB_TEMPERATURE, LIB_PROCESS, LIB_CONDITIONS } lib_condition_kind;
typedef struct lib_stated {
  bool known;
  double value;
} lib_stated;

/* operating_conditions of a library */
typedef struct lib_conditions {
  struct lib_conditions *next;
  qy_piece name;
  lib_stated stated[LIB_CONDITIONS];
} lib_conditions;

typedef struct lib_template {
  struct lib_template *next;
  qy_piece name, variable[LIB_AXES], index[LIB_AXES];
} lib_template;

/* One library group. Units: what one of the file's units is in ours; 0: not stated. */
typedef struct lib_library {
  struct lib_library *next;
  const qy_liberty_source *source;
  qy_piece name;
  double time_ps, cap_ff, leakage_nw, volt_v;
  lib_stated nominal[LIB_CONDITIONS];
  double supply_v; /* of the whole import, once the corner is known */
  size_t cells;
  const char *include;                         /* place of an include_file, or NULL */
  qy_piece default_leakage, default_input_cap; /* of cells and pins that state none */
  lib_template *template;
  qy_piece default_conditions;
  lib_conditions *conditions;
  lib_rail_voltage *rail;
} lib_library;

typedef struct lib_cell {
  struct lib_cell *next;
  const lib_library *library;
  qy_piece name, area, leakage;
  const char *odd; /* why it is not for plain logic (dont_use, clock gate, scan, buses, level shifter), or NULL */
  bool sequential; /* latch, bank or table: no plain flip-flop */
  int flip_flops;
  qy_piece state, inverse_state, next_state, clocked_on;
  qy_piece clear, preset; /* empty: none */
  lib_pin *pin;
  lib_state_power *state_power;
  lib_supply *supply;
} lib_cell;

typedef struct lib_model {
  lib_cell *cell;
  size_t cell_count;
  lib_library *first; /* of the list of libraries, in the order of the files */
  qy_arena *arena;
  qy_error *err;
} lib_model;

/* Read one source into the model, after those read before. */
qy_status lib_read(lib_model *m, const qy_liberty_source *source);

bool piece_is(qy_piece piece, const char *text);
bool piece_same(qy_piece a, qy_piece b);
/* Blanks and quotes around it taken away. */
qy_piece piece_trimmed(qy_piece piece);
/* A piece for messages and sources: printable, at most 80 characters. */
const char *piece_text(qy_piece piece, qy_arena *arena);
/* A finite number with nothing after it. */
bool piece_number(qy_piece piece, double *value);

/* Value of a table in our units' raw form: the file's unit of the table's kind; load in fF, slew in ps. */
qy_status lib_lookup(const lib_model *m, const lib_cell *cell, const lib_table *table, double load_ff, double slew_ps,
                     double *value);
const lib_table *lib_find_table(const lib_arc *arc, lib_table_kind kind);

/* Truth table of a function of the named inputs (at most 6): bit i is the output for input word i, input 0 lowest.
 * inverse: a name that stands for the complement of input 0, or an empty piece.  False: not understood. */
enum { LIB_INPUTS_MAX = 6 };
bool lib_function(uint64_t *table, qy_piece text, const qy_piece *input, int count, qy_piece inverse);

/* What a cell is. */
typedef struct lib_match {
  int inverters;       /* to add at the outputs */
  bool inverted;       /* its output is the complement and is taken as it is (MUX2) */
  int penalty;         /* of flip-flops: how far from a plain one */
  const char *note;    /* static text or NULL */
  const lib_pin *lone; /* of AOI21, OAI21: the input outside the pair; of MUX2: the select */
} lib_match;
/* By its functions; *why: what keeps a cell of this function from being taken, static text, or NULL. */
bool lib_matches(lib_match *match, const lib_cell *cell, qy_cell kind, const char **why);
/* The pins of a half or full adder cell that matched; cell NULL when an output is a complement.  False: out of
 * memory. */
bool lib_adder(qy_liberty_adder *adder, const lib_model *m, const lib_cell *cell);
/* The D and the clock pin of a flip-flop cell that matched. */
const lib_pin *lib_data_pin(const lib_cell *cell);
const lib_pin *lib_clock_pin(const lib_cell *cell);

/* Values of a cell kind in our units. low..high: spread over arcs, pins or states. */
typedef struct lib_range {
  double value, low, high;
} lib_range;
/* A mean with its range: values are added one by one. */
typedef struct lib_gather {
  double sum, low, high;
  int count;
} lib_gather;
void lib_add(lib_gather *g, double value);
/* Of at least one value. */
lib_range lib_range_of(const lib_gather *g);

typedef struct lib_values {
  bool known;
  bool has_energy;    /* false: no internal power tables or useless ones */
  bool has_leakage;   /* false: none stated or a useless one */
  bool leaks_in_some; /* its leakage is given for some of its states only */
  bool has_clock;     /* DFF: internal power tables of the clock pin */
  double area_um2, area_high_um2;
  lib_range in_cap_ff, delay_ps, energy_fj, leakage_nw;
  lib_range slope_ps_per_ff;    /* delay over load, from one to four cells of its kind */
  double lone_cap_ff;           /* AOI21, OAI21, MUX2: the lone input; FA: the carry in; others: 0 */
  double carry_ps;              /* FA, an inverter that its carry needs included */
  lib_range clock_fj, setup_ps; /* DFF */
} lib_values;

/* Load and slew at which cells are measured. */
typedef struct lib_condition {
  double load_ff, slew_ps;
} lib_condition;

/* A stage of a chain: a cell from one input to one output, into a load. */
typedef struct lib_stage {
  const lib_cell *cell;
  const lib_pin *in, *out;
  double load_ff;
} lib_stage;

/* Slew that goes in.  Cells without transition tables hand it on; 0: any, and such cells are refused. */
typedef struct lib_slew {
  double ps;
  bool held; /* every stage gets it, instead of what the stage before gives */
} lib_slew;

/* What an endless chain settles to. */
typedef struct lib_chain {
  bool found;                       /* false: no arcs from these inputs to these outputs */
  double delay_ps;                  /* per period of the stages, by the edges that take longest */
  double slew_ps;                   /* behind the last stage, mean of rise and fall */
  double edge_low_ps, edge_high_ps; /* single edges of single stages */
  lib_slew start;
} lib_chain;
qy_status lib_chain_settle(lib_chain *c, const lib_model *m, const lib_stage *stage, int stages, lib_slew start);

/* What is to be measured. */
typedef struct lib_subject {
  const lib_cell *cell, *inverter;
  const lib_match *match;
  qy_cell kind;
} lib_subject;
qy_status lib_fan_out_condition(lib_condition *point, const lib_model *m, const lib_cell *inverter);
qy_status lib_measure(lib_values *f, const lib_model *m, const lib_subject *subject, lib_condition point);
bool lib_is_combinational(const lib_arc *arc);
bool lib_names_pin(qy_piece list, qy_piece name);                                /* an empty list names every pin */
qy_status lib_lacks(const lib_model *m, const lib_cell *cell, const char *what); /* QY_BAD_INPUT, with the place */
qy_status lib_number(const lib_model *m, const lib_cell *cell, qy_piece piece, double *value); /* likewise */
qy_status lib_area(double *area_um2, const lib_model *m, const lib_cell *cell);                /* above 0 */
/* How strong a cell is.  Means: of the inputs (of a flip-flop: data and clock), the outputs, the delay arcs. */
typedef struct lib_strength {
  double load_ff;
  double drive_ff; /* what an output may drive by its max_capacitance, 0: not stated */
  double
      slope_ps_per_ff; /* delay over load at a step of the input, from one to four times load_ff; 0: tables without */
} lib_strength;
qy_status lib_measure_strength(lib_strength *s, const lib_model *m, const lib_cell *cell, qy_cell kind);

/* ---- power (liberty_power.c) ---- */

/* Make rails of the pins of a cell that are none of its logic. */
void lib_mark_rails(lib_cell *cell);
/* Whether two conditions are one state of a cell: the same function of its pins, however written. */
bool lib_same_state(const lib_cell *cell, qy_piece a, qy_piece b);
/* Ground by its pg_type, or by its voltage where no type is stated; never by its name. */
bool lib_is_ground(const lib_cell *cell, qy_piece rail);
/* Of a cell with tables of several supplies one that nothing says the type of, or an empty piece. */
qy_piece lib_untyped_rail(const lib_cell *cell);
/* Rails of one state summed, states averaged.  States that together hold always win over cell_leakage_power; *partial:
 * there are states that do not, so that one figure stands for the cell, or the mean of those given where there is none.
 * *known is false when the cell and its library state none. */
qy_status lib_leakage(lib_range *leakage_nw, bool *known, bool *partial, const lib_model *m, const lib_cell *cell);
/* Internal energy of the arcs of a pin, rise and fall averaged, rails of one arc summed, arcs averaged. */
qy_status lib_pin_energy(lib_range *energy_fj, bool *known, const lib_model *m, const lib_cell *cell,
                         const lib_pin *pin, lib_condition at);
/* Of a gate: what the inputs take by their own tables in those states in which an output follows, per output toggle. */
qy_status lib_input_energy(lib_range *energy_fj, bool *known, const lib_model *m, const lib_cell *cell,
                           lib_condition at);
bool lib_has_power(const lib_cell *cell); /* any internal power table that is no ground's */

/* Fill in the kinds that no cell implements; *recipe[kind] says how, static text.  At this supply, for the pins between
 * the parts: the energy of a cell is all that is inside it. */
void lib_compose(lib_values values[QY_CELL_COUNT], double volt, const char *recipe[QY_CELL_COUNT]);
/* Add `count` inverters behind the outputs of a kind with `outputs` outputs. */
void lib_add_inverters(lib_values *f, const lib_values *inverter, double volt, int count, int outputs);

#endif
