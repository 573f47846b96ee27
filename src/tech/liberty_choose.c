/* Which cell of a Liberty library stands for a kind: the weakest that has all data, see liberty.h. */
#include "liberty_import.h"

#include <assert.h>
#include <fnmatch.h>
#include <math.h>
#include <string.h>

/* A cell of the kind, or one that might have been. */
typedef struct candidate {
  struct candidate *next;
  const lib_cell *cell;
  lib_match match;
  double area_um2, leakage_nw; /* inverters to be added included in the area */
  double load_ff, drive_ff;    /* drive 0: not stated */
  const char *why;             /* why it cannot be taken, or NULL */
  bool by_choice;              /* why: the file or the user says that it is not to be used */
  int line, column;            /* of the fault behind `why`, 0: none in particular */
  const char *lacks;           /* what it lacks but can do without, or NULL */
} candidate;

/* Two cells are about as strong when the geometric mean of the ratios of load and drive is below this: half a step of
 * the drives that libraries have. */
static const double about = 1.3;

/* Texts about cells, in one line; so many cells by name. */
typedef struct remarks {
  const char *text; /* NULL: none yet */
  int named, more;
} remarks;
enum { NAMED_MAX = 10 };

static qy_status remark(remarks *r, importer *im, const char *text)
{
  if (!text) return qy_no_memory(im->model.err);
  if (r->named == NAMED_MAX) {
    r->more++;
    return QY_OK;
  }
  r->named++;
  r->text = r->text ? qy_arena_format(im->model.arena, "%s; %s", r->text, text) : text;
  return r->text ? QY_OK : qy_no_memory(im->model.err);
}

static qy_status end_remarks(const char **out, const remarks *r, importer *im)
{
  *out = r->more ? qy_arena_format(im->model.arena, "%s; and %d more", r->text, r->more) : r->text;
  return r->more && !*out ? qy_no_memory(im->model.err) : QY_OK;
}

static const char *name_of(const importer *im, const lib_cell *cell)
{
  return piece_text(cell->name, im->model.arena);
}

static bool skipped(const importer *im, const lib_cell *cell)
{
  for (size_t i = 0; i < im->options->skip_count; i++) {
    if (fnmatch(im->options->skip[i], name_of(im, cell), 0) == 0) return true;
  }
  return false;
}

/* ---- what is wrong with a cell ---- */

/* Calls that fail on a cell leave it out instead of ending the import: their message becomes the reason. */
static const char *reason_of(importer *im, const lib_cell *cell, const qy_error *err)
{
  const qy_diagnostic *d = &err->diagnostic[0];
  const char *prefix = qy_arena_format(im->model.arena, "cell %s: ", name_of(im, cell)), *text = d->text;
  if (!prefix) return NULL;
  if (strncmp(text, prefix, strlen(prefix)) == 0) text += strlen(prefix);
  return d->line > 0 ? qy_arena_format(im->model.arena, "line %d: %s", d->line, text)
                     : qy_arena_format(im->model.arena, "%s", text);
}

/* After a call with `err` as the place for messages: QY_OK, with `why` set where the cell was at fault. */
static qy_status excuse(candidate *c, importer *im, qy_status status, const qy_error *err)
{
  if (status == QY_OK) return QY_OK;
  if (status != QY_BAD_INPUT || err->count == 0) return status == QY_NO_MEMORY ? qy_no_memory(im->model.err) : status;
  c->why = reason_of(im, c->cell, err);
  c->line = err->diagnostic[0].line;
  c->column = err->diagnostic[0].column;
  return c->why ? QY_OK : qy_no_memory(im->model.err);
}

static bool has_delays(const lib_cell *cell)
{
  for (const lib_pin *p = cell->pin; p; p = p->next) {
    bool timed = p->direction != LIB_OUTPUT;
    for (const lib_arc *arc = p->arc; arc && !timed; arc = arc->next)
      timed = !arc->power && (lib_find_table(arc, LIB_CELL_RISE) || lib_find_table(arc, LIB_CELL_FALL));
    if (!timed) return false;
  }
  return true;
}

