/* The distinct processing elements of a design group, numbered. */
#include "plan_int.h"

#include <string.h>

static int is_element_key(const param *p)
{
  return strncmp(p->key, "pe.", 3) == 0;
}

size_t group_element_count(const group *g)
{
  size_t count = 1;
  for (size_t i = 0; i < g->type->param_count; i++)
    if (is_element_key(&g->type->params[i])) count *= g->param[i].count;
  return count;
}

size_t group_element_of(const group *g, const size_t *index)
{
  size_t element = 0;
  for (size_t i = 0; i < g->type->param_count; i++)
    if (is_element_key(&g->type->params[i])) element = element * g->param[i].count + index[i];
  return element;
}

void group_element_values(const group *g, size_t element, double value[QY_AXES_MAX])
{
  for (size_t i = g->type->param_count; i-- > 0;) {
    size_t at = 0;
    if (is_element_key(&g->type->params[i])) {
      at = element % g->param[i].count;
      element /= g->param[i].count;
    }
    value[i] = g->param[i].value[at];
  }
}

void group_element_params(const group *g, size_t element, qy_pe_params *pe)
{
  double value[QY_AXES_MAX];
  group_element_values(g, element, value);
  *pe = (qy_pe_params){0};
  g->type->pe_params(pe, value);
}
