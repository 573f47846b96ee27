/* Inside of a plan, shared by the reader and by what evaluates plans. */
#ifndef QUARRY_PLAN_INT_H
#define QUARRY_PLAN_INT_H

#include "quarry/accelerator.h"
#include "quarry/dram.h"
#include "quarry/draws.h"
#include "quarry/fabric.h"
#include "quarry/parameter.h"
#include "quarry/pe.h"
#include "quarry/plan.h"
#include "quarry/schedule.h"
#include "quarry/sqnr.h"
#include "quarry/sram.h"
#include "quarry/yaml.h"

#include <stdbool.h>

enum { OBJECTIVES_MAX = 16, WITHIN_MAX = 8, PLOTS_MAX = 16, COMPARE_MAX = 8 };

/* The struct that a parameter's value belongs to. */
typedef enum owner {
  OWNER_ELEMENT,     /* qy_pe_params */
  OWNER_OPERANDS,    /* none: see qy_pe_operands_parameter */
  OWNER_ACCELERATOR, /* the accelerator's own */
  OWNER_SIGNAL,      /* none: a qy_signal_kind */
  OWNER_SYSTEM,      /* none: the schedule */
  OWNER_MEMORY       /* memory_params */
} owner;

/* A parameter of a design entry. */
typedef struct param {
  const char *key; /* as the database calls it: "pe.bits", of a member "array.pe.bits" */
  const qy_parameter *row;
  owner owner;
} param;

/* The values a parameter takes: one, or an axis. */
typedef struct values {
  size_t count;
  double *value;
  const qy_yaml *node; /* NULL: the default */
} values;

enum { MEMBERS_MAX = 4, PARTS_MAX = MEMBERS_MAX + 1, DEVICES_MAX = 16 };

/* One accelerator of a design: all of it, or one of the members of a system. */
typedef struct member {
  const char *name; /* NULL: the design is this accelerator alone */
  const qy_accelerator *type;
  size_t first, count;  /* its parameters among those of the design: the element's, the accelerator's, the signal */
  const qy_yaml *node;  /* where the file describes it */
  const qy_yaml *where; /* of its layers; NULL: what the members before leave */
  const qy_layer *const **layers; /* per network */
  size_t *layer_count;
} member;

/* One entry of `designs:`. */
typedef struct design_entry {
  const char *name;
  member member[MEMBERS_MAX];
  int member_count;
  int part_count;        /* what has a bill of its own: the members and, last, the memory */
  const qy_yaml *memory; /* where the file describes it; NULL: none */
  size_t memory_first;   /* its parameters, the last ones of the design */
  bool system;           /* its first parameter is then its schedule */
  unsigned where;        /* QY_AT_*, and QY_ON_* of all technologies: which metrics apply */
  param *params;
  size_t param_count;
  values *param; /* [param_count] */
  int64_t design_first, design_count;
} design_entry;

/* On all technologies. */
bool entry_has(const design_entry *e, int metric);
/* Which metrics apply on this technology. */
unsigned entry_where(const design_entry *e, const qy_tech *tech);

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
  design_entry *entries;
  int entry_count;
  values clock_mhz, precision;
  qy_pipeline_for pipeline_for;
  const qy_sram_table *sram;
  const char *sram_error_file, *sram_silicon_file;
  qy_layer_filter filter;
  const qy_layer *const **layers; /* per network */
  size_t *layer_count;
  limit *limits;
  int limit_count;
  qy_tech **technology;
  unsigned fabrics; /* QY_ON_* of the technologies */
  qy_network **network;
  const char *db_dir; /* while it is read */
  qy_dram_device *device[DEVICES_MAX];
  const char *device_name[DEVICES_MAX]; /* of the device; as the file names it */
  const char *device_asked[DEVICES_MAX];
  int device_count;
  qy_parameter device_row; /* with these names */
  const qy_dram_controller *controller;
  qy_graph **graph; /* per network: what schedules are of; NULL: no memory */
  qy_plot_request *plots;
  size_t front_groups;
  size_t parameter_labels;  /* different texts that the parameter of info.parameter takes, "has none" among them */
  size_t **parameter_label; /* per entry: label of each of its values; NULL: it has none */
  size_t *parameter_axis;   /* per entry */
};

/* Axes after the design parameters, slowest first. */
enum { AXIS_TECHNOLOGY, AXIS_NETWORK, AXIS_CLOCK, AXIS_PRECISION, COMMON_AXES };

extern const qy_parameter clock_parameter, precision_parameter, voltage_parameter, sram_voltage_parameter;

/* Fronts are taken within groups of points: number them.  make once after all axes are known; group_of: index holds the
 * value index of each axis of entry `g`, parameters first. */
qy_status plan_front_groups_make(qy_plan *plan, qy_error *err);
size_t plan_front_group_of(const qy_plan *plan, int g, const size_t *index);

/* ---- members ---- */

/* The parameters of a member of this type, `prefix` and a dot before each key (NULL: none), into out (NULL: count
 * only); *count of them. */
qy_status member_params(param *out, size_t *count, const qy_accelerator *type, const char *prefix, qy_arena *arena,
                        qy_error *err);

/* The distinct processing elements of member m of a design: every combination of what belongs to the element and its
 * operands, the last key varying fastest. */
