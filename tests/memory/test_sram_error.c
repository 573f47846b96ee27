/* The errors shipped with the SRAM table, and files that are wrong. */
#include "quarry/sram.h"
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
    /* A row that is missing has no place in the file; all else is on its line. */
    ok(silicon_text(text, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, bad[i].message) &&
           err.diagnostic[0].line == (i == 0   ? 0
                                      : i == 6 ? 3
                                               : 2) &&
           (err.diagnostic[0].column == 0) == (i == 0),
       "%s", bad[i].message);
  }
  ok(qy_sram_silicon_of(QY_SRAM_READ) == qy_sram_silicon_of(QY_SRAM_WRITE) &&
         qy_sram_silicon_of(QY_SRAM_AREA) != qy_sram_silicon_of(QY_SRAM_LEAKAGE),
     "reads and writes share a factor");
}

/* Each number of both files at the ends of its range. */
static void test_ranges(void)
{
  static const struct {
    const char *cell; /* node, percentage; low, high */
    bool silicon, good;
  } row[] = {
      {"1,lstp,read,5", false, true},
      {"0,lstp,read,5", false, false},
      {"1000,lstp,read,5", false, true},
      {"1001,lstp,read,5", false, false},
      {"28,hp,read,0", false, true},
      {"28,hp,read,100", false, true},
      {"28,hp,read,100.1", false, false},
      {"28,lop,read,1", false, false},
      {"1,area,ratio,0.5,2", true, true},
      {"0,area,ratio,0.5,2", true, false},
      {"1000,area,ratio,1,2", true, true},
      {"1001,area,ratio,0.5,2", true, false},
      {"28,area,ratio,0.0001,1", true, true},
      {"28,area,ratio,0.00009,1", true, false},
      {"28,area,ratio,1.001,2", true, false},
      {"28,area,ratio,0.5,10000", true, true},
      {"28,area,ratio,0.5,10001", true, false},
      {"28,area,ratio,0.5,0.999", true, false},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    char text[200];
    snprintf(text, sizeof text, "%s\n%s%s\n",
             row[i].silicon ? "node_nm,quantity,unit,low,high,status,source" : "node_nm,flavour,quantity,p95_pct",
             row[i].cell, row[i].silicon ? ",read,x" : "");
    const qy_status status = row[i].silicon ? silicon_text(text, &err) : read_text(text, &err);
    /* A good row leaves others missing. */
    ok(status == QY_BAD_INPUT && (strstr(err.diagnostic[0].text, "expected a row for") != NULL) == row[i].good,
       "%s: %s", row[i].cell, err.diagnostic[0].text);
  }
}

/* Each quantity has a row: the one that is missing is named.  What cannot be read is said once. */
static void test_missing(void)
{
  double p95[QY_SRAM_QUANTITY_COUNT];
  qy_sram_table *table = NULL;
  for (int without = 0; without < QY_SRAM_QUANTITY_COUNT; without++) {
    qy_error err = {0};
    char text[400] = "node_nm,flavour,quantity,p95_pct\n", wanted[80];
    for (int q = 0; q < QY_SRAM_QUANTITY_COUNT; q++)
      if (q != without)
        snprintf(text + strlen(text), sizeof text - strlen(text), "28,lstp,%s,5\n",
                 qy_sram_quantity_name((qy_sram_quantity)q));
    snprintf(wanted, sizeof wanted, "expected a row for %s at 28 nm, found none",
             qy_sram_quantity_name((qy_sram_quantity)without));
    ok(read_text(text, &err) == QY_BAD_INPUT && err.count == 1 && strcmp(err.diagnostic[0].text, wanted) == 0, "%s",
       wanted);
  }
  qy_error err = {0};
  ok(qy_sram_error_read(p95, "/nowhere/error.csv", 28, arena, &err) != QY_OK && err.count == 1, "%s",
     err.diagnostic[0].text);
  qy_error_clear(&err);
  qy_constant of[QY_SRAM_SILICON_COUNT];
  ok(qy_sram_silicon_read(of, "/nowhere/silicon.csv", 28, arena, &err) != QY_OK && err.count == 1, "%s",
     err.diagnostic[0].text);
  qy_error_clear(&err);
  ok(qy_sram_table_read(&table, "/nowhere/sram.csv", arena, &err) != QY_OK && err.count == 1 && !table, "%s",
     err.diagnostic[0].text);
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
  test_ranges();
  test_missing();
  qy_arena_free(arena);
  return done();
}
