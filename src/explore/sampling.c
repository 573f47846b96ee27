/* Samples of a design space (include/quarry/sampling.h). */
#include "quarry/sampling.h"
#include "pointset.h"

#include "quarry/alloc.h"
#include "quarry/random.h"

#include <assert.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
  SOBOL_DIMENSIONS = 40, /* of GSL's directions */
  DRAWS_EACH = 16,       /* points of a sequence that are tried for each one wanted, on average */
  DRAWS_MORE = 1024,
  SWAPS_EACH = 32 /* exchanges tried for each point of a hypercube */
};

/* What a draw fills. */
typedef struct sample {
  const qy_space *space;
  pointset points;
  size_t wanted;
  uint64_t state;
} sample;

static size_t varied_axes(const qy_space_entry *e)
{
  size_t varied = 0;
  for (int a = 0; a < e->axis_count; a++)
    varied += e->axis[a].count > 1;
  return varied;
}

/* ---- the rest, uniformly ---- */

static int add(sample *s, int64_t point)
{
  size_t number;
  return pointset_add(&s->points, point, &number, NULL);
}

/* Points of [first, first + count) until the sample has `wanted`, by listing those that are left. */
static int fill_listed(sample *s, int64_t first, int64_t count, size_t wanted)
{
  int64_t *left = qy_alloc((size_t)count, sizeof *left);
  size_t lefts = 0;
  int failed = left ? 0 : -1;
  for (int64_t i = 0; left && i < count; i++)
    if (pointset_find(&s->points, first + i) == POINTSET_NONE) left[lefts++] = first + i;
  while (!failed && s->points.count < wanted && lefts > 0) {
    const size_t at = (size_t)qy_random_below(&s->state, lefts);
    failed = add(s, left[at]);
    left[at] = left[--lefts];
  }
  free(left);
  return failed;
}

/* The same, of which the sample has `held` already: by trial until half are taken, whatever is wanted, so that a larger
 * sample begins with the points of a smaller one. */
static int fill(sample *s, int64_t first, int64_t count, size_t held, size_t wanted)
{
  const size_t half = s->points.count - held + (size_t)(count / 2), tried = wanted < half ? wanted : half;
  while (s->points.count < tried)
    if (add(s, first + (int64_t)qy_random_below(&s->state, (uint64_t)count))) return -1;
  return s->points.count < wanted ? fill_listed(s, first, count, wanted) : 0;
}

static int draw_random(sample *s)
{
  return fill(s, 0, s->space->count, s->points.count, s->wanted);
}

/* ---- Sobol ---- */

typedef struct sequence {
  gsl_qrng *generator;
  size_t dimensions;
  uint32_t shift[SOBOL_DIMENSIONS];
  double at[SOBOL_DIMENSIONS];
} sequence;

static size_t sobol_dimensions(const qy_space *space)
{
  size_t most = 0;
  for (int e = 0; e < space->entry_count; e++) {
    const size_t varied = varied_axes(&space->entry[e]);
    most = varied > most ? varied : most;
  }
  return most + (space->entry_count > 1);
}

static size_t place(double x, double count)
{
  return (size_t)fmin(floor(x * count), count - 1);
}

/* The point of the space at the sequence's numbers. */
static int64_t sobol_point(const sequence *q, const qy_space *space)
{
  size_t value[QY_AXES_MAX] = {0}, used[QY_AXES_MAX], d = 0;
  double x[SOBOL_DIMENSIONS] = {0};
  int entry = 0;
  for (size_t k = 0; k < q->dimensions; k++)
    x[k] = ((double)((uint32_t)(q->at[k] * 0x1p32) ^ q->shift[k]) + 0.5) * 0x1p-32;
  if (space->entry_count > 1) qy_space_decode(space, (int64_t)place(x[d++], (double)space->count), &entry, used);
  const qy_space_entry *e = &space->entry[entry];
  for (int a = 0; a < e->axis_count; a++)
    if (e->axis[a].count > 1) value[a] = place(x[d++], (double)e->axis[a].count);
  return qy_space_encode(space, entry, value);
}

static int draw_sobol(sample *s)
{
  sequence q = {.dimensions = sobol_dimensions(s->space)};
  int failed = 0;
  if (q.dimensions == 0) return draw_random(s);
  q.generator = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)q.dimensions);
  if (!q.generator) return -1;
  for (size_t d = 0; d < q.dimensions; d++)
    q.shift[d] = (uint32_t)(qy_random_word(&s->state) >> 32);
  const size_t draws = DRAWS_EACH * s->wanted + DRAWS_MORE;
  for (size_t k = 0; k < draws && !failed && s->points.count < s->wanted; k++) {
    if (k > 0) gsl_qrng_get(q.generator, q.at); /* GSL leaves out the first one, the origin */
    failed = add(s, sobol_point(&q, s->space));
  }
  gsl_qrng_free(q.generator);
  return failed ? failed : draw_random(s);
}

