/* What makes an experiment the same, what a run that goes on finds, layers and members that wait for the end. */
#include "quarry/axes.h"
#include "quarry/points.h"
#include "quarry/text.h"

#include "store_test.h"

#include <math.h>

enum { POINTS = 60, BATCH = 10 };

static qy_store *open_store(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  is_status(qy_store_open(&store, file, QY_STORE_WRITE, &err), QY_OK, &err, "opened");
  return store;
}

/* ---- identity ---- */

/* Everything that results follow from, one of each; `k` tells which one is another, -1: none. */
static int64_t begin_varied(qy_store *store, int k, qy_error *err)
{
  static const char *const text[] = {"one", "two"};
  static char hash[2][65];
  fixture f;
  int64_t id = 0;
  int complete;
  for (int i = 0; i < 2; i++)
    qy_sha256_text(hash[i], text[i], strlen(text[i]));
  fixture_make(&f, k == 0 ? "name: b\n" : "name: a\n", POINTS, BATCH);
#define OF(number) (k == (number) ? 1 : 0)
  const qy_store_input device = {"device", hash[OF(1)], text[OF(1)]},
                       noise = {k == 3 ? "other" : "noise", hash[OF(2)], NULL},
                       table[] = {{k == 5 ? "other" : "table", hash[OF(4)], NULL}, {"more", hash[0], text[0]}};
  f.e.device = &device, f.e.device_count = k == 6 ? 0 : 1;
  f.e.noise = &noise, f.e.noise_count = k == 7 ? 0 : 1;
  f.e.table = table, f.e.table_count = k == 8 ? 1 : k == 9 ? 0 : 2;
  f.technology[0].text = text[0], f.technology[0].sha256 = hash[0];
  if (k == 10) f.technology[1] = f.technology[0];
  if (k == 11) f.technology[0].name = "renamed";
  if (k == 12) f.e.technology_count = 1;
  if (k == 13) f.network[0].text = text[1], f.network[0].sha256 = hash[1];
  if (k == 14) f.e.seed = "8";
  if (k == 15) f.e.points = POINTS + 1;
  if (k == 16) f.e.model_version = "another";
  if (k == 17) f.technology[0].text = text[1], f.technology[0].sha256 = hash[1];
  if (k == 18) f.e.command_line = "otherwise", f.e.question = "Another?"; /* nothing follows from these */
  if (k == 19) f.e.batch_points = BATCH + 1;
  return qy_store_begin(store, &f.e, &id, &complete, err) ? -1 : id;
#undef OF
}

static void check_identity(void)
{
  enum { OTHERS = 18, ALIKE = 20 };
  qy_error err = {0};
  int64_t id[ALIKE];
  int wrong = 0;
  qy_store *store = open_store(scratch_file("identity"));
  const int64_t first = begin_varied(store, -1, &err);
  for (int k = 0; k < ALIKE; k++) {
    qy_store_abandon(store, "interrupted", &err);
    id[k] = begin_varied(store, k, &err);
    const bool other = id[k] > first;
    if (other != (k < OTHERS)) printf("# %d: %lld, %s\n", k, (long long)id[k], err.count ? err.diagnostic[0].text : "");
    wrong += other != (k < OTHERS);
    for (int before = 0; before < k; before++)
      wrong += k < OTHERS && id[k] == id[before];
  }
  ok(first > 0 && wrong == 0, "experiments that differ in one thing are others");
  qy_store_close(store);
  /* Of the 19 one has no device, one no noise, one a table fewer and one two. */
  is_text(ask(scratch_file("identity"),
              "SELECT (SELECT count(*) FROM experiment_device) || ' ' || (SELECT count(*) FROM experiment_noise_file) "
              "|| ' ' || (SELECT count(*) FROM experiment_table_file)"),
          "18 18 35", "with their own inputs");
}

