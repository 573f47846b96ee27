/* The shipped technology libraries: values as in the documents they come from, every constant with source and interval,
 * resolution by hand, round trip through text. */
#include "quarry/tech.h"

#include "library.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

static const char *const libraries[] = {"fdsoi28", "lp55", "asap7", "sky130hd", "sg13g2", "osu018"};
enum { LIBRARIES = sizeof libraries / sizeof libraries[0] };

/* Technology reference, section 1: the table of central values and ranges for the two target libraries.
 * FO4 is the inverter's delay: there NAND2 delay * inverter ratio must give it. */
static const struct {
  const char *library, *path;
  double value, low, high;
  qy_origin status;
} reference[] = {
    {"fdsoi28", "nand2.area", 0.49, 0.33, 0.61, QY_RECALLED},
    {"fdsoi28", "nand2.leakage", 1, 0.15, 14, QY_RECALLED},
    {"fdsoi28", "cells.dff.area", 6, 5.5, 7, QY_READ},
    {"fdsoi28", "cells.fa.area", 5.33, 5.3, 6, QY_READ},
    {"fdsoi28", "cells.xor2.area", 2.4, 2, 2.5, QY_READ},
    {"fdsoi28", "cells.mux2.area", 2.25, 2, 2.5, QY_DERIVED},
    {"fdsoi28", "placement.density", 0.78, 0.70, 0.85, QY_RECALLED},
    {"fdsoi28", "effort.p", 6.5, 5, 8, QY_DERIVED},
    {"lp55", "nand2.area", 1.12, 1.00, 1.44, QY_READ},
    {"lp55", "nand2.leakage", 0.3, 0.05, 1.5, QY_RECALLED},
    {"lp55", "cells.dff.area", 5.5, 5.33, 7, QY_READ},
    {"lp55", "cells.fa.area", 6, 5.33, 6, QY_READ},
    {"lp55", "cells.xor2.area", 2.5, 2, 2.5, QY_READ},
    {"lp55", "cells.mux2.area", 2.5, 2, 2.5, QY_READ},
    {"lp55", "placement.density", 0.78, 0.70, 0.85, QY_RECALLED},
};

static void spot_values(void)
{
  char what[120];
  for (size_t i = 0; i < sizeof reference / sizeof reference[0]; i++) {
    qy_tech *tech = load_library(reference[i].library, arena);
    const qy_constant *c = tech ? qy_tech_constant(tech, reference[i].path) : NULL;
    snprintf(what, sizeof what, "%s %s", reference[i].library, reference[i].path);
    ok(c && c->value == reference[i].value && c->low == reference[i].low && c->high == reference[i].high &&
           c->status == reference[i].status,
       "%s is %g (%g .. %g)", what, reference[i].value, reference[i].low, reference[i].high);
  }
  qy_tech *t28 = load_library("fdsoi28", arena), *t55 = load_library("lp55", arena);
  if (!t28 || !t55) return;
  near_rel(t28->delay_ps[QY_INV], 18, 1e-9, "28 nm: FO4 of 18 ps");
  near_rel(t55->delay_ps[QY_INV], 32, 1e-9, "55 nm: FO4 of 32 ps");
  near_rel(t55->area_um2[QY_INV], 0.84, 1e-9, "55 nm: inverter of the open library's LEF, um2");
  near_rel(t55->area_um2[QY_HA], 5.60, 1e-9, "55 nm: half adder");
  near_rel(t55->area_um2[QY_FA], 6.72, 1e-9, "55 nm: full adder");
  near_rel(t55->area_um2[QY_DFF], 6.16, 1e-9, "55 nm: flip-flop");
  near_rel(t55->area_um2[QY_AOI21], 1.40, 1e-9, "55 nm: AOI21");
  /* 2.69 um2 per resettable flip-flop bit at 28 nm (KU Leuven tables); ours has no reset, so it lies within 20 % */
  near_rel(t28->area_um2[QY_DFF], 2.69, 0.2, "28 nm: flip-flop near the published bit");
  /* energy per gate and cycle over about 0.4 toggles per gate: section 1, 0.45 and 0.9 fJ */
  near_rel(t28->energy_fj[QY_NAND2], 0.45 / 0.4, 0.05, "28 nm: energy per NAND2 toggle");
  near_rel(t55->energy_fj[QY_NAND2], 0.9 / 0.4, 0.05, "55 nm: energy per NAND2 toggle");
  is_text(t28->sram_node, "28", "28 nm: SRAM node");
  is_text(t55->sram_node, "55", "55 nm: SRAM node");
}

