/* quarry init: an experiment file to begin with, from db/skeleton.yaml. */
#include "cli.h"

#include "quarry/file.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char name_line[] = "\nname: ", end[] = ".yaml";

/* What is behind the last slash, without its ending, in the characters that a name may have. */
static char *name_of(const char *file, qy_arena *arena)
{
  const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file, *dot = strrchr(base, '.');
  char *name = qy_arena_text(arena, base, dot && dot > base ? (size_t)(dot - base) : strlen(base));
  for (char *c = name; c && *c; c++)
    if (!isascii(*c) || !(isalnum((unsigned char)*c) || strchr("._-", *c))) *c = '_';
  return name;
}

/* FILE; NAME is NAME.yaml, a folder gets experiment.yaml. */
static const char *file_of(const char *operand, qy_arena *arena)
{
  struct stat is;
  const size_t length = strlen(operand);
  const bool slash = length > 0 && operand[length - 1] == '/';
  if (slash || (stat(operand, &is) == 0 && S_ISDIR(is.st_mode)))
    return qy_arena_format(arena, "%s%sexperiment%s", operand, slash ? "" : "/", end);
  const char *base = strrchr(operand, '/');
  return strchr(base ? base : operand, '.') ? operand : qy_arena_format(arena, "%s%s", operand, end);
}

/* The skeleton with another name. */
static qy_status skeleton(qy_text *out, const char *name, const char *db_dir, qy_arena *arena, qy_error *err)
{
  char *text = NULL;
  size_t length;
  const char *file = qy_arena_format(arena, "%s/skeleton%s", db_dir, end);
  if (!file || !name) return qy_no_memory(err);
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  if (status) return status;
  const char *at = strstr(text, name_line), *rest = at ? strchr(at + 1, '\n') : NULL;
  if (!rest) return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0, "expected a line with the name, found none");
  qy_text_put(out, text, (size_t)(at - text));
  qy_text_add(out, "%s%s%s", name_line, name, rest);
  return out->failed ? qy_no_memory(err) : QY_OK;
}

static qy_status init(const char *operand, const char *db_dir, qy_text *text, qy_arena *arena, qy_error *err)
{
  const bool prints = strcmp(operand, "-") == 0;
  const char *file = prints ? "experiment.yaml" : file_of(operand, arena);
  if (!file) return qy_no_memory(err);
  if (!prints && access(file, F_OK) == 0)
    return qy_fail_at(err, QY_BAD_INPUT, file, 0, 0,
                      "expected a file that is not there yet, found one; it was left as it is");
  qy_status status = skeleton(text, name_of(file, arena), db_dir, arena, err);
  if (!status && prints) fwrite(text->data, 1, text->length, stdout);
  if (status || prints) return status;
  status = qy_file_write(file, text->data, text->length, err);
  const char *word = shell_word(file, arena);
  if (!word) return qy_no_memory(err);
  if (!status) say("wrote %s; next: quarry run %s\n", file, word);
  return status;
}

int cmd_init(int argc, char **argv)
{
  places where;
  places_default(&where);
  const option_row rows[] = {
      {"db-dir", 0, OPTION_TEXT, &where.db_dir, "DIR", "where the skeleton is looked up", 0, 0, NULL},
  };
  static const usage help = {"init",
                             "[FILE | -]",
                             "Write an experiment file that runs as it is, with the usual choices in comments\n"
                             "(default: experiment.yaml; -: on standard output).  A file that is there is left alone.",
                             "  quarry init\n  quarry init mine.yaml && quarry run mine.yaml\n",
                             0,
                             1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_text text = {0};
  qy_arena *arena = qy_arena_new();
  const char *operand = first < argc ? argv[first] : "experiment.yaml";
  qy_status status = arena ? init(operand, where.db_dir, &text, arena, &err) : qy_no_memory(&err);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_text_free(&text);
  qy_arena_free(arena);
  return finish_output(code);
}
