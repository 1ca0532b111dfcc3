#ifndef PGP_NUMA_H
#define PGP_NUMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the program was linked with libnuma.
bool pgp_numa_linked(void);

// What libnuma says of itself: 0 when usable, a negative errno (or -1) when not, -ENOSYS when it is
// not linked.
int pgp_numa_available(void);

// libnuma's view of the machine, to compare with our own parser. -1: unknown or not linked.
int pgp_numa_max_node(void);
int pgp_numa_node_of_cpu(int cpu);
int pgp_numa_distance(int from, int to);

// Whether the kernel answers a question about memory policy: 0 or a negative errno. libnuma 2.0.16
// calls itself available under a seccomp filter that forbids the calls, so this asks the kernel.
int pgp_memory_policy_probe(void);

// The nodes that the caller may allocate on. Returns the number of words filled, or a negative
// errno; -EINVAL when the buffer is too short for the kernel's masks.
int pgp_allowed_memory_nodes(uint64_t *_Nonnull words, size_t count);

// Makes every memory policy call of this process fail with EPERM from now on, for good, as the
// default seccomp profile of containers does. For self-tests.
int pgp_forbid_memory_policy(void);

#endif
