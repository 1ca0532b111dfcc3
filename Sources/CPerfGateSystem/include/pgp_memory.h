#ifndef PGP_MEMORY_H
#define PGP_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Node masks are like CPU masks: node 64 w + n is bit n of word w. Results: 0 or a count, or a
// negative errno. Except on Linux: -ENOSYS. Where libnuma is linked, policy calls go through it.

// The size of an ordinary page in bytes.
size_t pgp_page_size(void);

// Maps zeroed, untouched, writable pages at a multiple of `alignment` (a power of two); `bytes`
// must be a whole number of pages. An inaccessible page on each side keeps the kernel from merging
// two mappings, so that each has its own line in /proc/self/numa_maps. On failure null, and *error
// is the errno.
void *_Nullable pgp_map(size_t bytes, size_t alignment, int *_Nonnull error);

// Unmaps what pgp_map returned, including the guard pages.
void pgp_unmap(void *_Nonnull base, size_t bytes);

// Makes untouched pages come from these nodes only, or from these nodes in turn.
int pgp_bind(void *_Nonnull base, size_t bytes, bool interleave, const uint64_t *_Nonnull nodes,
             size_t words);

// Keeps these pages at the ordinary size: a huge page is on one node as a whole.
int pgp_forbid_huge_pages(void *_Nonnull base, size_t bytes);

// Writes a zero to each page, so that pages without a policy come from the caller's node.
void pgp_touch(void *_Nonnull base, size_t bytes, size_t page);

// Stores the node of each page, from move_pages; -ENOENT (or -EFAULT) for an untouched page.
int pgp_page_nodes(void *_Nonnull base, size_t page, size_t count, int *_Nonnull nodes);

// The node of one page, from get_mempolicy, which touches the page.
int pgp_page_node(void *_Nonnull address);

#endif
