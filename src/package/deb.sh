#!/bin/sh
# Make the Debian packages quarry (program, data, manual), libquarryN (shared library) and libquarry-dev out of what `make
# install` installs: deb.sh DIRECTORY VERSION ABI COMMAND, where COMMAND installs under DESTDIR with PREFIX and LIBDIR.
# DEV_PACKAGES: what users of the headers and the static library need.  Beside them
# nothing is left in DIRECTORY.  The last step is lintian, where it is installed.
set -eu
out=$1 version=$2 abi=$3 install=$4
architecture=$(dpkg --print-architecture)
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
libdir=/usr/lib/$triplet
name=$(git config user.name 2>/dev/null || echo Quarry)
mail=$(git config user.email 2>/dev/null || echo quarry@localhost)
maintainer="${DEBFULLNAME:-$name} <${DEBEMAIL:-$mail}>"
# Of the sources, so that the same ones give the same packages.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y include/quarry/version.h)}"
export SOURCE_DATE_EPOCH

rm -rf "$out"
mkdir -p "$out"
out=$(realpath "$out")
work=$out/work
program=$work/quarry library=$work/libquarry$abi headers=$work/libquarry-dev
umask 022
$install DESTDIR="$program" PREFIX=/usr LIBDIR="$libdir" >&2

# Each file into its package.
mkdir -p "$library$libdir" "$headers$libdir" "$headers/usr"
mv "$program$libdir"/libquarry.so.* "$library$libdir"
mv "$program$libdir"/libquarry.so "$program$libdir"/libquarry.a "$program$libdir"/pkgconfig "$headers$libdir"
mv "$program/usr/include" "$headers/usr"
rm -r "$program/usr/lib"

strip --strip-unneeded --remove-section=.comment --remove-section=.note "$program/usr/bin/quarry"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$library$libdir/libquarry.so.$version"
strip --strip-debug --remove-section=.comment --enable-deterministic-archives "$headers$libdir/libquarry.a"
gzip -9n "$program"/usr/share/man/man1/*.1

# What every package has: copyright and changelog.
copyright() {
  cat <<TEXT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Quarry

Files: *
$(sed -n 's/^Copyright ([cC]) /Copyright: /p' LICENSE)
License: Expat
$(sed -e '1,/^Copyright/d' -e 's/^$/./' -e 's/^/ /' LICENSE | sed '1{/^ \.$/d}')
Comment:
 Figures in the libraries of /usr/share/quarry/db/tech were measured on open cell libraries; each file names the licence
 of its library.
TEXT
}
documents() { # package
  doc=$work/$1/usr/share/doc/$1
  mkdir -p "$doc"
  copyright >"$doc/copyright"
  printf 'quarry (%s) unstable; urgency=medium\n\n  * Version %s, packaged from its own sources.\n\n -- %s  %s\n' \
    "$version" "$version" "$maintainer" "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$doc/changelog.gz"
}

# Packages that a file's shared libraries come from.
mkdir -p "$work/debian"
printf 'Source: quarry\nMaintainer: %s\n\nPackage: quarry\nArchitecture: any\n' "$maintainer" >"$work/debian/control"
depends() { # file
  (cd "$work" && dpkg-shlibdeps -O --ignore-missing-info "$1" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

control() { # package section depends more-fields description
  size=$(du -k -s "$work/$1" | cut -f 1)
  mkdir -p "$work/$1/DEBIAN"
  (cd "$work/$1" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) >"$work/$1/DEBIAN/md5sums"
  {
    printf 'Package: %s\nSource: quarry\nVersion: %s\nArchitecture: %s\nMaintainer: %s\n' \
      "$1" "$version" "$architecture" "$maintainer"
    printf 'Installed-Size: %s\nDepends: %s\n%sSection: %s\nPriority: optional\n' "$size" "$3" "$4" "$2"
    printf 'Description: %s\n' "$5"
  } | sed '$ ! { /^ *$/d; }' >"$work/$1/DEBIAN/control"
  [ "$1" = quarry ] || sed -i 's/^Source: quarry$/&/' "$work/$1/DEBIAN/control"
}

what=' Quarry (quantized architecture exploration) evaluates designs of
 processing elements, accelerators and memories for quantized neural
 networks in area, energy and latency, with intervals, and finds the
 Pareto-best ones.'
for package in quarry "libquarry$abi" libquarry-dev; do documents "$package"; done
control quarry science "$(depends "$program/usr/bin/quarry")" 'Recommends: gnuplot-nox | gnuplot
Suggests: yosys, iverilog
Multi-Arch: foreign
' "area, energy and latency of quantized accelerators
$what
 .
 This package has the program, its libraries of cells, memories and
 networks, and its experiments."
control "libquarry$abi" libs "$(depends "$library$libdir/libquarry.so.$version")" 'Multi-Arch: same
' "area, energy and latency of quantized accelerators (shared library)
$what
 .
 This package has the shared library."
control libquarry-dev libdevel "libquarry$abi (= $version)$(printf ', %s' ${DEV_PACKAGES-})" \
  'Multi-Arch: same
' "area, energy and latency of quantized accelerators (development)
$what
 .
 This package has headers, the static library and the pkg-config file."
printf 'libquarry %s libquarry%s (>= %s)\n' "$abi" "$abi" "$version" >"$library/DEBIAN/shlibs"
printf 'activate-noawait ldconfig\n' >"$library/DEBIAN/triggers"

for package in quarry "libquarry$abi" libquarry-dev; do
  find "$work/$package" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$work/$package" "$out" >&2
done
rm -rf "$work"
ls "$out"/*.deb
if command -v lintian >/dev/null; then
  lintian --fail-on error,warning --tag-display-limit 0 "$out"/*.deb
else
  echo "lintian is not installed: the packages are not checked" >&2
fi
