/* What an element's inputs see, and the activity, price and test bench that follow from it.
 *
 * Random numbers come from GSL's Mersenne twister with the stimulus' seed, so a price is the same every time.
 * Sub-words are drawn one by one.  Weights of code elements are quantized by the element's own number format.
 */
#include "pe_int.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <string.h>

enum { DEFAULT_CYCLES = 2048, DEFAULT_SUM = 16 };

/* Full scale of activations over their deviation, when they are half-Gaussian: 4 clips 1 in 16,000. */
static const double activation_range = 4;

qy_pe_stimulus qy_pe_stimulus_default(void)
{
  return (qy_pe_stimulus){.weights = QY_WEIGHTS_UNIFORM,
                          .zero_frac = 0.5,
                          .weight_range = 3,
                          .hold = 1,
                          .sum_length = DEFAULT_SUM,
                          .cycles = DEFAULT_CYCLES,
                          .seed = 20261121};
}

/* Trained layers: weights out to four deviations, half of the activations zero. */
qy_pe_stimulus qy_pe_stimulus_of(int operands)
{
  assert(operands >= 0 && operands < QY_PE_OPERANDS_COUNT);
  qy_pe_stimulus s = qy_pe_stimulus_default();
  if (operands == QY_PE_OPERANDS_UNIFORM) return s;
  s.weights = QY_WEIGHTS_LAPLACIAN;
  s.weight_range = 4;
  s.relu = true;
  s.zero_frac = 0.5;
  return s;
}

/* A stimulus being played. */
typedef struct player {
  const qy_pe *pe;
  const qy_pe_stimulus *s;
  gsl_rng *rng;
  qy_levels *levels; /* of the weight codes, NULL when weights are integers or uniform */
  int mode;
  bool left; /* operands of narrower modes */
  int port_count;
  pe_port port[PE_PORTS_MAX];
  int64_t cycles_per_mode; /* > 0: go through all modes and sides, so many cycles each */
  uint64_t x[QY_PE_LANES_MAX], w[QY_PE_LANES_MAX];
} player;

static uint64_t random_word(gsl_rng *rng, int width)
{
  uint64_t high = gsl_rng_get(rng);
  return pe_low(high << 32 | gsl_rng_get(rng), width);
}

/* A value at full scale 1 as a signed integer of `bits` bits. */
static uint64_t quantize(double value, int bits)
{
  double top = (double)((INT64_C(1) << (bits - 1)) - 1);
  return pe_low((uint64_t)(int64_t)fmax(-top, fmin(top, round(value * top))), bits);
}

static double draw_weight(const player *p)
{
  double deviation = 1 / p->s->weight_range;
  if (p->s->weights == QY_WEIGHTS_GAUSSIAN) return gsl_ran_gaussian_ziggurat(p->rng, deviation);
  return gsl_ran_laplace(p->rng, deviation / sqrt(2)); /* GSL's parameter is the mean absolute value */
}

static uint64_t next_activation(const player *p, int width)
{
  const int bits = pe_slot(p->pe, p->mode, width), words = pe_words(p->pe, p->mode, width);
  if (!p->s->relu) return random_word(p->rng, words * bits);
  uint64_t packed = 0;
  for (int i = 0; i < words; i++) {
    bool zero = gsl_rng_uniform(p->rng) < p->s->zero_frac;
    double value = zero ? 0 : fabs(gsl_ran_gaussian_ziggurat(p->rng, 1 / activation_range));
    packed |= quantize(value, bits) << (i * bits);
  }
  return packed;
}

/* Uniform code words, leaving out those that stand for nothing. */
static uint64_t random_code(const player *p, int width)
{
  uint64_t code = random_word(p->rng, width);
  while (isnan(qy_number_value(&p->pe->number, (uint32_t)code)))
    code = random_word(p->rng, width);
  return code;
}

static uint64_t next_weight(const player *p, int width)
{
  const qy_pe *pe = p->pe;
  if (pe->has_number) {
    if (!p->levels) return random_code(p, width);
    double value = draw_weight(p);
    return p->levels->code[qy_levels_nearest(p->levels, fmax(-1, fmin(1, value)))];
  }
  const int bits = pe_slot(pe, p->mode, width), words = pe_words(pe, p->mode, width);
  if (p->s->weights == QY_WEIGHTS_UNIFORM) return random_word(p->rng, words * bits);
  uint64_t packed = 0;
  for (int i = 0; i < words; i++)
    packed |= quantize(draw_weight(p), bits) << (i * bits);
  return packed;
}

