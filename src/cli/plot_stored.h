/* The plots of an experiment as the database holds them, and the words by which plots are said. */
#ifndef QUARRY_CLI_PLOT_STORED_H
#define QUARRY_CLI_PLOT_STORED_H

#include "quarry/alloc.h"
#include "quarry/chart.h"
#include "quarry/plot_style.h"
#include "quarry/store.h"

enum { STORED_MAX = 16 };

/* One plot as the database holds it. */
typedef struct stored_plot {
  char where[200]; /* words of chart.where */
  char name[128];
  qy_chart chart;
  char *style[QY_STYLE_COUNT]; /* what it says of its look; NULL: nothing */
} stored_plot;

typedef struct stored_plots {
  int count;
  stored_plot plot[STORED_MAX];
  const char *bad;        /* what the database holds that this program does not know */
  const char *bad_name;   /* of a plot, that can be no file's; NULL: none */
  qy_key_list parameters; /* among the keys: names are of the arena */
  int within_count;
  qy_key within[QY_KEY_COUNT];
  qy_arena *arena;
  qy_store *store;
  int64_t id;
  bool own; /* of options, not the experiment's */
} stored_plots;

/* Key of a name; design parameters are remembered. */
qy_status plot_key(stored_plots *plots, qy_key *key, const char *name, qy_error *err);
/* "network=vgg16,precision=8 bit" into the chart. */
qy_status plot_where(stored_plots *plots, stored_plot *p, const char *text, qy_error *err);
/* A metric, or a key of the points; text stays. */
qy_status plot_axis(stored_plots *plots, int *out, const char *text, qy_error *err);
/* "a,b" one after another, each by `read`: as stored, or as an option says. */
typedef qy_status read_axis(stored_plots *plots, int *out, const char *text, qy_error *err);
qy_status plot_axes(stored_plots *plots, qy_chart *chart, const char *text, read_axis *read, qy_error *err);

/* The stored plots of experiment `id` but those made with the model; then the keys within which all their fronts
 * are. */
qy_status plots_read(stored_plots *plots, qy_store *store, int64_t id, qy_error *err);
qy_status plots_read_within(stored_plots *plots, qy_store *store, int64_t id, qy_error *err);
/* What the plot at `place` says of its look; texts are freed by the caller. */
qy_status plot_read_style(stored_plot *p, qy_store *store, int64_t id, int place, qy_error *err);

#endif