/* What can be told without looking up tables. */
static qy_status inspect(candidate *c, importer *im, qy_cell kind)
{
  qy_error err = {0}, *before = im->model.err;
  lib_range leakage = {0};
  bool leaks = false, partial = false;
  if (!has_delays(c->cell)) {
    c->why = "it has no delay tables";
    return QY_OK;
  }
  im->model.err = &err;
  qy_status status = lib_area(&c->area_um2, &im->model, c->cell);
  if (status == QY_OK) status = lib_strength(&c->load_ff, &c->drive_ff, &im->model, c->cell, kind);
  if (status == QY_OK) status = lib_leakage(&leakage, &leaks, &partial, &im->model, c->cell);
  im->model.err = before;
  if (status != QY_OK) return excuse(c, im, status, &err);
  c->area_um2 += c->match.inverters * im->values[QY_INV].area_um2;
  c->leakage_nw = leakage.value;
  if (!leaks)
    c->lacks = "it states no leakage";
  else if (!(leakage.value > 0))
    c->lacks = qy_arena_format(im->model.arena, "its leakage is %.3g nW: not used", leakage.value);
  else if (!lib_has_power(c->cell))
    c->lacks = "it has no internal power tables";
  else
    return QY_OK;
  return c->lacks ? QY_OK : qy_no_memory(im->model.err);
}

/* All cells whose functions are those of the kind, in the order of the files. */
static qy_status collect(candidate **list, importer *im, qy_cell kind)
{
  candidate **end = list;
  *list = NULL;
  for (const lib_cell *cell = im->model.cell; cell; cell = cell->next) {
    lib_match match;
    const char *why;
    if (!lib_matches(&match, cell, kind, &why)) continue;
    candidate *c = qy_arena_alloc(im->model.arena, 1, sizeof *c);
    if (!c) return qy_no_memory(im->model.err);
    *c = (candidate){.cell = cell, .match = match, .why = why, .by_choice = why != NULL};
    if (why && !(c->why = qy_arena_format(im->model.arena, "it %s", why))) return qy_no_memory(im->model.err);
    if (skipped(im, cell)) {
      c->why = "it matches a pattern of cells to leave out";
      c->by_choice = true;
    }
    for (const lib_excluded *e = im->excluded; e && !c->why; e = e->next)
      c->why = e->cell == cell ? e->why : NULL;
    qy_status status = c->why ? QY_OK : inspect(c, im, kind);
    if (status != QY_OK) return status;
    *end = c;
    end = &c->next;
  }
  return QY_OK;
}

/* ---- the weakest ---- */

/* Below 0: a is nearer to what is wanted, whatever the strength: a plain flip-flop first, then all data. */
static int compare_sort(const candidate *a, const candidate *b)
{
  if (a->match.penalty != b->match.penalty) return a->match.penalty < b->match.penalty ? -1 : 1;
  if (a->match.inverted != b->match.inverted) return a->match.inverted ? 1 : -1;
  return (a->lacks != NULL) - (b->lacks != NULL);
}

static double strength(const candidate *c, bool by_drive)
{
  return by_drive ? sqrt(c->load_ff * c->drive_ff) : c->load_ff;
}

/* Whether all cells that are left of this sort state what they drive. */
static bool drives_stated(const candidate *list, const candidate *like)
{
  for (const candidate *c = list; c; c = c->next) {
    if (!c->why && compare_sort(c, like) == 0 && !(c->drive_ff > 0)) return false;
  }
  return true;
}

