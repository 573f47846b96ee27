/* Fonts: see fonts.h. */
#include "fonts.h"

#include <dlfcn.h>
#include <fontconfig/fontconfig.h>
#include <string.h>

/* What is used of it. */
#define FUNCTIONS(X)                                                                                                   \
  X(FcPatternCreate)                                                                                                   \
  X(FcPatternDestroy)                                                                                                  \
  X(FcPatternAddString)                                                                                                \
  X(FcPatternAddCharSet)                                                                                               \
  X(FcCharSetCreate)                                                                                                   \
  X(FcCharSetDestroy)                                                                                                  \
  X(FcCharSetAddChar)                                                                                                  \
  X(FcObjectSetBuild)                                                                                                  \
  X(FcObjectSetDestroy)                                                                                                \
  X(FcFontList)                                                                                                        \
  X(FcFontSetDestroy)

typedef struct fontconfig {
#define DECLARE(f) __typeof__(f) *(f);
  FUNCTIONS(DECLARE)
} fontconfig;

/* It stays loaded: the next time costs nothing. */
static bool load(fontconfig *fc)
{
  void *library = dlopen("libfontconfig.so.1", RTLD_LAZY | RTLD_LOCAL), *found;
  bool all = library != NULL;
#define FIND(f)                                                                                                        \
  found = all ? dlsym(library, #f) : NULL;                                                                             \
  memcpy(&fc->f, &found, sizeof found);                                                                                \
  all &= found != NULL;
  FUNCTIONS(FIND)
  return all;
}

bool fonts_have(const char *family, uint32_t code)
{
  fontconfig fc;
  if (!load(&fc)) return true;
  FcPattern *wanted = fc.FcPatternCreate();
  FcCharSet *set = fc.FcCharSetCreate();
  FcObjectSet *fields = fc.FcObjectSetBuild(FC_FAMILY, (char *)NULL);
  bool has = true;
  if (wanted && set && fields && (!family || fc.FcPatternAddString(wanted, FC_FAMILY, (const FcChar8 *)family)) &&
      (!code || (fc.FcCharSetAddChar(set, code) && fc.FcPatternAddCharSet(wanted, FC_CHARSET, set)))) {
    FcFontSet *fonts = fc.FcFontList(NULL, wanted, fields);
    has = !fonts || fonts->nfont > 0;
    if (fonts) fc.FcFontSetDestroy(fonts);
  }
  if (fields) fc.FcObjectSetDestroy(fields);
  if (set) fc.FcCharSetDestroy(set);
  if (wanted) fc.FcPatternDestroy(wanted);
  return has;
}
