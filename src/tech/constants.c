/* Readers of files of constants: see constants.h. */
#include "quarry/constants.h"

#include "quarry/csv.h"
#include "quarry/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void qy_reader_note(qy_reader *r, qy_status status)
{
  if (status && r->status != QY_NO_MEMORY) r->status = status;
}

const qy_yaml *qy_reader_required(qy_reader *r, const qy_yaml *map, const char *key)
{
  const qy_yaml *child = qy_yaml_get(map, key);
  if (!child)
    qy_reader_note(r, qy_fail_at(r->err, QY_BAD_INPUT, map->file, map->line, map->column, "%s%smissing key \"%s\"",
                                 map->path, map->path[0] ? ": " : "", key));
  return child;
}

void qy_reader_text(qy_reader *r, const qy_yaml *map, const char *key, const char **text)
{
  const qy_yaml *node = qy_reader_required(r, map, key);
  if (node) qy_reader_note(r, qy_yaml_text(node, text, r->err));
}

void qy_reader_constant(qy_reader *r, const qy_yaml *node, double low, double high, qy_constant *c)
{
  static const char *const keys[] = {"value", "low", "high", "status", "source", NULL};
  static const char *const origins[] = {
      [QY_READ] = "read", [QY_DERIVED] = "derived", [QY_RECALLED] = "recalled", [QY_CALIBRATED] = "calibrated"};
  if (node->kind != QY_YAML_MAP) {
    qy_reader_note(r, qy_yaml_expected(node, r->err, "a mapping {value, low, high, status, source}"));
    return;
  }
  const qy_status before = r->status;
  size_t origin = 0;
  r->status = qy_yaml_check_keys(node, keys, r->err);
  const qy_yaml *value = qy_reader_required(r, node, "value"), *below = qy_reader_required(r, node, "low"),
                *above = qy_reader_required(r, node, "high");
  const qy_yaml *status = qy_reader_required(r, node, "status"), *source = qy_reader_required(r, node, "source");
  if (value) qy_reader_note(r, qy_yaml_number(value, low, high, &c->value, r->err));
  if (below) qy_reader_note(r, qy_yaml_number(below, low, high, &c->low, r->err));
  if (above) qy_reader_note(r, qy_yaml_number(above, low, high, &c->high, r->err));
  if (status) qy_reader_note(r, qy_yaml_choice(status, origins, sizeof origins / sizeof *origins, &origin, r->err));
  if (source) qy_reader_note(r, qy_yaml_text(source, &c->source, r->err));
  c->status = (qy_origin)origin;
  if (!r->status && value && c->low > c->value)
    qy_reader_note(r, qy_yaml_expected(below, r->err, "at most the value %s", value->text));
  if (!r->status && value && c->high < c->value)
    qy_reader_note(r, qy_yaml_expected(above, r->err, "at least the value %s", value->text));
  qy_reader_note(r, before);
}

/* ---- tables ---- */

enum { NAME, VALUE, LOW, HIGH, UNIT, STATUS, SOURCE, COLUMNS };

static qy_status read_line(qy_constant *c, const qy_csv *csv, const int *at, const qy_constant_row *row, qy_error *err)
{
  const char *origins[QY_CALIBRATED + 1];
  int origin;
  for (int i = 0; i <= QY_CALIBRATED; i++)
    origins[i] = qy_origin_name((qy_origin)i);
  qy_status status = qy_csv_number(csv, at[VALUE], row->low, row->high, &c->value, err);
  if (!status) status = qy_csv_number(csv, at[LOW], row->low, c->value, &c->low, err);
  if (!status) status = qy_csv_number(csv, at[HIGH], c->value, row->high, &c->high, err);
  if (!status) status = qy_csv_choice(csv, at[STATUS], origins, QY_CALIBRATED + 1, &origin, err);
  if (status) return status;
  c->status = (qy_origin)origin;
  c->source = csv->field[at[SOURCE]];
  if (strcmp(csv->field[at[UNIT]], row->unit) != 0) return qy_csv_expected(csv, at[UNIT], err, "%s", row->unit);
  return *c->source ? QY_OK : qy_csv_expected(csv, at[SOURCE], err, "where the number is from");
}

