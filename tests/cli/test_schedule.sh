#!/bin/bash
# Schedules on the command line: known figures of MobileNetV2, JSON, executions, the slope, errors.  TAP.
. tests/check.sh
net=mobilenet_v2_1.0_224

json() { # json FILE PATH: a value of a JSON file
  sqlite3 :memory: "SELECT json_extract(readfile('$dir/$1'), '$2')"
}
describe() { "$quarry" describe schedule "$@"; }
traffic() { # traffic EXPECTED FUSION ORDER ENTRIES
  describe $net --fusion "$2" --order "$3" --buffer-entries "$4" --format json >"$dir/t.json" || return 1
  equal "$(json t.json '$.traffic_entries')" "$1"
}
at_most() { # at_most LIMIT ENTRIES: free fusion
  describe $net --buffer-entries "$2" --format json >"$dir/t.json" || return 1
  local got floor bound peak
  got=$(json t.json '$.traffic_entries') floor=$(json t.json '$.floor_entries')
  bound=$(json t.json '$.lower_bound_entries') peak=$(json t.json '$.peak_entries')
  echo "# traffic $got, bound $bound, peak $peak"
  [ "$got" -le "$1" ] && [ "$floor" -eq 3621288 ] && [ "$bound" -le "$got" ] && [ "$floor" -le "$bound" ] &&
    [ "$peak" -le "$2" ]
}

# Exact counts under the stated conventions, from enumerating all tiles and orders of each layer in another program.
check 'layer by layer, raster' traffic 17199156 none raster 65536
check 'layer by layer, scan' traffic 17196456 none scan 65536
check 'each bottleneck by itself' traffic 5588018 block scan 65536
# Schedules that are known to be reached.
check 'free, 16,384 entries' at_most 6077290 16384
check 'free, 32,768 entries' at_most 4432760 32768
check 'free, 65,536 entries' at_most 3771816 65536
check 'free, 131,072 entries: the floor' at_most 3621288 131072

describe $net --buffer-entries 65536 --fusion block --order scan --execute --format json >"$dir/e.json"
result $? 'executed'
check 'it says so' equal "$(json e.json '$.executed')" 1
check 'nothing is computed again in blocks of small maps' test "$(json e.json '$.macs')" -ge 300774272
check 'proved' equal "$(json e.json '$.optimal')" 1
sum() { # sum EXPRESSION FILE: over the segments
  sqlite3 :memory: "SELECT sum($1) FROM json_each(readfile('$dir/$2'), '$.segments')"
}
check 'segments add up' equal "$(sum "value ->> 'traffic_entries'" e.json)" 5588018
tensors=0
for tensor in input weights output sum_writes sum_reads addends gate pooled; do
  tensors=$((tensors + $(sum "value ->> '$tensor'" e.json)))
done
check 'tensors add up' equal $tensors 5588018
check 'every layer is in one segment' equal "$(sum "value ->> 'layers'" e.json)" \
  "$("$quarry" describe network $net --format csv | tail -n +2 | wc -l)"

describe $net --buffer-entries 65536 --fusion block --order raster --format json >"$dir/r.json"
check 'blocks with windows read again' equal "$(json r.json '$.traffic_entries')" 5639196

# What recompute buys: traffic rises, products fall to those of the network.
describe $net --buffer-entries 65536 --front --format csv >"$dir/front.csv"
check 'a front, from the floor to no recompute' awk -F, \
  'NR == 2 { ok = $1 == 3621288 } NR > 2 { ok = ok && $1 > t && $3 < m } { t = $1; m = $3 } END { exit !(ok && m == 300774272 && t <= 3771816) }' \
  "$dir/front.csv"

# 8-bit entries on a buffer in bytes are entries, but for partial sums, which are wider.
describe $net --buffer '64 KiB' --format json >"$dir/b.json"
check 'bytes' test "$(json b.json '$.traffic_bytes')" -ge 3621288
check 'the floor in bytes' equal "$(json b.json '$.floor_bytes')" 3621288
describe $net --buffer-entries 65536 --bits 16 --format json >"$dir/b.json"
check '16-bit entries are two bytes' equal "$(json b.json '$.traffic_bytes')" $((2 * $(json b.json '$.traffic_entries')))
describe $net --buffer-entries 65536 --weight-bits 4 --activation-bits 8 --format json >"$dir/b.json"
check 'weights and activations apart' equal "$(json b.json '$.floor_bytes')" $((3469760 / 2 + 150528 + 1000))

