/* Writer of technology libraries: what it writes, the reader of tech.h reads back to the same library, bit for bit.
 *
 * Numbers are written with the fewest digits that give the same double.  Constants come in the order of entry[]; the
 * comments of a file that was read are not kept.
 */
#include "quarry/tech.h"

#include "quarry/file.h"
#include "quarry/sha256.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_number(FILE *out, double value)
{
  char text[40];
  for (int digits = 6; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  fputs(text, out);
}

static void print_quantity(FILE *out, double value, const char *unit)
{
  print_number(out, value);
  if (strcmp(unit, "ratio") != 0) fprintf(out, " %s", unit);
}

/* Double-quoted YAML: escapes for the quote, the backslash and control characters. */
static void print_text(FILE *out, const char *text)
{
  putc('"', out);
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      fprintf(out, "\\x%02x", c);
    else
      putc(c, out);
  }
  putc('"', out);
}

static void print_head(FILE *out, const qy_tech *t)
{
  const char *const texts[][2] = {
      {"name", t->name}, {"title", t->title}, {"license", t->license}, {"flavour", t->flavour}};
  const struct {
    const char *key, *unit;
    double value;
  } conditions[] = {{"node", "nm", t->node_nm}, {"voltage", "V", t->voltage_v}, {"temperature", "C", t->temperature_c}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    fprintf(out, "%s: ", texts[i][0]);
    print_text(out, texts[i][1]);
    putc('\n', out);
  }
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
    fprintf(out, "%s: ", conditions[i].key);
    print_quantity(out, conditions[i].value, conditions[i].unit);
    putc('\n', out);
  }
}

/* Parts of a path that are new since the last constant get lines of their own: the file is a tree of mappings. */
static void print_constants(FILE *out, const qy_tech *t)
{
  const char *last = "";
  for (size_t i = 0; i < t->entry_count; i++) {
    const char *path = t->entry[i].path;
    const qy_constant *c = &t->entry[i].constant;
    if (t->entry[i].is_factor) continue;
    size_t same = 0, depth = 0; /* length of the shared beginning that ends with a dot; levels in it */
    for (size_t k = 0; path[k] && path[k] == last[k]; k++) {
      if (path[k] != '.') continue;
      same = k + 1;
      depth++;
    }
    if (same == 0) putc('\n', out);
    for (const char *part = path + same; *part; depth++) {
      size_t length = strcspn(part, ".");
      fprintf(out, "%*s%.*s:", (int)(2 * depth), "", (int)length, part);
      part += length;
      if (*part == '.') {
        part++;
        putc('\n', out);
      }
    }
    fputs(" {value: ", out);
    print_quantity(out, c->value, t->entry[i].unit);
    fputs(", low: ", out);
    print_quantity(out, c->low, t->entry[i].unit);
    fputs(", high: ", out);
    print_quantity(out, c->high, t->entry[i].unit);
    fprintf(out, ", status: %s, source: ", qy_origin_name(c->status));
    print_text(out, c->source);
    fputs("}\n", out);
    last = path;
  }
}

static void print_rest(FILE *out, const qy_tech *t)
{
  if (t->voltage_high_v > 0) {
    fputs("\nvoltage_range: {low: ", out);
    print_quantity(out, t->voltage_low_v, "V");
    fputs(", high: ", out);
    print_quantity(out, t->voltage_high_v, "V");
    fputs("}\n", out);
  }
  if (t->sram_node) {
    fputs("\nsram:\n  node: ", out);
    print_text(out, t->sram_node);
    putc('\n', out);
    if (t->sram_voltage_v > 0) {
      fputs("  voltage: ", out);
      print_quantity(out, t->sram_voltage_v, "V");
      putc('\n', out);
    }
  }
  const struct qy_tech_covariance *c = &t->covariance;
  if (c->count == 0) return;
  fputs("\ncovariance: # of the natural logarithms, from calibration\n  constants: [", out);
  for (size_t i = 0; i < c->count; i++)
    fprintf(out, "%s%s", i ? ", " : "", c->path[i]);
  fputs("]\n  log:\n", out);
  for (size_t i = 0; i < c->count; i++) {
    fputs("    - [", out);
    for (size_t j = 0; j < c->count; j++) {
      if (j) fputs(", ", out);
      print_number(out, c->matrix[i * c->count + j]);
    }
    fputs("]\n", out);
  }
}

qy_status qy_tech_render(qy_tech *tech, qy_arena *arena, qy_error *err)
{
  assert(tech && arena);
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  if (!out) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  print_head(out, tech);
  print_constants(out, tech);
  print_rest(out, tech);
  int failed = ferror(out);
  failed |= fclose(out);
  char *kept = failed ? NULL : qy_arena_text(arena, text, length);
  free(text);
  if (!kept) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  tech->text = kept;
  qy_sha256_text(tech->sha256, kept, length);
  return QY_OK;
}

qy_status qy_tech_write(const qy_tech *tech, const char *file, qy_error *err)
{
  assert(tech && tech->text && file);
  return qy_file_write(file, tech->text, strlen(tech->text), err);
}
