/* The circuit: one word-level operator graph, seen several ways.
 *
 * A datapath is a directed graph of operators with bit widths.  Operators are rows of one const descriptor table; every
 * view (cost in cells, timing, simulation, switching activity, FPGA resources, Verilog) is a column of that table.
 * Words are at most 64 bits wide and travel as uint64_t bit patterns, bits above the width zero; an operator that reads
 * a word as signed says so in its own contract.
 * Units: um2, ps, fJ, nW.  Energies are per clock cycle.
 * Ownership: a circuit and everything in it lives in the arena it was made with.
 */
#ifndef QUARRY_CIRCUIT_H
#define QUARRY_CIRCUIT_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/tech.h"
#include "quarry/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum qy_op {
  QY_OP_INPUT,
  QY_OP_CONSTANT,
  QY_OP_ADD,
  QY_OP_SUBTRACT,
  QY_OP_ADDSUB,
  QY_OP_NEGATE_IF,
  QY_OP_MULTIPLY,     /* array (unsigned), Baugh-Wooley (signed) or radix-4 Booth (signed) */
  QY_OP_MULTIPLY_ST,  /* sum-together: N products of sub-words, summed inside the array */
  QY_OP_MULTIPLY_SA,  /* sum-apart: N products of sub-words side by side */
  QY_OP_MULTIPLY_ADD, /* product merged with an addend in one carry-save tree */
  QY_OP_SHIFT_LEFT,
  QY_OP_SHIFT_RIGHT,
  QY_OP_SHIFT_RIGHT_SIGNED, /* barrel shifters: amount is a net */
  QY_OP_SHIFT_CONSTANT,
  QY_OP_MUX, /* select net, then 2..16 data nets */
  QY_OP_AND,
  QY_OP_OR,
  QY_OP_XOR,
  QY_OP_NOT,
  QY_OP_LESS,
  QY_OP_EQUAL,
  QY_OP_MAX,
  QY_OP_LEADING_ONE,
  QY_OP_TRUTH_TABLE,
  QY_OP_SLICE,
  QY_OP_CONCAT,
  QY_OP_EXTEND,
  QY_OP_ROUND_SATURATE, /* drop low bits with rounding, clamp to the output width */
  QY_OP_REGISTER,
  QY_OP_COUNTER,
  QY_OP_COUNT
} qy_op;

typedef enum qy_multiplier { QY_MULTIPLIER_ARRAY, QY_MULTIPLIER_BOOTH, QY_MULTIPLIER_COUNT } qy_multiplier;

typedef struct qy_circuit qy_circuit;
typedef int32_t qy_net; /* the output of one operator; < 0: none (an earlier call failed; the circuit remembers) */

/* Building never needs error checks after each call: the first mistake is kept and reported by qy_circuit_finish.
 * `name` texts are copied.  qy_circuit_new returns NULL when out of memory; every call below accepts that NULL. */
qy_circuit *qy_circuit_new(const char *name, qy_arena *arena);
/* An input port of 1 to 64 bits; ports come in the order in which they are made. */
qy_net qy_input(qy_circuit *c, const char *name, int width);
/* The low `width` bits of value. */
qy_net qy_constant_word(qy_circuit *c, uint64_t value, int width);
/* a + b, a - b, subtract ? a - b : a + b, negate ? -a : a (subtract and negate: 1 bit).  Operands are extended (by sign
 * when is_signed) or truncated to `width`; the result is modulo 2^width. */
qy_net qy_add(qy_circuit *c, qy_net a, qy_net b, int width, bool is_signed);
qy_net qy_subtract(qy_circuit *c, qy_net a, qy_net b, int width, bool is_signed);
qy_net qy_addsub(qy_circuit *c, qy_net a, qy_net b, qy_net subtract, int width, bool is_signed);
qy_net qy_negate_if(qy_circuit *c, qy_net a, qy_net negate, int width, bool is_signed);
/* Product of width(a) + width(b) bits.  Booth is signed only. */
qy_net qy_multiply(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, bool is_signed);
/* mode: 2-bit net, 0: one full product, 1: two of half width, 2: four of quarter width (where width allows: sub-words
 * of at least 2 bits; a mode beyond the last acts as the last).  Operands have equal widths of 4, 8 or 16 bits, the
 * result has twice that width.
 * ST with N sub-words: the sum over i of a_i * b_(N-1-i), aligned at bit 0 and extended to the full width.
 * SA: product k of a_k * b_k in bits [2 n k, 2 n k + 2 n), n the sub-word's width.
 * Booth is signed only; its sum-apart form confines each row to its lane and cuts the carries between lanes. */
