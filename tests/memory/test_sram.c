/* The SRAM table: every row comes back exactly, anchors as published, interpolation equal to closed forms, its error
 * equal to the published noise floor, broken tables and impossible queries against their messages. */
#include "quarry/sram.h"

#include "quarry/sort.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;
static qy_sram_table *table;

typedef struct record {
  qy_sram_query query;
  qy_sram sram;
} record;

static record records[2000];
static int record_count;

/* The file read with a second, independent parser. */
static void read_records(void)
{
  char line[512], flavour[16];
  FILE *f = fopen("db/memory/sram.csv", "r");
  if (!f) exit(1);
  while (record_count < 2000 && fgets(line, sizeof line, f)) {
    record *r = &records[record_count];
    double k;
    if (sscanf(line, "%d,%15[a-z],%lf,%lf,%d,%d,%lf,%lf,%lf,%lf,%lf,%lf", &r->query.node_nm, flavour, &k,
               &r->query.capacity_bytes, &r->query.word_bits, &r->query.banks, &r->sram.read_pj, &r->sram.write_pj,
               &r->sram.leakage_mw, &r->sram.area_mm2, &r->sram.access_ns, &r->sram.cycle_ns) != 12)
      continue;
    r->query.flavour = strcmp(flavour, "hp") == 0 ? QY_SRAM_HP : QY_SRAM_LSTP;
    record_count++;
  }
  fclose(f);
}

static const qy_sram *find(qy_sram_query q)
{
  for (int i = 0; i < record_count; i++) {
    const qy_sram_query *r = &records[i].query;
    if (r->node_nm == q.node_nm && r->flavour == q.flavour && r->capacity_bytes == q.capacity_bytes &&
        r->word_bits == q.word_bits && r->banks == q.banks)
      return &records[i].sram;
  }
  return NULL;
}

static int same(const qy_sram *a, const qy_sram *b)
{
  return a->read_pj == b->read_pj && a->write_pj == b->write_pj && a->leakage_mw == b->leakage_mw &&
         a->area_mm2 == b->area_mm2 && a->access_ns == b->access_ns && a->cycle_ns == b->cycle_ns;
}

static void test_exact(void)
{
  int wrong = 0;
  for (int i = 0; i < record_count; i++) {
    qy_sram s;
    if (qy_sram_lookup(&s, table, &records[i].query, NULL) != QY_OK || !same(&s, &records[i].sram)) wrong++;
  }
  is_int(record_count, 1300, "rows: 2 nodes x 2 flavours x 325 macros");
  is_int(wrong, 0, "every row of the table comes back exactly");
}

/* CACTI 7.0, one bank, 64-bit words: read and write pJ, leakage mW, area mm2, access and cycle ns, three digits. */
static void test_anchors(void)
{
  static const struct {
    int node;
    qy_sram_flavour flavour;
    double kib, value[6];
  } anchor[] = {
      {28, QY_SRAM_LSTP, 1, {0.65, 1.37, 0.00019, 0.0014, 0.55, 0.44}},
      {28, QY_SRAM_LSTP, 32, {6.17, 5.39, 0.00401, 0.0433, 1.06, 0.80}},
      {28, QY_SRAM_LSTP, 2048, {52.37, 43.66, 0.203, 2.4992, 3.79, 2.35}},
      {28, QY_SRAM_HP, 8, {2.30, 2.66, 1.35, 0.0102, 0.18, 0.16}},
      {28, QY_SRAM_HP, 512, {21.17, 17.92, 71.2, 0.6665, 0.95, 0.49}},
      {55, QY_SRAM_LSTP, 8, {8.41, 10.96, 0.000887, 0.0392, 1.33, 1.11}},
      {55, QY_SRAM_LSTP, 128, {44.52, 36.58, 0.0109, 0.6418, 2.59, 2.01}},
      {55, QY_SRAM_HP, 1, {1.89, 3.95, 0.649, 0.0054, 0.29, 0.23}},
      {55, QY_SRAM_HP, 2048, {126.32, 111.28, 1100, 9.3267, 3.15, 0.93}},
  };
  for (size_t i = 0; i < sizeof anchor / sizeof *anchor; i++) {
    qy_sram s = {0};
    qy_sram_query q = {anchor[i].node, anchor[i].flavour, anchor[i].kib * 1024, 64, 1, 0};
    int good = qy_sram_lookup(&s, table, &q, NULL) == QY_OK;
    const double found[6] = {s.read_pj, s.write_pj, s.leakage_mw, s.area_mm2, s.access_ns, s.cycle_ns};
    for (int k = 0; k < 6; k++)
      good =
          good && fabs(found[k] - anchor[i].value[k]) <= 0.04 * anchor[i].value[k]; /* two digits in the worst case */
    ok(good, "anchor %d nm %s %g KiB", q.node_nm, qy_sram_flavour_name(q.flavour), anchor[i].kib);
  }
}