/* Cell areas in um2 as in the vendors' Liberty files (own cell table of the synthesis study). */
static const struct {
  const char *library;
  qy_cell cell;
  double area_um2;
  const char *what;
} areas[] = {
    {"asap7", QY_NAND2, 0.0583, "NAND2xp5"},
    {"asap7", QY_XOR2, 0.1312, "XOR2xp5"},
    {"asap7", QY_FA, 0.2041 + 2 * 0.0437, "FAx1 and two INVx1"},
    {"asap7", QY_HA, 0.1312 + 2 * 0.0437, "HAxp5 and two INVx1"},
    {"asap7", QY_DFF, 0.2916 + 0.0437, "DFFHQNx1 and one INVx1"},
    {"asap7", QY_MUX2, 0.0875 + 0.0437, "AOI22 and INVx1"},
    {"sky130hd", QY_INV, 3.7536, "inv_1"},
    {"sky130hd", QY_NAND2, 3.7536, "nand2_1"},
    {"sky130hd", QY_MUX2, 11.2608, "mux2_1"},
    {"sky130hd", QY_HA, 12.512, "ha_1"},
    {"sky130hd", QY_FA, 20.0192, "fa_1"},
    {"sky130hd", QY_DFF, 20.0192, "dfxtp_1"},
    {"sg13g2", QY_NAND2, 7.2576, "nand2_1"},
    {"sg13g2", QY_MUX2, 18.144, "mux2_1"},
    {"sg13g2", QY_FA, 2 * 14.5152 + 3 * 7.2576, "2 XOR2 + 3 NAND2"},
    {"sg13g2", QY_HA, 14.5152 + 9.072, "XOR2 + AND2"},
    {"sg13g2", QY_DFF, 47.1744, "dfrbp_1"},
    {"osu018", QY_NAND2, 24, "NAND2X1"},
    {"osu018", QY_OAI21, 23, "OAI21X1"},
    {"osu018", QY_FA, 120, "FAX1"},
    {"osu018", QY_DFF, 96, "DFFPOSX1"},
};

