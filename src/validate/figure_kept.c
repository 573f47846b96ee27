/* Measured figures kept between runs: see figure_kept.h.
 *
 * Layout, in native words: texts are a length and so many bytes, numbers 8 bytes.  The version of the program, the
 * platform; how many files, of each its name under db_dir and its digest; how many figures, of each what is measured,
 * EXACT | DRAWN, the value, its draws if there are any; the digest of all before.
 */
#include "figure_kept.h"

#include "quarry/file.h"
#include "quarry/published.h"
#include "quarry/sha256.h"
#include "quarry/text.h"
#include "quarry/version.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static const char file_name[] = "published.figures";
enum { EXACT = 1, DRAWN = 2, DIGEST = 64 };

/* ---- reading ---- */

typedef struct cursor {
  const char *at, *end;
  bool failed;
} cursor;

static void take(void *to, cursor *c, size_t bytes)
{
  c->failed |= (size_t)(c->end - c->at) < bytes;
  if (c->failed) return;
  memcpy(to, c->at, bytes);
  c->at += bytes;
}

static uint64_t take_word(cursor *c)
{
  uint64_t word = 0;
  take(&word, c, sizeof word);
  return word;
}

/* NULL: there is none. */
static const char *take_text(cursor *c, qy_arena *arena)
{
  const uint64_t length = take_word(c);
  c->failed |= (uint64_t)(c->end - c->at) < length;
  const char *text = c->failed ? NULL : qy_arena_text(arena, c->at, (size_t)length);
  c->failed |= !text;
  if (text) c->at += length;
  return text;
}

/* Is the file as it was?  Its note goes to the log. */
static bool take_file(qy_file_log *log, cursor *c, const char *db_dir, qy_arena *arena)
{
  char *text, sha256[DIGEST + 1];
  size_t length;
  qy_error unsaid = {0};
  qy_file_note *note = qy_arena_alloc(arena, 1, sizeof *note);
  const char *name = take_text(c, arena), *path = name ? qy_arena_format(arena, "%s/%s", db_dir, name) : NULL;
  if (note) take(note->sha256, c, DIGEST);
  if (c->failed || !note || !path || qy_file_read(&text, &length, path, arena, &unsaid)) return false;
  qy_sha256_text(sha256, text, length);
  note->file = path;
  note->sha256[DIGEST] = '\0';
  note->before = log->last;
  log->last = note;
  log->count++;
  return strcmp(sha256, note->sha256) == 0;
}

static struct measure_result_cache *take_figure(struct measure_result_cache *before, cursor *c, qy_arena *arena)
{
  struct measure_result_cache *figure = qy_arena_alloc(arena, 1, sizeof *figure);
  const char *text = take_text(c, arena);
  const uint64_t what = take_word(c);
  double *draw = what & DRAWN ? qy_arena_alloc(arena, QY_PUBLISHED_DRAWS, sizeof *draw) : NULL;
  if (!figure || (what & DRAWN && !draw)) c->failed = true;
  if (c->failed) return before;
  *figure =
      (struct measure_result_cache){.text = text, .result = {.exact = what & EXACT, .draw = draw}, .next = before};
  take(&figure->result.value, c, sizeof figure->result.value);
  if (draw) take(draw, c, QY_PUBLISHED_DRAWS * sizeof *draw);
  return figure;
}

static bool take_all(measure_shared *out, cursor *c, const char *db_dir, qy_arena *arena)
{
  char here[QY_PLATFORM];
  const char *version = take_text(c, arena), *platform = take_text(c, arena);
  if (c->failed || strcmp(version, qy_program_version()) || strcmp(platform, qy_platform(here))) return false;
  for (uint64_t files = take_word(c); files > 0; files--)
    if (!take_file(&out->log, c, db_dir, arena)) return false;
  for (uint64_t figures = take_word(c); figures > 0 && !c->failed; figures--)
    out->results = take_figure(out->results, c, arena);
  out->kept = out->results;
  return !c->failed && c->at == c->end;
}

static char *path_of(const char *folder, qy_arena *arena)
{
  return folder ? qy_arena_format(arena, "%s/%s", folder, file_name) : NULL;
}

qy_status figures_take_kept(measure_shared *shared, const char *folder, const char *db_dir, qy_arena *arena,
                            qy_error *err)
{
  assert(shared && db_dir && arena);
  const char *path = path_of(folder, arena);
  char *text, sha256[DIGEST + 1];
  size_t length;
  qy_error unsaid = {0};
  if (!folder) return QY_OK;
  if (!path) return qy_no_memory(err);
  if (qy_file_is_stream(path) || qy_file_read(&text, &length, path, arena, &unsaid) || length < DIGEST) return QY_OK;
  qy_sha256_text(sha256, text, length - DIGEST);
  if (memcmp(text + length - DIGEST, sha256, DIGEST) != 0) return QY_OK;
  measure_shared kept = *shared;
  cursor c = {text, text + length - DIGEST, false};
  if (take_all(&kept, &c, db_dir, arena)) *shared = kept;
  return QY_OK;
}

/* ---- writing ---- */

static void put_word(qy_text *out, uint64_t word)
{
  qy_text_put(out, (const char *)&word, sizeof word);
}

static void put_text(qy_text *out, const char *text)
{
  put_word(out, strlen(text));
  qy_text_put(out, text, strlen(text));
}

/* Name of the file under db_dir; NULL: it is elsewhere. */
static const char *name_under(const char *db_dir, const char *file)
{
  const size_t length = strlen(db_dir);
  return strncmp(file, db_dir, length) == 0 && file[length] == '/' ? file + length + 1 : NULL;
}

/* False: one is elsewhere. */
static bool put_files(qy_text *out, const qy_file_log *log, const char *db_dir)
{
  put_word(out, log->count);
  for (const qy_file_note *n = log->last; n; n = n->before) {
    const char *name = name_under(db_dir, n->file);
    if (!name) return false;
    put_text(out, name);
    qy_text_put(out, n->sha256, DIGEST);
  }
  return true;
}

static void put_figures(qy_text *out, const struct measure_result_cache *figures)
{
  uint64_t count = 0;
  for (const struct measure_result_cache *f = figures; f; f = f->next)
    count++;
  put_word(out, count);
  for (const struct measure_result_cache *f = figures; f; f = f->next) {
    const measure_result *r = &f->result;
    put_text(out, f->text);
    put_word(out, (r->exact ? EXACT : 0U) | (r->draw ? DRAWN : 0U));
    qy_text_put(out, (const char *)&r->value, sizeof r->value);
    if (r->draw) qy_text_put(out, (const char *)r->draw, QY_PUBLISHED_DRAWS * sizeof *r->draw);
  }
}

void figures_keep(const measure_shared *shared, const char *folder, const char *db_dir, qy_arena *arena)
{
  assert(shared && db_dir && arena);
  char sha256[DIGEST + 1], here[QY_PLATFORM];
  qy_text text = {0};
  qy_error unsaid = {0};
  const char *path = path_of(folder, arena);
  if (!path || shared->results == shared->kept || qy_file_is_stream(path)) return;
  put_text(&text, qy_program_version());
  put_text(&text, qy_platform(here));
  if (put_files(&text, &shared->log, db_dir)) {
    put_figures(&text, shared->results);
    if (!text.failed) {
      qy_sha256_text(sha256, text.data, text.length);
      qy_text_put(&text, sha256, DIGEST);
    }
    if (!text.failed && qy_folder_make(folder)) qy_file_write(path, text.data, text.length, &unsaid);
  }
  qy_text_free(&text);
}
