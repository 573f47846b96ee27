/* The ranges of an SRAM table at both ends, and tables with words and banks beyond those that are found directly. */
#include "quarry/sram.h"
#include "quarry/sram_error.h"

#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;
static const char head[] = "node_nm,flavour,temperature_k,capacity_bytes,word_bits,banks,read_pj,write_pj,leakage_mw,"
                           "area_mm2,access_ns,cycle_ns\n";

/* A table of the text; NULL when it is refused. */
static qy_sram_table *table_of(const char *body, qy_error *err)
{
  char file[] = "/tmp/quarry_sram_XXXXXX";
  qy_sram_table *table = NULL;
  const int fd = mkstemp(file);
  FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
  if (!f) exit(1);
  fprintf(f, "%s%s", head, body);
  fclose(f);
  *err = (qy_error){0};
  const qy_status status = qy_sram_table_read(&table, file, arena, err);
  unlink(file);
  return status ? NULL : table;
}

/* Words and banks around 1024, four capacities each: every figure is a product of powers, so the interpolation is
 * known at every point between. */
static const int words[] = {8, 512, 1023, 1024, 2048, 65536}, banks[] = {1, 2, 1023, 1024, 4096};
enum { WORDS = sizeof words / sizeof *words, BANKS = sizeof banks / sizeof *banks, SIZES = 4 };

static double read_of(double bytes, double word, double bank)
{
  return 0.01 * sqrt(bytes) * pow(word, 0.7) * bank;
}

static qy_sram_table *wide_table(void)
{
  static char body[64 * 1024];
  size_t used = 0;
  for (int w = 0; w < WORDS; w++)
    for (int b = 0; b < BANKS; b++)
      for (int s = 0; s < SIZES; s++) {
        const double bytes = 1048576.0 * (1 << s), read = read_of(bytes, words[w], banks[b]);
        used += (size_t)snprintf(body + used, sizeof body - used, "28,hp,300,%.0f,%d,%d,%.17g,%.17g,1,1,1,1\n", bytes,
                                 words[w], banks[b], read, 2 * read);
      }
  qy_error err;
  return table_of(body, &err);
}

static void wide(void)
{
  const qy_sram_table *table = wide_table();
  if (!ok(table != NULL, "a table of words and banks of thousands reads")) return;
  int wrong = 0, between = 0, fitted = 0;
  for (int w = 0; w < WORDS; w++)
    for (int b = 0; b < BANKS; b++)
      for (int step = 0; step <= 24; step++) { /* an eighth of an octave */
        const double bytes = 1048576 * exp2(step / 8.0);
        qy_sram s;
        qy_sram_query q = {28, QY_SRAM_HP, bytes, words[w], banks[b], 0};
        wrong += qy_sram_lookup(&s, table, &q, NULL) != QY_OK ||
                 fabs(s.read_pj / read_of(bytes, words[w], banks[b]) - 1) > 1e-9 ||
                 fabs(s.write_pj / s.read_pj - 2) > 1e-9;
        if (w + 1 == WORDS) continue;
        q.word_bits = words[w] + (words[w + 1] - words[w] + 1) / 2;
        between += qy_sram_lookup(&s, table, &q, NULL) != QY_OK ||
                   fabs(s.read_pj / read_of(bytes, q.word_bits, banks[b]) - 1) > 1e-9;
      }
  is_int(wrong, 0, "macros of every word width and number of banks are found");
  is_int(between, 0, "and word widths between them");
  for (int64_t wanted = -1; wanted <= 4097; wanted++) {
    int64_t expected = 0;
    for (int b = BANKS - 1; b >= 0; b--)
      if (banks[b] >= wanted) expected = banks[b];
    fitted += qy_sram_fit_banks(table, wanted) != expected;
  }
  is_int(fitted, 0, "the least number of banks that is enough");
  is_int(qy_sram_fit_banks(table, INT64_C(1) << 40), 0, "none for 2^40");
  is_int(qy_sram_most_banks(table), 4096, "most banks");
  ok(qy_sram_table_has_node(table, 28) && !qy_sram_table_has_node(table, 27) && !qy_sram_table_has_node(table, 29) &&
         !qy_sram_table_has_node(table, -28) && !qy_sram_table_has_node(table, 2000),
     "nodes of the table");
  static const qy_sram_query none[] = {{28, QY_SRAM_HP, 2097152, 7, 1, 0},
                                       {28, QY_SRAM_HP, 2097152, 65537, 1, 0},
                                       {28, QY_SRAM_HP, 2097152, 1024, 1022, 0},
                                       {28, QY_SRAM_HP, 2097152, 1024, 1025, 0},
                                       {28, QY_SRAM_HP, 2097152, 1024, 4097, 0},
                                       {28, QY_SRAM_HP, 2097152, 1024, 0, 0},
                                       {28, QY_SRAM_HP, 1048575, 1024, 1024, 0},
                                       {28, QY_SRAM_HP, 8388609, 1024, 1024, 0},
                                       {28, QY_SRAM_LSTP, 2097152, 1024, 1024, 0},
                                       {28, (qy_sram_flavour)-1, 2097152, 1024, 1024, 0},
                                       {28, QY_SRAM_FLAVOUR_COUNT, 2097152, 1024, 1024, 0}};
  int found = 0;
  for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
    qy_sram s;
    found += qy_sram_lookup(&s, table, &none[i], NULL) != QY_BAD_INPUT;
  }
  is_int(found, 0, "just outside the table there is nothing");
}

