/* Plots of an experiment file as they are read: names, axes, points, panels, labels of `where`, styles. */
#include "tap.h"

#include "../../src/plan/plan_int.h"

#define HEAD                                                                                                           \
  "name: t\ntechnology: %s\nnetwork: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\nprecision: [16, 8, w4a8]\n"         \
  "clock_mhz: [200, 400]\nobjectives: {minimize: [area_um2, latency_us]}\nuncertainty: {draws: 16}\n"                  \
  "designs:\n  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4]}\n"                  \
  "  - {name: B.2, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, reduction: taps, channels: [1, 4]}\n"         \
  "  - {name: C, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: [4, 8]}\n"

static qy_error err;

/* The first plot of a file with this one; NULL: it is refused. */
static const qy_plot_request *plot_of(const char *technology, const char *rest, const char *plot, qy_arena *arena)
{
  char text[4000];
  qy_plan *plan;
  qy_error_clear(&err);
  snprintf(text, sizeof text, HEAD "%splots: [{%s}]\n", technology, rest, plot);
  const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err);
  if (!ok(status == QY_OK, "%s%s%s", plot, status ? ": " : "", status ? err.diagnostic[0].text : "")) return NULL;
  return qy_plan_get(plan)->plot;
}

static bool same_text(const char *a, const char *b)
{
  return a && b ? strcmp(a, b) == 0 : a == b;
}