# A chain whose numbers can be seen: 1 x 1 layers of 4 channels on 8 x 8, 16 weights each.
cat >"$dir/chain.csv" <<'CSV'
layer,type,in_h,in_w,in_c,out_c,kernel
a,conv,8,8,4,4,1
b,conv,8,8,4,4,1
CSV
describe "$dir/chain.csv" --buffer-entries 1000 --execute --format json >"$dir/c.json"
check 'one segment' equal "$(json c.json '$.segments[0].first') $(json c.json '$.segments[0].last')" 'a b'
check 'at the floor: 256 in, 256 out, 32 weights' equal "$(json c.json '$.traffic_entries')" 544
check 'and executed' equal "$(json c.json '$.executed')" 1
describe "$dir/chain.csv" --buffer-entries 1000 --fusion none --format json >"$dir/c.json"
# Two 3 x 3 layers: from the buffer on that is named one segment moves no more than two, and there is one.
cat >"$dir/wide.csv" <<'CSV'
layer,type,in_h,in_w,in_c,out_c,kernel,pad
a,conv,12,12,4,4,3,1
b,conv,12,12,4,4,3,1
CSV
segments() { # how many at so many entries
  describe "$dir/wide.csv" --buffer-entries "$1" --format json | grep -c '"first"'
}
describe "$dir/wide.csv" --buffer-entries 400 --format json >"$dir/l.json"
larger() {
  local n
  n=$(json l.json '$.segments[0].larger' | sed -n 's/.*pays from \([0-9]*\) entries on/\1/p')
  [ -n "$n" ] && equal "$(segments $((n - 1))) $(segments "$n")" '2 1'
}
check 'why no segment is larger' larger
describe "$dir/chain.csv" --buffer-entries 1000 --fusion none --format json >"$dir/c.json"
check 'layer by layer the map between goes to DRAM and back' equal "$(json c.json '$.traffic_entries')" 1056

"$quarry" plot slope "$dir/chain.csv" --least 1 --most 4096 --format csv >"$dir/s.csv"
result $? 'the slope as a table'
check 'buffers rise, traffic falls, to the floor' awk -F, \
  'NR > 1 { if (b && ($3 <= b || $4 >= t)) exit 1; b = $3; t = $4 } END { exit t != 544 }' "$dir/s.csv"
steps_hold() { # each step: what a search at its buffer, and just below it, finds
  local before=
  while IFS=, read -r _ _ buffer entries _; do
    describe "$dir/chain.csv" --buffer-entries "$buffer" --format json >"$dir/t.json" || return 1
    equal "$(json t.json '$.traffic_entries')" "$entries" || return 1
    if [ -n "$before" ]; then
      describe "$dir/chain.csv" --buffer-entries $((buffer - 1)) --format json >"$dir/t.json" || return 1
      equal "$(json t.json '$.traffic_entries')" "$before" || return 1
    else
      describe "$dir/chain.csv" --buffer-entries $((buffer - 1)) >"$dir/o" 2>"$dir/e" && return 1
      grep -q "at least $buffer entries" "$dir/e" || return 1
    fi
    before=$entries
  done < <(tail -n +2 "$dir/s.csv")
}
check 'steps are those of searches' steps_hold
later() { # from --least on: the last of the steps, the first of them below it
  "$quarry" plot slope "$dir/chain.csv" --least 100 --most 4096 --format csv | tail -n +2 >"$dir/some.csv"
  [ -s "$dir/some.csv" ] && [ "$(head -1 "$dir/some.csv" | cut -d, -f3)" -le 100 ] &&
    equal "$(sed 1d "$dir/some.csv" | awk -F, '$3 <= 100' | wc -l)" 0 &&
    equal "$(tail -n "$(wc -l <"$dir/some.csv")" "$dir/s.csv" | cut -d, -f1-6)" "$(cut -d, -f1-6 "$dir/some.csv")"
}
check 'later steps are the last of them' later
"$quarry" plot slope "$dir/chain.csv" --least 1 --fusion none,free -o "$dir/s.png" 2>"$dir/err"
check 'a picture' equal "$(head -c 4 "$dir/s.png" | tail -c 3)" PNG
check 'in the terminal, with the floor' sh -c "'$quarry' plot slope '$dir/chain.csv' --least 1 --format dumb | grep -q floor"

