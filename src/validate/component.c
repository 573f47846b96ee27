/* Components of the synthesis studies: see component.h.  The kinds are in component_*.c. */
#include "component_int.h"
#include "quarry/pe.h"

#include <assert.h>
#include <string.h>

typedef struct kind_row {
  const char *name;
  void (*make)(component_maker *m);
} kind_row;

static const kind_row kinds[] = {
#define ROW(kind) {#kind, component_##kind},
    COMPONENT_KINDS
#undef ROW
};

/* Sizes that an operator or an element refuses are a reason. */
static qy_status refused(const char **reason, const qy_error *why, qy_arena *arena)
{
  *reason = qy_arena_format(arena, "%s", why->count ? why->diagnostic[0].text : "a size that cannot be built");
  return *reason ? QY_INFEASIBLE : QY_NO_MEMORY;
}

static qy_status build(component *made, const char *kind, const char *params, bool every_gate, const char **reason,
                       qy_arena *arena, qy_error *err)
{
  *made = (component){.modes = 1};
  *reason = NULL;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    if (strcmp(kinds[i].name, kind) != 0) continue;
    made->circuit = qy_circuit_new(kind, arena);
    if (!made->circuit) return qy_fail(err, QY_NO_MEMORY, "out of memory while building %s", kind);
    component_keys asked = {.count = 0};
    component_maker m = {.made = made, .asked = &asked, .c = made->circuit, .params = params, .every_gate = every_gate};
    kinds[i].make(&m);
    *reason = m.reason;
    if (m.reason) return QY_INFEASIBLE;
    qy_status status = every_gate ? component_check_params(reason, params, &asked, arena, err) : QY_OK;
    qy_error why = {0};
    if (!status) status = qy_circuit_finish(made->circuit, &why);
    if (status == QY_BAD_INPUT) return refused(reason, &why, arena);
    if (status && status != QY_INFEASIBLE && why.count && err) *err = why;
    return status;
  }
  *reason = "unknown kind of component";
  return QY_INFEASIBLE;
}

qy_status component_build(component *made, const char *kind, const char *params, const char **reason, qy_arena *arena,
                          qy_error *err)
{
  assert(made && kind && params && reason && arena);
  return build(made, kind, params, false, reason, arena, err);
}

/* ---- elements */

static const char element_prefix[] = "q_";

bool component_is_element(const char *kind)
{
  assert(kind);
  return strncmp(kind, element_prefix, sizeof element_prefix - 1) == 0;
}

static bool takes(const qy_pe_row *row, const qy_parameter *parameter)
{
  for (const qy_parameter *const *p = row->parameter; p && *p; p++)
    if (*p == parameter) return true;
  return false;
}

/* The parameters of an element from "name=value name=value".  The study names a multiplier for every element; those
 * that have none pass over it. */
static qy_status set_all(qy_pe_params *params, const char *text, qy_arena *arena, qy_error *err)
{
  for (const char *p = text + strspn(text, " "); *p;) {
    const int length = (int)strcspn(p, " ");
    char *part = qy_arena_format(arena, "%.*s", length, p);
    if (!part) return qy_no_memory(err);
    char *value = strchr(part, '=');
    if (!value) return qy_fail(err, QY_BAD_INPUT, "found '%s', expected name=value", part);
    *value = '\0';
    const size_t name = (size_t)(value - part) + 1;
    for (const char *q = text + strspn(text, " "); q < p; q += strcspn(q, " "), q += strspn(q, " "))
      if (strncmp(q, p, name) == 0) return qy_fail(err, QY_BAD_INPUT, "the parameter %s is given twice", part);
    const bool passes = strcmp(part, qy_pe_multiplier_parameter.key) == 0 &&
                        !takes(qy_pe_row_of(params->kind), &qy_pe_multiplier_parameter);
    qy_status status = passes ? QY_OK : qy_pe_set(params, part, value + 1, err);
    if (status) return status;
    p += length;
    p += strspn(p, " ");
  }
  return QY_OK;
}

static qy_status element_circuit(qy_circuit **circuit, const char *kind, const char *params, const char **reason,
                                 qy_arena *arena)
{
  const int found = qy_pe_find(kind + sizeof element_prefix - 1);
  if (found < 0) {
    *reason = "unknown kind of element";
    return QY_INFEASIBLE;
  }
  qy_error why = {0};
  qy_pe pe = {.circuit = NULL};
  qy_pe_params given = qy_pe_default((qy_pe_kind)found);
  qy_status status = set_all(&given, params, arena, &why);
  if (!status) status = qy_pe_build(&pe, &given, arena, &why);
  if (!status) *circuit = pe.circuit;
  return status == QY_BAD_INPUT ? refused(reason, &why, arena) : status;
}

qy_status component_circuit(qy_circuit **circuit, const char *kind, const char *params, const char **reason,
                            qy_arena *arena, qy_error *err)
{
  assert(circuit && kind && params && reason && arena);
  *reason = NULL;
  if (component_is_element(kind)) {
    qy_status status = element_circuit(circuit, kind, params, reason, arena);
    return status && status != QY_INFEASIBLE ? qy_fail(err, status, "%s %s: cannot be built", kind, params) : status;
  }
  component made;
  qy_error ignored = {0};
  qy_status status = build(&made, kind, params, true, reason, arena, &ignored);
  *circuit = made.circuit;
  return status && status != QY_INFEASIBLE ? qy_fail(err, status, "%s %s: cannot be built", kind, params) : status;
}
