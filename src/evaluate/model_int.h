/* Inside of a model: what is ready, where a worker stands, points under draws, and how often they are on a front. */
#ifndef QUARRY_MODEL_INT_H
#define QUARRY_MODEL_INT_H

#include "../plan/plan_int.h"

#include "quarry/buffer.h"
#include "quarry/model.h"
#include "quarry/point_lanes.h"
#include "quarry/quality.h"
#include "quarry/schedule_dram.h"
#include "quarry/sram_error.h"

/* ---- what is ready ---- */

/* What is certain of a layer at an option on an element, whatever surrounds it. */
typedef struct layer_given {
  double weight_bytes, bit_operations, noise;
} layer_given;

/* An element with its operands, for all members that have it and surround it with the same circuits: elements.c. */
typedef struct ready_element {
  double *key;               /* what tells it from others */
  const design_entry *entry; /* the first that has it, as its element `number` of member `member` */
  int member;
  size_t number;
  struct ready_element *next; /* in the same bucket */
  bool wanted;                /* by elements_make */
  qy_status status;           /* of making it; err says where it is not QY_OK */
  qy_error err;
  qy_pe pe;
  qy_components *components; /* NULL: no library of cells asks for it */
  qy_columns columns[2];     /* of its price lists, on cells and on an FPGA */
  qy_pricing **pricing;      /* [technology]; NULL: an FPGA, or not asked for */
  qy_prices **prices;        /* [list_at]; NULL: not asked for, or in rows alone: element_list */
  double **basis;            /* the same, with draws: [column * draws + k]; NULL where a circuit misses the clock */
  double *sqnr_db;           /* [option][signal], NaN where the element is not wide enough */
  qy_pe_noise *noise;        /* the same in its parts, with that of the activations */
  bool *measured;            /* [option][signal]: are both there? */
  struct ready_fabric *fabrics;
  qy_price_rows **rows; /* [rows_at]: where all of these lists are there and alike, else NULL; NULL: not asked for */
} ready_element;

/* From so many clocks on those that follow one another are taken together, QY_LANES of them. */
enum { CLOCKS_IN_ROWS = 8 * QY_LANES };

/* One member of a design entry. */
/* What all members of one accelerator have in common. */
typedef struct ready_type ready_type;
struct ready_type {
  const qy_accelerator *type;
  qy_columns columns[2];
  void **work; /* [network]: of all layers; NULL: not asked for yet */
  ready_type *next;
};

typedef struct ready_member {
  ready_type *type;
  qy_columns columns[2];   /* of its price lists, on cells and on an FPGA */
  size_t element_count;    /* distinct elements */
  ready_element **element; /* [element] */
  bool *asked;             /* [element]: by points, so far */
  size_t asked_left;
  qy_fabric **fabric;     /* [element][technology]; NULL: a library of cells */
  layer_given **given;    /* [element][signal]: of [option][layer], all layers of all networks; NULL: not asked */
  layer_given *given_run; /* [element][signal][option][network]: sums over the layers that it runs by itself */
  void **work;            /* per network; NULL: it runs no layers */
  /* Of accelerators with rows in several formats: noise of the element's, [element][signal], and the model's of
   * fixed-point weights; NULL: not asked for. */
  const qy_format_noise **scheme_noise, **fixed_noise;
} ready_member;

/* ---- memories ---- */

/* What a schedule on a device follows from. */
typedef struct schedule_key {
  struct schedule_of { /* the schedule alone */
    const qy_graph *graph;
    int fusion, orders, rule, objective;
    int64_t capacity; /* bits */
    qy_units units;
    double price_traffic, price_mac; /* pJ; 0 where the objective is traffic */
  } of;
  int device, channels, mapping;
} schedule_key;

typedef struct known_schedule known_schedule;
struct known_schedule {
  schedule_key key;
  const known_schedule *same; /* an earlier one of the same schedule; NULL: none */
  known_schedule *next;       /* in its bucket */
  const char *reason;         /* why there is none; NULL: there is one */
  qy_dram_system system;
  qy_schedule *schedule;
  qy_schedule_dram *dram;
  qy_arena *arena; /* its own */
};

