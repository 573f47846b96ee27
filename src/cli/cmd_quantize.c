/* quarry quantize: levels and signal quality of a number format. */
#include "cli.h"
#include "quantize_onnx.h"
#include "quantize_rows.h"

#include "quarry/sqnr.h"
#include "quarry/yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS_MAX = 16, LEVELS_SHOWN = 64 };

typedef struct quantize_options {
  const char *params; /* "root=2,split=8" */
  const char *weights;
  int64_t bits;
  int all_levels, format;
  rows_request rows;
  network_request network;
} quantize_options;

static qy_status set_param(void *number, const char *name, const char *text, qy_error *err)
{
  char *end;
  const long long value = strtoll(text, &end, 10);
  if (end == text || *end)
    return qy_fail(err, QY_BAD_INPUT, "--param %s: expected an integer, found \"%s\"", name, text);
  return qy_number_set(number, name, value, err);
}

static void print_sqnr(const qy_quantize_report *report, int format)
{
  static const char *const names[] = {"signal", "shape", "split", "best_scale", "sqnr_db", "code_bits", "compression"};
  table *t = table_new(format, 7, names);
  for (size_t i = 0; i < report->signal_count; i++) {
    const struct qy_quantize_row *row = &report->row[i];
    table_row(t, TEXT(row->signal), NUMBER(row->shape));
    if (report->levels->info->chooses_split)
      table_integer(t, row->best.number.split);
    else
      table_text(t, NULL);
    table_row(t, NUMBER(row->best.scale), NUMBER(row->best.sqnr_db), INTEGER(report->code_bits),
              NUMBER(report->compression));
  }
  table_print(t);
}

static void print_levels(const qy_quantize_report *report, int all)
{
  const qy_levels *l = report->levels;
  printf("\n%s: %zu levels at scale 1, code words %s\n", l->info->name, l->count, l->info->layout);
  size_t shown = all || l->count <= LEVELS_SHOWN ? l->count : LEVELS_SHOWN;
  for (size_t i = 0; i < shown; i++)
    printf("  %0*x  %+.9g\n", (report->code_bits + 3) / 4, (unsigned)l->code[i], l->value[i]);
  if (shown < l->count) printf("  (%zu more: --levels)\n", l->count - shown);
}

static qy_status make_number(qy_number *number, const quantize_options *o, int kind, qy_error *err)
{
  *number = qy_number_default((qy_number_kind)kind, (int)o->bits);
  qy_status status = params_parse(o->params, set_param, number, err);
  return status ? status : qy_number_check(number, err);
}

static int quantize_all(const quantize_options *o, int kind, qy_arena *arena, qy_error *err)
{
  qy_number number;
  qy_signal signal;
  qy_quantize_report out;
  qy_status status = make_number(&number, o, kind, err);
  if (!status && !o->network.model && (o->network.input || o->network.dims.count))
    status = qy_fail(err, QY_BAD_INPUT, "quantize: found --input or --dim without --onnx, expected both");
  if (!status && o->network.model) {
    if (o->weights || rows_request_asks(&o->rows))
      return report(qy_fail(err, QY_BAD_INPUT, "quantize: expected --onnx without --weights, --mix and --high"), err);
    return quantize_network(&o->network, &number, o->format, arena, err);
  }
  if (!status && rows_request_asks(&o->rows)) {
    rows_request q = o->rows;
    q.weights = o->weights;
    q.format = o->format;
    return quantize_rows(&q, &number, arena, err);
  }
  if (!status && o->weights) status = qy_signal_read(&signal, o->weights, arena, err);
  if (!status) status = qy_quantize_describe(&out, &number, o->weights ? &signal : NULL, 1, arena, err);
  if (status) return report(status, err);
  print_sqnr(&out, o->format);
  if (o->format != FORMAT_TABLE) return EXIT_DONE;
  if (out.row[0].best.sqnr_db == HUGE_VAL)
    printf("\nlossless: each of the weights is a level at scale %.9g\n", out.row[0].best.scale);
  print_levels(&out, o->all_levels);
  return EXIT_DONE;
}

