/* Layers of a model in the format of network files. */
#include "onnx_int.h"

#include <inttypes.h>
#include <string.h>

static void add_layer(qy_text *out, const qy_layer *l, const char *inputs)
{
  const int64_t size[] = {l->batch,     l->in_h,       l->in_w,       l->in_c,    l->out_c,      l->kernel_h,
                          l->kernel_w,  l->stride_h,   l->stride_w,   l->pad_top, l->pad_bottom, l->pad_left,
                          l->pad_right, l->dilation_h, l->dilation_w, l->groups,  l->macs,       l->weights};
  qy_text_add(out, "%s,%s,%s", l->name, qy_layer_type_name(l->type), inputs);
  for (size_t k = 0; k < sizeof size / sizeof *size; k++)
    qy_text_add(out, ",%" PRId64, size[k]);
}

static void add_row(qy_text *out, const qy_layer *l, const char *inputs)
{
  add_layer(out, l, inputs);
  qy_text_add(out, "\n");
}

static void add_width(qy_text *out, int bits)
{
  if (bits > 0)
    qy_text_add(out, ",%d", bits);
  else
    qy_text_add(out, ",");
}

static void add_row_with_widths(qy_text *out, const qy_layer *l, const char *inputs)
{
  add_layer(out, l, inputs);
  add_width(out, l->weight_bits);
  add_width(out, l->activation_bits);
  qy_text_add(out, "\n");
}

/* A file name in a comment: nothing that ends the line. */
static void add_printable(qy_text *out, const char *text)
{
  for (; *text; text++)
    qy_text_add(out, "%c", (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text);
}

void qy_onnx_network_csv(qy_text *out, const qy_onnx *onnx)
{
  const char *slash = strrchr(onnx->file, '/');
  qy_text_add(out, "# From the ONNX model ");
  add_printable(out, slash ? slash + 1 : onnx->file);
  for (size_t i = 0; i < onnx->bound_count; i++) {
    qy_text_add(out, "%s", i == 0 ? ", " : " ");
    add_printable(out, onnx->bound[i].name);
    qy_text_add(out, "=%" PRId64, onnx->bound[i].size);
  }
  bool widths = false;
  for (size_t i = 0; i < onnx->layer_count; i++)
    widths = widths || onnx->layer[i].layer.weight_bits > 0 || onnx->layer[i].layer.activation_bits > 0;
  qy_text_add(out,
              "\nlayer,type,inputs,batch,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride_h,stride_w,"
              "pad_top,pad_bottom,pad_left,pad_right,dilation_h,dilation_w,groups,macs,params%s\n",
              widths ? ",weight_bits,activation_bits" : "");
  onnx_write_rows(out, onnx, widths ? add_row_with_widths : add_row);
}
