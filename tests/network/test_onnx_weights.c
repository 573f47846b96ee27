/* Weights of the layers of small ONNX models, a row per output channel: places worked out by hand from the operators'
 * definitions, contents in every type and field of onnx.proto, and files beside the model. */
#include "quarry/onnx.h"

#include "files.h"
#include "onnx_memory.h"

#include <sys/stat.h>

static qy_arena *arena;
static char folder[] = "/tmp/quarry_weights_XXXXXX";

typedef struct row {
  const char *what, *model;
  size_t layer;
  const char *weights; /* rows by ';', "integers" or "unscaled" behind them; why there are none; or the error */
} row;

static const char *described(const qy_onnx_weights *w)
{
  static char text[1024];
  size_t at = 0;
  if (!w->value) return w->absent ? w->absent : "neither weights nor why";
  if (w->absent) return "weights and why there are none";
  for (size_t i = 0; i < w->rows * w->columns && at < sizeof text; i++)
    at += (size_t)snprintf(text + at, sizeof text - at, "%s%.7g",
                           i == 0                ? ""
                           : i % w->columns == 0 ? ";"
                                                 : " ",
                           (double)w->value[i]);
  snprintf(text + at, sizeof text - at, "%s%s", w->integers ? " integers" : "", w->unscaled ? " unscaled" : "");
  return text;
}

static memory_tally memory;

static qy_status again(const void *row_of, const qy_onnx *onnx, double *answer, qy_arena *a, qy_error *err)
{
  const row *r = row_of;
  const char *const *name = NULL;
  size_t count = 0;
  qy_onnx_weights w = {0};
  qy_status status = qy_onnx_layer_weights(&w, onnx, r->layer, a, err);
  if (!status) status = qy_onnx_files(&name, &count, onnx, a, err);
  if (!status) *answer = (double)count + (w.absent ? 0.5 : 0);
  for (size_t i = 0; !status && w.value && i < w.rows * w.columns; i++)
    *answer = *answer / 2 + (double)w.value[i];
  return status;
}

static void check(const row *r)
{
  static const qy_onnx_options options = {.batch = 1};
  char file[64];
  qy_error err = {0};
  qy_onnx_weights w;
  qy_arena_reset(arena);
  snprintf(file, sizeof file, "%s/made.onnx", folder);
  qy_onnx *onnx = onnx_text_read(file, r->model, &options, arena, &err);
  const bool good =
      onnx && r->layer < qy_onnx_layer_count(onnx) && qy_onnx_layer_weights(&w, onnx, r->layer, arena, &err) == QY_OK;
  is_text(good             ? described(&w)
          : err.count == 1 ? err.diagnostic[0].line || err.diagnostic[0].column ? "of a place" : err.diagnostic[0].text
                           : "no such layer, or more than one reason",
          r->weights, r->what);
  qy_onnx_free(onnx);
  if (good) onnx_memory_try(&memory, file, r->model, again, r);
}

#define TO_24 "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24"
#define X2    "in x 1,2,4,4\n"
#define X3    "in x 1,3\n"

