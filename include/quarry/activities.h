/* Activities that are known: a circuit under a stimulus is simulated once, whoever asks for it, and however often.
 *
 * The key is what the circuit is (its operators, their shapes and how they are joined; no name and no label) and what
 * drives it.  Threads share a table: of several that ask for the same activity at once one simulates, the others wait.
 * With a folder, activities are kept there between runs, a file each, named by its key; what is found is the same bytes
 * as what would be simulated.  The key holds a hash of the sources that an activity follows from, so another version of
 * the program finds nothing.  Each file has a hash of its content: one that is damaged, cut short or somebody else's is
 * left out of account and written anew.  Files come whole (written under another name, then renamed), so that several
 * processes may use a folder at once; any of them may be deleted at any time.  A folder that cannot be written is no
 * failure: nothing is kept then.
 *
 * Ownership: a table is freed by its maker.
 */
#ifndef QUARRY_ACTIVITIES_H
#define QUARRY_ACTIVITIES_H

#include "quarry/circuit.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct qy_activities qy_activities;

/* folder: made when something is to be kept; NULL: nothing is kept.  NULL: out of memory. */
qy_activities *qy_activities_new(const char *folder);
void qy_activities_free(qy_activities *known); /* NULL is allowed */

typedef struct qy_activity_key {
  uint64_t word[2];
} qy_activity_key;

/* Of a finished circuit under the stimulus that `kind` and so many numbers, none of them NaN, describe in full. */
qy_activity_key qy_activity_key_of(const qy_circuit *c, const char *kind, const double *number, size_t count);

/* Is it known?  If so, it is copied.  If not, the caller must simulate it and hand it over with the same key, or NULL
 * where that failed: until then others wait for it.  known NULL: nothing is known, and what is handed over is lost. */
bool qy_activities_take(qy_activity *activity, qy_activities *known, const qy_activity_key *key);
void qy_activities_give(qy_activities *known, const qy_activity_key *key, const qy_activity *made);

/* Numbers that take a while to find, and follow from what they are asked for and the program alone (the best scale of a
 * number format on a distribution), are kept in the folder in the same way, and there only: nobody waits for another.
 * What the C library computes may differ in the last bit between libraries and processors: these are part of the key.
 * kind and number[] describe in full what is asked for; none of them NaN. */
enum { QY_NUMBERS_MAX = 16 };
qy_activity_key qy_numbers_key_of(const char *kind, const double *number, size_t count);
/* Are so many numbers (at most QY_NUMBERS_MAX) kept?  If so, they are copied.  known NULL: nothing is. */
bool qy_numbers_take(double *found, size_t count, qy_activities *known, const qy_activity_key *key);
void qy_numbers_give(qy_activities *known, const qy_activity_key *key, const double *made, size_t count);

/* How many were simulated, and how many read from the folder, so far. */
typedef struct qy_activities_count {
  size_t simulated, read;
} qy_activities_count;
qy_activities_count qy_activities_counted(qy_activities *known);

#endif
