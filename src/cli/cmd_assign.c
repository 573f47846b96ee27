/* quarry assign: one option for each layer of a table; the front of its costs, or the optimum under limits. */
#include "cli.h"

#include "quarry/assign_table.h"
#include "quarry/text.h"
#include "quarry/units.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct request {
  option_list minimize, limit, tie, fix;
  double epsilon;
  int format;
} request;

/* A table with what is asked of it. */
typedef struct session {
  qy_assign_table table;
  qy_assign_groups groups;
  int objective[QY_ASSIGN_COSTS_MAX], objectives;
  qy_assign_limit limit[QY_ASSIGN_COSTS_MAX];
  int limits;
  double epsilon;
  int format;
  qy_arena *arena;
} session;

/* ---- what is asked ---- */

static qy_status read_objectives(session *s, const request *r, qy_error *err)
{
  for (int i = 0; i < r->minimize.count; i++) {
    const int k = qy_assign_table_cost(&s->table, "--minimize", r->minimize.at[i], err);
    if (k < 0) return QY_BAD_INPUT;
    for (int j = 0; j < s->objectives; j++)
      if (s->objective[j] == k)
        return qy_fail(err, QY_BAD_INPUT, "--minimize: expected each cost once, found \"%s\" again", r->minimize.at[i]);
    s->objective[s->objectives++] = k;
  }
  return QY_OK;
}

/* "COST=VALUE" or "COST=P%": the share P of the way from the least to the greatest total. */
static qy_status read_limit(session *s, const char *text, qy_error *err)
{
  const char *equals = strrchr(text, '=');
  if (!equals) return qy_fail(err, QY_BAD_INPUT, "--limit: expected COST=VALUE or COST=P%%, found \"%s\"", text);
  const char *name = qy_arena_text(s->arena, text, (size_t)(equals - text));
  char *number = qy_arena_text(s->arena, equals + 1, strlen(equals + 1));
  if (!name || !number) return qy_no_memory(err);
  const int k = qy_assign_table_cost(&s->table, "--limit", name, err);
  if (k < 0) return QY_BAD_INPUT;
  for (int l = 0; l < s->limits; l++)
    if (s->limit[l].cost == k)
      return qy_fail(err, QY_BAD_INPUT, "--limit: expected each cost once, found \"%s\" again", name);
  const size_t length = strlen(number);
  const bool percent = length > 0 && number[length - 1] == '%';
  double value;
  if (percent) number[length - 1] = '\0';
  if (!qy_number_parse(number, &value) || value < 0 || (percent && value > 100))
    return qy_fail(err, QY_BAD_INPUT, "--limit %s: expected %s, found \"%s\"", name,
                   percent ? "0% to 100%" : "a number from 0 on, or a share from 0% to 100%", equals + 1);
  double least, greatest;
  qy_assign_range(&least, &greatest, &s->groups.problem, k);
  if (percent) value = value < 100 ? least + value / 100 * (greatest - least) : greatest;
  s->limit[s->limits++] = (qy_assign_limit){k, value};
  return QY_OK;
}

static bool limited(const session *s, int cost)
{
  for (int l = 0; l < s->limits; l++)
    if (s->limit[l].cost == cost) return true;
  return false;
}

/* Without --minimize: all costs, or the only one that has no limit. */
static qy_status default_objectives(session *s, qy_error *err)
{
  for (int k = 0; k < s->table.costs; k++)
    if (!limited(s, k)) s->objective[s->objectives++] = k;
  if (s->limits == 0 || s->objectives == 1) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "--limit: expected --minimize COST beside it where %s cost has no limit, found none",
                 s->objectives ? "more than one" : "no");
}

static qy_status prepare(session *s, const request *r, const char *file, qy_error *err)
{
  if (!(s->arena = qy_arena_new())) return qy_no_memory(err);
  qy_status status = qy_assign_table_read(&s->table, file, s->arena, err);
  for (int i = 0; !status && i < r->tie.count; i++)
    status = qy_assign_table_tie(&s->table, r->tie.at[i], err);
  for (int i = 0; !status && i < r->fix.count; i++)
    status = qy_assign_table_fix(&s->table, r->fix.at[i], err);
  if (!status) status = qy_assign_table_groups(&s->groups, &s->table, err);
  if (!status) status = read_objectives(s, r, err);
  for (int i = 0; !status && i < r->limit.count; i++)
    status = read_limit(s, r->limit.at[i], err);
  if (!status && s->objectives == 0) status = default_objectives(s, err);
  s->epsilon = r->epsilon;
  s->format = r->format;
  return status;
}

/* ---- JSON ---- */

static void print_number(double x)
{
  char text[QY_NUMBER_EXACT];
  fputs(qy_number_exact(text, x), stdout);
}

static void print_costs(const session *s, const double *total)
{
  fputs("\"costs\": {", stdout);
  for (int k = 0; k < s->table.costs; k++) {
    if (k) fputs(", ", stdout);
    print_json_text(s->table.cost_name[k]);
    fputs(": ", stdout);
    print_number(total[k]);
  }
  putchar('}');
}

