/* Tables of assignments with random ties and fixed layers, against all assignments of their layers: those in which tied
 * layers have one option and fixed layers theirs. */
#include "quarry/assign_table.h"

#include "random.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

enum { LAYERS_MOST = 6, OPTIONS_MOST = 4, COSTS = 2, CASES = 400, TEXT = 40 };

/* A random table; row of option o of layer l in the file: cost[l][o]. */
typedef struct sample {
  size_t layers, options;
  double cost[LAYERS_MOST][OPTIONS_MOST][COSTS];
  int group[LAYERS_MOST], fixed[LAYERS_MOST]; /* fixed: option, -1: none */
  bool contradicts;                           /* tied layers fixed to different options */
} sample;

static void make(sample *s, uint64_t *seed)
{
  *s = (sample){.layers = 2 + random_below(seed, LAYERS_MOST - 1), .options = 1 + random_below(seed, OPTIONS_MOST)};
  for (size_t l = 0; l < s->layers; l++) {
    s->group[l] = (int)l;
    s->fixed[l] = -1;
    for (size_t o = 0; o < s->options; o++)
      for (int k = 0; k < COSTS; k++)
        s->cost[l][o][k] = (double)random_below(seed, 30);
  }
}

/* The rows in another order for each layer, so that options of one name have different places. */
static bool write_table(const sample *s, uint64_t *seed, char *file)
{
  const int fd = mkstemps(file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out) return false;
  fputs("layer,option,first,second\n", out);
  for (size_t l = 0; l < s->layers; l++) {
    const size_t turn = random_below(seed, s->options);
    for (size_t i = 0; i < s->options; i++) {
      const size_t o = (i + turn) % s->options;
      fprintf(out, "l%zu,o%zu,%g,%g\n", l, o, s->cost[l][o][0], s->cost[l][o][1]);
    }
  }
  return fclose(out) == 0;
}

/* Ties and fixed layers at random, given to the table and kept beside it. */
static qy_status restrict_table(sample *s, qy_assign_table *t, uint64_t *seed, qy_error *err)
{
  char text[TEXT];
  qy_status status = QY_OK;
  for (size_t ties = random_below(seed, 3); ties > 0 && !status; ties--) {
    const size_t a = random_below(seed, s->layers), b = random_below(seed, s->layers);
    const int from = s->group[b], to = s->group[a];
    if (a == b) continue;
    for (size_t l = 0; l < s->layers; l++)
      if (s->group[l] == from) s->group[l] = to;
    snprintf(text, sizeof text, "l%zu,l%zu", a, b);
    status = qy_assign_table_tie(t, text, err);
  }
  for (size_t fixes = random_below(seed, 3); fixes > 0 && !status; fixes--) {
    const size_t l = random_below(seed, s->layers), o = random_below(seed, s->options);
    if (s->fixed[l] >= 0) continue;
    s->fixed[l] = (int)o;
    snprintf(text, sizeof text, "l%zu=o%zu", l, o);
    status = qy_assign_table_fix(t, text, err);
  }
  for (size_t a = 0; a < s->layers; a++)
    for (size_t b = 0; b < s->layers; b++)
      s->contradicts |=
          s->group[a] == s->group[b] && s->fixed[a] >= 0 && s->fixed[b] >= 0 && s->fixed[a] != s->fixed[b];
  return status;
}

/* Totals of assignment number i; false where a tie or a fixed layer forbids it. */
static bool totals(const sample *s, size_t i, double total[COSTS])
{
  size_t option[LAYERS_MOST];
  total[0] = total[1] = 0;
  for (size_t l = 0; l < s->layers; l++, i /= s->options) {
    option[l] = i % s->options;
    if (s->fixed[l] >= 0 && option[l] != (size_t)s->fixed[l]) return false;
    for (size_t b = 0; b < l; b++)
      if (s->group[b] == s->group[l] && option[b] != option[l]) return false;
    for (int k = 0; k < COSTS; k++)
      total[k] += s->cost[l][option[l]][k];
  }
  return true;
}

/* Every assignment allowed is matched by a point, and each point's layers, costs and ties are right. */
static int judge(const sample *s, const qy_assign_table *t, const qy_assign_groups *g, const qy_assign_front *front)
{
  const size_t count = qy_assign_front_count(front);
  size_t all = 1, wrong = 0;
  double(*point)[COSTS] = malloc((count + 1) * sizeof *point), own[COSTS];
  if (!point) abort();
  for (size_t l = 0; l < s->layers; l++)
    all *= s->options;
  for (size_t p = 0; p < count; p++) {
    uint16_t choice[LAYERS_MOST];
    size_t number = 0, place = 1;
    qy_assign_front_point(front, p, point[p], choice);
    for (size_t l = 0; l < s->layers; l++, place *= s->options)
      number += place * (size_t)atoi(qy_assign_table_chosen(t, g, choice, l) + 1);
    wrong += !totals(s, number, own) || own[0] != point[p][0] || own[1] != point[p][1];
  }
  for (size_t i = 0; i < all; i++) {
    bool covered = false;
    if (!totals(s, i, own)) continue;
    for (size_t p = 0; p < count; p++) {
      covered = covered || (point[p][0] <= own[0] && point[p][1] <= own[1]);
      wrong += own[0] <= point[p][0] && own[1] <= point[p][1] && (own[0] < point[p][0] || own[1] < point[p][1]);
    }
    wrong += !covered;
  }
  free(point);
  return (int)wrong;
}

