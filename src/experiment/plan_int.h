/* Inside of a plan, shared by the reader (plan.c, axis.c) and the runner (run.c). */
#ifndef QUARRY_PLAN_INT_H
#define QUARRY_PLAN_INT_H

#include "quarry/draws.h"
#include "quarry/experiment.h"
#include "quarry/part_draws.h"
#include "quarry/pe.h"
#include "quarry/sram.h"
#include "quarry/yaml.h"

#include <stdbool.h>

enum { OBJECTIVES_MAX = 16, WITHIN_MAX = 8, PLOTS_MAX = 16, COMPARE_MAX = 8 };

typedef enum param_type { PARAM_INTEGER, PARAM_NUMBER, PARAM_SIZE, PARAM_CHOICE } param_type;

/* One key of a design entry or one global axis.  All values travel as doubles: integers exactly, choices as the index
 * of their name, sizes in bytes. */
typedef struct param {
  const char *key; /* "pe.bits": key `bits` of the map `pe` */
  param_type type;
  double low, high;
  const char *const *names; /* PARAM_CHOICE */
  size_t name_count;
  bool required;
  bool automatic; /* the word `auto` is allowed and means 0 */
  double fallback;
  const char *unit;
  const char *help;
} param;

/* The values a parameter takes: one, or an axis. */
typedef struct values {
  size_t count;
  double *value;
  const qy_yaml *node; /* NULL: the default */
} values;

/* What an accelerator needs from the plan: one row per accelerator, no switch elsewhere. */
typedef struct accelerator {
  const char *name, *help;
  const param *params;
  size_t param_count;
  bool needs_network;
  uint64_t lacks; /* bit m: metric m does not apply, evaluate leaves it NaN */
  size_t module_bytes;
  qy_status (*work_new)(void **work, const qy_layer *const *layers, size_t count, qy_arena *arena, qy_error *err);
  /* Parameters of the processing element this design uses; only values of pe.* keys may be read. */
  void (*pe_params)(qy_pe_params *pe, const double *value);
  /* Operands it is priced with; NULL: uniform random. Only values of pe.* keys may be read. */
  void (*pe_stimulus)(qy_pe_stimulus *stimulus, const double *value);
  /* What depends on the PE only; NULL: nothing. */
  size_t quality_bytes;
  qy_status (*quality)(void *quality, const qy_pe *pe, qy_error *err);
  /* What depends on PE, library and clock only: priced once before the sweep; NULL: nothing. */
  size_t parts_bytes;
  qy_status (*parts_price)(void *parts, const qy_pe *pe, const qy_pe_cost *cost, const qy_tech *tech, double period_ps,
                           qy_error *err);
  /* Everything that does not depend on the precision; QY_INFEASIBLE with *reason (static text) when it cannot be. */
  qy_status (*module_init)(void *module, const double *value, const qy_pe *pe, const qy_pe_cost *cost,
                           const void *quality, const void *parts, const qy_tech *tech, const qy_sram_table *sram,
                           double clock_mhz, const void *work, const char **reason, qy_error *err);
  qy_status (*evaluate)(double metric[QY_METRIC_COUNT], const char **reason, const void *module, const void *work,
                        int precision_bits);
  /* Under draws of the library: see part_draws.h. basis NULL: its metrics are taken as certain. */
  size_t columns;
  const qy_linear *(*linear)(size_t *count);
  /* twin: the anatomy of the same element and operands in another library, or NULL. */
  qy_status (*anatomy)(void **anatomy, const void *twin, const qy_pe *pe, const qy_pe_stimulus *stimulus,
                       const qy_draws *draws, qy_arena *arena, qy_error *err);
  qy_status (*basis)(double *basis, const void *anatomy, double period_ps, const double *sram, qy_error *err);
  qy_status (*coefficients)(double *coefficient, const void *module, const void *work, int precision_bits);
} accelerator;

const accelerator *const *accelerator_table(size_t *count);

enum { MEMBERS_MAX = 4 };

/* One accelerator of a design: all of it, or one of the members of a system. */
typedef struct member {
  const char *name; /* NULL: the design is this accelerator alone */
  const accelerator *type;
  size_t first;         /* of its parameters among those of the design; they are in the order of the accelerator's */
  const qy_yaml *node;  /* where the file describes it */
  const qy_yaml *where; /* of its layers; NULL: what the members before leave */
  const qy_layer *const **layers; /* per network */
  size_t *layer_count;
} member;

