/* Strata, coverage and worst rows of comparisons, and verdicts and intervals of figures, against values by hand. */
#include "../../src/validate/published_int.h"
#include "../../src/validate/statistics.h"
#include "tap.h"

static qy_error err;

static void add(tally *t, qy_validate_row row)
{
  row.params = "";
  if (tally_add(t, row)) ok(0, "out of memory");
}

/* Errors of +10, -20, +30 and, of a measured 0, +200 %. */
static void strata(qy_arena *arena)
{
  tally t = {.rows = 7, .compared = 5, .skipped = 0, .mismatches = -1};
  static const qy_validate_row rows[] = {
      {.quantity = "lut", .kind = "add", .library = "xc7", .flow = "a", .line = 2, .measured = 10, .model = 11},
      {.quantity = "ff", .kind = "add", .library = "xc7", .flow = "a", .line = 2, .measured = 4, .model = 2},
      {.quantity = "lut", .kind = "mul", .library = "xc7", .flow = "b", .line = 3, .measured = 10, .model = 8},
      {.quantity = "lut", .kind = "add", .library = "xcup", .flow = "a", .line = 4, .measured = 10, .model = 13},
      {.quantity = "lut", .kind = "add", .library = "xc7", .flow = "a", .line = 5, .measured = 0, .model = 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    add(&t, rows[i]);
  tally_skip(&t, "rare");
  tally_skip(&t, "often");
  tally_skip(&t, "often");
  tally_omit(&t, "zero");
  qy_validate_report *r;
  if (!ok(tally_report(&t, &r, "table.csv", 2, arena, &err) == QY_OK, "a report")) return;
  ok(r->rows == 7 && r->compared == 5 && r->skipped == 3 && r->zeros == 1 && r->mismatches == -1, "its counts");
  ok(r->skip_count == 2 && strcmp(r->skip[0].reason, "often") == 0 && r->skip[0].count == 2 &&
         strcmp(r->skip[1].reason, "rare") == 0 && r->omit_count == 1 && r->omit[0].count == 1,
     "reasons, the most frequent first");
  static const struct {
    const char *quantity, *kind, *library, *flow;
    size_t count;
    double mean, median, p95, most, bias;
  } expected[] = {
      {"lut", "all", "all", "all", 4, 65, 25, 174.5, 200, 55}, /* |10|, |20|, |30|, |200|; p95 at 2.85 of 0 .. 3 */
      {"lut", "all", "xc7", "all", 3, 230 / 3.0, 20, 182, 200, 190 / 3.0},
      {"lut", "all", "all", "a", 3, 80, 30, 183, 200, 80},
      {"lut", "all", "xc7", "a", 2, 105, 105, 190.5, 200, 105},
      {"lut", "mul", "all", "all", 1, 20, 20, 20, 20, -20},
      {"lut", "add", "all", "a", 3, 80, 30, 183, 200, 80},
      {"lut", "add", "xcup", "a", 1, 30, 30, 30, 30, 30},
      {"ff", "all", "all", "all", 1, 50, 50, 50, 50, -50},
  };
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    const qy_validate_stratum *s =
        qy_validate_find(r, expected[i].quantity, expected[i].kind, expected[i].library, expected[i].flow);
    if (!ok(s != NULL, "%s %s %s %s", expected[i].quantity, expected[i].kind, expected[i].library, expected[i].flow))
      continue;
    is_int((int64_t)s->count, (int64_t)expected[i].count, "rows");
    near_abs(s->mean_pct, expected[i].mean, 1e-9, "mean");
    near_abs(s->median_pct, expected[i].median, 1e-9, "median");
    near_abs(s->p95_pct, expected[i].p95, 1e-9, "95 % quantile");
    near_abs(s->max_pct, expected[i].most, 1e-9, "most");
    near_abs(s->bias_pct, expected[i].bias, 1e-9, "bias");
    ok(isnan(s->coverage) && isnan(s->ratio_coverage) && !s->dsp_allowed, "without draws no coverage");
  }
  ok(!qy_validate_find(r, "lut", "sub", "all", "all") && !qy_validate_find(r, "dsp", "all", "all", "all"),
     "strata that there are not");
  /* all, 2 flows, 2 libraries, 3 of library and flow, 2 kinds, 2 of kind and flow, 3 of all; 7 of the one ff */
  is_int((int64_t)r->stratum_count, 1 + 2 + 2 + 3 + 2 + 2 + 3 + 7, "strata");
  ok(strcmp(r->stratum[0].quantity, "lut") == 0 && strcmp(r->stratum[r->stratum_count - 1].quantity, "ff") == 0,
     "quantities in the order of the table");
  /* two of each quantity, the largest error first */
  ok(r->worst_count == 3 && r->worst[0].line == 5 && r->worst[1].line == 4 && strcmp(r->worst[2].quantity, "ff") == 0,
     "the worst rows");
  near_abs(r->worst[0].error_pct, 200, 1e-9, "in per cent of one where 0 was counted");
  tally_free(&t);
}

/* Rows that tell whether DSP slices were allowed, points of per cent, and the usual ten worst rows. */
static void more(qy_arena *arena)
{
  tally t = {.rows = 24};
  for (int i = 0; i < 24; i++)
    tally_add_points(&t, (qy_validate_row){.quantity = "hits",
                                           .kind = "k",
                                           .params = "",
                                           .library = "l",
                                           .flow = "f",
                                           .line = 30 - i,
                                           .measured = 50,
                                           .model = 50 + i / 2,
                                           .dsp_allowed = i % 3 ? "1" : "0"});
  qy_validate_report *r;
  if (!ok(tally_report(&t, &r, "t", 0, arena, &err) == QY_OK, "a report of points")) return;
  is_int((int64_t)r->worst_count, 10, "ten rows where nobody says how many");
  bool falling = true;
  for (size_t i = 0; i < r->worst_count; i++)
    falling = falling && r->worst[i].error_pct == 11 - (double)(i / 2) &&
              r->worst[i].line == 30 - (22 - 2 * (int)(i / 2) + (i % 2 ? 0 : 1));
  ok(falling, "equal errors by their lines");
  const qy_validate_stratum *all = qy_validate_find(r, "hits", "all", "all", "all");
  ok(all && all->count == 24 && strcmp(all->dsp_allowed, "all") == 0, "all rows");
  size_t zero = 0, one = 0;
  for (size_t i = 0; i < r->stratum_count; i++) {
    zero += strcmp(r->stratum[i].dsp_allowed, "0") == 0 && r->stratum[i].count == 8;
    one += strcmp(r->stratum[i].dsp_allowed, "1") == 0 && r->stratum[i].count == 16;
  }
  ok(zero == 7 && one == 7 && r->stratum_count == 7 + 14, "a stratum each with and without, at seven levels");
  near_abs(all ? all->mean_pct : 0, 5.5, 1e-12, "the mean of 0 .. 11");
  tally_free(&t);
}

/* Two circuits in one library, whose draws move together: each is off in nine of ten, their ratio never. */
static void coverage(qy_arena *arena)
{
  enum { DRAWS = 20 };
  static double a[DRAWS], b[DRAWS], low[DRAWS];
  for (int k = 0; k < DRAWS; k++)
    a[k] = 100 + k, b[k] = 2 * (100 + k), low[k] = 90 + k / 20.0;
  tally t = {.rows = 4};
  const qy_validate_row row = {.quantity = "area", .kind = "k", .library = "l", .flow = "f", .draws = DRAWS};
  qy_validate_row r[4] = {row, row, row, row};
  r[0].draw = a, r[0].measured = 110.5, r[0].model = 110, r[0].circuit = 1, r[0].line = 2;  /* 11 of 20 below: inside */
  r[1].draw = b, r[1].measured = 100, r[1].model = 220, r[1].circuit = 2, r[1].line = 3;    /* none below: outside */
  r[2].draw = low, r[2].measured = 90.01, r[2].model = 90, r[2].circuit = 1, r[2].line = 4; /* 1 of 20: just inside */
  r[3].draw = low, r[3].measured = 90.96, r[3].model = 90, r[3].circuit = 1, r[3].line = 5; /* all below: outside */
  for (int i = 0; i < 4; i++)
    add(&t, r[i]);
  qy_validate_report *report;
  if (!ok(tally_report(&t, &report, "t", 1, arena, &err) == QY_OK, "a report of draws")) return;
  const qy_validate_stratum *s = qy_validate_find(report, "area", "all", "all", "all");
  if (ok(s != NULL, "all")) {
    near_abs(s->coverage, 0.5, 1e-12, "two of four inside");
    /* pairs of different circuits: 0 and 1 (1.1 beside 0.5 in each draw), 2 and 1, 3 and 1 (0.9 beside 0.38 .. 0.45) */
    near_abs(s->ratio_coverage, 0, 1e-12, "no ratio inside");
  }
  tally_free(&t);
  /* So many of 20 draws below: inside from the 5 % to the 95 %. */
  for (int below = 0; below <= DRAWS; below++) {
    tally w = {.rows = 1};
    qy_validate_row one = row;
    one.draw = a, one.measured = 99.5 + below, one.model = 110, one.circuit = 1, one.line = 2;
    add(&w, one);
    if (!ok(tally_report(&w, &report, "t", 1, arena, &err) == QY_OK, "a report of one")) return;
    const qy_validate_stratum *of = qy_validate_find(report, "area", "all", "all", "all");
    ok(of && of->coverage == (below >= 1 && below <= DRAWS - 1), "%d of %d draws are below", below, DRAWS);
    tally_free(&w);
  }
  tally u = {.rows = 2};
  r[1].measured = 221;
  add(&u, r[0]);
  add(&u, r[1]);
  if (!ok(tally_report(&u, &report, "t", 1, arena, &err) == QY_OK, "another")) return;
  s = qy_validate_find(report, "area", "all", "all", "all");
  /* 110.5 / 221 is 0.5, as every draw is: none below it, so outside p05 .. p95 */
  if (s) near_abs(s->coverage, 1, 1e-12, "both inside");
  r[1].library = "other";
  tally v = {.rows = 2};
  add(&v, r[0]);
  add(&v, r[1]);
  if (ok(tally_report(&v, &report, "t", 1, arena, &err) == QY_OK, "of two libraries")) {
    s = qy_validate_find(report, "area", "all", "all", "all");
    ok(s && isnan(s->ratio_coverage), "no pairs across libraries");
  }
  tally_free(&u);
  tally_free(&v);
}

static void judged(void)
{
  static const struct {
    double published, model, tolerance, p05, p95;
    size_t draws;
    bool calibrated, prediction;
    qy_verdict verdict;
    qy_inside inside;
    double error;
  } rows[] = {
      {100, 110, 0.1, 90, 120, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_YES, 10},
      {100, 110.1, 0.1, 101, 120, 9, false, false, QY_VERDICT_OFF, QY_INSIDE_NO, 10.1},
      {100, 90, 0.1, 80, 99, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_NO, -10},
      {100, 89.9, 0.1, 80, 100, 9, false, false, QY_VERDICT_OFF, QY_INSIDE_YES, -10.1},
      {100, 100, 0, 100, 100, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_YES, 0},
      {100, 300, 0.1, 100, 120, 9, true, false, QY_VERDICT_CALIBRATED, QY_INSIDE_YES, 200},
      {100, 100, 0.1, 90, 120, 9, false, true, QY_VERDICT_PREDICTION, QY_INSIDE_YES, 0},
      {NAN, 100, 0.1, 90, 120, 9, false, false, QY_VERDICT_PREDICTION, QY_INSIDE_UNKNOWN, NAN},
      {100, 100, 0.1, 90, 120, 0, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_UNKNOWN, 0},
      {-100, -105, 0.1, -120, -90, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_YES, 5},
      {1e10, 1e10, 0.1, 1e10 + 5, 2e10, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_YES, 0}, /* within 1e-9 */
      {1e10, 1e10, 0.1, 1e10 + 15, 2e10, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_NO, 0},
      {1e10, 1e10, 0.1, 1e9, 1e10 - 5, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_YES, 0},
      {1e10, 1e10, 0.1, 1e9, 1e10 - 15, 9, false, false, QY_VERDICT_REPRODUCED, QY_INSIDE_NO, 0},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_figure_result r = {.published = rows[i].published,
                          .model = rows[i].model,
                          .tolerance_frac = rows[i].tolerance + 1e-12,
                          .p05 = rows[i].p05,
                          .p95 = rows[i].p95,
                          .draws = rows[i].draws};
    figure_judge(&r, rows[i].calibrated, rows[i].prediction);
    ok(r.verdict == rows[i].verdict && r.inside == rows[i].inside, "%g beside %g: %s", r.model, r.published,
       qy_verdict_name(r.verdict));
    ok(isnan(rows[i].error) ? isnan(r.error_pct) : fabs(r.error_pct - rows[i].error) < 1e-9, "off by %g %%",
       r.error_pct);
    ok(figure_scored(&r) == (r.verdict <= QY_VERDICT_OFF), "scored or not");
  }
  static const char *const name[] = {"reproduced",       "off",     "calibrated",      "prediction",
                                     "within tolerance", "outside", "misses its clock"};
  for (int v = 0; v < QY_VERDICT_COUNT; v++)
    is_text(qy_verdict_name((qy_verdict)v), name[v], "a verdict");
  ok(strcmp(qy_inside_name(QY_INSIDE_YES), "yes") == 0 && strcmp(qy_inside_name(QY_INSIDE_NO), "no") == 0 &&
         !qy_inside_name(QY_INSIDE_UNKNOWN),
     "inside or not");
}

/* Quantiles of 0 .. 100 are the numbers; missed draws are left out, more than half of them leave no interval. */
static void intervals(void)
{
  double value[202];
  static const int misses[] = {0, 51, 101};
  for (int i = 0; i < 3; i++) {
    const int missed = misses[i];
    qy_figure_result r = {0};
    for (int k = 0; k < 101 + missed; k++)
      value[k] = k < missed ? (double)NAN : 100 - (k - missed);
    figure_interval(&r, value, (size_t)(101 + missed));
    ok(r.draws == (size_t)(101 + missed) && r.missed == (size_t)missed, "%d draws missed", missed);
    near_abs(r.p05, 5, 1e-9, "5 %");
    near_abs(r.p95, 95, 1e-9, "95 %");
  }
  qy_figure_result r = {0};
  for (int k = 0; k < 101; k++)
    value[k] = k < 51 ? (double)NAN : k;
  figure_interval(&r, value, 101);
  ok(isnan(r.p05) && isnan(r.p95) && r.missed == 51, "more than half missed: no interval");
}

static void lists(void)
{
  figure_list list = {0};
  const qy_figure_result one = {.section = "s", .name = "a", .variant = "", .file = "f.yaml", .line = 3},
                         variant = {.section = "s", .name = "a", .variant = "v", .file = "f.yaml", .line = 3},
                         elsewhere = {.section = "t", .name = "a", .variant = "", .file = "f.yaml", .line = 5},
                         again = {.section = "s", .name = "a", .variant = "", .file = "g.yaml", .line = 7};
  ok(!figure_add(&list, &one, &err) && !figure_add(&list, &variant, &err) && !figure_add(&list, &variant, &err) &&
         !figure_add(&list, &elsewhere, &err) && list.count == 4,
     "figures, their variants, and one of the name in another section");
  qy_error_clear(&err);
  ok(figure_add(&list, &again, &err) == QY_BAD_INPUT && err.diagnostic[0].line == 7 &&
         strstr(err.diagnostic[0].text, "found \"a\" as in f.yaml:3") && list.count == 4,
     "a figure twice");
  figure_list_free(&list);
  ok(!list.result && list.count == 0, "freed");
}

static void tallies(void)
{
  static const struct {
    qy_verdict verdict;
    bool exact;
    const char *variant;
    qy_inside inside;
  } rows[] = {
      {QY_VERDICT_REPRODUCED, true, "", QY_INSIDE_UNKNOWN}, {QY_VERDICT_OFF, true, "", QY_INSIDE_UNKNOWN},
      {QY_VERDICT_OFF, false, "", QY_INSIDE_YES},           {QY_VERDICT_REPRODUCED, false, "", QY_INSIDE_NO},
      {QY_VERDICT_REPRODUCED, false, "", QY_INSIDE_YES},    {QY_VERDICT_CALIBRATED, false, "", QY_INSIDE_YES},
      {QY_VERDICT_PREDICTION, false, "", QY_INSIDE_YES},    {QY_VERDICT_REPRODUCED, false, "v", QY_INSIDE_YES},
      {QY_VERDICT_PREDICTION, false, "", QY_INSIDE_NO},     {QY_VERDICT_REPRODUCED, false, "", QY_INSIDE_UNKNOWN},
  };
  enum { ROWS = sizeof rows / sizeof *rows };
  qy_figure_result figure[ROWS];
  for (size_t i = 0; i < ROWS; i++)
    figure[i] = (qy_figure_result){
        .verdict = rows[i].verdict, .exact = rows[i].exact, .variant = rows[i].variant, .inside = rows[i].inside};
  qy_figure_tally t;
  qy_figures_tally(&t, figure, ROWS, true);
  ok(t.figures == 2 && t.scored == 2 && t.reproduced == 1 && !t.with_interval && !t.inside && !t.calibrated &&
         !t.predictions,
     "exact ones");
  qy_figures_tally(&t, figure, ROWS, false);
  ok(t.figures == 7 && t.scored == 4 && t.reproduced == 3 && t.with_interval == 3 && t.inside == 2 &&
         t.calibrated == 1 && t.predictions == 2,
     "and others, variants left out");
  static const char *const verdicts[] = {"reproduced",       "off",     "calibrated",      "prediction",
                                         "within tolerance", "outside", "misses its clock"};
  for (int i = 0; i < QY_VERDICT_COUNT; i++)
    is_text(qy_verdict_name((qy_verdict)i), verdicts[i], "a verdict");
  is_text(qy_verdict_name(QY_VERDICT_COUNT), "unknown", "none");
  ok(!strcmp(qy_inside_name(QY_INSIDE_YES), "yes") && !strcmp(qy_inside_name(QY_INSIDE_NO), "no") &&
         !qy_inside_name(QY_INSIDE_UNKNOWN),
     "inside or not");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  strata(arena);
  more(arena);
  coverage(arena);
  judged();
  intervals();
  lists();
  tallies();
  qy_arena_free(arena);
  return done();
}
