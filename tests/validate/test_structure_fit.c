/* Discrepancies fitted to residuals.
 *
 * Oracles: deviations, compositions and shares of rows made by hand, from the formulas of structure.h and discrepancy.h
 * solved for them: with exact constants a residual r needs a deviation of |r| / 1.645, and a pair whose variance falls
 * along a line in a share bears the share at which it meets what the pair needs.
 */
#include "../../src/validate/structure_fit.h"
#include "quarry/draws.h"
#include "quarry/sort.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { ROWS_MAX = 1200, PAIRS = 4000 };
static const double z95 = 1.6448536269514722, efforts[QY_STRUCTURE_FLOWS] = {0.1, 0.4, 0.9};
static const double exact[] = {0, 0}, wide[] = {-1, 1};
static fit_row row[ROWS_MAX];
static size_t rows;

static const qy_operator_share add[] = {{"adder add", "adder add 8", QY_CLASS_ADDER, 1}};
static const qy_operator_share subtract[] = {{"adder subtract", "adder subtract 8", QY_CLASS_ADDER, 1}};
static const qy_operator_share mux[] = {{"mux mux", "mux mux 8", QY_CLASS_MUX, 1}};
static const qy_operator_share mixed[] = {{"adder add", "adder add 8", QY_CLASS_ADDER, 0.5},
                                          {"mux mux", "mux mux 8", QY_CLASS_MUX, 0.5}};
/* two of one kind, and a third of a family of two classes */
static const qy_operator_share many[] = {{"mux mux", "mux mux 8", QY_CLASS_MUX, 0.1},
                                         {"logic and", "logic and 4", QY_CLASS_LOGIC, 0.4},
                                         {"logic and", "logic and 8", QY_CLASS_LOGIC, 0.5}};

static void put(qy_structure_quantity q, int flow, const qy_operator_share *share, size_t count, double residual,
                const char *library, int circuit)
{
  row[rows++] = (fit_row){.quantity = q,
                          .flow = flow,
                          .library = library,
                          .flow_name = flow ? "fast" : "lean",
                          .circuit = circuit,
                          .share = share,
                          .share_count = count,
                          .residual = residual,
                          .draw = exact};
}

/* What is asked for everywhere, so that the table is made: eight adders alike. */
static void fill(void)
{
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++)
    for (int f = 0; f < QY_STRUCTURE_FLOWS; f++) {
      size_t there = 0;
      for (size_t i = 0; i < rows; i++)
        there += (int)row[i].quantity == q && row[i].flow == f;
      for (; there < 8; there++)
        put((qy_structure_quantity)q, f, add, 1, 0.1, "l", 0);
    }
}

/* Value, low, high, rows of one line. */
typedef struct line {
  double value, low, high;
  int rows;
} line;

static line line_of(const qy_text *csv, const char *head)
{
  line l = {NAN, NAN, NAN, -1};
  const char *at = csv->data ? strstr(csv->data, head) : NULL;
  if (!at || sscanf(at + strlen(head), ",%lf,%lf,%lf,ratio,%d,", &l.value, &l.low, &l.high, &l.rows) != 4)
    printf("# no line %s\n", head);
  return l;
}

static void is_line(const qy_text *csv, const char *head, double value, double low, double high, int count)
{
  const line l = line_of(csv, head);
  const double slack = 2e-3; /* bisection and four digits */
  ok(fabs(l.value - value) <= slack * (1 + value) && fabs(l.low - low) <= slack * (1 + low) &&
         fabs(l.high - high) <= slack * (1 + high) && l.rows == count,
     "%s: %g from %g to %g of %d, by hand %g, %g, %g, %d", head, l.value, l.low, l.high, l.rows, value, low, high,
     count);
}

static bool fitted(qy_text *csv, size_t draws)
{
  qy_error err = {0};
  fill();
  const qy_status status = fit_text(csv, efforts, row, rows, draws, "by hand", &err);
  return ok(status == QY_OK, "fitted%s%s", status ? ": " : "", status ? err.diagnostic[0].text : "");
}

