/* quarry report: one web page of a stored experiment. */
#include "cli.h"
#include "session.h"

#include "quarry/file.h"
#include "quarry/published.h"
#include "quarry/report.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

typedef struct report_options {
  places where;
  const char *output;
  int no_validation, no_cache;
} report_options;

/* Is what is there a page of this command?  Its policy stands at its head. */
static bool is_page(const char *file)
{
  enum { HEAD = 1024 };
  char head[HEAD + 1];
  FILE *f = fopen(file, "rb");
  const size_t length = f ? fread(head, 1, HEAD, f) : 0;
  if (f) fclose(f);
  head[length] = '\0';
  return strstr(head, "http-equiv=\"Content-Security-Policy\"") && strstr(head, "default-src 'none'");
}

/* May the page go there?  Looked at before the page is made, which takes seconds. */
static qy_status check_page(const char *file, const char *database, qy_error *err)
{
  struct stat is;
  if (strcmp(file, "-") == 0) return QY_OK;
  const qy_status status = output_file_check(file, database, "html", NULL, err);
  if (status) return status;
  if (stat(file, &is) != 0 || is.st_size == 0 || qy_file_is_stream(file) || is_page(file)) return QY_OK;
  return qy_fail(err, QY_BAD_INPUT,
                 "--output: expected %s to be new or an earlier page, found a file of another: choose another output, "
                 "or move it away",
                 file);
}

/* The page, into the file or on standard output ("-"). */
static qy_status write_page(const qy_text *page, const char *file, qy_error *err)
{
  if (strcmp(file, "-") == 0) {
    fwrite(page->data, 1, page->length, stdout); /* finish_output says when that failed */
    return QY_OK;
  }
  const qy_status status = qy_file_write(file, page->data, page->length, err);
  if (!status) say("wrote %s, %.0f kB\n", file, (double)page->length / 1000);
  return status;
}

static qy_status make_report(const char *name, const report_options *o, qy_error *err)
{
  char file[1024];
  qy_text page = {0};
  qy_store *store = NULL;
  qy_published *published = NULL;
  int64_t id = 0;
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? qy_store_open(&store, o->where.database, QY_STORE_READ, err) : qy_no_memory(err);
  if (!status) status = session_find(&id, store, name, err);
  if (!status && snprintf(file, sizeof file, "%s.html", name) >= (int)sizeof file && !o->output)
    status = qy_fail(err, QY_BAD_INPUT, "expected an experiment's name, found %zu bytes", strlen(name));
  if (!status && !o->output && strchr(name, '/'))
    status = qy_fail(err, QY_BAD_INPUT, "--output: expected a file for the page of \"%s\", found none", name);
  const char *output = o->output ? o->output : file;
  if (!status) status = check_page(output, o->where.database, err);
  if (!status && !o->no_validation)
    status =
        qy_published_evaluate(&published, o->where.db_dir, NULL, o->no_cache ? NULL : o->where.cache, true, arena, err);
  if (!status) status = qy_report_write(&page, store, id, published, err);
  if (!status) status = write_page(&page, output, err);
  qy_text_free(&page);
  qy_store_close(store);
  qy_arena_free(arena);
  return status;
}

int cmd_report(int argc, char **argv)
{
  report_options o = {.no_validation = 0};
  places_default(&o.where);
  const option_row rows[] = {
      {"database", 'd', OPTION_TEXT, &o.where.database, "FILE", "results database", 0, 0, NULL},
      {"output", 'o', OPTION_TEXT, &o.output, "FILE", "page to write (default EXPERIMENT.html); -: standard output", 0,
       0, NULL},
      {"db-dir", 0, OPTION_TEXT, &o.where.db_dir, "DIR", "where published figures are looked up", 0, 0, NULL},
      CACHE_OPTIONS(&o.where.cache, &o.no_cache),
      {"no-validation", 0, OPTION_FLAG, &o.no_validation, NULL,
       "do not evaluate the published figures, which takes some seconds the first time", 0, 0, NULL},
  };
  static const usage help = {"report",
                             "EXPERIMENT",
                             "Write a stored experiment (name, or number from `quarry list experiments`) as one HTML "
                             "file that loads nothing:\n"
                             "question, command, summary, linked plots with filters, a sortable front with its "
                             "intervals, assumptions, sources\n"
                             "of the libraries' constants, and the models beside published figures.  At most 300 kB: "
                             "of more than 10,000 points\n"
                             "an even share, which the page counts.",
                             "  quarry report rdm_vs_sdm\n"
                             "  quarry report rdm_vs_sdm --output r.html --no-validation\n",
                             1,
                             1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  const qy_status status = make_report(argv[first], &o, &err);
  return finish_output(status ? report(status, &err) : EXIT_DONE);
}
