/* What operands an element is given, as the vectors of its test bench show: distributions, places of narrow operands,
 * held weights, cleared sums, bits of a serial weight.  Expected shares are integrals of the densities, within five
 * standard errors. */
#include "quarry/pe.h"
#include "quarry/text.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 40000, PORTS = 8 };

static qy_arena *arena;
static uint64_t row[MOST][PORTS];
static int ports, port_x, port_w;

static int port_of(const qy_pe *pe, const char *name)
{
  for (int i = 0; i < qy_circuit_inputs(pe->circuit); i++)
    if (strcmp(qy_circuit_input_name(pe->circuit, i), name) == 0) return i;
  return -1;
}

/* The vectors of a test bench; how many there are. */
static int vectors(qy_pe *pe, qy_pe_params params, const qy_pe_stimulus *s)
{
  qy_error err = {0};
  qy_text text = {0};
  int count = 0;
  if (qy_pe_build(pe, &params, arena, &err) || qy_pe_testbench(pe, s, QY_VERILOG_CELLS, &text, &err)) {
    ok(0, "a test bench: %s", err.diagnostic[0].text);
    return 0;
  }
  ports = qy_circuit_inputs(pe->circuit);
  port_x = port_of(pe, "x"), port_w = port_of(pe, "w");
  for (const char *p = text.data; (p = strstr(p, "\n    step(")) && count < MOST; count++) {
    p += strlen("\n    step(");
    for (int i = 0; i < ports && i < PORTS; i++) {
      p = strstr(p, "'h") + 2;
      row[count][i] = strtoull(p, NULL, 16);
    }
  }
  qy_text_free(&text);
  return count;
}

static int64_t number(uint64_t word, int width)
{
  return (int64_t)(word << (64 - width)) >> (64 - width);
}

static bool likely(double found, double share, double n)
{
  return fabs(found - n * share) <= 5 * sqrt(n * share * (1 - share)) + 1e-9;
}

/* Below v, of deviation 1. */
static double below(qy_pe_weights kind, double v)
{
  if (kind == QY_WEIGHTS_GAUSSIAN) return 0.5 * erfc(-v / sqrt(2));
  return v < 0 ? 0.5 * exp(v * sqrt(2)) : 1 - 0.5 * exp(-v * sqrt(2));
}

/* Integers of 6 bits: each word as often as its share of the density; 31 and -31 take what is beyond. */
static void integers(void)
{
  enum { CYCLES = 12000, TOP = 31 };
  static const qy_pe_weights kind[] = {QY_WEIGHTS_UNIFORM, QY_WEIGHTS_GAUSSIAN, QY_WEIGHTS_LAPLACIAN};
  for (int k = 0; k < 3; k++)
    for (int range = 2; range <= 4; range += 2) {
      qy_pe_stimulus s = qy_pe_stimulus_default();
      qy_pe pe;
      int of[64] = {0}, x_of[64] = {0}, wrong = 0;
      s.cycles = CYCLES;
      s.weights = kind[k];
      s.weight_range = range;
      s.relu = k > 0;
      s.zero_frac = 0.25;
      if (vectors(&pe, (qy_pe_params){.kind = QY_PE_MUL, .bits = 6}, &s) < CYCLES) return;
      for (int i = 0; i < CYCLES; i++) {
        of[number(row[i][port_w], 6) + 32]++;
        x_of[number(row[i][port_x], 6) + 32]++;
      }
      for (int v = -32; v < 32; v++) {
        const double step = (double)range / TOP, from = v == -TOP ? -INFINITY : (v - 0.5) * step,
                     to = v == TOP ? INFINITY : (v + 0.5) * step;
        const double share = kind[k] == QY_WEIGHTS_UNIFORM ? 1 / 64.0
                             : v < -TOP                    ? 0
                                                           : below(kind[k], to) - below(kind[k], from);
        /* half of a Gaussian of a quarter of the full scale, a fourth of them zero besides */
        const double high = (v + 0.5) * 4 / TOP, low = v > 0 ? (v - 0.5) * 4 / TOP : 0;
        const double x_share =
            k == 0  ? 1 / 64.0
            : v < 0 ? 0
                    : 0.75 * (erf(v == TOP ? INFINITY : high / sqrt(2)) - erf(low / sqrt(2))) + (v == 0 ? 0.25 : 0);
        wrong += !likely(of[v + 32], share, CYCLES) || !likely(x_of[v + 32], x_share, CYCLES);
      }
      is_int(wrong, 0, "weights and activations by their densities");
    }
}

