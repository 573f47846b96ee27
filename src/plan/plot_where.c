/* `where:` of a plot: which points it shows, by the labels that stored points have. */
#include "plan_int.h"

#include "quarry/plot_kinds.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include <stdlib.h>
#include <string.h>

/* The label of the experiment's precision that `text` names: "8", "w4a8", "mixed"; NULL: none. */
static const char *precision_label(const qy_plan *plan, const char *text)
{
  qy_precision p;
  char uniform[QY_PRECISION_TEXT];
  if (qy_precision_parse(&p, text)) text = qy_precision_text(uniform, p);
  for (int i = 0; i < plan->info.precision_count; i++)
    if (strcmp(plan->info.precision[i].label, text) == 0) return plan->info.precision[i].label;
  return NULL;
}

static bool has_value(const design_entry *g, size_t i, const char *text)
{
  char shown[VALUE_TEXT];
  for (size_t k = 0; k < g->param[i].count; k++)
    if (strcmp(value_text(shown, g->params[i].row, g->param[i].value[k]), text) == 0) return true;
  return false;
}

/* The parameter of the same owner that parameter i of an entry is like where it is left open; NO_PARAMETER: none. */
static const size_t NO_PARAMETER = SIZE_MAX;
static size_t like(const design_entry *g, size_t i)
{
  const param *own = &g->params[i];
  const size_t before = strlen(own->key) - strlen(own->row->key); /* a member's name */
  for (size_t k = 0; own->row->like && k < g->param_count; k++)
    if (strncmp(g->params[k].key, own->key, before) == 0 && strcmp(g->params[k].key + before, own->row->like) == 0)
      return k;
  return NO_PARAMETER;
}

/* A value that the parameter has in some design, as tables show it, or will have as much as another one; NULL: none has
 * it. */
static const char *value_label(qy_plan *plan, const char *key, const char *text)
{
  for (int e = 0; e < plan->entry_count; e++) {
    const design_entry *g = &plan->entries[e];
    for (size_t i = 0; i < g->param_count; i++) {
      if (strcmp(g->params[i].key, key) != 0) continue;
      const size_t other = like(g, i);
      if (has_value(g, i, text)) return text;
      if (other != NO_PARAMETER && has_value(g, i, "auto") && has_value(g, other, text)) return text;
    }
  }
  return NULL;
}

/* Does only a design that is made say what it is? */
static bool is_chosen_later(const qy_plan *plan, const char *key)
{
  for (int e = 0; e < plan->entry_count; e++) {
    const design_entry *g = &plan->entries[e];
    for (size_t i = 0; i < g->param_count; i++)
      if (strcmp(g->params[i].key, key) == 0 && like(g, i) == NO_PARAMETER && has_value(g, i, "auto")) return true;
  }
  return false;
}

bool plan_is_left_open(const qy_plan *plan, const char *key)
{
  for (int e = 0; e < plan->entry_count; e++)
    for (size_t i = 0; i < plan->entries[e].param_count; i++)
      if (strcmp(plan->entries[e].params[i].key, key) == 0 && has_value(&plan->entries[e], i, "auto")) return true;
  return false;
}

/* Bits of weights or activations that a precision of the experiment has; those of assignments are found by the run. */
static const char *bits_label(const qy_plan *plan, const char *key, const char *text)
{
  double bits;
  qy_precision both;
  if (qy_precision_parse(&both, text) && both.weights == both.activations)
    bits = both.weights; /* "8 bit", too */
  else if (!qy_number_parse(text, &bits))
    return NULL;
  bool open = false;
  for (int i = 0; i < plan->info.precision_count; i++) {
    const qy_plan_precision *p = &plan->info.precision[i];
    open = open || !p->uniform;
    if (p->uniform && bits == (key == qy_axis_bits[0] ? p->all.weights : p->all.activations))
      return qy_arena_format(plan->arena, "%.0f", bits);
  }
  return open && bits > 0 && bits <= QY_PRECISION_BITS_MAX ? qy_arena_format(plan->arena, "%.17g", bits) : NULL;
}

/* What `text` is called where points are told apart by a parameter, or by bits; NULL: no point will be called so. */
static const char *parameter_label(qy_plan *plan, const char *key, const char *text)
{
  double number;
  if (qy_axis_bits_find(key)) return bits_label(plan, key, text);
  const char *label = value_label(plan, key, text);
  return label || !is_chosen_later(plan, key) || !qy_number_parse(text, &number) ? label : text;
}

static const double SHOWN_DIGITS = 1e-5; /* as many digits as tables show */

static int by_value(const void *p, const void *q)
{
  const double a = *(const double *)p, b = *(const double *)q;
  return (a > b) - (a < b);
}

/* As points have it, where all of `list` have points: with the digits that tell those apart. */
static const char *number_label(const qy_plan *plan, const double *list, size_t count, double value, const char *unit)
{
  double *rising = qy_arena_alloc(plan->arena, count, sizeof *rising);
  size_t kept = 0;
  if (!rising) return NULL;
  memcpy(rising, list, count * sizeof *rising);
  qsort(rising, count, sizeof *rising, by_value);
  for (size_t i = 0; i < count; i++)
    if (i == 0 || rising[i] != rising[kept - 1]) rising[kept++] = rising[i];
  return qy_arena_format(plan->arena, "%.*g %s", qy_digits_apart(rising, kept, 6), value, unit);
}

