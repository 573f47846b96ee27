/* The command line: one table of commands, one table of options per command, tables of output in three formats.
 *
 * Results go to standard output; progress, warnings and errors to standard error.
 */
#ifndef QUARRY_CLI_H
#define QUARRY_CLI_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/table.h"

#include <stddef.h>
#include <stdint.h>

/* Exit codes (DESIGN section 13). */
enum { EXIT_DONE = 0, EXIT_OFF = 1, EXIT_INPUT = 2, EXIT_SYSTEM = 3, EXIT_INTERRUPT = 130 };

typedef struct command {
  const char *name;
  int (*run)(int argc, char **argv); /* argv[0] is the command's name; returns the exit code */
  const char *summary;
} command;

extern const command command_table[];

/* Forms of a command that have options of their own: "plot slope". */
typedef struct subcommand {
  const char *command, *name, *summary;
} subcommand;
extern const subcommand subcommand_table[];
extern const size_t subcommand_count;
extern const size_t command_count;

int cmd_run(int argc, char **argv);
int cmd_query(int argc, char **argv);
int cmd_cookbook(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_reproduce(int argc, char **argv);
int cmd_rm(int argc, char **argv);
int cmd_front(int argc, char **argv);
int cmd_plot(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_describe(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_quantize(int argc, char **argv);
int cmd_rtl(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_validate(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_tech(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_assign(int argc, char **argv);
int cmd_init(int argc, char **argv);

/* ---- options ---- */

typedef enum option_kind {
  OPTION_FLAG,    /* int * = 1 */
  OPTION_TEXT,    /* const char ** */
  OPTION_LIST,    /* option_list *: may be given several times */
  OPTION_INTEGER, /* int64_t *, in [low, high] */
  OPTION_NUMBER,  /* double *, in [low, high] */
  OPTION_CHOICE   /* int * = index in names */
} option_kind;

enum { OPTION_LIST_MAX = 256 };
typedef struct option_list {
  int count;
  const char *at[OPTION_LIST_MAX];
} option_list;

typedef struct option_row {
  const char *name; /* long option without dashes */
  char letter;      /* 0: none */
  option_kind kind;
  void *target;
  const char *argument; /* shown in help: "FILE" */
  const char *help;
  double low, high;
  const char *const *names; /* OPTION_CHOICE, NULL-terminated */
} option_row;

typedef struct usage {
  const char *command;  /* "run" */
  const char *operands; /* "FILE" */
  const char *summary;
  const char *examples; /* lines, each with two leading blanks */
  int operands_min, operands_max;
} usage;

enum { PARSED = -1, THREADS_MOST = 256 }; /* of --threads */

/* One per processor, at most THREADS_MOST: where no one says how many. */
int threads_default(void);

/* Parse argv. PARSED: go on, operands are argv[*first..argc). Otherwise the exit code (help was printed, or an error).
 */
int options_parse(const usage *u, const option_row *rows, size_t count, int argc, char **argv, int *first);

/* The same; bit i of *given: rows[i] was on the command line. */
int options_parse_given(const usage *u, const option_row *rows, size_t count, int argc, char **argv, int *first,
                        uint64_t *given);

/* Which options a kind of operand takes.  A kind may have several forms: the first whose `with` is given counts. */
typedef struct option_form {
  const char *kind;
  const char *with;    /* an option that makes this form; NULL: none */
  const char *options; /* their names, blanks between */
} option_form;

/* PARSED when the form of this kind takes every option that is given; else EXIT_INPUT, and what the option goes with is
 * printed.  Kinds without a form take any. */
int options_apply(const usage *u, const option_row *rows, size_t count, uint64_t given, const char *kind,
                  const option_form *forms, size_t form_count);

/* The words that may stand first behind a command, for `quarry COMMAND --help=words`: to be called before the options
 * are parsed with the names of a table of rows, `row_size` bytes each; nothing happens without that option. */
void print_words(int argc, char **argv, const char *const *first_name, size_t count, size_t row_size);
#define PRINT_WORDS(argc, argv, table)                                                                                 \
  print_words((argc), (argv), &(table)[0].name, sizeof(table) / sizeof *(table), sizeof *(table))

/* "name=value,name=value", each given to set(); text NULL: nothing. */
typedef qy_status set_param_fn(void *ctx, const char *name, const char *value, qy_error *err);
qy_status params_parse(const char *text, set_param_fn *set, void *ctx, qy_error *err);

/* Options that every command which reads the database or db/ shares. */
typedef struct places {
  const char *database; /* results database */
  const char *db_dir;   /* libraries, networks, memory tables */
  const char *plots;    /* where pictures go */
  const char *cache;    /* what is kept between runs (activities.h); NULL: nothing */
} places;
void places_default(places *p);

/* May `file` be written?  It may where it is new, empty or a stream, or has the ending ("csv") of what is written, so
 * that an experiment, a library or a program is not lost by a slip; never where it is the database or another one, by
 * whatever link.  head: how a file that may be replaced begins; NULL: anyhow.  QY_BAD_INPUT. */
bool file_begins_with(const char *file, const char *bytes, size_t length);
qy_status output_file_check(const char *file, const char *database, const char *ending, const char *head,
                            qy_error *err);

/* The file that an operand names: itself; the shipped experiment of that name (rdm_vs_sdm); or, where there is no such
 * file here, a shipped one by its path (db/published/bit_fusion.yaml).  NULL: out of memory, or NAME is neither a path
 * nor that of a shipped experiment, which `err` says. */
const char *place_experiment(const char *operand, qy_arena *arena, qy_error *err);
const char *place_file(const char *operand, qy_arena *arena, qy_error *err);
/* A path as it is stored, without folders that name users and projects: of an absolute one what follows the working
 * directory, or else its last component. */
const char *place_without_folders(const char *path);

/* Names of the shipped experiments, sorted; *count 0 where there are none. */
qy_status place_names(const char *const **name, size_t *count, qy_arena *arena, qy_error *err);

/* ---- reports ---- */

/* Print on standard error, what is not safe to show escaped (escape.h) but for line ends: for texts that hold names of
 * files and of what is in them. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A file name as an operand that a shell reads back: in quotes where it needs them, "./" before a dash.  In the arena;
 * NULL: out of memory. */
const char *shell_word(const char *file, qy_arena *arena);
/* Print the diagnostics on standard error; returns the exit code that belongs to `status`. */
int report(qy_status status, const qy_error *err);
int exit_code(qy_status status);

/* ---- tables ---- */

enum { FORMAT_TABLE = QY_TABLE_ALIGNED, FORMAT_CSV = QY_TABLE_CSV, FORMAT_JSON = QY_TABLE_JSON };
#define FORMAT_HELP "table, csv, json, markdown or latex"
/* How tables are shown, of every command that prints any; TABLE_OPTIONS sets it. */
typedef struct table_view {
  const char *columns; /* a list with patterns; NULL: all */
  int vertical;
  int64_t width; /* -1: that of the terminal; 0: any */
} table_view;
extern table_view view;
/* clang-format off */
#define TABLE_OPTIONS                                                                                                  \
  {"columns", 0, OPTION_TEXT, &view.columns, "LIST", "only these columns, in this order: area_um2,design or 'area*'",  \
   0, 0, NULL},                                                                                                        \
  {"vertical", 0, OPTION_FLAG, &view.vertical, NULL, "table: each row as lines of name and value", 0, 0, NULL},        \
  {"width", 0, OPTION_INTEGER, &view.width, "N",                                                                       \
   "table: characters of a line (0: any; default COLUMNS, else that of the terminal)", 0, 100000, NULL}
#define TABLE_OPTION_NAMES "format columns vertical width"
/* Two rows: where work that is the same again is kept between runs. */
#define CACHE_OPTIONS(target, none)                                                                                    \
  {"cache", 0, OPTION_TEXT, target, "DIR", "where " CACHE_HOLDS " are kept between runs; may be deleted at any time",  \
   0, 0, NULL},                                                                                                        \
  {                                                                                                                    \
    "no-cache", 0, OPTION_FLAG, none, NULL, "keep none, and use none that is kept", 0, 0, NULL                         \
  }
#define CACHE_HOLDS "activities of circuits, scales of formats and measured figures"
#define FORMAT_OPTION(target)                                                                                          \
  {"format", 'f', OPTION_CHOICE, (target), "FORMAT", FORMAT_HELP, 0, 0, qy_table_format_names},                        \
  TABLE_OPTIONS
/* clang-format on */

/* A qy_table and its format; the program ends when memory does (EXIT_SYSTEM). */
typedef struct table table;
void table_metric_units(qy_table *cells, size_t columns, const char *const *names); /* "gops" in GOP/s; table_new has */
table *table_new(int format, int columns, const char *const *names);
void table_unit(table *t, int column, const char *unit); /* of an axis, as qy_table_unit; "" and NULL: none */
void table_text(table *t, const char *text);             /* NULL: null */
void table_digits(table *t, const char *text);           /* a number as it stands; NULL: null */
void table_bytes(table *t, const char *bytes, size_t length);
void table_number(table *t, double value); /* NaN: null; see table.h for digits, units and infinity */
void table_integer(table *t, int64_t value);
void table_bits(table *t, int bits); /* a width; 0: not known, null */
/* Several cells in a row: table_row(t, TEXT(name), NUMBER(area_um2), INTEGER(count)). */
typedef struct cell {
  void (*put)(table *t, const struct cell *own);
  const char *text;
  double number;
  int64_t integer;
} cell;
void cell_text(table *t, const cell *own), cell_digits(table *t, const cell *own);
void cell_number(table *t, const cell *own), cell_integer(table *t, const cell *own);
void table_cells(table *t, const cell *cells, size_t count);
#define TEXT(x)    ((cell){.put = cell_text, .text = (x)})
#define DIGITS(x)  ((cell){.put = cell_digits, .text = (x)})
#define NUMBER(x)  ((cell){.put = cell_number, .number = (x)})
#define INTEGER(x) ((cell){.put = cell_integer, .integer = (x)})
#define table_row(t, ...)                                                                                              \
  table_cells((t), (const cell[]){__VA_ARGS__}, sizeof((const cell[]){__VA_ARGS__}) / sizeof(cell))
void table_interval(table *t, int value, int low, int high); /* columns: qy_table_interval */
void table_row_unit(table *t, int unit, int name);           /* columns: qy_table_row_unit */
/* On standard output; frees.  Columns of --columns that it does not have end the program (EXIT_INPUT), nothing printed;
 * a later table of the same command has to have only some, and is whole where it has none. */
void table_print(table *t);
/* The same of a whole table; where something failed, free it alone. */
void table_finish(table *t, qy_status status);
/* The rows so far, at once where the format is CSV or JSON: of them nothing stays in memory. */
void table_flow(table *t);
void table_drop(table *t); /* frees, prints nothing */

/* Every constant of a library with interval, status and source (cmd_tech.c). */
struct qy_tech;
void print_library_constants(const struct qy_tech *tech, int format);

/* A JSON string, quotes and escapes included, on standard output. */
void print_json_text(const char *text);

/* From now on what is printed on either stream is text that a terminal cannot act on (escape.h), and standard output is
 * written before standard error is, so that both in one file come in order.  Once, before anything is printed. */
void streams_begin(void);

/* Standard output that could not be written (disk full, closed pipe) is a failure: EXIT_SYSTEM, else `code`. */
int finish_output(int code);

#endif
