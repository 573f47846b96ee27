/* Processing elements: each one row and one function that builds a circuit from a parameter struct.
 *
 * A PE has modes: mode k does N[k] products every cycles[k] cycles on operands of up to bits[k] bits.  A plain mac has
 * them too: its narrower operands take a cycle each all the same, but toggle less.  They are sign-extended, at the
 * right of the port, or at its left with zeros below, where the product is that of the numbers times a power of two and
 * the sum stands where that of the widest mode does (qy_pe_side).
 * Elements whose weights are codes (logarithms, sums of powers, codebooks) carry the number format of those codes, with
 * the code words of number.h; their product is qy_number_product with QY_DROP_FLOOR.
 * Units: ps, um2, fJ per clock cycle, nW.  Ownership: a PE's circuit lives in the arena it was built in.
 */
#ifndef QUARRY_PE_H
#define QUARRY_PE_H

#include "quarry/activities.h"
#include "quarry/number.h"
#include "quarry/parameter.h"

typedef enum qy_pe_kind {
#define ELEMENT(NAME, name) QY_PE_##NAME,
#include "quarry/pe.def"
#undef ELEMENT
  QY_PE_KIND_COUNT
} qy_pe_kind;

enum { QY_PE_MODES_MAX = 3 };

/* Where operands of a narrower mode stand in a port that is wider: at its top bits with zeros below, or at its lowest
 * bits, sign-extended; `best`: where they cost less energy in the library and at the clock at hand. */
typedef enum qy_pe_side { QY_PE_AT_BEST, QY_PE_AT_LEFT, QY_PE_AT_RIGHT, QY_PE_SIDE_COUNT } qy_pe_side;

/* accumulator_bits: whatever width is usual, but there must be one. */
#define QY_PE_ACCUMULATOR_NEEDED (-1)

/* What the products that a composed element makes in a mode of narrow operands have in common. */
typedef enum qy_pe_sharing {
  QY_PE_SHARE_OUTPUTS, /* one sum; every product has operands of its own */
  QY_PE_SHARE_HYBRID,  /* sums over the weight's sub-words, one for each of the activation's; weights are shared */
  QY_PE_SHARE_INPUTS,  /* no sum: every sub-word of x meets every one of w */
  QY_PE_SHARING_COUNT
} qy_pe_sharing;

/* Lanes of a composed element: group * units. */
enum { QY_PE_GROUP_MAX = 16, QY_PE_LANES_MAX = 256 };

/* Zero means "the default" for every field but kind and multiplier.  A field that a kind does not list in its row must
 * be 0 or what its parameter falls back to. */
