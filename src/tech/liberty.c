/* From a Liberty model to a technology library: the cell of each kind, its values, the constants. */
#include "liberty_int.h"

#include "schema.h"

#include <assert.h>
#include <fnmatch.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct chosen {
  const lib_cell *cell;
  lib_match match;
  double area_um2, leakage_nw; /* inverters to be added included */
  double drive_ff;             /* load that its outputs may drive; 0: not stated */
  size_t candidates;
  const char *remark; /* on cells of the kind that were not taken, or NULL */
} chosen;

typedef struct importer {
  lib_model model;
  const qy_liberty_options *options;
  qy_liberty_report *report;
  chosen choice[QY_CELL_COUNT];
  lib_values values[QY_CELL_COUNT];
  const char *recipe[QY_CELL_COUNT];
  const char *source[QY_CELL_COUNT];
  const char *guess; /* source of energies that are not in the file */
  qy_tech *tech;
} importer;

static bool skipped(const importer *im, const lib_cell *cell)
{
  for (size_t i = 0; i < im->options->skip_count; i++) {
    if (fnmatch(im->options->skip[i], piece_text(cell->name, im->model.arena), 0) == 0) return true;
  }
  return false;
}

static double drive_of(const lib_cell *cell)
{
  double sum = 0, load;
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    if (p->direction == LIB_OUTPUT && piece_number(p->max_capacitance, &load)) sum += load * cell->library->cap_ff;
  }
  return sum;
}

/* A plain flip-flop before any other, then the smaller cell; of equal areas the weaker one, where loads are stated,
 * else the one that leaks less. */
static bool better(const chosen *a, const chosen *b)
{
  if (!b->cell) return true;
  if (a->match.penalty != b->match.penalty) return a->match.penalty < b->match.penalty;
  if (a->match.inverted != b->match.inverted) return b->match.inverted;
  if (a->area_um2 != b->area_um2) return a->area_um2 < b->area_um2;
  if (a->drive_ff > 0 && b->drive_ff > 0 && a->drive_ff != b->drive_ff) return a->drive_ff < b->drive_ff;
  return a->leakage_nw < b->leakage_nw;
}

static qy_status out_of_memory(const importer *im)
{
  return qy_fail(im->model.err, QY_NO_MEMORY, "out of memory");
}

/* The smallest cell is taken for the weakest; says so where another one loads its driver much less. */
static qy_status remark_weaker(importer *im, qy_cell kind)
{
  const double much = 0.7;
  chosen *best = &im->choice[kind];
  for (const lib_cell *cell = im->model.cell; cell && best->cell; cell = cell->next) {
    chosen c = {.cell = cell};
    const char *what;
    if (cell == best->cell || cell->area.length == 0 || !lib_matches(&c.match, cell, kind) || skipped(im, cell))
      continue;
    if (c.match.penalty != best->match.penalty || c.match.inverted != best->match.inverted) continue;
    c.drive_ff = drive_of(cell);
    if (!(c.drive_ff > 0 && c.drive_ff < much * best->drive_ff) || !lib_is_complete(cell, &what)) continue;
    best->remark =
        qy_arena_format(im->model.arena, "%s is weaker, but larger", piece_text(cell->name, im->model.arena));
    return best->remark ? QY_OK : out_of_memory(im);
  }
  return QY_OK;
}

