/* SCALE-Sim's input files: the architecture file (.cfg) and the topology (.csv), read as its users have them.
 *
 * Topology, convolutions: name, IFMAP height and width, filter height and width, channels, number of filters, stride
 * [, second stride or N:M sparsity]; products: name, M, N, K.  The first line is a head line.  Its tool needs a comma
 * at the end of every row; here ragged rows, tabs, blank columns and a missing last comma are accepted, each with a
 * warning.  Wrong text where a number belongs, or a row with too few numbers, is an error with line and column.
 *
 * What its rows mean (v2 22f88b1, v3 1d62b68; reference: the tools' sources and runs of them):
 * - No padding: sizes are taken as they stand, and the output is ceil((H - FH + s) / s).  Where the stride does not
 *   divide, that is one more than the floor form of network.h: the input is grown to (OH - 1) s + FH, so that the
 *   output and every cycle count are its own.  Shipped files hold sizes without padding (ResNet18 conv1: 110 x 110 for
 *   112 x 112): `unpadded` says so per layer.
 * - A name that holds "DP" (upper case) is a depthwise layer: the row stands for one layer of one channel and one
 *   filter per channel.  Here: dwconv of as many groups; the number of filters is not used, as there.
 * - The stride is that of both directions; a second one is that across.
 * - A topology is a list, not a graph: layers have no edges.
 * Ownership: everything lives in the arena given to the reader.
 */
#ifndef QUARRY_SCALESIM_H
#define QUARRY_SCALESIM_H

#include "quarry/circuit.h"
#include "quarry/network.h"

#include <stdbool.h>

typedef struct qy_scalesim_warning {
  const char *file;
  int line, column; /* from 1; 0: does not apply */
  const char *text;
} qy_scalesim_warning;

typedef struct qy_scalesim_warnings {
  size_t count, capacity;
  qy_scalesim_warning *warning;
} qy_scalesim_warnings;

/* What is special about a row. */
typedef struct qy_scalesim_note {
  bool by_name;       /* depthwise because of "DP" */
  bool unpadded;      /* the filter is larger than 1 x 1 and the output is not ceil(H / s) x ceil(W / s) */
  bool grown;         /* stride does not divide: input size changed */
  int64_t in_h, in_w; /* as in the file */
  int line;
} qy_scalesim_note;

typedef struct qy_scalesim_topology {
  qy_network network;     /* text and sha256 are those of the topology file */
  qy_scalesim_note *note; /* [network.layer_count] */
  size_t by_name_count, unpadded_count;
  qy_scalesim_warnings warnings;
} qy_scalesim_topology;

typedef enum qy_scalesim_input { QY_SCALESIM_DETECT, QY_SCALESIM_CONV, QY_SCALESIM_GEMM } qy_scalesim_input;

/* Read a topology.  DETECT: products when the head line names M, N and K or the first row has three numbers.
 * QY_BAD_INPUT with line and column: no rows, a row with too few numbers, not an integer in 1..2^24, a filter larger
 * than its input, sizes whose products do not fit 64 bits. */
qy_status qy_scalesim_topology_read(qy_scalesim_topology **topology, const char *file, qy_scalesim_input input,
                                    qy_arena *arena, qy_error *err);
/* The same for text of `length` bytes (not changed) that came from `file`. */
qy_status qy_scalesim_topology_text(qy_scalesim_topology **topology, const char *file, const char *text, size_t length,
                                    qy_scalesim_input input, qy_arena *arena, qy_error *err);

typedef struct qy_scalesim_config {
  const char *file, *run_name;
  int rows, columns;                        /* 1..65536 */
  const char *dataflow;                     /* "os", "ws" or "is" */
  double input_kib, filter_kib, output_kib; /* each buffer, both halves; 0: not stated */
  double bandwidth_words;                   /* per cycle; 0: as much as it takes (CALC) */
  qy_scalesim_warnings warnings;
} qy_scalesim_config;

/* Read an architecture file: KEY: VALUE or KEY = VALUE in sections, keys in any case.  Keys and sections without a
 * meaning here are warned of.  QY_BAD_INPUT with line: ArrayHeight, ArrayWidth or Dataflow missing or out of range, a
 * line that is neither. */
qy_status qy_scalesim_config_read(qy_scalesim_config **config, const char *file, qy_arena *arena, qy_error *err);
qy_status qy_scalesim_config_text(qy_scalesim_config **config, const char *file, const char *text, size_t length,
                                  qy_arena *arena, qy_error *err);

/* Append the network in the format of db/networks, for qy_network_read. */
void qy_scalesim_network_csv(qy_text *out, const qy_scalesim_topology *topology);

/* Append an experiment that runs the topology on the array: `network_file` is where the text above was written.
 * Edge folds, drain and padding as SCALE-Sim counts them.  Its buffers never change its cycles; here a layer that does
 * not fit is tiled, which costs cycles: compute_cycles are SCALE-Sim's where nothing is tiled. */
void qy_scalesim_experiment_yaml(qy_text *out, const qy_scalesim_config *config, const qy_scalesim_topology *topology,
                                 const char *network_file);

#endif
