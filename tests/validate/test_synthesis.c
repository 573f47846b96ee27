/* The models against synthesized netlists, and the arithmetic of the report.
 *
 * Oracles: areas, delays and energies of the open synthesis study of 2026 (tests/data/synth_sample.csv: a third of its
 * rows; lean areas were not fitted, delays, effort and glitch constants were, on all rows); for the report, errors
 * chosen by hand.
 */
#include "files.h"
#include "quarry/file.h"
#include "quarry/tech.h"
#include "quarry/validate.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

static const char sample[] = "tests/data/synth_sample.csv", stimuli[] = "tests/data/synth_stimulus_sample.csv";

static double mean(const qy_validate_report *r, const char *quantity, const char *kind, const char *library,
                   const char *flow)
{
  const qy_validate_stratum *g = qy_validate_find(r, quantity, kind, library, flow);
  return g ? g->mean_pct : INFINITY;
}

static void below(double got, double limit, const char *what)
{
  ok(got <= limit, "%s: %.2f %% of at most %g", what, got, limit);
}

static void areas_and_energies(void)
{
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(qy_validate_synthesis(&r, sample, NULL, arena, &err), QY_OK, "the sample is read");
  if (!r) return;
  is_int((int64_t)r->rows, 298, "rows");
  is_int((int64_t)(r->compared + r->skipped), 298, "each compared or skipped");
  is_int((int64_t)r->skip_count, 1, "one reason for skipping");
  is_int((int64_t)r->skipped, 10, "the ten products of sign-extended words");
  below(mean(r, "area_um2", "all", "all", "lean"), 3, "area, lean, all libraries");
  static const char *const libraries[] = {"asap7", "sky130hd", "sg13g2", "osu018"};
  for (int i = 0; i < 4; i++)
    below(mean(r, "area_um2", "all", libraries[i], "lean"), 4, libraries[i]);
  below(mean(r, "area_um2", "all", "all", "mid"), 6, "area, mid");
  below(mean(r, "area_um2", "all", "all", "fast"), 5, "area, fast");
  below(mean(r, "energy_pj", "all", "all", "mid"), 7.5, "energy, mid");
  below(mean(r, "energy_pj", "all", "all", "fast"), 5, "energy, fast");
  below(mean(r, "energy_pj", "all", "all", "lean"), 4, "energy, lean");
  is_int((int64_t)r->with_wires, 0, "no row has wires");
  is_int((int64_t)r->without_wires, 288, "all energies are compared without");
  below(mean(r, "delay_ns", "all", "all", "lean"), 9, "delay, lean");
  below(mean(r, "delay_ns", "all", "all", "mid"), 11, "delay, mid");
  below(mean(r, "delay_ns", "all", "all", "fast"), 13, "delay, fast");
  below(mean(r, "area_um2", "add", "all", "lean"), 0.5, "ripple adders are exact");
  below(mean(r, "area_um2", "reg2", "all", "all"), 0.1, "registers are exact");
}

static void modes(void)
{
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(qy_validate_synthesis(&r, stimuli, NULL, arena, &err), QY_OK, "the stimulus sample is read");
  if (!r) return;
  is_int((int64_t)r->skipped, 0, "every stimulus is known");
  ok(!qy_validate_find(r, "area_um2", "all", "all", "all"), "it holds energies only");
  static const char *const kinds[] = {"sa", "st", "macst"};
  for (int i = 0; i < 3; i++)
    below(mean(r, "energy_pj", kinds[i], "all", "all"), 15, kinds[i]);
  below(mean(r, "energy_pj", "all", "all", "all"), 15, "all stimuli");
}

/* ---- the report on rows whose errors are known */

static const char head[] = "component,kind,params,library,flow,stimulus,area_um2,delay_ns,energy_pj_per_op\n";

static qy_status run_text(const char *text, const qy_validate_options *options, qy_validate_report **r, qy_error *err)
{
  char file[] = "/tmp/quarry-validate-XXXXXX";
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  char *name = qy_arena_text(arena, file, strlen(file));
  qy_status status = qy_validate_synthesis(r, name, options, arena, err);
  unlink(file);
  return status;
}

/* 2 x w flip-flops of 20.0192 um2 (sky130_fd_sc_hd__dfxtp_1) against a measured value that is wrong by a known factor.
 */
