#!/usr/bin/env bash
# The package in Tests/Adopter as its author sees it: builds it against this one and runs its tests,
# its command line, and planted faults. Each time it checks the exit status, the text and the JUnit file.
#
#   Tests/Scripts/adopter.sh           everything
#   Tests/Scripts/adopter.sh STEP...   only debug, names, dependencies, children, counts, parallel, release, commands, baselines, damaged, client or url
set -uo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
adopter=Tests/Adopter
scratch=${ADOPTER_SCRATCH:-$PWD/.build-adopter}
log=$work/log
junit=$work/junit.xml
failed=0
# No variable of the caller may decide anything here.
for name in $(compgen -e PERFGATE_); do unset "$name"; done
unset ADOPTER_PLANT ADOPTER_URL
cores=$(nproc)

fail() {
  echo "FAILED: $1"
  failed=1
}

# tests STATUS WHAT [NAME=VALUE...] -- ARGUMENTS...: runs the adopter's tests.
tests() {
  run "$@"
  verify "$1" "$2"
}

run() {
  local variables=() what=$2
  shift 2
  while [ "$1" != "--" ]; do
    variables+=("$1")
    shift
  done
  shift
  rm -f "$junit"
  local start=$SECONDS
  env PERFGATE_JUNIT="$junit" PERFGATE_BASELINES="$work/baselines" ${variables[@]+"${variables[@]}"} \
    ${prefix-} timeout 1200 swift test --package-path "$package" --scratch-path "$scratch" "$@" \
    >"$log" 2>&1
  status=$?
  echo "== $what: status $status, $((SECONDS - start)) s"
}

verify() {
  [ $status -eq "$1" ] && return 0
  cat "$log"
  fail "$2: status $status, expected $1"
}

# decided CLAIM STATUS WHAT...: as tests. A busy machine may leave a claim open; then the run is repeated
# until it is decided, five times at most, later and later.
open='(not checkable|inconclusive)'
decided() {
  local claim=$1 attempt
  shift
  : >"$work/attempts"
  for attempt in 1 2 3 4 5; do
    sleep $((10 * (attempt - 1)))
    run "$@"
    cat "$log" >>"$work/attempts"
    grep -Eq "claim $claim is $open" "$log" "$junit" || break
    echo "   attempt $attempt: $(grep -Eoh "claim $claim is $open.{0,140}" "$log" "$junit" | head -1)"
  done
  verify "$1" "$2"
}

# has TEXT, junit_has TEXT: an extended expression that must be in the output, or in the JUnit file.
has() { grep -Eq "$1" "$log" || { cat "$log"; fail "not in the output: $1"; }; }
hasnt() { ! grep -Eq "$1" "$log" || { cat "$log"; fail "in the output: $1"; }; }
junit_has() {
  grep -Eq "$1" "$junit" || { cat "$junit"; fail "not in the JUnit file: $1"; }
  [ -z "${PERFGATE_JUNIT_SCHEMA:-}" ] || xmllint --noout --schema "$PERFGATE_JUNIT_SCHEMA" "$junit" ||
    { cat "$junit"; fail "the JUnit file is not valid"; }
}

# Our own lines are ASCII; those of the test frameworks need not be.
ascii() {
  ! grep -E 'PerfGate: |claim ' "$log" | sed 's/^[^"A-Za-z/]*//' | LC_ALL=C grep -nP '[^\x00-\x7F]' ||
    fail "lines of PerfGate that are not ASCII"
}

package=$adopter

