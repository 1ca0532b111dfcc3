#ifndef PGP_HEAP_H
#define PGP_HEAP_H

#include <stdint.h>

// Bytes that the program has allocated, in all arenas of its allocator; 0: unknown.
uint64_t pgp_heap_bytes(void);

// Resident bytes of the process; 0: unknown.
uint64_t pgp_resident_bytes(void);

// Bytes that programs can still allocate without swapping; 0: unknown.
uint64_t pgp_available_bytes(void);

#endif
