#ifndef CK_VECTORS_H
#define CK_VECTORS_H

// As many numbers as a register of each instruction set has.
typedef double ck_doubles2 __attribute__((vector_size(16)));
#if defined(__x86_64__)
typedef double ck_doubles4 __attribute__((vector_size(32)));
typedef double ck_doubles8 __attribute__((vector_size(64)));
#endif

#endif
