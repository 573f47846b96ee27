/* Comparing the models with tables of measurements.
 *
 * A report holds error statistics by stratum (values alike in kind, library and flow), what was skipped and why, and
 * the worst rows.  It is the same for every kind of table (synthesis rows, SRAM macros, cycle counts); printing is up
 * to the caller.
 * Errors are relative, |model / measured - 1|, in per cent.  Percentiles: linear interpolation between the two nearest
 * order statistics (the median of two values is their mean).  Every quantity has one stratum with kind, library and
 * flow each "all"; finer ones follow: by library and flow, by kind and flow, by kind, library and flow.  Where rows
 * tell whether DSP slices were allowed, each of these is followed by those of the two answers.
 * Ownership: a report and its texts live in the arena it was made with.
 */
#ifndef QUARRY_VALIDATE_H
#define QUARRY_VALIDATE_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Pairs for ratio_coverage: all, or, where there are more than QY_VALIDATE_PAIRS in a stratum, about so many of them,
 * picked by a hash of their lines. */
enum { QY_VALIDATE_PAIRS = 20000 };

typedef struct qy_validate_stratum {
  const char *quantity;              /* "area_um2", "delay_ns", "energy_pj" ... */
  const char *kind, *library, *flow; /* "all" where several are taken together */
  size_t count;
  double mean_pct, median_pct, p95_pct, max_pct; /* of the absolute errors */
  double bias_pct;                               /* mean of the signed errors: above 0, the model is too large */
  double coverage; /* share of the rows whose measured value lies in p05..p95 of the model's draws; NAN: no draws */
  double ratio_coverage;   /* the same of ratios of two circuits of one library and flow; NAN: there are none */
  const char *dsp_allowed; /* "0", "1" or "all"; NULL: the table does not tell rows apart by it */
} qy_validate_stratum;

typedef struct qy_validate_skip {
  const char *reason;
  size_t count;
} qy_validate_skip;

typedef struct qy_validate_row {
  const char *quantity;
  const char *kind, *params, *library, *flow; /* params: what tells the row apart within its kind */
  int line;                                   /* in the table */
  double measured, model;
  double error_pct;   /* signed */
  double effort;      /* (Tmin / T)^p of the circuit as built; 0 where there is none */
  int circuit;        /* rows of one circuit have one number */
  const double *draw; /* [draws] of the model; NULL: none */
  size_t draws;
  const char *dsp_allowed; /* "0" or "1"; NULL: the table does not tell */
} qy_validate_row;

typedef struct qy_validate_report {
  const char *source;               /* the table's file name */
  size_t rows;                      /* in the table, after the library and flow filters */
  size_t compared, skipped;         /* rows; compared + skipped = rows */
  int64_t mismatches;               /* of exact counts; -1: the table holds none */
  size_t zeros;                     /* figures that are 0 in the table only: their errors are per cent of one unit */
  size_t with_wires, without_wires; /* rows with an energy: wires and clock tree are in it and in the model's, or in
                                       neither; both 0: no energies */
  qy_validate_stratum *stratum;     /* [stratum_count], coarse before fine, by quantity */
  size_t stratum_count;
  qy_validate_skip *skip; /* [skip_count], most frequent first */
  size_t skip_count;
  qy_validate_skip *omit; /* [omit_count]: single figures left out of rows that were compared */
  size_t omit_count;
  qy_validate_row *worst; /* [worst_count], per quantity the largest |error| first */
  size_t worst_count;
} qy_validate_report;

/* The stratum with exactly these names ("all" allowed), or NULL; dsp_allowed is "all" where there is one. */
const qy_validate_stratum *qy_validate_find(const qy_validate_report *report, const char *quantity, const char *kind,
                                            const char *library, const char *flow);

/* How a table of synthesis results is compared.  Zero-initialise, then set what differs. */
typedef struct qy_validate_options {
  const char *db_dir;       /* NULL: "db" */
  const char *library;      /* only rows of this library; NULL: all */
  const char *library_file; /* a library file: prices the rows whose library has its name, and, when no row does, those
                               of libraries that are unknown otherwise; NULL: none */
  const char *flow;         /* only rows of this flow; NULL: all */
  int worst_count;          /* rows listed per quantity; 0: 10 */
  int64_t cycles;           /* simulated for energies; 0: 2048 */
  uint64_t seed;            /* of the stimulus; 0 is a seed like any other */
  bool leave_out;           /* each library as if it had not been in the study that constants were calibrated on: what
                               `quarry tech import` would give it from the other libraries of the table */
  bool show_progress;       /* fpga: a line on standard error where that is a terminal */
  size_t draws;             /* of each library, for coverage, see draws.h; 0: no coverage */
  uint64_t draw_seed;
  double mid_effort; /* (Tmin / T)^p of the flow "mid"; 0: QY_VALIDATE_MID_EFFORT where carry-save rows stay
                               adder cells, at the period of such rows; fast where there are none */
} qy_validate_options;