/* Of those about as strong as the weakest the smallest; of equal areas the weaker one, then the one that leaks less. */
static candidate *weakest(candidate *list)
{
  candidate *sort = NULL, *best = NULL;
  double least = INFINITY;
  for (candidate *c = list; c; c = c->next) {
    if (!c->why && (!sort || compare_sort(c, sort) < 0)) sort = c;
  }
  const bool by_drive = sort && drives_stated(list, sort);
  for (candidate *c = list; c; c = c->next) {
    if (!c->why && compare_sort(c, sort) == 0) least = fmin(least, strength(c, by_drive));
  }
  for (candidate *c = list; c; c = c->next) {
    if (c->why || compare_sort(c, sort) != 0 || strength(c, by_drive) > about * least) continue;
    const double by_strength = best ? strength(c, by_drive) - strength(best, by_drive) : 0;
    if (!best || c->area_um2 < best->area_um2 ||
        (c->area_um2 == best->area_um2 && (by_strength < 0 || (by_strength == 0 && c->leakage_nw < best->leakage_nw))))
      best = c;
  }
  return best;
}

/* ---- its figures ---- */

/* A constant of the kind that no technology has, or NULL in *why.  All are judged beside the NAND2. */
static qy_status judge(const char **why, importer *im, qy_cell kind)
{
  lib_figure figure[LIB_FIGURES_MAX];
  *why = NULL;
  const int count = lib_figures(figure, im, kind);
  if (count < 0) return qy_no_memory(im->model.err);
  for (int i = 0; i < count && !*why; i++) {
    const tech_row *row = lib_row(im, figure[i].path);
    const double value = figure[i].range.value;
    if (!row || (value >= row->low && value <= row->high) || (lib_is_clamped(row->path) && !isnan(value))) continue;
    *why = qy_arena_format(im->model.arena, "its %s is %.4g%s%s, expected from %g to %g", row->path, value,
                           strcmp(row->unit, "ratio") ? " " : "", strcmp(row->unit, "ratio") ? row->unit : "", row->low,
                           row->high);
    if (!*why) return qy_no_memory(im->model.err);
  }
  return QY_OK;
}

/* Whether an inverting multiplexer costs an inverter depends on what follows it: both lie in the interval. */
static void allow_inverter(lib_values *f, const lib_values *inverter)
{
  f->area_high_um2 += inverter->area_um2;
  f->leakage_nw.high += inverter->leakage_nw.value;
  f->delay_ps.high += inverter->delay_ps.value;
  f->energy_fj.high += inverter->energy_fj.value;
}

/* The least that the others can be ratios to; of the others anything above zero leaks. */
static void drop_useless(lib_values *f, const importer *im, qy_cell kind)
{
  const tech_row *energy = lib_row(im, "nand2.energy"), *leakage = lib_row(im, "nand2.leakage");
  if (kind == QY_NAND2 && energy && f->energy_fj.value < energy->low) f->has_energy = false;
  if (!(f->leakage_nw.value > 0) || (kind == QY_NAND2 && leakage && f->leakage_nw.value < leakage->low))
    f->has_leakage = false;
}

static qy_status measure(candidate *c, importer *im, qy_cell kind)
{
  qy_error err = {0}, *before = im->model.err;
  lib_values *f = &im->values[kind];
  const lib_cell *inverter = kind == QY_INV ? c->cell : im->choice[QY_INV].cell;
  qy_status status = QY_OK;
  im->model.err = &err;
  if (kind == QY_INV) status = lib_fan_out_condition(&im->point, &im->model, inverter);
  if (status == QY_OK)
    status = lib_measure(f, &im->model, &(lib_subject){c->cell, inverter, &c->match, kind}, im->point);
  im->model.err = before;
  if (status == QY_OK) {
    drop_useless(f, im, kind);
    lib_add_inverters(f, &im->values[QY_INV], im->supply_v, c->match.inverters, qy_cell_outputs(kind));
    if (c->match.inverted) allow_inverter(f, &im->values[QY_INV]);
    if (kind != QY_INV) status = judge(&c->why, im, kind); /* there is no NAND2 yet */
  } else {
    status = excuse(c, im, status, &err);
  }
  if (c->why) *f = (lib_values){0};
  return status;
}

