/* Coverage, and discrepancies estimated from a table.
 *
 * Oracles: tables whose measured values are the model's own times lognormal factors of known deviation, made here; for
 * the counter, draws set by hand.
 */
#include "../../src/validate/leave_out.h"
#include "../../src/validate/statistics.h"
#include "files.h"
#include "quarry/random.h"
#include "quarry/structure.h"
#include "tap.h"

#include <gsl/gsl_cdf.h>

static qy_arena *arena;

/* ---- the counter, on rows made by hand ---- */

/* Draws 1, 2 .. 100 times `scale`. */
static const double *ramp(double scale)
{
  double *draw = qy_arena_alloc(arena, 100, sizeof *draw);
  for (int k = 0; draw && k < 100; k++)
    draw[k] = scale * (k + 1);
  return draw;
}

static qy_validate_row row(const char *kind, int circuit, double measured, const double *draw)
{
  return (qy_validate_row){.quantity = "area_um2",
                           .kind = kind,
                           .params = "",
                           .library = "l",
                           .flow = "lean",
                           .line = circuit + 2,
                           .measured = measured,
                           .model = 50,
                           .circuit = circuit,
                           .draw = draw,
                           .draws = draw ? 100 : 0};
}

static void counter(void)
{
  tally t = {.mismatches = -1};
  qy_validate_report *r = NULL;
  qy_error err = {0};
  /* Ratios are 1 of a to c in all draws, 2 of b to a and c. */
  const double *one = ramp(1), *two = ramp(2);
  tally_add(&t, row("a", 1, 50, one));    /* inside */
  tally_add(&t, row("a", 2, 4.5, one));   /* below p05 */
  tally_add(&t, row("b", 3, 195, two));   /* above p95 */
  tally_add(&t, row("b", 4, 189, two));   /* inside */
  tally_add(&t, row("c", 5, 1000, NULL)); /* no draws */
  if (!is_int(tally_report(&t, &r, "by hand", 0, arena, &err), QY_OK, "a report")) return;
  const qy_validate_stratum *all = qy_validate_find(r, "area_um2", "all", "all", "all"),
                            *a = qy_validate_find(r, "area_um2", "a", "l", "lean"),
                            *c = qy_validate_find(r, "area_um2", "c", "l", "lean");
  if (!ok(all && a && c, "its strata")) return;
  near_rel(all->coverage, 0.5, 0, "two of the four rows with draws lie in p05..p95");
  near_rel(a->coverage, 0.5, 0, "one of the two of kind a");
  ok(isnan(c->coverage) && isnan(c->ratio_coverage), "none to be seen without draws");
  /* All pairs have a ratio that is certain, and none of the measured ones equals it. */
  near_abs(all->ratio_coverage, 0, 0, "ratios that are certain and wrong");
  near_abs(a->ratio_coverage, 0, 0, "within a kind, too");
  tally_free(&t);

  /* Draws of b run the other way: ratios from 1 / 100 to 100. */
  double *back = qy_arena_alloc(arena, 100, sizeof *back);
  for (int k = 0; k < 100; k++)
    back[k] = one[99 - k];
  t = (tally){.mismatches = -1};
  tally_add(&t, row("a", 1, 50, one));
  tally_add(&t, row("b", 2, 50, back));
  tally_add(&t, row("b", 2, 1, back));    /* the same circuit: no pair with the row above */
  tally_add(&t, row("b", 3, 9000, back)); /* no ratio to the others within 1 / 100 .. 100 but to 50 over 9000 */
  if (!is_int(tally_report(&t, &r, "by hand", 0, arena, &err), QY_OK, "another report")) return;
  all = qy_validate_find(r, "area_um2", "all", "all", "all");
  /* Pairs: 1-2 (ratio 1: inside), 1-2' (50: outside, p95 is 95 / 6), 1-3 outside, 2-3 and 2'-3 certain: outside. */
  near_rel(all->ratio_coverage, 1.0 / 5, 1e-12, "one of five pairs");
  tally_free(&t);
}

/* ---- known deviations from a table ---- */

enum { WIDTHS = 31, MULTIPLIERS = 12 };
static const char *const libraries[] = {"asap7", "sky130hd", "osu018"}, *const flows[] = {"lean", "fast"};

