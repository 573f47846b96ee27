/* Fronts of precisions that run alike, as one (kept_int.h): a cell that gets the same points as another from the first
 * one on, but for their numbers, holds nothing until they part or are merged. */
#include "kept_int.h"

/* Have the designs the same values at both precisions? */
static bool are_same(const tile *t, size_t a, size_t b)
{
  const tile_values *one = &t->values[a], *other = &t->values[b];
  return one->feasible == other->feasible && (!one->feasible || one->metric == other->metric);
}

/* Has no other precision that cell? */
static bool is_alone(const tile *t, const uint32_t *add, size_t i)
{
  size_t same = 0;
  for (size_t k = 0; k < t->precisions; k++)
    same += add[k] == add[i];
  return same == 1;
}

static void tie(kept_cell *a, kept_cell *b, int64_t shift)
{
  b->twin = a;
  b->shift = shift;
  a->followers++;
}

qy_status kept_twin_add(kept_cell *into, const kept_cell *c, const qy_kept_front *f, qy_error *err)
{
  const kept_cell *twin = c->twin;
  const int64_t *ids = NULL;
  const double *rows = NULL;
  size_t count = 0;
  if (twin->first >= 0) kept_cell_single(into, twin->best, twin->first + c->shift);
  if (!twin->archive) return QY_OK;
  if (!into->archive && !(into->archive = qy_archive_new(f->metric_count))) return qy_no_memory(err);
  qy_status status = qy_archive_front(twin->archive, &count, &ids, &rows, err);
  for (size_t i = 0; i < count && !status; i++)
    status = qy_archive_put(into->archive, rows + i * (size_t)f->metric_count, ids[i] + c->shift, err);
  return status;
}

/* Its own points from now on. */
static qy_status part(kept_cell *c, const qy_kept_front *f, qy_error *err)
{
  const qy_status status = kept_twin_add(c, c, f, err);
  c->twin->followers--;
  c->twin = NULL;
  return status;
}

qy_status kept_twins_part(kept_set *set, const kept_plan *p, size_t front, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t g = 0; g < p->grouping[p->of[front]].groups && !status; g++) {
    kept_cell *c = set->cell[front][g];
    if (c && c->twin) status = part(c, &p->front[front], err);
  }
  return status;
}

/* Cells of a tile whose precisions differ from now on; of those of one twin that do not differ from each other the
 * first has the points. */
static qy_status part_some(kept_cell **cell, const qy_kept_front *f, const tile *t, const uint32_t *add, qy_error *err)
{
  const kept_cell *was[TILE_PRECISIONS];
  qy_status status = QY_OK;
  for (size_t i = 0; i < t->precisions; i++)
    was[i] = cell[add[i]] ? cell[add[i]]->twin : NULL;
  for (size_t i = 0; i < t->precisions && !status; i++) {
    kept_cell *c = cell[add[i]];
    size_t first = 0;
    if (!was[i] || are_same(t, i, i - (size_t)c->shift)) continue;
    while (first < i && !(was[first] == was[i] && !cell[add[first]]->twin && are_same(t, first, i)))
      first++;
    if (first == i) {
      status = part(c, f, err);
    } else {
      c->twin->followers--;
      tie(cell[add[first]], c, (int64_t)(i - first));
    }
  }
  return status;
}

bool kept_twins_settled(bool *skip, kept_cell *const *cell, const tile *t, const uint32_t *add)
{
  bool settled = true;
  for (size_t i = 0; i < t->precisions; i++) {
    const kept_cell *c = cell[add[i]];
    skip[i] = c && c->twin;
    settled = settled && c && (!skip[i] || are_same(t, i, i - (size_t)c->shift));
  }
  return settled;
}

qy_status kept_twins_find(bool *skip, kept_set *set, const kept_plan *p, size_t front, const tile *t, size_t group,
                          const uint32_t *add, qy_error *err)
{
  kept_cell **cell = set->cell[front] + group;
  bool fresh[TILE_PRECISIONS];
  if (kept_twins_settled(skip, cell, t, add)) return QY_OK;
  for (size_t i = 0; i < t->precisions; i++)
    fresh[i] = !cell[add[i]];
  for (size_t i = 1; i < t->precisions; i++) {
    const size_t q = t->run[i];
    if (q == i || !fresh[i] || !fresh[q] || !t->values[i].feasible || !are_same(t, i, q)) continue;
    if (!is_alone(t, add, i) || !is_alone(t, add, q)) continue;
    kept_cell *a = kept_cell_of(set, p, front, group + add[q]), *b = kept_cell_of(set, p, front, group + add[i]);
    if (!a || !b) return qy_no_memory(err);
    tie(a, b, (int64_t)(i - q));
  }
  const qy_status status = part_some(cell, &p->front[front], t, add, err);
  kept_twins_settled(skip, cell, t, add);
  return status;
}
