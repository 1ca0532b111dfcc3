#!/usr/bin/env bash
# Builds the self-test with libnuma-dev hidden, then shown, without a clean in between: the first
# program must work and say `not linked`, the second must say `linked`.
#
#   Tests/Scripts/libnuma-late-link.sh
#
# Exit: 0 all right, 1 not, 77 something is missing here (it says what), so nothing was tested.
set -euo pipefail
cd "$(dirname "$0")/../.."

skip() {
  echo "libnuma late link: SKIPPED: $1" >&2
  exit 77
}

if [ "${1:-}" != --inside ]; then
  command -v pkg-config >/dev/null || skip "install it by: apt-get install -y libnuma-dev pkg-config"
  pkg-config --exists numa || skip "install it by: apt-get install -y libnuma-dev"
  unshare -rm --propagation private true 2>/dev/null ||
    skip "needs mounts in a name space of its own (unshare -rm)"
  exec unshare -rm --propagation private "$0" --inside
fi

work=$(mktemp -d)
trap 'umount -l "$work"; rmdir "$work"' EXIT
mount -t tmpfs tmpfs "$work"
include=$(pkg-config --variable=includedir numa)
library=$(pkg-config --variable=libdir numa)

# What libnuma-dev installs; the library itself stays, as where only programs are run.
hide() {
  local number=0 folder
  for folder in "$include" "$library"; do
    number=$((number + 1))
    mkdir -p "$work/upper$number" "$work/work$number"
    mount -t overlay overlay \
      -o "lowerdir=$folder,upperdir=$work/upper$number,workdir=$work/work$number" "$folder" ||
      skip "no overlay file system in a name space of its own"
  done
  rm -f "$include"/numa*.h "$library"/libnuma.so "$library"/libnuma.a "$library"/pkgconfig/numa.pc
  ! pkg-config --exists numa && [ ! -e "$include/numa.h" ] || skip "cannot hide libnuma-dev here"
}

show() {
  # Lazily: this very shell runs with objects from that folder.
  umount -l "$library"
  umount -l "$include"
  pkg-config --exists numa && [ -e "$include/numa.h" ]
}

build_and_expect() { # WHEN STATE
  swift build --product PerfGateSelfTest --scratch-path "$work/build" >"$work/log" 2>&1 || {
    echo "libnuma late link: FAILED: the build with libnuma-dev $1:" >&2
    tail -n 20 "$work/log" >&2
    exit 1
  }
  if grep -q 'warning: .*\.\(swift\|c\|h\):' "$work/log"; then
    echo "libnuma late link: FAILED: compiler warnings with libnuma-dev $1" >&2
    exit 1
  fi
  local said
  said=$("$work/build/debug/PerfGateSelfTest" || true)
  if ! grep -qF "libnuma: $2," <<<"$said" || ! grep -q '^SELFTEST-OK$' <<<"$said"; then
    echo "libnuma late link: FAILED: with libnuma-dev $1 expected 'libnuma: $2' and SELFTEST-OK:" >&2
    echo "$said" >&2
    exit 1
  fi
  echo "libnuma late link: libnuma-dev $1: builds, works, says '$2'"
}

hide
build_and_expect hidden "not linked"
show
build_and_expect shown linked
echo "libnuma late link: ok, $SECONDS s"