static void print_assignment(const session *s, const uint16_t *choice)
{
  fputs("\"assignment\": [", stdout);
  for (size_t l = 0; l < s->table.layers; l++) {
    fputs(l ? ", {\"layer\": " : "{\"layer\": ", stdout);
    print_json_text(s->table.layer[l]);
    fputs(", \"option\": ", stdout);
    print_json_text(qy_assign_table_chosen(&s->table, &s->groups, choice, l));
    putchar('}');
  }
  putchar(']');
}

static void print_limits(const session *s)
{
  fputs("\"limits\": {", stdout);
  for (int l = 0; l < s->limits; l++) {
    if (l) fputs(", ", stdout);
    print_json_text(s->table.cost_name[s->limit[l].cost]);
    fputs(": ", stdout);
    print_number(s->limit[l].most);
  }
  putchar('}');
}

static void front_json(const session *s, const qy_assign_front *front, uint16_t *choice)
{
  const double epsilon = qy_assign_front_epsilon(front);
  double total[QY_ASSIGN_COSTS_MAX];
  fputs("{\"epsilon\": ", stdout);
  print_number(epsilon);
  printf(", \"exact\": %s, ", epsilon > 0 ? "false" : "true");
  print_limits(s);
  fputs(", \"front\": [", stdout);
  for (size_t i = 0; i < qy_assign_front_count(front); i++) {
    qy_assign_front_point(front, i, total, choice);
    fputs(i ? ",\n{" : "\n{", stdout);
    print_costs(s, total);
    fputs(", ", stdout);
    print_assignment(s, choice);
    putchar('}');
  }
  puts("\n]}");
}

static void optimum_json(const session *s, const qy_assign_optimum *o)
{
  putchar('{');
  print_assignment(s, o->choice);
  fputs(", ", stdout);
  print_costs(s, o->total);
  fputs(", ", stdout);
  print_limits(s);
  printf(", \"optimal\": %s, \"bound\": ", o->optimal ? "true" : "false");
  print_number(o->bound);
  puts("}");
}

static void infeasible_json(const session *s, const qy_assign_optimum *o)
{
  fputs("{\"assignment\": null, \"costs\": null, ", stdout);
  print_limits(s);
  fputs(", \"optimal\": false, \"bound\": null, \"infeasible\": ", stdout);
  if (o->missed >= 0) {
    fputs("{\"cost\": ", stdout);
    print_json_text(s->table.cost_name[s->limit[o->missed].cost]);
    fputs(", \"limit\": ", stdout);
    print_number(s->limit[o->missed].most);
    fputs(", \"least\": ", stdout);
    print_number(o->least);
    puts("}}");
  } else
    puts("null}");
}

/* ---- tables ---- */

static void front_table(const session *s, const qy_assign_front *front, uint16_t *choice)
{
  const char *names[QY_ASSIGN_COSTS_MAX + 1];
  double total[QY_ASSIGN_COSTS_MAX];
  for (int k = 0; k < s->table.costs; k++)
    names[k] = s->table.cost_name[k];
  names[s->table.costs] = "assignment";
  table *t = table_new(s->format, s->table.costs + 1, names);
  for (size_t i = 0; i < qy_assign_front_count(front); i++) {
    qy_text options = {0};
    qy_assign_front_point(front, i, total, choice);
    for (int k = 0; k < s->table.costs; k++)
      table_number(t, total[k]);
    for (size_t l = 0; l < s->table.layers; l++)
      qy_text_add(&options, "%s%s", l ? " " : "", qy_assign_table_chosen(&s->table, &s->groups, choice, l));
    table_text(t, options.data);
    qy_text_free(&options);
  }
  table_print(t);
}

static void optimum_table(const session *s, const qy_assign_optimum *o)
{
  const char *names[QY_ASSIGN_COSTS_MAX + 2] = {"layer", "option"};
  for (int k = 0; k < s->table.costs; k++)
    names[k + 2] = s->table.cost_name[k];
  table *t = table_new(s->format, s->table.costs + 2, names);
  for (size_t l = 0; l < s->table.layers; l++) {
    const char *option = qy_assign_table_chosen(&s->table, &s->groups, o->choice, l);
    size_t row = s->table.first[l];
    while (strcmp(s->table.option[row], option))
      row++;
    table_row(t, TEXT(s->table.layer[l]), TEXT(option));
    for (int k = 0; k < s->table.costs; k++)
      table_number(t, s->table.cost[k][row]);
  }
  table_print(t);
}

/* How good the answer is, below a table for people and on standard error beside CSV. */
static void say_front(const session *s, const qy_assign_front *front)
{
  FILE *out = s->format == FORMAT_TABLE ? stdout : stderr;
  const double epsilon = qy_assign_front_epsilon(front);
  fprintf(out, "%zu points, ", qy_assign_front_count(front));
  if (epsilon > 0)
    fprintf(out, "within %.3g %% of every other assignment in every cost minimized (epsilon %.3g, proved)\n",
            100 * epsilon, epsilon);
  else
    fputs("the exact front\n", out);
}

