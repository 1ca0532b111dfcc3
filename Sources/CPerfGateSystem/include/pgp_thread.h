#ifndef PGP_THREAD_H
#define PGP_THREAD_H

#include <stdbool.h>
#include <stdint.h>

// The monotonic clock, in ns.
uint64_t pgp_monotonic_ns(void);

// The CPU time of the calling thread, in ns.
uint64_t pgp_thread_cpu_ns(void);

// The CPU time of a thread of this process, in ns; 0: it is gone, or unknown.
uint64_t pgp_cpu_ns_of_thread(int32_t thread);

// The caller's thread number, read from the kernel once for each thread.
int32_t pgp_known_thread_id(void);

// A number that belongs to the calling thread; 0 until it is set.
int64_t pgp_thread_mark(void);
void pgp_set_thread_mark(int64_t mark);

// How often the calling thread gave up its CPU to wait; below 0: unknown.
int64_t pgp_thread_waits(void);

// Whether the thread `id` of this process still exists.
bool pgp_thread_exists(int32_t id);

// The process's peak resident memory, in bytes; 0: unknown.
uint64_t pgp_peak_bytes(void);

// Sleeps for this time; a signal ends it early.
void pgp_sleep_ns(uint64_t duration_ns);

// Sleeps while `*word == expected`, at most `timeout_ns`. May return early: check the word again.
void pgp_futex_wait(const void *_Nonnull word, uint32_t expected, uint64_t timeout_ns);

// Wakes all threads that sleep on `word`.
void pgp_futex_wake_all(const void *_Nonnull word);

// Tells the CPU that this is a spin loop.
static inline __attribute__((always_inline)) void pgp_relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Makes a thread run before all threads of ordinary priority, on its CPU (SCHED_FIFO at the lowest
// level). Threads that it creates later do not inherit that. Returns 0 or an errno.
int pgp_run_first(int32_t thread);

// The nice value of a process, -20 (highest priority) to 19; -1 also if it cannot be read.
int pgp_process_priority(int pid);

#endif
