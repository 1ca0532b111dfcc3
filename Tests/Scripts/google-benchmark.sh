#!/usr/bin/env bash
# Lets Google Benchmark's own tool compare files of `--google-benchmark`.
#
# usage: google-benchmark.sh PERFGATE
#
# Needs jq, and the tool with what it imports: Debian's packages libbenchmark-tools and python3-scipy. Exits
# with 77 without them.
set -euo pipefail

perfgate=$(realpath "$1")
tool=/usr/share/benchmark/compare.py
records=$(cd "$(dirname "$0")/../PerfGateReportTests/Records" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "google-benchmark.sh: $*" >&2
  exit 1
}

# Debian's Python has Debian's modules.
python=/usr/bin/python3
if [ ! -e "$tool" ] || ! "$python" -c 'import scipy' 2>/dev/null; then
  echo "google-benchmark.sh: skipped: install libbenchmark-tools and python3-scipy"
  exit 77
fi

# changes MODE ARGUMENT...: the changes of time that the tool finds. Its exit status tells nothing.
changes() {
  "$python" "$tool" -d "$work/changes.json" "$@" >"$work/printed" 2>&1 || return 1
  jq -e 'length > 1' "$work/changes.json" >/dev/null || return 1
  jq '[.[] | select(.run_type != "aggregate") | .measurements[].time]' "$work/changes.json"
}

for name in everything languages revisions extremes; do
  "$perfgate" report "$records/$name.json" --google-benchmark "$work/$name.json" >/dev/null ||
    fail "no file of $name"
  changes benchmarks "$work/$name.json" "$work/$name.json" >"$work/same" ||
    fail "$name: $(tail -3 "$work/printed")"
  jq -e 'length > 0 and all(. == 0)' "$work/same" >/dev/null || fail "$name differs from itself"
  # Everything 10 % slower.
  jq '.benchmarks |= map(.real_time *= 1.1)' "$work/$name.json" >"$work/slower.json"
  changes benchmarks "$work/$name.json" "$work/slower.json" >"$work/slower" ||
    fail "$name: $(tail -3 "$work/printed")"
  jq -e 'all(. == 0 or (. > 0.099 and . < 0.101)) and any(. > 0.099)' "$work/slower" >/dev/null ||
    fail "$name: the tool does not see what is slower: $(head -c 300 "$work/slower")"
done

# Two executors of one run.
changes filters "$work/languages.json" pool channel >/dev/null ||
  fail "filters: $(tail -3 "$work/printed")"

# A file that is none is found by this script too.
jq 'del(.benchmarks)' "$work/languages.json" >"$work/damaged.json"
if changes benchmarks "$work/damaged.json" "$work/damaged.json" >/dev/null; then
  fail "a file without benchmarks went unnoticed"
fi
echo "google-benchmark.sh: Google's tool reads 4 files"
