/* What a circuit is, as a hash: see digest.h. */
#include "digest.h"

#include "graph.h"

static void digest_shape(digest *d, const qy_shape *s)
{
  const int number[] = {s->a,     s->b,    s->c,      s->width,       s->is_signed, (int)s->multiplier,
                        s->count, s->drop, s->enable, s->has_constant};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++)
    digest_word(d, (uint64_t)number[i]);
  digest_word(d, s->constant);
  for (size_t i = 0; s->table && i < (size_t)1 << s->a; i++)
    digest_word(d, s->table[i]);
}

digest circuit_digest(const qy_circuit *c)
{
  digest d = {{c->count, (uint64_t)c->output_count}};
  for (size_t i = 0; i < c->count; i++) {
    const node *n = &c->node[i];
    digest_word(&d, (uint64_t)n->op << 32 | (uint64_t)n->count);
    digest_word(&d, (uint64_t)n->amount);
    digest_word(&d, (uint64_t)n->state);
    digest_word(&d, n->value);
    digest_shape(&d, &n->shape);
    for (int k = 0; k < n->count; k++)
      digest_word(&d, (uint64_t)n->in[k] << 32 | (uint64_t)n->in_width[k]);
  }
  for (int i = 0; i < c->output_count; i++)
    digest_word(&d, (uint64_t)c->output[i].net);
  return d;
}
