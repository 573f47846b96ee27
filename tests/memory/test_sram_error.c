/* The errors shipped with the SRAM table, and files that are wrong. */
#include "quarry/sram_error.h"

#include "files.h"
#include "quarry/file.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static qy_arena *arena;

static qy_status read_text(const char *text, qy_error *err)
{
  double p95[QY_SRAM_QUANTITY_COUNT];
  char file[] = "/tmp/quarry-sram-error-XXXXXX";
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  qy_status status = qy_sram_error_read(p95, file, 28, arena, err);
  unlink(file);
  return status;
}

static qy_status silicon_text(const char *text, qy_error *err)
{
  qy_constant of[QY_SRAM_SILICON_COUNT];
  char file[] = "/tmp/quarry-sram-silicon-XXXXXX";
  qy_error_clear(err);
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  qy_status status = qy_sram_silicon_read(of, file, 28, arena, err);
  unlink(file);
  return status;
}

/* Every node has its three intervals, around the table's own figures, with sources; small macros of 28 nm take up to
 * 0.50 um2 a bit, large ones 0.17, where the table has 0.17 at 1 KiB and 0.15 at 2 MiB. */
static void test_silicon(void)
{
  static const int nodes[] = {28, 55};
  static const char head[] = "node_nm,quantity,unit,low,high,status,source\n";
  static const struct {
    const char *row, *message;
  } bad[] = {{"28,area,ratio,0.5,2,derived,x\n", "expected a row for energy at 28 nm, found none"},
             {"28,aria,ratio,0.5,2,derived,x\n", "expected one of"},
             {"28,area,mm,0.5,2,derived,x\n", "expected the unit ratio"},
             {"28,area,ratio,1.5,2,derived,x\n", "low"},
             {"28,area,ratio,0.5,0.9,derived,x\n", "high"},
             {"28,area,ratio,0.5,2,guessed,x\n", "status"},
             {"28,area,ratio,0.5,2,read,x\n28,area,ratio,0.5,2,read,x\n", "each quantity once"}};
  qy_error err = {0};
  for (size_t n = 0; n < sizeof nodes / sizeof *nodes; n++) {
    qy_constant of[QY_SRAM_SILICON_COUNT];
    ok(!qy_sram_silicon_read(of, "db/memory/sram_silicon.csv", nodes[n], arena, &err), "%d nm", nodes[n]);
    for (int k = 0; k < QY_SRAM_SILICON_COUNT; k++)
      ok(of[k].low > 0 && of[k].low < 1 && of[k].value == 1 && of[k].high > 1 && of[k].source[0],
         "%s: 1 lies between %g and %g", qy_sram_silicon_name((qy_sram_silicon)k), of[k].low, of[k].high);
    if (nodes[n] == 28)
      ok(of[QY_SILICON_AREA].low <= 0.17 / 0.149 && of[QY_SILICON_AREA].high >= 0.50 / 0.17 * 0.98,
         "areas of macros lie within");
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char text[400];
    snprintf(text, sizeof text, "%s%s", head, bad[i].row);
    ok(silicon_text(text, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, bad[i].message), "%s",
       bad[i].message);
  }
  ok(qy_sram_silicon_of(QY_SRAM_READ) == qy_sram_silicon_of(QY_SRAM_WRITE) &&
         qy_sram_silicon_of(QY_SRAM_AREA) != qy_sram_silicon_of(QY_SRAM_LEAKAGE),
     "reads and writes share a factor");
}

int main(void)
{
  double p95[QY_SRAM_QUANTITY_COUNT];
  qy_error err = {0};
  arena = qy_arena_new();
  ok(qy_sram_error_read(p95, "db/memory/sram_error.csv", 28, arena, &err) == QY_OK, "28 nm");
  near_rel(p95[QY_SRAM_READ], 0.182, 1e-12, "read energy: the larger of 18.2 and 17.3 %");
  near_rel(p95[QY_SRAM_AREA], 0.102, 1e-12, "area");
  ok(qy_sram_error_read(p95, "db/memory/sram_error.csv", 55, arena, &err) == QY_OK, "55 nm");
  near_rel(p95[QY_SRAM_READ], 0.151, 1e-12, "read energy: HP is the larger one");
  ok(qy_sram_error_read(p95, "db/memory/sram_error.csv", 45, arena, &err) == QY_BAD_INPUT, "45 nm is not there");
  near_rel(qy_sram_error_factor(0.2, 1.959963984540054), 1.2, 1e-12, "97.5 % lie below 1 + p95");
  near_rel(qy_sram_error_factor(0.2, -1.959963984540054), 1 / 1.2, 1e-12, "2.5 % below its inverse");
  ok(read_text("node_nm,flavour,quantity,p95_pct\n28,lstp,read,5\n", &err) == QY_BAD_INPUT, "quantities missing");
  ok(read_text("node_nm,flavour,quantity,p95_pct\n28,lstp,reed,5\n", &err) == QY_BAD_INPUT, "unknown quantity");
  ok(read_text("node_nm,flavour,quantity,p95_pct\n28,lstp,read,-5\n", &err) == QY_BAD_INPUT, "negative error");
  test_silicon();
  qy_arena_free(arena);
  return done();
}
