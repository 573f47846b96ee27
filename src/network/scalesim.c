/* SCALE-Sim topologies: see scalesim.h. */
#include "scalesim_int.h"

#include "quarry/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_LIMIT = 1 << 24, SHOWN = 40 };
enum { CONV_NUMBERS = ROLE_STRIDE - ROLE_IN_H + 1, GEMM_NUMBERS = ROLE_K - ROLE_M + 1 };

static qy_status no_memory(const char *file, qy_error *err)
{
  return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory");
}

/* Tabs separate where there is no comma, semicolons where there is neither. */
static char separator_of(const char *line)
{
  return strchr(line, ',') ? ',' : strchr(line, '\t') ? '\t' : ';';
}

static qy_status split_fields(source *s, row *r, char *line, char separator)
{
  char *at = line;
  *r = (row){.count = 0};
  for (;;) {
    char *end = strchr(at, separator);
    if (r->count == FIELDS_MAX)
      return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, (int)(at - line) + 1, "expected at most %d columns",
                        FIELDS_MAX);
    if (end) *end = '\0';
    r->column[r->count] = (int)(at - line) + 1;
    r->field[r->count++] = trim(at);
    if (!end) break;
    r->commas++;
    at = end + 1;
  }
  while (r->count > 0 && !*r->field[r->count - 1])
    r->count--;
  return QY_OK;
}

/* Layer and what was special, from the numbers of a row. */
typedef struct sizes {
  int64_t in_h, in_w, kernel_h, kernel_w, channels, filters, stride_h, stride_w;
} sizes;

static qy_status too_large(source *s)
{
  return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0,
                    "expected a layer whose sizes fit and whose products fit 64 bits, found a larger one");
}

/* The sums that a network file carries. */
static qy_status finish_layer(source *s, qy_layer *l)
{
  int64_t channels = l->in_c / l->groups;
  if (l->in_h > SIZE_LIMIT || l->in_w > SIZE_LIMIT || l->in_c > SIZE_LIMIT) return too_large(s);
  if (__builtin_mul_overflow(l->out_c, channels, &l->weights) ||
      __builtin_mul_overflow(l->weights, l->kernel_h, &l->weights) ||
      __builtin_mul_overflow(l->weights, l->kernel_w, &l->weights) ||
      __builtin_mul_overflow(l->weights, l->out_h, &l->macs) || __builtin_mul_overflow(l->macs, l->out_w, &l->macs))
    return too_large(s);
  if (l->type == QY_LAYER_CONV && l->kernel_h == 1 && l->kernel_w == 1 && l->groups == 1)
    l->type = l->in_h == 1 && l->in_w == 1 ? QY_LAYER_FC : QY_LAYER_PWCONV;
  return QY_OK;
}

