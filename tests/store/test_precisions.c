/* Precisions and assignments: labels, the views that show them, what is refused.  Expected values are hand-made rows.
 * */
#include "quarry/points.h"
#include "random.h"
#include "store_test.h"

#include <math.h>

enum { POINTS = 12, PRECISIONS = 5 };

/* The axis: 16 bit, w4a8, assigned three times, 8 bit; for each two technologies, of one design at one clock.  Points
 * of lp55 have twice the area; the assignments of the technologies are the same two, in another order. */
static const struct {
  int precision, bits[2];
  const char *assignment[2];
  double area[2], latency[2];
} axis[] = {
    {0, {16, 16}, {NULL, NULL}, {50, 100}, {40, 40}},
    {1, {8, 8}, {NULL, NULL}, {20, 40}, {15, 15}},
    {2,
     {8, 16},
     {"{\"layers\": {\"a\": \"8\", \"b/c\": \"w4a8\"}, \"epsilon\": 0, \"optimal\": true, \"bound\": 2.5}",
      "{\"layers\": {\"a\": \"w16a4\", \"b/c\": \"8\"}, \"members\": {\"b/c\": \"array\"}, \"epsilon\": 0}"},
     {10, 60},
     {20, 30}},
    {2,
     {16, 8},
     {"{\"layers\": {\"a\": \"w16a4\", \"b/c\": \"8\"}, \"members\": {\"b/c\": \"array\"}, \"epsilon\": 0.5}",
      "{\"layers\": {\"a\": \"8\", \"b/c\": \"w4a8\"}}"},
     {30, 20},
     {30, 20}},
    {2, {0, 0}, {NULL, NULL}, {0, 0}, {0, 0}}, /* the front has two points */
    {3, {8, 8}, {NULL, NULL}, {15, 30}, {10, 10}},
};

static void fill(fixture *f, qy_store_row row[POINTS])
{
  f->precision[1] = (qy_store_precision){"w4a8", 4, 8};
  f->precision[2] = (qy_store_precision){"assigned", 0, 0};
  f->precision[3] = (qy_store_precision){"8 bit", 8, 8};
  f->precision[4] = (qy_store_precision){"4 bit", 4, 4}; /* of no point */
  f->e.precision_count = PRECISIONS;
  f->e.objectives = "[\"area_um2\", \"latency_us\"]";
  for (int i = 0; i < POINTS; i++) {
    const int a = i / 2, t = i % 2;
    row[i] = (qy_store_row){.point = i,
                            .technology = t,
                            .precision = axis[a].precision,
                            .precision_bits = axis[a].bits[t],
                            .clock_mhz = 100,
                            .assignment = axis[a].assignment[t],
                            .reason = axis[a].area[t] > 0 ? NULL : "the front of assignments has fewer points"};
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      row[i].metric[m] = 1;
    row[i].metric[QY_AREA_UM2] = axis[a].area[t];
    row[i].metric[QY_LATENCY_US] = axis[a].latency[t];
  }
}

static qy_status store_all(const char *file, qy_error *err)
{
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  qy_store_row row[POINTS];
  static const qy_store_design design = {0, "RDM", "{\"channels\": 4}"};
  static const int64_t on_front[] = {4, 6, 10};
  static const qy_store_front front = {"fdsoi28", on_front, 3};
  fixture_make(&f, "name: precisions\n", POINTS, POINTS);
  fill(&f, row);
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, err);
  if (!status) status = qy_store_batch(store, 0, row, POINTS, &design, 1, err);
  if (!status) status = qy_store_finish(store, &front, 1, err);
  qy_store_close(store);
  return status;
}