static void test_between(void)
{
  qy_sram s;
  int wrong = 0, queries = 0;
  uint32_t seed = 12345;
  /* Random capacities: the closed form y = y0 (y1 / y0)^t on neighbours found by brute force. */
  for (int i = 0; i < 20000; i++) {
    seed = seed * 1664525u + 1013904223u;
    const record *r = &records[(seed >> 8) % (unsigned)record_count];
    qy_sram_query up = r->query;
    up.capacity_bytes *= 2;
    const qy_sram *high = find(up);
    if (!high) continue;
    seed = seed * 1664525u + 1013904223u;
    double t = (double)(seed >> 8) / (1 << 24);
    qy_sram_query q = r->query;
    q.capacity_bytes *= pow(2, t);
    queries++;
    if (qy_sram_lookup(&s, table, &q, NULL) != QY_OK ||
        fabs(s.read_pj / (r->sram.read_pj * pow(high->read_pj / r->sram.read_pj, t)) - 1) > 1e-12 ||
        fabs(s.cycle_ns / (r->sram.cycle_ns * pow(high->cycle_ns / r->sram.cycle_ns, t)) - 1) > 1e-12)
      wrong++;
  }
  ok(queries > 10000, "many random capacities");
  is_int(wrong, 0, "capacity: equal to the power law through the neighbours");

  /* 24 bits lie at log2(1.5) of the way from 16 to 32 bits. */
  qy_sram_query a = {28, QY_SRAM_LSTP, 49152, 16, 1, 0}, b = a, c = a;
  b.word_bits = 32;
  c.word_bits = 24;
  qy_sram low, high;
  qy_sram_lookup(&low, table, &a, NULL);
  qy_sram_lookup(&high, table, &b, NULL);
  ok(qy_sram_lookup(&s, table, &c, NULL) == QY_OK, "a word width between the table's");
  near_rel(s.read_pj, low.read_pj * pow(high.read_pj / low.read_pj, log2(1.5)), 1e-12, "its read energy");
  near_rel(s.area_mm2, low.area_mm2 * pow(high.area_mm2 / low.area_mm2, log2(1.5)), 1e-12, "its area");
}

/* Leave one capacity out of the table after the other and look the gap up: published are median and worst error, per
 * cent, of the geometric mean of the two neighbours, 28 nm LSTP. */
static void test_noise_floor(void)
{
  static const double median[6] = {8.5, 4.9, 4.1, 4.9, 3.4, 6.8}, worst[6] = {40, 20, 32, 48, 14, 93};
  static const char *const what[6] = {"read", "write", "leakage", "area", "access", "cycle"};
  static double error[6][400];
  int count = 0;
  char dir[] = "/tmp/quarry_sram_XXXXXX", file[64];
  if (!mkdtemp(dir)) exit(1);
  snprintf(file, sizeof file, "%s/t.csv", dir);
  for (double left_out = 512; left_out <= 2097152; left_out *= 2) {
    FILE *f = fopen(file, "w");
    if (!f) exit(1);
    fputs("node_nm,flavour,temperature_k,capacity_bytes,word_bits,banks,read_pj,write_pj,leakage_mw,area_mm2,access_ns,"
          "cycle_ns\n",
          f);
    for (int i = 0; i < record_count; i++) {
      const qy_sram_query *q = &records[i].query;
      const qy_sram *s = &records[i].sram;
      if (q->node_nm != 28 || q->flavour != QY_SRAM_LSTP || q->capacity_bytes == left_out) continue;
      fprintf(f, "28,lstp,300,%.0f,%d,%d,%.17g,%.17g,%.17g,%.17g,%.17g,%.17g\n", q->capacity_bytes, q->word_bits,
              q->banks, s->read_pj, s->write_pj, s->leakage_mw, s->area_mm2, s->access_ns, s->cycle_ns);
    }
    fclose(f);
    qy_sram_table *gap;
    if (qy_sram_table_read(&gap, file, arena, NULL) != QY_OK) exit(1);
    for (int i = 0; i < record_count; i++) {
      const qy_sram_query *q = &records[i].query;
      const qy_sram *s = &records[i].sram;
      qy_sram g;
      if (q->node_nm != 28 || q->flavour != QY_SRAM_LSTP || q->capacity_bytes != left_out) continue;
      if (qy_sram_lookup(&g, gap, q, NULL) != QY_OK) continue; /* at the edge */
      error[0][count] = fabs(g.read_pj / s->read_pj - 1);
      error[1][count] = fabs(g.write_pj / s->write_pj - 1);
      error[2][count] = fabs(g.leakage_mw / s->leakage_mw - 1);
      error[3][count] = fabs(g.area_mm2 / s->area_mm2 - 1);
      error[4][count] = fabs(g.access_ns / s->access_ns - 1);
      error[5][count++] = fabs(g.cycle_ns / s->cycle_ns - 1);
    }
  }
  unlink(file);
  rmdir(dir);
  ok(count > 250, "left-out macros inside the table");
  for (int k = 0; k < 6; k++) {
    char text[80];
    qsort(error[k], (size_t)count, sizeof(double), qy_by_value);
    snprintf(text, sizeof text, "left-out capacities, %s: median error as published", what[k]);
    near_abs(100 * error[k][count / 2], median[k], 0.06, text);
    snprintf(text, sizeof text, "left-out capacities, %s: worst error as published", what[k]);
    near_abs(100 * error[k][count - 1], worst[k], 0.55, text);
  }
}

