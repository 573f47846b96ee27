/* FPGA resources against the runs of tools, and the report of such tables.
 *
 * Oracles: counts of yosys 0.23 (tests/data/fpga_synth.csv: the study's components and elements) and of Vivado
 * (tests/data/fpga_vivado_circuits.csv: ApproxFPGAs).  No number was fitted to either, but rules were chosen beside
 * them; tests/data/fpga_other_sizes.csv holds components of the same kinds in sizes of no other table, written and
 * synthesized apart (yosys 0.23, xc7, abc9_nowide, each alone).
 * For the report, rows whose errors are known by closed forms: registers are flip-flops, a selection of two words is
 * one LUT a bit.
 */
#include "files.h"
#include "quarry/validate.h"
#include "tap.h"

#include <unistd.h>

static qy_arena *arena;

static const char synth[] = "tests/data/fpga_synth.csv", circuits[] = "tests/data/fpga_vivado_circuits.csv",
                  other[] = "tests/data/fpga_other_sizes.csv";

static qy_validate_report *run(const char *file, const char *family, const char *flow)
{
  qy_validate_report *r = NULL;
  qy_error err = {0};
  const qy_validate_options options = {.library = family, .flow = flow};
  is_int(qy_validate_fpga(&r, file, &options, arena, &err), QY_OK, "the table is read");
  if (r) is_int(r->mismatches, -1, "no counts that have to be exact");
  if (r) is_int((int64_t)(r->compared + r->skipped), (int64_t)r->rows, "each row compared or skipped");
  return r;
}

static void below(const qy_validate_report *r, const char *quantity, const char *kind, double mean, double median,
                  double p95)
{
  const qy_validate_stratum *g = qy_validate_find(r, quantity, kind, "all", "all");
  if (!ok(g != NULL, "%s of %s", quantity, kind)) return;
  ok(g->mean_pct <= mean, "%s of %s: mean %.2f %% of at most %g", quantity, kind, g->mean_pct, mean);
  ok(g->median_pct <= median, "%s of %s: median %.2f %% of at most %g", quantity, kind, g->median_pct, median);
  ok(g->p95_pct <= p95, "%s of %s: p95 %.2f %% of at most %g", quantity, kind, g->p95_pct, p95);
}

static const qy_validate_stratum *of_dsp(const qy_validate_report *r, const char *quantity, const char *dsp_allowed)
{
  for (size_t i = 0; i < r->stratum_count; i++) {
    const qy_validate_stratum *g = &r->stratum[i];
    if (strcmp(g->quantity, quantity) == 0 && strcmp(g->kind, "all") == 0 && strcmp(g->library, "all") == 0 &&
        strcmp(g->flow, "all") == 0 && g->dsp_allowed && strcmp(g->dsp_allowed, dsp_allowed) == 0)
      return g;
  }
  return NULL;
}

static void xc7(void)
{
  const qy_validate_report *r = run(synth, "xc7", "abc9_nowide");
  if (!r) return;
  is_int((int64_t)r->rows, 219, "rows of xc7 and abc9_nowide");
  is_int((int64_t)r->skipped, 0, "none skipped");
  below(r, "lut", "all", 12, 6, 30);
  below(r, "lut", "elements", 15, 15, 40);
  below(r, "ff", "all", 0, 0, 0);
}

static void other_sizes(void)
{
  const qy_validate_report *r = run(other, "xc7", "abc9_nowide");
  if (!r) return;
  is_int((int64_t)r->skipped, 0, "none skipped");
  below(r, "lut", "all", 12, 6, 30);
  below(r, "ff", "all", 0, 0, 0);
}

/* Rows of both families, those with slices among them. */
static void slices(void)
{
  const qy_validate_report *r = run(synth, NULL, "abc");
  if (!r) return;
  is_int((int64_t)r->rows, 592, "rows of abc");
  below(r, "ff", "all", 0, 0, 0);
  below(r, "dsp", "all", 0, 0, 0);
  const qy_validate_stratum *g = of_dsp(r, "dsp", "1");
  ok(g && g->count == 114, "slices are compared where the tool took some");
}