/* The 0.9 quantile of these, but those at `without` modulo `libraries` (-1: of all). */
static double nine_tenths(const double *value, int count, int libraries, int without)
{
  double kept[64];
  int n = 0;
  for (int i = 0; i < count; i++)
    if (without < 0 || i % libraries != without) kept[n++] = value[i];
  return qy_quantile(kept, (size_t)n, 0.9);
}

/* ---- deviations of families, and what composed rows add ---- */

static void deviations(void)
{
  enum { ADD = 20, MUX = 5, MIXED = 12, LIBRARIES = 4 };
  static const char *const library[LIBRARIES] = {"a", "b", "c", "d"};
  double need[3][64], all[64], extra[64], sigma[2] = {0}, value[4][LIBRARIES + 1];
  qy_text csv = {0};
  rows = 0;
  for (int i = 0; i < ADD; i++) {
    const double r = (i % 2 ? 1 : -1) * 0.01 * (i * 7 % ADD + 1);
    put(QY_STRUCTURE_AREA, 0, add, 1, r, library[i % LIBRARIES], 0);
    need[0][i] = all[i] = fabs(r) / z95;
  }
  for (int i = 0; i < MUX; i++) { /* too few: as all */
    put(QY_STRUCTURE_AREA, 0, mux, 1, 0.4 + 0.1 * i, library[i % LIBRARIES], 0);
    need[1][i] = all[ADD + i] = (0.4 + 0.1 * i) / z95;
  }
  for (int i = 0; i < MIXED; i++) {
    put(QY_STRUCTURE_AREA, 0, mixed, 2, 0.5 + 0.03 * (i * 5 % MIXED), library[i % LIBRARIES], 0);
    need[2][i] = (0.5 + 0.03 * (i * 5 % MIXED)) / z95;
  }
  for (int out = -1; out < LIBRARIES; out++) {
    double *v[4] = {&value[0][out + 1], &value[1][out + 1], &value[2][out + 1], &value[3][out + 1]};
    double both[64];
    int n = 0;
    for (int i = 0; i < ADD + MUX; i++) {
      const int at = i < ADD ? i : i - ADD;
      if (out < 0 || at % LIBRARIES != out) both[n++] = all[i];
    }
    sigma[0] = nine_tenths(need[0], ADD, LIBRARIES, out);
    sigma[1] = qy_quantile(both, (size_t)n, 0.9);
    /* halves of two families: norm sqrt(1/2), mixture 1/2 */
    const double plain = sqrt((sigma[0] * sigma[0] + sigma[1] * sigma[1]) / 2);
    for (int i = 0; i < MIXED; i++)
      extra[i] = (need[2][i] / plain - 1) / 0.5;
    *v[0] = sigma[0], *v[1] = sigma[1], *v[2] = fmax(0, nine_tenths(extra, MIXED, LIBRARIES, out));
  }
  if (!fitted(&csv, 1)) return;
  static const char *const head[] = {"area,lean,0.1,adder,log_sigma", "area,lean,0.1,mux,log_sigma",
                                     "area,lean,0.1,all,composition"};
  static const int count[] = {ADD, MUX, MIXED};
  for (int k = 0; k < 3; k++) {
    double low = INFINITY, high = 0;
    for (int i = 0; i <= LIBRARIES; i++)
      low = fmin(low, value[k][i]), high = fmax(high, value[k][i]);
    is_line(&csv, head[k], value[k][0], low, high, count[k]);
  }
  is_line(&csv, "area,lean,0.1,shifter,log_sigma", value[1][0], fmin(value[1][0], line_of(&csv, head[1]).low),
          line_of(&csv, head[1]).high, 0);
  is_line(&csv, "area,lean,0.1,all,library_share", 0, 0, 0, 0);
  is_line(&csv, "delay,fast,0.9,adder,log_sigma", 0.1 / z95, 0.1 / z95, 0.1 / z95, 8);
  ok(csv.data && strstr(csv.data, ",\"by hand\"\n") && strstr(csv.data, "multiplier+booth+mac,log_sigma,"),
     "each with the table's name, families by their classes");
  qy_text_free(&csv);
}

