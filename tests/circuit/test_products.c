/* Products of few bits against synthesis: what speed-driven synthesis makes anew is not made larger.
 *
 * Areas in um2 of products of n x n bits with registers at their ports in osu018 (Debian's qflow-tech-osu018), as
 * `quarry verify` synthesizes circuits, 2026-11-26: Yosys 0.23 with its ABC.  Gated: signed words of n + 1 bits whose
 * sign is the top bit and a request, as the smallest products of mac_dc have them.
 */
#include "quarry/circuit.h"
#include "tap.h"

#include <math.h>

typedef enum reading { UNSIGNED, SIGNED, GATED } reading;

static const struct {
  reading operands;
  qy_multiplier kind;
  int n;
  double lean_um2, fast_um2;
} rows[] = {{GATED, QY_MULTIPLIER_ARRAY, 1, 1120, 944},     {GATED, QY_MULTIPLIER_ARRAY, 2, 2200, 1947},
            {GATED, QY_MULTIPLIER_ARRAY, 3, 3544, 4298},    {GATED, QY_MULTIPLIER_ARRAY, 4, 5176, 6935},
            {GATED, QY_MULTIPLIER_ARRAY, 5, 7096, 10247},   {GATED, QY_MULTIPLIER_BOOTH, 1, 1309, 944},
            {GATED, QY_MULTIPLIER_BOOTH, 2, 2729, 2353},    {GATED, QY_MULTIPLIER_BOOTH, 3, 4118, 4335},
            {GATED, QY_MULTIPLIER_BOOTH, 4, 5960, 6261},    {GATED, QY_MULTIPLIER_BOOTH, 5, 7702, 8673},
            {SIGNED, QY_MULTIPLIER_ARRAY, 2, 1112, 1040},   {SIGNED, QY_MULTIPLIER_ARRAY, 3, 2192, 2324},
            {SIGNED, QY_MULTIPLIER_ARRAY, 4, 3536, 4367},   {SIGNED, QY_MULTIPLIER_ARRAY, 5, 5168, 6480},
            {SIGNED, QY_MULTIPLIER_BOOTH, 2, 1406, 1040},   {SIGNED, QY_MULTIPLIER_BOOTH, 3, 2736, 2638},
            {SIGNED, QY_MULTIPLIER_BOOTH, 4, 4135, 4353},   {SIGNED, QY_MULTIPLIER_BOOTH, 5, 6034, 6625},
            {UNSIGNED, QY_MULTIPLIER_ARRAY, 2, 1088, 992},  {UNSIGNED, QY_MULTIPLIER_ARRAY, 3, 2064, 2162},
            {UNSIGNED, QY_MULTIPLIER_ARRAY, 4, 3328, 4239}, {UNSIGNED, QY_MULTIPLIER_ARRAY, 5, 4880, 6365}};

static qy_arena *arena;

static qy_net port(qy_circuit *c, const char *name, const char *stored, int width)
{
  qy_net r = qy_register(c, stored, width, -1);
  qy_register_connect(c, r, qy_input(c, name, width));
  return r;
}

static qy_net with_sign(qy_circuit *c, qy_net word, qy_net request, int n)
{
  return qy_concat(c, (qy_net[]){word, qy_bitwise(c, QY_OP_AND, qy_slice(c, word, n - 1, 1), request)}, 2);
}

static qy_circuit *product(reading operands, qy_multiplier kind, int n)
{
  qy_circuit *c = qy_circuit_new("product", arena);
  qy_net a = port(c, "a", "ra", n), b = port(c, "b", "rb", n);
  if (operands == GATED) {
    a = with_sign(c, a, port(c, "sa", "rsa", 1), n);
    b = with_sign(c, b, port(c, "sb", "rsb", 1), n);
  }
  qy_net y = qy_multiply(c, kind, a, b, operands != UNSIGNED), out = qy_register(c, "ry", qy_net_width(c, y), -1);
  qy_register_connect(c, out, y);
  qy_output(c, "y", out);
  return qy_circuit_finish(c, NULL) == QY_OK ? c : NULL;
}

int main(void)
{
  qy_error err = {0};
  qy_tech *tech;
  arena = qy_arena_new();
  if (!ok(!qy_tech_read(&tech, "db", "osu018", arena, &err), "library reads")) return done();
  double lean_worst = 0, fast_sum = 0, fast_bias = 0;
  int count = 0, shrinks = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_circuit *c = product(rows[i].operands, rows[i].kind, rows[i].n);
    qy_timing timing;
    qy_build lean, fast;
    if (!c || qy_circuit_timing(c, tech, &timing, &err) ||
        qy_circuit_build(c, tech, 1000 * timing.lean_ps, &lean, &err) ||
        qy_circuit_build(c, tech, timing.fast_ps * (1 + 1e-9), &fast, &err))
      continue;
    count++;
    shrinks += fast.area_um2 < lean.area_um2 * (1 - 1e-9);
    lean_worst = fmax(lean_worst, fabs(lean.area_um2 / rows[i].lean_um2 - 1));
    fast_sum += fabs(fast.area_um2 / rows[i].fast_um2 - 1);
    fast_bias += fast.area_um2 / rows[i].fast_um2 - 1;
  }
  is_int(count, (int64_t)(sizeof rows / sizeof *rows), "products of 1 to 5 bits");
  ok(lean_worst < 0.1, "lean areas within 10 %% of synthesis (%.1f)", 100 * lean_worst);
  ok(fast_sum < 0.12 * count, "fast areas within 12 %% in the mean (%.1f)", 100 * fast_sum / count);
  ok(fabs(fast_bias) < 0.1 * count, "and within 10 %% with their signs (%+.1f)", 100 * fast_bias / count);
  is_int(shrinks, 0, "none is smaller when it is faster");
  qy_arena_free(arena);
  return done();
}
