/* Tables whose rows have units of their own, beside what the header's words make of them. */
#include "quarry/table.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include "random.h"
#include "rounding.h"
#include "tap.h"

#include <inttypes.h>

enum { WHAT, VALUE, UNIT, LOW, HIGH, COLUMNS, ROWS = 5, OUT = 4096 };

static uint64_t seed = 23;

/* Behind what stands in out[OUT]. */
#define put(out, ...) qy_append(out, OUT, strlen(out), __VA_ARGS__)

typedef struct row {
  char what[32];
  const char *unit; /* NULL: null */
  double number[3]; /* value, lower and upper bound; NAN: null */
  bool integer;
} row;

static row some_row(int number)
{
  static const char *const ends[] = {"_um2", "_us", "_uj", "_bytes", "_mhz", "", "_x"}, *const units[] = {
                                                                                            "µm²", "µs", "µJ",    "B",
                                                                                            "MHz", "",   "parsec"};
  const size_t kind = random_below(&seed, 7);
  row r = {.unit = units[random_below(&seed, 3) ? kind : random_below(&seed, 7)]};
  snprintf(r.what, sizeof r.what, "what%d%s", number, ends[kind]);
  if (random_below(&seed, 8) == 0) r.unit = NULL;
  double x = pow(10, (int)random_below(&seed, 14) - 5) * (1 + random_unit(&seed));
  r.integer = random_below(&seed, 3) == 0;
  if (r.integer || random_below(&seed, 4) == 0) x = rint(x);
  const double wide = fabs(x) * pow(10, -1 - (int)random_below(&seed, 4)) * (1 + random_unit(&seed));
  r.number[0] = !r.integer && random_below(&seed, 10) == 0 ? NAN : x;
  r.number[1] = random_below(&seed, 6) ? x - wide : NAN;
  r.number[2] = random_below(&seed, 6) ? x + wide : NAN;
  if (random_below(&seed, 6) == 0)
    for (int k = 1; k < 3; k++)
      r.number[k] = rint(r.number[k]);
  return r;
}

/* One cell as it is read. */
static void put_cell(char *out, const row *r, int column)
{
  char read[QY_UNIT_TEXT] = "", own[QY_UNIT_TEXT], head[32], text[ROUNDED_TEXT];
  double factor = 1, x[3];
  int place;
  if (r->unit && !isnan(r->number[0]))
    factor =
        qy_unit_for_reading(read, r->unit, strcmp(r->unit, "B") == 0 && whole(r->number[0]) ? 0 : fabs(r->number[0]));
  if (column == WHAT) {
    const bool states = qy_unit_of_name(own, head, sizeof head, r->what) && r->unit && strcmp(own, r->unit) == 0;
    put(out, "%s", states ? head : r->what);
  } else if (column == UNIT) {
    put(out, "%s", read[0] ? read : r->unit ? r->unit : "-");
  } else {
    const double number = r->number[column == VALUE ? 0 : column == LOW ? 1 : 2];
    for (int k = 0; k < 3; k++)
      x[k] = factor * r->number[k];
    if (isnan(number)) {
      put(out, "-");
    } else if (!isnan(x[0] + x[1] + x[2]) && place_of(&place, x[0], x[1], x[2])) {
      round_at(text, factor * number, place);
      put(out, "%s", text);
    } else if (r->integer && column == VALUE && factor == 1) {
      put(out, "%.0f", number);
    } else {
      plain(text, factor * number, 4);
      put(out, "%s", text);
    }
  }
}

int main(void)
{
  enum { TABLES = 2000 };
  static const char *const names[COLUMNS] = {"what", "value", "unit", "low", "high"};
  int wrong = 0;
  for (int i = 0; i < TABLES; i++) {
    char expected[OUT] = "";
    const char *head[COLUMNS];
    int order[COLUMNS] = {WHAT, VALUE, UNIT, LOW, HIGH}, at[COLUMNS];
    row r[ROWS];
    const int rows = (int)random_below(&seed, ROWS + 1);
    for (size_t c = COLUMNS - 1; c > 0; c--) {
      const size_t other = random_below(&seed, c + 1);
      const int had = order[c];
      order[c] = order[other];
      order[other] = had;
    }
    for (int c = 0; c < COLUMNS; c++) {
      head[c] = names[order[c]];
      at[order[c]] = c;
    }
    qy_table *t = qy_table_new(COLUMNS, head);
    qy_table_interval(t, (size_t)at[VALUE], (size_t)at[LOW], (size_t)at[HIGH]);
    qy_table_row_unit(t, (size_t)at[UNIT], (size_t)at[WHAT]);
    for (int k = 0; k < rows; k++) {
      r[k] = some_row(k);
      for (int c = 0; c < COLUMNS; c++) {
        if (order[c] == WHAT)
          qy_table_text(t, r[k].what);
        else if (order[c] == UNIT)
          qy_table_text(t, r[k].unit);
        else if (order[c] == VALUE && r[k].integer)
          qy_table_integer(t, (int64_t)r[k].number[0]);
        else
          qy_table_number(t, r[k].number[order[c] == VALUE ? 0 : order[c] == LOW ? 1 : 2]);
      }
    }
    for (int k = -2; k < rows; k++) {
      for (int c = 0; c < COLUMNS; c++) {
        bool right = false;
        for (int n = 0; n < rows; n++)
          right |= order[c] != WHAT && order[c] != UNIT &&
                   !isnan(r[n].number[order[c] == VALUE ? 0
                                      : order[c] == LOW ? 1
                                                        : 2]);
        if (k == -1) put(expected, right ? "|---:" : "|:---");
        if (k == -1) continue;
        put(expected, "| ");
        if (k < 0)
          put(expected, "%s", head[c]);
        else
          put_cell(expected, &r[k], order[c]);
        put(expected, " ");
      }
      put(expected, "|\n");
    }
    qy_text text = {0};
    qy_table_render(t, QY_TABLE_MARKDOWN, &text, NULL);
    if (strcmp(text.data, expected) != 0 && wrong++ < 3) printf("# %s# expected\n%s", text.data, expected);
    qy_text_free(&text);
    qy_table_free(t);
  }
  is_int(wrong, 0, "rows with units of their own");
  return done();
}
