#!/usr/bin/env bash
# Builds the documentation without warnings, and compiles every code sample in it and in the README.
#
# The samples of one document belong together: a later one may use what an earlier one declares. What
# stands in comments (<!-- swift … -->) is compiled too, and only lines that are also shown somewhere on the
# page may stand there: CI compiles what a reader sees. A first line such as `// main.swift` gives a
# sample a file of its own; manifests are only evaluated, and C headers are a module of their folder's name.
set -uo pipefail
cd "$(dirname "$0")/../.."

catalog=Sources/PerfGateTesting/PerfGateTesting.docc
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  echo "docs: $1" >&2
  failures=$((failures + 1))
}

swift build --target PerfGateTesting >"$work/build" 2>&1 &&
  swift build --target PerfGateCommands >>"$work/build" 2>&1 || {
  cat "$work/build"
  exit 1
}
bin=$(swift build --show-bin-path)

# Every sample of a document, in files under a folder.
extract() {
  mkdir -p "$2"
  awk -v folder="$2" '
    function open_sample(kind) { in_sample = 1; first = 1; extension = kind; file = "" }
    /^```swift$/ || /^<!-- swift$/ { open_sample("swift"); next }
    /^```c$/ { open_sample("c"); next }
    in_sample && (/^```$/ || /^-->$/) { in_sample = 0; samples++; next }
    !in_sample { next }
    first && /^\/\/ [A-Za-z.@0-9\/-]+\.(swift|c|h)$/ { file = folder "/" substr($0, 4); first = 0
      path = file; sub(/\/[^\/]*$/, "", path); system("mkdir -p " path); next }
    {
      if (file == "") file = folder "/samples." extension
      first = 0
      print > file
    }
    END { print samples + 0 }
  ' "$1"
}

# Lines in comments that no sample of the document shows; not the blank ones.
hidden_only() {
  awk '
    /^```(swift|c)$/ { shown = 1; next }
    /^<!-- swift$/ { hidden = 1; next }
    shown && /^```$/ { shown = 0; next }
    hidden && /^-->$/ { hidden = 0; next }
    shown { seen[$0] = 1 }
    hidden && /[^ ]/ { lines[++count] = $0 }
    END { for (i = 1; i <= count; i++) if (!(lines[i] in seen)) print lines[i] }
  ' "$1"
}

# A module of each folder with C headers, by the name of the folder.
make_modules() {
  local include header
  while read -r include; do
    {
      echo "module $(basename "$(dirname "$include")") {"
      for header in "$include"/*.h; do echo "  header \"$(basename "$header")\""; done
      echo "  export *"
      echo "}"
    } >"$include/module.modulemap"
    echo "-fmodule-map-file=$include/module.modulemap"
  done < <(find "$1" -type d -name include)
}

# Where modules and macros of the build lie.
flags=(-swift-version 6 -I "$bin/Modules" -Xcc "-I$PWD/Sources/CPerfGateSystem/include")
while read -r map; do flags+=(-Xcc "-fmodule-map-file=$map"); done < <(
  find "$bin" -path '*CPerfGate*' -name module.modulemap
  echo "$PWD/Sources/CPerfGateNuma/module.modulemap"
)
plugins=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")/lib/swift/host/plugins/testing
[ -d "$plugins" ] && flags+=(-plugin-path "$plugins")

count=0
for document in README.md "$catalog"/*.md; do
  folder=$work/$(basename "$document" .md)
  samples=$(extract "$document" "$folder")
  count=$((count + samples))
  hidden=$(hidden_only "$document")
  [ -z "$hidden" ] || fail "$document hides what it does not show: $hidden"
  # Each manifest of a document is one that SwiftPM takes by itself.
  for manifest in "$folder"/Package*.swift; do
    [ -f "$manifest" ] || continue
    mkdir -p "$folder/manifest"
    mv "$manifest" "$folder/manifest/Package.swift"
    swift package --package-path "$folder/manifest" dump-package >"$work/out" 2>&1 || {
      cat "$work/out"
      fail "$document: its $(basename "$manifest") is none"
    }
  done
  while read -r source; do
    clang -fsyntax-only -Wall -Werror -I "$PWD/Sources/CPerfGateSystem/include" \
      -I "$(dirname "$source")/include" "$source" || fail "$document: its C does not compile"
  done < <(find "$folder" -name '*.c')
  mapfile -t sources < <(find "$folder" -name '*.swift' -not -path '*/manifest/*')
  [ ${#sources[@]} -eq 0 ] && continue
  [ ${#sources[@]} -eq 1 ] && sources+=(-parse-as-library)
  modules=()
  while read -r map; do modules+=(-Xcc "$map"); done < <(make_modules "$folder")
  swiftc -typecheck -warnings-as-errors "${flags[@]}" ${modules[@]+"${modules[@]}"} "${sources[@]}" ||
    fail "$document: its samples do not compile"
done
[ $count -gt 20 ] || fail "only $count samples were found"

# The planted fault: a sample that does not compile is found.
printf '```swift\nlet wrong: Int = "text"\n```\n' >"$work/Bad.md"
extract "$work/Bad.md" "$work/Bad" >/dev/null
swiftc -typecheck "${flags[@]}" "$work/Bad/samples.swift" >/dev/null 2>&1 &&
  fail "a sample that is wrong was taken for right"

# The planted fault: a line that is compiled and not shown is found, one that is shown is not.
printf '```swift\nlet one = 1\n```\n<!-- swift\nlet one = 1\n\nfunc blackHole() {}\n-->\n' >"$work/Hidden.md"
[ "$(hidden_only "$work/Hidden.md")" = "func blackHole() {}" ] ||
  fail "a line that is compiled and not shown was not found"

# DocC, with the public symbols of the products.
graphs=$work/graphs
for module in PerfGate PerfGateTesting; do
  mkdir -p "$graphs/$module"
  swift symbolgraph-extract -module-name $module -minimum-access-level public \
    -target "$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)",/\1/p' | head -1)" \
    -output-dir "$graphs/$module" "${flags[@]:2}" >"$work/out" 2>&1 || {
    cat "$work/out"
    fail "the symbols of $module cannot be extracted"
  }
done
docc convert "$catalog" --additional-symbol-graph-dir "$graphs/PerfGateTesting" \
  --fallback-bundle-identifier perfgate.PerfGateTesting --fallback-display-name PerfGateTesting \
  --warnings-as-errors --output-path "$work/PerfGateTesting.doccarchive" >"$work/out" 2>&1 || {
  cat "$work/out"
  fail "docc is not content"
}
grep -q "warning:" "$work/out" && cat "$work/out"
pages=$(find "$work/PerfGateTesting.doccarchive/data" -name '*.json' 2>/dev/null | wc -l)
[ "$pages" -gt 10 ] || fail "docc made only $pages pages"

[ $failures -eq 0 ] && echo "docs: $count samples compile, $pages pages without warnings"
exit $((failures > 0))
