/* The data of a page, decoded here by the layout that report_data.c states: which points are taken, what each is, and
 * how near its values are to those given. */
#include "../../src/report/report_int.h"
#include "tap.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

enum { COUNT = 1200, DESIGNS = 300, METRICS = 5, CLOCKS = 256, NETWORKS = 2, ID = 7 };
/* As many clocks as a byte tells apart, more designs. */
enum { CODE_MOST = 0xfffeff };

static qy_arena *arena;
static sqlite3 *json;
static double number[COUNT], metric[METRICS][COUNT], low[COUNT], high[COUNT], chance[COUNT], clocks[CLOCKS];
static uint32_t zero[COUNT], network[COUNT], design[COUNT], clock_of[COUNT];
static char *one[] = {"one"}, *network_label[] = {"n\"0", "n1"}, *design_label[DESIGNS], *clock_label[CLOCKS];
static char mhz[] = "MHz";
static uint8_t on_front[COUNT];
static const int metric_of[METRICS] = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ, QY_GOPS, QY_NOISE};

/* ---- what is given ---- */

static bool has_word(uint32_t d)
{
  return d % 5 != 0;
}

/* A database of the points' designs and axes. */
static qy_store *open_store(const char *file)
{
  qy_error err = {0};
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  char sql[600];
  if (qy_store_open(&store, file, QY_STORE_WRITE, &err)) return NULL;
  qy_store_close(store);
  if (sqlite3_open(file, &db)) return NULL;
  int wrong = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
  snprintf(sql, sizeof sql,
           "INSERT INTO axis VALUES (%d, 0, 'clock_mhz', 'clock_mhz', 'real', 'MHz', 1),"
           "(%d, 1, 'memory.buffer', 'memory_buffer', 'integer', 'B', 1), (%d, 2, 'fixed', 'fixed', 'integer', '', 0),"
           "(%d, 3, 'word', 'word', 'text', '', 1), (%d, 4, 'alike', 'alike', 'integer', '', 1), "
           "(%d, 5, 'technology', 'technology', 'text', '', 1)", /* what is a key of the points is no other one */
           ID, ID, ID, ID, ID, ID);
  wrong += sqlite3_exec(db, sql, NULL, NULL, NULL);
  wrong +=
      sqlite3_exec(db, "INSERT INTO technology VALUES (1, 't1', 'a', '', 1), (2, 't2', 'b', '', 1)", NULL, NULL, NULL);
  for (uint32_t d = 0; d < DESIGNS; d++) {
    char word[40] = "";
    if (has_word(d)) snprintf(word, sizeof word, ",\"word\":\"w%u\"", d % 3);
    snprintf(sql, sizeof sql,
             "INSERT INTO design VALUES (%lld, 'd', '{\"memory\":{\"buffer\":%u},\"fixed\":1,\"alike\":4%s}')",
             ((long long)ID << 40) + d, 64 * d, word);
    wrong += sqlite3_exec(db, sql, NULL, NULL, NULL);
  }
  for (size_t i = 0; i < COUNT; i++) {
    snprintf(sql, sizeof sql,
             "INSERT INTO result (id, design, technology, network, precision_bits, clock_mhz) "
             "VALUES (%lld, %lld, %zu, 1, 8, 1)",
             ((long long)ID << 40) + (long long)number[i], ((long long)ID << 40) + design[i], 1 + i % 2);
    wrong += sqlite3_exec(db, sql, NULL, NULL, NULL);
  }
  wrong += sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
  if (wrong) printf("# %s\n", sqlite3_errmsg(db));
  sqlite3_close(db);
  return wrong || qy_store_open(&store, file, QY_STORE_READ, &err) ? NULL : store;
}

