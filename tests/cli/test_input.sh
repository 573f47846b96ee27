#!/bin/bash
# What users bring: paths relative to the experiment file, anchors, units, SQL in files, names that are nearly right.  TAP.
. tests/check.sh
db=$PWD/db data=$PWD/tests/data
cd "$dir" || exit 1
mkdir -p far/nets here
head='layer,type,in_h,in_w,in_c,out_c,kernel,pad'
printf '%s\nc,pwconv,8,8,16,16,,\n' "$head" >far/net.csv
printf '%s\nc,pwconv,4,4,16,16,,\n' "$head" >far/nets/net.csv
printf '%s\nc,pwconv,2,2,16,16,,\n' "$head" >here/net.csv
printf '%s\nc,pwconv,1,1,16,16,,\n' "$head" >here/only.csv
# The cycles of an element a clock on one pixel of 16 x 16: what tells the networks apart.
experiment() { # NETWORK
  cat <<YAML
name: input
technology: fdsoi28
network: $1
designs:
  - &a {name: A, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 16, port_bits: auto}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2]}
YAML
}
macs() { # FILE: products of the network that it found
  rm -f "$dir/m.sqlite"
  "$quarry" run --quiet --no-plots --db-dir "$db" -d "$dir/m.sqlite" "$1" >"$dir/out" 2>"$dir/err" || { head -1 "$dir/err"; return; }
  "$quarry" query -d "$dir/m.sqlite" --format csv \
    'SELECT printf('\''%d'\'', round(gops * latency_us * 1000 / 2)) AS m FROM point' | tail -1
}
cd here || exit 1
for case in ./net.csv:16384 net.csv:16384 nets/net.csv:4096 ../here/net.csv:1024 only.csv:256 "$dir/here/net.csv:1024"; do
  experiment "${case%:*}" >../far/e.yaml
  check "network: ${case%:*} seen from its file" equal "$(macs ../far/e.yaml)" "${case##*:}"
done
cp ../far/net.csv .
experiment net.csv >e.yaml
check 'a file in the working directory' equal "$(macs e.yaml)" 16384
experiment none.csv >../far/e.yaml
check 'a file that is nowhere' equal "$(macs ../far/e.yaml)" '../far/none.csv: error: expected a readable file: no such file'
cp "$db/tech/fdsoi28.yaml" ../far/mine.yaml
experiment ./net.csv | sed 's/fdsoi28/mine.yaml/' >../far/e.yaml
check 'a library beside the experiment' equal "$(macs ../far/e.yaml)" 16384
cd ..

# Two files of one name: the same text twice, or another.
mkdir -p twin && cp far/net.csv twin/net.csv && sed 's/^title:.*/title: other/' "$db/tech/fdsoi28.yaml" >twin/fdsoi28.yaml
experiment '[far/net.csv, twin/net.csv]' >twins.yaml
check 'a network twice' equal "$(macs twins.yaml)" \
  'twins.yaml:3:24: error: network[1]: expected each network once, found "twin/net.csv"'
echo '# another' >>twin/net.csv
macs twins.yaml >said
names() { "$quarry" query -d "$dir/m.sqlite" --format csv "SELECT group_concat(x, ' ') AS names FROM (SELECT DISTINCT $1 AS x FROM point
  ORDER BY 1)" | tail -1; }
check 'two networks of one name' equal "$(names network)" 'far/net twin/net'
experiment far/net.csv | sed 's|fdsoi28|[fdsoi28, ./twin/fdsoi28.yaml]|' >twins.yaml
macs twins.yaml >said
check 'two technologies of one name' equal "$(names technology)" 'tech/fdsoi28 twin/fdsoi28'

# Anchors, merged maps and units: the same experiment in two ways.
cat >long.yaml <<'YAML'
name: same
technology: fdsoi28
network: far/net.csv
designs:
  - {name: A, accelerator: systolic, pe: {kind: mac, multiplier: booth, bits: 8}, rows: 8, port_bits: 256}
  - {name: B, accelerator: systolic, pe: {kind: mac, multiplier: array, bits: 8}, rows: 16, port_bits: 256}
