/* What the models chose where a design leaves it open: see qy_point.resolved. */
#include "model_int.h"

#include "quarry/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_text(qy_text *out, const char *text)
{
  qy_text_put(out, text, strlen(text));
}

/* A key with '_' for '.', behind what separates it from the one before. */
static void put_key(qy_text *out, const char *of, const char *key)
{
  put_text(out, out->length ? ",\"" : "{\"");
  if (of) {
    put_text(out, of);
    put_text(out, "_");
  }
  for (const char *dot; (dot = strchr(key, '.')); key = dot + 1) {
    qy_text_put(out, key, (size_t)(dot - key));
    put_text(out, "_");
  }
  put_text(out, key);
  put_text(out, "\":");
}

/* Most are small integers, for which printf takes most of the time of a point. */
static void put_number(qy_text *out, double value)
{
  enum { DIGITS = 9 };
  static const double small = 1e9;
  char digit[DIGITS];
  int first = DIGITS;
  if (!(value >= 0 && value < small && value == floor(value)) || signbit(value)) {
    qy_text_add(out, "%.17g", value);
    return;
  }
  unsigned rest = (unsigned)value;
  do {
    digit[--first] = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  qy_text_put(out, digit + first, (size_t)(DIGITS - first));
}

/* ---- what was chosen, as numbers ---- */

typedef struct choice {
  const char *of, *key; /* of: what stands before the key; NULL: nothing */
  double value;
  bool sides; /* value has a digit to the base QY_PE_SIDE_COUNT for each narrower mode, the first one lowest */
} choice;

enum { CHOICES_MOST = QY_AXES_MAX + 2 * MEMBERS_MAX };
typedef struct choices {
  size_t count;
  choice at[CHOICES_MOST];
} choices;

static void choose(choices *c, const char *of, const char *key, double value)
{
  if (!isnan(value)) c->at[c->count++] = (choice){of, key, value, false};
}

/* The value that leaves it open; NaN: none does. */
static double open_value(const qy_parameter *row)
{
  if (row->automatic) return 0;
  for (int i = 0; row->type == QY_PARAMETER_CHOICE && i < (int)row->name_count; i++)
    if (strcmp(row->names[i], "auto") == 0) return i;
  return NAN;
}

/* The parameters of an entry that some of its designs leave open. */
typedef struct open_params {
  int entry; /* 1 for the first one; 0: none yet */
  size_t count;
  struct {
    size_t param;
    double value; /* that leaves it open */
  } at[QY_AXES_MAX];
} open_params;

static void find_open(open_params *o, const design_entry *g, int entry)
{
  *o = (open_params){.entry = 1 + entry};
  for (size_t i = 0; i < g->param_count; i++) {
    const double value = open_value(g->params[i].row);
    size_t v = 0;
    while (v < g->param[i].count && g->param[i].value[v] != value)
      v++;
    if (v == g->param[i].count) continue;
    o->at[o->count].param = i;
    o->at[o->count++].value = value;
  }
}

/* Those that are left open.  An element has its own filled in; 0 or less there: it has no such thing. */
static void choose_parameters(choices *c, const design_entry *g, const open_params *o, int m, const struct held *h,
                              const size_t *index)
{
  const member *one = &g->member[m];
  const char *before = g->system ? one->name : NULL;
  for (size_t k = 0; k < o->count; k++) {
    const size_t i = o->at[k].param;
    const param *p = &g->params[i];
    if (i < one->first || i >= one->first + one->count || g->param[i].value[index[i]] != o->at[k].value) continue;
    const char *key = g->system ? p->key + strlen(before) + 1 : p->key;
    if (p->owner == OWNER_ELEMENT) {
      const double value = qy_parameter_get(&h->design.pe->params, p->row);
      if (value > 0) choose(c, before, key, value);
    } else if (p->owner == OWNER_ACCELERATOR && one->type->chosen) {
      choose(c, before, key, one->type->chosen(h->design.self, key));
    }
  }
}

/* Where operands of the narrower modes stand, where the model had the choice. */
static void choose_sides(choices *c, const char *of, const qy_pe *pe, const qy_prices *prices)
{
  double digits = 0;
  if (!qy_pe_row_of(pe->params.kind)->either_side || pe->params.operands_at != QY_PE_AT_BEST || pe->mode_count < 2)
    return;
  for (int mode = pe->mode_count - 1; mode > 0; mode--)
    digits = digits * QY_PE_SIDE_COUNT + (double)prices->side[mode];
  c->at[c->count++] = (choice){of, "pe.operands_at", digits, true};
}

/* "left", "left right": a side is never 0, that is left open. */
static void put_sides(qy_text *out, unsigned digits)
{
  for (const char *before = "\""; digits; digits /= QY_PE_SIDE_COUNT, before = " ")
    put_text(out, before), put_text(out, qy_pe_side_name((qy_pe_side)(digits % QY_PE_SIDE_COUNT)));
  put_text(out, "\"");
}

static void choose_all(choices *c, open_params *open, const qy_plan *plan, int entry, const struct held *held,
                       const size_t *index)
{
  const design_entry *g = &plan->entries[entry];
  const bool cells = !plan->technology[index[g->param_count + AXIS_TECHNOLOGY]]->fpga;
  c->count = 0;
  if (open->entry != 1 + entry) find_open(open, g, entry);
  for (int m = 0; m < g->member_count; m++) {
    const struct held *h = &held[m];
    const char *name = g->system ? g->member[m].name : NULL;
    if (cells) choose(c, name, "pe.stages", qy_prices_stages(h->design.prices, QY_ROLE_ELEMENT));
    if (cells) choose_sides(c, name, h->design.pe, h->design.prices);
    choose_parameters(c, g, open, m, h, index);
  }
}

/* ---- as texts ---- */

/* The text of choices met lately: neighbours along an axis mostly have the same. */
enum { KNOWN_CHOICES = 12, KNOWN_PLACES = 64 };
typedef struct known_text {
  const char *text; /* NULL: a free place */
  size_t count;
  choice at[KNOWN_CHOICES];
} known_text;
struct resolved_known {
  open_params open; /* of the entry at hand */
  known_text place[KNOWN_PLACES];
};

static size_t place_of(const choices *c)
{
  uint64_t hash = UINT64_C(14695981039346656037), bits; /* FNV-1a over words */
  for (size_t i = 0; i < c->count; i++) {
    memcpy(&bits, &c->at[i].value, sizeof bits);
    hash = (hash ^ bits ^ (uintptr_t)c->at[i].key) * UINT64_C(1099511628211);
    hash ^= hash >> 32;
  }
  return hash % KNOWN_PLACES;
}

/* Keys have the same address where they are the same parameter of the plan. */
static bool is_known(const known_text *k, const choices *c)
{
  bool same = k->text && k->count == c->count;
  for (size_t i = 0; same && i < c->count; i++) {
    const choice *a = &k->at[i], *b = &c->at[i];
    same = a->of == b->of && a->key == b->key && a->value == b->value && signbit(a->value) == signbit(b->value) &&
           a->sides == b->sides;
  }
  return same;
}

static const char *text_of(worker *w, const choices *c)
{
  qy_text out = {0};
  for (size_t i = 0; i < c->count; i++) {
    put_key(&out, c->at[i].of, c->at[i].key);
    if (c->at[i].sides)
      put_sides(&out, (unsigned)c->at[i].value);
    else
      put_number(&out, c->at[i].value);
  }
  put_text(&out, "}");
  const char *text = out.failed ? NULL : texts_keep(&w->reasons, out.data);
  qy_text_free(&out);
  return text;
}

qy_status resolved_of(const char **text, worker *w, const qy_model *model, int entry, const struct held *held,
                      const size_t *index, qy_error *err)
{
  choices c;
  *text = NULL;
  if (!w->resolved_known && !(w->resolved_known = qy_alloc(1, sizeof *w->resolved_known))) return qy_no_memory(err);
  choose_all(&c, &w->resolved_known->open, model->plan, entry, held, index);
  if (!c.count) return QY_OK;
  known_text *known = &w->resolved_known->place[place_of(&c)];
  if (is_known(known, &c)) {
    *text = known->text;
    return QY_OK;
  }
  if (!(*text = text_of(w, &c))) return qy_no_memory(err);
  if (c.count > KNOWN_CHOICES) return QY_OK;
  *known = (known_text){.text = *text, .count = c.count};
  memcpy(known->at, c.at, c.count * sizeof *c.at);
  return QY_OK;
}

qy_status resolved_take(const char **text, worker *w, const qy_model *model, qy_error *err)
{
  *text = w->resolved;
  if (w->resolved_at == w->moves && w->moves) return QY_OK;
  const qy_status status = resolved_of(&w->resolved, w, model, w->entry, w->member, w->index, err);
  if (status) return status;
  w->resolved_at = w->moves;
  *text = w->resolved;
  return QY_OK;
}
