#!/bin/bash
# `quarry validate published` with figures of one's own: verdicts, papers, broken entries.  TAP.
. tests/check.sh

cat >"$dir/good.yaml" <<'YAML'
title: one figure
figures:
  - name: half
    claim: compression at 16 bits
    source: 32 bits over 16
    published: 2
    tolerance: 0
    relation: value
    quantity: compression
    expect: reproduced
    of: {format: uniform, bits: 16}
YAML
check 'a figure of my own' "$quarry" validate published "$dir/good.yaml"
sed 's/published: 2/published: 3/' "$dir/good.yaml" >"$dir/off.yaml"
"$quarry" validate published "$dir/off.yaml" >/dev/null 2>"$dir/err"
check 'one that is off now exits 1' equal "$? $(cat "$dir/err")" "1 $dir/off.yaml:3: half was reproduced before and is off now"
refuse() { # refuse NAME SED MESSAGE
  sed "$2" "$dir/good.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(sed "s#$dir/##" "$dir/err")" "2 $3"
}
refuse 'unknown key' 's/claim:/clam:/' 'bad.yaml:4:5: error: figures[0]: unknown key "clam"; did you mean "claim"?'
refuse 'no source' '/source/d' 'bad.yaml:3:5: error: figures[0]: expected a key `source`, found a mapping of 8 keys'
refuse 'nothing measured' 's/of: .*/of: {bits: 3}/' \
  'bad.yaml:11:9: error: figures[0].of: expected a mapping with pe, operator, component, cell, array, accelerator, format, network, schedule, tiled, fpga or mixed, found a mapping of 1 key'
refuse 'unknown format' 's/uniform/unifrom/' \
  'bad.yaml:11:9: error: figures[0].of: expected a format that `quarry list formats` shows, found a mapping of 2 keys'
refuse 'a quantity it does not have' 's/quantity: .*/quantity: area_um2/' \
  'bad.yaml:11:9: error: figures[0].of: expected something with the quantity area_um2, found a mapping of 2 keys'
refuse 'value beside a second subject' 's/of: .*/of: {format: uniform}\n    to: {format: uniform}/' \
  'bad.yaml:3:5: error: figures[0]: expected no key `to` beside relation value, found a mapping of 10 keys'

# A paper of two figures: 32 bits over 16 is 2 and published; 15 bits give 2.133, 8 bits 4; a shorter reference changes the
# second figure only.
cat >"$dir/paper.yaml" <<'YAML'
title: one paper
papers:
  - name: hand
    source: arithmetic
    unknown: everything else
    configuration:
      why: it is what the text says
      subjects:
        code: {format: uniform, bits: 16}
        reference: {format: uniform, bits: 16}
    open:
      - question: bits
        taken: "16"
        others:
          - {name: "15", subjects: {code: {bits: 15}}}
          - {name: "8", subjects: {code: {bits: 8}}}
      - question: reference
        taken: 16 bits
        others:
          - {name: 14 bits, subjects: {reference: {bits: 14}}}
    figures:
      - name: value
        claim: c
        published: 2
        tolerance: 0.1
        relation: value
        quantity: compression
        of: code
      - name: ratio
        claim: c
        source: page 2
        published: 1
        tolerance: 0.01
        quantity: compression
        expect: reproduced
        of: code
        to: reference
YAML
ask() { # ask FILE PATH: of the JSON
  sqlite3 :memory: "SELECT json_extract(CAST(readfile('$1') AS TEXT), '\$.$2')"
}
count() { # count FILE PATH CONDITION: elements of an array in the JSON
  sqlite3 :memory: "SELECT count(*) FROM json_each(CAST(readfile('$1') AS TEXT), '\$.$2') WHERE $3"
}
"$quarry" validate published "$dir/paper.yaml" --format json >"$dir/paper.json" 2>"$dir/err"
check 'a paper of my own' equal "$? $(cat "$dir/err")" '0 '
check 'each figure is scored once, with the configuration' equal "$(ask "$dir/paper.json" 'tallies[0]')" \
  '{"section":"published figures (nothing was fitted to them)","class":"exact","figures":2,"scored":2,"reproduced":2,"with_interval":0,"inside":0,"calibrated":0,"predictions":0}'
