/* Signal quality of what an element computes; see quality.h.
 *
 * An operand is an alphabet: every word it can be, what that stands for, and how probable it is in each distribution.
 * One simulation of pairs of words serves all distributions, which only weigh its errors differently; samples are drawn
 * evenly and weighed the same.
 */
#include "quarry/quality.h"

#include "pe_int.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

enum { UNIFORM_LOW = 2, UNIFORM_HIGH = 16, EXHAUSTIVE_PAIRS = 65536, SAMPLES = 16384, TRIED = 256 };
enum { PRODUCTS_MAX = 16, OUTPUTS_MAX = 32, SEED = 20261127 };

static int clamp(int value, int low, int high)
{
  return value < low ? low : value > high ? high : value;
}

static int smaller(int a, int b)
{
  return a < b ? a : b;
}

/* ---- formats and their best scales */

qy_number qy_pe_weight_format(const qy_pe *pe, int precision_bits)
{
  assert(precision_bits > 0);
  if (pe->has_number) return pe->number;
  const int bits = smaller(precision_bits, pe->params.weight_bits);
  return qy_number_default(QY_NUMBER_UNIFORM, clamp(bits, UNIFORM_LOW, UNIFORM_HIGH));
}

/* Splits that the element can be told to use; 1: there is nothing to choose. */
static int splits_of(const qy_pe *pe)
{
  return pe->has_number && qy_number_table(NULL)[pe->number.kind].chooses_split ? pe->params.splits : 1;
}

/* Split k of them, from 0. */
static qy_number with_split(const qy_pe *pe, qy_number number, int k)
{
  const int splits = splits_of(pe);
  if (splits > 1) number.split = (1 << (number.bits - 1)) / splits * (k + 1);
  return number;
}

static qy_status fit(qy_pe_fit *out, const qy_pe *pe, qy_number number, const qy_signal *signal, qy_error *err)
{
  const int splits = splits_of(pe);
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_status status = QY_OK;
  *out = (qy_pe_fit){.best = {.sqnr_db = -INFINITY}};
  for (int k = 0; k < splits && !status; k++) {
    const qy_number tried = with_split(pe, number, k);
    qy_levels *levels;
    qy_best found = {.sqnr_db = 0};
    qy_arena_reset(arena);
    status = qy_levels_build(&levels, &tried, arena, err);
    if (!status) status = qy_best_scale(&found, levels, signal, err);
    if (!status && found.sqnr_db > out->best.sqnr_db) *out = (qy_pe_fit){found, k};
  }
  qy_arena_free(arena);
  return status;
}

/* ---- alphabets */

enum { DISTRIBUTIONS_MAX = QY_SIGNAL_SAMPLES };

typedef struct alphabet {
  size_t count;
  int64_t *value;                         /* the integer that the element multiplies by */
  uint64_t *word;                         /* on the wires of a sub-word */
  double *probability[DISTRIBUTIONS_MAX]; /* 0: a word that is not used */
} alphabet;

/* Share of a signal below t. */
static double below(const qy_signal *signal, double t)
{
  if (signal->kind == QY_SIGNAL_UNIFORM) return fmin(1, fmax(0, 0.5 + t / sqrt(12)));
  if (signal->kind != QY_SIGNAL_SAMPLES) return gsl_cdf_exppow_P(t, signal->alpha, signal->shape);
  size_t low = 0, high = signal->samples->count;
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    if (signal->samples->x[middle] < t)
      low = middle + 1;
    else
      high = middle;
  }
  return (double)low / (double)signal->samples->count;
}

/* How often each word is what the signal becomes. */
static qy_status weigh(const alphabet *a, int distribution, const qy_pe_fit *fit, const qy_signal *signal,
                       qy_arena *arena, qy_error *err)
{
  qy_levels *levels;
  qy_status status = qy_levels_build(&levels, &fit->best.number, arena, err);
  double before = 0;
  for (size_t i = 0; !status && i < levels->count; i++) {
    const double after = i + 1 < levels->count ? below(signal, levels->threshold[i] * fit->best.scale) : 1;
    assert(levels->code[i] < a->count);
    a->probability[distribution][levels->code[i]] = after - before;
    before = after;
  }
  return status;
}

