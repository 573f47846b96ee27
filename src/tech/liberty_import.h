/* What the steps of a Liberty import share: the corner, the choice of cells, the constants. */
#ifndef QUARRY_TECH_LIBERTY_IMPORT_H
#define QUARRY_TECH_LIBERTY_IMPORT_H

#include "liberty_int.h"
#include "schema.h"

typedef struct lib_choice {
  const lib_cell *cell;
  lib_match match;
  const char *remark; /* on this cell's data and on those that were not taken, or NULL */
  size_t candidates;
} lib_choice;

/* A cell that turned out to be implausible only beside others. */
typedef struct lib_excluded {
  struct lib_excluded *next;
  const lib_cell *cell;
  const char *why;
} lib_excluded;

typedef struct importer {
  lib_model model;
  const qy_liberty_options *options;
  qy_liberty_report *report;
  const tech_row *rows;
  size_t row_count;
  lib_condition point;
  lib_excluded *excluded;
  lib_choice choice[QY_CELL_COUNT];
  lib_values values[QY_CELL_COUNT];
  const char *recipe[QY_CELL_COUNT];
  const char *source[QY_CELL_COUNT];
  const char *energy_guess, *leakage_guess; /* sources of what is not in the file */
  double supply_v;
  qy_tech *tech;
} importer;

/* Appends to the report; text NULL is out of memory, as is the return of anything but QY_OK. */
qy_status lib_warn(importer *im, const char *text);

/* One corner: all files at one voltage, temperature and process, with the units that are needed. */
qy_status lib_check_corner(importer *im);

/* The cell of each kind and its figures; kinds without one stay unknown.  QY_BAD_INPUT: no inverter, NAND2 or
 * flip-flop, with the reasons. */
qy_status lib_choose_all(importer *im);

/* A constant that follows from the figures of a cell. */
typedef struct lib_figure {
  const char *path;
  lib_range range;
  bool guessed_energy, guessed_leakage;
} lib_figure;
enum { LIB_FIGURES_MAX = 9 };

/* The constants of a kind, after those of the NAND2; -1: out of memory. */
int lib_figures(lib_figure *out, importer *im, qy_cell kind);
/* The schema's row of a path, or NULL. */
const tech_row *lib_row(const importer *im, const char *path);
/* Paths of constants that are set to the nearest end of the schema's range when they lie beyond it. */
bool lib_is_clamped(const char *path);

#endif
