/* Axes as typed columns, the generated views of the latest run of a name, what was chosen, rows that go missing. */
#include "quarry/alloc.h"
#include "quarry/axes.h"
#include "quarry/points.h"
#include "quarry/store_remove.h"
#include "store_test.h"

enum { POINTS = 20, BATCH = 5 };

/* Designs 0 and 1 of every fixture: 4 rows and `auto`, 8 rows and 4. */
static const char *const designs[2] = {
    "{\"accelerator\":\"systolic\",\"rows\":4,\"ratio\":1,\"energy\":{\"uj\":3},\"memory\":{\"device\":\"lpddr4\","
    "\"channels\":\"auto\"},\"point\":{\"id\":1},\"only\":7}",
    "{\"accelerator\":\"systolic\",\"rows\":8,\"ratio\":0.5,\"energy\":{\"uj\":5},\"memory\":{\"device\":\"ddr3\","
    "\"channels\":4},\"point\":{\"id\":2}}"};

static qy_store_row axes_row(int64_t point)
{
  static const char *const chosen[2] = {"{\"pe_stages\":1,\"columns\":16}", "{\"pe_stages\":2}"};
  qy_store_row row = row_of(point);
  row.design = point / (POINTS / 2);
  row.assignment = NULL;
  row.precision = (int)(point % 2);
  row.reason = point == 3 ? "misses the clock" : point == 4 ? "area_um2 above its limit" : NULL;
  row.excluded = point == 4;
  row.resolved = row.reason && !row.excluded ? NULL : chosen[row.design];
  row.metric[QY_LUT] = NAN;
  return row;
}

/* Run experiment `name` with the two designs; axes of no list are found from them. */
static int64_t run_named(const char *file, const char *name, const char *text, const qy_axis_column *axis, size_t count)
{
  fixture f;
  qy_error err = {0};
  qy_store *store = NULL;
  int64_t id = 0;
  int complete = 0;
  fixture_make(&f, text, POINTS, BATCH);
  f.e.name = name;
  f.e.axis = axis;
  f.e.axis_count = count;
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  for (int64_t b = 0; !status && b * BATCH < POINTS; b++) {
    qy_store_row rows[BATCH];
    qy_store_design d = {b / 2, b / 2 ? "RDM" : "SDM", designs[b / 2]};
    for (int i = 0; i < BATCH; i++)
      rows[i] = axes_row(b * BATCH + i);
    if (!qy_store_has_batch(store, b)) status = qy_store_batch(store, b, rows, BATCH, &d, 1, &err);
  }
  static const int64_t on_front[] = {0, 12};
  const qy_store_front front = {"all", on_front, 2};
  if (!status && !complete) status = qy_store_finish(store, &front, 1, &err);
  qy_store_close(store);
  is_status(status, QY_OK, &err, name);
  return id;
}

