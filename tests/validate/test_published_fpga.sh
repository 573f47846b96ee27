#!/bin/bash
# `quarry validate published`: elements and accelerators on FPGAs.  TAP.
. tests/check.sh
cat >"$dir/good.yaml" <<'YAML'
title: on a device
figures:
  - name: peak
    claim: two operations for each of 2 x 8 x (16 + 4) products a cycle at 100 MHz
    source: by hand
    published: 64
    tolerance: 1e-9
    relation: value
    quantity: peak_gops
    technology: xc7z020
    clock_mhz: 100
    expect: reproduced
    of: {accelerator: gemm, bat: 2, blk_in: 8, blk_dsp: 16, blk_lut: 4, m: 4096, n: 64, k: 64, precision: 4, element: {pe: sp2, bits: 4, weight_bits: 4}}
YAML
check 'a peak by hand' "$quarry" validate published "$dir/good.yaml"
refuse() { # refuse NAME SED PATTERN
  sed "$2" "$dir/good.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >"$dir/out" 2>"$dir/err"
  check "$1: exit 2" equal $? 2
  check "... $3" grep -q "$3" "$dir/err"
}
refuse 'a device that is not there' '0,/xc7z020/s/xc7z020/xc7z021/' 'xc7z021'
refuse 'an accelerator of cells on a device' 's/accelerator: gemm.*precision: 4/accelerator: dot, engines: 4, lanes: 8, m: 64, n: 64, k: 64, precision: 4/' \
  'bad.yaml:13:9: error: .*an accelerator that is built on an FPGA'
refuse 'gemm on cells' '0,/xc7z020/s/xc7z020/fdsoi28/' 'bad.yaml:13:9: error: .*a key `technology` with an FPGA'
refuse 'an array on a device' 's/accelerator: gemm.*precision: 4/array: ws, rows: 4, m: 64, n: 64, k: 64, precision: 8/;s/quantity: peak_gops/quantity: area_um2/;s/{pe: sp2, bits: 4, weight_bits: 4}/{pe: mac, bits: 8}/' \
  'bad.yaml:13:9: error: .*something that is built on the FPGA xc7z020, or a library of cells'
refuse 'an element of cells on a device' 's/of: .*/of: {pe: mac, bits: 8}/;s/quantity: peak_gops/quantity: area_um2/' \
  'bad.yaml:13:9: error: .*something that is built on the FPGA xc7z020, or a library of cells'
refuse 'a clock that no design reaches' 's/clock_mhz: 100/clock_mhz: 900/' 'infeasible at 900 MHz'
refuse 'more rows than the device has slices for' 's/blk_dsp: 16/blk_dsp: 600/' 'infeasible at 100 MHz: '
echo "1..$n"
