/* Shapes of outputs: operators that move, cut, repeat or pad. */
#include "onnx_int.h"

#include "quarry/integer.h"

#include <math.h>
#include <string.h>

static onnx_tensor *first_out(const onnx_step *s)
{
  return s->out_count > 0 ? s->out[0] : NULL;
}

static int axis_of(int64_t axis, int rank)
{
  if (axis < 0) axis += rank;
  return axis >= 0 && axis < rank ? (int)axis : -1;
}

void onnx_shape_concat(onnx_step *s)
{
  int64_t dim[ONNX_RANK_MAX];
  int rank = -1, axis = -1;
  const size_t every = s->rule->every > 0 ? (size_t)s->rule->every : 1;
  for (size_t k = 0; (size_t)s->rule->a + k * every < s->in_count; k++) {
    const onnx_tensor *t = onnx_operand(s, k);
    if (!t || t->rank < 0) return;
    if (k == 0) {
      rank = t->rank;
      axis = axis_of(onnx_integer(s, "axis", 1), rank);
      if (axis < 0) return;
      memcpy(dim, t->dim, sizeof dim);
      continue;
    }
    if (t->rank != rank) return;
    for (int i = 0; i < rank; i++)
      if (i != axis)
        dim[i] = qy_max64(dim[i], t->dim[i]);
      else if (dim[i] < 0 || t->dim[i] < 0 || __builtin_add_overflow(dim[i], t->dim[i], &dim[i]))
        dim[i] = ONNX_NO_DIM;
  }
  if (rank > 0) onnx_set_shape(first_out(s), rank, dim);
}

void onnx_shape_split(onnx_step *s)
{
  enum { PARTS = 256 };
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t part[PARTS];
  if (!x || x->rank < 1 || s->out_count > PARTS) return;
  const int axis = axis_of(onnx_integer(s, "axis", 0), x->rank);
  if (axis < 0) return;
  const bool says = onnx_given(s, "split", 1);
  const int count = says ? onnx_integers(s, "split", 1, part, PARTS) : 0;
  const int64_t all = x->dim[axis], parts = (int64_t)s->out_count;
  for (size_t i = 0; i < s->out_count; i++) {
    int64_t dim[ONNX_RANK_MAX];
    memcpy(dim, x->dim, sizeof dim);
    if (says)
      dim[axis] = count == (int)s->out_count ? part[i] : ONNX_NO_DIM;
    else
      dim[axis] = all >= 0 && all % parts == 0 ? all / parts : ONNX_NO_DIM;
    onnx_set_shape(s->out[i], x->rank, dim);
  }
}

void onnx_shape_reshape(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *shape = onnx_input(s, 1);
  double list[ONNX_RANK_MAX];
  int64_t dim[ONNX_RANK_MAX], fixed[ONNX_RANK_MAX];
  const attribute_proto *a = onnx_attribute(s, "shape");
  const size_t rank = a ? a->n_ints : shape && shape->value ? shape->count : ONNX_RANK_MAX + 1;
  if (!x || rank > ONNX_RANK_MAX) return;
  const bool zero = onnx_integer(s, "allowzero", 0) != 0;
  int free_at = -1;
  for (size_t i = 0; i < rank; i++) {
    list[i] = a ? (double)a->ints[i] : shape->value[i];
    dim[i] = fixed[i] = 1;
    if (list[i] == -1) {
      free_at = (int)i;
      dim[i] = ONNX_NO_DIM;
      continue;
    }
    if (isnan(list[i]) || list[i] < 0 || list[i] > (double)INT32_MAX)
      dim[i] = ONNX_NO_DIM;
    else if (list[i] == 0 && !zero)
      dim[i] = x->rank > (int)i ? x->dim[i] : ONNX_NO_DIM;
    else
      dim[i] = (int64_t)list[i];
    fixed[i] = dim[i];
  }
  const int64_t all = onnx_elements(x), rest = onnx_product(fixed, (int)rank);
  if (free_at >= 0 && all >= 0 && rest > 0 && all % rest == 0) dim[free_at] = all / rest;
  onnx_set_shape(first_out(s), (int)rank, dim);
}

