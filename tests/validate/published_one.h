/* Files of published figures, evaluated in a folder of their own whose data are those of db/ but the figures. */
#ifndef QUARRY_TESTS_PUBLISHED_ONE_H
#define QUARRY_TESTS_PUBLISHED_ONE_H

#include "quarry/published.h"

#include "../files.h"
#include "tap.h"

#include <sys/stat.h>

static qy_arena *arena;
static char folder[] = "/tmp/quarry-published-XXXXXX", db[60], file[60];
static qy_error err;

/* NULL: not evaluated. */
static inline const qy_published *evaluate_in(const char *db_dir, const char *text, const char *kept)
{
  qy_published *p = NULL;
  qy_error_clear(&err);
  if (text && !write_file(file, text)) return NULL;
  qy_published_evaluate(&p, db_dir, text ? file : NULL, kept, false, arena, &err);
  return p;
}

static inline const qy_published *evaluate(const char *text)
{
  return evaluate_in(db, text, NULL);
}

static inline const char *said(void)
{
  return err.count ? err.diagnostic[0].text : "nothing";
}

static inline const qy_figure_result *find(const qy_published *p, const char *name, const char *variant)
{
  for (size_t i = 0; p && i < p->figure_count; i++)
    if (!strcmp(p->figure[i].name, name) && !strcmp(p->figure[i].variant, variant)) return &p->figure[i];
  return NULL;
}

static inline bool open_folder(void)
{
  static const char *const linked[] = {"tech", "structure.csv", "circuit", "fpga", "memory"};
  char path[300], here[300];
  arena = qy_arena_new();
  if (!arena || !mkdtemp(folder) || !getcwd(here, 200)) return false;
  snprintf(db, sizeof db, "%s/db", folder);
  snprintf(file, sizeof file, "%s/f.yaml", folder);
  snprintf(path, sizeof path, "%s/published", db);
  if (mkdir(db, 0777) || mkdir(path, 0777)) return false;
  const size_t end = strlen(here);
  for (size_t i = 0; i < sizeof linked / sizeof *linked; i++) {
    snprintf(here + end, sizeof here - end, "/db/%s", linked[i]);
    snprintf(path, sizeof path, "%s/%s", db, linked[i]);
    if (symlink(here, path)) return false;
  }
  return true;
}

static inline bool close_folder(void)
{
  char command[200];
  qy_arena_free(arena);
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command) == 0;
}

#endif