static qy_status alphabet_new(alphabet *a, size_t count, int distributions, qy_arena *arena, qy_error *err)
{
  *a = (alphabet){.count = count,
                  .value = qy_arena_alloc(arena, count, sizeof *a->value),
                  .word = qy_arena_alloc(arena, count, sizeof *a->word)};
  bool there = a->value && a->word;
  for (int d = 0; d < distributions; d++) {
    a->probability[d] = qy_arena_alloc(arena, count, sizeof *a->probability[d]);
    there = there && a->probability[d];
    if (there) memset(a->probability[d], 0, count * sizeof *a->probability[d]);
  }
  return there ? QY_OK : qy_no_memory(err);
}

/* Integers of so many bits, sign-extended to `slot` bits.  More than 16 bits: one of each 2^(bits - 16). */
static qy_status integers(alphabet *a, int bits, int slot, int distributions, gsl_rng *rng, qy_arena *arena,
                          qy_error *err)
{
  const int kept = smaller(bits, UNIFORM_HIGH), rest = bits - kept;
  qy_status status = alphabet_new(a, (size_t)1 << kept, distributions, arena, err);
  for (size_t i = 0; !status && i < a->count; i++) {
    const uint64_t tail = rest > 0 ? pe_low(gsl_rng_get(rng), rest) : 0;
    a->value[i] = (int64_t)((uint64_t)pe_signed(i, kept) << rest | tail);
    a->word[i] = pe_low((uint64_t)a->value[i], slot);
  }
  return status;
}

/* Codes of an element; `more` fraction bits are put behind those of the format. */
static qy_status codes(alphabet *a, const qy_number *number, int more, int distributions, qy_arena *arena,
                       qy_error *err)
{
  const qy_number_info *info = &qy_number_table(NULL)[number->kind];
  qy_status status = alphabet_new(a, (size_t)1 << info->code_bits(number), distributions, arena, err);
  for (size_t i = 0; !status && i < a->count; i++) {
    bool root2 = false;
    a->word[i] = i;
    if (!info->weight(number, (uint32_t)i, &a->value[i], &root2)) a->value[i] = 0;
    a->value[i] = (int64_t)((uint64_t)a->value[i] << more);
    assert(!root2);
  }
  return status;
}

/* All words alike but those that stand for nothing. */
static void even(double *probability, const alphabet *a, const qy_number *codes_of)
{
  for (size_t i = 0; i < a->count; i++)
    probability[i] = !codes_of || !isnan(qy_number_value(codes_of, (uint32_t)i));
}

/* ---- simulation */

typedef struct trial {
  const qy_pe *pe;
  int mode, split, drop; /* drop: fraction bits that the result lacks */
  int distributions;
  alphabet x, w;
  int x_slot, w_slot; /* bits of a sub-word */
  gsl_rng *rng;
  double noise[DISTRIBUTIONS_MAX], power[DISTRIBUTIONS_MAX];
  bool wrong; /* some product was not exact */
} trial;

/* One set of operands and what should come out. */
typedef struct item {
  uint64_t x, w;
  int64_t want[PRODUCTS_MAX];
  double probability[DISTRIBUTIONS_MAX];
} item;

static int products_of(const trial *t)
{
  return t->pe->mode[t->mode].products;
}

static bool is_apart(const trial *t)
{
  return qy_pe_row_of(t->pe->params.kind)->apart;
}

/* Corners come before random words. */
static size_t draw(const trial *t, const alphabet *a, int64_t i, int shift)
{
  enum { CORNERS = 4, PAIRS = CORNERS * CORNERS };
  const size_t corner[CORNERS] = {a->count / 2, a->count / 2 - 1, 0, a->count - 1};
  if (i < PAIRS) return corner[i >> shift & (CORNERS - 1)];
  return gsl_rng_uniform_int(t->rng, a->count);
}

