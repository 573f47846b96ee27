/* Points of a plan against their labels: groups that fronts are taken within, partners, points by the values of their
 * axes, elements.  Expectations are counted over all points, whose labels are read one by one. */
#include "tap.h"

#include "../../src/plan/plan_int.h"
#include "quarry/fabric.h"
#include "quarry/sha256.h"

#include <stdlib.h>

static qy_error err;

static qy_plan *read_text(const char *text, qy_arena *arena)
{
  qy_plan *plan = NULL;
  qy_error_clear(&err);
  const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err);
  if (!ok(status == QY_OK, "a plan%s%s", status ? ": " : "", status ? err.diagnostic[0].text : "")) plan = NULL;
  return plan;
}

#define HEAD                                                                                                           \
  "name: t\ntechnology: [fdsoi28, lp55]\nvoltage_v: [1, 0.95, 0.9]\nnetwork: [mobilenet_v1_1.0_224, "                  \
  "mobilenet_v2_1.0_224]\n"                                                                                            \
  "layers: {type: dwconv}\nclock_mhz: [100, 200.5]\nobjectives: {minimize: [area_um2, latency_us]}\n"
#define DESIGNS                                                                                                        \
  "designs:\n"                                                                                                         \
  "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: [8, 16]}, channels: [1, 2]}\n"                          \
  "  - {name: B, accelerator: depthwise, pe: {kind: [mac, mac_st], bits: 16}, channels: [2, 4, 1]}\n"                  \
  "  - {name: C, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: [4, 8]}\n"                                    \
  "  - name: D\n    system: sequential\n    members:\n"                                                                \
  "      - {name: one, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 4]}\n"
#define PRECISIONS "precision: [8, w4a8, {default: 8, first: 4}]\n"
#define ASSIGNED   "assign: {options: [8, 4], minimize: [latency_us, noise], points: 2}\n"

/* What a point has for a key, as tables show it: "" for a parameter that its design does not have. */
static const char *label_of(const qy_plan *plan, int64_t point, const char *key, char room[VALUE_TEXT])
{
  int g;
  size_t index[QY_AXES_MAX];
  qy_space_decode(&plan->space, point, &g, index);
  const design_entry *e = &plan->entries[g];
  const size_t *common = index + e->param_count;
  if (strcmp(key, "technology") == 0) return plan->info.technology[common[0]]->name;
  if (strcmp(key, "network") == 0) return plan->info.network[common[1]]->name;
  if (strcmp(key, "design") == 0) return e->name;
  if (strcmp(key, "precision") == 0) return plan->info.precision[plan->precision.value[common[3]].label].label;
  const bool clock = strcmp(key, "clock_mhz") == 0;
  if (clock || strcmp(key, "voltage_v") == 0) {
    snprintf(room, VALUE_TEXT, "%.6g",
             clock ? plan->clock_mhz.value[common[2]] : plan->info.technology[common[0]]->voltage_v);
    return room;
  }
  for (size_t i = 0; i < e->param_count; i++)
    if (strcmp(e->params[i].key, key) == 0) return value_text(room, e->params[i].row, e->param[i].value[index[i]]);
  return "";
}

static bool same_labels(const qy_plan *plan, int64_t a, int64_t b, const char *const *key, int count)
{
  char one[VALUE_TEXT], other[VALUE_TEXT];
  bool same = true;
  for (int k = 0; k < count && same; k++)
    same = strcmp(label_of(plan, a, key[k], one), label_of(plan, b, key[k], other)) == 0;
  return same;
}

static size_t compiled_group(const key_group *of, const qy_plan *plan, int64_t point)
{
  int g;
  size_t index[QY_AXES_MAX];
  qy_space_decode(&plan->space, point, &g, index);
  size_t number = of[g].base;
  for (size_t t = 0; t < of[g].count; t++)
    number += of[g].term[t].add[index[of[g].term[t].axis]];
  return number;
}

