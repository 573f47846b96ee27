/* Running gnuplot as a child process and putting the picture in place.
 *
 * The child gets the script as a file of this process alone, which is removed after it, and the same as its input: told
 * to read its input plainly, gnuplot 5.4 would go on after an error and count lines wrongly after a data block.  No
 * shell takes part.  gnuplot ends with code 0 after an unfinished data block and on a full disk, so success needs all
 * of: exit code 0, the closing word on its standard output, a picture that begins and ends as its format demands.
 *
 * The child leads a process group of its own, which is ended after look->limit_s, when it prints more than 16 MiB, and
 * at SIGINT, SIGTERM, SIGHUP and SIGQUIT unless they are ignored: those are blocked in the calling thread meanwhile and
 * then act on this process as always.
 */
#ifndef QUARRY_PLOT_GNUPLOT_H
#define QUARRY_PLOT_GNUPLOT_H

#include "quarry/plot.h"
#include "script.h"

/* QY_PLOT_FIRST_LINE of a script is replaced by the place of the temporary picture when quarry runs it, so that line
 * numbers in gnuplot's messages hold for the kept file. */

/* Refuse a NULL or empty stem, one that names a folder, and names gnuplot could take for a command. */
qy_status plot_check_stem(const char *file_stem, qy_error *err);

/* Last part of a path. */
const char *plot_base_name(const char *path);

/* Write FILE_STEM.gp, run gnuplot on the script, write the picture to FILE_STEM.EXTENSION as qy_file_write does. 
 * With QY_PLOT_DUMB no file is written and *text (caller frees) receives the drawing.  look NULL: as on a screen;
 * its notes say which characters no font has, and whether its font is missing.  QY_INTERRUPTED: a signal. */
qy_status plot_render(const qy_text *s, const qy_plot_look *look, qy_plot_format format, const char *file_stem,
                      const char *gnuplot, char **text, qy_error *err);

#endif
