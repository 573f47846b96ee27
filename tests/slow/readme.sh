#!/bin/bash
# The commands of README print what README shows, and its pictures are those that the program draws.  TAP.
. tests/check.sh
tree=$PWD
mkdir "$dir/w" && cp -r db experiments "$dir/w/" && ln -s "$tree/tests" "$dir/w/tests" && mkdir "$dir/w/plots"
rm -f "$dir"/w/db/*.sqlite*
export QUARRY_DATA_DIR=$dir/w PATH=$(dirname "$quarry"):$PATH
cd "$dir/w" || exit 1
sed 's/^name: .*/name: my_layers/; $a store: {layers: front, members: front}' experiments/heterogeneous_quantization.yaml >my_layers.yaml
quarry run --quiet --no-plots my_layers.yaml >/dev/null 2>&1
quarry run --quiet --no-plots hawq >/dev/null 2>&1
perl "$tree/tests/slow/readme.pl" "$tree/README.md" | tee "$dir/results"
{
  quarry run --quiet --plots drawn rdm_vs_sdm >/dev/null 2>&1
  check "plots/example.png" cmp "$tree/plots/example.png" drawn/rdm_vs_sdm.latency_us-area_um2.png
  quarry run --quiet --plots drawn dram_locality >/dev/null 2>&1
  check "plots/locality.png" cmp "$tree/plots/locality.png" drawn/dram_locality.traffic.png
} | tee -a "$dir/results"
! grep -q '^not ok' "$dir/results"
