#!/usr/bin/env bash
# Shows that code for one instruction set stays in its place, and what its kernels do on other CPUs:
#
#   - in the object files, only functions for AVX2 and AVX-512 have their instructions, and no function
#     of the Swift modules is one that the linker shares with another module;
#   - on an emulated CPU without AVX the other kernels work, and those for AVX die;
#   - on an emulated arm64 CPU the C kernels for NEON work.
#
# Run it after `swift build --build-tests`, and after `swift build -c release` to check that too. Exit: 0 all right,
# 1 something is wrong, 77 a part was not tested because something is missing (it says what).
set -uo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
skipped=0
# Programs that die here are meant to.
ulimit -c 0
export SWIFT_BACKTRACE=enable=no

fail() {
  echo "FAILED: $1"
  failed=1
}

skip() {
  echo "SKIPPED: $1"
  skipped=1
}

# What must not be in the objects of a Swift module for one instruction set.
#
# nm calls a function that several modules may have, and of which the linker keeps one, W. (V is the
# same for data: only code can have the wrong instructions.)
shared_functions() {
  nm "$@" 2>/dev/null | awk 'NF > 1 && $(NF - 1) ~ /^[Wwu]$/ { print "shared function " $NF }' | sort -u
  nm --undefined-only "$@" 2>/dev/null | awk 'NF > 1 && $(NF - 1) == "U" { print $NF }' | sort -u |
    swift demangle | awk '/specialization/ { print "function of another module " $0 }'
}

# wrong_instructions WIDEST OBJECT...: the instructions that a CPU with no more than WIDEST (sse2, avx2,
# avx512) lacks. Those in C functions are allowed if the name ends in the instruction set.
wrong_instructions() {
  local widest=$1
  shift
  objdump -d --no-show-raw-insn "$@" | awk -v widest="$widest" '
    function level(set) { return set == "avx512" ? 3 : set == "avx2" ? 2 : 1 }
    BEGIN { allowed = level(widest) }
    /^[0-9a-f]+ <.*>:$/ {
      name = substr($2, 2, length($2) - 3)
      allowed = level(widest)
      if (name ~ /_avx2$/) allowed = 2
      if (name ~ /_avx512$/) allowed = 3
      next
    }
    {
      needed = 1
      if ($0 ~ /%ymm/ || ($2 ~ /^v/ && $0 ~ /%xmm/)) needed = 2
      if ($0 ~ /%zmm|%k[0-7]|%[xy]mm(1[6-9]|2[0-9]|3[01])/) needed = 3
      if (needed > allowed && !(name in told)) { told[name]; print name ":" $0 }
    }'
}

# has_instructions PATTERN OBJECT...: whether there are any such registers.
has_instructions() {
  local pattern=$1
  shift
  objdump -d --no-show-raw-insn "$@" | grep -c "$pattern" >"$work/count"
  [ "$(cat "$work/count")" -gt 0 ]
}

# none WHAT COMMAND...: the command must print nothing.
none() {
  local what=$1 found
  shift
  found=$("$@")
  if [ -z "$found" ]; then echo "ok: $what"; else fail "$what, but found: $found"; fi
}

# some WHAT COMMAND...: a planted fault, of which the command must print something.
some() {
  local what=$1 found
  shift
  found=$("$@")
  if [ -n "$found" ]; then echo "ok: finds $what"; else fail "did not find $what"; fi
}