static void statistics(void)
{
  static const double factor[] = {1.1, 0.8, 1.0, 1.5, 0.95}; /* model over measured */
  char text[4096];
  strcpy(text, head);
  for (int i = 0; i < 5; i++)
    snprintf(text + strlen(text), sizeof text - strlen(text), "r,reg2,w=%d,sky130hd,lean,random,%.10g,,\n", i + 1,
             2 * (i + 1) * 20.0192 / factor[i]);
  strcat(text, "r,reg2,w=8,sky130hd,warp,random,1,,\n"  /* a flow that does not exist */
               "r,reg2,w=99,sky130hd,lean,random,1,,\n" /* too wide */
               "r,reg2,,sky130hd,lean,random,1,,\n"
               "r,sponge,w=8,sky130hd,lean,random,1,,\n"
               "r,reg2,w=8,vapour,lean,random,1,,\n"
               "r,reg2,w=8,vapour,lean,random,1,,\n"
               "r,reg2,w=8,sky130hd,lean,tickle,1,,\n"
               "r,reg2,w=8,sky130hd,lean,random,,,\n");
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(run_text(text, NULL, &r, &err), QY_OK, "rows made by hand");
  if (!r) return;
  const qy_validate_stratum *g = qy_validate_find(r, "area_um2", "all", "all", "all");
  if (!ok(g && g->count == 5, "five areas")) return;
  /* |errors|: 0, 5, 10, 20, 50 */
  near_abs(g->mean_pct, 17, 1e-3, "mean");
  near_abs(g->median_pct, 10, 1e-3, "median");
  near_abs(g->p95_pct, 20 + 0.8 * 30, 1e-3, "95th percentile between the two largest");
  near_abs(g->max_pct, 50, 1e-3, "maximum");
  near_abs(g->bias_pct, 7, 1e-3, "bias keeps the sign: (10 - 20 + 0 + 50 - 5) / 5");
  is_int((int64_t)r->worst_count, 5, "all are among the worst ten");
  near_abs(r->worst[0].error_pct, 50, 1e-3, "the worst first");
  near_abs(r->worst[1].error_pct, -20, 1e-3, "then the next");
  is_text(r->worst[0].params, "w=4", "the worst row is named");
  is_int(r->worst[0].line, 5, "with its line");
  is_int((int64_t)r->rows, 13, "rows");
  is_int((int64_t)r->skipped, 8, "eight skipped");
  is_int((int64_t)r->skip_count, 7, "for seven reasons");
  is_text(r->skip[0].reason, "no library file for 'vapour'", "the most frequent reason first");
  is_int((int64_t)r->skip[0].count, 2, "with its count");
  is_int(r->mismatches, -1, "no exact counts in such a table");
  const qy_validate_stratum *fine = qy_validate_find(r, "area_um2", "reg2", "sky130hd", "lean");
  ok(fine && fine->count == 5, "the finest group holds the same rows");
}

static void mistakes(void)
{
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(run_text("kind,params,library,flow\n", NULL, &r, &err), QY_BAD_INPUT, "a column is missing");
  ok(err.count > 0 && strstr(err.diagnostic[0].text, "stimulus"), "and named");
  qy_error_clear(&err);
  char text[512];
  snprintf(text, sizeof text, "%sr,reg2,w=8,sky130hd,lean,random,1e,,\n", head);
  is_int(run_text(text, NULL, &r, &err), QY_BAD_INPUT, "an area that is no number");
  ok(err.count == 1 && err.diagnostic[0].line == 2 && err.diagnostic[0].column == 33, "with line and column");
  qy_error_clear(&err);
  snprintf(text, sizeof text, "%sr,reg2,w=8,sky130hd,lean,random,0,,\n", head);
  is_int(run_text(text, NULL, &r, &err), QY_BAD_INPUT, "an area of nothing");
  qy_error_clear(&err);
  is_int(qy_validate_synthesis(&r, "tests/data/no-such-file.csv", NULL, arena, &err), QY_BAD_INPUT, "no file");
  qy_error_clear(&err);
  qy_validate_options options = {.library_file = "tests/data/no-such-library.yaml"};
  is_int(qy_validate_synthesis(&r, sample, &options, arena, &err), QY_BAD_INPUT, "no library file");
}

static void filters(void)
{
  char text[1024];
  snprintf(text, sizeof text,
           "%sr,reg2,w=8,sky130hd,lean,random,320,,\nr,reg2,w=8,asap7,lean,random,5,,\n"
           "r,reg2,w=8,sky130hd,fast,random,320,,\nr,reg2,w=8,mine,lean,random,320,,\n",
           head);
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_validate_options options = {.library = "sky130hd"};
  is_int(run_text(text, &options, &r, &err), QY_OK, "one library");
  ok(r && r->rows == 2 && r->compared == 2, "two rows of it");
  options = (qy_validate_options){.flow = "lean"};
  is_int(run_text(text, &options, &r, &err), QY_OK, "one flow");
  ok(r && r->rows == 3 && r->skipped == 1, "three rows, one of an unknown library");
  options = (qy_validate_options){.library_file = "db/tech/sky130hd.yaml", .library = "mine"};
  is_int(run_text(text, &options, &r, &err), QY_OK, "a library from a file");
  ok(r && r->compared == 0, "prices the rows of its own name when there are some");
  snprintf(text, sizeof text, "%sr,reg2,w=8,mine,lean,random,320,,\n", head);
  is_int(run_text(text, &options, &r, &err), QY_OK, "a table of a library that nobody knows");
  ok(r && r->compared == 1 && fabs(r->worst[0].model - 16 * 20.0192) < 1e-3, "is priced with the file given");
}

