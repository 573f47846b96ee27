/* A column of numbers as bytes: see pack.h.
 *
 * Points follow one another along axes, so that a value is often that of the point before, or of the one a few places
 * before, where the precision varies fastest.  Which of them are is a bit each, deflated (zlib); the others follow as
 * they are, or, where they come again further off, as numbers of 16 bits into a list of the different ones.
 *
 * Layout: a byte for the kind.  CONSTANT: the value.  Else the lag (a byte), how many values are not those `lag` places
 * before, bytes of the deflated bits (0: there are none, all differ), the bits; RAW: the values; LISTED: how many
 * different ones, these, then their numbers.  Counts are of four bytes; all is in the order of the machine, which is
 * that of every one Debian 12 is built for but s390x.
 */
#include "pack.h"

#include "quarry/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { CONSTANT = 1, RAW, LISTED };
enum {
  LAG_MOST = 8,
  SAMPLE = 512,    /* values that the lag is chosen by */
  TRIED = 1024,    /* values after which a list is given up, where most of them are different */
  PLACES_LEAST = 6 /* places of the table of different ones, as a power of two */
};

static uint64_t bits_of(double value)
{
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static void put_count(qy_text *out, size_t count)
{
  const uint32_t number = (uint32_t)count;
  qy_text_put(out, (const char *)&number, sizeof number);
}

/* How many of the first values are those `lag` places before. */
static size_t matches(const uint64_t *v, size_t count, size_t lag)
{
  size_t found = 0;
  for (size_t i = lag; i < count; i++)
    found += v[i] == v[i - lag];
  return found;
}

static size_t best_lag(const uint64_t *v, size_t count)
{
  const size_t sample = count < SAMPLE ? count : SAMPLE, from = count / 2 < sample ? 0 : count / 2;
  size_t best = 1, most = 0;
  for (size_t lag = 1; lag <= LAG_MOST; lag++) {
    const size_t found = matches(v + from, sample < count - from ? sample : count - from, lag);
    if (found <= most) continue;
    most = found;
    best = lag;
  }
  return best;
}

/* Bits of those that are not as `lag` places before, and these themselves; returns how many. */
static size_t split(uint8_t *bit, uint64_t *rest, const uint64_t *v, size_t count, size_t lag)
{
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    const bool own = i < lag || v[i] != v[i - lag];
    rest[n] = v[i];
    n += own;
    bit[i / 8] = (uint8_t)(bit[i / 8] | (own << i % 8));
  }
  return n;
}

/* Numbers of the values in a list of the different ones; 0: it is not worth one. */
static size_t list_values(uint16_t *number, uint64_t *list, uint32_t *table, const uint64_t *v, size_t count)
{
  size_t n = 0;
  int power = PLACES_LEAST;
  while (((size_t)1 << power) < 2 * count)
    power++;
  const size_t last = ((size_t)1 << power) - 1;
  memset(table, 0, (last + 1) * sizeof *table);
  for (size_t i = 0; i < count; i++) {
    size_t at = (size_t)((v[i] * UINT64_C(11400714819323198485)) >> (64 - power)); /* Fibonacci hashing */
    while (table[at] && list[table[at] - 1] != v[i])
      at = (at + 1) & last;
    if (!table[at]) {
      if (n == UINT16_MAX) return 0;
      list[n++] = v[i];
      table[at] = (uint32_t)n;
    }
    number[i] = (uint16_t)(table[at] - 1);
    if (i == TRIED && n > TRIED / 2) return 0;
  }
  return 4 * n < 3 * count ? n : 0;
}

typedef struct room {
  uint64_t *value, *rest, *list;
  uint32_t *table;
  uint16_t *number;
  uint8_t *bit, *packed;
  size_t packed_room;
} room;

static bool make_room(room *r, size_t count)
{
  r->packed_room = compressBound(count / 8 + 1);
  r->value = qy_alloc(count, sizeof *r->value);
  r->rest = qy_alloc(count + 1, sizeof *r->rest);
  r->list = qy_alloc(count, sizeof *r->list);
  r->table = malloc((4 * count + (1 << PLACES_LEAST)) * sizeof *r->table);
  r->number = qy_alloc(count, sizeof *r->number);
  r->bit = qy_alloc(count / 8 + 1, 1);
  r->packed = qy_alloc(r->packed_room, 1);
  return r->value && r->rest && r->list && r->table && r->number && r->bit && r->packed;
}

static void drop_room(room *r)
{
  free(r->value);
  free(r->rest);
  free(r->list);
  free(r->table);
  free(r->number);
  free(r->bit);
  free(r->packed);
}

static int pack(qy_text *out, room *r, size_t count)
{
  const size_t lag = best_lag(r->value, count), rest = split(r->bit, r->rest, r->value, count, lag);
  uLongf packed = r->packed_room;
  if (rest == count)
    packed = 0;
  else if (compress2(r->packed, &packed, r->bit, count / 8 + 1, 1) != Z_OK)
    return -1;
  const size_t listed = list_values(r->number, r->list, r->table, r->rest, rest);
  qy_text_put(out, (const char[]){listed ? LISTED : RAW, (char)lag}, 2);
  put_count(out, rest);
  put_count(out, packed);
  qy_text_put(out, (const char *)r->packed, packed);
  if (!listed) {
    qy_text_put(out, (const char *)r->rest, rest * sizeof *r->rest);
  } else {
    put_count(out, listed);
    qy_text_put(out, (const char *)r->list, listed * sizeof *r->list);
    qy_text_put(out, (const char *)r->number, rest * sizeof *r->number);
  }
  return out->failed ? -1 : 0;
}