/* What a circuit mostly is: the family of most weight, whatever comes first. */
static void families(void)
{
  qy_text csv = {0};
  rows = 0;
  for (int i = 0; i < 9; i++)
    put(QY_STRUCTURE_AREA, 0, many, 3, 0.05 * (i + 1), "l", 0);
  if (!fitted(&csv, 1)) return;
  /* mixture 1 - 0.9^2 - 0.1^2 = 0.18: not composed */
  const double logic[] = {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45};
  const double sigma = nine_tenths(logic, 9, 1, -1) / z95;
  is_line(&csv, "area,lean,0.1,compare+logic+encoder,log_sigma", sigma, sigma, sigma, 9);
  qy_text_free(&csv);
}

/* ---- shares ---- */

/* What a pair bears: variance = from + (to - from) share. */
typedef struct pair {
  double need, from, to;
} pair;

static double covered(const pair *p, int count, double share)
{
  int n = 0;
  for (int i = 0; i < count; i++)
    n += p[i].need * p[i].need <= p[i].from + (p[i].to - p[i].from) * share + 1e-12;
  return count ? (double)n / count : 1;
}

/* The largest share at which nine of ten pairs are covered. */
static double largest(const pair *p, int count, double most)
{
  const int steps = 4000;
  for (int i = steps; i > 0; i--)
    if (covered(p, count, most * i / steps) >= 0.9) return most * i / steps;
  return 0;
}

/* Circuits of three kinds of two families; all of one library, or of two. */
static void shares(const double centre[3], const double width[3])
{
  enum { EACH = 14, COUNT = 3 * EACH };
  static const qy_operator_share *const kind[] = {add, subtract, mux};
  static qy_operator_share own[COUNT];
  static char shape[COUNT][16];
  double residual[COUNT], need[2][64];
  static pair p[3][PAIRS];
  int count[3] = {0}, per[2] = {0};
  qy_text csv = {0};
  rows = 0;
  for (int i = 0; i < COUNT; i++) {
    const int k = i % 3;
    own[i] = *kind[k];
    snprintf(shape[i], sizeof shape[i], "shape %d", i);
    own[i].shape = shape[i];
    residual[i] = centre[k] + width[k] * (i * 11 % COUNT - COUNT / 2) / COUNT;
    put(QY_STRUCTURE_ENERGY, 2, &own[i], 1, residual[i], "l", i);
    need[k == 2][per[k == 2]++] = fabs(residual[i]) / z95;
  }
  const double s[2] = {nine_tenths(need[0], per[0], 1, -1), nine_tenths(need[1], per[1], 1, -1)};
  for (int i = 0; i < COUNT; i++)
    for (int j = 0; j < i; j++) {
      const int a = i % 3, b = j % 3, sort = a == b ? 2 : (a == 2) != (b == 2) ? 0 : 1;
      const double sa = s[a == 2], sb = s[b == 2];
      p[sort][count[sort]++] = (pair){fabs(residual[i] - residual[j]) / z95, sa * sa + sb * sb, (sa - sb) * (sa - sb)};
    }
  if (covered(p[0], count[0], 0) < 0.9) {
    ok(0, "rows that need no wider deviations");
    return;
  }
  const double library = largest(p[0], count[0], 0.95);
  for (int sort = 1; sort < 3; sort++)
    for (int i = 0; i < count[sort]; i++) { /* 2 s^2 (1 - L) (1 - F - K) */
      p[sort][i].from *= 1 - library;
      p[sort][i].to = 0;
    }
  const double family = largest(p[1], count[1], 0.95);
  for (int i = 0; i < count[2]; i++)
    p[2][i] = (pair){p[2][i].need, p[2][i].from * (1 - family), p[2][i].from * (1 - family) - p[2][i].from};
  const double of_kind = largest(p[2], count[2], fmax(0, 0.95 - family));
  if (!fitted(&csv, 1)) return;
  is_line(&csv, "energy,fast,0.9,adder,log_sigma", s[0], s[0], s[0], 2 * EACH);
  is_line(&csv, "energy,fast,0.9,mux,log_sigma", s[1], s[1], s[1], EACH);
  is_line(&csv, "energy,fast,0.9,all,library_share", library, library, library, count[0]);
  is_line(&csv, "energy,fast,0.9,all,family_share", family, family, family, count[1]);
  is_line(&csv, "energy,fast,0.9,all,kind_share", of_kind, of_kind, of_kind, count[2]);
  ok(library >= 0 && family >= 0, "shares %.3f, %.3f, %.3f", library, family, of_kind);
  qy_text_free(&csv);
}