static void open_libraries(void)
{
  char what[120];
  for (size_t i = 0; i < sizeof areas / sizeof areas[0]; i++) {
    qy_tech *tech = load_library(areas[i].library, arena);
    snprintf(what, sizeof what, "%s area of %s", areas[i].library, areas[i].what);
    near_rel(tech ? tech->area_um2[areas[i].cell] : -1, areas[i].area_um2, 1e-7, what);
  }
  qy_tech *sky = load_library("sky130hd", arena), *osu = load_library("osu018", arena);
  if (!sky || !osu) return;
  near_rel(sky->voltage_v, 1.8, 0, "sky130hd: supply");
  near_rel(sky->in_cap_ff[QY_FA], 5.7593, 1e-4, "sky130hd: full adder pins, fF");
  near_rel(sky->delay_ps[QY_INV], 80.53, 1e-4, "sky130hd: inverter, ps");
  near_rel(sky->fa_carry_ps, (12361.0 - 1711.5) / 28, 1e-3, "sky130hd: ripple adder, slope from 4 to 32 bits, ps");
  near_rel(sky->dff_clock_fj, 45.6, 1e-3, "sky130hd: clock energy of a flip-flop, fJ");
  near_rel(osu->dff_setup_ps, 207.35, 0.03, "osu018: setup, ps");
  near_rel(sky->lone_cap_ff[QY_FA], 4.523, 1e-4, "sky130hd: carry in, fF");
  near_rel(sky->pair_cap_ff[QY_FA], (6.729 + 6.026) / 2, 1e-3, "sky130hd: the adder's other inputs, fF");
  near_rel(sky->lone_cap_ff[QY_MUX2], 3.402, 1e-4, "sky130hd: select, fF");
  /* settled and glitching energy per toggle of whole netlists, lean flow, medians of the study, which has no wires: our
   * single mean load per net is a rough picture, so within 40 % for the cells that make up most of them */
  qy_tech *bare = NULL;
  const qy_constant *wire = qy_tech_constant(sky, "load.wire_cap"), *fanout = qy_tech_constant(sky, "load.fanout");
  if (!ok(!qy_tech_unplaced(&bare, sky, arena, NULL), "sky130hd without wires and clock tree")) return;
  near_rel(sky->energy_fj[QY_FA] - bare->energy_fj[QY_FA], 0.5 * 1.8 * 1.8 * fanout->value * wire->value, 1e-9,
           "the wires of a net, fJ");
  ok(bare->clock_tree_frac == 0 && bare->load_wire_ff == 0 && bare->wire_ff_per_um == 0 && sky->clock_tree_frac > 0 &&
         sky->wire_ff_per_um > 0 && qy_tech_constant(bare, "clock_tree.energy")->high == 0,
     "none of it is left, and none of it unsure; the library stays as it is");
  sky = bare;
  if (!ok(!qy_tech_unplaced(&bare, osu, arena, NULL), "osu018 likewise")) return;
  osu = bare;
  near_rel((sky->energy_fj[QY_NAND2] + sky->energy_fj[QY_FA]) / 2, 13.5, 0.4, "sky130hd: energy per toggle, fJ");
  near_rel((osu->energy_fj[QY_NAND2] + osu->energy_fj[QY_FA]) / 2, 114, 0.4, "osu018: energy per toggle, fJ");
}

/* Without load shares: logical effort. One load like itself costs an inverter a fifth of its delay into four inverters,
 * a NAND2 whose pin is 4/3 of the inverter's two ninths, as path.c has it. */
static void logical_effort(void)
{
  qy_tech *t = load_library("fdsoi28", arena);
  if (!t) return;
  const double inv_ff = t->in_cap_ff[QY_INV], slope = t->delay_ps[QY_INV] / 5 / inv_ff;
  near_rel(t->load_ff, 4 * inv_ff, 1e-12, "load of four inverters");
  near_rel(t->load_slope_ps_per_ff[QY_INV], slope, 1e-12, "inverter: a fifth of its delay per inverter");
  near_rel(t->load_slope_ps_per_ff[QY_NAND2] * inv_ff * 4 / 3, t->delay_ps[QY_NAND2] * 2 / 9, 1e-12,
           "NAND2: two ninths of its delay per load like itself");
  near_rel(t->load_slope_ps_per_ff[QY_NAND3], t->delay_ps[QY_NAND3] / 7 / inv_ff, 1e-12,
           "NAND3: a seventh per inverter");
  near_rel(t->load_slope_ps_per_ff[QY_FA], slope, 1e-12, "a full adder ends in an inverter");
  near_rel(t->lone_cap_ff[QY_MUX2], t->in_cap_ff[QY_MUX2], 1e-12, "a lone input that is not stated is the mean one");
  near_rel(t->pair_cap_ff[QY_MUX2], t->in_cap_ff[QY_MUX2], 1e-12, "and so are the others");
}

/* The mean of a cell's pins is that of its lone one and the others; a lone one that has all of it leaves them none. */
static void lone_inputs(const char *name)
{
  qy_error err = {0};
  qy_tech *t = load_library(name, arena), *copy = NULL;
  if (!ok(t && !qy_tech_copy(&copy, t, arena, &err), "a copy of %s", name)) return;
  int apart = 0, wrong = 0;
  for (int round = 0; round < 2; round++) {
    for (int c = 0; c < QY_CELL_COUNT; c++) {
      const int n = qy_cell_inputs((qy_cell)c);
      const double lone = copy->lone_cap_ff[c], mean = copy->in_cap_ff[c];
      const double pair = n > 1 ? fmax(0, (n * mean - lone) / (n - 1)) : mean;
      apart += round == 0 && lone != mean;
      wrong += !(fabs(copy->pair_cap_ff[c] - pair) <= 1e-12 * mean) || (round && lone != mean && pair != 0);
    }
    for (size_t i = 0; i < copy->entry_count; i++)
      if (strstr(copy->entry[i].path, ".lone_cap")) copy->entry[i].constant.value = 50;
    qy_tech_resolve(copy);
  }
  ok(apart > 2 && wrong == 0, "%s: %d cells with a lone input, and what it leaves to the others", name, apart);
}

