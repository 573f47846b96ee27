#!/bin/bash
# `quarry front --pick` against all pairs, `--against` against its definitions worked out from the points, what both
# refuse, and plots of uncertain fronts.
. tests/check.sh
db=$PWD/db

cat >"$dir/all.yaml" <<'EOF'
name: all
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: SDM
    accelerator: depthwise
    pe: {kind: mac, multiplier: [booth, array], bits: 16}
    channels: [1, 2, 4, 8, 16]
precision: [16, 8]
clock_mhz: {from: 100, to: 1000, points: 8, scale: log}
objectives: {minimize: [area_um2, latency_us]}
front: {within: [technology, precision]}
uncertainty: {draws: 16, seed: 1}
EOF
sed 's/^name: all/name: some/; s/channels: .*/channels: [2, 4]/' "$dir/all.yaml" >"$dir/some.yaml"
sed 's/^name: all/name: one/; s/^technology: .*/technology: fdsoi28/; s/^precision: .*/precision: 4/' "$dir/all.yaml" \
  >"$dir/one.yaml"
sed 's/^name: all/name: other/; s/latency_us\]/energy_uj]/' "$dir/all.yaml" >"$dir/other.yaml"
sed 's/^name: all/name: certain/; /^uncertainty/d' "$dir/all.yaml" >"$dir/certain.yaml"
for name in all some one other certain; do
  "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/db" "$dir/$name.yaml" >/dev/null 2>&1
done
front() { "$quarry" front --database "$dir/db" "$@" 2>"$dir/said"; }

# Rows "technology precision area latency point" of a front.
rows() { front "$@" --format json | perl -MJSON::PP -e 'local $/; for my $r (@{decode_json(<STDIN>)}) {
  print join("\t", map { $r->{$_} } qw(technology precision area_um2 latency_us point)), "\n" }'; }
