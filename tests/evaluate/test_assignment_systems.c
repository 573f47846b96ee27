/* Assignments of systems of several members against all combinations: members side by side, in turn, and those that
 * cannot run a layer. */
#include "assignment_points.h"

/* ---- pipelines: energy is no sum ---- */

enum { LIMITS = 4, EPSILONS = 3, KINDS = 4, QUESTIONS = 48 };
static const double epsilons[EPSILONS] = {0, 0.05, 1};

/* For each limit and epsilon: an optimum and a front under a limit of energy, the least energy under one of noise, and
 * a front of energy; label kind-limit-epsilon. */
static char *pipeline_questions(const double *energy, const double *noise)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (int l = 0; l < LIMITS; l++)
    for (int e = 0; e < EPSILONS; e++) {
      const char *head = "  - {options: [8, 4, w4a8], ties: none";
      fprintf(out, "%s, label: 0-%d-%d, epsilon: %g, minimize: noise, limit: {energy_uj: %.17g}}\n", head, l, e,
              epsilons[e], energy[l]);
      fprintf(out,
              "%s, label: 1-%d-%d, epsilon: %g, points: 800, minimize: [latency_us, noise], "
              "limit: {energy_uj: %.17g}}\n",
              head, l, e, epsilons[e], energy[l]);
      fprintf(out, "%s, label: 2-%d-%d, epsilon: %g, minimize: energy_uj, limit: {noise: %.17g}}\n", head, l, e,
              epsilons[e], noise[l]);
      fprintf(out,
              "%s, label: 3-%d-%d, epsilon: %g, points: 800, minimize: [energy_uj, noise], "
              "limit: {noise: %.17g}}\n",
              head, l, e, epsilons[e], noise[l]);
    }
  fclose(out);
  return text;
}

/* The points of one label, [first, end), against all combinations [0, COMBINATIONS) within the limit. */
static bool pipeline_good(const all_points *all, size_t first, size_t end, int kind, double most)
{
  static const question q[KINDS] = {{.objective = {QY_NOISE}, .objectives = 1},
                                    {.objective = {QY_LATENCY_US, QY_NOISE}, .objectives = 2},
                                    {.objective = {QY_ENERGY_UJ}, .objectives = 1},
                                    {.objective = {QY_ENERGY_UJ, QY_NOISE}, .objectives = 2}};
  const int limited = kind < 2 ? QY_ENERGY_UJ : QY_NOISE, objectives = q[kind].objectives;
  bool good = true;
  int within = 0;
  for (size_t c = 0; c < COMBINATIONS; c++) {
    bool covered = false;
    if (all->metric[c][limited] > most) continue;
    within++;
    for (size_t i = first; i < end; i++) {
      if (all->reason[i]) continue;
      bool near = true;
      const double factor = (1 + said(all->assignment[i], "\"epsilon\"")) * (1 + close_to);
      for (int k = 0; k < objectives; k++)
        near &= all->metric[i][q[kind].objective[k]] <= factor * all->metric[c][q[kind].objective[k]];
      covered |= near;
      if (objectives == 1)
        good &= said(all->assignment[i], "\"bound\"") <= all->metric[c][q[kind].objective[0]] * (1 + close_to);
      if (is_optimal(all->assignment[i])) good &= !beats(&q[kind], all->metric[c], all->metric[i]);
    }
    good &= covered;
  }
  for (size_t i = first; i < end; i++) {
    if (i > first && !all->reason[i])
      good &= all->metric[i][q[kind].objective[0]] >= all->metric[i - 1][q[kind].objective[0]] * (1 - close_to);
    if (!all->reason[i])
      good &= is_optimal(all->assignment[i]) == (said(all->assignment[i], "\"epsilon\"") == 0) &&
              bound_said(&q[kind], all->assignment[i], all->metric[i][q[kind].objective[0]]);
    if (!all->reason[i]) good &= within > 0 && all->metric[i][limited] <= most * (1 + close_to);
    if (!within)
      good &= all->reason[i] && strstr(all->reason[i], kind < 2 ? "no assignment meets the limit of energy_uj"
                                                                : "no assignment meets the limit of noise");
    if (kind == 0 && !all->reason[i]) good &= is_optimal(all->assignment[i]);
  }
  return good;
}

