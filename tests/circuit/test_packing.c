/* Packed DSP slices: published numbers of products, placements by brute force, and fields against plain products. */
#include "quarry/csv.h"
#include "quarry/packing.h"
#include "tap.h"

#include <stdlib.h>

enum { PROOF_BITS = 16 }; /* of exhaustive proofs here; tests/slow tries all of 2^24 */

static qy_arena *arena;

static qy_packing_ask ask_of(int weight_bits, int activation_bits, int kernel, qy_dsp_kind slice)
{
  return (qy_packing_ask){.weight_bits = weight_bits,
                          .activation_bits = activation_bits,
                          .weight_signed = true,
                          .activation_signed = true,
                          .kernel = kernel,
                          .sums = 1,
                          .overlap = kernel > 1 ? QY_PACKING_OVERLAP_MAX : 0,
                          .slice = slice};
}

static qy_packing find(qy_packing_ask ask)
{
  qy_packing p = {0};
  qy_packing_find(&p, &ask, NULL);
  return p;
}

/* Factors as published; (2, 3) is 8 there, and 10 fit. */
static void check_published(void)
{
  qy_error err = {0};
  qy_csv csv;
  const char *const names[] = {"weight_bits", "activation_bits", "kernel", "products_per_dsp48e2"};
  int at[4], equal = 0, rows = 0, below = 0, kernels = 0, proved = 0, more = 0;
  bool left = false;
  ok(!qy_csv_open(&csv, "tests/data/dsp_packing.csv", arena, &err) && !qy_csv_columns(&csv, names, 4, at, &err),
     "the table of published factors");
  while (!qy_csv_next(&csv, &left, &err) && left) {
    int kernel = atoi(csv.field[at[2]]);
    qy_packing p = find(ask_of(atoi(csv.field[at[0]]), atoi(csv.field[at[1]]), kernel, QY_DSP48E2));
    double published = atof(csv.field[at[3]]);
    qy_packing_proof proof = qy_packing_prove(&p, PROOF_BITS);
    proved += proof.exact;
    if (!proof.exact) printf("# %s x %s, %s: not proved\n", csv.field[at[0]], csv.field[at[1]], csv.field[at[2]]);
    if (kernel == 1) {
      equal += p.products == published;
      if (p.products != published) {
        ok(p.ask.weight_bits == 2 && p.ask.activation_bits == 3 && p.products == 10 && proof.exact && proof.exhaustive,
           "2 x 3 bits: ten products, all vectors tried");
      }
    } else {
      kernels++;
      more += p.products > published + 0.005;
      if (p.products < published - 0.005) {
        printf("# %s x %s, %s: %g, published %g\n", csv.field[at[0]], csv.field[at[1]], csv.field[at[2]], p.products,
               published);
        below++;
      }
    }
    rows++;
  }
  is_int(equal, 48, "1x1 factors equal to the published ones, of 49");
  ok(kernels == 98 && below == 0, "no kernel factor below the published one, %d above", more);
  ok(rows == 147 && proved == rows, "every placement proved");
}

/* ---- brute force: any places on both ports */

typedef struct places {
  int count[2], last[2], at[2][8], apart;
} places;

static bool apart_enough(const places *p, int weights, int activations)
{
  for (int i = 0; i < weights * activations; i++)
    for (int j = 0; j < i; j++) {
      int x = p->at[0][i / activations] + p->at[1][i % activations];
      int y = p->at[0][j / activations] + p->at[1][j % activations];
      if (abs(x - y) < p->apart) return false;
    }
  return true;
}

static bool place(places *p, int side, int k)
{
  int weights = side == 0 ? k : p->count[0], activations = side == 0 ? 1 : k;
  if (weights > 0 && activations > 0 && !apart_enough(p, weights, activations)) return false;
  if (k == p->count[side]) return side == 1 ? true : place(p, 1, 1);
  for (int at = k > 0 ? p->at[side][k - 1] + p->apart : 0; at <= p->last[side]; at++) {
    p->at[side][k] = at;
    if (place(p, side, k + 1)) return true;
  }
  return false;
}

static bool fits_somehow(int weights, int w, int weight_port, int activations, int a, int activation_port)
{
  places p = {.count = {weights, activations}, .last = {weight_port - w, activation_port - a}, .apart = w + a - 1};
  if ((weights * activations - 1) * p.apart > p.last[0] + p.last[1]) return false;
  return place(&p, 0, 1);
}

/* Fields of w + a - 1 bits, which full-range signed products need: no places give more products. */
static void check_brute_force(void)
{
  int wrong = 0;
  for (int w = 3; w <= 8; w++)
    for (int a = 3; a <= 8; a++) {
      int most = 0;
      for (int n = 1; n <= 8; n++)
        for (int m = 1; m <= 8; m++)
          if (n * m > most && (fits_somehow(n, w, 27, m, a, 18) || fits_somehow(n, w, 18, m, a, 27))) most = n * m;
      wrong += find(ask_of(w, a, 1, QY_DSP48E2)).products != most;
    }
  is_int(wrong, 0, "no places on the ports give more products");
}

