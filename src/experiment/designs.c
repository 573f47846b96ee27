/* The list `designs:` of an experiment file: accelerators, and systems of several of them. */
#include "plan_int.h"

#include "quarry/system.h"

#include <stdio.h>
#include <string.h>

static const char *const schedules[] = {[SCHEDULE_SEQUENTIAL] = "sequential", [SCHEDULE_PIPELINED] = "pipelined"};

static const param schedule_param = {.key = "system",
                                     .type = PARAM_CHOICE,
                                     .names = schedules,
                                     .name_count = sizeof schedules / sizeof *schedules,
                                     .help = "members run one after another, or each on another inference"};

/* What a total over members cannot have: there is no single element. */
static const uint64_t system_lacks = 1u << QY_ENERGY_PER_PRODUCT_FJ | 1u << QY_SQNR_DB;

/* The node of parameter "pe.bits" below an entry; *map is where a missing one would stand. */
static const qy_yaml *param_node(const qy_yaml *entry, const char *key, const qy_yaml **map)
{
  const char *dot = strchr(key, '.');
  *map = entry;
  if (!dot) return qy_yaml_get(entry, key);
  char outer[32];
  snprintf(outer, sizeof outer, "%.*s", (int)(dot - key), key);
  const qy_yaml *inner = qy_yaml_get(entry, outer);
  if (!inner || inner->kind != QY_YAML_MAP) return NULL;
  *map = inner;
  return qy_yaml_get(inner, dot + 1);
}

/* Keys allowed in a map of an entry: those of the table with this prefix, and at the outer level `extra` too. */
static qy_status check_param_keys(const qy_yaml *map, const accelerator *type, const char *prefix,
                                  const char *const *extra, qy_error *err)
{
  enum { KEYS_MAX = 2 * QY_AXES_MAX };
  const char *keys[KEYS_MAX + 1];
  static const char *const maps[] = {"pe", "buffers"};
  size_t n = 0, length = strlen(prefix);
  for (; extra && *extra; extra++)
    keys[n++] = *extra;
  for (size_t i = 0; !length && i < sizeof maps / sizeof *maps; i++)
    keys[n++] = maps[i];
  for (size_t i = 0; i < type->param_count && n < KEYS_MAX; i++) {
    const char *key = type->params[i].key;
    if (length ? strncmp(key, prefix, length) == 0 : !strchr(key, '.')) keys[n++] = key + length;
  }
  keys[n] = NULL;
  return qy_yaml_check_keys(map, keys, err);
}

/* `accelerator:` of an entry, and that it has no key that this accelerator does not take. */
static qy_status accelerator_of(const accelerator **type, const qy_yaml *node, const char *const *extra, qy_error *err)
{
  const qy_yaml *name;
  size_t count, index = 0;
  const accelerator *const *table = accelerator_table(&count);
  const char *names[16];
  for (size_t i = 0; i < count; i++)
    names[i] = table[i]->name;
  qy_status status = plan_require(&name, node, "accelerator", "which accelerator model", err);
  if (!status) status = qy_yaml_choice(name, names, count, &index, err);
  if (status) return status;
  *type = table[index];
  if ((status = check_param_keys(node, *type, "", extra, err))) return status;
  for (size_t i = 0; i < node->count; i++) {
    const qy_yaml *inner = node->child[i];
    if (strcmp(inner->key, "pe") && strcmp(inner->key, "buffers")) continue;
    if (inner->kind != QY_YAML_MAP) return qy_yaml_expected(inner, err, "a mapping");
    const char *prefix = inner->key[0] == 'p' ? "pe." : "buffers.";
    if ((status = check_param_keys(inner, *type, prefix, NULL, err))) return status;
  }
  return QY_OK;
}

/* The values of member m, to follow those of the members before it. */
static qy_status read_values(const qy_plan *plan, group *g, int m, qy_error *err)
{
  const member *of = &g->member[m];
  for (size_t i = 0; i < of->type->param_count; i++) {
    const param *p = &of->type->params[i];
    const qy_yaml *map, *value = param_node(of->node, p->key, &map);
    values *out = &g->param[of->first + i];
    qy_status status =
        value ? values_read(out, p, value, plan->arena, err) : values_default(out, p, map, plan->arena, err);
    if (status) return status;
  }
  return QY_OK;
}

static qy_status read_alone(qy_plan *plan, group *g, const qy_yaml *node, qy_error *err)
{
  static const char *const extra[] = {"name", "accelerator", NULL};
  member *only = &g->member[0];
  g->member_count = 1;
  *only = (member){.node = node, .layers = plan->layers, .layer_count = plan->layer_count};
  qy_status status = accelerator_of(&only->type, node, extra, err);
  if (status) return status;
  g->params = only->type->params;
  g->param_count = only->type->param_count;
  g->lacks = only->type->lacks;
  g->param = qy_arena_alloc(plan->arena, g->param_count, sizeof *g->param);
  return g->param ? read_values(plan, g, 0, err) : qy_no_memory(err);
}

/* ---- systems ---- */