static void make_item(item *it, const trial *t, int64_t number, bool exhaustive)
{
  const int n = products_of(t);
  int64_t x[PRODUCTS_MAX], w[PRODUCTS_MAX];
  uint64_t rest = (uint64_t)number;
  *it = (item){.x = 0};
  for (int d = 0; d < t->distributions; d++)
    it->probability[d] = 1;
  for (int k = 0; k < n; k++) {
    size_t i = rest % t->x.count, j = rest / t->x.count % t->w.count;
    rest = rest / t->x.count / t->w.count;
    if (!exhaustive) i = draw(t, &t->x, number, 0), j = draw(t, &t->w, number, 2);
    x[k] = t->x.value[i], w[k] = t->w.value[j];
    it->x |= t->x.word[i] << (k * t->x_slot);
    it->w |= t->w.word[j] << (k * t->w_slot);
    for (int d = 0; d < t->distributions; d++)
      it->probability[d] *= t->x.probability[d][i] * t->w.probability[d][j];
  }
  for (int k = 0; k < n; k++) {
    if (is_apart(t))
      it->want[k] = x[k] * w[k];
    else
      it->want[0] += x[k] * w[n - 1 - k];
  }
}

static void judge(trial *t, const item *it, const uint64_t *out)
{
  const int lanes = is_apart(t) ? products_of(t) : 1;
  for (int lane = 0; lane < lanes; lane++) {
    const int64_t got = pe_signed(out[lane], qy_circuit_output_width(t->pe->circuit, lane));
    const int64_t error = (int64_t)((uint64_t)got << t->drop) - it->want[lane];
    const double noise = (double)error * (double)error, power = (double)it->want[lane] * (double)it->want[lane];
    bool used = false;
    for (int d = 0; d < t->distributions; d++) {
      t->noise[d] += it->probability[d] * noise;
      t->power[d] += it->probability[d] * power;
      used = used || it->probability[d] > 0;
    }
    t->wrong = t->wrong || (used && error != 0);
  }
}

/* Operands go in one set after the other; each starts a new sum. */
static qy_status simulate(trial *t, int64_t items, bool exhaustive, qy_arena *arena, qy_error *err)
{
  enum { RING = 16 };
  const qy_pe *pe = t->pe;
  const qy_circuit *c = pe->circuit;
  const int cycles = pe->mode[t->mode].cycles, delay = cycles - 1 + pe->latency;
  item ring[RING];
  pe_port port[PE_PORTS_MAX];
  uint64_t in[PE_PORTS_MAX], out[OUTPUTS_MAX];
  const int ports = pe_ports(port, pe);
  uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c) + 1, sizeof *state);
  uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c) + 1, sizeof *scratch);
  if (!state || !scratch) return qy_no_memory(err);
  memset(state, 0, qy_circuit_state_words(c) * sizeof *state);
  assert(qy_circuit_outputs(c) <= OUTPUTS_MAX && products_of(t) <= PRODUCTS_MAX && delay / cycles + 1 < RING);
  memset(t->noise, 0, sizeof t->noise);
  memset(t->power, 0, sizeof t->power);
  t->wrong = false;
  for (int64_t cycle = 0; cycle < items * cycles + delay; cycle++) {
    const int64_t number = cycle / cycles;
    const int phase = (int)(cycle % cycles);
    if (phase == 0 && number < items) make_item(&ring[number % RING], t, number, exhaustive);
    const item *it = &ring[(number < items ? number : items - 1) % RING];
    const pe_operands operands = {
        .x = it->x, .w = it->w, .mode = t->mode, .phase = phase, .split = t->split, .clear = phase == cycles - 1};
    for (int i = 0; i < ports; i++)
      in[i] = pe_port_word(&port[i], pe, &operands);
    qy_simulate(c, in, state, out, scratch);
    const int64_t since = cycle - delay;
    if (since >= 0 && since % cycles == 0) judge(t, &ring[since / cycles % RING], out);
  }
  return QY_OK;
}

/* The row's claim, tried; or all pairs; or samples. */
static qy_status run(trial *t, qy_arena *arena, qy_error *err)
{
  const double pairs = pow((double)t->x.count * (double)t->w.count, products_of(t));
  const bool all = pairs <= EXHAUSTIVE_PAIRS, claims = qy_pe_row_of(t->pe->params.kind)->exact && t->drop == 0;
  if (claims) {
    qy_status status = simulate(t, TRIED, false, arena, err);
    if (status || !t->wrong) return status;
  }
  return simulate(t, all ? (int64_t)pairs : SAMPLES, all, arena, err);
}

