/* Texts kept once each, by a hash table with linear probing (Knuth, The Art of Computer Programming 3, section 6.4). */
#include "model_int.h"
#include "quarry/hash.h"

#include <stdlib.h>
#include <string.h>

/* The place of the text among `room`, or the free one where it belongs. */
static size_t place_of(const char *const *table, size_t room, const char *text)
{
  size_t i = (size_t)qy_text_hash(text) & (room - 1);
  while (table[i] && strcmp(table[i], text) != 0)
    i = (i + 1) & (room - 1);
  return i;
}

/* Room for one more, at most half of it taken. */
static int make_room(kept_texts *kept)
{
  enum { FIRST_ROOM = 64 };
  if (2 * (kept->count + 1) <= kept->room) return 0;
  const size_t room = kept->room ? 2 * kept->room : FIRST_ROOM;
  const char **table = qy_alloc(room, sizeof *table);
  if (!table) return -1;
  for (size_t i = 0; i < kept->room; i++)
    if (kept->text[i]) table[place_of(table, room, kept->text[i])] = kept->text[i];
  free(kept->text);
  kept->text = table;
  kept->room = room;
  return 0;
}

const char *texts_keep(kept_texts *kept, const char *text)
{
  if (!kept->arena && !(kept->arena = qy_arena_new())) return NULL;
  if (make_room(kept)) return NULL;
  const size_t i = place_of(kept->text, kept->room, text);
  if (!kept->text[i]) {
    if (!(kept->text[i] = qy_arena_text(kept->arena, text, strlen(text)))) return NULL;
    kept->count++;
  }
  return kept->text[i];
}

void texts_drop(kept_texts *kept)
{
  qy_arena_free(kept->arena);
  free(kept->text);
}
