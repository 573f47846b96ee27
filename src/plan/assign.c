/* `assign:` of an experiment file: which options layers may have, which of them share one, what is asked for.
 *
 * Ties.  `inputs`: layers that read the same map, looked through pools and concatenations; the network's own inputs and
 * the scaled map that a gated layer reads are no such maps.  `adds`: layers whose results are added, looked through
 * pools and concatenations; the result of an add is tied to what it added, so that ties go on along residual chains.
 * Only layers that are run and multiply are tied; a tie reaches over adds, not over layers that are not run.
 */
#include "plan_int.h"

#include "quarry/units.h"

#include <stdlib.h>
#include <string.h>

enum { POINTS_MOST = 10000, POINTS_USUAL = 16, ENTRIES_MOST = 64 };

/* ---- a forest of layers ---- */

static size_t root_of(size_t *parent, size_t i)
{
  while (parent[i] != i)
    i = parent[i] = parent[parent[i]];
  return i;
}

/* The smaller number stays the root: groups stand in the order of the file. */
static void join(size_t *parent, size_t a, size_t b)
{
  a = root_of(parent, a);
  b = root_of(parent, b);
  parent[a > b ? a : b] = a < b ? a : b;
}

/* Layers of a network while they are tied. */
typedef struct forest {
  const qy_network *network;
  size_t *parent; /* [layers] */
  size_t *reader; /* [layers] the first layer found that reads this one's map; QY_NO_INDEX: none */
  bool *run;      /* [layers] it is run and multiplies */
} forest;

static bool looked_through(const qy_layer *l)
{
  return l->type == QY_LAYER_POOL || l->type == QY_LAYER_CONCAT || l->type == QY_LAYER_COL2IM;
}

/* Layer `reader` reads the map of layer i. */
static void tie_reader(forest *f, size_t i, size_t reader)
{
  const qy_layer *l = &f->network->layer[i];
  for (size_t k = 0; looked_through(l) && k < l->input_count; k++)
    tie_reader(f, l->input[k], reader);
  if (looked_through(l)) return;
  if (f->reader[i] != QY_NO_INDEX)
    join(f->parent, f->reader[i], reader);
  else
    f->reader[i] = reader;
}

/* The result of layer i is added by layer `add`. */
static void tie_result(forest *f, size_t i, size_t add)
{
  const qy_layer *l = &f->network->layer[i];
  for (size_t k = 0; looked_through(l) && k < l->input_count; k++)
    tie_result(f, l->input[k], add);
  if (f->run[i] || l->type == QY_LAYER_ADD) join(f->parent, i, add);
}

static void tie_graph(forest *f, bool inputs, bool adds)
{
  for (size_t i = 0; i < f->network->layer_count; i++) {
    const qy_layer *l = &f->network->layer[i];
    for (size_t k = 0; inputs && f->run[i] && !l->gated && k < l->input_count; k++)
      tie_reader(f, l->input[k], i);
    for (size_t k = 0; adds && l->type == QY_LAYER_ADD && k < l->input_count; k++)
      tie_result(f, l->input[k], i);
  }
}

/* ---- ties ---- */

static qy_status check_names(const qy_plan *plan, const qy_yaml *names, qy_error *err)
{
  for (size_t i = 0; i < names->count; i++) {
    const char *text;
    bool found = false;
    qy_status status = qy_yaml_text(names->child[i], &text, err);
    if (status) return status;
    for (int n = 0; n < plan->info.network_count; n++)
      for (size_t k = 0; k < plan->layer_count[n]; k++)
        found |= plan_layer_called(plan->layers[n][k], text);
    if (!found) return qy_yaml_expected(names->child[i], err, "a layer that is run, or a pattern of some");
  }
  return QY_OK;
}