/* An operand of the mode's width where it stands in its port. */
static uint64_t place(const player *p, int width, uint64_t word)
{
  const int narrow = pe_narrow_width(p->pe, p->mode, width);
  if (narrow == width) return word;
  return pe_low(p->left ? word << (width - narrow) : (uint64_t)pe_signed(word, narrow), width);
}

/* All modes, those with a choice of sides twice: the step with this number, or, past the last, how many there are. */
static int find_step(const qy_pe *pe, int number, int *mode, bool *left)
{
  int count = 0;
  for (int k = 0; k < pe->mode_count; k++) {
    const qy_pe_side sides = qy_pe_sides(pe, k);
    for (int at_left = 0; at_left < 2; at_left++) {
      if (sides == (at_left ? QY_PE_AT_RIGHT : QY_PE_AT_LEFT)) continue;
      if (count++ != number) continue;
      *mode = k;
      *left = at_left;
      return number;
    }
  }
  return count;
}

static int steps_of(const qy_pe *pe)
{
  return find_step(pe, -1, NULL, NULL);
}

/* New operands at the start of a product; weights are held as the stimulus says. */
static void next_inputs(void *ctx, int64_t cycle, uint64_t *inputs)
{
  player *p = ctx;
  const qy_pe *pe = p->pe;
  int64_t step = cycle;
  if (p->cycles_per_mode > 0) {
    find_step(pe, (int)(cycle / p->cycles_per_mode) % steps_of(pe), &p->mode, &p->left);
    step = cycle % p->cycles_per_mode;
  }
  const int cycles = pe->mode[p->mode].cycles, phase = (int)(step % cycles);
  const int64_t product = step / cycles;
  for (int i = 0; phase == 0 && i < p->port_count; i++) {
    const int width = p->port[i].width, narrow = pe_narrow_width(pe, p->mode, width), lane = p->port[i].lane;
    if (p->port[i].role == PE_X) p->x[lane] = place(p, width, next_activation(p, narrow));
    if (p->port[i].role == PE_W && (step == 0 || product % p->s->hold == 0))
      p->w[lane] = place(p, width, next_weight(p, cycles > 1 ? cycles : narrow));
  }
  pe_operands in = {.mode = p->mode,
                    .phase = phase,
                    .split = pe->params.splits / 2,
                    .clear = product % p->s->sum_length == 0 && phase == cycles - 1};
  for (int i = 0; i < p->port_count; i++) {
    in.x = p->x[p->port[i].lane], in.w = p->w[p->port[i].lane];
    inputs[i] = pe_port_word(&p->port[i], pe, &in);
  }
}

static qy_status check(const qy_pe_stimulus *s, qy_error *err)
{
  if (s->hold < 1 || s->sum_length < 1 || s->cycles < 2 || s->seed == 0)
    return qy_fail(
        err, QY_BAD_INPUT,
        "stimulus: expected hold and sum_length from 1, cycles from 2 and a seed other than 0, found %d, %d, "
        "%lld, %llu",
        s->hold, s->sum_length, (long long)s->cycles, (unsigned long long)s->seed);
  if (!(s->zero_frac >= 0 && s->zero_frac <= 1) || !(s->weight_range > 0))
    return qy_fail(err, QY_BAD_INPUT, "stimulus: expected zero_frac in [0, 1] and weight_range above 0, found %g, %g",
                   s->zero_frac, s->weight_range);
  return QY_OK;
}

