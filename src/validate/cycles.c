/* The systolic array's closed forms beside a table of SCALE-Sim results: exact counts.
 *
 * What SCALE-Sim's columns mean was read from its source and checked on its output: the printed total is the index of
 * the last cycle, so one less than their number, and holds the stalls; output writes count every word that goes to the
 * output buffer, partial sums of all row folds included, but with outputs held they are rows + columns too many for
 * each fold (scalesim-project/SCALE-Sim issue 166).
 */
#include "quarry/validate.h"

#include "statistics.h"

#include "quarry/csv.h"
#include "quarry/systolic.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

enum {
  M,
  N,
  K,
  ROWS,
  COLUMNS,
  DATAFLOW,
  CYCLES,
  NEEDED,
  INPUT_READS = NEEDED,
  WEIGHT_READS,
  OUTPUT_WRITES,
  TOTAL,
  STALL,
  DEMAND,
  VERSION,
  MODE,
  NET,
  LAYER,
  ALL
};

static const char *const column_names[ALL] = {"M",
                                              "N",
                                              "K",
                                              "rows",
                                              "cols",
                                              "dataflow",
                                              "closed_form_cycles",
                                              "sram_ifmap_reads",
                                              "sram_filter_reads",
                                              "sram_ofmap_writes",
                                              "reported_total_cycles",
                                              "reported_stall_cycles",
                                              "demand_rows",
                                              "version",
                                              "run_mode",
                                              "net",
                                              "layer"};

static const char *const dataflows[QY_FLOW_COUNT] = {"os", "ws", "is"};

/* What a row says. */
typedef struct entry {
  qy_systolic_params params;
  int64_t m, n, k, cycles;
  int64_t input_reads, weight_reads, output_writes; /* 0: not stated */
  int64_t simulated;                                /* cycles the simulator itself took, 0: not stated */
} entry;

static const char *text_of(const qy_csv *csv, int at)
{
  return at >= 0 ? csv->field[at] : "";
}

/* A count; blank, or no such column, gives 0.  Some programs write counts of a column with blanks as "12.0". */
static qy_status read_count(const qy_csv *csv, int at, int64_t *value, qy_error *err)
{
  static const double exact = 9007199254740992; /* 2^53 */
  const char *text = text_of(csv, at);
  double number;
  *value = 0;
  if (!*text) return QY_OK;
  if (!strpbrk(text, ".eE")) return qy_csv_integer(csv, at, 0, INT64_MAX, value, err);
  qy_status status = qy_csv_number(csv, at, 0, exact, &number, err);
  if (!status && number != floor(number)) status = qy_csv_expected(csv, at, err, "an integer");
  if (!status) *value = (int64_t)number;
  return status;
}

/* *skip: why the row cannot be compared. */
static qy_status read_entry(entry *e, const char **skip, const qy_csv *csv, const int *at, qy_error *err)
{
  enum { SIDE_MAX = 256 };
  int64_t rows, columns, total, stall, demand;
  *skip = NULL;
  struct {
    int column;
    int64_t *value;
  } count[] = {{M, &e->m},
               {N, &e->n},
               {K, &e->k},
               {ROWS, &rows},
               {COLUMNS, &columns},
               {CYCLES, &e->cycles},
               {INPUT_READS, &e->input_reads},
               {WEIGHT_READS, &e->weight_reads},
               {OUTPUT_WRITES, &e->output_writes},
               {TOTAL, &total},
               {STALL, &stall},
               {DEMAND, &demand}};
  for (size_t i = 0; i < sizeof count / sizeof *count; i++) {
    qy_status status = read_count(csv, at[count[i].column], count[i].value, err);
    if (status) return status;
  }
  e->simulated = demand > 0 ? demand : total > stall ? total - stall + 1 : 0;
  int flow = 0;
  while (flow < QY_FLOW_COUNT && strcasecmp(dataflows[flow], csv->field[at[DATAFLOW]]) != 0)
    flow++;
  if (strcmp(text_of(csv, at[VERSION]), "v1") == 0)
    *skip = "SCALE-Sim v1: counts by rules of its own";
  else if (e->cycles == 0)
    *skip = "no cycle count";
  else if (flow == QY_FLOW_COUNT)
    *skip = "dataflow is none of os, ws, is";
  else if (rows < 1 || rows > SIDE_MAX || columns < 1 || columns > SIDE_MAX)
    *skip = "array outside 1x1 to 256x256";
  if (*skip) return QY_OK;
  e->params = (qy_systolic_params){.rows = (int)rows,
                                   .columns = (int)columns,
                                   .dataflow = (qy_dataflow)flow,
                                   .drain = QY_DRAIN_OVERLAPPED,
                                   .edge = QY_EDGE_FULL};
  return QY_OK;
}

