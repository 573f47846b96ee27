/* The axes of stored experiments as typed columns, and the views that show them (table `axis` of db/schema.sql).
 *
 * Column names are the keys with '_' for '.', and a number behind where that is the name of a metric, of a fixed column
 * of the views or of another axis.  They are the same for the same list of keys.
 * Values: numbers are numbers, words are texts; NULL where a design does not have the parameter.
 *
 *   qy_axes axes;
 *   qy_store_axes(&axes, store, id, arena, err);
 *   const char *sql = qy_store_axis_select(&axes, arena);   -- point, then a column an axis
 *   qy_store_query(store, sql, row, ctx, err);
 *
 * Databases of older versions that are only read have no table `axis`: the same is then found from their designs.
 * Ownership: what is returned lives in the arena given.
 */
#ifndef QUARRY_AXES_H
#define QUARRY_AXES_H

#include "quarry/axis.h"
#include "quarry/store.h"

typedef struct qy_axes {
  size_t count;
  qy_axis_column *axis; /* column never NULL */
  int64_t experiment;
  int version;     /* of the schema: how values are reached */
  bool as_written; /* qy_store_axis_select: "auto" stays, where a model chose a value */
} qy_axes;

/* The axes of experiment `id`; none where the experiment has no designs yet and was begun without. */
qy_status qy_store_axes(qy_axes *axes, qy_store *store, int64_t id, qy_arena *arena, qy_error *err);

/* By key or column name; -1: none. */
int qy_axes_find(const qy_axes *axes, const char *name);

/* SQL of the value of axis i of a row of `result`, over these names of tables: r result, t technology, n network,
 * d design, q precision.  NULL: out of memory. */
const char *qy_store_axis_value(const qy_axes *axes, size_t i, qy_arena *arena);

/* The same with what the model chose in place of "auto", over `v resolved` too, the row of r.resolved.  "auto" stays
 * where nothing was chosen; NULL where it is a parameter that the kind of element does not have. */
const char *qy_store_axis_resolved(const qy_axes *axes, size_t i, qy_arena *arena);

/* SELECT of (point, a typed column for each axis in the list), rising by point: feasible points and infeasible ones.
 * `chosen` picks axes by place (NULL: all of them), `count` of them; each column has the axis's name.  Whoever wants
 * fewer points asks SELECT ... FROM (this).  NULL: out of memory. */
const char *qy_store_axis_select(const qy_axes *axes, const size_t *chosen, size_t count, qy_arena *arena);

/* The SELECTs that generated views would be, of any experiment: select[0] its points, select[1] the members of its
 * fronts; but axes have what was chosen in place of "auto" (columns AXIS_chosen have a value there, and NULL elsewhere).
 * Each ends in its condition, to which another one of the result, r, can be added: " AND r.id = 7".  QY_BAD_INPUT where
 * an older database is only read. */
qy_status qy_store_view_select(const char *select[2], qy_store *store, int64_t id, qy_arena *arena, qy_error *err);

/* Make the generated views of the experiments of this name anew, NAME_points and NAME_front of the latest of them (the
 * greatest id), or drop them where none is left.  Called by the store when an experiment begins and ends; by others
 * after they removed one.  Within the caller's transaction, where there is one.
 *
 * SQLite ignores the case of letters in names of views, and a table or view that is not generated is never touched.
 * Where NAME_points is taken, the view is NAME_HHHH_points, and so is NAME_front; HHHH are the first four hexadecimal
 * digits of the SHA-256 of NAME (where that is taken too, 16 and then 64).  A view keeps its name as long as an
 * experiment has it.  Before a NAME that is "sqlite" or begins with "sqlite_" there stands "_". */
qy_status qy_store_views_update(qy_store *store, const char *name, qy_error *err);

/* What the generated view of an experiment name is called, in the arena; NULL: it has none. */
qy_status qy_store_view_name(const char **view, qy_store *store, const char *name, bool front, qy_arena *arena,
                             qy_error *err);

#endif