/* 0: right, with how many of each kind. */
static int one_case(uint64_t *seed, int *refused, int *points)
{
  static const int objective[COSTS] = {0, 1};
  const qy_assign_question question = {.objectives = COSTS, .objective = objective};
  sample s;
  qy_assign_table t;
  qy_assign_groups g;
  qy_assign_front *front = NULL;
  qy_error err = {0};
  char file[] = "/tmp/quarry-assign-XXXXXX.csv";
  qy_arena *arena = qy_arena_new();
  int wrong = 1;
  make(&s, seed);
  if (write_table(&s, seed, file) && !qy_assign_table_read(&t, file, arena, &err) &&
      !restrict_table(&s, &t, seed, &err)) {
    const qy_status status = qy_assign_table_groups(&g, &t, &err);
    *refused += s.contradicts;
    wrong = status != (s.contradicts ? QY_BAD_INPUT : QY_OK);
    if (!status && !wrong) {
      wrong = qy_assign_front_find(&front, &g.problem, &question, &err) || judge(&s, &t, &g, front);
      *points += (int)qy_assign_front_count(front);
    }
  }
  qy_assign_front_free(front);
  unlink(file);
  qy_arena_free(arena);
  return wrong;
}

/* Layers of other options are not tied: the line of the first row of the second, and its first column. */
static void test_not_the_same(void)
{
  static const char *const text[] = {"layer,option,a\nx,8,1\nx,4,2\ny,8,1\n", "layer,option,a\nx,8,1\ny,4,2\ny,8,1\n"};
  static const char *const said[] = {"layer 'y': expected the options of 'x', with which it is tied, found no '4'",
                                     "layer 'y': expected the options of 'x', with which it is tied, found also '4'"};
  for (int i = 0; i < 2; i++) {
    char file[] = "/tmp/quarry-assign-XXXXXX.csv";
    const int fd = mkstemps(file, 4);
    qy_assign_table t;
    qy_error err = {0};
    qy_arena *arena = qy_arena_new();
    dprintf(fd, "%s", text[i]);
    close(fd);
    ok(!qy_assign_table_read(&t, file, arena, &err) && qy_assign_table_tie(&t, "x,y", &err) == QY_BAD_INPUT, "refused");
    is_text(err.diagnostic[0].text, said[i], "what is missing, what there is also");
    ok(err.diagnostic[0].line == (i ? 3 : 4) && err.diagnostic[0].column == 1, "where");
    unlink(file);
    qy_arena_free(arena);
  }
}

/* What cannot be read leaves a table without layers. */
static void test_unread(void)
{
  char file[] = "/tmp/quarry-assign-XXXXXX.csv";
  const int fd = mkstemps(file, 4);
  qy_assign_table t;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  dprintf(fd, "layer,option,a\nx,8,1\ny,8,one\n");
  close(fd);
  ok(qy_assign_table_read(&t, file, arena, &err) == QY_BAD_INPUT && t.layers == 0,
     "no layers of a table with an error");
  ok(err.diagnostic[0].line == 3 && err.diagnostic[0].column == 5, "which is shown");
  unlink(file);
  qy_error_clear(&err);
  ok(qy_assign_table_read(&t, file, arena, &err) != QY_OK && t.layers == 0 && err.count == 1,
     "nor of a file that is not there, which is said once");
  qy_arena_free(arena);
}

