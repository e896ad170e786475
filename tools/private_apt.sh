# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Read by the scripts that fetch something from the distribution: APT with a configuration of its own, so that
# the system's lists stay untouched, and it works as any user.

# prepare_private_apt deb|deb-src WORK: lists of what the system's enabled sources have. One unreachable source
# of somebody else must not matter, so what counts is whether that arrives which is fetched then.
prepare_private_apt() {
    apt_work=$2
    mkdir -p "$apt_work/sources" "$apt_work/lists/partial" "$apt_work/cache/archives/partial"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -r "$list" ] && sed -n "s/^[[:space:]]*deb[[:space:]]/$1 /p" "$list"
    done > "$apt_work/sources/classic.list"
    for list in /etc/apt/sources.list.d/*.sources; do
        [ -r "$list" ] && sed "s/^Types:.*/Types: $1/" "$list" > "$apt_work/sources/${list##*/}"
    done
    private_apt apt-get update > "$apt_work/log" 2>&1 || true
}

private_apt() { # apt-get|apt-cache ARGUMENT…
    program=$1
    shift
    "$program" -qq \
        -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt_work/sources" \
        -o Dir::State::Lists="$apt_work/lists" -o Dir::Cache="$apt_work/cache" \
        -o APT::Sandbox::User= -o Acquire::Languages=none \
        -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@"
}

# One line of the log for whoever wonders why nothing arrived.
apt_complaint() {
    grep -m 1 -E '^(W: Failed|E: )' "$apt_work/log" || echo 'it is not in the sources of this system'
}
