/* The precision axis of an experiment file: widths and pairs for all layers, maps of layers, assignments (assign.c). */
#include "plan_int.h"

#include "quarry/hash.h"
#include "quarry/text.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MAX = 40, VALUES_MAX = 1000000 };

static const char option_help[] = "1 to 32 bits, \"w4a8\" or {weights: 4, activations: 8}";

const char *plan_option_text(char text[QY_PRECISION_TEXT], qy_precision p)
{
  if (p.weights != p.activations) return qy_precision_text(text, p);
  snprintf(text, QY_PRECISION_TEXT, "%d", p.weights);
  return text;
}

static int option_of(qy_plan *plan, qy_precision p)
{
  int o = 0;
  while (o < plan->option_count && !qy_precision_equal(plan->option[o], p))
    o++;
  if (o == plan->option_count) plan->option[plan->option_count++] = p;
  return o;
}

static qy_status read_pair(qy_precision *p, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"weights", "activations", NULL};
  const qy_yaml *weights, *activations;
  int64_t w = 0, a = 0;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&weights, node, "weights", "bits of the weights", err)) ||
      (status = plan_require(&activations, node, "activations", "bits of what a layer reads", err)) ||
      (status = qy_yaml_integer(weights, 1, QY_PRECISION_BITS_MAX, &w, err)) ||
      (status = qy_yaml_integer(activations, 1, QY_PRECISION_BITS_MAX, &a, err)))
    return status;
  *p = (qy_precision){(int)w, (int)a};
  return QY_OK;
}

qy_status plan_option_read(int *option, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  qy_precision p = {0};
  qy_status status = QY_OK;
  if (node->kind == QY_YAML_MAP)
    status = read_pair(&p, node, err);
  else if (node->kind != QY_YAML_SCALAR || !qy_precision_parse(&p, node->text))
    status = qy_yaml_expected(node, err, "%s", option_help);
  if (!status) *option = option_of(plan, p);
  return status;
}

/* ---- labels ---- */

/* It stands in file names, JSON and conditions of plots. */
static bool is_label(const char *text)
{
  const size_t length = strlen(text);
  if (length == 0 || text[0] == ' ' || text[length - 1] == ' ') return false;
  return length <= LABEL_MAX &&
         strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-+()") == strlen(text);
}

/* At most half of the places are taken. */
text_place *plan_place_of(const text_places *t, const char *text)
{
  size_t i = (size_t)qy_text_hash(text) & (t->room - 1);
  while (t->place[i].text && strcmp(t->place[i].text, text) != 0)
    i = (i + 1) & (t->room - 1);
  return &t->place[i];
}

qy_status plan_places_make(text_places *t, size_t count, qy_arena *arena, qy_error *err)
{
  for (t->room = 1; t->room < 2 * (count + 1);)
    t->room *= 2;
  t->place = qy_arena_alloc(arena, t->room, sizeof *t->place);
  return t->place ? QY_OK : qy_no_memory(err);
}

static int find_label(const qy_plan *plan, const char *text)
{
  const text_place *found = plan_place_of(&plan->label_places, text);
  return found->text ? found->number : -1;
}

static int add_label(qy_plan *plan, qy_plan_precision what)
{
  plan->label[plan->info.precision_count] = what;
  *plan_place_of(&plan->label_places, what.label) = (text_place){what.label, plan->info.precision_count};
  return plan->info.precision_count++;
}

qy_status plan_label_read(int *label, qy_plan *plan, const qy_yaml *map, const char *fallback, qy_plan_precision what,
                          qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(map, "label");
  qy_precision ignored;
  qy_status status = node ? qy_yaml_text(node, &what.label, err) : QY_OK;
  if (status) return status;
  if (node && (!is_label(what.label) || qy_precision_parse(&ignored, what.label)))
    return qy_yaml_expected(node, err,
                            "a label of 1 to %d letters, digits, spaces inside and . _ - + ( ), which is no precision",
                            LABEL_MAX);
  if (node && find_label(plan, what.label) >= 0)
    return qy_yaml_expected(node, err, "a label that no other precision has");
  if (!node) what.label = fallback;
  int *last = &plan->label_last[what.assigned]; /* those up to it are taken */
  while (!node && find_label(plan, what.label) >= 0) {
    *last = *last ? *last + 1 : 2;
    if (!(what.label = qy_arena_format(plan->arena, "%s %d", fallback, *last))) return qy_no_memory(err);
  }
  *label = add_label(plan, what);
  return QY_OK;
}

