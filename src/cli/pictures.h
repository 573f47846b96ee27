/* The files that every picture of the program is written to. */
#ifndef QUARRY_PICTURES_H
#define QUARRY_PICTURES_H

#include "quarry/plot.h"
#include "quarry/tornado.h"

enum { PICTURE_KINDS = 2 };
extern const struct picture_kind {
  qy_plot_format format;
  const char *suffix;
} picture_kind[PICTURE_KINDS];

/* STEM.svg and STEM.png, each announced on standard error. */
qy_status draw_tornado(const qy_tornado *tornado, const char *stem, const char *gnuplot, qy_error *err);

#endif