/* ---- Latin hypercube ---- */

/* n points of one entry: value[a * n + i]. */
typedef struct cube {
  const qy_space *space;
  int entry;
  size_t n, *value;
  int *varied; /* axes of more than one value */
  size_t varied_count;
  pointset seen;
  uint32_t *times; /* how often a point that was seen is in the cube now */
  size_t times_room;
} cube;

static void shuffle(size_t *value, size_t n, uint64_t *state)
{
  for (size_t i = n; i > 1; i--) {
    const size_t at = (size_t)qy_random_below(state, i), was = value[i - 1];
    value[i - 1] = value[at];
    value[at] = was;
  }
}

/* Each of `count` values n / count times, the rest of n one in each of as many equal ranges; shuffled. */
static void column(size_t *value, size_t n, size_t count, uint64_t *state)
{
  const size_t whole = n / count * count, rest = n - whole;
  for (size_t i = 0; i < whole; i++)
    value[i] = i % count;
  for (size_t k = 0; k < rest; k++) {
    const double width = (double)count / (double)rest;
    const size_t from = (size_t)((double)k * width), to = k + 1 < rest ? (size_t)((double)(k + 1) * width) : count;
    value[whole + k] = from + (size_t)qy_random_below(state, to - from);
  }
  shuffle(value, n, state);
}

static int64_t cube_point(const cube *c, size_t i)
{
  size_t value[QY_AXES_MAX];
  for (int a = 0; a < c->space->entry[c->entry].axis_count; a++)
    value[a] = c->value[(size_t)a * c->n + i];
  return qy_space_encode(c->space, c->entry, value);
}

/* Point i of the cube is there, or (by -1) no longer; *times: how often it is now. */
static int tally(cube *c, size_t i, int by, uint32_t *times)
{
  size_t number;
  bool fresh;
  if (pointset_add(&c->seen, cube_point(c, i), &number, &fresh)) return -1;
  if (qy_grow((void **)&c->times, &c->times_room, number + 1, sizeof *c->times)) return -1;
  if (fresh) c->times[number] = 0;
  c->times[number] += (uint32_t)by;
  *times = c->times[number];
  return 0;
}

static void exchange(cube *c, int axis, size_t i, size_t j)
{
  size_t *value = c->value + (size_t)axis * c->n, was = value[i];
  value[i] = value[j];
  value[j] = was;
}

/* Exchange a value of point i, which is there twice, with another point's; undone where one of the two is then there
 * twice.  *done: it was not. */
static int part(cube *c, size_t i, uint64_t *state, bool *done)
{
  const int axis = c->varied[qy_random_below(state, c->varied_count)];
  const size_t j = (size_t)qy_random_below(state, c->n);
  uint32_t unused, times_i, times_j;
  *done = false;
  if (j == i || c->value[(size_t)axis * c->n + i] == c->value[(size_t)axis * c->n + j]) return 0;
  if (tally(c, i, -1, &unused) || tally(c, j, -1, &unused)) return -1;
  exchange(c, axis, i, j);
  if (tally(c, i, 1, &times_i) || tally(c, j, 1, &times_j)) return -1;
  if ((*done = times_i == 1 && times_j == 1)) return 0;
  if (tally(c, i, -1, &unused) || tally(c, j, -1, &unused)) return -1;
  exchange(c, axis, i, j);
  return tally(c, i, 1, &unused) || tally(c, j, 1, &unused) ? -1 : 0;
}

static int part_all(cube *c, uint64_t *state)
{
  uint32_t times;
  size_t tries = SWAPS_EACH * c->n;
  for (size_t i = 0; i < c->n; i++)
    if (tally(c, i, 1, &times)) return -1;
  for (size_t i = 0; i < c->n && tries > 0;) {
    const size_t number = pointset_find(&c->seen, cube_point(c, i));
    bool done = c->times[number] == 1;
    if (!done && part(c, i, state, &done)) return -1;
    if (done) i++;
    tries--;
  }
  return 0;
}