qy_status qy_constants_read(qy_constant *constant, int *line, const qy_constant_row *row, int count, const char *kind,
                            const char *file, qy_arena *arena, qy_error *err)
{
  static const char *const columns[COLUMNS] = {"name", "value", "low", "high", "unit", "status", "source"};
  assert(constant && row && count > 0 && kind && file && arena);
  const char **names = qy_arena_alloc(arena, (size_t)count, sizeof *names);
  int at[COLUMNS], which;
  bool more;
  qy_csv csv;
  if (!names) return qy_no_memory(err);
  for (int i = 0; i < count; i++)
    names[i] = row[i].name;
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, columns, COLUMNS, at, err);
  while (!status && !(status = qy_csv_next(&csv, &more, err)) && more) {
    status = qy_csv_choice(&csv, at[NAME], names, count, &which, err);
    if (!status && constant[which].source) status = qy_csv_expected(&csv, at[NAME], err, "each %s once", kind);
    if (!status) status = read_line(&constant[which], &csv, at, &row[which], err);
    if (!status && line) line[which] = csv.line;
  }
  for (int i = 0; !status && i < count; i++)
    if (!constant[i].source)
      status = qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a row for %s, found none", names[i]);
  return status;
}

/* ---- the folder ---- */

static const char suffix[] = ".yaml";

/* Length of the name without the ending; 0: it has another one. */
static size_t stem_length(const char *name, const char *ending)
{
  const size_t length = strlen(name), end = strlen(ending);
  return length > end && strcmp(name + length - end, ending) == 0 ? length - end : 0;
}

qy_status qy_folder_names_ending(const char *const **names, size_t *count, const char *folder, const char *ending,
                                 const char *kind, qy_arena *arena, qy_error *err)
{
  assert(names && count && folder && ending && kind && arena);
  struct dirent **entries = NULL;
  const int found = scandir(folder, &entries, NULL, alphasort);
  if (found < 0 && errno == ENOMEM) return qy_no_memory(err);
  if (found < 0) return qy_fail_at(err, QY_BAD_INPUT, folder, 0, 0, "expected a directory with %s", kind);
  const char **list = qy_arena_alloc(arena, (size_t)found + 1, sizeof *list);
  qy_status status = list ? QY_OK : qy_no_memory(err);
  *count = 0;
  for (int i = 0; i < found; i++) {
    const size_t length = stem_length(entries[i]->d_name, ending);
    if (!status && length > 0 && !(list[(*count)++] = qy_arena_text(arena, entries[i]->d_name, length)))
      status = qy_no_memory(err);
    free(entries[i]);
  }
  free(entries);
  *names = list;
  return status;
}

qy_status qy_folder_names(const char *const **names, size_t *count, const char *folder, const char *kind,
                          qy_arena *arena, qy_error *err)
{
  return qy_folder_names_ending(names, count, folder, suffix, kind, arena, err);
}

static qy_status unknown_name(const char *name, const char *const *names, size_t count, const char *folder,
                              const char *kind, qy_error *err)
{
  qy_text list = {0};
  const char *nearest = qy_nearest(name, names, count);
  for (size_t i = 0; i < count; i++)
    qy_text_add(&list, "%s%s", i ? ", " : "", names[i]);
  qy_status status =
      qy_fail(err, QY_BAD_INPUT, "unknown %s \"%s\"%s%s%s; %s has %s", kind, name, nearest ? ", did you mean \"" : "",
              nearest ? nearest : "", nearest ? "\"" : "", folder, list.data ? list.data : "none");
  qy_text_free(&list);
  return status;
}

qy_status qy_folder_file(const char **file, const char *folder, const char *kind, const char *name, qy_arena *arena,
                         qy_error *err)
{
  assert(file && folder && kind && name && arena);
  const char *const *names = NULL;
  size_t count = 0;
  *file = name;
  if (strchr(name, '/') || strstr(name, suffix)) return QY_OK;
  const char *kinds = qy_arena_format(arena, "%ss", kind);
  qy_status status = kinds ? qy_folder_names(&names, &count, folder, kinds, arena, err) : qy_no_memory(err);
  if (status) return status;
  for (size_t i = 0; i < count; i++) {
    if (strcasecmp(names[i], name) != 0) continue;
    *file = qy_arena_format(arena, "%s/%s%s", folder, names[i], suffix);
    return *file ? QY_OK : qy_no_memory(err);
  }
  return unknown_name(name, names, count, folder, kind, err);
}
