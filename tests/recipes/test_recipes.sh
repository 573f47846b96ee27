#!/bin/bash
# The recipes of README, done: an element, a metric and an accelerator are added to a copy of the tree as README says, and
# compile.  With the argument "all" the tree is built with them, and an experiment uses all three; results are worked out
# again here: tests/slow/recipes.sh.  TAP.
. tests/check.sh
tree=$PWD here=$PWD/tests/recipes copy=$dir/tree db=$PWD/db
mkdir "$copy"
cp -a Makefile include src tests db experiments "$copy"
case $BUILD in /*) ;; *) # what is built is built: only what the additions touch is compiled again
  mkdir -p "$copy/$BUILD" && cp -a "$BUILD/src" "$copy/$BUILD" ;;
esac

# ---- the three additions
cp "$here/element.c" "$copy/src/pe/mul2.c"
echo 'ELEMENT(MUL2, mul2)' >>"$copy/include/quarry/pe.def"
cp "$here/accelerator.c" "$copy/src/accel/row_engine.c"
echo 'ACCELERATOR(row_engine)' >>"$copy/include/quarry/accelerator.def"
before_quantities() { # before_quantities FILE: rows after the last metric
  awk -v rows="$1" '/^$/ { blank = 1; next }
    /^QUANTITY\(/ && !done { while ((getline line <rows) > 0) print line; done = 1 }
    { if (blank) print ""; blank = 0; print }' "$copy/include/quarry/metric.def" >"$dir/metric.def"
  cp "$dir/metric.def" "$copy/include/quarry/metric.def"
}
before_quantities "$here/metric.def"
lines() { grep -c '' "$1"; }
check "an element has at most 40 lines" test "$(lines "$here/element.c")" -le 40
check "a metric at most 5" test "$(lines "$here/metric.def")" -le 5
check "an accelerator at most 130, its contract among them" test "$(lines "$here/accelerator.c")" -le 130
for file in element accelerator; do # README says how long they are
  check "README: $file.c has $(lines "$here/$file.c") lines" grep -q "$file.c\`, $(lines "$here/$file.c") lines" README.md
done
check "README shows the metric's row" equal "$(sed 's/^    //' README.md | grep -c -xF -f "$here/metric.def")" "$(lines "$here/metric.def")"
diff -rq include "$copy/include" >"$dir/changed"
diff -rq src "$copy/src" >>"$dir/changed"
diff -q Makefile "$copy/Makefile" >>"$dir/changed"
check "no other file is changed" equal "$(sed "s|$copy/||g; s|Files \(.*\) and.*|\1|; s|Only in \(.*\): |new \1/|" "$dir/changed" | sort)" \
  'include/quarry/accelerator.def
include/quarry/metric.def
include/quarry/pe.def
new src/accel/row_engine.c
new src/pe/mul2.c'
for def in pe accelerator metric; do
  check "$def.def: lines are added, none is touched" equal "$(diff include/quarry/$def.def "$copy/include/quarry/$def.def" | grep -c '^<')" 0
done
check "one line of pe.def" equal "$(diff include/quarry/pe.def "$copy/include/quarry/pe.def" | grep -c '^>')" 1
check "one of accelerator.def" equal "$(diff include/quarry/accelerator.def "$copy/include/quarry/accelerator.def" | grep -c '^>')" 1

if [ "${1:-}" != all ]; then
  for file in src/pe/mul2 src/pe/parameters src/accel/row_engine src/accel/metric; do
    check "$file.c compiles with them" make -s -C "$copy" B="$BUILD" OPT=-O0 "$BUILD/$file.o"
  done
  echo "1..$n"
  exit
fi

# For the tests of draws: metrics of two that vary, also of parts alone, and one that follows from such a one.
cat >"$dir/mixed.def" <<'END'
METRIC(QY_MIXED, "mixed", "", "Mixed", SMALLER, AT_ACCELERATOR | AT_SYSTEM, PRODUCT(2, QY_ENERGY_UJ, QY_AREA_UM2), "-")
METRIC(QY_MIXED_PARTS, "mixed_parts", "", "Mixed", SMALLER, EVERYWHERE, QUOTIENT(3, QY_LEAKAGE_MW, QY_AREA_UM2), "-")
METRIC(QY_OF_MIXED, "of_mixed", "", "Of it", SMALLER, EVERYWHERE, QUOTIENT(5, QY_LATENCY_US, QY_MIXED_PARTS), "-")
METRIC(QY_RISES, "rises", "", "Twice an inverse", LARGER, EVERYWHERE, QUOTIENT(7, QY_LATENCY_US, QY_GOPS_PER_MM2), "-")
END
before_quantities "$dir/mixed.def"
check "all of it builds" make -s -j2 -C "$copy" B="$BUILD" OPT=-O0 all # the same bytes, in less time
own=$(realpath "$copy/$BUILD" 2>/dev/null || echo "$BUILD")/quarry

# ---- lists
names() { "$own" list $1 --format csv | cut -d, -f1; }
check "list elements" equal "$(names elements | tail -1)" mul2
check "list accelerators" equal "$(names accelerators | tail -1)" row_engine
check "list metrics" equal "$(names metrics | grep -c '^gops_per_mm2$')" 1
check "list keys" equal "$("$own" list keys --format csv | grep -c '^row_engine,\(lanes,1 .. 1024,required,\|pe.kind,.* | mul2,\)')" 2
check "describe metric" "$own" describe metric gops_per_mm2

# ---- the experiment
run() { "$own" run --quiet --no-plots --db-dir "$db" --database "$dir/r.sqlite" "$@"; }
sql() { sqlite3 "$dir/r.sqlite" "$1"; }
check "an experiment with all three" run "$here/experiment.yaml"
check "2 libraries x 2 clocks x 5 designs" equal "$(sql 'SELECT count(*) FROM point WHERE infeasible IS NULL')" 20

wrong() { sql "SELECT count(*) FROM point WHERE ($2) IS NULL OR abs(($1) / ($2) - 1) > 1e-12"; }
check "the metric is throughput over area" equal "$(wrong gops_per_mm2 '1e6 * gops / area_um2')" 0
check "its interval begins where the area's ends" equal "$(wrong gops_per_mm2_p05 '1e6 * gops / area_um2_p95')" 0
check "and ends where that begins" equal "$(wrong gops_per_mm2_p95 '1e6 * gops / area_um2_p05')" 0
check "a front over it" equal "$(sql 'SELECT count(*) > 0 FROM front_chance')" 1

# Cycles: the schedule of accelerator.c over the network's own table; 13 depthwise and 13 pointwise layers.
schedule() { # schedule LANES: cycles, products
  "$own" describe network mobilenet_v1_1.0_224 --db-dir "$db" --format csv | awk -F, -v lanes="$1" '
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["type"] != "dwconv" && $at["type"] != "pwconv" { next }
    {
      split($at["kernel"], k, "x"); taps = k[1] * (k[2] ? k[2] : k[1])
      if ($at["type"] == "pwconv") taps *= $at["in_c"]
      pieces = int(($at["out_w"] + lanes - 1) / lanes)
      cycles += $at["out_c"] * $at["out_h"] * pieces * taps
      products += $at["out_c"] * $at["out_h"] * $at["out_w"] * taps
      layers++
    }
    END { printf "%d %d %d", cycles, products, layers }'
}
for lanes in 4 16; do
  read -r cycles products layers <<<"$(schedule $lanes)"
  of() { sql "SELECT DISTINCT printf('%d', $2) FROM point WHERE design = '$1' AND json_extract(parameters, '\$.lanes') = $lanes"; }
  check "$lanes lanes: cycles of the schedule" equal "$(of halves compute_cycles)" "$cycles"
  check "$lanes lanes: a register, two cycles of the element's halves, adder, requantizer a layer" equal \
    "$(of halves 'cycles - compute_cycles')" "$((4 * layers))"
  check "$lanes lanes: a whole multiplier is a cycle faster" equal "$(of whole 'cycles - compute_cycles')" "$((3 * layers))"
  check "$lanes lanes: utilization" equal \
    "$(sql "SELECT count(*) FROM point WHERE design = 'halves' AND json_extract(parameters, '\$.lanes') = $lanes AND
      abs(utilization_frac * cycles * $lanes / $products - 1) > 1e-12")" 0
done
point=$(sql "SELECT min(point) FROM point WHERE design = 'halves'")
"$own" describe design "$here/experiment.yaml" --db-dir "$db" --point "$point" --layers --format csv >"$dir/layers.csv"
check "its layers add up" equal "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "cycles") c = i; next }
  { s += $c } END { printf "%d", s }' "$dir/layers.csv")" "$(sql "SELECT printf('%d', cycles) FROM point WHERE point = $point")"
sed 's/kind: mul2/kind: mac/' "$here/experiment.yaml" >"$dir/bad.yaml"
check "an element that it cannot take" equal "$(cd "$dir" && "$own" run --dry-run --db-dir "$db" bad.yaml 2>&1 >/dev/null; echo $?)" \
  'bad.yaml:9:9: error: designs[0].pe: expected an element that gives one product a cycle, without an accumulator for row_engine, found mac
2'

# ---- the element
check "the element costs something" equal "$(sql "SELECT count(*) FROM point WHERE design = 'alone' AND area_um2 > 0 AND
  energy_per_product_fj_p05 > 0 AND leakage_mw > 0")" 4
check "its quality is that of 8-bit weights, as a multiplier's is" equal \
  "$(sql "SELECT count(DISTINCT sqnr_db) FROM point WHERE precision_bits = 8")" 1
# Every product of 6-bit inputs and 5-bit weights (halves of 2 and 3 bits), in the Verilog that rtl writes.
"$own" rtl mul2 --param bits=6,weight_bits=5 -o "$dir/mul2.v"
cat >"$dir/bench.v" <<'END'
module bench;
  reg clk = 0; reg signed [5:0] x; reg signed [4:0] w; wire signed [10:0] y; integer i, j, wrong = 0;
  mul2 unit(.clk(clk), .x(x), .w(w), .y(y));
  initial begin
    for (i = -32; i < 32; i = i + 1)
      for (j = -16; j < 16; j = j + 1) begin
        x = i; w = j; #1 clk = 1; #1 clk = 0; #1 if (y !== i * j) wrong = wrong + 1;
      end
    $display("%0d wrong", wrong);
  end
endmodule
END
iverilog -o "$dir/bench" "$dir/bench.v" "$dir/mul2.v" && "$dir/bench" >"$dir/said"
check "its products are exact, all 2048 of them" equal "$(cat "$dir/said")" '0 wrong'

# ---- what was there before
cd "$copy" || exit 1
again() { # again TEST [OPERAND]: a test of the tree, in the copy
  case $1 in *.c) make -s B="$BUILD" OPT=-O0 "$BUILD/${1%.c}" && "$BUILD/${1%.c}" ${2:+"$2"} ;; *) BUILD=$BUILD "$1" ;; esac >"$dir/again" 2>&1
  grep -q '^1\.\.' "$dir/again" && ! grep -A4 '^not ok' "$dir/again"
}
for t in pe/test_rows.c plan/test_axis.c evaluate/test_model.c cli/test_usage.sh cli/test_errors.sh cli/test_quality.sh; do
  check "the tree's own $t" again tests/$t
done
check "draws of mixed metrics, in tests/evaluate/test_draws.c" again tests/evaluate/test_draws.c modules
cd "$tree" || exit 1
echo "1..$n"
