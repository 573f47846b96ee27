#!/bin/bash
# Activities kept between runs: the same rows with them and without, on any number of threads, whatever is in the
# folder.  TAP.
. tests/check.sh
cat >"$dir/e.yaml" <<'END'
name: kept
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 8}, channels: [1, 4]}
  - {name: RDM, accelerator: depthwise, pe: {kind: mac_st, bits: 8}, channels: [1, 4]}
  - {name: S, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: 8, columns: 8}
precision: [8, 4]
clock_mhz: [100, 300, 700]
objectives: {minimize: [area_um2, latency_us, energy_uj]}
uncertainty: {draws: 16, seed: 1}
END
export XDG_CACHE_HOME=$dir/cache
# Rows of a fresh run with these options.
rows() {
  rm -f "$dir/r.sqlite"
  "$quarry" run --quiet --no-plots --database "$dir/r.sqlite" "$@" "$dir/e.yaml" >"$dir/out" 2>"$dir/err" || cat "$dir/err"
  sqlite3 "$dir/r.sqlite" 'SELECT * FROM result; SELECT * FROM interval; SELECT * FROM front_chance; SELECT * FROM resolved'
}
rows --no-cache --threads 1 >"$dir/plain"
check 'there are rows' test "$(wc -l <"$dir/plain")" -gt 60
check 'without a cache nothing is kept' test ! -e "$dir/cache"
same() { # sentence, options of run
  local what=$1
  shift
  rows "$@" >"$dir/rows"
  check "$what" cmp "$dir/plain" "$dir/rows"
}
same 'with an empty one the same rows' --threads 2
kept=$(ls "$dir/cache/quarry" | wc -l)
check 'it is filled' test "$kept" -gt 10
same 'with a full one the same rows' --threads 2
same 'and on one thread' --threads 1
check 'nothing more is kept' equal "$(ls "$dir/cache/quarry" | wc -l)" "$kept"
for f in "$dir"/cache/quarry/*; do printf 'x' | dd of="$f" bs=1 seek=900 conv=notrunc 2>/dev/null; done
cp -r "$dir/cache" "$dir/damaged"
same 'damaged files are not believed' --threads 2
check 'and mended' test "$(for f in "$dir"/cache/quarry/*; do cmp -s "$f" "$dir/damaged/quarry/${f##*/}" || echo; done | wc -l)" -eq "$kept"
rm "$(ls -d "$dir"/cache/quarry/* | head -1)"
same 'a file less' --threads 1
check 'is made again' equal "$(ls "$dir/cache/quarry" | wc -l)" "$kept"
rm -rf "$dir/cache"
rows >"$dir/rows.1" &
(
  "$quarry" run --quiet --no-plots --database "$dir/other.sqlite" "$dir/e.yaml" >/dev/null 2>&1
  sqlite3 "$dir/other.sqlite" 'SELECT * FROM result; SELECT * FROM interval; SELECT * FROM front_chance; SELECT * FROM resolved' >"$dir/rows.2"
) &
wait
check 'two processes at once' cmp "$dir/plain" "$dir/rows.1"
check 'get the same' cmp "$dir/plain" "$dir/rows.2"
check 'and leave whole files alone' equal "$(ls "$dir/cache/quarry" | wc -l)" "$kept"
same 'a folder of its own' --cache "$dir/own/folder"
check 'holds as much' equal "$(ls "$dir/own/folder" | wc -l)" "$kept"
touch "$dir/file"
same 'a folder that cannot be is no failure' --cache "$dir/file/folder"
unset XDG_CACHE_HOME
HOME= same 'nor is no home'
HOME=$dir/home same 'at home'
check 'it is in .cache' equal "$(ls "$dir/home/.cache/quarry" | wc -l)" "$kept"
echo "1..$n"