static void vivado(void)
{
  const qy_validate_report *r = run(circuits, NULL, NULL);
  if (!r) return;
  is_int((int64_t)r->compared, 6, "exact multipliers and adders");
  is_int((int64_t)r->skip_count, 1, "the others for one reason");
  is_text(r->skip[0].reason, "an approximate circuit", "which is named");
  below(r, "lut", "all", 15, 15, 15);
}

/* ---- the report on rows whose errors are known */

static const char head[] = "kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\n";

static qy_status run_text(const char *text, const qy_validate_options *options, qy_validate_report **r, qy_error *err)
{
  char file[] = "/tmp/quarry-fpga-XXXXXX";
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  char *name = qy_arena_text(arena, file, strlen(file));
  qy_status status = qy_validate_fpga(r, name, options, arena, err);
  unlink(file);
  return status;
}

static void statistics(void)
{
  char text[4096];
  snprintf(text, sizeof text, "%s%s", head,
           "reg2,w=8,xc7,0,abc,0,0,0,16,0\n"   /* right, and no LUT on either side */
           "reg2,w=8,xcup,0,abc,0,0,0,20,0\n"  /* 16 flip-flops for 20 */
           "mux2,w=16,xc7,0,abc,8,0,0,49,0\n"  /* 16 LUTs for 8 */
           "mux2,w=16,xc7,1,abc,0,0,0,49,0\n"  /* 16 for none: in per cent of one */
           "mux2,w=10,xc7,1,abc,20,0,0,31,0\n" /* 10 for 20 */
           "mux2,w=99,xc7,0,abc,8,0,0,49,0\n"  /* too wide */
           "sponge,w=9,xc7,0,abc,8,0,0,49,0\n" /* no kind */
           "q_pot,bits=1,xc7,0,abc,8,0,0,49,0\n"
           "mux2,w=9,ice40,0,abc,8,0,0,49,0\n"
           "mux2,w=9,xc7,0,quartus,8,0,0,49,0\n");
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(run_text(text, &(qy_validate_options){0}, &r, &err), QY_OK, "rows made by hand");
  if (!r) return;
  is_int((int64_t)r->rows, 10, "rows");
  is_int((int64_t)r->compared, 5, "compared");
  is_int((int64_t)r->skip_count, 5, "the others for five reasons");
  const qy_validate_stratum *g = qy_validate_find(r, "lut", "all", "all", "all");
  if (!ok(g && g->count == 3, "three LUT counts")) return;
  near_abs(g->mean_pct, (100 + 1600 + 50) / 3.0, 1e-9, "mean");
  near_abs(g->bias_pct, (100 + 1600 - 50) / 3.0, 1e-9, "bias");
  g = of_dsp(r, "lut", "1");
  ok(g && g->count == 2 && g->max_pct == 1600, "of rows that may use slices, two");
  g = of_dsp(r, "lut", "0");
  ok(g && g->count == 1 && g->max_pct == 100, "of the others, one");
  g = qy_validate_find(r, "ff", "reg2", "xcup", "abc");
  ok(g && g->count == 1, "a group by kind, family and flow");
  if (g) near_abs(g->mean_pct, 20, 1e-9, "16 flip-flops for 20");
  ok(!qy_validate_find(r, "dsp", "all", "all", "all"), "no row has a slice on either side");
  g = qy_validate_find(r, "lut", "components", "all", "all");
  ok(g && g->count == 3, "all of them are components");
  ok(!qy_validate_find(r, "lut", "elements", "all", "all"), "none an element");
}

/* Columns in another order, more of them, a byte-order mark and line ends of other systems change nothing. */
static void tolerated(void)
{
  static const char *const texts[] = {
      "kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nmux2,w=8,xc7,0,abc,4,0,0,25,0\n",
      "dsp,ff,note,carry8,carry4,lut,flow,dsp_allowed,family,params,kind\n0,25,\"a, b\",0,0,4,abc,0,xc7,w=8,mux2\n",
      "\xEF\xBB\xBFkind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\r\nmux2,w=8,xc7,0,abc,4,0,0,25,0\r\n",
      "# a remark\n\nkind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nmux2,w=8,xc7,0,abc,4,0,0,25,0"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    qy_validate_report *r = NULL;
    qy_error err = {0};
    is_int(run_text(texts[i], &(qy_validate_options){0}, &r, &err), QY_OK, "a table in another form");
    const qy_validate_stratum *g = r ? qy_validate_find(r, "lut", "mux2", "xc7", "abc") : NULL;
    ok(g && g->count == 1 && g->mean_pct == 100, "8 LUTs for 4");
  }
}

