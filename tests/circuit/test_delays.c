/* The constants of the simulation in time: each is in db/circuit/bit_delays.csv with interval, status and source, and
 * is the number that is built in. */
#include "quarry/constants.h"

#include "../../src/circuit/delays.h"
#include "tap.h"

#include <string.h>

static const qy_constant_row rows[] = {
#define DELAY(NAME, name) {#name, "ratio", 0, 32},
#include "../../src/circuit/delays.def"
#undef DELAY
};
enum { ROWS = sizeof rows / sizeof *rows };

int main(void)
{
  qy_constant constant[ROWS];
  qy_error err = {0};
  char text[600] = "";
  int other = 0, open = 0;
  qy_arena *arena = qy_arena_new();
  memset(constant, 0, sizeof constant);
  const qy_status status =
      qy_constants_read(constant, NULL, rows, ROWS, "delay", "db/circuit/bit_delays.csv", arena, &err);
  ok(status == QY_OK, "the table has what the simulation takes, and nothing else: %s",
     status ? qy_diagnostic_format(&err, 0, text, sizeof text) : "read");
  for (int i = 0; !status && i < ROWS; i++) {
    other += constant[i].value != delay_constant[i + 1];
    open += constant[i].low < constant[i].high;
  }
  ok(!status && other == 0 && delay_constant[DELAY_NONE] == 0, "built in as they stand there: %d of %d are not", other,
     ROWS);
  ok(open == ROWS, "%d of %d have an interval", open, ROWS);
  qy_arena_free(arena);
  return done();
}