/* ---- products */

static int port_width(const qy_pe *pe, pe_role role)
{
  pe_port port[PE_PORTS_MAX];
  const int ports = pe_ports(port, pe);
  for (int i = 0; i < ports; i++)
    if (port[i].role == role) return port[i].width;
  return 0;
}

/* Signals and their fits, in one array each; signal NULL: all words alike. */
typedef struct operands {
  const qy_signal *weights[DISTRIBUTIONS_MAX], *activations;
  const qy_pe_fit *weight_fit[DISTRIBUTIONS_MAX], *activation_fit;
} operands;

static qy_status fill_x(trial *t, const operands *o, int precision_bits, qy_arena *arena, qy_error *err)
{
  t->x_slot = port_width(t->pe, PE_X) / products_of(t);
  const int bits = clamp(precision_bits, smaller(UNIFORM_LOW, t->x_slot), t->x_slot);
  qy_status status = integers(&t->x, bits, t->x_slot, t->distributions, t->rng, arena, err);
  for (int d = 0; d < t->distributions && !status; d++) {
    if (o->activations)
      status = weigh(&t->x, d, o->activation_fit, o->activations, arena, err);
    else
      even(t->x.probability[d], &t->x, NULL);
  }
  return status;
}

static qy_status fill_w(trial *t, const operands *o, int precision_bits, qy_arena *arena, qy_error *err)
{
  const qy_pe *pe = t->pe;
  const int cycles = pe->mode[t->mode].cycles;
  const qy_number number = with_split(pe, pe->number, t->split);
  const int short_of = pe->has_number ? qy_number_table(NULL)[number.kind].frac_bits(&number) - pe->keep_bits : 0;
  qy_status status;
  t->drop = short_of > 0 ? short_of : 0;
  t->w_slot = cycles > 1 ? cycles : port_width(pe, PE_W) / products_of(t);
  if (pe->has_number)
    status = codes(&t->w, &number, short_of < 0 ? -short_of : 0, t->distributions, arena, err);
  else
    status = integers(&t->w, clamp(precision_bits, smaller(UNIFORM_LOW, t->w_slot), t->w_slot), t->w_slot,
                      t->distributions, t->rng, arena, err);
  for (int d = 0; d < t->distributions && !status; d++) {
    if (o->weights[d])
      status = weigh(&t->w, d, o->weight_fit[d], o->weights[d], arena, err);
    else
      even(t->w.probability[d], &t->w, pe->has_number ? &number : NULL);
  }
  return status;
}

/* Noise to signal of each of so many distributions, in one simulation: they share the split. */
static qy_status measure(double *ratio, int distributions, int split, const operands *o, const qy_pe *pe, int mode,
                         int precision_bits, qy_error *err)
{
  trial t = {.pe = pe, .mode = mode, .split = split, .distributions = distributions};
  qy_arena *arena = qy_arena_new();
  t.rng = gsl_rng_alloc(gsl_rng_mt19937);
  qy_status status = arena && t.rng ? QY_OK : qy_no_memory(err);
  if (!status) {
    gsl_rng_set(t.rng, SEED);
    status = fill_x(&t, o, precision_bits, arena, err);
  }
  if (!status) status = fill_w(&t, o, precision_bits, arena, err);
  if (!status) status = run(&t, arena, err);
  for (int d = 0; d < distributions && !status; d++)
    ratio[d] = t.noise[d] > 0 ? t.noise[d] / t.power[d] : 0;
  if (t.rng) gsl_rng_free(t.rng);
  qy_arena_free(arena);
  return status;
}

static qy_status fit_activations(qy_pe_fit *out, const qy_pe *pe, int precision_bits, const qy_signal *signal,
                                 qy_error *err)
{
  const int bits = clamp(smaller(precision_bits, pe->params.bits), UNIFORM_LOW, UNIFORM_HIGH);
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits);
  qy_arena *arena = qy_arena_new();
  qy_levels *levels;
  if (!arena) return qy_no_memory(err);
  *out = (qy_pe_fit){.split = 0};
  qy_status status = qy_levels_build(&levels, &number, arena, err);
  if (!status) status = qy_best_scale(&out->best, levels, signal, err);
  qy_arena_free(arena);
  return status;
}

