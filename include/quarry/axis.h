/* The axes of an experiment as columns: what its points may differ in, each with a key, a type and a unit.
 *
 * An axis is one of the fixed ones (technology, voltage_v, network, design, precision, weight_bits, activation_bits,
 * clock_mhz),
 * listed where points differ in it, or a parameter of the designs, listed whenever a design has it: "rows",
 * "pe.bits", of a member "array.rows", of a memory "memory.device"; the model of a design or member is the parameter
 * "accelerator", "array.accelerator".
 * Ownership: lists live in the arena that they are made in.
 */
#ifndef QUARRY_AXIS_H
#define QUARRY_AXIS_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>

/* What points are told apart by beside the parameters of their designs, in the order of qy_key: the words of files and
 * options.  The list is the same in a sentence. */
enum { QY_AXIS_NAMES = 6 };
extern const char *const qy_axis_names[QY_AXIS_NAMES];
#define QY_AXIS_LIST "technology, network, design, precision, clock_mhz, voltage_v"
/* Beside these, of stored points and plots alone: bits of the weights (of a point whose layers differ their mean) and
 * of the activations ("-": layers differ).  Among keys they count as parameters. */
enum { QY_AXIS_BITS = 2 };
extern const char *const qy_axis_bits[QY_AXIS_BITS];
#define QY_AXIS_BITS_LIST "weight_bits, activation_bits"
/* The name of qy_axis_bits that this is; NULL: none of them. */
const char *qy_axis_bits_find(const char *name);

/* Of all values in the experiment: numbers that are whole, numbers, or with a word among them.  An axis that is `auto`
 * in one design and 4 in another is text; each of its values is stored as what it is, the 4 as a number. */
typedef enum qy_axis_type { QY_AXIS_INTEGER, QY_AXIS_REAL, QY_AXIS_TEXT, QY_AXIS_TYPES } qy_axis_type;

typedef struct qy_axis_column {
  const char *key;    /* as experiment files call it: "memory.device" */
  const char *column; /* of tables, each once whatever the case of its letters: "memory_device"; NULL: not chosen yet */
  const char *unit;   /* "bit", "B", "MHz"; "": none */
  qy_axis_type type;
  bool varies; /* designs that have it differ in it */
} qy_axis_column;

typedef struct qy_axis_list {
  size_t count;
  qy_axis_column *axis; /* fixed ones first, then parameters in the order of designs */
} qy_axis_list;

struct qy_plan;
/* The axes of a plan, columns not chosen. */
qy_status qy_plan_axes(qy_axis_list *list, const struct qy_plan *plan, qy_arena *arena, qy_error *err);

const char *qy_axis_type_name(qy_axis_type type); /* "integer", "real", "text" */

#endif