qy_net qy_multiply_st(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, qy_net mode, bool is_signed);
qy_net qy_multiply_sa(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, qy_net mode, bool is_signed);
/* a * b + addend modulo 2^width, addend of `width` bits, width >= width(a) + width(b). */
qy_net qy_multiply_add(qy_circuit *c, qy_multiplier kind, qy_net a, qy_net b, qy_net addend, int width, bool is_signed);
/* Barrel shifters: kind is one of QY_OP_SHIFT_LEFT (grows into `width`), QY_OP_SHIFT_RIGHT, QY_OP_SHIFT_RIGHT_SIGNED
 * (width = width(a)).  A left shift extends a to `width` first, by sign when is_signed. */
qy_net qy_shift(qy_circuit *c, qy_op kind, qy_net a, qy_net amount, int width, bool is_signed);
qy_net qy_shift_constant(qy_circuit *c, qy_net a, int left, int width);     /* left < 0: right; zeros come in */
qy_net qy_mux(qy_circuit *c, qy_net select, const qy_net *data, int count); /* select beyond the last: the last */
qy_net qy_bitwise(qy_circuit *c, qy_op kind, qy_net a, qy_net b);           /* QY_OP_AND, OR, XOR; NOT with b < 0 */
qy_net qy_less(qy_circuit *c, qy_net a, qy_net b, bool is_signed);          /* 1 bit: a < b */
qy_net qy_equal(qy_circuit *c, qy_net a, qy_net b);                         /* 1 bit: a = b */
/* The larger of a and b, as wide as the wider one. */
qy_net qy_max(qy_circuit *c, qy_net a, qy_net b, bool is_signed);
qy_net qy_leading_one(qy_circuit *c, qy_net a); /* position of the highest one (a priority encoder); 0 for a = 0 */
/* entry[2^width(a)] words of `width` bits, copied; width(a) <= 10. */
qy_net qy_truth_table(qy_circuit *c, qy_net a, const uint64_t *entry, int width);
qy_net qy_slice(qy_circuit *c, qy_net a, int low, int width);         /* bits [low, low + width) of a */
qy_net qy_concat(qy_circuit *c, const qy_net *part, int count);       /* part[0] lowest */
qy_net qy_extend(qy_circuit *c, qy_net a, int width, bool is_signed); /* width >= width(a) */
/* Add half an output step, drop `drop` low bits, clamp to `width` bits: ties go up. */
qy_net qy_round_saturate(qy_circuit *c, qy_net a, int drop, int width, bool is_signed);
/* A register may be made before its input exists (feedback): connect it later.  enable < 0: always. */
qy_net qy_register(qy_circuit *c, const char *name, int width, qy_net enable);
/* `data` is what the register takes at each clock edge, as wide as it is; once per register. */
void qy_register_connect(qy_circuit *c, qy_net reg, qy_net data);
/* Counts up by one each cycle while enable is 1 (enable < 0: always), modulo 2^width. */
qy_net qy_counter(qy_circuit *c, const char *name, int width, qy_net enable);
/* A finished circuit within this one: input[i] becomes its input i, of the same width; the net of its output number
 * `output`.  Labels are not copied. */
qy_net qy_instance(qy_circuit *c, const qy_circuit *part, const qy_net *input, int output);
/* A name for a net in reports and Verilog; a C identifier. */
void qy_label(qy_circuit *c, qy_net net, const char *label);
/* A line for reports and the head of the Verilog module: the parameters the circuit was built with. */
void qy_circuit_note(qy_circuit *c, const char *text);
/* An output port that shows a net. */
void qy_output(qy_circuit *c, const char *name, qy_net net);
qy_status qy_circuit_finish(qy_circuit *c, qy_error *err); /* checks widths, unconnected registers, names */

int qy_net_width(const qy_circuit *c, qy_net net); /* 0 for none */
const char *qy_circuit_name(const qy_circuit *c);

