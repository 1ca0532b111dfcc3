#!/usr/bin/env bash
# How often `compare --against` is wrong, on the package in Tests/Revisions: identical source, planted
# changes, one layout a side. Each run has links of its own. Prints a row for each cell.
#
#   Tests/Scripts/revisions.sh RUNS CELL...   cells: same, same-busy, ten, three, sort, one-layout, drawn,
#                                             spread
set -uo pipefail
cd "$(dirname "$0")/../.."

runs=${1:-40}
shift
work=${REVISIONS_FOLDER:-$(mktemp -d)}
[ -n "${REVISIONS_FOLDER:-}" ] || trap 'rm -rf "$work"' EXIT
mkdir -p "$work/records"
repository=$work/repository
package=$repository/Tests/Revisions
plant=$package/Sources/bench/Plant.swift

# A repository of its own, in which the study commits.
if [ ! -d "$repository" ]; then
  git clone -q . "$repository" || exit 1
  git ls-files -co --exclude-standard -z | xargs -0 cp --parents -t "$repository"
  cd "$repository" && git config user.name study && git config user.email study@example.com &&
    git add -A && git commit -q --allow-empty -m "what is studied" && git tag base || exit 1
  swift build -c release --package-path "$package" --product bench >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
  cp "$package/.build/release/bench" "$work/bench"
fi
cd "$package" || exit 1

# plant KERNEL PERCENT: how much more work a kernel does in the working tree.
plant() { sed -i "s/static let $1 = .*/static let $1 = $2/" "$plant"; }
restore() { git -C "$repository" checkout -q -- .; }

# cell NAME KERNELS OPTIONS...: compares with the first revision, and counts the verdicts of each kernel.
cell() {
  local name=$1 kernels=$2 run kernel status
  shift 2
  local options=()
  for kernel in $kernels; do options+=(--kernel "$kernel"); done
  for run in $(seq "$runs"); do
    "$work/bench" compare --against base "${options[@]}" --quiet --json "$work/records/$name-$run.json" "$@" \
      >"$work/out" 2>&1
    status=$?
    [ $status -le 1 ] || { cat "$work/out"; echo "$name: status $status"; }
  done
  python3 - "$name" "$work"/records/"$name"-*.json <<'PYTHON'
import json, math, statistics, sys
counts, spreads, seconds = {}, {}, []
for path in sys.argv[2:]:
    record = json.load(open(path))
    seconds.append(record["seconds"])
    for claim in record["claims"]:
        counts.setdefault(claim["id"], {}).setdefault(claim["verdict"], []).append(claim.get("estimate"))
    for one in record["comparisons"]:
        if one["layoutSpread"] is not None:
            spreads.setdefault(one["subject"].split("/pool")[0], []).append(one["layoutSpread"])
print(f"{sys.argv[1]}: {len(sys.argv) - 2} runs, {statistics.median(seconds):.0f} s each")
for id, verdicts in counts.items():
    text = ", ".join(f"{len(v)} {k}" for k, v in sorted(verdicts.items()))
    estimates = [e for v in verdicts.values() for e in v if e]
    spread = spreads.get(id)
    print(f"  {id}: {text}; ratio {min(estimates):.3f} to {max(estimates):.3f}"
          + (f"; spread over layouts {100 * statistics.median(spread):.1f} %" if spread else ""))
PYTHON
}

# busy COMMAND...: beside a process that keeps a core busy.
busy() {
  sh -c 'while :; do :; done' &
  local pid=$!
  "$@"
  kill $pid
  wait $pid 2>/dev/null
}

for name in "$@"; do
  restore
  case $name in
  same) cell same viete ;;
  same-busy) busy cell same-busy viete ;;
  ten)
    plant viete 10
    cell ten "viete classify" ;;
  three)
    plant viete 3
    cell three viete --worse-by-at-most 0.02 ;;
  sort)
    plant sort 3
    cell sort sort --worse-by-at-most 0.02 ;;
  one-layout) PERFGATE_LAYOUTS=1 cell one-layout "sort classify" --worse-by-at-most 0.02 ;;
  drawn) cell drawn "sort classify" --worse-by-at-most 0.02 ;;
  spread) runs=1 cell spread "viete sort classify" --worse-by-at-most 0.02 --budget 60 ;;
  *) echo "unknown cell $name"; exit 64 ;;
  esac
done
restore
