#define _GNU_SOURCE
#include "pgp_child.h"

#include <errno.h>
#include <sys/resource.h>

#ifdef __linux__
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

// Waits for the hang-up: the other end is closed. Not for one that only sends no more, which is the
// end of the input and lets the process answer and exit.
static void *pgp_wait_for_hang_up(void *context) {
  struct pollfd socket = {(int)(intptr_t)context, 0, 0};
  while (poll(&socket, 1, -1) < 0 || socket.revents == 0)
    ;
  // The process's own code has closed the descriptor: its next answer fails, and that ends it.
  if (socket.revents & POLLNVAL)
    return NULL;
  // 0 is the own group, which is looked up again because the process's code may have left it.
  kill(getpgrp() == getpid() ? 0 : getpid(), SIGKILL);
  return NULL;
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
  // The thread inherits this mask: it handles no signal of the program.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int error = pgp_start_small_thread(pgp_wait_for_hang_up, (void *)(intptr_t)socket);
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
