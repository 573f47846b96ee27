/* The systolic array's closed forms against arrays whose registers are stepped cycle by cycle.
 *
 * The machine below is written from the schedule in systolic.h: words with their index move from register to register,
 * sums are real sums, and what comes out must be the matrix product; it counts cycles, moves, register writes and
 * buffer accesses as they happen and shares no formula with the library.  Cycle counts of SCALE-Sim v2 and v3 (runs of
 * the tools, tests/data/scalesim_cycles.csv) are compared row by row. */
#include "quarry/csv.h"
#include "quarry/systolic.h"

#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;
static uint32_t seed = 2026;

static int64_t random_in(int64_t low, int64_t high)
{
  seed = seed * 1664525u + 1013904223u;
  return low + (int64_t)(seed >> 8) % (high - low + 1);
}

/* ---- the machine ---- */

enum { SIDE = 12, DEPTH = 40 }; /* largest array, longest operand of the random cases */

typedef struct job { /* one fold: r x c PEs in use */
  int r, c, t;
  const int *along; /* [r][t]: operand t of row i; block rows of a packed fold too */
  const int *other; /* os: [c][t] weights of column j; ws, is: [r][c] held in PE (i, j), 0 where a block has none */
  const unsigned char *own; /* [r][c]: the PE does products */
  int *sum;                 /* os: [r][c]; ws, is: [t][c]; added to */
} job;

typedef struct tally {
  int64_t cycles, fill, stream, drain, active, folds, fold_pes;
  int64_t operand_hops, sum_hops, operand_skew, sum_skew, operand_writes;
  int64_t row_entries, row_writes, row_skew;
  int64_t input_reads, weight_reads, output_writes, sum_writes, sum_reads;
} tally;

/* A register's contents.  A ghost is a slot of the schedule that no PE in use needs: it moves, but nothing is counted.
 */
typedef struct word {
  enum { EMPTY, REAL, GHOST } kind;
  int value, index;
} word;

static int real(word w)
{
  return w.kind == REAL;
}

/* A row of registers: push at the far end, get what has passed through all of them; counts the writes. */
typedef struct chain {
  word cell[SIDE];
  int length;
} chain;

static word pass(chain *c, word in, int64_t *writes)
{
  if (c->length == 0) return in;
  word out = c->cell[c->length - 1];
  for (int i = c->length - 1; i > 0; i--) {
    c->cell[i] = c->cell[i - 1];
    *writes += real(c->cell[i]);
  }
  c->cell[0] = in;
  *writes += real(in);
  return out;
}

/* Operand `cycle` of t at the edge of a row or column; a ghost for those that the fold does not use. */
static word operand(const int *of, int t, int64_t cycle, int used)
{
  if (cycle >= t) return (word){EMPTY, 0, 0};
  return (word){used ? REAL : GHOST, used ? of[cycle] : 0, (int)cycle};
}

static int owns(const job *j, int i, int k)
{
  return i < j->r && k < j->c && j->own[i * j->c + k];
}

/* Last column and row a word has to reach: the end of the PEs that use it; -1: none. */
static int last_own_column(const job *j, int i)
{
  int last = -1;
  for (int k = 0; k < j->c; k++)
    if (owns(j, i, k)) last = k;
  return last;
}

static int last_own_row(const job *j, int k)
{
  int last = -1;
  for (int i = 0; i < j->r; i++)
    if (owns(j, i, k)) last = i;
  return last;
}

/* A word arrives at a PE that lies beyond those that use it: only its slot goes on. */
static word arrive(word w, int wanted, tally *n, int hop)
{
  if (real(w) && !wanted) w.kind = GHOST;
  if (!real(w)) return w;
  n->operand_writes++;
  n->operand_hops += hop;
  return w;
}

/* Operands enter all a rows at the left and move on one PE, or go from one register to all PEs of the row (bus). */
static void step_rows(const job *f, int a, int b, int64_t cycle, word x[SIDE][SIDE], chain *left, int bus, tally *n)
{
  const int64_t writes = n->operand_writes, skew = n->operand_skew;
  for (int i = 0; i < a; i++) {
    const int last = last_own_column(f, i);
    for (int k = b - 1; k > 0 && !bus; k--)
      x[i][k] = arrive(x[i][k - 1], k <= last, n, 1);
    word in = operand(f->along + i * f->t, f->t, cycle, i < f->r);
    x[i][0] = arrive(pass(&left[i], in, &n->operand_skew), last >= 0, n, 0);
    n->row_entries += real(x[i][0]);
    for (int k = 1; k < b && bus; k++)
      x[i][k] = x[i][0];
  }
  n->row_writes += n->operand_writes - writes;
  n->row_skew += n->operand_skew - skew;
}