/* One entry of `designs:`. */
typedef struct group {
  const char *name;
  member member[MEMBERS_MAX];
  int member_count;
  bool system; /* its first parameter is then its schedule */
  uint64_t lacks;
  const param *params; /* of a system: its schedule, then those of the members as "member.key" */
  size_t param_count;
  values *param; /* [param_count] */
  int64_t design_first, design_count;
} group;

/* Values of a system's schedule. */
enum { SCHEDULE_SEQUENTIAL, SCHEDULE_PIPELINED };

typedef struct limit {
  int metric;
  double low, high;
  const char *below, *above; /* reason texts */
} limit;

struct qy_plan {
  qy_plan_info info;
  qy_arena *arena;
  qy_space space;
  group *groups;
  int group_count;
  values clock_mhz, precision;
  const qy_sram_table *sram;
  const char *sram_error_file;
  qy_layer_filter filter;
  const qy_layer *const **layers; /* per network */
  size_t *layer_count;
  limit *limits;
  int limit_count;
  qy_tech **technology;
  qy_network **network;
  qy_plot_request *plots;
  size_t front_groups;
  size_t parameter_labels;  /* different texts that the parameter of info.parameter takes, "has none" among them */
  size_t **parameter_label; /* per design group: label of each of its values; NULL: it has none */
  size_t *parameter_axis;   /* per design group */
};

/* Axes after the design parameters, slowest first. */
enum { AXIS_TECHNOLOGY, AXIS_NETWORK, AXIS_CLOCK, AXIS_PRECISION, COMMON_AXES };

extern const param clock_param, precision_param, voltage_param, sram_voltage_param;

/* Fronts are taken within groups of points: number them.  make once after all axes are known; group_of: index holds the
 * value index of each axis of design group `g`, parameters first. */
qy_status plan_front_groups_make(qy_plan *plan, qy_error *err);
size_t plan_front_group_of(const qy_plan *plan, int g, const size_t *index);

/* The distinct processing elements of member m of a design: every combination of its pe.* keys, the last key varying
 * fastest. */
size_t group_element_count(const group *g, int m);
size_t group_element_of(const group *g, int m, const size_t *index); /* index: of each parameter's value */
/* The values of its keys (other parameters of the member: their first), and what the accelerator makes of them. */
void group_element_values(const group *g, int m, size_t element, double value[QY_AXES_MAX]);
void group_element_params(const group *g, int m, size_t element, qy_pe_params *pe);

enum { NO_PARAM = -1 };

/* The parameter of g called `key`, or NO_PARAM; a system's members may have it once between them. */
int group_find_param(const group *g, const char *key);
/* The point of design group `base` with the same technology, network, clock and precision as `point`, and its value of
 * every parameter that is an axis of the base; -1: there is none. */
int64_t plan_partner(const qy_plan *plan, int64_t point, int base);

/* Number of the design of this name, or -1. */
int plan_find_group(const qy_plan *plan, const char *name);
/* The point of a design at the values that `at` (a mapping, NULL: empty) gives to its axes, see influence.h; where:
 * what a missing one is reported at, NULL: nowhere. */
qy_status plan_point_at(int64_t *point, const qy_plan *plan, int design, const qy_yaml *at, const qy_yaml *where,
                        qy_arena *arena, qy_error *err);

/* The parts of the reader. */
extern const char plan_network_help[];
qy_status plan_designs_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_filter_read(qy_layer_filter *filter, const qy_yaml *node, qy_error *err);
qy_status plan_compare_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_plots_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_metric_read(int *metric, const qy_yaml *node, qy_error *err);
/* What points may be told apart by: the fixed names, or one parameter of the designs for all of the file. */
qy_status plan_group_names_read(const char **out, int *out_count, int max, qy_plan *plan, const qy_yaml *node,
                                qy_error *err);
int plan_plain_file_name(const char *text);
/* The child of a mapping that must have it; `what` says what it is for. */
qy_status plan_require(const qy_yaml **child, const qy_yaml *map, const char *key, const char *what, qy_error *err);
/* A scalar or a list of scalars as a list; *one is room for the first. */
size_t plan_names_of(const qy_yaml *node, const qy_yaml *const **names, const qy_yaml **one);

/* Read the values of a parameter: a scalar, a list, or a range {from, to, points | step, scale}. */
qy_status values_read(values *out, const param *p, const qy_yaml *node, qy_arena *arena, qy_error *err);
/* The default of a parameter that the file leaves out. */
qy_status values_default(values *out, const param *p, const qy_yaml *where, qy_arena *arena, qy_error *err);

#endif