/* Codes: with a density the level nearest to each value; else every word that stands for a number, alike. */
static void codes(void)
{
  enum { CYCLES = 12000 };
  static const qy_pe_params element[] = {{.kind = QY_PE_POT, .bits = 8, .weight_bits = 4},
                                         {.kind = QY_PE_SEGLOG, .bits = 8, .weight_bits = 5},
                                         {.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 2}};
  for (size_t e = 0; e < sizeof element / sizeof *element; e++)
    for (int k = 0; k < 2; k++) {
      qy_pe_stimulus s = qy_pe_stimulus_default();
      qy_pe pe;
      static int of[1 << 10];
      double value[1 << 10], most = 0;
      int wrong = 0, known = 0;
      memset(of, 0, sizeof of);
      s.cycles = CYCLES;
      s.weights = k ? QY_WEIGHTS_GAUSSIAN : QY_WEIGHTS_UNIFORM;
      if (vectors(&pe, element[e], &s) < CYCLES) return;
      const int words = 1 << qy_circuit_input_width(pe.circuit, port_w);
      for (int i = 0; i < CYCLES; i++)
        of[row[i][port_w]]++;
      for (int c = 0; c < words; c++) {
        value[c] = qy_number_value(&pe.number, (uint32_t)c);
        known += !isnan(value[c]);
        if (fabs(value[c]) > most) most = fabs(value[c]);
      }
      for (int c = 0; c < words; c++) {
        double share = isnan(value[c]) ? 0 : 1.0 / known, found = of[c];
        if (k && !isnan(value[c])) { /* the middles between its neighbours; of words of one value all together */
          double above = INFINITY, under = -INFINITY;
          found = 0;
          for (int o = 0; o < words; o++) {
            if (value[o] > value[c]) above = fmin(above, value[o]);
            if (value[o] < value[c]) under = fmax(under, value[o]);
            if (value[o] == value[c]) found += of[o];
          }
          share = below(QY_WEIGHTS_GAUSSIAN, 3 * (value[c] + above) / 2 / most) -
                  below(QY_WEIGHTS_GAUSSIAN, 3 * (value[c] + under) / 2 / most);
        }
        wrong += !likely(found, share, CYCLES);
      }
      ok(wrong == 0 && known > 8, "%s: %d words, %s", qy_pe_row_of(pe.params.kind)->name, known,
         k ? "of a density" : "all alike");
    }
}

/* Weights change with every so many-th product, sums begin anew; the multiples of x are those of x. */
static void sequences(void)
{
  qy_pe_stimulus s = qy_pe_stimulus_default();
  qy_pe pe;
  int wrong = 0, changed = 0;
  s.cycles = 600, s.hold = 5, s.sum_length = 7;
  int count = vectors(&pe, (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4, .accumulator_bits = 24}, &s);
  const int clear = port_of(&pe, "clear");
  for (int i = 0; i < count; i++) {
    wrong += row[i][clear] != (i % 7 == 0);
    if (i % 5) wrong += row[i][port_w] != row[i - 1][port_w];
    if (i) changed += row[i][port_x] != row[i - 1][port_x];
  }
  ok(wrong == 0 && count == 600 && changed > 550, "weights held for 5 products, sums of 7");
  s.hold = 1;
  count = vectors(&pe, (qy_pe_params){.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 3, .shared = true}, &s);
  for (int k = 3; k < 8; k += 2) {
    char name[8];
    snprintf(name, sizeof name, "x%d", k);
    const int port = port_of(&pe, name), width = port < 0 ? 1 : qy_circuit_input_width(pe.circuit, port);
    wrong += port < 0;
    for (int i = 0; i < count && port >= 0; i++)
      wrong += number(row[i][port], width) != k * number(row[i][port_x], 8);
  }
  is_int(wrong, 0, "shared multiples");
  /* A serial weight goes bit by bit from the top, under one activation. */
  s.cycles = 800;
  count = vectors(&pe, (qy_pe_params){.kind = QY_PE_SERIAL, .bits = 8, .accumulator_bits = 24}, &s);
  const int first = port_of(&pe, "first"), last = port_of(&pe, "last"), erase = port_of(&pe, "clear");
  int64_t sum = 0, square = 0, products = 0;
  for (int i = 0; i < 800 && i < count; i++) {
    const int phase = i % 8;
    if (first >= 0) wrong += row[i][first] != (phase == 0);
    if (last >= 0) wrong += row[i][last] != (phase == 7);
    if (erase >= 0) wrong += row[i][erase] != (phase == 7 && i / 8 % 7 == 0);
    if (phase) wrong += row[i][port_x] != row[i - 1][port_x];
    sum = phase ? sum * 2 + (int64_t)row[i][port_w] : -(int64_t)row[i][port_w];
    if (phase == 7) square += sum * sum, products++;
  }
  ok(wrong == 0 && products == 100 && (first >= 0 || last >= 0), "phases of a serial element");
  /* uniform over -128 to 127: a mean square of 5461.5, of 100 with a deviation of 489 */
  near_abs((double)square / 100, 5461.5, 5 * 489, "whose weights are uniform words");
}