static void test_fit(void)
{
  double bytes = 0;
  qy_sram s;
  qy_sram_query q = {28, QY_SRAM_LSTP, 1, 64, 1, 0};
  ok(qy_sram_built(&s, &bytes, table, &q, true, NULL) == QY_OK && bytes == 256, "the smallest macro for one byte");
  q.capacity_bytes = 1024;
  ok(qy_sram_built(&s, &bytes, table, &q, true, NULL) == QY_OK && bytes == 1024, "an exact size");
  q.capacity_bytes = 1025;
  ok(qy_sram_built(&s, &bytes, table, &q, true, NULL) == QY_OK && bytes == 2048, "one byte more");
  qy_sram_query whole = q;
  whole.capacity_bytes = 2048;
  ok(same(&s, find(whole)), "with its macro");
  q.word_bits = 192;
  q.capacity_bytes = 300;
  ok(qy_sram_built(&s, &bytes, table, &q, true, NULL) == QY_OK && bytes == 1024,
     "192 bits: from where 256-bit words begin");
  q.capacity_bytes = 4194304;
  ok(qy_sram_built(&s, &bytes, table, &q, true, NULL) == QY_OK && bytes == 4194304, "the largest");
  q.capacity_bytes = 4194305;
  ok(qy_sram_built(&s, &bytes, table, &q, true, NULL) == QY_BAD_INPUT, "none is large enough");
  ok(qy_sram_fit_banks(table, 0) == 1 && qy_sram_fit_banks(table, 1) == 1 && qy_sram_fit_banks(table, 3) == 4 &&
         qy_sram_fit_banks(table, 8) == 8 && qy_sram_fit_banks(table, 9) == 0,
     "numbers of banks");
  int low = 0, high = 0;
  qy_sram_word_range(table, &low, &high);
  ok(low == 8 && high == 256, "word range");
}

