/* Names and titles of keys: see points.h. */
#include "quarry/points.h"

#include "axes_int.h"
#include "quarry/decimal.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

_Static_assert((int)QY_KEY_PARAMETER == (int)QY_AXIS_NAMES, "a name for each key");

const char *qy_key_name(qy_key key, const qy_key_list *parameters)
{
  assert((unsigned)key < QY_KEY_COUNT);
  if (key < QY_KEY_PARAMETER) return qy_axis_names[key];
  assert(parameters && (int)key - QY_KEY_PARAMETER < parameters->count);
  return parameters->name[key - QY_KEY_PARAMETER];
}

qy_status qy_key_find(qy_key *key, const char *name, qy_key_list *parameters, qy_error *err)
{
  assert(key && name && parameters);
  if (!*name) {
    return qy_fail(err, QY_BAD_INPUT, "expected " QY_AXIS_LIST " or a design parameter, found \"\"");
  }
  *key = QY_KEY_TECHNOLOGY;
  while (*key < QY_KEY_PARAMETER && strcmp(qy_axis_names[*key], name))
    ++*key;
  if (*key < QY_KEY_PARAMETER) return QY_OK;
  int p = 0;
  while (p < parameters->count && strcmp(parameters->name[p], name))
    p++;
  if (p == QY_KEY_COUNT - QY_KEY_PARAMETER)
    return qy_fail(err, QY_BAD_INPUT, "expected at most %d design parameters to tell points apart, found \"%s\" too", p,
                   name);
  if (p == parameters->count) parameters->name[parameters->count++] = name;
  *key = (qy_key)(QY_KEY_PARAMETER + p);
  return QY_OK;
}

/* Words that are not written as they are in a key. */
static const char *written(const char *word)
{
  static const char *const words[][2] = {{"pe", "PE"},
                                         {"sram", "SRAM"},
                                         {"dram", "DRAM"},
                                         {"lut", "LUT"},
                                         {"dsp", "DSP"},
                                         {"bram", "BRAM"},
                                         {"signal", "weight distribution"},
                                         {"blk", "block"},
                                         {"bat", "batch"},
                                         {"voltage", "supply voltage"}};
  for (size_t w = 0; w < sizeof words / sizeof *words; w++)
    if (strcmp(words[w][0], word) == 0) return words[w][1];
  return word;
}

const char *qy_axis_title(char out[QY_KEY_TITLE], const char *name, const char *unit)
{
  assert(out && name);
  char of_name[QY_UNIT_TEXT], rest[QY_KEY_TITLE], *words = rest, *word, *last = NULL;
  qy_unit_of_name(of_name, rest, sizeof rest, name);
  if (!unit && of_name[0]) unit = of_name;
  size_t at = 0;
  bool of_buffer = false;
  out[0] = '\0';
  while ((word = strsep(&words, "._"))) {
    const bool buffers = strcmp(word, "buffers") == 0; /* buffers.input: "input buffer" */
    if (*word && !buffers)
      at = qy_append(out, QY_KEY_TITLE, at, "%s%s%s", at ? " " : "", written(word), of_buffer ? " buffer" : "");
    if (*word && !buffers) last = word;
    of_buffer = buffers;
  }
  if (out[0] >= 'a' && out[0] <= 'z') out[0] = (char)(out[0] - 'a' + 'A');
  /* "bits" says that it is counted in bits */
  const bool said = unit && last && strncmp(last, unit, strlen(unit)) == 0 && strcmp(last + strlen(unit), "s") == 0;
  if (unit && *unit && !said) qy_append(out, QY_KEY_TITLE, at, " (%s)", unit);
  return out;
}

const char *qy_key_title(char out[QY_KEY_TITLE], qy_key key, const qy_points *points, bool unit)
{
  assert(out && points && (unsigned)key < QY_KEY_COUNT);
  const bool parameter = key >= QY_KEY_PARAMETER;
  bool numbers = points->number[key] != NULL;
  for (size_t l = 0; parameter && l < points->label_count[key] && !numbers; l++) /* beside "auto" */
    numbers = isdigit((unsigned char)points->label[key][l][0]);
  return qy_axis_title(out, qy_key_name(key, &points->parameters), unit && numbers ? points->unit[key] : "");
}

const char *qy_key_tick(char out[QY_KEY_TITLE], qy_key key, const qy_points *points, size_t label)
{
  assert(out && points && label < points->label_count[key]);
  const double number = points->number[key] ? points->number[key][label] : NAN;
  const char *text = points->label[key][label], *unit = strchr(text, ' ');
  if (isnan(number))
    snprintf(out, QY_KEY_TITLE, "%s", text);
  else if (unit) /* as many digits as the label has */
    snprintf(out, QY_KEY_TITLE, "%.*s", (int)(unit - text), text);
  else
    qy_print(out, QY_KEY_TITLE, "%.6g", number);
  return out;
}