step_debug() {
  decided mix.swift-vs-c 0 "debug" --
  ascii
  hasnt ' : failed -| recorded an issue |violated'
  has 'skipped: "claim ScalingClaims.moreThanAnyMachineHas is not checkable: needs 999 cores, [0-9]+ allowed'
  has 'skipped: "claim ClosureClaims.scales is not checkable: (the closures|needs)'
  has 'the closures of this test were built without optimization: run swift test -c release'
  has 'Test skipped - claim mix.time is not checkable: no baseline for .*PERFGATE_UPDATE_BASELINES=new swift test'
  junit_has '<testsuite .*tests="7" failures="0" errors="0"'
  junit_has '<testcase name="mix.swift-vs-c" classname="MixTests" time="[0-9.]+"/?>'
  junit_has '<skipped message="claim ScalingClaims.moreThanAnyMachineHas is not checkable: needs 999 cores'

  tests 1 "strict" PERFGATE_STRICT=1 -- --skip-build --filter 'moreThanAny|testTime'
  has 'moreThanAnyMachineHas\(\) recorded an issue at ScalingClaims.swift'
  has 'moreThanAnyMachineHas is not checkable: needs 999 cores.*PERFGATE_STRICT=1 requires a decision'
  has 'MixTests.testTime : failed - claim mix.time is not checkable.*PERFGATE_STRICT=1'
  junit_has 'tests="2" failures="2" errors="0" skipped="0"'

  tests 1 "a required claim" PERFGATE_REQUIRE='x,Scaling*.more*' -- --skip-build \
    --filter 'moreThanAny|testTime'
  has 'PERFGATE_REQUIRE=Scaling\*.more\* requires a decision'
  junit_has 'tests="2" failures="1" errors="0" skipped="1"'

  tests 0 "no budget" PERFGATE_BUDGET=0 -- --skip-build
  has 'PERFGATE_BUDGET=0'
  junit_has 'tests="7" failures="0" errors="0" skipped="7"'

  tests 1 "a wrong variable" PERFGATE_BUDGET=soon -- --skip-build --filter 'moreThanAny|testTime'
  has 'cannot use PERFGATE_BUDGET=soon: expected seconds'

  decided mix.swift-vs-c 1 "a kernel 15 % slower" ADOPTER_PLANT=slower -- --skip-build \
    --filter testSwiftKeepsUpWithC
  has 'error: MixTests.testSwiftKeepsUpWithC : failed - claim mix.swift-vs-c is violated: ratio 1\.[0-2][0-9]+ \[1\.[0-9]+, 1\.[0-9]+\], claimed <= 1.07, [0-9]+ fresh starts and [0-9]+ to confirm; on .*look at '
  junit_has '<failure message="claim mix.swift-vs-c is violated: ratio 1\.[0-2]'

  if [ "$cores" -ge 2 ]; then
    decided ScalingClaims.twoWorkers 1 "a mutex" ADOPTER_PLANT=mutex -- --skip-build \
      --filter twoWorkers
    has 'twoWorkers\(\) recorded an issue at ScalingClaims.swift'
    has 'claim ScalingClaims.twoWorkers is violated: speedup (0\.|1\.[01]).*claimed >= 1.50.*the machine itself reaches.*Karp-Flatt.*look at locks'
    junit_has '<failure message="claim ScalingClaims.twoWorkers is violated'
  fi

  prefix="taskset -c 0" tests 0 "one CPU" -- --skip-build --filter 'AdopterTests.ScalingClaims/'
  has 'twoWorkers\(\) skipped: "claim ScalingClaims.twoWorkers is not checkable: needs 2 cores, 1 allowed'
  has 'inC\(\) skipped: "claim ScalingClaims.inC is not checkable: needs 2 cores, 1 allowed'
  junit_has 'tests="3" failures="0" errors="0" skipped="3"'
}

