/* A line of a network file to a layer: defaults, checks and what follows from the sizes.
 *
 * Products are formed with overflow checks in 64 bits, so a damaged file cannot wrap around into a plausible sum.
 */
#include "network_int.h"

#include "quarry/decimal.h"
#include "quarry/integer.h"
#include "quarry/precision.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

bool network_given(const network_row *r, int column)
{
  return r->at[column] >= 0 && *r->csv->field[r->at[column]];
}

qy_status network_expected(const network_row *r, int column, const char *format, ...)
{
  char expected[256];
  size_t count;
  va_list args;
  va_start(args, format);
  qy_vprint(expected, sizeof expected, format, args);
  va_end(args);
  if (r->at[column] >= 0) return qy_csv_expected(r->csv, r->at[column], r->err, "%s", expected);
  return qy_fail_at(r->err, QY_BAD_INPUT, r->csv->file, r->csv->line, 0, "%s: expected %s, found none",
                    qy_network_columns(&count)[column].name, expected);
}

/* ---- sizes ---- */

/* The column that decides: the one for a direction or side, else the one for all of them. */
static int decides(const network_row *r, int own, int all)
{
  return !network_given(r, own) && network_given(r, all) ? all : own;
}

/* A whole number without sign; *end behind it. */
static bool read_part(int64_t *value, const char *text, const char **end)
{
  const size_t digits = strspn(text, "0123456789");
  enum { DIGITS_MAX = 9 };
  *value = 0;
  for (size_t i = 0; i < digits && digits <= DIGITS_MAX; i++)
    *value = 10 * *value + (text[i] - '0');
  *end = text + digits;
  return digits > 0 && digits <= DIGITS_MAX;
}

/* "10x4": down by across, as `describe network` prints them. */
static qy_status read_pair(int64_t *value, const network_row *r, bool down, int column, int64_t low)
{
  int64_t first, second;
  const char *text = r->csv->field[r->at[column]], *end;
  if (read_part(&first, text, &end) && (*end == 'x' || *end == 'X') && read_part(&second, end + 1, &end) && !*end &&
      qy_min64(first, second) >= low && qy_max64(first, second) <= NETWORK_SIZE_MAX) {
    *value = down ? first : second;
    return QY_OK;
  }
  return network_expected(r, column, "integers from %" PRId64 " to %d such as 10x4, height by width", low,
                          NETWORK_SIZE_MAX);
}

static qy_status read_size(int64_t *value, const network_row *r, int own, int all, int64_t low, int64_t otherwise)
{
  const int column = decides(r, own, all);
  *value = otherwise;
  if (!network_given(r, column)) return QY_OK;
  if (column != own && strpbrk(r->csv->field[r->at[column]], "xX"))
    return read_pair(value, r, own == KERNEL_H || own == STRIDE_H || own == DILATION_H, column, low);
  return qy_csv_integer(r->csv, r->at[column], low, NETWORK_SIZE_MAX, value, r->err);
}

/* Size of the input: of the layers it reads, unless the line says it; fc: 1 x 1. */
static qy_status read_in(int64_t *value, const network_row *r, int column, int64_t otherwise)
{
  qy_status status = read_size(value, r, column, column, 1, otherwise);
  if (!status && *value == 0) return network_expected(r, column, "a size, as there is no input to take it from");
  if (!status && *value > NETWORK_SIZE_MAX)
    return network_expected(r, column, "inputs of at most %d together (they have %" PRId64 ")", NETWORK_SIZE_MAX,
                            *value);
  return status;
}

static qy_status read_channels(qy_layer *l, const network_row *r, const network_map *map)
{
  const bool same = l->type == QY_LAYER_DWCONV || !qy_layer_multiplies(l->type);
  qy_status status = read_size(&l->batch, r, BATCH, BATCH, 1, map->batch);
  const int64_t flat = l->type == QY_LAYER_FC ? 1 : 0;
  if (!status) status = read_in(&l->in_h, r, IN_H, map->c ? map->h : flat);
  if (!status) status = read_in(&l->in_w, r, IN_W, map->c ? map->w : flat);
  if (!status) status = read_in(&l->in_c, r, IN_C, map->c);
  if (l->type == QY_LAYER_COL2IM || status) return status; /* its output channels follow from the kernel */
  status = read_size(&l->out_c, r, OUT_C, OUT_C, 1, same ? l->in_c : 0);
  if (!status && l->out_c == 0) return network_expected(r, OUT_C, "output channels");
  return status;
}

