/* Circuits of accelerators on FPGAs, covered once however many figures ask; see measure_subjects.h. */
#include "measure_subjects.h"

#include <assert.h>

qy_status measure_fabric_get(const qy_fabric **fabric, const measure_surrounded *element,
                             const measure_library *library, unsigned circuits, const measure_conditions *at,
                             qy_error *err)
{
  assert(fabric && element && library && at);
  measure_fabric *f = at->shared->fabrics;
  while (f && (f->pe != &element->pe || f->tech != library->tech || f->circuits != circuits))
    f = f->next;
  if (!f) {
    if (!(f = qy_arena_alloc(at->arena, 1, sizeof *f))) return qy_no_memory(err);
    *f = (measure_fabric){.pe = &element->pe, .tech = library->tech, .circuits = circuits, .next = at->shared->fabrics};
    const qy_status status = qy_fabric_new(&f->fabric, &element->pe, library->tech, circuits, at->arena, err);
    if (status) return status;
    at->shared->fabrics = f;
  }
  *fabric = f->fabric;
  return QY_OK;
}
