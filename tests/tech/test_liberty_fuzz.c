/* 20,000 damaged Liberty files: cut, flipped, shuffled, with foreign groups and odd numbers.  Never a crash, and every
 * one either imported or refused with a message (asserted in the target itself).  Then the seeds that libFuzzer found,
 * one for each kind of message. */
#include "fuzz/fuzz_liberty.c"

#include "tap.h"

#include <dirent.h>

#define SEED_DIRECTORY "tests/fuzz/liberty"

static void found_seeds(void)
{
  char file[400];
  int count = 0, failed = 0;
  DIR *dir = opendir(SEED_DIRECTORY);
  for (struct dirent *d; dir && (d = readdir(dir));) {
    if (strncmp(d->d_name, "found_", 6) != 0) continue;
    snprintf(file, sizeof file, "%s/%s", SEED_DIRECTORY, d->d_name);
    failed += fuzz_file(file, 20);
    count++;
  }
  if (dir) closedir(dir);
  ok(failed == 0 && count >= 20, "%d seeds found by fuzzing, with 20 variants each", count);
}

int main(void)
{
  static const char *const seeds[] = {"small.lib", "features.lib", "units.lib", "scalar.lib", "rails.lib"};
  enum { SEEDS = sizeof seeds / sizeof *seeds, EXECUTIONS = 20000 };
  char file[100];
  for (int i = 0; i < SEEDS; i++) {
    long imported = fuzz_imported;
    snprintf(file, sizeof file, SEED_DIRECTORY "/%s", seeds[i]);
    ok(fuzz_file(file, EXECUTIONS / SEEDS) == 0 && fuzz_imported > imported, "%s: %d executions, some still imported",
       seeds[i], EXECUTIONS / SEEDS);
  }
  is_int(fuzz_imported + fuzz_refused, EXECUTIONS, "every file was imported or refused");
  ok(fuzz_refused > EXECUTIONS / 10, "and the damage was noticed: %ld refused", fuzz_refused);
  found_seeds();
  qy_arena_free(fuzz_arena);
  qy_arena_free(fuzz_base_arena);
  return done();
}
