/* Elements against synthesis of their own Verilog: areas, periods and the difference between the families.
 *
 * Oracles: netlists of the open synthesis flow (tests/data/elements_synthesized.csv: 90 rows in one library);
 * for the report, rows with errors chosen by hand.
 */
#include "files.h"
#include "quarry/pe.h"
#include "quarry/validate.h"
#include "tap.h"

#include <math.h>
#include <unistd.h>

static qy_arena *arena;

static const qy_validate_stratum *stratum_of(const qy_validate_report *r, const char *quantity, const char *kind,
                                             const char *flow)
{
  static const qy_validate_stratum none = {.mean_pct = INFINITY, .bias_pct = INFINITY};
  const qy_validate_stratum *g = qy_validate_find(r, quantity, kind, "all", flow);
  return g ? g : &none;
}

static void below(double got, double limit, const char *what)
{
  ok(got <= limit, "%s: %.2f %% of at most %g", what, got, limit);
}

static void sample(void)
{
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_validate_options options = {0};
  is_int(qy_validate_elements(&r, "tests/data/elements_synthesized.csv", &options, arena, &err), QY_OK,
         "the sample is read");
  if (!r) return;
  is_int((int64_t)r->rows, 90, "rows");
  is_int((int64_t)r->compared, 90, "all compared");
  int twice = 0;
  for (size_t i = 0; i < r->stratum_count; i++)
    for (size_t k = 0; k < i; k++)
      twice += !strcmp(r->stratum[i].quantity, r->stratum[k].quantity) &&
               !strcmp(r->stratum[i].kind, r->stratum[k].kind) &&
               !strcmp(r->stratum[i].library, r->stratum[k].library) && !strcmp(r->stratum[i].flow, r->stratum[k].flow);
  ok(twice == 0 && r->stratum_count > 20, "none of %zu strata stands twice", r->stratum_count);
  below(stratum_of(r, "area_um2", "all", "lean")->mean_pct, 4, "area, lean");
  below(stratum_of(r, "area_um2", "all", "fast")->mean_pct, 12, "area, fast");
  below(stratum_of(r, "min_period_ns", "all", "lean")->mean_pct, 5, "period, lean");
  below(stratum_of(r, "min_period_ns", "all", "fast")->mean_pct, 12, "period, fast");
  below(fabs(stratum_of(r, "area_um2", "coded_less_fixed", "lean")->bias_pct), 2, "families' area, lean");
  below(fabs(stratum_of(r, "min_period_ns", "coded_less_fixed", "lean")->bias_pct), 5, "families' period, lean");
  below(fabs(stratum_of(r, "min_period_ns", "coded_less_fixed", "fast")->bias_pct), 6, "families' period, fast");
}

/* Two rows of one element with the model's own area a and period p: errors follow from what the rows say. */
static qy_status run_text(const char *text, const qy_validate_options *options, qy_validate_report **r, qy_error *err)
{
  char file[] = "/tmp/quarry-validate-XXXXXX";
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  char *name = qy_arena_text(arena, file, strlen(file));
  qy_status status = qy_validate_elements(r, name, options, arena, err);
  unlink(file);
  return status;
}

static const char head[] = "library,flow,kind,params,area_um2,min_period_ns\n";

static void differences(void)
{
  char text[1024];
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_validate_options options = {0};
  snprintf(text, sizeof text, "%ssky130hd,lean,pot,bits=8,1,1\nsky130hd,lean,mul,\"bits=8,multiplier=0\",1,1\n", head);
  is_int(run_text(text, &options, &r, &err), QY_OK, "two rows of area 1");
  if (!r) return;
  double pot = 0, mul = 0;
  for (size_t i = 0; i < r->worst_count; i++)
    if (strcmp(r->worst[i].quantity, "area_um2") == 0)
      *(strcmp(r->worst[i].kind, "pot") ? &mul : &pot) = r->worst[i].model;
  ok(pot > 0 && mul > pot, "both have an area");
  /* measured so that the errors are +10 % and -20 % */
  snprintf(text, sizeof text, "%ssky130hd,lean,pot,bits=8,%.12g,1\nsky130hd,lean,mul,\"bits=8,multiplier=0\",%.12g,1\n",
           head, pot / 1.1, mul / 0.8);
  is_int(run_text(text, &options, &r, &err), QY_OK, "rows of known error");
  near_abs(stratum_of(r, "area_um2", "coded", "lean")->bias_pct, 10, 1e-6, "coded");
  near_abs(stratum_of(r, "area_um2", "fixed_point", "lean")->bias_pct, -20, 1e-6, "fixed point");
  near_abs(stratum_of(r, "area_um2", "coded_less_fixed", "lean")->bias_pct, 30, 1e-6, "their difference");
  near_abs(stratum_of(r, "area_um2", "coded_less_fixed", "all")->bias_pct, 30, 1e-6, "the same of all flows");
  near_abs(stratum_of(r, "area_um2", "pot", "all")->mean_pct, 10, 1e-6, "kinds have strata of their own");
}

