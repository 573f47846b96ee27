/* Texts inside of a page, against their definitions (RFC 3629, RFC 4648, RFC 8259), and the section of published
 * figures, whose cells are counted by hand. */
#include "../../src/report/report_int.h"
#include "../../src/report/words.h"
#include "../tap.h"

#include <stdlib.h>

typedef struct row {
  const char *text, *expected;
} row;

static void texts(const row *rows, size_t count, void put(qy_text *out, const char *text), const char *what)
{
  for (size_t i = 0; i < count; i++) {
    qy_text out = {0};
    put(&out, rows[i].text);
    ok(strcmp(out.data ? out.data : "", rows[i].expected) == 0, "%s %zu: %s", what, i, out.data ? out.data : "");
    qy_text_free(&out);
  }
}

#define BAD "\xef\xbf\xbd" /* U+FFFD */

static void escapes(void)
{
  static const row html[] = {
      {"a < b > c & \"d\" 'e'", "a &lt; b &gt; c &amp; &quot;d&quot; &#39;e&#39;"},
      {"tab\tline\n", "tab\tline\n"},
      {"\x01\x08\x0b\x1f|", BAD BAD BAD BAD "|"},
      {" ~\x7f", " ~" BAD},
      {"\xc2\x80\xc2\x9f\xc2\xa0", BAD BAD "\xc2\xa0"}, /* U+0080, U+009F, U+00A0 */
      {"\xdf\xbf\xe0\xa0\x80", "\xdf\xbf\xe0\xa0\x80"}, /* U+07FF, U+0800: the ends of two and three bytes */
      {"\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", "\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"},
      {"\xc0\x80|\xc1\xbf", BAD BAD "|" BAD BAD}, /* two bytes for one */
      {"\xe0\x9f\xbf|", BAD BAD BAD "|"},         /* three bytes for U+07FF */
      {"\xf0\x8f\xbf\xbf|", BAD BAD BAD BAD "|"}, /* four for U+FFFF */
      {"\xf4\x90\x80\x80|", BAD BAD BAD BAD "|"}, /* beyond U+10FFFF */
      {"\xf5\x80\x80\x80|", BAD BAD BAD BAD "|"},
      {"\xf8\x90\x80\x80|\xfc\x80\x80\x80|", BAD BAD BAD BAD "|" BAD BAD BAD BAD "|"}, /* begin no sequence at all */
      {"\xed\x9f\xbf\xed\xa0\x80|", "\xed\x9f\xbf" BAD BAD BAD "|"},                   /* U+D7FF, U+D800 */
      {"\xed\xbf\xbf\xee\x80\x80", BAD BAD BAD "\xee\x80\x80"},                        /* U+DFFF, U+E000 */
      {"\x80\xbf|\xc3|", BAD BAD "|" BAD "|"}, /* followers alone, a sequence that is not ended */
      {"\xe2\x82", BAD BAD},                   /* nor is this one, at the end of the text */
      {"\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9", "\xe2\x80\xa7" BAD BAD}, /* U+2027, U+2028, U+2029 */
      {"\xe2\x80\xaa\xe2\x80\xae\xe2\x80\xaf", BAD BAD "\xe2\x80\xaf"}, /* U+202A, U+202E, U+202F */
      {"\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaa",
       "\xe2\x81\xa5" BAD BAD "\xe2\x81\xaa"}, /* U+2065 .. U+206A */
  };
  static const row json[] = {{"", "\"\""},
                             {"a \"b\" \\ c", "\"a \\\"b\\\" \\\\ c\""},
                             {"x\ny\tz", "\"x\\ny\\tz\""},
                             {"<&>'", "\"<&>'\""},
                             {"\x02\xff", "\"" BAD BAD "\""}};
  texts(html, sizeof html / sizeof *html, words_html, "HTML");
  texts(json, sizeof json / sizeof *json, words_json, "JSON");
  qy_text none = {0};
  words_html(&none, NULL);
  is_int((int64_t)none.length, 0, "nothing of nothing");
  qy_text_free(&none);
  static const struct {
    const char *text;
    size_t length;
    const char *expected;
  } part[] = {{"abc", 2, "ab"},
              {"abc", 3, "abc"},
              {"abc", 9, "abc"},
              {"abc", 0, ""},
              {"a\xc2\xb5z", 2, "a"},
              {"a\xc2\xb5z", 3, "a\xc2\xb5"},
              {"\xe2\x82\xac", 2, ""},
              {"a<b", 2, "a&lt;"},
              {"\xf0\x90\x80\x80|", 3, ""},
              {"\xf0\x90\x80\x80|", 4, "\xf0\x90\x80\x80"}};
  for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
    qy_text out = {0};
    words_html_part(&out, part[i].text, part[i].length);
    is_text(out.data ? out.data : "", part[i].expected, "the first bytes, ending between characters");
    qy_text_free(&out);
  }
}

