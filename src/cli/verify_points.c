/* Elements of an experiment's points: see verify_points.h. */
#include "verify_points.h"

#include "session.h"

#include "quarry/plan.h"
#include "quarry/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool points_asked(const points_request *request)
{
  return request->point >= 0 || request->design || request->at || request->front;
}

/* ---- the different elements ---- */

typedef struct found {
  point_element *element;
  size_t count, capacity;
  qy_arena *arena;
} found;

static bool same_element(const qy_pe_params *a, const qy_pe_params *b)
{
  size_t count;
  const qy_parameter *const *row = qy_pe_parameters(&count);
  for (size_t i = 0; i < count; i++)
    if (qy_parameter_get(a, row[i]) != qy_parameter_get(b, row[i])) return false;
  return true;
}

/* Kind, and the parameters that are not what the kind falls back to. */
static const char *name_of(const qy_pe_params *params, qy_arena *arena)
{
  const qy_pe_row *kind = qy_pe_row_of(params->kind);
  const qy_pe_params usual = qy_pe_default(params->kind);
  const char *text = kind->name, *separator = " ";
  for (size_t i = 0; text && kind->parameter[i]; i++) {
    const qy_parameter *row = kind->parameter[i];
    const double value = qy_parameter_get(params, row);
    if (value == qy_parameter_get(&usual, row) || value == QY_PE_ACCUMULATOR_NEEDED) continue;
    text = row->type == QY_PARAMETER_CHOICE
               ? qy_arena_format(arena, "%s%s%s=%s", text, separator, row->key, row->names[(size_t)value])
               : qy_arena_format(arena, "%s%s%s=%.10g", text, separator, row->key, value);
    separator = ",";
  }
  return text;
}

static qy_status add_element(void *ctx, const char *member, const qy_pe_params *element, qy_error *err)
{
  found *f = ctx;
  (void)member;
  for (size_t i = 0; i < f->count; i++)
    if (same_element(&f->element[i].params, element)) return QY_OK;
  if (qy_grow((void **)&f->element, &f->capacity, f->count + 1, sizeof *f->element) != 0) return qy_no_memory(err);
  const char *name = name_of(element, f->arena);
  if (!name) return qy_no_memory(err);
  f->element[f->count++] = (point_element){name, *element};
  return QY_OK;
}

/* ---- points ---- */

/* ctx: the text that is expected; the callback ends the query where it is another. */
static int is_text(void *ctx, int columns, const char *const *names, const char *const *values, const int *types)
{
  const char **expected = ctx;
  (void)columns, (void)names, (void)types;
  if (strcmp(*expected, values[0]) == 0) *expected = NULL;
  return 0;
}

/* The stored experiment is the file as it is now: points have the same numbers. */
static qy_status check_stored(qy_store *store, int64_t id, const qy_plan_info *info, qy_error *err)
{
  char sql[80];
  const char *expected = info->sha256;
  snprintf(sql, sizeof sql, "SELECT sha256 FROM experiment WHERE id = %" PRId64, id);
  qy_status status = qy_store_query(store, sql, is_text, &expected, err);
  if (!status && expected)
    return qy_fail(err, QY_BAD_INPUT,
                   "--front: expected a run of %s as it is now, found one of another text: run it again", info->file);
  return status;
}

static qy_status elements_of_front(found *f, const qy_plan *plan, const char *database, qy_error *err)
{
  char sql[120];
  const qy_plan_info *info = qy_plan_get(plan);
  qy_store *store = NULL;
  int64_t id;
  double *point = NULL;
  size_t count = 0;
  qy_status status = qy_store_open(&store, database, QY_STORE_READ, err);
  if (!status) status = session_find(&id, store, info->name, err);
  if (!status) status = check_stored(store, id, info, err);
  if (!status) {
    snprintf(sql, sizeof sql, "SELECT DISTINCT point FROM front_point_all WHERE experiment_id = %" PRId64 " ORDER BY 1",
             id);
    status = qy_store_columns(store, sql, 1, &point, &count, err);
  }
  for (size_t i = 0; !status && i < count; i++)
    status = qy_plan_elements(plan, (int64_t)llrint(point[i]), add_element, f, err);
  if (!status && f->count == 0)
    status = qy_fail(err, QY_BAD_INPUT, "--front: expected points on the front of \"%s\" in %s, found none", info->name,
                     database);
  free(point);
  qy_store_close(store);
  return status;
}

static qy_status check(const points_request *q, qy_error *err)
{
  const int given = (q->point >= 0) + (q->design != NULL) + (q->front != 0);
  if (given != 1)
    return qy_fail(err, QY_BAD_INPUT,
                   "verify design: expected one of --point N, --design NAME with --at, --front; found %s",
                   given ? "several" : "none");
  if (q->at && !q->design) return qy_fail(err, QY_BAD_INPUT, "verify design: expected --design beside --at");
  return QY_OK;
}

qy_status points_elements(const point_element **element, size_t *count, const points_request *request,
                          const places *where, qy_arena *arena, qy_error *err)
{
  qy_plan *plan;
  found f = {.arena = arena};
  int64_t point = request->point;
  qy_status status = check(request, err);
  const char *file = status ? NULL : place_experiment(request->file, arena, err);
  if (!status && !file) status = err->status;
  if (!status) status = qy_plan_read(&plan, file, where->db_dir, arena, err);
  if (!status && request->design) status = qy_plan_find_point(&point, plan, request->design, request->at, err);
  if (!status)
    status = request->front ? elements_of_front(&f, plan, where->database, err)
                            : qy_plan_elements(plan, point, add_element, &f, err);
  point_element *kept = status || f.count == 0 ? NULL : qy_arena_alloc(arena, f.count, sizeof *kept);
  if (!status && !kept) status = qy_no_memory(err);
  if (kept && f.element) memcpy(kept, f.element, f.count * sizeof *kept);
  free(f.element);
  *element = kept;
  *count = f.count;
  return status;
}