static qy_status make_conv(source *s, qy_layer *l, qy_scalesim_note *note, const sizes *z)
{
  qy_status status = QY_OK;
  if (z->kernel_h > z->in_h || z->kernel_w > z->in_w)
    return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0,
                      "expected a filter of at most the input's %" PRId64 "x%" PRId64 ", found %" PRId64 "x%" PRId64,
                      z->in_h, z->in_w, z->kernel_h, z->kernel_w);
  const int64_t out_h = (z->in_h - z->kernel_h + z->stride_h - 1) / z->stride_h + 1;
  const int64_t out_w = (z->in_w - z->kernel_w + z->stride_w - 1) / z->stride_w + 1;
  const int64_t grown_h = (out_h - 1) * z->stride_h + z->kernel_h, grown_w = (out_w - 1) * z->stride_w + z->kernel_w;
  *note = (qy_scalesim_note){.in_h = z->in_h, .in_w = z->in_w, .line = s->line};
  note->by_name = strstr(l->name, "DP") != NULL;
  note->grown = grown_h != z->in_h || grown_w != z->in_w;
  note->unpadded = (z->kernel_h > 1 && out_h != (z->in_h + z->stride_h - 1) / z->stride_h) ||
                   (z->kernel_w > 1 && out_w != (z->in_w + z->stride_w - 1) / z->stride_w);
  l->type = note->by_name ? QY_LAYER_DWCONV : QY_LAYER_CONV;
  l->groups = note->by_name ? z->channels : 1;
  l->in_h = grown_h, l->in_w = grown_w, l->in_c = z->channels;
  l->out_h = out_h, l->out_w = out_w, l->out_c = note->by_name ? z->channels : z->filters;
  l->kernel_h = z->kernel_h, l->kernel_w = z->kernel_w;
  l->stride_h = z->stride_h, l->stride_w = z->stride_w;
  l->batch = l->dilation_h = l->dilation_w = 1;
  if (note->by_name)
    status =
        source_warn(s, 1, "name holds \"DP\": one layer of one channel and one filter for each of %" PRId64 " channels",
                    z->channels);
  if (!status && note->grown)
    status =
        source_warn(s, 0,
                    "stride %" PRId64 "x%" PRId64 " does not divide: %" PRId64 "x%" PRId64 " input read as %" PRId64
                    "x%" PRId64 " for the %" PRId64 "x%" PRId64 " outputs that SCALE-Sim counts",
                    z->stride_h, z->stride_w, z->in_h, z->in_w, grown_h, grown_w, out_h, out_w);
  if (!status && note->unpadded)
    status =
        source_warn(s, 0,
                    "no padding, as in SCALE-Sim: %" PRId64 "x%" PRId64
                    " outputs (with padding that keeps the size it would be %" PRId64 "x%" PRId64 ")",
                    out_h, out_w, (z->in_h + z->stride_h - 1) / z->stride_h, (z->in_w + z->stride_w - 1) / z->stride_w);
  return status ? status : finish_layer(s, l);
}

static qy_status make_gemm(source *s, qy_layer *l, qy_scalesim_note *note, const int64_t *size)
{
  *note = (qy_scalesim_note){.in_h = size[0], .in_w = 1, .line = s->line};
  *l = qy_layer_product(l->name, size[0], size[1], size[2]);
  l->type = QY_LAYER_CONV; /* finish_layer says which kind */
  return finish_layer(s, l);
}

static qy_status read_number(source *s, const row *r, int i, role k, int64_t *value)
{
  if (whole_number(r->field[i], SIZE_LIMIT, value)) return QY_OK;
  return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, r->column[i], "%s: expected 1 to %d, found '%.*s'",
                    column_names[k], SIZE_LIMIT, SHOWN, r->field[i]);
}

/* "2:4": kept and all of a block. */
static bool read_sparsity(const char *text, int64_t *kept, int64_t *block)
{
  char first[SHOWN];
  const char *colon = strchr(text, ':');
  const size_t length = colon ? (size_t)(colon - text) : sizeof first;
  if (length >= sizeof first) return false;
  memcpy(first, text, length);
  first[length] = '\0';
  return whole_number(trim(first), SIZE_LIMIT, kept) &&
         whole_number(colon + 1 + strspn(colon + 1, " \t"), SIZE_LIMIT, block);
}

static bool is_sparsity(const char *text)
{
  int64_t kept, block;
  return read_sparsity(text, &kept, &block);
}

/* A name and sparsities alone: a list of what is left out, not of layers. */
static bool only_sparsity(const row *r)
{
  for (int i = 1; i < r->count; i++)
    if (!is_sparsity(r->field[i])) return false;
  return r->count > 1;
}

/* A field that is not used: sparsity, batch, or what the head line does not name. */
static qy_status leave_out(source *s, const row *r, int i, role k)
{
  int64_t number;
  const char *text = r->field[i];
  const bool whole = whole_number(text, SIZE_LIMIT, &number);
  if (is_sparsity(text))
    return source_warn(s, r->column[i],
                       "sparsity '%.*s' left out: all products are made, SCALE-Sim leaves some out if its "
                       "configuration says so",
                       SHOWN, text);
  if (k == ROLE_SPARSITY || (k == ROLE_BATCH && whole && number == 1) || !*text) return QY_OK;
  if (k == ROLE_BATCH) return source_warn(s, r->column[i], "batch '%.*s' left out: one image", SHOWN, text);
  return source_warn(s, r->column[i], "extra column '%.*s' left out", SHOWN, text);
}

