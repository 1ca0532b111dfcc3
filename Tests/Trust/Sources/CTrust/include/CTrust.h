#ifndef CTRUST_H
#define CTRUST_H

#include <stdbool.h>
#include <stdint.h>

// The root package's ck_viete, under this program's own name.
double trust_viete(int64_t iterations);

// Whether it was compiled with optimisation.
bool trust_is_optimized(void);

#endif
