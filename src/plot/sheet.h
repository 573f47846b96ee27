/* The sheet a plot is drawn on: sizes, fonts and colours of a terminal, title and caption, panel margins.
 *
 * Lengths are pixels at 96 per inch (PNG, SVG, PDF) or characters (dumb); the origin is the lower left corner.
 */
#ifndef QUARRY_PLOT_SHEET_H
#define QUARRY_PLOT_SHEET_H

#include "axis.h"
#include "script.h"

#include "quarry/plot.h"

/* What a terminal needs for text, in its lengths. */
typedef struct type_sizes {
  double width, height;                      /* of a sheet with one row of panels */
  double letter, title_letter, small_letter; /* mean advance of a character */
  double title_line, panel_line, small_line, line;
  double edge;       /* empty border */
  double tick_width; /* for the tick labels of the y axis */
  double tick_line;  /* for the tick labels of the x axis */
  double gap;        /* between panels */
  double sample;     /* symbol in the key */
} type_sizes;

typedef struct sheet {
  qy_text *s;
  qy_plot_format format;
  bool dumb;
  const type_sizes *type;
  double width, height;
  double left, right, bottom, top; /* free area inside title, caption and key */
} sheet;

typedef struct rectangle {
  double left, right, bottom, top;
} rectangle;

enum { SHEET_COLOURS = 8, SHEET_MARKERS = 11 };

/* Colour, faint colour and marker of group i; they repeat after SHEET_COLOURS and SHEET_MARKERS groups. */
const char *sheet_colour(size_t group);
const char *sheet_faint(size_t group);
int sheet_marker(size_t group);
int sheet_filled_marker(size_t group); /* the filled ones only; they repeat after 6 groups */

/* Start the script: terminal, output, fonts, title.  `rows` rows of panels. */
void sheet_begin(sheet *page, qy_text *s, qy_plot_format format, const char *file_stem, const char *title, int rows);

/* Put the small print at the bottom; call once, before the panels. */
void sheet_caption(sheet *page, const char *caption);

/* Reserve a strip at the right for a key whose longest entry has `columns` columns; gives the columns that fit. */
size_t sheet_key(sheet *page, size_t columns);

/* Where the key goes: its upper right corner. */
void sheet_key_place(const sheet *page, size_t columns);

void sheet_panel(const sheet *page, const rectangle *area, const char *title);
void sheet_axis(const sheet *page, char which, const axis *a, bool labelled);
void sheet_axis_title(const sheet *page, char which, const char *text, double room);

/* Close the script. */
void sheet_end(sheet *page);

#endif
