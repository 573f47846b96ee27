#!/bin/bash
# `query compare` and `query sensitivity`: which points are put beside one another, intervals of ratios, which axes are
# one; from the stored points with sqlite3 and perl.  TAP.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1
run() { "$quarry" run --quiet --no-plots --db-dir "$db" --database r.sqlite "$1" >/dev/null 2>said; }
sql() { sqlite3 r.sqlite "$1"; }
ask() { "$quarry" query --db-dir "$db" --database r.sqlite "$@" 2>said | tr -d '\r'; }
field() { ask compare "$@" --format csv | awk -F, -v m="$metric" -v c="$column" -v t="$tech" 'NR == 1 { for (i = 1; i <= NF; i++)
  { if ($i == c) at = i; if ($i == "metric") of = i }; next } $of == m && (t == "" || $1 == t) { print $at }'; }
near() { awk -v a="$1" -v b="$2" -v e="${3:-1e-9}" 'BEGIN { d = a - b; exit !(a != "" && b != "" && d * d <= e * e * b * b) }' ||
  { echo "got $1, expected $2"; return 1; }; }

cat >pairs.yaml <<'EOF'
name: pairs
technology: [fdsoi28, lp55]
network: mobilenet_v2_1.0_224
designs:
  - {name: array, accelerator: systolic, pe: {kind: mac, multiplier: array, bits: 8}, rows: [8, 16, 24], dataflow: [ws, os]}
  - {name: booth, accelerator: systolic, pe: {kind: mac, multiplier: booth, bits: 8}, rows: [16, 8], port_bits: [128, 256]}
  - name: both
    system: sequential
    members:
      - {name: dw, layers: {type: dwconv}, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [4, 8]}
      - {name: core, accelerator: systolic, pe: {kind: mac, bits: 16}, rows: [8, 16]}
precision: 8
clock_mhz: [100, 200]
objectives: {minimize: [area_um2, energy_uj, latency_us]}
uncertainty: {draws: 64, seed: 3}
EOF
run pairs.yaml
result $? 'an experiment of three designs with axes of their own'

# ---- which points are a pair: every combination of points, kept where what both vary is equal
pairs() { # pairs A B KEY-OF-A KEY-OF-B: ratios of areas, sorted
  sql "SELECT b.area_um2 / a.area_um2 FROM point a, point b WHERE a.design = '$1' AND b.design = '$2' AND
    a.technology = '$tech' AND b.technology = '$tech' AND a.clock_mhz = b.clock_mhz AND a.parameters ->> '$3' = b.parameters ->> '$4' AND $5
    a.infeasible IS NULL AND b.infeasible IS NULL ORDER BY 1"
}
while read -r a b key other more; do
  for tech in fdsoi28 lp55; do
    rows=$(pairs "$a" "$b" "$key" "$other" "$more")
    metric=area_um2
    column=pairs
    check "$b over $a in $tech: how many pairs" equal "$(field "$a" "$b" pairs)" "$(wc -l <<<"$rows")"
    column=median_ratio
    check "$b over $a in $tech: their median" near "$(field "$a" "$b" pairs)" \
      "$(perl -e '@r = <STDIN>; $n = @r; printf "%.15g", ($r[($n - 1) / 2] + $r[$n / 2]) / 2' <<<"$rows")"
    column=greatest_ratio
    check "$b over $a in $tech: the greatest" near "$(field "$a" "$b" pairs)" "$(tail -1 <<<"$rows")"
  done
done <<'EOF'
array booth $.rows $.rows a.parameters ->> '$.dataflow' = b.parameters ->> '$.dataflow' AND a.parameters ->> '$.port_bits' = b.parameters ->> '$.port_bits' AND
booth array $.rows $.rows a.parameters ->> '$.dataflow' = b.parameters ->> '$.dataflow' AND a.parameters ->> '$.port_bits' = b.parameters ->> '$.port_bits' AND
array both $.rows $.core.rows a.parameters ->> '$.dataflow' = b.parameters ->> '$.core.dataflow' AND
both array $.core.rows $.rows b.parameters ->> '$.dataflow' = a.parameters ->> '$.core.dataflow' AND
EOF
ask compare array both pairs >/dev/null
check 'an axis that only one has is said not to be equal' grep -q '^not equal: each of .* points of "array" beside 2 of "both", which differ in .*channels' said
ask compare arry both pairs >/dev/null
check 'a design that is none is refused' grep -q 'compare: expected a design of the experiment .*, found "arry"; did you mean "array"?$' said
ask compare array array pairs >/dev/null
check 'a design beside itself is refused' grep -q 'compare: expected two designs, found "array" twice$' said
printf "UPDATE experiment SET status = 'interrupted'; DELETE FROM result WHERE design IN (SELECT id FROM design WHERE name =
  'both'); DELETE FROM design WHERE name = 'both'" | { cp r.sqlite part.sqlite && sqlite3 part.sqlite; }