/* Circuits of several operators are of the kind, and of the family, that most of their weight is: the pairs of a table
 * are counted by what both mostly are. */
static void sorts(void)
{
  enum { KINDS = 5, COUNT = 40, PARTS = 4 };
  static const qy_operator_share kind[KINDS] = {{"adder add", "", QY_CLASS_ADDER, 0},
                                                {"adder subtract", "", QY_CLASS_ADDER, 0},
                                                {"mux mux", "", QY_CLASS_MUX, 0},
                                                {"compare less", "", QY_CLASS_COMPARE, 0},
                                                {"compare equal", "", QY_CLASS_COMPARE, 0}};
  static const int family[KINDS] = {0, 0, 1, 2, 2};
  static qy_operator_share own[COUNT][PARTS];
  int most_of[COUNT], family_of[COUNT], count[3] = {0};
  uint64_t state = 4;
  qy_text csv = {0};
  rows = 0;
  for (int i = 0; i < COUNT; i++) {
    double weight[KINDS] = {0}, of_family[3] = {0};
    const int parts = 1 + (int)random_below(&state, PARTS);
    most_of[i] = family_of[i] = 0;
    for (int p = 0; p < parts; p++) {
      const int k = (int)random_below(&state, KINDS);
      own[i][p] = kind[k];
      own[i][p].weight = 0.01 + (double)random_below(&state, 1000003) / 1e6;
      weight[k] += own[i][p].weight;
      of_family[family[k]] += own[i][p].weight;
    }
    for (int k = 0; k < KINDS; k++)
      if (weight[k] > weight[most_of[i]]) most_of[i] = k;
    for (int f = 0; f < 3; f++)
      if (of_family[f] > of_family[family_of[i]]) family_of[i] = f;
    put(QY_STRUCTURE_ENERGY, 2, own[i], (size_t)parts, 0.01 * (double)random_below(&state, 40), "l", i);
    for (int j = 0; j < i; j++)
      count[most_of[i] == most_of[j] ? 2 : family_of[i] == family_of[j] ? 1 : 0]++;
  }
  if (!fitted(&csv, 1)) return;
  is_int(line_of(&csv, "energy,fast,0.9,all,library_share").rows, count[0], "pairs of two families");
  is_int(line_of(&csv, "energy,fast,0.9,all,family_share").rows, count[1], "pairs of one family");
  is_int(line_of(&csv, "energy,fast,0.9,all,kind_share").rows, count[2], "pairs of one kind");
  qy_text_free(&csv);
}

