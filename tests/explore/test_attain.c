/* Attainment surfaces against counting draws, on every place of the plane where something can change. */
#include "quarry/attain.h"
#include "random.h"
#include "tap.h"

enum { SIDE = 9, MOST = 60, DRAWS_MOST = 23 };

static const double shares[] = {0.05, 0.5, 0.95, 1};
enum { LEVELS = sizeof shares / sizeof *shares };

/* Draws with a point no larger than (x, y). */
static int reaching(const double *px, const double *py, const uint32_t *draw, size_t count, size_t draws, double x,
                    double y)
{
  int reached = 0;
  for (uint32_t k = 0; k < draws; k++) {
    int any = 0;
    for (size_t i = 0; i < count && !any; i++)
      any = draw[i] == k && px[i] <= x && py[i] <= y;
    reached += any;
  }
  return reached;
}

static int above(const qy_attainment *s, double x, double y)
{
  size_t i = 0;
  while (i < s->count && s->x[i] <= x)
    i++;
  return i > 0 && s->y[i - 1] <= y;
}

static int round_wrong(uint64_t *seed, qy_arena *arena)
{
  double x[MOST], y[MOST];
  uint32_t draw[MOST];
  qy_attainment surface[LEVELS];
  const size_t draws = 1 + random_below(seed, DRAWS_MOST), count = random_below(seed, MOST + 1);
  int wrong = 0;
  for (size_t i = 0; i < count; i++) {
    draw[i] = (uint32_t)random_below(seed, draws);
    x[i] = (double)random_below(seed, SIDE) - 4;
    y[i] = random_below(seed, 4) ? (double)random_below(seed, SIDE) - 4 : -x[i];
  }
  qy_arena_reset(arena);
  if (qy_attainment_find(surface, shares, LEVELS, x, y, draw, count, draws, arena, NULL)) return 1;
  for (int l = 0; l < LEVELS; l++) {
    for (size_t i = 1; i < surface[l].count; i++)
      wrong += surface[l].x[i] <= surface[l].x[i - 1] || surface[l].y[i] >= surface[l].y[i - 1];
    for (double a = -5; a <= 5; a += 0.5)
      for (double b = -5; b <= 5; b += 0.5)
        wrong +=
            above(&surface[l], a, b) != (reaching(x, y, draw, count, draws, a, b) >= shares[l] * (double)draws - 1e-6);
  }
  return wrong;
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  uint64_t seed = 21;
  int wrong = 0;
  for (int r = 0; r < 400; r++)
    wrong += round_wrong(&seed, arena) > 0;
  ok(!wrong, "400 sets of up to 60 points in up to 23 draws: what each share reaches, by counting");

  /* 100 draws of one point each, at x = 0, 1, ... */
  double x[100], y[100];
  uint32_t draw[100];
  qy_attainment surface[LEVELS];
  for (uint32_t k = 0; k < 100; k++) {
    x[k] = k;
    y[k] = 0;
    draw[k] = k;
  }
  qy_attainment_find(surface, shares, LEVELS, x, y, draw, 100, 100, arena, NULL);
  ok(surface[0].count == 1 && surface[0].x[0] == 4, "5 of 100 draws reach what is right of the fifth");
  ok(surface[1].count == 1 && surface[1].x[0] == 49, "50 of them what is right of the fiftieth");
  ok(surface[2].count == 1 && surface[2].x[0] == 94, "95 of the ninety-fifth");
  ok(surface[3].count == 1 && surface[3].x[0] == 99, "all of the last");
  qy_arena_free(arena);
  return done();
}
