/* The DRAM model against runs of two simulators: tests/data/dram_sim.csv (DRAMsim3 2981759, DRAMSim2 753819a; 594 runs
 * of five devices).  Nothing is fitted to them, but for the LPDDR4 device, whose own file was not at hand: its currents
 * and tWR are what the simulator's figures say.
 */
#include "quarry/validate.h"

#include "files.h"
#include "tap.h"

static qy_arena *arena;

static qy_validate_report *validate(const char *file, const char *device, const char *files, qy_error *err)
{
  qy_validate_report *r = NULL;
  const qy_validate_dram_options options = {.db_dir = "db", .device = device, .device_files = files};
  if (qy_validate_dram(&r, file, &options, arena, err) != QY_OK) return NULL;
  return r;
}

static void within(const qy_validate_report *r, const char *quantity, const char *flow, double p95, double max)
{
  const qy_validate_stratum *g = qy_validate_find(r, quantity, "all", "all", flow);
  ok(g && g->p95_pct <= p95 && g->max_pct <= max, "%s, %s: %.2f (p95), %.2f (worst)", quantity, flow,
     g ? g->p95_pct : NAN, g ? g->max_pct : NAN);
}

static void test_rows(void)
{
  qy_error err = {0};
  const qy_validate_report *r = validate("tests/data/dram_sim.csv", NULL, NULL, &err);
  if (!ok(r != NULL, "the table is compared")) return;
  is_int((int64_t)r->compared, 594, "every row");
  is_int(r->mismatches, -1, "no exact counts");
  is_int((int64_t)r->skipped, 0, "none is skipped");
  within(r, "energy_nj", "all", 2, 10);
  within(r, "cycles", "all", 4, 30);
  within(r, "row_hits", "all", 2, 8);
  size_t groups = 0, energy = 0, time = 0;
  for (size_t i = 0; i < r->stratum_count; i++) { /* each device and mapping for itself */
    const qy_validate_stratum *g = &r->stratum[i];
    if (strcmp(g->kind, "all") != 0 || strcmp(g->library, "all") == 0 || strcmp(g->flow, "all") == 0) continue;
    groups += strcmp(g->quantity, "energy_nj") == 0;
    energy += strcmp(g->quantity, "energy_nj") == 0 && g->p95_pct <= 5.5;
    time += strcmp(g->quantity, "cycles") == 0 && g->p95_pct <= 12;
  }
  ok(groups >= 9 && energy == groups && time == groups, "each of %zu devices and mappings within 5.5 %% and 12 %%",
     groups);
}

static const char head[] = "simulator,device,mapping,pattern,run_bytes,pitch_bytes,write_frac,offered_load,req_bytes,"
                           "read_cmds,write_cmds,cycles,row_hit_rate,E_total_nJ\n";

static const qy_validate_report *table(const char *rows, const char *files, qy_error *err)
{
  char name[] = "/tmp/dramXXXXXX.csv";
  const char *text = qy_arena_format(arena, "%s%s", head, rows);
  if (!text || !write_new_file(name, 4, text)) return NULL;
  const qy_validate_report *r = validate(name, NULL, files, err);
  unlink(name);
  return r;
}

static void test_skips(void)
{
  qy_error err = {0};
  const qy_validate_report *r =
      table("DRAMsim3,DDR9_1,rochrababgco,seq_read,,,0,1.0,64,100,0,412,0.99,700\n"
            "Ramulator,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,0,1.0,64,100,0,412,0.99,700\n"
            "DRAMsim3,DDR3_1600_4Gb_x8,rocobabgrach,seq_read,,,0,1.0,64,100,0,412,0.99,700\n"
            "DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,zigzag,,,0,1.0,64,100,0,412,0.99,700\n"
            "DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,0,1.0,128,100,0,412,0.99,700\n"
            "DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,0,1.0,64,80000,0,330000,0.991,713000\n"
            "DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,0,1.0,64,0,0,412,0.99,700\n"
            "DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_write,,,1,1.0,64,0,80000,330000,0.991,713000\n",
            NULL, &err);
  if (!ok(r != NULL, "a table with rows of all kinds")) return;
  is_int((int64_t)r->rows, 8, "its rows");
  is_int((int64_t)r->skipped, 6, "those that cannot be compared are skipped");
  is_int((int64_t)r->skip_count, 6, "each with its reason");
  is_int((int64_t)r->compared, 2, "the others are compared, reads or writes alone");
}

/* A device that db/ does not have, from a file: DDR3-1600 under another name. */
static void test_own_device(void)
{
  qy_error err = {0};
  char name[] = "/tmp/dramXXXXXX.yaml", text[16384];
  FILE *f = fopen("db/memory/dram/ddr3_1600_4gb_x8.yaml", "r");
  if (!f) exit(1);
  const size_t length = fread(text, 1, sizeof text - 1, f);
  fclose(f);
  text[length] = '\0';
  const char *own = qy_arena_format(arena, "name: mine%s", strstr(text, "\ntitle"));
  if (!own || !write_new_file(name, 5, own)) exit(1);
  const char *row = "DRAMsim3,MINE,rochrababgco,seq_read,,,0,1.0,64,80000,0,330000,0.991,713000\n";
  const qy_validate_report *without = table(row, NULL, &err);
  ok(without && without->skipped == 1, "a device that db/ does not have is skipped");
  const char *two = qy_arena_format(arena, "%s,%s", name, name);
  const qy_validate_report *with = table(row, two, &err);
  ok(with && with->compared == 1, "and compared when its file is given");
  unlink(name);
}

static void test_bad_tables(void)
{
  qy_error err = {0};
  ok(!table("DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,2,1.0,64,100,0,412,0.99,700\n", NULL, &err) &&
         err.diagnostic[0].line == 2 && strstr(err.diagnostic[0].text, "write_frac"),
     "a share above 1: %s", err.diagnostic[0].text);
  qy_error_clear(&err);
  ok(!validate("tests/data/cacti_sample.csv", NULL, NULL, &err), "another table: %s", err.diagnostic[0].text);
}

int main(void)
{
  arena = qy_arena_new();
  test_rows();
  test_skips();
  test_own_device();
  test_bad_tables();
  qy_arena_free(arena);
  return done();
}
