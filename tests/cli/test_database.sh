#!/bin/bash
# What the results database is asked for and what goes out of it: rm, diff, export, named questions, the schema in words
# and the cookbook; expectations worked out from the tables by sqlite3 and perl.
. tests/check.sh
db=$PWD/db
cd "$dir" || exit 1

cat >all.yaml <<'END'
name: rdm_vs_sdm
technology: [fdsoi28, lp55]
network: mobilenet_v1_1.0_224
layers: {type: dwconv}
designs:
  - name: RDM
    accelerator: depthwise
    pe: {kind: mac_dc, bits: 16}
    channels: [1, 2, 4]
  - name: SDM
    accelerator: depthwise
    pe: {kind: mac, multiplier: booth, bits: 16}
    channels: [1, 2, 4]
precision: [16, 8]
clock_mhz: {from: 100, to: 4000, points: 5, scale: log}
objectives: {minimize: [area_um2, latency_us]}
store: {layers: front, members: front}
front: {within: [technology, precision]}
uncertainty: {draws: 16, seed: 1}
END
sed 's/channels: \[1, 2, 4\]/channels: [1, 2]/' all.yaml >fewer.yaml
sed 's/^name: .*/name: other-run/; s/, lp55//' all.yaml >other.yaml
run() { "$quarry" run --quiet --no-plots --db-dir "$db" --database "${2:-r.sqlite}" "$1" >/dev/null 2>&1; }
run fewer.yaml && run other.yaml && run all.yaml
result $? 'three experiments are stored'
sql() { sqlite3 "${2:-r.sqlite}" "$1"; }
ask() { "$quarry" query --database r.sqlite "$@" 2>said | tr -d '\r'; }

# ---- views
check 'point: the latest run of each name' equal "$(sql 'SELECT group_concat(id) FROM (SELECT DISTINCT experiment_id AS id FROM point ORDER BY 1)')" 2,3
check 'point_all: all' equal "$(sql 'SELECT group_concat(id) FROM (SELECT DISTINCT experiment_id AS id FROM point_all ORDER BY 1)')" 1,2,3

# ---- named questions
check 'best: as the smallest of all points' equal \
  "$(ask best rdm_vs_sdm --format json | perl -MJSON::PP -e 'local $/; for (@{decode_json(<STDIN>)}) {
    printf "%s %s %s %.9g\n", @{$_}{qw(technology precision objective value)} }' | sort)" \
  "$(for m in area_um2 latency_us; do sql "SELECT technology, precision, '$m', printf('%.9g', min($m)) FROM point
    WHERE experiment_id = 3 AND infeasible IS NULL GROUP BY 1, 2"; done | tr '|' ' ' | sort)"
check 'axes are columns, numbers are numbers' equal "$(ask best rdm_vs_sdm --format json | perl -MJSON::PP -e 'local $/;
  print join " ", grep { !/^[124]$/ } map { encode_json([$_->{channels}]) =~ /\[(.*)\]/ } @{decode_json(<STDIN>)}')" ''
check 'front: as many as are stored' equal "$(ask front 3 --format csv | tail -n +2 | wc -l)" \
  "$(sql 'SELECT count(*) FROM front_point WHERE experiment_id = 3')"
check 'compare: pairs, median, least and greatest ratio of each technology and precision' equal \
  "$(ask compare SDM RDM 3 --format json | perl -MJSON::PP -e 'local $/; for (@{decode_json(<STDIN>)}) {
    printf "%s %s %d %.9g %.9g %.9g\n", @{$_}{qw(technology precision pairs median_ratio least_ratio greatest_ratio)}
      if $_->{metric} eq "area_um2" }' | sort)" \
  "$(sql "SELECT technology, precision, r.area_um2 / s.area_um2 FROM point r JOIN point s
    USING (experiment_id, technology, precision, clock_mhz)
    WHERE experiment_id = 3 AND r.design = 'RDM' AND s.design = 'SDM' AND r.area_um2 > 0 AND s.area_um2 > 0 AND
    r.parameters ->> 'channels' = s.parameters ->> 'channels' ORDER BY 3" | perl -F'\|' -lane 'push @{$r{"$F[0] $F[1]"}}, $F[2];
    END { for (sort keys %r) { @r = @{$r{$_}}; $n = @r;
      printf "%s %d %.9g %.9g %.9g\n", $_, $n, $n % 2 ? $r[$n / 2] : ($r[$n / 2 - 1] + $r[$n / 2]) / 2, $r[0], $r[-1] } }' | sort)"