/* Who runs an op; NULL: nobody multiplies in it. */
typedef struct op_runner {
  int member;
  const qy_layer *layer;
} op_runner;

/* What one op of a network takes: on the member that runs it, and of the memory. */
typedef struct op_bill {
  qy_bill own, memory; /* events and times; `own` only where there is a runner */
  double moved_bytes[QY_MOVED_COUNT];
  bool dram_binds; /* transfers of its stage take longer than its compute */
} op_bill;

/* The memory of one design entry. */
typedef struct ready_memory {
  qy_columns columns;
  qy_dram_prices *dram; /* per device */
  double **price;       /* per device: [column] */
  double **basis;       /* with draws: [technology * devices + device] */
  op_runner **runner;   /* per network: [op] */
  /* Which combinations of values that make a difference were asked for: schedules.c. */
  bool asked_axes, priced;
  uint64_t *asked; /* a bit each; NULL: they are too many */
  size_t asked_left;
} ready_memory;

/* A point that the model was made for. */
typedef struct single {
  int64_t index;
  struct worker *worker; /* standing at it */
  qy_point point;
} single;

/* The best scale of a weight format on a distribution, found once for all elements that use it (quality.c). */
typedef struct known_format known_format;

enum { ELEMENT_BUCKETS = 4096, SCHEDULE_BUCKETS = 4096 };

struct qy_model {
  const qy_plan *plan;
  qy_arena *arena;
  bool one_by_one; /* no lanes */
  qy_lane_set lane_set;
  int threads;                      /* that it is made ready on ... */
  qy_arena **own;                   /* ... with an arena each */
  qy_activities *known, *own_known; /* own: NULL where the caller has a table */
  int (*stop)(void *ctx);           /* of qy_model_how */
  void *stop_ctx;
  struct wanted *wanted;   /* what points asked for and is not made yet: wanted.c; NULL: all is ready */
  double **sram;           /* per technology, as elements take it; NULL: no draws */
  ready_element **element; /* [element_total] in the order of the plan */
  size_t element_total, element_room;
  ready_element *bucket[ELEMENT_BUCKETS];
  ready_member (*entries)[MEMBERS_MAX];
  ready_type *types;          /* accelerators of these */
  ready_memory *memory;       /* per entry */
  known_schedule **schedules; /* [schedule_count] */
  size_t schedule_count, schedule_room, schedules_found;
  known_schedule *schedule_bucket[SCHEDULE_BUCKETS];
  known_format **formats;
  const qy_format_noise **fixed_noise; /* of fixed-point weights by their bits, [bits][signal]; NULL: not asked for */
  size_t *layer_first;                 /* per network: its first layer among all */
  size_t layer_total;
  bool *asked;    /* [option][layer]: some point that was asked for has it there */
  int8_t ***home; /* per entry and network: the member that runs a layer by itself; NOBODY: none */
  single *single; /* [single_count]; count 0: all points */
  size_t single_count;
  /* Of a model of all points, where the plan asks for draws. */
  size_t draws;       /* 0: none */
  size_t draws_most;  /* of qy_model_how */
  qy_draws **library; /* per technology */
};

/* The price list of an element at a library and clock, which was asked for: *room, of zeros or set by this before for
 * the element, where it is in rows. */
const qy_prices *element_list(const ready_element *e, const qy_model *model, size_t technology, size_t clock,
                              qy_prices *room);
/* Why it cannot be; NULL: it can. */
const char *element_missed(const ready_element *e, const qy_model *model, size_t technology, size_t clock);
/* Is it there? */
bool element_has_list(const ready_element *e, const qy_model *model, size_t technology, size_t clock);

/* Is the making of it to end? */
bool model_stopped(const qy_model *model);

