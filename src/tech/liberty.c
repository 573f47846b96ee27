/* From a Liberty model to a technology library: the constants that follow from the cells chosen. */
#include "liberty_import.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

qy_status lib_warn(importer *im, const char *text)
{
  qy_liberty_report *r = im->report;
  if (!text) return qy_no_memory(im->model.err);
  if (r->warning_count < QY_LIBERTY_WARNINGS_MAX) r->warning[r->warning_count++] = text;
  return QY_OK;
}

static qy_status out_of_memory(const importer *im)
{
  return qy_fail(im->model.err, QY_NO_MEMORY, "out of memory");
}

/* Whether a name can stand in a library: YAML is UTF-8, names of files are any bytes. */
static bool is_utf8(const char *text)
{
  mbstate_t state = {0};
  locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
  if (!utf8) return false;
  locale_t before = uselocale(utf8);
  const bool is = mbsrtowcs(NULL, &text, 0, &state) != (size_t)-1;
  uselocale(before);
  freelocale(utf8);
  return is;
}

/* The name of a file without its directories; what is no UTF-8 with its odd bytes shown as '?'. */
static const char *base_name(const importer *im, const char *file)
{
  const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
  if (is_utf8(name)) return name;
  char *plain = qy_arena_text(im->model.arena, name, strlen(name));
  for (char *c = plain; c && *c; c++) {
    if ((unsigned char)*c >= 0x80) *c = '?';
  }
  return plain ? plain : "?";
}

/* Where each kind comes from, and what is to be said of it. */
static qy_status note_sources(importer *im)
{
  lib_model *m = &im->model;
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    const lib_choice *c = &im->choice[k];
    struct qy_liberty_choice *out = &im->report->choice[k];
    const char *note = c->match.note ? c->match.note : c->remark;
    if (c->match.note && c->remark && !(note = qy_arena_format(m->arena, "%s; %s", c->match.note, c->remark)))
      return out_of_memory(im);
    *out = (struct qy_liberty_choice){im->recipe[k], !c->cell, note, c->candidates};
    if (c->cell) {
      out->from = qy_arena_format(m->arena, "%s of %s", piece_text(c->cell->name, m->arena),
                                  base_name(im, c->cell->library->source->file));
      im->source[k] = !c->match.note ? out->from : qy_arena_format(m->arena, "%s; %s", out->from, c->match.note);
    } else {
      im->source[k] = qy_arena_format(m->arena, "no such cell in %s: composed as %s",
                                      base_name(im, m->first->source->file), im->recipe[k]);
    }
    if (!im->source[k] || !out->from) return out_of_memory(im);
  }
  return QY_OK;
}

static qy_status measure_all(importer *im)
{
  lib_model *m = &im->model;
  const lib_cell *half = im->choice[QY_HA].cell, *full = im->choice[QY_FA].cell;
  im->report->slew_ps = im->point.slew_ps;
  im->report->load_ff = im->point.load_ff;
  if ((half && !lib_adder(&im->report->half_adder, m, half)) || (full && !lib_adder(&im->report->full_adder, m, full)))
    return out_of_memory(im);
  lib_compose(im->values, im->supply_v, im->recipe);
  return note_sources(im);
}

static size_t section_of(const char *path)
{
  const char *dot = strrchr(path, '.');
  return dot ? (size_t)(dot - path) + 1 : 0;
}

/* A new entry behind the others of its section, as the file is written in the order of entries; its place. */
static size_t add_entry(qy_tech *t, const tech_row *row)
{
  const size_t section = section_of(row->path);
  size_t at = t->entry_count;
  while (at > 0 && strncmp(t->entry[at - 1].path, row->path, section) != 0)
    at--;
  memmove(&t->entry[at + 1], &t->entry[at], (t->entry_count - at) * sizeof *t->entry);
  t->entry[at] = (struct qy_tech_entry){.path = row->path, .unit = row->unit, .slot = row->offset / sizeof(double)};
  t->entry_count++;
  return at;
}

