/* Macros that buffers are built from, and the choice of their banks: against the isotonic fit in closed form, against
 * brute force over banks, and monotone in capacity over a fine grid. */
#include "quarry/sram.h"

#include "files.h"
#include "random.h"
#include "tap.h"

#include "quarry/file.h"

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static qy_arena *arena;
static qy_sram_table *table;

enum { SIZES = 15, FIRST_BYTES = 256 };
static const int words[] = {8, 24, 32, 64, 96, 128, 192, 256};
static const int bank_counts[] = {1, 2, 4, 8};
static const double cycles_ns[] = {20, 10, 5, 3.3, 2.5, 2, 1.5, 1, 0.7, 0.5};
static const int nodes_nm[] = {28, 55};
#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct {
  const char *name;
  size_t offset;
} figure[] = {{"read", offsetof(qy_sram, read_pj)},       {"write", offsetof(qy_sram, write_pj)},
              {"leakage", offsetof(qy_sram, leakage_mw)}, {"area", offsetof(qy_sram, area_mm2)},
              {"access", offsetof(qy_sram, access_ns)},   {"cycle", offsetof(qy_sram, cycle_ns)}};
enum { CYCLE = 5, FIGURES = 6 };

static double get(const qy_sram *s, size_t f)
{
  return *(const double *)(const void *)((const char *)s + figure[f].offset);
}

/* ---- the fit ---- */

/* Isotonic least squares at i: the largest over a <= i of the smallest over b >= i of the mean of y[a..b] (Robertson,
 * Wright and Dykstra, Order Restricted Statistical Inference, 1988, theorem 1.4.4). */
static double isotonic(const double *y, int count, int i)
{
  double best = -DBL_MAX;
  for (int a = 0; a <= i; a++) {
    double least = DBL_MAX, sum = 0;
    for (int b = a; b < count; b++) {
      sum += y[b];
      if (b >= i && sum / (b - a + 1) < least) least = sum / (b - a + 1);
    }
    if (least > best) best = least;
  }
  return best;
}

static void test_line(qy_sram_query q, double worst[FIGURES], int *changed)
{
  double y[FIGURES][SIZES];
  qy_sram built[SIZES], raw;
  int count = 0;
  for (int i = 0; i < SIZES; i++) {
    double bytes;
    q.capacity_bytes = FIRST_BYTES << i;
    if (qy_sram_lookup(&raw, table, &q, NULL)) continue;
    if (qy_sram_built(&built[count], &bytes, table, &q, false, NULL) || bytes != q.capacity_bytes) exit(1);
    for (size_t f = 0; f < FIGURES; f++)
      y[f][count] = log(get(&raw, f));
    count++;
  }
  for (int i = 0; i < count; i++)
    for (size_t f = 0; f < FIGURES; f++) {
      double expected = f == CYCLE ? y[f][0] : isotonic(y[f], count, i);
      for (int k = 1; f == CYCLE && k <= i; k++)
        expected = fmax(expected, y[f][k]);
      worst[f] = fmax(worst[f], fabs(log(get(&built[i], f)) - expected));
      *changed += fabs(expected - y[f][i]) > 1e-12 && f != CYCLE;
    }
}

static void test_fit(void)
{
  double worst[FIGURES] = {0};
  int changed = 0;
  for (size_t n = 0; n < COUNT(nodes_nm); n++)
    for (int f = 0; f < QY_SRAM_FLAVOUR_COUNT; f++)
      for (int word = 8; word <= 256; word *= 2)
        for (size_t b = 0; b < COUNT(bank_counts); b++)
          test_line((qy_sram_query){nodes_nm[n], (qy_sram_flavour)f, 0, word, bank_counts[b], 0}, worst, &changed);
  for (size_t f = 0; f < FIGURES; f++)
    ok(worst[f] < 1e-12, "%s: the non-falling fit in closed form, %.2g off", figure[f].name, worst[f]);
  ok(changed > 0 && changed < 100, "%d of 6500 figures differ from the table's", changed);
}

