/* The errors shipped with the SRAM table, and files that are wrong. */
#include "quarry/sram_error.h"

#include "files.h"
#include "quarry/file.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
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
  qy_arena_free(arena);
  return done();
}