static qy_status open_player(player *p, qy_arena **arena, const qy_pe *pe, const qy_pe_stimulus *s, qy_error *err)
{
  qy_status status = check(s, err);
  *p = (player){.pe = pe, .s = s};
  p->port_count = pe_ports(p->port, pe);
  *arena = NULL;
  if (status) return status;
  p->rng = gsl_rng_alloc(gsl_rng_mt19937);
  if (!p->rng) return qy_fail(err, QY_NO_MEMORY, "out of memory for a stimulus");
  gsl_rng_set(p->rng, (unsigned long)s->seed);
  if (pe->has_number && s->weights != QY_WEIGHTS_UNIFORM) {
    *arena = qy_arena_new();
    if (!*arena) return qy_fail(err, QY_NO_MEMORY, "out of memory for a stimulus");
    status = qy_levels_build(&p->levels, &pe->number, *arena, err);
  }
  return status;
}

static void close_player(player *p, qy_arena *arena)
{
  if (p->rng) gsl_rng_free(p->rng);
  qy_arena_free(arena);
}

static qy_status simulate(qy_activity *activity, const qy_pe *pe, int mode, const qy_pe_stimulus *stimulus, bool left,
                          qy_error *err)
{
  player p;
  qy_arena *arena;
  qy_status status = open_player(&p, &arena, pe, stimulus, err);
  p.mode = mode;
  p.left = left;
  if (!status) status = qy_circuit_activity(pe->circuit, next_inputs, &p, stimulus->cycles, activity, err);
  close_player(&p, arena);
  return status;
}

/* All that next_inputs looks at. */
static qy_activity_key key_of(const qy_pe *pe, int mode, const qy_pe_stimulus *s, bool left)
{
  enum { OF_STIMULUS = 12, PARAMETERS_MOST = 64 };
  double number[OF_STIMULUS + PARAMETERS_MOST] = {mode,
                                                  left,
                                                  s->weights,
                                                  s->relu,
                                                  s->zero_frac,
                                                  s->weight_range,
                                                  s->hold,
                                                  s->sum_length,
                                                  (double)s->cycles,
                                                  (double)(s->seed >> 32),
                                                  (double)(uint32_t)s->seed,
                                                  pe->params.kind};
  size_t count;
  const qy_parameter *const *parameter = qy_pe_parameters(&count);
  assert(count <= PARAMETERS_MOST);
  for (size_t i = 0; i < count; i++)
    number[OF_STIMULUS + i] = qy_parameter_get(&pe->params, parameter[i]);
  return qy_activity_key_of(pe->circuit, "element", number, OF_STIMULUS + count);
}

qy_status qy_pe_activity_known(qy_activity *activity, const qy_pe *pe, int mode, const qy_pe_stimulus *stimulus,
                               qy_activities *known, qy_error *err)
{
  if (mode < 0 || mode >= pe->mode_count)
    return qy_fail(err, QY_BAD_INPUT, "pe %s: expected a mode below %d, found %d", qy_circuit_name(pe->circuit),
                   pe->mode_count, mode);
  const qy_pe_side sides = qy_pe_sides(pe, mode);
  const bool left = sides == QY_PE_AT_BEST ? stimulus->left : sides == QY_PE_AT_LEFT;
  const qy_activity_key key = key_of(pe, mode, stimulus, left);
  if (qy_activities_take(activity, known, &key)) return QY_OK;
  const qy_status status = simulate(activity, pe, mode, stimulus, left, err);
  qy_activities_give(known, &key, status ? NULL : activity);
  return status;
}

qy_status qy_pe_activity(qy_activity *activity, const qy_pe *pe, int mode, const qy_pe_stimulus *stimulus,
                         qy_error *err)
{
  return qy_pe_activity_known(activity, pe, mode, stimulus, NULL, err);
}

qy_status qy_pe_activities(qy_pe_toggles *toggles, const qy_pe *pe, const qy_pe_stimulus *stimulus, qy_error *err)
{
  qy_status status = QY_OK;
  qy_pe_stimulus at = *stimulus;
  memset(toggles, 0, sizeof *toggles);
  for (int k = 0; k < pe->mode_count && !status; k++) {
    const qy_pe_side sides = qy_pe_sides(pe, k);
    at.left = true;
    if (sides != QY_PE_AT_RIGHT) status = qy_pe_activity(&toggles->left[k], pe, k, &at, err);
    at.left = false;
    if (!status && sides != QY_PE_AT_LEFT) status = qy_pe_activity(&toggles->right[k], pe, k, &at, err);
  }
  return status;
}

