#!/bin/bash
# Where outputs go: every command that writes a file says with exit code 2 that its directory is missing or a file.
. tests/check.sh
scalesim="$root/tests/data/scalesim" liberty="$root/tests/data/liberty/f01_leak_lower_vss.lib"
cd "$dir" || exit 1
cat >small.yaml <<'END'
name: small
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs: [{name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2]}]
precision: 8
clock_mhz: 200
objectives: {minimize: [area_um2, latency_us]}
plots: [{kind: pareto, x: area_um2, y: latency_us}]
END
"$quarry" run --database r.sqlite --db-dir "$root/db" --no-plots -q small.yaml >out 2>&1
result $? 'an experiment is stored'
touch file
onnx=$(find /usr/share/libonnx-testdata -path "*test_basic_conv_with_padding/model.onnx" 2>/dev/null | head -1)

# A command a line, with @ where the file's path goes before its ending.
commands=$(
  cat <<END
export small -d r.sqlite -o @.csv
report small --no-validation -d r.sqlite -o @.html
plot small -d r.sqlite --x area_um2 --y latency_us -o @
rtl mac -o @.v
tech import $liberty --name x -o @.yaml
calibrate $root/db/published/calibration/lp55_anchors.yaml --db-dir $root/db -o @.yaml
import scalesim $scalesim/plain.cfg $scalesim/tiled.csv --db-dir $root/db -o @
${onnx:+import onnx $onnx -o @.csv}
init @.yaml
END
)
while read -r command; do
  [ "$command" ] || continue
  set -- $command
  for place in none/x none/deep/x file/x file/deep/x; do
    "$quarry" ${command//@/$place} >out 2>said </dev/null
    code=$?
    case $place in
    none*) why='No such file or directory (there is no directory \(./\)\?none)' ;;
    *) why='Not a directory (\(./\)\?file is a file)' ;;
    esac
    check "$1 $2 into $place" equal "$code $(grep -c "$why" said)" '2 1'
  done
done <<<"$commands"

# The same into pipes and onto a full device, which are written through, and beside a umask.  `init` writes new files only.
kind() { stat -Lc %F "$@" | sort -u | paste -sd,; }
while read -r command; do
  [ "$command" ] && [[ $command != init* ]] || continue
  set -- $command
  rm -rf whole into && mkdir whole into
  (umask 027 && "$quarry" ${command//@/whole/x}) >out 2>said </dev/null
  check "$1 $2: a new file has the mode of the umask" equal "$? $(stat -c %a whole/* | sort -u)" '0 640'
  rm -f whole/*.csv.json # beside what is exported into a file
  for file in whole/*; do
    mkfifo "into/${file#*/}"
    timeout 60 cat "into/${file#*/}" >"${file#*/}.got" &
  done
  timeout 60 "$quarry" ${command//@/into/x} >out 2>said </dev/null
  check "$1 $2 into pipes" equal $? 0
  wait
  check 'they stay' equal "$(kind into/*)" fifo
  for file in whole/*; do check "${file#*/} has all of it" cmp "$file" "${file#*/}.got"; done
  for file in whole/*; do
    rm -rf into ./*.got && mkdir into
    ln -s /dev/full "into/${file#*/}"
    "$quarry" ${command//@/into/x} >out 2>said </dev/null
    code=$?
    check "$1 $2: ${file#*/} onto a full device" equal \
      "$code $(grep -c "^into/${file#*/}: error: cannot be written: No space left on device$" said)" '3 1'
    check 'the device stays' equal "$(kind /dev/full)" 'character special file'
  done
done <<<"$commands"
rm -rf whole into
check 'nothing is left' equal "$(ls | sort | paste -sd' ')" 'file log out r.sqlite said small.yaml'
for option in $("$quarry" --help | sed -n '/^Commands/,/^$/p' | awk '{ print $1 }'); do
  "$quarry" "$option" --help 2>/dev/null | grep -q -- '-o, --output' && echo "$option"
done | sort >have
echo "$commands" | awk 'NF { print $1 }' | sort -u | grep -vx init >tried
check 'every command that has --output is tried' equal "$(comm -23 have tried | paste -sd' ')" ''
for place in none/deep file file/deep; do
  "$quarry" run --database r.sqlite --db-dir "$root/db" -q --plots $place small.yaml >out 2>said
  check "run --plots $place" equal "$? $(grep -c 'directory' said)" '2 1'
done
echo "1..$n"