/* Output-stationary; a x b PEs take part in the schedule. */
static void run_os(const job *f, int a, int b, int serial, int bus, tally *n, int *wrong)
{
  static word x[SIDE][SIDE], w[SIDE][SIDE]; /* operand registers */
  static chain left[SIDE], top[SIDE], out[SIDE];
  static int acc[SIDE][SIDE], steps[SIDE][SIDE];
  memset(x, 0, sizeof x), memset(w, 0, sizeof w), memset(acc, 0, sizeof acc), memset(steps, 0, sizeof steps);
  memset(left, 0, sizeof left), memset(top, 0, sizeof top), memset(out, 0, sizeof out);
  for (int i = 0; i < a; i++)
    left[i].length = i;
  for (int k = 0; k < b; k++)
    top[k].length = bus ? 0 : k, out[k].length = serial || bus ? 0 : b - 1 - k;
  int sums = 0, got = 0, packed = 0;
  for (int i = 0; i < f->r * f->c; i++)
    sums += f->own[i] != 0, packed |= !f->own[i];
  int64_t cycle = 0, start = 0;
  for (; steps[a - 1][b - 1] < f->t; cycle++) { /* until the last PE of the schedule is done */
    word top_bus[SIDE];
    int row = -1;
    memset(top_bus, 0, sizeof top_bus);
    step_rows(f, a, b, cycle, x, left, bus, n);
    for (int k = 0; k < b; k++) {
      const int last = last_own_row(f, k);
      for (int i = a - 1; i > 0; i--)
        w[i][k] = arrive(w[i - 1][k], i <= last, n, 1);
      w[0][k] =
          arrive(pass(&top[k], operand(f->other + k * f->t, f->t, cycle, k < f->c), &n->operand_skew), last >= 0, n, 0);
    }
    for (int i = 0; i < a; i++)
      for (int k = 0; k < b; k++) {
        if (x[i][k].kind == EMPTY || w[i][k].kind == EMPTY) continue;
        *wrong += x[i][k].index != w[i][k].index;
        if (++steps[i][k] == 1 && i == a - 1 && k == b - 1) start = cycle;
        if (!owns(f, i, k)) continue;
        acc[i][k] += x[i][k].value * w[i][k].value;
        n->active++;
        if (serial || steps[i][k] < f->t) continue;
        *wrong += real(top_bus[k]); /* two sums of a column at once */
        top_bus[k] = (word){REAL, acc[i][k], i};
      }
    for (int k = 0; k < f->c && !serial; k++) {
      word y = pass(&out[k], top_bus[k], &n->sum_skew);
      if (!real(y)) continue;
      if (!packed && row >= 0 && y.index != row) ++*wrong; /* the sums of a row leave together */
      row = y.index;
      f->sum[y.index * f->c + k] += y.value;
      got++;
    }
  }
  n->fill += start;
  n->stream += cycle - start;
  int64_t drain = 0;
  for (; serial && drain < a; drain++) /* row 0 leaves, the others move up */
    for (int k = 0; k < f->c; k++)
      for (int i = 0; i < a; i++) {
        const int from = i + (int)drain; /* where this sum was made */
        if (i == 0 && owns(f, from, k)) f->sum[from * f->c + k] += acc[0][k], got++;
        if (i == 0) continue;
        acc[i - 1][k] = acc[i][k];
        n->sum_hops += owns(f, from, k);
      }
  n->drain += drain;
  n->cycles += cycle + drain;
  *wrong += got != sums;
}

