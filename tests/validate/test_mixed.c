/* Predicted and measured noise of mixed assignments: rank correlation against hand-made cases, predictions against
 * those that the table itself holds, the published figures of the whole study (of which the table is a part). */
#include "quarry/file.h"
#include "quarry/layer_noise.h"
#include "quarry/mixed.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>

static const char resnet8[] = "mlperf_tiny_resnet8_cifar10", vww[] = "mlperf_tiny_vww_mobilenet_v1_0.25_96";
static qy_arena *arena;

/* A new file with this text, its name in the arena. */
static const char *file_of(const char *text)
{
  char *name = qy_arena_format(arena, "/tmp/quarry_mixed_XXXXXX");
  return write_new_file(name, 0, text) ? name : "";
}

static void test_spearman(void)
{
  const double a[] = {1, 2, 3, 4, 5}, same[] = {10, 20, 21, 22, 99}, back[] = {5, 4, 3, 2, 1},
               mixed[] = {2, 1, 4, 3, 5};
  near_abs(qy_spearman(a, same, 5), 1, 1e-12, "rising: 1");
  near_abs(qy_spearman(a, back, 5), -1, 1e-12, "falling: -1");
  /* 1 - 6 sum d^2 / (n (n^2 - 1)) = 1 - 24 / 120. */
  near_abs(qy_spearman(a, mixed, 5), 0.8, 1e-12, "two swaps in five: 0.8");
  /* Ranks 1, 2.5, 2.5, 4 against 1 .. 4: Pearson's 4.5 / sqrt(4.5 x 5). */
  const double tied[] = {1, 7, 7, 9};
  near_abs(qy_spearman(tied, a, 4), 4.5 / sqrt(22.5), 1e-12, "ties: Pearson's of mean ranks");
  ok(isnan(qy_spearman((const double[]){1, 1}, a, 2)), "all alike: none");
}

/* The study's figures (all its assignments) lie in the interval of ours (those shipped). */
static void published(const qy_mixed_report *r, const char *network, qy_mixed_widths widths, qy_mixed_source source,
                      double spearman)
{
  const qy_mixed_group *g = qy_mixed_find(r, network, widths, source);
  if (!ok(g != NULL, "%s, %s: compared", network, qy_mixed_widths_names[widths])) return;
  ok(g->low < spearman && spearman < g->high, "%s, %s: %.2f published, %.3f [%.2f, %.2f] of %zu cases", network,
     qy_mixed_source_names[source], spearman, g->spearman, g->low, g->high, g->cases);
}

static void test_shipped(void)
{
  qy_error err = {0};
  qy_mixed_report *r = NULL;
  const qy_status status =
      qy_mixed_compare(&r, "db/sensitivity/mlperf_tiny.csv", "db/sensitivity/mlperf_tiny_mixed.csv", arena, &err);
  if (!ok(!status && r->rows == 120 && r->compared == 120, "the shipped tables: 120 cases")) return;
  published(r, resnet8, QY_MIXED_WEIGHTS, QY_MIXED_LAYERS, 0.96);
  published(r, vww, QY_MIXED_WEIGHTS, QY_MIXED_LAYERS, 0.91);
  published(r, resnet8, QY_MIXED_BOTH, QY_MIXED_LAYERS, 0.95);
  published(r, vww, QY_MIXED_BOTH, QY_MIXED_LAYERS, 0.76);
  published(r, resnet8, QY_MIXED_WEIGHTS, QY_MIXED_TENSORS, 0.89);
  published(r, vww, QY_MIXED_WEIGHTS, QY_MIXED_TENSORS, 0.87);
  near_abs(qy_mixed_find(r, resnet8, QY_MIXED_ALL, QY_MIXED_LAYERS)->mean_absolute_error_db, 1.5, 0.05,
           "mean error of ResNet8: 1.5 dB published");
  const double off = qy_mixed_find(r, vww, QY_MIXED_ALL, QY_MIXED_LAYERS)->mean_absolute_error_db;
  ok(off > 2.6 && off < 3.1, "of VWW: 2.6 to 3.1 dB published, %.2f", off);
}

/* With the table's own predictions in the place of measurements nothing is left. */
static void test_predictions(void)
{
  char *text = NULL;
  size_t length;
  qy_error err = {0};
  qy_mixed_report *r = NULL;
  qy_file_read(&text, &length, "db/sensitivity/mlperf_tiny_mixed.csv", arena, &err);
  char *measured = text ? strstr(text, "additive_prediction_db,measured_db") : NULL;
  if (!ok(measured != NULL, "the table holds predictions of the study")) return;
  memcpy(measured, "measured_db,additive_prediction_db", strlen("measured_db,additive_prediction_db"));
  const char *file = file_of(text);
  qy_mixed_compare(&r, "db/sensitivity/mlperf_tiny.csv", file, arena, &err);
  for (size_t i = 0; r && i < r->group_count; i++)
    if (r->group[i].source == QY_MIXED_LAYERS && r->group[i].widths == QY_MIXED_ALL)
      ok(r->group[i].mean_absolute_error_db < 1e-3 && r->group[i].spearman > 0.9999, "%s: predictions of the study",
         r->group[i].network);
  remove(file);
}

