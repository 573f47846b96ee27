/* Designs as text: their name, and their parameters as JSON for the database. */
#include "plan_int.h"

#include "quarry/text.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ITEM_BYTES = 128 };

size_t qy_plan_design_bytes(const qy_plan *plan)
{
  return plan->entry_count > 0 ? plan->entries[plan->entry_count - 1].json_most : 0;
}

/* The entry of a design and the value index of each of its parameters. */
static const design_entry *entry_of(size_t index[QY_AXES_MAX], const qy_plan *plan, int64_t design)
{
  int low = 0, high = plan->entry_count; /* no entry is without designs */
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    *(plan->entries[middle].design_first <= design ? &low : &high) = middle;
  }
  const design_entry *g = &plan->entries[low];
  int64_t rest = design - g->design_first;
  for (size_t i = g->param_count; i-- > 0;) {
    index[i] = (size_t)(rest % (int64_t)g->param[i].count);
    rest /= (int64_t)g->param[i].count;
  }
  return g;
}

/* In `text` where it is a number, else a word of a table. */
static const char *value_at(char text[VALUE_TEXT], const design_entry *g, size_t i, const size_t *index)
{
  return value_text(text, g->params[i].row, g->param[i].value[index[i]]);
}

const char *qy_plan_design_parameters(const qy_plan *plan, int64_t design, qy_parameter_visit *visit, void *ctx)
{
  size_t index[QY_AXES_MAX] = {0};
  const design_entry *g = entry_of(index, plan, design);
  visit(ctx, "accelerator", g->system ? "system" : g->member[0].type->name, false);
  for (int m = 0; g->system && m < g->member_count; m++) {
    char key[ITEM_BYTES];
    snprintf(key, sizeof key, "%.*s.accelerator", ITEM_BYTES - 16, g->member[m].name);
    visit(ctx, key, g->member[m].type->name, false);
  }
  for (size_t i = 0; i < g->param_count; i++) {
    char text[VALUE_TEXT];
    const char *shown = value_at(text, g, i, index);
    visit(ctx, g->params[i].key, shown, shown == text); /* a number, or a word of a table */
  }
  return g->name;
}

/* ---- JSON ---- */

/* Keys of the parts of a design, each once, before they are put in order. */
typedef struct json_maker {
  const char *key[QY_AXES_MAX + MEMBERS_MAX + 1];
  json_part part[QY_AXES_MAX + MEMBERS_MAX + 1]; /* `before` is that of its place */
  bool put[QY_AXES_MAX + MEMBERS_MAX + 1];
  size_t count;
  design_entry *g;
  qy_text text; /* before the next value */
  qy_arena *arena;
} json_maker;

static void add_part(json_maker *j, const char *key, json_part part)
{
  j->key[j->count] = key;
  j->part[j->count++] = part;
}

/* Everything up to the value. */
static qy_status finish_part(json_maker *j, size_t i, qy_error *err)
{
  json_part *out = &j->g->json[j->g->json_count++];
  *out = j->part[i];
  out->before = j->text.failed ? NULL : qy_arena_text(j->arena, j->text.data, j->text.length);
  qy_text_free(&j->text);
  j->put[i] = true;
  return out->before ? QY_OK : qy_no_memory(err);
}

/* All parts whose keys begin with prefix[length], as the contents of an object. */
static qy_status put_object(json_maker *j, const char *prefix, size_t length,
                            qy_error *err) // NOLINT(misc-no-recursion)
{
  const char *gap = "";
  qy_status status = QY_OK;
  qy_text_add(&j->text, "{");
  for (size_t i = 0; !status && i < j->count; i++) {
    if (j->put[i] || strncmp(j->key[i], prefix, length) != 0) continue;
    const char *rest = j->key[i] + length, *dot = strchr(rest, '.');
    qy_text_add(&j->text, "%s\"%.*s\":", gap, dot ? (int)(dot - rest) : (int)strlen(rest), rest);
    gap = ",";
    status = dot ? put_object(j, j->key[i], length + (size_t)(dot - rest) + 1, err) : finish_part(j, i, err);
  }
  qy_text_add(&j->text, "}");
  return status;
}

/* Characters of the longest value. */
static size_t longest_value(const param *p, const values *v)
{
  size_t most = VALUE_TEXT;
  for (size_t i = 0; i < v->count && p->row->type == QY_PARAMETER_CHOICE; i++) {
    const size_t length = strlen(p->row->names[(size_t)v->value[i]]) + 2;
    if (length > most) most = length;
  }
  return most;
}

/* The keys in order, with what surrounds the values. */
static qy_status find_parts(design_entry *g, qy_arena *arena, qy_error *err)
{
  json_maker *j = qy_arena_alloc(arena, 1, sizeof *j);
  g->json = qy_arena_alloc(arena, g->param_count + MEMBERS_MAX + 1, sizeof *g->json);
  if (!j || !g->json) return qy_no_memory(err);
  *j = (json_maker){.g = g, .arena = arena};
  add_part(j, "accelerator", (json_part){.text = g->system ? "system" : g->member[0].type->name});
  for (int m = 0; g->system && m < g->member_count; m++) {
    const char *key = qy_arena_format(arena, "%s.accelerator", g->member[m].name);
    if (!key) return qy_no_memory(err);
    add_part(j, key, (json_part){.text = g->member[m].type->name});
  }
  for (size_t i = 0; i < g->param_count; i++)
    add_part(j, g->params[i].key, (json_part){.param = i});
  qy_status status = put_object(j, "", 0, err);
  if (!status && !j->text.failed) g->json_end = qy_arena_text(arena, j->text.data, j->text.length);
  qy_text_free(&j->text);
  return status || g->json_end ? status : qy_no_memory(err);
}

qy_status plan_json_make(design_entry *g, const design_entry *before, qy_arena *arena, qy_error *err)
{
  if (before && !g->system && !before->system && g->params == before->params) {
    g->json = before->json;
    g->json_count = before->json_count;
    g->json_end = before->json_end;
  } else {
    const qy_status status = find_parts(g, arena, err);
    if (status) return status;
  }
  g->json_bytes = strlen(g->json_end) + 1;
  for (size_t i = 0; i < g->json_count; i++) {
    const json_part *part = &g->json[i];
    g->json_bytes += strlen(part->before) + 3 +
                     (part->text ? strlen(part->text) : longest_value(&g->params[part->param], &g->param[part->param]));
  }
  g->json_most = before && before->json_most > g->json_bytes ? before->json_most : g->json_bytes;
  return QY_OK;
}

/* Keys and values are letters, digits and marks that need no escapes. */
const char *qy_plan_design(const qy_plan *plan, int64_t design, char *json, size_t size)
{
  size_t index[QY_AXES_MAX] = {0};
  const design_entry *g = entry_of(index, plan, design);
  char *at = json;
  assert(size >= g->json_bytes);
  (void)size;
  for (size_t i = 0; i < g->json_count; i++) {
    const json_part *part = &g->json[i];
    char text[VALUE_TEXT];
    const char *shown = part->text ? part->text : value_at(text, g, part->param, index);
    const char *quote = shown == text ? "" : "\"";
    at = stpcpy(stpcpy(stpcpy(stpcpy(at, part->before), quote), shown), quote);
  }
  stpcpy(at, g->json_end);
  return g->name;
}
