#!/bin/bash
# Figures kept between runs: what is printed is what a run that keeps nothing prints, whatever is in the folder and
# whatever was changed since.  TAP.
. tests/check.sh
export XDG_CACHE_HOME=$dir/cache
kept=$dir/cache/quarry/published.figures
mkdir -p "$dir/db" "$dir/a" "$dir/b"
(cd db && find . -name '*.sqlite*' -prune -o -type f -print0 | xargs -0 cp --parents -t "$dir/db")

cat >"$dir/a/own.yaml" <<'YAML'
title: each kind of file that figures follow from
figures:
  - {name: area, claim: c, source: s, published: 1000, relation: value, quantity: area_um2, technology: fdsoi28,
     of: {pe: mac, bits: 4}}
  - {name: macs, claim: c, source: s, published: 1, relation: value, quantity: macs, of: {network: resnet18, type: conv}}
  - {name: ratio, claim: c, source: s, published: 2, quantity: compression, of: {format: uniform, bits: 8},
     to: {format: uniform, bits: 16}}
  - {name: luts, claim: c, source: s, published: 9, relation: value, quantity: lut,
     of: {fpga: {component: mul_u, params: "n=8 m=8", family: xcup, toolchain: abc}}}
YAML
cp "$dir/a/own.yaml" "$dir/b/own.yaml"
# Prints what `validate` prints, of a run with the folder and of one without; the same?
print_one() { # FILE OPTION...
  local file=$1
  shift
  "$quarry" validate published "$file" --db-dir "$dir/db" --format json "$@" 2>&1
}
same() { # sentence [FILE]
  print_one "${2:-$dir/a/own.yaml}" --no-cache >"$dir/plain"
  print_one "${2:-$dir/a/own.yaml}" >"$dir/with"
  check "$1" cmp "$dir/plain" "$dir/with"
}
print_one "$dir/a/own.yaml" --no-cache >"$dir/first"
check 'four figures' equal "$(grep -c '"figure"' "$dir/first") $(grep -c error: "$dir/first")" '4 0'
check 'without a folder nothing is kept' test ! -e "$dir/cache"
same 'an empty folder: the same figures'
check 'they are kept' test -s "$kept"
sum=$(sha256sum <"$kept")
same 'a full folder: the same figures'
check 'nothing is written anew' equal "$(sha256sum <"$kept")" "$sum"
same 'figures of another folder that are measured the same way' "$dir/b/own.yaml"

# Every file that they follow from.
changed() { # WHAT FILE SED: figures differ from those before and are those of a run without the folder
  sed -i "$3" "$dir/db/$2"
  same "$1 changed: the same figures as without the folder"
  check "$1 changed: others than before" test "$(cmp -s "$dir/first" "$dir/with"; echo $?)" -eq 1
  cp "db/$2" "$dir/db/$2"
  same "$1 as it was"
  check "$1 as it was: the first figures" cmp "$dir/first" "$dir/with"
}
changed 'a library' tech/fdsoi28.yaml 's/value: 0.49 um2/value: 0.5 um2/'
changed 'a network' networks/resnet18.csv '/^conv2_1_b,/a more,conv,,56,56,64,64,3,3,1,1,1,115605504,36864'
changed 'the discrepancies' structure.csv 's/log_sigma,[0-9.]*,[0-9.]*,[0-9.]*/log_sigma,0.5,0.4,0.6/'

# What is no whole file of ours is left out of account, and mended; the rest of the layout is in test_figures_kept.c.
sum=$(sha256sum <"$kept")
for bytes in 0 1000; do
  head -c $bytes "$kept" >"$dir/short" && cp "$dir/short" "$kept"
  same "$bytes bytes"
  check "mended" equal "$(sha256sum <"$kept")" "$sum"
done
echo "1..$n"
