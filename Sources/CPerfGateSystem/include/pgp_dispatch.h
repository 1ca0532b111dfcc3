#ifndef PGP_DISPATCH_H
#define PGP_DISPATCH_H

#include <stdbool.h>
#include <stddef.h>

// Dispatch, as far as its Swift overlay does not offer it: a queue whose width can be set. All
// functions are weak: where the program has no Dispatch, or one without this, it is not available.

// Whether queues of a width are available.
bool pgp_has_dispatch(void);

// A concurrent queue that runs at most `width` work items at a time; null: not available.
void *_Nullable pgp_dispatch_queue(size_t width);

// Calls `work` with 0, …, `count` - 1 on the queue's threads and the caller's, and returns after
// the last call.
void pgp_dispatch_apply(void *_Nonnull queue, size_t count, void *_Nonnull context,
                        void (*_Nonnull work)(void *_Nonnull context, size_t index));

// Releases a queue.
void pgp_dispatch_release(void *_Nonnull queue);

#endif
