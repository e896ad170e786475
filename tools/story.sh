#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job on virtual units, by the command line alone: discover, inspect, update, roll back, refuse, recover.
#
#   tools/story.sh [--cli PROGRAM] [--machine host|qemu]
#
# Every line is one command on real firmware, with its verdict. Ends with 0 only when each command had the exit
# code, the outcome and the reason that it must have.
set -euo pipefail

tools=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
cli=$tools/../build/release/bin/bootmend
machine=host
steps=0
wrong=0

usage() {
    sed -n '3,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
}

while [[ $# -gt 0 ]]; do
    [[ $# -ge 2 ]] || usage
    case $1 in
    --cli) cli=$2 ;;
    --machine) machine=$2 ;;
    *) usage ;;
    esac
    shift 2
done
[[ -x $cli ]] || { printf 'There is no program %s; ./run --headless builds it.\n' "$cli" >&2; exit 2; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/bootmend-story.XXXXXX")
bench=$scratch/bench
releases=$bench/releases
at_bench=(--bench "$bench" --trust "$bench/trust.json" --json)

leave_nothing_behind() {
    [[ ! -e $bench ]] || "$cli" bench down "$bench" >/dev/null 2>&1 || true
    rm -rf "$scratch"
}
trap leave_nothing_behind EXIT
trap 'exit 130' INT TERM HUP

chapter() { printf '\n%s\n' "$*"; }

# step "what is done" EXPECTATION… -- COMMAND…   (the expectations are those of story_judge.py)
step() {
    local title=$1 expected=() code=0 verdict said
    shift
    while [[ $1 != -- ]]; do
        expected+=("$1")
        shift
    done
    shift
    "$cli" "$@" >"$scratch/lines.jsonl" 2>"$scratch/errors.txt" </dev/null || code=$?
    verdict=ok
    said=$("$tools/story_judge.py" "$scratch/lines.jsonl" "$code" "${expected[@]}") || verdict=WRONG
    report "$verdict" "$title" "$said"
    if [[ $verdict == WRONG ]]; then
        printf '         bootmend %s\n' "$*"
        tail -n 3 "$scratch/lines.jsonl" "$scratch/errors.txt" | sed 's/^/         /'
    fi
}

report() { # ok|WRONG TITLE SAID
    printf '  %-5s  %-68s  %s\n' "$1" "$2" "$3"
    steps=$((steps + 1))
    [[ $1 == ok ]] || wrong=$((wrong + 1))
}

update() { # "what is done" RELEASE EXPECTATION…
    local title=$1 release=$2
    shift 2
    step "$title" "$@" -- update healthy-1 "$release" "${at_bench[@]}"
}

rolls_back() { # RELEASE REASON "what it does"
    update "1.2.0, which $3, is rolled back" "$releases/$1.bmb" --exit 7 --outcome reverted --reason "$2"
    step "  and healthy-1 runs what it ran" --exit 0 --runs 1.1.0 --stage running -- \
        inspect healthy-1 "${at_bench[@]}"
}

refuses() { # RELEASE REASON "what is wrong with it"
    update "$3 is refused, and nothing was sent" "$1" --exit 4 --outcome refused --reason "$2" --nothing-sent
}

# Writes the good release with other bytes in it: the middle of its image, or a field of its signed manifest.
tamper() { # payload|manifest TO
    python3 - "$1" "$releases/1.1.0.bmb" "$2" <<'EOF'
import pathlib
import re
import sys

what, original, changed = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
content = bytearray(original.read_bytes())
if what == "payload":
    content[len(content) // 2] ^= 0x01
else:
    field = re.search(rb'"version":"1\.1\.(0)"', content)
    content[field.start(1)] = ord("9")
changed.write_bytes(content)
EOF
}

# Runs the commands that `bundle verify --explain` named, and holds them to what it said they print.
openssl_agrees() {
    python3 - "$scratch/lines.jsonl" <<'EOF'
import json
import pathlib
import subprocess
import sys

lines = [json.loads(line) for line in pathlib.Path(sys.argv[1]).read_text().splitlines()]
commands = [line for line in lines if "command_line" in line]
for line in commands:
    ran = subprocess.run(line["command_line"], shell=True, capture_output=True, text=True)
    if ran.returncode != 0 or ran.stdout.strip() != line["expected"]:
        sys.exit(f"{line['command_line']} printed {(ran.stdout + ran.stderr).strip()!r}")
print(f"{len(commands)} commands, all printed what was promised")
sys.exit(0 if len(commands) >= 3 else "too few to prove key, signature and hash")
EOF
}

printf 'Bootmend on three virtual units (machine: %s). Each runs the real bootloader.\n' "$machine"

chapter 'Discover and inspect'
step 'a bench with three units is started' --exit 0 --outcome ok -- \
    bench up "$bench" --unit healthy --unit bricked --unit on-trial --machine "$machine" --json
[[ $wrong -eq 0 ]] || { printf '\nWithout a bench there is no story.\n'; exit 1; }
step 'they are found' --exit 0 --units healthy-1=running bricked-1=in_recovery on-trial-1=on_trial -- \
    devices "${at_bench[@]}"
step 'healthy-1 is inspected' --exit 0 --stage running --runs 1.0.0 -- inspect healthy-1 "${at_bench[@]}"
step 'bricked-1 is inspected' --exit 0 --stage in_recovery -- inspect bricked-1 "${at_bench[@]}"
step 'on-trial-1 is inspected' --exit 0 --stage on_trial --runs 1.1.0 -- inspect on-trial-1 "${at_bench[@]}"

chapter 'Check a release without trusting this tool'
step 'the commands that prove 1.1.0 are printed' --exit 0 --outcome ok -- \
    bundle verify "$releases/1.1.0.bmb" --explain "$scratch/explained" "${at_bench[@]}"
verdict=ok
said=$(openssl_agrees 2>&1) || verdict=WRONG
report "$verdict" 'the openssl program alone comes to the same verdict' "$said"

chapter 'Refuse what must not be installed'
tamper payload "$scratch/flipped.bmb"
tamper manifest "$scratch/changed.bmb"
refuses "$scratch/flipped.bmb" HASH_MISMATCH 'a flipped bit in the image'
refuses "$scratch/changed.bmb" SIGNATURE_INVALID 'a changed field in the manifest'
refuses "$releases/1.1.0-unknown-key.bmb" KEY_UNKNOWN 'an unknown key'
refuses "$releases/1.1.0-other-product.bmb" INCOMPATIBLE_PRODUCT 'a release for another product'
refuses "$releases/1.1.0-other-hardware.bmb" INCOMPATIBLE_HARDWARE 'a release for other hardware'
refuses "$releases/0.9.0-old.bmb" ROLLBACK_INDEX_TOO_LOW 'a lower rollback index'
step '  and healthy-1 runs what it ran' --exit 0 --runs 1.0.0 --stage running -- inspect healthy-1 "${at_bench[@]}"

chapter 'Update, with a trial and a proof'
update 'healthy-1 gets 1.1.0' "$releases/1.1.0.bmb" --exit 0 --outcome updated --runs 1.1.0 --stage running \
    --states downloaded,verified,written,trial,confirmed
update 'the same again: there is nothing to do' "$releases/1.1.0.bmb" --exit 0 --outcome already_current --nothing-sent
step 'on-trial-1 is confirmed by hand' --exit 0 -- confirm on-trial-1 "${at_bench[@]}"
step '  and runs 1.1.0 for good' --exit 0 --runs 1.1.0 --stage running -- inspect on-trial-1 "${at_bench[@]}"

chapter 'Roll back what fails its trial'
rolls_back 1.2.0-crashes TRIAL_CRASHED 'crashes at boot'
rolls_back 1.2.0-hangs TRIAL_HUNG 'hangs'
rolls_back 1.2.0-unhealthy HEALTH_FAILED 'runs but is unhealthy'

chapter 'Say why, and do not try it again'
diagnose() { # "what is asked" RELEASE EXPECTATION…
    local title=$1 release=$2
    shift 2
    step "$title" --exit 0 --outcome ok "$@" -- diagnose healthy-1 --bundle "$releases/$release.bmb" "${at_bench[@]}"
}
diagnose 'healthy-1 is asked about the release that it rolled back' 1.2.0-unhealthy \
    --answers package=bad write_target=good boot_state=attention failed_stage=attention health=good \
    --next-step choose_other_release
refuses "$releases/1.2.0-unhealthy.bmb" BUILD_BLOCKED 'the release that was rolled back'
step 'with --force it is tried once more, and rolled back' --exit 7 --outcome reverted --reason HEALTH_FAILED -- \
    update healthy-1 "$releases/1.2.0-unhealthy.bmb" --force "${at_bench[@]}"
step '  and healthy-1 runs what it ran' --exit 0 --runs 1.1.0 --stage running -- inspect healthy-1 "${at_bench[@]}"
step 'bricked-1 is asked' --exit 0 --outcome ok --answers boot_state=bad health=unknown --next-step recover -- \
    diagnose bricked-1 "${at_bench[@]}"

chapter 'Recover what does not boot'
step 'bricked-1 gets 1.1.0' --exit 0 --outcome recovered -- recover bricked-1 "$releases/1.1.0.bmb" "${at_bench[@]}"
step '  and boots' --exit 0 --runs 1.1.0 --stage running -- inspect bricked-1 "${at_bench[@]}"

chapter 'Clean up'
step 'the bench is taken down' --exit 0 -- bench down "$bench" --json

printf '\n'
if [[ $wrong -gt 0 ]]; then
    printf '%d of %d steps went WRONG.\n' "$wrong" "$steps"
    exit 1
fi
printf 'All %d steps went as they must.\n' "$steps"
