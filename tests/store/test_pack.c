/* Packed columns give back the bits they were made of; what is damaged is refused. */
#include "../../src/store/pack.h"
#include "../../src/store/pack_lanes.h"
#include "random.h"
#include "tap.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 5000 };

static double column[PACK_MOST + 1], back[PACK_MOST + 1];
static packer *room; /* for columns of any length, one after the other */

/* Does it come back, every bit? */
static void round_trip(size_t count, size_t most_bytes, const char *what)
{
  qy_text bytes = {0};
  ok(pack_column(&bytes, room, column, count) == 0, "%s: packed", what);
  memset(back, 1, sizeof back);
  ok(!unpack_column(back, count, bytes.data, bytes.length) && memcmp(back, column, count * sizeof *column) == 0,
     "%s: the same bits come back", what);
  uint64_t seed = 3;
  uint32_t row[COUNT];
  size_t rows = 0, wrong = 0;
  for (size_t i = 0; i < count; i++)
    if (rows < COUNT && (i == 0 || random_bits(&seed) % (i % 512 < 300 ? 90 : 2) == 0)) row[rows++] = (uint32_t)i;
  ok(!unpack_rows(back, row, rows, count, bytes.data, bytes.length), "%s: %zu rows", what, rows);
  for (size_t k = 0; k < rows; k++)
    wrong += memcmp(&back[k], &column[row[k]], sizeof *back) != 0;
  is_int((long)wrong, 0, "alone are the same bits");
  ok(bytes.length <= most_bytes && bytes.length <= pack_bytes(count), "%s: %zu bytes, at most %zu and %zu", what,
     bytes.length, most_bytes, pack_bytes(count));
  ok(pack_bytes(count) <= 9 * count + 100, "which is not much more than they are");
  qy_text_free(&bytes);
}

static void shapes(void)
{
  uint64_t seed = 7;
  for (size_t i = 0; i < COUNT; i++)
    column[i] = 3.25;
  round_trip(COUNT, 9, "a constant");
  round_trip(1, 9, "a single value");
  for (size_t i = 0; i < COUNT; i++)
    column[i] = NAN;
  round_trip(COUNT, 9, "no value at all");
  column[77] = -0.0;
  round_trip(COUNT, 200, "all but one NaN");
  for (size_t i = 0; i < COUNT; i++)
    column[i] = (double)(i % 5);
  round_trip(COUNT, 200, "a period of five");
  for (size_t i = 0; i < COUNT; i++)
    column[i] = random_unit(&seed);
  round_trip(COUNT, 8 * COUNT + 16, "numbers that never come again");
  for (size_t i = 0; i < COUNT; i++)
    column[i] = sqrt((double)(random_bits(&seed) % 100));
  round_trip(COUNT, 3 * COUNT + 900, "a hundred numbers in any order");
  for (size_t i = 0; i < PACK_MOST; i++)
    column[i] = random_unit(&seed);
  round_trip(PACK_MOST, 8 * PACK_MOST + 16, "as many as there may be");
  for (size_t i = 0; i < PACK_MOST; i++)
    column[i] = (double)(random_bits(&seed) % 2);
  round_trip(PACK_MOST, PACK_MOST / 8 + 2 * PACK_MOST, "two in any order");
  for (size_t i = 0; i < PACK_MOST; i++)
    column[i] = (double)(random_bits(&seed) % 70000);
  round_trip(PACK_MOST, 8 * PACK_MOST + 20000, "more different ones than a list holds");
  qy_text bytes = {0};
  for (size_t most = 512; most <= 514; most++) {
    for (size_t i = 0; i < COUNT; i++)
      column[i] = (double)(i % most);
    const bool listed = most <= 512; /* of the first 1024 at most half are different */
    ok(pack_column(&bytes, room, column, COUNT) == 0 && (bytes.length < 4 * (size_t)COUNT) == listed,
       "%zu numbers over and over: a list is %s", most, listed ? "made" : "given up after the first of them");
    qy_text_free(&bytes);
  }
  ok(pack_column(&bytes, room, column, PACK_MOST + 1) != 0, "more than there may be are refused");
  qy_text_free(&bytes);
}

/* Every beginning, and bytes changed at random: refused, or numbers, but nothing outside is touched. */
static void damaged(void)
{
  uint64_t seed = 11;
  qy_text bytes = {0};
  size_t accepted = 0;
  for (size_t i = 0; i < COUNT; i++)
    column[i] = i % 3 ? column[i ? i - 1 : 0] : sqrt((double)(random_bits(&seed) % 200));
  pack_column(&bytes, room, column, COUNT);
  for (size_t size = 0; size < bytes.length; size++)
    accepted += unpack_column(back, COUNT, bytes.data, size) != QY_BAD_INPUT;
  is_int((long)accepted, 0, "no beginning of it is taken for the whole");
  ok(unpack_column(back, COUNT - 1, bytes.data, bytes.length) == QY_BAD_INPUT, "nor for a column of another length");
  ok(unpack_column(back, COUNT + 8, bytes.data, bytes.length) == QY_BAD_INPUT, "shorter or longer");
  back[COUNT] = 5;
  for (int i = 0; i < 20000; i++) {
    const size_t at = (size_t)(random_bits(&seed) % (i % 2 ? bytes.length : 24));
    const char was = bytes.data[at];
    bytes.data[at] = (char)random_bits(&seed);
    unpack_column(back, COUNT, bytes.data, bytes.length);
    unpack_rows(back, (const uint32_t[]){0, 1, 700, COUNT - 1}, 4, COUNT, bytes.data, bytes.length);
    bytes.data[at] = was;
  }
  ok(back[COUNT] == 5, "changed bytes write nowhere else");
  qy_text_free(&bytes);
}

