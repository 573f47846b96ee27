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
  lib_strength strength;
  const char *why;   /* why it cannot be taken, or NULL */
  bool by_choice;    /* why: the file or the user says that it is not to be used */
  int line, column;  /* of the fault behind `why`, 0: none in particular */
  const char *lacks; /* what it lacks but can do without, or NULL */
} candidate;

/* Two cells are about as strong when the ratio of their strengths is below this: half a step of the drives that
 * libraries have. */
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
  if (status == QY_OK) status = lib_measure_strength(&c->strength, &im->model, c->cell, kind);
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

/* The weakest of a sort by each measure: load of the inputs alone, with max_capacitance, with the slope of the
 * delay. */
enum { BY_LOAD, BY_LIMIT, BY_SLOPE, MEASURES };
typedef struct scale {
  double least[MEASURES];
} scale;

/* Geometric mean of load and drive; of the load alone twice.  0: not known. */
static double measure_of(const candidate *c, int measure)
{
  const lib_strength *s = &c->strength;
  if (measure == BY_LOAD) return s->load_ff;
  if (measure == BY_LIMIT) return sqrt(s->load_ff * s->drive_ff);
  return s->slope_ps_per_ff > 0 ? sqrt(s->load_ff / s->slope_ps_per_ff) : 0;
}

static scale scale_of(const candidate *list, const candidate *like)
{
  scale to = {{INFINITY, INFINITY, INFINITY}};
  for (const candidate *c = list; c; c = c->next) {
    for (int i = 0; i < MEASURES && !c->why && compare_sort(c, like) == 0; i++) {
      if (measure_of(c, i) > 0) to.least[i] = fmin(to.least[i], measure_of(c, i));
    }
  }
  return to;
}

/* In weakest cells of the sort, by whichever of the drives makes it stronger; by load where the file states no
 * drive. */
static double strength(const candidate *c, const scale *to)
{
  const double drive =
      fmax(measure_of(c, BY_LIMIT) / to->least[BY_LIMIT], measure_of(c, BY_SLOPE) / to->least[BY_SLOPE]);
  return drive > 0 ? drive : c->strength.load_ff / to->least[BY_LOAD];
}

