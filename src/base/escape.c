/* Texts made safe to show: see escape.h. */
#include "quarry/escape.h"

#include <assert.h>
#include <string.h>

enum { ASCII_END = 0x80, DELETE = 0x7f, FIRST_SHOWN = 0x20 };

/* Lead bytes of sequences, and the range of the byte behind them; all further ones are 80..BF. */
typedef struct lead_row {
  unsigned char first, last, low, high;
  size_t length;
} lead_row;

/* clang-format off */
static const lead_row leads[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2},
    {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

/* Code points that are not shown. */
static const struct { uint32_t first, last; } hidden[] = {
    {0x00, 0x1F}, {0x7F, 0x9F}, {0x061C, 0x061C}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069},
};
/* clang-format on */

static qy_character sequence(const lead_row *row, const unsigned char *byte, size_t length)
{
  const qy_character bad = {.length = 1};
  uint32_t code = byte[0] & (0xFFU >> (row->length + 1));
  for (size_t i = 1; i < row->length; i++) {
    if (i == length) return (qy_character){.length = 1, .cut = true};
    const unsigned char low = i == 1 ? row->low : 0x80, high = i == 1 ? row->high : 0xBF;
    if (byte[i] < low || byte[i] > high) return bad;
    code = code << 6 | (byte[i] & 0x3FU);
  }
  return (qy_character){.code = code, .length = row->length, .well_formed = true};
}

qy_character qy_character_at(const char *bytes, size_t length)
{
  assert(bytes && length > 0);
  const unsigned char *byte = (const unsigned char *)bytes;
  if (byte[0] < ASCII_END) return (qy_character){.code = byte[0], .length = 1, .well_formed = true};
  for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
    if (byte[0] >= leads[i].first && byte[0] <= leads[i].last) return sequence(&leads[i], byte, length);
  return (qy_character){.length = 1};
}

bool qy_is_shown(uint32_t code)
{
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
    if (code >= hidden[i].first && code <= hidden[i].last) return false;
  return true;
}

static void put_hidden(qy_text *out, uint32_t code)
{
  static const char named[] = "\n\t\r", letter[] = "ntr";
  const char *at = code && code < ASCII_END ? strchr(named, (int)code) : NULL;
  if (at)
    qy_text_add(out, "\\%c", letter[at - named]);
  else
    qy_text_add(out, code < ASCII_END ? "\\x%02x" : "\\u%04x", (unsigned)code);
}

static bool is_kept(uint32_t code, const char *keep)
{
  return code && code < ASCII_END && strchr(keep, (int)code);
}

/* How many bytes from here on are printable ASCII. */
static size_t plain_run(const char *bytes, size_t length)
{
  size_t n = 0;
  while (n < length && (unsigned char)bytes[n] >= FIRST_SHOWN && (unsigned char)bytes[n] < DELETE)
    n++;
  return n;
}

size_t qy_escape_part(qy_text *out, const char *bytes, size_t length, const char *keep)
{
  assert(out && (bytes || length == 0) && keep);
  size_t at = 0;
  while (at < length) {
    const size_t run = plain_run(bytes + at, length - at);
    qy_text_put(out, bytes + at, run);
    at += run;
    if (at == length) break;
    const qy_character c = qy_character_at(bytes + at, length - at);
    if (c.cut) break;
    if (!c.well_formed)
      qy_text_add(out, "\\x%02x", (unsigned char)bytes[at]);
    else if (qy_is_shown(c.code) || is_kept(c.code, keep))
      qy_text_put(out, bytes + at, c.length);
    else
      put_hidden(out, c.code);
    at += c.length;
  }
  return at;
}

void qy_escape(qy_text *out, const char *text, const char *keep)
{
  assert(text);
  const size_t length = strlen(text);
  for (size_t at = qy_escape_part(out, text, length, keep); at < length; at++)
    qy_text_add(out, "\\x%02x", (unsigned char)text[at]);
}
