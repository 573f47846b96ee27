/* Products of matrices and recurrent cells as layers. */
#include "onnx_int.h"

#include "quarry/integer.h"

#include <inttypes.h>
#include <string.h>

/* A product of m x k and k x n, `groups` times. */
typedef struct product {
  const onnx_tensor *a, *b;
  bool turn_a, turn_b;
  int64_t groups, m, k, n;
} product;

static int64_t leading(const onnx_tensor *t)
{
  return t->rank > 2 ? onnx_product(t->dim, t->rank - 2) : 1;
}

/* Rows and columns of the last two axes; a vector is a row on the left, a column on the right. */
static void sides(const onnx_tensor *t, bool turn, bool left, int64_t *rows, int64_t *columns)
{
  const int64_t last = t->dim[t->rank - 1], before = t->rank > 1 ? t->dim[t->rank - 2] : 1;
  const bool swap = t->rank > 1 ? turn : !left;
  *rows = swap ? last : before;
  *columns = swap ? before : last;
}

static bool read_product(product *p, onnx_step *s)
{
  int64_t k;
  *p = (product){.a = onnx_input(s, s->rule->a), .b = onnx_input(s, s->rule->b)};
  if (!onnx_known_sizes(s, p->a) || !onnx_known_sizes(s, p->b)) return false;
  if (p->a->rank < 1 || p->b->rank < 1) onnx_because(s, "an operand that is a single number");
  if (onnx_elements(p->a) < 1 || onnx_elements(p->b) < 1) onnx_because(s, "an operand of more than 2^62 elements");
  if (s->why) return false;
  p->turn_a = onnx_integer(s, "transA", 0) != 0;
  p->turn_b = onnx_integer(s, "transB", 0) != 0;
  sides(p->a, p->turn_a, true, &p->m, &p->k);
  sides(p->b, p->turn_b, false, &k, &p->n);
  if (k != p->k) onnx_because(s, "K of %" PRId64 " and %" PRId64, p->k, k);
  if (k != p->k || s->out_count == 0 || !s->out[0]) return false;
  /* Leading axes broadcast: those of the output count. */
  const int64_t all = onnx_elements(s->out[0]);
  p->groups = all > 0 && all % (p->m * p->n) == 0 ? all / (p->m * p->n) : 0;
  if (p->groups == 0) onnx_because(s, "leading axes that do not fit each other");
  return p->groups > 0;
}

static void set_type(qy_layer *l)
{
  l->type = l->groups > 1 ? QY_LAYER_CONV : l->in_h == 1 && l->in_w == 1 ? QY_LAYER_FC : QY_LAYER_PWCONV;
}

/* Positions of x, whose last axis (or the one before) holds the channels: as its layer has them where that is all of
 * it, else an axis each; of more than four the first together.  Rows of a matrix are images where they are as many as
 * these, else positions. */
static void set_positions(qy_layer *l, const onnx_graph *g, const onnx_tensor *x, int64_t positions, bool last)
{
  const qy_layer *from = onnx_whole(g, x) ? &g->layer[x->origin.layer].layer : NULL;
  const bool channels = x->origin.channel_axis < 0 || x->origin.channel_axis == x->rank - (last ? 1 : 2);
  if (from && channels && from->out_c == l->in_c) {
    l->batch = from->batch;
    l->in_h = from->out_h;
    l->in_w = from->out_w;
    return;
  }
  const int64_t images = from ? from->batch : g->options->batch;
  if (x->rank < 3) {
    l->batch = positions == images ? images : 1;
    l->in_w = positions / l->batch;
  } else if (last) {
    l->in_w = x->dim[x->rank - 2];
    l->in_h = x->rank > 3 ? x->dim[x->rank - 3] : 1;
    l->batch = positions / (l->in_w * l->in_h);
  } else {
    l->in_w = x->dim[x->rank - 1];
    l->batch = positions / l->in_w;
  }
}

/* One operand stands in the file. */
static void weighted(onnx_step *s, const product *p, bool right)
{
  const onnx_tensor *x = right ? p->a : p->b, *w = right ? p->b : p->a;
  const bool turned = right ? p->turn_a : p->turn_b, turned_w = right ? p->turn_b : p->turn_a;
  qy_layer l = onnx_blank(QY_LAYER_FC);
  const int64_t positions = onnx_elements(x) / p->k;
  l.in_c = p->k;
  l.out_c = right ? p->n : p->m;
  set_positions(&l, s->g, x, positions, right != turned || x->rank == 1);
  set_type(&l);
  onnx_layer *added = onnx_add(s, &l, x, "");
  if (!added) return;
  added->weight = w;
  added->layout = right == turned_w ? LAYOUT_ROWS : LAYOUT_COLUMNS;
  added->scale = onnx_extra(s, s->rule->scale);
  added->zero = onnx_extra(s, s->rule->zero);
  const onnx_tensor *y = s->out[0];
  onnx_outputs_from(s, added, right ? y->rank - 1 : y->rank - 2);
}

