/* The results database: SQLite, one STRICT wide table, provenance, resume (DESIGN section 11).
 *
 * A kill at any instant loses at most the batch in flight.  The same experiment text with the same inputs is the same
 * experiment: its rows are reused, never doubled.  Result rows have the primary key experiment << 40 | point, design
 * rows experiment << 40 | design.  db/schema.sql explains tables and views.
 *
 * Several processes may use one file.  Any number may read; different experiments may be written at once and take turns
 * batch by batch.  One experiment is run by one process at a time: qy_store_begin writes a mark naming the process
 * (host, boot, process id, its start time) and refuses while that process lives.  A mark whose process is gone counts
 * for nothing, so a killed run never stands in the way.  Every batch checks in its own transaction that the mark is
 * still its own, so even a wrong guess about a process elsewhere cannot double or mix rows.
 *
 * A store is used by one thread at a time; different threads may have a store each.
 * Ownership: a store is freed by qy_store_close; what is passed in is copied or written, never kept; the texts that
 * a callback gets live during that call only.
 */
#ifndef QUARRY_STORE_H
#define QUARRY_STORE_H

#include "quarry/axis.h"
#include "quarry/metric.h"
#include "quarry/point_columns.h"
#include "quarry/status.h"

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

typedef struct qy_store qy_store;

/* How a database is opened.  QY_STORE_WRITE_MANY is QY_STORE_WRITE, but a new file is laid out for an experiment that
 * stores QY_STORE_MANY_POINTS points or more: it is larger at first, which takes 2 ms; rows are written
 * 0.4 us a point sooner, and metrics in columns are read 0.6 ns a point sooner (experiments/large_sweep.yaml). */
enum { QY_STORE_READ, QY_STORE_WRITE, QY_STORE_WRITE_MANY };
enum { QY_STORE_MANY_POINTS = 10000 };

/* Open (for writing: create) a database.  QY_BAD_INPUT: no such file (reading), not a database, a database of
 * another application, a newer schema; QY_SYSTEM: cannot be opened or written, locked, damaged, disk full.  The schema
 * is in db/schema.sql, compiled in.  A file that is refused is left untouched, nothing is created beside it.  Reading
 * needs no right to write, neither to the file nor to its directory.  *store is NULL on failure. */
qy_status qy_store_open(qy_store **store, const char *file, int mode, qy_error *err);
/* Checkpoints; NULL allowed.  An experiment begun and neither finished nor abandoned is marked interrupted. */
void qy_store_close(qy_store *store);

/* A technology, network, DRAM device, file of noise or table used, verbatim; text NULL, of the last two only: not a
 * text, or too long. */
typedef struct qy_store_input {
  const char *name, *sha256, *text;
} qy_store_input;

/* A precision that points have.  The same label has the same widths in all experiments of a database. */
typedef struct qy_store_precision {
  const char *label;                /* "8 bit", "w4a8", "mixed" */
  int weight_bits, activation_bits; /* [1..64]; both 0: layers differ */
} qy_store_precision;

/* So that a damaged size asks for no more than a sound one could: most batches of an experiment, and, stored in columns,
 * most points of a batch. */
#define QY_STORE_BATCHES_MOST      134217728
#define QY_STORE_COLUMN_BATCH_MOST 65536