/* Channels of a col2im, one group each. */
static qy_status read_taps(qy_layer *l, const network_row *r)
{
  const int64_t taps = l->kernel_h * l->kernel_w; /* at most 2^48 */
  if (l->in_c % taps) return network_expected(r, IN_C, "a multiple of %" PRId64 ", the taps of the kernel", taps);
  qy_status status = read_size(&l->out_c, r, OUT_C, OUT_C, 1, l->in_c / taps);
  if (!status && l->out_c != l->in_c / taps)
    return network_expected(r, OUT_C, "%" PRId64 ", in_c by the taps of the kernel", l->in_c / taps);
  if (!status) status = read_size(&l->groups, r, GROUPS, GROUPS, 1, l->out_c);
  if (!status && l->groups != l->out_c)
    return network_expected(r, GROUPS, "one group per output channel (%" PRId64 ") in a col2im", l->out_c);
  return status;
}

static qy_status read_window(qy_layer *l, const network_row *r)
{
  const bool pool = l->type == QY_LAYER_POOL;
  const int64_t groups = pool || l->type == QY_LAYER_DWCONV ? l->in_c : 1;
  const struct {
    int own, all;
    int64_t low, otherwise, *value;
  } size[] = {{KERNEL_H, KERNEL, 1, pool ? l->in_h : 1, &l->kernel_h},
              {KERNEL_W, KERNEL, 1, pool ? l->in_w : 1, &l->kernel_w},
              {STRIDE_H, STRIDE, 1, 1, &l->stride_h},
              {STRIDE_W, STRIDE, 1, 1, &l->stride_w},
              {DILATION_H, DILATION, 1, 1, &l->dilation_h},
              {DILATION_W, DILATION, 1, 1, &l->dilation_w},
              {GROUPS, GROUPS, 1, groups, &l->groups}};
  qy_status status = QY_OK;
  for (size_t i = 0; !status && i < sizeof size / sizeof *size; i++)
    status = read_size(size[i].value, r, size[i].own, size[i].all, size[i].low, size[i].otherwise);
  return !status && l->type == QY_LAYER_COL2IM ? read_taps(l, r) : status;
}

/* ---- padding ---- */

/* One direction. */
typedef struct pad_side {
  int pair, before, after; /* columns */
  int64_t in, reach, other_reach, stride;
  bool back; /* of a col2im */
  int64_t *first, *last;
} pad_side;

/* Zeros that keep the size: TensorFlow's "SAME". */
static void pad_same(const pad_side *d)
{
  const int64_t out = (d->in - 1) / d->stride + 1;
  const int64_t total = qy_max64(0, d->back ? d->reach - d->stride : (out - 1) * d->stride + d->reach - d->in);
  *d->first = total / 2;
  *d->last = total - total / 2;
}

/* `pad` of a kernel of one tap in this direction and more in the other is that of the other. */
static qy_status read_direction(const pad_side *d, const network_row *r)
{
  const int column = decides(r, d->pair, PAD);
  const char *text = network_given(r, column) ? r->csv->field[r->at[column]] : "";
  qy_status status = QY_OK;
  if (strcasecmp(text, "same") == 0)
    pad_same(d);
  else if (*text && strspn(text, "0123456789") != strlen(text) && strcasecmp(text, "valid") != 0)
    return network_expected(r, column, "an integer of 0 or more, same or valid");
  else if (*text && strcasecmp(text, "valid") != 0 && (column != PAD || d->reach > 1 || d->other_reach == 1))
    status = qy_csv_integer(r->csv, r->at[column], 0, NETWORK_SIZE_MAX, d->first, r->err);
  if (strcasecmp(text, "same") != 0) *d->last = *d->first;
  if (!status) status = read_size(d->first, r, d->before, d->before, 0, *d->first);
  if (!status) status = read_size(d->last, r, d->after, d->after, d->back ? 1 - d->stride : 0, *d->last);
  return status;
}

static qy_status read_pads(qy_layer *l, const network_row *r)
{
  const int64_t reach_h = qy_layer_reach(l->kernel_h, l->dilation_h),
                reach_w = qy_layer_reach(l->kernel_w, l->dilation_w);
  const bool back = l->type == QY_LAYER_COL2IM;
  const pad_side down = {PAD_H,   PAD_TOP,     PAD_BOTTOM, l->in_h,     reach_h,
                         reach_w, l->stride_h, back,       &l->pad_top, &l->pad_bottom};
  const pad_side across = {PAD_W,   PAD_LEFT,    PAD_RIGHT, l->in_w,      reach_w,
                           reach_h, l->stride_w, back,      &l->pad_left, &l->pad_right};
  qy_status status = read_direction(&down, r);
  return status ? status : read_direction(&across, r);
}

