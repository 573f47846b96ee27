/* The list `designs:` of an experiment file: accelerators, and systems of several of them. */
#include "plan_int.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char *const schedules[] = {[SCHEDULE_SEQUENTIAL] = "sequential", [SCHEDULE_PIPELINED] = "pipelined"};

static const qy_parameter schedule_parameter = {.key = "system",
                                                .type = QY_PARAMETER_CHOICE,
                                                QY_NAMES(schedules),
                                                .help = "members run one after another, or each on another inference"};

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

/* Keys allowed in a map of an entry: those of its parameters with this prefix, and at the outer level `extra` too. */
static qy_status check_param_keys(const qy_yaml *map, const param *params, size_t count, const char *prefix,
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
  for (size_t i = 0; i < count && n < KEYS_MAX; i++) {
    const char *key = params[i].key;
    if (length ? strncmp(key, prefix, length) == 0 : !strchr(key, '.')) keys[n++] = key + length;
  }
  keys[n] = NULL;
  return qy_yaml_check_keys(map, keys, err);
}

/* Parameters of the accelerator in this place of the table, by the keys of the file: once for all entries. */
static qy_status params_alone(param **params, size_t *count, qy_plan *plan, size_t place, qy_error *err)
{
  size_t types;
  const qy_accelerator *const *table = qy_accelerator_table(&types);
  if (!plan->alone && !(plan->alone = qy_arena_alloc(plan->arena, types, sizeof *plan->alone)))
    return qy_no_memory(err);
  qy_status status = member_params(NULL, count, table[place], NULL, plan->arena, err);
  if (!status && !plan->alone[place]) {
    *params = qy_arena_alloc(plan->arena, *count, sizeof **params);
    status = *params ? member_params(*params, count, table[place], NULL, plan->arena, err) : qy_no_memory(err);
    if (!status) plan->alone[place] = *params;
  }
  *params = status ? NULL : plan->alone[place];
  return status;
}

static qy_status type_of(size_t *place, const qy_yaml *node, qy_error *err)
{
  enum { TYPES_MOST = 32 };
  const char *names[TYPES_MOST];
  const qy_yaml *name;
  size_t count;
  const qy_accelerator *const *table = qy_accelerator_table(&count);
  assert(count <= TYPES_MOST);
  for (size_t i = 0; i < count; i++)
    names[i] = table[i]->name;
  const qy_status status = plan_require(&name, node, "accelerator", "which accelerator model", err);
  return status ? status : qy_yaml_choice(name, names, count, place, err);
}

/* `accelerator:` of an entry, its parameters by the keys of the file, and that the entry has no other keys. */
static qy_status accelerator_of(member *one, param **params, qy_plan *plan, const qy_yaml *node,
                                const char *const *extra, qy_error *err)
{
  size_t types, index = 0;
  qy_status status = type_of(&index, node, err);
  if (status) return status;
  one->type = qy_accelerator_table(&types)[index];
  if ((status = params_alone(params, &one->count, plan, index, err)) ||
      (status = check_param_keys(node, *params, one->count, "", extra, err)))
    return status;
  for (size_t i = 0; i < node->count; i++) {
    const qy_yaml *inner = node->child[i];
    if (strcmp(inner->key, "pe") && strcmp(inner->key, "buffers")) continue;
    if (inner->kind != QY_YAML_MAP) return qy_yaml_expected(inner, err, "a mapping");
    const char *prefix = inner->key[0] == 'p' ? "pe." : "buffers.";
    if ((status = check_param_keys(inner, *params, one->count, prefix, NULL, err))) return status;
  }
  return QY_OK;
}

/* Each technology must be something that the accelerator can be built on. */
static qy_status check_fabrics(const qy_plan *plan, const qy_accelerator *type, const qy_yaml *node, qy_error *err)
{
  for (int i = 0; i < plan->info.technology_count; i++) {
    const qy_tech *tech = plan->technology[i];
    if (!qy_accelerator_on(type, tech))
      return qy_yaml_expected(qy_yaml_get(node, "accelerator"), err,
                              "an accelerator that can be built on %s, %s (%s is made of %s)", tech->name,
                              tech->fpga ? "an FPGA" : "a library of cells", type->name,
                              tech->fpga ? "cells" : "what FPGAs have");
  }
  return QY_OK;
}

