#!/bin/bash
# The summary, gains, reasons, sources and plots of a report beside the database and the experiment files.  TAP.
. tests/check.sh
here=tests/report
run() { "$quarry" run --quiet --no-plots --database "$dir/db" --db-dir db "$dir/$1.yaml" >/dev/null 2>"$dir/said"; }
page() { "$quarry" report "$1" --database "$dir/${2:-db}" --no-validation --output "$dir/$1.html" 2>"$dir/said"; }
# The header of the data, and values of it: head PAGE EXPRESSION, $h is the header.
head_of() { perl -MCompress::Zlib -MMIME::Base64 -MJSON::PP -0777 -e 'my ($text) = <STDIN> =~
  m{id="data">([^<]*)<}; my $b = uncompress(decode_base64($text)); my $h = decode_json(substr $b, 4, unpack "V", $b);
  binmode STDOUT, ":utf8"; print eval $ARGV[0]' "$2" <"$dir/$1.html"; }

# ---- 30 clocks of 5 designs: more rows than a page has
cat >"$dir/many.yaml" <<'E'
name: many
technology: [fdsoi28, lp55, sky130hd, asap7]
precision: 8
clock_mhz: {from: 100, to: 158, step: 2}
objectives: {minimize: [area_um2, power_mw], maximize: gops}
front: {within: [clock_mhz]}
designs:
  - {name: A, accelerator: element, pe: {kind: mac, bits: [8, 16]}}
  - {name: B, accelerator: element, pe: {kind: mac_st, bits: [8, 16]}}
  - {name: C, accelerator: element, pe: {kind: mul, bits: [8, 12]}}
  - {name: D, accelerator: element, pe: {kind: mac, bits: 12}}
  - {name: E, accelerator: element, pe: {kind: mul, bits: 9}}
E
run many && page many
check "a page of 150 groups" equal "$?" 0
sqlite3 -json "$dir/db" "SELECT clock_mhz, design, count(*) AS points, min(area_um2) AS area, min(power_mw) AS power,
  max(gops) AS gops, sum(point_id IN (SELECT point_id FROM front_point)) AS front FROM point
  GROUP BY clock_mhz, design ORDER BY clock_mhz, design LIMIT 120" >"$dir/rows"
perl -MJSON::PP -MPOSIX=floor -0777 -e 'my ($page, $rows) = map { open my $f, "<", $_ or die; <$f> } @ARGV;
  sub n { my $v = shift; my $d = 3 - floor(log($v) / log 10); sprintf "%.*f", $d > 0 ? $d : 0, $v }
  my ($body) = $page =~ m{<h2>Summary</h2>.*?<tbody>\n(.*?)</tbody>}s; my @got = split /\n/, $body;
  my @want = map { "<tr><td>$_->{clock_mhz} MHz</td><td>$_->{design}</td>" . join("", map {
    "<td class=\"number\">$_</td>" } $_->{points}, $_->{front}, n($_->{area}), n($_->{power}), n($_->{gops})) . "</tr>" }
    @{decode_json($rows)};
  s/(\d+)\.0 MHz/$1 MHz/ for @want;
  @got == 120 or die scalar(@got), " rows\n"; $got[$_] eq $want[$_] or die "$got[$_]\n$want[$_]\n" for 0 .. 119' \
  "$dir/many.html" "$dir/rows" >"$dir/log2" 2>&1
result $? "120 rows of the summary have counts and best values of the database"
sed 's/^/# /' "$dir/log2"
check "the other 30 are counted" grep -q '^<p class="note">30 more rows are left out.</p>$' "$dir/many.html"
check "30 fronts in the head" grep -q "<b>30</b> fronts" "$dir/many.html"
gains=$(sqlite3 "$dir/db" "SELECT count(*) FROM comparison")
check "gains beyond 120 are counted" grep -q "<p class=\"note\">$((gains - 120)) more rows stand in table comparison.</p>" \
  "$dir/many.html"
known=$(for t in fdsoi28 lp55 sky130hd asap7; do "$quarry" tech show $t --db-dir db --format json; done |
  grep -o '"constant": *"[^"]*"' | grep -vc '"circuit\.')
check "400 constants of $known are rows, the others counted" equal \
  "$(grep -c '<td class="number interval">' "$dir/many.html") $(grep -o '[0-9]* more constants stand' "$dir/many.html")" \
  "400 $((known - 400)) more constants stand"
check "each heading of a source once in each library" equal \
  "$(awk '/^<li>/ { library++ } /scope="rowgroup"/ { print library, $0 }' "$dir/many.html" | sort | uniq -d)" ""
check "three objectives: a plot of each pair" equal \
  "$(head_of many 'join " ", map { "$_->{kind}:$_->{x}:$_->{y}:$_->{group}:$_->{xlog}$_->{ylog}$_->{clog}" } @{$h->{plots}}')" \
  "pareto:area_um2:power_mw:design:-1-1-1 pareto:area_um2:gops:design:-1-1-1 pareto:power_mw:gops:design:-1-1-1"
check "fronts are within the clock" equal "$(head_of many 'join ",", @{$h->{within}}, $h->{objectives}, $h->{name}')" \
  "clock_mhz,3,many"
check "the usual metrics that there are beside the objectives" equal "$(head_of many 'join ",", map { "$_->{name}$_->{sense}" } @{$h->{metrics}}')" \
  "area_um2-1,power_mw-1,gops1,latency_us-1"

perl -0777 -ne 'm{<table class="gains">(.*?)</table>}s or die; $_ = $1; my ($head, @row) = split /<tr>/, s/^.*?<tr>//sr;
  my $columns = () = $head =~ /<th /g;
  for (@row) { my $cells = () = /<td/g; die "$cells of $columns: $_" if $cells != $columns }
  exit(@row != 120)' "$dir/many.html" >"$dir/log2" 2>&1
result $? "each of 120 gains has a cell in every column"
sed 's/^/# /' "$dir/log2"

# ---- gains as they are stored: an interval, one end of it missing, one budget, no gain
cp "$dir/db" "$dir/some"
sqlite3 "$dir/some" "DELETE FROM comparison WHERE position >= 4; UPDATE comparison SET gain = 2 + position, low = 10,
  high = 20, unlimited = NULL, note = 'n' || position, better_pct = 25, better_from = 12.5"
sqlite3 "$dir/some" "UPDATE comparison SET p05 = 1.5, p95 = 2.5 WHERE position = 0; UPDATE comparison SET p05 = 1.5 WHERE
  position = 1; UPDATE comparison SET high = 10, p95 = 2.5 WHERE position = 2; UPDATE comparison SET gain = NULL, low = NULL,
  high = NULL, note = NULL WHERE position = 3; UPDATE experiment SET status = 'interrupted', question = ''"
page many some
cell='<td class="number">'
tail_of="</td>$cell–</td>${cell}25.00</td>${cell}12.50</td>"
check "gain and interval" grep -qF "${cell}10.00 … 20.00</td>${cell}2.000 <span class=\"interval\">1.500 … 2.500</span>${tail_of}<td>n0</td></tr>" \
  "$dir/many.html"
check "one end is no interval" grep -qF "${cell}10.00 … 20.00</td>${cell}3.000${tail_of}<td>n1</td></tr>" "$dir/many.html"
check "one budget stands alone" grep -qF "${cell}10.00</td>${cell}4.000${tail_of}<td>n2</td></tr>" "$dir/many.html"
check "no gain" grep -qF "$cell</td>${cell}–${tail_of}<td></td></tr>" "$dir/many.html"
check "none is left out" equal "$(grep -c 'table comparison' "$dir/many.html")" 0
check "an experiment that has not ended: said" grep -q \
  '^<p class="warning">This experiment is interrupted: 960 of its 960 points are stored.</p>$' "$dir/many.html"
check "without a question the name is the heading" grep -q '^<h1>many</h1>$' "$dir/many.html"

# ---- plots of all kinds, more than the page draws, and points far apart
cat >"$dir/kinds.yaml" <<'E'
name: kinds
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
precision: [8, 16]
clock_mhz: {from: 100, to: 399, step: 1}
constraints: {area_um2: {max: 20000}, latency_us: {max: 128900}}
objectives: {minimize: [area_um2, latency_us]}
uncertainty: {draws: 16}
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 40]}
  - {name: B, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}
