#!/bin/bash
# `quarry assign`: HAWQ-V3's nine assignments from a table, fronts, limits, ties, and bad tables with their place.  TAP.
. tests/check.sh
data=$PWD/tests/data/hawqv3_resnet18.csv
cd "$dir" || exit 1
said() { # said NAME CODE STDERR ARGUMENT...: exact standard error and exit code, nothing on standard output when bad input
  local name=$1 code=$2 text=$3
  shift 3
  "$quarry" assign "$@" >out 2>err
  local got=$?
  n=$((n + 1))
  if [ $got -eq "$code" ] && [ "$(cat err)" = "$text" ] && { [ "$code" -ne 2 ] || [ ! -s out ]; }; then echo "ok $n - $name"; else
    echo "not ok $n - $name"
    echo "# exit $got, expected $code"
    sed 's/^/# said: /' err
    echo "# expected: $text"
  fi
}
bad() { # bad NAME TABLE STDERR: a table (printf format) and what is wrong with it
  printf "$2" >t.csv
  said "$1" 2 "$3" t.csv
}
field() { sqlite3 :memory: "SELECT json_extract(readfile('$1'), '$2')"; }
options() { sqlite3 :memory: "SELECT group_concat(json_extract(value, '\$.option'), '') FROM json_each(readfile('$1'), '\$.assignment')"; }

# HAWQ-V3: columns of the table from the published figures, both options of a layer.
awk -F, '/^#/ { next } !head { head = 1; print "layer,option,sensitivity,modelsize,bops,latency"; next }
  { for (b = 4; b <= 8; b += 4)
      printf "%s,%d,%.17g,%.0f,%.0f,%s\n", $2, b, $5 * (b == 4 ? $7 : $6), $3 * b, $4 * b * b, b == 4 ? $8 : $9 }' "$data" >r18.csv
ties=
for unit in stage2 stage3 stage4; do ties="$ties --tie $unit.unit1.conv1,$unit.unit1.identity_conv"; done
column=10
for cost in modelsize bops latency; do
  for share in 75 50 25; do
    "$quarry" assign r18.csv --minimize sensitivity --limit $cost=$share% $ties --format json >o.json
    expected=$(grep -v '^#' "$data" | tail -n +2 | cut -d, -f$column | tr -d '\n')
    check "HAWQ-V3, $cost at $share %" equal "$(options o.json) $(field o.json '$.optimal')" "$expected 1"
    column=$((column + 1))
  done
done
check 'the bound of a proved optimum is its total' equal "$(field o.json '$.bound')" "$(field o.json '$.costs.sensitivity')"
check 'limits are said as totals' equal "$(field o.json '$.limits.latency')" 3.6974260325

# A small table: byte-order mark, CRLF, quotes, rows of a layer apart.
printf '\xEF\xBB\xBF# note\r\noption,"size",layer,noise\r\n4,1,a,10\r\n8,2,a,1\r\n4,3,"b, c",10\r\n8,6,"b, c",2\r\n4,1,d,5\r\n8,2,d,4\r\n' >s.csv
"$quarry" assign s.csv --format csv >out 2>err
check 'the front as CSV' equal "$(tr '\n' ';' <out)" \
  'size,noise,assignment;5,25,4 4 4;6,16,8 4 4;7,15,8 4 8;9,8,8 8 4;10,7,8 8 8;'
check 'what it is worth on standard error' equal "$(cat err)" '5 points, the exact front'
"$quarry" assign s.csv --minimize size --minimize noise --fix a=8 --format json >o.json
check 'a fixed layer' equal "$(field o.json '$.front[0].costs.size'),$(field o.json '$.exact')" 6,1
check 'and its option' equal "$(field o.json '$.front[0].assignment[0].option')" 8
"$quarry" assign s.csv --tie a,d --minimize noise --limit size=9 --format json >o.json
check 'tied layers take one option' equal "$(options o.json),$(field o.json '$.costs.noise')" 848,15
"$quarry" assign s.csv --minimize noise --limit size=80% --format json >o.json
check 'a share of the way: 5 + 0.8 * (10 - 5)' equal "$(field o.json '$.limits.size')" 9
"$quarry" assign s.csv --limit size=9 >out
check 'the one cost that has no limit is minimized' grep -q '^optimal (proved): no assignment within the limits has less noise$' out
# Options that cost as many bytes differ in what else they cost.
printf 'layer,option,bytes,noise,us,uj\na,8,1,1,9,1\na,w8a4,1,3,1,5\na,w8a6,1,2,1,4\na,16,2,0,9,9\nb,8,1,1,2,1\nb,w8a4,1,3,2,2\n' >equal.csv
"$quarry" assign equal.csv --minimize bytes --limit noise=5 --format json >o.json
check 'of equal optima the next costs in the order of columns' equal "$(options o.json),$(field o.json '$.costs.noise')" 88,2
"$quarry" assign equal.csv --minimize bytes --limit noise=6 --fix b=w8a4 --format json >o.json
check 'likewise' equal "$(options o.json)" 8w8a4
awk -F, -v OFS=, '{ t = $4; $4 = $5; $5 = $6; $6 = t; print }' equal.csv >faster.csv
"$quarry" assign faster.csv --minimize bytes --limit noise=5 --format json >o.json
check 'latency first, then energy, then noise' equal "$(options o.json)" w8a68
"$quarry" assign s.csv --epsilon 1 --format json >o.json
check 'a cover says its epsilon' equal "$(field o.json '$.epsilon'),$(field o.json '$.exact')" 1,0

