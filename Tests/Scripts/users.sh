#!/usr/bin/env bash
# Two users of one machine, tried for real: neither keeps the other out of the temporary folder, neither
# is made to write where the other planted a link, and only one of them measures at a time. Needs root.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then
  echo "users: SKIPPED: run it as root where util-linux is installed" >&2
  exit 77
fi
if [ -z "${PERFGATE_USERS_WORK:-}" ]; then
  perfgate=.build/release/perfgate
  [ -x "$perfgate" ] || swift build -c release --product perfgate || exit 1
  # Both users can read it there, and it is not hidden by a new /tmp.
  work=$(mktemp -d -p /var/tmp)
  trap 'rm -rf "$work"' EXIT
  chmod 755 "$work"
  cp "$perfgate" Tests/Scripts/users.sh "$work" || exit 1
  mkdir -p "$work/Tests/Scripts" && mv "$work/users.sh" "$work/Tests/Scripts"
  export PERFGATE_USERS_WORK=$work
  # With its own /tmp it does not matter who measured before; where that is not allowed, use a TMPDIR.
  new_tmp='mount -t tmpfs -o mode=1777 tmpfs /tmp'
  if unshare --mount sh -c "$new_tmp" 2>/dev/null; then
    env -u TMPDIR unshare --mount sh -c "$new_tmp && exec \"\$0\"" "$work/Tests/Scripts/users.sh"
  else
    mkdir -m 1777 "$work/tmp"
    TMPDIR=$work/tmp "$work/Tests/Scripts/users.sh"
  fi
  exit
fi

work=$PERFGATE_USERS_WORK
tmp=${TMPDIR:-/tmp}
lock=/tmp/perfgate.lock
nobody=65534
failures=0
mkdir -p "$work/outside" "$work/etc" && cd "$work/outside" || exit 1

fail() {
  echo "users: $1" >&2
  failures=$((failures + 1))
}

# as USER COMMAND...: the command as the user of that number.
as() {
  local user=$1
  shift
  setpriv --reuid="$user" --regid="$user" --clear-groups "$@"
}

# measure USER: a run that takes no time; sets its status, and the files out and err to what it printed.
measure() {
  as "$1" timeout 60 "$work/perfgate" scale --kernel viete --size 1000 --tasks 2 --rounds 1 \
    --workers 1 >"$work/out" 2>"$work/err"
}

clean() { rm -rf "$tmp/perfgate-0" "$tmp/perfgate-$nobody"; }
# Only with its own /tmp.
clean_lock() { [ "$tmp" = /tmp ] && rm -f "$lock"; }

# Whichever comes first, the other can measure too, and each has a folder that is closed to the other.
for order in "0 $nobody" "$nobody 0"; do
  clean
  clean_lock
  for user in $order; do
    measure "$user" || fail "user $user of '$order' ended with $?: $(cat "$work/err")"
    [ ! -s "$work/err" ] || fail "user $user of '$order' said: $(cat "$work/err")"
    [[ $(tail -n 1 "$work/out") == "$tmp/perfgate-$user/scale-"*.json ]] ||
      fail "user $user of '$order' wrote $(tail -n 1 "$work/out")"
    [ "$(stat -c '%u %a' "$tmp/perfgate-$user")" = "$user 700" ] ||
      fail "the folder of user $user is $(stat -c '%u %a' "$tmp/perfgate-$user")"
  done
done

# refused TEXT: root does not use what was planted, says why in one line, and writes nothing.
refused() {
  measure 0
  local status=$?
  [ $status -eq 73 ] || fail "with a folder that $1 root ended with $status"
  [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF "$1; remove it" "$work/err" ||
    fail "with a folder that $1 root said: $(cat "$work/err")"
  [ -z "$(ls -A "$work/etc")" ] || fail "root wrote $(ls -A "$work/etc") through a link"
  clean
}
clean
as $nobody ln -s "$work/etc" "$tmp/perfgate-0"
refused "it is a symbolic link"
as $nobody mkdir -m 777 "$tmp/perfgate-0"
refused "it belongs to user $nobody"
as $nobody touch "$tmp/perfgate-0"
refused "it is not a folder"
mkdir -m 777 "$tmp/perfgate-0"
refused "others have access to it (mode 777)"

# A planted link in place of the lock is not followed; the run says so and goes on.
if [ "$tmp" = /tmp ]; then
  clean_lock
  as $nobody ln -s "$work/etc/made" "$lock"
  measure 0 || fail "with a planted lock root ended with $?"
  grep -qF "cannot lock $lock: it is a link" "$work/err" ||
    fail "with a planted lock root said: $(cat "$work/err")"
  [ -z "$(ls -A "$work/etc")" ] || fail "root made $(ls -A "$work/etc") through the lock"
  clean_lock
fi

# An empty TMPDIR counts as unset.
before=$(ls -A /)
(
  export TMPDIR=
  measure 0
) || fail "without a TMPDIR it ended with $?: $(cat "$work/err")"
[[ $(tail -n 1 "$work/out") == /tmp/perfgate-0/* ]] ||
  fail "without a TMPDIR it wrote $(tail -n 1 "$work/out")"
[ "$(ls -A /)" = "$before" ] || fail "without a TMPDIR it wrote to the root folder"
[ "$tmp" = /tmp ] || rm -f "$(tail -n 1 "$work/out")"

# Only one of them measures at a time, whichever began.
for order in "0 $nobody" "$nobody 0"; do
  read -r first second <<<"$order"
  clean
  clean_lock
  # Not with the function: the signal is for the program, not for a shell around it.
  setpriv --reuid="$first" --regid="$first" --clear-groups "$work/perfgate" scale --kernel viete \
    --task-seconds 0.001 --tasks 5 --workers 1 --rounds 10000 >/dev/null 2>"$work/first" &
  holder=$!
  for _ in $(seq 600); do
    grep -q "will take about" "$work/first" && break
    sleep 0.1
  done
  measure "$second" &
  waiting=$!
  for _ in $(seq 600); do
    grep -q "waiting for process" "$work/err" && break
    sleep 0.1
  done
  grep -q "waiting for process" "$work/err" ||
    fail "user $second did not wait for user $first: $(cat "$work/err")"
  kill -INT $holder
  wait $holder
  [ $? -eq 130 ] || fail "user $first was not interrupted: $(cat "$work/first")"
  wait $waiting || fail "user $second ended with $? after user $first"
done
clean

[ $failures -eq 0 ] && echo "users: all right"
exit $((failures > 0))