/* The last but one place of names is the metric's or key's of y, then x's. */
static void names(qy_arena *arena)
{
  static const struct {
    const char *plot, *name, *points; /* points: NULL: no axis is a key */
    const char *x_key, *y_key;
  } rows[] = {
      {"kind: pareto, x: area_um2, y: latency_us", "t.latency_us-area_um2", NULL, NULL, NULL},
      {"kind: pareto, x: area_um2, y: latency_us, bands: true", "t.latency_us-area_um2-bands", NULL, NULL, NULL},
      {"kind: pareto, x: area_um2, y: latency_us, over: B.2", "t.latency_us-area_um2-over-B.2", NULL, NULL, NULL},
      {"kind: pareto, x: area_um2, y: latency_us, over: A, bands: true", "t.latency_us-area_um2-over-A-bands", NULL,
       NULL, NULL},
      {"kind: pareto, x: area_um2, y: latency_us, name: mine", "mine", NULL, NULL, NULL},
      {"kind: pareto, x: channels, y: latency_us", "t.latency_us-channels", "all", "channels", NULL},
      {"kind: pareto, x: channels, y: latency_us, over: A", "t.latency_us-channels-over-A", "best", "channels", NULL},
      {"kind: pareto, x: channels, y: latency_us, points: median", "t.latency_us-channels", "median", "channels", NULL},
      {"kind: lines, x: clock_mhz, y: latency_us", "t.latency_us-clock_mhz", "best", "clock_mhz", NULL},
      {"kind: lines, x: latency_us, y: clock_mhz", "t.clock_mhz-latency_us", "best", NULL, "clock_mhz"},
      {"kind: lines, x: clock_mhz, y: banks_input", "t.banks_input-clock_mhz", "median", "clock_mhz", NULL},
      {"kind: bars, x: precision, y: energy_uj, points: best", "t.energy_uj-precision", "best", "precision", NULL},
      {"kind: bars, x: energy_uj, y: energy_uj", "t.energy_uj-energy_uj", NULL, NULL, NULL},
      {"kind: heatmap, x: channels, y: clock_mhz, colour: energy_uj", "t.energy_uj-clock_mhz-channels", "best",
       "channels", "clock_mhz"},
      {"kind: heatmap, x: area_um2, y: latency_us, colour: energy_uj, over: A",
       "t.energy_uj-latency_us-area_um2-over-A", "best", NULL, NULL},
      {"kind: parallel, axes: [channels, area_um2, gops]", "t.parallel", NULL, NULL, NULL},
      {"kind: tornado, metric: energy_uj, design: A, at: {channels: 2, precision: 8, clock_mhz: 200}",
       "t.tornado-energy_uj-A", NULL, NULL, NULL},
      {"kind: tornado, metric: energy_uj, design: A, over: B.2, at: {channels: 4, precision: 8, clock_mhz: 200}",
       "t.tornado-energy_uj-A-over-B.2", NULL, NULL, NULL},
      {"kind: layers, metric: energy_uj, design: B.2, at: {channels: 4, precision: 8, clock_mhz: 200}",
       "t.layers-energy_uj-B.2", NULL, NULL, NULL},
      {"kind: tornado, metric: energy_uj, design: A, at: {channels: 1, precision: 16, clock_mhz: 200}",
       "t.tornado-energy_uj-A", NULL, NULL, NULL}, /* of point 0 */
      {"kind: layers, metric: latency_us, design: A, at: {channels: 4, precision: 8, clock_mhz: 200}",
       "t.layers-latency_us-A", NULL, NULL, NULL},
      {"kind: layers, metric: weight_bits, design: A, at: {channels: 4, precision: 8, clock_mhz: 200}",
       "t.layers-weight_bits-A", NULL, NULL, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_request *p = plot_of("fdsoi28", "", rows[i].plot, arena);
    if (!p) continue;
    is_text(p->name, rows[i].name, "its name");
    ok(same_text(p->points, rows[i].points), "points: %s", p->points ? p->points : "-");
    ok(same_text(p->x_key, rows[i].x_key) && same_text(p->y_key, rows[i].y_key), "keys of its axes");
    ok(p->bits == (strstr(rows[i].plot, "weight_bits") != NULL), "bits of weights");
    const bool of_point = strstr(rows[i].plot, "at: ") != NULL, over = of_point && strstr(rows[i].plot, "over: ");
    ok((p->point >= 0) == of_point && (p->over >= 0) == over, "of a point: %lld over %lld", (long long)p->point,
       (long long)p->over);
  }
}

/* Ranges along a parameter have its unit, whichever designs have it; its own axis is a key of the plot. */
static void parameter_axes(qy_arena *arena)
{
  static const char *const order[] = {"M", "N"};
  for (int first = 0; first < 2; first++) {
    char text[1500];
    qy_plan *plan;
    qy_error_clear(&err);
    const char *memory = ", memory: {buffer: [64 KiB, 128 KiB], device: ddr2_667_1gb_x8}";
    snprintf(text, sizeof text,
             "name: t\ntechnology: fdsoi28\nvoltage_v: [1, 0.9]\nnetwork: mobilenet_v1_1.0_224\nprecision: 8\n"
             "clock_mhz: 200\nobjectives: {minimize: area_um2}\ndesigns:\n"
             "  - {name: %s, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4%s}\n"
             "  - {name: %s, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4, columns: [4, 8]%s}\n"
             "plots:\n  - {kind: lines, x: memory.buffer, y: latency_us, x_range: [32 KiB, 0.25 MiB]}\n"
             "  - {kind: parallel, axes: [voltage_v, area_um2, columns]}\n",
             order[first], first ? "" : memory, order[1 - first], first ? memory : "");
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err);
    if (!ok(!status, "a memory of design %d: %s", first, status ? err.diagnostic[0].text : "")) continue;
    const qy_plot_request *p = qy_plan_get(plan)->plot;
    is_text(p->style.said[QY_STYLE_X_RANGE], "32768, 262144", "a range in bytes");
    ok(plan_plot_has_key(&p[0], "memory.buffer") && !plan_plot_has_key(&p[0], "columns"), "x is a key");
    ok(plan_plot_has_key(&p[1], "voltage_v") && plan_plot_has_key(&p[1], "columns") &&
           !plan_plot_has_key(&p[1], "memory.buffer"),
       "so are axes, the first too");
  }
}

/* Points of a tornado: A has 3 channels * 2 clocks * 3 precisions, then B's begin; the first axis is the slowest. */
static void points(qy_arena *arena)
{
  static const struct {
    const char *plot;
    int64_t point, over;
  } rows[] = {
      {"kind: tornado, metric: energy_uj, design: A, at: {channels: 1, precision: 16, clock_mhz: 200}", 0, -1},
      {"kind: tornado, metric: energy_uj, design: A, at: {channels: 1, precision: 8, clock_mhz: 200}", 1, -1},
      {"kind: tornado, metric: energy_uj, design: A, at: {channels: 1, precision: 16, clock_mhz: 400}", 3, -1},
      {"kind: layers, metric: energy_uj, design: A, at: {channels: 4, precision: w4a8, clock_mhz: 400}", 17, -1},
      {"kind: layers, metric: energy_uj, design: B.2, at: {channels: 1, precision: 16, clock_mhz: 200}", 18, -1},
      {"kind: tornado, metric: energy_uj, design: B.2, over: A, at: {channels: 4, precision: 8, clock_mhz: 400}", 28,
       16},
      {"kind: tornado, metric: energy_uj, design: A, over: B.2, at: {channels: 4, precision: 8, clock_mhz: 400}", 16,
       28},
      {"kind: tornado, metric: energy_uj, design: A, over: A, at: {channels: 4, precision: 8, clock_mhz: 400}", 16, 16},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_request *p = plot_of("fdsoi28", "", rows[i].plot, arena);
    if (!p) continue;
    is_int(p->point, rows[i].point, "its point");
    is_int(p->over, rows[i].over, "and that it is over");
    ok(p->x == QY_ENERGY_UJ && p->y == QY_ENERGY_UJ, "one metric");
  }
}