/* Weight- and input-stationary. */
static void run_held(const job *f, int a, int b, int bus, tally *n, int *wrong)
{
  static word held[SIDE][SIDE], moving[SIDE][SIDE], x[SIDE][SIDE], s[SIDE][SIDE];
  static chain left[SIDE], out[SIDE];
  memset(held, 0, sizeof held), memset(moving, 0, sizeof moving), memset(x, 0, sizeof x), memset(s, 0, sizeof s);
  memset(left, 0, sizeof left), memset(out, 0, sizeof out);
  for (int i = 0; i < a; i++)
    left[i].length = a - 1 - i;
  for (int k = 0; k < b; k++)
    out[k].length = bus ? 0 : b - 1 - k;
  int64_t cycle = 0;
  for (int row = a - 1; row >= 0; row--, cycle++) /* a word a row, that for the lowest row first */
    for (int k = 0; k < f->c; k++) {
      for (int i = a - 1; i > 0; i--) {
        moving[i][k] = arrive(moving[i - 1][k], 1, n, 1);
        if (real(moving[i][k]) && moving[i][k].index == i) held[i][k] = moving[i][k], moving[i][k].kind = EMPTY;
      }
      word in = {owns(f, row, k) ? REAL : EMPTY, owns(f, row, k) ? f->other[row * f->c + k] : 0, row};
      moving[0][k] = arrive(in, 1, n, 0);
      if (real(in) && row == 0) held[0][k] = in, moving[0][k].kind = EMPTY;
    }
  for (int i = 0; i < f->r; i++)
    for (int k = 0; k < f->c; k++)
      *wrong += owns(f, i, k) != real(held[i][k]);
  int64_t start = -1, got = 0;
  int steps = 0; /* of the last PE of the schedule */
  for (int64_t u = 0; steps < f->t; u++, cycle++) {
    int vector = -1;
    step_rows(f, a, b, u, x, left, bus, n);
    if (x[0][b - 1].kind != EMPTY && ++steps == 1) start = cycle;
    for (int k = 0; k < f->c; k++) {
      for (int i = 0; i < a; i++) { /* upwards: row i takes what row i + 1 had */
        word below = i + 1 < a ? s[i + 1][k] : (word){EMPTY, 0, 0};
        n->sum_hops += real(below);
        s[i][k] = below;
        if (!owns(f, i, k) || !real(x[i][k])) continue;
        *wrong += real(below) && below.index != x[i][k].index;
        s[i][k] = (word){REAL, below.value + x[i][k].value * held[i][k].value, x[i][k].index};
        n->active++;
      }
      word y = pass(&out[k], s[0][k], &n->sum_skew);
      if (!real(y)) continue;
      *wrong += vector >= 0 && y.index != vector; /* the sums of one vector leave together */
      vector = y.index;
      f->sum[y.index * f->c + k] += y.value;
      got++;
    }
  }
  *wrong += got != (int64_t)f->t * f->c;
  n->fill += start;
  n->stream += cycle - start;
  n->cycles += cycle;
}

/* One group's product: a[m][k] times b[k][n], `d` such groups side by side on the diagonal. */
typedef struct product {
  int m, n, k;
  int a[DEPTH][DEPTH], b[DEPTH][DEPTH], y[DEPTH][DEPTH];
} product;

static int along_buffer[DEPTH * DEPTH], other_buffer[DEPTH * DEPTH], sum_buffer[DEPTH * DEPTH];
static unsigned char own_buffer[DEPTH * DEPTH];

/* Operand for PE row i, column j, step t of a group: by dataflow, as in the table of systolic.h. */
static int of_row(const product *p, qy_dataflow f, int i, int t)
{
  return f == QY_FLOW_OS ? p->a[i][t] : f == QY_FLOW_WS ? p->a[t][i] : p->b[i][t];
}

static int of_column(const product *p, qy_dataflow f, int i, int j, int t)
{
  return f == QY_FLOW_OS ? p->b[t][j] : f == QY_FLOW_WS ? p->b[i][j] : p->a[j][i];
}

