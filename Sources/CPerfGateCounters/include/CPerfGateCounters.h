#ifndef CPERFGATE_COUNTERS_H
#define CPERFGATE_COUNTERS_H

// Programs that are linked with this target count what they ask their allocator for, while they are
// asked to; see pgp_counters.h. It has nothing to call.

#endif
