/* Inputs of elements: found by name once, then filled cycle by cycle. */
#include "pe_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* "x7" is the multiple 7 x, "x_7" the operand of lane 7. */
static pe_port port_of(const char *name, int width)
{
  static const struct {
    const char *name;
    pe_role role;
  } named[] = {{"x", PE_X},         {"w", PE_W},         {"clear", PE_CLEAR}, {"mode", PE_MODE},
               {"split", PE_SPLIT}, {"first", PE_FIRST}, {"last", PE_LAST}};
  for (size_t i = 0; i < sizeof named / sizeof *named; i++)
    if (strcmp(named[i].name, name) == 0) return (pe_port){named[i].role, width, 0, 0};
  if (name[1] == '_') return (pe_port){name[0] == 'x' ? PE_X : PE_W, width, 0, (int)strtol(name + 2, NULL, 10)};
  const int multiple = (int)strtol(name + 1, NULL, 10);
  assert(name[0] == 'x' && multiple > 1);
  return (pe_port){PE_MULTIPLE, width, multiple, 0};
}

int pe_ports(pe_port port[PE_PORTS_MAX], const qy_pe *pe)
{
  const int count = qy_circuit_inputs(pe->circuit);
  assert(count <= PE_PORTS_MAX);
  for (int i = 0; i < count; i++)
    port[i] = port_of(qy_circuit_input_name(pe->circuit, i), qy_circuit_input_width(pe->circuit, i));
  return count;
}

uint64_t pe_port_word(const pe_port *port, const qy_pe *pe, const pe_operands *in)
{
  const int cycles = pe->mode[in->mode].cycles;
  switch (port->role) {
  case PE_X: return in->x;
  case PE_W: return cycles > 1 ? in->w >> (cycles - 1 - in->phase) & 1 : in->w;
  case PE_CLEAR: return in->clear;
  case PE_MODE: return (uint64_t)in->mode;
  case PE_SPLIT: return (uint64_t)in->split;
  case PE_FIRST: return in->phase == 0;
  case PE_LAST: return in->phase == cycles - 1;
  case PE_MULTIPLE: break;
  }
  return pe_low((uint64_t)(pe_signed(in->x, pe->params.bits) * port->multiple), port->width);
}

int pe_slot(const qy_pe *pe, int mode, int width)
{
  const bool packs = pe->mode[pe->mode_count - 1].products > 1;
  return packs ? pe->mode[mode].bits : width;
}

int pe_words(const qy_pe *pe, int mode, int width)
{
  const int products = pe->mode[mode].products / qy_pe_lanes(pe), fit = width / pe_slot(pe, mode, width);
  return products < fit ? products : fit;
}