static void fold(product *const *p, int d, const qy_systolic_params *s, int i0, int j0, int r, int c, int t, tally *n,
                 int *wrong)
{
  const qy_dataflow flow = s->dataflow;
  const int rows = d * r, columns = d * c, held = flow != QY_FLOW_OS;
  job f = {rows, columns, t, along_buffer, other_buffer, own_buffer, sum_buffer};
  memset(own_buffer, 0, sizeof own_buffer), memset(sum_buffer, 0, sizeof sum_buffer);
  memset(other_buffer, 0, sizeof other_buffer);
  for (int g = 0; g < d; g++) {
    for (int i = 0; i < r; i++)
      for (int j = 0; j < c; j++)
        own_buffer[(g * r + i) * columns + g * c + j] = 1;
    for (int i = 0; i < r; i++)
      for (int u = 0; u < t; u++)
        along_buffer[(g * r + i) * t + u] = of_row(p[g], flow, i0 + i, u);
    if (held)
      for (int i = 0; i < r; i++)
        for (int j = 0; j < c; j++)
          other_buffer[(g * r + i) * columns + g * c + j] = of_column(p[g], flow, i0 + i, j0 + j, 0);
    else
      for (int j = 0; j < c; j++)
        for (int u = 0; u < t; u++)
          other_buffer[(g * c + j) * t + u] = of_column(p[g], flow, 0, j0 + j, u);
  }
  const int a = s->edge == QY_EDGE_FULL ? s->rows : rows, b = s->edge == QY_EDGE_FULL ? s->columns : columns;
  if (held)
    run_held(&f, a, b, s->row == QY_ROW_BROADCAST, n, wrong);
  else
    run_os(&f, a, b, s->drain == QY_DRAIN_SERIAL, s->row == QY_ROW_BROADCAST, n, wrong);
  n->folds++;
  n->fold_pes += (int64_t)d * r * c;
  /* Buffer accesses, word by word. */
  for (int g = 0; g < d; g++) {
    int64_t *along_reads = flow == QY_FLOW_IS ? &n->weight_reads : &n->input_reads;
    int64_t *other_reads = flow == QY_FLOW_IS ? &n->input_reads : &n->weight_reads;
    for (int i = 0; i < r; i++)
      for (int u = 0; u < t; u++)
        ++*along_reads;
    for (int j = 0; j < c; j++)
      for (int u = 0; u < (held ? r : t); u++)
        ++*other_reads;
    for (int u = 0; u < (held ? t : r); u++)
      for (int j = 0; j < c; j++) {
        const int value = sum_buffer[((held ? u : g * r + u)) * columns + g * c + j];
        if (flow == QY_FLOW_OS)
          p[g]->y[i0 + u][j0 + j] = value, n->output_writes++;
        else {
          int *y = flow == QY_FLOW_WS ? &p[g]->y[u][j0 + j] : &p[g]->y[j0 + j][u];
          if (i0 > 0) n->sum_reads++, *y += value;
          if (i0 == 0) *y = value;
          if (i0 + r < p[g]->k)
            n->sum_writes++;
          else
            n->output_writes++;
        }
      }
  }
}

static void run_groups(product *p, int groups, const qy_systolic_params *s, tally *n, int *wrong)
{
  const int sr = s->dataflow == QY_FLOW_OS ? p->m : p->k, sc = s->dataflow == QY_FLOW_IS ? p->m : p->n;
  const int t = s->dataflow == QY_FLOW_OS ? p->k : s->dataflow == QY_FLOW_WS ? p->m : p->n;
  int fit = 0; /* groups on the diagonal */
  while ((fit + 1) * sr <= s->rows && (fit + 1) * sc <= s->columns)
    fit++;
  for (int g = 0, d; g < groups; g += d) {
    product *of[SIDE];
    d = s->packing == QY_PACK_DIAGONAL && fit > 1 ? (groups - g < fit ? groups - g : fit) : 1;
    for (int e = 0; e < d; e++)
      of[e] = &p[g + e];
    for (int j = 0; j < sc; j += s->columns)
      for (int i = 0; i < sr; i += s->rows)
        fold(of, d, s, i, j, sr - i < s->rows ? sr - i : s->rows, sc - j < s->columns ? sc - j : s->columns, t, n,
             wrong);
  }
}

/* ---- cases ---- */