plots:
  - {kind: heatmap, x: area_um2, y: precision, colour: energy_uj, colour_scale: log, bins: 7}
  - {kind: heatmap, x: area_um2, y: latency_us, colour: power_mw, name: plain}
  - {kind: parallel, axes: [channels, area_um2, gops]}
  - {kind: lines, x: clock_mhz, y: energy_uj, points: median, y_scale: log, group: [design, precision]}
  - {kind: pareto, x: area_um2, y: latency_us, panel: design, where: {precision: 8}, x_scale: linear}
  - {kind: bars, x: precision, y: leakage_mw}
  - {kind: pareto, x: area_um2, y: area_sram_um2}
  - {kind: pareto, x: energy_sram_uj, y: tops_per_w}
  - {kind: pareto, x: area_um2, y: energy_uj, name: ninth}
  - {kind: pareto, x: area_um2, y: energy_uj, name: tenth}
  - {kind: pareto, x: area_um2, y: energy_uj, bands: true, name: banded}
E
run kinds && page kinds
check "a page of plots of all kinds" equal "$?" 0
check "plots are those of the file" equal "$(head_of kinds 'join "\n", map { my $p = $_; join " ", map { $p->{$_} ne ""
  ? "$_=$p->{$_}" : () } qw(kind name x y colour axes which xlog ylog clog bins panel group where) } @{$h->{plots}}')" \
  "kind=heatmap name=kinds.energy_uj-precision-area_um2 x=area_um2 y=precision colour=energy_uj which=best xlog=-1 ylog=-1 clog=1 bins=7 group=design where={}
