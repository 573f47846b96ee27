#!/bin/bash
# Systems: their totals against the members run on their own layers, one experiment each.
. tests/check.sh
db=$PWD/db

head='technology: [fdsoi28, lp55]
network: mobilenet_v2_1.0_224
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}'
array='accelerator: systolic
    pe: {kind: mac, bits: 16, input_registers: yes}
    rows: [8, 16]'
module='accelerator: depthwise
    pe: {kind: mac_st, bits: 16}
    channels: [2, 4, 8]'
inner() { printf '%s\n' "$1" | sed 's/^    /        /; 1!s/^        /        /'; }
cat >"$dir/module.yaml" <<END
name: module
$head
layers: {type: dwconv}
designs:
  - name: alone
    $module
END
cat >"$dir/array.yaml" <<END
name: array
$head
layers: {type: [conv, fc]}
designs:
  - name: alone
    $array
END
cat >"$dir/system.yaml" <<END
name: system
$head
layers: {type: [conv, dwconv, fc]}
designs:
  - name: both
    system: [sequential, pipelined]
    members:
      - name: module
        layers: {type: dwconv}
        $(inner "$module")
      - name: array
        $(inner "$array")
END
for e in module array system; do
  check "$e runs" "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$dir/$e.yaml"
done
ask() { "$quarry" query --database "$dir/r.sqlite" --format csv "$1" | tail -n 1; }

check "2 schedules x 3 modules x 2 arrays x 2 libraries x 2 clocks x 2 precisions" equal \
  "$(ask "SELECT count(*) FROM point WHERE experiment = 'system'")" 96
# Every system point beside its two members.  Published rule: areas, latencies and switching energies add; leakage goes
# on for one interval, the sum of the latencies or the longest of them.
pairs="SELECT s.area_um2 AS area, m.area_um2 + a.area_um2 AS want_area, s.latency_us AS latency,
  m.latency_us + a.latency_us AS want_latency, s.energy_uj AS energy,
  m.energy_uj - m.energy_leakage_uj + a.energy_uj - a.energy_leakage_uj + (m.leakage_mw + a.leakage_mw) / 1e3 *
  CASE json_extract(s.parameters, '\$.system') WHEN 'pipelined' THEN max(m.latency_us, a.latency_us)
  ELSE m.latency_us + a.latency_us END AS want_energy,
  s.power_mw AS power, s.gops AS gops, s.tops_per_w AS efficiency,
  CASE json_extract(s.parameters, '\$.system') WHEN 'pipelined' THEN max(m.latency_us, a.latency_us)
  ELSE m.latency_us + a.latency_us END AS interval
  FROM point s JOIN point m ON m.experiment = 'module' AND m.precision_bits = s.precision_bits
    AND m.technology = s.technology AND m.clock_mhz = s.clock_mhz
    AND json_extract(m.parameters, '\$.channels') = json_extract(s.parameters, '\$.module.channels')
  JOIN point a ON a.experiment = 'array' AND a.precision_bits = s.precision_bits
    AND a.technology = s.technology AND a.clock_mhz = s.clock_mhz
    AND json_extract(a.parameters, '\$.rows') = json_extract(s.parameters, '\$.array.rows')
  WHERE s.experiment = 'system'"
off() { ask "SELECT count(*) FROM ($pairs) WHERE NOT abs($1 - ($2)) <= 1e-9 * abs($2)"; }
check "all of them have members" equal "$(ask "SELECT count(*) FROM ($pairs)")" 96
check "areas add" equal "$(off area want_area)" 0
check "latencies add" equal "$(off latency want_latency)" 0
check "energies add; leakage by the interval" equal "$(off energy want_energy)" 0
check "power is energy by interval" equal "$(off power 'want_energy / interval * 1e3')" 0
# MobileNetV2 at 224 x 224: 300,774,272 multiply-accumulates (networks_totals.csv).
check "throughput is that of all products" equal "$(off gops '2 * 300774272 / interval / 1e3')" 0
check "and so is the efficiency" equal "$(off efficiency '2 * 300774272 / want_energy / 1e6')" 0
check "design names its members" equal "$(ask "SELECT count(*) FROM design WHERE json_extract(parameters, '\$.array.accelerator') = 'systolic' AND json_extract(parameters, '\$.module.accelerator') = 'depthwise'")" 12

# Draws: two equal modules that share the layers of one are two of it, in every draw of the library.
same='accelerator: depthwise
    pe: {kind: mac_st, bits: 16}
    channels: 4
    buffers: {input: 32 KiB, output: 8 KiB, weight: 4 KiB}'