static const row places[] = {
    {"a convolution: as it stands", "in x 1,3,4,4\nw f32 2,3,1,2 = " TO_24 "\na = Conv x w", 0,
     "1 2 3 4 5 6;7 8 9 10 11 12 integers"},
    {"fractions are no integers", X3 "w f32 3,2 = 1 2 3 4 5 6.5\na = Gemm x w", 0, "1 3 5;2 4 6.5"},
    {"nor are signs", X3 "w f32 3,2 = 1 0 -1\na = Gemm x w", 0, "1 -1 0;0 1 -1"},
    {"columns of inputs", X3 "w f32 3,2 = " TO_24 "\na = MatMul x w", 0, "1 3 5;2 4 6 integers"},
    {"rows of inputs", X3 "w f32 2,3 = " TO_24 "\na = Gemm x w : transB=1", 0, "1 2 3;4 5 6 integers"},
    {"on the left", "in x 3,1\nw f32 2,3 = " TO_24 "\na = MatMul w x", 0, "1 2 3;4 5 6 integers"},
    {"turned on the left", "in x 3,1\nw f32 3,2 = " TO_24 "\na = Gemm w x : transA=1", 0, "1 3 5;2 4 6 integers"},
    {"of each matrix", "in x 2,1,2\nw f32 2,2,3 = " TO_24 "\na = MatMul x w", 0, "1 4;2 5;3 6;7 10;8 11;9 12 integers"},
    {"of each on the left", "in x 2,2,1\nw f32 2,3,2 = " TO_24 "\na = MatMul w x", 0,
     "1 2;3 4;5 6;7 8;9 10;11 12 integers"},
    {"of each, turned", "in x 2,1,2\nw f32 2,3,2 = " TO_24 "\na = FusedMatMul x w : transB=1", 0,
     "1 2;3 4;5 6;7 8;9 10;11 12 integers"},
    /* w[input][output][tap] */
    {"a kernel flipped", X2 "w f32 2,2,2,2 = " TO_24 "\na = ConvTranspose x w", 0,
     "4 3 2 1 12 11 10 9;8 7 6 5 16 15 14 13 integers"},
    {"of groups", "in x 1,4,4,4\nw f32 4,1,1,2 = " TO_24 "\na = ConvTranspose x w : group=2", 0,
     "2 1 4 3;6 5 8 7 integers"},
    {"of groups of two outputs", "in x 1,2,4,4\nw f32 2,2,1,2 = " TO_24 "\na = ConvTranspose x w : group=2", 0,
     "2 1;4 3;6 5;8 7 integers"},
    {"a row for each tap", X2 "w f32 2,2,1,2 = " TO_24 "\na = ConvTranspose x w : strides=[1,2]", 0,
     "1 5;2 6;3 7;4 8 integers"},
    {"taps of groups", "in x 1,4,4,4\nw f32 4,1,1,2 = " TO_24 "\na = ConvTranspose x w : strides=[1,2] group=2", 0,
     "1 3;2 4;5 7;6 8 integers"},
    {"their sums have none", X2 "w f32 2,2,1,2 = " TO_24 "\na = ConvTranspose x w : strides=[1,2]", 1, "no products"},
    {"inputs of a cell", "in x 7,1,2\nw f32 1,3,2 = " TO_24 "\nr f32 1,3,3 = " TO_24 "\na = RNN x w r", 0,
     "1 2;3 4;5 6 integers"},
    {"its state", "in x 7,1,2\nw f32 1,3,2 = " TO_24 "\nr f32 1,3,3 = " TO_24 "\na = RNN x w r", 1,
     "1 2 3;4 5 6;7 8 9 integers"},
};