/* Effort lies between the flows. */
static void efforts(void)
{
  char text[512];
  snprintf(text, sizeof text,
           "%sm,mul_u,n=8 m=8,sky130hd,lean,random,1,1,1\nm,mul_u,n=8 m=8,sky130hd,mid,random,1,1,1\n"
           "m,mul_u,n=8 m=8,sky130hd,fast,random,1,1,1\n",
           head);
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_validate_options options = {.mid_effort = 0.25};
  is_int(run_text(text, &options, &r, &err), QY_OK, "three flows");
  if (!r) return;
  double area[3] = {0};
  for (size_t i = 0; i < r->worst_count; i++)
    if (strcmp(r->worst[i].quantity, "area_um2") == 0) area[r->worst[i].line - 2] = r->worst[i].model;
  ok(area[0] > 0 && area[2] > area[0], "fast is larger than lean");
  near_rel(area[1] - area[0], 0.25 * (area[2] - area[0]), 1e-6, "a quarter of the effort, a quarter of the growth");
  /* An adder has no carry-save rows: the flow takes no effort off, unless one is given. */
  snprintf(text, sizeof text,
           "%sa,add,n=16,sky130hd,lean,random,1,1,1\na,add,n=16,sky130hd,mid,random,1,1,1\n"
           "a,add,n=16,sky130hd,fast,random,1,1,1\n",
           head);
  for (int given = 0; given <= 1; given++) {
    options.mid_effort = given ? 0.25 : 0;
    if (!is_int(run_text(text, &options, &r, &err), QY_OK, "an adder")) return;
    for (size_t i = 0; i < r->worst_count; i++)
      if (strcmp(r->worst[i].quantity, "area_um2") == 0) area[r->worst[i].line - 2] = r->worst[i].model;
    ok(area[2] > area[0], "fast is larger than lean");
    near_rel(area[1] - area[0], (given ? 0.25 : 1) * (area[2] - area[0]), 1e-6,
             given ? "a quarter of the effort" : "the flow as it is fast");
  }
}

/* Two ranks of 8 flip-flops in a library with wires and a clock tree: what a row says it has is in the model as well.
 * */
static void wires(void)
{
  static const char table[] = "component,kind,params,library,flow,stimulus,energy_pj_per_cycle,wires\n"
                              "r,reg2,w=8,fdsoi28,lean,random,1,with\nr,reg2,w=8,fdsoi28,lean,random,1,without\n";
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_tech *t;
  if (!ok(run_text(table, NULL, &r, &err) == QY_OK && qy_tech_read(&t, "db", "fdsoi28", arena, &err) == QY_OK,
          "rows with and without wires"))
    return;
  is_int((int64_t)r->with_wires, 1, "one with");
  is_int((int64_t)r->without_wires, 1, "one without");
  double model[2] = {0};
  for (size_t i = 0; i < r->worst_count; i++)
    model[r->worst[i].line == 2] = r->worst[i].model;
  double wire_fj = 0.5 * t->voltage_v * t->voltage_v * t->load_wire_ff, tree_fj = t->dff_clock_fj * t->clock_tree_frac;
  double factors = t->glitch_lean[QY_CLASS_LOGIC] + t->glitch_lean[QY_CLASS_REGISTER]; /* of the ranks' drivers */
  near_rel(model[1] - model[0], (16 * tree_fj + 4 * factors * wire_fj) / 1000, 0.03, "clock tree and half of 16 wires");
  ok(run_text("component,kind,params,library,flow,stimulus,energy_pj_per_cycle,wires\n"
              "r,reg2,w=8,fdsoi28,lean,random,1,some\n",
              NULL, &r, &err) == QY_BAD_INPUT,
     "neither with nor without is refused");
}

int main(void)
{
  arena = qy_arena_new();
  areas_and_energies();
  modes();
  wires();
  statistics();
  mistakes();
  filters();
  efforts();
  qy_arena_free(arena);
  return done();
}