static void derived(void)
{
  const char *file = scratch_file("derived.sqlite");
  run_named(file, "small", "name: derived\n", NULL, 0);
  is_text(ask(file,
              "SELECT group_concat(key || ' ' || type || ' ' || varies) FROM (SELECT * FROM axis WHERE key NOT IN "
              "('technology', 'precision', 'weight_bits', 'activation_bits', 'clock_mhz') ORDER BY position)"),
          "design text 1,accelerator text 0,rows integer 1,ratio real 1,energy.uj integer 1,memory.device text 1,"
          "memory.channels text 1,point.id integer 1,only integer 0",
          "axes are typed from their values; a parameter that one design has does not vary");
  is_text(
      ask(file, "SELECT group_concat(\"column\") FROM axis WHERE key IN ('energy.uj', 'point.id', 'memory.device')"),
      "energy_uj_2,memory_device,point_id_2", "a member called like a metric, or a fixed column, gets a number");
  is_text(ask(file, "SELECT group_concat(DISTINCT typeof(rows) || typeof(ratio) || typeof(memory_device)) FROM "
                    "small_points"),
          "integerrealtext", "the view has numbers as numbers");
  is_text(ask(file, "SELECT group_concat(DISTINCT memory_channels || typeof(memory_channels)) FROM (SELECT * FROM "
                    "small_points ORDER BY memory_channels)"),
          "4integer,autotext", "auto in one design and 4 in another: each as it is, numbers before words");
  is_text(ask(file, "SELECT count(*) || ' ' || sum(rows = 8) || ' ' || sum(energy_uj_2 = 5) FROM small_points"),
          "20 10 10", "all points, with the values of their designs");
  is_text(ask(file, "SELECT count(*) || sum(pe_stages_chosen) || group_concat(DISTINCT columns_chosen) FROM "
                    "small_points WHERE pe_stages_chosen IS NOT NULL"),
          "192916", "what was chosen, of the points that can be: 9 of one stage and 10 of two");
  is_text(ask(file, "SELECT count(*) FROM resolved"), "2", "each combination once");
  is_text(ask(file,
              "SELECT group_concat(point || ' ' || coalesce(infeasible, '') || ' ' || (area_um2 IS NOT NULL), ';')"
              " FROM small_points WHERE infeasible IS NOT NULL"),
          "3 misses the clock 0;4 area_um2 above its limit 1", "an excluded point keeps its metrics beside the reason");
  is_text(ask(file, "SELECT count(*) FROM pragma_table_info('small_points') WHERE name = 'lut'"), "0",
          "a metric that no row has is no column");
  is_text(ask(file, "SELECT group_concat(point || ' ' || rows) FROM small_front"), "0 4,12 8", "the front");
  is_text(ask(file, "SELECT count(*) FROM best_point WHERE point & 0xffffffffff = 4"), "0",
          "an excluded point is never the best");
}

/* An experiment that another store goes on with: its view has the metrics that any of its points has. */
static void continued(void)
{
  const char *file = scratch_file("continued.sqlite");
  fixture f;
  qy_error err = {0};
  int64_t id = 0;
  int complete = 0;
  fixture_make(&f, "name: continued\n", POINTS, BATCH);
  f.e.name = "continued";
  qy_status status = QY_OK;
  for (int piece = 0; piece < 2 && !status; piece++) {
    qy_store *store = NULL;
    status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
    if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
    for (int64_t b = 0; !status && b * BATCH < POINTS; b++) {
      qy_store_row rows[BATCH];
      qy_store_design d = {b / 2, b / 2 ? "RDM" : "SDM", designs[b / 2]};
      for (int i = 0; i < BATCH; i++) {
        rows[i] = axes_row(b * BATCH + i);
        rows[i].metric[QY_FF] = b % 2 || rows[i].reason ? NAN : 5; /* in one piece alone */
        rows[i].metric[QY_DSP] = b % 2 && !rows[i].reason ? 7 : NAN;
      }
      if (b % 2 == piece) status = qy_store_batch(store, b, rows, BATCH, &d, 1, &err);
    }
    if (!status) status = piece ? qy_store_finish(store, NULL, 0, &err) : qy_store_abandon(store, "interrupted", &err);
    qy_store_close(store);
  }
  is_status(status, QY_OK, &err, "run in two pieces");
  is_text(ask(file,
              "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('continued_points') WHERE name IN "
              "('lut', 'ff', 'dsp', 'area_um2', 'infeasible') ORDER BY name)"),
          "area_um2,dsp,ff,infeasible", "columns are what either piece has values of");
}

