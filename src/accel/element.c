/* One processing element as a design of its own: what it costs per product.  A run is one product (and accumulation),
 * at the rate of the element's mode; area, leakage and energy are those of the element priced at the clock.  On an FPGA
 * its products are in LUTs; static power, that of a whole device, is not its own.
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
  if (in->fabric) {
    const qy_fpga_count *count = in->fabric->element;
    bill->count[QY_PART_LUT] = count[QY_FABRIC_VIVADO].lut;
    bill->count[QY_PART_LUT_OTHER] = count[QY_FABRIC_YOSYS].lut - count[QY_FABRIC_VIVADO].lut;
    bill->count[QY_PART_FF] = count[QY_FABRIC_VIVADO].ff;
  }
  return QY_OK;
}

static const char *run(qy_bill *bill, const void *self, const void *work, qy_modes modes)
{
  const int mode = modes.run;
  const qy_pe_mode *m = &((const alone *)self)->pe->mode[mode];
  (void)work;
  const double cycles = (double)m->cycles / m->products; /* of one product */
  bill->count[QY_EVENT_PRODUCT + mode] = cycles;
  bill->count[QY_EVENT_CLOCK] = cycles;
  bill->count[QY_EVENT_LUT] = cycles * bill->count[QY_PART_LUT]; /* none on cells */
  bill->count[QY_EVENT_LUT_OTHER] = cycles * bill->count[QY_PART_LUT_OTHER];
  bill->count[QY_EVENT_FF] = cycles * bill->count[QY_PART_FF];
  bill->cycles = bill->compute_cycles = cycles;
  bill->products = bill->slots = 1;
  return NULL;
}

const qy_accelerator qy_accelerator_element = {
    .name = "element",
    .help = "one processing element: cost per product, quality of its weight format",
    .design_bytes = sizeof(alone),
    .needs = QY_NEEDS_PRODUCT,
    .fabrics = QY_ON_CELLS | QY_ON_FPGA,
    .design = design,
    .run = run,
};