/* Technology and clock as one number. */
size_t list_at(const qy_model *model, size_t technology, size_t clock);
/* Technology and a clock's rows as one number. */
static inline size_t rows_at(const qy_model *model, size_t technology, size_t clock)
{
  return technology * ((model->plan->clock_mhz.count - 1) / QY_LANES + 1) + clock / QY_LANES;
}

/* ---- elements ---- */

/* What is wanted of a member: all, or, of the one point at these value indices, its own. */
typedef struct scope {
  const size_t *index; /* NULL: all */
  size_t param_count;
  bool elements; /* of the elements there all but price lists, at all libraries, precisions and networks */
} scope;

bool wants(const scope *w, int axis, size_t value);

/* Those that are wanted of a member: found, or made known; none of them is made. */
qy_status elements_find(ready_member *out, qy_model *model, const design_entry *g, int m, const scope *w,
                        qy_error *err);
/* These, with their price lists, on the threads of the model; what fails is in element->status.
 * sram: per technology, NULL: no draws. */
qy_status elements_make(qy_model *model, ready_element **list, size_t count, double *const *sram, qy_error *err);
/* What is wanted of one. */
qy_status element_make(ready_element *e, const qy_model *model, const scope *w, double *const *sram, qy_error *err);
/* Its price lists at so many clocks, and each one's time added to `times` (NULL: not asked for). */
typedef struct list_times {
  double *seconds;
  size_t count, room;
} list_times;
qy_status element_price(ready_element *e, const qy_model *model, size_t technology, size_t first, size_t count,
                        double *const *sram, list_times *times, qy_error *err);
/* Its circuits on an FPGA. */
qy_status element_fabric(qy_fabric **out, ready_element *e, const qy_model *model, unsigned circuits, size_t t,
                         qy_error *err);

/* Columns of a part on a technology: those of a member, or, behind them, of the memory. */
const qy_columns *part_columns(const qy_model *model, int entry, int part, const qy_tech *tech);

enum { NOBODY = -1 };

/* Place in the quality of an element. */
static inline size_t quality_at(int option, qy_signal_kind signal)
{
  return (size_t)option * QY_SIGNAL_SAMPLES + (size_t)signal;
}

/* Signal quality of an element at a precision on a weight distribution: that of its weight format, with the error of
 * its arithmetic; and in parts.  NaN: no mode of the element is wide enough. */
qy_status quality_of(double *sqnr_db, qy_pe_noise *noise, const qy_model *model, const qy_pe *pe,
                     qy_precision precision, qy_signal_kind signal, qy_error *err);

/* ---- layers ---- */

/* Numbers of layers, which options are asked of them (p: of the value p of the axis alone; -1: of all), who runs
 * them. */
qy_status layers_prepare(qy_model *model, int64_t p, qy_error *err);
/* Of element e of member m of an entry on a weight distribution: what is certain of its layers. */
qy_status layers_prepare_given(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                               qy_signal_kind signal, qy_error *err);

/* The same of rows in several formats. */
enum { FORMAT_BITS_MAX = 16 };
qy_status quality_prepare_rows(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                               qy_signal_kind signal, qy_error *err);
/* Where the worker stands. */
double quality_of_rows(const struct worker *w, const ready_member *ready);

/* ---- what points ask for ---- */

/* Of a model made by parts (model.h): note what points first, first + 1, ... ask for; how much was noted; make it
 * ready. Where all is ready nothing is noted. */
qy_status model_want(qy_model *model, int64_t first, int64_t count, qy_error *err);
bool model_wants_enough(const qy_model *model); /* for a second or so */
qy_status model_make_wanted(qy_model *model, qy_error *err);
qy_status wanted_new(qy_model *model, qy_error *err);
void wanted_drop(qy_model *model);
/* An element of a member ready for all points: its quality, its circuits on FPGAs; price lists were made. */
qy_status model_prepare_element(qy_model *model, int entry, int m, size_t element, qy_error *err);

/* ---- single points ---- */

/* Texts that outlive the designs that said them: each once. */
typedef struct kept_texts {
  qy_arena *arena;
  const char **text; /* hash table of `room` places, room a power of two or 0; NULL: free */
  size_t count, room;
} kept_texts;

