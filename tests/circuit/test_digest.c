/* The hash of a circuit: circuits that differ in one thing have other hashes, the same circuit has one, and names are
 * no part of it.
 */
#include "../../src/circuit/digest.h"

#include "tap.h"

static qy_arena *arena;

enum { PLAIN = 2 }; /* variants that are the same circuit */

static qy_net input(qy_circuit *c, int variant, const char *name, int width)
{
  return qy_input(c, variant == 1 && name[0] == 'a' ? "other" : name, width);
}

/* Variant 0 and 1: one circuit, by other names; each other one differs from it in one thing. */
static digest digest_of(int variant)
{
  static const uint64_t entry[2][4] = {{1, 2, 3, 0}, {1, 2, 3, 1}};
  qy_circuit *c = qy_circuit_new(variant == 1 ? "second" : "first", arena);
  qy_error err = {0};
#define IS(v, other, usual) (variant == (v) ? (other) : (usual))
  qy_net a = input(c, variant, "a", IS(2, 9, 8)), b = input(c, variant, "b", IS(3, 9, 8)), s = qy_input(c, "s", 2);
  qy_net k = qy_constant_word(c, IS(4, 6, 5), 8);
  qy_net sum = qy_add(c, IS(5, b, a), IS(5, a, b), IS(6, 11, 10), IS(7, true, false));
  qy_net less = qy_less(c, IS(8, k, a), b, IS(9, true, false));
  qy_net moved = qy_shift_constant(c, a, IS(10, 2, 1), 12), cut = qy_slice(c, sum, IS(11, 1, 0), 4);
  qy_net product = qy_multiply(c, IS(12, QY_MULTIPLIER_BOOTH, QY_MULTIPLIER_ARRAY), a, b, true);
  qy_net table = qy_truth_table(c, s, entry[IS(13, 1, 0)], IS(14, 3, 2));
  qy_net rounded = qy_round_saturate(c, product, IS(15, 4, 3), IS(16, 5, 6), true);
  qy_net bit = qy_slice(c, s, 0, 1), data[2] = {k, qy_slice(c, sum, 0, 8)};
  qy_net chosen = qy_mux(c, IS(17, less, bit), data, 2), gate = qy_bitwise(c, IS(18, QY_OP_OR, QY_OP_AND), k, chosen);
  qy_net kept = qy_register(c, "r", 8, IS(19, -1, bit)), count = qy_counter(c, "n", 4, IS(20, -1, bit));
  qy_register_connect(c, kept, IS(21, k, gate));
  qy_net joined[2] = {IS(22, count, cut), IS(22, cut, count)}, both = qy_concat(c, joined, 2);
  qy_output(c, "y", IS(23, table, moved));
  qy_output(c, "z", IS(23, moved, table));
  qy_output(c, "w", both);
  qy_output(c, "v", rounded);
  qy_output(c, "u", kept);
  if (variant == 24) qy_output(c, "t", less);
  if (variant == 1) qy_label(c, sum, "sum");
  if (qy_circuit_finish(c, &err)) ok(0, "variant %d: %s", variant, err.diagnostic[0].text);
  return circuit_digest(c);
#undef IS
}

int main(void)
{
  enum { VARIANTS = 25 };
  digest d[VARIANTS];
  int same = 0;
  arena = qy_arena_new();
  for (int v = 0; v < VARIANTS; v++)
    d[v] = digest_of(v);
  for (int v = 0; v < VARIANTS; v++)
    for (int w = 0; w < v; w++) {
      const bool alike = d[v].word[0] == d[w].word[0] || d[v].word[1] == d[w].word[1];
      if (alike && v >= PLAIN) printf("# variants %d and %d are alike\n", w, v);
      same += alike && v >= PLAIN;
    }
  ok(d[0].word[0] == d[1].word[0] && d[0].word[1] == d[1].word[1], "names, labels and notes are left out");
  is_int(same, 0, "circuits that differ in one thing have other hashes, in both words");
  qy_arena_free(arena);
  return done();
}