/* ---- checks ---- */

static qy_status check_ones(const qy_layer *l, const network_row *r)
{
  const bool fc = l->type == QY_LAYER_FC;
  const struct {
    int own, all;
    int64_t value;
  } one[] = {{IN_H, IN_H, fc ? l->in_h : 1},
             {IN_W, IN_W, fc ? l->in_w : 1},
             {KERNEL_H, KERNEL, l->kernel_h},
             {KERNEL_W, KERNEL, l->kernel_w},
             {GROUPS, GROUPS, l->groups}};
  for (size_t i = 0; i < sizeof one / sizeof *one; i++)
    if (one[i].value != 1)
      return network_expected(r, decides(r, one[i].own, one[i].all), "1 in a%s %s", fc ? "n" : "",
                              network_type_names[l->type]);
  return QY_OK;
}

/* What the type says about the sizes. */
static qy_status check_type(qy_layer *l, const network_row *r)
{
  switch (l->type) {
  case QY_LAYER_DWCONV:
    if (l->groups != l->in_c)
      return network_expected(r, GROUPS, "one group per input channel (%" PRId64 ") in a dwconv", l->in_c);
    break;
  case QY_LAYER_FC:
  case QY_LAYER_PWCONV: return check_ones(l, r);
  case QY_LAYER_POOL:
  case QY_LAYER_ADD:
  case QY_LAYER_CONCAT: break;
  default:
    if (l->kernel_h == 1 && l->kernel_w == 1 && l->groups == 1) l->type = QY_LAYER_PWCONV;
  }
  return QY_OK;
}

static qy_status check_pads(const qy_layer *l, const network_row *r, int64_t reach_h, int64_t reach_w)
{
  const struct {
    int own, pair;
    int64_t pad, reach;
  } side[] = {{PAD_TOP, PAD_H, l->pad_top, reach_h},
              {PAD_BOTTOM, PAD_H, l->pad_bottom, reach_h},
              {PAD_LEFT, PAD_W, l->pad_left, reach_w},
              {PAD_RIGHT, PAD_W, l->pad_right, reach_w}};
  const bool dilated = l->dilation_h > 1 || l->dilation_w > 1;
  for (size_t i = 0; i < sizeof side / sizeof *side; i++)
    if (side[i].pad >= side[i].reach)
      return network_expected(r, network_given(r, side[i].own) ? side[i].own : decides(r, side[i].pair, PAD),
                              "less than the %skernel (%" PRId64 "x%" PRId64 ")", dilated ? "dilated " : "", reach_h,
                              reach_w);
  return QY_OK;
}

/* One direction: outputs from inputs with their padding. */
static qy_status count_outputs(int64_t *out, const network_row *r, int kernel, int64_t reach, int64_t dilation,
                               int64_t padded, int64_t stride)
{
  if (reach > padded)
    return network_expected(r, decides(r, kernel, KERNEL), "%sat most the padded input (%" PRId64 ")",
                            dilation > 1 ? "a dilated kernel of " : "", padded);
  *out = (padded - reach) / stride + 1;
  return QY_OK;
}

/* The same of a col2im. */
static qy_status count_summed(int64_t *out, const network_row *r, int kernel, int64_t reach, int64_t pads, int64_t in,
                              int64_t stride)
{
  *out = qy_col2im_outputs(in, stride, reach, pads);
  if (*out >= 1 && *out <= NETWORK_SIZE_MAX) return QY_OK;
  return network_expected(r, decides(r, kernel, KERNEL), "1 to %d outputs (they are %" PRId64 ")", NETWORK_SIZE_MAX,
                          *out);
}

