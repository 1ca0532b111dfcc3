#!/usr/bin/env bash
# Runs 200 real gates of a program against itself and 40 against itself with 10 % more to do, and
# prints how many ended how. Exit: 0 when no verdict was wrong and enough were reached, else 1.
#
#   Tests/Scripts/trust.sh [--neighbour] [ARGUMENTS OF trust...]
#
# With --neighbour a process burns one core in bursts all the while; then only wrong verdicts count.
set -uo pipefail
cd "$(dirname "$0")/../Trust"

neighbour=
arguments=()
for word in "$@"; do
  if [ "$word" = --neighbour ]; then neighbour=1; else arguments+=("$word"); fi
done
swift build -c release >/dev/null || exit 1

if [ -n "$neighbour" ]; then
  # Bursts of 50 to 500 ms, pauses of 50 to 1,000 ms; ends with this script, whatever happens.
  python3 - $$ <<'PY' &
import os, random, sys, time
parent = int(sys.argv[1])
random.seed(1)
while os.path.exists(f"/proc/{parent}"):
    end = time.monotonic() + random.uniform(0.05, 0.5)
    while time.monotonic() < end:
        pass
    time.sleep(random.uniform(0.05, 1.0))
PY
  trap 'kill $! 2>/dev/null' EXIT
  arguments+=(--noisy)
fi
.build/release/trust "${arguments[@]+"${arguments[@]}"}"
