/* Published figures against arithmetic: a uniform code of n bits compresses 32 bits by 32 / n.  Figures alone, papers
 * with their variants by enumeration, calibrations by their normal distributions, folders, what is kept between runs,
 * and what is refused. */
#include "published_one.h"
#include "quarry/calibrate.h"
#include "quarry/draws.h"

/* The text with the first FROM replaced; "": as it is. */
static const char *edited(const char *text, const char *from, const char *to)
{
  static char out[8000];
  const char *at = strstr(text, from);
  if (!at) return "";
  snprintf(out, sizeof out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
  return out;
}

/* The model's value of one subject, alone. */
static double value(const char *of, const char *quantity, const char *more)
{
  char text[1000];
  snprintf(text, sizeof text,
           "figures:\n  - {name: f, claim: c, source: s, relation: value, quantity: %s, of: {%s}, %s}\n", quantity, of,
           more);
  const qy_published *p = evaluate(text);
  ok(p && p->figure_count == 1, "%s of {%s} %s%s", quantity, of, more, p ? "" : said());
  return p && p->figure_count == 1 ? p->figure[0].model : (double)NAN;
}

#define ALONE                                                                                                          \
  "title: one figure\nfigures:\n  - name: half\n    claim: at 16 bits\n    source: 32 bits over 16\n"                  \
  "    published: 2\n    tolerance: 0\n    relation: value\n    quantity: compression\n    expect: reproduced\n"       \
  "    of: {format: uniform, bits: 16}\n"

static void alone(void)
{
  static const struct {
    const char *from, *to;
    double published, model, tolerance;
    qy_verdict verdict;
    bool expected;
  } rows[] = {
      {"", "", 2, 2, 0, QY_VERDICT_REPRODUCED, true},
      {"published: 2", "published: 2.0001", 2.0001, 2, 0, QY_VERDICT_OFF, true},
      {"    tolerance: 0\n", "", 2, 2, 0.1, QY_VERDICT_REPRODUCED, true},
      {"published: 2\n    tolerance: 0\n", "published: 2.2\n", 2.2, 2, 0.1, QY_VERDICT_REPRODUCED, true},
      {"published: 2\n    tolerance: 0\n", "published: 2.3\n", 2.3, 2, 0.1, QY_VERDICT_OFF, true},
      {"published: 2\n    tolerance: 0\n", "published: 1.7\n    tolerance: 0.18\n", 1.7, 2, 0.18, QY_VERDICT_REPRODUCED,
       true},
      {"published: 2\n    tolerance: 0\n", "published: 1.7\n    tolerance: 0.17\n", 1.7, 2, 0.17, QY_VERDICT_OFF, true},
      {"published: 2\n    tolerance: 0\n", "published: -2\n    tolerance: 1\n", -2, 2, 1, QY_VERDICT_OFF, true},
      {"    expect: reproduced\n", "", 2, 2, 0, QY_VERDICT_REPRODUCED, false},
      {"reproduced", "off\n    note: why", 2, 2, 0, QY_VERDICT_REPRODUCED, false},
      {"expect: reproduced", "calibrated: true", 2, 2, 0, QY_VERDICT_CALIBRATED, false},
      {"expect: reproduced", "calibrated: false", 2, 2, 0, QY_VERDICT_REPRODUCED, false},
      {"expect: reproduced", "prediction: true\n    note: why", 2, 2, 0, QY_VERDICT_PREDICTION, false},
      {"expect: reproduced", "prediction: false", 2, 2, 0, QY_VERDICT_REPRODUCED, false},
      {"    published: 2\n", "", NAN, 2, 0, QY_VERDICT_PREDICTION, true},
      {"relation: value", "relation: ratio\n    to: {format: uniform, bits: 4}", 2, 0.25, 0, QY_VERDICT_OFF, true},
      {"    relation: value\n", "    to: {format: uniform, bits: 8}\n", 2, 0.5, 0, QY_VERDICT_OFF, true},
      {"relation: value", "relation: difference\n    to: {format: uniform, bits: 4}", 2, -6, 0, QY_VERDICT_OFF, true},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_published *p = evaluate(edited(ALONE, rows[i].from, rows[i].to));
    const qy_figure_result *f = find(p, "half", "");
    if (!ok(f && p->figure_count == 1 && p->paper_count == 0, "one figure, \"%s\"%s", rows[i].to, f ? "" : said()))
      continue;
    near_rel(f->model, rows[i].model, 1e-15, "its value");
    near_rel(f->tolerance_frac, rows[i].tolerance, 0, "its tolerance");
    ok(isnan(rows[i].published)
           ? isnan(f->published) && isnan(f->error_pct)
           : fabs(f->error_pct - 100 * (rows[i].model - rows[i].published) / rows[i].published) < 1e-9,
       "its error");
    is_text(qy_verdict_name(f->verdict), qy_verdict_name(rows[i].verdict), "its verdict");
    ok(f->expected == rows[i].expected && f->exact && !f->draws && isnan(f->p05) && f->inside == QY_INSIDE_UNKNOWN &&
           !*f->paper && !*f->variant && !*f->unit && !f->variants && f->line == 3 && !strcmp(f->file, file) &&
           !strcmp(f->source, "32 bits over 16") && !strcmp(f->claim, "at 16 bits"),
       "and what is said of it");
    is_text(f->note, strstr(rows[i].to, "note") ? "why" : "", "its note");
    starts(f->section, f->verdict == QY_VERDICT_CALIBRATED ? "published figures: used" : "published figures (",
           "its section");
  }
}

/* Cells: a library's constants in every draw, which both sides share. */
static void intervals(void)
{
  static const char text[] =
      "figures:\n"
      "  - {name: value, claim: c, source: s, relation: value, quantity: area_um2, technology: lp55, unit: um2,\n"
      "     published: 1e9, of: {cell: nand2}}\n"
      "  - {name: ratio, claim: c, source: s, quantity: area_um2, technology: lp55, published: 1, of: {cell: dff}, to: "
      "{cell: nand2}}\n"
      "  - {name: difference, claim: c, source: s, relation: difference, quantity: area_um2, technology: lp55,\n"
      "     published: 1, of: {cell: dff}, to: {cell: nand2}}\n"
      "  - {name: same, claim: c, source: s, quantity: area_um2, technology: lp55, published: 1, tolerance: 0,\n"
      "     of: {cell: dff}, to: {cell: dff}}\n"
      "  - {name: mixed, claim: c, source: s, quantity: compression, technology: lp55, published: 1,\n"
      "     of: {format: uniform, bits: 16}, to: {format: uniform, bits: 16}}\n";
  static const char *const names[] = {"value", "ratio", "difference"};
  const qy_published *p = evaluate(text);
  qy_tech *tech;
  qy_draws *draws;
  if (!ok(p && p->figure_count == 5 && !qy_tech_read(&tech, "db", "lp55", arena, &err) &&
              !qy_draws_new(&draws, tech, QY_PUBLISHED_DRAWS, QY_PUBLISHED_SEED, 0, arena, &err),
          "figures of a library%s", p ? "" : said()))
    return;
  for (int i = 0; i < 3; i++) {
    const qy_figure_result *f = &p->figure[i];
    double drawn[QY_PUBLISHED_DRAWS], own = 0;
    for (int k = -1; k < QY_PUBLISHED_DRAWS; k++) {
      const qy_tech *t = k < 0 ? tech : &draws->draw[k];
      const double nand2 = t->area_um2[QY_NAND2], dff = t->area_um2[QY_DFF];
      const double one = i == 0 ? nand2 : i == 1 ? dff / nand2 : dff - nand2;
      *(k < 0 ? &own : &drawn[k]) = one;
    }
    is_text(f->name, names[i], "in the order of the file");
    near_rel(f->model, own, 1e-12, "the library's own value");
    near_rel(f->p05, qy_quantile(drawn, QY_PUBLISHED_DRAWS, 0.05), 1e-12, "5 % of the draws");
    near_rel(f->p95, qy_quantile(drawn, QY_PUBLISHED_DRAWS, 0.95), 1e-12, "95 % of the draws");
    ok(!f->exact && f->draws == QY_PUBLISHED_DRAWS && !f->missed && f->inside == QY_INSIDE_NO, "not inside");
  }
  is_text(p->figure[0].unit, "um2", "the unit");
  const qy_figure_result *same = find(p, "same", "");
  ok(same && same->model == 1 && same->p05 == 1 && same->p95 == 1 && same->inside == QY_INSIDE_YES && !same->exact,
     "a cell over itself");
  ok(find(p, "mixed", "")->exact && !find(p, "mixed", "")->draws, "a library that has no part in it");
  double power[2];
  for (int i = 0; i < 2; i++)
    power[i] = value("pe: mac, bits: 4", "power_uw",
                     i ? "technology: asap7, clock_mhz: 20" : "technology: asap7, clock_mhz: 10");
  near_rel(power[1] - power[0], value("pe: mac, bits: 4", "energy_fj", "technology: asap7, clock_mhz: 10") * 10e-3,
           1e-6, "10 MHz more take 10 energies of a cycle more in a microsecond");
  near_rel(value("pe: mac, bits: 4", "power_uw", "technology: asap7"),
           value("pe: mac, bits: 4", "power_uw", "technology: asap7, clock_mhz: 200"), 0, "200 MHz where none is said");
  /* At its shortest period a circuit has the area that it has at the clock of that period, at a very long one that of
   * a very slow clock. */
#define MUL_U "component: mul_u, params: n=8 m=8, registers: false"
  char clock[60];
  snprintf(clock, sizeof clock, "technology: asap7, clock_mhz: %.9g",
           999999.9 / value(MUL_U, "min_period_ps", "technology: asap7, clock_mhz: 100"));
  const double shortest = value(MUL_U ", period_over_fastest: 1", "area_um2", "technology: asap7"),
               longer = value(MUL_U ", period_over_fastest: 1.2", "area_um2", "technology: asap7");
  near_rel(shortest, value(MUL_U, "area_um2", clock), 1e-4, "area at the shortest period");
  near_rel(value(MUL_U ", period_over_fastest: 100", "area_um2", "technology: asap7"),
           value(MUL_U, "area_um2", "technology: asap7, clock_mhz: 1"), 1e-4, "at a long one that of a slow clock");
  ok(shortest > longer && longer > value(MUL_U ", period_over_fastest: 3", "area_um2", "technology: asap7"),
     "it falls as the period grows");
  ok(!evaluate("figures:\n  - {name: f, claim: c, source: s, relation: value, quantity: area_um2, technology: lp55,\n"
               "     clock_mhz: 90000, of: {pe: mac, bits: 4}}\n") &&
         err.diagnostic[0].line == 3 && strstr(said(), "infeasible at 90000 MHz"),
     "a clock that the library misses: %s", said());
}

/* Codes of 16, 15 and 8 bits over references of 16 and 14: the ratio is that of the widths. */
#define PAPER                                                                                                          \
  "title: one paper\npapers:\n  - name: hand\n    source: arithmetic\n    unknown: the rest\n    configuration:\n"     \
  "      why: it is what the text says\n      subjects:\n        code: {format: uniform, bits: 16}\n"                  \
  "        reference: {format: uniform, bits: 16}\n    open:\n      - question: bits\n        taken: \"16\"\n"         \
  "        others:\n          - {name: \"15\", subjects: {code: {bits: 15}}}\n"                                        \
  "          - {name: \"8\", subjects: {code: {bits: 8}}}\n      - question: reference\n        taken: 16 bits\n"      \
  "        others:\n          - {name: 14 bits, subjects: {reference: {bits: 14}}}\n    figures:\n      - name: "      \
  "value\n"                                                                                                            \
  "        claim: c\n        published: 2\n        tolerance: 0.1\n        relation: value\n"                          \
  "        quantity: compression\n        of: code\n      - name: ratio\n        claim: c\n        source: page 2\n"   \
  "        published: 1\n        tolerance: 0.07\n        quantity: compression\n        expect: reproduced\n"         \
  "        note: own\n        of: code\n        to: reference\n"

/* Its variants by enumeration. */
static void variants(bool one)
{
  static const int codes[] = {16, 15, 8}, references[] = {16, 14};
  const qy_published *p = evaluate(one ? edited(PAPER, "    open:", "    combine: one\n    open:") : PAPER);
  size_t values = 0, ratios = 0, ratios_within = 0, meet_all = 0, all = 0;
  if (!ok(p && p->paper_count == 1, "a paper%s", p ? "" : said())) return;
  for (int c = 0; c < 3; c++)
    for (int r = 0; r < 2; r++) {
      char name[60];
      if ((!c && !r) || (one && c && r)) continue;
      snprintf(name, sizeof name, "%s%s%s%s", c ? "bits: " : "",
               c == 1   ? "15"
               : c == 2 ? "8"
                        : "",
               c && r ? "; " : "", r ? "reference: 14 bits" : "");
      const double ratio = (double)references[r] / codes[c], val = 32.0 / codes[c];
      const bool ratio_within = fabs(ratio - 1) <= 0.07, value_within = fabs(val / 2 - 1) <= 0.1;
      const qy_figure_result *f = find(p, "ratio", name);
      all++, ratios++, ratios_within += ratio_within, meet_all += ratio_within && value_within;
      if (!ok(f != NULL, "variant \"%s\"", name)) continue;
      near_rel(f->model, ratio, 1e-15, "of the ratio");
      ok(f->verdict == (ratio_within ? QY_VERDICT_WITHIN : QY_VERDICT_OUTSIDE) && !f->expected && !*f->note &&
             !f->variants && !strcmp(f->paper, "hand"),
         "its verdict");
      if (r) {
        ok(!find(p, "value", name), "is none of the value, which has no reference");
        continue;
      }
      values++;
      near_rel(find(p, "value", name) ? find(p, "value", name)->model : 0, val, 1e-15, "of the value");
    }
  const qy_figure_result *v = find(p, "value", ""), *f = find(p, "ratio", "");
  is_int((int64_t)p->figure_count, (int64_t)(2 + values + ratios), "no more");
  ok(v && f && v->variants == values && v->variants_within == 1 && f->variants == ratios &&
         f->variants_within == ratios_within && f->expected && !v->expected,
     "counts of figures");
  ok(v == &p->figure[0] && f == &p->figure[1 + values], "variants stand behind their figure");
  const qy_paper_result *paper = p->paper;
  ok(paper->variants == all && paper->meet_all == meet_all && paper->scored == 2 && paper->reproduced == 2,
     "counts of the paper: %zu %zu %zu %zu", paper->variants, paper->meet_all, paper->scored, paper->reproduced);
  ok(!strcmp(paper->name, "hand") && !strcmp(paper->source, "arithmetic") && !strcmp(paper->unknown, "the rest") &&
         !strcmp(paper->why, "it is what the text says"),
     "what is said of it");
  is_text(paper->configuration, "bits: 16; reference: 16 bits", "what was taken");
  ok(!strcmp(v->source, "arithmetic") && !strcmp(f->source, "arithmetic; page 2"), "sources");
  ok(!strcmp(v->note, "not stated: the rest") && !strcmp(f->note, "own"), "notes");
}

/* A paper of one figure: what its answers change. */
static void answers(void)
{
#define ASK(configuration, answer, figure)                                                                             \
  "papers:\n  - name: p\n    source: s\n    configuration: {why: w, " configuration                                    \
  "}\n    open:\n      - {question: q, "                                                                               \
  "taken: t, others: [{name: o, " answer "}]}\n    figures:\n      - {name: f, claim: c, relation: value, " figure     \
  "}\n"
#define MUL  "subjects: {a: {fpga: {component: mul_u, params: \"n=8 m=8\", family: xcup, toolchain: abc}}}"
#define LUTS "quantity: lut, of: a"
#define MAC  "subjects: {a: {pe: mac, bits: 4}}"
  static const struct {
    const char *text, *of, *quantity, *more, *other, *other_more; /* the same alone, as configured and otherwise */
  } rows[] = {
      {ASK("technology: lp55, subjects: {a: {cell: nand2}}", "technology: fdsoi28", "quantity: area_um2, of: a"),
       "cell: nand2", "area_um2", "technology: lp55", "cell: nand2", "technology: fdsoi28"},
      {ASK("technology: asap7, clock_mhz: 10, " MAC, "clock_mhz: 20", "quantity: power_uw, of: a"), "pe: mac, bits: 4",
       "power_uw", "technology: asap7, clock_mhz: 10", "pe: mac, bits: 4", "technology: asap7, clock_mhz: 20"},
      {ASK("technology: asap7, " MAC, "subjects: {a: {bits: 5}}",
           "quantity: power_uw, of: {subject: a, clock_mhz: 10}"),
       "pe: mac, bits: 4", "power_uw", "technology: asap7, clock_mhz: 10", "pe: mac, bits: 5",
       "technology: asap7, clock_mhz: 10"},
      {ASK("technology: asap7, " MAC, "subjects: {a: {pe: mul, bits: 3}}",
           "quantity: area_um2, of: {subject: a, period_over_fastest: 2}"),
       "pe: mac, bits: 4, period_over_fastest: 2", "area_um2", "technology: asap7",
       "pe: mul, bits: 3, period_over_fastest: 2", "technology: asap7"},
      {ASK(MUL, "subjects: {a: {fpga: {toolchain: vivado}}}", LUTS),
       "fpga: {component: mul_u, params: \"n=8 m=8\", family: xcup, toolchain: abc}", "lut", "unit: u",
       "fpga: {component: mul_u, params: \"n=8 m=8\", family: xcup, toolchain: vivado}", "unit: u"},
      {ASK(MUL, "subjects: {a: {fpga: {component: add, params: n=8}}}", LUTS),
       "fpga: {component: mul_u, params: \"n=8 m=8\", family: xcup, toolchain: abc}", "lut", "unit: u",
       "fpga: {component: add, params: n=8}", "unit: u"},
      {ASK("subjects: {a: {fpga: {component: mul_u, params: \"n=8 m=8\"}}}", "subjects: {a: {fpga: {params: n=4 m=4}}}",
           "quantity: lut, of: {subject: a, fpga: {toolchain: abc}}"),
       "fpga: {component: mul_u, params: \"n=8 m=8\", toolchain: abc}", "lut", "unit: u",
       "fpga: {component: mul_u, params: n=4 m=4, toolchain: abc}", "unit: u"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const double own = value(rows[i].of, rows[i].quantity, rows[i].more),
                 other = value(rows[i].other, rows[i].quantity, rows[i].other_more);
    const qy_published *p = evaluate(rows[i].text);
    const qy_figure_result *f = find(p, "f", ""), *o = find(p, "f", "q: o");
    if (!ok(f && o && p->figure_count == 2, "a paper of %s%s", rows[i].of, p ? "" : said())) continue;
    near_rel(f->model, own, 1e-12, "as configured");
    near_rel(o->model, other, 1e-12, "as answered otherwise");
    ok(own != other && o->verdict == QY_VERDICT_OUTSIDE && !o->draws && isnan(o->p05) && !f->missed && !o->missed,
       "which is another");
  }
  const qy_published *p =
      evaluate(ASK("technology: lp55, " MAC, "clock_mhz: 90000", "published: 1, quantity: area_um2, of: a"));
  const qy_figure_result *o = find(p, "f", "q: o");
  ok(o && isnan(o->model) && o->verdict == QY_VERDICT_MISSED && find(p, "f", "")->draws == QY_PUBLISHED_DRAWS &&
         !p->paper->meet_all,
     "a clock that a variant misses");
  p = evaluate(
      ASK("subjects: {a: {format: uniform, bits: 16}}", "subjects: {a: {bits: 8}}", "quantity: compression, of: a"));
  ok(p && p->paper->scored == 0 && p->paper->reproduced == 0 && p->paper->meet_all == 1 && p->paper->variants == 1,
     "a figure that is not scored stands in no variant's way");
  p = evaluate(
      "papers:\n  - {name: p, source: s, configuration: {why: w, subjects: {a: {format: uniform, bits: 16}}},\n"
      "     figures: [{name: f, claim: c, relation: value, quantity: compression, of: a}]}\n");
  ok(p && p->figure_count == 1 && !p->paper->variants && !p->paper->meet_all && !*p->paper->configuration &&
         !*p->paper->unknown && !*p->figure[0].note,
     "a paper that leaves nothing open");
}

static void refused(const char *base, const char *from, const char *to, const char *expected, int line, int column)
{
  const qy_published *p = evaluate(edited(base, from, to));
  ok(!p && err.count && strstr(said(), expected) && (!line || err.diagnostic[0].line == line) &&
         (!column || err.diagnostic[0].column == column) && !strcmp(err.diagnostic[0].file, file),
     "%s -> %s: %d:%d %s", from, to, err.diagnostic[0].line, err.diagnostic[0].column, said());
}

static void refusals(void)
{
  static const struct {
    const char *from, *to, *said;
    int line, column;
  } figures[] =
      {
          {"title: one figure\nfigures:\n", "", "expected a mapping with `figures`", 1, 3},
          {"title:", "titel:", "did you mean \"title\"", 1, 1},
          {"\nfigures:", "\npapers:", "papers[0]: unknown key \"claim\"", 4, 5},
          {"claim:", "clam:", "figures[0]: unknown key \"clam\"; did you mean \"claim\"?", 4, 5},
          {"    claim: at 16 bits\n", "", "a key `claim`", 3, 5},
          {"    source: 32 bits over 16\n", "", "expected a key `source`, found a mapping of 8 keys", 3, 5},
          {"  - name: half\n    claim", "  - claim", "a key `name`", 3, 5},
          {"    quantity: compression\n", "", "a key `quantity`", 3, 5},
          {"quantity: compression", "quantity: [a]", "found a list", 9, 15},
          {"quantity: compression", "quantity: area_um2", "expected something with the quantity area_um2", 11, 9},
          {"quantity: compression", "quantity: compression\n    notes: b", "unknown key \"notes\"", 10, 5},
          {"quantity: compression", "quantity: compression\n    unit: [b]", "found a list", 10, 11},
          {"quantity: compression", "quantity: compression\n    note: [b]", "found a list", 10, 11},
          {"quantity: compression", "quantity: compression\n    technology: [b]", "found a list", 10, 17},
          {"quantity: compression", "quantity: compression\n    clock_mhz: 1e6", "0.001 to 100000", 10, 16},
          {"{format: uniform, bits: 16}", "{bits: 3}", "a mapping with pe, operator, component", 11, 9},
          {"{format: uniform, bits: 16}", "uniform", "a mapping with pe, operator, component", 11, 9},
          {"bits: 16}", "bits: 17}", "uniform: expected bits in [2, 16], found 17", 11, 9},
          {"bits: 16}", "bits: 16, period_over_fastest: 2}", "pe, operator or component beside", 11, 9},
          {"    of:", "    to: {format: uniform}\n    of:", "no key `to` beside relation value", 3, 5},
          {"    relation: value\n", "", "a key `to`: what it is compared with", 3, 5},
          {"    of: {format: uniform, bits: 16}\n", "", "a key `of`: what is measured", 3, 5},
          {"relation: value", "relation: same", "ratio, difference, value", 8, 15},
          {"published: 2", "published: 0", "a figure other than 0", 6, 16},
          {"published: 2", "published: two", "two", 6, 16},
          {"tolerance: 0", "tolerance: 1.1", "from 0 to 1", 7, 16},
          {"tolerance: 0", "tolerance: -0.1", "from 0 to 1", 7, 16},
          {"expect: reproduced", "expect: off", "a key `note` with the reason beside `expect: off`", 3, 5},
          {"expect: reproduced", "expect: perhaps", "reproduced, off", 10, 13},
          {"expect: reproduced", "calibrated: perhaps", "perhaps", 10, 17},
          {"expect: reproduced", "prediction: perhaps", "perhaps", 10, 17},
          {"expect: reproduced", "prediction: true", "the reason beside `prediction: true`", 3, 5},
          {"expect: reproduced", "expect: off\n    note: n\n    prediction: true", "neither `calibrated` nor `expect`",
           3, 5},
          {"expect: reproduced", "calibrated: true\n    note: n\n    prediction: true",
           "neither `calibrated` nor `expect`", 3, 5},
          {"of: {format: uniform, bits: 16}", "of: {format: uniform, bits: 16}\n  - text",
           "a mapping that describes a figure", 12, 5},
          {"bits: 16}",
           "bits: 16}\n  - {name: half, claim: c, source: s, relation: value, quantity: compression, of: {format: "
           "uniform, bits: 8}}",
           "a name of its own, found \"half\"", 12, 0},
      },
    papers[] = {
        {"  - name: hand", "  - text\n  - name: hand", "a mapping that describes a paper", 3, 5},
        {"unknown: the rest", "unkown: x", "did you mean \"unknown\"", 5, 5},
        {"unknown: the rest", "unknown: [x]", "found a list", 5, 14},
        {"- name: hand\n    source", "- source", "a key `name`", 3, 5},
        {"    source: arithmetic\n", "", "a key `source`", 3, 5},
        {"      why: it is what the text says\n", "", "a key `why`", 7, 7},
        {"why: it is what the text says", "why: w\n      technology: [x]", "found a list", 8, 19},
        {"why: it is what the text says", "why: w\n      clock_mhz: 0", "0.001 to 100000", 8, 18},
        {"why: it is what the text says", "why: w\n      who: x", "unknown key \"who\"", 8, 7},
        {"      subjects:\n", "      subject:\n", "did you mean \"subjects\"", 8, 7},
        {"code: {format: uniform, bits: 16}", "code: uniform", "a mapping that says what is measured", 9, 15},
        {"    open:", "    combine: some\n    open:", "all, one", 11, 14},
        {"      - question: bits\n        taken: \"16\"", "      - text\n      - question: bits\n        taken: \"16\"",
         "a mapping with `question`, `taken` and `others`", 12, 9},
        {"question: bits", "questoin: bits", "did you mean \"question\"", 12, 9},
        {"        taken: 16 bits\n", "", "a key `taken`", 17, 9},
        {"        others:\n          - {name: 14 bits, subjects: {reference: {bits: 14}}}\n", "",
         "a key `others` with a list", 17, 9},
        {"        others:\n          - {name: 14 bits, subjects: {reference: {bits: 14}}}\n", "        others: []\n",
         "a key `others` with a list", 19, 17},
        {"{name: 14 bits, subjects: {reference: {bits: 14}}}", "fourteen", "a mapping with `name` and what differs", 20,
         13},
        {"{name: 14 bits, subjects", "{name: 14 bits, subject", "did you mean \"subjects\"", 20, 0},
        {"{name: 14 bits, ", "{", "a key `name`", 20, 13},
        {"subjects: {reference: {bits: 14}}", "subjects: [reference]", "a mapping of subjects to what differs", 20, 39},
        {"{reference: {bits: 14}}", "{refrence: {bits: 14}}", "only subjects of the configuration", 20, 0},
        {"{reference: {bits: 14}}", "{reference: 14}", "a mapping of the keys that differ", 20, 0},
        {"subjects: {reference: {bits: 14}}", "clock_mhz: 0", "0.001 to 100000", 20, 0},
        {"subjects: {reference: {bits: 14}}", "technology: [x]", "found a list", 20, 0},
        {"{code: {bits: 15}}", "{code: {bits: 17}}", "found 17", 0, 0},
        {"relation: value", "technology: lp55", "unknown key \"technology\"", 26, 9},
        {"of: code", "of: cod", "a subject of the configuration of paper hand", 28, 13},
        {"of: code", "of: [code]", "a subject of the configuration, or a mapping with a key `subject`", 28, 13},
        {"of: code", "of: {format: uniform}", "a subject of the configuration, or a mapping with a key `subject`", 28,
         13},
        {"of: code", "of: {subject: [code]}", "found a list", 28, 23},
        {"of: code", "of: {subject: code, bits: 8}",
         "no key `bits`: the configuration has decided it for all figures of hand", 28, 35},
        {"to: reference", "to: refrence", "a subject of the configuration of paper hand", 38, 13},
        {"to: reference", "to: {subject: reference, bits: 3}", "no key `bits`", 38, 0},
        {"name: ratio", "name: value", "a name of its own, found \"value\"", 29, 0},
    };
  for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
    refused(ALONE, figures[i].from, figures[i].to, figures[i].said, figures[i].line, figures[i].column);
  for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
    refused(PAPER, papers[i].from, papers[i].to, papers[i].said, papers[i].line, papers[i].column);
}

/* Sections of the text's own: questions and what stands behind them, up to the figures. */
static void open_questions(void)
{
  static const char *const ends[] = {"    figures:", "title:"};
  char text[8000];
  const char *open = strstr(PAPER, "    open:"), *figures = strstr(PAPER, ends[0]);
  for (int few = 0; few < 2; few++)
    for (int count = 12; count <= 13; count++) { /* 2^12 - 1 and 2^13 - 1 combinations */
      int n =
          snprintf(text, sizeof text, "%.*s%s    open:\n", (int)(open - PAPER), PAPER, few ? "    combine: one\n" : "");
      for (int q = 0; q < count; q++)
        n += snprintf(text + n, sizeof text - (size_t)n,
                      "      - {question: q%d, taken: a, others: [{name: b, subjects: {code: {bits: 16}}}]}\n", q);
      snprintf(text + n, sizeof text - (size_t)n, "%s", figures);
      const qy_published *p = evaluate(text);
      if (count == 13 && !few)
        ok(!p && strstr(said(), "at most 4096 variants (8191 here)"), "%s", said());
      else
        ok(p && p->paper->variants == (few ? (size_t)count : 4095) && p->figure_count == 2 &&
               p->figure[0].variants == 0 && p->paper->meet_all == p->paper->variants,
           "answers that come to the same are none for a figure");
    }
  for (int i = 0; i < 3; i++) {
    static const char *const rows[][2] = {{"    open: []\n", "a list of open questions"},
                                          {"    open: q\n", "a list of open questions"},
                                          {"    combine: one\n", ""}};
    snprintf(text, sizeof text, "%.*s%s%s", (int)(open - PAPER), PAPER, rows[i][0], figures);
    const qy_published *p = evaluate(text);
    ok(*rows[i][1] ? !p && strstr(said(), rows[i][1]) : p && p->figure_count == 2, "%s%s", rows[i][0], p ? "" : said());
  }
  for (int i = 0; i < 3; i++) {
    static const char *const rows[] = {"", "    figures: []\n", "    figures: f\n"};
    snprintf(text, sizeof text, "%.*s%s", (int)(figures - PAPER), PAPER, rows[i]);
    ok(!evaluate(text) && strstr(said(), "a key `figures` with a list of at least one"), "no figures: %s", said());
  }
  for (int i = 0; i < 4; i++) {
    static const char *const rows[][2] = {{"", "one `configuration`"},
                                          {"    configuration: [w]\n", "one `configuration`"},
                                          {"    configuration: {why: w}\n", "a key `subjects`"},
                                          {"    configuration: {why: w, subjects: {}}\n", "a key `subjects`"}};
    const char *at = strstr(PAPER, "    configuration:");
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - PAPER), PAPER, rows[i][0], figures);
    ok(!evaluate(text) && strstr(said(), rows[i][1]), "%s%s", rows[i][0], said());
  }
  static const char *const roots[][2] = {{"title: t\n", "a key `papers` or `figures` with a list"},
                                         {"figures: []\n", "a list of at least one"},
                                         {"figures: f\n", "a list of at least one"},
                                         {"papers: []\n", "a list of at least one"}};
  for (size_t i = 0; i < sizeof roots / sizeof *roots; i++)
    ok(!evaluate(roots[i][0]) && strstr(said(), roots[i][1]), "%s%s", roots[i][0], said());
}