/* Ports in the order in which they were made; i in [0, inputs) or [0, outputs).  Names live as long as the circuit. */
int qy_circuit_inputs(const qy_circuit *c);
int qy_circuit_outputs(const qy_circuit *c);
int qy_circuit_input_width(const qy_circuit *c, int i);
int qy_circuit_output_width(const qy_circuit *c, int i);
const char *qy_circuit_input_name(const qy_circuit *c, int i);
const char *qy_circuit_output_name(const qy_circuit *c, int i);
size_t qy_circuit_state_words(const qy_circuit *c);   /* one per register */
size_t qy_circuit_scratch_words(const qy_circuit *c); /* one per operator */
/* Simulation: one clock cycle.  inputs[qy_circuit_inputs], bits above the width ignored; state[qy_circuit_state_words]
 * holds the registers, zero at reset, and is advanced; outputs[qy_circuit_outputs] are those before the clock edge at
 * the end of the cycle; scratch[qy_circuit_scratch_words].  The circuit must be finished.  O(operators). */
void qy_simulate(const qy_circuit *c, const uint64_t *inputs, uint64_t *state, uint64_t *outputs, uint64_t *scratch);

/* Cells of one operator or of a whole circuit, as they are left once constants, copies of bits and bits that nobody
 * reads are taken out across operators; registers are the DFF entry. */
typedef struct qy_census {
  double cells[QY_CLASS_COUNT][QY_CELL_COUNT]; /* by operator class, so that effort can act on each */
} qy_census;
/* In the forms that need no library; qy_circuit_build counts those that are cheapest in its own. */
void qy_circuit_census(const qy_circuit *c, qy_census *census);
/* In the forms that are cheapest in a library. */
void qy_circuit_census_in(const qy_circuit *c, const qy_tech *tech, qy_census *census);

/* Cells, or toggles of their outputs, in forms of which some depend on the library: it makes a selection of MUX2 or of
 * OAI21 and NAND2, a product of AND2 or of NOR2 behind inverters, whichever is smaller for a whole operator class. */
typedef struct qy_cell_forms {
  double cells[QY_CELL_COUNT];
  double select, gate;     /* two-to-one selections; those with a constant branch */
  double select_inverters; /* inverters of the selections when they are made of OAI21 and NAND2 ... */
  double gate_inverters;   /* ... and of the gates */
  double product, operand; /* AND gates of products, operand bits that feed them */
  double line_gates;       /* gates on lines, which are buffered in a library only */
  double addend;           /* bits of addends above their products */
} qy_cell_forms;

/* How a circuit is laid out: cells of minimum size with ripple carry, or sized gates with fast carries. */
typedef enum qy_layout { QY_LAYOUT_LEAN, QY_LAYOUT_FAST, QY_LAYOUT_COUNT } qy_layout;

/* Toggles of cells: of their outputs, and at their input pins, whose capacitance is what an output drives. */
typedef struct qy_toggles {
  qy_cell_forms output;
  qy_cell_forms input; /* mean of a cell's pins */
} qy_toggles;

/* Toggles per clock cycle of the cells that are left in a circuit (see qy_census), averaged over a stimulus.  Outputs
 * belong to the operator class of their cell, pins to that of the cell which drives them.  A flip-flop's are those of
 * its output and at its data input. */
typedef struct qy_activity {
  qy_toggles settled[QY_CLASS_COUNT];                 /* from one settled state to the next */
  qy_toggles glitch[QY_LAYOUT_COUNT][QY_CLASS_COUNT]; /* those beyond, from a simulation with inertial delays */
  qy_cell_forms census[QY_CLASS_COUNT];               /* the cells themselves: they decide the forms */
  bool quiet[QY_CLASS_COUNT];                         /* nothing toggles in the class */
  double ff_count;                                    /* flip-flops clocked each cycle */
  double bit_rate; /* mean toggles per cycle of one net bit: what a pipeline flip-flop would see */
} qy_activity;
/* Toggles per cell kind in the forms of the library (tech NULL: those that need none), of a class: settled ones plus
 * `lean` and `fast` times the glitches of either layout; input: at the mean pin of each kind. */
void qy_activity_cells(const qy_activity *activity, qy_operator_class class, const qy_tech *tech, double lean,
                       double fast, double output[QY_CELL_COUNT], double input[QY_CELL_COUNT]);
/* Energy of these toggles in the smallest cells, fJ a cycle: inside the cells and on the pins and wires they drive. */
double qy_toggles_energy(const qy_tech *tech, const double output[QY_CELL_COUNT], const double input[QY_CELL_COUNT]);
/* next(ctx, cycle, inputs) fills inputs[qy_circuit_inputs]; cycles >= 2. */
typedef void qy_stimulus(void *ctx, int64_t cycle, uint64_t *inputs);
/* Simulate so many cycles and average; glitches come from a sample of the cycles, scaled by the settled toggles of all
 * of them.  QY_BAD_INPUT: fewer than 2 cycles; QY_NO_MEMORY.  O(cycles * (operators + cells / 64)). */