/* FILM-QNN (FPGA 2022), 3.2.1: two products of 8 x 5 bits, four of 4 x 5 bits in a DSP48E1, activations unsigned.
 * INT8 pairs (AMD WP486): seven products may be added up, for the lower field is a number of 18 bits. */
static void check_known(void)
{
  const qy_packing few = find(ask_of(2, 2, 1, QY_DSP48E2));
  const int bits = 2 * (few.weights + few.activations);
  const qy_packing_proof all = qy_packing_prove(&few, 24), some = qy_packing_prove(&few, 4);
  ok(all.exact && all.exhaustive && all.vectors == INT64_C(1) << bits, "all 2^%d vectors are tried", bits);
  ok(some.exact && !some.exhaustive && some.vectors > 0, "or some: %lld", (long long)some.vectors);
  for (int is_signed = 0; is_signed < 2; is_signed++) {
    qy_packing_ask ask = ask_of(8, 5, 1, QY_DSP48E1);
    ask.activation_signed = is_signed;
    is_int((int)find(ask).products, 2, "8 x 5 bits in a DSP48E1");
    ask.weight_bits = 4;
    qy_packing p = find(ask);
    ok(p.products == 4 && p.step >= 9 - is_signed && qy_packing_prove(&p, PROOF_BITS).exact, "4 x 5 bits in a DSP48E1");
  }
  qy_packing_ask ask = ask_of(8, 8, 1, QY_DSP48E2);
  ask.range = QY_PACKING_FULL;
  qy_packing pair = find(ask);
  ok(pair.products == 2 && pair.step == 18 && pair.sums_read == 7 && pair.sums_max == 8,
     "a pair of 8-bit products: fields of 18 bits, 7 sums as they are, 8 with a bias");
  ask.sums = 8;
  pair = find(ask);
  ok(pair.products == 2 && qy_packing_prove(&pair, PROOF_BITS).exact, "eight sums of them are exact");
  ask.sums = 9;
  is_int((int)find(ask).products, 1, "nine are not: one product is left");
  ask = ask_of(8, 8, 1, QY_DSP48E2);
  ask.activation_signed = false;
  ask.sums = 8;
  is_int((int)find(ask).products, 2, "eight sums with unsigned activations and 2^8 - 1 levels of weights");
}

static void check_errors(void)
{
  qy_error err = {0};
  qy_packing p;
  qy_packing_ask ask = ask_of(17, 4, 1, QY_DSP48E2);
  is_int(qy_packing_find(&p, &ask, &err), QY_BAD_INPUT, "17-bit weights");
  is_text(err.diagnostic[0].text, "weight bits: expected 2 to 16, found 17", "what was expected");
  ask = ask_of(16, 16, 1, QY_DSP48E1);
  ask.sums = 1 << 20;
  is_int(qy_packing_find(&p, &ask, &err), QY_INFEASIBLE, "no room for the sums");
}

/* An exhaustive proof of single products tries each combination of operands once. */
static void check_vectors(void)
{
  int wrong = 0, tried = 0;
  for (int w = 2; w <= 4; w++)
    for (int a = 2; a <= 4; a++)
      for (int kernel = 1; kernel <= 3; kernel += 2) {
        const qy_packing p = find(ask_of(w, a, kernel, QY_DSP48E2));
        const qy_packing_proof proof = qy_packing_prove(&p, PROOF_BITS);
        int64_t low[2], high[2];
        double all = 1;
        qy_packing_weight_range(&p, &low[0], &high[0]);
        qy_packing_activation_range(&p, &low[1], &high[1]);
        for (int i = 0; i < p.weights; i++)
          all *= (double)(high[0] - low[0] + 1);
        for (int j = 0; j < p.activations; j++)
          all *= (double)(high[1] - low[1] + 1);
        const bool few = p.weights * w + p.activations * a <= PROOF_BITS;
        wrong += proof.exhaustive != few || (few && (double)proof.vectors != all);
        tried += few;
      }
  ok(wrong == 0 && tried > 3, "%d proofs try all vectors, %d do not", tried, wrong);
}

/* ---- circuits */

