/* Names of fabrics, slices and toolchains: see fpga.h. */
#include "quarry/fpga.h"

#include <assert.h>

const char *const qy_fpga_family_names[QY_FPGA_FAMILY_COUNT + 1] = {"xc7", "xcup", NULL};
const char *const qy_dsp_kind_names[QY_DSP_KIND_COUNT + 1] = {"dsp48e1", "dsp48e2", "dsp58", NULL};
const char *const qy_toolchain_names[QY_TOOLCHAIN_COUNT + 1] = {"vivado", "abc9_nowide", "abc", NULL};

/* One kind of slice a fabric: UG479 (7 series), UG579 (UltraScale); the DSP58 is of Versal, which is not modelled. */
qy_dsp_kind qy_fpga_family_slice(qy_fpga_family family)
{
  static const qy_dsp_kind slice[QY_FPGA_FAMILY_COUNT] = {[QY_FPGA_XC7] = QY_DSP48E1, [QY_FPGA_XCUP] = QY_DSP48E2};
  assert((size_t)family < QY_FPGA_FAMILY_COUNT);
  return slice[family];
}
