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
  int64_t input_reads, weight_reads, output_writes, sum_writes, sum_reads;
} tally;

typedef struct word {
  int full, value, index;
} word;

/* A shift register: push at the far end, get what has passed through `length` registers; counts the writes. */
typedef struct chain {
  word cell[256];
  int length;
} chain;

static word pass(chain *c, word in, int64_t *writes)
{
  if (c->length == 0) return in;
  word out = c->cell[c->length - 1];
  for (int i = c->length - 1; i > 0; i--) {
    c->cell[i] = c->cell[i - 1];
    *writes += c->cell[i].full;
  }
  c->cell[0] = in;
  *writes += in.full;
  return out;
}

/* Last column and row a word has to reach: the end of the PEs that use it. */
static int last_own_column(const job *j, int i)
{
  int last = 0;
  for (int k = 0; k < j->c; k++)
    if (j->own[i * j->c + k]) last = k;
  return last;
}

static int last_own_row(const job *j, int k)
{
  int last = 0;
  for (int i = 0; i < j->r; i++)
    if (j->own[i * j->c + k]) last = i;
  return last;
}

/* Every sum must leave all of its line-up registers in step with the others: `out` collects one vector per cycle. */
typedef struct collector {
  int wrong; /* words that came in a cycle or column where they were not expected */
} collector;

/* Output-stationary.  a, b: rows and columns of the schedule. */
static void run_os(const job *f, int a, int b, int serial, tally *n, int *wrong)
{
  static word x[SIDE][SIDE], w[SIDE][SIDE]; /* operand registers, after the clock edge */
  static chain left[SIDE], top[SIDE], out[SIDE];
  static int acc[SIDE][SIDE], count[SIDE][SIDE];
  memset(x, 0, sizeof x), memset(w, 0, sizeof w), memset(acc, 0, sizeof acc), memset(count, 0, sizeof count);
  memset(left, 0, sizeof left), memset(top, 0, sizeof top), memset(out, 0, sizeof out);
  for (int i = 0; i < f->r; i++)
    left[i].length = i;
  for (int k = 0; k < f->c; k++)
    top[k].length = k, out[k].length = serial ? 0 : b - 1 - k;
  int64_t cycle = 0, first_of_last_pe = -1;
  int left_over = 0;
  for (int i = 0; i < f->r * f->c; i++)
    left_over += f->own[i] != 0;
  for (;; cycle++) {
    word bus[SIDE];
    memset(bus, 0, sizeof bus);
    /* Words come from the left and the top; a word moves on while a PE further along needs it. */
    static word nx[SIDE][SIDE], nw[SIDE][SIDE];
    memset(nx, 0, sizeof nx), memset(nw, 0, sizeof nw);
    for (int i = 0; i < f->r; i++) {
      word in = {cycle < f->t, cycle < f->t ? f->along[i * f->t + cycle] : 0, (int)cycle};
      nx[i][0] = pass(&left[i], in, &n->operand_skew);
      n->operand_writes += nx[i][0].full;
      for (int k = 1; k <= last_own_column(f, i); k++) {
        nx[i][k] = x[i][k - 1];
        n->operand_hops += nx[i][k].full, n->operand_writes += nx[i][k].full;
      }
    }
    for (int k = 0; k < f->c; k++) {
      word in = {cycle < f->t, cycle < f->t ? f->other[k * f->t + cycle] : 0, (int)cycle};
      nw[0][k] = pass(&top[k], in, &n->operand_skew);
      n->operand_writes += nw[0][k].full;
      for (int i = 1; i <= last_own_row(f, k); i++) {
        nw[i][k] = w[i - 1][k];
        n->operand_hops += nw[i][k].full, n->operand_writes += nw[i][k].full;
      }
    }
    memcpy(x, nx, sizeof x), memcpy(w, nw, sizeof w);
    for (int i = 0; i < f->r; i++)
      for (int k = 0; k < f->c; k++) {
        if (!f->own[i * f->c + k] || !x[i][k].full || !w[i][k].full) continue;
        if (x[i][k].index != w[i][k].index) ++*wrong;
        acc[i][k] += x[i][k].value * w[i][k].value;
        n->active++;
        if (++count[i][k] < f->t || serial) continue;
        if (bus[k].full) ++*wrong; /* two sums of a column at once */
        bus[k] = (word){1, acc[i][k], i};
      }
    if (!serial) {
      int index = -1;
      for (int k = 0; k < f->c; k++) {
        word y = pass(&out[k], bus[k], &n->sum_skew);
        if (!y.full) continue;
        f->sum[y.index * f->c + k] += y.value;
        left_over--;
        index = index < 0 || f->r == 1 ? y.index : index;
      }
    }
    if (cycle == a + b - 2) first_of_last_pe = cycle; /* where PE (a-1, b-1) is in the schedule */
    if (cycle == (int64_t)f->t + a + b - 3) break;
  }
  cycle++;
  n->fill += first_of_last_pe;
  n->stream += cycle - first_of_last_pe;
  int64_t drain = 0;
  if (serial) {
    for (; drain < a; drain++) { /* row 0 leaves, the others move up */
      for (int k = 0; k < f->c; k++)
        for (int i = 0; i < f->r; i++) {
          if (i == 0 && drain < f->r && f->own[(int)drain * f->c + k])
            f->sum[drain * f->c + k] += acc[0][k], left_over--;
          if (i > 0) {
            acc[i - 1][k] = acc[i][k];
            if (i + drain < f->r && f->own[(i + drain) * f->c + k]) n->sum_hops++;
          }
        }
    }
  }
  n->drain += drain;
  n->cycles += cycle + drain;
  *wrong += left_over;
}

