/* The files of a picture: see pictures.h. */
#include "pictures.h"

#include "cli.h"

#include "quarry/file.h"
#include "quarry/progress.h"
#include "quarry/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static qy_status write_text(const char *stem, const char *text, qy_error *err)
{
  char file[1100];
  snprintf(file, sizeof file, "%s.%s", stem, qy_plot_format_name(QY_PLOT_DUMB));
  return qy_file_write(file, text ? text : "", text ? strlen(text) : 0, err);
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
  qy_status status = QY_OK;
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
