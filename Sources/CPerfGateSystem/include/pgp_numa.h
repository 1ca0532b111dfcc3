#ifndef PGP_NUMA_H
#define PGP_NUMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Whether the program was linked with libnuma.
bool pgp_numa_linked(void);

// Whether libnuma reports that it is usable: 0, or a negative errno (or -1); -ENOSYS when it is not
// linked.
int pgp_numa_available(void);

// The machine as libnuma reads it, for a comparison with our own reading. -1: unknown or not
// linked.
int pgp_numa_max_node(void);
int pgp_numa_node_of_cpu(int cpu);
int pgp_numa_distance(int from, int to);

// Whether the kernel allows memory policy calls: 0 or a negative errno. This asks the kernel
// because libnuma 2.0.16 reports itself available under a seccomp filter that forbids the calls.
int pgp_memory_policy_probe(void);

// Stores the nodes that the caller may allocate on. Returns the number of words filled, or a
// negative errno; -EINVAL when the buffer is shorter than the kernel's masks.
int pgp_allowed_memory_nodes(uint64_t *_Nonnull words, size_t count);

// Makes every memory policy call of this process fail with EPERM permanently, as the default
// seccomp profile of containers does. For self-tests. Returns 0 or a negative errno.
int pgp_forbid_memory_policy(void);

#endif