static double normal(uint64_t *state)
{
  return gsl_cdf_ugaussian_Pinv(qy_random_open(qy_random_word(state)));
}

static qy_status read_report(qy_validate_report **r, const char *text, size_t draws)
{
  char file[] = "/tmp/quarry-structure-XXXXXX";
  qy_error err = {0};
  const qy_validate_options options = {.worst_count = 100000, .draws = draws, .draw_seed = 2};
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  qy_status status = qy_validate_synthesis(r, qy_arena_text(arena, file, strlen(file)), &options, arena, &err);
  if (status) printf("# %s\n", err.diagnostic[0].text);
  unlink(file);
  return status;
}

static const qy_validate_row *row_of(const qy_validate_report *r, const char *quantity, int line)
{
  for (size_t i = 0; i < r->worst_count; i++)
    if (r->worst[i].line == line && strcmp(r->worst[i].quantity, quantity) == 0) return &r->worst[i];
  return NULL;
}

static void add_row(qy_text *out, const qy_validate_report *report, int line, const char *what, const char *library,
                    const char *flow, double own, double shift, uint64_t *seed)
{
  static const char *const quantity[] = {"area_um2", "delay_ns", "energy_pj"};
  double value[3] = {1, 1, 1};
  for (int q = 0; report && q < 3; q++) {
    const qy_validate_row *one = row_of(report, quantity[q], line);
    value[q] = one ? one->model * exp(own * normal(seed) + shift) : NAN;
  }
  qy_text_add(out, "c,%s,%s,%s,random,%.17g,%.17g,%.17g\n", what, library, flow, value[0], value[1], value[2]);
}

/* A table of adders and multiplexers of many widths, then, of the flow mid, of multipliers, with what the report says
 * times factors: deviations as given; NULL: all measured values 1. */
static char *table_of(const qy_validate_report *report, double own, double common, bool with_mid, uint64_t seed)
{
  qy_text out = {0};
  char what[64];
  int line = 1;
  qy_text_add(&out, "component,kind,params,library,flow,stimulus,area_um2,delay_ns,energy_pj_per_op\n");
  for (int l = 0; l < 3; l++)
    for (int f = 0; f < 2; f++) {
      const double shift = common * normal(&seed);
      for (int i = 0; i < 2 * WIDTHS; i++) {
        snprintf(what, sizeof what, "%s=%d", i % 2 ? "mux2,w" : "add,n", 2 + i / 2);
        add_row(&out, report, ++line, what, libraries[l], flows[f], own, shift, &seed);
      }
    }
  for (int i = 0; with_mid && i < 2 * MULTIPLIERS; i++) {
    snprintf(what, sizeof what, "mul_u,n=%d m=%d", 4 + i / 2, 4 + i / 2);
    add_row(&out, report, ++line, what, libraries[i % 2], "mid", own, 0, &seed);
  }
  char *text = qy_arena_text(arena, out.data, out.length);
  qy_text_free(&out);
  return text;
}

/* The number of a row of a table as written. */
static double number_in(const char *csv, const char *head)
{
  const char *at = csv ? strstr(csv, head) : NULL;
  return at ? strtod(at + strlen(head), NULL) : NAN;
}

static double share_covered(const char *text, const char *flow)
{
  qy_validate_report *r = NULL;
  const qy_validate_stratum *g = NULL;
  if (!read_report(&r, text, 32)) g = qy_validate_find(r, "area_um2", "all", "all", flow);
  return g ? g->coverage : NAN;
}

/* A directory like db whose libraries have exact constants, so that residuals are discrepancies alone. */
static bool exact_libraries(const char *directory)
{
  qy_tech *tech;
  char file[256];
  snprintf(file, sizeof file,
           "mkdir -p %s/tech %s/circuit && awk 'BEGIN { FS = OFS = \",\" } $2 ~ /^[0-9]/ { $3 = $4 = $2 } 1' "
           "db/circuit/factors.csv >%s/circuit/factors.csv",
           directory, directory, directory);
  if (system(file)) return false;
  for (int l = 0; l < 3; l++) {
    if (qy_tech_read(&tech, "db", libraries[l], arena, NULL)) return false;
    for (size_t i = 0; i < tech->entry_count; i++)
      tech->entry[i].constant.low = tech->entry[i].constant.high = tech->entry[i].constant.value;
    snprintf(file, sizeof file, "%s/tech/%s.yaml", directory, libraries[l]);
    if (qy_tech_render(tech, arena, NULL) || qy_tech_write(tech, file, NULL)) return false;
  }
  return true;
}