static const row chains[] = {
    {"a scale", X3 "q i8 3,2 = 1 2 3 4 5 -6\ns f32 = 0.5\nw = DequantizeLinear q s\na = Gemm x w", 0,
     "0.5 1.5 2.5;1 2 -3"},
    {"and a zero", X3 "q u8 3,2 = 1 2 3 4 5 6\ns f32 = 0.5\nz u8 = 3\nw = DequantizeLinear q s z\na = Gemm x w", 0,
     "-1 0 1;-0.5 0.5 1.5"},
    {"a scale per column", X3 "q i8 3,2 = 1 2 3 4 5 6\ns f32 2 = 1 10\nw = DequantizeLinear q s\na = Gemm x w", 0,
     "1 3 5;20 40 60"},
    {"a scale per row",
     X3 "q i8 3,2 = 1 2 3 4 5 6\ns f32 3 = 1 10 0.5\nz i8 3 = 0 1 2\n"
        "w = DequantizeLinear q s z : axis=-2\na = Gemm x w",
     0, "1 20 1.5;2 30 2"},
    {"scales of another axis", X3 "q i8 3,2 = 1 2 3 4 5 6\ns f32 3 = 1 10 1\nw = DequantizeLinear q s\na = Gemm x w", 0,
     "scales that do not fit the weights"},
    {"an axis that is not there", X3 "q i8 3,2 = 1\ns f32 3 = 1\nw = DequantizeLinear q s : axis=2\na = Gemm x w", 0,
     "scales that do not fit the weights"},
    {"an axis before the first", X3 "q i8 3,2 = 1\ns f32 3 = 1\nw = DequantizeLinear q s : axis=-3\na = Gemm x w", 0,
     "scales that do not fit the weights"},
    {"quantized in the file, halves to even",
     X3 "v f32 3,2 = 0.5 1.5 2.4 -2.6 5 6\ns f32 = 1\nz i8 = 1\n"
        "q = QuantizeLinear v s z\nw = DequantizeLinear q s z\na = Gemm x w",
     0, "0 2 5;2 -3 6"},
    {"in steps of a half",
     X3 "v f32 3,2 = 0.5 1.5 2.4 -2.6 5 6\ns f32 = 0.5\n"
        "q = QuantizeLinear v s\nk f32 = 1\nw = DequantizeLinear q k\na = Gemm x w",
     0, "1 5 10;3 -5 12"},
    {"the scale of an operator",
     "in x u8 1,2,4,4\nw i8 2,2,1,1 = 1 2 3 4\ns f32 2 = 0.5 10\nk f32 = 1\nz u8 = 0\nzw i8 2 = 1 0\n"
     "a = QLinearConv x k z w s zw k z",
     0, "0 0.5;30 40"},
    {"of a matrix: its columns",
     "in x u8 1,2\nw i8 2,2 = 1 2 3 4\ns f32 2 = 0.5 10\nk f32 = 1\nz u8 = 0\nzw i8 2 = 1 0\n"
     "a = QLinearMatMul x k z w s zw k z",
     0, "0 1;20 40"},
    {"of a matrix with a bias",
     "in x u8 1,2\nw i8 2,2 = 1 2 3 4\ns f32 2 = 0.5 10\nk f32 = 1\nz u8 = 0\nzw i8 2 = 1 0\n"
     "a = com.microsoft/QGemm x k z w s zw _ k z",
     0, "0 1;20 40"},
    {"integers without a scale", "in x u8 1,2\nw i8 2,2 = 1 2 3 4\na = MatMulInteger x w", 0, "1 3;2 4 unscaled"},
    {"less their zero", "in x u8 1,2\nw i8 2,2 = 1 2 3 4\nz u8 = 0\nzw i8 = 1\na = MatMulInteger x w z zw", 0,
     "0 2;1 3 unscaled"},
    {"turned and reshaped in the file",
     X3 "v f32 2,3,1 = " TO_24 "\nn i64 2 = 2 3\nr = Reshape v n\nw = Transpose r\na = Gemm x w", 0,
     "1 2 3;4 5 6 integers"},
    {"reshaped in the file and not turned", X3 "v f32 2,3 = " TO_24 "\nn i64 2 = 3 2\nw = Reshape v n\na = Gemm x w", 0,
     "1 3 5;2 4 6 integers"},
    {"axes in another order", X2 "v f32 1,2,2,3 = " TO_24 "\nw = Transpose v : perm=[3,1,0,2]\na = Conv x w", 0,
     "1 4 7 10;2 5 8 11;3 6 9 12 integers"},
    {"squeezed, cast, passed on",
     X3 "v f64 3,2,1 = " TO_24 "\nn i64 1 = 2\ns = Squeeze v n\nc = Cast s : to=1\n"
        "w = Identity c\na = Gemm x w",
     0, "1 3 5;2 4 6 integers"},
    {"flattened", "in x 1,6\nv f32 2,3,1 = " TO_24 "\nf = Flatten v : axis=0\nw = Flatten f : axis=2\na = Gemm x w", 0,
     "1 2 3 4 5 6 integers"},
    {"a node of constants", X3 "w = Constant : value_floats=~[1,2,3.5]\nn i64 2 = 3 1\nv = Reshape w n\na = Gemm x v",
     0, "1 2 3.5"},
    {"a node of a tensor", X3 "c f32 3,2 = 1 2 3 4 5 6\nw = Constant : value=@c\na = Gemm x w", 0,
     "1 3 5;2 4 6 integers"},
    {"scales of what is reshaped",
     X3 "q i8 6 = 1 2 3 4 5 6\nn i64 2 = 3 2\nr = Reshape q n\ns f32 2 = 1 10\n"
        "w = DequantizeLinear r s\na = Gemm x w",
     0, "1 3 5;20 40 60"},
    {"behind many operators",
     X3 "v0 f32 3,1 = 1 2 3.5\n"
        "v1 = Flatten v0 : axis=0\n"
        "v2 = Flatten v1 : axis=1\n"
        "v3 = Flatten v2 : axis=0\n"
        "v4 = Flatten v3 : axis=1\n"
        "v5 = Flatten v4 : axis=0\n"
        "v6 = Flatten v5 : axis=1\n"
        "v7 = Flatten v6 : axis=0\n"
        "v8 = Flatten v7 : axis=1\n"
        "v9 = Flatten v8 : axis=0\n"
        "v10 = Flatten v9 : axis=1\n"
        "v11 = Flatten v10 : axis=0\n"
        "v12 = Flatten v11 : axis=1\n"
        "v13 = Flatten v12 : axis=0\n"
        "v14 = Flatten v13 : axis=1\n"
        "v15 = Flatten v14 : axis=0\n"
        "v16 = Flatten v15 : axis=1\n"
        "v17 = Flatten v16 : axis=0\n"
        "v18 = Flatten v17 : axis=1\n"
        "v19 = Flatten v18 : axis=0\n"
        "v20 = Flatten v19 : axis=1\n"
        "v21 = Flatten v20 : axis=0\n"
        "v22 = Flatten v21 : axis=1\n"
        "v23 = Flatten v22 : axis=0\n"
        "v24 = Flatten v23 : axis=1\n"
        "v25 = Flatten v24 : axis=0\n"
        "v26 = Flatten v25 : axis=1\n"
        "v27 = Flatten v26 : axis=0\n"
        "v28 = Flatten v27 : axis=1\n"
        "v29 = Flatten v28 : axis=0\n"
        "v30 = Flatten v29 : axis=1\n"
        "r = Reshape v30 n\nn i64 2 = 3 1\na = Gemm x r",
     0, "1 2 3.5"},
    {"made by another operator", X3 "v f32 3,2 = 1\nw = Exp v\na = Gemm x w", 0,
     "computed in the file by an operator that is not followed"},
    {"of the network", "in x 1,3\nin y 3,2\na = MatMul x y", 0, "computed by the network"},
    {"a pool", "in x 1,3,4,4\na = GlobalMaxPool x", 0, "no products"},
    {"no contents", X3 "w f32 3,2 = none\na = Gemm x w", 0, "not in the file"},
    {"bytes, but none", X3 "w f32 3,2 = bytes\na = Gemm x w", 0, "not in the file"},
    {"few contents", X3 "sparse w 3,2\na = Gemm x w", 0, "not in the file"},
    {"no contents of sparse sums", X3 "w f32 3,2\na = Gemm x w", 0, "not in the file"},
};

