/* Precision of operands and its text: see precision.h. */
#include "quarry/precision.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

qy_precision qy_precision_of(int bits)
{
  return (qy_precision){.weights = bits, .activations = bits};
}

int qy_precision_widest(qy_precision p)
{
  return p.weights > p.activations ? p.weights : p.activations;
}

bool qy_precision_equal(qy_precision a, qy_precision b)
{
  return a.weights == b.weights && a.activations == b.activations;
}

const char *qy_precision_text(char text[QY_PRECISION_TEXT], qy_precision p)
{
  assert(p.weights >= 0 && p.weights <= QY_PRECISION_BITS_MAX);
  assert(p.activations >= 0 && p.activations <= QY_PRECISION_BITS_MAX);
  if (p.weights == p.activations)
    snprintf(text, QY_PRECISION_TEXT, "%d bit", p.weights);
  else
    snprintf(text, QY_PRECISION_TEXT, "w%da%d", p.weights, p.activations);
  return text;
}

/* A number of bits at *text, which moves behind it; 0: there is none in range. */
static int bits_at(const char **text)
{
  enum { DIGITS_MAX = 2, TEN = 10 };
  int bits = 0, digits = 0;
  for (; digits < DIGITS_MAX && isdigit((unsigned char)**text); digits++)
    bits = TEN * bits + *(*text)++ - '0';
  return isdigit((unsigned char)**text) || bits > QY_PRECISION_BITS_MAX ? 0 : bits;
}

bool qy_precision_parse(qy_precision *p, const char *text)
{
  if (*text != 'w') {
    *p = qy_precision_of(bits_at(&text));
    return p->weights > 0 && (!*text || strcmp(text, " bit") == 0);
  }
  text++;
  p->weights = bits_at(&text);
  if (*text == ' ') text++;
  if (*text++ != 'a') return false;
  p->activations = bits_at(&text);
  return p->weights > 0 && p->activations > 0 && !*text;
}
