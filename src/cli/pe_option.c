/* A processing element named on the command line; see pe_option.h. */
#include "pe_option.h"

#include "cli.h"

#include "quarry/yaml.h"

#include <string.h>

const char *const pe_multipliers[] = {"array", "booth", NULL};

static qy_status set_one(void *ctx, const char *name, int64_t value, qy_error *err)
{
  if (value < -1000 || value > 1000)
    return qy_fail(err, QY_BAD_INPUT, "--param %s: expected a value from -1000 to 1000, found %lld", name,
                   (long long)value);
  return qy_pe_set(ctx, name, (int)value, err);
}

qy_status pe_option_build(qy_pe *pe, const char *name, const pe_option *o, qy_arena *arena, qy_error *err)
{
  size_t count, kind = 0;
  const qy_pe_info *info = qy_pe_table(&count);
  const char *names[QY_PE_KIND_COUNT];
  for (size_t i = 0; i < count; i++)
    names[i] = info[i].name;
  while (kind < count && strcmp(names[kind], name))
    kind++;
  if (kind == count) {
    const char *nearest = qy_nearest(name, names, count);
    return qy_fail(err, QY_BAD_INPUT,
                   "expected a processing element that `quarry list elements` shows, found \"%s\"%s%s%s", name,
                   nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  }
  qy_pe_params params = {.kind = info[kind].kind, .bits = 16, .multiplier = (qy_multiplier)o->multiplier};
  qy_status status = params_parse(o->params, set_one, &params, err);
  return status ? status : qy_pe_build(pe, &params, arena, err);
}
