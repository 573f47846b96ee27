/* Technology libraries: what one silicon process costs per standard cell, and how sure that is.
 *
 * A library is read from db/tech/NAME.yaml.  Every constant has value, low, high (a 90 % interval), status and source.
 * Cells are given as ratios to NAND2, apart from the NAND2 scale itself, because ratios are known far better than the
 * absolute scale and a shared scale cancels when two designs are compared.
 *
 * The file holds: name, title, license, flavour (texts); node, voltage, temperature (quantities); and the constants
 *   nand2       area, in_cap, delay, energy, leakage: the scale, with units
 *   cells       per other cell kind the same five as ratios to NAND2; energy is what the cell burns inside per toggle
 *   both        load_share: share of the delay into four inverters that goes with the load;  cells of aoi21, oai21,
 *               mux2 and fa  lone_cap: see lone_cap_ff, over NAND2's in_cap.  Both may be left out, see
 * load_slope_ps_per_ff
 *   full_adder  carry: carry in to carry out, over the NAND2 delay
 *   flip_flop   clock_energy: over the NAND2 energy; setup: over the NAND2 delay
 *   load        fanout: driven pins per toggling net; wire_cap: wire per driven pin
 *   effort      p, k per operator class;   glitch  factor per layout and operator class
 *   placement   density;                   clock_tree  energy, over the flip-flops' clock energy
 *   sram        node: which node of db/memory the SRAM is taken from; voltage: its supply when that is not the table's
 *               own (quantity, may be left out; see sram_supply.h); the section may be left out, then there is no SRAM
 * More sections may be left out:
 *   wires          cap: capacitance of a wire per length, for wires whose length is known (between elements)
 *   voltage_range  low, high: supply voltages at which the law below holds (quantities)
 *   voltage_law    threshold, alpha, leakage_slope, energy_exponent (2 when left out): constants, see
 *                  qy_tech_at_voltage; both sections or none
 *   covariance     constants: paths; log: matrix, the covariance of their natural logarithms, from a calibration
 * each constant as {value: 0.49 um2, low: 0.33 um2, high: 0.61 um2, status: recalled, source: "where from"}.
 * Beside them stand the factors of <db_dir>/circuit/factors.csv, which are the same for all libraries.
 * Internal units: um2, ps, fF, fJ, nW, V, degrees C.
 * Ownership: a library and everything in it lives in the arena it was read into.
 */
#ifndef QUARRY_TECH_H
#define QUARRY_TECH_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/yaml.h"

#include <stdbool.h>

/* Cell kinds a census counts.  DFF is one plain D flip-flop bit. */
typedef enum qy_cell {
  QY_INV,
  QY_BUF,
  QY_NAND2,
  QY_NOR2,
  QY_AND2,
  QY_OR2,
  QY_NAND3,
  QY_AOI21,
  QY_OAI21,
  QY_XOR2,
  QY_XNOR2,
  QY_MUX2,
  QY_HA,
  QY_FA,
  QY_DFF,
  QY_CELL_COUNT
} qy_cell;

/* Constants of an FPGA that is a technology: room for those of fpga_tech.h. */
enum { QY_TECH_FPGA_VALUES = 24 };

typedef enum qy_origin { QY_READ, QY_DERIVED, QY_RECALLED, QY_CALIBRATED } qy_origin;

/* One number and how far it can be trusted: low..high is a 90 % interval, low <= value <= high. */
typedef struct qy_constant {
  double value, low, high;
  qy_origin status;
  const char *source;
} qy_constant;

/* Operator classes that synthesis effort acts on separately (reference: own open synthesis study, 2026). */
typedef enum qy_operator_class {
  QY_CLASS_MULTIPLIER,
  QY_CLASS_BOOTH,
  QY_CLASS_ADDER,
  QY_CLASS_SHIFTER,
  QY_CLASS_MUX,
  QY_CLASS_COMPARE,
  QY_CLASS_LOGIC,
  QY_CLASS_ENCODER,
  QY_CLASS_MAC,
  QY_CLASS_REGISTER,
  QY_CLASS_COUNT
} qy_operator_class;

/* Factors of the circuit models that hold in every library: rows of <db_dir>/circuit/factors.csv, which says where they
 * are from.  Delays: of what a kind of cell takes in a circuit over what the library's delays and loads give.  Lean:
 * cells of minimum size; fast: cells that speed-driven synthesis makes; see src/circuit/arrive.c. */
