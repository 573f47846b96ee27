/* A column of numbers as bytes: see pack.h.
 *
 * Points follow one another along axes, so that a value is often that of the point before, or of the one a few places
 * before, where the precision varies fastest.  Which of them are is a bit each, deflated (zlib); the others follow as
 * they are, or, where they come again further off, as numbers of 16 bits into a list of the different ones.
 *
 * Layout: a byte for the kind.  CONSTANT: the value; PACK_RULE: see follow.c.  Else the lag (a byte), how many values
 * are not those `lag` places before, bytes of the deflated bits (0: there are none, all differ), the bits; RAW: the
 * values; LISTED: how many different ones, these, then their numbers.  Counts are of four bytes; all is in the order of
 * the machine, which is that of every one Debian 12 is built for but s390x.
 */
#include "pack.h"

#include "pack_lanes.h"
#include "quarry/alloc.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

enum { CONSTANT = 1, RAW, LISTED };
enum {
  WINDOW_BITS = 12,
  MEMORY_LEVEL = 4,
  LAG_MOST = 8,
  SAMPLE = 512,    /* values that the lag is chosen by */
  TRIED = 1024,    /* values after which a list is given up, where most of them are different */
  WORD = 64,       /* bits that are looked at together */
  PLACES_LEAST = 6 /* places of the table of different ones, as a power of two */
};

/* A double as its bits, where it stands. */
typedef uint64_t __attribute__((may_alias)) word;

static void put_count(qy_text *out, size_t count)
{
  const uint32_t number = (uint32_t)count;
  qy_text_put(out, (const char *)&number, sizeof number);
}

/* How many of the first values are those `lag` places before. */
static size_t matches(const word *v, size_t count, size_t lag)
{
  size_t found = 0;
  for (size_t i = lag; i < count; i++)
    found += v[i] == v[i - lag];
  return found;
}

static size_t best_lag(const word *v, size_t count)
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

/* Bytes of deflated bits at most: above what deflateBound says of any memory and window. */
static size_t bits_bound(size_t count)
{
  enum { MORE = 64 };
  const size_t bytes = count / 8 + 1;
  return bytes + bytes / 4 + MORE;
}

struct packer {
  size_t room; /* values; what follows is for these */
  uint64_t *rest, *list;
  uint32_t *table;
  uint16_t *number;
  uint8_t *bit, *packed;
  size_t packed_room;
  z_stream deflate;
  qy_lane_set set;
};

static void drop_room(packer *r)
{
  free(r->rest);
  free(r->list);
  free(r->table);
  free(r->number);
  free(r->bit);
  free(r->packed);
  *r = (packer){.deflate = r->deflate, .set = r->set};
}

static bool make_room(packer *r, size_t count)
{
  if (r->bit && r->room >= count) return true;
  drop_room(r);
  r->packed_room = bits_bound(count);
  r->rest = malloc((count + PACK_SPLIT_MORE) * sizeof *r->rest);
  r->list = malloc((count + 1) * sizeof *r->list);
  r->table = malloc((4 * count + (1 << PLACES_LEAST)) * sizeof *r->table);
  r->number = malloc((count + 1) * sizeof *r->number);
  r->bit = malloc(count / 8 + 1);
  r->packed = malloc(r->packed_room);
  const bool good = r->rest && r->list && r->table && r->number && r->bit && r->packed;
  r->room = good ? count : 0;
  return good;
}

packer *packer_new(void)
{
  packer *r = qy_alloc(1, sizeof *r);
  if (r) r->set = qy_lane_set_best();
  /* Bits of a column are few: what is cleared before each stays small. */
  if (r && deflateInit2(&r->deflate, 1, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) == Z_OK) return r;
  free(r);
  return NULL;
}

void packer_free(packer *r)
{
  if (!r) return;
  drop_room(r);
  deflateEnd(&r->deflate);
  free(r);
}

/* Bytes of the deflated bits; 0: it failed. */
static size_t deflate_bits(packer *r, size_t bytes)
{
  z_stream *z = &r->deflate;
  if (deflateReset(z) != Z_OK) return 0;
  z->next_in = r->bit;
  z->avail_in = (uInt)bytes;
  z->next_out = r->packed;
  z->avail_out = (uInt)r->packed_room;
  return deflate(z, Z_FINISH) == Z_STREAM_END ? z->total_out : 0;
}

