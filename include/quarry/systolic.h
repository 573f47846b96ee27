/* The systolic array (DESIGN section 7): R rows x C columns of PEs, output-, weight- or input-stationary, with skew
 * registers, three double-buffered global buffers and a port to the outside.
 *
 * GEMM of a layer, per group: M = batch Ho Wo pixels, K = Kh Kw ceil(Cin/groups / n) words of n channels (n: the PE's
 * products per cycle in its mode), N = Cout/groups.  Groups (depthwise: one per channel) run one after another.
 *     dataflow   rows Sr   columns Sc   time T   stays in the PE   along the rows   along the columns
 *     os         M         N            K        sums              inputs           weights
 *     ws         K         N            M        weights           inputs           sums
 *     is         K         M            N        inputs            weights          sums
 * A fold is the part of Sr x Sc that is on the array at once: R x C, less at the right and lower edge; folds do not
 * overlap.  r x c is what a fold uses: rows 0..r-1 and columns 0..c-1.  In edge mode `full` the schedule of every
 * fold is that of a full one, A = R rows and B = C columns; in edge mode `used` A = r and B = c.
 *
 * Schedule of a fold; cycle numbers count from the fold's start, PE (i, j) is row i, column j:
 *   os: PE (i, j) multiplies its t-th operands in cycle t + i + j.  Row i gets input t at its left end in cycle t + i
 *       (i skew registers), column j its weight at the top in cycle t + j; operands move on one PE a cycle.
 *       drain overlapped: a bus per column takes each sum in the cycle of its last product.
 *       drain serial: in cycles T + A + B - 2 and the A - 1 next, row 0 leaves at the top and all sums move up one PE.
 *   ws, is: the stationary operands go in at the top and move down, one row a cycle, the one for row r-1 first, in the
 *       last r of the first A cycles.  Then sums start as zero in row r-1 and move up one PE a cycle; PE (i, j) does
 *       product t in cycle A + t + (A-1-i) + j, and the sum leaves at the top of column j in cycle A + t + A-1 + j.
 *       Row i has A-1-i skew registers.
 *   Registers behind the top of column j (B-1-j of them; none for os with serial drain) line the sums up again.
 * So a fold takes fill + stream + drain cycles: fill = until the last PE starts (os A + B - 2; ws, is 2A + B - 2),
 * stream = T, drain = A for os with serial drain, else 0.  SCALE-Sim v2 and v3 count edge full, drain overlapped, batch
 * 1, no packing, padding made part of the input.
 *
 * Row transport `broadcast`: one register at the left end of row i, behind its skew registers, drives a bus that all
 * PEs of the row read in the same cycle: what PE (i, 0) does in the schedule above, all PEs (i, j) do with it.  So B =
 * 1 in cycle numbers, fill and skew: no column waits for the one before, the columns of os have no skew registers,
 * nothing is lined up behind the top; a fold takes B - 1 cycles less.  Words down the columns and sums move as before.
 *
 * Packing `diagonal`: where a group's whole Sr x Sc fits more than once, d = min(R / Sr, C / Sc, groups) groups
 * share a fold as blocks on the diagonal, r = d Sr, c = d Sc (the last fold may hold fewer): each block does its own
 * products, the other PEs only pass words on.
 *
 * Counts (words; a word is an operand of the PE's port width, n values):
 *   reads of the buffers by the array: each operand word once per fold that needs it.  Zeros of the padding are made at
 *   the edge and not read.  A partial sum is written when the fold that made it is not the last one that adds to its
 *   output, and read back once by the next, which adds it at the top (SCALE-Sim reads nothing back).  Output writes are
 *   results; partial sums are counted apart.
 *   hops: moves from a PE to the next; operand hops include the stationary operands on their way down, sum hops the
 *   serial drain.  skew: register writes in the skew and line-up registers.
 *   active: PE cycles with a product (padding zeros are multiplied like other words).
 *
 * Buffers and port.  Each buffer has two halves.  The port moves port_bits in a cycle, either in or out (0: transfers
 * take no time).  tile `none`: a half holds all that a group needs (input rows that are touched, all columns and
 * channels; weights; outputs); otherwise the design is infeasible.  tile `ideal`: the same is taken to be there
 * whatever the size, which decides energies and areas alone (SCALE-Sim's cycles).  tile `auto`: a layer that does not
 * fit is cut into tiles of output rows (or whole images), input channels and output channels, all of a kind alike but
 * for the last, each within a half.  Each tile runs as a GEMM of its own.  Order of the tiles: input channels
 * innermost, so that partial sums stay in the output buffer; outermost output channels, or images and rows.  Input
 * tiles stay while they are the only one of the inner loops, else come again for every tile of output channels; weight
 * tiles stay likewise, else come again for every tile of rows.  Rows that two tiles touch are loaded for each.
 *   Sizes and order are those with the fewest total cycles of all there are; among equals the fewest bits through the
 *   port, then the fewest words read by the array and partial sums moved.  The search is exact as long as a direction
 *   has up to about 1000 units (rows, input channels, output channels); beyond it leaves sizes out, for directions of
 *   more than 65536 all but powers of two between.  What it looks at does not depend on the buffers, so larger ones
 *   and narrower words never cost cycles, apart from the access time of a larger macro, once per layer.
 *   load: all input and weight tiles; store: all results once.  Overlap, as in the depthwise module:
 *     total = max(first + compute + latency + last, load + store)
 *   with first = the transfer of the stationary words of the first fold and of the first vector along the rows (os: of
 *   one vector of each operand), last = that of one vector of results, both as if the layer were not tiled.  All other
 *   transfers are taken to arrive in time, and what a tile smaller than the array would bring in sooner is left aside.
 *   Layers follow one another without overlap.
 *   latency: PE pipeline stages once per fold; buffer access and requantizer once per layer.
 *
 * Energy: active PE cycles at the PE's energy, all other PE cycles at its idle energy (clock).  A held operand toggles
 * nothing: ws takes products with a held operand (bill.h), so does `is` for the mac kinds, whose operands
 * are alike; other PEs have no price for a held activation and are charged in full (an upper bound).  Operand registers
 * are the PE's own (input_registers) or are added here, written once per arriving word; skew and line-up registers
 * likewise (gated otherwise).  Chains that edge mode `used` shortens have a multiplexer per bit, os has one per
 * accumulator bit for the drain.  Edge: one adder per column for partial sums (ws, is, tile auto), one requantizer per
 * column, one controller.  SRAM: energy per word by its share of a macro's width, lanes without a word are not
 * accessed.  Operands of narrower modes that stand at the left of their ports (pe.h) move and write only their own
 * bits: the zeros below stand still, their registers are gated.
 *
 * Wires between PEs: a PE with its operand registers and drain multiplexers is a square, R x C of them the array.  A
 * word that enters a row or column, or moves on, has come as far as the side of a PE; so has a sum that moves up.  Sums
 * of os with overlapped drain run along a bus of R PEs.  A bus along a row: a buffer of its tree stands at the first of
 * its taps, so the taps of a level are 1, 4, 16, ... PEs apart; a word charges all of it.  What words do to PEs that a
 * fold leaves unused, wires from the buffers to the edge and within skew registers are not counted.
 *
 * Rows as buses need an element without input registers of its own.  A bit that changes on a bus charges at each of the
 * C PEs what the library has at a net: its driven pins and the wire to them, as the register there would.  A tree of
 * buffers, four taps each, drives them: ceil(C / 4) + ceil(C / 16) + ... down to the four that the row's register
 * drives itself.  They are counted with their area, leakage, own energy and pins.  Timing: the levels of buffers and
 * the element's shortest period must fit the clock together; the delay of wires is counted neither for buses nor for
 * moved words, and is in no interval.
 *
 * Shared multiples (shift_add with `shared`; os and ws, where inputs go along the rows): the odd multiples of an input
 * are made once per row, between its skew registers and what follows, and go along with it: the operand registers, or
 * the bus and its register, are that much wider.
 *
 * Buffer slots: operands as wide as the PE's ports, whatever their precision; activations that stand where weights do
 * come through the port as wide as activations and lie in slots of weights.  An output has the accumulator's width in
 * ws, is and tiles, else that of a result; results are written and stored in the operand width of the map that the
 * layer reads.  Weights and maps of different widths run in the mode of the wider.  Buffers have 2 banks or more, a
 * half in each half of them; the output buffer 4 or more where partial sums are read and written.  Not counted: memory
 * beyond the port.
 *
 * Affine activations (accelerator.h): a constant as wide as a sum for each output channel comes and goes with its
 * kernel: loaded with it, read from the weight buffer each time that the kernel is, kept in a register below the
 * column, added to each result by an adder of its own before the requantizer.  The search for tiles does not look at
 * the constants, and in a weight buffer of given size they take no room.
 *
 * Units as in the names.  All totals are those of one batch, which is a parameter of the array: layers with a batch of
 * their own are refused.
 */
