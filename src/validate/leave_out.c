/* Calibrated constants from the other libraries of a study: see leave_out.h. */
#include "leave_out.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

typedef struct pool { /* of one constant */
  double sum, log_sum, low, high;
  size_t count;
  bool positive;
} pool;

static void add(pool *p, double value, double shift)
{
  p->sum += value;
  p->positive = p->positive && value + shift > 0;
  p->log_sum += p->positive ? log(value + shift) : 0;
  p->count++;
}

static void replace(qy_constant *constant, const char *path, const qy_tech *left_out, const qy_tech *const *others,
                    size_t count)
{
  const double shift = strncmp(path, "effort.k.", 9) == 0 ? 1 : 0;
  pool p = {.low = INFINITY, .high = -INFINITY, .positive = true};
  for (size_t i = 0; i < count; i++) {
    const qy_constant *other = qy_tech_constant(others[i], path);
    if (!other || strcmp(others[i]->name, left_out->name) == 0) continue;
    p.low = fmin(p.low, other->value);
    p.high = fmax(p.high, other->value);
    add(&p, other->value, shift);
  }
  /* Nobody states it, or it is the same in all libraries: not one's own. */
  if (p.count == 0 || (p.low == p.high && p.low == constant->value)) return;
  const double n = (double)p.count;
  constant->value = p.positive ? exp(p.log_sum / n) - shift : p.sum / n;
  constant->low = fmin(p.low, constant->value);
  constant->high = fmax(p.high, constant->value);
}

qy_status leave_out(qy_tech **copy, const qy_tech *tech, const qy_tech *const *others, size_t count, qy_arena *arena,
                    qy_error *err)
{
  assert(copy && tech && (others || count == 0) && arena);
  qy_status status = qy_tech_copy(copy, tech, arena, err);
  if (status) return status;
  for (size_t i = 0; i < tech->entry_count; i++)
    if (tech->entry[i].constant.status == QY_CALIBRATED)
      replace(&(*copy)->entry[i].constant, tech->entry[i].path, tech, others, count);
  qy_tech_resolve(*copy);
  return QY_OK;
}
