/* Files of published figures, section by section; see published.h. */
#include "figure_kept.h"
#include "published_int.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef qy_status evaluate_entry(figure_list *out, const qy_yaml *entry, const measure_conditions *defaults,
                                 qy_error *err);

static qy_status evaluate_list(figure_list *out, const qy_yaml *list, evaluate_entry *each,
                               const measure_conditions *defaults, qy_error *err)
{
  qy_status status = QY_OK;
  if (!list) return QY_OK;
  if (list->kind != QY_YAML_LIST || list->count == 0) return qy_yaml_expected(list, err, "a list of at least one");
  for (size_t i = 0; !status && i < list->count; i++) {
    status = each(out, list->child[i], defaults, err);
    qy_progress_update(&out->progress, (int64_t)out->count, NULL);
  }
  return status;
}

static qy_status evaluate_file(figure_list *out, const char *file, const measure_conditions *defaults, qy_error *err)
{
  static const char *const keys[] = {"title", "papers", "figures", NULL};
  qy_yaml *root = NULL;
  qy_status status = qy_yaml_read_file(&root, file, defaults->arena, err);
  if (status) return status;
  if (root->kind != QY_YAML_MAP) return qy_yaml_expected(root, err, "a mapping with `figures`");
  if (qy_yaml_get(root, "targets")) return figures_of_calibration(out, root, defaults->db_dir, defaults->arena, err);
  if ((status = qy_yaml_check_keys(root, keys, err))) return status;
  const qy_yaml *papers = qy_yaml_get(root, "papers"), *figures = qy_yaml_get(root, "figures");
  if (!papers && !figures) return qy_yaml_expected(root, err, "a key `papers` or `figures` with a list");
  status = evaluate_list(out, papers, figures_of_paper, defaults, err);
  return status ? status : evaluate_list(out, figures, figure_alone, defaults, err);
}

static int is_yaml(const struct dirent *entry)
{
  size_t length = strlen(entry->d_name);
  return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

static qy_status evaluate_directory(figure_list *out, const char *directory, bool optional,
                                    const measure_conditions *defaults, qy_error *err)
{
  struct dirent **entries;
  if (!directory) return qy_no_memory(err);
  int count = scandir(directory, &entries, is_yaml, alphasort);
  if (count < 0 && optional && errno == ENOENT) return QY_OK;
  if (count < 0 && errno == ENOMEM) return qy_no_memory(err);
  if (count < 0) return qy_fail_at(err, QY_BAD_INPUT, directory, 0, 0, "expected a directory with published figures");
  qy_status status = QY_OK;
  for (int i = 0; i < count; i++) {
    const char *file = qy_arena_format(defaults->arena, "%s/%s", directory, entries[i]->d_name);
    if (!status) status = file ? evaluate_file(out, file, defaults, err) : qy_no_memory(err);
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
    if (from[i].section == figure_section_published) to[n++] = from[i];
  for (size_t i = 0; i < count; i++)
    if (from[i].section == figure_section_used) to[n++] = from[i];
  for (size_t i = 0; i < count; i++)
    if (from[i].section != figure_section_published && from[i].section != figure_section_used) to[n++] = from[i];
}

static qy_status copy_results(qy_published **results, const figure_list *list, qy_arena *arena, qy_error *err)
{
  qy_published *p = qy_arena_alloc(arena, 1, sizeof *p);
  if (!p) return qy_no_memory(err);
  *p = (qy_published){.figure_count = list->count, .paper_count = list->paper_count};
  p->figure = qy_arena_alloc(arena, list->count, sizeof *p->figure);
  p->paper = qy_arena_alloc(arena, list->paper_count, sizeof *p->paper);
  if (!p->figure || !p->paper) return qy_no_memory(err);
  by_section(p->figure, list->result, list->count);
  for (size_t i = 0; i < list->paper_count; i++)
    p->paper[i] = list->paper[i];
  *results = p;
  return QY_OK;
}

qy_status qy_published_evaluate(qy_published **results, const char *db_dir, const char *file, const char *folder,
                                bool show_progress, qy_arena *arena, qy_error *err)
{
  assert(results && db_dir && arena);
  figure_list out = {0};
  measure_shared shared = {.sram = NULL};
  const measure_conditions defaults = {
      .db_dir = db_dir, .arena = arena, .clock_mhz = 200, .technology = "", .shared = &shared};
  *results = NULL;
  qy_status status = figures_take_kept(&shared, folder, db_dir, arena, err);
  qy_progress_start(&out.progress, STDERR_FILENO, !show_progress, "published", "figures", 0, 0);
  if (file && !status) {
    status = evaluate_file(&out, file, &defaults, err);
  } else if (!status) {
    status = evaluate_directory(&out, qy_arena_format(arena, "%s/published", db_dir), false, &defaults, err);
    if (!status)
      status =
          evaluate_directory(&out, qy_arena_format(arena, "%s/published/calibration", db_dir), true, &defaults, err);
  }
  qy_progress_finish(&out.progress);
  figures_keep(&shared, folder, db_dir, arena);
  if (!status) status = copy_results(results, &out, arena, err);
  figure_list_free(&out);
  return status;
}
