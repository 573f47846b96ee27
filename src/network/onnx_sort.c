/* Nodes in the order of their data.
 *
 * The standard asks for that order (onnx.proto, GraphProto.node); tools that edit models do not always keep it.  Depth
 * first from node after node of the file, what a node reads before it: a file in order stays as it is.
 */
#include "onnx_int.h"

#include <string.h>

typedef struct sorting {
  onnx_graph *g;
  size_t *maker;         /* [tensor_room] node that makes a tensor, plus 1; 0: none */
  unsigned char *state;  /* [n_node] */
  size_t *stack, *place; /* [n_node] nodes begun, and the input that each is at */
  node_proto **order;    /* [n_node] */
  size_t count;
} sorting;

enum { NEW = 0, BEGUN, DONE };

/* Which node makes each tensor; a tensor has one origin. */
static qy_status find_makers(sorting *s, const Onnx__GraphProto *p, qy_error *err)
{
  for (size_t i = 0; i < p->n_node; i++)
    for (size_t k = 0; k < p->node[i]->n_output; k++) {
      const onnx_tensor *t = onnx_tensor_named(s->g, p->node[i]->output[k]);
      if (!t) continue;
      size_t *maker = &s->maker[t - s->g->tensor];
      if (*maker || t->data)
        return qy_fail_at(err, QY_BAD_INPUT, s->g->file, 0, 0,
                          "expected each tensor made once, found '%.60s' made by %.40s '%.60s' and by %s%.60s%s",
                          t->name, p->node[i]->op_type ? p->node[i]->op_type : "", onnx_node_name(p->node[i]),
                          *maker ? "'" : "an initializer", *maker ? onnx_node_name(p->node[*maker - 1]) : "",
                          *maker ? "'" : "");
      *maker = i + 1;
    }
  return QY_OK;
}

/* The next node that the top of the stack waits for; SIZE_MAX: none. */
static size_t awaited(sorting *s, const Onnx__GraphProto *p, size_t top)
{
  const node_proto *node = p->node[s->stack[top]];
  while (s->place[top] < node->n_input) {
    const onnx_tensor *t = onnx_tensor_named(s->g, node->input[s->place[top]++]);
    const size_t maker = t ? s->maker[t - s->g->tensor] : 0;
    if (maker && s->state[maker - 1] != DONE) return maker - 1;
  }
  return ONNX_NONE;
}

static qy_status visit(sorting *s, const Onnx__GraphProto *p, size_t first, qy_error *err)
{
  size_t depth = 1;
  if (s->state[first] == DONE) return QY_OK;
  s->stack[0] = first;
  s->place[0] = 0;
  s->state[first] = BEGUN;
  while (depth > 0) {
    const size_t next = awaited(s, p, depth - 1), here = s->stack[depth - 1];
    if (next == ONNX_NONE) {
      s->state[here] = DONE;
      s->order[s->count++] = p->node[here];
      depth--;
      continue;
    }
    if (s->state[next] == BEGUN)
      return qy_fail_at(err, QY_BAD_INPUT, s->g->file, 0, 0,
                        "expected nodes that do not wait for each other, found '%.60s', which reads what it makes "
                        "(by way of '%.60s')",
                        onnx_node_name(p->node[next]), onnx_node_name(p->node[here]));
    s->state[next] = BEGUN;
    s->stack[depth] = next;
    s->place[depth++] = 0;
  }
  return QY_OK;
}

qy_status onnx_sort(onnx_graph *g, qy_error *err)
{
  const Onnx__GraphProto *p = g->model->graph;
  sorting s = {.g = g};
  s.maker = qy_arena_alloc(g->arena, g->tensor_room, sizeof *s.maker);
  s.state = qy_arena_alloc(g->arena, p->n_node, sizeof *s.state);
  s.stack = qy_arena_alloc(g->arena, p->n_node, sizeof *s.stack);
  s.place = qy_arena_alloc(g->arena, p->n_node, sizeof *s.place);
  s.order = qy_arena_alloc(g->arena, p->n_node, sizeof *s.order);
  if (!s.maker || !s.state || !s.stack || !s.place || !s.order) return qy_no_memory(err);
  qy_status status = find_makers(&s, p, err);
  for (size_t i = 0; !status && i < p->n_node; i++)
    status = visit(&s, p, i, err);
  if (!status) memcpy(p->node, s.order, p->n_node * sizeof(node_proto *));
  return status;
}