/* The text of that content; NULL: out of memory. */
const char *texts_keep(kept_texts *kept, const char *text);
void texts_drop(kept_texts *kept);

/* Where a worker stands in the space, with the designs of the members there. */
/* What the models chose where designs leave it open, before it is text: resolved.c. */
typedef struct resolved_item {
  const char *of, *key; /* the member, NULL: the design is one accelerator; its parameter */
  double value;
  unsigned sides; /* not 0: of the narrower modes instead */
} resolved_item;
enum { RESOLVED_MOST = QY_AXES_MAX + 2 * MEMBERS_MAX };
typedef struct resolved_list {
  size_t count;
  resolved_item item[RESOLVED_MOST];
} resolved_list;

typedef struct worker {
  int entry;     /* of the designs held; -1: none */
  int64_t point; /* stood at last */
  size_t index[QY_AXES_MAX];
  struct held {
    qy_design design;
    void *self;
    const ready_element *element;
    qy_prices list; /* of the element, where it is in rows alone */
    size_t number;  /* of the element among those of the member */
    size_t at;      /* list_at */
    qy_signal_kind signal;
    int weights_most;         /* bits that weights are kept in: no more than these, */
    bool weights_fixed;       /* or these, whatever is asked for */
    const layer_given *given; /* [option][layer] */
    qy_sram_known *known;     /* what was chosen for its buffers last */
    layer_given *own_given;   /* the same of a design with rows in several formats; NULL: not needed yet */
  } member[PARTS_MAX];        /* the memory of an entry behind its members */
  struct held_memory {
    memory_params params;
    qy_buffer buffer; /* shared */
    char why[QY_BUFFER_WHY];
    const known_schedule *known;
    op_bill *op; /* [op_room] of the graph */
    size_t op_room;
  } memory;
  struct layer_bill *bill; /* [member][layer][option] of the network at hand; NULL: not needed yet */
  size_t bill_room;
  uint64_t moves;              /* how often a design was made again: what was kept of those before is void */
  struct layer_choice *choice; /* [layer] of a point whose layers differ */
  size_t choice_room;
  struct assignment *solved;             /* per request */
  uint64_t solved_at;                    /* moves when the last was */
  const char *resolved;                  /* qy_point.resolved */
  uint64_t resolved_at;                  /* moves when it was said; 0: never */
  struct resolved_known *resolved_known; /* what was said lately; NULL: nothing yet */
  qy_arena *solved_arena;
  bool silent;  /* points need no qy_point.assignment */
  void *params; /* room for the struct of any accelerator */
  qy_sram_known known[MEMBERS_MAX][QY_BUFFER_ROLES];
  double in[QY_QUANTITY_COUNT]; /* of the point: what metrics are derived from */
  unsigned where;               /* which metrics apply there */
  kept_texts reasons;           /* those of points live as long as the worker */
} worker;

/* The design of member m at these places of the axes, of its element e; params: the accelerator's own struct there. */
qy_status held_make(struct held *h, const qy_model *model, int entry, int m, size_t e, const void *params,
                    const size_t *index, qy_error *err);
/* The same of one that was made and can be, where no axis but clock and precision has moved since. */
qy_status held_make_again(struct held *h, const qy_model *model, int entry, int m, const void *params,
                          const size_t *index, qy_error *err);

worker *worker_new(const qy_model *model, qy_error *err);
void worker_free(worker *w);
/* ---- layers of the point at which a worker stands ---- */

/* One layer at one option on one member. */
typedef struct layer_bill {
  uint64_t made;      /* worker.moves when it was; 0: never */
  const char *reason; /* why it cannot be; NULL: it can */
  qy_bill bill;
} layer_bill;

/* The network there. */
int network_of(const worker *w, const qy_model *model);

/* Who runs a layer, and how. */
typedef struct layer_choice {
  int8_t member;
  uint16_t option;
} layer_choice;