static qy_status choose(importer *im, qy_cell kind)
{
  chosen *best = &im->choice[kind];
  const chosen *inverter = &im->choice[QY_INV];
  const char *left_out = NULL;
  for (const lib_cell *cell = im->model.cell; cell; cell = cell->next) {
    chosen c = {.cell = cell};
    lib_range leakage = {0};
    if (!lib_matches(&c.match, cell, kind) || skipped(im, cell)) continue;
    if (cell->area.length == 0) continue; /* physical-only or abstract */
    const char *what;
    if (!lib_is_complete(cell, &what)) {
      left_out = qy_arena_format(im->model.arena, "%s left out: it %s", piece_text(cell->name, im->model.arena), what);
      if (!left_out) return out_of_memory(im);
      continue;
    }
    qy_status status = lib_area(&c.area_um2, &im->model, cell);
    if (status == QY_OK) status = lib_leakage(&leakage, &im->model, cell);
    if (status != QY_OK) return status;
    if (!(c.area_um2 > 0)) continue;
    c.area_um2 += c.match.inverters * inverter->area_um2;
    c.leakage_nw = leakage.value;
    c.drive_ff = drive_of(cell);
    c.candidates = best->candidates + 1;
    if (better(&c, best))
      *best = c;
    else
      best->candidates++;
  }
  if (left_out) {
    best->remark = left_out;
    return QY_OK;
  }
  return remark_weaker(im, kind);
}

static const char *base_name(const char *file)
{
  const char *slash = strrchr(file, '/');
  return slash ? slash + 1 : file;
}

static qy_status choose_all(importer *im)
{
  static const struct {
    qy_cell kind;
    const char *what;
  } needed[] = {{QY_INV, "an inverter"}, {QY_NAND2, "a NAND2"}, {QY_DFF, "a D flip-flop"}};
  qy_status status = choose(im, QY_INV);
  for (int k = 0; k < QY_CELL_COUNT && status == QY_OK; k++) {
    if (k != QY_INV) status = choose(im, (qy_cell)k);
  }
  for (size_t i = 0; i < sizeof needed / sizeof *needed && status == QY_OK; i++) {
    if (im->choice[needed[i].kind].cell) continue;
    const char *remark = im->choice[needed[i].kind].remark;
    status = qy_fail_at(im->model.err, QY_BAD_INPUT, im->model.first->source->file, 0, 0,
                        "expected a cell that is %s, found none among %zu cells%s%s%s", needed[i].what,
                        im->model.cell_count, remark ? " (" : "", remark ? remark : "", remark ? ")" : "");
  }
  return status;
}

/* Whether an inverting multiplexer costs an inverter depends on what follows it: both lie in the interval. */
static void allow_inverter(lib_values *f, const lib_values *inverter)
{
  f->area_high_um2 += inverter->area_um2;
  f->leakage_nw.high += inverter->leakage_nw.value;
  f->delay_ps.high += inverter->delay_ps.value;
  f->energy_fj.high += inverter->energy_fj.value;
}

static qy_status measure_all(importer *im)
{
  lib_model *m = &im->model;
  lib_condition point = {0};
  qy_status status = lib_fan_out_condition(&point, m, im->choice[QY_INV].cell);
  im->report->slew_ps = point.slew_ps;
  im->report->load_ff = point.load_ff;
  for (int k = 0; k < QY_CELL_COUNT && status == QY_OK; k++) {
    const lib_cell *cell = im->choice[k].cell;
    const lib_subject subject = {cell, im->choice[QY_INV].cell, &im->choice[k].match, (qy_cell)k};
    if (cell) status = lib_measure(&im->values[k], m, &subject, point);
  }
  if (status != QY_OK) return status;
  const lib_library *first = im->choice[QY_INV].cell->library;
  const double volt = first->nominal_v * first->volt_v;
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    if (im->choice[k].cell)
      lib_add_inverters(&im->values[k], &im->values[QY_INV], volt, im->choice[k].match.inverters,
                        qy_cell_outputs((qy_cell)k));
    if (im->choice[k].match.inverted) allow_inverter(&im->values[k], &im->values[QY_INV]);
  }
  const lib_cell *half = im->choice[QY_HA].cell, *full = im->choice[QY_FA].cell;
  if ((half && !lib_adder(&im->report->half_adder, m, half)) || (full && !lib_adder(&im->report->full_adder, m, full)))
    return out_of_memory(im);
  lib_compose(im->values, volt, im->recipe);
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    const chosen *c = &im->choice[k];
    struct qy_liberty_choice *out = &im->report->choice[k];
    const char *note = c->match.note ? c->match.note : c->remark;
    if (c->match.note && c->remark) note = qy_arena_format(m->arena, "%s; %s", c->match.note, c->remark);
    *out = (struct qy_liberty_choice){im->recipe[k], !c->cell, note, c->candidates};
    if (c->cell) {
      out->from = qy_arena_format(m->arena, "%s of %s", piece_text(c->cell->name, m->arena),
                                  base_name(c->cell->library->source->file));
      im->source[k] = !c->match.note ? out->from : qy_arena_format(m->arena, "%s; %s", out->from, c->match.note);
    } else {
      im->source[k] = qy_arena_format(m->arena, "no such cell in %s: composed as %s", base_name(m->first->source->file),
                                      im->recipe[k]);
    }
    if (!im->source[k] || !out->from) return out_of_memory(im);
  }
  return QY_OK;
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

