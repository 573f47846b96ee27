/* From an experiment file to a checked plan: libraries, networks, design groups, axes, objectives, plots. */
#include "plan_int.h"

#include "quarry/file.h"
#include "quarry/sha256.h"
#include "quarry/text.h"

#include <math.h>
#include <string.h>

static const char *const supplies[] = {"nominal", "follow"};

/* clang-format off */
const qy_parameter clock_parameter = {
    .key = "clock_mhz", .type = QY_PARAMETER_NUMBER, .low = 1e-3, .high = 1e5, .unit = "MHz", .required = true,
    .help = "clock frequency in MHz"};
const qy_parameter voltage_parameter = {
    .key = "voltage_v", .type = QY_PARAMETER_NUMBER, .low = 0.1, .high = 5, .unit = "V", .automatic = true,
    .help = "supply voltage in V; auto: that of each library"};
const qy_parameter sram_voltage_parameter = {
    .key = "sram_voltage", .type = QY_PARAMETER_CHOICE, QY_NAMES(supplies),
    .help = "supply of the SRAM: nominal: that of its table, a rail of its own; follow: that of the logic"};
/* clang-format on */

static const char *const root_keys[] = {
    "name",         "question",     "technology",  "network", "layers", "designs",     "precision", "clock_mhz",
    "objectives",   "front",        "constraints", "plots",   "seed",   "uncertainty", "voltage_v", "compare",
    "sram_voltage", "pipeline_for", "search",      "assign",  "noise",  "plots_style", "store",     NULL};

/* A scalar or a list of scalars as a list. */
size_t plan_names_of(const qy_yaml *node, const qy_yaml *const **names, const qy_yaml **one)
{
  if (node->kind == QY_YAML_LIST) {
    *names = (const qy_yaml *const *)node->child;
    return node->count;
  }
  *one = node;
  *names = one;
  return 1;
}

qy_status plan_require(const qy_yaml **child, const qy_yaml *map, const char *key, const char *what, qy_error *err)
{
  *child = qy_yaml_get(map, key);
  return *child ? QY_OK : qy_yaml_expected(map, err, "a key `%s` (%s)", key, what);
}

qy_status plan_metric_read(int *metric, const qy_yaml *node, qy_error *err)
{
  const char *names[QY_METRIC_COUNT];
  const qy_metric_info *table = qy_metric_table();
  for (size_t i = 0; i < QY_METRIC_COUNT; i++)
    names[i] = table[i].name;
  size_t index = 0;
  qy_status status = qy_yaml_choice(node, names, QY_METRIC_COUNT, &index, err);
  *metric = (int)index;
  return status;
}

qy_status plan_metric_check(const qy_plan *plan, int metric, const qy_yaml *node, qy_error *err)
{
  const unsigned missing = plan->fabrics & ~qy_metric_where(metric);
  if (!missing) return QY_OK;
  return qy_yaml_expected(node, err, "a metric that every technology has (%s has it not)",
                          missing & QY_ON_FPGA ? "an FPGA" : "a library of cells");
}

qy_status plan_fail(const qy_yaml *node, qy_status status, const qy_error *inner, const char *before, qy_error *err)
{
  return qy_fail_at(err, status, node->file, node->line, node->column, "%s: %s%s", node->path, before,
                    inner->count ? inner->diagnostic[0].text : qy_status_text(status));
}

qy_status plan_filter_read(qy_layer_filter *filter, const qy_yaml *node, qy_error *err)
{
  static const char *const keys[] = {"type", "name", NULL};
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping with `type` or `name`");
  qy_status status = qy_yaml_check_keys(node, keys, err);
  if (status) return status;
  const qy_yaml *name = qy_yaml_get(node, "name"), *type = qy_yaml_get(node, "type");
  if (name && (status = qy_yaml_text(name, &filter->name, err))) return status;
  if (!type) return QY_OK;
  const char *types[QY_LAYER_TYPE_COUNT];
  for (int i = 0; i < QY_LAYER_TYPE_COUNT; i++)
    types[i] = qy_layer_type_name((qy_layer_type)i);
  const qy_yaml *one;
  const qy_yaml *const *entry;
  size_t count = plan_names_of(type, &entry, &one);
  for (size_t i = 0; i < count; i++) {
    size_t index = 0;
    if ((status = qy_yaml_choice(entry[i], types, QY_LAYER_TYPE_COUNT, &index, err))) return status;
    filter->types |= 1u << index;
  }
  return QY_OK;
}