#ifndef QUARRY_SYSTOLIC_H
#define QUARRY_SYSTOLIC_H

#include "quarry/accelerator.h"
#include "quarry/buffer.h"

typedef enum qy_dataflow { QY_FLOW_OS, QY_FLOW_WS, QY_FLOW_IS, QY_FLOW_COUNT } qy_dataflow;
typedef enum qy_drain { QY_DRAIN_SERIAL, QY_DRAIN_OVERLAPPED, QY_DRAIN_COUNT } qy_drain;
typedef enum qy_edge { QY_EDGE_FULL, QY_EDGE_USED, QY_EDGE_COUNT } qy_edge;
typedef enum qy_systolic_packing { QY_PACK_NONE, QY_PACK_DIAGONAL, QY_PACKING_COUNT } qy_systolic_packing;
typedef enum qy_row { QY_ROW_MOVED, QY_ROW_BROADCAST, QY_ROW_COUNT } qy_row;
typedef enum qy_tile { QY_TILE_NONE, QY_TILE_AUTO, QY_TILE_IDEAL, QY_TILE_COUNT } qy_tile;

/* Zero is a default everywhere but in rows and columns. */
typedef struct qy_systolic_params {
  int rows, columns; /* R, C: [1..256] */
  qy_dataflow dataflow;
  qy_drain drain; /* matters for os only */
  qy_edge edge;
  qy_row row; /* how words go along the rows */
  qy_systolic_packing packing;
  qy_tile tile;
  qy_activations activations;
  int batch;     /* images, [1..65536]; 0: 1 */
  int port_bits; /* load/store port, bits per cycle, [8..65536]; 0: transfers take no time */
  /* Both halves together; 0: the smallest table size that holds what the layers need (tile auto, ideal: one output row,
   * as many channels as the array has rows and columns). */
  double input_buffer_bytes, weight_buffer_bytes, output_buffer_bytes;
  qy_sram_banks input_banks, output_banks, weight_banks;
  qy_sram_flavour sram_flavour;
} qy_systolic_params;

