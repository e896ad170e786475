#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Searches for input that breaks a promise of the bootloader's parsers and handlers, with libFuzzer under ASan and UBSan.
#
#   tools/fuzz.sh [--seconds N | --runs N] [--keep] [TARGET…]      tests/fuzz/boot/TARGET.c; all of them unless told
#
#   --seconds   for each target, 8 unless told
#   --runs      executions of each target instead
#   --keep      goes on from what was found before, in build/fuzz/TARGET/
#
# Starts from tests/fuzz/corpus/TARGET. What breaks a promise is left in build/fuzz/TARGET-crash-…
# Ends with 77 (skipped) where there is no Clang with libFuzzer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly source=recovery_bootloader/src
readonly flags=(-g -O2 -std=c11 -Wall -Wextra -Werror -fno-sanitize-recover=undefined
    -Irecovery_bootloader/include -I$source -Itests/fuzz/boot)
readonly searched=(-fsanitize=fuzzer-no-link,address,undefined) # what libFuzzer looks into
readonly watched=(-fsanitize=address,undefined)                 # what the sanitizers watch, and no more
budget=(-max_total_time=8)
keep=no
targets=()

usage() {
    sed -n '3,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
}

skip() {
    printf 'SKIP: %s\n' "$*"
    exit 77
}

parse_arguments() {
    while [[ $# -gt 0 ]]; do
        case $1 in
        --seconds | --runs)
            [[ $# -ge 2 ]] || usage
            if [[ $1 == --runs ]]; then budget=(-runs="$2"); else budget=(-max_total_time="$2"); fi
            shift
            ;;
        --keep) keep=yes ;;
        -*) usage ;;
        *) targets+=("$1") ;;
        esac
        shift
    done
    [[ ${#targets[@]} -gt 0 ]] || targets=(fuzz_boot_cbor fuzz_boot_frame fuzz_boot_requests)
}

# What a target consists of: the bootloader's sources that are searched, and what is around them.
sources_of() { # TARGET
    case $1 in
    fuzz_boot_cbor) printf '%s\n' bytes cbor_reader cbor_writer ;;
    fuzz_boot_frame) printf '%s\n' bytes smp_frame base64 ;;
    fuzz_boot_requests) (cd $source && printf '%s\n' *.c) | sed 's/\.c$//' | grep -vx -e mem -e bootloader -e crc ;;
    *) printf 'no such target: %s\n' "$1" >&2 && exit 2 ;;
    esac
}

harness_of() { # TARGET
    case $1 in
    fuzz_boot_cbor) printf '%s\n' tests/fuzz/boot/reference_cbor.c ;;
    fuzz_boot_frame) printf '%s\n' $source/crc.c ;;
    fuzz_boot_requests)
        printf '%s\n' tests/fuzz/boot/{fuzzed_port,fuzzed_unit,good_image,test_keys}.c $source/crc.c
        ;;
    esac
}

compile() { # TARGET
    local folder=build/fuzz/objects/$1 name file
    rm -rf "$folder" && mkdir -p "$folder"
    clang "${flags[@]}" "${searched[@]}" -c "tests/fuzz/boot/$1.c" -o "$folder/target.o"
    for name in $(sources_of "$1"); do
        clang "${flags[@]}" "${searched[@]}" -c "$source/$name.c" -o "$folder/$name.o"
    done
    for file in $(harness_of "$1"); do
        clang "${flags[@]}" "${watched[@]}" -c "$file" -o "$folder/harness_$(basename "$file" .c).o"
    done
    clang -fsanitize=fuzzer,address,undefined "$folder"/*.o -lsodium -o "build/fuzz/$1.bin"
}

search() { # TARGET
    local found=build/fuzz/$1
    [[ $keep == yes ]] || rm -rf "$found"
    mkdir -p "$found"
    printf '\n== %s\n' "$1"
    "build/fuzz/$1.bin" "${budget[@]}" -timeout=10 -max_len=1500 -entropic=0 -dict=tests/fuzz/boot/requests.dict \
        -artifact_prefix="build/fuzz/$1-" -print_final_stats=1 "$found" "tests/fuzz/corpus/$1" >"$found.log" 2>&1 ||
        { tail -n 40 "$found.log" && return 1; }
    grep -E 'DONE|stat::number_of_executed_units|stat::average_exec_per_sec' "$found.log"
}

main() {
    local target failed=no
    parse_arguments "$@"
    command -v clang >/dev/null || skip "clang is not installed"
    mkdir -p build/fuzz
    printf 'int LLVMFuzzerTestOneInput(void) { return 0; }\n' |
        clang -x c - -fsanitize=fuzzer,address,undefined -o build/fuzz/probe 2>/dev/null ||
        skip "this clang has no libFuzzer"
    for target in "${targets[@]}"; do
        compile "$target"
        search "$target" || failed=yes
    done
    [[ $failed == no ]]
}

main "$@"
