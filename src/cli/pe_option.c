/* A processing element named on the command line; see pe_option.h. */
#include "pe_option.h"

#include "cli.h"

#include "quarry/yaml.h"

#include <string.h>

static qy_status set_one(void *params, const char *name, const char *value, qy_error *err)
{
  return qy_pe_set(params, name, value, err);
}

/* Parameters of another element, where this one has them. */
static qy_status set_shared(void *params, const char *name, const char *value, qy_error *err)
{
  const qy_parameter *const *own = qy_pe_row_of(((const qy_pe_params *)params)->kind)->parameter;
  while (*own && strcmp((*own)->key, name))
    own++;
  return *own ? qy_pe_set(params, name, value, err) : QY_OK;
}

static qy_status build(qy_pe *pe, const char *name, const char *text, set_param_fn *set, qy_arena *arena, qy_error *err)
{
  const char *const *names = qy_pe_kind_parameter.names;
  const int kind = qy_pe_find(name);
  if (kind < 0) {
    const char *nearest = qy_nearest(name, names, QY_PE_KIND_COUNT);
    return qy_fail(err, QY_BAD_INPUT,
                   "expected a processing element that `quarry list elements` shows, found \"%s\"%s%s%s", name,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  qy_pe_params params = qy_pe_default((qy_pe_kind)kind);
  qy_status status = params_parse(text, set, &params, err);
  return status ? status : qy_pe_build(pe, &params, arena, err);
}

qy_status pe_option_build(qy_pe *pe, const char *name, const char *params, qy_arena *arena, qy_error *err)
{
  return build(pe, name, params, set_one, arena, err);
}

qy_status pe_option_build_beside(qy_pe *pe, const char *name, const char *params, qy_arena *arena, qy_error *err)
{
  return build(pe, name, params, set_shared, arena, err);
}
