#!/bin/bash
# Elements and schedules of large plans are made ready with the batches that ask for them: a run that is killed whenever
# it has stored another batch, and keeps nothing else, ends, with the bytes of one that was never stopped.  TAP.
. tests/check.sh
db=$(realpath db)
cd "$dir" || exit 1
cat >elements.yaml <<'END'
name: elements
technology: fdsoi28
designs:
  - {name: A, accelerator: element, pe: {kind: mac, bits: {from: 3, to: 8, step: 1}, weight_bits: {from: 3, to: 8, step: 1}, accumulator_bits: {from: 24, to: 31, step: 1}}}
precision: 3
clock_mhz: [100, 300]
objectives: {minimize: [area_um2, power_mw]}
END
cat >schedules.yaml <<'END'
name: schedules
technology: fdsoi28
network: ds_cnn_s
designs:
  - name: A
    system: sequential
    members: [{name: array, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [4, 8]}]
    memory: {device: lpddr4_2400_8gb_x16, buffer: {from: 8KiB, to: 256KiB, points: 80}, fusion: [none, block]}
precision: 8
clock_mhz: 100
objectives: {minimize: [area_um2, latency_us]}
END
options=(-q --no-plots --no-cache --db-dir "$db")
run() { "$quarry" run "${options[@]}" -d "$@"; }
batches() { sqlite3 killed.sqlite 'SELECT count(*) FROM batch' 2>/dev/null || echo 0; }
for e in elements schedules; do
  rm -f killed.sqlite* whole.sqlite*
  check "$e: a run that is not stopped" run whole.sqlite $e.yaml
  kills=0
  while [ $kills -lt 4 ]; do
    before=$(batches)
    "$quarry" run "${options[@]}" -d killed.sqlite $e.yaml >/dev/null 2>said &
    pid=$!
    while kill -0 $pid 2>/dev/null && [ "$(batches)" -le "$before" ]; do sleep 0.02; done
    kill -KILL $pid 2>/dev/null || break
    wait $pid 2>/dev/null
    kills=$((kills + 1))
  done
  run killed.sqlite $e.yaml >/dev/null 2>said
  code=$?
  echo "# $e: $kills kills; $(head -n 1 said)"
  check "$e: it was killed several times" test $kills -ge 3
  check "$e: the run ends" equal $code 0
  for d in whole killed; do "$quarry" export $e -d $d.sqlite -f csv -o $d.csv 2>/dev/null; done
  check "$e: with the same bytes" cmp whole.csv killed.csv
  check "$e: with points" test "$(wc -l <whole.csv)" -gt 200
done
echo "1..$n"
