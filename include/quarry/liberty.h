/* Reading silicon libraries in the Liberty format (.lib) into technology libraries.
 *
 * What is used: units, nominal conditions, and per cell area, leakage, pins (direction, capacitance, function, clock),
 * delay, transition and constraint tables with their templates, internal power, flip-flops.  Everything else is
 * skipped, known to Liberty or not.  Cell kinds are found by logic function, never by name: truth tables up to the
 * order of the inputs; of each kind the smallest cell, of equal areas the one of the smallest drive
 * (max_capacitance, else leakage).
 *
 * Definitions (mean: over timing arcs, rise and fall; load: four inverters; input slew: that of a chain of inverters
 * which drive four inverters each; tables interpolated linearly, extrapolated linearly beyond their ends):
 *   area, leakage   as stated; leakage without a default: mean over the states given
 *   in_cap          mean over the input pins without the clock
 *   lone_cap        the input of AOI21 and OAI21 outside the pair, MUX2's select, FA's carry in
 *   delay           per stage of a chain of the cell by the edges that take longest: an inverting cell alternates them,
 *                   which gives their mean, any other repeats its slower one; states of an input: the slowest; mean
 *                   over the inputs, range down to the mean of the edges; of the slowest output; flip-flop: clock to
 *                   Q, mean
 *   load_share      delay over load from one to four cells of the kind in such chains, slews settled, times the load of
 *                   four inverters, over the delay; flip-flop: at the input slew
 *   energy          internal power, mean over arcs, summed over rails; flip-flop: plus that of the D pin.  Liberty's
 *                   unit of internal power is capacitive_load_unit * voltage_unit^2
 *   carry           carry-in to carry-out in an endless ripple chain, slews settled, by the edges that take longest,
 *                   for the fastest input; behind an inverter where the cell gives the complement
 *   clock_energy    internal power of the clock pin, rise + fall, plus C V^2 of the pin
 *   setup           the larger of rise and fall constraint
 * A kind that no cell implements is composed from others and reported.  What Liberty does not state (synthesis effort,
 * glitches, wires, placement, clock tree) comes from a base library.
 * Tables of ground rails (pg_type, else the names VSS, VGND, GND) are left out: they repeat those of the supply.  Rails
 * of one state add up.  Without internal power an energy is the base library's in proportion to C V^2, with an interval
 * twice as wide.  A cell without delay tables or leakage is no candidate.
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

/* Read a file, compressed with gzip or not, of at most QY_FILE_BYTES_MAX bytes when unpacked. */
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

typedef struct qy_liberty_report {
  size_t cells; /* read */
  double slew_ps, load_ff;
  bool node_estimated;
  double node_nm;
  const char *energy_guessed; /* kinds without internal power, by name: C V^2 and the base library; NULL: none */
  qy_liberty_adder half_adder, full_adder;
  struct qy_liberty_choice {
    const char *from;  /* "FAX1 of osu018_stdcells.lib", or the recipe "2 XOR2 + 3 NAND2" */
    bool composed;     /* no cell of this kind */
    const char *note;  /* what is special about the cell or another that was not taken, or NULL */
    size_t candidates; /* cells of this kind */
  } choice[QY_CELL_COUNT];
} qy_liberty_report;

/* Import files that together hold one library at one corner.  QY_BAD_INPUT: a parse error, no library, different
 * voltages or temperatures, no inverter, NAND2 or flip-flop, missing units or tables of a chosen cell, an implausible
 * constant. */
qy_status qy_liberty_import(qy_tech **tech, qy_liberty_report *report, const qy_liberty_source *source, size_t count,
                            const qy_liberty_options *options, qy_arena *arena, qy_error *err);

#endif