static bool ends_in(const char *path, const char *end)
{
  size_t length = strlen(path), tail = strlen(end);
  return length > tail && strcmp(path + length - tail, end) == 0;
}

/* Internal energies of small cells may come out at zero or below: the supply of the driver paid; ratios to a guess may
 * be anything.  A slope below zero, or a share above 1, comes from tables that were never meant to be looked up at such
 * loads. */
bool lib_is_clamped(const char *path)
{
  return (strncmp(path, "cells.", 6) == 0 && (ends_in(path, ".energy") || ends_in(path, ".leakage"))) ||
         strcmp(path, "flip_flop.clock_energy") == 0 || ends_in(path, ".load_share");
}

const tech_row *lib_row(const importer *im, const char *path)
{
  for (size_t i = 0; i < im->row_count; i++) {
    if (strcmp(im->rows[i].path, path) == 0) return &im->rows[i];
  }
  return NULL;
}

/* A value beyond the end of its row, and the note of it. */
static qy_status clamp(importer *im, const tech_row *row, lib_range *range, const char **source)
{
  const bool low = range->value < row->low;
  const double end = low ? row->low : row->high;
  if (!lib_is_clamped(row->path) || isnan(range->value) || !(low || range->value > row->high)) return QY_OK;
  *source = qy_arena_format(im->model.arena, "%s; its tables give %.3g, the format's %s is %g", *source, range->value,
                            low ? "least" : "most", end);
  const char *others = im->report->clamped;
  im->report->clamped = qy_arena_format(im->model.arena, "%s%s%s", others ? others : "", others ? ", " : "", row->path);
  range->value = end;
  range->high = fmax(range->high, end);
  range->low = fmin(range->low, end);
  return *source && im->report->clamped ? QY_OK : out_of_memory(im);
}

/* Set the constant at a path; the interval is kept inside the format's range, a value outside of it is an error. */
static qy_status set(importer *im, const char *path, lib_range range, const char *source)
{
  const tech_row *row = lib_row(im, path);
  size_t e = 0;
  while (e < im->tech->entry_count && strcmp(im->tech->entry[e].path, path) != 0)
    e++;
  if (!row || (e == im->tech->entry_count && !row->alone))
    return qy_fail(im->model.err, QY_INTERNAL, "no constant \"%s\" in the base library", path);
  qy_status status = clamp(im, row, &range, &source);
  if (status != QY_OK) return status;
  if (!(range.value >= row->low && range.value <= row->high))
    return qy_fail_at(im->model.err, QY_BAD_INPUT, im->model.first->source->file, 0, 0,
                      "%s: expected a value from %g to %g%s%s, found %g (%s)", path, row->low, row->high,
                      strcmp(row->unit, "ratio") ? " " : "", strcmp(row->unit, "ratio") ? row->unit : "", range.value,
                      source);
  double low = fmax(fmin(range.low, range.value), row->low);
  double high = fmin(fmax(range.high, range.value), row->high);
  if (e == im->tech->entry_count) e = add_entry(im->tech, row);
  im->tech->entry[e].constant = (qy_constant){range.value, low, high, QY_DERIVED, source};
  return QY_OK;
}

static lib_range over(lib_range range, double scale)
{
  return (lib_range){range.value / scale, range.low / scale, range.high / scale};
}

static lib_range exact(double value)
{
  return (lib_range){value, value, value};
}

/* A constant of the base library that stands in for what is not known here: an interval twice as wide to both sides. */
static lib_range doubled(const qy_constant *c)
{
  return (lib_range){c->value, c->low / 2, c->high * 2};
}

/* Of a NAND2; where the file has none: the base library's in proportion to C V^power of an input. */
static lib_range nand2_guess(const importer *im, const char *path, int power)
{
  const qy_tech *base = im->options->base;
  const double cap = im->values[QY_NAND2].in_cap_ff.value / base->in_cap_ff[QY_NAND2];
  return over(doubled(qy_tech_constant(base, path)), 1 / (cap * pow(im->supply_v / base->voltage_v, power)));
}

