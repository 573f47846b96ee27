/* What the two kinds of published figures share: the list they go to, intervals, judgement. */
#ifndef QUARRY_VALIDATE_PUBLISHED_INT_H
#define QUARRY_VALIDATE_PUBLISHED_INT_H

#include "quarry/published.h"
#include "quarry/yaml.h"

/* Results in the order of evaluation. */
typedef struct figure_list {
  qy_figure_result *result;
  size_t count, capacity;
} figure_list;

qy_status figure_add(figure_list *list, const qy_figure_result *result, qy_error *err);

/* Fill draws, missed, p05 and p95 from the model's value in each draw; NaN: the subject missed its clock.  Reorders. */
void figure_interval(qy_figure_result *r, double *value, size_t count);

/* Fill error_pct, verdict and inside from published, model, tolerance and interval. */
void figure_judge(qy_figure_result *r, bool calibrated);

/* The targets of a calibration, whose file has been read. */
qy_status figures_of_calibration(figure_list *out, const qy_yaml *root, const char *db_dir, qy_arena *arena,
                                 qy_error *err);

#endif