/* Points are of one group where all their labels are equal, and only there. */
static void groups(qy_arena *arena)
{
  static const char *const within[] = {"technology",
                                       "[network, design]",
                                       "precision",
                                       "[clock_mhz, precision]",
                                       "voltage_v",
                                       "[voltage_v, clock_mhz]",
                                       "channels",
                                       "[design, channels, pe.bits]",
                                       "[pe.kind, rows]",
                                       "[one.channels, precision, voltage_v]",
                                       "[technology, network, design, precision, clock_mhz]",
                                       "[]",
                                       "[rows, channels, network]"};
  for (size_t w = 0; w < sizeof within / sizeof *within; w++) {
    char text[4000];
    snprintf(text, sizeof text, HEAD PRECISIONS ASSIGNED DESIGNS "front: {within: %s}\n", within[w]);
    const qy_plan *plan = read_text(text, arena);
    if (!plan) continue;
    const qy_plan_info *info = qy_plan_get(plan);
    const int keys = info->front_within_count;
    key_group *compiled;
    size_t count = 0;
    const qy_status status = plan_groups_compile(&compiled, &count, plan, info->front_within, keys, arena, &err);
    size_t wrong = 0, other = 0, beyond = 0;
    static int64_t first[4096]; /* of each group */
    memset(first, -1, sizeof first);
    for (int64_t p = 0; !status && p < info->points; p++) {
      int g;
      size_t index[QY_AXES_MAX];
      qy_space_decode(&plan->space, p, &g, index);
      const size_t group = plan_front_group_of(plan, g, index);
      beyond += group >= plan->front_groups || group >= 4096 || compiled_group(compiled, plan, p) >= count;
      if (beyond) break;
      other += compiled_group(compiled, plan, p) != group;
      if (first[group] < 0) {
        for (size_t k = 0; k < plan->front_groups; k++)
          wrong += first[k] >= 0 && same_labels(plan, p, first[k], info->front_within, keys);
        first[group] = p;
      }
      wrong += !same_labels(plan, p, first[group], info->front_within, keys);
    }
    ok(!status && wrong == 0 && beyond == 0 && info->points > 900, "fronts within %s: one for each set of labels (%zu)",
       within[w], plan->front_groups);
    ok(other == 0 && count == plan->front_groups, "the same numbers by sums: %zu of others", other);
  }
}

/* The name of a parameter without that of the member. */
static const char *short_key(const design_entry *e, const char *key)
{
  return e->system && strncmp(key, "one.", 4) == 0 ? key + 4 : key;
}

static const char *parameter_of(const qy_plan *plan, int64_t point, const char *key, char room[VALUE_TEXT])
{
  int g;
  size_t index[QY_AXES_MAX];
  qy_space_decode(&plan->space, point, &g, index);
  const design_entry *e = &plan->entries[g];
  for (size_t i = 0; i < e->param_count; i++)
    if (strcmp(short_key(e, e->params[i].key), key) == 0) return label_of(plan, point, e->params[i].key, room);
  return "";
}

/* The one point of a design with the same labels and the point's values of all its axes, looked for among all.  Values
 * of a system's member are called as those of an accelerator alone, not the other way round. */
static int64_t partner_by_hand(const qy_plan *plan, int64_t point, int base)
{
  static const char *const common[] = {"technology", "network", "clock_mhz"};
  const qy_space_entry *of = &plan->space.entry[base];
  const design_entry *e = &plan->entries[base];
  int64_t found = -1;
  for (int64_t q = of->first; q < of->first + of->count; q++) {
    int g;
    size_t own[QY_AXES_MAX], index[QY_AXES_MAX];
    qy_space_decode(&plan->space, point, &g, own);
    const size_t precision = own[plan->entries[g].param_count + AXIS_PRECISION];
    qy_space_decode(&plan->space, q, &g, index);
    if (!same_labels(plan, point, q, common, 3) || index[e->param_count + AXIS_PRECISION] != precision) continue;
    bool same = true;
    for (size_t i = 0; same && i < e->param_count; i++) {
      char a[VALUE_TEXT], b[VALUE_TEXT];
      const char *key = e->params[i].key, *own_value = label_of(plan, point, key, b);
      if (!own_value[0]) own_value = parameter_of(plan, point, key, b);
      if (e->param[i].count > 1) same = strcmp(label_of(plan, q, key, a), own_value) == 0;
    }
    if (same) found = found < 0 ? q : -2;
  }
  return found;
}

