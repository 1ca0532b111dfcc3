#include "pgp_build.h"

#include <stddef.h>

PGP_DEFINE_BUILD_PROBE(pgp_library)

const char *pgp_clang_version(void) { return __VERSION__; }

// Defined only in programs that are linked with the runtime of an instrumentation.
extern void __tsan_init(void) __attribute__((weak));
extern void __asan_init(void) __attribute__((weak));
extern int __llvm_profile_write_file(void) __attribute__((weak));
extern void __sanitizer_cov_trace_pc_guard(void) __attribute__((weak));

const char *pgp_instrumentation(void) {
  if (__tsan_init)
    return "the thread sanitizer";
  if (__asan_init)
    return "the address sanitizer";
  if (__llvm_profile_write_file)
    return "code coverage";
  if (__sanitizer_cov_trace_pc_guard)
    return "fuzzing";
  return NULL;
}
