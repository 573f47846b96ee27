#!/bin/bash
# What `make install` installs, moved elsewhere and used from / and by another user; manual, completion, library.  TAP.
. tests/check.sh
umask 022
chmod 755 "$dir"
export PREFIX=$dir/first
stray=db/test_install.$$.sqlite # results in the checkout are nobody else's
trap 'rm -rf "$dir" "$stray"' EXIT
: >"$stray"
install() { make -s --no-print-directory install-files B="$BUILD" "$@" </dev/null; }
unset DESTDIR LIBDIR QUARRY_DATA_DIR QUARRY_DB_DIR
check 'make install' install
rm "$stray"
check 'no results are installed' equal "$(find "$PREFIX" -name '*.sqlite*' -o -name '*.svg' | wc -l)" 0
check 'nor is one file more under experiments than there is here' equal "$(ls "$PREFIX/share/quarry/experiments" | wc -l)" \
  "$(ls experiments | wc -l)"
check 'DESTDIR is put before, and nowhere into files' sh -c "make -s --no-print-directory install-files B=$BUILD \
  DESTDIR=$dir/stage PREFIX=/usr LIBDIR=/usr/lib/triplet && ! grep -rqI '$dir/stage' $dir/stage &&
  [ -e $dir/stage/usr/lib/triplet/libquarry.so ] && [ -x $dir/stage/usr/bin/quarry ]"

# The tree is moved; nothing may remember where it was, nor the checkout.
moved=$dir/second/place
mkdir -p "$dir/second"
mv "$PREFIX" "$moved"
q=$moved/bin/quarry
here=$PWD
cd / || exit 1

everywhere() { # everywhere NAME RUNNER...: what needs data and writes nothing
  local who=$1
  shift
  for arguments in 'list technologies' 'list networks' 'list dram' 'list fpga' 'list elements' 'list accelerators' \
    'list metrics' 'list keys' 'list formats' 'describe pe mac_st --tech lp55' 'describe tech fdsoi28' \
    'describe network mobilenet_v1_1.0_224' 'describe dram ddr4_2400_4gb_x8' 'describe fpga zu9eg' \
    'describe metric area_um2' 'describe design rdm_vs_sdm --point 60' \
    'describe schedule mobilenet_v1_1.0_224 --buffer-entries 65536' \
    'describe packing --weights 4 --activations 5 --slice dsp48e1' 'quantize brslog --bits 5' 'rtl mac --param bits=8' \
    'run --dry-run rdm_vs_sdm' 'run --dry-run experiments/hawq.yaml' 'tech show lp55' \
    'calibrate db/published/calibration/fdsoi28_psma.yaml' \
    'validate mixed db/sensitivity/mlperf_tiny.csv db/sensitivity/mlperf_tiny_mixed.csv' 'help run' 'help plot slope' \
    'init -' '--version'; do
    # shellcheck disable=SC2086
    check "$who: quarry $arguments" "$@" "$q" $arguments
  done
}
everywhere 'from /'
nobody=
[ "$(id -u)" = 0 ] && command -v setpriv >/dev/null && nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
if [ -n "$nobody" ]; then
  # shellcheck disable=SC2086
  everywhere 'another user' $nobody
  # shellcheck disable=SC2086
  $nobody "$q" run rdm_vs_sdm >"$dir/out" 2>"$dir/err"
  code=$?
  check 'where nothing may be written that is said' equal "$code $(tail -1 "$dir/err")" \
    '3 --database FILE and --plots DIR say where else to write'
fi
check 'and a run elsewhere' "$q" run --quiet -d "$dir/r.sqlite" -p "$dir" number_formats
check 'whose results can be asked' "$q" front -d "$dir/r.sqlite" number_formats
check 'a program that is linked to finds its data' sh -c "ln -s '$q' '$dir/q' && '$dir/q' describe tech lp55"
check 'a copy alone is told where its data is' sh -c "cp '$q' '$dir/copy' &&
  QUARRY_DATA_DIR='$moved/share/quarry' '$dir/copy' run --dry-run rdm_vs_sdm"
mkdir -p "$dir/own/db/tech"
check 'libraries of a user beside it hide no data' sh -c "cd '$dir/own' && '$q' describe network mobilenet_v1_1.0_224"
"$q" run rdm_vs_sdn 2>"$dir/err"
check 'a name that is none' equal "$? $(cat "$dir/err")" '2 rdm_vs_sdn: error: expected a readable file or a shipped experiment: no such file; did you mean "rdm_vs_sdm"?'

# Manual and completion know every command and option that --help knows.
man=$moved/share/man/man1
complete=$moved/share/bash-completion/completions/quarry
"$q" --help=words >"$dir/words"
check 'every command of --help has a page' sh -c "[ \$('$q' --help | grep -c '^  [a-z][a-z]*  ') -le \$(wc -l <'$dir/words') ]"
missing=
while read -r words; do
  page=$man/quarry-$(echo "$words" | tr ' ' -).1
  # shellcheck disable=SC2086
  for option in $("$q" $words --help </dev/null | sed -n 's/^  \(  \|-.,\) *--\([a-z-]*\).*/\2/p'); do
    sed 's/\\-/-/g' "$page" | grep -q -- "B--$option" || missing="$missing $words:--$option"
    grep -q "'$words:'\*) .*--$option " "$complete" || [ "$option" = help ] || missing="$missing completion:$words:$option"
  done