/* One part of the text whose hash names an experiment: its length and it. */
static void add_part(char *text, const char *part)
{
  sprintf(text + strlen(text), "%zu:%s", strlen(part), part);
}

/* The text whose hash names an experiment is that of all databases so far: what they hold is found again. */
static void check_identity_text(void)
{
  char text[2000], hex[65];
  fixture f;
  int64_t id = 0;
  int complete;
  qy_error err = {0};
  qy_store *store = open_store(scratch_file("named"));
  fixture_make(&f, "name: a\n", POINTS, BATCH);
  f.e.model_version = "1.2";
  const qy_store_input device = {"device", f.hash[0], f.technology[0].text}, noise = {"noise", f.hash[1], NULL},
                       table = {"table", f.hash[2], NULL};
  f.e.device = &device, f.e.noise = &noise, f.e.table = &table;
  f.e.device_count = f.e.noise_count = f.e.table_count = 1;
  snprintf(text, sizeof text, "model 1.2 seed %s points %d inputs 2 1\n", f.e.seed, POINTS);
  add_part(text, f.e.text);
  for (int i = 0; i < 3; i++) {
    add_part(text, i < 2 ? f.technology[i].name : f.network[0].name);
    add_part(text, i < 2 ? f.technology[i].text : f.network[0].text);
  }
  strcat(text, "device ");
  add_part(text, f.technology[0].text);
  strcat(text, "noise ");
  add_part(text, "noise");
  strcat(text, f.hash[1]);
  strcat(text, "table ");
  add_part(text, "table");
  strcat(text, f.hash[2]);
  qy_sha256_text(hex, text, strlen(text));
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "an experiment with inputs of every kind");
  qy_store_close(store);
  is_text(ask(scratch_file("named"), "SELECT identity FROM experiment"), hex, "is named by the hash of all of them");
}

/* A hash that is not that of its text. */
static void check_hashes(void)
{
  static const char *const what[] = {"experiments/small.yaml", "lp55", "mobilenet", "a device", "a noise", "a table"};
  qy_store *store = open_store(scratch_file("hashes"));
  for (int k = 0; k < 6; k++) {
    qy_error err = {0};
    fixture f;
    int64_t id;
    int complete;
    char said[200];
    fixture_make(&f, "name: hashes\n", POINTS, BATCH);
    qy_store_input bad = {what[k], f.hash[0], "not that text"};
    if (k == 0) f.e.sha256 = f.hash[0];
    if (k == 1) f.technology[1].sha256 = f.hash[0];
    if (k == 2) f.network[0].sha256 = f.hash[0];
    if (k == 3) f.e.device = &bad, f.e.device_count = 1;
    if (k == 4) f.e.noise = &bad, f.e.noise_count = 1;
    if (k == 5) f.e.table = &bad, f.e.table_count = 1;
    is_int(qy_store_begin(store, &f.e, &id, &complete, &err), QY_INTERNAL, what[k]);
    snprintf(said, sizeof said, "%s: expected the SHA-256 of its text, ", what[k]);
    says(&err, said, said);
  }
  static const struct {
    int64_t points, batch;
    const char *policy, *said;
  } sizes[] = {{0, 10, NULL, "expected from 1 to 2^40 - 1 points, found "},
               {10, 0, NULL, "expected at least 1 point in a batch, found 0"},
               {(int64_t)1 << 40, 10, NULL, "expected from 1 to 2^40 - 1 points, found "},
               {-1, 10, NULL, "expected from 1 to 2^40 - 1 points, found "},
               {(INT64_C(1) << 27) * 3 + 1, 3, NULL, "expected at most 134217728 batches, found 402653185 points by 3"},
               {100000, 65537, "columns", "expected at most 65536 points in a batch of columns, found 65537"}};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    qy_error err = {0};
    fixture f;
    int64_t id;
    int complete;
    fixture_make(&f, "name: sizes\n", sizes[i].points, sizes[i].batch);
    f.e.store = sizes[i].policy;
    id = complete = 7;
    is_int(qy_store_begin(store, &f.e, &id, &complete, &err), QY_INTERNAL, "sizes that cannot be");
    ok(id == 0 && complete == 0, "no experiment was begun");
    says(&err, sizes[i].said, "are said");
  }
  qy_store_close(store);
}

