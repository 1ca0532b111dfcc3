#define _GNU_SOURCE
#include "CPerfGateCounters.h"
#include "pgp_counters.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

// A sanitizer has an allocator of its own, which must stay.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define PGC_HAS_SANITIZER
#endif
#endif

#if defined(__GLIBC__) && !defined(PGC_HAS_SANITIZER)

// MARK: - The counters

// On a cache line of their own. Relaxed: they order nothing else.
static struct {
  _Alignas(64) atomic_uint_fast64_t allocations;
  atomic_uint_fast64_t bytes, retains, releases;
} counters;

static void add(atomic_uint_fast64_t *counter, uint64_t count) {
  atomic_fetch_add_explicit(counter, count, memory_order_relaxed);
}

static void add_allocation(size_t bytes) {
  add(&counters.allocations, 1);
  add(&counters.bytes, bytes);
}

// MARK: - The allocator behind this one

// The next definition of each function after this program's: that of glibc, or of another allocator
// that was loaded before it.
typedef struct {
  void *(*malloc)(size_t);
  void *(*calloc)(size_t, size_t);
  void *(*realloc)(void *, size_t);
  void (*free)(void *);
  void *(*memalign)(size_t, size_t);
  void *(*aligned_alloc)(size_t, size_t);
  int (*posix_memalign)(void **, size_t, size_t);
} allocator;

static allocator next;

// Set before any other thread exists, by the first allocation of the program.
static void find_next(void) {
  allocator found;
  *(void **)&found.malloc = dlsym(RTLD_NEXT, "malloc");
  *(void **)&found.calloc = dlsym(RTLD_NEXT, "calloc");
  *(void **)&found.realloc = dlsym(RTLD_NEXT, "realloc");
  *(void **)&found.free = dlsym(RTLD_NEXT, "free");
  *(void **)&found.memalign = dlsym(RTLD_NEXT, "memalign");
  *(void **)&found.aligned_alloc = dlsym(RTLD_NEXT, "aligned_alloc");
  *(void **)&found.posix_memalign = dlsym(RTLD_NEXT, "posix_memalign");
  next = found;
}

// MARK: - What callers reach

// Each function jumps to the one that its pointer names: first to one that finds the allocator,
// then to that itself, or while counting to one that counts. So counting costs a jump when it is
// off.

static void *first_malloc(size_t);
static void *first_calloc(size_t, size_t);
static void *first_realloc(void *, size_t);
static void first_free(void *);
static void *first_memalign(size_t, size_t);
static void *first_aligned_alloc(size_t, size_t);
static int first_posix_memalign(void **, size_t, size_t);

static void *(*_Atomic now_malloc)(size_t) = first_malloc;
static void *(*_Atomic now_calloc)(size_t, size_t) = first_calloc;
static void *(*_Atomic now_realloc)(void *, size_t) = first_realloc;
static void (*_Atomic now_free)(void *) = first_free;
static void *(*_Atomic now_memalign)(size_t, size_t) = first_memalign;
static void *(*_Atomic now_aligned_alloc)(size_t, size_t) = first_aligned_alloc;
static int (*_Atomic now_posix_memalign)(void **, size_t, size_t) = first_posix_memalign;

#define NOW(name) atomic_load_explicit(&now_##name, memory_order_relaxed)
#define SET(name, function) atomic_store_explicit(&now_##name, function, memory_order_relaxed)

static void *counting_malloc(size_t bytes) {
  add_allocation(bytes);
  return next.malloc(bytes);
}

static void *counting_calloc(size_t count, size_t bytes) {
  add_allocation(count * bytes);
  return next.calloc(count, bytes);
}

static void *counting_realloc(void *memory, size_t bytes) {
  add_allocation(bytes);
  return next.realloc(memory, bytes);
}

static void *counting_memalign(size_t alignment, size_t bytes) {
  add_allocation(bytes);
  return next.memalign(alignment, bytes);
}

static void *counting_aligned_alloc(size_t alignment, size_t bytes) {
  add_allocation(bytes);
  return next.aligned_alloc(alignment, bytes);
}

static int counting_posix_memalign(void **memory, size_t alignment, size_t bytes) {
  add_allocation(bytes);
  return next.posix_memalign(memory, alignment, bytes);
}

static void set(bool counts) {
  SET(malloc, counts ? counting_malloc : next.malloc);
  SET(calloc, counts ? counting_calloc : next.calloc);
  SET(realloc, counts ? counting_realloc : next.realloc);
  SET(free, next.free);
  SET(memalign, counts ? counting_memalign : next.memalign);
  SET(aligned_alloc, counts ? counting_aligned_alloc : next.aligned_alloc);
  SET(posix_memalign, counts ? counting_posix_memalign : next.posix_memalign);
}

// What finding the allocator itself asks for, if anything; never given back.
static _Alignas(16) char early[4096];
static size_t early_used;
static bool is_finding;

static void *early_memory(size_t bytes) {
  size_t start = early_used;
  if (bytes > sizeof early - start) {
    errno = ENOMEM;
    return NULL;
  }
  early_used += (bytes + 15) & ~(size_t)15;
  return early + start;
}

static void find(void) {
  is_finding = true;
  find_next();
  is_finding = false;
  set(false);
}

