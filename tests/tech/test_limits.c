/* Every constant of a technology library at both ends of its range: shipped libraries with one constant changed. */
#include "quarry/file.h"
#include "quarry/fpga.h"
#include "quarry/tech.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;

/* The place behind the colon of a key such as "cells.inv.area", keys standing two blanks deeper a level; NULL: none. */
static const char *find_key(const char *text, const char *path)
{
  size_t depth = 0;
  for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL) {
    const size_t blanks = strspn(line, " "), part = strcspn(path, ".");
    if (line[blanks] == '\n' || line[blanks] == '#') continue;
    if (blanks < 2 * depth) return NULL; /* the end of what was entered */
    if (blanks != 2 * depth || strncmp(line + blanks, path, part) != 0 || line[blanks + part] != ':') continue;
    if (!path[part]) return line + blanks + part + 1;
    path += part + 1;
    depth++;
  }
  return NULL;
}

/* A file's text with the constant at `path` made this value. */
static const char *with_value(const char *text, const char *path, const char *value)
{
  const char *at = find_key(text, path), *end = at ? strchr(at, '\n') : NULL;
  if (!end) exit(1);
  return qy_arena_format(arena, "%.*s {value: %s, low: %s, high: %s, status: read, source: x}%s", (int)(at - text),
                         text, value, value, value, end);
}

/* Is one of the complaints that the constant's value is out of its range? */
static bool says_range(const qy_error *err, const char *path)
{
  const char *value = qy_arena_format(arena, "%s.value: expected a", path);
  for (int i = 0; i < err->count; i++)
    if (strstr(err->diagnostic[i].text, value) && strstr(err->diagnostic[i].text, " from ") &&
        strstr(err->diagnostic[i].text, " to "))
      return true;
  return false;
}

static bool library_refuses(const char *text, const char *path, const char *value)
{
  const char *made = with_value(text, path, value);
  qy_error err = {0};
  qy_tech *tech;
  qy_tech_read_text(&tech, "x.yaml", made, strlen(made), arena, &err);
  return says_range(&err, path);
}

static bool device_refuses(const char *text, const char *path, const char *value)
{
  char name[] = "/tmp/quarry-device-XXXXXX.yaml";
  qy_error err = {0};
  qy_fpga_device *device;
  if (!write_new_file(name, 5, with_value(text, path, value))) exit(1);
  qy_fpga_read(&device, "db", name, arena, &err);
  unlink(name);
  return says_range(&err, path);
}

/* Inside at both ends, outside just beyond. */
static void check_ends(const char *file, const char *path, double low, double high, double step, const char *unit,
                       bool (*refuses)(const char *text, const char *path, const char *value))
{
  char *text;
  size_t length;
  qy_error err = {0};
  if (qy_file_read(&text, &length, file, arena, &err)) exit(1);
  if (!ok(find_key(text, path) != NULL, "%s has %s", file, path)) return;
  const double value[] = {low, high, step > 0 ? low - step : low - 1e-3 * fabs(low) - 1e-9,
                          step > 0 ? high + step : high * (1 + 2e-6)};
  bool out[4];
  for (int k = 0; k < 4; k++)
    out[k] = refuses(text, path, qy_arena_format(arena, "%.12g%s", value[k], unit));
  ok(!out[0] && !out[1] && out[2] && out[3], "%s: %g to %g%s (%d %d %d %d)", path, low, high, unit, out[0], out[1],
     out[2], out[3]);
}

static void constants(void)
{
  static const struct {
    const char *library, *path, *unit;
    double low, high;
  } row[] = {
      {"asap7", "nand2.area", " um2", 1e-3, 1e3},
      {"asap7", "nand2.in_cap", " fF", 1e-3, 1e3},
      {"asap7", "nand2.delay", " ps", 0.1, 1e4},
      {"asap7", "nand2.energy", " fJ", 1e-4, 1e4},
      {"asap7", "nand2.leakage", " nW", 1e-6, 1e5},
      {"asap7", "nand2.load_share", "", 0.01, 1},
      {"asap7", "cells.inv.area", "", 0.1, 100},
      {"asap7", "cells.xor2.in_cap", "", 0.1, 100},
      {"asap7", "cells.fa.delay", "", 0.1, 100},
      {"asap7", "cells.dff.energy", "", 0.01, 1000},
      {"asap7", "cells.mux2.leakage", "", 0.01, 1000},
      {"asap7", "cells.buf.load_share", "", 0.01, 1},
      {"asap7", "cells.aoi21.lone_cap", "", 0.1, 100},
      {"asap7", "full_adder.carry", "", 0.1, 100},
      {"asap7", "flip_flop.clock_energy", "", 0, 1000},
      {"asap7", "flip_flop.setup", "", 0, 100},
      {"asap7", "load.fanout", "", 1, 10},
      {"asap7", "load.wire_cap", " fF", 0, 1e3},
      {"asap7", "effort.p", "", 0, 100},
      {"asap7", "effort.k.multiplier", "", -0.5, 10},
      {"asap7", "glitch.lean.multiplier", "", 0.1, 10},
      {"asap7", "glitch.fast.multiplier", "", 0.1, 10},
      {"asap7", "placement.density", "", 0.05, 1},
      {"asap7", "clock_tree.energy", "", 0, 10},
      {"fdsoi28", "wires.cap", " fF/um", 0, 10},
      {"fdsoi28", "voltage_law.threshold", " V", 0.01, 5},
      {"fdsoi28", "voltage_law.alpha", "", 0.5, 3},
      {"fdsoi28", "voltage_law.leakage_slope", " V", 0.01, 10},
      {"fdsoi28", "voltage_law.energy_exponent", "", 0.5, 3},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    check_ends(qy_arena_format(arena, "db/tech/%s.yaml", row[i].library), row[i].path, row[i].low, row[i].high, 0,
               row[i].unit, library_refuses);
}

static void devices(void)
{
  static const struct {
    const char *path, *unit;
    double low, high, step;
  } row[] = {{"luts", "", 1, 1e8, 1},           {"ffs", "", 1, 1e9, 1},        {"dsps", "", 0, 1e6, 1},
             {"bram18s", "", 0, 1e6, 1},        {"urams", "", 0, 1e6, 1},      {"axi_ports", "", 1, 1e3, 1},
             {"axi_port_bits", "", 8, 4096, 1}, {"clock_mhz", "", 1, 2000, 0}, {"static_w", "", 0, 200, 0},
             {"system_w", "", 0, 200, 0},       {"lut_pj", "", 0, 100, 0},     {"ff_pj", "", 0, 100, 0},
             {"dsp_pj", "", 0, 1000, 0},        {"bram18_pj", "", 0, 1000, 0}};
  is_int(sizeof row / sizeof *row, QY_FPGA_CONSTANT_COUNT, "every constant of a device");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    is_text(qy_fpga_constant_key((qy_fpga_constant)i), row[i].path, "in their order");
    check_ends("db/fpga/xc7z045.yaml", row[i].path, row[i].low, row[i].high, row[i].step, row[i].unit, device_refuses);
  }
}

int main(void)
{
  arena = qy_arena_new();
  constants();
  devices();
  qy_arena_free(arena);
  return done();
}
