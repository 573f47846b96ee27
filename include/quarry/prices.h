/* Price lists: what each item of a bill costs in one library at one clock, or in one draw of the library.
 *
 * What an accelerator is made of is simulated once for each element (components), taken apart once in each library
 * (pricing), built and priced once for each clock.  The circuits around the elements:
 *   adder        two accumulators added, sum registered
 *   requantizer  accumulator rounded and clamped to the operand width, times a scale of that width, rounded and clamped
 *                again, registered: integer requantization as in Jacob et al., CVPR 2018, section 2.2, with the
 *                accumulator normalised first so that one operand-wide multiplier does.  It drops as many bits in all
 *                modes: sums of narrower operands that stand at the left of their ports stand where those of the widest
 *                mode do; what moves sums of operands at the right there is not counted
 *   controller   four nested counters with limit registers, four address counters
 *   multiples    the element of that kind, for elements that take shared multiples in
 * Each is built for the target clock like the element.  Activity: uniform random accumulators and scales, new for every
 * operation; the controller counts through a 3x3 kernel on a 14x14 map, the most common one of MobileNetV1.
 *
 * Random data: a bit of a register, bus or wire changes every second time it is written.
 *
 * Wires within a circuit are those of the library's load.wire_cap.  A wire from one element to the next is as long as
 * an element is wide: the side of a square of its placed area; it has the library's wires.cap per length.  The clock
 * tree takes clock_tree.energy times what the flip-flops' clock pins take, wherever they are clocked.
 *
 * Under draws: what is kept from the nominal library is the netlist, the pipeline stages, the toggles, the side of
 * narrower operands, lengths of wires in widths of an element, and whether a circuit makes its clock.  What a draw
 * changes: areas, leakages and energies of cells, glitches, wires and their lengths, the clock tree, and the effort:
 * the shortest period is the nominal one times the longest path of the draw over the nominal longest path, a maximum
 * over the paths of the circuit taken anew for each draw.  Each circuit has the model's own discrepancy (discrepancy.h)
 * besides: on its area and leakage, on its shortest period and so on its effort, on its energies; single registers,
 * multiplexers, wires and buses have none.  SRAM: a factor per quantity and buffer for what the table itself does not
 * know (sram_error.h), the same random number for a buffer of that name in every accelerator, times one for silicon
 * that all SRAM shares.
 *
 * Units as in the names.  Ownership: everything lives in the arena given; what is passed in must outlive what is made
 * of it.
 */
#ifndef QUARRY_PRICES_H
#define QUARRY_PRICES_H

#include "quarry/bill.h"
#include "quarry/discrepancy.h"
#include "quarry/draws.h"
#include "quarry/pe.h"

typedef enum qy_circuit_role {
  QY_ROLE_ELEMENT,
  QY_ROLE_ADDER,
  QY_ROLE_REQUANTIZER,
  QY_ROLE_CONTROLLER,
  QY_ROLE_MULTIPLES,
  QY_ROLE_COUNT
} qy_circuit_role;

/* The width of sums of an element's products: its accumulator, or, where it has none, its product and 8 bits. */
int qy_accumulator_bits(const qy_pe *pe);

/* An element with these operands and, of what surrounds it, what `uses` (QY_USES_*) names: built and simulated, a few
 * milliseconds. */
typedef struct qy_components qy_components;
qy_status qy_components_new(qy_components **components, const qy_pe *pe, const qy_pe_stimulus *stimulus, unsigned uses,
                            qy_arena *arena, qy_error *err);
/* The same in two steps: built; then each of so many activities by itself, in any order and on any threads, simulated
 * only where the table (activities.h; NULL: none) does not have it.  Nothing may be priced before all are there. */
qy_status qy_components_make(qy_components **components, const qy_pe *pe, const qy_pe_stimulus *stimulus, unsigned uses,
                             qy_arena *arena, qy_error *err);
size_t qy_components_tasks(const qy_components *components);
qy_status qy_components_simulate(qy_components *components, size_t task_number, qy_activities *known, qy_error *err);

