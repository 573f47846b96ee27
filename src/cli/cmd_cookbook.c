/* quarry cookbook: usual questions to the results database, each with the SQL that answers it.  `quarry help cookbook`
 * and the page quarry-cookbook(1) show the same table. */
#include "cli.h"

#include "quarry/text.h"

#include <stdio.h>
#include <string.h>

typedef struct recipe {
  const char *question, *sql;
} recipe;

/* Lines of SQL are broken where the help breaks them. */
static const recipe recipes[] = {
    {"What is stored, and is it complete?",
     "SELECT experiment, status, points, stored, on_front, seconds FROM summary"},
    {"Which point is best for each objective?",
     "SELECT technology, precision, objective, value, unit, design, clock_mhz\nFROM best WHERE experiment = "
     "'rdm_vs_sdm'"},
    {"The fronts along the area: what does speed cost?",
     "SELECT front_group, design, clock_mhz, area_um2, latency_us, point\nFROM front_point WHERE experiment = "
     "'rdm_vs_sdm' ORDER BY front_group, area_um2"},
    {"Which share of each front has each design?",
     "SELECT front_group, design, count(*) AS points,\n  1.0 * count(*) / sum(count(*)) OVER (PARTITION BY "
     "front_group) "
     "AS share\nFROM front_point WHERE experiment = 'rdm_vs_sdm' GROUP BY 1, 2"},
    {"The smallest design that is fast enough?",
     "SELECT technology, precision, design, clock_mhz, min(area_um2) AS area_um2, latency_us\nFROM point WHERE "
     "experiment = 'rdm_vs_sdm' AND infeasible IS NULL AND latency_us <= 20000 GROUP BY technology, precision"},
    {"How does one design compare with another, all but `pe.kind` equal?",
     "SELECT r.technology, r.precision, count(*) AS pairs, min(r.area_um2 / s.area_um2) AS least,\n  max(r.area_um2 / "
     "s.area_um2) AS greatest\nFROM point r JOIN point s USING (experiment, technology, network, precision, "
     "clock_mhz)\nWHERE experiment = 'rdm_vs_sdm' AND r.design = 'RDM' AND s.design = 'SDM'\n  AND r.infeasible IS "
     "NULL AND s.infeasible IS NULL AND\n  "
     "json_remove(r.parameters, '$.pe.kind') = json_remove(s.parameters, '$.pe.kind') GROUP BY 1, 2"},
    {"What does a parameter of the designs do?",
     "SELECT parameters ->> 'channels' AS channels, min(area_um2), max(area_um2), min(latency_us)\nFROM point WHERE "
     "experiment = 'rdm_vs_sdm' AND infeasible IS NULL GROUP BY 1 ORDER BY 1"},
    {"Why are points infeasible?",
     "SELECT technology, reason, points FROM infeasible\nWHERE experiment = 'rdm_vs_sdm' ORDER BY points DESC"},
    {"What does another technology change?",
     "SELECT base_technology, technology, precision, avg(area_ratio), avg(latency_ratio), avg(energy_ratio)\nFROM "
     "compare WHERE experiment = 'rdm_vs_sdm' GROUP BY 1, 2, 3"},
    {"Of which points is a metric least certain?",
     "SELECT point, design, area_um2, area_um2_p05, area_um2_p95\nFROM point WHERE experiment = 'rdm_vs_sdm' AND "
     "area_um2_p05 IS NOT NULL\nORDER BY area_um2_p95 / area_um2_p05 DESC LIMIT 10"},
    {"Most operations per area?",
     "SELECT point, technology, precision, design, clock_mhz, gops / area_um2 * 1e6 AS gops_per_mm2\nFROM point WHERE "
     "experiment = 'rdm_vs_sdm' AND infeasible IS NULL ORDER BY gops_per_mm2 DESC LIMIT 5"},
    {"What did earlier runs of an experiment say?",
     "SELECT s.experiment_id, s.started_utc, s.model_version, min(p.area_um2), min(p.latency_us)\nFROM summary_all s "
     "JOIN point_all p USING (experiment_id)\nWHERE s.experiment = 'rdm_vs_sdm' AND p.infeasible IS NULL GROUP BY 1 "
     "ORDER BY 1"},
    {"Which inputs was an experiment made with?",
     "SELECT e.id, e.name, t.name AS technology, t.sha256\nFROM experiment e JOIN experiment_technology x ON "
     "x.experiment = e.id JOIN technology t ON t.id = x.technology\nORDER BY e.id, x.position"},
    {"What do the designs gain over the base, as `quarry run` says it?",
     "SELECT within, design, base, metric, at_equal, gain, p05, p95, unlimited, "
     "unlimited_p05, unlimited_p95\nFROM comparison WHERE experiment = "
     "(SELECT "
     "max(id) FROM experiment WHERE name = 'rdm_vs_sdm') ORDER BY position"},
    {"Which layers take the most energy? (of an experiment with `store: {layers: front}`)",
     "SELECT experiment, point, design, layer, type, energy_uj,\n  energy_uj / sum(energy_uj) OVER (PARTITION BY "
     "point_id) AS share\nFROM layer ORDER BY share DESC LIMIT 10"},
    {"Which member takes the area? (of an experiment with `store: {members: front}`)",
     "SELECT experiment, point, design, member, accelerator, area_um2, energy_uj\nFROM member ORDER BY experiment_id, "
     "point, position LIMIT 10"},
    {"What does a column mean?", "SELECT name, unit, label, help FROM metric WHERE name LIKE 'area%'"},
};
enum { RECIPES = sizeof recipes / sizeof *recipes };

/* The recipes as examples of a command's help: shell commands, a comment before each. */
static void put_recipes(qy_text *out)
{
  for (size_t i = 0; i < RECIPES; i++) {
    qy_text_add(out, "  # %s\n  quarry query \"", recipes[i].question);
    for (const char *c = recipes[i].sql; *c; c++)
      *c == '\n' ? qy_text_add(out, " \\\n    ") : qy_text_put(out, c, 1);
    qy_text_add(out, "\"\n");
  }
}

int cmd_cookbook(int argc, char **argv)
{
  static const char *const columns[] = {"question", "sql"};
  int format = FORMAT_TABLE, first;
  const option_row rows[] = {FORMAT_OPTION(&format)};
  qy_text examples = {0};
  put_recipes(&examples);
  const usage help = {"cookbook",
                      "",
                      "Usual questions to the results database, each with the SQL that answers it.  Views hold the\n"
                      "latest run of each experiment name; `quarry describe schema` says what columns there are, and\n"
                      "`quarry query --list` which questions need no SQL.",
                      examples.failed ? "" : examples.data,
                      0,
                      0};
  int code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code == PARSED && format == FORMAT_TABLE) {
    fputs(help.examples, stdout);
    code = finish_output(EXIT_DONE);
  } else if (code == PARSED) {
    table *t = table_new(format, 2, columns);
    for (size_t i = 0; i < RECIPES; i++)
      table_row(t, TEXT(recipes[i].question), TEXT(recipes[i].sql));
    table_print(t);
    code = finish_output(EXIT_DONE);
  }
  qy_text_free(&examples);
  return code;
}