/* By the definition, for each set of lanes that the processor has, and lengths around those of bytes. */
static void splits(void)
{
  static const size_t length[] = {1, 7, 8, 9, 15, 16, 17, 23, 24, 640, 645};
  static uint64_t rest[700 + PACK_SPLIT_MORE];
  uint8_t bit[700 / 8 + 1];
  uint64_t seed = 5;
  int wrong = 0, tried = 0;
  for (size_t i = 0; i < 700; i++)
    column[i] = random_bits(&seed) % 3 ? (double)(i % 4) : random_unit(&seed);
  for (qy_lane_set set = QY_LANE_SET_PLAIN; set <= qy_lane_set_best(); set++)
    for (size_t l = 0; l < sizeof length / sizeof *length; l++)
      for (size_t lag = 1; lag <= 9; lag++, tried++) {
        const size_t count = length[l], own = pack_split(bit, rest, column, count, lag, set);
        size_t n = 0;
        for (size_t i = 0; i < count; i++) {
          const bool is_own = i < lag || memcmp(&column[i], &column[i - lag], sizeof *column) != 0;
          wrong += (bit[i / 8] >> i % 8 & 1) != is_own || (is_own && memcmp(&rest[n], &column[i], sizeof *column) != 0);
          n += is_own;
        }
        for (size_t i = count; i < (count / 8 + 1) * 8; i++)
          wrong += bit[i / 8] >> i % 8 & 1;
        wrong += n != own;
      }
  for (qy_lane_set set = QY_LANE_SET_PLAIN; set <= qy_lane_set_best(); set++)
    for (size_t at = 0; at < 21; at++)
      for (int kind = 0; kind < 4; kind++) {
        static const double put[] = {NAN, INFINITY, -INFINITY, -0.0};
        static const unsigned seen[] = {PACK_SOME | PACK_NONE, PACK_SOME | PACK_INFINITE, PACK_SOME | PACK_INFINITE,
                                        PACK_SOME};
        const double before = column[at];
        column[at] = kind == 0 && at % 2 ? -NAN : put[kind];
        const column_range all = pack_range(column, 21, set), one = pack_range(&column[at], 1, set);
        wrong += pack_seen(&all) != seen[kind];
        wrong += pack_seen(&one) != (kind == 0 ? PACK_NONE : kind == 3 ? PACK_SOME : PACK_SOME | PACK_INFINITE);
        column[at] = before;
      }
  ok(wrong == 0 && tried >= 99, "bits and others of %d columns, and what there is, by every set of lanes", tried);
}

/* The beginning of a column of each lag from what was split, then rows that are kept, by every set of lanes. */
static void joins(void)
{
  static uint64_t rest[700 + PACK_SPLIT_MORE];
  static uint16_t number[700];
  static double other[700];
  enum { LENGTH = 645 };
  uint8_t bit[700 / 8 + 1];
  uint64_t seed = 9;
  int wrong = 0, tried = 0;
  for (size_t i = 0; i < LENGTH; i++)
    number[i] = (uint16_t)(LENGTH - 1 - i);
  for (qy_lane_set set = QY_LANE_SET_PLAIN; set <= qy_lane_set_best(); set++)
    for (size_t lag = 1; lag <= 8; lag++)
      for (uint64_t often = 1; often <= 9; often += 2, tried++) {
        for (size_t i = 0; i < LENGTH; i++)
          column[i] = i >= lag && random_bits(&seed) % often ? column[i - lag] : i % 7 ? random_unit(&seed) : -NAN;
        const size_t own = pack_split(bit, rest, column, LENGTH, lag, QY_LANE_SET_PLAIN);
        for (size_t i = 0; i < own; i++)
          memcpy(&other[LENGTH - 1 - i], &rest[i], sizeof *other);
        for (int listed = 0; listed < 2; listed++) {
          const pack_source s = {listed ? (const char *)other : (const char *)rest,
                                 listed ? (const char *)number : NULL, listed ? LENGTH : own, own, lag};
          size_t taken = 0, expected = 0;
          const size_t done_of = pack_join(back, &taken, LENGTH, bit, &s, set);
          for (size_t i = 0; i < done_of; i++)
            expected += bit[i / 8] >> i % 8 & 1;
          wrong += done_of > LENGTH || taken != expected || memcmp(back, column, done_of * sizeof *back) != 0;
          wrong += set == QY_LANE_SET_AVX512 && done_of < 8 && own >= 8;
        }
        const size_t none = pack_none(bit, column, LENGTH, set);
        size_t kept = 0;
        memcpy(back, column, sizeof other);
        pack_keep(back, bit, LENGTH, set);
        for (size_t i = 0; i < LENGTH; i++) {
          wrong += (bit[i / 8] >> i % 8 & 1) != (isnan(column[i]) != 0);
          if (isnan(column[i])) wrong += memcmp(&back[kept++], &column[i], sizeof *back) != 0;
        }
        wrong += kept != none;
      }
  ok(wrong == 0 && tried >= 40, "what was split comes together, and rows are kept, in %d columns", tried);
}

int main(void)
{
  splits();
  joins();
  room = packer_new();
  shapes();
  damaged();
  packer_free(room);
  return done();
}
