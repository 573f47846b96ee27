/* Option tables on top of getopt_long: parsing, checks and --help from the same rows. */
#include "cli.h"
#include "manual.h"

#include "quarry/decimal.h"
#include "quarry/text.h"
#include "quarry/units.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPTIONS_MAX = 64, FIRST_CODE = 256 }; /* bits of `given` */

int threads_default(void)
{
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  return processors < 1 ? 1 : processors > THREADS_MOST ? THREADS_MOST : (int)processors;
}

static void print_help(const usage *u, const option_row *rows, size_t count)
{
  printf("usage: quarry %s [OPTION]... %s\n\n%s\n\nOptions:\n", u->command, u->operands, u->summary);
  for (size_t i = 0; i < count; i++) {
    char left[64], letter[8] = "   ";
    if (rows[i].letter) snprintf(letter, sizeof letter, "-%c,", rows[i].letter);
    snprintf(left, sizeof left, "%s --%s %s", letter, rows[i].name, rows[i].argument ? rows[i].argument : "");
    printf("  %-30s %s\n", left, rows[i].help);
  }
  printf("  %-30s %s\n\nExamples:\n%s", "    --help", "this text", u->examples);
}

static int complain(const usage *u, const char *what, const char *expected, const char *found)
{
  say("quarry %s: %s: expected %s, found \"%s\"\n", u->command, what, expected, found);
  return EXIT_INPUT;
}

/* getopt_long takes any unambiguous beginning of a name; scripts written that way break when an option is added. */
static int check_spelling(const usage *u, const option_row *rows, size_t count, int argc, char **argv)
{
  const char *names[OPTIONS_MAX + 1];
  for (size_t i = 0; i < count; i++)
    names[i] = rows[i].name;
  names[count] = "help";
  for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
    if (strncmp(argv[i], "--", 2)) continue;
    char name[64];
    size_t length = strcspn(argv[i] + 2, "=");
    if (length >= sizeof name) length = sizeof name - 1;
    memcpy(name, argv[i] + 2, length);
    name[length] = '\0';
    size_t known = 0;
    while (known <= count && strcmp(name, names[known]))
      known++;
    if (known <= count) continue;
    const char *nearest = qy_nearest(name, names, count + 1);
    say("quarry %s: expected an option, found \"--%s\"%s%s%s (quarry %s --help lists them)\n", u->command, name,
        nearest ? "; did you mean \"--" : "", nearest ? nearest : "", nearest ? "\"?" : "", u->command);
    return EXIT_INPUT;
  }
  return PARSED;
}

