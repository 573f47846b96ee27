/* Manual pages and completion: see manual.h. */
#include "manual.h"

#include "quarry/decimal.h"
#include "quarry/version.h"
#include "quarry/yaml.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char help_form[] = "--help=";

const char program_question[] = "Which quantized datapath and accelerator is Pareto-best for a network and a silicon "
                                "library?";
const char program_examples[] = "  quarry init mine.yaml\n  quarry run rdm_vs_sdm\n"
                                "  quarry front rdm_vs_sdm --format csv\n  quarry query \"SELECT * FROM best\"\n";

const exit_row exit_table[] = {{EXIT_DONE, "done"},
                               {EXIT_OFF, "a result is out of tolerance"},
                               {EXIT_INPUT, "bad input"},
                               {EXIT_SYSTEM, "system failure"},
                               {EXIT_INTERRUPT, "interrupted"},
                               {0, NULL}};

typedef struct variable_row {
  const char *name, *what;
} variable_row;

static const variable_row variables[] = {
    {"QUARRY_DATA_DIR",
     "directory of the shipped data, with db and experiments in it (default: that of the checkout we "
     "are in, or share/quarry beside the program)"},
    {"QUARRY_DB_DIR", "directory of libraries, networks and tables instead of its db; --db-dir overrides both"},
    {"XDG_CACHE_HOME", "directory in which quarry/ keeps " CACHE_HOLDS " between runs "
                       "(default: .cache in the home directory); "
                       "--cache DIR overrides it, --no-cache keeps none"},
};
enum { VARIABLES = sizeof variables / sizeof *variables };

/* ---- manual pages, man(7) ---- */

/* A text for roff: its own characters are written as they are meant, no line begins a request. */
static void roff(const char *text)
{
  static const struct {
    char character;
    const char *as;
  } special[] = {{'\\', "\\e"}, {'-', "\\-"}, {'\'', "\\(aq"}, {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}};
  for (bool first = true; *text; first = *text++ == '\n') {
    if (first && *text == '.') fputs("\\&", stdout);
    const char *as = NULL;
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
      if (special[i].character == *text) as = special[i].as;
    if (as)
      fputs(as, stdout);
    else
      putchar(*text);
  }
}

static void section(const char *name)
{
  printf(".SH %s\n", name);
}

/* A paragraph with a tag in bold. */
static void item(const char *tag, const char *what)
{
  fputs(".TP\n\\fB", stdout);
  roff(tag);
  fputs("\\fR\n", stdout);
  roff(what);
  putchar('\n');
}

static void option_item(const option_row *row)
{
  fputs(".TP\n", stdout);
  if (row->letter) printf("\\fB\\-%c\\fR, ", row->letter);
  fputs("\\fB\\-\\-", stdout);
  roff(row->name);
  fputs("\\fR", stdout);
  if (row->argument) {
    fputs(" \\fI", stdout);
    roff(row->argument);
    fputs("\\fR", stdout);
  }
  putchar('\n');
  roff(row->help);
  if (row->kind == OPTION_INTEGER || row->kind == OPTION_NUMBER) {
    char range[80];
    qy_print(range, sizeof range, "; from %.15g to %.15g", row->low, row->high);
    roff(range);
  }
  for (int i = 0; row->kind == OPTION_CHOICE && row->names[i]; i++) {
    fputs(i ? ", " : "; one of ", stdout);
    roff(row->names[i]);
  }
  putchar('\n');
}

static void examples(const char *text)
{
  section("EXAMPLES");
  fputs(".nf\n", stdout);
  roff(text);
  fputs(".fi\n", stdout);
}

static void exit_status(void)
{
  section("EXIT STATUS");
  for (const exit_row *row = exit_table; row->what; row++) {
    char code[8];
    snprintf(code, sizeof code, "%d", row->code);
    item(code, row->what);
  }
}

/* "plot slope" is the page quarry-plot-slope. */
static void page_name(const char *name)
{
  for (; *name; name++)
    fputs(*name == ' ' ? "\\-" : (char[]){*name, '\0'}, stdout);
}

