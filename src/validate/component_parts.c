/* What components are made of: see component_int.h. */
#include "component_int.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void component_refuse(component_maker *m, const char *reason)
{
  if (!m->reason) m->reason = reason;
}

static bool is_asked(const component_keys *asked, const char *key, size_t length)
{
  for (int i = 0; i < asked->count; i++)
    if (strlen(asked->key[i]) == length && memcmp(asked->key[i], key, length) == 0) return true;
  return false;
}

static void note_key(component_keys *asked, const char *key)
{
  if (!asked || is_asked(asked, key, strlen(key))) return;
  assert(asked->count < COMPONENT_KEYS_MAX);
  asked->key[asked->count++] = key;
}

const char *component_param_text(const component_maker *m, const char *key, size_t *length)
{
  note_key(m->asked, key);
  size_t key_length = strlen(key);
  for (const char *p = m->params; *p;) {
    size_t part = strcspn(p, " ");
    if (part > key_length && p[key_length] == '=' && strncmp(p, key, key_length) == 0) {
      *length = part - key_length - 1;
      return p + key_length + 1;
    }
    p += part + strspn(p + part, " ");
  }
  return NULL;
}

/* Is a part of `length` bytes before `end` of this name? */
static bool is_given_before(const char *params, const char *end, size_t length)
{
  for (const char *p = params + strspn(params, " "); p < end;) {
    if (strncmp(p, end, length) == 0 && p[length] == '=') return true;
    p += strcspn(p, " ");
    p += strspn(p, " ");
  }
  return false;
}

qy_status component_check_params(const char **reason, const char *params, const component_keys *asked, qy_arena *arena,
                                 qy_error *err)
{
  *reason = NULL;
  for (const char *p = params + strspn(params, " "); *p && !*reason;) {
    const size_t length = strcspn(p, "= ");
    const bool twice = is_given_before(params, p, length), known = p[length] == '=' && is_asked(asked, p, length);
    if (twice || !known) {
      *reason = qy_arena_format(arena, twice ? "the parameter %.*s is given twice" : "no parameter %.*s of this kind",
                                (int)length, p);
      if (!*reason) return qy_no_memory(err);
    }
    p += strcspn(p, " ");
    p += strspn(p, " ");
  }
  return *reason ? QY_INFEASIBLE : QY_OK;
}

int component_param(component_maker *m, const char *key, int low, int high)
{
  size_t length;
  const char *text = component_param_text(m, key, &length);
  if (!text) {
    component_refuse(m, "a parameter of this kind is missing");
    return low;
  }
  char *end;
  long value = strtol(text, &end, 10);
  if (end != text + length || length == 0) {
    component_refuse(m, "a parameter is not an integer");
    return low;
  }
  if (value < low || value > high) {
    component_refuse(m, "a parameter is outside what can be built");
    return low;
  }
  return (int)value;
}

qy_net component_in(component_maker *m, const char *name, int width, component_role role)
{
  component *made = m->made;
  if (made->inputs == COMPONENT_INPUTS_MAX) {
    component_refuse(m, "more inputs than can be built");
    return -1;
  }
  char register_name[16];
  snprintf(register_name, sizeof register_name, "r%d", made->inputs);
  made->role[made->inputs] = role;
  made->width[made->inputs++] = width;
  qy_net port = qy_input(m->c, name, width);
  qy_net reg = qy_register(m->c, register_name, width, -1);
  qy_register_connect(m->c, reg, port);
  return reg;
}

qy_net component_in_numbered(component_maker *m, const char *name, int number, int width, component_role role)
{
  char numbered[16];
  snprintf(numbered, sizeof numbered, "%s%d", name, number);
  return component_in(m, numbered, width, role);
}

void component_out(component_maker *m, const char *name, const char *register_name, qy_net net)
{
  qy_net reg = qy_register(m->c, register_name, qy_net_width(m->c, net), -1);
  qy_register_connect(m->c, reg, net);
  qy_output(m->c, name, reg);
}

qy_net component_accumulator(component_maker *m, int width, qy_net *gated)
{
  qy_net acc = qy_register(m->c, "acc", width, -1);
  qy_net keep = qy_extend(m->c, component_in(m, "clr", 1, ROLE_CLEAR), width, true);
  *gated = qy_bitwise(m->c, QY_OP_AND, acc, keep);
  return acc;
}

void component_accumulate(component_maker *m, qy_net acc, qy_net next)
{
  qy_register_connect(m->c, acc, next);
  qy_output(m->c, "y", acc);
}

qy_net component_sum(component_maker *m, qy_net *word, int count, bool is_signed, int most)
{
  for (; count > 1; count = (count + 1) / 2)
    for (int i = 0; 2 * i < count; i++) {
      const int at = 2 * i;
      word[i] = word[at];
      if (at + 1 == count) continue;
      const int a = qy_net_width(m->c, word[at]), b = qy_net_width(m->c, word[at + 1]), wider = a > b ? a : b;
      word[i] = qy_add(m->c, word[at], word[at + 1], wider < most ? wider + 1 : most, is_signed);
    }
  return word[0];
}
