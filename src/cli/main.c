/* quarry: the program on top of libquarry.  One table of commands; `quarry COMMAND --help` explains each. */
#include "cli.h"

#include "quarry/version.h"
#include "quarry/yaml.h"

#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const command command_table[] = {
    {"run", cmd_run, "evaluate an experiment file into the results database, with summary and plots"},
    {"query", cmd_query, "run an SQL query on the results database"},
    {"front", cmd_front, "print the Pareto front of an experiment"},
    {"plot", cmd_plot, "draw the plots of an experiment, or one of your own"},
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

static void help(FILE *out)
{
  fputs("usage: quarry COMMAND [OPTION]...\n\n"
        "Which quantized datapath and accelerator is Pareto-best for a network and a silicon library?\n\nCommands:\n",
        out);
  for (size_t i = 0; i < command_count; i++)
    fprintf(out, "  %-10s %s\n", command_table[i].name, command_table[i].summary);
  fputs("\nOptions:\n  --help     this text; `quarry COMMAND --help` for one command\n  --version  version\n\n"
        "Examples:\n  quarry run experiments/rdm_vs_sdm.yaml\n  quarry front rdm_vs_sdm --format csv\n"
        "  quarry query \"SELECT * FROM best\"\n\n"
        "Exit codes: 0 done, 1 a result is out of tolerance, 2 bad input, 3 system failure, 130 interrupted\n",
        out);
}

int main(int argc, char **argv)
{
  gsl_set_error_handler_off();
  signal(SIGPIPE, SIG_IGN); /* a closed pipe is reported through the failing write */
  if (argc < 2) {
    help(stderr);
    return EXIT_INPUT;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
    help(stdout);
    return finish_output(EXIT_DONE);
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("quarry %s\n", QY_VERSION);
    return finish_output(EXIT_DONE);
  }
  const char *names[16];
  for (size_t i = 0; i < command_count; i++) {
    names[i] = command_table[i].name;
    if (strcmp(argv[1], names[i]) == 0) return command_table[i].run(argc - 1, argv + 1);
  }
  const char *nearest = qy_nearest(argv[1], names, command_count);
  fprintf(stderr, "quarry: expected a command, found \"%s\"%s%s%s (quarry --help lists them)\n", argv[1],
          nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
  return EXIT_INPUT;
}
