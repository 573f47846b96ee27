/* Drawn discrepancies of circuits against the rule of discrepancy.h, worked out here from areas of operators.
 *
 * Oracles: moments of many draws against closed forms of normal numbers (a sum over hand-listed operators), and exact
 * equality where circuits are the same.
 */
#include "quarry/discrepancy.h"
#include "tap.h"

#include <stdlib.h>

enum { DRAWS = 20000 };
static qy_arena *arena;
static qy_tech *tech;
static qy_structure table;

static qy_circuit *finished(qy_circuit *c)
{
  return qy_circuit_finish(c, NULL) ? NULL : c;
}

/* y = a + b, and with `amount` bits, shifted to the left by a word of so many. */
static qy_circuit *sum(int width, int amount)
{
  qy_circuit *c = qy_circuit_new("sum", arena);
  qy_net y = qy_add(c, qy_input(c, "a", width), qy_input(c, "b", width), width, true);
  if (amount) y = qy_shift(c, QY_OP_SHIFT_LEFT, y, qy_input(c, "s", amount), width, true);
  qy_output(c, "y", y);
  return finished(c);
}

static qy_circuit *shifter(int width, int amount)
{
  qy_circuit *c = qy_circuit_new("shift", arena);
  qy_output(c, "y", qy_shift(c, QY_OP_SHIFT_LEFT, qy_input(c, "a", width), qy_input(c, "s", amount), width, true));
  return finished(c);
}

static qy_circuit *right_shifter(int width, int amount)
{
  qy_circuit *c = qy_circuit_new("right", arena);
  qy_output(c, "y", qy_shift(c, QY_OP_SHIFT_RIGHT, qy_input(c, "a", width), qy_input(c, "s", amount), width, false));
  return finished(c);
}

static qy_circuit *registers(int width)
{
  qy_circuit *c = qy_circuit_new("reg", arena);
  qy_net r = qy_register(c, "r", width, -1);
  qy_register_connect(c, r, qy_input(c, "a", width));
  qy_output(c, "y", r);
  return finished(c);
}

/* All quantities and flows alike; adders 0.1, all else 0.2. */
static void set_table(double library_share, double kind_share, double composition)
{
  memset(&table, 0, sizeof table);
  for (int f = 0; f < QY_STRUCTURE_FLOWS; f++) {
    table.effort[f] = f / 2.0;
    for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++) {
      for (int g = 0; g < QY_CLASS_COUNT; g++) {
        table.flow[q][f].log_sigma[g] = g == QY_CLASS_ADDER ? 0.1 : 0.2;
        table.flow[q][f].family[g] = g == QY_CLASS_ADDER ? QY_CLASS_ADDER : 0;
      }
      table.flow[q][f].library_share = library_share;
      table.flow[q][f].kind_share = kind_share;
      table.flow[q][f].composition = composition;
    }
  }
}

static qy_draws draws_of(int stream)
{
  return (qy_draws){.count = DRAWS, .seed = 5, .stream = stream, .nominal = tech};
}

static const double *logs(const qy_circuit *c, int stream, qy_structure_quantity quantity, double effort)
{
  const qy_draws draws = draws_of(stream);
  qy_discrepancy *d = NULL;
  double *out = qy_arena_alloc(arena, DRAWS, sizeof *out);
  if (!c || !out || qy_discrepancy_new(&d, c, &draws, arena, NULL) || !d) abort();
  for (size_t k = 0; k < DRAWS; k++)
    out[k] = log(qy_discrepancy_factor(d, quantity, effort, k));
  return out;
}

static const double *areas(const qy_circuit *c)
{
  return logs(c, 0, QY_STRUCTURE_AREA, 0);
}

static double mean_product(const double *a, const double *b)
{
  double all = 0;
  for (size_t k = 0; k < DRAWS; k++)
    all += a[k] * b[k];
  return all / DRAWS;
}

static double deviation(const double *a)
{
  return sqrt(mean_product(a, a));
}

static double correlation(const double *a, const double *b)
{
  return mean_product(a, b) / deviation(a) / deviation(b);
}

