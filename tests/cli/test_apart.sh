#!/bin/bash
# Things that read alike are told apart by what they are: each experiment is computed to its end, and its tables, fronts
# and pictures have one of each; a thing that is listed twice is refused.  TAP.
. tests/check.sh
db=$(realpath tests/data/models/db)
mkdir "$dir/nn" "$dir/l2"
cp "$db/networks/small.csv" "$dir/tiny.csv"
sed 's/72/96/' "$dir/tiny.csv" >"$dir/nn/tiny.csv"
cp "$db/tech/fdsoi28.yaml" "$dir/lib.yaml"
sed 's/^title: .*/title: another/; s/0.49 um2/0.45 um2/' "$dir/lib.yaml" >"$dir/l2/lib.yaml"
cd "$dir" || exit 1
long=$(printf 'x%.0s' $(seq 220))
experiment() { # NAME TECHNOLOGY NETWORK CLOCK DESIGN DESIGN [LINE]
  cat >"$1.yaml" <<END
name: $1
technology: $2
network: $3
designs:
  - {name: "$5", accelerator: dot, pe: {kind: mul, bits: 8}, engines: [4, 8], lanes: 4}
  - {name: "$6", accelerator: dot, pe: {kind: mul, bits: 8}, engines: 16, lanes: 4}
precision: 8
clock_mhz: $4
objectives: {minimize: [area_um2, latency_us]}
front: {within: [technology, network, clock_mhz, design]}
plots: [{name: $1, kind: pareto, x: area_um2, y: latency_us, group: [technology, network, clock_mhz, design]}]
$7
END
}
run() { "$quarry" run -q --db-dir "$db" --database "$1.sqlite" --plots . "$1.yaml" >out 2>err; }
ask() { sqlite3 "$1.sqlite" "$2"; }
rows() { sed '/^gains/,$d' out | sed 's/^/  /; s/   */|/g' | grep -cF "|$1|"; } # of the summary that have this value
# Each is there: in the summary, among the fronts, in the picture, when it is asked for.
apart() { # NAME COLUMN LABEL LABEL
  check "$1: computed" run "$1"
  check "$1: in the summary" equal "$(rows "$3") $(rows "$4")" '2 2'
  check "$1: twice as many fronts of other names" equal "$(ask "$1" 'SELECT count(*), count(DISTINCT name) FROM front_group')" '4|4'
  check "$1: each with the points that it has alone" equal \
    "$(ask "$1" 'SELECT group_concat(n) FROM (SELECT count(*) AS n FROM front GROUP BY front_group ORDER BY 1)')" 1,1,2,2
  check "$1: in the picture" equal "$(grep -oF -e "$3" -e "$4" "$1.svg" | sort -u | wc -l)" 2
  check "$1: among the points" equal "$(ask "$1" "SELECT count(DISTINCT $2) FROM point")" 2
  run "$1"
  check "$1: complete" grep -q 'read back' err
}
experiment net fdsoi28 '[tiny.csv, nn/tiny.csv]' 400 A B
apart net network tiny nn/tiny
experiment libs '[lib.yaml, l2/lib.yaml]' tiny.csv 400 A B
apart libs technology 'fdsoi28 (lib)' 'fdsoi28 (l2/lib)'
experiment both '[fdsoi28, lib.yaml]' tiny.csv 400 A B
sed -i 's/0.49 um2/0.44 um2/' lib.yaml
apart both technology fdsoi28 'fdsoi28 (lib)'
experiment clocks fdsoi28 tiny.csv '[400.0001, 400.0002]' A B
apart clocks clock_mhz '400.0001 MHz' '400.0002 MHz'
experiment volts fdsoi28 tiny.csv 400 A B 'voltage_v: [0.8, 0.80000001]'
apart volts technology 'fdsoi28@0.8V' 'fdsoi28@0.80000001V'
experiment names fdsoi28 tiny.csv 400 "${long}A" "${long}B"
check 'names of designs alike in 220 bytes' run names
check '... are two in the summary' equal "$(grep -c "${long}A " out)$(grep -c "${long}B " out)" "$(grep -c "${long}B " out)$(grep -c "${long}A " out)"
check '... and two fronts' equal "$(ask names 'SELECT count(*) FROM front_group')" 2
# A plot of one of two clocks takes that one.
cat >>clocks.yaml <<'END'
# where
END
sed -i 's/^plots: .*/plots: [{name: one, kind: bars, x: design, y: energy_uj, where: {clock_mhz: 400.0002}}]/' clocks.yaml
check 'a plot of one of two clocks' run clocks
check '... takes that one' equal "$(ask clocks "SELECT json_extract(definition, '$.plots[0].where.clock_mhz') FROM experiment
  WHERE id = 2")" '400.0002 MHz'
# Twice the same.
twice() { # NAME PLACE WHAT
  run "$1"
  check "$1: refused" equal $? 2
  check "$1: where" grep -q "^$1.yaml:$2: error: .*expected each $3 once" err
}
experiment networks fdsoi28 '[tiny.csv, nn/tiny.csv, ./tiny.csv]' 400 A B
twice networks 3:34 network
experiment libraries '[fdsoi28, lib.yaml, l2/lib.yaml, lib.yaml]' tiny.csv 400 A B
twice libraries 2:46 technology
experiment clock fdsoi28 tiny.csv '[400, 500, 400.0]' A B
twice clock 8:23 value
experiment supply fdsoi28 tiny.csv 400 A B 'voltage_v: [0.8, 0.9, 800 mV]'
twice supply 12:23 value
experiment design fdsoi28 tiny.csv 400 A A
run design
check 'designs of one name: refused' equal $? 2
echo "1..$n"
