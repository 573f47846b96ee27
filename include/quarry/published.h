/* Published figures beside the models': db/published/NAME.yaml, and the targets of db/published/calibration/NAME.yaml.
 *
 * One entry per figure: where it was published, what exactly is compared (elements, arrays, formats, layer tables), its
 * value and tolerance, and whether it was used for calibration.  A file is a mapping of `title`, `figures` (a list of
 * entries that stand alone) and `papers`.
 *
 * An entry that stands alone has the keys
 *   name, claim, source, quantity    texts; quantity as in src/validate/measure.h
 *   published                        left out: nothing to compare with
 *   tolerance                        fraction of it, 0.1
 *   relation: ratio | difference | value, unit
 *   of, to                           what is measured and, but for `value`, over or less what
 *   technology, clock_mhz            200 MHz
 *   calibrated: true                 the figure set constants
 *   prediction: true                 compared, but not scored (another node, say); `note` says why
 *   expect: reproduced | off         reproduced: off is a regression; off: known to be, `note` says why
 *   note                             text, printed under what is off
 *
 * A paper, or another source of several figures, leaves things open that a model needs: registers, widths, a baseline.
 * They are decided once, for all its figures, by its text and not by which answer fits:
 *   name, source                     source: of all its figures; one may say more in a `source` of its own
 *   unknown                          text: what the source does not say
 *   configuration                    a mapping of
 *     why                            why this one: what the source says, or what is usual where it says nothing
 *     technology, clock_mhz          of all its figures; without clock_mhz each figure says it
 *     subjects                       mapping of names to what can be measured
 *   open                             list of questions that could have been answered otherwise, each with
 *     question, taken                texts: what is asked, what the configuration answers
 *     others                         list of {name, subjects, technology, clock_mhz}: what differs in that answer:
 *                                    keys of subjects, replaced or added; a mapping with pe, operator, component, cell
 *                                    or format stands for the whole
 *   combine: all | one               the variants are all combinations of answers; or one question at a time answered
 *                                    otherwise.  `all` is what is meant without the key
 *   figures                          entries without technology and clock_mhz, whose `of` and `to` name a subject:
 *                                    NAME, or {subject: NAME, ...} with keys that the subject does not have yet (the
 *                                    width that a figure compares, a clock).  A key that it has is an error, so that
 *                                    the configuration is the same in all figures.
 * A figure is scored with the configuration, once.  The variants are its sensitivity list: how many of them come within
 * the tolerance says how much the open questions decide; they are never scored, and variants that come to the same for
 * a figure are taken once.  Of a paper, also how many variants meet all its figures together.
 *
 * Figures are of two classes, counted apart: exact ones, in which no library has a part (MACs, cycles, levels,
 * formats), and hardware figures (areas, energies, power; FPGA resources, which depend on a tool instead of a library
 * and have no interval).
 *
 * Two statements are made about a figure.  The verdict: does the model, with the library's central values, come within
 * the entry's tolerance?  Inside: does the published figure lie in p05..p95 of the model over draws of its library
 * (draws.h), that is, can what the library does not know explain the difference?  Subjects are built and simulated once
 * and priced in every draw; both sides of a ratio or difference in the same draw, so that what they share cancels.
 * Uncertain are the library's constants only: not what the paper leaves open (that is what variants are for), not the
 * stimulus, not the structure of our circuits.  Variants have no interval.  Formats, layer tables and cycle counts
 * depend on no library: exact.
 *
 * A calibration's targets are evaluated with the calibrated library, fitted on the spot, and draws of it (its
 * constants jointly from their covariance, all others from their intervals).  The tolerance of a held-out target is its
 * sigma; a target that was fitted is `calibrated`, whatever its error, and counts as validated nowhere.
 * Ownership: figures live in the arena they were read into.
 */
#ifndef QUARRY_PUBLISHED_H
#define QUARRY_PUBLISHED_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { QY_PUBLISHED_DRAWS = 256, QY_PUBLISHED_SEED = 1 };

