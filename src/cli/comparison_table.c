/* The gains over a base design, as the database has them, printed: see comparisons.h. */
#include "comparisons_int.h"

#include "cli.h"
#include "session.h"

#include "quarry/comparison.h"
#include "quarry/decimal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SHORT_DIGITS = 40, DIGITS_LEAST = 4, DIGITS_MOST = 12, NOTES_MAX = 16, NOTE_BYTES = 420, PLACES_BYTES = 240 };

/* What is to be known of a gain, once for all groups of points of which it is the same. */
typedef struct note {
  char head[NOTE_BYTES], text[NOTE_BYTES];
  char places[PLACES_BYTES]; /* the groups: "lp55, 8 bit; lp55, 4 bit" */
  int more;                  /* further ones that have no room there */
} note;

typedef struct printing {
  table *t;
  comparison_units *units;
  int keys;
  int digits;     /* of budgets */
  bool brief;     /* an aligned table */
  bool intervals; /* of draws */
  bool held;      /* are axes or qualities, in any row? */
  note note[NOTES_MAX];
  int notes, empty; /* rows left out */
  bool cut;         /* of the notes */
} printing;

/* Aligned tables: four digits say as much as a gain deserves. */
static void gain_cell(const printing *p, double gain)
{
  char digits[SHORT_DIGITS];
  if (isnan(gain)) {
    table_digits(p->t, NULL);
  } else if (p->brief) {
    qy_print(digits, sizeof digits, "%.4g", gain);
    table_digits(p->t, digits);
  } else {
    table_number(p->t, gain);
  }
}

/* The unit of low, high and better_from: that of the metric of the budgets; in aligned tables that in which people read
 * it.  What they are multiplied by. */
static double unit_of(char unit[QY_UNIT_TEXT], const printing *p, const char *budget)
{
  const int metric = budget ? qy_metric_find(budget) : -1;
  const struct comparison_unit *read = metric >= 0 && p->brief ? comparison_unit(p->units, metric) : NULL;
  snprintf(unit, QY_UNIT_TEXT, "%s", read ? read->text : metric >= 0 ? qy_metric_table()[metric].unit : "");
  return read ? read->factor : 1;
}

/* So many significant digits, without an exponent. */
static void write_plain(char out[SHORT_DIGITS], double x, int digits)
{
  qy_print(out, SHORT_DIGITS, "%.*g", digits, x);
  if (strchr(out, 'e')) qy_print(out, SHORT_DIGITS, "%.15g", qy_decimal(out, NULL));
}

/* So many digits that no two budgets of a row that differ read alike, in all rows; whether any has what is held.
 * Columns: low, high, better_from, what is held. */
static int looked_row(void *ctx, const qy_store_value *value)
{
  enum { BUDGETS = 3 };
  printing *p = ctx;
  p->held |= value[BUDGETS].text != NULL;
  for (int i = 0; i < BUDGETS; i++)
    for (int k = 0; k < i; k++) {
      char one[SHORT_DIGITS], other[SHORT_DIGITS];
      const double x = value[i].number, y = value[k].number;
      if (isnan(x) || isnan(y)) continue;
      for (; p->digits < DIGITS_MOST && fabs(x - y) > 1e-9 * fabs(x); p->digits++) {
        write_plain(one, x, p->digits);
        write_plain(other, y, p->digits);
        if (strcmp(one, other) != 0) break;
      }
    }
  return 0;
}

static qy_status look(printing *p, qy_store *store, int64_t id, qy_error *err)
{
  char sql[320];
  p->digits = DIGITS_LEAST;
  snprintf(sql, sizeof sql,
           "SELECT low, high, better_from, " QY_COMPARISON_HELD " FROM comparison WHERE experiment = %" PRId64, id);
  return qy_store_query_values(store, sql, looked_row, p, err);
}

static void budget_cell(const printing *p, double budget, double factor)
{
  char digits[SHORT_DIGITS];
  if (isnan(budget) || !p->brief) {
    table_number(p->t, budget);
    return;
  }
  write_plain(digits, factor * budget, p->digits);
  table_digits(p->t, digits);
}