/* Does the text hold the range of the rank correlations, to two digits? */
static void worth(const qy_mixed_report *r, const char *text, qy_mixed_source source)
{
  char expected[64];
  for (int w = QY_MIXED_WEIGHTS; w <= QY_MIXED_BOTH; w++) {
    const double a = qy_mixed_find(r, resnet8, (qy_mixed_widths)w, source)->spearman;
    const double b = qy_mixed_find(r, vww, (qy_mixed_widths)w, source)->spearman;
    int used = snprintf(expected, sizeof expected, "%.2f", fmin(a, b));
    if (strtol(expected + 2, NULL, 10) != lround(100 * fmax(a, b)))
      used += snprintf(expected + used, sizeof expected - (size_t)used, " to %.2f", fmax(a, b));
    snprintf(expected + used, sizeof expected - (size_t)used, " %s", w ? "with activations" : "of weights");
    ok(strstr(text, expected) != NULL, "%s: \"%s\" is said of it", qy_mixed_source_names[source], expected);
  }
}

static void test_worth(void)
{
  qy_error err = {0};
  qy_mixed_report *r = NULL;
  qy_layer_noise *layers = NULL, *tensors = NULL;
  if (qy_mixed_compare(&r, "db/sensitivity/mlperf_tiny.csv", "db/sensitivity/mlperf_tiny_mixed.csv", arena, &err))
    return;
  qy_layer_noise_read(&layers, "db/sensitivity/mlperf_tiny.csv", "network_sqnr_db", arena, &err);
  qy_layer_noise_tensors(&tensors, "db", true, arena, &err);
  worth(r, qy_layer_noise_worth(layers), QY_MIXED_LAYERS);
  worth(r, qy_layer_noise_worth(tensors), QY_MIXED_TENSORS);
  worth(r, qy_layer_noise_worth(NULL), QY_MIXED_EQUAL);
}

/* Two layers: 10 dB at 4 bits each and 20 dB at 8; the third of the assignments was not measured. */
static const char sensitivities[] = "network,layer,what,bits,network_sqnr_db\n"
                                    "n,0,weight,4,10\nn,0,weight,8,20\nn,1,weight,4,10\n"
                                    "n,1,weight,8,20\nn,0,activation,8,20\nn,1,activation,8,20\n";

static void compare(qy_mixed_report **r, const char *text, qy_error *err)
{
  *r = NULL;
  const char *a = file_of(sensitivities), *b = file_of(text);
  qy_mixed_compare(r, a, b, arena, err);
  remove(a);
  remove(b);
}

static void test_sums(void)
{
  qy_error err = {0};
  qy_mixed_report *r;
  compare(&r,
          "network,weight_bits,activation_bits,measured_db\n"
          "n,4 4 8,float,0\nn,8 8 2,8 8 8,0\nn,8 4 8,float 8 8,0\nn,5 4 4,float,3\nother,8,8,1\n",
          &err);
  if (!ok(err.count == 0 && r->rows == 5 && r->compared == 3, "three of five can be compared")) return;
  near_abs(qy_mixed_find(r, "n", QY_MIXED_WEIGHTS, QY_MIXED_LAYERS)->mean_error_db, -10 * log10(0.1 + 0.1), 1e-9,
           "noise powers of weights add; a layer behind the last is left out");
  const double both = -10 * log10(4 * 0.01), one = -10 * log10(0.01 + 0.1 + 0.01);
  near_abs(qy_mixed_find(r, "n", QY_MIXED_BOTH, QY_MIXED_LAYERS)->mean_error_db, (both + one) / 2, 1e-9,
           "and those of activations; float adds nothing");
  ok(qy_mixed_find(r, "n", QY_MIXED_ALL, QY_MIXED_TENSORS) == NULL, "without tensors none is said of them");
  ok(isnan(qy_mixed_find(r, "n", QY_MIXED_ALL, QY_MIXED_LAYERS)->spearman), "of 3 cases no rank correlation");
  is_int((int64_t)r->note_count, 3, "what was left out is said");
}