static void families(void)
{
  static const char text[] = "luts,mae,name,family\n"
                             "8,0,a,add8u\n"   /* right */
                             "9,0.0,b,add9\n"  /* right */
                             "8,0.1,c,add8u\n" /* approximate */
                             "8,0,d,sub8u\n"   /* neither */
                             "8,0,e,mul8x\n"   /* nor this */
                             "8,0,f,add99u\n"; /* nor this */
  static const char sizes[] = "luts,mae,name,family\n1,0,a,add1u\n63,0,b,add63u\n70,0,c,mul8s\n40,0,d,mul8x4\n"
                              "1,0,e,add0u\n1,0,f,add8x9u\n1,0,g,add8s\n1,0,h,mul0x8\n1,0,i,mul8x0\n1,0,j,add65\n"
                              "1,0,k,mul65x2\n1,0,l,mul2x65\n1,0,m,mul64x2\n1,0,n,mul2x64\n1,0,o,add64u\n";
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(run_text(text, &(qy_validate_options){0}, &r, &err), QY_OK, "circuits made by hand");
  if (!r) return;
  is_int((int64_t)r->compared, 2, "two adders");
  is_int((int64_t)r->skip_count, 2, "two reasons");
  is_int((int64_t)r->skip[0].count, 3, "three are nothing that is built");
  const qy_validate_stratum *g = qy_validate_find(r, "lut", "add9", "xc7", "vivado");
  ok(g && g->mean_pct == 0, "a LUT a bit");
  is_int(run_text(sizes, &(qy_validate_options){0}, &r, &err), QY_OK, "circuits of many sizes");
  if (!r) return;
  is_int((int64_t)r->compared, 4, "two adders and two multipliers");
  is_int((int64_t)r->skip_count, 4, "others are not, for four reasons");
  is_int((int64_t)r->skip[0].count, 8, "no such names");
  for (size_t i = 1; i < r->skip_count; i++)
    ok(r->skip[i].count == 1 && strstr(r->skip[i].reason, "outside what can be built"), "too wide: %s",
       r->skip[i].reason);
}

