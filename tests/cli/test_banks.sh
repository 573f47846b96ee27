#!/bin/bash
# Banks of buffers: swept, chosen, stored, shown; what is infeasible says which buffer, how large, how fast.  TAP.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1

cat >banks.yaml <<'YAML'
name: banks
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: A
    accelerator: systolic
    pe: {kind: mac, bits: 8}
    rows: 32
    buffers:
      weight: [256 KiB, 512 KiB, 1 MiB, 2 MiB, 4 MiB]
      weight_banks: [auto, 2, 4, 8]
precision: 8
clock_mhz: [200, 350]
objectives: {minimize: [area_um2, energy_uj]}
YAML
"$quarry" run -q --no-plots --db-dir "$db" -d b.sqlite banks.yaml >out 2>err
result $? 'banks are an axis'
ask() { sqlite3 b.sqlite "$1"; }
size() { echo "json_extract(d.parameters, '\$.buffers.weight') + 0"; }
banks() { echo "json_extract(d.parameters, '\$.buffers.weight_banks')"; }
of="result r JOIN design d ON d.id = r.design JOIN technology t ON t.id = r.technology"
check '200 MHz in 28 nm: 1, 2 and 4 MiB are feasible' equal \
  "$(ask "SELECT count(*) FROM $of WHERE $(banks) = 'auto' AND clock_mhz = 200 AND t.name = 'fdsoi28' AND reason IS NULL")" 5
check 'banks that are asked for are those that are there' equal \
  "$(ask "SELECT count(*) FROM $of WHERE reason IS NULL AND $(banks) <> 'auto' AND banks_weights <> $(banks) + 0")" 0
check 'no capacity is infeasible where a larger one is not' equal \
  "$(ask "SELECT count(*) FROM (SELECT r.technology t, clock_mhz c, $(banks) b, $(size) s, reason IS NULL f FROM $of) x
    JOIN (SELECT r.technology t, clock_mhz c, $(banks) b, $(size) s, reason IS NULL f FROM $of) y
    USING (t, c, b) WHERE x.s < y.s AND y.f AND NOT x.f")" 0
check 'nor when the banks are left open than with any number of them' equal \
  "$(ask "SELECT count(*) FROM (SELECT r.technology t, clock_mhz c, $(size) s, reason IS NULL f FROM $of WHERE $(banks) = 'auto') x
    JOIN (SELECT r.technology t, clock_mhz c, $(size) s, reason IS NULL f FROM $of) y USING (t, c, s)
    WHERE y.f AND NOT x.f")" 0
check 'left open they take the least energy' equal \
  "$(ask "SELECT count(*) FROM (SELECT r.technology t, clock_mhz c, $(size) s, energy_sram_uj e FROM $of WHERE $(banks) = 'auto' AND reason IS NULL) x
    JOIN (SELECT r.technology t, clock_mhz c, $(size) s, energy_sram_uj e FROM $of WHERE reason IS NULL) y USING (t, c, s)
    WHERE y.e < 0.98 * x.e")" 0
check 'a reason names buffer, capacity, banks, cycle time and period' grep -Eq \
  '^ +[0-9]+ infeasible \([0-9]+ cases\): such as weight buffer slower than the clock: [0-9.]+ [KM]iB in [248] banks of 256-bit words has a cycle time of [0-9.]+ ns, the period is [0-9.]+ ns' err
check 'the number of points that are infeasible' equal "$(sed -n 's/^ *\([0-9]*\) infeasible.*/\1/p' err)" \
  "$(ask 'SELECT count(*) FROM result WHERE reason IS NOT NULL')"
"$quarry" describe design banks.yaml --db-dir "$db" --point 0 >shown 2>&1
check 'describe design shows the banks' equal "$(grep -cE '^(banks_(input|output|weights)|buffers\.(input|output|weight)_banks) ' shown)" 6
"$quarry" list keys >keys
check 'list keys has them' grep -q 'systolic *buffers.weight_banks *auto | 1 | 2 | 4 | 8' keys
sed -i 's/weight_banks: .*/weight_banks: 1/' banks.yaml
"$quarry" run -q --no-plots --db-dir "$db" -d b.sqlite banks.yaml >out 2>err
check 'fewer banks than any schedule needs: exit 2' equal "$? $(cut -d: -f1-4 err)" '2 banks.yaml:6:5: error'
echo "1..$n"
