#ifndef PGP_MEMORY_H
#define PGP_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Node masks are like CPU masks: node 64 w + n in bit n of word w. Results: 0 or a count, or a
// negative errno. Off Linux: -ENOSYS. Where libnuma is linked the policy calls go through it.

// Bytes of an ordinary page.
size_t pgp_page_size(void);

// Maps zeroed, untouched, writable pages, `bytes` of them a whole number of pages, at a multiple of
// `alignment` (a power of two). A page that nobody may touch stands on each side, so that the
// kernel never joins two mappings and each has its own line in /proc/self/numa_maps. Null with
// *error set.
void *_Nullable pgp_map(size_t bytes, size_t alignment, int *_Nonnull error);

// Unmaps what pgp_map gave, its guards included.
void pgp_unmap(void *_Nonnull base, size_t bytes);

// Lets pages that are not touched yet come from these nodes only, or from them in turn.
int pgp_bind(void *_Nonnull base, size_t bytes, bool interleave, const uint64_t *_Nonnull nodes,
             size_t words);

// Keeps these pages ordinary ones: huge pages would go round the nodes as one.
int pgp_forbid_huge_pages(void *_Nonnull base, size_t bytes);

// Writes to each page, so that the caller's node is where memory without a policy lands.
void pgp_touch(void *_Nonnull base, size_t bytes, size_t page);

// The node of each page through move_pages: -ENOENT (or -EFAULT) in `nodes` for an untouched one.
int pgp_page_nodes(void *_Nonnull base, size_t page, size_t count, int *_Nonnull nodes);

// The node of one page through get_mempolicy, which touches an untouched page.
int pgp_page_node(void *_Nonnull address);

#endif
