/* Points sorted by keys against a look at every point for every group; labels of groups by what they should read;
 * fronts of groups by comparing all pairs. */
#include "../../src/store/points_labels.h"
#include "quarry/points.h"
#include "random.h"
#include "tap.h"

#include <stdlib.h>

enum { POINTS = 300, LABELS_MOST = 6, BUFFER = QY_KEY_PARAMETER, BITS, KIND, METRICS = 3 };

typedef struct axis {
  int key;
  const char *name, *unit; /* of a parameter */
  size_t labels;
  char *label[LABELS_MOST];
  double number[LABELS_MOST];
} axis;

/* A size in bytes is read in the largest unit of which it is a whole number. */
static axis axes[] = {
    {QY_KEY_TECHNOLOGY, NULL, NULL, 2, {"fdsoi28", "lp55"}, {0}},
    {QY_KEY_DESIGN, NULL, NULL, 1, {"only"}, {0}},
    {QY_KEY_PRECISION, NULL, NULL, 3, {"8 bit", "4 bit", "mixed"}, {0}},
    {BUFFER,
     "memory.buffer",
     "B",
     6,
     {"1000", "1024", "1536", "65536", "2097152", "-"},
     {1000, 1024, 1536, 65536, 2097152, NAN}},
    {BITS, "pe.bits", "bit", 2, {"8", "16"}, {8, 16}},
    {KIND, "pe.kind", NULL, 2, {"mac", "mul"}, {0}},
};
enum { AXES = sizeof axes / sizeof *axes };
static const char *const buffer_said[] = {"memory.buffer 1000 B", "memory.buffer 1 KiB", "memory.buffer 1536 B",
                                          "memory.buffer 64 KiB", "memory.buffer 2 MiB", "memory.buffer -"};

static const int metric[METRICS] = {QY_AREA_UM2, QY_GOPS, QY_LATENCY_US};
static double value[METRICS][POINTS];
static uint32_t place[QY_KEY_COUNT][POINTS];

static qy_points make(uint64_t *seed)
{
  qy_points p = {.count = POINTS};
  for (int a = 0; a < AXES; a++) {
    const int k = axes[a].key;
    for (int i = 0; i < POINTS; i++)
      place[k][i] = (uint32_t)random_below(seed, axes[a].labels);
    p.key[k] = place[k];
    p.label_count[k] = axes[a].labels;
    p.label[k] = axes[a].label;
    p.unit[k] = (char *)axes[a].unit;
    if (k >= QY_KEY_PARAMETER) p.parameters.name[p.parameters.count++] = axes[a].name;
    if (k == BUFFER || k == BITS) p.number[k] = axes[a].number;
  }
  for (int m = 0; m < METRICS; m++) {
    p.metric[metric[m]] = value[m];
    for (int i = 0; i < POINTS; i++)
      value[m][i] = (double)random_below(seed, 9);
  }
  return p;
}

static const axis *axis_of(qy_key key)
{
  for (int a = 0; a < AXES; a++)
    if (axes[a].key == (int)key) return &axes[a];
  return NULL;
}

/* The group's label from its members' labels. */
static void wanted_label(char *out, size_t size, const qy_groups *g, const size_t *index)
{
  size_t used = 0, shown = 0;
  out[0] = '\0';
  for (int k = 0; k < g->key_count; k++)
    shown += axis_of(g->key[k])->labels > 1;
  for (int k = 0; k < g->key_count; k++) {
    const axis *a = axis_of(g->key[k]);
    if (a->labels == 1 && shown) continue;
    const char *text = a->label[index[k]], *before = used ? ", " : "";
    if (a->key == BUFFER && g->key_count > 1)
      used += (size_t)snprintf(out + used, size - used, "%s%s", before, buffer_said[index[k]]);
    else if (a->key == BITS && g->key_count > 1)
      used += (size_t)snprintf(out + used, size - used, "%spe.bits %s", before, text);
    else
      used += (size_t)snprintf(out + used, size - used, "%s%s", before, text);
  }
}