static void say_optimum(const session *s, const qy_assign_optimum *o)
{
  FILE *out = s->format == FORMAT_TABLE ? stdout : stderr;
  fputs("total:", out);
  for (int k = 0; k < s->table.costs; k++)
    fprintf(out, "%s %s %.6g", k ? "," : "", s->table.cost_name[k], o->total[k]);
  for (int l = 0; l < s->limits; l++)
    fprintf(out, "; %s at most %.6g", s->table.cost_name[s->limit[l].cost], s->limit[l].most);
  if (o->optimal)
    fprintf(out, "\noptimal (proved): no assignment within the limits has less %s\n",
            s->table.cost_name[s->objective[0]]);
  else
    fprintf(out, "\nnot proved optimal: no assignment within the limits has less %s than %.6g\n",
            s->table.cost_name[s->objective[0]], o->bound);
}

/* ---- the two answers ---- */

/* The limits cannot be met: which, and what could be. */
static qy_status say_infeasible(const session *s, const qy_assign_optimum *o, qy_error *err)
{
  qy_error_clear(err);
  if (s->format == FORMAT_JSON) infeasible_json(s, o);
  if (o->missed < 0) return qy_fail(err, QY_INFEASIBLE, "--limit: no assignment within the limits was found");
  const qy_assign_limit *limit = &s->limit[o->missed];
  return qy_fail(err, QY_INFEASIBLE, "--limit %s: expected at least %.15g, the smallest total%s, found %.15g",
                 s->table.cost_name[limit->cost], o->least, o->missed ? " within the limits before it" : "",
                 limit->most);
}

static qy_status answer_optimum(const session *s, qy_error *err)
{
  const qy_assign_problem *problem = &s->groups.problem;
  qy_assign_optimum o;
  int then[QY_ASSIGN_COSTS_MAX], thens = 0;
  for (int k = 0; k < s->table.costs; k++)
    if (k != s->objective[0]) then[thens++] = k;
  qy_status status = qy_assign_minimize(&o, problem, s->objective[0], s->limit, s->limits, 0, s->arena, err);
  if (status == QY_INFEASIBLE) return say_infeasible(s, &o, err);
  if (!status)
    status = qy_assign_prefer(&o, problem, s->objective, 1, s->limit, s->limits, then, thens, 0, s->arena, err);
  if (status) return status;
  if (s->format == FORMAT_JSON) {
    optimum_json(s, &o);
    return QY_OK;
  }
  optimum_table(s, &o);
  say_optimum(s, &o);
  return QY_OK;
}

static qy_status answer_front(const session *s, qy_error *err)
{
  const qy_assign_question q = {s->objectives, s->objective, s->limits, s->limit, s->epsilon, 0};
  qy_assign_front *front;
  uint16_t *choice = qy_arena_alloc(s->arena, s->groups.problem.groups, sizeof *choice);
  if (!choice) return qy_no_memory(err);
  const qy_status status = qy_assign_front_find(&front, &s->groups.problem, &q, err);
  if (status == QY_INFEASIBLE) return answer_optimum(s, err); /* which says what cannot be met */
  if (status) return status;
  if (s->format == FORMAT_JSON)
    front_json(s, front, choice);
  else {
    front_table(s, front, choice);
    say_front(s, front);
  }
  qy_assign_front_free(front);
  return QY_OK;
}

int cmd_assign(int argc, char **argv)
{
  static request r;
  const option_row rows[] = {
      {"minimize", 'm', OPTION_LIST, &r.minimize, "COST", "cost to minimize, may be repeated (default: all)", 0, 0,
       NULL},
      {"limit", 'l', OPTION_LIST, &r.limit, "COST=VALUE|P%",
       "greatest total of a cost; P%: from the least to the greatest there is; may be repeated", 0, 0, NULL},
      {"tie", 't', OPTION_LIST, &r.tie, "A,B,...", "layers that take the same option; may be repeated", 0, 0, NULL},
      {"fix", 'x', OPTION_LIST, &r.fix, "LAYER=OPTION", "option of a layer; may be repeated", 0, 0, NULL},
      {"epsilon", 'e', OPTION_NUMBER, &r.epsilon, "E",
       "a smaller front: every assignment within 1 + E of a point (0: exact if it can be)", 0, 1, NULL},
      FORMAT_OPTION(&r.format),
  };
  static const usage help = {
      "assign",
      "TABLE.csv",
      "Choose one option for each layer of a table: columns layer, option, then costs that add up over the layers.\n"
      "Prints the front of the costs; with a limit and one cost to minimize, the optimum and whether it is proved: of\n"
      "equal ones that with the least of the other costs, in the order of their columns.",
      "  quarry assign layers.csv\n"
      "  quarry assign layers.csv --minimize sensitivity --limit size=25% --tie conv1,shortcut --fix first=8\n"
      "  quarry assign layers.csv --minimize latency --minimize noise --epsilon 0.001 --format json\n",
      1,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  session s = {0};
  qy_status status = prepare(&s, &r, argv[first], &err);
  if (!status) status = s.limits && s.objectives == 1 ? answer_optimum(&s, &err) : answer_front(&s, &err);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_arena_free(s.arena);
  return finish_output(code);
}
