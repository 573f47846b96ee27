/* Columns aligned with blanks, fitted to the width of a terminal: see qy_table_layout. */
#include "table_int.h"

#include <string.h>

enum { GAP = 2, WRAP_LEAST = 20 };
typedef enum fold { FOLD_NONE, FOLD_BRACKETS, FOLD_HALF, FOLD_DROPPED, FOLDS } fold;

/* What is printed: heads and texts of columns, some of which hold bounds beside their values. */
typedef struct layout {
  size_t columns, rows;
  const char **head, **text; /* [columns], [rows columns] */
  size_t *width, *cells;     /* [columns] characters of a line; of the widest cell */
  bool *right;               /* [columns] */
} layout;

static void put_text(qy_text *out, const char *text)
{
  qy_text_put(out, text, strlen(text));
}

static bool starts_character(char c)
{
  return ((unsigned char)c & 0xC0) != 0x80;
}

/* Characters, not bytes: labels hold UTF-8. */
static size_t width_of(const char *text)
{
  size_t width = 0;
  for (; *text; text++)
    width += starts_character(*text);
  return width;
}

/* ---- folding ---- */

/* The value with its bounds, where it has both; half of a width is only said of a value near the middle. */
static const char *folded(shown_grid *g, size_t row, size_t column, fold how)
{
  const char *text = g->text[row * g->columns + column], *half = g->half[row * g->columns + column];
  if (how == FOLD_NONE || how == FOLD_DROPPED) return text;
  if (how == FOLD_HALF && half && g->column[column].bounds >= 0)
    return qy_arena_format(g->arena, "%s ± %s", text, half);
  return shown_with_bounds(g, row, column);
}

static bool lay_out(layout *l, shown_grid *g, fold how)
{
  *l = (layout){.rows = g->rows};
  l->head = qy_arena_alloc(g->arena, g->columns, sizeof *l->head);
  l->text = qy_arena_alloc(g->arena, g->columns * g->rows + 1, sizeof *l->text);
  l->width = qy_arena_alloc(g->arena, g->columns, sizeof *l->width);
  l->cells = qy_arena_alloc(g->arena, g->columns, sizeof *l->cells);
  l->right = qy_arena_alloc(g->arena, g->columns, sizeof *l->right);
  if (!l->head || !l->text || !l->width || !l->cells || !l->right) return false;
  for (size_t c = 0; c < g->columns; c++)
    l->columns += how == FOLD_NONE || !g->column[c].bound;
  for (size_t c = 0, at = 0; c < g->columns; c++) {
    if (how != FOLD_NONE && g->column[c].bound) continue;
    if (!(l->head[at] = shown_head(g, c))) return false;
    l->right[at] = g->column[c].right;
    l->width[at] = width_of(l->head[at]);
    for (size_t r = 0; r < g->rows; r++) {
      const char *text = l->text[r * l->columns + at] = folded(g, r, c, how);
      if (!text) return false;
      if (width_of(text) > l->cells[at]) l->cells[at] = width_of(text);
    }
    if (l->cells[at] > l->width[at]) l->width[at] = l->cells[at];
    at++;
  }
  return true;
}

static size_t total_width(const layout *l)
{
  size_t total = 0;
  for (size_t c = 0; c < l->columns; c++)
    total += l->width[c] + (c ? GAP : 0);
  return total;
}

/* Characters of the longest word of a head, which breaks at blanks and behind underscores. */
static size_t longest_word(const char *head)
{
  size_t longest = 0, word = 0;
  for (const char *p = head; *p; p++) {
    word = *p == ' ' ? 0 : word + starts_character(*p);
    if (word > longest) longest = word;
    if (*p == '_') word = 0;
  }
  return longest;
}

/* Columns as narrow as their values and the longest word of their heads; what is left of the line goes to those whose
 * heads take most lines. */
static void break_heads(layout *l, size_t limit)
{
  for (size_t c = 0; c < l->columns; c++) {
    const size_t word = longest_word(l->head[c]);
    l->width[c] = word > l->cells[c] ? word : l->cells[c];
  }
  for (size_t left = limit > total_width(l) ? limit - total_width(l) : 0; left > 0; left--) {
    size_t most = l->columns;
    double lines = 1;
    for (size_t c = 0; c < l->columns; c++) {
      const double own = (double)width_of(l->head[c]) / (double)l->width[c];
      if (own <= lines) continue;
      lines = own;
      most = c;
    }
    if (most == l->columns) return; /* each is on one line */
    l->width[most]++;
  }
}

/* Make the widest text so narrow that all fits.  False: it would be too narrow to read. */
static bool narrow(layout *l, size_t limit)
{
  size_t widest = l->columns, total = total_width(l);
  for (size_t c = 0; c < l->columns; c++)
    if (!l->right[c] && (widest == l->columns || l->width[c] > l->width[widest])) widest = c;
  if (widest == l->columns || total <= limit) return total <= limit;
  const size_t over = total - limit;
  if (l->width[widest] < over + WRAP_LEAST) return false;
  l->width[widest] -= over;
  return true;
}

/* ---- lines ---- */

/* Bytes of the text that fit in a line of `width` characters, broken at a blank, with `behind` behind an underscore
 * too, or in the middle of a word that is longer than a line; *skip: and the blanks behind them. */
