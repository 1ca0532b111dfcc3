#define _GNU_SOURCE
#include "pgp_numa.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__
#include "../CPerfGateNuma/shim.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

// A weak function without a definition is a null pointer. This is decided at link time: when
// libnuma is installed later, the program need only be linked again.
bool pgp_numa_linked(void) { return numa_available != NULL; }

int pgp_numa_available(void) {
  if (!numa_available)
    return -ENOSYS;
  errno = 0;
  if (numa_available() >= 0)
    return 0;
  return errno ? -errno : -1;
}

int pgp_numa_max_node(void) { return numa_max_node ? numa_max_node() : -1; }

int pgp_numa_node_of_cpu(int cpu) { return numa_node_of_cpu ? numa_node_of_cpu(cpu) : -1; }

int pgp_numa_distance(int from, int to) { return numa_distance ? numa_distance(from, to) : -1; }

int pgp_memory_policy_probe(void) {
  int mode = 0;
  return syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) < 0 ? -errno : 0;
}

int pgp_allowed_memory_nodes(uint64_t *words, size_t count) {
  const unsigned long mems_allowed = 1 << 2; // MPOL_F_MEMS_ALLOWED
  for (size_t i = 0; i < count; i++)
    words[i] = 0;
  if (syscall(SYS_get_mempolicy, NULL, words, count * 64, NULL, mems_allowed) < 0)
    return -errno;
  return (int)count;
}

int pgp_forbid_memory_policy(void) {
#define PGP_FORBID(name)                                                                           \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1),                                           \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
  struct sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      PGP_FORBID(mbind),
      PGP_FORBID(get_mempolicy),
      PGP_FORBID(set_mempolicy),
      PGP_FORBID(move_pages),
      PGP_FORBID(migrate_pages),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
#undef PGP_FORBID
  struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
    return -errno;
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0 ? -errno : 0;
}

#else

int pgp_forbid_memory_policy(void) { return -ENOSYS; }

bool pgp_numa_linked(void) { return false; }
int pgp_numa_available(void) { return -ENOSYS; }
int pgp_numa_max_node(void) { return -1; }
int pgp_numa_node_of_cpu(int cpu) {
  (void)cpu;
  return -1;
}
int pgp_numa_distance(int from, int to) {
  (void)from, (void)to;
  return -1;
}
int pgp_memory_policy_probe(void) { return -ENOSYS; }
int pgp_allowed_memory_nodes(uint64_t *words, size_t count) {
  (void)words, (void)count;
  return -ENOSYS;
}

#endif
