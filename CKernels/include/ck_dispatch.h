#ifndef CK_DISPATCH_H
#define CK_DISPATCH_H

#include "pgp_build.h"
#include <stdint.h>

PGP_DECLARE_BUILD_PROBE(ck_dispatch);

// A task that does nothing, so that all its time is the cost of handing it out.
//
// Shape: any number; returns it.
// Work: constant.
uint64_t ck_empty(uint64_t task);

#endif
