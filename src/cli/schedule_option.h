/* Options that say which schedules are meant: of `quarry describe schedule` and `quarry plot slope`. */
#ifndef QUARRY_CLI_SCHEDULE_OPTION_H
#define QUARRY_CLI_SCHEDULE_OPTION_H

#include "quarry/dram.h"
#include "quarry/schedule.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct schedule_choice {
  int64_t buffer_entries; /* 0: not given */
  const char *buffer;     /* "64 KiB"; NULL: not given */
  int fusion, order, objective, rule;
  int64_t bits, weight_bits, activation_bits; /* 0: not given */
  double clock_mhz;                           /* of the element that prices a MAC, and of macs_per_cycle */
  int64_t channels, macs_per_cycle;           /* of the device; of what computes */
  const char *tech, *device, *db_dir;
} schedule_choice;

enum { SCHEDULE_BITS = 8 }; /* of weights and activations where the buffer has bytes and no option says them */

extern const char *const schedule_fusion_names[QY_FUSION_COUNT + 1];
extern const char *const schedule_order_names[], *const schedule_objective_names[], *const schedule_rule_names[];

/* Rows of the table of options of a schedule_choice; `of`: a text that their help begins with. */
#define SCHEDULE_FUSION_OPTION(c, of)                                                                                  \
  {                                                                                                                    \
    "fusion", 0, OPTION_CHOICE, &(c).fusion, "WHAT",                                                                   \
        of "none (layer by layer), block (each bottleneck by itself) or free (default)", 0, 0, schedule_fusion_names   \
  }
#define SCHEDULE_ORDER_OPTION(c, of)                                                                                   \
  {                                                                                                                    \
    "order", 0, OPTION_CHOICE, &(c).order, "ORDER", of "of tiles: raster, scan or best (default)", 0, 0,               \
        schedule_order_names                                                                                           \
  }
#define SCHEDULE_RULE_OPTION(c, of)                                                                                    \
  {                                                                                                                    \
    "rule", 0, OPTION_CHOICE, &(c).rule, "RULE",                                                                       \
        of "what must fit: strict (one of each tile, default), double-buffered", 0, 0, schedule_rule_names             \
  }
#define SCHEDULE_BITS_OPTION(c, of)                                                                                    \
  {                                                                                                                    \
    "bits", 0, OPTION_INTEGER, &(c).bits, "N", of "of an entry, for bytes (default 8)", 1, 32, NULL                    \
  }
#define SCHEDULE_WEIGHT_BITS_OPTION(c, of)                                                                             \
  {                                                                                                                    \
    "weight-bits", 0, OPTION_INTEGER, &(c).weight_bits, "N", of "of a weight instead", 1, 32, NULL                     \
  }
#define SCHEDULE_ACTIVATION_BITS_OPTION(c, of)                                                                         \
  {                                                                                                                    \
    "activation-bits", 0, OPTION_INTEGER, &(c).activation_bits, "N", of "of an activation instead", 1, 32, NULL        \
  }

/* Are bytes asked for: by a buffer in bytes, or by bits? */
bool schedule_has_bits(const schedule_choice *choice);

/* Bits of an activation, a weight and a partial sum (a product and 8 more, as accumulators have). */
qy_units schedule_bits(const schedule_choice *choice);

/* The DRAM that the choice names, with the first controller and its channels. */
qy_status schedule_system_of(qy_dram_system *system, const schedule_choice *choice, qy_arena *arena, qy_error *err);

/* The options as given; units are entries, or, with a buffer in bytes, bits.  QY_BAD_INPUT: neither buffer or both, a
 * size that is none; prices of the objective energy. */
qy_status schedule_options_of(qy_schedule_options *options, const schedule_choice *choice, qy_arena *arena,
                              qy_error *err);

#endif
