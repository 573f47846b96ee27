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

/* Append to a bounded buffer; qy_plan_design_bytes is enough for all parameters. */
static void put(char *out, size_t size, size_t *at, const char *text)
{
  int n = *at < size ? snprintf(out + *at, size - *at, "%s", text) : 0;
  if (n > 0) *at += (size_t)n;
}

const char *qy_plan_design(const qy_plan *plan, int64_t design, char *json, size_t size)
{
  const design_entry *g = plan->entries;
  while (design >= g->design_first + g->design_count)
    g++;
  int64_t rest = design - g->design_first;
  size_t index[QY_AXES_MAX] = {0}, at = 0;
  for (size_t i = g->param_count; i-- > 0;) {
    index[i] = (size_t)(rest % (int64_t)g->param[i].count);
    rest /= (int64_t)g->param[i].count;
  }
  char item[ITEM_BYTES];
  snprintf(item, sizeof item, "{\"accelerator\":\"%s\"", g->system ? "system" : g->member[0].type->name);
  put(json, size, &at, item);
  for (int m = 0; g->system && m < g->member_count; m++) {
    snprintf(item, sizeof item, ",\"%s.accelerator\":\"%s\"", g->member[m].name, g->member[m].type->name);
    put(json, size, &at, item);
  }
  for (size_t i = 0; i < g->param_count; i++) {
    char text[VALUE_TEXT];
    const char *shown = value_text(text, g->params[i].row, g->param[i].value[index[i]]);
    const char *quote = shown == text ? "" : "\""; /* a number, or a word of a table */
    snprintf(item, sizeof item, ",\"%s\":%s%s%s", g->params[i].key, quote, shown, quote);
    put(json, size, &at, item);
  }
  put(json, size, &at, "}");
  return g->name;
}

int qy_plan_find_design(const qy_plan *plan, const char *name)
{
  return plan_find_entry(plan, name);
}