static int same(const qy_systolic_counts *c, const tally *n)
{
  const struct {
    const char *name;
    int64_t got, expected;
  } row[] = {{"cycles", c->compute, n->cycles},
             {"fill", c->fill, n->fill},
             {"stream", c->stream, n->stream},
             {"drain", c->drain, n->drain},
             {"folds", c->folds, n->folds},
             {"fold_pes", c->fold_pes, n->fold_pes},
             {"active", c->active, n->active},
             {"operand_hops", c->operand_hops, n->operand_hops},
             {"sum_hops", c->sum_hops, n->sum_hops},
             {"operand_skew", c->operand_skew, n->operand_skew},
             {"sum_skew", c->sum_skew, n->sum_skew},
             {"row_entries", c->row_entries, n->row_entries},
             {"row_writes", c->row_writes, n->row_writes},
             {"row_skew", c->row_skew, n->row_skew},
             {"operand_writes", c->operand_writes, n->operand_writes},
             {"input_reads", c->input_reads, n->input_reads},
             {"weight_reads", c->weight_reads, n->weight_reads},
             {"output_writes", c->output_writes, n->output_writes},
             {"sum_writes", c->sum_writes, n->sum_writes},
             {"sum_reads", c->sum_reads, n->sum_reads}};
  int bad = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    if (row[i].got != row[i].expected) {
      printf("# %s: got %lld, the machine %lld\n", row[i].name, (long long)row[i].got, (long long)row[i].expected);
      bad++;
    }
  return !bad;
}

static product products[SIDE];

static void machine_case(qy_systolic_params s, int m, int n, int k, int groups, int *equal, int *correct)
{
  tally t = {0};
  int wrong = 0;
  for (int g = 0; g < groups; g++) {
    product *p = &products[g];
    memset(p, 0, sizeof *p);
    p->m = m, p->n = n, p->k = k;
    for (int i = 0; i < m; i++)
      for (int j = 0; j < k; j++)
        p->a[i][j] = (int)random_in(-9, 9);
    for (int i = 0; i < k; i++)
      for (int j = 0; j < n; j++)
        p->b[i][j] = (int)random_in(-9, 9);
  }
  run_groups(products, groups, &s, &t, &wrong);
  for (int g = 0; g < groups; g++)
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        int y = 0;
        for (int u = 0; u < k; u++)
          y += products[g].a[i][u] * products[g].b[u][j];
        wrong += y != products[g].y[i][j];
      }
  const qy_layer layer = {.name = "case",
                          .type = QY_LAYER_CONV,
                          .in_h = m,
                          .in_w = 1,
                          .in_c = (int64_t)k * groups,
                          .out_c = (int64_t)n * groups,
                          .kernel_h = 1,
                          .kernel_w = 1,
                          .batch = 1,
                          .stride_h = 1,
                          .stride_w = 1,
                          .dilation_h = 1,
                          .dilation_w = 1,
                          .groups = groups,
                          .out_h = m,
                          .out_w = 1};
  qy_systolic_counts c;
  const int good = qy_systolic_layer_counts(&c, &s, &layer, NULL) == QY_OK && same(&c, &t);
  if (!good || wrong)
    printf("# %d x %d, flow %d drain %d edge %d pack %d: M %d N %d K %d groups %d, wrong %d\n", s.rows, s.columns,
           (int)s.dataflow, (int)s.drain, (int)s.edge, (int)s.packing, m, n, k, groups, wrong);
  *equal += good;
  *correct += !wrong;
}

