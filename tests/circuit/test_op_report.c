/* What is said of single operators: their parts are those of the circuit, and in a library in which every cell takes the
 * same time their delays are the cells on their paths. */
#include "quarry/circuit.h"
#include "quarry/tech.h"
#include "tap.h"

#include <string.h>

static qy_arena *arena;

/* Each cell 1 um2, 2 nW and 100 ps, flip-flops 40 ps. */
static qy_tech plain(void)
{
  qy_tech t = {.fa_carry_ps = 100, .dff_setup_ps = 5, .effort_p = 4};
  for (int k = 0; k < QY_CELL_COUNT; k++)
    t.area_um2[k] = 1, t.delay_ps[k] = 100, t.leakage_nw[k] = 2;
  for (int f = 0; f < QY_FACTOR_COUNT; f++)
    t.factor[f] = 1;
  t.delay_ps[QY_DFF] = 40;
  return t;
}

/* (a ^ b) + d in a register; the sum is as wide as asked. */
static qy_circuit *summed(int width, size_t node[5])
{
  qy_circuit *c = qy_circuit_new("c", arena);
  const qy_net a = qy_input(c, "a", width), b = qy_input(c, "b", width), d = qy_input(c, "d", width);
  const qy_net gate = qy_bitwise(c, QY_OP_XOR, a, b), sum = qy_add(c, gate, d, width, false),
               r = qy_register(c, "r", width, -1);
  qy_register_connect(c, r, sum);
  qy_output(c, "y", r);
  const qy_net nets[5] = {a, gate, sum, r, d};
  for (int i = 0; i < 5; i++)
    node[i] = (size_t)nets[i];
  return qy_circuit_finish(c, NULL) ? NULL : c;
}

static void by_hand(void)
{
  static const char *const names[] = {"input", "xor", "add", "register"};
  const qy_tech t = plain();
  double before = 0;
  for (int width = 2; width <= 12; width++) {
    size_t node[5];
    qy_op_report r[5];
    const qy_circuit *c = summed(width, node);
    if (!ok(c != NULL, "%d bits", width)) return;
    for (int i = 0; i < 5; i++)
      qy_circuit_op_report(c, node[i], &t, &r[i]);
    is_int((int64_t)qy_circuit_op_count(c), 6, "three inputs, a gate, an adder, a register");
    for (int i = 0; i < 4; i++)
      ok(strcmp(r[i].op, names[i]) == 0 && r[i].width == width, "%s of %d bits", r[i].op, r[i].width);
    ok(r[0].delay_ps == 0 && r[0].area_um2 == 0 && r[0].leakage_nw == 0, "an input is nothing");
    near_abs(r[1].delay_ps, 100, 1e-3, "a gate's delay, whatever is in front of it");
    near_abs(r[1].area_um2, width, 1e-9, "a gate a bit");
    near_abs(r[3].delay_ps, 40, 1e-3, "a register's");
    near_abs(r[3].area_um2, width, 1e-9, "a flip-flop a bit");
    /* half adder and full adders, the last of which has no carry: two exclusive ors, or one of a half */
    near_abs(r[2].area_um2, width == 2 ? 1 + 2 : width - 1 + 2, 1e-9, "adders, and two gates at the end");
    if (width > 3) near_abs(r[2].delay_ps - before, 100, 1e-3, "a carry more for a bit more");
    before = r[2].delay_ps;
    for (int i = 0; i < 5; i++)
      near_abs(r[i].leakage_nw, 2 * r[i].area_um2, 1e-9, "each cell leaks");
  }
}

/* In a library, too: operators together are the circuit. */
static void together(void)
{
  qy_tech *tech;
  qy_error err = {0};
  size_t node[5];
  qy_circuit *c = summed(9, node);
  if (!ok(c && !qy_tech_read(&tech, "db", "fdsoi28", arena, &err), "a library")) return;
  qy_census census;
  double area = 0, cells = 0, leakage = 0, all_area = 0, all_cells = 0, all_leakage = 0;
  for (int i = 0; i < 5; i++) {
    qy_op_report r; /* of the inputs two, which are nothing */
    qy_circuit_op_report(c, node[i], tech, &r);
    area += r.area_um2, leakage += r.leakage_nw;
    for (int g = 0; g < QY_CLASS_COUNT; g++)
      for (int k = 0; k < QY_CELL_COUNT; k++)
        cells += r.census.cells[g][k];
  }
  qy_circuit_census_in(c, tech, &census);
  for (int g = 0; g < QY_CLASS_COUNT; g++)
    for (int k = 0; k < QY_CELL_COUNT; k++) {
      all_cells += census.cells[g][k];
      all_area += census.cells[g][k] * tech->area_um2[k];
      all_leakage += census.cells[g][k] * tech->leakage_nw[k];
    }
  near_rel(cells, all_cells, 1e-12, "cells");
  near_rel(area, all_area, 1e-12, "area");
  near_rel(leakage, all_leakage, 1e-12, "leakage");
}

int main(void)
{
  arena = qy_arena_new();
  by_hand();
  together();
  qy_arena_free(arena);
  return done();
}
