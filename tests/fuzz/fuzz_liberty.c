/* Fuzz target: any bytes as a Liberty file.  Either a library that its own text gives again, or a message.
 *
 * libFuzzer:   clang -fsanitize=fuzzer,address,undefined ... ; run with tests/fuzz/liberty as corpus
 * standalone:  cc -DQUARRY_FUZZ_MAIN ... ; program EXECUTIONS SEED FILE...   mutates the files */
#include "quarry/liberty.h"

#include "random.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Shared by all executions, made once. */
static qy_arena *fuzz_arena, *fuzz_base_arena;
static qy_tech *fuzz_base;
static long fuzz_imported, fuzz_refused;

/* Exactly as many bytes as the text has and the closing NUL, so that a sanitizer sees reads beyond it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  qy_error err = {0};
  if (!fuzz_base) {
    fuzz_base_arena = qy_arena_new();
    fuzz_arena = qy_arena_new();
    if (qy_tech_read(&fuzz_base, "db", "fdsoi28", fuzz_base_arena, &err)) abort();
  }
  char *text = malloc(size + 1);
  if (!text) abort();
  if (size) memcpy(text, data, size);
  text[size] = '\0';
  qy_liberty_source source = {"fuzz.lib", text, size};
  qy_liberty_options options = {.name = "fuzz", .base = fuzz_base};
  qy_liberty_report report;
  qy_tech *t = NULL;
  qy_status status = qy_liberty_import(&t, &report, &source, 1, &options, fuzz_arena, &err);
  if (status == QY_OK) {
    qy_tech *again = NULL;
    fuzz_imported++;
    if (!t || !(t->area_um2[QY_FA] > 0) || !(t->delay_ps[QY_DFF] > 0)) abort();
    if (qy_tech_read_text(&again, "again", t->text, strlen(t->text), fuzz_arena, &err)) abort();
    if (memcmp(again->energy_fj, t->energy_fj, sizeof t->energy_fj) != 0) abort();
  } else {
    fuzz_refused++;
    if (status != QY_BAD_INPUT || err.count < 1 || err.diagnostic[0].text[0] == '\0') abort();
  }
  free(text);
  qy_arena_reset(fuzz_arena);
  return 0;
}

/* ---- mutation without coverage ---- */

static uint64_t fuzz_state = 1;

static size_t fuzz_below(size_t limit)
{
  return random_below(&fuzz_state, limit);
}

enum { FUZZ_ROOM = 4096 };

/* Bit flips, telling characters, spans dropped, doubled or moved, truncation, foreign groups; returns the length. */
__attribute__((unused)) static size_t fuzz_mutate(char *text, size_t length, size_t capacity)
{
  static const char telling[] = "{}();:\"\\/*,.!'^+|& \n01-e#";
  static const char *const groups[] = {"unknown_group (a, b) { x : 1; deep () { y (1, 2); } }",
                                       "ff (A, B) { }",
                                       "pin (P) { direction : output; }",
                                       "cell (Z) { area : 1; }",
                                       "timing () { related_pin : \"A\"; }",
                                       "1e400",
                                       "nan",
                                       "-inf",
                                       "0x1p3",
                                       "1e-320"};
  size_t edits = 1 + fuzz_below(6);
  for (size_t i = 0; i < edits && length > 0; i++) {
    size_t at = fuzz_below(length), span = 1 + fuzz_below(40), to = fuzz_below(length);
    if (span > length - at) span = length - at;
    switch (fuzz_below(7)) {
    case 0: text[at] = (char)(text[at] ^ (1 << fuzz_below(8))); break;
    case 1: text[at] = telling[fuzz_below(sizeof telling - 1)]; break;
    case 2:
      memmove(text + at, text + at + span, length - at - span);
      length -= span;
      break;
    case 3:
      if (length + span > capacity) break;
      memmove(text + at + span, text + at, length - at);
      length += span;
      break;
    case 4:
      if (span > length - to) span = length - to;
      memmove(text + to, text + at, span);
      break;
    case 5:
      if (fuzz_below(4) == 0) length = at;
      break;
    default: {
      const char *group = groups[fuzz_below(sizeof groups / sizeof *groups)];
      size_t size = strlen(group);
      if (length + size > capacity) break;
      memmove(text + at + size, text + at, length - at);
      memcpy(text + at, group, size);
      length += size;
    }
    }
  }
  return length;
}

/* Mutate one file `executions` times, each time from the original. */
__attribute__((unused)) static int fuzz_file(const char *file, long executions)
{
  FILE *in = fopen(file, "rb");
  static char seed[1 << 16], text[(1 << 16) + FUZZ_ROOM];
  size_t length = in ? fread(seed, 1, sizeof seed, in) : 0;
  if (in) fclose(in);
  if (length == 0) return 1;
  LLVMFuzzerTestOneInput((const uint8_t *)seed, length);
  for (long i = 1; i < executions; i++) {
    memcpy(text, seed, length);
    LLVMFuzzerTestOneInput((const uint8_t *)text, fuzz_mutate(text, length, sizeof text));
  }
  return 0;
}

#ifdef QUARRY_FUZZ_MAIN
int main(int argc, char **argv)
{
  if (argc < 4) return 2;
  fuzz_state += strtoull(argv[2], NULL, 10);
  for (int i = 3; i < argc; i++) {
    if (fuzz_file(argv[i], atol(argv[1]) / (argc - 3))) return 1;
  }
  printf("%ld imported, %ld refused\n", fuzz_imported, fuzz_refused);
  return 0;
}
#endif
