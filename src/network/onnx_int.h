/* What the parts of the ONNX reader share: tensors, their origin, a node in work, and the table of operators. */
#ifndef QUARRY_ONNX_INT_H
#define QUARRY_ONNX_INT_H

#include "quarry/network.h"
#include "quarry/onnx.h"

#include <onnx.pb-c.h>

typedef Onnx__NodeProto node_proto;
typedef Onnx__TensorProto tensor_proto;
typedef Onnx__AttributeProto attribute_proto;

enum { ONNX_RANK_MAX = 8, ONNX_VALUES_MAX = 4096, ONNX_SPATIAL_MAX = 3 };
enum { ONNX_NO_DIM = -1 };
static const size_t ONNX_NONE = SIZE_MAX;

/* Which layer made a tensor. */
typedef struct onnx_origin {
  size_t layer;                      /* ONNX_NONE: the network's input, or not known */
  size_t gate;                       /* the layer that scales its channels, or ONNX_NONE */
  int channel_axis;                  /* -1: not known */
  int64_t first, part;               /* these channels of it alone; part 0: all */
  int64_t pad[2 * ONNX_SPATIAL_MAX]; /* what a Pad node put around it: before and after, per spatial axis */
} onnx_origin;

typedef struct onnx_tensor {
  const char *name;
  int rank;                   /* -1: not known */
  int64_t dim[ONNX_RANK_MAX]; /* ONNX_NO_DIM: not known */
  int32_t type;               /* of the elements, as in onnx.proto; 0: not known */
  const tensor_proto *data;   /* stands in the file */
  const node_proto *node;     /* made by */
  bool constant;              /* known without the network's input */
  double *value;              /* small contents, NaN: not known; NULL: none known */
  size_t count;
  onnx_origin origin;
} onnx_tensor;

/* Channels of a layer that another reads; count 0: all of them. */
typedef struct onnx_part {
  int64_t first, count;
} onnx_part;

/* How the tensor in the file becomes one row per output channel. */
typedef enum onnx_layout {
  LAYOUT_NONE,    /* no weights */
  LAYOUT_ROWS,    /* as it stands */
  LAYOUT_COLUMNS, /* inputs x outputs */
  LAYOUT_TAPS,    /* ConvTranspose: inputs x outputs of a group x taps; a row per output and tap */
  LAYOUT_FLIPPED, /* the same; a row per output, taps in reverse */
} onnx_layout;

typedef struct onnx_layer {
  qy_layer layer;
  size_t inputs[2];      /* what layer.input points to unless it has more */
  const onnx_part *part; /* [layer.input_count] of its inputs; NULL: all of each */
  signed char parts;     /* may it be written as a layer for each part?  1: yes, -1: no, 0: not asked yet */
  onnx_layout layout;
  const onnx_tensor *weight;       /* NULL: none */
  const onnx_tensor *reads;        /* of a layer that multiplies: its input; NULL: not known */
  const onnx_tensor *second;       /* activations that stand where weights do; NULL: none */
  const onnx_tensor *scale, *zero; /* of a QLinear operator's weights */
} onnx_layer;

struct qy_onnx {
  qy_arena *arena;
  qy_error *err; /* while reading */
  const char *file;
  void *memory; /* of protobuf-c: see onnx_file.c */
  Onnx__ModelProto *model;
  const qy_onnx_options *options; /* while reading */
  onnx_tensor *tensor;
  size_t tensor_count, tensor_room, *slot, slot_count;
  onnx_layer *layer;
  size_t layer_count, layer_room;
  qy_onnx_note *note;
  size_t note_count, note_room;
  qy_onnx_dim *bound; /* symbolic dimensions that got a size */
  size_t bound_count, bound_room;
  const char *unset; /* the first that got none */
  bool unsized;      /* a layer was left out because a size is not known */
  bool crowded;      /* more layers than a network has */
  bool failed;       /* out of memory */
  const char *wrong; /* how the model contradicts itself, first found; NULL: it does not */
};
typedef struct qy_onnx onnx_graph;

/* A node in work. */
typedef struct onnx_step {
  onnx_graph *g;
  const node_proto *node;
  const struct onnx_rule *rule;
  size_t in_count, out_count;
  onnx_tensor **in, **out; /* NULL: left out */
  const char *why;         /* why its sizes do not follow, first found; NULL: nothing found */
  bool unsized;            /* because a size is not known */
} onnx_step;

/* An operator: how its outputs' shapes follow, and what layer it is. */
typedef struct onnx_rule {
  const char *name;
  void (*shape)(onnx_step *s); /* NULL: not known */
  void (*layer)(onnx_step *s); /* NULL: none, edges pass through */
  signed char a, b;            /* places of its operands: x and weights, a and b.  b = 0: operands from a on */
  signed char every;           /* operands stand that far apart; 0: 1 */
  signed char scale, zero;     /* places of the scale and the zero of quantized weights; 0: none */
  const char *left_out;        /* why it is no layer, for a note; NULL: that goes without saying */
} onnx_rule;
const onnx_rule *onnx_find_rule(const node_proto *node); /* NULL: not known */

