/* The stored points of one experiment as columns, and groups of them.
 *
 * Fronts, plots and summaries all look at points through keys: technology, network, design name, precision, clock, and
 * any parameters of the designs.
 * Ownership: everything in a qy_points is freed by qy_points_free.
 */
#ifndef QUARRY_POINTS_H
#define QUARRY_POINTS_H

#include "quarry/metric.h"
#include "quarry/status.h"
#include "quarry/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum qy_key {
  QY_KEY_TECHNOLOGY,
  QY_KEY_NETWORK,
  QY_KEY_DESIGN,
  QY_KEY_PRECISION,
  QY_KEY_CLOCK,
  QY_KEY_VOLTAGE,                      /* the supply of the point's technology; "-": it has none */
  QY_KEY_PARAMETER,                    /* the first of the design parameters, named when the points are read ... */
  QY_KEY_COUNT = QY_KEY_PARAMETER + 32 /* ... and room for the others */
} qy_key;

/* The design parameters among the keys: QY_KEY_PARAMETER + i is name[i], borrowed. */
typedef struct qy_key_list {
  int count;
  const char *name[QY_KEY_COUNT - QY_KEY_PARAMETER];
} qy_key_list;

/* "technology", "voltage_v", "channels": the words of experiment files. */
const char *qy_key_name(qy_key key, const qy_key_list *parameters);
/* One of the fixed names, or else a parameter, which is added to the list (and borrowed) unless it is there; whether a
 * design has it, qy_points_read says.  QY_BAD_INPUT: no name, or more parameters than there is room for. */
qy_status qy_key_find(qy_key *key, const char *name, qy_key_list *parameters, qy_error *err);

/* Feasible points only, in the order of their number. */
/* A point is called robust that is on its front in at least this share of the draws. */
#define QY_ROBUST_SHARE 0.9

typedef struct qy_points {
  size_t count;
  double *point;                                        /* point number, exact */
  double *metric[QY_METRIC_COUNT];                      /* NULL unless asked for */
  double *low[QY_METRIC_COUNT], *high[QY_METRIC_COUNT]; /* p05 and p95; NULL until qy_points_unsure finds them */
  double *chance;                                       /* front probability, the same */
  uint32_t *key[QY_KEY_COUNT];                          /* index into label[k] */
  size_t label_count[QY_KEY_COUNT];
  bool on_chip;       /* no design of the experiment has a memory: qy_metric_scope */
  char *noise;        /* what the metric `noise` of the experiment is: qy_plan_info; NULL: not said */
  char *noise_sha256; /* the same */
  /* "fdsoi28", "RDM", "8 bit", "200 MHz"; names in file order, numbers rising, precisions of layers that differ last */
  char **label[QY_KEY_COUNT];
  /* Per label its number, NaN for "-" (a design without the parameter); NULL: words.  Numbers rise, "-" is last. */
  double *number[QY_KEY_COUNT];
  char *unit[QY_KEY_COUNT]; /* of the axis: "bit", "MHz", "V", "B"; NULL: none */
  qy_key_list parameters;   /* owned; the keys from QY_KEY_PARAMETER on, others have no columns */
} qy_points;

enum { QY_KEY_TITLE = 128 };
/* Words of an axis for people with its unit (NULL: what its name ends in; "": none): see qy_key_title. */
const char *qy_axis_title(char out[QY_KEY_TITLE], const char *name, const char *unit);
/* Words of a key for people, with its unit where labels are numbers: "Rows", "Clock (MHz)", "PE weight bits",
 * "Memory buffer (B)".  unit false: without.  Returns out. */
const char *qy_key_title(char out[QY_KEY_TITLE], qy_key key, const qy_points *points, bool unit);
/* A label for a place under such a title: its number without the unit, else its text. */
const char *qy_key_tick(char out[QY_KEY_TITLE], qy_key key, const qy_points *points, size_t label);

/* Read the points of experiment `id` with the metrics asked for: two scans, no joins on the large table.  parameters:
 * the design parameters ("signal", "pe.kind") among the keys, NULL: none; QY_BAD_INPUT when no design has one. */
qy_status qy_points_read(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                         const qy_key_list *parameters, qy_error *err);
/* Add intervals of these metrics (those that have any) and front probabilities, when the experiment was run with draws;
 * otherwise nothing changes. */
qy_status qy_points_unsure(qy_points *points, qy_store *store, int64_t id, const int *metrics, int metric_count,
                           qy_error *err);
/* Free the columns and labels; the points are empty then. */
void qy_points_free(qy_points *points);

/* Points sorted into groups of equal keys: members of group g are member[first[g] .. first[g + 1]), by number. */
typedef struct qy_groups {
  size_t count;     /* groups, empty ones included: the product of the label counts */
  size_t *first;    /* [count + 1] */
  uint32_t *member; /* [points->count] */
  int key_count;
  qy_key key[QY_KEY_COUNT];
} qy_groups;

/* keys[key_count], each at most once, key_count >= 0: 0 is one group of all.  O(points).  Freed by qy_groups_free. */
qy_status qy_groups_make(qy_groups *groups, const qy_points *points, const qy_key *keys, int key_count, qy_error *err);
void qy_groups_free(qy_groups *groups);
/* Label index of `key` in group g; the key must be one of the groups' keys. */
size_t qy_groups_index(const qy_groups *groups, const qy_points *points, size_t g, qy_key key);
/* "fdsoi28, 8 bit, rows 16, memory.buffer 64 KiB" into out[size]; keys with a single label are left out
 * unless all are; returns out. */
const char *qy_groups_label(char *out, size_t size, const qy_groups *groups, const qy_points *points, size_t g);

/* The same, however long; the caller frees it; NULL: out of memory. */
char *qy_groups_label_whole(const qy_groups *groups, const qy_points *points, size_t g);

/* Pareto front of each group over the given metrics (all asked for when the points were read; senses from the metric
 * table): on_front[i] per point. */
qy_status qy_points_front(uint8_t **on_front, const qy_points *points, const qy_groups *groups, const int *metrics,
                          int metric_count, qy_error *err);

/* Experiment by name (the latest of that name), by number, or by NAME@N, the N-th last run of a name; QY_BAD_INPUT
 * lists what there is. */
qy_status qy_store_find(int64_t *id, qy_store *store, const char *name, qy_error *err);

#endif