check 'where: points and feasible ones' equal "$(ask where 3 --format csv | grep '^channels')" \
  "$(sql "SELECT 'channels', parameters ->> 'channels', count(*), sum(infeasible IS NULL) FROM point WHERE experiment_id = 3
    GROUP BY 2" | tr '|' ,)"
check 'where: reasons' equal "$(ask where 3 --format json | perl -MJSON::PP -e 'local $/; my $n = 0;
  $_->{axis} eq "infeasible" and $n += $_->{points} for @{decode_json(<STDIN>)}; print $n')" \
  "$(sql 'SELECT count(*) FROM point WHERE experiment_id = 3 AND infeasible IS NOT NULL')"
shares() { # of the variance of ln area, by the definition
  sql "SELECT $1, area_um2 FROM point WHERE experiment_id = 3 AND area_um2 > 0" | perl -F'\|' -lane '
    push @{$g{$F[0]}}, log $F[1]; push @all, log $F[1];
    END { sub mean { my $s = 0; $s += $_ for @_; $s / @_ } $m = mean(@all); $t += ($_ - $m) ** 2 for @all;
      $b += @{$g{$_}} * (mean(@{$g{$_}}) - $m) ** 2 for keys %g; printf "%.6f\n", $b / $t }'
}
for axis in technology design clock_mhz; do
  check "sensitivity: $axis" equal "$(ask sensitivity 3 --format csv | awk -F, -v a=$axis \
    '$1 == "area_um2" && $2 ~ "^\"?" a "( |\"|$)" { printf "%.6f", $NF }')" "$(shares $axis)"
done
check 'a list of them' test "$("$quarry" query --list --format csv | tail -n +2 | wc -l)" -ge 5
"$quarry" query --database r.sqlite bset >out 2>said
check 'an unknown question: what is near' equal "$? $(grep -c 'did you mean "best"' said)" '2 1'
"$quarry" query --database r.sqlite compare SDM RMD >out 2>said
check 'an unknown design is named' equal "$? $(grep -c 'found "RMD"' said)" '2 1'

# ---- schema and cookbook
"$quarry" describe schema --format csv | tr -d '\r' >schema.csv
check 'every table and view of a database is described' equal \
  "$(sql "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND sql NOT LIKE '%generated by quarry%' ORDER BY 1")" \
  "$(tail -n +2 schema.csv | cut -d, -f1 | sort -u | LC_ALL=C sort)"
check 'every metric has its unit and meaning' equal "$(sql 'SELECT unit FROM metric WHERE name = "area_um2"')" \
  "$(awk -F, '$1 == "point" && $3 == "area_um2" { print $5 }' schema.csv)"
check 'one table' equal "$("$quarry" describe schema front --format csv | tr -d '\r' | cut -d, -f3 | paste -sd' ')" \
  'column  front_group point'
"$quarry" cookbook --format json >recipes.json
perl -MJSON::PP -e 'local $/; $n = 0; for (@{decode_json(<STDIN>)}) { open F, ">", sprintf "recipe%02d.sql", ++$n;
  print F $_->{sql} }' <recipes.json
check 'twelve recipes' test "$(ls recipe*.sql | wc -l)" -ge 12
for recipe in recipe*.sql; do
  "$quarry" query --database r.sqlite --file "$recipe" --format csv >out 2>said
  check "$(paste -sd' ' "$recipe" | cut -c 1-60)" equal "$? $(test "$(wc -l <out)" -gt 1 && echo rows)" '0 rows'
done
check 'the page has them all' equal "$("$quarry" cookbook --help=man | grep -c '^quarry query\|^  quarry query')" \
  "$(ls recipe*.sql | wc -l)"

