/* A YAML subset as a tree that remembers where every value stood, and the checks every reader needs.
 *
 * libyaml's events are turned into nodes with line and column.  An alias becomes a copy of what its anchor stands for,
 * whose parts keep their positions (the whole is where the alias is); a key << takes in the entries of a map, or of a
 * list of maps, that its own map does not have, the first map that has one first.  At the root, keys that begin with
 * "x-" are a place for anchors: no reader asks for them.
 * Refused, each with a position: syntax errors, duplicate keys, tags, aliases of what is not complete, several
 * documents, more than QY_YAML_NODES_MAX nodes or QY_YAML_DEPTH_MAX levels, keys that are not scalars, text that is not
 * UTF-8.  Scalars stay text until a reader asks for a type: numbers must be finite and consume all of the text ("32
 * KiB" and "1e400" are no numbers), no octal, no "yes"/"no". Ownership: the tree and all texts live in the arena given
 * to the reader.
 */
#ifndef QUARRY_YAML_H
#define QUARRY_YAML_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { QY_YAML_NODES_MAX = 1000000, QY_YAML_DEPTH_MAX = 64 };

typedef enum qy_yaml_kind { QY_YAML_SCALAR, QY_YAML_LIST, QY_YAML_MAP } qy_yaml_kind;

typedef struct qy_yaml qy_yaml;
struct qy_yaml {
  qy_yaml_kind kind;
  const char *file; /* for messages */
  int line, column; /* where the value starts, from 1 */
  const char *key;  /* of an entry in a map, else NULL */
  int key_line, key_column;
  const char *text; /* scalar text, NUL-terminated, else NULL */
  int quoted;       /* scalar was written in quotes or as a block */
  size_t count;     /* children of a list or a map */
  qy_yaml **child;  /* in file order */
  const char *path; /* dotted path for messages: "designs[1].pe.bits" */
};

/* Read a file, or text of `length` bytes that came from `file` (used in messages only). */
qy_status qy_yaml_read_file(qy_yaml **root, const char *file, qy_arena *arena, qy_error *err);
qy_status qy_yaml_read_text(qy_yaml **root, const char *file, const char *text, size_t length, qy_arena *arena,
                            qy_error *err);

/* Read a file that is one mapping, of the keys of `kind` ("a DRAM device": for messages), and keep what stands in it:
 * *text verbatim, from the arena, and its hash. */
qy_status qy_yaml_read_kept(qy_yaml **root, const char **text, char sha256[65], const char *file, const char *kind,
                            qy_arena *arena, qy_error *err);

/* Child of a map by key, or NULL. */
const qy_yaml *qy_yaml_get(const qy_yaml *map, const char *key);

/* Report at the node: "PATH: expected EXPECTED, found WHAT"; WHAT is derived from the node. Returns QY_BAD_INPUT. */
qy_status qy_yaml_expected(const qy_yaml *node, qy_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Each key of `map` must be one of keys[] (NULL-terminated); others are reported with the nearest known key. */
qy_status qy_yaml_check_keys(const qy_yaml *map, const char *const *keys, qy_error *err);

/* Scalars with a type. `low`..`high` inclusive. */
qy_status qy_yaml_number(const qy_yaml *node, double low, double high, double *value, qy_error *err);
qy_status qy_yaml_integer(const qy_yaml *node, int64_t low, int64_t high, int64_t *value, qy_error *err);
qy_status qy_yaml_boolean(const qy_yaml *node, int *value, qy_error *err); /* true or false */
qy_status qy_yaml_text(const qy_yaml *node, const char **value, qy_error *err);
/* One of names[0..count): *index is its place; else an error that lists them and suggests the nearest. */
qy_status qy_yaml_choice(const qy_yaml *node, const char *const *names, size_t count, size_t *index, qy_error *err);

/* "32 KiB", "0.9 V", "200 MHz": a number and a unit that units.h knows for the dimension of `unit`, converted to
 * `unit`. A bare number is an error that says which unit was expected. */
qy_status qy_yaml_quantity(const qy_yaml *node, const char *unit, double low, double high, double *value,
                           qy_error *err);

/* A number of `unit`, or one with a unit of its dimension ("1 GHz" where "MHz" is asked for).  A unit that units.h does
 * not know ("" or "clocks"): a number alone. */
qy_status qy_yaml_measure(const qy_yaml *node, const char *unit, double low, double high, double *value, qy_error *err);

/* It holds a '/' or ends in .csv or .yaml. */
bool qy_yaml_is_path(const char *text);
/* The file that `text`, a value of the node, names: a path (it holds a '/' or ends in .csv or .yaml) is relative to the
 * file that the node stands in; one that is not there but in the working directory is taken from there.  A name that is
 * no path is left as it is.  QY_NO_MEMORY. */
qy_status qy_yaml_file(const char **file, const qy_yaml *node, const char *text, qy_arena *arena, qy_error *err);

/* Nearest of names[0..count) to `text` within a third of its length in edits, or NULL: for "did you mean". */
const char *qy_nearest(const char *text, const char *const *names, size_t count);
/* The end of a message about an unknown name, into out: "; did you mean "NEAREST"?", or "" where none is near. */
enum { QY_DID_YOU_MEAN = 96 };
const char *qy_did_you_mean(char out[QY_DID_YOU_MEAN], const char *text, const char *const *names, size_t count);

#endif