/* The same of a table whose figures are any: most neighbours fall, and blocks of many sizes are pooled. */
static void test_wild_fit(void)
{
  char name[] = "/tmp/quarry-sram-XXXXXX.csv", *text;
  size_t length;
  qy_sram_table *own = table;
  double worst[FIGURES] = {0};
  int changed = 0;
  uint64_t state = 5;
  const int fd = mkstemps(name, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out || qy_file_read(&text, &length, "db/memory/sram.csv", arena, NULL)) exit(1);
  for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
    char *value = line;
    for (int comma = 0; comma < 6 && value; comma++)
      value = strchr(value, ',') ? strchr(value, ',') + 1 : NULL;
    if (*line == '#' || !value || !(*line >= '0' && *line <= '9')) {
      fprintf(out, "%s\n", line);
      continue;
    }
    fprintf(out, "%.*s", (int)(value - line), line);
    for (int f = 0; f < FIGURES; f++)
      fprintf(out, "%.17g%s", exp2(3 * random_unit(&state)), f + 1 < FIGURES ? "," : "\n");
  }
  fclose(out);
  if (!ok(qy_sram_table_read(&table, name, arena, NULL) == QY_OK, "a table of any figures")) exit(1);
  for (int word = 8; word <= 256; word *= 2)
    for (size_t b = 0; b < COUNT(bank_counts); b++)
      test_line((qy_sram_query){28, QY_SRAM_LSTP, 0, word, bank_counts[b], 0}, worst, &changed);
  for (size_t f = 0; f < FIGURES; f++)
    ok(worst[f] < 1e-12, "%s: its non-falling fit in closed form, %.2g off", figure[f].name, worst[f]);
  ok(changed > 1000, "%d of its figures are pooled", changed);
  table = own;
  unlink(name);
}

/* Capacities of the table or not, below its first with so many banks, between two word widths. */
static void test_sizes(void)
{
  static const struct {
    int word, banks;
    double asked, as_it_is, of_table; /* 0: none */
  } row[] = {{64, 1, 1, 256, 256},
             {64, 1, 1024, 1024, 1024},
             {64, 1, 1025, 1025, 2048},
             {256, 8, 300, 8192, 8192},
             {192, 1, 300, 1024, 1024},
             {200, 8, 9000, 9000, 16384},
             {64, 1, 4194304, 4194304, 4194304},
             {64, 1, 4194305, 0, 0}};
  for (size_t i = 0; i < COUNT(row); i++)
    for (int of_table = 0; of_table < 2; of_table++) {
      double bytes = 0;
      qy_sram s;
      const qy_sram_query q = {28, QY_SRAM_LSTP, row[i].asked, row[i].word, row[i].banks, 0};
      const qy_status status = qy_sram_built(&s, &bytes, table, &q, of_table, NULL);
      const double expected = of_table ? row[i].of_table : row[i].as_it_is;
      ok(status == (expected > 0 ? QY_OK : QY_BAD_INPUT) && (status || bytes == expected),
         "%g bytes of %d-bit words in %d banks: %g", row[i].asked, row[i].word, row[i].banks, expected);
    }
}

/* No macro is built of a node, a word or banks that the table lacks. */
static void test_refused(void)
{
  static const qy_sram_query bad[] = {{45, QY_SRAM_LSTP, 1024, 64, 1, 0},
                                      {28, QY_SRAM_LSTP, 1024, 7, 1, 0},
                                      {28, QY_SRAM_LSTP, 1024, 1 << 20, 1, 0},
                                      {28, QY_SRAM_LSTP, 1024, 64, 3, 0}};
  for (size_t i = 0; i < COUNT(bad); i++) {
    double bytes = 0;
    qy_sram s;
    qy_error err = {0};
    ok(qy_sram_built(&s, &bytes, table, &bad[i], false, &err) == QY_BAD_INPUT && err.count == 1,
       "%d nm, words of %d, %d banks: %s", bad[i].node_nm, bad[i].word_bits, bad[i].banks,
       err.count ? err.diagnostic[0].text : "");
  }
}

/* ---- the choice ---- */

/* Brute force: each number of banks by itself, the least of reads plus writes. */
static int by_hand(qy_sram_choice *best, const qy_sram_wish *w)
{
  int banks = 0;
  for (size_t i = 0; i < COUNT(bank_counts); i++) {
    qy_sram_choice c = {.banks = bank_counts[i]};
    qy_sram_query q = w->query;
    q.banks = c.banks;
    if (c.banks < w->query.banks || c.banks > w->most_banks) continue;
    if (qy_sram_built(&c.macro, &c.bytes, table, &q, w->of_table, NULL) || c.macro.cycle_ns > w->cycle_ns) continue;
    if (banks && c.macro.read_pj + c.macro.write_pj >= best->macro.read_pj + best->macro.write_pj) continue;
    *best = c;
    banks = c.banks;
  }
  return banks;
}

/* Along one series of growing capacities. */
typedef struct series {
  double area, energy; /* largest so far */
  bool infeasible;     /* some smaller one was */
} series;