size_t member_element_count(const design_entry *g, int m);
size_t member_element_of(const design_entry *g, int m, const size_t *index); /* index: of each parameter's value */
/* What the accelerator asks of it included: an accumulator, where it needs one. */
void member_element(qy_pe_params *pe, qy_pe_stimulus *operands, const design_entry *g, int m, size_t element);
/* The accelerator's own struct, zeroed before, and the signal at these values. */
void member_accelerator(void *params, const design_entry *g, int m, const size_t *index);
/* The next combination of values of the accelerator's own parameters; false: that was the last one, all are 0 again. */
bool member_next(size_t *index, const design_entry *g, int m);
/* Circuits on an FPGA that any combination of its values looks at (qy_accelerator); params: room for its struct. */
unsigned member_circuits(void *params, const design_entry *g, int m, const qy_pe *pe);
/* Fixed-point widths likewise. */
unsigned member_formats(void *params, const design_entry *g, int m, const qy_pe *pe);
qy_signal_kind member_signal(const design_entry *g, int m, const size_t *index);

/* "auto", "booth", "16": a value as the database shows it, into text. */
enum { VALUE_TEXT = 40 };
const char *value_text(char text[VALUE_TEXT], const qy_parameter *row, double value);

/* ---- memory ---- */

typedef struct memory_params {
  int device;            /* of the plan */
  int channels, mapping; /* qy_dram_mapping */
  double buffer_bytes;
  int fusion, order, rule, objective; /* qy_fusion, qy_orders, qy_capacity_rule, qy_schedule_objective */
  int flavour;                        /* qy_sram_flavour */
} memory_params;

/* Their rows; the key within the map `memory`. */
const qy_parameter *memory_rows(size_t *count);
const char *memory_key(const qy_parameter *row);
/* `memory:` of a design, after its members and their parameters. */
qy_status plan_memory_read(qy_plan *plan, design_entry *g, const qy_yaml *node, qy_error *err);
/* Of a design that has one, at these values. */
void memory_params_at(memory_params *params, const design_entry *g, const size_t *index);
/* Bits of entries: maps have the precision, weights no more than the elements take in, sums what they add up in. */
qy_units memory_units(const qy_pe *const *pe, int count, int precision_bits);
/* The graphs of all networks, if any design has a memory.  Where `layers` leaves layers out, each of the others stands
 * by itself. */
qy_status plan_graphs_make(qy_plan *plan, const qy_yaml *root, qy_error *err);
/* QY_BAD_INPUT: the smallest buffer of a design does for nothing that is asked of it. */
qy_status plan_memory_check(const qy_plan *plan, qy_error *err);

/* ---- points ---- */

enum { NO_PARAM = -1 };

/* The parameter of g called `key`, or NO_PARAM; a system's members may have it once between them. */
int entry_find_param(const design_entry *g, const char *key);
/* The point of entry `base` with the same technology, network, clock and precision as `point`, and its value of every
 * parameter that is an axis of the base; -1: there is none. */
int64_t plan_partner(const qy_plan *plan, int64_t point, int base);

/* QY_BAD_INPUT: not a point of the plan. */
qy_status plan_check_point(const qy_plan *plan, int64_t point, qy_error *err);

/* Number of the design entry of this name, or -1. */
int plan_find_entry(const qy_plan *plan, const char *name);
/* The point of a design at the values that `at` (a mapping, NULL: empty) gives to its axes, see plan.h; where: what a
 * missing one is reported at, NULL: nowhere. */
qy_status plan_point_at(int64_t *point, const qy_plan *plan, int design, const qy_yaml *at, const qy_yaml *where,
                        qy_arena *arena, qy_error *err);

/* ---- the parts of the reader ---- */

extern const char plan_network_help[];
qy_status plan_designs_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_filter_read(qy_layer_filter *filter, const qy_yaml *node, qy_error *err);
/* `search:`, after the designs. */
qy_status plan_search_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_compare_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_plots_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_metric_read(int *metric, const qy_yaml *node, qy_error *err);
/* QY_BAD_INPUT at the node: points on one of the technologies do not have the metric. */
qy_status plan_metric_check(const qy_plan *plan, int metric, const qy_yaml *node, qy_error *err);
/* What points may be told apart by: the fixed names, or one parameter of the designs for all of the file. */
qy_status plan_group_names_read(const char **out, int *out_count, int max, qy_plan *plan, const qy_yaml *node,
                                qy_error *err);
int plan_plain_file_name(const char *text);
/* The child of a mapping that must have it; `what` says what it is for. */
qy_status plan_require(const qy_yaml **child, const qy_yaml *map, const char *key, const char *what, qy_error *err);
/* A scalar or a list of scalars as a list; *one is room for the first. */
size_t plan_names_of(const qy_yaml *node, const qy_yaml *const **names, const qy_yaml **one);
/* Say at the node what another module found wrong. */
qy_status plan_fail(const qy_yaml *node, qy_status status, const qy_error *inner, const char *before, qy_error *err);

/* Read the values of a parameter: a scalar, a list, or a range {from, to, points | step, scale}. */
qy_status values_read(values *out, const qy_parameter *row, const qy_yaml *node, qy_arena *arena, qy_error *err);
/* The default of a parameter that the file leaves out. */
qy_status values_default(values *out, const qy_parameter *row, const char *key, const qy_yaml *where, qy_arena *arena,
                         qy_error *err);

#endif
