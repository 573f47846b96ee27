/* One version for program and library; the model version is part of an experiment's identity in the database.
 *
 * Ownership: nothing is allocated; texts live as long as the program, or are the caller's.
 */
#ifndef QUARRY_VERSION_H
#define QUARRY_VERSION_H

#define QY_VERSION "0.1.0"
/* Of the shared library: raised whenever a program that was built with older headers could fail with the new library.
 */
#define QY_ABI_VERSION 0
/* Raised whenever a model's numbers change: results of older models are then kept apart, not reused. */
#define QY_MODEL_VERSION 13

/* "0.1.0 (sources 0123456789ab)": QY_VERSION, and of the SHA-256 over the sources of this library and program the first
 * twelve digits. */
const char *qy_program_version(void);

/* The C library and the widest set of instructions of this machine: exp() and its like may differ in the last bit
 * between libraries, and between processors with one library.  Returns out. */
enum { QY_PLATFORM = 96 };
const char *qy_platform(char out[QY_PLATFORM]);

#endif