/* Layers of network n that a list names. */
static size_t named_layers(const qy_plan *plan, const qy_yaml *names, int n)
{
  size_t count = 0;
  for (size_t i = 0; i < plan->layer_count[n]; i++) {
    bool named = false;
    for (size_t k = 0; qy_layer_multiplies(plan->layers[n][i]->type) && k < names->count; k++)
      named |= plan_layer_called(plan->layers[n][i], names->child[k]->text);
    count += named;
  }
  return count;
}

/* A list must tie something. */
static qy_status check_tie(const qy_plan *plan, const qy_yaml *names, qy_error *err)
{
  qy_status status = names->count ? check_names(plan, names, err)
                                  : qy_yaml_expected(names, err, "at least two layers that share an option");
  bool ties = false;
  for (int n = 0; !status && !ties && n < plan->info.network_count; n++)
    ties = named_layers(plan, names, n) > 1;
  return status || ties ? status : qy_yaml_expected(names, err, "at least two layers of one network");
}

/* [[a, b], [c, d]] */
static qy_status check_lists(const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  qy_status status = QY_OK;
  if (node->count == 0) return qy_yaml_expected(node, err, "lists of layers that share an option, or `none`");
  for (size_t i = 0; !status && i < node->count; i++) {
    if (node->child[i]->kind != QY_YAML_LIST)
      return qy_yaml_expected(node->child[i], err, "a list of layers that share an option");
    status = check_tie(plan, node->child[i], err);
  }
  return status;
}

static void tie_lists(forest *f, const qy_yaml *node)
{
  for (size_t t = 0; t < node->count; t++) {
    size_t first = QY_NO_INDEX;
    for (size_t i = 0; i < f->network->layer_count; i++) {
      bool tied = false;
      for (size_t k = 0; f->run[i] && k < node->child[t]->count; k++)
        tied |= plan_layer_called(&f->network->layer[i], node->child[t]->child[k]->text);
      if (tied && first != QY_NO_INDEX) join(f->parent, first, i);
      if (tied && first == QY_NO_INDEX) first = i;
    }
  }
}

/* ---- groups ---- */

/* Those of network n from the forest, in the order of their first layers. */
static qy_status make_groups(assign_groups *out, forest *f, const qy_plan *plan, int n, qy_error *err)
{
  const size_t layers = f->network->layer_count, run = plan->layer_count[n];
  size_t *place = qy_arena_alloc(plan->arena, layers, sizeof *place), at = 0;
  out->first = qy_arena_alloc(plan->arena, run + 1, sizeof *out->first);
  out->layer = qy_arena_alloc(plan->arena, run, sizeof *out->layer);
  out->fixed = qy_arena_alloc(plan->arena, run, sizeof *out->fixed);
  if (!place || !out->first || !out->layer || !out->fixed) return qy_no_memory(err);
  for (size_t i = 0; i < run; i++)
    place[plan->layers[n][i] - f->network->layer] = i;
  for (size_t i = 0; i < layers; i++) {
    bool new_group = f->run[i];
    for (size_t k = 0; new_group && k < i; k++)
      new_group = !f->run[k] || root_of(f->parent, k) != root_of(f->parent, i);
    if (!new_group) continue;
    out->first[out->count++] = at;
    for (size_t k = i; k < layers; k++)
      if (f->run[k] && root_of(f->parent, k) == root_of(f->parent, i)) out->layer[at++] = place[k];
  }
  out->first[out->count] = at;
  return QY_OK;
}

static qy_status forest_make(forest *f, const qy_plan *plan, int n, qy_error *err)
{
  const qy_network *network = plan->network[n];
  *f = (forest){.network = network,
                .parent = qy_arena_alloc(plan->arena, network->layer_count, sizeof *f->parent),
                .reader = qy_arena_alloc(plan->arena, network->layer_count, sizeof *f->reader),
                .run = qy_arena_alloc(plan->arena, network->layer_count, sizeof *f->run)};
  if (!f->parent || !f->reader || !f->run) return qy_no_memory(err);
  for (size_t i = 0; i < network->layer_count; i++) {
    f->parent[i] = i;
    f->reader[i] = QY_NO_INDEX;
  }
  for (size_t i = 0; i < plan->layer_count[n]; i++)
    f->run[plan->layers[n][i] - network->layer] = qy_layer_multiplies(plan->layers[n][i]->type);
  return QY_OK;
}