const qy_activity *qy_pe_toggles_at(const qy_pe_toggles *toggles, int mode, qy_pe_side side)
{
  assert(side != QY_PE_AT_BEST);
  return side == QY_PE_AT_LEFT ? &toggles->left[mode] : &toggles->right[mode];
}

static double cycle_fj(const qy_build *build, const qy_activity *activity, const qy_tech *tech, double *clock_fj)
{
  qy_energy energy;
  qy_circuit_energy(build, activity, tech, &energy);
  *clock_fj = energy.clock_fj;
  return energy.comb_fj + energy.register_fj + energy.clock_fj;
}

qy_pe_side qy_pe_cheaper_side(const qy_pe *pe, int mode, const qy_build *build, const qy_pe_toggles *toggles,
                              const qy_tech *tech)
{
  const qy_pe_side sides = qy_pe_sides(pe, mode);
  double clock_fj;
  if (sides != QY_PE_AT_BEST) return sides;
  const double left_fj = cycle_fj(build, &toggles->left[mode], tech, &clock_fj);
  return left_fj < cycle_fj(build, &toggles->right[mode], tech, &clock_fj) ? QY_PE_AT_LEFT : QY_PE_AT_RIGHT;
}

void qy_pe_weigh(qy_pipelining *how, const qy_pe *pe, const qy_pe_toggles *toggles)
{
  for (int k = 0; k < pe->mode_count; k++) {
    const qy_pe_side sides = qy_pe_sides(pe, k);
    if (sides != QY_PE_AT_RIGHT) how->activity[how->activity_count++] = &toggles->left[k];
    if (sides != QY_PE_AT_LEFT) how->activity[how->activity_count++] = &toggles->right[k];
  }
}

qy_status qy_pe_price_activities(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps,
                                 qy_pipelining how, const qy_pe_toggles *toggles, qy_error *err)
{
  qy_pe_weigh(&how, pe, toggles);
  memset(cost, 0, sizeof *cost);
  qy_status status = qy_circuit_build_for(pe->circuit, tech, period_ps, &how, &cost->build, err);
  for (int k = 0; k < pe->mode_count && !status; k++) {
    const qy_pe_side side = qy_pe_cheaper_side(pe, k, &cost->build, toggles, tech);
    const qy_pe_side other = side == QY_PE_AT_LEFT ? QY_PE_AT_RIGHT : QY_PE_AT_LEFT;
    cost->side[k] = side;
    if (qy_pe_sides(pe, k) == QY_PE_AT_BEST)
      cost->other_fj[k] = cycle_fj(&cost->build, qy_pe_toggles_at(toggles, k, other), tech, &cost->idle_fj);
    cost->energy_fj[k] = cycle_fj(&cost->build, qy_pe_toggles_at(toggles, k, side), tech, &cost->idle_fj);
  }
  return status;
}

qy_status qy_pe_price_with(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps,
                           const qy_pe_stimulus *stimulus, qy_error *err)
{
  qy_pe_toggles toggles;
  qy_status status = qy_pe_activities(&toggles, pe, stimulus, err);
  const qy_pipelining both = {.aim = QY_PIPELINE_FOR_BOTH};
  return status ? status : qy_pe_price_activities(cost, pe, tech, period_ps, both, &toggles, err);
}

qy_status qy_pe_price(qy_pe_cost *cost, const qy_pe *pe, const qy_tech *tech, double period_ps, qy_error *err)
{
  qy_pe_stimulus uniform = qy_pe_stimulus_default();
  return qy_pe_price_with(cost, pe, tech, period_ps, &uniform, err);
}

qy_status qy_pe_testbench(const qy_pe *pe, const qy_pe_stimulus *stimulus, qy_verilog_target target, qy_text *out,
                          qy_error *err)
{
  player p;
  qy_arena *arena;
  qy_status status = qy_circuit_verilog_for(pe->circuit, target, out, err);
  if (status) return status;
  status = open_player(&p, &arena, pe, stimulus, err);
  p.cycles_per_mode = stimulus->cycles;
  if (!status) status = qy_circuit_testbench(pe->circuit, next_inputs, &p, stimulus->cycles * steps_of(pe), out, err);
  close_player(&p, arena);
  return status;
}
