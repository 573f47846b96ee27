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
  double low, high; /* ends of the axis, low < high */
  int tick_count;
  axis_tick tick[AXIS_TICKS_MAX];
} axis;

/* Choose scale, ends and ticks. log: 1 on request (taken when any value is positive), 0 linear, -1 choose. from_zero:
 * a linear axis must show zero. plain: few labels, in ASCII. */
void axis_choose(axis *a, const span *s, int log, bool from_zero, bool plain);

/* Ticks at these values with these labels in place of the chosen ones (text beyond AXIS_LABEL_BYTES is cut); words: at
 * 0, 1, 2 ..., and the axis reaches half a step beyond them. */
void axis_set_ticks(axis *a, const double *at, const char *const *label, size_t count, bool words);

/* Set ends that were asked for (NaN: as chosen); on a logarithmic axis only those above zero count. */
void axis_set_ends(axis *a, double low, double high, bool plain);

/* Take labels away until they fit into `room` characters, or lines of `height` when that is not 0. */
void axis_fit(axis *a, double room, double height);

/* True when the value has a place on this kind of axis. */
bool axis_shows(const axis *a, double value);

/* Position along the axis: 0 at its low end, 1 at its high end. */
double axis_position(const axis *a, double value);

/* "12.3k": three digits with k, M, G. */
void axis_number(char out[AXIS_LABEL_BYTES], double value);

#endif
