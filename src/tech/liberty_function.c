/* Logic functions of Liberty pins as truth tables.
 *
 * Grammar, weakest first: a + b, a | b: or;  a * b, a & b, a b: and;  a ^ b: exclusive or;  !a, a': not;  ( ), 0, 1.
 * A truth table is a word: bit i is the function's value for the input word i, so operators act on all rows at once.
 */
#include "liberty_int.h"

#include <assert.h>
#include <string.h>

enum { NESTING_MAX = 50 };

typedef struct reader {
  const char *at, *end;
  const qy_piece *input;
  int count;
  qy_piece inverse;
  int nesting;
  bool failed;
} reader;

static uint64_t read_or(reader *r);

static char look(reader *r)
{
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r' || *r->at == '\\'))
    r->at++;
  return r->at < r->end ? *r->at : '\0';
}

static bool in_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '[' || c == ']';
}

static uint64_t read_name(reader *r)
{
  /* Bit i of column k is bit k of i. */
  static const uint64_t column[LIB_INPUTS_MAX] = {0xAAAAAAAAAAAAAAAA, 0xCCCCCCCCCCCCCCCC, 0xF0F0F0F0F0F0F0F0,
                                                  0xFF00FF00FF00FF00, 0xFFFF0000FFFF0000, 0xFFFFFFFF00000000};
  qy_piece name = {r->at, 0};
  while (r->at < r->end && in_name(*r->at))
    r->at++;
  name.length = (size_t)(r->at - name.at);
  if (piece_is(name, "0")) return 0;
  if (piece_is(name, "1")) return ~UINT64_C(0);
  for (int k = 0; k < r->count; k++) {
    if (piece_same(name, r->input[k])) return column[k];
  }
  if (name.length > 0 && piece_same(name, r->inverse)) return ~column[0];
  r->failed = true;
  return 0;
}

static uint64_t read_factor(reader *r)
{
  bool invert = false;
  uint64_t value = 0;
  while (look(r) == '!') {
    invert = !invert;
    r->at++;
  }
  if (look(r) == '(') {
    r->at++;
    if (++r->nesting > NESTING_MAX) r->failed = true;
    if (!r->failed) value = read_or(r);
    r->nesting--;
    if (look(r) != ')')
      r->failed = true;
    else
      r->at++;
  } else {
    value = read_name(r);
  }
  while (!r->failed && look(r) == '\'') {
    invert = !invert;
    r->at++;
  }
  return invert ? ~value : value;
}

static uint64_t read_xor(reader *r)
{
  uint64_t value = read_factor(r);
  while (!r->failed && look(r) == '^') {
    r->at++;
    value ^= read_factor(r);
  }
  return value;
}

static uint64_t read_and(reader *r)
{
  uint64_t value = read_xor(r);
  while (!r->failed) {
    char c = look(r);
    if (c == '*' || c == '&')
      r->at++;
    else if (!(in_name(c) || c == '(' || c == '!'))
      break;
    value &= read_xor(r);
  }
  return value;
}

static uint64_t read_or(reader *r)
{
  uint64_t value = read_and(r);
  while (!r->failed && (look(r) == '+' || look(r) == '|')) {
    r->at++;
    value |= read_and(r);
  }
  return value;
}

bool lib_function(uint64_t *table, qy_piece text, const qy_piece *input, int count, qy_piece inverse)
{
  assert(table && count >= 0 && (input || count == 0));
  if (count < 1 || count > LIB_INPUTS_MAX || text.length == 0) return false;
  reader r = {text.at, text.at + text.length, input, count, inverse, 0, false};
  uint64_t value = read_or(&r);
  uint64_t rows = count == LIB_INPUTS_MAX ? ~UINT64_C(0) : (UINT64_C(1) << (1 << count)) - 1;
  *table = value & rows;
  return !r.failed && look(&r) == '\0';
}