/* The examples of RFC 4648, section 10, and bytes that use all digits. */
static void base64(void)
{
  static const row rows[] = {{"", ""},
                             {"f", "Zg=="},
                             {"fo", "Zm8="},
                             {"foo", "Zm9v"},
                             {"foob", "Zm9vYg=="},
                             {"fooba", "Zm9vYmE="},
                             {"foobar", "Zm9vYmFy"},
                             {"\xff\xef\xbe", "/+++"},
                             {"\xfb\xff", "+/8="}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_text out = {0};
    words_base64(&out, (const unsigned char *)rows[i].text, strlen(rows[i].text));
    is_text(out.data ? out.data : "", rows[i].expected, "base64");
    qy_text_free(&out);
  }
}

/* Four digits at least, no exponent from 0.001 to 10 million. */
static void numbers(void)
{
  static const struct {
    double value;
    const char *text;
  } rows[] = {{0, "0"},
              {1, "1.000"},
              {12.3456, "12.35"},
              {-12.3456, "-12.35"},
              {1234.4, "1234"},
              {123456.7, "123457"},
              {9999999, "9999999"},
              {1e7, "1.000e+07"},
              {0.001, "0.001000"},
              {0.000999, "9.990e-04"},
              {0.5, "0.5000"},
              {NAN, "–"},
              {INFINITY, "–"},
              {999.94, "999.9"},
              {10, "10.00"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_text out = {0};
    words_number(&out, rows[i].value);
    is_text(out.data, rows[i].text, "a number");
    qy_text_free(&out);
  }
  static const struct {
    double value, low, high;
    const char *text;
  } interval[] = {{300, 80, 630, "80 … 630"},
                  {3e8, 1e8, 5e8, "1.000e+08 … 5.000e+08"},
                  {5, -2e7, 10, "-2.000e+07 … 10"},
                  {0.003, 0.001, 0.0063, "0.0010 … 0.0063"},
                  {0.003, 0.0009, 0.0063, "9.000e-04 … 0.0063"},
                  {5e6, 1e6, 1e7, "1000000 … 1.000e+07"}};
  for (size_t i = 0; i < sizeof interval / sizeof *interval; i++) {
    qy_text out = {0};
    words_interval(&out, interval[i].value, interval[i].low, interval[i].high);
    is_text(out.data, interval[i].text, "an interval");
    qy_text_free(&out);
  }
}

static size_t count_of(const char *text, const char *part)
{
  size_t count = 0;
  for (const char *p = text; p && (p = strstr(p, part)); p += strlen(part))
    count++;
  return count;
}

static void validation(void)
{
  qy_figure_result f[] = {
      {.section = "one",
       .name = "a<b",
       .unit = "µm²",
       .published = 100,
       .model = 110,
       .error_pct = 10,
       .verdict = QY_VERDICT_REPRODUCED,
       .inside = QY_INSIDE_YES,
       .p05 = 90,
       .p95 = 130,
       .draws = 256},
      {.section = "one",
       .name = "off",
       .published = 100,
       .model = 300,
       .error_pct = 200,
       .verdict = QY_VERDICT_OFF,
       .inside = QY_INSIDE_NO,
       .p05 = 250,
       .p95 = 350,
       .draws = 256},
      {.section = "one",
       .name = "variant",
       .variant = "other",
       .published = 100,
       .model = 90,
       .error_pct = -10,
       .verdict = QY_VERDICT_WITHIN,
       .p05 = NAN,
       .p95 = NAN},
      {.section = "one",
       .name = "count",
       .published = 8,
       .model = 8,
       .error_pct = 0,
       .exact = true,
       .verdict = QY_VERDICT_REPRODUCED,
       .p05 = NAN,
       .p95 = NAN},
      {.section = "two",
       .name = "set",
       .published = 5,
       .model = 5,
       .error_pct = -0.25,
       .verdict = QY_VERDICT_CALIBRATED,
       .p05 = NAN,
       .p95 = NAN},
      {.section = "two",
       .name = "ahead",
       .published = NAN,
       .model = 7,
       .error_pct = NAN,
       .verdict = QY_VERDICT_PREDICTION,
       .p05 = NAN,
       .p95 = NAN},
  };
  for (size_t i = 0; i < sizeof f / sizeof *f; i++) {
    f[i].variant = f[i].variant ? f[i].variant : "";
    f[i].unit = f[i].unit ? f[i].unit : "";
    f[i].claim = f[i].source = f[i].paper = f[i].note = f[i].file = "";
  }
  const qy_published published = {.figure = f, .figure_count = sizeof f / sizeof *f};
  qy_text out = {0};
  section_validation(&out, &published);
#define CELL "<td class=\"number\">"
  static const char *const rows[] = {
      "<tr><td>one</td><td>exact counts and formats</td>" CELL "1 of 1</td>" CELL "–</td>" CELL "0</td>" CELL
      "0</td></tr>\n<tr><td>one</td><td>hardware</td>" CELL "1 of 2</td>" CELL "1 of 2</td>" CELL "0</td>" CELL
      "0</td></tr>\n<tr><td>two</td><td>hardware</td>" CELL "–</td>" CELL "–</td>" CELL "1</td>" CELL "1</td></tr>\n",
      "<tr><td>a&lt;b</td>" CELL "100.0</td>" CELL
      "110.0 <span class=\"interval\">90 … 130</span></td><td>µm²</td>" CELL
      "+10.0 %</td><td class=\"fine\">reproduced</td></tr>\n",
      "<tr><td>off</td>" CELL "100.0</td>" CELL "300.0 <span class=\"interval\">250 … 350</span></td><td></td>" CELL
      "+200.0 %</td><td class=\"off\">off</td></tr>\n",
      "<tr><td>count</td>" CELL "8.000</td>" CELL "8.000</td><td></td>" CELL
      "+0.0 %</td><td class=\"fine\">reproduced</td></tr>\n",
      "<tr><td>ahead</td>" CELL "–</td>" CELL "7.000</td><td></td>" CELL
      "</td><td class=\"fine\">prediction</td></tr>\n"};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    ok(count_of(out.data, rows[i]) == 1, "rows of published figures: %zu", i);
  is_int((int64_t)count_of(out.data, "<tr>"), 2 + 3 + 5, "two heads, three tallies, five figures: no variant");
  ok(!strstr(out.data, "Left out"), "it was asked for");
  ok(count_of(out.data, "What set constants is calibrated and validates nothing.</p>") == 1 &&
         count_of(out.data, "<th>verdict</th></tr></thead><tbody>") == 1 &&
         count_of(out.data, "</table></div></details>") == 1 && count_of(out.data, "<table>") == 2,
     "what it is, and its two tables");
  qy_text_free(&out);
  section_validation(&out, NULL);
  ok(count_of(out.data, "Left out of this report.") == 1 && count_of(out.data, "<table>") == 0, "it was not asked for");
  qy_text_free(&out);
}

int main(void)
{
  escapes();
  base64();
  numbers();
  validation();
  return done();
}
