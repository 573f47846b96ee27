/* Styles of pictures: which texts are values, what follows from them, which lie over others, which contradict. */
#include "quarry/plot_kinds.h"
#include "quarry/plot_style.h"
#include "tap.h"

static void values(void)
{
  static const struct {
    qy_style_option option;
    const char *taken[14], *refused[16];
  } rows[] = {
      {QY_STYLE_SIZE,
       {"3.5in x 2.6in", "90 x 60 mm", "800x600px", "8.9cm×6cm", "5inx4in", "1in x 60in", " 60in  x  1in ",
        "2.54cm x 72pt"},
       {"3.5 x 2.6", "3.5in", "0.99in x 3in", "3in x 0.99in", "60.1in x 3in", "3in x 60.1in", "3in x 2in x",
        "-3in x 2in", "1e400in x 2in", "3inch x 2in", "3in x 2inch", "3in 2in", "3in x", "3 x 2 ft", "x 2in", ""}},
      {QY_STYLE_FONT,
       {"Liberation Serif", "A", "A-b_9", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"},
       {"x',1; system('rm')", "", "A,12", "9A", " A", "A ", "-A", "Ä", "A\xC3\xA9",
        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"}},
      {QY_STYLE_FONT_SIZE,
       {"9", "9 pt", "4", "72", " 9pt ", "4.0pt"},
       {"0", "nan", "3.99", "72.1", "9 px", "9 pt x", "pt", "9 9", "0000000000000000000000000000009", ""}},
      {QY_STYLE_TITLE, {"auto", "none", "Any, text"}, {NULL}},
      {QY_STYLE_FORMATS,
       {"png, svg", "pdf", "svg,png , pdf,  eps,txt", " txt"},
       {"pdf,pdf", "gif", "png,", "svg png", "sv", "svgz", "png;svg", "", ","}},
      {QY_STYLE_X_RANGE,
       {"1, 100", "auto, 1e6", "1,auto", "auto, auto", "-5, -4", "1 mm2, 2 um2", "0, 0.1 mm2", " 1 um , 2 um "},
       {"5, 5", "7, 3", "1", "1, inf", "1, 2, 3", "1 2", "auto, 1 furlong", "1 furlong, 2", "3 um, 2 um", "1,", ", 1",
        "autos, 1"}},
      {QY_STYLE_Y_RANGE, {"1, 2"}, {"1, inf", "2, 1"}},
      {QY_STYLE_X_SCALE, {"auto", "linear", "log"}, {"Log", "logs", ""}},
      {QY_STYLE_Y_SCALE, {"auto", "linear", "log"}, {"Log", "lin", ""}},
      {QY_STYLE_PRESET, {"screen", "paper", "slide"}, {"papers", "pape", ""}},
      {QY_STYLE_DPI, {"600", "36", "1200"}, {"35.9", "1200.1", "300 dpi", "6"}},
      {QY_STYLE_LEGEND, {"right", "above", "none"}, {"left", "abov", ""}},
      {QY_STYLE_CAPTION, {"auto", "none"}, {"no", "autos", ""}},
      {QY_STYLE_PER_X, {"auto", "all", "best", "median"}, {"mean", "medians", ""}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const char *key = qy_style_table()[rows[i].option].key;
    for (size_t k = 0; k < sizeof rows[i].taken / sizeof *rows[i].taken && rows[i].taken[k]; k++)
      ok(qy_style_valid(rows[i].option, rows[i].taken[k]), "%s: \"%s\" is taken", key, rows[i].taken[k]);
    for (size_t k = 0; k < sizeof rows[i].refused / sizeof *rows[i].refused && rows[i].refused[k]; k++)
      ok(!qy_style_valid(rows[i].option, rows[i].refused[k]), "%s: \"%s\" is refused", key, rows[i].refused[k]);
  }
  char title[502];
  memset(title, 'a', sizeof title);
  for (size_t length = 500; length <= 501; length++) {
    title[length] = '\0';
    ok(qy_style_valid(QY_STYLE_TITLE, title) == (length == 500), "a title of %zu bytes", length);
    title[length] = 'a';
  }
}

static qy_plot_look look_of(qy_style_option a, const char *text, qy_style_option b, const char *other)
{
  qy_plot_look look;
  qy_plot_style style = {{NULL}};
  style.said[a] = text;
  if (other) style.said[b] = other;
  qy_style_look(&look, &style);
  return look;
}
#define LOOK(option, text)        look_of(QY_STYLE_##option, text, QY_STYLE_COUNT, NULL)
#define LOOKS(a, text, b, second) look_of(QY_STYLE_##a, text, QY_STYLE_##b, second)

/* 1 in = 2.54 cm = 25.4 mm = 72 pt = 96 px. */
static void lengths(void)
{
  static const struct {
    const char *text;
    double width, height;
  } rows[] = {{"3.5in x 2.6in", 3.5, 2.6}, {"90 x 60 mm", 90 / 25.4, 60 / 25.4},
              {"960x480px", 10, 5},        {"5.08cm×12.7 cm", 2, 5},
              {"127mm x 72pt", 5, 1},      {"2in x 192 px", 2, 2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_look look = LOOK(SIZE, rows[i].text);
    near_rel(look.width_in, rows[i].width, 1e-12, rows[i].text);
    near_rel(look.height_in, rows[i].height, 1e-12, "its height");
    ok(look.sized && !look.screen, "a size was asked for");
  }
}

/* What the presets are said to be in the help and in README. */
static void presets(void)
{
  static const struct {
    const char *name;
    double width, height, font, dpi;
    bool titled, captioned;
    qy_legend legend;
    qy_plot_format format[2];
  } rows[] = {{"screen", 1200 / 96.0, 700 / 96.0, 11, 96, true, true, QY_LEGEND_RIGHT, {QY_PLOT_SVG, QY_PLOT_PNG}},
              {"paper", 3.5, 2.6, 8, 300, false, false, QY_LEGEND_ABOVE, {QY_PLOT_PDF, QY_PLOT_PNG}},
              {"slide", 10, 5.625, 14, 144, true, false, QY_LEGEND_RIGHT, {QY_PLOT_SVG, QY_PLOT_PNG}}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_look l = LOOK(PRESET, rows[i].name);
    ok(l.width_in == rows[i].width && l.height_in == rows[i].height && l.font_pt == rows[i].font &&
           l.dpi == rows[i].dpi,
       "%s: %g in x %g in, %g pt, %g dpi", rows[i].name, l.width_in, l.height_in, l.font_pt, l.dpi);
    ok(l.titled == rows[i].titled && l.captioned == rows[i].captioned && l.legend == rows[i].legend, "title, legend");
    ok(l.format_count == 2 && l.format[0] == rows[i].format[0] && l.format[1] == rows[i].format[1], "its files");
    ok(!l.sized && l.x_scale == -1 && l.y_scale == -1 && l.per_x == QY_PER_X_AUTO && isnan(l.range[0][0]) &&
           isnan(l.range[0][1]) && isnan(l.range[1][0]) && isnan(l.range[1][1]) && !l.title[0],
       "nothing is said of axes");
    ok(l.screen == (i == 0) && l.small_pt >= 7, "small type of 7 pt or more: %g", l.small_pt);
    is_text(l.font, "DejaVu Sans", "the font");
  }
  const qy_plot_style none = {{NULL}};
  qy_plot_look plain;
  qy_style_look(&plain, &none);
  ok(plain.screen && plain.dpi == 96 && plain.titled, "without a preset the screen's");
  near_rel(plain.small_pt, 9, 1e-12, "small type beside 11 pt is 9 pt");
  near_rel(LOOK(PRESET, "slide").small_pt, 14 * 9.0 / 11, 1e-12, "beside 14 pt in the same ratio");
  near_abs(LOOK(FONT_SIZE, "5").small_pt, 5, 0, "but never larger than the type itself");
}

static void single(void)
{
  qy_plot_look l = LOOK(FONT_SIZE, "22 pt");
  ok(l.font_pt == 22 && l.title_pt == 28 && !l.screen, "twice the type: twice the title: %g", l.title_pt);
  l = LOOK(TITLE, "none");
  ok(!l.titled && !l.title[0], "no title");
  l = LOOK(TITLE, "auto");
  ok(l.titled && !l.title[0], "the plot's own title");
  l = LOOK(TITLE, "Area and energy");
  ok(l.titled && strcmp(l.title, "Area and energy") == 0, "a title");
  l = LOOKS(PRESET, "paper", TITLE, "auto");
  ok(l.titled && !l.title[0], "a title on paper where it is asked for");
  l = LOOKS(PRESET, "paper", CAPTION, "auto");
  ok(l.captioned, "a caption on paper");
  ok(!LOOK(CAPTION, "none").captioned, "no caption on the screen");
  ok(LOOK(LEGEND, "none").legend == QY_LEGEND_NONE && LOOK(LEGEND, "above").legend == QY_LEGEND_ABOVE &&
         LOOKS(PRESET, "paper", LEGEND, "right").legend == QY_LEGEND_RIGHT,
     "legends");
  is_text(LOOK(FONT, "Liberation Serif").font, "Liberation Serif", "a font");
  is_text(LOOK(FONT, "A").font, "A", "one with a shorter name than the usual");
  near_abs(LOOK(DPI, "150").dpi, 150, 0, "dots per inch");
  l = LOOK(FORMATS, "eps, txt,svg");
  ok(l.format_count == 3 && l.format[0] == QY_PLOT_EPS && l.format[1] == QY_PLOT_DUMB && l.format[2] == QY_PLOT_SVG,
     "formats in the order they are said in");
  static const char *const scale[] = {"auto", "linear", "log"};
  for (int i = 0; i < 3; i++) {
    l = LOOKS(X_SCALE, scale[i], Y_SCALE, scale[2 - i]);
    ok(l.x_scale == i - 1 && l.y_scale == 1 - i && l.screen, "x %s, y %s", scale[i], scale[2 - i]);
  }
  static const char *const way[] = {"auto", "all", "best", "median"};
  for (int i = 0; i < 4; i++)
    is_int(LOOK(PER_X, way[i]).per_x, i, way[i]);
  l = LOOKS(X_RANGE, "auto, 7", Y_RANGE, "-2.5,auto");
  ok(isnan(l.range[0][0]) && l.range[0][1] == 7 && l.range[1][0] == -2.5 && isnan(l.range[1][1]), "ranges");
  static const char *const file[] = {"svg", "png", "pdf", "txt", "eps"};
  for (int f = 0; f < QY_PLOT_FORMAT_COUNT; f++)
    is_text(qy_plot_format_name((qy_plot_format)f), file[f], "the ending of files");
}

/* A page of a share of less than half of the preset's has that share of its type, 7 pt at the least. */
static void shrunk(void)
{
  static const struct {
    const char *preset, *size;
    double font;
  } rows[] = {{"slide", "10in x 5.625in", 14},  {"slide", "5in x 2.8125in", 14}, {"slide", "3.75in x 5.625in", 10.5},
              {"slide", "10in x 2.25in", 11.2}, {"slide", "2in x 5.625in", 7},   {"slide", "20in x 12in", 14},
              {"screen", "5in x 7in", 8.8},     {"paper", "1.2in x 2.6in", 7}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_look l = LOOKS(PRESET, rows[i].preset, SIZE, rows[i].size), full = LOOK(PRESET, rows[i].preset);
    near_rel(l.font_pt, rows[i].font, 1e-12, rows[i].size);
    near_rel(l.title_pt / l.font_pt, full.title_pt / full.font_pt, 1e-12, "its title likewise");
  }
  near_abs(LOOKS(SIZE, "2in x 2in", FONT_SIZE, "20").font_pt, 20, 0, "type that was asked for stays");
}

static void over(void)
{
  qy_plot_look look;
  qy_plot_style file = {{NULL}}, plot = {{NULL}}, line = {{NULL}};
  file.said[QY_STYLE_SIZE] = "127mm x 72pt";
  file.said[QY_STYLE_X_SCALE] = "log";
  file.said[QY_STYLE_PER_X] = "best";
  file.said[QY_STYLE_DPI] = "200";
  plot.said[QY_STYLE_FONT_SIZE] = "10";
  line.said[QY_STYLE_PRESET] = "paper";
  line.said[QY_STYLE_DPI] = "400";
  qy_style_over(&file, &plot);
  qy_style_look(&look, &file);
  ok(look.font_pt == 10 && look.width_in == 5 && look.dpi == 200, "what the plot says lies over what the file says");
  qy_style_over(&file, &line);
  qy_style_look(&look, &file);
  ok(look.width_in == 3.5 && !look.sized && look.font_pt == 8, "a preset takes back size and type below it");
  ok(look.x_scale == 1 && look.per_x == QY_PER_X_BEST, "but no scale and no way of points");
  near_abs(look.dpi, 400, 0, "what is said beside the preset holds");
}

static void ranges(qy_arena *arena)
{
  static const struct {
    const char *x, *y, *x_unit, *y_unit, *expected_x, *expected_y; /* NULL beside a text: refused */
    qy_style_option bad;
  } rows[] = {
      {"0, 0.1 mm2", "1 ms, auto", "µm²", "µs", "0, 100000", "1000, auto", QY_STYLE_COUNT},
      {"auto, 2 kHz", NULL, "MHz", "", "auto, 0.002", NULL, QY_STYLE_COUNT},
      {"1, 2", "3, auto", NULL, NULL, "1, 2", "3, auto", QY_STYLE_COUNT},
      {"500 um2, 0.001 mm2", "5,6", "µm²", "", "500, 1000", "5,6", QY_STYLE_COUNT},
      {"1 mm2, 5", NULL, "µm²", "", NULL, NULL, QY_STYLE_X_RANGE},
      {"1 mm2, 1000000 um2", NULL, "µm²", "", NULL, NULL, QY_STYLE_X_RANGE},
      {"1, 2", "1 V, 2 V", "µm²", "µs", "1, 2", NULL, QY_STYLE_Y_RANGE},
      {"1, 2", "1 V, 2 V", "µm²", "", "1, 2", NULL, QY_STYLE_Y_RANGE},
      {"1, 2 V", NULL, NULL, NULL, NULL, NULL, QY_STYLE_X_RANGE},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_plot_style style = {{NULL}};
    qy_style_option bad = QY_STYLE_COUNT;
    qy_error err = {0};
    const char *const unit[2] = {rows[i].x_unit, rows[i].y_unit};
    style.said[QY_STYLE_X_RANGE] = rows[i].x;
    style.said[QY_STYLE_Y_RANGE] = rows[i].y;
    const qy_status status = qy_style_ranges(&style, &bad, unit, arena, &err);
    if (rows[i].bad != QY_STYLE_COUNT) {
      ok(status == QY_BAD_INPUT && bad == rows[i].bad && err.count == 1, "%s | %s is refused", rows[i].x,
         rows[i].y ? rows[i].y : "-");
      continue;
    }
    ok(!status && strcmp(style.said[QY_STYLE_X_RANGE], rows[i].expected_x) == 0, "%s: %s", rows[i].x,
       style.said[QY_STYLE_X_RANGE]);
    const char *y = style.said[QY_STYLE_Y_RANGE];
    ok(rows[i].expected_y ? y && strcmp(y, rows[i].expected_y) == 0 : !y, "y: %s", y ? y : "-");
  }
}

static void conflicts(void)
{
  static const struct {
    qy_style_option option[3];
    const char *text[3];
    qy_style_option bad; /* QY_STYLE_COUNT: none */
    const char *said;
  } rows[] = {
      {{QY_STYLE_X_SCALE, QY_STYLE_X_RANGE}, {"log", "0, 5"}, QY_STYLE_X_RANGE, "above zero"},
      {{QY_STYLE_X_SCALE, QY_STYLE_X_RANGE}, {"log", "auto, -1"}, QY_STYLE_X_RANGE, "above zero"},
      {{QY_STYLE_Y_SCALE, QY_STYLE_Y_RANGE}, {"log", "0, 5"}, QY_STYLE_Y_RANGE, "above zero"},
      {{QY_STYLE_X_SCALE, QY_STYLE_Y_RANGE}, {"log", "0, 5"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_X_SCALE, QY_STYLE_X_RANGE}, {"log", "0.1, 5"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_X_SCALE, QY_STYLE_X_RANGE}, {"auto", "0, 5"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_X_SCALE, QY_STYLE_X_RANGE}, {"linear", "0, 5"}, QY_STYLE_COUNT, NULL},
      /* 18 pt are 0.25 in: 4 in x 2.5 in are just enough */
      {{QY_STYLE_SIZE, QY_STYLE_FONT_SIZE}, {"4in x 2.5in", "18"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_SIZE, QY_STYLE_FONT_SIZE}, {"3.99in x 2.5in", "18"}, QY_STYLE_FONT_SIZE, "16 times as wide"},
      {{QY_STYLE_SIZE, QY_STYLE_FONT_SIZE}, {"4in x 2.49in", "18"}, QY_STYLE_FONT_SIZE, "10 times as high"},
      {{QY_STYLE_SIZE}, {"1.5in x 1.5in"}, QY_STYLE_SIZE, "16 times as wide"}, /* of 7 pt: 1.56 in */
      {{QY_STYLE_SIZE}, {"1.6in x 1.5in"}, QY_STYLE_COUNT, NULL},
      /* 32767 dots a side, 2e8 in all */
      {{QY_STYLE_SIZE, QY_STYLE_DPI}, {"40in x 4.9in", "1000"}, QY_STYLE_DPI, "32767 dots"},
      {{QY_STYLE_SIZE, QY_STYLE_DPI}, {"31.9990234375in x 4in", "1024"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_SIZE, QY_STYLE_DPI}, {"32.77in x 4in", "1000"}, QY_STYLE_DPI, "32767 dots"},
      {{QY_STYLE_SIZE, QY_STYLE_DPI}, {"4in x 32.77in", "1000"}, QY_STYLE_DPI, "32767 dots"},
      {{QY_STYLE_SIZE, QY_STYLE_DPI}, {"20in x 10in", "1000"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_SIZE, QY_STYLE_DPI}, {"20in x 10.01in", "1000"}, QY_STYLE_DPI, "2e8 in all"},
      {{QY_STYLE_SIZE, QY_STYLE_DPI, QY_STYLE_FORMATS}, {"40in x 10.01in", "1000", "svg"}, QY_STYLE_COUNT, NULL},
      {{QY_STYLE_SIZE, QY_STYLE_DPI, QY_STYLE_FORMATS}, {"40in x 9in", "1000", "svg, png"}, QY_STYLE_DPI, "dots"},
      {{QY_STYLE_PRESET, QY_STYLE_SIZE}, {"paper", "60in x 40in"}, QY_STYLE_SIZE, "2e8 in all"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_plot_style style = {{NULL}};
    qy_style_option bad = QY_STYLE_COUNT;
    for (int k = 0; k < 3 && rows[i].text[k]; k++)
      style.said[rows[i].option[k]] = rows[i].text[k];
    const char *said = qy_style_conflict(&bad, &style);
    ok(bad == rows[i].bad && (rows[i].said ? said && strstr(said, rows[i].said) : !said), "%s, %s: %s", rows[i].text[0],
       rows[i].text[1] ? rows[i].text[1] : "-", said ? said : "fine");
  }
}

static void advice(void)
{
  static const struct {
    qy_style_option option;
    const char *text, *said;
  } rows[] = {
      {QY_STYLE_PRESET, "papper", "; did you mean \"paper\"?"},  {QY_STYLE_PRESET, "xyzzy", ""},
      {QY_STYLE_FORMATS, "pgn", "; did you mean \"png\"?"},      {QY_STYLE_LEGEND, "abov", "; did you mean \"above\"?"},
      {QY_STYLE_PER_X, "medium", "; did you mean \"median\"?"},  {QY_STYLE_FONT, "auto", ""},
      {QY_STYLE_Y_SCALE, "liner", "; did you mean \"linear\"?"}, {QY_STYLE_SIZE, "WIDHT", ""}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char out[QY_DID_YOU_MEAN];
    is_text(qy_style_advice(out, rows[i].option, rows[i].text), rows[i].said, rows[i].text);
  }
}

static void kinds(void)
{
  static const struct {
    const char *key, *kinds; /* first letters, b: bars, a: parallel */
  } rows[] = {{"x", "plbh"},      {"colour", "h"},    {"axes", "a"},     {"group", "plba"}, {"floor", "l"},
              {"where", "plbha"}, {"bands", "p"},     {"metric", "ty"},  {"over", "plbht"}, {"name", "plbhaty"},
              {"x_scale", "plh"}, {"x-scale", "plh"}, {"x_range", "pl"}, {"per-x", "l"},    {"nothing", ""},
              {"x-", ""},         {"x_scal", ""},     {"x.scale", ""},   {"per_x", "l"}};
  static const char letter[] = "plbhaty";
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    bool same = qy_plot_key_known(rows[i].key) == (rows[i].kinds[0] != '\0');
    for (int k = 0; k < QY_PLOT_KINDS; k++)
      same = same && qy_plot_takes(qy_plot_kinds[k], rows[i].key) == (strchr(rows[i].kinds, letter[k]) != NULL);
    ok(same, "%s is taken by %s", rows[i].key, rows[i].kinds);
  }
  ok(!qy_plot_takes("pie", "x"), "no kind");
  for (int k = 0; k < QY_PLOT_KINDS; k++) {
    const char *key[QY_PLOT_KEYS_MAX];
    const size_t count = qy_plot_keys(key, qy_plot_kinds[k]);
    size_t taken = 0;
    for (size_t i = 0; i < count; i++)
      taken += qy_plot_takes(qy_plot_kinds[k], key[i]);
    ok(count > 3 && taken == count && !key[count], "%s takes its %zu keys", qy_plot_kinds[k], count);
  }
  static const char *const axes[] = {"a", "b", "c", "b", "a"};
  is_int((int64_t)qy_plot_axis_again("parallel", axes, 5), 3, "the first that stands twice");
  is_int((int64_t)qy_plot_axis_again("parallel", axes, 3), 3, "none does");
  static const char *const same[] = {"a", "a"};
  is_int((int64_t)qy_plot_axis_again("pareto", same, 2), 1, "one metric as x and y");
  is_int((int64_t)qy_plot_axis_again("bars", same, 2), 2, "which bars may have");
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  values();
  lengths();
  presets();
  single();
  shrunk();
  over();
  ranges(arena);
  conflicts();
  advice();
  kinds();
  qy_arena_free(arena);
  return done();
}