/* 1, -2, 2^-24, 1/3 to 11 bits, the largest; 1, -2, 3.140625 */
static const row types[] = {
    {"double", X3 "w f64 3,1 = 1.5 -2 1e10\na = Gemm x w", 0, "1.5 -2 1e+10"},
    {"half", "in x 1,5\nw f16 5,1 = 15360 49152 1 13653 31743\na = Gemm x w", 0, "1 -2 5.960464e-08 0.333252 65504"},
    {"half, subnormal", X3 "w f16 3,1 = 1023 1024 32769\na = Gemm x w", 0, "6.097555e-05 6.103516e-05 -5.960464e-08"},
    {"bfloat16", X3 "w bf16 3,1 = 16256 49152 16457\na = Gemm x w", 0, "1 -2 3.140625"},
    {"int8", X3 "w i8 3,1 = -128 5 127\na = Gemm x w", 0, "-128 5 127 unscaled"},
    {"uint8", X3 "w u8 3,1 = 0 200 255\na = Gemm x w", 0, "0 200 255 unscaled"},
    {"int16", X3 "w i16 3,1 = -32768 5 1\na = Gemm x w", 0, "-32768 5 1 unscaled"},
    {"uint16", X3 "w u16 3,1 = 65535 5 1\na = Gemm x w", 0, "65535 5 1 unscaled"},
    {"int32", X3 "w i32 3,1 = -65536 5 1\na = Gemm x w", 0, "-65536 5 1 unscaled"},
    {"int64", X3 "w i64 3,1 = -65536 5 1\na = Gemm x w", 0, "-65536 5 1 unscaled"},
    {"uint32", X3 "w u32 3,1 = 65536 5 1\na = Gemm x w", 0, "65536 5 1 unscaled"},
    {"uint64", X3 "w u64 3,1 = 65536 5 1\na = Gemm x w", 0, "65536 5 1 unscaled"},
    {"bool", X3 "w bool 3,1 = 1 0 1\na = Gemm x w", 0, "1 0 1 unscaled"},
    {"float in bytes", X3 "w f32 3,1 = raw 1.5 -2 0\na = Gemm x w", 0, "1.5 -2 0"},
    {"double in bytes", X3 "w f64 3,1 = raw 1.5 -2 0\na = Gemm x w", 0, "1.5 -2 0"},
    {"half in bytes", X3 "w f16 3,1 = raw 15360 49152 13653\na = Gemm x w", 0, "1 -2 0.333252"},
    {"bfloat16 in bytes", X3 "w bf16 3,1 = raw 16256 49152 16457\na = Gemm x w", 0, "1 -2 3.140625"},
    {"int8 in bytes", X3 "w i8 3,1 = raw -128 5 127\na = Gemm x w", 0, "-128 5 127 unscaled"},
    {"uint8 in bytes", X3 "w u8 3,1 = raw 0 200 255\na = Gemm x w", 0, "0 200 255 unscaled"},
    {"int16 in bytes", X3 "w i16 3,1 = raw -32768 5 1\na = Gemm x w", 0, "-32768 5 1 unscaled"},
    {"uint16 in bytes", X3 "w u16 3,1 = raw 65535 5 1\na = Gemm x w", 0, "65535 5 1 unscaled"},
    {"int32 in bytes", X3 "w i32 3,1 = raw -65536 5 1\na = Gemm x w", 0, "-65536 5 1 unscaled"},
    {"uint32 in bytes", X3 "w u32 3,1 = raw 4294967295 5 1\na = Gemm x w", 0, "4.294967e+09 5 1 unscaled"},
    {"int64 in bytes", X3 "w i64 3,1 = raw -65536 5 1\na = Gemm x w", 0, "-65536 5 1 unscaled"},
    {"uint64 in bytes", X3 "w u64 3,1 = raw 9223372036854775808 5 1\na = Gemm x w", 0, "9.223372e+18 5 1 unscaled"},
    {"bool in bytes", X3 "w bool 3,1 = raw 1 0 1\na = Gemm x w", 0, "1 0 1 unscaled"},
    {"texts", X3 "w text 3,1 = 1\na = Gemm x w", 0,
     "tensor 'w': expected numbers of 8 to 64 bits, found element type 8"},
    {"bytes that are too few", X3 "w f32 3,1 = bytes 0 0 128 63 0 0 128\na = Gemm x w", 0,
     "weights 'w': expected 12 bytes, found 7"},
    {"numbers that are too few", X3 "w f32 3,1 = few 1 2\na = Gemm x w", 0, "tensor 'w': expected 3 elements, found 2"},
};

