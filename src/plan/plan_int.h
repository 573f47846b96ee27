/* Inside of a plan, shared by the reader and by what evaluates plans. */
#ifndef QUARRY_PLAN_INT_H
#define QUARRY_PLAN_INT_H

#include "quarry/accelerator.h"
#include "quarry/axis.h"
#include "quarry/dram.h"
#include "quarry/draws.h"
#include "quarry/fabric.h"
#include "quarry/file.h"
#include "quarry/layer_noise.h"
#include "quarry/parameter.h"
#include "quarry/pe.h"
#include "quarry/plan.h"
#include "quarry/quality.h"
#include "quarry/schedule.h"
#include "quarry/sqnr.h"
#include "quarry/sram.h"
#include "quarry/sram_error.h"
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

/* ---- precisions ---- */

/* Options: the precisions that a layer may have anywhere in the experiment, each once (plan->option).  Values of the
 * axis, maps, assignments and limits name them by their place. */
enum { OPTIONS_MAX = QY_PRECISION_BITS_MAX * QY_PRECISION_BITS_MAX, NO_OPTION = -1 };

/* Which layers a key of a map speaks of; of several that speak of a layer the kind that comes last here is taken, of
 * names one that is no pattern before those that are, and of equals the last in the file. */
typedef enum rule_kind { RULE_DEFAULT, RULE_TYPE, RULE_END, RULE_NAME } rule_kind;
typedef struct layer_rule {
  rule_kind kind;
  qy_layer_type type; /* RULE_TYPE */
  bool last;          /* RULE_END: the last layer of the network that multiplies, else the first */
  const char *name;   /* RULE_NAME: layer or pattern */
  int option;
  const qy_yaml *node;
} layer_rule;

typedef enum precision_kind { PRECISION_UNIFORM, PRECISION_MAP, PRECISION_ASSIGNED } precision_kind;

/* Layers of one network that share an option. */
typedef struct assign_groups {
  size_t count;
  size_t *first; /* [count + 1] */
  size_t *layer; /* of group g: layer[first[g]] to layer[first[g + 1] - 1], places in plan->layers[network], rising */
  int *fixed;    /* [count]: option; NO_OPTION: free */
} assign_groups;

enum { ASSIGN_COSTS = 5 };

typedef struct assign_limit {
  int metric;
  enum { ASSIGN_NUMBER, ASSIGN_SHARE, ASSIGN_UNIFORM } kind;
  double value; /* in the metric's unit; share: 0 (least total) to 1 (greatest) */
  int option;   /* uniform: the total of a network that has it in all layers */
  const qy_yaml *node;
} assign_limit;

/* One entry of `assign:`. */
typedef struct assign_request {
  const qy_yaml *node;
  int label;
  int *option; /* [option_count] what a layer may have */
  const qy_yaml **option_node;
  int option_count;
  bool members;
  int objective[ASSIGN_COSTS], objective_count; /* metrics */
  assign_limit limit[ASSIGN_COSTS];
  int limit_count;
  assign_groups *groups; /* per network */
  size_t points;
  double epsilon;
} assign_request;

/* One value of the axis. */
typedef struct precision_value {
  precision_kind kind;
  int label;            /* of info.precision */
  int option;           /* uniform: of all layers; map: its default */
  uint16_t *const *map; /* map: per network, option of each of its layers */
  const char **text;    /* map: per network, qy_point.assignment */
  const int *widest;    /* map: per network, bits */
  const assign_request *assign;
  size_t place; /* assigned: which of its points */
  const qy_yaml *node;
} precision_value;

typedef struct precision_axis {
  size_t count;
  precision_value *value;
} precision_axis;

/* Where texts are in a list, by a hash table with linear probing. */
typedef struct text_place {
  const char *text; /* NULL: free */
  int number;
} text_place;

typedef struct text_places {
  size_t room; /* a power of two */
  text_place *place;
} text_places;
/* Room for so many texts. */
qy_status plan_places_make(text_places *places, size_t count, qy_arena *arena, qy_error *err);
/* The place of the text, or the free one where it belongs. */
text_place *plan_place_of(const text_places *places, const char *text);

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

/* A value of a design's JSON, and the text from the value before to this one. */
typedef struct json_part {
  const char *before;
  const char *text; /* the value; NULL: that of a parameter */
  size_t param;
} json_part;

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
  json_part *json;                          /* keys nested: {"pe":{"bits":16}} */
  size_t json_count, json_bytes, json_most; /* json_most: json_bytes of the longest up to this entry */
  const char *json_end;
} design_entry;

/* The JSON of its designs, made ready: after all parameters are known.  before: an entry that has its own; NULL: none.
 * Two accelerators alone that have the same parameters share what surrounds the values. */
qy_status plan_json_make(design_entry *g, const design_entry *before, qy_arena *arena, qy_error *err);

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