cat >"$dir/draws.yaml" <<END
name: draws
$head
layers: {type: dwconv}
uncertainty: {draws: 64, seed: 5}
designs:
  - name: one
    $same
  - name: two
    system: sequential
    members:
      - name: first
        layers: {name: "b1*"}
        $(inner "$same")
      - name: second
        $(inner "$same")
END
check "draws" "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$dir/draws.yaml"
twice() { # twice FACTOR METRIC: p05, value and p95 of the system over those of one module
  ask "SELECT count(*) FROM point one JOIN point two ON two.experiment = 'draws' AND two.design = 'two' AND
    two.precision_bits = one.precision_bits AND
    two.technology = one.technology AND two.clock_mhz = one.clock_mhz WHERE one.experiment = 'draws' AND one.design = 'one' AND
    one.$2_p05 < one.$2 AND one.$2 < one.$2_p95 AND abs(two.$2 / one.$2 - $1) < 1e-9 AND
    abs(two.$2_p05 / one.$2_p05 - $1) < 1e-9 AND abs(two.$2_p95 / one.$2_p95 - $1) < 1e-9"
}
check "the area is twice" equal "$(twice 2 area_um2)" 8
check "the leakage is twice" equal "$(twice 2 leakage_mw)" 8
check "the leakage energy is twice" equal "$(twice 2 energy_leakage_uj)" 8
check "SRAM energy is the same" equal "$(twice 1 energy_sram_uj)" 8
check "register energy is the same" equal "$(twice 1 energy_register_uj)" 8

# Wrong files, each with its place.
wrong() { # wrong NAME SED-SCRIPT MESSAGE
  sed -E "$2" "$dir/system.yaml" >"$dir/e.yaml"
  got=$(cd "$dir" && "$quarry" run --dry-run --db-dir "$db" e.yaml 2>&1 >/dev/null)
  check "$1" equal "$? $got" "2 $3"
}
wrong "no such schedule" 's/pipelined/parallel/' \
  'e.yaml:10:26: error: designs[0].system[1]: expected one of sequential, pipelined, found "parallel"'
wrong "no members" 's/members:/member:/' \
  'e.yaml:11:5: error: designs[0]: unknown key "member"; did you mean "members"?'
wrong "a member without a name" 's/- name: module/- label: module/' \
  'e.yaml:12:9: error: designs[0].members[0]: expected a key `name` (what to call this member), found a mapping of 5 keys'
wrong "a name that is no key" 's/name: module/name: DW module/' \
  "e.yaml:12:15: error: designs[0].members[0].name: expected a name of at most 24 small letters, digits and '_', found \"DW module\""
wrong "two members of one name" 's/name: array/name: module/' \
  'e.yaml:17:15: error: designs[0].members[1].name: expected a name that no other member has, found "module"'
wrong "an accelerator without layers" 's/accelerator: depthwise/accelerator: element/; /channels/d' \
  'e.yaml:14:22: error: designs[0].members[0].accelerator: expected an accelerator that runs layers, found "element"'
wrong "no such layer type" '13s/dwconv/depth/' \
  "e.yaml:13:24: error: designs[0].members[0].layers.type: expected one of $(layer_types), found \"depth\""
wrong "a member that gets no layer" '13d' \
  'e.yaml:16:9: error: designs[0].members[1]: expected a member that gets at least one layer of network mobilenet_v2_1.0_224 (the members before come first), found a mapping of 4 keys'
wrong "a layer nobody takes" '/name: array/s/$/\n        layers: {type: fc}/' \
  'e.yaml:12:7: error: designs[0].members: expected a member that takes layer conv1 (conv) of network mobilenet_v2_1.0_224, found a list of 2 values'
wrong "a depthwise module with other layers" '13s/dwconv/conv/' \
  'e.yaml:13:17: error: designs[0].members[0].layers: network mobilenet_v2_1.0_224: layer conv1: expected dwconv for a depthwise module, found conv'
wrong "an element that cannot be" 's/mac_st, bits: 16/mac_st, bits: 6/' \
  'e.yaml:15:13: error: designs[0].members[0].pe: pe mac_st: bits: expected 4, 8 or 16; found bits 6, weight_bits 0, accumulator_bits 0, output_bits 0'
wrong "a metric of single elements" 's/latency_us/sqnr_db/; s/minimize: \[area_um2, sqnr_db\]/maximize: [sqnr_db]/' \
  'e.yaml:6:25: error: objectives.maximize[0]: expected a metric that every design has (the system "both" has it not), found "sqnr_db"'
wrong "no network" '/^network/d; /^layers/d' \
  'e.yaml:1:1: error: expected a key `network` (one network of db/networks or a list of them), found a mapping of 6 keys'
wrong "an unknown key of a member" 's/rows:/row:/' \
  'e.yaml:20:9: error: designs[0].members[1]: unknown key "row"; did you mean "rows"?'

echo "1..$n"
