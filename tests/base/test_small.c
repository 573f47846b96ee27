/* Small helpers at their limits, each against its words: texts that are cut, plain file names, digits that tell numbers
 * apart, texts by number, precisions, values of parameters, files that are read and noted. */
#include "quarry/decimal.h"
#include "quarry/file.h"
#include "quarry/lane_set.h"
#include "quarry/parameter.h"
#include "quarry/precision.h"
#include "quarry/sha256.h"
#include "quarry/text.h"
#include "quarry/units.h"
#include "quarry/version.h"

#include "files.h"
#include "random.h"
#include "tap.h"

#include <locale.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- texts ---- */

static void appended(void)
{
  char out[9];
  int wrong = 0;
  for (size_t size = 1; size <= 8; size++)
    for (size_t before = 0; before < size; before++) {
      char wanted[20] = "xxxxxxxx";
      memset(out, '#', sizeof out);
      memset(out, 'x', before);
      out[before] = '\0';
      snprintf(wanted + before, sizeof wanted - before, "%d", 12345);
      wanted[size - 1] = '\0';
      const size_t used = qy_append(out, size, before, "%d", 12345);
      wrong += used != strlen(wanted) || strcmp(out, wanted) != 0 || out[size] != '#';
    }
  is_int(wrong, 0, "what does not fit is left out, and nothing is written behind");
}

static void plain_names(void)
{
  char name[101];
  int wrong = 0;
  for (int c = 1; c < 256; c++) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool allowed = letter || c == '_' || c == '-' || c == '.';
    snprintf(name, sizeof name, "a%cb", c);
    wrong += qy_plain_file_name(name) != allowed;
    snprintf(name, sizeof name, "%cb", c);
    wrong += qy_plain_file_name(name) != (allowed && c != '.');
    snprintf(name, sizeof name, "a%c", c);
    wrong += qy_plain_file_name(name) != allowed;
  }
  for (size_t length = 0; length <= 100; length++) {
    memset(name, 'n', length);
    name[length] = '\0';
    wrong += qy_plain_file_name(name) != (length >= 1 && length <= 99);
  }
  is_int(wrong, 0, "plain names: every character at every place, every length");
}

static void numbers(void)
{
  char out[QY_NUMBER_EXACT];
  uint64_t seed = 4;
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    double x;
    const uint64_t bits = random_bits(&seed);
    memcpy(&x, &bits, sizeof x);
    if (!isfinite(x)) continue;
    wrong += strtod(qy_number_exact(out, x), NULL) != x || qy_decimal(out, NULL) != x;
  }
  is_int(wrong, 0, "numbers are read back as they were");
  is_text(qy_number_exact(out, 0.1), "0.1", "with no more digits than it takes");
  is_text(qy_number_exact(out, 400.0001), "400.0001", "with no more digits than it takes");
  is_text(qy_number_exact(out, 0.1 + 0.2), "0.30000000000000004", "or as many");

  is_int(qy_digits_apart((const double[]){100, 200}, 2, 1), 1, "one digit tells 100 from 200");
  is_int(qy_digits_apart((const double[]){100, 200}, 2, 4), 4, "but no fewer than asked for");
  is_int(qy_digits_apart((const double[]){400.0001, 400.0002, 500}, 3, 3), 7, "seven");
  is_int(qy_digits_apart((const double[]){5, 400.0001, 400.0002}, 3, 3), 7, "at the end");
  is_int(qy_digits_apart((const double[]){1, 1 + 0x1p-52}, 2, 3), 17, "neighbours: all of them");
  is_int(qy_digits_apart(NULL, 0, 3), 3, "of none");

  static const double place[] = {1, NAN, 2, 2.2, 2.2, -3};
  is_int((int64_t)qy_number_near(place, 6, 2.15, 0.1), 3, "the nearest, the first of equals");
  is_int((int64_t)qy_number_near(place, 6, 2.09, 0.1), 2, "the nearest");
  is_int((int64_t)qy_number_near(place, 3, 4, 0.5), 2, "as far as that, no more");
  ok(qy_number_near(place, 3, 4.5, 0.5) == SIZE_MAX, "none is so near");
  is_int((int64_t)qy_number_near(place, 6, -3.1, 0.1), 5, "below zero");
  is_int((int64_t)qy_number_near(place, 6, 1, 0), 0, "the number itself");
}

