#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch_kernel.sh DIRECTORY
#
# Leaves Debian's kernel and its modules for this kind of machine in the new DIRECTORY, unpacked and not
# installed, for the tests that boot it (tests/guest/). Ends with 0, or with 77 and one line that says why there
# is no kernel.
set -eu
. "$(dirname "$0")/private_apt.sh"

give_up() { echo "$1"; exit 77; }

target=${1:?"fetch_kernel.sh: which directory?"}
[ "$(uname -m)" = x86_64 ] || give_up "the guest is an x86_64 machine, and this is none"
for program in apt-get dpkg-deb; do
    command -v "$program" > /dev/null || give_up "this system has no $program to fetch Debian's kernel with"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prepare_private_apt deb "$work"
# The package that always names the newest one.
package=$(private_apt apt-cache depends linux-image-amd64 2>> "$work/log" |
    sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
[ -n "$package" ] || give_up "no linux-image-amd64: $(apt_complaint)"
(cd "$work" && private_apt apt-get download "$package") >> "$work/log" 2>&1 || true
set -- "$work/$package"_*.deb
[ -f "$1" ] || give_up "apt-get brought no $package: $(apt_complaint)"
dpkg-deb -x "$1" "$target"
