/* Axes: the range of the data, linear or logarithmic scale, tick positions and their labels.
 *
 * Ticks are chosen here and not left to gnuplot, so that labels read "0.1, 1, 10, 1k" in every terminal.
 */
#ifndef QUARRY_PLOT_AXIS_H
#define QUARRY_PLOT_AXIS_H

#include <stdbool.h>
#include <stddef.h>

/* Values beyond these magnitudes count as not drawable: their spans would overflow. */
#define AXIS_LARGEST  1e150
#define AXIS_SMALLEST 1e-150

enum { AXIS_TICKS_MAX = 160, AXIS_LABEL_BYTES = 40 };

typedef struct span {
  double low, high;    /* over all drawable values */
  double low_positive; /* the smallest above AXIS_SMALLEST */
  size_t count, not_positive;
} span;

void span_start(span *s);
bool axis_drawable(double value); /* finite and within AXIS_LARGEST */
void span_add(span *s, double value);

typedef struct axis_tick {
  double at;
  char label[AXIS_LABEL_BYTES]; /* "" for a minor tick */
} axis_tick;

typedef struct axis {
  bool log;
  double scale;     /* labels are of values times this: the unit in which they are read; 0: 1 */
  double low, high; /* ends of the axis, low < high */
  int tick_count;
  axis_tick tick[AXIS_TICKS_MAX];
} axis;

/* Choose scale, ends and ticks. log: 1 on request (taken when any value is positive), 0 linear, -1 choose: logarithmic
 * when all values are above zero and span more than a factor of 20. from_zero:
 * a linear axis must show zero. plain: few labels, in ASCII. */
void axis_choose(axis *a, const span *s, int log, bool from_zero, bool plain);

/* What values are multiplied by to be read, where all are at least 1000 of the unit in brackets that the title ends in:
 * then `out` is the title with the other unit ("Latency (ms)" of "Latency (µs)"), by the rule of tables
 * (qy_unit_for_reading) for the middle between both, or less where the lowest would be a small fraction; else 1, and
 * `out` is the title. */
enum { AXIS_TITLE_BYTES = 256, AXIS_READ_FROM = 1000 };
double axis_reading(char out[AXIS_TITLE_BYTES], const char *title, double lowest, double highest);
/* Labels of the ticks in that unit; values and ends keep theirs.  Before axis_set_ticks. */
void axis_read(axis *a, char out[AXIS_TITLE_BYTES], const char *title, double lowest, double highest, bool plain);

/* Ticks at these values with these labels in place of the chosen ones (text beyond AXIS_LABEL_BYTES is cut); words: at
 * 0, 1, 2 ..., and the axis reaches half a step beyond them. */
void axis_set_ticks(axis *a, const double *at, const char *const *label, size_t count, bool words);

/* Set ends that were asked for (NaN: as chosen); on a logarithmic axis only those above zero count. */
void axis_set_ends(axis *a, double low, double high, bool plain);

/* Take labels away until they fit into `room` characters, or lines of `height` when that is not 0. */
void axis_fit(axis *a, double room, double height);

/* How far the labels of an x axis of `room` characters stand out at its low end and its high end, in characters. */
void axis_overhang(const axis *a, double room, double out[2]);

/* True when the value has a place on this kind of axis. */
bool axis_shows(const axis *a, double value);

/* Position along the axis: 0 at its low end, 1 at its high end. */
double axis_position(const axis *a, double value);

/* "12.3k": three digits with k, M, G. */
void axis_number(char out[AXIS_LABEL_BYTES], double value);

#endif
