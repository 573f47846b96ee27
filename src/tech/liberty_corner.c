/* Whether the files of a Liberty import are one library at one corner. */
#include "liberty_import.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
  const char *attribute, *word, *unit;
} conditions[LIB_CONDITIONS] = {[LIB_VOLTAGE] = {"nom_voltage", "voltage", " V"},
                                [LIB_TEMPERATURE] = {"nom_temperature", "temperature", " C"},
                                [LIB_PROCESS] = {"nom_process", "process", ""}};

static double in_our_unit(const lib_library *l, int kind, double value)
{
  return kind == LIB_VOLTAGE ? value * l->volt_v : value;
}

static bool same(double a, double b)
{
  return fabs(a - b) <= 1e-6 * fmax(fabs(a), fabs(b));
}

/* What the operating conditions that count say: those of the default's name, or the only ones. */
static const lib_conditions *named_conditions(const lib_library *l)
{
  const lib_conditions *c = l->conditions;
  if (l->default_conditions.length == 0) return c && !c->next ? c : NULL;
  while (c && !piece_same(c->name, l->default_conditions))
    c = c->next;
  return c;
}

static qy_status fail_in(const importer *im, const lib_library *l, const char *text)
{
  if (!text) return qy_no_memory(im->model.err);
  return qy_fail_at(im->model.err, QY_BAD_INPUT, l->source->file, 0, 0, "%s", text);
}

/* Nominal values are those of the tables; the operating conditions of the file may say otherwise. */
static qy_status compare_named(importer *im, const lib_library *l, int kind)
{
  const lib_conditions *c = named_conditions(l);
  qy_arena *arena = im->model.arena;
  if (!c || !c->stated[kind].known || !l->nominal[kind].known) return QY_OK;
  if (same(c->stated[kind].value, l->nominal[kind].value)) return QY_OK;
  return lib_warn(im, qy_arena_format(arena,
                                      "%s: %s is %g%s, but that of operating_conditions \"%s\" %g%s; the first "
                                      "counts",
                                      l->source->file, conditions[kind].attribute,
                                      in_our_unit(l, kind, l->nominal[kind].value), conditions[kind].unit,
                                      piece_text(c->name, arena), in_our_unit(l, kind, c->stated[kind].value),
                                      conditions[kind].unit));
}

/* All libraries at one value of a condition; those that state none are taken to be at it, and that is said. */
static qy_status check_condition(importer *im, int kind)
{
  qy_arena *arena = im->model.arena;
  const lib_library *first = im->model.first;
  const char *word = conditions[kind].word, *unit = conditions[kind].unit;
  while (first && !first->nominal[kind].known)
    first = first->next;
  if (!first) return QY_OK;
  const double value = in_our_unit(first, kind, first->nominal[kind].value);
  for (const lib_library *l = im->model.first; l; l = l->next) {
    qy_status status = compare_named(im, l, kind);
    const double own = in_our_unit(l, kind, l->nominal[kind].value);
    if (status == QY_OK && !l->nominal[kind].known && kind != LIB_PROCESS && l->cells > 0)
      status = lib_warn(im, qy_arena_format(arena, "%s: states no %s; taken to be at %g%s as %s", l->source->file, word,
                                            value, unit, first->source->file));
    if (status == QY_OK && l->nominal[kind].known && !same(own, value))
      status = fail_in(im, l,
                       qy_arena_format(arena, "expected %s %g%s as in %s, found %g%s", conditions[kind].attribute,
                                       value, unit, first->source->file, own, unit));
    if (status != QY_OK) return status;
  }
  return QY_OK;
}

/* Files of one corner name it alike. */
static qy_status compare_names(importer *im)
{
  const lib_library *first = im->model.first;
  const lib_conditions *a = named_conditions(first);
  for (const lib_library *l = first->next; l && a; l = l->next) {
    const lib_conditions *b = named_conditions(l);
    if (!b || piece_same(a->name, b->name)) continue;
    return lib_warn(im, qy_arena_format(im->model.arena,
                                        "%s: operating_conditions \"%s\", in %s \"%s\": is that one corner?",
                                        l->source->file, piece_text(b->name, im->model.arena), first->source->file,
                                        piece_text(a->name, im->model.arena)));
  }
  return QY_OK;
}