/* Deviation of ln of the ratio. */
static double ratio(const double *a, const double *b)
{
  double squares = 0;
  for (size_t k = 0; k < DRAWS; k++)
    squares += (a[k] - b[k]) * (a[k] - b[k]);
  return sqrt(squares / DRAWS);
}

/* Share of the area that adders have. */
static double adder_share(const qy_circuit *c)
{
  double adders = 0, all = 0;
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_op_report r;
    qy_circuit_op_report(c, i, tech, &r);
    all += r.area_um2;
    if (strcmp(r.op, "add") == 0) adders += r.area_um2;
  }
  return adders / all;
}

static void alone(void)
{
  set_table(0, 0, 0);
  const double *a = areas(sum(16, 0)), *s = areas(shifter(16, 3));
  near_rel(deviation(a), 0.1, 0.02, "an adder has the deviation of adders");
  near_rel(deviation(s), 0.2, 0.02, "a shifter that of shifters");
  near_abs(correlation(a, s), 0, 0.02, "nothing in common");
  near_rel(ratio(a, s), hypot(0.1, 0.2), 0.02, "so their ratio varies in quadrature");
  near_abs(correlation(a, areas(sum(17, 0))), 0, 0.02, "another width, another number when kinds share nothing");
  const double *again = areas(sum(16, 0));
  ok(memcmp(a, again, DRAWS * sizeof *a) == 0, "the same circuit has the same factors: a ratio of 1 in every draw");
  near_rel(deviation(areas(registers(8))), 0.2, 0.02, "registers count where there is nothing else");
}

static void shared(void)
{
  set_table(0, 0, 0);
  const qy_circuit *both = sum(16, 3);
  const double w = adder_share(both), v = 1 - w, norm = hypot(w, v);
  const double *a = areas(sum(16, 0)), *b = areas(both);
  ok(w > 0.2 && w < 0.8, "adder and shifter are both some of it (%.2f)", w);
  near_rel(deviation(b), hypot(0.1 * w, 0.2 * v) / norm, 0.02, "of two kinds: weighted in quadrature");
  /* cosine of (0.1 w, 0.2 v) and (1, 0) */
  near_abs(correlation(a, b), 0.1 * w / hypot(0.1 * w, 0.2 * v), 0.02, "correlation: the cosine of the operators");
  set_table(0, 0, 3);
  near_rel(deviation(areas(both)), (1 + 3 * 2 * w * v) * hypot(0.1 * w, 0.2 * v) / norm, 0.02,
           "composition: times 1 + 3 times the chance that two cells differ in kind");
  set_table(0, 0.6, 0);
  near_abs(correlation(areas(sum(16, 0)), areas(sum(24, 0))), 0.6, 0.02, "kinds share 0.6 of their variance");
  near_rel(deviation(areas(sum(24, 0))), 0.1, 0.02, "which does not change the variance");
  for (int f = 0; f < QY_STRUCTURE_FLOWS; f++)
    table.flow[QY_STRUCTURE_AREA][f].family_share = 0.3;
  const double *left = areas(shifter(16, 3)), *right = areas(right_shifter(16, 3));
  near_abs(correlation(left, right), 0.3, 0.02, "kinds of one family share what the family has");
  near_abs(correlation(left, areas(shifter(20, 3))), 0.9, 0.02, "one kind what family and kind have");
  near_abs(correlation(left, areas(sum(16, 0))), 0, 0.02, "other families nothing");
}

static void library(void)
{
  set_table(0.5, 0, 0);
  const double *a = areas(sum(16, 0)), *s = areas(shifter(16, 3));
  near_rel(deviation(a), 0.1, 0.02, "with a part of the library: the same deviation");
  near_abs(correlation(a, s), 0.5, 0.02, "half of the variance is common to all circuits");
  near_rel(ratio(a, s), sqrt(0.5 * 0.1 * 0.1 + 0.5 * (0.1 * 0.1 + 0.2 * 0.2)), 0.02, "and cancels in ratios");
  near_abs(correlation(a, logs(sum(16, 0), 1, QY_STRUCTURE_AREA, 0)), 0, 0.02, "libraries are independent");
  near_abs(correlation(a, logs(sum(16, 0), 0, QY_STRUCTURE_ENERGY, 0)), 0, 0.02, "and so are quantities");
}