/* The values of member m, to follow those of the members before it; own: its parameters by the keys of the file. */
static qy_status read_values(const qy_plan *plan, design_entry *g, int m, const param *own, qy_error *err)
{
  const member *of = &g->member[m];
  assert(own || of->count == 0);
  for (size_t i = 0; i < of->count; i++) {
    const qy_yaml *map, *value = param_node(of->node, own[i].key, &map);
    values *out = &g->param[of->first + i];
    qy_status status = value ? values_read(out, own[i].row, value, plan->arena, err)
                             : values_default(out, own[i].row, own[i].key, map, plan->arena, err);
    if (status) return status;
  }
  return QY_OK;
}

static qy_status read_alone(qy_plan *plan, design_entry *g, const qy_yaml *node, qy_error *err)
{
  static const char *const extra[] = {"name", "accelerator", "memory", NULL};
  member *only = &g->member[0];
  g->member_count = 1;
  *only = (member){.node = node, .layers = plan->layers, .layer_count = plan->layer_count};
  qy_status status = accelerator_of(only, &g->params, plan, node, extra, err);
  if (!status) status = check_fabrics(plan, only->type, node, err);
  if (status) return status;
  g->param_count = only->count;
  g->where = only->type->runs_layers ? QY_AT_ACCELERATOR : QY_AT_ELEMENT;
  g->param = qy_arena_alloc(plan->arena, g->param_count, sizeof *g->param);
  return g->param ? read_values(plan, g, 0, g->params, err) : qy_no_memory(err);
}

/* ---- systems ---- */

/* Part of the names of parameters in the database, hence few characters, and not what a design itself has. */
static int is_member_name(const char *text)
{
  return text[0] && strlen(text) <= 24 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(text) &&
         strcmp(text, schedule_parameter.key) != 0 && strcmp(text, "accelerator") != 0 && strcmp(text, "memory") != 0;
}

static qy_status read_member(qy_plan *plan, design_entry *g, param **own, const qy_yaml *node, qy_layer_filter *filter,
                             qy_error *err)
{
  static const char *const extra[] = {"name", "accelerator", "layers", NULL};
  member *one = &g->member[g->member_count];
  const qy_yaml *name;
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
  if ((status = accelerator_of(one, own, plan, node, extra, err))) return status;
  if ((status = check_fabrics(plan, one->type, node, err))) return status;
  if (!one->type->runs_layers)
    return qy_yaml_expected(qy_yaml_get(node, "accelerator"), err, "an accelerator that runs layers");
  one->where = qy_yaml_get(node, "layers");
  if (one->where && (status = plan_filter_read(filter, one->where, err))) return status;
  g->param_count += one->count;
  g->member_count++;
  return QY_OK;
}

/* Layers that multiply go to the first member whose filter takes them; none of the members may stay without. */
static qy_status map_layers(qy_plan *plan, design_entry *g, const qy_layer_filter *filters, const qy_yaml *node,
                            qy_error *err)
{
  const size_t networks = (size_t)plan->info.network_count;
  for (int m = 0; m < g->member_count; m++) {
    g->member[m].layers = qy_arena_alloc(plan->arena, networks, sizeof *g->member[m].layers);
    g->member[m].layer_count = qy_arena_alloc(plan->arena, networks, sizeof *g->member[m].layer_count);
    if (!g->member[m].layers || !g->member[m].layer_count) return qy_no_memory(err);
  }
  for (size_t n = 0; n < networks; n++) {
    const qy_layer **list[MEMBERS_MAX] = {NULL};
    for (int m = 0; m < g->member_count; m++)
      if (!(g->member[m].layers[n] = list[m] = qy_arena_alloc(plan->arena, plan->layer_count[n], sizeof **list)))
        return qy_no_memory(err);
    for (size_t i = 0; i < plan->layer_count[n]; i++) {
      const qy_layer *l = plan->layers[n][i];
      int m = 0;
      if (!qy_layer_multiplies(l->type)) continue;
      while (m < g->member_count && !qy_layer_matches(l, &filters[m]))
        m++;
      if (m == g->member_count)
        return qy_yaml_expected(node, err, "a member that takes layer %s (%s) of network %s", l->name,
                                qy_layer_type_name(l->type), plan->network[n]->name);
      assert(list[m]);
      list[m][g->member[m].layer_count[n]++] = l;
    }
    for (int m = 0; m < g->member_count; m++) {
      const member *one = &g->member[m];
      if (one->layer_count[n] == 0)
        return qy_yaml_expected(one->where ? one->where : one->node, err,
                                "a member that gets at least one layer of network %s (the members before come first)",
                                plan->network[n]->name);
    }
  }
  return QY_OK;
}

