#ifndef PERFGATE_NUMA_SHIM_H
#define PERFGATE_NUMA_SHIM_H

// Where libnuma's headers exist, the prototypes below are checked against them.
#if defined(__has_include)
#if __has_include(<numa.h>)
#include <numa.h>
#endif
#if __has_include(<numaif.h>)
#include <numaif.h>
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

int numa_available(void) __attribute__((weak));
int numa_max_node(void) __attribute__((weak));
int numa_node_of_cpu(int cpu) __attribute__((weak));
int numa_distance(int from, int to) __attribute__((weak));

long mbind(void *start, unsigned long len, int mode, const unsigned long *nmask,
           unsigned long maxnode, unsigned flags) __attribute__((weak));
long get_mempolicy(int *mode, unsigned long *nmask, unsigned long maxnode, void *addr,
                   unsigned flags) __attribute__((weak));
long move_pages(int pid, unsigned long count, void **pages, const int *nodes, int *status,
                int flags) __attribute__((weak));

#ifdef __cplusplus
}
#endif

#endif