/* Areas from 1 to 10^5 (logarithmic), latencies about 0 with bounds, an energy that some lack, one rate, no noise. */
static void make_points(void)
{
  double at = 3;
  for (int i = 0; i < COUNT; i++) {
    at += i % 100 == 99 ? 2097152 + i : i % 10 == 9 ? 128 + i : i % 10 == 3 ? 127 : 1;
    number[i] = at;
    network[i] = (uint32_t)(i % NETWORKS), design[i] = (uint32_t)(i * 7 % DESIGNS);
    clock_of[i] = (uint32_t)(i * 11 % CLOCKS);
    metric[0][i] = pow(10, 5.0 * ((i * 37) % COUNT) / (COUNT - 1));
    metric[1][i] = -50 + (i * 53) % COUNT;
    metric[2][i] = i % 4 == 1 ? NAN : 0.5 + i;
    metric[3][i] = 2.5;
    metric[4][i] = NAN;
    low[i] = metric[1][i] - 10 - i % 7, high[i] = metric[1][i] + 20 + i % 5;
    chance[i] = i == 5 ? 1.2 : i == 6 ? -0.1 : (i % 97) / 96.0;
  }
  for (int d = 0; d < DESIGNS; d++)
    design_label[d] = (char *)(uintptr_t)qy_arena_format(arena, "D%d", d);
  for (int c = 0; c < CLOCKS; c++)
    clock_label[c] = (char *)(uintptr_t)qy_arena_format(arena, "%d MHz", 100 + c), clocks[c] = 100 + c;
}

static void fill(experiment *e, qy_store *store, bool uncertain, size_t fronts)
{
  *e = (experiment){.store = store, .id = ID, .arena = arena, .name = "na\"me", .objective_count = 2};
  qy_points *p = &e->points;
  *p = (qy_points){.count = COUNT, .point = number, .chance = uncertain ? chance : NULL};
  e->metric_count = METRICS;
  for (int m = 0; m < METRICS; m++)
    e->metric[m] = metric_of[m], p->metric[metric_of[m]] = metric[m];
  if (uncertain) p->low[QY_LATENCY_US] = low, p->high[QY_LATENCY_US] = high;
  for (int k = 0; k < QY_KEY_COUNT; k++)
    p->key[k] = zero, p->label[k] = one, p->label_count[k] = 1;
  p->key[QY_KEY_NETWORK] = network, p->label[QY_KEY_NETWORK] = network_label, p->label_count[QY_KEY_NETWORK] = NETWORKS;
  p->key[QY_KEY_DESIGN] = design, p->label[QY_KEY_DESIGN] = design_label, p->label_count[QY_KEY_DESIGN] = DESIGNS;
  p->key[QY_KEY_CLOCK] = clock_of, p->label[QY_KEY_CLOCK] = clock_label, p->label_count[QY_KEY_CLOCK] = CLOCKS;
  p->number[QY_KEY_CLOCK] = clocks, p->unit[QY_KEY_CLOCK] = mhz;
  /* Parameters that fronts are formed within are keys of the points, but axes of the page. */
  p->key[QY_KEY_PARAMETER] = network, p->label[QY_KEY_PARAMETER] = network_label, p->label_count[QY_KEY_PARAMETER] = 2;
  memset(on_front, 0, sizeof on_front);
  for (size_t i = 0; i < fronts; i++)
    on_front[i * COUNT / fronts] = 1;
  e->on_front = on_front;
  e->front_count = fronts;
}

/* ---- what comes out ---- */

static const char *head; /* JSON */
static const unsigned char *bytes;
static size_t at, length;

/* A value of the header as text. */
static const char *of_head(const char *path)
{
  static char text[8][100];
  static int next;
  sqlite3_stmt *s = NULL;
  char *out = text[next++ % 8];
  strcpy(out, "?");
  if (sqlite3_prepare_v2(json, "SELECT json_extract(?1, ?2)", -1, &s, NULL)) return out;
  sqlite3_bind_text(s, 1, head, -1, SQLITE_STATIC);
  sqlite3_bind_text(s, 2, path, -1, SQLITE_STATIC);
  if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0))
    snprintf(out, sizeof text[0], "%s", (const char *)sqlite3_column_text(s, 0));
  sqlite3_finalize(s);
  return out;
}

/* The texts of an array of the header; how many there are. */
static size_t labels_of(const char *path, const char *label[COUNT])
{
  sqlite3_stmt *s = NULL;
  size_t count = 0;
  if (sqlite3_prepare_v2(json, "SELECT value FROM json_each(?1, ?2) ORDER BY key", -1, &s, NULL)) return 0;
  sqlite3_bind_text(s, 1, head, -1, SQLITE_STATIC);
  sqlite3_bind_text(s, 2, path, -1, SQLITE_STATIC);
  while (count < COUNT && sqlite3_step(s) == SQLITE_ROW)
    label[count++] = qy_arena_format(arena, "%s", (const char *)sqlite3_column_text(s, 0));
  sqlite3_finalize(s);
  return count;
}