void onnx_shape_flatten(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  if (!x || x->rank < 0) return;
  int64_t axis = onnx_integer(s, "axis", 1);
  if (axis < 0) axis += x->rank;
  if (axis < 0 || axis > x->rank) return;
  const int64_t dim[2] = {onnx_product(x->dim, (int)axis), onnx_product(&x->dim[axis], x->rank - (int)axis)};
  onnx_set_shape(first_out(s), 2, dim);
}

void onnx_shape_squeeze(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t axes[ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  bool gone[ONNX_RANK_MAX] = {false};
  if (!x || x->rank < 0) return;
  const bool says = onnx_given(s, "axes", 1);
  const int count = says ? onnx_integers(s, "axes", 1, axes, ONNX_RANK_MAX) : 0;
  if (count < 0) return;
  for (int i = 0; i < count; i++) {
    const int at = axis_of(axes[i], x->rank);
    if (at < 0) return;
    gone[at] = true;
  }
  int rank = 0;
  for (int i = 0; i < x->rank; i++) {
    if (!says && x->dim[i] < 0) return; /* may be one */
    if (says ? !gone[i] : x->dim[i] != 1) dim[rank++] = x->dim[i];
  }
  onnx_set_shape(first_out(s), rank, dim);
}

void onnx_shape_unsqueeze(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t axes[ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  bool fresh[ONNX_RANK_MAX] = {false};
  const int count = onnx_integers(s, "axes", 1, axes, ONNX_RANK_MAX);
  if (!x || x->rank < 0 || count < 0 || x->rank + count > ONNX_RANK_MAX) return;
  const int rank = x->rank + count;
  for (int i = 0; i < count; i++) {
    const int at = axis_of(axes[i], rank);
    if (at < 0 || fresh[at]) return;
    fresh[at] = true;
  }
  for (int i = 0, from = 0; i < rank; i++)
    dim[i] = fresh[i] ? 1 : x->dim[from++];
  onnx_set_shape(first_out(s), rank, dim);
}

void onnx_shape_transpose(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t order[ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  if (!x || x->rank < 0) return;
  const int count = onnx_integers(s, "perm", -1, order, ONNX_RANK_MAX);
  if (count >= 0 && count != x->rank) return;
  for (int i = 0; i < x->rank; i++) {
    const int64_t from = count < 0 ? x->rank - 1 - i : order[i];
    if (from < 0 || from >= x->rank) return;
    dim[i] = x->dim[from];
  }
  onnx_set_shape(first_out(s), x->rank, dim);
}

/* ---- slices ---- */

/* Start, step and count along an axis of `size`, as Python's slices. */
static void slice_axis(int64_t size, int64_t start, int64_t end, int64_t step, int64_t *from, int64_t *count)
{
  const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  if (start < 0) start = qy_max64(start + size, low);
  if (end < 0) end = end < -size ? low : end + size; /* far below zero: to the front */
  start = qy_min64(qy_max64(start, 0), high);
  end = qy_min64(qy_max64(end, low), high);
  *from = start;
  if (step > 0)
    *count = end > start ? (end - start - 1) / step + 1 : 0;
  else
    *count = start > end ? (start - end - 1) / -step + 1 : 0;
}

bool onnx_slice(const onnx_step *s, int64_t start[ONNX_RANK_MAX], int64_t step[ONNX_RANK_MAX],
                int64_t count[ONNX_RANK_MAX])
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t starts[ONNX_RANK_MAX], ends[ONNX_RANK_MAX], axes[ONNX_RANK_MAX], steps[ONNX_RANK_MAX];
  if (!x || x->rank < 0) return false;
  const int n = onnx_integers(s, "starts", 1, starts, ONNX_RANK_MAX);
  const int named = onnx_given(s, "axes", 3) ? onnx_integers(s, "axes", 3, axes, ONNX_RANK_MAX) : -2;
  const int stepped = onnx_given(s, "steps", 4) ? onnx_integers(s, "steps", 4, steps, ONNX_RANK_MAX) : -2;
  const bool known = n >= 0 && onnx_integers(s, "ends", 2, ends, ONNX_RANK_MAX) == n && (named == -2 || named == n) &&
                     (stepped == -2 || stepped == n);
  if (!known && named < 0) return false;
  for (int i = 0; i < x->rank; i++) {
    start[i] = 0;
    step[i] = 1;
    count[i] = x->dim[i];
  }
  for (int i = 0; i < (known ? n : named); i++) {
    const int at = axis_of(named == -2 ? i : axes[i], x->rank);
    if (at < 0) return false;
    count[at] = ONNX_NO_DIM;
    if (!known || x->dim[at] < 0) continue;
    step[at] = stepped == -2 ? 1 : steps[i];
    if (step[at] == 0 || step[at] <= -INT32_MAX || step[at] > INT32_MAX)
      step[at] = step[at] > 0 ? INT32_MAX : -INT32_MAX;
    slice_axis(x->dim[at], starts[i], ends[i], step[at], &start[at], &count[at]);
  }
  return true;
}

void onnx_shape_slice(onnx_step *s)
{
  int64_t start[ONNX_RANK_MAX], step[ONNX_RANK_MAX], count[ONNX_RANK_MAX];
  if (onnx_slice(s, start, step, count)) onnx_set_shape(first_out(s), onnx_input(s, 0)->rank, count);
}

void onnx_shape_pad(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t pads[2 * ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  if (!x || x->rank < 0) return;
  const int count = onnx_integers(s, "pads", 1, pads, 2 * ONNX_RANK_MAX);
  for (int i = 0; i < x->rank; i++) {
    dim[i] = x->dim[i];
    if (count != 2 * x->rank || dim[i] < 0 || __builtin_add_overflow(dim[i], pads[i], &dim[i]) ||
        __builtin_add_overflow(dim[i], pads[x->rank + i], &dim[i]) || dim[i] < 0)
      dim[i] = ONNX_NO_DIM;
  }
  onnx_set_shape(first_out(s), x->rank, dim);
}

void onnx_shape_gather(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0), *index = onnx_input(s, 1);
  int64_t dim[ONNX_RANK_MAX];
  if (!x || !index || x->rank < 1 || index->rank < 0 || x->rank + index->rank - 1 > ONNX_RANK_MAX) return;
  const int axis = axis_of(onnx_integer(s, "axis", 0), x->rank);
  int rank = 0;
  if (axis < 0) return;
  for (int i = 0; i < axis; i++)
    dim[rank++] = x->dim[i];
  for (int i = 0; i < index->rank; i++)
    dim[rank++] = index->dim[i];
  for (int i = axis + 1; i < x->rank; i++)
    dim[rank++] = x->dim[i];
  onnx_set_shape(first_out(s), rank, dim);
}

void onnx_shape_as_second(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 1);
  if (x && x->rank >= 0) onnx_set_shape(first_out(s), x->rank, x->dim);
}

void onnx_shape_expand(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t to[ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  const int rank = onnx_integers(s, NULL, 1, to, ONNX_RANK_MAX);
  if (!x || x->rank < 0 || rank < 0) return;
  const int all = qy_max_int(rank, x->rank);
  for (int i = 0; i < all; i++) {
    const int a = i - (all - x->rank), b = i - (all - rank);
    const int64_t own = a >= 0 ? x->dim[a] : 1, wanted = b >= 0 ? to[b] : 1;
    dim[i] = wanted == 1 ? own : own == 1 || own == wanted ? wanted : ONNX_NO_DIM;
  }
  onnx_set_shape(first_out(s), all, dim);
}

void onnx_shape_tile(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t times[ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  if (!x || x->rank < 0) return;
  const int count = onnx_integers(s, NULL, 1, times, ONNX_RANK_MAX);
  for (int i = 0; i < x->rank; i++)
    dim[i] = count == x->rank && times[i] >= 0 ? onnx_product((int64_t[]){x->dim[i], times[i]}, 2) : ONNX_NO_DIM;
  onnx_set_shape(first_out(s), x->rank, dim);
}

/* ---- resizing ---- */

/* Scales, from an attribute or an input: [rank] or fewer. */
static const double *scales_of(const onnx_step *s, size_t *count, double room[ONNX_RANK_MAX])
{
  const attribute_proto *a = onnx_attribute(s, "scales");
  const bool late = s->in_count > 2; /* x, roi, scales, sizes; before opset 11: x, scales */
  const onnx_tensor *t = onnx_input(s, late ? 2 : 1);
  *count = 0;
  if (a && a->n_floats <= ONNX_RANK_MAX) {
    for (; *count < a->n_floats; ++*count)
      room[*count] = (double)a->floats[*count];
    return room;
  }
  if (!t || !t->value) return NULL;
  *count = t->count;
  return t->value;
}

void onnx_shape_resize(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  int64_t sizes[ONNX_RANK_MAX], axes[ONNX_RANK_MAX], dim[ONNX_RANK_MAX];
  double room[ONNX_RANK_MAX];
  size_t count;
  if (!x || x->rank < 0) return;
  const double *scale = scales_of(s, &count, room);
  const int sized = onnx_integers(s, NULL, 3, sizes, ONNX_RANK_MAX);
  const bool policy =
      onnx_attribute(s, "keep_aspect_ratio_policy") && !onnx_says(s, "keep_aspect_ratio_policy", "stretch");
  int named = onnx_attribute(s, "axes") ? onnx_integers(s, "axes", -1, axes, ONNX_RANK_MAX) : -1;
  for (int i = 0; named < 0 && i < x->rank; i++)
    axes[i] = i;
  if (named < 0) named = x->rank;
  memcpy(dim, x->dim, sizeof dim);
  for (int i = 0; i < named; i++) {
    const int at = axis_of(axes[i], x->rank);
    if (at < 0) return;
    double to = NAN;
    if (sized == named && !policy)
      to = (double)sizes[i];
    else if (sized <= 0 && scale && count == (size_t)named && dim[at] >= 0)
      to = floor((double)dim[at] * (double)(float)scale[i]);
    dim[at] = to >= 0 && to <= (double)INT32_MAX ? (int64_t)to : ONNX_NO_DIM;
  }
  onnx_set_shape(first_out(s), x->rank, dim);
}

void onnx_shape_depth_to_space(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  const int64_t b = onnx_integer(s, "blocksize", 0);
  if (!x || x->rank != 4 || b < 1 || b > 1 << 12) return;
  const int64_t dim[4] = {x->dim[0], x->dim[1] < 0 || x->dim[1] % (b * b) ? ONNX_NO_DIM : x->dim[1] / (b * b),
                          onnx_product((int64_t[]){x->dim[2], b}, 2), onnx_product((int64_t[]){x->dim[3], b}, 2)};
  onnx_set_shape(first_out(s), 4, dim);
}

void onnx_shape_space_to_depth(onnx_step *s)
{
  const onnx_tensor *x = onnx_input(s, 0);
  const int64_t b = onnx_integer(s, "blocksize", 0);
  if (!x || x->rank != 4 || b < 1 || b > 1 << 12) return;
  const int64_t dim[4] = {x->dim[0], onnx_product((int64_t[]){x->dim[1], b, b}, 3),
                          x->dim[2] < 0 ? ONNX_NO_DIM : x->dim[2] / b, x->dim[3] < 0 ? ONNX_NO_DIM : x->dim[3] / b};
  onnx_set_shape(first_out(s), 4, dim);
}
