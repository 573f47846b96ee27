#!/bin/bash
# What results follow from is part of what an experiment is: each file that a run opens, whatever it holds.  TAP.
. tests/check.sh
cp -r tests/data/models "$dir/m"
db=$dir/m/db
run() { # EXPERIMENT
  "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$dir/m/$1.yaml" >"$dir/out" 2>"$dir/err"
}
says() { grep -qF -- "$1" "$dir/err" || { cat "$dir/err"; return 1; }; }
# Noise from a table, so that there is one more kind.
{ echo "network,layer,weight_bits,activation_bits,noise"; for b in 8 4; do
  for l in conv1 dw1 pw1 dw2 pw2 fc; do echo "small,$l,$b,$b,0.00$b"; done; done; } >"$dir/m/noise.csv"
cat >"$dir/m/noisy.yaml" <<'END'
name: noisy
technology: fdsoi28
network: small
designs: [{name: A, accelerator: dot, pe: {kind: mul, bits: 8}, engines: 4, lanes: 4}]
precision: [8, 4]
clock_mhz: 200
objectives: {minimize: [area_um2, noise]}
noise: {file: NOISE}
END
sed -i "s|NOISE|$dir/m/noise.csv|" "$dir/m/noisy.yaml"
# Files whose time of access a run changes are those that it opens; file systems without these times show none.
opened=0
for e in arrays systems fpga noisy; do
  find "$dir/m" -type f -exec touch -a -d 2001-01-01 {} +
  run $e
  find "$dir/m" -type f -newerat 2002-01-01 ! -name $e.yaml -printf '%P\n' | sed 's|^db/||' | sort >"$dir/opened"
  sqlite3 "$dir/r.sqlite" "SELECT f.name FROM experiment_table_file JOIN table_file f ON f.id = table_file JOIN experiment e
    ON e.id = experiment WHERE e.name = '$e'" >"$dir/noted"
  check "$e: libraries, networks, devices and noise are inputs by name, all other files tables" equal \
    "$(grep -vE '^(tech|networks|memory/dram|fpga)/|^noise.csv' "$dir/opened")" \
    "$([ -s "$dir/opened" ] && sort "$dir/noted")"
  opened=$((opened + $(wc -l <"$dir/opened")))
  run $e
  check '... and nothing is computed twice' grep -q 'read back' "$dir/err"
  # Another text of any of them is another experiment, and it is said which.
  for file in $(cat "$dir/opened"); do
    at=$db/$file
    [ -f "$at" ] || at=$dir/m/$file
    cp -p "$at" "$dir/kept"
    echo '# another text' >>"$at"
    run $e
    check "$e: $file is part of it" says "\"$e\" is computed again: "
    check '... by name' says "$(basename "${file%.*}")"
    cp -p "$dir/kept" "$at"
  done
done
echo "# $opened files opened"
# Numbers change with the table, whatever was stored.
run arrays
awk -F, -v OFS=, '/^#/ {print; next} !head {head = 1; for (i = 1; i <= NF; i++) if ($i ~ /area/) at = i; print; next}
  {$at *= 10; print}' "$db/memory/sram.csv" >"$dir/ten" && mv "$dir/ten" "$db/memory/sram.csv"
before=$(sqlite3 "$dir/r.sqlite" "SELECT max(area_sram_um2) FROM result WHERE id >> 40 = 1")
run arrays
check 'SRAM ten times as large: the table is said' says 'table_file memory/sram.csv changed since it was stored'
after=$(sqlite3 "$dir/r.sqlite" "SELECT max(area_sram_um2) FROM result WHERE id >> 40 = (SELECT max(id) FROM experiment)")
check '... and ten times the area' awk "BEGIN {r = $after / $before; exit !(r > 9.9 && r < 10.1)}"
check '... both are stored' equal "$(sqlite3 "$dir/r.sqlite" "SELECT count(DISTINCT area_sram_um2) > 1 FROM result r WHERE
  id & 0xffffffffff = 0 AND id >> 40 IN (SELECT id FROM experiment WHERE name = 'arrays')")" 1
"$quarry" diff --database "$dir/r.sqlite" 1 arrays >"$dir/out" 2>"$dir/err"
check 'diff names it' grep -q 'table_file memory/sram.csv' "$dir/out"
echo "1..$n"