/* A table that cannot be read is the caller's mistake. */
static void unreadable(void)
{
  static const char *const wrong[] = {"component,kind\nc,add\n",
                                      "component,kind,params,library,flow,stimulus,area_um2,delay_ns,energy_pj_per_op\n"
                                      "c,add,n=4,asap7,lean,random,many,1,1\n"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    char file[] = "/tmp/quarry-structure-XXXXXX";
    qy_text csv = {0};
    qy_error err = {0};
    const qy_validate_options options = {.draws = 16};
    if (!write_new_file(file, 0, wrong[i])) return;
    is_int(qy_validate_structure(&csv, file, NULL, &options, arena, &err), QY_BAD_INPUT, "a table that is none");
    ok(err.count && err.diagnostic[0].line == (int)i + 1, "in line %d: %s", (int)i + 1, err.diagnostic[0].text);
    unlink(file);
    qy_text_free(&csv);
  }
}

/* Rows behind one number of a structure. */
static int rows_of(const qy_text *csv, const char *head)
{
  double value[3];
  int count = -1;
  const char *at = csv->data ? strstr(csv->data, head) : NULL;
  if (at && sscanf(at + strlen(head), "%lf,%lf,%lf,ratio,%d", &value[0], &value[1], &value[2], &count) != 4) count = -1;
  return count;
}

/* Elements of a table of their own add their rows to those of the components. */
static void with_elements(const qy_text *without, const char *file, const char *directory)
{
  enum { ELEMENTS = 9 };
  static const char head[] = "area,lean,0,multiplier+booth+mac,log_sigma,";
  const char *name = qy_arena_format(arena, "%s/elements.csv", directory);
  const char *text = "library,flow,kind,params,area_um2,min_period_ns\n";
  const qy_validate_options options = {.db_dir = directory, .draws = 16};
  qy_text csv = {0};
  qy_error err = {0};
  for (int bits = 4; bits < 4 + ELEMENTS; bits++)
    text = qy_arena_format(arena, "%sosu018,lean,mul,\"bits=%d,multiplier=0\",%d,9\n", text, bits, 100 * bits * bits);
  ok(write_file(name, text) && !qy_validate_structure(&csv, file, name, &options, arena, &err), "with elements%s%s",
     err.count ? ": " : "", err.count ? err.diagnostic[0].text : "");
  is_int(rows_of(&csv, head) - rows_of(without, head), ELEMENTS, "nine products more");
  is_int(rows_of(&csv, "area,lean,0,adder,log_sigma,"), rows_of(without, "area,lean,0,adder,log_sigma,"),
         "and as many adders");
  /* Areas that are further off are deviations of areas, and leave those of delays as they are. */
  static const char delays[] = "delay,lean,0,multiplier+booth+mac,log_sigma,";
  const double area = number_in(csv.data, head), delay = number_in(csv.data, delays);
  qy_text_free(&csv);
  csv = (qy_text){0};
  text = "library,flow,kind,params,area_um2,min_period_ns\n";
  for (int bits = 4; bits < 4 + ELEMENTS; bits++)
    text = qy_arena_format(arena, "%sosu018,lean,mul,\"bits=%d,multiplier=0\",%d,9\n", text, bits, 10000 * bits * bits);
  ok(write_file(name, text) && !qy_validate_structure(&csv, file, name, &options, arena, &err), "larger areas");
  ok(number_in(csv.data, head) > area + 0.5, "a wider deviation: %g, not %g", number_in(csv.data, head), area);
  near_rel(number_in(csv.data, delays), delay, 1e-9, "of areas alone");
  qy_text_free(&csv);
}

