#define _GNU_SOURCE
#include "pgp_thread.h"

#include "pgp_affinity.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

static uint64_t read_clock(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t pgp_monotonic_ns(void) { return read_clock(CLOCK_MONOTONIC); }

uint64_t pgp_thread_cpu_ns(void) { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

uint64_t pgp_cpu_ns_of_thread(int32_t thread) {
#ifdef __linux__
  // The kernel's number of a thread's CPU clock: clockid_t of pthread_getcpuclockid, which needs
  // the thread to exist.
  struct timespec t;
  clockid_t clock = (clockid_t)((~(unsigned)thread << 3) | 6u);
  if (clock_gettime(clock, &t) == 0)
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
#else
  (void)thread;
#endif
  return 0;
}

int32_t pgp_known_thread_id(void) {
  static __thread int32_t known;
  if (known == 0)
    known = pgp_thread_id();
  return known;
}

static __thread int64_t thread_mark;

int64_t pgp_thread_mark(void) { return thread_mark; }

void pgp_set_thread_mark(int64_t mark) { thread_mark = mark; }

int64_t pgp_thread_waits(void) {
#ifdef RUSAGE_THREAD
  struct rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) == 0)
    return usage.ru_nvcsw;
#endif
  return -1;
}

bool pgp_thread_exists(int32_t id) {
#ifdef __linux__
  return syscall(SYS_tgkill, getpid(), id, 0) == 0 || errno != ESRCH;
#else
  (void)id;
  return true;
#endif
}

void pgp_futex_wait(const void *word, uint32_t expected, uint64_t timeout_ns) {
#ifdef __linux__
  struct timespec timeout = {(time_t)(timeout_ns / 1000000000u), (long)(timeout_ns % 1000000000u)};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, &timeout, 0, 0);
#else
  // Without a futex the caller polls the word.
  (void)word;
  (void)expected;
  struct timespec nap = {0, timeout_ns < 50000 ? (long)timeout_ns : 50000};
  nanosleep(&nap, 0);
#endif
}

void pgp_futex_wake_all(const void *word) {
#ifdef __linux__
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, INT32_MAX, 0, 0, 0);
#else
  (void)word;
#endif
}

uint64_t pgp_peak_bytes(void) {
  struct rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0)
    return 0;
#ifdef __APPLE__
  return (uint64_t)usage.ru_maxrss;
#else
  return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

int pgp_run_first(int32_t thread) {
#ifdef SCHED_RESET_ON_FORK
  struct sched_param parameters = {1};
  if (sched_setscheduler(thread, SCHED_FIFO | SCHED_RESET_ON_FORK, &parameters) != 0)
    return errno;
  return 0;
#else
  (void)thread;
  return ENOSYS;
#endif
}

int pgp_process_priority(int pid) { return getpriority(PRIO_PROCESS, (id_t)pid); }

void pgp_sleep_ns(uint64_t duration_ns) {
  struct timespec nap = {(time_t)(duration_ns / 1000000000u), (long)(duration_ns % 1000000000u)};
  nanosleep(&nap, 0);
}
