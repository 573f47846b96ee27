/* Script text: see script.h. */
#include "script.h"

#include "fonts.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

/* One character of UTF-8: its code and its length in bytes. Code UINT32_MAX for a broken one (length 1). */
static uint32_t decode(const unsigned char *p, size_t *length)
{
  *length = 1;
  if (p[0] < 0x80) return p[0];
  size_t n = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
  if (p[0] < 0xC2 || p[0] > 0xF4) return UINT32_MAX;
  uint32_t code = p[0] & (0x7Fu >> n);
  for (size_t i = 1; i < n; i++) {
    if ((p[i] & 0xC0) != 0x80) return UINT32_MAX;
    code = code << 6 | (p[i] & 0x3Fu);
  }
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return UINT32_MAX;
  *length = n;
  return code;
}

/* Characters that no label needs: controls, direction changes, and what XML forbids. */
static bool dropped(uint32_t code)
{
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x202A && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

static size_t width_of(uint32_t code)
{
  bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xD7A3) ||
              (code >= 0xF900 && code <= 0xFAFF) || (code >= 0xFF00 && code <= 0xFF60) || code >= 0x1F300;
  return wide && code != UINT32_MAX ? 2 : 1;
}

size_t text_columns(const char *text)
{
  size_t columns = 0, length;
  if (!text) return 0;
  for (const unsigned char *p = (const unsigned char *)text; *p; p += length)
    columns += width_of(decode(p, &length));
  return columns;
}

/* Closes the text, joins an apostrophe and opens it again.  A doubled quote is not safe: gnuplot 5.4 ends the text at
 * two of them in a row, and at one right after the opening quote. */
static const char apostrophe[] = "'.\"'\".'";

static void quote(qy_text *s, const char *text, size_t columns, bool tick)
{
  if (!text) text = "";
  bool cut = text_columns(text) > columns;
  size_t used = 0, length;
  qy_text_put(s, "'", 1);
  for (const unsigned char *p = (const unsigned char *)text; *p; p += length) {
    uint32_t code = decode(p, &length);
    if (cut && used + width_of(code) + 1 > columns) {
      qy_text_add(s, "…");
      break;
    }
    used += width_of(code);
    if (code == UINT32_MAX)
      qy_text_put(s, "?", 1);
    else if (code == '\n' || code == '\t' || code == '\r')
      qy_text_put(s, " ", 1);
    else if (dropped(code))
      used -= width_of(code);
    else if (code == '\'')
      qy_text_add(s, "%s", apostrophe);
    else if (code == '%' && tick)
      qy_text_put(s, "%%", 2);
    else
      qy_text_put(s, (const char *)p, length);
  }
  qy_text_put(s, "'", 1);
}

void script_quote(qy_text *s, const char *text, size_t columns)
{
  assert(s);
  quote(s, text, columns, false);
}

void script_quote_tick(qy_text *s, const char *text, size_t columns)
{
  assert(s);
  quote(s, text, columns, true);
}

void script_path(qy_text *s, const char *path)
{
  assert(s && path);
  qy_text_put(s, "'", 1);
  for (const char *p = path; *p; p++) {
    if (*p == '\'')
      qy_text_add(s, "%s", apostrophe);
    else
      qy_text_put(s, p, 1);
  }
  qy_text_put(s, "'", 1);
}

/* Characters that are never drawn, and join or choose others: no font needs to have them. */
static bool joins(uint32_t code)
{
  return (code >= 0x200B && code <= 0x200F) || (code >= 0x2060 && code <= 0x2064) ||
         (code >= 0xFE00 && code <= 0xFE0F) || code == 0xFEFF || (code >= 0xE0000 && code <= 0xE0FFF);
}

void script_check_font(const char *family, qy_text *notes)
{
  assert(family && notes);
  if (!fonts_have(family, 0))
    qy_text_add(notes, "no font of the family \"%s\" is on this machine: another is taken\n", family);
}