/* Of a member that may be unable to run it at all. */
qy_status layer_bill_of(const layer_bill **out, worker *w, const qy_model *model, int m, size_t layer, int option,
                        qy_error *err);
/* What member h keeps weights in, after its design is made: its codes' width, or the port's; of rows in several formats
 * that of the widest. */
void keep_weights(struct held *h);
/* The option as member m keeps it: two options that come to the same are one there. */
qy_precision kept_precision(const worker *w, const qy_model *model, int m, int option);
/* qy_point.weight_bits of a point with this option in all layers. */
int kept_weights(const worker *w, const qy_model *model, int option);
/* The same of a design that is one accelerator. */
int held_weights(const struct held *h, const qy_model *model, int option);
/* What is certain of it. */
layer_given layer_given_of(const worker *w, const qy_model *model, int m, size_t layer, int option);
/* Metrics are to be derived from in[]: sums over the events of a bill, what is certain, and this leakage. */
void layer_in(double in[QY_QUANTITY_COUNT], const worker *w, int m, const qy_bill *bill, const layer_given *given);
/* What is certain of all layers that member m runs by itself at an option; NULL: it has to be summed, or there are no
 * layers. */
const layer_given *held_given(const struct held *h, const qy_model *model, int entry, int m, int network, int option);
/* The same into in[] of its design. */
void given_run(worker *w, const qy_model *model, int m, int option);
/* Run the layers as w->choice has them; *reason: why they cannot be. */
qy_status run_choice(const char **reason, worker *w, const qy_model *model, qy_error *err);
/* qy_point.assignment of w->choice, which is that of a map. */
qy_status map_text(const char **text, worker *w, const qy_model *model, const precision_value *v, qy_error *err);
/* Do two qy_point.assignment give every layer the same precision and member? */
bool assignment_alike(const char *a, const char *b);
/* The option that all layers of w->choice have where each is run by the member that takes it by itself; else NO_OPTION.
 */
int choice_uniform(const worker *w, const qy_model *model);
/* Signal quality of layers that differ: from the mean of 1/SQNR. */
double choice_sqnr_db(const worker *w, const qy_model *model);
/* Of the element of member m at an option. */
double option_sqnr_db(const worker *w, const qy_model *model, int m, int option);
/* What is certain of layers of a network on a design with rows in several formats, of this quality. */
qy_status given_of_rows(struct held *h, const qy_model *model, int network, double sqnr_db, qy_error *err);
/* Must a uniform option run layer by layer?  Where its weights are wider than its activations and a layer has a second
 * operand that is activations: that one runs at their width. */
bool option_divides(const qy_plan *plan, int network, int option);
/* w->choice as a map has it: every layer where it is at home. */
qy_status choice_of_map(worker *w, const qy_model *model, const precision_value *v, qy_error *err);

/* Room in w->choice for the layers of the network at hand. */
qy_status choice_room(worker *w, const qy_model *model, qy_error *err);

/* ---- assignments ---- */

/* A request solved for one design: its points, or why there are none. */
typedef struct assignment {
  uint64_t made; /* worker.moves when it was; 0: never */
  const char *reason;
  size_t count;
  layer_choice *choice; /* [point][layer] */
  double epsilon;       /* of the front that they are of */
  bool has_bound, optimal;
  double bound;
} assignment;

/* Point v->place of a request into w->choice, solved where it was not yet; *reason: why there is none.
 * *text: qy_point.assignment, NULL where the worker is silent. */
qy_status assignment_take(const char **reason, const char **text, worker *w, const qy_model *model,
                          const precision_value *v, qy_error *err);

/* qy_point.resolved of a feasible or excluded point at which the worker stands. */
qy_status resolved_take(const char **text, worker *w, const qy_model *model, qy_error *err);
/* The same of members held[m] at these places of the axes. */
qy_status resolved_of(const char **text, worker *w, const qy_model *model, int entry, const struct held *held,
                      const size_t *index, qy_error *err);

/* Evaluate point i; the one after the last one asked for is found fastest.  Metrics of an infeasible point are not
 * set. */
