/* validate cycles: all rows of SCALE-Sim's runs agree; wrong rows are found, odd ones counted with a reason. */
#include "quarry/validate.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

static qy_status with_text(qy_validate_report **report, const char *text, qy_error *err)
{
  char file[] = "/tmp/quarry-cycles-XXXXXX.csv";
  qy_status status = QY_SYSTEM;
  *report = NULL;
  qy_error_clear(err);
  if (write_new_file(file, 4, text)) status = qy_validate_cycles(report, file, 0, arena, err);
  unlink(file);
  return status;
}

int main(void)
{
  arena = qy_arena_new();
  qy_validate_report *r;
  qy_error err = {0};
  ok(qy_validate_cycles(&r, "tests/data/scalesim_cycles.csv", 0, arena, &err) == QY_OK && r->rows > 150 &&
         r->compared == r->rows && r->mismatches == 0,
     "every row of SCALE-Sim's runs is compared and equal");
  const qy_validate_stratum *g = qy_validate_find(r, "cycles", "all", "all", "all");
  ok(g && g->count == r->rows && g->max_pct == 0, "cycles: no error in any row");
  g = qy_validate_find(r, "weight_reads", "is", "all", "all");
  ok(!g || g->max_pct == 0, "nor in weight reads");
  g = qy_validate_find(r, "input_reads", "all", "all", "all");
  ok(g && g->count == r->rows && g->max_pct == 0, "nor in input reads");
  g = qy_validate_find(r, "simulated_cycles", "all", "all", "all");
  ok(g && g->count == r->rows && g->max_pct == 0, "nor in the cycles that were simulated");
  g = qy_validate_find(r, "output_writes", "all", "all", "all");
  ok(g && r->omit_count == 1 && g->count + r->omit[0].count == r->rows && g->max_pct == 0,
     "nor in output writes, weights or inputs held");
  /* os, 2 x 3 array: M 4, N 3, K 5: two folds of 5 + 2 + 3 - 2 = 8 cycles. */
#define COLUMNS_HEAD "M,N,K,dataflow,rows,cols,closed_form_cycles,version\n"
  ok(with_text(&r,
               COLUMNS_HEAD "4,3,5,os,2,3,16,v2\n4,3,5,os,2,3,17,v2\n4,3,5,os,2,3,99,v1\n4,3,5,rs,2,3,16,v2\n"
                            "4,3,5,os,512,3,16,v2\n0,3,5,os,2,3,16,v2\n4,3,5,os,2,3,,v2\n",
               &err) == QY_OK &&
         r->rows == 7 && r->compared == 2 && r->skipped == 5 && r->skip_count == 5 && r->mismatches == 1 &&
         r->worst[0].line == 3 && r->worst[0].measured == 17 && r->worst[0].model == 16,
     "a wrong count is a mismatch; what cannot be compared is counted with its reason");
  ok(with_text(&r,
               COLUMNS_HEAD "4,3,5,os,0,3,16,v2\n4,3,5,os,2,0,16,v2\n4,3,5,os,257,3,16,v2\n4,3,5,os,2,257,16,v2\n"
                            "4,3,5,os,256,3,16,v2\n4,3,5,os,2,256,16,v2\n4,3,5,os,1,1,16,v2\n",
               &err) == QY_OK &&
         r->compared == 3 && r->skipped == 4 && r->skip_count == 1,
     "arrays of 1 x 1 to 256 x 256");
  g = qy_validate_find(r, "output_writes", "all", "all", "all");
  ok(!g, "output writes are compared where the table has them only");
  /* The same product, ws: 3 row folds, so 3 x 4 x 3 words written, 4 x 5 inputs and 5 x 3 weights read, 27 cycles; is:
   * 3 x 2 folds of 8 cycles, 3 x 3 x 4 words written; os: 12 words written, which SCALE-Sim counts as 12 + 2 (2 + 3).
   */
#define FIGURES_HEAD                                                                                                   \
  "extra,sram_ofmap_writes,M,N,K,dataflow,rows,cols,closed_form_cycles,reported_total_cycles,reported_stall_cycles,"   \
  "demand_rows,sram_ifmap_reads,sram_filter_reads,version\n"
  ok(with_text(&r,
               FIGURES_HEAD "\"a, \"\"b\"\"\",36,4,3,5,\"ws\",2,3,27,30,4,,20,15,v3\n"
                            ",36.0,4,3,5,is,2,3,48.0,,,48,,,v2\n,22,4,3,5,OS,2,3,16,15,0,,,,v2\n",
               &err) == QY_OK &&
         r->compared == 3 && r->skipped == 0 && r->mismatches == 0,
     "quoted fields, blanks, unknown columns, another order, counts written as 48.0");
  g = qy_validate_find(r, "output_writes", "all", "all", "all");
  ok(g && g->count == 2 && r->omit_count == 1 && r->omit[0].count == 1 && strstr(r->omit[0].reason, "rows + columns"),
     "output writes: results and partial sums; with outputs held left out, and said why");
  g = qy_validate_find(r, "simulated_cycles", "all", "all", "all");
  ok(g && g->count == 3 && g->max_pct == 0, "the simulator's own cycles: total less stalls and one, or demand rows");
  ok(with_text(&r, FIGURES_HEAD ",35,4,3,5,ws,2,3,27,29,4,,20,14,v3\n", &err) == QY_OK && r->mismatches == 3,
     "each of them is found when it is wrong");
  ok(with_text(&r, FIGURES_HEAD ",36.5,4,3,5,ws,2,3,27,,,,,,v3\n", &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "sram_ofmap_writes: expected an integer, found '36.5'"),
     "a broken count is refused");
  ok(with_text(&r, "M,N,K,dataflow,rows,cols\n1,1,1,os,1,1\n", &err) == QY_BAD_INPUT &&
         strstr(err.diagnostic[0].text, "closed_form_cycles"),
     "a missing column is named");
  ok(with_text(&r, COLUMNS_HEAD "4,3,x,os,2,3,16,v2\n", &err) == QY_BAD_INPUT && err.diagnostic[0].line == 2 &&
         err.diagnostic[0].column == 5,
     "text where a number belongs: line and column");
  qy_arena_free(arena);
  return done();
}
