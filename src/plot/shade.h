/* Shading of markers by a probability, and its key.
 *
 * A marker keeps its group's colour as a rim; inside, the colour is blended towards white, the background, by one minus
 * the probability: solid means 1, hollow 0.  Lightness alone tells it, so it reads without colour vision and in grey
 * print.  Markers too small for a rim are blended no further than to SHADE_LEAST, to stay visible.
 */
#ifndef QUARRY_PLOT_SHADE_H
#define QUARRY_PLOT_SHADE_H

#include "sheet.h"

/* Parts of a rimmed marker, as factors of its size: white halo, rim, filling. */
#define SHADE_HALO    1.3
#define SHADE_FILLING 0.68

/* What a small marker of probability 0 keeps of its colour. */
#define SHADE_LEAST 0.3

/* What intervals keep of their group's colour. */
#define SHADE_BARS 0.5

/* Columns of the longest key entry the shade key needs, and the entries of the upper key it takes the room of. */
enum { SHADE_KEY_COLUMNS = 13, SHADE_KEY_ROWS = 4 };

/* Define the function shade(colour, share) of the script: the share is what the colour keeps. */
void shade_begin(qy_text *s);

/* "0xd55e00" of "#d55e00", for shade(). */
void shade_colour(qy_text *s, const char *colour);

/* The key: five grey markers from 0 to 1, in the strip right of page->right, at the height of the panels' lower end.
 * Belongs to the panel that is drawn next. */
void shade_key(const sheet *page);

#endif
