/* One subject of a published figure, measured alone. */
#ifndef QUARRY_TESTS_MEASURE_ONE_H
#define QUARRY_TESTS_MEASURE_ONE_H

#include "../../src/validate/measure.h"
#include "../files.h"
#include "tap.h"

static qy_arena *arena;
static measure_shared shared;
static char folder[] = "/tmp/quarry-measure-XXXXXX";
static qy_error err;
static bool drawn; /* over the draws of the library, too */
static double clock_mhz = 100;

/* At clock_mhz. */
static inline qy_status one(measure_result *r, const char *subject, const char *quantity, const char *technology)
{
  char text[1000], file[200];
  qy_yaml *root;
  qy_error_clear(&err);
  snprintf(text, sizeof text, "of: {%s}\n", subject);
  snprintf(file, sizeof file, "%s/f.yaml", folder);
  const char *kept = qy_arena_text(arena, file, strlen(file)), *whole = qy_arena_text(arena, text, strlen(text));
  const measure_conditions at = {.db_dir = "db",
                                 .technology = technology,
                                 .clock_mhz = clock_mhz,
                                 .central = !drawn,
                                 .shared = &shared,
                                 .arena = arena};
  const qy_status status = qy_yaml_read_text(&root, kept, whole, strlen(whole), arena, &err);
  return status ? status : measure(r, qy_yaml_get(root, "of"), quantity, &at, &err);
}

static inline double value(const char *subject, const char *quantity)
{
  measure_result r = {.value = NAN};
  const qy_status status = one(&r, subject, quantity, "lp55");
  return ok(!status, "%s of {%s}%s%s", quantity, subject, status ? ": " : "", status ? err.diagnostic[0].text : "")
             ? r.value
             : (double)NAN;
}

#endif