/* Internal energies of small cells may come out at zero or below: the supply of the driver paid.  Ratios only.  A
 * slope at or below zero comes from tables that were never meant to be looked up at such loads. */
static bool clamped(const char *path)
{
  return (strncmp(path, "cells.", 6) == 0 && ends_in(path, ".energy")) || ends_in(path, ".load_share");
}

/* Set the constant at a path; the interval is kept inside the format's range, a value outside of it is an error. */
static qy_status set(importer *im, const tech_row *rows, size_t row_count, const char *path, lib_range range,
                     const char *source)
{
  size_t r = 0, e = 0;
  while (r < row_count && strcmp(rows[r].path, path) != 0)
    r++;
  while (e < im->tech->entry_count && strcmp(im->tech->entry[e].path, path) != 0)
    e++;
  if (r == row_count || (e == im->tech->entry_count && !rows[r].alone))
    return qy_fail(im->model.err, QY_INTERNAL, "no constant \"%s\" in the base library", path);
  if (clamped(path) && range.value < rows[r].low) {
    source = qy_arena_format(im->model.arena, "%s; its tables give %.3g, the format's least is %g", source, range.value,
                             rows[r].low);
    if (!source) return out_of_memory(im);
    range.value = rows[r].low;
    range.high = fmax(range.high, range.value);
  }
  if (!(range.value >= rows[r].low && range.value <= rows[r].high))
    return qy_fail_at(im->model.err, QY_BAD_INPUT, im->model.first->source->file, 0, 0,
                      "%s: expected a value from %g to %g%s%s, found %g (%s)", path, rows[r].low, rows[r].high,
                      strcmp(rows[r].unit, "ratio") ? " " : "", strcmp(rows[r].unit, "ratio") ? rows[r].unit : "",
                      range.value, source);
  double low = fmax(fmin(range.low, range.value), rows[r].low);
  double high = fmin(fmax(range.high, range.value), rows[r].high);
  if (e == im->tech->entry_count) e = add_entry(im->tech, &rows[r]);
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

/* Inside a NAND2; without tables: what the base library's has, in proportion to C V^2 of an input. */
static lib_range nand2_energy(const importer *im)
{
  const lib_values *f = &im->values[QY_NAND2];
  const qy_tech *base = im->options->base;
  const lib_library *l = im->model.first;
  const double volt = l->nominal_v * l->volt_v / base->voltage_v;
  const double scale = f->in_cap_ff.value / base->in_cap_ff[QY_NAND2] * volt * volt;
  return f->has_energy ? f->energy_fj : over(doubled(qy_tech_constant(base, "nand2.energy")), 1 / scale);
}

/* As the file has it: of NAND2 in fJ, of others over that. */
static lib_range energy_of(const importer *im, qy_cell kind)
{
  char path[64];
  if (kind == QY_NAND2) return nand2_energy(im);
  if (im->values[kind].has_energy) return over(im->values[kind].energy_fj, nand2_energy(im).value);
  snprintf(path, sizeof path, "cells.%s.energy", qy_cell_name(kind));
  return doubled(qy_tech_constant(im->options->base, path));
}

/* Energies that the file does not give, or gives as nothing at all for the NAND2, to which the others are ratios: what
 * stands in, for the constants' source and the report. */
static qy_status note_guesses(importer *im)
{
  const char *kinds = "";
  for (int k = 0; k < QY_CELL_COUNT && kinds; k++) {
    if (!im->values[k].has_energy)
      kinds = qy_arena_format(im->model.arena, "%s%s%s", kinds, *kinds ? ", " : "", qy_cell_name((qy_cell)k));
  }
  im->guess = qy_arena_format(im->model.arena, "no internal power in %s: C V^2 and %s, interval twice as wide",
                              base_name(im->model.first->source->file), im->options->base->name);
  if (!kinds || !im->guess) return out_of_memory(im);
  if (*kinds) im->report->energy_guessed = kinds;
  return QY_OK;
}

static bool has_lone_input(qy_cell kind)
{
  return kind == QY_AOI21 || kind == QY_OAI21 || kind == QY_MUX2 || kind == QY_FA;
}

static qy_status set_all(importer *im)
{
  qy_arena *arena = im->model.arena;
  size_t row_count;
  const tech_row *rows = tech_schema(&row_count, arena);
  const lib_values *nand = &im->values[QY_NAND2];
  qy_status status = QY_OK;
  if (!rows) return out_of_memory(im);
  for (int k = 0; k < QY_CELL_COUNT && status == QY_OK; k++) {
    const lib_values *f = &im->values[k];
    bool scale = k == QY_NAND2;
    lib_range area = {f->area_um2, f->area_um2, f->area_high_um2};
    const struct {
      const char *key;
      lib_range range;
    } keys[] = {
        {"area", scale ? area : over(area, nand->area_um2)},
        {"in_cap", scale ? f->in_cap_ff : over(f->in_cap_ff, nand->in_cap_ff.value)},
        {"delay", scale ? f->delay_ps : over(f->delay_ps, nand->delay_ps.value)},
        {"energy", energy_of(im, (qy_cell)k)},
        {"leakage", scale ? f->leakage_nw : over(f->leakage_nw, nand->leakage_nw.value)},
        {"load_share", over(f->slope_ps_per_ff, f->delay_ps.value / im->report->load_ff)},
        {"lone_cap", over(exact(f->lone_cap_ff), nand->in_cap_ff.value)},
    };
    const size_t count = sizeof keys / sizeof *keys - (has_lone_input((qy_cell)k) ? 0 : 1);
    for (size_t i = 0; i < count && status == QY_OK; i++) {
      const char *path = scale ? qy_arena_format(arena, "nand2.%s", keys[i].key)
                               : qy_arena_format(arena, "cells.%s.%s", qy_cell_name((qy_cell)k), keys[i].key);
      const bool guessed = strcmp(keys[i].key, "energy") == 0 && !im->values[k].has_energy;
      const char *source = guessed ? im->guess : im->source[k];
      status = path ? set(im, rows, row_count, path, keys[i].range, source) : out_of_memory(im);
    }
  }
  const lib_values *dff = &im->values[QY_DFF];
  const double delay = nand->delay_ps.value;
  const lib_range clock = dff->has_energy ? over(dff->clock_fj, nand2_energy(im).value)
                                          : doubled(qy_tech_constant(im->options->base, "flip_flop.clock_energy"));
  if (status == QY_OK)
    status = set(im, rows, row_count, "full_adder.carry", exact(im->values[QY_FA].carry_ps / delay), im->source[QY_FA]);
  if (status == QY_OK)
    status =
        set(im, rows, row_count, "flip_flop.clock_energy", clock, dff->has_energy ? im->source[QY_DFF] : im->guess);
  if (status == QY_OK)
    status = set(im, rows, row_count, "flip_flop.setup", over(dff->setup_ps, delay), im->source[QY_DFF]);
  return status;
}

/* The base library without what is tied to its process; the source of what stays says where it is from. */
static qy_status start_from_base(importer *im)
{
  const qy_tech *base = im->options->base;
  qy_status status = qy_tech_copy(&im->tech, base, im->model.arena, im->model.err);
  if (status != QY_OK) return status;
  qy_tech *t = im->tech;
  size_t rows_max;
  if (!tech_schema(&rows_max, im->model.arena)) return out_of_memory(im);
  t->entry = qy_arena_alloc(im->model.arena, rows_max, sizeof *t->entry);
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
    files = qy_arena_format(arena, "%s%s%s", files, i ? ", " : "", base_name(source[i].file));
  }
  if (!files) return out_of_memory(im);
  t->name = o->name;
  t->title = o->title ? o->title : qy_arena_format(arena, "%s, imported from %s", o->name, files);
  t->license = o->license ? o->license : qy_arena_format(arena, "that of %s", files);
  t->flavour = qy_arena_format(arena, "Liberty library %s", piece_text(l->name, arena));
  t->voltage_v = l->nominal_v * l->volt_v;
  if (l->has_nominal_c) t->temperature_c = l->nominal_c;
  double scale = sqrt(im->values[QY_NAND2].area_um2 / o->base->area_um2[QY_NAND2]);
  im->report->node_estimated = !(o->node_nm > 0);
  t->node_nm = o->node_nm > 0 ? o->node_nm : fmin(fmax(round(o->base->node_nm * scale), 1), 1000);
  im->report->node_nm = t->node_nm;
  return t->title && t->license && t->flavour ? QY_OK : out_of_memory(im);
}

