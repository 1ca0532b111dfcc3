#!/usr/bin/env bash
# Runs `swift test` ten times in a row while another process burns the last allowed CPU for half of the
# time, and prints the verdicts: no run may be red, and viete.swift-vs-c must be decided in at least
# 8 of 10. About 25 minutes on two cores, so not part of CI. Needs jq.
#
#   Tests/Scripts/busy-runs.sh [RUNS [SECONDS]]    10 runs; bursts, and pauses, of 0.5 seconds
set -uo pipefail
cd "$(dirname "$0")/../.."

runs=${1:-10}
burst=${2:-0.5}
claim=viete.swift-vs-c
work=$(mktemp -d)
cpu=$(taskset -cp $$ | sed 's/.*[^0-9]\([0-9][0-9]*\)$/\1/')

swift build --build-tests >"$work/build" 2>&1 || {
  cat "$work/build"
  exit 1
}

# Ends with this script, whichever way that ends.
# shellcheck disable=SC2016
bursts='
  micro=$(awk -v seconds="$2" "BEGIN { printf \"%d\", seconds * 1000000 }")
  while kill -0 "$1" 2>/dev/null; do
    end=$((${EPOCHREALTIME/[.,]/} + micro))
    while ((${EPOCHREALTIME/[.,]/} < end)); do :; done
    sleep "$2"
  done'
taskset -c "$cpu" bash -c "$bursts" bursts $$ "$burst" &
neighbor=$!
trap 'kill -KILL $neighbor 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

red=0
decided=0
for ((run = 1; run <= runs; run++)); do
  start=$(date +%s)
  PERFGATE_RECORD_DIR=$work/$run swift test --skip-build --xunit-output "$work/xunit.xml" \
    >"$work/log" 2>&1
  status=$?
  seconds=$(($(date +%s) - start))
  [ $status -eq 0 ] || {
    red=$((red + 1))
    # Lines of Swift Testing can be missing in the output, but not in its own file.
    grep -a ': error: ' "$work/log"
    grep -h -B1 '<failure' "$work"/xunit*.xml
  }
  verdicts=$(jq -r '.claims[].verdict' "$work/$run"/*.json)
  own=$(jq -r --arg id "$claim" '.claims[] | select(.id == $id) | "\(.verdict) \(.estimate)"' \
    "$work/$run"/*.json)
  [[ $own =~ ^(holds|violated) ]] && decided=$((decided + 1))
  echo "run $run: status $status, $seconds s; $claim $own;" \
    $(sort <<<"$verdicts" | uniq -c | awk '{printf "%s%d %s", (NR > 1 ? ", " : ""), $1, $2}')
done
kill -0 $neighbor 2>/dev/null || {
  echo "the neighbor ended early, so nothing was shown" >&2
  exit 70
}
echo "$runs runs beside a neighbor on cpu $cpu: $red red, $claim decided in $decided"
[ $red -eq 0 ] && [ $((decided * 10)) -ge $((runs * 8)) ]