static void partners(qy_arena *arena)
{
  const qy_plan *plan = read_text(HEAD PRECISIONS ASSIGNED DESIGNS "compare: {at: {area_um2: 9000}}\n", arena);
  if (!plan) return;
  const char *const name[] = {"A", "B", "C", "D"};
  const int64_t points = qy_plan_get(plan)->points;
  int64_t wrong = 0, had = 0, refused = 0, assigned = 0;
  for (int64_t p = 0; p < points; p += 7) /* 7 shares no factor with the lengths of the axes */
    for (int base = 0; base < 4; base++) {
      int64_t partner = -1;
      char room[VALUE_TEXT];
      const bool several = strcmp(label_of(plan, p, "precision", room), "assigned") == 0;
      const qy_status status = qy_plan_find_partner(&partner, plan, p, name[base], &err);
      const int64_t expected = partner_by_hand(plan, p, base);
      assigned += several && status == QY_BAD_INPUT;
      if (several) {
        wrong += status != QY_BAD_INPUT || plan_assignments_at(plan, p) != 2 ||
                 p - plan_first_assignment(plan, p) > 1 ||
                 strcmp(label_of(plan, plan_first_assignment(plan, p), "precision", room), "assigned") != 0;
        continue;
      }
      wrong += plan_assignments_at(plan, p) != 0 || plan_first_assignment(plan, p) != p;
      wrong += status ? expected != -1 : partner != expected;
      had += !status;
      refused += status == QY_BAD_INPUT;
    }
  is_int(wrong, 0, "partners are those found by hand");
  ok(had > 100 && refused > 50 && assigned > 50, "partners: %lld, none: %lld, of assignments: %lld", (long long)had,
     (long long)refused, (long long)assigned);
  ok(qy_plan_base_point(plan, 0) == -1, "no base where none is said");
  int64_t point;
  qy_error_clear(&err);
  ok(qy_plan_find_partner(&point, plan, 0, "E", &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "(A, B, C, D)"),
     "a design that is none");
  qy_error_clear(&err);
  ok(qy_plan_find_partner(&point, plan, points, "A", &err) == QY_BAD_INPUT &&
         qy_plan_find_partner(&point, plan, -1, "A", &err) == QY_BAD_INPUT,
     "points that are none");
}

/* Of a comparison: points of the base have no base, nor has one of several assignments; that of one assignment has. */
static void bases(qy_arena *arena)
{
  static const char *const assign[] = {"", ASSIGNED, "assign: {options: [8, 4], minimize: noise}\n"};
  for (int several = 0; several < 3; several++) {
    char text[4000];
    snprintf(text, sizeof text,
             HEAD "precision: 8\n%sdesigns:\n"
                  "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: [8, 16]}, channels: [1, 2]}\n"
                  "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: [16, 8]}, channels: [2, 1]}\n"
                  "compare: {to: B, metrics: area_um2}\n",
             assign[several]);
    const qy_plan *plan = read_text(text, arena);
    if (!plan) continue;
    int64_t wrong = 0, none = 0;
    for (int64_t p = 0; p < qy_plan_get(plan)->points; p++) {
      char room[VALUE_TEXT];
      const bool alone = strcmp(label_of(plan, p, "precision", room), "assigned") != 0 || several == 2;
      const bool of_base = strcmp(label_of(plan, p, "design", room), "B") == 0;
      const int64_t base = qy_plan_base_point(plan, p);
      wrong += base != (alone && !of_base ? partner_by_hand(plan, p, 1) : -1);
      int64_t partner = -1;
      qy_error_clear(&err);
      const qy_status status = qy_plan_find_partner(&partner, plan, p, "B", &err);
      wrong += alone ? status != QY_OK || partner != partner_by_hand(plan, p, 1) : status != QY_BAD_INPUT;
      none += base < 0;
    }
    /* 6 technologies, 2 networks, 2 clocks, 4 designs each: 96 for each value of the precision */
    is_int(wrong, 0, "points of the base");
    is_int(none, several == 1 ? 3 * 96 + 2 * 96 : (several ? 2 : 1) * 96, "points without one");
  }
}

