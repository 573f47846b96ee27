#!/bin/bash
# The page of `quarry report`: its form, that it loads nothing, its numbers beside the database, its size, and texts
# that would like to be markup.  The browser's part is tests/slow/report.sh.  TAP.
. tests/check.sh
here=tests/report
page() { "$quarry" report --database "$dir/db" --no-validation "$@" 2>"$dir/said"; }
run() { "$quarry" run --quiet --no-plots --database "$dir/db" --db-dir db "$1" >/dev/null 2>"$dir/said"; }
sed 's/^uncertainty:.*/uncertainty: {draws: 32, seed: 1}/' experiments/rdm_vs_sdm.yaml >"$dir/small.yaml"
sed -i 's/^plots:/&\n  - {kind: heatmap, x: channels, y: precision, colour: latency_us}\n  - {kind: pareto, x: area_um2, y: latency_us, bands: true, name: banded}/' "$dir/small.yaml"
sed 's/^name: .*/name: large/; s/points: 10/points: 93/; s/draws: 32/draws: 16/' "$dir/small.yaml" >"$dir/large.yaml"
sed 's/^name: .*/name: certain/; /^uncertainty/d; /^plots/,$d; s/points: 10/points: 2/' "$dir/small.yaml" \
  >"$dir/certain.yaml"
for name in small large certain; do
  check "$name runs" run "$dir/$name.yaml"
done

# ---- form
page rdm_vs_sdm --output "$dir/small.html"
check "page of an experiment" equal "$?" 0
check "what was written is said" grep -q "^wrote $dir/small.html, [0-9]* kB$" "$dir/said"
perl $here/form.pl <"$dir/small.html" >"$dir/wrong"
check "well-formed, known elements only, no address, hashes of the policy" cmp /dev/null "$dir/wrong"
page rdm_vs_sdm --output - >"$dir/again.html"
check "the same on standard output, byte for byte" cmp "$dir/small.html" "$dir/again.html"
check "gains stand there as they are stored" equal "$(grep -c '^<tr>.*<td>area_um2' "$dir/small.html")" \
  "$(sqlite3 "$dir/db" "SELECT count(*) FROM comparison WHERE at_equal = 'area_um2' AND experiment = 1")"
check "the question is the heading" \
  grep -q '^<h1>At equal area, how much latency do reconfigurable multipliers save?</h1>$' "$dir/small.html"
check "plots that are not on the page are named" grep -q "not on this page: banded, rdm_vs_sdm.energy_uj-area_um2-over-SDM\." \
  "$dir/small.html"
check "the command stands there" \
  grep -q '^<pre class="command">.*run --quiet --no-plots --database .*</pre>$' "$dir/small.html"
check "the file's text is there, whole" equal "$(perl -0777 -ne 'm{Experiment file</summary><pre>(.*?)</pre>}s; $_ = $1;
  s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/\x27/g; s/&amp;/&/g; print' "$dir/small.html" | sha256sum)" \
  "$(sha256sum <"$dir/small.yaml")"
