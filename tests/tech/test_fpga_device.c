/* FPGA devices: every file against what published designs say of its part, what all parts of these families share, and
 * broken files against their messages.
 */
#include "quarry/constants.h"
#include "quarry/file.h"
#include "quarry/fpga.h"
#include "quarry/fpga_tech.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static qy_arena *arena;

static qy_fpga_device *device(const char *name)
{
  qy_error err = {0};
  qy_fpga_device *d = NULL;
  if (qy_fpga_read(&d, "db", name, arena, &err)) {
    printf("# %s\n", err.diagnostic[0].text);
    exit(1);
  }
  return d;
}

/* Every file: a logic block of both families holds 8 LUTs and 16 flip-flops, memories come in pairs of 18 kbit. */
static void test_all(void)
{
  const char *const *names = NULL;
  size_t count = 0;
  qy_error err = {0};
  ok(qy_folder_names(&names, &count, "db/fpga", "FPGA devices", arena, &err) == QY_OK && count >= 10,
     "%zu devices, ten are asked for", count);
  for (size_t i = 0; i < count; i++) {
    const qy_fpga_device *d = device(names[i]);
    const qy_constant *c = d->constant;
    is_text(d->name, names[i], "a device is called as its file");
    bool sound = c[QY_FPGA_FFS].value == 2 * c[QY_FPGA_LUTS].value && fmod(c[QY_FPGA_LUTS].value, 8) == 0 &&
                 fmod(c[QY_FPGA_BRAM18S].value, 2) == 0 &&
                 d->slice == (d->family == QY_FPGA_XC7 ? QY_DSP48E1 : QY_DSP48E2);
    for (int k = 0; k < QY_FPGA_CONSTANT_COUNT; k++)
      sound = sound && d->line[k] > 0 && c[k].low <= c[k].value && c[k].value <= c[k].high && c[k].source[0] &&
              (c[k].status != QY_RECALLED || k <= QY_FPGA_AXI_PORT_BITS || c[k].high >= 1.2 * c[k].value);
    ok(sound, "%s: two flip-flops a LUT, slices of its family, sources, wide intervals where recalled", names[i]);
  }
}

/* Used and per cent as FILM-QNN (FPGA 2022, Tables 5 and 6) prints them. */
static void test_published(void)
{
  static const struct {
    const char *device;
    qy_fpga_constant what;
    double used, pct;
  } row[] = {
      {"xc7z020", QY_FPGA_LUTS, 28300, 53},  {"xc7z020", QY_FPGA_LUTS, 39100, 74},
      {"xc7z020", QY_FPGA_LUTS, 41300, 78},  {"xc7z020", QY_FPGA_DSPS, 208, 95},
      {"xc7z020", QY_FPGA_DSPS, 220, 100},   {"xc7z020", QY_FPGA_BRAM18S, 2 * 56, 40},
      {"xc7z020", QY_FPGA_BRAM18S, 246, 88}, {"zu9eg", QY_FPGA_LUTS, 180100, 66},
      {"zu9eg", QY_FPGA_DSPS, 2092, 83},     {"zu9eg", QY_FPGA_BRAM18S, 2 * 439, 48},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double pct = 100 * row[i].used / device(row[i].device)->constant[row[i].what].value;
    ok(fabs(pct - row[i].pct) <= 0.6, "%s: %g of %s are %.1f %%, %g in print", row[i].device, row[i].used,
       qy_fpga_constant_key(row[i].what), pct, row[i].pct);
  }
}

/* A file with one line changed, and what is said of it. */
static void broken(const char *key, const char *line, const char *place, const char *expected)
{
  char *text, name[] = "/tmp/fpgaXXXXXX.yaml", where[64];
  size_t length;
  qy_error err = {0};
  qy_fpga_device *d = NULL;
  if (qy_file_read(&text, &length, "db/fpga/xc7z020.yaml", arena, &err)) exit(1);
  char *at = strstr(text, key), *end = at ? strchr(at, '\n') : NULL;
  if (!at || !end) exit(1);
  char *made = qy_arena_format(arena, "%.*s%s%s", (int)(at - text), text, line, end);
  if (!made || !write_new_file(name, 5, made)) exit(1);
  const qy_status status = qy_fpga_read(&d, "db", name, arena, &err);
  snprintf(where, sizeof where, "%d:%d", err.diagnostic[0].line, err.diagnostic[0].column);
  ok(status == QY_BAD_INPUT && !d && strstr(err.diagnostic[0].text, expected), "%s: %s", line[0] ? line : key,
     err.diagnostic[0].text);
  if (place) is_text(where, place, "... at its place");
  unlink(name);
}