typedef struct outcome {
  int cases, feasible, wrong, reversed, cheaper, several, changed;
  double area_fall; /* the largest fall of area, as a fraction */
} outcome;

/* The same asked for again at other cycle times, which often is what was chosen before. */
static int wrong_again(const qy_sram_wish *w)
{
  static const double factor[] = {1, 0.9, 0.9, 1.5, 1, 0.3, 0.2, 3};
  static qy_sram_known known;
  int wrong = 0;
  for (size_t i = 0; i < sizeof factor / sizeof *factor; i++) {
    qy_sram_wish again = *w;
    qy_sram_choice c, hand = {.banks = 1};
    again.cycle_ns *= factor[i];
    const qy_status status = qy_sram_choose_again(&c, &known, table, &again, NULL);
    const int banks = by_hand(&hand, &again);
    wrong += (status == QY_OK) != (banks > 0) ||
             (banks > 0 && (banks != c.banks || hand.bytes != c.bytes || hand.macro.area_mm2 != c.macro.area_mm2));
  }
  qy_sram_choice at;
  if (qy_sram_choose(&at, table, w, NULL) != QY_OK) return wrong;
  wrong += !(at.low_ns <= w->cycle_ns && w->cycle_ns < at.high_ns);
  const double edge[] = {at.low_ns, at.high_ns, at.low_ns, nextafter(at.low_ns, 0)}; /* the same in [low, high) */
  for (size_t i = 0; i < sizeof edge / sizeof *edge; i++) {
    qy_sram_wish again = *w;
    qy_sram_choice c, fresh;
    if (!isfinite(edge[i]) || edge[i] <= 0) continue;
    again.cycle_ns = edge[i];
    const qy_status status = qy_sram_choose_again(&c, &known, table, &again, NULL);
    wrong += status != qy_sram_choose(&fresh, table, &again, NULL);
    wrong += status == QY_OK && (c.banks != fresh.banks || c.low_ns != fresh.low_ns || c.high_ns != fresh.high_ns);
    wrong += status == QY_OK && i % 2 == 0 && c.banks != at.banks;
  }
  return wrong;
}

/* What was chosen before is not the answer to a question that differs in one thing. */
static void test_other_questions(void)
{
  qy_sram_wish base = {
      .query = {.node_nm = 28, .flavour = QY_SRAM_LSTP, .capacity_bytes = 200000, .word_bits = 64, .banks = 1},
      .cycle_ns = 5,
      .most_banks = 8};
  enum { QUESTIONS = 8 };
  int wrong = 0, differ = 0;
  for (int q = 0; q < QUESTIONS; q++) {
    static qy_sram_known known;
    qy_sram_wish other = base;
    if (q == 0) other.query.node_nm = 55;
    if (q == 1) other.query.flavour = QY_SRAM_HP;
    if (q == 2) other.query.capacity_bytes = 300000;
    if (q == 3) other.query.word_bits = 128;
    if (q == 4) other.query.banks = 4;
    if (q == 5) other.most_banks = 1;
    if (q == 6) other.query.voltage_v = 0.8; /* without a law: refused */
    if (q == 7) other.of_table = true;
    qy_sram_choice first, again, fresh;
    if (qy_sram_choose_again(&first, &known, table, &base, NULL) != QY_OK) continue;
    const qy_status status = qy_sram_choose_again(&again, &known, table, &other, NULL);
    if (status != qy_sram_choose(&fresh, table, &other, NULL)) wrong++;
    if (status == QY_OK) wrong += again.banks != fresh.banks || again.macro.area_mm2 != fresh.macro.area_mm2;
    differ += status != QY_OK || again.macro.area_mm2 != first.macro.area_mm2;
    if (status != QY_BAD_INPUT) continue;
    qy_error said = {0};
    wrong += qy_sram_choose_again(&again, &known, table, &other, &said) != QY_BAD_INPUT || said.count == 0;
  }
  ok(wrong == 0 && differ >= 5, "each of %d other questions has its own answer: %d do not, %d differ", QUESTIONS, wrong,
     differ);
}

