/* Inside of qy_points_read: labels of the points' keys (points.h), from names and numbers of the database to places in
 * lists; each fills points->key[key] of all points. */
#ifndef QUARRY_STORE_POINTS_LABELS_H
#define QUARRY_STORE_POINTS_LABELS_H

#include "chunk.h"
#include "quarry/points.h"

enum { POINTS_SQL = 2048 };

/* By database ids, one for each point; sql: ids and names, in the order of labels. */
qy_status points_label_names(qy_points *points, qy_key key, qy_store *store, const char *sql, const double *ids,
                             qy_error *err);
/* Distinct numbers, rising, as labels "200 MHz". */
qy_status points_label_numbers(qy_points *points, qy_key key, const char *unit, const double *values, qy_error *err);
/* A parameter's value per design, or per point where one is chosen for each, numbers rising, words in the order
 * designs first show them; designs without it share the label "-". */
qy_status points_label_parameter(qy_points *points, qy_store *store, int64_t id, qy_key key, const double *designs,
                                 qy_error *err);
/* Uniform precisions first, rising, then the others in the order of the experiment.  Before there were precisions, a
 * result had its number of bits: *ids are those then. */
qy_status points_label_precisions(qy_points *points, qy_store *store, int64_t id, bool bits_only, const double *ids,
                                  qy_error *err);
/* Precisions are numbers where weights and activations of all have the same bits. */
qy_status points_number_precisions(qy_points *points, qy_error *err);
/* The supplies of the technologies, *ids; older databases that are only read do not hold them. */
qy_status points_label_voltages(qy_points *points, qy_store *store, int64_t id, const double *ids, qy_error *err);
/* Does a table have this column?  A database of an older version that is only read stays as it was. */
qy_status points_has_column(bool *yes, qy_store *store, const char *table, const char *column, qy_error *err);
/* What qy_points_read reads of packed columns: places of chunk.h; returns how many. */
int points_columns(int column[CHUNK_COLUMNS], const int *metrics, int metric_count);

#endif
