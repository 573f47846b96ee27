/* Spaces against nested loops. */
#include "quarry/space.h"
#include "random.h"
#include "tap.h"

static void nested_loops(void)
{
  qy_space_entry entry[3] = {
      {.name = "a", .axis_count = 3, .axis = {{"p", 2}, {"q", 3}, {"r", 4}}},
      {.name = "none", .axis_count = 0},
      {.name = "b", .axis_count = 2, .axis = {{"p", 5}, {"q", 1}}},
  };
  qy_space space = {.entry_count = 3, .entry = entry};
  is_int(qy_space_finish(&space, NULL), QY_OK, "three groups");
  is_int(space.count, 2 * 3 * 4 + 1 + 5, "as many points as the products add up to");
  int wrong = 0, g;
  int64_t i = 0;
  size_t v[QY_AXES_MAX];
  for (size_t p = 0; p < 2; p++)
    for (size_t q = 0; q < 3; q++)
      for (size_t r = 0; r < 4; r++) {
        qy_space_decode(&space, i++, &g, v);
        wrong += g != 0 || v[0] != p || v[1] != q || v[2] != r;
      }
  qy_space_decode(&space, i++, &g, v);
  wrong += g != 1;
  for (size_t p = 0; p < 5; p++) {
    qy_space_decode(&space, i++, &g, v);
    wrong += g != 2 || v[0] != p || v[1] != 0;
  }
  is_int(wrong, 0, "every index decodes to the loop variables, first axis slowest");
  ok(entry[1].first == 24 && entry[1].count == 1 && entry[2].first == 25, "a group without axes is one point");
}

static void random_spaces(void)
{
  uint64_t seed = 1;
  int wrong = 0;
  for (int round = 0; round < 2000; round++) {
    qy_space_entry entry[40] = {{0}};
    qy_space space = {.entry_count = 1 + (int)random_below(&seed, 40), .entry = entry};
    for (int g = 0; g < space.entry_count; g++) {
      entry[g].axis_count = (int)random_below(&seed, 8);
      for (int a = 0; a < entry[g].axis_count; a++)
        entry[g].axis[a].count = 1 + random_below(&seed, 20);
    }
    if (qy_space_finish(&space, NULL) != QY_OK) wrong++;
    for (int k = 0; k < 20; k++) { /* encode a known place, expect it back */
      int g = (int)random_below(&seed, (size_t)space.entry_count), got;
      size_t want[QY_AXES_MAX], v[QY_AXES_MAX];
      int64_t before = 0, index = 0;
      for (int h = 0; h < g; h++) {
        int64_t product = 1;
        for (int a = 0; a < entry[h].axis_count; a++)
          product *= (int64_t)entry[h].axis[a].count;
        before += product;
      }
      for (int a = 0; a < entry[g].axis_count; a++) {
        want[a] = random_below(&seed, entry[g].axis[a].count);
        index = index * (int64_t)entry[g].axis[a].count + (int64_t)want[a];
      }
      qy_space_decode(&space, before + index, &got, v);
      wrong += got != g || qy_space_encode(&space, g, want) != before + index;
      for (int a = 0; a < entry[g].axis_count; a++)
        wrong += v[a] != want[a];
    }
  }
  is_int(wrong, 0, "40000 random places in 2000 random spaces come back, and are where they were put");
}

static void limits(void)
{
  qy_error err = {0};
  qy_space_entry entry[2] = {{.name = "x", .axis_count = 2, .axis = {{"p", (size_t)1 << 30}, {"q", (size_t)1 << 23}}},
                             {.name = "y", .axis_count = 0}};
  qy_space space = {.entry_count = 1, .entry = entry};
  is_int(qy_space_finish(&space, &err), QY_OK, "2^53 points fit");
  is_int(space.count, (int64_t)1 << 53, "and are counted");
  int g;
  size_t v[QY_AXES_MAX];
  qy_space_decode(&space, space.count - 1, &g, v);
  ok(v[0] == ((size_t)1 << 30) - 1 && v[1] == ((size_t)1 << 23) - 1, "the last one decodes");
  space.entry_count = 2;
  is_int(qy_space_finish(&space, &err), QY_BAD_INPUT, "2^53 + 1 do not, summed over groups");
  is_text(err.diagnostic[0].text, "expected at most 2^53 points in all designs together, found more at 'y'", "text");
  space.entry_count = 1;
  entry[0].axis[1].count++;
  qy_error_clear(&err);
  is_int(qy_space_finish(&space, &err), QY_BAD_INPUT, "2^53 + 2^30 do not, in one group");
  is_text(err.diagnostic[0].text, "designs 'x': expected at most 2^53 points, found more at axis 'q'", "text");
  entry[0].axis[1].count = SIZE_MAX;
  is_int(qy_space_finish(&space, NULL), QY_BAD_INPUT, "nor does a product that overflows");
  entry[0].axis[1].count = 0;
  qy_error_clear(&err);
  is_int(qy_space_finish(&space, &err), QY_BAD_INPUT, "an empty axis is refused");
  is_text(err.diagnostic[0].text, "designs 'x': expected at least one value on axis 'q', found none", "text");
  for (int a = 0; a < QY_AXES_MAX; a++)
    entry[0].axis[a].count = 1 + (a == QY_AXES_MAX - 1);
  entry[0].axis_count = QY_AXES_MAX;
  is_int(qy_space_finish(&space, NULL), QY_OK, "as many axes as there may be");
  qy_space_decode(&space, 1, &g, v);
  ok(space.count == 2 && v[0] == 0 && v[QY_AXES_MAX - 1] == 1, "are points, too");
  entry[0].axis_count = QY_AXES_MAX + 1;
  is_int(qy_space_finish(&space, NULL), QY_BAD_INPUT, "one more is refused");
  entry[0].axis_count = -1;
  is_int(qy_space_finish(&space, NULL), QY_BAD_INPUT, "and fewer than none");
  entry[0].axis_count = 0;
  is_int(qy_space_finish(&space, NULL), QY_OK, "none is");
  is_int(space.count, 1, "one point");
}

int main(void)
{
  nested_loops();
  random_spaces();
  limits();
  return done();
}
