#!/usr/bin/env bash
# Renders pages of records and checks them with a validator and a browser.
#
# usage: html.sh PERFGATE [FOLDER]
#
# PERFGATE is the built program. With FOLDER the pages, their screenshots and PDF files are kept there.
# Needs tidy, python3 and Chromium (chromium, or what CHROMIUM names).
set -euo pipefail

fail() {
  echo "html.sh: $*" >&2
  exit 1
}

perfgate=$(realpath "$1")
here=$(cd "$(dirname "$0")/../.." && pwd)
records=$here/Tests/PerfGateReportTests/Records
published=$here/baselines/published
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pages=$work/pages
pictures=()
if [ $# -gt 1 ]; then
  mkdir -p "$2"
  pages=$(realpath "$2")
  pictures=(--pictures "$pages")
fi
mkdir -p "$pages"

render() {
  local page=$pages/$1.html
  shift
  "$perfgate" report "$@" --html "$page" || fail "cannot render $page"
}

# Every chart; texts that a stranger wrote; numbers that no ordinary run has.
python3 "$here/Tests/Scripts/html-records.py" "$records" "$work"
for name in charts strange extreme; do render "$name" "$work/$name.json"; done
for name in empty refused everything revisions; do render "$name" "$records/$name.json"; done
article=("$published/pi-single-thread.json" "$published/pi-scaling.json" "$published/handoff.json")
render published "${article[@]}"
render beside "$work/charts.json" --against "${article[0]}" --against "${article[1]}" \
  --against "${article[2]}"

mkdir "$work/baselines"
cp "$here"/baselines/*.json "$work/baselines"
# Whatever machine this is, one of the files is its own.
key=$("$perfgate" baseline list --baselines "$work/none" | sed -n 's/^nothing is stored for this machine, //p')
other=$(find "$work/baselines" -name '*.json' | sort | head -1)
if [ ! -e "$work/baselines/$key.json" ]; then
  sed "s/$(basename "$other" .json)/$key/" "$other" >"$work/baselines/$key.json"
fi
"$perfgate" baseline show --baselines "$work/baselines" --html "$pages/sessions.html" >"$work/shown" ||
  fail "cannot render sessions: $(head -3 "$work/shown")"

for page in "$pages"/*.html; do
  # The title of a picture may have an id, which this validator does not know.
  sed 's/<title id="t[0-9]*">/<title>/' "$page" | tidy -q -e 2>"$work/tidy" ||
    fail "$page: $(head -3 "$work/tidy")"
  if grep -Eo '(src|href)="(http|//)[^"]*|url\(|@import|<script' "$page"; then
    fail "$page asks for something, or runs something"
  fi
  if grep -Eo '.{0,40}(NaN|"-?nan|"-?inf).{0,20}' "$page"; then fail "$page shows no number"; fi
done

"$here/Tests/Scripts/browser.py" "${pictures[@]}" "$pages"/*.html || fail "a page is not as it should be"
# The planted faults: each is found in a page that was sound.
sed -e '/Content-Security-Policy/d' -e 's/system-ui/serif/' "$pages/charts.html" |
  sed 's|</main>|<p style="width:3000px">wide</p><img src="http://127.0.0.1:9/x"><svg role="img" viewBox="0 0 100 20"><title>planted</title><text x="2" y="15">one text</text><text x="4" y="15">another</text><text x="90" y="15">too long</text></svg><script>console.error("said")</script></main>|' \
    >"$work/bad.html"
if "$here/Tests/Scripts/browser.py" "$work/bad.html" >"$work/found"; then fail "a bad page was not found"; fi
for fault in 'the page is [0-9]* pixels wide' 'it asks for http://127.0.0.1:9/x' 'console: .*said' \
  'planted: "one text" covers "another"' 'planted: "too long" leaves the picture'; do
  grep -q "$fault" "$work/found" || fail "this was not found: $fault"
done
sed 's/content-visibility: visible;//' "$pages/charts.html" >"$work/bad.html"
if "$here/Tests/Scripts/browser.py" "$work/bad.html" >"$work/found"; then fail "a bad page was not found"; fi
grep -q 'parts stay folded on paper' "$work/found" || fail "what is folded on paper was not found"
sed 's/@media (prefers-color-scheme: dark)/@media (width: 1px)/' "$pages/charts.html" >"$work/bad.html"
if "$here/Tests/Scripts/browser.py" "$work/bad.html" >"$work/found"; then fail "a bad page was not found"; fi
grep -q 'light and dark look the same' "$work/found" || fail "a page without dark colors was not found"

echo "html.sh: $(find "$pages" -name '*.html' | wc -l) pages are sound"