sources=$(grep -c '^<tbody><tr><th colspan="5" scope="rowgroup">.*</th></tr>$' "$dir/small.html")
known=$(for t in fdsoi28 lp55; do "$quarry" tech show $t --db-dir db --format json | perl -MJSON::PP -e 'local $/;
  print "$_->{source}\n" for grep { $_->{constant} !~ /^circuit\./ } @{decode_json(<STDIN>)}' | sort -u; done | wc -l)
check "every source of the libraries' constants stands there" equal "$sources" "$known"

# ---- numbers
perl $here/decode.pl <"$dir/small.html" >"$dir/data"
check "the data can be read" test -s "$dir/data"
cat >"$dir/compare.pl" <<'END' # rows of decode.pl beside rows of the database
use strict; use warnings; use JSON::PP;
my ($data, $rows) = @ARGV;
my @expected = @{decode_json(do { local (@ARGV, $/) = $rows; <> })};
my %front = map { $_->{point} => 1 } grep { $_->{front} } @expected;
open my $in, '<', $data or die; my @name = split /\t/, <$in> =~ s/\n//r;
my ($worst, $worst_row, $worst_end) = (0, 0, 0);
sub apart { my ($a, $b) = @_; return abs($a / $b - 1) }
for my $e (@expected) {
  my @cell = split /\t/, (<$in> // die "too few\n") =~ s/\n//r; my %c; @c{@name} = @cell;
  die "point $c{point} in place of $e->{point}\n" if $c{point} != $e->{point};
  die "flags of $e->{point}\n" if $c{flags} != ($e->{front} ? 3 : 0);
  die "probability of $e->{point}\n" if $c{probability} ne '-' &&
    abs($c{probability} - $e->{front_probability}) > 0.0021;
  for (qw(technology design precision channels)) { die "$_ of $e->{point}: $c{$_}\n" if $c{$_} ne $e->{$_} }
  for (qw(area_um2 latency_us energy_uj)) {
    my $a = apart($c{$_}, $e->{$_}); $worst = $a if $a > $worst; next unless $e->{front};
    $worst_row = $a if $a > $worst_row;
    for my $end ('p05', 'p95') { my $own = $e->{"${_}_$end"}; next unless defined $own;
      $a = apart($c{"${_}_$end"}, $own); $worst_end = $a if $a > $worst_end }
  }
}
die "too many\n" if defined <$in>;
die "off by $worst, rows by $worst_row, intervals by $worst_end\n"
  if $worst > 2e-4 || $worst_row > 1e-6 || $worst_end > 2e-4;
END
"$quarry" query --database "$dir/db" --format json "SELECT point, technology, design, precision,
  parameters ->> '$.channels' AS channels, area_um2, latency_us, energy_uj, area_um2_p05, area_um2_p95, energy_uj_p05,
  energy_uj_p95, front_probability, point_id IN (SELECT point_id FROM front_point) AS front FROM point
  WHERE experiment = 'rdm_vs_sdm' AND infeasible IS NULL ORDER BY point" >"$dir/rows"
check "labels, metrics, intervals and fronts are those of the database" perl "$dir/compare.pl" "$dir/data" "$dir/rows"
count() { "$quarry" query --database "$dir/db" --format csv "$1" | tail -n +2 | tr -d '\r'; }
count "SELECT point FROM point WHERE experiment = 'rdm_vs_sdm' AND infeasible IS NULL" >"$dir/numbers"
check "feasible points in the head" \
  grep -q "<b>$(grep -c . "$dir/numbers")</b> feasible" "$dir/small.html"
check "points on fronts in the head" \
  grep -q "<b>$(count "SELECT count(*) FROM front_point WHERE experiment = 'rdm_vs_sdm'")</b> on fronts" \
  "$dir/small.html"

# ---- size
page large --output "$dir/large.html"
check "page of a large experiment" equal "$?" 0
feasible=$(count "SELECT count(*) FROM point WHERE experiment = 'large' AND infeasible IS NULL")
check "more than 10^4 points" test "$feasible" -gt 10000
check "at most 300 kB" test "$(wc -c <"$dir/large.html")" -le 300000
check "10^4 of them are there" equal "$(perl $here/decode.pl <"$dir/large.html" | tail -n +2 | wc -l)" 10000
check "and counted" grep -q "Drawn: 10000 of $feasible feasible points" "$dir/large.html"
rows=$(perl $here/decode.pl <"$dir/large.html" | awk -F'\t' '$2 == 3' | wc -l)
fronts=$(count "SELECT count(*) FROM front_point WHERE experiment = 'large'")
check "rows of the table are counted" \
  test "$rows" = "$fronts" -o "$(grep -c "In the table: $rows of $fronts points" "$dir/large.html")" = 1
perl $here/form.pl <"$dir/large.html" >"$dir/wrong"
check "its form" cmp /dev/null "$dir/wrong"

# ---- without draws and plots
page certain --output "$dir/certain.html"
check "an experiment without draws and plots" equal "$?" 0
check "says that it has no intervals" grep -q 'asks for no draws' "$dir/certain.html"
check "and none in its data" equal \
  "$(perl $here/decode.pl <"$dir/certain.html" | awk -F'\t' 'NR > 1 && $3 != "-"' | wc -l)" 0
check "no validation: said" grep -q 'Left out of this report' "$dir/certain.html"

# ---- texts that would like to be markup
cp "$dir/db" "$dir/hostile" && sqlite3 "$dir/hostile" <$here/hostile.sql 2>"$dir/said"
check "a hostile database" equal "$?" 0
"$quarry" report 1 --database "$dir/hostile" --no-validation --output "$dir/hostile.html" 2>"$dir/said"
check "has a page" equal "$?" 0
perl $here/form.pl <"$dir/hostile.html" >"$dir/wrong"
check "of the same form: no text became markup" cmp /dev/null "$dir/wrong"
check "and the texts are there, escaped" \
  test "$(grep -c '&lt;/script&gt;&lt;script&gt;pwned=1' "$dir/hostile.html")" -ge 8
check "those of libraries too" equal \
  "$(grep -c '<li>Technology .*: &lt;img src=x onerror=pwned=11&gt;' "$dir/hostile.html")" 2
check "and their sources" \
  grep -q '<th colspan="5" scope="rowgroup">&lt;script&gt;pwned=7&lt;/script&gt;' "$dir/hostile.html"
check "style and script are those of every page" equal \
  "$(grep -o "style-src.*form-action" "$dir/hostile.html")" "$(grep -o "style-src.*form-action" "$dir/small.html")"

# ---- what cannot be
refuses() { # refuses NAME EXIT-CODE TEXT ARGUMENTS...
  local name=$1 code=$2 text=$3
  shift 3
  page "$@" >"$dir/out"
  check "$name" equal "$?" "$code"
  check "$name: said" grep -qF -- "$text" "$dir/said"
}
refuses "no such experiment" 2 'found "nothing"' nothing --output "$dir/none.html"
check "nothing is written then" test ! -e "$dir/none.html"
refuses "a folder that is not there" 2 "$dir/no/such.html" certain --output "$dir/no/such.html"
sed 's/^name: .*/name: never/; s/clock_mhz: .*/clock_mhz: 9000/; /^plots/,$d' "$dir/small.yaml" >"$dir/never.yaml"
run "$dir/never.yaml"
refuses "no feasible point" 2 'experiment "never" has no feasible point' never --output "$dir/none.html"
mkdir "$dir/here" && (cd "$dir/here" && "$quarry" report certain --database "$dir/db" --no-validation 2>/dev/null)
check "without --output: EXPERIMENT.html" cmp "$dir/certain.html" "$dir/here/certain.html"
echo "1..$n"