static void one_case(outcome *o, series *s, const qy_sram_wish *w, int *last_banks)
{
  o->wrong += wrong_again(w);
  qy_sram_choice c, hand = {.banks = 1};
  const qy_status status = qy_sram_choose(&c, table, w, NULL);
  const int banks = by_hand(&hand, w);
  o->cases++;
  o->wrong += (status == QY_OK) != (banks > 0) ||
              (banks > 0 && (banks != c.banks || hand.bytes != c.bytes || hand.macro.area_mm2 != c.macro.area_mm2));
  if (status) {
    s->infeasible = true;
    o->wrong += status == QY_INFEASIBLE && c.macro.cycle_ns <= w->cycle_ns;
    return;
  }
  const double energy = qy_sram_access_pj(&c.macro);
  o->feasible++;
  o->reversed += s->infeasible;
  o->cheaper += energy < s->energy * (1 - 1e-12);
  o->several += c.banks > w->query.banks;
  o->changed += *last_banks > 0 && *last_banks != c.banks;
  o->area_fall = fmax(o->area_fall, 1 - c.macro.area_mm2 / s->area);
  s->area = fmax(s->area, c.macro.area_mm2);
  s->energy = fmax(s->energy, energy);
  *last_banks = c.banks;
}

static void one_series(outcome *o, qy_sram_query query, double cycle_ns, bool of_table)
{
  enum { STEPS = 8 }; /* of a factor of two */
  series s = {.area = 1e-30};
  int last_banks = 0;
  for (int i = 0; i <= (SIZES - 1) * STEPS; i++) {
    query.capacity_bytes = round(FIRST_BYTES * exp2((double)i / STEPS));
    const qy_sram_wish wish = {.query = query, .most_banks = 8, .of_table = of_table, .cycle_ns = cycle_ns};
    one_case(o, &s, &wish, &last_banks);
  }
}

/* Nodes x flavours x supplies x words x smallest banks x clocks x capacities, an eighth of an octave apart. */
static void test_monotone(void)
{
  outcome o = {0};
  for (size_t n = 0; n < COUNT(nodes_nm); n++)
    for (int f = 0; f < QY_SRAM_FLAVOUR_COUNT; f++)
      for (size_t w = 0; w < COUNT(words); w++)
        for (int banks = 1; banks <= 8; banks *= 2)
          for (size_t c = 0; c < COUNT(cycles_ns); c++)
            one_series(&o, (qy_sram_query){nodes_nm[n], (qy_sram_flavour)f, 0, words[w], banks, 0}, cycles_ns[c],
                       (w + c) % 2);
  ok(o.feasible > o.cases / 2 && o.feasible < o.cases && o.several > 1000 && o.changed > 1000,
     "%d choices, %d feasible, %d with more banks than needed, %d times another number", o.cases, o.feasible, o.several,
     o.changed);
  is_int(o.wrong, 0, "all as brute force over the banks has them");
  is_int(o.reversed, 0, "none is feasible where a smaller one is not");
  is_int(o.cheaper, 0, "none takes less energy an access than a smaller one");
  ok(o.area_fall <= 0.12, "none is smaller by more than 12 %%: at most %.3f %%", 100 * o.area_fall);
}

static void test_limits(void)
{
  qy_sram_choice c;
  qy_error err = {0};
  qy_sram_wish w = {.query = {28, QY_SRAM_LSTP, 1048576, 256, 2, 0}, .most_banks = 2, .cycle_ns = 5};
  ok(qy_sram_choose(&c, table, &w, NULL) == QY_INFEASIBLE && c.banks == 2,
     "1 MiB in two banks does not follow 200 MHz");
  near_rel(c.macro.cycle_ns, 6.20766, 1e-3, "CACTI's cycle time of it");
  w.most_banks = 8;
  ok(qy_sram_choose(&c, table, &w, NULL) == QY_OK && c.banks == 8 && c.macro.cycle_ns < 5,
     "in eight, with less energy than in four, it does");
  w.query.capacity_bytes = 2097152;
  ok(qy_sram_choose(&c, table, &w, NULL) == QY_OK, "so does 2 MiB");
  w.query.capacity_bytes = 4194304;
  ok(qy_sram_choose(&c, table, &w, NULL) == QY_OK, "and 4 MiB");
  w.query.capacity_bytes = 4194305;
  ok(qy_sram_choose(&c, table, &w, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "4194304"),
     "one byte more is outside");
  ok(qy_sram_bank_count(QY_SRAM_BANKS_AUTO) == 0 && qy_sram_bank_count(QY_SRAM_BANKS_1) == 1 &&
         qy_sram_bank_count(QY_SRAM_BANKS_8) == 8 && qy_sram_most_banks(table) == 8,
     "numbers of banks");
}

int main(void)
{
  arena = qy_arena_new();
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL)) return 1;
  test_fit();
  test_wild_fit();
  test_sizes();
  test_refused();
  test_monotone();
  test_limits();
  test_other_questions();
  qy_arena_free(arena);
  return done();
}
