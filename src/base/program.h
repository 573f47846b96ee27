/* What the program was made of, in the program itself. */
#ifndef QUARRY_BASE_PROGRAM_H
#define QUARRY_BASE_PROGRAM_H

/* As qy_program_version() returns it: made by the Makefile of all sources. */
extern const char program_text[];

#endif