/* ---- what is said ---- */

/* Of the cell itself: what stands in for its data, and rails that nothing tells the type of. */
static qy_status remark_own(remarks *r, importer *im, const candidate *c, qy_cell kind)
{
  const lib_values *f = &im->values[kind];
  qy_arena *arena = im->model.arena;
  qy_status status = QY_OK;
  if (c->lacks) {
    status = remark(r, im, c->lacks);
  } else if (!f->has_energy && c->match.inverters == 0) {
    status = remark(r, im, qy_arena_format(arena, "its internal power is %.3g fJ: not used", f->energy_fj.value));
  }
  if (status == QY_OK && !c->lacks && !f->has_leakage && c->match.inverters == 0)
    status = remark(r, im, qy_arena_format(arena, "its leakage is %.3g nW: not used", f->leakage_nw.value));
  if (status == QY_OK && f->has_leakage && f->leaks_in_some)
    status = remark(r, im,
                    c->cell->leakage.length > 0 ? "its leakage_power leaves states out: its cell_leakage_power counts"
                                                : "its leakage_power leaves states out: the mean of those given");
  const qy_piece rail = lib_untyped_rail(c->cell);
  if (status == QY_OK && rail.length > 0)
    status = remark(r, im,
                    qy_arena_format(arena, "its rail %s has no pg_type: taken for a supply", piece_text(rail, arena)));
  return status;
}

/* A cell that is smaller than the one taken, yet stronger. */
static qy_status remark_contradiction(remarks *r, importer *im, const candidate *list, const candidate *best)
{
  const candidate *worst = NULL;
  const bool by_drive = drives_stated(list, best);
  for (const candidate *c = list; c; c = c->next) {
    if (c->why || compare_sort(c, best) != 0 || !(c->area_um2 < best->area_um2)) continue;
    if (!worst || c->area_um2 < worst->area_um2) worst = c;
  }
  if (!worst || !(strength(worst, by_drive) > strength(best, by_drive))) return QY_OK;
  qy_arena *arena = im->model.arena;
  const char *text = qy_arena_format(arena, "%s is smaller, but stronger", name_of(im, worst->cell));
  qy_status status = remark(r, im, text);
  if (status != QY_OK) return status;
  return lib_warn(im, qy_arena_format(arena,
                                      "%s: %s of %g um2 loads and drives more than %s of %g um2: area and drive "
                                      "contradict each other",
                                      best->cell->library->source->file, name_of(im, worst->cell), worst->area_um2,
                                      name_of(im, best->cell), best->area_um2));
}

static qy_status remark_left_out(remarks *r, importer *im, const candidate *list, const candidate *best)
{
  qy_status status = QY_OK;
  for (const candidate *c = list; c && status == QY_OK; c = c->next) {
    const char *why = c->by_choice ? NULL : c->why;
    if (!why && !c->why && best && c->lacks && !best->lacks) why = c->lacks;
    if (why) status = remark(r, im, qy_arena_format(im->model.arena, "%s left out: %s", name_of(im, c->cell), why));
  }
  return status;
}

static qy_status choose(importer *im, candidate **all, qy_cell kind)
{
  candidate *list, *best = NULL;
  lib_choice *choice = &im->choice[kind];
  remarks r = {0};
  qy_status status = collect(&list, im, kind);
  while (status == QY_OK && (best = weakest(list))) {
    status = measure(best, im, kind);
    if (status == QY_OK && !best->why) break;
  }
  *all = list;
  if (status != QY_OK) return status;
  for (const candidate *c = list; c; c = c->next)
    choice->candidates += !c->why && (!c->lacks || (best && best->lacks));
  if (best) {
    choice->cell = best->cell;
    choice->match = best->match;
    status = remark_own(&r, im, best, kind);
    if (status == QY_OK) status = remark_contradiction(&r, im, list, best);
  }
  if (status == QY_OK) status = remark_left_out(&r, im, list, best);
  return status == QY_OK ? end_remarks(&choice->remark, &r, im) : status;
}