/* Constants that are wide enough for every row and cancel in ratios: deviations are those that ratios need. */
static void widened(void)
{
  enum { EACH = 9, COUNT = 2 * EACH };
  double need[COUNT * COUNT];
  int count = 0;
  qy_text csv = {0};
  rows = 0;
  for (int i = 0; i < COUNT; i++) {
    put(QY_STRUCTURE_AREA, 0, i % 2 ? mux : add, 1, 0.02 * (i * 5 % COUNT), "l", i);
    row[rows - 1].draw = wide;
    for (int j = 0; j < i; j++)
      if ((i - j) % 2) need[count++] = 0.02 * abs(i * 5 % COUNT - j * 5 % COUNT) / z95;
  }
  fill();
  for (size_t i = 0; i < rows; i++)
    row[i].draw = wide;
  if (!fitted(&csv, 2)) return;
  qsort(need, (size_t)count, sizeof *need, qy_by_value);
  const double least = need[(int)ceil(0.9 * count) - 1] / sqrt(2);
  is_line(&csv, "area,lean,0.1,adder,log_sigma", least, least, least, EACH);
  is_line(&csv, "area,lean,0.1,mux,log_sigma", least, least, least, EACH);
  is_line(&csv, "area,lean,0.1,all,library_share", 0, 0, 0, count);
  qy_text_free(&csv);
}

/* Too few rows of the middle flow: between the ends, by effort. */
static void middle(void)
{
  qy_text csv = {0};
  rows = 0;
  for (int flow = 0; flow < 3; flow += 2)
    for (int i = 0; i < 10; i++)
      put(QY_STRUCTURE_AREA, flow, mux, 1, flow ? 0.5 : 0.2, "l", 0);
  for (int i = 0; i < 8; i++) {
    put(QY_STRUCTURE_AREA, 1, add, 1, 0.3, "l", 0);
    if (i < 7) put(QY_STRUCTURE_AREA, 1, mux, 1, 0.9, "l", 0);
  }
  if (!fitted(&csv, 1)) return;
  const double lean = 0.2 / z95, fast = 0.5 / z95, mid = 0.625 * lean + 0.375 * fast;
  is_line(&csv, "area,lean,0.1,mux,log_sigma", lean, lean, lean, 10);
  is_line(&csv, "area,fast,0.9,mux,log_sigma", fast, fast, fast, 10);
  is_line(&csv, "area,mid,0.4,mux,log_sigma", mid, mid, mid, 7);
  is_line(&csv, "area,mid,0.4,adder,log_sigma", 0.3 / z95, 0.3 / z95, 0.3 / z95, 8);
  const char *a = csv.data ? strstr(csv.data, "area,lean") : NULL, *b = a ? strstr(a, "area,fast") : NULL;
  ok(b && strstr(b, "area,mid") && !strstr(strstr(b, "area,mid"), "area,fast"), "the ends come first");
  qy_text_free(&csv);
}

static const char *head_of(const char *begin, const char *what)
{
  static char head[3][80];
  static int turn;
  turn = (turn + 1) % 3;
  snprintf(head[turn], sizeof head[turn], "%s%s", begin, what);
  return head[turn];
}

/* Shares of a flow with too few pairs lie between those of the flows beside it, by its effort. */
static void shares_between(void)
{
  enum { EACH = 12, COUNT = 3 * EACH };
  static const qy_operator_share *const kind[] = {add, subtract, mux};
  static const char *const number[] = {"library_share", "family_share", "kind_share"};
  static const double centre[2][3] = {{0, 0.3, 0.3}, {0.3, 0.25, 0.1}},
                      width[2][3] = {{0.2, 0.2, 0.2}, {0.1, 0.1, 0.4}};
  static qy_operator_share own[2 * COUNT];
  static char shape[2 * COUNT][16];
  int differ = 0;
  qy_text csv = {0};
  rows = 0;
  for (int flow = 0; flow < 3; flow += 2)
    for (int i = 0; i < COUNT; i++) {
      const int k = i % 3, f = flow / 2;
      own[f * COUNT + i] = *kind[k];
      snprintf(shape[f * COUNT + i], sizeof shape[0], "shape %d", i);
      own[f * COUNT + i].shape = shape[f * COUNT + i];
      put(QY_STRUCTURE_ENERGY, flow, &own[f * COUNT + i], 1,
          centre[f][k] + width[f][k] * (i * 11 % COUNT - COUNT / 2) / COUNT, "l", i);
    }
  if (!fitted(&csv, 1)) return;
  for (int n = 0; n < 3; n++) {
    const double lean = line_of(&csv, head_of("energy,lean,0.1,all,", number[n])).value,
                 fast = line_of(&csv, head_of("energy,fast,0.9,all,", number[n])).value,
                 mid = line_of(&csv, head_of("energy,mid,0.4,all,", number[n])).value;
    differ += lean != fast;
    near_abs(mid, 0.625 * lean + 0.375 * fast, 1e-3, number[n]);
  }
  ok(differ == 3, "%d shares differ between the flows", differ);
  qy_text_free(&csv);
}