/* Kind, lag and three numbers, then bits, then values as they are: a list is taken where that is less. */
size_t pack_bytes(size_t count)
{
  enum { HEAD = 2 + 3 * sizeof(uint32_t) };
  return HEAD + compressBound(count / 8 + 1) + (count + 1) * sizeof(double);
}

int pack_column(qy_text *out, const double *value, size_t count)
{
  bool constant = true;
  for (size_t i = 1; i < count; i++)
    constant &= bits_of(value[i]) == bits_of(value[0]);
  if (constant && count) {
    qy_text_put(out, (const char[]){CONSTANT}, 1);
    qy_text_put(out, (const char *)value, sizeof *value);
    return out->failed ? -1 : 0;
  }
  room r = {0};
  int failed = count > PACK_MOST || !make_room(&r, count);
  if (!failed) memcpy(r.value, value, count * sizeof *value);
  failed = failed ? -1 : pack(out, &r, count);
  drop_room(&r);
  return failed;
}

/* ---- back */

typedef struct input {
  const char *at;
  size_t left;
  bool failed;
} input;

static const char *take(input *in, size_t bytes)
{
  const char *at = in->at;
  in->failed |= bytes > in->left;
  if (in->failed) return NULL;
  in->at += bytes;
  in->left -= bytes;
  return at;
}

static size_t take_count(input *in)
{
  uint32_t number = 0;
  const char *at = take(in, sizeof number);
  if (at) memcpy(&number, at, sizeof number);
  return number;
}

static void copy_number(double *to, const char *from, size_t place)
{
  memcpy(to, from + place * sizeof *to, sizeof *to);
}

/* Values that are not those before, as they follow or from their list. */
typedef struct source {
  const char *value, *number; /* number NULL: as they follow */
  size_t listed, next, count;
} source;

static bool next_value(double *to, source *s)
{
  uint16_t place = 0;
  if (s->next == s->count) return false;
  if (s->number) {
    memcpy(&place, s->number + s->next * sizeof place, sizeof place);
    if (place >= s->listed) return false;
  }
  copy_number(to, s->value, s->number ? place : s->next);
  s->next++;
  return true;
}

/* Eight at a time where all are as they follow, or all as those before. */
static size_t join_many(double *value, size_t from, size_t count, const uint8_t *bit, size_t lag, source *s)
{
  enum { MANY = 8 };
  size_t i = from;
  for (; i % MANY == 0 && i >= lag && i + MANY <= count; i += MANY) {
    if (bit[i / MANY] == 0) {
      for (size_t k = i; k < i + MANY; k++)
        memcpy(&value[k], &value[k - lag], sizeof *value);
    } else if (bit[i / MANY] == UINT8_MAX && !s->number && s->next + MANY <= s->count) {
      memcpy(&value[i], s->value + s->next * sizeof *value, MANY * sizeof *value);
      s->next += MANY;
    } else {
      break;
    }
  }
  return i;
}

static bool join(double *value, size_t count, const uint8_t *bit, size_t lag, source *s)
{
  bool good = true;
  for (size_t i = 0; i < count && good; i++) {
    if (bit && i % 8 == 0 && (i = join_many(value, i, count, bit, lag, s)) == count) break;
    if (bit && !(bit[i / 8] >> i % 8 & 1)) {
      good = i >= lag;
      if (good) memcpy(&value[i], &value[i - lag], sizeof *value); /* NaN keeps its bits */
    } else {
      good = next_value(&value[i], s);
    }
  }
  return good && s->next == s->count;
}

bool unpack_column(double *value, size_t count, const void *bytes, size_t size)
{
  input in = {bytes, size, count > PACK_MOST};
  uint8_t bit[PACK_MOST / 8 + 1];
  const char *kind = take(&in, 1);
  if (kind && *kind == CONSTANT) {
    const char *at = take(&in, sizeof *value);
    for (size_t i = 0; i < count && at; i++)
      copy_number(&value[i], at, 0);
    return at && in.left == 0;
  }
  const char *lag = take(&in, 1);
  source s = {.count = take_count(&in)};
  const size_t packed = take_count(&in);
  const char *deflated = take(&in, packed);
  uLongf length = count / 8 + 1;
  if (!kind || !lag || in.failed || (*kind != RAW && *kind != LISTED) || *lag < 1 || s.count > count) return false;
  if (packed && (uncompress(bit, &length, (const Bytef *)deflated, packed) != Z_OK || length != count / 8 + 1))
    return false;
  s.listed = *kind == LISTED ? take_count(&in) : s.count;
  s.value = take(&in, s.listed * sizeof *value);
  s.number = *kind == LISTED ? take(&in, s.count * sizeof(uint16_t)) : NULL;
  return !in.failed && in.left == 0 && join(value, count, packed ? bit : NULL, (size_t)*lag, &s);
}
