/* A source of several figures: one configuration for all of them, and what its open questions decide; see published.h.
 */
#include "measure_subjects.h"
#include "published_int.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { VARIANTS_MAX = 4096 };

/* A question that could have been answered otherwise. */
typedef struct question {
  const qy_yaml *others; /* the other answers */
  const char *text;
} question;

typedef struct paper {
  qy_paper_result r;
  measure_conditions at; /* of the configuration */
  bool clock_stated;     /* by the configuration, for all figures */
  const qy_yaml *subjects;
  question *open;
  size_t open_count;
  size_t (*choice)[2]; /* scratch of a variant: see next_variant */
  bool one_at_a_time;
} paper;

/* A figure's own sensitivity list while it is made: what has been measured for it, as text. */
typedef struct seen {
  const char **text;
  bool *within;
  size_t count;
} seen;

/* ---- mappings on top of each other ---- */

/* A mapping that says what kind of thing is measured is another thing whole, parameters and all. */
static bool is_whole(const qy_yaml *map)
{
  static const char *const kinds[] = {"pe", "operator", "component", "cell", "format"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (qy_yaml_get(map, kinds[i])) return true;
  return false;
}

/* `more` on top of `base`, at the place of `more`, without its key `leave_out`.  Keys of both: mappings are merged;
 * else that of `more` replaces the other, or is an error that names `fixed`. */
static qy_status merge(qy_yaml **out, const qy_yaml *base, const qy_yaml *more, const char *leave_out,
                       const char *fixed, qy_arena *arena, qy_error *err)
{
  qy_status status = QY_OK;
  qy_yaml *node = qy_arena_alloc(arena, 1, sizeof *node);
  qy_yaml **child = qy_arena_alloc(arena, base->count + more->count + 1, sizeof *child);
  if (!node || !child) return qy_no_memory(err);
  *node = *more;
  node->child = child;
  node->count = 0;
  for (size_t i = 0; i < base->count && !status; i++) {
    qy_yaml *own = base->child[i];
    const qy_yaml *over = qy_yaml_get(more, own->key);
    if (over && own->kind == QY_YAML_MAP && over->kind == QY_YAML_MAP && (fixed || !is_whole(over)))
      status = merge(&own, own, over, "", fixed, arena, err);
    else if (over && fixed)
      status = qy_yaml_expected(over, err, "no key `%s`: the configuration has decided it for all figures of %s",
                                own->key, fixed);
    child[node->count++] = own;
  }
  for (size_t i = 0; i < more->count && !status; i++) {
    qy_yaml *own = more->child[i];
    const qy_yaml *under = qy_yaml_get(base, own->key);
    if (!under && strcmp(own->key, leave_out)) child[node->count++] = own;
    for (size_t k = 0; under && k < node->count; k++)
      if (child[k] == under) child[k] = own; /* but where both were merged */
  }
  *out = node;
  return status;
}

/* One side of a figure: the subject that it names, in the variant whose subjects these are, and the figure's own keys.
 */
static qy_status side(const qy_yaml **out, const paper *p, const qy_yaml *subjects, const qy_yaml *given, qy_error *err)
{
  static const char *const clock_keys[] = {"clock_mhz", "period_over_fastest"};
  const qy_yaml *name_node = given->kind == QY_YAML_MAP ? qy_yaml_get(given, "subject") : given;
  const char *name = "";
  if (!name_node || given->kind == QY_YAML_LIST)
    return qy_yaml_expected(given, err, "a subject of the configuration, or a mapping with a key `subject`");
  qy_status status = qy_yaml_text(name_node, &name, err);
  if (status) return status;
  const qy_yaml *subject = qy_yaml_get(subjects, name);
  if (!subject) return qy_yaml_expected(name_node, err, "a subject of the configuration of paper %s", p->r.name);
  qy_yaml *node = qy_arena_alloc(p->at.arena, 1, sizeof *node);
  if (!node) return qy_no_memory(err);
  if (given->kind == QY_YAML_MAP) {
    for (int i = 0; i < 2; i++) {
      const qy_yaml *clock = qy_yaml_get(given, clock_keys[i]);
      if (clock && p->clock_stated)
        return qy_yaml_expected(clock, err,
                                "no key `%s`: the configuration has decided the clock for all figures of %s",
                                clock_keys[i], p->r.name);
    }
    status = merge(&node, subject, given, "subject", p->r.name, p->at.arena, err);
  } else {
    *node = *given;
    node->kind = QY_YAML_MAP;
    node->text = NULL;
    node->child = subject->child;
    node->count = subject->count;
  }
  *out = node;
  return status;
}

/* ---- variants ---- */

/* Variants are counted through in choice[q][0], 0: as the configuration has it, else that other answer, from 1;
 * choice[q][1] is how many answers there are.  False: there is no further one. */
static bool next_variant(const paper *p)
{
  size_t taken = p->open_count;
  for (size_t q = 0; q < p->open_count; q++)
    if (p->choice[q][0]) taken = q;
  if (!p->one_at_a_time) {
    for (size_t q = 0; q < p->open_count; q++) {
      if (++p->choice[q][0] < p->choice[q][1]) return true;
      p->choice[q][0] = 0;
    }
    return false;
  }
  if (taken == p->open_count) taken = 0; /* from the configuration to the first other answer */
  while (taken < p->open_count && ++p->choice[taken][0] == p->choice[taken][1])
    p->choice[taken++][0] = 0;
  return taken < p->open_count;
}

static qy_status apply_answer(const qy_yaml **subjects, measure_conditions *at, const paper *p, const qy_yaml *answer,
                              qy_error *err)
{
  const qy_yaml *more = qy_yaml_get(answer, "subjects");
  qy_yaml *merged = NULL;
  qy_status status =
      qy_yaml_get(answer, "technology") ? figure_optional_text(&at->technology, answer, "technology", err) : QY_OK;
  if (!status) status = figure_optional_number(&at->clock_mhz, answer, "clock_mhz", 1e-3, 1e5, err);
  if (status || !more) return status;
  status = merge(&merged, *subjects, more, "", NULL, p->at.arena, err);
  *subjects = merged;
  return status;
}

/* Subjects, conditions and name of the variant that is chosen. */
static qy_status variant_of(const qy_yaml **subjects, measure_conditions *at, const char **name, const paper *p,
                            qy_error *err)
{
  *subjects = p->subjects;
  *at = p->at;
  at->central = true;
  *name = "";
  for (size_t q = 0; q < p->open_count; q++) {
    if (!p->choice[q][0]) continue;
    const qy_yaml *answer = p->open[q].others->child[p->choice[q][0] - 1];
    const char *text = "";
    qy_status status = figure_need_text(&text, answer, "name", err);
    if (!status) status = apply_answer(subjects, at, p, answer, err);
    if (status) return status;
    *name = qy_arena_format(p->at.arena, "%s%s%s: %s", *name, **name ? "; " : "", p->open[q].text, text);
    if (!*name) return qy_no_memory(err);
  }
  return QY_OK;
}

/* What a figure measures, as text: variants with the same text are the same for it. */
static const char *measured_text(const qy_yaml *of, const qy_yaml *to, const measure_conditions *at)
{
  const char *a = measure_text(of, at->arena), *b = to ? measure_text(to, at->arena) : "";
  return a && b ? qy_arena_format(at->arena, "%s %.17g %s / %s", at->technology, at->clock_mhz, a, b) : NULL;
}

/* The figure in the variant that is chosen: on the list when it is a new one; *within either way. */
static qy_status measure_variant(figure_list *out, bool *within, seen *s, const paper *p, const figure_entry *figure,
                                 qy_error *err)
{
  figure_entry e = *figure;
  e.r.draws = e.r.missed = 0; /* those of the configuration */
  const qy_yaml *subjects, *of = NULL, *to = NULL, *to_given = qy_yaml_get(e.node, "to");
  measure_conditions at;
  qy_status status = variant_of(&subjects, &at, &e.r.variant, p, err);
  if (!status) status = side(&of, p, subjects, qy_yaml_get(e.node, "of"), err);
  if (!status && to_given) status = side(&to, p, subjects, to_given, err);
  if (status) return status;
  const char *text = measured_text(of, to, &at);
  if (!text) return qy_no_memory(err);
  for (size_t i = 0; i < s->count; i++)
    if (strcmp(s->text[i], text) == 0) {
      *within = s->within[i];
      return QY_OK;
    }
  status = figure_measure(&e, of, to, &at, err);
  if (status) return status;
  *within = figure_within(&e.r);
  e.r.verdict = isnan(e.r.model) ? QY_VERDICT_MISSED : *within ? QY_VERDICT_WITHIN : QY_VERDICT_OUTSIDE;
  e.r.expected = false;
  e.r.note = "";
  s->text[s->count] = text;
  s->within[s->count++] = *within;
  return figure_add(out, &e.r, err);
}

/* A figure with the configuration, and behind it its variants.  meet[v]: does variant v meet all figures so far? */
static qy_status add_figure(figure_list *out, paper *p, const qy_yaml *entry, bool *meet, seen *s, qy_error *err)
{
  assert(p->r.name && p->r.source && p->r.unknown);
  figure_entry e = {.node = entry};
  const qy_yaml *of = NULL, *to = NULL;
  qy_status status = figure_read(&e, entry, figure_keys, *p->r.source ? p->r.source : NULL, p->at.arena, err);
  if (!status) status = side(&of, p, p->subjects, qy_yaml_get(entry, "of"), err);
  if (!status && e.relation != FIGURE_VALUE) status = side(&to, p, p->subjects, qy_yaml_get(entry, "to"), err);
  if (status) return status;
  e.r.paper = p->r.name;
  if (!*e.r.note && *p->r.unknown) e.r.note = qy_arena_format(p->at.arena, "not stated: %s", p->r.unknown);
  if (!e.r.note) return qy_no_memory(err);
  if ((status = figure_measure(&e, of, to, &p->at, err))) return status;
  const bool scored = figure_scored(&e.r);
  const size_t at = out->count;
  p->r.scored += scored;
  p->r.reproduced += e.r.verdict == QY_VERDICT_REPRODUCED;
  if ((status = figure_add(out, &e.r, err))) return status;
  s->count = 1;
  s->text[0] = measured_text(of, to, &p->at);
  s->within[0] = figure_within(&e.r);
  if (!s->text[0]) return qy_no_memory(err);
  for (size_t v = 0; next_variant(p) && !status; v++) {
    bool within = false;
    status = measure_variant(out, &within, s, p, &e, err);
    if (scored && !within) meet[v] = false;
  }
  if (status) return status;
  qy_figure_result *r = &out->result[at];
  r->variants = s->count - 1;
  for (size_t i = 1; i < s->count; i++)
    r->variants_within += s->within[i];
  return QY_OK;
}

/* ---- reading ---- */

static qy_status check_answer(const qy_yaml *answer, const qy_yaml *subjects, qy_error *err)
{
  static const char *const keys[] = {"name", "subjects", "technology", "clock_mhz", NULL};
  if (answer->kind != QY_YAML_MAP) return qy_yaml_expected(answer, err, "a mapping with `name` and what differs");
  const qy_yaml *more = qy_yaml_get(answer, "subjects");
  qy_status status = qy_yaml_check_keys(answer, keys, err);
  if (status || !more) return status;
  if (more->kind != QY_YAML_MAP) return qy_yaml_expected(more, err, "a mapping of subjects to what differs");
  for (size_t i = 0; i < more->count; i++) {
    const qy_yaml *subject = qy_yaml_get(subjects, more->child[i]->key);
    if (!subject) return qy_yaml_expected(more->child[i], err, "only subjects of the configuration");
    if (more->child[i]->kind != QY_YAML_MAP)
      return qy_yaml_expected(more->child[i], err, "a mapping of the keys that differ");
  }
  return QY_OK;
}

static qy_status read_question(paper *p, const qy_yaml *node, question *q, size_t *answers, qy_error *err)
{
  static const char *const keys[] = {"question", "taken", "others", NULL};
  const char *taken = "";
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping with `question`, `taken` and `others`");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = figure_need_text(&q->text, node, "question", err);
  if (!status) status = figure_need_text(&taken, node, "taken", err);
  if (status) return status;
  q->others = qy_yaml_get(node, "others");
  if (!q->others || q->others->kind != QY_YAML_LIST || q->others->count == 0)
    return qy_yaml_expected(q->others ? q->others : node, err, "a key `others` with a list of other answers");
  for (size_t i = 0; i < q->others->count && !status; i++)
    status = check_answer(q->others->child[i], p->subjects, err);
  *answers = q->others->count + 1;
  const char *so_far = p->r.configuration;
  p->r.configuration = qy_arena_format(p->at.arena, "%s%s%s: %s", so_far, *so_far ? "; " : "", q->text, taken);
  return status || p->r.configuration ? status : qy_no_memory(err);
}

static qy_status read_open(paper *p, const qy_yaml *node, qy_error *err)
{
  static const char *const ways[] = {"all", "one"};
  const qy_yaml *open = qy_yaml_get(node, "open"), *combine = qy_yaml_get(node, "combine");
  size_t way = 0;
  qy_status status = combine ? qy_yaml_choice(combine, ways, 2, &way, err) : QY_OK;
  if (status || !open) return status;
  p->one_at_a_time = way == 1;
  if (open->kind != QY_YAML_LIST || open->count == 0) return qy_yaml_expected(open, err, "a list of open questions");
  p->open_count = open->count;
  p->open = qy_arena_alloc(p->at.arena, open->count, sizeof *p->open);
  p->choice = qy_arena_alloc(p->at.arena, open->count, sizeof *p->choice);
  if (!p->open || !p->choice) return qy_no_memory(err);
  double product = 1, sum = 0;
  for (size_t i = 0; i < open->count && !status; i++) {
    status = read_question(p, open->child[i], &p->open[i], &p->choice[i][1], err);
    product *= (double)p->choice[i][1];
    sum += (double)p->choice[i][1] - 1;
  }
  const double variants = p->one_at_a_time ? sum : product - 1;
  if (!status && variants > VARIANTS_MAX)
    status = qy_yaml_expected(open, err, "at most %d variants (%g here): `combine: one`?", VARIANTS_MAX, variants);
  if (!status) p->r.variants = (size_t)variants;
  return status;
}

static qy_status read_configuration(paper *p, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"why", "technology", "clock_mhz", "subjects", NULL};
  const qy_yaml *c = qy_yaml_get(node, "configuration");
  if (!c || c->kind != QY_YAML_MAP)
    return qy_yaml_expected(c ? c : node, err, "one `configuration`: a mapping with `why` and `subjects`");
  qy_status status = qy_yaml_check_keys(c, keys, err);
  if (!status) status = figure_need_text(&p->r.why, c, "why", err);
  if (!status) status = figure_optional_text(&p->at.technology, c, "technology", err);
  if (!status) status = figure_optional_number(&p->at.clock_mhz, c, "clock_mhz", 1e-3, 1e5, err);
  if (status) return status;
  p->clock_stated = qy_yaml_get(c, "clock_mhz");
  p->subjects = qy_yaml_get(c, "subjects");
  if (!p->subjects || p->subjects->kind != QY_YAML_MAP || p->subjects->count == 0)
    return qy_yaml_expected(p->subjects ? p->subjects : c, err, "a key `subjects`: names of what is measured");
  for (size_t i = 0; i < p->subjects->count; i++)
    if (p->subjects->child[i]->kind != QY_YAML_MAP)
      return qy_yaml_expected(p->subjects->child[i], err, "a mapping that says what is measured");
  return QY_OK;
}