/* Inside a NAND2 per toggle; leakage power is a current times V, the current in proportion to the width of an input. */
static lib_range nand2_energy(const importer *im)
{
  const lib_values *f = &im->values[QY_NAND2];
  return f->has_energy ? f->energy_fj : nand2_guess(im, "nand2.energy", 2);
}

static lib_range nand2_leakage(const importer *im)
{
  const lib_values *f = &im->values[QY_NAND2];
  return f->has_leakage ? f->leakage_nw : nand2_guess(im, "nand2.leakage", 1);
}

/* As the file has it: of others over that of the NAND2; where it is not given, the base library's ratio. */
static lib_range ratio_or_guess(const importer *im, const char *path, bool given, lib_range own, double nand2)
{
  return given ? over(own, nand2) : doubled(qy_tech_constant(im->options->base, path));
}

/* Kinds without a figure by name, or NULL. */
static qy_status name_kinds(const char **out, importer *im, bool energy)
{
  const char *kinds = "";
  for (int k = 0; k < QY_CELL_COUNT && kinds; k++) {
    if (!(energy ? im->values[k].has_energy : im->values[k].has_leakage))
      kinds = qy_arena_format(im->model.arena, "%s%s%s", kinds, *kinds ? ", " : "", qy_cell_name((qy_cell)k));
  }
  if (!kinds) return out_of_memory(im);
  *out = *kinds ? kinds : NULL;
  return QY_OK;
}

/* Energies and leakage that the file does not give, or gives as nothing at all for the NAND2, to which the others are
 * ratios: what stands in, for the constants' source and the report. */
static qy_status note_guesses(importer *im)
{
  const char *file = base_name(im, im->model.first->source->file), *base = im->options->base->name;
  im->energy_guess =
      qy_arena_format(im->model.arena, "no internal power in %s: C V^2 and %s, interval twice as wide", file, base);
  im->leakage_guess =
      qy_arena_format(im->model.arena, "no leakage in %s: C V and %s, interval twice as wide", file, base);
  if (!im->energy_guess || !im->leakage_guess) return out_of_memory(im);
  qy_status status = name_kinds(&im->report->energy_guessed, im, true);
  return status == QY_OK ? name_kinds(&im->report->leakage_guessed, im, false) : status;
}

static bool has_lone_input(qy_cell kind)
{
  return kind == QY_AOI21 || kind == QY_OAI21 || kind == QY_MUX2 || kind == QY_FA;
}

/* Paths of a kind: "nand2.area", "cells.inv.area". */
static const char *path_of(importer *im, qy_cell kind, const char *key)
{
  return kind == QY_NAND2 ? qy_arena_format(im->model.arena, "nand2.%s", key)
                          : qy_arena_format(im->model.arena, "cells.%s.%s", qy_cell_name(kind), key);
}