qy_status qy_circuit_activity(const qy_circuit *c, qy_stimulus *next, void *ctx, int64_t cycles, qy_activity *activity,
                              qy_error *err);

/* Critical paths, in the library's delays: the latest bit, each bit arriving for itself. */
typedef struct qy_timing {
  double lean_ps; /* ripple carry, minimum-area cells */
  double fast_ps; /* sized cells: the shortest period without pipelining, setup included */
  double rows_ps; /* as fast, but carry-save rows of adder cells: what synthesis reaches without taking those apart */
  double loop_ps; /* longest register-to-itself loop (accumulator), fast form: pipelining cannot cut it; 0: none */
} qy_timing;
/* The paths of a finished circuit.  QY_NO_MEMORY is the only failure. */
qy_status qy_circuit_timing(const qy_circuit *c, const qy_tech *tech, qy_timing *timing, qy_error *err);

/* The shortest period without pipelining, the later of fast_ps and loop_ps, of one circuit in many libraries, of which
 * many may differ in other constants than delays.  The circuit must outlive the timer, which belongs to one thread.
 * QY_NO_MEMORY. */
typedef struct qy_timer qy_timer;
qy_status qy_timer_new(qy_timer **timer, const qy_circuit *c, qy_error *err);
double qy_timer_shortest(qy_timer *timer, const qy_tech *tech);
void qy_timer_free(qy_timer *timer); /* NULL is allowed */

/* The circuit as built for a target period: effort and, if needed, pipeline stages. */
typedef struct qy_build {
  bool feasible;
  const char *reason;   /* static text when infeasible, else NULL */
  int stages;           /* pipeline stages added, 0: none */
  double pipeline_bits; /* flip-flops they cost */
  double period_ps;     /* target */
  double min_period_ps; /* of what was built */
  double area_um2;      /* cells, effort and pipeline included, not divided by density */
  double leakage_nw;
  double effort[QY_CLASS_COUNT];       /* area over lean area, by operator class */
  double effort_share[QY_CLASS_COUNT]; /* share of the class on which effort acts, see qy_factor */
  double fast_share;                   /* (Tmin / T)^effort_p: 0 is the lean layout, 1 the fast one */
} qy_build;
/* With as few stages as the clock needs.  A circuit that cannot meet the period is no failure: build->feasible says so.
 * QY_BAD_INPUT: a period that is not above 0; QY_NO_MEMORY. */
qy_status qy_circuit_build(const qy_circuit *c, const qy_tech *tech, double period_ps, qy_build *build, qy_error *err);

/* The effort law of a circuit in a library: what its classes of operators cost lean, and grow by.
 *   area = lean area * (1 + share * power * ((1 + s) * (1 + effort_k) - 1)), never below the lean area
 * s: what single cells grow by, over the lean area of the class.  Gates take the places of full and half adders
 * (qy_tech_gates_um2), for speed-driven open synthesis maps no cells of two outputs; exclusive ors are sized until they
 * are no slower than two NAND2 in a row.  Leakage grows as the area does.
 * Reference: own open synthesis study, 2026. */
typedef struct qy_effort_law {
  double area_um2[QY_CLASS_COUNT], leakage_nw[QY_CLASS_COUNT]; /* lean */
  double full[QY_CLASS_COUNT];                                 /* (1 + s) (1 + effort_k); >= 1 */
  double register_um2, register_nw;                            /* of a flip-flop */
} qy_effort_law;
/* census: lean. */
void qy_effort_law_of(qy_effort_law *law, const qy_census *census, const qy_tech *tech);
/* Fills fast_share, effort, area_um2 and leakage_nw of a build, whose stages and effort_share are known, at fast_share
 * = power [0..1]. */
void qy_build_take_effort(qy_build *build, double power, const qy_effort_law *law);

/* What the number of stages is chosen for, among those that meet the clock: a stage costs flip-flops, and takes effort
 * and glitches out of the logic.  With a given number of stages area, leakage and energy a cycle (without leakage) only
 * grow with the clock: to build for a faster clock than the one asked for never pays.
 *   both     the fewest stages with which no more stages save 1 % of area, leakage or energy under any of the
 *            activities, at this clock or a slower one: then none of them is ever less by 1 % at a faster clock
 *   area     the least area, energy: the least sum of energies under all activities, product: of area and that sum.
 *            What is asked for is never less at a faster clock; the other may be
 *   clock    the fewest stages that meet the clock
 * Weighed are twice as many stages as the clock needs and eight more; a circuit never gets more than 64. */
