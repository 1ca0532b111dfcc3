#define _GNU_SOURCE
#include "pgp_child.h"
#include "pgp_thread.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

// One look at a child, which does not block.
static int pgp_look_at_child(int pid, bool reap, int *value) {
  siginfo_t info;
  info.si_pid = 0;
  int result;
  do
    result = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | (reap ? 0 : WNOWAIT));
  while (result != 0 && errno == EINTR);
  if (result != 0)
    return PGP_CHILD_LOST;
  if (info.si_pid == 0)
    return PGP_CHILD_RUNS;
  *value = info.si_status;
  return info.si_code == CLD_EXITED ? PGP_CHILD_EXITED : PGP_CHILD_KILLED;
}

int pgp_wait_child(int pid, uint64_t timeout_ns, bool reap, int *value) {
  uint64_t start = pgp_monotonic_ns(), nap = 20000;
  for (;;) {
    int state = pgp_look_at_child(pid, reap, value);
    uint64_t passed = pgp_monotonic_ns() - start;
    if (state != PGP_CHILD_RUNS || passed >= timeout_ns)
      return state;
    // The nap grows with the time that has passed, so that a long wait costs no CPU time.
    uint64_t left = timeout_ns - passed;
    pgp_sleep_ns(nap < left ? nap : left);
    nap = nap < 4000000 ? nap * 5 / 4 : 5000000;
  }
}

void pgp_kill_child_group(int pid) {
  int value;
  if (pid <= 1)
    return;
  // While the child exists, be it as a zombie, the number is its own. When somebody else has waited
  // for it, the number is still its group's if that has members; but where a process of this number
  // exists, it is a new one.
  if (pgp_look_at_child(pid, false, &value) == PGP_CHILD_LOST && kill(pid, 0) == 0)
    return;
  kill(-pid, SIGKILL);
}

int64_t pgp_send(int socket, const void *bytes, size_t count) {
  ssize_t sent;
  do
    sent = send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}

int64_t pgp_receive(int socket, void *bytes, size_t count) {
  ssize_t received;
  do
    received = recv(socket, bytes, count, MSG_DONTWAIT);
  while (received < 0 && errno == EINTR);
  return received < 0 ? -errno : received;
}

int pgp_poll_child(int socket, bool to_write, int output, int timeout_ms) {
  struct pollfd both[2] = {{socket, to_write ? POLLOUT : POLLIN, 0}, {output, POLLIN, 0}};
  if (poll(both, 2, timeout_ms) <= 0)
    return 0;
  // A closed or broken connection counts as ready: the next call on it says so.
  return (both[0].revents ? PGP_SOCKET_READY : 0) | (both[1].revents ? PGP_OUTPUT_READY : 0);
}

size_t pgp_printable_prefix(const uint8_t *bytes, size_t count) {
  size_t i = 0;
  while (i < count && bytes[i] >= 0x20 && bytes[i] <= 0x7e)
    i++;
  return i;
}