static double number_of(const char *format, int i)
{
  char path[60];
  snprintf(path, sizeof path, format, i); // NOLINT(clang-diagnostic-format-nonliteral)
  return strtod(of_head(path), NULL);
}

/* The bytes behind base64 and deflation; false: they are none. */
static bool unpack(const char *text)
{
  static unsigned char packed[1 << 20], plain[1 << 22];
  static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  size_t size = 0;
  for (; text && *text && *text != '='; text += 4) {
    uint32_t group = 0;
    int got = 0;
    for (int k = 0; k < 4; k++) {
      const char *d = text[k] == '=' || !text[k] ? NULL : strchr(digit, text[k]);
      group = group << 6 | (d ? (uint32_t)(d - digit) : 0);
      got += d != NULL;
    }
    for (int k = 0; k + 1 < got; k++)
      packed[size++] = (unsigned char)(group >> (16 - 8 * k));
  }
  uLongf all = sizeof plain;
  if (uncompress(plain, &all, packed, size) != Z_OK) return false;
  bytes = plain, length = all;
  const size_t of_json = bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
  char *copy = of_json < length ? qy_arena_alloc(arena, of_json + 1, 1) : NULL;
  if (!copy) return false;
  memcpy(copy, bytes + 4, of_json);
  head = copy;
  at = 4 + of_json;
  return true;
}

/* The next `count` bytes. */
static const unsigned char *plane(size_t count)
{
  const unsigned char *p = bytes + at;
  at += count;
  if (at > length) at = length + 1;
  return at <= length ? p : bytes;
}

static double value_of(int m, uint32_t code)
{
  static const char *of;
  static double least[METRICS], most[METRICS];
  static bool logarithmic[METRICS];
  for (int k = 0; k < METRICS && of != head; k++) {
    least[k] = number_of("$.metrics[%d].low", k), most[k] = number_of("$.metrics[%d].high", k);
    logarithmic[k] = number_of("$.metrics[%d].log", k) > 0;
  }
  of = head;
  if (code >> 8 == 0xffff) return NAN;
  const double place = (double)code / CODE_MOST;
  return logarithmic[m] ? least[m] * pow(most[m] / least[m], place) : least[m] + place * (most[m] - least[m]);
}

typedef struct decoded {
  size_t count, rows;
  uint32_t index[COUNT]; /* among the points given */
  const unsigned char *flags;
} decoded;

/* Numbers and flags; how many are wrong. */
static int decode_points(decoded *d)
{
  double before = 0;
  size_t k = 0;
  int wrong = 0;
  d->count = (size_t)number_of("$.points", 0);
  d->rows = (size_t)number_of("$.rows", 0);
  for (size_t i = 0; i < d->count && i < COUNT; i++) {
    uint64_t step = 0;
    int shift = 0;
    for (; shift < 56; shift += 7) {
      const unsigned char byte = *plane(1);
      step |= (uint64_t)(byte & 127) << shift;
      if (byte < 128) {
        wrong += byte == 0 && shift > 0; /* one byte more than is needed */
        break;
      }
    }
    before += (double)step;
    while (k < COUNT && number[k] < before)
      k++;
    wrong += k == COUNT || number[k] != before;
    d->index[i] = (uint32_t)(k < COUNT ? k : 0);
  }
  d->flags = plane(d->count);
  return wrong;
}

/* Taken evenly: of the first k of `all` the share of k, to less than one. */
static bool even(size_t seen, size_t taken, size_t all, size_t taken_of_all)
{
  return fabs((double)taken - (double)seen * (double)taken_of_all / (double)all) < 1;
}

/* Which points are there: all, or as many as there is room for, of which those of fronts and the others have half each;
 * what either does not need the other has. */