/* A constant x with a prior and a measurement of it, and a structure factor s with a prior alone; all are normal as
 * logarithms: the figure x has the deviation of x, x s that of both. */
static const char calibration[] =
    "name: own\nbase: fdsoi28\nconstants: [nand2.area]\nstructure: {value: 1, low: 0.8, high: 1.25}\ntargets:\n"
    "  - {name: held, area: 7 um2, clock: 10 MHz, sigma: 0.3, held_out: true, source: table 2, of: [{count: 10, cell: "
    "nand2}]}\n"
    "  - {name: fitted, area: 0.6 um2, clock: 10 MHz, sigma: 0.1, source: table 1, of: [{count: 1, cell: nand2}]}\n"
    "  - {name: whole, area: 9 um2, clock: 20 MHz, sigma: 0.2, held_out: true, structured: true, source: s, of: "
    "[{count: 10, cell: "
    "nand2}]}\n"
    "  - {name: late, power: 1 mW, clock: 90000 MHz, sigma: 0.2, held_out: true, source: s, of: [{count: 1, pe: mac, "
    "bits: 4}]}\n";

static void calibrated(void)
{
  qy_calibration *c;
  char text[2000];
  snprintf(text, sizeof text, "%.*s", (int)(strstr(calibration, "  - {name: late") - calibration), calibration);
  const qy_published *p = evaluate(text);
  if (!ok(p && p->figure_count == 3 && !qy_calibrate(&c, db, file, arena, &err), "a calibration%s", p ? "" : said()))
    return;
  static const char *const names[] = {"fitted", "held", "whole"}, *const sources[] = {"table 1", "table 2", "s"};
  static const double measured[] = {0.6, 7, 9}, sigma[] = {0.1, 0.3, 0.2}, count[] = {1, 10, 10};
  const qy_constant *x = &c->constant[0].after, *s = &c->structure_after;
  /* The 95 % quantile of 256 independent draws has a standard error of 8 % of its distance. */
  const double z95 = 1.644853626951, dx = log(x->high / x->value) / z95, ds = log(s->high / s->value) / z95;
  for (int i = 0; i < 3; i++) {
    const qy_figure_result *f = &p->figure[i];
    const double model = count[i] * x->value * (i == 2 ? s->value : 1), sd = i == 2 ? sqrt(dx * dx + ds * ds) : dx;
    is_text(f->name, names[i], "what was fitted comes first");
    near_rel(f->model, model, 1e-6, "the calibrated library's value");
    near_rel(f->published, measured[i], 0, "the measured");
    near_rel(f->tolerance_frac, sigma[i], 0, "its sigma is the tolerance");
    near_rel(log(f->p95 / model), z95 * sd, i == 2 ? 0.2 : 0.1, "95 % of 256 draws");
    near_rel(log(model / f->p05), z95 * sd, i == 2 ? 0.2 : 0.1, "5 % of 256 draws");
    ok(f->draws == QY_PUBLISHED_DRAWS && !f->missed && !f->exact &&
           f->line == (i == 1   ? 6
                       : i == 0 ? 7
                                : 8),
       "all of the draws");
    is_text(qy_verdict_name(f->verdict),
            i == 0                                      ? "calibrated"
            : fabs(model / measured[i] - 1) <= sigma[i] ? "reproduced"
                                                        : "off",
            "verdict");
    is_text(f->section, i ? "calibration own: held out" : "calibration own: used to set constants", "section");
    is_text(f->claim, i == 2 ? "area at 20 MHz, library own" : "area at 10 MHz, library own", "claim");
    ok(!strcmp(f->unit, "um2") && !strcmp(f->source, sources[i]) && !*f->paper && !*f->variant && !*f->note,
       "unit and source");
  }
  ok(!evaluate(calibration), "a target that cannot be built for its clock: %s", said());
}

