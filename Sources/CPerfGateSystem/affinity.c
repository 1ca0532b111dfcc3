#define _GNU_SOURCE
#include "pgp_affinity.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

int pgp_process_id(void) { return (int)getpid(); }

int pgp_online_cpus(void) { return (int)sysconf(_SC_NPROCESSORS_ONLN); }

struct pgp_call {
  void (*body)(void *);
  void *context;
};

static void *pgp_call_body(void *call) {
  struct pgp_call *own = call;
  own->body(own->context);
  return NULL;
}

int pgp_on_new_thread(void (*body)(void *), void *context) {
  struct pgp_call call = {body, context};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, pgp_call_body, &call);
  return error ? -error : -pthread_join(thread, NULL);
}

#ifdef __linux__
#include <stdlib.h>
#include <sys/syscall.h>

int pgp_get_affinity(int thread, uint64_t *words, size_t count) {
  for (size_t i = 0; i < count; i++)
    words[i] = 0;
  long bytes = syscall(SYS_sched_getaffinity, thread, count * sizeof *words, words);
  if (bytes < 0)
    return -errno;
  return (int)((size_t)bytes / sizeof *words);
}

int pgp_set_own_affinity(const uint64_t *words, size_t count) {
  return pgp_set_affinity(0, words, count);
}

int pgp_set_affinity(int thread, const uint64_t *words, size_t count) {
  return syscall(SYS_sched_setaffinity, thread, count * sizeof *words, words) < 0 ? -errno : 0;
}

int pgp_pin_self(int cpu) {
  if (cpu < 0 || cpu > 65535)
    return -EINVAL;
  if (pgp_thread_id() == pgp_process_id())
    return -EBUSY;
  // To read a mask back, the buffer must be at least as long as the kernel's own masks, which
  // 65,536 bits always are.
  const size_t count = 65536 / 64;
  uint64_t *words = calloc(count, sizeof *words);
  if (!words)
    return -ENOMEM;
  words[cpu / 64] = UINT64_C(1) << (cpu % 64);
  int result = pgp_set_own_affinity(words, count);
  if (result == 0) {
    int filled = pgp_get_affinity(0, words, count);
    if (filled < 0)
      result = filled;
    for (int i = 0; i < filled; i++) {
      uint64_t expected = i == cpu / 64 ? UINT64_C(1) << (cpu % 64) : 0;
      if (words[i] != expected)
        result = -EXDEV;
    }
    if (filled >= 0 && filled <= cpu / 64)
      result = -EXDEV;
  }
  free(words);
  return result;
}

int pgp_getcpu(int *node) {
  unsigned own_cpu = 0, own_node = 0;
  if (syscall(SYS_getcpu, &own_cpu, &own_node, NULL) < 0)
    return -errno;
  if (node)
    *node = (int)own_node;
  return (int)own_cpu;
}

int pgp_thread_id(void) { return (int)syscall(SYS_gettid); }

#else

int pgp_get_affinity(int thread, uint64_t *words, size_t count) {
  (void)thread, (void)words, (void)count;
  return -ENOSYS;
}

int pgp_set_own_affinity(const uint64_t *words, size_t count) {
  (void)words, (void)count;
  return -ENOSYS;
}

int pgp_set_affinity(int thread, const uint64_t *words, size_t count) {
  (void)thread, (void)words, (void)count;
  return -ENOSYS;
}

int pgp_pin_self(int cpu) {
  (void)cpu;
  return -ENOSYS;
}

int pgp_getcpu(int *node) {
  (void)node;
  return -ENOSYS;
}

int pgp_thread_id(void) { return -ENOSYS; }

#endif
