#!/bin/bash
# The Debian packages: made, clean to lintian, installed into an empty root, run, removed, purged.  TAP.
. tests/check.sh
check 'make deb, which ends in lintian' make -s --no-print-directory deb B="$BUILD"
root=$dir/root
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info"
: >"$root/var/lib/dpkg/status"
dpkg_root() { # without what the packages depend on, which is in the real root
  dpkg --instdir="$root" --admindir="$root/var/lib/dpkg" --log="$dir/log.dpkg" --force-depends --force-not-root --no-triggers "$@"
}
check 'dpkg -i' dpkg_root -i "$BUILD"/deb/*.deb
BUILD_ROOT=$(realpath "$BUILD")
cd / || exit 1
q=$root/usr/bin/quarry
check 'runs' "$q" run --quiet -d "$dir/r.sqlite" -p "$dir" number_formats
check 'has its data' equal "$("$q" list technologies --format csv | wc -l)" 7
check 'has its manual' sh -c "zcat '$root/usr/share/man/man1/quarry-run.1.gz' | grep -q 'quarry\\\\-run'"
check 'files belong to root' equal "$(dpkg-deb -c "$BUILD_ROOT"/deb/quarry_*.deb | awk '$2 != "root/root"' | wc -l)" 0
check 'dpkg -r' dpkg_root -r libquarry-dev quarry
check 'dpkg -P' dpkg_root -P libquarry-dev quarry "$(basename "$BUILD_ROOT"/deb/libquarry[0-9]*_*.deb | sed 's/_.*//')"
check 'nothing is left' equal "$(find "$root" -path "$root/var/lib/dpkg" -prune -o -type f -print)" ''
echo "1..$n"
