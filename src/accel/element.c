/* One processing element as a design of its own: what it costs per product.  A run is one product (and accumulation),
 * at the rate of the element's mode; area, leakage and energy are those of the element priced at the clock.
 */
#include "quarry/accelerator.h"

typedef struct alone {
  const qy_pe *pe;
} alone;

static qy_status design(void *self, qy_bill *bill, const qy_design_input *in, const char **reason, qy_error *err)
{
  (void)reason, (void)err;
  ((alone *)self)->pe = in->pe;
  bill->count[QY_PART_ELEMENT] = 1;
  return QY_OK;
}

static const char *run(qy_bill *bill, const void *self, const void *work, int mode)
{
  const qy_pe_mode *m = &((const alone *)self)->pe->mode[mode];
  (void)work;
  const double cycles = (double)m->cycles / m->products; /* of one product */
  bill->count[QY_EVENT_PRODUCT + mode] = cycles;
  bill->count[QY_EVENT_CLOCK] = cycles;
  bill->cycles = bill->compute_cycles = cycles;
  bill->products = bill->slots = 1;
  return NULL;
}

const qy_accelerator qy_accelerator_element = {
    .name = "element",
    .help = "one processing element: cost per product, quality of its weight format",
    .design_bytes = sizeof(alone),
    .needs = QY_NEEDS_PRODUCT,
    .design = design,
    .run = run,
};