/* Part of the names of parameters in the database, hence few characters. */
static int is_member_name(const char *text)
{
  return text[0] && strlen(text) <= 24 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text) &&
         strcmp(text, schedule_param.key) != 0;
}

static qy_status read_member(qy_plan *plan, group *g, const qy_yaml *node, qy_layer_filter *filter, qy_error *err)
{
  static const char *const extra[] = {"name", "accelerator", "layers", NULL};
  member *one = &g->member[g->member_count];
  const qy_yaml *name;
  (void)plan;
  *one = (member){.node = node, .first = g->param_count};
  *filter = (qy_layer_filter){0};
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a member");
  qy_status status = plan_require(&name, node, "name", "what to call this member", err);
  if (status || (status = qy_yaml_text(name, &one->name, err))) return status;
  if (!is_member_name(one->name))
    return qy_yaml_expected(name, err, "a name of at most 24 small letters, digits and '_'");
  for (int m = 0; m < g->member_count; m++)
    if (strcmp(g->member[m].name, one->name) == 0)
      return qy_yaml_expected(name, err, "a name that no other member has");
  if ((status = accelerator_of(&one->type, node, extra, err))) return status;
  if (!one->type->needs_network)
    return qy_yaml_expected(qy_yaml_get(node, "accelerator"), err, "an accelerator that runs layers");
  one->where = qy_yaml_get(node, "layers");
  if (one->where && (status = plan_filter_read(filter, one->where, err))) return status;
  g->param_count += one->type->param_count;
  g->lacks |= one->type->lacks;
  g->member_count++;
  return QY_OK;
}

/* Every network's layers to the members, none of which may stay without. */
static qy_status map_layers(qy_plan *plan, group *g, const qy_layer_filter *filters, const qy_yaml *node, qy_error *err)
{
  const size_t networks = (size_t)plan->info.network_count;
  for (int m = 0; m < g->member_count; m++) {
    g->member[m].layers = qy_arena_alloc(plan->arena, networks, sizeof *g->member[m].layers);
    g->member[m].layer_count = qy_arena_alloc(plan->arena, networks, sizeof *g->member[m].layer_count);
    if (!g->member[m].layers || !g->member[m].layer_count) return qy_no_memory(err);
  }
  for (size_t n = 0; n < networks; n++) {
    qy_system_list list[MEMBERS_MAX];
    qy_error inner = {0};
    const char *network = plan->network[n]->name;
    qy_status status = qy_system_map(list, plan->layers[n], plan->layer_count[n], filters, (size_t)g->member_count,
                                     plan->arena, &inner);
    if (status)
      return qy_fail_at(err, status, node->file, node->line, node->column, "%s: network %s: %s", node->path, network,
                        inner.count ? inner.diagnostic[0].text : qy_status_text(status));
    for (int m = 0; m < g->member_count; m++) {
      const member *one = &g->member[m];
      if (list[m].count == 0)
        return qy_yaml_expected(one->where ? one->where : one->node, err,
                                "a member that gets at least one layer of network %s (the members before come first)",
                                network);
      one->layers[n] = list[m].layer;
      one->layer_count[n] = list[m].count;
    }
  }
  return QY_OK;
}

static qy_status name_params(const qy_plan *plan, group *g, qy_error *err)
{
  param *all = qy_arena_alloc(plan->arena, g->param_count, sizeof *all);
  g->param = qy_arena_alloc(plan->arena, g->param_count, sizeof *g->param);
  if (!all || !g->param) return qy_no_memory(err);
  all[0] = schedule_param;
  for (int m = 0; m < g->member_count; m++) {
    const member *one = &g->member[m];
    for (size_t i = 0; i < one->type->param_count; i++) {
      param *p = &all[one->first + i];
      *p = one->type->params[i];
      if (!(p->key = qy_arena_format(plan->arena, "%s.%s", one->name, p->key))) return qy_no_memory(err);
    }
  }
  g->params = all;
  return QY_OK;
}

static qy_status read_system(qy_plan *plan, group *g, const qy_yaml *node, const qy_yaml *schedule, qy_error *err)
{
  static const char *const keys[] = {"name", "system", "members", NULL};
  qy_layer_filter filter[MEMBERS_MAX];
  const qy_yaml *members;
  g->system = true;
  g->param_count = 1;
  g->lacks = system_lacks;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&members, node, "members", "the accelerators of the system", err)))
    return status;
  if (members->kind != QY_YAML_LIST || members->count == 0 || members->count > MEMBERS_MAX)
    return qy_yaml_expected(members, err, "a list of 1 to %d members", MEMBERS_MAX);
  for (size_t i = 0; i < members->count; i++)
    if ((status = read_member(plan, g, members->child[i], &filter[i], err))) return status;
  if (!plan->layers) return QY_OK; /* the caller's to report */
  if ((status = name_params(plan, g, err)) ||
      (status = values_read(&g->param[0], &schedule_param, schedule, plan->arena, err)))
    return status;
  for (int m = 0; m < g->member_count; m++)
    if ((status = read_values(plan, g, m, err))) return status;
  return map_layers(plan, g, filter, members, err);
}

/* ---- all of them ---- */