within() { ask "$dir/paper.json" "figures[$1].$2"; }
check 'one of two other widths within the tolerance; what changes nothing is no variant' equal "$(within 0 variants) $(within 0 variants_within)" '2 1'
# 15 and 8 over 16, and 16, 15 and 8 over 14 bits: 16/15, 2, 14/16, 14/15, 14/8 are all further than 1 % from 1.
check 'of the ratio all combinations, none within' equal "$(within 1 variants) $(within 1 variants_within)" '5 0'
check 'variants that meet all figures of the paper' equal "$(ask "$dir/paper.json" 'papers[0].variants') $(ask "$dir/paper.json" 'papers[0].meet_all')" '5 0'
check 'the list has them all, none with a verdict that scores' equal \
  "$(count "$dir/paper.json" variants "json_extract(value, '\$.verdict') IN ('within tolerance', 'outside')")" 7
check 'a combination has its place in the list' equal "$(sqlite3 :memory: "SELECT round(json_extract(value, '\$.model'), 6) FROM
  json_each(CAST(readfile('$dir/paper.json') AS TEXT), '\$.variants') WHERE json_extract(value, '\$.variant') = 'bits: 8; reference: 14 bits'")" 1.75
check 'source of the paper, and what a figure adds' equal "$(within 0 source) $(within 1 source)" 'arithmetic arithmetic; page 2'
sed 's/    open:/    combine: one\n    open:/' "$dir/paper.yaml" >"$dir/one.yaml"
"$quarry" validate published "$dir/one.yaml" --format json >"$dir/one.json"
check 'one question at a time' equal "$(ask "$dir/one.json" 'figures[1].variants') $(ask "$dir/one.json" 'papers[0].variants')" '3 3'
sed 's/published: 1$/published: 2/' "$dir/paper.yaml" >"$dir/off.yaml"
"$quarry" validate published "$dir/off.yaml" >"$dir/text" 2>"$dir/err"
check 'a figure that a variant meets and the configuration does not is off, and that is a regression' equal \
  "$? $(grep -c 'ratio was reproduced before' "$dir/err")" '1 1'
check 'what the source does not say stands below what is off' equal "$(sed -n '/^off:/,/^exact/p' "$dir/text")" \
  "off:
  ratio, -50.0 %
    not stated: everything else
exact counts and formats: 1 of 2 within tolerance"
# With a tolerance of 7 % 15 bits meet both figures, 6.7 % off, over 16 and over 14 bits.
sed 's/tolerance: 0.01/tolerance: 0.07/' "$dir/paper.yaml" >"$dir/wide.yaml"
"$quarry" validate published "$dir/wide.yaml" --format json >"$dir/wide.json"
check 'variants that meet both figures' equal "$(ask "$dir/wide.json" 'papers[0].meet_all')" 2
check 'CSV has figures, with --all variants, too' equal \
  "$("$quarry" validate published "$dir/paper.yaml" --format csv | wc -l) $("$quarry" validate published "$dir/paper.yaml" --format csv --all | wc -l)" '3 10'

refuse_paper() { # refuse_paper NAME SED MESSAGE
  sed "$2" "$dir/paper.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(sed "s#$dir/##g" "$dir/err")" "2 bad.yaml:$3"
}
refuse_paper 'two configurations' 's/    unknown: .*/    configuration: {why: fits better}/' \
  '6:5: error: papers[0].configuration: duplicate key, first given at 5:5'
refuse_paper 'a list of configurations' '/^    configuration:/,/^        reference:/d; s/^    unknown: .*/    configuration: [{why: a}, {why: b}]/' \
  '5:20: error: papers[0].configuration: expected one `configuration`: a mapping with `why` and `subjects`, found a list of 2 values'
refuse_paper 'a figure that is stated twice' 's/name: ratio/name: value/' \
  "29: error: expected a figure with a name of its own, found \"value\" as in bad.yaml:22"
refuse_paper 'no reason' '/why:/d' \
  '7:7: error: papers[0].configuration: expected a key `why`, found a mapping of 1 key'
refuse_paper 'a figure that decides again' 's/of: code$/of: {subject: code, bits: 8}/' \
  '28:35: error: papers[0].figures[0].of.bits: expected no key `bits`: the configuration has decided it for all figures of hand, found "8"'