static void recovered(void)
{
  char directory[] = "/tmp/quarry-structure-XXXXXX", file[64], command[96];
  qy_validate_report *nominal = NULL;
  qy_text csv = {0};
  qy_error err = {0};
  const double own = 0.08;
  if (!ok(!read_report(&nominal, table_of(NULL, 0, 0, true, 1), 0) &&
              nominal->compared == 6 * 2 * WIDTHS + 2 * MULTIPLIERS,
          "a table of adders and multiplexers") ||
      !mkdtemp(directory) || !exact_libraries(directory))
    return;
  snprintf(file, sizeof file, "%s/rows.csv", directory);
  write_file(file, table_of(nominal, own, 0, false, 77));
  const qy_validate_options options = {.db_dir = directory, .draws = 32};
  is_int(qy_validate_structure(&csv, file, NULL, &options, arena, &err), QY_BAD_INPUT, "no rows of medium effort");
  ok(err.count && strstr(err.diagnostic[0].text, "nearest to that of mid"), "which is said");
  qy_text_free(&csv);

  /* Carry-save rows of multipliers are what the flow mid differs by. */
  write_file(file, table_of(nominal, own, 0, true, 77));
  qy_error_clear(&err);
  if (!is_int(qy_validate_structure(&csv, file, NULL, &options, arena, &err), QY_OK, "estimated")) return;
  qy_text wrong = {0};
  is_int(qy_validate_structure(&wrong, file, "/no/such/elements.csv", &options, arena, &err), QY_BAD_INPUT,
         "elements of no table");
  ok(err.count == 1 && strstr(err.diagnostic[0].file, "elements.csv"), "which is named");
  qy_text_free(&wrong);
  with_elements(&csv, file, directory);
  near_rel(number_in(csv.data, "area,lean,0,adder,log_sigma,"), own, 0.2, "area of lean adders: the deviation put in");
  near_rel(number_in(csv.data, "area,fast,1,mux,log_sigma,"), own, 0.2, "area of fast multiplexers");
  near_rel(number_in(csv.data, "area,mid,0.4,multiplier+booth+mac,log_sigma,"), own, 0.35,
           "24 rows of multipliers, mid");
  near_rel(number_in(csv.data, "delay,lean,0,mux,log_sigma,"), own, 0.2, "delay");
  near_rel(number_in(csv.data, "energy,fast,1,adder,log_sigma,"), own, 0.2, "energy");
  ok(number_in(csv.data, "area,lean,0,all,library_share,") < 0.2, "rows vary alone: libraries share nothing");
  ok(number_in(csv.data, "area,fast,1,all,kind_share,") < 0.2, "and neither do kinds");
  ok(number_in(csv.data, "area,lean,0,all,family_share,") == 0, "there is one kind of a family here");
  snprintf(file, sizeof file, "%s/structure.csv", directory);
  qy_structure *read = NULL;
  ok(write_file(file, csv.data) && !qy_structure_read(&read, file, arena, NULL), "the tool reads what it wrote");

  /* With the table in place the intervals are honest. */
  const qy_validate_options with = {.db_dir = directory, .draws = 64};
  snprintf(file, sizeof file, "%s/rows.csv", directory);
  write_file(file, table_of(nominal, own, 0, true, 4711)); /* other factors of the same deviation */
  qy_validate_report *r = NULL;
  if (is_int(qy_validate_synthesis(&r, file, &with, arena, &err), QY_OK, "new rows")) {
    const qy_validate_stratum *all = qy_validate_find(r, "area_um2", "all", "all", "all");
    near_abs(all->coverage, 0.9, 0.08, "nine in ten are inside");
    near_abs(all->ratio_coverage, 0.9, 0.05, "and of the ratios");
  }
  qy_text_free(&csv);
  snprintf(command, sizeof command, "rm -r %s", directory);
  if (system(command)) printf("# %s is left\n", directory);
}

/* Factors that all rows of a library and flow have in common. */
static void common(void)
{
  qy_validate_report *r = NULL;
  if (read_report(&r, table_of(NULL, 0, 0, false, 1), 0)) return;
  const char *same = table_of(r, 0, 0, false, 5), *far = table_of(r, 0, 3, false, 5);
  near_rel(share_covered(same, "lean"), 1, 1e-12, "a table that the model meets is covered");
  ok(share_covered(far, "lean") < 0.7, "one that is off by factors of e^3 is not");
}

/* ---- a library left out ---- */

static double constant_of(const qy_tech *tech, const char *path)
{
  return qy_tech_constant(tech, path)->value;
}

