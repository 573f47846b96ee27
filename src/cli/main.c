/* quarry: the program on top of libquarry.  One table of commands; `quarry COMMAND --help` explains each. */
#include "cli.h"
#include "manual.h"

#include "quarry/version.h"
#include "quarry/yaml.h"

#include <fcntl.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const command command_table[] = {
    {"init", cmd_init, "write an experiment file to begin with"},
    {"run", cmd_run, "evaluate an experiment file into the results database, with summary and plots"},
    {"query", cmd_query, "run an SQL query on the results database"},
    {"cookbook", cmd_cookbook, "usual questions to the results database with the SQL that answers them"},
    {"export", cmd_export,
     "points or fronts of an experiment as CSV, JSON, Markdown or LaTeX, with units and provenance"},
    {"diff", cmd_diff, "what differs between two stored experiments"},
    {"merge", cmd_merge, "put parts of an experiment, run in shares, into one database"},
    {"rm", cmd_rm, "remove experiments from the results database"},
    {"check", cmd_check, "look a results database over: pages, schema, counts, hashes"},
    {"reproduce", cmd_reproduce, "compute a stored experiment again from its stored text, and compare"},
    {"front", cmd_front, "print the Pareto front of an experiment"},
    {"plot", cmd_plot, "draw the plots of an experiment, or one of your own"},
    {"report", cmd_report, "one web page of an experiment: plots, front, assumptions, sources, validation"},
    {"describe", cmd_describe,
     "explain a processing element, a design of an experiment, a technology, network, DRAM or metric"},
    {"list", cmd_list, "list what there is: experiments, technologies, networks, elements, metrics"},
    {"quantize", cmd_quantize, "levels and signal-to-noise ratio of a number format"},
    {"rtl", cmd_rtl, "a processing element as Verilog, with a self-checking test bench"},
    {"import", cmd_import, "turn SCALE-Sim files into a network and an experiment"},
    {"validate", cmd_validate, "the models beside published figures and tables of measurements"},
    {"verify", cmd_verify, "synthesize elements with Yosys on your Liberty file, model beside the result"},
    {"tech", cmd_tech, "list, show, compare, check and import technology libraries"},
    {"calibrate", cmd_calibrate, "fit constants of a library to published or measured figures"},
    {"assign", cmd_assign, "the best option for each layer of a table: the whole front, or the optimum under limits"},
};
const size_t command_count = sizeof command_table / sizeof *command_table;

const subcommand subcommand_table[] = {
    {"plot", "slope", "draw the least DRAM traffic of networks against the size of the buffer"},
};
const size_t subcommand_count = sizeof subcommand_table / sizeof *subcommand_table;

static void help(FILE *out)
{
  fprintf(out, "usage: quarry COMMAND [OPTION]...\n\n%s\n\nCommands:\n", program_question);
  for (size_t i = 0; i < command_count; i++)
    fprintf(out, "  %-10s %s\n", command_table[i].name, command_table[i].summary);
  fprintf(out,
          "\nOptions:\n  --help     this text; `quarry help COMMAND` or `quarry COMMAND --help` for one command\n"
          "  --version  version\n\nExamples:\n%s\nExit codes: ",
          program_examples);
  for (const exit_row *row = exit_table; row->what; row++)
    fprintf(out, "%s%d %s", row == exit_table ? "" : ", ", row->code, row->what);
  fputc('\n', out);
}

static const command *find_command(const char *name)
{
  for (size_t i = 0; i < command_count; i++)
    if (strcmp(name, command_table[i].name) == 0) return &command_table[i];
  return NULL;
}

static int unknown_command(const char *found)
{
  const char *names[sizeof command_table / sizeof *command_table];
  for (size_t i = 0; i < command_count; i++)
    names[i] = command_table[i].name;
  const char *nearest = qy_nearest(found, names, command_count);
  say("quarry: expected a command, found \"%s\"%s%s%s (quarry --help lists them)\n", found,
      nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return EXIT_INPUT;
}

/* quarry help COMMAND: what `quarry COMMAND --help` prints, and of a form with options of its own the same. */
static int help_command(int argc, char **argv)
{
  char option[] = "--help", *with[] = {argv[0], argc > 1 ? argv[1] : NULL, option, NULL};
  char *without[] = {argv[0], option, NULL};
  const command *c = find_command(argv[0]);
  if (!c) return unknown_command(argv[0]);
  for (size_t i = 0; argc > 1 && i < subcommand_count; i++)
    if (strcmp(subcommand_table[i].command, argv[0]) == 0 && strcmp(subcommand_table[i].name, argv[1]) == 0)
      return c->run(3, with);
  return c->run(2, without);
}

/* A file that is opened must not become standard output or error.  What is closed stays of no use: as glibc does for
 * programs with more rights. */
static void keep_standard_streams(void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0) return;
}

int main(int argc, char **argv)
{
  keep_standard_streams();
  gsl_set_error_handler_off();
  signal(SIGPIPE, SIG_IGN);                   /* a closed pipe is reported through the failing write */
  signal(SIGXFSZ, SIG_IGN);                   /* so is the limit of `ulimit -f` */
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* nobody asks how much it holds, which each of its allocations counts */
  streams_begin();
  if (argc < 2) {
    help(stderr);
    return EXIT_INPUT;
  }
  const bool asks = strcmp(argv[1], "help") == 0;
  if (asks && argc > 2 && argv[2][0] != '-') return help_command(argc - 2, argv + 2);
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || asks) {
    help(stdout);
    return finish_output(EXIT_DONE);
  }
  if (strncmp(argv[1], help_form, strlen(help_form)) == 0) return print_program_form(argv[1] + strlen(help_form));
  if (strcmp(argv[1], "--version") == 0) {
    printf("quarry %s\n", qy_program_version());
    return finish_output(EXIT_DONE);
  }
  const command *c = find_command(argv[1]);
  return c ? c->run(argc - 1, argv + 1) : unknown_command(argv[1]);
}
