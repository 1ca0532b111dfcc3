#ifndef CK_WAIT_H
#define CK_WAIT_H

// Waits until all numbers that were read before are there, so that what follows starts at one time.
//
// A loop over several vectors that start at different times stays out of step, and the unit for
// roots is idle for up to 12 % of the time (measured on Zen 5). A number just written to a part of
// a vector is late: it cannot be forwarded to the load of the whole vector.
// Work: tens of cycles on x86-64; nothing elsewhere, where it was not measured.
static inline __attribute__((always_inline)) void ck_wait_for_loads(void) {
#if defined(__x86_64__)
  __builtin_ia32_lfence();
#endif
}

#endif