/* The value that this share of the combinations is below. */
static double quantile(const all_points *all, int metric, double share)
{
  double value[COMBINATIONS];
  for (int c = 0; c < COMBINATIONS; c++)
    value[c] = all->metric[c][metric];
  for (int i = 1; i < COMBINATIONS; i++)
    for (int j = i; j > 0 && value[j] < value[j - 1]; j--) {
      const double other = value[j];
      value[j] = value[j - 1], value[j - 1] = other;
    }
  return value[(int)(share * (COMBINATIONS - 1))];
}

static void pipelines(qy_arena *arena)
{
  static const double share[LIMITS] = {0, 0.001, 0.1, 0.6};
  double energy[LIMITS], noise[LIMITS];
  all_points all;
  /* Now one member takes longer, now the other, and at this clock they leak as much as they work. */
  static const char pipe[] =
      "  - name: pipe\n    system: pipelined\n    members:\n"
      "      - {name: a, layers: {name: '[sdh]*'}, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 4, "
      "columns: "
      "4}\n"
      "      - {name: b, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 2, columns: 4}\n";
  clock_mhz = 1;
  qy_plan *plan = plan_with(pipe, "  - {label: one, options: [8], minimize: noise}\n", "", true, arena);
  if (!plan || !evaluate_all(&all, plan, 1, 500)) return;
  for (int l = 0; l < LIMITS; l++) {
    energy[l] = quantile(&all, QY_ENERGY_UJ, share[l]) * (l == 0 ? 1 - 1e-6 : 1 + 1e-6);
    noise[l] = quantile(&all, QY_NOISE, share[l]) * (l == 0 ? 1 - 1e-6 : 1 + 1e-6);
  }
  points_free(&all);
  char *text = pipeline_questions(energy, noise);
  plan = plan_with(pipe, text, "", true, arena);
  free(text);
  if (!plan || !evaluate_all(&all, plan, 2, 500)) return;
  int wrong = 0, asked = 0;
  for (size_t i = COMBINATIONS, end; i < all.count; i = end) {
    int kind = 0, l = 0, e = 0;
    for (end = i; end < all.count && strcmp(all.label[i], all.label[end]) == 0;)
      end++;
    if (sscanf(all.label[i], "%d-%d-%d", &kind, &l, &e) != 3) continue;
    const bool good = pipeline_good(&all, i, end, kind, kind < 2 ? energy[l] : noise[l]);
    if (!good) printf("# %s: %s\n", all.label[i], all.reason[i] ? all.reason[i] : all.assignment[i]);
    wrong += !good;
    asked++;
  }
  is_int(asked, QUESTIONS, "questions of a pipeline");
  is_int(wrong, 0, "pipelines: limits and covers against all combinations");
  clock_mhz = 100;
  points_free(&all);
}

/* ---- members ---- */

/* A system for each way to spread the layers over two members, one layer at least on each. */
static char *spread_designs(void)
{
  char *text = NULL;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  for (int i = 0; i < 2; i++)
    for (int mask = 1; mask < 7; mask++) {
      fprintf(out, "  - name: %s%d\n    system: %s\n    members:\n      - {name: a, layers: {name: '[", i ? "p" : "s",
              mask, i ? "pipelined" : "sequential");
      for (int l = 0; l < 3; l++)
        if ((mask >> l) & 1) fputc("xyz"[l], out);
      fputs("]'}, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 2, lanes: 4, "
            "buffers: {input: 8 KiB, output: 8 KiB, weight: 8 KiB}}\n"
            "      - {name: b, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 2, columns: 4, "
            "buffers: {input: 8 KiB, output: 8 KiB, weight: 8 KiB}}\n",
            out);
    }
  fclose(out);
  return text;
}

/* The points of a label of one system, [first, first + axis), against the maps of all systems of its kind, `kind`
 * points from `start` on: within the energy of eight bits where it is at home, in order, no better map, all covered. */
