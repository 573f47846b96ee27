/* Published figures: read, evaluated, judged; see published.h. */
#include "quarry/published.h"

#include "measure.h"
#include "published_int.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char section_published[] = "published figures (nothing was fitted to them)";
static const char section_used[] = "published figures: used to set constants";

typedef enum relation { RELATION_RATIO, RELATION_DIFFERENCE, RELATION_VALUE } relation;
static const char *const relation_names[] = {"ratio", "difference", "value"};

static const char *const entry_keys[] = {"name",      "claim",      "source", "published", "unit",     "tolerance",
                                         "relation",  "quantity",   "of",     "to",        "variants", "technology",
                                         "clock_mhz", "calibrated", "expect", "note",      NULL};
static const char *const variant_keys[] = {"name", "of", "to", "technology", "clock_mhz", "note", NULL};

static qy_status need_text(const char **out, const qy_yaml *entry, const char *key, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(entry, key);
  return node ? qy_yaml_text(node, out, err) : qy_yaml_expected(entry, err, "a key `%s`", key);
}

static qy_status optional_text(const char **out, const qy_yaml *entry, const char *key, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(entry, key);
  *out = "";
  return node ? qy_yaml_text(node, out, err) : QY_OK;
}

static qy_status optional_number(double *out, const qy_yaml *entry, const char *key, double low, double high,
                                 qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(entry, key);
  return node ? qy_yaml_number(node, low, high, out, err) : QY_OK;
}

/* ---- one comparison ---- */

static double relate(relation how, double of, double to)
{
  return how == RELATION_RATIO ? of / to : of - to;
}

/* Draw by draw; what misses its clock on either side is NaN. */
static qy_status relate_draws(qy_figure_result *r, relation how, const measure_result *of, const measure_result *to,
                              qy_error *err)
{
  const measure_library *library = of->library ? of->library : to->library;
  if (!library) return QY_OK;
  const size_t count = library->draws->count;
  double *value = qy_alloc(count, sizeof *value);
  if (!value) return qy_no_memory(err);
  for (size_t k = 0; k < count; k++)
    value[k] = relate(how, of->draw ? of->draw[k] : of->value, to->draw ? to->draw[k] : to->value);
  figure_interval(r, value, count);
  free(value);
  return QY_OK;
}

/* One comparison: the entry's own, or one of its variants. */
static qy_status evaluate(figure_list *out, qy_figure_result r, const qy_yaml *entry, const qy_yaml *sides,
                          relation how, const char *quantity, const measure_conditions *at, bool calibrated,
                          qy_error *err)
{
  const qy_yaml *of = qy_yaml_get(sides, "of"), *to = qy_yaml_get(sides, "to");
  if (!of) of = qy_yaml_get(entry, "of");
  if (!to) to = qy_yaml_get(entry, "to");
  if (!of) return qy_yaml_expected(sides, err, "a key `of`: what is measured");
  if ((how == RELATION_VALUE) == !!to)
    return qy_yaml_expected(sides, err,
                            how == RELATION_VALUE ? "no key `to` beside relation value"
                                                  : "a key `to`: what it is compared with");
  measure_result a, b = {.library = NULL};
  qy_status status = measure(&a, of, quantity, at, err);
  if (!status && to) status = measure(&b, to, quantity, at, err);
  if (!status) status = relate_draws(&r, how, &a, &b, err);
  if (status) return status;
  r.model = relate(how, a.value, b.value);
  figure_judge(&r, calibrated);
  return figure_add(out, &r, err);
}

static qy_status evaluate_entry(figure_list *out, const qy_yaml *entry, const char *db_dir, measure_shared *shared,
                                qy_arena *arena, qy_error *err)
{
  static const char *const expectations[] = {"reproduced", "off"};
  if (entry->kind != QY_YAML_MAP) return qy_yaml_expected(entry, err, "a mapping that describes a figure");
  qy_figure_result r = {
      .file = entry->file, .line = entry->line, .variant = "", .published = NAN, .tolerance_frac = 0.1};
  measure_conditions at = {.db_dir = db_dir, .arena = arena, .clock_mhz = 200, .technology = "", .shared = shared};
  const char *quantity = "";
  size_t how = RELATION_RATIO, expectation = 1;
  int calibrated = 0;
  qy_status status = qy_yaml_check_keys(entry, entry_keys, err);
  if (!status) status = need_text(&r.name, entry, "name", err);
  if (!status) status = need_text(&r.claim, entry, "claim", err);
  if (!status) status = need_text(&r.source, entry, "source", err);
  if (!status) status = need_text(&quantity, entry, "quantity", err);
  if (!status) status = optional_text(&r.unit, entry, "unit", err);
  if (!status) status = optional_text(&r.note, entry, "note", err);
  if (!status) status = optional_text(&at.technology, entry, "technology", err);
  if (!status) status = optional_number(&r.published, entry, "published", -1e15, 1e15, err);
  if (!status && r.published == 0)
    status = qy_yaml_expected(qy_yaml_get(entry, "published"), err, "a figure other than 0 (tolerances are relative)");
  if (!status) status = optional_number(&r.tolerance_frac, entry, "tolerance", 0, 1, err);
  if (!status) status = optional_number(&at.clock_mhz, entry, "clock_mhz", 1e-3, 1e5, err);
  const qy_yaml *node = qy_yaml_get(entry, "relation");
  if (!status && node) status = qy_yaml_choice(node, relation_names, 3, &how, err);
  node = qy_yaml_get(entry, "calibrated");
  if (!status && node) status = qy_yaml_boolean(node, &calibrated, err);
  node = qy_yaml_get(entry, "expect");
  if (!status && node) status = qy_yaml_choice(node, expectations, 2, &expectation, err);
  if (status) return status;
  r.expected = expectation == 0;
  r.section = calibrated ? section_used : section_published;
  const qy_yaml *variants = qy_yaml_get(entry, "variants");
  if (!variants) return evaluate(out, r, entry, entry, (relation)how, quantity, &at, calibrated, err);
  if (variants->kind != QY_YAML_LIST || variants->count == 0)
    return qy_yaml_expected(variants, err, "a list of variants");
  for (size_t i = 0; !status && i < variants->count; i++) {
    const qy_yaml *variant = variants->child[i];
    qy_figure_result one = r;
    /* What was reproduced before is said of the entry; its first variant is the one meant. */
    one.expected = r.expected && i == 0;
    one.alternative = i > 0;
    if (variant->kind != QY_YAML_MAP) return qy_yaml_expected(variant, err, "a mapping that describes a variant");
    status = qy_yaml_check_keys(variant, variant_keys, err);
    if (!status) status = need_text(&one.variant, variant, "name", err);
    measure_conditions here = at;
    if (!status && qy_yaml_get(variant, "note")) status = optional_text(&one.note, variant, "note", err);
    if (!status && qy_yaml_get(variant, "technology"))
      status = optional_text(&here.technology, variant, "technology", err);
    if (!status) status = optional_number(&here.clock_mhz, variant, "clock_mhz", 1e-3, 1e5, err);
    if (!status) status = evaluate(out, one, entry, variant, (relation)how, quantity, &here, calibrated, err);
  }
  return status;
}

