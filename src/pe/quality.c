/* Signal quality of what an element computes; see quality.h.
 *
 * An operand is an alphabet: every word it can be, what that stands for, and how probable it is.  Pairs of words go
 * through the circuit and weigh as much as they are probable, whether all are tried or some are drawn evenly.
 */
#include "quarry/quality.h"

#include "pe_int.h"
#include "quarry/integer.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

enum { UNIFORM_LOW = 2, UNIFORM_HIGH = 16, EXHAUSTIVE_PAIRS = 65536, SAMPLES = 16384, TRIED = 256 };
enum { PRODUCTS_MAX = 16, OUTPUTS_MAX = 32, SEED = 20261127 };

/* ---- formats and their best scales */

static qy_number integers_of(int bits)
{
  return qy_number_default(QY_NUMBER_UNIFORM, qy_max_int(qy_min_int(bits, UNIFORM_HIGH), UNIFORM_LOW));
}

qy_number qy_pe_weight_format(const qy_pe *pe, int precision_bits)
{
  assert(precision_bits > 0);
  return pe->has_number ? pe->number : integers_of(qy_min_int(precision_bits, pe->params.weight_bits));
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

static qy_status best_of(qy_best *best, const qy_number *number, const qy_signal *signal, qy_error *err)
{
  qy_levels *levels;
  qy_arena *arena = qy_arena_new();
  if (!arena) return qy_no_memory(err);
  qy_status status = qy_levels_build(&levels, number, arena, err);
  if (!status) status = qy_best_scale(best, levels, signal, err);
  qy_arena_free(arena);
  return status;
}

static qy_status find_fit(qy_pe_fit *fit, const qy_pe *pe, int precision_bits, const qy_signal *weights, qy_error *err)
{
  qy_status status = QY_OK;
  *fit = (qy_pe_fit){.best = {.sqnr_db = -INFINITY}};
  for (int k = 0; k < splits_of(pe) && !status; k++) {
    const qy_number tried = with_split(pe, qy_pe_weight_format(pe, precision_bits), k);
    qy_best found;
    status = best_of(&found, &tried, weights, err);
    if (!status && found.sqnr_db > fit->best.sqnr_db) *fit = (qy_pe_fit){found, k};
  }
  return status;
}

/* What a fit on a distribution follows from. */
static qy_activity_key key_of_fit(const qy_number *format, int splits, const qy_signal *weights)
{
  enum { FIELDS = sizeof *format / sizeof(int), OTHERS = 6 };
  _Static_assert(FIELDS * sizeof(int) == sizeof *format, "a format is a row of integers");
  int field[FIELDS];
  double number[FIELDS + OTHERS] = {(double)weights->kind, weights->shape, weights->alpha,
                                    weights->norm,         weights->rms,   splits};
  memcpy(field, format, sizeof field);
  for (int i = 0; i < FIELDS; i++)
    number[OTHERS + i] = field[i];
  return qy_numbers_key_of("fit of weights", number, FIELDS + OTHERS);
}

qy_status qy_pe_fit_weights(qy_pe_fit *fit, const qy_pe *pe, int precision_bits, const qy_signal *weights,
                            qy_activities *known, qy_error *err)
{
  enum { SPLIT, SCALE, SQNR_DB, KEPT };
  assert(weights);
  if (!known || weights->kind == QY_SIGNAL_SAMPLES) return find_fit(fit, pe, precision_bits, weights, err);
  const int splits = splits_of(pe);
  const qy_number format = qy_pe_weight_format(pe, precision_bits);
  const qy_activity_key key = key_of_fit(&format, splits, weights);
  double kept[KEPT];
  if (qy_numbers_take(kept, KEPT, known, &key) && kept[SPLIT] >= 0 && kept[SPLIT] < splits) {
    const int split = (int)kept[SPLIT];
    *fit = (qy_pe_fit){{with_split(pe, format, split), kept[SCALE], kept[SQNR_DB]}, split};
    return QY_OK;
  }
  const qy_status status = find_fit(fit, pe, precision_bits, weights, err);
  if (status) return status;
  kept[SPLIT] = fit->split;
  kept[SCALE] = fit->best.scale;
  kept[SQNR_DB] = fit->best.sqnr_db;
  qy_numbers_give(known, &key, kept, KEPT);
  return QY_OK;
}

bool qy_pe_fit_shared(const qy_pe *a, int precision_a, const qy_pe *b, int precision_b)
{
  const qy_number of_a = qy_pe_weight_format(a, precision_a), of_b = qy_pe_weight_format(b, precision_b);
  return memcmp(&of_a, &of_b, sizeof of_a) == 0 && splits_of(a) == splits_of(b);
}

/* ---- alphabets */

typedef struct alphabet {
  size_t count;
  int64_t *value;      /* the integer that the element multiplies by */
  uint64_t *word;      /* on the wires of a sub-word */
  double *probability; /* up to a factor; 0: a word that is not used */
  int slot;            /* bits of a sub-word */
} alphabet;

/* All words alike. */
static qy_status alphabet_new(alphabet *a, int bits, int slot, qy_arena *arena, qy_error *err)
{
  const size_t count = (size_t)1 << bits;
  *a = (alphabet){count, qy_arena_alloc(arena, count, sizeof *a->value), qy_arena_alloc(arena, count, sizeof *a->word),
                  qy_arena_alloc(arena, count, sizeof *a->probability), slot};
  if (!a->value || !a->word || !a->probability) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    a->probability[i] = 1;
  return QY_OK;
}

/* Integers of so many bits, sign-extended to the slot and moved `left` bits in it.  More than 16 bits: one of each
 * 2^(bits - 16). */
static qy_status integers(alphabet *a, const qy_pe *pe, int precision_bits, int slot, int left, gsl_rng *rng,
                          qy_arena *arena, qy_error *err)
{
  const int bits = qy_min_int(qy_max_int(precision_bits, UNIFORM_LOW), slot - left);
  const int kept = qy_min_int(bits, UNIFORM_HIGH), rest = bits - kept;
  qy_status status = alphabet_new(a, kept, slot, arena, err);
  for (size_t i = 0; !status && i < a->count; i++) {
    const uint64_t tail = rest > 0 ? pe_low(gsl_rng_get(rng), rest) : 0;
    const int64_t kept_bits = pe->params.unsigned_operands ? (int64_t)i : pe_signed(i, kept);
    a->value[i] = (int64_t)((uint64_t)kept_bits << rest | tail);
    a->word[i] = pe_low((uint64_t)a->value[i] << left, slot);
  }
  return status;
}

/* Codes of an element; `more` fraction bits are put behind those of the format. */
static qy_status codes(alphabet *a, const qy_number *number, int more, int slot, qy_arena *arena, qy_error *err)
{
  const qy_number_info *info = &qy_number_table(NULL)[number->kind];
  qy_status status = alphabet_new(a, info->code_bits(number), slot, arena, err);
  for (size_t i = 0; !status && i < a->count; i++) {
    bool root2 = false;
    int64_t value = 0;
    if (!info->weight(number, (uint32_t)i, &value, &root2)) a->probability[i] = 0;
    assert(!root2);
    a->word[i] = i;
    a->value[i] = (int64_t)((uint64_t)value << more);
  }
  return status;
}

/* Share of a distribution below t. */
static double below(const qy_signal *signal, double t)
{
  if (signal->kind == QY_SIGNAL_UNIFORM) return fmin(1, fmax(0, 0.5 + t / sqrt(12)));
  return gsl_cdf_exppow_P(t, signal->alpha, signal->shape);
}

/* How often each word is what the signal becomes; signal NULL: it stays as it is. */
static qy_status weigh(alphabet *a, const qy_best *best, const qy_signal *signal, qy_arena *arena, qy_error *err)
{
  qy_levels *levels;
  if (!signal) return QY_OK;
  const bool samples = signal->kind == QY_SIGNAL_SAMPLES;
  qy_status status = qy_levels_build(&levels, &best->number, arena, err);
  if (status) return status;
  memset(a->probability, 0, a->count * sizeof *a->probability);
  for (size_t i = 0; samples && i < signal->samples->count; i++)
    a->probability[levels->code[qy_levels_nearest(levels, signal->samples->x[i] / best->scale)]] += 1;
  double before = 0;
  for (size_t i = 0; !samples && i < levels->count; i++) {
    const double after = i + 1 < levels->count ? below(signal, levels->threshold[i] * best->scale) : 1;
    a->probability[levels->code[i]] = after - before;
    before = after;
  }
  return QY_OK;
}

/* ---- simulation */

/* A distribution at its best scale; signal NULL: all words alike. */
typedef struct source {
  const qy_signal *signal;
  qy_best best;
} source;

typedef struct trial {
  const qy_pe *pe;
  int mode, bits, split; /* bits of the activations */
  int weight_bits;       /* of weights that are integers */
  source activations, weights;
  qy_pe_mode is;                  /* of that mode */
  int products, x_words, w_words; /* of a lane; all lanes are given the same */
  int outputs;                    /* ports that hold results in this mode, at most */
  alphabet x, w;
  int drop; /* fraction bits that the result lacks */
  int lift; /* bits that it stands to the left of the product: operands at the left of their ports */
  gsl_rng *rng;
  double noise, power; /* out */
  bool wrong;          /* out: some product was not exact */
} trial;

/* One set of operands and what should come out. */
typedef struct item {
  uint64_t x, w;
  int64_t want[PRODUCTS_MAX];
  int width[PRODUCTS_MAX]; /* of the result; 0: no result there */
  double probability;
} item;

/* Corners come before random words. */
static size_t draw(const trial *t, const alphabet *a, int64_t i, int shift)
{
  enum { CORNERS = 4, PAIRS = CORNERS * CORNERS };
  const size_t corner[CORNERS] = {a->count / 2, a->count / 2 - 1, 0, a->count - 1};
  return i < PAIRS ? corner[i >> shift & (CORNERS - 1)] : gsl_rng_uniform_int(t->rng, a->count);
}

static item make_item(const trial *t, int64_t number, bool exhaustive)
{
  const int n = t->products, lanes = qy_pe_lanes(t->pe);
  int64_t x[PRODUCTS_MAX], w[PRODUCTS_MAX];
  uint64_t rest = (uint64_t)number;
  item it = {.probability = 1};
  for (int k = 0; k < n; k++) {
    size_t i = rest % t->x.count, j = rest / t->x.count % t->w.count;
    rest = rest / t->x.count / t->w.count;
    if (!exhaustive) i = draw(t, &t->x, number, 0), j = draw(t, &t->w, number, 2);
    x[k] = t->x.value[i], w[k] = t->w.value[j];
    if (k < t->x_words) it.x |= t->x.word[i] << (k * t->x.slot);
    if (k < t->w_words) it.w |= t->w.word[j] << (k * t->w.slot);
    it.probability *= t->x.probability[i] * t->w.probability[j];
  }
  for (int k = 0; k < n; k++) {
    const qy_pe_product p = qy_pe_product_of(t->pe, t->mode, k);
    it.want[p.output] += x[p.x] * w[p.w] * lanes;
    it.width[p.output] = p.width ? p.width : qy_circuit_output_width(t->pe->circuit, p.output);
  }
  return it;
}

static void judge(trial *t, const item *it, const uint64_t *out)
{
  for (int i = 0; i < t->outputs; i++) {
    if (it->width[i] == 0) continue;
    const uint64_t word = pe_low(out[i], it->width[i]);
    const int64_t got = t->pe->params.unsigned_operands ? (int64_t)word : pe_signed(word, it->width[i]);
    const int64_t want = (int64_t)((uint64_t)it->want[i] << t->lift);
    const double error = ldexp((double)((int64_t)((uint64_t)got << t->drop) - want), -t->lift);
    t->noise += it->probability * error * error;
    t->power += it->probability * (double)it->want[i] * (double)it->want[i];
    t->wrong = t->wrong || (it->probability > 0 && error != 0);
  }
}

/* Operands go in one set after the other; each starts a new sum. */
static qy_status simulate(trial *t, int64_t items, bool exhaustive, qy_arena *arena, qy_error *err)
{
  enum { RING = 16 };
  const qy_circuit *c = t->pe->circuit;
  const int cycles = t->is.cycles, delay = cycles - 1 + t->pe->latency;
  item ring[RING];
  pe_port port[PE_PORTS_MAX];
  uint64_t in[PE_PORTS_MAX], out[OUTPUTS_MAX];
  const int ports = pe_ports(port, t->pe);
  uint64_t *state = qy_arena_alloc(arena, qy_circuit_state_words(c) + 1, sizeof *state);
  uint64_t *scratch = qy_arena_alloc(arena, qy_circuit_scratch_words(c) + 1, sizeof *scratch);
  if (!state || !scratch) return qy_no_memory(err);
  memset(state, 0, qy_circuit_state_words(c) * sizeof *state);
  assert(qy_circuit_outputs(c) <= OUTPUTS_MAX && t->products <= PRODUCTS_MAX && t->outputs <= PRODUCTS_MAX &&
         delay / cycles + 1 < RING);
  t->noise = t->power = 0;
  for (int64_t cycle = 0; cycle < items * cycles + delay; cycle++) {
    const int64_t number = qy_min64(cycle / cycles, items - 1), since = cycle - delay;
    const int phase = (int)(cycle % cycles);
    item *it = &ring[number % RING];
    if (cycle == number * cycles) *it = make_item(t, number, exhaustive);
    const pe_operands operands = {
        .x = it->x, .w = it->w, .mode = t->mode, .phase = phase, .split = t->split, .clear = phase == cycles - 1};
    for (int i = 0; i < ports; i++)
      in[i] = pe_port_word(&port[i], t->pe, &operands);
    qy_simulate(c, in, state, out, scratch);
    if (since >= 0 && since % cycles == 0) judge(t, &ring[since / cycles % RING], out);
  }
  return QY_OK;
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

/* Bits that an operand stands to the left of where it would be sign-extended. */
static int left_of(const trial *t, int width)
{
  return qy_pe_sides(t->pe, t->mode) == QY_PE_AT_RIGHT ? 0 : width - pe_narrow_width(t->pe, t->mode, width);
}

/* The words of both operands, all alike.  Of a choice of sides the left is tried: at the right the same products are
 * less wide. */
static qy_status fill(trial *t, qy_arena *arena, qy_error *err)
{
  const qy_pe *pe = t->pe;
  const int x_port = port_width(pe, PE_X), w_port = port_width(pe, PE_W), x_slot = pe_slot(pe, t->mode, x_port);
  const int w_slot = t->is.cycles > 1 ? t->is.cycles : pe_slot(pe, t->mode, w_port);
  const int x_left = left_of(t, x_slot), w_left = left_of(t, w_slot);
  t->x_words = pe_words(pe, t->mode, x_port);
  t->w_words = t->is.cycles > 1 ? 1 : pe_words(pe, t->mode, w_port);
  t->lift = x_left + w_left;
  qy_status status = integers(&t->x, pe, t->bits, x_slot, x_left, t->rng, arena, err);
  if (status || !pe->has_number)
    return status ? status : integers(&t->w, pe, t->weight_bits, w_slot, w_left, t->rng, arena, err);
  const qy_number number = with_split(pe, pe->number, t->split);
  const int lacking = qy_number_table(NULL)[number.kind].frac_bits(&number) - pe->keep_bits;
  t->drop = qy_max_int(lacking, 0);
  return codes(&t->w, &number, qy_max_int(-lacking, 0), w_slot, arena, err);
}

/* The row's claim, tried; or all pairs; or samples. */
static qy_status run(trial *t, qy_arena *arena, qy_error *err)
{
  const double pairs = pow((double)t->x.count * (double)t->w.count, t->products);
  const bool all = pairs <= EXHAUSTIVE_PAIRS;
  qy_status status = QY_OK;
  if (qy_pe_row_of(t->pe->params.kind)->exact && t->drop == 0) {
    status = simulate(t, TRIED, false, arena, err);
    if (status || !t->wrong) return status;
  }
  status = weigh(&t->x, &t->activations.best, t->activations.signal, arena, err);
  if (!status) status = weigh(&t->w, &t->weights.best, t->weights.signal, arena, err);
  return status ? status : simulate(t, all ? (int64_t)pairs : SAMPLES, all, arena, err);
}

/* Noise to signal of the products; the activations are fitted first. */
static qy_status measure(double *ratio, trial *t, qy_error *err)
{
  const qy_number number = integers_of(qy_min_int(t->bits, t->pe->params.bits));
  source *x = &t->activations;
  qy_arena *arena = qy_arena_new();
  t->rng = gsl_rng_alloc(gsl_rng_mt19937);
  t->is = t->pe->mode[t->mode];
  t->products = t->is.products / qy_pe_lanes(t->pe);
  t->outputs = 1;
  for (int k = 0; k < t->products; k++)
    t->outputs = qy_max_int(t->outputs, qy_pe_product_of(t->pe, t->mode, k).output + 1);
  qy_status status = arena && t->rng ? QY_OK : qy_no_memory(err);
  if (t->rng) gsl_rng_set(t->rng, SEED);
  if (!status && x->signal) status = best_of(&x->best, &number, x->signal, err);
  if (!status) status = fill(t, arena, err);
  if (!status) status = run(t, arena, err);
  if (!status) *ratio = t->noise > 0 ? t->noise / t->power : 0;
  gsl_rng_free(t->rng);
  qy_arena_free(arena);
  return status;
}

qy_status qy_pe_product_error(double *noise_to_signal, const qy_pe *pe, int mode, const qy_signal *weights,
                              const qy_signal *activations, qy_error *err)
{
  assert(mode >= 0 && mode < pe->mode_count);
  if (!qy_pe_row_of(pe->params.kind)->multiplies) return QY_INFEASIBLE;
  qy_pe_fit fit = {.split = splits_of(pe) - 1};
  qy_status status = weights ? find_fit(&fit, pe, pe->mode[mode].bits, weights, err) : QY_OK;
  trial t = {.pe = pe,
             .mode = mode,
             .bits = pe->mode[mode].bits,
             .weight_bits = pe->mode[mode].bits,
             .split = fit.split,
             .activations = {.signal = activations},
             .weights = {weights, fit.best}};
  return status ? status : measure(noise_to_signal, &t, err);
}

static double ratio_of(double db)
{
  return pow(10, -db / 10);
}

qy_status qy_pe_sqnr_db(double *db, const qy_pe *pe, int precision_bits, const qy_signal *weights, const qy_pe_fit *fit,
                        const qy_signal *activations, qy_error *err)
{
  assert(weights);
  const int mode = qy_pe_mode_for(pe, precision_bits);
  if (mode < 0 || !qy_pe_row_of(pe->params.kind)->multiplies) return QY_INFEASIBLE;
  qy_pe_fit found = {.split = 0};
  double more = 0; /* noise besides that of the weights */
  qy_status status = fit ? QY_OK : find_fit(&found, pe, precision_bits, weights, err);
  if (!fit) fit = &found;
  trial t = {.pe = pe,
             .mode = mode,
             .bits = precision_bits,
             .weight_bits = precision_bits,
             .split = fit->split,
             .activations = {.signal = activations},
             .weights = {weights, fit->best}};
  if (!status) status = measure(&more, &t, err);
  if (status) return status;
  if (activations) more += ratio_of(t.activations.best.sqnr_db);
  *db = more > 0 ? -10 * log10(ratio_of(fit->best.sqnr_db) + more) : fit->best.sqnr_db;
  return QY_OK;
}

qy_status qy_pe_noise_at(qy_pe_noise *noise, const qy_pe *pe, qy_precision precision, const qy_signal *weights,
                         const qy_pe_fit *fit, qy_error *err)
{
  assert(weights);
  const int port = port_width(pe, PE_W), narrowed = port > 0 ? qy_min_int(precision.weights, port) : precision.weights;
  const int mode = qy_pe_mode_for(pe, qy_max_int(narrowed, precision.activations));
  if (mode < 0 || !qy_pe_row_of(pe->params.kind)->multiplies) return QY_INFEASIBLE;
  qy_pe_fit found = {.split = 0};
  qy_status status = fit ? QY_OK : find_fit(&found, pe, precision.weights, weights, err);
  if (!fit) fit = &found;
  *noise = (qy_pe_noise){.weights = ratio_of(fit->best.sqnr_db),
                         .activations = qy_activation_noise(qy_min_int(precision.activations, pe->params.bits)),
                         .weight_format = fit->best.number};
  trial t = {.pe = pe,
             .mode = mode,
             .bits = precision.activations,
             .weight_bits = narrowed,
             .split = fit->split,
             .weights = {weights, fit->best}};
  return status ? status : measure(&noise->products, &t, err);
}
