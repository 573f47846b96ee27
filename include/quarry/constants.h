/* Reading of files of constants: keys of a YAML mapping, constants with interval, status and source, tables
 * of them, and the files of a folder by name.  Ownership: texts and lists live in the arena they were read into.
 */
#ifndef QUARRY_CONSTANTS_H
#define QUARRY_CONSTANTS_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/tech.h"
#include "quarry/yaml.h"

/* A reader goes on after a mistake, to report several at once. */
typedef struct qy_reader {
  qy_arena *arena;
  qy_error *err;
  qy_status status; /* of all findings so far */
} qy_reader;

/* Keep a finding; running out of memory is never overwritten. */
void qy_reader_note(qy_reader *r, qy_status status);

/* The child of a mapping, or NULL and a finding that the key is missing. */
const qy_yaml *qy_reader_required(qy_reader *r, const qy_yaml *map, const char *key);

/* A required text of a mapping. */
void qy_reader_text(qy_reader *r, const qy_yaml *map, const char *key, const char **text);

/* {value: 55, low: 27.5, high: 60.5, status: read, source: ...}, low and high within the bounds and around the value;
 * the unit is in the key. */
void qy_reader_constant(qy_reader *r, const qy_yaml *node, double low, double high, qy_constant *c);

/* A table of constants as CSV: columns name, value, low, high, unit, status, source, one line for each row. */
typedef struct qy_constant_row {
  const char *name, *unit;
  double low, high; /* what it may be: outside is a slip of the pen */
} qy_constant_row;

/* Read constant[count], which must be zero, and the lines they stand in (NULL: not wanted); `kind` is what one is in
 * messages, "factor".  QY_BAD_INPUT: a name that no row has, one twice or missing, a number outside its bounds or its
 * interval, another unit, an unknown status, no source. */
qy_status qy_constants_read(qy_constant *constant, int *line, const qy_constant_row *row, int count, const char *kind,
                            const char *file, qy_arena *arena, qy_error *err);

/* Names of the .yaml files of a folder, without the ending, sorted; `kind` is what they are in messages, in plural. */
qy_status qy_folder_names(const char *const **names, size_t *count, const char *folder, const char *kind,
                          qy_arena *arena, qy_error *err);

/* The same for files of another ending, ".csv". */
qy_status qy_folder_names_ending(const char *const **names, size_t *count, const char *folder, const char *ending,
                                 const char *kind, qy_arena *arena, qy_error *err);

/* The file of a name: the name itself where it holds a '/' or .yaml, else NAME.yaml of the folder, capitals or not.
 * QY_BAD_INPUT where the folder has no such file, with the nearest name and all that there are; `kind` is what a file
 * describes, "DRAM device". */
qy_status qy_folder_file(const char **file, const char *folder, const char *kind, const char *name, qy_arena *arena,
                         qy_error *err);

#endif
