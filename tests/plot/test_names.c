/* Shortened names: by hand, and for random names that they fit, stay apart and stay as they are where all fit. */
#include "../../src/plot/names.h"
#include "random.h"
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

static size_t letters(const char *text)
{
  size_t count = 0;
  for (; *text; text++)
    count += (*text & 0xC0) != 0x80;
  return count;
}

static void by_hand(void)
{
  static const struct {
    size_t columns;
    const char *name[3], *shown[3];
  } row[] = {
      {8, {"alpha", "beta", "gamma"}, {"alpha", "beta", "gamma"}},
      {8, {"12345678", "a", "b"}, {"12345678", "a", "b"}},
      {5, {"12345678", "a", "b"}, {"12345678", "a", "b"}}, /* at least 8 */
      {8, {"design_one_a", "design_one_b", "design_one_c"}, {"…a", "…b", "…c"}},
      {8, {"one_alpha", "one_beta", "one_gamma"}, {"…alpha", "…beta", "…gamma"}},
      {8,
       {"one_two_alpha_tail_end", "one_two_beta_tail_end", "one_two_gamma_tail_end"},
       {"…alpha…", "…beta…", "…gamma…"}},
      {8, {"on_alphas", "on_betas", "on_gammas"}, {"on_alph…", "on_betas", "on_gamm…"}},
      {8, {"a_long_tail", "b_long_tail", "c_long_tail"}, {"a…", "b…", "c…"}},
      {8, {"123456789", "a", "b"}, {"1234567…", "a", "b"}},
      {8, {"123456781", "123456782", "x"}, {"1234…781", "1234…782", "x"}},
      {8, {"same_same_same", "same_same_same", "other"}, {"same_sa…", "same_sa…", "other"}},
      {9, {"äöüäöüäöüä", "x", "y"}, {"äöüäöüäö…", "x", "y"}},
      /* of characters that begin, or end, with the same byte nothing is shared */
      {8, {"xxxxxxxxxä", "xxxxxxxxxö", "xxxxxxxxxü"}, {"…ä", "…ö", "…ü"}},
      {8, {"äxxxxxxxxx", "Τxxxxxxxxx", "Ĥxxxxxxxxx"}, {"ä…", "Τ…", "Ĥ…"}},
      /* neither start nor end tells them apart: by their numbers, then half and half of what is left */
      {8, {"abcdefgh1ijklmnop", "abcdefgh2ijklmnop", "zyx"}, {"1 abc…op", "2 abc…op", "3 zyx"}},
      {11, {"abcdefghijk1ijklmnopqrs", "abcdefghijk2ijklmnopqrs", "z"}, {"1 abcd…pqrs", "2 abcd…pqrs", "3 z"}},
      {10,
       {"abcdefghijk1ijklmnopqrs", "z2345678", "abcdefghijk2ijklmnopqrs"},
       {"1 abcd…qrs", "2 z2345678", "3 abcd…qrs"}},
  };
  qy_arena *arena = qy_arena_new();
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const char *const *shown = names_shorten(arena, row[i].name, 3, row[i].columns);
    for (int k = 0; k < 3; k++)
      is_text(shown[k], row[i].shown[k], row[i].name[k]);
  }
  /* By numbers: of 8 columns "10 " leaves 2 in front of the gap, where a wide character behind a narrow one has no
   * room, and 2 behind it. */
  enum { MANY = 12 };
  char wide[MANY][40];
  const char *many[MANY];
  int wrong = 0;
  for (int i = 0; i < MANY; i++) {
    snprintf(wide[i], sizeof wide[i], i ? "a漢bcdefgh%cijklmnop" : "zyx", 'a' + i);
    many[i] = wide[i];
  }
  const char *const *numbered = names_shorten(arena, many, MANY, 8);
  for (int i = 0; i < MANY; i++) {
    char expected[40];
    snprintf(expected, sizeof expected, i ? "%d %s…op" : "1 zyx", i + 1, i + 1 < 10 ? "a漢" : "a");
    wrong += strcmp(numbered[i], expected) != 0;
  }
  is_int(wrong, 0, "wide characters by their columns");
  static const char *const alone[] = {"a_name_that_is_alone"};
  is_text(names_shorten(arena, alone, 1, 10)[0], "a_name_th…", "one name keeps its start");
  ok(names_shorten(arena, NULL, 0, 10) == NULL, "no names");
  qy_arena_free(arena);
}

static void at_random(void)
{
  static const char *const word[] = {"alpha", "beta", "w4a8", "ä", "mac_st", "16", "x", "processing"};
  enum { NAMES = 12 };
  uint64_t state = 99;
  int wide = 0, fallen = 0, changed = 0, shortened = 0;
  for (int round = 0; round < 3000; round++) {
    char text[NAMES][200];
    const char *name[NAMES];
    qy_arena *arena = qy_arena_new();
    const size_t count = 1 + random_below(&state, NAMES), columns = 4 + random_below(&state, 30);
    const size_t room = columns < 8 ? 8 : columns, same_start = random_below(&state, 3),
                 same_end = random_below(&state, 2);
    bool fits = true;
    for (size_t i = 0; i < count; i++) {
      size_t used = 0;
      for (size_t w = 0; w < same_start; w++)
        used += (size_t)snprintf(text[i] + used, sizeof text[i] - used, "%s ", word[w]);
      const size_t own = 1 + random_below(&state, 4);
      for (size_t w = 0; w < own; w++)
        used += (size_t)snprintf(text[i] + used, sizeof text[i] - used, "%s%s", word[random_below(&state, 8)],
                                 w + 1 < own ? "," : "");
      if (same_end) snprintf(text[i] + used, sizeof text[i] - used, " tail");
      name[i] = text[i];
      fits = fits && letters(text[i]) <= room;
    }
    const char *const *shown = names_shorten(arena, name, count, columns);
    shortened += !fits;
    for (size_t i = 0; i < count; i++) {
      wide += letters(shown[i]) > room;
      changed += fits && strcmp(shown[i], name[i]) != 0;
      for (size_t k = 0; k < i; k++)
        fallen += (strcmp(shown[i], shown[k]) == 0) && strcmp(name[i], name[k]) != 0;
    }
    qy_arena_free(arena);
  }
  ok(wide == 0 && shortened > 500, "%d sets of names fit when shortened", shortened);
  is_int(fallen, 0, "different names stay different");
  is_int(changed, 0, "names that fit stay");
}

int main(void)
{
  by_hand();
  at_random();
  return done();
}
