/* A finished circuit within another one: see circuit.h. */
#include "graph.h"

#include <assert.h>
#include <string.h>

/* Nets of the part as nets of the whole, for all nodes: its inputs are given, the others come in the same order. */
static bool copy_nodes(qy_circuit *c, const qy_circuit *part, qy_net *net)
{
  for (size_t i = 0; i < part->count; i++) {
    if (part->node[i].op == QY_OP_INPUT) continue;
    node n = part->node[i];
    n.label = NULL; /* names are those of one instance */
    if ((net[i] = circuit_append(c, n, net)) < 0) return false;
  }
  return true;
}

/* A register's input may come later than the register. */
static void connect_registers(qy_circuit *c, const qy_circuit *part, const qy_net *net)
{
  for (size_t i = 0; i < part->count; i++)
    for (int k = 0; part->node[i].state >= 0 && k < part->node[i].count; k++) {
      const qy_net from = part->node[i].in[k];
      node *copy = &c->node[net[i]];
      copy->in[k] = from < 0 ? -1 : net[from];
      copy->in_width[k] = from < 0 ? 0 : part->node[i].in_width[k];
    }
}

qy_net qy_instance(qy_circuit *c, const qy_circuit *part, const qy_net *input, int output)
{
  assert(part && part->finished && (input || part->input_count == 0));
  assert(output >= 0 && output < part->output_count);
  if (!c) return -1;
  qy_net *net = qy_arena_alloc(c->arena, part->count, sizeof *net);
  if (!net) return -1;
  for (int i = 0; i < part->input_count; i++) {
    assert(qy_net_width(c, input[i]) == qy_circuit_input_width(part, i));
    net[part->input[i].net] = input[i];
  }
  if (!copy_nodes(c, part, net)) return -1;
  connect_registers(c, part, net);
  return net[part->output[output].net];
}