/* The edge from what makes the second operand, where that is all of one layer's output. */
static void pair(onnx_step *s, onnx_layer *to, const product *p)
{
  qy_layer *l = &to->layer;
  to->second = p->b;
  l->computed = true;
  l->weights = 0;
  const bool all = onnx_whole(s->g, p->b) && onnx_elements(p->b) == onnx_product((int64_t[]){p->groups, p->k, p->n}, 3);
  l->paired = all && l->input_count == 1 && !to->part && p->b->origin.layer != l->input[0];
  if (l->paired) to->inputs[l->input_count++] = p->b->origin.layer;
  onnx_note(s->g, s->node, "both operands are computed: the second counts as activations, not as weights%s",
            l->paired ? "" : "; its layer is not known to the network (@-)");
}

/* Both are computed, or there is a matrix of weights for each of several products. */
static void grouped(onnx_step *s, const product *p)
{
  const bool left = p->a->constant && !p->b->constant; /* weights on the left: rows of the output are channels */
  const onnx_tensor *x = left ? p->b : p->a, *w = left ? p->a : p->b;
  qy_layer l = onnx_blank(QY_LAYER_CONV);
  l.groups = p->groups;
  l.in_w = left ? p->n : p->m;
  l.in_c = onnx_product((int64_t[]){p->groups, p->k}, 2);
  l.out_c = onnx_product((int64_t[]){p->groups, left ? p->m : p->n}, 2);
  if (onnx_whole(s->g, x)) {
    const qy_layer *from = &s->g->layer[x->origin.layer].layer;
    if (from->out_c == l.in_c && from->batch == 1 && from->out_h * from->out_w == l.in_w) {
      l.in_h = from->out_h;
      l.in_w = from->out_w;
    }
  }
  set_type(&l);
  onnx_layer *added = onnx_add(s, &l, x, "");
  if (!added) return;
  if (!w->constant)
    pair(s, added, p);
  else if (onnx_elements(w) == p->groups * p->k * (left ? p->m : p->n)) {
    added->weight = w;
    added->layout = (left ? !p->turn_a : p->turn_b) ? LAYOUT_ROWS : LAYOUT_COLUMNS;
  }
  onnx_outputs_from(s, added, -1);
}

void onnx_layer_matmul(onnx_step *s)
{
  product p;
  if (!read_product(&p, s)) {
    onnx_unknown_size(s);
    return;
  }
  if (p.b->constant && leading(p.b) == 1)
    weighted(s, &p, true);
  else if (p.a->constant && leading(p.a) == 1)
    weighted(s, &p, false);
  else
    grouped(s, &p);
}

/* All steps through one layer for the inputs and one for the state. */
void onnx_layer_recurrent(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *w = onnx_input(s, 1), *r = onnx_input(s, 2);
  const bool known = onnx_known_sizes(s, x) && onnx_known_sizes(s, w) && onnx_known_sizes(s, r);
  if (!known || !x || !w || !r || x->rank != 3 || w->rank != 3 || r->rank != 3 || w->dim[2] != x->dim[2] ||
      r->dim[0] != w->dim[0] || r->dim[1] != w->dim[1]) {
    onnx_because(s, "its input, weights and state contradict each other");
    onnx_unknown_size(s);
    return;
  }
  const bool first = onnx_integer(s, "layout", 0) != 0;
  qy_layer l = onnx_blank(QY_LAYER_PWCONV);
  l.batch = x->dim[!first];
  l.in_w = x->dim[first];
  l.in_c = x->dim[2];
  l.out_c = onnx_product(w->dim, 2);
  set_type(&l);
  onnx_layer *inputs = onnx_add(s, &l, x, ".inputs");
  l.groups = r->dim[0];
  l.in_c = onnx_product((int64_t[]){r->dim[0], r->dim[2]}, 2);
  set_type(&l);
  onnx_layer *state = onnx_add(s, &l, NULL, ".state");
  onnx_note(s->g, s->node, "a layer for the inputs and one for the state, a position per step; gates are no layers");
  if (inputs) {
    inputs->layout = LAYOUT_ROWS;
    inputs->weight = w;
  }
  if (!state) return;
  state->layout = LAYOUT_ROWS;
  state->weight = r;
  onnx_outputs_from(s, state, -1);
}