typedef enum qy_verdict {
  QY_VERDICT_REPRODUCED, /* within the entry's tolerance */
  QY_VERDICT_OFF,        /* outside */
  QY_VERDICT_CALIBRATED, /* the figure was used to set constants: says nothing about the model */
  QY_VERDICT_PREDICTION, /* nothing is published to compare with, or not under these conditions: not scored */
  /* of variants, which are never scored */
  QY_VERDICT_WITHIN,  /* within the tolerance */
  QY_VERDICT_OUTSIDE, /* outside, or nothing is published */
  QY_VERDICT_MISSED,  /* misses its clock */
  QY_VERDICT_COUNT
} qy_verdict;

typedef enum qy_inside {
  QY_INSIDE_UNKNOWN, /* no interval, or nothing published */
  QY_INSIDE_YES,     /* p05 <= published <= p95, within 1e-9 of the figure */
  QY_INSIDE_NO
} qy_inside;

typedef struct qy_figure_result {
  const char *section; /* "published figures (nothing was fitted to them)", "calibration NAME: held out", ... */
  const char *name, *claim, *source;
  const char *paper;   /* "": stands alone */
  const char *variant; /* "": the configuration, which is scored; else a variant, which follows its figure */
  const char *file;
  int line;
  const char *unit;
  double published;      /* NaN: nothing */
  double model;          /* NaN: a variant that misses its clock */
  double error_pct;      /* signed, (model / published - 1); NaN without either */
  double tolerance_frac; /* of the published value */
  qy_verdict verdict;
  bool exact;      /* neither a library nor a tool has a part in it */
  size_t draws;    /* of the library; 0: there is none, or a variant */
  size_t missed;   /* of them: draws in which a subject misses its clock; the interval is that of the others */
  double p05, p95; /* of the model; NaN: no draws, or more than half of the draws missed */
  qy_inside inside;
  size_t variants, variants_within; /* of the sensitivity list; within the tolerance */
  bool expected;                    /* the entry says it was reproduced before: off is then a regression */
  const char *note;                 /* why it is off, what is assumed; "" when there is nothing to say */
} qy_figure_result;

typedef struct qy_paper_result {
  const char *name, *source;
  const char *configuration; /* the answers that were taken: "registers: on both sides; ..."; "" : no open questions */
  const char *why, *unknown; /* unknown: "" */
  size_t scored, reproduced; /* of its figures, with the configuration */
  size_t variants, meet_all; /* those that come within the tolerance of every scored figure */
} qy_paper_result;

typedef struct qy_published {
  qy_figure_result *figure; /* [figure_count]: section by section, variants behind their figure */
  size_t figure_count;
  qy_paper_result *paper; /* [paper_count] */
  size_t paper_count;
} qy_published;

/* Figures of one class in one section; variants are in none. */
typedef struct qy_figure_tally {
  size_t figures;
  size_t scored, reproduced;    /* neither calibrated nor predictions */
  size_t with_interval, inside; /* of the scored */
  size_t calibrated, predictions;
} qy_figure_tally;

/* Of figure[0..count), those of the class. */
void qy_figures_tally(qy_figure_tally *tally, const qy_figure_result *figure, size_t count, bool exact);

/* "reproduced", "off", "calibrated", "prediction", "within tolerance", "outside", "misses its clock". */
const char *qy_verdict_name(qy_verdict verdict);
const char *qy_inside_name(qy_inside inside); /* "yes", "no"; NULL for unknown */

/* Evaluate every entry of every file of <db_dir>/published (in the order of their names) and every calibration of
 * <db_dir>/published/calibration, or one file of either kind.  Sections follow one another: published figures, those
 * that set constants, then each calibration's fitted and held-out targets.  An entry that cannot be evaluated is an
 * error with its position.  *results in the arena.
 * folder: where what was measured is kept between runs (published.figures), the same numbers to the last bit; it holds
 * for one version of the program, one platform (version.h) and the contents of every file under db_dir that was read.
 * NULL: nothing is kept.
 * show_progress: a line on standard error where that is a terminal. */
qy_status qy_published_evaluate(qy_published **results, const char *db_dir, const char *file, const char *folder,
                                bool show_progress, qy_arena *arena, qy_error *err);

#endif