/* Asked after every few draws; other than 0 ends the work with QY_INTERRUPTED.  ask NULL: never. */
typedef struct qy_pricing_stop {
  int (*ask)(void *ctx);
  void *ctx;
} qy_pricing_stop;

/* The same in one library, cells counted; with draws, the paths of each.  draws NULL: none.  stop: of this and of
 * qy_prices_draws. */
typedef struct qy_pricing qy_pricing;
qy_status qy_pricing_new(qy_pricing **pricing, const qy_components *components, const qy_tech *tech,
                         const qy_draws *draws, qy_pricing_stop stop, qy_arena *arena, qy_error *err);

/* The discrepancies of the circuits in all draws of a library; and nominal prices as they are in draw k of them: for
 * whoever prices each drawn library as one of its own, without draws of its pricing. */
qy_status qy_components_discrepancy(qy_discrepancy *of[QY_ROLE_COUNT], const qy_components *components,
                                    const qy_draws *draws, qy_arena *arena, qy_error *err);
void qy_pricing_in_draw(qy_pricing *pricing, qy_discrepancy *const of[QY_ROLE_COUNT], size_t k);

/* The nominal price list at one clock.  Plain data.
 * aim: what the pipeline stages of each circuit are chosen for, by its activities: an element's are those of all its
 * modes and, where the accelerator holds operands, the same with operands held. */
typedef struct qy_prices {
  double period_ps;
  const char *reason;            /* static text when a circuit misses the clock, else NULL: no prices then */
  qy_build build[QY_ROLE_COUNT]; /* of the circuits that are used */
  /* Where operands of each of the element's modes stand, left or right: of a choice where a product costs less, with
   * new operands and with one held. */
  qy_pe_side side[QY_PE_MODES_MAX], held_side[QY_PE_MODES_MAX];
  double placed_um2[QY_ROLE_COUNT]; /* area of the circuits that are used */
  double flip_flops[QY_ROLE_COUNT]; /* clocked in a cycle of an element or the controller, in a use of the others */
  double price[QY_COLUMNS_MAX];     /* in the order of the columns given */
} qy_prices;
qy_status qy_prices_at(qy_prices *prices, const qy_pricing *pricing, const qy_columns *columns, double period_ps,
                       qy_pipeline_for aim, qy_error *err);
/* The same at many clocks, the same bytes: circuits are taken up once.  What is passed in must outlive the pricer,
 * which belongs to one thread. */
typedef struct qy_pricer qy_pricer;
qy_status qy_pricer_new(qy_pricer **pricer, const qy_pricing *pricing, const qy_columns *columns, qy_pipeline_for aim,
                        qy_error *err);
qy_status qy_pricer_at(qy_pricer *pricer, qy_prices *prices, double period_ps, qy_error *err);
void qy_pricer_free(qy_pricer *pricer); /* NULL is allowed */
/* Pipeline stages of a circuit and, behind an adder, requantizer or controller, one for its result register.  Registers
 * that an element has of its own are not among them: latency in pe.h. */
int qy_prices_stages(const qy_prices *prices, qy_circuit_role role);

/* Flip-flops clocked by all events of a bill: the count of QY_EVENT_CLOCK_TREE. */
double qy_prices_clocked(const qy_prices *prices, const qy_bill *bill);
/* Side of a square of so many square micrometres in sides of an element: how far apart things are in the unit of
 * QY_EVENT_OPERAND_WIRE and QY_EVENT_SUM_WIRE.  1 where the list has no area. */
double qy_prices_pitches(const qy_prices *prices, double um2);

/* Price lists of all draws of `pricing`, basis[column * draws + k], for circuits built as in `prices`, which must be
 * feasible.  sram: factors sram[factor * draws + k], factors in the order read, write, leakage, area
 * (qy_sram_quantity), each for all buffers; NULL: all 1. */
enum { QY_SRAM_FACTORS = 4 * QY_BUFFER_ROLES };
qy_status qy_prices_draws(double *basis, const qy_prices *prices, const qy_pricing *pricing, const qy_columns *columns,
                          const double *sram, qy_error *err);

#endif