typedef enum qy_factor {
  QY_LEAN_SELECT_DATA, /* two-to-one selection: from its data, ... */
  QY_LEAN_SELECT_LINE, /* ... from its select input */
  QY_HALF_CARRY,       /* half adder to its carry, over to its sum */
  QY_LEAN_FULL_DATA,   /* full adder to its sum from an operand, ... */
  QY_LEAN_FULL_CARRY,  /* ... from the carry */
  QY_LEAN_LEADING_ONE,
  QY_FAST_LOADS,       /* gates of its own size that a sized cell drives */
  QY_FAST_GATE,        /* two-input gate */
  QY_FAST_XOR,         /* exclusive or */
  QY_FAST_SELECT_DATA, /* selection, over two gates */
  QY_FAST_SELECT_LINE,
  QY_FAST_CARRY,       /* a carry's step in a ripple adder, over a complex gate */
  QY_LINE_GATES,       /* gates that one buffer of a line drives, at most */
  QY_LINE_LOADS,       /* inverters that it is loaded with, at most */
  QY_ADDEND_SHARE,     /* share of an addend's bits above the product that pass a row of half adders more */
  QY_EFFORT_BITS_NONE, /* effort on a product by the bits of its operands: none up to here ... */
  QY_EFFORT_BITS_FULL, /* ... in full from here, in between in proportion */
  QY_FACTOR_COUNT
} qy_factor;

/* A resolved library: plain arrays for the hot code, constants behind them for reports and for uncertainty. */
typedef struct qy_tech {
  const char *name, *title, *file;
  const char *text; /* the file, verbatim: goes into the results database */
  char sha256[65];
  double node_nm, voltage_v, temperature_c;
  const char *flavour; /* threshold and cell-height flavour, free text */
  const char *license;

  /* Central values per cell kind. */
  double area_um2[QY_CELL_COUNT];
  double in_cap_ff[QY_CELL_COUNT];   /* mean over input pins */
  double delay_ps[QY_CELL_COUNT];    /* into four inverters; FA: to sum; DFF: clock to Q; edges: see liberty.h */
  double energy_fj[QY_CELL_COUNT];   /* per output toggle: internal + 1/2 V^2 fanout (mean pin + wire) */
  double internal_fj[QY_CELL_COUNT]; /* the part of energy_fj inside the cell: for who knows the loads of a net */
  double load_fanout;                /* driven pins per toggling net */
  double load_wire_ff;               /* wire per driven pin */
  double leakage_nw[QY_CELL_COUNT];
  double fa_carry_ps; /* full adder, carry in to carry out */

  /* For who knows the load of a cell: its delay is delay_ps + load_slope_ps_per_ff * (load - load_ff), load_ff being
   * four inverters.  A library that states no load_share has it by logical effort (Sutherland, Sproull, Harris, 1999),
   * delay = parasitic + effort: an inverter 4 of 5, NAND2 and NOR2 4 of 6, NAND3, AOI21 and OAI21 4 of 7; cells of
   * several stages end in an inverter and have its slope, DFF included. */
  double load_slope_ps_per_ff[QY_CELL_COUNT];
  double load_ff;
  /* The input unlike the others: of AOI21 and OAI21 the one outside the pair, of MUX2 the select, of FA the carry in;
   * the mean input where there is none or the library does not state it. pair_cap_ff: mean of the others. */
  double lone_cap_ff[QY_CELL_COUNT], pair_cap_ff[QY_CELL_COUNT];
  double dff_clock_fj; /* one flip-flop, one clock cycle, data quiet */
  double dff_setup_ps;

  /* Effort law, see qy_build_take_effort: at the shortest period Tmin that speed-driven synthesis reaches cells grow by
   * 1 + effort_k[class] beside what the library says of adders and exclusive ors; at period T by (Tmin / T)^effort_p of
   * all that; small products take less, see qy_factor.  glitch_*: see circuit.h. */
  double effort_k[QY_CLASS_COUNT];
  double effort_p;
  double glitch_lean[QY_CLASS_COUNT]; /* energy over that of all counted toggles, lean and fast layout */
  double glitch_fast[QY_CLASS_COUNT];
  double density_frac;    /* placement density: placed area = cell area / density */
  double clock_tree_frac; /* clock-tree energy over flip-flop clock-pin energy */
  double wire_ff_per_um;  /* of wires between elements; 0: the library states none, and they are not counted */

  /* Voltage law, see qy_tech_at_voltage; voltage_high_v is 0 when the library states none. */
  double voltage_low_v, voltage_high_v;
  double threshold_v, alpha, leakage_slope_v, energy_exponent;

  double factor[QY_FACTOR_COUNT];

  const char *sram_node; /* which node of db/memory belongs to it: "28" or "55"; NULL: none */
  double sram_voltage_v; /* supply of the SRAM; 0: the table's own, whatever the logic's is */

  const struct qy_structure *structure; /* discrepancies of the model (structure.h), for draws; NULL: none */

  /* The technology is this FPGA (fpga_tech.h): it has no cells, all of the above but name, title, file, text and hash
   * is 0, and fpga_value holds its constants.  NULL: a library of cells. */
  const struct qy_fpga_device *fpga;
  double fpga_value[QY_TECH_FPGA_VALUES];

  /* Every constant of the file in file order, for `describe`, `tech show` and uncertainty; then the factors. */
  struct qy_tech_entry {
    const char *path;
    const char *unit;
    qy_constant constant;
    int line;
    bool is_factor; /* "circuit.NAME": not the library's own, in no file of a library; line: that of factors.csv */
    size_t slot;    /* for qy_tech_resolve */
  } * entry;
  size_t entry_count;

  /* Covariance of the natural logarithms of calibrated constants: matrix[count][count]. count 0: none. */
  struct qy_tech_covariance {
    size_t count;
    const char **path;
    double *matrix;
  } covariance;
} qy_tech;

