/* Buffers of accelerators: reasons word for word, banks that are asked for, monotone in capacity also where words are
 * wider than a macro, and buffers that are not counted. */
#include "quarry/buffer.h"

#include "tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static qy_sram_table *table;
static qy_tech tech = {.sram_node = "28"};

static const char *choose(qy_buffer b[QY_BUFFER_ROLES], char why[QY_BUFFER_WHY], int role, qy_buffer_need need,
                          double clock_mhz)
{
  qy_buffer_need all[QY_BUFFER_ROLES];
  for (int r = 0; r < QY_BUFFER_ROLES; r++)
    all[r] = (qy_buffer_need){8, 8, 1, 64, 0, QY_SRAM_BANKS_AUTO};
  all[role] = need;
  const qy_buffer_input input = {table, &tech, QY_SRAM_LSTP, clock_mhz, NULL};
  return qy_buffers_choose(b, why, all, &input);
}

static void test_reasons(void)
{
  static const struct {
    int role;
    qy_buffer_need need;
    double clock_mhz;
    const char *reason;
  } row[] = {
      {QY_BUFFER_INPUT,
       {32, 8, 2, 0, 1048576, QY_SRAM_BANKS_2},
       200,
       "input buffer slower than the clock: 1 MiB in 2 banks of 256-bit words has a cycle time of 6.208 ns, the period "
       "is 5 ns"},
      {QY_BUFFER_WEIGHTS,
       {32, 8, 1, 0, 2097152, QY_SRAM_BANKS_AUTO},
       1000,
       "weight buffer slower than the clock: 2 MiB in 4 banks of 256-bit words has a cycle time of 2.596 ns, the "
       "period "
       "is 1 ns (other numbers of banks are no faster)"},
      {QY_BUFFER_OUTPUT,
       {64, 8, 1, 0, 2097152, QY_SRAM_BANKS_1},
       400,
       "output buffer slower than the clock: 2 MiB in 2 macros with 1 bank of 256-bit words has a cycle time of 2.596 "
       "ns, "
       "the period is 2.5 ns"},
      {QY_BUFFER_OUTPUT,
       {8, 8, 1, 1000, 999, QY_SRAM_BANKS_AUTO},
       200,
       "output buffer too small for the layers: they need 1000 B, it has 999 B"},
      {QY_BUFFER_INPUT,
       {8, 8, 10, 64, 0, QY_SRAM_BANKS_AUTO},
       200,
       "input buffer with too few banks: it moves 10 words a cycle, the SRAM table has up to 8 banks"},
      {QY_BUFFER_INPUT,
       {8, 8, 2, 64, 0, QY_SRAM_BANKS_1},
       200,
       "input buffer with too few banks: it moves 2 words a cycle, 1 bank is asked for"},
      {QY_BUFFER_WEIGHTS,
       {8, 8, 1, 0, 8388608, QY_SRAM_BANKS_AUTO},
       200,
       "weight buffer outside the SRAM table: SRAM capacity at 28 nm lstp, 64-bit words, 1 banks: expected 256 to "
       "4194304 bytes, found 8388608"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_buffer b[QY_BUFFER_ROLES];
    char why[QY_BUFFER_WHY];
    is_text(choose(b, why, row[i].role, row[i].need, row[i].clock_mhz), row[i].reason, "the reason");
  }
}

/* As many banks as are asked for, at least those needed, else those of least energy. */
static void test_banks(void)
{
  for (int asked = QY_SRAM_BANKS_1; asked < QY_SRAM_BANKS_COUNT; asked++) {
    qy_buffer b[QY_BUFFER_ROLES], automatic[QY_BUFFER_ROLES];
    char why[QY_BUFFER_WHY];
    const int banks = 1 << (asked - QY_SRAM_BANKS_1);
    qy_buffer_need need = {8, 8, 1, 0, 131072, (qy_sram_banks)asked};
    ok(!choose(b, why, QY_BUFFER_INPUT, need, 100) && b[QY_BUFFER_INPUT].banks == banks, "%d banks", banks);
    need.of_banks = QY_SRAM_BANKS_AUTO;
    need.banks = banks;
    ok(!choose(automatic, why, QY_BUFFER_INPUT, need, 100) && automatic[QY_BUFFER_INPUT].banks >= banks &&
           qy_sram_access_pj(&automatic[QY_BUFFER_INPUT].macro) <= qy_sram_access_pj(&b[QY_BUFFER_INPUT].macro),
       "left open: at least so many, and no more energy");
  }
}

/* Words from narrow to several macros side by side. */
static void test_monotone(void)
{
  static const int lanes[] = {1, 3, 16, 32, 33, 100, 256};
  static const double clocks_mhz[] = {50, 200, 300, 400, 700, 1000, 1500};
  int feasible = 0, reversed = 0, energies = 0, areas = 0, sizes = 0;
  for (size_t l = 0; l < sizeof lanes / sizeof *lanes; l++)
    for (size_t c = 0; c < sizeof clocks_mhz / sizeof *clocks_mhz; c++)
      for (int given = 0; given < 2; given++) {
        double energy = 0, area = 0, bytes = 0;
        bool infeasible = false;
        for (double capacity = 256; capacity <= 4194304; capacity *= 1.09) {
          qy_buffer b[QY_BUFFER_ROLES];
          char why[QY_BUFFER_WHY];
          const qy_buffer_need need = {
              lanes[l], 8, 2, given ? 0 : floor(capacity), given ? floor(capacity) : 0, QY_SRAM_BANKS_AUTO};
          const qy_buffer *one = &b[QY_BUFFER_WEIGHTS];
          if (choose(b, why, QY_BUFFER_WEIGHTS, need, clocks_mhz[c])) {
            infeasible = true;
            continue;
          }
          feasible++;
          reversed += infeasible;
          energies += one->count * qy_sram_access_pj(&one->macro) < energy * (1 - 1e-12);
          areas += one->count * one->macro.area_mm2 < area * (1 - 0.12);
          sizes += one->bytes < bytes;
          energy = fmax(energy, one->count * qy_sram_access_pj(&one->macro));
          area = fmax(area, one->count * one->macro.area_mm2);
          bytes = one->bytes;
        }
      }
  ok(feasible > 5000, "%d buffers that can be", feasible);
  is_int(reversed, 0, "none where a smaller one cannot be");
  is_int(energies, 0, "none with less energy an access than a smaller one");
  is_int(areas, 0, "none smaller by more than 12 %% than one of less capacity");
  is_int(sizes, 0, "none of less capacity than one that was asked to hold less");
}

static void test_not_counted(void)
{
  qy_buffer b[QY_BUFFER_ROLES];
  char why[QY_BUFFER_WHY];
  qy_bill bill = {0};
  const qy_tech without = {.name = "none"};
  qy_buffer_need need[QY_BUFFER_ROLES];
  for (int role = 0; role < QY_BUFFER_ROLES; role++)
    need[role] = (qy_buffer_need){1000, 8, 100, 1e9, 256, QY_SRAM_BANKS_1};
  const qy_buffer_input input = {NULL, &without, QY_SRAM_LSTP, 1e5, NULL};
  ok(!qy_buffers_choose(b, why, need, &input), "any size, any clock, no SRAM in the library");
  qy_bill_buffers(&bill, b);
  qy_bill_accesses(&bill, QY_BUFFER_INPUT, &b[QY_BUFFER_INPUT], 1e6, 1e6);
  double sum = 0;
  for (int i = 0; i < QY_ITEM_COUNT; i++)
    sum += bill.count[i];
  ok(sum == 0 && b[QY_BUFFER_INPUT].bytes >= 1e9 && b[QY_BUFFER_INPUT].word_bits == 8000, "they hold all for nothing");
}

/* At one clock after another what stands is that which is chosen there from nothing, or the same reason; the clocks
 * between which a buffer stays are those between which it is chosen. */
static void test_again(void)
{
  static const double clocks_mhz[] = {50, 200, 180, 400, 800, 400, 300, 1500, 100, 700, 650};
  const qy_buffer_need need[QY_BUFFER_ROLES] = {{32, 8, 2, 0, 262144, QY_SRAM_BANKS_AUTO},
                                                {8, 8, 1, 64, 0, QY_SRAM_BANKS_AUTO},
                                                {64, 8, 1, 0, 524288, QY_SRAM_BANKS_AUTO}};
  qy_buffer stands[QY_BUFFER_ROLES], fresh[QY_BUFFER_ROLES];
  char why[QY_BUFFER_WHY], fresh_why[QY_BUFFER_WHY];
  int wrong = 0, changed = 0, none = 0;
  qy_buffer_input input = {table, &tech, QY_SRAM_LSTP, clocks_mhz[0], NULL};
  if (!ok(!qy_buffers_choose(stands, why, need, &input), "three buffers")) return;
  for (size_t c = 0; c < sizeof clocks_mhz / sizeof *clocks_mhz; c++) {
    const double before_ns = stands[QY_BUFFER_INPUT].macro.cycle_ns;
    input.clock_mhz = clocks_mhz[c];
    const char *reason = qy_buffers_choose_again(stands, why, need, &input);
    const char *wanted = qy_buffers_choose(fresh, fresh_why, need, &input);
    wrong += (reason != NULL) != (wanted != NULL) || (reason && strcmp(reason, wanted) != 0);
    none += wanted != NULL;
    if (wanted) { /* nothing stands now */
      input.clock_mhz = clocks_mhz[0];
      wrong += qy_buffers_choose(stands, why, need, &input) != NULL;
      continue;
    }
    for (int r = 0; r < QY_BUFFER_ROLES; r++) {
      const double period_ns = 1e3 / clocks_mhz[c];
      wrong += stands[r].bytes != fresh[r].bytes || stands[r].count != fresh[r].count ||
               stands[r].banks != fresh[r].banks || stands[r].macro.read_pj != fresh[r].macro.read_pj ||
               stands[r].macro.cycle_ns != fresh[r].macro.cycle_ns || period_ns < stands[r].low_ns ||
               period_ns >= stands[r].high_ns;
    }
    changed += stands[QY_BUFFER_INPUT].macro.cycle_ns != before_ns;
  }
  ok(wrong == 0 && changed >= 2 && none >= 1, "chosen again: %d changes, %d clocks too fast", changed, none);
}

/* Accesses add up, on the role that has them and no other. */
static void test_accesses(void)
{
  const qy_buffer b = {.macro = {.read_pj = 3, .write_pj = 5}, .word_bits = 16};
  int wrong = 0;
  for (int role = 0; role < QY_BUFFER_ROLES; role++) {
    qy_bill bill = {0};
    qy_bill_accesses(&bill, role, &b, 2e6, 1e6);
    qy_bill_accesses(&bill, role, &b, 1e6, 4e6);
    for (int r = 0; r < QY_BUFFER_ROLES; r++)
      wrong += bill.count[QY_EVENT_SRAM_READ + r] != (r == role ? 9 : 0) ||
               bill.count[QY_EVENT_SRAM_WRITE + r] != (r == role ? 25 : 0);
  }
  qy_bill bill = {0};
  qy_bill_shared_bits(&bill, &b, 32e6, 16e6);
  qy_bill_shared_bits(&bill, &b, 16e6, 16e6);
  wrong += bill.count[QY_EVENT_SHARED_READ] != 9 || bill.count[QY_EVENT_SHARED_WRITE] != 10;
  is_int(wrong, 0, "accesses add up, in words of the shared buffer");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  if (qy_sram_table_read(&table, "db/memory/sram.csv", arena, NULL)) return 1;
  test_accesses();
  test_reasons();
  test_banks();
  test_again();
  test_monotone();
  test_not_counted();
  qy_arena_free(arena);
  return done();
}
