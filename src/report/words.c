/* Escaping: see words.h. */
#include "words.h"

#include "quarry/table.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Bytes of the well-formed UTF-8 sequence at s (RFC 3629), its character in *code; 0: there is none. */
static size_t sequence(const unsigned char *s, size_t length, uint32_t *code)
{
  const size_t bytes = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : 4;
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4 || bytes > length) return 0;
  *code = bytes == 1 ? s[0] : s[0] & (0x7fu >> bytes);
  for (size_t i = 1; i < bytes; i++) {
    if ((s[i] & 0xc0) != 0x80) return 0;
    *code = *code << 6 | (s[i] & 0x3fu);
  }
  if (*code < least[bytes] || *code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000)) return 0;
  return bytes;
}

static bool harmless(uint32_t code)
{
  if (code < 0x20) return code == '\n' || code == '\t';
  if (code >= 0x7f && code < 0xa0) return false;
  return !(code >= 0x202a && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069) && code != 0x2028 && code != 0x2029;
}

typedef const char *escape_fn(uint32_t code);

static const char *escape_html(uint32_t code)
{
  switch (code) {
  case '<': return "&lt;";
  case '>': return "&gt;";
  case '&': return "&amp;";
  case '"': return "&quot;";
  case '\'': return "&#39;";
  default: return NULL;
  }
}

static const char *escape_json(uint32_t code)
{
  switch (code) {
  case '"': return "\\\"";
  case '\\': return "\\\\";
  case '\n': return "\\n";
  case '\t': return "\\t";
  default: return NULL;
  }
}

static void escaped(qy_text *out, const char *text, size_t length, escape_fn *escape)
{
  const unsigned char *s = (const unsigned char *)text;
  for (size_t i = 0; i < length;) {
    uint32_t code = 0;
    const size_t bytes = sequence(s + i, length - i, &code);
    const char *other = bytes && harmless(code) ? escape(code) : "\xef\xbf\xbd";
    if (other)
      qy_text_put(out, other, strlen(other));
    else
      qy_text_put(out, text + i, bytes);
    i += bytes ? bytes : 1;
  }
}

void words_html(qy_text *out, const char *text)
{
  if (text) escaped(out, text, strlen(text), escape_html);
}

void words_html_part(qy_text *out, const char *text, size_t length)
{
  const size_t all = strlen(text);
  if (length > all) length = all;
  while (length > 0 && length < all && ((unsigned char)text[length] & 0xc0) == 0x80)
    length--;
  escaped(out, text, length, escape_html);
}

void words_json(qy_text *out, const char *text)
{
  qy_text_put(out, "\"", 1);
  escaped(out, text, strlen(text), escape_json);
  qy_text_put(out, "\"", 1);
}

void words_base64(qy_text *out, const unsigned char *bytes, size_t length)
{
  static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < length; i += 3) {
    const size_t left = length - i;
    const uint32_t group = (uint32_t)bytes[i] << 16 | (uint32_t)(left > 1 ? bytes[i + 1] : 0) << 8 |
                           (uint32_t)(left > 2 ? bytes[i + 2] : 0);
    const char four[] = {digit[group >> 18], digit[group >> 12 & 63], left > 1 ? digit[group >> 6 & 63] : '=',
                         left > 2 ? digit[group & 63] : '='};
    qy_text_put(out, four, sizeof four);
  }
}

/* Beyond what is written without an exponent, as any number. */
static void put_bound(qy_text *out, double bound, double value, double low, double high)
{
  char text[QY_TABLE_NUMBER];
  const bool plain = bound == 0 || (fabs(bound) >= 1e-3 && fabs(bound) < 1e7);
  if (plain && qy_table_bound(text, bound, value, low, high))
    qy_text_add(out, "%s", text);
  else
    words_number(out, bound);
}

void words_interval(qy_text *out, double value, double low, double high)
{
  put_bound(out, low, value, low, high);
  qy_text_add(out, " … ");
  put_bound(out, high, value, low, high);
}

void words_number(qy_text *out, double value)
{
  const double size = fabs(value);
  if (!isfinite(value))
    qy_text_add(out, "–");
  else if (size != 0 && (size < 1e-3 || size >= 1e7))
    qy_text_add(out, "%.3e", value);
  else {
    const int digits = size > 0 ? 3 - (int)floor(log10(size)) : 0;
    qy_text_add(out, "%.*f", digits > 0 ? digits : 0, value);
  }
}