/* Fields behind the columns: a second stride, a sparsity, or text. */
static qy_status read_extra(source *s, const row *r, const head *h, int64_t *stride_w)
{
  qy_status status = QY_OK;
  for (int i = h->count; i < r->count && !status; i++) {
    int64_t number;
    const bool whole = whole_number(r->field[i], SIZE_LIMIT, &number);
    if (whole && i == h->count && !h->gemm && h->place[ROLE_STRIDE_W] < 0)
      *stride_w = number;
    else if (whole)
      status = qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, r->column[i],
                          "expected %d columns%s, found more numbers: '%.*s' (a layout file, or another form?)",
                          h->count, h->named ? " as in the head line" : "", SHOWN, r->field[i]);
    else
      status = leave_out(s, r, i, ROLE_OTHER);
  }
  return status;
}

/* A row with more fields than columns: drop blank ones, other than the name. */
static qy_status drop_blanks(source *s, row *r, const head *h)
{
  qy_status status = QY_OK;
  int kept = 0;
  if (r->count <= h->count) return QY_OK;
  for (int i = 0; i < r->count && !status; i++) {
    if (!*r->field[i] && i != h->place[ROLE_NAME]) {
      status = source_warn(s, r->column[i], "blank column left out");
      continue;
    }
    r->field[kept] = r->field[i];
    r->column[kept++] = r->column[i];
  }
  r->count = kept;
  return status;
}

/* The numbers of the form; a stride may be missing at the end. */
static qy_status read_numbers(source *s, const row *r, const head *h, int64_t value[CONV_NUMBERS])
{
  const role first = h->gemm ? ROLE_M : ROLE_IN_H;
  const int numbers = h->gemm ? GEMM_NUMBERS : CONV_NUMBERS, optional = h->gemm ? 0 : 1;
  qy_status status = QY_OK;
  int found = 0;
  for (int i = 0; i < numbers; i++)
    found += h->place[first + (role)i] >= 0 && h->place[first + (role)i] < r->count;
  if (found < numbers - optional)
    return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0, "expected a name and %d numbers, found %d", numbers,
                      found);
  for (int i = 0; i < numbers && !status; i++) {
    const role k = first + (role)i;
    const int at = h->place[k];
    if (at >= 0 && at < r->count) {
      status = read_number(s, r, at, k, &value[i]);
    } else if (k == ROLE_STRIDE) {
      value[i] = 1;
      status = source_warn(s, 0, "no stride: taken as 1");
    } else {
      return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0, "%s: expected 1 to %d, found nothing",
                        column_names[k], SIZE_LIMIT);
    }
  }
  return status;
}

/* Columns that are not used, each with its value. */
static qy_status read_others(source *s, const row *r, const head *h)
{
  qy_status status = QY_OK;
  for (int i = 0; i < r->count && i < h->count && !status; i++) {
    role k = ROLE_OTHER;
    for (int j = 0; j < ROLE_COUNT; j++)
      if (h->place[j] == i) k = (role)j;
    if (k >= ROLE_SPARSITY) status = leave_out(s, r, i, k);
  }
  return status;
}

static qy_status read_row(source *s, row *r, const head *h, qy_layer *l, qy_scalesim_note *note)
{
  int64_t value[CONV_NUMBERS] = {0};
  qy_status status = drop_blanks(s, r, h);
  if (!status) status = read_numbers(s, r, h, value);
  if (!status && r->commas < r->count) status = source_warn(s, 0, "no comma at the end of the row");
  if (!status) status = read_others(s, r, h);
  int64_t stride_w = value[CONV_NUMBERS - 1];
  const int across = h->place[ROLE_STRIDE_W];
  if (!status && !h->gemm && across >= 0 && across < r->count)
    status = read_number(s, r, across, ROLE_STRIDE_W, &stride_w);
  if (!status) status = read_extra(s, r, h, &stride_w);
  if (status) return status;
  if (h->gemm) return make_gemm(s, l, note, value);
  const sizes z = {value[0], value[1], value[2], value[3], value[4], value[5], value[6], stride_w};
  return make_conv(s, l, note, &z);
}

static int by_name(const void *a, const void *b)
{
  const qy_layer *const *x = a, *const *y = b;
  const int c = strcmp((*x)->name, (*y)->name);
  return c ? c : (*x > *y) - (*x < *y);
}