static void views(const char *file)
{
  static const struct {
    const char *sql, *expected, *what;
  } row[] = {
      {"SELECT group_concat(label || ' ' || coalesce(weight_bits, '-') || ' ' || coalesce(activation_bits, '-'), '; ') "
       "FROM (SELECT p.* FROM experiment_precision x JOIN precision p ON p.id = x.precision ORDER BY x.position)",
       "16 bit 16 16; w4a8 4 8; assigned - -; 8 bit 8 8; 4 bit 4 4", "the precisions of the experiment, in order"},
      {"SELECT group_concat(precision || ' ' || precision_bits || ' ' || coalesce(weight_bits, '-') || ' ' || "
       "coalesce(activation_bits, '-') || ' ' || (assignment IS NOT NULL), '; ') FROM (SELECT * FROM point WHERE "
       "technology = 'fdsoi28' ORDER BY point)",
       "16 bit 16 16 16 0; w4a8 8 4 8 0; assigned 8 - - 1; assigned 16 - - 1; assigned 0 - - 0; 8 bit 8 8 8 0",
       "point: label, bits, assignment"},
      {"SELECT group_concat(precision || ' ' || point || ' ' || coalesce(json_extract(assignment, '$.bound'), '-'), '; "
       "') "
       "FROM (SELECT * FROM front_point ORDER BY point)",
       "assigned 4 2.5; assigned 6 -; 8 bit 10 -", "front_point: the same"},
      {"SELECT group_concat(point || ' ' || layer || ' ' || weight_bits || ' ' || activation_bits || ' ' || "
       "coalesce(member, '-'), '; ') FROM (SELECT * FROM layer_precision WHERE technology = 'fdsoi28')",
       "4 a 8 8 -; 4 b/c 4 8 -; 6 a 16 4 -; 6 b/c 8 8 array", "layer_precision: a row a point and layer, in order"},
      {"SELECT count(*) || ' ' || count(DISTINCT precision) || ' ' || min(design) FROM layer_precision", "8 1 RDM",
       "layer_precision: of points with assignments"},
      {"SELECT group_concat(technology || ' ' || precision || ' ' || value || ' ' || point, '; ') FROM (SELECT * FROM "
       "best WHERE objective = 'area_um2' ORDER BY technology, point)",
       "fdsoi28 16 bit 50.0 0; fdsoi28 w4a8 20.0 2; fdsoi28 assigned 10.0 4; fdsoi28 8 bit 15.0 10; "
       "lp55 16 bit 100.0 1; lp55 w4a8 40.0 3; lp55 assigned 20.0 7; lp55 8 bit 30.0 11",
       "best: for each label, the first of equals"},
      /* Of the assigned ones 4 and 7 have the same layers, and 6 and 5. */
      {"SELECT group_concat(point || ' ' || precision || ' ' || precision_bits || ' ' || coalesce(weight_bits, '-') || "
       "' ' || area_ratio, '; ') FROM (SELECT * FROM compare ORDER BY point)",
       "1 16 bit 16 16 2.0; 3 w4a8 8 4 2.0; 5 assigned 16 - 2.0; 7 assigned 8 - 2.0; 11 8 bit 8 8 2.0",
       "compare: the same precision, and of assigned points the same layers"},
      {"SELECT sum(points) || ' ' || reason FROM infeasible", "2 the front of assignments has fewer points",
       "points beyond the front"},
      {"PRAGMA foreign_key_check", "(no row)", "every key leads somewhere"},
  };
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
    is_text(ask(file, row[i].sql), row[i].expected, row[i].what);
}

static void labels(const char *file)
{
  static const int metrics[] = {QY_AREA_UM2, QY_LATENCY_US};
  static const char *const expected[] = {"w4a8", "8 bit", "16 bit", "assigned"};
  static const qy_key keys[] = {QY_KEY_DESIGN, QY_KEY_PRECISION};
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points points = {0};
  qy_groups groups = {0};
  is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "it is read");
  is_status(qy_points_read(&points, store, 1, metrics, 2, NULL, &err), QY_OK, &err, "by columns");
  is_int((long)points.label_count[QY_KEY_PRECISION], 4, "precisions that no point has are left out");
  for (size_t l = 0; l < points.label_count[QY_KEY_PRECISION] && l < 4; l++)
    is_text(points.label[QY_KEY_PRECISION][l], expected[l], "widths rise, layers that differ come last");
  is_status(qy_groups_make(&groups, &points, keys, 2, &err), QY_OK, &err, "groups of design and precision");
  is_int((long)groups.count, 4, "all assigned points are one");
  char text[64];
  is_text(qy_groups_label(text, sizeof text, &groups, &points, 3), "assigned", "of that name");
  int wrong = groups.first[4] - groups.first[3] != 4;
  static const double members[] = {4, 5, 6, 7};
  for (size_t i = groups.first[3]; !wrong && i < groups.first[4]; i++)
    wrong |= points.point[groups.member[i]] != members[i - groups.first[3]];
  is_int(wrong, 0, "which are the four that are feasible");
  qy_groups_free(&groups);
  qy_points_free(&points);
  qy_store_close(store);
}

/* Supplies that differ in the seventh digit, or in the last, have labels that tell them apart. */
static void voltages(const char *file)
{
  static const struct {
    double volt[2];
    const char *label[2];
  } row[] = {{{0.8, 0.9}, {"0.8 V", "0.9 V"}},
             {{0.8, 0.8000001}, {"0.8 V", "0.8000001 V"}},
             {{0.75, 0.75000000000000011}, {"0.75 V", "0.7500000000000001 V"}},
             {{1.0000004, 1.5}, {"1 V", "1.5 V"}}};
  static const int metrics[] = {QY_AREA_UM2, QY_LATENCY_US};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char sql[160];
    qy_error err = {0};
    qy_store *store = NULL;
    qy_points points = {0};
    snprintf(sql, sizeof sql, "UPDATE technology SET voltage_v = CASE name WHEN 'lp55' THEN %.17g ELSE %.17g END",
             row[i].volt[1], row[i].volt[0]);
    ask(file, sql);
    is_status(qy_store_open(&store, file, QY_STORE_READ, &err), QY_OK, &err, "libraries at two supplies");
    is_status(qy_points_read(&points, store, 1, metrics, 2, NULL, &err), QY_OK, &err, "points");
    size_t wrong = points.label_count[QY_KEY_VOLTAGE] != 2;
    for (size_t p = 0; !wrong && p < points.count; p++) {
      const bool lp55 = strcmp(points.label[QY_KEY_TECHNOLOGY][points.key[QY_KEY_TECHNOLOGY][p]], "lp55") == 0;
      wrong += strcmp(points.label[QY_KEY_VOLTAGE][points.key[QY_KEY_VOLTAGE][p]], row[i].label[lp55]) != 0;
    }
    ok(points.count > 0 && wrong == 0, "%s and %s", row[i].label[0], row[i].label[1]);
    qy_points_free(&points);
    qy_store_close(store);
  }
}