static qy_status check_voltage(importer *im)
{
  qy_arena *arena = im->model.arena;
  const lib_library *first = im->model.first;
  while (first && !first->nominal[LIB_VOLTAGE].known)
    first = first->next;
  if (!first)
    return fail_in(
        im, im->model.first,
        "expected a nom_voltage above 0, or operating_conditions or a voltage_map of one voltage, found none");
  im->supply_v = first->nominal[LIB_VOLTAGE].value * first->volt_v;
  if (!(im->supply_v >= TECH_VOLTAGE_MIN_V && im->supply_v <= TECH_VOLTAGE_MAX_V))
    return fail_in(im, first,
                   qy_arena_format(arena,
                                   "expected a supply from %g to %g V, found %g V (%g by a voltage_unit of %g V)",
                                   TECH_VOLTAGE_MIN_V, TECH_VOLTAGE_MAX_V, im->supply_v,
                                   first->nominal[LIB_VOLTAGE].value, first->volt_v));
  for (lib_library *l = im->model.first; l; l = l->next)
    l->supply_v = im->supply_v;
  return QY_OK;
}

static qy_status check_temperature(importer *im)
{
  const lib_library *l = im->model.first;
  assert(l);
  while (l && !l->nominal[LIB_TEMPERATURE].known)
    l = l->next;
  if (!l)
    return lib_warn(im, qy_arena_format(im->model.arena, "%s: states no temperature; taken to be at %g C as %s",
                                        im->model.first->source->file, im->options->base->temperature_c,
                                        im->options->base->name));
  const double value_c = l->nominal[LIB_TEMPERATURE].value;
  if (value_c >= TECH_TEMPERATURE_MIN_C && value_c <= TECH_TEMPERATURE_MAX_C) return QY_OK;
  return fail_in(im, l,
                 qy_arena_format(im->model.arena, "expected a temperature from %g to %g C, found %g C",
                                 TECH_TEMPERATURE_MIN_C, TECH_TEMPERATURE_MAX_C, value_c));
}

typedef struct named {
  lib_cell *cell;
  size_t order;
} named;

static int by_name(const void *x, const void *y)
{
  const named *a = x, *b = y;
  const size_t length = a->cell->name.length < b->cell->name.length ? a->cell->name.length : b->cell->name.length;
  int sign = length ? memcmp(a->cell->name.at, b->cell->name.at, length) : 0;
  if (sign == 0) sign = (a->cell->name.length > b->cell->name.length) - (a->cell->name.length < b->cell->name.length);
  return sign ? sign : (a->order > b->order) - (a->order < b->order);
}

/* The same cells in two files are two corners, or one file given twice: the first counts. */
static qy_status check_twins(importer *im)
{
  size_t count = 0, twins = 0;
  const lib_cell *shown = NULL, *shown_first = NULL;
  if (!im->model.first->next || im->model.cell_count == 0) return QY_OK;
  named *all = qy_arena_alloc(im->model.arena, im->model.cell_count, sizeof *all);
  if (!all) return qy_no_memory(im->model.err);
  for (lib_cell *c = im->model.cell; c; c = c->next, count++)
    all[count] = (named){c, count};
  qsort(all, count, sizeof *all, by_name);
  for (size_t i = 1, first = 0; i < count; i++) {
    if (!piece_same(all[i].cell->name, all[first].cell->name)) {
      first = i;
    } else if (all[i].cell->library != all[first].cell->library) {
      all[i].cell->odd = "stands in an earlier file, too";
      shown = all[i].cell;
      shown_first = all[first].cell;
      twins++;
    }
  }
  if (!shown) return QY_OK;
  return lib_warn(
      im, qy_arena_format(im->model.arena,
                          "%s: %zu of its and other files' cells stand in earlier ones, too (%s in %s): the first "
                          "counts; are these two corners?",
                          shown->library->source->file, twins, piece_text(shown->name, im->model.arena),
                          shown_first->library->source->file));
}

qy_status lib_check_corner(importer *im)
{
  assert(im && im->model.first);
  qy_status status = check_voltage(im);
  for (const lib_library *l = im->model.first; l && status == QY_OK; l = l->next) {
    if (l->cells > 0 && !(l->cap_ff > 0)) status = fail_in(im, l, "expected a capacitive_load_unit, found none");
    if (l->include && status == QY_OK)
      status = lib_warn(im, qy_arena_format(im->model.arena, "%s: include_file is not followed; give that file, too",
                                            l->source->file));
  }
  for (int kind = 0; kind < LIB_CONDITIONS && status == QY_OK; kind++)
    status = check_condition(im, kind);
  if (status == QY_OK) status = check_temperature(im);
  if (status == QY_OK) status = compare_names(im);
  return status == QY_OK ? check_twins(im) : status;
}
