/* One published figure: read, measured, related; see published.h. */
#include "published_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

static const char *const relation_names[] = {
    [FIGURE_RATIO] = "ratio", [FIGURE_DIFFERENCE] = "difference", [FIGURE_VALUE] = "value"};

#define SHARED_KEYS                                                                                                    \
  "name", "claim", "source", "published", "unit", "tolerance", "relation", "quantity", "of", "to", "calibrated",       \
      "prediction", "expect", "note"
const char *const figure_keys[] = {SHARED_KEYS, NULL};
static const char *const keys_alone[] = {SHARED_KEYS, "technology", "clock_mhz", NULL};

qy_status figure_need_text(const char **out, const qy_yaml *map, const char *key, qy_error *err)
{
  assert(out && map && key);
  const qy_yaml *node = qy_yaml_get(map, key);
  return node ? qy_yaml_text(node, out, err) : qy_yaml_expected(map, err, "a key `%s`", key);
}

qy_status figure_optional_text(const char **out, const qy_yaml *map, const char *key, qy_error *err)
{
  assert(out && map && key);
  const qy_yaml *node = qy_yaml_get(map, key);
  *out = "";
  return node ? qy_yaml_text(node, out, err) : QY_OK;
}

qy_status figure_optional_number(double *out, const qy_yaml *map, const char *key, double low, double high,
                                 qy_error *err)
{
  assert(out && map && key);
  const qy_yaml *node = qy_yaml_get(map, key);
  return node ? qy_yaml_number(node, low, high, out, err) : QY_OK;
}

/* ---- reading ---- */

static qy_status optional_flag(bool *out, const qy_yaml *map, const char *key, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, key);
  int flag = *out;
  qy_status status = node ? qy_yaml_boolean(node, &flag, err) : QY_OK;
  *out = flag;
  return status;
}

/* What is off on purpose, and what is compared but not scored, needs its reason. */
static qy_status read_role(figure_entry *e, const qy_yaml *entry, qy_error *err)
{
  static const char *const expectations[] = {"reproduced", "off"};
  enum { REPRODUCED, OFF, NOTHING };
  size_t expectation = NOTHING;
  const qy_yaml *expect = qy_yaml_get(entry, "expect");
  qy_status status = optional_flag(&e->calibrated, entry, "calibrated", err);
  if (!status) status = optional_flag(&e->prediction, entry, "prediction", err);
  if (!status && expect) status = qy_yaml_choice(expect, expectations, 2, &expectation, err);
  if (status) return status;
  if ((e->prediction || expectation == OFF) && !*e->r.note)
    return qy_yaml_expected(entry, err, "a key `note` with the reason beside %s",
                            e->prediction ? "`prediction: true`" : "`expect: off`");
  if (e->prediction && (e->calibrated || expect))
    return qy_yaml_expected(entry, err, "neither `calibrated` nor `expect` beside `prediction: true`");
  e->r.expected = expectation == REPRODUCED;
  e->r.section = e->calibrated ? figure_section_used : figure_section_published;
  return QY_OK;
}

/* That of its paper, and what it says beside. */
static qy_status read_source(figure_entry *e, const qy_yaml *entry, const char *paper, qy_arena *arena, qy_error *err)
{
  const char *own = "";
  qy_status status =
      paper ? figure_optional_text(&own, entry, "source", err) : figure_need_text(&own, entry, "source", err);
  if (status) return status;
  e->r.source = !paper ? own : !*own ? paper : qy_arena_format(arena, "%s; %s", paper, own);
  return e->r.source ? QY_OK : qy_no_memory(err);
}

