/* Reading silicon libraries in the Liberty format (.lib) into technology libraries.
 *
 * What is used: units, conditions, voltage_map, and per cell area, leakage, pins (direction, capacitance, function,
 * clock), delay, transition and constraint tables with their templates, internal power, rails, flip-flops.  Everything
 * else is skipped, known to Liberty or not.  Cell kinds are found by logic function, never by name: truth tables up to
 * the order of the inputs.  Of each kind the weakest is taken: strength is the geometric mean of the load of an input
 * and of the drive, each in those of the weakest cell of the kind.  Drive is the max_capacitance of an output or the
 * load over delay of its tables (a step at the input, from one to four times the load of an input), whichever makes the
 * cell stronger; the load alone for a cell with neither.  Of cells within 1.3 times the least the smallest, of equal
 * areas the weaker, then the one that leaks less.  A smaller cell that is stronger is reported.
 * Inverter and NAND2, to which all others are ratios, must belong to the rest: what each kind makes of the NAND2 by the
 * base library's ratio agrees in area, pin load and delay within a factor of 4 of the median over the kinds; of several
 * cells one that does not is left out, an only one is reported.
 *
 * Definitions (mean: over timing arcs, rise and fall; load: four inverters; input slew: that of a chain of inverters
 * which drive four inverters each; tables interpolated linearly, extrapolated linearly beyond their ends):
 *   area, leakage   as stated; leakage without a default, or with one of 0: mean over the states given, each the sum of
 *                   its rails (a rail without this state: its figure for any); states by function, however written
 *   in_cap          mean over the input pins without the clock
 *   lone_cap        the input of AOI21 and OAI21 outside the pair, MUX2's select, FA's carry in
 *   delay           per stage of a chain of the cell by the edges that take longest: an inverting cell alternates them,
 *                   which gives their mean, any other repeats its slower one; states of an input: the slowest; mean
 *                   over the inputs, range down to the mean of the edges; of the slowest output; flip-flop: clock to
 *                   Q, mean
 *   load_share      delay over load from one to four cells of the kind in such chains, slews settled, times the load of
 *                   four inverters, over the delay; flip-flop: at the input slew
 *   energy          internal power of the outputs, summed over rails, mean over arcs; of gates plus that of the inputs
 *                   by their own tables, in the states in which an output follows, per output toggle; flip-flop: plus
 *                   that of the D pin.  Liberty's unit of internal power is capacitive_load_unit * voltage_unit^2
 *   carry           carry-in to carry-out in an endless ripple chain, slews settled, by the edges that take longest,
 *                   for the fastest input; behind an inverter where the cell gives the complement
 *   clock_energy    internal power of the clock pin, rise + fall, plus C V^2 of the pin
 *   setup           the larger of rise and fall constraint
 * A kind that no cell implements is composed from others and reported.  What Liberty does not state (synthesis effort,
 * glitches, wires, placement, clock tree) comes from a base library.
 * Tables of ground rails are left out: they repeat those of the supply.  Ground is what its pg_type says, or where that
 * is missing (or a well) what has 0 V in the voltage_map; a rail of which nothing tells the type is a supply, and that
 * is reported.  Pins with a pg_type, and pins that no function, state or arc of their cell knows, are no pins of logic.
 * A cell whose data are broken or missing, or whose figures no technology has, is left out with the reason; one that
 * lacks only leakage or internal power (or has none above 0) is taken when there is no other.  Then an energy is the
 * base library's in proportion to C V^2, leakage in proportion to C V, with an interval twice as wide; ratios to the
 * NAND2 are the base library's.
 * Conditions: nom_*, else the default operating conditions, else what all of them agree in, a voltage last from the
 * voltage_map.
 * Ownership: results live in the arena.
 */
#ifndef QUARRY_LIBERTY_H
#define QUARRY_LIBERTY_H

#include "quarry/tech.h"

/* ---- the parser ---- */

enum { QY_LIBERTY_DEPTH_MAX = 32 };

/* A piece of the file's text, not NUL-terminated. */
typedef struct qy_piece {
  const char *at;
  size_t length;
} qy_piece;

typedef enum qy_liberty_kind {
  QY_LIBERTY_BEGIN,  /* name (value) {          value: text between the parentheses */
  QY_LIBERTY_END,    /* }                       name as in BEGIN, value empty */
  QY_LIBERTY_SIMPLE, /* name : value ;          quotes removed */
  QY_LIBERTY_COMPLEX /* name (value) ;          text between the parentheses */
} qy_liberty_kind;

