/* Accelerators (DESIGN section 7): one row each, in accelerator.def.
 *
 * An accelerator states its work, its design, its events layer by layer and in sum, and nothing else: it never knows a
 * price, a metric or a draw.
 *
 *   work    layers reduced to what it needs, once a network
 *   design  parameters, element, library and clock -> the accelerator's own struct (`self`, design_bytes of it) and the
 *           parts on the bill, or why it cannot be
 *   run     events and times of all layers of a work in the same modes of the element, added to a bill whose run is
 *           clear
 *   layer   the same for one layer alone
 *
 * What it needs of an element is declared; a pair that does not fit is refused before anything is computed
 * (qy_accelerator_takes).
 * Ownership: rows are static; works live in the arena given; `self` is the caller's memory, plain data, nothing to
 * free.
 */
#ifndef QUARRY_ACCELERATOR_H
#define QUARRY_ACCELERATOR_H

#include "quarry/bill.h"
#include "quarry/fabric.h"
#include "quarry/network.h"
#include "quarry/parameter.h"
#include "quarry/precision.h"
#include "quarry/prices.h"
#include "quarry/row_mix.h"
#include "quarry/sram.h"

/* What an accelerator needs of an element. */
enum {
  QY_NEEDS_PRODUCT = 1 << 0,     /* it multiplies its operands */
  QY_NEEDS_ACCUMULATOR = 1 << 1, /* it adds its products up; `auto` then means that it has an accumulator */
  QY_NEEDS_EACH_CYCLE = 1 << 2,  /* a product, or several, every cycle */
  QY_NEEDS_ONE_SUM = 1 << 3,     /* products of one cycle are summed, not kept apart */
  QY_NEEDS_BARE_PRODUCT = 1 << 4 /* one product a cycle comes out: no accumulator */
};

/* Maps as an accelerator takes them: integers q that stand for scale q, or for scale (q - z) with a zero point z of the
 * layer (affine).  Weights are symmetric, so that with affine maps
 *   sum w (q - z) = sum w q - z sum w:
 * a constant for each output channel, which is added to the sum before it is requantized, together with the bias.  That
 * takes an adder beside each requantizer and a constant, as wide as a sum, for each channel.  It holds at the edges of
 * a map if the padding has the value z.  The zero point of the output folds into the constant that the requantizer
 * rounds with (Jacob et al., CVPR 2018, equation 7, with weights whose zero point is 0). */
typedef enum qy_activations { QY_ACTIVATIONS_SYMMETRIC, QY_ACTIVATIONS_AFFINE, QY_ACTIVATIONS_COUNT } qy_activations;

/* What a design is made from.  All must outlive `self`. */
typedef struct qy_design_input {
  const void *params;      /* the accelerator's own struct */
  const qy_pe *pe;         /* an element that it takes */
  const qy_prices *prices; /* of the element and what the accelerator uses, feasible, in `tech` at `clock_mhz` */
  const qy_tech *tech;
  const qy_sram_table *sram; /* NULL: buffers are not counted; the library needs no SRAM then */
  const qy_fabric *fabric;   /* circuits of the element on `tech`, where that is an FPGA; else NULL */
  double clock_mhz;
  const void *work;     /* NULL: it runs no layers */
  qy_sram_known *known; /* what was chosen for each buffer of another design, which is likely to be alike; NULL: none */
} qy_design_input;

/* Modes of an element for a layer: the one that it runs in, which is that of its wider operands, and those whose words
 * its weights and its maps are packed in. */
typedef struct qy_modes {
  int run, weights, activations;
} qy_modes;

/* Points that are run at once, as lanes of vectors, and their bill (point_lanes.h). */
enum { QY_LANES = 8 };
typedef struct qy_lane_bill qy_lane_bill;
typedef struct qy_price_rows qy_price_rows; /* prices at clocks that follow one another */

