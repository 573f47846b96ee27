/* The plan of a stored experiment, made anew from the text in the database. */
#ifndef QUARRY_STORED_PLAN_H
#define QUARRY_STORED_PLAN_H

#include "quarry/plan.h"
#include "quarry/store.h"

/* Read it with the libraries, networks and devices of db_dir, or those that its paths name; networks and libraries of
 * paths that are not there any more as they are stored.  *why NULL: it computes
 * what is stored, of the experiment file, the model's version and all inputs; else it does not, and this says why: "the
 * technology \"lp55\" in --db-dir is another".  Fails as qy_plan_read does, and where the database cannot be read.  All
 * is the arena's. */
qy_status stored_plan(qy_plan **plan, const char **why, qy_store *store, int64_t id, const char *db_dir,
                      qy_arena *arena, qy_error *err);

#endif
