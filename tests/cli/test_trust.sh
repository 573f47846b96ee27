#!/bin/bash
# A results database from elsewhere: what it holds is input like a file's.  TAP.
. tests/check.sh
cat >"$dir/t.yaml" <<'END'
name: t
technology: fdsoi28
network: small
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 4], multipliers: [1, 3]}
precision: [8, 4]
clock_mhz: [200, 700]
objectives: {minimize: [area_um2, latency_us, energy_uj]}
plots: [{name: t.plot, kind: pareto, x: area_um2, y: energy_uj}]
END
"$quarry" run --quiet --no-plots --db-dir tests/data/models/db -d "$dir/t.sqlite" "$dir/t.yaml" >"$dir/out" 2>"$dir/err" || cat "$dir/err"
# Each: what another program does to the file (STRICT and NOT NULL gone where `loose`), command, what is said; exit 2.
loose="PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(replace(sql, ' NOT NULL', ''),
  ' STRICT', '') WHERE type = 'table' AND name IN ('experiment', 'axis', 'design');
  PRAGMA writable_schema = OFF;"
mend() { # SQL: the file anew, changed
  cp "$dir/t.sqlite" "$dir/m.sqlite"
  printf '%s\n' "PRAGMA ignore_check_constraints = ON; $1" | sqlite3 "$dir/m.sqlite" >"$dir/sql" 2>&1 || cat "$dir/sql"
}
refused() { # NAME SAID COMMAND...
  local name=$1 said=$2
  shift 2
  (cd "$dir" && timeout 5 "$quarry" "$@") >"$dir/out" 2>"$dir/said"
  local code=$?
  check "$name: exit 2" equal $code 2
  check '... and what was found, where' grep -qF -- "$said" "$dir/said" || cat "$dir/said"
}
m=$dir/m.sqlite
mkdir "$dir/in"
for name in ../../traversed ../t /tmp/dbsafe_t .hidden 'a b' ''; do
  mend "UPDATE experiment SET definition = json_set(definition, '\$.plots[0].name', '$name')"
  refused "a plot named \"$name\"" "column definition, plot 1: expected a file name" plot t -d "$m" -p "$dir/in/in"
done
mend "UPDATE experiment SET definition = json_remove(definition, '\$.plots[0].name')"
refused 'a plot without a name' 'column definition, plot 1: expected a file name' plot t -d "$m" -p "$dir/in/in"
check 'nothing was written' equal "$(find "$dir/in" "$dir"/traversed* -type f 2>/dev/null | wc -l)" 0
while IFS='|' read -r sql said; do
  mend "$loose" # a connection of its own: SQLite reads the schema anew
  printf '%s\n' "PRAGMA ignore_check_constraints = ON; $sql" | sqlite3 "$m" 2>&1
  for c in 'list experiments' 'front t' 'query SELECT(1)' 'plot t' 'export t -o -' 'diff t t' 'report t --no-validation' 'rm t'; do
    refused "$sql; ${c%% *}" "$said" $c -d "$m"
  done
done <<'END'
UPDATE experiment SET batch_points = 0|table experiment, row 1, column batch_points: expected 1 to 2^40 - 1, found "0"
UPDATE experiment SET points = -1|table experiment, row 1, column points: expected 1 to 2^40 - 1, found "-1"
UPDATE experiment SET name = NULL|table experiment, row 1, column name: expected TEXT, found NULL
UPDATE experiment SET definition = '[]'|column definition: expected a JSON object, found "[]"
UPDATE experiment SET id = 1 << 23|column id: expected a key from 1 to 8388607, found "8388608"
UPDATE axis SET key = NULL WHERE position = 0|table axis, row 1, column key: expected TEXT, found NULL
UPDATE axis SET type = 'blob' WHERE position = 1|table axis, row 2, column type: expected integer, real or text, found "blob"
END
# Names of points.
mend "$loose"
sqlite3 "$m" 'UPDATE design SET name = NULL'
refused 'a design without a name' 'names no design' front t -d "$m"
# Triggers, virtual tables, and what stands in the place of a table.
run() { "$quarry" run --quiet --no-plots --db-dir tests/data/models/db -d "$m" "$@" "$dir/t.yaml"; }
mend "CREATE TRIGGER mine AFTER INSERT ON result BEGIN UPDATE result SET area_um2 = 1 WHERE id = NEW.id; END"
run >"$dir/out" 2>"$dir/said"
check 'a trigger of another: not written' equal $? 2
check '... and it is named' grep -q 'no trigger but quarry.s.*found "mine" on "result"' "$dir/said"
check '... but read' "$quarry" front t -d "$m"
mend "CREATE VIRTUAL TABLE v USING fts4(x)"
refused 'a virtual table' 'expected no virtual table, found "v"' list experiments -d "$m"
mend "DROP TABLE metric; CREATE VIEW metric AS SELECT 1 AS name"
refused 'a view in the place of a table' 'expected a table "metric", found a view' list experiments -d "$m"
mend "DROP TRIGGER experiment_deleted; CREATE TRIGGER experiment_deleted BEFORE DELETE ON experiment BEGIN SELECT 1; END;
  DROP VIEW point_all; CREATE VIEW point_all AS SELECT 1 AS experiment_id; CREATE VIEW own AS SELECT 1; CREATE TABLE notes (x)"