static void test_outside(void)
{
  static const struct {
    qy_sram_query query;
    const char *message;
  } row[] = {
      {{45, QY_SRAM_LSTP, 1024, 64, 1, 0}, "SRAM node: expected 28, 55 nm, found 45"},
      {{28, (qy_sram_flavour)7, 1024, 64, 1, 0}, "SRAM flavour: expected lstp or hp, found number 7"},
      {{28, QY_SRAM_LSTP, 1024, 4, 1, 0}, "SRAM word width: expected 8 to 256 bits, found 4"},
      {{28, QY_SRAM_LSTP, 1024, 257, 1, 0}, "SRAM word width: expected 8 to 256 bits, found 257"},
      {{28, QY_SRAM_LSTP, 1024, 64, 3, 0}, "SRAM number of banks: expected 1, 2, 4, 8, found 3"},
      {{28, QY_SRAM_LSTP, 255, 64, 1, 0},
       "SRAM capacity at 28 nm lstp, 64-bit words, 1 banks: expected 256 to 4194304 bytes, found 255"},
      {{28, QY_SRAM_LSTP, 4194305, 64, 1, 0},
       "SRAM capacity at 28 nm lstp, 64-bit words, 1 banks: expected 256 to 4194304 bytes, found 4194305"},
      {{55, QY_SRAM_HP, 4096, 256, 8, 0},
       "SRAM capacity at 55 nm hp, 256-bit words, 8 banks: expected 8192 to 4194304 bytes, found 4096"},
      {{55, QY_SRAM_HP, 4096, 200, 8, 0},
       "SRAM capacity at 55 nm hp, 200-bit words, 8 banks: expected 8192 to 4194304 bytes, found 4096"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_sram s;
    ok(qy_sram_lookup(&s, table, &row[i].query, &err) == QY_BAD_INPUT, "outside %zu is refused", i);
    is_text(err.diagnostic[0].text, row[i].message, "its message");
  }
  qy_sram s;
  qy_sram_query q = {28, QY_SRAM_LSTP, NAN, 64, 1, 0};
  ok(qy_sram_lookup(&s, table, &q, NULL) == QY_BAD_INPUT, "a capacity that is no number is refused");
}

static void test_broken(void)
{
  static const char head[] = "node_nm,flavour,temperature_k,capacity_bytes,word_bits,banks,read_pj,write_pj,leakage_mw,"
                             "area_mm2,access_ns,cycle_ns\n";
  static const struct {
    const char *body, *message;
  } row[] = {
      {"", " error: expected at least one row, found none"},
      {"28,lstp,300,256,8,1,1,1,1,1,1\n", "2: error: expected 12 fields as in the head line, found 11"},
      {"28,lp,300,256,8,1,1,1,1,1,1,1\n",
       "2:4: error: flavour: expected one of lstp, hp, found 'lp'; did you mean 'hp'?"},
      {"28,lstp,300,256,8,1,nan,1,1,1,1,1\n", "2:21: error: read_pj: expected a number, found 'nan'"},
      {"28,lstp,300,256,8,1,1,0,1,1,1,1\n", "2:23: error: write_pj: expected 2.22507e-308 to 1e+12, found '0'"},
      {"28,lstp,300,256,8,1,1,1,-1,1,1,1\n", "2:25: error: leakage_mw: expected 2.22507e-308 to 1e+12, found '-1'"},
      {"28.5,lstp,300,256,8,1,1,1,1,1,1,1\n", "2:1: error: node_nm: expected an integer, found '28.5'"},
      {"28,lstp,300,256,0,1,1,1,1,1,1,1\n", "2:17: error: word_bits: expected 1 to 65536, found '0'"},
      {"28,lstp,300,256,8,1,1,1,1,1,1,1\n28,lstp,360,512,8,1,1,1,1,1,1,1\n",
       "3:9: error: temperature_k: expected 300 as in the first row, found '360'"},
      {"28,lstp,300,256,8,1,1,1,1,1,1,1\n28,lstp,300,256,8,1,2,1,1,1,1,1\n",
       " error: expected one row per macro, found two for 28 nm lstp, 256 bytes, 8-bit words, 1 banks"},
  };
  char dir[] = "/tmp/quarry_sram_XXXXXX", file[64], text[900], expected[900];
  if (!mkdtemp(dir)) exit(1);
  snprintf(file, sizeof file, "%s/t.csv", dir);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_sram_table *t;
    FILE *f = fopen(file, "w");
    if (!f) exit(1);
    fputs(head, f);
    fputs(row[i].body, f);
    fclose(f);
    ok(qy_sram_table_read(&t, file, arena, &err) == QY_BAD_INPUT && !t, "broken table %zu is refused", i);
    snprintf(expected, sizeof expected, "%s:%s", file, row[i].message);
    is_text(qy_diagnostic_format(&err, 0, text, sizeof text), expected, "its message");
  }
  unlink(file);
  rmdir(dir);
}

