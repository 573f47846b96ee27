/* Text of scripts: every character of Unicode by itself, bytes that are none, columns of wide ones, where texts are
 * cut.  What is expected is by the blocks and the noncharacters of the Unicode standard. */
#include "../../src/plot/script.h"
#include "random.h"
#include "tap.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char marks[] = "????";

/* UTF-8 of a code point, also of those that are none. */
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

static const char *quoted(const char *text, size_t columns)
{
  static char out[400];
  qy_text s = {0};
  script_quote(&s, text, columns);
  snprintf(out, sizeof out, "%.*s", (int)s.length, s.data);
  qy_text_free(&s);
  return out;
}

static const char *expected_of(uint32_t code, const char *own)
{
  static char out[16];
  const uint32_t in_plane = code % 0x10000;
  const bool control = code < 0x20 || (code > 0x7E && code < 0xA0);
  const bool turns = (code > 0x2029 && code < 0x202F) || (code > 0x2065 && code < 0x206A);
  const bool none = in_plane > 0xFFFD || (code > 0xFDCF && code < 0xFDF0);
  const char *shown = own;
  if (code > 0x10FFFF || (code > 0xD7FF && code < 0xE000))
    shown = code > 0x10FFFF ? marks : marks + 1; /* for each byte */
  else if (code == '\n' || code == '\t' || code == '\r')
    shown = " ";
  else if (control || turns || none)
    shown = "";
  else if (code == '\'')
    shown = "'.\"'\".'";
  snprintf(out, sizeof out, "'%s'", shown);
  return out;
}

static void characters(void)
{
  enum { END = 0x110100 };
  int wrong = 0;
  for (uint32_t code = 1; code < END; code++) {
    char own[5];
    encode(code, own);
    if (strcmp(quoted(own, 10), expected_of(code, own)) == 0) continue;
    if (wrong++ < 5) printf("# U+%04X: %s\n", (unsigned)code, quoted(own, 10));
  }
  is_int(wrong, 0, "each character is kept, dropped or replaced as it should be");
}

static void broken(void)
{
  static const struct {
    const char *bytes;
    int marks; /* question marks that take their place; 0: they are a character */
  } row[] = {{"\xC0\x80", 2},         {"\xC1\xBF", 2},         {"\xC2", 1},
             {"\xC2\xC0", 2},         {"\xDF\xBF", 0},         {"\xE0\x9F\xBF", 3},
             {"\xE0\xA0\x80", 0},     {"\xE2\x82", 2},         {"\xF0\x8F\xBF\xBF", 4},
             {"\xF0\x90\x80\x80", 0}, {"\xF5\x80\x80\x80", 4}, {"\xFF", 1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char expected[8];
    snprintf(expected, sizeof expected, "'%s'", row[i].marks ? marks + 4 - row[i].marks : row[i].bytes);
    is_text(quoted(row[i].bytes, 10), expected, "bytes that are no character are each a question mark");
  }
  is_text(quoted("a\x80\x62", 10), "'a?b'", "between characters too");
  is_text(quoted("\xC2\x62", 10), "'?b'", "and what follows is read");
}

static void columns(void)
{
  static const struct {
    uint32_t first, last; /* of a block of wide characters */
  } wide[] = {{0x1100, 0x115F}, {0x2E80, 0xD7A3}, {0xF900, 0xFAFF}, {0xFF00, 0xFF60}, {0x1F300, 0x10FFFD}};
  int wrong = 0;
  for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
    char one[5];
    for (int end = 0; end < 4; end++) {
      const uint32_t code = end == 0   ? wide[i].first - 1
                            : end == 1 ? wide[i].first
                            : end == 2 ? wide[i].last
                                       : wide[i].last + 1;
      if (wide[i].last > 0x10FFFC && end == 3) continue;
      encode(code, one);
      wrong += text_columns(one) != (end % 3 ? 2U : 1U);
    }
  }
  is_int(wrong, 0, "wide characters take two columns, those beside them one");
  ok(text_columns(NULL) == 0 && text_columns("") == 0 && text_columns("a\xC3\xA4\xE4\xB8\x80") == 4,
     "columns of texts");
  is_text(quoted("12345", 5), "'12345'", "a text that just fits");
  is_text(quoted("123456", 5), "'1234…'", "one more is cut");
  is_text(quoted("1\xE4\xB8\x80\xE4\xB8\x80", 5), "'1\xE4\xB8\x80\xE4\xB8\x80'", "wide ones that just fit");
  is_text(quoted("12\xE4\xB8\x80\xE4\xB8\x80", 5), "'12\xE4\xB8\x80…'", "a wide one that does not is cut whole");
  is_text(quoted("123\xE4\xB8\x80\xE4\xB8\x80", 5), "'123…'", "and so is one that would stand under the ellipsis");
  is_text(quoted(NULL, 5), "''", "nothing");
  qy_text s = {0};
  script_quote_tick(&s, "5 % '", 10);
  is_text(s.length == 14 ? s.data : NULL, "'5 %% '.\"'\".''", "percent signs of ticks twice");
  qy_text_free(&s);
}

