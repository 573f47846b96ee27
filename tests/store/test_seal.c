/* Seals of packed columns: ends by the definition, for every set of lanes; no bit may change; columns without one
 * pass. */
#include "../../src/store/seal.h"
#include "random.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 300 };

static double column[COUNT];

static void ends(void)
{
  uint64_t seed = 23;
  int wrong = 0, tried = 0;
  for (qy_lane_set set = QY_LANE_SET_PLAIN; set <= qy_lane_set_best(); set++)
    for (size_t count = 1; count < 40; count++)
      for (int kind = 0; kind < 4; kind++, tried++) {
        double least = INFINITY, most = -INFINITY;
        bool none = false;
        for (size_t i = 0; i < count; i++) {
          column[i] = kind == 3                             ? -0.0
                      : kind == 2                           ? NAN
                      : kind == 1 && random_bits(&seed) % 3 ? NAN
                                                            : random_unit(&seed) - 0.5;
          if (isnan(column[i])) none = true;
          if (!isnan(column[i]) && column[i] < least) least = column[i];
          if (!isnan(column[i]) && column[i] > most) most = column[i];
        }
        const column_range r = pack_range(column, count, set);
        wrong += !r.known || r.none != none || r.low != least || r.high != most;
        wrong += kind == 3 && (signbit(r.low) || signbit(r.high));
      }
  ok(wrong == 0 && tried >= 156, "ends of %d columns, 0 without a sign", tried);
}

static void bits(void)
{
  qy_text chunk = {0};
  packer *room = packer_new();
  const double *const value[CHUNK_COLUMNS] = {[CHUNK_CLOCK] = column};
  column_range range;
  int taken = 0, ranges = 0;
  if (!room) abort();
  for (size_t i = 0; i < COUNT; i++)
    column[i] = i % 7 ? (double)(i * i % 101) - 3 : NAN;
  const column_range own = pack_range(column, COUNT, QY_LANE_SET_PLAIN);
  ok(seal_pack(&chunk, room, CHUNK_CLOCK, value, COUNT, &own) == 0 && chunk.length <= seal_bytes(COUNT),
     "a column is sealed");
  ok(seal_read(&range, chunk.data, SEAL_BYTES) && range.known && range.none && range.low == -3 && range.high == 97,
     "its beginning says what it has");
  for (size_t i = 0; i < 8 * chunk.length; i++) {
    const void *bytes = chunk.data;
    size_t size = chunk.length;
    chunk.data[i / 8] ^= (char)(1 << i % 8);
    taken += i >= 8 && seal_open(&bytes, &size);
    ranges += i >= 8 && i < 8 * SEAL_BYTES && seal_read(&range, chunk.data, SEAL_BYTES);
    chunk.data[i / 8] ^= (char)(1 << i % 8);
  }
  ok(taken == 0 && ranges == 0, "with another bit it is refused");
  for (size_t size = 1; size < chunk.length; size++) {
    const void *bytes = chunk.data;
    size_t length = size;
    taken += seal_open(&bytes, &length);
  }
  is_int(taken, 0, "and so is every beginning of it");
  qy_text_free(&chunk);
  packer_free(room);
}

/* What older programs stored; sealed later, it is as if it had been from the start. */
static void without(void)
{
  qy_text plain = {0}, sealed = {0}, wrapped = {0};
  packer *room = packer_new();
  const double *const value[CHUNK_COLUMNS] = {[CHUNK_CLOCK] = column};
  column_range range;
  if (!room || pack_column(&plain, room, column, COUNT)) abort();
  const column_range own = pack_range(column, COUNT, QY_LANE_SET_PLAIN);
  const void *bytes = plain.data;
  size_t size = plain.length;
  ok(seal_open(&bytes, &size) && bytes == plain.data && size == plain.length, "a column without a seal is opened");
  ok(seal_read(&range, plain.data, plain.length) && !range.known, "and says nothing of its numbers");
  ok(!seal_pack(&sealed, room, CHUNK_CLOCK, value, COUNT, &own) &&
         !seal_wrap(&wrapped, plain.data, plain.length, &own) && sealed.length == wrapped.length &&
         memcmp(sealed.data, wrapped.data, sealed.length) == 0,
     "sealed afterwards it is the same");
  bytes = sealed.data;
  size = sealed.length;
  ok(seal_open(&bytes, &size) && size == plain.length && memcmp(bytes, plain.data, size) == 0, "around the same bytes");
  qy_text_free(&plain);
  qy_text_free(&sealed);
  qy_text_free(&wrapped);
  packer_free(room);
}

int main(void)
{
  ends();
  bits();
  without();
  return done();
}
