#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fetch_libsodium.sh [--tarball FILE] DIRECTORY
#
# Leaves libsodium's source (src/libsodium and LICENSE) in DIRECTORY. It comes from FILE, or from the
# distribution by `apt-get source`, with an APT configuration of its own: the system's lists stay untouched,
# and it works as any user. Nothing is unpacked that does not have the pinned hash.
# Ends with 0, or with 77 and one line that says why there is no source.
set -eu

version=1.0.18
# The upstream tarball, as Debian 12 ships it: libsodium_1.0.18.orig.tar.gz.
pinned=d59323c6b712a1519a5daf710b68f5e7fde57040845ffec53850911f10a5d4f4

give_up() { echo "$1"; exit 77; }

hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

# Every enabled "deb" source of the system, as a source of source code.
write_sources() {
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$list" ] && sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$list"
    done > "$1/classic.list"
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -r "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" > "$1/${list##*/}"
    done
    return 0
}

private_apt_get() {
    apt-get -qq \
        -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$work/sources" \
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache" \
        -o APT::Sandbox::User= -o Acquire::Languages=none \
        -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}

fetch_from_distribution() {
    command -v apt-get > /dev/null || give_up "this system has no apt-get; pass -DBOOTMEND_LIBSODIUM_TARBALL="
    mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial"
    write_sources "$work/sources"
    # One unreachable third-party source must not matter, so what counts is whether the tarball arrives.
    private_apt_get update > "$work/log" 2>&1 || true
    (cd "$work" && private_apt_get source --download-only libsodium) >> "$work/log" 2>&1 || true
    tarball=$work/libsodium_$version.orig.tar.gz
    [ -f "$tarball" ] || give_up "apt-get source brought no libsodium $version: $(grep -m 1 -E '^(W: Failed|E: )' "$work/log" ||
        echo 'it is not in the sources of this system')"
}

tarball=
if [ "${1-}" = --tarball ]; then
    tarball=$2
    shift 2
fi
target=${1:?"usage: fetch_libsodium.sh [--tarball FILE] DIRECTORY"}

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
tar -xzf "$tarball" -C "$work/source" --strip-components=1 --wildcards '*/LICENSE' '*/src/libsodium/*'
echo "$pinned" > "$work/source/.hash"
mkdir -p "${target%/*}"
rm -rf "$target.new"
cp -R "$work/source" "$target.new"
rm -rf "$target"
mv "$target.new" "$target"