/* Calibrated with the effort constants of db/tech on the open synthesis study, 2026; 0.3 does as well, 0.5 worse. */
#define QY_VALIDATE_MID_EFFORT 0.4

/* Compare with a table of synthesis results: area_um2 (registers included), delay_ns (clock pin to D, without wires:
 * column delay_own_sta_ns where there is one) and energy_pj per operation, without wires and leakage.
 * Columns: those of the open synthesis study (component, kind, params, library, flow, stimulus, area_um2, delay_ns,
 * energy_pj_per_op); others are ignored.  A table whose energy column is energy_pj_per_cycle holds energies only, one
 * row per stimulus.  Flow lean: effort 0; mid: see
 * mid_effort; fast: shortest period.
 * Rows that cannot be built or priced are counted with the reason.  Errors: QY_BAD_INPUT with line and column. */
qy_status qy_validate_synthesis(qy_validate_report **report, const char *file, const qy_validate_options *options,
                                qy_arena *arena, qy_error *err);

/* Estimate the model's discrepancies (structure.h) from such a table and, unless `elements` is NULL, one of elements
 * (see below) in the same libraries: the text of a structure.csv is appended to *csv.  Each library prices its rows as
 * options->leave_out says (it should be set); options->draws as above, 0: 256. Per quantity and flow (rows go to that
 * of lean, mid and fast whose effort is nearest to theirs as built):
 *   log_sigma      of each family that circuits are mostly made of: so that the measured values of 90 % of its rows lie
 *                  in p05..p95 of constants and discrepancy together
 *   composition    the same for rows of several kinds of operators
 *   library_share  so that the same holds for ratios of two circuits of one library and flow that are mostly of
 *                  different families of operators
 *   family_share   the same for two of one family but different kinds;  kind_share: for two of one kind
 * QY_BAD_INPUT also: too few rows. */
qy_status qy_validate_structure(qy_text *csv, const char *file, const char *elements,
                                const qy_validate_options *options, qy_arena *arena, qy_error *err);

/* Compare elements with a table of their own Verilog synthesised: columns kind, params ("bits=8,multiplier=0": those of
 * qy_pe_set), library, flow, area_um2, min_period_ns (set-up time included).  Flow lean: effort 0; fast: shortest
 * period.  Behind the groups of the kinds follow those of the two families, "coded" (weights with a code) and
 * "fixed_point", and "coded_less_fixed", whose bias_pct is the difference of their mean signed errors: what comparing a
 * design of one family with one of the other gets wrong.  cycles, seed and mid_effort are not used. */
qy_status qy_validate_elements(qy_validate_report **report, const char *file, const qy_validate_options *options,
                               qy_arena *arena, qy_error *err);

/* Compare precision-scalable arrays with a table of their synthesis in the format of the KU Leuven benchmark
 * (arXiv:2108.04773): columns array (BITFUSION, BITBLADE, LOOM or BG_.._L4_.._L3_.._L2_.._DVAFS_.), unrolling (FU,
 * SWU), clock_mhz and any of area_um2, area_sequential_um2, area_combinational_um2, area_2bit_multipliers_um2,
 * power_8x8_mw, power_8x4_mw, power_8x2_mw, power_4x4_mw, power_2x2_mw; a figure may be blank.  An array is so many
 * composed elements (bit-serial lanes in those of BG_BS), the registers in front of them, and nothing else: netlists
 * without clock tree, no buffers, so any library will do (options->library or library_file; NULL: fdsoi28).  All
 * operand bits uniform, sums of 16; powers are compared as energies of a product, leakage included. Kind: the
 * unrolling; FU_at_limit and SWU_at_limit where the model would have to pipeline the array to reach its clock: it is
 * priced at the model's shortest period then.  Quantities ratio_...: every two rows of one clock and kind. flow:
 * "fitted" where a calibration in <db_dir>/published/calibration of this library, or from it, has used the row
 * (targets' `rows`) or the column, else "held_out" (of constants: structure was chosen with this table in view);
 * options->flow: only those.  Rows whose name describes no such array are counted with the reason.  Errors:
 * QY_BAD_INPUT with line and column. */