static void between(void)
{
  set_table(0, 0, 0);
  table.flow[QY_STRUCTURE_DELAY][1].log_sigma[QY_CLASS_ADDER] = 0.3;
  near_rel(deviation(logs(sum(16, 0), 0, QY_STRUCTURE_DELAY, 0.25)), 0.2, 0.02, "between two flows: linear in effort");
  const qy_build build = {.period_ps = 2000, .min_period_ps = 1000};
  qy_tech cubic = *tech;
  cubic.effort_p = 3;
  near_rel(qy_build_effort(&build, &cubic), 0.125, 1e-12, "effort: (Tmin / T)^p");
  qy_discrepancy *d = NULL;
  const qy_draws draws = draws_of(0);
  tech->structure = NULL;
  ok(qy_discrepancy_new(&d, sum(16, 0), &draws, arena, NULL) == QY_OK && !d, "a library without a table has none");
  ok(qy_discrepancy_factor(NULL, QY_STRUCTURE_AREA, 0.5, 3) == 1, "none is a factor of 1");
  tech->structure = &table;
}

/* The same draw by draw when every draw has a key of its own, however many there are at once. */
static void keys(void)
{
  static uint64_t key[64];
  qy_discrepancy *all = NULL, *one = NULL;
  for (uint64_t k = 0; k < 64; k++)
    key[k] = 3 * k + 1;
  set_table(0.3, 0.5, 1);
  const qy_draws many = {.count = 64, .key = key, .nominal = tech},
                 single = {.count = 1, .key = key + 9, .nominal = tech};
  const qy_circuit *c = sum(16, 3);
  if (qy_discrepancy_new(&all, c, &many, arena, NULL) || qy_discrepancy_new(&one, c, &single, arena, NULL)) abort();
  ok(qy_discrepancy_factor(all, QY_STRUCTURE_ENERGY, 0.7, 9) == qy_discrepancy_factor(one, QY_STRUCTURE_ENERGY, 0.7, 0),
     "a key gives the same factor in any set of draws");
  ok(qy_discrepancy_factor(all, QY_STRUCTURE_ENERGY, 0.7, 9) != qy_discrepancy_factor(all, QY_STRUCTURE_ENERGY, 0.7, 8),
     "another key another one");
}

/* Differences between circuits of one operator and of two, in closed form: c sum(w s y) / norm has the variance s^2 of
 * one operator; of two of different families, half each, c = 1 + 0.4 / 2 times s^2 of either, half of them. */
static void differences(void)
{
  struct qy_structure_flow f = {.composition = 0.4, .family_share = 0.5, .kind_share = 0.25};
  for (int k = 0; k < QY_CLASS_COUNT; k++) {
    f.family[k] = k;
    f.log_sigma[k] = 0.1 * (k + 1);
  }
  f.family[1] = 0; /* classes 0 and 1 are of one family, 2 is of another */
  const double s0 = 0.1, s1 = 0.2, s2 = 0.3;
  const qy_operator_share one = {"a", "a 8", 0, 1}, wider = {"a", "a 16", 0, 1}, kin = {"b", "b 8", 1, 1},
                          other = {"c", "c 8", 2, 1}, both[] = {{"a", "a 8", 0, 0.5}, {"c", "c 8", 2, 0.5}};
  near_abs(qy_operator_distance(&one, 1, &one, 1, &f), 0, 1e-12, "none between equal operators");
  near_rel(qy_operator_distance(&one, 1, &other, 1, &f), sqrt(s0 * s0 + s2 * s2), 1e-12, "of two families");
  near_rel(qy_operator_distance(&one, 1, &kin, 1, &f), sqrt(s0 * s0 + s1 * s1 - 2 * s0 * s1 * 0.5), 1e-12,
           "of one family");
  near_rel(qy_operator_distance(&one, 1, &wider, 1, &f), sqrt(2 * s0 * s0 * (1 - 0.75)), 1e-12, "of one kind");
  near_rel(qy_operator_distance(&one, 1, NULL, 0, &f), s0, 1e-12, "to none");
  near_rel(qy_operator_distance(NULL, 0, &other, 1, &f), s2, 1e-12, "from none");
  near_rel(qy_operator_norm(both, 2, &f), sqrt(0.5), 1e-12, "the norm of two families, half each");
  near_rel(qy_operator_mixture(both, 2), 0.5, 1e-12, "two kinds, half each");
  near_rel(qy_operator_distance(both, 2, NULL, 0, &f), 1.2 * sqrt((s0 * s0 + s2 * s2) / 2), 1e-12, "of two to none");
  near_rel(qy_operator_distance(both, 2, &one, 1, &f),
           sqrt(1.44 * (s0 * s0 + s2 * s2) / 2 + s0 * s0 - 2 * 1.2 * s0 * s0 / sqrt(2)), 1e-12,
           "of two to one of them");
  near_rel(qy_operator_distance(&one, 1, both, 2, &f), qy_operator_distance(both, 2, &one, 1, &f), 1e-12,
           "and the other way round");
}

