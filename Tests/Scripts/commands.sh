#!/usr/bin/env bash
# Runs the release build's commands as a person or a script would, and checks what they promise:
# exit codes, the record, verdicts that are reached again from it. Needs jq.
set -uo pipefail
cd "$(dirname "$0")/../.."

perfgate=.build/release/perfgate
[ -x "$perfgate" ] || swift build -c release --product perfgate || exit 1
command -v jq >/dev/null || {
  echo "commands: SKIPPED: install it by: apt-get install -y jq" >&2
  exit 77
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "commands: $1" >&2
  failures=$((failures + 1))
}

# expect STATUS TEXT COMMAND...: the status, one line on standard error, and TEXT in it.
expect() {
  local status=$1 text=$2
  shift 2
  timeout 120 "$@" >"$work/out" 2>"$work/err"
  local found=$?
  [ $found -eq "$status" ] || fail "$* ended with $found, expected $status"
  [ "$(wc -l <"$work/err")" -eq 1 ] || fail "$* wrote $(wc -l <"$work/err") lines of error"
  grep -qF -- "$text" "$work/err" || fail "$* said '$(cat "$work/err")', expected '$text'"
}

# The whole catalog: no claim may be violated here, and the same verdicts come from the record.
start=$(date +%s)
"$perfgate" run --json "$work/run.json" >"$work/run.txt" 2>"$work/run.err"
status=$?
seconds=$(($(date +%s) - start))
cat "$work/run.txt"
[ $status -eq 0 ] || fail "run ended with $status: $(cat "$work/run.err")"
[ "$(tail -n 1 "$work/run.txt")" = "$work/run.json" ] || fail "run does not end with the record's path"
grep -qE '^checked [0-9]+ of [0-9]+, violated 0' "$work/run.txt" || fail "run tells no counts"
jq -e '.schema == "perfgate.record/1" and .complete and (.series | length > 10)' \
  "$work/run.json" >/dev/null || fail "the record of run is not whole"
jq 'del(.claims)' "$work/run.json" >"$work/again.json"
"$perfgate" judge "$work/again.json" --json "$work/judged.json" >/dev/null || fail "judge failed"
diff <(jq -S .claims "$work/run.json") <(jq -S .claims "$work/judged.json") >"$work/diff" ||
  fail "judging the record again gives other claims"
echo "commands: run took $seconds s"

# The reports of a stored run: XML that a parser of others reads, and only the remarks that it deserves.
"$perfgate" judge "$work/run.json" --junit "$work/run.xml" --markdown "$work/run.md" \
  --annotations >"$work/judged.txt" || fail "judge with reports failed"
if command -v xmllint >/dev/null; then
  xmllint --noout "$work/run.xml" || fail "the JUnit file of run is no XML"
fi
[ "$(grep -c '<testcase ' "$work/run.xml")" -eq "$(jq '.claims | length' "$work/run.json")" ] ||
  fail "the JUnit file has not one case a claim"
[ "$(grep -c '^::error ' "$work/judged.txt")" -eq 0 ] || fail "judge remarks an error in a good run"
grep -q '^## perfgate run: checked ' "$work/run.md" || fail "the Markdown has no heading"
for table in baselines/published/*.json; do
  "$perfgate" judge "$table" | grep -q 'inconclusive: 1 round' || fail "judge $table has no claim"
done

# More workers than CPUs only on demand; one CPU is enough to work.
expect 64 "1 allowed" taskset -c 0 "$perfgate" scale --workers 2
taskset -c 0 "$perfgate" compare --kernel viete --quiet --json "$work/one.json" >/dev/null ||
  fail "compare on one cpu failed"
"$perfgate" scale --workers 1-12 --oversubscribe --tasks 24 --task-seconds 0.001 --rounds 2 --quiet \
  --json - >"$work/scale.json" || fail "scale with twelve workers failed"
jq -e '.scaling | length == 2 and all(.points | length == 12)' "$work/scale.json" >/dev/null ||
  fail "scale has no twelve rows of two variants"
"$perfgate" handoff --workers 1,50 --oversubscribe --size 1000000 --rounds 3 --quiet \
  --json "$work/handoff.json" >/dev/null || fail "handoff failed"
jq -e '[.handoff[].case] | unique | length == 6' "$work/handoff.json" >/dev/null ||
  fail "handoff has not six cases"

# Waits for whoever measures on this machine, says so, and can be interrupted while it waits.
if command -v flock >/dev/null && [ -f /tmp/perfgate.lock ]; then
  flock /tmp/perfgate.lock sleep 30 &
  holder=$!
  sleep 0.5
  "$perfgate" compare --kernel viete >"$work/out" 2>"$work/err" &
  waiting=$!
  sleep 3
  kill -INT $waiting
  wait $waiting
  status=$?
  [ $status -eq 130 ] || fail "interrupted while it waited it ended with $status"
  grep -q "waits for process" "$work/err" || fail "it does not say whom it waits for"
  # What measures nothing waits for nobody.
  timeout 10 "$perfgate" machine >"$work/out" 2>&1 || fail "machine waits for the machine's lock"
  timeout 10 "$perfgate" judge baselines/published/pi-scaling.json >"$work/out" 2>&1 ||
    fail "judge waits for the machine's lock"
  kill -KILL $(pgrep -P $holder) $holder 2>/dev/null
  wait $holder 2>/dev/null
fi

# Bad input.
expect 64 "unknown command" "$perfgate" sacle
expect 64 "--workers 0" "$perfgate" scale --workers 0
expect 64 "cannot use --quiet-wait soon" "$perfgate" run --quiet-wait soon
expect 64 "unknown kernel" "$perfgate" compare --kernel nothing
expect 73 "no such file or directory" "$perfgate" compare --json "$work/missing/record.json"
echo '{"schema": "perfgate.record/9"}' >"$work/newer.json"
expect 65 "perfgate.record/9" "$perfgate" judge "$work/newer.json"

[ $failures -eq 0 ] && echo "commands: all right"
exit $((failures > 0))