static void readers(void)
{
  const char *file = scratch_file("derived.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  qy_axes axes;
  qy_arena *arena = qy_arena_new();
  double *column[3];
  size_t count = 0;
  qy_store_open(&store, file, QY_STORE_READ, &err);
  is_status(qy_store_axes(&axes, store, 1, arena, &err), QY_OK, &err, "the axes are read");
  const int rows = qy_axes_find(&axes, "rows"), uj = qy_axes_find(&axes, "energy_uj_2");
  ok(rows >= 0 && uj == qy_axes_find(&axes, "energy.uj") && qy_axes_find(&axes, "none") < 0, "by key or column");
  const size_t chosen[] = {(size_t)rows, (size_t)uj};
  is_status(qy_store_columns(store, qy_store_axis_select(&axes, chosen, 2, arena), 3, column, &count, &err), QY_OK,
            &err, "values are selected");
  int wrong = 0;
  for (size_t i = 0; i < count; i++)
    wrong += column[0][i] != (double)i || column[1][i] != (i < POINTS / 2 ? 4 : 8) ||
             column[2][i] != (i < POINTS / 2 ? 3 : 5);
  is_int((long)count, POINTS, "of all points");
  is_int(wrong, 0, "rising, each with those of its design");
  for (int c = 0; c < 3; c++)
    free(column[c]);
  static const int metric[] = {QY_AREA_UM2};
  static const qy_key_list by = {1, {"memory.channels"}};
  qy_points points;
  is_status(qy_points_read(&points, store, 1, metric, 1, &by, &err), QY_OK, &err, "points by a parameter");
  is_int((long)points.count, POINTS - 2, "the infeasible and the excluded are left out");
  is_int((long)points.label_count[QY_KEY_PARAMETER], 2, "with a label for auto and one for 4");
  qy_points_free(&points);
  static const qy_key_list not_of_designs[] = {{1, {"technology"}}, {1, {"clock_mhz"}}, {1, {"none"}}};
  for (int i = 0; i < 3; i++) {
    ok(qy_points_read(&points, store, 1, metric, 1, &not_of_designs[i], &err) == QY_BAD_INPUT, "%s is no parameter",
       not_of_designs[i].name[0]);
    qy_error_clear(&err);
  }
  qy_store_close(store);
  qy_arena_free(arena);
}

/* Keys of points by name: fixed ones as they are, parameters in the order in which they were asked for. */
static void keys(void)
{
  enum { ROOM = QY_KEY_COUNT - QY_KEY_PARAMETER };
  static char name[ROOM + 1][16];
  qy_key_list list = {0};
  qy_error err = {0};
  qy_key key;
  int wrong = 0;
  for (int k = 0; k < QY_KEY_PARAMETER; k++)
    wrong += qy_key_find(&key, qy_key_name((qy_key)k, &list), &list, &err) || key != (qy_key)k || list.count != 0;
  is_int(wrong, 0, "fixed keys");
  for (int turn = 0; turn < 2; turn++)
    for (int p = 0; p < ROOM; p++) {
      snprintf(name[p], sizeof name[p], "parameter%d", p);
      wrong += qy_key_find(&key, name[p], &list, &err) || (int)key != QY_KEY_PARAMETER + p ||
               list.count != (turn ? ROOM : p + 1) || strcmp(qy_key_name(key, &list), name[p]) != 0;
    }
  is_int(wrong, 0, "as many parameters as there may be, each once");
  ok(qy_key_find(&key, "one more", &list, &err) == QY_BAD_INPUT && list.count == ROOM, "one more is refused");
  qy_error_clear(&err);
  ok(qy_key_find(&key, "", &list, &err) == QY_BAD_INPUT, "and one without a name");
  qy_error_clear(&err);
}

/* A run of the same name that begins: what the views showed before is no longer shown, also where it has one batch. */
static void begun_again(void)
{
  const char *file = scratch_file("begun.sqlite");
  fixture f;
  qy_error err = {0};
  qy_store *store = NULL;
  int64_t id = 0;
  int complete = 0;
  run_named(file, "small", "name: first\n", NULL, 0);
  is_int(ask_number(file, "SELECT count(*) FROM small_points"), POINTS, "points of a run");
  fixture_make(&f, "name: second\n", BATCH, BATCH);
  f.e.name = "small";
  qy_status status = qy_store_open(&store, file, QY_STORE_WRITE, &err);
  if (!status) status = qy_store_begin(store, &f.e, &id, &complete, &err);
  is_status(status, QY_OK, &err, "another of its name begins");
  is_int(ask_number(file, "SELECT count(*) FROM small_points"), 0, "none of the first are shown as its own");
  qy_store_close(store);
}

/* Names that need quotes, that clash, that SQLite keeps for itself. */
static void names(void)
{
  static const char *const odd[] = {"a-b.c", "select", "it's \"x\"", "sqlite_x", "point",
                                    "front", "Kind",   "kind",       "*/"};
  const char *file = scratch_file("names.sqlite");
  char text[40];
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    snprintf(text, sizeof text, "name: %zu\n", i);
    run_named(file, odd[i], text, NULL, 0);
  }
  is_text(ask(file,
              "SELECT group_concat(rows, '') FROM (SELECT DISTINCT rows FROM \"a-b.c_points\" UNION ALL SELECT "
              "DISTINCT rows FROM \"select_points\" UNION ALL SELECT DISTINCT rows FROM \"it's \"\"x\"\"_points\")"),
          "484848", "views of names that need quotes");
  is_text(ask(file, "SELECT (SELECT count(*) FROM _sqlite_x_points) || ' ' || (SELECT count(*) FROM \"*/_points\")"),
          "20 20", "of a name that SQLite keeps for itself, of one that would end a comment");
  is_text(ask(file,
              "SELECT (SELECT count(*) FROM point_points) || ' ' || (SELECT count(*) FROM front_points) || ' ' || "
              "(SELECT count(DISTINCT experiment) FROM point)"),
          "20 20 9", "views of the schema stay what they are");
  /* digits of printf kind | sha256sum */
  is_text(ask(file, "SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE 'kind_points'"), "Kind_points",
          "of two names that differ in case alone, the first has the plain name");
  is_text(ask(file, "SELECT DISTINCT experiment_id FROM Kind_points"), "7", "and it stays so");
  is_text(ask(file, "SELECT DISTINCT experiment_id FROM kind_0b27_points"), "8", "the second has four digits");
  is_text(ask(file, "SELECT count(*) FROM kind_0b27_front"), "2", "its front too");
}

