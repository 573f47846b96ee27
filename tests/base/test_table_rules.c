/* Random tables beside what the header's words make of them: digits of intervals, digits that tell rows apart, units of
 * columns, layouts of every width.  Worked out anew, one rule after another, with rounding that is exact. */
#include "quarry/table.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include "random.h"
#include "rounding.h"
#include "tap.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

enum { COLUMNS = 7, ROWS = 5, TEXT = ROUNDED_TEXT, OUT = 1 << 14, NONE = -1 };

typedef struct model {
  int columns, rows, shown, show[COLUMNS];
  const char *name[COLUMNS];
  int low[COLUMNS], high[COLUMNS];
  struct {
    enum { EMPTY, WORDS, DIGITS, NUMBER, INTEGER } kind;
    double number;
    char text[TEXT];
  } cell[ROWS][COLUMNS];
} model;

static uint64_t seed = 17;

static int below(int n)
{
  return (int)random_below(&seed, (size_t)n);
}

/* ---- numbers ---- */

static bool has_number(const model *m, int row, int column)
{
  const int kind = m->cell[row][column].kind;
  return kind >= DIGITS && isfinite(m->cell[row][column].number);
}

/* ---- cells as people read them ---- */

typedef struct people {
  char text[ROWS][COLUMNS][TEXT], half[ROWS][COLUMNS][TEXT], head[COLUMNS][TEXT], name[COLUMNS][TEXT];
  char unit[COLUMNS][QY_UNIT_TEXT];
  bool right[COLUMNS], bound[COLUMNS];
  int bounds[COLUMNS];
} people;

static int value_of(const model *m, int column)
{
  for (int c = 0; c < m->columns; c++)
    if (m->low[c] == column || m->high[c] == column) return c;
  return column;
}

