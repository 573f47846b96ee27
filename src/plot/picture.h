/* A plot in the making: what it holds, its axes, and how much of its points they show; shared by the parts of draw.c.
 */
#ifndef QUARRY_PLOT_PICTURE_H
#define QUARRY_PLOT_PICTURE_H

#include "axis.h"
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
  SERIES_MAX = 1000,
  PANELS_MAX = 12,
  COLUMNS_MAX = 3
};

typedef struct picture {
  sheet page;
  const qy_plot *plot;
  axis x, y;
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
  size_t beyond;      /* points of fronts and lines beyond a range that was asked for */
  float **size;       /* of each series of all panels: sizes of its markers, 0: ordinary; NULL: all are */
  uint32_t *equal;    /* [group_count][group_count]: points of a group that lie on those of one before it; NULL: none */
  size_t key_most;    /* groups that the key has room for */
  size_t equal_count; /* places with points of several groups */
  bool density;
  uint32_t *cells; /* panel_count * GRID * GRID */
  uint32_t most;   /* in one cell */
} picture;

/* In this order.  Distinct labels, in order of appearance. */
qy_status picture_find_groups(picture *d, qy_error *err);
/* What the picture has of probabilities and intervals. */
void picture_look_over(picture *d);
void picture_choose_axes(picture *d);
/* Count what is shown, and bin the clouds when there are too many points for dots. */
qy_status picture_count(picture *d, qy_error *err);

/* Points of several series at one place get markers of several sizes, smaller for later groups. */
qy_status picture_find_equal(picture *d, qy_error *err);
/* Number of a series among those of all panels. */
size_t picture_series(const picture *d, size_t panel, size_t index);

/* Number of a label's group. */
size_t picture_group(const picture *d, const char *label);
bool picture_has_interval(const qy_plot_series *r);
/* Has the point a place on this kind of axes, and is it between their ends? */
bool picture_shows(const picture *d, double x, double y);
bool picture_inside(const picture *d, double x, double y);

#endif