/* A folder of files: in the order of their names, section by section. */
static void folders(void)
{
#define FIGURE(name, more)                                                                                             \
  "figures:\n  - {name: " name ", claim: c, source: s, relation: value, quantity: compression, " more                  \
  "of: {format: uniform}}\n"
  static const struct {
    const char *file, *text;
  } files[] = {
      {"published/b.yaml", FIGURE("b", "")},
      {"published/a.yaml",
       "title: t\n" FIGURE("a", "") "  - {name: used, claim: c, source: s, relation: value, published: 1, quantity: "
                                    "compression, calibrated: true, of: {format: uniform}}\n"},
      {"published/c.yml", FIGURE("c", "")},
      {"published/.yaml", "nothing"},
      {"published/yaml", "nothing"},
  };
  char path[300], empty[200];
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    snprintf(path, sizeof path, "%s/%s", db, files[i].file);
    if (!write_file(path, files[i].text)) printf("# %s is not written\n", path);
  }
  const qy_published *p = evaluate_in(db, NULL, NULL);
  ok(p && p->figure_count == 3 && find(p, "a", "") == &p->figure[0] && find(p, "b", "") == &p->figure[1] &&
         find(p, "used", "") == &p->figure[2],
     "three figures, those that set constants last%s", p ? "" : said());
  snprintf(path, sizeof path, "%s/published/calibration", db);
  mkdir(path, 0777);
  snprintf(path, sizeof path, "%s/published/calibration/k.yaml", db);
  char text[2000];
  snprintf(text, sizeof text, "%.*s", (int)(strstr(calibration, "  - {name: whole") - calibration), calibration);
  ok(write_file(path, text) && (p = evaluate_in(db, NULL, NULL)) && p->figure_count == 5 &&
         find(p, "fitted", "") == &p->figure[3] && find(p, "held", "") == &p->figure[4],
     "behind them those of calibrations");
  ok(write_file(path, "name: n\n") && !evaluate_in(db, NULL, NULL) && !strcmp(err.diagnostic[0].file, path),
     "a mistake there: %s", said());
  unlink(path);
  snprintf(path, sizeof path, "%s/published/a.yaml", db);
  ok(write_file(path, "titel: t\n") && !evaluate_in(db, NULL, NULL) && !strcmp(err.diagnostic[0].file, path) &&
         err.count == 1,
     "a mistake in the first of two files: %s", said());
  snprintf(empty, sizeof empty, "%s/empty", folder);
  mkdir(empty, 0777);
  ok(!evaluate_in(empty, NULL, NULL) && strstr(said(), "expected a directory with published figures") &&
         err.diagnostic[0].line == 0 && err.diagnostic[0].column == 0,
     "no folder: %s", said());
  snprintf(path, sizeof path, "%s/published", empty);
  mkdir(path, 0777);
  ok((p = evaluate_in(empty, NULL, NULL)) && p->figure_count == 0, "a folder without files has no figures");
  rmdir(path);
}

/* A file that cannot be read, or holds no figures, is refused: nothing is taken for evaluated. */
static void no_figures(void)
{
  static const char *const text[] = {"figures: [",    "figures: {a: b: c}\n", "- 1\n",        "title: none\n",
                                     "figures: []\n", "figures: 3\n",         "nothing: 1\n", NULL};
  for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
    qy_published *p = NULL;
    qy_error_clear(&err);
    if (text[i]) write_file(file, text[i]);
    const qy_status status =
        qy_published_evaluate(&p, db, text[i] ? file : "/no/such/figures.yaml", NULL, false, arena, &err);
    ok(status == QY_BAD_INPUT && err.count == 1, "%s", said());
  }
}

int main(void)
{
  if (!open_folder()) return 1;
  alone();
  no_figures();
  intervals();
  variants(false);
  variants(true);
  answers();
  refusals();
  open_questions();
  calibrated();
  folders();
  return close_folder() ? done() : 1;
}
