/* Elements of the model beside their own synthesis: Verilog through Yosys on a silicon library, timed by OpenSTA.
 *
 * Flows (as near as Yosys 0.23 comes to those of the synthesis study, 2026):
 *   lean  minimum area: sums on the library's half and full adder cells, ripple carry, constants folded bit by bit; the
 *         rest by ABC for area, fan-out of at most 24, sizes down.  A library without full adder cells gets gates.
 *   fast  no adder cells, all of it by ABC for a period of 1 ps: fan-out of at most 12, sizes up.
 * The model is asked for the same: lean, its area at a relaxed clock and its lean path; fast, its area at its shortest
 * period without pipeline stages, and that period.
 * Period: from clock to clock by OpenSTA, setup included, no wires, ports as registers.  Without OpenSTA: by ABC for a
 * netlist whose logic ABC saw in one piece (fast), the library's clock-to-Q and setup added; else not known.
 * Ownership: results live in the arena.  Temporary files stand in a directory of their own under TMPDIR (else /tmp)
 * that is removed in the end, after a failure, too.
 */
#ifndef QUARRY_VERIFY_H
#define QUARRY_VERIFY_H

#include "quarry/liberty.h"
#include "quarry/pe.h"

typedef enum qy_verify_flow { QY_VERIFY_LEAN, QY_VERIFY_FAST, QY_VERIFY_FLOWS } qy_verify_flow;
extern const char *const qy_verify_flow_names[QY_VERIFY_FLOWS + 1]; /* NULL-terminated */

/* One side of a comparison. NAN: not known. */
typedef struct qy_verify_figures {
  double area_um2, period_ps, cells;
} qy_verify_figures;

typedef struct qy_verify_result {
  qy_verify_figures model, synthesis;
  const char *timed_by; /* "OpenSTA", "ABC" or NULL */
} qy_verify_result;

/* What elements are synthesized with. */
typedef struct qy_verify_setup {
  const qy_liberty_source *liberty;
  const qy_liberty_report *cells; /* of its import: which cells add */
  const qy_tech *tech;            /* library of the model */
  const char *yosys, *sta;        /* programs; NULL: "yosys", "sta" */
} qy_verify_setup;

/* Synthesize one element in one flow.  QY_SYSTEM: Yosys is missing, failed or was ended by a signal, a temporary file
 * could not be written; QY_INTERRUPTED: it was interrupted.  A missing or failing OpenSTA is none: see timed_by. */
qy_status qy_verify(qy_verify_result *result, const qy_pe *pe, qy_verify_flow flow, const qy_verify_setup *setup,
                    qy_arena *arena, qy_error *err);

/* The first line that Yosys says of its version. */
qy_status qy_verify_version(const char **text, const char *yosys, qy_arena *arena, qy_error *err);

#endif
