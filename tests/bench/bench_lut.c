/* Circuits covered by LUTs: milliseconds of processor time for expansion, covering and counts.  Medians of 9 runs. */
#include "bench.h"

#include "quarry/lut.h"
#include "quarry/pe.h"

enum { RUNS = 9, DOT_PRODUCTS = 16, DOT_BITS = 4 };

static double sum; /* keeps the work from being left out */

static void report(const char *what, const qy_circuit *c, qy_fpga_how how, int times)
{
  double ms[RUNS];
  for (int r = 0; r < RUNS; r++) {
    double start = bench_cpu_s();
    for (int i = 0; i < times; i++) {
      qy_fpga_count f;
      if (qy_circuit_fpga(&f, c, &how, NULL)) return;
      sum += f.lut;
    }
    ms[r] = 1e3 * (bench_cpu_s() - start) / times;
  }
  bench_report(what, ms, RUNS, "ms");
}

static void mac(qy_arena *arena, const char *what, int bits, qy_multiplier multiplier, qy_toolchain toolchain)
{
  qy_pe pe;
  qy_pe_params params = {.kind = QY_PE_MAC, .bits = bits, .multiplier = multiplier};
  if (qy_pe_build(&pe, &params, arena, NULL) == QY_OK)
    report(what, pe.circuit, (qy_fpga_how){.toolchain = toolchain, .rows = true}, bits > 8 ? 8 : 40);
}

/* Products of registers and an accumulator, one expression. */
static void dot(qy_arena *arena, const char *what)
{
  qy_circuit *c = qy_circuit_new("dot", arena);
  qy_net acc = qy_register(c, "acc", 20, -1), total = acc;
  for (int i = 0; i < DOT_PRODUCTS; i++) {
    char a[8], b[8];
    snprintf(a, sizeof a, "a%d", i);
    snprintf(b, sizeof b, "b%d", i);
    qy_net p = qy_multiply(c, QY_MULTIPLIER_ARRAY, qy_input(c, a, DOT_BITS), qy_input(c, b, DOT_BITS), true);
    total = qy_add(c, total, p, 20, true);
  }
  qy_register_connect(c, acc, total);
  qy_output(c, "y", acc);
  if (qy_circuit_finish(c, NULL) == QY_OK) report(what, c, (qy_fpga_how){.toolchain = QY_TOOLCHAIN_ABC9_NOWIDE}, 8);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  printf("# circuits covered by LUTs\n");
  mac(arena, "8-bit MAC, array, abc9_nowide", 8, QY_MULTIPLIER_ARRAY, QY_TOOLCHAIN_ABC9_NOWIDE);
  mac(arena, "8-bit MAC, Booth, abc9_nowide", 8, QY_MULTIPLIER_BOOTH, QY_TOOLCHAIN_ABC9_NOWIDE);
  mac(arena, "8-bit MAC, array, vivado", 8, QY_MULTIPLIER_ARRAY, QY_TOOLCHAIN_VIVADO);
  mac(arena, "16-bit MAC, array, abc9_nowide", 16, QY_MULTIPLIER_ARRAY, QY_TOOLCHAIN_ABC9_NOWIDE);
  mac(arena, "16-bit MAC, Booth, abc9_nowide", 16, QY_MULTIPLIER_BOOTH, QY_TOOLCHAIN_ABC9_NOWIDE);
  dot(arena, "16 products of 4 bits and an accumulator, abc9_nowide");
  qy_arena_free(arena);
  return sum > 0 ? 0 : 1;
}
