/* The files of a picture: see pictures.h. */
#include "pictures.h"

#include "cli.h"

#include "quarry/file.h"
#include "quarry/progress.h"
#include "quarry/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each line once: every format has the same. */
static void print_notes(const qy_text *notes, const char *stem)
{
  for (const char *line = notes->data; line && *line;) {
    const size_t length = strcspn(line, "\n");
    bool seen = false;
    for (const char *other = notes->data; other < line && !seen; other += strcspn(other, "\n") + 1)
      seen = strncmp(other, line, length + 1) == 0;
    if (!seen) say("note: %s: %.*s\n", stem, (int)length, line);
    line += length + (line[length] == '\n');
  }
}

enum { FILE_BYTES = 2 * PATH_MAX + 8 };

static qy_status write_text(const char *stem, const char *text, qy_error *err)
{
  char file[FILE_BYTES];
  snprintf(file, sizeof file, "%s.%s", stem, qy_plot_format_name(QY_PLOT_DUMB));
  const qy_import_file out = {
      .file = file, .text = text ? text : "", .length = text ? strlen(text) : 0, .command = "plot"};
  return qy_import_write(&out, 1, NULL, 0, err);
}

/* Is a file of this name there that has something in it? */
static bool is_full(const char *file)
{
  struct stat is;
  return stat(file, &is) == 0 && is.st_size > 0 && !qy_file_is_stream(file);
}

qy_status pictures_check(const qy_plot_look *look, const char *stem, qy_error *err)
{
  static const char head[] = QY_PLOT_FIRST_LINE;
  char script[FILE_BYTES], file[FILE_BYTES];
  bool drawn = false, found = false;
  snprintf(script, sizeof script, "%s.gp", stem);
  const bool own = !qy_file_is_stream(script) && file_begins_with(script, head, sizeof head - 1);
  for (int k = 0; k < look->format_count && !found; k++) {
    const bool dumb = look->format[k] == QY_PLOT_DUMB;
    snprintf(file, sizeof file, "%s.%s", stem, qy_plot_format_name(look->format[k]));
    drawn = drawn || !dumb;
    qy_status status = dumb ? qy_import_check(file, NULL, 0, NULL, 0, err) : QY_OK;
    if (status) return status;
    found = !dumb && !own && is_full(file);
  }
  if (!found && !(drawn && !own && is_full(script))) return QY_OK;
  return qy_fail_at(err, QY_BAD_INPUT, found ? file : script, 0, 0,
                    "expected a new picture, or an earlier one with its script %s beside it, found a file of another; "
                    "it is left as it is: choose another name, or move it away",
                    script);
}

static bool quiet; /* an option of the command */

void pictures_quiet(bool wanted)
{
  quiet = wanted;
}

qy_status pictures_place(const char *directory, qy_error *err)
{
  enum { MODE = 0777 };
  struct stat is;
  if (mkdir(directory, MODE) == 0) return QY_OK;
  const int reason = errno;
  if (reason == EEXIST && (stat(directory, &is) != 0 || S_ISDIR(is.st_mode))) return QY_OK;
  const bool misplaced = reason == ENOENT || reason == ENOTDIR || reason == EEXIST;
  return qy_fail_at(err, misplaced ? QY_BAD_INPUT : QY_SYSTEM, directory, 0, 0,
                    "cannot make the directory of the plots: %s", strerror(reason == EEXIST ? ENOTDIR : reason));
}

/* "svg, png, ..." */
static const char *known_endings(qy_arena *arena)
{
  const char *list = "";
  for (int f = 0; list && f < QY_PLOT_FORMAT_COUNT; f++)
    list = qy_arena_format(arena, "%s%s%s", list, f ? ", " : "", qy_plot_format_name((qy_plot_format)f));
  return list;
}

