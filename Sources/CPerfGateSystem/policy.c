#define _GNU_SOURCE
#include "pgp_policy.h"

#include <errno.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/mempolicy.h>
#include <sys/syscall.h>
#endif

int pgp_set_memory_policy(bool interleave, const uint64_t *nodes, size_t words) {
#ifdef __linux__
  int mode = words == 0 ? MPOL_DEFAULT : interleave ? MPOL_INTERLEAVE : MPOL_BIND;
  // The kernel reads one bit less than this number.
  unsigned long bits = words == 0 ? 0 : words * 64 + 1;
  long result = syscall(SYS_set_mempolicy, mode, words == 0 ? NULL : nodes, bits);
  return result == 0 ? 0 : -errno;
#else
  (void)interleave;
  (void)nodes;
  (void)words;
  return -ENOSYS;
#endif
}
