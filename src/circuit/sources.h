/* What activities follow from, in the program itself. */
#ifndef QUARRY_CIRCUIT_SOURCES_H
#define QUARRY_CIRCUIT_SOURCES_H

/* SHA-256 of the sources of circuits, elements, their stimuli and all they use: made by the Makefile. */
extern const char circuit_sources[];

#endif