# ---- diff
"$quarry" diff -d r.sqlite 3 rdm_vs_sdm >out
check 'an experiment equals itself' equal "$?" 0
cp r.sqlite moved.sqlite
sql "UPDATE result SET area_um2 = area_um2 * 1.001 WHERE id = (3 << 40) + 1; UPDATE result SET latency_us = latency_us * 0.5
  WHERE id IN ((3 << 40) + 2, (3 << 40) + 4)" moved.sqlite
"$quarry" diff -d r.sqlite 3 moved.sqlite:rdm_vs_sdm --format csv >out
check 'changes are found' equal "$? $(tr -d '\r' <out | awk -F, '$1 == "metric" { printf "%s %.6f %s;", $2, $5, $6 }')" \
  '1 area_um2 0.001000 1;latency_us -0.500000 2;'
"$quarry" diff -d r.sqlite 3 moved.sqlite:3 --tolerance 0.6 >out
check 'within a tolerance they are equal' equal "$?" 0
"$quarry" diff -d r.sqlite rdm_vs_sdm@2 rdm_vs_sdm --format csv | tr -d '\r' >out
check 'points of one alone' equal "$(awk -F, '$2 == "only in B" { print $6 }' out) $(awk -F, '$2 == "all" { print $3, $4, $6; exit }' out)" \
  "$(sql "SELECT count(*) FROM point WHERE experiment_id = 3 AND parameters ->> 'channels' = 4") $(sql 'SELECT
    (SELECT count(*) FROM point_all WHERE experiment_id = 1), count(*), (SELECT count(*) FROM point_all WHERE experiment_id = 1)
    FROM point WHERE experiment_id = 3' | tr '|' ' ')"
check 'the text differs' grep -q '^input,text of the experiment' out
check 'front members gained' equal "$(awk -F, '$2 == "all lost" { print $6 }' out)" \
  "$(sql "SELECT count(*) FROM point_all a JOIN point_all b USING (technology, precision, design, clock_mhz) WHERE
    a.experiment_id = 1 AND b.experiment_id = 3 AND a.parameters ->> 'channels' = b.parameters ->> 'channels' AND a.point_id IN
    (SELECT point FROM front) AND b.point_id NOT IN (SELECT point FROM front)" | sed 's/^0$//')"
"$quarry" diff -d r.sqlite 3 rdm_vs_sm >out 2>said
check 'an unknown experiment' equal "$? $(wc -c <out) $(grep -c 'did you mean "rdm_vs_sdm"' said)" '2 0 1'

# ---- export
"$quarry" export -d r.sqlite 3 -o points.csv
check 'a row a point' equal "$? $(tail -n +2 points.csv | wc -l)" "0 $(sql 'SELECT count(*) FROM point WHERE experiment_id = 3')"
check 'the numbers are those stored' equal "$("$quarry" export -d r.sqlite 3 -c point,area_um2 -o /dev/stdout | tr -d '\r' |
  awk -F, 'NR > 1 && $2 { printf "%d %.15g\n", $1, $2 }' | md5sum)" \
  "$(sql "SELECT point, printf('%.15g', area_um2) FROM point WHERE experiment_id = 3 AND area_um2 IS NOT NULL ORDER BY 1" |
  tr '|' ' ' | md5sum)"
check 'beside it: units and provenance' equal "$(perl -MJSON::PP -e 'local $/; my $j = decode_json(<STDIN>);
  binmode STDOUT, ":utf8"; my ($u) = map { $_->{unit} } grep { $_->{name} eq "area_um2" } @{$j->{columns}};
  print "$u $j->{provenance}{text_sha256}"' <points.csv.json)" "µm² $(sha256sum <all.yaml | cut -d' ' -f1)"
program() { perl -MJSON::PP -e 'local $/; print decode_json(<STDIN>)->{provenance}{program} // "none"' <"$1"; }
check 'and the program that began it' equal "quarry $(program points.csv.json)" "$("$quarry" --version)"
sqlite3 r.sqlite '.backup older.sqlite' && sqlite3 older.sqlite 'ALTER TABLE experiment DROP COLUMN program'
"$quarry" export -d older.sqlite 3 -o older.csv
check 'of an older database it is not known' equal "$? $(program older.csv.json)" '0 none'
rm older.*
mkdir out.d && "$quarry" export -d r.sqlite 2 -o out.d 2>said
check 'both into a directory' equal "$(ls out.d | paste -sd';')" \
  'other-run_front.csv;other-run_front.csv.json;other-run_points.csv;other-run_points.csv.json'