static void *first_malloc(size_t bytes) {
  if (is_finding)
    return early_memory(bytes);
  find();
  return malloc(bytes);
}

static void *first_calloc(size_t count, size_t bytes) {
  if (is_finding)
    return early_memory(count * bytes);
  find();
  return calloc(count, bytes);
}

static void *first_realloc(void *memory, size_t bytes) {
  if (is_finding)
    return memory ? NULL : early_memory(bytes);
  find();
  return realloc(memory, bytes);
}

static void first_free(void *memory) {
  if (is_finding)
    return;
  find();
  free(memory);
}

static void *first_memalign(size_t alignment, size_t bytes) {
  find();
  return memalign(alignment, bytes);
}

static void *first_aligned_alloc(size_t alignment, size_t bytes) {
  find();
  return aligned_alloc(alignment, bytes);
}

static int first_posix_memalign(void **memory, size_t alignment, size_t bytes) {
  find();
  return posix_memalign(memory, alignment, bytes);
}

void *malloc(size_t bytes) { return NOW(malloc)(bytes); }

void *calloc(size_t count, size_t bytes) { return NOW(calloc)(count, bytes); }

void *realloc(void *memory, size_t bytes) { return NOW(realloc)(memory, bytes); }

void free(void *memory) {
  // The loader may free what it got while the allocator was being found.
  if ((char *)memory >= early && (char *)memory < early + sizeof early)
    return;
  NOW(free)(memory);
}

void *memalign(size_t alignment, size_t bytes) { return NOW(memalign)(alignment, bytes); }

void *aligned_alloc(size_t alignment, size_t bytes) { return NOW(aligned_alloc)(alignment, bytes); }

int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  return NOW(posix_memalign)(memory, alignment, bytes);
}

// MARK: - References

// The runtime calls these through pointers when it is told to, which costs nothing otherwise. On
// other processors it does so with a calling convention of its own.
#if defined(__x86_64__)
#define PGC_COUNTS_REFERENCES 1

extern void *(*_swift_retain)(void *)__attribute__((weak));
extern void *(*_swift_retain_n)(void *, uint32_t) __attribute__((weak));
extern void *(*_swift_tryRetain)(void *)__attribute__((weak));
extern void (*_swift_release)(void *) __attribute__((weak));
extern void (*_swift_release_n)(void *, uint32_t) __attribute__((weak));
extern atomic_bool _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly
    __attribute__((weak));

static void *(*runtime_retain)(void *);
static void *(*runtime_retain_n)(void *, uint32_t);
static void *(*runtime_try_retain)(void *);
static void (*runtime_release)(void *);
static void (*runtime_release_n)(void *, uint32_t);

static void *counting_retain(void *object) {
  add(&counters.retains, 1);
  return runtime_retain(object);
}

static void *counting_retain_n(void *object, uint32_t count) {
  add(&counters.retains, count);
  return runtime_retain_n(object, count);
}

static void *counting_try_retain(void *object) {
  void *retained = runtime_try_retain(object);
  if (retained)
    add(&counters.retains, 1);
  return retained;
}

static void counting_release(void *object) {
  add(&counters.releases, 1);
  runtime_release(object);
}

static void counting_release_n(void *object, uint32_t count) {
  add(&counters.releases, count);
  runtime_release_n(object, count);
}

static int counts_retains(void) {
  return &_swift_retain && &_swift_retain_n && &_swift_tryRetain && &_swift_release &&
         &_swift_release_n &&
         &_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly;
}

static void count_references(bool on) {
  if (!counts_retains())
    return;
  if (on && _swift_retain != counting_retain) {
    runtime_retain = _swift_retain;
    runtime_retain_n = _swift_retain_n;
    runtime_try_retain = _swift_tryRetain;
    runtime_release = _swift_release;
    runtime_release_n = _swift_release_n;
    _swift_retain = counting_retain;
    _swift_retain_n = counting_retain_n;
    _swift_tryRetain = counting_try_retain;
    _swift_release = counting_release;
    _swift_release_n = counting_release_n;
  }
  atomic_store(&_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly, on);
}
#else
static int counts_retains(void) { return 0; }
static void count_references(bool on) { (void)on; }
#endif

// MARK: - What the engine calls

static void count(int on) {
  if (!next.malloc)
    find();
  set(on);
  count_references(on);
}

static void read_counts(pgp_counts *counts) {
  counts->allocations = atomic_load_explicit(&counters.allocations, memory_order_relaxed);
  counts->bytes = atomic_load_explicit(&counters.bytes, memory_order_relaxed);
  counts->retains = atomic_load_explicit(&counters.retains, memory_order_relaxed);
  counts->releases = atomic_load_explicit(&counters.releases, memory_order_relaxed);
}

static const char *other_allocator(void) {
  if (!next.malloc)
    find();
  Dl_info allocator, library;
  // Any other function of the C library shows where that is.
  if (!dladdr(*(void **)&next.malloc, &allocator) ||
      !dladdr(dlsym(RTLD_DEFAULT, "getpid"), &library))
    return NULL;
  return allocator.dli_fbase == library.dli_fbase ? NULL : allocator.dli_fname;
}

const pgp_counter_functions pgp_linked_counters = {
    .count = count,
    .read = read_counts,
    .other_allocator = other_allocator,
    .counts_retains = counts_retains,
};

#endif