/* ---- going on ---- */

static qy_status finish(qy_store *store, qy_error *err)
{
  static const int64_t on_front[] = {0, 2};
  const qy_store_front front = {"all", on_front, 2};
  return qy_store_finish(store, &front, 1, err);
}

/* An experiment run in this many pieces, each by a store of its own. */
static void run_in(const char *file, const char *policy, int pieces)
{
  fixture f;
  int64_t id;
  int complete = 0;
  qy_error err = {0};
  qy_status status = QY_OK;
  fixture_make(&f, "name: pieces\n", POINTS, BATCH);
  f.e.store = policy;
  for (int k = 0; k < pieces && !status; k++) {
    qy_store *store = open_store(file);
    bool is = false;
    status = qy_store_begin(store, &f.e, &id, &complete, &err);
    for (int64_t b = 0; b < POINTS / BATCH && !status; b++) {
      if (qy_store_has_batch(store, b) != (pieces > 1 && b % pieces < k)) ok(0, "batch %d of piece %d", (int)b, k);
      if (b % pieces == k) status = put_batch(store, &f.e, b, &err);
    }
    ok(!qy_store_is_run(&is, store, id, &err) && is, "it is run");
    if (!status) status = k + 1 < pieces ? qy_store_abandon(store, "failed", &err) : finish(store, &err);
    ok(!qy_store_is_run(&is, store, id, &err) && !is && !qy_store_is_run(&is, store, id + 1, &err) && !is,
       "it is no more, nor is another");
    qy_store_close(store);
  }
  is_status(status, QY_OK, &err, file);
}

/* The best points are those of all batches, however many stores have written them. */
static void check_pieces(const char *policy)
{
  static const char best[] = "SELECT group_concat(technology || network || precision || metric || value || point) FROM "
                             "(SELECT * FROM best_point ORDER BY technology, network, precision, metric)";
  static const char hash[] = "SELECT count(*) || ' ' || total(value) || ' ' || total(point) || ' ' || "
                             "count(DISTINCT technology || ' ' || precision) FROM best_point";
  char name[32];
  snprintf(name, sizeof name, "%s.1", policy ? policy : "rows");
  const char *whole = scratch_file_kept(name);
  run_in(whole, policy, 1);
  ok(ask_number(whole, "SELECT count(*) FROM best_point") > 50, "there are best points");
  for (int pieces = 2; pieces <= 3; pieces++) {
    snprintf(name, sizeof name, "%s.%d", policy ? policy : "rows", pieces);
    run_in(scratch_file(name), policy, pieces);
    is_text(ask(scratch_file(name), hash), ask(whole, hash), "the same best points");
    is_text(ask(scratch_file(name), best), ask(whole, best), "one by one");
  }
}