/* One cell of an otherwise good row: the last value inside and the first outside. */
static void cells(void)
{
  static const struct {
    const char *format, *low, *high, *below, *above;
  } row[] = {
      {"%s,lstp,300,256,8,1,1,1,1,1,1,1\n", "1", "1000", "0", "1001"},
      {"28,lstp,%s,256,8,1,1,1,1,1,1,1\n", "1", "1000", "0.999", "1000.5"},
      {"28,lstp,300,%s,8,1,1,1,1,1,1,1\n", "1", "1e15", "0.999", "1.001e15"},
      {"28,lstp,300,256,%s,1,1,1,1,1,1,1\n", "1", "65536", "0", "65537"},
      {"28,lstp,300,256,8,%s,1,1,1,1,1,1\n", "1", "4096", "0", "4097"},
      {"28,lstp,300,256,8,1,%s,1,1,1,1,1\n", "1e-300", "1e12", "0", "1.001e12"},
      {"28,lstp,300,256,8,1,1,%s,1,1,1,1\n", "1e-300", "1e12", "0", "1.001e12"},
      {"28,lstp,300,256,8,1,1,1,%s,1,1,1\n", "1e-300", "1e12", "0", "1.001e12"},
      {"28,lstp,300,256,8,1,1,1,1,%s,1,1\n", "1e-300", "1e12", "0", "1.001e12"},
      {"28,lstp,300,256,8,1,1,1,1,1,%s,1\n", "1e-300", "1e12", "0", "1.001e12"},
      {"28,lstp,300,256,8,1,1,1,1,1,1,%s\n", "1e-300", "1e12", "0", "1.001e12"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *const value[] = {row[i].low, row[i].high, row[i].below, row[i].above};
    int good[4];
    for (int k = 0; k < 4; k++) {
      char body[200];
      qy_error err;
      const char *const hole = strstr(row[i].format, "%s");
      snprintf(body, sizeof body, "%.*s%s%s", (int)(hole - row[i].format), row[i].format, value[k], hole + 2);
      good[k] = table_of(body, &err) != NULL;
    }
    ok(good[0] && good[1] && !good[2] && !good[3], "%.*s..: from %s to %s", (int)(strlen(row[i].format) - 1),
       row[i].format, row[i].low, row[i].high);
  }
}

/* A file of that text, read by one of two readers: is it taken? */
static bool taken(bool silicon, const char *text)
{
  char file[] = "/tmp/quarry_sram_XXXXXX";
  const int fd = mkstemp(file);
  FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
  if (!f) exit(1);
  fputs(text, f);
  fclose(f);
  qy_error err = {0};
  qy_status status;
  if (silicon) {
    qy_constant of[QY_SRAM_SILICON_COUNT];
    status = qy_sram_silicon_read(of, file, 28, arena, &err);
  } else {
    qy_sram_csv *csv;
    qy_sram_csv_row row;
    bool more = true;
    const qy_sram_table *table = table_of("28,lstp,300,256,8,1,1,1,1,1,1,1\n", &err);
    status = qy_sram_csv_open(&csv, file, arena, &err);
    while (!status && more)
      status = qy_sram_csv_next(csv, table, &row, &more, &err);
  }
  unlink(file);
  return status == QY_OK;
}

/* The same of rows of what silicon showed and of CACTI's sweeps: beside one bad cell all others are good. */
static void other_files(void)
{
  static const char *const before[] = {
      "set,tech_nm,cell_type,periphery_type,temperature_K,capacity_bytes,word_bits,banks,read_pJ,write_pJ,"
      "leak_total_mW,area_mm2,access_ns,cycle_ns\n",
      "node_nm,quantity,unit,low,high,status,source\n28,leakage,ratio,0.5,2,read,a\n28,area,ratio,0.5,2,read,a\n"};
  static const struct {
    bool silicon;
    const char *format, *good[2], *bad[2];
  } row[] = {
      {false, "s,%s,itrs-lstp,itrs-lstp,300,256,8,1,1,1,1,1,1,1\n", {"1", "1000"}, {"0.999", "1001"}},
      {false, "s,28,itrs-lstp,itrs-lstp,%s,256,8,1,1,1,1,1,1,1\n", {"1", "1000"}, {"0.999", "1001"}},
      {false, "s,28,itrs-lstp,itrs-lstp,300,%s,8,1,1,1,1,1,1,1\n", {"1", "1e15"}, {"0.999", "1.001e15"}},
      {false, "s,28,itrs-lstp,itrs-lstp,300,256,%s,1,1,1,1,1,1,1\n", {"1", "2147483647"}, {"0", "2147483648"}},
      {false, "s,28,itrs-lstp,itrs-lstp,300,256,8,%s,1,1,1,1,1,1\n", {"1", "2147483647"}, {"0", "2147483648"}},
      {false, "s,28,itrs-lstp,itrs-lstp,300,256,8,1,%s,1,1,1,1,1\n", {"1e-29", "1e30"}, {"0", "1.001e30"}},
      {false, "s,28,itrs-lstp,itrs-lstp,300,256,8,1,1,1,1,1,1,%s\n", {"1e-29", "1e30"}, {"0", "1.001e30"}},
      {true, "%s,energy,ratio,0.5,2,read,a\n28,energy,ratio,0.5,2,read,a\n", {"1", "1000"}, {"0", "1001"}},
      {true, "28,%s,ratio,0.5,2,read,a\n", {"energy", "energy"}, {"energies", ""}},
      {true, "28,energy,%s,0.5,2,read,a\n", {"ratio", "ratio"}, {"pJ", ""}},
      {true, "28,energy,ratio,%s,2,read,a\n", {"1e-4", "1"}, {"0.99e-4", "1.001"}},
      {true, "28,energy,ratio,0.5,%s,read,a\n", {"1", "1e4"}, {"0.999", "10001"}},
      {true, "28,energy,ratio,0.5,2,%s,a\n", {"recalled", "calibrated"}, {"guessed", ""}},
      {true, "28,%s,ratio,0.5,2,read,a\n", {"energy", "energy"}, {"area", "leakage"}}, /* twice, another not */
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *const hole = strstr(row[i].format, "%s");
    const char *const value[] = {row[i].good[0], row[i].good[1], row[i].bad[0], row[i].bad[1]};
    bool good[4];
    for (int k = 0; k < 4; k++) {
      char text[600];
      snprintf(text, sizeof text, "%s%.*s%s%s", before[row[i].silicon], (int)(hole - row[i].format), row[i].format,
               value[k], hole + 2);
      good[k] = taken(row[i].silicon, text);
    }
    ok(good[0] && good[1] && !good[2] && !good[3], "%.*s..: %s and %s, but neither %s nor %s",
       (int)(strlen(row[i].format) - 1), row[i].format, value[0], value[1], value[2], value[3]);
  }
}

/* A line of one row is a macro of its own; between two such lines there is one where both have that capacity. */
static void single(void)
{
  qy_error err;
  const qy_sram_table *table = table_of(
      "28,lstp,300,1024,8,1,3,1,1,1,1,1\n28,lstp,300,1024,32,1,12,1,1,1,1,1\n28,lstp,300,2048,64,1,5,1,1,1,1,1\n",
      &err);
  if (!ok(table != NULL, "three lines of one row")) return;
  static const struct {
    double bytes;
    int word;
    double read; /* 0: none */
  } row[] = {{1024, 8, 3},  {1023, 8, 0},  {1025, 8, 0},  {1024, 32, 12}, {1024, 16, 6},
             {2048, 64, 5}, {1024, 64, 0}, {1024, 48, 0}, {2048, 48, 0},  {1500, 48, 0}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_sram s;
    const qy_sram_query q = {28, QY_SRAM_LSTP, row[i].bytes, row[i].word, 1, 0};
    const qy_status status = qy_sram_lookup(&s, table, &q, &err);
    ok(row[i].read > 0 ? status == QY_OK && fabs(s.read_pj - row[i].read) < 1e-12 : status == QY_BAD_INPUT,
       "%g bytes in words of %d bits", row[i].bytes, row[i].word);
  }
}

/* At most 32 different values of an axis. */
static void axes(void)
{
  for (int axis = 0; axis < 3; axis++)
    for (int count = 32; count <= 33; count++) {
      char body[4096];
      size_t used = 0;
      qy_error err;
      for (int i = count; i >= 1; i--) /* each is put before the others */
        used += (size_t)snprintf(body + used, sizeof body - used, "%d,lstp,300,256,%d,%d,1,1,1,1,1,1\n",
                                 axis == 0 ? i : 28, axis == 1 ? i : 8, axis == 2 ? i : 1);
      const qy_sram_table *table = table_of(body, &err);
      ok((table != NULL) == (count == 32) &&
             (table || strstr(err.diagnostic[0].text, "expected at most 32 different values")),
         "axis %d: %d values", axis, count);
      int low = 0, high = 0;
      if (table) qy_sram_word_range(table, &low, &high);
      ok(!table || (low == (axis == 1 ? 1 : 8) && high == (axis == 1 ? 32 : 8)), "its words");
    }
}

/* What no macro can be looked up for, none is built or chosen for either, and with the same words. */
static void refused(void)
{
  static const qy_sram_query query[] = {{29, QY_SRAM_LSTP, 4096, 64, 1, 0},    {28, QY_SRAM_LSTP, 4096, 1 << 20, 1, 0},
                                        {28, QY_SRAM_LSTP, 4096, 1, 1, 0},     {28, QY_SRAM_LSTP, 1e15, 64, 1, 0},
                                        {28, QY_SRAM_HP, 1e15, 64, 1, 0},      {28, QY_SRAM_LSTP, 4096, 64, 1, 0.9},
                                        {28, QY_SRAM_LSTP, 4096, 64, 1, 0.01}, {28, QY_SRAM_LSTP, 4096, 64, 1, 0}};
  enum { QUERIES = sizeof query / sizeof *query };
  qy_sram_table *table = NULL;
  int differ = 0;
  if (!ok(!qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL), "the table")) return;
  for (int i = 0; i < QUERIES; i++) {
    qy_error looked = {0}, built = {0}, chosen = {0};
    qy_sram macro;
    qy_sram_choice choice;
    double bytes;
    const qy_sram_wish wish = {query[i], query[i].banks, false, INFINITY};
    const qy_status status = qy_sram_lookup(&macro, table, &query[i], &looked);
    const bool good = i == QUERIES - 1;
    if (status != (good ? QY_OK : QY_BAD_INPUT) || looked.count != !good ||
        qy_sram_built(&macro, &bytes, table, &query[i], false, &built) != status ||
        qy_sram_choose(&choice, table, &wish, &chosen) != status || built.count != !good || chosen.count != !good ||
        strcmp(looked.diagnostic[0].text, built.diagnostic[0].text) != 0 ||
        strcmp(looked.diagnostic[0].text, chosen.diagnostic[0].text) != 0) {
      printf("# %d, %d: %s\n# %s\n# %s\n", i, (int)status, looked.diagnostic[0].text, built.diagnostic[0].text,
             chosen.diagnostic[0].text);
      differ++;
    }
  }
  is_int(differ, 0, "queries that are refused alike");
}

