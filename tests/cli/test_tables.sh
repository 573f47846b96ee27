#!/bin/bash
# Tables as people see them: units, digits, columns that are asked for, terminals of a given width, empty results; and
# that CSV and JSON stay as they are.
. tests/check.sh

cat >"$dir/e.yaml" <<'YAML'
name: shape
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [2, 4, 8, 16]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [2, 4, 8, 16], reduction: taps}
precision: [8, 4]
clock_mhz: [100, 400]
objectives: {minimize: [area_um2, latency_us, energy_uj]}
front: {within: precision}
uncertainty: {draws: 32, seed: 1}
YAML
unset COLUMNS
"$quarry" run --quiet --no-plots --database "$dir/db" "$dir/e.yaml" >"$dir/summary" 2>&1 || cat "$dir/summary"
front() { "$quarry" front --database "$dir/db" shape "$@" 2>"$dir/said"; }
ask() { "$quarry" query --database "$dir/db" "$@"; }
widest() { perl -CSD -ne 'chomp; $w = length if length > ($w // 0); END { print $w // 0 }' "$@"; } # characters
terminal() { # COLUMNS COMMAND...: what the command prints on a terminal
  script -qec "stty cols $1; TERM=dumb $(printf '%q ' "${@:2}")" /dev/null </dev/null | tr -d '\r'
}

# ---- the front: which design a row is, in numbers
front >"$dir/table"
check 'heads state units, not names with suffixes' equal \
  "$(head -1 "$dir/table" | grep -oE 'clock \(MHz\)|channels|area \(µm²\)|latency \(ms\)|energy \(µJ\)' | tr '\n' ' ')" \
  'clock (MHz) channels area (µm²) latency (ms) energy (µJ) '
check 'what all rows share, and what a name says, is said once' equal \
  "$(tr '\n' ';' <"$dir/said") $(grep -c 'mobilenet\|mac_st' "$dir/table")" \
  'in all rows: technology fdsoi28, network mobilenet_v1_1.0_224;pe_kind mac of SDM, mac_st of RDM; 0'
front --all-columns >"$dir/all"
check '--all-columns: in each row' equal "$(grep -c mobilenet "$dir/all")" "$(($(wc -l <"$dir/all") - 1))"
front --format json >"$dir/json"
check 'JSON: axes are numbers; rows rise along each front; they are the points of that number' equal "$(perl -MJSON::PP -e '
  local $/; my ($bad, $last, $rows) = (0, undef, decode_json(<STDIN>));
  for my $r (@$rows) {
    for (qw(channels clock_mhz area_um2 area_um2_p05 weight_bits point)) { $bad++ if encode_json([$r->{$_}]) =~ /"|null/ }
    $bad++ if $last && $last->{precision} eq $r->{precision} && $last->{area_um2} > $r->{area_um2};
    $last = $r;
  }
  print "$bad ", scalar @$rows' <"$dir/json")" "0 $(ask --format csv "SELECT count(*) FROM front_point" | tail -1)"
check 'each row is its point' equal "$(perl -MJSON::PP -e 'local $/; for (@{decode_json(<STDIN>)}) {
  print "$_->{point} $_->{design} $_->{precision} $_->{clock_mhz} $_->{channels}\n" }' <"$dir/json" | sort -n)" \
  "$(ask --format csv "SELECT point, design, precision, clock_mhz, channels FROM shape_points WHERE point IN
    (SELECT point FROM front_point)" | tail -n +2 | tr ',' ' ' | sort -n)"

# ---- digits: two of half the interval's width
ask --columns '*' "SELECT 1234.5678 AS area_um2, 1100.4 AS area_um2_p05, 1300.9 AS area_um2_p95, 1234.5678 AS x,
  12345678 AS n, 1234567.0 AS whole, NULL AS absent" >"$dir/digits"
check 'digits' equal "$(tail -1 "$dir/digits" | xargs)" '1230 1100 1300 1235 12345678 1234567 -'
check 'CSV: all of them' equal "$(ask --format csv "SELECT 0.1 + 0.2 AS area_um2, 2e6 AS latency_us" | tr '\n' ' ')" \
  'area_um2,latency_us 0.30000000000000004,2000000 '

check 'four digits where rows differ in another column' equal \
  "$(ask "SELECT 1 AS n, 12345.61 AS x UNION ALL SELECT 2, 12345.62" | tail -2 | tr -d ' ' | paste -sd';')" '112350;212350'
check 'more where they would read alike' equal \
  "$(ask "SELECT 12345.61 AS x UNION ALL SELECT 12345.62" | tail -2 | paste -sd' ')" '12345.61 12345.62'
check 'not for rows that are the same' equal \
  "$(ask "SELECT 12345.61 AS x UNION ALL SELECT 12345.61" | tail -2 | paste -sd' ')" '12350 12350'

# ---- columns
check '--columns: in the order given, also without the unit' equal \
  "$(front --columns 'point,area,ch*' --format csv | head -1)" point,area_um2,channels
