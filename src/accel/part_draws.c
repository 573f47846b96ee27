/* The circuits of a module under draws: see part_draws_int.h. */
#include "part_draws_int.h"

#include "depthwise_int.h"

#include <string.h>

_Static_assert((int)PART_ADDER == (int)DEPTHWISE_ADDER && (int)PART_REQUANTIZER == (int)DEPTHWISE_REQUANTIZER &&
                   (int)PART_CONTROLLER == (int)DEPTHWISE_CONTROLLER,
               "the three circuits have the same numbers");

const char *qy_buffer_role_name(int role)
{
  static const char *const name[QY_BUFFER_ROLES] = {"input", "output", "weights"};
  return role >= 0 && role < QY_BUFFER_ROLES ? name[role] : NULL;
}

qy_status part_anatomy_init(part_anatomy *a, const part_anatomy *twin, const qy_pe *pe, const qy_pe_stimulus *stimulus,
                            const qy_draws *draws, qy_arena *arena, qy_error *err)
{
  memset(a, 0, sizeof *a);
  a->pe = pe;
  a->draws = draws;
  qy_status status = spread_new(&a->element, pe->circuit, draws, arena, err);
  a->element.mode_count = pe->mode_count;
  if (status) return status;
  if (!twin) return qy_pe_activities(a->element.activity, pe, stimulus, err);
  memcpy(a->element.activity, twin->element.activity, sizeof a->element.activity);
  return QY_OK;
}

qy_status part_anatomy_around(part_anatomy *a, const part_anatomy *twin, qy_arena *arena, qy_error *err)
{
  depthwise_circuit circuit[DEPTHWISE_CIRCUITS];
  qy_status status = depthwise_circuits(circuit, a->pe, arena, err);
  for (int i = 0; i < DEPTHWISE_CIRCUITS && !status; i++) {
    status = spread_new(&a->part[i], circuit[i].circuit, a->draws, arena, err);
    a->part[i].mode_count = 1;
    if (!status && twin)
      a->part[i].activity[0] = twin->part[i].activity[0];
    else if (!status)
      status = qy_circuit_activity(circuit[i].circuit, circuit[i].next, &circuit[i].words, DEPTHWISE_ACTIVITY_CYCLES,
                                   &a->part[i].activity[0], err);
  }
  return status;
}

qy_status part_build(part_builds *b, const part_anatomy *a, double period_ps, qy_error *err)
{
  const qy_tech *tech = a->draws->nominal;
  memset(b, 0, sizeof *b);
  qy_status status = qy_circuit_build(a->element.circuit, tech, period_ps, &b->element, err);
  bool feasible = b->element.feasible;
  for (int i = 0; i < PART_COUNT && !status; i++) {
    if (!a->part[i].circuit) continue;
    status = qy_circuit_build(a->part[i].circuit, tech, period_ps, &b->part[i], err);
    feasible = feasible && b->part[i].feasible;
  }
  return status ? status : feasible ? QY_OK : QY_INFEASIBLE;
}

static const qy_tech *library(const part_anatomy *a, int64_t k)
{
  return k < 0 ? a->draws->nominal : &a->draws->draw[k];
}

void part_element_at(spread_price *price, const spread *s, const part_anatomy *a, const part_builds *b, int64_t k)
{
  spread_at(price, s, &b->element, library(a, k), k < 0 ? 1 : s->path_ratio[k]);
}

void part_prices_at(part_prices *p, const part_anatomy *a, const part_builds *b, int64_t k)
{
  memset(p, 0, sizeof *p);
  p->tech = library(a, k);
  part_element_at(&p->element, &a->element, a, b, k);
  for (int i = 0; i < PART_COUNT; i++)
    if (a->part[i].circuit)
      spread_at(&p->part[i], &a->part[i], &b->part[i], p->tech, k < 0 ? 1 : a->part[i].path_ratio[k]);
}

void part_sram_at(double *value, const int column[4], const double *sram, const part_anatomy *a, int64_t k)
{
  for (int f = 0; f < QY_SRAM_FACTORS; f++)
    value[column[f / QY_BUFFER_ROLES] + f % QY_BUFFER_ROLES] =
        sram && k >= 0 ? sram[(size_t)f * a->draws->count + (size_t)k] : 1;
}

qy_status part_basis(double *basis, const part_anatomy *parts, part_fill *fill, const void *anatomy, double period_ps,
                     const double *sram, qy_error *err)
{
  part_builds b;
  const size_t draws = parts->draws->count;
  qy_status status = part_build(&b, parts, period_ps, err);
  for (size_t k = 0; k < draws && !status; k++)
    fill(basis + k, draws, anatomy, &b, (int64_t)k, sram);
  return status;
}

qy_status part_basis_nominal(double *basis, const part_anatomy *parts, part_fill *fill, const void *anatomy,
                             double period_ps, qy_error *err)
{
  part_builds b;
  qy_status status = part_build(&b, parts, period_ps, err);
  if (!status) fill(basis, 1, anatomy, &b, -1, NULL);
  return status;
}
