/* A slice with packed operands, bit by bit, and proofs that its fields are the products they stand for. */
#include "packing_int.h"

#include "quarry/integer.h"
#include "quarry/random.h"

#include <assert.h>
#include <string.h>

enum { CORNER_BITS_MAX = 16, RANDOM_PRODUCTS = 1 << 16, CORNER_PRODUCTS_MAX = 1 << 20 };

/* The signed word that a port of this width sees. */
static int64_t at_port(int64_t word, int bits)
{
  uint64_t half = UINT64_C(1) << (bits - 1), low = (uint64_t)word & (2 * half - 1);
  return (int64_t)((low ^ half) - half);
}

static int64_t pack(const int64_t *word, int count, int step)
{
  int64_t sum = 0;
  for (int i = 0; i < count; i++)
    sum += word[i] * (INT64_C(1) << (i * step));
  return sum;
}

uint64_t qy_packing_multiply(const qy_packing *p, const int64_t *weight, const int64_t *activation, uint64_t sum)
{
  const qy_dsp_shape *shape = &qy_dsp_shapes[p->ask.slice];
  int64_t w = at_port(pack(weight, p->weights, p->weight_step), p->weights_wider ? shape->a : shape->b);
  int64_t a = at_port(pack(activation, p->activations, p->activation_step), p->weights_wider ? shape->b : shape->a);
  return (sum + (uint64_t)(w * a)) & qy_word_mask(shape->sum);
}

uint64_t qy_packing_start(const qy_packing *p)
{
  uint64_t start = 0;
  for (int f = 0; f < p->fields; f++)
    start += (uint64_t)p->field[f].bias << p->field[f].low;
  return start & qy_word_mask(qy_dsp_shapes[p->ask.slice].sum);
}

void qy_packing_split(const qy_packing *p, uint64_t sum, const uint64_t *low, int64_t *field)
{
  uint64_t rest = sum;
  for (int f = 0; f < p->fields; f++) {
    const qy_packing_field *this = &p->field[f];
    uint64_t word = rest & qy_word_mask(this->bits);
    if (f + 1 < p->fields) {
      int shared = this->bits - p->step;
      rest >>= p->step;
      if (shared > 0) {
        uint64_t known = low[f + 1] + (uint64_t)this[1].bias;
        uint64_t above = (rest - known) & qy_word_mask(shared);
        word = (word & qy_word_mask(p->step)) | above << p->step;
        rest -= above;
      }
    }
    field[f] = (int64_t)word - this->bias;
  }
}

/* ---- proofs */

typedef struct trial {
  const qy_packing *p;
  packing_span weight, activation;
  int64_t w[QY_PACKING_OPERANDS_MAX], a[QY_PACKING_OPERANDS_MAX];
  int64_t want[QY_PACKING_FIELDS_MAX];
  uint64_t sum;
  int64_t vectors;
  bool same;
} trial;

static void begin(trial *t)
{
  memset(t->want, 0, sizeof t->want);
  t->sum = qy_packing_start(t->p);
}

static void add_one(trial *t)
{
  const qy_packing *p = t->p;
  t->sum = qy_packing_multiply(p, t->w, t->a, t->sum);
  for (int i = 0; i < p->weights; i++)
    for (int j = 0; j < p->activations; j++)
      t->want[qy_packing_field_of(p, i, j)] += t->w[i] * t->a[j];
}

static void compare(trial *t)
{
  uint64_t low[QY_PACKING_FIELDS_MAX];
  int64_t field[QY_PACKING_FIELDS_MAX];
  for (int f = 0; f < t->p->fields; f++)
    low[f] = (uint64_t)t->want[f] & qy_word_mask(QY_PACKING_OVERLAP_MAX);
  qy_packing_split(t->p, t->sum, low, field);
  t->same = t->same && memcmp(field, t->want, (size_t)t->p->fields * sizeof *field) == 0;
  t->vectors++;
}

/* The next combination of operands; false: that was the last. */
static bool next_combination(trial *t)
{
  for (int i = 0; i < t->p->weights; i++) {
    if (t->w[i]++ < t->weight.high) return true;
    t->w[i] = t->weight.low;
  }
  for (int j = 0; j < t->p->activations; j++) {
    if (t->a[j]++ < t->activation.high) return true;
    t->a[j] = t->activation.low;
  }
  return false;
}