refuse_paper 'a figure with a clock of its own where the configuration has one' \
  's/      why: .*/      why: w\n      clock_mhz: 100/; s/of: code$/of: {subject: code, clock_mhz: 50}/' \
  '29:40: error: papers[0].figures[0].of.clock_mhz: expected no key `clock_mhz`: the configuration has decided the clock for all figures of hand, found "50"'
refuse_paper 'unknown subject' 's/to: reference$/to: refrence/' \
  '37:13: error: papers[0].figures[1].to: expected a subject of the configuration of paper hand, found "refrence"'
refuse_paper 'something else than a subject' 's/of: code$/of: {format: uniform}/' \
  '28:13: error: papers[0].figures[0].of: expected a subject of the configuration, or a mapping with a key `subject`, found a mapping of 1 key'
refuse_paper 'unknown key of a paper' 's/unknown:/unkown:/' '5:5: error: papers[0]: unknown key "unkown"; did you mean "unknown"?'
refuse_paper 'a figure with conditions' 's/        relation: value/        technology: lp55/' \
  '26:9: error: papers[0].figures[0]: unknown key "technology"; known keys: name, claim, source, published, unit, tolerance, relation, quantity, of, to, calibrated, prediction, expect, note'
refuse_paper 'an answer about something else' 's/{reference: {bits: 14}}/{refrence: {bits: 14}}/' \
  '20:50: error: papers[0].open[1].others[0].subjects.refrence: expected only subjects of the configuration, found a mapping of 1 key'
refuse_paper 'known to be off without a reason' 's/expect: reproduced/expect: off/' \
  '29:9: error: papers[0].figures[1]: expected a key `note` with the reason beside `expect: off`, found a mapping of 9 keys'
refuse_paper 'a prediction without a reason' 's/expect: reproduced/prediction: true/' \
  '29:9: error: papers[0].figures[1]: expected a key `note` with the reason beside `prediction: true`, found a mapping of 9 keys'
refuse_paper 'both' 's/expect: reproduced/expect: reproduced\n        prediction: true\n        note: n/' \
  '29:9: error: papers[0].figures[1]: expected neither `calibrated` nor `expect` beside `prediction: true`, found a mapping of 11 keys'
sed 's/expect: reproduced/prediction: true\n        note: another node/' "$dir/off.yaml" >"$dir/foreseen.yaml"
"$quarry" validate published "$dir/foreseen.yaml" --format json >"$dir/foreseen.json"
check 'a prediction is compared and not scored' equal "$? $(ask "$dir/foreseen.json" 'figures[1].verdict') $(ask "$dir/foreseen.json" 'figures[1].error_pct') \
$(ask "$dir/foreseen.json" 'tallies[0].scored') $(ask "$dir/foreseen.json" 'tallies[0].predictions')" '0 prediction -50 1 1'

