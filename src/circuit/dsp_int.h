/* What the view of DSP slices and the Verilog for them share. */
#ifndef QUARRY_CIRCUIT_DSP_INT_H
#define QUARRY_CIRCUIT_DSP_INT_H

#include "graph.h"

/* Whether a word is one bit in every place: what gates another word. */
bool repeats_one_bit(const qy_circuit *c, qy_net net);

/* A node written so that tools recognise what belongs into a DSP slice; false: as everywhere else. */
bool verilog_for_slices(const qy_circuit *c, const node *n, const verilog_names *names, qy_text *text);

#endif