static void groups(qy_arena *arena)
{
  static const struct {
    const char *technology, *plot, *group[4], *panel;
  } rows[] = {
      {"fdsoi28", "kind: pareto, x: area_um2, y: latency_us", {"design"}, NULL},
      {"[fdsoi28, lp55]", "kind: pareto, x: area_um2, y: latency_us", {"design"}, "technology"},
      {"[fdsoi28, lp55]",
       "kind: pareto, x: area_um2, y: latency_us, group: [channels, precision]",
       {"channels", "precision"},
       "technology"},
      {"[fdsoi28, lp55]", "kind: bars, x: technology, y: latency_us", {"design"}, NULL},
      {"[fdsoi28, lp55]", "kind: lines, x: latency_us, y: technology", {"design"}, NULL},
      {"[fdsoi28, lp55]", "kind: parallel, axes: [channels, area_um2]", {"design"}, NULL},
      {"[fdsoi28, lp55]", "kind: pareto, x: area_um2, y: latency_us, panel: channels", {"design"}, "channels"},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]", "kind: pareto, x: area_um2, y: latency_us", {"design"}, "technology"},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]", "kind: pareto, x: voltage_v, y: latency_us", {"design"}, NULL},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]",
       "kind: pareto, x: area_um2, y: latency_us, group: voltage_v",
       {"voltage_v"},
       NULL},
      {"[fdsoi28, lp55]\nvoltage_v: [0.9, 1]", "kind: pareto, x: voltage_v, y: latency_us", {"design"}, "technology"},
      {"fdsoi28", "kind: pareto, x: area_um2, y: latency_us, group: weight_bits", {"weight_bits"}, NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const qy_plot_request *p = plot_of(rows[i].technology, "", rows[i].plot, arena);
    if (!p) continue;
    int count = 0;
    bool same = true;
    while (count < 4 && rows[i].group[count])
      same = same && count < p->group_count && strcmp(p->group[count], rows[i].group[count]) == 0, count++;
    ok(same && p->group_count == count, "%d groups", count);
    ok(same_text(p->panel, rows[i].panel), "%s: panels of %s", rows[i].technology, p->panel ? p->panel : "nothing");
  }
}