/* Shares are those of the areas that the operators report; registers are one where there is nothing else, and what has
 * no cells is none. */
static void shares(void)
{
  qy_operator_share *share = NULL;
  size_t count = 9;
  qy_circuit *c = qy_circuit_new("registered", arena);
  const qy_net y = qy_add(c, qy_input(c, "a", 8), qy_input(c, "b", 8), 8, true), r = qy_register(c, "r", 8, -1);
  const qy_net both[2] = {r, qy_input(c, "d", 2)};
  qy_register_connect(c, r, y);
  qy_output(c, "y", qy_shift(c, QY_OP_SHIFT_LEFT, qy_concat(c, both, 2), qy_input(c, "s", 2), 10, true));
  c = finished(c);
  double adders = 0, shifters = 0;
  for (size_t i = 0; i < qy_circuit_op_count(c); i++) {
    qy_op_report of;
    qy_circuit_op_report(c, i, tech, &of);
    adders += strcmp(of.op, "add") == 0 ? of.area_um2 : 0;
    shifters += strstr(of.op, "shift") ? of.area_um2 : 0;
  }
  ok(!qy_operator_shares(&share, &count, c, tech, arena, NULL) && count == 2 && adders > 0 && shifters > 0,
     "registers and wires beside an adder and a shifter have no share: %zu kinds", count);
  for (size_t i = 0; i < count; i++)
    near_rel(share[i].weight, (share[i].class == QY_CLASS_ADDER ? adders : shifters) / (adders + shifters), 1e-9,
             "a share of the area");
  ok(!qy_operator_shares(&share, &count, registers(8), tech, arena, NULL) && count == 1 && share[0].weight == 1,
     "registers alone are all of it");
  c = qy_circuit_new("wires", arena);
  qy_output(c, "y", qy_slice(c, qy_input(c, "a", 8), 2, 4));
  ok(!qy_operator_shares(&share, &count, finished(c), tech, arena, NULL) && count == 0, "wires have no operators");
  qy_tech *small = NULL;
  c = qy_circuit_new("gate", arena);
  qy_output(c, "y", qy_bitwise(c, QY_OP_AND, qy_input(c, "a", 1), qy_input(c, "b", 1)));
  ok(!qy_tech_read(&small, "db", "asap7", arena, NULL) && small->area_um2[QY_AND2] < 1 &&
         !qy_operator_shares(&share, &count, finished(c), small, arena, NULL) && count == 1 && share[0].weight == 1,
     "one gate of less than 1 um2 is all of it");
}

int main(void)
{
  arena = qy_arena_new();
  if (qy_tech_read(&tech, "db", "fdsoi28", arena, NULL)) return 1;
  tech->structure = &table;
  alone();
  shared();
  library();
  between();
  keys();
  differences();
  shares();
  qy_arena_free(arena);
  return done();
}
