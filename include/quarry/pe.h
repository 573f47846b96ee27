/* Processing elements: each one function that builds a circuit from a parameter struct.
 *
 * A PE has modes: mode k does N[k] products every cycles[k] cycles on operands of up to bits[k] bits.  A plain mac has
 * them too: its narrower operands are sign-extended, take a cycle each all the same, but toggle less.
 * Elements whose weights are codes (logarithms, sums of powers, codebooks) carry the number format of those codes, with
 * the code words of number.h; their product is qy_number_product with QY_DROP_FLOOR.
 * Units: ps, um2, fJ per clock cycle, nW.  Ownership: a PE's circuit lives in the arena it was built in.
 */
#ifndef QUARRY_PE_H
#define QUARRY_PE_H

#include "quarry/circuit.h"
#include "quarry/number.h"

typedef enum qy_pe_kind {
  QY_PE_MAC,
  QY_PE_MAC_ST,
  QY_PE_MAC_SA,
  QY_PE_MUL,       /* a multiplier alone: the fixed-point equivalent of elements without accumulator */
  QY_PE_MAC_DC,    /* sum-together by divide and conquer: small multipliers, mode multiplexers, adders */
  QY_PE_SERIAL,    /* one weight bit a cycle */
  QY_PE_SEGLOG,    /* logarithmic weights, fixed split between base sqrt(2) and base 2 */
  QY_PE_BRSLOG,    /* the same, split chosen by an input */
  QY_PE_POT,       /* one shift */
  QY_PE_SP2,       /* two shifts and an add */
  QY_PE_LIGHTPE,   /* one or two shifts with a sign each */
  QY_PE_SHIFT_ADD, /* codebook 2^s (2^n m + 1) */
  QY_PE_MULTIPLES, /* the odd multiples that shared shift_add elements of a row take in */
  QY_PE_KIND_COUNT
} qy_pe_kind;

enum { QY_PE_MODES_MAX = 3 };

/* Zero means "the default" for every field but kind and multiplier; a field a kind does not list must be 0. */
typedef struct qy_pe_params {
  qy_pe_kind kind;
  qy_multiplier multiplier;
  int bits;             /* operand width of mode 0: 4, 8 or 16 for mac_st, mac_sa, mac_dc; else 2..32 */
  int accumulator_bits; /* mac kinds, 0: product bits + 8, at most 64; code elements, 0: no accumulator */
  bool input_registers; /* operand registers inside the PE */
  int weight_bits;      /* width of the weight or of its code; 0: mac, mul: bits; code elements: the format's usual */
  int split;            /* seglog: R, even, [0..2^(weight_bits-1)]; -1: 0; 0: half of the codes */
  int splits;           /* brslog: selectable splits R = 2^(weight_bits-1) k / splits, k = 1..splits: 2, 4 or 8; 0: 4 */
  int root;             /* seglog, brslog: a qy_root with hardware form; 0: QY_ROOT_2 */
  int output_bits;      /* code elements: bits + 1 .. lossless; 0: lossless */
  int m_bits;           /* shift_add, multiples: 2, 3 or 4; 0: 2 */
  bool m_odd;           /* shift_add, multiples: m indexes 0, 1, 3, 5, ... */
  bool shared;          /* shift_add: odd multiples of x come in (made once per row) instead of being made here */
  int terms;            /* lightpe: 1 or 2; 0: 1 */
  bool output_registers; /* mul and code elements without accumulator: a register behind the result */
} qy_pe_params;

typedef struct qy_pe_mode {
  int bits;     /* operands up to this many bits */
  int products; /* N products ... */
  int cycles;   /* ... every so many cycles (initiation interval) */
} qy_pe_mode;

typedef struct qy_pe {
  qy_pe_params params; /* as built: defaults filled in */
  qy_circuit *circuit;
  int mode_count;
  qy_pe_mode mode[QY_PE_MODES_MAX];
  int latency;     /* cycles from operands to the result that includes them, pipeline stages not counted */
  bool has_number; /* weights are codes of `number` */
  qy_number number;
  int keep_bits; /* fraction bits kept of a coded product: qy_number_product */
} qy_pe;