kind=heatmap name=plain x=area_um2 y=latency_us colour=power_mw which=best xlog=-1 ylog=-1 clog=-1 bins=12 group=design where={}
kind=parallel name=kinds.parallel x=area_um2 y=area_um2 axes=channels,area_um2,gops xlog=-1 ylog=-1 clog=-1 bins=12 group=design where={}
kind=lines name=kinds.energy_uj-clock_mhz x=clock_mhz y=energy_uj which=median xlog=-1 ylog=1 clog=-1 bins=12 group=design,precision where={}
kind=pareto name=kinds.latency_us-area_um2 x=area_um2 y=latency_us xlog=0 ylog=-1 clog=-1 bins=12 panel=design group=design where={\"precision\":\"8 bit\"}
kind=bars name=kinds.leakage_mw-precision x=precision y=leakage_mw which=best xlog=-1 ylog=-1 clog=-1 bins=12 group=design where={}
kind=pareto name=kinds.area_sram_um2-area_um2 x=area_um2 y=area_sram_um2 xlog=-1 ylog=-1 clog=-1 bins=12 group=design where={}
kind=pareto name=ninth x=area_um2 y=energy_uj xlog=-1 ylog=-1 clog=-1 bins=12 group=design where={}"
check "8 metrics at most: objectives, then those of plots" equal \
  "$(head_of kinds 'join ",", map { $_->{name} } @{$h->{metrics}}')" \
  "area_um2,latency_us,energy_uj,power_mw,gops,leakage_mw,area_sram_um2"
check "plots that have no room are named" grep -q 'not on this page: kinds.tops_per_w-energy_sram_uj, tenth, banded\.' "$dir/kinds.html"
perl $here/decode.pl <"$dir/kinds.html" >"$dir/data"
sqlite3 -separator ' ' "$dir/db" "SELECT point, design, clock_mhz || ' MHz', precision FROM point WHERE
  experiment = 'kinds' AND infeasible IS NULL ORDER BY point" | sed 's/\.0 MHz/ MHz/' >"$dir/expected"
perl -F'\t' -lane 'if ($. == 1) { @n = @F; next } @c{@n} = @F; print "@c{qw(point design clock_mhz precision)}"' \
  "$dir/data" >"$dir/got"
check "points far apart and more than 256 labels are decoded" cmp "$dir/expected" "$dir/got"
check "more than 256 clocks" test "$(cut -d' ' -f3 "$dir/expected" | sort -u | wc -l)" -gt 256
check "points more than 127 apart" perl -ne 'BEGIN { $b = 0 } ($p) = split; $most = $p - $b if $p - $b > $most; $b = $p;
  END { exit($most <= 127) }' "$dir/expected"
check "reasons as they are counted" equal \
  "$(sed -n 's/^<li><b>\([0-9]*\)<.b> infeasible: \(.*\)<.li>$/\1 \2/p' "$dir/kinds.html")" \
  "$(sqlite3 -separator ' ' "$dir/db" "SELECT count(*), infeasible FROM point WHERE experiment = 'kinds' AND
    infeasible IS NOT NULL GROUP BY infeasible ORDER BY 1 DESC")"
cp "$dir/db" "$dir/reasons"
sqlite3 "$dir/reasons" "UPDATE reason SET text = 'kind: ' || id"
page kinds reasons
check "reasons of one kind together" equal "$(grep -c '</b> infeasible: kind: [0-9]* (and 2 reasons of this kind)</li>$' "$dir/kinds.html")" 1
check "one front" grep -q '</b> on the front</li><li>2' "$dir/kinds.html"
check "no note of rows that are not left out" equal "$(grep -c 'more rows\|more constants\|more bytes' "$dir/kinds.html")" 0
page kinds
robust() { sqlite3 "$dir/db" "SELECT count(*) FROM point WHERE experiment = 'kinds' AND front_probability >= 0.9 AND
  design = '$1' AND infeasible IS NULL"; }
perl -0777 -ne 'm{<h2>Summary</h2>.*?(<thead>.*?</tbody>)}s or die; $_ = $1; my ($head) = m{<thead>(.*?)</thead>}s;
  my ($at, $k) = (-1, 0); for ($head =~ m{<th [^>]*>(.*?)</th>}g) { $at = $k if /in ≥ 90 % of draws/; $k++ }
  die "no column" if $at < 0; my ($body) = m{<tbody>(.*)}s; for my $row ($body =~ m{<tr>(.*?)</tr>}g) {
    my @cell = $row =~ m{<td[^>]*>(.*?)</td>}g; die "cells" if @cell != $k; print "$cell[$at]\n" }' \
  <"$dir/kinds.html" >"$dir/got"
check "points in nine of ten draws, of each design" equal "$(cat "$dir/got")" "$(robust A; robust B)"
fact() { sed -n "s|^.*<dt>$2</dt><dd>\\(.*\\)</dd>$|\\1|p" "$dir/$1.html"; }
page many
check "objectives" equal "$(fact many Objectives)" "smallest area_um2, smallest power_mw, largest gops"
check "what fronts are within" equal "$(fact many 'A front each') $(fact kinds 'A front each')" "clock_mhz technology, network"
check "energy on chip: said" grep -q 'no design of this experiment has a memory' "$dir/kinds.html"
check "intervals: said" grep -q '^<dt>Intervals</dt><dd>5 % to 95 % quantiles' "$dir/kinds.html"
check "models, program, hashes" equal "$(for f in Models Program Runs 'SHA-256 of the file' 'SHA-256 of all inputs'; do
  fact kinds "$f"; done)" "$(sqlite3 "$dir/db" "SELECT model_version, program, runs, sha256, identity FROM experiment
  WHERE name = 'kinds'" | tr '|' '\n')"
check "no noise where nothing asks for it" equal "$(fact kinds Noise)" ""
check "library, network and tables, no device" equal "$(grep -o '^<li>[A-Z][A-Za-z ]* <b>[^<]*' "$dir/kinds.html" | head -2 |
  tr '\n' ' ')$(grep -c '^<li>DRAM device\|^<li>Noise of layers' "$dir/kinds.html")" \
  "<li>Technology <b>fdsoi28 <li>Network <b>mobilenet_v1_1.0_224 0"

# ---- points of fronts alone, noise as an objective, 300 values of a parameter, no plots
cat >"$dir/part.yaml" <<'E'
name: part
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
precision: [8, 16]
clock_mhz: [100, 200]
objectives: {minimize: [latency_us, noise]}
store: front
designs:
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: {from: 1, to: 300, step: 1}}
E
sed 's/name: part/name: whole/; /^store/d; s/noise/area_um2/' "$dir/part.yaml" >"$dir/whole.yaml"
run part && page part && run whole && page whole
check "a page of fronts alone" equal "$?" 0
check "what is stored is said" grep -q "^<p>Stored, and shown here, are $(sqlite3 "$dir/db" "SELECT count(*) FROM point
  WHERE experiment = 'part'" | head -1) points: those of fronts and the best ones.</p>$" "$dir/part.html"
