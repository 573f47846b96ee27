/* What stands before the bytes of a packed column: see seal.h.
 *
 * Layout: the byte PACK_SEALED, a byte for whether rows have no number, the least and the largest number, the check sum
 * of what follows the seal, that of the seal up to there; in the order of the machine, as pack.c has it.
 */
#include "seal.h"

#include "follow.h"

#include <stdint.h>
#include <string.h>

#include <zlib.h>

enum { NONE_AT = 1, LOW_AT = 2, HIGH_AT = 10, DATA_SUM_AT = 18, SUM_AT = 22 };

static uint32_t sum_of(const void *bytes, size_t size)
{
  return (uint32_t)crc32_z(0, bytes, size);
}

static uint32_t sum_at(const char *seal, size_t at)
{
  uint32_t sum;
  memcpy(&sum, seal + at, sizeof sum);
  return sum;
}

size_t seal_bytes(size_t count)
{
  return SEAL_BYTES + pack_bytes(count);
}

/* Fill in the seal at `at`, whose chunk is behind it. */
static void close_seal(qy_text *out, size_t at, const column_range *range)
{
  char *seal = out->data + at;
  seal[NONE_AT] = range->none;
  memcpy(seal + LOW_AT, &range->low, sizeof range->low);
  memcpy(seal + HIGH_AT, &range->high, sizeof range->high);
  const uint32_t data = sum_of(seal + SEAL_BYTES, out->length - at - SEAL_BYTES);
  memcpy(seal + DATA_SUM_AT, &data, sizeof data);
  const uint32_t own = sum_of(seal, SUM_AT);
  memcpy(seal + SUM_AT, &own, sizeof own);
}

static const char open_seal[SEAL_BYTES] = {PACK_SEALED};

int seal_pack(qy_text *out, packer *room, int column, const double *const value[CHUNK_COLUMNS], size_t count,
              const column_range *range)
{
  const size_t at = out->length;
  qy_text_put(out, open_seal, sizeof open_seal);
  if (follow_pack(out, room, column, value, count)) return -1;
  close_seal(out, at, range);
  return 0;
}

int seal_wrap(qy_text *out, const void *bytes, size_t size, const column_range *range)
{
  const size_t at = out->length;
  qy_text_put(out, open_seal, sizeof open_seal);
  qy_text_put(out, bytes, size);
  if (out->failed) return -1;
  close_seal(out, at, range);
  return 0;
}

bool seal_is(const void *bytes, size_t size)
{
  return size > 0 && *(const char *)bytes == PACK_SEALED;
}

bool seal_read(column_range *range, const void *bytes, size_t size)
{
  const char *seal = bytes;
  *range = (column_range){.known = seal_is(bytes, size)};
  if (!range->known) return true;
  if (size < SEAL_BYTES || sum_at(seal, SUM_AT) != sum_of(seal, SUM_AT)) return false;
  range->none = seal[NONE_AT] != 0;
  memcpy(&range->low, seal + LOW_AT, sizeof range->low);
  memcpy(&range->high, seal + HIGH_AT, sizeof range->high);
  return true;
}

bool seal_open(const void **bytes, size_t *size)
{
  const char *seal = *bytes;
  column_range range;
  if (!seal_is(seal, *size)) return true;
  if (!seal_read(&range, seal, *size) || sum_at(seal, DATA_SUM_AT) != sum_of(seal + SEAL_BYTES, *size - SEAL_BYTES))
    return false;
  *bytes = seal + SEAL_BYTES;
  *size -= SEAL_BYTES;
  return true;
}