done <"$dir/words"
check 'pages and completion have every option' equal "$missing" ''
if command -v man >/dev/null && command -v groff >/dev/null; then
  check 'pages are well-formed' equal "$(for page in "$man"/*.1; do
    LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=100 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null
  done)" ''
fi
completes() { # completes LINE: what bash would offer at its end
  bash -c '. "$1"; compopt() { :; }; read -ra COMP_WORDS <<<"$2"; [ "${2% }" = "$2" ] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _quarry; printf "%s " "${COMPREPLY[@]}"' - "$complete" "$1"
}
check 'completion of a command' equal "$(completes 'quarry des')" 'describe '
check 'of an option' equal "$(completes 'quarry run --dr')" '--dry-run '
check 'of its value' equal "$(completes 'quarry list --format ')" 'table csv json markdown latex '
check 'behind an equals sign, which bash takes apart' equal "$(completes 'quarry list --format = c')" 'csv '
check 'of what may stand first' equal "$(completes 'quarry describe sch')" 'schedule schema '
check 'of a shipped experiment' equal "$(completes 'quarry run rdm')" 'rdm_vs_sdm '
check 'of a form with options of its own' equal "$(completes 'quarry plot slope --fu')" '--fusion '
check 'of a file' equal "$(completes "quarry run $dir/r.sq")" "$dir/r.sqlite "

# The library.
cat >"$dir/use.c" <<'C'
#include <quarry/metric.h>
#include <quarry/version.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
  return puts(qy_metric_table()[0].name) < 0 || strcmp(QY_VERSION, VERSION) != 0;
}
C
export PKG_CONFIG_PATH=$moved/lib/pkgconfig
version=$(pkg-config --modversion quarry)
check 'a program on the shared library' sh -c "gcc -DVERSION='\"$version\"' -o '$dir/use' '$dir/use.c' \
  \$(pkg-config --cflags --libs quarry) $SANITIZE && LD_LIBRARY_PATH='$moved/lib' '$dir/use'"
check 'and on the static one' sh -c "gcc -DVERSION='\"$version\"' -o '$dir/use' '$dir/use.c' \$(pkg-config --cflags quarry) \
  '$moved/lib/libquarry.a' \$(pkg-config --libs --static gsl sqlite3 yaml-0.1 nettle zlib) -lm -pthread $SANITIZE && '$dir/use'"
check 'its name is versioned' sh -c "objdump -p '$moved/lib/libquarry.so' | grep -q 'SONAME *libquarry.so.[0-9]'"
check 'it offers what headers have, and nothing else' equal \
  "$(nm -D --defined-only "$moved/lib/libquarry.so" | awk '$2 != "A" { print $3 }' | grep -vc '^qy_')" 0
for header in "$moved"/include/quarry/*.h; do
  echo "#include <quarry/$(basename "$header")>"
done >"$dir/all.c"
check 'headers need nothing that is not installed' sh -c "gcc -std=c17 -Wall -Werror -fsyntax-only '$dir/all.c' \
  \$(pkg-config --cflags quarry)"

# A file to begin with.
cd "$dir" || exit 1
check 'quarry init' "$q" init mine
check 'the name is that of the file' grep -qx 'name: mine' mine.yaml
check 'and it runs' "$q" run --quiet -d "$dir/mine.sqlite" mine.yaml
cp mine.yaml kept.yaml
"$q" init mine.yaml 2>"$dir/err"
check 'a file that is there is left alone' equal "$? $(cmp mine.yaml kept.yaml && tail -1 "$dir/err")" \
  '2 mine.yaml: error: expected a file that is not there yet, found one; it was left as it is'
wrong=
for key in $(sed -n 's/^#\([a-z_]*\):.*/\1/p' mine.yaml); do # each choice in a comment in place of what it replaces
  line=$(grep -n "^#$key:" mine.yaml | head -1)
  awk -v key="$key" -v at="${line%%:*}" 'NR == at { print substr($0, 2); next } index($0, key ":") != 1' mine.yaml >other.yaml
  "$q" run --dry-run other.yaml >"$dir/out" 2>&1 || wrong="$wrong $key: $(cat "$dir/out")"
done
check 'every choice that it has in comments can be taken' equal "$wrong" ''

cd "$here" || exit 1
mv "$moved" "$PREFIX"
check 'make uninstall' make -s --no-print-directory uninstall B="$BUILD"
check 'leaves nothing' equal "$(find "$PREFIX" -type f -o -type l)" ''

# Whoever may not install packages is told what to ask for.
mkdir "$dir/bin"
printf '#!/bin/sh\nexit 1\n' >"$dir/bin/dpkg-query"
printf '#!/bin/sh\necho 1000\n' >"$dir/bin/id"
printf '#!/bin/sh\nexit 1\n' >"$dir/bin/sudo"
printf '#!/bin/sh\necho ran >"%s/apt"\n' "$dir" >"$dir/bin/apt-get"
chmod +x "$dir"/bin/*
PATH=$dir/bin:$PATH sh tests/deps.sh gcc gnuplot-nox >"$dir/out" 2>&1 </dev/null
check 'missing packages without the right to install them' equal "$? $(tail -1 "$dir/out")" \
  '1     apt-get install gcc gnuplot-nox'
check 'and nothing is tried' test ! -e "$dir/apt"
echo "1..$n"
