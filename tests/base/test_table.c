/* Tables of cells in each format, by hand. */
#include "quarry/table.h"

#include "tap.h"

#include <math.h>
#include <stdlib.h>

static const char *const names[] = {"name", "µm²", "n"};

static void fill(qy_table *t)
{
  qy_table_text(t, "a, \"b\"");
  qy_table_number(t, 1.0 / 3);
  qy_table_integer(t, -7);
  qy_table_text(t, NULL);
  qy_table_number(t, NAN);
  qy_table_digits(t, "9007199254740993");
}

static void renders(qy_table_format format, const char *expected, int rows)
{
  qy_error err = {0};
  qy_text text = {0};
  qy_table *t = qy_table_new(3, names);
  for (int i = 0; i < rows; i++)
    fill(t);
  is_int((int64_t)qy_table_rows(t), 2 * rows, "rows are counted");
  qy_table_text(t, "left over");
  is_int(qy_table_render(t, format, &text, &err), QY_OK, qy_table_format_names[format]);
  is_text(text.data, expected, "as expected, without the row that is not complete");
  qy_text_free(&text);
  qy_table_free(t);
}

/* To a stream that takes everything and to one that takes nothing. */
static void prints(void)
{
  qy_error err = {0};
  qy_table *t = qy_table_new(3, names);
  char *data = NULL;
  size_t length = 0;
  fill(t);
  FILE *out = open_memstream(&data, &length);
  is_int(qy_table_print(t, QY_TABLE_CSV, out, &err), QY_OK, "printed to a stream");
  fclose(out);
  ok(length > 0 && strncmp(data, "name,", 5) == 0, "which has it");
  free(data);
  FILE *full = fopen("/dev/full", "w");
  if (full) {
    setvbuf(full, NULL, _IONBF, 0);
    is_int(qy_table_print(t, QY_TABLE_CSV, full, &err), QY_SYSTEM, "a full disk is reported");
    ok(err.count == 1 && strstr(err.diagnostic[0].text, "No space"), "with the system's words");
    fclose(full);
  }
  qy_table_free(t);
}

/* Rows that differ in one number have as many digits as tell them apart, whatever long text all end in. */
static void told_apart(void)
{
  static const char *const head[] = {"x", "what"}, *const shown[] = {"1.00001", "1.00002", "5", "6", "7.5"};
  const double x[] = {1.00001, 1.00002, 5, 6, 7.5};
  for (int length = 0; length <= 200; length += 50) {
    char what[201] = "", line[300];
    qy_error err = {0};
    qy_text text = {0};
    qy_table *t = qy_table_new(2, head);
    memset(what, 'w', (size_t)length);
    what[length] = '\0';
    for (int r = 0; r < 5; r++) {
      qy_table_number(t, x[r]);
      qy_table_text(t, what);
    }
    qy_table_render(t, QY_TABLE_MARKDOWN, &text, &err);
    int found = 0;
    for (int r = 0; r < 5; r++) {
      snprintf(line, sizeof line, "| %s | %s |\n", shown[r], what);
      found += text.data && strstr(text.data, line) != NULL;
    }
    is_int(found, 5, "five rows that read as what they are");
    qy_text_free(&text);
    qy_table_free(t);
  }
}

/* To Markdown an underscore between letters or digits is one; beside anything else it begins or ends an emphasis. */
static void underscores(void)
{
  static const char *const head[] = {"before", "behind"};
  qy_table *t = qy_table_new(2, head);
  qy_text text = {0}, expected = {0};
  qy_error err = {0};
  qy_text_add(&expected, "| before | behind |\n|:---|:---|\n");
  for (int c = '!'; c <= '~'; c++) {
    const char before[] = {(char)c, '_', 'x', 0}, behind[] = {'x', '_', (char)c, 0}, one[] = {(char)c, 0};
    const bool letter = strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", c) != NULL;
    const char *sign = c == '_' || strchr("\\`*[]<>&|~$", c) ? "\\" : "", *mark = letter ? "" : "\\";
    if (c == '_') continue; /* two of them */
    qy_table_text(t, before);
    qy_table_text(t, behind);
    qy_text_add(&expected, "| %s%s%s_x | x%s_%s%s |\n", sign, one, mark, mark, sign, one);
  }
  qy_table_text(t, "ä_x");
  qy_table_text(t, "À_x"); /* whose last byte is 0x80 */
  qy_text_add(&expected, "| ä_x | À_x |\n");
  qy_table_text(t, "_");
  qy_table_text(t, "x_");
  qy_text_add(&expected, "| \\_ | x\\_ |\n");
  qy_table_render(t, QY_TABLE_MARKDOWN, &text, &err);
  is_text(text.data, expected.data, "an underscore beside every sign");
  qy_text_free(&text);
  qy_text_free(&expected);
  qy_table_free(t);
}