static void head(const char *name, const char *summary)
{
  fputs(".TH \"QUARRY", stdout);
  if (*name) putchar('-');
  for (const char *c = name; *c; c++)
    putchar(*c == ' ' ? '-' : *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
  printf("\" 1 \"\" \"Quarry %s\" \"Quarry manual\"\n", QY_VERSION);
  section("NAME");
  fputs(*name ? "quarry\\-" : "quarry", stdout);
  page_name(name);
  fputs(" \\- ", stdout);
  roff(summary);
  putchar('\n');
  section("SYNOPSIS");
}

static const char *summary_of(const char *name)
{
  for (size_t i = 0; i < command_count; i++)
    if (strcmp(command_table[i].name, name) == 0) return command_table[i].summary;
  for (size_t i = 0; i < subcommand_count; i++) {
    const subcommand *s = &subcommand_table[i];
    const size_t length = strlen(s->command);
    if (strncmp(name, s->command, length) == 0 && name[length] == ' ' && !strcmp(name + length + 1, s->name))
      return s->summary;
  }
  return name;
}

static void command_page(const usage *u, const option_row *rows, size_t count)
{
  head(u->command, summary_of(u->command));
  printf("\\fBquarry %s\\fR [\\fIOPTION\\fR]... ", u->command);
  roff(u->operands);
  putchar('\n');
  section("DESCRIPTION");
  roff(u->summary);
  putchar('\n');
  section("OPTIONS");
  for (size_t i = 0; i < count; i++)
    option_item(&rows[i]);
  item("--help", "the options and examples in short");
  examples(u->examples);
  exit_status();
  section("SEE ALSO");
  fputs("\\fBquarry\\fR(1)\n", stdout);
}

static void see(const char *name, const char *more, bool last)
{
  fputs("\\fBquarry\\-", stdout);
  page_name(name);
  if (*more) printf("\\-%s", more);
  puts(last ? "\\fR(1)" : "\\fR(1),");
}

static void program_page(void)
{
  head("", "which quantized datapath and accelerator is Pareto-best");
  puts("\\fBquarry\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]... [\\fIOPERAND\\fR]...");
  section("DESCRIPTION");
  roff(program_question);
  fputs("\nQuarry evaluates every design of an experiment file in area, energy and latency, stores the results in an "
        "SQLite\ndatabase, and prints and draws their Pareto fronts.\n",
        stdout);
  section("COMMANDS");
  for (size_t i = 0; i < command_count; i++)
    item(command_table[i].name, command_table[i].summary);
  section("OPTIONS");
  item("--help", "the commands in short; behind a command: its options");
  item("--version", "the version");
  section("ENVIRONMENT");
  for (size_t i = 0; i < VARIABLES; i++)
    item(variables[i].name, variables[i].what);
  examples(program_examples);
  exit_status();
  section("SEE ALSO");
  for (size_t i = 0; i < command_count; i++)
    see(command_table[i].name, "", i + 1 == command_count && subcommand_count == 0);
  for (size_t i = 0; i < subcommand_count; i++)
    see(subcommand_table[i].command, subcommand_table[i].name, i + 1 == subcommand_count);
}

/* ---- completion of bash ---- */

static bool has(const char *text, const char *part)
{
  return text && strstr(text, part);
}

/* Patterns COMMAND:OPTION of a `case` on the command and the word before. */
static void option_case(const usage *u, const option_row *row)
{
  printf("  '%s:--%s'", u->command, row->name);
  if (row->letter) printf(" | '%s:-%c'", u->command, row->letter);
  fputs(") ", stdout);
  if (row->kind == OPTION_CHOICE) {
    fputs("_quarry_words '", stdout);
    for (int i = 0; row->names[i]; i++)
      printf("%s%s", i ? " " : "", row->names[i]);
    puts("' ;;");
  } else if (has(row->argument, "DIR")) {
    puts("_quarry_files -d ;;");
  } else {
    const bool file = has(row->argument, "FILE") || has(row->argument, ".csv") || has(row->argument, "STEM") ||
                      has(row->argument, "PROGRAM");
    puts(file ? "_quarry_files -f ;;" : ";;");
  }
}

static void command_cases(const usage *u, const option_row *rows, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (rows[i].kind != OPTION_FLAG) option_case(u, &rows[i]);
  printf("  '%s:'*) _quarry_operand '", u->command);
  for (size_t i = 0; i < count; i++)
    printf("--%s ", rows[i].name);
  puts("--help' ;;");
}

static int run_form(const char *name, int (*run)(int, char **), const char *second, const char *form)
{
  char first[32], sub[32], option[32];
  snprintf(first, sizeof first, "%s", name);
  snprintf(sub, sizeof sub, "%s", second ? second : "");
  snprintf(option, sizeof option, "%s%s", help_form, form);
  char *with[] = {first, sub, option, NULL}, *without[] = {first, option, NULL};
  return second ? run(3, with) : run(2, without);
}

static int run_subcommand_form(const subcommand *s, const char *form)
{
  for (size_t i = 0; i < command_count; i++)
    if (strcmp(command_table[i].name, s->command) == 0)
      return run_form(s->command, command_table[i].run, s->name, form);
  return EXIT_SYSTEM;
}

static void program_words(const char *between)
{
  for (size_t i = 0; i < command_count; i++)
    printf("%s%s", i ? between : "", command_table[i].name);
}

static const char completion_head[] = "# Completion of bash for quarry; written by `quarry --help=bash`.\n"
                                      "_quarry_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
                                      "_quarry_files() {\n"
                                      "  compopt -o filenames\n"
                                      "  mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
                                      "}\n"
                                      "_quarry_operand() { # its options; words that may stand first, files\n"
                                      "  if [[ $cur == -* ]]; then\n"
                                      "    _quarry_words \"$1\"\n"
                                      "  else\n"
                                      "    _quarry_files -f\n"
                                      "    [[ $COMP_CWORD -ne $first ]] || mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < "
                                      "<(compgen -W \"$words\" -- \"$cur\")\n"
                                      "  fi\n"
                                      "}\n"
                                      "_quarry() {\n"
                                      "  local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} "
                                      "command=${COMP_WORDS[1]} words= first=2\n"
                                      "  if [[ $cur == = ]]; then # --option=, which bash takes apart\n"
                                      "    cur=\n"
                                      "  elif [[ $before == = ]]; then\n"
                                      "    before=${COMP_WORDS[COMP_CWORD - 2]}\n"
                                      "  fi\n"
                                      "  COMPREPLY=()\n"
                                      "  if [[ $COMP_CWORD -eq 1 ]]; then\n"
                                      "    _quarry_words \"$commands --help --version\"\n"
                                      "    return\n"
                                      "  fi\n";

static int program_completion(void)
{
  int code = EXIT_DONE;
  const char *at = strstr(completion_head, "$commands");
  fwrite(completion_head, 1, (size_t)(at - completion_head), stdout);
  program_words(" ");
  fputs(at + strlen("$commands"), stdout);
  puts("  case \"$command ${COMP_WORDS[2]}\" in");
  for (size_t i = 0; i < subcommand_count; i++)
    printf("  '%s %s') [[ $COMP_CWORD -eq 2 ]] || { command='%s %s' first=3; } ;;\n", subcommand_table[i].command,
           subcommand_table[i].name, subcommand_table[i].command, subcommand_table[i].name);
  puts("  esac\n  case $command in");
  printf("  help) [[ $COMP_CWORD -ne 2 ]] || _quarry_words '");
  program_words(" ");
  puts("' ; return ;;");
  for (size_t i = 0; i < command_count && !code; i++) {
    printf("  %s) words='", command_table[i].name);
    code = run_form(command_table[i].name, command_table[i].run, NULL, "words");
    puts("' ;;");
  }
  puts("  esac\n  case \"$command:$before\" in");
  for (size_t i = 0; i < subcommand_count && !code; i++)
    code = run_subcommand_form(&subcommand_table[i], "bash");
  for (size_t i = 0; i < command_count && !code; i++)
    code = run_form(command_table[i].name, command_table[i].run, NULL, "bash");
  puts("  esac\n}\ncomplete -F _quarry quarry");
  return code;
}

/* ---- forms ---- */

static const char form_words[] = "words";
static const char *const form_names[] = {"man", "bash", form_words};
enum { FORM_MAN, FORM_BASH, FORM_WORDS, FORMS };

static int find_form(const char *form)
{
  int i = 0;
  while (i < FORMS && strcmp(form_names[i], form))
    i++;
  if (i == FORMS) say("quarry: --help: expected one of man, bash, words, found \"%s\"\n", form);
  return i;
}

void print_words(int argc, char **argv, const char *const *first_name, size_t count, size_t row_size)
{
  const size_t length = strlen(help_form);
  if (argc < 2 || strncmp(argv[1], help_form, length) || strcmp(argv[1] + length, form_words)) return;
  for (size_t i = 0; i < count; i++) {
    const char *name;
    memcpy(&name, (const char *)first_name + i * row_size, sizeof name);
    printf("%s ", name);
  }
}

int print_form(const usage *u, const option_row *rows, size_t count, const char *form)
{
  switch (find_form(form)) {
  case FORM_MAN: command_page(u, rows, count); break;
  case FORM_BASH: command_cases(u, rows, count); break;
  case FORM_WORDS: break;
  default: return EXIT_INPUT;
  }
  return finish_output(EXIT_DONE);
}

int print_program_form(const char *form)
{
  int code = EXIT_DONE;
  switch (find_form(form)) {
  case FORM_MAN: program_page(); break;
  case FORM_BASH: code = program_completion(); break;
  case FORM_WORDS:
    program_words("\n");
    putchar('\n');
    for (size_t i = 0; i < subcommand_count; i++)
      printf("%s %s\n", subcommand_table[i].command, subcommand_table[i].name);
    break;
  default: return EXIT_INPUT;
  }
  return finish_output(code);
}
