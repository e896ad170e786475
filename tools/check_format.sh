#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says whether clang-format would change a C or C++ file of the project; --fix lets it.
# Ends with 77 (skipped) where there is no version 14: others lay out the same code in another way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

skip() {
    printf 'SKIP: %s\n' "$*"
    exit 77
}

formatter=$(command -v clang-format-14 || command -v clang-format) || skip "clang-format is not installed"
version=$("$formatter" --version)
[[ $version =~ version\ 14\. ]] || skip "clang-format 14 decides, here is: $version"

mode=(--dry-run --Werror)
[[ ${1:-} == --fix ]] && mode=(-i)
git ls-files -z --cached --others --exclude-standard '*.h' '*.c' '*.cpp' |
    xargs -0 -r -n 40 "$formatter" "${mode[@]}"