/* The experiment that had the plain name goes; it comes back. */
static void kept_names(void)
{
  const char *file = scratch_file("kept.sqlite"), *view = NULL;
  qy_error err = {0};
  qy_store *store = NULL;
  qy_arena *arena = qy_arena_new();
  const int64_t first = run_named(file, "Kind", "name: Kind\n", NULL, 0);
  const int64_t second = run_named(file, "kind", "name: kind\n", NULL, 0);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  is_status(qy_store_remove(store, &first, 1, &err), QY_OK, &err, "the first of two is removed");
  is_status(qy_store_view_name(&view, store, "Kind", false, arena, &err), QY_OK, &err, "it has no view");
  ok(!view, "and no name of one");
  qy_store_views_update(store, "kind", &err);
  is_status(qy_store_view_name(&view, store, "kind", false, arena, &err), QY_OK, &err, "the second has one");
  is_text(view, "kind_0b27_points", "and keeps its name");
  qy_store_close(store);
  run_named(file, "KIND", "name: KIND\n", NULL, 0);
  run_named(file, "Kind", "name: Kind, again\n", NULL, 0);
  is_text(ask(file, "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE name LIKE "
                    "'kind%_points' ORDER BY rowid)"),
          "kind_0b27_points KIND_points Kind_f538_points", "others take what is free");
  is_int(ask_number(file, "SELECT DISTINCT experiment_id FROM kind_0b27_points"), (long)second, "all have their own");
  qy_arena_free(arena);
}