rows all >"$dir/whole"
rows all --pick 2 >"$dir/two"
check "two points of each front" equal "$(cut -f 1-2 "$dir/two" | uniq -c | awk '{print $1}' | sort -u)" 2
# All pairs of each front: the greatest hypervolume up to a tenth beyond the range, beside that of the pair picked.
perl -e '
  sub volume { my ($w, @p) = @_; my ($h, $sum) = (1.1, 0);
    for my $p (sort { $a->[0] <=> $b->[0] } @p) {
      my $y = ($p->[1] - $w->[2]) / ($w->[3] - $w->[2]);
      next if $y >= $h;
      $sum += (1.1 - ($p->[0] - $w->[0]) / ($w->[1] - $w->[0])) * ($h - $y); $h = $y }
    return $sum }
  for my $file (@ARGV) { open my $f, "<", $file; while (<$f>) { chomp; my @r = split /\t/;
    push @{$of{$file}{"$r[0] $r[1]"}}, [@r[2, 3]] } }
  for my $g (keys %{$of{$ARGV[0]}}) {
    my @p = @{$of{$ARGV[0]}{$g}};
    my @x = sort { $a <=> $b } map { $_->[0] } @p;
    my @y = sort { $a <=> $b } map { $_->[1] } @p;
    my $w = [$x[0], $x[-1], $y[0], $y[-1]]; my $best = 0;
    for my $i (0 .. $#p) { for my $j (0 .. $i - 1) { my $v = volume($w, $p[$i], $p[$j]); $best = $v if $v > $best } }
    printf "%s\n", abs(volume($w, @{$of{$ARGV[1]}{$g}}) - $best) < 1e-9 * $best ? "best" : "worse";
    die "a front of few points" if @p < 4 }' "$dir/whole" "$dir/two" | sort | uniq -c >"$dir/judged"
check "the pair picked has the most hypervolume of all pairs" equal "$(awk '{print $1, $2}' "$dir/judged")" "4 best"
check "how much that is stands on standard error" \
  grep -q '^fdsoi28, 16 bit: 2 of [0-9]* points have [0-9.]* % of .* (the most that as many can have)$' "$dir/said"
rows all --pick 100000 >"$dir/everything"
check "more than there are: all of the front" cmp -s "$dir/whole" "$dir/everything"
front all --objectives area_um2,latency_us,energy_uj --pick 3 >"$dir/out"
check "three objectives: said to be chosen one after another" grep -q 'chosen one after another' "$dir/said"
check "--pick beside --robust" test "$(front all --robust 0.5 --pick 1 --format csv | wc -l)" = 5

front some --against all --format csv | sed 's/\r$//' >"$dir/apart"
check "two rows a front" equal "$(tail -n +2 "$dir/apart" | wc -l)" 8
check "the whole covers its part" equal \
  "$(awk -F, '$3 == "all" && $7 == 0 && $8 <= 0 && $10 >= 1' "$dir/apart" | wc -l)" 4
rows some >"$dir/part"
# By definition, in ranges of both fronts.
perl -e '
  for my $file (@ARGV) { open my $f, "<", $file; while (<$f>) { chomp; my @r = split /\t/;
    push @{$of{$file}{"$r[0],$r[1]"}}, [@r[2, 3]] } }
  for my $g (sort keys %{$of{$ARGV[0]}}) {
    my @a = @{$of{$ARGV[0]}{$g}}; my @b = @{$of{$ARGV[1]}{$g}}; my (@low, @high);
    for my $p (@a, @b) { for my $d (0, 1) { $low[$d] = $p->[$d] if !defined $low[$d] || $p->[$d] < $low[$d];
      $high[$d] = $p->[$d] if !defined $high[$d] || $p->[$d] > $high[$d] } }
    my ($sum, $most, $factor) = (0, -9e9, 0);
    for my $q (@b) { my ($l, $e, $f) = (9e9, 9e9, 9e9);
      for my $p (@a) { my ($s, $m, $r) = (0, -9e9, 0);
        for my $d (0, 1) { my $w = ($p->[$d] - $q->[$d]) / ($high[$d] - $low[$d]); $s += $w * $w if $w > 0;
          $m = $w if $w > $m; $r = $p->[$d] / $q->[$d] if $p->[$d] / $q->[$d] > $r }
        $l = sqrt $s if sqrt $s < $l; $e = $m if $m < $e; $f = $r if $r < $f }
      $sum += $l; $most = $e if $e > $most; $factor = $f if $f > $factor }
    printf "%s,%.9g,%.9g,%.9g\n", $g, $sum / @b, $most, $factor }' "$dir/part" "$dir/whole" | sort >"$dir/expected"
awk -F, '$3 == "some" {printf "%s,%s,%.9g,%.9g,%.9g\n", $1, $2, $7, $8, $9}' "$dir/apart" | sort >"$dir/found"
check "IGD+, epsilon and its factor by their definitions" cmp -s "$dir/expected" "$dir/found"

refuses() { # refuses NAME TEXT ARGUMENTS...
  local name=$1 text=$2 code
  shift 2
  front "$@" >"$dir/out"
  code=$?
  check "$name" test "$code" = 2 -a ! -s "$dir/out"
  check "$name: said" grep -qF -- "$text" "$dir/said"
}
refuses "--pick 0" "--pick" all --pick 0
refuses "--pick -3" "--pick" all --pick -3
refuses "--pick many" "--pick" all --pick many
refuses "--against nothing there" 'found "nothing"' all --against nothing
refuses "--against other objectives" \
  'the objectives area_um2,latency_us (or --objectives, for both), found "other" with area_um2,energy_uj' \
  all --against other
refuses "--against without a common front" \
  'expected an experiment with a front of the same keys and labels as one of "all"' all --against one
refuses "--against with --pick" "expected whole fronts, found --pick" all --against some --pick 2
refuses "--against with --robust" "expected whole fronts, found --robust" all --against some --robust 0.5
refuses "--robust without draws" "--robust: expected an experiment with" certain --robust 0.5 --pick 2
front all --against all >"$dir/out"
check "against itself: each front once" equal "$?,$(wc -l <"$dir/out"),$(sort -u "$dir/out" | wc -l)" "0,$((1 + $(front all --against some | tail -n +2 | wc -l) / 2)),$((1 + $(front all --against some | tail -n +2 | wc -l) / 2))"
front all --against other --objectives energy_uj,area_um2 >"$dir/out"
check "--objectives for both" equal "$?,$(awk 'NR > 1 && $8 != 0' "$dir/out" | wc -l)" "0,0"
front all --against one --within network >"$dir/out"
check "--within for both" equal "$?,$(wc -l <"$dir/out")" 0,3

# Fronts over noise, which each experiment may measure otherwise.
noisy() { # noisy NAME NOISE
  sed "s/^name: all/name: $1/; s/latency_us\]/noise]/; s/^technology: .*/technology: fdsoi28/; /^uncertainty/d" \
    "$dir/all.yaml" >"$dir/$1.yaml"
  echo "$2" >>"$dir/$1.yaml"
  "$quarry" run --quiet --no-plots --db-dir "$db" --database "$dir/db" "$dir/$1.yaml" >/dev/null 2>&1
}
noisy equal ''
noisy first 'noise: {weights: {first: 10, default: 1}}'
noisy second 'noise: {weights: {first: 10, default: 1}}'
noisy last 'noise: {weights: {last: 10, default: 1}}'
refuses "--against another noise" 'whose noise is that of "equal" (1/SQNR, equal weights), or --objectives without noise' \
  equal --against first
refuses "--against other weights of noise" 'found "last" with other values of them' first --against last
front first --against second >"$dir/out"
check "--against the same noise" equal "$?,$(wc -l <"$dir/out")" 0,5
front equal --against first --objectives area_um2,latency_us >"$dir/out"
check "--against without noise" equal "$?,$(wc -l <"$dir/out")" 0,5

# Plots of the draws: bands and ratios to a design.
cat >"$dir/drawn.yaml" <<'EOF'
name: drawn
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: SDM, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4]}
  - {name: "RDM a/b", accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 2, 4, 8]}