/* The keys of a row: "lp55, 8 bit". */
static void put_place(char out[PLACES_BYTES], const printing *p, const qy_store_value *label)
{
  size_t used = 0;
  out[0] = '\0';
  for (int k = 0; k < p->keys; k++)
    used = qy_append(out, PLACES_BYTES, used, "%s%s", k ? ", " : "", label[k].text ? label[k].text : "-");
}

static void keep_note(printing *p, const qy_store_value *label, const char *design, const char *metric,
                      const char *at_equal, const char *text)
{
  char head[NOTE_BYTES], line[NOTE_BYTES], place[PLACES_BYTES];
  put_place(place, p, label);
  snprintf(head, sizeof head, "%.40s, %s at equal %s", design, metric, at_equal);
  snprintf(line, sizeof line, "%.400s", text);
  int n = 0;
  while (n < p->notes && (strcmp(p->note[n].head, head) != 0 || strcmp(p->note[n].text, line) != 0))
    n++;
  if (n == NOTES_MAX) {
    p->cut = true;
    return;
  }
  note *to = &p->note[n];
  const size_t used = strlen(to->places);
  if (n == p->notes) {
    p->notes++;
    *to = (note){.more = 0};
    memcpy(to->head, head, sizeof head);
    memcpy(to->text, line, sizeof line);
    memcpy(to->places, place, sizeof place);
  } else if (used + strlen(place) + 3 > sizeof to->places) {
    to->more++;
  } else {
    qy_append(to->places, sizeof to->places, used, "; %s", place);
  }
}

/* ---- columns ---- */

/* In which tables a column stands: brief ones are for people. */
typedef enum { ALWAYS, UNLESS_EMPTY, WITH_DRAWS, NOT_BRIEF, NEVER } place_in;
typedef enum { WORDS, UNIT, BUDGET, GAIN } content;

enum { AT_EQUAL, BASE, DESIGN, METRIC, BUDGET_OF, HELD, UNIT_OF, LOW, HIGH, GAIN_OF, UNLIMITED = 13, BETTER = 16 };

static const struct column {
  const char *name, *sql; /* sql NULL: the name */
  place_in place;
  content content;
} column[] = {
    [AT_EQUAL] = {"at_equal", NULL, NEVER, WORDS}, /* for notes */
    [BASE] = {"base", NULL, NOT_BRIEF, WORDS},
    [DESIGN] = {"design", NULL, ALWAYS, WORDS},
    [METRIC] = {"metric", NULL, ALWAYS, WORDS},
    [BUDGET_OF] = {"budget", QY_COMPARISON_BUDGET, ALWAYS, WORDS},
    [HELD] = {"held", QY_COMPARISON_HELD, UNLESS_EMPTY, WORDS},
    [UNIT_OF] = {"unit", "NULL", ALWAYS, UNIT},
    [LOW] = {"low", NULL, ALWAYS, BUDGET},
    [HIGH] = {"high", NULL, ALWAYS, BUDGET},
    [GAIN_OF] = {"gain", NULL, ALWAYS, GAIN},
    {"p05", NULL, WITH_DRAWS, GAIN},
    {"p95", NULL, WITH_DRAWS, GAIN},
    {"gain_min", NULL, NOT_BRIEF, GAIN},
    {"gain_max", NULL, NOT_BRIEF, GAIN},
    {"unlimited", NULL, ALWAYS, GAIN},
    {"unlimited_p05", NULL, WITH_DRAWS, GAIN},
    {"unlimited_p95", NULL, WITH_DRAWS, GAIN},
    {"better_pct", NULL, ALWAYS, GAIN},
    {"better_from", NULL, ALWAYS, BUDGET},
    {"note", NULL, NOT_BRIEF, WORDS},
};
enum { COLUMNS = sizeof column / sizeof *column, NOTE = COLUMNS - 1 };