static qy_status name_params(const qy_plan *plan, design_entry *g, qy_error *err)
{
  g->params = qy_arena_alloc(plan->arena, g->param_count, sizeof *g->params);
  g->param = qy_arena_alloc(plan->arena, g->param_count, sizeof *g->param);
  if (!g->params || !g->param) return qy_no_memory(err);
  g->params[0] = (param){.key = schedule_parameter.key, .row = &schedule_parameter, .owner = OWNER_SYSTEM};
  qy_status status = QY_OK;
  for (int m = 0; !status && m < g->member_count; m++) {
    member *one = &g->member[m];
    status = member_params(g->params + one->first, &one->count, one->type, one->name, plan->arena, err);
  }
  return status;
}

static qy_status read_system(qy_plan *plan, design_entry *g, const qy_yaml *node, const qy_yaml *schedule,
                             qy_error *err)
{
  static const char *const keys[] = {"name", "system", "members", "memory", NULL};
  qy_layer_filter filter[MEMBERS_MAX] = {0};
  param *own[MEMBERS_MAX] = {NULL};
  const qy_yaml *members;
  g->system = true;
  g->param_count = 1;
  g->where = QY_AT_SYSTEM;
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status || (status = plan_require(&members, node, "members", "the accelerators of the system", err)))
    return status;
  if (members->kind != QY_YAML_LIST || members->count == 0 || members->count > MEMBERS_MAX)
    return qy_yaml_expected(members, err, "a list of 1 to %d members", MEMBERS_MAX);
  for (size_t i = 0; i < members->count; i++)
    if ((status = read_member(plan, g, &own[i], members->child[i], &filter[i], err))) return status;
  if (!plan->layers) return QY_OK; /* the caller's to report */
  if ((status = name_params(plan, g, err)) ||
      (status = values_read(&g->param[0], &schedule_parameter, schedule, plan->arena, err)))
    return status;
  for (int m = 0; m < g->member_count; m++)
    if ((status = read_values(plan, g, m, own[m], err))) return status;
  return map_layers(plan, g, filter, members, err);
}

/* ---- all of them ---- */

static qy_status read_entry(qy_plan *plan, design_entry *g, qy_space_entry *axes, const qy_yaml *node,
                            const qy_yaml *root, qy_error *err)
{
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping that describes a design");
  const qy_yaml *name, *schedule = qy_yaml_get(node, "system");
  qy_status status = plan_require(&name, node, "name", "what to call this design", err);
  if (status || (status = qy_yaml_text(name, &g->name, err))) return status;
  status = schedule ? read_system(plan, g, node, schedule, err) : read_alone(plan, g, node, err);
  if (status) return status;
  g->where |= plan->fabrics;
  const qy_yaml *memory = qy_yaml_get(node, "memory");
  g->part_count = g->member_count;
  if ((g->system || g->member[0].type->runs_layers) && !plan->layers)
    return qy_yaml_expected(root, err, "a key `network` (%s)", plan_network_help);
  if (memory && (status = plan_memory_read(plan, g, memory, err))) return status;
  if ((status = plan_json_make(g, g > plan->entries ? g - 1 : NULL, plan->arena, err))) return status;
  axes->name = g->name;
  for (size_t i = 0; i < g->param_count; i++)
    axes->axis[axes->axis_count++] = (qy_axis){g->params[i].key, g->param[i].count};
  axes->axis[axes->axis_count++] = (qy_axis){"technology", (size_t)plan->info.technology_count};
  axes->axis[axes->axis_count++] = (qy_axis){"network", (size_t)plan->info.network_count};
  axes->axis[axes->axis_count++] = (qy_axis){"clock_mhz", plan->clock_mhz.count};
  axes->axis[axes->axis_count++] = (qy_axis){"precision", plan->precision.count};
  return QY_OK;
}

