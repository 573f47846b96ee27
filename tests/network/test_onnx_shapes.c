/* Sizes behind each operator of ONNX models made here, worked out by hand from the operators' definitions
 * (onnx.ai/onnx/operators). */
#include "quarry/onnx.h"

#include "onnx_text.h"
#include "random.h"
#include "tap.h"

typedef struct row {
  const char *op;
  const char *inputs;     /* "2,?,4; =1,2; ~0.5; _": sizes, integers and numbers in the file, left out */
  const char *attributes; /* as in onnx_text.h */
  const char *outputs;    /* "2,8; 3", "": no sizes (a number), "none": not known */
} row;

static qy_arena *arena;

/* "=1,2" as the line of a constant "x0 i64 2 = 1 2". */
static void add_constant(qy_text *t, size_t k, const char *values, size_t length)
{
  size_t count = 1;
  for (size_t i = 0; i < length; i++)
    count += values[i] == ',';
  qy_text_add(t, "x%zu %s %zu =", k, *values == '~' ? "f32" : "i64", count);
  for (size_t i = 0; i < length; i++)
    qy_text_add(t, "%c", i == 0 || values[i] == ',' ? ' ' : values[i]);
  qy_text_add(t, "\n");
}

/* The model with this one node.  filled: and behind it one whose output z has the sizes that the first output says. */
static const char *model_of(const row *r, size_t outputs, bool filled)
{
  qy_text t = {0}, node = {0};
  size_t k = 0;
  for (const char *p = r->inputs; *p; k++) {
    const size_t length = strcspn(p, ";");
    qy_text_add(&node, *p == '_' ? " _" : " x%zu", k);
    if (*p == '=' || *p == '~')
      add_constant(&t, k, p, length);
    else if (*p != '_')
      qy_text_add(&t, "in x%zu %.*s\n", k, (int)length, p);
    p += length;
    p += strspn(p, "; ");
  }
  for (size_t i = 0; i < outputs; i++)
    qy_text_add(&t, "y%zu ", i);
  qy_text_add(&t, "= %s%s : %s\n", r->op, node.data ? node.data : "", r->attributes);
  if (filled) qy_text_add(&t, "z = ConstantOfShape y0\n");
  const char *text = qy_arena_text(arena, t.data, t.length);
  qy_text_free(&t);
  qy_text_free(&node);
  return text;
}

/* "2,?,4", "none" */
static const char *shape_text(const qy_onnx_shape *s)
{
  static char text[200];
  text[0] = '\0';
  for (int i = 0; i < s->rank; i++) {
    const size_t used = strlen(text);
    if (s->dim[i] < 0)
      snprintf(text + used, sizeof text - used, "%s?", i ? "," : "");
    else
      snprintf(text + used, sizeof text - used, "%s%lld", i ? "," : "", (long long)s->dim[i]);
  }
  return s->rank < 0 ? "none" : text;
}

static void check(const row *r, bool filled)
{
  static const qy_onnx_options options = {.batch = 1};
  size_t outputs = 1;
  for (const char *p = r->outputs; *p; p++)
    outputs += *p == ';';
  qy_error err = {0};
  qy_arena_reset(arena);
  qy_onnx *onnx = onnx_text_read("made.onnx", model_of(r, outputs, filled), &options, arena, &err);
  char what[300], got[400] = "";
  snprintf(what, sizeof what, "%s of %s (%s): %s", r->op, r->inputs, r->attributes, r->outputs);
  if (!onnx) {
    char said[300];
    is_text(qy_diagnostic_format(&err, 0, said, sizeof said), r->outputs, what);
  } else {
    for (size_t k = 0; k < outputs; k++)
      for (size_t i = 0; i < qy_onnx_tensor_count(onnx); i++) {
        const qy_onnx_shape s = qy_onnx_tensor(onnx, i);
        if (filled ? s.name[0] == 'z' : s.name[0] == 'y' && s.name[1] == (char)('0' + k))
          snprintf(got + strlen(got), sizeof got - strlen(got), "%s%s", k ? "; " : "", shape_text(&s));
      }
    is_text(got, r->outputs, what);
  }
  qy_onnx_free(onnx);
}

