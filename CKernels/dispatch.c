#include "CPerfGateKernels.h"
#include "pgp_opaque.h"

PGP_DEFINE_BUILD_PROBE(ck_dispatch)

uint64_t ck_empty(uint64_t task) { return pgp_opaque_u64(task); }
