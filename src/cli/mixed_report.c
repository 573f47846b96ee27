/* quarry validate mixed: see mixed_report.h. */
#include "mixed_report.h"

#include "cli.h"

#include "quarry/mixed.h"

#include <stdio.h>

static table *table_of(const qy_mixed_report *r, int format)
{
  static const char *const names[] = {
      "network", "widths", "prediction", "cases", "spearman", "low", "high", "mean_error_db", "mean_absolute_error_db"};
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < r->group_count; i++) {
    const qy_mixed_group *g = &r->group[i];
    table_row(t, TEXT(g->network), TEXT(qy_mixed_widths_names[g->widths]), TEXT(qy_mixed_source_names[g->source]),
              INTEGER((int64_t)g->cases), NUMBER(g->spearman), NUMBER(g->low), NUMBER(g->high),
              NUMBER(g->mean_error_db), NUMBER(g->mean_absolute_error_db));
  }
  return t;
}

int validate_mixed(const char *sensitivities, const char *assignments, int format)
{
  qy_error err = {0};
  qy_mixed_report *r = NULL;
  qy_arena *arena = qy_arena_new();
  const char *one = arena ? place_file(sensitivities, arena, &err) : NULL;
  const char *other = one ? place_file(assignments, arena, &err) : NULL;
  const qy_status status = other ? qy_mixed_compare(&r, one, other, arena, &err) : qy_no_memory(&err);
  const int code = status ? report(status, &err) : EXIT_DONE;
  if (!status && format == FORMAT_TABLE) {
    printf("%s: %zu assignments, %zu compared; noise added up from %s\n", assignments, r->rows, r->compared,
           sensitivities);
    for (size_t i = 0; i < r->note_count; i++)
      printf("  %zu %s\n", r->note[i].count, r->note[i].reason);
    puts("  spearman: rank correlation, with its 95 % interval for so many cases; errors: predicted less measured\n"
         "  noise of the output against its power, not accuracy\n");
  }
  if (!status) table_print(table_of(r, format));
  if (!status && r->compared == 0) say("note: %s: no row was compared\n", assignments);
  qy_arena_free(arena);
  return finish_output(code);
}
