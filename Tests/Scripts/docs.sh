#!/usr/bin/env bash
# Builds the documentation without warnings and compiles every code sample in it and in the README. Also
# checks that links lead to files, that the articles name every option and variable, and that the README is short.
#
# The samples of one document belong together: a later one may use what an earlier one declares. Samples
# in comments (<!-- swift … -->) are compiled too, and may hold only lines that the page also shows: CI
# compiles what a reader sees. A first line such as `// main.swift` gives a sample its own file.
# Manifests are only evaluated. C headers become a module named after their folder.
set -uo pipefail
cd "$(dirname "$0")/../.."

# Catalogs, each named after its module.
catalogs=(Sources/PerfGate/PerfGate.docc Sources/PerfGateTesting/PerfGateTesting.docc)
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

documents=(README.md)
for catalog in "${catalogs[@]}"; do documents+=("$catalog"/*.md); done

count=0
for document in "${documents[@]}"; do
  folder=$work/samples/${document%.md}
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

# Relative links of a document that lead to no file; what stands between fences is no link. DocC finds
# pictures by their names alone.
dead_links() {
  local target
  awk '/^```/ { fenced = !fenced; next } !fenced' "$1" | grep -o '](\([^)]*\))' | sed 's/^](//; s/)$//; s/#.*//' | while read -r target; do
    case $target in http://* | https://* | "") continue ;; esac
    [ -e "$(dirname "$1")/$target" ] || [ -e "$(dirname "$1")/Resources/$target" ] || echo "$target"
  done
}

for document in "${documents[@]}"; do
  dead=$(dead_links "$document")
  [ -z "$dead" ] || fail "$document has links that lead nowhere: $dead"
done
lines=$(wc -l <README.md)
[ "$lines" -le 120 ] || fail "README.md has $lines lines, 120 are allowed"

# What is on one list only; both are words, one on a line.
only_in_one() { comm -3 <(sort -u <<<"$1") <(sort -u <<<"$2") | tr -d '\t'; }

# The article about commands has the options of the commands' help, and no others.
swift build --product perfgate >"$work/build" 2>&1 || {
  cat "$work/build"
  exit 1
}
known=$(for command in run compare scale handoff peers baseline machine judge report merge arm; do
  "$bin/perfgate" help $command
done | grep -o '^  --[a-z-]*' | tr -d ' ')
commands=Sources/PerfGate/PerfGate.docc/Commands.md
documented=$(grep -o '^| `--.*' $commands | cut -d'|' -f2 | grep -o -- '--[a-z-]*')
differences=$(only_in_one "$known" "$documented")
[ -z "$differences" ] || fail "$commands and the help of the commands differ in: $differences"

# The article about the environment has the variables that tests read, and no others.
environment=Sources/PerfGateTesting/PerfGateTesting.docc/Environment.md
known=$(find Sources/PerfGateTesting -name Settings.swift -exec grep -o '^/// | `PERFGATE_[A-Z_]*' {} + |
  grep -o 'PERFGATE_[A-Z_]*')
documented=$(grep -o '^| `PERFGATE_[A-Z_]*' $environment | grep -o 'PERFGATE_[A-Z_]*')
differences=$(only_in_one "$known" "$documented")
[ -n "$known" ] && [ -z "$differences" ] ||
  fail "$environment and the variables that tests read differ in: $differences"

# The command of the README that judges every claim is the one that CI runs.
grep -q '`swift test`' README.md && grep -Eq '^step "test" swift test$' .ci/run ||
  fail "CI does not run the test command of the README"

# The planted faults: a link that leads nowhere, and an option on one list only.
printf '[here](Here.md) [there](There.md) [far](https://example.com)\n```\n[U](x: 1)\n```\n' >"$work/Here.md"
[ "$(dead_links "$work/Here.md")" = There.md ] || fail "a link that leads nowhere was not found"
[ "$(only_in_one $'--a\n--b' $'--b\n--c' | tr '\n' ' ')" = "--a --c " ] ||
  fail "an option that stands on one list only was not found"

# The planted fault: a sample that does not compile is found.
printf '```swift\nlet wrong: Int = "text"\n```\n' >"$work/Bad.md"
extract "$work/Bad.md" "$work/Bad" >/dev/null
swiftc -typecheck "${flags[@]}" "$work/Bad/samples.swift" >/dev/null 2>&1 &&
  fail "a sample that is wrong was taken for right"

# The planted fault: a line that is compiled and not shown is found, one that is shown is not.
printf '```swift\nlet one = 1\n```\n<!-- swift\nlet one = 1\n\nfunc blackHole() {}\n-->\n' >"$work/Hidden.md"
[ "$(hidden_only "$work/Hidden.md")" = "func blackHole() {}" ] ||
  fail "a line that is compiled and not shown was not found"

# DocC, with the public symbols of each catalog's module.
target=$(swiftc -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)",/\1/p' | head -1)
pages=0
for catalog in "${catalogs[@]}"; do
  module=$(basename "$catalog" .docc)
  mkdir -p "$work/graphs/$module"
  # PerfGate exports what PerfGateModel declares.
  swift symbolgraph-extract -module-name "$module" -minimum-access-level public -target "$target" \
    -experimental-allowed-reexported-modules=PerfGateModel \
    -output-dir "$work/graphs/$module" "${flags[@]:2}" >"$work/out" 2>&1 || {
    cat "$work/out"
    fail "the symbols of $module cannot be extracted"
  }
  archive=$work/$module.doccarchive
  docc convert "$catalog" --additional-symbol-graph-dir "$work/graphs/$module" \
    --fallback-bundle-identifier "perfgate.$module" --fallback-display-name "$module" \
    --warnings-as-errors --output-path "$archive" >"$work/out" 2>&1 || {
    cat "$work/out"
    fail "docc does not accept $catalog"
  }
  grep "warning:" "$work/out"
  made=$(find "$archive/data" -name '*.json' 2>/dev/null | wc -l)
  [ "$made" -gt 10 ] || fail "docc made only $made pages of $catalog"
  pages=$((pages + made))
done

[ $failures -eq 0 ] && echo "docs: $count samples compile, $pages pages without warnings"
exit $((failures > 0))
