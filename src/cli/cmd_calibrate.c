/* quarry calibrate: fit constants of a library to published or measured figures. */
#include "cli.h"

#include "quarry/calibrate.h"
#include "quarry/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* 90 % of a normal distribution. */
static const double score_90 = 1.6448536269514722;

static void print_targets(const qy_calibration *c, int format, int held_out)
{
  static const char *const names[] = {"target",           "role",      "quantity", "unit", "clock_mhz",
                                      "measured",         "before",    "after",    "low",  "high",
                                      "error_before_pct", "error_pct", "score"};
  table *t = table_new(format, 13, names);
  for (size_t i = 0; i < c->target_count; i++) {
    const qy_target_result *r = &c->target[i];
    if (held_out >= 0 && r->held_out != (held_out != 0)) continue;
    table_row(t, TEXT(r->name), TEXT(r->held_out ? "held out" : "fitted"), TEXT(qy_target_kind_name(r->kind)),
              TEXT(qy_target_kind_unit(r->kind)), NUMBER(r->clock_mhz), NUMBER(r->measured), NUMBER(r->before),
              NUMBER(r->after), NUMBER(r->low), NUMBER(r->high), NUMBER(100 * (r->before / r->measured - 1)),
              NUMBER(100 * (r->after / r->measured - 1)), NUMBER(r->score));
  }
  table_print(t);
}

static void print_constants(const qy_calibration *c)
{
  static const char *const names[] = {"constant",    "unit",       "before", "before_low",
                                      "before_high", "calibrated", "low",    "high"};
  table *t = table_new(FORMAT_TABLE, 8, names);
  for (size_t i = 0; i < c->constant_count; i++) {
    const qy_constant_result *r = &c->constant[i];
    table_row(t, TEXT(r->path), TEXT(r->unit), NUMBER(r->before.value), NUMBER(r->before.low), NUMBER(r->before.high),
              NUMBER(r->after.value), NUMBER(r->after.low), NUMBER(r->after.high));
  }
  table_print(t);
  if (c->structure_after.value > 0)
    printf("structure factor, no part of the library: %.4g (%.4g .. %.4g), before %.4g (%.4g .. %.4g)\n",
           c->structure_after.value, c->structure_after.low, c->structure_after.high, c->structure_before.value,
           c->structure_before.low, c->structure_before.high);
}

static void print_covariance(const qy_calibration *c)
{
  const struct qy_tech_covariance *v = &c->tech->covariance;
  puts("\nCorrelation of the logarithms; on the diagonal their standard deviation:");
  for (size_t i = 0; i < v->count; i++) {
    double sd = sqrt(v->matrix[i * v->count + i]);
    printf("  %-20s", v->path[i]);
    for (size_t j = 0; j <= i; j++)
      printf(" %7.3f", i == j ? sd : v->matrix[i * v->count + j] / (sd * sqrt(v->matrix[j * v->count + j])));
    putchar('\n');
  }
}

static void print_summary(const qy_calibration *c)
{
  printf("\nFitted: %zu targets, %zu constants, %zu iterations; chi-square of the targets %.4g before, %.4g after, "
         "of the priors %.4g\n",
         c->fitted_count, c->constant_count, c->iterations, c->chi2_before, c->chi2_targets, c->chi2_prior);
  double worst = 0, sum = 0, before = 0;
  size_t count = 0, small = 0, inside = 0;
  for (size_t i = 0; i < c->target_count; i++) {
    const qy_target_result *r = &c->target[i];
    if (!r->held_out) continue;
    double error = fabs(r->after / r->measured - 1);
    worst = fmax(worst, error);
    sum += error;
    before += fabs(r->before / r->measured - 1);
    small += r->after < r->measured;
    inside += fabs(r->score) <= score_90;
    count++;
  }
  if (count == 0) {
    puts("Held out: none; nothing here shows that the fit serves other figures");
    return;
  }
  printf(
      "Held out: %zu target%s, mean error %.3g %% (%.3g %% before), largest %.3g %%; %zu too small, %zu too large in "
      "the model; %zu within 90 %%\n",
      count, count == 1 ? "" : "s", 100 * sum / (double)count, 100 * before / (double)count, 100 * worst, small,
      count - small, inside);
  if (!(sum < before))
    puts("The fit does not predict them better than the library did: it serves its own figures only.");
  puts("Constants fitted here are calibrated; the fitted figures validate nothing.");
}

/* Not over the specification, its base library or another's file. */
static qy_status write_library(const qy_calibration *c, const char *file, const char *output, qy_error *err)
{
  const char *const input[] = {file, c->base->file};
  const qy_import_file out = {
      .file = output, .text = c->tech->text, .length = strlen(c->tech->text), .command = "calibrate"};
  return qy_import_write(&out, 1, input, sizeof input / sizeof *input, err);
}

int cmd_calibrate(int argc, char **argv)
{
  places where;
  const char *output = NULL;
  int format = FORMAT_TABLE;
  places_default(&where);
  const option_row rows[] = {
      {"output", 'o', OPTION_TEXT, &output, "FILE",
       "write the calibrated library; no file that calibrate did not write", 0, 0, NULL},
      {"db-dir", 0, OPTION_TEXT, &where.db_dir, "DIR", "where libraries are looked up", 0, 0, NULL},
      FORMAT_OPTION(&format),
  };
  static const usage help = {
      "calibrate",
      "FILE",
      "Fit chosen constants of a library to the figures that FILE lists, each held by its interval;\n"
      "figures marked held_out are predicted only.  csv and json print the targets.",
      "  quarry calibrate db/published/calibration/fdsoi28_psma.yaml\n"
      "  quarry calibrate spec.yaml -o db/tech/mine.yaml\n",
      1,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_calibration *c = NULL;
  qy_arena *arena = qy_arena_new();
  const char *file = arena ? place_file(argv[first], arena, &err) : NULL;
  qy_status status = output ? qy_file_place(output, &err) : QY_OK; /* before the fit */
  if (!status && output) status = qy_import_check(output, NULL, 0, &file, file ? 1 : 0, &err);
  if (!status) status = file ? qy_calibrate(&c, where.db_dir, file, arena, &err) : qy_no_memory(&err);
  if (!status && c && output) status = write_library(c, file, output, &err);
  if (status || !c) {
    code = report(status, &err);
  } else if (format != FORMAT_TABLE) {
    print_targets(c, format, -1);
    code = EXIT_DONE;
  } else {
    printf("%s: constants of %s fitted\n\n", c->name, c->base->name);
    print_constants(c);
    puts("\nFitted targets (their residuals validate nothing):");
    print_targets(c, format, 0);
    puts("\nHeld-out targets:");
    print_targets(c, format, 1);
    print_covariance(c);
    print_summary(c);
    if (output) printf("written: %s\n", output);
    code = EXIT_DONE;
  }
  qy_arena_free(arena);
  return finish_output(code);
}
