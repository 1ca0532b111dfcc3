#!/usr/bin/env bash
# Runs 200 gates of a program against itself and 40 against itself with 10 % more iterations, and
# prints the counts: a quiet machine of two cores takes about 15 minutes. Not part of `swift test`.
#
#   Tests/Scripts/trust.sh [--neighbor [--on-cpu N]] [options of trust]
#
# With --neighbor another process burns one core in bursts for the whole time, wherever the system
# puts it, or on that CPU (0 is the worker's on most machines). Then no verdict may be wrong, and the
# number of decided ones is printed. Status: 0 all promises kept, 1 one is broken.
set -uo pipefail
cd "$(dirname "$0")/../.."

neighbor=false
pin=()
if [ "${1:-}" = --neighbor ]; then
  neighbor=true
  shift
  if [ "${1:-}" = --on-cpu ]; then
    [ $# -ge 2 ] || { echo "trust: --on-cpu needs a number" >&2; exit 64; }
    pin=(taskset -c "$2")
    shift 2
  fi
fi

export PERFGATE_DEVELOPMENT=trust
build=(-c release --scratch-path .build/trust --product PerfGateTrust)
swift build "${build[@]}" || exit 1
trust=$(swift build "${build[@]}" --show-bin-path)/PerfGateTrust

if ! $neighbor; then
  exec "$trust" "$@"
fi

# Bursts of 50 to 500 ms, pauses of 50 to 1,000 ms; ends with this script, whichever way that ends.
# shellcheck disable=SC2016
bursts='
  while kill -0 "$1" 2>/dev/null; do
    end=$((${EPOCHREALTIME/./} + (50 + RANDOM % 451) * 1000))
    while ((${EPOCHREALTIME/./} < end)); do :; done
    pause=$((50 + RANDOM % 951))
    sleep "$((pause / 1000)).$(printf %03d $((pause % 1000)))"
  done'
"${pin[@]}" bash -c "$bursts" bursts $$ &
bursts_pid=$!
trap 'kill -KILL $bursts_pid 2>/dev/null' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$trust" --disturbed "$@" &
trust_pid=$!
trap 'kill -KILL $bursts_pid 2>/dev/null; kill $trust_pid 2>/dev/null' EXIT
wait $trust_pid
status=$?
kill -0 $bursts_pid 2>/dev/null || {
  echo "trust: the neighbor ended early, so nothing was shown" >&2
  exit 70
}
exit $status