static qy_status read_paper(paper *p, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"name", "source", "unknown", "configuration", "open", "combine", "figures", NULL};
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a paper");
  p->r.configuration = "";
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (!status) status = figure_need_text(&p->r.name, node, "name", err);
  if (!status) status = figure_need_text(&p->r.source, node, "source", err);
  if (!status) status = figure_optional_text(&p->r.unknown, node, "unknown", err);
  if (!status) status = read_configuration(p, node, err);
  return status ? status : read_open(p, node, err);
}

qy_status figures_of_paper(figure_list *out, const qy_yaml *node, const measure_conditions *defaults, qy_error *err)
{
  assert(out && node && defaults);
  paper p = {.at = *defaults};
  qy_status status = read_paper(&p, node, err);
  if (status) return status;
  const qy_yaml *figures = qy_yaml_get(node, "figures");
  if (!figures || figures->kind != QY_YAML_LIST || figures->count == 0)
    return qy_yaml_expected(figures ? figures : node, err, "a key `figures` with a list of at least one");
  seen s = {.text = qy_arena_alloc(p.at.arena, p.r.variants + 1, sizeof *s.text),
            .within = qy_arena_alloc(p.at.arena, p.r.variants + 1, sizeof *s.within)};
  bool *meet = qy_arena_alloc(p.at.arena, p.r.variants + 1, sizeof *meet);
  if (!s.text || !s.within || !meet) return qy_no_memory(err);
  for (size_t v = 0; v < p.r.variants; v++)
    meet[v] = true;
  for (size_t i = 0; i < figures->count && !status; i++)
    status = add_figure(out, &p, figures->child[i], meet, &s, err);
  for (size_t v = 0; v < p.r.variants; v++)
    p.r.meet_all += meet[v];
  return status ? status : figure_add_paper(out, &p.r, err);
}