/* By a look through all texts so far. */
static void texts_by_number(void)
{
  enum { TEXTS = 300, TRIES = 1500 };
  static char text[TEXTS][8];
  qy_text_index index = {0};
  size_t known[TEXTS], count = 0;
  uint64_t seed = 9;
  int wrong = qy_text_index_find(&index, "none") != SIZE_MAX;
  for (int i = 0; i < TEXTS; i++) {
    snprintf(text[i], sizeof text[i], "t%d", i);
    known[i] = SIZE_MAX;
  }
  for (int i = 0; i < TRIES; i++) {
    const size_t which = random_below(&seed, TEXTS);
    wrong += qy_text_index_find(&index, text[which]) != known[which];
    if (i % 3 == 0) continue;
    if (known[which] == SIZE_MAX) known[which] = count++;
    wrong += qy_text_index_add(&index, text[which]) != known[which] || index.count != count;
  }
  for (int i = 0; i < TEXTS; i++)
    wrong += known[i] != SIZE_MAX && strcmp(index.text[known[i]], text[i]) != 0;
  is_int(wrong, 0, "texts have the numbers of their first time");
  ok(count > 250, "%zu of them", count);
  qy_text_index_free(&index);
  ok(!index.count && qy_text_index_find(&index, text[0]) == SIZE_MAX, "none when it is freed");
}

static void json(void)
{
  qy_text out = {0};
  qy_text_json_bytes(&out, "a\0\"\\\n\x01\xC3\xA9\xFFz", 10);
  is_text(out.data, "\"a\\u0000\\\"\\\\\\u000a\\u0001\xC3\xA9\\ufffdz\"",
          "NUL, quote, backslash, line, control, UTF-8, no UTF-8");
  qy_text_free(&out);
}

/* ---- precisions, parameters ---- */

static void precisions(void)
{
  char text[QY_PRECISION_TEXT], said[40];
  qy_precision p;
  int wrong = 0;
  for (int w = 0; w <= 40; w++)
    for (int a = 0; a <= 40; a++) {
      const bool good = w >= 1 && w <= QY_PRECISION_BITS_MAX && a >= 1 && a <= QY_PRECISION_BITS_MAX;
      snprintf(said, sizeof said, "w%da%d", w, a);
      wrong += qy_precision_parse(&p, said) != good || (good && (p.weights != w || p.activations != a));
      snprintf(said, sizeof said, "w%d a%d", w, a);
      wrong += qy_precision_parse(&p, said) != good;
      if (!good) continue;
      wrong += qy_precision_widest(p) != (w > a ? w : a) || !qy_precision_equal(p, (qy_precision){w, a}) ||
               qy_precision_equal(p, (qy_precision){w + 1, a}) || qy_precision_equal(p, (qy_precision){w, a + 1});
      snprintf(said, sizeof said, w == a ? "%d bit" : "w%da%d", w, a);
      wrong += strcmp(qy_precision_text(text, p), said) != 0 || !qy_precision_parse(&p, text);
    }
  for (int bits = 0; bits <= 40; bits++) {
    snprintf(said, sizeof said, "%d", bits);
    const bool good = bits >= 1 && bits <= QY_PRECISION_BITS_MAX;
    wrong += qy_precision_parse(&p, said) != good || (good && !qy_precision_equal(p, qy_precision_of(bits)));
  }
  static const char *const bad[] = {"",     "w",   "a",      "w4",     "w4a", "wa4", "4a8", "w4a8 ", "w4  a8", "8 bits",
                                    "8bit", "100", "w100a1", "w1a100", "-8",  "+8",  " 8",  "8.0",   "w4b8"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    wrong += qy_precision_parse(&p, bad[i]);
  is_int(wrong, 0, "precisions of any widths, and what is none");
}

static void parameters(void)
{
  typedef struct owner {
    int before, whole, between;
    bool flag;
    double number;
    int after;
  } owner;
  static const qy_parameter row[] = {{.key = "whole", QY_MEMBER(owner, whole)},
                                     {.key = "flag", QY_MEMBER(owner, flag)},
                                     {.key = "number", QY_MEMBER(owner, number)}};
  owner o = {1, 2, 3, false, 4, 5};
  qy_parameter_set(&o, &row[0], -7);
  qy_parameter_set(&o, &row[1], 1);
  qy_parameter_set(&o, &row[2], 0.25);
  ok(o.before == 1 && o.whole == -7 && o.between == 3 && o.flag && o.number == 0.25 && o.after == 5,
     "each goes into its member");
  ok(qy_parameter_get(&o, &row[0]) == -7 && qy_parameter_get(&o, &row[1]) == 1 && qy_parameter_get(&o, &row[2]) == 0.25,
     "and comes from it");
  qy_parameter_set(&o, &row[1], 0);
  ok(!o.flag && qy_parameter_get(&o, &row[1]) == 0, "a flag that is not set");
}

/* ---- files ---- */

static void notes(void)
{
  static const char *const text[] = {"one\n", "with a \0 NUL", "three\n"};
  static const size_t length[] = {4, 12, 6};
  qy_arena *arena = qy_arena_new();
  qy_file_log log = {0};
  qy_error err = {0};
  char file[3][40], hex[65];
  qy_arena_log_files(arena, &log);
  ok(qy_arena_file_log(arena) == &log, "an arena with a log");
  int wrong = 0;
  char *got = NULL;
  for (int i = 0; i < 3; i++) {
    size_t got_length;
    snprintf(file[i], sizeof file[i], "/tmp/quarry-small-%d-%d", (int)getpid(), i);
    write_bytes(file[i], text[i], length[i]);
    wrong += qy_file_read(&got, &got_length, file[i], arena, &err) != QY_OK || got_length != length[i] ||
             memcmp(got, text[i], length[i] + 1) != 0;
  }
  is_int(wrong, 0, "files are read as they are, a NUL behind");
  const qy_file_note *n = log.last;
  for (int i = 2; i >= 0 && n; i--, n = n->before) {
    qy_sha256_text(hex, text[i], length[i]);
    wrong += strcmp(n->file, file[i]) != 0 || strcmp(n->sha256, hex) != 0 ||
             (i == 1 ? n->text != NULL : !n->text || strcmp(n->text, text[i]) != 0);
  }
  ok(log.count == 3 && !n && !wrong, "each is noted, with its sum, and its text if it is one");
  qy_file_sha256(hex, got, 6, arena); /* as sha256sum has it */
  is_text(hex, "f6936912184481f5edd4c304ce27c5a1a827804fc7f329f43d273b8621870776", "the sum of what was read last");
  qy_file_sha256(hex, "thrae\n", 6, arena);
  is_text(hex, "452737406d7fa6baa7c249d0b00468695e9d0dac5506102088ea5eaa78040d57", "and of another text as long");
  qy_file_sha256(hex, got, 5, arena);
  ok(strncmp(hex, log.last->sha256, 64) != 0, "or of a part of it");
  for (int i = 0; i < 3; i++)
    unlink(file[i]);
  qy_arena_free(arena);
}

/* Texts are noted up to their limit, and no longer ones. */
static void long_notes(void)
{
  qy_arena *arena = qy_arena_new();
  qy_file_log log = {0};
  char file[40], *text = malloc(QY_NOTE_BYTES_MAX + 1), *got;
  qy_arena_log_files(arena, &log);
  snprintf(file, sizeof file, "/tmp/quarry-notes-%d", (int)getpid());
  memset(text, 'a', QY_NOTE_BYTES_MAX + 1);
  for (size_t more = 0; more < 2; more++) {
    size_t length;
    write_bytes(file, text, QY_NOTE_BYTES_MAX + more);
    ok(!qy_file_read(&got, &length, file, arena, NULL) && (log.last->text != NULL) == !more,
       "%zu bytes are noted, or not", length);
  }
  unlink(file);
  free(text);
  qy_arena_free(arena);
}

static void unit_names(void)
{
  static const char *const known[] = {"um2", "mm2", "ps", "MHz", "pJ", "fF", "mW", "V", "KiB", "\xC2\xB5m\xC2\xB2"};
  static const char *const none[] = {"", "um3", "Um2", "um2 ", "mhz", "kib", "parsec", "um22222222222222222222222222"};
  int wrong = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!qy_unit_known(known[i]) && ++wrong) printf("# %s\n", known[i]);
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    if (qy_unit_known(none[i]) && ++wrong) printf("# '%s'\n", none[i]);
  is_int(wrong, 0, "units are known by their whole name");
}