static int by_text(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "NAME@LINE", or with a number behind it where a layer is called that.  Names made so differ from each other: lines
 * do. */
static const char *new_name(source *s, const char *name, const char *const *names, size_t count)
{
  const char *made = qy_arena_format(s->arena, "%s@%d", name, s->line);
  for (int i = 2; made && bsearch(&made, names, count, sizeof *names, by_text); i++)
    made = qy_arena_format(s->arena, "%s@%d.%d", name, s->line, i);
  return made;
}

/* Names used twice get their line's number: db/networks wants each once. */
static qy_status rename_twins(source *s, qy_scalesim_topology *t)
{
  qy_status status = QY_OK;
  const size_t count = t->network.layer_count;
  qy_layer **sorted = qy_alloc(count, sizeof(qy_layer *));
  const char **names = qy_alloc(count, sizeof *names); /* as in the file, sorted */
  if (!sorted || !names) {
    free(sorted);
    free(names);
    return no_memory(s->file, s->err);
  }
  for (size_t i = 0; i < count; i++)
    sorted[i] = &t->network.layer[i];
  qsort(sorted, count, sizeof(qy_layer *), by_name);
  for (size_t i = 0; i < count; i++)
    names[i] = sorted[i]->name;
  for (size_t i = 1, first = 0; i < count && !status; i++) {
    if (strcmp(names[i], names[first]) != 0) {
      first = i;
      continue;
    }
    s->line = t->note[sorted[i] - t->network.layer].line;
    sorted[i]->name = new_name(s, names[i], names, count);
    status = sorted[i]->name
                 ? source_warn(s, 1, "name '%.*s' used before: called '%.*s'", SHOWN, names[i], SHOWN, sorted[i]->name)
                 : no_memory(s->file, s->err);
  }
  free(sorted);
  free(names);
  return status;
}

static size_t count_lines(const char *text, size_t length)
{
  size_t lines = 1;
  for (size_t i = 0; i < length; i++)
    lines += text[i] == '\n' || text[i] == '\r';
  return lines;
}

/* The form of a file whose head line does not say it. */
static bool looks_like_product(const row *r)
{
  int numbers = 0;
  for (int i = 1; i < r->count; i++)
    numbers += *r->field[i] && !is_sparsity(r->field[i]);
  return numbers == GEMM_NUMBERS;
}

/* What is known of the columns so far. */
typedef struct form {
  head head;
  qy_scalesim_input input;
  bool started, decided; /* a first line was seen; the columns are known */
  bool semicolons;       /* separate all lines: commas are part of names */
  bool other;            /* a separator that is no comma was said */
} form;

/* The first line: *is_row when it is a layer already. */
static qy_status first_line(source *s, form *f, const row *r, bool *is_row)
{
  int64_t number;
  *is_row = r->count >= 2 && whole_number(r->field[1], SIZE_LIMIT, &number);
  f->started = true;
  if (*is_row) return source_warn(s, 0, "no head line: SCALE-Sim would leave out this layer");
  qy_status status = head_read(s, &f->head, &f->decided, r);
  if (status || !f->decided || f->input == QY_SCALESIM_DETECT) return status;
  if (f->head.gemm != (f->input == QY_SCALESIM_GEMM))
    return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0, "expected the head line of %s, found that of %s",
                      f->head.gemm ? "convolutions" : "products", f->head.gemm ? "products" : "convolutions");
  return QY_OK;
}

static qy_status add_layer(source *s, qy_scalesim_topology *t, form *f, row *r)
{
  if (!f->decided) {
    head_standard(&f->head, f->input == QY_SCALESIM_DETECT ? looks_like_product(r) : f->input == QY_SCALESIM_GEMM);
    f->decided = true;
  }
  const int at = f->head.place[ROLE_NAME];
  const char *name = at >= 0 && at < r->count ? r->field[at] : "";
  if (at == 0 && r->count == 1) return source_warn(s, 0, "'%.*s': a name without numbers left out", SHOWN, name);
  qy_layer *l = &t->network.layer[t->network.layer_count];
  qy_scalesim_note *note = &t->note[t->network.layer_count];
  *l = (qy_layer){.name = *name ? name : qy_arena_format(s->arena, "layer%d", s->line)};
  if (!l->name) return no_memory(s->file, s->err);
  qy_status status = *name ? QY_OK : source_warn(s, 1, "no name: called '%s'", l->name);
  if (!status) status = read_row(s, r, &f->head, l, note);
  if (status) return status;
  for (int i = 0; i < r->count; i++)
    if (i != at) read_sparsity(r->field[i], &note->kept, &note->block);
  t->network.layer_count++;
  t->by_name_count += note->by_name;
  t->unpadded_count += note->unpadded;
  return QY_OK;
}