/* ---- rules ---- */

static bool is_skipped(const char *key, const char *const *skip)
{
  while (*skip && strcmp(*skip, key))
    skip++;
  return *skip != NULL;
}

/* Report at a key: "expected WHAT, found KEY". */
static qy_status wrong_key(const qy_yaml *map, const qy_yaml *child, const char *what, const char *nearest,
                           qy_error *err)
{
  return qy_fail_at(err, QY_BAD_INPUT, child->file, child->key_line, child->key_column,
                    "%s: expected %s, found \"%s\"%s%s%s", map->path, what, child->key,
                    nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

/* One of `names` that is meant, not the text itself: it is a key elsewhere. */
static const char *other_name(const char *text, const char *const *names, size_t count)
{
  const char *nearest = qy_nearest(text, names, count);
  return nearest && strcmp(nearest, text) ? nearest : NULL;
}

static qy_status read_type(layer_rule *rule, const qy_yaml *map, const qy_yaml *child, const char *text, qy_error *err)
{
  const char *names[QY_LAYER_TYPE_COUNT];
  size_t count = 0;
  for (int t = 0; t < QY_LAYER_TYPE_COUNT; t++) {
    if (!qy_layer_multiplies((qy_layer_type)t)) continue;
    names[count++] = qy_layer_type_name((qy_layer_type)t);
    if (strcmp(names[count - 1], text)) continue;
    rule->kind = RULE_TYPE;
    rule->type = (qy_layer_type)t;
    return QY_OK;
  }
  return wrong_key(map, child, "`type` and conv, dwconv, pwconv or fc", qy_nearest(text, names, count), err);
}

bool plan_layer_called(const qy_layer *layer, const char *key)
{
  return strcmp(key, layer->name) == 0 || fnmatch(key, layer->name, 0) == 0;
}

static bool any_layer(const qy_plan *plan, const char *pattern)
{
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++)
      if (plan_layer_called(plan->layers[n][i], pattern)) return true;
  return false;
}

static qy_status no_layer(const qy_plan *plan, const qy_yaml *map, const qy_yaml *child, qy_error *err)
{
  static const char *const ends[] = {"default", "first", "last", "type", "label"};
  enum { ENDS = sizeof ends / sizeof *ends };
  size_t count = ENDS;
  for (int n = 0; n < plan->info.network_count; n++)
    count += plan->layer_count[n];
  const char **names = qy_arena_alloc(plan->arena, count, sizeof *names);
  if (!names) return qy_no_memory(err);
  count = 0;
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++)
      names[count++] = plan->layers[n][i]->name;
  for (size_t i = 0; i < ENDS; i++)
    names[count++] = ends[i];
  return wrong_key(map, child, "a layer that is run, a pattern of some, `first`, `last`, `type TYPE` or `default`",
                   other_name(child->key, names, count), err);
}

qy_status plan_rule_read(layer_rule *rule, const qy_plan *plan, const qy_yaml *map, const qy_yaml *child, qy_error *err)
{
  static const char type[] = "type ";
  *rule = (layer_rule){.kind = RULE_NAME, .name = child->key, .node = child};
  if (strcmp(child->key, "default") == 0)
    rule->kind = RULE_DEFAULT;
  else if (strcmp(child->key, "first") == 0 || (rule->last = strcmp(child->key, "last") == 0))
    rule->kind = RULE_END;
  else if (strncmp(child->key, type, sizeof type - 1) == 0)
    return read_type(rule, map, child, child->key + sizeof type - 1, err);
  else if (!any_layer(plan, child->key))
    return no_layer(plan, map, child, err);
  return QY_OK;
}