front --columns 'design,latncy_us' >"$dir/out"
check 'a column that is not there' equal "$? $(wc -c <"$dir/out") $(grep -c 'did you mean "latency_us"' "$dir/said")" '2 0 1'
for command in 'list metrics' 'list technologies' 'describe tech fdsoi28' 'describe pe mac' 'describe network resnet18'; do
  first=$($quarry $command --format csv 2>"$dir/said" | head -1 | cut -d, -f2)
  check "--columns: $command" equal "$($quarry $command --format csv --columns "$first" | head -1)" "$first"
done

# ---- terminals
for width in 60 80 100 132; do
  terminal $width "$quarry" front --database "$dir/db" shape >"$dir/out"
  check "a terminal of $width characters" test "$(grep -v '^in all rows' "$dir/out" | widest)" -le $width
  terminal $width "$quarry" list metrics >"$dir/out"
  check "texts on $width characters" test "$(widest "$dir/out")" -le $width
done
terminal 30 "$quarry" front --database "$dir/db" shape >"$dir/out"
check 'a narrow one: a line a value' equal "$(grep -c '^point  *[0-9]' "$dir/out")" "$(($(wc -l <"$dir/table") - 1))"
check 'with the bounds beside it' grep -qE '^area  *[0-9]+ \[[0-9]+, [0-9]+\] µm²$' "$dir/out"
check 'not a terminal: all columns' equal "$(front | widest)" "$(widest "$dir/table")"
check '--width there' test "$(front --width 90 | widest)" -le 90
check 'COLUMNS there' test "$(COLUMNS=90 front | widest)" -le 90
check '--width 0 on a terminal' test "$(terminal 60 "$quarry" list metrics --width 0 | widest)" -gt 100
front --vertical >"$dir/out"
check '--vertical: an empty line between rows' equal "$(grep -c '^$' "$dir/out")" "$(($(wc -l <"$dir/table") - 2))"

# ---- nothing to show
for format in table csv markdown latex; do
  check "an empty answer has its head: $format" test -n "$(ask --format $format "SELECT point, area_um2 FROM point WHERE 0" | grep point)"
done
check 'an empty answer: json' equal "$(ask --format json "SELECT point FROM point WHERE 0")" '[]'
sed 's/^name: shape/name: none/; s/^clock_mhz.*/clock_mhz: 9000/' "$dir/e.yaml" >"$dir/none.yaml"
"$quarry" run --quiet --no-plots --database "$dir/db" "$dir/none.yaml" >/dev/null 2>&1
check 'a front without points has its head' equal \
  "$("$quarry" front --database "$dir/db" none --format csv 2>"$dir/said" | cut -d, -f1-3)" 'technology,network,design'
check 'in JSON too' equal "$("$quarry" front --database "$dir/db" none --format json 2>"$dir/said")" '[]'

# ---- documents
front --format markdown >"$dir/out"
check 'Markdown: as many cells in each line' equal "$(awk -F'|' '{ print NF }' "$dir/out" | sort -u | wc -l)" 1
front --format latex >"$dir/out"
check 'LaTeX: as many cells in each line' equal "$(grep '\\\\$' "$dir/out" | awk -F'&' '{ print NF }' | sort -u | wc -l)" 1
check 'LaTeX: no bare underscore or per cent' equal "$(tail -n +2 "$dir/out" | grep -cE '[^\\][_%]')" 0

# ---- one point
"$quarry" describe design "$dir/e.yaml" --point 3 >"$dir/out" 2>&1
"$quarry" describe design "$dir/e.yaml" --point 3 --format json >"$dir/json" 2>&1
check 'describe design: names without units, units beside' grep -qE '^latency +[0-9.]+  ms ' "$dir/out"
check 'its JSON in base units' equal "$(grep -c '"what": "latency_us", .*"unit": "µs"' "$dir/json")" 1
echo "1..$n"

# ---- axes: their units, precisions as numbers
cat >"$dir/port.yaml" <<'YAML'
name: port
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: [8, 16], columns: 8, port_bits: [128, 256]}
precision: [8, 4]
clock_mhz: 200
objectives: {minimize: [area_um2, latency_us]}
front: {within: [precision]}
YAML
"$quarry" run -q --no-plots --database "$dir/db" "$dir/port.yaml" >"$dir/out" 2>&1 || cat "$dir/out"
"$quarry" front --database "$dir/db" --all-columns port >"$dir/out" 2>"$dir/said"
check 'the head has the unit of an axis whose name has none' grep -q 'port_bits (bit)' "$dir/out"
check 'and the caption' equal "$("$quarry" front --database "$dir/db" port 2>&1 >"$dir/out" | grep -oE 'port_bits [0-9]+ bit')" \
  'port_bits 256 bit'
check 'precisions are numbers where all are' equal \
  "$(head -1 "$dir/out" | grep -o '^precision (bit)') $(awk 'NR > 1 { print $1 }' "$dir/out" | sort -un | paste -sd' ')" \
  'precision (bit) 4 8'
check 'of a query, too' equal "$(ask 'SELECT port_bits FROM port_points LIMIT 1' | head -1)" 'port_bits (bit)'
check 'CSV has names and labels' equal \
  "$("$quarry" front --database "$dir/db" port --format csv --columns precision,port_bits | sort -u | paste -sd' ')" \
  '4 bit,256 8 bit,256 precision,port_bits'