typedef struct qy_store_experiment {
  const char *name, *question, *file, *text, *sha256; /* sha256 of the text */
  const char *command_line;
  const char *seed;     /* decimal text; "" when none */
  int64_t points;       /* [1..2^40) */
  int64_t batch_points; /* batch b holds points of [b * batch_points, (b + 1) * batch_points): all, or those chosen; see
                           QY_STORE_BATCHES_MOST */
  const qy_store_input *technology;
  int technology_count;
  const double *technology_voltage_v; /* of each, 0: it has no supply; NULL: not said */
  const qy_store_input *network;
  int network_count;
  const qy_store_input *device; /* DRAM devices */
  int device_count;
  const qy_store_input *noise; /* files that the noise of layers is read from */
  int noise_count;
  const qy_store_input *table; /* other files that results follow from, by name; text NULL: it is not kept */
  int table_count;
  const qy_store_precision *precision;
  int precision_count;
  const char *objectives;     /* JSON array of metric names */
  const char *definition;     /* JSON: front groups, plots */
  const char *store;          /* which points are stored: "all", "columns", "front", "summary"; NULL: all */
  const char *model_version;  /* NULL: QY_MODEL_VERSION of version.h */
  const qy_axis_column *axis; /* qy_plan_axes; none: found from the designs when they are stored */
  size_t axis_count;
} qy_store_experiment;

/* Begin or continue. *id: the experiment; *complete: all rows are there already; identity is the hash over the texts of
 * experiment, technologies, networks, devices, noise files, tables, over seed, number of points and the model version.
 * QY_SYSTEM when another live process runs the same experiment.  A run may be continued with another batch size:
 * batches are counted anew, and rows that do not fill one of the new batches are dropped.  A
 * complete experiment of which another program removed something is begun again: what is whole is kept, and
 * qy_store_missing says what it lacked; links with its inputs alone are set again. */
qy_status qy_store_begin(qy_store *store, const qy_store_experiment *experiment, int64_t *id, int *complete,
                         qy_error *err);
/* What the experiment begun lacked though it was marked complete, "97 results of 100, 0 best points of 24"; "":
 * nothing. */
const char *qy_store_missing(const qy_store *store);
/* What complete experiments of the database lack of rows that are soon counted: "3 metrics of 60; small: 0 points of
 * fronts of 6", "": nothing, or an older version wrote it, which did not count.  Results, layers and what is of each
 * point are counted by who reads points (points.h) and by qy_store_begin. */
enum { QY_STORE_LACKS = 300 };
qy_status qy_store_lacks(char text[QY_STORE_LACKS], qy_store *store, qy_error *err);
/* QY_BAD_INPUT where a complete experiment lacks rows of any kind, points too, because another program changed the
 * file: what is left would be mistaken for all of it.  A count of its rows. */
qy_status qy_store_check_whole(qy_store *store, int64_t id, qy_error *err);
/* Does a process of this host compute the experiment now?  A run that was killed leaves the status "running" behind; of
 * one on another host nothing is known here. */
qy_status qy_store_is_run(bool *is, qy_store *store, int64_t id, qy_error *err);
/* Was batch b committed before? */
int qy_store_has_batch(const qy_store *store, int64_t batch);

/* One batch as plain arrays, committed in one transaction together with its batch mark and any new designs/reasons.
 * A design row is written the first time its id is seen.  QY_INTERNAL, and nothing written, when a row is outside the
 * batch, a metric of a feasible row is not finite, or the batch was committed before. */