"$quarry" query --database part.sqlite compare array both pairs >/dev/null 2>said
check 'a design without points yet' equal "$? $(grep -c 'found "both", of which none is done yet' said)" '2 1'

# ---- intervals of ratios
metric=energy_uj tech=fdsoi28
for column in p05 median_ratio p95; do
  value=$(field array booth pairs)
  printf -v "$column" %s "$value"
done
check 'a ratio lies in its interval' awk -v a="$p05" -v m="$median_ratio" -v b="$p95" 'BEGIN { exit !(a < m && m < b && a > 0) }'
check 'nothing is missing' test ! -s said
# What both points share cancels: intervals of points divided by one another are far wider.
check 'it is narrower than what each point alone has' awk -v a="$p05" -v b="$p95" -v w="$(sql "SELECT max(energy_uj_p95 / energy_uj_p05)
  FROM interval i JOIN result r ON r.id = i.id JOIN design d ON d.id = r.design WHERE d.name IN ('array', 'booth')")" \
  'BEGIN { exit !(b / a < w) }'
check 'what is better, and of what' equal "$(ask compare array booth pairs --format csv | awk -F, 'NR == 1 { print $1, $2, $NF }
  $2 ~ /^(area_um2|gops)$/ { print $2, $NF }' | sort -u | paste -sd' ')" \
  'area_um2 below 1 gops above 1 technology metric better'
ask compare array booth pairs >out
check 'for people: over what, and not what is equal' equal "$(head -1 out) $(grep -c ' latency_us\| latency ' out) $(grep -c \
  '^left out, for they are equal in all pairs: .*latency_us' said)" 'ratios of booth over array, of points that are equal in what both have 0 1'
# A level in dB is the logarithm of a ratio: what is asked for is the difference.
cat >level.yaml <<'EOF'
name: level
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
designs:
  - {name: mac, accelerator: systolic, pe: {kind: mac, bits: 8}, rows: [8, 16]}
  - {name: pot, accelerator: systolic, pe: {kind: pot}, rows: [8, 16]}
precision: [8, 6, 4]
clock_mhz: 100
objectives: {minimize: [area_um2], maximize: [sqnr_db]}
front: {within: [technology]}
EOF
run level.yaml
metric=sqnr_db
rows=$(sql "SELECT b.sqnr_db - a.sqnr_db FROM point a JOIN point b USING (experiment, technology, precision) WHERE experiment = 'level' AND
  a.design = 'mac' AND b.design = 'pot' AND a.parameters ->> '$.rows' = b.parameters ->> '$.rows' AND technology = 'lp55' ORDER BY 1")
check 'levels differ' test "$(head -1 <<<"$rows")" != "$(tail -1 <<<"$rows")"
tech=lp55 # both libraries have the same levels: groups differ in the technology alone
while read -r column value; do
  check "dB: $column" near "$(field mac pot level)" "$value"
done <<<"median_ratio $(perl -e '@r = <STDIN>; $n = @r; printf "%.15g", ($r[($n - 1) / 2] + $r[$n / 2]) / 2' <<<"$rows")
least_ratio $(head -1 <<<"$rows")
greatest_ratio $(tail -1 <<<"$rows")"
check 'dB: unit and better side' equal "$(column=unit; field mac pot level) $(column=better; field mac pot level)" 'dB above 0'
check 'where: bits of weights as an axis' equal "$(ask where level --format csv | grep '^weight_bits' | sort)" "$(sql "SELECT 'weight_bits,' || weight_bits || ',' ||
  count(*) || ',' || sum(infeasible IS NULL) FROM point WHERE experiment = 'level' GROUP BY weight_bits ORDER BY 1" | sort)"
check 'where: several' equal "$(ask where level --format csv | grep -c '^weight_bits')" "$(sql "SELECT count(DISTINCT weight_bits) FROM point WHERE experiment = 'level'")"
metric=area_um2
check 'a ratio has no unit' equal "$(column=unit; field mac pot level) $(column=better; field mac pot level)" ' below 1'
check 'for people: differences are said' equal "$(ask compare mac pot level | head -1)" \
  'ratios of pot over mac (of metrics in dB the difference), of points that are equal in what both have'
tech=
# One pair: the interval that the points' own draws give in the table of gains, which is the other way round.
sed 's/^name: .*/name: one/; s/\[fdsoi28, lp55\]/fdsoi28/; s/\[8, 16, 24\], dataflow: \[ws, os\]/16/; s/\[16, 8\], port_bits: \[128, 256\]/16/
  s/\[100, 200\]/100/; /name: both/,/name: core/d; $a compare: {to: array, metrics: [energy_uj, area_um2]}' pairs.yaml >one.yaml
run one.yaml
result $? 'one pair of points'
for metric in energy_uj area_um2; do
  while read -r column other; do
    check "one pair: $column of $metric is the inverse of $other of the gain" near "$(field array booth one)" "$(sql "SELECT 1 / $other
      FROM comparison WHERE metric = '$metric' AND at_equal = 'axes'")" 2e-3
  done <<<'p05 p95
p95 p05'
done
check 'one pair: the gain without a limit has the interval of the pair' equal "$(sql "SELECT count(*) FROM comparison a JOIN comparison b
  ON b.experiment = a.experiment AND b.design = a.design AND b.metric = a.metric AND b.at_equal = 'area_um2' WHERE a.at_equal = 'axes' AND
  a.metric = 'energy_uj' AND a.p05 < a.p95 AND abs(b.unlimited_p05 / a.p05 - 1) < 1e-12 AND abs(b.unlimited_p95 / a.p95 - 1) < 1e-12")" 1
metric=latency_us column=p05
check 'what has no uncertainty has no interval' equal "$(field array booth one)" ''
why() { ask compare array booth "$@" >/dev/null; sed -n 's/^no intervals of ratios: //p' said; }
check 'nothing to say where there are intervals' equal "$(why one)" ''
sed '/^uncertainty/d; s/^name: .*/name: certain/' one.yaml >certain.yaml
run certain.yaml
check 'no draws: how to get them' equal "$(why certain)" \
  "the experiment has no draws; \`uncertainty: {draws: 256}\` in its file gives them"
ask compare array booth one --db-dir $dir/none >/dev/null
check 'inputs that are not there' grep -q '^no intervals of ratios: the experiment cannot be read as it was: ' said
cp -r "$db" other_db && echo '# another library' >>other_db/tech/fdsoi28.yaml
check 'a library that has changed' equal "$(why one --db-dir other_db)" 'the technology "fdsoi28" in --db-dir is another; run it again'
rm one.yaml
check 'the file is read from the database' equal "$(why one)" ''

# ---- sensitivity: axes that divide the points alike are one, whose name has all of them
cat >axes.yaml <<'EOF'
name: axes
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2, 4], port_bits: 64}
  - {name: B, accelerator: depthwise, pe: {kind: mac_st, bits: 16}, channels: [1, 2], port_bits: 128}