/* `own`: what an ONNX model is quantized to already. */
static const char own[] = "own";

static int quantize_own(const quantize_options *o, qy_arena *arena, qy_error *err)
{
  if (!o->network.model)
    return report(qy_fail(err, QY_BAD_INPUT, "quantize own: expected --onnx FILE, found none"), err);
  return quantize_network(&o->network, NULL, o->format, arena, err);
}

int cmd_quantize(int argc, char **argv)
{
  quantize_options o = {.bits = 5,
                        .format = FORMAT_TABLE,
                        .rows = rows_request_default(),
                        .network = {.bits = 8, .images = 1, .limit = 4}};
  const option_row rows[] = {
      {"bits", 'b', OPTION_INTEGER, &o.bits, "N", "word width (default 5)", 1, 24, NULL},
      {"param", 0, OPTION_TEXT, &o.params, "LIST", "other parameters, as name=value,name=value", 0, 0, NULL},
      {"weights", 'w', OPTION_TEXT, &o.weights, "FILE",
       "given weights (text, or raw float32 .f32) instead of distributions", 0, 0, NULL},
      {"levels", 0, OPTION_FLAG, &o.all_levels, NULL, "print every level", 0, 0, NULL},
      NETWORK_OPTIONS(o.network),
      ROWS_OPTIONS(o.rows),
      FORMAT_OPTION(&o.format),
  };
  static const option_form forms[] = {{own, NULL, "onnx input dim limit images format"}};
  static const usage help = {
      "quantize",
      "FORMAT",
      "Print the levels of a number format, and its best scale and signal-to-noise ratio on\n"
      "distributions or given weights. `quarry list formats` lists formats and parameters.\n"
      "With --mix, --high: of rows (filters) in FORMAT, in fixed point and in more bits.\n"
      "With --onnx: of each layer's sums when a model runs with weights in FORMAT; FORMAT own: in the\n"
      "codes that a quantized model has.",
      "  quarry quantize brslog --bits 5\n  quarry quantize codebook --bits 8 --param m_bits=3\n"
      "  quarry quantize pot --bits 4 --weights conv1.txt --format csv\n"
      "  quarry quantize sp2 --bits 4 --mix 0.6 --high 0.05 --layers 18\n"
      "  quarry quantize sp2 --bits 4 --mix 0.6 --weights conv1.f32 --rows 64\n"
      "  quarry quantize pot --bits 5 --onnx resnet.onnx --activation-bits 8 --input image.f32\n"
      "  quarry quantize own --onnx resnet_int8.onnx\n",
      1,
      1};
  size_t count;
  const qy_number_info *info = qy_number_table(&count);
  print_words(argc, argv, &info->name, count, sizeof *info);
  print_words(argc, argv, (const char *const[]){own}, 1, 0);
  enum { ROWS = sizeof rows / sizeof *rows };
  uint64_t given;
  int first, code = options_parse_given(&help, rows, ROWS, argc, argv, &first, &given);
  if (code == PARSED) code = options_apply(&help, rows, ROWS, given, argv[first], forms, 1);
  if (code != PARSED) return code;
  const bool is_own = strcmp(argv[first], own) == 0;
  int kind = is_own ? 0 : qy_number_find(argv[first]);
  if (kind < 0) {
    const char *names[QY_NUMBER_KIND_COUNT + 1];
    for (size_t i = 0; i < count; i++)
      names[i] = info[i].name;
    names[count] = own;
    const char *nearest = qy_nearest(argv[first], names, count + 1);
    say("quarry quantize: expected a format that `quarry list formats` shows, found \"%s\"%s%s%s\n", argv[first],
        nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    return EXIT_INPUT;
  }
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  if (!arena)
    code = report(qy_no_memory(&err), &err);
  else
    code = is_own ? quantize_own(&o, arena, &err) : quantize_all(&o, kind, arena, &err);
  qy_arena_free(arena);
  return finish_output(code);
}
