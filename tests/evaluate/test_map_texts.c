/* What points of a map say of their layers: the widths that operands have in the element, which may keep weights in
 * fewer bits than are asked for, or in those of its codes; which points of assignments go together. */
#include "evaluate_test.h"

static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,kernel_h,kernel_w,stride,pad\n"
                                   "one,dwconv,-,8,8,16,3,3,1,1\n"
                                   "two,dwconv,one,,,,3,3,1,1\n";
static char network_file[] = "/tmp/quarry-maps-XXXXXX.csv";

static bool write_csv(char *file, const char *text)
{
  const int fd = mkstemps(file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  return out && fputs(text, out) >= 0 && fclose(out) == 0;
}

static void layers_of(const char *element, const char *map, int weight_bits, const char *wanted, qy_arena *arena)
{
  char text[1024];
  const int64_t point = 0;
  qy_model *model = NULL;
  qy_point p = {.assignment = NULL};
  snprintf(text, sizeof text,
           "name: m\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
           "  - {name: D, accelerator: depthwise, pe: {%s}, channels: 2}\n"
           "precision: [%s]\nclock_mhz: 200\nobjectives: {minimize: [energy_uj]}\n",
           network_file, element, map);
  qy_plan *plan = plan_of(text, arena);
  if (!plan || qy_model_new(&model, plan, &point, 1, &err) || qy_model_point(&p, model, point, &err))
    ok(0, "%s: %s", element, err.count ? err.diagnostic[0].text : "no plan");
  else if (wanted)
    is_text(p.assignment, wanted, element);
  else
    ok(p.assignment == NULL, "%s: nothing to say", element);
  is_int(p.weight_bits, weight_bits, "bits of its weights");
  qy_model_free(model);
}

/* A map with a layer that the element has no mode for: the layer is said, and why. */
static void no_mode(qy_arena *arena)
{
  char text[1024];
  const int64_t point = 0;
  qy_model *model = NULL;
  qy_point p = {.reason = NULL};
  snprintf(text, sizeof text,
           "name: m\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
           "  - {name: D, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 2}\n"
           "  - {name: E, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 2}\n"
           "precision: [{default: 8, two: 12, label: m}]\nclock_mhz: 200\nobjectives: {minimize: [energy_uj]}\n",
           network_file);
  qy_plan *plan = plan_of(text, arena);
  if (ok(plan && !model_made(&model, plan, &point, 1, &err) && !qy_model_point(&p, model, point, &err), "a point"))
    is_text(p.reason, "layer two: the element has no mode for this precision", "a layer of a map that cannot be run");
  qy_model_free(model);
}

/* ---- layers of two activations ---- */

static char computed_file[] = "/tmp/quarry-computed-XXXXXX.csv";

/* Weights wider than activations: a layer whose second operand is activations runs at their width, all others as said.
 * So does a map that says it. */
static void computed(const char *design, qy_arena *arena)
{
  static const char *const precision[] = {"w8a4", "{default: w8a4, scores: 4, label: m}", "{default: w8a4, label: n}",
                                          "8", "4"};
  enum { WAYS = sizeof precision / sizeof *precision };
  qy_point p[WAYS];
  int wrong = 0, other = 0, layers = 0;
  for (int i = 0; i < WAYS; i++) {
    char text[1024];
    const int64_t point = 1; /* behind another precision */
    qy_model *model = NULL;
    snprintf(text, sizeof text,
             "name: m\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n  - {name: D, %s}\n"
             "precision: [6, %s]\nclock_mhz: 200\nobjectives: {minimize: [energy_uj]}\n",
             computed_file, design, precision[i]);
    qy_plan *plan = plan_of(text, arena);
    if (!plan || model_made(&model, plan, &point, 1, &err) || qy_model_point(&p[i], model, point, &err) ||
        p[i].reason) {
      ok(0, "%s at %s: %s", design, precision[i], err.count ? err.diagnostic[0].text : plan ? p[i].reason : "no plan");
      return;
    }
    qy_model_free(model);
  }
  for (int m = 0; m < QY_METRIC_COUNT; m++) {
    const double whole = p[0].metric[m], map = p[1].metric[m];
    layers += !isnan(whole);
    if (m == QY_SQNR_DB) continue; /* of the element at the option that is asked for */
    wrong += isnan(whole) != isnan(map) || (!isnan(whole) && fabs(whole - map) > 1e-9 * fabs(map));
    other += !isnan(whole) && whole != p[3].metric[m];
  }
  ok(wrong == 0 && layers > 10 && other > 1,
     "%s: %d metrics as of the map that says it, %d are others; %d not of 8 bits", design, layers, wrong, other);
}

/* ---- layers that no option can run ---- */

static char five_file[] = "/tmp/quarry-five-XXXXXX.csv";

/* Element B has no mode for 12 bits, which layers that share an option have to take there. */
static void no_option(const char *ties, const char *said, qy_arena *arena)
{
  char text[1024];
  qy_model *model = NULL;
  qy_point p;
  const int64_t point = 1; /* of B */
  snprintf(text, sizeof text,
           "name: p\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
           "  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 2}\n"
           "  - {name: B, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: 2}\n"
           "assign: {options: 12, minimize: noise, ties: %s}\nclock_mhz: 200\nobjectives: {minimize: [area_um2]}\n",
           five_file, ties);
  qy_plan *plan = plan_of(text, arena);
  if (!plan || model_made(&model, plan, &point, 1, &err) || qy_model_point(&p, model, point, &err))
    ok(0, "%s: %s", ties, err.count ? err.diagnostic[0].text : "no plan");
  else
    ok(p.reason && strstr(p.reason, said), "ties %s: %s", ties, p.reason ? p.reason : "it can be");
  qy_model_free(model);
}

/* ---- partners of assignments ---- */

enum { PARTNERS_MOST = 64 };

typedef struct texts {
  char *text[PARTNERS_MOST]; /* of points that have an assignment */
} texts;

static qy_status take_text(void *ctx, int64_t batch, const qy_point *points, int64_t count, qy_error *e)
{
  (void)batch, (void)e;
  for (int64_t i = 0; i < count; i++)
    if (points[i].assignment) ((texts *)ctx)->text[points[i].index] = strdup(points[i].assignment);
  return QY_OK;
}

/* {"layers": {...}: up to what closes them. */
static size_t layers_length(const char *text)
{
  const char *end = strchr(text, '}');
  return end ? (size_t)(end - text) : strlen(text);
}

/* A point of an assignment has that of the other design whose layers have the same precisions, looked for among the
 * texts of all points; other points that of the same axes. */
static void partners(qy_arena *arena)
{
  char text[1024];
  static texts all;
  int64_t partner[PARTNERS_MOST], asked[PARTNERS_MOST], wrong = 0, found = 0, none = 0, one_wrong = 0;
  qy_model *model = NULL;
  snprintf(text, sizeof text,
           "name: p\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
           "  - {name: A, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [2, 4]}\n"
           "  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [4, 2], multipliers: 9}\n"
           "  - {name: C, accelerator: depthwise, pe: {kind: mac, bits: 8, weight_bits: 6}, channels: [4, 2]}\n"
           "assign: {options: [8, 4], minimize: [latency_us, noise], points: 3}\nprecision: 8\nclock_mhz: 200\n"
           "objectives: {minimize: [area_um2, latency_us]}\n",
           network_file);
  qy_plan *plan = plan_of(text, arena);
  const int64_t points = plan ? qy_plan_get(plan)->points : 0;
  const qy_model_run run = {.threads = 1, .batch_points = 5, .ctx = &all, .sink = take_text};
  if (!ok(points > 0 && points <= PARTNERS_MOST && !model_made(&model, plan, NULL, 0, &err) &&
              !qy_model_sweep(model, &run, &err),
          "points of three designs: %s", err.count ? err.diagnostic[0].text : "made"))
    return;
  for (int64_t i = 0; i < points; i++)
    asked[i] = i;
  static const char *const name[] = {"A", "B", "C"};
  for (int g = 0; g < 3; g++) {
    const qy_space_entry *own = &plan->space.entry[g];
    is_int(qy_model_partners(partner, model, asked, (size_t)points, name[g], &err), QY_OK, "partners of all points");
    for (int64_t i = 0; i < points; i++) {
      int64_t want = plan_partner(plan, i, g);
      const bool several = plan_assignments_at(plan, i) > 1;
      if (want >= 0 && several) {
        want = -1;
        const int64_t first = plan_first_assignment(plan, plan_partner(plan, i, g));
        for (int64_t q = first; want < 0 && q < first + 3; q++)
          if (all.text[i] && all.text[q] && layers_length(all.text[i]) == layers_length(all.text[q]) &&
              !strncmp(all.text[i], all.text[q], layers_length(all.text[i])))
            want = q;
      }
      wrong += partner[i] != want;
      found += want >= 0 && several && (i < own->first || i >= own->first + own->count);
      none += want < 0;
      int64_t one = -1;
      qy_error_clear(&err);
      const qy_status status = qy_model_find_partner(&one, plan, i, name[g], &err);
      one_wrong += status ? want >= 0 || status != QY_BAD_INPUT || !err.count : want < 0 || one != want;
    }
  }
  ok(wrong == 0 && found > 2 && none > 2, "%lld wrong, %lld of assignments of others, %lld without", (long long)wrong,
     (long long)found, (long long)none);
  is_int(one_wrong, 0, "the same where one is asked for");
  qy_error_clear(&err);
  ok(qy_model_partners(partner, model, asked, 1, "D", &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "(A, B, C)") &&
         qy_model_find_partner(partner, plan, 0, "D", &err) == QY_BAD_INPUT,
     "no such design");
  asked[0] = points;
  ok(qy_model_partners(partner, model, asked, 1, "A", &err) == QY_BAD_INPUT &&
         qy_model_find_partner(partner, plan, points, "A", &err) == QY_BAD_INPUT &&
         qy_model_find_partner(partner, plan, -1, "A", &err) == QY_BAD_INPUT,
     "no such point");
  for (int i = 0; i < PARTNERS_MOST; i++)
    free(all.text[i]);
  qy_model_free(model);
}

int main(void)
{
  static const char map[] = "{default: 8, two: 4, label: m}", alike[] = "{default: 8, label: m}",
                    apart[] = "{default: 8, two: w4a8, label: m}";
  qy_arena *arena = qy_arena_new();
  if (ok(write_csv(network_file, network_text), "a network")) {
    layers_of("kind: mac, bits: 8", map, 0, "{\"layers\": {\"one\": \"8\", \"two\": \"4\"}}", arena);
    layers_of("kind: mac, bits: 8", alike, 0, "{\"layers\": {\"one\": \"8\", \"two\": \"8\"}}", arena);
    layers_of("kind: mac, bits: 8", apart, 0, "{\"layers\": {\"one\": \"8\", \"two\": \"w4a8\"}}", arena);
    layers_of("kind: mac, bits: 8, weight_bits: 6", map, 0, "{\"layers\": {\"one\": \"w6a8\", \"two\": \"4\"}}", arena);
    layers_of("kind: mac, bits: 8, weight_bits: 4", alike, 0, "{\"layers\": {\"one\": \"w4a8\", \"two\": \"w4a8\"}}",
              arena);
    layers_of("kind: pot, bits: 8", map, 0, "{\"layers\": {\"one\": \"w4a8\", \"two\": \"4\"}}", arena);
    layers_of("kind: pot, bits: 8, weight_bits: 5", map, 0, "{\"layers\": {\"one\": \"w5a8\", \"two\": \"w5a4\"}}",
              arena);
    layers_of("kind: mac, bits: 8, weight_bits: 6", "8", 6, NULL, arena);
    layers_of("kind: mac, bits: 8", "w4a8", 0, NULL, arena);
    no_mode(arena);
    partners(arena);
    if (ok(write_csv(five_file, "layer,type,in_h,in_w,in_c,kernel_h,kernel_w,stride,pad\na,dwconv,8,8,4,3,3,1,1\n"
                                "b,dwconv,8,8,4,3,3,1,1\nc,dwconv,8,8,4,3,3,1,1\nd,dwconv,8,8,4,3,3,1,1\n"),
           "a network")) {
      no_option("none", "layer a: no option that can be run (", arena);
      no_option("[[a, c]]", "layers a, c: no option that can be run (", arena);
      no_option("[[a, b, d]]", "layers a, b, d: no option that can be run (", arena);
      no_option("[[a, b, c, d]]", "layers a, b, c, ..., which share one: no option that can be run (", arena);
    }
    unlink(five_file);
    static const char attention[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride,pad\n"
                                    "q,pwconv,-,4,4,8,8,1,1,1,0\nk,pwconv,-,4,4,8,8,1,1,1,0\n"
                                    "scores,pwconv,q@-,,,,16,1,1,1,0\nlast,pwconv,scores,,,,4,1,1,1,0\n";
    if (ok(write_csv(computed_file, attention), "a network")) {
      computed("accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4, dataflow: ws", arena);
      computed("accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4", arena);
    }
    unlink(computed_file);
  }
  unlink(network_file);
  qy_arena_free(arena);
  return done();
}