qy_status figure_read(figure_entry *e, const qy_yaml *entry, const char *const *keys, const char *source,
                      qy_arena *arena, qy_error *err)
{
  assert(e && entry && keys && arena);
  if (entry->kind != QY_YAML_MAP) return qy_yaml_expected(entry, err, "a mapping that describes a figure");
  *e = (figure_entry){.node = entry,
                      .r = {.file = entry->file,
                            .line = entry->line,
                            .paper = "",
                            .variant = "",
                            .published = NAN,
                            .tolerance_frac = 0.1}};
  size_t relation = FIGURE_RATIO;
  const qy_yaml *node;
  qy_status status = qy_yaml_check_keys(entry, keys, err);
  if (!status) status = figure_need_text(&e->r.name, entry, "name", err);
  if (!status) status = figure_need_text(&e->r.claim, entry, "claim", err);
  if (!status) status = read_source(e, entry, source, arena, err);
  if (!status) status = figure_need_text(&e->quantity, entry, "quantity", err);
  if (!status) status = figure_optional_text(&e->r.unit, entry, "unit", err);
  if (!status) status = figure_optional_text(&e->r.note, entry, "note", err);
  if (!status) status = figure_optional_number(&e->r.published, entry, "published", -1e15, 1e15, err);
  if (!status && e->r.published == 0)
    status = qy_yaml_expected(qy_yaml_get(entry, "published"), err, "a figure other than 0 (tolerances are relative)");
  if (!status) status = figure_optional_number(&e->r.tolerance_frac, entry, "tolerance", 0, 1, err);
  if (!status && (node = qy_yaml_get(entry, "relation")))
    status = qy_yaml_choice(node, relation_names, 3, &relation, err);
  if (status) return status;
  e->relation = (int)relation;
  const qy_yaml *to = qy_yaml_get(entry, "to");
  if (!qy_yaml_get(entry, "of")) return qy_yaml_expected(entry, err, "a key `of`: what is measured");
  if ((relation == FIGURE_VALUE) == !!to)
    return qy_yaml_expected(entry, err,
                            to ? "no key `to` beside relation value" : "a key `to`: what it is compared with");
  return read_role(e, entry, err);
}

/* ---- measuring ---- */

static double relate(const figure_entry *e, double of, double to)
{
  return e->relation == FIGURE_RATIO ? of / to : of - to;
}

/* Draw by draw; what misses its clock on either side is NaN. */
static qy_status relate_draws(figure_entry *e, const measure_result *of, const measure_result *to, qy_error *err)
{
  const size_t count = QY_PUBLISHED_DRAWS; /* of libraries, too */
  if (!of->draw && !to->draw) return QY_OK;
  double *value = qy_alloc(count, sizeof *value);
  if (!value) return qy_no_memory(err);
  for (size_t k = 0; k < count; k++)
    value[k] = relate(e, of->draw ? of->draw[k] : of->value, to->draw ? to->draw[k] : to->value);
  figure_interval(&e->r, value, count);
  free(value);
  return QY_OK;
}

qy_status figure_measure(figure_entry *e, const qy_yaml *of, const qy_yaml *to, const measure_conditions *at,
                         qy_error *err)
{
  assert(e && of && !to == (e->relation == FIGURE_VALUE) && at);
  measure_result a = {.library = NULL}, b = {.library = NULL};
  qy_status status = measure(&a, of, e->quantity, at, err);
  if (!status && to) status = measure(&b, to, e->quantity, at, err);
  if (!status && !at->central) status = relate_draws(e, &a, &b, err);
  if (status) return status;
  e->r.exact = a.exact && (!to || b.exact);
  e->r.model = relate(e, a.value, b.value);
  figure_judge(&e->r, e->calibrated, e->prediction);
  return QY_OK;
}

qy_status figure_alone(figure_list *out, const qy_yaml *entry, const measure_conditions *defaults, qy_error *err)
{
  assert(out && entry && defaults);
  figure_entry e = {.node = entry};
  measure_conditions at = *defaults;
  qy_status status = figure_read(&e, entry, keys_alone, NULL, at.arena, err);
  if (!status) status = figure_optional_text(&at.technology, entry, "technology", err);
  if (!status) status = figure_optional_number(&at.clock_mhz, entry, "clock_mhz", 1e-3, 1e5, err);
  if (!status) status = figure_measure(&e, qy_yaml_get(entry, "of"), qy_yaml_get(entry, "to"), &at, err);
  return status ? status : figure_add(out, &e.r, err);
}
