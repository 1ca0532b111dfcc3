#!/usr/bin/env bash
# Boots machines with several memory nodes in an emulator and runs the self-test in each. This proves
# that placement is right there, and nothing about speed.
#
#   Tests/Scripts/emulated-machines.sh [NAME...]
#
# Without names all machines are booted, one after the other. Exit: 0 all right, 1 a machine failed,
# 77 something is not installed (it says what), so nothing was tested.
#   PERFGATE_KERNEL    a kernel image to boot in place of Debian's cloud kernel
#   PERFGATE_SELFTEST  a self-test program in place of one built here (any build will do)
set -euo pipefail
cd "$(dirname "$0")/../.."
work=.build/emulated
mkdir -p "$work"

skip() {
  echo "emulated machines: SKIPPED: $1" >&2
  exit 77
}

[ "$(uname -m)" = x86_64 ] || skip "only x86_64 is emulated, this is $(uname -m)"
missing=()
command -v qemu-system-x86_64 >/dev/null || missing+=(qemu-system-x86)
busybox=$(command -v busybox || true)
if [ -z "$busybox" ] || ldd "$busybox" >/dev/null 2>&1; then missing+=(busybox-static); fi
[ ${#missing[@]} -eq 0 ] ||
  skip "install it by: apt-get install -y --no-install-recommends ${missing[*]}"

# The kernel: unpacked from the package that linux-image-cloud-amd64 depends on, not installed.
find_kernel() {
  kernel=${PERFGATE_KERNEL:-}
  [ -n "$kernel" ] || kernel=$(find "$work" -name 'vmlinuz-*' | sort | tail -n 1)
  [ -z "$kernel" ] || return 0
  command -v apt-get dpkg-deb >/dev/null || skip "name a kernel image in PERFGATE_KERNEL"
  local package
  package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null |
    sed -n 's/.*Depends: *\(linux-image-[^ ]*\).*/\1/p' | head -n 1)
  [ -n "$package" ] || skip "no package linux-image-cloud-amd64; run apt-get update, or name a kernel image in PERFGATE_KERNEL"
  (cd "$work" && apt-get download "$package" >/dev/null 2>&1) ||
    skip "cannot download $package; name a kernel image in PERFGATE_KERNEL"
  dpkg-deb --fsys-tarfile "$work/$package"_*.deb |
    tar -x -C "$work" --wildcards --strip-components=2 './boot/vmlinuz-*'
  rm -f "$work/$package"_*.deb
  kernel=$(find "$work" -name 'vmlinuz-*' | sort | tail -n 1)
}

# An initial file system of busybox, the self-test and the shared objects it needs.
make_initrd() {
  local selftest=${PERFGATE_SELFTEST:-}
  if [ -z "$selftest" ]; then
    swift build -c release --static-swift-stdlib --product PerfGateSelfTest \
      --scratch-path "$work/swift" >"$work/build.log" 2>&1 || {
      tail -n 20 "$work/build.log" >&2
      exit 1
    }
    selftest=$work/swift/release/PerfGateSelfTest
  fi
  local root=$work/root
  rm -rf "$root"
  mkdir -p "$root"/{bin,proc,sys,dev,tmp}
  cp "$busybox" "$root/bin/busybox"
  cp "$selftest" "$root/bin/selftest"
  strip "$root/bin/selftest" 2>/dev/null || true
  ldd "$selftest" | grep -o '/[^ ]*' | while read -r object; do
    mkdir -p "$root$(dirname "$object")"
    cp -L "$object" "$root$object"
  done
  cat >"$root/init" <<'INIT'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox mount -t proc proc /proc
/bin/busybox --install -s /bin
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for word in $(cat /proc/cmdline); do
  case $word in
  perfgate.offline=*) echo 0 >"/sys/devices/system/cpu/cpu${word#*=}/online" ;;
  perfgate.cpuset=*)
    mkdir /tmp/group
    mount -t cgroup2 cgroup2 /tmp/group
    echo +cpuset >/tmp/group/cgroup.subtree_control
    mkdir /tmp/group/test
    rest=${word#*=}
    echo "${rest%:*}" >/tmp/group/test/cpuset.cpus
    echo "${rest#*:}" >/tmp/group/test/cpuset.mems
    echo $$ >/tmp/group/test/cgroup.procs
    ;;
  esac
done
/bin/selftest
/bin/selftest --compare
sync
poweroff -f
INIT
  chmod +x "$root/init"
  (cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null) | gzip -1 >"$work/initrd.gz"
}

