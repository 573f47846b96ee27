/* SCALE-Sim's input files: the architecture file (.cfg) and the topology (.csv), read as its users have them.
 *
 * Topology, convolutions: name, IFMAP height and width, filter height and width, channels, number of filters, stride
 * [, second stride or N:M sparsity]; products: name, M, N, K.  The first line is a head line and decides which column
 * is what, in any order: SCALE-Sim skips it and takes the order above.  One that names some of the columns but not all
 * is an error; one that names none of them is warned of, and the order is SCALE-Sim's.  Layout files of v3 and reports
 * are told by their columns and refused.  Its tool needs a comma at the end of every row; here ragged rows, tabs,
 * blank columns and a missing last comma are accepted, each with a warning.  Wrong text where a number belongs, a row
 * with too few numbers or with more than columns, is an error with line and column.
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
  bool by_name;        /* depthwise because of "DP" */
  bool unpadded;       /* the filter is larger than 1 x 1 and the output is not ceil(H / s) x ceil(W / s) */
  bool grown;          /* stride does not divide: input size changed */
  int64_t in_h, in_w;  /* as in the file */
  int64_t kept, block; /* sparsity: products made of each block of so many; block 0: none stated */
  int line;
} qy_scalesim_note;

typedef struct qy_scalesim_topology {
  qy_network network;     /* text and sha256 are those of the topology file */
  const char *plain_name; /* its name as that of an experiment may be */
  qy_scalesim_note *note; /* [network.layer_count] */
  size_t by_name_count, unpadded_count;
  qy_scalesim_warnings warnings;
} qy_scalesim_topology;

typedef enum qy_scalesim_input { QY_SCALESIM_DETECT, QY_SCALESIM_CONV, QY_SCALESIM_GEMM } qy_scalesim_input;

/* Read a topology.  DETECT: what the head line names; else products when the first row has three numbers.
 * QY_BAD_INPUT with line and column: another file of SCALE-Sim, a head line that names a column twice or some of them,
 * or the other form than `input`; no rows, a row with too few or too many numbers, not an integer in 1..2^24, a filter
 * larger than its input, sizes whose products do not fit 64 bits.
 * Names that come again get their line's number; `text` of the network stays that of the file. */
qy_status qy_scalesim_topology_read(qy_scalesim_topology **topology, const char *file, qy_scalesim_input input,
                                    qy_arena *arena, qy_error *err);
/* The same for text of `length` bytes (not changed) that came from `file`. */
qy_status qy_scalesim_topology_text(qy_scalesim_topology **topology, const char *file, const char *text, size_t length,
                                    qy_scalesim_input input, qy_arena *arena, qy_error *err);

typedef struct qy_scalesim_config {
  const char *file, *run_name;              /* without quotes, as an experiment may be called; "": none */
  int rows, columns;                        /* 1..65536 */
  const char *dataflow;                     /* "os", "ws" or "is" */
  double input_kib, filter_kib, output_kib; /* each buffer, both halves; 0: not stated */
  double bandwidth_words;                   /* per cycle; 0: as much as it takes (CALC) */
  bool sparse;                              /* it leaves products out as the topology's sparsities say */
  bool sparse_rows;                         /* sparse, with sparsities of its own for each row (OptimizedMapping) */
  qy_scalesim_warnings warnings;
} qy_scalesim_config;

/* Read an architecture file: KEY: VALUE or KEY = VALUE in sections, keys in any case, values in quotes or not.  Keys
 * and sections that are not known are warned of, and so are the parts of v3 that change its cycles and are not here,
 * where they are on (custom layouts, sparsity, DRAM traces).  QY_BAD_INPUT with line: ArrayHeight, ArrayWidth or
 * Dataflow missing or out of range, a line that is neither. */
qy_status qy_scalesim_config_read(qy_scalesim_config **config, const char *file, qy_arena *arena, qy_error *err);
qy_status qy_scalesim_config_text(qy_scalesim_config **config, const char *file, const char *text, size_t length,
                                  qy_arena *arena, qy_error *err);

/* Whether SCALE-Sim leaves products of this layer out, or may: a sparse configuration, and a layer that is not stated
 * as dense (N:N).  Its cycles are not known here then. */
bool qy_scalesim_may_be_sparse(const qy_scalesim_config *config, const qy_scalesim_note *note);

/* Append the network in the format of db/networks, for qy_network_read. */
void qy_scalesim_network_csv(qy_text *out, const qy_scalesim_topology *topology);

/* The buffers of the array that is written, both halves together. */
enum { QY_SCALESIM_INPUT, QY_SCALESIM_FILTER, QY_SCALESIM_OUTPUT, QY_SCALESIM_BUFFERS };
typedef struct qy_scalesim_buffers {
  double bytes[QY_SCALESIM_BUFFERS];
  bool stated[QY_SCALESIM_BUFFERS]; /* in the configuration; else what holds every layer */
  bool ideal; /* layers are never tiled, whatever the sizes: as SCALE-Sim counts; here where no size is stated */
} qy_scalesim_buffers;
qy_scalesim_buffers qy_scalesim_buffers_of(const qy_scalesim_config *config, const qy_scalesim_topology *topology);

/* Append an experiment that runs the topology on the array: `network_file` is where the text above was written, seen
 * from the experiment.  Edge folds, drain and padding as SCALE-Sim counts them.  Its buffers never change its cycles;
 * here a layer that does not fit is tiled, which costs cycles: compute_cycles are SCALE-Sim's where nothing is tiled,
 * and everywhere with ideal buffers.  With CALC the port takes no time. */
void qy_scalesim_experiment_yaml(qy_text *out, const qy_scalesim_config *config, const qy_scalesim_topology *topology,
                                 const qy_scalesim_buffers *buffers, const char *network_file);

#endif
