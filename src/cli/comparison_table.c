/* The gains over a base design, as the database has them, printed: see comparisons.h. */
#include "comparisons.h"

#include "cli.h"
#include "session.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FIXED = 15,
  SHORT_DIGITS = 40,
  DIGITS_LEAST = 4,
  DIGITS_MOST = 12,
  NOTES_MAX = 16,
  NOTE_BYTES = 420,
  PLACES_BYTES = 240
};

/* What is to be known of a gain, once for all groups of points of which it is the same. */
typedef struct note {
  char head[NOTE_BYTES], text[NOTE_BYTES];
  char places[PLACES_BYTES]; /* the groups: "lp55, 8 bit; lp55, 4 bit" */
  int more;                  /* further ones that have no room there */
} note;

typedef struct printing {
  table *t;
  int keys;
  int digits;     /* of budgets */
  bool brief;     /* an aligned table */
  bool intervals; /* of draws */
  note note[NOTES_MAX];
  int notes, empty; /* rows left out */
  bool cut;         /* of the notes */
} printing;

/* Aligned tables: four digits say as much as a gain deserves. */
static void gain_cell(const printing *p, const char *text)
{
  char digits[SHORT_DIGITS];
  if (!text) {
    table_digits(p->t, NULL);
  } else if (p->brief) {
    snprintf(digits, sizeof digits, "%.4g", strtod(text, NULL));
    table_digits(p->t, digits);
  } else {
    table_number(p->t, strtod(text, NULL));
  }
}

/* The unit of low, high and better_from: that of the metric of the budgets, the first of at_equal. */
static const char *unit_of(const char *at_equal)
{
  char name[64];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(at_equal, ","), at_equal);
  const int metric = qy_metric_find(name);
  return metric < 0 || !*qy_metric_table()[metric].unit ? NULL : qy_metric_table()[metric].unit;
}

/* So many significant digits, without an exponent. */
static void write_plain(char out[SHORT_DIGITS], double x, int digits)
{
  snprintf(out, SHORT_DIGITS, "%.*g", digits, x);
  if (strchr(out, 'e')) snprintf(out, SHORT_DIGITS, "%.15g", strtod(out, NULL));
}

/* So many digits that no two budgets of a row that differ read alike, in all rows: ctx has the most so far.  Columns:
 * low, high, better_from. */
static int digits_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  int *digits = ctx;
  (void)columns, (void)names, (void)types;
  for (int i = 0; i < 3; i++)
    for (int k = 0; k < i; k++) {
      char one[SHORT_DIGITS], other[SHORT_DIGITS];
      if (!value[i] || !value[k]) continue;
      const double x = strtod(value[i], NULL), y = strtod(value[k], NULL);
      for (; *digits < DIGITS_MOST && fabs(x - y) > 1e-9 * fabs(x); ++*digits) {
        write_plain(one, x, *digits);
        write_plain(other, y, *digits);
        if (strcmp(one, other) != 0) break;
      }
    }
  return 0;
}

static qy_status find_digits(printing *p, qy_store *store, int64_t id, qy_error *err)
{
  char sql[160];
  p->digits = DIGITS_LEAST;
  snprintf(sql, sizeof sql, "SELECT low, high, better_from FROM comparison WHERE experiment = %" PRId64, id);
  return qy_store_query(store, sql, digits_row, &p->digits, err);
}

static void budget_cell(const printing *p, const char *text)
{
  char digits[SHORT_DIGITS];
  if (text && p->brief) write_plain(digits, strtod(text, NULL), p->digits);
  if (text && p->brief)
    table_digits(p->t, digits);
  else
    table_number(p->t, text ? strtod(text, NULL) : NAN);
}

/* The keys of a row: "lp55, 8 bit". */
static void put_place(char out[PLACES_BYTES], const printing *p, const char *const *label)
{
  size_t used = 0;
  out[0] = '\0';
  for (int k = 0; k < p->keys; k++)
    used = qy_append(out, PLACES_BYTES, used, "%s%s", k ? ", " : "", label[k] ? label[k] : "-");
}

