/* Fonts of this machine, asked of fontconfig, which is loaded when it is asked for: with all that it needs in turn it
 * would take as long to load as all else, and most runs draw nothing. */
#ifndef QUARRY_PLOT_FONTS_H
#define QUARRY_PLOT_FONTS_H

#include <stdbool.h>
#include <stdint.h>

/* Is there a font of the family (NULL: of any), which has the character (0: whatever)?  True where that is not
 * known. */
bool fonts_have(const char *family, uint32_t code);

#endif
