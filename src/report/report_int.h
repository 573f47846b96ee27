/* What the parts of the report share. */
#ifndef REPORT_INT_H
#define REPORT_INT_H

#include "quarry/alloc.h"
#include "quarry/points.h"
#include "quarry/published.h"
#include "quarry/store_kept.h"
#include "quarry/text.h"

#include <string.h>

enum {
  METRICS_MAX = 8,     /* of plots and table: objectives first */
  OBJECTIVES_MAX = 16, /* as many as experiment files may have */
  PLOTS_MAX = 8
};

/* A plot of the experiment's file that points can be drawn in.  Axes are names of metrics or of keys. */
typedef struct report_plot {
  const char *kind, *name;
  const char *x, *y, *colour;   /* of parallel x and y say nothing; colour: of a heatmap, NULL: none */
  const char *axes;             /* of parallel, commas between; NULL: none */
  const char *which;            /* "best", "median", "all"; NULL: not said */
  int x_log, y_log, colour_log; /* -1: choose, 0: no, 1: yes */
  int bins;                     /* of a heatmap; 0: as usual */
  const char *panel;            /* key; NULL: none */
  const char *group;            /* keys, commas between */
  const char *where;            /* JSON object from key to label */
} report_plot;

/* One experiment, read. */
typedef struct experiment {
  qy_store *store;
  int64_t id;
  qy_arena *arena;
  const char *name, *question, *file, *text, *sha256, *identity, *model_version, *seed, *command_line, *status;
  const char *started_utc, *ended_utc, *runs, *program;
  bool found, no_memory; /* its row; not for all texts of it */
  int64_t planned, stored, feasible;
  char policy[QY_STORE_POLICY]; /* which points are stored */
  int objective[OBJECTIVES_MAX], objective_count;
  int metric[METRICS_MAX], metric_count; /* the objectives, those of plots, then the usual ones */
  qy_key within[QY_KEY_COUNT];           /* each front is taken within equal values of these */
  int within_count;
  qy_key_list parameters; /* among these, and axes and groups of plots */
  report_plot plot[PLOTS_MAX];
  int plot_count;
  const char *absent; /* plots of the experiment that the page does not draw, commas between; NULL: none */
  int refused;        /* a metric or key that this program does not know */
  qy_points points;
  qy_groups fronts;
  uint8_t *on_front; /* [points.count] */
  size_t front_count;
} experiment;

/* QY_BAD_INPUT as of qy_report_write.  Freed by experiment_free, also after a failure. */
qy_status experiment_read(experiment *e, qy_store *store, int64_t id, qy_arena *arena, qy_error *err);
void experiment_free(experiment *e);

/* Which points the page has: at most `points` and `rows`. */
typedef struct share {
  size_t points, rows;
} share;

/* The data of plots and table as base64; *kept: how much of them it holds.  Layout: report_data.c. */
qy_status data_write(qy_text *out, const experiment *e, share limit, share *kept, qy_error *err);

/* Sections; each appends HTML. */
qy_status section_title(qy_text *out, const experiment *e, qy_error *err);
qy_status section_head(qy_text *out, const experiment *e, qy_error *err);
qy_status section_summary(qy_text *out, const experiment *e, qy_error *err);
qy_status section_assumptions(qy_text *out, const experiment *e, qy_error *err);
qy_status section_sources(qy_text *out, const experiment *e, qy_error *err);
void section_validation(qy_text *out, const qy_published *published);

/* The texts of page.html, page.css and page.js, a line each, NULL behind the last: made by text.sh. */
extern const char *const report_page_lines[], *const report_style_lines[], *const report_script_lines[];

/* Are the points of fronts, or the best ones, stored alone? */
static inline bool is_partly_stored(const experiment *e)
{
  return strcmp(e->policy, "front") == 0 || strcmp(e->policy, "summary") == 0;
}

#endif