qy_status qy_pe_product_error(double *noise_to_signal, const qy_pe *pe, int mode, const qy_signal *weights,
                              const qy_signal *activations, qy_error *err)
{
  assert(mode >= 0 && mode < pe->mode_count);
  if (!qy_pe_row_of(pe->params.kind)->multiplies) return QY_INFEASIBLE;
  const int bits = pe->mode[mode].bits;
  qy_pe_fit weight = {.split = splits_of(pe) - 1}, activation;
  const operands o = {{weights}, activations, {&weight}, &activation};
  qy_status status = QY_OK;
  if (weights) status = fit(&weight, pe, qy_pe_weight_format(pe, bits), weights, err);
  if (activations && !status) status = fit_activations(&activation, pe, bits, activations, err);
  return status ? status : measure(noise_to_signal, 1, weight.split, &o, pe, mode, bits, err);
}

qy_status qy_pe_fit_weights(qy_pe_fit weights[QY_SIGNAL_SAMPLES], const qy_pe *pe, int precision_bits, qy_error *err)
{
  const qy_number number = qy_pe_weight_format(pe, precision_bits);
  qy_status status = QY_OK;
  for (int s = 0; s < QY_SIGNAL_SAMPLES && !status; s++) {
    qy_signal signal;
    status = qy_signal_make(&signal, (qy_signal_kind)s, QY_ELEMENT_SHAPE, err);
    if (!status) status = fit(&weights[s], pe, number, &signal, err);
  }
  return status;
}

bool qy_pe_fit_shared(const qy_pe *a, int precision_a, const qy_pe *b, int precision_b)
{
  const qy_number of_a = qy_pe_weight_format(a, precision_a), of_b = qy_pe_weight_format(b, precision_b);
  return memcmp(&of_a, &of_b, sizeof of_a) == 0 && splits_of(a) == splits_of(b);
}

qy_status qy_pe_sqnr_db(double db[QY_SIGNAL_SAMPLES], const qy_pe *pe, int precision_bits, const qy_pe_fit *given,
                        const qy_signal *activations, qy_error *err)
{
  const int mode = qy_pe_mode_for(pe, precision_bits);
  if (mode < 0 || !qy_pe_row_of(pe->params.kind)->multiplies) return QY_INFEASIBLE;
  qy_signal signal[DISTRIBUTIONS_MAX];
  qy_pe_fit found[DISTRIBUTIONS_MAX], activation = {.split = 0};
  const qy_pe_fit *weight = given ? given : found;
  operands o = {.activations = activations, .activation_fit = &activation};
  double ratio[DISTRIBUTIONS_MAX];
  qy_status status = given ? QY_OK : qy_pe_fit_weights(found, pe, precision_bits, err);
  for (int s = 0; s < DISTRIBUTIONS_MAX && !status; s++) {
    status = qy_signal_make(&signal[s], (qy_signal_kind)s, QY_ELEMENT_SHAPE, err);
    o.weights[s] = &signal[s], o.weight_fit[s] = &weight[s];
  }
  if (activations && !status) status = fit_activations(&activation, pe, precision_bits, activations, err);
  if (splits_of(pe) == 1 && !status) status = measure(ratio, DISTRIBUTIONS_MAX, 0, &o, pe, mode, precision_bits, err);
  for (int s = 0; s < DISTRIBUTIONS_MAX && splits_of(pe) > 1 && !status; s++) {
    const operands one = {{&signal[s]}, activations, {&weight[s]}, &activation};
    status = measure(&ratio[s], 1, weight[s].split, &one, pe, mode, precision_bits, err);
  }
  for (int s = 0; s < DISTRIBUTIONS_MAX && !status; s++) {
    const double more = ratio[s] + (activations ? pow(10, -activation.best.sqnr_db / 10) : 0);
    db[s] = weight[s].best.sqnr_db;
    if (more > 0) db[s] = -10 * log10(pow(10, -db[s] / 10) + more);
  }
  return status;
}