/* Build an element.  An accumulator is asked for only where the kind can have one, and what is wrong without it is said
 * without it: the accelerator's own check follows. */
static qy_status build_element(qy_pe *pe, qy_pe_params *params, qy_arena *arena, qy_error *err)
{
  qy_error own = {0};
  const bool asked = params->accumulator_bits == QY_PE_ACCUMULATOR_NEEDED;
  if (asked && qy_pe_row_of(params->kind)->accumulates == QY_PE_SUMS_NEVER) params->accumulator_bits = 0;
  const qy_status status = qy_pe_build(pe, params, arena, err);
  if (!status || !asked) return status;
  params->accumulator_bits = 0;
  if (qy_pe_build(pe, params, arena, &own)) *err = own;
  return status;
}

/* An element that was built before, or, where there is room for more, is kept now; else one in `scratch`. */
static qy_status take_element(const qy_pe **out, qy_pe *own, qy_plan *plan, const qy_pe_params *params,
                              qy_arena *scratch, qy_error *err)
{
  qy_pe_params asked = *params;
  if ((*out = plan_built(plan, params))) return QY_OK;
  if (!plan->built && !(plan->built = qy_arena_alloc(plan->arena, BUILT_MOST, sizeof *plan->built)))
    return qy_no_memory(err);
  const bool room = plan->built_count < BUILT_MOST;
  built_element *kept = &plan->built[plan->built_count];
  *out = room ? &kept->pe : own;
  const qy_status status = build_element(room ? &kept->pe : own, &asked, room ? plan->arena : scratch, err);
  if (status || !room) return status;
  kept->params = *params;
  plan->built_count++;
  return QY_OK;
}

/* Does some combination of the accelerator's values go with the element?  If not, *reason is why the last does not. */
static qy_status check_combinations(const char **reason, const design_entry *g, int m, const qy_pe *pe, qy_arena *arena,
                                    qy_error *err)
{
  const member *one = &g->member[m];
  size_t index[QY_AXES_MAX] = {0};
  *reason = NULL;
  if (!one->type->mistake) return QY_OK;
  void *params = qy_arena_alloc(arena, 1, one->type->params_bytes);
  if (!params) return qy_no_memory(err);
  do {
    member_accelerator(params, g, m, index);
    if (!(*reason = one->type->mistake(params, pe))) return QY_OK;
  } while (member_next(index, g, m));
  return QY_OK;
}

/* Build every element once, so that a wrong combination of keys, or an element that cannot do its job in this
 * accelerator, is found before anything is computed.  served: options that one of them has a mode for. */
static qy_status check_elements(bool *served, qy_plan *plan, const design_entry *g, int m, qy_arena *scratch,
                                qy_error *err)
{
  qy_status status = QY_OK;
  const qy_yaml *node = qy_yaml_get(g->member[m].node, "pe");
  const char *reason = NULL;
  bool possible = false; /* is any element with any other values? */
  if (!node) node = g->member[m].node;
  for (size_t e = 0; !status && e < member_element_count(g, m); e++) {
    qy_pe_params params;
    qy_pe_stimulus operands;
    qy_pe own;
    const qy_pe *pe;
    qy_modes modes;
    qy_error inner = {0};
    member_element(&params, &operands, g, m, e);
    status = take_element(&pe, &own, plan, &params, scratch, &inner);
    if (!status) status = qy_accelerator_takes(g->member[m].type, pe, &inner);
    for (int o = 0; !status && o < plan->option_count; o++)
      served[o] |= qy_element_modes(&modes, pe, plan->option[o]);
    if (!status && !possible) status = check_combinations(&reason, g, m, pe, scratch, &inner);
    possible = possible || !reason;
    qy_arena_reset(scratch);
    if (status) plan_fail(node, status, &inner, "", err);
  }
  if (status || possible) return status;
  return qy_yaml_expected(g->member[m].node, err, "values that can be built together (%s)", reason);
}

/* Of designs that all run all layers one is enough. */
static bool is_like_before(const qy_plan *plan, const design_entry *g)
{
  const member *one = &g->member[0], *other = g > plan->entries ? &g[-1].member[0] : NULL;
  return other && !g->system && !g[-1].system && one->type == other->type && one->layers == other->layers;
}