typedef struct qy_pe_params {
  qy_pe_kind kind;
  qy_multiplier multiplier;
  int bits;             /* operand width of mode 0: 4, 8 or 16 for mac_st, mac_sa, mac_dc; else 2..32 */
  int accumulator_bits; /* 0: product bits + 8, at most 64, where the kind always accumulates; else none */
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
  bool output_registers;  /* elements without accumulator: a register behind the result */
  qy_pe_side operands_at; /* mac */
  qy_pe_sharing sharing;  /* composed */
  bool subword;           /* composed: sub-words meet one partner each; false: every pair of parts works */
  int group;              /* composed: lanes whose products of equal weight are summed before the shift; 0: 1 */
  int units;              /* composed: groups whose shifted results are summed; 0: 1 */
  bool unsigned_operands; /* composed */
  bool separate_sums;     /* composed: behind the units, each mode has adders of its own; false: all modes share them */
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

typedef enum qy_pe_sums { QY_PE_SUMS_NEVER, QY_PE_SUMS_OPTIONAL, QY_PE_SUMS_ALWAYS } qy_pe_sums;

/* Which operands product k of a lane is made of, and where it comes out. */
typedef struct qy_pe_product {
  int x, w;   /* sub-words of the lane, the lowest is 0 */
  int output; /* port */
  int width;  /* bits of the port that are this result; 0: all */
} qy_pe_product;

enum { QY_PE_INTEGERS = -1 }; /* number_kind of elements whose weights are integers */

/* A kind of element: all there is to know about it.  Its file in src/pe defines it, pe.def lists it. */
typedef struct qy_pe_row {
  const char *name, *help;              /* names for files, `list elements`, help */
  const qy_parameter *const *parameter; /* besides `kind`; NULL: no more */
  int number_kind;                      /* the qy_number_kind of its weight codes, or QY_PE_INTEGERS */
  bool multiplies;                      /* makes products of x and w */
  bool exact; /* and they equal x w for all x and w, but for fraction bits it was asked to drop (keep_bits);
                        false: qy_pe_product_error measures how far they are off */
  bool apart; /* products of a cycle are kept apart: output i is x_i w_i; else their sum, x_i w_(N-1-i), is out.  Where
                 `product` is set, of the default parameters. */
  bool holds_either; /* holding x saves as much switching as holding w */
  bool either_side;  /* operands of narrower modes may stand at the left or at the right (operands_at) */
  qy_pe_sums accumulates;
  /* Of parameters within the ranges of their rows: fills in defaults; returns what is wrong ("bits: expected 4, 8 or
   * 16") or NULL. */
  const char *(*check)(qy_pe_params *params);
  void (*build)(qy_pe *pe);                                      /* adds all to pe->circuit; sets modes and latency */
  qy_pe_product (*product)(const qy_pe *pe, int mode, int k);    /* NULL: as `apart` says */
  void (*format)(const qy_pe_params *params, qy_number *number); /* parameters of the codes; NULL: bits only */
} qy_pe_row;

const qy_pe_row *qy_pe_row_of(qy_pe_kind kind); /* kind: 0 .. QY_PE_KIND_COUNT - 1, in the order of pe.def */
int qy_pe_find(const char *name);               /* kind, or -1 */

/* The parameters, a row each, and all of them with `kind` first. Values are members of qy_pe_params. */
extern const qy_parameter qy_pe_kind_parameter, qy_pe_multiplier_parameter, qy_pe_bits_parameter,
    qy_pe_weight_bits_parameter, qy_pe_accumulator_bits_parameter, qy_pe_split_parameter, qy_pe_splits_parameter,
    qy_pe_root_parameter, qy_pe_output_bits_parameter, qy_pe_m_bits_parameter, qy_pe_m_odd_parameter,
    qy_pe_shared_parameter, qy_pe_terms_parameter, qy_pe_input_registers_parameter, qy_pe_output_registers_parameter,
    qy_pe_operands_at_parameter, qy_pe_sharing_parameter, qy_pe_subword_parameter, qy_pe_group_parameter,
    qy_pe_units_parameter, qy_pe_unsigned_parameter, qy_pe_separate_parameter;
const qy_parameter *const *qy_pe_parameters(size_t *count);

/* A kind with what all parameters fall back to, those of other kinds, too: whatever surrounds an element may use them
 * (a requantizer takes its multiplier). */
qy_pe_params qy_pe_default(qy_pe_kind kind);
/* Set a parameter by its name to a value as written: a number, a name of a choice or its number, "auto".
 * QY_BAD_INPUT: unknown for this kind (known ones listed) or not allowed. */
qy_status qy_pe_set(qy_pe_params *params, const char *name, const char *value, qy_error *err);

/* Check the parameters and build the circuit in the arena. QY_BAD_INPUT with the range when one is outside, when one is
 * set that the kind does not have, or when an accumulator is needed that it does not have.
 * Inputs by name: x (activation, signed), w (weight or code), x_1, w_1, ... (those of further lanes), clear (1: start
 * a new sum), mode (where there are modes), split (brslog: k - 1), x3, x5, ... (shared multiples), first and last
 * (serial: the weight's sign bit, its lowest).
 * Outputs: sum (accumulated; sum0.. where products are kept apart) or y. */
qy_status qy_pe_build(qy_pe *pe, const qy_pe_params *params, qy_arena *arena, qy_error *err);

/* Lanes with operands of their own, all alike: 1 but for composed elements. */
int qy_pe_lanes(const qy_pe *pe);
/* Product k of a lane, 0 .. products / lanes - 1, in a mode. */
qy_pe_product qy_pe_product_of(const qy_pe *pe, int mode, int k);
/* Are several products of a cycle kept apart, in part or all?  And do those share operands? */
bool qy_pe_apart(const qy_pe *pe);
bool qy_pe_shares_operands(const qy_pe *pe);

/* The mode that runs operands of `bits` bits: the one with most products a cycle whose operands are wide enough, of
 * several the narrowest; -1: none. */
int qy_pe_mode_for(const qy_pe *pe, int bits);

/* Where the operands of a mode may stand: QY_PE_AT_BEST where there is a choice.  QY_PE_AT_RIGHT for elements and modes
 * whose operands fill their ports. */
qy_pe_side qy_pe_sides(const qy_pe *pe, int mode);
/* Bits that a sum in this mode may have beyond those of one product before it overflows, side left or right: sums of
 * 2^headroom products always fit.  At the left it is that of the widest mode.  The element has an accumulator. */
int qy_pe_headroom_bits(const qy_pe *pe, int mode, qy_pe_side side);
/* Bits of a port of `width` bits that may change in this mode, side left or right: at the left those of the operand, at
 * the right all, as copies of its sign change with it. */
int qy_pe_used_bits(const qy_pe *pe, int mode, qy_pe_side side, int width);
const char *qy_pe_side_name(qy_pe_side side); /* "left" */

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
  bool left;           /* operands of narrower modes stand at the left, where the element leaves the choice */
  uint64_t seed;       /* not 0 */
} qy_pe_stimulus;
/* Uniform random words, new each cycle, sums of 16, 2048 cycles. */
qy_pe_stimulus qy_pe_stimulus_default(void);