static qy_status read_ties(assign_request *a, const qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  static const char *const names[] = {"graph", "inputs", "adds", "none"};
  enum { GRAPH, INPUTS, ADDS, TIES };
  const qy_yaml *node = qy_yaml_get(map, "ties");
  const bool lists = node && node->kind == QY_YAML_LIST;
  size_t which = GRAPH;
  qy_status status = QY_OK;
  if (lists)
    status = check_lists(plan, node, err);
  else if (node)
    status = qy_yaml_choice(node, names, TIES + 1, &which, err);
  a->groups = qy_arena_alloc(plan->arena, (size_t)plan->info.network_count, sizeof *a->groups);
  if (!a->groups) return qy_no_memory(err);
  for (int n = 0; !status && n < plan->info.network_count; n++) {
    forest f;
    if ((status = forest_make(&f, plan, n, err))) break;
    if (lists)
      tie_lists(&f, node);
    else
      tie_graph(&f, which == GRAPH || which == INPUTS, which == GRAPH || which == ADDS);
    status = make_groups(&a->groups[n], &f, plan, n, err);
  }
  return status;
}

/* ---- options and fixes ---- */

static bool has_option(const assign_request *a, int option)
{
  for (int i = 0; i < a->option_count; i++)
    if (a->option[i] == option) return true;
  return false;
}

static qy_status read_options(assign_request *a, qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  const qy_yaml *node, *one;
  const qy_yaml *const *entry;
  qy_status status = plan_require(&node, map, "options", "precisions that a layer may have", err);
  if (status) return status;
  const size_t count = plan_names_of(node, &entry, &one);
  if (count == 0 || count > OPTIONS_MAX) return qy_yaml_expected(node, err, "1 to %d options", OPTIONS_MAX);
  a->option = qy_arena_alloc(plan->arena, count, sizeof *a->option);
  a->option_node = qy_arena_alloc(plan->arena, count, sizeof *a->option_node);
  if (!a->option || !a->option_node) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    int option;
    if ((status = plan_option_read(&option, plan, entry[i], err))) return status;
    if (has_option(a, option)) return qy_yaml_expected(entry[i], err, "each option once");
    a->option_node[a->option_count] = entry[i];
    a->option[a->option_count++] = option;
  }
  return QY_OK;
}

/* "16, 8, w4a8" */
static const char *list_options(const assign_request *a, const qy_plan *plan)
{
  const char *text = "";
  for (int i = 0; text && i < a->option_count; i++) {
    char one[QY_PRECISION_TEXT];
    text =
        qy_arena_format(plan->arena, "%s%s%s", text, i ? ", " : "", plan_option_text(one, plan->option[a->option[i]]));
  }
  return text ? text : "";
}

static qy_status fix_groups(assign_request *a, const qy_plan *plan, int n, const layer_rule *rules, size_t count,
                            qy_error *err)
{
  assign_groups *groups = &a->groups[n];
  for (size_t g = 0; g < groups->count; g++) {
    const qy_layer *by = NULL;
    groups->fixed[g] = NO_OPTION;
    for (size_t k = groups->first[g]; k < groups->first[g + 1]; k++) {
      const layer_rule *rule = plan_rule_of(rules, count, plan, n, groups->layer[k]);
      const qy_layer *layer = plan->layers[n][groups->layer[k]];
      if (!rule) continue;
      if (by && groups->fixed[g] != rule->option)
        return qy_yaml_expected(rule->node, err,
                                "the same option for layers %s and %s of network %s, which are tied (`ties`)", by->name,
                                layer->name, plan->network[n]->name);
      by = layer;
      groups->fixed[g] = rule->option;
    }
  }
  return QY_OK;
}