typedef enum qy_pipeline_for {
  QY_PIPELINE_FOR_BOTH,
  QY_PIPELINE_FOR_AREA,
  QY_PIPELINE_FOR_ENERGY,
  QY_PIPELINE_FOR_PRODUCT,
  QY_PIPELINE_FOR_CLOCK,
  QY_PIPELINE_FOR_COUNT,
  QY_PIPELINE_GIVEN = QY_PIPELINE_FOR_COUNT /* so many as said, in no file */
} qy_pipeline_for;
extern const char *const qy_pipeline_for_names[QY_PIPELINE_FOR_COUNT + 1]; /* "both", ...; NULL at the end */
#define QY_PIPELINE_WORTH_FRAC 0.01 /* both: what a saving must be of the cost to be worth stages */
enum { QY_PIPELINE_ACTIVITIES_MAX = 18 };
typedef struct qy_pipelining {
  qy_pipeline_for aim;
  int stages;         /* given: [0..64] */
  int activity_count; /* [0..QY_PIPELINE_ACTIVITIES_MAX]; energy and product: at least one */
  const qy_activity *activity[QY_PIPELINE_ACTIVITIES_MAX]; /* of the same circuit */
} qy_pipelining;
/* Otherwise as qy_circuit_build. */
qy_status qy_circuit_build_for(const qy_circuit *c, const qy_tech *tech, double period_ps, const qy_pipelining *how,
                               qy_build *build, qy_error *err);

/* The same at many clocks: what does not depend on the clock is found once, costs of stages follow curves in closed
 * form where these tell them apart, and the bytes are those of qy_circuit_build_for.  The circuit, the library and the
 * activities must outlive the builder, which belongs to one thread.  QY_NO_MEMORY; of qy_builder_at also QY_BAD_INPUT:
 * a period that is not above 0. */
typedef struct qy_builder qy_builder;
qy_status qy_builder_new(qy_builder **builder, const qy_circuit *c, const qy_tech *tech, const qy_pipelining *how,
                         qy_error *err);
qy_status qy_builder_at(qy_builder *builder, double period_ps, qy_build *build, qy_error *err);
void qy_builder_free(qy_builder *builder); /* NULL is allowed */

/* Energy of one clock cycle of a built circuit under an activity, fJ, leakage excluded. */
typedef struct qy_energy {
  double comb_fj, register_fj, clock_fj;
} qy_energy;
/* The activity is that of the same circuit. */
void qy_circuit_energy(const qy_build *build, const qy_activity *activity, const qy_tech *tech, qy_energy *energy);

/* Per-operator rows for `describe`: lean area. */
typedef struct qy_op_report {
  const char *op, *label;
  int width;
  double area_um2, leakage_nw, delay_ps; /* delay: lean, through this operator alone */
  qy_census census;
} qy_op_report;
/* Operators in the order in which they were made, i in [0, count).  Texts live as long as the circuit. */
size_t qy_circuit_op_count(const qy_circuit *c);
void qy_circuit_op_report(const qy_circuit *c, size_t i, const qy_tech *tech, qy_op_report *report);

/* Append a synthesizable Verilog-2001 module named as the circuit: clk where there are registers, then the inputs and
 * outputs.  Registers have no reset, as the census counts none: inputs such as `clear` start a computation. */
qy_status qy_circuit_verilog(const qy_circuit *c, qy_text *out, qy_error *err);
/* The same for what it is to become.  cells: products as their rows, which is what is counted in cells; fpga: products,
 * the sums around them and cleared accumulators so that tools infer DSP slices with their registers. */
typedef enum qy_verilog_target { QY_VERILOG_CELLS, QY_VERILOG_FPGA, QY_VERILOG_TARGET_COUNT } qy_verilog_target;
extern const char *const qy_verilog_target_names[QY_VERILOG_TARGET_COUNT + 1]; /* "cells", "fpga"; NULL at the end */
qy_status qy_circuit_verilog_for(const qy_circuit *c, qy_verilog_target target, qy_text *out, qy_error *err);
/* Append a self-checking test bench `NAME_tb` with `cycles` vectors from the stimulus and outputs from qy_simulate,
 * registers zero at the start; it prints "PASS n vectors" or "FAIL m of n" and stops. */
qy_status qy_circuit_testbench(const qy_circuit *c, qy_stimulus *next, void *ctx, int64_t cycles, qy_text *out,
                               qy_error *err);

#endif