/* What is wrong with a table, and where. */
static void test_bad_tables(void)
{
  static const struct {
    const char *text;
    int line, column;
    const char *said;
  } row[] = {{"layer,option\nx,8\n", 1, 0, "expected a column of costs beside 'layer' and 'option', found none"},
             {"layer,option,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q\n", 1, 46,
              "expected at most 16 columns of costs, found 'q' too"},
             {"layer,option,a\n", 1, 0, "expected rows of layers and options, found none"},
             {"layer,option,a\nx,8,1\ny,8,1\nx,4,1\nx,8,2\n", 5, 3,
              "option: expected each option of layer 'x' once (first in line 2), found '8'"},
             {"layer,option,a\n,8,1\n", 2, 1, "layer: expected the name of a layer, found ''"},
             {"a,layer,option\n3,x,\n", 2, 5, "option: expected the name of an option, found ''"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char file[] = "/tmp/quarry-assign-XXXXXX.csv";
    const int fd = mkstemps(file, 4);
    qy_assign_table t;
    qy_error err = {0};
    qy_arena *arena = qy_arena_new();
    dprintf(fd, "%s", row[i].text);
    close(fd);
    is_int(qy_assign_table_read(&t, file, arena, &err), QY_BAD_INPUT, "refused");
    is_text(err.diagnostic[0].text, row[i].said, "and why");
    ok(err.diagnostic[0].line == row[i].line && err.diagnostic[0].column == row[i].column, "line %d, column %d",
       err.diagnostic[0].line, err.diagnostic[0].column);
    unlink(file);
    qy_arena_free(arena);
  }
}

/* Names that are not there, with the nearest; layers whose names hold what separates them from options. */
static void test_names(void)
{
  enum { TIE, FIX, COST };
  static const struct {
    int what;
    const char *text, *said; /* NULL: it is right */
  } row[] = {
      {TIE, "conv1", "--tie: expected two layers or more with commas between, found \"conv1\""},
      {TIE, "conv1,conv3", "--tie: expected a layer of the table, found \"conv3\"; did you mean \"conv1\"?"},
      {TIE, "zzzzzzzzz,conv1", "--tie: expected a layer of the table, found \"zzzzzzzzz\""},
      {TIE, "conv1,", "--tie: expected a layer of the table, found \"\""},
      {TIE, "conv1,conv2,a=b", NULL},
      {FIX, "conv1", "--fix: expected LAYER=OPTION, found \"conv1\""},
      {FIX, "con1=w8", "--fix: expected a layer of the table, found \"con1\"; did you mean \"conv1\"?"},
      {FIX, "conv=w1=w8", "--fix: expected a layer of the table, found \"conv\"; did you mean \"conv1\"?"},
      {FIX, "conv1=w9", "--fix: expected an option of the layer, found \"w9\"; did you mean \"w8\"?"},
      {FIX, "a=b=w4", NULL},
      {FIX, "a=b=w4", NULL},
      {FIX, "a=b=w8", "--fix: expected one option for layer \"a=b\", found \"w8\" after \"w4\""},
      {FIX, "conv2=w8=", NULL},
      {COST, "size", NULL},
      {COST, "latency", NULL},
      {COST, "latencies", "--limit: expected a cost of the table, found \"latencies\"; did you mean \"latency\"?"}};
  static const int expected_cost[] = {0, 1, -1};
  qy_assign_table t;
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  char file[] = "/tmp/quarry-assign-XXXXXX.csv", longer[200], said[300];
  const int fd = mkstemps(file, 4);
  dprintf(fd, "layer,option,size,latency\nconv1,w8,1,2\nconv1,w4,1,2\nconv1,w8=,1,2\nconv2,w4,3,4\nconv2,w8=,1,2\n"
              "conv2,w8,3,4\na=b,w4,5,6\na=b,w8,5,6\na=b,w8=,1,2\n");
  close(fd);
  if (!ok(!qy_assign_table_read(&t, file, arena, &err) && t.layers == 3, "three layers")) return;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error_clear(&err);
    const int cost = row[i].what == COST ? qy_assign_table_cost(&t, "--limit", row[i].text, &err) : 0;
    const qy_status status = row[i].what == TIE   ? qy_assign_table_tie(&t, row[i].text, &err)
                             : row[i].what == FIX ? qy_assign_table_fix(&t, row[i].text, &err)
                             : cost < 0           ? QY_BAD_INPUT
                                                  : QY_OK;
    is_int(status, row[i].said ? QY_BAD_INPUT : QY_OK, row[i].text);
    is_text(err.count ? err.diagnostic[0].text : "right", row[i].said ? row[i].said : "right", "what is said");
    if (row[i].what == COST) is_int(cost, expected_cost[i - (sizeof row / sizeof *row - 3)], "which cost");
  }
  ok(t.leader[0] == 0 && t.leader[1] == 0 && t.leader[2] == 0 && t.fixed[0] == SIZE_MAX && t.fixed[1] == 4 &&
         t.fixed[2] == 6,
     "tied and fixed as said");
  static const size_t lengths[] = {126, 127, 128, 129, sizeof longer - 1};
  for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) { /* shown as far as there is room */
    memset(longer, 'x', lengths[i]);
    longer[lengths[i]] = '\0';
    qy_error_clear(&err);
    snprintf(said, sizeof said, "--tie: expected a layer of the table, found \"%.127s\"", longer);
    is_int(qy_assign_table_tie(&t, longer, &err), QY_BAD_INPUT, "a long name");
    is_text(err.diagnostic[0].text, said, "is cut");
  }
  unlink(file);
  qy_arena_free(arena);
}

int main(void)
{
  uint64_t seed = 31;
  int wrong = 0, refused = 0, points = 0;
  for (int c = 0; c < CASES; c++)
    wrong += one_case(&seed, &refused, &points) != 0;
  ok(!wrong, "%d tables with ties and fixed layers: their fronts are those of all assignments allowed", CASES);
  ok(refused > 5, "%d of them contradict themselves and are refused", refused);
  ok(points > CASES, "%d points of fronts", points);
  test_not_the_same();
  test_unread();
  test_bad_tables();
  test_names();
  return done();
}