typedef struct qy_store_design {
  int64_t id; /* [0..2^40) */
  const char *name;
  const char *parameters; /* JSON */
} qy_store_design;
/* A layer of a point, and a member of it (the memory is one). */
typedef struct qy_store_layer {
  int place;          /* of the layer in the network: of each once */
  const char *member; /* that runs it; NULL: the design is one accelerator */
  const char *layer, *type;
  const char *bound_by; /* NULL: not known */
  int weight_bits, activation_bits;
  int sum_bits, bias_bits, accumulator_bits; /* 0: none */
  const double *metric;                      /* [QY_METRIC_COUNT], those of qy_metric_of_layer; NaN: none */
} qy_store_layer;
typedef struct qy_store_member {
  int place;               /* in the design: of each once */
  const char *member;      /* NULL: the design is one accelerator */
  const char *accelerator; /* NULL: of a memory */
  int layers;              /* that it runs */
  const double *metric;    /* [QY_METRIC_COUNT], those of qy_metric_of_member; NaN: none */
} qy_store_member;
typedef struct qy_store_detail {
  const qy_store_layer *layer;
  size_t layer_count;
  const qy_store_member *member;
  size_t member_count;
} qy_store_detail;
typedef struct qy_store_row {
  int64_t point;
  int64_t design;                     /* qy_store_design.id */
  int technology, network, precision; /* index into the experiment's lists */
  int precision_bits;                 /* [0..64]: of the widest operand of any layer */
  int weight_bits;                    /* as the elements keep them; 0: those of the precision, -1: members differ */
  double clock_mhz;
  const char *assignment;         /* JSON: which layer has which precision, see db/schema.sql; NULL: all alike */
  const char *reason;             /* why it is infeasible; NULL: feasible */
  bool excluded;                  /* the reason is a constraint of the experiment: its metrics are kept */
  const char *resolved;           /* JSON object: what was chosen where the design leaves it open; NULL: nothing */
  const double (*interval)[2];    /* [metric]: p05, p95; NULL: none */
  const qy_store_detail *detail;  /* layers and members, ignored when infeasible; NULL: none */
  double metric[QY_METRIC_COUNT]; /* ignored where it cannot be; NaN: does not apply to the design, stored as NULL */
} qy_store_row;
qy_status qy_store_batch(qy_store *store, int64_t batch, const qy_store_row *rows, int64_t count,
                         const qy_store_design *designs, int64_t design_count, qy_error *err);

/* One transaction around the calls of qy_store_batch that follow, for whoever stores many small batches: other
 * processes wait for it, and what was stored is there once it is released.  A failure undoes all of it. */
qy_status qy_store_hold(qy_store *store, qy_error *err);
qy_status qy_store_release(qy_store *store, qy_error *err); /* QY_OK also where nothing is held */

/* A batch packed ahead, by any thread, for the experiment begun, which is in columns: qy_store_packed_bytes(count)
 * bytes at most, aligned for any type.  It has all points of a batch.  QY_INTERNAL: a number is outside its range. */
size_t qy_store_packed_bytes(const qy_store *store, int64_t count);
qy_status qy_store_pack(void *packed, const qy_store *store, const qy_point_columns *columns, qy_error *err);
/* While batches of the experiment begun are packed, also keep what qy_points_read reads of feasible points with these
 * metrics, in this order, so that it need not unpack them then: once, by this store.  Eight bytes of memory a point,
 * metric and for six numbers more. */
qy_status qy_store_watch(qy_store *store, const int *metrics, int metric_count, qy_error *err);
/* Its designs are these and all between. */
void qy_store_packed_designs(int64_t *first, int64_t *last, const void *packed);
/* qy_store_batch of it: the same bytes as from rows.  Its texts must still be there. */
qy_status qy_store_batch_packed(qy_store *store, int64_t batch, const void *packed, const qy_store_design *designs,
                                int64_t design_count, qy_error *err);

/* In which share of the draws a point is on its front: points[i] in (0..1], others 0; replaces earlier ones of this
 * experiment. */
qy_status qy_store_chances(qy_store *store, const int64_t *points, const double *probability, size_t count,
                           qy_error *err);

/* Layers and members of a point whose batch is stored: written by qy_store_finish, in its transaction, in place of
 * whatever the experiment has of them; until then nobody sees them, and when the store is closed before they are gone.
 */
qy_status qy_store_detail_add(qy_store *store, int64_t point, const qy_store_detail *detail, qy_error *err);

/* Fronts: points on the front of one group ("fdsoi28, 8 bit"), replacing earlier ones of this experiment.
 * QY_INTERNAL when batches are missing. */
typedef struct qy_store_front {
  const char *group;
  const int64_t *points;
  int64_t count;
} qy_store_front;
qy_status qy_store_finish(qy_store *store, const qy_store_front *fronts, int front_count, qy_error *err);
/* Mark how the run ended when it did not finish: "interrupted" or "failed". */
qy_status qy_store_abandon(qy_store *store, const char *status, qy_error *err);
/* Is the open database still the file of its name?  Asked by every call that writes, before it does.  QY_SYSTEM: it was
 * deleted, moved or replaced by another, and nothing more is stored. */