static int check_choice(const decoded *d, const experiment *e, share limit)
{
  const size_t fronts = e->front_count, all = COUNT, others = all - fronts;
  const size_t want = all < limit.points ? all : limit.points, half = want / 2;
  size_t want_front = half;
  while (want_front > fronts)
    want_front--;
  while (want - want_front > others)
    want_front++;
  const size_t rows = want_front < limit.rows ? want_front : limit.rows;
  size_t k = 0, front = 0, rest = 0, front_taken = 0, rest_taken = 0, row = 0;
  int wrong = d->count != want || d->rows != rows;
  for (size_t i = 0; i < all; i++) {
    const bool is = k < d->count && d->index[k] == i;
    const unsigned char flags = is ? d->flags[k] : 0;
    k += is;
    if (on_front[i]) {
      front++, front_taken += is, row += flags >> 1;
      wrong += !even(front, front_taken, fronts, want_front);
      if (is) wrong += (flags & 1) == 0 || flags > 3 || !even(front_taken, row, want_front, rows);
    } else {
      rest++, rest_taken += is;
      wrong += flags != 0 || !even(rest, rest_taken, all - fronts, want - want_front);
    }
  }
  return wrong + (front_taken != want_front) + (row != rows);
}

/* Labels of the keys: a byte each, or two planes where there are more than 256. */
static int check_keys(const decoded *d)
{
  static const char *const name[] = {"network", "design", "clock_mhz", "memory.buffer", "word"};
  int wrong = strcmp(of_head("$.keys[5]"), "?") != 0;
  static const char *label[COUNT];
  for (int key = 0; key < 5; key++) {
    char path[60];
    snprintf(path, sizeof path, "$.keys[%d].name", key);
    wrong += strcmp(of_head(path), name[key]) != 0;
    wrong += number_of("$.keys[%d].number", key) != (key == 2 || key == 3);
    snprintf(path, sizeof path, "$.keys[%d].labels", key);
    const size_t labels = labels_of(path, label);
    const unsigned char *upper = labels > 256 ? plane(d->count) : NULL, *lower = plane(d->count);
    for (size_t i = 0; i < d->count; i++) {
      const uint32_t k = d->index[i], l = lower[i] + (upper ? 256U * upper[i] : 0);
      char want[40];
      if (key == 0) snprintf(want, sizeof want, "%s", network_label[network[k]]);
      if (key == 1) snprintf(want, sizeof want, "D%u", design[k]);
      if (key == 2) snprintf(want, sizeof want, "%u MHz", 100 + clock_of[k]);
      if (key == 3) snprintf(want, sizeof want, "%u", 64 * design[k]);
      if (key == 4 && has_word(design[k])) snprintf(want, sizeof want, "w%u", design[k] % 3);
      if (key == 4 && !has_word(design[k])) snprintf(want, sizeof want, "–");
      wrong += l >= labels || strcmp(label[l], want) != 0;
    }
  }
  return wrong;
}

/* As near as the codes are fine: 16 bits of the range, 24 in rows; ranges are those of what is shown. */
static int check_metrics(const decoded *d, bool uncertain)
{
  uint32_t code[METRICS][COUNT];
  int wrong = 0;
  for (int m = 0; m < METRICS; m++) {
    const unsigned char *upper = plane(d->count), *middle = plane(d->count);
    for (size_t i = 0; i < d->count; i++)
      code[m][i] = (uint32_t)upper[i] << 16 | (uint32_t)middle[i] << 8;
  }
  for (int m = 0; m < METRICS; m++) {
    double least = INFINITY, most = -INFINITY;
    const unsigned char *fine = plane(d->rows), *end[4] = {0};
    const bool sure = !(uncertain && m == 1);
    size_t row = 0;
    for (int k = 0; k < 4 && !sure; k++)
      end[k] = plane(d->rows);
    for (size_t i = 0; i < d->count; i++) {
      const double v = metric[m][d->index[i]];
      least = fmin(least, v), most = fmax(most, v);
      if (sure || !(d->flags[i] & 2)) continue;
      least = fmin(least, low[d->index[i]]), most = fmax(most, high[d->index[i]]);
    }
    if (least > most) least = most = 0;
    wrong += fabs(number_of("$.metrics[%d].low", m) - least) > 1e-8 * fabs(least);
    wrong += fabs(number_of("$.metrics[%d].high", m) - most) > 1e-8 * fabs(most);
    wrong += number_of("$.metrics[%d].log", m) != (least > 0) || number_of("$.metrics[%d].uncertain", m) != !sure;
    for (size_t i = 0; i < d->count; i++) {
      const uint32_t k = d->index[i];
      const bool in_row = d->flags[i] & 2;
      const double want = metric[m][k], step = in_row ? 1.0 / CODE_MOST : 256.0 / CODE_MOST;
      const uint32_t c = code[m][i] | (in_row ? fine[row] : 128U);
      if (m >= 2) { /* a range of nothing has code 0, none 255 255 */
        const double place = isnan(want) ? NAN : most > least ? log(want / least) / log(most / least) : 0;
        wrong += isnan(want) ? c >> 8 != 0xffff : fabs((double)c / CODE_MOST - place) > step;
      } else {
        const double got = value_of(m, c), range = m == 0 ? log(most / least) : most - least;
        wrong += fabs(m == 0 ? log(got / want) : got - want) > step * range;
      }
      for (int e = 0; e < 2 && in_row && !sure; e++) {
        const double bound = value_of(m, (uint32_t)end[2 * e][row] << 16 | (uint32_t)end[2 * e + 1][row] << 8 | 128U);
        wrong += !(fabs(bound - (e ? high : low)[k]) <= 256.0 / CODE_MOST * (most - least));
      }
      row += in_row;
    }
  }
  return wrong;
}