/* For designs that run no network: a placeholder, so that every point has one. */
static qy_status no_network(qy_plan *plan, qy_error *err)
{
  plan->network = qy_arena_alloc(plan->arena, 1, sizeof(qy_network *));
  qy_network *none = qy_arena_alloc(plan->arena, 1, sizeof *none);
  if (!plan->network || !none) return qy_no_memory(err);
  *none = (qy_network){.name = "none", .file = "", .text = ""};
  qy_sha256_text(none->sha256, "", 0);
  plan->network_own = qy_arena_alloc(plan->arena, 1, sizeof *plan->network_own);
  if (!plan->network_own) return qy_no_memory(err);
  plan->network[0] = none;
  plan->network_own[0] = none->name;
  plan->info.network = (const qy_network *const *)plan->network;
  plan->info.network_count = 1;
  return QY_OK;
}

/* Each network once; those of one name get others. */
static qy_status name_networks(qy_plan *plan, size_t count, const qy_yaml *const *node, qy_error *err)
{
  plan_thing *thing = qy_arena_alloc(plan->arena, count, sizeof *thing);
  const char **name = qy_arena_alloc(plan->arena, count, sizeof *name);
  plan->network_own = qy_arena_alloc(plan->arena, count, sizeof *plan->network_own);
  if (!thing || !name || !plan->network_own) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    thing[i] = (plan_thing){plan->network[i]->name, plan->network[i]->file, plan->network[i]->sha256};
    plan->network_own[i] = plan->network[i]->name;
  }
  qy_status status = plan_check_once(thing, count, "network", node, err);
  if (!status) status = plan_tell_apart(name, thing, count, plan->arena, err);
  for (size_t i = 0; !status && i < count; i++)
    plan->network[i]->name = name[i];
  return status;
}

const char plan_network_help[] = "one network of db/networks or a list of them";

static qy_status read_networks(qy_plan *plan, const qy_yaml *root, const char *db_dir, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, "network"), *one;
  const qy_yaml *const *name;
  if (!node) return no_network(plan, err);
  const qy_yaml *filter = qy_yaml_get(root, "layers");
  qy_status status = filter ? plan_filter_read(&plan->filter, filter, err) : QY_OK;
  if (status) return status;
  size_t count = plan_names_of(node, &name, &one);
  if (count == 0) return qy_yaml_expected(node, err, "at least one network");
  plan->network = qy_arena_alloc(plan->arena, count, sizeof(qy_network *));
  plan->layers = qy_arena_alloc(plan->arena, count, sizeof *plan->layers);
  plan->layer_count = qy_arena_alloc(plan->arena, count, sizeof *plan->layer_count);
  if (!plan->network || !plan->layers || !plan->layer_count) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    const char *text;
    if ((status = qy_yaml_text(name[i], &text, err))) return status;
    const qy_layer **layers = NULL;
    const char *file;
    status = qy_yaml_file(&file, name[i], text, plan->arena, err);
    if (!status) status = qy_network_read(&plan->network[i], db_dir, file, plan->arena, err);
    if (!status)
      status = qy_network_select(&layers, &plan->layer_count[i], plan->network[i], &plan->filter, plan->arena, err);
    plan->layers[i] = layers;
    if (status)
      return qy_fail_at(err, status, name[i]->file, name[i]->line, name[i]->column, "%s: network \"%s\" cannot be used",
                        name[i]->path, text);
  }
  if ((status = name_networks(plan, count, name, err))) return status;
  plan->info.network = (const qy_network *const *)plan->network;
  plan->info.network_count = (int)count;
  return QY_OK;
}

static qy_status read_objectives(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"minimize", "maximize", NULL};
  const qy_yaml *node;
  qy_status status = plan_require(&node, root, "objectives", "metrics to minimize or maximize", err);
  if (status) return status;
  if (node->kind != QY_YAML_MAP || node->count == 0)
    return qy_yaml_expected(node, err, "a mapping with `minimize` or `maximize`");
  if ((status = qy_yaml_check_keys(node, keys, err))) return status;
  for (size_t i = 0; i < node->count; i++) {
    const qy_yaml *one, *list = node->child[i];
    const qy_yaml *const *entry;
    int wanted = strcmp(list->key, "minimize") == 0 ? -1 : 1;
    size_t count = plan_names_of(list, &entry, &one);
    if (count == 0) return qy_yaml_expected(list, err, "at least one metric");
    for (size_t j = 0; j < count; j++) {
      int metric;
      if ((status = plan_metric_read(&metric, entry[j], err))) return status;
      const int sense = qy_metric_table()[metric].sense;
      if (sense != wanted)
        return qy_yaml_expected(entry[j], err, "a metric to %s (this one is better when %s)", list->key,
                                sense == 0  ? "neither smaller nor larger"
                                : sense > 0 ? "larger"
                                            : "smaller");
      for (int k = 0; k < plan->info.objective_count; k++)
        if (plan->info.objective[k] == (qy_metric)metric) return qy_yaml_expected(entry[j], err, "each metric once");
      if (plan->info.objective_count == OBJECTIVES_MAX)
        return qy_yaml_expected(entry[j], err, "at most %d objectives", OBJECTIVES_MAX);
      for (int k = 0; k < plan->entry_count; k++)
        if (!entry_has(&plan->entries[k], metric))
          return qy_yaml_expected(entry[j], err, "a metric that every design has (%s \"%s\" has it not%s)",
                                  plan->entries[k].system ? "the system" : "the design", plan->entries[k].name,
                                  plan->fabrics == QY_ON_CELLS  ? ""
                                  : plan->fabrics == QY_ON_FPGA ? " on an FPGA"
                                                                : " on all of these technologies");
      plan->info.objective[plan->info.objective_count++] = (qy_metric)metric;
    }
  }
  return QY_OK;
}

