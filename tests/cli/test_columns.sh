#!/bin/bash
# Axes of an experiment as typed columns of its views, what `auto` came to, points that constraints exclude.  TAP.
. tests/check.sh
db=$(realpath db)
ask() { sqlite3 "$dir/r.sqlite" "$1"; }
head='technology: [fdsoi28]
network: mobilenet_v1_1.0_224
precision: [16, 8]
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, latency_us]}'
designs='designs:
  - name: array
    accelerator: systolic
    pe: {kind: mac, bits: 16, input_registers: yes}
    rows: [8, 16]
    columns: [auto, 4]
  - name: both
    system: [sequential, pipelined]
    members:
      - name: area
        layers: {type: dwconv}
        accelerator: depthwise
        pe: {kind: mac_st, bits: 16}
        channels: [2, 4]
      - name: rest
        accelerator: systolic
        pe: {kind: mac, bits: 16, input_registers: yes}
        rows: 8'
printf 'name: free-1\n%s\n%s\n' "$head" "$designs" >"$dir/free.yaml"
printf 'name: held\n%s\n%s\nconstraints: {area_um2: {max: 198000}}\n' "$head" "$designs" >"$dir/held.yaml"
for e in free held; do
  check "$e runs" "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$dir/$e.yaml"
done
check 'each design has its own values, numbers as numbers' equal "$(ask "SELECT group_concat(x, '; ') FROM (SELECT DISTINCT
  design || ' ' || coalesce(rows, '-') || ' ' || coalesce(columns, '-') || ' ' || coalesce(area_channels, '-') || ' ' ||
  coalesce(system, '-') AS x FROM \"free-1_points\" ORDER BY design, rows, columns, system, area_channels)")" \
  "array 8 4 - -; array 8 auto - -; array 16 4 - -; array 16 auto - -; both - - 2 pipelined; both - - 4 pipelined; both - - 2 sequential; both - - 4 sequential"
check 'with their types' equal "$(ask "SELECT group_concat(DISTINCT typeof(rows) || ' ' || typeof(columns)) FROM
  (SELECT * FROM \"free-1_points\" WHERE design = 'array' ORDER BY columns)")" 'integer integer,integer text'
check 'as table axis says' equal "$(ask "SELECT group_concat(key || ' ' || type || ' ' || varies, '; ') FROM (SELECT * FROM
  axis JOIN experiment e ON e.id = experiment WHERE e.name = 'free-1' AND key IN ('clock_mhz', 'columns', 'rows',
  'area.channels', 'rest.rows', 'weight_bits', 'accelerator') ORDER BY position)")" \
  'weight_bits integer 1; clock_mhz real 1; accelerator text 1; rows integer 1; columns text 1; area.channels integer 1; rest.rows integer 0'
check 'auto columns are as many as rows' equal "$(ask "SELECT count(*) || ' ' || sum(columns_chosen = rows) FROM
  \"free-1_points\" WHERE columns = 'auto' AND infeasible IS NULL")" "$(ask "SELECT count(*) || ' ' || count(*) FROM
  \"free-1_points\" WHERE columns = 'auto' AND infeasible IS NULL")"
check 'chosen banks are those of the metric' equal "$(ask "SELECT sum(buffers_input_banks_chosen <> banks_input) || ' ' ||
  (count(*) > 0) FROM \"free-1_points\" WHERE design = 'array' AND infeasible IS NULL")" '0 1'
check 'members say theirs' equal "$(ask "SELECT count(rest_columns_chosen) = count(*) AND count(area_pe_stages_chosen) =
  count(*) AND min(rest_columns_chosen) = 8 FROM \"free-1_points\" WHERE design = 'both' AND infeasible IS NULL")" 1
# Tables show what was chosen: as many columns as rows; which of them were open is said beside.
"$quarry" front free-1 -d "$dir/r.sqlite" --within design --format json >"$dir/front" 2>"$dir/err"
check 'a front has no auto, and numbers' equal "$(jq -r '[.[] | select(.design == "array") | .columns | type] | unique |
  join(" ")' "$dir/front") $(grep -c '"auto"' "$dir/front")" 'number 0'
open=$(ask "SELECT group_concat(point, ', ') FROM (SELECT point FROM \"free-1_front\" WHERE columns = 'auto' ORDER BY point)")
"$quarry" front free-1 -d "$dir/r.sqlite" >/dev/null 2>"$dir/err"
check 'and says which were auto' equal "$(sed -n 's/^columns: auto in the file.* at points //p' "$dir/err")" "$open"
"$quarry" export free-1 -d "$dir/r.sqlite" -c rows,columns,columns_chosen,design -o "$dir/free.csv"
"$quarry" front free-1 -d "$dir/r.sqlite" --columns 'aera*' 2>"$dir/err" >/dev/null
check 'a beginning of no column' equal "$? $(grep -c 'did you mean "area\*"?' "$dir/err")" '2 1'
"$quarry" export free-1 -d "$dir/r.sqlite" -c 'latenzy*' -o "$dir/no.csv" 2>"$dir/err"
check 'of an export' equal "$? $(grep -c 'did you mean "latency\*"?' "$dir/err")" '2 1'
for key in 's/minimize/maximum/ "maximize"' 's/{max:/{maximum:/ "max"'; do
  sed "${key%% *}" "$dir/held.yaml" >"$dir/wrong.yaml"
  "$quarry" run --dry-run --db-dir "$db" -d "$dir/x.sqlite" "$dir/wrong.yaml" 2>"$dir/err" >/dev/null
  check "maximum for ${key##* }" equal "$? $(grep -c "\"maximum\"; did you mean ${key##* }" "$dir/err")" '2 1'
