/* The files of a picture: see pictures.h. */
#include "pictures.h"

#include <stdio.h>

const struct picture_kind picture_kind[PICTURE_KINDS] = {{QY_PLOT_SVG, "svg"}, {QY_PLOT_PNG, "png"}};

qy_status draw_tornado(const qy_tornado *tornado, const char *stem, const char *gnuplot, qy_error *err)
{
  qy_status status = QY_OK;
  for (int k = 0; !status && k < PICTURE_KINDS; k++) {
    status = qy_plot_tornado(tornado, picture_kind[k].format, stem, gnuplot, NULL, err);
    if (!status) fprintf(stderr, "wrote %s.%s\n", stem, picture_kind[k].suffix);
  }
  return status;
}
