/* The LUT view against runs of yosys 0.23: how many counts are the tool's to the LUT, and how far the others are off.
 *
 * Oracle: tests/data/fpga_synth.csv (components and elements of the FPGA study) and tests/data/fpga_other_sizes.csv
 * (the same kinds in other sizes).  No number was fitted to them; the limits are what the rules of lut_int.h reach, so
 * that a rule that is lost shows even where a mean error would hide it.
 */
#include "../../src/validate/component.h"
#include "quarry/csv.h"
#include "quarry/lut.h"
#include "tap.h"

#include <math.h>
#include <string.h>

enum { AT_KIND, AT_PARAMS, AT_FAMILY, AT_FLOW, AT_DSP_ALLOWED, AT_COUNTS, COUNTS = 6, COLUMNS = AT_COUNTS + COUNTS };
static const char *const columns[COLUMNS] = {"kind",   "params", "family", "flow",   "dsp_allowed", "lut",
                                             "carry4", "ff",     "srl",    "lutram", "dsp"};

/* Rows of a table; those equal to the tool, and the sum of the others' distances, in LUTs and carry cells.  Flip-flops,
 * shift registers, RAM cells and slices are the tool's in all. */
static const struct group {
  const char *file, *family, *flow, *dsp_allowed;
  int rows, equal_lut, off_lut, equal_carry, off_carry;
} groups[] = {
    {"tests/data/fpga_synth.csv", "xc7", "abc9_nowide", "0", 219, 67, 1718, 213, 37},
    {"tests/data/fpga_synth.csv", "xc7", "abc", "0", 219, 60, 5159, 195, 51},
    {"tests/data/fpga_synth.csv", "xc7", "abc", "1", 77, 51, 727, 77, 0},
    {"tests/data/fpga_synth.csv", "xcup", "abc", "1", 77, 49, 3360, 77, 0},
    {"tests/data/fpga_other_sizes.csv", "xc7", "abc9_nowide", "0", 38, 5, 330, 37, 2},
};

typedef struct distances {
  int rows, equal[COUNTS];
  double off[COUNTS];
} distances;

static qy_status compare_row(distances *d, const qy_csv *csv, const int *at, qy_arena *arena, qy_error *err)
{
  const char *kind = csv->field[at[AT_KIND]], *reason = NULL;
  const bool is_element = component_is_element(kind);
  const qy_fpga_family family = strcmp(csv->field[at[AT_FAMILY]], "xc7") == 0 ? QY_FPGA_XC7 : QY_FPGA_XCUP;
  const qy_fpga_how how = {.family = family,
                           .slice = qy_fpga_family_slice(family),
                           .toolchain = strcmp(csv->field[at[AT_FLOW]], "abc") == 0 ? QY_TOOLCHAIN_ABC
                                                                                    : QY_TOOLCHAIN_ABC9_NOWIDE,
                           .use_dsp = strcmp(csv->field[at[AT_DSP_ALLOWED]], "1") == 0 && !is_element,
                           .rows = is_element};
  qy_circuit *c;
  qy_fpga_count n;
  qy_status status = component_circuit(&c, kind, csv->field[at[AT_PARAMS]], &reason, arena, err);
  if (!status) status = qy_circuit_fpga(&n, c, &how, err);
  if (status) return status;
  const double ours[COUNTS] = {n.lut, n.carry, n.ff, n.srl, n.lutram, n.dsp};
  for (int i = 0; i < COUNTS && !status; i++) {
    double tool = 0;
    status = qy_csv_number(csv, at[AT_COUNTS + i], 0, 1e9, &tool, err);
    d->equal[i] += ours[i] == tool;
    d->off[i] += fabs(ours[i] - tool);
  }
  d->rows++;
  return status;
}

static qy_status compare_group(distances *d, const struct group *g, qy_arena *arena, qy_arena *of_row, qy_error *err)
{
  qy_csv csv;
  int at[COLUMNS];
  bool more = true;
  qy_status status = qy_csv_open(&csv, g->file, arena, err);
  if (!status) status = qy_csv_columns(&csv, columns, COLUMNS, at, err);
  while (!status && more) {
    status = qy_csv_next(&csv, &more, err);
    if (status || !more || strcmp(csv.field[at[AT_FAMILY]], g->family) != 0 ||
        strcmp(csv.field[at[AT_FLOW]], g->flow) != 0 || strcmp(csv.field[at[AT_DSP_ALLOWED]], g->dsp_allowed) != 0)
      continue;
    status = compare_row(d, &csv, at, of_row, err);
    qy_arena_reset(of_row);
  }
  return status;
}

int main(void)
{
  qy_arena *arena = qy_arena_new(), *of_row = qy_arena_new();
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    const struct group *g = &groups[i];
    qy_error err = {0};
    distances d = {0};
    const qy_status status = compare_group(&d, g, arena, of_row, &err);
    ok(status == QY_OK && d.rows == g->rows, "%s, %s, %s, slices %s: %d rows", g->file, g->family, g->flow,
       g->dsp_allowed, d.rows);
    ok(d.equal[0] >= g->equal_lut && d.off[0] <= g->off_lut, "LUTs: %d equal, the others %g off (%d, %d)", d.equal[0],
       d.off[0], g->equal_lut, g->off_lut);
    ok(d.equal[1] >= g->equal_carry && d.off[1] <= g->off_carry, "carry cells: %d equal, the others %g off (%d, %d)",
       d.equal[1], d.off[1], g->equal_carry, g->off_carry);
    for (int k = 2; k < COUNTS; k++)
      is_int(d.equal[k], d.rows, columns[AT_COUNTS + k]);
  }
  qy_arena_free(of_row);
  qy_arena_free(arena);
  return done();
}