/* Batches of another size: rows are kept as far as they fill the new ones, columns are made anew. */
static void check_sizes(const char *policy)
{
  static const int64_t sizes[] = {20, 5, 7, 60, 10};
  const char *file = scratch_file(policy ? "sizes.columns" : "sizes.rows");
  qy_error err = {0};
  fixture f;
  int64_t id = 0, first = 0;
  int complete;
  fixture_make(&f, "name: sizes\n", POINTS, BATCH);
  f.e.store = policy;
  qy_store *store = open_store(file);
  is_status(qy_store_begin(store, &f.e, &first, &complete, &err), QY_OK, &err, "begun");
  for (int64_t b = 0; b < 6; b++)
    if (b != 3) put_batch(store, &f.e, b, &err); /* points 30 to 39 are missing */
  bool has[POINTS];
  for (int p = 0; p < POINTS; p++)
    has[p] = p / BATCH != 3;
  qy_store_close(store);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    const int64_t size = f.e.batch_points = sizes[i];
    int wrong = 0;
    int64_t rows = 0, batches = 0;
    store = open_store(file);
    is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "begun with other batches");
    for (int64_t b = 0; b * size < POINTS; b++) {
      bool all = policy == NULL;
      for (int64_t p = b * size; p < (b + 1) * size && p < POINTS; p++)
        all = all && has[p];
      for (int64_t p = b * size; p < (b + 1) * size && p < POINTS; p++)
        has[p] = all;
      wrong += qy_store_has_batch(store, b) != all;
      batches += all;
      rows += all ? (size < POINTS - b * size ? size : POINTS - b * size) : 0;
    }
    ok(id == first && wrong == 0, "batches of %d points: those that are whole are there", (int)size);
    is_int(ask_number(file, "SELECT count(*) FROM result"), rows, "and their rows");
    is_int(ask_number(file, "SELECT count(*) FROM batch"), batches, "and no others are marked");
    qy_store_close(store);
  }
  store = open_store(file);
  ok(!qy_store_has_batch(store, 0), "no batch before an experiment is begun");
  qy_store_close(store);
}

/* Marks of batches that the experiment does not have are passed over. */
static void check_marks(void)
{
  const char *file = scratch_file("marks");
  qy_error err = {0};
  fixture f;
  int64_t id;
  int complete;
  char sql[160];
  fixture_make(&f, "name: marks\n", POINTS, BATCH);
  qy_store *store = open_store(file);
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "begun");
  put_batch(store, &f.e, 0, &err);
  is_status(qy_store_abandon(store, "interrupted", &err), QY_OK, &err, "and interrupted");
  qy_store_close(store);
  for (int beyond = 0; beyond < 2; beyond++) {
    snprintf(sql, sizeof sql,
             "INSERT INTO batch (experiment, batch, rows, intervals, assignments) VALUES (1, %d, 0, 0, 0)",
             beyond ? POINTS / BATCH : -1);
    ask(file, sql);
  }
  store = open_store(file);
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "gone on with");
  ok(qy_store_has_batch(store, 0) && !qy_store_has_batch(store, 1) && !qy_store_has_batch(store, POINTS / BATCH) &&
         !qy_store_has_batch(store, -1),
     "a batch of its own is there, one behind its points is not");
  qy_store_close(store);
}

/* Designs have numbers of 40 bits; what a table `content` says besides is forgotten at the end. */
static void check_designs(void)
{
  const char *file = scratch_file("designs");
  qy_error err = {0};
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: designs\n", POINTS, BATCH);
  qy_store *store = open_store(file);
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "begun");
  static const int64_t number[] = {-1, INT64_C(1) << 40, INT64_MAX, (INT64_C(1) << 40) - 1};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
    qy_store_row row[BATCH];
    for (int64_t p = 0; p < BATCH; p++) {
      row[p] = row_of(p);
      row[p].design = number[3];
    }
    const qy_store_design design = {number[i], "SDM", "{}"};
    qy_error_clear(&err);
    is_int(qy_store_batch(store, 0, row, BATCH, &design, 1, &err), i < 3 ? QY_INTERNAL : QY_OK, "a number of a design");
    if (i < 3) says(&err, "expected a design from 0 to 2^40 - 1, found ", "is refused");
  }
  is_text(ask(file, "SELECT group_concat(id & 0xffffffffff) FROM design"), "1099511627775", "the largest is stored");
  for (int64_t b = 1; b < POINTS / BATCH; b++)
    put_batch(store, &f.e, b, &err);
  ask(file, "INSERT INTO content (experiment, name, rows) VALUES (1, 'gone', 5)");
  is_status(finish(store, &err), QY_OK, &err, "finished");
  is_text(ask(file, "SELECT count(*) > 5 AND sum(name = 'gone') = 0 FROM content"), "1", "all is counted anew");
  qy_store_close(store);
}

