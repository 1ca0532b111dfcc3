#ifndef PGP_BUILD_H
#define PGP_BUILD_H

#include <stdbool.h>

// Whether the translation unit (or the Swift module) that this is emitted into was optimized.
static inline __attribute__((always_inline)) bool pgp_is_optimized(void) {
#ifdef __OPTIMIZE__
  return true;
#else
  return false;
#endif
}

// The C compiler's name and version.
const char *_Nonnull pgp_clang_version(void);

// A C file with kernels contains PGP_DEFINE_BUILD_PROBE(name) once, which defines
// `bool name_is_optimized(void)`: whether that file was compiled with optimization. Its header
// contains PGP_DECLARE_BUILD_PROBE(name).
#define PGP_DECLARE_BUILD_PROBE(name) bool name##_is_optimized(void)
#define PGP_DEFINE_BUILD_PROBE(name)                                                               \
  bool name##_is_optimized(void) { return pgp_is_optimized(); }

// Whether this library itself was compiled with optimization.
PGP_DECLARE_BUILD_PROBE(pgp_library);

// The instrumentation that slows down every function of this program, such as a sanitizer; null
// without one.
const char *_Nullable pgp_instrumentation(void);

#endif