/* What is no usual number or text. */
static void odd(void)
{
  static const char *const head[] = {"a", "b", "c"};
  static const char *const expected[] = {[QY_TABLE_ALIGNED] = "  a     b  c\ninf  -inf  x\\x00\\ny\n",
                                         [QY_TABLE_CSV] = "a,b,c\ninf,-inf,\"x\\x00\ny\"\n",
                                         [QY_TABLE_JSON] = "[\n {\"a\": null, \"b\": null, \"c\": "
                                                           "\"x\\u0000\\u000ay\"}\n]\n"};
  for (int format = 0; format <= QY_TABLE_JSON; format++) {
    qy_error err = {0};
    qy_text text = {0};
    qy_table *t = qy_table_new(3, head);
    qy_table_number(t, INFINITY);
    qy_table_number(t, -INFINITY);
    qy_table_bytes(t, "x\0\ny", 4);
    is_int(qy_table_render(t, (qy_table_format)format, &text, &err), QY_OK, qy_table_format_names[format]);
    is_text(text.data, expected[format], "infinities and a NUL byte");
    qy_text_free(&text);
    qy_table_free(t);
  }
}

/* Rows printed in turns of any size are those printed at once. */
static void flows(qy_table_format format, int every)
{
  qy_error err = {0};
  char *data[2] = {NULL};
  size_t length[2] = {0};
  int failed = 0;
  for (int way = 0; way < 2; way++) {
    qy_table *t = qy_table_new(3, names);
    FILE *out = open_memstream(&data[way], &length[way]);
    for (int i = 0; i < 10; i++) {
      fill(t);
      qy_table_text(t, "cut");
      if (way && i % every == 0) failed += qy_table_flow(t, format, out, &err) != QY_OK;
      qy_table_digits(t, "2");
      qy_table_bytes(t, "\0", 1);
    }
    is_int(qy_table_print(t, format, out, &err), QY_OK, qy_table_format_names[format]);
    fclose(out);
    qy_table_free(t);
  }
  is_text(data[1], data[0], "rows as they come");
  is_int(failed, 0, "each printed");
  free(data[0]);
  free(data[1]);
}

/* ---- for people ---- */

static const char *const measured[] = {"design",     "area_um2", "area_um2_p05", "area_um2_p95",
                                       "latency_us", "cycles",   "remark"};

static qy_table *measurements(int rows)
{
  qy_table *t = qy_table_new(7, measured);
  static const struct {
    const char *design;
    double area, low, high, latency, cycles;
    const char *remark;
  } row[] = {{"RDM", 1234567.8, 1100000, 1300123, 15234.5678, 12345678, "keeps the weights beside the multipliers"},
             {"S|M_1", 234567.8, 210000.5, 260000.25, 8000, 7, NULL},
             {"x%", 987654.321, NAN, NAN, 1e5 / 3, 10.5, "a_b"}};
  for (int i = 0; i < rows; i++) {
    qy_table_text(t, row[i].design);
    qy_table_number(t, row[i].area);
    qy_table_number(t, row[i].low);
    qy_table_number(t, row[i].high);
    qy_table_number(t, row[i].latency);
    qy_table_number(t, row[i].cycles);
    qy_table_text(t, row[i].remark);
  }
  return t;
}

static void shows(qy_table *t, qy_table_format format, const char *expected, const char *what)
{
  qy_text text = {0};
  is_int(qy_table_render(t, format, &text, NULL), QY_OK, what);
  is_text(text.data, expected, what);
  qy_text_free(&text);
  qy_table_free(t);
}