/* Of those about as strong as the weakest the smallest; of equal areas the weaker one, then the one that leaks less. */
static candidate *weakest(candidate *list)
{
  candidate *sort = NULL, *best = NULL;
  double least = INFINITY;
  for (candidate *c = list; c; c = c->next) {
    if (!c->why && (!sort || compare_sort(c, sort) < 0)) sort = c;
  }
  if (!sort) return NULL;
  const scale to = scale_of(list, sort);
  for (candidate *c = list; c; c = c->next) {
    if (!c->why && compare_sort(c, sort) == 0) least = fmin(least, strength(c, &to));
  }
  for (candidate *c = list; c; c = c->next) {
    if (c->why || compare_sort(c, sort) != 0 || strength(c, &to) > about * least) continue;
    const double by_strength = best ? strength(c, &to) - strength(best, &to) : 0;
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

/* judged: left out where no technology has such a figure beside the NAND2. */
static qy_status measure(candidate *c, importer *im, qy_cell kind, bool judged)
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
    if (judged) status = judge(&c->why, im, kind);
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
  const scale to = scale_of(list, best);
  for (const candidate *c = list; c; c = c->next) {
    if (c->why || compare_sort(c, best) != 0 || !(c->area_um2 < best->area_um2)) continue;
    if (!worst || c->area_um2 < worst->area_um2) worst = c;
  }
  if (!worst || !(strength(worst, &to) > strength(best, &to))) return QY_OK;
  qy_arena *arena = im->model.arena;
  const char *text = qy_arena_format(arena, "%s is smaller, but stronger", name_of(im, worst->cell));
  qy_status status = remark(r, im, text);
  if (status != QY_OK) return status;
  return lib_warn(im, qy_arena_format(arena,
                                      "%s: %s of %g um2 is stronger by load and drive than %s of %g um2: area and "
                                      "drive contradict each other",
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
    status = measure(best, im, kind, kind != QY_INV); /* for which there is no NAND2 yet */
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

/* ---- the scale ---- */

/* What tells an odd cell: ratios to the NAND2 differ little between technologies. */
enum { AREA, IN_CAP, DELAY, KEYS };
static const char *const key_name[KEYS] = {"area", "pin load", "delay"}, *const key_unit[KEYS] = {"um2", "fF", "ps"};

/* Cells of one library, each over the base library's ratio, agree within this factor. */
static const double alike = 4;
enum { KINDS_MIN = 3 }; /* of two that disagree neither is the odd one */

static double figure_of(const lib_values *f, int key)
{
  return key == AREA ? f->area_um2 : key == IN_CAP ? f->in_cap_ff.value : f->delay_ps.value;
}

static double nand2_ratio(const qy_tech *base, qy_cell kind, int key)
{
  const double *values = key == AREA ? base->area_um2 : key == IN_CAP ? base->in_cap_ff : base->delay_ps;
  return values[kind] / values[QY_NAND2];
}

/* The weakest cell of each other kind, whatever it is beside the NAND2. */
static qy_status measure_others(importer *im)
{
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    candidate *list, *c;
    if (k == QY_INV || k == QY_NAND2) continue;
    im->values[k] = (lib_values){0};
    qy_status status = collect(&list, im, (qy_cell)k);
    while (status == QY_OK && (c = weakest(list))) {
      status = measure(c, im, (qy_cell)k, false);
      if (status == QY_OK && !c->why) break;
    }
    if (status != QY_OK) return status;
  }
  return QY_OK;
}

/* The figure of a NAND2 by the median over the kinds: no single cell moves it far.  NAN: too few kinds. */
static double median_nand2(const importer *im, int key)
{
  double sorted[QY_CELL_COUNT];
  int count = 0;
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    if (!im->values[k].known) continue;
    const double value = figure_of(&im->values[k], key) / nand2_ratio(im->options->base, (qy_cell)k, key);
    int at = count++;
    for (; at > 0 && sorted[at - 1] > value; at--)
      sorted[at] = sorted[at - 1];
    sorted[at] = value;
  }
  if (count < KINDS_MIN) return NAN;
  return count % 2 ? sorted[count / 2] : sqrt(sorted[count / 2 - 1] * sorted[count / 2]);
}

/* How far the inverter or the NAND2 is from what the kinds have in common, in the figure where it is farthest. */
typedef struct deviation {
  double factor; /* at least 1; 0: nothing to compare with */
  double value, likely;
  int key;
} deviation;

static deviation deviation_of(const importer *im, qy_cell kind)
{
  deviation most = {0};
  for (int key = 0; key < KEYS; key++) {
    const double likely = median_nand2(im, key) * nand2_ratio(im->options->base, kind, key);
    const double value = figure_of(&im->values[kind], key), factor = fmax(value / likely, likely / value);
    if (factor > most.factor) most = (deviation){factor, value, likely, key};
  }
  return most;
}

static const char *deviation_text(const importer *im, const deviation *d)
{
  return qy_arena_format(im->model.arena, "its %s is %.3g %s, where the other kinds of cells make %.3g %s likely",
                         key_name[d->key], d->value, key_unit[d->key], d->likely, key_unit[d->key]);
}

static qy_status exclude(importer *im, qy_cell kind, const char *why)
{
  lib_excluded *e = why ? qy_arena_alloc(im->model.arena, 1, sizeof *e) : NULL;
  if (!e) return qy_no_memory(im->model.err);
  *e = (lib_excluded){im->excluded, im->choice[kind].cell, why};
  im->excluded = e;
  return QY_OK;
}

/* The only cell of its kind is taken, odd or not. */
static qy_status warn_of_only(importer *im, qy_cell kind, const deviation *d)
{
  const lib_cell *cell = im->choice[kind].cell;
  const char *text = deviation_text(im, d);
  if (!text) return qy_no_memory(im->model.err);
  return lib_warn(im, qy_arena_format(im->model.arena, "%s: %s, the only %s: %s", cell->library->source->file,
                                      name_of(im, cell), qy_cell_name(kind), text));
}

/* Of the inverter and the NAND2 leave out the one that does not belong to the others, if one does not.  broken: that
 * no technology has this inverter beside this NAND2, or NULL; then one of them goes in any case. */
static qy_status leave_odd_out(bool *again, importer *im, const char *broken)
{
  qy_status status = measure_others(im);
  const deviation inv = deviation_of(im, QY_INV), nand = deviation_of(im, QY_NAND2);
  for (int k = 0; k < QY_CELL_COUNT; k++) {
    if (k != QY_INV && k != QY_NAND2) im->values[k] = (lib_values){0};
  }
  *again = status == QY_OK;
  if (status != QY_OK) return status;
  const qy_cell odd = nand.factor > inv.factor ? QY_NAND2 : QY_INV;
  if (broken) return exclude(im, odd, odd == QY_INV ? broken : deviation_text(im, &nand));
  *again = false;
  for (int i = 0; i < 2 && status == QY_OK && !*again; i++) {
    const qy_cell kind = i == 0 ? odd : odd == QY_INV ? QY_NAND2 : QY_INV;
    const deviation *d = kind == QY_INV ? &inv : &nand;
    if (!(d->factor > alike)) continue;
    *again = im->choice[kind].candidates > 1;
    status = *again ? exclude(im, kind, deviation_text(im, d)) : warn_of_only(im, kind, d);
  }
  return status;
}

/* The inverter gives the load of all measurements, the NAND2 the scale.  One that is odd beside all others is left out,
 * and both are chosen anew. */
static qy_status choose_scale(importer *im)
{
  for (;;) {
    const char *why = NULL;
    bool again = false;
    const size_t warnings = im->report->warning_count;
    qy_status status = choose_needed(im, QY_INV, "an inverter");
    if (status == QY_OK) status = choose_needed(im, QY_NAND2, "a NAND2");
    if (status == QY_OK) status = judge(&why, im, QY_INV);
    if (status == QY_OK) status = leave_odd_out(&again, im, why);
    if (status != QY_OK || !again) return status;
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