qy_status worker_point(qy_point *p, worker *w, const qy_model *model, int64_t i, qy_error *err);

/* Layers and members of the feasible point at which the worker stands; the metrics of the layers use what its run left
 * behind. */
qy_status worker_layers(worker *w, const qy_model *model, const qy_point *point, qy_layer_visit *visit, void *ctx,
                        qy_error *err);
qy_status worker_members(worker *w, const qy_model *model, const qy_point *point, qy_member_visit *visit, void *ctx,
                         qy_error *err);

/* Bytes for the layers and members that are kept of `count` points where at least `least` (QY_KEEP_FRONT or
 * QY_KEEP_ALL) is asked for; 0: nothing is. */
size_t details_bytes(const qy_plan *plan, int64_t count, qy_keep least);
/* Those of the feasible point at which the worker stands, into place k of `room`, which has details_bytes(plan, count,
 * least); point->detail refers to it. */
qy_status details_take(qy_point *point, void *room, int64_t k, int64_t count, qy_keep least, worker *w,
                       const qy_model *model, qy_error *err);

/* ---- how long it would take ---- */

/* Makes points first, first + 1, ... of a model that has not all of them ready.  QY_INTERRUPTED: enough was seen. */
typedef qy_status sample_ready(void *ctx, int64_t first, int64_t count, qy_error *err);
/* qy_model_time; ready: NULL where all are. */
qy_status sample_points(const qy_model *model, int threads, sample_ready *ready, void *ctx, double *seconds,
                        qy_error *err);
/* A model of a plan with nothing but elements known, none of them made, and draws; *sram: as elements take it. */
qy_status model_open(qy_model **model, double ***sram, const qy_plan *plan, const qy_model_how *how, qy_error *err);
/* All of entry i but its price lists, at the values of any point of it. */
qy_status model_prepare_entry(qy_model *model, int i, const scope *w, double *const *sram, qy_error *err);

/* ---- memories ---- */

/* Prices and runners of an entry with a memory; schedules: schedules.h. */
qy_status memory_prepare(qy_model *model, int entry, double *const *factors, qy_error *err);
/* Where the worker stands: the shared buffer and the prices; then, at a precision, the schedule. */
qy_status memory_update(worker *w, const qy_model *model, qy_error *err);
/* Run all ops: bills of the members and the memory filled.  *reason: why it cannot be. */
qy_status memory_run(worker *w, const qy_model *model, qy_precision precision, const char **reason, qy_error *err);

/* ---- SRAM factors ---- */

/* How far the SRAM of a library may be off; has: false when it has none. */
typedef struct sram_doubt {
  bool has;
  double p95[QY_SRAM_QUANTITY_COUNT];
  qy_constant silicon[QY_SRAM_SILICON_COUNT];
} sram_doubt;
qy_status sram_doubt_read(sram_doubt *doubt, const qy_plan *plan, const qy_tech *tech, qy_arena *arena, qy_error *err);
/* The random numbers behind the factors: one for each factor, then those of silicon that several share.  Their names:
 * "sram.read.input", "sram.silicon.energy". */
enum { SRAM_INPUTS = QY_SRAM_FACTORS + QY_SRAM_SILICON_COUNT, SRAM_INPUT_NAME = 64 };
/* Those of a memory follow: a factor for each quantity of the shared buffer, "sram.read.shared", and the currents of
 * the DRAM, "dram.currents", whose number is its own factor. */
enum {
  SHARED_FACTORS = QY_SRAM_QUANTITY_COUNT,
  CURRENTS_FACTOR = QY_SRAM_FACTORS + SHARED_FACTORS,
  ALL_FACTORS,
  ALL_INPUTS = SRAM_INPUTS + SHARED_FACTORS + 1
};
void sram_input_name(int input, char name[SRAM_INPUT_NAME]);
/* Factor [0..ALL_FACTORS) at normal numbers z[input * stride]. */
double sram_factor_at(const sram_doubt *doubt, int factor, const double *z, size_t stride);
/* Prices of a memory's columns in all draws, basis[column * draws + k]; factors as of sram_factors. */
void memory_basis(double *basis, const qy_columns *columns, const qy_dram_device *device, const double *factors,
                  size_t draws);