/* The texts that one parameter takes in all designs, "has none" among them. */
typedef struct parameter_labels {
  size_t count;
  size_t **label; /* per entry: label of each of its values; NULL: it has none */
  size_t *axis;   /* per entry: which of its parameters it is */
} parameter_labels;

/* An element as it was built when the designs were checked. */
typedef struct built_element {
  qy_pe_params params; /* as member_element gives them */
  qy_pe pe;
} built_element;
enum { BUILT_MOST = 32 }; /* that are kept: the first different ones */

/* A library or a network of a list. */
typedef struct plan_thing {
  const char *name, *file, *sha256;
} plan_thing;
/* QY_BAD_INPUT at the first node whose thing stands before it too: of one name and one text. */
qy_status plan_check_once(const plan_thing *thing, size_t count, const char *what, const qy_yaml *const *node,
                          qy_error *err);
/* Names that differ: of those of one name, by as much of their paths as it takes: "tiny" and "nn/tiny", "fdsoi28" and
 * "fdsoi28 (mine)". */
qy_status plan_tell_apart(const char **name, const plan_thing *thing, size_t count, qy_arena *arena, qy_error *err);

/* How far the SRAM of a node may be off: see sram_error.h. */
typedef struct node_doubt {
  int node_nm;
  double p95[QY_SRAM_QUANTITY_COUNT];
  qy_constant silicon[QY_SRAM_SILICON_COUNT];
} node_doubt;
/* Libraries and devices, each at its supplies, and the SRAM beside them; then, with the designs known: a library
 * without SRAM for a design that has buffers is said before anything is computed; then what draws of SRAM follow from,
 * which those of one node share. */
qy_status plan_technologies_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_check_sram(const qy_plan *plan, qy_error *err);
qy_status plan_doubts_read(qy_plan *plan, qy_error *err);
/* Those of a node, as the plan has read them or, where nothing is drawn, from the files. */
qy_status plan_sram_doubt(node_doubt *doubt, const qy_plan *plan, int node_nm, qy_arena *arena, qy_error *err);
/* A file as it is stored, the same wherever the database and the file lie: "memory/sram.csv", else its last
 * component. */
const char *plan_shown_name(const qy_plan *plan, const char *file);
/* At the end of reading: info.table, what `log` has beside libraries, networks, devices and noise files. */
qy_status plan_tables_list(qy_plan *plan, const qy_file_log *log, qy_error *err);

struct qy_plan {
  qy_plan_info info;
  qy_arena *arena;
  param **alone;        /* parameters of each accelerator by itself; NULL: not asked for yet */
  built_element *built; /* [built_count] */
  size_t built_count;
  qy_space space;
  design_entry *entries;
  int entry_count;
  values clock_mhz;
  precision_axis precision;
  qy_precision *option; /* [OPTIONS_MAX] */
  int option_count;
  qy_plan_precision *label;    /* info.precision */
  text_places label_places;    /* of these */
  text_places map_places;      /* maps of layers without a label */
  int label_last[2];           /* the last number given to "mixed", to "assigned" */
  const qy_layer_noise *noise; /* NULL: equal weights */
  const qy_yaml *noise_node;   /* where the file says so */
  assign_request *assign;      /* [assign_count] */
  size_t assign_count;
  qy_pipeline_for pipeline_for;
  const qy_sram_table *sram;
  const char *sram_error_file, *sram_silicon_file;
  node_doubt *doubt; /* [doubt_count] of the nodes whose SRAM is drawn */
  size_t doubt_count;
  qy_layer_filter filter;
  const qy_layer *const **layers; /* per network */
  size_t *layer_count;
  limit *limits;
  int limit_count;
  qy_tech **technology;
  const qy_yaml **technology_at; /* where each is named in the file; while that is read */
  unsigned fabrics;              /* QY_ON_* of the technologies */
  qy_network **network;
  const char **network_own; /* their names before they were told apart: what tables of noise call them */
  const char *db_dir;       /* while it is read */
  qy_dram_device *device[DEVICES_MAX];
  const char *device_name[DEVICES_MAX]; /* of the device; as the file names it */
  const char *device_asked[DEVICES_MAX];
  int device_count;
  qy_parameter device_row; /* with these names */
  const qy_dram_controller *controller;
  qy_graph **graph; /* per network: what schedules are of; NULL: no memory */
  qy_plot_request *plots;
  qy_plot_style plots_style;
  size_t front_groups;
  parameter_labels *labels; /* per parameter of info.parameter */
};

/* Axes after the design parameters, slowest first. */
enum { LISTED_BYTES = 200, LISTED_MAX = 12 }; /* of values in messages */
enum { AXIS_TECHNOLOGY, AXIS_NETWORK, AXIS_CLOCK, AXIS_PRECISION, COMMON_AXES };

