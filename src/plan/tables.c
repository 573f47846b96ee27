/* Which files a plan was read from, beside libraries, networks, devices and noise files, which it names itself. */
#include "plan_int.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *p, const void *q)
{
  return strcmp(*(const char *const *)p, *(const char *const *)q);
}

static int by_name(const void *p, const void *q)
{
  const qy_plan_file *a = p, *b = q;
  const int order = strcmp(a->name, b->name);
  return order ? order : strcmp(a->sha256, b->sha256);
}

const char *plan_shown_name(const qy_plan *plan, const char *file)
{
  const size_t length = strlen(plan->db_dir);
  if (strncmp(file, plan->db_dir, length) == 0 && file[length] == '/') return file + length + 1;
  const char *slash = strrchr(file, '/');
  return slash ? slash + 1 : file;
}

/* Hashes of the files that the plan names, rising. */
static const char **named_files(size_t *count, const qy_plan *plan)
{
  const qy_plan_info *info = &plan->info;
  const size_t most = (size_t)info->technology_count + (size_t)info->network_count + (size_t)info->device_count +
                      (size_t)info->noise_file_count;
  const char **hash = qy_alloc(most, sizeof *hash);
  size_t n = 0;
  if (!hash) return NULL;
  for (int i = 0; i < info->technology_count; i++)
    hash[n++] = info->technology[i]->sha256;
  for (int i = 0; i < info->network_count; i++)
    hash[n++] = info->network[i]->sha256;
  for (int i = 0; i < info->device_count; i++)
    hash[n++] = info->device[i]->sha256;
  for (int i = 0; i < info->noise_file_count; i++)
    hash[n++] = info->noise_file[i].sha256;
  qsort(hash, n, sizeof *hash, by_text);
  *count = n;
  return hash;
}

qy_status plan_tables_list(qy_plan *plan, const qy_file_log *log, qy_error *err)
{
  size_t named_count = 0, count = 0, kept = 0;
  const char **named = named_files(&named_count, plan);
  qy_plan_file *file = qy_arena_alloc(plan->arena, log->count, sizeof *file);
  if (!named || !file) {
    free(named);
    return qy_no_memory(err);
  }
  for (const qy_file_note *n = log->last; n; n = n->before) {
    const char *hash = n->sha256;
    if (!bsearch(&hash, named, named_count, sizeof *named, by_text))
      file[count++] = (qy_plan_file){plan_shown_name(plan, n->file), hash, n->text};
  }
  free(named);
  qsort(file, count, sizeof *file, by_name);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || by_name(&file[i], &file[kept - 1])) file[kept++] = file[i];
  plan->info.table = file;
  plan->info.table_count = (int)kept;
  return QY_OK;
}
