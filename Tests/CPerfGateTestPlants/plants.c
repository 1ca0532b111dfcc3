#define _GNU_SOURCE
#include "CPerfGateTestPlants.h"

#include "pgp_opaque.h"
#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

void pgt_exit_thread(void) { pthread_exit(NULL); }

void pgt_exit_thread_by_system_call(void) {
#ifdef __linux__
  syscall(SYS_exit, 0);
#else
  pthread_exit(NULL);
#endif
}

void pgt_write_to_null(void) {
  // A compiler that sees the null pointer puts a trap in place of the write.
  volatile int *nowhere = (volatile int *)pgp_opaque_pointer(NULL);
  *nowhere = 1;
}

void pgt_fork_sleepers(int count) {
  for (int i = 0; i < count; i++) {
    if (fork() == 0) {
      for (;;)
        pause();
    }
  }
}

static void *die_later(void *microseconds) {
  usleep((unsigned)(size_t)microseconds);
  pgt_write_to_null();
  return NULL;
}

void pgt_die_later(unsigned microseconds) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, die_later, (void *)(size_t)microseconds) == 0)
    pthread_detach(thread);
}

static inline double series(int64_t iterations) {
  double a = pgp_opaque_double(0.0);
  double p = pgp_opaque_double(1.0);
  for (int64_t i = 0; i < iterations; i++) {
    a = sqrt(2.0 + a);
    p = p * a / 2.0;
  }
  return 2.0 / p;
}

double pgt_series(int64_t iterations) { return series(iterations); }

double pgt_discarded_series(int64_t iterations, double answer) {
  (void)series(iterations);
  return answer;
}
