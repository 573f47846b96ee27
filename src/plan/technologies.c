/* Libraries and FPGAs of a plan, each at its supplies, and the SRAM beside them. */
#include "plan_int.h"

#include "quarry/constants.h"
#include "quarry/sram_supply.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Libraries at supplies of their own; digits of a supply in a name, unless it takes more. */
enum { SUPPLIES_MAX = 4096, SUPPLY_DIGITS = 6 };

/* Keys that are of libraries of cells. */
static qy_status no_device(const qy_plan *plan, const qy_yaml *node, const char *what, qy_error *err)
{
  for (int i = 0; i < plan->info.technology_count; i++)
    if (plan->technology[i]->fpga)
      return qy_yaml_expected(node, err, "%s for libraries of cells only (%s is an FPGA)", what,
                              plan->technology[i]->name);
  return QY_OK;
}

/* What value v stands for. */
static double volts_of(const values *volt, size_t v, const qy_tech *library)
{
  return volt->value[v] > 0 ? volt->value[v] : library->voltage_v;
}

static int by_value(const void *p, const void *q)
{
  const double a = *(const double *)p, b = *(const double *)q;
  return (a > b) - (a < b);
}

/* What a library is run at: each voltage once, as `auto` may be another; where values of the list that are left are. */
static size_t voltages_of(double *volts, size_t *from, const values *volt, const qy_tech *library, double *sorted)
{
  const double own = volts_of(&(values){.value = (double[]){0}, .count = 1}, 0, library);
  size_t count = 0;
  bool had = false;
  for (size_t v = 0; v < volt->count; v++) { /* the reader took each once */
    const double at = volts_of(volt, v, library);
    if (at == own && had) continue;
    had |= at == own;
    from[count] = v;
    sorted[count] = volts[count] = at;
    count++;
  }
  qsort(sorted, count, sizeof *sorted, by_value);
  return count;
}

/* "fdsoi28@0.8V", with more digits where others would read the same. */
static qy_status name_supply(qy_tech *tech, const qy_tech *library, double volts, int digits, qy_arena *arena,
                             qy_error *err)
{
  if (digits > SUPPLY_DIGITS) tech->name = qy_arena_format(arena, "%s@%.*gV", library->name, digits, volts);
  return tech->name ? QY_OK : qy_no_memory(err);
}

/* Every library at every voltage, as libraries of their own. */
static qy_status at_voltages(qy_plan *plan, const qy_yaml *node, qy_error *err)
{
  values volt;
  qy_status status = values_read(&volt, &voltage_parameter, node, plan->arena, err);
  if (!status) status = no_device(plan, node, "supply voltages", err);
  if (status) return status;
  const size_t libraries = (size_t)plan->info.technology_count;
  if (volt.count > SUPPLIES_MAX / libraries)
    return qy_yaml_expected(node, err, "at most %d libraries at supplies of their own (%zu of %zu each)", SUPPLIES_MAX,
                            libraries, volt.count);
  size_t made = 0;
  qy_tech **all = qy_arena_alloc(plan->arena, libraries * volt.count, sizeof(qy_tech *));
  const qy_yaml **named = qy_arena_alloc(plan->arena, libraries * volt.count, sizeof *named);
  double *volts = qy_arena_alloc(plan->arena, volt.count, sizeof *volts);
  double *sorted = qy_arena_alloc(plan->arena, volt.count, sizeof *sorted);
  size_t *from = qy_arena_alloc(plan->arena, volt.count, sizeof *from);
  if (!all || !named || !volts || !sorted || !from) return qy_no_memory(err);
  for (size_t i = 0; i < libraries; i++) {
    const qy_tech *library = plan->technology[i];
    const size_t count = voltages_of(volts, from, &volt, library, sorted);
    const int digits = qy_digits_apart(sorted, count, SUPPLY_DIGITS);
    for (size_t v = 0; v < count; v++) {
      qy_error inner = {0};
      const qy_yaml *at = node->kind == QY_YAML_LIST ? node->child[from[v]] : node;
      named[made] = plan->technology_at[i];
      status = qy_tech_at_voltage(&all[made], library, volts[v], plan->arena, &inner);
      if (!status) status = name_supply(all[made++], library, volts[v], digits, plan->arena, &inner);
      if (status) return plan_fail(at, status, &inner, "", err);
    }
  }
  plan->technology = all;
  plan->technology_at = named;
  plan->info.technology = (const qy_tech *const *)all;
  plan->info.technology_count = (int)made;
  return QY_OK;
}

/* sram_voltage: nominal (the SRAM keeps the supply of its table, as memories usually do) or follow (that of the logic).
 */