precision: 8
clock_mhz: [200, 500, 1000]
objectives: {minimize: [area_um2, energy_uj]}
constraints: {area_um2: {max: 500000}, latency_us: {max: 2}}
YAML
cat >short.yaml <<'YAML'
name: same
technology: fdsoi28
network: far/net.csv
x-array: &array
  accelerator: systolic
  pe: &pe {kind: mac, multiplier: booth, bits: 8}
  port_bits: 32 B
designs:
  - {<<: *array, name: A, rows: 8}
  - {name: B, <<: *array, rows: 16, pe: {<<: *pe, multiplier: array}}
precision: 8
clock_mhz: [200 MHz, 0.5 GHz, 1 GHz]
objectives: {minimize: [area_um2, energy_uj]}
constraints: {area_um2: {max: 0.5 mm2}, latency_us: {max: 2000 ns}}
YAML
for e in long short; do
  "$quarry" run --quiet --no-plots --db-dir "$db" -d $e.sqlite $e.yaml >/dev/null 2>err || cat err
  "$quarry" query -d $e.sqlite --format csv \
    'SELECT design, clock_mhz, area_um2, energy_uj, latency_us, infeasible FROM point ORDER BY 1, 2' >$e.csv
done
check 'with anchors and units: the same points' cmp long.csv short.csv
check '... six, one of them infeasible' equal "$(wc -l <long.csv) $(grep -c 'above' long.csv)" '7 1'
check 'an option with a unit' equal \
  "$("$quarry" describe pe mac --db-dir "$db" --clock-mhz '0.5 GHz' --format csv | sha256sum)" \
  "$("$quarry" describe pe mac --db-dir "$db" --clock-mhz 500 --format csv | sha256sum)"

# SQL from a file and from standard input.
printf -- '-- all\nSELECT count(*) AS n\n  FROM point;\n' >q.sql
for how in '-f q.sql' '--file q.sql' '-' '-f -'; do
  check "query $how" equal "$("$quarry" query -d long.sqlite --format csv $how <q.sql | tail -1)" 6
done
check 'query -f csv is the format' equal "$("$quarry" query -d long.sqlite -f csv 'SELECT 1 AS a, 2 AS b')" $'a,b\n1,2'
printf 'SELECT design,\n  area_um FROM point' >bad.sql
"$quarry" query -d long.sqlite -f bad.sql 2>err
check 'an error in a file: line, column, nearest name' equal "$? $(cat err)" \
  '2 bad.sql:2:3: error: SQL: no such column: area_um; did you mean "area_um2"?'
"$quarry" query -d long.sqlite 2>err
check 'no SQL at all' equal "$? $(cat err)" '2 error: query: expected SQL, - for standard input, or --file FILE, found none'
"$quarry" query -d long.sqlite -f q.sql 'SELECT 1' 2>err
check 'twice' equal "$? $(grep -c both err)" '2 1'