/* The same for layers that an accelerator cannot run. */
static qy_status check_layers(const qy_plan *plan, const member *one, qy_arena *scratch, qy_error *err)
{
  qy_status status = QY_OK;
  const qy_yaml *node = one->where ? one->where : one->node;
  for (int n = 0; one->type->work && !status && n < plan->info.network_count; n++) {
    void *work;
    char before[120];
    qy_error inner = {0};
    status = one->type->work(&work, one->layers[n], one->layer_count[n], scratch, &inner);
    qy_arena_reset(scratch);
    snprintf(before, sizeof before, "network %.100s: ", plan->network[n]->name);
    if (status) plan_fail(node, status, &inner, before, err);
  }
  return status;
}

/* A precision that nothing here can work at is a mistake; one that some elements lack is a point that cannot be. */
static qy_status check_precisions(const bool *served, const qy_plan *plan, qy_error *err)
{
  for (size_t p = 0; p < plan->precision.count; p++)
    for (int o = 0; o < plan->option_count; o++) {
      char text[QY_PRECISION_TEXT];
      if (served[o] || !plan_asks_option(plan, p, o)) continue;
      return qy_yaml_expected(plan_option_node(&plan->precision.value[p], o), err,
                              "precisions that an element of these designs has a mode for (none has one for %s)",
                              qy_precision_text(text, plan->option[o]));
    }
  return QY_OK;
}

static qy_status check_all(qy_plan *plan, qy_error *err)
{
  qy_arena *scratch = qy_arena_new();
  bool *served = qy_arena_alloc(plan->arena, (size_t)plan->option_count, sizeof *served);
  qy_status status = scratch && served ? QY_OK : qy_no_memory(err);
  for (int i = 0; !status && i < plan->entry_count; i++)
    for (int m = 0; !status && m < plan->entries[i].member_count; m++) {
      status = check_elements(served, plan, &plan->entries[i], m, scratch, err);
      if (!status && !is_like_before(plan, &plan->entries[i]))
        status = check_layers(plan, &plan->entries[i].member[m], scratch, err);
    }
  qy_arena_free(scratch);
  return status ? status : check_precisions(served, plan, err);
}

qy_status plan_designs_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node;
  qy_status status = plan_require(&node, root, "designs", "the list of designs to compare", err);
  if (status) return status;
  if (node->kind != QY_YAML_LIST || node->count == 0)
    return qy_yaml_expected(node, err, "a list of at least one design");
  plan->entries = qy_arena_alloc(plan->arena, node->count, sizeof *plan->entries);
  plan->space.entry = qy_arena_alloc(plan->arena, node->count, sizeof *plan->space.entry);
  if (!plan->entries || !plan->space.entry) return qy_no_memory(err);
  plan->entry_count = plan->space.entry_count = (int)node->count;
  text_places names;
  if ((status = plan_places_make(&names, node->count, plan->arena, err))) return status;
  for (size_t i = 0; i < node->count; i++) {
    if ((status = read_entry(plan, &plan->entries[i], &plan->space.entry[i], node->child[i], root, err))) return status;
    text_place *place = plan_place_of(&names, plan->entries[i].name);
    if (place->text)
      return qy_yaml_expected(qy_yaml_get(node->child[i], "name"), err, "a name that no other design has");
    *place = (text_place){plan->entries[i].name, (int)i};
  }
  if ((status = qy_space_finish(&plan->space, err))) return status;
  int64_t common = (int64_t)plan->info.technology_count * plan->info.network_count * (int64_t)plan->clock_mhz.count *
                   (int64_t)plan->precision.count;
  int64_t first = 0;
  for (int i = 0; i < plan->entry_count; i++) {
    plan->entries[i].design_first = first;
    plan->entries[i].design_count = plan->space.entry[i].count / common;
    first += plan->entries[i].design_count;
  }
  plan->info.points = plan->space.count;
  if ((status = plan_precision_check(plan, err)) || (status = check_all(plan, err))) return status;
  status = plan_graphs_make(plan, root, err);
  return status ? status : plan_memory_check(plan, err);
}