/* What is wrong with the groups, or 0. */
static int look(const qy_points *p, const qy_groups *g, const qy_key *keys, int count)
{
  size_t product = 1;
  for (int k = 0; k < count; k++)
    product *= p->label_count[keys[k]];
  if (g->count != product || g->first[0] != 0 || g->first[product] != POINTS) return 1;
  for (size_t i = 0; i < product; i++) {
    size_t index[AXES], at = g->first[i];
    for (int k = 0; k < count; k++)
      index[k] = qy_groups_index(g, p, i, keys[k]);
    for (uint32_t n = 0; n < POINTS; n++) {
      bool in = true;
      for (int k = 0; k < count; k++)
        in &= p->key[keys[k]][n] == index[k];
      if (in && (at == g->first[i + 1] || g->member[at++] != n)) return 2;
    }
    if (at != g->first[i + 1]) return 3;
    for (size_t j = 0; j < i; j++) { /* each of other labels */
      bool same = true;
      for (int k = 0; k < count; k++)
        same &= qy_groups_index(g, p, j, keys[k]) == index[k];
      if (same && product < 50) return 4;
    }
    char label[300], wanted[300];
    wanted_label(wanted, sizeof wanted, g, index);
    char *whole = qy_groups_label_whole(g, p, i);
    const bool good =
        strcmp(qy_groups_label(label, sizeof label, g, p, i), wanted) == 0 && whole && strcmp(whole, wanted) == 0;
    if (!good) printf("# \"%s\" and \"%s\" where \"%s\" was expected\n", label, whole ? whole : "", wanted);
    free(whole);
    if (!good) return 5;
  }
  return 0;
}

static bool beats(const double *const *row, size_t i, size_t j)
{
  bool no_worse = true, better = false;
  for (int m = 0; m < METRICS; m++) {
    const double sign = m == 1 ? -1 : 1; /* throughput: more is better */
    no_worse &= sign * row[m][i] <= sign * row[m][j];
    better |= sign * row[m][i] < sign * row[m][j];
  }
  return no_worse && better;
}

static int look_at_fronts(const qy_points *p, const qy_groups *g, const qy_key *keys, int count)
{
  const double *row[METRICS] = {value[0], value[1], value[2]};
  uint8_t *on = NULL;
  int wrong = 0;
  if (qy_points_front(&on, p, g, metric, METRICS, NULL)) return 1;
  for (size_t i = 0; i < POINTS; i++) {
    bool beaten = false, equal_before = false;
    for (size_t j = 0; j < POINTS; j++) {
      bool same = true;
      for (int k = 0; k < count; k++)
        same &= p->key[keys[k]][i] == p->key[keys[k]][j];
      if (!same) continue;
      beaten |= beats(row, j, i);
      equal_before |= j < i && row[0][i] == row[0][j] && row[1][i] == row[1][j] && row[2][i] == row[2][j];
    }
    wrong += equal_before ? on[i] && beaten : on[i] != !beaten;
  }
  free(on);
  return wrong;
}

