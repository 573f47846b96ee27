/* Shared by the files that report on one point of an experiment (design_report.h). */
#ifndef QUARRY_CLI_DESIGN_REPORT_INT_H
#define QUARRY_CLI_DESIGN_REPORT_INT_H

#include "design_report.h"

#include "quarry/alloc.h"

typedef struct chosen { /* what the request comes to */
  qy_plan *plan;
  qy_model *model;     /* of these points */
  int64_t point, over; /* over -1: none */
} chosen;

enum { DESIGN_TEXT = 400 };

/* "RDM, 8 bit, 100 MHz (point 7)", "RDM, assigned, 100 MHz (point 9)", and the design's name alone. */
void design_point_text(char out[DESIGN_TEXT], char name[DESIGN_TEXT], const qy_plan *plan, const qy_point *p);
/* The design's name alone. */
const char *design_name(const qy_plan *plan, const qy_point *p);
/* Has the design a memory? */
bool design_has_memory(const qy_point *p);

/* What moves the metrics that are asked for (design_indices.c). */
qy_status design_print_sensitivity(const chosen *c, const design_request *q, qy_arena *arena, qy_error *err);

#endif
