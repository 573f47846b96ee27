/* Packed DSP slices on the command line: shared by `describe packing` and `rtl packing`. */
#ifndef QUARRY_PACKING_OPTION_H
#define QUARRY_PACKING_OPTION_H

#include "quarry/packing.h"

/* As the options give it. */
typedef struct packing_request {
  int64_t weight_bits, activation_bits, sums, overlap; /* widths: 0: not given; overlap < 0: as usual for the kernel */
  const char *kernel;                                  /* "3x3"; NULL: 1x1 */
  int is_signed, slice, range;
} packing_request;

/* Choices of what is signed. */
extern const char *const packing_signed_names[];

packing_request packing_request_default(void);

#define PACKING_OPTIONS(o, kind)                                                                                       \
  {"weights", 0, OPTION_INTEGER, &(o).weight_bits, "BITS", kind "bits of a weight", 1, QY_PACKING_BITS_MAX, NULL},     \
      {"activations",       0,   OPTION_INTEGER, &(o).activation_bits, "BITS", kind "bits of an activation", 1,        \
       QY_PACKING_BITS_MAX, NULL},                                                                                     \
      {"signed", 0, OPTION_CHOICE,       &(o).is_signed, "WHAT", kind "both (default), weights, activations or none",  \
       0,        0, packing_signed_names},                                                                             \
      {"slice", 0, OPTION_CHOICE,    &(o).slice, "KIND", kind "dsp48e1, dsp48e2 (default) or dsp58",                   \
       0,       0, qy_dsp_kind_names},                                                                                 \
      {"kernel",    0,     OPTION_TEXT,                                                                                \
       &(o).kernel, "RxC", kind "1x1 (default): all products apart; 3x3: sums along rows of the kernel",               \
       0,           0,     NULL},                                                                                      \
      {"sums",  0,   OPTION_INTEGER, &(o).sums, "N", kind "results added up before the split (default 1)", 1,          \
       1 << 20, NULL},                                                                                                 \
      {"overlap",                                                                                                      \
       0,                                                                                                              \
       OPTION_INTEGER,                                                                                                 \
       &(o).overlap,                                                                                                   \
       "BITS",                                                                                                         \
       kind "that fields may share (default 0; kernels 4)",                                                            \
       0,                                                                                                              \
       QY_PACKING_OVERLAP_MAX,                                                                                         \
       NULL},                                                                                                          \
  {                                                                                                                    \
    "range", 0, OPTION_CHOICE, &(o).range, "WHAT",                                                                     \
        kind "full, or auto (default): signed words leave their least value out where a port is too narrow", 0, 0,     \
        qy_packing_range_names                                                                                         \
  }

/* Names of these options, as option_form lists them: those that say what is packed, and that which says where. */
#define PACKING_NAMES      "weights activations signed kernel sums overlap range"
#define PACKING_SLICE_NAME "slice"

/* What is asked for; QY_BAD_INPUT with what is missing or wrong. */
qy_status packing_ask(qy_packing_ask *ask, const packing_request *request, qy_error *err);

/* Print the placements: that of most products first, then those that make do with fewer shared bits.  Exit code. */
int describe_packing(const packing_request *request, int format, qy_arena *arena, qy_error *err);

/* Append the circuit of the placement of most products, with a test bench of so many vectors (0: none). */
qy_status rtl_packing(const packing_request *request, qy_verilog_target target, int64_t vectors, qy_text *text,
                      qy_arena *arena, qy_error *err);

#endif
