/* Model-made plots of a stored experiment: see plot_model.h. */
#include "plot_model.h"

#include "cli.h"
#include "stored_plan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

qy_status plot_model_count(int *count, qy_store *store, int64_t id, qy_error *err)
{
  char sql[160];
  double *found = NULL;
  size_t rows;
  snprintf(sql, sizeof sql,
           "SELECT count(p.value) FROM experiment e, json_each(e.definition, '$.of_model') p WHERE e.id = %" PRId64,
           id);
  qy_status status = qy_store_columns(store, sql, 1, &found, &rows, err);
  *count = !status && rows == 1 ? (int)found[0] : 0;
  free(found);
  return status;
}

static qy_status read_again(qy_plan **plan, qy_store *store, int64_t id, const char *db_dir, qy_arena *arena,
                            qy_error *err)
{
  const char *why;
  qy_status status = stored_plan(plan, &why, store, id, db_dir, arena, err);
  if (status || !why) return status;
  return qy_fail(err, QY_BAD_INPUT,
                 "plots made with the model: expected inputs as those of the stored results: %s; `quarry run` computes "
                 "with it",
                 why);
}

qy_status plot_model_draw(int *code, qy_store *store, int64_t id, const char *db_dir, const session_pictures *to,
                          qy_error *err)
{
  qy_plan *plan = NULL;
  qy_model *tornados = NULL;
  qy_points points = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? read_again(&plan, store, id, db_dir, arena, err) : qy_no_memory(err);
  if (!status) status = session_check_style(qy_plan_get(plan), to->style, err);
  if (!status) status = session_prepare_tornados(&tornados, plan, to->how, err);
  if (!status) status = session_read_points(&points, store, id, qy_plan_get(plan), err);
  if (!status) *code = session_draw_plots(plan, tornados, store, id, &points, to);
  qy_model_free(tornados);
  qy_points_free(&points);
  qy_arena_free(arena);
  return status;
}