/* Labels are what points are called, whatever the file says. */
static void labels(qy_arena *arena)
{
  static const struct {
    const char *technology, *where, *key, *label; /* label: NULL: refused */
  } rows[] = {
      {"fdsoi28", "precision: 8", "precision", "8 bit"},
      {"fdsoi28", "precision: w8a8", "precision", "8 bit"},
      {"fdsoi28", "precision: w4a8", "precision", "w4a8"},
      {"fdsoi28", "precision: 4", "precision", NULL},
      {"fdsoi28", "clock_mhz: 200", "clock_mhz", "200 MHz"},
      {"fdsoi28", "clock_mhz: 0.4 GHz", "clock_mhz", "400 MHz"},
      {"fdsoi28", "clock_mhz: 200.001", "clock_mhz", "200 MHz"},
      {"fdsoi28", "clock_mhz: 201", "clock_mhz", NULL},
      {"fdsoi28", "clock_mhz: 200 V", "clock_mhz", NULL},
      {"fdsoi28", "design: B.2", "design", "B.2"},
      {"fdsoi28", "design: Z", "expected one of A, B", NULL},
      {"fdsoi28", "channels: 4", "channels", "4"},
      {"fdsoi28", "channels: 3", "channels", NULL},
      {"fdsoi28", "reduction: taps", "reduction", "taps"},
      {"fdsoi28", "reduction: tap", "reduction", NULL},
      {"fdsoi28", "columns: 8", "columns", "8"}, /* as many as rows, where they are left open */
      {"fdsoi28", "columns: 5", "columns", NULL},
      {"fdsoi28", "columns: auto", "columns", "auto"},
      {"fdsoi28", "buffers.input: 1000", "buffers.input", "1000"}, /* the models choose any */
      {"fdsoi28", "buffers.input: much", "buffers.input", NULL},
      {"fdsoi28", "port_bits: 9", "port_bits", NULL},
      {"fdsoi28", "clock_mhz: [200]", "clock_mhz", NULL},
      {"fdsoi28", "weight_bits: 4", "weight_bits", "4"},
      {"fdsoi28", "weight_bits: 8 bit", "weight_bits", "8"},
      {"fdsoi28", "weight_bits: 5", "weight_bits", NULL},
      {"fdsoi28", "activation_bits: 4", "activation_bits", NULL},
      {"fdsoi28", "activation_bits: 16", "activation_bits", "16"},
      {"fdsoi28", "activation_bits: w4a8", "activation_bits", NULL},
      {"fdsoi28", "technology: fdsoi28", "technology", "fdsoi28"},
      {"fdsoi28", "technology: lp55", "technology", NULL},
      {"fdsoi28", "network: mobilenet_v1_1.0_224", "network", "mobilenet_v1_1.0_224"},
      {"fdsoi28", "network: vgg16", "network", NULL},
      {"fdsoi28", "voltage_v: 1", "voltage_v", "1 V"},
      {"fdsoi28", "voltage_v: 1000 mV", "voltage_v", "1 V"},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]", "voltage_v: 0.8", "voltage_v", "0.8 V"},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]", "voltage_v: 1", "voltage_v", NULL},
      {"[fdsoi28, lp55]\nvoltage_v: 0.9", "voltage_v: 0.9", "voltage_v", "0.9 V"}, /* of both */
      {"fdsoi28\nvoltage_v: [0.9, 0.9000001]", "voltage_v: 0.9000001", "voltage_v", "0.9000001 V"},
      {"fdsoi28\nvoltage_v: [0.8, 0.8000001]", "voltage_v: 0.8", "voltage_v", "0.8 V"},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]", "technology: fdsoi28@0.8V", "technology", "fdsoi28@0.8V"},
      {"fdsoi28\nvoltage_v: [0.8, 0.9]", "technology: fdsoi28", "technology", NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[4000];
    qy_plan *plan;
    qy_error_clear(&err);
    snprintf(text, sizeof text, HEAD "plots: [{kind: pareto, x: area_um2, y: latency_us, where: {%s}}]\n",
             rows[i].technology, rows[i].where);
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err);
    if (!rows[i].label) {
      ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, rows[i].key), "%s: no value of points",
         rows[i].where);
      continue;
    }
    const qy_plot_request *p = status ? NULL : qy_plan_get(plan)->plot;
    ok(p && p->where_count == 1 && strcmp(p->where_key[0], rows[i].key) == 0 &&
           strcmp(p->where_label[0], rows[i].label) == 0,
       "%s: points called %s", rows[i].where, p ? p->where_label[0] : err.diagnostic[0].text);
  }
  const qy_plot_request *p = plot_of("fdsoi28\nvoltage_v: [0.8, 0.9]", "",
                                     "kind: pareto, x: voltage_v, y: latency_us, where: {technology: fdsoi28}", arena);
  if (p) is_text(p->where_label[0], "fdsoi28", "a library at all its supplies, which an axis tells apart");
  p = plot_of("[fdsoi28, lp55]\nvoltage_v: 0.9", "",
              "kind: pareto, x: voltage_v, y: latency_us, where: {technology: fdsoi28}", arena);
  if (p) is_text(p->where_label[0], "fdsoi28", "and at its only one");
}