/* "200 MHz", as points have it, of a clock of the experiment; NULL: none. */
static const char *clock_label(const qy_plan *plan, const char *text)
{
  double mhz;
  if (!qy_number_parse(text, &mhz) && qy_unit_parse(text, "MHz", &mhz, NULL)) return NULL;
  const size_t at = qy_number_near(plan->clock_mhz.value, plan->clock_mhz.count, mhz, SHOWN_DIGITS);
  return at < plan->clock_mhz.count
             ? number_label(plan, plan->clock_mhz.value, plan->clock_mhz.count, plan->clock_mhz.value[at], "MHz")
             : NULL;
}

/* "0.8 V", as points have it, of a supply of the experiment; NULL: none. */
static const char *voltage_label(const qy_plan *plan, const char *text)
{
  double volts;
  if (!qy_number_parse(text, &volts) && qy_unit_parse(text, "V", &volts, NULL)) return NULL;
  const size_t count = (size_t)plan->info.technology_count;
  double *supply = qy_arena_alloc(plan->arena, count, sizeof *supply);
  for (size_t t = 0; supply && t < count; t++)
    supply[t] = plan->technology[t]->voltage_v;
  const size_t at = supply ? qy_number_near(supply, count, volts, SHOWN_DIGITS) : count;
  return at < count ? number_label(plan, supply, count, supply[at], "V") : NULL;
}

/* The label that points have for what `text` calls a value of a key that is no parameter; NULL: it is none. */
static const char *class_label(const qy_plan *plan, const char *key, const char *text)
{
  if (strcmp(key, "precision") == 0) return precision_label(plan, text);
  if (strcmp(key, "clock_mhz") == 0) return clock_label(plan, text);
  if (strcmp(key, "voltage_v") == 0) return voltage_label(plan, text);
  if (strcmp(key, "design") == 0) return plan_find_entry(plan, text) >= 0 ? text : NULL;
  for (int t = 0; strcmp(key, "technology") == 0 && t < plan->info.technology_count; t++)
    if (strcmp(plan->info.technology[t]->name, text) == 0) return text;
  for (int n = 0; strcmp(key, "network") == 0 && n < plan->info.network_count; n++)
    if (strcmp(plan->info.network[n]->name, text) == 0) return text;
  return NULL;
}

/* Is it a library at one of several supplies, where a plot takes all of them for one technology? */
static const char *library_label(const qy_plan *plan, const qy_plot_request *plot, const char *text)
{
  for (int t = 0; plan_plot_has_key(plot, "voltage_v") && t < plan->info.technology_count; t++)
    if (qy_tech_is_base(plan->info.technology[t]->name, text)) return text;
  return NULL;
}

static bool has_name(const char *const *names, const char *name)
{
  while (*names && strcmp(*names, name))
    names++;
  return *names != NULL;
}

/* Keys that tell points apart, and the parameters of the designs: those that `node` names and those with several
 * values. */
static qy_status where_keys(const char *const **keys, const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  size_t count = QY_AXIS_NAMES + QY_AXIS_BITS, most = count + node->count + 1;
  for (int g = 0; g < plan->entry_count; g++)
    most += plan->entries[g].param_count;
  const char **known = qy_arena_alloc(plan->arena, most, sizeof *known);
  if (!known) return qy_no_memory(err);
  for (size_t i = 0; i < QY_AXIS_NAMES; i++)
    known[i] = qy_axis_names[i];
  for (size_t i = 0; i < QY_AXIS_BITS; i++)
    known[QY_AXIS_NAMES + i] = qy_axis_bits[i];
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++) {
      const char *key = plan->entries[g].params[i].key;
      const bool named = qy_yaml_get(node, key) != NULL;
      if ((named || plan->entries[g].param[i].count > 1) && !has_name(known, key)) known[count++] = key;
    }
  *keys = known;
  return QY_OK;
}

/* `where: {network: vgg16, channels: 4}`: the points a plot shows. */
qy_status plan_where_read(qy_plan *plan, qy_plot_request *plot, const qy_yaml *node, qy_error *err)
{
  const char *const *keys;
  char listed[LISTED_BYTES];
  if (node->kind != QY_YAML_MAP)
    return qy_yaml_expected(node, err,
                            "a mapping {" QY_AXIS_LIST ", " QY_AXIS_BITS_LIST ", a parameter of the designs}");
  qy_status status = where_keys(&keys, plan, node, err);
  if (!status) status = qy_yaml_check_keys(node, keys, err);
  if (!status && node->count > QY_PLOT_WHERE_MAX)
    return qy_yaml_expected(node, err, "at most %d keys", QY_PLOT_WHERE_MAX);
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    const char *text = NULL, *parameter = plan_plot_parameter(plan, child->key);
    if ((status = qy_yaml_text(child, &text, err))) break;
    if (parameter && (status = plan_parameter_take(plan, parameter, child, err))) break;
    const char *label = parameter ? parameter_label(plan, parameter, text) : class_label(plan, child->key, text);
    if (!label && !parameter && strcmp(child->key, "design") == 0) return plan_unknown_design(plan, child, err);
    if (!label && !parameter && strcmp(child->key, "technology") == 0) label = library_label(plan, plot, text);
    if (!label || strpbrk(label, "\"\\=,"))
      return qy_axis_bits_find(child->key) ? qy_yaml_expected(child, err, "%s of a precision of this experiment (%s)",
                                                              child->key, plan_list_axis(listed, plan, "precision"))
             : parameter                   ? qy_yaml_expected(child, err, "a value of %s that a design has", parameter)
                                           : qy_yaml_expected(child, err, "a %s of this experiment (%s)", child->key,
                                                              plan_list_axis(listed, plan, child->key));
    plot->where_key[plot->where_count] = parameter ? parameter : child->key;
    plot->where_label[plot->where_count++] = label;
  }
  return status;
}