typedef struct qy_liberty_event {
  qy_liberty_kind kind;
  qy_piece name, value;
  int depth; /* groups open around it */
} qy_liberty_event;

/* One file in memory: text[length] must be NUL.  `file` is used in messages and as the source of constants. */
typedef struct qy_liberty_source {
  const char *file;
  const char *text;
  size_t length;
} qy_liberty_source;

/* Libraries shrink by 5 to 20 times with gzip; what unpacks to more than this many times its bytes, and to more than
 * the least, is no library but a file made to fill the memory. */
enum { QY_LIBERTY_UNPACKED_MAX = 256, QY_LIBERTY_UNPACKED_MIN = 1 << 20 };

/* Read a file, compressed with gzip or not, of at most QY_FILE_BYTES_MAX bytes when unpacked, and no more than the
 * limits above allow: else QY_BAD_INPUT. */
qy_status qy_liberty_load(qy_liberty_source *source, const char *file, qy_arena *arena, qy_error *err);

/* Call event() for every statement in order; another status than QY_OK from it ends the parse and is returned.
 * QY_BAD_INPUT with line and column: open string, comment, parenthesis or group, a statement that is none, more than
 * QY_LIBERTY_DEPTH_MAX groups in each other.  O(length), no recursion. */
qy_status qy_liberty_parse(const qy_liberty_source *source, qy_status (*event)(void *ctx, const qy_liberty_event *),
                           void *ctx, qy_error *err);

/* Report at a place of the text. Returns QY_BAD_INPUT. */
qy_status qy_liberty_fail(const qy_liberty_source *source, const char *at, qy_error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- the import ---- */

typedef struct qy_liberty_options {
  const char *name;        /* of the new library */
  const char *title;       /* NULL: "NAME, imported from FILES" */
  const char *license;     /* NULL: says that the file's terms apply */
  const qy_tech *base;     /* gives what Liberty does not state */
  double node_nm;          /* 0: estimated from the NAND2 area and the base library, and reported */
  const char *const *skip; /* [skip_count] cells to leave out, as shell patterns: weak drives for instance */
  size_t skip_count;
} qy_liberty_options;

/* An adder cell by its pins, for who maps to it; cell NULL: the library has none whose outputs are no complements.
 * Inputs: the one that loads its driver least comes last. A half adder has two. */
typedef struct qy_liberty_adder {
  const char *cell, *input[3], *sum, *carry;
} qy_liberty_adder;

enum { QY_LIBERTY_WARNINGS_MAX = 32 };

typedef struct qy_liberty_report {
  size_t cells; /* read */
  double slew_ps, load_ff;
  bool node_estimated;
  double node_nm;
  const char *energy_guessed;  /* kinds without internal power, by name: C V^2 and the base library; NULL: none */
  const char *leakage_guessed; /* kinds without leakage, likewise: C V and the base library */
  const char *clamped;         /* paths of constants set to an end of the format's range, or NULL */
  const char *warning[QY_LIBERTY_WARNINGS_MAX]; /* [warning_count] what the user should look at, with the file's name */
  size_t warning_count;
  qy_liberty_adder half_adder, full_adder;
  struct qy_liberty_choice {
    const char *from;  /* "FAX1 of osu018_stdcells.lib", or the recipe "2 XOR2 + 3 NAND2" */
    bool composed;     /* no cell of this kind */
    const char *note;  /* what is special about the cell or another that was not taken, or NULL */
    size_t candidates; /* cells of this kind */
  } choice[QY_CELL_COUNT];
} qy_liberty_report;

/* Import files that together hold one library at one corner.  QY_BAD_INPUT: a parse error, no library, no voltage,
 * different voltages, temperatures or processes, no unit of capacitance, no inverter, NAND2 or flip-flop (with the
 * reason for each cell of that kind).  Warnings: files that name their conditions differently, hold the same cells or
 * state no condition; a smaller cell that is stronger; an only inverter or NAND2 that is odd beside the others. */
qy_status qy_liberty_import(qy_tech **tech, qy_liberty_report *report, const qy_liberty_source *source, size_t count,
                            const qy_liberty_options *options, qy_arena *arena, qy_error *err);

#endif