static void refused(void)
{
  qy_text csv = {0};
  qy_error err = {0};
  rows = 0;
  fill();
  rows--; /* energy of the last flow */
  is_int(fit_text(&csv, efforts, row, rows, 1, "by hand", &err), QY_BAD_INPUT, "seven rows");
  is_text(err.count ? err.diagnostic[0].text : "",
          "by hand: expected at least 8 rows with energy whose effort is nearest to that of fast, found 7",
          "which is said");
  qy_text_free(&csv);
}

/* A comparison as a row: logarithms, and the flow whose effort is nearest. */
static void made(void)
{
  static const double draw[] = {2, 4, 8};
  qy_arena *arena = qy_arena_new();
  qy_tech *tech;
  qy_circuit *c = qy_circuit_new("c", arena);
  qy_output(c, "y", qy_add(c, qy_input(c, "a", 4), qy_input(c, "b", 4), 5, false));
  if (!ok(!qy_circuit_finish(c, NULL) && !qy_tech_read(&tech, "db", "lp55", arena, NULL), "a circuit, a library"))
    return;
  static const struct {
    double effort;
    int flow;
  } to[] = {{0, 0}, {0.24, 0}, {0.26, 1}, {0.4, 1}, {0.64, 1}, {0.66, 2}, {1, 2}};
  for (size_t i = 0; i < sizeof to / sizeof *to; i++) {
    const qy_validate_row given = {.model = 4,
                                   .measured = 12,
                                   .effort = to[i].effort,
                                   .library = "lp55",
                                   .flow = "x",
                                   .circuit = 3,
                                   .draw = draw,
                                   .draws = 3};
    fit_row r;
    if (!ok(!fit_row_make(&r, &given, QY_STRUCTURE_DELAY, c, tech, efforts, arena, NULL), "a row")) return;
    ok(r.flow == to[i].flow && r.circuit == 3 && r.quantity == QY_STRUCTURE_DELAY && strcmp(r.flow_name, "x") == 0,
       "effort %g is nearest to flow %d", to[i].effort, to[i].flow);
    near_rel(r.residual, log(3), 1e-12, "ln of measured over model");
    for (int k = 0; k < 3; k++)
      near_abs(r.draw[k], log(draw[k] / 4), 1e-12, "of a draw over the model");
    ok(r.share_count == 1 && r.share[0].class == QY_CLASS_ADDER, "an adder alone");
  }
  qy_arena_free(arena);
}

int main(void)
{
  deviations();
  families();
  /* adders, subtractions, multiplexers: all off alike; adders alike; adders and subtractions each; none */
  shares((double[]){0.3, 0.3, 0.1}, (double[]){0.05, 0.05, 0.4});
  shares((double[]){0.3, 0.25, 0.1}, (double[]){0.1, 0.1, 0.4});
  shares((double[]){0, 0.3, 0.3}, (double[]){0.2, 0.2, 0.2});
  shares((double[]){0.3, 0.3, 0.3}, (double[]){0.1, 0.1, 0.1});
  shares((double[]){0.3, 0.2, 0.3}, (double[]){0.3, 0.1, 0.2});
  sorts();
  widened();
  middle();
  shares_between();
  refused();
  made();
  return done();
}