static const row rows[] = {
    {"Relu", "2,3", "", "2,3"},
    {"Transpose", "2,3", "perm=[1,0,2]", "none"},
    {"Transpose", "2,3,4", "perm=[1,0]", "none"},
    {"Transpose", "2,3,4", "perm=[1,0,3]", "none"},
    {"Transpose", "2,3,4", "perm=[1,0,-1]", "none"},
    {"Reshape", "2,3; =3000000000,1", "", "?,1"},
    {"Reshape", "2,3; =2147483647,1", "", "2147483647,1"},
    {"Reshape", "2,3; =2147483648,1", "", "?,1"},
    {"Reshape", "2,3; =-2,3", "", "?,3"},
    {"Reshape", "2,6; =-1,-2", "", "?,?"},
    {"Reshape", "2,6; =-1,3000000000", "", "?,?"},
    {"Concat", "2,3,4; 2,5,4", "axis=1", "2,8,4"},
    {"Concat", "2,3,4; 2,3,5; 2,3,6", "axis=-1", "2,3,15"},
    {"Concat", "2,3; 4,3", "axis=0", "6,3"},
    {"Concat", "2,?; 2,3", "axis=0", "4,3"},
    {"Concat", "2,?; 2,3", "axis=1", "2,?"},
    {"Concat", "2,3; 2,?", "axis=1", "2,?"},
    {"Concat", "2,3; 2,3", "axis=2", "none"},
    {"Concat", "2,3; 2,3", "axis=-3", "none"},
    {"Concat", "2,3; 2,3,4", "axis=0", "none"},
    {"Concat", "2,0; 2,3", "axis=1", "2,3"},
    {"Concat", "2,3; 2,0", "axis=1", "2,3"},
    {"Concat", "1,1,1,1,1,1,2,2; 1,1,1,1,1,1,2,3", "axis=-1", "1,1,1,1,1,1,2,5"},
    {"Relu", "1,2,1,3,1,4,1,5", "", "1,2,1,3,1,4,1,5"},
    {"Add", "1,1,1,1,1,1,1,2; 3,1,1,1,1,1,4,1", "", "3,1,1,1,1,1,4,2"},
    {"MatMul", "1,1,1,1,1,2,3,4; 2,1,1,1,1,1,4,5", "", "2,1,1,1,1,2,3,5"},
    {"Split", "1,1,1,1,1,1,1,6", "axis=7", "1,1,1,1,1,1,1,3; 1,1,1,1,1,1,1,3"},
    {"Reshape", "2,3,4; =1,2,1,3,1,1,2,2", "", "1,2,1,3,1,1,2,2"},
    {"Flatten", "1,2,1,3,1,4,1,5", "axis=7", "24,5"},
    {"Flatten", "1,2,1,3,1,4,1,5", "axis=8", "120,1"},
    {"Squeeze", "1,2,1,3,1,4,1,5", "", "2,3,4,5"},
    {"Squeeze", "1,2,1", "axes=[0,0,0,0,2,2,2,2]", "2"},
    {"Squeeze", "1,2,1", "axes=[0,0,0,0,2,2,2,2,2]", "none"},
    {"GatherElements", "2,3; 4,5", "axis=1", "4,5"},
    {"GatherElements", "2,3; _", "axis=1", "none"},
    {"MaxPool", "1,1,1099511627776", "kernel_shape=[2]", "1,1,1099511627775"},
    {"MaxPool", "1,1,1099511627777", "kernel_shape=[2]", "1,1,?"},
    {"MaxPool", "1,1,0", "kernel_shape=[1] pads=[2,2]", "1,1,4"},
    {"Squeeze", "1,2,1,3,1,4,1,1; =7", "", "1,2,1,3,1,4,1"},
    {"Unsqueeze", "2,3; =0,1,2,3,4,5", "", "1,1,1,1,1,1,2,3"},
    {"Unsqueeze", "2,3; =2,3,4,5,6,7", "", "2,3,1,1,1,1,1,1"},
    {"Unsqueeze", "2,3; =0,1,2,3,4,5,6", "", "none"},
    {"Transpose", "1,2,1,3,1,4,1,5", "", "5,1,4,1,3,1,2,1"},
    {"Slice", "1,2,1,3,1,4,1,5; =1; =4; =7", "", "1,2,1,3,1,4,1,3"},
    {"Gather", "1,2,1,3,1,4,5; 6,7", "axis=6", "1,2,1,3,1,4,6,7"},
    {"Gather", "1,2,1,3,1,4,1,5; 6,7", "axis=7", "none"},
    {"Expand", "1,2,1,3,1,4,1,5; =2,1,1,1,1,1,3,1", "", "2,2,1,3,1,4,3,5"},
    {"Tile", "1,2,1,3,1,4,1,5; =2,1,1,1,1,1,3,2", "", "2,2,1,3,1,4,3,10"},
    {"ReduceMean", "1,2,1,3,1,4,1,5", "axes=[7]", "1,2,1,3,1,4,1,1"},
    {"ReduceMean", "1,2,1,3,1,4,1,5", "axes=[-8] keepdims=0", "2,1,3,1,4,1,5"},
    {"ArgMax", "1,2,1,3,1,4,1,5", "axis=7", "1,2,1,3,1,4,1,1"},
    {"TopK", "1,2,1,3,1,4,1,5; =2", "", "1,2,1,3,1,4,1,2; 1,2,1,3,1,4,1,2"},
    {"Resize", "1,2,1,3,1,4,1,5; _; ~1,1,1,1,1,1,1,2", "", "1,2,1,3,1,4,1,10"},
    {"Shape", "1,2,1,3,1,4,1,5", "", "8"},
    {"GlobalMaxPool", "1,2,1,3,1,4,1,5", "", "1,2,1,1,1,1,1,1"},
    {"Slice", "10,8; =100; =-100; =0; =-1", "", "10,8"},
    {"Slice", "10,8; =9; =-100; =0; =-1", "", "10,8"},
    {"Slice", "0,8; =9; =-100; =0; =-1", "", "0,8"},
    {"Split", "6,4", "axis=0", "2,4; 2,4; 2,4"},
    {"Split", "6,4", "", "3,4; 3,4"},
    {"Split", "2,7", "axis=1", "2,?; 2,?"},
    {"Split", "2,7", "axis=-1 split=[3,4]", "2,3; 2,4"},
    {"Split", "2,7; =1,6", "axis=1", "2,1; 2,6"},
    {"Split", "2,7; =1,2,4", "axis=1", "2,?; 2,?"},
    {"Split", "2,7", "axis=2", "none; none"},
    {"Split", "5,?", "axis=1", "5,?"},
    {"Reshape", "2,3,4; =6,4", "", "6,4"},
    {"Reshape", "2,3,4; =0,-1", "", "2,12"},
    {"Reshape", "2,3,4; =-1", "", "24"},
    {"Reshape", "2,3,4; =0,0,0,1", "", "2,3,4,1"},
    {"Reshape", "2,3,4; =5,-1", "", "5,?"},
    {"Reshape", "2,?,4; =2,-1", "", "2,?"},
    {"Reshape", "2,?,4; =2,0,-1", "", "2,?,?"},
    {"Reshape", "0,3; =0,3", "allowzero=1", "0,3"},
    {"Reshape", "2,3; 2", "", "none"},
    {"Reshape", "2,3", "shape=[3,2]", "3,2"},
    {"Flatten", "2,3,4", "", "2,12"},
    {"Flatten", "2,3,4", "axis=2", "6,4"},
    {"Flatten", "2,3,4", "axis=0", "1,24"},
    {"Flatten", "2,3,4", "axis=3", "24,1"},
    {"Flatten", "2,3,4", "axis=-1", "6,4"},
    {"Flatten", "2,3,4", "axis=4", "none"},
    {"Flatten", "2,3,4", "axis=-4", "none"},
    {"Flatten", "2,?,4", "axis=2", "?,4"},
    {"Squeeze", "1,3,1", "", "3"},
    {"Squeeze", "1,3,1", "axes=[0]", "3,1"},
    {"Squeeze", "1,3,1; =-1", "", "1,3"},
    {"Squeeze", "1,3,1; =0,2", "", "3"},
    {"Squeeze", "3,?", "", "none"},
    {"Squeeze", "1,?", "axes=[0]", "?"},
    {"Squeeze", "1,3", "axes=[2]", "none"},
    {"Squeeze", "1,3; 1", "", "none"},
    {"Unsqueeze", "3,4", "axes=[0]", "1,3,4"},
    {"Unsqueeze", "3,4; =1,3", "", "3,1,4,1"},
    {"Unsqueeze", "3,4; =-1", "", "3,4,1"},
    {"Unsqueeze", "3,4; =-4,0", "", "none"},
    {"Unsqueeze", "3,4; =0,0", "", "none"},
    {"Unsqueeze", "3,4; =3", "", "none"},
    {"Transpose", "2,3,4", "", "4,3,2"},
    {"Transpose", "2,3,4", "perm=[0,2,1]", "2,4,3"},
    {"Transpose", "2,3,4", "perm=[0,1]", "none"},
    {"Transpose", "2,3,4", "perm=[0,1,3]", "none"},
    {"Transpose", "2,3,4", "perm=[0,1,-1]", "none"},
    {"Slice", "10,8; =1; =5", "", "4,8"},
    {"Slice", "10,8; =1,2; =5,8; =0,1; =2,3", "", "2,2"},
    {"Slice", "10,8; =-3; =100; =0", "", "3,8"},
    {"Slice", "10,8; =-100; =-2; =1", "", "10,6"},
    {"Slice", "10,8; =8; =2; =0; =-2", "", "3,8"},
    {"Slice", "10,8; =-1; =-100; =0; =-1", "", "10,8"},
    {"Slice", "10,8; =100; =-100; =0; =-3", "", "4,8"},
    {"Slice", "10,8; =5; =5; =0", "", "0,8"},
    {"Slice", "10,8; =2; =5; =0; =-1", "", "0,8"},
    {"Slice", "10,8; =6; =5; =0; =1", "", "0,8"},
    {"Slice", "10,8; =0; =10; =0; =9", "", "2,8"},
    {"Slice", "10,8; =0; =9; =0; =9", "", "1,8"},
    {"Slice", "10,8; 1; =5; =1", "", "10,?"},
    {"Slice", "10,8; 1; =5", "", "none"},
    {"Slice", "10,8; =1; =5; =2", "", "none"},
    {"Slice", "10,8; =1; =5; =-2", "", "4,8"},
    {"Slice", "10,?; =1; =5; =1", "", "10,?"},
    {"Slice", "10,?; =1; =5; =0", "", "4,?"},
    {"Slice", "10,8", "starts=[1] ends=[5] axes=[1]", "10,4"},
    {"Slice", "10,8; =1,2; =5", "", "none"},
    {"Pad", "2,3; =1,2,3,4", "", "6,9"},
    {"Pad", "2,3", "pads=[0,1,0,-1]", "2,3"},
    {"Pad", "2,3; =0,-2,0,-2", "", "2,?"},
    {"Pad", "2,3; =0,-2,0,-1", "", "2,0"},
    {"Pad", "2,3; =1,1", "", "?,?"},
    {"Pad", "2,?; =1,1,1,1", "", "4,?"},
    {"Gather", "5,6,7; 2,3", "", "2,3,6,7"},
    {"Gather", "5,6,7; 2,3", "axis=1", "5,2,3,7"},
    {"Gather", "5,6,7; 2", "axis=-1", "5,6,2"},
    {"Gather", "5,6,7; 2", "axis=3", "none"},
    {"Expand", "3,1; =2,3,4", "", "2,3,4"},
    {"Expand", "3,4; =1", "", "3,4"},
    {"Expand", "3,1; =4", "", "3,4"},
    {"Expand", "3,4; =1,1,1", "", "1,3,4"},
    {"Expand", "3,4; =3,5", "", "3,?"},
    {"Expand", "3,?; =3,5", "", "3,?"},
    {"Tile", "2,3; =3,4", "", "6,12"},
    {"Tile", "2,3; =3", "", "?,?"},
    {"Tile", "2,?; =3,2", "", "6,?"},
    {"Tile", "2,3; =-1,2", "", "?,6"},
    {"Resize", "1,2,4,6; _; ~1,1,2,0.5", "", "1,2,8,3"},
    {"Resize", "1,2,4,6; ~1,1,2,1.5", "", "1,2,8,9"},
    {"Resize", "1,2,4,6; _; _; =1,2,7,9", "", "1,2,7,9"},
    {"Resize", "1,2,4,6; _; _; =7,9", "axes=[2,3]", "1,2,7,9"},
    {"Resize", "1,2,4,6; _; ~0.6", "axes=[3]", "1,2,4,3"},
    {"Resize", "1,2,4,6; _; ~0.6", "axes=[4]", "none"},
    {"Resize", "1,2,4,6; _; ~2,2", "", "?,?,?,?"},
    {"Resize", "1,2,4,?; _; ~1,1,2,2", "", "1,2,8,?"},
    {"Resize", "1,2,4,6; _; _; =7,9", "axes=[2,3] keep_aspect_ratio_policy='stretch'", "1,2,7,9"},
    {"Resize", "1,2,4,6; _; _; =7,9", "axes=[2,3] keep_aspect_ratio_policy='not_larger'", "1,2,?,?"},
    {"Upsample", "1,2,4,6", "scales=~[1,1,2,3]", "1,2,8,18"},
    {"DepthToSpace", "1,8,3,4", "blocksize=2", "1,2,6,8"},
    {"DepthToSpace", "1,16777216,1,1", "blocksize=4096", "1,1,4096,4096"},
    {"DepthToSpace", "1,16785409,1,1", "blocksize=4097", "none"},
    {"DepthToSpace", "1,0,3,4", "blocksize=2", "1,0,6,8"},
    {"SpaceToDepth", "1,1,4096,4096", "blocksize=4096", "1,16777216,1,1"},
    {"SpaceToDepth", "1,1,4097,4097", "blocksize=4097", "none"},
    {"SpaceToDepth", "1,2,0,8", "blocksize=2", "1,8,0,4"},
    {"Resize", "1,2,4,6; _; ~0.26", "axes=[3]", "1,2,4,1"},
    {"Resize", "1,2,4,6; _; ~2", "axes=[-1]", "1,2,4,12"},
    {"Resize", "1,2,4,6; _; _; =7", "axes=[-5]", "none"},
    {"DepthToSpace", "1,6,3,4", "blocksize=2", "1,?,6,8"},
    {"DepthToSpace", "8,3,4", "blocksize=2", "none"},
    {"DepthToSpace", "1,8,3,4", "", "none"},
    {"DepthToSpace", "1,8,3,4", "blocksize=1", "1,8,3,4"},
    {"SpaceToDepth", "1,2,6,8", "blocksize=2", "1,8,3,4"},
    {"SpaceToDepth", "1,2,?,8", "blocksize=2", "1,8,?,4"},
    {"SpaceToDepth", "1,2,6,8", "", "none"},
    {"Add", "2,3,4; 3,1", "", "2,3,4"},
    {"Add", "3,1; 2,1,4", "", "2,3,4"},
    {"Add", "2,?; 2,1", "", "2,?"},
    {"Add", "2,?; 2,3", "", "2,3"},
    {"Add", "2,3; 2,?", "", "2,3"},
    {"Add", "2,?; 2,?", "", "2,?"},
    {"Add", "1,?; 2,1", "", "2,?"},
    {"Add", "2,3,4; 3", "axis=1 broadcast=1", "2,3,4"},
    {"Sum", "2,1; 1,3; 4,1,1", "", "4,2,3"},
    {"Where", "2,1; 1,3; 3", "", "2,3"},
    {"MatMul", "2,3; 3,4", "", "2,4"},
    {"MatMul", "5,2,3; 3,4", "", "5,2,4"},
    {"MatMul", "5,1,2,3; 6,3,4", "", "5,6,2,4"},
    {"MatMul", "3; 3,4", "", "4"},
    {"MatMul", "2,3; 3", "", "2"},
    {"MatMul", "3; 3", "", ""},
    {"FusedMatMul", "3,2; 4,3", "transA=1 transB=1", "2,4"},
    {"Gemm", "2,3; 3,4", "", "2,4"},
    {"Gemm", "3,2; 3,4", "transA=1", "2,4"},
    {"Gemm", "2,3; 4,3", "transB=1", "2,4"},
    {"Gemm", "2,3,1; 3,4", "", "none"},
    {"ReduceMean", "2,3,4", "axes=[1]", "2,1,4"},
    {"ReduceMean", "2,3,4", "axes=[-1] keepdims=0", "2,3"},
    {"ReduceMean", "2,3,4", "", "1,1,1"},
    {"ReduceMean", "2,3,4", "keepdims=0", ""},
    {"ReduceMean", "2,3,4", "axes=[3]", "none"},
    {"ReduceSum", "2,3,4; =0,2", "", "1,3,1"},
    {"ReduceSum", "2,3,4", "noop_with_empty_axes=1", "2,3,4"},
    {"ReduceSum", "2,3,4; 1", "", "none"},
    {"ArgMax", "2,3,4", "", "1,3,4"},
    {"ArgMax", "2,3,4", "axis=1 keepdims=0", "2,4"},
    {"ArgMax", "2,3,4", "axis=-1", "2,3,1"},
    {"ArgMax", "2,3,4", "axis=3", "none"},
    {"TopK", "2,9; =3", "", "2,3; 2,3"},
    {"TopK", "9,2; =3", "axis=0", "3,2; 3,2"},
    {"TopK", "2,9", "k=4", "2,4; 2,4"},
    {"TopK", "2,9; 1", "", "2,?; 2,?"},
    {"TopK", "2,9; =3", "axis=2", "none; none"},
    {"LSTM", "7,2,5; 1,12,5; 1,12,3", "", "7,1,2,3; 1,2,3; 1,2,3"},
    {"LSTM", "7,2,5; 2,12,5; 2,12,3", "layout=1", "7,2,2,3; 7,2,3; 7,2,3"},
    {"GRU", "7,4,5; 2,9,5; 2,9,3", "", "7,2,4,3; 2,4,3"},
    {"Dropout", "2,3", "", "2,3; 2,3"},
    {"BatchNormalization", "2,3; 3; 3; 3; 3", "", "2,3; none"},
    {"DynamicQuantizeLinear", "2,3", "", "2,3; ; "},
    {"Shape", "2,3,4", "", "3"},
    {"Shape", "2,3,4", "start=1", "2"},
    {"Shape", "2,3,4", "start=-1", "1"},
    {"Shape", "2,3,4", "end=-1", "2"},
    {"Shape", "2,3,4", "start=2 end=1", "0"},
    {"Shape", "2,3,4", "start=-9 end=9", "3"},
    {"Size", "2,3,4", "", ""},
    {"Range", "=2; =11; =3", "", "3"},
    {"Range", "=2; =12; =3", "", "4"},
    {"Range", "=2; =1; =3", "", "0"},
    {"Range", "=9; =1; =-3", "", "3"},
    {"Range", "=2,3; =1; =3", "", "none"},
    {"Range", "=2; =1,2; =3", "", "none"},
    {"Range", "=2; =1; =3,4", "", "none"},
    {"Range", "=2; 1; =3", "", "none"},
    {"Range", "=2; =1; 1", "", "none"},
    {"Range", "1; =1; =3", "", "none"},
    {"ConstantOfShape", "=2,3", "", "2,3"},
    {"ConstantOfShape", "2", "", "none"},
    {"Constant", "", "value_ints=[1,2,3]", "3"},
    {"Constant", "", "value_floats=~[1,2]", "2"},
    {"Constant", "", "value_int=5", ""},
    {"Constant", "", "value_float=~5", ""},
    {"Constant", "", "value_string='abc'", ""},
    {"NegativeLogLikelihoodLoss", "2,3,4; 2,4", "", ""},
    {"NegativeLogLikelihoodLoss", "2,3,4; 2,4", "reduction='none'", "2,4"},
    {"SoftmaxCrossEntropyLoss", "2,3,4; 2,4", "reduction='none'", "2,4; 2,3,4"},
    {"Conv", "1,3,10,12; 8,3,3,5", "", "1,8,8,8"},
    {"Conv", "1,3,10,12; 8,3,3,3", "pads=[1,1,1,1]", "1,8,10,12"},
    {"Conv", "1,3,10,12; 8,3,3,3", "pads=[0,1,2,3] strides=[2,3]", "1,8,5,5"},
    {"Conv", "1,3,10,12; 8,3,3,3", "dilations=[2,3]", "1,8,6,6"},
    {"Conv", "1,3,10,12; 8,3,3,3", "auto_pad='SAME_UPPER' strides=[3,3]", "1,8,4,4"},
    {"Conv", "1,3,10,12; 8,3,3,3", "auto_pad='VALID' strides=[3,3]", "1,8,3,4"},
    {"Conv", "1,3,10; 8,3,3", "", "1,8,8"},
    {"Conv", "1,3,10,12; 8,3,3,3", "auto_pad='VALID' pads=[1,2,3,4]", "1,8,8,10"},
    {"ConvTranspose", "1,3,4,5; 3,8,3,3", "auto_pad='VALID' pads=[1,1,1,1]", "1,8,6,7"},
    {"ConvTranspose", "1,3,4,5; 3,8,3,3", "", "1,8,6,7"},
    {"ConvTranspose", "1,3,4,5; 3,8,3,3", "strides=[2,3]", "1,8,9,15"},
    {"ConvTranspose", "1,3,4,5; 3,8,3,3", "strides=[2,2] pads=[1,1,1,1] output_padding=[1,1]", "1,8,8,10"},
    {"ConvTranspose", "1,3,4,5; 3,4,3,3", "group=2", "1,8,6,7"},
    {"MaxPool", "1,3,10,12", "kernel_shape=[2,2] strides=[2,2]", "1,3,5,6"},
    {"MaxPool", "1,3,10,12", "kernel_shape=[2,2]", "1,3,9,11; 1,3,9,11"},
    {"MaxPool", "1,3,10,12", "kernel_shape=[3,3] strides=[2,2]", "1,3,4,5"},
    {"MaxPool", "1,3,10,12", "kernel_shape=[3,3] strides=[2,2] ceil_mode=1", "1,3,5,6"},
    {"AveragePool", "1,3,10,12", "kernel_shape=[3,3] pads=[1,1,1,1]", "1,3,10,12"},
    {"GlobalAveragePool", "1,3,10,12", "", "1,3,1,1"},
};

