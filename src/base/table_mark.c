/* Tables in the languages of documents: GitHub's Markdown, and LaTeX with the rules of its package booktabs. */
#include "table_int.h"

#include <stdlib.h>
#include <string.h>

static void put_text(qy_text *out, const char *text)
{
  qy_text_put(out, text, strlen(text));
}

static bool is_word(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* A sign that means something to Markdown where it stands: between letters an underscore does not. */
static bool is_marked(const char *text, size_t at)
{
  if (text[at] == '_') return at == 0 || !is_word(text[at - 1]) || !is_word(text[at + 1]);
  return strchr("\\`*[]<>&|~$", text[at]) != NULL;
}

static void put_markdown(qy_text *out, const char *text)
{
  for (size_t i = 0; text[i]; i++) {
    if (is_marked(text, i)) put_text(out, "\\");
    qy_text_put(out, &text[i], 1);
  }
}

bool table_render_markdown(const qy_table *t, qy_text *out)
{
  shown_grid g;
  bool whole = shown_make(&g, t);
  for (size_t c = 0; whole && c < g.columns; c++) {
    const char *head = shown_head(&g, c);
    whole = head != NULL;
    put_text(out, "| ");
    if (head) put_markdown(out, head);
    put_text(out, c + 1 == g.columns ? " |\n" : " ");
  }
  for (size_t c = 0; whole && c < g.columns; c++)
    put_text(out, g.column[c].right ? "|---:" : "|:---");
  if (whole) put_text(out, "|\n");
  for (size_t i = 0; whole && i < g.rows * g.columns; i++) {
    put_text(out, "| ");
    put_markdown(out, g.text[i]);
    put_text(out, (i + 1) % g.columns ? " " : " |\n");
  }
  shown_free(&g);
  return whole;
}

/* Signs that LaTeX reads as something else, or that its default fonts lack. */
static void put_latex(qy_text *out, const char *text)
{
  static const struct {
    const char *sign, *as;
  } signs[] = {{"\\", "\\textbackslash{}"},
               {"{", "\\{"},
               {"}", "\\}"},
               {"$", "\\$"},
               {"&", "\\&"},
               {"#", "\\#"},
               {"%", "\\%"},
               {"_", "\\_"},
               {"^", "\\textasciicircum{}"},
               {"~", "\\textasciitilde{}"},
               {"<", "\\textless{}"},
               {">", "\\textgreater{}"},
               {"|", "\\textbar{}"},
               {"\"", "\\symbol{34}"},
               {"[", "{[}"}, /* behind a line's end it would begin an argument */
               {"]", "{]}"},
               {"*", "{*}"}, /* the same */
               {"µ", "\\textmu{}"},
               {"μ", "\\textmu{}"},
               {"²", "\\textsuperscript{2}"},
               {"³", "\\textsuperscript{3}"},
               {"·", "\\textperiodcentered{}"},
               {"±", "\\textpm{}"},
               {"×", "\\texttimes{}"},
               {"°", "\\textdegree{}"},
               {"−", "\\textminus{}"},
               {"≤", "$\\leq$"},
               {"≥", "$\\geq$"},
               {"→", "$\\rightarrow$"},
               {"…", "\\ldots{}"}};
  while (*text) {
    const char *as = NULL;
    size_t length = 1;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && !as; i++)
      if (strncmp(text, signs[i].sign, strlen(signs[i].sign)) == 0) {
        as = signs[i].as;
        length = strlen(signs[i].sign);
      }
    if (as)
      put_text(out, as);
    else
      qy_text_put(out, text, 1);
    text += length;
  }
}

/* In mathematics, so that minus and powers of ten are set as such. */
static void put_latex_number(qy_text *out, const char *text)
{
  const char *exponent = strchr(text, 'e');
  if (strspn(text, "+-.0123456789e") != strlen(text)) {
    put_latex(out, text); /* inf */
  } else if (exponent) {
    qy_text_add(out, "$%.*s\\times10^{%ld}$", (int)(exponent - text), text, strtol(exponent + 1, NULL, 10));
  } else {
    qy_text_add(out, *text == '-' ? "$%s$" : "%s", text);
  }
}

bool table_render_latex(const qy_table *t, qy_text *out)
{
  shown_grid g;
  bool whole = shown_make(&g, t);
  put_text(out, "% \\usepackage{booktabs}\n\\begin{tabular}{");
  for (size_t c = 0; whole && c < g.columns; c++)
    put_text(out, g.column[c].right ? "r" : "l");
  put_text(out, "}\n\\toprule\n");
  for (size_t c = 0; whole && c < g.columns; c++) {
    const char *head = shown_head(&g, c);
    whole = head != NULL;
    if (head) put_latex(out, head);
    put_text(out, c + 1 == g.columns ? " \\\\\n\\midrule\n" : " & ");
  }
  for (size_t i = 0; whole && i < g.rows * g.columns; i++) {
    if (strcmp(g.text[i], "-") == 0)
      put_text(out, "--");
    else
      (g.number[i] ? put_latex_number : put_latex)(out, g.text[i]);
    put_text(out, (i + 1) % g.columns ? " & " : " \\\\\n");
  }
  put_text(out, "\\bottomrule\n\\end{tabular}\n");
  shown_free(&g);
  return whole;
}
