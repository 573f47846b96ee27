/* A plot in the making: what it holds, its axes, and how much of its points they show; shared by the parts of draw.c.
 */
#ifndef QUARRY_PLOT_PICTURE_H
#define QUARRY_PLOT_PICTURE_H

#include "axis.h"
#include "room.h"
#include "sheet.h"

#include "quarry/alloc.h"
#include "quarry/plot.h"

#include <stdint.h>

enum {
  GRID = 200,
  DOTS_MAX = 3000,    /* cloud points of all panels drawn one by one */
  MARKED_MAX = 60,    /* points of a front with full-size markers */
  TIPPED_MAX = 2000,  /* points of a series with tool-tips */
  BARS_MAX = 150,     /* front points of a panel with intervals; of more, every second, third, ... */
  NEAR_BARS_MAX = 40, /* points of a panel up to which those near the front have intervals too */
  EQUAL_MAX = 20000,  /* front points of a panel among which equal ones are looked for */
  EQUAL_SERIES = 200, /* and series */
  NEARLY_MAX = 240,   /* front points of a panel among which those that nearly lie on each other are looked for */
  EQUAL_SETS = 8,     /* of series at one place, named in the caption */
  SERIES_MAX = 1000,
  PANELS_MAX = 12,
  COLUMNS_MAX = 3
};

/* Groups of which some place has points, and how many such places: at most EQUAL_SETS, the others in `places` alone. */
typedef struct equal_set {
  const char *names; /* "SDM = RDM" */
  size_t places;
} equal_set;

typedef struct picture {
  sheet page;
  const qy_plot *plot;
  axis x, y;
  char x_title[AXIS_TITLE_BYTES], y_title[AXIS_TITLE_BYTES];
  qy_arena *arena;
  const char **group; /* distinct labels, in order of appearance */
  size_t group_count;
  size_t cloud_count; /* drawable, all panels */
  size_t far_count;   /* cloud points beyond the ends of the axes */
  size_t left_out;    /* points without a place on the axes */
  bool shaded;        /* some series has probabilities */
  bool banded;        /* some series has a band */
  bool near_bars;     /* points near the fronts have intervals */
  size_t bar_count;   /* front points with intervals, all panels */
  size_t bar_step;    /* of which every bar_step-th shows them */
  size_t near_count;  /* drawn near the fronts, all panels */
  size_t front_count; /* of fronts and lines that have a place on the axes, all panels */
  size_t front_step;  /* of which every front_step-th of a series is drawn */
  room_tips tips;
  size_t beyond;   /* points of fronts and lines beyond a range that was asked for */
  float **size;    /* of each series of all panels: sizes of its markers, 0: ordinary; NULL: all are */
  uint32_t *equal; /* [group_count][group_count]: points of a group that lie on those of one before it; NULL: none */
  size_t key_most; /* groups that the key has room for; 0: there is no key */
  const char *const *key_name; /* of each group, as the key has room for it */
  size_t equal_count;          /* places with points of several groups */
  equal_set equal_sets[EQUAL_SETS];
  size_t equal_set_count;
  size_t foot_from; /* the first panel with a title of its x axis: no others are below those */
  bool nested;      /* some markers are inside others: they lie in the order of the groups */
  bool density;
  uint32_t *cells; /* panel_count * GRID * GRID */
  uint32_t most;   /* in one cell */
} picture;

/* In this order.  Distinct labels, in order of appearance. */
qy_status picture_find_groups(picture *d, qy_error *err);
/* What the picture has of probabilities and intervals. */
void picture_look_over(picture *d);
void picture_choose_axes(picture *d);
/* Bad input: no point lies within the ranges that were asked for. */
qy_status picture_check_ranges(const picture *d, qy_error *err);
/* Count what is shown, and bin the clouds when there are too many points for dots. */
qy_status picture_count(picture *d, qy_error *err);
/* The points of fronts and the tool-tips that there is room for. */
void picture_find_room(picture *d);
/* Points of `count` that are drawn where every step-th is, and the last. */
size_t picture_thinned(size_t count, size_t step);

/* Points of several series at one place get markers of several sizes, smaller for later groups. */
qy_status picture_find_equal(picture *d, qy_error *err);
/* Points that lie less than half a marker from one of another series get markers of several sizes likewise, where
 * these are large; width, height: of a panel.  Those are not counted as equal. */
qy_status picture_find_nearly(picture *d, double width, double height, qy_error *err);
/* Number of a series among those of all panels. */
size_t picture_series(const picture *d, size_t panel, size_t index);

/* Number of a label's group. */
size_t picture_group(const picture *d, const char *label);
bool picture_has_interval(const qy_plot_series *r);
/* Has the point a place on this kind of axes, and is it between their ends? */
bool picture_shows(const picture *d, double x, double y);
bool picture_inside(const picture *d, double x, double y);

/* ---- data blocks of the script (picture_data.c) ---- */

/* Has a series drawn with `count` points tool-tips? */
bool picture_tipped(const picture *d, size_t count);
/* The tool-tip of a point that has none of its own. */
void picture_short_tip(char *text, size_t bytes, const char *label, double x, double y);
/* Rows of a series; of the points near a front; of the cloud.  Return the number of rows. */
size_t picture_write_series(picture *d, const qy_plot_series *r, const char *label, size_t panel, size_t index);
size_t picture_write_near(picture *d, const qy_plot_near *n, size_t panel, size_t index);
size_t picture_write_dots(picture *d, const qy_plot_series *r, size_t panel, size_t index);
/* The outline of a band, and the staircase in its middle.  Returns whether there is one. */
bool picture_write_band(picture *d, const qy_plot_series *r, size_t panel, size_t index);
void picture_write_density(picture *d, size_t panel);
void picture_write_grid(const picture *d);
bool picture_near_has_interval(const qy_plot_near *n);
double picture_chance(const double *chance, size_t i); /* within [0, 1] */

/* ---- the key (picture_key.c) ---- */

#define FLOOR_LINE "lt 1 lw 1.4 dt 2 lc rgb '#555555' "

/* Entries of the key, and the columns of the widest. */
size_t picture_key_entries(picture *d, size_t *columns);
/* One entry a group of the whole picture, drawn with the last panel; first NULL: what is drawn before it. */
void picture_plot_key(picture *d, size_t columns, bool *first);
/* What lies on what, for the caption. */
const char *picture_equal_text(picture *d);
/* Point shape of a group.  Open shapes would look like probability 0. */
int picture_shape(const picture *d, size_t group);

/* ---- plot commands (picture_panel.c) ---- */

/* Items of one plot command, each on its own line so that gnuplot's messages name it. */
void picture_item(picture *d, bool *first);
void picture_draw_panel(picture *d, size_t p, const rectangle *area, size_t key_columns, bool left_most);

#endif
