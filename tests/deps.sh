#!/bin/sh
# Install the Debian packages named on the command line that are missing.  Does nothing where all are there.
set -eu
missing=
for package in "$@"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

# What whoever may not install packages can do.
ask() {
  echo "Debian packages are missing, and $1." >&2
  echo "Ask whoever administers this machine to run:" >&2
  echo "    apt-get install$missing" >&2
  exit 1
}

command -v apt-get >/dev/null || ask 'this machine has no apt-get'
sudo=
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || ask "$(id -un) is not root and there is no sudo"
  # Without a terminal sudo cannot ask for a password.
  if [ -t 0 ]; then sudo -v || ask "sudo does not let $(id -un) install them"; else
    sudo -n true 2>/dev/null || ask "sudo does not let $(id -un) install them without a password"
  fi
  sudo=sudo
fi
echo "Installing:$missing" >&2
# shellcheck disable=SC2086
install() {
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}
if ! install 2>/dev/null; then
  $sudo apt-get update -qq
  install || ask 'apt-get could not install them'
fi