static qy_status check_sizes(qy_layer *l, const network_row *r)
{
  const int64_t reach_h = qy_layer_reach(l->kernel_h, l->dilation_h);
  const int64_t reach_w = qy_layer_reach(l->kernel_w, l->dilation_w);
  const bool same = l->type == QY_LAYER_POOL || l->type == QY_LAYER_ADD || l->type == QY_LAYER_CONCAT;
  if (same && l->out_c != l->in_c)
    return network_expected(r, OUT_C, "%" PRId64 " as in_c in a %s", l->in_c, network_type_names[l->type]);
  if (l->in_c % l->groups) return network_expected(r, GROUPS, "a divisor of in_c (%" PRId64 ")", l->in_c);
  if (l->out_c % l->groups) return network_expected(r, GROUPS, "a divisor of out_c (%" PRId64 ")", l->out_c);
  qy_status status = check_pads(l, r, reach_h, reach_w);
  if (!status && l->type == QY_LAYER_COL2IM) {
    status = count_summed(&l->out_h, r, KERNEL_H, reach_h, l->pad_top + l->pad_bottom, l->in_h, l->stride_h);
    return status ? status
                  : count_summed(&l->out_w, r, KERNEL_W, reach_w, l->pad_left + l->pad_right, l->in_w, l->stride_w);
  }
  if (!status)
    status = count_outputs(&l->out_h, r, KERNEL_H, reach_h, l->dilation_h, l->in_h + l->pad_top + l->pad_bottom,
                           l->stride_h);
  if (!status)
    status = count_outputs(&l->out_w, r, KERNEL_W, reach_w, l->dilation_w, l->in_w + l->pad_left + l->pad_right,
                           l->stride_w);
  return status ? status : check_type(l, r);
}

/* Product of n factors; 0 when it does not fit 64 bits (factors are positive). */
static int64_t product(const int64_t *factor, int n)
{
  int64_t result = 1;
  for (int i = 0; i < n; i++)
    if (__builtin_mul_overflow(result, factor[i], &result)) return 0;
  return result;
}

/* What the file says, if it does, against what follows from the sizes. */
static qy_status check_sum(const network_row *r, int column, int64_t derived)
{
  int64_t said = derived;
  if (!network_given(r, column)) return QY_OK;
  qy_status status = qy_csv_integer(r->csv, r->at[column], 0, INT64_MAX, &said, r->err);
  if (!status && said != derived) return network_expected(r, column, "%" PRId64 " from the sizes", derived);
  return status;
}

static qy_status count_products(qy_layer *l, const network_row *r)
{
  if (l->type == QY_LAYER_DWCONV && l->computed) return network_expected(r, INPUTS, "no '@' in a dwconv");
  if (qy_layer_multiplies(l->type)) {
    l->weights = product((int64_t[]){l->out_c, l->in_c / l->groups, l->kernel_h, l->kernel_w}, 4);
    l->macs = l->weights ? product((int64_t[]){l->weights, l->out_h, l->out_w}, 3) : 0;
    if (!l->macs) return network_expected(r, MACS, "a layer whose multiply-accumulates fit 64 bits");
  }
  if (l->computed) l->weights = 0;
  if (l->paired) {
    qy_status second = network_check_second(l, r);
    if (second) return second;
  }
  qy_status status = check_sum(r, MACS, l->macs);
  return status ? status : check_sum(r, PARAMS, l->weights);
}

/* Widths that the file states. */
static qy_status read_bits(qy_layer *l, const network_row *r)
{
  const int column[] = {WEIGHT_BITS, ACTIVATION_BITS};
  int *const bits[] = {&l->weight_bits, &l->activation_bits};
  for (int i = 0; i < 2; i++) {
    int64_t value = 0;
    const qy_status status = network_given(r, column[i])
                                 ? qy_csv_integer(r->csv, r->at[column[i]], 1, QY_PRECISION_BITS_MAX, &value, r->err)
                                 : QY_OK;
    if (status) return status;
    *bits[i] = (int)value;
  }
  return QY_OK;
}

qy_status network_read_row(qy_layer *l, const network_row *r)
{
  int type;
  network_map map;
  *l = (qy_layer){.name = r->csv->field[r->at[NAME]]};
  if (!*l->name) return network_expected(r, NAME, "a name");
  qy_status status = qy_csv_choice(r->csv, r->at[TYPE], network_type_names, QY_LAYER_TYPE_COUNT, &type, r->err);
  if (status) return status;
  l->type = (qy_layer_type)type;
  status = network_inputs(l, &map, r);
  if (!status) status = read_channels(l, r, &map);
  if (!status) status = read_window(l, r);
  if (!status) status = read_pads(l, r);
  if (!status) status = network_fit(l, &map, r);
  if (!status) status = check_sizes(l, r);
  if (!status) status = count_products(l, r);
  return status ? status : read_bits(l, r);
}