static bool members_within(const all_points *all, const question *q, size_t first, size_t axis, size_t start,
                           size_t kind, bool limited)
{
  double most = INFINITY, before = 0;
  bool good = true;
  size_t points = 0;
  for (size_t k = first; limited && k < first + axis; k++)
    if (strcmp(all->label[k], "c0") == 0) most = all->metric[k][QY_ENERGY_UJ] * (1 + close_to);
  for (size_t i = first; i < first + axis; i++) {
    if (strcmp(all->label[i], q->label) != 0 || all->reason[i]) continue;
    const double value = all->metric[i][q->objective[0]];
    good &= all->metric[i][QY_ENERGY_UJ] <= most && value >= before * (1 - close_to);
    before = value;
    points++;
  }
  for (size_t k = start; k < start + kind; k++) {
    if (all->label[k][0] != 'c' || all->metric[k][QY_ENERGY_UJ] > most) continue;
    bool covered = false;
    for (size_t i = first; i < first + axis; i++) {
      if (strcmp(all->label[i], q->label) != 0 || all->reason[i]) continue;
      good &= !beats(q, all->metric[k], all->metric[i]);
      covered |= same_costs(q, all->metric[i], all->metric[k]) || beats(q, all->metric[i], all->metric[k]);
    }
    good &= covered;
  }
  return good && points > 0;
}