static qy_status read_fixes(assign_request *a, qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  static const char *const none[] = {NULL};
  const qy_yaml *node = qy_yaml_get(map, "fix");
  layer_rule *rules = NULL;
  size_t count = 0;
  qy_status status = node ? plan_rules_read(&rules, &count, plan, node, none, err) : QY_OK;
  for (size_t i = 0; !status && i < count; i++) {
    if (rules[i].kind == RULE_DEFAULT)
      status = qy_yaml_expected(
          rules[i].node, err,
          "no `default`: layers that are not fixed take any option (a layer of that name: `[d]efault`)");
    else if (!has_option(a, rules[i].option))
      status = qy_yaml_expected(rules[i].node, err, "one of the options (%s)", list_options(a, plan));
    else
      status = plan_rule_used(&rules[i], plan, node, err);
  }
  for (int n = 0; !status && n < plan->info.network_count; n++)
    status = fix_groups(a, plan, n, rules, count, err);
  return status;
}

/* ---- costs and limits ---- */

static const int costs[] = {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE, QY_WEIGHT_BYTES, QY_BIT_OPERATIONS};
enum { COSTS = sizeof costs / sizeof *costs };
_Static_assert((int)COSTS <= (int)ASSIGN_COSTS, "room for all costs");

static qy_status read_cost(int *metric, const qy_yaml *node, qy_error *err)
{
  const char *names[COSTS];
  size_t which = 0;
  for (size_t i = 0; i < COSTS; i++)
    names[i] = qy_metric_table()[costs[i]].name;
  qy_status status = qy_yaml_choice(node, names, COSTS, &which, err);
  *metric = costs[which];
  return status;
}

static qy_status read_objectives(assign_request *a, const qy_yaml *map, qy_error *err)
{
  const qy_yaml *node, *one;
  const qy_yaml *const *entry;
  qy_status status = plan_require(&node, map, "minimize", "the costs that a front is over, or one", err);
  if (status) return status;
  const size_t count = plan_names_of(node, &entry, &one);
  if (count == 0) return qy_yaml_expected(node, err, "at least one cost");
  for (size_t i = 0; i < count; i++) {
    int metric;
    if ((status = read_cost(&metric, entry[i], err))) return status;
    for (int k = 0; k < a->objective_count; k++)
      if (a->objective[k] == metric) return qy_yaml_expected(entry[i], err, "each cost once");
    a->objective[a->objective_count++] = metric;
  }
  return QY_OK;
}

/* A decimal number of `length` characters from 0; one that is too small for a double is none. */
static bool read_decimal(double *value, const char *text, size_t length)
{
  enum { DIGITS = 64 };
  char digits[DIGITS];
  if (length >= sizeof digits) return false;
  memcpy(digits, text, length);
  digits[length] = '\0';
  if (!qy_number_parse(digits, value) || *value < 0) return false;
  return *value > 0 || strcspn(digits, "123456789") >= strcspn(digits, "eE");
}

/* 120, 50%, "8 bit", w4a8, {weights: 4, activations: 8} */
static qy_status read_limit(assign_limit *l, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  static const double whole = 100;
  l->node = node;
  l->kind = ASSIGN_UNIFORM;
  if (node->kind == QY_YAML_MAP) return plan_option_read(&l->option, plan, node, err);
  if (node->kind == QY_YAML_LIST) return qy_yaml_expected(node, err, "a number, a share (50%%) or a precision (8 bit)");
  const size_t length = strlen(node->text);
  if (length > 1 && node->text[length - 1] == '%') {
    l->kind = ASSIGN_SHARE;
    if (!read_decimal(&l->value, node->text, length - 1) || l->value > whole)
      return qy_yaml_expected(node, err, "a share from 0%% to 100%%");
    l->value /= whole;
    return QY_OK;
  }
  qy_precision p;
  if (strpbrk(node->text, "wb") && qy_precision_parse(&p, node->text))
    return plan_option_read(&l->option, plan, node, err);
  l->kind = ASSIGN_NUMBER;
  if (!read_decimal(&l->value, node->text, length))
    return qy_yaml_expected(node, err, "a decimal number from 0, a share (50%%) or a precision (8 bit)");
  return QY_OK;
}

