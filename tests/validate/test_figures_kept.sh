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

# They come from the folder: a value that is replaced there, with a digest that fits, is printed; but not where another
# version of the program wrote it.
cat >"$dir/replace.pl" <<'PERL'
use Digest::SHA qw(sha256_hex);
my ($file, $version) = @ARGV;
open my $in, '<:raw', $file or die;
my $all = do { local $/; <$in> };
$all = substr $all, 0, -64;
for (my $at = -1; ($at = index $all, 'macs in ', $at + 1) >= 0;) {
  my $length = unpack 'Q', substr $all, $at - 8, 8;
  substr $all, $at + $length + 8, 8, pack 'd', 4321;
}
substr $all, 8, 1, 'X' if $version;
open my $out, '>:raw', $file or die;
print $out $all, sha256_hex $all;
PERL
cp "$kept" "$dir/good"
perl "$dir/replace.pl" "$kept"
check 'figures are taken from the folder' equal "$(print_one "$dir/a/own.yaml" | grep -c '"model": 4321,')" 1
cp "$dir/good" "$kept"
perl "$dir/replace.pl" "$kept" version
same 'not those of another program'
check 'which are written anew' equal "$(head -c 8 "$kept" | od -An -tu8 | tr -d ' ') $(grep -ac 4321 "$kept")" \
  "$(head -c 8 "$dir/good" | od -An -tu8 | tr -d ' ') 0"

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

# What is no whole file of ours is left out of account, and mended.
for bytes in 0 7 63 64 65 200 1000 5000; do
  head -c $bytes "$dir/good" >"$kept"
  same "$bytes bytes"
done
for at in 0 8 300 2000; do
  cp "$dir/good" "$kept"
  printf 'x' | dd of="$kept" bs=1 seek=$at conv=notrunc 2>/dev/null
  same "byte $at damaged"
done
sum=$(sha256sum <"$kept")
print_one "$dir/a/own.yaml" >"$dir/with"
check 'mended' equal "$(sha256sum <"$kept") $(grep -ac 'macs in ' "$kept")" "$sum 1"
rm "$kept" && mkdir "$kept"
same 'a folder in its place'
rmdir "$kept" && mkfifo "$kept"
same 'a pipe in its place'
rm "$kept"

# A file outside db_dir is none that is looked after.
sed 's/network: resnet18/network: .\/n.csv/' "$dir/a/own.yaml" >"$dir/a/near.yaml"
cp "$dir/a/near.yaml" "$dir/b/near.yaml"
cp db/networks/resnet18.csv "$dir/a/n.csv"
sed '/^conv2_1_b,/a more,conv,,56,56,64,64,3,3,1,1,1,115605504,36864' db/networks/resnet18.csv >"$dir/b/n.csv"
same 'a network beside the file' "$dir/a/near.yaml"
same 'one of the same name beside another' "$dir/b/near.yaml"
check 'which is another' test "$(print_one "$dir/a/near.yaml" | sha256sum)" != "$(print_one "$dir/b/near.yaml" | sha256sum)"
cp "$dir/b/n.csv" "$dir/a/n.csv"
same 'which changes' "$dir/a/near.yaml"
echo "1..$n"
