/* How much a picture may hold: see room.h. */
#include "room.h"

#include "picture.h"

size_t room_of_line(size_t series)
{
  const size_t lines = series ? series : 1, taken = lines * ROOM_SERIES_MARKS;
  size_t each = taken < ROOM_MARKS ? (ROOM_MARKS - taken) / lines : 0;
  if (each <= MARKED_MAX) each /= 2; /* markers with a halo are two */
  return each < 2 ? 2 : each;
}

room_tips room_of_tips(size_t marks, size_t tipped, size_t short_bytes, size_t long_bytes)
{
  const size_t plain = marks * ROOM_MARK_BYTES + tipped * ROOM_TIP_BYTES;
  return plain + long_bytes <= ROOM_BYTES    ? ROOM_TIPS_LONG
         : plain + short_bytes <= ROOM_BYTES ? ROOM_TIPS_SHORT
                                             : ROOM_TIPS_NONE;
}
