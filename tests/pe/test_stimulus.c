/* What elements see: toggles follow the data.  Expectations are probabilities worked out here. */
#include "quarry/activities.h"
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

/* Each number of a stimulus at both ends of its range. */
static void test_ranges(void)
{
  typedef struct stimulus_row {
    qy_pe_stimulus stimulus;
    bool good;
    const char *what;
  } stimulus_row;
  const qy_pe_stimulus usual = qy_pe_stimulus_default();
  stimulus_row row[16];
  size_t count = 0;
#define CASE(member, value, fine)                                                                                      \
  row[count] = (stimulus_row){usual, fine, #member " " #value}, row[count].stimulus.relu = true,                       \
  row[count].stimulus.weights = QY_WEIGHTS_GAUSSIAN, row[count++].stimulus.member = value
  CASE(hold, 1, true);
  CASE(hold, 0, false);
  CASE(sum_length, 1, true);
  CASE(sum_length, 0, false);
  CASE(cycles, 2, true);
  CASE(cycles, 1, false);
  CASE(zero_frac, 0, true);
  CASE(zero_frac, 1, true);
  CASE(zero_frac, -0.001, false);
  CASE(zero_frac, 1.001, false);
  CASE(weight_range, 0.001, true);
  CASE(weight_range, 0, false);
  CASE(seed, 1, true);
  CASE(seed, 0, false);
  qy_error err = {0};
  qy_pe pe;
  const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 4};
  qy_pe_build(&pe, &params, arena, &err);
  for (size_t i = 0; i < count; i++) {
    qy_activity a;
    ok(qy_pe_activity(&a, &pe, 0, &row[i].stimulus, &err) == (row[i].good ? QY_OK : QY_BAD_INPUT), "%s", row[i].what);
  }
  qy_activity a;
  ok(qy_pe_activity(&a, &pe, -1, &usual, &err) == QY_BAD_INPUT, "no mode -1");
}

/* What is remembered is what is simulated, and only for the same element, mode and stimulus. */
static void test_known(void)
{
  qy_error err = {0};
  qy_activities *known = qy_activities_new(NULL);
  qy_pe_stimulus s = qy_pe_stimulus_default();
  int wrong = 0;
  s.cycles = 300;
  const qy_pe_stimulus usual = s;
  for (int twice = 0; twice < 2; twice++)
    for (int change = 0; change < 12; change++) {
      qy_pe pe;
      qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8, .operands_at = QY_PE_AT_BEST};
      s = usual;
      s.weights = QY_WEIGHTS_GAUSSIAN;
      s.relu = true;
      if (change == 1) s.zero_frac = 0.9;
      if (change == 2) s.weight_range = 9;
      if (change == 3) s.hold = 16;
      if (change == 4) s.sum_length = 2;
      if (change == 5) s.cycles = 301;
      if (change == 6) s.seed = 12345;
      if (change == 7) s.seed += UINT64_C(1) << 40;
      if (change == 8) s.relu = false;
      if (change == 9) s.weights = QY_WEIGHTS_LAPLACIAN;
      if (change == 10) params.multiplier = QY_MULTIPLIER_BOOTH;
      s.left = change == 11;
      qy_pe_build(&pe, &params, arena, &err);
      const int mode = pe.mode_count - 1;
      qy_activity remembered, simulated;
      wrong += qy_pe_activity_known(&remembered, &pe, mode, &s, known, &err) != QY_OK;
      wrong += qy_pe_activity(&simulated, &pe, mode, &s, &err) != QY_OK;
      wrong += sum_of(&remembered) != sum_of(&simulated);
    }
  is_int(wrong, 0, "remembered toggles are those simulated");
  const qy_activities_count count = qy_activities_counted(known);
  ok(count.simulated == 12 && count.read == 0, "twelve simulations for twenty-four questions");
  qy_pe pe;
  const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8};
  qy_activity a;
  qy_pe_build(&pe, &params, arena, &err);
  s.hold = 0;
  ok(qy_pe_activity_known(&a, &pe, 0, &s, known, &err) == QY_BAD_INPUT, "a wrong stimulus is not remembered");
  qy_activities_free(known);
}

/* Toggles are there for the sides that operands of a mode may stand at; those of the others are zeros. */
static void test_sides(void)
{
  static const qy_activity none;
  for (int side = 0; side < QY_PE_SIDE_COUNT; side++) {
    qy_error err = {0};
    qy_pe pe;
    qy_pe_toggles toggles;
    qy_pe_stimulus s = qy_pe_stimulus_default();
    const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8, .operands_at = (qy_pe_side)side};
    int wrong = 0;
    s.cycles = 64;
    qy_pe_build(&pe, &params, arena, &err);
    wrong += qy_pe_activities(&toggles, &pe, &s, &err) != QY_OK;
    for (int k = 0; k < pe.mode_count; k++) { /* the widest fills its ports: at the right */
      const bool left = k > 0 && side != QY_PE_AT_RIGHT, right = k == 0 || side != QY_PE_AT_LEFT;
      wrong += (memcmp(&toggles.left[k], &none, sizeof none) != 0) != left;
      wrong += (memcmp(&toggles.right[k], &none, sizeof none) != 0) != right;
    }
    ok(wrong == 0 && pe.mode_count == 3, "toggles of operands at the %s",
       side ? qy_pe_side_name((qy_pe_side)side) : "best");
  }
}

int main(void)
{
  arena = qy_arena_new();
  test_registers();
  test_weights();
  test_refused();
  test_ranges();
  test_known();
  test_sides();
  qy_arena_free(arena);
  return done();
}