static void page(qy_store *store, bool uncertain, size_t fronts, share limit)
{
  static decoded d;
  experiment e;
  qy_error err = {0};
  qy_text out = {0};
  share kept = {0};
  int wrong[5] = {0};
  fill(&e, store, uncertain, fronts);
  const qy_status status = data_write(&out, &e, limit, &kept, &err);
  if (ok(status == QY_OK && unpack(out.data), "data of %zu points, %zu of fronts", limit.points, fronts)) {
    wrong[0] = decode_points(&d);
    const unsigned char *probability = uncertain ? plane(d.count) : NULL;
    for (size_t i = 0; i < d.count && uncertain; i++)
      wrong[1] += fabs(probability[i] / 250.0 - fmin(1, fmax(0, chance[d.index[i]]))) > 0.5 / 250 + 1e-12;
    wrong[1] += number_of("$.chance", 0) != uncertain;
    wrong[2] = check_choice(&d, &e, limit);
    wrong[3] = check_keys(&d);
    wrong[4] = check_metrics(&d, uncertain);
    ok(wrong[0] + wrong[1] + wrong[2] + wrong[3] + wrong[4] == 0 && at == length && kept.points == d.count &&
           kept.rows == d.rows,
       "%zu points, %zu rows (%d %d %d %d %d)", d.count, d.rows, wrong[0], wrong[1], wrong[2], wrong[3], wrong[4]);
  }
  qy_text_free(&out);
}

