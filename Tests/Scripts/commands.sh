#!/usr/bin/env bash
# Runs the release build's commands as a person or a script would, and checks what they promise:
# exit codes, the record, verdicts that are reached again from it. Needs jq.
set -uo pipefail
cd "$(dirname "$0")/../.."

here=$PWD
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

# The whole catalog: no claim may be violated here, and the record leads to the same verdicts.
start=$(date +%s)
"$perfgate" run --json "$work/run.json" >"$work/run.txt" 2>"$work/run.err"
status=$?
seconds=$(($(date +%s) - start))
cat "$work/run.txt"
# A machine that is too busy decides nothing, which is right too.
[ $status -eq 0 ] || { [ $status -eq 75 ] && grep -q "nothing was decided" "$work/run.err"; } ||
  fail "run ended with $status: $(cat "$work/run.err")"
grep -qE 'claims will take .* at most, the tables will take about ' "$work/run.err" ||
  fail "run does not say at its start how long it will take"
[ "$(tail -n 1 "$work/run.txt")" = "$work/run.json" ] || fail "run does not end with the record's path"
grep -qE '^checked [0-9]+ of [0-9]+, violated 0' "$work/run.txt" || fail "run tells no counts"
jq -e '.schema == "perfgate.record/1" and .complete and (.series | length > 10)' \
  "$work/run.json" >/dev/null || fail "the record of run is not whole"
jq 'del(.claims)' "$work/run.json" >"$work/again.json"
"$perfgate" judge "$work/again.json" --json "$work/judged.json" >/dev/null 2>&1
[ $? -eq $status ] || fail "judge does not end as the run did, with $status"
diff <(jq -S .claims "$work/run.json") <(jq -S .claims "$work/judged.json") >"$work/diff" ||
  fail "judging the record again gives other claims"
echo "commands: run took $seconds s"

# The reports of a stored run: XML that other parsers read, without needless remarks.
"$perfgate" judge "$work/run.json" --junit "$work/run.xml" --markdown "$work/run.md" \
  --html "$work/run.html" --annotations >"$work/judged.txt" 2>/dev/null
[ $? -eq $status ] || fail "judge with reports failed"
# Colors: on a terminal only, and never where they are not wanted.
# on_terminal ENVIRONMENT OPTION...: keeps what judge writes to a pseudo terminal.
on_terminal() {
  local environment=$1
  shift
  script -qec "env $environment '$perfgate' judge '$work/run.json' $*" /dev/null \
    </dev/null >"$work/terminal"
}
escape=$(printf '\033')
verdict="$escape\[(32mholds|31mviolated|33minconclusive|2mnot checkable)$escape\[0m"
if command -v script >/dev/null; then
  # Every verdict has one, whatever a busy machine lets be decided.
  on_terminal "TERM=xterm"
  grep -qE "$verdict" "$work/terminal" || fail "judge shows no colors on a terminal"
  for plain in "TERM=dumb" "TERM=xterm NO_COLOR=1" "-u TERM"; do
    on_terminal "$plain"
    grep -qF "$escape" "$work/terminal" && fail "judge shows colors with $plain"
    grep -q '^checked ' "$work/terminal" || fail "judge shows nothing with $plain"
  done
  on_terminal "TERM=xterm" --no-color
  grep -qF "$escape" "$work/terminal" && fail "judge shows colors with --no-color"
fi
TERM=xterm "$perfgate" judge "$work/run.json" >"$work/piped" 2>&1
grep -qF "$escape" "$work/piped" && fail "judge writes colors into a file"

