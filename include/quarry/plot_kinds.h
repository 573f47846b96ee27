/* What each kind of plot takes: one table for the keys of a plot in experiment files and the options of `quarry plot`.
 *
 * Beside these every kind takes the keys of a style (plot_style.h) that are not of axes.
 */
#ifndef QUARRY_PLOT_KINDS_H
#define QUARRY_PLOT_KINDS_H

#include <stdbool.h>
#include <stddef.h>

/* "pareto", "lines", "bars", "heatmap", "parallel", then those of one point: "tornado", "layers". */
enum { QY_PLOT_KINDS = 7, QY_PLOT_KINDS_OF_POINTS = 5, QY_PLOT_KEYS_MAX = 32 };
extern const char *const qy_plot_kinds[QY_PLOT_KINDS];

/* Does the kind take this key?  A key with '-' for '_' is the same: "x-scale".  No: also for a word that is no key. */
bool qy_plot_takes(const char *kind, const char *key);
/* Is it a key of some kind? */
bool qy_plot_key_known(const char *key);
/* The keys that it takes into keys[QY_PLOT_KEYS_MAX], NULL behind the last; returns how many. */
size_t qy_plot_keys(const char **keys, const char *kind);

/* The place of the first axis in names[count] that is one of those before it again; count: each stands once.  Of bars x
 * says which point has a bar, and may be y. */
size_t qy_plot_axis_again(const char *kind, const char *const *name, size_t count);
/* What is said then: "expected ..." */
#define QY_PLOT_AXIS_ONCE "each axis once"

#endif