extern const qy_parameter clock_parameter, voltage_parameter, sram_voltage_parameter;

/* Fronts are taken within groups of points: number them.  make once after all axes are known; group_of: index holds the
 * value index of each axis of entry `g`, parameters first. */
qy_status plan_front_groups_make(qy_plan *plan, qy_error *err);
size_t plan_front_group_of(const qy_plan *plan, int g, const size_t *index);

/* The same of any keys: the number of a point's group is base, plus what each term adds at the point's value of its
 * axis. */
typedef struct key_term {
  size_t axis;
  const uint32_t *add; /* [values of the axis] */
} key_term;
typedef struct key_group {
  size_t base;
  size_t count;
  key_term *term;
} key_group;
/* One an entry, into the arena, and how many groups there are.  key: what fronts are taken within, or in
 * info.parameter.  QY_BAD_INPUT: more than 2^32 groups. */
qy_status plan_groups_compile(key_group **out, size_t *groups, const qy_plan *plan, const char *const *key,
                              int key_count, qy_arena *arena, qy_error *err);

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
/* NULL: it is not kept. */
const qy_pe *plan_built(const qy_plan *plan, const qy_pe_params *params);

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
/* Bits of entries: maps have their precision, weights theirs and no more than the elements take in, sums what they add
 * up in. */
qy_units memory_units(const qy_pe *const *pe, int count, qy_precision precision);
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
/* Points of the assignment that the point is one of; 0: of none. */
size_t plan_assignments_at(const qy_plan *plan, int64_t point);
/* The first of these: they follow one another. */
int64_t plan_first_assignment(const qy_plan *plan, int64_t point);
/* QY_BAD_INPUT: the experiment has no design of this name, or that one no point like this. */
qy_status plan_no_design(const qy_plan *plan, const char *name, qy_error *err);
qy_status plan_no_partner(const char *design, int64_t point, qy_error *err);

/* QY_BAD_INPUT: not a point of the plan. */
qy_status plan_check_point(const qy_plan *plan, int64_t point, qy_error *err);

/* Number of the design entry of this name, or -1. */
int plan_find_entry(const qy_plan *plan, const char *name);
/* The point of a design at the values that `at` (a mapping, NULL: empty) gives to its axes, see plan.h; where: what a
 * missing one is reported at, NULL: nowhere. */
qy_status plan_point_at(int64_t *point, const qy_plan *plan, int design, const qy_yaml *at, const qy_yaml *where,
                        qy_arena *arena, qy_error *err);

/* ---- reading precisions ---- */

/* The axis: `precision:` and `assign:`, after the networks. */
qy_status plan_precision_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
/* One precision, 8, w4a8 or {weights, activations}, as an option. */
qy_status plan_option_read(int *option, qy_plan *plan, const qy_yaml *node, qy_error *err);
/* Which layers the key of `child` speaks of; the rule has no option. */
qy_status plan_rule_read(layer_rule *rule, const qy_plan *plan, const qy_yaml *map, const qy_yaml *child,
                         qy_error *err);
/* The rules of a map but for the keys `skip` (NULL-terminated). */
qy_status plan_rules_read(layer_rule **rules, size_t *count, qy_plan *plan, const qy_yaml *map, const char *const *skip,
                          qy_error *err);
/* Is it the layer's name, or a pattern of it? */
bool plan_layer_called(const qy_layer *layer, const char *key);
/* QY_BAD_INPUT, at its key in `map`, where a rule speaks of no layer that is run in any network. */
qy_status plan_rule_used(const layer_rule *rule, const qy_plan *plan, const qy_yaml *map, qy_error *err);
/* The rule that says what layer i of plan->layers[network] has; NULL: none does. */
const layer_rule *plan_rule_of(const layer_rule *rules, size_t count, const qy_plan *plan, int network, size_t i);
/* `label` of a map, or `fallback`, with a number where it is taken, as a label of the axis. */
qy_status plan_label_read(int *label, qy_plan *plan, const qy_yaml *map, const char *fallback, qy_plan_precision what,
                          qy_error *err);
/* Does a point at value p of the axis look at this option? */
bool plan_asks_option(const qy_plan *plan, size_t p, int option);
/* The same of layer i of plan->layers[network]. */
bool plan_asks_of_layer(const qy_plan *plan, size_t p, int network, size_t i, int option);
/* Where the file asks for it. */
const qy_yaml *plan_option_node(const precision_value *v, int option);
/* "8", "w4a8" as JSON and messages have it. */
const char *plan_option_text(char text[QY_PRECISION_TEXT], qy_precision p);
/* "16, 8, w4a8, mixed" into out[size] */
const char *plan_list_precisions(char *out, size_t size, const qy_plan *plan);
/* "200, 400": the values of technology, network, precision, clock_mhz or voltage_v; else nothing. */
const char *plan_list_axis(char out[LISTED_BYTES], const qy_plan *plan, const char *key);
/* The value of the axis that `at` names by `precision` and `assignment`; see plan_point_at. */
qy_status plan_precision_at(size_t *place, const qy_plan *plan, const qy_yaml *precision, const qy_yaml *assignment,
                            qy_error *err);