# Each claim has its own test case, and the same ones fail each time.
step_names() {
  tests 0 "claims told apart" ADOPTER_PLANT=names -- --filter 'AdopterTests.NameClaims/'
  has 'Test two\(\) skipped: "claim NameClaims.two is not checkable: .*; claim NameClaims.two#2 is not'
  has '^PerfGate: checked 0 of 4 claims, failed 0'
  junit_has 'tests="4" failures="0" errors="0" skipped="4"'
  for name in 'two' 'two#2' 'sizes\(1000\)' 'sizes\(2000\)'; do
    junit_has "<testcase name=\"NameClaims.$name\" classname=\"NameClaims\""
  done
  for run in 1 2 3; do
    tests 1 "claims refused, run $run" ADOPTER_PLANT=badNames -- --skip-build \
      --filter 'BadNameClaims'
    has 'NameClaims.swift:32:.*Issue recorded$'
    has '2 claims are called same: BadNameClaims.one at .*NameClaims.swift:18, MoreBadNameClaims.other at .*NameClaims.swift:32; give each a name of its own'
    has 'claim BadNameClaims.withArguments: a claim is judged once, without the arguments of its test; write @Test\(.claim\(arguments: '
    has 'claim BadNameClaims.nothing: it has no arguments'
    has '^PerfGate: skipped: claim MixedBadNameClaims.two is not checkable: needs 999 cores'
    has '^. claim MixedBadNameClaims.two#2: cannot make claim MixedBadNameClaims.two#2: .*is within noise'
    has '^PerfGate: checked 0 of 6 claims, failed 5'
    junit_has 'tests="6" failures="5" errors="0" skipped="1"'
  done
}

# Dependencies that are built without optimization are judged in release only. In debug, a claim that holds in
# release (asFast) would be violated, and one that is violated (slower) would hold.
step_dependencies() {
  local skipped="were built without optimization" tests
  tests='OptimizedTests|DeepTests|PlainSwiftTests|PlainCTests'
  run - "dependencies in debug" ADOPTER_DEPENDENCY=1 -- --filter "$tests"
  for claim in asFast slower; do
    has "claim DeepTests.$claim is not checkable: DeepTests uses targets that $skipped: Deep; run swift test -c release"
    has "claim PlainSwiftTests.$claim is not checkable: .*$skipped: plain_swift; "
    has "claim PlainCTests.$claim is not checkable: .*$skipped: plain_c; "
  done
  has '^PerfGate: OptimizedTests.asFast |claim OptimizedTests.asFast '
  hasnt 'claim OptimizedTests.* is not checkable: .*built'
  hasnt 'claim (Deep|Plain[A-Za-z]*)Tests.* is violated'
  decided '(Optimized|Deep|PlainSwift|PlainC)Tests.(slower|asFast)' 1 "dependencies in release" \
    ADOPTER_DEPENDENCY=1 PERFGATE_QUIET_WAIT=60 -- -c release --filter "$tests"
  # Each must be decided in one of the attempts.
  cp "$work/attempts" "$log"
  for suite in Optimized Deep PlainSwift PlainC; do
    has "PerfGate: ${suite}Tests.asFast holds"
    has "claim ${suite}Tests.slower is violated: ratio (2\\.[5-9]|3\\.)"
  done
}

