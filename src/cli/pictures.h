/* The files that every picture of the program is written to. */
#ifndef QUARRY_PICTURES_H
#define QUARRY_PICTURES_H

#include "quarry/chart.h"
#include "quarry/plot.h"
#include "quarry/tornado.h"

/* No progress line. */
void pictures_quiet(bool wanted);

/* The directory that pictures go to is made where it is not there; QY_BAD_INPUT where its parent is none, or it is
 * something else; QY_SYSTEM. */
qy_status pictures_place(const char *directory, qy_error *err);

/* What --output says: *stem: `output` without an ending that is a format; *format: that, else left alone.  QY_BAD_INPUT
 * for "-" and for an ending of two to four letters and digits that is none; longer ones are part of the name. */
qy_status picture_ending(const char **stem, const char **format, const char *output, qy_arena *arena, qy_error *err);

/* May the files of a picture be written: are they new, or is the script beside them quarry's?  A picture has no room to
 * say whose it is: the first line of STEM.gp does, and that of STEM.txt, which has none beside it.  QY_BAD_INPUT naming
 * the file of another. */
qy_status pictures_check(const qy_plot_look *look, const char *stem, qy_error *err);

/* Draws one file of a picture, as qy_plot_draw does. */
typedef qy_status picture_draw(void *ctx, const qy_plot_look *look, qy_plot_format format, const char *stem,
                               const char *gnuplot, char **text, qy_error *err);

/* STEM.svg, STEM.png or what the formats of the look are (NULL: as on a screen), each announced on standard error, as
 * are the notes of the picture.  A terminal shows that it is being drawn. */
qy_status draw_pictures(const qy_plot_look *look, const char *stem, const char *gnuplot, picture_draw *draw, void *ctx,
                        qy_error *err);

qy_status draw_tornado(const qy_tornado *tornado, const qy_plot_look *look, const char *stem, const char *gnuplot,
                       qy_error *err);

/* A chart of stored points: qy_chart_draw. */
qy_status draw_chart(const qy_chart *chart, const qy_points *points, qy_store *store, int64_t id,
                     const qy_plot_look *look, const char *stem, const char *gnuplot, qy_error *err);

#endif
