/* Published figures: read, evaluated, judged; see published.h and db/published/README.md for the format. */
#include "quarry/published.h"

#include "measure.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdict_names[QY_VERDICT_COUNT] = {"reproduced", "off", "calibrated", "prediction"};

const char *qy_verdict_name(qy_verdict verdict)
{
  return verdict_names[verdict];
}

typedef enum relation { RELATION_RATIO, RELATION_DIFFERENCE, RELATION_VALUE } relation;
static const char *const relation_names[] = {"ratio", "difference", "value"};

static const char *const entry_keys[] = {"name",      "claim",      "source", "published", "unit",     "tolerance",
                                         "relation",  "quantity",   "of",     "to",        "variants", "technology",
                                         "clock_mhz", "calibrated", "expect", "note",      NULL};
static const char *const variant_keys[] = {"name", "of", "to", "note", NULL};

/* Results grow with the variants of each entry. */
typedef struct list {
  qy_figure_result *result;
  size_t count, capacity;
} list;

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

static void judge(qy_figure_result *r, bool calibrated)
{
  r->error_pct = 100 * (r->model / r->published - 1);
  if (isnan(r->published))
    r->verdict = QY_VERDICT_PREDICTION;
  else if (calibrated)
    r->verdict = QY_VERDICT_CALIBRATED;
  else
    r->verdict = fabs(r->model / r->published - 1) <= r->tolerance_frac ? QY_VERDICT_REPRODUCED : QY_VERDICT_OFF;
}

/* One comparison: the entry's own, or one of its variants. */
static qy_status evaluate(list *out, qy_figure_result r, const qy_yaml *entry, const qy_yaml *sides, relation how,
                          const char *quantity, const measure_conditions *at, bool calibrated, qy_error *err)
{
  const qy_yaml *of = qy_yaml_get(sides, "of"), *to = qy_yaml_get(sides, "to");
  if (!of) of = qy_yaml_get(entry, "of");
  if (!to) to = qy_yaml_get(entry, "to");
  if (!of) return qy_yaml_expected(sides, err, "a key `of`: what is measured");
  if ((how == RELATION_VALUE) == !!to)
    return qy_yaml_expected(sides, err,
                            how == RELATION_VALUE ? "no key `to` beside relation value"
                                                  : "a key `to`: what it is compared with");
  double a = 0, b = 0;
  qy_status status = measure(&a, of, quantity, at, err);
  if (!status && to) status = measure(&b, to, quantity, at, err);
  if (status) return status;
  r.model = how == RELATION_RATIO ? a / b : a - b;
  judge(&r, calibrated);
  void *results = out->result;
  if (qy_grow(&results, &out->capacity, out->count + 1, sizeof *out->result)) return qy_no_memory(err);
  out->result = results;
  out->result[out->count++] = r;
  return QY_OK;
}

static qy_status evaluate_entry(list *out, const qy_yaml *entry, const char *db_dir, qy_arena *arena, qy_error *err)
{
  static const char *const expectations[] = {"reproduced", "off"};
  if (entry->kind != QY_YAML_MAP) return qy_yaml_expected(entry, err, "a mapping that describes a figure");
  qy_figure_result r = {
      .file = entry->file, .line = entry->line, .variant = "", .published = NAN, .tolerance_frac = 0.1};
  measure_conditions at = {.db_dir = db_dir, .arena = arena, .clock_mhz = 200, .technology = ""};
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
    if (!status && qy_yaml_get(variant, "note")) status = optional_text(&one.note, variant, "note", err);
    if (!status) status = evaluate(out, one, entry, variant, (relation)how, quantity, &at, calibrated, err);
  }
  return status;
}

static qy_status evaluate_file(list *out, const char *file, const char *db_dir, qy_arena *arena, qy_error *err)
{
  static const char *const keys[] = {"title", "figures", NULL};
  qy_yaml *root = NULL;
  qy_status status = qy_yaml_read_file(&root, file, arena, err);
  if (status) return status;
  if (root->kind != QY_YAML_MAP) return qy_yaml_expected(root, err, "a mapping with `figures`");
  if ((status = qy_yaml_check_keys(root, keys, err))) return status;
  const qy_yaml *figures = qy_yaml_get(root, "figures");
  if (!figures || figures->kind != QY_YAML_LIST) return qy_yaml_expected(root, err, "a key `figures` with a list");
  for (size_t i = 0; !status && i < figures->count; i++)
    status = evaluate_entry(out, figures->child[i], db_dir, arena, err);
  return status;
}

static int is_yaml(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static qy_status evaluate_all(list *out, const char *db_dir, qy_arena *arena, qy_error *err)
{
  struct dirent **entries;
  const char *directory = qy_arena_format(arena, "%s/published", db_dir);
  if (!directory) return qy_no_memory(err);
  int count = scandir(directory, &entries, is_yaml, alphasort);
  if (count < 0) return qy_fail_at(err, QY_BAD_INPUT, directory, 0, 0, "expected a directory with published figures");
  qy_status status = QY_OK;
  for (int i = 0; i < count; i++) {
    const char *file = qy_arena_format(arena, "%s/%s", directory, entries[i]->d_name);
    if (!status) status = file ? evaluate_file(out, file, db_dir, arena, err) : qy_no_memory(err);
    free(entries[i]);
  }
  free(entries);
  return status;
}

qy_status qy_published_evaluate(qy_figure_result **results, size_t *count, const char *db_dir, const char *file,
                                qy_arena *arena, qy_error *err)
{
  list out = {0};
  *results = NULL;
  *count = 0;
  qy_status status = file ? evaluate_file(&out, file, db_dir, arena, err) : evaluate_all(&out, db_dir, arena, err);
  if (!status && out.count) {
    *results = qy_arena_alloc(arena, out.count, sizeof **results);
    if (*results)
      memcpy(*results, out.result, out.count * sizeof **results);
    else
      status = qy_no_memory(err);
  }
  if (!status) *count = out.count;
  free(out.result);
  return status;
}