const char *plan_parameter_key(const qy_plan *plan, const char *text)
{
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      if (strcmp(plan->entries[g].params[i].key, text) == 0) return plan->entries[g].params[i].key;
  return NULL;
}

const char *plan_plot_parameter(const qy_plan *plan, const char *text)
{
  const char *key = plan_parameter_key(plan, text);
  return key ? key : qy_axis_bits_find(text);
}

qy_status plan_parameter_take(qy_plan *plan, const char *key, const qy_yaml *node, qy_error *err)
{
  int p = 0;
  while (p < plan->info.parameter_count && strcmp(plan->info.parameter[p], key))
    p++;
  if (p == QY_PLAN_PARAMETERS_MAX)
    return qy_yaml_expected(node, err, "at most %d design parameters by which points are told apart", p);
  plan->info.parameter[p] = key;
  if (p == plan->info.parameter_count) plan->info.parameter_count++;
  return QY_OK;
}

/* QY_BAD_INPUT: no key, nor, where asked for, bits or a metric; the nearest of all that it may be. */
static qy_status no_key(const qy_plan *plan, const qy_yaml *node, const char *text, bool bits, bool metrics,
                        qy_error *err)
{
  size_t most = (size_t)QY_METRIC_COUNT + QY_AXIS_NAMES + QY_AXIS_BITS, count = 0;
  for (int g = 0; g < plan->entry_count; g++)
    most += plan->entries[g].param_count;
  const char **known = qy_arena_alloc(plan->arena, most, sizeof *known);
  if (!known) return qy_no_memory(err);
  for (int m = 0; metrics && m < QY_METRIC_COUNT; m++)
    known[count++] = qy_metric_table()[m].name;
  for (int k = 0; k < QY_AXIS_NAMES; k++)
    known[count++] = qy_axis_names[k];
  for (int k = 0; bits && k < QY_AXIS_BITS; k++)
    known[count++] = qy_axis_bits[k];
  for (int g = 0; g < plan->entry_count; g++)
    for (size_t i = 0; i < plan->entries[g].param_count; i++)
      known[count++] = plan->entries[g].params[i].key;
  const char *nearest = qy_nearest(text, known, count);
  return qy_yaml_expected(node, err, "%s" QY_AXIS_LIST "%s or a parameter of the designs%s%s%s",
                          metrics ? "a metric (`quarry list metrics`), " : "", bits ? ", " QY_AXIS_BITS_LIST : "",
                          nearest ? " (did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?)" : "");
}

/* A key of points; bits: those of precisions too.  NULL: none. */
static const char *find_key(const qy_plan *plan, const char *text, bool bits)
{
  for (int k = 0; k < QY_AXIS_NAMES; k++)
    if (strcmp(qy_axis_names[k], text) == 0) return qy_axis_names[k];
  return bits ? plan_plot_parameter(plan, text) : plan_parameter_key(plan, text);
}

static qy_status take_key(qy_plan *plan, const char *key, const qy_yaml *node, qy_error *err)
{
  for (int k = 0; k < QY_AXIS_NAMES; k++)
    if (qy_axis_names[k] == key) return QY_OK;
  return plan_parameter_take(plan, key, node, err);
}

static qy_status read_key(const char **out, qy_plan *plan, const qy_yaml *node, bool bits, qy_error *err)
{
  const char *text;
  qy_status status = qy_yaml_text(node, &text, err);
  if (status) return status;
  *out = find_key(plan, text, bits);
  return *out ? take_key(plan, *out, node, err) : no_key(plan, node, text, bits, false, err);
}

