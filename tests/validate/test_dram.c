/* The DRAM model against runs of two simulators: tests/data/dram_sim.csv (DRAMsim3 2981759, DRAMSim2 753819a; 594 runs
 * of five devices).  Nothing is fitted to them, but for the LPDDR4 device, whose own file was not at hand: its currents
 * and tWR are what the simulator's figures say.  Then what the columns mean, row by row, and the SRAM table.
 */
#include "quarry/dram.h"
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

static const qy_validate_row *row_of(const qy_validate_report *r, const char *quantity, int line)
{
  for (size_t i = 0; r && i < r->worst_count; i++)
    if (!strcmp(r->worst[i].quantity, quantity) && r->worst[i].line == line) return &r->worst[i];
  return NULL;
}

/* What a row's names and numbers mean: the same system and streams put together here. */
static void test_meaning(void)
{
  static const struct {
    const char *simulator, *device, *mapping, *pattern;
    double run, pitch, load, burst, reads, writes;
    const char *name;
    int layout, row_limit, place;
    double run_bytes;
  } rows[] = {
      {"DRAMsim3", "DDR3_1600_4Gb_x8", "rochrababgco", "seq_read", 0, 0, 1, 64, 8000, 0, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_COLUMN, 0, QY_DRAM_STREAM, 0},
      {"DRAMsim3", "ddr3_1600_4gb_x8", "rorabgbachco", "seq_mix", 0, 0, 0.5, 64, 6000, 3000, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_COLUMN, 0, QY_DRAM_STREAM, 0},
      {"DRAMsim3", "DDR4_2400_4Gb_x8", "rochrabacobg", "seq_write", 0, 0, 1, 64, 0, 8000, "ddr4_2400_4gb_x8",
       QY_DRAM_MAP_GROUP, 0, QY_DRAM_STREAM, 0},
      {"DRAMSim2", "DDR3_1600_4Gb_x8", "scheme2(chan:row:col:bank:rank)", "pitch", 256, 4096, 1, 64, 8000, 0,
       "ddr3_1600_4gb_x8", QY_DRAM_MAP_BANK, 0, QY_DRAM_PITCH, 256},
      {"DRAMSim2", "DDR3_1600_4Gb_x8", "scheme5(a) row limit 2", "seq_read", 0, 0, 1, 64, 8000, 0, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_BANK, 2, QY_DRAM_STREAM, 0},
      {"DRAMSim2", "DDR3_1600_4Gb_x8", "scheme6(a) row limit 1048576", "random_read", 0, 0, 1, 64, 8000, 0,
       "ddr3_1600_4gb_x8", QY_DRAM_MAP_COLUMN, 1048576, QY_DRAM_RANDOM, 64},
      {"DRAMsim3", "DDR3_1600_4Gb_x8", "rochrababgco", "tile_rnd_256", 256, 0, 1, 64, 8000, 2000, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_COLUMN, 0, QY_DRAM_RANDOM, 256},
      {"DRAMsim3", "DDR3_1600_4Gb_x8", "rochrababgco", "tile_rnd", 0, 0, 1, 64, 8000, 0, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_COLUMN, 0, QY_DRAM_RANDOM, 64},
      {"DRAMsim3", "DDR3_1600_4Gb_x8", "rochrababgco", "random", 4096, 0, 1, 64, 8000, 0, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_COLUMN, 0, QY_DRAM_RANDOM, 64},
      {"DRAMsim3", "DDR3_1600_4Gb_x8", "rochrababgco", "seq_pitch", 512, 512, 1, 64, 8000, 0, "ddr3_1600_4gb_x8",
       QY_DRAM_MAP_COLUMN, 0, QY_DRAM_PITCH, 512},
  };
  enum { ROWS = sizeof rows / sizeof *rows };
  const qy_dram_controller *controllers;
  size_t count;
  qy_error err = {0};
  const char *text = "";
  for (size_t i = 0; i < ROWS && text; i++)
    text = qy_arena_format(arena, "%s%s,%s,%s,%s,%g,%g,0.5,%g,%g,%g,%g,%zu,0.25,%zu\n", text, rows[i].simulator,
                           rows[i].device, rows[i].mapping, rows[i].pattern, rows[i].run, rows[i].pitch, rows[i].load,
                           rows[i].burst, rows[i].reads, rows[i].writes, 1000 + i, 10 + i);
  const qy_validate_report *r = text ? table(text, NULL, &err) : NULL;
  if (!ok(r && r->compared == ROWS && r->skipped == 0 &&
              !qy_dram_controllers_read(&controllers, &count, "db", arena, &err),
          "rows of every meaning: %s",
          err.count            ? err.diagnostic[0].text
          : r && r->skip_count ? r->skip[0].reason
                               : "read"))
    return;
  for (size_t i = 0; i < ROWS; i++) {
    qy_dram_device *device;
    qy_dram_stream stream[2];
    size_t streams = 0;
    if (qy_dram_device_read(&device, "db", rows[i].name, arena, &err)) continue;
    const qy_dram_controller *controller = qy_dram_controller_find(controllers, count, rows[i].simulator);
    const qy_dram_stream one = {
        .place = (qy_dram_place)rows[i].place, .run_bytes = rows[i].run_bytes, .pitch_bytes = rows[i].pitch};
    if (rows[i].reads > 0) stream[streams++] = one, stream[streams - 1].bytes = 64 * rows[i].reads;
    if (rows[i].writes > 0) {
      stream[streams] = one;
      stream[streams].bytes = 64 * rows[i].writes;
      stream[streams++].write = true;
    }
    const qy_dram_system system = {.device = device,
                                   .controller = controller,
                                   .mapping = (qy_dram_mapping)rows[i].layout,
                                   .channels = 1,
                                   .row_limit = rows[i].row_limit,
                                   .simulated = !strcmp(rows[i].simulator, "DRAMsim3")};
    const qy_dram_traffic traffic = {.stream = stream, .count = streams, .load = rows[i].load};
    qy_dram_events e;
    qy_dram_prices prices;
    qy_dram_events_of(&e, &system, &traffic);
    qy_dram_prices_at(&prices, device, 0);
    const int line = (int)i + 2;
    const qy_validate_row *energy = row_of(r, "energy_nj", line), *cycles = row_of(r, "cycles", line),
                          *hits = row_of(r, "row_hits", line);
    if (!ok(energy && cycles && hits, "line %d is compared", line)) continue;
    near_rel(energy->model, qy_dram_energy_pj(&e, &prices) / 1e3, 1e-12, "energy");
    near_rel(cycles->model, e.busy_cycles, 1e-12, "cycles");
    near_abs(hits->model, 100 * e.row_hit_rate, 1e-9, "row hits");
    near_abs(hits->error_pct, hits->model - 25, 1e-9, "their error in points");
    ok(energy->measured == 10 + (double)i && cycles->measured == 1000 + (double)i && hits->measured == 25, "measured");
    is_text(energy->kind, rows[i].pattern, "kind");
    is_text(energy->library, rows[i].device, "library");
    is_text(energy->flow, qy_arena_format(arena, "%s %s", rows[i].simulator, rows[i].mapping), "flow");
    is_text(energy->params,
            qy_arena_format(arena, "runs of %g B, pitch %g B, 0.5 written, load %g", rows[i].run, rows[i].pitch,
                            rows[i].load),
            "params");
  }
  static const struct {
    const char *row, *reason;
  } skipped[] = {
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2( row limit 1048577,seq,,,0,1,64,9,0,9,0,9", "a row limit"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2( row limit -1,seq,,,0,1,64,9,0,9,0,9", "a row limit"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme3(,seq,,,0,1,64,9,0,9,0,9", "an address mapping"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,pitch,512,511,0,1,64,9,0,9,0,9", "longer than their pitch"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,pitch,,512,0,1,64,9,0,9,0,9", "longer than their pitch"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,seq,,,0,1,64,0,0,9,0,9", "nothing read or written"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,seq,,,0,1,32,9,0,9,0,9", "no burst of the device"},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,seq,,,0,1,64,1,0,9,0,9", ""},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,seq,,,0.5,1,64,7,7,9,0,9", ""},
      {"DRAMSim2,DDR3_1600_4Gb_x8,scheme2(,sequence,,,0,1,64,9,0,9,-1,9", ""},
  };
  for (size_t i = 0; i < sizeof skipped / sizeof *skipped; i++) {
    r = table(qy_arena_format(arena, "%s\n", skipped[i].row), NULL, &err);
    ok(r &&
           (*skipped[i].reason ? r->skip_count == 1 && strstr(r->skip[0].reason, skipped[i].reason) : r->compared == 1),
       "%s: %s", skipped[i].row, r && r->skip_count ? r->skip[0].reason : "compared");
  }
  char file[] = "/tmp/dramXXXXXX.csv"; /* one device of two */
  if (write_new_file(file, 4, qy_arena_format(arena, "%s%s", head, text))) {
    r = validate(file, "DDR4_2400_4gb_X8", NULL, &err);
    ok(r && r->rows == 1 && r->compared == 1 && r->skipped == 0, "only rows of the device asked for");
    unlink(file);
  }
}

/* Macros of db/memory/sram.csv at the table's own numbers and at others: errors by hand. */
static void test_sram(void)
{
  static const char text[] =
      "set,tech_nm,cell_type,periphery_type,temperature_K,capacity_bytes,word_bits,banks,read_pJ,write_pJ,leak_total_"
      "mW,"
      "area_mm2,access_ns,cycle_ns\n"
      "one,28,itrs-lstp,itrs-lstp,300,256,8,1,0.177703,0.188659,6.58496e-05,0.00038875,0.452704,0.333684\n"
      "two,28,itrs-lstp,itrs-lstp,300,512,8,1,0.5066,0.1407935,0.000128384,0.000710904,0.522313,0.393401\n"
      "one,29,itrs-lstp,itrs-lstp,300,256,8,1,1,1,1,1,1,1\n"
      "one,30,itrs-lstp,itrs-lstp,300,256,8,1,1,1,1,1,1,1\n"
      "one,28,itrs-lstp,itrs-lstp,350,256,8,1,1,1,1,1,1,1\n";
  static const char *const names[] = {"read_pj", "write_pj", "leakage_mw", "area_mm2", "access_ns", "cycle_ns"};
  static const double errors[] = {-50, 100, 0, 0, 0, 0};
  char file[] = "/tmp/sramXXXXXX.csv";
  qy_validate_report *r = NULL;
  qy_error err = {0};
  if (!write_new_file(file, 4, text)) exit(1);
  ok(!qy_validate_sram(&r, file, "db", 0, arena, &err) && r->rows == 5 && r->compared == 2 && r->skipped == 3 &&
         r->skip_count == 2 && r->skip[0].count == 2 && r->mismatches == -1,
     "macros: %s", err.count ? err.diagnostic[0].text : "read");
  for (size_t i = 0; r && i < sizeof names / sizeof *names; i++) {
    const qy_validate_row *same = row_of(r, names[i], 2), *other = row_of(r, names[i], 3);
    if (!ok(same && other, "%s of both", names[i])) continue;
    near_abs(same->error_pct, 0, 1e-6, "the table's own");
    near_abs(other->error_pct, errors[i], 1e-3, "half and twice of it");
    ok(!strcmp(same->kind, "lstp") && !strcmp(same->library, "28 nm") && !strcmp(same->flow, "one") &&
           !strcmp(other->flow, "two") && !strcmp(same->params, "256 B, 8 bit, 1 banks"),
       "what it is of");
  }
  ok(!qy_validate_sram(&r, file, "db", 1, arena, &err) && r->worst_count == 6, "one row of each is listed");
  unlink(file);
  ok(qy_validate_sram(&r, "tests/data/dram_sim.csv", "db", 0, arena, &err) == QY_BAD_INPUT, "another table: %s",
     err.diagnostic[0].text);
  qy_error_clear(&err);
  ok(qy_validate_sram(&r, "tests/data/cacti_sample.csv", "/tmp", 0, arena, &err) == QY_BAD_INPUT, "no table of macros");
}

static void test_bad_tables(void)
{
  qy_error err = {0};
  ok(!table("DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,2,1.0,64,100,0,412,0.99,700\n", NULL, &err) &&
         err.diagnostic[0].line == 2 && strstr(err.diagnostic[0].text, "write_frac"),
     "a share above 1: %s", err.diagnostic[0].text);
  static const struct {
    const char *row, *said;
  } bad[] = {
      {"seq,-1,,0,1,64,9,0,9,0,9", "run_bytes"},      {"seq,x,,0,1,64,9,0,9,0,9", "run_bytes"},
      {"seq,,-1,0,1,64,9,0,9,0,9", "pitch_bytes"},    {"seq,,,-0.1,1,64,9,0,9,0,9", "write_frac"},
      {"seq,,,0,0,64,9,0,9,0,9", "offered_load"},     {"seq,,,0,1.01,64,9,0,9,0,9", "offered_load"},
      {"seq,,,0,1,0.9,9,0,9,0,9", "req_bytes"},       {"seq,,,0,1,1000001,9,0,9,0,9", "req_bytes"},
      {"seq,,,0,1,64,-1,0,9,0,9", "read_cmds"},       {"seq,,,0,1,64,9,-1,9,0,9", "write_cmds"},
      {"seq,,,0,1,64,9,0,0.9,0,9", "cycles"},         {"seq,,,0,1,64,9,0,9,1.01,9", "row_hit_rate"},
      {"seq,,,0,1,64,9,0,9,-1.01,9", "row_hit_rate"}, {"seq,,,0,1,64,9,0,9,0,0", "E_total_nJ"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_error_clear(&err);
    const char *row = qy_arena_format(arena, "DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,%s\n", bad[i].row);
    ok(!table(row, NULL, &err) && err.count && err.diagnostic[0].line == 2 &&
           strstr(err.diagnostic[0].text, bad[i].said),
       "%s: %s", bad[i].row, err.count ? err.diagnostic[0].text : "read");
  }
  ok(table("DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq,,,1,1e-6,1,9,0,1,-1,1e-9\n", NULL, &err) != NULL,
     "the ends of them");
  qy_error_clear(&err);
  ok(!validate("tests/data/cacti_sample.csv", NULL, NULL, &err), "another table: %s", err.diagnostic[0].text);
  qy_error_clear(&err);
  ok(!validate("tests/data/dram_sim.csv", NULL, "db/memory/dram/ddr3_1600_4gb_x8.yaml,tests/data/no-such.yaml", &err) &&
         err.count && strstr(err.diagnostic[0].file, "no-such.yaml"),
     "a device file that is not there: %s", err.count ? err.diagnostic[0].text : "");
}

int main(void)
{
  arena = qy_arena_new();
  test_rows();
  test_skips();
  test_own_device();
  test_meaning();
  test_sram();
  test_bad_tables();
  qy_arena_free(arena);
  return done();
}