# valid FILE: the file is XML, and follows the schema of strict readers where that is available.
valid() {
  command -v xmllint >/dev/null || return 0
  xmllint --noout ${PERFGATE_JUNIT_SCHEMA:+--schema "$PERFGATE_JUNIT_SCHEMA"} "$1" 2>"$work/lint" ||
    fail "the JUnit file is not valid: $(head -5 "$work/lint")"
}
valid "$work/run.xml"
for golden in Tests/PerfGateReportTests/Golden/*.junit.txt; do valid "$golden"; done
[ "$(grep -c '<testcase ' "$work/run.xml")" -eq "$(jq '.claims | length' "$work/run.json")" ] ||
  fail "the JUnit file has not one case a claim"
[ "$(grep -c '^::error ' "$work/judged.txt")" -eq 0 ] || fail "judge remarks an error in a good run"
grep -q '^## perfgate run: checked ' "$work/run.md" || fail "the Markdown has no heading"
for table in baselines/published/{handoff,pi-scaling,pi-single-thread}.json; do
  "$perfgate" judge "$table" --junit "$work/table.xml" >"$work/table.txt"
  grep -q 'inconclusive: 1 round' "$work/table.txt" || fail "judge $table has no claim"
  valid "$work/table.xml"
  # In a narrow terminal the reason has its own line.
  COLUMNS=80 "$perfgate" judge "$table" >"$work/table.txt"
  grep -qE '^    1 round$' "$work/table.txt" || fail "judge $table has no line for a reason"
done
if command -v script >/dev/null; then
  script -qec "stty cols 80; $perfgate judge baselines/published/handoff.json" /dev/null \
    </dev/null >"$work/terminal"
  grep -qE '^    1 round' "$work/terminal" || fail "a terminal of 80 columns gets no line for a reason"
fi

# Names chosen by a stranger: nothing in them controls a terminal or a log, or adds a line to it.
bad=$'::error::\e[31m\n::error::\r##[error]\u009b2J\u202e'
jq --arg bad "$bad" '(.claims, .claimPlans, .unproven) |= map(.text? = $bad) | .machine.cpu = $bad
  | .notes = [{code: "x", text: $bad}] | .command = $bad | .machine.libnuma = $bad
  | .plan.notes = [$bad]' "$work/run.json" >"$work/bad.json"
"$perfgate" judge "$work/run.json" >"$work/good.txt" 2>&1
"$perfgate" judge "$work/bad.json" --junit "$work/bad.xml" --markdown "$work/bad.md" \
  --csv "$work/bad.csv" --google-benchmark "$work/bad.gb" >"$work/bad.txt" 2>&1
"$perfgate" judge "$work/bad.json" --annotations >"$work/bad.log" 2>&1
"$perfgate" judge "$work/bad.json" --json - >"$work/again.json" 2>&1
"$perfgate" judge "$work/$bad.json" 2>"$work/bad.err" && fail "a missing record was judged"
valid "$work/bad.xml"
for file in bad.txt bad.xml bad.md bad.csv bad.gb bad.log bad.err again.json; do
  if LC_ALL=C grep -qaP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' "$work/$file"; then
    fail "control characters came through to $file"
  fi
  [ $file = bad.log ] || ! grep -qE '^\s*::' "$work/$file" || fail "a command came through to $file"
done
! grep -qF '##[' "$work/bad.txt" "$work/bad.err" || fail "an old command came through"
grep -qF '\u{1B}[31m' "$work/bad.txt" || fail "control characters are not spelled out"
# One more note, and nothing else.
[ "$(wc -l <"$work/bad.txt")" -le $(($(wc -l <"$work/good.txt") + 2)) ] ||
  fail "names add lines to the tables"

# A file that would take far more memory than its values is refused; the record of a long run is not.
{
  printf '{"schema": "perfgate.record/1", "unknown": ['
  yes 0, | tr -d '\n' | head -c 100000000
  printf '0]}'
} >"$work/large.json"
expect 65 "it holds more than the 5000000 values" \
  bash -c "ulimit -v 1500000; exec $perfgate judge $work/large.json"
rm "$work/large.json"
jq -c '.series |= (.[:60] | map(.seconds = [range(20000) | 0.25] | .rounds = [range(20000)]
    | .cpuSeconds = .seconds | del(.pairs, .bytes, .counts)))
  | .claimPlans = [] | .stages = []' "$work/run.json" >"$work/long.json"
(
  ulimit -v 1500000
  "$perfgate" judge "$work/long.json" >/dev/null
) || fail "a record of $(($(wc -c <"$work/long.json") >> 20)) MiB is not read"
rm "$work/long.json"

# More workers than CPUs only on request; one CPU is enough to work.
expect 64 "1 allowed" taskset -c 0 "$perfgate" scale --workers 2
taskset -c 0 "$perfgate" compare --kernel viete --variant swift.scalar --variant c.scalar --quiet \
  --json "$work/one.json" >/dev/null 2>&1
one=$?
[ $one -eq 0 ] || [ $one -eq 75 ] || fail "compare on one cpu ended with $one"
"$perfgate" scale --workers 1-12 --oversubscribe --tasks 24 --task-seconds 0.001 --rounds 2 --quiet \
  --json - >"$work/scale.json" || fail "scale with twelve workers failed"
jq -e '.scaling | length == 2 and all(.points | length == 12)' "$work/scale.json" >/dev/null ||
  fail "scale has no twelve rows of two variants"
"$perfgate" handoff --workers 1,50 --oversubscribe --size 1000000 --rounds 3 --quiet \
  --json "$work/handoff.json" >/dev/null || fail "handoff failed"
jq -e '[.handoff[].case] | unique | length == 12' "$work/handoff.json" >/dev/null ||
  fail "handoff has not twelve cases"
# Messages to worker processes: each has its memory, and none takes what the others leave.
"$perfgate" handoff --executor process --workers 1,2 --oversubscribe --size 20000000 --rounds 2 \
  --tasks 10 --first-and-rest --quiet --json "$work/messages.json" >"$work/messages.txt" ||
  fail "messages failed"
jq -e '
  def row(c; w): .handoff[] | select(.case == c and .workers == w);
  # A busy machine may leave a row out.
  (.handoff | length < 10) or
  (row("swift.serialized"; 2).taskSeconds > row("swift.shared"; 2).taskSeconds)
  and (row("swift.serialized"; 2).peakBytes - row("swift.serialized"; 1).peakBytes > 15000000)
  and (row("swift.shared"; 2).peakBytes - row("swift.shared"; 1).peakBytes < 5000000)
  and ([.firstMessages[] | select(.starts == 2)] | length == 4)' "$work/messages.json" >/dev/null ||
  fail "messages are not as they should be: $(cat "$work/messages.txt")"
# A dead worker process ends the run with its number, its task and the signal, and leaves nobody.
"$perfgate" scale --kernel viete --variant swift.scalar --executor process --task-seconds 0.05 \
  --rounds 1000 --workers 1 --json "$work/dead.json" >/dev/null 2>"$work/err" &
scale=$!
for _ in $(seq 200); do
  worker=$(pgrep -n -f "^$perfgate worker") && break
  sleep 0.1
done
sleep 1
# Between two starts there is none.
for _ in $(seq 600); do
  kill -0 $scale 2>/dev/null || break
  worker=$(pgrep -n -f "^$perfgate worker") && kill -9 "$worker" 2>/dev/null
  sleep 0.1
done
wait $scale
[ $? -eq 70 ] || fail "a dead worker does not end with 70"
grep -qE 'worker 0 died (in task [0-9]+|between tasks) of (viete/swift.scalar/process/1|its start): its process was killed by signal 9 \(SIGKILL\)' \
  "$work/err" || fail "a dead worker is not told: $(cat "$work/err")"
for _ in $(seq 300); do
  pgrep -f "^$perfgate worker" >/dev/null || break
  sleep 0.1
done
pgrep -f "^$perfgate worker" >/dev/null && fail "a worker process is left"
expect 64 "cannot be a worker: descriptor 3 is no socket" "$perfgate" worker
"$perfgate" scale --weak --kernel viete --variant c.scalar --workers 1,2 --oversubscribe --rounds 2 \
  --size 10000 --quiet --json "$work/weak.json" >"$work/weak.txt" || fail "weak scaling failed"
jq -e '.scaling[0].weak and ([.series[] | .tasks / .workers] | unique == [50])' \
  "$work/weak.json" >/dev/null || fail "weak scaling has other tasks"
grep -q "scaled speedup" "$work/weak.txt" || fail "weak scaling is not told"

# A worker that cannot be started names the limit that prevents it.
expect 70 "of 3906 MiB of memory are in use" bash -c "ulimit -v 4000000; exec '$perfgate' scale \
  --workers 1000 --oversubscribe --quiet"

# A worker that is moved to another cpu in the middle of a run: a run that ends with 70 is not called verified.
if [ "$(nproc)" -gt 1 ]; then
  "$perfgate" scale --kernel viete --workers 1 --rounds 12 --quiet --json "$work/moved.json" \
    >"$work/out" 2>"$work/err" &
  moved=$!
  # The workers are threads of its children, of which it starts one for each round.
  for _ in $(seq 1000); do
    kill -0 $moved 2>/dev/null || break
    for child in $(pgrep -P $moved); do
      for task in /proc/"$child"/task/*; do
        [ "${task##*/}" = "$child" ] || taskset -cp 1 "${task##*/}" >/dev/null 2>&1
      done
    done
    sleep 0.02
  done
  wait $moved
  status=$?
  [ $status -eq 70 ] || fail "a run whose worker was moved ended with $status"
  grep -q "^misplaced  worker 0 was planned on cpu" "$work/out" || fail "the tables call it in place"
  grep -w verified "$work/out" | grep -vq "verified at the start" &&
    fail "a run whose worker was moved is called verified"
  jq -e '.complete == false and (.plan.verification.findings | length > 0)' "$work/moved.json" \
    >/dev/null || fail "the record of a moved worker says nothing of it"
fi

# Waits for the process that measures on this machine, says so, and can be interrupted while it waits.
if command -v flock >/dev/null && [ -f /tmp/perfgate.lock ]; then
  flock /tmp/perfgate.lock sleep 300 &
  holder=$!
  for _ in $(seq 300); do
    flock -n /tmp/perfgate.lock true || break
    sleep 0.1
  done
  "$perfgate" compare --kernel viete >"$work/out" 2>"$work/err" &
  waiting=$!
  for _ in $(seq 600); do
    grep -q "waiting for process" "$work/err" && break
    sleep 0.1
  done
  kill -INT $waiting
  wait $waiting
  status=$?
  [ $status -eq 130 ] || fail "interrupted while it waited it ended with $status"
  grep -q "waiting for process" "$work/err" || fail "it does not say whom it waits for"
  # A command that measures nothing does not wait.
  timeout 60 "$perfgate" machine >"$work/out" 2>&1 || fail "machine waits for the machine's lock"
  timeout 60 "$perfgate" judge baselines/published/pi-scaling.json >"$work/out" 2>&1 ||
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

# Not green when nothing was checked: no claim, nothing stored, all lost to disturbance.
empty=Tests/Fuzz/Corpus/empty-record.json
expect 3 "--strict: no claim was judged" "$perfgate" judge "$empty" --strict
expect 64 "it has none" "$perfgate" judge "$empty" --require 'viete.*'
mkdir "$work/other"
key=other-machine-1c-1n
echo '{"schema": "perfgate.baseline/1", "claims": {}, "machine": {"key": "'$key'", "cpu": "other",
  "cores": 1, "memoryNodes": 1}}' >"$work/other/$key.json"