/* Random results, some of them added up, from the circuit against plain sums of products. */
static bool circuit_is_true(const qy_packing *p)
{
  qy_circuit *c;
  if (qy_packing_circuit(&c, p, "packed", arena, NULL)) return false;
  uint64_t in[2 * QY_PACKING_OPERANDS_MAX + 1], out[QY_PACKING_FIELDS_MAX];
  uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c), sizeof *state);
  uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c), sizeof *scratch);
  int64_t sum[QY_PACKING_FIELDS_MAX] = {0}, before[QY_PACKING_FIELDS_MAX] = {0};
  qy_packing_player player = {p, 7};
  int n = p->weights, m = p->activations;
  for (int cycle = 0; cycle < 400; cycle++) {
    qy_packing_play(&player, cycle, in);
    qy_simulate(c, in, state, out, scratch);
    for (int f = 0; cycle >= 2 && f < p->fields; f++) {
      int bits = qy_packing_output_bits(p, f);
      uint64_t mask = bits == 64 ? ~UINT64_C(0) : (UINT64_C(1) << bits) - 1;
      if (out[f] != ((uint64_t)before[f] & mask)) return false;
    }
    memcpy(before, sum, sizeof sum);
    if (cycle % p->ask.sums == 0) memset(sum, 0, sizeof sum);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < m; j++)
        sum[qy_packing_field_of(p, i, j)] += (int64_t)in[i] * (int64_t)in[n + j];
  }
  return true;
}

/* Operands of one to three bits, signed or not. */
static void check_narrow(void)
{
  int wrong = 0, tried = 0;
  for (int w = 1; w <= 3; w++)
    for (int a = 1; a <= 3; a++)
      for (int sign = 0; sign < 4; sign++)
        for (int kernel = 1; kernel <= 3; kernel++) {
          qy_packing_ask ask = ask_of(w, a, kernel, QY_DSP48E2);
          ask.weight_signed = sign & 1;
          ask.activation_signed = sign >> 1;
          ask.sums = 1 + kernel / 3;
          qy_packing p;
          if (qy_packing_find(&p, &ask, NULL)) continue; /* no sign of one bit */
          tried++;
          if (circuit_is_true(&p)) continue;
          if (wrong++ < 3) printf("# %d x %d bits, signs %d, kernel %d\n", w, a, sign, kernel);
        }
  ok(wrong == 0 && tried > 60, "%d packings of narrow operands give their sums", tried);
}

static void check_circuits(void)
{
  int wrong = 0, tried = 0;
  for (int w = 2; w <= 8; w++)
    for (int a = 2; a <= 8; a += 2)
      for (int kernel = 1; kernel <= 5; kernel += 2)
        for (int kind = 0; kind < 6; kind++) {
          qy_packing_ask ask = ask_of(w, a, kernel, kind % 3 == 2 ? QY_DSP48E1 : QY_DSP48E2);
          ask.activation_signed = kind % 2;
          ask.weight_signed = kind != 4;
          ask.sums = kind % 3 == 1 ? 5 : 1;
          qy_packing p;
          if (qy_packing_find(&p, &ask, NULL)) continue;
          bool same = circuit_is_true(&p);
          if (!same) printf("# %d x %d, kernel %d, kind %d\n", w, a, kernel, kind);
          wrong += !same;
          tried++;
        }
  ok(tried > 400 && wrong == 0, "%d circuits give plain sums of products", tried);
}

/* What the circuit says of itself. */
static void check_notes(void)
{
  for (int sums = 1; sums <= 4; sums *= 2)
    for (int is_signed = 0; is_signed < 2; is_signed++) {
      qy_packing_ask ask = ask_of(5, 3, 1, QY_DSP48E2);
      qy_packing p;
      qy_circuit *c;
      qy_text text = {0};
      char note[300], more[80] = "";
      ask.sums = sums, ask.activation_signed = is_signed;
      if (!ok(!qy_packing_find(&p, &ask, NULL) && !qy_packing_circuit(&c, &p, "packed", arena, NULL), "packed")) return;
      const int leaves[2] = {p.weight_leaves_out, p.activation_leaves_out};
      if (sums > 1) snprintf(more, sizeof more, ", %d results added up before the split", sums);
      snprintf(note, sizeof note, "one %s: weights %d of 5 bits in %d..15, activations %d of 3 bits in %d..%d%s\n",
               qy_dsp_kind_names[QY_DSP48E2], p.weights, leaves[0] - 16, p.activations, is_signed ? leaves[1] - 4 : 0,
               is_signed ? 3 : 7, more);
      ok(!qy_circuit_verilog(c, &text, NULL) && strstr(text.data, note), "%s", note);
      qy_text_free(&text);
    }
}

/* A placement that does not hold what is said of it is no proof: fields without room, without their bias, asked for
 * more sums; words on the other ports. */
