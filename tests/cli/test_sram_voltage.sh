#!/bin/bash
# voltage_v with an SRAM that keeps its own supply or follows: energies of the SRAM against the laws of sram_supply.h,
# worked out by hand from the library's and the memory's constants.  TAP.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1
experiment() { # experiment NAME ACCELERATOR-LINES LIBRARY EXTRA-KEYS
  cat <<YAML
name: $1
technology: $3
network: mobilenet_v1_1.0_224
layers: {type: $5}
designs:
  - name: only
$2
precision: 8
clock_mhz: 50
objectives: {minimize: [area_um2, energy_uj]}
$4
YAML
}
depthwise='    accelerator: depthwise
    pe: {kind: mac, multiplier: booth, bits: 8}
    channels: 2
    sram: hp'
systolic='    accelerator: systolic
    pe: {kind: mac, multiplier: array, bits: 8}
    dataflow: os
    rows: 8
    columns: 8'

# value METRIC TECHNOLOGY: of experiment x
value() {
  "$quarry" query -d x.sqlite --format csv "SELECT $1 FROM point WHERE technology = '$2'" | tail -1
}
# ratio NAME A B EXPECTED: A / B within 1e-5
ratio() {
  awk -v a="$2" -v b="$3" -v e="$4" 'BEGIN { exit !(b > 0 && a / b / e > 1 - 1e-5 && a / b / e < 1 + 1e-5) }'
  result $? "$1"
}

# fdsoi28, HP: table at 0.86 V.  At 0.8 V energy (0.8 / 0.86)^2, leakage 0.8 / 0.86 e^(-0.06 / 0.88).
for kind in depthwise systolic; do
  layers=dwconv flavour=hp own=0.86 leak=0.868921510 energy=0.865332612
  [ $kind = systolic ] && layers=conv flavour=lstp own=0.92 leak=0.758717646 energy=0.756143667
  for choice in nominal follow; do
    rm -f x.sqlite
    experiment x "${!kind}" fdsoi28 "voltage_v: [0.8, 1]
sram_voltage: $choice" $layers >x.yaml
    "$quarry" run -q --no-plots --db-dir "$db" -d x.sqlite x.yaml >/dev/null 2>err
    result $? "$kind, $choice"
    declare "${choice}_dynamic=$(value energy_sram_uj fdsoi28@0.8V)" "${choice}_area=$(value area_sram_um2 fdsoi28@0.8V)"
    declare "${choice}_full=$(value energy_sram_uj fdsoi28)"
  done
  ratio "$kind: a rail of its own does not care about the logic" "$nominal_dynamic" "$nominal_full" 1
  ratio "$kind: the area stays" "$follow_area" "$nominal_area" 1
  # energy_sram_uj holds accesses only: C V^2 of the $flavour macros from their $own V
  ratio "$kind: accesses at 0.8 V" "$follow_dynamic" "$nominal_dynamic" $energy
  ratio "$kind: accesses at 1 V" "$follow_full" "$nominal_full" "$(awk -v o=$own 'BEGIN { print 1 / (o * o) }')"
done

# `voltage_v: auto` is the library's own supply.
rm -f x.sqlite
experiment x "$depthwise" fdsoi28 'voltage_v: auto' dwconv >x.yaml
"$quarry" run -q --no-plots --db-dir "$db" -d x.sqlite x.yaml 2>err | grep -q '^fdsoi28 '
result $? 'voltage_v: auto'

# Intervals: the law's own uncertainty widens those of a memory that follows, a little beside that of silicon.
for choice in nominal follow; do
  rm -f x.sqlite
  experiment x "$depthwise" fdsoi28 "voltage_v: 0.76
sram_voltage: $choice
uncertainty: {draws: 512, seed: 3}" dwconv >x.yaml
  "$quarry" run -q --no-plots --db-dir "$db" -d x.sqlite x.yaml >/dev/null 2>err
  result $? "with draws, $choice"
  "$quarry" query -d x.sqlite --format csv \
    "SELECT energy_sram_uj_p95 / energy_sram_uj_p05 FROM interval" 2>err | tail -1 >"$choice"
done
awk -v a="$(cat nominal)" -v b="$(cat follow)" 'BEGIN { exit !(a > 1 && b > a * 1.01) }'
result $? "wider when it follows: $(cat follow) against $(cat nominal)"

# `auto` of a library whose own supply is 1 V: one library, not two.
experiment x "$depthwise" fdsoi28 'voltage_v: [auto, 1, 0.9]' dwconv >x.yaml
check 'a supply counts once' equal "$("$quarry" run --dry-run --db-dir "$db" --format csv x.yaml | tail -1 | cut -d, -f2)" 2
echo "1..$n"