for folder in none other; do
  check=("$perfgate" baseline check --baselines "$work/$folder")
  "${check[@]}" >"$work/out" 2>&1 || fail "check of $folder failed: $(cat "$work/out")"
  expect 3 "not decided, for example" "${check[@]}" --strict
  expect 3 "not decided, for example" "${check[@]}" --require 'viete.*'
  expect 3 "not decided, for example" "${check[@]}" --require 'viete.*' --budget 0
done
lost() {
  jq --arg cause "$1" '.unproven = [] | .claimPlans |=
    map(.notCheckable = "made up" | .cause = $cause)' "$work/run.json"
}
lost disturbed >"$work/disturbed.json"
lost hardware >"$work/hardware.json"
expect 75 "nothing was decided" "$perfgate" judge "$work/disturbed.json"
expect 3 "not decided" "$perfgate" judge "$work/disturbed.json" --strict
"$perfgate" judge "$work/hardware.json" >/dev/null || fail "missing hardware is no failure"
expect 3 "not decided" "$perfgate" judge "$work/hardware.json" --strict

# An output that cannot be written to its end is never a success.
tables=(scale --kernel viete --size 1000 --tasks 2 --rounds 1 --workers 1 --quiet)
full() {
  timeout 60 "$perfgate" "$@" >/dev/full 2>"$work/err"
  local found=$?
  [ $found -eq 74 ] || fail "$* into a full disk ended with $found"
  grep -q "no space left on device" "$work/err" || fail "$* into a full disk is not told"
}
full --help
full help judge
full --version
full machine
full machine --json -
full judge "$work/run.json"
full merge "$work/run.json"
full merge "$work/run.json" --json -
full judge "$work/run.json" --json -
full judge "$work/run.json" --csv -
full baseline list
full baseline show
full baseline check --budget 0
full "${tables[@]}"
full "${tables[@]}" --json -
for option in --json --junit --markdown --csv --google-benchmark --html; do
  expect 74 "/dev/full: no space left on device" "$perfgate" judge "$empty" $option /dev/full
  expect 73 "is a directory" "$perfgate" judge "$empty" $option "$work"
  "$perfgate" judge "$empty" $option /dev/null >/dev/null || fail "$option /dev/null failed"