/* value: design, metric, at_equal. */
static void keep_note(printing *p, const char *const *label, const char *const *value, const char *text)
{
  char head[NOTE_BYTES], line[NOTE_BYTES], place[PLACES_BYTES];
  put_place(place, p, label);
  snprintf(head, sizeof head, "%.40s, %s at equal %s", value[0], value[1], value[2]);
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

/* Columns: labels, then base, design, metric, at_equal, low, high, gain, p05, p95, gain_min, gain_max,
 * unlimited, better_pct, better_from, note. */
static int stored_row(void *ctx, int columns, const char *const *names, const char *const *value, const int *types)
{
  enum { BASE, DESIGN, METRIC, AT, LOW, HIGH, GAIN, P05, P95, LEAST, MOST, UNLIMITED, BETTER, FROM, NOTE };
  printing *p = ctx;
  (void)columns, (void)names, (void)types;
  const char *const *v = value + p->keys;
  if (p->brief && v[NOTE]) keep_note(p, value, v + DESIGN, v[NOTE]);
  if (p->brief && !v[LOW] && !v[GAIN] && !v[UNLIMITED] && !v[BETTER]) { /* the note says why */
    p->empty++;
    return 0;
  }
  for (int k = 0; k < p->keys; k++)
    table_text(p->t, value[k]);
  if (!p->brief) table_text(p->t, v[BASE]);
  table_row(p->t, TEXT(v[DESIGN]), TEXT(v[METRIC]), TEXT(v[AT]), TEXT(unit_of(v[AT])));
  budget_cell(p, v[LOW]);
  budget_cell(p, v[HIGH]);
  gain_cell(p, v[GAIN]);
  for (int i = P05; i <= P95 && (p->intervals || !p->brief); i++)
    gain_cell(p, v[i]);
  for (int i = LEAST; i <= MOST && !p->brief; i++)
    gain_cell(p, v[i]);
  gain_cell(p, v[UNLIMITED]);
  gain_cell(p, v[BETTER]);
  budget_cell(p, v[FROM]);
  if (!p->brief) table_text(p->t, v[NOTE]);
  return 0;
}

static table *new_table(const printing *p, const qy_plan_info *info, const qy_key *keys, int key_count, int format)
{
  const char *names[QY_KEY_COUNT + FIXED + 1];
  int n = 0;
  for (int k = 0; k < key_count; k++)
    if (keys[k] != QY_KEY_DESIGN) names[n++] = plan_key_name(keys[k], info);
  if (!p->brief) names[n++] = "base";
  static const char *const first[] = {"design", "metric", "at_equal", "unit", "low", "high", "gain"};
  for (size_t i = 0; i < sizeof first / sizeof *first; i++)
    names[n++] = first[i];
  if (p->intervals || !p->brief) {
    names[n++] = "p05";
    names[n++] = "p95";
  }
  if (!p->brief) {
    names[n++] = "gain_min";
    names[n++] = "gain_max";
  }
  names[n++] = "unlimited";
  names[n++] = "better_pct";
  names[n++] = "better_from";
  if (!p->brief) names[n++] = "note";
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

qy_status comparisons_print(const qy_plan_info *info, qy_store *store, int64_t id, const qy_key *keys, int key_count,
                            int format, qy_error *err)
{
  printing p = {.brief = format == QY_TABLE_ALIGNED, .intervals = info->draws > 0};
  qy_text sql = {0};
  qy_text_add(&sql, "SELECT ");
  for (int k = 0; k < key_count; k++) {
    if (keys[k] == QY_KEY_DESIGN) continue;
    const char *name = plan_key_name(keys[k], info);
    qy_text_add(&sql, "within ->> '$.\"%s\"', ", name);
    p.keys++;
  }
  qy_text_add(&sql,
              "base, design, metric, at_equal, low, high, gain, p05, p95, gain_min, gain_max, unlimited, better_pct, "
              "better_from, note FROM comparison WHERE experiment = %" PRId64 " ORDER BY position",
              id);
  p.t = new_table(&p, info, keys, key_count, format);
  qy_status status = sql.failed ? qy_no_memory(err) : find_digits(&p, store, id, err);
  if (!status) status = qy_store_query(store, sql.data, stored_row, &p, err);
  qy_text_free(&sql);
  if (status)
    table_drop(p.t);
  else
    table_print(p.t);
  if (!status) print_notes(&p);
  return status;
}