static void styles(qy_arena *arena)
{
  static const char style[] = "plots_style: {preset: paper, x_scale: log, formats: [svg, png], legend: none}\n";
  const qy_plot_request *p = plot_of("fdsoi28", style, "kind: pareto, x: area_um2, y: latency_us", arena);
  if (p) {
    is_text(p->style.said[QY_STYLE_PRESET], "paper", "the style of all plots");
    is_text(p->style.said[QY_STYLE_FORMATS], "svg, png", "a list with commas");
    ok(p->x_log == 1 && p->y_log == -1, "scales: x %d, y %d", p->x_log, p->y_log);
  }
  p = plot_of("fdsoi28", style,
              "kind: pareto, x: area_um2, y: latency_us, x_scale: linear, y_scale: log, legend: above", arena);
  if (p) {
    ok(p->x_log == 0 && p->y_log == 1, "a plot's own scales");
    is_text(p->style.said[QY_STYLE_LEGEND], "above", "its own legend");
    is_text(p->style.said[QY_STYLE_PRESET], "paper", "over what all plots have");
  }
  p = plot_of("fdsoi28", "", "kind: pareto, x: area_um2, y: latency_us, x_range: [0.001 mm2, 1 mm2]", arena);
  if (p) is_text(p->style.said[QY_STYLE_X_RANGE], "1000, 1000000", "ranges in the metric's unit");
  p = plot_of("fdsoi28", "", "kind: lines, x: clock_mhz, y: latency_us, x_range: [0.1 GHz, auto]", arena);
  if (p) is_text(p->style.said[QY_STYLE_X_RANGE], "100, auto", "or in the key's");
  static const struct {
    const char *plot;
    int bins, log;
  } maps[] = {{"", 12, -1}, {", bins: 5", 5, -1}, {", colour_scale: log", 12, 1}, {", colour_scale: linear", 12, 0}};
  for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
    char text[200];
    snprintf(text, sizeof text, "kind: heatmap, x: area_um2, y: channels, colour: energy_uj%s", maps[i].plot);
    p = plot_of("fdsoi28", "", text, arena);
    if (p)
      ok(p->bins == maps[i].bins && p->colour_log == maps[i].log && p->colour == QY_ENERGY_UJ && p->x == QY_AREA_UM2,
         "%d bins, colours %d", p->bins, p->colour_log);
  }
  p = plot_of("fdsoi28", "", "kind: lines, x: area_um2, y: latency_us, floor: latency_us", arena);
  if (p) ok(p->has_floor && p->floor == QY_LATENCY_US && !p->bands && !p->over_design, "a floor");
  p = plot_of("fdsoi28", "", "kind: parallel, axes: [clock_mhz, area_um2, weight_bits, gops]", arena);
  if (p)
    ok(p->axis_count == 4 && p->axis[1] == QY_AREA_UM2 && p->axis[3] == QY_GOPS && !p->axis_key[1] && !p->axis_key[3] &&
           same_text(p->axis_key[0], "clock_mhz") && same_text(p->axis_key[2], "weight_bits"),
       "upright axes");
}

