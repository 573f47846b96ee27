/* How much a picture may hold: what fits into 2 MB of SVG, and can still be told apart.  Of more points a kind shows a
 * part, says which, or is refused with what could be asked for instead:
 *
 *   lines     the best or median y at each x, and of parts of x where there are many; all of them: refused
 *   pareto    of fronts every second, third, ... point; dominated points as a density (DOTS_MAX, picture.h)
 *   parallel  every second, third, ... line (FRONT_LINES_MAX, chart_map.c)
 *   heatmap   cells as an image, without rims
 *   bars      refused (BARS_MAX, bars.c)
 *
 * Tool-tips of points are shortened to the axes' values, then left out, where they would not fit.
 */
#ifndef QUARRY_PLOT_ROOM_H
#define QUARRY_PLOT_ROOM_H

#include <stddef.h>

enum {
  ROOM_BYTES = 1700000,    /* of an SVG file, for points: the rest has room in 2 MB */
  ROOM_MARK_BYTES = 130,   /* of a marker and its piece of a line, as gnuplot 5.4 writes them */
  ROOM_SERIES_MARKS = 5,   /* as many markers does a series take beside its own */
  ROOM_TIP_BYTES = 330,    /* of a tool-tip beside its text */
  ROOM_CELL_BYTES = 520,   /* of a cell of a heat map with its rim */
  ROOM_LINE_ALL = 2000,    /* points of a series of lines up to which all are shown, where nothing else is asked for */
  ROOM_LINE_REDUCED = 500, /* values of x of a series up to which each is shown */
  ROOM_LINE_PARTS = 100    /* into which more are taken together */
};
#define ROOM_MARKS ((size_t)(ROOM_BYTES / ROOM_MARK_BYTES)) /* markers of all series and panels */
#define ROOM_CELLS ((size_t)(ROOM_BYTES / ROOM_CELL_BYTES)) /* cells of all panels drawn one by one */

typedef enum room_tips { ROOM_TIPS_NONE, ROOM_TIPS_SHORT, ROOM_TIPS_LONG } room_tips;

/* Points that each of `series` lines has room for, at least 2. */
size_t room_of_line(size_t series);

/* Which tool-tips fit beside `marks` markers, `tipped` of which have one: texts of these lengths in all. */
room_tips room_of_tips(size_t marks, size_t tipped, size_t short_bytes, size_t long_bytes);

#endif