qy_status picture_ending(const char **stem, const char **format, const char *output, qy_arena *arena, qy_error *err)
{
  enum { SHORT = 4 };
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", digits[] = "0123456789";
  *stem = output;
  const char *dot = strrchr(output, '.');
  const size_t length = dot ? strlen(dot + 1) : 0;
  for (int f = 0; dot && dot > output && dot[-1] != '/' && f < QY_PLOT_FORMAT_COUNT; f++) {
    const char *name = qy_plot_format_name((qy_plot_format)f);
    if (strcasecmp(dot + 1, name) != 0) continue;
    *format = name;
    *stem = qy_arena_text(arena, output, (size_t)(dot - output));
    return *stem ? QY_OK : qy_no_memory(err);
  }
  if (strcmp(output, "-") == 0)
    return qy_fail(err, QY_BAD_INPUT, "--output: expected a file, found \"-\" (--format dumb draws on the terminal)");
  const size_t word = dot ? strspn(dot + 1, letters) : 0;
  const bool ending = word > 0 && length > 1 && length <= SHORT && word + strspn(dot + 1 + word, digits) == length;
  const char *known = ending ? known_endings(arena) : NULL;
  if (!ending) return QY_OK;
  return known ? qy_fail(err, QY_BAD_INPUT, "--output: expected a name without ending or with one of %s, found \"%s\"",
                         known, output)
               : qy_no_memory(err);
}

qy_status draw_pictures(const qy_plot_look *look, const char *stem, const char *gnuplot, picture_draw *draw, void *ctx,
                        qy_error *err)
{
  qy_text notes = {0};
  qy_plot_look own;
  if (look)
    own = *look;
  else
    qy_style_look(&own, &(qy_plot_style){{NULL}});
  own.notes = &notes;
  qy_status status = pictures_check(&own, stem, err);
  qy_progress progress; /* a picture of draws, or of a million points, takes seconds */
  const char *name = strrchr(stem, '/');
  for (int k = 0; !status && k < own.format_count; k++) {
    char *text = NULL;
    qy_progress_start(&progress, STDERR_FILENO, quiet, name ? name + 1 : stem, "files drawn", 0, own.format_count);
    qy_progress_update(&progress, k, NULL);
    const qy_plot_format format = own.format[k];
    const bool dumb = format == QY_PLOT_DUMB;
    status = draw(ctx, &own, format, stem, gnuplot, dumb ? &text : NULL, err);
    qy_progress_finish(&progress);
    if (!status && dumb) status = write_text(stem, text, err);
    if (!status) say("wrote %s.%s\n", stem, qy_plot_format_name(format));
    free(text);
  }
  print_notes(&notes, stem);
  qy_text_free(&notes);
  return status;
}

static qy_status one_tornado(void *ctx, const qy_plot_look *look, qy_plot_format format, const char *stem,
                             const char *gnuplot, char **text, qy_error *err)
{
  qy_tornado tornado = *(const qy_tornado *)ctx;
  tornado.look = look;
  return qy_plot_tornado(&tornado, format, stem, gnuplot, text, err);
}

qy_status draw_tornado(const qy_tornado *tornado, const qy_plot_look *look, const char *stem, const char *gnuplot,
                       qy_error *err)
{
  qy_tornado drawn = *tornado;
  return draw_pictures(look, stem, gnuplot, one_tornado, &drawn, err);
}

typedef struct chart_files {
  const qy_chart *chart;
  const qy_points *points;
  qy_store *store;
  int64_t id;
} chart_files;

static qy_status one_chart(void *ctx, const qy_plot_look *look, qy_plot_format format, const char *stem,
                           const char *gnuplot, char **text, qy_error *err)
{
  const chart_files *f = ctx;
  qy_chart chart = *f->chart;
  chart.look = look;
  return qy_chart_draw(&chart, f->points, f->store, f->id, format, stem, gnuplot, text, err);
}

qy_status draw_chart(const qy_chart *chart, const qy_points *points, qy_store *store, int64_t id,
                     const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err)
{
  chart_files files = {chart, points, store, id};
  return draw_pictures(look, stem, gnuplot, one_chart, &files, err);
}