static void test_errors(void)
{
  static const struct {
    const char *text, *expected;
  } bad[] = {{"network,weight_bits,activation_bits,measured_db\nn,4,float,0\n",
              "weight_bits: expected a width for each of the 2 layers of the sensitivities, found '4'"},
             {"network,weight_bits,activation_bits,measured_db\nn,4 33,float,0\n",
              "weight_bits: expected widths of 1 to 32 bits, blanks between, or float, found '4 33'"},
             {"network,weight_bits,activation_bits,measured_db\nn,4 4,4 x,0\n",
              "activation_bits: expected widths of 1 to 32 bits, blanks between, or float, found '4 x'"},
             {"network,weight_bits,measured_db\n", "expected a column 'activation_bits', found none"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    qy_error err = {0};
    qy_mixed_report *r;
    compare(&r, bad[i].text, &err);
    is_text(err.diagnostic[0].text, bad[i].expected, "an error says what is wrong");
    ok(err.status == QY_BAD_INPUT && err.diagnostic[0].line > 0, "and where");
  }
  /* the column of tensors alone is wrong: nothing is compared */
  const char *table = file_of("network,layer,what,bits,network_sqnr_db,tensor_sqnr_db\nn,a,weight,4,10,none\n");
  const char *rows = file_of("network,weight_bits,activation_bits,measured_db\nn,4,float,0\n");
  qy_error err = {0};
  qy_mixed_report *r = NULL;
  is_int(qy_mixed_compare(&r, table, rows, arena, &err), QY_BAD_INPUT, "a noise of a tensor that is no number");
  ok(err.count == 1 && strstr(err.diagnostic[0].text, "tensor_sqnr_db"), "%s",
     err.count ? err.diagnostic[0].text : "-");
  remove(table);
  remove(rows);
}

/* Layers that are numbers stand at those places of the widths, in whatever order they were measured; others in the
 * order of their rows. */
static void test_numbered(void)
{
  static const struct {
    const char *first, *second, *widths;
    double noise; /* 1/100, 1/10 at 8 and 4 bits of the first; twice as much of the second */
  } row[] = {{"0", "1", "4 8", 0.1 + 0.02},
             {"1", "0", "4 8", 0.01 + 0.2},
             {"2", "10", "8 8 4 8 8 8 8 8 8 8 8", 0.1 + 0.02},
             {"10", "2", "8 8 4 8 8 8 8 8 8 8 8", 0.01 + 0.2},
             {"+1", "+0", "4 8", 0.1 + 0.02},
             {"1b", "0", "4 8", 0.1 + 0.02},
             {"b", "a", "4 8", 0.1 + 0.02},
             {"2", "10", "8 8 4 8 8 8 8 8 8 8", 0}, /* one less than the larger number needs */
             {"10", "2", "8 8 4 8 8 8 8 8 8 8", 0}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char *text =
        qy_arena_format(arena,
                        "network,layer,what,bits,network_sqnr_db\nn,%s,weight,4,10\nn,%s,weight,8,20\n"
                        "n,%s,weight,4,%.15g\nn,%s,weight,8,%.15g\n",
                        row[i].first, row[i].first, row[i].second, -10 * log10(0.2), row[i].second, -10 * log10(0.02));
    char *rows =
        qy_arena_format(arena, "network,weight_bits,activation_bits,measured_db\nn,%s,float,0\n", row[i].widths);
    const char *a = file_of(text), *b = file_of(rows);
    qy_mixed_report *r = NULL;
    qy_error err = {0};
    const qy_status status = qy_mixed_compare(&r, a, b, arena, &err);
    if (row[i].noise == 0)
      ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "each of the 11 layers"), "%s",
         err.diagnostic[0].text);
    else if (ok(!status && r->compared == 1, "layers %s and %s%s%s", row[i].first, row[i].second, status ? ": " : "",
                status ? err.diagnostic[0].text : ""))
      near_abs(qy_mixed_find(r, "n", QY_MIXED_WEIGHTS, QY_MIXED_LAYERS)->mean_error_db, -10 * log10(row[i].noise), 1e-9,
               "each takes its width");
    remove(a);
    remove(b);
  }
}

