/* The models beside published figures, as a section of the page. */
#include "report_int.h"
#include "words.h"

#include <math.h>
#include <string.h>

static void tally_row(qy_text *out, const char *section, const qy_figure_tally *t, bool exact)
{
  if (t->figures == 0) return;
  qy_text_add(out, "<tr><td>");
  words_html(out, section);
  qy_text_add(out, "</td><td>%s</td>", exact ? "exact counts and formats" : "hardware");
  if (t->scored)
    qy_text_add(out, "<td class=\"number\">%zu of %zu</td>", t->reproduced, t->scored);
  else
    qy_text_add(out, "<td class=\"number\">–</td>");
  if (t->with_interval)
    qy_text_add(out, "<td class=\"number\">%zu of %zu</td>", t->inside, t->with_interval);
  else
    qy_text_add(out, "<td class=\"number\">–</td>");
  qy_text_add(out, "<td class=\"number\">%zu</td><td class=\"number\">%zu</td></tr>\n", t->calibrated, t->predictions);
}

/* Figures of one section lie together. */
static size_t section_end(const qy_published *p, size_t i)
{
  size_t end = i;
  while (end < p->figure_count && strcmp(p->figure[end].section, p->figure[i].section) == 0)
    end++;
  return end;
}

static void tallies(qy_text *out, const qy_published *p)
{
  qy_text_add(out, "<div class=\"wide\"><table><thead><tr><th>figures</th><th>class</th><th class=\"number\">within "
                   "tolerance</th><th class=\"number\">inside p05 … p95</th><th class=\"number\">calibrated</th><th "
                   "class=\"number\">predictions</th></tr></thead><tbody>\n");
  for (size_t i = 0; i < p->figure_count; i = section_end(p, i)) {
    for (int exact = 1; exact >= 0; exact--) {
      qy_figure_tally t;
      qy_figures_tally(&t, p->figure + i, section_end(p, i) - i, exact);
      tally_row(out, p->figure[i].section, &t, exact);
    }
  }
  qy_text_add(out, "</tbody></table></div>\n");
}

static void figure_row(qy_text *out, const qy_figure_result *f)
{
  qy_text_add(out, "<tr><td>");
  words_html(out, f->name);
  qy_text_add(out, "</td><td class=\"number\">");
  words_number(out, f->published);
  qy_text_add(out, "</td><td class=\"number\">");
  words_number(out, f->model);
  if (isfinite(f->p05)) {
    qy_text_add(out, " <span class=\"interval\">");
    words_interval(out, f->model, f->p05, f->p95);
    qy_text_add(out, "</span>");
  }
  qy_text_add(out, "</td><td>");
  words_html(out, f->unit);
  qy_text_add(out, "</td><td class=\"number\">");
  if (isfinite(f->error_pct)) qy_text_add(out, "%+.1f %%", f->error_pct);
  qy_text_add(out, "</td><td class=\"%s\">%s</td></tr>\n", f->verdict == QY_VERDICT_OFF ? "off" : "fine",
              qy_verdict_name(f->verdict));
}

void section_validation(qy_text *out, const qy_published *published)
{
  if (!published) {
    qy_text_add(out,
                "<p class=\"note\">Left out of this report. <code>quarry validate</code> evaluates every published "
                "figure.</p>\n");
    return;
  }
  qy_text_add(out,
              "<p>The same models beside published figures, evaluated when this report was made. What set constants is "
              "calibrated and validates nothing.</p>\n");
  tallies(out, published);
  qy_text_add(out, "<details><summary>Each figure</summary><div class=\"wide\"><table><thead><tr><th>figure</th><th "
                   "class=\"number\">published</th><th class=\"number\">model, p05 … p95</th><th>unit</th><th "
                   "class=\"number\">error</th><th>verdict</th></tr></thead><tbody>\n");
  for (size_t i = 0; i < published->figure_count; i++)
    if (!*published->figure[i].variant) figure_row(out, &published->figure[i]);
  qy_text_add(out, "</tbody></table></div></details>\n");
}