static qy_status read_limits(assign_request *a, qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, "limit");
  qy_status status = QY_OK;
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping from costs to limits");
  for (size_t i = 0; !status && i < node->count; i++) {
    const qy_yaml *child = node->child[i];
    const qy_yaml name = {.kind = QY_YAML_SCALAR,
                          .file = child->file,
                          .line = child->key_line,
                          .column = child->key_column,
                          .text = child->key,
                          .path = node->path};
    assign_limit *l = &a->limit[a->limit_count++];
    status = read_cost(&l->metric, &name, err);
    if (!status) status = read_limit(l, plan, child, err);
  }
  return status;
}

/* ---- the entries ---- */

static qy_status read_points(size_t *points, const qy_yaml *map, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, "points"), *minimize = qy_yaml_get(map, "minimize");
  const bool one = minimize && (minimize->kind == QY_YAML_SCALAR || minimize->count == 1);
  int64_t number = one ? 1 : POINTS_USUAL;
  qy_status status = node ? qy_yaml_integer(node, 1, POINTS_MOST, &number, err) : QY_OK;
  if (!status && one && number > 1) status = qy_yaml_expected(node, err, "one point, the optimum, of one cost");
  *points = (size_t)number;
  return status;
}

static qy_status read_entry(assign_request *a, qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  static const char *const keys[] = {"options", "members", "minimize", "limit", "ties",
                                     "fix",     "points",  "epsilon",  "label", NULL};
  int members = 0;
  qy_status status = qy_yaml_check_keys(map, keys, err);
  const qy_yaml *node = qy_yaml_get(map, "members"), *epsilon = qy_yaml_get(map, "epsilon");
  a->node = map;
  if (!status) status = read_options(a, plan, map, err);
  if (!status && node) status = qy_yaml_boolean(node, &members, err);
  a->members = members != 0;
  if (!status) status = read_objectives(a, map, err);
  if (!status) status = read_limits(a, plan, map, err);
  if (!status) status = read_ties(a, plan, map, err);
  if (!status) status = read_fixes(a, plan, map, err);
  if (!status) status = read_points(&a->points, map, err);
  if (!status && epsilon) status = qy_yaml_number(epsilon, 0, 1, &a->epsilon, err);
  const qy_plan_precision what = {.assigned = true};
  return status ? status : plan_label_read(&a->label, plan, map, "assigned", what, err);
}

qy_status plan_assign_count(size_t *count, const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *one;
  const qy_yaml *const *entry;
  const size_t entries = plan_names_of(node, &entry, &one);
  qy_status status = QY_OK;
  *count = 0;
  if (!plan->layers) return qy_yaml_expected(node, err, "a key `network` beside `assign`");
  if (entries == 0 || entries > ENTRIES_MOST)
    return qy_yaml_expected(node, err, "a mapping, or a list of 1 to %d", ENTRIES_MOST);
  for (size_t i = 0; !status && i < entries; i++) {
    size_t points = 0;
    if (entry[i]->kind != QY_YAML_MAP)
      return qy_yaml_expected(entry[i], err, "a mapping with `options` and `minimize`");
    status = read_points(&points, entry[i], err);
    *count += points;
  }
  return status;
}

qy_status plan_assign_read(qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const qy_yaml *one;
  const qy_yaml *const *entry;
  qy_status status = QY_OK;
  plan->assign_count = plan_names_of(node, &entry, &one);
  plan->assign = qy_arena_alloc(plan->arena, plan->assign_count, sizeof *plan->assign);
  if (!plan->assign) return qy_no_memory(err);
  for (size_t i = 0; !status && i < plan->assign_count; i++) {
    assign_request *a = &plan->assign[i];
    status = read_entry(a, plan, entry[i], err);
    for (size_t k = 0; !status && k < a->points; k++)
      plan->precision.value[plan->precision.count++] = (precision_value){.kind = PRECISION_ASSIGNED,
                                                                         .label = a->label,
                                                                         .option = NO_OPTION,
                                                                         .assign = a,
                                                                         .place = k,
                                                                         .node = entry[i]};
  }
  return status;
}

