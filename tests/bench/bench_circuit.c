/* Circuits costed per second: elements built from their parameters, built for a clock (timing, effort, pipeline), and
 * priced with energies.  One core; CPU time, medians of 7 runs. */
#include "bench.h"

#include "quarry/pe.h"

enum { RUNS = 7 };

static double sum; /* keeps the work from being left out */

int main(void)
{
  static const int bits[] = {4, 8, 16};
  qy_arena *keep = qy_arena_new(), *scratch = qy_arena_new();
  qy_tech *tech;
  qy_pe pe[18];
  qy_pe_params params[18];
  size_t count = 0;
  double built[RUNS], costed[RUNS], priced[RUNS];
  if (qy_tech_read(&tech, "db", "fdsoi28", keep, NULL)) return 1;
  for (int kind = QY_PE_MAC; kind <= QY_PE_MAC_SA; kind++)
    for (int m = 0; m < QY_MULTIPLIER_COUNT; m++)
      for (int b = 0; b < 3; b++) {
        params[count] = (qy_pe_params){.kind = (qy_pe_kind)kind, .multiplier = (qy_multiplier)m, .bits = bits[b]};
        if (qy_pe_build(&pe[count], &params[count], keep, NULL) == QY_OK) count++;
      }
  for (int r = 0; r < RUNS; r++) {
    int n = 200;
    double start = bench_cpu_s();
    for (int i = 0; i < n; i++)
      for (size_t k = 0; k < count; k++) {
        qy_pe one;
        if (qy_pe_build(&one, &params[k], scratch, NULL)) return 1;
        qy_arena_reset(scratch);
      }
    built[r] = n * (double)count / (bench_cpu_s() - start);
    n = 300;
    start = bench_cpu_s();
    for (int i = 0; i < n; i++)
      for (size_t k = 0; k < count; k++) {
        qy_build b;
        if (qy_circuit_build(pe[k].circuit, tech, 800 + 10 * i, &b, NULL)) return 1;
        sum += b.area_um2;
      }
    costed[r] = n * (double)count / (bench_cpu_s() - start);
    n = 3;
    start = bench_cpu_s();
    for (int i = 0; i < n; i++)
      for (size_t k = 0; k < count; k++) {
        qy_pe_cost cost;
        if (qy_pe_price(&cost, &pe[k], tech, 5000 + 10 * i, NULL)) return 1;
        sum += cost.energy_fj[0];
      }
    priced[r] = n * (double)count / (bench_cpu_s() - start);
  }
  printf("# circuits (mac, mac_st, mac_sa; array and Booth; 4, 8, 16 bits)\n");
  bench_report("elements built from parameters", built, RUNS, "1/s");
  bench_report("circuits costed at a clock (area, leakage, timing)", costed, RUNS, "1/s");
  bench_report("elements priced with the energies of every mode", priced, RUNS, "1/s");
  qy_arena_free(scratch);
  qy_arena_free(keep);
  return sum > 0 ? 0 : 1;
}