/* One corner: all files at one voltage and temperature. */
static qy_status check_corner(importer *im)
{
  const lib_library *first = im->model.first, *last = first;
  if (!(first->nominal_v > 0))
    return qy_fail_at(im->model.err, QY_BAD_INPUT, first->source->file, 0, 0, "expected nom_voltage above 0, found %g",
                      first->nominal_v);
  for (const lib_cell *c = im->model.cell; c; c = c->next) {
    if (c->library == last) continue;
    last = c->library;
    if (last->nominal_v * last->volt_v != first->nominal_v * first->volt_v)
      return qy_fail_at(im->model.err, QY_BAD_INPUT, last->source->file, 0, 0,
                        "expected nom_voltage %g V as in %s, found %g V", first->nominal_v * first->volt_v,
                        first->source->file, last->nominal_v * last->volt_v);
    if (first->has_nominal_c && last->has_nominal_c && last->nominal_c != first->nominal_c)
      return qy_fail_at(im->model.err, QY_BAD_INPUT, last->source->file, 0, 0,
                        "expected nom_temperature %g C as in %s, found %g C", first->nominal_c, first->source->file,
                        last->nominal_c);
  }
  return QY_OK;
}

static qy_status import(qy_tech **tech, importer *im, const qy_liberty_source *source, size_t count)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < count && status == QY_OK; i++)
    status = lib_read(&im->model, &source[i]);
  if (status == QY_OK) status = check_corner(im);
  im->report->cells = im->model.cell_count;
  if (status == QY_OK) status = choose_all(im);
  if (status == QY_OK) status = measure_all(im);
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
  /* numbers with a point, whatever the program's locale */
  locale_t point = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (!im || !point) {
    if (point) freelocale(point);
    return qy_fail(err, QY_NO_MEMORY, "out of memory");
  }
  locale_t before = uselocale(point);
  im->model = (lib_model){.arena = arena, .err = err};
  im->options = options;
  im->report = report;
  qy_status status = import(tech, im, source, count);
  uselocale(before);
  freelocale(point);
  return status;
}