/* Every point is found by what its axes are called; the key of a member may be short. */
static void found(qy_arena *arena)
{
  const qy_plan *plan = read_text(HEAD PRECISIONS ASSIGNED DESIGNS, arena);
  if (!plan) return;
  const qy_plan_info *info = qy_plan_get(plan);
  int64_t wrong = 0, looked = 0;
  for (int64_t p = 0; p < info->points; p += 5, looked++) {
    char at[1000], room[VALUE_TEXT], volts[VALUE_TEXT];
    int g;
    size_t index[QY_AXES_MAX], used;
    qy_space_decode(&plan->space, p, &g, index);
    const design_entry *e = &plan->entries[g];
    const char *technology = label_of(plan, p, "technology", room);
    if (p % 2)
      used = (size_t)snprintf(at, sizeof at, "technology: %.*s, voltage_v: %s", (int)strcspn(technology, "@"),
                              technology, label_of(plan, p, "voltage_v", volts));
    else
      used = (size_t)snprintf(at, sizeof at, "technology: \"%s\"", technology);
    used += (size_t)snprintf(at + used, sizeof at - used, ", network: %s", label_of(plan, p, "network", room));
    used += (size_t)snprintf(at + used, sizeof at - used, ", clock_mhz: %s", label_of(plan, p, "clock_mhz", room));
    const char *precision = label_of(plan, p, "precision", room);
    used += (size_t)snprintf(at + used, sizeof at - used, ", precision: %s", precision);
    if (strcmp(precision, "assigned") == 0)
      used += (size_t)snprintf(at + used, sizeof at - used, ", assignment: %lld",
                               (long long)(p - plan_first_assignment(plan, p)) + 1);
    for (size_t i = 0; i < e->param_count; i++)
      if (e->param[i].count > 1)
        used += (size_t)snprintf(at + used, sizeof at - used, ", %s: %s",
                                 p % 3 ? short_key(e, e->params[i].key) : e->params[i].key,
                                 label_of(plan, p, e->params[i].key, room));
    int64_t point = -1;
    qy_error_clear(&err);
    if (qy_plan_find_point(&point, plan, e->name, at, &err) || point != p) {
      if (!wrong++) printf("# %lld: %s: %lld %s\n", (long long)p, at, (long long)point, err.diagnostic[0].text);
    }
  }
  ok(wrong == 0 && looked > 150, "%lld points found by their values, %lld not", (long long)(looked - wrong),
     (long long)wrong);
}