/* The file w.bin: the bytes 0 1 2 ... 15. */
static const row files[] = {
    {"a file", X3 "w u8 3,2 = file w.bin 4 6\na = Gemm x w", 0, "4 6 8;5 7 9 unscaled"},
    {"from its start, its length not said", X3 "w u8 3,2 = file w.bin - -\na = Gemm x w", 0, "0 2 4;1 3 5 unscaled"},
    {"in a folder below", X3 "w u8 3,2 = file sub/v.bin 0 6\na = Gemm x w", 0, "0 2 4;1 3 5 unscaled"},
    {"to its end", X3 "w u8 3,2 = file w.bin 10 6\na = Gemm x w", 0, "10 12 14;11 13 15 unscaled"},
    {"of two bytes each", X3 "w i16 3,1 = file w.bin 2 6\na = Gemm x w", 0, "770 1284 1798 unscaled"},
    {"beyond its end", X3 "w u8 3,2 = file w.bin 11 6\na = Gemm x w", 0,
     "weights 'w': expected 6 bytes in %s/w.bin, found 5"},
    {"behind its end", X3 "w u8 3,2 = file w.bin 17 6\na = Gemm x w", 0,
     "weights 'w': expected 6 bytes in %s/w.bin, found 0"},
    {"another length", X3 "w u8 3,2 = file w.bin 4 5\na = Gemm x w", 0, "weights 'w': expected 6 bytes, found 5"},
    {"a length that is no number", X3 "w u8 3,2 = file w.bin 4 6x\na = Gemm x w", 0,
     "weights 'w': expected offset and length in bytes"},
    {"an offset below 0", X3 "w u8 3,2 = file w.bin -4 6\na = Gemm x w", 0,
     "weights 'w': expected offset and length in bytes"},
    {"an offset beyond 64 bits", X3 "w u8 3,2 = file w.bin 99999999999999999999 6\na = Gemm x w", 0,
     "weights 'w': expected offset and length in bytes"},
    {"no name", X3 "w u8 3,2 = file - 4 6\na = Gemm x w", 0,
     "weights 'w': expected the name of their file, found none"},
    {"outside", X3 "w u8 3,2 = file ../%s.bin 4 6\na = Gemm x w", 0,
     "weights 'w': expected a file in the model's folder, found '../%s.bin'"},
    {"beside, in a folder whose name goes on", X3 "w u8 3,2 = file ../%s_/w.bin 4 6\na = Gemm x w", 0,
     "weights 'w': expected a file in the model's folder, found '../%s_/w.bin'"},
    {"from the root", X3 "w u8 3,2 = file /etc/hostname 4 6\na = Gemm x w", 0,
     "weights 'w': expected a file in the model's folder, found '/etc/hostname'"},
    {"a folder", X3 "w u8 3,2 = file sub 0 6\na = Gemm x w", 0, "expected a file, found a directory or a device"},
    {"not there", X3 "w u8 3,2 = file gone.bin 4 6\na = Gemm x w", 0, "weights 'w' of %s/made.onnx: no such file"},
};