/* What tech.c's head says, computed here from the file's constants. */
static void resolution(const qy_tech *t)
{
  double energy = qy_tech_constant(t, "nand2.energy")->value, cap = qy_tech_constant(t, "nand2.in_cap")->value;
  double delay = qy_tech_constant(t, "nand2.delay")->value, leakage = qy_tech_constant(t, "nand2.leakage")->value,
         pins = cap;
  int wrong = 0;
  char path[64];
  for (int c = 0; c < QY_CELL_COUNT; c++) {
    if (c == QY_NAND2) continue;
    snprintf(path, sizeof path, "cells.%s.in_cap", qy_cell_name((qy_cell)c));
    pins += cap * qy_tech_constant(t, path)->value;
    snprintf(path, sizeof path, "cells.%s.delay", qy_cell_name((qy_cell)c));
    wrong += fabs(t->delay_ps[c] / (delay * qy_tech_constant(t, path)->value) - 1) > 1e-12;
    snprintf(path, sizeof path, "cells.%s.leakage", qy_cell_name((qy_cell)c));
    wrong += fabs(t->leakage_nw[c] / (leakage * qy_tech_constant(t, path)->value) - 1) > 1e-12;
  }
  double load_fj = t->voltage_v * t->voltage_v / 2 * qy_tech_constant(t, "load.fanout")->value *
                   (pins / QY_CELL_COUNT + qy_tech_constant(t, "load.wire_cap")->value);
  for (int c = 0; c < QY_CELL_COUNT; c++) {
    snprintf(path, sizeof path, "cells.%s.energy", qy_cell_name((qy_cell)c));
    double internal = energy * (c == QY_NAND2 ? 1 : qy_tech_constant(t, path)->value);
    wrong += fabs(t->energy_fj[c] / (internal + load_fj) - 1) > 1e-12;
    wrong += fabs(t->internal_fj[c] / internal - 1) > 1e-12;
  }
  for (int g = 0; g < QY_CLASS_COUNT; g++) {
    snprintf(path, sizeof path, "effort.k.%s", qy_operator_class_name((qy_operator_class)g));
    wrong += t->effort_k[g] != qy_tech_constant(t, path)->value;
    snprintf(path, sizeof path, "glitch.lean.%s", qy_operator_class_name((qy_operator_class)g));
    wrong += t->glitch_lean[g] != qy_tech_constant(t, path)->value;
    snprintf(path, sizeof path, "glitch.fast.%s", qy_operator_class_name((qy_operator_class)g));
    wrong += t->glitch_fast[g] != qy_tech_constant(t, path)->value;
  }
  wrong += t->density_frac != qy_tech_constant(t, "placement.density")->value ||
           t->effort_p != qy_tech_constant(t, "effort.p")->value ||
           t->clock_tree_frac != qy_tech_constant(t, "clock_tree.energy")->value;
  wrong += t->load_fanout != qy_tech_constant(t, "load.fanout")->value ||
           t->load_wire_ff != qy_tech_constant(t, "load.wire_cap")->value || qy_tech_constant(t, "load") != NULL;
  is_int(wrong, 0, "arrays follow from the file's constants");
}