check 'views and tables of the user are let be' run
check '... and views and triggers of ours that were changed are as they were' equal \
  "$(sqlite3 "$m" "SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_schema WHERE name IN ('point_all', 'experiment_deleted') ORDER BY name)")" \
  "$(sqlite3 "$dir/t.sqlite" "SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_schema WHERE name IN ('point_all', 'experiment_deleted') ORDER BY name)")"
# ---- quarry check
checks() { # NAME CODE SAID: of $m
  "$quarry" check "$m" >"$dir/out" 2>"$dir/said"
  check "check, $1: exit $2" equal $? "$2"
  check '... and says so' grep -qF -- "$3" "$dir/out" || cat "$dir/out" "$dir/said"
}
mend ''
checks 'clean' 0 'nothing is wrong'
while IFS='|' read sql code said; do
  mend "$sql"
  checks "$sql" "$code" "$said"
done <<'END'
CREATE TRIGGER mine AFTER INSERT ON result BEGIN SELECT 1; END|1|wrong: schema: trigger mine is not quarry's
CREATE VIEW own AS SELECT 1|0|note: schema: view own is not quarry's
CREATE TABLE own (x)|0|note: schema: table own is not quarry's
DROP VIEW point; CREATE VIEW point AS SELECT 1 AS a|1|wrong: schema: view point is not as quarry makes it
DROP TABLE front_chance|1|wrong: schema: table front_chance is missing
DELETE FROM result WHERE id = (1 << 40) + 3|1|wrong: experiment 1 (t): complete, but found 15 results of 16
DELETE FROM axis WHERE position = 0|1|wrong: experiment 1 (t): complete, but found
DELETE FROM experiment_table_file|1|wrong: experiment 1 (t): complete, but found 0 tables of
INSERT INTO batch (experiment, batch, rows) VALUES (1, 7, 5)|1|wrong: experiment 1 (t): 1 batches outside of its points
UPDATE technology SET text = text \|\| '#'|1|wrong: technology 1 (fdsoi28): expected a text of SHA-256
UPDATE experiment SET text = 'name: other'|1|wrong: experiment 1 (t): expected a text of SHA-256
PRAGMA foreign_keys = OFF; DELETE FROM network|1|wrong: table experiment_network: refers to a row of table network that is not there
END
cp "$dir/t.sqlite" "$m"
page=$(sqlite3 "$m" "SELECT rootpage FROM sqlite_schema WHERE name = 'best_point'")
head -c 200 /dev/zero | dd of="$m" bs=1 seek=$(((page - 1) * $(sqlite3 "$m" "PRAGMA page_size"))) conv=notrunc 2>/dev/null
checks 'a page without its head' 1 'wrong: integrity: '
echo text >"$m"
"$quarry" check "$m" >"$dir/out" 2>"$dir/said"
check 'check, no database: exit 2' equal $? 2
# ---- quarry reproduce
again() { TMPDIR=$dir/in "$quarry" reproduce t -d "$dir/t.sqlite" --db-dir "$1" >"$dir/out" 2>"$dir/said"; }
again tests/data/models/db
check 'reproduce: all results equal' equal $? 0
check '... of all points' grep -Eq '^points +all +16 +16 ' "$dir/out"
cp -r tests/data/models/db "$dir/db"
sed -i 's/value: 0.49 um2/value: 0.55 um2/' "$dir/db/tech/fdsoi28.yaml"
again "$dir/db"
check '... with another library: exit 1' equal $? 1
check '... which is named' grep -q '^input *technology fdsoi28' "$dir/out"
check '... and so is what it changes' grep -q '^metric *area_um2' "$dir/out"
stored() { (cd "$dir/in" && TMPDIR=$dir/in QUARRY_DB_DIR=$1 "$quarry" reproduce t -d "$dir/t.sqlite" >"$dir/out" 2>"$dir/said"); }
stored "$dir/nowhere"
check 'reproduce, from what is stored alone: all equal' equal $? 0
check '... of all points' grep -Eq '^points +all +16 +16 ' "$dir/out"
stored "$dir/db"
check '... also where the files of today are others' equal $? 0
check '... which is said' grep -q 'note: the technology "fdsoi28" in --db-dir is another; what is stored is taken' "$dir/said"
cp "$dir/t.sqlite" "$dir/kept.sqlite"
sqlite3 "$dir/t.sqlite" "UPDATE table_file SET name = '../../out.csv' WHERE id = (SELECT min(id) FROM table_file)"
stored "$dir/db"
check '... a name that leads elsewhere: exit 2' equal $? 2
check '... with the name' grep -q 'found "../../out.csv"' "$dir/said"
mv "$dir/kept.sqlite" "$dir/t.sqlite"
check '... nothing is left behind' equal "$(find "$dir/in" -mindepth 1 | wc -l)" 0
# Networks, libraries, DRAM devices and noise of one's own, named by path: as they are stored, wherever one is and after they are gone.
mkdir -p "$dir/mine/nets" "$dir/there"
sed 's/^name: .*/name: mine/' db/memory/dram/lpddr4_2400_8gb_x16.yaml >"$dir/there/dram.yaml"
sed 's/^name: .*/name: other/' db/memory/dram/ddr4_3200_8gb_x8.yaml >"$dir/mine/nets/dram.yaml"
printf 'layer,bits,noise\na,8,0.01\n' >"$dir/noise.csv"
cp tests/data/models/db/tech/fdsoi28.yaml "$dir/there/silicon.yaml"
printf 'layer,type,in_h,in_w,in_c,out_c,kernel\na,conv,8,8,4,8,3\n' >"$dir/mine/nets/net.csv"
cat >"$dir/mine/own.yaml" <<YAML
name: own
technology: [fdsoi28, "$dir/there/silicon.yaml"]
voltage_v: [auto, 0.95]
network: [nets/net.csv, ../mine/nets/net2.csv]
designs:
  - {name: a, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 8]}
  - name: b
    system: sequential
    members: [{name: array, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 4}]
    memory: {device: ["$dir/there/dram.yaml", lpddr4_2400_8gb_x16, nets/dram.yaml], buffer: 64KiB}