/* Marks over, below or in the letter before them. */
static bool combines(uint32_t code)
{
  static const struct {
    uint32_t first, last;
  } marks[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
               {0x064B, 0x065F}, {0x06D6, 0x06DC}, {0x0900, 0x0903}, {0x093A, 0x094F},
               {0x0E31, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
               {0x20D0, 0x20FF}, {0x302A, 0x302F}, {0x3099, 0x309A}, {0xFE20, 0xFE2F}};
  for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
    if (code >= marks[i].first && code <= marks[i].last) return true;
  return false;
}

/* What changes the emoji before it or makes a pair with it: colours of skin, halves of flags. */
static bool modifies(uint32_t code)
{
  return (code >= 0x1F3FB && code <= 0x1F3FF) || (code >= 0x1F1E6 && code <= 0x1F1FF);
}

enum { MISSING_MAX = 64, MISSING_SHOWN = 8 };
typedef struct missing {
  uint32_t code[MISSING_MAX];
  char shown[MISSING_MAX][5];
  size_t count;
} missing;

static void miss(missing *m, uint32_t code, const unsigned char *bytes, size_t length)
{
  for (size_t i = 0; i < m->count; i++)
    if (m->code[i] == code) return;
  if (m->count == MISSING_MAX) return;
  m->code[m->count] = code;
  memcpy(m->shown[m->count], bytes, length);
  m->shown[m->count++][length] = '\0';
}

static void note_missing(qy_text *notes, const missing *m)
{
  if (m->count == 0 || !notes) return;
  qy_text_add(notes, "no font of this machine has");
  for (size_t i = 0; i < m->count && i < MISSING_SHOWN; i++) {
    const bool bare = combines(m->code[i]); /* it would sit on the blank before it */
    qy_text_add(notes, "%s U+%04X%s%s%s", i ? "," : "", (unsigned)m->code[i], bare ? "" : " (", bare ? "" : m->shown[i],
                bare ? "" : ")");
  }
  if (m->count > MISSING_SHOWN) qy_text_add(notes, " and %zu more", m->count - MISSING_SHOWN);
  qy_text_add(notes, ": '?' is drawn instead in PNG, PDF and EPS\n");
}

void script_with_glyphs(qy_text *s, const char *script, size_t length, qy_text *notes)
{
  assert(s && script);
  enum { JOINER = 0x200D };
  const unsigned char *p = (const unsigned char *)script, *kept = p, *end = p + length;
  uint32_t known = 0; /* the last character looked up that has a glyph: texts repeat */
  missing lost = {.count = 0};
  bool replaced = false, joined = false; /* the character before; and a joiner behind it */
  for (size_t bytes; p < end; p += bytes) {
    const uint32_t code = decode(p, &bytes);
    const bool joiner = joins(code);
    if (code < 0x80 || code == UINT32_MAX || code == known || (joiner && !replaced)) {
      replaced = joined = false;
      continue;
    }
    if (!joiner && fonts_have(NULL, code)) {
      known = code;
      replaced = joined = false;
      continue;
    }
    qy_text_put(s, (const char *)kept, (size_t)(p - kept));
    kept = p + bytes;
    if (joiner) {
      joined = code == JOINER;
      continue;
    }
    if (!combines(code) && !joined && !(replaced && modifies(code))) qy_text_put(s, "?", 1);
    miss(&lost, code, p, bytes);
    replaced = true;
    joined = false;
  }
  qy_text_put(s, (const char *)kept, (size_t)(end - kept));
  note_missing(notes, &lost);
}

void script_tip(qy_text *s, const char *text)
{
  assert(s);
  static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _.,:;=+/%()-";
  size_t length;
  qy_text_put(s, "\"", 1);
  for (const unsigned char *p = (const unsigned char *)(text ? text : ""); *p; p += length) {
    uint32_t code = decode(p, &length);
    if (code < 0x80 && code != 0 && strchr(allowed, (int)code))
      qy_text_put(s, (const char *)p, 1);
    else if (code == 0xB5 || code == 0x3BC)
      qy_text_put(s, "u", 1);
    else if (code == 0xB2)
      qy_text_put(s, "2", 1);
    else if (code > 0xA0 && code != UINT32_MAX && !dropped(code) && code != 0x2028 && code != 0x2029)
      qy_text_put(s, (const char *)p, length); /* a letter of another script: never markup */
  }
  qy_text_put(s, "\"", 1);
}

size_t text_wrap(const char **text, const char **start, size_t columns)
{
  assert(text && *text && start);
  const unsigned char *p = (const unsigned char *)*text;
  while (*p == ' ' || *p == '\n' || *p == '\t')
    p++;
  *start = (const char *)p;
  const unsigned char *space = NULL;
  size_t used = 0, length;
  for (; *p && *p != '\n'; p += length) {
    uint32_t code = decode(p, &length);
    if (code == ' ') space = p;
    if (used > 0 && used + width_of(code) > columns) {
      if (space) p = space;
      break;
    }
    used += width_of(code);
  }
  *text = (const char *)p;
  return (size_t)(*text - *start);
}