static qy_status compare_row(tally *t, const entry *e, const qy_systolic_counts *c, const qy_csv *csv, const int *at,
                             qy_arena *arena, qy_error *err)
{
  static const char surplus[] = "output writes with outputs held: SCALE-Sim counts rows + columns words too many for "
                                "each fold";
  const bool held_outputs = e->params.dataflow == QY_FLOW_OS;
  const struct {
    const char *quantity;
    int64_t measured, model;
  } figure[] = {{"cycles", e->cycles, c->compute},
                {"simulated_cycles", e->simulated, c->compute},
                {"input_reads", e->input_reads, c->input_reads},
                {"weight_reads", e->weight_reads, c->weight_reads},
                {"output_writes", held_outputs ? 0 : e->output_writes, c->output_writes + c->sum_writes}};
  if (held_outputs && e->output_writes > 0 && tally_omit(t, surplus)) return qy_no_memory(err);
  const char *params =
      qy_arena_format(arena, "%s %s, %" PRId64 "x%" PRId64 "x%" PRId64 " on %dx%d", text_of(csv, at[NET]),
                      text_of(csv, at[LAYER]), e->m, e->n, e->k, e->params.rows, e->params.columns);
  const char *version = text_of(csv, at[VERSION]), *mode = text_of(csv, at[MODE]);
  int failed = params == NULL;
  for (size_t i = 0; !failed && i < sizeof figure / sizeof *figure; i++) {
    if (figure[i].measured == 0) continue;
    t->mismatches += figure[i].measured != figure[i].model;
    failed = tally_add(t, (qy_validate_row){.quantity = figure[i].quantity,
                                            .kind = dataflows[e->params.dataflow],
                                            .params = params,
                                            .library = *version ? version : "unnamed",
                                            .flow = *mode ? mode : "unnamed",
                                            .line = csv->line,
                                            .measured = (double)figure[i].measured,
                                            .model = (double)figure[i].model});
  }
  t->compared++;
  return failed ? qy_no_memory(err) : QY_OK;
}

qy_status qy_validate_cycles(qy_validate_report **report, const char *file, int worst_count, qy_arena *arena,
                             qy_error *err)
{
  assert(report && file && arena);
  tally t = {.mismatches = 0};
  qy_csv csv;
  int at[ALL];
  qy_status status = qy_csv_open(&csv, file, arena, err);
  if (!status) status = qy_csv_columns(&csv, column_names, NEEDED, at, err);
  for (int i = NEEDED; !status && i < ALL; i++)
    at[i] = qy_csv_column(&csv, column_names[i]);
  while (!status) {
    entry e = {.m = 0};
    qy_systolic_counts counts;
    const char *skip;
    bool more;
    status = qy_csv_next(&csv, &more, err);
    if (status || !more) break;
    t.rows++;
    status = read_entry(&e, &skip, &csv, at, err);
    if (status) break;
    if (!skip && qy_systolic_gemm_counts(&counts, &e.params, e.m, e.n, e.k, NULL))
      skip = "M, N or K outside what can be counted exactly";
    if (!skip)
      status = compare_row(&t, &e, &counts, &csv, at, arena, err);
    else if (tally_skip(&t, skip))
      status = qy_no_memory(err);
  }
  if (!status) status = tally_report(&t, report, file, worst_count, arena, err);
  tally_free(&t);
  return status;
}