/* ---- the machine, the program ---- */

/* A thread's own locale is its own again. */
static void locales(void)
{
  const locale_t own = newlocale(LC_ALL_MASK, "C", (locale_t)0), before = uselocale(own);
  char out[QY_NUMBER_EXACT];
  int wrong = own == (locale_t)0;
  wrong += qy_decimal("0.5", NULL) != 0.5 || uselocale((locale_t)0) != own;
  wrong += qy_print(out, sizeof out, "%g", 0.5) != 3 || uselocale((locale_t)0) != own;
  uselocale(before);
  wrong += qy_decimal("0.5", NULL) != 0.5 || uselocale((locale_t)0) != before;
  freelocale(own);
  is_int(wrong, 0, "numbers are read and written, and the locale is as before");
}

static void machine(void)
{
  char said[QY_PLATFORM], expected[QY_PLATFORM], line[80];
  const bool avx2 = __builtin_cpu_supports("avx2") != 0;
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  is_int(qy_lane_set_best(),
         avx512 ? QY_LANE_SET_AVX512
         : avx2 ? QY_LANE_SET_AVX2
                : QY_LANE_SET_PLAIN,
         "the widest set of instructions");
  first_line("getconf GNU_LIBC_VERSION", line, sizeof line);
  snprintf(expected, sizeof expected, "%s, lanes %d", line, avx512 + avx2);
  is_text(qy_platform(said), expected, "the C library and the set");
  const char *version = qy_program_version();
  ok(strncmp(version, QY_VERSION " (sources ", strlen(QY_VERSION " (sources ")) == 0 &&
         strspn(version + strlen(QY_VERSION " (sources "), "0123456789abcdef") == 12 &&
         strcmp(version + strlen(version) - 1, ")") == 0,
     "the version, and twelve digits of the sources: %s", version);
}

int main(void)
{
  appended();
  plain_names();
  numbers();
  texts_by_number();
  json();
  precisions();
  parameters();
  notes();
  long_notes();
  unit_names();
  machine();
  locales();
  return done();
}