/* ---- layers and members that wait ---- */

static void check_details(void)
{
  const char *file = scratch_file("details");
  double metric[QY_METRIC_COUNT];
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    metric[m] = 1 + m;
  const qy_store_layer layer[] = {{.place = 4,
                                   .layer = "dw",
                                   .type = "dwconv",
                                   .member = "array",
                                   .bound_by = "port",
                                   .weight_bits = 4,
                                   .activation_bits = 8,
                                   .sum_bits = 20,
                                   .bias_bits = 16,
                                   .accumulator_bits = 24,
                                   .metric = metric},
                                  {.place = 7, .layer = "fc", .type = "fc", .metric = metric}};
  const qy_store_member member[] = {
      {.place = 1, .member = "array", .accelerator = "systolic", .layers = 2, .metric = metric}};
  const qy_store_detail both = {layer, 2, member, 1}, one = {layer + 1, 1, NULL, 0};
  static const char layers[] =
      "SELECT group_concat((point & 0xff) || ' ' || position || layer || coalesce(member, '-') || "
      "coalesce(bound_by, '-')) FROM (SELECT * FROM layer_result ORDER BY point, position)";
  qy_error err = {0};
  fixture f;
  int64_t id;
  int complete;
  fixture_make(&f, "name: details\n", POINTS, BATCH);
  for (int turn = 0; turn < 3; turn++) { /* given up, ended, ended again with others in their place */
    qy_store *store = open_store(file);
    is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "begun");
    for (int64_t b = 0; b < POINTS / BATCH; b++)
      if (!qy_store_has_batch(store, b)) put_batch(store, &f.e, b, &err);
    if (turn < 2) {
      is_status(qy_store_detail_add(store, 6, turn ? &both : &one, &err), QY_OK, &err, "a point's");
      is_status(qy_store_detail_add(store, 2, &one, &err), QY_OK, &err, "another's");
      is_text(ask(file, layers), "NULL", "nobody sees them yet");
      is_status(turn ? finish(store, &err) : qy_store_abandon(store, "failed", &err), QY_OK, &err, "the end");
    }
    qy_store_close(store);
    is_text(ask(file, layers), turn ? "2 7fc--,6 4dwarrayport,6 7fc--" : "NULL", "those of the run that ended");
    is_text(ask(file, "SELECT group_concat((point & 0xff) || ' ' || position || member || accelerator || layers) FROM "
                      "member_result"),
            turn ? "6 1arraysystolic2" : "NULL", "members too");
  }
  char number[64];
  snprintf(number, sizeof number, "4 8 20 16 24 %.1f", metric[QY_ENERGY_UJ]);
  is_text(ask(file, "SELECT weight_bits || ' ' || activation_bits || ' ' || sum_bits || ' ' || bias_bits || ' ' || "
                    "accumulator_bits || ' ' || energy_uj FROM layer_result WHERE position = 4"),
          number, "with their numbers");
  qy_store *store = open_store(file);
  is_int(qy_store_detail_add(store, 6, &both, &err), QY_INTERNAL, "not where nothing runs");
  const qy_store_row row = row_of(0);
  const qy_store_design design = {0, "SDM", "{}"};
  qy_error_clear(&err);
  is_int(qy_store_batch(store, 0, &row, 1, &design, 1, &err), QY_INTERNAL, "nor is a batch stored there");
  says(&err, ": no experiment is running", "which is said");
  qy_store_close(store);
}

/* ---- names, labels, supplies ---- */

