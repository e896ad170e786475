#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs the packages of tools/packages.txt that are missing; says nothing when all are there.
#
#   tools/setup.sh [GROUP]…         groups: build emulation test; all of them unless told
#   tools/setup.sh --other-systems  what the packages are called elsewhere
#
# BOOTMEND_SKIP_SETUP=1 leaves the machine alone, for those who bring the packages in another way.
set -euo pipefail

list=$(dirname "${BASH_SOURCE[0]}")/packages.txt
readonly list minimum_qt=6.4

say() { printf 'setup: %s\n' "$*" >&2; }
fail() {
    say "$@"
    exit 1
}

# Prints "name|other name" for each package of the wanted groups.
wanted_packages() {
    local wanted=" $* " group names
    while read -r group names _; do
        [[ $group != '' && $group != '#'* && $wanted == *" $group "* ]] && printf '%s\n' "$names"
    done <"$list"
    return 0
}

is_installed() { # NAME|OTHER…
    local name
    for name in ${1//|/ }; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] && return 0
    done
    return 1
}

candidate_version() { # NAME
    LC_ALL=C apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | grep -v '^(none)$' || true
}

known_name() { # NAME|OTHER…: the first one that this release has
    local name
    for name in ${1//|/ }; do
        if [[ -n $(candidate_version "$name") ]]; then
            printf '%s\n' "$name"
            return 0
        fi
    done
    return 1
}

require_recent_qt() { # VERSION
    local version=${1#*:}
    dpkg --compare-versions "$version" ge "$minimum_qt" && return 0
    fail "this release offers Qt ${version%%[+-]*}, Bootmend needs Qt $minimum_qt or newer:" \
         "Debian 12, Ubuntu 24.04, or anything later."
}

# Prints the prefix that makes a command run as root; nothing when we are.
root_prefix() { # MISSING…
    if [[ $(id -u) -eq 0 ]]; then
        return 0
    fi
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
        printf 'sudo\n'
        return 0
    fi
    local again
    again="$(readlink -f "${BASH_SOURCE[0]}") $groups"
    if command -v sudo >/dev/null; then again="sudo $again"; else again="su -c '$again'"; fi
    fail "missing: ${*//|/ or }"$'\n'"setup: Installing needs root. Run this, then try again:  $again"
}

install_with_apt() { # NAME|OTHER…
    local missing=() names=() package name sudo
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        require_recent_qt "$(dpkg-query -W -f '${Version}' qt6-base-dev)"
        return 0
    fi

    sudo=$(root_prefix "${missing[@]}")
    local apt=(${sudo:+$sudo} env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
    say "asking the distribution for ${#missing[@]} missing packages"
    "${apt[@]}" update >&2 || say "the package lists could not be refreshed; trying with those at hand"

    require_recent_qt "$(candidate_version qt6-base-dev)"
    for package in "${missing[@]}"; do
        if name=$(known_name "$package"); then
            names+=("$name")
        elif is_needed_to_build "$package"; then
            fail "no package called ${package//|/ or } is known to apt. On Ubuntu it may be in \"universe\":" \
                 "add-apt-repository universe"
        else
            say "no package called ${package//|/ or } on this release: what needs it will be skipped"
        fi
    done
    [[ ${#names[@]} -eq 0 ]] && return 0
    say "installing: ${names[*]}"
    "${apt[@]}" install -y --no-install-recommends "${names[@]}" >&2 || fail "apt-get could not install them."
}

is_needed_to_build() { # NAME|OTHER…
    wanted_packages build | grep -qxF "$1"
}

# Other systems: we name the packages and leave the machine alone. Not tried by us; corrections are welcome.
print_other_systems() {
    cat >&2 <<'EOF'
setup: packages are installed on Debian and Ubuntu only. Bootmend needs a C++20 compiler, CMake 3.25, Ninja,
setup: Qt 6.4, QtKeychain, OpenSSL 3, p11-kit, libsodium, libarchive, yaml-cpp, CLI11 and tl::expected. On other systems:
  Fedora    sudo dnf install gcc-c++ cmake ninja-build ccache pkgconf python3 git openssl openssl-devel \
              qt6-qtbase-devel qt6-qtserialport-devel qt6-qtsvg-devel libsodium-devel libarchive-devel \
              yaml-cpp-devel cli11-devel expected-devel p11-kit-devel qtkeychain-qt6-devel \
              dejavu-sans-fonts qemu-system-riscv
  Arch      sudo pacman -S --needed base-devel cmake ninja ccache pkgconf python git openssl qt6-base \
              qt6-serialport qt6-svg libsodium libarchive yaml-cpp cli11 tl-expected p11-kit qtkeychain-qt6 ttf-dejavu \
              qemu-system-riscv riscv64-elf-gcc
  openSUSE  sudo zypper install gcc-c++ cmake ninja ccache pkgconf python3 git openssl libopenssl-3-devel \
              qt6-base-devel qt6-serialport-devel qt6-svg-devel libsodium-devel libarchive-devel \
              yaml-cpp-devel cli11-devel tl-expected-devel dejavu-fonts qemu-extra
  macOS     brew install cmake ninja ccache pkg-config python git openssl@3 qt libsodium libarchive \
              yaml-cpp cli11 tl-expected qemu riscv64-elf-gcc
EOF
}

check_tools_at_hand() {
    local tool absent=()
    for tool in cmake ninja python3 c++; do
        command -v "$tool" >/dev/null || absent+=("$tool")
    done
    if [[ ${#absent[@]} -gt 0 ]]; then
        print_other_systems
        fail "not found: ${absent[*]}"
    fi
}

main() {
    if [[ ${1:-} == --other-systems ]]; then
        print_other_systems
        return 0
    fi
    [[ ${BOOTMEND_SKIP_SETUP:-} == 1 ]] && return 0
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        check_tools_at_hand # With the tools there, CMake knows best what else is missing, and says so.
        return 0
    fi
    groups=${*:-build emulation test}
    local names packages
    names=$(wanted_packages "$groups")
    mapfile -t packages <<<"$names"
    install_with_apt "${packages[@]}"
}

main "$@"