precision: 8
clock_mhz: 200
objectives: {minimize: [area_um2, energy_uj]}
uncertainty: {draws: 16, seed: 1}
plots:
  - {kind: pareto, x: area_um2, y: energy_uj, bands: true}
  - {kind: pareto, x: area_um2, y: tops_per_w, over: SDM, bands: true}
  - {kind: lines, x: latency_us, y: energy_uj, over: "RDM a/b"}
  - {kind: pareto, x: area_um2, y: energy_uj}
EOF
"$quarry" run --quiet --db-dir "$db" --database "$dir/drawn.db" --plots "$dir" "$dir/drawn.yaml" \
  >"$dir/out" 2>"$dir/said"
check "run draws them" equal "$?,$(grep -c '^wrote' "$dir/said")" 0,8
bands=$dir/drawn.energy_uj-area_um2-bands.gp
check "a filled band and half of the draws for each series" equal \
  "$(grep -c 'band_1_[12] using.*filledcurves closed' "$bands"),$(grep -c 'half_1_[12] using.*lines' "$bands")" 2,2
check "no intervals beside them" equal "$(grep -c errorbars\ lt "$bands")" 0
check "ratios are named" grep -q 'Energy efficiency on chip over that of SDM' \
  "$dir/drawn.tops_per_w-area_um2-over-SDM-bands.gp"
lines=$dir/drawn.energy_uj-latency_us-over-RDM_a_b.gp
check "lines: y alone is a ratio, with its interval" equal \
  "$(grep -c 'over that of RDM a/b' "$lines"),$(grep -c yerrorbars "$lines")" 1,2
"$quarry" plot --db-dir db --database "$dir/drawn.db" --plots "$dir" drawn 2>"$dir/said"
check "quarry plot draws them all again" equal "$(grep -c "^wrote.*svg" "$dir/said")" "$(find "$dir" -maxdepth 1 -name "drawn.*.svg" | wc -l)"
echo "1..$n"
