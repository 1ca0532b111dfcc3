#include "CPerfGateKernels.h"
#include "pgp_opaque.h"
#include <string.h>

PGP_DEFINE_BUILD_PROBE(ck_viete_roots)

enum {
  values_count = 64,
  // Numbers or vectors that are in flight: four would fill the unit, eight leave room for more.
  in_flight = 8,
};

// Different and unknown, so that no compiler can take the root of two values at once.
static void start(double values[values_count]) {
  for (int j = 0; j < values_count; j++) {
    values[j] = pgp_opaque_double(1.5 + j);
  }
}

// Takes the roots that are left when every value had its n / 64, and adds the values.
static double finish(double values[values_count], int64_t n) {
  double sum = 0;
  for (int j = 0; j < values_count; j++) {
    sum += j < n % values_count ? __builtin_elementwise_sqrt(values[j]) : values[j];
  }
  return sum;
}

// Does nothing, but the number must be in a register of its own: a compiler that sees roots of
// several numbers would take those of two at once.
#if defined(__x86_64__)
#define KEEP_APART(VALUE) __asm__("" : "+x"(VALUE))
#elif defined(__aarch64__)
#define KEEP_APART(VALUE) __asm__("" : "+w"(VALUE))
#else
#define KEEP_APART(VALUE) ((void)0)
#endif
#define KEEP(VALUE) ((void)0)

// A block of eight numbers or vectors after the other.
#define DEFINE_ROOTS(NAME, TARGET, VECTOR, KEEP_AS)                                                \
  TARGET double NAME(int64_t n) {                                                                  \
    if (n < 0) {                                                                                   \
      return __builtin_nan("");                                                                    \
    }                                                                                              \
    double values[values_count];                                                                   \
    start(values);                                                                                 \
    VECTOR x[in_flight];                                                                           \
    for (size_t first = 0; first < values_count; first += sizeof x / (sizeof(double))) {           \
      memcpy(x, values + first, sizeof x);                                                         \
      for (int64_t i = 0; i < n / values_count; i++) {                                             \
        _Pragma("clang loop unroll(full)") for (int v = 0; v < in_flight; v++) {                   \
          x[v] = __builtin_elementwise_sqrt(x[v]);                                                 \
          KEEP_AS(x[v]);                                                                           \
        }                                                                                          \
      }                                                                                            \
      memcpy(values + first, x, sizeof x);                                                         \
    }                                                                                              \
    return finish(values, n);                                                                      \
  }

DEFINE_ROOTS(ck_roots_scalar, , double, KEEP_APART)
#if defined(__x86_64__)
DEFINE_ROOTS(ck_roots_sse2, , ck_doubles2, KEEP)
DEFINE_ROOTS(ck_roots_avx2, CK_TARGET("avx2"), ck_doubles4, KEEP)
DEFINE_ROOTS(ck_roots_avx512, CK_TARGET(CK_AVX512), ck_doubles8, KEEP)
#elif defined(__aarch64__)
DEFINE_ROOTS(ck_roots_neon, , ck_doubles2, KEEP)
#endif