/* Check the parameters and build the circuit in the arena. QY_BAD_INPUT with the range when one is outside.
 * Inputs by name: x (activation, signed), w (weight or code), clear (1: start a new sum), mode (where there are modes),
 * split (brslog: k - 1), x3, x5, ... (shared multiples), first and last (serial: the weight's sign bit, its lowest).
 * Outputs: sum (accumulated; sum0.. for mac_sa) or y. */
qy_status qy_pe_build(qy_pe *pe, const qy_pe_params *params, qy_arena *arena, qy_error *err);

/* The mode that runs operands of `bits` bits: the one with most products a cycle whose operands are wide enough, of
 * several the narrowest; -1: none. */
int qy_pe_mode_for(const qy_pe *pe, int bits);

/* What the operands look like.  Distributions are quantized to the PE's formats: weights at a full scale of
 * weight_range standard deviations, activations at four. */
typedef enum qy_pe_weights { QY_WEIGHTS_UNIFORM, QY_WEIGHTS_GAUSSIAN, QY_WEIGHTS_LAPLACIAN } qy_pe_weights;
typedef struct qy_pe_stimulus {
  qy_pe_weights weights;
  bool relu;           /* activations: half-Gaussian with zeros; false: uniform over the whole range */
  double zero_frac;    /* relu: fraction of zeros, [0..1] */
  double weight_range; /* Gaussian, Laplacian: > 0 */
  int hold;            /* weights stay for so many cycles, >= 1 */
  int sum_length;      /* products per sum, >= 1: `clear` comes so often */
  int64_t cycles;      /* >= 2 */
  uint64_t seed;       /* not 0 */
} qy_pe_stimulus;
/* Uniform random words, new each cycle, sums of 16, 2048 cycles. */
qy_pe_stimulus qy_pe_stimulus_default(void);

qy_status qy_pe_activity(qy_activity *activity, const qy_pe *pe, int mode, const qy_pe_stimulus *stimulus,
                         qy_error *err);

/* What a PE costs in one library at one clock: everything an accelerator needs. */
typedef struct qy_pe_cost {
  qy_build build;
  double energy_fj[QY_PE_MODES_MAX]; /* per clock cycle in each mode, no leakage */
  double idle_fj;                    /* per clock cycle, operands held: clock only */
} qy_pe_cost;
/* Uniform random operands of the mode's width, weight and activation new each cycle. */
qy_status qy_pe_price(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps, qy_error *err);
qy_status qy_pe_price_with(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps,
                           const qy_pe_stimulus *stimulus, qy_error *err);

/* The same in two steps, for many libraries and clocks: simulate once, price often. */
qy_status qy_pe_activities(qy_activity activity[QY_PE_MODES_MAX], const qy_pe *pe, const qy_pe_stimulus *stimulus,
                           qy_error *err);
qy_status qy_pe_price_activities(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps,
                                 const qy_activity activity[QY_PE_MODES_MAX], qy_error *err);

/* Append the PE's module, and a test bench with vectors of the stimulus in every mode. */
qy_status qy_pe_testbench(const qy_pe *pe, const qy_pe_stimulus *stimulus, qy_text *out, qy_error *err);

/* One parameter of a kind: for experiment files, --param, describe and help. */
typedef struct qy_pe_parameter {
  const char *name;
  int low, high, standard; /* standard: 0 stands for the default of the field's comment */
  const char *help;
} qy_pe_parameter;

enum { QY_PE_PARAMETERS_MAX = 9 };

typedef struct qy_pe_info {
  qy_pe_kind kind;
  const char *name;
  const char *help;
  qy_pe_parameter parameter[QY_PE_PARAMETERS_MAX]; /* name NULL: no more */
} qy_pe_info;
const qy_pe_info *qy_pe_table(size_t *count); /* in the order of the enum; names for files, `list pe`, help */
/* Set a parameter by its name. QY_BAD_INPUT: unknown for this kind (known ones listed) or out of range. */
qy_status qy_pe_set(qy_pe_params *params, const char *name, int value, qy_error *err);

#endif