/* What is said of values that name no point. */
static void not_found(qy_arena *arena)
{
  const qy_plan *plan = read_text("name: t\ntechnology: [fdsoi28, lp55]\nvoltage_v: [1, 0.95]\nprecision: 8\n"
                                  "network: mobilenet_v1_1.0_224\nlayers: {type: dwconv}\n"
                                  "clock_mhz: {from: 100, to: 240, step: 10}\n"
                                  "objectives: {minimize: area_um2}\n" DESIGNS,
                                  arena);
  if (!plan) return;
  static const struct {
    const char *design, *at, *said;
  } rows[] = {
      {"C", "rows: 4, clock_mhz: 100",
       "expected a value of `technology` for the design \"C\" (`at: {technology: ...}`), "
       "found none; it has fdsoi28, fdsoi28@0.95V, lp55@1V, lp55@0.95V"},
      {"C", "rows: 4, clock_mhz: 100, voltage_v: 1", "expected a value of `technology`"},
      {"C", "rows: [4", ""}, /* what libyaml says */
      {"D", "technology: lp55@1V, channels: 1, clock_mhz: 100, colour: 3", "colour"},
      {"C", "rows: 4, clock_mhz: 100, voltage_v: 1.2", "a supply that one of the libraries has (1, 0.95)"},
      {"C", "rows: 4, clock_mhz: 100, technology: lp55, voltage_v: 1.2", "a supply that lp55 has (fdsoi28"},
      {"C", "rows: 4, clock_mhz: 100, technology: lp65, voltage_v: 1", "lp55"},
      {"C", "rows: 4, clock_mhz: 100, technology: [lp55], voltage_v: 1", "one value of `technology`"},
      {"C", "rows: 4, clock_mhz: 100, technology: lp55@1V, voltage_v: 0.95", "a supply that lp55@1V has"},
      {"C", "rows: 4, clock_mhz: 100, voltage_v: 9", "0.1 to 5"},
      {"C", "technology: lp55@1V, rows: 4", "it has 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, ..."},
      {"C", "technology: lp55@1V, rows: 4, clock_mhz: 105", "a value that the axis `clock_mhz` has (100, 110,"},
      {"C", "technology: lp55@1V, rows: 5, clock_mhz: 100", "a value that the axis `rows` has (4, 8)"},
      {"C", "technology: lp55@1V, rows: [4], clock_mhz: 100", "one value of `rows` (4, 8)"},
      {"B", "technology: lp55@1V, channels: 2, clock_mhz: 100",
       "of `pe.kind` for the design \"B\" (`at: {pe.kind: ...}`), "
       "found none; it has mac, mac_st"},
      {"C", "technology: lp55@1V, rows: 4, clock_mhz: 100, row: 4", "found \"row\"; did you mean \"rows\"?"},
      {"C", "technology: lp55@1V, rows: 4, clock_mhz: 100, channels: 1",
       "an axis or parameter of the design \"C\", found "
       "\"channels\""},
      {"D", "technology: lp55@1V, channels: 1, one.channels: 1, clock_mhz: 100", "each axis once"},
      {"D", "technology: lp55@1V, clock_mhz: 100, channels: 3", "a value that the axis `one.channels` has (1, 4)"},
      {"E", "", "expected a design of t (A, B, C, D), found \"E\""},
      {"C", "technology: lp55@1V, rows: 4, clock_mhz: 100, assignment: 1", "assignment"},
      {"C", "technology: lp55@1V, rows: 4, clock_mhz: 100, columns: 5", "columns"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    int64_t point;
    qy_error_clear(&err);
    const qy_status status = qy_plan_find_point(&point, plan, rows[i].design, rows[i].at, &err);
    ok(status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, rows[i].said), "%s: {%s}: %s", rows[i].design,
       rows[i].at, err.count ? err.diagnostic[0].text : "-");
  }
  int64_t a = -1, b = -1;
  ok(!qy_plan_find_point(&a, plan, "C", "technology: lp55@1V, rows: 4, clock_mhz: 100", &err) &&
         !qy_plan_find_point(&b, plan, "C", "technology: lp55@1V, rows: 4, clock_mhz: 0.1 GHz, precision: 8", &err) &&
         a == b,
     "other words for the same point");
}

/* ---- elements ---- */

typedef struct seen {
  int count;
  const char *member;
  qy_pe_params pe;
  qy_status answer;
} seen;

static qy_status see(void *ctx, const char *name, const qy_pe_params *element, qy_error *e)
{
  (void)e;
  seen *s = ctx;
  s->count++;
  s->member = name;
  s->pe = *element;
  return s->answer;
}