/* Layers reduced to what an array needs, equal shapes merged: made once per network. */
typedef struct qy_systolic_work qy_systolic_work;

/* QY_BAD_INPUT naming the layer: no multiplications (pool, add), groups that do not divide the channels, so large that
 * counts would not be exact (bounded by about 9e15 multiply-accumulates in all); no layers. */
qy_status qy_systolic_work_new(qy_systolic_work **work, const qy_layer *const *layers, size_t count, qy_arena *arena,
                               qy_error *err);
size_t qy_systolic_work_shapes(const qy_systolic_work *work); /* distinct shapes */

/* Cycles and words of one layer, or sums over layers. */
typedef struct qy_systolic_counts {
  int64_t folds;
  int64_t fill, stream, drain; /* cycles */
  int64_t compute;             /* fill + stream + drain: the closed form */
  int64_t macs;                /* useful multiply-accumulates, padding included */
  int64_t active;              /* PE cycles with a product */
  int64_t fold_pes;            /* PEs in use, summed over the folds */
  int64_t operand_hops, sum_hops;
  int64_t operand_skew, sum_skew;    /* register writes */
  int64_t operand_writes;            /* of operand registers: entries and hops; broadcast: of the rows' one register */
  int64_t row_entries;               /* words that go in at the left end of the rows */
  int64_t row_writes, row_skew;      /* the part of operand_writes and operand_skew along the rows */
  int64_t input_reads, weight_reads; /* by the array */
  int64_t output_writes;             /* results */
  int64_t sum_writes, sum_reads;     /* partial sums */
} qy_systolic_counts;

/* One layer on an array with buffers that hold everything and n = 1: closed form of the schedule above.  tile, port and
 * buffers do not matter.  QY_BAD_INPUT for parameters outside their ranges and layers as in qy_systolic_work_new. */
qy_status qy_systolic_layer_counts(qy_systolic_counts *counts, const qy_systolic_params *params, const qy_layer *layer,
                                   qy_error *err);

/* The same summed over all layers of a work. */
qy_status qy_systolic_count(qy_systolic_counts *sum, const qy_systolic_params *params, const qy_systolic_work *work,
                            qy_error *err);

/* compute over a GEMM given by its sizes: M x K times K x N, one group.  Sizes in [1..2^24]. */
qy_status qy_systolic_gemm_counts(qy_systolic_counts *counts, const qy_systolic_params *params, int64_t m, int64_t n,
                                  int64_t k, qy_error *err);

/* PEs in use over PEs, mean over the folds, (0..1]. */
double qy_systolic_mapping_frac(const qy_systolic_counts *counts, const qy_systolic_params *params);

/* An array in one library at one clock, what does not depend on layer and mode: the `self` of qy_accelerator_systolic.
 * Plain data, nothing to free. */
typedef struct qy_systolic {
  qy_systolic_params params; /* columns and batch filled in */
  int64_t fold_latency, layer_latency;
  const qy_pe *pe;                       /* the caller's; must outlive the array */
  const qy_prices *prices;               /* likewise */
  double pitch;                          /* from a PE to the next, in widths of an element alone */
  int input_bits, weight_bits, sum_bits; /* width of the PE's ports and accumulator */
  int multiple_bits;                     /* of all odd multiples that go with an input, 0: none */
  qy_buffer buffer[QY_BUFFER_ROLES];
  char why[QY_BUFFER_WHY]; /* text of a reason */
} qy_systolic;

/* One layer: counts, tiles and times. */
typedef struct qy_systolic_layer {
  qy_systolic_counts counts;
  int64_t total, stall, latency; /* cycles; stall: total - compute - latency */
  int64_t load, store, first, last;
  int64_t input_loads, weight_loads, output_stores;            /* words through the port */
  int64_t tile_rows, tile_channels, tile_outputs, tile_images; /* of a tile: output rows, input and output channels */
  bool rows_first; /* order of the tiles: images and rows outermost, else output channels */
  int64_t tiles;   /* of all groups together; packed groups share one */
  double mapping_frac;
} qy_systolic_layer;
/* mode: of the PE.  QY_INFEASIBLE with *reason (static text) when the layer does not fit the buffers. */
qy_status qy_systolic_layer_report(qy_systolic_layer *report, const char **reason, const qy_systolic *array,
                                   const qy_layer *layer, int mode, qy_error *err);

#endif