static qy_status read_rows(source *s, qy_scalesim_topology *t, qy_scalesim_input input)
{
  qy_status status = QY_OK;
  form f = {.input = input};
  for (char *line; !status && (line = source_line(s));) {
    row r;
    const char separator = f.semicolons ? ';' : separator_of(line);
    if (*trim(line) == '\0') continue;
    if ((status = split_fields(s, &r, line, separator))) break;
    if (r.count == 0) {
      status = source_warn(s, 0, "row of empty columns left out");
      continue;
    }
    if (*r.field[0] == '#' && (r.count < 2 || !whole_number(r.field[1], SIZE_LIMIT, &(int64_t){0}))) continue;
    const bool other = separator != ',' && r.count > 1;
    if (other && !f.other)
      status = source_warn(s, 0, "columns separated by %s", separator == ';' ? "semicolons" : "tabs");
    f.other |= other;
    f.semicolons |= separator == ';' && r.count > 1;
    bool is_row = true;
    if (!status && only_sparsity(&r))
      status = qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, r.column[1],
                          "expected a topology (layer name, IFMAP height, ..., or layer, M, N, K), found a name and a "
                          "sparsity '%.*s' alone: a sparse file, which says nothing of the layers' sizes",
                          SHOWN, r.field[1]);
    if (!status && !f.started) status = first_line(s, &f, &r, &is_row);
    if (!status && is_row) status = add_layer(s, t, &f, &r);
  }
  return status;
}

bool qy_scalesim_may_be_sparse(const qy_scalesim_config *config, const qy_scalesim_note *note)
{
  return config->sparse && (config->sparse_rows || note->block == 0 || note->kept < note->block);
}

qy_status qy_scalesim_topology_text(qy_scalesim_topology **topology, const char *file, const char *text, size_t length,
                                    qy_scalesim_input input, qy_arena *arena, qy_error *err)
{
  source s;
  *topology = NULL;
  qy_scalesim_topology *t = qy_arena_alloc(arena, 1, sizeof *t);
  if (!t) return no_memory(file, err);
  const char *slash = strrchr(file, '/'), *from = slash ? slash + 1 : file, *dot = strrchr(from, '.');
  const size_t lines = count_lines(text, length);
  t->network.file = qy_arena_text(arena, file, strlen(file));
  t->network.name = qy_arena_text(arena, from, dot && dot > from ? (size_t)(dot - from) : strlen(from));
  t->network.text = qy_arena_text(arena, text, length);
  t->network.layer = qy_arena_alloc(arena, lines, sizeof *t->network.layer);
  t->note = qy_arena_alloc(arena, lines, sizeof *t->note);
  if (!t->network.file || !t->network.name || !t->network.text || !t->network.layer || !t->note)
    return no_memory(file, err);
  if (!(t->plain_name = plain_name(*t->network.name ? t->network.name : "network", arena))) return no_memory(file, err);
  qy_file_sha256(t->network.sha256, text, length, arena);
  qy_status status = source_start(&s, t->network.file, text, length, arena, &t->warnings, err);
  if (!status) status = read_rows(&s, t, input);
  if (!status && t->network.layer_count == 0)
    status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected at least one layer, found none");
  if (!status) status = rename_twins(&s, t);
  if (!status) *topology = t;
  return status;
}

qy_status qy_scalesim_topology_read(qy_scalesim_topology **topology, const char *file, qy_scalesim_input input,
                                    qy_arena *arena, qy_error *err)
{
  char *text;
  size_t length;
  *topology = NULL;
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  return status ? status : qy_scalesim_topology_text(topology, file, text, length, input, arena, err);
}