static void check_names(void)
{
  static const char *const names[] = {"first", "9", "first", "a@1"};
  static const struct {
    const char *asked;
    int64_t id;
    const char *said;
  } row[] = {{"first", 3, NULL},
             {"9", 2, NULL},
             {"1", 1, NULL},
             {"4", 4, NULL},
             {"first@1", 3, NULL},
             {"first@2", 1, NULL},
             {"9@1", 2, NULL},
             {"a@1", 4, NULL},
             {"a@1@1", 4, NULL},
             {"first@3", 0, "expected one of the 2 runs of \"first\", found \"first@3\""},
             {"first@0", 0, "expected an experiment of the database (first (1), 9 (2), first (3), a@1 (4)), found"},
             {"first@2x", 0, "found \"first@2x\""},
             {"@1", 0, "found \"@1\""},
             {"none@1", 0, "found \"none@1\""},
             {"firts", 0, "found \"firts\"; did you mean \"first\"?"},
             {"5", 0, "found \"5\""}};
  qy_error err = {0};
  int64_t id;
  qy_store *store = open_store(scratch_file("names"));
  is_int(qy_store_find(&id, store, "first", &err), QY_BAD_INPUT, "nothing yet");
  says(&err, "expected an experiment of the database (it holds none), found \"first\"", "is said");
  for (int i = 0; i < 4; i++) {
    fixture f;
    int complete;
    char text[32];
    snprintf(text, sizeof text, "name: n%d\n", i);
    fixture_make(&f, text, POINTS, BATCH);
    f.e.name = names[i];
    is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, names[i]);
    qy_store_abandon(store, "interrupted", &err);
  }
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    id = 0;
    qy_error_clear(&err);
    is_int(qy_store_find(&id, store, row[i].asked, &err), row[i].said ? QY_BAD_INPUT : QY_OK, row[i].asked);
    is_int(id, row[i].id, "its number");
    if (row[i].said) says(&err, row[i].said, row[i].said);
  }
  qy_store_close(store);
}

static void check_inputs(void)
{
  const char *file = scratch_file("inputs");
  static const double voltage[] = {0.8, 0};
  qy_error err = {0};
  fixture f;
  int64_t id;
  int complete;
  qy_store *store = open_store(file);
  fixture_make(&f, "name: one\n", POINTS, BATCH);
  f.e.technology_voltage_v = voltage;
  is_status(qy_store_begin(store, &f.e, &id, &complete, &err), QY_OK, &err, "supplies");
  is_text(ask(file, "SELECT group_concat(name || coalesce(voltage_v, '-')) FROM technology"), "fdsoi280.8,lp55-",
          "are stored");
  is_text(ask(file, "SELECT group_concat(label || coalesce(weight_bits, '-') || coalesce(activation_bits, '-')) FROM "
                    "precision"),
          "16 bit1616,8 bit88,w4a848,mixed--", "precisions too");
  qy_store_abandon(store, "failed", &err);
  for (int k = 0; k < 3; k++) {
    fixture_make(&f, "name: two\n", POINTS, BATCH);
    if (k == 1) f.precision[2].weight_bits = 5;
    if (k == 2) f.precision[1].activation_bits = 5;
    qy_error_clear(&err);
    is_int(qy_store_begin(store, &f.e, &id, &complete, &err), k ? QY_BAD_INPUT : QY_OK, "a label with other widths");
    if (k)
      says(&err, k == 1 ? "found \"w4a8\" with others: label" : "found \"8 bit\" with others: label", "is refused");
    if (!k) qy_store_abandon(store, "failed", &err);
  }
  is_int(ask_number(file, "SELECT count(*) FROM precision"), 4, "precisions are shared");
  is_int(ask_number(file, "SELECT count(*) FROM technology"), 2, "so are technologies");
  qy_store_close(store);
}

int main(void)
{
  scratch_make();
  check_identity();
  check_identity_text();
  check_hashes();
  check_pieces(NULL);
  check_pieces("columns");
  check_sizes(NULL);
  check_sizes("columns");
  check_marks();
  check_designs();
  check_details();
  check_names();
  check_inputs();
  scratch_remove();
  return done();
}
