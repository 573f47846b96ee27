#!/bin/bash
# `quarry validate fpga` on the command line: groups in each format, options, refusals.  TAP.
. tests/check.sh

head='component,kind,params,family,dsp_allowed,flow,lut,carry4,carry8,ff,dsp'
printf '%s\n' "$head" 'a,mux2,w=16,xc7,0,abc,8,0,0,49,0' 'b,mux2,w=16,xcup,0,abc,16,0,0,49,0' 'c,sponge,w=2,xc7,0,abc,1,0,0,1,0' \
  'd,mux2,w=16,xc7,1,abc,32,0,0,49,0' >"$dir/t.csv"
"$quarry" validate fpga "$dir/t.csv" --format json >"$dir/json"
result $? 'a table of components'
check 'valid JSON' sqlite3 :memory: "SELECT json_extract(CAST(readfile('$dir/json') AS TEXT), '\$.rows')"
groups() { sqlite3 :memory: "SELECT json_extract(value, '\$.$1') FROM json_each(CAST(readfile('$dir/json') AS TEXT), '\$.groups') WHERE
  json_extract(value, '\$.quantity') = '$2' AND json_extract(value, '\$.kind') = '$3' AND json_extract(value, '\$.library') = '$4' AND
  json_extract(value, '\$.flow') = '$5' AND json_extract(value, '\$.dsp_allowed') = '$6'"; }
check 'all LUT counts' equal "$(groups count lut all all all all)" 3
check 'mean error' equal "$(groups mean_pct lut all all all all)" 50
check 'of a kind, family and flow' equal "$(groups mean_pct lut mux2 xc7 abc 0)" 100
check 'with slices allowed' equal "$(groups mean_pct lut all all all 1)" 50
check 'flip-flops' equal "$(groups max_pct ff all all all all)" 0
check 'what is skipped has a reason' grep -q '"reason": "sponge: unknown kind of component", "count": 1' "$dir/json"
check 'so have counts that are nothing' grep -q '"left_out": \[{"reason": "a count that is 0 in the table and in the model"' "$dir/json"
check 'a table says whether slices were allowed' grep -q 'ratio_coverage  dsp_allowed' <<<"$("$quarry" validate fpga "$dir/t.csv")"
check 'CSV' grep -q '^lut,all,all,all,3,50,.*,all$' <<<"$("$quarry" validate fpga "$dir/t.csv" --format csv)"
check 'one family' grep -q '"rows": 1' <<<"$("$quarry" validate fpga "$dir/t.csv" --library xcup --format json)"
check 'one flow' grep -q '"rows": 0' <<<"$("$quarry" validate fpga "$dir/t.csv" --flow abc9_nowide --format json 2>/dev/null)"
printf 'name,family,mae,luts\na,add8u,0.00,8\nb,add8u,0.1,7\n' >"$dir/c.csv"
check 'circuits of Vivado' grep -q '"kind": "add8u", "library": "xc7", "flow": "vivado", "count": 1, "mean_pct": 0,' \
  <<<"$("$quarry" validate fpga "$dir/c.csv" --format json)"

refuse() { # refuse NAME MESSAGE ARGUMENT...
  local name=$1 says=$2
  shift 2
  "$quarry" validate "$@" >"$dir/out" 2>"$dir/err"
  check "$name" equal "$? $(sed "s#$dir/##g" "$dir/err")" "2 $says"
}
refuse 'an option that says nothing' 'quarry validate: expected no --draws for fpga (quarry validate --help)' fpga "$dir/t.csv" --draws 16
refuse 'no file' 'quarry validate: expected a FILE after "fpga" (quarry validate --help)' fpga
refuse 'an unknown flow' 'error: --flow: expected one of vivado, abc9_nowide, abc for a table of FPGAs, found "foo"' fpga "$dir/t.csv" --flow foo
refuse 'an unknown family' 'error: --library: expected one of xc7, xcup for a table of FPGAs, found "foo"' fpga "$dir/t.csv" --library foo
refuse 'a library file' 'error: --library: expected one of xc7, xcup for a table of FPGAs, found "my.yaml"' fpga "$dir/t.csv" --library my.yaml
printf 'x,y\n1,2\n' >"$dir/bad.csv"
refuse 'another table' "bad.csv:1:1: error: expected the columns kind, params, family, flow, dsp_allowed, lut, ff, carry4, carry8, dsp, or name, family, mae, luts, found 'x' and 1 more" \
  fpga "$dir/bad.csv"
printf '%s\n' "$head" 'a,mux2,w=16,xc7,0,abc,many,0,0,49,0' >"$dir/bad.csv"
"$quarry" validate fpga "$dir/bad.csv" >"$dir/out" 2>"$dir/err"
check 'no number' equal "$? $(sed "s#$dir/##g" "$dir/err" | cut -c1-32)" "2 bad.csv:2:23: error: lut: expect"
check 'and nothing is printed' equal "$(wc -c <"$dir/out")" 0
printf '%s\n' "$head" 'a,mux2,w=16,xc7,0,abc,0,0,0,49,0' >"$dir/zero.csv"
check 'a 0 where there should be LUTs is said' grep -q '  0 in the table and not in the model 1: error in per cent of one unit' \
  <<<"$("$quarry" validate fpga "$dir/zero.csv")"

echo "1..$n"
