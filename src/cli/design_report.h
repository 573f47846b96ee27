/* One point of an experiment file: `quarry describe design`, and tornado plots. */
#ifndef QUARRY_CLI_DESIGN_REPORT_H
#define QUARRY_CLI_DESIGN_REPORT_H

#include "quarry/model.h"
#include "quarry/plot_style.h"

typedef struct design_request {
  const char *file, *db_dir;
  int64_t point;           /* -1: not given; then: */
  const char *design, *at; /* see qy_plan_find_point; NULL: not given */
  const char *over;        /* a point's number, or a design: its point at the same axes; NULL: none */
  const char *metric;      /* NULL: area and energy */
  int sensitivity, layers, members, parts, format;
  int64_t samples;
  const char *tornado;      /* stem of a picture of the metric's indices; NULL: none */
  const qy_plot_look *look; /* of it */
} design_request;

/* Print it; returns an exit code. */
int print_design(const design_request *request);

/* Draw what moves `metric` of a point of the model (over: of the ratio to that one's; -1: none) into the
 * files that the look asks for. Writes a line per picture on standard error. */
qy_status draw_design_tornado(const qy_plan *plan, const qy_model *model, int64_t point, int64_t over, int metric,
                              size_t samples, const qy_plot_look *look, const char *stem, const char *gnuplot,
                              qy_error *err);

/* How long that takes, but for the picture, measured with fewer samples. */
qy_status design_tornado_seconds(double *seconds, const qy_model *model, int64_t point, int64_t over, int metric,
                                 size_t samples, qy_error *err);

/* Draw a stacked bar of `metric` for each layer of a point: the parts of an energy, what is moved of traffic. */
qy_status draw_design_layers(const qy_plan *plan, const qy_model *model, int64_t point, int metric,
                             const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err);

#endif