# Names that are nearly right.
near() { # NAME ARGUMENT...
  local want=$1
  shift
  "$quarry" "$@" >out 2>err
  check "$* : did you mean $want" equal "$? $(grep -c "did you mean \"$want\"" err)" '2 1'
}
cp "$data/scalesim/plain.cfg" . && sed -i 's/ArrayWidth: 32/&\nBandwith: 3/' plain.cfg
near list lst
near networks list netwrks
near network describe networks x
near resnet18 describe network resnet-18 --db-dir "$db"
near mac describe pe macc --db-dir "$db"
near bits rtl mac --param bitz=8
near booth rtl mac --param multiplier=boot
near json query --format jsn 'SELECT 1'
near --database query --databse x 'SELECT 1'
near synthesis validate syntheses x.csv
near scalesim import scalesin plain.cfg "$data/scalesim/gemm.csv"
near design verify desing x --liberty x
near area_um2 plot same -d long.sqlite --x area_um --y latency_us
near energy_uj front same -d long.sqlite --objectives energy_ju
near same front sane -d long.sqlite
near design plot same -d long.sqlite --x area_um2 --y latency_us --group desing
near technology front same -d long.sqlite --within tecnology
near m_bits quantize codebook --bits 8 --param m_bit=3
printf '%s\nc,pwcnov,8,8,16,16,,\n' "$head" >near.csv
"$quarry" describe network ./near.csv 2>err
check 'a type of a layer' equal "$? $(cat err)" "2 ./near.csv:2:3: error: type: expected one of $(layer_types), found 'pwcnov'; did you mean 'pwconv'?"
while IFS='|' read -r line want; do # a line of an experiment, and what its name is near to
  { experiment far/net.csv | sed 's/name: A,/name: alpha,/'; echo "$line"; } >near.yaml
  macs near.yaml >said
  check "$line" grep -q "$want" said
done <<'LINES'
compare: {to: alhpa, metrics: [area_um2]}|compare.to: expected alpha, found "alhpa"
noise: {fiel: x.csv}|did you mean "file"
noise: {weigths: {c: 1}}|did you mean "weights"
plots: [{kind: pareto, x: area_um2, y: latency_us, over: alhpa}]|plots\[0\].over: expected alpha, found "alhpa"
plots: [{kind: pareto, x: area_um2, y: latency_us, where: {design: alhpa}}]|where.design: expected alpha, found "alhpa"
plots: [{kind: layers, metric: energy_uj, design: alhpa}]|plots\[0\].design: expected alpha, found "alhpa"
plots: [{kind: praeto, x: area_um2, y: latency_us}]|did you mean "pareto"
plots: [{kind: pareto, x: area_um, y: latency_us}]|did you mean "area_um2"
plots: [{kind: pareto, x: energy_dram_uj, y: power_mw}]|^near.yaml:[0-9]*:[0-9]*: error: plots\[0\].x: expected a metric that one of the designs has, found "energy_dram_uj"
plots: [{kind: pareto, x: area_um2, y: power_mw}, {kind: pareto, x: area_um2, y: traffic_floor_bytes}]|plots\[1\].y: expected a metric that one of the designs has
constraints: {latncy_us: {max: 3}}|did you mean "latency_us"
search: {methd: nsga2}|did you mean "method"
LINES
near point query -d long.sqlite 'SELECT * FROM pont'
near area_um2 query -d long.sqlite 'SELECT p.area_um3 FROM point AS p'
"$quarry" import scalesim plain.cfg "$data/scalesim/gemm.csv" --db-dir "$db" -o p 2>err
check 'a key of a configuration' equal "$? $(grep -c "key 'Bandwith' left out; did you mean \"Bandwidth\"" err)" '0 1'

# Units wherever a value has one: how many of two clocks a limit leaves, worked out from the numbers without it.
cat >units.yaml <<'YAML'
name: units
technology: fdsoi28
network: far/net.csv
designs:
  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 16, port_bits: auto}
precision: 8
clock_mhz: [100 MHz, 0.2 GHz]
voltage_v: 900 mV
objectives: {minimize: [area_um2, latency_us]}
YAML
"$quarry" run --quiet --no-plots --db-dir "$db" -d units.sqlite units.yaml >out 2>err
between() { # METRIC: halfway between the two points
  "$quarry" query -d units.sqlite --format csv "SELECT printf('%.17g', avg($1)) AS m FROM point" | tail -1
}
left() { # LIMIT: feasible points
  { cat units.yaml; echo "constraints: {$1}"; } >limit.yaml
  rm -f limit.sqlite
  "$quarry" run --quiet --no-plots --db-dir "$db" -d limit.sqlite limit.yaml >out 2>err || { head -1 err; return; }
  "$quarry" query -d limit.sqlite --format csv 'SELECT count(*) AS n FROM point WHERE infeasible IS NULL' | tail -1
}
times() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.17g", a * b }'; }
check 'voltages and clocks with units' equal "$("$quarry" query -d units.sqlite --format csv 'SELECT count(*) AS n FROM point WHERE clock_mhz IN (100, 200)' | tail -1)" 2
for unit in GOPS:1 GOP/s:1 TOPS:1e-3 TOP/s:1e-3 MOPS:1e3; do
  check "gops in ${unit%:*}" equal "$(left "gops: {min: $(times "$(between gops)" "${unit#*:}") ${unit%:*}}")" 1