/* Clocks in any order: each once, rising, in the least digits from six on that tell all of them apart. */
static void clocks(void)
{
  enum { MANY = 600, DIFFERENT = 300, EACH = 200 };
  static double clock[MANY];
  static const int metrics[] = {QY_AREA_UM2, QY_LATENCY_US};
  for (int close = 0; close < 2; close++) {
    const char *file = scratch_file(close ? "close.sqlite" : "clocks.sqlite");
    uint64_t seed = 6;
    int64_t id = 0;
    int complete;
    qy_error err = {0};
    qy_store *store = NULL;
    fixture f;
    qy_points points = {0};
    fixture_make(&f, "name: clocks\n", MANY, EACH);
    qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
    if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
    for (int64_t b = 0; b < MANY / EACH && !status; b++) {
      qy_store_row row[EACH];
      const qy_store_design design = {0, "A", "{}"};
      for (int64_t i = 0; i < EACH; i++) {
        const double step = (double)random_below(&seed, DIFFERENT);
        row[i] = row_of(b * EACH + i);
        row[i].design = 0;
        row[i].assignment = row[i].reason = NULL;
        row[i].clock_mhz = clock[b * EACH + i] = i % 9 == 5 ? 3 : close ? 100 + step * 1e-7 : 50 + step;
      }
      status = qy_store_batch(store, b, row, EACH, &design, b == 0, &err);
    }
    if (!status) status = qy_store_finish(store, NULL, 0, &err);
    if (!status) status = qy_points_read(&points, store, id, metrics, 2, NULL, &err);
    is_status(status, QY_OK, &err, "points of many clocks");
    const double *number = points.number[QY_KEY_CLOCK];
    size_t wrong = points.count != MANY, different = 0, alike = 0;
    for (size_t i = 0; i < points.count; i++) {
      char text[40];
      const uint32_t l = points.key[QY_KEY_CLOCK][i];
      bool first = true;
      for (size_t k = 0; k < i && first; k++)
        first = clock[k] != clock[i];
      different += first;
      snprintf(text, sizeof text, "%.*g MHz", close ? 10 : 6, clock[i]);
      wrong += l >= points.label_count[QY_KEY_CLOCK] || number[l] != clock[i] ||
               strcmp(points.label[QY_KEY_CLOCK][l], text) != 0;
      if (i) alike += fabs(clock[i] - clock[i - 1]) < 4e-7 && clock[i] != clock[i - 1];
    }
    for (size_t l = 1; l < points.label_count[QY_KEY_CLOCK]; l++)
      wrong += number[l] <= number[l - 1];
    ok(wrong == 0 && points.label_count[QY_KEY_CLOCK] == different && different > 200, "%zu clocks rise", different);
    ok(close == (alike > 0), "of which %s stand close", close ? "some" : "none");
    qy_points_free(&points);
    qy_store_close(store);
  }
}

static void refused(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  fixture f;
  int64_t id;
  int complete;
  qy_store_row row[POINTS];
  static const qy_store_design design = {0, "RDM", "{}"};
  fixture_make(&f, "name: refused\n", POINTS, POINTS);
  fill(&f, row);
  f.precision[3] = (qy_store_precision){"8 bit", 4, 8};
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  is_int(qy_store_begin(store, &f.e, &id, &complete, &err), QY_BAD_INPUT, "a label with other widths is refused");
  says(&err, "found \"8 bit\" with others", "by its name");
  is_int(ask_number(file, "SELECT count(*) FROM experiment"), 1, "and nothing is begun");
  fill(&f, row);
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "with the same it is begun");
  row[3].precision = PRECISIONS;
  is_int(qy_store_batch(store, 0, row, POINTS, &design, 1, &err), QY_INTERNAL, "a precision that is not there");
  row[3].precision = -1;
  is_int(qy_store_batch(store, 0, row, POINTS, &design, 1, &err), QY_INTERNAL, "nor before the first");
  row[3].precision = 1;
  row[3].assignment = "{\"layers\": {";
  is_int(qy_store_batch(store, 0, row, POINTS, &design, 1, &err), QY_INTERNAL, "an assignment that is not JSON");
  is_int(ask_number(file, "SELECT count(*) FROM result WHERE id >> 40 = 2") +
             ask_number(file, "SELECT count(*) FROM assignment WHERE point >> 40 = 2"),
         0, "nothing of these is stored");
  qy_store_close(store);
}

int main(void)
{
  char file[128];
  qy_error err = {0};
  scratch_make();
  snprintf(file, sizeof file, "%s", scratch_file("precisions.sqlite"));
  is_status(store_all(file, &err), QY_OK, &err, "an experiment with assignments is stored");
  views(file);
  labels(file);
  voltages(file);
  clocks();
  refused(file);
  scratch_remove();
  return done();
}