done
"$perfgate" judge "$work/run.json" --json - 2>/dev/null | head -c 10 >/dev/null

# For other tools: as many rounds as the record has, in both formats.
rounds=$(jq '[.series[].seconds | length] | add' "$work/run.json")
"$perfgate" judge "$work/run.json" --csv - 2>/dev/null >"$work/run.csv"
"$perfgate" judge "$work/run.json" --google-benchmark - 2>/dev/null >"$work/run.gb"
[ "$(python3 -c 'import csv, sys
print(sum(row["seconds"] != "" for row in csv.DictReader(open(sys.argv[1]))))' "$work/run.csv")" = "$rounds" ] ||
  fail "the CSV has not the $rounds rounds of the record"
jq -e --argjson rounds "$rounds" '[.benchmarks[] | select(.run_type == "iteration")] | length == $rounds
  and all(.real_time > 0 and .time_unit == "ns" and .iterations > 0)' "$work/run.gb" >/dev/null ||
  fail "the JSON for Google Benchmark has not the $rounds rounds of the record"

# Other languages, with all programs that are here. Each has the same results as ours.
# A busy machine may disturb all rounds of one of them.
for attempt in 1 2 3 4; do
  sleep $((15 * (attempt - 1)))
  timeout 400 "$perfgate" peers --as-written --task-seconds 0.002 --rounds 3 --workers 1 --size 1000000 \
    --budget 10 --json "$work/peers.json" >"$work/peers" 2>"$work/err"
  status=$?
  jq -e '[.peers[] | select(.note == "other programs disturbed every round")] == []' \
    "$work/peers.json" >/dev/null && break
done
[ $status -eq 0 ] || [ $status -eq 75 ] || fail "peers ended with $status: $(cat "$work/err")"
for runtime in go python; do
  command -v "${runtime/python/python3}" >/dev/null || {
    echo "commands: peers of $runtime SKIPPED: install it" >&2
    continue
  }
  jq -e --arg runtime $runtime '[.peers[] | select(.runtime == $runtime and .missing == null)] | length > 0' \
    "$work/peers.json" >/dev/null || fail "peers did not find $runtime"
done
jq -e '[.peers[] | select(.missing == null)]
  | all(.nanosecondsPerIteration > 0 and .note != "other programs disturbed every round")' \
  "$work/peers.json" >/dev/null || fail "peers has no time of a language that is here: $(cat "$work/peers")"
# Checksums are those of the reference's results, never 0.
jq -e '[.series[] | select(.variant != "go.discarded" and (.checksum | length) < 8)] | length == 0' \
  "$work/peers.json" >/dev/null || fail "a series of peers has no checksum"
jq -e '[.scaling[].executor] | index("pool") != null' "$work/peers.json" >/dev/null ||
  fail "peers has no curve"
jq -e '.claims | map(.id) == ["viete.swift-vs-go"]' "$work/peers.json" >/dev/null ||
  fail "peers did not judge the claim about Go"
# The article's program throws its result away.
jq -e '[.peers[] | select(.runtime == "go" and .missing == null) | {(.variant): .nanosecondsPerIteration}]
  | length == 0 or (add | ."go.scalar" > 10 * ."go.discarded")' "$work/peers.json" >/dev/null ||
  fail "Go is not faster when its result is discarded"
"$perfgate" judge "$work/peers.json" --json "$work/again.json" >/dev/null 2>"$work/err"
jq -s -e '.[0].peers == .[1].peers and .[0].comparisons == .[1].comparisons' "$work/peers.json" \
  "$work/again.json" >/dev/null || fail "a stored run of peers is another one: $(cat "$work/err")"
status=0
"$perfgate" peers --runtimes mojo --python /bin/true >/dev/null 2>"$work/err" || status=$?
command -v mojo >/dev/null || { [ $status -eq 69 ] && grep -q "pip install mojo" "$work/err"; } ||
  fail "a language that is not here was accepted: $status"

# A pipe is opened once, and its reader gets all of it. Waiting for a missing reader can be interrupted.
mkfifo "$work/pipe"
cat "$work/pipe" >"$work/piped.json" &
timeout 60 "$perfgate" "${tables[@]}" --json "$work/pipe" >/dev/null || fail "a pipe as a record failed"
wait $!
jq -e .complete "$work/piped.json" >/dev/null || fail "the reader of a pipe got no whole record"
"$perfgate" judge "$empty" --json "$work/pipe" >/dev/null 2>"$work/err" &
waiting=$!
for _ in $(seq 600); do
  grep -q "waiting for a reader of" "$work/err" && break
  sleep 0.1
done
kill -TERM $waiting
wait $waiting
status=$?
[ $status -eq 143 ] || fail "interrupted while nobody read its pipe it ended with $status"
grep -q "waiting for a reader of" "$work/err" || fail "it does not say that nobody reads"
"$perfgate" judge - <"$empty" >/dev/null || fail "judge - does not read standard input"
"$perfgate" judge <(cat "$empty") >/dev/null || fail "judge does not read a pipe"

# In a deleted folder no search goes on forever.
gone() {
  (mkdir "$work/gone" && cd "$work/gone" && rmdir ../gone && TMPDIR=$work timeout 60 "$here/$perfgate" "$@") \
    >"$work/out" 2>"$work/err"
}
gone machine || fail "machine in a deleted folder: $(cat "$work/err")"
gone baseline list || fail "baseline list in a deleted folder: $(cat "$work/err")"
gone "${tables[@]}" || fail "tables in a deleted folder: $(cat "$work/err")"
gone baseline update --kernel text.scan
[ $? -eq 73 ] || fail "a baseline in a deleted folder is not refused"
touch "$work/file"
expect 73 "not a directory" "$perfgate" baseline update --baselines "$work/file/below"

# A lost terminal: the record so far is written. Hours for one task: refused before it begins.
"$perfgate" scale --kernel viete --task-seconds 0.001 --tasks 5 --rounds 10000 --workers 1 \
  --json "$work/hangup.json" >/dev/null 2>"$work/err" &
running=$!
for _ in $(seq 600); do
  grep -q "will take about" "$work/err" && break
  sleep 0.1
done
sleep 1
kill -HUP $running
wait $running
status=$?
[ $status -eq 129 ] || fail "hung up it ended with $status"
jq -e '.complete == false' "$work/hangup.json" >/dev/null || fail "hung up it left no record"
timeout 60 "$perfgate" scale --kernel viete --size 1000000000000000 --workers 1 >"$work/out" 2>"$work/err"
[ $? -eq 64 ] || fail "a task of hours is not refused"
grep -q "would take about .* h, the limit is 60 min" "$work/err" || fail "a task of hours is not told"
"$perfgate" run --budget 0 --kernel viete --rounds 2 --json "$work/tables.json" >/dev/null 2>"$work/err" ||
  fail "run --budget 0 failed: $(cat "$work/err")"
grep -q "the tables will take about" "$work/err" || fail "run --budget 0 does not say how long"

# Rounds are processes of this program, started anew.
jq -e '[.claims[] | select(.rounds > 0)] | length == 0 or any(.starts > 7)' "$work/run.json" \
  >/dev/null || fail "no claim of run is of many processes"
jq -e '[.notes[].code] | index("one-process") == null' "$work/run.json" >/dev/null ||
  fail "run used one process: $(jq -r '.notes[].text' "$work/run.json")"
PERFGATE_STARTS=1 "$perfgate" "${tables[@]}" --json "$work/one.json" >/dev/null || fail "one process failed"
jq -e '.notes | map(select(.code == "one-process"))[0].text | endswith("PERFGATE_STARTS=1")' \
  "$work/one.json" >/dev/null || fail "one process is not noted"
expect 64 "cannot use PERFGATE_STARTS=2" env PERFGATE_STARTS=2 "$perfgate" run
if command -v setarch >/dev/null; then
  setarch -R "$perfgate" "${tables[@]}" --json "$work/fixed.json" >/dev/null || fail "setarch -R failed"
  jq -e '[.notes[].code] | index("fixed-addresses") != null' "$work/fixed.json" >/dev/null ||
    fail "fixed addresses are not noted"
fi

# Killed at any moment it leaves no process, no shared memory and no lock. The path marks its processes.
ln -s "$here/$perfgate" "$work/marked"
leaves_nothing() {
  for _ in $(seq 3000); do
    pgrep -f "^$work/marked" >/dev/null || return 0
    sleep 0.01
  done
  fail "$1 left $(pgrep -fa "^$work/marked")"
}
shared=$(find /dev/shm -name '*perfgate*' 2>/dev/null | wc -l)
for _ in $(seq "${PERFGATE_KILLS:-20}"); do
  "$work/marked" run --quiet --quiet-wait 0 --json "$work/killed.json" >/dev/null 2>&1 &
  killed=$!
  sleep "0.$((RANDOM % 900 + 100))"
  kill -KILL $killed
  wait $killed 2>/dev/null
  leaves_nothing "a killed run"
done
[ "$(find /dev/shm -name '*perfgate*' 2>/dev/null | wc -l)" -eq "$shared" ] || fail "kills left shared memory"
# Stopped and continued, as by Ctrl-Z and fg, it goes on; asked to end in an arm, it ends its children.
"$work/marked" scale --kernel viete --task-seconds 1 --tasks 10 --rounds 1000 --workers 1 \
  --json "$work/stopped.json" >/dev/null 2>"$work/err" &
running=$!
for _ in $(seq 600); do
  grep -q "will take about" "$work/err" && break
  sleep 0.1
done
kill -STOP $running
sleep 12
kill -CONT $running
sleep 1
kill -0 $running || fail "a stopped run does not go on: $(cat "$work/err")"
start=$(date +%s%N)
kill -INT $running
wait $running
status=$?
[ $status -eq 130 ] || fail "interrupted in an arm it ended with $status"
[ $(($(date +%s%N) - start)) -lt 4000000000 ] || fail "interrupted in an arm of 10 s it took more than 4 s"
leaves_nothing "an interrupted run"

# Another program runs arms by pipe, and both variants return the same.
printf '%s\n' "hello perfgate.arm/1" "place none local" "prepare viete 100000 42" \
  "run viete swift.scalar pool 1 5 100000 42" "run viete c.scalar sp 1 5 100000 42" "results 4 1" \
  nonsense quit | "$perfgate" arm >"$work/arm" 2>"$work/err" || fail "arm failed: $(cat "$work/err")"
[ "$(cut -d' ' -f1 "$work/arm" | head -n 6 | tr '\n' ' ')" = "hello placed ready ran ran results " ] &&
  [ "$(awk '/^ran /{ print $4 }' "$work/arm" | sort -u | wc -l)" -eq 1 ] &&
  [ "$(tail -n 1 "$work/arm")" = "error unknown request nonsense" ] ||
  fail "arm answered: $(cat "$work/arm")"
expect 64 "option --json does not belong to arm" "$perfgate" arm --json FILE </dev/null

# Completions: those for bash are tried, the others parsed where there is such a shell.
complete_by_bash() {
  bash -c '. <("$0" completion bash); compopt() { :; }
    COMP_WORDS=(perfgate "$@"); COMP_CWORD=$#; _perfgate; echo "${COMPREPLY[*]}"' "$perfgate" "$@"
}
[ "$(complete_by_bash sc)" = scale ] || fail "bash does not complete sc"
[ "$(complete_by_bash baseline sh)" = show ] || fail "bash does not complete baseline sh"
[ "$(complete_by_bash --quiet-w)" = --quiet-wait ] || fail "bash does not complete --quiet-w"
[ "$(complete_by_bash compare --kernel text.sc)" = "text.scan text.scalars" ] || fail "bash completes no kernels"
[ "$(complete_by_bash scale --executor d)" = dispatch ] || fail "bash completes no executors"
[ -z "$(complete_by_bash scale --budg)" ] || fail "bash completes options of another command"
for shell in bash zsh fish; do
  "$perfgate" completion $shell >"$work/completion" || fail "completion $shell failed"
  command -v $shell >/dev/null || continue
  $shell -n "$work/completion" || fail "the completions for $shell are not valid"
done
expect 64 "expected one of bash, zsh, fish" "$perfgate" completion tcsh
expect 64 "cannot use PERFGATE_LAYOUTS=yes" env PERFGATE_LAYOUTS=yes "$perfgate" compare --against HEAD
expect 64 "--size and --task-seconds exclude each other" "$perfgate" scale --size 1000 --task-seconds 2
expect 64 "does not go with baseline show: it belongs to baseline update, check" \
  "$perfgate" baseline show --json "$work/none.json"

# Help works everywhere, and a misspelled word gets a suggestion.
for words in -h --help help "help run" "help baseline update" "run -h" "judge --help" "help arm" \
  "baseline --help" "baseline update --help"; do
  # shellcheck disable=SC2086
  "$perfgate" $words >"$work/out" 2>&1 && grep -q "^usage: " "$work/out" || fail "no help by $words"
done
expect 64 "did you mean scale?" "$perfgate" sacle
expect 64 "did you mean --kernel?" "$perfgate" run --kernal viete
expect 64 "did you mean viete?" "$perfgate" compare --kernel vite
expect 64 "did you mean swift.scalar?" "$perfgate" compare --variant swift.scaler
expect 64 "did you mean check?" "$perfgate" baseline chek
expect 64 "is given twice" "$perfgate" run --seed 1 --seed 2

[ $failures -eq 0 ] && echo "commands: all right"
exit $((failures > 0))
