#ifndef PGP_POLICY_H
#define PGP_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Sets where new pages of the calling thread go: onto the nodes of the mask, interleaved or not,
// or, if there are no words, where they are first touched. Returns 0 or a negative errno.
int pgp_set_memory_policy(bool interleave, const uint64_t *_Nullable nodes, size_t words);

#endif