qy_status plan_rules_read(layer_rule **rules, size_t *count, qy_plan *plan, const qy_yaml *map, const char *const *skip,
                          qy_error *err)
{
  qy_status status = QY_OK;
  *count = 0;
  if (map->kind != QY_YAML_MAP) return qy_yaml_expected(map, err, "a mapping from layers to precisions");
  if (!(*rules = qy_arena_alloc(plan->arena, map->count, sizeof **rules))) return qy_no_memory(err);
  for (size_t i = 0; !status && i < map->count; i++) {
    if (is_skipped(map->child[i]->key, skip)) continue;
    layer_rule *rule = &(*rules)[(*count)++];
    status = plan_rule_read(rule, plan, map, map->child[i], err);
    if (!status) status = plan_option_read(&rule->option, plan, map->child[i], err);
  }
  return status;
}

/* The first or last layer of the network that multiplies, run or not. */
static const qy_layer *end_of(const qy_network *network, bool last)
{
  const qy_layer *found = NULL;
  for (size_t i = 0; i < network->layer_count; i++)
    if (qy_layer_multiplies(network->layer[i].type) && (last || !found)) found = &network->layer[i];
  return found;
}

static bool speaks_of(const layer_rule *rule, const qy_network *network, const qy_layer *layer)
{
  switch (rule->kind) {
  case RULE_DEFAULT: return true;
  case RULE_TYPE: {
    const qy_layer_filter filter = {.types = 1u << rule->type};
    return qy_layer_matches(layer, &filter);
  }
  case RULE_END: return layer == end_of(network, rule->last);
  case RULE_NAME: break;
  }
  return plan_layer_called(layer, rule->name);
}

/* Of several rules that speak of a layer the greatest, of equals the last. */
static int rank_of(const layer_rule *rule, const qy_layer *layer)
{
  const bool exact = rule->kind == RULE_NAME && strcmp(rule->name, layer->name) == 0;
  return (int)rule->kind + (exact ? 1 : 0);
}

const layer_rule *plan_rule_of(const layer_rule *rules, size_t count, const qy_plan *plan, int network, size_t i)
{
  const layer_rule *found = NULL;
  const qy_layer *layer = plan->layers[network][i];
  for (size_t r = 0; r < count; r++)
    if ((!found || rank_of(&rules[r], layer) >= rank_of(found, layer)) &&
        speaks_of(&rules[r], plan->network[network], layer))
      found = &rules[r];
  return found;
}

qy_status plan_rule_used(const layer_rule *rule, const qy_plan *plan, const qy_yaml *map, qy_error *err)
{
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++)
      if (speaks_of(rule, plan->network[n], plan->layers[n][i])) return QY_OK;
  return wrong_key(map, rule->node, "layers that are run (`layers` leaves out others)", NULL, err);
}

/* ---- texts of maps ---- */

/* {"layers": {...}} */
static const char *map_text(const qy_plan *plan, int n, const uint16_t *map)
{
  qy_text json = {0};
  char option[QY_PRECISION_TEXT];
  for (size_t i = 0; i < plan->layer_count[n]; i++) {
    qy_text_add(&json, "%s", i ? ", " : "{\"layers\": {");
    qy_text_json(&json, plan->layers[n][i]->name);
    qy_text_add(&json, ": \"%s\"", plan_option_text(option, plan->option[map[i]]));
  }
  qy_text_add(&json, "}}");
  const char *text = json.failed ? NULL : qy_arena_text(plan->arena, json.data, json.length);
  qy_text_free(&json);
  return text;
}

/* ---- what networks state ---- */

/* Widths of its own of each layer. */
static bool is_own(const qy_yaml *node)
{
  return node && node->kind == QY_YAML_SCALAR && strcmp(node->text, "own") == 0;
}

/* Of layer i; no_option where the network states none. */
static int own_option(qy_plan *plan, int network, size_t i)
{
  const qy_layer *l = plan->layers[network][i];
  const int weights = l->computed ? l->activation_bits : l->weight_bits;
  return weights > 0 && l->activation_bits > 0 ? option_of(plan, (qy_precision){weights, l->activation_bits})
                                               : NO_OPTION;
}

