/* Inside of the virtual tables over all results, rows and packed columns alike: chunk_table.c.
 *
 * `result` has the columns of the table of that name; `point_all` those of the view, with names in place of keys, which
 * spares SQLite a look-up in each of eight tables for each point.
 */
#ifndef QUARRY_STORE_RESULTS_H
#define QUARRY_STORE_RESULTS_H

#include "chunk.h"

#include "quarry/alloc.h"
#include "quarry/text.h"

/* Where a column of a table comes from; place and field of results_column. */
typedef enum results_source {
  FROM_ID,          /* key of the result */
  FROM_POINT,       /* its number within the experiment */
  FROM_EXPERIMENT,  /* key of the experiment */
  FROM_RAW,         /* place: of chunk.h */
  FROM_NAME,        /* place: which list of names */
  FROM_NUMBER,      /* place: which list of names; field: which number */
  FROM_WEIGHT_BITS, /* as stored, or else those of the precision */
  FROM_SIDE,        /* place: which table beside; field: its column */
  FROM_INTERVAL,    /* place: of chunk.h; field: column of the table beside, where it is not packed */
  FROM_CHANCE,      /* front probability */
  FROM_OTHER        /* of rows only: a column of another program */
} results_source;

typedef struct results_column {
  results_source source;
  int place, field;
  char *name; /* FROM_OTHER: of the column */
} results_column;

/* Lists of names, by key. */
enum { NAMES_TECHNOLOGY, NAMES_NETWORK, NAMES_DESIGN, NAMES_PRECISION, NAMES_REASON, NAMES_EXPERIMENT, NAMES };
enum { NUMBERS_OF_NAME = 2 };
typedef struct results_name {
  int64_t id;
  const char *text;               /* NULL: NULL */
  double number[NUMBERS_OF_NAME]; /* NaN: NULL */
} results_name;
typedef struct results_names {
  results_name *name; /* by rising id */
  size_t count, room, last;
  bool known;
  int64_t experiment; /* of designs: whose they are */
} results_names;

/* Tables with a row for a result, or for its design. */
enum { SIDE_DESIGN, SIDE_ASSIGNMENT, SIDE_INTERVAL, SIDE_CHANCE, SIDES };

/* How the results of an experiment are stored. */
typedef struct results_experiment {
  int64_t id;          /* first: they are looked for by it */
  bool packed, unsure; /* in columns; with their intervals */
} results_experiment;

typedef struct results_table {
  sqlite3_vtab base; /* first: SQLite sees only this */
  sqlite3 *db;
  const char *rows; /* table of the file with rows of its kind */
  bool points;      /* it is point_all */
  int present;      /* place of chunk.h: points that have no number of it have no row; -1: all have one */
  int columns;
  results_column *column; /* [columns] */
  qy_arena *arena;        /* texts of names, as long as the table is there */
  qy_text_index texts;
  results_names names[NAMES];
  results_experiment *experiment; /* [experiments] by rising id */
  size_t experiments;
  sqlite3_stmt *version; /* tells whether another connection changed the database */
  int64_t seen_version;
  bool seen; /* its experiments were read */
} results_table;

/* What a plan asks of a column: of rows of chunks, all are asked; of rows of tables, those that have no value. */
typedef struct results_filter {
  int column; /* of the table */
  int op;     /* SQLITE_INDEX_CONSTRAINT_.. */
  bool idle;  /* the value is of a kind that is left to SQLite */
  double number;
  char *text; /* of FROM_NAME; NULL: number */
} results_filter;
enum { FILTERS_MOST = 16 };

/* A name that rows are to be in the order of. */
typedef struct results_term {
  int column; /* of the table */
  bool down;
} results_term;
enum { TERMS_MOST = 8 };
typedef struct results_order results_order; /* results_order.c */

/* Ids from first to last: of chunks of an experiment, or rows. */
typedef struct results_stretch {
  int64_t first, last, experiment; /* 0: rows */
} results_stretch;

typedef struct results_cursor {
  sqlite3_vtab_cursor base;
  results_stretch *stretch;
  size_t stretches, at;
  uint64_t used;             /* columns of the table that are read; the highest bit stands for all from it on */
  sqlite3_stmt *rows;        /* NULL: not asked for yet */
  int row_at[CHUNK_COLUMNS]; /* column of `rows`; -1: not in it */
  chunk_reader reader;
  bool open;              /* the reader is, of this stretch */
  bool single;            /* one id is looked for */
  int64_t id, batch, row; /* of chunks: where it stands */
  results_filter filter[FILTERS_MOST];
  int filters;
  results_term term[TERMS_MOST];
  int terms;            /* 0: rows come by their ids */
  results_order *order; /* NULL: the same */
  uint32_t *picked;     /* rows of the batch at hand that the filters leave; only with filters */
  int64_t picked_count, picked_at;
  sqlite3_stmt *side[SIDES];
  int64_t side_key[SIDES]; /* whose row stands there */
  bool side_row[SIDES];    /* there is one */
} results_cursor;

/* ---- results_columns.c ---- */

/* Where the column of this name comes from; false: unknown to point_all, of another program to `result`. */
bool results_source_of(results_column *column, const results_table *table, const char *name);
void results_names_free(results_table *table);
/* Forget names if another connection changed the database since, and read its experiments anew. */
int results_names_renew(results_table *table);
/* NULL: it is not there. */
const results_experiment *results_experiment_find(const results_table *table, int64_t id);
/* The name of a key; NULL: none. */
int results_name_find(const results_name **out, results_table *table, int names, int64_t id);
/* Places of chunk.h that the column is made of; returns how many. */
int results_places(int place[2], const results_column *column);
/* A place of the batch at hand, unpacked. */
int results_unpacked(const double **values, results_cursor *c, int place);
void results_sides_close(results_cursor *c);
/* The value of a column where the cursor stands. */
int results_value(sqlite3_context *out, results_cursor *c, const results_column *column);
int results_fail(sqlite3_vtab *table, const qy_error *err);

/* ---- results_order.c ---- */

/* May rows come in the order that a plan asks for? */
bool results_order_fits(const results_table *t, sqlite3_index_info *info);
/* List all rows from where the cursor stands on, and stand at the first of them by the cursor's terms; step: to the
 * next one by its id. */
int results_order_make(results_cursor *c, int (*step)(results_cursor *c));
void results_order_next(results_cursor *c);
bool results_order_ended(const results_cursor *c);
/* A place of all rows listed, of which c->row is one. */
int results_order_values(const double **values, results_cursor *c, int place);
void results_order_free(results_cursor *c);

/* ---- chunk_table.c ---- */

/* The cursor's reader, of this experiment. */
int results_open_reader(results_cursor *c, int64_t experiment);

/* ---- results_plan.c ---- */

int results_best_index(sqlite3_vtab *table, sqlite3_index_info *info);
/* Ids from low to high. */
typedef struct results_range {
  int64_t low, high;
} results_range;
/* Take a plan apart: which ids, of which experiments, NULL: of all, or of one that the ids are of; the cursor's filters
 * and terms. */
results_range results_plan_read(sqlite3_value **experiments, results_cursor *c, int plan, const char *text,
                                sqlite3_value **value);
/* Ids of the results of an experiment. */
results_range results_ids_of_experiment(sqlite3_value *value);
void results_narrow(results_range *range, results_range by);
void results_filters_free(results_cursor *c);
/* Rows of the batch at hand that the filters leave. */
int results_pick(results_cursor *c);
/* Does a row of the table pass those filters that SQLite does not look at again? */
bool results_row_passes(const results_cursor *c);

#endif
