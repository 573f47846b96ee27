/* Counts of a systolic array whose tiles cut the rows of an image: nothing is shared between the images of a batch, so
 * those of a batch are as many times those of one image. */
#include "../../src/accel/systolic_int.h"
#include "layer.h"
#include "random.h"
#include "tap.h"

#include <string.h>

static int64_t within(uint64_t *rng, int64_t low, int64_t high)
{
  return low + (int64_t)random_below(rng, (size_t)(high - low + 1));
}

enum { COUNTS = sizeof(qy_systolic_counts) / sizeof(int64_t) };

static void put_each(int64_t to[COUNTS], const qy_systolic_counts *c)
{
  memcpy(to, c, sizeof *c);
}

int main(void)
{
  enum { ROUNDS = 3000 };
  static const qy_dataflow flows[] = {QY_FLOW_OS, QY_FLOW_WS, QY_FLOW_IS};
  uint64_t rng = 41;
  int wrong = 0, skewed = 0;
  for (int round = 0; round < ROUNDS; round++) {
    const int64_t kernel = within(&rng, 1, 3), groups = within(&rng, 1, 2);
    const qy_layer l = make_layer(within(&rng, 4, 9), within(&rng, 4, 9), groups * within(&rng, 1, 6),
                                  groups * within(&rng, 1, 9), kernel, kernel, within(&rng, 1, 2), kernel / 2, groups);
    layer_shape s;
    int64_t bound;
    qy_error err = {0};
    if (systolic_shape(&s, &bound, &l, &err) || s.out_h < 2) continue;
    array_mode p = {.rows = within(&rng, 1, 6),
                    .columns = within(&rng, 1, 6),
                    .batch = 1,
                    .dataflow = flows[round % 3],
                    .serial = within(&rng, 0, 1),
                    .full = within(&rng, 0, 1),
                    .bus = within(&rng, 0, 1)};
    p.by_rows = (double)p.rows, p.by_columns = (double)p.columns;
    const tiles t = {.rows = within(&rng, 1, s.out_h - 1),
                     .images = 1,
                     .channels = within(&rng, 1, s.channels),
                     .outputs = within(&rng, 1, s.outputs)};
    qy_systolic_counts one, many;
    int64_t of_one[COUNTS], of_many[COUNTS];
    systolic_count_shape(&one, &s, &p, &t);
    p.batch = within(&rng, 2, 5);
    systolic_count_shape(&many, &s, &p, &t);
    put_each(of_one, &one);
    put_each(of_many, &many);
    for (int i = 0; i < COUNTS; i++)
      wrong += of_many[i] != p.batch * of_one[i];
    skewed += one.operand_skew > 0;
  }
  ok(wrong == 0 && skewed > ROUNDS / 2, "images whose rows are cut: %d counts are not those of each image", wrong);
  return done();
}
