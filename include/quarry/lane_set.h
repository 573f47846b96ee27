/* Sets of instructions that loops over vectors are compiled for, and which of them this machine has.
 *
 * Such a loop is written once with the compiler's vector types and compiled for each set; all give the same bytes, so
 * that no result depends on the machine.  No memory is taken, nothing can fail.
 */
#ifndef QUARRY_LANE_SET_H
#define QUARRY_LANE_SET_H

/* Plain: what every machine has.  AVX-512: its parts F, BW, DQ and VL.  Those that the machine lacks must not be asked
 * for. */
typedef enum qy_lane_set { QY_LANE_SET_PLAIN, QY_LANE_SET_AVX2, QY_LANE_SET_AVX512, QY_LANE_SETS } qy_lane_set;

/* The last one that this machine has: others before it are there, too. */
qy_lane_set qy_lane_set_best(void);

#endif
