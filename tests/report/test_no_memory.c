/* Memory that runs out while a page is written: it is said, nothing stays behind, and no half of a page comes out. */
#include "no_memory.h"

#include "quarry/report.h"

#include "report_test.h"

static char file[80];

static bool make_database(void)
{
  qy_error err = {0};
  qy_store *store = NULL;
  if (qy_store_open(&store, file, QY_STORE_WRITE, &err)) return false;
  qy_store_close(store);
  if (sqlite3_open(file, &db)) return false;
  sql("INSERT INTO precision VALUES (1, '8 bit', 8, 8)");
  sql("INSERT INTO technology VALUES (1, 'lib', 'hash-t', 'no library', 0.9)");
  sql("INSERT INTO network VALUES (1, 'net', 'hash-n', '')");
  sql("INSERT INTO reason VALUES (1, 'too slow')");
  sql("INSERT INTO experiment VALUES (1, 'e', 'why?', 'e.yaml', 'text', 'hash', 'identity', 'model', '17', "
      "'quarry run', '[\"area_um2\",\"latency_us\"]', '{\"within\":[\"precision\",\"rows\"]}', 6, 6, 'interrupted', "
      "'2026-01-02T03:04:05Z', '2026-01-02T03:04:06Z', 1, NULL, 'quarry', 'all')");
  sql("INSERT INTO experiment_precision VALUES (1, 0, 1)");
  sql("INSERT INTO experiment_technology VALUES (1, 0, 1)");
  sql("INSERT INTO experiment_network VALUES (1, 0, 1)");
  sql("INSERT INTO axis VALUES (1, 0, 'rows', 'rows', 'integer', '', 1)");
  sql("INSERT INTO batch (experiment, batch, rows, intervals, assignments) VALUES (1, 0, 6, 0, 0)");
  for (int i = 0; i < 6; i++) {
    const long long key = (1LL << 40) + i;
    sql("INSERT INTO design VALUES (%lld, 'D', '{\"rows\":%d}')", key, 8 + i);
    sql("INSERT INTO result (id, design, technology, network, precision, precision_bits, clock_mhz, reason, area_um2, "
        "latency_us, energy_uj) VALUES (%lld, %lld, 1, 1, 1, 8, 100, %s, %d, %d, %d)",
        key, key, i == 5 ? "1" : "NULL", 10 + i, 20 - i, 3 + i);
  }
  sqlite3_close(db);
  return sql_failed == 0;
}

static qy_status page(void *ctx, double *answer, qy_error *err)
{
  qy_store *store = ctx;
  qy_text out = {0};
  const qy_status status = qy_report_write(&out, store, 1, NULL, err);
  if (!status) *answer = out.data && strstr(out.data, "</html>") ? (double)out.length : -1;
  qy_text_free(&out);
  return status;
}

int main(void)
{
  char folder[] = "/tmp/quarry-report-XXXXXX";
  qy_error err = {0};
  qy_store *store = NULL;
  if (!mkdtemp(folder)) return 1;
  snprintf(file, sizeof file, "%s/db", folder);
  if (ok(make_database() && !qy_store_open(&store, file, QY_STORE_READ, &err), "a small experiment")) {
    memory_tally t = {.keeps = true};
    memory_try(&t, page, store, 0, 0);
    memory_said(&t, "a page");
  }
  qy_store_close(store);
  unlink(file);
  rmdir(folder);
  return done();
}
