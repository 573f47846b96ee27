/* Published figures, section by section: table, what is off and why, counts of exact and of hardware figures, papers.
 */
#include "figures.h"

#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CLASSES = 2 };

static const char *class_name(bool exact)
{
  return exact ? "exact" : "hardware";
}

/* Nothing is scored of a prediction. */
static double tolerance_pct(const qy_figure_result *f)
{
  return f->verdict == QY_VERDICT_PREDICTION ? NAN : 100 * f->tolerance_frac;
}

/* ---- text ---- */

static void print_missed(const qy_figure_result *figures, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    const qy_figure_result *f = &figures[i];
    if (!f->missed) continue;
    printf("%s: misses its clock in %zu of %zu draws; %s\n", f->name, f->missed, f->draws,
           2 * f->missed > f->draws ? "no interval" : "the interval is that of the others");
  }
}

static const char *reason_of(const qy_figure_result *f)
{
  return *f->note ? f->note : "no reason is known";
}

/* Is figure[i] the first that is off for its reason? */
static bool first_of_reason(const qy_figure_result *figures, size_t i)
{
  for (size_t k = 0; k < i; k++)
    if (figures[k].verdict == QY_VERDICT_OFF && strcmp(reason_of(&figures[k]), reason_of(&figures[i])) == 0)
      return false;
  return true;
}

/* What is off, and below it why; what is off for the same reason stands together. */
static void print_off(const qy_figure_result *figures, size_t count)
{
  const char *title = "off:\n";
  for (size_t i = 0; i < count; i++) {
    if (figures[i].verdict != QY_VERDICT_OFF || !first_of_reason(figures, i)) continue;
    for (size_t k = i; k < count; k++) {
      const qy_figure_result *f = &figures[k];
      if (f->verdict != QY_VERDICT_OFF || strcmp(reason_of(f), reason_of(&figures[i]))) continue;
      printf("%s  %s, %+.1f %%\n", title, f->name, f->error_pct);
      title = "";
    }
    printf("    %s\n", reason_of(&figures[i]));
  }
}

static void print_tallies(const qy_figure_result *figures, size_t count)
{
  static const char *const names[CLASSES] = {"hardware figures", "exact counts and formats"};
  size_t predictions = 0, calibrated = 0, all = 0;
  for (int exact = CLASSES - 1; exact >= 0; exact--) {
    qy_figure_tally t;
    qy_figures_tally(&t, figures, count, exact);
    all += t.figures;
    predictions += t.predictions;
    calibrated += t.calibrated;
    if (!t.scored) continue;
    printf("%s: %zu of %zu within tolerance", names[exact], t.reproduced, t.scored);
    if (t.with_interval)
      printf("; %zu of %zu inside p05..p95 of %d draws", t.inside, t.with_interval, QY_PUBLISHED_DRAWS);
    puts("");
  }
  if (predictions) printf("predictions, not scored: %zu\n", predictions);
  if (calibrated && calibrated == all) puts("residuals of a fit: they validate nothing");
}

/* The variants of the section's figures. */
static void print_variants(const qy_figure_result *figures, size_t count)
{
  static const char *const names[] = {"figure", "variant", "published", "model", "error_pct", "verdict"};
  table *t = table_new(FORMAT_TABLE, 6, names);
  size_t rows = 0;
  for (size_t i = 0; i < count; i++) {
    const qy_figure_result *f = &figures[i];
    if (!*f->variant) continue;
    rows++;
    table_row(t, TEXT(f->name), TEXT(f->variant), NUMBER(f->published), NUMBER(f->model), NUMBER(f->error_pct),
              TEXT(qy_verdict_name(f->verdict)));
  }
  if (rows) puts("\nsensitivity: what the open questions decide (never scored)\n");
  table_print(t);
}

static void print_papers(const qy_published *p)
{
  if (p->paper_count)
    puts("\nconfigurations, one for all figures of a paper, decided by its text and not by what fits");
  for (size_t i = 0; i < p->paper_count; i++) {
    const qy_paper_result *r = &p->paper[i];
    printf("  %s: %s\n    why: %s\n", r->name, *r->configuration ? r->configuration : "no open questions", r->why);
    if (*r->unknown) printf("    not stated: %s\n", r->unknown);
    printf("    %zu of %zu scored figures within tolerance", r->reproduced, r->scored);
    if (r->variants && r->scored > 1)
      printf("; %zu of %zu variants are within the tolerance of all %zu", r->meet_all, r->variants, r->scored);
    puts("");
  }
}

static void print_section(const qy_figure_result *figures, size_t count)
{
  static const char *const names[] = {"figure", "published", "model",         "p05",     "p95",     "unit",
                                      "inside", "error_pct", "tolerance_pct", "verdict", "variants"};
  table *t = table_new(FORMAT_TABLE, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < count; i++) {
    const qy_figure_result *f = &figures[i];
    char share[48] = "";
    if (*f->variant) continue;
    if (f->variants) snprintf(share, sizeof share, "%zu of %zu", f->variants_within, f->variants);
    table_row(t, TEXT(f->name), NUMBER(f->published), NUMBER(f->model), NUMBER(f->p05), NUMBER(f->p95), TEXT(f->unit),
              TEXT(qy_inside_name(f->inside)), NUMBER(f->error_pct), NUMBER(tolerance_pct(f)),
              TEXT(qy_verdict_name(f->verdict)), TEXT(share));
  }
  table_print(t);
}