qy_status qy_validate_arrays(qy_validate_report **report, const char *file, const qy_validate_options *options,
                             qy_arena *arena, qy_error *err);

/* Compare <db_dir>/memory/sram.csv with a table of macros in the column format of CACTI sweeps (sram.h): all figures of
 * a macro; kind is the flavour, library the node, flow the file's `set`.  Rows outside the table, of another node,
 * flavour, temperature or optimisation target are counted with the reason. */
qy_status qy_validate_sram(qy_validate_report **report, const char *file, const char *db_dir, int worst_count,
                           qy_arena *arena, qy_error *err);

/* How a table of DRAM runs is compared. */
typedef struct qy_validate_dram_options {
  const char *db_dir;
  const char *device;       /* only rows of this device; NULL: all */
  const char *device_files; /* devices that db/memory/dram lacks, or in its place: files, commas between; NULL: none */
  int worst_count;          /* as above */
} qy_validate_dram_options;

/* Compare DRAM (dram.h) with a table of simulator runs in the columns of src/validate/dram.c: energy_nj, cycles and
 * row_hits (errors of these in points of 100), nothing fitted.  Groups: kind = pattern, library = device, flow =
 * simulator and address mapping.  Rows of DRAMsim3 are compared at the refresh interval that it ran the device with.
 * A row is skipped when its device, its simulator's controller or its address mapping is not known. */
qy_status qy_validate_dram(qy_validate_report **report, const char *file, const qy_validate_dram_options *options,
                           qy_arena *arena, qy_error *err);

/* Compare FPGA resources (lut.h) with a table of tool runs, of either of two kinds, told apart by the head line;
 * columns in any order, others ignored:
 *   yosys    kind, params, family (xc7, xcup), flow (abc9_nowide, abc), dsp_allowed (0, 1), lut, ff, carry4, carry8,
 *            dsp: components of the open FPGA study, and elements as `quarry rtl` prints them (kind q_NAME, params
 *            "name=value name=value" as qy_pe_set takes them).  Quantities lut, ff, carry (cells) and dsp; library is
 *            the family.  Behind the groups of the kinds follow those of all "elements" and of all other "components".
 *   Vivado   name, family (add8u, mul8x8, ...), mae, luts, and wce and ep where there are: exact adders and multipliers
 *            without DSP slices; kind is the table's family, library xc7, flow vivado.  Approximate ones are skipped.
 * A measured 0 is compared only where the model has another count; its error is in per cent of one unit
 * (report->zeros). Where both are 0 is counted in report->omit.  Counts are whole numbers, "12" or "12.0".  Rows that
 * cannot be built, whose parameters are unknown or given twice, or whose family or flow is not modelled are counted
 * with the reason. Equal circuits are counted once.  options: library and flow, which must be modelled, worst_count and
 * show_progress.  Errors: QY_BAD_INPUT, for a table with line and column. */
qy_status qy_validate_fpga(qy_validate_report **report, const char *file, const qy_validate_options *options,
                           qy_arena *arena, qy_error *err);

/* Compare the systolic array's closed forms with a table of SCALE-Sim results, where every number is exact, as
 * SCALE-Sim v2 and v3 count: drain overlapped, full edge folds.  Columns, in any order, others ignored: M, N, K,
 * dataflow, rows, cols, closed_form_cycles; where there also version, run_mode, net, layer and the figures of
 *   simulated_cycles  demand_rows, else reported_total_cycles - reported_stall_cycles + 1 (it prints the last index)
 *   input_reads, weight_reads   sram_ifmap_reads, sram_filter_reads
 *   output_writes     sram_ofmap_writes: results and partial sums.  Left out with outputs held, where SCALE-Sim counts
 *                     rows + columns words too many for each fold; counted in report->omit.
 * A blank or 0 says nothing.  Kind is the dataflow, library the version, flow the run mode.  report->mismatches counts
 * the figures that differ.  Rows without closed_form_cycles, of version v1 (it has rules of its own), or outside the
 * model's ranges are counted with the reason.  Errors: QY_BAD_INPUT with line and column. */
qy_status qy_validate_cycles(qy_validate_report **report, const char *file, int worst_count, qy_arena *arena,
                             qy_error *err);

#endif