static int pack(qy_text *out, packer *r, const double *value, size_t count)
{
  const word *v = (const word *)value;
  const size_t lag = best_lag(v, count), rest = pack_split(r->bit, r->rest, value, count, lag, r->set);
  const size_t packed = rest == count ? 0 : deflate_bits(r, count / 8 + 1);
  if (rest != count && !packed) return -1;
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
  return HEAD + bits_bound(count) + (count + 1) * sizeof(double);
}

bool pack_is_constant(const double *value, size_t count)
{
  const word *v = (const word *)value;
  size_t same = 1;
  while (same < count && v[same] == v[0])
    same++;
  return count && same == count;
}

int pack_column(qy_text *out, packer *r, const double *value, size_t count)
{
  if (pack_is_constant(value, count)) {
    qy_text_put(out, (const char[]){CONSTANT}, 1);
    qy_text_put(out, (const char *)value, sizeof *value);
    return out->failed ? -1 : 0;
  }
  return count > PACK_MOST || !make_room(r, count) ? -1 : pack(out, r, value, count);
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

static void put_bits(double *to, uint64_t bits)
{
  memcpy(to, &bits, sizeof *to);
}

static uint64_t source_value(const pack_source *s, size_t place)
{
  uint64_t bits;
  uint16_t number;
  if (s->number) {
    memcpy(&number, s->number + place * sizeof number, sizeof number);
    place = number;
  }
  memcpy(&bits, s->value + place * sizeof bits, sizeof bits);
  return bits;
}

/* Bits of up to 64 values; those behind the last are 0. */
static uint64_t bits_at(const uint8_t *bit, size_t i)
{
  uint64_t bits;
  memcpy(&bits, bit + i / WORD * sizeof bits, sizeof bits);
  return le64toh(bits) >> i % WORD;
}

/* The largest of numbers of 16 bits. */
static uint16_t most_number(const char *number, size_t count)
{
  enum { LANES = 16 };
  typedef uint16_t __attribute__((vector_size(LANES * sizeof(uint16_t)))) lanes;
  lanes most = {0}, some;
  uint16_t one, found = 0;
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    memcpy(&some, number + i * sizeof one, sizeof some);
    const lanes more = (lanes)(some > most);
    most = (some & more) | (most & ~more);
  }
  for (int k = 0; k < LANES; k++)
    found = most[k] > found ? most[k] : found;
  for (; i < count; i++) {
    memcpy(&one, number + i * sizeof one, sizeof one);
    found = one > found ? one : found;
  }
  return found;
}

/* Are all numbers into the list, and are there as many values as bits say, the first `lag` among them? */
static bool source_fits(const pack_source *s, const uint8_t *bit, size_t count)
{
  size_t own = 0;
  if (s->number && s->count && most_number(s->number, s->count) >= s->listed) return false;
  if (!bit) return s->count == count;
  for (size_t i = 0; i < s->lag && i < count; i++)
    if (!(bit[i / 8] >> i % 8 & 1)) return false;
  for (size_t i = 0; i < count; i += WORD)
    own += (size_t)__builtin_popcountll(bits_at(bit, i) &
                                        (count - i < WORD ? (UINT64_C(1) << (count - i)) - 1 : ~UINT64_C(0)));
  return own == s->count;
}

/* Values as they follow, where bit is NULL or of the first ones; then without branches, which nothing would foretell.
 * What is not own is that `lag` places before: of a lag of one, the last own one.  Values go as whole numbers, so that
 * a NaN keeps its bits; s is a copy, which what is written does not change. */
static void join(double *value, size_t count, const uint8_t *bit, const pack_source s)
{
  const size_t first = bit && s.lag < count ? s.lag : count;
  size_t own = 0, i = bit ? pack_join(value, &own, count, bit, &s, qy_lane_set_best()) : 0;
  if (!bit && !s.number) {
    memcpy(value, s.value, count * sizeof *value);
    return;
  }
  for (; i < first; i++)
    put_bits(&value[i], source_value(&s, own++));
  while (i < count) {
    const size_t next = (i / WORD + 1) * WORD, end = next < count ? next : count;
    uint64_t bits = bits_at(bit, i);
    for (; i < end && s.lag == 1; i++, bits >>= 1) {
      own += bits & 1;
      put_bits(&value[i], source_value(&s, own - 1));
    }
    for (; i < end; i++, bits >>= 1) {
      const uint64_t is_own = bits & 1, before = is_own - 1;
      own += is_own;
      put_bits(&value[i], (source_value(&s, own - 1) & ~before) | (*(const word *)&value[i - s.lag] & before));
    }
  }
}