"$quarry" export -d r.sqlite 3 --front -f latex -w technology=lp55,precision=8 -o front.tex
check 'a tabular with rules' equal "$(grep -c '^\\toprule\|^\\midrule\|^\\bottomrule' front.tex) $(grep -c '\\\\$' front.tex)" \
  "3 $(($(sql "SELECT count(*) FROM front_point WHERE experiment_id = 3 AND technology = 'lp55' AND precision = '8 bit'") + 1))"
check 'nothing of LaTeX is left unescaped' equal "$(grep -v '^%' front.tex | grep -v '^\\[a-z]*rule\|^\\begin\|^\\end' |
  grep -c '[^\\][%#_]')" 0
check 'with what does not vary, and intervals behind their values' equal \
  "$(grep -c '^% in all rows: .*technology lp55' front.tex) $(grep -c 'p05' front.tex)" '1 0'
check 'patterns of columns' equal "$("$quarry" export -d r.sqlite 3 -c 'design,area_um2*' -o /dev/stdout | head -1 | tr -d '\r')" \
  'design,area_um2,area_um2_p05,area_um2_p95'
"$quarry" export -d r.sqlite 3 -c ' , ' -o none.csv 2>said
check 'a list of none is refused' equal "$? $(cat said)" '2 error: --columns: expected columns of the export, found " , "'
"$quarry" export -d r.sqlite 3 -c area_um2 -o few.csv
check 'beside them stands what they are, and nothing of others' equal \
  "$(perl -MJSON::PP -e 'local $/; print join " ", map { $_->{name} } @{decode_json(<STDIN>)->{columns}}' <few.csv.json)" area_um2
"$quarry" export -d r.sqlite 3 -c design,aera_um2 -o none.csv 2>said
check 'an unknown column: nothing is written' equal "$? $(ls none.csv* 2>/dev/null) $(grep -c 'did you mean "area_um2"' said)" '2  1'
# Nothing of the user's is written over: the database by whatever name, another one, an experiment, a file beside a CSV.
ln -s r.sqlite link.csv
cp r.sqlite other.csv
echo 'name: mine' >mine.yaml
echo mine >beside.csv.json
kept=$(cat r.sqlite other.csv mine.yaml beside.csv.json | sha256sum)
for out in r.sqlite ./r.sqlite r.sqlite-wal link.csv other.csv mine.yaml beside.csv ''; do
  "$quarry" export -d r.sqlite 3 -o "$out" >said 2>&1
  check "export to '$out' is refused" equal "$? $(grep -c '^error: --output: expected' said)" '2 1'
done
for out in r.sqlite link.csv mine.yaml; do
  "$quarry" report -d r.sqlite 3 --no-validation -o "$out" >said 2>&1
  check "a page to '$out' is refused" equal "$? $(grep -c '^error: --output: expected' said)" '2 1'
done
check 'they are as they were' equal "$(cat r.sqlite other.csv mine.yaml beside.csv.json | sha256sum)" "$kept"
check 'nothing half-written' equal "$(ls beside.csv r.sqlite-wal.json 2>/dev/null)" ''
"$quarry" export -d r.sqlite 3 -w technology=nowhere -o none.csv 2>said
check 'points that no label fits' equal "$? $(grep -c 'expected points that it fits' said) $(ls none.csv 2>/dev/null)" '2 1 '
for end in csv json md tex txt; do
  case $end in md) format=markdown ;; tex) format=latex ;; txt) format=table ;; *) format=$end ;; esac
  echo mine >"mine.$end"
  "$quarry" export -d r.sqlite 3 -f $format -o "mine.$end" >said 2>&1
  check "a $end of another is left alone" equal "$? $(cat "mine.$end") $(ls mine.$end*)" "2 mine mine.$end"
  "$quarry" export -d r.sqlite 3 -f $format -o "own.$end" && "$quarry" export -d r.sqlite 3 -f $format -o "own.$end"
  check "its own $end is written again" equal $? 0
  case $end in md | tex | txt)
    echo mine >>"own.$end"
    "$quarry" export -d r.sqlite 3 -f $format -o "own.$end" >said 2>&1
    check "but not with lines of another" equal "$? $(tail -n 1 "own.$end") $(grep -c 'choose another output, or move it away' said)" '2 mine 1' ;;
  esac
  rm -f own.$end* mine.$end