typedef struct qy_accelerator {
  const char *name, *help;
  const qy_parameter *parameter; /* beside those of its element */
  size_t parameter_count;
  size_t params_bytes;  /* of the struct that they fill */
  size_t design_bytes;  /* of `self` */
  unsigned needs, uses; /* QY_NEEDS_*, QY_USES_* */
  unsigned fabrics;     /* QY_ON_*: what it can be built on; 0: cells */
  bool runs_layers;
  /* NULL, or static text: why parameters and element never go together, whatever library, clock and layers.  NULL: all
   * do. */
  const char *(*mistake)(const void *params, const qy_pe *pe);
  /* Rows in several formats.  formats: the widths of fixed-point weights that a design with these parameters may have
   * (1 << bits); shares: what share of the rows a design gives to each part (row_mix.h), the scheme being that of the
   * element, and the bits of the two fixed-point parts.  NULL: all weights are in the format of the element. */
  unsigned (*formats)(const void *params, const qy_pe *pe);
  void (*shares)(double share[QY_ROW_PARTS], int bits[QY_ROW_PARTS], const void *self);
  /* On an FPGA: the circuits of qy_fabric_new that a design with these parameters looks at.  NULL: the element. */
  unsigned (*circuits)(const void *params, const qy_pe *pe);
  /* QY_BAD_INPUT naming the layer that it cannot run.  NULL: it runs no layers. */
  qy_status (*work)(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err);
  /* Parameters and element without mistake.  QY_INFEASIBLE with *reason (static text, or text in self); QY_BAD_INPUT: a
   * library without SRAM, a batch too large to be counted. */
  qy_status (*design)(void *self, qy_bill *bill, const qy_design_input *input, const char **reason, qy_error *err);
  /* NULL: it is made anew.  What `design` made, at another clock and its prices, all else being the same: self and bill
   * as it leaves them.  NULL, or the reason why it cannot be; self and bill have no meaning then. */
  const char *(*again)(void *self, qy_bill *bill, const qy_design_input *input);
  /* Where activations have one width, that of the element's x: text in self, why other precisions cannot be.  NULL: any
   * precision that the element has a mode for. */
  const char *(*one_precision)(const void *self);
  /* What a design that was made has for the parameter `key`, which was left open ("auto"): bytes, banks, rows; NaN:
   * nothing was chosen.  NULL: no parameter is ever left open. */
  double (*chosen)(const void *self, const char *key);
  /* NULL, or static text: why the layers cannot be run.  Modes: of the element, each [0..mode_count). */
  const char *(*run)(qy_bill *bill, const void *self, const void *work, qy_modes modes);
  /* NULL: points are run one by one.  The same as `run`, for QY_LANES designs of one work; set: of instructions
   * (qy_lane_set).  false: counts are too large to be exact, what is in the bill has no meaning then. */
  bool (*lanes)(qy_lane_bill *bill, const void *const self[QY_LANES], const void *work, const qy_modes modes[QY_LANES],
                int set);
  /* NULL: each clock by itself.  The same as `lanes` for one design, made at any clock, at those of `at`; parts: its
   * bill.  What it counts is noted in self for the next call.  false: it has other buffers there, or counts are too
   * large. */
  bool (*clocks)(qy_lane_bill *bill, void *self, const qy_bill *parts, const qy_price_rows *at, const void *work,
                 qy_modes modes, int set);
  qy_status (*layer)(qy_bill *bill, const char **reason, const void *self, const qy_layer *layer, qy_modes modes,
                     qy_error *err);
} qy_accelerator;

/* In the order of accelerator.def. */
const qy_accelerator *const *qy_accelerator_table(size_t *count);
const qy_accelerator *qy_accelerator_find(const char *name); /* NULL: none */

/* Can it be built on what this technology is? */
bool qy_accelerator_on(const qy_accelerator *accelerator, const qy_tech *tech);
/* QY_USES_* of its price lists on this technology. */
unsigned qy_accelerator_uses(const qy_accelerator *accelerator, const qy_tech *tech);