/* What is refused, in plots and styles. */
static void mistakes(qy_arena *arena)
{
#define XY "plots: [{kind: pareto, x: area_um2, y: latency_us, "
  static const struct {
    const char *rest, *said;
  } rows[] = {
      {"plots_style: paper\n", "a mapping such as"},
      {"plots_style: {presets: paper}\n", "did you mean \"preset\""},
      {"plots_style: {preset: [paper]}\n", NULL},
      {"plots_style: {preset: {paper: 1}}\n", "screen | paper | slide"},
      {"plots_style: {size: 1in x 1in}\n", "16 times as wide"},
      {"plots_style: {x_range: [5, 1]}\n", "two rising numbers"},
      {XY "x_range: [1 ms, 2 ms]}]\n", "in µm² or a unit of its kind"},
      {XY "x_range: [1 mm2, 5]}]\n", "two rising numbers in µm²"},
      {XY "size: 3in}]\n", "WIDTH x HEIGHT"},
      {XY "dpi: 20}]\n", "36 .. 1200"},
      {"plots: [{kind: bars, x: clock_mhz, y: latency_us, x_scale: log}]\n", "x_scale"},
      {"plots: [{kind: lines, x: precision, y: latency_us, x_scale: log}]\n", "no `x_scale` of precision"},
      {"plots: [{kind: lines, x: weight_bits, y: latency_us, x_scale: log}]\n", NULL},
      {"plots: [{kind: lines, x: channels, y: latency_us, x_scale: log}]\n", NULL},
      {"plots: [{kind: lines, x: channels, y: latency_us, x_scale: auto}]\n", NULL},
      {"plots: [{kind: lines, x: voltage_v, y: latency_us, x_range: [1.5, 1.2 V]}]\n", "in V or a unit"},
      {"plots: [{kind: lines, x: voltage_v, y: latency_us, x_range: [0.5 V, 1.2 V]}]\n", NULL},
      {"plots: [{kind: lines, x: design, y: latency_us, x_scale: auto}]\n", NULL},
      {"plots: [{kind: lines, x: latency_us, y: design, y_scale: linear}]\n", "no `y_scale` of design"},
      {"plots: [{kind: lines, x: channels, y: latency_us, per_x: all}]\n", "no `per_x` where an axis is a key"},
      {"plots: [{kind: lines, x: area_um2, y: latency_us, per_x: all}]\n", NULL},
      {"plots: [{kind: lines, x: clock_mhz, y: banks_input, points: best}]\n", "median (banks_input is better neither"},
      {"plots: [{kind: lines, x: clock_mhz, y: banks_input, points: median}]\n", NULL},
      {"plots: [{kind: pareto, x: clock_mhz, y: latency_us, points: mean}]\n", "best, median, all"},
      {"plots: [{kind: bars, x: clock_mhz, y: latency_us, points: mean}]\n", "best, median"},
      {"plots: [{kind: pareto, x: sqnr_db, y: area_um2, over: A}]\n", "no `over` of a metric in dB"},
      {"plots: [{kind: lines, x: sqnr_db, y: area_um2, over: A}]\n", NULL},
      {"plots: [{kind: bars, x: area_um2, y: area_um2, over: A}]\n", "where x and y are one metric"},
      {"plots: [{kind: heatmap, x: area_um2, y: latency_us, colour: sqnr_db, over: A}]\n",
       "no `over` of a metric in dB"},
      {"plots: [{kind: pareto, x: area_um2, y: latency_us, group: [design, design]}]\n", "each name once"},
      {"plots: [{kind: pareto, x: area_um2, y: latency_us, group: colour}]\n", "a parameter of the designs"},
      {"plots: [{kind: pareto, x: area_um2, y: latency_us, group: chanels}]\n", "did you mean \"channels\""},
      {"plots: [{kind: pareto, x: area_um2, y: latency_us, group: weight_bit}]\n", "did you mean \"weight_bits\""},
      {"plots: [{kind: pareto, x: area_um2, y: latency_us, group: desgn}]\n", "did you mean \"design\""},
      {"plots: [{kind: pareto, x: area, y: latency_us}]\n", "a metric (`quarry list metrics`)"},
      {"plots: [{kind: pareto, x: area_um2, y: latency_us, where: {chanels: 4}}]\n", "did you mean \"channels\""},
      {"plots: [{kind: lines, x: latency_us, y: clock_mhz, panel: clock_mhz}]\n", "another key than that of an axis"},
      {"plots: [{kind: layers, metric: power_mw, design: A, at: {channels: 1, precision: 8, clock_mhz: 200}}]\n",
       "weight_bits"},
      {"front: {within: [weight_bits]}\n", "weight_bits"},
      {"store: {points: front}\n" XY "group: weight_bits}]\n", "a plot of kind pareto"},
      {"store: {points: front}\n" XY "panel: activation_bits}]\n", "a plot of kind pareto"},
      {"store: {points: front}\n" XY "where: {weight_bits: 8}}]\n", "a plot of kind pareto"},
      {"store: {points: front}\n" XY "bands: true}]\n", "a plot of kind pareto"},
      {"store: {points: front}\n" XY "over: A}]\n", "a plot of kind pareto"},
      {"store: {points: front}\n" XY "group: channels, panel: precision, where: {design: A}}]\n", NULL},
      {"store: {points: front}\nplots: [{kind: pareto, x: area_um2, y: channels}]\n", "a plot of kind pareto"},
      {"store: summary\nplots: [{kind: layers, metric: energy_uj, design: A, "
       "at: {channels: 1, precision: 8, clock_mhz: 200}}]\n",
       NULL},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[4000];
    qy_plan *plan;
    qy_error_clear(&err);
    snprintf(text, sizeof text, HEAD "%s", "fdsoi28", rows[i].rest);
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err);
    ok(rows[i].said ? status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, rows[i].said) : !status, "%.*s: %s",
       (int)strcspn(rows[i].rest, "\n"), rows[i].rest, status ? err.diagnostic[0].text : "fine");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  names(arena);
  points(arena);
  parameter_axes(arena);
  groups(arena);
  labels(arena);
  styles(arena);
  mistakes(arena);
  qy_arena_free(arena);
  return done();
}
