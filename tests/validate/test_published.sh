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
check 'the list has them all, none with a verdict that scores' equal \
  "$(count "$dir/paper.json" variants "json_extract(value, '\$.verdict') IN ('within tolerance', 'outside')")" 7
check 'a combination has its place in the list' equal "$(sqlite3 :memory: "SELECT round(json_extract(value, '\$.model'), 6) FROM
  json_each(CAST(readfile('$dir/paper.json') AS TEXT), '\$.variants') WHERE json_extract(value, '\$.variant') = 'bits: 8; reference: 14 bits'")" 1.75
sed 's/published: 1$/published: 2/' "$dir/paper.yaml" >"$dir/off.yaml"
"$quarry" validate published "$dir/off.yaml" >"$dir/text" 2>"$dir/err"
check 'a figure that a variant meets and the configuration does not is off, and that is a regression' equal \
  "$? $(grep -c 'ratio was reproduced before' "$dir/err")" '1 1'
check 'what the source does not say stands below what is off' equal "$(sed -n '/^off:/,/^exact/p' "$dir/text")" \
  "off:
  ratio, -50.0 %
    not stated: everything else
exact counts and formats: 1 of 2 within tolerance"
check 'CSV has figures, with --all variants, too' equal \
  "$("$quarry" validate published "$dir/paper.yaml" --format csv | wc -l) $("$quarry" validate published "$dir/paper.yaml" --format csv --all | wc -l)" '3 10'

refuse_paper() { # refuse_paper NAME SED MESSAGE
  sed "$2" "$dir/paper.yaml" >"$dir/bad.yaml"
  "$quarry" validate published "$dir/bad.yaml" >/dev/null 2>"$dir/err"
  check "$1" equal "$? $(sed "s#$dir/##g" "$dir/err")" "2 bad.yaml:$3"
}
refuse_paper 'two configurations' 's/    unknown: .*/    configuration: {why: fits better}/' \
  '6:5: error: papers[0].configuration: duplicate key, first given at 5:5'
refuse_paper 'a figure that decides again' 's/of: code$/of: {subject: code, bits: 8}/' \
  '28:35: error: papers[0].figures[0].of.bits: expected no key `bits`: the configuration has decided it for all figures of hand, found "8"'
sed 's/expect: reproduced/prediction: true\n        note: another node/' "$dir/off.yaml" >"$dir/foreseen.yaml"
"$quarry" validate published "$dir/foreseen.yaml" --format json >"$dir/foreseen.json"
check 'a prediction is compared and not scored' equal "$? $(ask "$dir/foreseen.json" 'figures[1].verdict') $(ask "$dir/foreseen.json" 'figures[1].error_pct') \
$(ask "$dir/foreseen.json" 'tallies[0].scored') $(ask "$dir/foreseen.json" 'tallies[0].predictions')" '0 prediction -50 1 1'

echo "1..$n"