/* Elements have the values that the design's parameters have as text. */
static void elements(qy_arena *arena)
{
  const qy_plan *plan = read_text(HEAD PRECISIONS DESIGNS, arena);
  if (!plan) return;
  const qy_plan_info *info = qy_plan_get(plan);
  int64_t wrong = 0;
  char said[200];
  qy_error_clear(&err);
  snprintf(said, sizeof said, "expected a point of t, 0 to %lld, found %lld", (long long)info->points - 1,
           (long long)info->points);
  ok(!plan_check_point(plan, info->points - 1, &err) && plan_check_point(plan, info->points, &err) == QY_BAD_INPUT,
     "the last point, and none behind it");
  is_text(err.diagnostic[0].text, said, "what is said");
  for (int64_t p = 0; p < info->points; p += 3) {
    char room[VALUE_TEXT];
    seen s = {.answer = QY_OK};
    wrong += qy_plan_elements(plan, p, see, &s, &err) != QY_OK || s.count != 1;
    const bool system = strcmp(label_of(plan, p, "design", room), "D") == 0;
    wrong += system ? !s.member || strcmp(s.member, "one") : s.member != NULL;
    wrong += s.pe.bits != atoi(parameter_of(plan, p, "pe.bits", room));
    wrong += s.pe.accumulator_bits != QY_PE_ACCUMULATOR_NEEDED; /* all of these sum */
    wrong += strcmp(qy_pe_row_of(s.pe.kind)->name, parameter_of(plan, p, "pe.kind", room)) != 0;
  }
  is_int(wrong, 0, "elements are those of their points");
  const qy_plan *wide = read_text(HEAD "precision: 8\ndesigns:\n  - {name: W, accelerator: depthwise, channels: 1, "
                                       "pe: {kind: mac, bits: 8, accumulator_bits: [24, 30]}}\n",
                                  arena);
  for (int64_t p = 0; wide && p < 2; p++) {
    seen w = {.answer = QY_OK};
    const int64_t at = p * qy_plan_get(wide)->points / 2;
    ok(!qy_plan_elements(wide, at, see, &w, &err) && w.pe.accumulator_bits == 24 + 6 * p,
       "an accumulator that is given");
  }
  seen s = {.answer = QY_INTERRUPTED};
  ok(qy_plan_elements(plan, 0, see, &s, &err) == QY_INTERRUPTED && s.count == 1, "a visit may end it");
  ok(qy_plan_elements(plan, info->points, see, &s, &err) == QY_BAD_INPUT && s.count == 1, "no point, no visit");
  /* every element of a member is that of some point, and found again by its number */
  const design_entry *b = &plan->entries[1];
  is_int((int64_t)member_element_count(b, 0), 2, "two kinds of one width");
  is_int((int64_t)member_element_count(&plan->entries[0], 0), 2, "one kind of two widths");
  size_t index[QY_AXES_MAX] = {0}, steps = 1;
  while (member_next(index, b, 0))
    steps++;
  is_int((int64_t)steps, 3, "three combinations of the accelerator's own values");
  size_t left = 0;
  for (size_t i = 0; i < b->param_count; i++)
    left += index[i];
  is_int((int64_t)left, 0, "and the first again behind the last");
}

/* Entries of a memory that elements share are as wide as the widest of each takes; sums at most a word. */
static void units(qy_arena *arena)
{
  static const qy_pe_params params[] = {
      {.kind = QY_PE_MAC, .bits = 8}, {.kind = QY_PE_MAC, .bits = 16}, {.kind = QY_PE_SEGLOG, .bits = 8}};
  enum { COUNT = sizeof params / sizeof *params };
  static qy_pe pe[COUNT];
  bool good = true;
  for (int i = 0; i < COUNT; i++)
    good = !qy_pe_build(&pe[i], &params[i], arena, &err) && good;
  ok(good, "three elements");
  for (int a = 0; a < COUNT && good; a++)
    for (int b = 0; b < COUNT; b++) {
      const qy_pe *const both[] = {&pe[a], &pe[b]};
      const qy_precision of = {.weights = 6, .activations = 12};
      const qy_units u = memory_units(both, 2, of), one = memory_units(both, 1, of);
      const int wide[] = {qy_accumulator_bits(&pe[a]), qy_accumulator_bits(&pe[b])};
      const int weight[] = {qy_element_weight_bits(&pe[a], 6), qy_element_weight_bits(&pe[b], 6)};
      ok(u.activation == 12 && u.weight == (weight[0] > weight[1] ? weight[0] : weight[1]) && one.weight == weight[0],
         "elements %d and %d: weights of %lld bits", a, b, (long long)u.weight);
      const int least = wide[0] > wide[1] ? wide[0] : wide[1];
      ok(u.sum == (least < 12 ? 12 : least > 64 ? 64 : least), "sums of %lld bits", (long long)u.sum);
    }
}