static void test_bad_files(void)
{
  qy_error err = {0};
  qy_fpga_device *d = NULL;
  broken("luts:", "", NULL, "missing key \"luts\"");
  broken("dsps:", "dsp: 3", NULL, "unknown key \"dsp\"; did you mean \"dsps\"?");
  broken("part:", "", "1:1", "missing key \"part\"");
  broken("family:", "family: virtex", "5:9", "virtex");
  broken("slice:", "slice: dsp48", "6:8", "dsp48");
  broken("slice:", "slice: dsp48e2", "6:8", "expected dsp48e1, the slice of family xc7, found \"dsp48e2\"");
  broken("slice:", "slice: dsp58", "6:8", "expected dsp48e1, the slice of family xc7, found \"dsp58\"");
  broken("family:", "family: xcup", "6:8", "expected dsp48e2, the slice of family xcup, found \"dsp48e1\"");
  broken("luts:", "luts: 53200", NULL, "a mapping {value, low, high, status, source}");
  broken("luts:", "luts: {value: 10.5, low: 10, high: 11, status: read, source: x}", "9:15", "a whole number");
  broken("luts:", "luts: {value: 0, low: 0, high: 0, status: read, source: x}", "9:15", "found \"0\"");
  broken("luts:", "luts: {value: nan, low: 1, high: 2, status: read, source: x}", "9:15", "found \"nan\"");
  broken("clock_mhz:", "clock_mhz: {value: 100, low: 200, high: 300, status: read, source: x}", NULL,
         "at most the value 100");
  broken("static_w:", "static_w: {value: 1, low: 0.5, high: 0.9, status: read, source: x}", NULL,
         "at least the value 1");
  broken("dsp_pj:", "dsp_pj: {value: 1, low: 0.5, high: 2, status: guessed, source: x}", NULL, "guessed");
  broken("dsp_pj:", "dsp_pj: {value: 1, low: 0.5, high: 2, status: read}", NULL, "missing key \"source\"");
  broken("dsp_pj:", "dsp_pj: {value: 1, low: 0.5, high: 2, status: read, source: x, more: 1}", NULL,
         "unknown key \"more\"");
  ok(qy_fpga_read(&d, "db", "xc7z021", arena, &err) == QY_BAD_INPUT && !d &&
         strstr(err.diagnostic[0].text, "unknown FPGA device \"xc7z021\", did you mean \"xc7z020\"") &&
         strstr(err.diagnostic[0].text, "zu9eg"),
     "an unknown device: %s", err.diagnostic[0].text);
  ok(device("XC7Z020")->line[QY_FPGA_LUTS] == 9, "a name in capitals, and the line of a constant");
}

