/* Characters that no font has, on a machine without fonts: which become a question mark, which go with the one before
 * them.  What joins, what sits on a letter and what changes one is by the blocks of the Unicode standard. */
#include "../../src/plot/fonts.h"
#include "../../src/plot/script.h"
#include "files.h"
#include "tap.h"

#include <stdlib.h>

static size_t encode(uint32_t code, char out[5])
{
  if (code < 0x80) return (size_t)snprintf(out, 5, "%c", (int)code);
  const size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t i = length; i-- > 1; code /= 64)
    out[i] = (char)(0x80 + code % 64);
  out[0] = (char)((length == 2 ? 0xC0 : length == 3 ? 0xE0 : 0xF0) + code);
  out[length] = '\0';
  return length;
}

typedef struct block {
  uint32_t first, last;
} block;

static bool within(const block *blocks, size_t count, uint32_t code)
{
  for (size_t i = 0; i < count; i++)
    if (code >= blocks[i].first && code <= blocks[i].last) return true;
  return false;
}

/* Zero width space to right-to-left mark, word joiner to invisible plus, variation selectors, byte order mark, tags. */
static const block joining[] = {
    {0x200B, 0x200F}, {0x2060, 0x2064}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xE0000, 0xE0FFF}};

/* Combining marks: diacritical, Cyrillic, Hebrew points, Arabic honorifics, vowels, Koranic; Devanagari signs; Thai;
 * diacritical extended, supplement, for symbols; ideographic tones, kana voicing; half marks. */
static const block sitting[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},
                                {0x064B, 0x065F}, {0x06D6, 0x06DC}, {0x0900, 0x0903}, {0x093A, 0x094F},
                                {0x0E31, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                {0x20D0, 0x20FF}, {0x302A, 0x302F}, {0x3099, 0x309A}, {0xFE20, 0xFE2F}};

/* Colours of skin, letters of flags. */
static const block changing[] = {{0x1F3FB, 0x1F3FF}, {0x1F1E6, 0x1F1FF}};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static bool shows(const char *text, const char *expected)
{
  qy_text s = {0};
  script_with_glyphs(&s, text, strlen(text), NULL);
  const bool same = s.length == strlen(expected) && (s.length == 0 || memcmp(s.data, expected, s.length) == 0);
  if (!same) printf("# %s: %.*s, expected %s\n", text, (int)s.length, s.data ? s.data : "", expected);
  qy_text_free(&s);
  return same;
}

static void blocks(void)
{
  static const struct {
    const block *blocks;
    size_t count;
  } kind[] = {{joining, COUNT(joining)}, {sitting, COUNT(sitting)}, {changing, COUNT(changing)}};
  int wrong = 0, tried = 0;
  for (size_t k = 0; k < COUNT(kind); k++)
    for (size_t i = 0; i < kind[k].count; i++)
      for (int end = 0; end < 4; end++) {
        const block *b = &kind[k].blocks[i];
        const uint32_t code = end == 0 ? b->first - 1 : end == 1 ? b->first : end == 2 ? b->last : b->last + 1;
        char own[5], text[40], expected[40];
        encode(code, own);
        const bool joins = within(joining, COUNT(joining), code), sits = within(sitting, COUNT(sitting), code),
                   changes = within(changing, COUNT(changing), code);
        snprintf(text, sizeof text, "a%sb", own); /* behind a letter that is there */
        snprintf(expected, sizeof expected, "a%sb", joins ? own : sits ? "" : "?");
        wrong += !shows(text, expected);
        snprintf(text, sizeof text, "a\xF3\xB1\xBF\xBD%sb", own); /* behind one that is not */
        snprintf(expected, sizeof expected, "a?%sb", joins || sits || changes ? "" : "?");
        wrong += !shows(text, expected);
        tried += 2;
      }
  ok(wrong == 0 && tried > 150, "%d texts at the ends of blocks", tried);
  ok(shows("\xF3\xB1\xBF\xBD\xE2\x80\x8D\xF3\xB1\xBF\xBC!", "?!"), "two that are joined are one");
  ok(shows("\xF3\xB1\xBF\xBD\xE2\x80\x8B\xF3\xB1\xBF\xBC!", "?"
                                                            "?!"),
     "but not by a space of no width");
  ok(shows("plain 'text' of 7 bits\n", "plain 'text' of 7 bits\n"), "letters of ASCII are not looked for");
  ok(shows("\xFF\xC3", "\xFF\xC3"), "nor are bytes that are none");
}

/* What is said of them: a mark alone would sit on the blank before it. */
static void said(void)
{
  static const struct {
    const char *text, *said;
  } row[] = {{"\xF3\xB1\xBF\xBD", " U+F1FFD (\xF3\xB1\xBF\xBD)"},
             {"e\xCC\x81", " U+0301"},
             {"\xC3\xA4 \xCC\x81 \xC3\xA4", " U+00E4 (\xC3\xA4), U+0301"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_text s = {0}, notes = {0}, expected = {0};
    script_with_glyphs(&s, row[i].text, strlen(row[i].text), &notes);
    qy_text_add(&expected, "no font of this machine has%s: '?' is drawn instead in PNG, PDF and EPS\n", row[i].said);
    is_text(notes.data, expected.data, "a note");
    qy_text_free(&s);
    qy_text_free(&notes);
    qy_text_free(&expected);
  }
  qy_text s = {0}, notes = {0};
  script_with_glyphs(&s, "plain", 5, &notes);
  ok(!notes.data, "nothing is said of letters that are there");
  qy_text_free(&s);
}

int main(void)
{
  char folder[] = "/tmp/quarry-fonts-XXXXXX", file[64], text[200];
  if (!mkdtemp(folder)) return 1;
  snprintf(file, sizeof file, "%s/fonts.conf", folder);
  snprintf(text, sizeof text, "<?xml version='1.0'?><fontconfig><dir>%s</dir><cachedir>%s</cachedir></fontconfig>\n",
           folder, folder);
  if (!write_file(file, text)) return 1;
  setenv("FONTCONFIG_FILE", file, 1);
  ok(!fonts_have(NULL, 0) && !fonts_have("DejaVu Sans", 0) && !fonts_have(NULL, 'a'), "no font is there");
  qy_text notes = {0};
  script_check_font("DejaVu Sans", &notes);
  ok(notes.data && strstr(notes.data, "\"DejaVu Sans\""), "which is said");
  qy_text_free(&notes);
  blocks();
  said();
  snprintf(text, sizeof text, "rm -r %s", folder);
  if (system(text)) printf("# %s is left\n", folder);
  return done();
}