/* Of rows that rise: the own value that each has, or that of the row a multiple of `lag` before that has one.  Rows
 * with the same remainder by the lag share a chain, of which no place is looked at twice. */
static void pick(double *value, const uint32_t *row, size_t rows, size_t count, const uint8_t *bit,
                 const pack_source *s)
{
  uint32_t before[PACK_MOST / WORD + 1]; /* own values before each word */
  uint32_t seen[LAG_MOST + 1] = {0};     /* one above the row of each chain that was picked last; 0: none yet */
  size_t place[LAG_MOST + 1], own = 0;
  for (size_t w = 0; bit && w <= (count - 1) / WORD; w++) {
    before[w] = (uint32_t)own;
    own += (size_t)__builtin_popcountll(bits_at(bit, w * WORD));
  }
  for (size_t k = 0; k < rows; k++) {
    size_t i = row[k], at = i;
    if (bit) {
      const size_t chain = i % s->lag;
      while (s->lag > 1 && i + 1 != seen[chain] && !(bit[i / 8] >> i % 8 & 1))
        i -= s->lag;
      const uint64_t up_to = bits_at(bit, i - i % WORD) << (WORD - 1 - i % WORD);
      at = i + 1 == seen[chain] ? place[chain] : before[i / WORD] + (size_t)__builtin_popcountll(up_to) - 1;
      seen[chain] = row[k] + 1;
      place[chain] = at;
    }
    put_bits(&value[k], source_value(s, at));
  }
}

/* What is not one number, taken apart; bit is for the bits.  *split: values follow bits. */
static qy_status take_source(pack_source *s, uint8_t *bit, bool *split, size_t count, input *in, char kind)
{
  const char *lag = take(in, 1);
  *s = (pack_source){.count = take_count(in)};
  const size_t packed = take_count(in);
  const char *deflated = take(in, packed);
  uLongf length = count / 8 + 1;
  if (!lag || in->failed || (kind != RAW && kind != LISTED) || *lag < 1 || *lag > LAG_MOST || s->count > count)
    return QY_BAD_INPUT;
  const int code = packed ? uncompress(bit, &length, (const Bytef *)deflated, packed) : Z_OK;
  if (code == Z_MEM_ERROR) return QY_NO_MEMORY;
  if (code != Z_OK || length != count / 8 + 1) return QY_BAD_INPUT;
  memset(bit + (packed ? length : 0), 0, sizeof(uint64_t));
  s->listed = kind == LISTED ? take_count(in) : s->count;
  s->value = take(in, s->listed * sizeof(double));
  s->number = kind == LISTED ? take(in, s->count * sizeof(uint16_t)) : NULL;
  s->lag = (size_t)*lag;
  *split = packed > 0;
  return !in->failed && !in->left && source_fits(s, packed ? bit : NULL, count) ? QY_OK : QY_BAD_INPUT;
}

qy_status unpack_rows(double *value, const uint32_t *row, size_t rows, size_t count, const void *bytes, size_t size)
{
  input in = {bytes, size, count > PACK_MOST || !count};
  uint8_t bit[PACK_MOST / 8 + 1 + sizeof(uint64_t)]; /* whole words are read */
  pack_source s;
  bool split;
  const size_t wanted = row ? rows : count;
  const char *kind = take(&in, 1);
  if (kind && *kind == CONSTANT) {
    const char *at = take(&in, sizeof *value);
    for (size_t i = 0; i < wanted && at; i++)
      memcpy(&value[i], at, sizeof *value);
    return at && in.left == 0 ? QY_OK : QY_BAD_INPUT;
  }
  const qy_status status = kind ? take_source(&s, bit, &split, count, &in, *kind) : QY_BAD_INPUT;
  if (status) return status;
  if (row)
    pick(value, row, rows, count, split ? bit : NULL, &s);
  else
    join(value, count, split ? bit : NULL, s);
  return QY_OK;
}

qy_status unpack_column(double *value, size_t count, const void *bytes, size_t size)
{
  return unpack_rows(value, NULL, 0, count, bytes, size);
}
