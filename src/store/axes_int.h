/* Axes within the store: naming, writing, deriving them. */
#ifndef QUARRY_STORE_AXES_INT_H
#define QUARRY_STORE_AXES_INT_H

#include "quarry/axes.h"

enum { STORE_AXES_SINCE = 5 }; /* schema version: table `axis`, keys of designs nested */

/* Does axis i tell designs apart by a parameter of theirs, not points by their library, network, widths or clock? */
bool axes_of_designs(const qy_axes *axes, size_t i);
/* SQL of the value of one of the fixed axes, over the tables of axes_join; NULL: it is none of these. */
const char *axes_fixed_value(const qy_axes *axes, const char *key);
/* Is it the name of a metric, one of its ends, or a fixed column of the views? */
bool axes_reserved(const char *column);
/* Choose the columns. */
qy_status axes_name(qy_axis_column *axis, size_t count, qy_arena *arena, qy_error *err);
/* Replace the rows of an experiment. */
qy_status axes_store(qy_store *store, int64_t experiment, const qy_axis_column *axis, size_t count, qy_error *err);
/* Of an experiment that begins, where the caller says them. */
qy_status axes_begin(qy_store *store, const qy_store_experiment *e, int64_t id, qy_error *err);
/* Of an experiment without rows, from its designs; others stay as they are. */
qy_status axes_complete(qy_store *store, int64_t id, qy_error *err);
/* The tables that values of axes are of, behind `FROM result r`. */
const char *axes_join(const qy_axes *axes);
/* And `v resolved` behind them. */
const char *axes_join_resolved(const qy_axes *axes);

/* The generated views of an experiment's name. */
qy_status views_of(qy_store *store, int64_t experiment, qy_error *err);
/* Axes and views of the experiments that have none yet. */
qy_status views_of_old(qy_store *store, qy_error *err);

#endif
