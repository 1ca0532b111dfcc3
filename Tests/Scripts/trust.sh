#!/usr/bin/env bash
# How often verdicts are wrong, tried on the machine at hand with work whose truth is known. Without
# options the whole study, about an hour on two quiet cores; a study that was ended goes on where it
# was. Not part of `swift test`.
#
#   Tests/Scripts/trust.sh [--cell NAME]... [--count N] [--arm-seconds S] [--pause S] [--results DIR]
#   Tests/Scripts/trust.sh --list        the cells, with their neighbor and their usual count
#   Tests/Scripts/trust.sh --publish     stores all results so far in baselines/published/trust.json,
#                                        and the tables in the documents
#   Tests/Scripts/trust.sh --check       compares the statistics with known values, and the documents
#                                        with the published results
#
# Cells: `drawn-spread` shows how much the speed of the planted work varies over starts, `rivals`
# what other tools say of the same program run twice; the others judge claims, N times. Beside the
# cells of a busy machine the script runs a busy process or a memory hog. Status: 0 all promises
# kept, 1 one is broken, 70 nothing was measured.
set -uo pipefail
cd "$(dirname "$0")/../.."

cells=()
options=()
results=()
action=measure
while [ $# -gt 0 ]; do
  case "$1" in
    --list) action=list ;;
    --publish) action=publish ;;
    --check) action=check ;;
    --cell | --count | --arm-seconds | --pause | --results)
      [ $# -ge 2 ] || { echo "trust: $1 needs a value" >&2; exit 64; }
      case "$1" in
        --cell) cells+=("$2") ;;
        --results) results=(--results "$2") ;;
        *) options+=("$1" "$2") ;;
      esac
      shift
      ;;
    *) echo "trust: unknown option $1" >&2; exit 64 ;;
  esac
  shift
done

export PERFGATE_DEVELOPMENT=trust
build=(-c release --scratch-path .build/trust --product PerfGateTrust)
log=$(mktemp)
swift build "${build[@]}" >"$log" 2>&1 || { cat "$log"; rm -f "$log"; exit 70; }
rm -f "$log"
trust=$(swift build "${build[@]}" --show-bin-path)/PerfGateTrust

case $action in
  list | check) exec "$trust" "$action" ;;
  publish) exec "$trust" summary --output baselines/published/trust.json "${results[@]}" ;;
esac

neighbor=
measuring=
end() {
  [ -z "$measuring" ] || kill "$measuring" 2>/dev/null
  [ -z "$neighbor" ] || kill -KILL "$neighbor" 2>/dev/null
  wait
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# measure CELL ENVIRONMENT: runs a cell beside its neighbor, which also ends with this script.
measure() {
  if [ "$2" != quiet ]; then
    "$trust" neighbor "$2" $$ &
    neighbor=$!
    # A hog first has to touch all of its memory.
    sleep 1
  fi
  "$trust" cell "$1" "${options[@]}" "${results[@]}" &
  measuring=$!
  wait $measuring
  local status=$?
  measuring=
  if [ -n "$neighbor" ]; then
    kill -0 "$neighbor" 2>/dev/null || {
      echo "trust: the neighbor ended early, so $1 shows nothing" >&2
      status=70
    }
    kill -KILL "$neighbor" 2>/dev/null
    wait "$neighbor" 2>/dev/null
    neighbor=
  fi
  return $status
}

worst=0
found=0
while read -r name environment _; do
  if [ ${#cells[@]} -gt 0 ]; then
    [[ " ${cells[*]} " == *" $name "* ]] || continue
  fi
  found=$((found + 1))
  measure "$name" "$environment"
  status=$?
  [ $status -le $worst ] || worst=$status
done < <("$trust" list)
[ $found -ge ${#cells[@]} ] || { echo "trust: not all of ${cells[*]} are cells" >&2; worst=64; }
exit $worst
