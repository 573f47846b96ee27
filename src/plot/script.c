/* Script text: see script.h. */
#include "script.h"

#include <assert.h>
#include <fontconfig/fontconfig.h>
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

/* Has any font of this machine the character?  True where that is not known. */
static bool has_glyph(uint32_t code)
{
  FcPattern *wanted = FcPatternCreate();
  FcCharSet *set = FcCharSetCreate();
  FcObjectSet *fields = FcObjectSetBuild(FC_FAMILY, (char *)NULL);
  bool has = true;
  if (wanted && set && fields && FcCharSetAddChar(set, code) && FcPatternAddCharSet(wanted, FC_CHARSET, set)) {
    FcFontSet *fonts = FcFontList(NULL, wanted, fields);
    has = !fonts || fonts->nfont > 0;
    if (fonts) FcFontSetDestroy(fonts);
  }
  if (fields) FcObjectSetDestroy(fields);
  if (set) FcCharSetDestroy(set);
  if (wanted) FcPatternDestroy(wanted);
  return has;
}

void script_with_glyphs(qy_text *s, const char *script, size_t length)
{
  assert(s && script);
  const unsigned char *p = (const unsigned char *)script, *kept = p, *end = p + length;
  uint32_t known = 0; /* the last character looked up that has a glyph: texts repeat */
  for (size_t bytes; p < end; p += bytes) {
    const uint32_t code = decode(p, &bytes);
    if (code < 0x80 || code == UINT32_MAX || code == known || joins(code)) continue;
    if (has_glyph(code)) {
      known = code;
      continue;
    }
    qy_text_put(s, (const char *)kept, (size_t)(p - kept));
    qy_text_put(s, "?", 1);
    kept = p + bytes;
  }
  qy_text_put(s, (const char *)kept, (size_t)(end - kept));
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