/* All modes one after the other, those with a choice of sides twice: at the right with the sign in front, at the left
 * above zeros. */
static void places(void)
{
  enum { CYCLES = 300 };
  qy_pe_stimulus s = qy_pe_stimulus_default();
  qy_pe pe;
  int wrong = 0;
  s.cycles = CYCLES;
  static const int sides_asked[] = {QY_PE_AT_RIGHT, QY_PE_AT_LEFT, QY_PE_AT_BEST};
  for (int asked = 0; asked < 3; asked++) {
    const qy_pe_params params = {.kind = QY_PE_MAC, .bits = 8, .operands_at = (qy_pe_side)sides_asked[asked]};
    const int count = vectors(&pe, params, &s);
    int steps = 0;
    for (int k = 0; k < pe.mode_count; k++)
      for (int left = 0; left < 2; left++) {
        const int bits = pe.mode[k].bits, low = 8 - bits;
        const bool narrow = bits < 8; /* all bits are at the right */
        if (left ? !narrow || params.operands_at == QY_PE_AT_RIGHT : narrow && params.operands_at == QY_PE_AT_LEFT)
          continue;
        uint64_t seen[2] = {0};
        for (int i = steps * CYCLES; i < (steps + 1) * CYCLES && i < count; i++)
          for (int p = 0; p < 2; p++) {
            const uint64_t word = row[i][p ? port_w : port_x];
            if (left)
              wrong += (word & ((1U << low) - 1)) != 0;
            else
              wrong += number(word, 8) < -(1 << (bits - 1)) || number(word, 8) >= 1 << (bits - 1);
            seen[p] |= word;
          }
        wrong += seen[0] != (left ? 0xFFU & ~((1U << low) - 1) : 0xFFU) || seen[1] != seen[0];
        steps++;
      }
    ok(wrong == 0 && steps == (asked == 2 ? 5 : 3) && count == steps * CYCLES, "%d steps of %d cycles", steps, CYCLES);
  }
  /* Sub-words side by side, and the mode as a number. */
  const int packed = vectors(&pe, (qy_pe_params){.kind = QY_PE_MAC_ST, .bits = 16}, &s), mode = port_of(&pe, "mode");
  double square[3][4] = {{0}};
  for (int i = 0; i < packed && mode >= 0; i++) {
    const int k = i / CYCLES, bits = k < pe.mode_count ? pe.mode[k].bits : 16;
    wrong += (int)row[i][mode] != k;
    for (int part = 0; part < 16 / bits; part++) {
      const double v = (double)number(row[i][port_x] >> (part * bits), bits) / ldexp(1, bits - 1);
      square[k < 3 ? k : 0][part] += v * v / CYCLES;
    }
  }
  for (int k = 0; k < pe.mode_count; k++) /* uniform over -1 to 1: a third, and for whole steps a little more */
    for (int part = 0; part < 16 / pe.mode[k].bits; part++)
      wrong += fabs(square[k][part] - 1 / 3.0) > 5 * sqrt(4 / 45.0 / CYCLES) + 0.01;
  ok(wrong == 0 && packed == pe.mode_count * CYCLES && pe.mode_count == 3, "sub-words of three modes");
  /* Of densities each sub-word alike: of 4 bits it is 0 below half of a step of a seventh. */
  s.relu = true;
  s.weights = QY_WEIGHTS_GAUSSIAN;
  s.cycles = 2000;
  const int drawn = vectors(&pe, (qy_pe_params){.kind = QY_PE_MAC_ST, .bits = 16}, &s);
  for (int part = 0; part < 4; part++) {
    int x_some = 0, w_some = 0, negative = 0;
    for (int i = 4000; i < 6000 && i < drawn; i++) {
      const int64_t x = number(row[i][port_x] >> (4 * part), 4), w = number(row[i][port_w] >> (4 * part), 4);
      x_some += x != 0, w_some += w != 0, negative += x < 0;
    }
    wrong += negative > 0 || !likely(x_some, 0.5 * erfc(4 / 14.0 / sqrt(2)), 2000) ||
             !likely(w_some, erfc(3 / 14.0 / sqrt(2)), 2000);
  }
  ok(wrong == 0 && drawn == 6000, "sub-words of densities");
}

int main(void)
{
  arena = qy_arena_new();
  integers();
  codes();
  sequences();
  places();
  qy_arena_free(arena);
  return done();
}