static bool is_shown(const printing *p, const struct column *c)
{
  if (c->place == UNLESS_EMPTY) return p->held || !p->brief;
  if (c->place == WITH_DRAWS) return p->intervals || !p->brief;
  return c->place == ALWAYS || (c->place == NOT_BRIEF && !p->brief);
}

/* Columns: labels, then those of the table above. */
static int stored_row(void *ctx, const qy_store_value *value)
{
  printing *p = ctx;
  const qy_store_value *v = value + p->keys;
  if (p->brief && v[NOTE].text) keep_note(p, value, v[DESIGN].text, v[METRIC].text, v[AT_EQUAL].text, v[NOTE].text);
  if (p->brief && isnan(v[LOW].number) && isnan(v[GAIN_OF].number) && isnan(v[UNLIMITED].number) &&
      isnan(v[BETTER].number)) { /* the note says why */
    p->empty++;
    return 0;
  }
  char unit[QY_UNIT_TEXT];
  const double factor = unit_of(unit, p, v[BUDGET_OF].text);
  for (int k = 0; k < p->keys; k++)
    table_text(p->t, value[k].text);
  for (int c = 0; c < COLUMNS; c++) {
    if (!is_shown(p, &column[c])) continue;
    switch (column[c].content) {
    case WORDS: table_text(p->t, v[c].text); break;
    case UNIT: table_text(p->t, *unit ? unit : NULL); break;
    case BUDGET: budget_cell(p, v[c].number, factor); break;
    case GAIN: gain_cell(p, v[c].number); break;
    }
  }
  return 0;
}

static table *new_table(const printing *p, const qy_plan_info *info, const qy_key *keys, int key_count, int format)
{
  const char *names[QY_KEY_COUNT + COLUMNS];
  int n = 0;
  for (int k = 0; k < key_count; k++)
    if (keys[k] != QY_KEY_DESIGN) names[n++] = plan_key_name(keys[k], info);
  for (int c = 0; c < COLUMNS; c++)
    if (is_shown(p, &column[c])) names[n++] = column[c].name;
  return table_new(format, n, names);
}

static void print_notes(const printing *p)
{
  if (p->empty) say("  rows without a gain, left out (why: below): %d\n", p->empty);
  for (int i = 0; i < p->notes; i++) {
    const note *n = &p->note[i];
    char more[40] = "";
    if (n->more) snprintf(more, sizeof more, "; %d more", n->more);
    say("  %s%s%s%s%s: %s\n", n->head, *n->places ? " (" : "", n->places, more, *n->places ? ")" : "", n->text);
  }
  if (p->cut) say("  ... (column `note` of table comparison has all)\n");
}

qy_status comparisons_print(const qy_plan_info *info, const qy_points *points, qy_store *store, int64_t id,
                            const qy_key *keys, int key_count, int format, qy_error *err)
{
  comparison_units units = {.points = points};
  printing p = {.units = &units, .brief = format == QY_TABLE_ALIGNED, .intervals = info->draws > 0};
  qy_text sql = {0};
  qy_text_add(&sql, "SELECT ");
  for (int k = 0; k < key_count; k++) {
    if (keys[k] == QY_KEY_DESIGN) continue;
    const char *name = plan_key_name(keys[k], info);
    qy_text_add(&sql, "within ->> '$.\"%s\"', ", name);
    p.keys++;
  }
  for (int c = 0; c < COLUMNS; c++)
    qy_text_add(&sql, "%s%s", c ? ", " : "", column[c].sql ? column[c].sql : column[c].name);
  qy_text_add(&sql, " FROM comparison WHERE experiment = %" PRId64 " ORDER BY position", id);
  qy_status status = sql.failed ? qy_no_memory(err) : look(&p, store, id, err);
  p.t = new_table(&p, info, keys, key_count, format);
  if (!status) status = qy_store_query_values(store, sql.data, stored_row, &p, err);
  qy_text_free(&sql);
  if (status)
    table_drop(p.t);
  else
    table_print(p.t);
  if (!status) print_notes(&p);
  return status;
}
