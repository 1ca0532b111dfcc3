#include "CTrust.h"

#include "../../../../CKernels/viete.c"

double trust_viete(int64_t iterations) { return ck_viete(iterations); }

bool trust_is_optimized(void) { return ck_viete_is_optimized(); }