size_t plan_assign_points(const assign_request *a)
{
  return a->points;
}

bool plan_assign_asks(const assign_request *a, int option)
{
  for (int l = 0; l < a->limit_count; l++)
    if (a->limit[l].kind == ASSIGN_UNIFORM && a->limit[l].option == option) return true;
  return has_option(a, option);
}

bool plan_assign_asks_of_layer(const assign_request *a, int network, size_t i, int option)
{
  const assign_groups *groups = &a->groups[network];
  for (int l = 0; l < a->limit_count; l++)
    if (a->limit[l].kind == ASSIGN_UNIFORM && a->limit[l].option == option) return true;
  for (size_t g = 0; g < groups->count; g++)
    for (size_t k = groups->first[g]; k < groups->first[g + 1]; k++)
      if (groups->layer[k] == i)
        return groups->fixed[g] == NO_OPTION ? has_option(a, option) : groups->fixed[g] == option;
  return false;
}

/* ---- against the designs ---- */

static bool may_be_pipelined(const design_entry *g)
{
  for (size_t i = 0; g->system && i < g->param[0].count; i++)
    if (g->param[0].value[i] == SCHEDULE_PIPELINED) return true;
  return false;
}

static bool has_energy(const assign_request *a)
{
  bool has = false;
  for (int k = 0; k < a->objective_count; k++)
    has |= a->objective[k] == QY_ENERGY_UJ;
  for (int l = 0; l < a->limit_count; l++)
    has |= a->limit[l].metric == QY_ENERGY_UJ;
  return has;
}

static qy_status check_request(const assign_request *a, const qy_plan *plan, qy_error *err)
{
  bool systems = false, pipelined = false;
  for (int i = 0; i < plan->entry_count; i++) {
    systems |= plan->entries[i].system;
    pipelined |= may_be_pipelined(&plan->entries[i]);
  }
  if (a->members && !systems)
    return qy_yaml_expected(qy_yaml_get(a->node, "members"), err, "no `members` where no design is a system");
  /* The energy of a pipeline is no sum over layers: an optimum with it is taken from a front. */
  if (a->objective_count == 1 && a->epsilon > 0 && !(pipelined && has_energy(a)))
    return qy_yaml_expected(qy_yaml_get(a->node, "epsilon"), err,
                            "no `epsilon` of one cost: its optimum is exact, or says its bound");
  for (int l = 0; l < a->limit_count; l++)
    if (pipelined && a->limit[l].metric == QY_ENERGY_UJ && a->limit[l].kind == ASSIGN_SHARE)
      return qy_yaml_expected(a->limit[l].node, err,
                              "no share of the energy where a system is pipelined (it is no sum over layers)");
  return QY_OK;
}

qy_status plan_precision_check(const qy_plan *plan, qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t p = 0; p < plan->precision.count; p++) {
    const precision_value *v = &plan->precision.value[p];
    const char *what = v->assign ? "no `assign`" : "no map of layers";
    for (int i = 0; v->kind != PRECISION_UNIFORM && i < plan->entry_count; i++) {
      const design_entry *g = &plan->entries[i];
      if (g->memory)
        return qy_yaml_expected(
            v->node, err, "%s beside a design with a `memory` (\"%s\"): one precision for all layers", what, g->name);
      if (!g->system && !g->member[0].type->runs_layers)
        return qy_yaml_expected(v->node, err, "%s beside a design that runs no layers (\"%s\")", what, g->name);
    }
  }
  for (size_t i = 0; !status && i < plan->assign_count; i++)
    status = check_request(&plan->assign[i], plan, err);
  return status;
}