static int by_size(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* The factor of a column; its name and unit. */
static double unit_of(const model *m, int column, char name[TEXT], char unit[QY_UNIT_TEXT])
{
  char own[QY_UNIT_TEXT], head[TEXT], other[TEXT], its[QY_UNIT_TEXT];
  const int values = value_of(m, column);
  double size[ROWS];
  int count = 0, numbers = 0;
  bool all_whole = true, stay = true;
  snprintf(name, TEXT, "%s", m->name[column]);
  unit[0] = '\0';
  if (!qy_unit_of_name(own, head, sizeof head, m->name[values])) return 1;
  for (int s = 0; s < m->shown; s++) {
    const int c = value_of(m, m->show[s]);
    qy_unit_of_name(its, other, sizeof other, m->name[c]);
    if (c != values && strcmp(head, other) == 0) return 1;
  }
  for (int r = 0; r < m->rows; r++) {
    if (!has_number(m, r, values)) continue;
    numbers++;
    if (m->cell[r][values].number != 0) size[count++] = fabs(m->cell[r][values].number);
  }
  if (!numbers) return 1;
  qsort(size, (size_t)count, sizeof *size, by_size);
  double factor = qy_unit_for_reading(unit, own, count ? size[(count - 1) / 2] : 0);
  for (int k = 0; k < count; k++) {
    all_whole &= whole(size[k]);
    stay &= whole(size[k] * factor);
  }
  if (strcmp(own, "B") != 0) {
    qy_unit_of_name(its, name, TEXT, m->name[column]);
  } else if (all_whole && !stay) {
    snprintf(unit, QY_UNIT_TEXT, "B");
    factor = 1;
  }
  return factor;
}

/* Value and bounds of the cell's row, in the unit that is read. */
static bool interval(const model *m, int row, int values, double factor, double x[3], int *place)
{
  const int at[3] = {values, m->low[values], m->high[values]};
  if (at[1] < 0) return false;
  for (int k = 0; k < 3; k++) {
    if (!has_number(m, row, at[k])) return false;
    x[k] = factor * m->cell[row][at[k]].number;
  }
  return place_of(place, x[0], x[1], x[2]);
}

/* The coarsest place of a column's intervals, or a finer one down to the fifth digit of its largest value that tells as
 * much apart as that. */
static int place_of_column(const model *m, int column, double factor)
{
  double x[ROWS][3], most = 0;
  int count = 0, place, coarsest = -15;
  for (int r = 0; r < m->rows; r++) {
    if (!interval(m, r, column, factor, x[count], &place)) continue;
    most = fmax(most, fabs(x[count++][0]));
    if (place > coarsest) coarsest = place;
  }
  if (most == 0) return 1000;
  const int last = first_digit(most) - 4;
  for (place = coarsest > last ? coarsest : last; place > last; place--) {
    bool apart = true;
    for (int i = 0; i < count; i++)
      for (int k = 0; k < i; k++) {
        char fine[2][TEXT], coarse[2][TEXT];
        round_at(fine[0], x[i][0], last);
        round_at(fine[1], x[k][0], last);
        round_at(coarse[0], x[i][0], place);
        round_at(coarse[1], x[k][0], place);
        apart &= strcmp(fine[0], fine[1]) == 0 || strcmp(coarse[0], coarse[1]) != 0;
      }
    if (apart) break;
  }
  return place;
}

static void read_cells(people *p, const model *m, int digits)
{
  for (int s = 0; s < m->shown; s++) {
    const int c = m->show[s], values = value_of(m, c);
    const double factor = unit_of(m, c, p->name[s], p->unit[s]);
    snprintf(p->head[s], TEXT, p->unit[s][0] ? "%s (%s)" : "%s", p->name[s], p->unit[s]);
    const int of_column = m->low[c] >= 0 ? place_of_column(m, c, factor) : 1000;
    p->right[s] = p->bound[s] = false;
    for (int r = 0; r < m->rows; r++) {
      char *out = p->text[r][s];
      double x[3];
      int place = 0;
      p->half[r][s][0] = '\0';
      p->right[s] |= m->cell[r][c].kind >= DIGITS;
      if (m->cell[r][c].kind == EMPTY) {
        snprintf(out, TEXT, "-");
      } else if (m->cell[r][c].kind == WORDS || (m->cell[r][c].kind == DIGITS && !has_number(m, r, c))) {
        snprintf(out, TEXT, "%s", m->cell[r][c].text);
      } else if (!has_number(m, r, c)) {
        snprintf(out, TEXT, m->cell[r][c].number > 0 ? "inf" : "-inf");
      } else if (interval(m, r, values, factor, x, &place)) {
        round_at(out, factor * m->cell[r][c].number, c == values && of_column < place ? of_column : place);
        const double v = m->cell[r][values].number, low = m->cell[r][m->low[values]].number,
                     high = m->cell[r][m->high[values]].number;
        if (c == values && fabs(v - (low + high) / 2) <= (high - low) / 6)
          round_at(p->half[r][s], factor * (high - low) / 2, place);
      } else if (factor == 1 && m->cell[r][c].kind != NUMBER) {
        snprintf(out, TEXT, "%s", m->cell[r][c].text);
      } else {
        plain(out, factor * m->cell[r][c].number, digits);
      }
    }
  }
}

/* Do two rows read alike that have different numbers without intervals? */
static bool some_alike(const people *p, const model *m)
{
  for (int a = 0; a < m->rows; a++)
    for (int b = 0; b < a; b++) {
      bool alike = true, differ = false;
      for (int s = 0; s < m->shown; s++) {
        const int c = m->show[s];
        alike &= strcmp(p->text[a][s], p->text[b][s]) == 0;
        differ |= m->low[value_of(m, c)] < 0 && has_number(m, a, c) && has_number(m, b, c) &&
                  m->cell[a][c].number != m->cell[b][c].number;
      }
      if (alike && differ) return true;
    }
  return false;
}

static void read_table(people *p, const model *m)
{
  int digits = 4;
  for (; digits <= 10; digits++) {
    read_cells(p, m, digits);
    if (!some_alike(p, m)) break;
  }
  if (digits > 10) read_cells(p, m, 4);
  for (int s = 0; s < m->shown; s++) {
    p->bounds[s] = NONE;
    for (int b = 0; b + 1 < m->shown; b++)
      if (m->low[m->show[s]] >= 0 && m->show[b] == m->low[m->show[s]] && m->show[b + 1] == m->high[m->show[s]])
        p->bounds[s] = b;
    if (p->bounds[s] >= 0) p->bound[p->bounds[s]] = p->bound[p->bounds[s] + 1] = true;
  }
}

/* ---- layouts ---- */

/* Behind what stands in out[OUT]. */
#define put(out, ...) qy_append(out, OUT, strlen(out), __VA_ARGS__)

static int width_of(const char *text, size_t bytes)
{
  int width = 0;
  for (size_t i = 0; i < bytes; i++)
    width += ((unsigned char)text[i] & 0xC0) != 0x80;
  return width;
}

/* Bytes of the longest beginning that fits and ends before a blank, at the end, or in heads behind an underscore; else
 * as many characters as fit. */
static size_t fitting(const char *text, int width, bool head)
{
  size_t best = 0, most = 0;
  for (size_t b = 0; b <= strlen(text); b++) {
    if (((unsigned char)text[b] & 0xC0) == 0x80 || width_of(text, b) > width) continue;
    most = b;
    if (b && (!text[b] || text[b] == ' ' || (head && text[b - 1] == '_'))) best = b;
  }
  return best ? best : most;
}

static void put_lines(char *out, const char **text, const int *width, const bool *right, int columns, bool head)
{
  for (bool more = true; more;) {
    more = false;
    for (int c = 0; c < columns; c++) {
      const size_t bytes = fitting(text[c], width[c], head);
      const int pad = width[c] - width_of(text[c], bytes);
      put(out, "%*s%*s%.*s%*s", c ? 2 : 0, "", right[c] && pad > 0 ? pad : 0, "", (int)bytes, text[c],
          right[c] || pad < 0 ? 0 : pad, "");
      text[c] += bytes + strspn(text[c] + bytes, " ");
      more |= *text[c] != '\0';
    }
    while (out[strlen(out) - 1] == ' ')
      out[strlen(out) - 1] = '\0';
    put(out, "\n");
  }
}

static void with_bounds(char out[TEXT], const people *p, int row, int s)
{
  const int b = p->bounds[s];
  if (b >= 0 && strcmp(p->text[row][b], "-") != 0 && strcmp(p->text[row][b + 1], "-") != 0)
    snprintf(out, TEXT, "%.35s [%.35s, %.35s]", p->text[row][s], p->text[row][b], p->text[row][b + 1]);
  else
    snprintf(out, TEXT, "%s", p->text[row][s]);
}

/* fold 0: all columns; 1: bounds in brackets; 2: half widths; 3: no bounds.  False: wider than the line. */
static bool in_columns(char out[OUT], const people *p, const model *m, int limit, int fold)
{
  static char text[ROWS][COLUMNS][TEXT];
  const char *head[COLUMNS], *row[COLUMNS];
  int width[COLUMNS], cells[COLUMNS], columns = 0, total = 0;
  bool right[COLUMNS], some = false;
  for (int s = 0; s < m->shown; s++) {
    some |= p->bound[s];
    if (fold && p->bound[s]) continue;
    head[columns] = p->head[s];
    right[columns] = p->right[s];
    cells[columns] = 0;
    for (int r = 0; r < m->rows; r++) {
      char *at = text[r][columns];
      if (fold == 2 && p->half[r][s][0] && p->bounds[s] >= 0)
        snprintf(at, TEXT, "%.50s ± %.50s", p->text[r][s], p->half[r][s]);
      else if (fold == 1 || fold == 2)
        with_bounds(at, p, r, s);
      else
        snprintf(at, TEXT, "%s", p->text[r][s]);
      const int own = width_of(at, strlen(at));
      if (own > cells[columns]) cells[columns] = own;
    }
    const int own = width_of(p->head[s], strlen(p->head[s]));
    width[columns] = own > cells[columns] ? own : cells[columns];
    total += width[columns] + (columns ? 2 : 0);
    columns++;
  }
  if (columns == 0) return false;
  if (limit && m->rows && total > limit) { /* heads in several lines */
    if (!fold) return false;
    total = 2 * columns - 2;
    for (int c = 0; c < columns; c++) {
      width[c] = cells[c];
      for (const char *word = head[c]; *word;) {
        const size_t end = strcspn(word, "_ "), bytes = end + (word[end] == '_');
        if (width_of(word, bytes) > width[c]) width[c] = width_of(word, bytes);
        word += end + (word[end] != '\0');
      }
      total += width[c];
    }
    for (; total < limit; total++) {
      int most = NONE;
      double lines = 1;
      for (int c = 0; c < columns; c++)
        if ((double)width_of(head[c], strlen(head[c])) / width[c] > lines) {
          lines = (double)width_of(head[c], strlen(head[c])) / width[c];
          most = c;
        }
      if (most < 0) break;
      width[most]++;
    }
    if (total > limit && fold >= 2) { /* the widest text in several lines of 20 characters at least */
      int widest = NONE;
      for (int c = 0; c < columns; c++)
        if (!right[c] && (widest < 0 || width[c] > width[widest])) widest = c;
      if (widest < 0 || width[widest] - (total - limit) < 20) return false;
      width[widest] -= total - limit;
      total = limit;
    }
    if (total > limit) return false;
  }
  out[0] = '\0';
  for (int c = 0; c < columns; c++)
    row[c] = head[c];
  put_lines(out, row, width, right, columns, true);
  for (int r = 0; r < m->rows; r++) {
    for (int c = 0; c < columns; c++)
      row[c] = text[r][c];
    put_lines(out, row, width, right, columns, false);
  }
  if (fold == 3 && some) put(out, "(without its intervals, which do not fit the line)\n");
  return true;
}

static void in_rows(char out[OUT], const people *p, const model *m, int limit)
{
  int indent = 0;
  out[0] = '\0';
  for (int s = 0; s < m->shown; s++)
    if (!p->bound[s] && width_of(p->name[s], strlen(p->name[s])) > indent)
      indent = width_of(p->name[s], strlen(p->name[s]));
  indent += 2;
  for (int r = 0; r < m->rows; r++) {
    if (r) put(out, "\n");
    for (int s = 0; s < m->shown; s++) {
      char text[TEXT + QY_UNIT_TEXT + 1];
      if (p->bound[s]) continue;
      with_bounds(text, p, r, s);
      if (p->unit[s][0] && strcmp(text, "-") != 0)
        snprintf(text + strlen(text), sizeof text - strlen(text), " %s", p->unit[s]);
      put(out, "%s%*s", p->name[s], indent - width_of(p->name[s], strlen(p->name[s])), "");
      const int width = limit > indent + 20 ? limit - indent : 1000;
      for (const char *at = text; *at || at == text;) {
        const size_t bytes = fitting(at, width, false);
        put(out, "%*s%.*s", at == text ? 0 : indent, "", (int)bytes, at);
        at += bytes + strspn(at + bytes, " ");
        if (!*at) break;
        put(out, "\n");
      }
      while (out[strlen(out) - 1] == ' ')
        out[strlen(out) - 1] = '\0';
      put(out, "\n");
    }
  }
}

static void aligned(char out[OUT], const people *p, const model *m, int limit, bool vertical)
{
  for (int fold = 0; fold < 4 && !(vertical && m->rows); fold++)
    if (in_columns(out, p, m, limit, fold)) return;
  in_rows(out, p, m, limit);
}

static void put_marked(char *out, const char *text)
{
  for (const char *at = text; *at; at++) {
    const bool word = *at == '_' && at != text && (isalnum((unsigned char)at[-1]) || at[-1] < 0) &&
                      (isalnum((unsigned char)at[1]) || at[1] < 0);
    put(out, strchr("\\`*[]<>&|~$_", *at) && !word ? "\\%c" : "%c", *at);
  }
}

static void markdown(char out[OUT], const people *p, const model *m, bool fold)
{
  char text[TEXT];
  out[0] = '\0';
  for (int r = -2; r < m->rows; r++) {
    for (int s = 0; s < m->shown; s++) {
      if (fold && p->bound[s]) continue;
      if (r == -1) {
        put(out, p->right[s] ? "|---:" : "|:---");
        continue;
      }
      put(out, "| ");
      if (r < 0)
        snprintf(text, sizeof text, "%s", p->head[s]);
      else if (fold)
        with_bounds(text, p, r, s);
      else
        snprintf(text, sizeof text, "%s", p->text[r][s]);
      put_marked(out, text);
      put(out, " ");
    }
    put(out, "|\n");
  }
}

static void put_latex(char *out, const char *text)
{
  static const char *const as[][2] = {{"|", "\\textbar{}"},
                                      {"[", "{[}"},
                                      {"]", "{]}"},
                                      {"_", "\\_"},
                                      {"\"", "\\symbol{34}"},
                                      {"\\", "\\textbackslash{}"},
                                      {"\xC2\xB5", "\\textmu{}"},
                                      {"\xC2\xB2", "\\textsuperscript{2}"}};
  while (*text) {
    size_t i = 0;
    while (i < sizeof as / sizeof *as && strncmp(text, as[i][0], strlen(as[i][0])) != 0)
      i++;
    const bool plain = i == sizeof as / sizeof *as;
    put(out, "%.*s", plain ? 1 : (int)strlen(as[i][1]), plain ? text : as[i][1]);
    text += plain ? 1 : strlen(as[i][0]);
  }
}

static void latex(char out[OUT], const people *p, const model *m)
{
  snprintf(out, OUT, "%% \\usepackage{booktabs}\n\\begin{tabular}{");
  for (int s = 0; s < m->shown; s++)
    put(out, p->right[s] ? "r" : "l");
  put(out, "}\n\\toprule\n");
  for (int r = -1; r < m->rows; r++)
    for (int s = 0; s < m->shown; s++) {
      const char *text = r < 0 ? p->head[s] : p->text[r][s], *e = strchr(text, 'e');
      if (r >= 0 && strcmp(text, "-") == 0)
        put(out, "--");
      else if (r < 0 || m->cell[r][m->show[s]].kind == WORDS || !has_number(m, r, m->show[s]))
        put_latex(out, text);
      else if (e)
        put(out, "$%.*s\\times10^{%d}$", (int)(e - text), text, atoi(e + 1)); /* NOLINT(cert-err34-c) */
      else
        put(out, *text == '-' ? "$%s$" : "%s", text);
      put(out, s + 1 < m->shown ? " & " : r < 0 ? " \\\\\n\\midrule\n" : " \\\\\n");
    }
  put(out, "\\bottomrule\n\\end{tabular}\n");
}

static void csv(char out[OUT], const model *m)
{
  out[0] = '\0';
  for (int r = -1; r < m->rows; r++)
    for (int s = 0; s < m->shown; s++) {
      const char *text = r < 0 ? m->name[m->show[s]] : m->cell[r][m->show[s]].text;
      const bool quoted = strchr(text, ',') || strchr(text, '"');
      if (quoted) put(out, "\"");
      for (; *text; text++)
        put(out, *text == '"' ? "\"\"" : "%c", *text);
      put(out, "%s%s", quoted ? "\"" : "", s + 1 < m->shown ? "," : "\n");
    }
}

static void json(char out[OUT], const model *m)
{
  snprintf(out, OUT, "[");
  for (int r = 0; r < m->rows; r++) {
    put(out, "%s\n {", r ? "," : "");
    for (int s = 0; s < m->shown; s++) {
      const int c = m->show[s];
      put(out, "%s\"%s\": ", s ? ", " : "", m->name[c]);
      if (m->cell[r][c].kind == EMPTY || (m->cell[r][c].kind == NUMBER && !isfinite(m->cell[r][c].number))) {
        put(out, "null");
      } else if (m->cell[r][c].kind != WORDS) {
        put(out, "%s", m->cell[r][c].text);
      } else {
        put(out, "\"");
        for (const char *at = m->cell[r][c].text; *at; at++)
          put(out, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
        put(out, "\"");
      }
    }
    put(out, "}");
  }
  put(out, m->rows ? "\n]\n" : "]\n");
}

/* ---- random tables ---- */

static double some_number(double middle)
{
  static const double round[] = {0, 1, -1, 0.5, 1e-4, 9.9996e-5, 1e9, 999999999.5, 2048, 1e15, 0.00012345678, -7.25};
  if (below(5) == 0) return round[below(sizeof round / sizeof *round)];
  const double x = middle * (1 + (random_unit(&seed) - 0.5) * pow(10, -below(8)));
  return below(4) ? x : rint(x);
}

static void fill_cell(model *m, int row, int column, double middle, bool words)
{
  static const char *const word[] = {"a",     "weights", "of_layer", "µ",    "x|y", "[b]",   "beside the",
                                     "keeps", "_c",      "\"q\"",    "d, e", "\\f", "long_", "g  h"};
  char *text = m->cell[row][column].text;
  const int choice = below(12);
  double *number = &m->cell[row][column].number;
  text[0] = '\0';
  if (choice == 0 || (words && choice < 3)) {
    m->cell[row][column].kind = EMPTY;
  } else if (words) {
    m->cell[row][column].kind = WORDS;
    for (int k = 1 + below(6); k > 0; k--)
      snprintf(text + strlen(text), TEXT - strlen(text), "%s%s", word[below(sizeof word / sizeof *word)],
               k > 1 ? " " : "");
  } else if (choice == 1) {
    m->cell[row][column].kind = DIGITS;
    *number = (below(1000) - 500) / 4.0;
    snprintf(text, TEXT, "%.3f", *number);
  } else if (choice < 4) {
    const int64_t integer = (int64_t)some_number(middle);
    m->cell[row][column].kind = INTEGER;
    *number = (double)integer;
    snprintf(text, TEXT, "%" PRId64, integer);
  } else {
    m->cell[row][column].kind = NUMBER;
    *number = choice == 4 && below(4) == 0 ? (below(2) ? INFINITY : -INFINITY) : some_number(middle);
    if (isfinite(*number))
      qy_number_exact(text, *number);
    else
      snprintf(text, TEXT, *number > 0 ? "inf" : "-inf");
  }
}

/* An interval around the value, now and then beside it, or of no width. */
static void fill_bound(model *m, int row, int value, int bound, double sign)
{
  const double x = m->cell[row][value].number;
  double wide = fabs(x) * pow(10, -1 - below(4)) * (1 + random_unit(&seed));
  if (below(8) == 0) wide = below(3);
  m->cell[row][bound].kind = NUMBER;
  m->cell[row][bound].number = x + sign * wide;
  if (below(4) == 0) m->cell[row][bound].number = rint(x + sign * wide);
  if (below(12) == 0 || !has_number(m, row, value)) m->cell[row][bound].kind = EMPTY;
  if (m->cell[row][bound].kind == EMPTY)
    m->cell[row][bound].text[0] = '\0';
  else
    qy_number_exact(m->cell[row][bound].text, m->cell[row][bound].number);
}

static void make(model *m)
{
  static const char *const names[][3] = {{"area_um2", "area_um2_p05", "area_um2_p95"},
                                         {"area_mm2", "area_mm2_p05", "area_mm2_p95"},
                                         {"t_us", "t_us_p05", "t_us_p95"},
                                         {"weight_bytes", "weight_bytes_p05", "weight_bytes_p95"},
                                         {"gops", "gops_p05", "gops_p95"},
                                         {"x y_of z", "x y_of z_p05", "x y_of z_p95"},
                                         {"µ_design", "µ_design_p05", "µ_design_p95"},
                                         {"_n", "_n_p05", "_n_p95"}};
  enum { NAMES = sizeof names / sizeof *names };
  bool used[NAMES] = {false};
  m->columns = 0;
  m->rows = below(ROWS + 1);
  while (m->columns == 0 || (m->columns + 3 <= COLUMNS && below(3))) {
    const int n = below(NAMES), c = m->columns;
    if (used[n]) continue;
    used[n] = true;
    const bool words = below(3) == 0, bounds = !words && below(2), half = !words && !bounds && below(4) == 0;
    const double middle = pow(10, below(12) - 4) * (1 + random_unit(&seed));
    for (int k = 0; k < 3; k++)
      m->low[c + k] = m->high[c + k] = NONE;
    m->name[m->columns++] = names[n][0];
    if (half) m->name[m->columns++] = names[n][1 + below(2)]; /* one bound alone is none */
    /* The value before its bounds, behind them or between. */
    const int order = bounds ? below(3) : 0, v = c + order;
    int low = order == 0 ? c + 1 : c, high = order == 2 ? c + 1 : c + 2;
    if (bounds && below(3) == 0) { /* the upper one first */
      const int had = low;
      low = high;
      high = had;
    }
    if (bounds) {
      m->columns = c + 3;
      m->name[v] = names[n][0];
      m->name[low] = names[n][1];
      m->name[high] = names[n][2];
      m->low[v] = low;
      m->high[v] = high;
    }
    for (int r = 0; r < m->rows; r++) {
      fill_cell(m, r, v, middle, words);
      if (r && !words && below(4) == 0) m->cell[r][v] = m->cell[r - 1][v];
      if (half) fill_cell(m, r, c + 1, middle, false);
      if (bounds) fill_bound(m, r, v, low, -1);
      if (bounds) fill_bound(m, r, v, high, 1);
    }
  }
  m->shown = m->columns;
  for (int s = 0; s < m->columns; s++)
    m->show[s] = s;
}

/* Some of the columns, in another order: the names that are asked for. */
static void pick(model *m, char names[OUT])
{
  names[0] = '\0';
  for (int s = m->shown; s-- > 1;) {
    const int k = below(3) ? s : below(s + 1), had = m->show[s];
    m->show[s] = m->show[k];
    m->show[k] = had;
  }
  m->shown = 1 + below(m->shown);
  for (int s = 0; s < m->shown; s++)
    put(names, "%s%s", s ? "," : "", m->name[m->show[s]]);
}

static qy_table *table_of(const model *m)
{
  qy_table *t = qy_table_new((size_t)m->columns, m->name);
  for (int r = 0; r < m->rows; r++)
    for (int c = 0; c < m->columns; c++)
      switch (m->cell[r][c].kind) {
      case EMPTY: qy_table_null(t); break;
      case WORDS: qy_table_text(t, m->cell[r][c].text); break;
      case DIGITS: qy_table_digits(t, m->cell[r][c].text); break;
      case NUMBER: qy_table_number(t, m->cell[r][c].number); break;
      case INTEGER: qy_table_integer(t, (int64_t)m->cell[r][c].number); break;
      }
  return t;
}

static bool same(const qy_table *t, qy_table_format format, const char *expected)
{
  static int told;
  qy_text text = {0};
  qy_table_render(t, format, &text, NULL);
  const bool is = text.data && strcmp(text.data, expected) == 0;
  if (!is && told++ < 3) printf("# %s:\n%s# expected:\n%s", qy_table_format_names[format], text.data, expected);
  qy_text_free(&text);
  return is;
}

/* Bounds alone, and what has no place. */
static void single_bounds(void)
{
  int wrong = 0, some = 0;
  for (int i = 0; i < 20000; i++) {
    const double x = some_number(pow(10, below(20) - 6)), wide = some_number(fabs(x) * pow(10, 2 - below(17)));
    const double low = below(5) ? x - fabs(wide) : rint(x - fabs(wide)),
                 high = below(5)    ? x + wide
                        : below(20) ? rint(x + wide)
                                    : INFINITY,
                 bound = below(2) ? low : high;
    char out[QY_TABLE_NUMBER] = "as before", expected[TEXT];
    int place;
    const double half = (high - low) / 2, nearest = half > 0 ? rint(log10(half)) : 0;
    if (half != power((int)nearest) && fabs(half / power((int)nearest) - 1) < 1e-14) continue; /* by one double */
    const bool has = isfinite(bound) && place_of(&place, x, low, high);
    snprintf(expected, sizeof expected, "as before");
    if (has) round_at(expected, bound, place);
    some += has;
    const bool bad = qy_table_bound(out, bound, x, low, high) != has || strcmp(out, expected) != 0;
    if (bad && wrong++ < 5)
      printf("# %.17g of %.17g in [%.17g, %.17g]: %s, not %s\n", bound, x, low, high, out, expected);
  }
  is_int(wrong, 0, "bounds are rounded at the second digit of half the width");
  ok(some > 5000 && some < 19000, "where they have one: %d", some);
}

int main(void)
{
  single_bounds();
  enum { TABLES = 600, WIDTHS = 4 };
  static char expected[OUT], names[OUT];
  static model m;
  static people p;
  int wrong[QY_TABLE_FORMATS] = {0}, folded = 0, bounds = 0;
  for (int i = 0; i < TABLES; i++) {
    make(&m);
    qy_table *t = table_of(&m);
    if (below(3) == 0) {
      pick(&m, names);
      if (qy_table_columns(t, names, NULL)) bounds = TABLES;
    }
    read_table(&p, &m);
    for (int k = 0; k < WIDTHS; k++) {
      const int limit = k ? 12 + below(100) : 0;
      const bool vertical = below(8) == 0;
      qy_table_layout(t, (size_t)limit, vertical);
      aligned(expected, &p, &m, limit, vertical);
      wrong[QY_TABLE_ALIGNED] += !same(t, QY_TABLE_ALIGNED, expected);
    }
    csv(expected, &m);
    wrong[QY_TABLE_CSV] += !same(t, QY_TABLE_CSV, expected);
    json(expected, &m);
    wrong[QY_TABLE_JSON] += !same(t, QY_TABLE_JSON, expected);
    markdown(expected, &p, &m, false);
    wrong[QY_TABLE_MARKDOWN] += !same(t, QY_TABLE_MARKDOWN, expected);
    latex(expected, &p, &m);
    wrong[QY_TABLE_LATEX] += !same(t, QY_TABLE_LATEX, expected);
    qy_table_fold(t);
    markdown(expected, &p, &m, true);
    folded += !same(t, QY_TABLE_MARKDOWN, expected);
    qy_table_free(t);
  }
  for (int format = 0; format < QY_TABLE_FORMATS; format++)
    is_int(wrong[format], 0, qy_table_format_names[format]);
  is_int(folded, 0, "bounds beside their values");
  is_int(bounds, 0, "columns that are picked");
  return done();
}