static void print_text(const qy_published *p, int variants)
{
  for (size_t i = 0, end; i < p->figure_count; i = end) {
    const qy_figure_result *first = &p->figure[i];
    for (end = i; end < p->figure_count && strcmp(p->figure[end].section, first->section) == 0;)
      end++;
    printf("%s%s\n\n", i ? "\n" : "", first->section);
    print_section(first, end - i);
    putchar('\n');
    print_missed(first, end - i);
    print_off(first, end - i);
    print_tallies(first, end - i);
    if (variants) print_variants(first, end - i);
  }
  print_papers(p);
}

/* ---- CSV and JSON ---- */

/* Figures, their variants, or both. */
static void print_rows(const qy_published *p, int format, bool figures, bool variants)
{
  static const char *const names[] = {"figure", "variant",      "published",      "model",         "p05",     "p95",
                                      "unit",   "inside",       "error_pct",      "tolerance_pct", "verdict", "section",
                                      "draws",  "draws_missed", "claim",          "source",        "note",    "paper",
                                      "class",  "variants",     "variants_within"};
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < p->figure_count; i++) {
    const qy_figure_result *f = &p->figure[i];
    const bool variant = *f->variant;
    if (variant ? !variants : !figures) continue;
    table_row(t, TEXT(f->name), TEXT(f->variant), NUMBER(f->published), NUMBER(f->model), NUMBER(f->p05),
              NUMBER(f->p95), TEXT(f->unit), TEXT(qy_inside_name(f->inside)), NUMBER(f->error_pct),
              NUMBER(tolerance_pct(f)), TEXT(qy_verdict_name(f->verdict)), TEXT(f->section), INTEGER((int64_t)f->draws),
              INTEGER((int64_t)f->missed), TEXT(f->claim), TEXT(f->source), TEXT(f->note), TEXT(f->paper),
              TEXT(class_name(f->exact)), NUMBER(variant ? NAN : (double)f->variants),
              NUMBER(variant ? NAN : (double)f->variants_within));
  }
  table_print(t);
}

static void print_json_tallies(const qy_published *p)
{
  static const char *const names[] = {"section",       "class",  "figures",    "scored",     "reproduced",
                                      "with_interval", "inside", "calibrated", "predictions"};
  table *t = table_new(FORMAT_JSON, sizeof names / sizeof *names, names);
  for (size_t i = 0, end; i < p->figure_count; i = end) {
    const qy_figure_result *first = &p->figure[i];
    for (end = i; end < p->figure_count && strcmp(p->figure[end].section, first->section) == 0;)
      end++;
    for (int exact = 0; exact < CLASSES; exact++) {
      qy_figure_tally n;
      qy_figures_tally(&n, first, end - i, exact);
      if (n.figures)
        table_row(t, TEXT(first->section), TEXT(class_name(exact)), INTEGER((int64_t)n.figures),
                  INTEGER((int64_t)n.scored), INTEGER((int64_t)n.reproduced), INTEGER((int64_t)n.with_interval),
                  INTEGER((int64_t)n.inside), INTEGER((int64_t)n.calibrated), INTEGER((int64_t)n.predictions));
    }
  }
  table_print(t);
}

static void print_json_papers(const qy_published *p)
{
  static const char *const names[] = {"paper",  "source",     "configuration", "why",     "unknown",
                                      "scored", "reproduced", "variants",      "meet_all"};
  table *t = table_new(FORMAT_JSON, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < p->paper_count; i++) {
    const qy_paper_result *r = &p->paper[i];
    table_row(t, TEXT(r->name), TEXT(r->source), TEXT(r->configuration), TEXT(r->why), TEXT(r->unknown),
              INTEGER((int64_t)r->scored), INTEGER((int64_t)r->reproduced), INTEGER((int64_t)r->variants),
              INTEGER((int64_t)r->meet_all));
  }
  table_print(t);
}

static void print_json(const qy_published *p)
{
  fputs("{\"figures\": ", stdout);
  print_rows(p, FORMAT_JSON, true, false);
  fputs(",\n\"tallies\": ", stdout);
  print_json_tallies(p);
  fputs(",\n\"papers\": ", stdout);
  print_json_papers(p);
  fputs(",\n\"variants\": ", stdout);
  print_rows(p, FORMAT_JSON, false, true);
  puts("}");
}

/* Off where it was reproduced before: a regression. */
int print_figures(const qy_published *p, int format, int variants)
{
  int regressions = 0;
  if (format == FORMAT_TABLE)
    print_text(p, variants);
  else if (format == FORMAT_JSON)
    print_json(p);
  else
    print_rows(p, format, true, variants);
  for (size_t i = 0; i < p->figure_count; i++) {
    const qy_figure_result *f = &p->figure[i];
    if (!f->expected || f->verdict != QY_VERDICT_OFF) continue;
    say("%s:%d: %s was reproduced before and is off now\n", f->file, f->line, f->name);
    regressions++;
  }
  return regressions ? EXIT_OFF : EXIT_DONE;
}