/* n points of an entry that has more. */
static int draw_cube(sample *s, int entry, size_t n)
{
  const qy_space_entry *e = &s->space->entry[entry];
  const size_t before = s->points.count, axes = (size_t)e->axis_count;
  cube c = {.space = s->space, .entry = entry, .n = n};
  int failed = -1;
  c.value = qy_alloc(axes * n, sizeof *c.value);
  c.varied = qy_alloc(axes, sizeof *c.varied);
  if (!c.value || !c.varied) goto cleanup;
  for (int a = 0; a < e->axis_count; a++) {
    if (e->axis[a].count == 1) continue;
    c.varied[c.varied_count++] = a;
    column(c.value + (size_t)a * n, n, e->axis[a].count, &s->state);
  }
  if (part_all(&c, &s->state)) goto cleanup;
  failed = 0;
  for (size_t i = 0; i < n && !failed; i++)
    failed = add(s, cube_point(&c, i));
  if (!failed) failed = fill(s, e->first, e->count, s->points.count - before, before + n);
cleanup:
  pointset_free(&c.seen);
  free(c.times);
  free(c.varied);
  free(c.value);
  return failed;
}

/* Shares of the entries: in proportion, rounded so that they add up, the largest fractions first. */
static int share(size_t *n, const qy_space *space, size_t wanted)
{
  double *part_of = qy_alloc((size_t)space->entry_count, sizeof *part_of);
  size_t given = 0;
  if (!part_of) return -1;
  for (int e = 0; e < space->entry_count; e++) {
    const double exact = (double)wanted * ((double)space->entry[e].count / (double)space->count);
    n[e] = (size_t)fmin(floor(exact), (double)space->entry[e].count);
    part_of[e] = exact - (double)n[e];
    given += n[e];
  }
  for (; given < wanted; given++) {
    int best = -1;
    for (int e = 0; e < space->entry_count; e++)
      if ((int64_t)n[e] < space->entry[e].count && (best < 0 || part_of[e] > part_of[best])) best = e;
    assert(best >= 0);
    n[best]++;
    part_of[best]--;
  }
  free(part_of);
  return 0;
}

static int draw_lhs(sample *s)
{
  size_t *n = qy_alloc((size_t)s->space->entry_count, sizeof *n);
  int failed = n ? share(n, s->space, s->wanted) : -1;
  for (int e = 0; e < s->space->entry_count && !failed; e++) {
    const qy_space_entry *entry = &s->space->entry[e];
    if ((int64_t)n[e] < entry->count) {
      if (n[e] > 0) failed = draw_cube(s, e, n[e]);
      continue;
    }
    for (int64_t i = 0; i < entry->count && !failed; i++)
      failed = add(s, entry->first + i);
  }
  free(n);
  return failed;
}

/* ---- the methods ---- */

static qy_status draw(int64_t *point, size_t *wanted, const qy_space *space, uint64_t seed, int (*method)(sample *),
                      qy_error *err)
{
  assert(point && wanted && *wanted < INT32_MAX && space);
  if ((uint64_t)*wanted >= (uint64_t)space->count) {
    *wanted = (size_t)space->count;
    for (size_t i = 0; i < *wanted; i++)
      point[i] = (int64_t)i;
    return QY_OK;
  }
  sample s = {.space = space, .wanted = *wanted, .state = qy_random_mix(seed)};
  const int failed = method(&s);
  for (size_t i = 0; !failed && i < s.points.count; i++)
    point[i] = s.points.member[i];
  pointset_free(&s.points);
  return failed ? qy_no_memory(err) : QY_OK;
}

static qy_status sobol(int64_t *point, size_t *count, const qy_space *space, uint64_t seed, qy_error *err)
{
  const size_t dimensions = sobol_dimensions(space);
  if (dimensions > SOBOL_DIMENSIONS)
    return qy_fail(
        err, QY_BAD_INPUT,
        "expected at most %d axes of more than one value for a Sobol sequence (several designs count as one), "
        "found %zu; lhs has no limit",
        (int)SOBOL_DIMENSIONS, dimensions);
  return draw(point, count, space, seed, draw_sobol, err);
}

static qy_status lhs(int64_t *point, size_t *count, const qy_space *space, uint64_t seed, qy_error *err)
{
  return draw(point, count, space, seed, draw_lhs, err);
}

static qy_status uniform(int64_t *point, size_t *count, const qy_space *space, uint64_t seed, qy_error *err)
{
  return draw(point, count, space, seed, draw_random, err);
}

static const qy_sampling table[] = {
    {"sobol", "points of a Sobol sequence, which fill the space evenly", sobol},
    {"lhs", "Latin hypercube: every value of an axis equally often", lhs},
    {"random", "uniform, without repetition", uniform},
};

const qy_sampling *qy_sampling_find(const char *name)
{
  assert(name);
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (strcmp(table[i].name, name) == 0) return &table[i];
  return NULL;
}
