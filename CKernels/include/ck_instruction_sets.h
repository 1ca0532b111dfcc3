#ifndef CK_INSTRUCTION_SETS_H
#define CK_INSTRUCTION_SETS_H

#include <stdbool.h>

// Code for one instruction set: `CK_TARGET("avx2")` before a function.
#if defined(__x86_64__)
#define CK_TARGET(NAMES) __attribute__((target(NAMES)))
#define CK_AVX512 "avx512f,avx512bw,avx512vl,avx512dq"
#endif

// Whether the CPU has the instructions and the system keeps their registers.
bool ck_supports_avx2(void);

// The same for AVX-512 with the extensions F, BW, VL and DQ.
bool ck_supports_avx512(void);

#endif