/* Write a library from what was read; constants by path, sections opened as the path needs them. */
static void write_again(const qy_tech *t, const char *file)
{
  FILE *f = fopen(file, "w");
  if (!f) return;
  fprintf(f, "name: %s\ntitle: '%s'\nlicense: '%s'\nflavour: '%s'\n", t->name, t->title, t->license, t->flavour);
  fprintf(f, "node: %.17g nm\nvoltage: %.17g V\ntemperature: %.17g C\n", t->node_nm, t->voltage_v, t->temperature_c);
  char before[64] = "";
  for (size_t i = 0; i < t->entry_count; i++) {
    const struct qy_tech_entry *e = &t->entry[i];
    const qy_constant *c = &e->constant;
    if (e->is_factor) continue;
    size_t same = 0, depth = 0; /* bytes of the path shared with the last one, up to a dot */
    for (size_t k = 0; e->path[k] && e->path[k] == before[k]; k++) {
      if (e->path[k] == '.') same = k + 1, depth++;
    }
    const char *rest = e->path + same;
    for (const char *dot; (dot = strchr(rest, '.')); rest = dot + 1, depth++) {
      fprintf(f, "%*s%.*s:\n", (int)(2 * depth), "", (int)(dot - rest), rest);
    }
    const char *unit = strcmp(e->unit, "ratio") == 0 ? "" : e->unit;
    fprintf(f, "%*s%s: {source: \"%s\", high: %.17g %s, low: %.17g %s, value: %.17g %s, status: %s}\n",
            (int)(2 * depth), "", rest, c->source, c->high, unit, c->low, unit, c->value, unit,
            qy_origin_name(c->status));
    snprintf(before, sizeof before, "%s", e->path);
  }
  if (t->voltage_high_v > 0)
    fprintf(f, "voltage_range: {low: %.17g V, high: %.17g V}\n", t->voltage_low_v, t->voltage_high_v);
  if (t->sram_node) fprintf(f, "sram: {node: %s}\n", t->sram_node);
  fclose(f);
}

static int same_library(const qy_tech *a, const qy_tech *b)
{
  if (a->entry_count != b->entry_count || strcmp(a->name, b->name) != 0 || strcmp(a->title, b->title) != 0 ||
      strcmp(a->license, b->license) != 0 || strcmp(a->flavour, b->flavour) != 0)
    return 0;
  for (size_t i = 0; i < a->entry_count; i++) {
    const qy_constant *x = &a->entry[i].constant, *y = &b->entry[i].constant;
    if (strcmp(a->entry[i].path, b->entry[i].path) != 0 || strcmp(x->source, y->source) != 0 || x->value != y->value ||
        x->low != y->low || x->high != y->high || x->status != y->status)
      return 0;
  }
  return memcmp(a->energy_fj, b->energy_fj, sizeof a->energy_fj) == 0 &&
         memcmp(a->area_um2, b->area_um2, sizeof a->area_um2) == 0 && a->node_nm == b->node_nm &&
         a->voltage_v == b->voltage_v && a->temperature_c == b->temperature_c && a->dff_clock_fj == b->dff_clock_fj;
}

static void every_library(const char *name, const char *directory)
{
  char what[120], file[200], command[300], line[200] = "";
  qy_tech *t = load_library(name, arena);
  snprintf(what, sizeof what, "%s is read", name);
  ok(t != NULL, "%s", what);
  if (!t) return;
  is_text(t->name, name, "its name is the file's");
  /* 5 of NAND2, 14 cells x 5, carry, 2 of the flip-flop, 2 of the load, effort 1 + 10, glitch 2 x 10, 2; and 4 of the
   * voltage law where there is one; load shares and lone inputs of the imported ones */
  int law = t->voltage_high_v > 0 ? 4 : 0, loads = 0, own = 0;
  for (size_t i = 0; i < t->entry_count; i++)
    own += !t->entry[i].is_factor;
  for (size_t i = 0; i < t->entry_count; i++)
    loads += strstr(t->entry[i].path, ".load_share") || strstr(t->entry[i].path, ".lone_cap");
  is_int(own, 5 + 14 * 5 + 1 + 2 + 2 + 11 + 20 + 2 + 1 + law + loads, "constants");
  ok((loads == 0) == (law > 0) && loads <= 15 + 4, "load shares in the imported libraries, %d", loads);
  int unsourced = 0, unordered = 0;
  for (size_t i = 0; i < t->entry_count; i++) {
    const qy_constant *c = &t->entry[i].constant;
    unsourced += !c->source || strlen(c->source) < 5;
    unordered += !(c->low <= c->value && c->value <= c->high);
    if (i > 0 && t->entry[i - 1].is_factor == t->entry[i].is_factor)
      unordered += t->entry[i].line <= t->entry[i - 1].line;
  }
  is_int(unsourced, 0, "every constant names a source");
  is_int(unordered, 0, "every interval holds its value; constants come in file order");
  ok(t->license && t->license[0] && t->flavour && t->flavour[0], "licence and flavour are stated");
  snprintf(command, sizeof command, "sha256sum db/tech/%s.yaml", name);
  FILE *p = popen(command, "r");
  if (p && fgets(line, sizeof line, p)) line[64] = '\0';
  if (p) pclose(p);
  is_text(t->sha256, line, "the hash is what sha256sum prints");
  resolution(t);

  snprintf(file, sizeof file, "%s/copy.yaml", directory);
  write_again(t, file);
  qy_tech *copy = load_library(file, arena);
  ok(copy && same_library(t, copy), "written out and read again it is the same library");
  unlink(file);
}