static void runs(void)
{
  const char *file = scratch_file("runs.sqlite");
  qy_error err = {0};
  qy_store *store = NULL;
  ask(file, "SELECT 1"); /* no file: nothing */
  const int64_t first = run_named(file, "small", "name: one\n", NULL, 0);
  const int64_t second = run_named(file, "small", "name: two\n", NULL, 0);
  is_int(ask_number(file, "SELECT DISTINCT experiment_id FROM small_points"), (long)second, "the latest run");
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  is_status(qy_store_remove(store, &second, 1, &err), QY_OK, &err, "which is removed");
  is_int(ask_number(file, "SELECT DISTINCT experiment_id FROM small_front"), (long)first, "then the one before");
  is_status(qy_store_remove(store, &first, 1, &err), QY_OK, &err, "which goes too");
  is_text(ask(file, "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'small%'"), "0", "and the views with it");
  is_text(ask(file, "SELECT (SELECT count(*) FROM axis) || (SELECT count(*) FROM content) || (SELECT count(*) FROM "
                    "resolved)"),
          "000", "nothing of it stays");
  qy_store_close(store);
  is_text(ask(file, "CREATE TABLE small_points (mine INTEGER)"), "(no row)", "a table of the user's");
  run_named(file, "small", "name: three\n", NULL, 0);
  is_text(ask(file, "SELECT group_concat(type) FROM sqlite_schema WHERE name = 'small_points'"), "table", "stays");
  is_text(ask(file, "SELECT count(*) FROM small_front"), "2", "beside the other view");
  is_text(ask(file, "SELECT count(*) FROM small_81db_points"), "20", "its own view has four digits");
}

/* Many axes, as a plan hands them over. */
static void many(void)
{
  enum { AXES = 60 };
  static qy_axis_column axis[AXES];
  static char key[AXES][24];
  const char *file = scratch_file("many.sqlite");
  for (int i = 0; i < AXES; i++) {
    snprintf(key[i], sizeof key[i], i % 2 ? "m%d.rows" : "m%d_rows", i / 2);
    axis[i] = (qy_axis_column){.key = key[i], .unit = "bit", .type = QY_AXIS_INTEGER, .varies = true};
  }
  run_named(file, "small", "name: many\n", axis, AXES);
  is_text(ask(file, "SELECT count(*) || ' ' || count(DISTINCT \"column\") || ' ' || max(\"column\") FROM axis"),
          "60 60 m9_rows_2", "60 axes, a column each; two that would be alike get a number");
  is_text(ask(file, "SELECT count(*) FROM pragma_table_info('small_points') WHERE name LIKE 'm%rows%'"), "60",
          "all of them in the view");
  is_text(ask(file, "SELECT count(*) FROM small_points WHERE m7_rows_2 IS NULL"), "20", "which answers");
}

/* Another program deletes; the next run computes what is missing, and readers say so. */
static void gone(void)
{
  static const struct {
    const char *erase, *says;
  } row[] = {{"DELETE FROM result WHERE id % 7 = 2", "results of 20"},
             {"DELETE FROM design WHERE id & 1 = 1", "1 designs of 2"},
             {"DELETE FROM front", "0 points of fronts of 2"},
             {"DELETE FROM best_point WHERE metric = 'area_um2'", "best points of"},
             {"DELETE FROM batch WHERE batch = 1", "3 batches of 4"},
             {"DELETE FROM resolved WHERE id = 1", ""},
             {"DELETE FROM reason", ""},
             {"DELETE FROM content", "0 counts of rows of 6"},
             {"DELETE FROM content WHERE name = 'layer_result'", "5 counts of rows of 6"},
             {"DELETE FROM content WHERE name = 'comparison'", ""},
             {"DELETE FROM axis WHERE position = 0", "axes of"},
             {"DELETE FROM experiment_technology WHERE position = 1", "1 technologies of 2"},
             {"DELETE FROM experiment_technology", "0 technologies of 2"},
             {"DELETE FROM experiment_network", "0 networks of 1"},
             {"DELETE FROM experiment_precision", "0 precisions of"},
             {"DELETE FROM technology", ""},
             {"DELETE FROM network", ""},
             {"DELETE FROM precision", ""},
             {"DELETE FROM metric WHERE name < 'l'", ""},
             {"DELETE FROM metric", ""}};
  static const char digest[] =
      "SELECT (SELECT count(*) || total(area_um2) || count(reason) || count(resolved) FROM result) || (SELECT count(*) "
      "FROM design) || (SELECT count(*) || total(point & 255) FROM front) || (SELECT count(*) || total(value) FROM "
      "best_point) || (SELECT count(*) FROM batch) || (SELECT count(*) FROM small_points WHERE infeasible IS NULL) || "
      "(SELECT total(pe_stages_chosen) FROM small_points) || (SELECT count(*) FROM metric) || (SELECT count(*) FROM "
      "content WHERE name <> 'comparison') || (SELECT group_concat(t.name || position) FROM experiment_technology x "
      "JOIN technology t ON t.id = "
      "x.technology) || (SELECT count(*) FROM experiment_network JOIN network n ON n.id = network) || (SELECT "
      "group_concat(label || position) FROM experiment_precision x JOIN precision p ON p.id = x.precision) || (SELECT "
      "count(technology) || count(network) || count(precision) FROM point) || (SELECT group_concat(key) FROM axis)";
  const char *file = scratch_file("missing.sqlite");
  run_named(file, "small", "name: missing\n", NULL, 0);
  char *before = strdup(ask(file, digest));
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    static const int metric[] = {QY_AREA_UM2};
    qy_error err = {0};
    qy_store *store = NULL;
    qy_points points = {0};
    ask(file, row[i].erase);
    qy_store_open(&store, file, QY_STORE_READ, &err);
    const qy_status status = qy_points_read(&points, store, 1, metric, 1, NULL, &err);
    if (*row[i].says) {
      is_int(status, QY_BAD_INPUT, row[i].erase);
      says(&err, row[i].says, "points are not read without a word");
    }
    qy_points_free(&points);
    qy_store_close(store);
    is_int(run_named(file, "small", "name: missing\n", NULL, 0), 1, "the run goes on as the same experiment");
    is_text(ask(file, digest), before, "everything is there again");
  }
  free(before);
  is_text(ask(file, "SELECT status FROM experiment"), "complete", "and complete");
}