# refuse_like NAME SED PART: the message holds PART
refuse_like() {
  sed "$2" "$dir/paper.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(grep -cF -- "$3" "$dir/err")" "2 1"
}
refuse_like 'an unknown key of an answer' 's/{name: 14 bits, subjects/{name: 14 bits, subject/' 'did you mean "subjects"?'
refuse_like 'an answer that is a text' 's/- {name: 14 bits.*/- fourteen/' 'a mapping with `name` and what differs'
refuse_like 'an answer without a name' 's/{name: 14 bits, /{/' 'a key `name`'
refuse_like 'an answer of no subjects' 's/subjects: {reference: {bits: 14}}/subjects: [reference]/' 'a mapping of subjects to what differs'
refuse_like 'an answer of a subject that is a number' 's/{reference: {bits: 14}}/{reference: 14}/' 'a mapping of the keys that differ'
refuse_like 'an answer at no clock' 's/subjects: {reference: {bits: 14}}/clock_mhz: 0/' 'from 0.001 to 100000'
refuse_like 'a question without what was taken' '/taken: 16 bits/d' 'a key `taken`'
refuse_like 'a question with an unknown key' 's/taken: 16 bits/taken: 16 bits\n        take: 15/' 'did you mean "taken"?'
refuse_like 'questions that are none' '/^    open:/,/^          - {name: 14/d; s/^    figures:/    open: []\n    figures:/' 'a list of open questions'
refuse_like 'a question without other answers' '/- {name: 14/d' 'a key `others` with a list of other answers'
refuse_like 'a way that is none' 's/    open:/    combine: some\n    open:/' 'all, one'
refuse_like 'subjects that are none' 's/^      subjects:/      subject:/' 'did you mean "subjects"?'
refuse_like 'a subject that is a text' 's/code: {format: uniform, bits: 16}/code: uniform/' 'a mapping that says what is measured'
refuse_like 'no figures' '/^    figures:/,$d' 'a key `figures` with a list of at least one'
refuse_like 'a figure that is 0' 's/published: 2$/published: 0/' 'a figure other than 0'
refuse_like 'a tolerance beyond all' 's/tolerance: 0.1$/tolerance: 1.1/' 'from 0 to 1'
refuse_like 'a relation that is none' 's/relation: value/relation: same/' 'ratio, difference, value'
refuse_like 'nothing to compare with' '/to: reference/d' 'a key `to`: what it is compared with'
refuse_like 'nothing measured' '/        of: code$/d' 'a key `of`: what is measured'
refuse_like 'a flag that is none' 's/expect: reproduced/calibrated: perhaps/' 'perhaps'
# 13 questions with another answer each are 8191 variants together, 13 one by one.
{
  sed '/^    open:/,$d' "$dir/paper.yaml"
  echo '    open:'
  for q in 1 2 3 4 5 6 7 8 9 10 11 12 13; do
    printf '      - {question: q%s, taken: a, others: [{name: b, subjects: {code: {bits: %s}}}]}\n' $q $((q + 2))
  done
  sed -n '/^    figures:/,$p' "$dir/paper.yaml"
} >"$dir/many.yaml"
"$quarry" validate published "$dir/many.yaml" >/dev/null 2>"$dir/err"
check 'too many variants' equal "$? $(grep -c 'at most 4096 variants (8191 here)' "$dir/err")" '2 1'
sed 's/    open:/    combine: one\n    open:/' "$dir/many.yaml" >"$dir/few.yaml"
"$quarry" validate published "$dir/few.yaml" --format json >"$dir/few.json"
check 'one by one they are few' equal "$(ask "$dir/few.json" 'papers[0].variants')" 13

# Areas against the period.  Independent of how a multiple is priced: at its shortest period a circuit has the area that
# it has at the clock of that period, at a very long one that of a very slow clock.
curve() { # curve QUANTITY SUBJECT
  printf 'figures:\n  - {name: f, claim: c, source: s, relation: value, technology: asap7, quantity: %s, of: {component: mul_u, params: n=8 m=8, registers: false, %s}}\n' "$1" "$2" >"$dir/curve.yaml"
  "$quarry" validate published "$dir/curve.yaml" --format csv | tail -1 | cut -d, -f4
}
near() { [ "$(sqlite3 :memory: "SELECT abs($1 / ($2) - 1) < $3")" = 1 ] || { echo "got $1, expected $2"; return 1; }; }
fastest=$(curve min_period_ps 'clock_mhz: 100')
check 'area at the shortest period' near "$(curve area_um2 'period_over_fastest: 1')" \
  "$(curve area_um2 "clock_mhz: $(sqlite3 :memory: "SELECT 999999.9 / $fastest")")" 1e-4
check 'at a long one that of a slow clock' near "$(curve area_um2 'period_over_fastest: 100')" "$(curve area_um2 'clock_mhz: 1')" 1e-4
check 'it falls as the period grows' equal "$(sqlite3 :memory: "SELECT $(curve area_um2 'period_over_fastest: 1') >
  $(curve area_um2 'period_over_fastest: 1.2') AND $(curve area_um2 'period_over_fastest: 1.2') > $(curve area_um2 'period_over_fastest: 3')")" 1
check 'of a format it makes no sense' equal "$(sed 's/of: .*/of: {format: uniform, bits: 16, period_over_fastest: 2}/' "$dir/good.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" 2>&1 | sed "s#$dir/##")" \
  'bad.yaml:11:9: error: figures[0].of: expected pe, operator or component beside `period_over_fastest`, found a mapping of 2 keys'
refuse 'what the model itself refuses' 's/bits: 16/bits: 17/' \
  'bad.yaml:11:9: error: figures[0].of: uniform: expected bits in [2, 16], found 17'
echo "1..$n"