done
check 'so do exports' equal "$(awk -F, 'NR > 1 && $4 == "array" && $3 && ($2 != $1 || $3 != $1)' "$dir/free.csv")
$(grep -c auto "$dir/free.csv")" '
0'
check 'and questions' equal "$("$quarry" query where free-1 -d "$dir/r.sqlite" --format csv |
  sed -n 's/^columns,\([^,][^,]*\),.*/\1/p' | sort -n | paste -sd' ')" '4 8 16'
sed '/- name: both/,$d; s/^technology: .*/&\nvoltage_v: [0.8, 0.9]/; s/free-1/volts/' "$dir/free.yaml" >"$dir/volts.yaml"
"$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$dir/volts.yaml" >/dev/null 2>&1
"$quarry" front volts -d "$dir/r.sqlite" --within voltage_v 2>"$dir/err" >"$dir/front"
check 'supplies are a column where they vary' equal "$(sed -n '/ (V) /p' "$dir/front" | wc -l) $(grep -c voltage "$dir/err")" '1 0'
# The page's data has what was chosen.
"$quarry" report free-1 -d "$dir/r.sqlite" --no-validation -o "$dir/free.html" 2>/dev/null
check 'a report shows what was chosen' equal "$(perl tests/report/decode.pl <"$dir/free.html" | awk -F'\t' 'NR == 1 {
  for (i = 1; i <= NF; i++) if ($i == "columns") c = i } NR > 1 { sub("–", "", $c); print $1 "," $c }')" \
  "$(sqlite3 -separator , "$dir/r.sqlite" "SELECT point, CASE WHEN columns = 'auto' THEN columns_chosen ELSE columns END
  FROM \"free-1_points\" WHERE infeasible IS NULL ORDER BY point")"
check 'in it no auto' equal "$(perl tests/report/decode.pl <"$dir/free.html" | grep -c auto)" 0
check 'JSON of designs has no key with a dot' equal "$(ask "SELECT count(*) FROM design d, json_tree(d.parameters) j WHERE
  instr(j.key, '.') > 0")" 0
# A point that the constraint excludes has the metrics that it has without.
check 'some are excluded, some not' equal "$(ask "SELECT count(infeasible) BETWEEN 1 AND count(*) - 1 FROM held_points
  WHERE area_um2 IS NOT NULL")" 1
check 'excluded points keep their metrics' equal "$(ask "SELECT count(*) FROM held_points h JOIN \"free-1_points\" f USING
  (point) WHERE h.area_um2 IS NOT f.area_um2 OR h.energy_uj IS NOT f.energy_uj OR h.latency_us IS NOT f.latency_us OR
  (h.infeasible IS NULL) <> (f.infeasible IS NULL AND f.area_um2 <= 198000)")" 0
check 'and are on no front, and never best' equal "$(ask "SELECT (SELECT count(*) FROM held_front WHERE area_um2 > 198000) +
  (SELECT count(*) FROM best_point b JOIN result r ON r.id = b.point WHERE r.reason IS NOT NULL)")" 0
check 'the front is that of the points within' equal "$(ask "SELECT group_concat(point) FROM (SELECT point FROM held_front
  ORDER BY point)")" "$(ask "SELECT group_concat(point) FROM (SELECT a.point FROM \"free-1_points\" a WHERE a.area_um2 <=
  198000 AND a.infeasible IS NULL AND NOT EXISTS (SELECT 1 FROM \"free-1_points\" b WHERE b.area_um2 <= 198000 AND
  b.infeasible IS NULL AND b.area_um2 <= a.area_um2 AND b.latency_us <= a.latency_us AND (b.area_um2 < a.area_um2 OR
  b.latency_us < a.latency_us)) ORDER BY point)")"
before=$(ask "SELECT total(area_um2), count(*) FROM held_points")
ask "DELETE FROM result WHERE id & 7 = 5"
"$quarry" front held -d "$dir/r.sqlite" >"$dir/out" 2>&1
check 'a front of points that went missing is refused' equal "$? $(grep -c 'run it again' "$dir/out")" '2 1'
for command in "export held -o $dir/held.csv" 'diff held 1' 'query best held' 'query front held' 'query where held' \
  "report held -o $dir/held.html" 'plot held'; do # shellcheck disable=SC2086
  "$quarry" $command --database "$dir/r.sqlite" >"$dir/out" 2>&1
  check "and so is: $command" equal "$? $(grep -c 'error:.*results of .*run it again' "$dir/out")" '2 1'
done
check 'no file is made of them' test ! -e "$dir/held.csv" -a ! -e "$dir/held.html"
"$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$dir/held.yaml" >/dev/null 2>"$dir/err"
check 'the next run says what is missing' equal "$? $(grep -c 'was complete, but another program' "$dir/err")" '0 1'
check 'and computes it' equal "$(ask "SELECT total(area_um2), count(*) FROM held_points")" "$before"
echo "1..$n"
