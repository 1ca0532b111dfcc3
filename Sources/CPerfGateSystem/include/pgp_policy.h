#ifndef PGP_POLICY_H
#define PGP_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Where the calling thread's new pages go from now on: over or onto the nodes of the mask, or with
// no words where they are first touched. Returns 0 or a negative errno.
int pgp_set_memory_policy(bool interleave, const uint64_t *_Nullable nodes, size_t words);

#endif