/* What the header says of metrics and plots. */
static void headers(qy_store *store)
{
  experiment e;
  qy_error err = {0};
  qy_text out = {0};
  share kept;
  fill(&e, store, true, 30);
  e.within[0] = QY_KEY_CLOCK, e.within[1] = QY_KEY_NETWORK, e.within_count = 2;
  e.points.on_chip = true;
  e.plot[0] = (report_plot){.kind = "heatmap",
                            .name = "a",
                            .x = "area_um2",
                            .y = "precision",
                            .colour = "energy_uj",
                            .which = "median",
                            .x_log = -1,
                            .y_log = 0,
                            .colour_log = 1,
                            .bins = 5,
                            .panel = "design",
                            .group = "design,word",
                            .where = "{\"precision\":\"8 bit\"}"};
  e.plot[1] = (report_plot){.kind = "parallel", .axes = "area_um2,word"};
  e.plot_count = 2;
  if (!ok(data_write(&out, &e, (share){COUNT, 10}, &kept, &err) == QY_OK && unpack(out.data), "data of two plots"))
    return;
  static const char *const row[][2] = {{"$.name", "na\"me"},
                                       {"$.feasible", "1200"},
                                       {"$.front", "30"},
                                       {"$.points", "1200"},
                                       {"$.rows", "10"},
                                       {"$.objectives", "2"},
                                       {"$.code_most", "16776959"},
                                       {"$.probability_steps", "250"},
                                       {"$.within", "[\"clock_mhz\",\"network\"]"},
                                       {"$.keys[2].title", "Clock (MHz)"},
                                       {"$.keys[1].title", "Design"},
                                       {"$.keys[3].title", "Memory buffer (B)"},
                                       {"$.keys[4].title", "Word"},
                                       {"$.keys[4].labels[0]", "–"},
                                       {"$.metrics[0].name", "area_um2"},
                                       {"$.metrics[0].sense", "-1"},
                                       {"$.metrics[0].unit", "µm²"},
                                       {"$.metrics[2].name", "energy_uj"},
                                       {"$.metrics[3].sense", "1"},
                                       {"$.metrics[5]", "?"},
                                       {"$.plots[0].kind", "heatmap"},
                                       {"$.plots[0].name", "a"},
                                       {"$.plots[0].x", "area_um2"},
                                       {"$.plots[0].y", "precision"},
                                       {"$.plots[0].colour", "energy_uj"},
                                       {"$.plots[0].axes", ""},
                                       {"$.plots[0].which", "median"},
                                       {"$.plots[0].xlog", "-1"},
                                       {"$.plots[0].ylog", "0"},
                                       {"$.plots[0].clog", "1"},
                                       {"$.plots[0].bins", "5"},
                                       {"$.plots[0].panel", "design"},
                                       {"$.plots[0].group", "design,word"},
                                       {"$.plots[0].where", "{\"precision\":\"8 bit\"}"},
                                       {"$.plots[1].kind", "parallel"},
                                       {"$.plots[1].axes", "area_um2,word"},
                                       {"$.plots[1].bins", "12"},
                                       {"$.plots[1].where", "{}"},
                                       {"$.plots[1].x", ""},
                                       {"$.plots[2]", "?"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    is_text(of_head(row[i][0]), row[i][1], row[i][0]);
  for (int m = 0; m < METRICS; m++) {
    const qy_metric_info *info = &qy_metric_table()[metric_of[m]];
    const char *scope = qy_metric_scope(metric_of[m], true);
    char path[40], want[200];
    snprintf(path, sizeof path, "$.metrics[%d].label", m);
    snprintf(want, sizeof want, "%s%s%s", info->label, *scope ? " " : "", scope);
    is_text(of_head(path), want, path);
  }
  qy_text_free(&out);
  /* More objectives than the page shows are eight there. */
  e.objective_count = 12;
  ok(data_write(&out, &e, (share){COUNT, 10}, &kept, &err) == QY_OK && unpack(out.data) &&
         number_of("$.objectives", 0) == 8,
     "eight objectives of twelve");
  qy_text_free(&out);
}

/* What cannot be read of the database is no page without it. */
static void damaged(const char *file)
{
  experiment e;
  qy_error err = {0};
  qy_text out = {0};
  qy_store *store = NULL;
  sqlite3 *db = NULL;
  share kept;
  sqlite3_open(file, &db);
  const int dropped = sqlite3_exec(db, "DROP TABLE axis", NULL, NULL, NULL);
  sqlite3_close(db);
  if (!ok(!dropped && !qy_store_open(&store, file, QY_STORE_READ, &err), "a database without axes")) return;
  fill(&e, store, false, 5);
  ok(data_write(&out, &e, (share){COUNT, 10}, &kept, &err) != QY_OK && err.count > 0, "is refused: %s",
     err.diagnostic[0].text);
  qy_text_free(&out);
  qy_store_close(store);
}

int main(void)
{
  static const struct {
    size_t fronts;
    share limit;
  } row[] = {{40, {COUNT, 400}}, {40, {COUNT - 1, 40}}, {40, {500, 39}},   {40, {80, 7}},     {40, {79, 400}},
             {41, {80, 40}},     {900, {600, 400}},     {900, {600, 299}}, {1100, {300, 30}}, {1, {100, 1}}};
  char folder[] = "/tmp/quarry-data-XXXXXX", file[80];
  if (!mkdtemp(folder) || sqlite3_open(":memory:", &json)) return 1;
  arena = qy_arena_new();
  snprintf(file, sizeof file, "%s/db", folder);
  make_points();
  qy_store *store = open_store(file);
  if (ok(store != NULL, "a database")) {
    headers(store);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
      page(store, i % 2, row[i].fronts, row[i].limit);
  }
  qy_store_close(store);
  damaged(file);
  unlink(file);
  rmdir(folder);
  sqlite3_close(json);
  qy_arena_free(arena);
  return done();
}