static qy_status not_stated(const qy_yaml *node, const qy_plan *plan, int network, const char *layer, qy_error *err)
{
  return qy_yaml_expected(
      node, err,
      "a network that states `weight_bits` and `activation_bits` of each layer that is run: \"%.60s\" "
      "lacks them at %.60s (another key of the map may give them)",
      plan->network_own[network], layer);
}

/* ---- maps ---- */

/* own: the node that asks for what the networks state where no rule speaks of a layer; NULL: v->option is asked for. */
static qy_status fill_map(precision_value *v, qy_plan *plan, const layer_rule *rules, size_t count, const qy_yaml *own,
                          qy_error *err)
{
  const size_t networks = (size_t)plan->info.network_count;
  uint16_t **map = qy_arena_alloc(plan->arena, networks, sizeof *map);
  int *widest = qy_arena_alloc(plan->arena, networks, sizeof *widest);
  v->text = qy_arena_alloc(plan->arena, networks, sizeof *v->text);
  if (!map || !widest || !v->text) return qy_no_memory(err);
  for (size_t n = 0; n < networks; n++) {
    if (!(map[n] = qy_arena_alloc(plan->arena, plan->layer_count[n], sizeof **map))) return qy_no_memory(err);
    for (size_t i = 0; i < plan->layer_count[n]; i++) {
      const layer_rule *rule = plan_rule_of(rules, count, plan, (int)n, i);
      const int option = rule ? rule->option : own ? own_option(plan, (int)n, i) : v->option;
      if (option == NO_OPTION) return not_stated(own, plan, (int)n, plan->layers[n][i]->name, err);
      map[n][i] = (uint16_t)option;
      const int bits = qy_precision_widest(plan->option[map[n][i]]);
      if (bits > widest[n]) widest[n] = bits;
    }
    if (!(v->text[n] = map_text(plan, (int)n, map[n]))) return qy_no_memory(err);
  }
  v->map = map;
  v->widest = widest;
  return QY_OK;
}

/* Of maps without a label each may be there once. */
static qy_status check_new(qy_plan *plan, const precision_value *v, const qy_yaml *node, qy_error *err)
{
  qy_text all = {0};
  if (qy_yaml_get(node, "label")) return QY_OK;
  for (int n = 0; n < plan->info.network_count; n++)
    qy_text_add(&all, "%s", v->text[n]);
  const char *text = all.failed ? NULL : qy_arena_text(plan->arena, all.data, all.length);
  qy_text_free(&all);
  if (!text) return qy_no_memory(err);
  text_place *place = plan_place_of(&plan->map_places, text);
  if (place->text) return qy_yaml_expected(node, err, "each map once, or with a `label` of its own");
  *place = (text_place){text, 0};
  return QY_OK;
}

static qy_status read_map(precision_value *v, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  static const char *const skip[] = {"label", NULL}, *const skip_own[] = {"label", "default", NULL};
  layer_rule *rules;
  size_t count;
  if (!plan->layers) return qy_yaml_expected(node, err, "a key `network` beside a map of layers");
  const qy_yaml *otherwise = qy_yaml_get(node, "default");
  const qy_yaml *own = is_own(otherwise) ? otherwise : NULL;
  v->kind = PRECISION_MAP;
  qy_status status = own ? QY_OK : plan_option_read(&v->option, plan, otherwise, err);
  if (!status) status = plan_rules_read(&rules, &count, plan, node, own ? skip_own : skip, err);
  if (!status) status = fill_map(v, plan, rules, count, own, err);
  if (!status) status = check_new(plan, v, node, err);
  if (status) return status;
  if (own) v->option = v->map[0][0];
  const qy_plan_precision what = {.all = plan->option[v->option]};
  return plan_label_read(&v->label, plan, node, own ? "own" : "mixed", what, err);
}

/* `precision: own`: the map without rules. */
static qy_status read_own(precision_value *v, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  if (!plan->layers) return qy_yaml_expected(node, err, "a key `network` beside `own`");
  v->kind = PRECISION_MAP;
  qy_status status = fill_map(v, plan, NULL, 0, node, err);
  if (!status) status = check_new(plan, v, node, err);
  if (status) return status;
  v->option = v->map[0][0];
  return plan_label_read(&v->label, plan, node, "own", (qy_plan_precision){.all = plan->option[v->option]}, err);
}

