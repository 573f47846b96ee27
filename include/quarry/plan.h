/* Experiment files: read, checked, turned into a plan (DESIGN section 10).
 *
 * A path in the file (to a network, a library, a DRAM device) is relative to the file; where there is no such file, to
 * the working directory.
 * The plan holds every library, network and axis the file names.  What is asked of it is evaluated by a model
 * (model.h).
 * Ownership: a plan and all it points to live in the arena given to the reader.
 */
#ifndef QUARRY_PLAN_H
#define QUARRY_PLAN_H

#include "quarry/metric.h"
#include "quarry/network.h"
#include "quarry/pe.h"
#include "quarry/plot_style.h"
#include "quarry/precision.h"
#include "quarry/search.h"
#include "quarry/space.h"
#include "quarry/tech.h"

#include <stdbool.h>

typedef struct qy_plan qy_plan;

/* One precision of the axis, as tables and plots name it.  The points of one assignment are values of the axis each,
 * and share one of these. */
typedef struct qy_plan_precision {
  const char *label; /* "8 bit", "w4a8", "mixed", "assigned", or what the file says: each once */
  bool uniform;      /* all layers alike: `all` holds */
  qy_precision all;  /* of a map of layers: its default; of an assignment: {0, 0} */
  bool assigned;
} qy_plan_precision;

/* A file that results depend on beside those of libraries and networks. */
typedef struct qy_plan_file {
  const char *name;
  const char *sha256; /* of its bytes, 64 digits */
  const char *text;   /* NULL: it is no text */
} qy_plan_file;

enum { QY_PLAN_PARAMETERS_MAX = 32 };
enum { QY_BUDGETS_MAX = 16 };

/* A budget that designs are compared at: at most this much of a metric, at least where larger is better. */
typedef struct qy_plan_budget {
  double value;  /* in the metric's unit, or the place in the common range: 0 its low end, 1 its high end */
  bool is_share; /* of the range, by its logarithm */
} qy_plan_budget;

typedef struct qy_plan_limit {
  int metric;
  double value;
} qy_plan_limit;

/* Of which points layers or members are stored: of none, of those on a front, of all. */
typedef enum qy_keep { QY_KEEP_NONE, QY_KEEP_FRONT, QY_KEEP_ALL } qy_keep;

/* Which points are stored: all, as rows or as packed columns; those of fronts, or the best ones alone. */
typedef enum qy_stored {
  QY_STORED_ALL,
  QY_STORED_COLUMNS,
  QY_STORED_FRONT,
  QY_STORED_SUMMARY,
  QY_STORED_COUNT
} qy_stored;
const char *qy_stored_name(qy_stored stored); /* "all", "columns", "front", "summary" */
/* Not all of them? */
static inline bool qy_stored_partly(qy_stored stored)
{
  return stored == QY_STORED_FRONT || stored == QY_STORED_SUMMARY;
}

/* What the rest of the program may ask of a plan. */
typedef struct qy_plan_info {
  const char *name, *question, *file, *text;
  char sha256[65];
  qy_stored stored;
  int64_t points;                 /* of the space */
  const qy_search_method *search; /* which of them are evaluated; NULL: all */
  qy_search_budget search_budget;
  int technology_count, network_count;
  const qy_tech *const *technology;
  const qy_network *const *network;
  int objective_count;
  qy_metric objective[16];     /* sense from the metric table */
  int front_within_count;      /* a front is taken within equal values of these */
  const char *front_within[8]; /* "technology", "network", "precision", "design", "clock_mhz" */
  int plot_count;
  const struct qy_plot_request *plot;
  int parameter_count; /* design parameters among front_within and the keys of plots */
  const char *parameter[QY_PLAN_PARAMETERS_MAX];
  int64_t draws;         /* of every library, for intervals and front probabilities; 0: none */
  uint64_t draw_seed;    /* `seed` of `uncertainty`, else that of the file, else 1 */
  const char *base_name; /* the design that others are compared with; nobody said: the first */
  int base;              /* its number; -1: nobody said */
  qy_metric compared[8]; /* in what, smaller is better */
  int compared_count;
  int budget_metric; /* `compare: {at: ...}`: what the budgets are of; -1: not said */
  int budget_count;
  qy_plan_budget budget[QY_BUDGETS_MAX];
  int limit_count; /* bounds that the points of rows at the budgets keep beside */
  qy_plan_limit limit[QY_BUDGETS_MAX];
  bool on_chip, partly_on_chip; /* none, or not all, of the designs that run layers have a memory */
  int device_count;
  const struct qy_dram_device *const *device; /* of the memories */
  int precision_count;                        /* distinct labels, in the order of the axis */
  const qy_plan_precision *precision;
  const char *noise_source; /* what metric `noise` is; never NULL */
  const char *noise_worth;  /* and what that is worth: qy_layer_noise_worth */
  int64_t apart;            /* entries that col2im layers of all networks read and write in no schedule; 0: none */
  char noise_sha256[65];    /* over the given weights or the files' contents: sources of one text may differ */
  int noise_file_count;     /* files that it is read from */
  const qy_plan_file *noise_file;
  int table_count;                   /* other files that were read and results follow from, by name */
  const qy_plan_file *table;         /* their names: from db_dir on, of files elsewhere the last part */
  qy_keep keep_layers, keep_members; /* "all" is of those stored */
} qy_plan_info;

enum { QY_PLOT_WHERE_MAX = 12, QY_PLOT_AXES_MAX = 12 };