failed=0
boot() { # NAME, kernel words, emulator words, then lines that must be said
  local name=$1 words=$2 machine=$3
  shift 3
  local log=$work/$name.log started=$SECONDS
  # shellcheck disable=SC2086 # the words of a machine are words
  timeout -k 2 60 qemu-system-x86_64 -accel tcg,thread=single -nodefaults -display none \
    -no-reboot -serial stdio -cpu Skylake-Server -m 1024 -kernel "$kernel" \
    -initrd "$work/initrd.gz" -append "console=ttyS0 quiet panic=-1 $words" $machine \
    </dev/null >"$log" 2>"$log.err" || true
  tr -d '\r' <"$log" >"$log.txt" && mv "$log.txt" "$log"
  local problem=
  # The emulator's exit status is not the guest's: only what the guest printed counts.
  [ "$(grep -c '^SELFTEST-OK$' "$log")" = 2 ] || problem="not SELFTEST-OK twice"
  local line
  for line in "$@"; do
    grep -qF -- "$line" "$log" || problem="${problem:+$problem; }never said '$line'"
  done
  if [ -z "$problem" ]; then
    echo "emulated machine $name: ok, $((SECONDS - started)) s"
  else
    failed=1
    echo "emulated machine $name: FAILED: $problem"
    grep -a 'SELFTEST\|selftest:\|Kernel panic' "$log" | sed 's/^/  /' || tail -n 5 "$log.err"
  fi
}

memory() { # COUNT MEGABYTES: memory behind each node
  local node
  for ((node = 0; node < $1; node++)); do
    printf -- ' -object memory-backend-ram,id=m%d,size=%dM' "$node" "$2"
  done
}

nodes() { # COUNT CPUS: nodes of so many CPUs with the memory of the same number
  local node
  for ((node = 0; node < $1; node++)); do
    printf -- ' -numa node,nodeid=%d,cpus=%d-%d,memdev=m%d' \
      "$node" $((node * $2)) $((node * $2 + $2 - 1)) "$node"
  done
}

distances() { # COUNT: each step along the row is 10 further
  local from to
  for ((from = 0; from < $1; from++)); do
    for ((to = from + 1; to < $1; to++)); do
      printf -- ' -numa dist,src=%d,dst=%d,val=%d' "$from" "$to" $((10 + 10 * (to - from)))
    done
  done
}

machine() {
  case $1 in
  four-nodes-smt)
    boot "$1" "" "-smp 8,sockets=4,cores=1,threads=2$(memory 4 256)$(nodes 4 2)$(distances 4)" \
      "cpus 0-7, allowed 0-7, 4 cores" "4 nodes, memory on 0-3, allowed 0-3" "first touch on node 3" \
      "bound to each of the nodes 0-3" "memory was planned on node 0"
    ;;
  two-nodes)
    boot "$1" "" "-smp 4,sockets=2,cores=2,threads=1$(memory 2 512)$(nodes 2 2)$(distances 2)" \
      "cpus 0-3, allowed 0-3, 4 cores" "2 nodes, memory on 0-1" "memory was planned on node 0"
    ;;
  eight-nodes)
    boot "$1" "" "-smp 8,sockets=8,cores=1,threads=1$(memory 8 128)$(nodes 8 1)$(distances 8)" \
      "cpus 0-7, allowed 0-7, 8 cores" "8 nodes, memory on 0-7" "bound to each of the nodes 0-7"
    ;;
  cpu-only-and-memory-only)
    boot "$1" "" "-smp 4,sockets=2,cores=2,threads=1$(memory 2 512) -numa node,nodeid=0,cpus=0-1,memdev=m0 -numa node,nodeid=1,cpus=2-3 -numa node,nodeid=2,memdev=m1$(distances 3)" \
      "cpus 0-3, allowed 0-3, 4 cores" "3 nodes, memory on 0,2" "first touch on node 1" \
      "bound to each of the nodes 0,2"
    ;;
  offline-and-isolated)
    boot "$1" "isolcpus=1 perfgate.offline=3" \
      "-smp 4,sockets=2,cores=2,threads=1$(memory 2 512)$(nodes 2 2)$(distances 2)" \
      "cpus 0-2, allowed 0,2, 2 cores" "2 nodes, memory on 0-1" "pinned to each of the cpus 0-2"
    ;;
  cpuset)
    boot "$1" "perfgate.cpuset=2-5:1" \
      "-smp 8,sockets=4,cores=1,threads=2$(memory 4 256)$(nodes 4 2)$(distances 4)" \
      "cpus 0-7, allowed 2-5, 2 cores" "4 nodes, memory on 0-3, allowed 1" \
      "first touch on node 2: node 1: 1024 pages"
    ;;
  *)
    echo "unknown machine $1: expected ${all[*]}" >&2
    exit 64
    ;;
  esac
}

all=(four-nodes-smt two-nodes eight-nodes cpu-only-and-memory-only offline-and-isolated cpuset)
find_kernel
make_initrd
for name in "${@:-${all[@]}}"; do machine "$name"; done
[ "$failed" = 0 ] && echo "emulated machines: ok, $SECONDS s with the build"
exit "$failed"
