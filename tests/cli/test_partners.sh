#!/bin/bash
# Points of assignments over those of another design: equal layers go together, others are left out or refused.  TAP.
. tests/check.sh
cat >"$dir/net.csv" <<'EOF'
layer,type,inputs,in_h,in_w,in_c,out_c,kernel,stride,pad
stem,conv,,16,16,3,16,3,2,1
d1,dwconv,,,,,,3,1,1
p1,pwconv,,,,,16,,,
d2,dwconv,,,,,,3,2,1
p2,pwconv,,,,,32,,,
EOF
cat >"$dir/o.yaml" <<EOF
name: o
technology: fdsoi28
network: $dir/net.csv
designs:
  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4, columns: 4, buffers: {input: 16 KiB, weight: 16 KiB, output: 16 KiB}}
  - {name: B, accelerator: systolic, pe: {kind: mac_st, bits: 8}, rows: 16, columns: 2, buffers: {input: 16 KiB, weight: 16 KiB, output: 16 KiB}}
assign: {options: [8, 4, {weights: 4, activations: 8}], minimize: [energy_uj, noise], points: 8, ties: none}
clock_mhz: 100
uncertainty: {draws: 16, seed: 1}
objectives: {minimize: [energy_uj, noise]}
plots:
  - {kind: pareto, x: latency_us, y: energy_uj, over: B, where: {precision: assigned}, name: ratios}
EOF
"$quarry" run --quiet --db-dir db --database "$dir/o.db" --plots "$dir" "$dir/o.yaml" >"$dir/out" 2>"$dir/err"
result $? 'a run with ratios of assignments'
sql() { "$quarry" query --database "$dir/o.db" --format csv "$@" | tail -n +2 | tr '\n' ' '; }
# What pairs there are, by the database.
pairs=$(sqlite3 "$dir/o.db" "SELECT (a.point & 0xffffffffff) || ' ' || coalesce(max(b.point & 0xffffffffff), 'none')
  FROM (SELECT * FROM assignment JOIN result ON result.id = point JOIN design ON design.id = result.design WHERE design.name = 'A') a
  LEFT JOIN (SELECT * FROM assignment JOIN result ON result.id = point JOIN design ON design.id = result.design WHERE design.name = 'B') b
  ON a.assignment -> '\$.layers' = b.assignment -> '\$.layers' GROUP BY a.point ORDER BY a.point")
none=$(grep -c none <<<"$pairs")
check 'some have a partner, some have none' test "$none" -gt 0 -a "$none" -lt 8
check 'those without are left out, as the caption says' grep -q "Left out: $none point.* without one of B to divide by" "$dir/ratios.gp"
while read -r point partner; do
  "$quarry" describe design "$dir/o.yaml" --db-dir db --point "$point" --over B --format csv >"$dir/out" 2>"$dir/err"
  code=$?
  if [ "$partner" = none ]; then
    check "point $point is refused with the reason" equal "$code $(cat "$dir/err")" "2 error: expected a point of the design \
\"B\" whose layers have the precisions of point $point, found none among its 8 assignments"
  else
    check "point $point goes over the one of the same layers" equal "$code $(awk -F, '$1 == "over point" { print $2 }' "$dir/out")" "0 $partner"
    check "its noise is the same" equal "$(awk -F, '$1 == "noise ratio" { print $2 }' "$dir/out")" 1
  fi
done <<<"$pairs"
"$quarry" describe design "$dir/o.yaml" --db-dir db --point 2 --over A --format csv >"$dir/out" 2>"$dir/err"
check 'over its own design: itself' equal "$? $(awk -F, '$1 == "over point" { print $2 }' "$dir/out")" '0 2'
sed 's/{kind: pareto.*/{kind: tornado, metric: energy_uj, design: A, over: B, at: {precision: assigned, assignment: 2}}/' "$dir/o.yaml" >"$dir/t.yaml"
"$quarry" run --quiet --db-dir db --database "$dir/t.db" --plots "$dir" "$dir/t.yaml" >"$dir/out" 2>"$dir/err"
check 'a tornado of one of several assignments over another design' equal "$? $(cat "$dir/err")" "2 $dir/t.yaml:12:57: error: \
plots[0].over: expected no \`over\` at one of several assignments: those of another design have other layers, found \"B\""
echo "1..$n"