static qy_status evaluate_file(figure_list *out, const char *file, const char *db_dir, measure_shared *shared,
                               qy_arena *arena, qy_error *err)
{
  static const char *const keys[] = {"title", "figures", NULL};
  qy_yaml *root = NULL;
  qy_status status = qy_yaml_read_file(&root, file, arena, err);
  if (status) return status;
  if (root->kind != QY_YAML_MAP) return qy_yaml_expected(root, err, "a mapping with `figures`");
  if (qy_yaml_get(root, "targets")) return figures_of_calibration(out, root, db_dir, arena, err);
  if ((status = qy_yaml_check_keys(root, keys, err))) return status;
  const qy_yaml *figures = qy_yaml_get(root, "figures");
  if (!figures || figures->kind != QY_YAML_LIST) return qy_yaml_expected(root, err, "a key `figures` with a list");
  for (size_t i = 0; !status && i < figures->count; i++)
    status = evaluate_entry(out, figures->child[i], db_dir, shared, arena, err);
  return status;
}

static int is_yaml(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static qy_status evaluate_directory(figure_list *out, const char *directory, bool optional, const char *db_dir,
                                    measure_shared *shared, qy_arena *arena, qy_error *err)
{
  struct dirent **entries;
  if (!directory) return qy_no_memory(err);
  int count = scandir(directory, &entries, is_yaml, alphasort);
  if (count < 0 && optional && errno == ENOENT) return QY_OK;
  if (count < 0) return qy_fail_at(err, QY_BAD_INPUT, directory, 0, 0, "expected a directory with published figures");
  qy_status status = QY_OK;
  for (int i = 0; i < count; i++) {
    const char *file = qy_arena_format(arena, "%s/%s", directory, entries[i]->d_name);
    if (!status) status = file ? evaluate_file(out, file, db_dir, shared, arena, err) : qy_no_memory(err);
    free(entries[i]);
  }
  free(entries);
  return status;
}

/* Copy the results section by section, each in the order of evaluation. */
static void by_section(qy_figure_result *to, const qy_figure_result *from, size_t count)
{
  size_t n = 0;
  for (size_t i = 0; i < count; i++)
    if (from[i].section == section_published) to[n++] = from[i];
  for (size_t i = 0; i < count; i++)
    if (from[i].section == section_used) to[n++] = from[i];
  for (size_t i = 0; i < count; i++)
    if (from[i].section != section_published && from[i].section != section_used) to[n++] = from[i];
}

qy_status qy_published_evaluate(qy_figure_result **results, size_t *count, const char *db_dir, const char *file,
                                qy_arena *arena, qy_error *err)
{
  assert(results && count && db_dir && arena);
  figure_list out = {0};
  measure_shared shared = {.sram = NULL};
  qy_status status = QY_OK;
  *results = NULL;
  *count = 0;
  if (file) {
    status = evaluate_file(&out, file, db_dir, &shared, arena, err);
  } else {
    status =
        evaluate_directory(&out, qy_arena_format(arena, "%s/published", db_dir), false, db_dir, &shared, arena, err);
    if (!status)
      status = evaluate_directory(&out, qy_arena_format(arena, "%s/published/calibration", db_dir), true, db_dir,
                                  &shared, arena, err);
  }
  if (!status && out.count) {
    *results = qy_arena_alloc(arena, out.count, sizeof **results);
    if (*results)
      by_section(*results, out.result, out.count);
    else
      status = qy_no_memory(err);
  }
  if (!status) *count = out.count;
  free(out.result);
  return status;
}
