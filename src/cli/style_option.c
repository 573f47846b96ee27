/* Options of a picture's look: see style_option.h. */
#include "style_option.h"

#include "cli.h"

#include <stdio.h>

static size_t add_rows(option_row *rows, size_t count, style_options *options, int end, bool formats)
{
  const qy_style_info *known = qy_style_table();
  rows[count++] = (option_row){.name = "gnuplot-timeout",
                               .kind = OPTION_NUMBER,
                               .target = &options->limit_s,
                               .argument = "TIME",
                               .help = "end gnuplot after so long for a file: 30, \"2 min\" (default 30 min)",
                               .low = 0.001,
                               .high = 1e6};
  for (int o = 0; o < end; o++) {
    char *name = options->name[o];
    snprintf(name, sizeof options->name[o], "%s", known[o].key);
    for (char *c = name; *c; c++)
      if (*c == '_') *c = '-';
    if (o == QY_STYLE_FORMATS && !formats) continue;
    rows[count++] = (option_row){.name = name,
                                 .kind = OPTION_TEXT,
                                 .target = &options->style.said[o],
                                 .argument = known[o].argument,
                                 .help = known[o].help};
  }
  return count;
}

size_t style_rows(option_row *rows, size_t count, style_options *options, bool formats)
{
  return add_rows(rows, count, options, QY_STYLE_COUNT, formats);
}

size_t style_rows_of_page(option_row *rows, size_t count, style_options *options)
{
  return add_rows(rows, count, options, QY_STYLE_X_SCALE, true);
}

qy_status style_check(const style_options *options, qy_error *err)
{
  const qy_style_info *known = qy_style_table();
  for (int o = 0; o < QY_STYLE_COUNT; o++) {
    const char *text = options->style.said[o];
    char advice[QY_DID_YOU_MEAN];
    if (text && !qy_style_valid((qy_style_option)o, text))
      return qy_fail(err, QY_BAD_INPUT, "--%s: expected %s, found \"%.60s\"%s", options->name[o], known[o].values, text,
                     qy_style_advice(advice, (qy_style_option)o, text));
  }
  return QY_OK;
}

qy_status style_ranges(style_options *options, const char *const unit[2], qy_arena *arena, qy_error *err)
{
  qy_style_option bad = QY_STYLE_COUNT;
  qy_error why = {0};
  qy_status status = qy_style_ranges(&options->style, &bad, unit, arena, &why);
  if (!status) return QY_OK;
  return status == QY_NO_MEMORY ? qy_no_memory(err)
                                : qy_fail(err, status, "--%s: %s", options->name[bad], why.diagnostic[0].text);
}

bool style_no_ranges(style_options *plain, const style_options *options)
{
  static const qy_style_option ranges[] = {QY_STYLE_X_RANGE, QY_STYLE_Y_RANGE};
  bool any = false;
  *plain = *options;
  for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
    any = any || plain->style.said[ranges[i]];
    plain->style.said[ranges[i]] = NULL;
  }
  return any;
}

void style_say_no_ranges(const char *picture, const qy_error *why)
{
  say("note: %s: drawn without the range of the options: %s\n", picture,
      why->count ? why->diagnostic[0].text : qy_status_text(why->status));
}

qy_status style_look(qy_plot_look *look, const style_options *options, const qy_plot_style *base, qy_error *err)
{
  qy_plot_style style = base ? *base : (qy_plot_style){{NULL}};
  qy_style_option bad = QY_STYLE_COUNT;
  qy_style_over(&style, &options->style);
  qy_style_look(look, &style);
  look->limit_s = options->limit_s;
  const char *expected = qy_style_conflict(&bad, &style);
  return expected ? qy_fail(err, QY_BAD_INPUT, "--%s: expected %s, found \"%s\"", options->name[bad], expected,
                            style.said[bad])
                  : QY_OK;
}
