#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch_source.sh libsodium|bearssl [--tarball FILE] DIRECTORY
#
# Leaves what the bootloader compiles of that library, and its licence, in DIRECTORY. It comes from FILE, or
# from the distribution by `apt-get source`, with an APT configuration of its own: the system's lists stay
# untouched, and it works as any user. Nothing is unpacked that does not have the pinned hash.
# Ends with 0, or with 77 and one line that says why there is no source.
set -eu
. "$(dirname "$0")/private_apt.sh"

give_up() { echo "$1"; exit 77; }

# The tarballs as Debian 12 has them; libsodium's is upstream's own.
describe() {
    case $1 in
    libsodium)
        archive=libsodium_1.0.18.orig.tar.gz
        pinned=d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4
        members='*/LICENSE */src/libsodium/*' ;;
    bearssl)
        archive=bearssl_0.6+dfsg.1.orig.tar.xz
        pinned=102a625bd8f6155260867a50c508df8d8c3f796985dd744df1a68e5cd1a79004
        members='*/LICENSE.txt */inc/* */src/*' ;;
    *)
        echo "fetch_source.sh: no such library: $1" >&2
        exit 2 ;;
    esac
}

hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

fetch_from_distribution() {
    command -v apt-get > /dev/null || give_up "this system has no apt-get; fetch $archive by hand"
    prepare_private_apt deb-src "$work"
    (cd "$work" && private_apt apt-get source --download-only "$library") >> "$work/log" 2>&1 || true
    tarball=$work/$archive
    [ -f "$tarball" ] || give_up "apt-get source brought no $archive: $(apt_complaint)"
}

library=${1:?"usage: fetch_source.sh libsodium|bearssl [--tarball FILE] DIRECTORY"}
shift
describe "$library"
tarball=
if [ "${1-}" = --tarball ]; then
    tarball=$2
    shift 2
fi
target=${1:?"fetch_source.sh: which directory?"}

[ "$(cat "$target/.hash" 2> /dev/null)" = "$pinned" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$tarball" ]; then
    fetch_from_distribution
fi
[ -r "$tarball" ] || give_up "$tarball cannot be read"
found=$(hash_of "$tarball")
[ "$found" = "$pinned" ] || give_up "${tarball##*/} has the SHA-256 $found, and $pinned is pinned"

mkdir "$work/source"
# The names are patterns for tar alone.
set -f
# shellcheck disable=SC2086
tar -xf "$tarball" -C "$work/source" --strip-components=1 --wildcards $members 2> "$work/log" ||
    give_up "$archive cannot be unpacked: $(head -n 1 "$work/log")"
echo "$pinned" > "$work/source/.hash"
mkdir -p "${target%/*}"
rm -rf "$target.new"
cp -R "$work/source" "$target.new"
rm -rf "$target"
mv "$target.new" "$target"