/* A number with a unit ("1 GHz") where the argument is one. */
static bool read_unit(double *value, const option_row *row, const char *text)
{
  static const struct {
    const char *argument, *unit;
  } units[] = {{"MHZ", "MHz"}, {"V", "V"},         {"NM", "nm"}, {"TIME", "s"},
               {"P", "ratio"}, {"SHARE", "ratio"}, {"DB", "dB"}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (row->argument && strcmp(row->argument, units[i].argument) == 0)
      return qy_unit_parse(text, units[i].unit, value, NULL) == QY_OK;
  return false;
}

static int set_number(const usage *u, const option_row *row, const char *text)
{
  char what[72], expected[120], *end;
  errno = 0;
  double value = qy_decimal(text, &end);
  if (end != text && *end && read_unit(&value, row, text)) end += strlen(end);
  int whole = row->kind == OPTION_INTEGER;
  snprintf(what, sizeof what, "--%s", row->name);
  qy_print(expected, sizeof expected, "%s from %.15g to %.15g", whole ? "an integer" : "a number", row->low, row->high);
  const bool hexadecimal = text[strspn(text, " \t+-0")] == 'x' || text[strspn(text, " \t+-0")] == 'X';
  if (end == text || *end || hexadecimal || !isfinite(value) || value < row->low || value > row->high ||
      (whole && value != floor(value)))
    return complain(u, what, expected, text);
  if (whole)
    *(int64_t *)row->target = (int64_t)value;
  else
    *(double *)row->target = value;
  return PARSED;
}

static int set_choice(const usage *u, const option_row *row, const char *text)
{
  char what[72], expected[200] = "one of", advice[QY_DID_YOU_MEAN];
  size_t used = strlen(expected), count = 0;
  for (int i = 0; row->names[i]; i++, count++) {
    if (strcmp(text, row->names[i]) == 0) {
      *(int *)row->target = i;
      return PARSED;
    }
    used = qy_append(expected, sizeof expected, used, "%s %s", i ? "," : "", row->names[i]);
  }
  snprintf(what, sizeof what, "--%s", row->name);
  say("quarry %s: %s: expected %s, found \"%s\"%s\n", u->command, what, expected, text,
      qy_did_you_mean(advice, text, row->names, count));
  return EXIT_INPUT;
}

static int add(const usage *u, const option_row *row, const char *text)
{
  option_list *list = row->target;
  if (list->count == OPTION_LIST_MAX) {
    say("quarry %s: --%s: expected it at most %d times, found \"%s\" too\n", u->command, row->name,
        (int)OPTION_LIST_MAX, text);
    return EXIT_INPUT;
  }
  list->at[list->count++] = text;
  return PARSED;
}

static int set(const usage *u, const option_row *row, const char *text)
{
  switch (row->kind) {
  case OPTION_FLAG: *(int *)row->target = 1; return PARSED;
  case OPTION_TEXT: *(const char **)row->target = text; return PARSED;
  case OPTION_LIST: return add(u, row, text);
  case OPTION_CHOICE: return set_choice(u, row, text);
  case OPTION_INTEGER:
  case OPTION_NUMBER: break;
  }
  return set_number(u, row, text);
}

int options_parse_given(const usage *u, const option_row *rows, size_t count, int argc, char **argv, int *first,
                        uint64_t *given)
{
  assert(count <= OPTIONS_MAX);
  *given = 0;
  if (argc > 1 && strncmp(argv[1], help_form, strlen(help_form)) == 0)
    return print_form(u, rows, count, argv[1] + strlen(help_form));
  struct option longs[OPTIONS_MAX + 2] = {{0}};
  char shorts[2 * OPTIONS_MAX + 3] = ":h";
  size_t used = strlen(shorts);
  for (size_t i = 0; i < count; i++) {
    int has = rows[i].kind == OPTION_FLAG ? no_argument : required_argument;
    longs[i] = (struct option){rows[i].name, has, NULL, FIRST_CODE + (int)i};
    if (rows[i].letter) used = qy_append(shorts, sizeof shorts, used, "%c%s", rows[i].letter, has ? ":" : "");
  }
  longs[count] = (struct option){"help", no_argument, NULL, 'h'};
  int code = check_spelling(u, rows, count, argc, argv);
  if (code != PARSED) return code;
  opterr = 0;
  optind = 1;
  for (;;) {
    int at = optind, c = getopt_long(argc, argv, shorts, longs, NULL);
    if (c == -1) break;
    if (c == 'h') {
      print_help(u, rows, count);
      return finish_output(EXIT_DONE);
    }
    if (c == ':') {
      say("quarry %s: expected a value after \"%s\"\n", u->command, argv[at]);
      return EXIT_INPUT;
    }
    size_t i = count;
    if (c >= FIRST_CODE) i = (size_t)(c - FIRST_CODE);
    for (size_t j = 0; c < FIRST_CODE && j < count; j++)
      if (rows[j].letter == c) i = j;
    if (c == '?' || i == count) return complain(u, "option", "one that `--help` lists", argv[at]);
    if ((code = set(u, &rows[i], optarg)) != PARSED) return code;
    *given |= UINT64_C(1) << i;
  }
  int operands = argc - optind;
  if (operands < u->operands_min || operands > u->operands_max) {
    say("quarry %s: expected %s, found %d operand%s (quarry %s --help)\n", u->command,
        *u->operands ? u->operands : "no operand", operands, operands == 1 ? "" : "s", u->command);
    return EXIT_INPUT;
  }
  *first = optind;
  return PARSED;
}

int options_parse(const usage *u, const option_row *rows, size_t count, int argc, char **argv, int *first)
{
  uint64_t given;
  return options_parse_given(u, rows, count, argc, argv, first, &given);
}

/* ---- options that a kind of operand takes */

static bool is_listed(const char *list, const char *name)
{
  const size_t length = strlen(name);
  for (const char *p = list; *p; p += strspn(p, " ")) {
    const size_t word = strcspn(p, " ");
    if (word == length && memcmp(p, name, length) == 0) return true;
    p += word;
  }
  return false;
}

static bool is_given(const option_row *rows, size_t count, uint64_t given, const char *name)
{
  for (size_t i = 0; i < count; i++)
    if (given >> i & 1 && strcmp(rows[i].name, name) == 0) return true;
  return false;
}

static void say_form(const option_form *form)
{
  say("%s%s%s", form->kind, form->with ? " --" : "", form->with ? form->with : "");
}

/* Forms that take the option; of a kind that takes it without more, only that. */
static int refuse_option(const usage *u, const char *option, const option_form *found, const option_form *forms,
                         size_t count)
{
  int said = 0;
  say("quarry %s: expected no --%s for ", u->command, option);
  say_form(found);
  for (size_t i = 0; i < count; i++) {
    bool plain = false;
    for (size_t j = 0; forms[i].with && j < count; j++)
      plain |= !forms[j].with && strcmp(forms[j].kind, forms[i].kind) == 0 && is_listed(forms[j].options, option);
    if (plain || !is_listed(forms[i].options, option)) continue;
    fputs(said++ ? ", " : ": it goes with ", stderr);
    say_form(&forms[i]);
  }
  say(" (quarry %s --help)\n", u->command);
  return EXIT_INPUT;
}

int options_apply(const usage *u, const option_row *rows, size_t count, uint64_t given, const char *kind,
                  const option_form *forms, size_t form_count)
{
  const option_form *form = NULL;
  for (size_t i = 0; i < form_count && !form; i++)
    if (strcmp(forms[i].kind, kind) == 0 && (!forms[i].with || is_given(rows, count, given, forms[i].with)))
      form = &forms[i];
  for (size_t i = 0; form && i < count; i++)
    if (given >> i & 1 && !is_listed(form->options, rows[i].name))
      return refuse_option(u, rows[i].name, form, forms, form_count);
  return PARSED;
}

/* Is the name one of those from `text` to `end`? */
static bool has_param(const char *text, const char *end, const char *name)
{
  const size_t length = strlen(name);
  for (; text < end; text += strcspn(text, ",") + 1)
    if (strncmp(text, name, length) == 0 && text[length] == '=') return true;
  return false;
}

qy_status params_parse(const char *text, set_param_fn *set_one, void *ctx, qy_error *err)
{
  for (const char *all = text; text && *text;) {
    char name[64], value[64];
    const size_t length = strcspn(text, ",="), more = text[length] == '=' ? strcspn(text + length + 1, ",") : 0;
    if (length == 0 || length >= sizeof name || more == 0 || more >= sizeof value)
      return qy_fail(err, QY_BAD_INPUT, "--param: expected NAME=VALUE with commas between, found \"%s\"", text);
    snprintf(name, sizeof name, "%.*s", (int)length, text);
    snprintf(value, sizeof value, "%.*s", (int)more, text + length + 1);
    if (has_param(all, text, name))
      return qy_fail(err, QY_BAD_INPUT, "--param: expected each name once, found \"%s\" again", name);
    qy_status status = set_one(ctx, name, value, err);
    if (status) return status;
    text += length + 1 + more;
    if (*text) text++;
  }
  return QY_OK;
}
