/* The format of a network file: its columns in one table, its rules and an example in one text. */
#include "network_int.h"

static const qy_network_column columns[COLUMNS] = {
    [NAME] = {"layer", "", "name, each once"},
    [TYPE] = {"type", "", "conv, dwconv, pwconv, fc, pool, add, concat, col2im"},
    [INPUTS] = {"inputs", "the line before", "layers of earlier lines whose output it reads: a, a+b, a*g, a@b, or -"},
    [BATCH] = {"batch", "of its inputs, or 1", "images that go through together"},
    [IN_H] = {"in_h", "of its inputs", "height of the input; fc: 1"},
    [IN_W] = {"in_w", "of its inputs", "width of the input; fc: 1"},
    [IN_C] = {"in_c", "of its inputs", "channels of the input"},
    [OUT_C] = {"out_c", "dwconv, pool, add, concat: in_c; col2im: in_c / taps", "channels of the output"},
    [KERNEL] = {"kernel", "1; pool: the whole input", "height and width of the kernel, or 10x4"},
    [KERNEL_H] = {"kernel_h", "kernel", "its height alone"},
    [KERNEL_W] = {"kernel_w", "kernel", "its width alone"},
    [STRIDE] = {"stride", "1", "from one output to the next, down and across, or 2x1"},
    [STRIDE_H] = {"stride_h", "stride", "down alone"},
    [STRIDE_W] = {"stride_w", "stride", "across alone"},
    [PAD] = {"pad", "0",
             "zeros on all four sides, none along one tap; same: output size / stride, rounded up; valid: 0"},
    [PAD_H] = {"pad_h", "pad", "above and below, or same, valid"},
    [PAD_W] = {"pad_w", "pad", "on the left and right, or same, valid"},
    [PAD_TOP] = {"pad_top", "pad_h", "above alone"},
    [PAD_BOTTOM] = {"pad_bottom", "pad_h", "below alone"},
    [PAD_LEFT] = {"pad_left", "pad_w", "on the left alone"},
    [PAD_RIGHT] = {"pad_right", "pad_w", "on the right alone"},
    [DILATION] = {"dilation", "1", "from one tap of the kernel to the next, down and across, or 2x1"},
    [DILATION_H] = {"dilation_h", "dilation", "down alone"},
    [DILATION_W] = {"dilation_w", "dilation", "across alone"},
    [GROUPS] = {"groups", "1; dwconv, pool: in_c; col2im: out_c", "groups of channels"},
    [MACS] = {"macs", "from the sizes", "multiply-accumulates of one image; checked"},
    [WEIGHT_BITS] = {"weight_bits", "not known", "of a quantized network: bits of the weights, for `precision: own`"},
    [ACTIVATION_BITS] = {"activation_bits", "not known", "of a quantized network: bits of what the layer reads"},
    [PARAMS] = {"params", "from the sizes", "weights without biases; checked; behind @: 0"},
};

const qy_network_column *qy_network_columns(size_t *count)
{
  *count = COLUMNS;
  return columns;
}

/* The lines after "Example:" are a file as it stands; a test reads them. */
const char *qy_network_format(void)
{
  return "A network is a table of comma-separated values, one line a layer.  The first line names the columns, in any\n"
         "order; those that are left out, and empty cells, have the value in the table above.  Lines that start with "
         "#\n"
         "are comments.  Sizes are in elements.  Output height: (in_h + pad_top + pad_bottom - reach) / stride_h + 1,\n"
         "rounded down, with reach = (kernel_h - 1) dilation_h + 1; width likewise.  pad: same is TensorFlow's: as "
         "many\n"
         "zeros as make in_h / stride_h outputs, rounded up; of an odd number the larger half below and on the right.  "
         "`pad`\n"
         "of a kernel of 1 x 7 is that of the width; each direction has its own in pad_h and pad_w, each side in the "
         "other\n"
         "four.\n"
         "\n"
         "The graph.  A cell of `inputs` names layers of earlier lines:\n"
         "  (empty)  the line before; on the first line the network's input\n"
         "  -        the network's input\n"
         "  a        the output of layer a\n"
         "  a+b      add: the sum, all of one size; any other type: channels of a, then of b\n"
         "  a*g      a, each channel scaled by g, which is 1x1 (squeeze and excitation); after a+b: of both\n"
         "  a@b      a times b (attention): all of b's output stands where weights would, and there are none\n"
         "  a@-      the same where the second operand's layer is not known; -@-: neither is\n"
         "A col2im spreads each input over a kernel and adds up: what a transposed convolution does after its "
         "products\n"
         "(a conv to out_c x taps channels).  Its pads are cut off: out_h = (in_h - 1) stride_h + reach - pad_top - "
         "pad_bottom;\n"
         "pad_bottom and pad_right may be as low as 1 - stride, for outputs that nothing is added to.\n"
         "An add or concat has two inputs or more.  An fc takes a map flattened: in_c = height x width x channels.\n"
         "Sizes that a line states must be those of its inputs.  A name with +, * or @ in it can only stand alone.\n"
         "In a file without a column `inputs` a layer reads the line before if the sizes agree; if they do not, what "
         "it\n"
         "reads is not known (`describe` shows -).\n"
         "\n"
         "Example:\n"
         "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride_h,stride_w,pad_top,pad_bottom,pad_left,pad_right\n"
         "stem,conv,,64,32,3,16,3,2,1,1,1,1,1\n"
         "wide,dwconv,stem,,,,,5,,,2,2,2,2\n"
         "narrow,pwconv,,,,,16,,,,,,,\n"
         "sum,add,narrow+stem,,,,,,,,,,,\n"
         "both,concat,sum+wide,,,,,,,,,,,\n"
         "pool,pool,,,,,,,,,,,,\n"
         "fc,fc,,,,,10,,,,,,,\n";
}