done
for unit in ns:1e3 us:1 ms:1e-3 s:1e-6; do
  check "latency in ${unit%:*}" equal "$(left "latency_us: {max: $(times "$(between latency_us)" "${unit#*:}") ${unit%:*}}")" 1
done
for limit in 'utilization_frac: {max: 100 %}:2' 'utilization_frac: {min: 101 %}:0' 'area_um2: {max: 1 mm²}:2' \
  'tops_per_w: {max: 1 GOPS/W}:0' 'tops_per_w: {min: 1 MOPS}:limit.yaml' 'gops: {min: 1 MHz}:limit.yaml'; do
  check "${limit%:*}" equal "$(left "${limit%:*}" | sed 's/:.*//')" "${limit##*:}"
done

# Names with control characters and line ends: nothing raw reaches standard error, a line of it is one of ours.
bad=$'n\e[31m\a\tx\x7f\xc2\x9b'
raw() { LC_ALL=C grep -c $'[\x01-\x09\x0b-\x1f\x7f]\|\xc2\x9b'; }
quiet() { # NAME COMMAND...: what it says is clean, and something is said
  local name=$1
  shift
  "$@" >out 2>err </dev/null
  check "$name" equal "$(cat out err | raw) $([ -s err ] && echo said)" '0 said'
}
cp "$data/liberty/good.lib" here/ && sed "s/\[general\]/[$bad]/; s/^run_name.*/run_name: $bad/" "$data/scalesim/plain.cfg" | tr -d '\t' >bad.cfg
printf 'Layer,M,N,K,\n"%s",8,8,8,\n%s,4,4,4,\n' "$bad" "$bad" >bad.csv
cp bad.cfg "$bad.cfg" && cp bad.csv "$bad.csv"
sed "s/NANDA/NANDA$(printf "\e")/; s/INVA/\"INV A\\\\\\n\"/" "$data/liberty/good.lib" >"$bad.lib"
quiet 'a SCALE-Sim configuration' "$quarry" import scalesim "$bad.cfg" "$bad.csv" -o bad --db-dir "$db"
quiet 'its experiment' "$quarry" run --dry-run --db-dir "$db" bad.yaml
quiet 'a Liberty file' "$quarry" tech import "$bad.lib" --name t -o t.yaml --db-dir "$db"
quiet 'a file that is not there' "$quarry" tech import "$bad" --name t -o t.yaml --db-dir "$db"
quiet 'a name of a technology' "$quarry" tech import here/good.lib --name "$bad" -o t.yaml --db-dir "$db"
for command in "$bad" "list $bad" "describe $bad x" "describe pe $bad" "quantize $bad" "quantize pot --param $bad=3" \
  "import $bad x y" "import onnx $bad" "import onnx $bad --dim $bad=x" "verify $bad" "validate $bad x" "tech $bad" "query --$bad" \
  "front $bad" "plot $bad --x $bad --y cycles" "run $bad" "report $bad" "init $bad/x" "rtl mac --param $bad=1" "describe network $bad"; do
  # shellcheck disable=SC2086
  IFS=' ' quiet "${command//[^a-z -]/.}" "$quarry" $command
done
echo "1..$n"
