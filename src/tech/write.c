/* Writer of technology libraries: what it writes, the reader of tech.h reads back to the same library, bit for bit.
 *
 * Numbers are written with the fewest digits that give the same double.  Constants come in the order of entry[]; the
 * comments of a file that was read are not kept.
 */
#include "quarry/tech.h"

#include "quarry/decimal.h"
#include "quarry/file.h"
#include "quarry/sha256.h"
#include "quarry/text.h"

#include <assert.h>
#include <string.h>

static void print_number(qy_text *out, double value)
{
  char text[40];
  for (int digits = 6; digits <= 17; digits++) {
    qy_print(text, sizeof text, "%.*g", digits, value);
    if (qy_decimal(text, NULL) == value) break;
  }
  qy_text_add(out, "%s", text);
}

static void print_quantity(qy_text *out, double value, const char *unit)
{
  print_number(out, value);
  if (strcmp(unit, "ratio") != 0) qy_text_add(out, " %s", unit);
}

/* Double-quoted YAML: escapes for the quote, the backslash and control characters. */
static void print_text(qy_text *out, const char *text)
{
  qy_text_put(out, "\"", 1);
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      qy_text_add(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      qy_text_add(out, "\\x%02x", c);
    else
      qy_text_put(out, text, 1);
  }
  qy_text_put(out, "\"", 1);
}

static void print_head(qy_text *out, const qy_tech *t)
{
  const char *const texts[][2] = {
      {"name", t->name}, {"title", t->title}, {"license", t->license}, {"flavour", t->flavour}};
  const struct {
    const char *key, *unit;
    double value;
  } conditions[] = {{"node", "nm", t->node_nm}, {"voltage", "V", t->voltage_v}, {"temperature", "C", t->temperature_c}};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    qy_text_add(out, "%s: ", texts[i][0]);
    print_text(out, texts[i][1]);
    qy_text_add(out, "\n");
  }
  for (size_t i = 0; i < sizeof conditions / sizeof *conditions; i++) {
    qy_text_add(out, "%s: ", conditions[i].key);
    print_quantity(out, conditions[i].value, conditions[i].unit);
    qy_text_add(out, "\n");
  }
}

/* Parts of a path that are new since the last constant get lines of their own: the file is a tree of mappings. */
static void print_constants(qy_text *out, const qy_tech *t)
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
    if (same == 0) qy_text_add(out, "\n");
    for (const char *part = path + same; *part; depth++) {
      size_t length = strcspn(part, ".");
      qy_text_add(out, "%*s%.*s:", (int)(2 * depth), "", (int)length, part);
      part += length;
      if (*part == '.') {
        part++;
        qy_text_add(out, "\n");
      }
    }
    qy_text_add(out, " {value: ");
    print_quantity(out, c->value, t->entry[i].unit);
    qy_text_add(out, ", low: ");
    print_quantity(out, c->low, t->entry[i].unit);
    qy_text_add(out, ", high: ");
    print_quantity(out, c->high, t->entry[i].unit);
    qy_text_add(out, ", status: %s, source: ", qy_origin_name(c->status));
    print_text(out, c->source);
    qy_text_add(out, "}\n");
    last = path;
  }
}

static void print_rest(qy_text *out, const qy_tech *t)
{
  if (t->voltage_high_v > 0) {
    qy_text_add(out, "\nvoltage_range: {low: ");
    print_quantity(out, t->voltage_low_v, "V");
    qy_text_add(out, ", high: ");
    print_quantity(out, t->voltage_high_v, "V");
    qy_text_add(out, "}\n");
  }
  if (t->sram_node) {
    qy_text_add(out, "\nsram:\n  node: ");
    print_text(out, t->sram_node);
    qy_text_add(out, "\n");
    if (t->sram_voltage_v > 0) {
      qy_text_add(out, "  voltage: ");
      print_quantity(out, t->sram_voltage_v, "V");
      qy_text_add(out, "\n");
    }
  }
  const struct qy_tech_covariance *c = &t->covariance;
  if (c->count == 0) return;
  qy_text_add(out, "\ncovariance: # of the natural logarithms, from calibration\n  constants: [");
  for (size_t i = 0; i < c->count; i++)
    qy_text_add(out, "%s%s", i ? ", " : "", c->path[i]);
  qy_text_add(out, "]\n  log:\n");
  for (size_t i = 0; i < c->count; i++) {
    qy_text_add(out, "    - [");
    for (size_t j = 0; j < c->count; j++) {
      if (j) qy_text_add(out, ", ");
      print_number(out, c->matrix[i * c->count + j]);
    }
    qy_text_add(out, "]\n");
  }
}

qy_status qy_tech_render(qy_tech *tech, qy_arena *arena, qy_error *err)
{
  assert(tech && arena);
  qy_text text = {0};
  print_head(&text, tech);
  print_constants(&text, tech);
  print_rest(&text, tech);
  char *kept = text.failed ? NULL : qy_arena_text(arena, text.data, text.length);
  if (kept) {
    tech->text = kept;
    qy_sha256_text(tech->sha256, kept, text.length);
  }
  qy_text_free(&text);
  return kept ? QY_OK : qy_no_memory(err);
}

qy_status qy_tech_write(const qy_tech *tech, const char *file, qy_error *err)
{
  assert(tech && tech->text && file);
  return qy_file_write(file, tech->text, strlen(tech->text), err);
}
