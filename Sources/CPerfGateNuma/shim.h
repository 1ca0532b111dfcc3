#ifndef PERFGATE_NUMA_SHIM_H
#define PERFGATE_NUMA_SHIM_H

// Where <numa.h> exists, the prototypes below are checked against it.
#if defined(__has_include)
#if __has_include(<numa.h>)
#include <numa.h>
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif

int numa_available(void) __attribute__((weak));
int numa_max_node(void) __attribute__((weak));
int numa_node_of_cpu(int cpu) __attribute__((weak));
int numa_distance(int from, int to) __attribute__((weak));

#ifdef __cplusplus
}
#endif

#endif
