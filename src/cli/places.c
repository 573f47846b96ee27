/* Where the program finds its data, and where it writes.
 *
 * The shipped data is one directory with db/ and experiments/ in it: a checkout, or PREFIX/share/quarry.  In this
 * order: $QUARRY_DATA_DIR, the checkout we are in, beside the program itself (so that a tree may be moved), the usual
 * places.
 */
#include "cli.h"

#include "quarry/file.h"
#include "quarry/yaml.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static const char experiment_folder[] = "experiments", experiment_end[] = ".yaml";

static bool is_directory(const char *path)
{
  struct stat st;
  return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_there(const char *path)
{
  return access(path, F_OK) == 0;
}

/* Is DIR/db ours as a whole?  A db/tech alone is where a user keeps libraries of his own. */
static bool holds_data(const char *directory)
{
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/db/schema.sql", directory) >= (int)sizeof path || !is_there(path)) return false;
  return snprintf(path, sizeof path, "%s/db/tech", directory) < (int)sizeof path && is_directory(path);
}

/* Of the program, its links followed.  Without /proc: as it was started. */
static bool own_path(char program[PATH_MAX])
{
  const char *started = (const char *)getauxval(AT_EXECFN); // NOLINT(performance-no-int-to-ptr): an address
  return realpath("/proc/self/exe", program) || (started && realpath(started, program));
}

/* DIR of the program, DIR/../share/quarry after `make install`, DIR/.. in a checkout. */
static bool beside_program(char out[PATH_MAX])
{
  static const char *const from_here[] = {"../share/quarry", ".."};
  char program[PATH_MAX], path[PATH_MAX];
  if (!own_path(program)) return false;
  char *slash = strrchr(program, '/');
  if (!slash) return false;
  *slash = '\0';
  for (size_t i = 0; i < sizeof from_here / sizeof *from_here; i++) {
    if (snprintf(path, sizeof path, "%s/%s", program, from_here[i]) >= (int)sizeof path) continue;
    if (holds_data(path) && realpath(path, out)) return true;
  }
  return false;
}

/* The directory of the shipped data; "." where there is none, and readers say what they miss. */
static const char *data_directory(void)
{
  static const char *const usual[] = {"/usr/local/share/quarry", "/usr/share/quarry"};
  static char beside[PATH_MAX]; /* found once */
  const char *given = getenv("QUARRY_DATA_DIR");
  if (given && *given) return given;
  if (holds_data(".")) return ".";
  if (*beside || beside_program(beside)) return beside;
  for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
    if (holds_data(usual[i])) return usual[i];
  return ".";
}

/* Of the user, as the XDG base directory specification says; NULL: nowhere. */
static const char *cache_directory(void)
{
  static char path[PATH_MAX]; /* found once */
  const char *given = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  const bool own = given && *given == '/';
  if (!own && !(home && *home == '/')) return NULL;
  const int length = snprintf(path, sizeof path, "%s%s/quarry", own ? given : home, own ? "" : "/.cache");
  return length < (int)sizeof path ? path : NULL;
}

void places_default(places *p)
{
  static char db[PATH_MAX + sizeof "/db"];
  const char *given = getenv("QUARRY_DB_DIR"), *data = data_directory();
  if (!*db) snprintf(db, sizeof db, "%s%sdb", strcmp(data, ".") ? data : "", strcmp(data, ".") ? "/" : "");
  p->db_dir = given && *given ? given : db;
  p->database = is_directory("db") ? "db/quarry.sqlite" : "quarry.sqlite";
  p->plots = is_directory("plots") ? "plots" : ".";
  p->cache = cache_directory();
}

const char *place_without_folders(const char *path)
{
  char here[PATH_MAX];
  const size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;
  if (length > 1 && strncmp(path, here, length) == 0 && path[length] == '/' && path[length + 1] != '/')
    return path + length + 1;
  const char *slash = *path == '/' ? strrchr(path, '/') : NULL;
  return slash ? slash + 1 : path;
}

const char *place_file(const char *operand, qy_arena *arena, qy_error *err)
{
  const char *data = data_directory(), *shipped;
  if (is_there(operand) || *operand == '/' || strcmp(data, ".") == 0) return operand;
  shipped = qy_arena_format(arena, "%s/%s", data, operand);
  if (!shipped) qy_no_memory(err);
  return shipped && is_there(shipped) ? shipped : shipped ? operand : NULL;
}

static int is_experiment(const struct dirent *entry)
{
  const size_t length = strlen(entry->d_name), end = strlen(experiment_end);
  return length > end && strcmp(entry->d_name + length - end, experiment_end) == 0;
}

qy_status place_names(const char *const **name, size_t *count, qy_arena *arena, qy_error *err)
{
  struct dirent **entry = NULL;
  const char *data = data_directory(), *folder = qy_arena_format(arena, "%s/%s", data, experiment_folder);
  const int found = folder ? scandir(folder, &entry, is_experiment, alphasort) : -1;
  const size_t n = found > 0 ? (size_t)found : 0;
  const char **all = qy_arena_alloc(arena, n + 1, sizeof *all);
  bool whole = folder && all;
  for (size_t i = 0; i < n; i++) {
    if (whole) all[i] = qy_arena_text(arena, entry[i]->d_name, strlen(entry[i]->d_name) - strlen(experiment_end));
    whole = whole && all[i];
    free(entry[i]);
  }
  free(entry);
  *name = all;
  *count = n;
  return whole ? QY_OK : qy_no_memory(err);
}

const char *place_experiment(const char *operand, qy_arena *arena, qy_error *err)
{
  const char *const *name;
  size_t count;
  const bool is_path = strchr(operand, '/') || strchr(operand, '.') || (is_there(operand) && !is_directory(operand));
  if (is_path) return place_file(operand, arena, err);
  if (place_names(&name, &count, arena, err)) return NULL;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(name[i], operand)) continue;
    const char *data = data_directory(), *in = strcmp(data, ".") ? data : "";
    const char *file =
        qy_arena_format(arena, "%s%s%s/%s%s", in, *in ? "/" : "", experiment_folder, operand, experiment_end);
    if (!file) qy_no_memory(err);
    return file;
  }
  const char *nearest = qy_nearest(operand, name, count);
  qy_fail_at(err, QY_BAD_INPUT, operand, 0, 0, "expected a readable file or a shipped experiment: no such file%s%s%s",
             nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return NULL;
}