/* The operands an element is priced with, as files name them: uniform random words, or those of trained layers
 * (Laplacian weights out to four deviations, activations after a ReLU, half of them zero).  The row belongs to no
 * struct: its value is the argument of qy_pe_stimulus_of. */
typedef enum qy_pe_operands { QY_PE_OPERANDS_UNIFORM, QY_PE_OPERANDS_TRAINED, QY_PE_OPERANDS_COUNT } qy_pe_operands;
extern const qy_parameter qy_pe_operands_parameter;
qy_pe_stimulus qy_pe_stimulus_of(int operands); /* a qy_pe_operands */

/* What pipeline stages are chosen for, as files name it.  The row belongs to no struct: its value is a
 * qy_pipeline_for. */
extern const qy_parameter qy_pipeline_parameter;

/* QY_BAD_INPUT: no such mode, a stimulus out of range. */
qy_status qy_pe_activity(qy_activity *activity, const qy_pe *pe, int mode, const qy_pe_stimulus *stimulus,
                         qy_error *err);
/* The same bytes, simulated only where the table (NULL: none) does not have them. */
qy_status qy_pe_activity_known(qy_activity *activity, const qy_pe *pe, int mode, const qy_pe_stimulus *stimulus,
                               qy_activities *known, qy_error *err);

/* What a PE costs in one library at one clock: everything an accelerator needs. */
typedef struct qy_pe_cost {
  qy_build build;
  double energy_fj[QY_PE_MODES_MAX]; /* per clock cycle in each mode, no leakage */
  qy_pe_side side[QY_PE_MODES_MAX];  /* where its operands stand: left or right, of a choice the cheaper */
  double other_fj[QY_PE_MODES_MAX];  /* of a choice: the energy at the other side; else 0 */
  double idle_fj;                    /* per clock cycle, operands held: clock only */
} qy_pe_cost;
/* Uniform random operands of the mode's width, weight and activation new each cycle. */
qy_status qy_pe_price(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps, qy_error *err);
qy_status qy_pe_price_with(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps,
                           const qy_pe_stimulus *stimulus, qy_error *err);

/* The same in two steps, for many libraries and clocks: simulate once, price often.  Pipeline stages are chosen as
 * `how` says by the activities of all modes and sides, which are filled in here; qy_pe_price takes
 * QY_PIPELINE_FOR_BOTH. */
typedef struct qy_pe_toggles {
  qy_activity left[QY_PE_MODES_MAX], right[QY_PE_MODES_MAX]; /* by mode; a side it may not stand at: zeros */
} qy_pe_toggles;
qy_status qy_pe_activities(qy_pe_toggles *toggles, const qy_pe *pe, const qy_pe_stimulus *stimulus, qy_error *err);
qy_status qy_pe_price_activities(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps,
                                 qy_pipelining how, const qy_pe_toggles *toggles, qy_error *err);
/* Add the toggles of all modes at each side that their operands may stand at to what stages are chosen by. */
void qy_pe_weigh(qy_pipelining *how, const qy_pe *pe, const qy_pe_toggles *toggles);
/* The side of a mode where this build costs less energy, the right one where both cost as much; of no choice, the one
 * there is. */
qy_pe_side qy_pe_cheaper_side(const qy_pe *pe, int mode, const qy_build *build, const qy_pe_toggles *toggles,
                              const qy_tech *tech);
/* side: left or right. */
const qy_activity *qy_pe_toggles_at(const qy_pe_toggles *toggles, int mode, qy_pe_side side);

/* Append the PE's module, written for a target, and a test bench with vectors of the stimulus in every mode and at
 * every side that operands may stand at. */
qy_status qy_pe_testbench(const qy_pe *pe, const qy_pe_stimulus *stimulus, qy_verilog_target target, qy_text *out,
                          qy_error *err);

#endif