/* The last parameter of the element varies fastest. */
static void numbered(qy_arena *arena)
{
  const qy_plan *plan =
      read_text("name: t\ntechnology: fdsoi28\nprecision: 8\nclock_mhz: 100\nobjectives: {minimize: area_um2}\n"
                "designs: [{name: E, accelerator: element, pe: {kind: [mac_st, mac], bits: [16, 8, 4]}}]\n",
                arena);
  if (!plan) return;
  const design_entry *e = &plan->entries[0];
  const size_t count = member_element_count(e, 0);
  is_int((int64_t)count, 6, "two kinds of three widths");
  int64_t wrong = 0;
  for (int64_t p = 0; p < qy_plan_get(plan)->points; p++) {
    int g;
    size_t index[QY_AXES_MAX];
    char room[VALUE_TEXT];
    qy_pe_params pe;
    qy_pe_stimulus operands;
    qy_space_decode(&plan->space, p, &g, index);
    const size_t number = member_element_of(e, 0, index);
    wrong += number != (size_t)p; /* the design has no other axes */
    member_element(&pe, &operands, e, 0, number);
    wrong += pe.bits != atoi(label_of(plan, p, "pe.bits", room)) ||
             strcmp(qy_pe_row_of(pe.kind)->name, label_of(plan, p, "pe.kind", room)) != 0;
    wrong += plan_built(plan, &pe) == NULL || plan_built(plan, &pe)->params.bits != pe.bits;
  }
  is_int(wrong, 0, "numbers of elements");
  const qy_pe_params other = {.kind = QY_PE_MAC, .bits = 11};
  ok(!plan_built(plan, &other), "one that was not built");
  static const struct {
    double value;
    const char *text;
  } rows[] = {
      {0.1, "0.1"}, {16, "16"}, {1e6, "1000000"}, {0.30000000000000004, "0.30000000000000004"}, {200.5, "200.5"}};
  char text[VALUE_TEXT];
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    is_text(value_text(text, &clock_parameter, rows[i].value), rows[i].text, "as few digits as say it");
  is_text(value_text(text, &voltage_parameter, 0), "auto", "0 of what may be left open");
  is_text(value_text(text, &clock_parameter, 0), "0", "and of what may not");
}

