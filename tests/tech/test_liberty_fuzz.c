/* 20,000 damaged Liberty files: cut, flipped, shuffled, with foreign groups and odd numbers.  Never a crash, and every
 * one either imported or refused with a message (asserted in the target itself). */
#include "fuzz/fuzz_liberty.c"

#include "tap.h"

int main(void)
{
  static const char *const seeds[] = {"small.lib", "features.lib", "units.lib", "scalar.lib"};
  enum { SEEDS = sizeof seeds / sizeof *seeds, EXECUTIONS = 20000 };
  char file[100];
  for (int i = 0; i < SEEDS; i++) {
    long imported = fuzz_imported;
    snprintf(file, sizeof file, "tests/fuzz/liberty/%s", seeds[i]);
    ok(fuzz_file(file, EXECUTIONS / SEEDS) == 0 && fuzz_imported > imported, "%s: %d executions, some still imported",
       seeds[i], EXECUTIONS / SEEDS);
  }
  is_int(fuzz_imported + fuzz_refused, EXECUTIONS, "every file was imported or refused");
  ok(fuzz_refused > EXECUTIONS / 10, "and the damage was noticed: %ld refused", fuzz_refused);
  qy_arena_free(fuzz_arena);
  qy_arena_free(fuzz_base_arena);
  return done();
}