/* Weight- and input-stationary. */
static void run_held(const job *f, int a, int b, tally *n, int *wrong)
{
  static word held[SIDE][SIDE], moving[SIDE][SIDE], x[SIDE][SIDE], s[SIDE][SIDE];
  static chain left[SIDE], out[SIDE];
  memset(held, 0, sizeof held), memset(moving, 0, sizeof moving), memset(x, 0, sizeof x), memset(s, 0, sizeof s);
  memset(left, 0, sizeof left), memset(out, 0, sizeof out);
  for (int i = 0; i < f->r; i++)
    left[i].length = a - 1 - i;
  for (int k = 0; k < f->c; k++)
    out[k].length = b - 1 - k;
  int64_t cycle = 0;
  for (; cycle < a; cycle++) { /* a word a row, that for the lowest row first */
    for (int k = 0; k < f->c; k++) {
      for (int i = f->r - 1; i > 0; i--) {
        moving[i][k] = moving[i - 1][k];
        n->operand_hops += moving[i][k].full, n->operand_writes += moving[i][k].full;
        if (moving[i][k].full && moving[i][k].index == i) held[i][k] = moving[i][k], moving[i][k].full = 0;
      }
      int row = (int)(a - 1 - cycle); /* enters now */
      moving[0][k] = (word){row < f->r && f->own[row * f->c + k], row < f->r ? f->other[row * f->c + k] : 0, row};
      n->operand_writes += moving[0][k].full;
      if (moving[0][k].full && row == 0) held[0][k] = moving[0][k], moving[0][k].full = 0;
    }
  }
  for (int i = 0; i < f->r; i++)
    for (int k = 0; k < f->c; k++)
      if (f->own[i * f->c + k] && !held[i][k].full) ++*wrong;
  int64_t got = 0, last_pe = -1;
  for (int64_t u = 0; got < (int64_t)f->t * f->c; u++, cycle++) {
    static word nx[SIDE][SIDE], ns[SIDE][SIDE];
    memset(nx, 0, sizeof nx), memset(ns, 0, sizeof ns);
    for (int i = 0; i < f->r; i++) {
      word in = {u < f->t, u < f->t ? f->along[i * f->t + u] : 0, (int)u};
      nx[i][0] = pass(&left[i], in, &n->operand_skew);
      n->operand_writes += nx[i][0].full;
      for (int k = 1; k <= last_own_column(f, i); k++) {
        nx[i][k] = x[i][k - 1];
        n->operand_hops += nx[i][k].full, n->operand_writes += nx[i][k].full;
      }
    }
    memcpy(x, nx, sizeof x);
    int index = -1;
    for (int k = 0; k < f->c; k++) {
      for (int i = f->r - 1; i >= 0; i--) {
        word below = i + 1 < f->r ? s[i + 1][k] : (word){0};
        n->sum_hops += below.full;
        if (f->own[i * f->c + k] && x[i][k].full) {
          if (below.full && below.index != x[i][k].index) ++*wrong;
          ns[i][k] = (word){1, (below.full ? below.value : 0) + x[i][k].value * held[i][k].value, x[i][k].index};
          n->active++;
        } else {
          ns[i][k] = below;
        }
      }
      word y = pass(&out[k], ns[0][k], &n->sum_skew);
      if (!y.full) continue;
      if (index >= 0 && y.index != index) ++*wrong; /* the sums of one vector leave together */
      index = y.index;
      f->sum[y.index * f->c + k] += y.value;
      got++;
    }
    memcpy(s, ns, sizeof s);
    if (last_pe < 0 && u == (int64_t)a + b - 2) last_pe = cycle; /* where PE (0, b-1) starts in the schedule */
    if (u > 1000) {
      ++*wrong;
      break;
    }
  }
  /* A vector may be complete before the schedule's last column would have been: the line-up registers see to that. */
  if (cycle != 2 * (int64_t)a + b + f->t - 2) ++*wrong;
  n->fill += last_pe;
  n->stream += cycle - last_pe;
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
    run_held(&f, a, b, n, wrong);
  else
    run_os(&f, a, b, s->drain == QY_DRAIN_SERIAL, n, wrong);
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
                          .stride = 1,
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
                           *const edge[] = {"full", "used"};
  enum { CASES = 120 };
  for (int f = 0; f < QY_FLOW_COUNT; f++)
    for (int d = 0; d < QY_DRAIN_COUNT; d++)
      for (int e = 0; e < QY_EDGE_COUNT; e++) {
        int equal = 0, correct = 0;
        for (int i = 0; i < CASES; i++) {
          qy_systolic_params s = {.rows = (int)random_in(1, SIDE),
                                  .columns = (int)random_in(1, SIDE),
                                  .dataflow = (qy_dataflow)f,
                                  .drain = (qy_drain)d,
                                  .edge = (qy_edge)e};
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
           "%s, drain %s, edge %s: products, cycles, moves and accesses of %d register-level runs", flow[f], drain[d],
           edge[e], CASES);
        equal = correct = 0;
        for (int i = 0; i < CASES; i++) {
          qy_systolic_params s = {.rows = (int)random_in(1, SIDE),
                                  .columns = (int)random_in(1, SIDE),
                                  .dataflow = (qy_dataflow)f,
                                  .drain = (qy_drain)d,
                                  .edge = (qy_edge)e,
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