/* What all of a member's values look at together; signals of elements. */
static void members(qy_arena *arena)
{
  static const struct {
    const char *more;
    unsigned circuits, formats; /* by fabric.h; widths of weights: 4, and 8 of high rows */
  } rows[] = {
      {"arrays: lut, blk_lut: [8, 16]", QY_FABRIC_OF_ELEMENT | QY_FABRIC_OF_ADDERS, 1 << 4 | 1 << 8},
      {"arrays: dsp, packing: one", QY_FABRIC_OF_ADDERS, 1 << 4 | 1 << 8},
      {"arrays: [dsp, lut], packing: one", QY_FABRIC_OF_ELEMENT | QY_FABRIC_OF_ADDERS, 1 << 4 | 1 << 8},
      {"packing: [one, split], arrays: [lut, dsp], high_bits: [8, 6]",
       QY_FABRIC_OF_ELEMENT | QY_FABRIC_OF_ADDERS | 1U << (QY_FABRIC_OF_SPLITS + 4), 1 << 4 | 1 << 8 | 1 << 6},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char text[1000];
    snprintf(text, sizeof text,
             "name: t\ntechnology: xc7z020\nnetwork: resnet18\nprecision: w4a5\nclock_mhz: 100\n"
             "objectives: {minimize: latency_us}\n"
             "designs: [{name: G, accelerator: gemm, pe: {kind: mul, bits: 5, weight_bits: 4}, bat: [1, 2], blk_in: "
             "[8, 16], %s}]\n",
             rows[i].more);
    const qy_plan *plan = read_text(text, arena);
    if (!plan) continue;
    const design_entry *e = &plan->entries[0];
    qy_pe_params element;
    qy_pe_stimulus operands;
    member_element(&element, &operands, e, 0, 0);
    const qy_pe *pe = plan_built(plan, &element);
    void *params = qy_arena_alloc(arena, 1, e->member[0].type->params_bytes);
    if (!ok(pe && params, "its element was built")) continue;
    is_int(member_circuits(params, e, 0, pe), rows[i].circuits, "circuits");
    is_int(member_formats(params, e, 0, pe), rows[i].formats, "widths of weights");
  }
  const qy_plan *plan = read_text(
      "name: t\ntechnology: fdsoi28\nprecision: 8\nclock_mhz: 100\nobjectives: {minimize: area_um2}\n"
      "designs: [{name: E, accelerator: element, pe: {kind: mac, bits: [8, 16]}, signal: [laplacian, uniform, "
      "gaussian]}]\n",
      arena);
  if (!plan) return;
  int64_t wrong = 0;
  for (int64_t p = 0; p < qy_plan_get(plan)->points; p++) {
    int g;
    size_t index[QY_AXES_MAX];
    char room[VALUE_TEXT];
    qy_space_decode(&plan->space, p, &g, index);
    wrong += strcmp(qy_signal_name(member_signal(&plan->entries[0], 0, index)), label_of(plan, p, "signal", room)) != 0;
  }
  is_int(wrong, 0, "signals by their names");
  void *none = qy_arena_alloc(arena, 1, plan->entries[0].member[0].type->params_bytes + 1);
  qy_pe_params element;
  qy_pe_stimulus operands;
  member_element(&element, &operands, &plan->entries[0], 0, 0);
  const qy_pe *pe = plan_built(plan, &element);
  ok(pe && member_circuits(none, &plan->entries[0], 0, pe) == 0 && member_formats(none, &plan->entries[0], 0, pe) == 0,
     "an element alone has no rows");
}

/* What is said of the file; fronts times draws up to 4 million. */
static void heads(qy_arena *arena)
{
  static const char text[] =
      "name: t\nquestion: which\ntechnology: fdsoi28\nprecision: 8\nclock_mhz: {from: 1, to: %d, step: 1}\n"
      "objectives: {minimize: area_um2}\nfront: {within: clock_mhz}\nuncertainty: {draws: 2000, seed: %d}\n"
      "designs: [{name: E, accelerator: element, pe: {kind: mac, bits: 8}}]\n";
  static const struct {
    int clocks, seed;
  } rows[] = {{3, 5}, {2000, 0}, {2001, 0}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    char all[1000], sha256[65];
    qy_plan *plan = NULL;
    qy_error_clear(&err);
    const int length = snprintf(all, sizeof all, text, rows[i].clocks, rows[i].seed);
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", all, (size_t)length, "db", arena, &err);
    if (rows[i].clocks > 2000) {
      ok(status == QY_BAD_INPUT &&
             strstr(err.diagnostic[0].text, "at most 4000000 fronts (groups of points times draws), found 4002000"),
         "too many fronts: %s", err.count ? err.diagnostic[0].text : "read");
      continue;
    }
    if (!ok(!status, "%d fronts of 2000 draws", rows[i].clocks)) continue;
    const qy_plan_info *info = qy_plan_get(plan);
    qy_sha256_text(sha256, all, (size_t)length);
    is_text(info->sha256, sha256, "the digest of its text");
    ok(!strcmp(info->text, all) && !strcmp(info->file, "t.yaml") && !strcmp(info->name, "t") &&
           !strcmp(info->question, "which") && info->draws == 2000 && info->draw_seed == (uint64_t)rows[i].seed &&
           info->points == rows[i].clocks,
       "and what it says");
    is_int((int64_t)plan->front_groups, rows[i].clocks, "a front for each clock");
  }
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  groups(arena);
  partners(arena);
  bases(arena);
  found(arena);
  not_found(arena);
  elements(arena);
  units(arena);
  numbered(arena);
  members(arena);
  heads(arena);
  qy_arena_free(arena);
  return done();
}