static qy_status supply_sram(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  const qy_yaml *node = qy_yaml_get(root, sram_voltage_parameter.key);
  size_t which = 0;
  qy_status status =
      node ? qy_yaml_choice(node, sram_voltage_parameter.names, sram_voltage_parameter.name_count, &which, err) : QY_OK;
  if (!status && node) status = no_device(plan, node, "a supply of the SRAM", err);
  for (int i = 0; !status && which && i < plan->info.technology_count; i++) {
    qy_error inner = {0};
    qy_tech **t = &plan->technology[i];
    status = qy_tech_sram_at(t, *t, (*t)->voltage_v, plan->arena, &inner);
    if (!status) status = qy_sram_supply_check(plan->sram, *t, &inner);
    if (status) return plan_fail(node, status, &inner, "", err);
  }
  return status;
}

/* A name that no file has, after what was said of libraries: which device may be meant, unless a library may. */
static qy_status unknown_technology(const qy_yaml *node, const char *name, const qy_plan *plan, const char *db_dir,
                                    qy_error *err)
{
  static const char *const folder[] = {"tech", "fpga"};
  const char *const *names[2] = {NULL, NULL};
  const char *nearest[2];
  size_t count[2] = {0};
  for (int i = 0; i < 2; i++) {
    const char *path = qy_arena_format(plan->arena, "%s/%s", db_dir, folder[i]);
    qy_error inner = {0};
    if (!path) return qy_no_memory(err);
    if (qy_folder_names(&names[i], &count[i], path, folder[i], plan->arena, &inner)) count[i] = 0;
    nearest[i] = qy_nearest(name, names[i], count[i]);
  }
  if (nearest[0] || count[1] == 0)
    return qy_fail_at(err, QY_BAD_INPUT, node->file, node->line, node->column, "%s: library \"%s\" cannot be used",
                      node->path, name);
  const char *list = nearest[1];
  for (size_t i = 0; !nearest[1] && i < count[1]; i++) {
    list = qy_arena_format(plan->arena, "%s%s%s", i ? list : "", i ? ", " : "", names[1][i]);
    if (!list) return qy_no_memory(err);
  }
  return qy_fail_at(err, QY_BAD_INPUT, node->file, node->line, node->column,
                    "%s: expected a library of db/tech or an FPGA of db/fpga, found \"%s\"; %s%s%s", node->path, name,
                    nearest[1] ? "did you mean \"" : "FPGAs are: ", list, nearest[1] ? "\"?" : "");
}

/* A library or a device; they share one space of names. */
static qy_status read_technology(qy_tech **tech, const qy_yaml *node, const char *name, qy_plan *plan,
                                 const char *db_dir, qy_error *err)
{
  const int before = err->count;
  const bool device = qy_fpga_names_device(db_dir, name);
  const char *library = qy_arena_format(plan->arena, "%s/tech/%s.yaml", db_dir, name);
  if (!library) return qy_no_memory(err);
  if (device && !strchr(name, '/') && access(library, F_OK) == 0)
    return qy_yaml_expected(node, err, "a name that is not both a library of db/tech and a device of db/fpga");
  qy_status status = device ? qy_tech_read_fpga(tech, db_dir, name, plan->arena, err)
                            : qy_tech_read(tech, db_dir, name, plan->arena, err);
  if (!status || err->count == before) return status;
  if (!device && !strchr(name, '/') && !strstr(name, ".yaml") && access(library, F_OK) != 0)
    return unknown_technology(node, name, plan, db_dir, err);
  return qy_fail_at(err, status, node->file, node->line, node->column, "%s: %s \"%s\" cannot be used", node->path,
                    device ? "device" : "library", name);
}

/* Each library once; those of one name get others. */
static qy_status name_technologies(qy_plan *plan, size_t count, const qy_yaml *const *node, qy_error *err)
{
  plan_thing *thing = qy_arena_alloc(plan->arena, count, sizeof *thing);
  const char **name = qy_arena_alloc(plan->arena, count, sizeof *name);
  if (!thing || !name) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++)
    thing[i] = (plan_thing){plan->technology[i]->name, plan->technology[i]->file, plan->technology[i]->sha256};
  qy_status status = plan_check_once(thing, count, "technology", node, err);
  if (!status) status = plan_tell_apart(name, thing, count, plan->arena, err);
  for (size_t i = 0; !status && i < count; i++)
    plan->technology[i]->name = name[i];
  return status;
}

