/* The manual pages and the completion of bash, made from the tables of commands and options. */
#ifndef QUARRY_CLI_MANUAL_H
#define QUARRY_CLI_MANUAL_H

#include "cli.h"

extern const char help_form[]; /* "--help=": what stands behind it is the form */

/* What a command says of itself in another form than the text of --help: man (a manual page), bash (how its operands
 * and options are completed) or words (nothing: print_words did).  Returns an exit code. */
int print_form(const usage *u, const option_row *rows, size_t count, const char *form);

/* The same of the whole program; words: its commands, a line each. */
int print_program_form(const char *form);

/* Exit codes with what they mean, {0, NULL} last. */
typedef struct exit_row {
  int code;
  const char *what;
} exit_row;
extern const exit_row exit_table[];

extern const char program_question[], program_examples[];

#endif
