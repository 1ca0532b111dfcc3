#ifndef PGP_HEAP_H
#define PGP_HEAP_H

#include <stdint.h>

// Bytes that the program holds from its allocator, over all of its arenas; 0: unknown.
uint64_t pgp_heap_bytes(void);

// Bytes of the process that are in memory; 0: unknown.
uint64_t pgp_resident_bytes(void);

// Bytes that programs can still have without swapping; 0: unknown.
uint64_t pgp_available_bytes(void);

#endif
