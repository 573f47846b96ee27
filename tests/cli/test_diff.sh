#!/bin/bash
# `quarry diff`: axes that have one value in each of two experiments, changes of bounds alone, lines of texts; against the
# stored tables and diff(1).  TAP.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1
cat >all.yaml <<'EOF'
name: base
question: What differs?
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 2]}
precision: 8
clock_mhz: 200
objectives: {minimize: [area_um2, latency_us]}
uncertainty: {draws: 16, seed: 1}
EOF
made() { # made NAME SED-SCRIPT: the base with changes, run
  sed "s/^name: base/name: $1/; $2" all.yaml >"$1.yaml"
  "$quarry" run --quiet --no-plots --db-dir "$db" --database r.sqlite "$1.yaml" >/dev/null 2>said || cat said
}
made base ''
made clock 's/clock_mhz: 200/clock_mhz: 250/'
made library 's/fdsoi28/lp55/'
made narrow 's/precision: 8/precision: 4/'
made booth '/name: SDM/s/bits: 16/bits: 16, multiplier: array/; /name: RDM/s/bits: 16/bits: 16, multiplier: booth/'
made ports 's/channels:/port_bits: 128, channels:/'
made seed 's/seed: 1/seed: 2/'
made certain '/uncertainty/d'
made more '/name: SDM/s/\[1, 2\]/[1, 2, 4]/'
made alone '/name: RDM/d'
made renamed '/name: RDM/d; s/SDM/other/; s/clock_mhz: 200/clock_mhz: 400/'
sql() { sqlite3 r.sqlite "$1"; }
compare() { "$quarry" diff -d r.sqlite "$1" "$2" --format csv 2>said | tr -d '\r' >out; }
axes() { awk -F, '$1 == "axis" { print $2, $3, $4 }' out; }
pairs() { awk -F, '$1 == "points" && $2 == "all" { print $6 }' out; }

while read -r name expected; do
  compare base "$name"
  check "$name: all points are matched without it" equal "$(pairs) $(axes)" "4 $expected"
  read -r axis a b <<<"$expected"
  check "$name: which is said" grep -qxF "$axis is $a in all of A, $b in all of B: points are matched without it" said
done <<'EOF'
clock clock_mhz 200 250
library technology fdsoi28 lp55
EOF
compare base narrow
check 'precision: all points are matched without it' equal "$(pairs) $(axes)" '4 precision 8 bit 4 bit'
compare base ports
check 'a parameter of all designs is one axis' equal "$(pairs) $(axes)" "4 port_bits $(sql "SELECT DISTINCT
  parameters ->> 'port_bits' FROM point WHERE experiment = 'base'") 128"
compare base booth
check 'a parameter of one design, by its name' equal "$(pairs) $(axes)" "4 $(sql "SELECT 'pe.multiplier of ' || b.design, b.m, o.m
  FROM (SELECT DISTINCT design, parameters ->> '\$.pe.multiplier' AS m FROM point WHERE experiment = 'base') b JOIN
  (SELECT DISTINCT design, parameters ->> '\$.pe.multiplier' AS m FROM point WHERE experiment = 'booth') o USING (design)
  WHERE b.m <> o.m" | tr '|' ' ')"
check 'which changes results' awk -F, '$1 == "metric" && $2 == "area_um2" { found = $6 > 0 } END { exit !found }' out
compare alone renamed
check 'one design of another name and clock' equal "$(pairs) $(axes | sort | tr '\n' ' ')" '2 clock_mhz 200 400 design SDM other '
compare base more
check 'an axis that has more values in one is no such axis' equal "$(pairs) $(axes)" '4 '
check 'its further points are in one alone' equal "$(awk -F, '$2 == "only in B" { print $6 }' out)" 1
# The numbers are those of the pairs: the largest change of the area over all pairs.
compare base library
check 'changes of the pairs' equal "$(awk -F, '$2 == "area_um2" { printf "%.9g %d", $5, $6 }' out)" \
  "$(sql "SELECT printf('%.9g %d', max(b.area_um2 / a.area_um2 - 1), count(*)) FROM point a JOIN point b ON a.design = b.design AND
    a.parameters ->> 'channels' = b.parameters ->> 'channels' WHERE a.experiment = 'base' AND b.experiment = 'library'")"