/* Three macros with read energies 2, 1, 8 and the like: of two that fall the geometric mean stands for both, at either
 * end of the table. */
static void two_that_fall(void)
{
  static const double energy[][3] = {{2, 1, 8}, {1, 8, 2}, {8, 4, 2}, {1, 2, 8}};
  static const double built[][3] = {{M_SQRT2, M_SQRT2, 8}, {1, 4, 4}, {4, 4, 4}, {1, 2, 8}};
  int wrong = 0;
  for (size_t i = 0; i < sizeof energy / sizeof *energy; i++) {
    char text[600] = "";
    qy_error err = {0};
    for (int k = 0; k < 3; k++)
      snprintf(text + strlen(text), sizeof text - strlen(text), "28,lstp,300,%d,64,1,%g,1,1,1,1,1\n", 1024 << k,
               energy[i][k]);
    qy_sram_table *t = table_of(text, &err);
    for (int k = 0; k < 3; k++) {
      const qy_sram_query q = {28, QY_SRAM_LSTP, 1024 << k, 64, 1, 0};
      qy_sram s = {0};
      double bytes;
      wrong +=
          !t || qy_sram_built(&s, &bytes, t, &q, false, NULL) != QY_OK || !(fabs(s.read_pj / built[i][k] - 1) < 1e-12);
    }
  }
  is_int(wrong, 0, "macros that fall are built at their geometric mean");
}

int main(void)
{
  arena = qy_arena_new();
  refused();
  two_that_fall();
  wide();
  cells();
  other_files();
  single();
  axes();
  qy_arena_free(arena);
  return done();
}
