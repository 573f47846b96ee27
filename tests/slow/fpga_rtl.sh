#!/bin/bash
# Every element, and packings of 2 to 8 bits in three kernels, through yosys and Icarus: values, slices and flip-flops
# as counted; all vectors of placements that have at most 2^24; the Verilog for cells in Icarus on 3,000 vectors a mode.
# Ends with code 1 when something is off.  TAP.
set -u
failed=0
for test in test_fpga_yosys test_verilog; do
  make -s "$BUILD/tests/pe/$test" && "$BUILD/tests/pe/$test" all || failed=1
done
exit $failed