/* ---- onnx_file.c ---- */
qy_status onnx_unpack(onnx_graph *g, const void *bytes, size_t length, qy_error *err);
qy_status onnx_map(void **bytes, size_t *length, const char *file, qy_error *err); /* munmap(*bytes, *length) */
void onnx_unpack_free(onnx_graph *g);

/* ---- onnx_graph.c ---- */
onnx_tensor *onnx_tensor_named(onnx_graph *g, const char *name); /* made when new; NULL: no name, or out of memory */
onnx_tensor *onnx_input(const onnx_step *s, int i);              /* NULL: left out */
onnx_tensor *onnx_extra(const onnx_step *s, int i);              /* the same; 0: none */
onnx_tensor *onnx_operand(const onnx_step *s, size_t k);         /* by the rule's a and every */
const attribute_proto *onnx_attribute(const onnx_step *s, const char *name);
int64_t onnx_integer(const onnx_step *s, const char *name, int64_t otherwise);
bool onnx_says(const onnx_step *s, const char *name, const char *text);
/* Integers of an attribute, or of an input when there is no such attribute (i < 0: none).  -1: not there or not known;
 * else how many, at most `room`. */
int onnx_integers(const onnx_step *s, const char *name, int i, int64_t *value, int room);
bool onnx_given(const onnx_step *s, const char *name, int i);      /* is there such an attribute or input? */
int64_t onnx_elements(const onnx_tensor *t);                       /* ONNX_NO_DIM: not known or more than 2^62 */
int64_t onnx_product(const int64_t *factor, int count);            /* the same of any sizes */
void onnx_set_shape(onnx_tensor *t, int rank, const int64_t *dim); /* t may be NULL; -1s keep what was declared */
double *onnx_values(onnx_graph *g, onnx_tensor *t, size_t count);  /* room for its contents; NULL: too many */
void onnx_note(onnx_graph *g, const node_proto *node, const char *format, ...) __attribute__((format(printf, 3, 4)));
void onnx_because(onnx_step *s, const char *format, ...) __attribute__((format(printf, 2, 3))); /* sets s->why */
/* Sets g->wrong: the model is refused. */
void onnx_contradiction(onnx_graph *g, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A node as messages name it: its name, or else that of its output. */
const char *onnx_node_name(const node_proto *node);
void onnx_note_op(onnx_graph *g, const char *op, const char *node, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- onnx_bits.c ---- */
int onnx_code_bits(const onnx_graph *g,
                   const onnx_tensor *t); /* of the codes that it holds or stands for; 0: none known */

/* ---- onnx_sort.c ---- */
/* Nodes in an order in which each stands behind what it reads: as in the file where that is one.  QY_BAD_INPUT: a
 * tensor that is made twice, or a circle. */
qy_status onnx_sort(onnx_graph *g, qy_error *err);

/* ---- onnx_window.c ---- */
typedef struct onnx_window {
  int count; /* spatial axes */
  int64_t kernel[ONNX_SPATIAL_MAX], stride[ONNX_SPATIAL_MAX], dilation[ONNX_SPATIAL_MAX];
  int64_t before[ONNX_SPATIAL_MAX], after[ONNX_SPATIAL_MAX];
  int64_t in[ONNX_SPATIAL_MAX], out[ONNX_SPATIAL_MAX]; /* ONNX_NO_DIM: not known */
} onnx_window;
/* False: s->why says why not.  kernel: of the weights, NULL: none. */
bool onnx_read_window(onnx_window *w, onnx_step *s, const onnx_tensor *x, const int64_t *kernel, bool transposed);
void onnx_shape_conv(onnx_step *s);
void onnx_shape_transposed(onnx_step *s);
void onnx_shape_pool(onnx_step *s);
void onnx_shape_global(onnx_step *s);

/* ---- onnx_shape.c, onnx_reshape.c, onnx_fold.c ---- */
void onnx_shape_same(onnx_step *s);
void onnx_shape_broadcast(onnx_step *s);
void onnx_shape_matmul(onnx_step *s);
void onnx_shape_gemm(onnx_step *s);
void onnx_shape_reduce(onnx_step *s);
void onnx_shape_arg(onnx_step *s);
void onnx_shape_recurrent(onnx_step *s);
void onnx_shape_constant(onnx_step *s);
void onnx_shape_of_shape(onnx_step *s);
void onnx_shape_shape(onnx_step *s);
void onnx_shape_size(onnx_step *s);
void onnx_shape_range(onnx_step *s);
void onnx_shape_norm(onnx_step *s);
void onnx_shape_dynamic(onnx_step *s);
void onnx_shape_loss(onnx_step *s);
void onnx_shape_topk(onnx_step *s);
void onnx_shape_concat(onnx_step *s);
void onnx_shape_split(onnx_step *s);
void onnx_shape_reshape(onnx_step *s);
void onnx_shape_flatten(onnx_step *s);
void onnx_shape_squeeze(onnx_step *s);
void onnx_shape_unsqueeze(onnx_step *s);
void onnx_shape_transpose(onnx_step *s);
void onnx_shape_slice(onnx_step *s);
void onnx_shape_pad(onnx_step *s);
void onnx_shape_gather(onnx_step *s);
void onnx_shape_as_second(onnx_step *s);
void onnx_shape_expand(onnx_step *s);
void onnx_shape_tile(onnx_step *s);
void onnx_shape_resize(onnx_step *s);
void onnx_shape_depth_to_space(onnx_step *s);
void onnx_shape_space_to_depth(onnx_step *s);
bool onnx_reduced(const onnx_step *s, const onnx_tensor *x, bool axis[ONNX_RANK_MAX]); /* false: not known */
bool onnx_slice(const onnx_step *s, int64_t start[ONNX_RANK_MAX], int64_t step[ONNX_RANK_MAX],
                int64_t count[ONNX_RANK_MAX]);
void onnx_fold(onnx_step *s); /* contents of small outputs */

/* ---- layers: onnx_layers.c, onnx_product.c, onnx_join.c ---- */
void onnx_pass(onnx_step *s); /* outputs come from where the first computed operand comes */
void onnx_layer_conv(onnx_step *s);
void onnx_layer_transposed(onnx_step *s);
void onnx_layer_pool(onnx_step *s);
void onnx_layer_global(onnx_step *s);
void onnx_layer_reduce(onnx_step *s);
void onnx_layer_pad(onnx_step *s);
void onnx_layer_transpose(onnx_step *s);
void onnx_layer_matmul(onnx_step *s);
void onnx_layer_recurrent(onnx_step *s);
qy_layer onnx_blank(qy_layer_type type); /* 1 x 1, sizes of one */
void onnx_layer_sum(onnx_step *s);
void onnx_layer_scale(onnx_step *s);
void onnx_layer_concat(onnx_step *s);
void onnx_leave_out(onnx_step *s, const char *why); /* note it and pass on */
void onnx_unknown_size(onnx_step *s);               /* note s->why, or that a size of an operand is not known */
/* Is it there, of known rank; are all its sizes known and 1 or more?  False: s->why names it. */
bool onnx_known_rank(onnx_step *s, const onnx_tensor *t);
bool onnx_known_sizes(onnx_step *s, const onnx_tensor *t);
/* Add a layer after checking what a network file asks for.  from: its input, NULL: that of the network.
 * NULL: not representable, which is noted. */
onnx_layer *onnx_add(onnx_step *s, const qy_layer *draft, const onnx_tensor *from, const char *suffix);
/* The outputs of s come from this layer, with channels on that axis (-1: not known). */
void onnx_outputs_from(onnx_step *s, const onnx_layer *l, int channel_axis);
bool onnx_whole(const onnx_graph *g, const onnx_tensor *t);       /* is it all of the output of its layer? */
bool onnx_is_map(const onnx_graph *g, const onnx_tensor *t);      /* or all of some channels? */
int64_t onnx_channels(const onnx_graph *g, const onnx_tensor *t); /* of its layer, or of the part that it is */

/* ---- onnx_parts.c ---- */
void onnx_layer_split(onnx_step *s);
void onnx_layer_slice(onnx_step *s);
/* Write each layer, with its inputs as a network file has them; those of which others read parts are cut into one layer
 * for each. */
void onnx_write_rows(qy_text *out, const onnx_graph *g,
                     void (*write)(qy_text *out, const qy_layer *l, const char *inputs));

/* ---- onnx_weights.c ---- */
/* Where each of `count` elements behind a Transpose comes from; dim becomes the shape behind it.  False: `perm` is no
 * permutation of its axes. */
bool onnx_turn(size_t *from, int64_t *dim, int rank, size_t count, const node_proto *node);

/* ---- onnx_data.c ---- */
/* Contents as floats, or as doubles, which hold integers of 32 bits. */
qy_status onnx_floats(float **value, size_t *count, const onnx_graph *g, const tensor_proto *t, qy_arena *arena,
                      qy_error *err);
qy_status onnx_doubles(double **value, size_t *count, const onnx_graph *g, const tensor_proto *t, qy_arena *arena,
                       qy_error *err);
bool onnx_is_external(const tensor_proto *t);
bool onnx_has_data(const tensor_proto *t);
/* Path of the file with its contents, checked to lie in the model's folder. */
qy_status onnx_external_path(char **path, const onnx_graph *g, const tensor_proto *t, qy_arena *arena, qy_error *err);
bool onnx_small(onnx_graph *g, onnx_tensor *t); /* contents to t->value; false: too many or not there */

#endif