/* Version 3: keys with dots, no table of axes. */
static void old_keys(void)
{
  qy_error err = {0};
  qy_store *store = NULL;
  qy_axes axes;
  qy_arena *arena = qy_arena_new();
  char file[128];
  snprintf(file, sizeof file, "%s", make_version_3("dots.sqlite"));
  ask(file,
      "UPDATE design SET parameters = '{\"pe.bits\":16,\"rows\":0.1000000000000001,\"pe.kind\":\"m, \\\"{}\",\"a\":1,"
      "\"a.b\":2,\"memory.device\":\"x\"}' WHERE id & 0xffffffffff = 0");
  qy_store_open(&store, file, QY_STORE_READ, &err);
  is_status(qy_store_axes(&axes, store, 1, arena, &err), QY_OK, &err, "axes of a database that is only read");
  const int bits = qy_axes_find(&axes, "pe.bits");
  ok(bits >= 0 && axes.axis[bits].type == QY_AXIS_INTEGER, "are found from its designs");
  double *column[2];
  size_t count = 0;
  const size_t chosen = (size_t)bits;
  is_status(qy_store_columns(store, qy_store_axis_select(&axes, &chosen, 1, arena), 2, column, &count, &err), QY_OK,
            &err, "and their values");
  ok(count > 0 && column[1][0] == 16, "are reached");
  free(column[0]);
  free(column[1]);
  qy_store_close(store);
  qy_store_open(&store, file, QY_STORE_WRITE, &err);
  qy_store_close(store);
  is_text(ask(file, "SELECT parameters FROM design WHERE id & 0xffffffffff = 0"),
          "{\"pe\":{\"bits\":16,\"kind\":\"m, \\\"{}\"},\"rows\":0.1000000000000001,\"a\":1,\"a_\":{\"b\":2},"
          "\"memory\":{\"device\":\"x\"}}",
          "keys are nested, values copied as they stand");
  is_text(ask(file, "SELECT count(*) || ' ' || count(DISTINCT experiment) FROM axis WHERE key = 'pe.bits'"), "2 2",
          "both experiments have their axes");
  is_text(ask(file, "SELECT count(*) FROM whole_points"), "12", "and their views");
  qy_arena_free(arena);
}

int main(void)
{
  scratch_make();
  derived();
  continued();
  readers();
  names();
  kept_names();
  runs();
  many();
  gone();
  old_keys();
  keys();
  begun_again();
  scratch_remove();
  return done();
}
