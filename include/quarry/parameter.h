/* Parameters: one row a parameter of an element or an accelerator.  Keys of experiment files, `--param`, ranges,
 * defaults, units, help and the JSON of the results database are made from the row; nothing else names it.
 *
 * A value travels as a double until it is put into the struct of its owner: integers exactly, choices as the index of
 * their name, flags as 0 or 1, sizes in bytes.  `automatic` values are 0 ("auto"): the owner chooses.
 * Ownership: rows are const tables; nothing is allocated here.
 */
#ifndef QUARRY_PARAMETER_H
#define QUARRY_PARAMETER_H

#include <stdbool.h>
#include <stddef.h>

typedef enum qy_parameter_type {
  QY_PARAMETER_INTEGER, /* low..high */
  QY_PARAMETER_NUMBER,  /* low..high, in `unit` */
  QY_PARAMETER_SIZE,    /* low..high, in `unit` with binary prefixes */
  QY_PARAMETER_CHOICE   /* one of names; flags are the choice of no and yes */
} qy_parameter_type;

/* The C type of the member that holds the value. */
typedef enum qy_field { QY_FIELD_INT, QY_FIELD_BOOL, QY_FIELD_DOUBLE } qy_field;

typedef struct qy_parameter {
  const char *key;          /* "bits", "buffers.input": key `input` of the map `buffers` */
  double low, high;         /* not of a choice */
  const char *const *names; /* of a choice, name_count of them */
  size_t name_count;
  double fallback; /* where a file says nothing and it is not required */
  const char *unit, *help;
  size_t offset; /* of the member in the owner's struct */
  qy_parameter_type type;
  qy_field field;
  bool required;
  bool automatic;   /* the word `auto` is allowed and means 0 */
  const char *like; /* `auto` is as much as the owner's parameter of this key; NULL: the owner chooses */
} qy_parameter;

/* `.names` and `.name_count` of a row from an array. */
#define QY_NAMES(array) .names = (array), .name_count = sizeof(array) / sizeof *(array)
/* `.field` and `.offset` of a row from a member; enums count as int. */
#define QY_MEMBER(owner, member)                                                                                       \
  .field = _Generic(((const owner *)0)->member, bool                                                                   \
                    : QY_FIELD_BOOL, double                                                                            \
                    : QY_FIELD_DOUBLE, default                                                                         \
                    : QY_FIELD_INT),                                                                                   \
  .offset = offsetof(owner, member)

/* Rows in one go; what is left at its default needs no mention: QY_INTEGER("rows", 1, 256, params, rows, .required =
 * true, .help = "rows R of PEs"). */
#define QY_INTEGER(key_, low_, high_, owner, member, ...)                                                              \
  {                                                                                                                    \
    .key = (key_), .type = QY_PARAMETER_INTEGER, .low = (low_), .high = (high_), QY_MEMBER(owner, member), __VA_ARGS__ \
  }
#define QY_CHOICE(key_, array, owner, member, ...)                                                                     \
  {                                                                                                                    \
    .key = (key_), .type = QY_PARAMETER_CHOICE, QY_NAMES(array), QY_MEMBER(owner, member), __VA_ARGS__                 \
  }

extern const char *const qy_no_yes[2]; /* "no", "yes" */

/* Put a value into the owner's struct, or read it.  The value must be one the row allows. */
void qy_parameter_set(void *owner, const qy_parameter *row, double value);
double qy_parameter_get(const void *owner, const qy_parameter *row);

#endif