/* ---- why there is none ---- */

static size_t without_function(const importer *im)
{
  size_t count = 0;
  for (const lib_cell *cell = im->model.cell; cell; cell = cell->next) {
    bool has = false;
    for (const lib_pin *p = cell->pin; p; p = p->next)
      has |= p->function.length > 0;
    count += !has;
  }
  return count;
}

static qy_status refuse(importer *im, const candidate *list, qy_cell kind, const char *what)
{
  qy_arena *arena = im->model.arena;
  remarks r = {0};
  const char *reasons, *file = im->model.first->source->file;
  const size_t mute = without_function(im);
  qy_status status = QY_OK;
  for (const candidate *c = list; c && status == QY_OK; c = c->next) {
    if (c->why && c->by_choice) status = remark(&r, im, qy_arena_format(arena, "%s: %s", name_of(im, c->cell), c->why));
  }
  if (status == QY_OK && im->choice[kind].remark) status = remark(&r, im, im->choice[kind].remark);
  if (status == QY_OK && !list)
    status = remark(
        &r, im, mute ? qy_arena_format(arena, "none has its function; %zu state none", mute) : "none has its function");
  if (status == QY_OK) status = end_remarks(&reasons, &r, im);
  if (status != QY_OK) return status;
  const char *text = qy_arena_format(arena, "expected a cell that is %s, found none among %zu cells (%s)", what,
                                     im->model.cell_count, reasons);
  if (!text) return qy_no_memory(im->model.err);
  const lib_cell *first = list ? list->cell : NULL;
  if (!first) return qy_fail_at(im->model.err, QY_BAD_INPUT, file, 0, 0, "%s", text);
  const qy_liberty_source *source = first->library->source;
  if (list->line) return qy_fail_at(im->model.err, QY_BAD_INPUT, source->file, list->line, list->column, "%s", text);
  return qy_liberty_fail(source, first->name.at, im->model.err, "%s", text);
}

static qy_status choose_needed(importer *im, qy_cell kind, const char *what)
{
  candidate *list = NULL;
  im->choice[kind] = (lib_choice){0};
  im->values[kind] = (lib_values){0};
  qy_status status = choose(im, &list, kind);
  return status == QY_OK && !im->choice[kind].cell ? refuse(im, list, kind, what) : status;
}

/* The inverter gives the load of all measurements, the NAND2 the scale.  An inverter that no technology has beside that
 * NAND2 is left out, and both are chosen anew. */
static qy_status choose_scale(importer *im)
{
  for (;;) {
    const char *why = NULL;
    const size_t warnings = im->report->warning_count;
    qy_status status = choose_needed(im, QY_INV, "an inverter");
    if (status == QY_OK) status = choose_needed(im, QY_NAND2, "a NAND2");
    if (status == QY_OK) status = judge(&why, im, QY_INV);
    if (status != QY_OK || !why) return status;
    lib_excluded *e = qy_arena_alloc(im->model.arena, 1, sizeof *e);
    if (!e) return qy_no_memory(im->model.err);
    *e = (lib_excluded){im->excluded, im->choice[QY_INV].cell, why};
    im->excluded = e;
    im->report->warning_count = warnings;
  }
}

qy_status lib_choose_all(importer *im)
{
  assert(im && im->options && im->rows);
  candidate *list;
  qy_status status = choose_scale(im);
  if (status == QY_OK) status = choose_needed(im, QY_DFF, "a D flip-flop");
  for (int k = 0; k < QY_CELL_COUNT && status == QY_OK; k++) {
    if (k != QY_INV && k != QY_NAND2 && k != QY_DFF) status = choose(im, &list, (qy_cell)k);
  }
  return status;
}