/* Rows of a sweep: compared or skipped with a reason; counts from how the sample was drawn. */
static void test_csv(void)
{
  static const struct {
    const char *reason;
    int count;
  } expected[] = {
      {NULL, 64},
      {"a node the table does not have", 5},
      {"cells and periphery of different flavour", 7},
      {"another temperature than the table", 8},
      {"another optimisation target than the table", 1},
      {"outside the table", 1},
      {"no result in the file", 1},
  };
  int count[7] = {0}, other = 0, inexact = 0, rows = 0;
  qy_error err = {0};
  qy_sram_csv *csv;
  qy_sram_csv_row row;
  bool more;
  if (!ok(qy_sram_csv_open(&csv, "tests/data/cacti_sample.csv", arena, &err) == QY_OK, "a sweep opens")) return;
  while (qy_sram_csv_next(csv, table, &row, &more, &err) == QY_OK && more) {
    size_t k = 0;
    rows++;
    while (k < 7 && (expected[k].reason == NULL) + (row.skip == NULL) != 2 &&
           !(expected[k].reason && row.skip && strcmp(expected[k].reason, row.skip) == 0))
      k++;
    if (k < 7)
      count[k]++;
    else
      other++;
    if (!row.skip && !same(&row.found, &row.expected)) inexact++;
  }
  is_int(err.count, 0, "no errors");
  is_int(rows, 87, "all rows are seen");
  is_int(other, 0, "no other reasons");
  for (int k = 0; k < 7; k++)
    is_int(count[k], expected[k].count, expected[k].reason ? expected[k].reason : "compared");
  is_int(inexact, 0, "rows of the grid are equal to the table's");
  ok(qy_sram_csv_open(&csv, "db/memory/sram.csv", arena, &err) == QY_BAD_INPUT, "another format is refused");
  is_text(err.diagnostic[0].text, "expected a column 'set', found none", "its message");
}

/* The first row of a sweep's file with one field so. */
static qy_status read_with(int field, const char *value, int *column, qy_error *err)
{
  static const char head[] =
      "set,tech_nm,cell_type,periphery_type,temperature_K,capacity_bytes,word_bits,banks,read_pJ,"
      "write_pJ,leak_total_mW,area_mm2,access_ns,cycle_ns\n";
  static const char *const usual[] = {"a", "28", "itrs-hp", "itrs-hp", "300", "1024", "1",
                                      "1", "1",  "1",       "1",       "1",   "1",    "1"};
  char path[] = "/tmp/quarry-sram-XXXXXX.csv", line[400] = "";
  const int fd = mkstemps(path, 4);
  qy_sram_csv *csv;
  qy_sram_csv_row row;
  bool more = false;
  for (int i = 0; i < 14; i++) {
    if (i == field) *column = (int)strlen(line) + 1;
    snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s", i == field ? value : usual[i], i < 13 ? "," : "");
  }
  dprintf(fd, "%s%s\n", head, line);
  close(fd);
  qy_status status = qy_sram_csv_open(&csv, path, arena, err);
  if (!status) status = qy_sram_csv_next(csv, table, &row, &more, err);
  unlink(path);
  return status;
}

/* The numbers of a sweep at both ends of their ranges; what is beyond is refused with its place. */
static void test_sweep_limits(void)
{
  static const struct {
    int field;
    const char *below, *low, *high, *above;
  } row[] = {{1, "0.9", "1", "1000", "1001"},           {4, "0.9", "1", "1000", "1001"},
             {5, "0.9", "1", "1e15", "1.1e15"},         {6, "0", "1", "2147483647", "2147483648"},
             {7, "0", "1", "2147483647", "2147483648"}, {8, "1e-31", "1e-30", "1e30", "1e31"},
             {13, "1e-31", "1e-30", "1e30", "1e31"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *const value[] = {row[i].below, row[i].low, row[i].high, row[i].above};
    for (int k = 0; k < 4; k++) {
      qy_error err = {0};
      int column = 0;
      const qy_status status = read_with(row[i].field, value[k], &column, &err);
      ok(k == 0 || k == 3 ? status == QY_BAD_INPUT && err.diagnostic[0].line == 2 && err.diagnostic[0].column == column
                          : status == QY_OK,
         "%s in field %d of a sweep: %s", value[k], row[i].field + 1, err.count ? err.diagnostic[0].text : "read");
    }
  }
}

int main(void)
{
  qy_error err = {0};
  char text[900];
  arena = qy_arena_new();
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) != QY_OK) {
    ok(0, "the table reads: %s", qy_diagnostic_format(&err, 0, text, sizeof text));
    return done();
  }
  read_records();
  test_sweep_limits();
  test_exact();
  test_anchors();
  test_between();
  test_noise_floor();
  test_fit();
  test_outside();
  test_broken();
  test_csv();
  qy_arena_free(arena);
  return done();
}