/* Words for people, as points.h has them. */
static void titles(void)
{
  static const struct {
    const char *name, *unit, *title;
  } row[] = {{"rows", NULL, "Rows"},
             {"clock_mhz", NULL, "Clock (MHz)"},
             {"clock_mhz", "", "Clock"},
             {"pe.weight_bits", "bit", "PE weight bits"},
             {"pe.kind", NULL, "PE kind"},
             {"memory.buffer", "B", "Memory buffer (B)"},
             {"buffers.input", "B", "Input buffer (B)"},
             {"buffers.input_banks", "", "Input buffer banks"},
             {"voltage_v", NULL, "Supply voltage (V)"},
             {"blk_dsp_high", NULL, "Block DSP high"},
             {"bat", NULL, "Batch"},
             {"signal", NULL, "Weight distribution"},
             {"dram.sram_lut_bram", NULL, "DRAM SRAM LUT BRAM"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char title[QY_KEY_TITLE];
    is_text(qy_axis_title(title, row[i].name, row[i].unit), row[i].title, row[i].name);
  }
  uint64_t seed = 5;
  const qy_points p = make(&seed);
  char out[QY_KEY_TITLE];
  is_text(qy_key_title(out, QY_KEY_TECHNOLOGY, &p, true), "Technology", "a key of words");
  is_text(qy_key_title(out, (qy_key)BUFFER, &p, true), "Memory buffer (B)", "of numbers");
  is_text(qy_key_title(out, (qy_key)BUFFER, &p, false), "Memory buffer", "without its unit");
  is_text(qy_key_title(out, (qy_key)BITS, &p, true), "PE bits", "a unit that is said");
  is_text(qy_key_title(out, (qy_key)KIND, &p, true), "PE kind", "words");
  is_text(qy_key_tick(out, QY_KEY_TECHNOLOGY, &p, 1), "lp55", "a place");
  is_text(qy_key_tick(out, (qy_key)BUFFER, &p, 4), "2.09715e+06", "a number");
  is_text(qy_key_tick(out, (qy_key)BUFFER, &p, 5), "-", "no number");
  char *clocks[] = {"100.50 MHz", "8 MHz"};
  double mhz[] = {100.5, 8};
  qy_points clocked = {.label_count[QY_KEY_CLOCK] = 2};
  clocked.label[QY_KEY_CLOCK] = clocks;
  clocked.number[QY_KEY_CLOCK] = mhz;
  is_text(qy_key_tick(out, QY_KEY_CLOCK, &clocked, 0), "100.50", "a label without its unit");
}

/* Numbers of parameters in labels of several keys: with their unit, unless the name says it; bytes in the largest unit
 * of which they are whole. */
static void amounts(void)
{
  static const struct {
    const char *name, *unit, *label;
    double number;
    const char *shown;
  } row[] = {{"memory.buffer", "B", "512", 512, "memory.buffer 512 B"},
             {"memory.buffer", "B", "1023", 1023, "memory.buffer 1023 B"},
             {"memory.buffer", "B", "1024", 1024, "memory.buffer 1 KiB"},
             {"memory.buffer", "B", "1536", 1536, "memory.buffer 1536 B"},
             {"memory.buffer", "B", "1049600", 1049600, "memory.buffer 1025 KiB"},
             {"memory.buffer", "B", "1048576", 1048576, "memory.buffer 1 MiB"},
             {"memory.buffer", "B", "3221225472", 3221225472, "memory.buffer 3072 MiB"},
             {"memory.buffer", "B", "auto", NAN, "memory.buffer auto"},
             {"pe.weight_bits", "bit", "8", 8, "pe.weight_bits 8"},
             {"pe.width", "bit", "8", 8, "pe.width 8 bit"},
             {"pe.bits_more", "bit", "8", 8, "pe.bits_more 8 bit"},
             {"port.speed", "MHz", "2.5", 2.5, "port.speed 2.5 MHz"},
             {"rows", NULL, "16", 16, "rows 16"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    static double point[2] = {0, 1};
    static uint32_t of[2] = {0, 1}, none[2];
    char text[40], other[] = "other", fast[] = "fast", slow[] = "slow", one[] = "one", unit[8] = "", label[100];
    char *labels[] = {other, text}, *words[] = {fast, slow}, *all[] = {one};
    double number[] = {7, row[i].number};
    qy_points p = {.count = 2, .point = point, .parameters = {.count = 2, .name = {row[i].name, "word"}}};
    qy_groups g;
    snprintf(text, sizeof text, "%s", row[i].label);
    snprintf(unit, sizeof unit, "%s", row[i].unit ? row[i].unit : "");
    for (int k = 0; k < QY_KEY_PARAMETER; k++)
      p.key[k] = none, p.label[k] = all, p.label_count[k] = 1;
    p.key[QY_KEY_PARAMETER] = p.key[QY_KEY_PARAMETER + 1] = of;
    p.label[QY_KEY_PARAMETER] = labels, p.label[QY_KEY_PARAMETER + 1] = words;
    p.label_count[QY_KEY_PARAMETER] = p.label_count[QY_KEY_PARAMETER + 1] = 2;
    p.number[QY_KEY_PARAMETER] = number;
    p.unit[QY_KEY_PARAMETER] = row[i].unit ? unit : NULL;
    const qy_key keys[] = {QY_KEY_PARAMETER, QY_KEY_PARAMETER + 1, QY_KEY_DESIGN};
    for (int count = 1; count <= 3; count++) {
      char shown[120];
      qy_groups_make(&g, &p, keys, count, NULL);
      /* the last group is that of the second labels; a key of one label is not said, nor a name where one key is */
      snprintf(shown, sizeof shown, "%s%s", count > 1 ? row[i].shown : row[i].label, count > 1 ? ", slow" : "");
      is_text(qy_groups_label(label, sizeof label, &g, &p, g.count - 1), shown, "an amount in a label");
      char *whole = qy_groups_label_whole(&g, &p, g.count - 1);
      is_text(whole, shown, "and in one of any length");
      free(whole);
      qy_groups_free(&g);
    }
  }
}

/* Keys by their names: the fixed ones, then parameters as they come, no more than there is room for. */
static void names(void)
{
  enum { ROOM = QY_KEY_COUNT - QY_KEY_PARAMETER };
  static const char *const fixed[] = {"technology", "network", "design", "precision", "clock_mhz", "voltage_v"};
  static char name[ROOM + 1][8];
  qy_key_list list = {0};
  qy_error err = {0};
  qy_key key;
  int wrong = 0;
  for (int k = 0; k < QY_KEY_PARAMETER; k++)
    wrong += qy_key_find(&key, fixed[k], &list, &err) != QY_OK || (int)key != k ||
             strcmp(qy_key_name(key, &list), fixed[k]) != 0 || list.count != 0;
  for (int again = 0; again < 2; again++)
    for (int k = 0; k < ROOM; k++) {
      snprintf(name[k], sizeof name[k], "p%d", k);
      wrong += qy_key_find(&key, name[k], &list, &err) != QY_OK || (int)key != QY_KEY_PARAMETER + k ||
               list.count != (again ? ROOM : k + 1) || strcmp(qy_key_name(key, &list), name[k]) != 0;
    }
  is_int(wrong, 0, "keys by their names");
  is_int(qy_key_find(&key, "", &list, &err), QY_BAD_INPUT, "no name");
  is_int(qy_key_find(&key, "one more", &list, &err), QY_BAD_INPUT, "no room");
  is_text(err.diagnostic[1].text, "expected at most 32 design parameters to tell points apart, found \"one more\" too",
          "is said");
}

/* Numbers in any order, in runs of some: labels are the distinct ones, rising, and each point has its own. */
static void numbers(void)
{
  enum { ROUNDS = 200, MOST = 40 };
  uint64_t seed = 9;
  int wrong = 0;
  for (int round = 0; round < ROUNDS; round++) {
    double given[MOST];
    uint32_t key[MOST];
    qy_points p = {.count = 1 + random_below(&seed, MOST), .key = {[QY_KEY_CLOCK] = key}};
    for (size_t i = 0; i < p.count; i++)
      given[i] = i > 0 && random_below(&seed, 2) ? given[i - 1] : 100.0 * (double)(1 + random_below(&seed, 5));
    if (points_label_numbers(&p, QY_KEY_CLOCK, "MHz", given, NULL)) abort();
    const size_t count = p.label_count[QY_KEY_CLOCK];
    const double *number = p.number[QY_KEY_CLOCK];
    for (size_t l = 0; l < count; l++) {
      char text[32];
      snprintf(text, sizeof text, "%.0f MHz", number[l]);
      wrong += strcmp(p.label[QY_KEY_CLOCK][l], text) != 0 || (l > 0 && number[l] <= number[l - 1]);
    }
    bool seen[MOST] = {false};
    for (size_t i = 0; i < p.count; i++) {
      wrong += key[i] >= count || number[key[i]] != given[i];
      if (key[i] < count) seen[key[i]] = true;
    }
    for (size_t l = 0; l < count; l++) {
      wrong += !seen[l];
      free(p.label[QY_KEY_CLOCK][l]);
    }
    free(p.label[QY_KEY_CLOCK]);
    free(p.number[QY_KEY_CLOCK]);
  }
  is_int(wrong, 0, "numbers of points are labels, rising, of their own");
}

int main(void)
{
  uint64_t seed = 5;
  int wrong = 0, fronts = 0, tried = 0;
  for (int chosen = 0; chosen < 1 << AXES; chosen++) {
    const qy_points p = make(&seed);
    qy_key keys[AXES];
    qy_groups g;
    int count = 0;
    for (int a = 0; a < AXES; a++) { /* in another order each time */
      const int which = (a + chosen) % AXES;
      if (chosen >> which & 1) keys[count++] = (qy_key)axes[which].key;
    }
    if (qy_groups_make(&g, &p, keys, count, NULL)) {
      wrong++;
      continue;
    }
    const int fault = look(&p, &g, keys, count);
    if (fault) printf("# keys %d: fault %d\n", chosen, fault);
    wrong += fault != 0;
    fronts += look_at_fronts(&p, &g, keys, count);
    tried++;
    qy_groups_free(&g);
  }
  is_int(wrong, 0, "groups by every choice of keys: members, order, labels");
  is_int(fronts, 0, "their fronts");
  is_int(tried, 1 << AXES, "all choices");
  titles();
  amounts();
  numbers();
  names();
  return done();
}
