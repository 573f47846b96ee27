/* What a terminal would act on, and bytes that are no UTF-8, against the Unicode standard's own examples and by hand.
 * */
#include "quarry/escape.h"
#include "quarry/table.h"

#include "tap.h"

static void escaped(const char *text, const char *keep, const char *expected, const char *what)
{
  qy_text out = {0};
  qy_escape(&out, text, keep);
  is_text(out.data ? out.data : "", expected, what);
  qy_text_free(&out);
}

static void json(const char *text, const char *expected, const char *what)
{
  qy_text out = {0};
  qy_text_json(&out, text);
  is_text(out.data, expected, what);
  qy_text_free(&out);
}

/* Every sequence of one to four bytes out of those at the borders of table 3-7, decoded by the rules in words: shortest
 * form, no surrogate, at most U+10FFFF. */
static size_t by_words(const unsigned char *b, size_t n)
{
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const size_t length = b[0] < 0x80             ? 1
                        : (b[0] & 0xE0) == 0xC0 ? 2
                        : (b[0] & 0xF0) == 0xE0 ? 3
                        : (b[0] & 0xF8) == 0xF0 ? 4
                                                : 0;
  if (length == 0 || length > n) return 0;
  uint32_t code = length == 1 ? b[0] : b[0] & (0x7FU >> length);
  for (size_t i = 1; i < length; i++) {
    if ((b[i] & 0xC0) != 0x80) return 0;
    code = code << 6 | (b[i] & 0x3FU);
  }
  const int good = code >= least[length] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  return good ? length : 0;
}

static void borders(void)
{
  static const unsigned char byte[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF,
                                       0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF};
  enum { N = sizeof byte };
  int wrong = 0;
  for (int i = 0; i < N * N * N * N; i++)
    for (size_t n = 1; n <= 4; n++) {
      const unsigned char b[] = {byte[i % N], byte[i / N % N], byte[i / N / N % N], byte[i / N / N / N]};
      const qy_character c = qy_character_at((const char *)b, n);
      const size_t expected = by_words(b, n);
      wrong += c.well_formed != (expected > 0) || c.length != (expected ? expected : 1);
      wrong += c.cut && expected;
    }
  is_int(wrong, 0, "sequences of bytes at the borders are taken for what they are");
}

/* Every character up to U+2100: what is not shown is escaped, by its number. */
static void characters(void)
{
  static const uint32_t hidden[][2] = {{0x01, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C},
                                       {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2066, 0x2069}};
  int wrong = 0;
  for (uint32_t code = 1; code < 0x2100; code++) {
    char text[4] = {(char)code}, expected[8];
    bool shown = true;
    qy_text out = {0};
    if (code >= 0x800)
      snprintf(text, sizeof text, "%c%c%c", (int)(0xE0 | code >> 12), (int)(0x80 | (code >> 6 & 0x3F)),
               (int)(0x80 | (code & 0x3F)));
    else if (code >= 0x80)
      snprintf(text, sizeof text, "%c%c", (int)(0xC0 | code >> 6), (int)(0x80 | (code & 0x3F)));
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
      shown &= code < hidden[i][0] || code > hidden[i][1];
    snprintf(expected, sizeof expected, code < 0x80 ? "\\x%02x" : "\\u%04x", code);
    if (code == '\n' || code == '\r' || code == '\t')
      snprintf(expected, sizeof expected, "\\%c", code == '\n' ? 'n' : code == '\r' ? 'r' : 't');
    qy_escape(&out, text, "");
    wrong += strcmp(out.data, shown ? text : expected) != 0 || qy_is_shown(code) != shown;
    qy_text_free(&out);
  }
  is_int(wrong, 0, "characters that are not shown are escaped, all others stay");
}

/* A text in two pieces, cut anywhere, is escaped as in one. */
static void pieces(void)
{
  static const char text[] = "µm² \xF0\x9F\x98\x80 \x1b[31m \xE2\x80\xAE x";
  qy_text whole = {0};
  qy_escape(&whole, text, "");
  int wrong = 0;
  for (size_t cut = 0; cut < sizeof text; cut++) {
    qy_text out = {0};
    const size_t taken = qy_escape_part(&out, text, cut, "");
    qy_escape(&out, text + taken, "");
    wrong += taken > cut || cut - taken > 3 || strcmp(out.data, whole.data) != 0;
    qy_text_free(&out);
  }
  is_int(wrong, 0, "and so is a text that comes in two pieces");
  qy_text_free(&whole);
}