/* ---- the axis ---- */

static qy_status put_uniform(precision_value *v, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  char text[QY_PRECISION_TEXT];
  const qy_precision p = plan->option[v->option];
  qy_precision_text(text, p);
  if (find_label(plan, text) >= 0) return qy_yaml_expected(node, err, "each value once");
  qy_plan_precision what = {.uniform = true, .all = p};
  if (!(what.label = qy_arena_text(plan->arena, text, strlen(text)))) return qy_no_memory(err);
  v->label = add_label(plan, what);
  return QY_OK;
}

static qy_status read_value(precision_value *v, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  *v = (precision_value){.node = node};
  qy_precision ignored;
  if (is_own(node)) return read_own(v, plan, node, err);
  if (node->kind == QY_YAML_SCALAR && !qy_precision_parse(&ignored, node->text))
    return qy_yaml_expected(node, err, "%s, or own", option_help);
  if (node->kind == QY_YAML_MAP && qy_yaml_get(node, "default")) return read_map(v, plan, node, err);
  if (node->kind == QY_YAML_MAP && !qy_yaml_get(node, "weights") && !qy_yaml_get(node, "activations"))
    return qy_yaml_expected(node, err, "{weights, activations}, or a map of layers with `default`");
  qy_status status = plan_option_read(&v->option, plan, node, err);
  return status ? status : put_uniform(v, plan, node, err);
}

static const qy_parameter bits_parameter = {.key = "precision",
                                            .type = QY_PARAMETER_INTEGER,
                                            .low = 1,
                                            .high = QY_PRECISION_BITS_MAX,
                                            .unit = "bit",
                                            .help = "operand width in bits"};

/* A range of widths. */
static qy_status read_range(qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  values range;
  qy_status status = values_read(&range, &bits_parameter, node, plan->arena, err);
  for (size_t i = 0; !status && i < range.count; i++) {
    precision_value *v = &plan->precision.value[plan->precision.count++];
    *v = (precision_value){.node = node, .option = option_of(plan, qy_precision_of((int)range.value[i]))};
    status = put_uniform(v, plan, node, err);
  }
  return status;
}

static bool is_range(const qy_yaml *node)
{
  return node->kind == QY_YAML_MAP && (qy_yaml_get(node, "from") || qy_yaml_get(node, "to"));
}

/* Most values that `precision` may give, and room for their labels. */
static qy_status make_room(qy_plan *plan, const qy_yaml *node, const qy_yaml *assign, size_t assigned, qy_error *err)
{
  const size_t listed = !node                        ? 0
                        : is_range(node)             ? QY_PRECISION_BITS_MAX
                        : node->kind == QY_YAML_LIST ? node->count
                                                     : 1;
  if (node && listed == 0) return qy_yaml_expected(node, err, "at least one value");
  if (listed > VALUES_MAX) return qy_yaml_expected(node, err, "at most %d values", VALUES_MAX);
  const size_t entries = !assign ? 0 : assign->kind == QY_YAML_LIST ? assign->count : 1;
  plan->option = qy_arena_alloc(plan->arena, OPTIONS_MAX, sizeof *plan->option);
  plan->precision.value = qy_arena_alloc(plan->arena, listed + assigned, sizeof *plan->precision.value);
  plan->label = qy_arena_alloc(plan->arena, listed + entries, sizeof *plan->label);
  if (!plan->option || !plan->precision.value || !plan->label) return qy_no_memory(err);
  plan->info.precision = plan->label;
  const qy_status status = plan_places_make(&plan->label_places, listed + entries, plan->arena, err);
  return status ? status : plan_places_make(&plan->map_places, listed, plan->arena, err);
}

qy_status plan_precision_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, "precision"), *assign = qy_yaml_get(root, "assign"), *one;
  const qy_yaml *const *value;
  size_t assigned = 0;
  qy_status status = QY_OK;
  if (!node && !assign) return plan_require(&node, root, "precision", "operand width in bits", err);
  if (assign) status = plan_assign_count(&assigned, plan, assign, err);
  if (!status) status = make_room(plan, node, assign, assigned, err);
  if (status) return status;
  if (node && is_range(node)) {
    status = read_range(plan, node, err);
  } else if (node) {
    const size_t count = plan_names_of(node, &value, &one);
    for (size_t i = 0; !status && i < count; i++)
      status = read_value(&plan->precision.value[plan->precision.count++], plan, value[i], err);
  }
  if (!status && assign) status = plan_assign_read(plan, assign, err);
  return status;
}

