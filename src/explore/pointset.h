/* A set of point indices that numbers its members in the order they came.
 *
 * Open addressing, at most half full.  Nothing is ever removed.
 */
#ifndef QUARRY_EXPLORE_POINTSET_H
#define QUARRY_EXPLORE_POINTSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pointset {
  int64_t *member; /* [count], in order of arrival; owned */
  size_t count, member_room;
  uint32_t *place; /* hash table: number of a member plus 1; 0: free; owned */
  size_t room;     /* of the table: a power of two, or 0 */
} pointset;

#define POINTSET_NONE SIZE_MAX

/* Number of a member, or POINTSET_NONE. */
size_t pointset_find(const pointset *set, int64_t point);

/* Add a point unless it is there; *number: its number; *fresh (may be NULL): it was not.  0, or -1: out of memory, or
 * 2^32 - 1 members. */
int pointset_add(pointset *set, int64_t point, size_t *number, bool *fresh);

void pointset_free(pointset *set);

#endif