static qy_status read_technologies(qy_plan *plan, const qy_yaml *root, const char *db_dir, qy_error *err)
{
  const qy_yaml *node, *one;
  const qy_yaml *const *name;
  qy_status status = plan_require(&node, root, "technology", "one library of db/tech or a list of them", err);
  if (status) return status;
  size_t count = plan_names_of(node, &name, &one);
  if (count == 0) return qy_yaml_expected(node, err, "at least one technology");
  plan->technology = qy_arena_alloc(plan->arena, count, sizeof(qy_tech *));
  plan->technology_at = qy_arena_alloc(plan->arena, count, sizeof *plan->technology_at);
  if (!plan->technology || !plan->technology_at) return qy_no_memory(err);
  for (size_t i = 0; i < count; i++) {
    const char *text;
    if ((status = qy_yaml_text(name[i], &text, err))) return status;
    const char *file;
    if ((status = qy_yaml_file(&file, name[i], text, plan->arena, err)) ||
        (status = read_technology(&plan->technology[i], name[i], file, plan, db_dir, err)))
      return status;
    plan->technology_at[i] = name[i];
    plan->fabrics |= qy_tech_fabric(plan->technology[i]);
  }
  if ((status = name_technologies(plan, count, name, err))) return status;
  plan->info.technology = (const qy_tech *const *)plan->technology;
  plan->info.technology_count = (int)count;
  const qy_yaml *voltage = qy_yaml_get(root, "voltage_v");
  return voltage ? at_voltages(plan, voltage, err) : QY_OK;
}

qy_status plan_check_sram(const qy_plan *plan, qy_error *err)
{
  for (int g = 0; g < plan->entry_count; g++)
    for (int m = 0; m < plan->entries[g].member_count; m++)
      for (int i = 0; plan->entries[g].member[m].type->runs_layers && i < plan->info.technology_count; i++) {
        const qy_yaml *at = plan->technology_at[i];
        if (plan->technology[i]->fpga) continue;
        qy_error inner = {0};
        qy_status status = qy_sram_supply_check(plan->sram, plan->technology[i], &inner);
        if (status)
          return qy_fail_at(err, status, at->file, at->line, at->column, "%s: design \"%s\": %s", at->path,
                            plan->entries[g].name, inner.count ? inner.diagnostic[0].text : qy_status_text(status));
      }
  return QY_OK;
}

/* The SRAM table and the laws of its supply. */
static qy_status read_sram(qy_plan *plan, const char *db_dir, qy_error *err)
{
  qy_sram_table *sram;
  const char *file = qy_arena_format(plan->arena, "%s/memory/sram.csv", db_dir);
  const char *supply = qy_arena_format(plan->arena, "%s/memory/sram_supply.csv", db_dir);
  if (!file || !supply) return qy_no_memory(err);
  qy_status status = qy_sram_table_read(&sram, file, plan->arena, err);
  if (!status) status = qy_sram_supply_read(sram, supply, plan->arena, err);
  if (!status) plan->sram = sram;
  return status;
}

qy_status plan_sram_doubt(node_doubt *doubt, const qy_plan *plan, int node_nm, qy_arena *arena, qy_error *err)
{
  for (size_t d = 0; d < plan->doubt_count; d++)
    if (plan->doubt[d].node_nm == node_nm) {
      *doubt = plan->doubt[d];
      return QY_OK;
    }
  doubt->node_nm = node_nm;
  const qy_status status = qy_sram_error_read(doubt->p95, plan->sram_error_file, node_nm, arena, err);
  return status ? status : qy_sram_silicon_read(doubt->silicon, plan->sram_silicon_file, node_nm, arena, err);
}

qy_status plan_doubts_read(qy_plan *plan, qy_error *err)
{
  const size_t count = plan->info.draws ? (size_t)plan->info.technology_count : 0;
  qy_status status = QY_OK;
  plan->sram_error_file = qy_arena_format(plan->arena, "%s/memory/sram_error.csv", plan->db_dir);
  plan->sram_silicon_file = qy_arena_format(plan->arena, "%s/memory/sram_silicon.csv", plan->db_dir);
  plan->doubt = qy_arena_alloc(plan->arena, count, sizeof *plan->doubt);
  if (!plan->sram_error_file || !plan->sram_silicon_file || !plan->doubt) return qy_no_memory(err);
  for (size_t t = 0; !status && t < count; t++) {
    const qy_tech *tech = plan->technology[t];
    size_t same = 0;
    if (!tech->sram_node || tech->fpga) continue;
    const int node_nm = atoi(tech->sram_node);
    while (same < plan->doubt_count && plan->doubt[same].node_nm != node_nm)
      same++;
    if (same < plan->doubt_count) continue;
    node_doubt read;
    status = plan_sram_doubt(&read, plan, node_nm, plan->arena, err);
    plan->doubt[plan->doubt_count++] = read;
  }
  return status;
}

qy_status plan_technologies_read(qy_plan *plan, const qy_yaml *root, qy_error *err)
{
  qy_status status = read_technologies(plan, root, plan->db_dir, err);
  if (!status) status = read_sram(plan, plan->db_dir, err);
  return status ? status : supply_sram(plan, root, err);
}
