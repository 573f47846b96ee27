/* Memory that runs out while the circuits of a design are made, priced and drawn, and a network runs on it: it is said,
 * and nothing stays behind.  Every accelerator that runs layers of cells, with its parameters at their defaults. */
#include "design.h"
#include "no_memory.h"

#include "quarry/draws.h"
#include "quarry/fabric.h"
#include "quarry/fpga_tech.h"
#include "quarry/network.h"
#include "quarry/sram.h"

#include <gsl/gsl_errno.h>

enum { DRAWS = 16, SIZE = 2, LAYERS = 3 };

/* What a job works on; the pad moves the places where the caller's arena is full. */
typedef struct context {
  request r;
  const qy_draws *draws;
  qy_pe_kind kind;
  size_t pad;
} context;

static qy_status designed(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  static made m;
  request r = c->r;
  qy_pe pe;
  qy_arena *a = memory_arena(c->pad);
  double *basis = NULL;
  qy_status status = a ? QY_OK : qy_no_memory(err);
  if (!status) status = make_element(&pe, c->kind, r.accelerator, a, err);
  r.pe = &pe;
  if (!status) status = make_design(&m, &r, a, err);
  if (status == QY_NO_MEMORY && err->count == 0) qy_no_memory(err); /* the test's own */
  if (!status && !(basis = qy_arena_alloc(a, (size_t)m.columns.count * DRAWS, sizeof *basis)))
    status = qy_no_memory(err);
  if (!status && !m.prices.reason) status = qy_prices_draws(basis, &m.prices, m.pricing, &m.columns, NULL, err);
  *answer = 0;
  if (!status && m.work && !m.design.reason && !qy_design_run(&m.design, m.work, qy_precision_of(pe.params.bits)))
    for (int q = 0; q < QY_QUANTITY_COUNT; q++)
      *answer = *answer / 2 + m.design.in[q];
  if (!status) *answer += basis[DRAWS - 1];
  qy_arena_free(a);
  return status;
}

static qy_status fabrics(void *ctx, double *answer, qy_error *err)
{
  const context *c = ctx;
  qy_tech *tech = NULL;
  qy_fabric *fabric = NULL;
  qy_prices prices = {.reason = NULL};
  qy_columns columns;
  qy_pe pe;
  const unsigned circuits = QY_FABRIC_OF_ADDERS | 1u << 4 | 1u << (QY_FABRIC_OF_SPLITS + 4);
  qy_arena *a = memory_arena(c->pad);
  qy_columns_make(&columns, c->r.accelerator->uses);
  qy_status status = a ? QY_OK : qy_no_memory(err);
  if (!status) status = make_element(&pe, c->kind, c->r.accelerator, a, err);
  if (!status) status = qy_tech_read_fpga(&tech, "db", "zu3eg", a, err);
  if (!status) status = qy_fabric_new(&fabric, &pe, tech, circuits, a, err);
  if (!status) status = qy_fabric_prices(&prices, tech, &columns, 100, a, err);
  *answer = status ? 0 : fabric->adder_lut[QY_FABRIC_YOSYS][8] + fabric->fixed[4].lut[QY_FABRIC_YOSYS][1];
  qy_arena_free(a);
  return status;
}

static void test_all(context *c, const qy_layer *const *layer, qy_arena *arena)
{
  enum { EACH = 3, MANY = 1501 };
  size_t count;
  const qy_accelerator *const *table = qy_accelerator_table(&count);
  memory_tally designs = {.keeps = true}, fabric = {0}; /* activities are kept for the next design */
  for (size_t i = 0; i < count; i++) {
    double answer;
    qy_error err = {0};
    c->r.accelerator = table[i];
    c->pad = 80 + 620 * i;
    if (!(c->r.params = make_params(table[i], SIZE, arena))) return;
    c->kind = table[i]->needs & QY_NEEDS_ACCUMULATOR ? QY_PE_MAC : QY_PE_MUL;
    c->r.layers = table[i]->work ? layer : NULL;
    c->r.layer_count = LAYERS;
    if (table[i]->fabrics & QY_ON_FPGA) memory_try(&fabric, fabrics, c, 1 + (long)i, MANY);
    if (table[i]->fabrics == QY_ON_FPGA) continue;
    if (designed(c, &answer, &err)) c->r.layer_count = 1; /* the first is for all of them */
    memory_try(&designs, designed, c, 1 + (long)i, EACH);
  }
  memory_said(&designs, "designs");
  memory_said(&fabric, "fabrics");
}

int main(void)
{
  static const char layers[] = "layer,type,in_h,in_w,in_c,out_c,kernel,pad\na,dwconv,6,5,4,4,3,1\n"
                               "b,conv,6,5,4,4,3,1\nc,fc,1,1,12,5,1,0\n";
  static context c;
  const qy_layer *layer[LAYERS];
  qy_error err = {0};
  qy_tech *tech = NULL;
  qy_draws *draws = NULL;
  qy_network *network = NULL;
  qy_sram_table *sram = NULL;
  qy_arena *arena = qy_arena_new();
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = 16;
  gsl_set_error_handler_off();
  if (ok(!qy_tech_read(&tech, "db", "fdsoi28", arena, &err) && !qy_draws_new(&draws, tech, DRAWS, 5, 0, arena, &err) &&
             !qy_sram_table_read(&sram, "db/memory/sram.csv", arena, &err) &&
             !qy_network_text(&network, "n.csv", layers, strlen(layers), arena, &err),
         "a library, its draws, macros and a network")) {
    for (size_t i = 0; i < LAYERS; i++)
      layer[i] = &network->layer[i];
    c.r = (request){
        .tech = tech, .sram = sram, .clock_mhz = 200, .layer_count = LAYERS, .stimulus = &stimulus, .draws = draws};
    test_all(&c, layer, arena);
  }
  qy_arena_free(arena);
  return done();
}
