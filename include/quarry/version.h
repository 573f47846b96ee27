/* One version for program and library; the model version is part of an experiment's identity in the database.
 *
 * Ownership: constants only.
 */
#ifndef QUARRY_VERSION_H
#define QUARRY_VERSION_H

#define QY_VERSION "0.1.0"
/* Of the shared library: raised whenever a program that was built with older headers could fail with the new library.
 */
#define QY_ABI_VERSION 0
/* Raised whenever a model's numbers change: results of older models are then kept apart, not reused. */
#define QY_MODEL_VERSION 7

#endif
