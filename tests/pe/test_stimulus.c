/* What elements see: toggles follow the data.  Expectations are probabilities worked out here. */
#include "quarry/pe.h"
#include "tap.h"

static qy_arena *arena;

static double sum_of(const qy_activity *a)
{
  double sum = 0;
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    double output[QY_CELL_COUNT], input[QY_CELL_COUNT];
    qy_activity_cells(a, (qy_operator_class)g, NULL, 0, 0, output, input);
    for (int k = 0; k < QY_CELL_COUNT; k++)
      if (k != QY_DFF) sum += output[k];
  }
  return sum;
}

static double flip_flops(const qy_pe *pe, int mode, const qy_pe_stimulus *s)
{
  qy_activity a;
  qy_error err = {0};
  qy_pe_activity(&a, pe, mode, s, &err);
  return a.settled[QY_CLASS_REGISTER].output.cells[QY_DFF];
}

/* Operand registers of a multiplier alone: 16 + 16 flip-flops, half of them toggling on uniform data. */
static void test_registers(void)
{
  qy_error err = {0};
  qy_pe pe;
  qy_pe_params params = {.kind = QY_PE_MUL, .bits = 16, .input_registers = true};
  ok(qy_pe_build(&pe, &params, arena, &err) == QY_OK, "multiplier builds");
  qy_pe_stimulus s = qy_pe_stimulus_default();
  s.cycles = 8000;
  near_rel(flip_flops(&pe, 0, &s), 16, 0.02, "uniform: 16 of 32 flip-flops toggle");
  s.hold = 64;
  near_rel(flip_flops(&pe, 0, &s), 8 + 8 / 64.0, 0.02, "weights held for 64 cycles: theirs toggle every 64th");
  s.hold = 1;
  s.relu = true;
  s.zero_frac = 1;
  near_rel(flip_flops(&pe, 0, &s), 8, 0.02, "activations all zero: theirs stand still");
  s.zero_frac = 0.5;
  double sparse = flip_flops(&pe, 0, &s);
  /* A bit that is 1 with probability p when the value is not zero toggles with 2 q (1 - q), q = p / 2 <= 1/4: at most
   * 3/8; the sign never. */
  ok(sparse > 8 && sparse < 8 + 15 * 0.375 + 0.2, "half zeros: between 8 and 13.6: %.2f", sparse);
}

/* Gaussian weights in sign-magnitude codes: small magnitudes, so the top magnitude bit of an 8-bit integer rarely
 * differs from its sign, but the sign toggles in every second cycle. */
static void test_weights(void)
{
  qy_error err = {0};
  qy_pe mul, pot;
  qy_pe_params params = {.kind = QY_PE_MUL, .bits = 8, .input_registers = true};
  qy_pe_build(&mul, &params, arena, &err);
  params = (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4};
  ok(qy_pe_build(&pot, &params, arena, &err) == QY_OK, "pot builds");
  qy_activity uniform, gauss, laplace;
  qy_pe_stimulus s = qy_pe_stimulus_default();
  s.cycles = 6000;
  qy_pe_activity(&uniform, &mul, 0, &s, &err);
  s.weights = QY_WEIGHTS_GAUSSIAN;
  qy_pe_activity(&gauss, &mul, 0, &s, &err);
  s.weights = QY_WEIGHTS_LAPLACIAN;
  qy_pe_activity(&laplace, &mul, 0, &s, &err);
  ok(sum_of(&gauss) < sum_of(&uniform) && sum_of(&laplace) < sum_of(&gauss),
     "smaller weights, fewer toggles: %.1f uniform, %.1f Gaussian, %.1f Laplacian", sum_of(&uniform), sum_of(&gauss),
     sum_of(&laplace));
  ok(qy_pe_activity(&gauss, &pot, 0, &s, &err) == QY_OK && sum_of(&gauss) > 0, "weights become codes of the format");
  qy_pe_activity(&laplace, &pot, 0, &s, &err);
  ok(memcmp(&gauss, &laplace, sizeof gauss) == 0, "the same seed gives the same toggles");
  s.seed = 2;
  qy_pe_activity(&laplace, &pot, 0, &s, &err);
  ok(sum_of(&gauss) != sum_of(&laplace) && fabs(sum_of(&gauss) / sum_of(&laplace) - 1) < 0.05,
     "another seed gives others, but not by much");
}

static void test_refused(void)
{
  qy_error err = {0};
  qy_pe pe;
  qy_pe_params params = {.kind = QY_PE_MAC, .bits = 4};
  qy_activity a;
  qy_pe_build(&pe, &params, arena, &err);
  qy_pe_stimulus s = qy_pe_stimulus_default();
  ok(qy_pe_activity(&a, &pe, pe.mode_count, &s, &err) == QY_BAD_INPUT, "a mode that is not there");
  s.hold = 0;
  ok(qy_pe_activity(&a, &pe, 0, &s, &err) == QY_BAD_INPUT, "hold 0");
  s = qy_pe_stimulus_default();
  s.zero_frac = 1.5;
  ok(qy_pe_activity(&a, &pe, 0, &s, &err) == QY_BAD_INPUT, "zero_frac 1.5");
  params = (qy_pe_params){.kind = QY_PE_POT};
  err = (qy_error){0};
  ok(qy_pe_set(&params, "bits", "12", &err) == QY_OK && params.bits == 12, "a parameter by its name");
  ok(qy_pe_set(&params, "bits", "99", &err) == QY_BAD_INPUT, "out of range");
  ok(qy_pe_set(&params, "terms", "2", &err) == QY_BAD_INPUT && strstr(err.diagnostic[1].text, "weight_bits"),
     "a parameter of another kind: the known ones are listed");
  params.kind = QY_PE_SEGLOG;
  ok(qy_pe_set(&params, "input_registers", "yes", &err) == QY_OK && params.input_registers, "a flag by its name");
}

int main(void)
{
  arena = qy_arena_new();
  test_registers();
  test_weights();
  test_refused();
  qy_arena_free(arena);
  return done();
}