qy_status plan_axis_read(int *metric, const char **key, qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  const char *text;
  qy_status status = qy_yaml_text(node, &text, err);
  if (status) return status;
  *key = NULL;
  *metric = qy_metric_find(text);
  if (*metric >= 0) return QY_OK;
  *metric = 0;
  *key = find_key(plan, text, true);
  return *key ? take_key(plan, *key, node, err) : no_key(plan, node, text, true, true, err);
}

qy_status plan_group_names_read(const char **out, int *out_count, int max, qy_plan *plan, const qy_yaml *node,
                                bool bits, qy_error *err)
{
  const qy_yaml *one;
  const qy_yaml *const *entry;
  size_t count = plan_names_of(node, &entry, &one);
  if (count > (size_t)max) return qy_yaml_expected(node, err, "at most %d names", max);
  *out_count = 0;
  for (size_t i = 0; i < count; i++) {
    qy_status status = read_key(&out[*out_count], plan, entry[i], bits, err);
    if (status) return status;
    for (int j = 0; j < *out_count; j++)
      if (out[j] == out[*out_count]) return qy_yaml_expected(entry[i], err, "each name once");
    ++*out_count;
  }
  return QY_OK;
}

/* Designs are compared within one technology and one network unless the file says otherwise. */
static qy_status read_front(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"within", NULL};
  const qy_yaml *node = qy_yaml_get(root, "front");
  plan->info.front_within_count = 2;
  plan->info.front_within[0] = "technology";
  plan->info.front_within[1] = "network";
  if (!node) return QY_OK;
  const qy_yaml *within;
  qy_status status;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping with `within`");
  if ((status = qy_yaml_check_keys(node, keys, err)) ||
      (status = plan_require(&within, node, "within", "what a front is taken within", err)))
    return status;
  return plan_group_names_read(plan->info.front_within, &plan->info.front_within_count, WITHIN_MAX, plan, within, false,
                               err);
}

/* Shares, whose names end in _frac, may be limited in %. */
static const char *limit_unit(const qy_metric_info *metric)
{
  static const char share[] = "_frac";
  const size_t length = strlen(metric->name), tail = sizeof share - 1;
  const bool is_share = length > tail && strcmp(metric->name + length - tail, share) == 0;
  return is_share ? "ratio" : metric->unit;
}

static qy_status read_limits(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"min", "max", NULL};
  const qy_yaml *node = qy_yaml_get(root, "constraints");
  if (!node) return QY_OK;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping from metric to {min, max}");
  plan->limits = qy_arena_alloc(plan->arena, node->count, sizeof *plan->limits);
  if (!plan->limits) return qy_no_memory(err);
  for (size_t i = 0; i < node->count; i++) {
    const qy_yaml *bounds = node->child[i];
    qy_yaml name = {.kind = QY_YAML_SCALAR,
                    .file = bounds->file,
                    .line = bounds->key_line,
                    .column = bounds->key_column,
                    .text = bounds->key,
                    .path = node->path};
    limit l = {.low = -INFINITY, .high = INFINITY};
    qy_status status = plan_metric_read(&l.metric, &name, err);
    if (!status) status = plan_metric_check(plan, l.metric, &name, err);
    if (status) return status;
    if (bounds->kind != QY_YAML_MAP || bounds->count == 0)
      return qy_yaml_expected(bounds, err, "a mapping with `min` or `max`");
    if ((status = qy_yaml_check_keys(bounds, keys, err))) return status;
    const qy_yaml *low = qy_yaml_get(bounds, "min"), *high = qy_yaml_get(bounds, "max");
    const char *unit = limit_unit(&qy_metric_table()[l.metric]);
    if ((low && (status = qy_yaml_measure(low, unit, -1e300, 1e300, &l.low, err))) ||
        (high && (status = qy_yaml_measure(high, unit, -1e300, 1e300, &l.high, err))))
      return status;
    if (l.low > l.high) return qy_yaml_expected(high, err, "`max` not below `min`");
    l.below = qy_arena_format(plan->arena, "%s below %g", bounds->key, l.low);
    l.above = qy_arena_format(plan->arena, "%s above %g", bounds->key, l.high);
    if (!l.below || !l.above) return qy_no_memory(err);
    plan->limits[plan->limit_count++] = l;
  }
  return QY_OK;
}

