/* The systolic array's closed forms beside a table of SCALE-Sim results: exact counts. */
#include "quarry/validate.h"

#include "statistics.h"

#include "quarry/csv.h"
#include "quarry/systolic.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

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
                                              "version",
                                              "run_mode",
                                              "net",
                                              "layer"};

static const char *const dataflows[QY_FLOW_COUNT] = {"os", "ws", "is"};

/* What a row says. */
typedef struct entry {
  qy_systolic_params params;
  int64_t m, n, k, cycles;
  int64_t input_reads, weight_reads; /* 0: not stated */
} entry;

static const char *text_of(const qy_csv *csv, int at)
{
  return at >= 0 ? csv->field[at] : "";
}

/* A count of at least 1; blank gives 0. */
static qy_status read_count(const qy_csv *csv, int at, int64_t *value, qy_error *err)
{
  *value = 0;
  return *text_of(csv, at) ? qy_csv_integer(csv, at, 0, INT64_MAX, value, err) : QY_OK;
}

/* *skip: why the row cannot be compared. */
static qy_status read_entry(entry *e, const char **skip, const qy_csv *csv, const int *at, qy_error *err)
{
  enum { SIDE_MAX = 256 };
  int64_t rows, columns;
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
               {WEIGHT_READS, &e->weight_reads}};
  for (size_t i = 0; i < sizeof count / sizeof *count; i++) {
    qy_status status = read_count(csv, at[count[i].column], count[i].value, err);
    if (status) return status;
  }
  int flow = 0;
  while (flow < QY_FLOW_COUNT && strcmp(dataflows[flow], csv->field[at[DATAFLOW]]) != 0)
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
  const struct {
    const char *quantity;
    int64_t measured, model;
  } figure[] = {{"cycles", e->cycles, c->compute},
                {"input_reads", e->input_reads, c->input_reads},
                {"weight_reads", e->weight_reads, c->weight_reads}};
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