static void machine_tests(void)
{
  static const char *const flow[] = {"os", "ws", "is"}, *const drain[] = {"serial", "overlapped"},
                           *const edge[] = {"full", "used"}, *const row[] = {"moved", "broadcast"};
  enum { CASES = 120 };
  for (int f = 0; f < QY_FLOW_COUNT; f++)
    for (int d = 0; d < QY_DRAIN_COUNT; d++)
      for (int e = 0; e < QY_EDGE_COUNT * QY_ROW_COUNT; e++) {
        const qy_edge edges = (qy_edge)(e % QY_EDGE_COUNT);
        const qy_row rows = (qy_row)(e / QY_EDGE_COUNT);
        int equal = 0, correct = 0;
        for (int i = 0; i < CASES; i++) {
          qy_systolic_params s = {.rows = (int)random_in(1, SIDE),
                                  .columns = (int)random_in(1, SIDE),
                                  .dataflow = (qy_dataflow)f,
                                  .drain = (qy_drain)d,
                                  .edge = edges,
                                  .row = rows};
          int m = (int)random_in(1, 30), n = (int)random_in(1, 30), k = (int)random_in(1, 30);
          if (i % 8 == 0) s.rows = 1;
          if (i % 8 == 1) s.columns = 1;
          if (i % 8 == 2) m = 1;
          if (i % 8 == 3) n = 1;
          if (i % 8 == 4) k = 1;
          if (i == 5) s.rows = s.columns = m = n = k = 1;
          machine_case(s, m, n, k, 1, &equal, &correct);
        }
        ok(equal == CASES && correct == CASES,
           "%s, drain %s, edge %s, rows %s: products, cycles, moves and accesses of %d register-level runs", flow[f],
           drain[d], edge[edges], row[rows], CASES);
        equal = correct = 0;
        for (int i = 0; i < CASES; i++) {
          qy_systolic_params s = {.rows = (int)random_in(1, SIDE),
                                  .columns = (int)random_in(1, SIDE),
                                  .dataflow = (qy_dataflow)f,
                                  .drain = (qy_drain)d,
                                  .edge = edges,
                                  .row = rows,
                                  .packing = i % 3 ? QY_PACK_DIAGONAL : QY_PACK_NONE};
          machine_case(s, (int)random_in(1, 6), (int)random_in(1, 3), (int)random_in(1, 6), (int)random_in(1, SIDE),
                       &equal, &correct);
        }
        ok(equal == CASES && correct == CASES, "the same for %d layers of groups, packed on the diagonal or not",
           CASES);
      }
}

/* ---- SCALE-Sim's rows ---- */

static void scalesim_tests(void)
{
  static const char *const name[] = {"M",
                                     "N",
                                     "K",
                                     "dataflow",
                                     "rows",
                                     "cols",
                                     "closed_form_cycles",
                                     "row_folds",
                                     "col_folds",
                                     "sram_ifmap_reads",
                                     "sram_filter_reads",
                                     "sram_ofmap_writes",
                                     "mapping_eff_pct"};
  static const char *const flows[] = {"os", "ws", "is"};
  enum { COLUMNS = sizeof name / sizeof *name };
  qy_csv csv;
  int at[COLUMNS];
  bool more;
  int rows = 0, cycles = 0, accesses = 0, mapping = 0;
  if (qy_csv_open(&csv, "tests/data/scalesim_cycles.csv", arena, NULL) != QY_OK ||
      qy_csv_columns(&csv, name, COLUMNS, at, NULL) != QY_OK) {
    ok(0, "tests/data/scalesim_cycles.csv can be read");
    return;
  }
  while (qy_csv_next(&csv, &more, NULL) == QY_OK && more) {
    int64_t v[COLUMNS] = {0};
    int flow = 0;
    double efficiency;
    for (int i = 0; i < COLUMNS; i++)
      if (i != 3 && i != 12) qy_csv_integer(&csv, at[i], 0, INT64_MAX, &v[i], NULL);
    qy_csv_choice(&csv, at[3], flows, 3, &flow, NULL);
    qy_csv_number(&csv, at[12], 0, 101, &efficiency, NULL);
    qy_systolic_params s = {
        .rows = (int)v[4], .columns = (int)v[5], .dataflow = (qy_dataflow)flow, .drain = QY_DRAIN_OVERLAPPED};
    qy_systolic_counts c;
    rows++;
    if (qy_systolic_gemm_counts(&c, &s, v[0], v[1], v[2], NULL) != QY_OK) continue;
    cycles += c.compute == v[6];
    /* Its os count of output writes holds R + C per fold too many (its issue 166). */
    const int64_t surplus = flow == 0 ? c.folds * (v[4] + v[5]) : 0;
    accesses += c.input_reads == v[9] && c.weight_reads == v[10] && c.output_writes + c.sum_writes + surplus == v[11];
    mapping += fabs(100 * qy_systolic_mapping_frac(&c, &s) - efficiency) < 1e-3;
  }
  ok(rows > 150 && cycles == rows, "cycles of all %d rows of SCALE-Sim are its own (%d)", rows, cycles);
  ok(accesses == rows, "and so are its buffer accesses, apart from a known surplus (%d)", accesses);
  ok(mapping == rows, "and its mapping efficiency (%d)", mapping);
}

int main(void)
{
  arena = qy_arena_new();
  machine_tests();
  scalesim_tests();
  qy_arena_free(arena);
  return done();
}