static void check_false(void)
{
  int held = 0, tried = 0;
  for (int w = 4; w <= 4; w++)
    for (int a = 4; a <= 4; a += 4)
      for (int kernel = 1; kernel <= 3; kernel += 2) {
        const qy_packing good = find(ask_of(w, a, kernel, QY_DSP48E2));
        if (!qy_packing_prove(&good, 8).exact) held++;
        for (int f = 0; f < good.fields; f += 2 * good.fields / 3)
          for (int what = 0; what < 4; what++) {
            qy_packing p = good;
            qy_packing_field *field = &p.field[f];
            if (what == 0) field->bits = 1;
            if (what == 1) field->bias = 0;
            if (what == 2) field->bias = INT64_C(1) << field->bits;
            if (what == 3 && f + 1 < p.fields) field->low = p.field[f + 1].low + p.overlap - field->bits + 1;
            if (what == 3 && f + 1 == p.fields) field->low = 48 - field->bits + 1;
            const qy_packing_proof proof = qy_packing_prove(&p, 8);
            held += proof.bounds || proof.exact;
            tried++;
          }
        qy_packing p = good;
        p.ask.sums = (int)(good.sums_max < 1000000 ? good.sums_max + 1 : 1);
        if (p.ask.sums > 1) {
          const qy_packing_proof proof = qy_packing_prove(&p, 8);
          held += proof.bounds || proof.exact;
          tried++;
        }
      }
  ok(tried > 12 && held == 0, "%d placements that do not hold are not proved (%d are)", tried, held);
}

/* What the stimulus gives: in the first 64 cycles the ends of the ranges, all 64 choices of six operands, then words of
 * the ranges, of which each comes; a new sum begins every `sums` cycles. */
static void check_play(int sums)
{
  enum { CORNERS = 64, CYCLES = 4000 };
  qy_packing_ask ask = ask_of(3, 4, 1, QY_DSP48E2);
  ask.sums = sums;
  const qy_packing p = find(ask);
  qy_packing_player player = {&p, 5};
  const int all = p.weights + p.activations;
  int wrong = 0, seen[2 * QY_PACKING_OPERANDS_MAX][16] = {{0}}, missing = 0;
  for (int cycle = 0; cycle < CYCLES; cycle++) {
    uint64_t in[2 * QY_PACKING_OPERANDS_MAX + 1];
    memset(in, 0x55, sizeof in);
    qy_packing_play(&player, cycle, in);
    for (int i = 0; i < all; i++) {
      int64_t low, high, word = (int64_t)in[i];
      if (i < p.weights)
        qy_packing_weight_range(&p, &low, &high);
      else
        qy_packing_activation_range(&p, &low, &high);
      wrong += word < low || word > high;
      if (cycle < CORNERS) wrong += word != (cycle >> i % 6 & 1 ? high : low);
      if (word >= low && word <= high) seen[i][word - low] += cycle >= CORNERS;
      for (int64_t k = low; k <= high && cycle == CYCLES - 1; k++)
        missing += seen[i][k - low] == 0;
    }
    wrong += in[all] != (sums > 1 ? (uint64_t)(cycle % sums == 0) : UINT64_C(0x5555555555555555));
  }
  ok(all > 2 && wrong == 0 && missing == 0, "%d operands, sums of %d: %d words wrong, %d never given", all, sums, wrong,
     missing);
}

/* Words wider than a port are what its low bits are as a signed word; sums wrap at 48 bits. */
static void check_port_words(void)
{
  enum { WIDE = 27, NARROW = 18, SUM = 48 };
  uint64_t state = 3;
  int wrong = 0;
  for (int i = 0; i < 2000; i++) {
    qy_packing p = {.ask.slice = QY_DSP48E2, .weights = 1, .activations = 1, .weights_wider = i % 2};
    uint64_t word[3];
    for (int k = 0; k < 3; k++) {
      state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
      word[k] = i < 64 ? UINT64_C(1) << (i >> 1) : state >> 30;
    }
    const int64_t w = (int64_t)word[0], a = (int64_t)word[1], sum = (int64_t)(word[2] & ((UINT64_C(1) << SUM) - 1));
    const int w_bits = i % 2 ? WIDE : NARROW, a_bits = i % 2 ? NARROW : WIDE;
    const int64_t w_seen = (int64_t)((uint64_t)w << (64 - w_bits)) >> (64 - w_bits);
    const int64_t a_seen = (int64_t)((uint64_t)a << (64 - a_bits)) >> (64 - a_bits);
    const uint64_t expected = (uint64_t)(sum + w_seen * a_seen) & ((UINT64_C(1) << SUM) - 1);
    wrong += qy_packing_multiply(&p, &w, &a, (uint64_t)sum) != expected;
  }
  is_int(wrong, 0, "a slice with words of any width");
}

int main(void)
{
  arena = qy_arena_new();
  check_published();
  check_brute_force();
  check_known();
  check_errors();
  check_vectors();
  check_narrow();
  check_circuits();
  check_notes();
  check_false();
  check_port_words();
  check_play(1);
  check_play(3);
  qy_arena_free(arena);
  return done();
}