static void mistakes(void)
{
  static const struct {
    const char *text;
    int line, column;
    const char *says;
  } rows[] = {
      {"", 0, 0, "head line"},
      {"a,b\n1,2\n", 1, 1, "expected the columns kind, params"},
      {"kind,params,family,flow,lut,carry4,carry8,ff,dsp\n", 1, 0, "dsp_allowed"},
      {"name,family,mae\n", 1, 0, "luts"},
      {"kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nreg2,w=8,xc7,2,abc,0,0,0,16,0\n", 2, 14,
       "found '2'"},
      {"kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nreg2,w=8,xc7,0,abc,x,0,0,16,0\n", 2, 20,
       "found 'x'"},
      {"kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nreg2,w=8,xc7,0,abc,-1,0,0,16,0\n", 2, 20,
       "found '-1'"},
      {"kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nreg2,w=8,xc7,0\n", 2, 0, "10 fields"},
      {"name,family,mae,luts\nm,mul8x8,zero,74\n", 2, 10, "found 'zero'"},
      {"name,family,mae,luts\nm,mul8x8,0,\n", 2, 12, "found ''"},
      {"name,family,mae,luts\nm,mul8x8,0,74.5\n", 2, 12, "luts: expected a whole number, found '74.5'"},
      {"kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nreg2,w=8,xc7,0,abc,0,0,0,16.5,0\n", 2, 26,
       "ff: expected a whole number, found '16.5'"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_validate_report *r = NULL;
    qy_error err = {0};
    is_int(run_text(rows[i].text, &(qy_validate_options){0}, &r, &err), QY_BAD_INPUT, rows[i].says);
    if (!ok(err.count > 0, "with a message")) continue;
    is_int(err.diagnostic[0].line, rows[i].line, "line");
    is_int(err.diagnostic[0].column, rows[i].column, "column");
    ok(strstr(err.diagnostic[0].text, rows[i].says) != NULL, "%s", err.diagnostic[0].text);
    qy_error_clear(&err);
  }
}

/* Rows that name a parameter twice, or one that nothing takes, are no circuit; equal circuits have equal counts in any
 * number and order of rows; "16.0" is a count. */
static void equal_circuits(void)
{
  enum { SAME = 300 };
  static const char columns[] = "kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\n";
  qy_validate_report *r = NULL;
  qy_error err = {0};
  qy_text text = {0};
  qy_text_add(&text, "%sreg2,w=8 w=9,xc7,0,abc,0,0,0,16,0\nreg2,w=8 z=9,xc7,0,abc,0,0,0,16,0\n", columns);
  qy_text_add(&text, "q_mac,bits=8 bits=4,xc7,0,abc,0,0,0,16,0\nq_mac,bits=8 z=4,xc7,0,abc,0,0,0,16,0\n");
  qy_text_add(&text, "reg2,w=8 w,xc7,0,abc,0,0,0,16,0\n");
  is_int(run_text(text.data, &(qy_validate_options){0}, &r, &err), QY_OK, "parameters that say nothing");
  ok(r && r->compared == 0 && r->skipped == 5, "all rows are skipped");
  for (size_t i = 0; r && i < r->skip_count; i++)
    ok(strstr(r->skip[i].reason, "given twice") || strstr(r->skip[i].reason, "no parameter") ||
           strstr(r->skip[i].reason, "parameter of") || strstr(r->skip[i].reason, "parameter among"),
       "%s", r->skip[i].reason);
  qy_text_free(&text);
  qy_text_add(&text, "%s", columns);
  for (int i = 0; i < SAME; i++) /* two registers of w bits each, and w may be one of many */
    qy_text_add(&text, "reg2,w=%d,%s,0,abc,0,0,0,%d.0,0\n", 1 + i % 50, i % 3 ? "xc7" : "xcup", 2 * (1 + i % 50));
  is_int(run_text(text.data, &(qy_validate_options){0}, &r, &err), QY_OK, "rows of equal circuits");
  const qy_validate_stratum *g = r ? qy_validate_find(r, "ff", "all", "all", "all") : NULL;
  ok(g && g->count == SAME && g->max_pct == 0, "each has the flip-flops of its own circuit");
  qy_text_free(&text);
  qy_text_add(&text, "%sreg2,w=8,xc7,0,abc,0,0,0,0,0\n", columns);
  is_int(run_text(text.data, &(qy_validate_options){0}, &r, &err), QY_OK, "a 0 that should be 16");
  ok(r && r->zeros == 1 && r->worst_count == 1 && r->worst[0].error_pct == 1600, "1600 per cent of one, and said so");
  qy_text_free(&text);
}

static void names(void)
{
  static const char table[] =
      "kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp\nreg2,w=8,xc7,0,abc,0,0,0,16,0\n";
  qy_validate_report *r = NULL;
  qy_error err = {0};
  is_int(run_text(table, &(qy_validate_options){.flow = "abd"}, &r, &err), QY_BAD_INPUT, "an unknown flow");
  ok(strstr(err.diagnostic[0].text, "one of vivado, abc9_nowide, abc") &&
         strstr(err.diagnostic[0].text, "mean \"abc\"?"),
     "%s", err.diagnostic[0].text);
  qy_error_clear(&err);
  is_int(run_text(table, &(qy_validate_options){.library = "spartan"}, &r, &err), QY_BAD_INPUT, "an unknown family");
  ok(strstr(err.diagnostic[0].text, "one of xc7, xcup") != NULL, "%s", err.diagnostic[0].text);
}

int main(void)
{
  arena = qy_arena_new();
  xc7();
  other_sizes();
  slices();
  vivado();
  statistics();
  tolerated();
  families();
  mistakes();
  equal_circuits();
  names();
  qy_arena_free(arena);
  return done();
}