/* Tool-tips keep letters, figures and what units need, spell the rest of ASCII not at all, and never have markup. */
static void tips(void)
{
  int wrong = 0;
  for (uint32_t code = 1; code < 0x110100; code++) {
    char own[5], expected[16];
    encode(code, own);
    const bool ascii = code < 0x80;
    const bool known = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || (code >= '0' && code <= '9') ||
                       (ascii && strchr(" _.,:;=+/%()-", (int)code));
    const bool broken = code > 0x10FFFF || (code > 0xD7FF && code < 0xE000);
    const bool wanted =
        !ascii && !broken && code != 0xA0 && code != 0x2028 && code != 0x2029 && expected_of(code, own)[1] != '\'';
    snprintf(expected, sizeof expected, "\"%s\"",
             code == 0xB5 || code == 0x3BC ? "u"
             : code == 0xB2                ? "2"
             : known || wanted             ? own
                                           : "");
    qy_text s = {0};
    script_tip(&s, own);
    const bool same = s.length == strlen(expected) && memcmp(s.data, expected, s.length) == 0;
    qy_text_free(&s);
    if (!same && wrong++ < 5) printf("# U+%04X: expected %s\n", (unsigned)code, expected);
  }
  is_int(wrong, 0, "each character of a tool-tip is kept, spelled or left out");
  qy_text s = {0};
  script_tip(&s, NULL);
  script_path(&s, "it's '/x");
  is_text(s.length == 24 ? s.data : NULL, "\"\"'it'.\"'\".'s '.\"'\".'/x'",
          "an empty tip, and a path with apostrophes");
  qy_text_free(&s);
}

/* Lines of at most so many columns, broken at the last blank that fits, at line feeds, else within a word. */
static void wrapping(void)
{
  static const char *const bits[] = {"a", "b", " ", " ", "\n", "\t", "\xC3\xA4", "\xE4\xB8\x80", "xyz"};
  uint64_t state = 5;
  int wrong = 0, lines = 0;
  for (int round = 0; round < 3000; round++) {
    char text[200] = "";
    const size_t count = 1 + (size_t)random_below(&state, 30), columns = 1 + (size_t)random_below(&state, 9);
    for (size_t i = 0; i < count; i++)
      strcat(text, bits[random_below(&state, sizeof bits / sizeof *bits)]);
    const char *rest = text, *start, *at = text;
    for (;;) {
      while (*at && strchr(" \n\t", *at))
        at++;
      /* the longest piece that fits, of a character at least */
      const char *end = at, *blank = NULL;
      size_t used = 0;
      while (*end && *end != '\n') {
        const size_t bytes = (*end & 0xE0) == 0xC0 ? 2 : (*end & 0xF0) == 0xE0 ? 3 : 1, wide = bytes == 3 ? 2 : 1;
        if (used && used + wide > columns) break;
        if (*end == ' ') blank = end;
        used += wide;
        end += bytes;
      }
      if (*end && *end != '\n' && *end != ' ' && blank) end = blank;
      const size_t got = text_wrap(&rest, &start, columns);
      wrong += start != at || got != (size_t)(end - at) || rest != end;
      lines++;
      at = end;
      if (got == 0 || rest != end) break;
    }
  }
  ok(wrong == 0 && lines > 9000, "%d lines are broken as they should be", lines);
}

int main(void)
{
  tips();
  wrapping();
  characters();
  broken();
  columns();
  return done();
}