/* Contents of outputs, as sizes of what is made of them, none where one is not known; type 7: integers. */
static const row contents[] = {
    {"Identity", "=2,3", "", "2,3"},
    {"Shape", "2,3,4", "", "2,3,4"},
    {"Shape", "2,3,4", "start=1", "3,4"},
    {"Shape", "2,3,4", "start=-2 end=-1", "3"},
    {"Shape", "2,?,4", "", "none"},
    {"Cast", "~2.7,3.2", "to=7", "2,3"},
    {"Add", "=2,3; =4,5", "", "6,8"},
    {"Add", "=2,3; =4", "", "6,7"},
    {"Add", "=2; =4,5", "", "6,7"},
    {"Add", "=2,3; =4,5,6", "", "none"},
    {"Sub", "=9,8; =4,5", "", "5,3"},
    {"Sub", "=9; =4,5", "", "5,4"},
    {"Mul", "=9,8; =4,5", "", "36,40"},
    {"Div", "=9,8; =4,5", "", "2,1"},
    {"Div", "=9,8; =0,2", "", "none"},
    {"Div", "~8,6; ~4,2", "", "2,3"},
    {"Min", "=9,3; =4,5", "", "4,3"},
    {"Max", "=9,3; =4,5", "", "9,5"},
    {"Equal", "=9,3; =9,5", "", "1,0"},
    {"Floor", "~2.7,3", "", "2,3"},
    {"Ceil", "~2.2,3", "", "3,3"},
    {"Neg", "=-2,-3", "", "2,3"},
    {"Gather", "=5,6,7; =0,2", "", "5,7"},
    {"Gather", "=5,6,7; =-1,-3", "", "7,5"},
    {"Gather", "=5,6,7; =3,-4", "", "none"},
    {"Gather", "=5,6,7; =3", "", "none"},
    {"Gather", "=5,6,7; =-4", "", "none"},
    {"Gather", "=5,6,7; =2", "", "7"},
    {"Concat", "=2,3; =4", "axis=0", "2,3,4"},
    {"Concat", "=4; =2,3; =5", "axis=0", "4,2,3,5"},
    {"Concat", "=4; 2", "axis=0", "none"},
    {"Slice", "=5,6,7,8; =1; =3", "", "6,7"},
    {"Slice", "=5,6,7,8; =-1; =-9; =0; =-2", "", "8,6"},
    {"Slice", "=5,6,7,8; =9; =-9; =0; =-1", "", "8,7,6,5"},
    {"Slice", "=5,6,7,8; =-9; =9; =0; =1", "", "5,6,7,8"},
    {"ReduceProd", "=5,6,7", "", "210"},
    {"Where", "=0,1; =3; =4,5", "", "4,3"},
    {"Where", "=0,2; =3,6; =4", "", "4,6"},
    {"Where", "=1; =3,6; =4,5", "", "3,6"},
    {"Where", "=1,0,1; =3,6; =4", "", "none"},
    {"Range", "=2; =11; =3", "", "2,5,8"},
    {"Range", "=9; =1; =-3", "", "9,6,3"},
    {"Constant", "", "value_ints=[1,2,3]", "1,2,3"},
    {"Constant", "", "value_floats=~[4,2]", "4,2"},
    {"Squeeze", "=7,8", "", "7,8"},
    {"Reshape", "=7,8; =-1", "", "7,8"},
    {"ConstantOfShape", "=3", "", "0,0,0"},
};