static void skips(void)
{
  char text[1024];
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_validate_options options = {0};
  snprintf(text, sizeof text,
           "%ssky130hd,lean,pot,bits=8,1,1\nvapour,lean,pot,bits=8,1,1\nsky130hd,mid,pot,bits=8,1,1\n"
           "sky130hd,lean,sponge,bits=8,1,1\nsky130hd,lean,pot,colour=8,1,1\nsky130hd,lean,pot,bits=30,1,1\n",
           head);
  is_int(run_text(text, &options, &r, &err), QY_OK, "rows that cannot be compared");
  if (!r) return;
  is_int((int64_t)r->compared, 1, "one can");
  is_int((int64_t)r->skipped, 5, "five are counted");
  is_int((int64_t)r->skip_count, 5, "each with its reason");
  snprintf(text, sizeof text, "%ssky130hd,lean,pot,bits=8,none,1\n", head);
  is_int(run_text(text, &options, &r, &err), QY_BAD_INPUT, "an area that is no number");
  ok(err.count == 1 && err.diagnostic[0].line == 2, "with its line");
  qy_error_clear(&err);
  is_int(run_text("library,flow,kind\n", &options, &r, &err), QY_BAD_INPUT, "missing columns");
  qy_error_clear(&err);
}

static const qy_validate_row *worst_of(const qy_validate_report *r, const char *quantity, int line)
{
  for (size_t i = 0; i < r->worst_count; i++)
    if (r->worst[i].line == line && strcmp(r->worst[i].quantity, quantity) == 0) return &r->worst[i];
  return NULL;
}

/* Lean: no effort, the ripples' period.  Fast: the shortest period and its effort.  Both are those of the element's own
 * circuit in the library without its wires. */
static void prices(void)
{
  static const char *const flows[] = {"lean", "fast"};
  char text[1024];
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_tech *placed, *tech;
  qy_pe pe;
  qy_pe_params params = qy_pe_default((qy_pe_kind)qy_pe_find("pot"));
  const qy_validate_options options = {.worst_count = 100, .draws = 40, .draw_seed = 3};
  snprintf(text, sizeof text, "%ssky130hd,lean,pot,bits=8,1,1\nsky130hd,fast,pot,bits=8,1,1\n", head);
  if (!is_int(run_text(text, &options, &r, &err), QY_OK, "both flows of an element")) return;
  if (qy_pe_set(&params, "bits", "8", &err) || qy_pe_build(&pe, &params, arena, &err) ||
      qy_tech_read(&placed, "db", "sky130hd", arena, &err) || qy_tech_unplaced(&tech, placed, arena, &err)) {
    ok(0, "the element by itself: %s", err.diagnostic[0].text);
    return;
  }
  for (int fast = 0; fast < 2; fast++) {
    qy_timing timing;
    qy_build build;
    const qy_validate_row *area = worst_of(r, "area_um2", 2 + fast), *period = worst_of(r, "min_period_ns", 2 + fast);
    if (!ok(area && period && !qy_circuit_timing(pe.circuit, tech, &timing, NULL), "%s", flows[fast])) continue;
    const double period_ps = fast ? timing.fast_ps * (1 + 1e-9) : 1e9;
    qy_circuit_build(pe.circuit, tech, period_ps, &build, NULL);
    near_rel(area->model, build.area_um2, 1e-6, "area");
    near_rel(period->model, (fast ? timing.fast_ps : timing.lean_ps) / 1e3, 1e-12, "period");
    near_abs(area->effort, fast, 1e-6, "effort: none and all");
    ok(area->circuit == period->circuit && area->draws == 40 && period->draws == 40 && area->draw && period->draw,
       "of one circuit, with draws of both");
    if (!area->draw || !period->draw) continue;
    int below[2] = {0}, same = 0;
    for (int k = 0; k < 40; k++) {
      below[0] += area->draw[k] < area->model, below[1] += period->draw[k] < period->model;
      same += area->draw[k] == period->draw[k];
    }
    ok(below[0] > 5 && below[0] < 35 && below[1] > 5 && below[1] < 35 && same == 0,
       "around what the library says: %d and %d of 40 below", below[0], below[1]);
  }
  const qy_validate_row *lean = worst_of(r, "area_um2", 2), *fast = worst_of(r, "area_um2", 3);
  ok(lean && fast && lean->circuit != fast->circuit, "two rows, two circuits");
  ok(isfinite(stratum_of(r, "area_um2", "pot", "lean")->coverage), "coverage is known");
}

/* Rows of one library or flow. */
static void filters(void)
{
  char text[1024];
  qy_error err = {0};
  snprintf(text, sizeof text,
           "%ssky130hd,lean,pot,bits=8,1,1\nosu018,lean,pot,bits=8,1,1\nsky130hd,fast,pot,bits=8,1,1\n", head);
  static const struct {
    const char *library, *flow;
    int rows;
  } row[] = {{NULL, NULL, 3}, {"sky130hd", NULL, 2}, {NULL, "lean", 2}, {"osu018", "fast", 0}, {"osu018", "lean", 1}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_validate_report *r = NULL;
    const qy_validate_options options = {.library = row[i].library, .flow = row[i].flow};
    if (!is_int(run_text(text, &options, &r, &err), QY_OK, "rows of a library and flow")) continue;
    ok((int)r->rows == row[i].rows && (int)r->compared == row[i].rows && r->skipped == 0, "%d of them", row[i].rows);
  }
  static const char *const wrong[] = {"pot,bits,1,1", "pot,\"bits=8,\",1,1", "pot,=8,1,1", "pot,bits=,1,1"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    qy_validate_report *r = NULL;
    const qy_validate_options options = {0};
    snprintf(text, sizeof text, "%ssky130hd,lean,%s\n", head, wrong[i]);
    const bool trailing = i == 1; /* a comma behind the last is nothing */
    ok(!run_text(text, &options, &r, &err) && r->skipped == !trailing, "%s", wrong[i]);
  }
}

int main(void)
{
  arena = qy_arena_new();
  sample();
  differences();
  skips();
  prices();
  filters();
  qy_arena_free(arena);
  return done();
}