static void try_all(trial *t)
{
  for (int i = 0; i < t->p->weights; i++)
    t->w[i] = t->weight.low;
  for (int j = 0; j < t->p->activations; j++)
    t->a[j] = t->activation.low;
  do {
    begin(t);
    add_one(t);
    compare(t);
  } while (t->same && next_combination(t));
}

/* Every operand at either end of its range, the same as often as results are added up. */
static void try_corners(trial *t)
{
  int n = t->p->weights, all = n + t->p->activations;
  if (all > CORNER_BITS_MAX || (int64_t)t->p->ask.sums << all > CORNER_PRODUCTS_MAX) all = 2;
  for (uint64_t corner = 0; corner < UINT64_C(1) << all; corner++) {
    for (int i = 0; i < n; i++)
      t->w[i] = corner >> (all == 2 ? 0 : i) & 1 ? t->weight.high : t->weight.low;
    for (int j = 0; j < t->p->activations; j++)
      t->a[j] = corner >> (all == 2 ? 1 : n + j) & 1 ? t->activation.high : t->activation.low;
    begin(t);
    for (int k = 0; k < t->p->ask.sums; k++)
      add_one(t);
    compare(t);
  }
}

static int64_t random_in(uint64_t *state, packing_span span)
{
  return span.low + (int64_t)(qy_random_word(state) % (uint64_t)(span.high - span.low + 1));
}

static void try_random(trial *t)
{
  uint64_t state = 1;
  int64_t rounds = qy_max64(16, RANDOM_PRODUCTS / t->p->ask.sums);
  for (int64_t round = 0; round < rounds; round++) {
    begin(t);
    for (int k = 0; k < t->p->ask.sums; k++) {
      for (int i = 0; i < t->p->weights; i++)
        t->w[i] = random_in(&state, t->weight);
      for (int j = 0; j < t->p->activations; j++)
        t->a[j] = random_in(&state, t->activation);
      add_one(t);
    }
    compare(t);
  }
}

/* Ports hold the words, fields hold the sums, and no field reaches further than its neighbour allows. */
static bool bounds_hold(const trial *t)
{
  const qy_packing *p = t->p;
  const qy_dsp_shape *shape = &qy_dsp_shapes[p->ask.slice];
  bool hold = packing_fits(t->weight, p->weights, p->weight_step, p->weights_wider ? shape->a : shape->b) &&
              packing_fits(t->activation, p->activations, p->activation_step, p->weights_wider ? shape->b : shape->a);
  packing_span one = packing_product(t->weight, t->activation);
  for (int f = 0; f < p->fields; f++) {
    const qy_packing_field *field = &p->field[f];
    int64_t results = (int64_t)field->products * p->ask.sums;
    int end = f + 1 < p->fields ? p->field[f + 1].low + p->overlap : shape->sum;
    hold = hold && one.low * results + field->bias >= 0 &&
           one.high * results + field->bias < INT64_C(1) << field->bits && field->low + field->bits <= end;
  }
  return hold;
}

qy_packing_proof qy_packing_prove(const qy_packing *p, int exhaustive_bits)
{
  assert(p && p->fields > 0);
  trial t = {.p = p, .same = true};
  qy_packing_weight_range(p, &t.weight.low, &t.weight.high);
  qy_packing_activation_range(p, &t.activation.low, &t.activation.high);
  qy_packing_proof proof = {.bounds = bounds_hold(&t)};
  int bits = p->weights * p->ask.weight_bits + p->activations * p->ask.activation_bits;
  proof.exhaustive = bits <= exhaustive_bits;
  if (proof.exhaustive) try_all(&t);
  if (!proof.exhaustive || p->ask.sums > 1) {
    try_corners(&t);
    try_random(&t);
  }
  proof.vectors = t.vectors;
  proof.exact = t.same && proof.bounds;
  return proof;
}

void qy_packing_play(void *ctx, int64_t cycle, uint64_t *inputs)
{
  enum { CORNERS = 64, CORNER_INPUTS = 6 };
  qy_packing_player *player = ctx;
  const qy_packing *p = player->packing;
  int all = p->weights + p->activations;
  for (int i = 0; i < all; i++) {
    packing_span span;
    if (i < p->weights)
      qy_packing_weight_range(p, &span.low, &span.high);
    else
      qy_packing_activation_range(p, &span.low, &span.high);
    bool high = cycle >> (i % CORNER_INPUTS) & 1;
    inputs[i] = (uint64_t)(cycle >= CORNERS ? random_in(&player->random, span) : high ? span.high : span.low);
  }
  if (p->ask.sums > 1) inputs[all] = cycle % p->ask.sums == 0;
}