static qy_table *fitted(int rows, size_t width, bool vertical)
{
  qy_table *t = measurements(rows);
  qy_table_layout(t, width, vertical);
  return t;
}

/* Half widths 0.1 and 0.025 mm²: places 0.01 and 0.001; without an interval five digits. */
static void reads(void)
{
  shows(measurements(3), QY_TABLE_ALIGNED,
        "design  area (mm²)  area_p05 (mm²)  area_p95 (mm²)  latency (ms)    cycles  remark\n"
        "RDM           1.23            1.10            1.30         15.23  12345678  keeps the weights beside the "
        "multipliers\n"
        "S|M_1        0.235           0.210           0.260             8         7  -\n"
        "x%          0.9877               -               -         33.33      10.5  a_b\n",
        "units and digits");
  shows(fitted(2, 94, false), QY_TABLE_ALIGNED,
        "design            area (mm²)  latency (ms)    cycles  remark\n"
        "RDM        1.23 [1.10, 1.30]         15.23  12345678  keeps the weights beside the multipliers\n"
        "S|M_1   0.235 [0.210, 0.260]             8         7  -\n",
        "bounds beside the value");
  shows(fitted(2, 80, false), QY_TABLE_ALIGNED,
        "design         area (mm²)  latency    cycles  remark\n"
        "                              (ms)\n"
        "RDM     1.23 [1.10, 1.30]    15.23  12345678  keeps the weights beside the\n"
        "                                              multipliers\n"
        "S|M_1       0.235 ± 0.025        8         7  -\n",
        "shorter where the value is in the middle third, with a head and a text in two lines");
  shows(fitted(2, 82, true), QY_TABLE_ALIGNED,
        "design   RDM\n"
        "area     1.23 [1.10, 1.30] mm²\n"
        "latency  15.23 ms\n"
        "cycles   12345678\n"
        "remark   keeps the weights beside the multipliers\n"
        "\n"
        "design   S|M_1\n"
        "area     0.235 [0.210, 0.260] mm²\n"
        "latency  8 ms\n"
        "cycles   7\n"
        "remark   -\n",
        "vertical");
  shows(measurements(2), QY_TABLE_MARKDOWN,
        "| design | area (mm²) | area_p05 (mm²) | area_p95 (mm²) | latency (ms) | cycles | remark |\n"
        "|:---|---:|---:|---:|---:|---:|:---|\n"
        "| RDM | 1.23 | 1.10 | 1.30 | 15.23 | 12345678 | keeps the weights beside the multipliers |\n"
        "| S\\|M_1 | 0.235 | 0.210 | 0.260 | 8 | 7 | - |\n",
        "Markdown");
  qy_table *t = measurements(3);
  is_int(qy_table_columns(t, "design,latency,remark", NULL), QY_OK, "columns, one without its unit");
  shows(t, QY_TABLE_LATEX,
        "% \\usepackage{booktabs}\n\\begin{tabular}{lrl}\n\\toprule\n"
        "design & latency (ms) & remark \\\\\n\\midrule\n"
        "RDM & 15.23 & keeps the weights beside the multipliers \\\\\n"
        "S\\textbar{}M\\_1 & 8 & -- \\\\\n"
        "x\\% & 33.33 & a\\_b \\\\\n\\bottomrule\n\\end{tabular}\n",
        "LaTeX");
}

static qy_table *areas(const double value[][3], size_t rows)
{
  static const char *const head[] = {"area_um2", "area_um2_p05", "area_um2_p95"};
  qy_table *t = qy_table_new(3, head);
  for (size_t i = 0; i < 3 * rows; i++)
    qy_table_number(t, value[i / 3][i % 3]);
  return t;
}

/* Numbers without intervals get as many digits as tell rows apart, beside rows that are equal. */
static void tells_plain_apart(void)
{
  static const char *const head[] = {"design", "latency_ms"};
  static const double value[] = {12.3412, 12.3441, 7.5, 7.5};
  qy_table *t = qy_table_new(2, head);
  for (int i = 0; i < 4; i++) {
    qy_table_text(t, i < 2 ? "a" : "b");
    qy_table_number(t, value[i]);
  }
  shows(t, QY_TABLE_ALIGNED,
        "design  latency (ms)\n"
        "a             12.341\n"
        "a             12.344\n"
        "b                7.5\n"
        "b                7.5\n",
        "five digits for two rows, two rows are equal");
}

