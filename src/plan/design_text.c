/* Designs as text: their name, and their parameters as JSON for the database. */
#include "plan_int.h"

#include <stdio.h>
#include <string.h>

enum { ITEM_BYTES = 128 };

size_t qy_plan_design_bytes(const qy_plan *plan)
{
  size_t most = 0;
  for (int i = 0; i < plan->entry_count; i++) {
    const size_t items = plan->entries[i].param_count + 2 + MEMBERS_MAX;
    if (items * ITEM_BYTES > most) most = items * ITEM_BYTES;
  }
  return most;
}

const char *qy_plan_design_parameters(const qy_plan *plan, int64_t design, qy_parameter_visit *visit, void *ctx)
{
  const design_entry *g = plan->entries;
  while (design >= g->design_first + g->design_count)
    g++;
  int64_t rest = design - g->design_first;
  size_t index[QY_AXES_MAX] = {0};
  for (size_t i = g->param_count; i-- > 0;) {
    index[i] = (size_t)(rest % (int64_t)g->param[i].count);
    rest /= (int64_t)g->param[i].count;
  }
  visit(ctx, "accelerator", g->system ? "system" : g->member[0].type->name, false);
  for (int m = 0; g->system && m < g->member_count; m++) {
    char key[ITEM_BYTES];
    snprintf(key, sizeof key, "%.*s.accelerator", ITEM_BYTES - 16, g->member[m].name);
    visit(ctx, key, g->member[m].type->name, false);
  }
  for (size_t i = 0; i < g->param_count; i++) {
    char text[VALUE_TEXT];
    const char *shown = value_text(text, g->params[i].row, g->param[i].value[index[i]]);
    visit(ctx, g->params[i].key, shown, shown == text); /* a number, or a word of a table */
  }
  return g->name;
}

/* A bounded buffer; qy_plan_design_bytes is enough for all parameters. */
typedef struct json_text {
  char *out;
  size_t size, at;
} json_text;

/* Keys and values are letters, digits and marks that need no escapes. */
static void put_item(void *ctx, const char *key, const char *text, bool number)
{
  json_text *j = ctx;
  const char *quote = number ? "" : "\"";
  if (j->at >= j->size) return;
  const int n =
      snprintf(j->out + j->at, j->size - j->at, "%s\"%s\":%s%s%s", j->at ? "," : "{", key, quote, text, quote);
  if (n > 0) j->at += (size_t)n;
}

const char *qy_plan_design(const qy_plan *plan, int64_t design, char *json, size_t size)
{
  json_text j = {.out = json, .size = size};
  const char *name = qy_plan_design_parameters(plan, design, put_item, &j);
  if (j.at < size) snprintf(json + j.at, size - j.at, "}");
  return name;
}