# Each round is a process of the test bundle, which finds its own claim. Whatever ends such a process fails
# only that claim, by name, and nothing is left of it.
step_children() {
  local bundle finding kill attempt left
  # nothing_left WHAT: a moment later no process of the bundle runs any more.
  nothing_left() {
    bundle=$(realpath "$scratch/debug")/AdopterPackageTests.xctest
    for _ in {1..300}; do
      left=$(pgrep -f "$bundle" | paste -sd,)
      [ -n "$left" ] || return 0
      sleep 0.1
    done
    ps -fp "$left"
    fail "left by $1"
  }
  # Whoever serves another claim than its own judges it wrongly: those at most half as long are violated.
  run - "rounds find their claims" ADOPTER_CHILDREN=1 PERFGATE_BUDGET=5 -- \
    --filter 'AddressClaims|BranchClaims|sameName|AddressTests|BranchTests'
  [ $status -eq 1 ] || fail "rounds find their claims: status $status, expected 1"
  ascii
  hasnt 'claim (Address|sameName|overloaded|MoreAddress)[^:]*: the '
  hasnt 'PerfGate: (.*many#2|.*arguments\(2\)|overloaded.async|sameName.other|.*Tests.third) holds'
  hasnt 'claim (AddressClaims.(Nested|a name|overloaded|shown|many|many#3|arguments\([13]\)|[cn].*)|sameName|.*Tests.(first|measured|waits)) is violated'
  has 'PerfGate: judging AddressClaims.a name with \(parens\), dots'
  has 'claim branch.crashes: the process of ChildrenTests.BranchTests/testCrashesBefore, started for a round, was killed by signal [45] .*; its last lines: .*a database that is open already'
  for finding in branch.ends BranchClaims.skippedInRounds 'BranchClaims.fewerArguments\(1\)'; do
    has "claim $finding: the process ended before its test reached this claim"
  done
  has 'claim branch.parent: the same test reached another claim in another process: branch.round \(.*, expected branch.parent \('
  has 'claim BranchClaims.otherArguments\(2\): the same test reached another claim'
  nothing_left "rounds that find their claims"

  # A busy machine may leave some claims open; each must be told at least once, in each framework.
  : >"$work/traps"
  for attempt in 1 2 3; do
    run - "closures that end their processes" ADOPTER_CHILDREN=1 PERFGATE_BUDGET=5 -- \
      --skip-build --filter 'TrapClaims|TrapTests'
    [ $status -eq 1 ] || fail "closures that end their processes: status $status, expected 1"
    hasnt '^line [0-9]+ of a flood'
    hasnt 'claim trap.(rest|forks|flood|folder)(:| is violated)'
    nothing_left "closures that end their processes"
    cat "$log" >>"$work/traps"
    grep -Eq "claim trap\.[a-z]+ is $open" "$log" || break
  done
  cp "$work/traps" "$log"
  has 'TrapTests.testRest. passed'
  has '^. Test rest\(\) passed'
  for finding in 'segment was killed by signal 11 \(SIGSEGV\) after .* worker 0 died in task' \
    'overflow was killed by signal [45] ' 'exits exited with status 0 after' \
    "forces was killed by signal [45] .*Fatal error: 'try!' expression" \
    'deadlock gave no answer for 10 s; it is sleeping' \
    'memory (gave no answer for 10 s|uses [0-9]+ MiB of memory, the limit is|was killed by signal 9)' \
    'descriptors exited with status 1' 'stops gave no answer for 10 s; a signal has stopped it' \
    'killed was killed by signal 9 \(SIGKILL\) after'; do
    finding="claim trap.${finding%% *}: the process of the \`of:\` closure ${finding#* }"
    [[ $finding =~ trap\.(memory|stops): ]] || has "TrapTests.swift.* : failed - $finding"
    has "^[^/]* $finding"
  done

  prefix="taskset -c 0" decided 'trap\.[a-z]+' 1 "the same on one CPU" ADOPTER_CHILDREN=1 PERFGATE_BUDGET=5 -- \
    --skip-build --filter '(TrapClaims/|TrapTests/test)([sS]egment|[rR]est)'
  [ "$(grep -c '^PerfGate: trap.rest holds' "$work/attempts")" -ge 2 ] || fail "trap.rest does not hold on one CPU"
  nothing_left "one CPU"

  run - "one process" ADOPTER_CHILDREN=1 PERFGATE_BUDGET=5 PERFGATE_STARTS=1 -- --skip-build \
    --filter '(TrapClaims/|TrapTests/test)[rR]est|BranchTests'
  has 'trap.rest .*rounds in one process'
  hasnt 'claim branch[^ ]*: '

  for kill in {1..10}; do
    PERFGATE_BUDGET=5 "$bundle" ChildrenTests.TrapTests/testForks,ChildrenTests.TrapTests/testRest \
      >/dev/null 2>&1 &
    sleep "0.$((RANDOM % 10))"
    kill -9 $!
    wait $! 2>/dev/null
    nothing_left "killed test bundle $kill"
  done
  echo "== 10 killed test bundles left nothing"
}