/* Bounds are rounded where the interval is of use, and nowhere else. */
static void bounds(void)
{
  static const struct {
    double bound, value, low, high;
    const char *shown; /* NULL: not */
  } row[] = {{1.104, 1.23, 1.104, 1.31, "1.10"},
             {-0.26, -1e17, -1.1e17, -0.26, NULL},
             {0.26, 1e17, 0.26, 1.1e17, NULL},
             {0.26, 1, 0.26, 2e15, NULL},
             {1e-30, 2e-30, 1e-30, 3e-30, NULL},
             {1, 1, 1, 1, NULL},
             {INFINITY, 1, 0.5, INFINITY, NULL},
             {3, 5, 3, 8, "3"},
             {0.25, 1e15, 0.25, 100, NULL},
             {-2.5, 0, -1e15, -2.5, NULL},
             {2.5, 0, 2.5, 1e15, NULL},
             {2.5, 3.5, 2.5, 999999999999999.5, "0"},
             {0.25, 999999999999999.5, 0.25, 100, "0"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char out[QY_TABLE_NUMBER] = "";
    const bool is = qy_table_bound(out, row[i].bound, row[i].value, row[i].low, row[i].high);
    ok(is == (row[i].shown != NULL) && (!is || strcmp(out, row[i].shown) == 0), "%g in [%g, %g]: %s", row[i].bound,
       row[i].low, row[i].high, is ? out : "not rounded");
  }
  static const char *const heads[] = {"area_um2", "latency_ms"};
  char advice[QY_DID_YOU_MEAN] = "before";
  is_text(qy_table_advice(advice, "zzzzzzzz", heads, 2), "", "no column is near");
  is_text(qy_table_advice(advice, "latensy", heads, 2), "; did you mean \"latency\"?", "one is");
}

/* Rows that share their uncertainty: digits by the interval alone would show 36000 three times. */
static void tells_apart(void)
{
  static const double near[][3] = {
      {36012.3, 25000.4, 47000.2}, {36148.9, 25100.4, 47200.2}, {36451.7, 25300.4, 47500.2}};
  static const double equal[][3] = {{36012.3, 25000.4, 47000.2}, {36012.3, 25000.4, 47000.2}};
  static const double noise[][3] = {{36012.31, 25000.4, 47000.2}, {36012.32, 25000.4, 47000.2}};
  static const double wide[][3] = {{36012.3, 25000.4, 47000.2}, {36.0123, 25.1, 47.3}, {36.0456, 25.1, 47.3}};
  shows(areas(near, 1), QY_TABLE_ALIGNED,
        "area (µm²)  area_p05 (µm²)  area_p95 (µm²)\n"
        "     36000           25000           47000\n",
        "one row: digits of its interval");
  shows(areas(near, 3), QY_TABLE_ALIGNED,
        "area (µm²)  area_p05 (µm²)  area_p95 (µm²)\n"
        "     36000           25000           47000\n"
        "     36100           25000           47000\n"
        "     36500           25000           48000\n",
        "rows apart: one digit more is enough");
  shows(areas(equal, 2), QY_TABLE_ALIGNED,
        "area (µm²)  area_p05 (µm²)  area_p95 (µm²)\n"
        "     36000           25000           47000\n"
        "     36000           25000           47000\n",
        "equal rows need no digits");
  shows(areas(noise, 2), QY_TABLE_ALIGNED,
        "area (µm²)  area_p05 (µm²)  area_p95 (µm²)\n"
        "     36000           25000           47000\n"
        "     36000           25000           47000\n",
        "what five digits do not tell apart is equal");
  shows(areas(wide, 3), QY_TABLE_ALIGNED,
        "area (µm²)  area_p05 (µm²)  area_p95 (µm²)\n"
        "     36000           25000           47000\n"
        "        36              25              47\n"
        "        36              25              47\n",
        "what five digits of the largest do not tell apart is left as its own interval has it");
}

/* Units that a head without them would lose. */
static void keeps_units(void)
{
  static const char *const head[] = {"lut", "lut_pct", "weight_bytes", "gops", "area_um2", "energy_uj"};
  for (int vertical = 0; vertical < 2; vertical++) {
    qy_table *t = qy_table_new(6, head);
    qy_table_unit(t, 3, "GOP/s");
    qy_table_layout(t, 0, vertical);
    qy_table_integer(t, 1200);
    qy_table_number(t, 2.25);
    qy_table_integer(t, 864);
    qy_table_number(t, 12.5);
    qy_table_null(t);
    qy_table_number(t, 0);
    shows(t, QY_TABLE_ALIGNED,
          vertical ? "lut           1200\n"
                     "lut_pct       2.25\n"
                     "weight_bytes  864 B\n"
                     "gops          12.5 GOP/s\n"
                     "area_um2      -\n"
                     "energy        0 µJ\n"
                   : " lut  lut_pct  weight_bytes (B)  gops (GOP/s)  area_um2  energy (µJ)\n"
                     "1200     2.25               864          12.5  -                   0\n",
          "units kept");
  }
}

/* Bytes are counts: in a larger unit only where every one of them stays whole. */
static void bytes_stay_whole(void)
{
  static const char *const head[] = {"weight_bytes", "area_um2"};
  static const double area[] = {INFINITY, -INFINITY};
  for (int odd = 0; odd < 2; odd++) {
    qy_table *t = qy_table_new(2, head);
    for (int i = 0; i < 2; i++) {
      qy_table_integer(t, (i + 1) * 65536 + (i ? odd : 0));
      qy_table_number(t, area[i]);
    }
    shows(t, QY_TABLE_ALIGNED,
          odd ? "weight_bytes (B)  area_um2\n"
                "           65536       inf\n"
                "          131073      -inf\n"
              : "weight_bytes (KiB)  area_um2\n"
                "                64       inf\n"
                "               128      -inf\n",
          odd ? "65536 and 131073 bytes" : "64 and 128 KiB");
  }
}

static void folds(void)
{
  static const double value[][3] = {{12.34, 11, 13.5}, {15.61, NAN, NAN}};
  qy_table *t = areas(value, 2);
  qy_table_fold(t);
  shows(t, QY_TABLE_MARKDOWN, "| area (µm²) |\n|---:|\n| 12.3 \\[11.0, 13.5\\] |\n| 15.61 |\n",
        "bounds beside the value, where there are some");
  ok(qy_table_means("area*", "area_um2_p05") && qy_table_means("area", "area_um2") &&
         !qy_table_means("are", "area_um2"),
     "patterns of columns");
}

/* Nothing is wider than the terminal, whatever that is, as long as words and names are not. */
static void fits(void)
{
  int wide = 0, lost = 0;
  for (size_t limit = 34; limit < 140; limit++) {
    qy_text text = {0};
    qy_table *t = fitted(3, limit, false);
    qy_table_render(t, QY_TABLE_ALIGNED, &text, NULL);
    size_t width = 0;
    for (const char *p = text.data; *p; p++) {
      width = *p == '\n' ? 0 : width + (((unsigned char)*p & 0xC0) != 0x80);
      wide += width > limit;
    }
    lost += !strstr(text.data, "12345678") || !strstr(text.data, "15.23") || !strstr(text.data, "33.33");
    qy_text_free(&text);
    qy_table_free(t);
  }
  is_int(wide, 0, "no line is wider than the limit");
  is_int(lost, 0, "and no value is lost");
}

/* What is asked for a second time counts alone; names without a column are left out where that is allowed. */
static void picks_again(void)
{
  static const char *const all = "a,b,c\n1,2,3\n", *const head[] = {"a", "b", "c"};
  static const struct {
    const char *some, *expected;
  } row[] = {{"c,zz,a", "c,a\n3,1\n"}, {"zz", NULL}, {"zz,yy", NULL}, {"b", "b\n2\n"}, {"zz,b,yy", "b\n2\n"}};
  for (size_t i = 0; i < 2 * sizeof row / sizeof *row; i++) {
    qy_table *t = qy_table_new(3, head);
    for (int c = 1; c <= 3; c++)
      qy_table_integer(t, c);
    if (i % 2) is_int(qy_table_columns(t, "b,c", NULL), QY_OK, "two columns");
    is_int(qy_table_some_columns(t, row[i / 2].some, NULL), QY_OK, row[i / 2].some);
    shows(t, QY_TABLE_CSV, row[i / 2].expected ? row[i / 2].expected : all, "those of them that there are, else all");
  }
  qy_table *t = qy_table_new(3, head);
  for (int c = 1; c <= 3; c++)
    qy_table_integer(t, c);
  is_int(qy_table_columns(t, "b,c", NULL) || qy_table_columns(t, "c,a", NULL), 0, "columns, and others");
  shows(t, QY_TABLE_CSV, "c,a\n3,1\n", "the others");
}

/* Patterns that end in a star are compared with beginnings as long, others with names, with their unit and without. */
static void advice(void)
{
  static const char *const head[] = {"area_of_parts_um2", "latency_us", "energy", "area_um2"};
  static const struct {
    const char *pattern, *said;
  } row[] = {{"aera", "area"},
             {"aera*", "area*"},
             {"area_of_part_um2", "area_of_parts_um2"},
             {"latensy_us", "latency_us"},
             {"latensy", "latency"},
             {"latensy*", "latency*"},
             {"enrgy", "energy"},
             {"energ*x", "energy"},
             {"lateXX*", "latenc*"},
             {"latx*", "late*"},
             {"*", NULL},
             {"zz*", NULL},
             {"area_o_parts*", "area_of_parts*"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char out[QY_DID_YOU_MEAN] = "before", expected[80] = "";
    if (row[i].said) snprintf(expected, sizeof expected, "; did you mean \"%s\"?", row[i].said);
    is_text(qy_table_advice(out, row[i].pattern, head, 4), expected, row[i].pattern);
  }
}

/* Rows that differ only where their intervals overlap ask for no more digits; others still do. */
static void noise_and_digits(void)
{
  static const char *const head[] = {"x", "x_p05", "x_p95", "y"};
  static const double row[][4] = {{36012.31, 25000.4, 47000.2, 7.5},
                                  {36012.32, 25000.4, 47000.2, 7.5},
                                  {36012.31, 25000.4, 47000.2, 12.3412},
                                  {36012.31, 25000.4, 47000.2, 12.3441}};
  qy_table *t = qy_table_new(4, head);
  for (int i = 0; i < 16; i++)
    qy_table_number(t, row[i / 4][i % 4]);
  shows(t, QY_TABLE_ALIGNED,
        "    x  x_p05  x_p95       y\n"
        "36000  25000  47000     7.5\n"
        "36000  25000  47000     7.5\n"
        "36000  25000  47000  12.341\n"
        "36000  25000  47000  12.344\n",
        "digits for those that differ");
}

/* Where no number of digits that is shown tells two apart, more of them are not shown either. */
static void too_near(void)
{
  static const char *const head[] = {"y"};
  qy_table *t = qy_table_new(1, head);
  qy_table_number(t, 12.3412);
  qy_table_number(t, nextafter(12.3412, 13));
  shows(t, QY_TABLE_ALIGNED, "    y\n12.34\n12.34\n", "the least digits for those that none tell apart");
}

static void picks(void)
{
  qy_error err = {0};
  qy_table *t = measurements(1);
  is_int(qy_table_columns(t, "cycles,area_um2*,cycles", &err), QY_OK, "columns by name and pattern");
  shows(t, QY_TABLE_CSV, "cycles,area_um2,area_um2_p05,area_um2_p95\n12345678,1234567.8,1100000,1300123\n",
        "in that order");
  t = measurements(1);
  is_int(qy_table_columns(t, "latency_um", &err), QY_BAD_INPUT, "a column that is not there");
  ok(err.count == 1 && strstr(err.diagnostic[0].text, "did you mean \"latency_us\"?"), "with advice");
  is_int(qy_table_columns(t, "cycles,,area_um2", &err), QY_BAD_INPUT, "an empty name");
  shows(t, QY_TABLE_CSV,
        "design,area_um2,area_um2_p05,area_um2_p95,latency_us,cycles,remark\n"
        "RDM,1234567.8,1100000,1300123,15234.5678,12345678,keeps the weights beside the multipliers\n",
        "what is refused leaves all columns");
}

/* A unit per row; numbers that are whole; digits of an interval that is narrow, one-sided, or none. */
static void rows_with_units(void)
{
  static const char *const head[] = {"what", "value", "unit", "p05", "p95"};
  static const struct {
    const char *what, *unit;
    double value, low, high;
  } row[] = {{"area_um2", "µm²", 250000.4, 240000, 260000},
             {"cycles", "", 123456789, NAN, NAN},
             {"energy", "µJ", 12.3456789, 12.3451, 12.3459},
             {"dsp", "", 12, 10, 15},
             {"big", "", 1234567.4, NAN, NAN},
             {"tiny", "", 1.23456e-7, NAN, NAN},
             {"same", "µs", 0.0123456, 0.0123456, 0.0123456}};
  qy_table *t = qy_table_new(5, head);
  qy_table_interval(t, 1, 3, 4);
  qy_table_row_unit(t, 2, 0);
  for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
    qy_table_text(t, row[i].what);
    qy_table_number(t, row[i].value);
    qy_table_text(t, row[i].unit);
    qy_table_number(t, row[i].low);
    qy_table_number(t, row[i].high);
  }
  shows(t, QY_TABLE_ALIGNED,
        "what        value  unit       p05       p95\n"
        "area        0.250  mm²      0.240     0.260\n"
        "cycles  123456789               -         -\n"
        "energy   12.34568  µJ    12.34510  12.34590\n"
        "dsp            12              10        15\n"
        "big       1235000               -         -\n"
        "tiny    1.235e-07               -         -\n"
        "same        12.35  ns       12.35     12.35\n",
        "units of rows");
}

/* A device without room is said, when a row comes and at the end. */
static void full_device(void)
{
  static const char *const head[] = {"a", NULL};
  for (int format = 0; format < QY_TABLE_FORMATS; format++)
    for (int at_once = 0; at_once < 2; at_once++) {
      qy_error err = {0};
      FILE *out = fopen("/dev/full", "w");
      qy_table *t = qy_table_new(1, head);
      if (!out || !t) return;
      setvbuf(out, NULL, _IONBF, 0);
      qy_table_text(t, "x");
      qy_status status = at_once ? QY_OK : qy_table_flow(t, (qy_table_format)format, out, &err);
      const bool flows = format == QY_TABLE_CSV || format == QY_TABLE_JSON;
      if (!at_once) is_int(status, flows ? QY_SYSTEM : QY_OK, "a row that comes");
      if (at_once) is_int(qy_table_print(t, (qy_table_format)format, out, &err), QY_SYSTEM, "the whole table");
      if (at_once || flows) ok(strstr(err.diagnostic[0].text, "could not be written") != NULL, "with the reason");
      qy_error_clear(&err);
      qy_table_free(t);
      fclose(out);
    }
}

int main(void)
{
  full_device();
  renders(QY_TABLE_ALIGNED,
          "name       µm²                 n\n"
          "a, \"b\"  0.3333                -7\n"
          "-            -  9007199254740993\n",
          1);
  renders(QY_TABLE_CSV,
          "name,µm²,n\n"
          "\"a, \"\"b\"\"\",0.3333333333333333,-7\n"
          ",,9007199254740993\n",
          1);
  renders(QY_TABLE_JSON,
          "[\n {\"name\": \"a, \\\"b\\\"\", \"µm²\": 0.3333333333333333, \"n\": -7},"
          "\n {\"name\": null, \"µm²\": null, \"n\": 9007199254740993}\n]\n",
          1);
  renders(QY_TABLE_ALIGNED, "name  µm²  n\n", 0);
  renders(QY_TABLE_CSV, "name,µm²,n\n", 0);
  renders(QY_TABLE_JSON, "[]\n", 0);
  ok(!qy_table_format_names[QY_TABLE_FORMATS], "the list of formats ends");
  odd();
  for (int format = 0; format < QY_TABLE_FORMATS; format++)
    for (int every = 1; every <= 16; every *= 4)
      flows((qy_table_format)format, every);
  prints();
  told_apart();
  underscores();
  reads();
  tells_apart();
  tells_plain_apart();
  bounds();
  keeps_units();
  bytes_stay_whole();
  folds();
  fits();
  picks();
  picks_again();
  advice();
  noise_and_digits();
  too_near();
  rows_with_units();
  return done();
}