qy_status qy_store_check_place(qy_store *store, qy_error *err);

/* Reading: run one SELECT; row(ctx, columns, names, values) per row; values NULL for SQL NULL; non-zero stops.
 * Only statements that do not write are accepted: no ATTACH, no PRAGMA that sets something.  Real numbers come with
 * as many digits as it takes to read them back exactly.  QY_BAD_INPUT with the place in the text when the SQL is wrong.
 */
typedef int qy_store_callback(void *ctx, int columns, const char *const *names, const char *const *values,
                              const int *types /* SQLITE_INTEGER .. */);
qy_status qy_store_query(qy_store *store, const char *sql, qy_store_callback *row, void *ctx, qy_error *err);
/* The same with the length of each value, which may hold NUL bytes; 0 for SQL NULL.  file: where the text stands, so
 * that what is wrong is said with its name, line and column; NULL: nowhere.  head(ctx, columns, names) is called once
 * before the first row, also where there is none; NULL: not. */
typedef int qy_store_values(void *ctx, int columns, const char *const *names, const char *const *values,
                            const size_t *lengths, const int *types);
typedef void qy_store_head(void *ctx, int columns, const char *const *names);
qy_status qy_store_query_head(qy_store *store, const char *sql, const char *file, qy_store_head *head,
                              qy_store_values *values, void *ctx, qy_error *err);

/* The same with numbers as such, which need no text.  row(ctx, value) gets the values of a row; non-zero stops. */
typedef struct qy_store_value {
  const char *text; /* NULL: SQL NULL or a real number */
  double number;    /* of integers and real numbers; NaN: neither */
} qy_store_value;
typedef int qy_store_value_row(void *ctx, const qy_store_value *value);
qy_status qy_store_query_values(qy_store *store, const char *sql, qy_store_value_row *row, void *ctx, qy_error *err);

/* When the queries above give up, each by itself: QY_INTERRUPTED soon after *stop is no longer 0 (which a signal
 * handler may set), QY_SYSTEM after so many seconds.  Looked at between steps of SQLite: one call of a function on a
 * long text is one step.  NULL: never, as it is without.  *stop must live as long as the store. */
typedef struct qy_store_limits {
  double seconds;                    /* 0: any */
  const volatile sig_atomic_t *stop; /* NULL: none */
} qy_store_limits;
void qy_store_limit(qy_store *store, const qy_store_limits *limits);

/* Fetch `column_count` numeric columns of one SELECT at once, for plots and fronts: column[c][i], i in [0..*count).
 * SQL NULL gives NaN; column[c] is NULL when there is no row.  QY_BAD_INPUT when the SELECT has another number of
 * columns or a text.  The caller frees each column[c] with free(); on failure all are NULL. */
qy_status qy_store_columns(qy_store *store, const char *sql, int column_count, double **column, size_t *count,
                           qy_error *err);

/* Metrics (numbers of the metric table, [1..QY_METRIC_COUNT] of them) of all feasible points that experiment `id` has
 * stored, by the number of the point: metric[m][i] is metrics[m] of point[i], i in [0..*count), in the unit of the
 * table, NaN where the point has none.  Packed columns are unpacked where they belong, a few nanoseconds a number; rows
 * are read by SQL.  Whether rows are missing is not asked: qy_store_check_whole.  The caller frees metric[m] and *point
 * with free(), a pointer each; point NULL: not wanted.  QY_BAD_INPUT: an older database without such a metric, damaged
 * columns; on failure all pointers are NULL. */
qy_status qy_store_metrics(double **metric, double **point, size_t *count, qy_store *store, int64_t id,
                           const int *metrics, int metric_count, qy_error *err);

#endif