precision: [16, 8]
clock_mhz: [100, 200, 300]
objectives: {minimize: [area_um2, latency_us]}
EOF
run axes.yaml
result $? 'axes that go together, and others'
rows=$(sql "SELECT technology, design, precision, clock_mhz, parameters ->> '\$.channels', parameters ->> '\$.port_bits',
  parameters ->> '\$.pe.kind', latency_us, area_um2 FROM point WHERE experiment = 'axes' AND infeasible IS NULL")
# Two axes are one where no two points agree in one of them and differ in the other.
perl -F'\|' -lane 'push @p, [@F];
  END { @n = qw(technology design precision clock_mhz channels port_bits pe_kind);
    sub mean { my $s = 0; $s += $_ for @_; $s / @_ }
    for my $i (0 .. $#n) {
      my ($first, @like) = (1);
      for my $j (0 .. $#n) {
        next if $i == $j or grep { my $x = $_; grep { ($x->[$i] eq $_->[$i]) != ($x->[$j] eq $_->[$j]) } @p } @p;
        $j < $i ? ($first = 0) : push @like, $n[$j];
      }
      next unless $first;
      for my $m (7, 8) {
        my (%g, $t, $b);
        push @{$g{$_->[$i]}}, log $_->[$m] for @p;
        my $mean = mean(map { log $_->[$m] } @p);
        $t += (log($_->[$m]) - $mean) ** 2 for @p;
        $b += @{$g{$_}} * (mean(@{$g{$_}}) - $mean) ** 2 for keys %g;
        printf "%s %s %d %.5f\n", $m == 7 ? "latency_us" : "area_um2", join("+", $n[$i], sort @like), scalar keys %g, $b / $t if keys %g > 1;
      }
    } }' <<<"$rows" | sort >expected
ask sensitivity axes --format json | perl -MJSON::PP -e 'local $/; for (@{decode_json(<STDIN>)}) {
  my ($name, @like) = split /[ (),]+/, $_->{axis};
  printf "%s %s %d %.5f\n", $_->{metric}, join("+", $name, sort @like), $_->{values}, $_->{share} }' | sort >found
check 'shares and groups as the definition has them' cmp expected found
check 'of which one is a group' grep -q '^area_um2 design+pe_kind+port_bits 2 ' expected
echo "1..$n"
