#ifndef PGP_INTERFERENCE_H
#define PGP_INTERFERENCE_H

#include <stddef.h>
#include <stdint.h>

// Reads counters that show whether anything else used the CPU. Files stay open between reads; a
// read costs a few microseconds. Results: 0, or a negative errno.

// Opens a file for the functions below. Returns the descriptor, or a negative errno.
int pgp_open_counter(const char *_Nonnull path);
void pgp_close_counter(int descriptor);

// One CPU's line of /proc/stat, in clock ticks.
struct pgp_cpu_ticks {
  uint64_t busy;
  uint64_t idle;
  uint64_t steal;
};

// Fills one element for each CPU of the list, which must be ascending. `buffer` must have room for
// all lines up to the last CPU's. -ENOENT: a CPU has no line (any more).
int pgp_read_cpu_ticks(int descriptor, const int *_Nonnull cpus,
                       struct pgp_cpu_ticks *_Nonnull ticks, size_t count, char *_Nonnull buffer,
                       size_t bytes);

// A thread's time on a CPU, and its time waiting for one, from /proc/self/task/N/schedstat.
struct pgp_thread_times {
  uint64_t cpu_ns;
  uint64_t delay_ns;
};
int pgp_read_thread_times(int descriptor, struct pgp_thread_times *_Nonnull times);

// The number after `nr_throttled` in a control group's cpu.stat.
int pgp_read_throttled(int descriptor, uint64_t *_Nonnull count);

// The CPU time of all threads of this process, its major page faults, and clock ticks per second.
uint64_t pgp_process_cpu_ns(void);
uint64_t pgp_major_faults(void);
uint64_t pgp_ticks_per_second(void);

// A chain of dependent integer operations without memory access or branches to predict, so that its
// time depends on the clock rate alone.
uint64_t pgp_spin(uint64_t iterations, uint64_t start);

// Fills `count` words with `first`, `first` + 1, ..., modulo 2^64.
void pgp_fill_words(uint64_t *_Nullable words, size_t count, uint64_t first);

// The sum of `count` words, modulo 2^64; reads all of them in order.
uint64_t pgp_stream(const uint64_t *_Nullable words, size_t count);

#endif