/* Contents through several nodes: the sizes of what is made of v. */
static const struct {
  const char *model, *sizes;
} folded[] = {
    {"k i64 1 = 3\nc i64 1 = 7\nv = ConstantOfShape k : value=@c", "7,7,7"},
    {"k i64 1 = 3\nc i64 1 = 7\na = ConstantOfShape k : value=@c\nd i64 1 = 2\nv = Div a d", "3,3,3"},
    {"k i64 1 = 3\nc i64 2 = 7\nv = ConstantOfShape k : value=@c", "none"}, /* it is to have one element */
    {"k i64 1 = 3\nc i64 0 = 7\nv = ConstantOfShape k : value=@c", "none"},
    {"in x 2,?,4\ns = Shape x\ng i64 2 = 0 2\nv = Gather s g", "2,4"},
    {"in x 2,?,4\ns = Shape x\ng i64 2 = 0 1\nv = Gather s g", "none"},
    {"k i64 2 = 0 1\na i64 2 = 2 3\nb i64 2 = 4 5\nv = Where k a b", "4,3"},
    {"k i64 1,2 = 0 1\na i64 2 = 2 3\nb i64 2 = 4 5\nw = Where k a b\nn i64 1 = 2\nv = Reshape w n", "none"},
    {"k i64 2 = 0 1\na i64 1,2 = 2 3\nb i64 2 = 4 5\nw = Where k a b\nn i64 1 = 2\nv = Reshape w n", "none"},
    {"k i64 2 = 0 1\na i64 2 = 2 3\nb i64 1,2 = 4 5\nw = Where k a b\nn i64 1 = 2\nv = Reshape w n", "none"},
    {"in x 2,?,4\ns = Shape x\nv = Slice s i j\ni i64 1 = 2\nj i64 1 = 3", "4"},
    {"in x 2,?,4\ns = Shape x\nk i64 1 = 1\nt = Add s k\ng i64 2 = 0 2\nv = Gather t g", "3,5"},
    {"in x 2,?,4\ns = Shape x\nk i64 1 = 1\nt = Add s k\ng i64 1 = 1\nv = Gather t g", "none"},
    {"in x 2,?,4\ns = Shape x\nk i64 1 = 1\nt = Where s k s\ng i64 2 = 0 2\nv = Gather t g", "1,1"},
    {"in x 2,?,4\ns = Shape x\nk i64 1 = 1\nt = Where s k s\ng i64 1 = 1\nv = Gather t g", "none"},
    {"in x 2,?,4\ns = Shape x\nv = ReduceProd s", "none"},
    {"a i64 1 = -7\nb i64 1 = 2\nd = Div a b\nv = Neg d", "3"},
    {"a i64 1 = 7\nb i64 1 = 2\nc = Cast a : to=1\nd = Div c b\nv = Mul d b", "7"},
    {"a i64 1 = 7\nb i64 1 = 2\nd = Div a b\nv = Mul d b", "6"},
    {"a f32 1 = 2.7\nb f32 1 = 2\nc = Cast a : to=11\nm = Mul c b\nv = Floor m", "5"},
    {"a f32 1 = 2.7\nb f32 1 = 2\nc = Cast a : to=10\nm = Mul c b\nv = Floor m", "5"},
    {"a f32 1 = 2.7\nb f32 1 = 2\nc = Cast a : to=16\nm = Mul c b\nv = Floor m", "5"},
    {"a f32 1 = 2.7\nb f32 1 = 2\nc = Cast a : to=6\nm = Mul c b\nv = Floor m", "4"},
    {"a f64 1 = 7\nb f64 1 = 2\nd = Div a b\nv = Mul d b", "7"},
    {"a i64 1 = 7\nb i64 1 = 5\nc i64 1 = 3\nv = Min a b c", "none"},
    {"a i64 2,2 = 1 2 3 4\ni i64 1 = 0\nv = Gather a i : axis=0", "none"},
    {"a i64 2,2 = 1 2 3 4\nv = ReduceProd a : keepdims=0", "none"},
    {"a i64 2,1 = 5 6\nb i64 1 = 1\nt = Add a b\nn i64 1 = 2\nv = Reshape t n", "none"},
    {"a i64 2,1 = 5 6\nn i64 1 = 2\nv = Reshape a n", "5,6"},
    {"a i64 2,1 = 5 6\nv = Squeeze a", "5,6"},
    {"a i64 1,2 = 5 6\nf = Flatten a : axis=0\nv = Squeeze f", "5,6"},
    {"a i64 2 = 5 6\nn i64 1 = 0\nu = Unsqueeze a n\nv = Squeeze u", "5,6"},
    {"a i64 0\nb i64 1 = 4\nv = Concat a b : axis=0", "4"},
    {"a i64 2 = 9 4\nb i64 1 = 9\ne = Equal a b\nc i64 2 = 5 6\nv = Where e c b", "5,9"},
    {"a i64 1 = 3\nb i64 2 = 5 6\nv = Max a b", "5,6"},
    {"in n i64 2\nb i64 2 = 5 6\ne = Equal b b\nv = Where e n b", "none"},
    {"in n i64 2\nb i64 2 = 5 6\ne = Equal b b\nv = Where e b n", "none"},
    {"in n i64 2\nb i64 2 = 5 6\ne = Equal b n\nv = Where e b b", "none"},
    {"in x\nf = Flatten x : axis=0\nv = Shape f", "1,1"},
    {"a i64 2 = 5 6\nb i64 1 = 3\nv = Sub a b", "2,3"},
    {"in x 1,2,4,6\nn i64 0\nv = Shape x", "1,2,4,6"},
    {"in x 2,3\ny = Own x\nq = Own x\nv = Shape y\nout y:4,5 q:6", "4,5"},
    {"in x 2,3\ny = Own x\nq = Own x\nv = Shape q\nout y:4,5 q:6,7", "6,7"},
    {"a i64 3 = 2 3 4\nb i64 1 = 1\ns = Slice a b b\nc i64 1 = 5\nv = Concat s c : axis=0", "5"},
};

