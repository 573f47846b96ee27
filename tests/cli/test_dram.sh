#!/bin/bash
# DRAM on the command line: validate, list, describe.  TAP.
. tests/check.sh
row='DRAMsim3,DDR3_1600_4Gb_x8,rochrababgco,seq_read,,,0,1.0,64,80000,0,330000,0.991,713000'
head='simulator,device,mapping,pattern,run_bytes,pitch_bytes,write_frac,offered_load,req_bytes,read_cmds,write_cmds,cycles,row_hit_rate,E_total_nJ'
printf '%s\n%s\n%s\n' "$head" "$row" "${row/DDR3_1600/DDR3_9999}" >"$dir/runs.csv"
out=$("$quarry" validate dram "$dir/runs.csv" --format json)
check 'json: rows' equal "$(grep -c '"rows": 2, "compared": 1, "skipped": 1' <<<"$out")" 1
check 'json: a reason for what is skipped' grep -q 'a device that is not in db/memory/dram' <<<"$out"
check 'json: the layout of the other validators' grep -q \
  '"quantity": "cycles", "kind": "all", "library": "all", "flow": "all", "count": 1, "mean_pct"' <<<"$out"
check 'json: kind, library and flow' grep -q \
  '"kind": "seq_read", "library": "DDR3_1600_4Gb_x8", "flow": "DRAMsim3 rochrababgco"' <<<"$out"
sed 's/^name: .*/name: ddr3_9999_4gb_x8/' db/memory/dram/ddr3_1600_4gb_x8.yaml >"$dir/own.yaml"
check 'a device from a file' grep -q '"compared": 2' <<<"$("$quarry" validate dram "$dir/runs.csv" --format json --library "$dir/own.yaml")"
check 'rows of one device' grep -q '"rows": 1' <<<"$("$quarry" validate dram "$dir/runs.csv" --format json --library ddr3_1600_4gb_x8)"
sed 's/^banks: .*/banks: many/' "$dir/own.yaml" >"$dir/bad.yaml"
"$quarry" validate dram "$dir/runs.csv" --library "$dir/bad.yaml" >"$dir/out" 2>"$dir/err"
check 'a broken device: exit 2' equal $? 2
check '... with its place' grep -q "bad.yaml:7:8: .*banks: expected a whole number from 1 to 32, found \"many\"" "$dir/err"
check '... and nothing printed' equal "$(wc -c <"$dir/out")" 0
"$quarry" validate dram "$dir/runs.csv" --flow lean 2>"$dir/err"
check 'an option that says nothing here' equal $? 2
check 'list dram' equal "$("$quarry" list dram --format csv | tail -n +2 | wc -l)" "$(ls db/memory/dram/*.yaml | wc -l)"
check 'describe dram' grep -q '^stream_read_energy,pJ/bit,10.3' <<<"$("$quarry" describe dram DDR4_2400_4Gb_x8 --format csv)"
check '... and its constants' grep -q '^idd0_ma,-,60,30,66,read,' <<<"$("$quarry" describe dram ddr4_2400_4gb_x8 --format csv)"
"$quarry" describe dram ddr4_2400_4gb_x9 2>"$dir/err"
check 'an unknown device: exit 2' equal $? 2
check '... with the nearest and the list' grep -q 'did you mean "ddr4_2400_4gb_x8"; db/memory/dram has ddr2_667_1gb_x8, ' "$dir/err"
echo "1..$n"
