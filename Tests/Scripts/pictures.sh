#!/usr/bin/env bash
# Makes the pictures of the documentation from runs on this machine.
#
# usage: pictures.sh PERFGATE [FOLDER [RECORDS]]
#
# PERFGATE is the built program (release). The pictures go to FOLDER, without it to the documentation. The runs'
# records stay in the folder RECORDS; those that are there already are not measured again. Runs take some
# minutes; PERFGATE_PYTHON names the virtual environment with the languages of `perfgate peers`. Needs python3
# and Chromium (chromium, or what CHROMIUM names).
set -euo pipefail

perfgate=$(realpath "$1")
here=$(cd "$(dirname "$0")/../.." && pwd)
folder=${2:-$here/Sources/PerfGate/PerfGate.docc/Resources}
published=$here/baselines/published
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
records=${3:-$work}
mkdir -p "$folder" "$records"

picture() { "$here/Tests/Scripts/browser.py" --picture "$folder/$1" 1200 1 "$2" "$3"; }

# The top of a run, and a claim unfolded.
[ -e "$records/run.json" ] ||
  "$perfgate" run --quiet --kernel viete --json "$records/run.json" >/dev/null || [ $? -eq 1 ]
"$perfgate" report "$records/run.json" --html "$work/run.html"
picture report.png 'header, details.claim:nth-of-type(1)' "$work/run.html"

# The article's five charts, ours beside the published figures.
[ -e "$records/peers.json" ] ||
  "$perfgate" peers --quiet --workers 1,2,4,6 --oversubscribe --rounds 3 \
    --json "$records/peers.json" ${PERFGATE_PYTHON:+--python "$PERFGATE_PYTHON"} >/dev/null ||
  [ $? -eq 1 ]
# Each chart beside the published table that the article drew it from.
for chart in one-thread:pi-single-thread over-workers:pi-scaling handing-over:handoff; do
  "$perfgate" report "$records/peers.json" --against "$published/${chart#*:}.json" \
    --html "$work/beside.html"
  picture "case-study-${chart%:*}.png" ".${chart%:*}" "$work/beside.html"
done

for file in "$folder"/*.png; do
  [ "$(stat -c %s "$file")" -lt 200000 ] || echo "pictures.sh: $file has more than 200 kB" >&2
done