int lib_figures(lib_figure *out, importer *im, qy_cell kind)
{
  const lib_values *f = &im->values[kind], *nand = &im->values[QY_NAND2];
  const bool scale = kind == QY_NAND2;
  const double delay = nand->delay_ps.value;
  const char *energy = path_of(im, kind, "energy"), *leakage = path_of(im, kind, "leakage");
  int count = 0;
  if (!energy || !leakage) return -1;
  out[count++] = (lib_figure){path_of(im, kind, "area"),
                              over((lib_range){f->area_um2, f->area_um2, f->area_high_um2}, scale ? 1 : nand->area_um2),
                              false, false};
  out[count++] =
      (lib_figure){path_of(im, kind, "in_cap"), over(f->in_cap_ff, scale ? 1 : nand->in_cap_ff.value), false, false};
  out[count++] = (lib_figure){path_of(im, kind, "delay"), over(f->delay_ps, scale ? 1 : delay), false, false};
  out[count++] = (lib_figure){energy,
                              scale ? nand2_energy(im)
                                    : ratio_or_guess(im, energy, f->has_energy, f->energy_fj, nand2_energy(im).value),
                              !f->has_energy, false};
  out[count++] = (lib_figure){
      leakage,
      scale ? nand2_leakage(im) : ratio_or_guess(im, leakage, f->has_leakage, f->leakage_nw, nand2_leakage(im).value),
      false, !f->has_leakage};
  out[count++] = (lib_figure){path_of(im, kind, "load_share"),
                              over(f->slope_ps_per_ff, f->delay_ps.value / im->point.load_ff), false, false};
  if (has_lone_input(kind))
    out[count++] =
        (lib_figure){path_of(im, kind, "lone_cap"), over(exact(f->lone_cap_ff), nand->in_cap_ff.value), false, false};
  if (kind == QY_FA) out[count++] = (lib_figure){"full_adder.carry", exact(f->carry_ps / delay), false, false};
  if (kind == QY_DFF) {
    const bool given = f->has_energy || f->has_clock;
    out[count++] = (lib_figure){
        "flip_flop.clock_energy",
        ratio_or_guess(im, "flip_flop.clock_energy", given, f->clock_fj, nand2_energy(im).value), !given, false};
    out[count++] = (lib_figure){"flip_flop.setup", over(f->setup_ps, delay), false, false};
  }
  for (int i = 0; i < count; i++) {
    if (!out[i].path) return -1;
  }
  return count;
}

static qy_status set_all(importer *im)
{
  lib_figure figure[LIB_FIGURES_MAX];
  qy_status status = QY_OK;
  for (int k = 0; k < QY_CELL_COUNT && status == QY_OK; k++) {
    const int count = lib_figures(figure, im, (qy_cell)k);
    if (count < 0) return out_of_memory(im);
    for (int i = 0; i < count && status == QY_OK; i++)
      status = set(im, figure[i].path, figure[i].range,
                   figure[i].guessed_energy    ? im->energy_guess
                   : figure[i].guessed_leakage ? im->leakage_guess
                                               : im->source[k]);
  }
  return status;
}

/* The base library without what is tied to its process; the source of what stays says where it is from. */
static qy_status start_from_base(importer *im)
{
  const qy_tech *base = im->options->base;
  qy_status status = qy_tech_copy(&im->tech, base, im->model.arena, im->model.err);
  if (status != QY_OK) return status;
  qy_tech *t = im->tech;
  t->entry = qy_arena_alloc(im->model.arena, im->row_count, sizeof *t->entry);
  if (!t->entry) return out_of_memory(im);
  t->voltage_low_v = t->voltage_high_v = 0;
  t->sram_node = NULL;
  memset(&t->covariance, 0, sizeof t->covariance);
  t->entry_count = 0;
  for (size_t i = 0; i < base->entry_count; i++) {
    struct qy_tech_entry e = base->entry[i];
    if (e.is_factor || strncmp(e.path, "voltage_law.", sizeof "voltage_law." - 1) == 0) continue;
    e.constant.source = qy_arena_format(im->model.arena, "not in Liberty, as in %s: %s", base->name, e.constant.source);
    if (!e.constant.source) return out_of_memory(im);
    t->entry[t->entry_count++] = e;
  }
  return QY_OK;
}