/* %s: the model's folder, behind ../ its name alone. */
static const char *with_folder(const char *text)
{
  const char *at = strstr(text, "%s");
  if (!at) return text;
  const bool name = at - text >= 3 && strncmp(at - 3, "../", 3) == 0;
  return qy_arena_format(arena, "%.*s%s%s", (int)(at - text), text, name ? folder + strlen("/tmp/") : folder, at + 2);
}

static void make_files(void)
{
  static const char bytes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  static const char *const names[] = {"%s/w.bin", "%s/sub/v.bin", "%s_/w.bin", "%s.bin"};
  char path[128];
  ok(mkdtemp(folder) != NULL, "a folder");
  snprintf(path, sizeof path, "%s/sub", folder);
  mkdir(path, 0700);
  snprintf(path, sizeof path, "%s_", folder);
  mkdir(path, 0700);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(path, sizeof path, names[i], folder);
    write_bytes(path, bytes, sizeof bytes);
  }
}

static void remove_files(void)
{
  char command[256];
  snprintf(command, sizeof command, "rm -rf %s %s_ %s.bin", folder, folder, folder);
  ok(system(command) == 0, "removed");
}

/* The model and its files, each once, in the order met; those that are not to be had are none. */
static void test_list(void)
{
  static const qy_onnx_options options = {.batch = 1};
  char file[64], whole[256], got[512] = "";
  const char *const *name = NULL;
  size_t count = 0, notes = 0;
  qy_error err = {0};
  qy_arena_reset(arena);
  snprintf(file, sizeof file, "%s/made.onnx", folder);
  qy_onnx *onnx =
      onnx_text_read(file,
                     X3 "w u8 3,2 = file w.bin 0 6\nv u8 3,2 = file sub/v.bin 0 6\nu u8 3,2 = file w.bin 6 6\n"
                        "t u8 3,2 = file gone.bin 0 6\ns u8 3,2 = file sub/v.bin 6 6\nr u8 3,2 = 1\n"
                        "a = Gemm x w\nb = Gemm x v\nc = Gemm x u\nd = Gemm x t\ne = Gemm x r",
                     &options, arena, &err);
  if (ok(onnx && qy_onnx_files(&name, &count, onnx, arena, &err) == QY_OK, "files of a model"))
    for (size_t i = 0; i < count; i++)
      snprintf(got + strlen(got), sizeof got - strlen(got), "%s ", name[i] + strlen(folder) + 1);
  is_text(got, "made.onnx w.bin sub/v.bin ", "the model, and each once");
  const qy_onnx_note *note = onnx ? qy_onnx_notes(&notes, onnx) : NULL;
  snprintf(whole, sizeof whole, "not to be had: %s/gone.bin: weights 't' of %s: no such file", folder, file);
  is_text(notes == 1 ? note->text : "", whole, "what is not to be had is said");
  qy_onnx_free(onnx);
}

int main(void)
{
  static const struct {
    const row *row;
    size_t count;
  } tables[] = {{places, sizeof places / sizeof *places},
                {chains, sizeof chains / sizeof *chains},
                {types, sizeof types / sizeof *types},
                {files, sizeof files / sizeof *files}};
  arena = qy_arena_new();
  make_files();
  for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
    for (size_t i = 0; i < tables[t].count; i++) {
      row r = tables[t].row[i];
      char model[1024], weights[512];
      snprintf(model, sizeof model, "%s", with_folder(r.model));
      snprintf(weights, sizeof weights, "%s", with_folder(r.weights));
      r.model = model;
      r.weights = weights;
      check(&r);
    }
  memory_said(&memory, "weights");
  test_list();
  remove_files();
  qy_arena_free(arena);
  return done();
}