precision: 8
clock_mhz: 100
noise: {file: ../noise.csv}
objectives: {minimize: [area_um2, latency_us]}
uncertainty: {draws: 16}
plots: [{kind: tornado, name: own.tornado, metric: area_um2, design: a, at: {rows: 4, network: net, technology: fdsoi28}}]
YAML
sed 's/^a,conv,8/a,conv,9/' "$dir/mine/nets/net.csv" >"$dir/mine/nets/net2.csv"
sed -i 's|^name: .*|name: "../my silicon"|; s/value: 0.49 um2/value: 0.5 um2/' "$dir/there/silicon.yaml"
sed -i '/^voltage_v/d' "$dir/mine/own.yaml"
"$quarry" run --quiet --no-plots --db-dir tests/data/models/db --database "$dir/own.sqlite" "$dir/mine/own.yaml" >"$dir/out" 2>"$dir/said"
check 'own files by path: run by an absolute one' equal $? 0
rm -r "$dir/mine" "$dir/there" "$dir/noise.csv"
own() { (cd "$dir/in" && TMPDIR=$dir/in QUARRY_DB_DIR=$dir/nowhere "$quarry" "$@" -d "$dir/own.sqlite" >"$dir/out" 2>"$dir/said"); }
own reproduce own
check '... reproduced when they are gone' equal $? 0
check '... of all points' grep -Eq '^points +all +20 +20 ' "$dir/out"
(cd "$dir/in" && TMPDIR=$dir/in "$quarry" plot own -d "$dir/own.sqlite" --db-dir "$OLDPWD/tests/data/models/db" --plots "$dir/pictures" >"$dir/out" 2>"$dir/said")
check '... a plot of its model, too' equal "$? $(ls "$dir/pictures" 2>&1 | grep -c 'own.tornado.*svg')" '0 1'
check '... nothing is left behind' equal "$(find "$dir/in" -mindepth 1 | wc -l)" 0
echo "1..$n"
