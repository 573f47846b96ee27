/* The distinct processing elements of a member of a design, numbered. */
#include "plan_int.h"

#include <string.h>

static int is_element_key(const param *p)
{
  return strncmp(p->key, "pe.", 3) == 0;
}

size_t group_element_count(const group *g, int m)
{
  const accelerator *type = g->member[m].type;
  const values *own = g->param + g->member[m].first;
  size_t count = 1;
  for (size_t i = 0; i < type->param_count; i++)
    if (is_element_key(&type->params[i])) count *= own[i].count;
  return count;
}

size_t group_element_of(const group *g, int m, const size_t *index)
{
  const accelerator *type = g->member[m].type;
  const size_t first = g->member[m].first;
  size_t element = 0;
  for (size_t i = 0; i < type->param_count; i++)
    if (is_element_key(&type->params[i])) element = element * g->param[first + i].count + index[first + i];
  return element;
}

void group_element_values(const group *g, int m, size_t element, double value[QY_AXES_MAX])
{
  const accelerator *type = g->member[m].type;
  const values *own = g->param + g->member[m].first;
  for (size_t i = type->param_count; i-- > 0;) {
    size_t at = 0;
    if (is_element_key(&type->params[i])) {
      at = element % own[i].count;
      element /= own[i].count;
    }
    value[i] = own[i].value[at];
  }
}

void group_element_params(const group *g, int m, size_t element, qy_pe_params *pe)
{
  double value[QY_AXES_MAX];
  group_element_values(g, m, element, value);
  *pe = (qy_pe_params){0};
  g->member[m].type->pe_params(pe, value);
}
