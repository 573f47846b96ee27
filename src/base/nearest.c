/* Nearest known word, for "did you mean": see qy_nearest in yaml.h.
 *
 * Optimal string alignment distance (insert, delete, replace, swap of neighbours each count one), letters compared
 * without case.
 */
#include "quarry/yaml.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LONGEST_WORD = 64, BEGINNING = 4, SHORT_NAME = 3 };

static bool same(char a, char b)
{
  return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t smaller(size_t a, size_t b)
{
  return a < b ? a : b;
}

/* Edits between two words of at most LONGEST_WORD characters. */
static size_t edits(const char *a, size_t a_length, const char *b, size_t b_length)
{
  size_t row[3][LONGEST_WORD + 1]; /* rows i - 2, i - 1 and i of the table, by i % 3 */
  for (size_t j = 0; j <= b_length; j++)
    row[0][j] = j;
  for (size_t i = 1; i <= a_length; i++) {
    size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
      now[j] = before[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      now[j] = smaller(now[j], smaller(before[j], now[j - 1]) + 1);
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        now[j] = smaller(now[j], earlier[j - 2] + 1);
      }
    }
  }
  return row[a_length % 3][b_length];
}

/* At most as many as edits(), in less time: characters that one word has more of than the other, by classes; a swap
 * changes none of them, and any other edit one of either word. */
static size_t fewest_edits(const char *a, const char *b)
{
  enum { CLASSES = 32 };
  int more[CLASSES] = {0};
  size_t of_a = 0, of_b = 0;
  for (; *a; a++)
    more[tolower((unsigned char)*a) % CLASSES]++;
  for (; *b; b++)
    more[tolower((unsigned char)*b) % CLASSES]--;
  for (int k = 0; k < CLASSES; k++) {
    of_a += more[k] > 0 ? (size_t)more[k] : 0;
    of_b += more[k] < 0 ? (size_t)-more[k] : 0;
  }
  return of_a > of_b ? of_a : of_b;
}

/* How many letters two words begin with alike. */
static size_t common(const char *a, const char *b)
{
  size_t length = 0;
  while (a[length] && same(a[length], b[length]))
    length++;
  return length;
}

/* Is it another form of the name: "maximum" of "max" or "maximize"? */
static bool is_form_of(const char *text, size_t length, const char *name)
{
  const size_t name_length = strlen(name), alike = common(text, name);
  if (name_length > LONGEST_WORD) return false;
  if (alike == name_length) return alike >= SHORT_NAME && 3 * alike >= length;
  return alike >= BEGINNING && 2 * alike > length && 2 * alike > name_length;
}

const char *qy_nearest(const char *text, const char *const *names, size_t count)
{
  assert(text && (names || count == 0));
  const char *best = NULL;
  size_t length = strlen(text), best_edits = 0;
  if (length == 0 || length > LONGEST_WORD) return NULL;
  size_t allowed = length < 3 ? 1 : length / 3;
  for (size_t i = 0; i < count; i++) {
    size_t name_length = strlen(names[i]);
    if (name_length > LONGEST_WORD || fewest_edits(text, names[i]) > allowed) continue;
    size_t distance = edits(text, length, names[i], name_length);
    if (distance > allowed || distance >= length || (best && distance >= best_edits)) continue;
    best = names[i];
    best_edits = distance;
  }
  for (size_t i = 0; !best && length >= BEGINNING && i < count; i++) /* the beginning of a longer name */
    if (strlen(names[i]) <= LONGEST_WORD && strncasecmp(text, names[i], length) == 0) best = names[i];
  for (size_t i = 0; !best && length >= BEGINNING && i < count; i++)
    if (is_form_of(text, length, names[i])) best = names[i];
  return best;
}

const char *qy_did_you_mean(char out[QY_DID_YOU_MEAN], const char *text, const char *const *names, size_t count)
{
  assert(out);
  const char *nearest = qy_nearest(text, names, count); /* of at most LONGEST_WORD bytes */
  out[0] = '\0';
  if (nearest) snprintf(out, QY_DID_YOU_MEAN, "; did you mean \"%s\"?", nearest);
  return out;
}