typedef struct qy_plot_request {
  const char *name;           /* file name stem */
  const char *kind;           /* "pareto", "lines", "bars", "heatmap", "parallel", "tornado", "layers" */
  int x, y;                   /* metrics; of a tornado or layers the same one; 0 where a key stands instead */
  const char *x_key, *y_key;  /* "clock_mhz", "channels": in place of the metric; NULL: none */
  const char *points;         /* "best", "median", "all": of those that agree in groups and key; NULL: no key */
  int colour, colour_log;     /* heatmap: metric; as x_log */
  int bins;                   /* heatmap */
  int axis_count;             /* parallel */
  int axis[QY_PLOT_AXES_MAX]; /* metric, or -1: a key */
  const char *axis_key[QY_PLOT_AXES_MAX];
  const char *group[4];
  int group_count;
  int where_count; /* only points with these: "technology" and "fdsoi28", "precision" and "8 bit" */
  const char *where_key[QY_PLOT_WHERE_MAX], *where_label[QY_PLOT_WHERE_MAX];
  int x_log, y_log;  /* -1: choose, 0: linear, 1: logarithmic */
  bool has_floor;    /* lines: a level line at the least of this metric */
  int floor;         /* metric */
  const char *panel; /* "technology" or NULL */
  int64_t point;     /* of a tornado or layers; -1: others */
  bool bits;         /* layers: the bits of their weights in each assignment; then x is of no meaning */
  int64_t over;      /* of a tornado: the point whose metric it is divided by; -1: none */

  bool bands;              /* pareto: what 5 % to 95 % of the draws reach */
  const char *over_design; /* pareto, lines, bars, heatmap: what y, of a pareto x too, are divided by; NULL: none */
  qy_plot_style style;     /* of `plots_style`, and over it of the plot itself */
} qy_plot_request;

/* The keys of experiment files, for `list keys`: those that may be axes, and the skeleton around them. */
typedef struct qy_key_info {
  const char *where;    /* "file", "design", "member", "plot", "tornado", "layers", or the accelerator that takes it */
  const char *key;      /* "channels", "pe.bits" */
  const char *values;   /* "1 .. 4096", "array | booth" */
  const char *fallback; /* "required", "auto", "16" */
  const char *help;
} qy_key_info;
qy_status qy_plan_keys(const qy_key_info **keys, size_t *count, qy_arena *arena, qy_error *err);

qy_status qy_plan_read(qy_plan **plan, const char *file, const char *db_dir, qy_arena *arena, qy_error *err);
/* The same of a text that has been read from `file`, which paths in it are relative to; both stay. */
qy_status qy_plan_read_text(qy_plan **plan, const char *file, const char *text, size_t length, const char *db_dir,
                            qy_arena *arena, qy_error *err);
const qy_plan_info *qy_plan_get(const qy_plan *plan);

/* Rows of layers that a point has at most; rows of layers, and of members, that one has in the mean. */
size_t qy_plan_layers_most(const qy_plan *plan);
double qy_plan_layers_mean(const qy_plan *plan);
double qy_plan_members_mean(const qy_plan *plan);

/* Name and JSON parameters of a design id, into the caller's buffer of at least qy_plan_design_bytes bytes. */
size_t qy_plan_design_bytes(const qy_plan *plan);
const char *qy_plan_design(const qy_plan *plan, int64_t design, char *json, size_t size);

/* The parameters of a design in the order of the JSON: key, and value as text ("auto", "booth", "16"); number: it is
 * one.  Returns the design's name. */
typedef void qy_parameter_visit(void *ctx, const char *key, const char *text, bool number);
const char *qy_plan_design_parameters(const qy_plan *plan, int64_t design, qy_parameter_visit *visit, void *ctx);

/* The processing elements of a point, one a member of its design, as their accelerators build them (an accumulator
 * where one is needed).  member: its name; NULL: the design is one accelerator.  QY_BAD_INPUT: no such point; else what
 * a visit returns, and other than QY_OK ends it. */
typedef qy_status qy_element_visit(void *ctx, const char *member, const qy_pe_params *element, qy_error *err);
qy_status qy_plan_elements(const qy_plan *plan, int64_t point, qy_element_visit *visit, void *ctx, qy_error *err);

/* The point of the base design with the same axes as this one; -1: there is none, or this is a point of the base, or
 * one of several of an assignment: the k-th of one front has nothing to do with the k-th of another. */
int64_t qy_plan_base_point(const qy_plan *plan, int64_t point);

/* The point of design `design` where each axis has the value that `at` says: text like "channels: 4, clock_mhz: 100",
 * keys being technology, network, clock_mhz, precision and the design's parameters; numbers agree within 1e-5.  An axis
 * of one value may be left out.  `precision` is a width ("8", "8 bit"), a pair ("w4a8") or any label; beside that of an
 * assignment with several points `assignment: K` says which, counted from 1.  NULL: nothing said.  QY_BAD_INPUT:
 * unknown design, unknown key, a value that the axis does not have, an axis left open (named, with its values). */
qy_status qy_plan_find_point(int64_t *point, const qy_plan *plan, const char *design, const char *at, qy_error *err);

/* The point of design `design` with the same technology, network, clock and precision as `point` and
 * its value of every parameter that is an axis of `design`.  QY_BAD_INPUT: unknown design, no such point, or `point` is
 * one of several of an assignment, which are compared by their layers: qy_model_partners. */
qy_status qy_plan_find_partner(int64_t *partner, const qy_plan *plan, int64_t point, const char *design, qy_error *err);

#endif
