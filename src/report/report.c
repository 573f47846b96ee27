/* Putting the page together: see report.h. */
#include "quarry/report.h"

#include "report_int.h"
#include "words.h"

#include "quarry/sha256.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct page {
  qy_text *out;
  const experiment *e;
  const qy_published *published;
  qy_text whole, style, script, data;
  share limit, kept;
} page;

static void join(qy_text *out, const char *const *lines)
{
  for (; *lines; lines++)
    qy_text_put(out, *lines, strlen(*lines));
}

static unsigned char hex_digit(char c)
{
  return (unsigned char)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* 'sha256-BASE64' of a text: what lets it, and nothing else, be used. */
static void put_hash(qy_text *out, const qy_text *text)
{
  char hex[65];
  unsigned char bytes[32];
  qy_sha256_text(hex, text->data, text->length);
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (unsigned char)(hex_digit(hex[2 * i]) << 4 | hex_digit(hex[2 * i + 1]));
  qy_text_add(out, "'sha256-");
  words_base64(out, bytes, sizeof bytes);
  qy_text_add(out, "'");
}

/* ---- what stands for the words of page.html ---- */

static qy_status put_policy(page *p, qy_error *err)
{
  (void)err;
  qy_text_add(p->out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
  put_hash(p->out, &p->style);
  qy_text_add(p->out, "; script-src ");
  put_hash(p->out, &p->script);
  qy_text_add(p->out, "; base-uri 'none'; form-action 'none'\" />\n");
  return QY_OK;
}

static qy_status put_title(page *p, qy_error *err)
{
  return section_title(p->out, p->e, err);
}

static qy_status put_style(page *p, qy_error *err)
{
  (void)err;
  qy_text_add(p->out, "<style>%s</style>\n", p->style.data);
  return QY_OK;
}

static qy_status put_head(page *p, qy_error *err)
{
  return section_head(p->out, p->e, err);
}

static qy_status put_summary(page *p, qy_error *err)
{
  return section_summary(p->out, p->e, err);
}

static qy_status put_left_out(page *p, qy_error *err)
{
  const experiment *e = p->e;
  (void)err;
  if (p->kept.points < e->points.count)
    qy_text_add(p->out,
                "<p class=\"note\">Drawn: %zu of %zu feasible points, those on fronts first, an even share of the "
                "others.</p>\n",
                p->kept.points, e->points.count);
  if (e->absent) {
    qy_text_add(p->out, "<p class=\"note\">Plots of the experiment that are not on this page: ");
    words_html(p->out, e->absent);
    qy_text_add(p->out, ".</p>\n");
  }
  if (p->kept.rows < e->front_count)
    qy_text_add(p->out, "<p class=\"note\">In the table: %zu of %zu points on fronts, an even share.</p>\n",
                p->kept.rows, e->front_count);
  return QY_OK;
}

static qy_status put_assumptions(page *p, qy_error *err)
{
  return section_assumptions(p->out, p->e, err);
}

static qy_status put_sources(page *p, qy_error *err)
{
  return section_sources(p->out, p->e, err);
}

static qy_status put_validation(page *p, qy_error *err)
{
  (void)err;
  section_validation(p->out, p->published);
  return QY_OK;
}

static qy_status put_data(page *p, qy_error *err)
{
  (void)err;
  qy_text_add(p->out, "<script type=\"text/plain\" id=\"data\">");
  qy_text_put(p->out, p->data.data, p->data.length);
  qy_text_add(p->out, "</script>\n");
  return QY_OK;
}

static qy_status put_script(page *p, qy_error *err)
{
  (void)err;
  qy_text_add(p->out, "<script>%s</script>\n", p->script.data);
  return QY_OK;
}

static const struct {
  const char *line;
  qy_status (*put)(page *p, qy_error *err);
} parts[] = {{"@POLICY@\n", put_policy},
             {"@TITLE@\n", put_title},
             {"@STYLE@\n", put_style},
             {"@HEAD@\n", put_head},
             {"@SUMMARY@\n", put_summary},
             {"@LEFT_OUT@\n", put_left_out},
             {"@ASSUMPTIONS@\n", put_assumptions},
             {"@SOURCES@\n", put_sources},
             {"@VALIDATION@\n", put_validation},
             {"@DATA@\n", put_data},
             {"@SCRIPT@\n", put_script}};

static qy_status put_line(page *p, const char *line, qy_error *err)
{
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
    if (strcmp(line, parts[i].line) == 0) return parts[i].put(p, err);
  qy_text_put(p->out, line, strlen(line));
  return QY_OK;
}

/* One page; its data are of at most p->limit. */
static qy_status put_page(page *p, qy_error *err)
{
  qy_status status = data_write(&p->data, p->e, p->limit, &p->kept, err);
  for (const char *const *line = report_page_lines; !status && *line; line++)
    status = put_line(p, *line, err);
  if (!status && (p->out->failed || p->data.failed || p->script.failed || p->style.failed)) status = qy_no_memory(err);
  return status;
}

/* Pages with fewer and fewer points until one is short enough, or what is left no longer makes it long. */
static qy_status put_shorter(qy_text *out, page *p, qy_error *err)
{
  for (;;) {
    p->out = &p->whole;
    qy_status status = put_page(p, err);
    const bool fits = p->whole.length <= QY_REPORT_BYTES || p->data.length <= QY_REPORT_BYTES / 10;
    if (!status && fits) qy_text_put(out, p->whole.data, p->whole.length);
    qy_text_free(&p->whole);
    qy_text_free(&p->data);
    if (status || fits) return status;
    p->limit.points = 4 * (p->kept.points < p->limit.points ? p->kept.points : p->limit.points) / 5;
    p->limit.rows = 4 * (p->kept.rows < p->limit.rows ? p->kept.rows : p->limit.rows) / 5;
  }
}

qy_status qy_report_write(qy_text *out, qy_store *store, int64_t id, const qy_published *published, qy_error *err)
{
  assert(out && store);
  experiment e = {0};
  qy_arena *arena = qy_arena_new();
  page p = {.e = &e, .published = published, .limit = {QY_REPORT_POINTS_MAX, QY_REPORT_ROWS_MAX}};
  qy_status status = arena ? experiment_read(&e, store, id, arena, err) : qy_no_memory(err);
  join(&p.style, report_style_lines);
  join(&p.script, report_script_lines);
  if (!status) status = put_shorter(out, &p, err);
  if (!status && out->failed) status = qy_no_memory(err);
  qy_text_free(&p.style);
  qy_text_free(&p.script);
  experiment_free(&e);
  qy_arena_free(arena);
  return status;
}