static qy_status set_head(importer *im, const qy_liberty_source *source, size_t count)
{
  enum { FILES_SHOWN = 8 };
  qy_tech *t = im->tech;
  const qy_liberty_options *o = im->options;
  const lib_library *l = im->model.first;
  qy_arena *arena = im->model.arena;
  const char *files = "";
  for (size_t i = 0; i < count && files; i++) {
    if (i == FILES_SHOWN) {
      files = qy_arena_format(arena, "%s and %zu more", files, count - i);
      break;
    }
    files = qy_arena_format(arena, "%s%s%s", files, i ? ", " : "", base_name(im, source[i].file));
  }
  if (!files) return out_of_memory(im);
  t->name = o->name;
  t->title = o->title ? o->title : qy_arena_format(arena, "%s, imported from %s", o->name, files);
  t->license = o->license ? o->license : qy_arena_format(arena, "that of %s", files);
  t->flavour = qy_arena_format(arena, "Liberty library %s", piece_text(l->name, arena));
  t->voltage_v = im->supply_v;
  while (l && !l->nominal[LIB_TEMPERATURE].known)
    l = l->next;
  if (l) t->temperature_c = l->nominal[LIB_TEMPERATURE].value;
  double scale = sqrt(im->values[QY_NAND2].area_um2 / o->base->area_um2[QY_NAND2]);
  im->report->node_estimated = !(o->node_nm > 0);
  t->node_nm = o->node_nm > 0 ? o->node_nm : fmin(fmax(round(o->base->node_nm * scale), 1), 1000);
  im->report->node_nm = t->node_nm;
  return t->title && t->license && t->flavour ? QY_OK : out_of_memory(im);
}

/* An input's capacitance goes with the node, so with the root of the area: one that is nearer to a thousand times
 * more or
 * less than that of the base library comes from a wrong unit (ff for pf). */
static qy_status check_load_unit(importer *im)
{
  static const double slip = 1000;
  const qy_tech *base = im->options->base;
  const lib_values *nand = &im->values[QY_NAND2];
  const double scale = sqrt(nand->area_um2 / base->area_um2[QY_NAND2]);
  const double ratio = nand->in_cap_ff.value / (base->in_cap_ff[QY_NAND2] * scale);
  if (!(ratio > 0) || fabs(log(ratio)) < log(slip) / 2) return QY_OK;
  return lib_warn(im, qy_arena_format(im->model.arena,
                                      "an input of the NAND2 is %.4g fF at %.4g um2, where %s suggests %.3g fF: is "
                                      "capacitive_load_unit right (1 of it is %g fF)?",
                                      nand->in_cap_ff.value, nand->area_um2, base->name,
                                      base->in_cap_ff[QY_NAND2] * scale, im->model.first->cap_ff));
}

static qy_status import(qy_tech **tech, importer *im, const qy_liberty_source *source, size_t count)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < count && status == QY_OK; i++)
    status = lib_read(&im->model, &source[i]);
  im->report->cells = im->model.cell_count;
  if (status == QY_OK && !(im->rows = tech_schema(&im->row_count, im->model.arena))) status = out_of_memory(im);
  if (status == QY_OK) status = lib_check_corner(im);
  if (status == QY_OK) status = lib_choose_all(im);
  if (status == QY_OK) status = measure_all(im);
  if (status == QY_OK) status = check_load_unit(im);
  if (status == QY_OK) status = start_from_base(im);
  if (status == QY_OK) status = note_guesses(im);
  if (status == QY_OK) status = set_all(im);
  if (status == QY_OK) status = set_head(im, source, count);
  if (status == QY_OK) status = qy_tech_render(im->tech, im->model.arena, im->model.err);
  if (status != QY_OK) return status;
  /* what is handed out is what a reader of the file will see */
  status =
      qy_tech_read_text(tech, source[0].file, im->tech->text, strlen(im->tech->text), im->model.arena, im->model.err);
  return status == QY_OK ? qy_tech_share(*tech, im->options->base, im->model.arena, im->model.err) : status;
}

qy_status qy_liberty_import(qy_tech **tech, qy_liberty_report *report, const qy_liberty_source *source, size_t count,
                            const qy_liberty_options *options, qy_arena *arena, qy_error *err)
{
  assert(tech && source && count > 0 && options && options->name && options->base && arena);
  *tech = NULL;
  *report = (qy_liberty_report){0};
  if (count == 0) return qy_fail(err, QY_BAD_INPUT, "expected at least one Liberty file, found none");
  importer *im = qy_arena_alloc(arena, 1, sizeof *im);
  if (!im) return qy_no_memory(err);
  im->model = (lib_model){.arena = arena, .err = err};
  im->options = options;
  im->report = report;
  return import(tech, im, source, count);
}