/* A device as a technology: each constant of the device and of all devices has a name and its own value. */
static void technology(void)
{
  qy_error err = {0};
  qy_tech *t = NULL;
  if (!ok(qy_tech_read_fpga(&t, "db", "xc7z045", arena, &err) == QY_OK, "a device as a technology")) return;
  ok(strcmp(t->name, "xc7z045") == 0 && t->fpga && strcmp(t->fpga->name, "xc7z045") == 0 &&
         t->title == t->fpga->title && t->text == t->fpga->text && t->file == t->fpga->file &&
         t->license == t->fpga->license,
     "has its name");
  is_int((int64_t)t->entry_count, QY_FPGA_VALUE_COUNT, "constants of the device and of all devices");
  int found = 0;
  for (size_t i = 0; i < t->entry_count; i++) {
    const struct qy_tech_entry *e = &t->entry[i];
    const bool own = i < QY_FPGA_CONSTANT_COUNT;
    found += e->slot == i && strncmp(e->path, "fpga.", 5) == 0 && e->unit && (e->line > 0) == own &&
             e->is_factor == !own && e->constant.low <= e->constant.value && e->constant.value <= e->constant.high;
    if (strcmp(e->path, "fpga.luts") == 0) near_rel(e->constant.value, 218600, 1e-12, "LUTs as the file has them");
    if (strcmp(e->path, "fpga.dsps") == 0) near_rel(e->constant.value, 900, 1e-12, "DSP slices, too");
    if (strcmp(e->path, "fpga.lut_limit") == 0)
      ok(e->constant.value > 0 && e->constant.value <= 1 && strcmp(e->unit, "ratio") == 0, "a limit is a share");
  }
  is_int(found, QY_FPGA_VALUE_COUNT, "each with a path, a unit, an interval around its value");
  ok(qy_tech_read_fpga(&t, "db", "xc7z046", arena, &err) == QY_BAD_INPUT, "no such device");
  static const struct {
    const char *name;
    bool is;
  } row[] = {{"xc7z045", true},
             {"fdsoi28", false},
             {"./db/fpga/u50.yaml", true},
             {"db/fpga/u50.yaml", true},
             {"db/tech/fdsoi28.yaml", false},
             {"nothing", false},
             {"x.yaml", false},
             {".yaml", false},
             {"./db/fpga/u51.yaml", false},
             {"db/fpga", false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    ok(qy_fpga_names_device("db", row[i].name) == row[i].is, "%s is %s device", row[i].name, row[i].is ? "a" : "no");
}

/* What all devices have in common: shares are of something, so above 0 where all is left and at most 1. */
static void shares(void)
{
  static const struct {
    const char *name;
    double value;
    bool good;
  } row[] = {{"lut_limit", 1, true},       {"lut_limit", 1.01, false},       {"lut_limit", 0, false},
             {"dsp_limit", 1, true},       {"dsp_limit", 1.01, false},       {"dsp_limit", 0, false},
             {"bram_limit", 1, true},      {"bram_limit", 1.01, false},      {"bram_limit", 0, false},
             {"other_toolchain", 1, true}, {"other_toolchain", 1.01, false}, {"other_toolchain", -0.01, false},
             {"base_luts", 0, true},       {"base_luts", -1, false},         {"base_dsps", 0, true},
             {"base_dsps", -1, false},     {"base_dsps", 1e5, true},         {"base_dsps", 100001, false},
             {"base_luts", 1e6, true},     {"base_luts", 1000001, false}};
  char directory[] = "/tmp/quarry-fpga-XXXXXX", link[40], circuit[40], file[60], *devices = realpath("db/fpga", NULL);
  char *text;
  size_t length;
  qy_error err = {0};
  if (!ok(devices && mkdtemp(directory) && !qy_file_read(&text, &length, "db/circuit/fpga.csv", arena, &err),
          "a directory of tables"))
    return;
  snprintf(link, sizeof link, "%s/fpga", directory);
  snprintf(circuit, sizeof circuit, "%s/circuit", directory);
  snprintf(file, sizeof file, "%s/fpga.csv", circuit);
  ok(!symlink(devices, link) && !mkdir(circuit, 0700), "with the devices of db");
  free(devices);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_tech *t = NULL;
    const double v = row[i].value;
    const char *at = strstr(text, qy_arena_format(arena, "\n%s,", row[i].name)),
               *end = at ? strchr(at + 1, '\n') : NULL;
    FILE *out = fopen(file, "w");
    if (!at || !end || !out) exit(1);
    fprintf(out, "%.*s\n%s,%.9g,%.9g,%.9g,%s,derived,test%s", (int)(at - text), text, row[i].name, v, v, v,
            strncmp(row[i].name, "base", 4) ? "ratio" : "count", end);
    fclose(out);
    qy_error_clear(&err);
    const qy_status status = qy_tech_read_fpga(&t, directory, "xc7z020", arena, &err);
    ok(row[i].good ? !status : status == QY_BAD_INPUT && err.diagnostic[0].line > 0, "%s of %g is %s", row[i].name, v,
       row[i].good ? "taken" : "refused");
  }
  unlink(file);
  rmdir(circuit);
  unlink(link);
  rmdir(directory);
}

int main(void)
{
  arena = qy_arena_new();
  test_all();
  test_published();
  test_bad_files();
  technology();
  shares();
  qy_arena_free(arena);
  return done();
}