done
echo '<!DOCTYPE html><title>mine</title>' >mine.html
"$quarry" report -d r.sqlite 3 --no-validation -o mine.html >said 2>&1
check 'so is a page' equal "$? $(grep -c mine mine.html)" '2 1'
"$quarry" report -d r.sqlite 3 --no-validation -o own.html >said 2>&1 &&
  "$quarry" report -d r.sqlite 3 --no-validation -o own.html >said 2>&1
check 'its own page is written again' equal $? 0
rm -f own.html mine.html
"$quarry" export --datasette -d r.sqlite -o metadata.json
check 'metadata for Datasette' equal "$(perl -MJSON::PP -e 'local $/; my $t = decode_json(<STDIN>)->{databases}{r}{tables};
  binmode STDOUT, ":utf8"; print "$t->{point}{units}{area_um2} ", length($t->{result}{columns}{latency_us}) > 10' \
  <metadata.json)" 'µm² 1'

# ---- rm
"$quarry" rm -d r.sqlite --older --dry-run >out 2>said
check 'a dry run says and does nothing' equal "$(tail -n +2 out | wc -l) $(sql 'SELECT count(*) FROM experiment')" '1 3'
"$quarry" rm -d r.sqlite rdm_vs_sm 2>said
check 'an unknown name' equal "$? $(grep -c 'did you mean "rdm_vs_sdm"' said) $(sql 'SELECT count(*) FROM experiment')" '2 1 3'
"$quarry" rm -d none.sqlite --older 2>said
check 'no database: none is made' equal "$? $(ls none.sqlite 2>/dev/null)" '2 '
"$quarry" rm -d r.sqlite --older --format csv >out 2>said
check 'older runs go' equal "$? $(tail -n +2 out | cut -d, -f1) $(sql 'SELECT group_concat(id) FROM (SELECT id FROM experiment ORDER BY id)')" '0 1 2,3'
# Which experiments are not complete is said where their results are read, whatever the text of the SELECT has in it.
cp r.sqlite open.sqlite
sqlite3 open.sqlite "UPDATE experiment SET status = 'interrupted', name = 'other' WHERE name = 'other-run'; CREATE VIEW mine AS SELECT * FROM rdm_vs_sdm_points"
open() { "$quarry" query -d open.sqlite "$1" 2>&1 >/dev/null | grep -c '^note: other is interrupted: '; }
check 'another experiment, whose name is in the text' equal "$(open "SELECT area_um2, 'other' FROM rdm_vs_sdm_points LIMIT 1")" 0
check 'a view of it' equal "$(open "SELECT count(*) FROM mine")" 0
check 'within a WITH' equal "$(open "WITH a AS (SELECT area_um2 AS other FROM rdm_vs_sdm_points) SELECT max(other) FROM a")" 0
check 'its results without its name' equal "$(open "SELECT max(area_um2) FROM point")" 1
check 'also counted' equal "$(open "SELECT count(*) FROM result")" 1
check 'by number' equal "$(open "SELECT count(*) FROM point_all WHERE experiment_id = 1")" 1
check 'what has no results' equal "$(open "SELECT name, 'other' FROM metric")" 0
check 'the summary has its state' equal "$(open "SELECT * FROM summary")" 0
before=$(stat -c %s r.sqlite)
"$quarry" rm -d r.sqlite 'other-run' --all-runs --vacuum >out 2>said
check 'the file gets smaller' test "$(stat -c %s r.sqlite)" -lt "$before"
check 'its generated views go' equal "$(sql "SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE 'other%'")" ''
"$quarry" rm -d r.sqlite 3 >out 2>said
left=0
for t in $(sql "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'metric'"); do
  left=$((left + $(sql "SELECT count(*) FROM \"$t\"")))
done
check 'no table has a row of any experiment' equal "$left" 0
cd "$root" || exit 1
echo "1..$n"
