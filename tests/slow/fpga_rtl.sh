#!/bin/bash
# Every element, and packings of 2 to 8 bits in three kernels, through yosys and Icarus: values, slices and flip-flops
# as counted; all vectors of placements that have at most 2^24.  Ends with code 1 when something is off.  TAP.
set -u
make -s "$BUILD/tests/pe/test_fpga_yosys" && exec "$BUILD/tests/pe/test_fpga_yosys" all
