#!/bin/bash
# Memory of every shipped experiment, and of an array of 65,536 sizes: what --dry-run says is within a factor of two of
# what a run takes (the most that was resident, GNU time); so is the size of a database, of rows and of columns, with
# intervals and without.  TAP.
. tests/check.sh
cat >"$dir/arrays.yaml" <<'END'
name: arrays
technology: fdsoi28
network: mobilenet_v1_1.0_224
designs:
  - {name: A, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: {from: 1, to: 256, step: 1}, columns: {from: 1, to: 256, step: 1}}
precision: 8
clock_mhz: 200
objectives: {minimize: [area_um2, latency_us, energy_uj]}
END
for file in ${EXPERIMENTS:-experiments/*.yaml "$dir/arrays.yaml"}; do
  said=$("$quarry" run --dry-run --no-plots --format csv "$file" 2>/dev/null | tail -n 1 | cut -d, -f5)
  rm -f "$dir"/run.sqlite*
  /usr/bin/time -f %M -o "$dir/kib" "$quarry" run -q --no-plots -d "$dir/run.sqlite" "$file" >/dev/null 2>&1
  took=$(awk '{print $1 / 1024}' "$dir/kib")
  check "$(basename "$file" .yaml): ${said%%.*} MiB said, $took MiB taken" \
    awk -v s="$said" -v t="$took" 'BEGIN {exit !(s > 0 && t > 0 && s < 2 * t && t < 2 * s)}'
done

for policy in all columns; do
  for draws in 0 32; do
    sed "s/channels: .*/channels: {from: 1, to: 97, step: 24}/; s/^store:.*//" experiments/large_sweep.yaml >"$dir/sweep.yaml"
    printf '\nstore: %s\n' $policy >>"$dir/sweep.yaml"
    [ $draws = 0 ] || echo "uncertainty: {draws: $draws, seed: 1}" >>"$dir/sweep.yaml"
    said=$("$quarry" run --dry-run --no-plots --format csv "$dir/sweep.yaml" 2>/dev/null | tail -n 1 | cut -d, -f4)
    rm -f "$dir"/run.sqlite*
    "$quarry" run -q --no-plots -d "$dir/run.sqlite" "$dir/sweep.yaml" >/dev/null 2>&1
    took=$(($(wc -c <"$dir/run.sqlite") / 1024))
    check "$policy, $draws draws: database of ${said%%.*} MiB said, $took KiB taken" \
      awk -v s="$said" -v t="$took" 'BEGIN {s *= 1024; exit !(s > 0 && t > 0 && s < 2 * t && t < 2 * s)}'
  done
done

# The search of a schedule is given up, and it is said, before it takes all the memory there is.
awk 'BEGIN {print "layer,type,in_h,in_w,in_c,out_c,kernel,pad"
  for (i = 0; i < 1000; i++) printf "l%d,conv,8,8,%d,%d,3,1\n", i, 8 + i, 9 + i}' >"$dir/differ.csv"
/usr/bin/time -f %M -o "$dir/kib" "$quarry" describe schedule "$dir/differ.csv" --buffer-entries 400000 >/dev/null 2>"$dir/err"
check '1000 layers that all differ: refused' equal $? 2
check 'with the file and why' grep -q 'differ.csv: error: expected a network whose schedules are found in 512 MiB' "$dir/err"
check 'within 600 MB' test "$(tail -n 1 "$dir/kib")" -lt 600000
echo "1..$n"