/* Read and check a library and the factors.  `name` is a path (it holds a '/' or ends in .yaml) or the name of a file
 * in <db_dir>/tech/; <db_dir>/structure.csv, if it is there, gives its `structure`.  Errors: unknown or missing key,
 * missing unit, duplicate key, non-finite, low > value or value > high, unknown status: each with file, line, column.
 * The library lives in the arena. */
qy_status qy_tech_read(qy_tech **tech, const char *db_dir, const char *name, qy_arena *arena, qy_error *err);

/* The same for text of `length` bytes that came from `file` (used in messages, and as the library's file).  It has no
 * factors, hence no circuit can be priced in it before qy_tech_share. */
qy_status qy_tech_read_text(qy_tech **tech, const char *file, const char *text, size_t length, qy_arena *arena,
                            qy_error *err);

/* Give a library the factors of another one; both arenas must live as long as the library. */
qy_status qy_tech_share(qy_tech *tech, const qy_tech *from, qy_arena *arena, qy_error *err);

/* A copy whose constants may be changed; texts are shared, so both arenas must live as long as the copy.  Call
 * qy_tech_resolve after changing constants, qy_tech_render when it is to be stored or written. */
qy_status qy_tech_copy(qy_tech **copy, const qy_tech *tech, qy_arena *arena, qy_error *err);

/* A copy without what placement adds: no wires (load.wire_cap, wires.cap) and no clock tree, each known to be 0.  For
 * comparisons with netlists that were synthesized and not placed. */
qy_status qy_tech_unplaced(qy_tech **out, const qy_tech *tech, qy_arena *arena, qy_error *err);

/* Compute the plain arrays from the central values of entry[]. Does not touch text and sha256. */
void qy_tech_resolve(qy_tech *tech);

/* Set text and sha256 to a YAML file that says what the library now holds. */
qy_status qy_tech_render(qy_tech *tech, qy_arena *arena, qy_error *err);

/* Write the library's text (see qy_tech_render) to `file`, which appears whole or not at all. */
qy_status qy_tech_write(const qy_tech *tech, const char *file, qy_error *err);

/* The library at another supply voltage V, V0 being its own:
 *   delay     times V / (V - Vt)^alpha over the same at V0 (alpha-power law, Sakurai and Newton, JSSC 25(2), 1990)
 *   energy    times (V / V0)^n inside the cells, n = energy_exponent, 2 being C V^2; the load on nets is 1/2 C V^2
 *   leakage   times (V / V0) exp((V - V0) / slope): supply times a current that drain-induced barrier lowering raises
 * The SRAM stays at its own supply, see qy_tech_sram_at.  QY_BAD_INPUT when V lies outside the range that the library
 * states, or it states none and V differs from V0.  Intervals scale with the values and widen by what the law itself
 * does not know: each of its constants moved to the ends of its interval, the larger change of the logarithm, added in
 * quadrature to both halves (and to a covariance); nothing at V0, more the farther away.  The constants of the law stay
 * as they are.  *out is named NAME@VOLTAGE. */
qy_status qy_tech_at_voltage(qy_tech **out, const qy_tech *tech, double voltage_v, qy_arena *arena, qy_error *err);
/* Bytes of a library's name without the "@0.8V" that qy_tech_at_voltage puts behind it. */
size_t qy_tech_base_length(const char *name);
/* Is `base` the library's name without that supply?  "fdsoi28" is it of "fdsoi28" and of "fdsoi28@0.8V". */
bool qy_tech_is_base(const char *name, const char *base);

/* The library with its SRAM at `voltage_v` instead of the table's own supply; whether the memory allows it is
 * qy_sram_supply_check's to say.  QY_BAD_INPUT when the library names no SRAM node, or voltage_v is not above 0. */
qy_status qy_tech_sram_at(qy_tech **out, const qy_tech *tech, double voltage_v, qy_arena *arena, qy_error *err);

/* The constant at a path of the file ("cells.fa.area"), or NULL. */
const qy_constant *qy_tech_constant(const qy_tech *tech, const char *path);

/* Area of an adder cell, QY_FA or QY_HA, made of gates: two exclusive ors and three NAND2; one and an AND2.  What
 * `quarry tech import` composes where a library has none, what speed-driven synthesis makes of it. */
double qy_tech_gates_um2(const qy_tech *tech, qy_cell adder);

const char *qy_cell_name(qy_cell cell);                      /* "nand2" */
int qy_cell_inputs(qy_cell cell);                            /* input pins; DFF: 1, the clock is counted apart */
int qy_cell_outputs(qy_cell cell);                           /* 2 for HA and FA */
const char *qy_origin_name(qy_origin origin);                /* the words of the file */
const char *qy_operator_class_name(qy_operator_class class); /* the same */

#endif