static qy_status read_group(qy_plan *plan, group *g, qy_space_group *axes, const qy_yaml *node, const qy_yaml *root,
                            qy_error *err)
{
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a design");
  const qy_yaml *name, *schedule = qy_yaml_get(node, "system");
  qy_status status = plan_require(&name, node, "name", "what to call this design", err);
  if (status || (status = qy_yaml_text(name, &g->name, err))) return status;
  status = schedule ? read_system(plan, g, node, schedule, err) : read_alone(plan, g, node, err);
  if (status) return status;
  if ((g->system || g->member[0].type->needs_network) && !plan->layers)
    return qy_yaml_expected(root, err, "a key `network` (%s)", plan_network_help);
  axes->name = g->name;
  for (size_t i = 0; i < g->param_count; i++)
    axes->axis[axes->axis_count++] = (qy_axis){g->params[i].key, g->param[i].count};
  axes->axis[axes->axis_count++] = (qy_axis){"technology", (size_t)plan->info.technology_count};
  axes->axis[axes->axis_count++] = (qy_axis){"network", (size_t)plan->info.network_count};
  axes->axis[axes->axis_count++] = (qy_axis){"clock_mhz", plan->clock_mhz.count};
  axes->axis[axes->axis_count++] = (qy_axis){"precision", plan->precision.count};
  return QY_OK;
}

/* Build every element once, so that a wrong combination of keys is found before anything is stored. */
static qy_status check_elements(const group *g, int m, qy_arena *scratch, qy_error *err)
{
  qy_status status = QY_OK;
  const qy_yaml *node = qy_yaml_get(g->member[m].node, "pe");
  if (!node) node = g->member[m].node;
  for (size_t e = 0; !status && e < group_element_count(g, m); e++) {
    qy_pe_params params;
    qy_pe pe;
    qy_error inner = {0};
    group_element_params(g, m, e, &params);
    status = qy_pe_build(&pe, &params, scratch, &inner);
    qy_arena_reset(scratch);
    if (status)
      qy_fail_at(err, status, node->file, node->line, node->column, "%s: %s", node->path,
                 inner.count ? inner.diagnostic[0].text : qy_status_text(status));
  }
  return status;
}

/* The same for layers that an accelerator cannot run. */
static qy_status check_layers(const qy_plan *plan, const member *one, qy_arena *scratch, qy_error *err)
{
  qy_status status = QY_OK;
  const qy_yaml *node = one->where ? one->where : one->node;
  for (int n = 0; one->type->work_new && !status && n < plan->info.network_count; n++) {
    void *work;
    qy_error inner = {0};
    status = one->type->work_new(&work, one->layers[n], one->layer_count[n], scratch, &inner);
    qy_arena_reset(scratch);
    if (status)
      qy_fail_at(err, status, node->file, node->line, node->column, "%s: network %s: %s", node->path,
                 plan->network[n]->name, inner.count ? inner.diagnostic[0].text : qy_status_text(status));
  }
  return status;
}

static qy_status check_all(const qy_plan *plan, qy_error *err)
{
  qy_arena *scratch = qy_arena_new();
  qy_status status = scratch ? QY_OK : qy_no_memory(err);
  for (int i = 0; !status && i < plan->group_count; i++)
    for (int m = 0; !status && m < plan->groups[i].member_count; m++) {
      status = check_elements(&plan->groups[i], m, scratch, err);
      if (!status) status = check_layers(plan, &plan->groups[i].member[m], scratch, err);
    }
  qy_arena_free(scratch);
  return status;
}

qy_status plan_designs_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node;
  qy_status status = plan_require(&node, root, "designs", "the list of designs to compare", err);
  if (status) return status;
  if (node->kind != QY_YAML_LIST || node->count == 0)
    return qy_yaml_expected(node, err, "a list of at least one design");
  plan->groups = qy_arena_alloc(plan->arena, node->count, sizeof *plan->groups);
  plan->space.group = qy_arena_alloc(plan->arena, node->count, sizeof *plan->space.group);
  if (!plan->groups || !plan->space.group) return qy_no_memory(err);
  plan->group_count = plan->space.group_count = (int)node->count;
  for (size_t i = 0; i < node->count; i++) {
    if ((status = read_group(plan, &plan->groups[i], &plan->space.group[i], node->child[i], root, err))) return status;
    for (size_t j = 0; j < i; j++)
      if (strcmp(plan->groups[i].name, plan->groups[j].name) == 0)
        return qy_yaml_expected(qy_yaml_get(node->child[i], "name"), err, "a name that no other design has");
  }
  if ((status = qy_space_finish(&plan->space, err))) return status;
  int64_t common = (int64_t)plan->info.technology_count * plan->info.network_count * (int64_t)plan->clock_mhz.count *
                   (int64_t)plan->precision.count;
  int64_t first = 0;
  for (int i = 0; i < plan->group_count; i++) {
    plan->groups[i].design_first = first;
    plan->groups[i].design_count = plan->space.group[i].count / common;
    first += plan->groups[i].design_count;
  }
  plan->info.points = plan->space.count;
  return check_all(plan, err);
}
