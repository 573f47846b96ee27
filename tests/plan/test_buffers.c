/* The least buffer of a design with a memory, as messages say it: it is taken, a byte less is not.
 *
 * Oracles: the same question asked again, with that buffer; and networks of the layers that are run alone.
 */
#include "files.h"
#include "quarry/plan.h"
#include "tap.h"

#include <stdlib.h>

static const char layers[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n";
static char network[] = "/tmp/quarry-network-XXXXXX.csv";

/* What a plan of `text` as a network is refused for, or NULL. */
static const char *refusal(const char *text, const char *filter, const char *rest, double buffer, qy_arena *arena)
{
  char whole[2000], plan_text[2000];
  qy_plan *plan;
  qy_error err = {0};
  snprintf(whole, sizeof whole, "%s%s", layers, text);
  if (!write_file(network, whole)) return "no file";
  snprintf(plan_text, sizeof plan_text,
           "name: t\ntechnology: fdsoi28\nnetwork: %s\n%sprecision: 8\nclock_mhz: 100\n"
           "objectives: {minimize: latency_us}\ndesigns: [{name: A, accelerator: systolic, pe: {kind: mac, bits: 16}, "
           "rows: 4, memory: {device: ddr3_1600_4gb_x8, buffer: %.0f B%s}}]\n",
           network, filter, buffer, rest);
  if (!qy_plan_read_text(&plan, "t.yaml", plan_text, strlen(plan_text), "db", arena, &err)) return NULL;
  return qy_arena_format(arena, "%s", err.diagnostic[0].text);
}

/* The least buffer in B; 0: none is said. */
static double least(const char *text, const char *filter, const char *rest, qy_arena *arena)
{
  const char *said = refusal(text, filter, rest, 1, arena), *at = said ? strstr(said, "expected at least ") : NULL;
  double bytes = 0;
  if (!at || sscanf(at, "expected at least %lf B (network ", &bytes) != 1) printf("# %s\n", said ? said : "taken");
  return bytes;
}

static const char *const fusion[] = {", fusion: none", ", fusion: block", ", fusion: free", "",
                                     ", fusion: [none, free]"};
static const char *const rule[] = {", rule: strict", ", rule: double_buffered", ", rule: [strict, double_buffered]"};
enum { FUSIONS = sizeof fusion / sizeof *fusion, RULES = sizeof rule / sizeof *rule };

static void enough(const char *text, const char *filter, const char *rest, qy_arena *arena)
{
  const double bytes = least(text, filter, rest, arena);
  if (!ok(bytes > 1, "%s: at least %.0f B", rest, bytes)) return;
  const char *said = refusal(text, filter, rest, bytes, arena);
  ok(!said, "are enough%s%s", said ? ": " : "", said ? said : "");
  said = refusal(text, filter, rest, bytes - 1, arena);
  ok(said && strstr(said, "expected at least"), "and a byte less is not");
}

/* A residual block, a wide layer, a gate. */
#define STEM  "stem,conv,-,16,16,3,8,3,1,1\n"
#define BLOCK STEM "up,pwconv,stem,,,,48,,,\ndw,dwconv,up,,,,,3,1,1\ndown,pwconv,dw,,,,8,,,\nsum,add,down+stem,,,,,,,\n"
#define WIDE  BLOCK "pool,pool,sum,,,,,16,16,0\nfc,fc,pool,,,,700,,,\n"
#define GATED                                                                                                          \
  STEM "dw,dwconv,stem,,,,,3,1,1\nsqueeze,pool,dw,,,,,16,16,0\nless,fc,squeeze,,,,4,,,\nmore,fc,less,,,,8,,,\n"        \
       "last,pwconv,dw*more,,,,20,,,\n"

static void limits(qy_arena *arena)
{
  static const char *const text[] = {STEM, BLOCK, WIDE, GATED};
  for (size_t t = 0; t < sizeof text / sizeof *text; t++)
    for (int f = 0; f < FUSIONS; f++)
      for (int r = 0; r < (t % 2 ? RULES : 1); r++) {
        char rest[100];
        snprintf(rest, sizeof rest, "%s%s", fusion[f], rule[r]);
        enough(text[t], "", rest, arena);
      }
}

/* Layers that are left out need no room. */
static void left_out(qy_arena *arena)
{
  static const struct {
    const char *text, *filter, *alone;
  } row[] = {
      {BLOCK, "layers: {name: stem}\n", STEM},
      {BLOCK, "layers: {type: dwconv}\n", "dw,dwconv,-,16,16,48,,3,1,1\n"},
      {WIDE, "layers: {type: fc}\n", "fc,fc,-,1,1,8,700,,,\n"},
      {WIDE, "layers: {name: '[ps]*'}\n", STEM},
      {GATED, "layers: {name: last}\n", "last,pwconv,-,16,16,8,20,,,\n"},
      {GATED, "layers: {type: pwconv}\n", "last,pwconv,-,16,16,8,20,,,\n"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double part = least(row[i].text, row[i].filter, ", fusion: none", arena);
    const double alone = least(row[i].alone, "", ", fusion: none", arena);
    ok(part == alone && part > 0, "%.*s: %.0f B, alone %.0f B", (int)strcspn(row[i].filter, "\n"), row[i].filter, part,
       alone);
    const char *said = refusal(row[i].text, row[i].filter, ", fusion: [none, free]", 100000, arena);
    ok(said && strstr(said, "`fusion: none`, as `layers` leaves out layers"), "each layer by itself");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  if (!arena || !write_new_file(network, 4, layers)) return 1;
  limits(arena);
  left_out(arena);
  unlink(network);
  qy_arena_free(arena);
  return done();
}
