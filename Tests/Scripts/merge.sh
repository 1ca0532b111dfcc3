#!/usr/bin/env bash
# Merges the records of a large fleet with the release build: 10,000 records of 20 claims within 500 MB of
# memory and, on a machine that does nothing else, 10 s. First 50 machine keys have 200 records each, then each
# record has a key of its own.
#
#   Tests/Scripts/merge.sh [COUNT]
#
# Two cores take 10 s for 20 s of CPU time. That is what is checked, because others may take the cores meanwhile,
# with 30 % more for what they cost on shared caches and hardware threads; PERFGATE_MERGE_SECONDS sets how much it
# may be.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

count=${1:-10000}
most_seconds=${PERFGATE_MERGE_SECONDS:-26}
perfgate=.build/release/perfgate
[ -x "$perfgate" ] || swift build -c release --product perfgate || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "merge: $1" >&2
  failures=$((failures + 1))
}

# Real records: a quiet run with 17 claims, and one of 3 claims whose suspicion was confirmed. Of the
# fleet's 50 keys, mix.more holds in all runs on the first 40, is violated on the next 5, and has both
# verdicts on the others. The last two records are a copy and half a record.
python3 - "$work" "$count" <<'PYTHON' || exit 1
import json, os, sys

folder, count = sys.argv[1], int(sys.argv[2])
quiet, confirmed = (
    json.load(open(f"Tests/PerfGateModelTests/Earlier/{name}.json")) for name in ("quiet", "confirmed"))
known = {series["id"] for series in quiet["series"]}
quiet["series"] += [series for series in confirmed["series"] if series["id"] not in known]
groups = {(stage["group"], stage["stage"]) for stage in quiet["stages"]}
quiet["stages"] += [s for s in confirmed["stages"] if (s["group"], s["stage"]) not in groups]
for key in ("claimPlans", "claims"):
    quiet[key] += confirmed[key]
assert len(quiet["claimPlans"]) == 20
quiet["machine"]["key"], quiet["started"] = "MACHINE", "STARTED"

def text():
    return json.dumps(quiet, indent=2, sort_keys=True, separators=(",", " : "), ensure_ascii=False)

violated = text()
for series in quiet["series"]:
    if series["id"].startswith("mix/more/"):
        series["seconds"] = [seconds / 2 for seconds in series["seconds"]]
holds = text()
os.mkdir(f"{folder}/records")
for number in range(count):
    key = number % 50
    is_violated = key >= 45 and number // 50 % 2 == 0 or 40 <= key < 45
    started = f"2026-01-{number // 86400 + 1:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    one = (violated if is_violated else holds).replace("MACHINE", f"cpu-{key:02}-2c-1n", 1)
    one = one.replace("STARTED", started, 1)
    with open(f"{folder}/records/{number:05}.json", "w") as file:
        file.write(one)
with open(f"{folder}/records/copy.json", "w") as file:
    file.write(one)
with open(f"{folder}/records/half.json", "w") as file:
    file.write(one[:len(one) // 2])
PYTHON
size=$(du -sm "$work/records" | cut -f1)

# merge NAME: the fleet as JSON, within the bounds. Leaves its status in `status` and its figures in `figures`.
merge() {
  local seconds cpu megabytes
  # The highest resident memory of the children of this shell's child, in MB, and how long it took.
  python3 - "$work" "$perfgate" merge "$work/records" --json "$work/fleet.json" <<'PYTHON'
import resource, subprocess, sys, time

work, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
with open(f"{work}/out", "w") as out, open(f"{work}/err", "w") as err:
    status = subprocess.run(command, stdout=out, stderr=err, timeout=600).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(f"{work}/usage", "w") as file:
    file.write(f"{status} {time.monotonic() - start:.2f} {usage.ru_utime + usage.ru_stime:.2f} "
               f"{usage.ru_maxrss * 1024 // 1000000}")
PYTHON
  read -r status seconds cpu megabytes <"$work/usage"
  figures="$seconds s, $cpu s of CPU time, $megabytes MB of memory"
  [ "$status" -eq 1 ] || fail "$1: merge ended with $status: $(head -c 500 "$work/err")"
  [ "$megabytes" -le 500 ] || fail "$1: merge took $megabytes MB of memory, 500 at most"
  awk -v took="$cpu" -v most="$most_seconds" 'BEGIN { exit !(took <= most) }' ||
    fail "$1: merge took $cpu s of CPU time, $most_seconds at most"
}

merge "50 machine keys"
few=$figures

# expect PROGRAM WANT: what the JSON has.
expect() {
  python3 - "$work/fleet.json" "$1" "$2" <<'PYTHON' || fail "the JSON has another $1 than $2"
import json, sys
fleet = json.load(open(sys.argv[1]))
more = next(claim for claim in fleet["claims"] if claim["id"] == "mix.more")
sys.exit(str(eval(sys.argv[2])) != sys.argv[3])
PYTHON
}
expect 'fleet["runs"]' "$count"
expect 'len(fleet["copies"])' 1
expect 'len(fleet["unreadable"])' 1
expect 'len(fleet["claims"])' 20
expect 'len(fleet["machines"])' 50
expect 'more["verdict"]' violated
expect '[more["keys"][word] for word in ("holds", "violated", "mixed")]' "[40, 5, 5]"
expect 'more["machines"][45]["runs"]["violated"] > 0' True
grep -q "half.json: it is not valid JSON" "$work/err" || fail "half a record is not told"
grep -q "^checked 1[0-9] of 20, violated 1" "$work/out" || fail "the tables tell no counts"

# The same list of paths on standard input, and a demand.
ls -d "$work"/records/0000*.json | "$perfgate" merge --files-from - --require 'mix.*' >"$work/out" 2>&1
[ $? -eq 0 ] || fail "a list on standard input ended otherwise: $(tail -3 "$work/out")"

# Each record has a key of its own, in place of the one that stands in it once.
python3 - "$work/records" <<'PYTHON' || exit 1
import glob, re, sys

for number, path in enumerate(sorted(glob.glob(f"{sys.argv[1]}/[0-9]*.json"))):
    with open(path, "r+b") as file:
        text = file.read()
        # As long as before, so that nothing behind it moves.
        found = re.search(rb'"cpu-[0-9]{2}-2c-1n"', text)
        key = b'"' + f"m{number:05}".encode().ljust(len(found[0]) - 2, b"-") + b'"'
        file.seek(found.start())
        file.write(key)
PYTHON
rm "$work/records/copy.json" "$work/records/half.json"
merge "a machine key for each record"
many=$figures
expect 'fleet["runs"]' "$count"
expect 'len(fleet["machines"])' "$count"
expect 'sum(len(claim["machines"]) for claim in fleet["claims"])' "$((20 * count))"
expect 'len(fleet["copies"]) + len(fleet["conflicts"])' 0
json=$(du -sm "$work/fleet.json" | cut -f1)

[ $failures -eq 0 ] && cat <<END
merge: $count records of 20 claims, $size MB, on 50 machine keys: $few
merge: the same with a machine key for each record: $many; $json MB of JSON
END
exit $((failures > 0))