# Counts are exact, in debug and in release, and nothing waits for a quiet machine.
step_counts() {
  local configuration id
  for configuration in debug release; do
    tests 1 "counts in $configuration" ADOPTER_COUNTS=1 -- -c $configuration \
      --filter 'CountTests\.Count'
    hasnt 'not checkable|inconclusive'
    for id in CountClaims.nothing CountClaims.noReferences CountClaims.objects CountClaims.bytes \
      CountClaims.words CountClaims.nothingLater CountClaims.objectsLater xctest.nothing \
      xctest.objects xctest.bytes; do
      has "PerfGate: $id holds: .*2 fresh starts"
    done
    # The only one that cannot hold.
    has 'claim kept is violated: [1-9] allocations? a call, claimed <= 0, 2 fresh starts'
    has '^PerfGate: checked 4 of 4 claims, failed '
    has '^PerfGate: checked 9 of 9 claims, failed '
  done
  # Without optimization more is retained.
  has 'PerfGate: CountClaims.references holds'
  has 'PerfGate: xctest.references holds'
  tests 1 "one thing more" ADOPTER_COUNTS=1 ADOPTER_PLANT=extra -- -c release --skip-build \
    --filter 'CountTests\.Count'
  has 'claim CountClaims.objects is violated: 4 allocations a call, claimed <= 3'
  has 'claim CountClaims.objectsLater is violated: 5 allocations a call, claimed <= 4'
  has 'claim CountClaims.bytes is violated: 641 bytes allocated a call, claimed <= 640'
  has 'claim CountClaims.references is violated: 3 retains a call, claimed <= 2'
  has 'failed - claim xctest.objects is violated: 4 allocations a call'
  has 'failed - claim xctest.references is violated: 3 retains a call'
  has 'PerfGate: CountClaims.nothing holds'

  # Not more than stored: nothing is stored yet, then as many hold, and one more does not.
  local stored=(-c release --skip-build --filter 'CountTests\.(StoredCounts|MoreXCTests)')
  rm -rf "$work/baselines"
  tests 0 "no stored counts" ADOPTER_COUNTS=1 -- "${stored[@]}"
  has 'StoredCounts.objects is not checkable: no baseline for '
  tests 0 "counts are stored" ADOPTER_COUNTS=1 PERFGATE_UPDATE_BASELINES=new -- "${stored[@]}"
  has 'StoredCounts.objects: session 1 stored'
  for id in 1 2; do
    tests 0 "as many as stored" ADOPTER_COUNTS=1 -- "${stored[@]}"
    has 'PerfGate: StoredCounts.objects holds: 3 allocations a call, claimed <= 3, 2 fresh starts; the limit was stored on '
    has 'PerfGate: xctest.stored holds: 3 allocations a call'
  done
  tests 1 "more than stored" ADOPTER_COUNTS=1 ADOPTER_PLANT=extra -- "${stored[@]}"
  has 'claim StoredCounts.objects is violated: 4 allocations a call, claimed <= 3, 8 fresh starts'
  has 'failed - claim xctest.stored is violated: 4 allocations a call, claimed <= 3, 8 fresh starts'
  # Calls with inputs of their own: what makes those is not counted.
  has 'PerfGate: MoreCounts.appending holds: 1 allocation a call'
  has 'PerfGate: MoreCounts.sorting holds: 0 allocations a call'

  # Instructions: by valgrind where there is one, and by the processor where that is allowed.
  local expected=0
  # A function here is called command.
  if type -P valgrind >/dev/null; then expected=1; fi
  for configuration in debug release; do
    tests $expected "instructions in $configuration" ADOPTER_COUNTS=1 -- -c $configuration --skip-build \
      --filter 'CountTests\.InstructionCounts'
    has 'instructions.processor (holds: .* instructions a call, claimed <= 1,000,000, 8 fresh starts|is not checkable: )'
    if [ $expected -eq 1 ]; then
      has 'PerfGate: InstructionCounts.nothing holds: [0-9] instructions? a call under valgrind, claimed <= 9, 2 fresh starts'
      has 'PerfGate: InstructionCounts.words holds: [0-9,]*( to [0-9,]*)? instructions a call under valgrind, claimed <= 10,000,000, [28] fresh'
      has 'claim InstructionCounts.toomany is violated: [0-9,]*( to [0-9,]*)? instructions a call under valgrind, claimed <= 1,000,'
    else
      has 'InstructionCounts.nothing is not checkable: valgrind is not installed'
    fi
  done
}

