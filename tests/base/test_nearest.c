/* The nearest word beside the distance by its definition: the whole table, for every name. */
#include "quarry/yaml.h"

#include "../random.h"
#include "../tap.h"

#include <ctype.h>

enum { WORD = 12, NAMES = 5, ROUNDS = 20000 };

static bool alike(char a, char b)
{
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static int least(int a, int b)
{
  return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours from one word to another. */
static int distance(const char *a, const char *b)
{
  int t[WORD + 1][WORD + 1];
  const int rows = (int)strlen(a), columns = (int)strlen(b);
  for (int i = 0; i <= rows; i++)
    for (int j = 0; j <= columns; j++) {
      t[i][j] = i + j;
      if (i == 0 || j == 0) continue;
      t[i][j] = least(least(t[i - 1][j], t[i][j - 1]) + 1, t[i - 1][j - 1] + !alike(a[i - 1], b[j - 1]));
      if (i > 1 && j > 1 && alike(a[i - 1], b[j - 2]) && alike(a[i - 2], b[j - 1]))
        t[i][j] = least(t[i][j], t[i - 2][j - 2] + 1);
    }
  return t[rows][columns];
}

/* The first of the nearest names within a third of the word, fewer edits than it has letters. */
static const char *nearest_of(const char *word, const char *const *names)
{
  const int length = (int)strlen(word);
  const char *best = NULL;
  int edits = length < 3 ? 2 : length / 3 + 1;
  if (edits > length) edits = length;
  for (int i = 0; i < NAMES; i++)
    if (distance(word, names[i]) < edits) {
      best = names[i];
      edits = distance(word, best);
    }
  return best;
}

static size_t alike_at_start(const char *a, const char *b)
{
  size_t n = 0;
  while (a[n] && alike(a[n], b[n]))
    n++;
  return n;
}

/* Where none is near: the first name that begins with the word, or else is another form of it ("maximum" of "max", or
 * of "maximize"). */
static const char *related_to(const char *word, const char *const *names)
{
  const size_t length = strlen(word);
  if (length < 4) return NULL;
  for (int i = 0; i < NAMES; i++)
    if (alike_at_start(word, names[i]) == length) return names[i];
  for (int i = 0; i < NAMES; i++) {
    const size_t same = alike_at_start(word, names[i]), other = strlen(names[i]);
    if (same == other ? same >= 3 && 3 * same >= length : same >= 4 && 2 * same > length && 2 * same > other)
      return names[i];
  }
  return NULL;
}

/* Words and names that share their beginnings. */
static void related(void)
{
  uint64_t seed = 21;
  int found = 0, wrong = 0;
  for (int round = 0; round < ROUNDS; round++) {
    char word[NAMES + 1][WORD];
    const char *names[NAMES];
    for (int w = 0; w <= NAMES; w++) {
      const size_t length = 1 + random_below(&seed, WORD - 1), shared = random_below(&seed, WORD);
      for (size_t i = 0; i < length; i++)
        word[w][i] = i < shared ? "maxIMumaxis"[i] : "qrstuvwxyz"[random_below(&seed, 10)];
      word[w][length] = '\0';
      if (w > 0) names[w - 1] = word[w];
    }
    const char *expected = nearest_of(word[0], names);
    if (!expected) {
      expected = related_to(word[0], names);
      found += expected != NULL;
    }
    const char *got = qy_nearest(word[0], names, NAMES);
    if (got != expected && wrong++ < 3)
      printf("# %s: %s, not %s\n", word[0], got ? got : "none", expected ? expected : "none");
  }
  is_int(wrong, 0, "names that begin as a word does, where none is near");
  ok(found > ROUNDS / 20, "%d of %d words have such a name", found, ROUNDS);
}

/* Words of more than 64 characters are near to none, and none to them. */
static void long_words(void)
{
  int wrong = 0;
  for (int length = 60; length < 70; length++)
    for (int other = 60; other < 70; other++) {
      char word[72], name[72], found[QY_DID_YOU_MEAN], expected[QY_DID_YOU_MEAN] = "";
      const char *const names[] = {name};
      snprintf(word, sizeof word, "%0*d", length, 1);
      snprintf(name, sizeof name, "%0*d", other, 2);
      const bool near = length <= 64 && other <= 64;
      if (near) snprintf(expected, sizeof expected, "; did you mean \"%s\"?", name);
      wrong += qy_nearest(word, names, 1) != (near ? name : NULL);
      wrong += strcmp(qy_did_you_mean(found, word, names, 1), expected) != 0;
      wrong += qy_nearest(word, names, 0) != NULL;
    }
  for (int other = 60; other < 70; other++) { /* a word is the beginning of the name */
    char name[72];
    const char *const names[] = {name};
    snprintf(name, sizeof name, "abcde%0*d", other - 5, 2);
    wrong += qy_nearest("abcde", names, 1) != (other <= 64 ? name : NULL);
  }
  is_int(wrong, 0, "words of 64 characters have names near, longer ones have none");
}

int main(void)
{
  related();
  long_words();
  uint64_t seed = 7;
  int found = 0, wrong = 0;
  for (int round = 0; round < ROUNDS; round++) {
    char word[NAMES + 1][WORD];
    const char *names[NAMES];
    for (int w = 0; w <= NAMES; w++) {
      const size_t length = 1 + random_below(&seed, WORD - 1);
      for (size_t i = 0; i < length; i++)
        word[w][i] = "abAZ_4"[random_below(&seed, 6)];
      word[w][length] = '\0';
      if (w > 0) names[w - 1] = word[w];
    }
    const char *expected = nearest_of(word[0], names);
    found += expected != NULL;
    wrong += expected && qy_nearest(word[0], names, NAMES) != expected;
  }
  is_int(wrong, 0, "words within a third of their length in edits: the first of the nearest");
  ok(found > ROUNDS / 20, "%d of %d words have such a name", found, ROUNDS);
  return done();
}