check_objects() { # BIN
  local bin=$1 set module widest
  # Without files there would be nothing to find fault with.
  for module in PerfGateKernels{SSE2,AVX2,AVX512,} PerfGate CPerfGateKernels; do
    compgen -G "$bin/$module.build/*.o" >"$work/objects" || fail "$bin: no objects of $module"
  done
  for set in SSE2 AVX2 AVX512; do
    module=PerfGateKernels$set
    widest=${set,,}
    none "$bin, $module: no shared functions" shared_functions "$bin/$module.build/"*.o
    none "$bin, $module: nothing wider than $widest" wrong_instructions "$widest" "$bin/$module.build/"*.o
  done
  has_instructions %ymm "$bin"/PerfGateKernelsAVX2.build/*.o || fail "$bin: no code for AVX2 in Swift"
  has_instructions %zmm "$bin"/PerfGateKernelsAVX512.build/*.o || fail "$bin: no code for AVX-512 in Swift"
  has_instructions %ymm "$bin"/CPerfGateKernels.build/viete_batch.c.o || fail "$bin: no code for AVX2 in C"
  has_instructions %zmm "$bin"/CPerfGateKernels.build/viete_batch.c.o || fail "$bin: no code for AVX-512 in C"
  none "$bin, PerfGateKernels: nothing wider than sse2" \
    wrong_instructions sse2 "$bin"/PerfGateKernels.build/*.o
  none "$bin, PerfGate: nothing wider than sse2" wrong_instructions sse2 "$bin"/PerfGate.build/*.o
  none "$bin, CPerfGateKernels: AVX only in functions that say so" \
    wrong_instructions sse2 "$bin"/CPerfGateKernels.build/*.o
}

# Faults of each kind, compiled here.
check_plants() {
  cat >"$work/shared.swift" <<'END'
// The compiler makes a function of the standard library that is shared by all who use it.
public func sorted(_ numbers: [Double]) -> [Double] { numbers.sorted() }
END
  cat >"$work/other.c" <<'END'
extern void other(void) __asm__("$sSa6appendyyxnFSd_Tg5");
void call_other(void) { other(); }
END
  cat >"$work/wide.c" <<'END'
typedef double wide __attribute__((vector_size(64)));
__attribute__((target("avx512f"))) void add_avx2(wide *a, const wide *b) { *a += *b; }
END
  cat >"$work/narrow.c" <<'END'
__attribute__((target("avx"))) void add(double *a, const double *b) { *a += *b; }
END
  swiftc -O -parse-as-library -c "$work/shared.swift" -o "$work/shared.o" &&
    clang -O2 -c "$work/other.c" -o "$work/other.o" &&
    clang -O2 -c "$work/wide.c" -o "$work/wide.o" &&
    clang -O2 -c "$work/narrow.c" -o "$work/narrow.o" || {
    fail "cannot compile the planted faults"
    return
  }
  some "a shared function" shared_functions "$work/shared.o"
  some "a specialization in another module" shared_functions "$work/other.o"
  some "AVX-512 in a function for AVX2" wrong_instructions sse2 "$work/wide.o"
  some "AVX in a function that does not say so" wrong_instructions sse2 "$work/narrow.o"
}

check_without_avx() { # BIN
  local program=$1/PerfGateVectorCheck set name status expected
  local emulated=(timeout 60 qemu-x86_64 -cpu Nehalem "$program")
  "$program" >"$work/here" || fail "$program: $(cat "$work/here")"
  "$program" --plant >"$work/plant"
  [ $? = 1 ] && grep -q WRONG "$work/plant" || fail "$program did not find a wrong kernel"
  echo "this CPU: $(grep -c agrees "$work/here") kernels agree with their references ($1)"
  "${emulated[@]}" >"$work/without" 2>&1 || fail "without AVX: $(cat "$work/without")"
  for set in avx2 avx512; do
    grep -qx "$set: not supported" "$work/without" || fail "$set is supported on a CPU that lacks it"
    # In braces, because the shell reports the death as well.
    { "${emulated[@]}" --force "$set" >"$work/forced" 2>&1; } 2>/dev/null
    status=$?
    # 132: killed by signal 4, an illegal instruction.
    [ "$status" = 132 ] || fail "$set on a CPU that lacks it: status $status, not 132: $(cat "$work/forced")"
  done
  # The variant of a name is the code of that name: each dies exactly where its instructions are missing.
  for set in sse2 avx2 avx512; do
    for name in swift.batch c.batch c.roots swift.simd c.simd c.read; do
      { "${emulated[@]}" --variant "$name.$set" >"$work/forced" 2>&1; } 2>/dev/null
      status=$?
      if [ "$set" = sse2 ]; then expected=0; else expected=132; fi
      [ "$status" = "$expected" ] ||
        fail "$name.$set on a CPU without AVX: status $status, not $expected: $(cat "$work/forced")"
    done
    "$program" --variant "swift.batch.$set" >/dev/null || grep -q "$set: not supported" "$work/here" ||
      fail "swift.batch.$set does not run here"
  done
  # Nobody measures another variant in the place of one that was asked for.
  timeout 60 qemu-x86_64 -cpu Nehalem "$1/perfgate" compare --kernel viete --variant swift.batch.avx2 \
    --variant swift.scalar --json - >"$work/refused" 2>&1
  status=$?
  [ "$status" = 64 ] && grep -q "does not support viete/swift.batch.avx2" "$work/refused" ||
    fail "asking for AVX2 without AVX: status $status, not 64: $(cat "$work/refused")"
  grep -q 'swift.*sse2: agrees' "$work/without" && grep -q 'c.*sse2: agrees' "$work/without" ||
    fail "no kernel for SSE2 was compared: $(cat "$work/without")"
  echo "a CPU without AVX: $(grep -c agrees "$work/without") kernels agree, those for AVX2 and AVX-512 die ($1)"
}

check_neon() {
  local start emulator=(timeout 120 qemu-aarch64)
  [ "$(uname -m)" != aarch64 ] || emulator=()
  local flags=(-O3 -std=gnu11 -Wall -Wextra -Werror -ICKernels/include -ISources/CPerfGateSystem/include)
  if [ "$(uname -m)" != aarch64 ]; then
    start=$(ls -d /usr/lib/gcc-cross/aarch64-linux-gnu/*/crtbeginT.o 2>/dev/null | tail -n 1)
    if [ -z "$start" ] || [ ! -e /usr/aarch64-linux-gnu/include/stdio.h ] ||
      ! command -v qemu-aarch64 >/dev/null; then
      skip "NEON; install it by: apt-get install -y --no-install-recommends qemu-user libc6-dev-arm64-cross libgcc-12-dev-arm64-cross"
      return
    fi
    start=${start%/*}
    flags+=(--target=aarch64-linux-gnu -fuse-ld=lld -static -isystem /usr/aarch64-linux-gnu/include
      "-L$start" "-B$start" -L/usr/aarch64-linux-gnu/lib -B/usr/aarch64-linux-gnu/lib)
  fi
  clang "${flags[@]}" Tests/Scripts/neon.c CKernels/viete*.c CKernels/text_vectors.c -lm -o "$work/neon" || {
    fail "cannot compile the kernels for NEON"
    return
  }
  "${emulator[@]}" "$work/neon" >"$work/neon.log" 2>&1 || fail "NEON: $(cat "$work/neon.log")"
  cat "$work/neon.log"
  # One wrong bit in the source must be noticed.
  sed 's|/ 2\.0;|* 0.75;|' CKernels/viete_batch.c >"$work/viete_batch.c"
  clang "${flags[@]}" Tests/Scripts/neon.c "$work/viete_batch.c" CKernels/viete.c CKernels/viete_roots.c \
    CKernels/text_vectors.c -lm -o "$work/wrong" || fail "cannot compile a wrong kernel for NEON"
  "${emulator[@]}" "$work/wrong" >"$work/wrong.log" 2>&1
  [ $? = 1 ] && grep -q WRONG "$work/wrong.log" && echo "ok: finds a wrong kernel for NEON" ||
    fail "did not find a wrong kernel for NEON"
}

debug=$(swift build --show-bin-path) && release=$(swift build -c release --show-bin-path) || exit 1
# Shorter to read.
debug=${debug#"$PWD/"}
release=${release#"$PWD/"}
if [ "$(uname -m)" = x86_64 ]; then
  [ -x "$debug/PerfGateVectorCheck" ] || {
    echo "no $debug/PerfGateVectorCheck: run swift build --build-tests first"
    exit 1
  }
  builds=("$debug")
  if [ -x "$release/PerfGateVectorCheck" ]; then builds+=("$release"); else echo "no release build, which is not checked"; fi
  check_plants
  for bin in "${builds[@]}"; do
    check_objects "$bin"
    if command -v qemu-x86_64 >/dev/null; then
      check_without_avx "$bin"
    else
      skip "a CPU without AVX; install it by: apt-get install -y --no-install-recommends qemu-user"
    fi
  done
else
  skip "the instruction sets of x86-64, because this is $(uname -m)"
fi
check_neon

[ "$failed" = 0 ] || exit 1
[ "$skipped" = 0 ] || exit 77
echo "instruction sets: all right"