/* Bytes of a cell, NUL bytes among them: as a text where there are none, else escaped, in JSON as JSON has them. */
static void cells_of_bytes(void)
{
  static const char some[] = "ab\0\0\n\"\xC3\xA4\xFF\xE2";
  static const char *const names[] = {"a"};
  uint32_t seed = 1;
  int wrong = 0;
  for (int i = 0; i < 5000; i++) {
    char bytes[8];
    size_t length = 0;
    qy_text csv = {0}, json_text = {0}, expected = {0}, got = {0};
    for (; length < (size_t)(i % 8); length++) {
      seed = seed * 1664525u + 1013904223u;
      bytes[length] = some[(seed >> 8) % (sizeof some - 1)];
    }
    qy_text_add(&expected, "[\n {\"a\": ");
    qy_text_json_bytes(&expected, bytes, length);
    qy_text_add(&expected, "}\n]\n");
    qy_table *t = qy_table_new(1, names);
    qy_table_bytes(t, bytes, length);
    qy_table_render(t, QY_TABLE_JSON, &json_text, NULL);
    wrong += strcmp(json_text.data, expected.data) != 0;
    /* Each NUL escaped: what is between them as a text of its own. */
    for (size_t at = 0; at <= length;) {
      char piece[9] = "";
      const char *end = memchr(bytes + at, 0, length - at);
      const size_t size = end ? (size_t)(end - bytes) - at : length - at;
      memcpy(piece, bytes + at, size);
      qy_escape(&got, piece, "\n\r\t");
      if (end) qy_text_add(&got, "\\x00");
      at += size + 1;
    }
    qy_table_render(t, QY_TABLE_CSV, &csv, NULL);
    qy_text quoted = {0};
    const char *text = got.data ? got.data : "";
    const bool in_quotes = strpbrk(text, ",\"\n\r") != NULL;
    qy_text_add(&quoted, "a\n%s", in_quotes ? "\"" : "");
    for (; *text; text++)
      qy_text_add(&quoted, *text == '"' ? "\"\"" : "%c", *text);
    qy_text_add(&quoted, "%s\n", in_quotes ? "\"" : "");
    wrong += strcmp(csv.data, quoted.data) != 0;
    qy_text_free(&csv), qy_text_free(&json_text), qy_text_free(&expected), qy_text_free(&got), qy_text_free(&quoted);
    qy_table_free(t);
  }
  is_int(wrong, 0, "cells of any bytes");
}

static void tables(void)
{
  static const char *const names[] = {"a\x1b", "b"};
  static const char *const expected[] = {
      [QY_TABLE_ALIGNED] = "a\\x1b         b\nx\\x07\\ny\\xff  1\n",
      [QY_TABLE_CSV] = "a\\x1b,b\n\"x\\x07\ny\\xff\",1\n",
      [QY_TABLE_MARKDOWN] = "| a\\\\x1b | b |\n|:---|---:|\n| x\\\\x07\\\\ny\\\\xff | 1 |\n",
      [QY_TABLE_LATEX] = "% \\usepackage{booktabs}\n\\begin{tabular}{lr}\n\\toprule\na\\textbackslash{}x1b & b \\\\\n"
                         "\\midrule\nx\\textbackslash{}x07\\textbackslash{}ny\\textbackslash{}xff & 1 \\\\\n"
                         "\\bottomrule\n\\end{tabular}\n",
      [QY_TABLE_JSON] = "[\n {\"a\\u001b\": \"x\\u0007\\u000ay\\ufffd\", \"b\": 1}\n]\n",
  };
  for (int f = 0; f < QY_TABLE_FORMATS; f++) {
    qy_error err = {0};
    qy_text out = {0};
    qy_table *t = qy_table_new(2, names);
    qy_table_text(t, "x\a\ny\xff");
    qy_table_integer(t, 1);
    qy_table_render(t, (qy_table_format)f, &out, &err);
    is_text(out.data, expected[f], qy_table_format_names[f]);
    qy_text_free(&out);
    qy_table_free(t);
  }
}

int main(void)
{
  escaped("", "", "", "nothing");
  escaped("plain µm² × – 好 😀 \\n", "", "plain µm² × – 好 😀 \\n", "text stays");
  escaped("\x1b[31mred\x1b[0m", "", "\\x1b[31mred\\x1b[0m", "colours of a terminal");
  escaped("a\nb\tc\rd\x7f", "", "a\\nb\\tc\\rd\\x7f", "line breaks, tabs, DEL");
  escaped("a\nb\tc\r", "\n\t", "a\nb\tc\\r", "those to keep are kept");
  escaped("\xC2\x9B"
          "31m",
          "", "\\u009b31m", "a C1 control in UTF-8");
  escaped("\x9B"
          "31m",
          "", "\\x9b31m", "and as a byte");
  escaped("a\xE2\x80\xAE"
          "cba",
          "", "a\\u202ecba", "a mark that turns the direction");
  escaped("\xC0\x80\xED\xA0\x80\xF4\x90\x80\x80", "", "\\xc0\\x80\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80",
          "overlong NUL, a surrogate, beyond U+10FFFF");
  /* Unicode 15.0, table 3-8 (U+FFFD there for each maximal part; a byte each here). */
  escaped("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "",
          "a\\xf1\\x80\\x80\\xe1\\x80\\xc2b\\x80c\\x80\\xbf"
          "d",
          "sequences that break off");
  escaped("caf\xC3", "", "caf\\xc3", "a character that is cut at the end");
  json("\"\\\x01\n\x7f\xff\xC2\x85µ", "\"\\\"\\\\\\u0001\\u000a\\u007f\\ufffd\\u0085µ\"", "JSON");
  json("\xE2\x80\xAE\xC3", "\"\\u202e\\ufffd\"", "JSON, direction and a cut character");
  borders();
  characters();
  pieces();
  tables();
  cells_of_bytes();
  return done();
}