/* Factors [factor * draws + k], ALL_FACTORS of them; NULL: no SRAM. */
qy_status sram_factors(double **out, const qy_plan *plan, const qy_tech *tech, size_t draws, uint64_t seed,
                       qy_arena *arena, qy_error *err);

/* ---- fronts under draws ---- */

/* A point with its objectives in every draw, kept to hold others against. */
typedef struct reference_point {
  double nominal[OBJECTIVES_MAX];
  double *draw; /* [objectives][draws]; certain objectives unused */
} reference_point;

/* The points on the nominal fronts, known before the sweep: they spare the archives of the draws most of the others.
 * No result depends on them. */
typedef struct leaders leaders;
leaders *leaders_new(const qy_plan *plan, size_t draws); /* NULL: out of memory */
/* The last ones put, a number per front group. */
leaders *leaders_recent_new(const qy_plan *plan, size_t draws);
void leaders_free(leaders *c);
/* Arguments as of chance_put; those above a number per front group are not kept. */
qy_status leaders_put(leaders *c, size_t front_group, const double *nominal, const double *const *draw, qy_error *err);
/* The few that beat a point of these nominal values by most, the first by the widest margin; returns how many. */
enum { CHALLENGERS = 8 };
size_t leaders_against(const reference_point *out[CHALLENGERS], const leaders *c, size_t front_group,
                       const double *nominal);

/* How often is a point on its front?  The fronts of all draws of a group are kept side by side; points that another one
 * beats in every draw are dropped before, so what comes out is exact. */
typedef struct chance chance;
chance *chance_new(const qy_plan *plan, size_t draws, const leaders *known); /* known may be NULL; NULL: no memory */
void chance_free(chance *c);
/* From now on points are handed to `into` and not counted. */
void chance_collect(chance *c, leaders *into);
/* One point: nominal[o] and draws of objective o (NULL: certain), both to be minimised. */
qy_status chance_put(chance *c, size_t front_group, int64_t point, const double *nominal, const double *const *draw,
                     qy_error *err);
/* Add what `from` holds, which is of no more use then. */
qy_status chance_merge(chance *into, chance *from, qy_error *err);
/* Points on at least one draw's front, rising by number; arrays from malloc. */
qy_status chance_result(chance *c, int64_t **point, double **probability, size_t *count, qy_error *err);

/* ---- points under draws ---- */

/* Does the metric follow from the inverse of one that has draws of its own? */
bool draws_fall(int metric);

/* Ends of the interval of a metric, or of its ratio, in these draws, which are put in another order. */
void draws_interval(qy_interval *row, int metric, double *v, size_t draws);
/* The bases of the worker's point, of a model of all points with draws. */
void draws_bases(const double *basis[PARTS_MAX], const qy_model *model, const worker *w);

/* What a worker needs for one batch at a time. */
typedef struct draws_batch draws_batch;
/* draws: of the bases that points are added with.  NULL: out of memory. */
draws_batch *draws_batch_new(const qy_model *model, size_t draws, int64_t points);
void draws_batch_free(draws_batch *b);

/* Take note of feasible point `k` of the batch, at which the worker stands; basis[m]: of each member. */
void draws_batch_add(draws_batch *b, int64_t k, const qy_point *point, const worker *w, size_t front_group,
                     const double *const *basis);
/* Intervals of all points noted, into interval[k] (NULL: not wanted), fronts into c (NULL: not wanted); the batch is
 * empty again. */
qy_status draws_batch_run(draws_batch *b, double (*interval)[QY_METRIC_COUNT][2], chance *c, qy_error *err);

/* Draws of metrics of the only point noted, to[i * draws + k] for metric[i]; of a certain one its value.  The batch is
 * empty again. */
void draws_batch_values(draws_batch *b, const int *metric, int count, double *to);

#endif