static qy_status read_uncertainty(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  static const char *const keys[] = {"draws", "seed", NULL};
  const qy_yaml *node = qy_yaml_get(root, "uncertainty"), *draws, *seed = qy_yaml_get(root, "seed");
  int64_t number = 1;
  qy_status status = seed ? qy_yaml_integer(seed, 0, INT64_MAX, &number, err) : QY_OK;
  if (status || !node) return status;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, err, "a mapping {draws, seed}");
  if ((status = qy_yaml_check_keys(node, keys, err)) ||
      (status = plan_require(&draws, node, "draws", "how often every library is drawn, 256 say", err)) ||
      (status = qy_yaml_integer(draws, QY_DRAWS_MIN, QY_DRAWS_MAX, &plan->info.draws, err)))
    return status;
  if ((seed = qy_yaml_get(node, "seed")) && (status = qy_yaml_integer(seed, 0, INT64_MAX, &number, err))) return status;
  plan->info.draw_seed = (uint64_t)number;
  return QY_OK;
}

static qy_status read_pipelining(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_parameter *row = &qy_pipeline_parameter;
  const qy_yaml *node = qy_yaml_get(root, row->key);
  size_t which = (size_t)row->fallback;
  qy_status status = node ? qy_yaml_choice(node, row->names, row->name_count, &which, err) : QY_OK;
  plan->pipeline_for = (qy_pipeline_for)which;
  return status;
}

static qy_status read_head(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *name, *node;
  qy_status status;
  if (root->kind != QY_YAML_MAP)
    return qy_yaml_expected(root, err, "a mapping with name, technology, network, designs");
  if ((status = qy_yaml_check_keys(root, root_keys, err)) ||
      (status = plan_require(&name, root, "name", "what to call the experiment", err)) ||
      (status = qy_yaml_text(name, &plan->info.name, err)))
    return status;
  if (!qy_plain_file_name(plan->info.name))
    return qy_yaml_expected(name, err, "a name of letters, digits, '.', '_' and '-'");
  plan->info.question = plan->info.name;
  if ((node = qy_yaml_get(root, "question")) && (status = qy_yaml_text(node, &plan->info.question, err))) return status;
  if ((status = read_uncertainty(plan, root, err)) || (status = read_pipelining(plan, root, err))) return status;
  if ((status = plan_require(&node, root, "clock_mhz", clock_parameter.help, err)) ||
      (status = values_read(&plan->clock_mhz, &clock_parameter, node, plan->arena, err)))
    return status;
  return QY_OK;
}

qy_status qy_plan_read(qy_plan **out, const char *file, const char *db_dir, qy_arena *arena, qy_error *err)
{
  size_t length;
  char *text;
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  return status ? status : qy_plan_read_text(out, file, text, length, db_dir, arena, err);
}

static qy_status read_all(qy_plan *plan, const char *file, const char *text, size_t length, qy_error *err)
{
  const char *const db_dir = plan->db_dir;
  qy_yaml *root;
  qy_status status = qy_yaml_read_text(&root, file, text, length, plan->arena, err);
  if (status) return status;
  plan->info.file = file;
  plan->info.text = text;
  qy_sha256_text(plan->info.sha256, text, length);
  if ((status = read_head(plan, root, err)) || (status = plan_technologies_read(plan, root, err)) ||
      (status = read_networks(plan, root, db_dir, err)) || (status = plan_precision_read(plan, root, err)) ||
      (status = plan_noise_read(plan, root, err)) || (status = plan_designs_read(plan, root, err)) ||
      (status = plan_check_sram(plan, err)) || (status = read_objectives(plan, root, err)) ||
      (status = read_front(plan, root, err)) || (status = read_limits(plan, root, err)) ||
      (status = plan_plots_read(plan, root, err)) || (status = plan_compare_read(plan, root, err)) ||
      (status = plan_search_read(plan, root, err)) || (status = plan_keep_read(plan, root, err)))
    return status;
  return plan_front_groups_make(plan, err);
}

qy_status qy_plan_read_text(qy_plan **out, const char *file, const char *text, size_t length, const char *db_dir,
                            qy_arena *arena, qy_error *err)
{
  qy_plan *plan = qy_arena_alloc(arena, 1, sizeof *plan);
  qy_file_log log = {0}, *const before = qy_arena_file_log(arena);
  if (!plan) return qy_no_memory(err);
  plan->arena = arena;
  plan->db_dir = db_dir;
  qy_arena_log_files(arena, &log);
  qy_status status = read_all(plan, file, text, length, err);
  if (!status) status = plan_doubts_read(plan, err);
  qy_arena_log_files(arena, before);
  if (!status) status = plan_tables_list(plan, &log, err);
  if (!status) *out = plan;
  return status;
}

const qy_plan_info *qy_plan_get(const qy_plan *plan)
{
  return &plan->info;
}
