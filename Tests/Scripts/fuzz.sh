#!/usr/bin/env bash
# Looks for an input that crashes or hangs the readers of records, baselines and the arm protocol's lines,
# or the code that uses what they read. Runs libFuzzer for 60 seconds, or as many as are given.
#
#   Tests/Scripts/fuzz.sh [SECONDS]
#
# The inputs that are found on the way live in a temporary folder; Tests/Fuzz/Corpus stays as it is.
# PERFGATE_FUZZ_PLANT=crash|hang plants a fault, which must be found.
#
# Exit: 0 nothing found, 1 something found (the input is kept, its path printed), 64 wrong usage, 77 the
# toolchain has no libFuzzer, so nothing was tested.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

seconds=${1:-60}
if [ $# -gt 1 ] || ! [[ $seconds =~ ^[1-9][0-9]{0,5}$ ]]; then
  echo "usage: Tests/Scripts/fuzz.sh [SECONDS]" >&2
  exit 64
fi

# The Swift driver and clang look for libFuzzer in the same folder of the toolchain.
library=$(find "$(dirname "$(readlink -f "$(command -v swiftc)")")/../lib" \
  -name 'libclang_rt.fuzzer*.a' -print -quit 2>/dev/null)
if [ -z "$library" ]; then
  echo "fuzz: SKIPPED: this Swift toolchain has no libFuzzer; use one for Linux from swift.org" >&2
  exit 77
fi

# All modules are instrumented, also the library's own; -Onone keeps every check of integers.
export PERFGATE_DEVELOPMENT=fuzz
flags=(--scratch-path .build/fuzz -c debug --product PerfGateFuzz -Xswiftc -sanitize=fuzzer)
swift build "${flags[@]}" || exit 1
fuzz=$(swift build "${flags[@]}" --show-bin-path)/PerfGateFuzz

artifacts=.build/fuzz/inputs
mkdir -p "$artifacts"
corpus=$(mktemp -d)
trap 'rm -rf "$corpus"' EXIT

# Limits of libFuzzer: 10 s for an input, 2 GiB of memory. The outer timeout is for a search that itself
# hangs. Swift's crash handler is off, so that libFuzzer's can keep the input.
SWIFT_BACKTRACE=enable=no timeout -k 10 $((seconds + 60)) "$fuzz" -max_total_time="$seconds" -timeout=10 \
  -rss_limit_mb=2048 -max_len=16384 -dict=Tests/Fuzz/tokens.dict -print_final_stats=1 \
  -artifact_prefix="$PWD/$artifacts/" "$corpus" Tests/Fuzz/Corpus >"$corpus.log" 2>&1
status=$?
grep -E 'stat::|DONE|INITED' "$corpus.log"
if [ $status -ne 0 ]; then
  grep -E 'fatal error|Fatal error|Precondition|ERROR:|SUMMARY' "$corpus.log" >&2
  input=$(sed -n 's/.*Test unit written to //p' "$corpus.log" | tail -n 1)
  if [ -n "$input" ]; then
    # Once more, for the places in the source.
    {
      SWIFT_BACKTRACE=enable=yes,color=no timeout -k 10 60 "$fuzz" -timeout=10 "$input" 2>&1
      true
    } 2>/dev/null | grep -E ' in PerfGateFuzz at /.*/(Sources|Tests)/' | head -n 20 >&2
    echo "fuzz: the input is kept; run it again by: $fuzz $input" >&2
  else
    tail -n 40 "$corpus.log" >&2
  fi
  echo "fuzz: FAILED with status $status" >&2
  rm -f "$corpus.log"
  exit 1
fi
rm -f "$corpus.log"
echo "fuzz: nothing found in $seconds s"
