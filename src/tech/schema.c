/* The table of constants of a technology library: see schema.h. */
#include "schema.h"

#include <assert.h>
#include <stddef.h>

/* What a pattern's "%s" stands for. */
typedef enum repeat { ONCE, PER_RATIO_CELL, PER_LONE_CELL, PER_CLASS } repeat;

#define CELL_STRIDE sizeof(((tech_raw *)NULL)->cells[0])

static const struct pattern {
  const char *path;
  const char *unit;
  double low, high;
  size_t offset, stride;
  repeat repeat;
  bool optional, alone;
} patterns[] = {
    {"nand2.area", "um2", 1e-3, 1e3, offsetof(tech_raw, nand2.area_um2), 0, ONCE, false, false},
    {"nand2.in_cap", "fF", 1e-3, 1e3, offsetof(tech_raw, nand2.in_cap_ff), 0, ONCE, false, false},
    {"nand2.delay", "ps", 0.1, 1e4, offsetof(tech_raw, nand2.delay_ps), 0, ONCE, false, false},
    {"nand2.energy", "fJ", 1e-4, 1e4, offsetof(tech_raw, nand2.energy_fj), 0, ONCE, false, false},
    {"nand2.leakage", "nW", 1e-6, 1e5, offsetof(tech_raw, nand2.leakage_nw), 0, ONCE, false, false},
    {"nand2.load_share", "ratio", 0.01, 1, offsetof(tech_raw, nand2.load_share), 0, ONCE, false, true},
    {"cells.%s.area", "ratio", 0.1, 100, offsetof(tech_raw, cells[0].area), CELL_STRIDE, PER_RATIO_CELL, false, false},
    {"cells.%s.in_cap", "ratio", 0.1, 100, offsetof(tech_raw, cells[0].in_cap), CELL_STRIDE, PER_RATIO_CELL, false,
     false},
    {"cells.%s.delay", "ratio", 0.1, 100, offsetof(tech_raw, cells[0].delay), CELL_STRIDE, PER_RATIO_CELL, false,
     false},
    {"cells.%s.energy", "ratio", 0.01, 1000, offsetof(tech_raw, cells[0].energy), CELL_STRIDE, PER_RATIO_CELL, false,
     false},
    {"cells.%s.leakage", "ratio", 0.01, 1000, offsetof(tech_raw, cells[0].leakage), CELL_STRIDE, PER_RATIO_CELL, false,
     false},
    {"cells.%s.load_share", "ratio", 0.01, 1, offsetof(tech_raw, cells[0].load_share), CELL_STRIDE, PER_RATIO_CELL,
     false, true},
    {"cells.%s.lone_cap", "ratio", 0.1, 100, offsetof(tech_raw, cells[0].lone_cap), CELL_STRIDE, PER_LONE_CELL, false,
     true},
    {"full_adder.carry", "ratio", 0.1, 100, offsetof(tech_raw, fa_carry), 0, ONCE, false, false},
    {"flip_flop.clock_energy", "ratio", 0, 1000, offsetof(tech_raw, dff_clock_energy), 0, ONCE, false, false},
    {"flip_flop.setup", "ratio", 0, 100, offsetof(tech_raw, dff_setup), 0, ONCE, false, false},
    {"load.fanout", "ratio", 1, 10, offsetof(tech_raw, fanout), 0, ONCE, false, false},
    {"load.wire_cap", "fF", 0, 1e3, offsetof(tech_raw, wire_cap_ff), 0, ONCE, false, false},
    {"effort.p", "ratio", 0, 100, offsetof(tech_raw, effort_p), 0, ONCE, false, false},
    {"effort.k.%s", "ratio", -0.5, 10, offsetof(tech_raw, effort_k), sizeof(double), PER_CLASS, false, false},
    {"glitch.lean.%s", "ratio", 0.1, 10, offsetof(tech_raw, glitch_lean), sizeof(double), PER_CLASS, false, false},
    {"glitch.fast.%s", "ratio", 0.1, 10, offsetof(tech_raw, glitch_fast), sizeof(double), PER_CLASS, false, false},
    {"placement.density", "ratio", 0.05, 1, offsetof(tech_raw, density_frac), 0, ONCE, false, false},
    {"clock_tree.energy", "ratio", 0, 10, offsetof(tech_raw, clock_tree_frac), 0, ONCE, false, false},
    {"wires.cap", "fF/um", 0, 10, offsetof(tech_raw, wire_ff_per_um), 0, ONCE, true, false},
    {"voltage_law.threshold", "V", 0.01, 5, offsetof(tech_raw, threshold_v), 0, ONCE, true, false},
    {"voltage_law.alpha", "ratio", 0.5, 3, offsetof(tech_raw, alpha), 0, ONCE, true, false},
    {"voltage_law.leakage_slope", "V", 0.01, 10, offsetof(tech_raw, leakage_slope_v), 0, ONCE, true, false},
    {"voltage_law.energy_exponent", "ratio", 0.5, 3, offsetof(tech_raw, energy_exponent), 0, ONCE, true, true},
};
enum { PATTERN_COUNT = sizeof patterns / sizeof patterns[0] };

/* Whether a pattern has a row for copy c, a cell kind or a group. */
static bool has_copy(const struct pattern *p, size_t c)
{
  switch (p->repeat) {
  case PER_RATIO_CELL: return c != QY_NAND2; /* the scale itself: its ratios are 1 */
  case PER_LONE_CELL: return c == QY_AOI21 || c == QY_OAI21 || c == QY_MUX2 || c == QY_FA;
  case ONCE:
  case PER_CLASS: break;
  }
  return true;
}

tech_row *tech_schema(size_t *count, qy_arena *arena)
{
  assert(count && arena);
  tech_row *rows = qy_arena_alloc(arena, (size_t)PATTERN_COUNT * (QY_CELL_COUNT + QY_CLASS_COUNT), sizeof *rows);
  *count = 0;
  if (!rows) return NULL;
  for (size_t i = 0; i < PATTERN_COUNT; i++) {
    const struct pattern *p = &patterns[i];
    size_t copies = p->repeat == ONCE ? 1 : p->repeat == PER_CLASS ? QY_CLASS_COUNT : QY_CELL_COUNT;
    for (size_t c = 0; c < copies; c++) {
      if (!has_copy(p, c)) continue;
      const char *star =
          p->repeat == PER_CLASS ? qy_operator_class_name((qy_operator_class)c) : qy_cell_name((qy_cell)c);
      const char *path = p->path;
      if (p->repeat != ONCE) { /* the text before and after "%s" */
        size_t head = 0;
        while (p->path[head] != '%')
          head++;
        path = qy_arena_format(arena, "%.*s%s%s", (int)head, p->path, star, p->path + head + 2);
        if (!path) return NULL;
      }
      rows[(*count)++] = (tech_row){path, p->unit, p->low, p->high, p->offset + c * p->stride, p->optional, p->alone};
    }
  }
  return rows;
}
