/* Parameters that have one value in each of two experiments: see diff_axes.h. */
#include "diff_axes.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const diff_axis *diff_axis_at(const diff_axes *axes, size_t i)
{
  assert(i < axes->count);
  return (const diff_axis *)axes->at + i;
}

qy_status diff_axes_add(diff_axes *axes, const char *name, const char *a, const char *b, qy_error *err)
{
  if (!name || qy_grow(&axes->at, &axes->capacity, axes->count + 1, sizeof(diff_axis))) return qy_no_memory(err);
  ((diff_axis *)axes->at)[axes->count++] = (diff_axis){name, {a, b}};
  return QY_OK;
}

/* A piece of a text. */
typedef struct piece {
  const char *at;
  size_t length;
} piece;

static bool equal(piece a, piece b)
{
  return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

static piece keep(qy_arena *arena, piece p)
{
  return (piece){qy_arena_text(arena, p.at, p.length), p.length};
}

/* The designs of one name, and a parameter of them. */
typedef struct group {
  piece name;
  size_t designs[2];
} group;

typedef struct fact {
  size_t group;
  piece key, value[2];
  size_t seen[2];
  bool varies[2], cut;
} fact;

typedef struct facts {
  qy_arena *arena;
  void *group, *fact;
  size_t groups, group_room, facts, fact_room;
  bool one_name; /* each side has one, another one */
} facts;

static group *group_at(const facts *f, size_t i)
{
  return (group *)f->group + i;
}

static fact *fact_at(const facts *f, size_t i)
{
  return (fact *)f->fact + i;
}

static piece next_line(const char **text)
{
  const piece line = {*text, strcspn(*text, "\n")};
  *text += line.length + ((*text)[line.length] == '\n');
  return line;
}

static piece key_of(piece line)
{
  const char *end = memchr(line.at, '=', line.length);
  return (piece){line.at, end ? (size_t)(end - line.at) : line.length};
}

/* The number of the group of a name; groups: there is none. */
static size_t find_group(const facts *f, piece name)
{
  size_t i = 0;
  while (i < f->groups && !equal(group_at(f, i)->name, name))
    i++;
  return i;
}

/* The number of a parameter; facts: there is none.  Texts have one order: it is mostly the one behind the last. */
static size_t find_fact(const facts *f, size_t of, piece key, size_t hint)
{
  for (size_t n = 0; n < f->facts; n++) {
    const size_t i = (hint + n) % f->facts;
    if (fact_at(f, i)->group == of && equal(fact_at(f, i)->key, key)) return i;
  }
  return f->facts;
}

/* Texts are cut in place later: what is kept is copied. */
static qy_status count_line(facts *f, size_t of, piece line, int side, size_t *hint, qy_error *err)
{
  const piece key = key_of(line);
  const piece value = key.length < line.length ? (piece){key.at + key.length + 1, line.length - key.length - 1}
                                               : (piece){line.at + line.length, 0};
  const size_t i = find_fact(f, of, key, *hint);
  if (i == f->facts) {
    if (qy_grow(&f->fact, &f->fact_room, f->facts + 1, sizeof(fact))) return qy_no_memory(err);
    *fact_at(f, f->facts++) = (fact){.group = of, .key = keep(f->arena, key)};
  }
  fact *own = fact_at(f, i);
  if (!own->seen[side]++) own->value[side] = keep(f->arena, value);
  if (!own->key.at || !own->value[side].at) return qy_no_memory(err);
  own->varies[side] |= !equal(own->value[side], value);
  *hint = i + 1;
  return QY_OK;
}

static qy_status add_group(facts *f, piece name, qy_error *err)
{
  if (qy_grow(&f->group, &f->group_room, f->groups + 1, sizeof(group))) return qy_no_memory(err);
  const piece kept = keep(f->arena, name);
  if (!kept.at) return qy_no_memory(err);
  *group_at(f, f->groups++) = (group){.name = kept};
  return QY_OK;
}

/* Does each side have one name, and are they two? */
static qy_status look_at_names(facts *f, diff_axes *axes, const diff_design *design, size_t count, qy_error *err)
{
  piece name[2] = {{NULL, 0}, {NULL, 0}};
  f->one_name = true;
  for (size_t i = 0; i < count; i++) {
    const char *text = design[i].text;
    const piece own = next_line(&text);
    if (!name[design[i].side].at) name[design[i].side] = own;
    f->one_name &= equal(name[design[i].side], own);
  }
  f->one_name &= name[0].at && name[1].at && !equal(name[0], name[1]);
  if (!f->one_name) return QY_OK;
  const piece a = keep(f->arena, name[0]), b = keep(f->arena, name[1]);
  return a.at && b.at ? diff_axes_add(axes, "design", a.at, b.at, err) : qy_no_memory(err);
}

static piece name_of(const facts *f, const char **text)
{
  const piece name = next_line(text);
  return f->one_name ? (piece){"", 0} : name;
}

static qy_status count_design(facts *f, const diff_design *d, qy_error *err)
{
  const char *text = d->text;
  const piece name = name_of(f, &text);
  const size_t of = find_group(f, name);
  size_t hint = 0;
  qy_status status = of == f->groups ? add_group(f, name, err) : QY_OK;
  if (!status) group_at(f, of)->designs[d->side]++;
  while (!status && *text)
    status = count_line(f, of, next_line(&text), d->side, &hint, err);
  return status;
}

/* One value, or none at all, in each side, and not the same? */
static bool is_cut(const facts *f, const fact *x)
{
  const group *g = group_at(f, x->group);
  for (int s = 0; s < 2; s++)
    if (g->designs[s] == 0 || x->varies[s] || (x->seen[s] && x->seen[s] < g->designs[s])) return false;
  return !x->seen[0] != !x->seen[1] || !equal(x->value[0], x->value[1]);
}

static bool is_alike(const fact *x, const fact *y)
{
  for (int s = 0; s < 2; s++)
    if (!x->seen[s] != !y->seen[s] || (x->seen[s] && !equal(x->value[s], y->value[s]))) return false;
  return y->cut && equal(x->key, y->key);
}

/* Is the parameter cut out of all names alike?  *first: and is this the first of them? */
static bool is_of_all(bool *first, const facts *f, size_t i)
{
  size_t groups = 0, alike = 0;
  *first = true;
  for (size_t g = 0; g < f->groups; g++)
    groups += group_at(f, g)->designs[0] && group_at(f, g)->designs[1];
  for (size_t k = 0; k < f->facts; k++) {
    if (!is_alike(fact_at(f, i), fact_at(f, k))) continue;
    alike++;
    if (k < i) *first = false;
  }
  return alike == groups;
}

static qy_status list_cut(diff_axes *axes, const facts *f, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < f->facts; i++)
    fact_at(f, i)->cut = is_cut(f, fact_at(f, i));
  for (size_t i = 0; i < f->facts && !status; i++) {
    const fact *x = fact_at(f, i);
    bool first;
    if (!x->cut) continue;
    const bool all = is_of_all(&first, f, i);
    if (all && !first) continue;
    const char *key = strncmp(x->key.at, "$.", 2) ? x->key.at : x->key.at + 2;
    const char *name = all ? key : qy_arena_format(f->arena, "%s of %s", key, group_at(f, x->group)->name.at);
    status = diff_axes_add(axes, name, x->seen[0] ? x->value[0].at : NULL, x->seen[1] ? x->value[1].at : NULL, err);
  }
  return status;
}

static void cut(const facts *f, char *text)
{
  const char *rest = text;
  size_t hint = 0;
  const piece name = name_of(f, &rest);
  const size_t of = find_group(f, name);
  char *end = text + name.length;
  while (*rest) {
    const piece line = next_line(&rest);
    const size_t i = find_fact(f, of, key_of(line), hint);
    hint = i + 1;
    if (fact_at(f, i)->cut) continue;
    *end++ = '\n'; /* before the line: not behind where it began */
    memmove(end, line.at, line.length);
    end += line.length;
  }
  *end = '\0';
}

qy_status diff_axes_cut(diff_axes *axes, diff_design *design, size_t count, qy_error *err)
{
  assert(axes && axes->arena && (design || count == 0));
  facts f = {.arena = axes->arena};
  qy_status status = look_at_names(&f, axes, design, count, err);
  for (size_t i = 0; i < count && !status; i++)
    status = count_design(&f, &design[i], err);
  if (!status) status = list_cut(axes, &f, err);
  for (size_t i = 0; i < count && !status; i++)
    cut(&f, design[i].text);
  free(f.group);
  free(f.fact);
  return status;
}