/* Values of the axis that `assign:` gives; then, after those of `precision:`, the entries themselves (assign.c). */
qy_status plan_assign_count(size_t *count, const qy_plan *plan, const qy_yaml *node, qy_error *err);
qy_status plan_assign_read(qy_plan *plan, const qy_yaml *node, qy_error *err);
size_t plan_assign_points(const assign_request *a);
bool plan_assign_asks(const assign_request *a, int option);
bool plan_assign_asks_of_layer(const assign_request *a, int network, size_t i, int option);
/* Maps and assignments against the designs, after these. */
qy_status plan_precision_check(const qy_plan *plan, qy_error *err);

/* ---- the parts of the reader ---- */

extern const char plan_network_help[];
/* The key of a design parameter called so, or NULL. */
const char *plan_parameter_key(const qy_plan *plan, const char *text);
/* The same, or one of qy_axis_bits, which stored points have too. */
const char *plan_plot_parameter(const qy_plan *plan, const char *text);
/* Does a design leave this parameter open, for the models to choose at each point? */
bool plan_is_left_open(const qy_plan *plan, const char *key);
/* It is one of those by which points of this file are told apart.  QY_BAD_INPUT at the node: they are too many. */
qy_status plan_parameter_take(qy_plan *plan, const char *key, const qy_yaml *node, qy_error *err);
qy_status plan_designs_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_filter_read(qy_layer_filter *filter, const qy_yaml *node, qy_error *err);
/* `search:`, after the designs. */
qy_status plan_noise_read(qy_plan *plan, const qy_yaml *root, qy_error *err); /* `noise:`, after the networks */
qy_status plan_search_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_keep_read(qy_plan *plan, const qy_yaml *root, qy_error *err); /* `store:`, after the designs */
qy_status plan_compare_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
qy_status plan_plots_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
/* Does the plot tell points apart by this key? */
bool plan_plot_has_key(const qy_plot_request *plot, const char *key);
/* `where` of a plot, after its axes and groups. */
qy_status plan_where_read(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err);
/* A metric, or a key of the points in *key (NULL: it is a metric); QY_BAD_INPUT at the node: neither. */
qy_status plan_axis_read(int *metric, const char **key, qy_plan *plan, const qy_yaml *node, qy_error *err);
/* Of `plots_style:`, before the plots are read. */
qy_status plan_plots_style_read(qy_plan *plan, const qy_yaml *root, qy_error *err);
/* The keys of a style in `map`, over what `style` holds; axes: those of plots with axes x and y too. */
qy_status plan_style_read(qy_plot_style *style, qy_plan *plan, const qy_yaml *map, bool axes, qy_error *err);
/* The keys own[] (NULL-terminated; NULL: none) and those of a style. */
qy_status plan_style_keys(const char *const **keys, qy_plan *plan, const char *const *own, bool axes, qy_error *err);
qy_status plan_metric_read(int *metric, const qy_yaml *node, qy_error *err);
/* QY_BAD_INPUT at the node: points on one of the technologies do not have the metric. */
qy_status plan_metric_check(const qy_plan *plan, int metric, const qy_yaml *node, qy_error *err);
/* What points may be told apart by: the fixed names, the parameters of the designs and, where `bits`, bits of the
 * precisions. */
qy_status plan_group_names_read(const char **out, int *out_count, int max, qy_plan *plan, const qy_yaml *node,
                                bool bits, qy_error *err);
/* The child of a mapping that must have it; `what` says what it is for. */
qy_status plan_require(const qy_yaml **child, const qy_yaml *map, const char *key, const char *what, qy_error *err);
/* A scalar or a list of scalars as a list; *one is room for the first. */
size_t plan_names_of(const qy_yaml *node, const qy_yaml *const **names, const qy_yaml **one);
/* Say at the node what another module found wrong. */
/* The node's text names no design: which there are, and the nearest. */
qy_status plan_unknown_design(const qy_plan *plan, const qy_yaml *node, qy_error *err);
qy_status plan_fail(const qy_yaml *node, qy_status status, const qy_error *inner, const char *before, qy_error *err);

/* Read the values of a parameter: a scalar, a list, or a range {from, to, points | step, scale}. */
qy_status values_read(values *out, const qy_parameter *row, const qy_yaml *node, qy_arena *arena, qy_error *err);
/* The default of a parameter that the file leaves out. */
qy_status values_default(values *out, const qy_parameter *row, const char *key, const qy_yaml *where, qy_arena *arena,
                         qy_error *err);

#endif