/* Slices of a vector of the file: from start on, by steps, as long as it is before the end; both are brought to the
 * vector's ends. */
static void check_slices(void)
{
  enum { MOST = 6 };
  uint64_t seed = 3;
  for (int i = 0; i < 200; i++) {
    const int n = 1 + (int)random_below(&seed, MOST - 1), step = (int)random_below(&seed, 6) - 3;
    const int from = (int)random_below(&seed, 18) - 9, to = (int)random_below(&seed, 18) - 9;
    if (step == 0) continue;
    qy_text inputs = {0}, expected = {0};
    qy_text_add(&inputs, "=");
    for (int k = 0; k < n; k++)
      qy_text_add(&inputs, "%s%d", k ? "," : "", k + 2);
    qy_text_add(&inputs, "; =%d; =%d; =0; =%d", from, to, step);
    int start = from < 0 ? from + n : from, end = to < 0 ? to + n : to;
    const int low = step < 0 ? -1 : 0, high = step < 0 ? n - 1 : n;
    start = start < 0 ? 0 : start > high ? high : start;
    end = end < low ? low : end > high ? high : end;
    int count = 0;
    for (int at = start; step > 0 ? at < end : at > end; at += step)
      if (at >= 0) qy_text_add(&expected, "%s%d", count++ ? "," : "", at + 2);
    const row own = {"Slice", inputs.data, "", expected.data ? expected.data : ""};
    check(&own, true);
    qy_text_free(&inputs);
    qy_text_free(&expected);
  }
}

static void check_folded(void)
{
  static const qy_onnx_options options = {.batch = 1};
  for (size_t i = 0; i < sizeof folded / sizeof *folded; i++) {
    qy_error err = {0};
    qy_arena_reset(arena);
    const char *sizes = "no z";
    qy_onnx *onnx = onnx_text_read("made.onnx", qy_arena_format(arena, "%s\nz = ConstantOfShape v", folded[i].model),
                                   &options, arena, &err);
    for (size_t k = 0; onnx && k < qy_onnx_tensor_count(onnx); k++) {
      const qy_onnx_shape s = qy_onnx_tensor(onnx, k);
      if (strcmp(s.name, "z") == 0) sizes = shape_text(&s);
    }
    char name[32];
    snprintf(name, sizeof name, "contents %zu", i);
    is_text(onnx ? sizes : onnx_text_said(&err, "made.onnx"), folded[i].sizes, name);
    qy_onnx_free(onnx);
  }
}

int main(void)
{
  arena = qy_arena_new();
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    check(&rows[i], false);
  for (size_t i = 0; i < sizeof contents / sizeof *contents; i++)
    check(&contents[i], true);
  check_folded();
  check_slices();
  qy_arena_free(arena);
  return done();
}