cat >"$dir/large.csv" <<'CSV'
layer,type,in_h,in_w,in_c,out_c,kernel,pad
a,conv,512,512,128,128,3,1
b,conv,512,512,128,128,3,1
CSV
cat >"$dir/batch.csv" <<'CSV'
layer,type,in_h,in_w,in_c,out_c,kernel,batch
a,conv,8,8,4,4,1,2
CSV
# ---- errors: exit 2, one line that names what was expected and found ----
refused() { # refused PATTERN ARGUMENTS...
  local pattern=$1
  shift
  "$quarry" "$@" >"$dir/out" 2>"$dir/err"
  equal "$? $(wc -c <"$dir/out")" '2 0' || return 1
  grep -q -e "$pattern" "$dir/err" || { cat "$dir/err"; return 1; }
}
s="describe schedule $net"
check 'too small a buffer' refused '--buffer-entries: expected at least [0-9]* entries, found 5: .*' $s --buffer-entries 5
small() { # the buffer that is named would do, and one entry less would not
  local n
  n=$(describe $net --buffer-entries 5 2>&1 | sed 's/.*at least \([0-9]*\) .*/\1/')
  describe $net --buffer-entries "$n" >/dev/null && ! describe $net --buffer-entries $((n - 1)) >/dev/null 2>&1
}
check 'the smallest is the smallest' small
check 'too small a buffer, in bytes' refused '--buffer: expected at least [0-9]* bytes, found 3' $s --buffer '3 B'
check 'a buffer of 0' refused '--buffer-entries: expected an integer from 1' $s --buffer-entries 0
check 'a negative one' refused '--buffer-entries: expected an integer from 1' $s --buffer-entries -4
check 'a size without unit' refused '--buffer: expected a size above 0 with its unit' $s --buffer 64
check 'no buffer' refused 'expected --buffer-entries N or --buffer BYTES, found neither' $s
check 'two buffers' refused 'found both' $s --buffer-entries 9999 --buffer '9 KiB'
check 'unknown fusion' refused '--fusion: expected one of none, block, free, found "all"' $s --buffer-entries 9999 --fusion all
check 'unknown order' refused '--order: expected one of raster, scan, best, found "zigzag"' $s --buffer-entries 9999 --order zigzag
check 'unknown network' refused 'mobilenet_v9' describe schedule mobilenet_v9 --buffer-entries 9999
check 'a batch' refused 'batch.csv.*batch' describe schedule "$dir/batch.csv" --buffer-entries 9999
check 'unknown device' refused 'ddr9' $s --buffer-entries 9999 --device ddr9
check 'energy without a device' refused '--objective energy: expected --device' $s --buffer-entries 9999 --objective energy
check 'too large to execute' refused '--execute: expected a schedule of at most 2e+10 MACs' \
  describe schedule "$dir/large.csv" --buffer-entries 9999999 --execute
check 'slope of an unknown fusion' refused '--fusion: expected none, block, free' plot slope "$dir/chain.csv" --fusion all
check 'slope below what is needed' refused '--most: expected' plot slope "$dir/chain.csv" --most 2
cat >"$dir/floor.yaml" <<'YAML'
name: floor
technology: fdsoi28
network: mobilenet_v2_1.0_224
designs:
  - name: one
    accelerator: systolic
    pe: {kind: mac, bits: 8}
    rows: 16
    memory: {device: ddr3_1600_4gb_x8, buffer: [64KiB, 128KiB]}
precision: 8
clock_mhz: 200
objectives: {minimize: [traffic_bytes]}
plots:
  - {kind: lines, x: shared_buffer_bytes, y: traffic_bytes, floor: traffic_floor_bytes}
YAML
db=$PWD/db
run() { (cd "$dir" && "$quarry" run --quiet --db-dir "$db" --database f.sqlite -p . "$1"); }
check 'an experiment with a floor' run floor.yaml
check 'its line in the picture' grep -q "with lines.*dt 2" "$dir/floor.traffic_bytes-shared_buffer_bytes.gp"
values="SELECT group_concat(printf('%d %d', traffic_floor_bytes, shared_buffer_bytes)) FROM point"
check 'floor and buffer of the points' equal "$("$quarry" query --database "$dir/f.sqlite" --format csv "$values" |
  tail -1 | tr -d '"')" '3621288 65536,3621288 131072'
sed 's/kind: lines/kind: pareto/' "$dir/floor.yaml" >"$dir/f1.yaml"
check 'a floor of another kind' refused 'f1.yaml:14:[0-9]*: error: plots.0.: unknown key .floor.' run "$dir/f1.yaml"
sed 's/floor: traffic_floor_bytes/floor: energy_uj/' "$dir/floor.yaml" >"$dir/f2.yaml"
check 'a floor of another unit' refused 'f2.yaml:14:[0-9]*: error: plots.0..floor: expected a metric in B' run "$dir/f2.yaml"
echo "1..$n"
