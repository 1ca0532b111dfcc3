#define _GNU_SOURCE
#include "pgp_child.h"

#include <errno.h>
#include <sys/resource.h>

#ifdef __linux__
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// The socket to the parent; below 0 before `pgp_end_with_parent`.
static int parent_socket = -1;

// Ends the own process group with SIGKILL. It is looked up because the process's code may have left
// it.
static void pgp_end_own_group(void) { kill(getpgrp() == getpid() ? 0 : getpid(), SIGKILL); }

// Whether the parent's end of the socket is closed, after waiting for that; a timeout below 0 waits
// without end. An end that only sends no more is the end of the input, which lets the process
// answer and exit.
static bool pgp_parent_is_gone(int timeout_ms) {
  struct pollfd socket = {parent_socket, 0, 0};
  int ready;
  do
    ready = poll(&socket, 1, timeout_ms);
  while (timeout_ms < 0 && (ready < 0 || socket.revents == 0));
  // POLLNVAL: the process's own code has closed the descriptor. Its next answer fails, and that
  // ends it.
  return ready > 0 && (socket.revents & (POLLHUP | POLLERR)) != 0;
}

static void *pgp_wait_for_hang_up(void *context) {
  (void)context;
  if (pgp_parent_is_gone(-1))
    pgp_end_own_group();
  return NULL;
}

// The process may find out before that thread runs. Then its exit must not leave the group behind.
static void pgp_exiting(void) {
  if (pgp_parent_is_gone(0))
    pgp_end_own_group();
}

// The same for writing to the parent. The pipe may be gone a moment before the socket.
static void pgp_pipe_broke(int number) {
  if (pgp_parent_is_gone(50))
    pgp_end_own_group();
  signal(number, SIG_DFL);
  raise(number);
}

// Starts a thread with little memory, or with the usual amount where the program's thread-local
// variables need more than that.
static int pgp_start_small_thread(void *(*body)(void *), void *context) {
  static const size_t sizes[] = {65536, 262144, 0};
  int error = EAGAIN;
  for (int i = 0; i < 3; i++) {
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (sizes[i] > 0)
      pthread_attr_setstacksize(&attributes, sizes[i]);
    error = pthread_create(&thread, &attributes, body, context);
    pthread_attr_destroy(&attributes);
    if (error != EINVAL)
      break;
  }
  return error;
}

int pgp_end_with_parent(int socket) {
  struct stat status;
  if (fstat(socket, &status) != 0)
    return errno;
  if (!S_ISSOCK(status.st_mode))
    return ENOTSOCK;
  if (getpgrp() != getpid())
    return EPERM;
  int descriptor = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    ssize_t written = write(descriptor, "1000", 4);
    (void)written;
    close(descriptor);
  }
  parent_socket = socket;
  atexit(pgp_exiting);
  struct sigaction action;
  if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
    memset(&action, 0, sizeof action);
    action.sa_handler = pgp_pipe_broke;
    sigaction(SIGPIPE, &action, NULL);
  }
  // The thread inherits this mask: it handles no signal of the program.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pgp_start_small_thread(pgp_wait_for_hang_up, NULL);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return error;
}
#else

int pgp_end_with_parent(int socket) {
  (void)socket;
  return ENOSYS;
}

#endif

int pgp_raise_priority(void) {
  int nice = getpriority(PRIO_PROCESS, 0);
  if (setpriority(PRIO_PROCESS, 0, -20) != 0) {
#if defined(__linux__) && defined(RLIMIT_NICE)
    // Without the privilege the limit may still allow some: it holds 20 minus the nice value.
    struct rlimit limit;
    if (getrlimit(RLIMIT_NICE, &limit) == 0 && limit.rlim_cur > 0 && limit.rlim_cur <= 40 &&
        20 - (int)limit.rlim_cur < nice)
      setpriority(PRIO_PROCESS, 0, 20 - (int)limit.rlim_cur);
#endif
  }
  return getpriority(PRIO_PROCESS, 0);
}