# ---- bounds
compare base seed
check 'another seed: no metric changes' equal "$(awk -F, '$1 == "metric" && $2 !~ /_p(05|95)$/' out)" ''
for b in p05 p95; do
  check "but its $b does" equal "$(awk -F, -v m=area_um2_$b '$2 == m { printf "%.9g %d", $5 < 0 ? -$5 : $5, $6 }' out)" \
    "$(sql "SELECT printf('%.9g %d', max(abs(b.x / a.x - 1)), sum(a.x <> b.x)) FROM (SELECT id & 0xffffffffff AS n, area_um2_$b AS x FROM
      interval WHERE id >> 40 = (SELECT id FROM experiment WHERE name = 'base')) a JOIN (SELECT id & 0xffffffffff AS n,
      area_um2_$b AS x FROM interval WHERE id >> 40 = (SELECT id FROM experiment WHERE name = 'seed')) b USING (n)")"
done
"$quarry" diff -d r.sqlite base seed >out
check 'which is a difference' equal $? 1
"$quarry" diff -d r.sqlite base seed --tolerance 1 >out
check 'unless it is tolerated' equal $? 0
compare base clock
check 'where the metric changes, its bounds are not counted again' equal "$(grep -c '^metric,power_mw,' out) \
$(grep -c '^metric,power_mw_p' out)" '1 0'
compare base certain
check 'intervals that one alone has' equal "$(awk -F, '$1 == "intervals" { print $2, $6 }' out)" 'only in A 4'

# ---- lines of texts
changed() { # changed A B: what diff(1) says of the files, side by side
  diff --unchanged-line-format= --old-line-format='< %L' --new-line-format='> %L' "$1.yaml" "$2.yaml"
}
for other in clock booth certain more renamed; do
  "$quarry" diff -d r.sqlite base $other --format json >out 2>/dev/null
  perl -MJSON::PP -e 'local $/; for (@{decode_json(<STDIN>)}) {
    next unless $_->{part} eq "input" && $_->{name} =~ /^text of the experiment, line \d/;
    push @a, "< $_->{a}\n" if defined $_->{a};
    push @b, "> $_->{b}\n" if defined $_->{b} } print sort @a, @b' <out >found
  check "lines that differ: $other" equal "$(cat found)" "$(changed base $other | sort)"
done
seq 1 60 | sed 's/^/# note /' >>all.yaml
made long ''
compare base long
check 'of many lines the first, and how many more' equal "$(grep -c '^input,"text of the experiment, line' out) \
$(grep -o 'text of the experiment, .* more lines' out)" '8 text of the experiment, 53 more lines'
"$quarry" diff -d r.sqlite base long --limit 100 --format csv >out 2>/dev/null
check 'with --limit all' equal "$(grep -c '^input,"text of the experiment, line' out)" 61

# ---- nothing to compare
cp r.sqlite none.sqlite
sqlite3 none.sqlite "UPDATE experiment SET status = 'interrupted' WHERE name IN ('base', 'narrow'); DELETE FROM result WHERE id >> 40 IN (SELECT id FROM
  experiment WHERE name IN ('base', 'narrow')); DELETE FROM batch WHERE experiment IN (SELECT id FROM experiment WHERE name IN ('base', 'narrow'))"
nothing() { "$quarry" diff -d none.sqlite "$@" 2>&1 >out | grep -v 'points are done'; }
check 'two runs without points' equal "$(nothing base narrow)" 'note: there is nothing to compare: neither A nor B has a point'
check 'one of them without' equal "$(nothing clock base)" 'note: there is nothing to compare: B has no point'
sqlite3 none.sqlite "INSERT INTO reason VALUES (99, 'none'); UPDATE result SET reason = 99 WHERE id >> 40 = (SELECT id FROM experiment WHERE name =
  'clock')"
check 'no feasible point' grep -qxF 'note: no point is feasible in both: no metric is compared' <(nothing clock clock)

# ---- what is read
compare base narrow
check 'a metric in dB changes by a difference' equal "$(awk -F, '$2 == "sqnr_db" { printf "%.9g %s", $5, $9 }' out)" \
  "$(sql "SELECT printf('%.9g dB', (SELECT min(sqnr_db) FROM point WHERE experiment = 'narrow') - (SELECT min(sqnr_db) FROM point
    WHERE experiment = 'base'))")"
compare base library
check 'units' equal "$(awk -F, '$2 == "area_um2" { print $9 }' out)" 'µm²'
"$quarry" diff -d r.sqlite base library 2>said | head -1 >out
check 'what a and b are' grep -q '^a, b of a metric: at the point of its largest change' out
cp r.sqlite rounded.sqlite
sqlite3 rounded.sqlite "UPDATE result SET area_um2 = area_um2 * (1 + 1e-12)"
"$quarry" diff -d r.sqlite base rounded.sqlite:base >out 2>said
check 'rounding is no difference' equal $? 0
"$quarry" diff -d r.sqlite base rounded.sqlite:base --tolerance 0 >out 2>said
check 'unless it is asked for' equal $? 1
echo "1..$n"
