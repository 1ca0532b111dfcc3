#ifndef PLAIN_C_H
#define PLAIN_C_H

#include <stddef.h>
#include <stdint.h>

// Shape: count numbers; works on them one after the other. Work: proportional to count.
uint64_t plain_c_sum(const uint64_t *numbers, size_t count);

#endif