said 'a limit that none meets' 1 'error: --limit size: expected at least 5, the smallest total, found 4.5' s.csv --limit size=4.5
said 'two limits that none meets together' 1 \
  'error: --limit noise: expected at least 15, the smallest total within the limits before it, found 8' \
  s.csv --minimize size --limit size=7 --limit noise=8
"$quarry" assign s.csv --minimize size --limit size=7 --limit noise=8 --format json >o.json 2>err
check 'also in JSON' equal "$(field o.json '$.infeasible.cost') $(field o.json '$.infeasible.least')" 'noise 15'
said 'and for a front' 1 'error: --limit size: expected at least 5, the smallest total, found 1' \
  s.csv --minimize size --minimize noise --limit size=1

bad 'no column of options' 'layer,size\na,1\n' "t.csv:1: error: expected a column 'option', found none"
bad 'no cost' 'layer,option\na,4\n' "t.csv:1: error: expected a column of costs beside 'layer' and 'option', found none"
bad 'no row' 'layer,option,size\n' 't.csv:1: error: expected rows of layers and options, found none'
bad 'a text for a number' 'layer,option,size\na,4,1\na,8,big\n' "t.csv:3:5: error: size: expected a number, found 'big'"
bad 'a negative cost' 'layer,option,size\na,4,-1\n' "t.csv:2:5: error: size: expected 0 to 1e+100, found '-1'"
bad 'NaN' 'layer,option,size\na,4,nan\n' "t.csv:2:5: error: size: expected a number, found 'nan'"
bad 'an empty cost' 'layer,option,size\na,4,\n' "t.csv:2:5: error: size: expected a number, found ''"
bad 'no name' 'layer,option,size\n,4,1\n' "t.csv:2:1: error: layer: expected the name of a layer, found ''"
bad 'an option twice' 'layer,option,size\na,4,1\nb,4,1\na,4,2\n' \
  "t.csv:4:3: error: option: expected each option of layer 'a' once (first in line 2), found '4'"
bad 'a field too many' 'layer,option,size\na,4,1,2\n' 't.csv:2: error: expected 3 fields as in the head line, found 4'
printf 'layer,option,size,noise\na,4,1,2\na,8,2,1\nb,4,1,2\nb,8,2,1\nc,4,1,2\nc,16,2,1\n' >t.csv
said 'no file' 2 'none.csv: error: expected a readable file: no such file' none.csv
said 'an unknown layer tied' 2 'error: --tie: expected a layer of the table, found "conv"' t.csv --tie a,conv
said 'one layer tied' 2 'error: --tie: expected two layers or more with commas between, found "a"' t.csv --tie a
said 'ties of other options' 2 \
  "t.csv:6:1: error: layer 'c': expected the options of 'a', with which it is tied, found no '8'" t.csv --tie a,c
said 'an unknown layer fixed' 2 'error: --fix: expected a layer of the table, found "d"' t.csv --fix d=4
said 'an unknown option' 2 'error: --fix: expected an option of the layer, found "16"' t.csv --fix a=16
said 'no option' 2 'error: --fix: expected LAYER=OPTION, found "a"' t.csv --fix a
said 'fixed twice' 2 'error: --fix: expected one option for layer "a", found "8" after "4"' t.csv --fix a=4 --fix a=8
said 'tied and fixed twice' 2 'error: --fix: expected one option for the layers tied with "a", found "4" and "8"' \
  t.csv --tie a,b --fix a=4 --fix b=8
said 'an unknown cost' 2 'error: --limit: expected a cost of the table, found "noize"; did you mean "noise"?' t.csv --limit noize=3
said 'an unknown cost to minimize' 2 'error: --minimize: expected a cost of the table, found "speed"' t.csv --minimize speed
said 'no value' 2 'error: --limit: expected COST=VALUE or COST=P%, found "size"' t.csv --limit size
said 'a limit that is no number' 2 \
  'error: --limit size: expected a number from 0 on, or a share from 0% to 100%, found "x"' t.csv --limit size=x
said 'a share above all' 2 'error: --limit size: expected 0% to 100%, found "101%"' t.csv --limit size=101%
said 'a share below none' 2 'error: --limit size: expected 0% to 100%, found "-1%"' t.csv --limit size=-1%
said 'a limit twice' 2 'error: --limit: expected each cost once, found "size" again' t.csv --limit size=3 --limit size=4
said 'nothing to minimize' 2 \
  'error: --limit: expected --minimize COST beside it where no cost has no limit, found none' t.csv --limit size=3 --limit noise=9
said 'an epsilon above 1' 2 'quarry assign: --epsilon: expected a number from 0 to 1, found "2"' t.csv --epsilon 2
echo "1..$n"