check "all points were looked at" grep -q '<li><b>1200</b> points</li><li><b>1200</b> feasible</li>' "$dir/part.html"
check "of the other page nothing is said" equal "$(grep -c 'Stored, and shown here' "$dir/whole.html")" 0
grep -o '<tbody><tr><th colspan="5"[^/]*' "$dir/whole.html" | sort >"$dir/sources"
check "constants of a library, those of a source together" equal \
  "$(wc -l <"$dir/sources") $(uniq -d "$dir/sources" | wc -l)" "$(sort -u "$dir/sources" | wc -l) 0"
check "where no rows are left out nothing is said" equal "$(grep -c '>0 more rows' "$dir/whole.html")" 0
check "there are several sources" test "$(wc -l <"$dir/sources")" -gt 3
check "noise: what it is" equal "$(fact part Noise)" "1/SQNR, equal weights"
check "two objectives: one plot" equal "$(head_of part 'join " ", map { "$_->{kind}:$_->{x}:$_->{y}" } @{$h->{plots}}')" \
  "pareto:latency_us:noise"
perl $here/decode.pl <"$dir/whole.html" | perl -F'\t' -lane 'if ($. == 1) { @n = @F; next } @c{@n} = @F;
  print "@c{qw(point channels clock_mhz precision)}"' >"$dir/got"