static size_t line_of(const char *text, size_t width, bool behind, size_t *skip)
{
  size_t at = 0, characters = 0, end = 0;
  for (; text[at]; at++) {
    if (starts_character(text[at]) && characters++ == width) break;
    if (text[at] == ' ') end = at;
    if (text[at] == '_' && behind) end = at + 1;
  }
  if (!text[at] || text[at] == ' ' || end == 0) end = at;
  *skip = strspn(text + end, " ");
  return end;
}

/* Tables have many: not by a format. */
static void put_blanks(qy_text *out, size_t count)
{
  static const char blanks[] = "                                                                ";
  for (size_t piece; count > 0; count -= piece) {
    piece = count < sizeof blanks - 1 ? count : sizeof blanks - 1;
    qy_text_put(out, blanks, piece);
  }
}

static void put_padded(qy_text *out, const char *text, size_t bytes, size_t width, bool right, bool last)
{
  size_t characters = 0;
  for (size_t i = 0; i < bytes; i++)
    characters += starts_character(text[i]);
  const size_t pad = width > characters ? width - characters : 0;
  if (right) put_blanks(out, pad);
  qy_text_put(out, text, bytes);
  if (!right && !last) put_blanks(out, pad);
}

/* No line ends in blanks. */
static void end_line(qy_text *out)
{
  while (!out->failed && out->length > 0 && out->data[out->length - 1] == ' ')
    out->data[--out->length] = '\0';
  put_text(out, "\n");
}

/* One row of cells, in as many lines as the longest of its texts takes. */
static void put_row(qy_text *out, const layout *l, const char **rest, bool head)
{
  bool more = true;
  while (more) {
    more = false;
    for (size_t c = 0; c < l->columns; c++) {
      size_t skip, bytes = line_of(rest[c], l->width[c], head, &skip);
      if (c) put_blanks(out, GAP);
      put_padded(out, rest[c], bytes, l->width[c], l->right[c], c + 1 == l->columns);
      rest[c] += bytes + skip;
      more |= *rest[c] != '\0';
    }
    end_line(out);
  }
}

static bool put_columns(qy_text *out, const layout *l, qy_arena *arena)
{
  const char **rest = qy_arena_alloc(arena, l->columns, sizeof *rest);
  if (!rest) return false;
  memcpy(rest, l->head, l->columns * sizeof *rest);
  put_row(out, l, rest, true);
  for (size_t r = 0; r < l->rows; r++) {
    memcpy(rest, &l->text[r * l->columns], l->columns * sizeof *rest);
    put_row(out, l, rest, false);
  }
  return true;
}

/* ---- vertical ---- */

/* A value, its unit behind it, in lines that fit. */
static void put_value(qy_text *out, const char *text, size_t indent, size_t limit)
{
  const size_t width = limit > indent + WRAP_LEAST ? limit - indent : (size_t)-1;
  size_t skip, bytes = line_of(text, width, false, &skip);
  qy_text_put(out, text, bytes);
  for (text += bytes + skip; *text; text += bytes + skip) {
    put_text(out, "\n");
    put_blanks(out, indent);
    bytes = line_of(text, width, false, &skip);
    qy_text_put(out, text, bytes);
  }
  end_line(out);
}

static bool put_vertical(qy_text *out, shown_grid *g, size_t limit)
{
  size_t width = 0;
  for (size_t c = 0; c < g->columns; c++)
    if (!g->column[c].bound && width_of(g->column[c].name) > width) width = width_of(g->column[c].name);
  for (size_t r = 0; r < g->rows; r++) {
    if (r) put_text(out, "\n");
    for (size_t c = 0; c < g->columns; c++) {
      const shown_column *column = &g->column[c];
      if (column->bound) continue;
      const char *text = folded(g, r, c, FOLD_BRACKETS);
      if (text && column->unit[0] && strcmp(text, "-") != 0)
        text = qy_arena_format(g->arena, "%s %s", text, column->unit);
      if (!text) return false;
      put_padded(out, column->name, strlen(column->name), width + GAP, false, false);
      put_value(out, text, width + GAP, limit);
    }
  }
  return true;
}

/* ---- all ---- */

static bool has_bounds(const shown_grid *g)
{
  for (size_t c = 0; c < g->columns; c++)
    if (g->column[c].bound) return true;
  return false;
}

bool table_render_aligned(const qy_table *t, qy_text *out)
{
  shown_grid g;
  layout l;
  bool whole = shown_make(&g, t), fits = false, dropped = false;
  const bool vertical = t->vertical && g.rows > 0;
  for (int how = FOLD_NONE; whole && !vertical && !fits && how < FOLDS; how++) {
    whole = lay_out(&l, &g, (fold)how);
    fits = whole && (t->width == 0 || g.rows == 0 || total_width(&l) <= t->width);
    if (whole && !fits && how != FOLD_NONE) {
      break_heads(&l, t->width);
      fits = total_width(&l) <= t->width || (how >= FOLD_HALF && narrow(&l, t->width));
    }
    dropped = how == FOLD_DROPPED && fits;
  }
  if (whole) whole = fits ? put_columns(out, &l, g.arena) : put_vertical(out, &g, t->width);
  if (whole && dropped && has_bounds(&g)) qy_text_add(out, "(without its intervals, which do not fit the line)\n");
  shown_free(&g);
  return whole;
}
