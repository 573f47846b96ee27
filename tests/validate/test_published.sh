#!/bin/bash
# `quarry validate`: what was reproduced still is; the verdicts follow from the numbers; broken entries are refused.  TAP.
. tests/check.sh

check 'no figure that was reproduced is off' "$quarry" validate
"$quarry" validate --format csv >"$dir/figures.csv"
sqlite3 "$dir/f.sqlite" ".import --csv $dir/figures.csv f" 2>/dev/null
check 'every figure has a source' equal "$(sqlite3 "$dir/f.sqlite" "SELECT count(*) FROM f WHERE source = ''")" 0
check 'verdicts follow from error and tolerance' equal "$(sqlite3 "$dir/f.sqlite" "SELECT count(*) FROM f WHERE
  verdict = 'reproduced' AND abs(error_pct) > tolerance_pct + 1e-9 OR verdict = 'off' AND abs(error_pct) <= tolerance_pct - 1e-9")" 0
check 'AlexNet has the 665,784,864 convolution MACs of the seed paper' equal \
  "$(sqlite3 "$dir/f.sqlite" "SELECT printf('%.0f', model) FROM f WHERE figure = 'alexnet_conv_macs'")" 665784864

cat >"$dir/good.yaml" <<'YAML'
title: one figure
figures:
  - name: half
    claim: compression at 16 bits
    source: 32 bits over 16
    published: 2
    tolerance: 0
    relation: value
    quantity: compression
    expect: reproduced
    of: {format: uniform, bits: 16}
YAML
check 'a figure of my own' "$quarry" validate published "$dir/good.yaml"
sed 's/published: 2/published: 3/' "$dir/good.yaml" >"$dir/off.yaml"
"$quarry" validate published "$dir/off.yaml" >/dev/null 2>"$dir/err"
check 'one that is off now exits 1' equal "$? $(cat "$dir/err")" "1 $dir/off.yaml:3: half was reproduced before and is off now"
refuse() { # refuse NAME SED MESSAGE
  sed "$2" "$dir/good.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(sed "s#$dir/##" "$dir/err")" "2 $3"
}
refuse 'unknown key' 's/claim:/clam:/' 'bad.yaml:4:5: error: figures[0]: unknown key "clam"; did you mean "claim"?'
refuse 'no source' '/source/d' 'bad.yaml:3:5: error: figures[0]: expected a key `source`, found a mapping of 8 keys'
refuse 'nothing measured' 's/of: .*/of: {bits: 3}/' \
  'bad.yaml:11:9: error: figures[0].of: expected a mapping with pe, operator, component, cell, array, format or network, found a mapping of 1 key'
refuse 'unknown format' 's/uniform/unifrom/' \
  'bad.yaml:11:9: error: figures[0].of: expected a format that `quarry list formats` shows, found a mapping of 2 keys'
refuse 'a quantity it does not have' 's/quantity: .*/quantity: area_um2/' \
  'bad.yaml:11:9: error: figures[0].of: expected something with the quantity area_um2, found a mapping of 2 keys'
refuse 'value beside a second subject' 's/of: .*/of: {format: uniform}\n    to: {format: uniform}/' \
  'bad.yaml:3:5: error: figures[0]: expected no key `to` beside relation value, found a mapping of 10 keys'
echo "1..$n"