sqlite3 -separator ' ' "$dir/db" "SELECT point, json_extract(parameters, '\$.channels'), printf('%g MHz', clock_mhz),
  precision FROM point WHERE experiment = 'whole' ORDER BY point" >"$dir/expected"
check "300 values of a parameter are decoded" cmp "$dir/expected" "$dir/got"

# ---- a metric that elements do not have
cat >"$dir/some.yaml" <<'E'
name: some
technology: fdsoi28
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
precision: 8
clock_mhz: [100, 200]
objectives: {minimize: area_um2}
designs:
  - {name: E, accelerator: element, pe: {kind: mac, bits: 16}}
  - {name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: [1, 2]}
plots: [{kind: pareto, x: area_um2, y: area_sram_um2}]
E
run some && page some
perl $here/decode.pl <"$dir/some.html" | perl -F'\t' -lane 'if ($. == 1) { @n = @F; next } @c{@n} = @F;
  print "$c{design} ", $c{area_sram_um2} eq "nan" ? "none" : $c{area_sram_um2} > 0 ? "some" : "zero"' >"$dir/got"
check "a metric that elements do not have" equal "$(sort "$dir/got" | uniq -c | tr -s ' \n' ' ')" " 4 A some 2 E none "

# ---- databases of other versions
other() { # other NAME SQL: a page is refused
  cp "$dir/db" "$dir/other"
  sqlite3 "$dir/other" "$2"
  page whole other
  check "$1" equal "$? $(grep -c 'experiment "whole" is of another version of quarry' "$dir/said")" "2 1"
}
other "an objective that is not known" "UPDATE experiment SET objectives = '[\"area_um2\", \"beauty\"]'"
other "no objective" "UPDATE experiment SET objectives = '[]'"
other "an objective that is no text" "UPDATE experiment SET objectives = '[null]'"
cp "$dir/db" "$dir/other"
sqlite3 "$dir/other" "UPDATE experiment SET definition = json_set(definition, '\$.within', json_array('colour'))"
page whole other
check "a key of fronts that no design has" equal "$? $(grep -c 'colour' "$dir/said")" "2 1"
echo "1..$n"