# With --parallel each XCTest has its own process: they exclude each other, and share their files.
step_parallel() {
  local record
  mkdir -p "$work/attachments"
  decided mix.swift-vs-c 0 "parallel" PERFGATE_RECORD_DIR="$work/records" -- --parallel \
    --attachments-path "$work/attachments" --xunit-output "$work/xunit.xml"
  junit_has '<testsuite .*tests="7" failures="0" errors="0"'
  junit_has '<testcase name="mix.swift-vs-c" classname="MixTests" time="[0-9.]+"/?>'
  grep -q '<skipped>claim ScalingClaims.moreThanAnyMachineHas is not checkable: needs 999 cores' \
    "$work/xunit-swift-testing.xml" || fail "Swift Testing's own file does not tell of the skip"
  # There is one record for each run; the last is that of the run that decided.
  record=$(ls -t "$work"/records/*.json | head -1)
  [ "$(jq '.claims | length' "$record")" -eq 7 ] || fail "the record of the run has not all 7 claims"
  [ "$(jq '[.series[] | select(.variant == "measure") | .seconds | length] == [10]' "$record")" = true ] ||
    fail "the samples of measure are not in the record"
  cp "$record" "$work/run.json"
  # One that is skipped on a busy machine has no attachment.
  if grep -q 'ScalingClaims.twoWorkers holds' "$log"; then
    [ -f "$work/attachments/ScalingClaims.twoWorkers.json" ] || fail "a claim's record is not attached"
  fi
}

step_release() {
  decided ClosureClaims.noSlowerThanItself 0 "release" -- -c release
  ascii
  hasnt ' : failed -| recorded an issue |violated|without optimization'
  junit_has '<testcase name="ClosureClaims.noSlowerThanItself" classname="ClosureClaims"'
  if [ "$cores" -ge 2 ]; then
    decided 'ScalingClaims.twoWorkers' 1 "a mutex in release" ADOPTER_PLANT=mutex -- -c release \
      --skip-build --filter twoWorkers
    has 'claim ScalingClaims.twoWorkers is violated'
  fi
}

# Five sessions are a baseline; then the same code holds, and slower code does not.
step_baselines() {
  local session
  rm -rf "$work/baselines"
  decided mix.time 0 "record new" PERFGATE_UPDATE_BASELINES=new -- --skip-build --filter testTime
  has 'PerfGate: mix.time: session 1 stored, in '
  [ "$(ls "$work/baselines" | wc -l)" -eq 1 ] || fail "there is not one baseline"
  cp -r "$work/baselines" "$work/first"
  # By the former name of the variable, which prints the new one once.
  tests 0 "record new again" PERFGATE_RECORD=new -- --skip-build --filter testTime
  has 'PerfGate: PERFGATE_RECORD is now called PERFGATE_UPDATE_BASELINES; the former name still works'
  has 'mix.time: unchanged'
  diff -r "$work/baselines" "$work/first" || fail "a stored session was changed"
  open='not checkable' decided mix.time 0 "one session is advice" -- --skip-build --filter testTime
  has 'warning: claim mix.time is inconclusive: advice only, 1 of 5 sessions is stored'
  for session in 2 3 4 5 6; do
    decided mix.time 0 "record all, session $session" PERFGATE_UPDATE_BASELINES=all -- --skip-build \
      --filter testTime
    has "mix.time: session $session stored"
  done
  decided mix.time 0 "the same code" -- --skip-build --filter testTime
  hasnt 'skipped|warning: claim'
  decided mix.time 1 "15 % slower than the baseline" ADOPTER_PLANT=slower -- --skip-build \
    --filter testTime
  has 'error: MixTests.testTime : failed - claim mix.time is violated'
  junit_has '<failure message="claim mix.time is violated'
}

step_damaged() {
  local file
  [ -d "$work/baselines" ] ||
    decided mix.time 0 "record one" PERFGATE_UPDATE_BASELINES=new -- --skip-build --filter testTime
  for file in "$work"/baselines/*.json; do
    head -c 100 "$file" >"$work/half"
    cp "$work/half" "$file"
    tests 1 "a damaged baseline" -- --skip-build --filter testTime
    has "failed - claim mix.time: .*$file"
    junit_has '<failure message="claim mix.time: '
    cmp "$work/half" "$file" || fail "the damaged file was changed"
  done
  rm -rf "$work/baselines"
}

# The adopter's own program on its own kernels: the gate, its baselines, Swift against C.
step_commands() {
  local program stored=$work/stored
  program=$(swift build --package-path "$adopter" --scratch-path "$scratch" --show-bin-path)/adopter
  # command STATUS ARGUMENTS...: tried again where the machine is too disturbed (75).
  command() {
    local expected=$1 status attempt
    shift
    for attempt in 1 2 3 4 5; do
      sleep $((10 * (attempt - 1)))
      "$program" "$@" >"$log" 2>&1
      status=$?
      grep -Eq '^mix.swift-vs-c .*(not checkable|inconclusive)|rounds were discarded' "$log" && status=75
      [ $status -eq 75 ] || break
    done
    echo "== adopter $*: status $status"
    [ $status -eq "$expected" ] || { cat "$log"; fail "$*: status $status, expected $expected"; }
  }
  command 0 run --quiet --baselines "$stored" --json "$work/own.json"
  has '^mix.swift-vs-c .* holds'
  has '^mix.time .*not checkable: no baseline for '
  has '^checked 1 of 2, violated 0'
  command 0 baseline update --quiet --baselines "$stored"
  has '^mix.time: session 1 stored'
  command 0 baseline check --quiet --baselines "$stored"
  has '^mix.time .* inconclusive: advice only, 1 of 5 sessions'
  command 0 compare --quiet
  has '^swift +[0-9,]+ '
  has '^mix/swift +c +1 +(0|1)\.'
  ADOPTER_PLANT=slower command 1 run --quiet --baselines "$stored"
  has '^mix.swift-vs-c .* violated'
  command 64 run --kernel nothing
  has 'unknown kernel nothing: expected mix'
  # The same program judges what `swift test` has measured.
  [ ! -f "$work/run.json" ] || command 0 judge "$work/run.json"
}

# commit FOLDER TAG: makes the folder a git repository with a tag, as others use it.
commit() {
  [ -d "$1/.git" ] || git -C "$1" init -q -b main
  git -C "$1" add -A
  git -C "$1" -c user.name=x -c user.email=x@x commit -qm x
  git -C "$1" tag "$2"
}

# This package as a repository with tags.
perfgate_repository() {
  [ -d "$work/PerfGate" ] && return
  mkdir -p "$work/PerfGate"
  git ls-files -z --cached --others --exclude-standard | tar -c --null -T - 2>"$work/tar" |
    tar -x -C "$work/PerfGate"
  commit "$work/PerfGate" 1.0.0
  git -C "$work/PerfGate" tag 0.1.0
}

# manifest FILE: the manifest of that name in the article "Your first claim", with our URL.
manifest() {
  awk -v line="// $1" '/^```/ { inside = 0 } inside; $0 == line { inside = 1 }' \
    Sources/PerfGateTesting/PerfGateTesting.docc/YourFirstClaim.md |
    sed "s|https://example.com/PerfGate.git|file://$work/PerfGate|"
}

# A library that follows our documents, used by other packages, and built with older tools.
step_client() {
  local library=$work/MyPackage client=$work/client version
  perfgate_repository
  mkdir -p "$library/Sources/MyLibrary" "$library/Tests/MyLibraryTests" "$client/Sources/client"
  echo 'public func answer() -> Int { 42 }' >"$library/Sources/MyLibrary/Answer.swift"
  cat >"$library/Tests/MyLibraryTests/Claims.swift" <<'END'
#if canImport(PerfGateTesting)
  import MyLibrary
  import PerfGateTesting
  import Testing

  @Test(.claim(.speedup(atLeast: 2, workers: 999) { _ in answer() })) func scales() {}
#endif
END
  cat >"$library/Tests/MyLibraryTests/Tests.swift" <<'END'
import MyLibrary
import XCTest

final class Tests: XCTestCase {
  func testAnswer() { XCTAssertEqual(answer(), 42) }
}
END
  # older VERSION: the author's earlier manifest, without PerfGate.
  older() {
    cat <<END
// swift-tools-version: $1
import PackageDescription

let package = Package(
  name: "MyPackage", products: [.library(name: "MyLibrary", targets: ["MyLibrary"])],
  targets: [
    .target(name: "MyLibrary"),
    .testTarget(name: "MyLibraryTests", dependencies: ["MyLibrary"]),
  ])
END
  }
  # uses VERSION TAG: builds a package of that tools version that uses the library.
  uses() {
    echo 'import MyLibrary' >"$client/Sources/client/main.swift"
    echo 'print(answer())' >>"$client/Sources/client/main.swift"
    cat >"$client/Package.swift" <<END
// swift-tools-version: $1
import PackageDescription

let package = Package(
  name: "client", dependencies: [.package(url: "file://$library", exact: "$2")],
  targets: [
    .executableTarget(
      name: "client", dependencies: [.product(name: "MyLibrary", package: "MyPackage")])
  ])
END
    rm -rf "$client/Package.resolved" "$client/.build"
    timeout 600 swift build --package-path "$client" >"$log" 2>&1
    status=$?
    echo "== a client of tools $1, library $2: status $status"
  }
  # With older tools: no PerfGate, and none of the claims.
  older 5.9 >"$library/Package.swift"
  package=$library scratch=$work/library-build tests 0 "the library with tools 5.9" --
  has "testAnswer.* passed"
  hasnt 'scales\(\)|PerfGate'
  manifest Package@swift-6.2.swift >"$library/Package@swift-6.2.swift"
  grep -q unsafeFlags "$library/Package@swift-6.2.swift" || fail "the article has no -O lines"
  commit "$library" 1.0.0
  for version in 5.9 6.0 6.2; do
    uses $version 1.0.0
    verify 0 "a client of tools $version"
    hasnt 'Compiling PerfGate'
  done
  # The scratch folder of the next step, which uses the same version of PerfGate.
  package=$library scratch=$work/consumer-build tests 0 "the library with tools 6.2" --
  has 'claim scales is not checkable: needs 999 cores'
  # The article warns of this: the same lines in a manifest of older tools.
  rm "$library/Package@swift-6.2.swift"
  older 6.0 | sed 's|name: "MyLibrary"),|name: "MyLibrary", swiftSettings: [.unsafeFlags(["-O"])]),|' \
    >"$library/Package.swift"
  commit "$library" 2.0.0
  uses 6.0 2.0.0
  verify 1 "a client of a library with flags in an older manifest"
  has 'contains unsafe build flags'
}

# As adopters use it: a git repository, a version tag, and a folder with another name.
step_url() {
  local repository=$work/PerfGate consumer=$work/consumer
  perfgate_repository
  mkdir -p "$consumer"
  cp -r "$adopter/." "$consumer"
  package=$consumer scratch=$work/consumer-build \
    decided mix.swift-vs-c 0 "by version" ADOPTER_URL="file://$repository" -- \
    --filter 'testSwiftKeepsUpWithC|moreThanAny'
  hasnt ' : failed -| recorded an issue |violated'
  has 'claim ScalingClaims.moreThanAnyMachineHas is not checkable'
  junit_has '<testcase name="mix.swift-vs-c" classname="MixTests" time="[0-9.]+"/?>'
  grep -q '"version" : "1.0.0"' "$consumer/Package.resolved" || fail "it was not used by version"
  # Its baselines are its own, beside its Package.swift.
  package=$consumer scratch=$work/consumer-build \
    decided mix.time 0 "a baseline of its own" ADOPTER_URL="file://$repository" PERFGATE_BASELINES= \
    PERFGATE_UPDATE_BASELINES=new -- --skip-build --filter testTime
  [ "$(ls "$consumer/baselines" | wc -l)" -eq 1 ] || fail "no baseline in the adopter's own folder"
}

steps=("$@")
[ $# -gt 0 ] || steps=(debug names dependencies children parallel baselines damaged commands release counts client url)
for step in "${steps[@]}"; do "step_$step"; done
[ $failed -eq 0 ] && echo "the adopter's package is as it should be"
exit $failed