/* Fisher's interval of a rank correlation, its variance as of ranks: 1.06 / (n - 3). */
static void test_interval(void)
{
  static const double measured[] = {1, 3, 2, 4, 5, 0};
  for (int n = 3; n <= 6; n++) {
    qy_error err = {0};
    qy_mixed_report *r;
    char text[400] = "network,weight_bits,activation_bits,measured_db\n";
    static const char *const widths[] = {"4 4", "4 8", "4 8", "8 8", "8 8", "4 4"};
    double predicted[6], absolute = 0, mean = 0;
    for (int i = 0; i < n; i++) {
      const size_t used = strlen(text);
      snprintf(text + used, sizeof text - used, "n,%s,float,%g\n", widths[i], measured[i]);
      predicted[i] = -10 * log10(strcmp(widths[i], "4 4") == 0 ? 0.2 : strcmp(widths[i], "8 8") == 0 ? 0.02 : 0.11);
      mean += (predicted[i] - measured[i]) / n, absolute += fabs(predicted[i] - measured[i]) / n;
    }
    compare(&r, text, &err);
    const qy_mixed_group *g = r ? qy_mixed_find(r, "n", QY_MIXED_WEIGHTS, QY_MIXED_LAYERS) : NULL;
    if (!ok(g && g->cases == (size_t)n, "%d cases", n)) continue;
    near_abs(g->mean_error_db, mean, 1e-9, "mean error");
    near_abs(g->mean_absolute_error_db, absolute, 1e-9, "mean of its size");
    if (n < 4) {
      ok(isnan(g->spearman) && isnan(g->low) && isnan(g->high), "too few for a correlation");
      continue;
    }
    const double rank = qy_spearman(predicted, measured, (size_t)n), wide = 1.959964 * sqrt(1.06 / (n - 3));
    near_rel(g->spearman, rank, 1e-12, "of ranks");
    near_rel(g->low, tanh(atanh(rank) - wide), 1e-6, "from");
    near_rel(g->high, tanh(atanh(rank) + wide), 1e-6, "to");
    const qy_mixed_group *equal = qy_mixed_find(r, "n", QY_MIXED_ALL, QY_MIXED_EQUAL);
    ok(equal && equal->cases == (size_t)n && equal->widths == QY_MIXED_ALL, "all layers alike: the same cases");
    ok(qy_mixed_find(r, "n", QY_MIXED_BOTH, QY_MIXED_LAYERS) == NULL, "none with activations");
  }
}

/* Rows that cannot be compared are counted by their reason. */
static void test_notes(void)
{
  qy_error err = {0};
  qy_mixed_report *r;
  compare(&r,
          "network,weight_bits,activation_bits,measured_db\n"
          "n,5 4,float,0\nx,4 4,float,0\ny,4 4,float,0\nn,4 4,float,0\nn,4 4,4 8,1\n",
          &err);
  if (!ok(err.count == 0 && r->rows == 5 && r->compared == 1, "one of five")) return;
  static const struct {
    const char *reason;
    size_t count;
  } row[] = {{"rows not compared: a width that was not measured", 2},
             {"rows not compared: a network that was not measured", 2}};
  for (size_t i = 0; i < 2; i++) {
    size_t count = 0;
    for (size_t k = 0; k < r->note_count; k++)
      if (strcmp(r->note[k].reason, row[i].reason) == 0) count = r->note[k].count;
    is_int((int64_t)count, (int64_t)row[i].count, row[i].reason);
  }
  compare(&r, "network,weight_bits,activation_bits,measured_db\nn,4 8 8,float,0\nn,4 8 8 8,float,0\n", &err);
  ok(err.count && strstr(err.diagnostic[0].text, "3 widths, as rows above have of n"), "%s",
     err.count ? err.diagnostic[0].text : "fine");
  qy_error_clear(&err);
  compare(&r, "network,weight_bits,activation_bits,measured_db\nn,4 8 8,float,0\nn,4 8 8,float,2\n", &err);
  ok(!err.count && r->note_count == 1 && r->note[0].count == 2 &&
         strstr(r->note[0].reason, "1 layer is not in the sensitivities of n"),
     "a layer behind the last: %s", r->note_count ? r->note[0].reason : "not said");
  compare(&r, "network,weight_bits,activation_bits,measured_db\nn,4 8 8 2,float,0\n", &err);
  ok(!err.count && r->note_count == 1 && strstr(r->note[0].reason, "2 layers are not"), "two of them");
  static const char *const wrong[] = {"n,4 8,float,1001", "n,4 8,float,x",   "n,0 4,float,0",
                                      "n,4 -4,float,0",   "n,4 4 x,float,0", "n,333 4,float,0"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    qy_error_clear(&err);
    compare(&r, qy_arena_format(arena, "network,weight_bits,activation_bits,measured_db\n%s\n", wrong[i]), &err);
    ok(err.count && err.diagnostic[0].line == 2, "%s: %s", wrong[i], err.count ? err.diagnostic[0].text : "fine");
  }
  qy_error_clear(&err);
  compare(&r, "network,weight_bits,activation_bits,measured_db\nn,  4   8 ,float float,-1000\n", &err);
  ok(!err.count && r->compared == 1, "blanks do not matter");
}

int main(void)
{
  arena = qy_arena_new();
  test_spearman();
  test_shipped();
  test_predictions();
  test_worth();
  test_sums();
  test_numbered();
  test_interval();
  test_notes();
  test_errors();
  qy_arena_free(arena);
  return done();
}
