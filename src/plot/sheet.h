/* The sheet a plot is drawn on: sizes, fonts and colours of a terminal, title and caption, panel margins.
 *
 * Lengths are pixels at 96 per inch (PNG, SVG, PDF) or characters (dumb); the origin is the lower left corner.
 */
#ifndef QUARRY_PLOT_SHEET_H
#define QUARRY_PLOT_SHEET_H

#include "axis.h"
#include "script.h"

#include "quarry/alloc.h"
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

/* Where the key goes. */
typedef struct key_place {
  bool above;     /* the panels; else beside them */
  bool small;     /* beside: in the caption's type */
  size_t columns; /* characters of an entry */
  size_t across;  /* entries side by side */
  size_t rows;    /* 0: there is no key */
  double spacing; /* of its lines, as part of the usual one */
  double top;     /* above the panels: its upper end */
} key_place;

typedef struct sheet {
  qy_text *s;
  qy_plot_format format;
  bool dumb;
  const qy_plot_look *look;
  const type_sizes *type;
  type_sizes own;     /* what `type` is in graphics */
  double scale;       /* of type, lines and markers: 1 on a screen */
  int label_lines[2]; /* that the titles of x and y may take, which the caller leaves room for */
  int title_lines;    /* the same of the titles of panels */
  key_place key;
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
/* " dt 2": of lines; with colour and marker it tells SHEET_TOLD groups apart. */
enum { SHEET_TOLD = 24 };
const char *sheet_dash(size_t group);

/* Start the script: terminal, output, fonts, title.  look NULL: as on a screen.  `rows` rows of panels.  The page holds
 * pointers to itself: it must not be copied. */
void sheet_begin(sheet *page, qy_text *s, const qy_plot_look *look, qy_plot_format format, const char *file_stem,
                 const char *title, int rows);

/* Put the caption at the bottom, or where the look has none into its notes; call once, before the panels. */
void sheet_caption(sheet *page, const char *caption);

/* Choose where a key of `entries` lines goes, the longest of `columns` columns: at the right of the panels or above
 * them, where the look asks for it or a small page has no room for such names at the right.  It takes a third of the
 * page at most: returns the lines that fit, 0 where there is to be none.  Where they are fewer than the entries,
 * *columns is no less than "+ N more" takes.  Call it once, behind the caption. */
size_t sheet_key_most(sheet *page, size_t entries, size_t *columns);

/* Reserve room for these lines, as many as fit; gives the columns that do. */
size_t sheet_key(sheet *page, size_t entries, size_t columns);

bool sheet_key_above(const sheet *page);

/* Names without a place in the key go into the notes. */
void sheet_key_left_out(const sheet *page, const char *const *name, size_t count);

/* A key of names alone. */
typedef struct key_list {
  const char *const *name; /* as they are written */
  size_t shown;            /* the first of them */
  const char *more;        /* behind these: "+ 3 more"; NULL: all are shown, or there is no key */
  size_t columns;
} key_list;

/* Choose and reserve room for a key of these names, of which those without a place go into the notes.  Texts are of the
 * arena or the caller.  False: out of memory. */
bool sheet_key_names(key_list *out, sheet *page, const char *const *name, size_t count, qy_arena *arena);

/* How a key shows a series. */
typedef struct key_sample {
  const char *colour, *dash; /* dash NULL: no line */
  int marker;                /* 0: none */
  double size;               /* of the marker, in `dot` */
  const char *fill;          /* of a box, "solid 0.9"; NULL: none */
} key_sample;

/* Entry `index` of a key above the panels, drawn with the panel that follows. */
void sheet_key_entry(const sheet *page, size_t index, const char *text, const key_sample *sample);

/* Where the key goes: its upper right corner. */
void sheet_key_place(const sheet *page, size_t columns);

/* Lines that a title of a panel takes in this much room, at most 2. */
int sheet_title_lines(const sheet *page, const char *title, double room);
void sheet_panel(const sheet *page, const rectangle *area, const char *title);
void sheet_axis(const sheet *page, char which, const axis *a, bool labelled);
/* Lines that a title of an axis takes in this much room, at most 3. */
int sheet_label_lines(const sheet *page, const char *text, double room);
/* Of a title that ends in a remark ("Area over that of SDM (below 1: better)") and takes more lines than there are, the
 * remark goes into the notes. */
void sheet_shorten_label(const sheet *page, char *text, double room);
void sheet_axis_title(const sheet *page, char which, const char *text, double room);

/* Close the script. */
void sheet_end(sheet *page);

#endif