/* A cell's name ends in its number of inputs, or gives it away (AOI21: 2 + 1). */
/* Both libraries are the study's: sg13g2 has no adder cells and is given as composed, osu018 has them. */
static void adders_of_gates(void)
{
  const qy_tech *without = load_library("sg13g2", arena), *with = load_library("osu018", arena);
  if (!without || !with) return;
  near_rel(qy_tech_gates_um2(without, QY_FA), without->area_um2[QY_FA], 1e-6, "a full adder composed of gates");
  near_rel(qy_tech_gates_um2(without, QY_HA), without->area_um2[QY_HA], 1e-6, "a half adder");
  near_rel(qy_tech_gates_um2(with, QY_FA) / with->area_um2[QY_FA], (2 * 7.0 / 3 + 3) / 5, 1e-6,
           "gates in the place of a cell: exclusive ors of 7/3 NAND2, a cell of 5");
}

static void pins(void)
{
  static const struct {
    const char *name;
    int inputs, outputs;
  } rows[] = {{"inv", 1, 1},   {"buf", 1, 1},   {"nand2", 2, 1}, {"nor2", 2, 1},  {"and2", 2, 1},
              {"or2", 2, 1},   {"nand3", 3, 1}, {"aoi21", 3, 1}, {"oai21", 3, 1}, {"xor2", 2, 1},
              {"xnor2", 2, 1}, {"mux2", 3, 1},  {"ha", 2, 2},    {"fa", 3, 2},    {"dff", 1, 1}};
  int right = 0;
  for (int c = 0; c < QY_CELL_COUNT; c++) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
      if (strcmp(rows[i].name, qy_cell_name((qy_cell)c)) == 0) {
        right += rows[i].inputs == qy_cell_inputs((qy_cell)c) && rows[i].outputs == qy_cell_outputs((qy_cell)c);
      }
    }
  }
  is_int(right, QY_CELL_COUNT, "pins of every cell kind");
  ok(qy_cell_inputs(QY_CELL_COUNT) == 0 && strcmp(qy_cell_name(QY_CELL_COUNT), "unknown") == 0 &&
         strcmp(qy_operator_class_name(QY_CLASS_COUNT), "unknown") == 0 &&
         strcmp(qy_origin_name((qy_origin)9), "unknown") == 0,
     "no cell, group or origin beyond the last");
}

int main(void)
{
  char directory[] = "/tmp/quarry-test-XXXXXX";
  arena = qy_arena_new();
  if (!arena || !mkdtemp(directory)) return 1;
  for (size_t i = 0; i < LIBRARIES; i++)
    every_library(libraries[i], directory);
  pins();
  adders_of_gates();
  logical_effort();
  lone_inputs("asap7");
  lone_inputs("osu018");
  spot_values();
  open_libraries();
  rmdir(directory);
  qy_arena_free(arena);
  return done();
}