bool plan_asks_option(const qy_plan *plan, size_t p, int option)
{
  const precision_value *v = &plan->precision.value[p];
  if (v->kind == PRECISION_ASSIGNED) return plan_assign_asks(v->assign, option);
  if (v->kind == PRECISION_UNIFORM) return option == v->option;
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++)
      if (v->map[n][i] == option) return true;
  return false;
}

bool plan_asks_of_layer(const qy_plan *plan, size_t p, int network, size_t i, int option)
{
  const precision_value *v = &plan->precision.value[p];
  if (v->kind == PRECISION_ASSIGNED) return plan_assign_asks_of_layer(v->assign, network, i, option);
  return option == (v->kind == PRECISION_MAP ? v->map[network][i] : v->option);
}

const qy_yaml *plan_option_node(const precision_value *v, int option)
{
  const assign_request *a = v->assign;
  for (int l = 0; a && l < a->limit_count; l++)
    if (a->limit[l].kind == ASSIGN_UNIFORM && a->limit[l].option == option) return a->limit[l].node;
  for (int i = 0; a && i < a->option_count; i++)
    if (a->option[i] == option) return a->option_node[i];
  return v->node;
}

/* ---- values by name ---- */

const char *plan_list_precisions(char *out, size_t size, const qy_plan *plan)
{
  size_t at = 0;
  out[0] = '\0';
  for (int i = 0; i < plan->info.precision_count; i++) {
    char text[QY_PRECISION_TEXT];
    const qy_plan_precision *p = &plan->label[i];
    if (i == LISTED_MAX) {
      qy_append(out, size, at, ", ...");
      break;
    }
    at = qy_append(out, size, at, "%s%s", i ? ", " : "", p->uniform ? plan_option_text(text, p->all) : p->label);
  }
  return out;
}

static qy_status label_at(int *label, const qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  char listed[LISTED_BYTES];
  qy_precision p;
  qy_status status = QY_OK;
  if (node->kind == QY_YAML_LIST) return qy_yaml_expected(node, err, "one value of `precision`");
  if (node->kind == QY_YAML_SCALAR && (*label = find_label(plan, node->text)) >= 0) return QY_OK;
  bool read = node->kind == QY_YAML_SCALAR && qy_precision_parse(&p, node->text);
  if (node->kind == QY_YAML_MAP) {
    status = read_pair(&p, node, err);
    read = !status;
  }
  if (status) return status;
  for (*label = 0; read && *label < plan->info.precision_count; ++*label)
    if (plan->label[*label].uniform && qy_precision_equal(plan->label[*label].all, p)) return QY_OK;
  return qy_yaml_expected(node, err, "a value that the axis `precision` has (%s)",
                          plan_list_precisions(listed, sizeof listed, plan));
}

qy_status plan_precision_at(size_t *place, const qy_plan *plan, const qy_yaml *precision, const qy_yaml *assignment,
                            qy_error *err)
{
  const precision_axis *axis = &plan->precision;
  int label = 0;
  int64_t k = 1;
  qy_status status = precision ? label_at(&label, plan, precision, err) : QY_OK;
  if (status) return status;
  for (*place = 0; axis->value[*place].label != label; ++*place) {
  }
  const precision_value *v = &axis->value[*place];
  const int64_t points = v->assign ? (int64_t)plan_assign_points(v->assign) : 1;
  if (!assignment && points > 1)
    return qy_yaml_expected(precision, err, "beside `precision: %s` a key `assignment`, 1 to %lld",
                            plan->label[label].label, (long long)points);
  if (assignment && !v->assign) return qy_yaml_expected(assignment, err, "no `assignment` but beside the label of one");
  if (assignment) status = qy_yaml_integer(assignment, 1, points, &k, err);
  *place += (size_t)k - 1;
  return status;
}