/* Where every constant was fitted, every one is the others', the first and the last too. */
static void all_fitted(const qy_tech *const t[4])
{
  qy_tech *one = NULL;
  qy_tech *fitted = NULL;
  if (qy_tech_copy(&fitted, t[0], arena, NULL)) return;
  for (size_t i = 0; i < fitted->entry_count; i++)
    fitted->entry[i].constant.status = QY_CALIBRATED;
  if (leave_out(&one, fitted, t, 4, arena, NULL)) return;
  size_t checked = 0, wrong = 0;
  for (size_t i = 0; i < fitted->entry_count; i++) {
    const char *path = fitted->entry[i].path;
    double low = INFINITY, high = -INFINITY;
    for (int o = 1; o < 4; o++) {
      const qy_constant *other = qy_tech_constant(t[o], path);
      if (other) low = fmin(low, other->value), high = fmax(high, other->value);
    }
    const qy_constant *got = qy_tech_constant(one, path);
    if (low > high) continue;
    checked++;
    if (!(got->value >= low - 1e-9 * fabs(low) && got->value <= high + 1e-9 * fabs(high) && got->low <= got->value &&
          got->high >= got->value))
      wrong++, printf("# %s: %g of %g to %g\n", path, got->value, low, high);
  }
  ok(checked > 50 && wrong == 0, "%zu constants, each between the others' where all were fitted", checked);
}

static void left_out(void)
{
  static const char *const names[] = {"sky130hd", "asap7", "osu018", "sg13g2"};
  const qy_tech *t[4];
  qy_tech *one = NULL, *alone = NULL;
  for (int i = 0; i < 4; i++) {
    qy_tech *tech = NULL;
    if (!ok(!qy_tech_read(&tech, "db", names[i], arena, NULL), "library %s", names[i])) return;
    t[i] = tech;
  }
  if (leave_out(&one, t[0], t, 4, arena, NULL) || leave_out(&alone, t[0], t, 1, arena, NULL)) return;
  const char *k = "effort.k.multiplier", *area = "cells.fa.area";
  near_rel(constant_of(one, k),
           cbrt((1 + constant_of(t[1], k)) * (1 + constant_of(t[2], k)) * (1 + constant_of(t[3], k))) - 1, 1e-12,
           "effort: geometric mean of 1 + k over the others");
  const double low = fmin(constant_of(t[1], k), fmin(constant_of(t[2], k), constant_of(t[3], k)));
  near_rel(qy_tech_constant(one, k)->low, fmin(low, constant_of(one, k)), 1e-12,
           "its interval: the range of all others");
  const double high = fmax(constant_of(t[1], k), fmax(constant_of(t[2], k), constant_of(t[3], k)));
  near_rel(qy_tech_constant(one, k)->high, fmax(high, constant_of(one, k)), 1e-12, "to the largest");
  near_rel(one->effort_k[QY_CLASS_MULTIPLIER], constant_of(one, k), 1e-12, "the library is resolved");
  ok(constant_of(one, area) == constant_of(t[0], area), "what was read stays");
  ok(constant_of(alone, k) == constant_of(t[0], k), "without others nothing changes");
  all_fitted(t);
  size_t plain = 0, wrong = 0; /* the geometric mean of the others themselves */
  for (size_t i = 0; i < t[0]->entry_count; i++) {
    const char *path = t[0]->entry[i].path;
    double log_sum = 0, less = INFINITY, more = -INFINITY;
    int others = 0;
    for (int l = 1; l < 4; l++) {
      const qy_constant *c = qy_tech_constant(t[l], path);
      if (!c || c->value <= 0) continue;
      log_sum += log(c->value), less = fmin(less, c->value), more = fmax(more, c->value), others++;
    }
    if (t[0]->entry[i].constant.status != QY_CALIBRATED || !strncmp(path, "effort.k.", 9) || others < 3) continue;
    const qy_constant *c = qy_tech_constant(one, path);
    const double mean = less == more && less == constant_of(t[0], path) ? less : exp(log_sum / 3);
    plain++;
    wrong += fabs(c->value / mean - 1) > 1e-12;
  }
  ok(plain > 10 && wrong == 0, "%zu other constants, %zu wrong", plain, wrong);
}

int main(void)
{
  arena = qy_arena_new();
  counter();
  recovered();
  unreadable();
  common();
  left_out();
  qy_arena_free(arena);
  return done();
}