/* Every parameter at its fallback (0 where it is required). */
void qy_accelerator_defaults(const qy_accelerator *accelerator, void *params);
/* QY_BAD_INPUT: a parameter outside its row's range (named, with what was found). */
qy_status qy_accelerator_check(const qy_accelerator *accelerator, const void *params, qy_error *err);

/* Width of an element's input, e.g. "x"; that of its operands where it has none of that name. */
int qy_element_port_bits(const qy_pe *pe, const char *name);

/* Can the accelerator do its job with this element?  QY_BAD_INPUT: what is missing, in a sentence. */
qy_status qy_accelerator_takes(const qy_accelerator *accelerator, const qy_pe *pe, qy_error *err);

/* Bits that an element keeps weights in that have `bits`: those of its codes, else no more than its port takes. */
int qy_element_weight_bits(const qy_pe *pe, int bits);

/* The modes in which an element runs a layer of this precision.  Weights wider than the port that takes them come at
 * its width; those of elements whose weights are codes have no say in the mode.  false: no mode is wide enough, *modes
 * is then undefined.
 */
bool qy_element_modes(qy_modes *modes, const qy_pe *pe, qy_precision precision);

/* That of a layer whose second operand is activations: both operands have their width. */
static inline qy_precision qy_layer_precision(const qy_layer *layer, qy_precision precision)
{
  if (layer->computed) precision.weights = precision.activations;
  return precision;
}

/* Can it run layers at this precision with this element? */
bool qy_accelerator_serves(const qy_accelerator *accelerator, const qy_pe *pe, qy_precision precision);

/* A design with its bill and prices, ready to be asked.  Plain data but for `self`. */
typedef struct qy_design {
  const qy_accelerator *accelerator;
  void *self; /* the caller's: design_bytes, aligned for any type */
  const qy_pe *pe;
  const qy_columns *columns;
  const qy_prices *prices;
  const double *price; /* of each column: those of `prices` */
  double clock_mhz;
  const char *reason; /* why it cannot be, static text or text in self; NULL: it can */
  qy_bill bill;
  double in[QY_QUANTITY_COUNT]; /* sums over items, times: what qy_metric_derive takes */
} qy_design;

/* Make it.  columns: of the accelerator's `uses`.  QY_OK also where it cannot be: then design->reason says why.
 * QY_BAD_INPUT as the accelerator's design function. */
qy_status qy_design_make(qy_design *design, const qy_accelerator *accelerator, void *self, const qy_columns *columns,
                         const qy_design_input *input, qy_error *err);

/* The same of a design that was made and can be, where nothing of the input but prices and clock has changed since. */
qy_status qy_design_make_again(qy_design *design, const qy_design_input *input, qy_error *err);

/* Run all layers of a work (NULL: none) at one precision: the run on the bill and design->in are those of it.  NULL, or
 * static text: why it cannot be. */
const char *qy_design_run(qy_design *design, const void *work, qy_precision precision);
/* The same for events and times that are on design->bill already, of whatever ran. */
void qy_design_sum(qy_design *design);
/* One layer alone into bill (events and times) and in[QY_QUANTITY_COUNT]. */
qy_status qy_design_layer(qy_bill *bill, double *in, const char **reason, const qy_design *design,
                          const qy_layer *layer, qy_precision precision, qy_error *err);

/* Several designs that share a network, in[k]: of each (all at one clock); into in[QY_QUANTITY_COUNT] what
 * qy_metric_derive takes for the system.  Members work on different layers: sequential, one after another; pipelined,
 * each on another inference.  Items, cycles and products add up; the interval between two inferences is the sum of the
 * members' times, or the longest; the slots are those of all members in an interval.  A member without work is gated,
 * but leaks.  A memory is one of them: its events, and the time in which it works alone. */
void qy_system_add(double *in, const double *const *members, size_t count, bool pipelined);

#define ACCELERATOR(name) extern const qy_accelerator qy_accelerator_##name;
#include "quarry/accelerator.def"
#undef ACCELERATOR

#endif