static void members(qy_arena *arena)
{
  static const char network[] = "layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad\n"
                                "x,conv,-,12,12,3,8,3,1,1\ny,pwconv,x,,,,24,,,\nz,pwconv,y,,,,12,,,\n";
  static const char *const option[2] = {"8", "4"};
  char file[] = "/tmp/quarry-network-XXXXXX.csv", *text = NULL, *spread = spread_designs();
  size_t size;
  all_points all;
  int fd = mkstemps(file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  if (!out || !spread) {
    ok(0, "a network");
    return;
  }
  fputs(network, out);
  fclose(out);
  out = open_memstream(&text, &size);
  fprintf(out, "name: t\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n%sprecision:\n", file, spread);
  for (int c = 0; c < 8; c++)
    fprintf(out, "  - {default: 8, x: %s, y: %s, z: %s, label: c%d}\n", option[c & 1], option[(c >> 1) & 1],
            option[c >> 2], c);
  fputs("assign:\n  - {options: [8, 4], members: true, ties: none, minimize: [latency_us, energy_uj, noise], points: "
        "200}\n  - {label: small, options: [8, 4], members: true, ties: none, minimize: weight_bytes}\n"
        "  - {label: fast, options: [4], members: true, ties: none, minimize: latency_us}\n"
        "  - {label: lean, options: [8, 4], members: true, ties: none, minimize: [energy_uj, noise], points: 200}\n"
        "  - {label: within, options: [8, 4], members: true, ties: none, minimize: [latency_us, noise], points: 200,\n"
        "     limit: {energy_uj: 8 bit}}\n"
        "clock_mhz: 100\nobjectives: {minimize: [latency_us, energy_uj, noise]}\n",
        out);
  fclose(out);
  qy_plan *plan = plan_of(text, arena);
  unlink(file);
  free(text);
  free(spread);
  if (!plan || !evaluate_all(&all, plan, 1, 100)) return;
  const question q = {"assigned", {QY_LATENCY_US, QY_ENERGY_UJ, QY_NOISE}, 3, false, {-1, 0}, {-1, -1}, {0}, {-1, -1}};
  const size_t axis = plan->precision.count, kind = 6 * axis; /* points of the sequential systems, then as many */
  for (size_t s = 0; s < 2; s++) {
    int assigned = 0, known = 0, alone = 0, beaten = 0, open = 0;
    for (size_t i = s * kind; i < (s + 1) * kind; i++) { /* each system has the same choice */
      if (strcmp(all.label[i], "assigned") || all.reason[i]) continue;
      bool own = false, worse = false;
      for (size_t k = s * kind; k < (s + 1) * kind; k++) {
        own |= all.label[k][0] == 'c' && same_costs(&q, all.metric[i], all.metric[k]);
        worse |= all.label[k][0] == 'c' && beats(&q, all.metric[k], all.metric[i]);
      }
      const char *list = strstr(all.assignment[i], "\"members\"");
      const bool one = list && (!strstr(list, ": \"a\"") || !strstr(list, ": \"b\"")); /* which no system above is */
      assigned++;
      known += own;
      alone += !own && one;
      beaten += worse;
    }
    for (size_t k = s * kind; k < (s + 1) * kind; k++) {
      bool good = all.label[k][0] != 'c';
      for (size_t i = s * kind; i < s * kind + axis && !good; i++)
        good = strcmp(all.label[i], "assigned") == 0 && !all.reason[i] &&
               (same_costs(&q, all.metric[i], all.metric[k]) || beats(&q, all.metric[i], all.metric[k]));
      open += !good;
    }
    ok(assigned > 0 && known > 0 && known + alone == assigned && beaten == 0 && open == 0,
       "members of a %s system: %d points against all ways to spread layers", s ? "pipelined" : "sequential", assigned);
    if (known + alone != assigned || beaten || open)
      printf("# %d known, %d on one member, %d beaten, %d open\n", known, alone, beaten, open);
  }
  static const question asked[2] = {{.label = "lean", .objective = {QY_ENERGY_UJ, QY_NOISE}, .objectives = 2},
                                    {.label = "within", .objective = {QY_LATENCY_US, QY_NOISE}, .objectives = 2}};
  int wrong = 0;
  for (size_t first = 0; first < all.count; first += axis)
    for (int l = 0; l < 2; l++)
      wrong += !members_within(&all, &asked[l], first, axis, first / kind * kind, kind, l);
  is_int(wrong, 0, "members: energies in order, and limits of energy, against all ways to spread layers");
  /* All spreads have the same weights: of them the fastest is taken. */
  int slower = 0, optima = 0;
  for (size_t first = 0; first < all.count; first += axis) {
    double latency[2] = {NAN, NAN};
    for (size_t i = first; i < first + axis; i++)
      if (!all.reason[i] && (!strcmp(all.label[i], "small") || !strcmp(all.label[i], "fast")))
        latency[!strcmp(all.label[i], "fast")] = all.metric[i][QY_LATENCY_US], optima++;
    slower += !(fabs(latency[0] - latency[1]) <= close_to * latency[1]);
  }
  ok(slower == 0 && optima == 24, "of members with which the weights are least the fastest run the layers");
  points_free(&all);
}

/* A member that cannot run a layer, whatever the precision, is not given it: what multiplies over channels stays on the
 * array. */
static void members_that_cannot(qy_arena *arena)
{
  const char *systems = strstr(designs, "  - name: seq"), *end = strstr(designs, "  - name: pair");
  char text[2000];
  all_points all;
  snprintf(text, sizeof text, "%.*s", (int)(end - systems), systems);
  qy_plan *plan = plan_with(text, "  - {options: [8, 4], members: true, minimize: [latency_us, noise], points: 4}\n",
                            "", false, arena);
  if (!plan || !evaluate_all(&all, plan, 1, 100)) return;
  int wrong = 0, found = 0, moved = 0;
  for (size_t i = 0; i < all.count; i++) {
    const char *list = all.reason[i] ? NULL : strstr(all.assignment[i], "\"members\"");
    found += list != NULL;
    for (int l = 0; list && l < LAYERS; l++) {
      char on_array[60], on_module[60];
      snprintf(on_array, sizeof on_array, "\"%s\": \"array\"", layer_name[l]);
      snprintf(on_module, sizeof on_module, "\"%s\": \"rdm\"", layer_name[l]);
      if (strcmp(layer_name[l], "dw") == 0)
        moved += strstr(list, on_module) != NULL || strstr(list, on_array) != NULL;
      else
        wrong += !strstr(list, on_array) || strstr(list, on_module);
    }
  }
  ok(found >= 2 && moved == found && wrong == 0, "%d points: layers stay where they can be", found);
  points_free(&all);
}

int main(void)
{
  qy_arena *arena = qy_arena_new();
  if (!network_made()) return 1;
  pipelines(arena);
  members(arena);
  members_that_cannot(arena);
  qy_arena_free(arena);
  return done();
}
